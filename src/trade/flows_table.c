/* Flows tables: their columns, rows in order, units, what is written. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/text.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/number.h"
#include "trade/flows.h"
#include "trade/unit.h"

const karvan_column *karvan_flow_columns(void) {
    static const karvan_column columns[KARVAN_FLOW_COLUMNS] = {
        {"year", KARVAN_INT, NULL},
        {"exporter", KARVAN_TEXT, NULL},
        {"importer", KARVAN_TEXT, NULL},
        {"product", KARVAN_TEXT, NULL},
        {"classification", KARVAN_TEXT, NULL},
        {"value", KARVAN_REAL, NULL},
        {"unit", KARVAN_TEXT, NULL},
        {"quantity", KARVAN_REAL, NULL},
        {"quantity_unit", KARVAN_TEXT, NULL},
        {"price_basis", KARVAN_TEXT, NULL},
        {"reported_by", KARVAN_TEXT, NULL},
        {"flag", KARVAN_TEXT, NULL},
        {"source", KARVAN_TEXT, NULL}};
    return columns;
}

static bool is_needed(int c) {
    return c == KARVAN_FLOW_YEAR || c == KARVAN_FLOW_EXPORTER || c == KARVAN_FLOW_IMPORTER ||
           c == KARVAN_FLOW_VALUE;
}

/* A column of whole numbers will do where reals are asked for. */
static bool is_type(karvan_type has, karvan_type wanted) {
    return has == wanted || (wanted == KARVAN_REAL && has == KARVAN_INT);
}

karvan_status karvan_i_flows_columns(karvan_i_flows *f, const karvan_table *t, karvan_error *err) {
    const karvan_column *columns = karvan_flow_columns();
    *f = (karvan_i_flows){.t = t};
    if (!t) return karvan_fail(err, KARVAN_E_ARG, "flows are NULL");
    for (int c = 0; c < KARVAN_FLOW_COLUMNS; c++) {
        int at = karvan_table_find(t, columns[c].name);
        if (at < 0 && is_needed(c))
            return karvan_fail(err, KARVAN_E_DATA, "flows have no column %s", columns[c].name);
        if (at >= 0 && !is_type(karvan_table_column(t, at).type, columns[c].type)) {
            if (is_needed(c) || karvan_table_rows(t) > 0)
                return karvan_fail(err, KARVAN_E_DATA, "column %s of the flows is %s, not %s",
                                   columns[c].name,
                                   karvan_type_name(karvan_table_column(t, at).type),
                                   karvan_type_name(columns[c].type));
            at = -1;
        }
        f->column[c] = at;
    }
    return KARVAN_OK;
}

static const char *text_at(const karvan_i_flows *f, int c, int64_t row) {
    return f->column[c] < 0 ? NULL : karvan_table_text(f->t, f->column[c], row);
}

karvan_i_flow_row karvan_i_flow_at(const karvan_i_flows *f, int64_t row) {
    int value = f->column[KARVAN_FLOW_VALUE], quantity = f->column[KARVAN_FLOW_QUANTITY];
    const char *unit = text_at(f, KARVAN_FLOW_UNIT, row);
    return (karvan_i_flow_row){.year = karvan_table_int(f->t, f->column[KARVAN_FLOW_YEAR], row),
                               .exporter = text_at(f, KARVAN_FLOW_EXPORTER, row),
                               .importer = text_at(f, KARVAN_FLOW_IMPORTER, row),
                               .product = text_at(f, KARVAN_FLOW_PRODUCT, row),
                               .classification = text_at(f, KARVAN_FLOW_CLASSIFICATION, row),
                               .value = karvan_table_real(f->t, value, row),
                               .state = karvan_table_state(f->t, value, row),
                               .unit = unit ? unit : "thousand USD",
                               .quantity =
                                   quantity < 0 ? NAN : karvan_table_real(f->t, quantity, row),
                               .quantity_unit = text_at(f, KARVAN_FLOW_QUANTITY_UNIT, row),
                               .price_basis = text_at(f, KARVAN_FLOW_PRICE_BASIS, row),
                               .reported_by = text_at(f, KARVAN_FLOW_REPORTED_BY, row),
                               .flag = text_at(f, KARVAN_FLOW_FLAG, row),
                               .source = text_at(f, KARVAN_FLOW_SOURCE, row)};
}

/* ---- order of rows ---- */

/* Exporters and importers, sorted, each once. */
static karvan_status collect_countries(karvan_i_flows *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int c[2] = {f->column[KARVAN_FLOW_EXPORTER], f->column[KARVAN_FLOW_IMPORTER]};
    int32_t n = karvan_table_dictionary_size(f->t, c[0]) + karvan_table_dictionary_size(f->t, c[1]),
            k = 0;
    f->country = karvan_i_malloc((size_t)n + 1, sizeof *f->country);
    KARVAN_REQUIRE(f->country, err, KARVAN_E_NOMEM, "no memory for the countries of flows");
    for (int side = 0; side < 2; side++)
        for (int32_t i = 0; i < karvan_table_dictionary_size(f->t, c[side]); i++)
            f->country[k++] = karvan_table_dictionary_text(f->t, c[side], i);
    qsort(f->country, (size_t)k, sizeof *f->country, karvan_i_by_text);
    for (int32_t i = 0; i < k; i++)
        if (i == 0 || strcmp(f->country[i], f->country[f->n_countries - 1]) != 0)
            f->country[f->n_countries++] = f->country[i];
done:
    return st;
}

/* Code of a dictionary to the rank of its text in a list (NULL: among the dictionary's own), from
 * `first`. */
static karvan_status ranks(const karvan_table *t, int c, const char *const *list, int32_t n_list,
                           int32_t first, int32_t **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t n = c < 0 ? 0 : karvan_table_dictionary_size(t, c);
    const char **own = NULL;
    int32_t *rank = karvan_i_malloc((size_t)n + 1, sizeof *rank);
    KARVAN_REQUIRE(rank, err, KARVAN_E_NOMEM, "no memory to order flows");
    if (!list) {
        own = karvan_i_malloc((size_t)n + 1, sizeof *own);
        KARVAN_REQUIRE(own, err, KARVAN_E_NOMEM, "no memory to order flows");
        for (int32_t i = 0; i < n; i++) own[i] = karvan_table_dictionary_text(t, c, i);
        qsort(own, (size_t)n, sizeof *own, karvan_i_by_text);
    }
    for (int32_t i = 0; i < n; i++)
        rank[i] = first + karvan_i_position(list ? list : own, list ? n_list : n,
                                            karvan_table_dictionary_text(t, c, i));
    *out = rank, rank = NULL;
done:
    karvan_i_free(rank), karvan_i_free(own);
    return st;
}

static int32_t rank_at(const karvan_i_flows *f, int c, const int32_t *rank, int64_t row) {
    int32_t code = f->column[c] < 0 ? -1 : karvan_table_code(f->t, f->column[c], row);
    return code < 0 ? 0 : rank[code];
}

/* A flow without a product is one of all products. */
static int32_t product_at(const karvan_i_flows *f, const int32_t *rank, int64_t row) {
    int c = f->column[KARVAN_FLOW_PRODUCT];
    int32_t product = rank_at(f, KARVAN_FLOW_PRODUCT, rank, row);
    if (product > 0 || c < 0) return product;
    for (int32_t i = 0; i < karvan_table_dictionary_size(f->t, c); i++)
        if (strcmp(karvan_table_dictionary_text(f->t, c, i), "TOTAL") == 0) return rank[i];
    return 0;
}

static int32_t side_of(const karvan_i_flows *f, int64_t row) {
    const char *by = text_at(f, KARVAN_FLOW_REPORTED_BY, row);
    if (by && strcmp(by, "exporter") == 0) return KARVAN_I_SIDE_EXPORTER;
    return by && strcmp(by, "importer") == 0 ? KARVAN_I_SIDE_IMPORTER : KARVAN_I_SIDE_OTHER;
}

static int by_key(const void *x, const void *y) {
    const karvan_i_flow_key *a = x, *b = y;
    if (a->year != b->year) return a->year < b->year ? -1 : 1;
    if (a->exporter != b->exporter) return a->exporter < b->exporter ? -1 : 1;
    if (a->importer != b->importer) return a->importer < b->importer ? -1 : 1;
    if (a->product != b->product) return a->product < b->product ? -1 : 1;
    if (a->classification != b->classification)
        return a->classification < b->classification ? -1 : 1;
    if (a->source != b->source) return a->source < b->source ? -1 : 1;
    if (a->side != b->side) return a->side < b->side ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

bool karvan_i_flow_same(const karvan_i_flow_key *a, const karvan_i_flow_key *b, bool source) {
    return a->year == b->year && a->exporter == b->exporter && a->importer == b->importer &&
           a->product == b->product && a->classification == b->classification &&
           (!source || a->source == b->source);
}

karvan_status karvan_i_flow_year(const karvan_table *t, int64_t row, double year, int64_t *out,
                                 karvan_error *err) {
    if (year >= 0 && year <= 9999) {
        *out = (int64_t)year;
        return KARVAN_OK;
    }
    char place[256];
    karvan_i_flow_place(t, row, place, sizeof place);
    return karvan_fail(err, KARVAN_E_DATA, "%s: %.0f is no year; 0 to 9999 would be", place, year);
}

static karvan_status row_has_key(const karvan_i_flows *f, int64_t row, karvan_error *err) {
    static const int needed[] = {KARVAN_FLOW_YEAR, KARVAN_FLOW_EXPORTER, KARVAN_FLOW_IMPORTER};
    for (int k = 0; k < 3; k++)
        if (karvan_table_state(f->t, f->column[needed[k]], row) != KARVAN_VALUE) {
            char place[256];
            karvan_i_flow_place(f->t, row, place, sizeof place);
            return karvan_fail(err, KARVAN_E_DATA, "%s: a flow without %s", place,
                               karvan_flow_columns()[needed[k]].name);
        }
    int64_t unused;
    int c = f->column[KARVAN_FLOW_YEAR];
    return karvan_i_flow_year(f->t, row, karvan_table_real(f->t, c, row), &unused, err);
}

karvan_status karvan_i_flows_open(karvan_i_flows *f, const karvan_table *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    enum { EXPORTER, IMPORTER, PRODUCT, CLASSIFICATION, SOURCE, RANKS };
    static const int of[RANKS] = {KARVAN_FLOW_EXPORTER, KARVAN_FLOW_IMPORTER, KARVAN_FLOW_PRODUCT,
                                  KARVAN_FLOW_CLASSIFICATION, KARVAN_FLOW_SOURCE};
    int32_t *rank[RANKS] = {NULL};
    KARVAN_TRY(karvan_i_flows_columns(f, t, err));
    KARVAN_TRY(collect_countries(f, err));
    for (int k = 0; k < RANKS; k++)
        KARVAN_TRY(ranks(t, f->column[of[k]], k < PRODUCT ? f->country : NULL, f->n_countries,
                         k < PRODUCT ? 0 : 1, &rank[k], err));
    f->n = karvan_table_rows(t);
    f->key = karvan_i_malloc((size_t)f->n + 1, sizeof *f->key);
    KARVAN_REQUIRE(f->key, err, KARVAN_E_NOMEM, "no memory to order flows");
    for (int64_t r = 0; r < f->n; r++) {
        KARVAN_TRY(row_has_key(f, r, err));
        f->key[r] = (karvan_i_flow_key){
            .row = r,
            .year = karvan_table_int(t, f->column[KARVAN_FLOW_YEAR], r),
            .exporter = rank_at(f, KARVAN_FLOW_EXPORTER, rank[EXPORTER], r),
            .importer = rank_at(f, KARVAN_FLOW_IMPORTER, rank[IMPORTER], r),
            .product = product_at(f, rank[PRODUCT], r),
            .classification = rank_at(f, KARVAN_FLOW_CLASSIFICATION, rank[CLASSIFICATION], r),
            .source = rank_at(f, KARVAN_FLOW_SOURCE, rank[SOURCE], r),
            .side = side_of(f, r)};
    }
    qsort(f->key, (size_t)f->n, sizeof *f->key, by_key);
done:
    for (int k = 0; k < RANKS; k++) karvan_i_free(rank[k]);
    if (st != KARVAN_OK) karvan_i_flows_clear(f);
    return st;
}

void karvan_i_flows_clear(karvan_i_flows *f) {
    karvan_i_free(f->country), karvan_i_free(f->key);
    *f = (karvan_i_flows){0};
}

int32_t karvan_i_flow_country(const karvan_i_flows *f, const char *code) {
    return karvan_i_position(f->country, f->n_countries, code);
}

/* ---- places ---- */

void karvan_i_flow_place(const karvan_table *t, int64_t row, char *out, size_t cap) {
    int64_t line = 0, column = 0;
    const char *path = karvan_table_locate(t, 0, row, &line, &column);
    if (path && line > 0)
        (void)snprintf(out, cap, "%s:%lld", path, (long long)line);
    else
        (void)snprintf(out, cap, "row %lld", (long long)row + 1);
}

karvan_status karvan_i_flow_twice(const karvan_i_flows *f, int64_t a, int64_t b, const char *what,
                                  karvan_error *err) {
    char one[160], two[160];
    karvan_i_flow_row x = karvan_i_flow_at(f, a);
    karvan_i_flow_place(f->t, a < b ? a : b, one, sizeof one);
    karvan_i_flow_place(f->t, a < b ? b : a, two, sizeof two);
    return karvan_fail(err, KARVAN_E_DATA,
                       "%s: %s of %lld from %.20s to %.20s stands at %s already", two, what,
                       (long long)x.year, x.exporter, x.importer, one);
}

/* ---- units ---- */

karvan_status karvan_i_flow_unit(const char **unit, karvan_error *err) {
    const char *currency;
    if (!*unit) *unit = "thousand USD";
    (void)karvan_i_trade_unit(*unit, &currency);
    if (strlen(currency) == 3 && strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "'%.40s' is no unit of trade; thousand USD or million USD would be", *unit);
}

karvan_status karvan_i_flow_convert(const karvan_table *t, int64_t row, const char *from,
                                    const char *to, double *value, karvan_error *err) {
    const char *has, *wanted;
    char place[256];
    if (!from) from = "thousand USD";
    if (strcmp(from, to) == 0) return KARVAN_OK;
    double a = karvan_i_trade_unit(from, &has), b = karvan_i_trade_unit(to, &wanted);
    if (strcmp(has, wanted) == 0) {
        *value = *value * a / b;
        return KARVAN_OK;
    }
    karvan_i_flow_place(t, row, place, sizeof place);
    return karvan_fail(
        err, KARVAN_E_DATA,
        "%s: %s cannot be had from %s; convert it first, or leave the row or its data set out",
        place, to, from);
}

/* ---- writing ---- */

karvan_status karvan_i_flow_builder(const char *name, int n_more, const karvan_column *more,
                                    karvan_builder **out, karvan_error *err) {
    karvan_column columns[KARVAN_FLOW_COLUMNS + 8];
    memcpy(columns, karvan_flow_columns(), KARVAN_FLOW_COLUMNS * sizeof *columns);
    for (int k = 0; k < n_more && k < 8; k++) columns[KARVAN_FLOW_COLUMNS + k] = more[k];
    return karvan_builder_create(name, KARVAN_FLOW_COLUMNS + n_more, columns, out, err);
}

static bool is_beside(const karvan_i_flows *f, int column) {
    for (int c = 0; c < KARVAN_FLOW_COLUMNS; c++)
        if (strcmp(karvan_flow_columns()[c].name, karvan_table_column(f->t, column).name) == 0)
            return false;
    return true;
}

karvan_status karvan_i_flow_builder_like(const karvan_i_flows *f, karvan_builder **out,
                                         karvan_error *err) {
    int n = KARVAN_FLOW_COLUMNS, most = n + karvan_table_columns(f->t);
    karvan_column *columns = karvan_i_calloc((size_t)most, sizeof *columns);
    if (!columns) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for flows");
    memcpy(columns, karvan_flow_columns(), KARVAN_FLOW_COLUMNS * sizeof *columns);
    for (int c = 0; c < karvan_table_columns(f->t); c++)
        if (is_beside(f, c)) columns[n++] = karvan_table_column(f->t, c);
    karvan_status st = karvan_builder_create("flows", n, columns, out, err);
    karvan_i_free(columns);
    return st;
}

karvan_status karvan_i_flow_put_rest(karvan_builder *b, const karvan_i_flows *f, int64_t row,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int c = 0, to = KARVAN_FLOW_COLUMNS; c < karvan_table_columns(f->t); c++)
        if (is_beside(f, c))
            KARVAN_TRY(row < 0 ? karvan_builder_state(b, to++, KARVAN_NOT_COVERED, err)
                               : karvan_i_copy_cell(b, to++, f->t, c, row, err));
done:
    return st;
}

karvan_status karvan_i_flow_number(karvan_builder *b, int column, double v, karvan_error *err) {
    if (isnan(v)) return karvan_builder_state(b, column, KARVAN_NOT_COVERED, err);
    return karvan_builder_real(b, column, v, err);
}

static karvan_status put_text(karvan_builder *b, int column, const char *s, karvan_error *err) {
    if (!s) return karvan_builder_state(b, column, KARVAN_NOT_COVERED, err);
    return karvan_builder_text(b, column, s, err);
}

karvan_status karvan_i_flow_put(karvan_builder *b, const karvan_i_flow_row *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_int(b, KARVAN_FLOW_YEAR, f->year, err));
    KARVAN_TRY(put_text(b, KARVAN_FLOW_EXPORTER, f->exporter, err));
    KARVAN_TRY(put_text(b, KARVAN_FLOW_IMPORTER, f->importer, err));
    KARVAN_TRY(put_text(b, KARVAN_FLOW_PRODUCT, f->product ? f->product : "TOTAL", err));
    KARVAN_TRY(put_text(b, KARVAN_FLOW_CLASSIFICATION, f->classification, err));
    if (isnan(f->value))
        KARVAN_TRY(karvan_builder_state(b, KARVAN_FLOW_VALUE,
                                        f->state == KARVAN_VALUE ? KARVAN_UNKNOWN : f->state, err));
    else
        KARVAN_TRY(karvan_builder_real(b, KARVAN_FLOW_VALUE, f->value, err));
    KARVAN_TRY(put_text(b, KARVAN_FLOW_UNIT, f->unit, err));
    KARVAN_TRY(karvan_i_flow_number(b, KARVAN_FLOW_QUANTITY, f->quantity, err));
    KARVAN_TRY(put_text(b, KARVAN_FLOW_QUANTITY_UNIT, f->quantity_unit, err));
    KARVAN_TRY(put_text(b, KARVAN_FLOW_PRICE_BASIS, f->price_basis, err));
    KARVAN_TRY(put_text(b, KARVAN_FLOW_REPORTED_BY, f->reported_by, err));
    KARVAN_TRY(put_text(b, KARVAN_FLOW_FLAG, f->flag ? f->flag : "", err));
    KARVAN_TRY(put_text(b, KARVAN_FLOW_SOURCE, f->source, err));
done:
    return st;
}

karvan_status karvan_i_flows_audit_begin(karvan_builder **out, karvan_error *err) {
    static const karvan_column columns[] = {
        {"what", KARVAN_TEXT, NULL}, {"rows", KARVAN_INT, NULL}, {"detail", KARVAN_TEXT, NULL}};
    return karvan_builder_create("audit", 3, columns, out, err);
}

karvan_status karvan_i_flows_audit_add(karvan_builder *b, const char *what, int64_t rows,
                                       karvan_error *err, const char *detail, ...) {
    karvan_status st = KARVAN_OK;
    char text[512];
    va_list ap;
    va_start(ap, detail);
    (void)vsnprintf(text, sizeof text, detail, ap);
    va_end(ap);
    text[karvan_utf8_valid_prefix(text, strlen(text))] = 0; /* where it was cut */
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, what, err));
    KARVAN_TRY(karvan_builder_int(b, 1, rows, err));
    KARVAN_TRY(karvan_builder_text(b, 2, text, err));
done:
    return st;
}
