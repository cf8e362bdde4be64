/* Dijkstra 1959 over the state graph, from one origin to all. Ties fall as in search.c: to the
 * smaller second criterion, then to the lower state, so that both find the same ways. */
#include "network/reach.h"

#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"

/* ---- weights ---- */

karvan_skim_weights karvan_skim_weights_of(karvan_objective objective, double value_of_time_usd_h) {
    switch (objective) {
    case KARVAN_BY_COST:
        return (karvan_skim_weights){.usd = 1};
    case KARVAN_BY_EMISSIONS:
        return (karvan_skim_weights){.kg = 1};
    case KARVAN_BY_GENERALISED:
        return (karvan_skim_weights){.usd = 1, .hours = value_of_time_usd_h};
    case KARVAN_BY_TIME:
    case KARVAN_BY_PARETO:
    case KARVAN_BY_WEIGHTS:
        break;
    }
    return (karvan_skim_weights){.hours = 1};
}

karvan_status karvan_i_check_skim_weights(const karvan_skim_weights *w, karvan_error *err) {
    const double all[] = {w->hours, w->usd, w->kg, w->km, w->var_h2};
    double sum = 0;
    for (int i = 0; i < 5; i++) {
        if (!(all[i] >= 0 && isfinite(all[i])))
            return karvan_fail(err, KARVAN_E_ARG, "a weight of %g: weights are 0 or more", all[i]);
        sum += all[i];
    }
    if (sum > 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "all weights are 0: nothing makes a way the best");
}

const char *karvan_i_weights_unit(const karvan_skim_weights *w) {
    int said = (w->hours > 0) + (w->usd > 0) + (w->kg > 0) + (w->km > 0) + (w->var_h2 > 0);
    if (w->usd == 1) return "USD/TEU"; /* the others, if any, come with their value in money */
    if (said != 1) return "unit";
    return w->hours == 1 ? "h" : w->kg == 1 ? "kg/TEU" : w->km == 1 ? "km" : "unit";
}

karvan_i_label karvan_i_weigh(const karvan_skim_weights *w, const karvan_i_arc *a) {
    bool hours_alone = w->hours > 0 && w->usd == 0 && w->kg == 0 && w->km == 0 && w->var_h2 == 0;
    return (karvan_i_label){w->usd * a->usd + w->hours * a->hours + w->kg * a->kg + w->km * a->km +
                                w->var_h2 * a->var_h2,
                            hours_alone ? a->usd : a->hours};
}

karvan_status karvan_i_check_places(const karvan_network *net, int32_t n, const int32_t *places,
                                    karvan_error *err) {
    if (n < 0 || (n > 0 && !places)) return karvan_fail(err, KARVAN_E_ARG, "no places");
    for (int32_t i = 0; i < n; i++)
        if (places[i] < 0 || places[i] >= net->n_places)
            return karvan_fail(err, KARVAN_E_ARG, "row %d of a region of %d places", (int)places[i],
                               (int)net->n_places);
    return KARVAN_OK;
}

karvan_status karvan_i_same_places(const karvan_network *a, const karvan_network *b,
                                   karvan_error *err) {
    bool same = a->n_places == b->n_places;
    for (int32_t p = 0; same && p < a->n_places; p++) {
        const char *x = karvan_i_cell_text(a->places, "id", p);
        same = x && karvan_i_cell_is(b->places, "id", p, x);
    }
    if (same) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "the network that this one is compared with has other "
                       "places");
}

/* ---- the arcs, packed ---- */

static void number_nodes(karvan_i_pack *p) {
    const karvan_network *net = p->net;
    for (int32_t s = 0; s < net->n_states; s++) {
        karvan_i_side side = karvan_i_state_side(net, s);
        bool end = side == KARVAN_I_ORIGIN || side == KARVAN_I_DESTINATION;
        p->node[s] = end || net->first[s] < net->first[s + 1] ? 0 : -1;
    }
    for (int32_t a = 0; a < net->n_arcs; a++) p->node[net->arcs[a].head] = 0;
    for (int32_t s = 0; s < net->n_states; s++) {
        if (p->node[s] < 0) continue;
        p->first[p->n] = net->first[s]; /* those left out between have no arcs */
        p->state[p->n] = s, p->node[s] = p->n++;
    }
    p->first[p->n] = net->n_arcs;
}

karvan_status karvan_i_pack_init(karvan_i_pack *p, const karvan_network *net,
                                 const karvan_skim_weights *w, karvan_error *err) {
    size_t states = (size_t)net->n_states + 1;
    *p = (karvan_i_pack){.net = net, .node = karvan_i_malloc(states, sizeof *p->node)};
    p->state = karvan_i_malloc(states, sizeof *p->state);
    p->first = karvan_i_malloc(states, sizeof *p->first);
    p->step = karvan_i_malloc((size_t)net->n_arcs + 1, sizeof *p->step);
    if (!p->node || !p->state || !p->first || !p->step) {
        karvan_i_pack_clear(p);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d arcs", (int)net->n_arcs);
    }
    number_nodes(p);
    for (int32_t a = 0; a < net->n_arcs; a++)
        p->step[a] =
            (karvan_i_packed_arc){karvan_i_weigh(w, &net->arcs[a]), p->node[net->arcs[a].head]};
    return KARVAN_OK;
}

void karvan_i_pack_clear(karvan_i_pack *p) {
    karvan_i_free(p->node), karvan_i_free(p->state), karvan_i_free(p->first);
    karvan_i_free(p->step);
    *p = (karvan_i_pack){0};
}

bool karvan_i_arc_of_item(const karvan_network *net, const karvan_i_arc *a, karvan_item item) {
    switch (item.kind) {
    case KARVAN_ITEM_LINK:
        return a->kind == KARVAN_I_ARC_LINK && a->row == item.row;
    case KARVAN_ITEM_TERMINAL:
        return a->kind == KARVAN_I_ARC_TERMINAL && a->row == item.row;
    case KARVAN_ITEM_SERVICE:
        return a->kind == KARVAN_I_ARC_LINK && a->service == item.row;
    case KARVAN_ITEM_PLACE:
        break;
    }
    return karvan_i_state_place(net, a->tail) == item.row ||
           karvan_i_state_place(net, a->head) == item.row;
}

karvan_status karvan_i_check_item(const karvan_network *net, karvan_item item, karvan_error *err) {
    const int64_t rows[] = {karvan_table_rows(net->links), karvan_table_rows(net->terminals),
                            karvan_table_rows(net->services), net->n_places};
    if (item.kind >= KARVAN_ITEM_LINK && item.kind <= KARVAN_ITEM_PLACE && item.row >= 0 &&
        item.row < rows[item.kind])
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "a closure of row %d of kind %d: there is none",
                       (int)item.row, (int)item.kind);
}

void karvan_i_pack_close(karvan_i_pack *p, karvan_item item) {
    for (int32_t a = 0; a < p->net->n_arcs; a++)
        if (karvan_i_arc_of_item(p->net, &p->net->arcs[a], item)) p->step[a].w.first = INFINITY;
}

/* ---- the search ---- */

karvan_status karvan_i_reach_init(karvan_i_reach *r, const karvan_i_pack *p, karvan_error *err) {
    size_t n = (size_t)p->n + 1;
    *r = (karvan_i_reach){.pack = p, .best = karvan_i_malloc(n, sizeof *r->best)};
    r->by_arc = karvan_i_malloc(n, sizeof *r->by_arc);
    r->order = karvan_i_malloc(n, sizeof *r->order);
    r->heap = karvan_i_malloc((size_t)p->net->n_arcs + 1, sizeof *r->heap);
    if (r->best && r->by_arc && r->order && r->heap) return KARVAN_OK;
    karvan_i_reach_clear(r);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory to search %d states", (int)p->n);
}

void karvan_i_reach_clear(karvan_i_reach *r) {
    karvan_i_free(r->best), karvan_i_free(r->by_arc), karvan_i_free(r->order);
    karvan_i_free(r->heap);
    *r = (karvan_i_reach){0};
}

static inline bool less(karvan_i_label a, karvan_i_label b) {
    return a.first < b.first || (a.first == b.first && a.second < b.second);
}

static inline bool before(const karvan_i_waiting *a, const karvan_i_waiting *b) {
    if (a->key.first != b->key.first) return a->key.first < b->key.first;
    if (a->key.second != b->key.second) return a->key.second < b->key.second;
    return a->node < b->node;
}

static inline void push(karvan_i_reach *r, karvan_i_waiting e) {
    int32_t i = r->n_heap++;
    for (; i > 0 && before(&e, &r->heap[(i - 1) / 2]); i = (i - 1) / 2)
        r->heap[i] = r->heap[(i - 1) / 2];
    r->heap[i] = e;
}

static inline karvan_i_waiting pop(karvan_i_reach *r) {
    karvan_i_waiting top = r->heap[0], last = r->heap[--r->n_heap];
    int32_t i = 0;
    for (int32_t child; (child = 2 * i + 1) < r->n_heap; i = child) {
        if (child + 1 < r->n_heap && before(&r->heap[child + 1], &r->heap[child])) child++;
        if (!before(&r->heap[child], &last)) break;
        r->heap[i] = r->heap[child];
    }
    r->heap[i] = last;
    return top;
}

void karvan_i_reach_run(karvan_i_reach *r, int32_t place) {
    const karvan_i_pack *p = r->pack;
    int32_t begin = p->node[karvan_i_origin(p->net, place)];
    for (int32_t v = 0; v < p->n; v++) r->best[v] = (karvan_i_label){INFINITY, INFINITY};
    r->n_heap = r->n_order = 0;
    r->best[begin] = (karvan_i_label){0, 0}, r->by_arc[begin] = -1;
    push(r, (karvan_i_waiting){{0, 0}, begin});
    while (r->n_heap > 0) {
        karvan_i_waiting u = pop(r);
        if (less(r->best[u.node], u.key)) continue; /* improved since */
        r->order[r->n_order++] = u.node;
        for (int32_t a = p->first[u.node]; a < p->first[u.node + 1]; a++) {
            const karvan_i_packed_arc *s = &p->step[a];
            karvan_i_label l = {u.key.first + s->w.first, u.key.second + s->w.second};
            if (!(l.first < INFINITY) || !less(l, r->best[s->head])) continue;
            r->best[s->head] = l, r->by_arc[s->head] = a;
            push(r, (karvan_i_waiting){l, s->head});
        }
    }
}

double karvan_i_reach_cost(const karvan_i_reach *r, int32_t place) {
    return r->best[r->pack->node[karvan_i_destination(r->pack->net, place)]].first;
}
