/* How loads answer to prices: minus the second derivative of what all pairs pay. */
#include <string.h>

#include "study/rapid.h"

/* Limits this near to being full are in the matrix, as are those with a price. */
static const double NEAR = 0.05;

/* What a route pays for a dollar on the price of a resource, by what it uses: a class waits at its
 * own hours, and for as long with many tonnes as with few. */
static double felt(const karvan_i_rapid *w, int32_t resource, double hour, double tonnes) {
    bool by_weight = w->f->k->m->scarce[w->f->scarce[resource]].by_weight;
    return w->f->queue[resource] ? hour / (w->f->hour_usd[resource] * (by_weight ? tonnes : 1)) : 1;
}

/* Of all routes of a pattern together: theta times flow times the square of its uses. */
static void add_patterns(karvan_i_rapid *w) {
    const karvan_i_patterns *t = &w->f->patterns;
    size_t n = (size_t)w->f->n;
    for (int32_t i = 0; i < t->n; i++) {
        if (!(w->flow[i] > 0)) continue;
        double hour = w->hour_flow[i] / w->flow[i], by = w->asked.inner * w->flow[i];
        for (int64_t u = t->first[i]; u < t->first[i + 1]; u++) {
            int32_t a = t->resource[u];
            if (!w->active[a]) continue;
            double *row = w->matrix + (size_t)a * n;
            for (int64_t v = t->first[i]; v < t->first[i + 1]; v++)
                row[t->resource[v]] +=
                    by * t->amount[u] * t->amount[v] * felt(w, t->resource[v], hour, t->amount[v]);
        }
    }
}

/* v v' times a factor, to rows and columns `at`; w->felt: what columns are felt. */
static void add_square(karvan_i_rapid *w, int32_t m, const double *v, double factor) {
    size_t n = (size_t)w->f->n;
    for (int32_t i = 0; i < m; i++) {
        double by = factor * v[i], *row = w->matrix + (size_t)w->seen[i] * n;
        if (by == 0) continue;
        for (int32_t j = 0; j < m; j++) row[w->seen[j]] += by * v[j] * w->felt[j];
    }
}

/* Uses of a pair by nest, packed: *m of them in w->seen; returns how many nests have a share. */
static int32_t gather(karvan_i_rapid *w, const karvan_i_outcome *s, int32_t pair, double *weight,
                      int32_t *m) {
    const karvan_i_frame *f = w->f;
    const karvan_i_patterns *t = &f->patterns;
    int32_t first = f->segment_first[pair], nests = f->segment_first[pair + 1] - first;
    size_t stride = (size_t)f->n;
    *m = 0;
    for (int32_t k = 0; k < nests; k++) {
        double *b = w->nest + (size_t)k * stride;
        weight[k] = 0;
        for (int64_t r = f->segment[first + k]; r < f->segment[first + k + 1]; r++) {
            double share = s->loads.share[r];
            if (!(share > 1e-7)) continue;
            weight[k] += share;
            for (int64_t u = t->first[t->of[r]]; u < t->first[t->of[r] + 1]; u++) {
                int32_t a = t->resource[u];
                if (!w->active[a]) continue;
                if (w->at[a] < 0) {
                    w->at[a] = *m, w->seen[(*m)++] = a;
                    for (int32_t j = 0; j < nests; j++)
                        w->nest[(size_t)j * stride + (size_t)w->at[a]] = 0;
                }
                b[w->at[a]] += share * t->amount[u];
            }
        }
    }
    for (int32_t i = 0; i < *m; i++) w->at[w->seen[i]] = -1;
    return nests;
}

/* Of a pair: what routes of one nest, and of one pair, have in common. */
static void add_pair(karvan_i_rapid *w, const karvan_i_outcome *s, int32_t pair) {
    size_t n = (size_t)w->f->n;
    double weight[KARVAN_I_NESTS_MAX], demand = s->loads.demand[pair];
    int32_t m, nests = gather(w, s, pair, weight, &m), group = w->f->k->x->group[pair];
    const karvan_i_asked *q = &w->asked;
    if (m == 0) return;
    memset(w->row, 0, (size_t)m * sizeof *w->row);
    int32_t lane = w->f->k->m->lane[pair];
    for (int32_t i = 0; i < m; i++)
        w->felt[i] = felt(w, w->seen[i], q->hour[lane], w->f->k->q->tonnes[lane]);
    for (int32_t k = 0; k < nests; k++) {
        const double *b = w->nest + (size_t)k * n;
        if (!(weight[k] > 0)) continue;
        for (int32_t i = 0; i < m; i++) w->row[i] += b[i];
        if (q->inner > q->outer) add_square(w, m, b, -demand * (q->inner - q->outer) / weight[k]);
    }
    add_square(w, m, w->row, -demand * q->outer);
    for (int32_t i = 0; group >= 0 && i < m; i++)
        w->pays[(size_t)group * n + (size_t)w->seen[i]] += demand * w->row[i];
}

/* Demand of a group falls with what it pays. */
static void add_groups(karvan_i_rapid *w, const karvan_i_outcome *s) {
    size_t n = (size_t)w->f->n;
    for (int32_t g = 0; g < w->f->k->x->n_groups; g++) {
        const double *pays = w->pays + (size_t)g * n;
        int32_t m = 0;
        for (int32_t a = 0; a < w->f->n; a++)
            if (pays[a] != 0) w->seen[m] = a, w->felt[m] = 1, w->row[m++] = pays[a];
        /* pays is of demand as it is now: once over it gives what is paid for demand as given */
        double factor = s->factor[g] > 0 ? w->slope[g] / w->answer[g] : 0;
        add_square(w, m, w->row, factor);
    }
}

void karvan_i_rapid_matrix(karvan_i_rapid *w, const karvan_i_outcome *s, bool elastic) {
    size_t n = (size_t)w->f->n;
    memset(w->matrix, 0, n * n * sizeof *w->matrix);
    memset(w->pays, 0, (size_t)w->f->k->x->n_groups * n * sizeof *w->pays);
    for (size_t a = 0; a < n; a++) {
        w->at[a] = -1;
        w->active[a] = w->f->queue[a] || w->price[a] > 0 || w->gap[a] > -NEAR * w->capacity[a];
    }
    add_patterns(w);
    for (int32_t k = 0; k < w->f->k->m->n_pairs; k++)
        if (s->loads.demand[k] > 0) add_pair(w, s, k);
    if (elastic) add_groups(w, s);
    w->known = true, w->matrices++;
}
