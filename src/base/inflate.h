#ifndef KARVAN_SRC_BASE_INFLATE_H
#define KARVAN_SRC_BASE_INFLATE_H
/* zlib over the library's own heap, so that its allocations can fail in tests as all others do. */
#include <zlib.h>

#include "base/alloc.h"

static inline voidpf karvan_i_z_alloc(voidpf none, uInt n, uInt size) {
    (void)none;
    return karvan_i_calloc(n, size);
}
static inline void karvan_i_z_free(voidpf none, voidpf p) {
    (void)none;
    karvan_i_free(p);
}
/* For inflateInit and its kin. */
static inline z_stream karvan_i_z_stream(void) {
    return (z_stream){.zalloc = karvan_i_z_alloc, .zfree = karvan_i_z_free};
}
#endif
