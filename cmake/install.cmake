# Installs the headers and a package that find_package(gesta [COMPONENTS sqlite postgres json socket sodium nats folder]) reads. Nothing in it depends on the machine
# or on the folder of the installation: it may be moved.
include(CMakePackageConfigHelpers)

set(gesta_package_dir ${CMAKE_INSTALL_DATADIR}/cmake/gesta)
install(TARGETS gesta EXPORT gesta-targets FILE_SET HEADERS)
install(EXPORT gesta-targets NAMESPACE gesta:: DESTINATION ${gesta_package_dir})
foreach(component IN LISTS gesta_components)
  install(TARGETS gesta_${component} EXPORT gesta-${component}-targets FILE_SET HEADERS)
  install(EXPORT gesta-${component}-targets NAMESPACE gesta:: DESTINATION ${gesta_package_dir})
endforeach()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/gesta-config.cmake.in ${PROJECT_BINARY_DIR}/gesta-config.cmake
  INSTALL_DESTINATION ${gesta_package_dir} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a second number that differs may break a program.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/gesta-config-version.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/gesta-config.cmake ${PROJECT_BINARY_DIR}/gesta-config-version.cmake DESTINATION ${gesta_package_dir})
install(FILES ${CMAKE_CURRENT_LIST_DIR}/gesta-lock.cmake DESTINATION ${gesta_package_dir})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
# The printers for gdb: `source .../share/gesta/gdb/gesta.py`, see docs/tools.md.
install(FILES ${PROJECT_SOURCE_DIR}/tools/gdb/gesta.py DESTINATION ${CMAKE_INSTALL_DATADIR}/gesta/gdb)
