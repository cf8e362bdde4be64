/* Arcs at one place: stops by rows of terminals, step by step; passing; loading and unloading. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/build.h"
#include "table/cell.h"
#include "table/number.h"

typedef struct terminal_columns {
    int place, from, to, two_way, step, from_status, to_status, p50, p90, cost, co2e, capacity;
} terminal_columns;

static karvan_status find_columns(const karvan_table *t, terminal_columns *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_need_column(t, "place", &c->place, err));
    KARVAN_TRY(karvan_i_need_column(t, "from_mode", &c->from, err));
    KARVAN_TRY(karvan_i_need_column(t, "to_mode", &c->to, err));
    KARVAN_TRY(karvan_i_need_column(t, "two_way", &c->two_way, err));
    KARVAN_TRY(karvan_i_need_column(t, "dwell_p50_h", &c->p50, err));
    KARVAN_TRY(karvan_i_need_column(t, "dwell_p90_h", &c->p90, err));
    KARVAN_TRY(karvan_i_need_column(t, "cost_usd_per_teu", &c->cost, err));
    c->step = karvan_table_find(t, "step");
    c->from_status = karvan_table_find(t, "from_status");
    c->to_status = karvan_table_find(t, "to_status");
    c->co2e = karvan_table_find(t, "co2e_kg_per_teu");
    c->capacity = karvan_table_find(t, "capacity_teu_day");
done:
    return st;
}

/* A row of terminals used in one direction: between two modes, or to or from the ground (-1). */
typedef struct use {
    int32_t place, from, to; /* modes */
    int64_t step;
    int32_t row;
    bool reversed, closed;      /* closed: nothing passes by it, and its step stands */
    int32_t status, new_status; /* -1: any; as it was */
} use;

typedef struct stops { /* what is collected before arcs are made */
    const terminal_columns *c;
    use *uses;
    int32_t n;
    bool *bordered; /* [n_places * n_layers] passing there in that layer needs a row */
    bool *handled;  /* [n_places * n_modes * 2] loading, unloading has a row there */
} stops;

static int by_group(const void *a, const void *b) {
    const use *x = a, *y = b;
    if (x->place != y->place) return x->place < y->place ? -1 : 1;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    if (x->to != y->to) return x->to < y->to ? -1 : 1;
    if (x->step != y->step) return x->step < y->step ? -1 : 1;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return (int)x->reversed - (int)y->reversed;
}

static bool same_group(const use *a, const use *b) {
    return a->place == b->place && a->from == b->from && a->to == b->to;
}

/* Of a place and something counted at it. */
static size_t spot(int32_t place, int32_t n, int32_t i) {
    return (size_t)place * (size_t)n + (size_t)i;
}

static void mark_bordered(const karvan_network *net, stops *s, const use *u) {
    for (int32_t status = 0; status < net->n_statuses; status++)
        if (u->status < 0 || u->status == status)
            s->bordered[spot(u->place, net->n_layers, karvan_i_layer(net, u->from, status))] = true;
}

/* The two modes of a row; -1 for the ground, where a load begins or ends. false: it is none of ours
 * (a mode without containers, another class of cargo). */
static karvan_status read_use(const karvan_network *net, const terminal_columns *c, int64_t r,
                              use *u, bool *ours, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = net->terminals;
    const char *a = karvan_table_text(t, c->from, r), *b = karvan_table_text(t, c->to, r);
    const char *op = karvan_i_cell_text(t, "operation", r);
    bool loads = op && strcmp(op, "load") == 0, unloads = op && strcmp(op, "unload") == 0;
    *ours = false;
    if ((!a && !loads) || (!b && !unloads))
        return karvan_i_refuse(t, c->from, r, "a terminal needs both modes", err);
    if ((a && !karvan_i_mode_carries(net->region, a)) ||
        (b && !karvan_i_mode_carries(net->region, b)))
        return KARVAN_OK;
    if (!karvan_i_row_takes_class(net, t, r)) return KARVAN_OK;
    *u = (use){.row = (int32_t)r, .status = -1, .new_status = -1, .step = 1};
    KARVAN_TRY(karvan_i_place_of(net, t, c->place, r, &u->place, err));
    u->from = loads ? -1 : karvan_i_mode_index(net, a);
    u->to = unloads ? -1 : karvan_i_mode_index(net, b);
    if (c->step >= 0 && karvan_table_state(t, c->step, r) == KARVAN_VALUE)
        u->step = karvan_table_int(t, c->step, r);
    const char *from = c->from_status < 0 ? NULL : karvan_table_text(t, c->from_status, r);
    const char *to = c->to_status < 0 ? NULL : karvan_table_text(t, c->to_status, r);
    if (from) u->status = karvan_i_status_index(net, from);
    if (to) u->new_status = karvan_i_status_index(net, to);
    *ours = true;
done:
    return st;
}

static karvan_status collect(const karvan_network *net, stops *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = net->terminals;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        use u;
        bool ours;
        KARVAN_TRY(read_use(net, s->c, r, &u, &ours, err));
        if (!ours) continue;
        if (u.from < 0) s->handled[2 * spot(u.place, net->n_modes, u.to)] = true;
        if (u.to < 0) s->handled[2 * spot(u.place, net->n_modes, u.from) + 1] = true;
        int32_t op = karvan_i_operation_index(net, karvan_i_cell_text(t, "operation", r));
        if (u.from >= 0 && u.from == u.to && net->operations[op].mandatory)
            mark_bordered(net, s, &u);
        u.closed = !karvan_i_row_open(net, t, r);
        s->uses[s->n++] = u;
        if (u.from == u.to || u.from < 0 || u.to < 0 || !karvan_table_bool(t, s->c->two_way, r))
            continue;
        use back = u;
        back.from = u.to, back.to = u.from, back.reversed = true;
        s->uses[s->n++] = back;
    }
    if (s->n > 0) qsort(s->uses, (size_t)s->n, sizeof *s->uses, by_group);
done:
    return st;
}

/* ---- arcs of one row ---- */

static karvan_status read_terminal(const karvan_network *net, const terminal_columns *c,
                                   const use *u, karvan_i_arc *arc, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = net->terminals;
    karvan_i_factor f = {1, 1, 1, 0, 0};
    const char *op = karvan_i_cell_text(t, "operation", u->row);
    arc->operation = karvan_i_operation_index(net, op);
    const karvan_i_operation *o = &net->operations[arc->operation];
    double p50 = karvan_i_value_or(t, c->p50, u->row, o->p50_h);
    double p90 = karvan_i_value_or(t, c->p90, u->row, isnan(o->p90_h) ? p50 : fmax(o->p90_h, p50));
    double usd = karvan_i_value_or(t, c->cost, u->row, o->usd),
           kg = karvan_i_value_or(t, c->co2e, u->row, 0.0);
    if (!karvan_i_is_amount(p50))
        return karvan_i_refuse(t, c->p50, u->row, "a terminal needs its dwell_p50_h", err);
    KARVAN_TRY(karvan_i_factor_apply(net, "operation", op, &f, err));
    KARVAN_TRY(
        karvan_i_factor_apply(net, "terminal", karvan_i_cell_text(t, "id", u->row), &f, err));
    karvan_i_set_hours(arc, p50, 0.0, p50 > 0 ? p90 / p50 : 1.0, &f);
    if (!karvan_i_is_amount(arc->hours) || !karvan_i_is_amount(arc->var_h2))
        return karvan_i_refuse(t, c->p90, u->row, "dwell_p90_h is too large", err);
    if (!karvan_i_is_amount(usd))
        return karvan_i_refuse(t, c->cost, u->row, "a terminal needs its cost_usd_per_teu", err);
    if (!karvan_i_is_amount(kg))
        return karvan_i_refuse(t, c->co2e, u->row, "co2e_kg_per_teu must not be below 0", err);
    arc->usd = usd * f.usd + f.add_usd, arc->kg = kg * f.co2e;
    if (!karvan_i_is_amount(arc->usd))
        return karvan_i_refuse(t, c->cost, u->row, "cost_usd_per_teu is too large", err);
    if (!karvan_i_is_amount(arc->kg))
        return karvan_i_refuse(t, c->co2e, u->row, "co2e_kg_per_teu is too large", err);
    arc->capacity_teu_day = karvan_i_value_or(t, c->capacity, u->row, NAN);
done:
    return st;
}

/* ---- a group: all rows of one place between the same two modes, by steps ---- */

/* States that the rows of one step lead to, one a customs status; made when first reached. */
typedef struct front {
    int32_t state[64]; /* -1: not reached */
} front;

static karvan_status next_state(karvan_i_build *b, const use *u, int32_t status, bool last,
                                front *to, karvan_error *err) {
    const karvan_network *net = b->net;
    if (to->state[status] >= 0) return KARVAN_OK;
    if (last && u->to < 0) {
        to->state[status] = karvan_i_destination(net, u->place);
        return KARVAN_OK;
    }
    int32_t layer = karvan_i_layer(net, u->to < 0 ? u->from : u->to, status);
    if (last) {
        to->state[status] = karvan_i_state(net, u->place, layer, KARVAN_I_DEPARTING);
        return KARVAN_OK;
    }
    return karvan_i_build_state(b, u->place, layer, KARVAN_I_BETWEEN, &to->state[status], err);
}

/* Loading begins and unloading ends in free circulation, the first status. */
static void first_front(const karvan_network *net, const use *u, front *f) {
    for (int32_t s = 0; s < net->n_statuses; s++)
        f->state[s] = u->from < 0 ? (s == 0 ? karvan_i_origin(net, u->place) : -1)
                                  : karvan_i_state(net, u->place, karvan_i_layer(net, u->from, s),
                                                   KARVAN_I_ARRIVED);
}

/* Until the terminal opens. */
static void add_wait(const karvan_network *net, karvan_i_arc *arc) {
    karvan_i_wait w = karvan_i_opening_wait(&net->clocks, arc->row);
    arc->wait_h = karvan_i_wait_mean_h(&w);
    arc->hours += arc->wait_h, arc->var_h2 += karvan_i_wait_var_h2(&w);
}

static karvan_status add_use(karvan_i_build *b, const terminal_columns *c, const use *u, bool last,
                             const front *from, front *to, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = b->net;
    karvan_i_arc arc = {.kind = KARVAN_I_ARC_TERMINAL, .row = u->row, .service = -1};
    arc.reversed = u->reversed;
    if (u->closed) return KARVAN_OK;
    KARVAN_TRY(read_terminal(net, c, u, &arc, err));
    if (net->clocks.terminal[u->row].week) add_wait(net, &arc);
    for (int32_t s = 0; s < net->n_statuses; s++) {
        int32_t then = u->new_status < 0 ? s : u->new_status;
        if (from->state[s] < 0 || (u->status >= 0 && u->status != s)) continue;
        if (last && u->to < 0 && then != 0) continue;
        KARVAN_TRY(next_state(b, u, then, last, to, err));
        arc.tail = from->state[s], arc.head = to->state[then];
        KARVAN_TRY(karvan_i_build_push(b, &arc, err));
    }
done:
    return st;
}

static karvan_status add_group(karvan_i_build *b, const terminal_columns *c, const use *u,
                               int32_t n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    front from, to;
    if (!b->net->options.handling && (u->from < 0 || u->to < 0)) return KARVAN_OK;
    first_front(b->net, u, &from);
    for (int32_t i = 0; i < n;) {
        int64_t step = u[i].step;
        bool last = u[n - 1].step == step;
        for (int k = 0; k < 64; k++) to.state[k] = -1;
        for (; i < n && u[i].step == step; i++)
            KARVAN_TRY(add_use(b, c, &u[i], last, &from, &to, err));
        from = to;
    }
done:
    return st;
}

/* ---- what needs no row ---- */

static karvan_status add_passes(karvan_i_build *b, const stops *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = b->net;
    karvan_i_arc arc = {.kind = KARVAN_I_ARC_PASS, .row = -1, .service = -1, .operation = -1};
    arc.p90_over_p50 = 1.0, arc.capacity_teu_day = NAN;
    for (int32_t p = 0; p < net->n_places; p++)
        for (int32_t l = 0; l < net->n_layers; l++) {
            if (s->bordered[spot(p, net->n_layers, l)]) continue;
            arc.tail = karvan_i_state(net, p, l, KARVAN_I_ARRIVED);
            arc.head = karvan_i_state(net, p, l, KARVAN_I_DEPARTING);
            KARVAN_TRY(karvan_i_build_push(b, &arc, err));
        }
done:
    return st;
}

/* Loading or unloading in a mode: free, or as table operations says for everywhere. */
static karvan_status default_handling(const karvan_network *net, bool loads, karvan_i_arc *arc,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_factor f = {1, 1, 1, 0, 0};
    *arc = (karvan_i_arc){.kind = KARVAN_I_ARC_PASS, .row = -1, .service = -1, .operation = -1};
    arc->p90_over_p50 = 1.0, arc->capacity_teu_day = NAN;
    if (!net->options.handling) return KARVAN_OK;
    int32_t i = karvan_i_operation_index(net, loads ? "load" : "unload");
    const karvan_i_operation *o = &net->operations[i];
    double p50 = isnan(o->p50_h) ? 0 : o->p50_h, usd = isnan(o->usd) ? 0 : o->usd;
    double p90 = isnan(o->p90_h) ? p50 : o->p90_h;
    if (o->row < 0) return KARVAN_OK;
    KARVAN_TRY(karvan_i_factor_apply(net, "operation", o->id, &f, err));
    arc->kind = KARVAN_I_ARC_DEFAULT, arc->row = o->row, arc->operation = i;
    karvan_i_set_hours(arc, p50, 0.0, p50 > 0 ? p90 / p50 : 1.0, &f);
    arc->usd = usd * f.usd + f.add_usd;
    KARVAN_REQUIRE(karvan_i_is_amount(arc->hours) && karvan_i_is_amount(arc->usd), err,
                   KARVAN_E_DATA, "table operations: %s needs hours and dollars of 0 or more",
                   o->id);
done:
    return st;
}

/* Modes that touch a place by a link: elsewhere nothing is loaded. */
static void mark_touched(const karvan_i_build *b, bool *touched) {
    const karvan_network *net = b->net;
    for (int32_t i = 0; i < b->n; i++) {
        const karvan_i_arc *a = &b->arcs[i];
        if (a->kind != KARVAN_I_ARC_LINK) continue;
        int32_t tail = karvan_i_state_place(net, a->tail),
                head = karvan_i_state_place(net, a->head);
        touched[2 * spot(tail, net->n_modes, karvan_i_state_mode(net, a->tail))] = true;
        touched[2 * spot(head, net->n_modes, karvan_i_state_mode(net, a->head)) + 1] = true;
    }
}

static karvan_status add_handling(karvan_i_build *b, const stops *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = b->net;
    karvan_i_arc load, unload;
    size_t n = (size_t)net->n_places * (size_t)net->n_modes * 2 + 1;
    bool *touched = karvan_i_calloc(n, sizeof *touched);
    KARVAN_REQUIRE(touched, err, KARVAN_E_NOMEM, "loading");
    mark_touched(b, touched);
    KARVAN_TRY(default_handling(net, true, &load, err));
    KARVAN_TRY(default_handling(net, false, &unload, err));
    for (int32_t p = 0; p < net->n_places; p++)
        for (int32_t m = 0; m < net->n_modes; m++) {
            size_t at = 2 * spot(p, net->n_modes, m);
            int32_t layer = karvan_i_layer(net, m, 0);
            if (touched[at] && !(net->options.handling && s->handled[at])) {
                load.tail = karvan_i_origin(net, p);
                load.head = karvan_i_state(net, p, layer, KARVAN_I_DEPARTING);
                KARVAN_TRY(karvan_i_build_push(b, &load, err));
            }
            if (touched[at + 1] && !(net->options.handling && s->handled[at + 1])) {
                unload.tail = karvan_i_state(net, p, layer, KARVAN_I_ARRIVED);
                unload.head = karvan_i_destination(net, p);
                KARVAN_TRY(karvan_i_build_push(b, &unload, err));
            }
        }
done:
    karvan_i_free(touched);
    return st;
}

karvan_status karvan_i_build_terminals(karvan_i_build *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = b->net;
    terminal_columns c;
    stops s = {.c = &c};
    size_t places = (size_t)net->n_places, rows = (size_t)karvan_table_rows(net->terminals);
    KARVAN_REQUIRE(net->n_statuses <= 64, err, KARVAN_E_DATA, "more than 64 customs statuses");
    KARVAN_TRY(find_columns(net->terminals, &c, err));
    s.uses = karvan_i_malloc(2 * rows + 1, sizeof *s.uses);
    s.bordered = karvan_i_calloc(places * (size_t)net->n_layers + 1, sizeof *s.bordered);
    s.handled = karvan_i_calloc(places * (size_t)net->n_modes * 2 + 1, sizeof *s.handled);
    KARVAN_REQUIRE(s.uses && s.bordered && s.handled, err, KARVAN_E_NOMEM, "terminals");
    KARVAN_TRY(collect(net, &s, err));
    for (int32_t i = 0, n; i < s.n; i += n) {
        for (n = 1; i + n < s.n && same_group(&s.uses[i], &s.uses[i + n]);) n++;
        KARVAN_TRY(add_group(b, &c, &s.uses[i], n, err));
    }
    KARVAN_TRY(add_passes(b, &s, err));
    KARVAN_TRY(add_handling(b, &s, err));
done:
    karvan_i_free(s.uses), karvan_i_free(s.bordered), karvan_i_free(s.handled);
    return st;
}
