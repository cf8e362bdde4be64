/* Patterns of use: of the resources that are watched, most routes use what many others do, so that
 * what a route pays is found once for all that share its pattern. A hash table over sorted uses. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/try.h"
#include "flow/capacitated.h"

void karvan_i_patterns_clear(karvan_i_patterns *t) {
    karvan_i_free(t->of), karvan_i_free(t->first), karvan_i_free(t->resource);
    karvan_i_free(t->amount), karvan_i_free(t->price), karvan_i_free(t->flow);
    karvan_i_free(t->bend), karvan_i_free(t->free_first);
    karvan_i_free(t->free), karvan_i_free(t->free_amount);
    *t = (karvan_i_patterns){0};
}

typedef struct builder {
    karvan_i_patterns *t;
    int32_t *slot; /* [size] pattern, -1 */
    uint64_t mask;
} builder;

/* A route's uses of what is watched, sorted, behind those of the last pattern: how many. */
static int32_t copy_row(const karvan_i_uses *u, int64_t row, const bool *watched, int32_t *resource,
                        double *amount) {
    int32_t n = 0;
    for (int64_t i = u->first[row]; i < u->first[row + 1]; i++) {
        int32_t a = u->resource[i], at = n;
        if (!watched[a]) continue;
        for (; at > 0 && resource[at - 1] > a; at--)
            resource[at] = resource[at - 1], amount[at] = amount[at - 1];
        resource[at] = a, amount[at] = u->amount[i], n++;
    }
    return n;
}

static uint64_t hash(const int32_t *resource, const double *amount, int32_t n) {
    uint64_t h = (uint64_t)n;
    for (int32_t i = 0; i < n; i++)
        h = karvan_i_mix_real(karvan_i_mix(h, (uint64_t)resource[i]), amount[i]);
    return h;
}

/* The pattern of the n uses that stand behind the last one; they become one if there is none. */
static int32_t find(builder *b, int32_t n) {
    karvan_i_patterns *t = b->t;
    int64_t end = t->first[t->n];
    const int32_t *resource = t->resource + end;
    const double *amount = t->amount + end;
    uint64_t at = hash(resource, amount, n) & b->mask;
    for (; b->slot[at] >= 0; at = (at + 1) & b->mask) {
        int64_t first = t->first[b->slot[at]];
        if (t->first[b->slot[at] + 1] - first == n &&
            memcmp(t->resource + first, resource, (size_t)n * sizeof *resource) == 0 &&
            memcmp(t->amount + first, amount, (size_t)n * sizeof *amount) == 0)
            return b->slot[at];
    }
    b->slot[at] = t->n;
    t->first[++t->n] = end + n;
    return t->n - 1;
}

static size_t watched_uses(const karvan_i_uses *u, int64_t routes, const bool *watched) {
    size_t n = 0;
    for (int64_t i = 0; i < u->first[routes]; i++) n += watched[u->resource[i]];
    return n;
}

karvan_status karvan_i_patterns_find(const karvan_i_uses *u, int64_t routes, const bool *watched,
                                     karvan_i_patterns *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    builder b = {.t = t};
    size_t n = (size_t)routes + 1, uses = watched_uses(u, routes, watched) + 1, size = 1024;
    while (size < 2 * n) size *= 2;
    karvan_i_patterns_clear(t);
    b.slot = karvan_i_malloc(size, sizeof *b.slot), b.mask = size - 1;
    t->of = karvan_i_malloc(n, sizeof *t->of), t->first = karvan_i_malloc(n + 1, sizeof *t->first);
    t->resource = karvan_i_malloc(uses, sizeof *t->resource);
    t->amount = karvan_i_malloc(uses, sizeof *t->amount);
    KARVAN_REQUIRE(b.slot && t->of && t->first && t->resource && t->amount, err, KARVAN_E_NOMEM,
                   "no memory for %zu routes", n);
    memset(b.slot, 0xff, size * sizeof *b.slot);
    t->first[0] = 0;
    for (int64_t r = 0; r < routes; r++)
        t->of[r] = find(
            &b, copy_row(u, r, watched, t->resource + t->first[t->n], t->amount + t->first[t->n]));
    t->price = karvan_i_calloc((size_t)t->n + 1, sizeof *t->price);
    t->flow = karvan_i_calloc((size_t)t->n + 1, sizeof *t->flow);
    t->bend = karvan_i_calloc((size_t)t->n + 1, sizeof *t->bend);
    t->free_first = karvan_i_calloc((size_t)t->n + 1, sizeof *t->free_first);
    t->free = karvan_i_calloc((size_t)t->first[t->n] + 1, sizeof *t->free);
    t->free_amount = karvan_i_calloc((size_t)t->first[t->n] + 1, sizeof *t->free_amount);
    KARVAN_REQUIRE(t->price && t->flow && t->bend && t->free_first && t->free && t->free_amount,
                   err, KARVAN_E_NOMEM, "no memory for %d patterns", (int)t->n);
done:
    karvan_i_free(b.slot);
    if (st != KARVAN_OK) karvan_i_patterns_clear(t);
    return st;
}
