/* Choices and loads of one draw at some prices. Routes stand by the length of their nests, nests by
 * the number that their pair has (karvan_i_rows), so that each pass is a long loop that the
 * compiler makes vectors of. */
#include <math.h>
#include <string.h>

#include "base/clones.h"
#include "base/elementary.h"
#include "study/rapid.h"

/* ---- prices of parts ---- */

/* What a unit on each resource pays: by its price, by its wait; and once, whatever it weighs. */
static void price_uses(karvan_i_rapid *w, const double *price) {
    const karvan_i_frame *f = w->f;
    for (int32_t a = 0; a < w->n; a++) {
        w->felt[a] = (karvan_i_felt){w->queue[a] ? 0 : price[a], 0, 0};
        w->wait[a] = w->queue[a] ? price[a] / f->hour_usd[w->set[a]] : 0;
        if (!w->queue[a]) continue;
        if (f->k->m->scarce[karvan_i_frame_first(f, w->set[a])].by_weight)
            w->felt[a].once = w->wait[a]; /* whose tonnes, the part does not say */
        else
            w->felt[a].hours = w->wait[a];
    }
}

void karvan_i_rapid_price(karvan_i_rapid *w, const double *price) {
    const karvan_i_split *t = &w->split;
    price_uses(w, price);
    for (int32_t i = 0; i < t->n; i++) {
        double usd = 0, hours = 0;
        for (int64_t u = t->first[i]; u < t->first[i + 1]; u++) {
            const karvan_i_felt *x = &w->felt[t->resource[u]];
            usd += t->amount[u] * x->usd, hours += t->amount[u] * x->hours + x->once;
        }
        w->paid[i] = (karvan_i_paid){usd, hours};
    }
}

/* ---- choice ---- */

/* What routes pay, less what overlap adds. */
KARVAN_I_CLONES static void pay(const karvan_i_rapid *w, double *restrict x) {
    const double *restrict adjusted = w->adjusted, *restrict hour = w->hour;
    const int32_t *restrict part = w->split.route;
    const karvan_i_paid *restrict paid = w->paid;
    int64_t n = w->f->k->m->n_routes;
    for (int64_t p = 0; p < n; p++)
        x[p] = adjusted[p] + paid[part[p]].usd + hour[p] * paid[part[p]].hours;
}

/* Rows of `length` entries x: each becomes e^(scale (least - x)), least the least of its row; sum:
 * of them, log: its logarithm. */
KARVAN_I_CLONES static void soften(int64_t rows, int32_t length, double scale, double *restrict x,
                                   double *restrict least, double *restrict sum,
                                   double *restrict log) {
    for (int64_t i = 0; i < rows; i++) least[i] = INFINITY, sum[i] = 0;
    for (int32_t j = 0; j < length; j++) {
        const double *restrict y = x + j * rows;
        for (int64_t i = 0; i < rows; i++) least[i] = y[i] < least[i] ? y[i] : least[i];
    }
    for (int32_t j = 0; j < length; j++) {
        double *restrict y = x + j * rows;
        for (int64_t i = 0; i < rows; i++) y[i] = scale * (least[i] - y[i]);
        karvan_i_exp_all((size_t)rows, y);
        for (int64_t i = 0; i < rows; i++) sum[i] += y[i];
    }
    memcpy(log, sum, (size_t)rows * sizeof *log);
    karvan_i_log_all((size_t)rows, log);
}

/* A row of one: the least is it, if it is open. */
KARVAN_I_CLONES static void take_single(int64_t rows, double *restrict x, double *restrict least,
                                        double *restrict sum, double *restrict log) {
    for (int64_t i = 0; i < rows; i++) {
        least[i] = x[i], log[i] = 0;
        x[i] = sum[i] = x[i] < INFINITY ? 1 : 0;
    }
}

/* Costs of nests: w->nest_cost; their routes' parts of nest_sum: w->share. */
KARVAN_I_CLONES static void choose_in_nests(karvan_i_rapid *w) {
    const karvan_i_rows *n = &w->f->nests;
    for (int32_t c = 0; c < n->n_lengths; c++) {
        double *x = w->share + n->entry[c], *cost = w->nest_cost + n->row[c],
               *sum = w->nest_sum + n->row[c], *log = w->nest_log + n->row[c];
        if (n->length[c] == 1)
            take_single(n->count[c], x, cost, sum, log);
        else
            soften(n->count[c], n->length[c], w->asked.inner, x, cost, sum, log);
    }
    double *restrict cost = w->nest_cost, per_inner = w->asked.per_inner;
    const double *restrict sum = w->nest_sum, *restrict log = w->nest_log;
    for (int64_t q = 0; q < w->f->n_segments; q++) cost[q] -= sum[q] > 0 ? log[q] * per_inner : 0;
}

/* Costs of pairs, and shares of nests over nest_sum: w->nest_cost. */
KARVAN_I_CLONES static void choose_nests(karvan_i_rapid *w, double *logsum) {
    const karvan_i_rows *n = &w->f->pairs;
    double *restrict x = w->nest_e;
    for (int64_t p = 0; p < w->f->n_segments; p++) x[p] = w->nest_cost[n->entry_is[p]];
    for (int32_t c = 0; c < n->n_lengths; c++) {
        int64_t rows = n->count[c];
        double *y = x + n->entry[c], *least = w->pair_least, *sum = w->pair_sum, *log = w->pair_log;
        soften(rows, n->length[c], w->asked.outer, y, least, sum, log);
        for (int64_t i = 0; i < rows; i++)
            logsum[n->row_is[n->row[c] + i]] =
                sum[i] > 0 ? least[i] - log[i] * w->asked.per_outer : INFINITY;
        for (int64_t i = 0; i < rows; i++) sum[i] = sum[i] > 0 ? 1 / sum[i] : 0;
        for (int32_t j = 0; j < n->length[c]; j++)
            for (int64_t i = 0; i < rows; i++) y[j * rows + i] *= sum[i];
    }
    const int32_t *restrict place = w->f->nest_place;
    for (int64_t q = 0; q < w->f->n_segments; q++)
        w->nest_cost[q] = w->nest_sum[q] > 0 ? x[place[q]] / w->nest_sum[q] : 0;
}

/* Shares of routes in their nests become those in their pairs. */
KARVAN_I_CLONES static void spread(karvan_i_rapid *w) {
    const karvan_i_rows *n = &w->f->nests;
    for (int32_t c = 0; c < n->n_lengths; c++) {
        const double *restrict part = w->nest_cost + n->row[c];
        for (int32_t j = 0; j < n->length[c]; j++) {
            double *restrict x = w->share + n->entry[c] + (int64_t)j * n->count[c];
            for (int64_t i = 0; i < n->count[c]; i++) x[i] *= part[i];
        }
    }
}

void karvan_i_rapid_choose(karvan_i_rapid *w, double *logsum) {
    pay(w, w->share);
    choose_in_nests(w);
    choose_nests(w, logsum);
    spread(w);
}

KARVAN_I_CLONES static void take_shares(const karvan_i_rapid *w, double *restrict share) {
    const int32_t *restrict place = w->f->place;
    const double *restrict at = w->share;
    int64_t n = w->f->k->m->n_routes;
    for (int64_t r = 0; r < n; r++) share[r] = at[place[r]];
}

void karvan_i_rapid_shares(const karvan_i_rapid *w, double *share) { take_shares(w, share); }

/* ---- loads ---- */

/* Flows of parts. Neighbours are often of one part: four sums of each, taken in turn, do not wait
 * for one another. */
static void add_flows(const karvan_i_rapid *w, const double *of_nest, double *restrict flow) {
    const karvan_i_rows *n = &w->f->nests;
    for (int32_t c = 0; c < n->n_lengths; c++)
        for (int32_t j = 0; j < n->length[c]; j++) {
            int64_t at = n->entry[c] + (int64_t)j * n->count[c], i = 0;
            const double *restrict share = w->share + at, *restrict q = of_nest + n->row[c];
            const int32_t *restrict part = w->split.route + at;
            for (; i + KARVAN_I_TURNS <= n->count[c]; i += KARVAN_I_TURNS)
                for (int k = 0; k < KARVAN_I_TURNS; k++)
                    flow[(int64_t)KARVAN_I_TURNS * part[i + k] + k] += q[i + k] * share[i + k];
            for (; i < n->count[c]; i++) flow[(int64_t)KARVAN_I_TURNS * part[i]] += q[i] * share[i];
        }
}

void karvan_i_rapid_load(karvan_i_rapid *w, const double *demand) {
    const karvan_i_split *t = &w->split;
    double *restrict flow = w->flow, *restrict of_nest = w->nest_log;
    memset(flow, 0, KARVAN_I_TURNS * (size_t)t->n * sizeof *flow);
    for (int64_t q = 0; q < w->f->n_segments; q++) of_nest[q] = demand[w->f->nest_pair[q]];
    add_flows(w, of_nest, flow);
    memset(w->load, 0, (size_t)w->n * sizeof *w->load);
    for (int32_t i = 0; i < t->n; i++) {
        const double *x = flow + (size_t)KARVAN_I_TURNS * (size_t)i;
        double all = (x[0] + x[1]) + (x[2] + x[3]);
        for (int64_t u = t->first[i]; all > 0 && u < t->first[i + 1]; u++)
            w->load[t->resource[u]] += t->amount[u] * all;
    }
}
