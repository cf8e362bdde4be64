/* Lengths between stops: along the shape of the trip where it has one, else as the crow flies. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/gtfs.h"
#include "network/geodesic.h"
#include "table/number.h"

static int by_shape(const void *a, const void *b) {
    const karvan_i_gtfs_point *x = a, *y = b;
    if (x->shape != y->shape) return x->shape < y->shape ? -1 : 1;
    return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

static karvan_status take_point(karvan_i_gtfs *g, karvan_i_gtfs_rows *r) {
    enum { SHAPE, LAT, LON, SEQUENCE, ALONG };
    karvan_status st = KARVAN_OK;
    karvan_i_gtfs_point p = {.along = NAN};
    const char *lat = r->value[LAT], *lon = r->value[LON], *along = r->value[ALONG];
    const char *sequence = r->value[SEQUENCE], *id = r->value[SHAPE];
    if (!*id || !karvan_i_parse_real(lat, strlen(lat), '.', &p.lat) ||
        !karvan_i_parse_real(lon, strlen(lon), '.', &p.lon) || !(fabs(p.lat) <= 90) ||
        !(fabs(p.lon) <= 180) || !karvan_i_parse_int(sequence, strlen(sequence), &p.sequence))
        return karvan_i_gtfs_note(r, -1, "gtfs-value", "shape_id, degrees and a sequence",
                                  "a point of a shape is left out");
    if (*along && !karvan_i_parse_real(along, strlen(along), '.', &p.along)) p.along = NAN;
    KARVAN_TRY(karvan_i_dictionary_add(&g->shape_id, id, strlen(id), &p.shape, g->err));
    karvan_i_gtfs_point *more =
        karvan_i_gtfs_room(g, g->point, g->n_points, &g->cap_points, sizeof *more);
    if (!more) return KARVAN_E_NOMEM;
    g->point = more, g->point[g->n_points++] = p;
    r->taken++;
done:
    return st;
}

/* Points in order, with their kilometres; where each shape begins. */
static karvan_status finish_shapes(karvan_i_gtfs *g) {
    if (g->n_points > 1) qsort(g->point, (size_t)g->n_points, sizeof *g->point, by_shape);
    int32_t shapes = g->shape_id.n;
    g->shape_at = karvan_i_calloc((size_t)shapes + 2, sizeof *g->shape_at);
    if (!g->shape_at) return karvan_fail(g->err, KARVAN_E_NOMEM, "no memory for shapes");
    for (int64_t i = 0; i < g->n_points; i++) {
        karvan_i_gtfs_point *p = &g->point[i], *q = i > 0 ? p - 1 : NULL;
        g->shape_at[p->shape + 1]++;
        if (q && q->shape == p->shape)
            p->km = q->km + karvan_i_geodesic_km(q->lon, q->lat, p->lon, p->lat);
    }
    for (int32_t s = 0; s < shapes; s++) g->shape_at[s + 1] += g->shape_at[s];
    return KARVAN_OK;
}

karvan_status karvan_i_gtfs_read_shapes(karvan_i_gtfs *g) {
    static const char *const columns[] = {"shape_id", "shape_pt_lat", "shape_pt_lon",
                                          "shape_pt_sequence", "shape_dist_traveled"};
    karvan_status st = KARVAN_OK;
    karvan_i_gtfs_rows r;
    bool got, found;
    KARVAN_TRY(karvan_i_gtfs_open(&g->feed, KARVAN_I_SHAPES, false, 5, 4, columns, g->imp, &r,
                                  &found, g->err));
    while (found) {
        KARVAN_TRY(karvan_i_gtfs_next(&r, &got));
        if (!got) break;
        KARVAN_TRY(take_point(g, &r));
    }
    KARVAN_TRY(finish_shapes(g));
done:
    return karvan_i_gtfs_close(&r, st);
}

/* ---- where a stop lies along a shape ---- */

/* A shape from its beginning, or from its end: feeds give one shape to the trips of both ways. */
typedef struct line {
    const karvan_i_gtfs_point *p;
    int32_t n;
    bool back;
} line;

static const karvan_i_gtfs_point *nth(const line *s, int32_t i) {
    return s->p + (s->back ? s->n - 1 - i : i);
}
static double km_at(const line *s, int32_t i) {
    return s->back ? s->p[s->n - 1].km - nth(s, i)->km : nth(s, i)->km;
}

/* By shape_dist_traveled, which stops and points of a shape count alike; NaN beyond its ends. */
static double by_distance(const line *s, double along) {
    for (int32_t i = 0; i + 1 < s->n; i++) {
        double a = nth(s, i)->along, b = nth(s, i + 1)->along;
        if (along < a || along > b) continue;
        return km_at(s, i) + (b > a ? (along - a) / (b - a) : 0) * (km_at(s, i + 1) - km_at(s, i));
    }
    return NAN;
}

/* By the nearest point of the shape from segment *from on, in a plane that is true around the stop;
 * *from moves to its segment. */
static double by_position(const line *s, double lon, double lat, double least_km, int32_t *from) {
    double scale = cos(lat * M_PI / 180), best = INFINITY, km = NAN;
    int32_t found = *from;
    for (int32_t i = *from; i + 1 < s->n; i++) {
        const karvan_i_gtfs_point *p = nth(s, i), *q = nth(s, i + 1);
        double ax = (p->lon - lon) * scale, ay = p->lat - lat;
        double dx = (q->lon - p->lon) * scale, dy = q->lat - p->lat;
        double square = dx * dx + dy * dy;
        double share = square > 0 ? -(ax * dx + ay * dy) / square : 0;
        share = share < 0 ? 0 : share > 1 ? 1 : share;
        double x = ax + share * dx, y = ay + share * dy, d = x * x + y * y;
        double at = km_at(s, i) + share * (km_at(s, i + 1) - km_at(s, i));
        if (at < least_km) continue; /* not behind the stop before */
        if (d < best) best = d, km = at, found = i;
    }
    *from = found;
    return km;
}

static const karvan_i_gtfs_stop *stop_at(const karvan_i_gtfs *g, const karvan_i_gtfs_trip *t,
                                         int32_t i) {
    return &g->stop[g->time[t->first + i].stop];
}

static double straight_km(const karvan_i_gtfs *g, const karvan_i_gtfs_trip *t, int32_t i) {
    const karvan_i_gtfs_stop *a = stop_at(g, t, i), *b = stop_at(g, t, i + 1);
    return isfinite(a->lon) && isfinite(b->lon) && isfinite(a->lat) && isfinite(b->lat)
               ? karvan_i_geodesic_km(a->lon, a->lat, b->lon, b->lat)
               : NAN;
}

/* A way along a shape is shorter than the straight line only by where its stops stand beside it. */
static bool long_enough(double along, double straight) { return along >= 0.98 * straight; }

/* Kilometres of each stop along the shape; how many hops are as long as they must be. */
static int32_t along_shape(const karvan_i_gtfs *g, const karvan_i_gtfs_trip *t, const line *s,
                           double *at) {
    const karvan_i_gtfs_time *time = g->time + t->first;
    int32_t from = 0, good = 0;
    bool told = !s->back;
    for (int32_t i = 0; i < s->n && told; i++) told = isfinite(s->p[i].along);
    for (int32_t i = 0; i < t->n && told; i++) told = isfinite(time[i].along);
    for (int32_t i = 0; i < t->n; i++) {
        const karvan_i_gtfs_stop *stop = stop_at(g, t, i);
        double before = i > 0 ? at[i - 1] : 0;
        at[i] = told ? by_distance(s, time[i].along)
                     : by_position(s, stop->lon, stop->lat, before, &from);
        if (!(at[i] >= before)) return 0;
        good += i > 0 && long_enough(at[i] - before, straight_km(g, t, i - 1));
    }
    return good;
}

/* Whichever way serves more hops; false where neither serves any. */
static bool follow_shape(const karvan_i_gtfs *g, const karvan_i_gtfs_trip *t, double *at) {
    if (t->shape < 0) return false;
    line s = {g->point + g->shape_at[t->shape], g->shape_at[t->shape + 1] - g->shape_at[t->shape],
              false};
    if (s.n < 2) return false;
    int32_t forth = along_shape(g, t, &s, at);
    if (forth == t->n - 1) return true;
    s.back = true;
    int32_t back = along_shape(g, t, &s, at);
    if (back > forth) return true;
    s.back = false;
    return along_shape(g, t, &s, at) > 0;
}

karvan_status karvan_i_gtfs_lengths(const karvan_i_gtfs *g, const karvan_i_gtfs_trip *t,
                                    double *km) {
    double *at = karvan_i_malloc((size_t)t->n, sizeof *at);
    if (!at) return karvan_fail(g->err, KARVAN_E_NOMEM, "no memory for a trip of %d stops", t->n);
    bool shaped = follow_shape(g, t, at);
    for (int32_t i = 0; i + 1 < t->n; i++) {
        bool serves = shaped && long_enough(at[i + 1] - at[i], straight_km(g, t, i));
        km[i] = serves ? at[i + 1] - at[i] : NAN;
    }
    karvan_i_free(at);
    return KARVAN_OK;
}
