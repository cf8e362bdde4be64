/* Bytes as events of ICEWS. */
#include <stddef.h>
#include <stdint.h>

#include "event_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return fuzz_events("icews", ICEWS_HEADER, data, size);
}
