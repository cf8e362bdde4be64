/* What measures compare, entry by entry, and the rows that say so. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "record/similarity.h"

enum { T_CODE1, T_CODE2, T_YEAR, T_N, T_ITEM, T_VALUE, T_FROM, T_WEIGHT = T_VALUE + 4, T_END };

typedef struct tracing {
    const karvan_profiles *p;
    karvan_builder *b;
    karvan_i_text text;
    /* of the pair and year: */
    int32_t one, other;
    int year;
    int64_t n;
} tracing;

/* The row's head; without an item there is none in common. */
static karvan_status put_head(tracing *t, const char *item, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_row(t->b, err));
    KARVAN_TRY(karvan_builder_text(t->b, T_CODE1, karvan_i_profiles_state(t->p, t->one), err));
    KARVAN_TRY(karvan_builder_text(t->b, T_CODE2, karvan_i_profiles_state(t->p, t->other), err));
    if (t->year == KARVAN_I_NO_YEAR)
        KARVAN_TRY(karvan_builder_state(t->b, T_YEAR, KARVAN_NOT_COVERED, err));
    else
        KARVAN_TRY(karvan_builder_int(t->b, T_YEAR, t->year, err));
    KARVAN_TRY(karvan_builder_int(t->b, T_N, t->n, err));
    if (item) return karvan_builder_text(t->b, T_ITEM, item, err);
    for (int c = T_ITEM; c < T_END - !t->p->weights; c++)
        KARVAN_TRY(karvan_builder_state(t->b, c, KARVAN_NOT_COVERED, err));
done:
    return st;
}

static karvan_status put_value(tracing *t, int column, double v, const char *from,
                               karvan_error *err) {
    karvan_status st = karvan_builder_real(t->b, column, v, err);
    return st == KARVAN_OK && *from ? karvan_builder_text(t->b, column + 1, from, err) : st;
}

/* ---- entries ---- */

static bool counts(const karvan_profiles *p, const karvan_i_entry *a, const karvan_i_entry *b) {
    return a->entry == b->entry && !isnan(a->value) && !isnan(b->value) &&
           !(p->weight && isnan(p->weight[a->entry]));
}

static karvan_status put_entry(tracing *t, int column, const karvan_i_entry *e, karvan_error *err) {
    char from[40] = "";
    karvan_i_text_clear(&t->text);
    if (e->row > 0) {
        (void)snprintf(from, sizeof from, ":%lld", (long long)e->row);
        karvan_i_text_puts(&t->text, t->p->path);
    }
    karvan_i_text_puts(&t->text, from);
    karvan_status st = karvan_i_text_status(&t->text, err);
    return st == KARVAN_OK ? put_value(t, column, e->value, t->text.s, err) : st;
}

static karvan_status put_entries(tracing *t, const karvan_i_entry *a, const karvan_i_entry *b,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_profiles *p = t->p;
    KARVAN_TRY(put_head(t, p->entries.bytes + p->entries.at[a->entry], err));
    KARVAN_TRY(put_entry(t, T_VALUE, a, err));
    KARVAN_TRY(put_entry(t, T_VALUE + 2, b, err));
    if (p->weight) st = karvan_builder_real(t->b, T_WEIGHT, p->weight[a->entry], err);
done:
    return st;
}

/* Twice over the entries of both: once to count them. */
static karvan_status of_entries(tracing *t, const karvan_i_pair_year *at, karvan_error *err) {
    const karvan_i_entry *e = t->p->entry;
    t->one = e[at->i].state, t->other = e[at->j].state, t->year = e[at->i].year;
    for (int pass = 0; pass < 2; pass++) {
        int64_t i = at->i, j = at->j;
        while (i < at->i_end && j < at->j_end) {
            const karvan_i_entry *a = &e[i], *b = &e[j];
            if (counts(t->p, a, b)) {
                karvan_status st = pass ? put_entries(t, a, b, err) : KARVAN_OK;
                if (st != KARVAN_OK) return st;
                t->n += !pass;
            }
            i += a->entry <= b->entry, j += b->entry <= a->entry;
        }
    }
    return KARVAN_OK;
}

/* ---- memberships ---- */

static karvan_status put_member(tracing *t, int column, const karvan_i_member_row *r, int32_t body,
                                karvan_error *err) {
    const karvan_memberships *m = t->p->m;
    karvan_i_text_clear(&t->text);
    karvan_i_text_puts(&t->text, "");
    if (m->spell) /* also what says that the state has another status, and does not belong */
        (void)karvan_i_memberships_lines(m, r->state, r->year, body, ~0u, &t->text);
    else
        karvan_i_text_printf(&t->text, "%s:%lld", m->path, (long long)r->line);
    karvan_status st = karvan_i_text_status(&t->text, err);
    if (st != KARVAN_OK) return st;
    return put_value(t, column, karvan_i_bit(m->certain + r->at * m->words, body), t->text.s, err);
}

static karvan_status of_bodies(tracing *t, const karvan_i_pair_year *at, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_memberships *m = t->p->m;
    t->one = at->a->state, t->other = at->b->state, t->year = at->a->year;
    for (int64_t w = 0; w < m->words; w++)
        t->n += __builtin_popcountll(karvan_i_known_bodies(m, at->a, at->b, w));
    for (int32_t body = 0; body < m->bodies.n; body++) {
        if (!(karvan_i_known_bodies(m, at->a, at->b, body / 64) >> (body % 64) & 1)) continue;
        KARVAN_TRY(put_head(t, karvan_memberships_body(m, body), err));
        KARVAN_TRY(put_member(t, T_VALUE, at->a, body, err));
        KARVAN_TRY(put_member(t, T_VALUE + 2, at->b, body, err));
    }
done:
    return st;
}

/* ---- all ---- */

static karvan_status trace_pair(void *ctx, const karvan_i_pair_year *at, karvan_error *err) {
    tracing *t = ctx;
    t->n = 0;
    karvan_status st = at->a ? of_bodies(t, at, err) : of_entries(t, at, err);
    return st == KARVAN_OK && t->n == 0 ? put_head(t, NULL, err) : st;
}

karvan_status karvan_similarity_trace(const karvan_profiles *p, const karvan_similarity_query *q,
                                      karvan_table **out, karvan_error *err) {
    static const karvan_column columns[T_END] = {
        {"code1", KARVAN_TEXT, NULL},       {"code2", KARVAN_TEXT, NULL},
        {"year", KARVAN_INT, NULL},         {"n", KARVAN_INT, NULL},
        {"item", KARVAN_TEXT, NULL},        {"value1", KARVAN_REAL, NULL},
        {"value1_from", KARVAN_TEXT, NULL}, {"value2", KARVAN_REAL, NULL},
        {"value2_from", KARVAN_TEXT, NULL}, {"weight", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    tracing t = {.p = p};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(p, err, KARVAN_E_ARG, "profiles are NULL");
    KARVAN_TRY(karvan_builder_create("trace", T_END - !p->weights, columns, &t.b, err));
    KARVAN_TRY(karvan_i_profiles_each(p, q ? q->pair : NULL, trace_pair, &t, err));
    st = karvan_builder_finish(t.b, out, err);
    t.b = NULL;
done:
    karvan_builder_destroy(t.b);
    karvan_i_text_clear(&t.text);
    return st;
}
