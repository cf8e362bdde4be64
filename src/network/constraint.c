#include "network/constraint.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"

/* Next piece of a list; pieces end at any of `ends`. false at the end of the text. */
static bool next_piece(const char **at, const char *ends, const char **piece, size_t *n,
                       char *ended_by) {
    if (!*at || !**at) return false;
    *piece = *at, *n = strcspn(*at, ends);
    *ended_by = (*at)[*n];
    *at += *n + (*ended_by != 0);
    return true;
}

static karvan_status place_named(const karvan_network *net, int32_t corridor, const char *s,
                                 size_t n, int32_t *place, karvan_error *err) {
    char id[64];
    if (n >= sizeof id) n = sizeof id - 1;
    memcpy(id, s, n), id[n] = 0;
    int64_t row = karvan_package_row(net->region, "places", id);
    if (row < 0)
        return karvan_fail(err, KARVAN_E_DATA,
                           "corridors row %d names the place %s, which is not in table places",
                           (int)corridor + 1, id);
    *place = (int32_t)row;
    return KARVAN_OK;
}

static karvan_status read_groups(const karvan_network *net, int32_t row, karvan_i_constraint *c,
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

static karvan_status read_avoided(const karvan_network *net, int32_t row, karvan_i_constraint *c,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *at = karvan_i_cell_text(net->corridors, "avoid_places", row), *piece;
    size_t n;
    char ended;
    int32_t place;
    while (next_piece(&at, ";", &piece, &n, &ended)) {
        KARVAN_TRY(place_named(net, row, piece, n, &place, err));
        c->avoided[place] = true;
    }
    at = karvan_i_cell_text(net->corridors, "avoid_modes", row);
    while (next_piece(&at, ";", &piece, &n, &ended))
        for (int32_t m = 0; m < net->n_modes; m++)
            if (strlen(net->modes[m]) == n && memcmp(net->modes[m], piece, n) == 0)
                c->mode_avoided[m] = true;
    at = karvan_i_cell_text(net->corridors, "avoid_countries", row);
    while (next_piece(&at, ";", &piece, &n, &ended))
        for (int32_t p = 0; p < net->n_places; p++)
            if (strlen(net->country[p]) == n && memcmp(net->country[p], piece, n) == 0)
                c->avoided[p] = true;
done:
    return st;
}

karvan_status karvan_i_constraint_init(const karvan_network *net, int32_t corridor,
                                       karvan_i_constraint *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *out = (karvan_i_constraint){0};
    out->groups = karvan_i_calloc((size_t)net->n_places + 1, sizeof *out->groups);
    out->avoided = karvan_i_calloc((size_t)net->n_places + 1, sizeof *out->avoided);
    out->mode_avoided = karvan_i_calloc((size_t)net->n_modes + 1, sizeof *out->mode_avoided);
    KARVAN_REQUIRE(out->groups && out->avoided && out->mode_avoided, err, KARVAN_E_NOMEM,
                   "constraint");
    KARVAN_REQUIRE(corridor < karvan_table_rows(net->corridors), err, KARVAN_E_ARG,
                   "no row %d in table corridors", (int)corridor + 1);
    if (corridor >= 0) {
        KARVAN_TRY(read_groups(net, corridor, out, err));
        KARVAN_TRY(read_avoided(net, corridor, out, err));
    }
done:
    if (st != KARVAN_OK) karvan_i_constraint_clear(out);
    return st;
}

void karvan_i_constraint_clear(karvan_i_constraint *c) {
    karvan_i_free(c->groups), karvan_i_free(c->avoided), karvan_i_free(c->mode_avoided);
    *c = (karvan_i_constraint){0};
}
