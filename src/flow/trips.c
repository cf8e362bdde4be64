/* Trips by origin: put in order, made from matrices, read from files. */
#include "flow/trips.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

karvan_status karvan_i_trip_cells_init(karvan_i_trip_cells *c, int64_t n, karvan_error *err) {
    *c = (karvan_i_trip_cells){.n = n};
    c->origin = karvan_i_malloc((size_t)n, sizeof *c->origin);
    c->destination = karvan_i_malloc((size_t)n, sizeof *c->destination);
    c->trips = karvan_i_malloc((size_t)n, sizeof *c->trips);
    if (c->origin && c->destination && c->trips) return KARVAN_OK;
    karvan_i_trip_cells_clear(c);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld cells of trips", (long long)n);
}

void karvan_i_trip_cells_clear(karvan_i_trip_cells *c) {
    karvan_i_free(c->origin), karvan_i_free(c->destination), karvan_i_free(c->trips);
    *c = (karvan_i_trip_cells){0};
}

static bool ascend(const karvan_i_trip_cells *c) {
    bool good = true;
    for (int64_t i = 1; i < c->n && good; i++)
        good = c->origin[i] > c->origin[i - 1] ||
               (c->origin[i] == c->origin[i - 1] && c->destination[i] > c->destination[i - 1]);
    return good;
}

/* Numbers of cells in order of `key`, equals as they were in `from` (NULL: as they stand). */
static void count_sort(int64_t n, const int32_t *key, int32_t zones, int64_t *place,
                       const int64_t *from, int64_t *to) {
    memset(place, 0, ((size_t)zones + 1) * sizeof *place);
    for (int64_t i = 0; i < n; i++) place[key[i] + 1]++;
    for (int32_t z = 0; z < zones; z++) place[z + 1] += place[z];
    for (int64_t i = 0; i < n; i++) {
        int64_t cell = from ? from[i] : i;
        to[place[key[cell]]++] = cell;
    }
}

/* Cells sorted by a stable sort of destinations and one of origins. */
static karvan_status sort(karvan_i_trip_cells *c, int32_t zones, int64_t *twice,
                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_trip_cells sorted = {0};
    int64_t *place = karvan_i_malloc((size_t)zones + 1, sizeof *place);
    int64_t *first = karvan_i_malloc((size_t)c->n, sizeof *first);
    int64_t *order = karvan_i_malloc((size_t)c->n, sizeof *order);
    KARVAN_REQUIRE(place && first && order, err, KARVAN_E_NOMEM, "no memory to sort %lld trips",
                   (long long)c->n);
    KARVAN_TRY(karvan_i_trip_cells_init(&sorted, c->n, err));
    count_sort(c->n, c->destination, zones, place, NULL, first);
    count_sort(c->n, c->origin, zones, place, first, order);
    for (int64_t i = 0; i < c->n; i++) {
        sorted.origin[i] = c->origin[order[i]], sorted.destination[i] = c->destination[order[i]];
        sorted.trips[i] = c->trips[order[i]];
        bool again = i > 0 && sorted.origin[i] == sorted.origin[i - 1] &&
                     sorted.destination[i] == sorted.destination[i - 1];
        if (again && (*twice < 0 || order[i] < *twice)) *twice = order[i];
    }
    karvan_i_trip_cells_clear(c);
    *c = sorted, sorted = (karvan_i_trip_cells){0};
done:
    karvan_i_trip_cells_clear(&sorted);
    karvan_i_free(place), karvan_i_free(first), karvan_i_free(order);
    return st;
}

karvan_status karvan_i_trips_order(karvan_i_trip_cells *c, int32_t zones, karvan_trips *out,
                                   int64_t *twice, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t kept = 0;
    *out = (karvan_trips){0}, *twice = -1;
    if (!ascend(c)) KARVAN_TRY(sort(c, zones, twice, err));
    if (*twice >= 0) goto done;
    out->first = karvan_i_calloc((size_t)zones + 1, sizeof *out->first);
    KARVAN_REQUIRE(out->first, err, KARVAN_E_NOMEM, "no memory for %d zones", (int)zones);
    for (int64_t i = 0; i < c->n; i++) {
        if (c->trips[i] == 0) continue;
        out->first[c->origin[i] + 1]++;
        c->destination[kept] = c->destination[i], c->trips[kept++] = c->trips[i];
    }
    for (int32_t z = 0; z < zones; z++) out->first[z + 1] += out->first[z];
    out->zones = zones, out->n = kept;
    out->destination = c->destination, out->trips = c->trips;
    c->destination = NULL, c->trips = NULL;
done:
    karvan_i_trip_cells_clear(c);
    return st;
}

karvan_status karvan_trips_of_matrix(int32_t zones, const double *matrix, karvan_trips *out,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_trip_cells cells = {0};
    int64_t n = 0, at = 0, twice, all = (int64_t)zones * zones;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_trips){0};
    KARVAN_REQUIRE(zones > 0 && matrix, err, KARVAN_E_ARG, "no zones, or matrix is NULL");
    for (int64_t i = 0; i < all; i++) {
        KARVAN_REQUIRE(matrix[i] >= 0 && isfinite(matrix[i]), err, KARVAN_E_ARG,
                       "trips from zone %lld to zone %lld are %g; 0 or more and finite is right",
                       (long long)(i / zones) + 1, (long long)(i % zones) + 1, matrix[i]);
        n += matrix[i] > 0;
    }
    KARVAN_TRY(karvan_i_trip_cells_init(&cells, n, err));
    for (int64_t i = 0; i < all; i++) {
        if (matrix[i] == 0) continue;
        cells.origin[at] = (int32_t)(i / zones), cells.destination[at] = (int32_t)(i % zones);
        cells.trips[at++] = matrix[i];
    }
    KARVAN_TRY(karvan_i_trips_order(&cells, zones, out, &twice, err));
done:
    karvan_i_trip_cells_clear(&cells);
    return st;
}

karvan_status karvan_trips_parse(const char *bytes, size_t n, const char *path, int32_t zones,
                                 karvan_trips *out, karvan_error *err) {
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_trips){0};
    if (!bytes || !path) return karvan_fail(err, KARVAN_E_ARG, "bytes or path is NULL");
    const karvan_i_source_text text = {bytes, n, path, false};
    return karvan_i_trips_parse(&text, zones, out, err);
}

karvan_status karvan_trips_read(const char *path, int32_t zones, karvan_trips *out,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char *room = NULL;
    karvan_i_source_text text;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_trips){0};
    KARVAN_REQUIRE(path, err, KARVAN_E_ARG, "path is NULL");
    KARVAN_TRY(karvan_i_source_read(path, &room, &text, err));
    KARVAN_TRY(karvan_i_trips_parse(&text, zones, out, err));
done:
    karvan_i_free(room);
    return st;
}

void karvan_trips_clear(karvan_trips *t) {
    if (!t) return;
    karvan_i_free(t->first), karvan_i_free(t->destination), karvan_i_free(t->trips);
    *t = (karvan_trips){0};
}
