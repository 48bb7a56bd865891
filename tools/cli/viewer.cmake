# The page of `marchland map`: bundled by tools/viewer/bundle.mjs from what `tools/setup viewer` installed, and put
# into the program. Without it the program builds all the same, and `map` says what is missing.
set(MARCHLAND_VIEWER_MODULES "${PROJECT_SOURCE_DIR}/build/cache/viewer" CACHE PATH
  "Folder whose node_modules has what tools/viewer/package.json names")
find_program(MARCHLAND_NODE node)
if(MARCHLAND_NODE AND EXISTS "${MARCHLAND_VIEWER_MODULES}/node_modules/maplibre-gl")
  set(viewer_page "${CMAKE_CURRENT_BINARY_DIR}/viewer.html")
  file(GLOB viewer_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tools/viewer/src/*")
  add_custom_command(OUTPUT "${viewer_page}"
    COMMAND "${MARCHLAND_NODE}" "${PROJECT_SOURCE_DIR}/tools/viewer/bundle.mjs" "${MARCHLAND_VIEWER_MODULES}" "${viewer_page}"
    DEPENDS ${viewer_sources} "${PROJECT_SOURCE_DIR}/tools/viewer/bundle.mjs"
      "${MARCHLAND_VIEWER_MODULES}/package-lock.json"
    COMMENT "Bundling the page of the map" VERBATIM)
  target_sources(marchland PRIVATE "${viewer_page}")
  set_property(SOURCE viewer_page.cpp APPEND PROPERTY OBJECT_DEPENDS "${viewer_page}")
  set_property(SOURCE viewer_page.cpp APPEND PROPERTY COMPILE_DEFINITIONS "MARCHLAND_VIEWER=\"${viewer_page}\"")
else()
  message(STATUS "No viewer: marchland map needs 'tools/setup viewer' before configuring")
endif()
