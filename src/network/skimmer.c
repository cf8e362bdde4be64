/* What-ifs over the state graph: a customisable contraction hierarchy whose topology is the arcs of
 * several networks of one region. Each network's own arcs are weighed, all others closed, so the
 * ways are the network's own whatever else the topology holds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/hierarchy.h"
#include "network/reach.h"
#include "table/cell.h"

struct karvan_skimmer {
    int32_t n_places, n_layers, n_states; /* states: the most of any network */
    int32_t m;
    int32_t *first; /* [n_states + 1] ways that leave a state, by their head, parallel ones once */
    int32_t *head;  /* [m] state */
    double *weight; /* [m] */
    karvan_graph *graph; /* nodes: origin and destination of each place, then the other states */
    karvan_hierarchy *hierarchy;
    bool customised;
};

static bool is_end(const karvan_skimmer *s, int32_t state) {
    int32_t begin = s->n_places * s->n_layers * 2; /* as karvan_i_origin counts */
    return state >= begin && state < begin + 2 * s->n_places;
}

static int32_t zone(int32_t place, bool destination) { return 2 * place + destination; }

static int by_number(const void *a, const void *b) {
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* ---- the ways of all networks ---- */

/* Do states have the same numbers, but for those between two steps of a stop? */
static bool same_states(const karvan_network *a, const karvan_network *b) {
    if (karvan_i_same_places(a, b, NULL) != KARVAN_OK || a->n_modes != b->n_modes ||
        a->n_statuses != b->n_statuses)
        return false;
    for (int32_t m = 0; m < a->n_modes; m++)
        if (strcmp(a->modes[m], b->modes[m]) != 0) return false;
    for (int32_t s = 0; s < a->n_statuses; s++)
        if (strcmp(a->statuses[s], b->statuses[s]) != 0) return false;
    return true;
}

static karvan_status check_nets(int n, const karvan_network *const *nets, karvan_error *err) {
    if (n < 1 || !nets) return karvan_fail(err, KARVAN_E_ARG, "a skimmer needs a network");
    for (int i = 0; i < n; i++) {
        if (!nets[i]) return karvan_fail(err, KARVAN_E_ARG, "network %d is NULL", i);
        if (!same_states(nets[i], nets[0]))
            return karvan_fail(err, KARVAN_E_ARG,
                               "network %d has other places, modes or customs statuses than the "
                               "first: make another skimmer",
                               i);
    }
    return KARVAN_OK;
}

/* Heads of each state's arcs, sorted, each once. */
static karvan_status gather_ways(karvan_skimmer *s, int n, const karvan_network *const *nets,
                                 karvan_error *err) {
    int64_t all = 0;
    for (int i = 0; i < n; i++) {
        all += nets[i]->n_arcs;
        if (nets[i]->n_states > s->n_states) s->n_states = nets[i]->n_states;
    }
    s->first = karvan_i_calloc((size_t)s->n_states + 1, sizeof *s->first);
    s->head = all < INT32_MAX ? karvan_i_malloc((size_t)all + 1, sizeof *s->head) : NULL;
    if (!s->first || !s->head)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld ways", (long long)all);
    for (int32_t v = 0; v < s->n_states; v++) {
        int32_t begin = s->m, end = begin;
        for (int i = 0; i < n; i++)
            for (int32_t a = v < nets[i]->n_states ? nets[i]->first[v] : nets[i]->n_arcs;
                 v < nets[i]->n_states && a < nets[i]->first[v + 1]; a++)
                s->head[end++] = nets[i]->arcs[a].head;
        qsort(s->head + begin, (size_t)(end - begin), sizeof *s->head, by_number);
        for (int32_t i = begin; i < end; i++)
            if (i == begin || s->head[i] != s->head[s->m - 1]) s->head[s->m++] = s->head[i];
        s->first[v + 1] = s->m;
    }
    return KARVAN_OK;
}

/* Ends of places are zones; the other states that a way touches follow in their order. */
static int32_t number_nodes(const karvan_skimmer *s, int32_t *node) {
    int32_t n = 2 * s->n_places, ends = s->n_places * s->n_layers * 2;
    for (int32_t v = 0; v < s->n_states; v++) node[v] = s->first[v] < s->first[v + 1] ? 0 : -1;
    for (int32_t i = 0; i < s->m; i++) node[s->head[i]] = 0;
    for (int32_t v = 0; v < s->n_states; v++)
        if (is_end(s, v))
            node[v] = v - ends;
        else if (node[v] == 0)
            node[v] = n++;
    return n;
}

static karvan_status make_hierarchy(karvan_skimmer *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t *node = karvan_i_malloc((size_t)s->n_states + 1, sizeof *node);
    int32_t *tail = karvan_i_malloc((size_t)s->m + 1, sizeof *tail);
    int32_t *head = karvan_i_malloc((size_t)s->m + 1, sizeof *head);
    KARVAN_REQUIRE(node && tail && head, err, KARVAN_E_NOMEM, "no memory for %d ways", (int)s->m);
    int32_t n = number_nodes(s, node);
    for (int32_t v = 0; v < s->n_states; v++)
        for (int32_t i = s->first[v]; i < s->first[v + 1]; i++)
            tail[i] = node[v], head[i] = node[s->head[i]];
    KARVAN_TRY(karvan_graph_create(n, s->m, tail, head, 2 * s->n_places, &s->graph, err));
    KARVAN_TRY(karvan_hierarchy_create(s->graph, &s->hierarchy, err));
done:
    karvan_i_free(node), karvan_i_free(tail), karvan_i_free(head);
    return st;
}

karvan_status karvan_skimmer_create(int n_nets, const karvan_network *const *nets,
                                    karvan_skimmer **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_skimmer *s = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_TRY(check_nets(n_nets, nets, err));
    s = karvan_i_calloc(1, sizeof *s);
    KARVAN_REQUIRE(s, err, KARVAN_E_NOMEM, "no memory for a skimmer");
    s->n_places = nets[0]->n_places, s->n_layers = nets[0]->n_layers;
    KARVAN_TRY(gather_ways(s, n_nets, nets, err));
    s->weight = karvan_i_malloc((size_t)s->m + 1, sizeof *s->weight);
    KARVAN_REQUIRE(s->weight, err, KARVAN_E_NOMEM, "no memory for weights");
    KARVAN_TRY(make_hierarchy(s, err));
    *out = s, s = NULL;
done:
    karvan_skimmer_destroy(s);
    return st;
}

void karvan_skimmer_destroy(karvan_skimmer *s) {
    if (!s) return;
    karvan_hierarchy_destroy(s->hierarchy), karvan_graph_destroy(s->graph);
    karvan_i_free(s->first), karvan_i_free(s->head), karvan_i_free(s->weight);
    karvan_i_free(s);
}

int64_t karvan_skimmer_arcs(const karvan_skimmer *s) { return karvan_hierarchy_arcs(s->hierarchy); }

/* ---- weights ---- */

static karvan_status no_way(const karvan_network *net, const karvan_i_arc *a, karvan_error *err) {
    const char *from = karvan_i_cell_text(net->places, "name", karvan_i_state_place(net, a->tail)),
               *to = karvan_i_cell_text(net->places, "name", karvan_i_state_place(net, a->head));
    return karvan_fail(err, KARVAN_E_ARG,
                       "the skimmer has no such way from %.60s to %.60s: make it from this network "
                       "too",
                       from ? from : "?", to ? to : "?");
}

static bool is_closed(const karvan_network *net, const karvan_i_arc *a, int n,
                      const karvan_item *closed) {
    for (int i = 0; i < n; i++)
        if (karvan_i_arc_of_item(net, a, closed[i])) return true;
    return false;
}

static karvan_status weigh(karvan_skimmer *s, const karvan_network *net, const karvan_weights *w,
                           int n_closed, const karvan_item *closed, karvan_error *err) {
    for (int32_t i = 0; i < s->m; i++) s->weight[i] = INFINITY;
    for (int32_t k = 0; k < net->n_arcs; k++) {
        const karvan_i_arc *a = &net->arcs[k];
        int32_t i = a->tail < s->n_states ? s->first[a->tail] : s->m,
                end = a->tail < s->n_states ? s->first[a->tail + 1] : s->m;
        while (i < end && s->head[i] != a->head) i++;
        if (i == end) return no_way(net, a, err);
        double v = karvan_i_weigh(w, a).first;
        if (v < s->weight[i] && !is_closed(net, a, n_closed, closed)) s->weight[i] = v;
    }
    return KARVAN_OK;
}

karvan_status karvan_skimmer_customise(karvan_skimmer *s, const karvan_network *net,
                                       const karvan_weights *weights, int n_closed,
                                       const karvan_item *closed, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(s && net && weights, err, KARVAN_E_ARG, "skimmer, network or weights are NULL");
    s->customised = false;
    KARVAN_REQUIRE(net->n_places == s->n_places && net->n_layers == s->n_layers, err, KARVAN_E_ARG,
                   "the network has other places, modes or customs statuses than the skimmer");
    KARVAN_TRY(karvan_i_weights_check(weights, err));
    KARVAN_REQUIRE(n_closed >= 0 && (closed || n_closed == 0), err, KARVAN_E_ARG, "no closures");
    for (int i = 0; i < n_closed; i++) KARVAN_TRY(karvan_i_check_item(net, closed[i], err));
    KARVAN_TRY(weigh(s, net, weights, n_closed, closed, err));
    KARVAN_TRY(karvan_hierarchy_customise(s->hierarchy, s->weight, err));
    s->customised = true;
done:
    return st;
}

/* ---- tables ---- */

static karvan_status zones_of(const karvan_skimmer *s, int32_t n, const int32_t *places,
                              bool destination, int32_t **out, karvan_error *err) {
    if (n < 0 || (n > 0 && !places)) return karvan_fail(err, KARVAN_E_ARG, "no places");
    int32_t *zones = *out = karvan_i_malloc((size_t)n + 1, sizeof *zones);
    if (!zones) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d places", (int)n);
    for (int32_t i = 0; i < n; i++) {
        if (places[i] < 0 || places[i] >= s->n_places)
            return karvan_fail(err, KARVAN_E_ARG, "row %d of a region of %d places", (int)places[i],
                               (int)s->n_places);
        zones[i] = zone(places[i], destination);
    }
    return KARVAN_OK;
}

karvan_status karvan_skimmer_table(const karvan_skimmer *s, int32_t n_origins,
                                   const int32_t *origins, int32_t n_destinations,
                                   const int32_t *destinations, int threads, double *out,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t *from = NULL, *to = NULL;
    KARVAN_REQUIRE(s && (out || n_origins == 0 || n_destinations == 0), err, KARVAN_E_ARG,
                   "skimmer or out is NULL");
    KARVAN_REQUIRE(s->customised, err, KARVAN_E_ARG, "the skimmer has no weights yet");
    KARVAN_TRY(zones_of(s, n_origins, origins, false, &from, err));
    KARVAN_TRY(zones_of(s, n_destinations, destinations, true, &to, err));
    if (n_origins == 0 || n_destinations == 0) goto done;
    KARVAN_TRY(karvan_hierarchy_table(s->hierarchy, n_origins, from, n_destinations, to, threads,
                                      out, err));
    for (int32_t o = 0; o < n_origins; o++)
        for (int32_t d = 0; d < n_destinations; d++)
            if (origins[o] == destinations[d])
                out[(size_t)o * (size_t)n_destinations + (size_t)d] = 0.0;
done:
    karvan_i_free(from), karvan_i_free(to);
    return st;
}
