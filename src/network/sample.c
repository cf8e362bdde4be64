#include "network/sample.h"

#include <math.h>

#include "base/try.h"

double karvan_i_random_gamma(karvan_random *r, double shape) {
    double boost = 1.0;
    if (shape < 1.0) boost = pow(karvan_random_uniform(r), 1.0 / shape);
    double a = shape < 1.0 ? shape + 1.0 : shape, d = a - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
    for (;;) {
        double x = karvan_random_normal(r), v = 1.0 + c * x;
        if (v <= 0) continue;
        v = v * v * v;
        if (log(karvan_random_uniform(r)) < 0.5 * x * x + d - d * v + d * log(v))
            return boost * d * v / shape;
    }
}

/* A random moment falls into long headways more often: those are gamma of one more in shape, and
 * what is left is a uniform part. */
static double headway_left(karvan_random *r, double headway_h, double cv) {
    double whole = headway_h;
    if (!(headway_h > 0)) return 0.0;
    if (cv >= 0.05) {
        double shape = 1.0 / (cv * cv);
        whole *= karvan_i_random_gamma(r, shape + 1.0) * (shape + 1.0) / shape;
    }
    return whole * karvan_random_uniform(r);
}

/* Departures that leave full before a load is aboard: those before it were left behind, or came
 * since the last departure. */
static int missed(karvan_random *r, const karvan_i_queue *q, int32_t gap, double age_h) {
    const double *left = q->left + (size_t)gap * ((size_t)q->most + 1);
    double u = karvan_random_uniform(r), came = 0;
    int64_t before = 0;
    while (before < q->most && u >= left[before]) u -= left[before++];
    while ((came -= log(karvan_random_uniform(r)) / q->load_h) < age_h) before++;
    return (int)(before / q->room);
}

/* The local hour at which a load that comes at one is let through; INFINITY: never. */
static double let_through(karvan_random *r, const karvan_i_gate *g, const karvan_i_queue *q,
                          double local_h) {
    double from, to, age;
    if (!karvan_i_gate_next(g, local_h, &from, &to)) return INFINITY;
    if (!q) return from;
    int32_t gap = karvan_i_gap_met(g->week, q, local_h, from, &age);
    for (int j = missed(r, q, gap, age); j > 0; j--)
        if (!karvan_i_gate_next(g, from + 1e-5, &from, &to)) return INFINITY;
    return from;
}

/* Until a ship leaves that has room, of departures that are alike. */
static double even_left(karvan_random *r, const karvan_i_queue *q) {
    double age = q->gap_h[0] * karvan_random_uniform(r);
    return q->gap_h[0] * (1 + missed(r, q, 0, age)) - age;
}

static double weather(karvan_random *r, const karvan_i_closures *c) {
    double u = karvan_random_uniform(r);
    for (int i = 0; i < c->n; i++) {
        if (u < c->p[i]) return -log(karvan_random_uniform(r)) * c->spell_h[i];
        u -= c->p[i];
    }
    return 0.0;
}

static double lognormal(karvan_random *r, const karvan_i_step *s) {
    return s->p50_h > 0 ? s->p50_h * exp(s->sigma * karvan_random_normal(r)) : 0.0;
}

/* A leg that is met at a moment of no clock. */
static double at_random(const karvan_network *net, const karvan_route *route, int32_t k,
                        const karvan_i_step *s, karvan_random *r) {
    if (route->legs[k].operation != KARVAN_WAIT) return lognormal(r, s);
    karvan_i_wait w = karvan_i_leg_wait(net, route, k);
    double left = 0;
    if (w.week) {
        karvan_i_gate g = {w.week, karvan_i_whole_year(), KARVAN_DAY_MIN, KARVAN_DAY_MAX};
        double h = KARVAN_I_WEEK_H * karvan_random_uniform(r);
        left = let_through(r, &g, w.queue, h) - h;
    } else if (w.queue) {
        left = even_left(r, w.queue);
    } else {
        left = headway_left(r, w.headway_h, w.cv);
    }
    return left + weather(r, &w.closures);
}

/* The UTC hour after a leg that is met at one. */
static double by_clock(const karvan_network *net, const karvan_i_step *s, double utc_h,
                       karvan_random *r) {
    const karvan_i_clocks *c = &net->clocks;
    const karvan_i_queue *q = s->service < 0 ? NULL : karvan_i_service_queue(c, s->service);
    double offset = c->utc_offset_h[s->place], local = utc_h + offset;
    if (s->gated) local = let_through(r, &s->gate, s->gate.week ? q : NULL, local);
    if (isinf(local)) return INFINITY;
    if (s->service >= 0) {
        const karvan_i_departures *v = &c->service[s->service];
        if (!s->gate.week) local += q ? even_left(r, q) : headway_left(r, v->headway_h, v->cv);
        karvan_i_closures closed =
            karvan_i_weather_closures(&c->weather, s->place, s->other, v->closed_days_year,
                                      c->spell_h, karvan_i_month_of(local));
        local += weather(r, &closed);
    }
    return local - offset + lognormal(r, s);
}

karvan_status karvan_i_route_sample(const karvan_network *net, const karvan_route *r,
                                    const karvan_moment *at, uint64_t seed, int64_t n,
                                    double *hours, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(net && r && (hours || n == 0) && n >= 0, err, KARVAN_E_ARG,
                   "%lld journeys along a route", (long long)n);
    for (int64_t i = 0; i < n; i++) {
        karvan_random random;
        karvan_random_init(&random, seed, (uint64_t)i);
        double start = at && r->n_legs > 0 ? karvan_i_depart_utc_h(net, r->legs[0].from, at) : 0;
        double h = start;
        for (int32_t k = 0; k < r->n_legs && !isinf(h); k++) {
            karvan_i_step s = karvan_i_leg_step(net, r, k);
            h = at ? by_clock(net, &s, h, &random) : h + at_random(net, r, k, &s, &random);
        }
        hours[i] = h - start;
    }
done:
    return st;
}
