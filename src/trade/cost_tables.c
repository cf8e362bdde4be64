/* The bridge from cost to trade as tables: what a counterfactual takes, its parts, its intervals.
 */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "trade/cost.h"

enum { C_EXPORTER, C_IMPORTER, C_D, C_EFFECT, C_END };

karvan_status karvan_cost_changes(const karvan_cost *c, int64_t draw, karvan_table **out,
                                  karvan_error *err) {
    static const karvan_column columns[C_END] = {{"exporter", KARVAN_TEXT, NULL},
                                                 {"importer", KARVAN_TEXT, NULL},
                                                 {"d_ln_tau", KARVAN_REAL, NULL},
                                                 {"partial_effect", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    double *d = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(c, err, KARVAN_E_ARG, "changes of cost are NULL");
    d = karvan_i_calloc((size_t)c->n_pairs + 1, sizeof *d);
    KARVAN_REQUIRE(d, err, KARVAN_E_NOMEM, "no memory for changes of cost");
    KARVAN_TRY(karvan_cost_draw(c, draw, d, err));
    KARVAN_TRY(karvan_builder_create("changes", C_END, columns, &b, err));
    for (int64_t p = 0; p < c->n_pairs; p++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, C_EXPORTER, c->pair[p].exporter, err));
        KARVAN_TRY(karvan_builder_text(b, C_IMPORTER, c->pair[p].importer, err));
        KARVAN_TRY(karvan_builder_real(b, C_D, d[p], err));
        KARVAN_TRY(karvan_builder_real(b, C_EFFECT, 0 - c->elasticity * d[p], err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(d);
    return st;
}

/* ---- parts ---- */

enum {
    P_EXPORTER,
    P_IMPORTER,
    P_CLASS,
    P_SHARE,
    P_VALUE,
    P_DAY,
    P_RHO,
    P_MONEY,
    P_TIME,
    P_RELIABILITY,
    P_AD_VALOREM,
    P_D,
    P_EFFECT,
    P_BEFORE,
    P_AFTER,
    P_FORM,
    P_SHARES,
    P_END
};
static const karvan_column PART_COLUMNS[P_END] = {{"exporter", KARVAN_TEXT, NULL},
                                                  {"importer", KARVAN_TEXT, NULL},
                                                  {"cargo_class", KARVAN_TEXT, NULL},
                                                  {"share", KARVAN_REAL, NULL},
                                                  {"value_usd_t", KARVAN_REAL, "USD/t"},
                                                  {"delta_percent_day", KARVAN_REAL, "%/day"},
                                                  {"reliability_ratio", KARVAN_REAL, NULL},
                                                  {"money", KARVAN_REAL, "%"},
                                                  {"time", KARVAN_REAL, "%"},
                                                  {"reliability", KARVAN_REAL, "%"},
                                                  {"ad_valorem", KARVAN_REAL, "%"},
                                                  {"d_ln_tau", KARVAN_REAL, NULL},
                                                  {"partial_effect", KARVAN_REAL, NULL},
                                                  {"tau_before", KARVAN_REAL, NULL},
                                                  {"tau_after", KARVAN_REAL, NULL},
                                                  {"form", KARVAN_TEXT, NULL},
                                                  {"shares_from", KARVAN_TEXT, NULL}};

/* What a row of parts says: change of the parts, its share of d ln tau. */
typedef struct told {
    const char *cls;
    double share, part[3], d;
} told;

static karvan_status put_numbers(karvan_builder *b, const told *t, double elasticity,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_text(b, P_CLASS, t->cls, err));
    KARVAN_TRY(karvan_builder_real(b, P_SHARE, t->share, err));
    for (int k = 0; k < 3; k++)
        KARVAN_TRY(karvan_builder_real(b, P_MONEY + k, 100 * t->part[k], err));
    KARVAN_TRY(
        karvan_builder_real(b, P_AD_VALOREM, 100 * (t->part[0] + t->part[1] + t->part[2]), err));
    KARVAN_TRY(karvan_builder_real(b, P_D, t->d, err));
    KARVAN_TRY(karvan_builder_real(b, P_EFFECT, 0 - elasticity * t->d, err));
done:
    return st;
}

static karvan_status put_worth(karvan_builder *b, const karvan_i_worth *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_real(b, P_VALUE, w->usd_t, err));
    KARVAN_TRY(karvan_builder_real(b, P_DAY, 100 * w->per_day, err));
    KARVAN_TRY(karvan_builder_real(b, P_RHO, w->rho, err));
done:
    return st;
}

static karvan_status put_ends(karvan_builder *b, const karvan_cost *c, int64_t p,
                              const karvan_i_tau *tau, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_cost_pair *pair = &c->pair[p];
    const char *form = c->levels           ? "levels"
                       : pair->base_stated ? "change on stated base"
                                           : "change on base 1";
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, P_EXPORTER, pair->exporter, err));
    KARVAN_TRY(karvan_builder_text(b, P_IMPORTER, pair->importer, err));
    KARVAN_TRY(karvan_builder_real(b, P_BEFORE, tau->before, err));
    KARVAN_TRY(karvan_builder_real(b, P_AFTER, tau->after, err));
    KARVAN_TRY(karvan_builder_text(b, P_FORM, form, err));
    KARVAN_TRY(karvan_builder_text(b, P_SHARES, pair->shares, err));
done:
    return st;
}

/* d ln tau over d tau: the inverse of their logarithmic mean, so that parts add up to the whole. */
static double weight_of(const karvan_cost *c, const karvan_i_tau *tau) {
    if (!c->levels) return 1 / tau->before;
    double d = (tau->after - tau->before) / tau->before;
    return (fabs(d) < 1e-8 ? 1 - d / 2 : log1p(d) / d) / tau->before;
}

static karvan_status put_pair(karvan_builder *b, const karvan_cost *c, int64_t p,
                              const karvan_i_worth *worth, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_cost_pair *pair = &c->pair[p];
    karvan_i_tau tau = karvan_i_pair_tau(c, p, worth);
    double weight = weight_of(c, &tau);
    told all = {.cls = "all", .d = tau.d_ln};
    for (int64_t i = pair->first; i < pair->first + pair->n; i++) {
        const karvan_i_leg *l = &c->leg[i];
        double before[3];
        told one = {.cls = c->cls[l->cls].id, .share = l->share};
        karvan_i_leg_parts(l, &worth[l->cls], 0, before);
        karvan_i_leg_parts(l, &worth[l->cls], 1, one.part);
        for (int k = 0; k < 3; k++) {
            one.part[k] -= before[k], all.part[k] += one.part[k];
            one.d += weight * one.part[k];
        }
        all.share += l->share;
        KARVAN_TRY(put_ends(b, c, p, &tau, err));
        KARVAN_TRY(put_worth(b, &worth[l->cls], err));
        KARVAN_TRY(put_numbers(b, &one, c->elasticity, err));
    }
    KARVAN_TRY(put_ends(b, c, p, &tau, err));
    for (int k = P_VALUE; k <= P_RHO; k++)
        KARVAN_TRY(karvan_builder_state(b, k, KARVAN_NOT_COVERED, err));
    KARVAN_TRY(put_numbers(b, &all, c->elasticity, err));
done:
    return st;
}

karvan_status karvan_cost_parts(const karvan_cost *c, karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_i_worth *worth = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(c, err, KARVAN_E_ARG, "changes of cost are NULL");
    worth = karvan_i_calloc((size_t)c->n_classes, sizeof *worth);
    KARVAN_REQUIRE(worth, err, KARVAN_E_NOMEM, "no memory for the parts of a change");
    karvan_i_cost_worth(c, 0, worth);
    KARVAN_TRY(karvan_builder_create("cost_to_trade", P_END, PART_COLUMNS, &b, err));
    for (int64_t p = 0; p < c->n_pairs; p++) KARVAN_TRY(put_pair(b, c, p, worth, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(worth);
    return st;
}

/* ---- intervals ---- */

enum { I_EXPORTER, I_IMPORTER, I_D, I_LOW, I_HIGH, I_EFFECT, I_E_LOW, I_E_HIGH, I_DRAWS, I_END };

static karvan_status put_interval(karvan_builder *b, const karvan_cost *c, int64_t p, double stated,
                                  const double *sorted, int64_t draws, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double low = karvan_i_quantile(sorted, draws, 0.05),
           high = karvan_i_quantile(sorted, draws, 0.95);
    const double e = c->elasticity;
    const double v[] = {stated, low, high, 0 - e * stated, 0 - e * high, 0 - e * low};
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, I_EXPORTER, c->pair[p].exporter, err));
    KARVAN_TRY(karvan_builder_text(b, I_IMPORTER, c->pair[p].importer, err));
    for (int k = 0; k < 6; k++) KARVAN_TRY(karvan_builder_real(b, I_D + k, v[k], err));
    KARVAN_TRY(karvan_builder_int(b, I_DRAWS, draws, err));
done:
    return st;
}

karvan_status karvan_cost_intervals(const karvan_cost *c, int64_t draws, karvan_table **out,
                                    karvan_error *err) {
    static const karvan_column columns[I_END] = {
        {"exporter", KARVAN_TEXT, NULL},   {"importer", KARVAN_TEXT, NULL},
        {"d_ln_tau", KARVAN_REAL, NULL},   {"low", KARVAN_REAL, NULL},
        {"high", KARVAN_REAL, NULL},       {"partial_effect", KARVAN_REAL, NULL},
        {"effect_low", KARVAN_REAL, NULL}, {"effect_high", KARVAN_REAL, NULL},
        {"draws", KARVAN_INT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    double *d = NULL, *one = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(c && draws >= 2, err, KARVAN_E_ARG, "an interval needs 2 draws at least");
    size_t pairs = (size_t)c->n_pairs;
    KARVAN_REQUIRE(draws < INT64_MAX / ((int64_t)pairs + 2), err, KARVAN_E_ARG, "too many draws");
    d = karvan_i_calloc(pairs * ((size_t)draws + 1) + 1, sizeof *d); /* [draw][pair], 0: stated */
    one = karvan_i_calloc((size_t)draws, sizeof *one);
    KARVAN_REQUIRE(d && one, err, KARVAN_E_NOMEM, "no memory for %lld draws", (long long)draws);
    for (int64_t n = 0; n <= draws; n++)
        KARVAN_TRY(karvan_cost_draw(c, n, d + (size_t)n * pairs, err));
    KARVAN_TRY(karvan_builder_create("cost_intervals", I_END, columns, &b, err));
    for (size_t p = 0; p < pairs; p++) {
        for (int64_t n = 0; n < draws; n++) one[n] = d[((size_t)n + 1) * pairs + p];
        qsort(one, (size_t)draws, sizeof *one, karvan_i_by_real);
        KARVAN_TRY(put_interval(b, c, (int64_t)p, d[p], one, draws, err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(d), karvan_i_free(one);
    return st;
}
