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
    double left = 0, from, to;
    if (w.week) {
        karvan_i_gate g = {w.week, karvan_i_whole_year(), KARVAN_DAY_MIN, KARVAN_DAY_MAX};
        double h = KARVAN_I_WEEK_H * karvan_random_uniform(r);
        if (karvan_i_gate_next(&g, h, &from, &to)) left = from - h;
    } else {
        left = headway_left(r, w.headway_h, w.cv);
    }
    return left + weather(r, &w.closures);
}

/* The UTC hour after a leg that is met at one. */
static double by_clock(const karvan_network *net, const karvan_i_step *s, double utc_h,
                       karvan_random *r) {
    const karvan_i_clocks *c = &net->clocks;
    double offset = c->utc_offset_h[s->place], local = utc_h + offset, from, to;
    if (s->gated) {
        if (!karvan_i_gate_next(&s->gate, local, &from, &to)) return INFINITY;
        local = from;
    }
    if (s->service >= 0) {
        const karvan_i_service *v = &c->service[s->service];
        if (!s->gate.week) local += headway_left(r, v->headway_h, v->cv);
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
