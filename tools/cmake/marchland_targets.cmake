# Flags, and the two functions every target of the project is declared with.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND PROJECT_IS_TOP_LEVEL)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

# Same input, same bytes: contraction to fused multiply-add would make areas depend on the CPU. Exported, because
# inline functions of the public headers are compiled by whoever uses them.
add_library(marchland_numeric INTERFACE)
target_compile_features(marchland_numeric INTERFACE cxx_std_20)
target_compile_options(marchland_numeric INTERFACE -ffp-contract=off)
set_target_properties(marchland_numeric PROPERTIES EXPORT_NAME numeric)

# For ourselves only.
add_library(marchland_developer INTERFACE)
target_compile_definitions(marchland_developer INTERFACE $<$<BOOL:${MARCHLAND_ASSERTIONS}>:MARCHLAND_ASSERTIONS>)
if(MARCHLAND_DEVELOPER)
  target_compile_options(marchland_developer INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    -Wsign-conversion -Wnon-virtual-dtor -Werror
    # g++ 12 reports overlapping memcpy inside std::string at -O3 where there is none (GCC bug 105651)
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
endif()
if(MARCHLAND_SANITIZE)
  # Exported to the linking programs through every room.
  target_compile_options(marchland_numeric INTERFACE -fsanitize=${MARCHLAND_SANITIZE}
    -fno-sanitize-recover=all -fno-omit-frame-pointer
    # g++ 12 takes members of an empty std::optional for uninitialised once it has instrumented them.
    -Wno-maybe-uninitialized)
  target_link_options(marchland_numeric INTERFACE -fsanitize=${MARCHLAND_SANITIZE})
endif()
if(MARCHLAND_COVERAGE)
  target_compile_options(marchland_numeric INTERFACE --coverage)
  target_link_options(marchland_numeric INTERFACE --coverage)
endif()

# In the tree, headers are found under the name they are installed with: <marchland/room/file.h>.
set(MARCHLAND_INCLUDE_ROOT "${PROJECT_BINARY_DIR}/include")
file(MAKE_DIRECTORY "${MARCHLAND_INCLUDE_ROOT}")
file(CREATE_LINK "${PROJECT_SOURCE_DIR}/engine" "${MARCHLAND_INCLUDE_ROOT}/marchland" SYMBOLIC)

# marchland_room(<name> HEADERS file... [SOURCES file...] [USES room...] [LIBRARIES third party target...])
# Third parties are linked privately: none of their headers may appear in a public header of ours.
function(marchland_room name)
  cmake_parse_arguments(ROOM "" "" "HEADERS;SOURCES;USES;LIBRARIES" ${ARGN})
  if(ROOM_SOURCES)
    set(kind PUBLIC)
    list(TRANSFORM ROOM_SOURCES PREPEND "${name}/")
    add_library(marchland_${name} STATIC ${ROOM_SOURCES})
    target_link_libraries(marchland_${name} PRIVATE $<BUILD_INTERFACE:marchland_developer> ${ROOM_LIBRARIES})
  else()
    set(kind INTERFACE)
    add_library(marchland_${name} INTERFACE)
  endif()
  list(TRANSFORM ROOM_HEADERS PREPEND "${MARCHLAND_INCLUDE_ROOT}/marchland/${name}/")
  target_sources(marchland_${name} ${kind} FILE_SET HEADERS
    BASE_DIRS "${MARCHLAND_INCLUDE_ROOT}" FILES ${ROOM_HEADERS})
  list(TRANSFORM ROOM_USES PREPEND "marchland::")
  target_link_libraries(marchland_${name} ${kind} marchland_numeric ${ROOM_USES})
  set_target_properties(marchland_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON
    VERIFY_INTERFACE_HEADER_SETS ON)
  add_library(marchland::${name} ALIAS marchland_${name})
  set_property(GLOBAL APPEND PROPERTY MARCHLAND_ROOMS marchland_${name})
endfunction()
