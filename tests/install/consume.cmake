# Installs the build into a fresh folder, hides the source tree's targets, and builds and runs the consumer there.
# Called with -DBUILD=... -DSOURCE=... -DWORK=...
function(step name)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${name} failed:\n${out}")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${WORK}")
step("install" ${CMAKE_COMMAND} --install "${BUILD}" --prefix "${WORK}/prefix")
step("configure" ${CMAKE_COMMAND} -S "${SOURCE}/tests/install/consumer" -B "${WORK}/build" -G Ninja
  "-DCMAKE_PREFIX_PATH=${WORK}/prefix" -DCMAKE_BUILD_TYPE=Release)
step("build" ${CMAKE_COMMAND} --build "${WORK}/build")
step("run" "${WORK}/build/consumer")
if(NOT out MATCHES "a\\+b 12308\\.[0-9]+ km2")
  message(FATAL_ERROR "the consumer printed something else:\n${out}")
endif()
step("installed program" "${WORK}/prefix/bin/marchland" --version)
message(STATUS "installed, found, linked, run:\n${out}")
