/* Bytes as a matrix in CSV: read or refused; what was read is written and comes back. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "karvan/demand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static void require_names(int32_t n, char *const *name) {
    for (int32_t i = 0; i < n && i < 50; i++) {
        require(*name[i] != 0);
        for (int32_t k = 0; k < i; k++) require(strcmp(name[i], name[k]) != 0);
    }
}

static void require_same(const karvan_od *a, const karvan_od *b) {
    require(a->n_origins == b->n_origins && a->n_destinations == b->n_destinations);
    for (int32_t i = 0; i < a->n_origins; i++) require(strcmp(a->origin[i], b->origin[i]) == 0);
    for (int32_t j = 0; j < a->n_destinations; j++)
        require(strcmp(a->destination[j], b->destination[j]) == 0);
    for (int64_t i = 0; i < (int64_t)a->n_origins * a->n_destinations; i++)
        require(a->value[i] == b->value[i] ||
                (a->value[i] != a->value[i] && b->value[i] != b->value[i]));
}

static void there_and_back(const karvan_od *od, karvan_od_shape shape) {
    karvan_table *t = NULL;
    karvan_od again;
    karvan_status st = karvan_od_table(od, shape, NULL, false, &t, NULL);
    require(st == KARVAN_OK || (st == KARVAN_E_ARG && shape == KARVAN_OD_WIDE));
    /* Without rows or columns nothing says what there was of the other side. */
    if (st == KARVAN_OK && od->n_origins > 0 && od->n_destinations > 0) {
        require(karvan_od_of_table(t, NULL, &again, NULL) == KARVAN_OK);
        require_same(od, &again);
        karvan_od_clear(&again);
    }
    karvan_table_destroy(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    if (size < 1 || size > 4096) return 0; /* bound the work, not the meaning */
    karvan_od_options o = {.value = data[0] & 1 ? "trips" : NULL, .square = (data[0] & 2) != 0};
    karvan_od od;
    karvan_error e = {0};
    const char *text = (const char *)data + 1;
    karvan_status st = karvan_od_parse(text, size - 1, "f", &o, &od, &e);
    require(st == KARVAN_OK || (st == KARVAN_E_DATA && strstr(e.msg, "f")));
    if (st == KARVAN_OK) {
        require_names(od.n_origins, od.origin), require_names(od.n_destinations, od.destination);
        there_and_back(&od, KARVAN_OD_LONG), there_and_back(&od, KARVAN_OD_WIDE);
    }
    karvan_od_clear(&od);
    require(karvan_i_alloc_live == live);
    return 0;
}
