#ifndef KARVAN_TESTS_ALL_WALKS_H
#define KARVAN_TESTS_ALL_WALKS_H
/* All walks of a small state graph that a query may mean. The walks are those of the graph; what is
 * asked of them is read from the tables anew. */
#include "network/graph.h"
#include "random_region.h"
#include "table/cell.h"

enum { WALKS_MAX = 60000, ARCS_MAX = 60, STEPS_MAX = 3000000 };

typedef struct walk {
    int n;
    int32_t arcs[ARCS_MAX];
    double v[5]; /* hours, USD, kg, variance, km */
} walk;

typedef struct slow {
    const karvan_network *net;
    const karvan_routes_query *q;
    walk *walks;
    int n;
    long steps;
    bool in_state[4000];
    int passed_at[RANDOM_PLACES_MAX]; /* -1: not passed */
} slow;

/* ---- what is asked, by the tables ---- */

static inline const char *cell(const karvan_network *net, const char *table, const char *column,
                               int64_t row) {
    const char *s = karvan_i_cell_text(karvan_package_table(net->region, table), column, row);
    return s ? s : "";
}

static inline bool row_listed(const int32_t *list, int n, int64_t row) {
    for (int i = 0; i < n; i++)
        if (list[i] == row) return true;
    return false;
}

static inline int64_t country_of(const karvan_network *net, int32_t place) {
    return karvan_package_row(net->region, "countries", cell(net, "places", "country", place));
}

static inline bool place_refused(const slow *s, int32_t place) {
    const karvan_routes_query *q = s->q;
    if (place == q->from || place == q->to) return false;
    if (row_listed(q->places, q->n_places, place)) return true;
    if (row_listed(q->countries, q->n_countries, country_of(s->net, place))) return true;
    return q->corridor == 0 && strcmp(cell(s->net, "corridors", "avoid_places", 0),
                                      cell(s->net, "places", "id", place)) == 0;
}

static inline bool operator_refused(const slow *s, const karvan_i_arc *a) {
    for (int i = 0; i < s->q->n_operators; i++)
        if (strcmp(cell(s->net, "links", "operator", a->row), s->q->operators[i]) == 0 ||
            (a->service >= 0 &&
             strcmp(cell(s->net, "services", "operator", a->service), s->q->operators[i]) == 0))
            return true;
    return false;
}

static inline bool border_refused(const slow *s, const karvan_i_arc *a) {
    int32_t p = karvan_i_state_place(s->net, a->tail), to = karvan_i_state_place(s->net, a->head);
    if (strcmp(cell(s->net, "places", "kind", p), "strait") == 0 ||
        strcmp(cell(s->net, "places", "kind", to), "strait") == 0)
        return false;
    int64_t x = country_of(s->net, p), y = country_of(s->net, to);
    for (int i = 0; i < s->q->n_borders; i++) {
        karvan_border b = s->q->borders[i];
        if ((b.a == x && b.b == y) || (b.a == y && b.b == x)) return true;
    }
    return false;
}

static inline bool arc_refused(const slow *s, const karvan_i_arc *a) {
    if (place_refused(s, karvan_i_state_place(s->net, a->head))) return true;
    int32_t mode = karvan_i_state_mode(s->net, a->head);
    for (int i = 0; mode >= 0 && i < s->q->n_modes; i++)
        if (strcmp(s->net->modes[mode], s->q->modes[i]) == 0) return true;
    if (a->kind != KARVAN_I_ARC_LINK) return false;
    return operator_refused(s, a) || border_refused(s, a);
}

static inline bool transhipment(const slow *s, const karvan_i_arc *a) {
    return a->kind == KARVAN_I_ARC_TERMINAL &&
           strcmp(cell(s->net, "terminals", "operation", a->row), "tranship") == 0;
}

/* Groups to pass that a place belongs to; the corridor's come last. */
static inline int groups_of(const slow *s, int32_t place) {
    int mask = 0, g = s->q->n_via;
    for (int i = 0; i < s->q->n_via; i++)
        mask |= row_listed(s->q->via[i].places, s->q->via[i].n, place) << i;
    if (s->q->corridor != 0) return mask;
    char list[100], id[20];
    (void)snprintf(list, sizeof list, "%s", cell(s->net, "corridors", "must_pass", 0));
    (void)snprintf(id, sizeof id, "%s", cell(s->net, "places", "id", place));
    char *second = strchr(list, '|'), *other = strchr(list, ';');
    *second = *other = 0;
    mask |= (strcmp(list, id) == 0 || strcmp(other + 1, id) == 0) << g;
    return mask | (strcmp(second + 1, id) == 0) << (g + 1);
}

static inline int all_groups(const slow *s) {
    return (1 << (s->q->n_via + (s->q->corridor == 0 ? 2 : 0))) - 1;
}

/* Beyond the first few routes: who may end at the destination ends there, and nobody comes back in
 * free circulation to where it began. */
static inline bool pointless(const slow *s, const karvan_i_arc *a) {
    const karvan_network *net = s->net;
    int32_t end = karvan_i_destination(net, s->q->to);
    if (s->q->method == KARVAN_ROUTES_PARETO) return false;
    if (a->kind == KARVAN_I_ARC_LINK && karvan_i_state_place(net, a->head) == s->q->from &&
        net->state_layer[a->head] % net->n_statuses == 0)
        return true;
    if (a->head == end || karvan_i_state_side(net, a->tail) != KARVAN_I_ARRIVED) return false;
    bool ends = false;
    for (int32_t i = 0; i < net->n_arcs; i++)
        ends |= net->arcs[i].tail == a->tail && net->arcs[i].head == end;
    return ends;
}

/* ---- all walks ---- */

static inline void go_on(slow *s, walk *w, int32_t state, int passed, int transhipments) {
    int32_t place = karvan_i_state_place(s->net, state);
    int before = s->passed_at[place];
    passed |= groups_of(s, place);
    if (s->n == WALKS_MAX || s->steps++ > STEPS_MAX || s->in_state[state]) return;
    if (before >= 0 && before != passed) return;
    if (state == karvan_i_destination(s->net, s->q->to)) {
        if (passed == all_groups(s)) s->walks[s->n++] = *w;
        return;
    }
    if (w->n == ARCS_MAX) return;
    s->passed_at[place] = passed, s->in_state[state] = true;
    for (int32_t a = 0; a < s->net->n_arcs; a++) {
        const karvan_i_arc *x = &s->net->arcs[a];
        int then = transhipments + transhipment(s, x);
        if (x->tail != state || arc_refused(s, x) || pointless(s, x)) continue;
        if (s->q->max_transhipments >= 0 && then > s->q->max_transhipments) continue;
        walk saved = *w;
        w->arcs[w->n++] = a;
        w->v[0] += x->hours, w->v[1] += x->usd, w->v[2] += x->kg, w->v[3] += x->var_h2;
        w->v[4] += x->km;
        go_on(s, w, x->head, passed, then);
        *w = saved;
    }
    s->passed_at[place] = before, s->in_state[state] = false;
}

/* false: there are too many to enumerate. */
static inline bool enumerate(slow *s, const karvan_network *net, const karvan_routes_query *q) {
    walk w = {.n = 0};
    *s = (slow){.net = net, .q = q, .walks = s->walks};
    assert_true(karvan_network_states(net) < 4000);
    for (int p = 0; p < RANDOM_PLACES_MAX; p++) s->passed_at[p] = -1;
    go_on(s, &w, karvan_i_origin(net, q->from), 0, 0);
    return s->n < WALKS_MAX && s->steps <= STEPS_MAX;
}
#endif
