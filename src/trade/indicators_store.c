/* Flows packed by pair. Rows of a pair mostly stand together: such runs are sorted, not rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/column.h"
#include "trade/indicators.h"

void karvan_i_flow_store_clear(karvan_i_flow_store *s) {
    karvan_i_free(s->exporter), karvan_i_free(s->importer), karvan_i_free(s->total);
    karvan_i_free(s->stated), karvan_i_free(s->first), karvan_i_free(s->product);
    karvan_i_free(s->value), karvan_i_free(s->of_exporter), karvan_i_free(s->of_importer);
    karvan_i_free(s->in_pair);
    *s = (karvan_i_flow_store){0};
}

bool karvan_i_is_world(const char *code) {
    static const char *const names[] = {"WLD", "W00", "World", "WORLD"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(code, names[i]) == 0) return true;
    return false;
}

static inline int32_t code_of(const karvan_table *t, int column, int64_t row) {
    return column < 0 ? -1 : t->column[column].v.code[row];
}

static bool lacks(const karvan_table *t, int column, int64_t row) {
    return t->column[column].state && t->column[column].state[row] != KARVAN_VALUE;
}

static bool other_side(const karvan_i_flow_rows *in, int64_t row, karvan_i_voice side) {
    int32_t by = code_of(in->t, in->side, row);
    if (side == KARVAN_I_ANY || by < 0) return false;
    return side == KARVAN_I_EXPORTERS ? by == in->by_importer : by == in->by_exporter;
}

karvan_i_fate karvan_i_row_fate(const karvan_i_flow_rows *in, int64_t row, karvan_i_voice side) {
    const karvan_table *t = in->t;
    const karvan_trade_cube_options *o = in->o;
    int32_t classification = code_of(t, in->classification, row);
    if (in->of_source >= 0 && code_of(t, in->source, row) != in->of_source)
        return KARVAN_I_FATE_OTHER;
    if (in->of_classification >= 0 && classification >= 0 &&
        classification != in->of_classification)
        return KARVAN_I_FATE_OTHER;
    if (other_side(in, row, side)) return KARVAN_I_FATE_OTHER;
    int32_t e = code_of(t, in->exporter, row), i = code_of(t, in->importer, row),
            k = code_of(t, in->product, row);
    if (lacks(t, in->year, row) || e < 0 || i < 0 || (in->product >= 0 && k < 0))
        return KARVAN_I_FATE_UNPLACED;
    int64_t year = t->column[in->year].v.i[row];
    if ((o->has_from && year < o->from_year) || (o->has_to && year > o->to_year))
        return KARVAN_I_FATE_OTHER;
    bool world_e = in->exporter_id[e] == in->world_name,
         world_i = in->importer_id[i] == in->world_name;
    if ((world_e && world_i) || (!in->keep_world && (world_e || world_i)))
        return KARVAN_I_FATE_WORLD_ROW;
    if (in->exporter_id[e] == in->importer_id[i]) return KARVAN_I_FATE_DOMESTIC;
    if (k >= 0 && k != in->total && in->rank[k] < 0) return KARVAN_I_FATE_OTHER_LEVEL;
    return KARVAN_I_FATE_KEPT;
}

/* Rows row .. row + n - 1, all of one year and pair. */
typedef struct run {
    int64_t row;
    int32_t n, year, exporter, importer;
} run;

static run run_of(const karvan_i_flow_rows *in, int64_t row) {
    const karvan_table *t = in->t;
    return (run){row, 1, in->year_at[t->column[in->year].v.i[row]],
                 in->exporter_id[code_of(t, in->exporter, row)],
                 in->importer_id[code_of(t, in->importer, row)]};
}

static bool same_pair(const run *a, const run *b) {
    return a->importer == b->importer && a->exporter == b->exporter && a->year == b->year;
}

/* The runs of the rows that are kept, in their order. */
static karvan_status find_runs(const karvan_i_flow_rows *in, karvan_i_voice side, run **out,
                               int64_t *n, int64_t *n_rows, karvan_error *err) {
    int64_t cap = 0, last = -2;
    *n = 0, *n_rows = 0, *out = NULL;
    for (int64_t row = 0; row < in->t->n_rows; row++) {
        if (karvan_i_row_fate(in, row, side) != KARVAN_I_FATE_KEPT) continue;
        run r = run_of(in, row);
        ++*n_rows;
        if (last == row - 1 && same_pair(&r, &(*out)[*n - 1]) && (*out)[*n - 1].n < INT32_MAX) {
            (*out)[*n - 1].n++;
        } else {
            if (*n == cap) {
                cap = cap ? 2 * cap : 1024;
                run *more = karvan_i_realloc(*out, (size_t)cap, sizeof *more);
                if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for flows");
                *out = more;
            }
            (*out)[(*n)++] = r;
        }
        last = row;
    }
    return KARVAN_OK;
}

static int32_t key_of(const run *r, int pass) {
    return pass == 0 ? r->importer : pass == 1 ? r->exporter : r->year;
}

static bool in_order(const run *r, int64_t n) {
    for (int64_t i = 1; i < n; i++)
        for (int pass = 2; pass >= 0; pass--) {
            int32_t a = key_of(&r[i - 1], pass), b = key_of(&r[i], pass);
            if (a > b) return false;
            if (a < b) break;
        }
    return true;
}

/* Stable counting sorts, the least key first. */
static karvan_status sort_runs(const karvan_trade_cube *c, run **runs, int64_t n,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    run *to = NULL;
    int64_t *at = NULL;
    if (in_order(*runs, n)) return KARVAN_OK;
    size_t most = (size_t)(c->n_countries > c->n_years ? c->n_countries : c->n_years);
    to = karvan_i_malloc((size_t)n, sizeof *to), at = karvan_i_malloc(most + 1, sizeof *at);
    KARVAN_REQUIRE(to && at, err, KARVAN_E_NOMEM, "no memory to sort flows");
    for (int pass = 0; pass < 3; pass++) {
        memset(at, 0, (most + 1) * sizeof *at);
        for (int64_t i = 0; i < n; i++) at[key_of(&(*runs)[i], pass) + 1]++;
        for (size_t k = 1; k <= most; k++) at[k] += at[k - 1];
        for (int64_t i = 0; i < n; i++) to[at[key_of(&(*runs)[i], pass)]++] = (*runs)[i];
        run *swap = *runs;
        *runs = to, to = swap;
    }
done:
    karvan_i_free(to), karvan_i_free(at);
    return st;
}

typedef struct cell { /* of the pair at hand */
    int32_t rank;
    int64_t row;
} cell;

static int by_rank(const void *a, const void *b) {
    const cell *x = a, *y = b;
    if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Two rows of one flow: both sides' word, or one too many. */
static karvan_status stated_twice(const karvan_i_flow_rows *in, int64_t a, int64_t b, bool *twice,
                                  karvan_error *err) {
    int32_t x = code_of(in->t, in->side, a), y = code_of(in->t, in->side, b);
    int64_t line = 0, column = 0;
    char what[200];
    *twice = x >= 0 && y >= 0 && x != y && (x == in->by_exporter || x == in->by_importer) &&
             (y == in->by_exporter || y == in->by_importer);
    (void)karvan_table_locate(in->t, in->value, a, &line, &column);
    (void)snprintf(what, sizeof what,
                   "the same flow as in line %lld: one row for a year, pair and product%s",
                   (long long)line, in->source < 0 ? "" : " of a source");
    return karvan_i_refuse(in->t, in->value, b, what, err);
}

/* In the cube's unit. NaN: unknown. */
static double value_of(const karvan_i_flow_rows *in, int64_t row) {
    const karvan_i_column *c = &in->t->column[in->value];
    int32_t unit = code_of(in->t, in->unit, row);
    if (c->state && c->state[row] != KARVAN_VALUE) return NAN;
    double v = c->type == KARVAN_INT ? (double)c->v.i[row] : c->v.r[row];
    return v * (unit < 0 ? in->unit_otherwise : in->of_unit[unit]);
}

/* The cells of one pair, in order of their products, become the store's. */
static karvan_status add_pair(const karvan_trade_cube *c, const karvan_i_flow_rows *in, cell *cells,
                              int64_t n, karvan_i_flow_store *s, bool *twice, karvan_error *err) {
    bool sorted = true;
    double sum = 0, total = NAN;
    int64_t first = s->n_cells, totals = 0;
    for (int64_t i = 1; i < n && sorted; i++) sorted = cells[i - 1].rank < cells[i].rank;
    if (!sorted) qsort(cells, (size_t)n, sizeof *cells, by_rank);
    for (int64_t i = 0; i < n; i++) {
        if (i > 0 && cells[i].rank == cells[i - 1].rank)
            return stated_twice(in, cells[i - 1].row, cells[i].row, twice, err);
        double v = value_of(in, cells[i].row);
        if (v < 0)
            return karvan_i_refuse(in->t, in->value, cells[i].row,
                                   "a flow below 0; trade is 0 or more", err);
        if (cells[i].rank < 0) {
            total = v, totals++;
            continue;
        }
        int32_t product = in->product_of_rank[cells[i].rank];
        if (s->n_cells > first && s->product[s->n_cells - 1] == product)
            s->value[s->n_cells - 1] += v;
        else
            s->product[s->n_cells] = product, s->value[s->n_cells++] = v;
        sum += v;
    }
    s->stated[s->n_pairs] = !c->has_totals || totals > 0;
    s->total[s->n_pairs] = c->has_totals ? total : sum;
    s->first[++s->n_pairs] = s->n_cells;
    return KARVAN_OK;
}

static karvan_status add_pairs(const karvan_trade_cube *c, const karvan_i_flow_rows *in,
                               const run *runs, int64_t n, karvan_i_flow_store *s, bool *twice,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    cell *cells = NULL;
    int64_t cap = 0;
    for (int64_t i = 0, end; i < n; i = end) {
        int64_t m = 0, rows = 0;
        for (end = i; end < n && same_pair(&runs[end], &runs[i]); end++) rows += runs[end].n;
        if (rows > cap) {
            cap = 2 * rows;
            cell *more = karvan_i_realloc(cells, (size_t)cap, sizeof *more);
            KARVAN_REQUIRE(more, err, KARVAN_E_NOMEM, "no memory for flows");
            cells = more;
        }
        for (int64_t r = i; r < end; r++)
            for (int32_t k = 0; k < runs[r].n; k++, m++) {
                int32_t code = code_of(in->t, in->product, runs[r].row + k);
                cells[m].row = runs[r].row + k;
                cells[m].rank = code < 0 || code == in->total ? -1 : in->rank[code];
            }
        s->exporter[s->n_pairs] = runs[i].exporter, s->importer[s->n_pairs] = runs[i].importer;
        KARVAN_TRY(add_pair(c, in, cells, m, s, twice, err));
    }
done:
    karvan_i_free(cells);
    return st;
}

/* Where the pairs of each exporter and importer stand, year by year. */
static karvan_status index_pairs(const karvan_trade_cube *c, const run *runs, int64_t n,
                                 karvan_i_flow_store *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t countries = (size_t)c->n_countries, groups = (size_t)c->n_years * countries;
    int64_t *at = NULL;
    s->of_exporter = karvan_i_calloc(groups + 1, sizeof *s->of_exporter);
    s->of_importer = karvan_i_calloc(groups + 1, sizeof *s->of_importer);
    s->in_pair = karvan_i_calloc((size_t)s->n_pairs, sizeof *s->in_pair);
    at = karvan_i_calloc(groups + 1, sizeof *at);
    KARVAN_REQUIRE(s->of_exporter && s->of_importer && s->in_pair && at, err, KARVAN_E_NOMEM,
                   "no memory for flows");
    for (int64_t r = 0; r < n; r++) {
        if (r > 0 && same_pair(&runs[r], &runs[r - 1])) continue;
        size_t year = (size_t)runs[r].year * countries;
        s->of_exporter[year + (size_t)runs[r].exporter + 1]++;
        s->of_importer[year + (size_t)runs[r].importer + 1]++;
    }
    for (size_t g = 0; g < groups; g++) {
        s->of_exporter[g + 1] += s->of_exporter[g], s->of_importer[g + 1] += s->of_importer[g];
        at[g + 1] = s->of_importer[g + 1];
    }
    for (int64_t r = 0, pair = 0; r < n; r++) {
        if (r > 0 && same_pair(&runs[r], &runs[r - 1])) continue;
        s->in_pair[at[(size_t)runs[r].year * countries + (size_t)runs[r].importer]++] = pair++;
    }
done:
    karvan_i_free(at);
    return st;
}

karvan_status karvan_i_flow_store_build(const karvan_trade_cube *c, const karvan_i_flow_rows *in,
                                        karvan_i_voice side, karvan_i_flow_store *s, bool *twice,
                                        karvan_error *err) {
    karvan_status st = KARVAN_OK;
    run *runs = NULL;
    int64_t n = 0, rows = 0, pairs = 0;
    *twice = false;
    KARVAN_TRY(find_runs(in, side, &runs, &n, &rows, err));
    KARVAN_TRY(sort_runs(c, &runs, n, err));
    for (int64_t r = 0; r < n; r++) pairs += r == 0 || !same_pair(&runs[r], &runs[r - 1]);
    s->exporter = karvan_i_malloc((size_t)pairs, sizeof *s->exporter);
    s->importer = karvan_i_malloc((size_t)pairs, sizeof *s->importer);
    s->total = karvan_i_malloc((size_t)pairs, sizeof *s->total);
    s->stated = karvan_i_malloc((size_t)pairs, sizeof *s->stated);
    s->first = karvan_i_calloc((size_t)pairs + 1, sizeof *s->first);
    s->product = karvan_i_malloc((size_t)rows, sizeof *s->product);
    s->value = karvan_i_malloc((size_t)rows, sizeof *s->value);
    KARVAN_REQUIRE(s->exporter && s->importer && s->total && s->stated && s->first && s->product &&
                       s->value,
                   err, KARVAN_E_NOMEM, "no memory for %lld flows", (long long)rows);
    KARVAN_TRY(add_pairs(c, in, runs, n, s, twice, err));
    KARVAN_TRY(index_pairs(c, runs, n, s, err));
done:
    karvan_i_free(runs);
    if (st != KARVAN_OK) karvan_i_flow_store_clear(s);
    return st;
}
