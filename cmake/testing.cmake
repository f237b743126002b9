# What tests, examples and benchmarks share. For this repository only; a user's project never reads it.

# The definitions of Boost.JSON, compiled once for all programs that read or write JSON.
if(TARGET gesta::json)
  add_library(gesta_boost_json STATIC EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/boost_json.cpp)
  target_link_libraries(gesta_boost_json PUBLIC gesta::json)
  if(CMAKE_CXX_FLAGS MATCHES "fsanitize=")
    target_compile_options(gesta_boost_json PRIVATE -O1)  # compiled once, run often
  endif()
endif()

# What a source includes besides gesta itself: the components that have to be there for it.
function(gesta_components_of source result)
  set(found "")
  foreach(component pattern IN ZIP_LISTS gesta_component_names gesta_component_includes)
    file(STRINGS ${source} hit LIMIT_COUNT 1 REGEX "^ *# *include.*${pattern}")
    if(hit)
      list(APPEND found ${component})
    endif()
  endforeach()
  set(${result} "${found}" PARENT_SCOPE)
endfunction()
set(gesta_component_names sqlite postgres json socket sodium nats folder)
set(gesta_component_includes sqlite "gesta/(store|capture)/postgres" "gesta/(codec/json|delivery/cloud_event_json)" gesta/transport/socket gesta/store/sodium
    gesta/transport/nats gesta/store/folder)

# gesta_link(<target> <source>...): links gesta, and the components whose headers one of the sources includes; threads where it uses them.
function(gesta_link target)
  target_link_libraries(${target} PRIVATE gesta::gesta)
  foreach(source IN LISTS ARGN)
    file(STRINGS ${source} has_threads LIMIT_COUNT 1 REGEX "^#include <(thread|gesta/runtime/partitions\\.hpp)>")
    if(has_threads)
      find_package(Threads REQUIRED)
      target_link_libraries(${target} PRIVATE Threads::Threads)
    endif()
    gesta_components_of(${source} components)
    foreach(component IN LISTS components)
      target_link_libraries(${target} PRIVATE gesta::${component})
      if(component STREQUAL "json")
        target_link_libraries(${target} PRIVATE gesta_boost_json)
      endif()
    endforeach()
  endforeach()
endfunction()

# gesta_precompiled(<name> <library> <header>...): with GESTA_PRECOMPILE <gesta/gesta.hpp> and the other headers are compiled once.
# gesta_uses(<target> <name> <source>): for the target, when its source includes <gesta/gesta.hpp>; so no source sees what it does not include, which
# would hide a header that it forgets and clash with its names (<memory> declares close, read and write). Its flags are those of the build.
function(gesta_precompiled name library)
  if(GESTA_PRECOMPILE)
    file(CONFIGURE OUTPUT ${name}.cpp CONTENT "// Only the headers are compiled.\n")
    add_library(${name} OBJECT EXCLUDE_FROM_ALL ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
    target_link_libraries(${name} PRIVATE gesta::gesta ${library})
    target_precompile_headers(${name} PRIVATE ${ARGN} <gesta/gesta.hpp>)
  endif()
endfunction()
function(gesta_uses target name source)
  if(GESTA_PRECOMPILE)
    file(STRINGS ${source} hit LIMIT_COUNT 1 REGEX "^#include <gesta/gesta\\.hpp>")
    if(hit)
      target_precompile_headers(${target} REUSE_FROM ${name})
    endif()
  endif()
endfunction()

# gesta_drop_missing(<list>): takes the sources out of a list that include an adapter whose client library is not on this machine.
function(gesta_drop_missing list)
  set(kept "")
  foreach(source IN LISTS ${list})
    gesta_components_of(${source} components)
    set(missing "")
    foreach(component IN LISTS components)
      if(NOT TARGET gesta::${component})
        list(APPEND missing ${component})
      endif()
    endforeach()
    if(missing)
      message(STATUS "gesta: ${source} is left out, not there: ${missing}")
    else()
      list(APPEND kept ${source})
    endif()
  endforeach()
  set(${list} ${kept} PARENT_SCOPE)
endfunction()

# gesta_expect_output(NAME <test> COMMAND <program> [<argument>...] [EXPECTED <file>])
# A test: the program ends with 0 and, where a file is given, writes to its standard output exactly what the file holds.
# It runs in an empty folder of its own.
function(gesta_expect_output)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;EXPECTED" "COMMAND")
  add_test(NAME ${arg_NAME} COMMAND ${CMAKE_COMMAND} -D expected=${arg_EXPECTED} -D folder=${CMAKE_CURRENT_BINARY_DIR}/run/${arg_NAME}
    -P ${PROJECT_SOURCE_DIR}/cmake/expect_output.cmake -- ${arg_COMMAND})
endfunction()
