/* Points found by nearness: a hash of cubes of the tolerance's size around the earth's centre, so
 * that neither poles nor the 180th meridian are special. The earth is a sphere here; over the
 * tolerances of a few kilometres the error is below 0.4 %. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/feature.h"

static const double RADIUS_KM = 6371.0088;
enum { FIRST_SLOTS = 64 };

static void to_xyz(double lon, double lat, double out[3]) {
    double l = lon * M_PI / 180, b = lat * M_PI / 180;
    out[0] = RADIUS_KM * cos(b) * cos(l);
    out[1] = RADIUS_KM * cos(b) * sin(l);
    out[2] = RADIUS_KM * sin(b);
}

static size_t slot_of(const karvan_i_nearby *s, const int64_t cube[3]) {
    uint64_t h = 0;
    for (int k = 0; k < 3; k++) {
        h = (h ^ (uint64_t)cube[k]) * 0x9E3779B97F4A7C15U;
        h ^= h >> 29;
    }
    return (size_t)h & (s->n_slots - 1);
}

static void cube_of(const karvan_i_nearby *s, const double xyz[3], int64_t cube[3]) {
    for (int k = 0; k < 3; k++) cube[k] = (int64_t)floor(xyz[k] / s->cell_km);
}

karvan_status karvan_i_nearby_init(karvan_i_nearby *s, double tolerance_km, karvan_error *err) {
    *s = (karvan_i_nearby){.tolerance_km = tolerance_km, .n_slots = FIRST_SLOTS};
    /* cubes of a millimetre at the least: places of one coordinate meet also where they differ in
     * the last bit */
    s->cell_km = tolerance_km > 1e-6 ? tolerance_km : 1e-6;
    if (s->tolerance_km < 1e-7) s->tolerance_km = 1e-7;
    s->slot = karvan_i_malloc(s->n_slots, sizeof *s->slot);
    if (!s->slot) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for points");
    memset(s->slot, 0xFF, s->n_slots * sizeof *s->slot);
    return KARVAN_OK;
}

void karvan_i_nearby_clear(karvan_i_nearby *s) {
    karvan_i_free(s->xyz), karvan_i_free(s->value), karvan_i_free(s->next), karvan_i_free(s->slot);
    *s = (karvan_i_nearby){0};
}

static void link_point(karvan_i_nearby *s, int32_t i) {
    int64_t cube[3];
    cube_of(s, s->xyz[i], cube);
    size_t at = slot_of(s, cube);
    s->next[i] = s->slot[at], s->slot[at] = i;
}

static karvan_status grow(karvan_i_nearby *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t cap = s->cap ? 2 * s->cap : FIRST_SLOTS;
    void *p = karvan_i_realloc(s->xyz, (size_t)cap, sizeof *s->xyz);
    if (p) s->xyz = p;
    int32_t *value = karvan_i_realloc(s->value, (size_t)cap, sizeof *value);
    if (value) s->value = value;
    int32_t *next = karvan_i_realloc(s->next, (size_t)cap, sizeof *next);
    if (next) s->next = next;
    int32_t *slot = karvan_i_realloc(s->slot, (size_t)cap, sizeof *slot);
    if (slot) s->slot = slot;
    KARVAN_REQUIRE(p && value && next && slot, err, KARVAN_E_NOMEM, "no memory for points");
    s->cap = cap, s->n_slots = (size_t)cap;
    memset(s->slot, 0xFF, s->n_slots * sizeof *s->slot);
    for (int32_t i = 0; i < s->n; i++) link_point(s, i);
done:
    return st;
}

karvan_status karvan_i_nearby_add(karvan_i_nearby *s, double lon, double lat, int32_t value,
                                  karvan_error *err) {
    if (s->n == s->cap) {
        karvan_status st = s->n > INT32_MAX / 4 ? KARVAN_E_NOMEM : grow(s, err);
        if (st != KARVAN_OK) return karvan_fail(err, st, "no memory for points");
    }
    to_xyz(lon, lat, s->xyz[s->n]);
    s->value[s->n] = value;
    link_point(s, s->n++);
    return KARVAN_OK;
}

int32_t karvan_i_nearby_find(const karvan_i_nearby *s, double lon, double lat) {
    double p[3], best = s->tolerance_km * s->tolerance_km;
    int64_t home[3];
    int32_t found = -1;
    to_xyz(lon, lat, p);
    cube_of(s, p, home);
    for (int k = 0; k < 27; k++) {
        int64_t cube[3] = {home[0] + k / 9 - 1, home[1] + k / 3 % 3 - 1, home[2] + k % 3 - 1};
        for (int32_t i = s->slot[slot_of(s, cube)]; i >= 0; i = s->next[i]) {
            double d = 0;
            for (int c = 0; c < 3; c++) d += (s->xyz[i][c] - p[c]) * (s->xyz[i][c] - p[c]);
            if (d < best || (d == best && (found < 0 || i < found))) best = d, found = i;
        }
    }
    return found < 0 ? -1 : s->value[found];
}
