#ifndef KARVAN_SRC_CLI_GRAVITY_H
#define KARVAN_SRC_CLI_GRAVITY_H
/* karvan gravity: some models, each under some kinds of standard errors, and how they are written.
 */
#include "base/text.h"
#include "cli/cli.h"

enum {
    GRAVITY_MODELS = 8,
    GRAVITY_KINDS = 4,
    GRAVITY_COLUMNS = GRAVITY_MODELS * (GRAVITY_KINDS + 1)
};

typedef struct gravity_model {
    const char *formula;
    karvan_gravity *g;
    karvan_gravity_stats stats;
    int k;                    /* coefficients */
    bool has_bias;            /* --bias */
    karvan_gravity_bias bias; /* [k] */
    double reset_z, reset_p;  /* NaN without --reset */
} gravity_model;

/* One column of the answer: a model's estimates and one kind of standard errors. */
typedef struct gravity_column {
    int model;
    bool corrected;           /* of the incidental-parameter bias */
    double *v;                /* [k][k]; NULL without coefficients */
    karvan_table *t;          /* term, estimate, se, z, p, low, high; NULL without coefficients */
    double wald_chi2, wald_p; /* that all coefficients are 0; NaN: there is no test */
    int wald_df;
    char described[320];
} gravity_column;

typedef struct gravity_answer {
    karvan_estimator estimator;
    int n_models, n_columns;
    gravity_model model[GRAVITY_MODELS];
    gravity_column column[GRAVITY_COLUMNS];
} gravity_answer;

typedef enum gravity_markup { GRAVITY_TEXT, GRAVITY_MARKDOWN, GRAVITY_LATEX } gravity_markup;
/* The table that people publish: models side by side, standard errors in parentheses, notes. */
karvan_status gravity_publish(const gravity_answer *a, gravity_markup markup, karvan_i_text *out,
                              karvan_error *err);
/* One object, or an array of them where several models were asked for. */
karvan_status gravity_json(const gravity_answer *a, karvan_i_text *out, karvan_error *err);
/* term, estimate, se, z, p, low, high; model and standard_errors before them where there are
 * several columns. */
karvan_status gravity_csv(const gravity_answer *a, karvan_i_text *out, karvan_error *err);
/* What was dropped and left out, on stderr: CSV has no room for it. */
void gravity_tell_drops(const gravity_answer *g);
/* The files that the options of the command line name. */
karvan_status gravity_files(const cli *c, const gravity_answer *a, karvan_error *err);
/* Words for cells that hold no number; how many. */
int gravity_gaps(const char *const **gaps);
#endif
