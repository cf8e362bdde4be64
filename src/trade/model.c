#include "trade/model.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"

enum { REGRESSORS_MAX = 10000 };

void karvan_i_model_destroy(karvan_i_model *m) {
    if (!m) return;
    for (int a = 0; m->factor && a < m->f->n_atoms; a++) karvan_i_free(m->factor[a].first_row);
    for (int c = 0; c < m->n_clusters; c++) karvan_i_free(m->cluster[c].name);
    karvan_i_free(m->factor), karvan_i_free(m->regressor);
    karvan_i_formula_destroy(m->f);
    karvan_i_free(m);
}

static karvan_status clusters(karvan_i_model *m, const karvan_gravity_options *o,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(o->n_clusters >= 0 && o->n_clusters <= KARVAN_CLUSTERS_MAX, err, KARVAN_E_ARG,
                   "clusters of at most %d ways, not %d", KARVAN_CLUSTERS_MAX, o->n_clusters);
    for (int c = 0; c < o->n_clusters; c++) {
        KARVAN_REQUIRE(o->cluster[c], err, KARVAN_E_ARG, "cluster %d is NULL", c + 1);
        KARVAN_TRY(
            karvan_i_formula_combination(m->f, "cluster", o->cluster[c], &m->cluster[c], err));
        m->n_clusters++;
        for (int k = 0; k < c; k++)
            KARVAN_REQUIRE(!karvan_i_combination_same(&m->cluster[k], &m->cluster[c]), err,
                           KARVAN_E_ARG, "cluster: %s is named twice", m->cluster[c].name);
    }
done:
    return st;
}

/* What is explained is log(y), whether it is written or not. */
static karvan_status name_log(karvan_i_formula *f, karvan_error *err) {
    karvan_i_text label = {0};
    karvan_i_text_printf(&label, "log(%s)", f->y_label);
    karvan_status st = karvan_i_text_status(&label, err);
    if (st != KARVAN_OK) return st;
    karvan_i_free(f->y_label);
    f->y_label = label.s;
    return KARVAN_OK;
}

karvan_status karvan_i_model_create(const karvan_gravity_options *o, karvan_i_model **out,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_model *m = karvan_i_calloc(1, sizeof *m);
    *out = NULL;
    KARVAN_REQUIRE(m, err, KARVAN_E_NOMEM, "no memory for a formula");
    KARVAN_TRY(karvan_i_formula_parse(o->formula, &m->f, err));
    KARVAN_REQUIRE(!m->f->y_log || o->estimator == KARVAN_OLS, err, KARVAN_E_ARG,
                   "formula: byte %d: PPML explains the flow itself, zeros included: write y in "
                   "place of %.80s",
                   m->f->y_byte, m->f->y_label);
    if (m->f->y_log) m->f->y.n--; /* least squares take the log in any case */
    if (o->estimator == KARVAN_OLS && !m->f->y_log) KARVAN_TRY(name_log(m->f, err));
    if (o->weights)
        KARVAN_TRY(karvan_i_formula_expression(m->f, "weights", o->weights, &m->weight, err));
    if (o->offset)
        KARVAN_TRY(karvan_i_formula_expression(m->f, "offset", o->offset, &m->offset, err));
    KARVAN_TRY(clusters(m, o, err));
    m->factor = karvan_i_calloc((size_t)m->f->n_atoms, sizeof *m->factor);
    KARVAN_REQUIRE(m->factor, err, KARVAN_E_NOMEM, "no memory for a formula");
    *out = m, m = NULL;
done:
    karvan_i_model_destroy(m);
    return st;
}

void karvan_i_model_factors(karvan_i_model *m, const karvan_i_bound *b) {
    for (int a = 0; a < m->f->n_atoms; a++) {
        const karvan_i_atom *atom = &m->f->atom[a];
        m->factor[a].is =
            atom->factor || (atom->variable >= 0 && b->column[atom->variable] >= 0 &&
                             karvan_i_column_is_text(b->data, b->column[atom->variable]));
    }
}

/* ---- regressors ---- */

/* Is the term without its p-th atom part of the model? The empty one is the intercept, which
 * effects hold too; without either the first factor that stands alone takes its place. */
static bool has_margin(const karvan_i_model *m, int term, int p) {
    const karvan_i_term *t = &m->f->term[term];
    if (t->n == 1) {
        if (m->f->intercept || m->f->n_effects > 0) return true;
        for (int i = 0; i < term; i++)
            if (m->f->term[i].n == 1 && m->factor[m->f->term[i].atom[0]].is) return true;
        return false;
    }
    for (int i = 0; i < m->f->n_terms; i++) {
        const karvan_i_term *u = &m->f->term[i];
        int same = 0;
        for (int k = 0; k < u->n; k++)
            for (int q = 0; q < t->n; q++) same += q != p && t->atom[q] == u->atom[k];
        if (u->n == t->n - 1 && same == u->n) return true;
    }
    return false;
}

static void add_name(const karvan_i_model *m, const karvan_i_design *d, const karvan_i_bound *b,
                     const karvan_i_regressor *r, karvan_i_text *name) {
    const karvan_i_term *t = &m->f->term[r->term];
    for (int p = 0; p < t->n; p++) {
        const karvan_i_atom *atom = &m->f->atom[t->atom[p]];
        if (p > 0) karvan_i_text_puts(name, ":");
        if (r->level[p] < 0) {
            karvan_i_text_puts(name, atom->label);
            continue;
        }
        char label[300];
        karvan_i_cell_label(d->data, b->column[atom->variable],
                            m->factor[t->atom[p]].first_row[r->level[p]], label, sizeof label);
        karvan_i_text_printf(name, "%s::%s", m->f->variable[atom->variable].name, label);
    }
}

static karvan_status add(karvan_i_model *m, karvan_i_design *d, const karvan_i_bound *b,
                         karvan_i_regressor r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text name = {0};
    KARVAN_REQUIRE(
        m->k < REGRESSORS_MAX, err, KARVAN_E_ARG,
        "formula: more than %d regressors; a factor of so many levels belongs behind '|'",
        REGRESSORS_MAX);
    karvan_i_regressor *all = karvan_i_realloc(m->regressor, (size_t)m->k + 1, sizeof *all);
    if (all) m->regressor = all;
    char **names = karvan_i_realloc(d->name, (size_t)m->k + 1, sizeof *names);
    if (names) d->name = names;
    KARVAN_REQUIRE(all && names, err, KARVAN_E_NOMEM, "no memory for regressors");
    if (r.term < 0)
        karvan_i_text_puts(&name, "(Intercept)");
    else
        add_name(m, d, b, &r, &name);
    KARVAN_TRY(karvan_i_text_status(&name, err));
    names[m->k] = name.s, name.s = NULL;
    all[m->k++] = r;
    d->k = m->k;
done:
    karvan_i_text_clear(&name);
    return st;
}

karvan_status karvan_i_model_regressors(karvan_i_model *m, karvan_i_design *d,
                                        const karvan_i_bound *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (m->f->intercept && m->f->n_effects == 0)
        KARVAN_TRY(add(m, d, b, (karvan_i_regressor){.term = -1}, err));
    for (int i = 0; i < m->f->n_terms; i++) {
        const karvan_i_term *t = &m->f->term[i];
        karvan_i_regressor r = {.term = i};
        int32_t skip[KARVAN_I_PARTS];
        bool any = true;
        for (int p = 0; p < t->n; p++) {
            const karvan_i_factor *f = &m->factor[t->atom[p]];
            skip[p] = !f->is ? -1 : f->base >= 0 ? f->base : has_margin(m, i, p) ? 0 : -1;
            r.level[p] = !f->is ? -1 : skip[p] == 0;
            any = any && (!f->is || r.level[p] < f->n);
        }
        while (any) { /* the first factor runs fastest */
            KARVAN_TRY(add(m, d, b, r, err));
            int p = 0;
            for (; p < t->n; p++) {
                const karvan_i_factor *f = &m->factor[t->atom[p]];
                if (!f->is) continue;
                r.level[p] += 1 + (r.level[p] + 1 == skip[p]);
                if (r.level[p] < f->n) break;
                r.level[p] = skip[p] == 0;
            }
            any = p < t->n;
        }
    }
done:
    return st;
}
