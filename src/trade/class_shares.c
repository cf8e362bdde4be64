/* Shares of cargo classes in what each pair trades: what it trades by product, times what classes a
 * product is of. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "table/cell.h"
#include "trade/matrix.h"

static const double ROUNDING = 1e-9;

/* A row of table class_shares. */
typedef struct entry {
    const char *product, *exporter, *importer; /* NULL ends: of all */
    int32_t cls;                               /* code of the column's dictionary */
    double share;
} entry;

typedef struct sharing {
    const karvan_table *classes, *matrix;
    const char *dataset;
    double year; /* newest of the data set */
    int64_t n_entries;
    entry *entry;
    int n, n_classes;
    const char **country; /* [n] by code */
    double *of_class;     /* [n][n][n_classes] USD */
    double *total;        /* [n][n] */
} sharing;

static karvan_status read_entry(sharing *s, int64_t r, karvan_error *err) {
    const karvan_table *t = s->classes;
    int c = karvan_table_find(t, "cargo_class");
    entry *e = &s->entry[s->n_entries];
    e->product = karvan_i_cell_text(t, "product", r);
    e->exporter = karvan_i_cell_text(t, "exporter", r);
    e->importer = karvan_i_cell_text(t, "importer", r);
    e->cls = karvan_table_code(t, c, r);
    e->share = karvan_i_cell_real(t, "share", r);
    if (!e->product || e->cls < 0)
        return karvan_i_cell_refuse(t, e->product ? "cargo_class" : "product", r,
                                    "a share is of a class in a product", err);
    if (!(e->share >= 0 && e->share <= 1))
        return karvan_i_cell_refuse(t, "share", r, "a share is from 0 to 1", err);
    s->n_entries++;
    return KARVAN_OK;
}

static karvan_status read_entries(sharing *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int c = -1;
    KARVAN_TRY(karvan_i_need_column(s->classes, "cargo_class", &c, err));
    s->n_classes = karvan_table_dictionary_size(s->classes, c);
    s->entry = karvan_i_calloc((size_t)karvan_table_rows(s->classes) + 1, sizeof *s->entry);
    KARVAN_REQUIRE(s->entry, err, KARVAN_E_NOMEM, "no memory for class shares");
    for (int64_t r = 0; r < karvan_table_rows(s->classes); r++) KARVAN_TRY(read_entry(s, r, err));
done:
    return st;
}

/* ---- the pairs of the data set ---- */

static bool is_flow(const sharing *s, int64_t r) {
    const karvan_table *t = s->matrix;
    return karvan_i_cell_is(t, "dataset", r, s->dataset) &&
           !karvan_i_cell_is(t, "product", r, "TOTAL") && karvan_i_cell_text(t, "product", r) &&
           karvan_i_cell_text(t, "exporter", r) && karvan_i_cell_text(t, "importer", r) &&
           karvan_i_cell_real(t, "value", r) >= 0;
}

static karvan_status name_countries(sharing *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t rows = (size_t)karvan_table_rows(s->matrix), n = 0;
    s->country = karvan_i_calloc(2 * rows + 1, sizeof *s->country);
    KARVAN_REQUIRE(s->country, err, KARVAN_E_NOMEM, "no memory for class shares");
    for (int64_t r = 0; r < (int64_t)rows; r++) {
        if (!is_flow(s, r)) continue;
        double year = karvan_i_cell_real(s->matrix, "year", r);
        if (n == 0 || year > s->year) s->year = year;
        s->country[n++] = karvan_i_cell_text(s->matrix, "exporter", r);
        s->country[n++] = karvan_i_cell_text(s->matrix, "importer", r);
    }
    KARVAN_REQUIRE(n > 0, err, KARVAN_E_DATA, "data set %s of table %s has no trade by product",
                   s->dataset, karvan_table_name(s->matrix));
    qsort(s->country, n, sizeof *s->country, karvan_i_by_text);
    for (size_t i = 0; i < n; i++)
        if (s->n == 0 || strcmp(s->country[s->n - 1], s->country[i]) != 0)
            s->country[s->n++] = s->country[i];
done:
    return st;
}

/* ---- products to classes ---- */

/* How nearly an entry speaks of the flow: 0 not at all, 1 of all, 2 of the importer, 3 of the
 * exporter, 4 of the pair. */
static int nearness(const entry *e, const char *product, const char *x, const char *m) {
    if (strcmp(e->product, product) != 0) return 0;
    if ((e->exporter && strcmp(e->exporter, x) != 0) ||
        (e->importer && strcmp(e->importer, m) != 0))
        return 0;
    return 1 + (e->importer ? 1 : 0) + (e->exporter ? 2 : 0);
}

static karvan_status add_flow(sharing *s, int64_t r, karvan_error *err) {
    const karvan_table *t = s->matrix;
    const char *product = karvan_i_cell_text(t, "product", r),
               *x = karvan_i_cell_text(t, "exporter", r), *m = karvan_i_cell_text(t, "importer", r);
    double value = karvan_i_cell_real(t, "value", r), sum = 0;
    size_t pair = (size_t)karvan_i_position(s->country, s->n, x) * (size_t)s->n +
                  (size_t)karvan_i_position(s->country, s->n, m);
    int best = 0;
    char what[160];
    for (int64_t k = 0; k < s->n_entries; k++) {
        int near = nearness(&s->entry[k], product, x, m);
        best = near > best ? near : best;
    }
    (void)snprintf(what, sizeof what, "table %s has no cargo classes of product %.60s",
                   karvan_table_name(s->classes), product);
    if (best == 0) return karvan_i_cell_refuse(t, "product", r, what, err);
    for (int64_t k = 0; k < s->n_entries; k++) {
        const entry *e = &s->entry[k];
        if (nearness(e, product, x, m) != best) continue;
        s->of_class[pair * (size_t)s->n_classes + (size_t)e->cls] += value * e->share;
        sum += e->share;
    }
    if (sum > 1 + ROUNDING)
        return karvan_fail(err, KARVAN_E_DATA,
                           "table %s: classes of product %.60s from %.20s to %.20s sum to %.6g; 1 "
                           "at most",
                           karvan_table_name(s->classes), product, x, m, sum);
    s->total[pair] += value;
    return KARVAN_OK;
}

static karvan_status add_flows(sharing *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t pairs = (size_t)s->n * (size_t)s->n;
    s->of_class = karvan_i_calloc(pairs * (size_t)s->n_classes + 1, sizeof *s->of_class);
    s->total = karvan_i_calloc(pairs, sizeof *s->total);
    KARVAN_REQUIRE(s->of_class && s->total, err, KARVAN_E_NOMEM, "no memory for class shares");
    for (int64_t r = 0; r < karvan_table_rows(s->matrix); r++)
        if (is_flow(s, r) && karvan_i_cell_real(s->matrix, "year", r) == s->year)
            KARVAN_TRY(add_flow(s, r, err));
done:
    return st;
}

/* ---- shares ---- */

enum { C_EXPORTER, C_IMPORTER, C_CLASS, C_SHARE, C_FROM, C_END };

static karvan_status put(const sharing *s, int i, int j, const double *of_class, double total,
                         const char *from, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int c = karvan_table_find(s->classes, "cargo_class");
    bool carried = false; /* else one row of 0 says that the network carries nothing */
    for (int32_t k = 0; k < s->n_classes; k++) carried |= of_class[k] > 0;
    for (int32_t k = 0; k < (carried ? s->n_classes : 1); k++) {
        if (carried && !(of_class[k] > 0)) continue;
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, C_EXPORTER, s->country[i], err));
        KARVAN_TRY(karvan_builder_text(b, C_IMPORTER, s->country[j], err));
        KARVAN_TRY(
            karvan_builder_text(b, C_CLASS, karvan_table_dictionary_text(s->classes, c, k), err));
        KARVAN_TRY(karvan_builder_real(b, C_SHARE, of_class[k] / total, err));
        KARVAN_TRY(karvan_builder_text(b, C_FROM, from, err));
    }
done:
    return st;
}

static karvan_status put_exporter(const sharing *s, int i, double *whole, karvan_builder *b,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)s->n, classes = (size_t)s->n_classes;
    double total = 0;
    memset(whole, 0, classes * sizeof *whole);
    for (size_t j = 0; j < n; j++) {
        size_t pair = (size_t)i * n + j;
        total += s->total[pair];
        for (size_t k = 0; k < classes; k++) whole[k] += s->of_class[pair * classes + k];
    }
    for (int j = 0; j < s->n; j++) {
        size_t pair = (size_t)i * n + (size_t)j;
        if (i == j) continue;
        if (s->total[pair] > 0)
            KARVAN_TRY(put(s, i, j, s->of_class + pair * classes, s->total[pair], "pair", b, err));
        else if (total > 0)
            KARVAN_TRY(put(s, i, j, whole, total, "exporter", b, err));
    }
done:
    return st;
}

karvan_status karvan_trade_class_shares(const karvan_package *region, const char *dataset,
                                        karvan_table **out, karvan_error *err) {
    static const karvan_column columns[C_END] = {{"exporter", KARVAN_TEXT, NULL},
                                                 {"importer", KARVAN_TEXT, NULL},
                                                 {"cargo_class", KARVAN_TEXT, NULL},
                                                 {"share", KARVAN_REAL, NULL},
                                                 {"shares_from", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    double *whole = NULL;
    sharing s = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_TRY(
        karvan_i_matrix_dataset(region, dataset, "matrix_products", &s.matrix, &s.dataset, err));
    KARVAN_TRY(karvan_i_need_table(region, "class_shares", &s.classes, err));
    KARVAN_TRY(read_entries(&s, err));
    KARVAN_TRY(name_countries(&s, err));
    KARVAN_TRY(add_flows(&s, err));
    whole = karvan_i_calloc((size_t)s.n_classes + 1, sizeof *whole);
    KARVAN_REQUIRE(whole, err, KARVAN_E_NOMEM, "no memory for class shares");
    KARVAN_TRY(karvan_builder_create("class_shares_of_pairs", C_END, columns, &b, err));
    for (int i = 0; i < s.n; i++) KARVAN_TRY(put_exporter(&s, i, whole, b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(whole), karvan_i_free(s.entry), karvan_i_free(s.country);
    karvan_i_free(s.of_class), karvan_i_free(s.total);
    return st;
}
