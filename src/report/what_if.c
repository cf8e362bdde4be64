#include "report/what_if.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/number.h"
#include "trade/draws.h"

/* ---- the baseline ---- */

static int64_t newest_year(const karvan_table *matrix) {
    int column = karvan_table_find(matrix, "year");
    int64_t year = INT64_MIN;
    for (int64_t r = 0; r < karvan_table_rows(matrix); r++)
        if (karvan_table_int(matrix, column, r) > year) year = karvan_table_int(matrix, column, r);
    return year;
}

int32_t karvan_i_baseline_find(const karvan_i_baseline *b, const char *code) {
    for (int32_t i = 0; code && i < b->n; i++)
        if (strcmp(b->country[i], code) == 0) return i;
    return -1;
}

/* Countries whose row of domestic trade has a value; the codes of the others. */
static karvan_status find_countries(karvan_i_baseline *b, karvan_error *err) {
    const karvan_table *t = b->panel;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *code = karvan_i_cell_text(t, "exporter", r);
        if (!code || !karvan_i_cell_is(t, "importer", r, code)) continue;
        if (karvan_i_cell_real(t, "trade", r) > 0)
            b->country[b->n++] = code;
        else
            karvan_i_text_printf(&b->left_out, "%s%s", b->left_out.n ? "; " : "", code);
    }
    return karvan_i_text_status(&b->left_out, err);
}

static void fill(karvan_i_baseline *b) {
    const karvan_table *t = b->panel;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        int32_t i = karvan_i_baseline_find(b, karvan_i_cell_text(t, "exporter", r)),
                j = karvan_i_baseline_find(b, karvan_i_cell_text(t, "importer", r));
        double v = karvan_i_cell_real(t, "trade", r);
        if (i < 0 || j < 0) continue;
        size_t at = (size_t)i * (size_t)b->n + (size_t)j;
        b->unknown += isnan(v);
        b->flow[at] = isnan(v) ? 0 : v;
        b->agreement[at] = karvan_i_cell_real(t, "agreement", r) > 0;
    }
}

karvan_status karvan_i_baseline_init(karvan_i_baseline *b, const karvan_i_trade_facts *f,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *b = (karvan_i_baseline){0};
    if (!f->matrix || karvan_table_rows(f->matrix) == 0 ||
        !karvan_i_setting(f->region, "goods_output_per_gdp", NULL))
        return KARVAN_OK;
    b->year = newest_year(f->matrix);
    const karvan_panel_options o = {.has_from = true,
                                    .has_to = true,
                                    .from_year = b->year,
                                    .to_year = b->year,
                                    .domestic = true};
    KARVAN_TRY(karvan_trade_panel(f->region, &o, &b->panel, err));
    size_t rows = (size_t)karvan_table_rows(b->panel);
    b->country = karvan_i_calloc(rows + 1, sizeof *b->country);
    KARVAN_REQUIRE(b->country, err, KARVAN_E_NOMEM, "no memory for a baseline");
    KARVAN_TRY(find_countries(b, err));
    b->flow = karvan_i_calloc((size_t)b->n * (size_t)b->n + 1, sizeof *b->flow);
    b->agreement = karvan_i_calloc((size_t)b->n * (size_t)b->n + 1, sizeof *b->agreement);
    KARVAN_REQUIRE(b->flow && b->agreement, err, KARVAN_E_NOMEM, "no memory for a baseline");
    fill(b);
done:
    return st;
}

void karvan_i_baseline_clear(karvan_i_baseline *b) {
    karvan_i_free(b->country), karvan_i_free(b->flow), karvan_i_free(b->agreement);
    karvan_table_destroy(b->panel);
    karvan_i_text_clear(&b->left_out);
    *b = (karvan_i_baseline){0};
}

static karvan_status above_zero(const karvan_package *region, const char *key, double *out,
                                karvan_error *err) {
    const char *s = karvan_i_setting(region, key, NULL);
    *out = 0;
    if (!s) return KARVAN_OK;
    if (karvan_i_parse_real(s, strlen(s), '.', out) && *out > 0 && isfinite(*out)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_DATA, "setting %s is above 0, not '%.40s'", key, s);
}

karvan_status karvan_i_elasticity_read(const karvan_package *region, karvan_i_elasticity *e,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(above_zero(region, "trade_elasticity", &e->theta, err));
    KARVAN_TRY(above_zero(region, "trade_elasticity_low", &e->low, err));
    KARVAN_TRY(above_zero(region, "trade_elasticity_high", &e->high, err));
    if (!(e->low > 0 && e->high > e->low)) e->low = e->high = 0;
done:
    return st;
}

/* ---- draws ---- */

typedef struct solving {
    const karvan_i_baseline *b;
    const karvan_i_trade_facts *f;
    const karvan_i_change *change;
    karvan_economy *e; /* with one change: the agreement's dummy, or of ln trade cost */
    karvan_equilibrium *q;
    karvan_draws *d;
    double *moved; /* [n][n] of cost, at the values stated */
    double *sort;  /* [draws] */
} solving;

static karvan_status cost_as_stated(solving *s, karvan_error *err) {
    const karvan_i_baseline *b = s->b;
    const karvan_cost *cost = s->change->cost;
    karvan_status st = KARVAN_OK;
    double *d = karvan_i_calloc((size_t)karvan_cost_pairs(cost) + 1, sizeof *d);
    s->moved = karvan_i_calloc((size_t)b->n * (size_t)b->n + 1, sizeof *s->moved);
    KARVAN_REQUIRE(d && s->moved, err, KARVAN_E_NOMEM, "no memory for a change");
    KARVAN_TRY(karvan_cost_draw(cost, 0, d, err));
    for (int64_t p = 0; p < karvan_cost_pairs(cost); p++) {
        int32_t i = karvan_i_baseline_find(b, karvan_cost_exporter(cost, p)),
                j = karvan_i_baseline_find(b, karvan_cost_importer(cost, p));
        if (i >= 0 && j >= 0) s->moved[i * b->n + j] = d[p];
    }
done:
    karvan_i_free(d);
    return st;
}

/* At the central parameters, and in draws. */
static karvan_status solve(solving *s, const karvan_i_elasticity *e, int draws, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_baseline *b = s->b;
    const karvan_i_change *c = s->change;
    const double beta = c->cost ? -e->theta : c->beta, variance = c->se * c->se;
    const karvan_equilibrium_options o = {.theta = e->theta, .beta = &beta};
    const karvan_draw_options how = {.n = draws,
                                     .seed = 1,
                                     .covariance = c->cost ? NULL : &variance,
                                     .theta_law =
                                         e->low > 0 ? KARVAN_THETA_LOGNORMAL : KARVAN_THETA_FIXED,
                                     .theta_a = e->low,
                                     .theta_b = e->high,
                                     .cost = c->cost};
    if (c->cost) KARVAN_TRY(cost_as_stated(s, err));
    KARVAN_TRY(karvan_economy_create(b->n, b->country, b->flow, 1, c->cost ? s->moved : c->dummy,
                                     false, &s->e, err));
    KARVAN_TRY(karvan_equilibrium_solve(s->e, &o, &s->q, err));
    KARVAN_TRY(karvan_draws_solve(s->e, &o, &how, &s->d, err));
done:
    return st;
}

/* Change of ln trade of a pair at given prices, in a draw. */
static double partial(const solving *s, int64_t draw, int64_t pair) {
    const karvan_draws *d = s->d;
    if (!d->partial) return d->beta[draw] * s->change->dummy[pair];
    for (int64_t k = 0; k < d->n_touched; k++)
        if (d->touched[k] == pair) return d->partial[draw * d->n_touched + k];
    return 0;
}

/* Trade of the country with its partners, both ways, before and after; draw -1: the central. */
static double between(const solving *s, int64_t draw) {
    const double *is = karvan_equilibrium_after_view(s->q);
    int32_t own = karvan_i_baseline_find(s->b, s->f->country), n = s->b->n;
    double before = 0, after = 0;
    for (int32_t i = 0; own >= 0 && i < n; i++) {
        const int64_t at[2] = {(int64_t)own * n + i, (int64_t)i * n + own};
        if (!karvan_i_is_partner(s->f, s->b->country[i])) continue;
        for (int k = 0; k < 2; k++) {
            double ratio = 0;
            if (draw >= 0) {
                const double *from = s->d->factor + 2 * (int64_t)n * draw, *to = from + n;
                ratio = from[at[k] / n] * to[at[k] % n] * exp(partial(s, draw, at[k]));
            }
            before += s->b->flow[at[k]];
            after += draw < 0 ? is[at[k]] : s->b->flow[at[k]] * ratio;
        }
    }
    return before > 0 ? 100 * (after / before - 1) : NAN;
}

static const double P[KARVAN_I_FIGURES] = {
    [KARVAN_I_P5] = 0.05, [KARVAN_I_P50] = 0.5, [KARVAN_I_P95] = 0.95};

static void tell_between(solving *s, karvan_i_what_if *w) {
    int64_t good = 0;
    w->between[KARVAN_I_POINT] = between(s, -1);
    for (int64_t k = 0; k < s->d->n; k++)
        if (s->d->good[k]) s->sort[good++] = between(s, k);
    bool known = !isnan(w->between[KARVAN_I_POINT]);
    if (known) qsort(s->sort, (size_t)good, sizeof *s->sort, karvan_i_by_real);
    for (int x = KARVAN_I_P5; x < KARVAN_I_FIGURES; x++)
        w->between[x] = known ? karvan_i_quantile(s->sort, good, P[x]) : NAN;
}

static void tell(solving *s, karvan_i_what_if *w) {
    static const karvan_result results[KARVAN_I_EFFECTS] = {
        KARVAN_RESULT_REAL_INCOME, KARVAN_RESULT_EXPORTS, KARVAN_RESULT_IMPORTS};
    for (int k = 0; k < KARVAN_I_EFFECTS; k++)
        for (int32_t i = 0; i < w->n; i++)
            for (int x = 0; x < KARVAN_I_FIGURES; x++)
                w->effect[k][x][i] =
                    100 *
                    ((x == KARVAN_I_POINT ? karvan_equilibrium_view(s->q, results[k])[i]
                                          : karvan_draws_quantile(s->d, results[k], i, P[x])) -
                     1);
    w->failed = (int)karvan_draws_failed(s->d);
    tell_between(s, w);
}

karvan_status karvan_i_what_if_solve(const karvan_i_baseline *b, const karvan_i_trade_facts *f,
                                     const karvan_i_change *change, const karvan_i_elasticity *e,
                                     int draws, karvan_i_what_if *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    solving s = {.b = b, .f = f, .change = change};
    *out = (karvan_i_what_if){.n = b->n, .draws = draws};
    s.sort = karvan_i_calloc((size_t)draws + 1, sizeof *s.sort);
    KARVAN_REQUIRE(s.sort, err, KARVAN_E_NOMEM, "no memory for draws");
    for (int k = 0; k < KARVAN_I_EFFECTS; k++)
        for (int x = 0; x < KARVAN_I_FIGURES; x++) {
            out->effect[k][x] = karvan_i_calloc((size_t)b->n + 1, sizeof(double));
            KARVAN_REQUIRE(out->effect[k][x], err, KARVAN_E_NOMEM, "no memory for draws");
        }
    KARVAN_TRY(solve(&s, e, draws, err));
    tell(&s, out);
done:
    karvan_draws_destroy(s.d), karvan_equilibrium_destroy(s.q), karvan_economy_destroy(s.e);
    karvan_i_free(s.moved), karvan_i_free(s.sort);
    return st;
}

void karvan_i_what_if_clear(karvan_i_what_if *w) {
    for (int k = 0; k < KARVAN_I_EFFECTS; k++)
        for (int x = 0; x < KARVAN_I_FIGURES; x++) karvan_i_free(w->effect[k][x]);
    *w = (karvan_i_what_if){0};
}

karvan_status karvan_i_what_if_table(const karvan_i_baseline *b, const karvan_i_what_if *w,
                                     karvan_table **out, karvan_error *err) {
    enum { COLUMNS = 1 + KARVAN_I_EFFECTS * KARVAN_I_FIGURES };
    static const char *const names[COLUMNS] = {
        "country",    "real_income", "real_income_p5", "real_income_p50", "real_income_p95",
        "exports",    "exports_p5",  "exports_p50",    "exports_p95",     "imports",
        "imports_p5", "imports_p50", "imports_p95"};
    karvan_column columns[COLUMNS];
    karvan_status st = KARVAN_OK;
    karvan_builder *t = NULL;
    for (int c = 0; c < COLUMNS; c++)
        columns[c] = (karvan_column){names[c], c ? KARVAN_REAL : KARVAN_TEXT, c ? "%" : NULL};
    KARVAN_TRY(karvan_builder_create("what_if", COLUMNS, columns, &t, err));
    for (int32_t i = 0; i < w->n; i++) {
        KARVAN_TRY(karvan_builder_row(t, err));
        KARVAN_TRY(karvan_builder_text(t, 0, b->country[i], err));
        for (int c = 1; c < COLUMNS; c++)
            KARVAN_TRY(karvan_builder_real(
                t, c, w->effect[(c - 1) / KARVAN_I_FIGURES][(c - 1) % KARVAN_I_FIGURES][i], err));
    }
    st = karvan_builder_finish(t, out, err);
    t = NULL;
done:
    karvan_builder_destroy(t);
    return st;
}
