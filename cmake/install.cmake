# What `cmake --install` lays down: headers, libcairn.a, libvec0.a, the command, the loadable extensions, and what
# lets CMake and pkg-config find them. tests/install_test.sh uses each from outside the tree.
if(NOT PROJECT_IS_TOP_LEVEL)
  return()  # whoever adds Cairn as a subdirectory installs their own things
endif()
include(CMakePackageConfigHelpers)

install(DIRECTORY include/cairn DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS cairn vec0_static EXPORT cairn_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS cairn_check_tool EXPORT cairn_targets RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS cairn_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
foreach(extension vec0_so cairn_so)
  if(TARGET ${extension})
    install(TARGETS ${extension} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  endif()
endforeach()
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cairn)
install(EXPORT cairn_targets NAMESPACE cairn:: DESTINATION ${package_dir})
configure_package_config_file(cmake/cairnConfig.cmake.in ${PROJECT_BINARY_DIR}/cairnConfig.cmake
                              INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor release may break its callers.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cairnConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cairnConfig.cmake ${PROJECT_BINARY_DIR}/cairnConfigVersion.cmake
              cmake/embed_migrations.cmake cmake/checked_sql.cmake cmake/checked_sql_from_cache.cmake
        DESTINATION ${package_dir})

file(RELATIVE_PATH pkg_config_to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
file(RELATIVE_PATH libdir_in_prefix ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH includedir_in_prefix ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
list(JOIN CAIRN_PKG_CONFIG_MODULES " " pkg_config_modules)
configure_file(cmake/cairn.pc.in ${PROJECT_BINARY_DIR}/cairn.pc @ONLY)
configure_file(cmake/cairn-vec0.pc.in ${PROJECT_BINARY_DIR}/cairn-vec0.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/cairn.pc ${PROJECT_BINARY_DIR}/cairn-vec0.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
