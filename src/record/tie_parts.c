/* What hangs together, the nodes and pairs that hold it together, and whom each of them cuts off.
 * One depth-first search a part: a subtree from which no tie leads above its root's parent falls
 * off with that parent, or with the tie to it. Subtrees are stretches of the order of visits, so
 * that whom a cut parts is read off without another search. Source: Tarjan, Depth-first search and
 * linear graph algorithms, SIAM Journal on Computing 1(2), 1972; A note on finding the bridges of a
 * graph, Information Processing Letters 2(6), 1974. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/tie_graph.h"

typedef struct walk {
    const karvan_i_tie_graph *g;
    int32_t *at;    /* [n] place in the order of visits, -1: not yet */
    int32_t *order; /* [n] */
    int32_t *low;   /* [n] least place that the subtree has a tie to */
    int32_t *up;    /* [n] parent, -1: a root */
    int32_t *below; /* [n] nodes of the subtree */
    int64_t *next;  /* [n] arc to look at */
    int32_t *begin; /* [n] by part: its first place */
    int32_t visited;
} walk;

/* Pieces that a cut leaves, as stretches of the order; `rest` is what lies outside them. */
typedef struct pieces {
    int32_t n;
    int32_t *from, *size; /* [n] */
} pieces;

static bool walk_make(walk *w) {
    size_t n = (size_t)w->g->n + 1;
    w->at = karvan_i_malloc(n, sizeof *w->at), w->order = karvan_i_malloc(n, sizeof *w->order);
    w->low = karvan_i_malloc(n, sizeof *w->low), w->up = karvan_i_malloc(n, sizeof *w->up);
    w->below = karvan_i_malloc(n, sizeof *w->below), w->next = karvan_i_malloc(n, sizeof *w->next);
    w->begin = karvan_i_malloc(n, sizeof *w->begin);
    return w->at && w->order && w->low && w->up && w->below && w->next && w->begin;
}

static void walk_clear(walk *w) {
    karvan_i_free(w->at), karvan_i_free(w->order), karvan_i_free(w->low), karvan_i_free(w->up);
    karvan_i_free(w->below), karvan_i_free(w->next), karvan_i_free(w->begin);
}

static void enter(walk *w, int32_t v, int32_t from) {
    w->at[v] = w->low[v] = w->visited, w->order[w->visited++] = v;
    w->up[v] = from, w->below[v] = 1, w->next[v] = w->g->all.first[v];
}

static void visit_part(walk *w, int32_t root) {
    const karvan_i_tie_arcs *all = &w->g->all;
    enter(w, root, -1);
    for (int32_t v = root; v >= 0;) {
        if (w->next[v] < all->first[v + 1]) {
            int32_t to = all->to[w->next[v]++];
            if (w->at[to] < 0)
                enter(w, to, v), v = to;
            else if (to != w->up[v] && w->at[to] < w->low[v])
                w->low[v] = w->at[to];
            continue;
        }
        int32_t up = w->up[v];
        if (up >= 0) {
            w->below[up] += w->below[v];
            if (w->low[v] < w->low[up]) w->low[up] = w->low[v];
        }
        v = up;
    }
}

static void find_parts(walk *w, karvan_i_tie_parts *p) {
    for (int32_t v = 0; v < w->g->n; v++) w->at[v] = -1;
    for (int32_t v = 0; v < w->g->n; v++) {
        if (w->at[v] >= 0) continue;
        int32_t from = w->visited;
        visit_part(w, v);
        w->begin[p->n_parts] = from, p->size[p->n_parts] = w->visited - from;
        for (int32_t k = from; k < w->visited; k++) p->part[w->order[k]] = p->n_parts;
        if (p->size[p->n_parts] > p->size[p->largest]) p->largest = p->n_parts;
        p->n_parts++;
    }
}

/* Does the subtree of this node hang on its parent alone? */
static bool falls_with_parent(const walk *w, int32_t v) {
    return w->up[v] >= 0 && w->low[v] >= w->at[w->up[v]];
}

/* Children are the nodes whose stretches follow one another behind their parent. */
static void pieces_of_node(const walk *w, int32_t v, pieces *out) {
    out->n = 0;
    for (int32_t k = w->at[v] + 1; k < w->at[v] + w->below[v]; k += w->below[w->order[k]])
        if (falls_with_parent(w, w->order[k]))
            out->from[out->n] = k, out->size[out->n++] = w->below[w->order[k]];
}

static int by_number(const void *a, const void *b) {
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static int32_t first_node(const walk *w, int32_t from, int32_t size) {
    int32_t least = w->order[from];
    for (int32_t k = from; k < from + size; k++)
        if (w->order[k] < least) least = w->order[k];
    return least;
}

/* Places of a part that lie in no piece, without `removed`: its number of nodes and its first. */
static int32_t rest_of(const walk *w, const karvan_i_tie_parts *p, int32_t part, int32_t removed,
                       const pieces *cut, int32_t *first) {
    int32_t n = 0;
    *first = w->g->n;
    for (int32_t k = w->begin[part], i = 0; k < w->begin[part] + p->size[part]; k++) {
        if (i < cut->n && k == cut->from[i]) {
            k += cut->size[i++] - 1;
            continue;
        }
        if (w->order[k] == removed) continue;
        n++;
        if (w->order[k] < *first) *first = w->order[k];
    }
    return n;
}

/* The piece that stays: -1 is the rest. */
static int32_t stays(const walk *w, const pieces *cut, int32_t rest, int32_t first) {
    int32_t best = rest > 0 ? -1 : 0, size = rest > 0 ? rest : cut->size[0];
    int32_t least = rest > 0 ? first : first_node(w, cut->from[0], size);
    for (int32_t i = 0; i < cut->n; i++) {
        if (cut->size[i] < size) continue;
        int32_t other = first_node(w, cut->from[i], cut->size[i]);
        if (cut->size[i] > size || other < least) best = i, size = cut->size[i], least = other;
    }
    return best;
}

/* Room for the nodes of one cut more; a part has at most its size less one. */
static bool make_room(karvan_i_tie_parts *p, int64_t *cap, int64_t needed) {
    if (needed <= *cap) return true;
    int64_t to = needed > 2 * *cap ? needed : 2 * *cap;
    int32_t *more = karvan_i_realloc(p->off, (size_t)to, sizeof *more);
    if (!more) return false;
    p->off = more, *cap = to;
    return true;
}

static bool add_cut(const walk *w, karvan_i_tie_parts *p, int32_t a, int32_t b, const pieces *cut,
                    int64_t *cap) {
    int32_t first, part = p->part[a], removed = b < 0 ? a : -1;
    int32_t rest = rest_of(w, p, part, removed, cut, &first), kept = stays(w, cut, rest, first);
    int64_t n = p->first[p->n_cuts];
    if (!make_room(p, cap, n + p->size[part])) return false;
    for (int32_t k = w->begin[part], i = 0; k < w->begin[part] + p->size[part]; k++) {
        while (i < cut->n && k >= cut->from[i] + cut->size[i]) i++;
        int32_t piece = i < cut->n && k >= cut->from[i] ? i : -1;
        if (piece != kept && w->order[k] != removed) p->off[n++] = w->order[k];
    }
    qsort(p->off + p->first[p->n_cuts], (size_t)(n - p->first[p->n_cuts]), sizeof *p->off,
          by_number);
    p->cut_a[p->n_cuts] = a, p->cut_b[p->n_cuts++] = b;
    p->first[p->n_cuts] = n;
    return true;
}

static karvan_status find_cuts(const walk *w, karvan_i_tie_parts *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    pieces cut = {0};
    int64_t cap = 0;
    cut.from = karvan_i_malloc((size_t)w->g->n + 1, sizeof *cut.from);
    cut.size = karvan_i_malloc((size_t)w->g->n + 1, sizeof *cut.size);
    KARVAN_REQUIRE(cut.from && cut.size, err, KARVAN_E_NOMEM, "no memory for cuts");
    for (int32_t v = 0; v < w->g->n; v++) {
        pieces_of_node(w, v, &cut);
        if (cut.n < (w->up[v] < 0 ? 2 : 1)) continue; /* a root parts its children alone */
        KARVAN_REQUIRE(add_cut(w, p, v, -1, &cut, &cap), err, KARVAN_E_NOMEM, "no memory for cuts");
        p->n_points++;
    }
    for (int32_t v = 0; v < w->g->n; v++) {
        int32_t up = w->up[v];
        if (up < 0 || w->low[v] <= w->at[up]) continue;
        cut.n = 1, cut.from[0] = w->at[v], cut.size[0] = w->below[v];
        KARVAN_REQUIRE(add_cut(w, p, up < v ? up : v, up < v ? v : up, &cut, &cap), err,
                       KARVAN_E_NOMEM, "no memory for cuts");
    }
done:
    karvan_i_free(cut.from), karvan_i_free(cut.size);
    return st;
}

typedef struct ranked {
    int32_t a, b, n, at;
} ranked;

static int by_weight(const void *x, const void *y) {
    const ranked *p = x, *q = y;
    if (p->n != q->n) return p->n > q->n ? -1 : 1;
    if ((p->b < 0) != (q->b < 0)) return p->b < 0 ? -1 : 1;
    if (p->a != q->a) return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

static karvan_status rank_cuts(karvan_i_tie_parts *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t total = p->first[p->n_cuts], at = 0;
    ranked *r = karvan_i_malloc((size_t)p->n_cuts + 1, sizeof *r);
    int32_t *off = karvan_i_malloc((size_t)total + 1, sizeof *off);
    int64_t *first = karvan_i_malloc((size_t)p->n_cuts + 1, sizeof *first);
    KARVAN_REQUIRE(r && off && first, err, KARVAN_E_NOMEM, "no memory for cuts");
    for (int32_t i = 0; i < p->n_cuts; i++)
        r[i] = (ranked){p->cut_a[i], p->cut_b[i], (int32_t)(p->first[i + 1] - p->first[i]), i};
    qsort(r, (size_t)p->n_cuts, sizeof *r, by_weight);
    for (int32_t i = 0; i < p->n_cuts; i++) {
        p->cut_a[i] = r[i].a, p->cut_b[i] = r[i].b, first[i] = at;
        memcpy(off + at, p->off + p->first[r[i].at], (size_t)r[i].n * sizeof *off);
        at += r[i].n;
    }
    first[p->n_cuts] = at;
    karvan_i_free(p->off), karvan_i_free(p->first);
    p->off = off, p->first = first, off = NULL, first = NULL;
done:
    karvan_i_free(r), karvan_i_free(off), karvan_i_free(first);
    return st;
}

karvan_status karvan_i_tie_parts_init(karvan_i_tie_parts *p, const karvan_i_tie_graph *g,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    walk w = {.g = g};
    size_t n = (size_t)g->n;
    *p = (karvan_i_tie_parts){0};
    p->part = karvan_i_malloc(n + 1, sizeof *p->part);
    p->size = karvan_i_calloc(n + 1, sizeof *p->size);
    p->cut_a = karvan_i_malloc(2 * n + 1, sizeof *p->cut_a);
    p->cut_b = karvan_i_malloc(2 * n + 1, sizeof *p->cut_b);
    p->first = karvan_i_calloc(2 * n + 1, sizeof *p->first);
    KARVAN_REQUIRE(p->part && p->size && p->cut_a && p->cut_b && p->first && walk_make(&w), err,
                   KARVAN_E_NOMEM, "no memory for parts of a network");
    find_parts(&w, p);
    KARVAN_TRY(find_cuts(&w, p, err));
    KARVAN_TRY(rank_cuts(p, err));
done:
    walk_clear(&w);
    if (st != KARVAN_OK) karvan_i_tie_parts_clear(p);
    return st;
}

void karvan_i_tie_parts_clear(karvan_i_tie_parts *p) {
    karvan_i_free(p->part), karvan_i_free(p->size), karvan_i_free(p->cut_a);
    karvan_i_free(p->cut_b), karvan_i_free(p->first), karvan_i_free(p->off);
    *p = (karvan_i_tie_parts){0};
}
