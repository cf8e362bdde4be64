/* Sums of outer products of scores: of rows, of clusters, of intersections of clusters. One pass
 * each in the order of the rows, on one thread: the passes wait for memory, and the sums have the
 * same bytes whatever the number of threads. Source: Cameron, Gelbach and Miller 2011, Journal of
 * Business and Economic Statistics 29(2). */
#include "trade/sandwich.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

static void add_outer(int k, const double *s, double sign, double *meat) {
    for (int a = 0; a < k; a++) {
        double u = sign * s[a];
        for (int b = 0; b <= a; b++) meat[a * k + b] += u * s[b];
    }
}
static void mirror(int k, double *meat) {
    for (int a = 0; a < k; a++)
        for (int b = 0; b < a; b++) meat[b * k + a] = meat[a * k + b];
}

void karvan_i_meat_rows(const karvan_gravity *g, double *meat) {
    int k = g->n_kept;
    memset(meat, 0, sizeof *meat * (size_t)k * (size_t)k);
    for (int64_t i = 0; i < g->d.n; i++) {
        double e = karvan_i_fit_residual(g, i);
        for (int a = 0; a < k; a++) {
            double u = e * e * g->xt[a][i];
            for (int b = 0; b <= a; b++) meat[a * k + b] += u * g->xt[b][i];
        }
    }
    mirror(k, meat);
}

/* Add sign times the outer products of the sums of scores by group. */
static karvan_status add_groups(const karvan_gravity *g, const int32_t *group, int32_t n_groups,
                                double sign, double *meat, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t k = (size_t)g->n_kept;
    double *sum = karvan_i_calloc((size_t)n_groups, k * sizeof *sum);
    KARVAN_REQUIRE(sum, err, KARVAN_E_NOMEM, "scores of %d clusters", (int)n_groups);
    for (int64_t i = 0; i < g->d.n; i++) {
        double e = karvan_i_fit_residual(g, i), *s = sum + k * (size_t)group[i];
        for (size_t c = 0; c < k; c++) s[c] += e * g->xt[c][i];
    }
    for (int32_t j = 0; j < n_groups; j++) add_outer(g->n_kept, sum + k * (size_t)j, sign, meat);
done:
    karvan_i_free(sum);
    return st;
}

/* Stable: rows in `from` (NULL: 0, 1, ...) by level into `to`. start: [levels + 1]. */
static void counting_sort(int64_t n, const int32_t *level, int32_t levels, const int32_t *from,
                          int32_t *start, int32_t *to) {
    memset(start, 0, sizeof *start * ((size_t)levels + 1));
    for (int64_t i = 0; i < n; i++) start[level[i] + 1]++;
    for (int32_t l = 0; l < levels; l++) start[l + 1] += start[l];
    for (int64_t i = 0; i < n; i++) {
        int32_t row = from ? from[i] : (int32_t)i;
        to[start[level[row]]++] = row;
    }
}

/* Groups of rows that share both a's and b's level, numbered in the order of a, then b. */
static karvan_status intersect(int64_t n, const int32_t *a, int32_t levels_a, const int32_t *b,
                               int32_t levels_b, int32_t *group, int32_t *n_groups,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t most = levels_a > levels_b ? levels_a : levels_b, last = -1;
    int32_t *start = karvan_i_malloc((size_t)most + 1, sizeof *start);
    int32_t *by_b = karvan_i_malloc((size_t)n, sizeof *by_b);
    int32_t *by_a = karvan_i_malloc((size_t)n, sizeof *by_a);
    KARVAN_REQUIRE(start && by_b && by_a, err, KARVAN_E_NOMEM, "order of %lld rows", (long long)n);
    counting_sort(n, b, levels_b, NULL, start, by_b);
    counting_sort(n, a, levels_a, by_b, start, by_a);
    for (int64_t i = 0; i < n; i++) {
        int32_t row = by_a[i], before = i ? by_a[i - 1] : row;
        last += i == 0 || a[row] != a[before] || b[row] != b[before];
        group[row] = last;
    }
    *n_groups = last + 1;
done:
    karvan_i_free(start);
    karvan_i_free(by_b);
    karvan_i_free(by_a);
    return st;
}

typedef struct walk {
    const karvan_gravity *g;
    int m;
    const karvan_i_way *way;
    double *meat;
} walk;

/* All sets of ways that are `group` and some of way[next], way[next + 1], ...: each set once. */
static karvan_status add_sets(const walk *w, const int32_t *group, int32_t n_groups, int next,
                              double sign, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t *finer = NULL, n_finer = 0;
    KARVAN_TRY(add_groups(w->g, group, n_groups, sign, w->meat, err));
    if (next == w->m) goto done;
    finer = karvan_i_malloc((size_t)w->g->d.n, sizeof *finer);
    KARVAN_REQUIRE(finer, err, KARVAN_E_NOMEM, "clusters of %lld rows", (long long)w->g->d.n);
    for (int j = next; j < w->m; j++) {
        const karvan_i_effect *e = w->way[j].effect;
        KARVAN_TRY(
            intersect(w->g->d.n, group, n_groups, e->level, e->n_levels, finer, &n_finer, err));
        KARVAN_TRY(add_sets(w, finer, n_finer, j + 1, -sign, err));
    }
done:
    karvan_i_free(finer);
    return st;
}

static karvan_status count_used(int64_t n, karvan_i_way *way, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool *seen = karvan_i_calloc((size_t)way->effect->n_levels, sizeof *seen);
    KARVAN_REQUIRE(seen, err, KARVAN_E_NOMEM, "%d clusters", (int)way->effect->n_levels);
    for (int64_t i = 0; i < n; i++) seen[way->effect->level[i]] = true;
    way->used = 0;
    for (int32_t l = 0; l < way->effect->n_levels; l++) way->used += seen[l];
done:
    karvan_i_free(seen);
    return st;
}

karvan_status karvan_i_meat_clusters(const karvan_gravity *g, int m, karvan_i_way *way,
                                     double *meat, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int k = g->n_kept;
    walk w = {g, m, way, meat};
    memset(meat, 0, sizeof *meat * (size_t)k * (size_t)k);
    for (int j = 0; j < m; j++) {
        const karvan_i_effect *e = way[j].effect;
        KARVAN_TRY(count_used(g->d.n, &way[j], err));
        KARVAN_TRY(add_sets(&w, e->level, e->n_levels, j + 1, 1, err));
    }
    mirror(k, meat);
done:
    return st;
}

void karvan_i_sandwich(int k, const double *bread, const double *meat, double *scratch, double *v) {
    for (int a = 0; a < k; a++)
        for (int b = 0; b < k; b++) {
            double s = 0;
            for (int c = 0; c < k; c++) s += bread[a * k + c] * meat[c * k + b];
            scratch[a * k + b] = s;
        }
    for (int a = 0; a < k; a++)
        for (int b = 0; b <= a; b++) {
            double s = 0;
            for (int c = 0; c < k; c++) s += scratch[a * k + c] * bread[c * k + b];
            v[a * k + b] = v[b * k + a] = s;
        }
}
