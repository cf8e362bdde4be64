#ifndef KARVAN_SRC_CLI_INTERRUPT_H
#define KARVAN_SRC_CLI_INTERRUPT_H
/* Ctrl-C as a wish to stop, for long work that has something to show for itself when it is stopped.
 */
#include "karvan/base.h"

/* From here on an interrupt (or a request to end) sets what is returned; another, two seconds later
 * or more, ends the program as ever. */
const karvan_cancel *cli_interrupts(void);
/* Interrupts end the program again. */
void cli_interrupts_end(void);
#endif
