# Libraries that are loaded when first used (docs/adr/0011): their headers are needed for building, nothing links them.
# karvan_late(<target> <prefix> <name>): <prefix> is that of a pkg_check_modules() which found lib<name>. The target is
# compiled with its headers and with KARVAN_<prefix>_SONAME, the name that a program linked to it would ask the loader for.
function(karvan_late target prefix name)
  set(library ${${prefix}_LINK_LIBRARIES})
  list(FILTER library INCLUDE REGEX "/lib${name}[^/]*$")
  list(LENGTH library found)
  if(NOT found EQUAL 1 OR NOT CMAKE_READELF)
    message(FATAL_ERROR "the SONAME of lib${name} is read from its file by readelf: "
      "one file and that program are needed, found are '${library}' and '${CMAKE_READELF}'")
  endif()
  execute_process(COMMAND ${CMAKE_READELF} -d ${library} OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
  if(NOT dynamic MATCHES "\\(SONAME\\)[^\n]*\\[([^]\n]+)\\]")
    message(FATAL_ERROR "${library} is no shared library with a SONAME")
  endif()
  message(STATUS "Loaded when first used: ${CMAKE_MATCH_1}")
  target_compile_definitions(${target} PRIVATE KARVAN_${prefix}_SONAME="${CMAKE_MATCH_1}")
  target_include_directories(${target} SYSTEM PRIVATE ${${prefix}_INCLUDE_DIRS})
  target_compile_options(${target} PRIVATE ${${prefix}_CFLAGS_OTHER})
  # Another version in its place has another name.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${library})
endfunction()
