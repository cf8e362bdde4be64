/* The table of coefficients as people publish it: its cells and notes. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/gravity_grid.h"

static karvan_status add_line(grid *g, line_kind kind, const char *label, line **out) {
    if (g->n == g->cap) {
        int cap = g->cap ? 2 * g->cap : 32;
        line *more = karvan_i_realloc(g->line, (size_t)cap, sizeof *more);
        if (!more) return karvan_fail(g->err, KARVAN_E_NOMEM, "no memory for a table");
        g->line = more, g->cap = cap;
    }
    line *l = &g->line[g->n++];
    memset(l, 0, sizeof *l);
    l->kind = kind;
    (void)snprintf(l->label, sizeof l->label, "%s", label);
    if (out) *out = l;
    return KARVAN_OK;
}

static const gravity_model *model_of(const grid *g, int column) {
    return &g->a->model[g->a->column[column].model];
}

/* ---- numbers ---- */

/* Digits behind the point with which two digits of the standard error are seen, three at least. */
static int decimals_of(double se) {
    int d = 3;
    if (isfinite(se) && se > 0)
        while (d < 7 && se * pow(10, d) < 10) d++;
    return d;
}

static void put_number(double v, int decimals, char *out, size_t cap) {
    if (!isfinite(v))
        (void)snprintf(out, cap, "n/a");
    else if (fabs(v) >= 1e9 || (v != 0 && fabs(v) < 1e-6))
        (void)snprintf(out, cap, "%.4g", v);
    else
        (void)snprintf(out, cap, "%.*f", decimals, v);
}

/* With commas between thousands. */
static void put_grouped(double v, int decimals, char *out, size_t cap) {
    char digits[64];
    (void)snprintf(digits, sizeof digits, "%.*f", decimals, fabs(v));
    size_t whole = strcspn(digits, "."), at = 0;
    if (v < 0 && at + 1 < cap) out[at++] = '-';
    for (size_t i = 0; digits[i] && at + 2 < cap; i++) {
        out[at++] = digits[i];
        if (i + 1 < whole && (whole - 1 - i) % 3 == 0) out[at++] = ',';
    }
    out[at] = 0;
}

/* Nine digits, as a deviance is compared with another program's. */
static void put_large(double v, char *out, size_t cap) {
    int before = fabs(v) >= 1 ? (int)floor(log10(fabs(v))) + 1 : 1;
    if (!isfinite(v))
        (void)snprintf(out, cap, "n/a");
    else if (before > 15)
        (void)snprintf(out, cap, "%.9g", v);
    else
        put_grouped(v, before < 9 ? 9 - before : 0, out, cap);
}

static const char *stars(double p) {
    return p < 0.01 ? "***" : p < 0.05 ? "**" : p < 0.1 ? "*" : "";
}

/* ---- coefficients ---- */

/* Row of a term in a column's table, -1: the model has it not. */
static int64_t term_row(const gravity_column *c, const char *term) {
    for (int64_t r = 0; c->t && r < karvan_table_rows(c->t); r++)
        if (strcmp(karvan_table_text(c->t, 0, r), term) == 0) return r;
    return -1;
}

/* Was the term said by a column before? */
static bool said(const gravity_answer *a, int column, const char *term) {
    for (int c = 0; c < column; c++)
        if (term_row(&a->column[c], term) >= 0) return true;
    return false;
}

static karvan_status add_term(grid *g, const char *term) {
    karvan_status st = KARVAN_OK;
    line *l;
    char estimate[GRAVITY_COLUMNS][CELL_BYTES] = {{0}}, se[GRAVITY_COLUMNS][CELL_BYTES] = {{0}};
    for (int c = 0; c < g->a->n_columns; c++) {
        const karvan_table *t = g->a->column[c].t;
        int64_t r = term_row(&g->a->column[c], term);
        if (r < 0) continue;
        double error = karvan_table_real(t, 2, r), p = karvan_table_real(t, 4, r);
        char number[32];
        int decimals = decimals_of(error);
        put_number(karvan_table_real(t, 1, r), decimals, number, sizeof number);
        (void)snprintf(estimate[c], CELL_BYTES, "%s%s", number, stars(p));
        put_number(error, decimals, number, sizeof number);
        (void)snprintf(se[c], CELL_BYTES, "(%s)", number);
    }
    KARVAN_TRY(add_line(g, LINE_CELLS, term, &l));
    memcpy(l->cell, estimate, sizeof estimate);
    KARVAN_TRY(add_line(g, LINE_CELLS, "", &l));
    memcpy(l->cell, se, sizeof se);
done:
    return st;
}

static karvan_status add_terms(grid *g) {
    karvan_status st = KARVAN_OK;
    for (int c = 0; c < g->a->n_columns; c++) {
        const karvan_table *t = g->a->column[c].t;
        for (int64_t r = 0; t && r < karvan_table_rows(t); r++)
            if (!said(g->a, c, karvan_table_text(t, 0, r)))
                KARVAN_TRY(add_term(g, karvan_table_text(t, 0, r)));
    }
done:
    return st;
}

/* ---- what stands below ---- */

static bool has_effect(const gravity_model *m, const char *name) {
    for (int e = 0; e < m->stats.n_effects; e++)
        if (strcmp(karvan_gravity_effect(m->g, e), name) == 0) return true;
    return false;
}

static karvan_status add_effects(grid *g) {
    karvan_status st = KARVAN_OK;
    for (int m = 0; m < g->a->n_models; m++)
        for (int e = 0; e < g->a->model[m].stats.n_effects; e++) {
            const char *name = karvan_gravity_effect(g->a->model[m].g, e);
            bool before = false;
            line *l;
            char label[LABEL_BYTES];
            for (int k = 0; k < m; k++) before = before || has_effect(&g->a->model[k], name);
            if (before) continue;
            (void)snprintf(label, sizeof label, "%.280s effects", name);
            KARVAN_TRY(add_line(g, LINE_CELLS, label, &l));
            for (int c = 0; c < g->a->n_columns; c++)
                if (has_effect(model_of(g, c), name)) (void)snprintf(l->cell[c], CELL_BYTES, "yes");
        }
done:
    return st;
}

typedef enum figure_kind { WHOLE, SHARE, LARGE } figure_kind;
typedef double (*figure)(const gravity_model *m);
static double rows(const gravity_model *m) { return (double)m->stats.n; }
static double zeros(const gravity_model *m) { return (double)m->stats.n_zero; }
static double missing(const gravity_model *m) { return (double)m->stats.n_missing; }
static double singletons(const gravity_model *m) { return (double)m->stats.n_singleton; }
static double separated(const gravity_model *m) { return (double)m->stats.n_separated; }
static double levels(const gravity_model *m) { return (double)m->stats.n_levels; }
static double pseudo_r2(const gravity_model *m) { return m->stats.pseudo_r2; }
static double r2(const gravity_model *m) { return m->stats.r2; }
static double deviance(const gravity_model *m) { return m->stats.deviance; }
static double loglik(const gravity_model *m) { return m->stats.loglik; }
static double iterations(const gravity_model *m) { return m->stats.iterations; }
static double reset_p(const gravity_model *m) { return m->reset_p; }

static karvan_status add_figure(grid *g, const char *label, figure_kind kind, figure of) {
    line *l;
    karvan_status st = add_line(g, LINE_CELLS, label, &l);
    for (int c = 0; st == KARVAN_OK && c < g->a->n_columns; c++) {
        double v = of(model_of(g, c));
        if (kind == WHOLE)
            put_grouped(v, 0, l->cell[c], CELL_BYTES);
        else if (kind == SHARE && isfinite(v))
            (void)snprintf(l->cell[c], CELL_BYTES, "%.4f", v);
        else
            put_large(v, l->cell[c], CELL_BYTES);
    }
    return st;
}

static bool any(const grid *g, figure of) {
    for (int m = 0; m < g->a->n_models; m++)
        if (of(&g->a->model[m]) != 0) return true;
    return false;
}

/* By each kind of standard errors; none where no model has the test. */
static karvan_status add_wald(grid *g) {
    line *l = NULL;
    karvan_status st = KARVAN_OK;
    for (int c = 0; c < g->a->n_columns; c++) {
        if (isnan(g->a->column[c].wald_p)) continue;
        if (!l) KARVAN_TRY(add_line(g, LINE_CELLS, "Wald, p", &l));
        (void)snprintf(l->cell[c], CELL_BYTES, "%.4f", g->a->column[c].wald_p);
    }
done:
    return st;
}

static karvan_status add_figures(grid *g) {
    karvan_status st = KARVAN_OK;
    bool ppml = g->a->estimator == KARVAN_PPML, reset = false;
    for (int m = 0; m < g->a->n_models; m++) reset = reset || !isnan(g->a->model[m].reset_p);
    KARVAN_TRY(add_figure(g, "rows", WHOLE, rows));
    if (ppml) KARVAN_TRY(add_figure(g, "  of which zero", WHOLE, zeros));
    if (any(g, missing)) KARVAN_TRY(add_figure(g, "dropped: missing", WHOLE, missing));
    if (any(g, singletons)) KARVAN_TRY(add_figure(g, "dropped: singletons", WHOLE, singletons));
    if (any(g, separated)) KARVAN_TRY(add_figure(g, "dropped: separated", WHOLE, separated));
    if (any(g, levels)) KARVAN_TRY(add_figure(g, "levels of effects", WHOLE, levels));
    if (ppml) KARVAN_TRY(add_figure(g, "pseudo R2", SHARE, pseudo_r2));
    KARVAN_TRY(add_figure(g, "R2", SHARE, r2));
    KARVAN_TRY(add_figure(g, "deviance", LARGE, deviance));
    KARVAN_TRY(add_figure(g, "log-likelihood", LARGE, loglik));
    KARVAN_TRY(add_wald(g));
    if (reset) KARVAN_TRY(add_figure(g, "RESET, p", SHARE, reset_p));
    if (ppml) KARVAN_TRY(add_figure(g, "iterations", WHOLE, iterations));
done:
    return st;
}

static karvan_status head(grid *g) {
    karvan_status st = KARVAN_OK;
    line *l;
    KARVAN_TRY(add_line(g, LINE_CELLS, "", &l));
    for (int c = 0; c < g->a->n_columns; c++) (void)snprintf(l->cell[c], CELL_BYTES, "(%d)", c + 1);
    KARVAN_TRY(add_line(g, LINE_CELLS, "explained", &l));
    for (int c = 0; c < g->a->n_columns; c++)
        (void)snprintf(l->cell[c], CELL_BYTES, "%.40s", karvan_gravity_response(model_of(g, c)->g));
    KARVAN_TRY(add_line(g, LINE_RULE, "", NULL));
done:
    return st;
}

/* ---- notes ---- */

/* Columns c whose standard errors are described alike, once: "(1), (2)". */
static void note_errors(grid *g) {
    for (int c = 0; c < g->a->n_columns; c++) {
        bool before = false;
        const char *what = g->a->column[c].described;
        for (int k = 0; k < c; k++) before = before || !strcmp(g->a->column[k].described, what);
        if (before || !*what) continue;
        karvan_i_text_puts(&g->notes, "Standard errors ");
        for (int k = c; k < g->a->n_columns; k++)
            if (strcmp(g->a->column[k].described, what) == 0)
                karvan_i_text_printf(&g->notes, "%s(%d)", k > c ? ", " : "", k + 1);
        karvan_i_text_printf(&g->notes, ": %s.\n", what);
    }
}

/* First column of a model. */
static int column_of(const gravity_answer *a, int model) {
    int c = 0;
    while (a->column[c].model != model) c++;
    return c + 1;
}

static void note_collinear(grid *g) {
    for (int m = 0; m < g->a->n_models; m++) {
        const karvan_gravity *fit = g->a->model[m].g;
        int n = karvan_gravity_collinear(fit);
        if (n == 0) continue;
        karvan_i_text_printf(&g->notes, "(%d) left out as collinear:", column_of(g->a, m));
        for (int i = 0; i < n; i++)
            karvan_i_text_printf(&g->notes, "%s %s", i ? "," : "",
                                 karvan_gravity_collinear_name(fit, i));
        karvan_i_text_puts(&g->notes, ".\n");
    }
}

/* Missing rows by what is missing: "dist_km holds no value 12, log(gdp) has no value 3". */
static karvan_status note_missing(grid *g, int model) {
    karvan_status st = KARVAN_OK;
    enum { KINDS = 64 };
    karvan_table *t = NULL;
    const char *detail[KINDS];
    int64_t count[KINDS], other = 0;
    int n = 0;
    if (g->a->model[model].stats.n_missing == 0) return KARVAN_OK;
    KARVAN_TRY(karvan_gravity_dropped(g->a->model[model].g, &t, g->err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (strcmp(karvan_table_text(t, 2, r), "missing") != 0) continue;
        const char *why = karvan_table_text(t, 4, r);
        int k = 0;
        while (k < n && strcmp(detail[k], why) != 0) k++;
        if (k == n && n < KINDS) detail[n] = why, count[n++] = 0;
        if (k < n)
            count[k]++;
        else
            other++;
    }
    karvan_i_text_printf(&g->notes, "(%d) dropped as missing:", column_of(g->a, model));
    for (int k = 0; k < n; k++)
        karvan_i_text_printf(&g->notes, "%s %s in %lld", k ? ";" : "", detail[k],
                             (long long)count[k]);
    if (other > 0) karvan_i_text_printf(&g->notes, "; other reasons in %lld", (long long)other);
    karvan_i_text_puts(&g->notes, ".\n");
done:
    karvan_table_destroy(t);
    return st;
}

/* A few rows that stand twice are a mistake; many are how the data are. */
static karvan_status note_repeated(grid *g, int model) {
    const gravity_model *m = &g->a->model[model];
    int64_t n, first[2];
    karvan_status st = karvan_gravity_repeated(m->g, &n, first, g->err);
    if (st == KARVAN_OK && n > 0 && n <= m->stats.n / 10)
        karvan_i_text_printf(&g->notes,
                             "(%d) %lld row%s the effects of an earlier row (the first: data row "
                             "%lld, as row %lld): does a flow stand twice?\n",
                             column_of(g->a, model), (long long)n, n == 1 ? " has" : "s have",
                             (long long)first[0], (long long)first[1]);
    return st;
}

static karvan_status notes(grid *g) {
    karvan_status st = KARVAN_OK;
    for (int m = 0; m < g->a->n_models; m++) {
        const karvan_gravity_stats *s = &g->a->model[m].stats;
        if (!s->converged)
            karvan_i_text_printf(&g->notes,
                                 "(%d) DID NOT CONVERGE: after %d iterations a coefficient still "
                                 "moves by %.2g; these are no estimates.\n",
                                 column_of(g->a, m), s->iterations, s->step);
    }
    karvan_i_text_puts(&g->notes, g->a->estimator == KARVAN_PPML
                                      ? "Poisson pseudo-maximum likelihood; standard errors in "
                                        "parentheses.\n"
                                      : "Least squares of logs; standard errors in parentheses.\n");
    note_errors(g);
    note_collinear(g);
    for (int m = 0; m < g->a->n_models; m++) {
        KARVAN_TRY(note_missing(g, m));
        KARVAN_TRY(note_repeated(g, m));
    }
    karvan_i_text_puts(&g->notes, "*** p < 0.01, ** p < 0.05, * p < 0.1\n");
    KARVAN_TRY(karvan_i_text_status(&g->notes, g->err));
done:
    return st;
}

karvan_status gravity_publish(const gravity_answer *a, gravity_markup markup, karvan_i_text *out,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    grid g = {.a = a, .err = err};
    KARVAN_TRY(head(&g));
    int before = g.n;
    KARVAN_TRY(add_terms(&g));
    if (g.n > before) KARVAN_TRY(add_line(&g, LINE_RULE, "", NULL));
    KARVAN_TRY(add_effects(&g));
    KARVAN_TRY(add_figures(&g));
    KARVAN_TRY(notes(&g));
    if (markup == GRAVITY_TEXT)
        gravity_text(&g, out);
    else if (markup == GRAVITY_MARKDOWN)
        gravity_markdown(&g, out);
    else
        gravity_latex(&g, out);
    KARVAN_TRY(karvan_i_text_status(out, err));
done:
    karvan_i_free(g.line);
    karvan_i_text_clear(&g.notes);
    return st;
}
