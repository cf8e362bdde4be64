/* Bytes as events of GDELT 1.0. */
#include <stddef.h>
#include <stdint.h>

#include "event_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return fuzz_events("gdelt1", "", data, size);
}
