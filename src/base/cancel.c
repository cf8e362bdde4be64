#include "karvan/base.h"

/* Atomic by the compilers' builtins: the public struct stays plain C for callers in C++. A relaxed
 * store of an int is also safe in a signal handler. */
void karvan_cancel_request(karvan_cancel *c) {
    __atomic_store_n(&c->requested, 1, __ATOMIC_RELAXED);
}

bool karvan_cancelled(const karvan_cancel *c) {
    return c && __atomic_load_n(&c->requested, __ATOMIC_RELAXED) != 0;
}
