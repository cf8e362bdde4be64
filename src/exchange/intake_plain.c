/* A table that has the columns of flows already, as karvan writes it or a user made it: kept as it
 * is, but for rows that no sum can take. */
#include <string.h>

#include "base/try.h"
#include "exchange/intake.h"
#include "table/known.h"

/* In the order in which karvan writes them. */
enum {
    YEAR,
    EXPORTER,
    IMPORTER,
    PRODUCT,
    CLASSIFICATION,
    VALUE,
    UNIT,
    QUANTITY,
    QUANTITY_UNIT,
    PRICE_BASIS,
    REPORTED_BY,
    FLAG,
    COLUMNS
};

static const karvan_i_intake_column columns[COLUMNS] = {
    [YEAR] = {{"year"}, true},
    [EXPORTER] = {{"exporter"}, true},
    [IMPORTER] = {{"importer"}, true},
    [PRODUCT] = {{"product"}, false},
    [CLASSIFICATION] = {{"classification"}, false},
    [VALUE] = {{"value"}, true},
    [UNIT] = {{"unit"}, false},
    [QUANTITY] = {{"quantity"}, false},
    [QUANTITY_UNIT] = {{"quantity_unit"}, false},
    [PRICE_BASIS] = {{"price_basis"}, false},
    [REPORTED_BY] = {{"reported_by"}, false},
    [FLAG] = {{"flag"}, false}};

typedef struct judge {
    karvan_i_intake *in;
    int at[COLUMNS];
    karvan_status st;
    karvan_error *err;
} judge;

static bool left_out(judge *j, karvan_i_left_out why, const char *column, const char *value) {
    j->st = karvan_i_sink_drop(&j->in->sink, why, column, value, strlen(value), j->err);
    return false;
}

static bool stays(void *ctx, const karvan_table *t, int64_t row) {
    judge *j = ctx;
    int64_t line, column;
    char text[40];
    if (j->st != KARVAN_OK) return false;
    (void)karvan_table_locate(t, 0, row, &line, &column);
    j->in->sink.rows = row + 1, j->in->sink.line = line;
    if (karvan_table_state(t, j->at[YEAR], row) != KARVAN_VALUE)
        return left_out(j, KARVAN_I_OUT_NO_YEAR, "year", "");
    int64_t year = karvan_table_int(t, j->at[YEAR], row);
    (void)snprintf(text, sizeof text, "%lld", (long long)year);
    if (year < KARVAN_I_YEAR_FIRST || year > KARVAN_I_YEAR_LAST)
        return left_out(j, KARVAN_I_OUT_BAD_YEAR, "year", text);
    if (karvan_table_state(t, j->at[EXPORTER], row) != KARVAN_VALUE)
        return left_out(j, KARVAN_I_OUT_BAD_COUNTRY, "exporter", "");
    if (karvan_table_state(t, j->at[IMPORTER], row) != KARVAN_VALUE)
        return left_out(j, KARVAN_I_OUT_BAD_COUNTRY, "importer", "");
    if (karvan_table_state(t, j->at[VALUE], row) != KARVAN_VALUE)
        return left_out(j, KARVAN_I_OUT_NO_VALUE, "value", "");
    double value = karvan_table_real(t, j->at[VALUE], row);
    karvan_real_format(value, text, sizeof text);
    return value >= 0 ? true : left_out(j, KARVAN_I_OUT_NEGATIVE_VALUE, "value", text);
}

/* The columns of the file that are known, with their types; others are kept as they are. */
static int declare(const karvan_i_intake *in, karvan_column *list) {
    int n = 0;
    for (int c = 0; c < COLUMNS; c++)
        if (in->field_of[c] >= 0)
            list[n++] = (karvan_column){columns[c].names[0],
                                        c == YEAR                     ? KARVAN_INT
                                        : c == VALUE || c == QUANTITY ? KARVAN_REAL
                                                                      : KARVAN_TEXT,
                                        NULL};
    return n;
}

static karvan_status table(karvan_i_intake *in, karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_column list[COLUMNS];
    karvan_table *t = NULL;
    karvan_view v = {0};
    judge j = {.in = in, .err = err};
    const karvan_csv_options o = {.decimal = in->o->decimal,
                                  .n_missing = KARVAN_I_GAPS,
                                  .missing = karvan_i_gaps,
                                  .n_columns = declare(in, list),
                                  .columns = list,
                                  .extra_columns = true};
    if (in->bytes)
        KARVAN_TRY(
            karvan_csv_parse(in->bytes, in->n, in->path, "flows", &o, in->problems, &t, err));
    else
        KARVAN_TRY(karvan_csv_read(in->path, "flows", &o, in->problems, &t, err));
    for (int c = 0; c < COLUMNS; c++) j.at[c] = karvan_table_find(t, columns[c].names[0]);
    KARVAN_TRY(karvan_view_init(&v, t, stays, &j, err));
    KARVAN_TRY(j.st);
    in->sink.rows = karvan_table_rows(t);
    if (v.n == karvan_table_rows(t))
        *out = t, t = NULL; /* its cells keep their places in the file */
    else
        st = karvan_view_copy(&v, 0, NULL, out, err);
done:
    karvan_view_clear(&v);
    karvan_table_destroy(t);
    return st;
}

const karvan_i_intake_format karvan_i_intake_plain = {.name = "flows",
                                                      .title = "a table of flows, as karvan has it",
                                                      .n_columns = COLUMNS,
                                                      .columns = columns,
                                                      .table = table};
