/* How loads answer to prices: minus the second derivative of what all pairs pay. */
#include <string.h>

#include "study/rapid.h"

/* Limits this near to being full are in the matrix, as are those with a price. */
static const double NEAR = 0.05;
/* Routes with less of their pair do not bend anything. */
static const double LEAST_SHARE = 1e-7;

/* What a route pays for a dollar on the price of a resource, by what it uses: a class waits at its
 * own hours, and for as long with many tonnes as with few. */
static double felt(const karvan_i_rapid *w, int32_t resource, double hour, double tonnes) {
    const karvan_i_frame *f = w->f;
    if (!w->queue[resource]) return 1;
    bool by_weight = f->k->m->scarce[f->scarce[w->set[resource]]].by_weight;
    return hour / (f->hour_usd[w->set[resource]] * (by_weight ? tonnes : 1));
}

/* What of each pattern is in the matrix: most patterns have little, many nothing. */
static void find_active(karvan_i_rapid *w) {
    const karvan_i_patterns *t = &w->patterns;
    int64_t n = 0;
    for (int32_t a = 0; a < w->n; a++) {
        w->at[a] = -1;
        w->active[a] = w->queue[a] || w->price[a] > 0 || w->gap[a] > -NEAR * w->capacity[a];
    }
    for (int32_t i = 0; i < t->n; i++) {
        w->active_first[i] = n;
        for (int64_t u = t->first[i]; u < t->first[i + 1]; u++)
            if (w->active[t->resource[u]])
                w->active_use[n] = t->resource[u], w->active_amount[n++] = t->amount[u];
        w->bend[i] = w->hour_bend[i] = 0;
    }
    w->active_first[t->n] = n;
}

/* Of all routes of a pattern together: how they bend times the square of its uses. */
static void add_patterns(karvan_i_rapid *w) {
    size_t n = (size_t)w->n;
    for (int32_t i = 0; i < w->patterns.n; i++) {
        if (!(w->bend[i] > 0)) continue;
        double hour = w->hour_bend[i] / w->bend[i];
        for (int64_t u = w->active_first[i]; u < w->active_first[i + 1]; u++) {
            double *row = w->matrix + (size_t)w->active_use[u] * n;
            for (int64_t v = w->active_first[i]; v < w->active_first[i + 1]; v++)
                row[w->active_use[v]] += w->bend[i] * w->active_amount[u] * w->active_amount[v] *
                                         felt(w, w->active_use[v], hour, w->active_amount[v]);
        }
    }
}

/* v v' times a factor, to rows and columns `seen`; w->felt: what columns are felt. */
static void add_square(karvan_i_rapid *w, int32_t m, const double *v, double factor) {
    size_t n = (size_t)w->n;
    for (int32_t i = 0; i < m; i++) {
        double by = factor * v[i], *row = w->matrix + (size_t)w->seen[i] * n;
        if (by == 0) continue;
        for (int32_t j = 0; j < m; j++) row[w->seen[j]] += by * v[j] * w->felt[j];
    }
}

/* The uses of one route of the nest whose packed uses are at b. */
static void take_route(karvan_i_rapid *w, int32_t nests, double *b, int32_t pattern, double share,
                       int32_t *m) {
    for (int64_t u = w->active_first[pattern]; u < w->active_first[pattern + 1]; u++) {
        int32_t a = w->active_use[u];
        if (w->at[a] < 0) {
            w->at[a] = *m, w->seen[(*m)++] = a;
            for (int32_t j = 0; j < nests; j++)
                w->nest[(size_t)j * (size_t)w->n + (size_t)w->at[a]] = 0;
        }
        b[w->at[a]] += share * w->active_amount[u];
    }
}

/* Uses of a pair by nest, packed: *m of them in w->seen; returns how many nests it has. weight:
 * their shares. What routes bend alone goes to their patterns. */
static int32_t gather(karvan_i_rapid *w, const karvan_i_outcome *s, int32_t pair, double *weight,
                      int32_t *m) {
    const karvan_i_frame *f = w->f;
    int32_t first = f->segment_first[pair], nests = f->segment_first[pair + 1] - first;
    double hour = w->asked.hour[f->k->m->lane[pair]];
    *m = 0;
    for (int32_t k = 0; k < nests; k++) {
        int64_t begin = f->segment[first + k], end = f->segment[first + k + 1];
        double *b = w->nest + (size_t)k * (size_t)w->n, sum = 0,
               by = s->loads.demand[pair] * (end - begin == 1 ? w->asked.outer : w->asked.inner);
        for (int64_t r = begin; r < end; r++) {
            double share = s->loads.share[r];
            int32_t p = w->patterns.of[f->patterns.of[r]];
            if (!(share > LEAST_SHARE)) continue;
            sum += share;
            if (w->active_first[p] == w->active_first[p + 1]) continue;
            w->bend[p] += by * share, w->hour_bend[p] += hour * by * share;
            take_route(w, nests, b, p, share, m);
        }
        weight[k] = sum;
    }
    for (int32_t i = 0; i < *m; i++) w->at[w->seen[i]] = -1;
    return nests;
}

/* Of a pair: what routes of one nest, and of one pair, have in common. */
static void add_pair(karvan_i_rapid *w, const karvan_i_outcome *s, int32_t pair) {
    const karvan_i_frame *f = w->f;
    size_t n = (size_t)w->n;
    double weight[KARVAN_I_NESTS_MAX], demand = s->loads.demand[pair];
    int32_t m, nests = gather(w, s, pair, weight, &m), group = f->k->x->group[pair];
    int32_t lane = f->k->m->lane[pair], first = f->segment_first[pair];
    const karvan_i_asked *q = &w->asked;
    if (m == 0) return;
    memset(w->row, 0, (size_t)m * sizeof *w->row);
    for (int32_t i = 0; i < m; i++)
        w->felt[i] = felt(w, w->seen[i], q->hour[lane], f->k->q->tonnes[lane]);
    for (int32_t k = 0; k < nests; k++) {
        const double *b = w->nest + (size_t)k * n;
        if (!(weight[k] > 0)) continue;
        bool alone = f->segment[first + k + 1] - f->segment[first + k] == 1;
        for (int32_t i = 0; i < m; i++) w->row[i] += b[i];
        if (q->inner > q->outer && !alone)
            add_square(w, m, b, -demand * (q->inner - q->outer) / weight[k]);
    }
    add_square(w, m, w->row, -demand * q->outer);
    for (int32_t i = 0; group >= 0 && i < m; i++)
        w->pays[(size_t)group * n + (size_t)w->seen[i]] += demand * w->row[i];
}

/* Demand of a group falls with what it pays. */
static void add_groups(karvan_i_rapid *w, const karvan_i_outcome *s) {
    size_t n = (size_t)w->n;
    for (int32_t g = 0; g < w->f->k->x->n_groups; g++) {
        const double *pays = w->pays + (size_t)g * n;
        int32_t m = 0;
        for (int32_t a = 0; a < w->n; a++)
            if (pays[a] != 0) w->seen[m] = a, w->felt[m] = 1, w->row[m++] = pays[a];
        /* pays is of demand as it is now: once over it gives what is paid for demand as given */
        double factor = s->factor[g] > 0 ? w->slope[g] / w->answer[g] : 0;
        add_square(w, m, w->row, factor);
    }
}

void karvan_i_rapid_matrix(karvan_i_rapid *w, const karvan_i_outcome *s, bool elastic) {
    size_t n = (size_t)w->n;
    memset(w->matrix, 0, n * n * sizeof *w->matrix);
    memset(w->pays, 0, (size_t)w->f->k->x->n_groups * n * sizeof *w->pays);
    find_active(w);
    for (int32_t k = 0; k < w->f->k->m->n_pairs; k++)
        if (s->loads.demand[k] > 0) add_pair(w, s, k);
    add_patterns(w);
    if (elastic) add_groups(w, s);
    w->known = true, w->matrices++;
}
