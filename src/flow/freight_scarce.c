/* What has a capacity: links, terminals and services in each direction; rows of table capacities.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight.h"
#include "network/build.h"
#include "table/cell.h"

karvan_status karvan_i_scarce_push(karvan_i_scarcities *s, const karvan_i_scarce *x,
                                   karvan_error *err) {
    if (s->n == s->cap) {
        int32_t cap = s->cap ? 2 * s->cap : 64;
        karvan_i_scarce *more = karvan_i_realloc(s->all, (size_t)cap, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
        s->all = more, s->cap = cap;
    }
    s->all[s->n++] = *x;
    return KARVAN_OK;
}

static karvan_i_scarce limit(karvan_i_scarce_kind kind, int32_t row, bool reversed,
                             double capacity) {
    karvan_i_scarce x = {.kind = kind, .row = row, .reversed = reversed};
    x.core = (karvan_i_resource){.kind = KARVAN_I_LIMIT, .capacity = capacity};
    x.closed = !(capacity > 0);
    return x;
}

/* ---- rows that say their own ---- */

static const karvan_table *table_of(const karvan_freight *f, karvan_i_scarce_kind kind) {
    switch (kind) {
    case KARVAN_I_OF_LINK:
        return f->links;
    case KARVAN_I_OF_TERMINAL:
        return f->terminals;
    case KARVAN_I_OF_SERVICE:
        return f->services;
    case KARVAN_I_OF_TABLE:
        return f->capacities;
    case KARVAN_I_OF_BALANCE:
        break;
    }
    return f->places;
}

/* A column capacity_teu_day, for each direction in which some lane has the row. */
static karvan_status own_capacities(karvan_freight *f, karvan_i_scarce_kind kind, const bool *there,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = table_of(f, kind);
    int c = karvan_table_find(t, "capacity_teu_day");
    for (int64_t r = 0; c >= 0 && r < karvan_table_rows(t); r++) {
        double k = karvan_i_value_or(t, c, r, NAN);
        if (isnan(k)) continue;
        if (!(k >= 0 && k < INFINITY))
            return karvan_i_refuse(t, c, r, "a capacity is 0 or more, or unknown", err);
        for (int way = 0; way < 2; way++) {
            karvan_i_scarce x = limit(kind, (int32_t)r, way == 1, k);
            if (there[karvan_i_item_of(f, kind, (int32_t)r, way == 1)])
                KARVAN_TRY(karvan_i_scarce_push(&f->scarce, &x, err));
        }
    }
done:
    return st;
}

/* A service's departures carry so much: the graph knows it, with the days on which the weather
 * closes, as far as the link itself does not carry less. */
static karvan_status service_capacities(karvan_freight *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)karvan_i_item_count(f) + 1;
    int c = karvan_table_find(f->links, "capacity_teu_day");
    double *least = karvan_i_malloc(n, sizeof *least);
    KARVAN_REQUIRE(least, err, KARVAN_E_NOMEM, "no memory for services");
    for (size_t i = 0; i < n; i++) least[i] = INFINITY;
    for (int32_t l = 0; l < f->n_lanes; l++)
        for (int32_t a = 0; a < f->lane[l].n_arcs; a++) {
            const karvan_i_arc *arc = &f->lane[l].net->arcs[a];
            if (arc->kind != KARVAN_I_ARC_LINK || arc->service < 0) continue;
            double k = arc->capacity_teu_day, own = karvan_i_value_or(f->links, c, arc->row, NAN);
            if (!isnan(k) && !(own <= k))
                least[karvan_i_item_of(f, KARVAN_I_OF_SERVICE, arc->service, arc->reversed)] = k;
        }
    for (int64_t r = 0; r < karvan_table_rows(f->services); r++)
        for (int way = 0; way < 2; way++) {
            double k = least[karvan_i_item_of(f, KARVAN_I_OF_SERVICE, (int32_t)r, way == 1)];
            karvan_i_scarce x = limit(KARVAN_I_OF_SERVICE, (int32_t)r, way == 1, k);
            if (k < INFINITY) KARVAN_TRY(karvan_i_scarce_push(&f->scarce, &x, err));
        }
done:
    karvan_i_free(least);
    return st;
}

/* ---- table capacities ---- */

static karvan_status unit_of(const karvan_table *t, int64_t r, double *per_day, bool *by_weight,
                             karvan_error *err) {
    static const struct {
        const char *unit;
        double per_day;
        bool by_weight;
    } units[] = {{"TEU/day", 1, false},
                 {"TEU/year", 1 / 365.0, false},
                 {"t/day", 1, true},
                 {"kt/year", 1000 / 365.0, true}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (karvan_i_cell_is(t, "unit", r, units[i].unit)) {
            *per_day = units[i].per_day, *by_weight = units[i].by_weight;
            return KARVAN_OK;
        }
    return karvan_i_cell_refuse(
        t, "unit", r, "the unit of a capacity is TEU/day, TEU/year, t/day or kt/year", err);
}

static double or_one(const karvan_table *t, const char *column, int64_t r) {
    double v = karvan_i_cell_real(t, column, r);
    return isnan(v) ? 1 : v;
}

static karvan_status make_queue(const karvan_table *t, int64_t r, karvan_i_scarce *x,
                                karvan_error *err) {
    double servers = karvan_i_cell_real(t, "servers", r), arrivals = or_one(t, "scv_arrivals", r),
           service = or_one(t, "scv_service", r);
    if (isnan(servers) || x->closed) return KARVAN_OK;
    if (!(servers >= 1 && servers < INFINITY))
        return karvan_i_cell_refuse(t, "servers", r, "a queue has one server or more", err);
    if (!(arrivals >= 0 && service >= 0 && arrivals + service < INFINITY))
        return karvan_i_cell_refuse(t, "scv_arrivals", r,
                                    "squared coefficients of variation are 0 or more", err);
    if (!(arrivals + service > 0))
        return KARVAN_OK; /* like clockwork: no queue before it is full */
    x->core.kind = KARVAN_I_QUEUE;
    x->core.delay = karvan_i_delay_of(x->core.capacity, servers, arrivals, service);
    return KARVAN_OK;
}

/* A row of capacities: one thing for both directions, or one each. */
static karvan_status table_capacity(karvan_freight *f, int64_t r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = f->capacities;
    double k = karvan_i_cell_real(t, "capacity", r), per_day = 0;
    bool by_weight = false, both = !karvan_i_cell_is(t, "direction", r, "each") ||
                                   karvan_i_cell_is(t, "items_of", r, "places");
    if (!(k >= 0 && k < INFINITY))
        return karvan_i_cell_refuse(t, "capacity", r, "a capacity is a number of 0 or more", err);
    KARVAN_TRY(unit_of(t, r, &per_day, &by_weight, err));
    for (int way = 0; way < (both ? 1 : 2); way++) {
        karvan_i_scarce x = limit(KARVAN_I_OF_TABLE, (int32_t)r, way == 1, k * per_day);
        x.both = both, x.by_weight = by_weight;
        KARVAN_TRY(make_queue(t, r, &x, err));
        KARVAN_TRY(karvan_i_scarce_push(&f->scarce, &x, err));
    }
done:
    return st;
}

/* ---- what uses what ---- */

/* Keys under which scarce things are found: items, then places, then places by pool. */
static int32_t key_of_place(const karvan_freight *f, int32_t place) {
    return karvan_i_item_count(f) + place;
}
static int32_t key_of_balance(const karvan_freight *f, int32_t pool, int32_t place) {
    int32_t places = (int32_t)karvan_table_rows(f->places);
    return karvan_i_item_count(f) + places * (1 + pool) + place;
}
static int32_t key_count(const karvan_freight *f) {
    return key_of_balance(f, f->empties.n_pools, 0);
}

typedef struct key_list { /* (key, scarce thing), then by key */
    int64_t n, cap;
    int32_t (*pair)[2];
} key_list;

static karvan_status push_key(key_list *k, int32_t key, int32_t scarce, karvan_error *err) {
    if (k->n == k->cap) {
        int64_t cap = k->cap ? 2 * k->cap : 256;
        int32_t(*more)[2] = karvan_i_realloc(k->pair, (size_t)cap, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
        k->pair = more, k->cap = cap;
    }
    k->pair[k->n][0] = key, k->pair[k->n++][1] = scarce;
    return KARVAN_OK;
}

/* The rows that a row of table capacities names, of their table. */
static karvan_status table_keys(const karvan_freight *f, int32_t s, key_list *k,
                                karvan_error *err) {
    static const char *const kinds[] = {"links", "terminals", "services", "places"};
    karvan_status st = KARVAN_OK;
    const karvan_i_scarce *x = &f->scarce.all[s];
    const char *of = karvan_i_cell_text(f->capacities, "items_of", x->row),
               *at = karvan_i_cell_text(f->capacities, "items", x->row);
    int kind = 0;
    while (kind < 4 && !(of && strcmp(of, kinds[kind]) == 0)) kind++;
    if (kind == 4)
        return karvan_i_cell_refuse(f->capacities, "items_of", x->row,
                                    "a capacity is of links, terminals, services or places", err);
    while (at && *at) {
        char id[200] = "", what[320];
        size_t n = strcspn(at, ";");
        if (n < sizeof id) memcpy(id, at, n);
        int32_t row = (int32_t)karvan_package_row(f->region, of, id);
        if (row < 0) {
            (void)snprintf(what, sizeof what, "'%s' is no row of table %s", id, of);
            return karvan_i_cell_refuse(f->capacities, "items", x->row, what, err);
        }
        karvan_i_scarce_kind as = (karvan_i_scarce_kind)kind;
        if (kind == 3) KARVAN_TRY(push_key(k, key_of_place(f, row), s, err));
        for (int way = 0; kind < 3 && way < 2; way++)
            if (x->both || x->reversed == (way == 1))
                KARVAN_TRY(push_key(k, karvan_i_item_of(f, as, row, way == 1), s, err));
        at += n + (at[n] == ';');
    }
done:
    return st;
}

static karvan_status sort_keys(karvan_freight *f, const key_list *k, karvan_error *err) {
    int32_t n = key_count(f);
    f->key_first = karvan_i_calloc((size_t)n + 2, sizeof *f->key_first);
    f->key_scarce = karvan_i_calloc((size_t)k->n + 1, sizeof *f->key_scarce);
    if (!f->key_first || !f->key_scarce)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
    for (int64_t i = 0; i < k->n; i++) f->key_first[k->pair[i][0] + 2]++;
    for (int32_t i = 0; i <= n; i++) f->key_first[i + 1] += f->key_first[i];
    for (int64_t i = 0; i < k->n; i++)
        f->key_scarce[f->key_first[k->pair[i][0] + 1]++] = k->pair[i][1];
    return KARVAN_OK;
}

karvan_status karvan_i_scarce_index(karvan_freight *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    key_list k = {0};
    for (int32_t s = 0; s < f->scarce.n; s++) {
        const karvan_i_scarce *x = &f->scarce.all[s];
        if (x->kind == KARVAN_I_OF_TABLE)
            KARVAN_TRY(table_keys(f, s, &k, err));
        else if (x->kind == KARVAN_I_OF_BALANCE)
            KARVAN_TRY(push_key(&k, key_of_balance(f, x->pool, x->row), s, err));
        else
            KARVAN_TRY(push_key(&k, karvan_i_item_of(f, x->kind, x->row, x->reversed), s, err));
    }
    KARVAN_TRY(sort_keys(f, &k, err));
done:
    karvan_i_free(k.pair);
    return st;
}

/* Those of one key that take the class; amount 0: as much as the unit of the capacity says. */
static int32_t uses_of_key(const karvan_freight *f, const karvan_i_lane *lane, int32_t key,
                           double amount, int32_t *use, double *amounts, int32_t n) {
    for (int32_t i = f->key_first[key]; i < f->key_first[key + 1]; i++) {
        int32_t s = f->key_scarce[i];
        const karvan_i_scarce *x = &f->scarce.all[s];
        if (x->kind == KARVAN_I_OF_TABLE &&
            !karvan_i_row_takes_class(lane->net, f->capacities, x->row))
            continue;
        double each = x->by_weight ? lane->tonnes : 1;
        if (use) use[n] = s, amounts[n] = amount != 0 ? amount : each;
        n++;
    }
    return n;
}

/* A place is used by who comes there, and by who begins there. Balances come telescoped, so that a
 * way's add up to its first and last place in each pool. */
int32_t karvan_i_scarce_uses(const karvan_freight *f, const karvan_i_lane *lane,
                             const karvan_i_arc *arc, int32_t *use, double *amount) {
    const karvan_network *net = lane->net;
    int32_t n = 0, tail = karvan_i_state_place(net, arc->tail),
            head = karvan_i_state_place(net, arc->head);
    bool link = arc->kind == KARVAN_I_ARC_LINK;
    if (link || arc->kind == KARVAN_I_ARC_TERMINAL)
        n = uses_of_key(f, lane,
                        karvan_i_item_of(f, link ? KARVAN_I_OF_LINK : KARVAN_I_OF_TERMINAL,
                                         arc->row, arc->reversed),
                        0, use, amount, n);
    if (link && arc->service >= 0)
        n = uses_of_key(f, lane,
                        karvan_i_item_of(f, KARVAN_I_OF_SERVICE, arc->service, arc->reversed), 0,
                        use, amount, n);
    if (link) n = uses_of_key(f, lane, key_of_place(f, head), 0, use, amount, n);
    if (karvan_i_state_side(net, arc->tail) == KARVAN_I_ORIGIN)
        n = uses_of_key(f, lane, key_of_place(f, tail), 0, use, amount, n);
    if (!link || tail == head || !f->empties.pool_of_mode) return n;
    int32_t pool = f->empties.pool_of_mode[karvan_i_state_mode(net, arc->tail)];
    if (pool < 0) return n;
    n = uses_of_key(f, lane, key_of_balance(f, pool, tail), 1, use, amount, n);
    return uses_of_key(f, lane, key_of_balance(f, pool, head), -1, use, amount, n);
}

const char *karvan_i_scarce_name(const karvan_freight *f, const karvan_i_scarce *s) {
    const karvan_table *t = table_of(f, s->kind);
    const char *name = s->kind == KARVAN_I_OF_TABLE ? karvan_i_cell_text(t, "name", s->row) : NULL;
    if (!name) name = karvan_i_cell_text(t, "id", s->row);
    return name ? name : "?";
}

const char *karvan_i_scarce_unit(const karvan_i_scarce *s) {
    return s->by_weight ? "t/day" : "TEU/day";
}

/* ---- all of them ---- */

/* Which items some lane has an arc of. */
static void mark_there(const karvan_freight *f, bool *there) {
    for (int32_t l = 0; l < f->n_lanes; l++)
        for (int32_t a = 0; a < f->lane[l].n_arcs; a++) {
            const karvan_i_arc *arc = &f->lane[l].net->arcs[a];
            if (arc->kind == KARVAN_I_ARC_LINK)
                there[karvan_i_item_of(f, KARVAN_I_OF_LINK, arc->row, arc->reversed)] = true;
            if (arc->kind == KARVAN_I_ARC_TERMINAL)
                there[karvan_i_item_of(f, KARVAN_I_OF_TERMINAL, arc->row, arc->reversed)] = true;
        }
}

karvan_status karvan_i_scarce_find(karvan_freight *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool *there = karvan_i_calloc((size_t)karvan_i_item_count(f) + 1, sizeof *there);
    KARVAN_REQUIRE(there, err, KARVAN_E_NOMEM, "no memory for capacities");
    mark_there(f, there);
    KARVAN_TRY(own_capacities(f, KARVAN_I_OF_LINK, there, err));
    KARVAN_TRY(own_capacities(f, KARVAN_I_OF_TERMINAL, there, err));
    KARVAN_TRY(service_capacities(f, err));
    for (int64_t r = 0; f->capacities && r < karvan_table_rows(f->capacities); r++) {
        if (!karvan_i_row_in_service(f->plain, f->capacities, r)) continue;
        KARVAN_TRY(table_capacity(f, r, err));
    }
done:
    karvan_i_free(there);
    return st;
}
