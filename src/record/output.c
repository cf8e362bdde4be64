/* Claims, contradictions and memberships as tables for readers and scripts. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "record/index.h"
#include "table/cell.h"

enum {
    R_ID,
    R_DATE,
    R_KIND,
    R_PARTIES,
    R_TITLE,
    R_RANK,
    R_SOURCE,
    R_NARROW,
    R_DIMENSION = R_NARROW,
    R_ROLES,
    R_VALUE,
    R_UNIT,
    R_CONFLICT,
    R_NOTE,
    R_SUBJECT,
    R_OBJECT,
    R_PLACE,
    R_ORIGINAL,
    R_WIDE
};

/* Parties of a claim joined by `;`: codes each once, or code:role. */
static void join(const karvan_i_record *x, int64_t claim, bool roles, karvan_i_text *out) {
    for (int64_t i = x->first[claim]; i < x->first[claim + 1]; i++) {
        const char *code = karvan_i_cell_text(x->parties, "party", x->party[i]);
        const char *role = karvan_i_cell_text(x->parties, "role", x->party[i]);
        bool seen = false;
        for (int64_t k = x->first[claim]; k < i && !roles && code; k++)
            seen |= karvan_i_cell_is(x->parties, "party", x->party[k], code);
        if (seen || !code) continue;
        if (out->n > 0) karvan_i_text_puts(out, ";");
        karvan_i_text_puts(out, code);
        if (roles && role) karvan_i_text_printf(out, ":%s", role);
    }
}

void karvan_i_record_parties(const karvan_i_record *x, int64_t claim, karvan_i_text *out) {
    join(x, claim, false, out);
}

static karvan_status add_parties(const karvan_i_record *x, int64_t claim, bool roles, int column,
                                 karvan_builder *b, karvan_error *err) {
    karvan_i_text t = {0};
    join(x, claim, roles, &t);
    karvan_status st = karvan_i_text_status(&t, err);
    if (st == KARVAN_OK) st = karvan_builder_text(b, column, t.s, err);
    karvan_i_text_clear(&t);
    return st;
}

/* Copy a text cell of the claim into a column. */
static karvan_status copy(const karvan_table *t, const char *name, int64_t row, int column,
                          karvan_builder *b, karvan_error *err) {
    return karvan_builder_text(b, column, karvan_i_cell_text(t, name, row), err);
}

static karvan_status add_claim(const karvan_i_record *x, int64_t row, bool wide, karvan_builder *b,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = x->claims;
    const char *date = karvan_i_cell_text(t, "date", row);
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(copy(t, "id", row, R_ID, b, err));
    if (date) KARVAN_TRY(karvan_builder_date(b, R_DATE, date, err));
    KARVAN_TRY(copy(t, "kind", row, R_KIND, b, err));
    KARVAN_TRY(add_parties(x, row, false, R_PARTIES, b, err));
    KARVAN_TRY(copy(t, "title", row, R_TITLE, b, err));
    KARVAN_TRY(copy(t, "rank", row, R_RANK, b, err));
    KARVAN_TRY(copy(t, "source", row, R_SOURCE, b, err));
    if (!wide) goto done;
    KARVAN_TRY(copy(t, "dimension", row, R_DIMENSION, b, err));
    KARVAN_TRY(add_parties(x, row, true, R_ROLES, b, err));
    KARVAN_TRY(copy(t, "value", row, R_VALUE, b, err));
    KARVAN_TRY(copy(t, "unit", row, R_UNIT, b, err));
    KARVAN_TRY(copy(t, "conflict", row, R_CONFLICT, b, err));
    KARVAN_TRY(copy(t, "note", row, R_NOTE, b, err));
    KARVAN_TRY(copy(t, "subject", row, R_SUBJECT, b, err));
    KARVAN_TRY(copy(t, "object", row, R_OBJECT, b, err));
    KARVAN_TRY(copy(t, "place", row, R_PLACE, b, err));
    KARVAN_TRY(copy(t, "original", row, R_ORIGINAL, b, err));
done:
    return st;
}

karvan_status karvan_record_list(const karvan_package *region, const karvan_view *v,
                                 const karvan_record_query *q, bool wide, karvan_table **out,
                                 karvan_error *err) {
    static const karvan_column all[R_WIDE] = {
        {"id", KARVAN_TEXT, NULL},      {"date", KARVAN_DATE, NULL},
        {"kind", KARVAN_TEXT, NULL},    {"parties", KARVAN_TEXT, NULL},
        {"title", KARVAN_TEXT, NULL},   {"rank", KARVAN_TEXT, NULL},
        {"source", KARVAN_TEXT, NULL},  {"dimension", KARVAN_TEXT, NULL},
        {"roles", KARVAN_TEXT, NULL},   {"value", KARVAN_TEXT, NULL},
        {"unit", KARVAN_TEXT, NULL},    {"conflict", KARVAN_TEXT, NULL},
        {"note", KARVAN_TEXT, NULL},    {"subject", KARVAN_TEXT, NULL},
        {"object", KARVAN_TEXT, NULL},  {"place", KARVAN_TEXT, NULL},
        {"original", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_i_record x = {0};
    karvan_column columns[R_WIDE + 1];
    int n = wide ? R_WIDE : R_NARROW, within = q && (q->has_from || q->has_to) ? n : -1;
    memcpy(columns, all, (size_t)n * sizeof *columns);
    columns[n] = (karvan_column){"within", KARVAN_TEXT, NULL};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(v, err, KARVAN_E_ARG, "view is NULL");
    KARVAN_TRY(karvan_i_record_init(&x, region, err));
    KARVAN_TRY(karvan_builder_create("record", n + (within >= 0), columns, &b, err));
    for (int64_t i = 0; i < v->n; i++) {
        const karvan_edtf *d = karvan_i_cell_date(x.claims, "date", v->row[i]);
        KARVAN_TRY(add_claim(&x, v->row[i], wide, b, err));
        if (within >= 0)
            KARVAN_TRY(
                karvan_builder_text(b, within, karvan_truth_name(karvan_record_within(q, d)), err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_record_clear(&x);
    return st;
}

karvan_status karvan_record_table(const karvan_package *region, const karvan_view *v, bool wide,
                                  karvan_table **out, karvan_error *err) {
    return karvan_record_list(region, v, NULL, wide, out, err);
}

enum { K_KEY, K_RESOLVED, K_ID, K_DATE, K_VALUE, K_UNIT, K_TITLE, K_RANK, K_SOURCE, K_NOTE, K_END };

typedef struct keyed {
    const char *key, *id;
    int rank; /* 0 preferred, 1 normal, 2 deprecated */
    int64_t row;
} keyed;

static int by_key(const void *a, const void *b) {
    const keyed *x = a, *y = b;
    int c = strcmp(x->key, y->key);
    if (c == 0) c = x->rank - y->rank;
    return c ? c : strcmp(x->id, y->id);
}

static int rank_of(const char *s) {
    return !s || strcmp(s, "normal") == 0 ? 1 : strcmp(s, "preferred") == 0 ? 0 : 2;
}

static karvan_status add_conflict(const karvan_table *t, const keyed *k, const char *resolved,
                                  karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *date = karvan_i_cell_text(t, "date", k->row);
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, K_KEY, k->key, err));
    KARVAN_TRY(karvan_builder_text(b, K_RESOLVED, resolved, err));
    KARVAN_TRY(karvan_builder_text(b, K_ID, k->id, err));
    if (date) KARVAN_TRY(karvan_builder_date(b, K_DATE, date, err));
    KARVAN_TRY(copy(t, "value", k->row, K_VALUE, b, err));
    KARVAN_TRY(copy(t, "unit", k->row, K_UNIT, b, err));
    KARVAN_TRY(copy(t, "title", k->row, K_TITLE, b, err));
    KARVAN_TRY(copy(t, "rank", k->row, K_RANK, b, err));
    KARVAN_TRY(copy(t, "source", k->row, K_SOURCE, b, err));
    KARVAN_TRY(copy(t, "note", k->row, K_NOTE, b, err));
done:
    return st;
}

/* Keys that a view touches: all claims of these keys are shown, also those outside the view. */
static bool touched(const karvan_table *t, const karvan_view *v, const char *key) {
    if (!v) return true;
    for (int64_t i = 0; i < v->n; i++)
        if (karvan_i_cell_is(t, "conflict", v->row[i], key)) return true;
    return false;
}

karvan_status karvan_record_conflicts(const karvan_package *region, const karvan_view *v,
                                      karvan_table **out, karvan_error *err) {
    static const karvan_column columns[K_END] = {
        {"conflict", KARVAN_TEXT, NULL}, {"resolved", KARVAN_TEXT, NULL},
        {"id", KARVAN_TEXT, NULL},       {"date", KARVAN_DATE, NULL},
        {"value", KARVAN_TEXT, NULL},    {"unit", KARVAN_TEXT, NULL},
        {"title", KARVAN_TEXT, NULL},    {"rank", KARVAN_TEXT, NULL},
        {"source", KARVAN_TEXT, NULL},   {"note", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    keyed *k = NULL;
    const karvan_table *t = NULL;
    size_t n = 0;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_TRY(karvan_i_need_table(region, "claims", &t, err));
    k = karvan_i_calloc((size_t)karvan_table_rows(t) + 1, sizeof *k);
    KARVAN_REQUIRE(k, err, KARVAN_E_NOMEM, "conflicts");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *key = karvan_i_cell_text(t, "conflict", r);
        const char *id = karvan_i_cell_text(t, "id", r);
        if (!key || !id || !touched(t, v, key)) continue;
        k[n++] = (keyed){key, id, rank_of(karvan_i_cell_text(t, "rank", r)), r};
    }
    qsort(k, n, sizeof *k, by_key);
    KARVAN_TRY(karvan_builder_create("conflicts", K_END, columns, &b, err));
    const char *resolved = NULL;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(k[i].key, k[i - 1].key) != 0)
            resolved = k[i].rank == 0 ? k[i].id : NULL;
        KARVAN_TRY(add_conflict(t, &k[i], resolved, b, err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(k);
    return st;
}
