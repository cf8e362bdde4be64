/* Bytes as a list of UN/LOCODE. The first byte chooses what is asked for. */
#include <stddef.h>
#include <stdint.h>

#include "exchange/import_unlocode.h"
#include "fuzz/fuzz_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const karvan_import_setting asked[] = {{"function", "port,B"}, {"country", "NL"}};
    long live = karvan_i_alloc_live;
    karvan_error e = {0};
    if (size < 1 || size > 1 << 14) return 0; /* bound the work, not the meaning */
    karvan_import *imp = begin("unlocode", data[0] & 1 ? 2 : 0, asked);
    karvan_status st =
        karvan_i_import_unlocode_bytes(imp, "f", (const char *)data + 1, size - 1, &e);
    finish(imp, st, &e, live);
    return 0;
}
