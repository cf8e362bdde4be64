/* The dual function: what all pairs pay at some prices, less what the resources earn. */
#include <math.h>
#include <string.h>

#include "flow/capacitated.h"

/* ---- costs and loads ---- */

static double priced(const karvan_i_uses *u, int64_t row, const double *price) {
    double sum = 0;
    for (int64_t i = u->first[row]; i < u->first[row + 1]; i++)
        sum += u->amount[i] * price[u->resource[i]];
    return sum;
}

static void add_load(const karvan_i_uses *u, int64_t row, double flow, double *load) {
    for (int64_t i = u->first[row]; i < u->first[row + 1]; i++)
        load[u->resource[i]] += u->amount[i] * flow;
}

/* Flow of an activity: the least of its cost and of the proximal term. */
static double active(const karvan_i_dual *d, int32_t j, const double *price, double *value) {
    double cost = d->p->activity_cost[j] + priced(&d->p->activities, j, price);
    double y = fmax(0, d->activity[j] - d->activity_step * cost), moved = y - d->activity[j];
    *value = cost * y + moved * moved / (2 * d->activity_step);
    return y;
}

/* What a resource earns at a price, and the load at which it would ask that price. */
static double earned(const karvan_i_resource *r, double price, double *load) {
    *load = 0;
    if (r->kind == KARVAN_I_BALANCE) return 0;
    *load = r->capacity;
    if (r->kind == KARVAN_I_LIMIT) return r->capacity * price;
    *load = karvan_i_delay_load(&r->delay, price / r->hour_usd);
    return price * *load - r->hour_usd * karvan_i_delay_integral(&r->delay, *load);
}

/* Gradient from loads; of what is not watched there is none, or as for all. */
static void set_gradient(karvan_i_dual *d, const double *price, bool all) {
    for (int32_t a = 0; a < d->p->n_resources; a++) {
        double offered;
        d->value -= earned(&d->p->resources[a], price[a], &offered);
        d->gradient[a] = all || d->watched[a] ? d->load[a] - offered : 0;
    }
}

/* ---- demand ---- */

/* Demand at what pairs pay, and the value of all that they pay: of an elastic group the integral of
 * its demand by what it pays, from where demand is as given. */
static void find_demand(karvan_i_dual *d) {
    const karvan_i_elastic *e = d->p->elastic;
    const double *given = d->p->demand;
    for (int32_t g = 0; e && g < e->n; g++) d->paid[g] = 0;
    d->size = 0;
    for (int32_t k = 0; k < d->sets.n_pairs; k++) {
        double pays = given[k] > 0 && d->logsum[k] < INFINITY ? given[k] * d->logsum[k] : 0;
        d->demand[k] = given[k];
        if (e && e->group[k] >= 0)
            d->paid[e->group[k]] += pays;
        else
            d->value += pays;
    }
    for (int32_t g = 0; e && g < e->n; g++) {
        double base = e->value[g] + e->paid[g], dearer = log1p((d->paid[g] - e->paid[g]) / base);
        double r = 1 - e->theta;
        d->value += e->factor[g] * base * (fabs(r) < 1e-9 ? dearer : expm1(r * dearer) / r);
        d->bent[g] = e->theta / (base + d->paid[g] - e->paid[g]);
        d->size += e->factor[g] * (base + fabs(d->paid[g]));
        d->paid[g] = e->factor[g] * exp(-e->theta * dearer); /* from now on: the factor of demand */
    }
    for (int32_t k = 0; e && k < d->sets.n_pairs; k++)
        if (e->group[k] >= 0) d->demand[k] = given[k] * d->paid[e->group[k]];
}

void karvan_i_dual_choose(karvan_i_dual *d, const double *price) {
    for (int64_t r = 0; r < d->sets.first[d->sets.n_pairs]; r++)
        d->cost[r] = d->base[r] + priced(&d->p->routes, r, price);
    for (int32_t k = 0; k < d->sets.n_pairs; k++)
        d->logsum[k] = karvan_i_choice_pair(&d->sets, &d->model, k, d->cost, d->share, d->room);
    d->value = 0;
    find_demand(d);
}

/* Costs, shares and value; flows by pattern. */
static void load_patterns(karvan_i_dual *d) {
    karvan_i_patterns *t = &d->patterns;
    if (t->n > 0) memset(t->flow, 0, (size_t)t->n * sizeof *t->flow);
    d->value = 0;
    for (int32_t k = 0; k < d->sets.n_pairs; k++) {
        for (int64_t r = d->sets.first[k]; r < d->sets.first[k + 1]; r++)
            d->cost[r] = d->base[r] + t->price[t->of[r]];
        d->logsum[k] = karvan_i_choice_pair(&d->sets, &d->model, k, d->cost, d->share, d->room);
    }
    find_demand(d);
    for (int32_t k = 0; k < d->sets.n_pairs; k++) {
        double demand = d->demand[k];
        if (!(demand > 0) || !(d->logsum[k] < INFINITY)) continue;
        for (int64_t r = d->sets.first[k]; r < d->sets.first[k + 1]; r++)
            t->flow[t->of[r]] += demand * d->share[r];
    }
}

static void load_activities(karvan_i_dual *d, const double *price) {
    for (int32_t j = 0; j < d->p->n_activities; j++) {
        double value;
        d->next[j] = active(d, j, price, &value);
        d->value += value;
        if (d->next[j] > 0) add_load(&d->p->activities, j, d->next[j], d->load);
    }
}

void karvan_i_dual_evaluate(karvan_i_dual *d, const double *price) {
    const karvan_i_capacitated *p = d->p;
    karvan_i_patterns *t = &d->patterns;
    const karvan_i_uses u = {t->first, t->resource, t->amount};
    for (int32_t i = 0; i < t->n; i++) t->price[i] = priced(&u, i, price);
    load_patterns(d);
    memset(d->load, 0, (size_t)p->n_resources * sizeof *d->load);
    for (int32_t i = 0; i < t->n; i++)
        if (t->flow[i] > 0) add_load(&u, i, t->flow[i], d->load);
    load_activities(d, price);
    set_gradient(d, price, false);
}

void karvan_i_dual_loads(karvan_i_dual *d, const double *price) {
    const karvan_i_capacitated *p = d->p;
    const double value = d->value;
    memset(d->load, 0, (size_t)p->n_resources * sizeof *d->load);
    for (int32_t k = 0; k < d->sets.n_pairs; k++) {
        if (!(d->demand[k] > 0) || !(d->logsum[k] < INFINITY)) continue;
        for (int64_t r = d->sets.first[k]; r < d->sets.first[k + 1]; r++)
            if (d->share[r] > 0) add_load(&p->routes, r, d->demand[k] * d->share[r], d->load);
    }
    for (int32_t j = 0; j < p->n_activities; j++)
        if (d->next[j] > 0) add_load(&p->activities, j, d->next[j], d->load);
    set_gradient(d, price, true);
    d->value = value;
}

/* ---- second derivatives ---- */

/* Resources of a pair's routes that are free, in the order met; sums over its nests. */
typedef struct pair_sums {
    karvan_i_dual *d;
    int32_t n, stride; /* free resources seen; of a row of nests */
    int32_t n_nests;
} pair_sums;

/* The place of a free resource among those of this pair. */
static int32_t place(pair_sums *s, int32_t free, int32_t *slot) {
    if (slot[free] < 0) {
        karvan_i_dual *d = s->d;
        slot[free] = s->n, d->seen[s->n] = free;
        for (int32_t m = 0; m < s->n_nests; m++)
            d->nests[(size_t)m * (size_t)s->stride + (size_t)s->n] = 0;
        s->n++;
    }
    return slot[free];
}

static void add_square(double *out, int32_t n, const int32_t *at, int32_t m, const double *v,
                       double factor) {
    for (int32_t i = 0; i < m; i++) {
        if (v[i] == 0) continue;
        double *row = out + (size_t)at[i] * (size_t)n, by = factor * v[i];
        /* the lower triangle is asked for: the rest costs less than to ask which it is */
        for (int32_t j = 0; j < m; j++) row[at[j]] += by * v[j];
    }
}

/* Products of the amounts that one row uses. */
static void add_row(const karvan_i_uses *u, int64_t row, const int32_t *at, double factor,
                    int32_t n, double *out) {
    for (int64_t i = u->first[row]; i < u->first[row + 1]; i++) {
        int32_t a = at[u->resource[i]];
        if (a < 0) continue;
        for (int64_t j = u->first[row]; j < u->first[row + 1]; j++) {
            int32_t b = at[u->resource[j]];
            if (b >= 0 && b <= a)
                out[(size_t)a * (size_t)n + (size_t)b] += factor * u->amount[i] * u->amount[j];
        }
    }
}

/* What patterns use of what is free: few of what is watched. */
static void find_free(karvan_i_dual *d) {
    karvan_i_patterns *t = &d->patterns;
    int64_t n = 0;
    for (int32_t i = 0; i < t->n; i++) {
        t->free_first[i] = n, t->bend[i] = 0;
        for (int64_t u = t->first[i]; u < t->first[i + 1]; u++) {
            int32_t a = d->at[t->resource[u]];
            if (a >= 0) t->free[n] = a, t->free_amount[n++] = t->amount[u];
        }
    }
    t->free_first[t->n] = n;
}

/* What routes bend alone, of each pattern once; the lower triangle: what is free rises in a
 * pattern.
 */
static void add_patterns(const karvan_i_patterns *t, int32_t n, double *out) {
    for (int32_t p = 0; p < t->n; p++) {
        int64_t begin = t->free_first[p], end = t->bend[p] != 0 ? t->free_first[p + 1] : begin;
        for (int64_t i = begin; i < end; i++) {
            double *row = out + (size_t)t->free[i] * (size_t)n, by = t->bend[p] * t->free_amount[i];
            for (int64_t j = begin; j <= i; j++) row[t->free[j]] += by * t->free_amount[j];
        }
    }
}

/* Of a pair: theta sum s a a' - (theta - mu) sum over nests b b' / S - mu b b'; without nests theta
 * is mu. */
static void add_pair(karvan_i_dual *d, int32_t k, int32_t n, int32_t *slot, double *out) {
    karvan_i_patterns *t = &d->patterns;
    bool nested = d->model.kind == KARVAN_CHOICE_NESTED;
    double mu = d->model.scale, theta = nested ? d->model.nest_scale : mu;
    pair_sums s = {d, 0, d->p->n_resources, nested ? d->sets.n_nests : 1};
    double *weight = d->nests + (size_t)s.n_nests * (size_t)s.stride, *all = d->row;
    memset(weight, 0, (size_t)s.n_nests * sizeof *weight);
    for (int64_t r = d->sets.first[k]; r < d->sets.first[k + 1]; r++) {
        int32_t m = nested ? d->sets.nest[r] : 0;
        if (!(d->demand[k] * d->share[r] > d->small_flow)) continue; /* Newton does not miss it */
        weight[m] += d->share[r];
        int32_t row = t->of[r];
        t->bend[row] += d->demand[k] * theta * d->share[r];
        for (int64_t i = t->free_first[row]; i < t->free_first[row + 1]; i++) {
            int32_t c = place(&s, t->free[i], slot);
            d->nests[(size_t)m * (size_t)s.stride + (size_t)c] += d->share[r] * t->free_amount[i];
        }
    }
    for (int32_t c = 0; c < s.n; c++) all[c] = 0, slot[d->seen[c]] = -1;
    for (int32_t m = 0; m < s.n_nests; m++) {
        const double *b = d->nests + (size_t)m * (size_t)s.stride;
        for (int32_t c = 0; c < s.n; c++) all[c] += b[c];
        if (nested && weight[m] > 0 && theta > mu)
            add_square(out, n, d->seen, s.n, b, -d->demand[k] * (theta - mu) / weight[m]);
    }
    add_square(out, n, d->seen, s.n, all, -d->demand[k] * mu);
    int32_t g = d->p->elastic ? d->p->elastic->group[k] : -1;
    for (int32_t c = 0; g >= 0 && c < s.n; c++)
        d->pays[(size_t)g * (size_t)n + (size_t)d->seen[c]] += d->p->demand[k] * all[c];
}

/* What groups pay bends their demand: minus its slope times the square of how what they pay moves
 * with prices. */
static void add_groups(karvan_i_dual *d, int32_t n, double *out) {
    const karvan_i_elastic *e = d->p->elastic;
    for (int32_t g = 0; e && g < e->n; g++) {
        const double *pays = d->pays + (size_t)g * (size_t)n;
        int32_t m = 0;
        for (int32_t i = 0; i < n; i++)
            if (pays[i] != 0) d->seen[m] = i, d->row[m++] = pays[i];
        add_square(out, n, d->seen, m, d->row, d->paid[g] * d->bent[g]);
    }
}

void karvan_i_dual_hessian(karvan_i_dual *d, const double *price, int32_t n, const int32_t *free,
                           double *out) {
    const karvan_i_capacitated *p = d->p;
    int32_t *slot = d->seen + p->n_resources;
    memset(out, 0, (size_t)n * (size_t)n * sizeof *out);
    if (p->elastic) memset(d->pays, 0, (size_t)p->elastic->n * (size_t)n * sizeof *d->pays);
    for (int32_t a = 0; a < p->n_resources; a++) d->at[a] = slot[a] = -1;
    for (int32_t i = 0; i < n; i++) d->at[free[i]] = i;
    find_free(d);
    for (int32_t k = 0; k < d->sets.n_pairs; k++)
        if (d->demand[k] > d->small_demand && d->logsum[k] < INFINITY) add_pair(d, k, n, slot, out);
    add_patterns(&d->patterns, n, out);
    add_groups(d, n, out);
    for (int32_t j = 0; j < p->n_activities; j++)
        if (d->next[j] > 0) add_row(&p->activities, j, d->at, d->activity_step, n, out);
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < i; j++)
            out[(size_t)j * (size_t)n + (size_t)i] = out[(size_t)i * (size_t)n + (size_t)j];
    for (int32_t i = 0; i < n; i++) {
        const karvan_i_resource *r = &p->resources[free[i]];
        if (r->kind != KARVAN_I_QUEUE) continue;
        double load = karvan_i_delay_load(&r->delay, price[free[i]] / r->hour_usd);
        out[(size_t)i * (size_t)n + (size_t)i] +=
            1.0 / (r->hour_usd * karvan_i_delay_slope_h(&r->delay, load));
    }
}

/* ---- how far from the solution ---- */

/* A queue's price stays above that of a millionth of its capacity: at 0 its load is infinitely
 * steep, and below that nobody waits. */
double karvan_i_least_price(const karvan_i_resource *r) {
    if (r->kind == KARVAN_I_BALANCE) return -INFINITY;
    if (r->kind == KARVAN_I_LIMIT) return 0;
    return r->hour_usd * karvan_i_delay_h(&r->delay, 1e-6 * r->capacity);
}

/* Where choice is worth more than what a group trades, there is no demand and no value: nothing is
 * further from the solution. Lack of complementarity is the smaller of the unused part of the
 * capacity and of the price, the latter against what makes a choice: 1 / scale. */
void karvan_i_dual_residuals(const karvan_i_dual *d, const double *price, double *over,
                             double *slack) {
    const karvan_i_capacitated *p = d->p;
    double demand = 0;
    *over = *slack = isnan(d->value) ? INFINITY : 0;
    for (int32_t k = 0; k < d->sets.n_pairs; k++) demand += p->demand[k];
    for (int32_t a = 0; a < p->n_resources; a++) {
        const karvan_i_resource *r = &p->resources[a];
        double g =
            d->gradient[a] / (r->kind == KARVAN_I_BALANCE ? fmax(demand, 1e-300) : r->capacity);
        if (r->kind == KARVAN_I_LIMIT) {
            *over = fmax(*over, g);
            *slack = fmax(*slack, fmin(-g, price[a] * d->model.scale));
        } else if (g > 0 || price[a] > karvan_i_least_price(r)) {
            *over = fmax(*over, fabs(g));
        }
    }
}
