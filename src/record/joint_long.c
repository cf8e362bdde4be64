/* The long form: a row a membership, between uncertain dates. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/joint.h"
#include "table/cell.h"

enum { C_BODY, C_STATE, C_STATUS, C_FROM, C_TO, C_END };
enum { YEARS_MOST = 1000 };
static const char *const COLUMN[C_END] = {"organisation", "country", "status", "from", "to"};

typedef struct longs {
    karvan_memberships *m;
    const karvan_table *t;
    const karvan_package *region;
    int column[C_END];
} longs;

static int year_of(karvan_day d) {
    int64_t year;
    int month, day;
    karvan_day_to_civil(d, &year, &month, &day);
    return year < -9999 ? -9999 : year > 9999 ? 9999 : (int)year;
}

static bool is_day(karvan_day d) { return d != KARVAN_DAY_MIN && d != KARVAN_DAY_MAX; }

/* ---- spells ---- */

static karvan_status code_of(const longs *l, karvan_i_dictionary *d, int column, int64_t row,
                             int32_t *out, karvan_error *err) {
    const char *s = karvan_table_text(l->t, l->column[column], row);
    if (!s)
        return karvan_i_refuse(l->t, l->column[column], row,
                               column == C_BODY ? "a membership without its organisation"
                                                : "a membership without its country",
                               err);
    return karvan_i_dictionary_add(d, s, strlen(s), out, err);
}

/* Of a region: what any state could join, so neither a commission of two nor a company. */
static bool is_body(const longs *l, int64_t row) {
    const char *id = karvan_table_text(l->t, l->column[C_BODY], row);
    const karvan_table *t = l->region ? karvan_package_table(l->region, "organisations") : NULL;
    int64_t body = id && t ? karvan_package_row(l->region, "organisations", id) : -1;
    return !karvan_i_cell_is(t, "kind", body, "commission") &&
           !karvan_i_cell_is(t, "kind", body, "company");
}

static karvan_status take_spell(longs *l, int64_t row, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_memberships *m = l->m;
    const karvan_table *t = l->t;
    karvan_i_member_spell s = {.row = row, .from = karvan_table_code(t, l->column[C_FROM], row)};
    const char *status = karvan_table_text(t, l->column[C_STATUS], row);
    karvan_error why = {0};
    KARVAN_TRY(code_of(l, &m->states, C_STATE, row, &s.state, err));
    if (!is_body(l, row)) return KARVAN_OK;
    KARVAN_TRY(code_of(l, &m->bodies, C_BODY, row, &s.body, err));
    if (!status || karvan_memberships_status(status, &s.status, &why) != KARVAN_OK)
        return karvan_i_refuse(t, l->column[C_STATUS], row,
                               status ? why.msg : "a membership without its status", err);
    if (s.status & (s.status - 1))
        return karvan_i_refuse(t, l->column[C_STATUS], row, "a membership has one status", err);
    if (karvan_table_state(t, l->column[C_FROM], row) == KARVAN_NOT_COVERED)
        return KARVAN_OK; /* it never began */
    bool goes_on = karvan_table_state(t, l->column[C_TO], row) == KARVAN_NOT_COVERED;
    s.when = karvan_i_spell_of(karvan_table_date(t, l->column[C_FROM], row),
                               karvan_table_date(t, l->column[C_TO], row), goes_on);
    int64_t column;
    (void)karvan_table_locate(t, -1, row, &s.line, &column);
    m->spell[m->n_spells++] = s;
done:
    return st;
}

static int by_spell(const void *a, const void *b) {
    const karvan_i_member_spell *x = a, *y = b;
    if (x->state != y->state) return (x->state > y->state) - (x->state < y->state);
    if (x->body != y->body) return (x->body > y->body) - (x->body < y->body);
    if (x->status != y->status) return (x->status > y->status) - (x->status < y->status);
    if (x->from != y->from) return (x->from > y->from) - (x->from < y->from);
    return (x->row > y->row) - (x->row < y->row);
}

static karvan_status no_spell_twice(const longs *l, karvan_error *err) {
    const karvan_memberships *m = l->m;
    for (int64_t k = 1; k < m->n_spells; k++) {
        const karvan_i_member_spell *a = &m->spell[k - 1], *b = &m->spell[k];
        char what[300];
        int64_t line, column;
        if (a->state != b->state || a->body != b->body || a->status != b->status ||
            a->from != b->from)
            continue;
        (void)karvan_table_locate(l->t, l->column[C_BODY], a->row, &line, &column);
        (void)snprintf(what, sizeof what,
                       "%.60s in %.60s with this status and beginning stands twice: here and on "
                       "line %lld",
                       karvan_memberships_state(m, b->state), karvan_memberships_body(m, b->body),
                       (long long)line);
        return karvan_i_refuse(l->t, l->column[C_BODY], b->row, what, err);
    }
    return KARVAN_OK;
}

static karvan_status order_spells(longs *l, karvan_error *err) {
    karvan_memberships *m = l->m;
    m->first_spell = karvan_i_calloc((size_t)m->states.n + 1, sizeof *m->first_spell);
    if (!m->first_spell) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for memberships");
    if (m->n_spells > 0) qsort(m->spell, (size_t)m->n_spells, sizeof *m->spell, by_spell);
    int64_t k = 0;
    for (int32_t s = 0; s <= m->states.n; s++) {
        while (k < m->n_spells && m->spell[k].state < s) k++;
        m->first_spell[s] = k;
    }
    return no_spell_twice(l, err);
}

/* ---- years ---- */

static karvan_status choose_years(longs *l, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_memberships_options *o = &l->m->o;
    karvan_day first = KARVAN_DAY_MAX, last = KARVAN_DAY_MIN;
    for (int64_t k = 0; k < l->m->n_spells; k++) {
        const karvan_i_spell *s = &l->m->spell[k].when;
        const karvan_day days[] = {s->begin_least, s->begin_most, s->end_least, s->end_most};
        for (int i = 0; i < 4; i++) {
            if (!is_day(days[i])) continue;
            if (days[i] < first) first = days[i];
            if (days[i] > last) last = days[i];
        }
    }
    karvan_day known = l->region ? karvan_i_region_known_to(l->region, NULL) : KARVAN_DAY_MAX;
    if (is_day(known)) last = known;
    l->m->known_to = is_day(last) ? year_of(last) : 9999;
    if (is_day(first)) karvan_i_memberships_of_year(l->m, year_of(first));
    if (is_day(last)) karvan_i_memberships_of_year(l->m, year_of(last));
    KARVAN_REQUIRE((o->has_from || is_day(first)) && (o->has_to || is_day(last)), err, KARVAN_E_ARG,
                   "the memberships name no dates: say the first and the last year");
    if (!o->has_from) o->from = year_of(first);
    if (!o->has_to) o->to = year_of(last);
    if (o->to < o->from) o->to = o->from - 1; /* none at all */
    KARVAN_REQUIRE(o->to - o->from < YEARS_MOST, err, KARVAN_E_ARG,
                   "the memberships are of the years %d to %d: say which, %d at the most", o->from,
                   o->to, YEARS_MOST);
done:
    return st;
}

/* Does the region let the country, the body exist in a year? By the bounds that say most. */
static bool has_state(const longs *l, int32_t state, int year) {
    const karvan_table *t = l->region ? karvan_package_table(l->region, "countries") : NULL;
    const char *code = karvan_memberships_state(l->m, state);
    int64_t row = t ? karvan_package_row(l->region, "countries", code) : -1;
    const karvan_edtf *d = karvan_i_cell_date(t, "independence", row);
    return !d || !is_day(d->earliest) || year_of(d->earliest) <= year;
}

static bool has_body(const longs *l, int32_t body, int year) {
    const karvan_table *t = l->region ? karvan_package_table(l->region, "organisations") : NULL;
    const char *id = karvan_memberships_body(l->m, body);
    int64_t row = t ? karvan_package_row(l->region, "organisations", id) : -1;
    const karvan_edtf *founded = karvan_i_cell_date(t, "founded", row),
                      *dissolved = karvan_i_cell_date(t, "dissolved", row);
    if (founded && is_day(founded->earliest) && year_of(founded->earliest) > year) return false;
    return !dissolved || !is_day(dissolved->latest) || year_of(dissolved->latest) >= year;
}

/* A state without a membership that counts: does the table know so? It has another status then, or
 * is covered. */
static bool is_known(const karvan_memberships *m, const karvan_i_member_row *row, int32_t body,
                     bool covered) {
    return covered || karvan_i_memberships_spell(m, row->state, row->year, body, ~0u) == KARVAN_YES;
}

/* What is carried on into later years is covered as the last year that is known. */
static bool is_covered(const karvan_memberships *m, const karvan_i_member_row *row, int32_t body,
                       const karvan_i_member_covers *c) {
    int year = m->o.extend && row->year > m->known_to ? m->known_to : row->year;
    return !karvan_i_memberships_beyond(m, row->year) &&
           karvan_i_member_covered(c, row->state, year, body);
}

static void fill_row(longs *l, int64_t r, const uint64_t *none, const karvan_i_member_covers *c) {
    karvan_memberships *m = l->m;
    const karvan_i_member_row *row = &m->row[r];
    int64_t at = row->at * m->words;
    bool beyond = karvan_i_memberships_beyond(m, row->year);
    for (int32_t b = 0; b < m->bodies.n; b++) {
        karvan_truth t = karvan_i_memberships_spell(m, row->state, row->year, b, m->o.status);
        bool covered = is_covered(m, row, b, c);
        if (covered && m->whole) karvan_i_set_bit(m->whole + at, b);
        if (t == KARVAN_NO && karvan_i_bit(none, b)) {
            karvan_i_set_bit(m->none + at, b);
            continue;
        }
        if (beyond || (t == KARVAN_NO && !is_known(m, row, b, covered))) {
            karvan_i_set_bit(m->uncovered + at, b);
            t = KARVAN_MAYBE;
        }
        if (t == KARVAN_YES) karvan_i_set_bit(m->certain + at, b);
        if (t != KARVAN_NO) karvan_i_set_bit(m->perhaps + at, b);
        m->unknown += t == KARVAN_MAYBE;
    }
}

static karvan_status fill(longs *l, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_memberships *m = l->m;
    int32_t years = m->o.to - m->o.from + 1;
    karvan_i_member_covers covers = {0};
    uint64_t *none = karvan_i_calloc((size_t)(years * m->words), sizeof *none);
    KARVAN_REQUIRE(none, err, KARVAN_E_NOMEM, "no memory for memberships");
    KARVAN_TRY(karvan_i_member_covers_init(&covers, m, l->region, err));
    if (covers.said) {
        m->whole = karvan_i_calloc((size_t)(m->n_rows * m->words) + 1, sizeof *m->whole);
        KARVAN_REQUIRE(m->whole, err, KARVAN_E_NOMEM, "no memory for memberships");
    }
    for (int32_t y = 0; y < years; y++)
        for (int32_t b = 0; b < m->bodies.n; b++)
            if (!has_body(l, b, m->o.from + y)) karvan_i_set_bit(none + y * m->words, b);
    for (int64_t r = 0; r < m->n_rows; r++)
        fill_row(l, r, none + (m->row[r].year - m->o.from) * m->words, &covers);
done:
    karvan_i_member_covers_clear(&covers);
    karvan_i_free(none);
    return st;
}

/* ---- all ---- */

static karvan_status find_columns(longs *l, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int c = 0; c < C_END; c++) {
        KARVAN_TRY(karvan_i_need_column(l->t, COLUMN[c], &l->column[c], err));
        karvan_type type = karvan_table_column(l->t, l->column[c]).type;
        KARVAN_REQUIRE(type == (c < C_FROM ? KARVAN_TEXT : KARVAN_DATE), err, KARVAN_E_DATA,
                       "column %s of table %s is %s", COLUMN[c], karvan_table_name(l->t),
                       karvan_type_name(type));
    }
done:
    return st;
}

karvan_status karvan_i_memberships_long(karvan_memberships *m, const karvan_table *t,
                                        const karvan_package *region, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    longs l = {.m = m, .t = t, .region = region};
    int64_t n = karvan_table_rows(t), line, column;
    const char *path = n > 0 ? karvan_table_locate(t, -1, 0, &line, &column) : NULL;
    KARVAN_TRY(karvan_i_memberships_called(m, path ? path : karvan_table_name(t), err));
    KARVAN_TRY(find_columns(&l, err));
    m->spell = karvan_i_calloc((size_t)n, sizeof *m->spell);
    KARVAN_REQUIRE(m->spell, err, KARVAN_E_NOMEM, "no memory for memberships");
    for (int64_t r = 0; r < n; r++) KARVAN_TRY(take_spell(&l, r, err));
    m->words = (m->bodies.n + 63) / 64;
    if (n == 0) return karvan_i_memberships_order(m, "", err);
    KARVAN_TRY(choose_years(&l, err));
    KARVAN_TRY(karvan_i_memberships_order(m, "", err));
    KARVAN_TRY(order_spells(&l, err));
    for (int32_t s = 0; s < m->states.n; s++)
        for (int y = m->o.from; y <= m->o.to; y++)
            if (has_state(&l, s, y)) KARVAN_TRY(karvan_i_memberships_add(m, s, y, 0, err));
    karvan_i_memberships_offsets(m);
    st = fill(&l, err);
done:
    return st;
}
