/* Multilateral resistances in levels: of which country they are measured, the system solved before
 * and after, what is handed out. */
#include "trade/resistance.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/parts.h"
#include "base/try.h"
#include "trade/scaling.h"
#include "trade/solution.h"

struct karvan_resistance {
    int32_t n;
    karvan_resistance_stats stats;
    int32_t *reference; /* [n] -1: no value */
    double *value;      /* [KARVAN_RESISTANCE_END][n] */
    double *cost;       /* [n][n] */
};

typedef struct work {
    karvan_i_resistance r;
    const karvan_economy *economy;
    const karvan_equilibrium *q;
    double theta, residual;
    double *cost1;   /* [n][n] after */
    double *y1, *e1; /* [n] margins after */
    double *a1, *b1; /* [n] after, or conditional */
    double *m;       /* [n][n] of the scaling */
    double *row, *column;
} work;

const char *karvan_resistance_name(karvan_resistance_kind k) {
    static const char *const names[KARVAN_RESISTANCE_END] = {"inward",
                                                             "outward",
                                                             "inward_after",
                                                             "outward_after",
                                                             "inward_conditional",
                                                             "outward_conditional"};
    return k >= 0 && k < KARVAN_RESISTANCE_END ? names[k] : "unknown";
}

static karvan_status start(work *w, const karvan_economy *e, const karvan_equilibrium *q,
                           karvan_error *err) {
    size_t n = (size_t)e->n;
    double **const vectors[] = {&w->r.y, &w->r.e, &w->r.a, &w->r.b, &w->y1,
                                &w->e1,  &w->a1,  &w->b1,  &w->row, &w->column};
    bool good = true;
    w->economy = e, w->q = q, w->theta = karvan_equilibrium_statistics(q).theta;
    w->r.n = e->n, w->r.flow = karvan_equilibrium_before_view(q);
    for (size_t k = 0; k < sizeof vectors / sizeof *vectors; k++) {
        *vectors[k] = karvan_i_calloc(n, sizeof **vectors[k]);
        good = good && *vectors[k];
    }
    w->r.cost = karvan_i_malloc(n * n, sizeof *w->r.cost);
    w->cost1 = karvan_i_malloc(n * n, sizeof *w->cost1);
    w->m = karvan_i_malloc(n * n, sizeof *w->m);
    w->r.part = karvan_i_malloc(2 * n, sizeof *w->r.part);
    w->r.of_part = karvan_i_malloc(2 * n, sizeof *w->r.of_part);
    w->r.world = karvan_i_calloc(2 * n, sizeof *w->r.world);
    w->r.told = karvan_i_malloc(n, sizeof *w->r.told);
    if (good && w->r.cost && w->cost1 && w->m && w->r.part && w->r.of_part && w->r.world &&
        w->r.told)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for resistances of %d countries", (int)e->n);
}

static void clear(work *w) {
    karvan_i_free(w->r.y), karvan_i_free(w->r.e), karvan_i_free(w->r.a), karvan_i_free(w->r.b);
    karvan_i_free(w->y1), karvan_i_free(w->e1), karvan_i_free(w->a1), karvan_i_free(w->b1);
    karvan_i_free(w->row), karvan_i_free(w->column), karvan_i_free(w->r.cost);
    karvan_i_free(w->cost1), karvan_i_free(w->m), karvan_i_free(w->r.part);
    karvan_i_free(w->r.of_part), karvan_i_free(w->r.world), karvan_i_free(w->r.told);
}

static void margins(size_t n, const double *flow, double *y, double *e) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) y[i] += flow[i * n + j], e[j] += flow[i * n + j];
}

/* Trade costs as given: in range, and above 0 wherever there is trade. */
static karvan_status take_costs(work *w, const double *cost, karvan_error *err) {
    size_t n = (size_t)w->r.n;
    for (size_t k = 0; k < n * n; k++) {
        const char *from = w->economy->country[k / n], *to = w->economy->country[k % n];
        bool none = cost[k] < 0 && isinf(cost[k]);
        if (!none && !(fabs(cost[k]) <= KARVAN_I_CHANGE_MOST))
            return karvan_fail(err, KARVAN_E_ARG,
                               "the trade cost from %s to %s is %g; ln t^(1 - sigma) lies between "
                               "-%g and %g",
                               from, to, cost[k], KARVAN_I_CHANGE_MOST, KARVAN_I_CHANGE_MOST);
        if (none && w->r.flow[k] > 0)
            return karvan_fail(err, KARVAN_E_DATA,
                               "there is trade from %s to %s, and no trade cost; give one", from,
                               to);
        w->r.cost[k] = cost[k];
    }
    return KARVAN_OK;
}

/* Sellers and buyers that possible trade connects; what each part of them makes. */
static void find_parts(karvan_i_resistance *r, bool of_flows) {
    int32_t n = r->n;
    for (int32_t k = 0; k < 2 * n; k++) r->part[k] = k;
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n; j++) {
            size_t pair = (size_t)i * (size_t)n + (size_t)j;
            if (of_flows ? r->flow[pair] > 0 : isfinite(r->cost[pair]))
                karvan_i_parts_join(r->part, i, n + j);
        }
    for (int32_t k = 0; k < 2 * n; k++) r->part[k] = karvan_i_parts_root(r->part, k);
    for (int32_t i = 0; i < n; i++) {
        r->world[r->part[i]] += r->y[i];
        r->told[i] = r->part[i] == r->part[n + i];
    }
}

/* Ways from part to part by trade costs that let in trade where there is none, closed. */
static void close_ways(size_t parts, bool *way) {
    for (size_t k = 0; k < parts; k++)
        for (size_t p = 0; p < parts; p++)
            for (size_t q = 0; way[p * parts + k] && q < parts; q++)
                way[p * parts + q] = way[p * parts + q] || way[k * parts + q];
}

/* Where trade costs let A sell to B and no way leads back, outputs and spending that balance leave
 * nothing for it, and no resistances keep it at nothing. Parts here are what trade connects. */
static karvan_status find_dead_ends(const work *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t n = w->r.n, parts = 0;
    size_t m = (size_t)n;
    int32_t *part = karvan_i_malloc(2 * m, sizeof *part);
    bool *way = NULL;
    KARVAN_REQUIRE(part, err, KARVAN_E_NOMEM, "no memory for parts");
    for (int32_t k = 0; k < 2 * n; k++) part[k] = k;
    for (size_t k = 0; k < m * m; k++)
        if (w->r.flow[k] > 0) karvan_i_parts_join(part, (int32_t)(k / m), n + (int32_t)(k % m));
    for (int32_t k = 0; k < 2 * n; k++) part[k] = karvan_i_parts_root(part, k);
    /* A root is the least of its part: numbered before those that ask for it. */
    for (int32_t k = 0; k < 2 * n; k++) part[k] = part[k] == k ? parts++ : part[part[k]];
    if (parts == 1) goto done;
    way = karvan_i_calloc((size_t)parts * (size_t)parts, sizeof *way);
    KARVAN_REQUIRE(way, err, KARVAN_E_NOMEM, "no memory for ways between %d parts", (int)parts);
    for (size_t k = 0; k < m * m; k++)
        if (isfinite(w->r.cost[k]))
            way[(size_t)part[k / m] * (size_t)parts + (size_t)part[m + k % m]] = true;
    close_ways((size_t)parts, way);
    for (size_t k = 0; k < m * m; k++)
        KARVAN_REQUIRE(
            !isfinite(w->r.cost[k]) ||
                way[(size_t)part[m + k % m] * (size_t)parts + (size_t)part[k / m]],
            err, KARVAN_E_DATA,
            "trade costs would let %s sell to %s, which has no way to sell back at any remove, so "
            "that outputs and spending leave nothing for it: give that pair none",
            w->economy->country[k / m], w->economy->country[k % m]);
done:
    karvan_i_free(part), karvan_i_free(way);
    return st;
}

/* In each part the country that is named, or the largest buyer. Of flows, a country without
 * domestic trade cannot be it. */
static karvan_status find_references(work *w, const char *named, bool of_flows,
                                     karvan_resistance_stats *s, karvan_error *err) {
    karvan_i_resistance *r = &w->r;
    int32_t n = r->n, chosen = -1;
    char meant[120];
    for (int32_t k = 0; k < 2 * n; k++) r->of_part[k] = -1;
    for (int32_t i = 0; named && i < n && chosen < 0; i++)
        if (strcmp(w->economy->country[i], named) == 0) chosen = i;
    if (named && chosen < 0)
        return karvan_fail(err, KARVAN_E_ARG, "there is no country '%.40s' to measure by%s", named,
                           karvan_i_meant(named, (const char *const *)w->economy->country,
                                          (size_t)n, meant, sizeof meant));
    s->reference = chosen;
    for (int32_t i = 0; i < n; i++) {
        bool may = r->told[i] && (!of_flows || r->flow[(size_t)i * ((size_t)n + 1)] > 0);
        int32_t *best = &r->of_part[r->part[n + i]];
        if (i == chosen && !may)
            return karvan_fail(err, KARVAN_E_DATA,
                               "%s trades nothing with itself: nothing can be measured by it "
                               "without trade costs; choose another country",
                               named);
        if (!may || (chosen >= 0 && *best == chosen)) continue;
        if (i == chosen || *best < 0 || r->e[i] > r->e[*best]) *best = i;
        if (chosen < 0 && (s->reference < 0 || r->e[i] > r->e[s->reference])) s->reference = i;
    }
    if (s->reference >= 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_DATA,
                       "no country trades with itself: resistances need trade costs");
}

/* P of each part's reference becomes 1. */
static void measure(const karvan_i_resistance *r, double *a, double *b) {
    size_t n = (size_t)r->n;
    for (size_t i = 0; i < n; i++) {
        int32_t by = r->of_part[r->part[i]], of = r->of_part[r->part[n + i]];
        if (by >= 0) a[i] += b[by];
        if (of >= 0 && of != (int32_t)i) b[i] -= b[of];
    }
    for (size_t i = 0; i < n; i++)
        if (r->of_part[r->part[n + i]] == (int32_t)i) b[i] = 0;
}

/* Both sets of equations, from what is handed out. */
static void check(work *w, const double *cost, const double *y, const double *e, const double *a,
                  const double *b) {
    size_t n = (size_t)w->r.n;
    const int32_t *part = w->r.part;
    memset(w->row, 0, n * sizeof *w->row), memset(w->column, 0, n * sizeof *w->column);
    for (size_t k = 0; k < 2 * n; k++) w->r.world[k] = 0;
    for (size_t i = 0; i < n; i++) w->r.world[part[i]] += y[i];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double x = exp(cost[i * n + j] - a[i] - b[j]) / w->r.world[part[i]];
            w->row[i] += x * e[j], w->column[j] += x * y[i];
        }
    for (size_t i = 0; i < n; i++) {
        double off = fmax(fabs(w->row[i] - 1), fabs(w->column[i] - 1));
        w->residual = off <= w->residual ? w->residual : off;
    }
}

/* a and b of trade costs and margins, which are so exact; on entry b is where to begin. */
static karvan_status solve(work *w, const double *cost, const double *y, const double *e,
                           double exact, double *a, double *b, karvan_error *err) {
    size_t n = (size_t)w->r.n;
    double most = -INFINITY;
    karvan_i_scaling how;
    for (size_t k = 0; k < n * n; k++) most = fmax(most, cost[k]);
    for (size_t k = 0; k < n * n; k++) w->m[k] = exp(cost[k] - most);
    for (size_t j = 0; j < n; j++) w->column[j] = e[j] * exp(-b[j]);
    karvan_status st = karvan_i_scale(w->r.n, w->m, y, e, exact, w->row, w->column, &how, err);
    if (st == KARVAN_E_NOCONV)
        return karvan_fail(err, st,
                           "no multilateral resistances are found for these trade costs, outputs "
                           "and spending: the best are %.3g away, and %.3g in doubt",
                           how.residual, how.doubt);
    if (st != KARVAN_OK) return st;
    for (size_t k = 0; k < 2 * n; k++) w->r.world[k] = 0;
    for (size_t i = 0; i < n; i++) w->r.world[w->r.part[i]] += y[i];
    for (size_t i = 0; i < n; i++) {
        a[i] = log(y[i] / w->r.world[w->r.part[i]]) + most - log(w->row[i]);
        b[i] = log(e[i]) - log(w->column[i]);
    }
    measure(&w->r, a, b);
    check(w, cost, y, e, a, b);
    return KARVAN_OK;
}

/* How far the flows before are from those that the trade costs imply. */
static void compare_flows(const work *w, karvan_resistance_stats *s) {
    const karvan_i_resistance *r = &w->r;
    size_t n = (size_t)r->n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double x = r->flow[i * n + j], cost = r->cost[i * n + j];
            if (!(x > 0) && isfinite(cost)) s->n_more++;
            if (!(x > 0)) continue;
            double said =
                log(r->y[i] / r->world[r->part[i]]) + log(r->e[j]) + cost - r->a[i] - r->b[j];
            s->misfit = fmax(s->misfit, fabs(log(x) - said));
        }
}

static karvan_status change_costs(work *w, karvan_error *err) {
    const karvan_economy *e = w->economy;
    const double *beta = karvan_i_equilibrium_beta(w->q);
    size_t nn = (size_t)e->n * (size_t)e->n;
    for (size_t k = 0; k < nn; k++) {
        double more = 0;
        for (size_t c = 0; c < (size_t)e->n_changes; c++) more += beta[c] * e->change[c * nn + k];
        if (isfinite(w->r.cost[k]) && !(fabs(more) <= KARVAN_I_CHANGE_MOST))
            return karvan_fail(err, KARVAN_E_ARG,
                               "coefficients make the change from %s to %s %g; it lies between "
                               "-%g and %g",
                               e->country[k / (size_t)e->n], e->country[k % (size_t)e->n], more,
                               KARVAN_I_CHANGE_MOST, KARVAN_I_CHANGE_MOST);
        w->cost1[k] = isfinite(w->r.cost[k]) ? w->r.cost[k] + more : -INFINITY;
    }
    return KARVAN_OK;
}

static void hand_out(const work *w, karvan_resistance *r, karvan_resistance_kind inward,
                     const double *a, const double *b) {
    size_t n = (size_t)r->n;
    for (size_t i = 0; i < n; i++) {
        r->value[(size_t)inward * n + i] = w->r.told[i] ? exp(-b[i] / w->theta) : NAN;
        r->value[((size_t)inward + 1) * n + i] = w->r.told[i] ? exp(-a[i] / w->theta) : NAN;
    }
}

/* A system after the change, which need not have an answer that numbers can tell: `found` says. */
static karvan_status try_solve(work *w, const double *y, const double *e, double exact, bool *found,
                               karvan_error *err) {
    karvan_error own = {0};
    double residual = w->residual;
    karvan_status st = solve(w, w->cost1, y, e, exact, w->a1, w->b1, &own);
    *found = st == KARVAN_OK;
    if (st == KARVAN_E_NOCONV) return w->residual = residual, KARVAN_OK;
    if (st != KARVAN_OK && err) *err = own;
    return st;
}

static karvan_status solve_conditional(work *w, karvan_resistance *r, karvan_error *err) {
    memcpy(w->b1, w->r.b, (size_t)r->n * sizeof *w->b1);
    karvan_status st = try_solve(w, w->r.y, w->r.e, 0, &r->stats.conditional, err);
    if (r->stats.conditional) hand_out(w, r, KARVAN_RESISTANCE_INWARD_CONDITIONAL, w->a1, w->b1);
    return st;
}

/* The new equilibrium, found anew from level times change, and how far it lies from there. */
static karvan_status solve_after(work *w, karvan_resistance *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)r->n;
    const double *in = karvan_equilibrium_view(w->q, KARVAN_RESULT_PRICE_INDEX);
    const double *out = karvan_equilibrium_view(w->q, KARVAN_RESULT_OUTWARD);
    karvan_equilibrium_stats s = karvan_equilibrium_statistics(w->q);
    for (size_t i = 0; i < n; i++) w->b1[i] = w->r.b[i] - w->theta * log(in[i]);
    margins(n, karvan_equilibrium_after_view(w->q), w->y1, w->e1);
    KARVAN_TRY(try_solve(w, w->y1, w->e1, fmax(s.market, s.budget), &r->stats.after, err));
    if (!r->stats.after) goto done;
    hand_out(w, r, KARVAN_RESISTANCE_INWARD_AFTER, w->a1, w->b1);
    for (size_t i = 0; i < n; i++) {
        if (r->reference[i] < 0) continue;
        double by = log(in[r->reference[i]]);
        double inward = (w->r.b[i] - w->b1[i]) / w->theta - log(in[i]) + by;
        double outward = (w->r.a[i] - w->a1[i]) / w->theta - log(out[i]) - by;
        r->stats.apart = fmax(r->stats.apart, fmax(fabs(inward), fabs(outward)));
    }
done:
    return st;
}

static void count(const work *w, karvan_resistance *r) {
    r->stats.first_untold = -1;
    for (int32_t i = 0; i < r->n; i++) {
        r->reference[i] = w->r.told[i] ? w->r.of_part[w->r.part[r->n + i]] : -1;
        if (r->reference[i] < 0 && r->stats.n_untold++ == 0) r->stats.first_untold = i;
        r->stats.n_apart += r->reference[i] >= 0 && r->reference[i] != r->stats.reference;
    }
}

static karvan_status create(const karvan_economy *e, karvan_resistance **out, karvan_error *err) {
    size_t n = (size_t)e->n;
    karvan_resistance *r = *out = karvan_i_calloc(1, sizeof *r);
    if (r) {
        r->n = e->n;
        r->reference = karvan_i_malloc(n, sizeof *r->reference);
        r->value = karvan_i_malloc((size_t)KARVAN_RESISTANCE_END * n, sizeof *r->value);
        if (r->reference && r->value) {
            for (size_t k = 0; k < (size_t)KARVAN_RESISTANCE_END * n; k++) r->value[k] = NAN;
            return KARVAN_OK;
        }
    }
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for resistances");
}

karvan_status karvan_resistance_solve(const karvan_economy *e, const karvan_equilibrium *q,
                                      const karvan_resistance_options *options,
                                      karvan_resistance **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_resistance *r = NULL;
    work w = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(e && q, err, KARVAN_E_ARG, "no economy or no equilibrium");
    const double *cost = options ? options->cost : NULL;
    size_t n = (size_t)e->n;
    KARVAN_TRY(start(&w, e, q, err));
    KARVAN_TRY(create(e, &r, err));
    margins(n, w.r.flow, w.r.y, w.r.e);
    if (cost) KARVAN_TRY(take_costs(&w, cost, err));
    if (cost) KARVAN_TRY(find_dead_ends(&w, err));
    find_parts(&w.r, !cost);
    KARVAN_TRY(find_references(&w, options ? options->reference : NULL, !cost, &r->stats, err));
    if (cost) {
        KARVAN_TRY(solve(&w, w.r.cost, w.r.y, w.r.e, 0, w.r.a, w.r.b, err));
    } else {
        KARVAN_TRY(karvan_i_resistance_of_flows(&w.r, err));
        measure(&w.r, w.r.a, w.r.b);
        check(&w, w.r.cost, w.r.y, w.r.e, w.r.a, w.r.b);
    }
    count(&w, r);
    r->stats.of_flows = !cost, r->stats.one_way = w.r.one_way / w.theta;
    hand_out(&w, r, KARVAN_RESISTANCE_INWARD, w.r.a, w.r.b);
    compare_flows(&w, &r->stats);
    KARVAN_TRY(change_costs(&w, err));
    KARVAN_TRY(solve_conditional(&w, r, err));
    if (karvan_equilibrium_statistics(q).converged) KARVAN_TRY(solve_after(&w, r, err));
    r->stats.residual = w.residual;
    r->cost = w.r.cost, w.r.cost = NULL;
    *out = r, r = NULL;
done:
    clear(&w);
    karvan_resistance_destroy(r);
    return st;
}

void karvan_resistance_destroy(karvan_resistance *r) {
    if (!r) return;
    karvan_i_free(r->reference), karvan_i_free(r->value), karvan_i_free(r->cost), karvan_i_free(r);
}
karvan_resistance_stats karvan_resistance_statistics(const karvan_resistance *r) {
    return r->stats;
}
const double *karvan_resistance_view(const karvan_resistance *r, karvan_resistance_kind k) {
    return r->value + (size_t)k * (size_t)r->n;
}
const double *karvan_resistance_cost_view(const karvan_resistance *r) { return r->cost; }

static karvan_status put_row(karvan_builder *b, const karvan_economy *e, const karvan_resistance *r,
                             int32_t i, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t by = r->reference[i];
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, e->country[i], err));
    for (int k = 0; k < KARVAN_RESISTANCE_END; k++) {
        double v = karvan_resistance_view(r, (karvan_resistance_kind)k)[i];
        KARVAN_TRY(karvan_builder_real(b, 1 + k, isfinite(v) ? v : NAN, err));
    }
    KARVAN_TRY(
        karvan_builder_text(b, 1 + KARVAN_RESISTANCE_END, by < 0 ? "" : e->country[by], err));
done:
    return st;
}

karvan_status karvan_resistance_table(const karvan_economy *e, const karvan_resistance *r,
                                      karvan_table **out, karvan_error *err) {
    enum { COLUMNS = KARVAN_RESISTANCE_END + 2 };
    karvan_status st = KARVAN_OK;
    karvan_column columns[COLUMNS] = {{"country", KARVAN_TEXT, NULL}};
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    for (int k = 0; k < KARVAN_RESISTANCE_END; k++)
        columns[1 + k] =
            (karvan_column){karvan_resistance_name((karvan_resistance_kind)k), KARVAN_REAL, NULL};
    columns[COLUMNS - 1] = (karvan_column){"reference", KARVAN_TEXT, NULL};
    KARVAN_TRY(karvan_builder_create("resistance", COLUMNS, columns, &b, err));
    for (int32_t i = 0; i < e->n; i++) KARVAN_TRY(put_row(b, e, r, i, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}
