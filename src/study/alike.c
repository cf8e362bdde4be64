/* Resources that the same routes use, each so many times as much of one as of another: links behind
 * one another, a port and its cranes. At most one of them is full, the one with the least room in
 * units of the first, so that they are solved for as one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "study/study.h"

typedef struct users { /* of each resource: routes, rising, and how much they use */
    int64_t *first;
    int64_t *route;
    double *amount;
} users;

static void users_clear(users *u) {
    karvan_i_free(u->first), karvan_i_free(u->route), karvan_i_free(u->amount);
}

static bool users_find(const karvan_i_menu *m, int32_t n, const int32_t *number, users *out) {
    int64_t all = 0;
    *out = (users){.first = karvan_i_calloc((size_t)n + 2, sizeof *out->first)};
    if (!out->first) return false;
    for (int64_t u = 0; u < m->n_uses; u++)
        if (number[m->use[u]] >= 0) out->first[number[m->use[u]] + 2]++, all++;
    for (int32_t a = 0; a < n; a++) out->first[a + 2] += out->first[a + 1];
    out->route = karvan_i_calloc((size_t)all + 1, sizeof *out->route);
    out->amount = karvan_i_calloc((size_t)all + 1, sizeof *out->amount);
    if (!out->route || !out->amount) return false;
    for (int64_t r = 0; r < m->n_routes; r++)
        for (int64_t u = m->use_first[r]; u < m->use_first[r + 1]; u++) {
            int32_t a = number[m->use[u]];
            if (a < 0) continue;
            int64_t at = out->first[a + 1]++;
            out->route[at] = r, out->amount[at] = m->amount[u];
        }
    return true;
}

/* What resource b is used for one unit of a, where the same routes use both by one rate; 0. */
static double rate(const users *u, int32_t a, int32_t b) {
    const double CLOSE = 1e-12;
    int64_t n = u->first[a + 1] - u->first[a], i = u->first[a], j = u->first[b];
    if (n == 0 || u->first[b + 1] - j != n) return 0;
    double by = u->amount[j] / u->amount[i];
    for (int64_t k = 0; k < n; k++)
        if (u->route[i + k] != u->route[j + k] ||
            !(fabs(u->amount[j + k] - by * u->amount[i + k]) <= CLOSE * u->amount[j + k]))
            return 0;
    return by;
}

typedef struct digest {
    uint64_t of;
    int32_t resource;
} digest;

static int by_digest(const void *a, const void *b) {
    const digest *x = a, *y = b;
    if (x->of != y->of) return x->of < y->of ? -1 : 1;
    return (x->resource > y->resource) - (x->resource < y->resource);
}

static void find(const users *u, int32_t n, const bool *apart, digest *d, int32_t *group,
                 double *ratio) {
    for (int32_t a = 0; a < n; a++) {
        uint64_t h = 0;
        for (int64_t i = u->first[a]; i < u->first[a + 1]; i++)
            h = karvan_i_mix(h, (uint64_t)u->route[i]);
        d[a] = (digest){h, a}, group[a] = a, ratio[a] = 1;
    }
    qsort(d, (size_t)n, sizeof *d, by_digest);
    for (int32_t i = 0; i < n; i++) {
        int32_t b = d[i].resource;
        for (int32_t j = i - 1; j >= 0 && d[j].of == d[i].of && group[b] == b && !apart[b]; j--) {
            int32_t a = d[j].resource;
            double by = apart[a] || group[a] != a ? 0 : rate(u, a, b);
            if (by > 0) group[b] = a, ratio[b] = by;
        }
    }
}

karvan_status karvan_i_alike(const karvan_i_menu *m, int32_t n, const int32_t *scarce,
                             const bool *apart, int32_t *group, double *ratio, karvan_error *err) {
    users u = {0};
    int32_t *number = karvan_i_malloc((size_t)m->n_scarce + 1, sizeof *number);
    digest *d = karvan_i_calloc((size_t)n + 1, sizeof *d);
    bool good = number && d;
    for (int32_t x = 0; good && x < m->n_scarce; x++) number[x] = -1;
    for (int32_t a = 0; good && a < n; a++) number[scarce[a]] = a;
    good = good && users_find(m, n, number, &u);
    if (good) find(&u, n, apart, d, group, ratio);
    users_clear(&u);
    karvan_i_free(number), karvan_i_free(d);
    return good ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
}
