/* Dyad-years of a region with their measures, and the rows that each cell rests on. */
#include "record/dyads.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"

enum { YEAR_LEAST = -9999, YEAR_MOST = 9999 };

void karvan_i_dyads_codes(const karvan_pairs *p, int64_t pair, karvan_way way, const char **a,
                          const char **b) {
    if (way == KARVAN_WAY_BACK)
        karvan_pairs_at(p, pair, b, a);
    else
        karvan_pairs_at(p, pair, a, b);
}

static karvan_status read_years(const karvan_pairs *p, const karvan_dyads_query *q, int64_t *from,
                                int64_t *to, karvan_error *err) {
    bool known = karvan_pairs_years(p, from, to);
    if (!known && !(q->has_from && q->has_to))
        return karvan_fail(err, KARVAN_E_ARG,
                           "the region does not say from when to when it covers its countries "
                           "(table coverage): the first and the last year are needed");
    if (q->has_from) *from = q->from;
    if (q->has_to) *to = q->to;
    if (*from < YEAR_LEAST || *to > YEAR_MOST)
        return karvan_fail(err, KARVAN_E_ARG, "years lie between %d and %d", YEAR_LEAST, YEAR_MOST);
    if (*from <= *to) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "the first year, %lld, lies after the last, %lld",
                       (long long)*from, (long long)*to);
}

karvan_status karvan_i_dyads_walk(const karvan_pairs *p, const karvan_dyads_query *q,
                                  karvan_i_dyad_fn fn, void *ctx, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t from = 0, to = -1;
    int least = q->undirected ? KARVAN_WAY_BOTH : KARVAN_WAY_THERE,
        most = q->undirected ? KARVAN_WAY_BOTH : KARVAN_WAY_BACK;
    KARVAN_TRY(read_years(p, q, &from, &to, err));
    for (int64_t pair = 0; pair < p->n; pair++)
        for (int way = least; way <= most; way++)
            for (int64_t year = from; year <= to; year++)
                if (karvan_pairs_exist(p, pair, year))
                    KARVAN_TRY(fn(ctx, p, pair, (karvan_way)way, year, err));
done:
    return st;
}

/* ---- what is asked ---- */

typedef struct task {
    const karvan_package *region;
    int n, measure[KARVAN_I_MEASURES];
    karvan_builder *b;
    karvan_rows rows;
} task;

static karvan_status read_measures(const karvan_dyads_query *q, task *k, karvan_error *err) {
    k->n = q->n_measures ? q->n_measures : KARVAN_I_MEASURES;
    if (k->n < 0 || k->n > KARVAN_I_MEASURES || (q->n_measures && !q->measures))
        return karvan_fail(err, KARVAN_E_ARG, "there are %d measures, not %d", KARVAN_I_MEASURES,
                           k->n);
    for (int i = 0; i < k->n; i++) {
        k->measure[i] = q->n_measures ? q->measures[i] : i;
        if (!karvan_pair_measure_at(k->measure[i]))
            return karvan_fail(err, KARVAN_E_ARG, "there is no measure %d", k->measure[i]);
        for (int j = 0; j < i; j++)
            if (k->measure[i] == k->measure[j])
                return karvan_fail(err, KARVAN_E_ARG, "measure %s is asked for twice",
                                   karvan_pair_measure_at(k->measure[i])->name);
    }
    return KARVAN_OK;
}

/* ---- cells ---- */

enum { D_ONE, D_TWO, D_YEAR, D_FIRST };

static karvan_status put_dyad(karvan_builder *b, const karvan_pairs *p, int64_t pair,
                              karvan_way way, int64_t year, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *one, *two;
    karvan_i_dyads_codes(p, pair, way, &one, &two);
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, D_ONE, one, err));
    KARVAN_TRY(karvan_builder_text(b, D_TWO, two, err));
    KARVAN_TRY(karvan_builder_int(b, D_YEAR, year, err));
done:
    return st;
}

/* A bound: without a value where there is none. */
static karvan_status put_bound(karvan_builder *b, int column, double v, karvan_cell state,
                               karvan_error *err) {
    if (isfinite(v)) return karvan_builder_real(b, column, v, err);
    return karvan_builder_state(b, column, state == KARVAN_VALUE ? KARVAN_UNKNOWN : state, err);
}

static karvan_status put_cell(karvan_builder *b, int column, karvan_measured m, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool one = m.state == KARVAN_VALUE && m.min == m.max;
    if (one)
        KARVAN_TRY(karvan_builder_real(b, column, m.min, err));
    else if (m.state != KARVAN_VALUE)
        KARVAN_TRY(karvan_builder_state(b, column, m.state, err));
    /* where nothing is covered and nothing is at hand, 0 at the least would look like a finding */
    if (m.state == KARVAN_NOT_COVERED && m.min == 0) {
        KARVAN_TRY(karvan_builder_state(b, column + 1, m.state, err));
        KARVAN_TRY(karvan_builder_state(b, column + 2, m.state, err));
        goto done;
    }
    KARVAN_TRY(karvan_builder_real(b, column + 1, m.min, err));
    KARVAN_TRY(put_bound(b, column + 2, m.max, m.state, err));
done:
    return st;
}

static karvan_status put_measures(void *ctx, const karvan_pairs *p, int64_t pair, karvan_way way,
                                  int64_t year, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    task *k = ctx;
    KARVAN_TRY(put_dyad(k->b, p, pair, way, year, err));
    for (int i = 0; i < k->n; i++)
        KARVAN_TRY(put_cell(k->b, D_FIRST + 3 * i,
                            karvan_pairs_measure(p, pair, k->measure[i], way, year, NULL), err));
done:
    return st;
}

static karvan_status walk(const karvan_package *region, const karvan_dyads_query *q,
                          karvan_i_dyad_fn fn, task *k, karvan_error *err) {
    karvan_pairs *p = NULL;
    karvan_status st = karvan_pairs_create(region, q->a, q->b, &p, err);
    if (st == KARVAN_OK) st = karvan_i_dyads_walk(p, q, fn, k, err);
    karvan_pairs_destroy(p);
    return st;
}

karvan_status karvan_dyads_table(const karvan_package *region, const karvan_dyads_query *q,
                                 karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    task k = {.region = region};
    char names[KARVAN_I_MEASURES][2][40];
    karvan_column columns[D_FIRST + 3 * KARVAN_I_MEASURES] = {
        {"code1", KARVAN_TEXT, NULL}, {"code2", KARVAN_TEXT, NULL}, {"year", KARVAN_INT, NULL}};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && q, err, KARVAN_E_ARG, "region or query is NULL");
    KARVAN_TRY(read_measures(q, &k, err));
    for (int i = 0; i < k.n; i++) {
        const karvan_pair_measure *m = karvan_pair_measure_at(k.measure[i]);
        (void)snprintf(names[i][0], sizeof names[i][0], "%s_min", m->name);
        (void)snprintf(names[i][1], sizeof names[i][1], "%s_max", m->name);
        columns[D_FIRST + 3 * i] = (karvan_column){m->name, KARVAN_REAL, m->unit};
        columns[D_FIRST + 3 * i + 1] = (karvan_column){names[i][0], KARVAN_REAL, m->unit};
        columns[D_FIRST + 3 * i + 2] = (karvan_column){names[i][1], KARVAN_REAL, m->unit};
    }
    KARVAN_TRY(karvan_builder_create("dyads", D_FIRST + 3 * k.n, columns, &k.b, err));
    KARVAN_TRY(walk(region, q, put_measures, &k, err));
    st = karvan_builder_finish(k.b, out, err);
    k.b = NULL;
done:
    karvan_builder_destroy(k.b);
    return st;
}

/* ---- the rows behind them ---- */

enum { T_MEASURE = D_FIRST, T_MIN, T_MAX, T_STATE, T_USE, T_TABLE, T_LINE, T_KEY, T_SOURCE, T_END };

static karvan_status put_row(task *k, const karvan_measured_row *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char key[512];
    int64_t line = 0, column;
    (void)karvan_table_locate(r->table, -1, r->row, &line, &column);
    KARVAN_TRY(karvan_builder_text(k->b, T_USE, karvan_row_use_name(r->use), err));
    KARVAN_TRY(karvan_builder_text(k->b, T_TABLE, karvan_table_name(r->table), err));
    if (line > 0) KARVAN_TRY(karvan_builder_int(k->b, T_LINE, line, err));
    if (karvan_package_key(k->region, r->table, r->row, key, sizeof key, NULL) == KARVAN_OK)
        KARVAN_TRY(karvan_builder_text(k->b, T_KEY, key, err));
    KARVAN_TRY(
        karvan_builder_text(k->b, T_SOURCE, karvan_i_cell_text(r->table, "source", r->row), err));
done:
    return st;
}

static karvan_status put_head(task *k, const karvan_pairs *p, int64_t pair, karvan_way way,
                              int64_t year, int measure, karvan_measured m, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(put_dyad(k->b, p, pair, way, year, err));
    KARVAN_TRY(karvan_builder_text(k->b, T_MEASURE, karvan_pair_measure_at(measure)->name, err));
    if (m.state != KARVAN_NOT_COVERED || m.min > 0)
        KARVAN_TRY(karvan_builder_real(k->b, T_MIN, m.min, err));
    else
        KARVAN_TRY(karvan_builder_state(k->b, T_MIN, m.state, err));
    if (m.state != KARVAN_NOT_COVERED || m.min > 0)
        KARVAN_TRY(put_bound(k->b, T_MAX, m.max, m.state, err));
    else
        KARVAN_TRY(karvan_builder_state(k->b, T_MAX, m.state, err));
    KARVAN_TRY(karvan_builder_text(k->b, T_STATE, karvan_cell_name(m.state), err));
done:
    return st;
}

static karvan_status put_traces(void *ctx, const karvan_pairs *p, int64_t pair, karvan_way way,
                                int64_t year, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    task *k = ctx;
    for (int i = 0; i < k->n; i++) {
        if (way == KARVAN_WAY_BACK && !karvan_pair_measure_at(k->measure[i])->directed) continue;
        k->rows.n = 0;
        karvan_measured m = karvan_pairs_measure(p, pair, k->measure[i], way, year, &k->rows);
        KARVAN_REQUIRE(!k->rows.failed, err, KARVAN_E_NOMEM, "rows of a cell");
        for (int64_t r = 0; r < k->rows.n; r++) {
            KARVAN_TRY(put_head(k, p, pair, way, year, k->measure[i], m, err));
            KARVAN_TRY(put_row(k, &k->rows.row[r], err));
        }
    }
done:
    return st;
}

karvan_status karvan_dyads_trace(const karvan_package *region, const karvan_dyads_query *q,
                                 karvan_table **out, karvan_error *err) {
    static const karvan_column columns[T_END] = {
        {"code1", KARVAN_TEXT, NULL}, {"code2", KARVAN_TEXT, NULL},
        {"year", KARVAN_INT, NULL},   {"measure", KARVAN_TEXT, NULL},
        {"min", KARVAN_REAL, NULL},   {"max", KARVAN_REAL, NULL},
        {"state", KARVAN_TEXT, NULL}, {"use", KARVAN_TEXT, NULL},
        {"table", KARVAN_TEXT, NULL}, {"line", KARVAN_INT, NULL},
        {"key", KARVAN_TEXT, NULL},   {"source", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    task k = {.region = region};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && q, err, KARVAN_E_ARG, "region or query is NULL");
    KARVAN_TRY(read_measures(q, &k, err));
    KARVAN_TRY(karvan_builder_create("trace", T_END, columns, &k.b, err));
    KARVAN_TRY(walk(region, q, put_traces, &k, err));
    st = karvan_builder_finish(k.b, out, err);
    k.b = NULL;
done:
    karvan_builder_destroy(k.b);
    karvan_rows_clear(&k.rows);
    return st;
}
