#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

atomic_long karvan_i_alloc_permits = -1;
atomic_long karvan_i_alloc_live = 0;

/* Takes one permit; false once a test's countdown has run out. */
static int permitted(void) {
    long left = atomic_load_explicit(&karvan_i_alloc_permits, memory_order_relaxed);
    while (left > 0 && !atomic_compare_exchange_weak(&karvan_i_alloc_permits, &left, left - 1)) {}
    return left != 0;
}

static void *counted(void *p) {
    if (p) atomic_fetch_add_explicit(&karvan_i_alloc_live, 1, memory_order_relaxed);
    return p;
}

void *karvan_i_calloc(size_t n, size_t size) {
    if (size != 0 && n > SIZE_MAX / size) return NULL;
    return permitted() ? counted(calloc(n ? n : 1, size ? size : 1)) : NULL;
}

void *karvan_i_malloc(size_t n, size_t size) {
    if (size != 0 && n > SIZE_MAX / size) return NULL;
    size_t bytes = n * size;
    return permitted() ? counted(malloc(bytes ? bytes : 1)) : NULL;
}

void *karvan_i_realloc(void *p, size_t n, size_t size) {
    if (!p) return karvan_i_malloc(n, size);
    if (size != 0 && n > SIZE_MAX / size) return NULL;
    size_t bytes = n * size;
    return permitted() ? realloc(p, bytes ? bytes : 1) : NULL;
}

char *karvan_i_strndup(const char *s, size_t n) {
    char *copy = karvan_i_malloc(n + 1, 1);
    if (copy) memcpy(copy, s, n), copy[n] = 0;
    return copy;
}

void karvan_i_free(void *p) {
    if (!p) return;
    atomic_fetch_sub_explicit(&karvan_i_alloc_live, 1, memory_order_relaxed);
    free(p);
}
