/* Files of a fit: dropped rows, effects, fitted values, predictions, tables to be published. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/gravity.h"

/* Cells that hold no number, as R, Stata and statistical offices write them. */
static const char *const GAPS[] = {"NA", "NaN", "nan", "N/A", "n/a", ".", "..", "NULL"};
enum { N_GAPS = sizeof GAPS / sizeof GAPS[0] };

int gravity_gaps(const char *const **gaps) { return *gaps = GAPS, N_GAPS; }

static karvan_status write_dropped(const cli *c, const gravity_model *m, const char *path,
                                   karvan_error *err) {
    static const char *const contract[] = {"row", "reason", "certificate"};
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL, *three = NULL;
    karvan_view v = {0};
    KARVAN_TRY(karvan_gravity_dropped(m->g, &t, err));
    KARVAN_TRY(karvan_view_init(&v, t, NULL, NULL, err));
    KARVAN_TRY(karvan_view_copy(&v, 3, contract, &three, err));
    KARVAN_TRY(karvan_csv_write(cli_switch(c, "wide") ? t : three, path, err));
done:
    karvan_view_clear(&v);
    karvan_table_destroy(three), karvan_table_destroy(t);
    return st;
}

static karvan_status write_effects(const gravity_model *m, const char *path, karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = karvan_gravity_effects(m->g, &t, err);
    if (st == KARVAN_OK) st = karvan_csv_write(t, path, err);
    karvan_table_destroy(t);
    return st;
}

static karvan_status write_fitted(const gravity_model *m, const char *path, karvan_error *err) {
    static const karvan_column columns[] = {{"row", KARVAN_INT, NULL},
                                            {"fitted", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    double *fitted = karvan_i_malloc((size_t)m->stats.n_read, sizeof *fitted);
    KARVAN_REQUIRE(fitted, err, KARVAN_E_NOMEM, "no memory for fitted values");
    KARVAN_TRY(karvan_gravity_fitted(m->g, fitted, err));
    KARVAN_TRY(karvan_builder_create("fitted", 2, columns, &b, err));
    for (int64_t i = 0; i < m->stats.n_read; i++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_int(b, 0, i + 1, err));
        KARVAN_TRY(karvan_builder_real(b, 1, fitted[i], err));
    }
    st = karvan_builder_finish(b, &t, err), b = NULL;
    if (st == KARVAN_OK) st = karvan_csv_write(t, path, err);
done:
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    karvan_i_free(fitted);
    return st;
}

static karvan_status write_predicted(const cli *c, const gravity_answer *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *rows = NULL, *t = NULL;
    karvan_csv_options o = {.n_gaps = N_GAPS, .gaps = GAPS};
    KARVAN_TRY(karvan_csv_read(cli_option(c, "predict"), "rows", &o, NULL, &rows, err));
    KARVAN_TRY(karvan_gravity_predict(g->model[0].g, g->column[0].v, rows, &t, err));
    KARVAN_TRY(karvan_csv_write(t, cli_option(c, "predicted"), err));
done:
    karvan_table_destroy(t), karvan_table_destroy(rows);
    return st;
}

static karvan_status write_table(const gravity_answer *g, gravity_markup markup, const char *path,
                                 karvan_error *err) {
    karvan_i_text out = {0};
    karvan_status st = gravity_publish(g, markup, &out, err);
    if (st == KARVAN_OK) st = karvan_i_file_write(path, out.s, out.n, err);
    karvan_i_text_clear(&out);
    return st;
}

karvan_status gravity_files(const cli *c, const gravity_answer *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const gravity_model *m = &g->model[0];
    if (cli_option(c, "dropped")) KARVAN_TRY(write_dropped(c, m, cli_option(c, "dropped"), err));
    if (cli_option(c, "effects")) KARVAN_TRY(write_effects(m, cli_option(c, "effects"), err));
    if (cli_option(c, "fitted")) KARVAN_TRY(write_fitted(m, cli_option(c, "fitted"), err));
    if (cli_option(c, "predict")) KARVAN_TRY(write_predicted(c, g, err));
    if (cli_option(c, "latex"))
        KARVAN_TRY(write_table(g, GRAVITY_LATEX, cli_option(c, "latex"), err));
    if (cli_option(c, "markdown"))
        KARVAN_TRY(write_table(g, GRAVITY_MARKDOWN, cli_option(c, "markdown"), err));
done:
    return st;
}
