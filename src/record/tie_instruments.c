/* Treaties and agreements that bind both: of the claims, by what their parties did; of tables
 * agreements and agreement_parties, by days and sides, with agreements that are parties themselves.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/ties.h"
#include "table/cell.h"

/* ---- claims ---- */

/* Until the party leaves, or all of it ends: what comes first; else it goes on. */
static karvan_i_spell until_it_ends(const karvan_edtf *since, const karvan_table *p,
                                    int64_t party) {
    const karvan_edtf *gone = karvan_i_cell_date(p, "withdrawn", party),
                      *over = karvan_i_cell_date(p, "terminated", party);
    const karvan_i_spell s = karvan_i_spell_of(since, gone, !gone);
    return over ? karvan_i_spell_ended(s, over) : s;
}

/* Days on which a party is bound: from its entry into force, where that is said, until it leaves.
 * Without it, no one knows since when; not before the party ratified or acceded, signed, or the
 * claim's date. */
static karvan_i_spell bound(const karvan_i_tie_claims *c, int64_t claim, int64_t party) {
    static const char *const steps[] = {"ratified", "acceded", "signed"};
    const karvan_table *p = c->x.parties;
    const karvan_edtf *in_force = karvan_i_cell_date(p, "in_force", party), *since = NULL;
    if (in_force) return until_it_ends(in_force, p, party);
    for (int i = 0; i < 3 && !since; i++) since = karvan_i_cell_date(p, steps[i], party);
    if (!since) since = karvan_i_cell_date(c->x.claims, "date", claim);
    karvan_i_spell s = until_it_ends(since, p, party);
    s.begin_most = KARVAN_DAY_MAX;
    return s;
}

static karvan_status tie_parties(karvan_i_tie_gather *g, const karvan_i_tie_claims *c,
                                 int64_t claim, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = c->x.claims, *p = c->x.parties;
    int64_t begin = c->x.first[claim], end = c->x.first[claim + 1];
    karvan_i_evidence e = {.unit = karvan_i_claims_unit(c, claim),
                           .weight = 1,
                           .what = karvan_i_cell_text(t, "id", claim),
                           .source = karvan_i_cell_text(t, "source", claim),
                           .row = claim};
    for (int64_t i = begin; i < end; i++)
        for (int64_t k = i + 1; k < end; k++) {
            e.a = karvan_i_tied_find(g, karvan_i_cell_text(p, "party", c->x.party[i]));
            e.b = karvan_i_tied_find(g, karvan_i_cell_text(p, "party", c->x.party[k]));
            const karvan_i_spell one = bound(c, claim, c->x.party[i]),
                                 other = bound(c, claim, c->x.party[k]);
            e.truth = karvan_i_spells_joint(&one, &other, g->first, g->last);
            KARVAN_TRY(karvan_i_tied_add(g, e, err));
        }
done:
    return st;
}

/* Kinds of class instrument among those that claims have, NULL-ended. */
static karvan_status find_kinds(const karvan_package *region, const char ***out,
                                karvan_error *err) {
    const karvan_table *t = NULL;
    int c, n = 0;
    karvan_status st = karvan_i_need_table(region, "claims", &t, err);
    if (st == KARVAN_OK) st = karvan_i_need_column(t, "kind", &c, err);
    if (st != KARVAN_OK) return st;
    int32_t most = karvan_table_dictionary_size(t, c);
    *out = karvan_i_calloc((size_t)most + 1, sizeof **out);
    if (!*out) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for kinds");
    for (int32_t k = 0; k < most; k++) {
        const char *kind = karvan_table_dictionary_text(t, c, k);
        if (strcmp(karvan_record_class(region, kind), "instrument") == 0) (*out)[n++] = kind;
    }
    return KARVAN_OK;
}

karvan_status karvan_i_tie_instruments(karvan_i_tie_gather *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char **kinds = NULL;
    karvan_i_tie_claims c = {0};
    KARVAN_TRY(find_kinds(g->region, &kinds, err));
    KARVAN_TRY(karvan_i_claims_init(&c, g, kinds, err));
    for (int64_t i = 0; i < c.x.n; i++)
        if (c.counts[i]) KARVAN_TRY(tie_parties(g, &c, i, err));
done:
    karvan_i_claims_clear(&c);
    karvan_i_free(kinds);
    return st;
}

/* ---- trade agreements ---- */

enum { ALL = 0, SIDE_A = 1, SIDE_B = 2, DEEP = 8 };

/* A country that an agreement binds, by itself or as a party of a party. */
typedef struct bond {
    int32_t agreement; /* row of agreements */
    int32_t via;       /* row of the agreement that is the party, -1: the country itself */
    int32_t node;
    int side;
    karvan_i_spell spell;
    const char *source;
} bond;

typedef struct bonds {
    const karvan_table *agreements, *parties;
    int64_t n, cap;
    bond *bond;
} bonds;

static karvan_status add_bond(bonds *b, bond x, karvan_error *err) {
    if (b->n == b->cap) {
        int64_t cap = b->cap > 0 ? 2 * b->cap : 256;
        bond *more = karvan_i_realloc(b->bond, (size_t)cap, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for agreements");
        b->bond = more, b->cap = cap;
    }
    b->bond[b->n++] = x;
    return KARVAN_OK;
}

static karvan_day later(karvan_day a, karvan_day b) { return a > b ? a : b; }
static karvan_day earlier(karvan_day a, karvan_day b) { return a < b ? a : b; }

/* The days of both; where they may never meet, it may never begin. */
static karvan_i_spell narrowed(const karvan_i_spell *a, const karvan_i_spell *b) {
    return (karvan_i_spell){.begin_least = later(a->begin_least, b->begin_least),
                            .begin_most = karvan_i_spells_meet(a, b) == KARVAN_YES
                                              ? later(a->begin_most, b->begin_most)
                                              : KARVAN_DAY_MAX,
                            .end_least = earlier(a->end_least, b->end_least),
                            .end_most = earlier(a->end_most, b->end_most)};
}

/* Parties of `from` are bound by `agreement` too, on the days of both. Chains of agreements that
 * come back to where they began end with `deep`. */
static karvan_status bind(karvan_i_tie_gather *g, bonds *b, int64_t agreement, const char *from,
                          const bond *within, int deep, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = b->parties;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *party = karvan_i_cell_text(t, "party", r);
        /* without a beginning it is not in force, but a row for scenarios */
        if (!party || !karvan_i_cell_is(t, "agreement", r, from) ||
            !karvan_i_cell_date(t, "from", r))
            continue;
        int32_t nested = (int32_t)karvan_package_row(g->region, "agreements", party);
        bond x = {(int32_t)agreement,
                  within ? within->via : nested,
                  -1,
                  karvan_i_cell_is(t, "side", r, "a")   ? SIDE_A
                  : karvan_i_cell_is(t, "side", r, "b") ? SIDE_B
                                                        : ALL,
                  karvan_i_spell_cells(t, r),
                  karvan_i_cell_text(t, "source", r)};
        if (within) x.spell = narrowed(&x.spell, &within->spell), x.side = within->side;
        if (nested >= 0 && deep > 0) {
            KARVAN_TRY(bind(g, b, agreement, party, &x, deep - 1, err));
            continue;
        }
        x.node = karvan_i_tied_find(g, party);
        if (x.node >= 0) KARVAN_TRY(add_bond(b, x, err));
    }
done:
    return st;
}

static karvan_status tie_bound(karvan_i_tie_gather *g, const bonds *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int64_t i = 0; i < b->n; i++)
        for (int64_t k = i + 1; k < b->n && b->bond[k].agreement == b->bond[i].agreement; k++) {
            const bond *x = &b->bond[i], *y = &b->bond[k];
            if (x->side != ALL && x->side == y->side) continue; /* of one side, not of the other */
            if (x->via >= 0 && x->via == y->via) continue; /* tied by that one, not again by this */
            karvan_i_evidence e = {x->node,
                                   y->node,
                                   x->agreement,
                                   karvan_i_spells_joint(&x->spell, &y->spell, g->first, g->last),
                                   1,
                                   karvan_i_cell_text(b->agreements, "id", x->agreement),
                                   x->source,
                                   2 * i};
            KARVAN_TRY(karvan_i_tied_add(g, e, err));
            e.source = y->source, e.row++;
            KARVAN_TRY(karvan_i_tied_add(g, e, err));
        }
done:
    return st;
}

karvan_status karvan_i_tie_agreements(karvan_i_tie_gather *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bonds b = {0};
    KARVAN_TRY(karvan_i_need_table(g->region, "agreements", &b.agreements, err));
    KARVAN_TRY(karvan_i_need_table(g->region, "agreement_parties", &b.parties, err));
    for (int64_t r = 0; r < karvan_table_rows(b.parties); r++)
        KARVAN_TRY(karvan_i_tied_node(g, karvan_i_cell_text(b.parties, "party", r), err));
    KARVAN_TRY(karvan_i_tied_nodes(g, false, err));
    for (int64_t r = 0; r < karvan_table_rows(b.agreements); r++) {
        const char *id = karvan_i_cell_text(b.agreements, "id", r);
        if (id) KARVAN_TRY(bind(g, &b, r, id, NULL, DEEP, err));
    }
    KARVAN_TRY(tie_bound(g, &b, err));
done:
    karvan_i_free(b.bond);
    return st;
}
