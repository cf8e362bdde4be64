# Run at build time: writes karvan.1 and karvan-COMMAND.1 into OUT, from what PROGRAM says of itself.
#   cmake -DPROGRAM=... -DOUT=... -P ManualPages.cmake
function(page file)
  execute_process(COMMAND ${PROGRAM} help --man ${ARGN} OUTPUT_FILE ${OUT}/${file} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} help --man ${ARGN}: status ${status}")
  endif()
endfunction()

file(REMOVE_RECURSE ${OUT})
file(MAKE_DIRECTORY ${OUT})
execute_process(COMMAND ${PROGRAM} help --list OUTPUT_VARIABLE commands RESULT_VARIABLE status
  OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} help --list: status ${status}")
endif()
page(karvan.1)
string(REPLACE "\n" ";" commands "${commands}")
foreach(command IN LISTS commands)
  page(karvan-${command}.1 ${command})
endforeach()
