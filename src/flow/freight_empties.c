/* Empty moves: pools of modes whose units pass from one to another, a balance for each pool and
 * place, and a move over each link in each direction. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight.h"

void karvan_i_empties_clear(karvan_i_empties *e) {
    karvan_i_free(e->pool_of_mode), karvan_i_free(e->tail), karvan_i_free(e->head);
    karvan_i_free(e->item), karvan_i_free(e->cost), karvan_i_free(e->use_first);
    karvan_i_free(e->use), karvan_i_free(e->amount), karvan_i_free(e->service_item);
    *e = (karvan_i_empties){0};
}

/* ---- pools ---- */

static int32_t mode_index(const karvan_network *net, const char *s, size_t n) {
    for (int32_t m = 0; m < net->n_modes; m++)
        if (strlen(net->modes[m]) == n && memcmp(net->modes[m], s, n) == 0) return m;
    return -1;
}

static karvan_status find_pools(const karvan_freight *f, karvan_i_empties *e, karvan_error *err) {
    const karvan_network *net = f->plain;
    e->pool_of_mode = karvan_i_malloc((size_t)net->n_modes + 1, sizeof *e->pool_of_mode);
    if (!e->pool_of_mode) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for pools");
    for (int32_t m = 0; m < net->n_modes; m++) e->pool_of_mode[m] = f->pools ? -1 : m;
    e->n_pools = f->pools ? 0 : net->n_modes;
    for (const char *at = f->pools; at && *at;) {
        size_t n = strcspn(at, ",;");
        int32_t m = mode_index(net, at, n);
        if (m < 0)
            return karvan_fail(err, KARVAN_E_ARG, "empty_pools: '%.*s' is no mode of the region",
                               n < 40 ? (int)n : 40, at);
        if (e->pool_of_mode[m] >= 0)
            return karvan_fail(err, KARVAN_E_ARG, "empty_pools: %s stands in two pools",
                               net->modes[m]);
        e->pool_of_mode[m] = e->n_pools;
        at += n;
        if (!*at || *at == ';') e->n_pools++;
        at += *at != 0;
    }
    return KARVAN_OK;
}

/* ---- moves ---- */

/* One arc a link, service and direction: that of free circulation. */
static bool moves(const karvan_freight *f, const karvan_i_arc *arc) {
    const karvan_network *net = f->plain;
    if (arc->kind != KARVAN_I_ARC_LINK || net->state_layer[arc->tail] % net->n_statuses != 0)
        return false;
    int32_t pool = f->empties.pool_of_mode[karvan_i_state_mode(net, arc->tail)];
    return pool >= 0 &&
           karvan_i_state_place(net, arc->tail) != karvan_i_state_place(net, arc->head);
}

static karvan_status add_balances(karvan_freight *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = f->plain;
    size_t places = (size_t)net->n_places;
    bool *seen = karvan_i_calloc((size_t)f->empties.n_pools * places + 1, sizeof *seen);
    KARVAN_REQUIRE(seen, err, KARVAN_E_NOMEM, "no memory for pools");
    for (int32_t a = 0; a < net->n_arcs; a++) {
        const karvan_i_arc *arc = &net->arcs[a];
        if (!moves(f, arc)) continue;
        int32_t pool = f->empties.pool_of_mode[karvan_i_state_mode(net, arc->tail)];
        int32_t ends[2] = {karvan_i_state_place(net, arc->tail),
                           karvan_i_state_place(net, arc->head)};
        for (int i = 0; i < 2; i++) {
            size_t at = (size_t)pool * places + (size_t)ends[i];
            karvan_i_scarce x = {.kind = KARVAN_I_OF_BALANCE, .row = ends[i], .pool = pool};
            x.core.kind = KARVAN_I_BALANCE;
            if (!seen[at]) KARVAN_TRY(karvan_i_scarce_push(&f->scarce, &x, err));
            seen[at] = true;
        }
    }
done:
    karvan_i_free(seen);
    return st;
}

/* Money alone: nobody waits for an empty unit. What is counted in tonnes is not used, but where it
 * is shut: then there is no such move. */
static void add_move(karvan_freight *f, const karvan_i_lane *plain, const karvan_i_arc *arc) {
    karvan_i_empties *e = &f->empties;
    int32_t i = e->n;
    int64_t at = e->use_first[i];
    int32_t n = karvan_i_scarce_uses(f, plain, arc, e->use + at, e->amount + at), kept = 0;
    for (int32_t k = 0; k < n; k++) {
        const karvan_i_scarce *x = &f->scarce.all[e->use[at + k]];
        if (x->closed) return;
        if (x->by_weight) continue;
        e->use[at + kept] = e->use[at + k], e->amount[at + kept++] = e->amount[at + k];
    }
    e->n++;
    e->use_first[i + 1] = at + kept;
    e->tail[i] = karvan_i_state_place(f->plain, arc->tail);
    e->head[i] = karvan_i_state_place(f->plain, arc->head);
    e->item[i] = karvan_i_item_of(f, KARVAN_I_OF_LINK, arc->row, arc->reversed);
    e->service_item[i] =
        arc->service < 0 ? -1
                         : karvan_i_item_of(f, KARVAN_I_OF_SERVICE, arc->service, arc->reversed);
    e->cost[i] = f->options.empty_cost_share * arc->usd;
}

static karvan_status add_moves(karvan_freight *f, karvan_error *err) {
    karvan_i_empties *e = &f->empties;
    const karvan_network *net = f->plain;
    const karvan_i_lane plain = {.net = f->plain, .cargo_class = -1, .tonnes = 1};
    size_t moved = 0, uses = 0;
    for (int32_t a = 0; a < net->n_arcs; a++)
        if (moves(f, &net->arcs[a]))
            moved++, uses += (size_t)karvan_i_scarce_uses(f, &plain, &net->arcs[a], NULL, NULL);
    e->tail = karvan_i_calloc(moved + 1, sizeof *e->tail);
    e->head = karvan_i_calloc(moved + 1, sizeof *e->head);
    e->item = karvan_i_calloc(moved + 1, sizeof *e->item);
    e->service_item = karvan_i_calloc(moved + 1, sizeof *e->service_item);
    e->cost = karvan_i_calloc(moved + 1, sizeof *e->cost);
    e->use_first = karvan_i_calloc(moved + 1, sizeof *e->use_first);
    e->use = karvan_i_calloc(uses + 1, sizeof *e->use);
    e->amount = karvan_i_calloc(uses + 1, sizeof *e->amount);
    if (!e->tail || !e->head || !e->item || !e->service_item || !e->cost || !e->use_first ||
        !e->use || !e->amount)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for empty moves");
    for (int32_t a = 0; a < net->n_arcs; a++)
        if (moves(f, &net->arcs[a])) add_move(f, &plain, &net->arcs[a]);
    return KARVAN_OK;
}

/* Pools and balances; the capacities are known, and indexed when it ends. */
karvan_status karvan_i_empties_find(karvan_freight *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (f->options.empties) {
        KARVAN_TRY(find_pools(f, &f->empties, err));
        KARVAN_TRY(add_balances(f, err));
    }
    KARVAN_TRY(karvan_i_scarce_index(f, err));
    if (f->options.empties) KARVAN_TRY(add_moves(f, err));
done:
    return st;
}
