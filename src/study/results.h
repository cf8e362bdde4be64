#ifndef KARVAN_SRC_STUDY_RESULTS_H
#define KARVAN_SRC_STUDY_RESULTS_H
/* Answers of draws and what is made of them: what the files of results share. */
#include "karvan/study.h"

/* What is known of a study beside its draws. Strings and `of` are borrowed. */
typedef struct karvan_i_shape {
    int n_cases, n_measures, n_parameters;
    const char **name;                 /* [n_cases] */
    karvan_measure *measure;           /* [n_measures] */
    karvan_study_parameter *parameter; /* [n_parameters] */
    double *settled;                   /* [n_cases + 1][n_measures] */
    const void *of;
    void (*values)(const void *of, uint64_t seed, int64_t draw, double *value);
    uint64_t seed;
    /* can a parameter move what a case does? NULL: each can */
    bool (*matters)(const void *of, int which, int parameter);
} karvan_i_shape;

typedef struct karvan_i_draw {
    int64_t draw;
    double *levels; /* [n_cases + 1][n_kept] */
} karvan_i_draw;

struct karvan_results {
    karvan_i_shape shape;
    int n_kept, *kept, *slot; /* [n_kept] measures; [n_measures] where among them, -1 */
    int64_t n, cap;
    karvan_i_draw *row; /* [n] draws rising */
};
/* Arrays of the shape are copied. */
karvan_status karvan_i_results_create(const karvan_i_shape *shape, karvan_results **out,
                                      karvan_error *err);
/* First row of a draw above 0. */
int64_t karvan_i_first_draw(const karvan_results *r);
/* The row of a draw; NULL. */
const karvan_i_draw *karvan_i_row_of(const karvan_results *r, int64_t draw);
/* Case less base. */
double karvan_i_of_row(const karvan_results *r, const karvan_i_draw *row, int which, int measure);
double karvan_i_of_settled(const karvan_results *r, int which, int measure);
/* Over draws above 0, [karvan_results_draws]; NaN where not known. */
void karvan_i_differences(const karvan_results *r, int which, int measure, double *out);
/* Quantiles of n values, which are put in order, unknown ones behind; none: of `settled`. */
karvan_difference karvan_i_quantiles(double *v, int64_t n, double settled);
/* Room for the values of draws; the caller frees. */
karvan_status karvan_i_values_room(const karvan_results *r, size_t times, double **out,
                                   karvan_error *err);
/* 1: more is better, -1: less. */
double karvan_i_sense(const char *measure);
/* "benefit", "real_income:KAZ" */
void karvan_i_measure_label(const karvan_measure *m, char *out, size_t cap);
int karvan_i_results_find(const karvan_results *r, const char *measure, const char *country);
/* Number of a case by its name (n bytes), -1. */
int karvan_i_case_named(const karvan_results *r, const char *name, size_t n);
bool karvan_i_one_part(const char *name);
/* Together less the sum of the parts, by draw; sum and together may be NULL. false: a part of the
 * case is no case, or it has only one. settled: [3] sum, together, excess at medians. */
bool karvan_i_excess(const karvan_results *r, int which, int measure, double *sum, double *together,
                     double *excess, double *settled);

/* Cost of a case, million USD; what it is a year; or why it is not known (a constant). */
typedef struct karvan_i_cost {
    double musd, annual_musd;
    char why[120];
} karvan_i_cost;
karvan_status karvan_i_cost_of(const karvan_package *region, const char *of, karvan_i_cost *out,
                               karvan_error *err);

/* First-order share of x in the variance of y and its standard error, over n points; y is known.
 * NaN below 40 points or where y does not vary (influence.c). */
karvan_status karvan_i_first_order(int64_t n, const double *x, const double *y, double *share,
                                   double *error, karvan_error *err);

/* ---- the store (store.c, store_facts.c) ---- */

/* What a store belongs to, a line each. */
typedef struct karvan_i_fact {
    char *key, *value;
} karvan_i_fact;
typedef struct karvan_i_facts {
    int n, cap;
    karvan_i_fact *all;
} karvan_i_facts;
karvan_status karvan_i_fact_add(karvan_i_facts *f, const char *key, const char *value,
                                karvan_error *err);
karvan_status karvan_i_facts_of(const karvan_study *s, uint64_t seed, karvan_i_facts *out,
                                karvan_error *err);
void karvan_i_facts_clear(karvan_i_facts *f);
karvan_status karvan_i_store_open(const char *path, const karvan_i_facts *facts, int n_cases,
                                  int n_measures, bool resume, karvan_store **out,
                                  karvan_error *err);
#endif
