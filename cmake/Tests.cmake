# Tests for CTest; ./test runs the same programs, counts their cases, and more.
# One program a test file: tests/unit/test_X.c, tests/conformance/conf_X.c (cmocka), bench/bench_X.c, bench/make_X.c,
# tests/fuzz/fuzz_X.c (libFuzzer with KARVAN_FUZZ, else a driver that replays the corpus).
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
add_custom_target(karvan_tests DEPENDS karvan) # the program and all test programs, no benchmark
function(karvan_program name file)
  add_executable(${name} ${file} ${ARGN})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE KARVAN_SOURCEDIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE karvan_flags karvan_static ${KARVAN_LIBS})
  if(NOT name MATCHES "^(bench|make)_")
    add_dependencies(karvan_tests ${name})
  endif()
endfunction()

file(GLOB units CONFIGURE_DEPENDS tests/unit/test_*.c tests/conformance/conf_*.c)
foreach(file IN LISTS units)
  get_filename_component(name ${file} NAME_WE)
  karvan_program(${name} ${file})
  target_link_libraries(${name} PRIVATE PkgConfig::CMOCKA)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endforeach()

# Odd OMX files are made by HDF5 itself.
if(HDF5_FOUND)
  target_compile_definitions(test_import_omx PRIVATE KARVAN_HDF5)
  target_link_libraries(test_import_omx PRIVATE PkgConfig::HDF5)
endif()

# igraph answers beside us where it is installed; nothing else may link it (it is GPL).
pkg_check_modules(IGRAPH QUIET IMPORTED_TARGET igraph)
if(IGRAPH_FOUND AND NOT (KARVAN_SANITIZE OR KARVAN_FUZZ))
  foreach(name conf_tntp conf_states conf_ties)
    target_link_libraries(${name} PRIVATE PkgConfig::IGRAPH)
    target_compile_definitions(${name} PRIVATE KARVAN_IGRAPH)
  endforeach()
endif()

# So does GLPK with linear programmes (it is GPL too).
find_library(GLPK_LIBRARY glpk)
find_path(GLPK_INCLUDE glpk.h)
if(GLPK_LIBRARY AND GLPK_INCLUDE)
  target_link_libraries(test_capacitated_lp PRIVATE ${GLPK_LIBRARY})
  target_include_directories(test_capacitated_lp SYSTEM PRIVATE ${GLPK_INCLUDE})
  target_compile_definitions(test_capacitated_lp PRIVATE KARVAN_GLPK)
endif()

file(GLOB benches CONFIGURE_DEPENDS bench/bench_*.c bench/make_*.c)
foreach(file IN LISTS benches)
  get_filename_component(name ${file} NAME_WE)
  karvan_program(${name} ${file})
endforeach()

if(IGRAPH_FOUND AND NOT (KARVAN_SANITIZE OR KARVAN_FUZZ)) # the peer of networks of ties
  target_link_libraries(bench_ties PRIVATE PkgConfig::IGRAPH)
  target_compile_definitions(bench_ties PRIVATE KARVAN_IGRAPH)
endif()

file(GLOB fuzzers CONFIGURE_DEPENDS tests/fuzz/fuzz_*.c)
foreach(file IN LISTS fuzzers)
  get_filename_component(name ${file} NAME_WE)
  if(KARVAN_FUZZ)
    karvan_program(${name} ${file})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    karvan_program(${name} ${file} tests/fuzz/replay.c)
    add_test(NAME ${name} COMMAND ${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
  endif()
endforeach()

# The program with MPI beside the one without, for tests/mpi/run.
if(CMAKE_BUILD_TYPE STREQUAL Release AND CMAKE_C_COMPILER_ID STREQUAL GNU)
  find_package(MPI QUIET COMPONENTS C)
  if(MPI_C_FOUND)
    karvan_executable(karvan_mpi ON EXCLUDE_FROM_ALL)
  endif()
endif()

# The command line's contract, a CTest test a file of cases.
file(GLOB contracts CONFIGURE_DEPENDS tests/cli/*.txt)
foreach(file IN LISTS contracts)
  get_filename_component(name ${file} NAME_WE)
  add_test(NAME cli_${name} COMMAND ${CMAKE_SOURCE_DIR}/tests/cli/run $<TARGET_FILE:karvan> ${file})
  set_tests_properties(cli_${name} PROPERTIES TIMEOUT 600)
endforeach()

file(GLOB scripts CONFIGURE_DEPENDS tests/shell/test_*)
foreach(file IN LISTS scripts)
  get_filename_component(name ${file} NAME)
  add_test(NAME shell_${name} COMMAND bash ${file})
endforeach()
foreach(check rooms codes fuzz-table)
  add_test(NAME check_${check} COMMAND ${CMAKE_SOURCE_DIR}/tools/check-${check})
endforeach()
