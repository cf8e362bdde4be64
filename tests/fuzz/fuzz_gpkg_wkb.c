/* Bytes as the geometry of a GeoPackage's row: a geometry or a byte with its reason; positions that
 * are numbers and fit their parts, and no more of them than the bytes can hold; what was read,
 * written again, reads as the same. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "exchange/gpkg_geometry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static void check_shape(const karvan_i_gpkg_geometry *g, size_t size) {
    size_t positions = 0;
    for (size_t k = 0; k < g->n_parts; k++) {
        require(g->part[k] >= 1);
        require(g->type != KARVAN_I_POINT || g->part[k] == 1);
        require((g->type != KARVAN_I_LINE && g->type != KARVAN_I_MULTILINE) || g->part[k] >= 2);
        require((g->type != KARVAN_I_POLYGON && g->type != KARVAN_I_MULTIPOLYGON) ||
                g->part[k] >= 4);
        positions += (size_t)g->part[k];
    }
    require(positions == g->n_xy && g->n_xy * 16 <= size);
    for (size_t i = 0; i < 2 * g->n_xy; i++) require(isfinite(g->xy[i]));
    require(*g->name && g->dimensions >= 2 && g->dimensions <= 4);
    require(g->type <= KARVAN_I_OTHER_GEOMETRY);
    require(!g->empty || (g->n_xy == 0 && g->type == KARVAN_I_NO_GEOMETRY));
    if (g->type == KARVAN_I_POINT || g->type == KARVAN_I_LINE) require(g->n_parts == 1);
}

/* ---- written again: little-endian, without an envelope ---- */

typedef struct bytes {
    uint8_t *b;
    size_t n;
} bytes;

static void put(bytes *x, const void *v, size_t n) { memcpy(x->b + x->n, v, n), x->n += n; }
static void put_head(bytes *x, uint32_t type) { put(x, "\1", 1), put(x, &type, sizeof type); }

static void put_part(bytes *x, const double **p, int32_t n, bool counted) {
    if (counted) put(x, &n, sizeof n);
    put(x, *p, (size_t)n * 2 * sizeof **p);
    *p += 2 * (ptrdiff_t)n;
}

static void comes_back(const karvan_i_gpkg_geometry *g) {
    bytes x = {malloc(64 + g->n_xy * 32 + g->n_parts * 16), 0};
    karvan_i_gpkg_geometry again = {0};
    const double *p = g->xy;
    const uint32_t parts = (uint32_t)g->n_parts;
    const bool lines = g->type == KARVAN_I_MULTILINE;
    require(x.b != NULL);
    put(&x, "GP\0\1", 4), put(&x, &g->srs_id, sizeof g->srs_id);
    put_head(&x, g->type == KARVAN_I_POINT ? 1 : g->type == KARVAN_I_LINE ? 2 : lines ? 5 : 4);
    if (lines || g->type == KARVAN_I_MULTIPOINT) put(&x, &parts, sizeof parts);
    for (size_t k = 0; k < g->n_parts; k++) {
        if (lines) put_head(&x, 2);
        if (g->type == KARVAN_I_MULTIPOINT) put_head(&x, 1);
        put_part(&x, &p, g->part[k], lines || g->type == KARVAN_I_LINE);
    }
    require(karvan_i_gpkg_geometry_read(&again, x.b, x.n, NULL) == KARVAN_OK);
    require(again.type == g->type && again.srs_id == g->srs_id && again.n_xy == g->n_xy);
    require(again.n_parts == g->n_parts);
    require(memcmp(again.part, g->part, g->n_parts * sizeof *g->part) == 0);
    require(memcmp(again.xy, g->xy, 2 * g->n_xy * sizeof *g->xy) == 0);
    karvan_i_gpkg_geometry_clear(&again);
    free(x.b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const long live = karvan_i_alloc_live;
    karvan_i_gpkg_geometry g = {0};
    karvan_error e = {0};
    unsigned byte;
    if (size > 1 << 16) return 0;             /* bound the work, not the meaning */
    for (int again = 0; again < 2; again++) { /* the second time over what the first left */
        karvan_status st =
            karvan_i_gpkg_geometry_read(&g, size ? data : (const uint8_t *)"", size, &e);
        require(st == KARVAN_OK || st == KARVAN_E_DATA);
        if (st == KARVAN_OK) check_shape(&g, size);
        if (st != KARVAN_OK) require(sscanf(e.msg, "byte %u: ", &byte) == 1 && byte <= size);
        if (st == KARVAN_OK && g.n_parts > 0 && g.type >= KARVAN_I_POINT &&
            g.type <= KARVAN_I_MULTILINE)
            comes_back(&g);
    }
    karvan_i_gpkg_geometry_clear(&g);
    require(karvan_i_alloc_live == live);
    return 0;
}
