# find_package(marchland) for outside projects: one target per room, and marchland::engine for all of them.
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY MARCHLAND_ROOMS)
add_library(marchland_engine INTERFACE)
add_library(marchland::engine ALIAS marchland_engine)
target_link_libraries(marchland_engine INTERFACE ${rooms})
set_target_properties(marchland_engine PROPERTIES EXPORT_NAME engine)

install(TARGETS ${rooms} marchland_engine marchland_numeric EXPORT marchland
  FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
if(TARGET marchland)
  install(TARGETS marchland RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/marchland")
install(EXPORT marchland NAMESPACE marchland:: FILE marchland-targets.cmake DESTINATION "${package_folder}")
configure_package_config_file("${PROJECT_SOURCE_DIR}/tools/cmake/marchland-config.cmake.in"
  "${PROJECT_BINARY_DIR}/marchland-config.cmake" INSTALL_DESTINATION "${package_folder}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/marchland-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/marchland-config.cmake" "${PROJECT_BINARY_DIR}/marchland-config-version.cmake"
  DESTINATION "${package_folder}")
