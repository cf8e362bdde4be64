/* Ties by bodies that both belong to, and by belonging itself (countries and bodies). */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/joint.h"
#include "record/ties.h"
#include "table/cell.h"

typedef struct member {
    int64_t body; /* row of organisations */
    int32_t node;
    karvan_i_spell spell;
    const char *source;
    int64_t row;
} member;

typedef struct roll {
    const karvan_table *memberships, *bodies;
    int64_t n;
    member *member;
} roll;

static bool belongs(const karvan_ties_query *q, const char *status) {
    static const char *const otherwise[] = {"member", "associate"};
    const char *const *list = q->n_status > 0 ? q->status : otherwise;
    int n = q->n_status > 0 ? q->n_status : 2;
    for (int i = 0; i < n; i++)
        if (status && strcmp(list[i], status) == 0) return true;
    return false;
}

/* Statuses that no row has are slips. */
static karvan_status known_status(const karvan_table *t, const karvan_ties_query *q,
                                  karvan_error *err) {
    int c = karvan_table_find(t, "status");
    char meant[240];
    for (int i = 0; i < q->n_status; i++) {
        bool known = false;
        for (int32_t k = 0; c >= 0 && k < karvan_table_dictionary_size(t, c); k++)
            known |= strcmp(karvan_table_dictionary_text(t, c, k), q->status[i]) == 0;
        if (!known)
            return karvan_fail(err, KARVAN_E_ARG, "nobody has the status '%.40s'%s", q->status[i],
                               karvan_i_meant_or_all(t, c, q->status[i], meant, sizeof meant));
    }
    return KARVAN_OK;
}

/* From joining to leaving, and not beyond the body's own end. */
static karvan_i_spell spell_of(const roll *r, int64_t row, int64_t body) {
    karvan_i_spell s = karvan_i_spell_cells(r->memberships, row);
    const karvan_edtf *end = karvan_i_cell_date(r->bodies, "dissolved", body);
    return end ? karvan_i_spell_ended(s, end) : s;
}

static bool asked_for(const roll *r, int64_t body, const char *kind, const char *id) {
    if (id) return karvan_i_cell_is(r->bodies, "id", body, id);
    if (kind) return karvan_i_cell_is(r->bodies, "kind", body, kind);
    /* what any state can join, as joint memberships count */
    return !karvan_i_cell_is(r->bodies, "kind", body, "commission") &&
           !karvan_i_cell_is(r->bodies, "kind", body, "company");
}

static int by_body(const void *a, const void *b) {
    const member *x = a, *y = b;
    if (x->body != y->body) return x->body < y->body ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static karvan_status call(karvan_i_tie_gather *g, roll *r, const char *kind, const char *id,
                          karvan_error *err) {
    r->member = karvan_i_calloc((size_t)karvan_table_rows(r->memberships) + 1, sizeof *r->member);
    if (!r->member) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for memberships");
    for (int64_t row = 0; row < karvan_table_rows(r->memberships); row++) {
        const char *body = karvan_i_cell_text(r->memberships, "organisation", row);
        int64_t at = body ? karvan_package_row(g->region, "organisations", body) : -1;
        if (at < 0 || !asked_for(r, at, kind, id)) continue;
        if (!belongs(g->q, karvan_i_cell_text(r->memberships, "status", row))) continue;
        r->member[r->n++] =
            (member){at, karvan_i_tied_find(g, karvan_i_cell_text(r->memberships, "country", row)),
                     spell_of(r, row, at), karvan_i_cell_text(r->memberships, "source", row), row};
    }
    qsort(r->member, (size_t)r->n, sizeof *r->member, by_body);
    return KARVAN_OK;
}

/* Countries with a row of any body: of the others the table says nothing. Bodies that are asked
 * for. */
static karvan_status find_nodes(karvan_i_tie_gather *g, const roll *r, const char *kind,
                                const char *id, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int64_t row = 0; row < karvan_table_rows(r->memberships); row++) {
        KARVAN_TRY(karvan_i_tied_node(g, karvan_i_cell_text(r->memberships, "country", row), err));
        const char *body = karvan_i_cell_text(r->memberships, "organisation", row);
        int64_t at = body ? karvan_package_row(g->region, "organisations", body) : -1;
        if (g->q->bodies && at >= 0 && asked_for(r, at, kind, id))
            KARVAN_TRY(karvan_i_tied_node(g, body, err));
    }
    st = karvan_i_tied_nodes(g, g->q->bodies, err);
done:
    return st;
}

static karvan_status tie_to_body(karvan_i_tie_gather *g, const roll *r, const member *m,
                                 karvan_error *err) {
    const char *id = karvan_i_cell_text(r->bodies, "id", m->body);
    return karvan_i_tied_add(
        g,
        (karvan_i_evidence){m->node, karvan_i_tied_find(g, id), 0,
                            karvan_i_spell_within(&m->spell, g->first, g->last), 1,
                            karvan_i_cell_text(r->memberships, "status", m->row), m->source,
                            m->row},
        err);
}

/* Two rows of evidence, for each of both memberships has its source. */
static karvan_status tie_members(karvan_i_tie_gather *g, const roll *r, const member *x,
                                 const member *y, karvan_error *err) {
    karvan_i_evidence e = {
        x->node,   y->node,
        x->body,   karvan_i_spells_joint(&x->spell, &y->spell, g->first, g->last),
        1,         karvan_i_cell_text(r->bodies, "id", x->body),
        x->source, x->row};
    karvan_status st = karvan_i_tied_add(g, e, err);
    e.source = y->source, e.row = y->row;
    return st == KARVAN_OK ? karvan_i_tied_add(g, e, err) : st;
}

/* ---- what is not covered ---- */

/* The table does not say whether this state belongs: it may. */
static bool is_open(const karvan_memberships *m, int32_t state, int year, int32_t body) {
    int64_t r = karvan_i_memberships_row(m, state, year);
    return r >= 0 && m->uncovered && karvan_i_bit(m->uncovered + m->row[r].at * m->words, body);
}

/* what: the body's id, of the region's table, which outlives m. */
static karvan_status open_body(karvan_i_tie_gather *g, const karvan_memberships *m, int32_t body,
                               int64_t unit, const char *what, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int year = (int)g->year;
    karvan_i_evidence e = {
        .unit = unit, .truth = KARVAN_MAYBE, .weight = 1, .what = what, .row = -1};
    for (int32_t a = 0; a < m->states.n; a++) {
        if (karvan_i_memberships_row(m, a, year) < 0) continue;
        e.a = karvan_i_tied_find(g, karvan_memberships_state(m, a));
        if (g->q->bodies) {
            e.b = karvan_i_tied_find(g, e.what), e.unit = 0;
            if (is_open(m, a, year, body)) KARVAN_TRY(karvan_i_tied_add(g, e, err));
        }
        for (int32_t b = a + 1; !g->q->bodies && b < m->states.n; b++) {
            const karvan_joint two = {.a = a, .b = b, .year = year};
            e.b = karvan_i_tied_find(g, karvan_memberships_state(m, b));
            if (karvan_i_memberships_row(m, b, year) < 0 ||
                !(is_open(m, a, year, body) || is_open(m, b, year, body)) ||
                karvan_i_joint_shared(m, &two, body) == KARVAN_NO)
                continue;
            KARVAN_TRY(karvan_i_tied_add(g, e, err));
        }
    }
done:
    return st;
}

/* Where the region's coverage leaves it open whether a state belongs, a tie is possible; without a
 * table coverage nothing is. */
static karvan_status tie_open(karvan_i_tie_gather *g, const roll *r, const char *kind,
                              const char *id, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_memberships *m = NULL;
    karvan_memberships_options o = {.has_from = true,
                                    .has_to = true,
                                    .from = (int)g->year,
                                    .to = (int)g->year,
                                    .extend = g->q->extend};
    if (!karvan_package_table(g->region, "coverage")) return KARVAN_OK;
    for (int i = 0; i < g->q->n_status; i++) {
        unsigned bit;
        KARVAN_TRY(karvan_memberships_status(g->q->status[i], &bit, err));
        o.status |= bit;
    }
    KARVAN_TRY(karvan_memberships_of_region(g->region, &o, &m, err));
    for (int32_t body = 0; body < m->bodies.n; body++) {
        int64_t at =
            karvan_package_row(g->region, "organisations", karvan_memberships_body(m, body));
        if (at >= 0 && asked_for(r, at, kind, id))
            KARVAN_TRY(open_body(g, m, body, at, karvan_i_cell_text(r->bodies, "id", at), err));
    }
done:
    karvan_memberships_destroy(m);
    return st;
}

karvan_status karvan_i_tie_memberships(karvan_i_tie_gather *g, const char *body_kind,
                                       const char *body, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    roll r = {0};
    KARVAN_TRY(karvan_i_need_table(g->region, "memberships", &r.memberships, err));
    KARVAN_TRY(karvan_i_need_table(g->region, "organisations", &r.bodies, err));
    KARVAN_TRY(known_status(r.memberships, g->q, err));
    KARVAN_TRY(find_nodes(g, &r, body_kind, body, err));
    KARVAN_TRY(call(g, &r, body_kind, body, err));
    for (int64_t i = 0; i < r.n; i++) {
        if (g->q->bodies) KARVAN_TRY(tie_to_body(g, &r, &r.member[i], err));
        for (int64_t k = i + 1; !g->q->bodies && k < r.n && r.member[k].body == r.member[i].body;
             k++)
            KARVAN_TRY(tie_members(g, &r, &r.member[i], &r.member[k], err));
    }
    st = tie_open(g, &r, body_kind, body, err);
done:
    karvan_i_free(r.member);
    return st;
}
