/* Tables of a what-if: results, stages of the chain, what drives the uncertainty; of all cases. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/whatif.h"
#include "table/cell.h"

const char *cli_whatif_output_name(int output) {
    if (output < KARVAN_STAGES) return karvan_stage_name((karvan_stage)output);
    return output == WHATIF_RESULTS ? "results" : "influence";
}

/* A builder of these columns, behind `case` where there are several cases. */
static karvan_status begin(const whatif *w, const char *name, int n, const karvan_column *columns,
                           karvan_builder **out, karvan_error *err) {
    enum { MOST = 24 };
    karvan_column all[MOST] = {{"case", KARVAN_TEXT, NULL}};
    int first = w->n > 1;
    for (int i = 0; i < n && first + i < MOST; i++) all[first + i] = columns[i];
    return karvan_builder_create(name, first + n, all, out, err);
}

/* The next row; *at: where its own columns begin. */
static karvan_status next_row(const whatif *w, int which, karvan_builder *b, int *at,
                              karvan_error *err) {
    karvan_status st = karvan_builder_row(b, err);
    *at = w->n > 1;
    return st == KARVAN_OK && *at ? karvan_builder_text(b, 0, w->name[which], err) : st;
}

static karvan_status put(karvan_builder *b, int at, int n_texts, const char *const *text,
                         int n_reals, const double *real, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < n_texts; i++) KARVAN_TRY(karvan_builder_text(b, at + i, text[i], err));
    for (int i = 0; i < n_reals; i++)
        KARVAN_TRY(karvan_builder_real(b, at + n_texts + i, real[i], err));
done:
    return st;
}

/* ---- results ---- */

static karvan_status add_results(const whatif *w, int which, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int m = 0; m < w->measures; m++) {
        karvan_measure of = karvan_study_measure(w->s, m);
        karvan_difference x;
        int at;
        KARVAN_TRY(karvan_results_difference(w->results, which, m, &x, err));
        const char *const text[] = {of.measure, of.country, of.unit};
        const double real[] = {karvan_study_settled(w->s, -1)[m], x.median, x.p5, x.p95};
        KARVAN_TRY(next_row(w, which, b, &at, err));
        KARVAN_TRY(put(b, at, 3, text, 4, real, err));
    }
done:
    return st;
}

static karvan_status results(const whatif *w, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {
        {"measure", KARVAN_TEXT, NULL}, {"country", KARVAN_TEXT, NULL}, {"unit", KARVAN_TEXT, NULL},
        {"base", KARVAN_REAL, NULL},    {"median", KARVAN_REAL, NULL},  {"p5", KARVAN_REAL, NULL},
        {"p95", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    KARVAN_TRY(begin(w, "results", 7, columns, &b, err));
    for (int c = 0; c < w->n; c++) KARVAN_TRY(add_results(w, c, b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

/* ---- influence ---- */

static karvan_status add_influence(const whatif *w, int which, int *order, karvan_builder *b,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double settled = karvan_study_settled(w->s, which)[w->benefit];
    KARVAN_TRY(cli_whatif_order(w, which, order, err));
    for (int i = 0; i < w->parameters; i++) {
        karvan_study_parameter p = karvan_study_parameter_at(w->s, order[i]);
        double low = cli_whatif_swing(w, which, order[i], false),
               high = cli_whatif_swing(w, which, order[i], true);
        const char *const text[] = {p.id, p.name, p.kind, p.source};
        const double real[] = {p.median, p.low, p.high, settled, low, high, fabs(high - low)};
        int at;
        KARVAN_TRY(next_row(w, which, b, &at, err));
        KARVAN_TRY(put(b, at, 4, text, 7, real, err));
    }
done:
    return st;
}

static karvan_status influence(const whatif *w, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {{"parameter", KARVAN_TEXT, NULL},
                                            {"name", KARVAN_TEXT, NULL},
                                            {"kind", KARVAN_TEXT, NULL},
                                            {"source", KARVAN_TEXT, NULL},
                                            {"value", KARVAN_REAL, NULL},
                                            {"value_p5", KARVAN_REAL, NULL},
                                            {"value_p95", KARVAN_REAL, NULL},
                                            {"benefit_usd", KARVAN_REAL, "USD/year"},
                                            {"benefit_at_p5_usd", KARVAN_REAL, "USD/year"},
                                            {"benefit_at_p95_usd", KARVAN_REAL, "USD/year"},
                                            {"swing_usd", KARVAN_REAL, "USD/year"}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    int *order = karvan_i_malloc((size_t)w->parameters + 1, sizeof *order);
    KARVAN_REQUIRE(order, err, KARVAN_E_NOMEM, "no memory for %d parameters", w->parameters);
    KARVAN_TRY(begin(w, "influence", 11, columns, &b, err));
    for (int c = 0; c < w->n; c++) KARVAN_TRY(add_influence(w, c, order, b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(order);
    return st;
}

/* ---- stages ---- */

static karvan_status add_rows(const whatif *w, int which, const karvan_table *t, karvan_builder *b,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        int at;
        KARVAN_TRY(next_row(w, which, b, &at, err));
        for (int i = 0; i < karvan_table_columns(t); i++)
            KARVAN_TRY(karvan_i_copy_cell(b, at + i, t, i, r, err));
    }
done:
    return st;
}

static karvan_status stages(const whatif *w, karvan_stage stage, karvan_table **out,
                            karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_column columns[20];
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    if (w->n == 1) return karvan_study_stage(w->s, 0, stage, out, err);
    for (int c = 0; c < w->n; c++) {
        KARVAN_TRY(karvan_study_stage(w->s, c, stage, &t, err));
        int n = karvan_table_columns(t);
        for (int i = 0; c == 0 && i < n && i < 20; i++) columns[i] = karvan_table_column(t, i);
        if (c == 0) KARVAN_TRY(begin(w, karvan_stage_name(stage), n, columns, &b, err));
        KARVAN_TRY(add_rows(w, c, t, b, err));
        karvan_table_destroy(t), t = NULL;
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_table_destroy(t), karvan_builder_destroy(b);
    return st;
}

karvan_status cli_whatif_table(const whatif *w, int output, karvan_table **out, karvan_error *err) {
    *out = NULL;
    if (output == WHATIF_RESULTS) return results(w, out, err);
    if (output == WHATIF_INFLUENCE) return influence(w, out, err);
    return stages(w, (karvan_stage)output, out, err);
}
