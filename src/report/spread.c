#include "report/spread.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"

static karvan_status add_hop(karvan_i_spread *r, int32_t from, int32_t to, karvan_error *err) {
    enum { GROW = 64 };
    karvan_status st = KARVAN_OK;
    for (int32_t i = 0; i < r->n_hops; i++)
        if (r->from[i] == from && r->to[i] == to) return KARVAN_OK;
    if (r->n_hops % GROW == 0) {
        int32_t *more = karvan_i_realloc(r->from, (size_t)r->n_hops + GROW, sizeof *more);
        KARVAN_REQUIRE(more, err, KARVAN_E_NOMEM, "no memory for a tree of ways");
        r->from = more;
        more = karvan_i_realloc(r->to, (size_t)r->n_hops + GROW, sizeof *more);
        KARVAN_REQUIRE(more, err, KARVAN_E_NOMEM, "no memory for a tree of ways");
        r->to = more;
    }
    r->from[r->n_hops] = from, r->to[r->n_hops++] = to;
done:
    return st;
}

static karvan_status go_to(karvan_i_spread *r, const karvan_network *net, int32_t place,
                           karvan_error *err) {
    karvan_route_query q = {
        .from = r->origin, .to = place, .objective = KARVAN_BY_TIME, .corridor = -1};
    karvan_route way;
    karvan_error why = {0};
    karvan_status st = karvan_route_best(net, &q, &way, &why);
    if (st == KARVAN_E_NOCONV) return KARVAN_OK; /* no way leads there */
    if (st != KARVAN_OK) return karvan_fail(err, st, "%s", why.msg);
    r->hours[place] = way.hours;
    for (int32_t k = 0; k < way.n_legs && st == KARVAN_OK; k++)
        if (way.legs[k].operation == KARVAN_MOVE)
            st = add_hop(r, way.legs[k].from, way.legs[k].to, err);
    karvan_route_clear(&way);
    return st;
}

karvan_status karvan_i_spread_init(karvan_i_spread *r, const karvan_network *net, int32_t origin,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *r = (karvan_i_spread){.origin = origin};
    KARVAN_REQUIRE(net && origin >= 0 && origin < karvan_network_places(net), err, KARVAN_E_ARG,
                   "no such origin");
    r->n_places = karvan_network_places(net);
    r->hours = karvan_i_malloc((size_t)r->n_places + 1, sizeof *r->hours);
    KARVAN_REQUIRE(r->hours, err, KARVAN_E_NOMEM, "no memory for %d places", (int)r->n_places);
    for (int32_t p = 0; p < r->n_places; p++) r->hours[p] = INFINITY;
    r->hours[origin] = 0;
    for (int32_t p = 0; p < r->n_places; p++)
        if (p != origin) KARVAN_TRY(go_to(r, net, p, err));
done:
    return st;
}

void karvan_i_spread_clear(karvan_i_spread *r) {
    karvan_i_free(r->hours), karvan_i_free(r->from), karvan_i_free(r->to);
    *r = (karvan_i_spread){0};
}

/* The nearest hours that one would say. */
static double said(double h) {
    static const double list[] = {1,  2,   3,   4,   6,   8,   12,  18,  24,  36,   48,  72,
                                  96, 120, 144, 168, 240, 336, 504, 672, 840, 1008, 1440};
    double best = list[0];
    for (size_t i = 1; i < sizeof list / sizeof list[0]; i++)
        if (fabs(log(list[i] / h)) < fabs(log(best / h))) best = list[i];
    return best;
}

karvan_status karvan_i_spread_bands(const karvan_i_spread *r, double bound_h[KARVAN_I_BANDS - 1],
                                    int *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t m = 0;
    double *h = karvan_i_malloc((size_t)r->n_places + 1, sizeof *h);
    *n = 0;
    KARVAN_REQUIRE(h, err, KARVAN_E_NOMEM, "no memory for %d places", (int)r->n_places);
    for (int32_t p = 0; p < r->n_places; p++)
        if (isfinite(r->hours[p]) && r->hours[p] > 0) h[m++] = r->hours[p];
    qsort(h, (size_t)m, sizeof *h, karvan_i_by_real);
    for (int k = 1; k < KARVAN_I_BANDS && m > 0; k++) {
        double bound = said(h[(int64_t)m * k / KARVAN_I_BANDS]);
        if (*n == 0 || bound > bound_h[*n - 1]) bound_h[(*n)++] = bound;
    }
done:
    karvan_i_free(h);
    return st;
}
