/* Dijkstra 1959 over the state graph, from one origin to all. Ties fall as in search.c: to the
 * smaller second criterion, then to the lower state, so that both find the same ways. */
#include "network/reach.h"

#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"

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
                                 const karvan_weights *w, karvan_error *err) {
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

void karvan_i_reach_run(karvan_i_reach *r, int32_t place) {
    const karvan_i_pack *p = r->pack;
    int32_t begin = p->node[karvan_i_origin(p->net, place)];
    for (int32_t v = 0; v < p->n; v++) r->best[v] = (karvan_i_label){INFINITY, INFINITY};
    r->n_heap = r->n_order = 0;
    r->best[begin] = (karvan_i_label){0, 0}, r->by_arc[begin] = -1;
    karvan_i_waiting_push(NULL, r->heap, &r->n_heap, (karvan_i_waiting){{0, 0}, begin});
    while (r->n_heap > 0) {
        karvan_i_waiting u = karvan_i_waiting_pop(NULL, r->heap, &r->n_heap);
        if (karvan_i_label_less(r->best[u.node], u.key)) continue; /* improved since */
        r->order[r->n_order++] = u.node;
        for (int32_t a = p->first[u.node]; a < p->first[u.node + 1]; a++) {
            const karvan_i_packed_arc *s = &p->step[a];
            karvan_i_label l = {u.key.first + s->w.first, u.key.second + s->w.second};
            if (!(l.first < INFINITY) || !karvan_i_label_less(l, r->best[s->head])) continue;
            r->best[s->head] = l, r->by_arc[s->head] = a;
            karvan_i_waiting_push(NULL, r->heap, &r->n_heap, (karvan_i_waiting){l, s->head});
        }
    }
}

double karvan_i_reach_cost(const karvan_i_reach *r, int32_t place) {
    return r->best[r->pack->node[karvan_i_destination(r->pack->net, place)]].first;
}
