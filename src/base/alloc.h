#ifndef KARVAN_SRC_ALLOC_H
#define KARVAN_SRC_ALLOC_H
/* The one door to the heap. Tests count down permits and then see it fail.
 * karvan_i_alloc_permits < 0: unlimited. karvan_i_alloc_live: blocks not yet freed. */
#include <stdatomic.h>
#include <stddef.h>
extern atomic_long karvan_i_alloc_permits;
extern atomic_long karvan_i_alloc_live;
/* n * size is checked for overflow; NULL on failure. Zero sizes give a block that can be freed. */
void *karvan_i_calloc(size_t n, size_t size);
void *karvan_i_malloc(size_t n, size_t size);
/* Grow or shrink to n * size; the old block stays valid on failure. p may be NULL. */
void *karvan_i_realloc(void *p, size_t n, size_t size);
char *karvan_i_strndup(const char *s, size_t n);
void karvan_i_free(void *p);
#endif
