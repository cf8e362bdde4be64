# What `cmake --install` puts in place: library (both kinds), headers, program, its manual pages, the shipped
# region, and what other builds need to find us: karvan.pc for pkg-config, karvanConfig.cmake for find_package.
include(CMakePackageConfigHelpers)
set(KARVAN_CMAKEDIR ${CMAKE_INSTALL_LIBDIR}/cmake/karvan)

install(TARGETS karvan RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS karvan_static karvan_shared EXPORT karvanTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/karvan DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(DIRECTORY regions/caspian DESTINATION ${CMAKE_INSTALL_DATADIR}/karvan/regions
  PATTERN "*.d" EXCLUDE PATTERN ".*" EXCLUDE)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

install(EXPORT karvanTargets NAMESPACE karvan:: DESTINATION ${KARVAN_CMAKEDIR})
configure_package_config_file(cmake/karvanConfig.cmake.in karvanConfig.cmake
  INSTALL_DESTINATION ${KARVAN_CMAKEDIR} NO_SET_AND_CHECK_MACRO)
# Below 1.0 every minor version may break its callers.
write_basic_package_version_file(karvanConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/karvanConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/karvanConfigVersion.cmake
  DESTINATION ${KARVAN_CMAKEDIR})

# The file finds its own prefix, so an installed tree may be moved.
file(RELATIVE_PATH KARVAN_PC_PREFIX
  ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" KARVAN_PC_PREFIX "${KARVAN_PC_PREFIX}")
# Libraries by name, not Requires.private: `pkg-config --static` would go on to all that these were built from.
list(TRANSFORM CMAKE_DL_LIBS PREPEND -l OUTPUT_VARIABLE late_ldflags)
string(JOIN " " KARVAN_PC_LIBS ${SQLITE_LDFLAGS} ${JANSSON_LDFLAGS} ${EXPAT_LDFLAGS} -lz -lmetis -lm -lpthread ${late_ldflags})
configure_file(cmake/karvan.pc.in karvan.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/karvan.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# Manual pages are the program's own help, so that the two never differ. Builds with counters or sanitizers are not
# for installing.
if(EXISTS ${CMAKE_SOURCE_DIR}/src/cli/cmd_help.c
    AND NOT (KARVAN_SANITIZE OR KARVAN_TSAN OR KARVAN_COVERAGE OR KARVAN_FUZZ))
  add_custom_command(OUTPUT man/karvan.1
    COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:karvan> -DOUT=${CMAKE_BINARY_DIR}/man
      -P ${CMAKE_SOURCE_DIR}/cmake/ManualPages.cmake
    DEPENDS karvan ${CMAKE_SOURCE_DIR}/cmake/ManualPages.cmake VERBATIM)
  add_custom_target(man ALL DEPENDS man/karvan.1)
  install(DIRECTORY ${CMAKE_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()
