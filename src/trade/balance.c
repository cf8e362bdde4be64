/* Yearly figures of a pair in one data set, and the two reporters' figures side by side. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "karvan/trade.h"
#include "table/cell.h"

enum { YEAR_0 = 1900, YEARS = 200 };

/* Values by year, NaN where none stands. */
typedef struct series {
    double v[YEARS];
    const char *unit, *source;
    int n;
} series;

static void series_init(series *s) {
    *s = (series){0};
    for (int y = 0; y < YEARS; y++) s->v[y] = NAN;
}

static int year_of(const karvan_table *t, int64_t row) {
    double y = karvan_i_cell_real(t, "year", row);
    return y >= YEAR_0 && y < YEAR_0 + YEARS ? (int)y - YEAR_0 : -1;
}

static void put(series *s, const karvan_table *t, int64_t row) {
    int y = year_of(t, row);
    double v = karvan_i_cell_real(t, "value", row);
    if (y < 0 || isnan(v)) return;
    s->n += isnan(s->v[y]);
    s->v[y] = v;
    if (!s->unit) s->unit = karvan_i_cell_text(t, "unit", row);
    if (!s->source) s->source = karvan_i_cell_text(t, "source", row);
}

static bool is_row(const karvan_table *t, int64_t r, const char *dataset, const char *reporter,
                   const char *partner, const char *flow) {
    return karvan_i_cell_is(t, "dataset", r, dataset) &&
           karvan_i_cell_is(t, "reporter", r, reporter) &&
           (!partner || karvan_i_cell_is(t, "partner", r, partner)) &&
           karvan_i_cell_is(t, "flow", r, flow) && karvan_i_cell_is(t, "commodity", r, "TOTAL");
}

static void read_series(const karvan_table *t, const char *dataset, const char *a, const char *b,
                        const char *flow, series *out) {
    series_init(out);
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (is_row(t, r, dataset, a, b, flow)) put(out, t, r);
}

/* Sum over all partners of the data set, by year. */
static void read_total(const karvan_table *t, const char *dataset, const char *a, const char *flow,
                       series *out) {
    series_init(out);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        int y = year_of(t, r);
        double v = karvan_i_cell_real(t, "value", r);
        if (y < 0 || isnan(v) || !is_row(t, r, dataset, a, NULL, flow)) continue;
        out->v[y] = isnan(out->v[y]) ? v : out->v[y] + v;
    }
}

/* Sums, shares and growth need one unit in all that a reporter states in a data set. */
static karvan_status one_unit(const karvan_table *t, const char *dataset, const char *a,
                              karvan_error *err) {
    const char *first = NULL;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *unit = karvan_i_cell_text(t, "unit", r);
        if (!unit || !karvan_i_cell_is(t, "dataset", r, dataset) ||
            !karvan_i_cell_is(t, "reporter", r, a) || !karvan_i_cell_is(t, "commodity", r, "TOTAL"))
            continue;
        if (!first) first = unit;
        if (strcmp(first, unit) != 0)
            return karvan_fail(err, KARVAN_E_DATA,
                               "data set %s states the trade of %s in %s and in %s", dataset, a,
                               first, unit);
    }
    return KARVAN_OK;
}

const char *karvan_trade_default_dataset(const karvan_package *region, const char *a,
                                         const char *b) {
    const karvan_table *t = karvan_package_table(region, "trade");
    const char *best = NULL;
    int most = 0;
    int c = t ? karvan_table_find(t, "dataset") : -1;
    for (int32_t i = 0; c >= 0 && i < karvan_table_dictionary_size(t, c); i++) {
        const char *dataset = karvan_table_dictionary_text(t, c, i);
        series x, m;
        read_series(t, dataset, a, b, "export", &x);
        read_series(t, dataset, a, b, "import", &m);
        if (x.n + m.n > most) most = x.n + m.n, best = dataset;
    }
    return best;
}

enum {
    B_YEAR,
    B_X,
    B_M,
    B_TURNOVER,
    B_BALANCE,
    B_NORMAL,
    B_GX,
    B_GM,
    B_SX,
    B_SM,
    B_UNIT,
    B_SOURCE,
    B_END
};

/* Growth in per cent; the first year has none to compare with. */
static karvan_status growth(karvan_builder *b, int column, const series *s, int y, int first,
                            karvan_error *err) {
    if (y == first) return karvan_builder_state(b, column, KARVAN_NOT_COVERED, err);
    double before = s->v[y - 1]; /* nothing grows from zero by a number of per cent */
    return karvan_builder_real(b, column, before > 0 ? 100.0 * (s->v[y] / before - 1.0) : NAN, err);
}

static karvan_status add_year(karvan_builder *b, int y, int first, const series s[4],
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double x = s[0].v[y], m = s[1].v[y];
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_int(b, B_YEAR, y + YEAR_0, err));
    KARVAN_TRY(karvan_builder_real(b, B_X, x, err));
    KARVAN_TRY(karvan_builder_real(b, B_M, m, err));
    KARVAN_TRY(karvan_builder_real(b, B_TURNOVER, x + m, err));
    KARVAN_TRY(karvan_builder_real(b, B_BALANCE, x - m, err));
    KARVAN_TRY(karvan_builder_real(b, B_NORMAL, x + m > 0 ? (x - m) / (x + m) : NAN, err));
    KARVAN_TRY(growth(b, B_GX, &s[0], y, first, err));
    KARVAN_TRY(growth(b, B_GM, &s[1], y, first, err));
    KARVAN_TRY(karvan_builder_real(b, B_SX, s[2].v[y] > 0 ? 100.0 * x / s[2].v[y] : NAN, err));
    KARVAN_TRY(karvan_builder_real(b, B_SM, s[3].v[y] > 0 ? 100.0 * m / s[3].v[y] : NAN, err));
    KARVAN_TRY(karvan_builder_text(b, B_UNIT, s[0].unit ? s[0].unit : s[1].unit, err));
    KARVAN_TRY(karvan_builder_text(b, B_SOURCE, s[0].source ? s[0].source : s[1].source, err));
done:
    return st;
}

karvan_status karvan_trade_balance(const karvan_package *region, const char *dataset, const char *a,
                                   const char *b, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[B_END] = {{"year", KARVAN_INT, NULL},
                                                 {"exports", KARVAN_REAL, NULL},
                                                 {"imports", KARVAN_REAL, NULL},
                                                 {"turnover", KARVAN_REAL, NULL},
                                                 {"balance", KARVAN_REAL, NULL},
                                                 {"normalised_balance", KARVAN_REAL, NULL},
                                                 {"export_growth", KARVAN_REAL, "%"},
                                                 {"import_growth", KARVAN_REAL, "%"},
                                                 {"share_of_exports", KARVAN_REAL, "%"},
                                                 {"share_of_imports", KARVAN_REAL, "%"},
                                                 {"unit", KARVAN_TEXT, NULL},
                                                 {"source", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *build = NULL;
    const karvan_table *t = NULL;
    series *s = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && dataset && a && b, err, KARVAN_E_ARG,
                   "a balance needs a data set and a pair");
    KARVAN_TRY(karvan_i_need_table(region, "trade", &t, err));
    KARVAN_TRY(one_unit(t, dataset, a, err));
    s = karvan_i_calloc(4, sizeof *s);
    KARVAN_REQUIRE(s, err, KARVAN_E_NOMEM, "no memory for series");
    read_series(t, dataset, a, b, "export", &s[0]), read_series(t, dataset, a, b, "import", &s[1]);
    read_total(t, dataset, a, "export", &s[2]), read_total(t, dataset, a, "import", &s[3]);
    int first = -1, last = -1;
    for (int y = 0; y < YEARS; y++)
        if (!isnan(s[0].v[y]) || !isnan(s[1].v[y])) first = first < 0 ? y : first, last = y;
    KARVAN_REQUIRE(first >= 0, err, KARVAN_E_ARG,
                   "data set %s has no trade that %s reports with %s", dataset, a, b);
    KARVAN_TRY(karvan_builder_create("balance", B_END, columns, &build, err));
    for (int y = first; y <= last; y++) KARVAN_TRY(add_year(build, y, first, s, err));
    st = karvan_builder_finish(build, out, err);
    build = NULL;
done:
    karvan_builder_destroy(build);
    karvan_i_free(s);
    return st;
}

enum { M_YEAR, M_FROM, M_TO, M_X, M_M, M_RATIO, M_XSET, M_MSET, M_UNIT, M_END };

/* Pairs of rows: x states exports from e to i, m imports of i from e, same year and unit. */
static karvan_status add_mirrors(const karvan_table *t, const char *e, const char *i,
                                 karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int64_t x = 0; x < karvan_table_rows(t); x++) {
        if (!karvan_i_cell_is(t, "reporter", x, e) || !karvan_i_cell_is(t, "partner", x, i) ||
            !karvan_i_cell_is(t, "flow", x, "export") ||
            !karvan_i_cell_is(t, "commodity", x, "TOTAL") || year_of(t, x) < 0)
            continue;
        for (int64_t m = 0; m < karvan_table_rows(t); m++) {
            const char *unit = karvan_i_cell_text(t, "unit", x);
            if (!karvan_i_cell_is(t, "reporter", m, i) || !karvan_i_cell_is(t, "partner", m, e) ||
                !karvan_i_cell_is(t, "flow", m, "import") || year_of(t, m) != year_of(t, x) ||
                !unit || !karvan_i_cell_is(t, "unit", m, unit) ||
                !karvan_i_cell_is(t, "commodity", m, "TOTAL"))
                continue;
            double vx = karvan_i_cell_real(t, "value", x), vm = karvan_i_cell_real(t, "value", m);
            KARVAN_TRY(karvan_builder_row(b, err));
            KARVAN_TRY(karvan_builder_int(b, M_YEAR, year_of(t, x) + YEAR_0, err));
            KARVAN_TRY(karvan_builder_text(b, M_FROM, e, err));
            KARVAN_TRY(karvan_builder_text(b, M_TO, i, err));
            KARVAN_TRY(karvan_builder_real(b, M_X, vx, err));
            KARVAN_TRY(karvan_builder_real(b, M_M, vm, err));
            KARVAN_TRY(karvan_builder_real(b, M_RATIO, vx > 0 ? vm / vx : NAN, err));
            KARVAN_TRY(karvan_builder_text(b, M_XSET, karvan_i_cell_text(t, "dataset", x), err));
            KARVAN_TRY(karvan_builder_text(b, M_MSET, karvan_i_cell_text(t, "dataset", m), err));
            KARVAN_TRY(karvan_builder_text(b, M_UNIT, unit, err));
        }
    }
done:
    return st;
}

karvan_status karvan_trade_mirrors(const karvan_package *region, const char *a, const char *b,
                                   karvan_table **out, karvan_error *err) {
    static const karvan_column columns[M_END] = {{"year", KARVAN_INT, NULL},
                                                 {"exporter", KARVAN_TEXT, NULL},
                                                 {"importer", KARVAN_TEXT, NULL},
                                                 {"by_exporter", KARVAN_REAL, NULL},
                                                 {"by_importer", KARVAN_REAL, NULL},
                                                 {"importer_over_exporter", KARVAN_REAL, NULL},
                                                 {"exporter_data_set", KARVAN_TEXT, NULL},
                                                 {"importer_data_set", KARVAN_TEXT, NULL},
                                                 {"unit", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *build = NULL;
    const karvan_table *t = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && a && b, err, KARVAN_E_ARG, "mirrors need a pair");
    KARVAN_TRY(karvan_i_need_table(region, "trade", &t, err));
    KARVAN_TRY(karvan_builder_create("mirrors", M_END, columns, &build, err));
    KARVAN_TRY(add_mirrors(t, a, b, build, err));
    KARVAN_TRY(add_mirrors(t, b, a, build, err));
    st = karvan_builder_finish(build, out, err);
    build = NULL;
done:
    karvan_builder_destroy(build);
    return st;
}
