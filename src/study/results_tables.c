/* What draws say of cases: all measures of one, the ranking of many, pairs, who gains. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "study/results.h"

static karvan_status put_three(karvan_builder *b, int at, const karvan_difference *d,
                               karvan_error *err) {
    karvan_status st = karvan_builder_real(b, at, d->median, err);
    if (st == KARVAN_OK) st = karvan_builder_real(b, at + 1, d->p5, err);
    if (st == KARVAN_OK) st = karvan_builder_real(b, at + 2, d->p95, err);
    return st;
}

/* ---- one case ---- */

karvan_status karvan_results_effects(const karvan_results *r, int which, karvan_table **out,
                                     karvan_error *err) {
    static const karvan_column columns[] = {
        {"measure", KARVAN_TEXT, NULL}, {"country", KARVAN_TEXT, NULL}, {"unit", KARVAN_TEXT, NULL},
        {"base", KARVAN_REAL, NULL},    {"median", KARVAN_REAL, NULL},  {"p5", KARVAN_REAL, NULL},
        {"p95", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_difference d;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_TRY(karvan_builder_create("results", 7, columns, &b, err));
    for (int i = 0; i < r->shape.n_measures; i++) {
        const karvan_measure *m = &r->shape.measure[i];
        KARVAN_TRY(karvan_results_difference(r, which, i, &d, err));
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, m->measure, err));
        KARVAN_TRY(karvan_builder_text(b, 1, m->country, err));
        KARVAN_TRY(karvan_builder_text(b, 2, m->unit, err));
        KARVAN_TRY(karvan_builder_real(b, 3, r->shape.settled[i], err));
        KARVAN_TRY(put_three(b, 4, &d, err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

/* ---- ranking ---- */

typedef struct standing {
    int which;
    bool ranked;
    karvan_difference d;
    double key, first; /* what it is ordered by; draws in which it is the best */
} standing;

/* Those ranked, best median first; what is not known comes last. */
static int by_standing(const void *a, const void *b) {
    const standing *x = a, *y = b;
    if (x->ranked != y->ranked) return x->ranked ? -1 : 1;
    if (isnan(x->key) != isnan(y->key)) return isnan(x->key) ? 1 : -1;
    if (x->key != y->key && !isnan(x->key)) return x->key > y->key ? -1 : 1;
    return x->which < y->which ? -1 : x->which > y->which;
}

/* In how many draws each is the best, equals in parts; draws in which any is known. */
static int64_t count_first(const karvan_results *r, int measure, double sense, standing *s) {
    int64_t some = 0;
    for (int64_t i = karvan_i_first_draw(r); i < r->n; i++) {
        double best = NAN;
        int equals = 0;
        for (int c = 0; c < r->shape.n_cases; c++) {
            double v = s[c].ranked ? sense * karvan_i_of_row(r, &r->row[i], c, measure) : NAN;
            if (isnan(v) || v < best) continue;
            equals = v == best ? equals + 1 : 1, best = v;
        }
        if (equals == 0) continue;
        some++;
        for (int c = 0; c < r->shape.n_cases; c++)
            if (s[c].ranked && sense * karvan_i_of_row(r, &r->row[i], c, measure) == best)
                s[c].first += 1.0 / equals;
    }
    return some;
}

static karvan_status put_standings(const karvan_results *r, int measure, const bool *shown,
                                   const standing *s, int64_t some, karvan_builder *b,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_measure *m = &r->shape.measure[measure];
    char label[200];
    karvan_i_measure_label(m, label, sizeof label);
    for (int i = 0; i < r->shape.n_cases; i++) {
        if (!s[i].ranked && !(shown && shown[s[i].which])) continue;
        KARVAN_TRY(karvan_builder_row(b, err));
        if (s[i].ranked) KARVAN_TRY(karvan_builder_int(b, 0, i + 1, err));
        KARVAN_TRY(karvan_builder_text(b, 1, r->shape.name[s[i].which], err));
        KARVAN_TRY(karvan_builder_text(b, 2, label, err));
        KARVAN_TRY(karvan_builder_text(b, 3, m->unit, err));
        KARVAN_TRY(put_three(b, 4, &s[i].d, err));
        if (s[i].ranked && some > 0)
            KARVAN_TRY(karvan_builder_real(b, 7, s[i].first / (double)some, err));
    }
done:
    return st;
}

static karvan_status rank_by(const karvan_results *r, int measure, const karvan_rank_options *o,
                             standing *s, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(measure >= 0 && measure < r->shape.n_measures, err, KARVAN_E_ARG,
                   "there is no measure %d", measure);
    double sense = karvan_i_sense(r->shape.measure[measure].measure);
    for (int c = 0; c < r->shape.n_cases; c++) {
        s[c] = (standing){.which = c, .ranked = !o->ranked || o->ranked[c]};
        KARVAN_TRY(karvan_results_difference(r, c, measure, &s[c].d, err));
        s[c].key = sense * s[c].d.median;
    }
    int64_t some = count_first(r, measure, sense, s);
    qsort(s, (size_t)r->shape.n_cases, sizeof *s, by_standing);
    st = put_standings(r, measure, o->shown, s, some, b, err);
done:
    return st;
}

karvan_status karvan_results_rank(const karvan_results *r, const karvan_rank_options *o,
                                  karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {
        {"rank", KARVAN_INT, NULL},     {"intervention", KARVAN_TEXT, NULL},
        {"measure", KARVAN_TEXT, NULL}, {"unit", KARVAN_TEXT, NULL},
        {"median", KARVAN_REAL, NULL},  {"p5", KARVAN_REAL, NULL},
        {"p95", KARVAN_REAL, NULL},     {"probability_first", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    standing *s = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(r && o, err, KARVAN_E_ARG, "a ranking needs results and options");
    int benefit = karvan_i_results_find(r, "benefit", "");
    s = karvan_i_calloc((size_t)r->shape.n_cases + 1, sizeof *s);
    KARVAN_REQUIRE(s, err, KARVAN_E_NOMEM, "no memory for a ranking");
    KARVAN_TRY(karvan_builder_create("rank", 8, columns, &b, err));
    for (int i = 0; i < (o->n_measures > 0 ? o->n_measures : 1); i++)
        KARVAN_TRY(rank_by(r, o->n_measures > 0 ? o->measure[i] : benefit, o, s, b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(s);
    return st;
}

/* ---- pairs ---- */

static const char *pair_verdict(const karvan_difference *d, double sense) {
    if (d->known > 0 && (sense > 0 ? d->p5 > 0 : d->p95 < 0)) return "complement";
    if (d->known > 0 && (sense > 0 ? d->p95 < 0 : d->p5 > 0)) return "substitute";
    return "unclear";
}

/* One row, where the case is made of cases. */
static karvan_status put_pair(const karvan_results *r, int which, int measure, double *room,
                              karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_measure *m = &r->shape.measure[measure];
    int64_t n = karvan_results_draws(r);
    double *v[3] = {room, room + n, room + 2 * n}, settled[3];
    char label[200];
    if (!karvan_i_excess(r, which, measure, v[0], v[1], v[2], settled)) return KARVAN_OK;
    karvan_i_measure_label(m, label, sizeof label);
    karvan_difference sum = karvan_i_quantiles(v[0], n, settled[0]),
                      all = karvan_i_quantiles(v[1], n, settled[1]),
                      excess = karvan_i_quantiles(v[2], n, settled[2]);
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, r->shape.name[which], err));
    KARVAN_TRY(karvan_builder_text(b, 1, label, err));
    KARVAN_TRY(karvan_builder_text(b, 2, m->unit, err));
    KARVAN_TRY(karvan_builder_real(b, 3, sum.median, err));
    KARVAN_TRY(karvan_builder_real(b, 4, all.median, err));
    KARVAN_TRY(put_three(b, 5, &excess, err));
    KARVAN_TRY(karvan_builder_text(b, 8, pair_verdict(&excess, karvan_i_sense(m->measure)), err));
done:
    return st;
}

karvan_status karvan_results_pairs(const karvan_results *r, int n_measures, const int *measure,
                                   karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {
        {"intervention", KARVAN_TEXT, NULL}, {"measure", KARVAN_TEXT, NULL},
        {"unit", KARVAN_TEXT, NULL},         {"sum", KARVAN_REAL, NULL},
        {"together", KARVAN_REAL, NULL},     {"excess", KARVAN_REAL, NULL},
        {"p5", KARVAN_REAL, NULL},           {"p95", KARVAN_REAL, NULL},
        {"verdict", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    double *room = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(r, err, KARVAN_E_ARG, "pairs need results");
    int benefit = karvan_i_results_find(r, "benefit", "");
    KARVAN_TRY(karvan_i_values_room(r, 3, &room, err));
    KARVAN_TRY(karvan_builder_create("pairs", 9, columns, &b, err));
    for (int i = 0; i < (n_measures > 0 ? n_measures : 1); i++) {
        int of = n_measures > 0 ? measure[i] : benefit;
        KARVAN_REQUIRE(of >= 0 && of < r->shape.n_measures, err, KARVAN_E_ARG,
                       "there is no measure %d", of);
        for (int c = 0; c < r->shape.n_cases; c++) KARVAN_TRY(put_pair(r, c, of, room, b, err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(room);
    return st;
}

/* ---- who gains ---- */

/* A fixed point is found to about this part of an income: less is not told apart from nothing. */
static const double STILL = 1e-9;

static karvan_status put_gain(const karvan_results *r, int which, int measure, double *v,
                              karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_measure *m = &r->shape.measure[measure];
    int64_t n = karvan_results_draws(r), above = 0, moved = 0;
    karvan_i_differences(r, which, measure, v);
    double still = STILL * fabs(r->shape.settled[measure]);
    for (int64_t i = 0; i < n; i++) above += v[i] > still, moved += fabs(v[i]) > still;
    karvan_difference d = karvan_i_quantiles(v, n, karvan_i_of_settled(r, which, measure));
    const char *verdict = d.known > 0 && moved == 0 ? "nothing"
                          : d.p5 > still            ? "gains"
                          : d.p95 < -still          ? "loses"
                                                    : "unclear";
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, r->shape.name[which], err));
    KARVAN_TRY(karvan_builder_text(b, 1, m->country, err));
    KARVAN_TRY(karvan_builder_text(b, 2, m->unit, err));
    KARVAN_TRY(put_three(b, 3, &d, err));
    if (d.known > 0) KARVAN_TRY(karvan_builder_real(b, 6, (double)above / (double)d.known, err));
    KARVAN_TRY(karvan_builder_text(b, 7, verdict, err));
done:
    return st;
}

karvan_status karvan_results_gains(const karvan_results *r, int which, karvan_table **out,
                                   karvan_error *err) {
    static const karvan_column columns[] = {{"intervention", KARVAN_TEXT, NULL},
                                            {"country", KARVAN_TEXT, NULL},
                                            {"unit", KARVAN_TEXT, NULL},
                                            {"median", KARVAN_REAL, NULL},
                                            {"p5", KARVAN_REAL, NULL},
                                            {"p95", KARVAN_REAL, NULL},
                                            {"probability_gain", KARVAN_REAL, NULL},
                                            {"verdict", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    double *v = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(r && which >= -1 && which < r->shape.n_cases, err, KARVAN_E_ARG,
                   "there is no case %d", which);
    KARVAN_TRY(karvan_i_values_room(r, 1, &v, err));
    KARVAN_TRY(karvan_builder_create("gains", 8, columns, &b, err));
    for (int c = which < 0 ? 0 : which; c < (which < 0 ? r->shape.n_cases : which + 1); c++)
        for (int i = 0; i < r->shape.n_measures; i++)
            if (strcmp(r->shape.measure[i].measure, "real_income") == 0 &&
                !isnan(r->shape.settled[i])) /* a country without a GDP has no income to tell */
                KARVAN_TRY(put_gain(r, c, i, v, b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(v);
    return st;
}
