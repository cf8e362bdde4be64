/* Table trade_matrix: its data sets, as flows, and as a block of numbers. */
#include "trade/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "table/cell.h"

const char *karvan_i_trade_setting(const karvan_package *region, const char *key) {
    const karvan_table *t = karvan_package_table(region, "settings");
    return karvan_i_cell_text(t, "value", t ? karvan_package_row(region, "settings", key) : -1);
}

/* ---- which data set ---- */

static karvan_status no_dataset(const karvan_table *t, int c, const char *dataset,
                                karvan_error *err) {
    char meant[240];
    if (!dataset)
        return karvan_fail(err, KARVAN_E_ARG,
                           "table %s has several data sets, %.60s and %.60s among them; name one",
                           karvan_table_name(t), karvan_table_dictionary_text(t, c, 0),
                           karvan_table_dictionary_text(t, c, 1));
    return karvan_fail(err, KARVAN_E_ARG, "table %s has no data set '%.60s'%s",
                       karvan_table_name(t), dataset,
                       karvan_i_meant_or_all(t, c, dataset, meant, sizeof meant));
}

karvan_status karvan_i_matrix_dataset(const karvan_package *region, const char *dataset,
                                      const char *setting, const karvan_table **out,
                                      const char **found, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = NULL;
    int c = -1;
    *out = NULL, *found = NULL;
    KARVAN_REQUIRE(region, err, KARVAN_E_ARG, "region is NULL");
    KARVAN_TRY(karvan_i_need_table(region, "trade_matrix", &t, err));
    KARVAN_TRY(karvan_i_need_column(t, "dataset", &c, err));
    if (!dataset) dataset = karvan_i_trade_setting(region, setting);
    int32_t n = karvan_table_dictionary_size(t, c);
    KARVAN_REQUIRE(n > 0, err, KARVAN_E_DATA, "table %s has no rows", karvan_table_name(t));
    if (!dataset && n == 1) dataset = karvan_table_dictionary_text(t, c, 0);
    for (int32_t k = 0; dataset && k < n; k++)
        if (strcmp(karvan_table_dictionary_text(t, c, k), dataset) == 0)
            *found = karvan_table_dictionary_text(t, c, k);
    if (!*found) return no_dataset(t, c, dataset, err);
    *out = t;
done:
    return st;
}

/* ---- as flows ---- */

enum {
    F_YEAR,
    F_EXPORTER,
    F_IMPORTER,
    F_PRODUCT,
    F_CLASSIFICATION,
    F_VALUE,
    F_UNIT,
    F_BASIS,
    F_BY,
    F_FLAG,
    F_SOURCE,
    F_END
};

static karvan_status put_flow(karvan_builder *b, const karvan_table *t, int64_t row,
                              karvan_error *err) {
    static const struct {
        int to;
        const char *from;
    } texts[] = {{F_EXPORTER, "exporter"}, {F_IMPORTER, "importer"},
                 {F_PRODUCT, "product"},   {F_CLASSIFICATION, "classification"},
                 {F_BY, "reported_by"},    {F_SOURCE, "source"}};
    karvan_status st = KARVAN_OK;
    double year = karvan_i_cell_real(t, "year", row);
    bool estimate = karvan_i_cell_is(t, "reported_by", row, "estimate");
    KARVAN_TRY(karvan_builder_row(b, err));
    if (!isnan(year)) KARVAN_TRY(karvan_builder_int(b, F_YEAR, (int64_t)year, err));
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
        KARVAN_TRY(
            karvan_builder_text(b, texts[k].to, karvan_i_cell_text(t, texts[k].from, row), err));
    KARVAN_TRY(karvan_builder_real(b, F_VALUE, karvan_i_cell_real(t, "value", row), err));
    KARVAN_TRY(karvan_builder_text(b, F_UNIT, "thousand USD", err));
    KARVAN_TRY(karvan_builder_text(b, F_BASIS, "as reported", err));
    KARVAN_TRY(karvan_builder_text(b, F_FLAG, estimate ? "compiled by the publisher" : "", err));
done:
    return st;
}

karvan_status karvan_trade_matrix(const karvan_package *region, const char *dataset,
                                  karvan_table **out, karvan_error *err) {
    static const karvan_column columns[F_END] = {{"year", KARVAN_INT, NULL},
                                                 {"exporter", KARVAN_TEXT, NULL},
                                                 {"importer", KARVAN_TEXT, NULL},
                                                 {"product", KARVAN_TEXT, NULL},
                                                 {"classification", KARVAN_TEXT, NULL},
                                                 {"value", KARVAN_REAL, "thousand USD"},
                                                 {"unit", KARVAN_TEXT, NULL},
                                                 {"price_basis", KARVAN_TEXT, NULL},
                                                 {"reported_by", KARVAN_TEXT, NULL},
                                                 {"flag", KARVAN_TEXT, NULL},
                                                 {"source", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    const karvan_table *t = NULL;
    const char *found = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_TRY(karvan_i_matrix_dataset(region, dataset, "matrix_trade", &t, &found, err));
    KARVAN_TRY(karvan_builder_create("flows", F_END, columns, &b, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_i_cell_is(t, "dataset", r, found)) KARVAN_TRY(put_flow(b, t, r, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

/* ---- as a block of numbers ---- */

/* Columns of the table, and the country of each code of their dictionaries. */
typedef struct filling {
    const karvan_table *t;
    int dataset, year, exporter, importer, product, value, by;
    int32_t *country[2]; /* of exporter, importer: by code; -1: not in the data set */
} filling;

static karvan_status find_columns(const karvan_table *t, filling *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    f->t = t;
    KARVAN_TRY(karvan_i_need_column(t, "dataset", &f->dataset, err));
    KARVAN_TRY(karvan_i_need_column(t, "year", &f->year, err));
    KARVAN_TRY(karvan_i_need_column(t, "exporter", &f->exporter, err));
    KARVAN_TRY(karvan_i_need_column(t, "importer", &f->importer, err));
    KARVAN_TRY(karvan_i_need_column(t, "product", &f->product, err));
    KARVAN_TRY(karvan_i_need_column(t, "value", &f->value, err));
    KARVAN_TRY(karvan_i_need_column(t, "reported_by", &f->by, err));
done:
    return st;
}

static bool is_total(const filling *f, int64_t row, const char *dataset) {
    const char *set = karvan_table_text(f->t, f->dataset, row),
               *product = karvan_table_text(f->t, f->product, row);
    return set && product && strcmp(set, dataset) == 0 && strcmp(product, "TOTAL") == 0 &&
           karvan_table_code(f->t, f->exporter, row) >= 0 &&
           karvan_table_code(f->t, f->importer, row) >= 0 &&
           karvan_table_state(f->t, f->year, row) == KARVAN_VALUE &&
           karvan_table_state(f->t, f->value, row) == KARVAN_VALUE;
}

/* The countries of the data set by code, and which of them each code of the dictionaries is. */
static karvan_status name_countries(filling *f, karvan_i_matrix *m, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const int column[2] = {f->exporter, f->importer};
    size_t size[2];
    for (int k = 0; k < 2; k++) {
        size[k] = (size_t)karvan_table_dictionary_size(f->t, column[k]);
        f->country[k] = karvan_i_calloc(size[k] + 1, sizeof *f->country[k]);
        KARVAN_REQUIRE(f->country[k], err, KARVAN_E_NOMEM, "no memory for a matrix of trade");
    }
    m->country = karvan_i_calloc(size[0] + size[1] + 1, sizeof *m->country);
    KARVAN_REQUIRE(m->country, err, KARVAN_E_NOMEM, "no memory for a matrix of trade");
    for (int64_t r = 0; r < karvan_table_rows(f->t); r++)
        for (int k = 0; is_total(f, r, m->dataset) && k < 2; k++)
            f->country[k][karvan_table_code(f->t, column[k], r)] = 1;
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < size[k]; i++)
            if (f->country[k][i])
                m->country[m->n++] = karvan_table_dictionary_text(f->t, column[k], (int32_t)i);
    qsort(m->country, (size_t)m->n, sizeof *m->country, karvan_i_by_text);
    int n = 0;
    for (int i = 0; i < m->n; i++)
        if (n == 0 || strcmp(m->country[n - 1], m->country[i]) != 0)
            m->country[n++] = m->country[i];
    m->n = n;
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < size[k]; i++)
            f->country[k][i] = karvan_i_position(
                m->country, m->n, karvan_table_dictionary_text(f->t, column[k], (int32_t)i));
done:
    return st;
}

static int year_of(const karvan_i_matrix *m, int64_t year) {
    for (int y = 0; y < m->n_years; y++)
        if (m->year[y] == year) return y;
    return -1;
}

static karvan_status name_years(const filling *f, karvan_i_matrix *m, karvan_error *err) {
    enum { MOST = 300 };
    m->year = karvan_i_calloc(MOST, sizeof *m->year);
    if (!m->year) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a matrix of trade");
    for (int64_t r = 0; r < karvan_table_rows(f->t); r++) {
        if (!is_total(f, r, m->dataset)) continue;
        int64_t year = karvan_table_int(f->t, f->year, r);
        if (year_of(m, year) >= 0) continue;
        if (m->n_years == MOST) return karvan_i_refuse(f->t, f->year, r, "too many years", err);
        int at = m->n_years++;
        for (; at > 0 && m->year[at - 1] > year; at--) m->year[at] = m->year[at - 1];
        m->year[at] = year;
    }
    return KARVAN_OK;
}

static karvan_status put_value(const filling *f, int64_t r, karvan_i_matrix *m, karvan_error *err) {
    static const char *const who[KARVAN_I_BY_END] = {"exporter", "importer", "estimate"};
    const char *by = karvan_table_text(f->t, f->by, r);
    int k = 0;
    while (k < KARVAN_I_BY_END && (!by || strcmp(by, who[k]) != 0)) k++;
    if (k == KARVAN_I_BY_END)
        return karvan_i_refuse(f->t, f->by, r, "reported by exporter, importer or estimate", err);
    size_t at = karvan_i_matrix_at(m, year_of(m, karvan_table_int(f->t, f->year, r)),
                                   f->country[0][karvan_table_code(f->t, f->exporter, r)],
                                   f->country[1][karvan_table_code(f->t, f->importer, r)]);
    if (!isnan(m->value[k][at]))
        return karvan_i_refuse(f->t, f->value, r, "this flow stands in an earlier row", err);
    double v = karvan_table_real(f->t, f->value, r);
    if (!(v >= 0)) return karvan_i_refuse(f->t, f->value, r, "trade below 0", err);
    m->value[k][at] = v;
    return KARVAN_OK;
}

karvan_status karvan_i_matrix_create(const karvan_table *t, const char *dataset, karvan_i_matrix *m,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    filling f = {0};
    *m = (karvan_i_matrix){.dataset = dataset, .third = "estimate"};
    KARVAN_TRY(find_columns(t, &f, err));
    KARVAN_TRY(name_countries(&f, m, err));
    KARVAN_TRY(name_years(&f, m, err));
    size_t cells = (size_t)m->n_years * (size_t)m->n * (size_t)m->n;
    KARVAN_REQUIRE(cells > 0, err, KARVAN_E_DATA, "data set %s of table %s has no totals", dataset,
                   karvan_table_name(t));
    for (int k = 0; k < KARVAN_I_BY_END; k++) {
        m->value[k] = karvan_i_malloc(cells, sizeof(double));
        KARVAN_REQUIRE(m->value[k], err, KARVAN_E_NOMEM, "no memory for a matrix of trade");
        for (size_t i = 0; i < cells; i++) m->value[k][i] = NAN;
    }
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (!is_total(&f, r, dataset)) continue;
        if (!m->source) m->source = karvan_i_cell_text(t, "source", r);
        KARVAN_TRY(put_value(&f, r, m, err));
    }
done:
    karvan_i_free(f.country[0]), karvan_i_free(f.country[1]);
    if (st != KARVAN_OK) karvan_i_matrix_clear(m);
    return st;
}

void karvan_i_matrix_clear(karvan_i_matrix *m) {
    karvan_i_free(m->country), karvan_i_free(m->year);
    for (int k = 0; k < KARVAN_I_BY_END; k++) karvan_i_free(m->value[k]);
    *m = (karvan_i_matrix){0};
}
