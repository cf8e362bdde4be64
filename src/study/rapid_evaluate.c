/* Choices, loads and the matrix of one draw at some prices. */
#include <math.h>
#include <string.h>

#include "study/rapid.h"

/* ---- prices of patterns ---- */

void karvan_i_rapid_price(karvan_i_rapid *w, const double *price) {
    const karvan_i_patterns *t = &w->f->patterns;
    const karvan_i_menu *m = w->f->k->m;
    for (int32_t a = 0; a < w->f->n; a++)
        w->wait[a] = w->f->queue[a] ? price[a] / w->f->hour_usd[a] : 0;
    for (int32_t i = 0; i < t->n; i++) {
        double usd = 0, hours = 0;
        for (int64_t u = t->first[i]; u < t->first[i + 1]; u++) {
            int32_t a = t->resource[u];
            if (w->f->queue[a]) /* by weight: whose tonnes, the pattern does not say; once */
                hours += w->wait[a] * (m->scarce[w->f->scarce[a]].by_weight ? 1 : t->amount[u]);
            else
                usd += t->amount[u] * price[a];
        }
        w->pattern_usd[i] = usd, w->pattern_h[i] = hours;
    }
}

/* ---- choice ---- */

/* One nest: routes begin..end; its cost. Shares within it go to `share`. */
static double choose_nest(const karvan_i_rapid *w, double hour, int64_t begin, int64_t end,
                          karvan_i_outcome *s) {
    const karvan_i_asked *q = &w->asked;
    const int32_t *pattern = w->f->patterns.of;
    const double *log_size = w->f->k->m->log_size;
    double *share = s->loads.share, *paid = s->loads.paid, least = INFINITY, sum = 0;
    for (int64_t r = begin; r < end; r++) {
        int32_t t = pattern[r];
        paid[r] = s->costs.cost[r] + w->pattern_usd[t] + hour * w->pattern_h[t];
        share[r] = paid[r] - log_size[r] * q->per_inner;
        if (share[r] < least) least = share[r];
    }
    if (!(least < INFINITY)) {
        for (int64_t r = begin; r < end; r++) share[r] = 0;
        return INFINITY;
    }
    if (end - begin == 1) return share[begin] = 1, least;
    for (int64_t r = begin; r < end; r++) {
        double e = q->inner * (least - share[r]);
        share[r] = e == 0 ? 1 : e > -60 ? exp(e) : 0;
        sum += share[r];
    }
    double part = 1 / sum;
    for (int64_t r = begin; r < end; r++) share[r] *= part;
    return least - log(sum) * q->per_inner;
}

/* Cost of a pair, and its shares. */
static double choose_pair(const karvan_i_rapid *w, int32_t pair, karvan_i_outcome *s) {
    const karvan_i_asked *q = &w->asked;
    const karvan_i_frame *f = w->f;
    double hour = q->hour[f->k->m->lane[pair]], cost[KARVAN_I_NESTS_MAX], least = INFINITY, sum = 0;
    int32_t first = f->segment_first[pair], n = f->segment_first[pair + 1] - first;
    for (int32_t m = 0; m < n; m++) {
        cost[m] = choose_nest(w, hour, f->segment[first + m], f->segment[first + m + 1], s);
        if (cost[m] < least) least = cost[m];
    }
    if (!(least < INFINITY)) return INFINITY; /* its shares are 0 already */
    for (int32_t m = 0; m < n; m++) {
        double e = q->outer * (least - cost[m]);
        cost[m] = e == 0 ? 1 : e > -60 ? exp(e) : 0;
        sum += cost[m];
    }
    for (int32_t m = 0; m < n; m++) {
        double part = cost[m] / sum;
        for (int64_t r = f->segment[first + m]; r < f->segment[first + m + 1]; r++)
            s->loads.share[r] *= part;
    }
    return least - log(sum) * q->per_outer;
}

void karvan_i_rapid_choose(const karvan_i_rapid *w, karvan_i_outcome *s) {
    for (int32_t k = 0; k < w->f->k->m->n_pairs; k++) s->loads.logsum[k] = choose_pair(w, k, s);
}

/* ---- loads ---- */

void karvan_i_rapid_load(karvan_i_rapid *w, const karvan_i_outcome *s) {
    const karvan_i_menu *m = w->f->k->m;
    const karvan_i_patterns *t = &w->f->patterns;
    double *flow = w->flow, *hour_flow = w->hour_flow;
    memset(flow, 0, (size_t)t->n * sizeof *flow);
    memset(hour_flow, 0, (size_t)t->n * sizeof *hour_flow);
    for (int32_t k = 0; k < m->n_pairs; k++) {
        double demand = s->loads.demand[k], hour = w->asked.hour[m->lane[k]];
        for (int64_t r = m->first[k]; r < m->first[k + 1]; r++) {
            double q = demand * s->loads.share[r];
            flow[t->of[r]] += q, hour_flow[t->of[r]] += q * hour;
        }
    }
    memset(w->load, 0, (size_t)w->f->n * sizeof *w->load);
    for (int32_t i = 0; i < t->n; i++)
        for (int64_t u = t->first[i]; flow[i] > 0 && u < t->first[i + 1]; u++)
            w->load[t->resource[u]] += t->amount[u] * flow[i];
}
