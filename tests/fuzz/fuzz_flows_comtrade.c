/* Bytes as a file of UN Comtrade, of any edition, or the JSON of its API: the same twice; what is
 * kept and what is left out are all rows. */
#include <stddef.h>
#include <stdint.h>

#include "flows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const by[] = {NULL, "exporter,importer,year,product", "importer,product4",
                                     "year,product2"};
    long live = karvan_i_alloc_live;
    karvan_i_text one = {0}, two = {0};
    if (size < 1 || size > 1 << 15) return 0; /* bound the work, not the meaning */
    const karvan_flows_options o = {.format = "comtrade",
                                    .by = by[data[0] & 3],
                                    .world = data[0] & 4,
                                    .supplementary = data[0] & 8,
                                    .list = -1};
    karvan_status st = flows_once((const char *)data + 1, size - 1, &o, false, &one);
    require(flows_once((const char *)data + 1, size - 1, &o, false, &two) == st);
    same_text(&one, &two);
    karvan_i_text_clear(&one), karvan_i_text_clear(&two);
    require(karvan_i_alloc_live == live);
    return 0;
}
