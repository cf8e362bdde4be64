/* Bytes as OSM XML, plain or in gzip; what is read becomes a network. */
#include "fuzz/osm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1 << 14) return 0; /* bound the work, not the meaning */
    fuzz_osm(size ? (const char *)data : "", size);
    return 0;
}
