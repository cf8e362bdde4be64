/* What an estimate is asked, looked at; and what it found, as tables. */
#include <math.h>

#include "base/try.h"
#include "flow/estimate.h"

static karvan_status check_cells(const karvan_estimate_problem *p, karvan_error *err) {
    for (int32_t k = 0; k < p->n_cells; k++) {
        if (!(p->prior[k] >= 0) || isinf(p->prior[k]))
            return karvan_fail(err, KARVAN_E_ARG, "cell %d is %g before; 0 or more is right",
                               (int)k + 1, p->prior[k]);
        if (!(p->prior_error[k] > 0) || isinf(p->prior_error[k]))
            return karvan_fail(err, KARVAN_E_ARG,
                               "the relative error of cell %d is %g; above 0 is right", (int)k + 1,
                               p->prior_error[k]);
    }
    for (int32_t k = 0; k < p->n_constants; k++) {
        if (!(p->constant_error[k] > 0) || isinf(p->constant_error[k]))
            return karvan_fail(err, KARVAN_E_ARG,
                               "the error of constant %d is %g; above 0 is right", (int)k + 1,
                               p->constant_error[k]);
        if (p->constant_step && (!(p->constant_step[k] > 0) || isinf(p->constant_step[k])))
            return karvan_fail(err, KARVAN_E_ARG, "the step of constant %d is %g; above 0 is right",
                               (int)k + 1, p->constant_step[k]);
    }
    return KARVAN_OK;
}

karvan_status karvan_i_estimate_check(const karvan_estimate_problem *p, karvan_error *err) {
    if (!p || !p->load || p->n_cells < 0 || p->n_counts < 0 || p->n_constants < 0 ||
        (p->n_cells > 0 && (!p->prior || !p->prior_error)) ||
        (p->n_counts > 0 && (!p->count || !p->count_error)) ||
        (p->n_constants > 0 && !p->constant_error))
        return karvan_fail(err, KARVAN_E_ARG,
                           "an estimate needs cells, counts and a load function");
    for (int32_t a = 0; a < p->n_counts; a++) {
        if (!isfinite(p->count[a]))
            return karvan_fail(err, KARVAN_E_ARG, "count %d is %g", (int)a + 1, p->count[a]);
        if (!(p->count_error[a] > 0) || isinf(p->count_error[a]))
            return karvan_fail(err, KARVAN_E_ARG, "the error of count %d is %g; above 0 is right",
                               (int)a + 1, p->count_error[a]);
    }
    return check_cells(p, err);
}

static karvan_status put_name(karvan_builder *b, int column, const char *const *name, int32_t i,
                              karvan_error *err) {
    char room[16];
    (void)snprintf(room, sizeof room, "%d", (int)i + 1);
    return karvan_builder_text(b, column, name ? name[i] : room, err);
}

/* Values of a row from column `first` on. */
static karvan_status put_values(karvan_builder *b, int first, int n, const double *v,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; st == KARVAN_OK && i < n; i++)
        if (!isnan(v[i])) st = karvan_builder_real(b, first + i, v[i], err);
    return st;
}

karvan_status karvan_estimate_counts(const karvan_estimate_problem *p, const karvan_estimate *e,
                                     const char *const *name, karvan_table **out,
                                     karvan_error *err) {
    static const karvan_column column[] = {
        {.name = "count", .type = KARVAN_TEXT},    {.name = "observed", .type = KARVAN_REAL},
        {.name = "error", .type = KARVAN_REAL},    {.name = "before", .type = KARVAN_REAL},
        {.name = "modelled", .type = KARVAN_REAL}, {.name = "standardised", .type = KARVAN_REAL},
        {.name = "against", .type = KARVAN_TEXT},  {.name = "without", .type = KARVAN_REAL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!p || !e) return karvan_fail(err, KARVAN_E_ARG, "no estimate");
    KARVAN_TRY(karvan_builder_create("counts", 8, column, &b, err));
    for (int32_t a = 0; a < e->n_counts; a++) {
        double v[] = {p->count[a], p->count_error[a], e->before[a], e->modelled[a],
                      e->standardised[a]};
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(put_name(b, 0, name, a, err));
        KARVAN_TRY(put_values(b, 1, 5, v, err));
        if (e->against[a] >= 0)
            KARVAN_TRY(put_name(b, 6, name, e->against[a], err));
        else
            KARVAN_TRY(karvan_builder_state(b, 6, KARVAN_NOT_COVERED, err));
        if (e->against[a] >= 0)
            KARVAN_TRY(put_values(b, 7, 1, &e->without[a], err));
        else
            KARVAN_TRY(karvan_builder_state(b, 7, KARVAN_NOT_COVERED, err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status karvan_estimate_cells(const karvan_estimate_problem *p, const karvan_estimate *e,
                                    const char *const *name, karvan_table **out,
                                    karvan_error *err) {
    static const karvan_column column[] = {
        {.name = "cell", .type = KARVAN_TEXT},        {.name = "prior", .type = KARVAN_REAL},
        {.name = "prior_error", .type = KARVAN_REAL}, {.name = "estimate", .type = KARVAN_REAL},
        {.name = "error", .type = KARVAN_REAL},       {.name = "removed", .type = KARVAN_REAL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!p || !e) return karvan_fail(err, KARVAN_E_ARG, "no estimate");
    KARVAN_TRY(karvan_builder_create("cells", 6, column, &b, err));
    for (int32_t i = 0; i < e->n_cells + e->n_constants; i++) {
        int32_t c = i - e->n_cells;
        double cell[] = {c < 0 ? p->prior[i] : 0, karvan_i_prior_error(p, i),
                         c < 0 ? e->demand[i] : e->constant[c],
                         c < 0 ? e->demand_error[i] : e->constant_error[c],
                         c < 0 ? e->removed[i] : e->constant_removed[c]};
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(put_name(b, 0, name, i, err));
        KARVAN_TRY(put_values(b, 1, 5, cell, err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}
