/* Bytes as a network of TNTP and, behind the first NUL, as positions of its nodes. */
#include <stddef.h>
#include <stdint.h>

#include "exchange/import_tntp.h"
#include "fuzz/fuzz_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    karvan_error e = {0};
    if (size < 1 || size > 1 << 14) return 0; /* bound the work, not the meaning */
    const uint8_t *nul = memchr(data, 0, size);
    size_t n = nul ? (size_t)(nul - data) : size;
    const char *nodes = nul ? (const char *)nul + 1 : NULL;
    karvan_import *imp = begin("tntp", 0, NULL);
    karvan_status st = karvan_i_import_tntp_bytes(imp, "f", (const char *)data, n, nul ? "g" : NULL,
                                                  nodes, nul ? size - n - 1 : 0, &e);
    finish(imp, st, &e, live);
    return 0;
}
