/* Dyad-years: which periods two states share. Days become periods once a spell, so that a pair
 * takes only the larger of two numbers and the smaller of two. */
#include "record/dyad_years.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

karvan_day karvan_i_period_first(const karvan_dyad_years *d, int32_t period) {
    return karvan_day_from_civil(d->q.from + period / d->per_year,
                                 d->per_year == 1 ? 1 : period % 12 + 1, 1);
}

int32_t karvan_i_period_of(const karvan_dyad_years *d, karvan_day day) {
    int64_t year;
    int month, of_month;
    if (day < karvan_i_period_first(d, 0)) return -1;
    if (day >= karvan_i_period_first(d, d->periods)) return d->periods;
    karvan_day_to_civil(day, &year, &month, &of_month);
    return (int32_t)(year - d->q.from) * d->per_year + (d->per_year == 1 ? 0 : month - 1);
}

/* ---- making ---- */

/* Alive on the last day: certainly, or only if that is when it ended. */
static void extend(const karvan_dyad_years *d, karvan_i_life *x) {
    if (!d->q.extend || x->end_most != d->states->last) return;
    if (x->end_least == x->end_most) x->end_least = KARVAN_DAY_MAX;
    x->end_most = KARVAN_DAY_MAX;
}

static int32_t from_first(int32_t period) { return period < 0 ? 0 : period; }

static void reach(karvan_dyad_years *d) {
    const karvan_states *s = d->states;
    for (int32_t k = 0; k < s->first[s->n]; k++) {
        karvan_i_life *x = &d->life[k];
        *x = s->life[k];
        extend(d, x);
        if (x->start_least != x->start_most || x->end_least != x->end_most)
            d->may_be = !d->q.certain;
        int32_t end_least = karvan_i_period_of(d, x->end_least),
                end_most = karvan_i_period_of(d, x->end_most), final = d->periods - 1;
        d->reach[k] = (karvan_i_reach){from_first(karvan_i_period_of(d, x->start_least)),
                                       from_first(karvan_i_period_of(d, x->start_most)),
                                       end_least > final ? final : end_least,
                                       end_most > final ? final : end_most};
    }
}

karvan_status karvan_dyad_years_create(const karvan_states *s, const karvan_dyad_years_query *q,
                                       karvan_dyad_years **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_dyad_years *d = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(s && q, err, KARVAN_E_ARG, "states or query is NULL");
    KARVAN_REQUIRE(q->from >= -KARVAN_I_YEAR_MOST && q->to <= KARVAN_I_YEAR_MOST, err, KARVAN_E_ARG,
                   "years lie within -%d and %d", KARVAN_I_YEAR_MOST, KARVAN_I_YEAR_MOST);
    KARVAN_REQUIRE(q->from <= q->to, err, KARVAN_E_ARG, "%lld lies after %lld", (long long)q->from,
                   (long long)q->to);
    d = karvan_i_calloc(1, sizeof *d);
    KARVAN_REQUIRE(d, err, KARVAN_E_NOMEM, "no memory for dyads");
    d->states = s, d->q = *q, d->per_year = q->months ? 12 : 1;
    d->periods = (int32_t)(q->to - q->from + 1) * d->per_year;
    d->first_beyond = s->last == KARVAN_DAY_MIN ? d->periods : karvan_i_period_of(d, s->last) + 1;
    size_t n = (size_t)s->first[s->n] + 1;
    d->life = karvan_i_calloc(n, sizeof *d->life);
    d->reach = karvan_i_calloc(n, sizeof *d->reach);
    KARVAN_REQUIRE(d->life && d->reach, err, KARVAN_E_NOMEM, "no memory for dyads");
    reach(d);
    *out = d, d = NULL;
done:
    karvan_dyad_years_destroy(d);
    return st;
}

static void clear_source(karvan_i_source *s) {
    for (int k = 0; k < s->n_covers; k++)
        karvan_i_free(s->cover[k].column), karvan_i_free(s->cover[k].state);
    karvan_i_free(s->cover), karvan_i_free(s->keyed), karvan_i_free(s->capital);
    karvan_i_free(s->lat), karvan_i_free(s->lon);
}

void karvan_dyad_years_destroy(karvan_dyad_years *d) {
    if (!d) return;
    for (int k = 0; k < d->n_sources; k++) clear_source(&d->source[k]);
    for (int k = 0; k < d->n_columns; k++) karvan_i_free(d->column[k].name);
    karvan_i_free(d->source), karvan_i_free(d->column);
    karvan_i_free(d->life), karvan_i_free(d->reach), karvan_i_free(d);
}

void karvan_i_drop_source(karvan_dyad_years *d, int n_columns) {
    while (d->n_columns > n_columns) karvan_i_free(d->column[--d->n_columns].name);
    clear_source(&d->source[--d->n_sources]);
}

/* ---- one pair ---- */

static int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }
static int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

static void put(karvan_i_marks *m, int32_t first, int32_t last, karvan_truth truth) {
    if (first > last) return;
    if (m->low >= m->high) {
        m->low = first, m->high = last + 1;
    } else {
        m->low = smaller(m->low, first), m->high = larger(m->high, last + 1);
    }
    for (int32_t p = first; p <= last; p++)
        if (m->mark[p] != KARVAN_YES) m->mark[p] = (uint8_t)truth;
}

/* Both exist on a common day of a period when neither begins after the other ends, nor after the
 * period, and neither ends before it. Each of these is certain when it holds for the worst days
 * within the bounds, and possible when it does for the best; the days are independent but for a
 * spell's own, of which karvan_i_life has taken account. */
static void mark_spells(const karvan_dyad_years *d, int32_t i, int32_t k, karvan_i_marks *m) {
    const karvan_i_life *x = &d->life[i], *y = &d->life[k];
    const karvan_i_reach *u = &d->reach[i], *v = &d->reach[k];
    if (!d->q.certain && x->start_least <= y->end_most && y->start_least <= x->end_most)
        put(m, larger(u->start_least, v->start_least), smaller(u->end_most, v->end_most),
            KARVAN_MAYBE);
    if (karvan_i_lives_meet(x, y))
        put(m, larger(u->start_most, v->start_most), smaller(u->end_least, v->end_least),
            KARVAN_YES);
}

bool karvan_i_mark_pair(const karvan_dyad_years *d, int32_t a, int32_t b, karvan_i_marks *m) {
    const int32_t *first = d->states->first;
    if (m->high > m->low) memset(m->mark + m->low, 0, (size_t)(m->high - m->low));
    m->low = m->high = 0;
    for (int32_t i = first[a]; i < first[a + 1]; i++)
        for (int32_t k = first[b]; k < first[b + 1]; k++) mark_spells(d, i, k, m);
    return m->high > m->low;
}

karvan_status karvan_i_each_pair(const karvan_dyad_years *d, bool once, karvan_i_pair_fn fn,
                                 void *ctx, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_marks m = {karvan_i_calloc((size_t)d->periods, 1), 0, 0};
    KARVAN_REQUIRE(m.mark, err, KARVAN_E_NOMEM, "no memory for %d periods", (int)d->periods);
    for (int32_t a = 0; a < d->states->n; a++)
        for (int32_t b = once ? a + 1 : 0; b < d->states->n; b++)
            if (a != b && karvan_i_mark_pair(d, a, b, &m)) KARVAN_TRY(fn(ctx, a, b, &m, err));
done:
    karvan_i_free(m.mark);
    return st;
}

/* ---- numbers of them ---- */

typedef struct tally {
    int64_t *n, *maybe; /* [periods] */
} tally;

static karvan_status add_pair(void *ctx, int32_t a, int32_t b, const karvan_i_marks *m,
                              karvan_error *err) {
    tally *t = ctx;
    (void)a, (void)b, (void)err;
    for (int32_t p = m->low; p < m->high; p++) {
        t->n[p] += m->mark[p] != 0;
        t->maybe[p] += m->mark[p] == KARVAN_MAYBE;
    }
    return KARVAN_OK;
}

/* Both ways of a directed pair exist alike: they are counted once and doubled. */
static karvan_status count_periods(const karvan_dyad_years *d, tally *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    t->n = karvan_i_calloc((size_t)d->periods, sizeof *t->n);
    t->maybe = karvan_i_calloc((size_t)d->periods, sizeof *t->maybe);
    KARVAN_REQUIRE(t->n && t->maybe, err, KARVAN_E_NOMEM, "no memory for %d periods",
                   (int)d->periods);
    KARVAN_TRY(karvan_i_each_pair(d, true, add_pair, t, err));
    for (int32_t p = 0; p < d->periods && !d->q.undirected; p++) t->n[p] *= 2, t->maybe[p] *= 2;
done:
    return st;
}

karvan_status karvan_dyad_years_count(const karvan_dyad_years *d, int64_t *n, int64_t *maybe,
                                      karvan_error *err) {
    tally t = {0};
    if (maybe) *maybe = 0;
    if (n) *n = 0;
    if (!d || !n) return karvan_fail(err, KARVAN_E_ARG, "dyads or n is NULL");
    karvan_status st = count_periods(d, &t, err);
    for (int32_t p = 0; st == KARVAN_OK && p < d->periods; p++) {
        *n += t.n[p];
        if (maybe) *maybe += t.maybe[p];
    }
    karvan_i_free(t.n), karvan_i_free(t.maybe);
    return st;
}

static karvan_status add_year(const karvan_dyad_years *d, const tally *t, int64_t year,
                              karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t n = 0, maybe = 0;
    int column = 2;
    int32_t first = (int32_t)(year - d->q.from) * d->per_year;
    for (int32_t p = first; p < first + d->per_year; p++) n += t->n[p], maybe += t->maybe[p];
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_int(b, 0, year, err));
    KARVAN_TRY(karvan_builder_int(b, 1, n, err));
    if (d->may_be) KARVAN_TRY(karvan_builder_int(b, column++, maybe, err));
    if (d->q.extend) KARVAN_TRY(karvan_builder_bool(b, column, first >= d->first_beyond, err));
done:
    return st;
}

karvan_status karvan_dyad_years_by_year(const karvan_dyad_years *d, karvan_table **out,
                                        karvan_error *err) {
    karvan_status st = KARVAN_OK;
    tally t = {0};
    karvan_builder *b = NULL;
    karvan_column columns[4] = {{"year", KARVAN_INT, NULL}, {"dyads", KARVAN_INT, NULL}};
    int n = 2;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(d, err, KARVAN_E_ARG, "dyads is NULL");
    if (d->may_be) columns[n++] = (karvan_column){"maybe", KARVAN_INT, NULL};
    if (d->q.extend) columns[n++] = (karvan_column){"extended", KARVAN_BOOL, NULL};
    KARVAN_TRY(count_periods(d, &t, err));
    KARVAN_TRY(karvan_builder_create("dyads", n, columns, &b, err));
    for (int64_t y = d->q.from; y <= d->q.to; y++) KARVAN_TRY(add_year(d, &t, y, b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(t.n), karvan_i_free(t.maybe);
    return st;
}
