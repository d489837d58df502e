# `cmake --install`: the program, the headers a plugin is written against, and the package that find_package(runnel) finds.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/runnel)
install(TARGETS runnel runnel_sdk EXPORT runnelTargets RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT runnelTargets NAMESPACE runnel:: DESTINATION ${package})
configure_package_config_file(${PROJECT_SOURCE_DIR}/core/cmake/runnelConfig.cmake.in ${PROJECT_BINARY_DIR}/runnelConfig.cmake
  INSTALL_DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/runnelConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/runnelConfig.cmake ${PROJECT_BINARY_DIR}/runnelConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/core/cmake/RunnelPlugin.cmake ${PROJECT_SOURCE_DIR}/core/cmake/plugin_exports.map
  DESTINATION ${package})
