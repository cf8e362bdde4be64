/* Routes that leave at a moment: the best by the expected clock, and the law of the arrival. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/try.h"
#include "network/clock.h"
#include "network/law.h"

static double local_hour(const karvan_moment *at) {
    return 24.0 * (double)at->day + at->minute / 60.0;
}

karvan_status karvan_moment_parse(const char *s, karvan_moment *out, karvan_error *err) {
    karvan_edtf day;
    karvan_error why = {0};
    size_t n = s ? strcspn(s, "T") : 0;
    const char *t = s ? s + n : NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_moment){0, 0};
    bool good = s && karvan_edtf_parse(s, n, &day, &why) == KARVAN_OK &&
                day.earliest == day.latest && !day.is_interval && !day.is_set;
    if (good && *t) {
        int h[4] = {0};
        good = strlen(t) == 6 && t[3] == ':';
        for (int i = 0; good && i < 4; i++) {
            char c = t[1 + i + (i > 1)];
            h[i] = c - '0', good = c >= '0' && c <= '9';
        }
        if (good) out->minute = (h[0] * 10 + h[1]) * 60 + h[2] * 10 + h[3];
        good = good && out->minute < 24 * 60 && h[2] < 6;
    }
    if (good) return out->day = day.earliest, KARVAN_OK;
    *out = (karvan_moment){0, 0};
    return karvan_fail(err, KARVAN_E_ARG,
                       "'%.40s' is no moment; a day or a day and a time, as 2026-03-02T08:00",
                       s ? s : "");
}

void karvan_moment_format(const karvan_moment *m, char *out, size_t cap) {
    char day[40];
    karvan_day_format(m->day, day, sizeof day);
    (void)snprintf(out, cap, "%sT%02d:%02d", day, (int)m->minute / 60, (int)m->minute % 60);
}

karvan_moment karvan_moment_after(const karvan_network *net, const karvan_moment *at, int32_t from,
                                  int32_t to, double hours) {
    double local = karvan_i_depart_utc_h(net, from, at) + net->clocks.utc_offset_h[to] + hours;
    double minutes = floor(local * 60.0 + 0.5), day = floor(minutes / (24 * 60));
    return (karvan_moment){(karvan_day)day, (int32_t)(minutes - day * (24 * 60))};
}

double karvan_i_depart_utc_h(const karvan_network *net, int32_t place, const karvan_moment *at) {
    return local_hour(at) - net->clocks.utc_offset_h[place];
}

/* The law after one leg. */
static karvan_status law_leg(const karvan_network *net, const karvan_i_step *s, double start_h,
                             karvan_i_law *l, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_clocks *c = &net->clocks;
    double local = start_h + c->utc_offset_h[s->place];
    karvan_i_pmf d = {0};
    const karvan_i_queue *queue = s->service < 0 ? NULL : karvan_i_service_queue(c, s->service);
    if (s->gated)
        KARVAN_TRY(karvan_i_law_gate(l, &s->gate, s->gate.week ? queue : NULL, local, err));
    if (s->service >= 0) {
        const karvan_i_departures *v = &c->service[s->service];
        karvan_i_wait w = {.headway_h = v->headway_h, .cv = v->cv, .queue = queue};
        karvan_i_closures month[12];
        for (int m = 0; m < 12; m++)
            month[m] = karvan_i_weather_closures(&c->weather, s->place, s->other,
                                                 v->closed_days_year, c->spell_h, m + 1);
        if (!s->gate.week && v->headway_h > 0) {
            KARVAN_TRY(karvan_i_pmf_wait(&w, l->step_h, &d, err));
            KARVAN_TRY(karvan_i_law_add(l, &d, err));
        }
        KARVAN_TRY(karvan_i_law_close(l, month, local, err));
    } else if (s->sigma > 0) {
        KARVAN_TRY(karvan_i_pmf_lognormal(s->p50_h, s->sigma, l->step_h, &d, err));
        KARVAN_TRY(karvan_i_law_add(l, &d, err));
    } else {
        KARVAN_TRY(karvan_i_law_shift(l, s->p50_h, err));
    }
done:
    karvan_i_pmf_clear(&d);
    return st;
}

static karvan_time_quantiles quantiles_of(const karvan_i_law *l) {
    karvan_time_quantiles q = {.mean_h = karvan_i_law_mean_h(l)};
    q.p05_h = karvan_i_law_quantile_h(l, 0.05), q.p10_h = karvan_i_law_quantile_h(l, 0.10);
    q.p50_h = karvan_i_law_quantile_h(l, 0.50), q.p90_h = karvan_i_law_quantile_h(l, 0.90);
    q.p95_h = karvan_i_law_quantile_h(l, 0.95);
    return q;
}

karvan_status karvan_route_quantiles_depart(const karvan_network *net, const karvan_route *r,
                                            const karvan_moment *at, double step_h,
                                            karvan_time_quantiles *out, double *never,
                                            karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_law l = {0};
    KARVAN_REQUIRE(net && r && at && out && step_h > 0, err, KARVAN_E_ARG,
                   "quantiles on a grid of %g h", step_h);
    KARVAN_TRY(karvan_i_law_begin(&l, step_h, err));
    out[0] = (karvan_time_quantiles){0};
    for (int32_t k = 0; k < r->n_legs; k++) {
        karvan_i_step s = karvan_i_leg_step(net, r, k);
        double start_h = karvan_i_depart_utc_h(net, r->legs[0].from, at);
        KARVAN_TRY(law_leg(net, &s, start_h, &l, err));
        out[k + 1] = quantiles_of(&l);
    }
    if (never) *never = l.never;
done:
    karvan_i_law_clear(&l);
    return st;
}

/* Expected hours of each leg from the law of the clock, and what they add up to. */
static karvan_status set_hours(const karvan_network *net, const karvan_moment *at, karvan_route *r,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const double STEP_H = 0.25;
    karvan_i_law l = {0};
    double before = 0, start_h = karvan_i_depart_utc_h(net, r->legs[0].from, at);
    KARVAN_TRY(karvan_i_law_begin(&l, STEP_H, err));
    for (int32_t k = 0; k < r->n_legs; k++) {
        karvan_i_step s = karvan_i_leg_step(net, r, k);
        KARVAN_TRY(law_leg(net, &s, start_h, &l, err));
        double after = karvan_i_law_mean_h(&l); /* INFINITY: nobody arrives */
        r->legs[k].hours = isinf(before) ? 0.0 : after - before;
        before += r->legs[k].hours;
    }
    r->hours = before, r->sd_h = sqrt(karvan_i_law_var_h2(&l));
done:
    karvan_i_law_clear(&l);
    return st;
}

karvan_status karvan_route_depart(const karvan_network *net, const karvan_route_query *q,
                                  const karvan_moment *at, karvan_route *out, karvan_error *err) {
    enum { DAYS_MAX = 36500000 }; /* a hundred thousand years */
    karvan_status st = KARVAN_OK;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_route){0};
    KARVAN_REQUIRE(net && q && at && q->objective == KARVAN_BY_TIME && at->minute >= 0 &&
                       at->minute < 24 * 60 && at->day > -DAYS_MAX && at->day < DAYS_MAX,
                   err, KARVAN_E_ARG,
                   "a route that departs at a moment needs one, and is best by time");
    KARVAN_TRY(karvan_i_route_solve(net, q, at, out, err));
    KARVAN_TRY(set_hours(net, at, out, err));
done:
    if (st != KARVAN_OK) karvan_route_clear(out);
    return st;
}
