/* Bytes as the files of GMNS, parted by NUL, in the order of its tables: config, node, link,
 * geometry, zone, segment, lane, movement, use_group, use_definition. An empty part is a file that
 * is not there. */
#include <stddef.h>
#include <stdint.h>

#include "exchange/gmns.h"
#include "fuzz/fuzz_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const karvan_import_setting degrees = {"crs", "4326"};
    long live = karvan_i_alloc_live;
    karvan_error e = {0};
    if (size < 1 || size > 1 << 14) return 0; /* bound the work, not the meaning */
    karvan_import *imp = begin("gmns", 1, &degrees);
    karvan_i_gmns g = {.imp = imp, .dir = "/nowhere"};
    karvan_status st = KARVAN_OK;
    const char *s = (const char *)data, *end = s + size;
    for (int t = 0; t < KARVAN_I_GMNS_TABLES && st == KARVAN_OK; t++) {
        const char *nul = s < end ? memchr(s, 0, (size_t)(end - s)) : NULL;
        size_t n = nul ? (size_t)(nul - s) : (size_t)(end - s);
        bool needed = t == KARVAN_I_GMNS_NODE || t == KARVAN_I_GMNS_LINK;
        if (n > 0 || needed) st = karvan_i_gmns_table(&g, t, s, n, &e);
        s = nul ? nul + 1 : end;
    }
    if (st == KARVAN_OK) st = karvan_i_gmns_take(&g, &e);
    karvan_i_gmns_clear(&g);
    finish(imp, st, &e, live);
    return 0;
}
