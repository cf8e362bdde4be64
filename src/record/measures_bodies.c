/* Bodies that both belong to, and agreements that bind the two. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/pairs.h"
#include "table/cell.h"

static int by_country_body(const void *a, const void *b) {
    const karvan_i_membership *x = a, *y = b;
    if (x->country != y->country) return x->country < y->country ? -1 : 1;
    if (x->body != y->body) return x->body < y->body ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static int by_country_agreement(const void *a, const void *b) {
    const karvan_i_binding *x = a, *y = b;
    if (x->country != y->country) return x->country < y->country ? -1 : 1;
    if (x->agreement != y->agreement) return x->agreement < y->agreement ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* From when to when a row holds; `..` in `to` goes on, in `from` it never began. */
static bool holds(const karvan_table *t, int64_t row, karvan_i_spell *out) {
    int c_from = karvan_table_find(t, "from");
    if (c_from >= 0 && karvan_table_state(t, c_from, row) == KARVAN_NOT_COVERED) return false;
    *out = karvan_i_spell_cells(t, row);
    return true;
}

/* An observer does not belong; commissions of two states and companies are told elsewhere. */
static bool counts(const karvan_pairs *p, int64_t row, int64_t body) {
    return body >= 0 &&
           (karvan_i_cell_is(p->memberships, "status", row, "member") ||
            karvan_i_cell_is(p->memberships, "status", row, "associate")) &&
           !karvan_i_cell_is(p->bodies, "kind", body, "commission") &&
           !karvan_i_cell_is(p->bodies, "kind", body, "company");
}

static karvan_status read_memberships(karvan_pairs *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    p->memberships = karvan_package_table(p->region, "memberships");
    int64_t rows = p->memberships && p->bodies ? karvan_table_rows(p->memberships) : 0;
    int32_t n = 0;
    p->membership = karvan_i_calloc((size_t)rows + 1, sizeof *p->membership);
    p->membership_first = karvan_i_calloc((size_t)p->n_countries + 2, sizeof *p->membership_first);
    KARVAN_REQUIRE(p->membership && p->membership_first, err, KARVAN_E_NOMEM, "memberships");
    for (int64_t r = 0; r < rows; r++) {
        const char *id = karvan_i_cell_text(p->memberships, "organisation", r);
        int64_t body = id ? karvan_package_row(p->region, "organisations", id) : -1;
        karvan_i_membership m = {.body = (int32_t)body, .row = (int32_t)r};
        m.country = karvan_i_pairs_country(p, karvan_i_cell_text(p->memberships, "country", r));
        if (m.country < 0 || !counts(p, r, body) || !holds(p->memberships, r, &m.spell)) continue;
        p->membership[n++] = m, p->membership_first[m.country + 1]++;
    }
    qsort(p->membership, (size_t)n, sizeof *p->membership, by_country_body);
    for (int32_t c = 0; c < p->n_countries; c++)
        p->membership_first[c + 1] += p->membership_first[c];
done:
    return st;
}

static karvan_status read_bindings(karvan_pairs *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *agreements = karvan_package_table(p->region, "agreements");
    p->bindings = karvan_package_table(p->region, "agreement_parties");
    int64_t rows = p->bindings && agreements ? karvan_table_rows(p->bindings) : 0;
    int32_t n = 0;
    p->binding = karvan_i_calloc((size_t)rows + 1, sizeof *p->binding);
    p->binding_first = karvan_i_calloc((size_t)p->n_countries + 2, sizeof *p->binding_first);
    KARVAN_REQUIRE(p->binding && p->binding_first, err, KARVAN_E_NOMEM, "agreements");
    for (int64_t r = 0; r < rows; r++) {
        const char *id = karvan_i_cell_text(p->bindings, "agreement", r),
                   *side = karvan_i_cell_text(p->bindings, "side", r);
        int64_t agreement = id ? karvan_package_row(p->region, "agreements", id) : -1;
        karvan_i_binding b = {.agreement = (int32_t)agreement, .row = (int32_t)r};
        b.country = karvan_i_pairs_country(p, karvan_i_cell_text(p->bindings, "party", r));
        b.side = side ? (int8_t)side[0] : 0;
        /* a multilateral body is no agreement of these two */
        if (b.country < 0 || agreement < 0 || !holds(p->bindings, r, &b.spell) ||
            karvan_i_cell_is(agreements, "kind", agreement, "multilateral"))
            continue;
        p->binding[n++] = b, p->binding_first[b.country + 1]++;
    }
    qsort(p->binding, (size_t)n, sizeof *p->binding, by_country_agreement);
    for (int32_t c = 0; c < p->n_countries; c++) p->binding_first[c + 1] += p->binding_first[c];
done:
    return st;
}

static karvan_status read_dimensions(karvan_pairs *p, karvan_error *err) {
    static const char *const names[] = {"political", "economic", "cultural", "strategic"};
    p->body_dimension = karvan_i_calloc((size_t)p->n_bodies + 1, 1);
    if (!p->body_dimension) return karvan_fail(err, KARVAN_E_NOMEM, "bodies");
    for (int32_t i = 0; i < p->n_bodies; i++)
        for (uint8_t d = 0; d < 4; d++)
            if (karvan_i_cell_is(p->bodies, "dimension", i, names[d]))
                p->body_dimension[i] = (uint8_t)(d + 1);
    return KARVAN_OK;
}

karvan_status karvan_i_pairs_bodies(karvan_pairs *p, karvan_error *err) {
    karvan_status st = read_dimensions(p, err);
    if (st == KARVAN_OK) st = read_memberships(p, err);
    return st == KARVAN_OK ? read_bindings(p, err) : st;
}

bool karvan_i_may_belong(const karvan_pairs *p, int32_t country, int32_t body, karvan_day first,
                         karvan_day last) {
    for (int32_t i = p->membership_first[country]; i < p->membership_first[country + 1]; i++)
        if (p->membership[i].body == body &&
            karvan_i_spell_within(&p->membership[i].spell, first, last) != KARVAN_NO)
            return true;
    return false;
}

static void add_two(karvan_rows *rows, const karvan_table *t, int32_t a, int32_t b,
                    karvan_truth truth) {
    karvan_row_use use = truth == KARVAN_YES ? KARVAN_ROW_COUNTED : KARVAN_ROW_MAYBE;
    if (truth == KARVAN_NO) return;
    karvan_i_row_add(rows, t, a, use), karvan_i_row_add(rows, t, b, use);
}

/* Do both belong to this body in the year, by any two of their spells? */
static karvan_truth belong(const karvan_pairs *p, int32_t pair, int32_t body, karvan_day first,
                           karvan_day last, karvan_rows *rows) {
    karvan_truth found = KARVAN_NO;
    int32_t a = p->pair[pair][0], b = p->pair[pair][1];
    for (int32_t i = p->membership_first[a]; i < p->membership_first[a + 1]; i++) {
        if (p->membership[i].body != body) continue;
        for (int32_t k = p->membership_first[b]; k < p->membership_first[b + 1]; k++) {
            if (p->membership[k].body != body) continue;
            karvan_truth t = karvan_i_spells_joint(&p->membership[i].spell, &p->membership[k].spell,
                                                   first, last);
            add_two(rows, p->memberships, p->membership[i].row, p->membership[k].row, t);
            if (t == KARVAN_YES || found == KARVAN_NO) found = t;
        }
    }
    return found;
}

karvan_i_range karvan_i_measure_bodies(const karvan_pairs *p, int32_t pair, int measure,
                                       int64_t year, karvan_day begin, int *level, int32_t *by,
                                       karvan_rows *rows) {
    karvan_i_range r = {0};
    karvan_day first, last;
    int dimension = karvan_i_measures[measure].dimension;
    karvan_i_year_days(year, &first, &last);
    *level = 0;
    for (int32_t body = 0; body < p->n_bodies; body++) {
        if (dimension && p->body_dimension[body] != dimension) continue;
        int covered = karvan_i_covered(p, pair, measure, KARVAN_WAY_THERE, body, begin, last, by);
        karvan_truth t = belong(p, pair, body, first, last, rows);
        if (covered > 0) *level = 2;
        r.min += t == KARVAN_YES;
        r.max += t != KARVAN_NO || covered == 1; /* covered in part: it may be that they do */
    }
    return r;
}

/* Does an agreement bind the two in the year, by any of their rows? Sides a and b bind one another
 * alone. */
static karvan_truth bound(const karvan_pairs *p, int32_t pair, int32_t agreement, karvan_day first,
                          karvan_day last, karvan_rows *rows) {
    karvan_truth found = KARVAN_NO;
    int32_t a = p->pair[pair][0], b = p->pair[pair][1];
    for (int32_t i = p->binding_first[a]; i < p->binding_first[a + 1]; i++) {
        const karvan_i_binding *x = &p->binding[i];
        for (int32_t k = p->binding_first[b]; k < p->binding_first[b + 1]; k++) {
            const karvan_i_binding *y = &p->binding[k];
            if (x->agreement != agreement || y->agreement != agreement) continue;
            if (x->side && x->side == y->side) continue;
            karvan_truth t = karvan_i_spells_joint(&x->spell, &y->spell, first, last);
            add_two(rows, p->bindings, x->row, y->row, t);
            if (t == KARVAN_YES || found == KARVAN_NO) found = t;
        }
    }
    return found;
}

karvan_i_range karvan_i_measure_agreements(const karvan_pairs *p, int32_t pair, int64_t year,
                                           karvan_rows *rows) {
    karvan_i_range r = {0};
    karvan_day first, last;
    int32_t a = p->pair[pair][0];
    karvan_i_year_days(year, &first, &last);
    for (int32_t i = p->binding_first[a]; i < p->binding_first[a + 1]; i++) {
        int32_t agreement = p->binding[i].agreement;
        if (i > p->binding_first[a] && p->binding[i - 1].agreement == agreement) continue;
        karvan_truth t = bound(p, pair, agreement, first, last, rows);
        r.min += t == KARVAN_YES, r.max += t != KARVAN_NO;
    }
    return r;
}
