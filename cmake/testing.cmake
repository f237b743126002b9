# What tests, examples and benchmarks share. For this repository only; a user's project never reads it.

# gesta_link(<target> <source>...): links gesta, and gesta::sqlite when one of the sources includes the SQLite adapter.
function(gesta_link target)
  target_link_libraries(${target} PRIVATE gesta::gesta)
  foreach(source IN LISTS ARGN)
    file(STRINGS ${source} hit LIMIT_COUNT 1 REGEX "^ *# *include.*sqlite")
    if(hit)
      target_link_libraries(${target} PRIVATE gesta::sqlite)
    endif()
  endforeach()
endfunction()

# gesta_drop_missing(<list>): takes the sources out of a list that include an adapter whose client library is not on this machine.
function(gesta_drop_missing list)
  set(kept "")
  foreach(source IN LISTS ${list})
    file(STRINGS ${source} hit LIMIT_COUNT 1 REGEX "^ *# *include.*sqlite")
    if(hit AND NOT TARGET gesta::sqlite)
      message(STATUS "gesta: ${source} is left out, SQLite is not found")
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
