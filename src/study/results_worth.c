/* Benefit beside cost, and the best set of interventions under a budget. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/demand.h"
#include "study/results.h"
#include "table/cell.h"

/* ---- cost ---- */

/* What a year of a cost of 1 is: paid back in equal parts over the life. NaN: settings are silent.
 */
static karvan_status year_of_one(const karvan_package *region, double *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double rate, life;
    KARVAN_TRY(karvan_i_demand_number(region, "discount_rate", NAN, &rate, err));
    KARVAN_TRY(karvan_i_demand_number(region, "life_years", NAN, &life, err));
    KARVAN_REQUIRE(isnan(rate) || (rate >= 0 && rate < 1), err, KARVAN_E_DATA,
                   "table settings: discount_rate is a part of 1 a year, from 0, not %g", rate);
    KARVAN_REQUIRE(isnan(life) || (life > 0 && life < INFINITY), err, KARVAN_E_DATA,
                   "table settings: life_years is above 0, not %g", life);
    *out = rate > 0 ? rate / -expm1(-life * log1p(rate)) : 1 / life;
    if (isnan(rate)) *out = NAN;
done:
    return st;
}

static void lower(char *s) {
    for (; *s; s++)
        if (*s >= 'A' && *s <= 'Z') *s = (char)(*s - 'A' + 'a');
}

/* USD of one unit of a currency; NaN: no setting says. */
static karvan_status usd_per(const karvan_package *region, const char *currency, double *out,
                             karvan_error *err) {
    char key[60];
    *out = 1;
    if (strcmp(currency, "USD") == 0) return KARVAN_OK;
    (void)snprintf(key, sizeof key, "usd_per_%.20s", currency);
    lower(key);
    karvan_status st = karvan_i_demand_number(region, key, NAN, out, err);
    if (st == KARVAN_OK && !isnan(*out) && !(*out > 0 && *out < INFINITY))
        st = karvan_fail(err, KARVAN_E_DATA, "table settings: %s is above 0, not %g", key, *out);
    return st;
}

/* Cost of one intervention is added to out->musd, or out->why told. */
static karvan_status add_cost(const karvan_package *region, const char *name, karvan_i_cost *out,
                              karvan_error *err) {
    const karvan_table *t = karvan_package_table(region, "interventions");
    int64_t row = karvan_package_row(region, "interventions", name);
    double cost = karvan_i_cell_real(t, "cost_million", row), usd;
    const char *currency = karvan_i_cell_text(t, "currency", row);
    out->musd = NAN;
    if (isnan(cost)) {
        (void)snprintf(out->why, sizeof out->why, "cost unknown: none is published");
        return KARVAN_OK;
    }
    if (!currency || !*currency) {
        (void)snprintf(out->why, sizeof out->why, "cost unknown: no currency");
        return KARVAN_OK;
    }
    karvan_status st = usd_per(region, currency, &usd, err);
    if (st == KARVAN_OK && isnan(usd))
        (void)snprintf(out->why, sizeof out->why,
                       "cost unknown: %g million %.10s, and settings have no USD of one", cost,
                       currency);
    out->musd = cost * usd;
    return st;
}

karvan_status karvan_i_cost_of(const karvan_package *region, const char *of, karvan_i_cost *out,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double sum = 0, of_one = NAN;
    *out = (karvan_i_cost){NAN, NAN, ""};
    KARVAN_TRY(year_of_one(region, &of_one, err));
    for (const char *at = of; *at;) {
        char name[200];
        size_t n = strcspn(at, ",");
        (void)snprintf(name, sizeof name, "%.*s", n < sizeof name ? (int)n : 199, at);
        KARVAN_TRY(add_cost(region, name, out, err));
        sum += out->musd;
        if (isnan(sum)) break;
        at += n;
        if (*at == ',') at++;
    }
    out->musd = *of ? sum : NAN;
    out->annual_musd = out->musd * of_one;
    if (!isnan(out->musd) && isnan(of_one))
        (void)snprintf(out->why, sizeof out->why,
                       "not annualised: settings lack discount_rate or life_years");
done:
    return st;
}

/* ---- benefit per cost ---- */

typedef struct worth_columns {
    karvan_i_cost cost;
    karvan_difference benefit, ratio; /* million USD; of it over annual cost */
    double worth;                     /* chance of net benefit */
} worth_columns;

static void weigh(const karvan_results *r, int which, int measure, double *v, worth_columns *w) {
    int64_t n = karvan_results_draws(r), above = 0, known = 0;
    double annual = w->cost.annual_musd, at_median = 1e-6 * karvan_i_of_settled(r, which, measure);
    karvan_i_differences(r, which, measure, v);
    for (int64_t i = 0; i < n; i++) {
        v[i] *= 1e-6;
        known += !isnan(v[i]), above += v[i] > annual;
    }
    w->benefit = karvan_i_quantiles(v, n, at_median);
    /* cost is certain here, so quantiles of the ratio are those of the benefit over it */
    w->ratio = (karvan_difference){w->benefit.median / annual,
                                   w->benefit.p5 / annual,
                                   w->benefit.p95 / annual,
                                   0,
                                   0,
                                   w->benefit.gains};
    w->worth = known > 0 && !isnan(annual) ? (double)above / (double)known : NAN;
}

static karvan_status put_worth(const karvan_results *r, int which, const worth_columns *w,
                               karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const double v[] = {w->cost.musd, w->cost.annual_musd, w->benefit.median, w->ratio.median,
                        w->ratio.p5,  w->ratio.p95,        w->worth};
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, r->shape.name[which], err));
    for (int i = 0; i < 7; i++)
        KARVAN_TRY(karvan_builder_real(b, i + 1, isfinite(v[i]) ? v[i] : NAN, err));
    KARVAN_TRY(karvan_builder_text(b, 8, w->cost.why, err));
done:
    return st;
}

karvan_status karvan_results_worth(const karvan_results *r, const karvan_package *region,
                                   karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {
        {"intervention", KARVAN_TEXT, NULL}, {"cost_musd", KARVAN_REAL, NULL},
        {"annual_musd", KARVAN_REAL, NULL},  {"benefit_musd", KARVAN_REAL, NULL},
        {"ratio", KARVAN_REAL, NULL},        {"p5", KARVAN_REAL, NULL},
        {"p95", KARVAN_REAL, NULL},          {"probability_worth", KARVAN_REAL, NULL},
        {"note", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    double *v = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(r && region, err, KARVAN_E_ARG, "worth needs results and a region");
    int measure = karvan_i_results_find(r, "benefit", "");
    KARVAN_REQUIRE(measure >= 0, err, KARVAN_E_ARG, "there is no measure benefit");
    KARVAN_TRY(karvan_i_values_room(r, 1, &v, err));
    KARVAN_TRY(karvan_builder_create("worth", 9, columns, &b, err));
    for (int c = 0; c < r->shape.n_cases; c++) {
        worth_columns w;
        KARVAN_TRY(karvan_i_cost_of(region, r->shape.name[c], &w.cost, err));
        weigh(r, c, measure, v, &w);
        KARVAN_TRY(put_worth(r, c, &w, b, err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(v);
    return st;
}

/* ---- the best package ---- */

typedef struct packing {
    int n;
    int which[KARVAN_PACKAGE_MOST];
    double cost[KARVAN_PACKAGE_MOST], benefit[KARVAN_PACKAGE_MOST]; /* million USD */
    double excess[KARVAN_PACKAGE_MOST][KARVAN_PACKAGE_MOST];        /* of pairs that are cases */
    bool paired[KARVAN_PACKAGE_MOST][KARVAN_PACKAGE_MOST];
    double budget, best;
    uint32_t chosen;
} packing;

/* All sets of i.. over those that `in` holds; the first of equals stays. */
static void choose(packing *p, int i, uint32_t in, double cost, double benefit) {
    if (benefit > p->best) p->best = benefit, p->chosen = in;
    for (; i < p->n; i++) {
        double more = p->benefit[i];
        if (cost + p->cost[i] > p->budget) continue;
        for (int k = 0; k < i; k++)
            if (in >> k & 1) more += p->excess[k][i];
        choose(p, i + 1, in | 1u << i, cost + p->cost[i], benefit + more);
    }
}

static karvan_status gather(const karvan_results *r, const karvan_package *region,
                            const bool *ranked, int measure, double *v, packing *p,
                            karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t n = karvan_results_draws(r);
    for (int c = 0; c < r->shape.n_cases; c++) {
        karvan_i_cost cost;
        if (!karvan_i_one_part(r->shape.name[c]) || !*r->shape.name[c] || (ranked && !ranked[c]))
            continue;
        KARVAN_TRY(karvan_i_cost_of(region, r->shape.name[c], &cost, err));
        if (isnan(cost.musd)) continue;
        KARVAN_REQUIRE(p->n < KARVAN_PACKAGE_MOST, err, KARVAN_E_ARG,
                       "more than %d interventions with a cost: name those that a package is "
                       "chosen from",
                       (int)KARVAN_PACKAGE_MOST);
        karvan_i_differences(r, c, measure, v);
        karvan_difference d = karvan_i_quantiles(v, n, karvan_i_of_settled(r, c, measure));
        if (isnan(d.median)) continue;
        p->which[p->n] = c, p->cost[p->n] = cost.musd, p->benefit[p->n++] = 1e-6 * d.median;
    }
done:
    return st;
}

static int of_packing(const packing *p, int which) {
    for (int i = 0; i < p->n; i++)
        if (p->which[i] == which) return i;
    return -1;
}

/* Pairs whose parts are both at hand. */
static void gather_pairs(const karvan_results *r, int measure, double *v, packing *p) {
    int64_t n = karvan_results_draws(r);
    for (int c = 0; c < r->shape.n_cases; c++) {
        const char *name = r->shape.name[c], *comma = strchr(name, ',');
        double settled[3];
        if (!comma || strchr(comma + 1, ',')) continue;
        int a = of_packing(p, karvan_i_case_named(r, name, (size_t)(comma - name))),
            b = of_packing(p, karvan_i_case_named(r, comma + 1, strlen(comma + 1)));
        if (a < 0 || b < 0 || !karvan_i_excess(r, c, measure, NULL, NULL, v, settled)) continue;
        karvan_difference d = karvan_i_quantiles(v, n, settled[2]);
        if (isnan(d.median)) continue;
        p->excess[a][b] = p->excess[b][a] = 1e-6 * d.median;
        p->paired[a][b] = p->paired[b][a] = true;
    }
}

static karvan_status put_choice(const char *name, double cost, double benefit, double excess,
                                const char *note, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, name, err));
    KARVAN_TRY(karvan_builder_real(b, 1, cost, err));
    KARVAN_TRY(karvan_builder_real(b, 2, benefit, err));
    KARVAN_TRY(karvan_builder_real(b, 3, excess, err));
    KARVAN_TRY(karvan_builder_text(b, 4, note, err));
done:
    return st;
}

static karvan_status put_package(const karvan_results *r, const packing *p, karvan_builder *b,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double cost = 0, all = 0;
    int missing = 0;
    char note[200];
    for (int i = 0; i < p->n; i++) {
        double excess = 0;
        int alone = 0;
        if (!(p->chosen >> i & 1)) continue;
        for (int k = 0; k < i; k++)
            if (p->chosen >> k & 1) excess += p->excess[k][i], alone += !p->paired[k][i];
        cost += p->cost[i], all += excess, missing += alone;
        KARVAN_TRY(put_choice(r->shape.name[p->which[i]], p->cost[i], p->benefit[i], excess,
                              alone > 0 ? "taken to add to some of those above" : "", b, err));
    }
    (void)snprintf(note, sizeof note,
                   "best of all sets of %d with a cost, by added medians%s; %d pairs in it are not "
                   "studied together",
                   p->n, all != 0 ? " and excesses of pairs" : "", missing);
    st = put_choice("package", cost, p->best, all, note, b, err);
done:
    return st;
}

karvan_status karvan_results_package(const karvan_results *r, const karvan_package *region,
                                     double budget_musd, const bool *ranked, karvan_table **out,
                                     karvan_error *err) {
    static const karvan_column columns[] = {{"intervention", KARVAN_TEXT, NULL},
                                            {"cost_musd", KARVAN_REAL, NULL},
                                            {"benefit_musd", KARVAN_REAL, NULL},
                                            {"excess_musd", KARVAN_REAL, NULL},
                                            {"note", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    double *v = NULL;
    packing p = {.budget = budget_musd};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(r && region, err, KARVAN_E_ARG, "a package needs results and a region");
    KARVAN_REQUIRE(budget_musd > 0, err, KARVAN_E_ARG, "a budget is above 0, not %g", budget_musd);
    int measure = karvan_i_results_find(r, "benefit", "");
    KARVAN_REQUIRE(measure >= 0, err, KARVAN_E_ARG, "there is no measure benefit");
    KARVAN_TRY(karvan_i_values_room(r, 1, &v, err));
    KARVAN_TRY(gather(r, region, ranked, measure, v, &p, err));
    gather_pairs(r, measure, v, &p);
    choose(&p, 0, 0, 0, 0);
    KARVAN_TRY(karvan_builder_create("package", 5, columns, &b, err));
    KARVAN_TRY(put_package(r, &p, b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(v);
    return st;
}
