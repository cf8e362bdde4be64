/* The k shortest walks that are in no state twice: Yen 1971, Management Science 17(11), with
 * Lawler's improvement (1972, Management Science 18(7)): every walk deviates from an earlier one
 * at an arc of its own, and is looked for once. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/sets.h"

typedef struct yen {
    const karvan_i_task *t;
    karvan_i_labels *labels;
    karvan_i_walks *found, candidates;
    int k;
    int32_t *banned; /* [n_arcs] scratch */
} yen;

/* By cost, the second criterion, then the order of the tables. */
static bool before(const karvan_i_walk *a, const karvan_i_walk *b) {
    if (a->cost != b->cost) return a->cost < b->cost;
    if (a->second != b->second) return a->second < b->second;
    int32_t n = a->n < b->n ? a->n : b->n;
    for (int32_t i = 0; i < n; i++)
        if (a->arcs[i] != b->arcs[i]) return a->arcs[i] < b->arcs[i];
    return a->n < b->n;
}

static int32_t first_of(const karvan_i_walks *w) {
    int32_t best = 0;
    for (int32_t i = 1; i < w->n; i++)
        if (before(&w->walk[i], &w->walk[best])) best = i;
    return best;
}

static int32_t last_of(const karvan_i_walks *w) {
    int32_t worst = 0;
    for (int32_t i = 1; i < w->n; i++)
        if (before(&w->walk[worst], &w->walk[i])) worst = i;
    return worst;
}

static karvan_i_walk take_out(karvan_i_walks *w, int32_t i) {
    karvan_i_walk out = w->walk[i];
    w->walk[i] = w->walk[--w->n];
    return out;
}

/* No more candidates are kept than may still be asked for. */
static void trim(yen *y) {
    while (y->candidates.n > y->k - y->found->n) {
        karvan_i_walk worst = take_out(&y->candidates, last_of(&y->candidates));
        karvan_i_walk_clear(&worst);
    }
}

/* Arcs that the walks found so far take after the same root. */
static int32_t ban(const yen *y, const karvan_i_walk *w, int32_t i) {
    int32_t n = 0;
    for (int32_t f = 0; f < y->found->n; f++) {
        const karvan_i_walk *x = &y->found->walk[f];
        bool same = x->n > i && memcmp(x->arcs, w->arcs, (size_t)i * sizeof *w->arcs) == 0;
        bool new = same;
        for (int32_t b = 0; new &&b < n; b++) new = y->banned[b] != x->arcs[i];
        if (new) y->banned[n++] = x->arcs[i];
    }
    return n;
}

static int32_t ways_out(const yen *y, int32_t arc) {
    int32_t state = y->t->net->arcs[arc].tail;
    return y->t->net->first[state + 1] - y->t->net->first[state];
}

/* The best walk that begins as w does with i arcs, and then differs from all that were found. */
static karvan_status spur(yen *y, const karvan_i_walk *w, int32_t i, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_root root = {.n = i, .arcs = w->arcs, .banned = y->banned, .most = INFINITY};
    root.n_banned = ban(y, w, i);
    if (root.n_banned == ways_out(y, w->arcs[i])) return KARVAN_OK;
    if (y->candidates.n == y->k - y->found->n)
        root.most = y->candidates.walk[last_of(&y->candidates)].cost;
    KARVAN_TRY(karvan_i_labels_solve(y->labels, &root, err));
    if (karvan_i_labels_found(y->labels) > 0) {
        karvan_i_walk next;
        KARVAN_TRY(karvan_i_labels_walk(y->labels, 0, &next, err));
        next.deviates = i;
        KARVAN_TRY(karvan_i_walks_take(&y->candidates, &next, err));
        trim(y);
    }
done:
    return st;
}

karvan_status karvan_i_k_shortest(const karvan_i_task *t, int k, karvan_i_walks *out,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    yen y = {.t = t, .found = out, .k = k};
    karvan_i_walk w = {0};
    *out = (karvan_i_walks){0};
    y.banned = karvan_i_malloc((size_t)k + 1, sizeof *y.banned);
    KARVAN_REQUIRE(y.banned, err, KARVAN_E_NOMEM, "k shortest");
    KARVAN_TRY(karvan_i_labels_create(t, &y.labels, err));
    KARVAN_TRY(karvan_i_labels_solve(y.labels, NULL, err));
    if (karvan_i_labels_found(y.labels) > 0) {
        KARVAN_TRY(karvan_i_labels_walk(y.labels, 0, &w, err));
        KARVAN_TRY(karvan_i_walks_take(&y.candidates, &w, err));
    }
    while (out->n < k && y.candidates.n > 0) {
        w = take_out(&y.candidates, first_of(&y.candidates));
        KARVAN_TRY(karvan_i_walks_take(out, &w, err));
        const karvan_i_walk last = out->walk[out->n - 1];
        for (int32_t i = last.deviates; out->n < k && i < last.n; i++)
            KARVAN_TRY(spur(&y, &last, i, err));
    }
    out->capped = karvan_i_labels_capped(y.labels);
    out->returned = karvan_i_labels_returned(y.labels);
done:
    karvan_i_labels_destroy(y.labels), karvan_i_walks_clear(&y.candidates);
    karvan_i_free(y.banned);
    if (st != KARVAN_OK) karvan_i_walks_clear(out);
    return st;
}
