/* A base year out of counts: freight is loaded, counts are weighed, freight is loaded again. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/estimate_region.h"
#include "table/cell.h"

/* A cell is never nothing at all, so that freight still tells which way its first TEU would go. */
static const double LEAST = 1e-9, STEP_USD = 20, PRIOR_ERROR = 0.5;
/* Shares grow e-fold with 1 / scale; slopes tell nothing of what is several times as far. */
static const double REACH = 2;

void karvan_region_estimate_destroy(karvan_region_estimate *e) {
    if (!e) return;
    karvan_freight_destroy(e->freight);
    karvan_table_destroy(e->constants);
    karvan_estimate_destroy(e->estimate);
    karvan_freight_demand_clear(&e->demand), karvan_freight_demand_clear(&e->now);
    karvan_i_free(e->count), karvan_i_free(e->cell_of), karvan_i_free(e->cell_row);
    karvan_i_free(e->prior), karvan_i_region_constants_clear(e);
    karvan_i_free(e);
}

const karvan_estimate *karvan_region_estimate_view(const karvan_region_estimate *e) {
    return e->estimate;
}
const karvan_freight *karvan_region_estimate_freight(const karvan_region_estimate *e) {
    return e->freight;
}

/* ---- made ready ---- */

/* The relative error of a row, where it tells one. */
static karvan_status take_error(const karvan_table *t, int64_t row, double *out,
                                karvan_error *err) {
    int column = karvan_table_find(t, "error");
    if (column < 0 || karvan_table_state(t, column, row) != KARVAN_VALUE) return KARVAN_OK;
    karvan_type type = karvan_table_column(t, column).type;
    double v = type == KARVAN_REAL || type == KARVAN_INT ? karvan_table_real(t, column, row) : NAN;
    if (v > 0 && isfinite(v)) return *out = v, KARVAN_OK;
    return karvan_i_refuse(t, column, row,
                           "the error of demand is a share of it, above 0; empty: not known", err);
}

/* Rows of the demand table that are of the year are cells, in their order; of one that stays at
 * one place nothing is on the network. */
static karvan_status find_cells(karvan_region_estimate *e, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = e->o.demand;
    int64_t rows = karvan_table_rows(t);
    size_t n = (size_t)rows + 1;
    int32_t *cell = karvan_i_malloc(n, sizeof *cell);
    e->cell_row = karvan_i_malloc(n, sizeof *e->cell_row);
    e->prior = karvan_i_calloc(3 * n, sizeof *e->prior);
    KARVAN_REQUIRE(cell && e->cell_row && e->prior, err, KARVAN_E_NOMEM, "no memory for demand");
    e->rho = e->prior + n, e->stated = e->rho + n;
    KARVAN_TRY(
        karvan_i_freight_demand_by_row(e->region, t, (int)e->o.year, e->stated, &e->demand, err));
    for (int64_t r = 0; r < rows; r++) {
        int32_t k = cell[r] = e->n_cells;
        if (isnan(e->stated[r])) continue;
        e->cell_row[k] = r, e->stated[k] = e->stated[r], e->n_cells++;
        e->rho[k] = e->o.prior_error > 0 ? e->o.prior_error : PRIOR_ERROR;
        KARVAN_TRY(take_error(t, r, &e->rho[k], err));
    }
    e->cell_of = karvan_i_malloc((size_t)e->demand.n + 1, sizeof *e->cell_of);
    KARVAN_REQUIRE(e->cell_of, err, KARVAN_E_NOMEM, "no memory for demand");
    for (int32_t i = 0; i < e->demand.n; i++) {
        e->cell_of[i] = cell[e->demand.row[i]];
        e->prior[e->cell_of[i]] += e->demand.teu_day[i];
    }
done:
    karvan_i_free(cell);
    return st;
}

static karvan_status copy_demand(const karvan_freight_demand *from, karvan_freight_demand *to,
                                 karvan_error *err) {
    size_t n = (size_t)from->n;
    *to = (karvan_freight_demand){.n = from->n};
    to->origin = karvan_i_malloc(n + 1, sizeof *to->origin);
    to->destination = karvan_i_malloc(n + 1, sizeof *to->destination);
    to->cargo_class = karvan_i_malloc(n + 1, sizeof *to->cargo_class);
    to->row = karvan_i_malloc(n + 1, sizeof *to->row);
    to->kind = karvan_i_malloc(n + 1, sizeof *to->kind);
    to->teu_day = karvan_i_malloc(n + 1, sizeof *to->teu_day);
    if (!to->origin || !to->destination || !to->cargo_class || !to->row || !to->teu_day ||
        !to->kind)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for demand");
    memcpy(to->origin, from->origin, n * sizeof *to->origin);
    memcpy(to->destination, from->destination, n * sizeof *to->destination);
    memcpy(to->cargo_class, from->cargo_class, n * sizeof *to->cargo_class);
    memcpy(to->row, from->row, n * sizeof *to->row);
    memcpy(to->kind, from->kind, n * sizeof *to->kind);
    memcpy(to->teu_day, from->teu_day, n * sizeof *to->teu_day);
    return KARVAN_OK;
}

static karvan_status check(const karvan_package *region, const karvan_region_estimate_options *o,
                           karvan_error *err) {
    if (!region || !o || !o->demand)
        return karvan_fail(err, KARVAN_E_ARG, "an estimate needs a region and its demand");
    if (o->prior_error < 0 || o->constant_error < 0 || !isfinite(o->prior_error) ||
        !isfinite(o->constant_error))
        return karvan_fail(err, KARVAN_E_ARG, "errors of demand and of constants are 0 or more");
    return KARVAN_OK;
}

/* ---- the load ---- */

/* Freight under a demand and constants; *constants is what it borrows. KARVAN_E_NOCONV: prices are
 * not settled, and *out is the best so far. */
static karvan_status solve(karvan_region_estimate *e, const double *demand, const double *constant,
                           karvan_freight **out, karvan_table **constants, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_freight_options o = e->o.freight;
    *out = NULL, *constants = NULL;
    for (int32_t i = 0; i < e->demand.n; i++) {
        int32_t k = e->cell_of[i];
        double by = e->n_free > 0 && e->prior[k] > 0 ? demand[k] / e->prior[k] : 1;
        e->now.teu_day[i] = e->demand.teu_day[i] * fmax(by, LEAST);
    }
    KARVAN_TRY(karvan_i_region_constants_table(e, constant, constants, err));
    o.constants = *constants;
    KARVAN_TRY(karvan_freight_solve(e->region, &e->now, &o, e->freight, out, err));
done:
    if (st != KARVAN_OK && !(st == KARVAN_E_NOCONV && *out)) {
        karvan_freight_destroy(*out), karvan_table_destroy(*constants);
        *out = NULL, *constants = NULL;
    }
    return st;
}

static void hold(karvan_region_estimate *e, karvan_freight *f, karvan_table *constants) {
    karvan_freight_destroy(e->freight), karvan_table_destroy(e->constants);
    e->freight = f, e->constants = constants;
}

static karvan_status load(void *ctx, const double *demand, const double *constant, double *modelled,
                          double *slope, double *constant_slope, karvan_error *err) {
    karvan_region_estimate *e = ctx;
    karvan_freight *f = NULL;
    karvan_table *constants = NULL;
    bool first = !e->freight;
    karvan_error told = {0};
    (void)constant_slope;
    karvan_status st = solve(e, demand, constant, &f, &constants, &told);
    /* On the way prices need not be settled; at the end they must be. */
    if (!f) return karvan_fail(err, st, "%s", told.msg);
    for (int32_t a = 0; a < e->n_counts; a++) {
        double *to =
            slope && a < e->n_used && e->n_free > 0 ? slope + (size_t)a * (size_t)e->n_cells : NULL;
        double v = karvan_i_region_count_model(e, &e->count[a], f, to);
        if (a < e->n_used) modelled[a] = v;
        if (first) e->count[a].before = v;
    }
    if (slope) {
        hold(e, f, constants); /* the next begins with its routes and prices */
    } else {
        karvan_freight_destroy(f), karvan_table_destroy(constants);
    }
    return KARVAN_OK;
}

static karvan_status estimate(karvan_region_estimate *e, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)e->n_used, c = (size_t)e->n_constants;
    double *room = karvan_i_malloc(2 * n + 3 * c + 1, sizeof *room);
    KARVAN_REQUIRE(room, err, KARVAN_E_NOMEM, "no memory for counts");
    double *count = room, *error = room + n, *spread = room + 2 * n, *step = spread + c,
           *reach = step + c;
    for (size_t a = 0; a < n; a++) count[a] = e->count[a].observed, error[a] = e->count[a].error;
    for (size_t k = 0; k < c; k++)
        spread[k] = e->o.constant_error, step[k] = STEP_USD, reach[k] = REACH / e->o.freight.scale;
    const karvan_estimate_problem p = {.n_cells = e->n_free,
                                       .prior = e->prior,
                                       .prior_error = e->rho,
                                       .n_counts = e->n_used,
                                       .count = count,
                                       .count_error = error,
                                       .n_constants = e->n_constants,
                                       .constant_error = spread,
                                       .constant_step = step,
                                       .constant_reach = reach,
                                       .load = load,
                                       .ctx = e};
    st = karvan_estimate_solve(&p, &e->o.estimate, &e->estimate, err);
done:
    karvan_i_free(room);
    return st;
}

/* Freight and counts under what was found, which need not be the last round. Where the search was
 * stopped nothing is loaded any more: freight, and what is beside the counts that are used, are
 * then of the last load. */
static karvan_status settle(karvan_region_estimate *e, bool stopped, karvan_error *err) {
    karvan_freight *f = NULL;
    karvan_table *constants = NULL;
    karvan_status st = KARVAN_OK;
    if (!stopped) {
        st = solve(e, e->estimate->demand, e->estimate->constant, &f, &constants, err);
        if (!f) return st;
        hold(e, f, constants);
    }
    for (int32_t a = 0; a < e->n_counts; a++)
        e->count[a].after = stopped && a < e->n_used
                                ? e->estimate->modelled[a]
                                : karvan_i_region_count_model(e, &e->count[a], e->freight, NULL);
    return st;
}

/* What was found is handed out also where the search (st) or the prices of its end are not done. */
static karvan_status hand_out(karvan_region_estimate **e, karvan_status st,
                              karvan_region_estimate **out, karvan_error *err) {
    karvan_error why = {0};
    karvan_status settled = settle(*e, st == KARVAN_E_CANCELLED, &why);
    bool stopped = settled == KARVAN_E_CANCELLED;
    if (stopped) (void)settle(*e, true, NULL);
    bool given = stopped || settled == KARVAN_OK || settled == KARVAN_E_NOCONV;
    if (given) *out = *e, *e = NULL;
    if (settled == KARVAN_OK || (given && st != KARVAN_OK)) return st;
    if (err) *err = why; /* in the place of what the search said */
    return settled;
}

karvan_status karvan_estimate_region(const karvan_package *region,
                                     const karvan_region_estimate_options *o,
                                     karvan_region_estimate **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_region_estimate *e = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_TRY(check(region, o, err));
    e = karvan_i_calloc(1, sizeof *e);
    KARVAN_REQUIRE(e, err, KARVAN_E_NOMEM, "no memory for an estimate");
    e->region = region, e->o = *o;
    KARVAN_TRY(karvan_i_region_counts_read(e, err));
    KARVAN_TRY(find_cells(e, err));
    KARVAN_TRY(copy_demand(&e->demand, &e->now, err));
    e->n_free = o->hold_demand ? 0 : e->n_cells;
    KARVAN_TRY(karvan_i_region_constants_find(e, err));
    st = estimate(e, err);
    if (e->estimate) st = hand_out(&e, st, out, err);
done:
    karvan_region_estimate_destroy(e);
    return st;
}
