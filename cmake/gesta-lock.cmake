# gesta_schema_lock(<name> MODEL <type> INCLUDE <header> HEADER <file> JSON <file> [LIBRARIES <target>...] [TEST <test>])
#
# Holds a model to what it has stored. <file>s are committed; <header> declares the model, HEADER gets the type <name>.
#   target <name>              compiles, with all that is built, a file that fails where the model is not what the lock allows
#   target <name>_update_lock  writes both files, or says what it refuses and leaves them; it builds whatever they hold
#   test <test>                fails where the lock lacks something of the model
# LIBRARIES are what the model's header needs beside gesta::gesta. Relative files are those of the calling CMakeLists.txt.
function(gesta_schema_lock name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "MODEL;INCLUDE;HEADER;JSON;TEST" "LIBRARIES")
  foreach(word IN ITEMS MODEL INCLUDE HEADER JSON)
    if(NOT arg_${word})
      message(FATAL_ERROR "gesta_schema_lock(${name}): say ${word}")
    endif()
  endforeach()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "gesta_schema_lock(${name}): what is ${arg_UNPARSED_ARGUMENTS}?")
  endif()
  foreach(word IN ITEMS INCLUDE HEADER JSON)
    get_filename_component(${word} ${arg_${word}} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
  endforeach()

  # Two files: the one that writes the lock does not read it.
  file(CONFIGURE OUTPUT ${name}_check.cpp @ONLY CONTENT [[
#include "@INCLUDE@"

#if __has_include("@HEADER@")
#include "@HEADER@"
struct @name@_holds : gesta::locked_model<@arg_MODEL@, @name@> {};
#else
#error "[gesta] there is no lock yet; build the target @name@_update_lock and commit what it writes"
#endif
]])
  file(CONFIGURE OUTPUT ${name}_update.cpp @ONLY CONTENT [[
#include "@INCLUDE@"

#include <gesta/describe/lock.hpp>

int main(int count, char** words) { return gesta::lock_tool<@arg_MODEL@>("@name@", count, words); }
]])
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}_check.cpp)
  add_executable(${name}_updater ${CMAKE_CURRENT_BINARY_DIR}/${name}_update.cpp)
  foreach(target IN ITEMS ${name} ${name}_updater)
    target_link_libraries(${target} PRIVATE gesta::gesta ${arg_LIBRARIES})
  endforeach()
  add_custom_target(${name}_update_lock COMMAND ${name}_updater ${HEADER} ${JSON} VERBATIM)
  if(arg_TEST)
    add_test(NAME ${arg_TEST} COMMAND ${name}_updater --check ${HEADER} ${JSON})
  else()
    set_property(TARGET ${name}_updater PROPERTY EXCLUDE_FROM_ALL TRUE)
  endif()
endfunction()
