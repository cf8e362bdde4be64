/* What routes cost in a draw, before anything is full. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/elementary.h"
#include "study/study.h"

karvan_status karvan_i_costs_init(karvan_i_costs *c, const karvan_i_menu *m, karvan_error *err) {
    size_t n = (size_t)m->n_routes + 1;
    *c = (karvan_i_costs){.usd = karvan_i_calloc(n, sizeof *c->usd)};
    c->hours = karvan_i_calloc(n, sizeof *c->hours);
    c->var_h2 = karvan_i_calloc(n, sizeof *c->var_h2);
    c->kg = karvan_i_calloc(n, sizeof *c->kg), c->cost = karvan_i_calloc(n, sizeof *c->cost);
    if (c->usd && c->hours && c->var_h2 && c->kg && c->cost) return KARVAN_OK;
    karvan_i_costs_clear(c);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld routes", (long long)m->n_routes);
}

void karvan_i_costs_clear(karvan_i_costs *c) {
    karvan_i_free(c->usd), karvan_i_free(c->hours), karvan_i_free(c->var_h2);
    karvan_i_free(c->kg), karvan_i_free(c->cost);
    *c = (karvan_i_costs){0};
}

typedef struct sums {
    double usd, hours, var_h2;
} sums;

/* Of parts, beside what there is. */
static sums sum_of(const karvan_i_measures *x, int64_t at, const double *value, sums s) {
    for (int64_t i = x->part_first[at]; i < x->part_first[at + 1]; i++) {
        const karvan_i_part *part = &x->part[i];
        double v = value[part->parameter];
        s.usd += part->usd * v, s.hours += part->hours * v, s.var_h2 += part->var_h2 * v * v;
    }
    return s;
}

/* Of a class and kind, by corridor. */
static double constant_of(const karvan_i_choices *q, int32_t corridor, int32_t lane, uint8_t kind,
                          const double *value) {
    double sum = 0;
    for (int32_t c = 0; corridor >= 0 && c < q->n_constants; c++) {
        size_t at = ((size_t)c * (size_t)q->n_lanes + (size_t)lane) * 3 + kind;
        if (q->constant_to[c] != corridor || !q->constant_is[at]) continue;
        sum += q->constant_usd[c];
        if (q->constant_of[c] > 0) sum += value[q->constant_of[c]];
    }
    return sum;
}

/* ---- generalised costs, many at a time ---- */

enum { BLOCK = 256 };

typedef struct block {         /* measured routes */
    int32_t n, pair, corridor; /* the last of them, */
    double hour, constant_is;  /* whose these are */
    int64_t route[BLOCK];
    double usd[BLOCK], hours[BLOCK], var_h2[BLOCK], kg[BLOCK];
    double hour_usd[BLOCK], spread_usd[BLOCK], constant[BLOCK]; /* of an hour; of one of spread */
} block;

/* karvan_i_spread_h of all: h / sqrt(1 + x) (e^(z s) - 1), x = var / h^2, s^2 = ln(1 + x). */
static void find_spreads(const block *b, double *restrict out) {
    const double NINETY = 1.2815515655446004;
    double root[BLOCK];
    size_t n = (size_t)b->n;
    for (size_t i = 0; i < n; i++) {
        bool any = b->hours[i] > 0 && b->var_h2[i] > 0;
        out[i] = any ? b->var_h2[i] / (b->hours[i] * b->hours[i]) : 0;
        root[i] = sqrt(1 + out[i]);
    }
    karvan_i_log1p_all(n, out);
    for (size_t i = 0; i < n; i++) out[i] = NINETY * sqrt(out[i]);
    karvan_i_exp_all(n, out);
    for (size_t i = 0; i < n; i++) out[i] = b->hours[i] / root[i] * (out[i] - 1);
}

static void flush(block *b, const karvan_i_choices *q, karvan_i_costs *out) {
    double spread[BLOCK];
    find_spreads(b, spread);
    for (int32_t i = 0; i < b->n; i++) {
        int64_t r = b->route[i];
        out->usd[r] = b->usd[i], out->hours[r] = b->hours[i];
        out->var_h2[r] = b->var_h2[i], out->kg[r] = b->kg[i];
        out->cost[r] = b->usd[i] + q->carbon_usd_per_kg * b->kg[i] + b->hour_usd[i] * b->hours[i] +
                       b->constant[i] + b->spread_usd[i] * spread[i];
    }
    b->n = 0;
}

/* A measured route. Those of a pair and a corridor stand behind one another. */
static void set(const karvan_i_menu *m, const karvan_i_choices *q, int64_t r, const sums *s,
                double kg, const double *value, block *b, karvan_i_costs *out) {
    int32_t pair = m->pair[r], corridor = m->corridor[r], lane = m->lane[pair], i = b->n++;
    if (pair != b->pair || corridor != b->corridor) {
        b->pair = pair, b->corridor = corridor;
        b->hour = q->hour_usd[lane] * value[q->value[lane]] * value[q->day[lane]];
        b->constant_is = constant_of(q, corridor, lane, m->kind[pair], value);
    }
    b->route[i] = r;
    b->usd[i] = s->usd, b->hours[i] = s->hours, b->var_h2[i] = s->var_h2, b->kg[i] = kg;
    b->hour_usd[i] = b->hour, b->spread_usd[i] = (q->rho[lane] > 0 ? q->rho[lane] : 0) * b->hour;
    b->constant[i] = b->constant_is;
    if (b->n == BLOCK) flush(b, q, out);
}

/* Closed, or to stay at home. */
static void set_apart(const karvan_i_menu *m, const karvan_i_choices *q, int64_t r,
                      karvan_i_costs *out) {
    out->usd[r] = out->hours[r] = out->var_h2[r] = out->kg[r] = 0;
    out->cost[r] = m->corridor[r] == -2 ? q->reject : INFINITY;
}

void karvan_i_costs_first(const karvan_i_menu *m, const karvan_i_choices *q,
                          const karvan_i_supply *first, const double *value, karvan_i_costs *out) {
    const karvan_i_measures *x = &first->measures;
    block b = {.pair = -1};
    out->made++, out->over = NULL;
    for (int64_t r = 0; r < m->n_routes; r++) {
        if (m->corridor[r] == -2 || !x->open[r]) {
            set_apart(m, q, r, out);
            continue;
        }
        sums s = sum_of(x, r, value, (sums){0, 0, 0});
        set(m, q, r, &s, x->kg[r], value, &b, out);
    }
    flush(&b, q, out);
}

/* As `first` has them. What lay over the same is taken off where it lay. */
static void take_back(const karvan_i_menu *m, const karvan_i_costs *first, karvan_i_costs *out) {
    const karvan_i_measures *x = out->by;
    size_t bytes = (size_t)m->n_routes * sizeof(double);
    if (out->over == first && first->made > 0 && out->over_made == first->made) {
        for (int64_t i = 0; i < x->n; i++) {
            int64_t r = x->route[i];
            out->usd[r] = first->usd[r], out->hours[r] = first->hours[r];
            out->var_h2[r] = first->var_h2[r], out->kg[r] = first->kg[r];
            out->cost[r] = first->cost[r];
        }
        return;
    }
    memcpy(out->usd, first->usd, bytes), memcpy(out->hours, first->hours, bytes);
    memcpy(out->var_h2, first->var_h2, bytes), memcpy(out->kg, first->kg, bytes);
    memcpy(out->cost, first->cost, bytes);
}

/* From a to b, no nearer to 0 than a tenth of a. */
static double part_way(double a, double b, double effect) {
    double x = a + effect * (b - a), least = 0.1 * (a < b ? a : b);
    return x > least ? x : least;
}

void karvan_i_costs_other(const karvan_i_menu *m, const karvan_i_choices *q,
                          const karvan_i_supply *side, const double *value, double effect,
                          const karvan_i_costs *first, karvan_i_costs *out) {
    const karvan_i_measures *x = &side->measures;
    block b = {.pair = -1};
    take_back(m, first, out);
    out->made++, out->over = first, out->over_made = first->made, out->by = x;
    for (int64_t i = 0; i < x->n; i++) {
        int64_t r = x->route[i];
        if (!x->open[i]) {
            set_apart(m, q, r, out);
            continue;
        }
        bool was = first->cost[r] < INFINITY; /* parts are beside its own */
        sums s = {was ? first->usd[r] : 0, was ? first->hours[r] : 0, was ? first->var_h2[r] : 0};
        s = sum_of(x, i, value, s);
        double kg = x->kg[i];
        if (effect != 1 && was) {
            s.usd = part_way(first->usd[r], s.usd, effect);
            s.hours = part_way(first->hours[r], s.hours, effect);
            s.var_h2 = part_way(first->var_h2[r], s.var_h2, effect);
            kg = part_way(first->kg[r], kg, effect);
        }
        set(m, q, r, &s, kg, value, &b, out);
    }
    flush(&b, q, out);
}
