#ifndef KARVAN_SRC_TRADE_MODEL_H
#define KARVAN_SRC_TRADE_MODEL_H
/* What the formula came to mean once it met its data: which columns are factors, their levels, and
 * of what each regressor is made. Kept by the design for its names and for new rows. */
#include "trade/design.h"
#include "trade/expression.h"
#include "trade/levels.h"

typedef struct karvan_i_regressor {
    int term;                      /* -1: the intercept */
    int32_t level[KARVAN_I_PARTS]; /* of the term's atoms; -1: numbers */
} karvan_i_regressor;

typedef struct karvan_i_factor {
    bool is;            /* a factor, not numbers */
    int32_t n, base;    /* levels; the one left out where one is; -1: none is named */
    int64_t *first_row; /* [n] a row of the data that has it */
} karvan_i_factor;

typedef struct karvan_i_model {
    karvan_i_formula *f;
    karvan_i_expression weight, offset; /* n 0: none */
    int n_clusters;
    karvan_i_combination cluster[KARVAN_CLUSTERS_MAX];
    karvan_i_factor *factor; /* [f->n_atoms] */
    int k;
    karvan_i_regressor *regressor; /* [k] */
} karvan_i_model;

/* model.c */
/* Parse formula, weights, offset and clusters. */
karvan_status karvan_i_model_create(const karvan_gravity_options *o, karvan_i_model **out,
                                    karvan_error *err);
void karvan_i_model_destroy(karvan_i_model *m);
/* Which atoms are factors of this data. */
void karvan_i_model_factors(karvan_i_model *m, const karvan_i_bound *b);
/* Regressors of the terms, and their names: d->k, d->name. Levels of the factors are known. */
karvan_status karvan_i_model_regressors(karvan_i_model *m, karvan_i_design *d,
                                        const karvan_i_bound *b, karvan_error *err);
/* The variable of a factor's column. */
static inline int karvan_i_factor_variable(const karvan_i_model *m, int atom) {
    return m->f->atom[atom].variable;
}
#endif
