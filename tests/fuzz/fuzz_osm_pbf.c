/* Bytes as a PBF file of OpenStreetMap: the file as it is; and as the block within a file that is
 * otherwise right, so that the fuzzer need not learn to deflate. What is read becomes a network. */
#include "fuzz/osm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A header that asks for nothing, then a block of type OSMData, not deflated. */
static void as_block(const uint8_t *data, size_t size) {
    karvan_i_text file = {0}, block = {(char *)(uintptr_t)data, size, 0, false}, header = {0};
    osm_bytes(&header, 4, "DenseNodes", 10);
    osm_blob(&file, "OSMHeader", &header, true);
    osm_blob(&file, "OSMData", &block, true);
    fuzz_osm(file.s, file.n);
    karvan_i_text_clear(&file), karvan_i_text_clear(&header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1 << 14) return 0; /* bound the work, not the meaning */
    fuzz_osm(size ? (const char *)data : "", size);
    as_block(data, size);
    return 0;
}
