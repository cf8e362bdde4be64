/* What a fit tells besides its coefficients: dropped rows, fixed effects, fitted values. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "trade/fit.h"
#include "trade/model.h"

const char *karvan_gravity_response(const karvan_gravity *g) { return g->d.formula->f->y_label; }

const char *karvan_gravity_effect(const karvan_gravity *g, int i) { return g->d.effect[i].name; }

static int by_row(const void *a, const void *b) {
    const karvan_i_drop *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

static karvan_status put_drop(const karvan_gravity *g, karvan_builder *b, const karvan_i_drop *drop,
                              karvan_error *err) {
    static const char *const reasons[] = {"missing", "singleton", "all-zero", "separated"};
    karvan_status st = KARVAN_OK;
    int64_t line, column;
    char detail[300];
    (void)karvan_table_locate(g->d.data, -1, drop->row, &line, &column);
    karvan_i_drop_detail(&g->d, drop, detail, sizeof detail);
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_int(b, 0, drop->row + 1, err));
    KARVAN_TRY(karvan_builder_int(b, 1, line, err));
    KARVAN_TRY(karvan_builder_text(b, 2, reasons[drop->reason], err));
    if (drop->reason >= KARVAN_I_ALL_ZERO)
        KARVAN_TRY(karvan_builder_real(b, 3, drop->certificate, err));
    KARVAN_TRY(karvan_builder_text(b, 4, detail, err));
done:
    return st;
}

karvan_status karvan_gravity_dropped(const karvan_gravity *g, karvan_table **out,
                                     karvan_error *err) {
    static const karvan_column columns[] = {{"row", KARVAN_INT, NULL},
                                            {"line", KARVAN_INT, NULL},
                                            {"reason", KARVAN_TEXT, NULL},
                                            {"certificate", KARVAN_REAL, NULL},
                                            {"detail", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    const karvan_i_drops *l = &g->d.drops;
    *out = NULL;
    karvan_i_drop *sorted = karvan_i_malloc((size_t)l->n, sizeof *sorted);
    KARVAN_REQUIRE(sorted, err, KARVAN_E_NOMEM, "no memory for the list of dropped rows");
    if (l->n > 0) memcpy(sorted, l->at, (size_t)l->n * sizeof *sorted);
    qsort(sorted, (size_t)l->n, sizeof *sorted, by_row);
    KARVAN_TRY(karvan_builder_create("dropped", 5, columns, &b, err));
    for (int64_t i = 0; i < l->n; i++) KARVAN_TRY(put_drop(g, b, &sorted[i], err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(sorted);
    return st;
}

/* Levels of one effect. */
static karvan_status put_effect(const karvan_gravity *g, int e, karvan_builder *b,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_effect *f = &g->d.effect[e];
    int64_t *rows = karvan_i_calloc((size_t)f->n_levels, sizeof *rows);
    KARVAN_REQUIRE(rows, err, KARVAN_E_NOMEM, "no memory for effects");
    for (int64_t i = 0; i < g->d.n; i++) rows[f->level[i]]++;
    for (int32_t l = 0; l < f->n_levels; l++) {
        char label[1300];
        karvan_i_effect_label(&g->d, f, l, label, sizeof label);
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, f->name, err));
        KARVAN_TRY(karvan_builder_text(b, 1, label, err));
        KARVAN_TRY(karvan_builder_real(b, 2, g->alpha[e][l], err));
        KARVAN_TRY(karvan_builder_int(b, 3, rows[l], err));
    }
done:
    karvan_i_free(rows);
    return st;
}

karvan_status karvan_gravity_effects(const karvan_gravity *g, karvan_table **out,
                                     karvan_error *err) {
    static const karvan_column columns[] = {{"effect", KARVAN_TEXT, NULL},
                                            {"level", KARVAN_TEXT, NULL},
                                            {"value", KARVAN_REAL, NULL},
                                            {"rows", KARVAN_INT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    *out = NULL;
    KARVAN_TRY(karvan_builder_create("effects", 4, columns, &b, err));
    for (int e = 0; e < g->d.n_effects; e++) KARVAN_TRY(put_effect(g, e, b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status karvan_gravity_fitted(const karvan_gravity *g, double *fitted, karvan_error *err) {
    int64_t rows = karvan_table_rows(g->d.data);
    if (!fitted) return karvan_fail(err, KARVAN_E_ARG, "fitted is NULL");
    for (int64_t i = 0; i < rows; i++) fitted[i] = NAN;
    for (int64_t i = 0; i < g->d.n; i++) fitted[g->d.row[i]] = exp(g->eta[i]);
    return KARVAN_OK;
}

karvan_status karvan_gravity_without_effects(const karvan_gravity *g, double *out,
                                             karvan_error *err) {
    int64_t rows = karvan_table_rows(g->d.data);
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    for (int64_t i = 0; i < rows; i++) out[i] = NAN;
    for (int64_t i = 0; i < g->d.n; i++) {
        double *at = &out[g->d.row[i]];
        *at = g->eta[i];
        for (int e = 0; e < g->d.n_effects; e++) *at -= g->alpha[e][g->d.effect[e].level[i]];
    }
    return KARVAN_OK;
}

/* Names of the columns of all effects, once each, joined by ^; how many. */
static int all_columns(const karvan_gravity *g, karvan_i_text *out) {
    int column[KARVAN_I_EFFECT_COLUMNS + 1], n = 0;
    for (int e = 0; e < g->d.n_effects; e++)
        for (int i = 0; i < g->d.effect[e].n_columns && n <= KARVAN_I_EFFECT_COLUMNS; i++) {
            bool before = false;
            for (int k = 0; k < n; k++) before = before || column[k] == g->d.effect[e].column[i];
            if (before) continue;
            column[n] = g->d.effect[e].column[i];
            karvan_i_text_printf(out, "%s`%s`", n ? "^" : "",
                                 karvan_table_column(g->d.data, column[n]).name);
            n++;
        }
    return n;
}

karvan_status karvan_gravity_repeated(const karvan_gravity *g, int64_t *rows, int64_t *first,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text names = {0};
    karvan_i_effect all = {0};
    int32_t *seen = NULL; /* [levels] the first row that has it, from 1 */
    int64_t of = INT64_MAX;
    *rows = 0, first[0] = first[1] = 0;
    int n = all_columns(g, &names);
    KARVAN_TRY(karvan_i_text_status(&names, err));
    if (n < 2 || n > KARVAN_I_EFFECT_COLUMNS) goto done;
    KARVAN_TRY(karvan_i_effect_create(g->d.data, names.s, g->d.n, g->d.row, &all, err));
    if (all.n_levels == g->d.n) goto done; /* each row has its own */
    *rows = g->d.n - all.n_levels;
    seen = karvan_i_calloc((size_t)all.n_levels, sizeof *seen);
    KARVAN_REQUIRE(seen, err, KARVAN_E_NOMEM, "no memory for repeated rows");
    for (int64_t i = 0; i < g->d.n; i++) { /* the earliest row of each level */
        int32_t *s = &seen[all.level[i]], row = g->d.row[i] + 1;
        if (*s == 0 || row < *s) *s = row;
    }
    for (int64_t i = 0; i < g->d.n; i++) {
        int32_t s = seen[all.level[i]], row = g->d.row[i] + 1;
        if (row > s && row < of) of = row, first[0] = row, first[1] = s;
    }
done:
    karvan_i_free(seen);
    karvan_i_effect_clear(&all);
    karvan_i_text_clear(&names);
    return st;
}

karvan_status karvan_gravity_columns(const karvan_gravity_options *options,
                                     const karvan_table *header, karvan_table **out,
                                     karvan_error *err) {
    static const karvan_column column[] = {{"column", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_i_model *m = NULL;
    karvan_i_bound bound = {0};
    karvan_builder *b = NULL;
    *out = NULL;
    KARVAN_REQUIRE(options, err, KARVAN_E_ARG, "gravity needs a formula");
    KARVAN_TRY(karvan_i_model_create(options, &m, err));
    if (header) KARVAN_TRY(karvan_i_bind(m->f, header, &bound, err));
    KARVAN_TRY(karvan_builder_create("columns", 1, column, &b, err));
    for (int v = 0; v < m->f->n_variables; v++) {
        if (header) KARVAN_TRY(karvan_i_bound_need(&bound, v, err));
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, m->f->variable[v].name, err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_bound_clear(&bound);
    karvan_i_model_destroy(m);
    return st;
}
