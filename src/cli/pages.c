/* Memory for commands that open a study: a hundred megabytes that are taken piece by piece. In the
 * machine's small pages that is some 25,000 of them to hand out, a sixth of a what-if, and tables
 * that are gone to at random miss where they stand. */
#include <stdlib.h>

#include "cli/cli.h"

#if defined(__linux__) && defined(__GLIBC__)
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>

void cli_large_pages(void) {
    const size_t LARGE = (size_t)2 << 20, ROOM = (size_t)512 << 20;
    /* one heap, of one piece, that is kept: addresses alone until something is written there */
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 30);
    (void)mallopt(M_TOP_PAD, (int)ROOM);
    char *first = malloc(1);
    if (!first) return;
    size_t past = (uintptr_t)first % LARGE;
    (void)madvise(first + (LARGE - past), ROOM - LARGE, MADV_HUGEPAGE); /* small ones do too */
    free(first);
    (void)mallopt(M_TOP_PAD, 1 << 20);
}
#else
void cli_large_pages(void) {}
#endif
