/* Label setting with lower bounds (Mandow and Perez de la Cruz 2010, Journal of the ACM 57(5), for
 * several criteria; A* for one). A label that another of its node matches or beats in everything
 * goes no further. Walks that must pass groups of places may not come back to a place that they
 * were in with fewer groups passed: the search watches no place at first, and is run again with
 * the places to which its walks came back until none does (decremental state space relaxation:
 * Righini and Salani 2008, Networks 51(3); Boland, Dethridge and Dumitrescu 2006, Operations
 * Research Letters 34(1)). */
#include "network/labels.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/bounds.h"
#include "network/heap.h"

enum {
    LABELS_MOST = 1000000,
    WORK_A_LABEL = 300, /* comparisons that a call may make, for each label that it may keep */
    SUMS_MAX = 80
};

typedef struct label {
    int32_t node, arc, from;
    int32_t next; /* older label of the node, -1 */
    bool beaten;
} label;

typedef struct waiting {
    double key; /* the first criterion with its bound */
    int32_t label;
} waiting;

struct karvan_i_labels {
    const karvan_i_task *t;
    int g, n_sums, words; /* groups; sums of a label; words of one of its two sets */
    uint32_t all;         /* groups passed at the end */
    int32_t goal, most;
    karvan_i_bounds bounds;
    const karvan_i_root *root;
    int32_t root_end; /* label at which the root ends */
    label *labels;
    double *value;  /* [n][n_sums] */
    uint64_t *sets; /* [n][2][words] watched places: forbidden; passed since the last group */
    int32_t n, cap, cap_words;
    int32_t *of_node; /* [n_nodes] newest label, -1 */
    bool *blocked;    /* [n_states] on the root */
    waiting *heap;
    int32_t n_heap;
    int32_t *found, n_found, cap_found;
    int32_t *watch, n_watch; /* [n_places] bit of a watched place, -1 */
    int32_t *seen;           /* [n_places] scratch: label there, -1 */
    int64_t work;            /* comparisons that are left */
    bool capped, returned;
};

/* ---- memory ---- */

karvan_status karvan_i_labels_create(const karvan_i_task *task, karvan_i_labels **out,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = task->net;
    karvan_i_labels *s = karvan_i_calloc(1, sizeof *s);
    size_t places = (size_t)net->n_places + 1;
    *out = NULL;
    KARVAN_REQUIRE(s, err, KARVAN_E_NOMEM, "search");
    KARVAN_REQUIRE(task->n_sums <= SUMS_MAX, err, KARVAN_E_ARG, "more than %d sums", SUMS_MAX);
    s->t = task, s->g = task->c->n_groups, s->n_sums = task->n_sums;
    s->all = (1u << s->g) - 1u;
    s->most = task->most_labels > 0 ? task->most_labels : LABELS_MOST;
    KARVAN_TRY(karvan_i_bounds_find(task, &s->bounds, err)); /* checks the number of nodes */
    size_t nodes = (size_t)net->n_states << s->g;
    s->goal = (karvan_i_destination(net, task->to) << s->g) | (int32_t)s->all;
    s->of_node = karvan_i_malloc(nodes + 1, sizeof *s->of_node);
    s->blocked = karvan_i_calloc((size_t)net->n_states + 1, sizeof *s->blocked);
    s->watch = karvan_i_malloc(places, sizeof *s->watch);
    s->seen = karvan_i_malloc(places, sizeof *s->seen);
    KARVAN_REQUIRE(s->of_node && s->blocked && s->watch && s->seen, err, KARVAN_E_NOMEM,
                   "search over %zu nodes", nodes);
    for (size_t i = 0; i < nodes; i++) s->of_node[i] = -1;
    for (size_t p = 0; p < places; p++) s->watch[p] = s->seen[p] = -1;
    *out = s, s = NULL;
done:
    karvan_i_labels_destroy(s);
    return st;
}

void karvan_i_labels_destroy(karvan_i_labels *s) {
    if (!s) return;
    karvan_i_bounds_clear(&s->bounds);
    karvan_i_free(s->labels), karvan_i_free(s->value), karvan_i_free(s->sets);
    karvan_i_free(s->of_node), karvan_i_free(s->blocked), karvan_i_free(s->heap);
    karvan_i_free(s->found), karvan_i_free(s->watch), karvan_i_free(s->seen);
    karvan_i_free(s);
}

static karvan_status grow(karvan_i_labels *s, karvan_error *err) {
    int32_t cap = s->cap ? 2 * s->cap : 1024;
    size_t n = (size_t)cap;
    label *labels = karvan_i_realloc(s->labels, n, sizeof *labels);
    if (labels) s->labels = labels;
    double *value = karvan_i_realloc(s->value, n * (size_t)s->n_sums, sizeof *value);
    if (value) s->value = value;
    waiting *heap = karvan_i_realloc(s->heap, n, sizeof *heap);
    if (heap) s->heap = heap;
    uint64_t *sets = karvan_i_realloc(s->sets, n * 2 * (size_t)s->words, sizeof *sets);
    if (sets) s->sets = sets;
    if (!labels || !value || !heap || !sets)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d labels", (int)cap);
    s->cap = cap, s->cap_words = s->words;
    return KARVAN_OK;
}

/* Nothing reached; room for sets of the places that are watched now. */
static karvan_status reset(karvan_i_labels *s, karvan_error *err) {
    for (int32_t i = 0; i < s->n; i++) s->of_node[s->labels[i].node] = -1;
    s->n = s->n_heap = s->n_found = 0;
    s->words = (s->n_watch + 63) / 64;
    if (s->words <= s->cap_words || s->cap == 0) return KARVAN_OK;
    size_t n = (size_t)s->cap * 2 * (size_t)s->words;
    uint64_t *sets = karvan_i_realloc(s->sets, n, sizeof *sets);
    if (!sets) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for watched places");
    s->sets = sets, s->cap_words = s->words;
    return KARVAN_OK;
}

static double *value_of(const karvan_i_labels *s, int32_t l) {
    return &s->value[(size_t)l * (size_t)s->n_sums];
}
static uint64_t *sets_of(const karvan_i_labels *s, int32_t l) {
    return s->words ? &s->sets[(size_t)l * 2 * (size_t)s->words] : NULL;
}
static const double *least_of(const karvan_i_labels *s, int32_t node) {
    return &s->bounds.least[(size_t)node * (size_t)s->n_sums];
}
static int32_t place_at(const karvan_i_labels *s, int32_t node) {
    return karvan_i_state_place(s->t->net, node >> s->g);
}

/* ---- order of the labels that wait ---- */

static bool earlier(const karvan_i_labels *s, const waiting *a, const waiting *b) {
    if (a->key != b->key) return a->key < b->key;
    const double *x = value_of(s, a->label), *y = value_of(s, b->label);
    const double *p = least_of(s, s->labels[a->label].node),
                 *q = least_of(s, s->labels[b->label].node);
    for (int c = 1; c < s->t->n_criteria; c++)
        if (x[c] + p[c] != y[c] + q[c]) return x[c] + p[c] < y[c] + q[c];
    return a->label < b->label;
}

KARVAN_I_HEAP(heap, waiting, 2, const karvan_i_labels *, earlier)

static void push(karvan_i_labels *s, int32_t l) {
    waiting w = {value_of(s, l)[0] + least_of(s, s->labels[l].node)[0], l};
    heap_push(s, s->heap, &s->n_heap, w);
}

/* ---- what beats what ---- */

/* Sums of the same values in another order differ in the last bits: these count as equal. */
static bool at_most(double a, double b) { return a <= b + 1e-12 * fabs(b); }

static bool no_worse_value(const karvan_i_labels *s, const double *a, const double *b) {
    int i = 0, n = s->t->n_criteria;
    if (!s->t->pareto) {
        while (i < n && a[i] == b[i]) i++;
        if (i < n && a[i] > b[i]) return false;
        i = n;
    }
    for (; i < s->n_sums; i++)
        if (!at_most(a[i], b[i])) return false;
    return true;
}

/* May the walk of a go wherever that of b may? Now, and once the next group has been passed. */
static bool no_worse_sets(const karvan_i_labels *s, const uint64_t *a, const uint64_t *b) {
    for (int w = 0; w < s->words; w++) {
        uint64_t forbidden = b[w], later = b[w] | b[s->words + w];
        if ((a[w] & ~forbidden) || ((a[w] | a[s->words + w]) & ~later)) return false;
    }
    return true;
}

/* Can the label still reach the end within what is allowed and wanted? */
static bool hopeful(karvan_i_labels *s, int32_t node, const double *v) {
    const double *least = least_of(s, node);
    int n = s->t->n_criteria;
    if (isinf(least[0]) || (s->root && !at_most(v[0] + least[0], s->root->most))) return false;
    for (int i = n; i < s->n_sums; i++)
        if (!at_most(v[i] + least[i], s->t->limit[i])) return false;
    if (!s->t->pareto) return true;
    s->work -= s->n_found;
    for (int32_t f = 0; f < s->n_found; f++) {
        const double *done = value_of(s, s->found[f]);
        int c = 0;
        while (c < n && at_most(done[c], v[c] + least[c])) c++;
        if (c == n) return false;
    }
    return true;
}

static bool beaten(karvan_i_labels *s, int32_t node, const double *v, const uint64_t *sets) {
    for (int32_t i = s->of_node[node]; i >= 0; i = s->labels[i].next, s->work--)
        if (no_worse_value(s, value_of(s, i), v) && no_worse_sets(s, sets_of(s, i), sets))
            return true;
    return false;
}

/* Labels that a new one matches or beats leave the list of their node. */
static void beat(karvan_i_labels *s, int32_t node, const double *v, const uint64_t *sets) {
    for (int32_t *at = &s->of_node[node]; *at >= 0; s->work--) {
        label *old = &s->labels[*at];
        if (no_worse_value(s, v, value_of(s, *at)) && no_worse_sets(s, sets, sets_of(s, *at)))
            old->beaten = true, *at = old->next;
        else
            at = &old->next;
    }
}

/* ---- a step ---- */

static int32_t node_after(const karvan_i_labels *s, int32_t node, int32_t arc) {
    int32_t head = s->t->net->arcs[arc].head;
    uint32_t passed = (uint32_t)node & s->all;
    passed |= s->t->c->groups[karvan_i_state_place(s->t->net, head)];
    return (int32_t)(((uint32_t)head << s->g) | passed);
}

/* The watched places of a walk that enters a node, from those of the walk before; false where it
 * comes back to one of them. */
static bool enter(const karvan_i_labels *s, int32_t before, int32_t node, uint64_t *sets) {
    int w = s->words;
    if (w == 0) return true;
    int32_t bit = s->watch[place_at(s, node)];
    uint64_t one = bit < 0 ? 0 : (uint64_t)1 << (bit % 64);
    if (one && (sets[bit / 64] & one)) return false;
    if (((uint32_t)before & s->all) != ((uint32_t)node & s->all))
        for (int i = 0; i < w; i++) sets[i] |= sets[w + i], sets[w + i] = 0;
    if (one && ((uint32_t)node & s->all) != s->all) sets[w + bit / 64] |= one;
    return true;
}

static karvan_status new_label(karvan_i_labels *s, int32_t node, int32_t arc, int32_t from,
                               karvan_error *err) {
    if (s->n == s->cap) {
        karvan_status st = grow(s, err);
        if (st != KARVAN_OK) return st;
    }
    double *v = value_of(s, s->n);
    size_t sets = 2 * (size_t)s->words * sizeof(uint64_t);
    s->labels[s->n] = (label){node, arc, from, -1, false};
    if (from < 0) {
        for (int i = 0; i < s->n_sums; i++) v[i] = 0;
        if (sets) memset(sets_of(s, s->n), 0, sets);
    } else {
        const double *before = value_of(s, from);
        for (int i = 0; i < s->n_sums; i++)
            v[i] = before[i] + s->t->sum[(size_t)i * (size_t)s->t->net->n_arcs + (size_t)arc];
        if (sets) memcpy(sets_of(s, s->n), sets_of(s, from), sets);
    }
    return KARVAN_OK;
}

/* The label lies ready behind the last one and is kept if it is worth it. */
static void keep(karvan_i_labels *s) {
    label *l = &s->labels[s->n];
    const double *v = value_of(s, s->n);
    uint64_t *sets = sets_of(s, s->n);
    if (!hopeful(s, l->node, v)) return;
    if (!enter(s, s->labels[l->from].node, l->node, sets)) return;
    if (s->n >= s->most || s->work <= 0) {
        s->capped = true;
        return;
    }
    if (beaten(s, l->node, v, sets)) return;
    beat(s, l->node, v, sets);
    l->next = s->of_node[l->node];
    s->of_node[l->node] = s->n;
    push(s, s->n++);
}

static bool banned(const karvan_i_root *r, int32_t arc) {
    for (int32_t i = 0; i < r->n_banned; i++)
        if (r->banned[i] == arc) return true;
    return false;
}

static karvan_status extend(karvan_i_labels *s, int32_t from, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = s->t->net;
    int32_t node = s->labels[from].node, state = node >> s->g;
    for (int32_t a = net->first[state]; a < net->first[state + 1]; a++) {
        if (karvan_i_closed(s->t->c, a) || s->blocked[net->arcs[a].head]) continue;
        if (s->root && from == s->root_end && banned(s->root, a)) continue;
        KARVAN_TRY(new_label(s, node_after(s, node, a), a, from, err));
        keep(s);
    }
done:
    return st;
}

/* ---- a search ---- */

static karvan_status plant(karvan_i_labels *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = s->t->net;
    int32_t origin = karvan_i_origin(net, s->t->from);
    int32_t node = (origin << s->g) | (int32_t)s->t->c->groups[s->t->from];
    KARVAN_TRY(new_label(s, node, -1, -1, err));
    (void)enter(s, node, node, sets_of(s, 0));
    s->n = 1;
    for (int32_t i = 0; s->root && i < s->root->n; i++) {
        s->blocked[node >> s->g] = true;
        int32_t before = node;
        node = node_after(s, node, s->root->arcs[i]);
        KARVAN_TRY(new_label(s, node, s->root->arcs[i], s->n - 1, err));
        bool fits = enter(s, before, node, sets_of(s, s->n));
        s->n++;
        if (!fits) goto done; /* what is watched by now forbids the root itself */
    }
    s->blocked[node >> s->g] = true;
    s->root_end = s->n - 1;
    if (hopeful(s, node, value_of(s, s->root_end))) push(s, s->root_end);
done:
    return st;
}

static karvan_status add_found(karvan_i_labels *s, int32_t l, karvan_error *err) {
    if (s->n_found == s->cap_found) {
        int32_t cap = s->cap_found ? 2 * s->cap_found : 16;
        int32_t *found = karvan_i_realloc(s->found, (size_t)cap, sizeof *found);
        if (!found) return karvan_fail(err, KARVAN_E_NOMEM, "%d routes", (int)cap);
        s->found = found, s->cap_found = cap;
    }
    s->found[s->n_found++] = l;
    return KARVAN_OK;
}

static karvan_status run(karvan_i_labels *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(reset(s, err));
    KARVAN_TRY(plant(s, err));
    while (s->n_heap > 0) {
        int32_t l = heap_pop(s, s->heap, &s->n_heap).label;
        if (s->labels[l].beaten) continue;
        if (s->t->pareto && !hopeful(s, s->labels[l].node, value_of(s, l))) continue;
        if (s->labels[l].node == s->goal) {
            KARVAN_TRY(add_found(s, l, err));
            if (!s->t->pareto) break;
            continue;
        }
        KARVAN_TRY(extend(s, l, err));
    }
done:
    for (int32_t i = 0; i < s->n && i <= (s->root ? s->root->n : 0); i++)
        s->blocked[s->labels[i].node >> s->g] = false;
    return st;
}

/* The place to which a walk comes back soonest, with other groups passed; -1: to none. Whoever goes
 * the same way to the place that it passed there comes back to this one, so it is the one to watch.
 */
static int32_t comes_back_to(karvan_i_labels *s, int32_t end) {
    int32_t best = -1, shortest = INT32_MAX, i = 0;
    for (int32_t l = end; l >= 0; l = s->labels[l].from, i++) {
        int32_t place = place_at(s, s->labels[l].node), later = s->seen[place];
        s->seen[place] = l;
        if (later < 0 || ((s->labels[l].node ^ s->labels[later].node) & (int32_t)s->all) == 0)
            continue;
        int32_t apart = 0;
        for (int32_t k = later; k != l; k = s->labels[k].from) apart++;
        if (apart < shortest) shortest = apart, best = place;
    }
    for (int32_t l = end; l >= 0; l = s->labels[l].from)
        s->seen[place_at(s, s->labels[l].node)] = -1;
    return best;
}

/* Walks that come back are struck off, and the places watched from now on; were there any? */
static bool strike_returns(karvan_i_labels *s) {
    int32_t kept = 0;
    for (int32_t f = 0; f < s->n_found; f++) {
        int32_t place = comes_back_to(s, s->found[f]);
        if (place < 0)
            s->found[kept++] = s->found[f];
        else if (s->watch[place] < 0)
            s->watch[place] = s->n_watch++;
    }
    bool any = kept < s->n_found;
    s->n_found = kept;
    s->returned |= any;
    return any;
}

karvan_status karvan_i_labels_solve(karvan_i_labels *s, const karvan_i_root *root,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    s->root = root;
    s->work = (int64_t)s->most * WORK_A_LABEL;
    for (bool again = true; again;) {
        KARVAN_TRY(run(s, err));
        again = s->g > 0 && strike_returns(s);
        if (again && s->work <= 0) s->capped = true, again = false;
    }
done:
    s->root = NULL;
    return st;
}

/* ---- what came of it ---- */

int32_t karvan_i_labels_found(const karvan_i_labels *s) { return s->n_found; }
bool karvan_i_labels_capped(const karvan_i_labels *s) { return s->capped; }
bool karvan_i_labels_returned(const karvan_i_labels *s) { return s->returned; }

karvan_status karvan_i_labels_walk(const karvan_i_labels *s, int32_t i, karvan_i_walk *out,
                                   karvan_error *err) {
    int32_t n = 0, end = s->found[i];
    for (int32_t l = end; s->labels[l].from >= 0; l = s->labels[l].from) n++;
    *out = (karvan_i_walk){.n = n, .cost = value_of(s, end)[0]};
    out->second = s->t->n_criteria > 1 ? value_of(s, end)[1] : 0;
    out->arcs = karvan_i_malloc((size_t)n + 1, sizeof *out->arcs);
    if (!out->arcs) return karvan_fail(err, KARVAN_E_NOMEM, "%d arcs", (int)n);
    for (int32_t l = end; s->labels[l].from >= 0; l = s->labels[l].from)
        out->arcs[--n] = s->labels[l].arc;
    return KARVAN_OK;
}

void karvan_i_walk_clear(karvan_i_walk *w) {
    karvan_i_free(w->arcs);
    *w = (karvan_i_walk){0};
}
