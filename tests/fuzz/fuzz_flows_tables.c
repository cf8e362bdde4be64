/* Bytes as ITPD-E, a table of CEPII, or flows as karvan has them: a table or a reason. */
#include <stddef.h>
#include <stdint.h>

#include "flows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    karvan_i_text out = {0};
    if (size > 1 << 15) return 0; /* bound the work, not the meaning */
    const karvan_flows_options o = {.list = -1};
    (void)flows_once(size ? (const char *)data : "", size, &o, false, &out);
    karvan_i_text_clear(&out);
    require(karvan_i_alloc_live == live);
    return 0;
}
