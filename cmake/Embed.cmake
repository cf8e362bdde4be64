# Text files of a folder as C byte arrays, so that page skeleton, style and script stay files of their own.
# karvan_embed(<out var> <dir>) lists the generated sources; look-up: karvan_i_embedded() in src/base/embed.h.
function(karvan_embed out dir)
  file(GLOB files CONFIGURE_DEPENDS ${dir}/*)
  set(c ${CMAKE_BINARY_DIR}/embedded.c)
  add_custom_command(OUTPUT ${c}
    COMMAND ${CMAKE_COMMAND} -DOUT=${c} "-DFILES=${files}" -P ${CMAKE_SOURCE_DIR}/cmake/EmbedFiles.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/EmbedFiles.cmake VERBATIM)
  set(${out} ${c} PARENT_SCOPE)
endfunction()
