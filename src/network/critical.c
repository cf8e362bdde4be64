/* Criticality: what the closure of one link or terminal would cost all pairs of places that are
 * cities or ports. For each origin only what its tree of best ways uses is closed, one by one, and
 * the ways found anew; the rest cannot change them. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/graph.h"
#include "table/cell.h"

enum { METRICS = 2 }; /* hours, USD */

typedef struct loss { /* of one item, seen from one origin */
    double delta[METRICS];
    int64_t cut;
} loss;

typedef struct job {
    const karvan_network *net;
    int32_t n_links, n_items; /* items: rows of links, then rows of terminals */
    int32_t n_ends;
    int32_t *ends; /* [n_ends] places */
    loss *losses;  /* [n_ends][n_items] */
} job;

typedef struct entry {
    double key;
    int32_t state;
} entry;

typedef struct scratch {
    double *dist, *base; /* [n_states] */
    int32_t *by_arc;     /* [n_states] of the base tree, -1 */
    entry *heap;         /* [n_arcs + 1] */
    int32_t n_heap;
    bool *used; /* [n_items] */
} scratch;

static int32_t item_of(const job *j, const karvan_i_arc *a) {
    return a->kind == KARVAN_I_ARC_LINK       ? a->row
           : a->kind == KARVAN_I_ARC_TERMINAL ? j->n_links + a->row
                                              : -1;
}

static void push(scratch *s, double key, int32_t state) {
    int32_t i = s->n_heap++;
    for (; i > 0 && key < s->heap[(i - 1) / 2].key; i = (i - 1) / 2)
        s->heap[i] = s->heap[(i - 1) / 2];
    s->heap[i] = (entry){key, state};
}

static entry pop(scratch *s) {
    entry top = s->heap[0], last = s->heap[--s->n_heap];
    int32_t i = 0;
    for (int32_t child; (child = 2 * i + 1) < s->n_heap;) {
        if (child + 1 < s->n_heap && s->heap[child + 1].key < s->heap[child].key) child++;
        if (!(s->heap[child].key < last.key)) break;
        s->heap[i] = s->heap[child], i = child;
    }
    s->heap[i] = last;
    return top;
}

/* Dijkstra from a place to all states without one item (-1: with all); by_arc may be NULL. */
static void search(const job *j, scratch *s, int32_t from, int metric, int32_t closed,
                   int32_t *by_arc) {
    const karvan_network *net = j->net;
    for (int32_t v = 0; v < net->n_states; v++) s->dist[v] = INFINITY;
    s->n_heap = 0;
    int32_t begin = karvan_i_origin(net, from);
    s->dist[begin] = 0.0;
    if (by_arc) by_arc[begin] = -1;
    push(s, 0.0, begin);
    while (s->n_heap > 0) {
        entry u = pop(s);
        if (u.key > s->dist[u.state]) continue;
        for (int32_t a = net->first[u.state]; a < net->first[u.state + 1]; a++) {
            const karvan_i_arc *arc = &net->arcs[a];
            double d = u.key + (metric ? arc->usd : arc->hours);
            if (!(d < s->dist[arc->head]) || (closed >= 0 && item_of(j, arc) == closed)) continue;
            s->dist[arc->head] = d;
            if (by_arc) by_arc[arc->head] = a;
            push(s, d, arc->head);
        }
    }
}

static void mark_used(const job *j, scratch *s) {
    memset(s->used, 0, (size_t)j->n_items * sizeof *s->used);
    for (int32_t i = 0; i < j->n_ends; i++) {
        int32_t v = karvan_i_destination(j->net, j->ends[i]);
        while (isfinite(s->base[v]) && s->by_arc[v] >= 0) {
            const karvan_i_arc *a = &j->net->arcs[s->by_arc[v]];
            int32_t item = item_of(j, a);
            if (item >= 0) s->used[item] = true;
            v = a->tail;
        }
    }
}

static void compare(const job *j, const scratch *s, int32_t from, int metric, loss *out) {
    for (int32_t i = 0; i < j->n_ends; i++) {
        if (j->ends[i] == from) continue;
        int32_t end = karvan_i_destination(j->net, j->ends[i]);
        double before = s->base[end], after = s->dist[end];
        if (isinf(before)) continue;
        if (isfinite(after))
            out->delta[metric] += after - before;
        else
            out->cut += metric == 0;
    }
}

static void from_origin(const job *j, scratch *s, int32_t origin) {
    const karvan_network *net = j->net;
    loss *losses = j->losses + (size_t)origin * (size_t)j->n_items;
    for (int metric = 0; metric < METRICS; metric++) {
        search(j, s, j->ends[origin], metric, -1, s->by_arc);
        memcpy(s->base, s->dist, (size_t)net->n_states * sizeof *s->base);
        mark_used(j, s);
        for (int32_t item = 0; item < j->n_items; item++) {
            if (!s->used[item]) continue;
            search(j, s, j->ends[origin], metric, item, NULL);
            compare(j, s, j->ends[origin], metric, &losses[item]);
        }
    }
}

static karvan_status some_origins(void *ctx, int64_t begin, int64_t end, int worker,
                                  karvan_error *err) {
    const job *j = ctx;
    size_t states = (size_t)j->net->n_states + 1;
    scratch s = {.dist = karvan_i_malloc(states, sizeof *s.dist)};
    (void)worker;
    s.base = karvan_i_malloc(states, sizeof *s.base);
    s.by_arc = karvan_i_malloc(states, sizeof *s.by_arc);
    s.heap = karvan_i_malloc((size_t)j->net->n_arcs + 1, sizeof *s.heap);
    s.used = karvan_i_malloc((size_t)j->n_items + 1, sizeof *s.used);
    bool good = s.dist && s.base && s.by_arc && s.heap && s.used;
    for (int64_t i = begin; good && i < end; i++) from_origin(j, &s, (int32_t)i);
    karvan_i_free(s.dist), karvan_i_free(s.base), karvan_i_free(s.by_arc);
    karvan_i_free(s.heap), karvan_i_free(s.used);
    return good ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for the search");
}

/* ---- the table ---- */

enum { C_KIND, C_ID, C_NAME, C_HOURS, C_USD, C_CUT, C_END };

/* "Aktau - Alat, feeder"; "Dostyk, change of gauge". */
static void name_item(const job *j, int32_t item, char *out, size_t cap) {
    const karvan_network *net = j->net;
    bool link = item < j->n_links;
    const karvan_table *t = link ? net->links : net->terminals;
    int64_t row = link ? item : item - j->n_links;
    const char *from = karvan_i_cell_text(t, link ? "from" : "place", row),
               *to = link ? karvan_i_cell_text(t, "to", row) : NULL,
               *what = karvan_i_cell_text(t, link ? "mode" : "operation", row);
    int64_t a = from ? karvan_package_row(net->region, "places", from) : -1,
            b = to ? karvan_package_row(net->region, "places", to) : -1;
    const char *from_name = karvan_i_cell_text(net->places, "name", a),
               *to_name = karvan_i_cell_text(net->places, "name", b);
    (void)snprintf(out, cap, "%.60s%s%.60s, %.40s", from_name ? from_name : "?", link ? " - " : "",
                   to_name ? to_name : "", what ? what : "?");
    for (char *c = strrchr(out, ','); c && *c; c++)
        if (*c == '_') *c = ' ';
}

static karvan_status add_item(const job *j, int32_t item, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    loss sum = {{0, 0}, 0};
    char name[200];
    bool link = item < j->n_links;
    for (int32_t o = 0; o < j->n_ends; o++) { /* in the order of origins, whatever the threads */
        const loss *one = &j->losses[(size_t)o * (size_t)j->n_items + (size_t)item];
        for (int m = 0; m < METRICS; m++) sum.delta[m] += one->delta[m];
        sum.cut += one->cut;
    }
    if (sum.cut == 0 && sum.delta[0] <= 0 && sum.delta[1] <= 0) return KARVAN_OK;
    name_item(j, item, name, sizeof name);
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, C_KIND, link ? "link" : "terminal", err));
    KARVAN_TRY(karvan_builder_text(b, C_ID,
                                   karvan_i_cell_text(link ? j->net->links : j->net->terminals,
                                                      "id", link ? item : item - j->n_links),
                                   err));
    KARVAN_TRY(karvan_builder_text(b, C_NAME, name, err));
    KARVAN_TRY(karvan_builder_real(b, C_HOURS, sum.delta[0], err));
    KARVAN_TRY(karvan_builder_real(b, C_USD, sum.delta[1], err));
    KARVAN_TRY(karvan_builder_int(b, C_CUT, sum.cut, err));
done:
    return st;
}

/* Cut pairs first, then hours. */
static karvan_status ranked(karvan_table *t, karvan_table **out, karvan_error *err) {
    karvan_view v = {0};
    karvan_status st = karvan_view_init(&v, t, NULL, NULL, err);
    if (st == KARVAN_OK) st = karvan_view_sort(&v, C_HOURS, true, err);
    if (st == KARVAN_OK) st = karvan_view_sort(&v, C_CUT, true, err);
    if (st == KARVAN_OK) st = karvan_view_copy(&v, 0, NULL, out, err);
    karvan_view_clear(&v);
    return st;
}

static karvan_status find_ends(job *j, karvan_error *err) {
    const karvan_network *net = j->net;
    j->ends = karvan_i_malloc((size_t)net->n_places + 1, sizeof *j->ends);
    if (!j->ends) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for places");
    for (int32_t p = 0; p < net->n_places; p++)
        if (karvan_i_cell_is(net->places, "kind", p, "city") ||
            karvan_i_cell_is(net->places, "kind", p, "port"))
            j->ends[j->n_ends++] = p;
    return KARVAN_OK;
}

karvan_status karvan_network_critical(const karvan_network *net, int threads, karvan_table **out,
                                      karvan_error *err) {
    static const karvan_column columns[C_END] = {
        {"kind", KARVAN_TEXT, NULL},           {"id", KARVAN_TEXT, NULL},
        {"name", KARVAN_TEXT, NULL},           {"delta_hours", KARVAN_REAL, "h"},
        {"delta_usd", KARVAN_REAL, "USD/TEU"}, {"cut_pairs", KARVAN_INT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    job j = {.net = net};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(net, err, KARVAN_E_ARG, "net is NULL");
    j.n_links = (int32_t)karvan_table_rows(net->links);
    j.n_items = j.n_links + (int32_t)karvan_table_rows(net->terminals);
    KARVAN_TRY(find_ends(&j, err));
    j.losses = karvan_i_calloc((size_t)j.n_ends * (size_t)j.n_items + 1, sizeof *j.losses);
    KARVAN_REQUIRE(j.losses, err, KARVAN_E_NOMEM, "no memory for %d items", (int)j.n_items);
    KARVAN_TRY(karvan_parallel_for(j.n_ends, 1, threads, some_origins, &j, NULL, err));
    KARVAN_TRY(karvan_builder_create("critical", C_END, columns, &b, err));
    for (int32_t item = 0; item < j.n_items; item++) KARVAN_TRY(add_item(&j, item, b, err));
    st = karvan_builder_finish(b, &t, err);
    b = NULL;
    if (st == KARVAN_OK) st = ranked(t, out, err);
done:
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    karvan_i_free(j.ends), karvan_i_free(j.losses);
    return st;
}
