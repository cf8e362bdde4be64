#include "exchange/gpkg_geometry.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

enum { DEEPEST = 32, MOST_POSITIONS = INT32_MAX / 4 };

/* Bytes under reading. */
typedef struct reader {
    const uint8_t *bytes;
    size_t n, at;
    bool little;
    bool curve; /* one was met: nothing behind it can be found */
    karvan_i_gpkg_geometry *g;
    karvan_error *err;
} reader;

static karvan_status fault(const reader *r, size_t at, const char *what) {
    return karvan_fail(r->err, KARVAN_E_DATA, "byte %zu: %s", at, what);
}

static bool take_u32(reader *r, uint32_t *out) {
    if (r->n - r->at < 4) return false;
    const uint8_t *b = r->bytes + r->at;
    r->at += 4;
    *out = r->little
               ? (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24
               : (uint32_t)b[3] | (uint32_t)b[2] << 8 | (uint32_t)b[1] << 16 | (uint32_t)b[0] << 24;
    return true;
}

/* The caller has seen that eight bytes are there. */
static double take_double(reader *r) {
    uint64_t v = 0;
    double d;
    for (size_t i = 0; i < 8; i++)
        v |= (uint64_t)r->bytes[r->at + i] << 8 * (r->little ? i : 7 - i);
    r->at += 8;
    memcpy(&d, &v, sizeof d);
    return d;
}

/* ---- positions ---- */

static karvan_status room(reader *r, size_t positions) {
    karvan_i_gpkg_geometry *g = r->g;
    if (positions > MOST_POSITIONS - g->n_xy) return fault(r, r->at, "too many positions");
    size_t need = g->n_xy + positions, cap = g->cap_xy ? g->cap_xy : 16;
    while (cap < need) cap *= 2;
    if (cap == g->cap_xy) return KARVAN_OK;
    double *more = karvan_i_realloc(g->xy, cap, 2 * sizeof *more);
    if (!more) return karvan_fail(r->err, KARVAN_E_NOMEM, "no memory for %zu positions", cap);
    g->xy = more, g->cap_xy = cap;
    return KARVAN_OK;
}

static karvan_status end_part(reader *r, size_t positions) {
    karvan_i_gpkg_geometry *g = r->g;
    if (g->n_parts == g->cap_parts) {
        size_t cap = g->cap_parts ? 2 * g->cap_parts : 16;
        int32_t *more = karvan_i_realloc(g->part, cap, sizeof *more);
        if (!more) return karvan_fail(r->err, KARVAN_E_NOMEM, "no memory for %zu parts", cap);
        g->part = more, g->cap_parts = cap;
    }
    g->part[g->n_parts++] = (int32_t)positions;
    return KARVAN_OK;
}

/* Positions that the bytes must hold; heights and measures are passed over. */
static karvan_status take_positions(reader *r, size_t count, int dimensions) {
    size_t each = 8 * (size_t)dimensions;
    if (count > (r->n - r->at) / each) return fault(r, r->at, "more positions than bytes are left");
    karvan_status st = room(r, count);
    for (size_t i = 0; st == KARVAN_OK && i < count; i++) {
        size_t at = r->at;
        double x = take_double(r), y = take_double(r);
        r->at = at + each;
        if (!isfinite(x) || !isfinite(y)) return fault(r, at, "a position that is no number");
        double *to = r->g->xy + 2 * r->g->n_xy++;
        to[0] = x, to[1] = y;
    }
    return st;
}

/* ---- geometries ---- */

typedef struct header {
    uint32_t type; /* 1 .. 17 */
    int dimensions;
    size_t at;
} header;

/* Byte order and type: as ISO has them (1001: Z, 2001: M, 3001: both), and with the flag bits of
 * older writers. */
static karvan_status take_header(reader *r, header *h) {
    uint32_t type, srid;
    h->at = r->at;
    if (r->at >= r->n) return fault(r, r->at, "the geometry ends before its byte order");
    if (r->bytes[r->at] > 1) return fault(r, r->at, "a byte order that is neither 0 nor 1");
    r->little = r->bytes[r->at++] == 1;
    if (!take_u32(r, &type)) return fault(r, r->at, "the geometry ends before its type");
    bool z = type & 0x80000000U, m = type & 0x40000000U;
    if (type & 0x20000000U && !take_u32(r, &srid))
        return fault(r, r->at, "the geometry ends before its reference system");
    type &= 0x1FFFFFFFU;
    if (type >= 1000 && type < 4000) {
        z = z || type / 1000 != 2, m = m || type / 1000 != 1;
        type %= 1000;
    }
    h->type = type, h->dimensions = 2 + z + m;
    return KARVAN_OK;
}

static karvan_status take_count(reader *r, size_t least_bytes, uint32_t *out) {
    if (!take_u32(r, out)) return fault(r, r->at, "the geometry ends before a number of parts");
    if (*out > (r->n - r->at) / least_bytes)
        return fault(r, r->at - 4, "more parts than bytes are left");
    return KARVAN_OK;
}

/* A point without a position has NaN for each number. */
static karvan_status take_point(reader *r, const header *h) {
    size_t bytes = 8 * (size_t)h->dimensions, begin = r->at;
    if (r->n - r->at < bytes) return fault(r, r->at, "the geometry ends within a point");
    double x = take_double(r), y = take_double(r);
    r->at = begin;
    if (isnan(x) && isnan(y)) return r->at += bytes, KARVAN_OK;
    karvan_status st = take_positions(r, 1, h->dimensions);
    return st == KARVAN_OK ? end_part(r, 1) : st;
}

static karvan_status take_line(reader *r, const header *h, size_t least, const char *too_short) {
    uint32_t n;
    size_t at = r->at;
    karvan_status st = take_count(r, 8 * (size_t)h->dimensions, &n);
    if (st != KARVAN_OK || n == 0) return st;
    if (n < least) return fault(r, at, too_short);
    st = take_positions(r, n, h->dimensions);
    return st == KARVAN_OK ? end_part(r, n) : st;
}

static karvan_status take_polygon(reader *r, const header *h) {
    karvan_status st = KARVAN_OK;
    uint32_t rings;
    KARVAN_TRY(take_count(r, 4, &rings));
    for (uint32_t i = 0; i < rings; i++) {
        size_t at = r->at, begin = r->g->n_xy;
        KARVAN_TRY(take_line(r, h, 4, "a ring of fewer than four positions"));
        if (r->g->n_xy == begin) continue;
        const double *first = r->g->xy + 2 * begin, *last = r->g->xy + 2 * (r->g->n_xy - 1);
        if (first[0] != last[0] || first[1] != last[1])
            return fault(r, at, "a ring that does not end where it begins");
    }
done:
    return st;
}

static karvan_status take_geometry(reader *r, const header *h, int depth);

/* What each list may hold, by its type: multipoints points, ..., collections anything. */
static karvan_status take_list(reader *r, const header *h, int depth) {
    karvan_status st = KARVAN_OK;
    uint32_t n;
    if (depth >= DEEPEST) return fault(r, h->at, "collections within collections too deep");
    KARVAN_TRY(take_count(r, 9, &n));
    for (uint32_t i = 0; i < n; i++) {
        header in;
        KARVAN_TRY(take_header(r, &in));
        if (h->type != 7 && in.type != h->type - 3)
            return fault(r, in.at, "a part of another type than its geometry's");
        if (in.dimensions != h->dimensions)
            return fault(r, in.at, "a part of other dimensions than its geometry's");
        KARVAN_TRY(take_geometry(r, &in, depth + 1));
        if (r->curve) break;
    }
done:
    return st;
}

/* Types above 7, curves and solids, are told by their name; what stands in them is not read. */
static karvan_status take_geometry(reader *r, const header *h, int depth) {
    switch (h->type) {
    case 1:
        return take_point(r, h);
    case 2:
        return take_line(r, h, 2, "a line of one position");
    case 3:
        return take_polygon(r, h);
    case 4:
    case 5:
    case 6:
    case 7:
        return take_list(r, h, depth);
    default:
        r->at = r->n, r->curve = true;
        return h->type >= 8 && h->type <= 17 ? KARVAN_OK
                                             : fault(r, h->at + 1, "no type of geometry");
    }
}

static const struct {
    const char *name;
    karvan_i_geometry_type type;
} types[] = {{"Point", KARVAN_I_POINT},
             {"LineString", KARVAN_I_LINE},
             {"Polygon", KARVAN_I_POLYGON},
             {"MultiPoint", KARVAN_I_MULTIPOINT},
             {"MultiLineString", KARVAN_I_MULTILINE},
             {"MultiPolygon", KARVAN_I_MULTIPOLYGON},
             {"GeometryCollection", KARVAN_I_COLLECTION},
             {"CircularString", KARVAN_I_OTHER_GEOMETRY},
             {"CompoundCurve", KARVAN_I_OTHER_GEOMETRY},
             {"CurvePolygon", KARVAN_I_OTHER_GEOMETRY},
             {"MultiCurve", KARVAN_I_OTHER_GEOMETRY},
             {"MultiSurface", KARVAN_I_OTHER_GEOMETRY},
             {"Curve", KARVAN_I_OTHER_GEOMETRY},
             {"Surface", KARVAN_I_OTHER_GEOMETRY},
             {"PolyhedralSurface", KARVAN_I_OTHER_GEOMETRY},
             {"TIN", KARVAN_I_OTHER_GEOMETRY},
             {"Triangle", KARVAN_I_OTHER_GEOMETRY}};

/* Magic, version, flags, reference system, envelope; *extended: the bytes behind are those of an
 * extension, not well-known binary. */
static karvan_status take_wrapper(reader *r, bool *extended) {
    static const uint8_t envelope[] = {0, 32, 48, 48, 64};
    uint32_t srs;
    if (r->n < 8) return fault(r, r->n, "the geometry ends within its header of 8 bytes");
    if (memcmp(r->bytes, "GP", 2) != 0) return fault(r, 0, "no geometry of a GeoPackage");
    if (r->bytes[2] != 0) return fault(r, 2, "a version other than 0");
    uint8_t flags = r->bytes[3], kind = flags >> 1 & 7;
    if (kind > 4) return fault(r, 3, "an envelope of a kind that is none");
    *extended = flags & 0x20;
    r->little = flags & 1, r->at = 4;
    (void)take_u32(r, &srs);
    memcpy(&r->g->srs_id, &srs, sizeof srs);
    if (r->n - r->at < envelope[kind]) return fault(r, r->n, "the geometry ends in its envelope");
    r->at += envelope[kind];
    return KARVAN_OK;
}

karvan_status karvan_i_gpkg_geometry_read(karvan_i_gpkg_geometry *g, const void *bytes, size_t n,
                                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
    reader r = {.bytes = bytes, .n = n, .g = g, .err = err};
    header h;
    bool extended = false;
    g->type = KARVAN_I_NO_GEOMETRY, g->name = "geometry", g->empty = true;
    g->n_xy = g->n_parts = 0, g->srs_id = 0, g->dimensions = 2;
    KARVAN_TRY(take_wrapper(&r, &extended));
    if (extended) {
        g->type = KARVAN_I_OTHER_GEOMETRY, g->name = "geometry of an extension", g->empty = false;
        goto done;
    }
    KARVAN_TRY(take_header(&r, &h));
    KARVAN_TRY(take_geometry(&r, &h, 0));
    if (r.at != n) return fault(&r, r.at, "bytes behind the geometry");
    g->name = types[h.type - 1].name, g->dimensions = h.dimensions;
    g->empty = g->n_xy == 0 && !r.curve;
    if (!g->empty) g->type = types[h.type - 1].type;
done:
    return st;
}

void karvan_i_gpkg_geometry_clear(karvan_i_gpkg_geometry *g) {
    karvan_i_free(g->xy), karvan_i_free(g->part);
    *g = (karvan_i_gpkg_geometry){0};
}
