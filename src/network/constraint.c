#include "network/constraint.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"

/* What is avoided, before it is known which arcs that closes. */
typedef struct avoided {
    bool *place, *mode;       /* [n_places], [n_modes] */
    bool *link, *service;     /* rows of an operator */
    bool any_place, any_mode; /* is one of them set? */
} avoided;

/* Next piece of a list; pieces end at any of `ends`. false at the end of the text. */
static bool next_piece(const char **at, const char *ends, const char **piece, size_t *n,
                       char *ended_by) {
    if (!*at || !**at) return false;
    *piece = *at, *n = strcspn(*at, ends);
    *ended_by = (*at)[*n];
    *at += *n + (*ended_by != 0);
    return true;
}

/* ---- a corridor's own ---- */

static karvan_status place_named(const karvan_network *net, int32_t corridor, const char *s,
                                 size_t n, int32_t *place, karvan_error *err) {
    char id[200] = "";
    int64_t row = -1;
    if (n < sizeof id) memcpy(id, s, n), row = karvan_package_row(net->region, "places", id);
    if (row < 0)
        return karvan_fail(err, KARVAN_E_DATA,
                           "corridors row %d names the place %.*s, which is not in table places",
                           (int)corridor + 1, n < sizeof id ? (int)n : (int)sizeof id, s);
    *place = (int32_t)row;
    return KARVAN_OK;
}

static karvan_status corridor_groups(const karvan_network *net, int32_t row, karvan_i_constraint *c,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *at = karvan_i_cell_text(net->corridors, "must_pass", row), *piece;
    size_t n;
    char ended = 0;
    int32_t place;
    if (at && *at) c->n_groups = 1;
    while (next_piece(&at, ";|", &piece, &n, &ended)) {
        KARVAN_TRY(place_named(net, row, piece, n, &place, err));
        c->groups[place] |= 1u << (c->n_groups - 1);
        if (ended == '|') c->n_groups++;
        KARVAN_REQUIRE(c->n_groups <= KARVAN_I_GROUPS_MAX, err, KARVAN_E_DATA,
                       "corridors row %d: more than %d groups in must_pass", (int)row + 1,
                       (int)KARVAN_I_GROUPS_MAX);
    }
    KARVAN_REQUIRE(ended != '|', err, KARVAN_E_DATA,
                   "corridors row %d: must_pass ends in a group without a place", (int)row + 1);
done:
    return st;
}

/* The modes that some row has, as far as there is room. */
static void list_modes(const karvan_network *net, char *out, size_t cap) {
    out[0] = 0;
    for (int32_t m = 0; m < net->n_modes; m++) {
        size_t n = strlen(out);
        (void)snprintf(out + n, cap - n, "%s%s", n ? ", " : "", net->modes[m]);
    }
}

static void avoid_country(const karvan_network *net, avoided *v, const char *iso3, size_t n) {
    for (int32_t p = 0; p < net->n_places; p++)
        if (strlen(net->country[p]) == n && memcmp(net->country[p], iso3, n) == 0)
            v->place[p] = v->any_place = true;
}

static karvan_status corridor_avoids(const karvan_network *net, int32_t row, avoided *v,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *at = karvan_i_cell_text(net->corridors, "avoid_places", row), *piece;
    size_t n;
    char ended;
    int32_t place;
    while (next_piece(&at, ";", &piece, &n, &ended)) {
        KARVAN_TRY(place_named(net, row, piece, n, &place, err));
        v->place[place] = v->any_place = true;
    }
    at = karvan_i_cell_text(net->corridors, "avoid_modes", row);
    while (next_piece(&at, ";", &piece, &n, &ended))
        for (int32_t m = 0; m < net->n_modes; m++)
            if (strlen(net->modes[m]) == n && memcmp(net->modes[m], piece, n) == 0)
                v->mode[m] = v->any_mode = true;
    at = karvan_i_cell_text(net->corridors, "avoid_countries", row);
    while (next_piece(&at, ";", &piece, &n, &ended)) avoid_country(net, v, piece, n);
done:
    return st;
}

/* ---- the query's own ---- */

static const char *iso3_of(const karvan_network *net, int32_t row) {
    return karvan_i_cell_text(net->countries, "iso3", row);
}

static karvan_status query_groups(const karvan_network *net, const karvan_routes_query *q,
                                  karvan_i_constraint *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int g = 0; g < q->n_via; g++) {
        KARVAN_REQUIRE(c->n_groups < KARVAN_I_GROUPS_MAX, err, KARVAN_E_ARG,
                       "more than %d places to pass, the corridor's among them",
                       (int)KARVAN_I_GROUPS_MAX);
        KARVAN_REQUIRE(q->via[g].n > 0, err, KARVAN_E_ARG, "nowhere to pass in group %d", g + 1);
        for (int32_t i = 0; i < q->via[g].n; i++) {
            int32_t place = q->via[g].places[i];
            KARVAN_REQUIRE(place >= 0 && place < net->n_places, err, KARVAN_E_ARG,
                           "no row %d in table places", (int)place + 1);
            c->groups[place] |= 1u << c->n_groups;
        }
        c->n_groups++;
    }
done:
    return st;
}

static karvan_status query_avoids(const karvan_network *net, const karvan_routes_query *q,
                                  avoided *v, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < q->n_places; i++) {
        KARVAN_REQUIRE(q->places[i] >= 0 && q->places[i] < net->n_places, err, KARVAN_E_ARG,
                       "no row %d in table places", (int)q->places[i] + 1);
        v->place[q->places[i]] = v->any_place = true;
    }
    for (int i = 0; i < q->n_countries; i++) {
        const char *iso3 = iso3_of(net, q->countries[i]);
        KARVAN_REQUIRE(iso3, err, KARVAN_E_ARG, "no row %d in table countries",
                       (int)q->countries[i] + 1);
        avoid_country(net, v, iso3, strlen(iso3));
    }
    for (int i = 0; i < q->n_borders; i++)
        KARVAN_REQUIRE(iso3_of(net, q->borders[i].a) && iso3_of(net, q->borders[i].b) &&
                           q->borders[i].a != q->borders[i].b,
                       err, KARVAN_E_ARG, "a border lies between two countries of the region");
    for (int i = 0; i < q->n_modes; i++) {
        bool known = false;
        for (int32_t m = 0; m < net->n_modes; m++)
            if (strcmp(net->modes[m], q->modes[i]) == 0) known = v->mode[m] = v->any_mode = true;
        char modes[400];
        if (!known) list_modes(net, modes, sizeof modes);
        KARVAN_REQUIRE(known, err, KARVAN_E_ARG,
                       "no link or terminal has the mode '%.40s'; there are: %s", q->modes[i],
                       modes);
    }
done:
    return st;
}

/* Rows of a table that a folded operator runs; how many. */
static int64_t rows_of(const karvan_table *t, const char *folded, bool *out) {
    char s[200];
    int64_t found = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *name = karvan_i_cell_text(t, "operator", r);
        if (!name || karvan_text_fold(name, s, sizeof s) >= sizeof s) continue;
        if (strcmp(s, folded) == 0) out[r] = true, found++;
    }
    return found;
}

static karvan_status query_operators(const karvan_network *net, const karvan_routes_query *q,
                                     avoided *v, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char folded[200];
    if (q->n_operators == 0) return KARVAN_OK;
    v->link = karvan_i_calloc((size_t)karvan_table_rows(net->links) + 1, sizeof *v->link);
    v->service = karvan_i_calloc((size_t)karvan_table_rows(net->services) + 1, sizeof *v->service);
    KARVAN_REQUIRE(v->link && v->service, err, KARVAN_E_NOMEM, "operators");
    for (int i = 0; i < q->n_operators; i++) {
        bool fits = karvan_text_fold(q->operators[i], folded, sizeof folded) < sizeof folded;
        KARVAN_REQUIRE(fits && rows_of(net->links, folded, v->link) +
                                       rows_of(net->services, folded, v->service) >
                                   0,
                       err, KARVAN_E_ARG, "no link or service has the operator '%.40s'",
                       q->operators[i]);
    }
done:
    return st;
}

/* ---- arcs ---- */

bool karvan_i_crosses(const karvan_network *net, const karvan_i_arc *arc) {
    int32_t a = karvan_i_state_place(net, arc->tail), b = karvan_i_state_place(net, arc->head);
    return a != b && !net->strait[a] && !net->strait[b] &&
           strcmp(net->country[a], net->country[b]) != 0;
}

static bool crosses_any(const karvan_network *net, const karvan_routes_query *q,
                        const karvan_i_arc *arc) {
    if (q->n_borders == 0 || !karvan_i_crosses(net, arc)) return false;
    const char *x = net->country[karvan_i_state_place(net, arc->tail)],
               *y = net->country[karvan_i_state_place(net, arc->head)];
    for (int i = 0; i < q->n_borders; i++) {
        const char *a = iso3_of(net, q->borders[i].a), *b = iso3_of(net, q->borders[i].b);
        if ((strcmp(a, x) == 0 && strcmp(b, y) == 0) || (strcmp(a, y) == 0 && strcmp(b, x) == 0))
            return true;
    }
    return false;
}

/* May a load end where it has arrived? */
static bool may_end(const karvan_network *net, int32_t state, int32_t place) {
    for (int32_t a = net->first[state]; a < net->first[state + 1]; a++)
        if (net->arcs[a].head == karvan_i_destination(net, place)) return true;
    return false;
}

/* The walks of a best route never do this but where handling makes it cheaper; of further routes it
 * makes no other route: to arrive, leave and come back; to come back to the origin as one left. */
static bool passes_the_ends(const karvan_network *net, const karvan_routes_query *q,
                            const karvan_i_arc *arc) {
    int32_t at = karvan_i_state_place(net, arc->tail), to = karvan_i_state_place(net, arc->head);
    if (at == q->to && karvan_i_state_side(net, arc->tail) == KARVAN_I_ARRIVED)
        return arc->head != karvan_i_destination(net, q->to) && may_end(net, arc->tail, q->to);
    return arc->kind == KARVAN_I_ARC_LINK && to == q->from &&
           net->state_layer[arc->head] % net->n_statuses == 0;
}

static bool closes(const karvan_network *net, const karvan_routes_query *q, const avoided *v,
                   const karvan_i_arc *arc) {
    int32_t to = karvan_i_state_place(net, arc->head), mode = karvan_i_state_mode(net, arc->head);
    if (v->place[to] && to != q->to && to != q->from) return true;
    if (mode >= 0 && v->mode[mode]) return true;
    if (v->link && arc->kind == KARVAN_I_ARC_LINK &&
        (v->link[arc->row] || (arc->service >= 0 && v->service[arc->service])))
        return true;
    return crosses_any(net, q, arc) ||
           (q->method != KARVAN_ROUTES_PARETO && passes_the_ends(net, q, arc));
}

static karvan_status close_arcs(const karvan_network *net, const karvan_routes_query *q,
                                const avoided *v, karvan_i_constraint *out, karvan_error *err) {
    if (!v->any_place && !v->any_mode && !v->link && q->n_borders == 0 &&
        q->method == KARVAN_ROUTES_PARETO)
        return KARVAN_OK;
    out->closed = karvan_i_malloc((size_t)net->n_arcs + 1, sizeof *out->closed);
    if (!out->closed) return karvan_fail(err, KARVAN_E_NOMEM, "closed arcs");
    for (int32_t a = 0; a < net->n_arcs; a++) out->closed[a] = closes(net, q, v, &net->arcs[a]);
    return KARVAN_OK;
}

karvan_status karvan_i_constraint_init(const karvan_network *net, const karvan_routes_query *q,
                                       karvan_i_constraint *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    avoided v = {NULL, NULL, NULL, NULL, false, false};
    *out = (karvan_i_constraint){0};
    out->groups = karvan_i_calloc((size_t)net->n_places + 1, sizeof *out->groups);
    v.place = karvan_i_calloc((size_t)net->n_places + 1, sizeof *v.place);
    v.mode = karvan_i_calloc((size_t)net->n_modes + 1, sizeof *v.mode);
    KARVAN_REQUIRE(out->groups && v.place && v.mode, err, KARVAN_E_NOMEM, "constraint");
    KARVAN_REQUIRE(q->corridor < karvan_table_rows(net->corridors), err, KARVAN_E_ARG,
                   "no row %d in table corridors", (int)q->corridor + 1);
    if (q->corridor >= 0) {
        KARVAN_TRY(corridor_groups(net, q->corridor, out, err));
        KARVAN_TRY(corridor_avoids(net, q->corridor, &v, err));
    }
    KARVAN_TRY(query_groups(net, q, out, err));
    KARVAN_TRY(query_avoids(net, q, &v, err));
    KARVAN_TRY(query_operators(net, q, &v, err));
    KARVAN_TRY(close_arcs(net, q, &v, out, err));
done:
    karvan_i_free(v.place), karvan_i_free(v.mode), karvan_i_free(v.link), karvan_i_free(v.service);
    if (st != KARVAN_OK) karvan_i_constraint_clear(out);
    return st;
}

void karvan_i_constraint_clear(karvan_i_constraint *c) {
    karvan_i_free(c->groups), karvan_i_free(c->closed);
    *c = (karvan_i_constraint){0};
}
