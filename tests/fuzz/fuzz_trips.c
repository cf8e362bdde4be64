/* Bytes as trips, in TNTP or CSV: read or refused with a place; what was read is in order, and read
 * again from what it says it is the same. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "karvan/assignment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static void in_order(const karvan_trips *t) {
    require(t->first[0] == 0 && t->first[t->zones] == t->n);
    for (int32_t o = 0; o < t->zones; o++) {
        require(t->first[o] <= t->first[o + 1]);
        for (int64_t i = t->first[o]; i < t->first[o + 1]; i++) {
            require(t->destination[i] >= 0 && t->destination[i] < t->zones);
            require(i == t->first[o] || t->destination[i] > t->destination[i - 1]);
            require(t->trips[i] > 0 && isfinite(t->trips[i]));
        }
    }
}

static void comes_back(const karvan_trips *t) {
    karvan_i_text out = {0};
    karvan_trips again;
    karvan_i_text_printf(&out, "<NUMBER OF ZONES> %d\n<END OF METADATA>\n", (int)t->zones);
    for (int32_t o = t->zones - 1; o >= 0; o--) {
        karvan_i_text_printf(&out, "Origin %d\n", (int)o + 1);
        for (int64_t i = t->first[o]; i < t->first[o + 1]; i++)
            karvan_i_text_printf(&out, "%d : %.17g;", (int)t->destination[i] + 1, t->trips[i]);
    }
    require(karvan_trips_parse(out.s, out.n, "f", t->zones, &again, NULL) == KARVAN_OK);
    require(again.n == t->n);
    size_t n = (size_t)t->n;
    require(n == 0 || memcmp(again.trips, t->trips, n * sizeof *t->trips) == 0);
    require(n == 0 || memcmp(again.destination, t->destination, n * sizeof(int32_t)) == 0);
    require(memcmp(again.first, t->first, ((size_t)t->zones + 1) * sizeof *t->first) == 0);
    karvan_trips_clear(&again);
    karvan_i_text_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    karvan_trips t;
    karvan_error e = {0};
    if (size < 1 || size > 1 << 16) return 0; /* bound the work, not the meaning */
    int32_t zones = data[0] % 40 + 1;
    karvan_status st = karvan_trips_parse((const char *)data + 1, size - 1, "f", zones, &t, &e);
    require(st == KARVAN_OK || (st == KARVAN_E_DATA && strncmp(e.msg, "f:", 2) == 0));
    if (st == KARVAN_OK) in_order(&t), comes_back(&t);
    karvan_trips_clear(&t);
    require(karvan_i_alloc_live == live);
    return 0;
}
