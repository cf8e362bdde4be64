/* Downloads of the World Bank's WITS: trade statistics by country, and advanced queries. */
#include "exchange/wits.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/codes.h"
#include "exchange/gather.h"
#include "karvan/exchange.h"
#include "table/csv.h"
#include "table/number.h"

/* Columns of the table that a file is read into, behind the line. */
enum {
    W_LINE,
    W_REPORTER,
    W_PARTNER,
    W_YEAR,
    W_PRODUCT,
    W_CLASS,
    W_FLOW,
    W_UNIT,
    W_EXPORT, /* REAL from here */
    W_IMPORT,
    W_VALUE,
    W_WEIGHT,
    W_QUANTITY,
    W_COLUMNS
};

static const char *const spellings[W_COLUMNS][4] = {
    [W_REPORTER] = {"ReporterISO3", "Reporter Name", "Reporter", NULL},
    [W_PARTNER] = {"PartnerISO3", "Partner Name", "Partner", NULL},
    [W_YEAR] = {"Year", NULL},
    [W_PRODUCT] = {"ProductCode", "Product Group", "Product", NULL},
    [W_CLASS] = {"Nomenclature", NULL},
    [W_FLOW] = {"TradeFlowName", "Trade Flow", NULL},
    [W_UNIT] = {"QtyUnit", "Qty Unit", "QuantityUnit", NULL},
    [W_EXPORT] = {"Export (US$ Thousand)", NULL},
    [W_IMPORT] = {"Import (US$ Thousand)", NULL},
    [W_VALUE] = {"TradeValue in 1000 USD", "Trade Value in 1000 USD", NULL},
    [W_WEIGHT] = {"NetWeight in KGM", NULL},
    [W_QUANTITY] = {"Quantity", NULL}};

typedef struct wits {
    const char *path;
    karvan_error *err;
    karvan_i_csv csv;
    int field[W_COLUMNS]; /* -1: not in the file */
    int n_fields;
    bool codes; /* reporters by code, not by name */
    karvan_builder *b;
    karvan_table *t;
    karvan_i_gather gather;
} wits;

/* A field without the blanks around it, with an end; bytes that are no UTF-8 as `?`. */
static const char *trimmed(const karvan_i_field *f, char *room, size_t cap) {
    size_t a = 0, b = f->n;
    while (a < b && isspace((unsigned char)f->s[a])) a++;
    while (b > a && isspace((unsigned char)f->s[b - 1])) b--;
    size_t n = b - a < cap - 1 ? b - a : cap - 1;
    memcpy(room, f->s + a, n), room[n] = 0;
    for (size_t ok; (ok = karvan_utf8_valid_prefix(room, strlen(room))) < strlen(room);)
        room[ok] = '?';
    return room;
}

static karvan_status read_header(wits *w) {
    karvan_status st = KARVAN_OK;
    const char *first;
    size_t n;
    bool got;
    char room[80];
    int most = 0;
    for (int c = 0; c < W_COLUMNS; c++) w->field[c] = -1;
    KARVAN_TRY(karvan_i_csv_peek(&w->csv, &first, &n, w->err));
    for (const char *d = ",;\t"; *d; d++) {
        int count = 0;
        for (size_t i = 0; i < n && first[i] != '\n'; i++) count += first[i] == *d;
        if (count > most) most = count, w->csv.delimiter = *d;
    }
    KARVAN_TRY(karvan_i_csv_next(&w->csv, &got, w->err));
    KARVAN_REQUIRE(got, w->err, KARVAN_E_DATA, "%s:1:1: the file is empty", w->path);
    w->n_fields = w->csv.n_fields;
    for (int f = 0; f < w->n_fields; f++) {
        const char *name = trimmed(&w->csv.field[f], room, sizeof room);
        if (f == 0 && strncmp(name, "\xEF\xBB\xBF", 3) == 0) name += 3;
        size_t m = strlen(name);
        if (m >= 2 && *name == '"' && name[m - 1] == '"') /* quoted behind a byte order mark */
            room[name - room + (ptrdiff_t)m - 1] = 0, name++;
        for (int c = W_LINE + 1; c < W_COLUMNS; c++)
            for (int k = 0; spellings[c][k]; k++)
                if (w->field[c] < 0 && strcasecmp(spellings[c][k], name) == 0) {
                    w->field[c] = f;
                    if (c == W_REPORTER) w->codes = k == 0;
                }
    }
    for (int c = W_REPORTER; c <= W_YEAR; c++)
        KARVAN_REQUIRE(w->field[c] >= 0, w->err, KARVAN_E_DATA,
                       "%s:1:1: no download of WITS: it has no column '%s'", w->path,
                       spellings[c][c == W_YEAR ? 0 : 1]);
    KARVAN_REQUIRE(w->field[W_EXPORT] >= 0 || w->field[W_IMPORT] >= 0 ||
                       (w->field[W_VALUE] >= 0 && w->field[W_FLOW] >= 0),
                   w->err, KARVAN_E_DATA,
                   "%s:1:1: no download of WITS: it has neither '%s', '%s' nor '%s' with '%s'",
                   w->path, spellings[W_EXPORT][0], spellings[W_IMPORT][0], spellings[W_VALUE][0],
                   spellings[W_FLOW][0]);
done:
    return st;
}

/* "Export (US$ Thousand)" may say 12,345.6: commas between thousands. */
static bool number_of(const char *s, double *v) {
    char room[64];
    size_t n = 0;
    for (; *s && n < sizeof room - 1; s++)
        if (*s != ',') room[n++] = *s;
    return !*s && karvan_i_parse_real(room, n, '.', v);
}

static karvan_status put_field(wits *w, int c) {
    char room[200];
    double v;
    if (w->field[c] < 0) return karvan_builder_state(w->b, c, KARVAN_NOT_COVERED, w->err);
    const karvan_i_field *f = &w->csv.field[w->field[c]];
    if (f->n >= sizeof room)
        return karvan_fail(w->err, KARVAN_E_DATA, "%s:%lld: a field of %zu bytes; %zu are the most",
                           w->path, (long long)w->csv.line, f->n, sizeof room - 1);
    const char *s = trimmed(f, room, sizeof room);
    if (!*s) return karvan_builder_state(w->b, c, KARVAN_NOT_COVERED, w->err);
    if (c < W_EXPORT) return karvan_builder_text(w->b, c, s, w->err);
    if (number_of(s, &v)) return karvan_builder_real(w->b, c, v, w->err);
    return karvan_builder_state(w->b, c, KARVAN_UNKNOWN, w->err);
}

static karvan_status read_rows(wits *w) {
    karvan_status st = KARVAN_OK;
    bool got;
    while (true) {
        KARVAN_TRY(karvan_i_csv_next(&w->csv, &got, w->err));
        if (!got) break;
        if (w->csv.n_fields == 1 && w->csv.field[0].n == 0) continue;
        KARVAN_REQUIRE(!w->csv.open_quote && !w->csv.stray_quote, w->err, KARVAN_E_DATA,
                       "%s:%lld: a quoted field does not end, or text stands behind it", w->path,
                       (long long)w->csv.line);
        KARVAN_REQUIRE(w->csv.n_fields == w->n_fields, w->err, KARVAN_E_DATA,
                       "%s:%lld: %d fields, where the header has %d", w->path,
                       (long long)w->csv.line, w->csv.n_fields, w->n_fields);
        KARVAN_TRY(karvan_builder_row(w->b, w->err));
        KARVAN_TRY(karvan_builder_int(w->b, W_LINE, w->csv.line, w->err));
        for (int c = W_LINE + 1; c < W_COLUMNS; c++) KARVAN_TRY(put_field(w, c));
    }
done:
    return st;
}

/* ---- rows as figures ---- */

static karvan_status drop(wits *w, karvan_i_left_out why, int64_t row, int c) {
    const char *text = c < W_EXPORT ? karvan_table_text(w->t, c, row) : NULL;
    const char *column = spellings[c][0] ? spellings[c][0] : "";
    return karvan_i_gather_drop(&w->gather, why, row + 1, karvan_table_int(w->t, W_LINE, row),
                                column, text, w->err);
}

static karvan_status area(wits *w, int64_t row, int c, const char **code, bool *good) {
    const char *s = karvan_table_text(w->t, c, row), *iso3 = NULL;
    *good = false;
    if (!s) return drop(w, KARVAN_I_OUT_BAD_COUNTRY, row, c);
    karvan_i_area_kind kind =
        w->codes ? karvan_i_area_of_code(s, &iso3) : karvan_i_area_of_name(s, &iso3);
    if (kind == KARVAN_I_AREA_WORLD) return drop(w, KARVAN_I_OUT_WORLD, row, c);
    if (kind == KARVAN_I_AREA_GROUP) return drop(w, KARVAN_I_OUT_GROUP_PARTNER, row, c);
    *code = iso3 ? iso3 : s, *good = true;
    return KARVAN_OK;
}

static bool year_of(const char *s, int64_t *year) {
    return s && strlen(s) == 4 && strspn(s, "0123456789") == 4 && karvan_i_parse_int(s, 4, year);
}

/* One value of a row; what is known of the row stands in *f. */
static karvan_status take_value(wits *w, int64_t row, int c, karvan_i_direction d,
                                const char *const code[2], karvan_i_gathered f) {
    karvan_cell state = karvan_table_state(w->t, c, row);
    f.number = karvan_table_real(w->t, c, row);
    if (d == KARVAN_I_PART_OF_FLOW) return drop(w, KARVAN_I_OUT_SUB_FLOW, row, W_FLOW);
    if (d == KARVAN_I_NO_DIRECTION) return drop(w, KARVAN_I_OUT_BAD_FLOW, row, W_FLOW);
    if (state == KARVAN_NOT_COVERED) return drop(w, KARVAN_I_OUT_NO_VALUE, row, c);
    if (state == KARVAN_UNKNOWN) return drop(w, KARVAN_I_OUT_BAD_VALUE, row, c);
    if (f.number < 0) return drop(w, KARVAN_I_OUT_NEGATIVE_VALUE, row, c);
    f.by_importer = d == KARVAN_I_IMPORT;
    f.exporter = code[f.by_importer], f.importer = code[!f.by_importer];
    f.unit = "thousand USD", f.price_basis = "as reported", f.source = "WITS";
    karvan_status st = karvan_i_gather_add(&w->gather, &f, w->err);
    const char *unit[2] = {"kg", karvan_table_text(w->t, W_UNIT, row)};
    for (int q = 0; st == KARVAN_OK && c == W_VALUE && q < 2; q++) {
        f.number = karvan_table_real(w->t, W_WEIGHT + q, row);
        f.quantity_unit = unit[q] ? unit[q] : "quantity";
        bool weight_again = q == 1 && unit[1] && strcasecmp(unit[1], "kg") == 0;
        if (f.number > 0 && !weight_again) st = karvan_i_gather_add(&w->gather, &f, w->err);
    }
    return st;
}

static karvan_status take_row(wits *w, int64_t row) {
    karvan_status st = KARVAN_OK;
    karvan_i_gathered f = {.row = row + 1, .line = karvan_table_int(w->t, W_LINE, row)};
    const char *code[2] = {NULL, NULL}, *flow = karvan_table_text(w->t, W_FLOW, row);
    bool good = true;
    if (!year_of(karvan_table_text(w->t, W_YEAR, row), &f.year))
        return drop(w, KARVAN_I_OUT_NO_WHOLE_YEAR, row, W_YEAR);
    for (int k = 0; k < 2 && good; k++) KARVAN_TRY(area(w, row, W_REPORTER + k, &code[k], &good));
    if (!good) goto done;
    if (strcmp(code[0], code[1]) == 0) return drop(w, KARVAN_I_OUT_OWN_COUNTRY, row, W_PARTNER);
    f.product = karvan_table_text(w->t, W_PRODUCT, row);
    if (f.product && (!strcasecmp(f.product, "All Products") || !strcasecmp(f.product, "Total")))
        f.product = "TOTAL";
    const char *class = w->codes ? karvan_table_text(w->t, W_CLASS, row) : NULL;
    f.classification = class ? karvan_i_classification_of(class) : NULL;
    for (int c = W_EXPORT; c <= W_VALUE; c++) {
        if (w->field[c] < 0) continue;
        karvan_i_direction d = c == W_EXPORT   ? KARVAN_I_EXPORT
                               : c == W_IMPORT ? KARVAN_I_IMPORT
                               : flow          ? karvan_i_direction_of(flow, strlen(flow))
                                               : KARVAN_I_NO_DIRECTION;
        KARVAN_TRY(take_value(w, row, c, d, code, f));
    }
done:
    return st;
}

karvan_status karvan_i_wits_flows(const char *path, const char *bytes, size_t n,
                                  karvan_problems *problems, karvan_table **audit,
                                  karvan_table **flows, karvan_error *err) {
    static const char *const names[W_COLUMNS] = {
        "line", "reporter", "partner", "year",  "product", "class",   "flow",
        "unit", "export",   "import",  "value", "weight",  "quantity"};
    karvan_status st = KARVAN_OK;
    karvan_column columns[W_COLUMNS];
    wits w = {.path = path, .err = err};
    if (audit) *audit = NULL;
    *flows = NULL;
    for (int c = 0; c < W_COLUMNS; c++)
        columns[c] = (karvan_column){names[c],
                                     c == W_LINE    ? KARVAN_INT
                                     : c < W_EXPORT ? KARVAN_TEXT
                                                    : KARVAN_REAL,
                                     NULL};
    KARVAN_TRY(karvan_i_csv_open(&w.csv, bytes ? NULL : path, bytes, n, err));
    KARVAN_TRY(read_header(&w));
    KARVAN_TRY(karvan_builder_create("wits", W_COLUMNS, columns, &w.b, err));
    KARVAN_TRY(read_rows(&w));
    st = karvan_builder_finish(w.b, &w.t, err), w.b = NULL;
    if (st != KARVAN_OK) goto done;
    karvan_i_gather_init(&w.gather, path, problems);
    for (int64_t row = 0; row < karvan_table_rows(w.t); row++) KARVAN_TRY(take_row(&w, row));
    KARVAN_TRY(karvan_i_gather_finish(&w.gather, audit, flows, err));
done:
    karvan_i_gather_clear(&w.gather);
    karvan_builder_destroy(w.b);
    karvan_table_destroy(w.t);
    karvan_i_csv_close(&w.csv);
    return st;
}

karvan_status karvan_wits_flows(const char *path, karvan_problems *problems, karvan_table **audit,
                                karvan_table **flows, karvan_error *err) {
    if (audit) *audit = NULL;
    if (!flows) return karvan_fail(err, KARVAN_E_ARG, "flows are NULL");
    *flows = NULL;
    if (!path) return karvan_fail(err, KARVAN_E_ARG, "a download needs a path");
    return karvan_i_wits_flows(path, NULL, 0, problems, audit, flows, err);
}
