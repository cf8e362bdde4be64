#include "cli/interrupt.h"

#include <signal.h>
#include <string.h>
#include <time.h>

/* A signal's handler has no other way to be told. */
static karvan_cancel interrupt;
static volatile sig_atomic_t asked_s; /* when, by a clock of whole seconds */

static void handle(void (*handler)(int)) {
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_handler = handler, a.sa_flags = SA_RESTART;
    (void)sigemptyset(&a.sa_mask);
    (void)sigaction(SIGINT, &a, NULL);
    (void)sigaction(SIGTERM, &a, NULL);
}

/* Shells and timers may send one wish twice, to a program and to its group: what comes in the same
 * second or the next is the same wish. */
static void take(int signal) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    sig_atomic_t now = (sig_atomic_t)t.tv_sec;
    if (karvan_cancelled(&interrupt) && now - asked_s > 1) {
        handle(SIG_DFL);
        (void)raise(signal);
    }
    if (!karvan_cancelled(&interrupt)) asked_s = now;
    karvan_cancel_request(&interrupt);
}

const karvan_cancel *cli_interrupts(void) {
    interrupt.requested = 0;
    handle(take);
    return &interrupt;
}

void cli_interrupts_end(void) { handle(SIG_DFL); }
