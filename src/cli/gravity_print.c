/* The answer for programs: JSON and CSV. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "cli/gravity.h"
#include "table/csv_text.h"

/* ---- JSON ---- */

static void number(karvan_i_text *out, double v) {
    char digits[40];
    if (!isfinite(v)) {
        karvan_i_text_puts(out, "null");
        return;
    }
    karvan_real_format(v, digits, sizeof digits);
    karvan_i_text_puts(out, digits);
}

static void named(karvan_i_text *out, const char *key, double v) {
    karvan_i_text_printf(out, "\"%s\": ", key);
    number(out, v);
}

static void text(karvan_i_text *out, const char *s) {
    karvan_i_text_puts(out, "\"");
    karvan_i_text_json(out, s);
    karvan_i_text_puts(out, "\"");
}

static void coefficient(const gravity_model *m, const karvan_table *t, int64_t r,
                        karvan_i_text *out) {
    static const char *const rest[] = {"z", "p", "low", "high"};
    karvan_i_text_puts(out, "{\"name\": ");
    text(out, karvan_table_text(t, 0, r));
    karvan_i_text_puts(out, ", ");
    named(out, "estimate", karvan_table_real(t, 1, r)), karvan_i_text_puts(out, ", ");
    named(out, "se", karvan_table_real(t, 2, r));
    for (int i = 0; i < 4; i++)
        karvan_i_text_puts(out, ", "), named(out, rest[i], karvan_table_real(t, 3 + i, r));
    if (m->has_bias) {
        karvan_i_text_puts(out, ", "), named(out, "bias", m->bias.bias[r]);
        karvan_i_text_puts(out, ", "), named(out, "corrected", m->bias.corrected[r]);
        karvan_i_text_puts(out, ", "), named(out, "corrected_se", m->bias.se[r]);
    }
    karvan_i_text_puts(out, "}");
}

/* Other kinds of standard errors than the first. */
static void other_errors(const gravity_answer *a, int first, karvan_i_text *out) {
    bool begun = false;
    for (int c = first + 1; c < a->n_columns; c++) {
        const gravity_column *k = &a->column[c];
        if (k->model != a->column[first].model || k->corrected || !k->t) continue;
        karvan_i_text_puts(out, begun ? ",\n  " : ",\n \"other_standard_errors\": [\n  ");
        karvan_i_text_puts(out, "{\"kind\": ");
        text(out, k->described);
        karvan_i_text_puts(out, ", \"se\": [");
        for (int64_t r = 0; r < karvan_table_rows(k->t); r++) {
            if (r > 0) karvan_i_text_puts(out, ", ");
            number(out, karvan_table_real(k->t, 2, r));
        }
        karvan_i_text_puts(out, "]}");
        begun = true;
    }
    if (begun) karvan_i_text_puts(out, "]");
}

static void dropped(const gravity_model *m, karvan_i_text *out) {
    karvan_i_text_printf(out,
                         "\"dropped\": {\"separated\": %lld, \"singleton\": %lld, \"missing\": "
                         "%lld, \"collinear\": [",
                         (long long)m->stats.n_separated, (long long)m->stats.n_singleton,
                         (long long)m->stats.n_missing);
    for (int i = 0; i < karvan_gravity_collinear(m->g); i++) {
        if (i > 0) karvan_i_text_puts(out, ", ");
        text(out, karvan_gravity_collinear_name(m->g, i));
    }
    karvan_i_text_puts(out, "]}");
}

static void model(const gravity_answer *a, int first, karvan_i_text *out) {
    const gravity_column *c = &a->column[first];
    const gravity_model *m = &a->model[c->model];
    const karvan_gravity_stats *s = &m->stats;
    karvan_i_text_printf(out, "{\"n\": %lld, \"iterations\": %d, \"converged\": %s,\n ",
                         (long long)s->n, s->iterations, s->converged ? "true" : "false");
    named(out, "deviance", s->deviance), karvan_i_text_puts(out, ", ");
    named(out, "loglik", s->loglik);
    karvan_i_text_puts(out, ",\n \"coefficients\": [");
    for (int64_t r = 0; c->t && r < karvan_table_rows(c->t); r++) {
        karvan_i_text_puts(out, r ? ",\n  " : "\n  ");
        coefficient(m, c->t, r, out);
    }
    karvan_i_text_puts(out, "],\n ");
    dropped(m, out);
    karvan_i_text_puts(out, ",\n ");
    named(out, "seconds", s->seconds);
    karvan_i_text_printf(out, ", \"threads\": %d,\n \"formula\": ", s->threads);
    text(out, m->formula);
    karvan_i_text_printf(out, ", \"estimator\": \"%s\", \"standard_errors\": ",
                         a->estimator == KARVAN_PPML ? "ppml" : "ols");
    text(out, c->described);
    karvan_i_text_printf(out, ",\n \"n_read\": %lld, \"n_zero\": %lld, \"levels\": %lld, ",
                         (long long)s->n_read, (long long)s->n_zero, (long long)s->n_levels);
    named(out, "loglik_null", s->loglik_null), karvan_i_text_puts(out, ", ");
    named(out, "pseudo_r2", s->pseudo_r2), karvan_i_text_puts(out, ", ");
    named(out, "r2", s->r2);
    if (!isnan(c->wald_chi2)) {
        karvan_i_text_puts(out, ", \"wald\": {");
        named(out, "chi2", c->wald_chi2);
        karvan_i_text_printf(out, ", \"df\": %d, ", c->wald_df);
        named(out, "p", c->wald_p), karvan_i_text_puts(out, "}");
    }
    if (!isnan(m->reset_z)) {
        karvan_i_text_puts(out, ", \"reset\": {");
        named(out, "z", m->reset_z), karvan_i_text_puts(out, ", ");
        named(out, "p", m->reset_p), karvan_i_text_puts(out, "}");
    }
    other_errors(a, first, out);
    karvan_i_text_puts(out, "}");
}

karvan_status gravity_json(const gravity_answer *a, karvan_i_text *out, karvan_error *err) {
    int said = 0;
    if (a->n_models > 1) karvan_i_text_puts(out, "[");
    for (int c = 0; c < a->n_columns; c++) {
        if (a->column[c].model != said) continue; /* its first column */
        if (said > 0) karvan_i_text_puts(out, ",\n");
        model(a, c, out);
        said++;
    }
    karvan_i_text_puts(out, a->n_models > 1 ? "]\n" : "\n");
    return karvan_i_text_status(out, err);
}

/* ---- CSV ---- */

static karvan_status csv_rows(const gravity_answer *a, int c, karvan_builder *b,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = a->column[c].t;
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_int(b, 0, a->column[c].model + 1, err));
        KARVAN_TRY(karvan_builder_text(b, 1, a->column[c].described, err));
        KARVAN_TRY(karvan_builder_text(b, 2, karvan_table_text(t, 0, r), err));
        for (int i = 1; i < 7; i++)
            KARVAN_TRY(karvan_builder_real(b, 2 + i, karvan_table_real(t, i, r), err));
    }
done:
    return st;
}

karvan_status gravity_csv(const gravity_answer *a, karvan_i_text *out, karvan_error *err) {
    static const karvan_column columns[] = {
        {"model", KARVAN_INT, NULL}, {"standard_errors", KARVAN_TEXT, NULL},
        {"term", KARVAN_TEXT, NULL}, {"estimate", KARVAN_REAL, NULL},
        {"se", KARVAN_REAL, NULL},   {"z", KARVAN_REAL, NULL},
        {"p", KARVAN_REAL, NULL},    {"low", KARVAN_REAL, NULL},
        {"high", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    if (a->n_columns == 1) {
        if (a->column[0].t)
            karvan_i_csv_text(a->column[0].t, out);
        else
            karvan_i_text_puts(out, "term,estimate,se,z,p,low,high\n");
        return karvan_i_text_status(out, err);
    }
    KARVAN_TRY(karvan_builder_create("coefficients", 9, columns, &b, err));
    for (int c = 0; c < a->n_columns; c++) KARVAN_TRY(csv_rows(a, c, b, err));
    st = karvan_builder_finish(b, &t, err), b = NULL;
    KARVAN_TRY(st);
    karvan_i_csv_text(t, out);
    KARVAN_TRY(karvan_i_text_status(out, err));
done:
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    return st;
}

void gravity_tell_drops(const gravity_answer *g) {
    for (int m = 0; m < g->n_models; m++) {
        const karvan_gravity *fit = g->model[m].g;
        const karvan_gravity_stats *s = &g->model[m].stats;
        int n = karvan_gravity_collinear(fit);
        if (s->n == s->n_read && n == 0) continue;
        (void)fprintf(stderr, "karvan: note: ");
        if (g->n_models > 1) (void)fprintf(stderr, "model %d: ", m + 1);
        (void)fprintf(stderr, "%lld of %lld rows used", (long long)s->n, (long long)s->n_read);
        if (s->n_missing) (void)fprintf(stderr, "; %lld missing", (long long)s->n_missing);
        if (s->n_singleton) (void)fprintf(stderr, "; %lld singletons", (long long)s->n_singleton);
        if (s->n_separated) (void)fprintf(stderr, "; %lld separated", (long long)s->n_separated);
        for (int i = 0; i < n; i++)
            (void)fprintf(stderr, "%s %s", i ? "," : "; left out as collinear:",
                          karvan_gravity_collinear_name(fit, i));
        (void)fprintf(stderr, "\n");
    }
}
