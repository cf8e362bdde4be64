/* Cells of dyad-years, found by going through sorted keys beside them. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/earth.h"
#include "base/try.h"
#include "record/attach.h"

karvan_status karvan_i_cells_init(const karvan_dyad_years *d, karvan_i_cells *c,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *c = (karvan_i_cells){.from = -1, .to = -1};
    c->cursor = karvan_i_calloc((size_t)d->n_sources * 2 + 1, sizeof *c->cursor);
    c->cell = karvan_i_calloc((size_t)d->n_columns + 1, sizeof *c->cell);
    KARVAN_REQUIRE(c->cursor && c->cell, err, KARVAN_E_NOMEM, "no memory for cells");
    for (int k = 0; k < d->n_columns; k++) {
        c->cell[k].table = d->source[d->column[k].source].t;
        c->cell[k].column = d->column[k].column, c->cell[k].row2 = -1;
    }
done:
    return st;
}

void karvan_i_cells_clear(karvan_i_cells *c) {
    karvan_i_free(c->cursor), karvan_i_free(c->cell);
    *c = (karvan_i_cells){0};
}

/* First of the rows whose key is not below. */
static int64_t lower_bound(const karvan_i_source *s, uint64_t key) {
    int64_t low = 0, high = s->n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (s->keyed[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void place(const karvan_dyad_years *d, const karvan_i_source *s, int32_t a, int32_t b,
                  karvan_i_cursor *cursor) {
    cursor->base = karvan_i_key_of(d, s, a, b), cursor->row = -1;
    cursor->at = lower_bound(s, cursor->base);
    cursor->end = lower_bound(s, cursor->base + (uint64_t)s->span);
}

void karvan_i_cells_pair(const karvan_dyad_years *d, karvan_i_cells *c, int32_t a, int32_t b) {
    c->a = a, c->b = b;
    for (int k = 0; k < d->n_sources; k++) {
        const karvan_i_source *s = &d->source[k];
        if (s->kind == KARVAN_I_CAPITALS) continue;
        karvan_i_cursor *both = &c->cursor[2 * (size_t)k];
        place(d, s, a, b, &both[0]), place(d, s, b, a, &both[1]);
    }
}

/* Row of the table's period, counted from its first one; periods come in order. */
static void advance(const karvan_i_source *s, karvan_i_cursor *cursor, int64_t period) {
    cursor->row = -1;
    if (period < 0) return;
    uint64_t key = cursor->base + (uint64_t)period;
    while (cursor->at < cursor->end && s->keyed[cursor->at].key < key) cursor->at++;
    if (cursor->at < cursor->end && s->keyed[cursor->at].key == key)
        cursor->row = s->keyed[cursor->at].row;
}

/* Without a row: unknown where the table is declared to cover it. */
static karvan_cell absent(const karvan_i_source *s, const karvan_i_attached *what, int32_t a,
                          int32_t b, int32_t period) {
    int32_t own = what->side == 0 ? a : b,
            other = s->kind == KARVAN_I_OF_STATES ? own : a + b - own;
    for (int k = 0; k < s->n_covers; k++) {
        const karvan_i_cover *c = &s->cover[k];
        bool covers = period >= c->first && period <= c->last &&
                      (!c->column || what->column < 0 || c->column[what->column]) &&
                      (!c->state || (c->state[own] && c->state[other]));
        if (covers) return KARVAN_UNKNOWN;
    }
    return KARVAN_NOT_COVERED;
}

static void fill_distance(const karvan_dyad_years *d, const karvan_i_source *s, karvan_i_cells *c,
                          int32_t period, karvan_dyad_cell *cell) {
    cell->row = s->capital[(int64_t)c->a * d->periods + period];
    cell->row2 = s->capital[(int64_t)c->b * d->periods + period];
    cell->real = NAN;
    if (cell->row < 0 || cell->row2 < 0) { /* it rests on neither alone */
        cell->row = cell->row2 = -1;
        return;
    }
    if (cell->row != c->from || cell->row2 != c->to) {
        double lat1 = s->lat[cell->row], lon1 = s->lon[cell->row];
        double lat2 = s->lat[cell->row2], lon2 = s->lon[cell->row2];
        double km = s->sphere ? karvan_i_sphere_km(lat1, lon1, lat2, lon2, 6378.137)
                              : karvan_i_wgs84_km(lat1, lon1, lat2, lon2);
        c->from = cell->row, c->to = cell->row2, c->km = nearbyint(km * 1000) / 1000;
    }
    cell->real = c->km;
}

void karvan_i_cells_at(const karvan_dyad_years *d, karvan_i_cells *c, int32_t period) {
    int64_t first = d->q.from * d->per_year + period;
    for (int k = 0; k < d->n_sources; k++) {
        const karvan_i_source *s = &d->source[k];
        if (s->kind == KARVAN_I_CAPITALS) continue;
        int64_t own = (s->unit == 1 ? first : d->q.from + period / s->unit) - s->begin;
        karvan_i_cursor *both = &c->cursor[2 * (size_t)k];
        advance(s, &both[0], own), advance(s, &both[1], own);
    }
    for (int k = 0; k < d->n_columns; k++) {
        const karvan_i_attached *what = &d->column[k];
        const karvan_i_source *s = &d->source[what->source];
        karvan_dyad_cell *cell = &c->cell[k];
        if (s->kind == KARVAN_I_CAPITALS) {
            fill_distance(d, s, c, period, cell);
            cell->state = isnan(cell->real) ? absent(s, what, c->a, c->b, period) : KARVAN_VALUE;
            continue;
        }
        cell->row = c->cursor[2 * what->source + what->side].row;
        cell->state = cell->row < 0 ? absent(s, what, c->a, c->b, period)
                                    : karvan_table_state(s->t, what->column, cell->row);
        cell->real =
            cell->state == KARVAN_VALUE ? karvan_table_real(s->t, what->column, cell->row) : NAN;
    }
}

void karvan_i_trace(const karvan_dyad_cell *c, char *room, size_t cap) {
    const int64_t rows[] = {c->row, c->row2};
    size_t used = 0;
    *room = 0;
    for (int k = 0; k < 2 && used < cap; k++) {
        int64_t line, col;
        if (rows[k] < 0) continue;
        const char *file = karvan_table_locate(c->table, -1, rows[k], &line, &col);
        used += (size_t)snprintf(room + used, cap - used, "%s%s:%lld", used ? ";" : "",
                                 file ? file : karvan_table_name(c->table),
                                 (long long)(file ? line : rows[k] + 1));
    }
}

/* ---- every dyad-year ---- */

typedef struct pass {
    const karvan_dyad_years *d;
    karvan_i_cells cells;
    karvan_dyad_fn fn;
    void *ctx;
} pass;

static karvan_status pass_pair(void *ctx, int32_t a, int32_t b, const karvan_i_marks *m,
                               karvan_error *err) {
    pass *x = ctx;
    const karvan_dyad_years *d = x->d;
    karvan_dyad is = {.state1 = a, .state2 = b, .cell = x->cells.cell};
    karvan_i_cells_pair(d, &x->cells, a, b);
    for (int32_t p = m->low; p < m->high; p++) {
        if (!m->mark[p]) continue;
        is.year = d->q.from + p / d->per_year, is.month = d->q.months ? p % 12 + 1 : 0;
        is.exists = (karvan_truth)m->mark[p], is.extended = p >= d->first_beyond;
        karvan_i_cells_at(d, &x->cells, p);
        karvan_status st = x->fn(x->ctx, &is, err);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

karvan_status karvan_dyad_years_each(const karvan_dyad_years *d, karvan_dyad_fn fn, void *ctx,
                                     karvan_error *err) {
    if (!d || !fn) return karvan_fail(err, KARVAN_E_ARG, "dyads or function is NULL");
    pass x = {.d = d, .fn = fn, .ctx = ctx};
    karvan_status st = karvan_i_cells_init(d, &x.cells, err);
    if (st == KARVAN_OK) st = karvan_i_each_pair(d, d->q.undirected, pass_pair, &x, err);
    karvan_i_cells_clear(&x.cells);
    return st;
}
