/* Links of the chain that are trade, before and after: what pairs of countries pay and trade, what
 * countries gain. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "study/stages.h"
#include "table/cell.h"
#include "trade/economy.h"

/* ---- pairs ---- */

/* Groups of cells, -1: none of the cell's trade is on the network. */
static karvan_status groups_of(const karvan_i_exchange *x, int32_t **out, karvan_error *err) {
    size_t nn = (size_t)x->n * (size_t)x->n;
    int32_t *group = karvan_i_malloc(nn + 1, sizeof *group);
    if (!group) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for pairs");
    for (size_t i = 0; i < nn; i++) group[i] = -1;
    for (int32_t g = 0; g < x->n_groups; g++) group[x->of[g]] = g;
    *out = group;
    return KARVAN_OK;
}

/* Freight over what is traded: of the base at its own flows; of a case what its own trade before it
 * changes would pay, at costs of before and of now. */
static void pair_costs(const karvan_i_beside *x, int32_t g, double *was, double *now) {
    *was = *now = NAN;
    if (g < 0) return;
    double worth = x->s->exchange.usd[x->s->exchange.of[g]] / 365;
    *now = x->now->bill[g] / worth;
    *was = x->which < 0 ? *now : x->now->paid[g] / worth;
}

karvan_status karvan_i_stage_pairs(const karvan_i_beside *x, karvan_table **out,
                                   karvan_error *err) {
    static const karvan_column columns[] = {{"exporter", KARVAN_TEXT, NULL},
                                            {"importer", KARVAN_TEXT, NULL},
                                            {"before_cost", KARVAN_REAL, NULL},
                                            {"after_cost", KARVAN_REAL, NULL},
                                            {"d_ln_tau", KARVAN_REAL, NULL},
                                            {"before_trade_usd", KARVAN_REAL, "USD/year"},
                                            {"after_trade_usd", KARVAN_REAL, "USD/year"}};
    karvan_status st = KARVAN_OK;
    const karvan_i_exchange *e = &x->s->exchange;
    int32_t *group = NULL;
    karvan_builder *b = NULL;
    KARVAN_TRY(groups_of(e, &group, err));
    KARVAN_TRY(karvan_builder_create("pairs", 7, columns, &b, err));
    for (int64_t at = 0; at < (int64_t)e->n * e->n; at++) {
        int32_t i = (int32_t)(at / e->n), j = (int32_t)(at % e->n);
        if (i == j || !(e->usd[at] > 0)) continue;
        const char *const text[] = {e->economy->country[i], e->economy->country[j]};
        double real[] = {0, 0, x->now->d[at], e->usd[at], e->usd[at] * x->now->ratio[at]};
        pair_costs(x, group[at], &real[0], &real[1]);
        KARVAN_TRY(karvan_i_stage_row(b, 2, text, 5, real, err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(group);
    return st;
}

/* ---- countries ---- */

/* The fall of cost of flows that trade does not move, by where they begin, [n + 1]: the last of
 * origins that are not in the matrix. Half of both demands, as in levels.c. */
static void shippers_of(const karvan_i_beside *x, double *out) {
    const karvan_study *s = x->s;
    const karvan_table *places = karvan_package_table(s->first.region, "places");
    for (int32_t k = 0; x->which >= 0 && k < s->menu.n_pairs; k++) {
        if (s->exchange.cell[k] >= 0) continue;
        const char *code = karvan_i_cell_text(places, "country", s->menu.from[k]);
        int32_t at = karvan_i_exchange_country(&s->exchange, code);
        out[at < 0 ? s->exchange.n : at] +=
            365 * (x->before->loads.demand[k] + x->now->loads.demand[k]) / 2 *
            (x->before->loads.logsum[k] - x->now->loads.logsum[k]);
    }
}

static karvan_status add_country(const karvan_i_beside *x, int32_t at, double shippers,
                                 karvan_builder *b, karvan_error *err) {
    static const char *const measure[] = {"exports", "imports", "transit_income"};
    karvan_status st = KARVAN_OK;
    const karvan_i_exchange *e = &x->s->exchange;
    bool of_matrix = at < e->n;
    const char *code = of_matrix ? e->economy->country[at] : "other";
    const double *was = karvan_study_settled(x->s, -1), *now = karvan_study_settled(x->s, x->which);
    double gdp = of_matrix ? e->gdp[at] : NAN,
           part =
               of_matrix ? x->now->value[(int64_t)KARVAN_RESULT_REAL_INCOME * e->n + at] - 1 : NAN;
    double real[] = {gdp, gdp * part, 100 * part, NAN, NAN, NAN, NAN, NAN, NAN, shippers};
    for (int i = 0; of_matrix && i < 3; i++) {
        int m = karvan_study_find(x->s, measure[i], code);
        real[3 + 2 * i] = was[m], real[4 + 2 * i] = now[m];
    }
    KARVAN_TRY(karvan_i_stage_row(b, 1, &code, 10, real, err));
    KARVAN_TRY(karvan_builder_bool(b, 11, of_matrix && x->s->counts[at], err));
done:
    return st;
}

karvan_status karvan_i_stage_countries(const karvan_i_beside *x, karvan_table **out,
                                       karvan_error *err) {
    static const karvan_column columns[] = {{"country", KARVAN_TEXT, NULL},
                                            {"gdp_usd", KARVAN_REAL, "USD/year"},
                                            {"real_income_usd", KARVAN_REAL, "USD/year"},
                                            {"real_income_percent", KARVAN_REAL, "%"},
                                            {"before_exports_usd", KARVAN_REAL, "USD/year"},
                                            {"after_exports_usd", KARVAN_REAL, "USD/year"},
                                            {"before_imports_usd", KARVAN_REAL, "USD/year"},
                                            {"after_imports_usd", KARVAN_REAL, "USD/year"},
                                            {"before_transit_income_usd", KARVAN_REAL, "USD/year"},
                                            {"after_transit_income_usd", KARVAN_REAL, "USD/year"},
                                            {"shippers_gain_usd", KARVAN_REAL, "USD/year"},
                                            {"own", KARVAN_BOOL, NULL}};
    karvan_status st = KARVAN_OK;
    int32_t n = x->s->exchange.n;
    karvan_builder *b = NULL;
    double *shippers = karvan_i_calloc((size_t)n + 1, sizeof *shippers);
    KARVAN_REQUIRE(shippers, err, KARVAN_E_NOMEM, "no memory for countries");
    shippers_of(x, shippers);
    KARVAN_TRY(karvan_builder_create("countries", 12, columns, &b, err));
    for (int32_t i = 0; i <= n; i++) KARVAN_TRY(add_country(x, i, shippers[i], b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(shippers);
    return st;
}
