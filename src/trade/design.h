#ifndef KARVAN_SRC_TRADE_DESIGN_H
#define KARVAN_SRC_TRADE_DESIGN_H
/* A formula met with a table: numbers in columns, effects as levels 0, 1, 2, ... Made by design.c
 * from formula.c; rows that cannot be used are dropped on the way and kept in a list. */
#include "karvan/gravity.h"

/* A combination of columns, a^t: one level each combination of values that occurs. */
typedef struct karvan_i_effect {
    char *name; /* as in the formula, blanks taken out: "exp^year" */
    int n_columns;
    int column[4];    /* columns of the data */
    int32_t n_levels; /* numbered by first column, then second, ... in the order of the values */
    int32_t *level;   /* [n] */
    int64_t
        *first_row; /* [n_levels] a row of the data that has the level: its name is read there */
} karvan_i_effect;

typedef enum karvan_i_reason {
    KARVAN_I_MISSING,   /* detail: column of the data without a value; or, where the value of an
                           expression does not exist (log of 0 and less), -1 - atom of the formula, or
                           one of KARVAN_I_OF_Y, ... */
    KARVAN_I_SINGLETON, /* detail: effect */
    KARVAN_I_ALL_ZERO,  /* detail: effect; certificate 1 */
    KARVAN_I_SEPARATED  /* certificate z > 0 */
} karvan_i_reason;

enum { KARVAN_I_OF_Y = INT32_MIN, KARVAN_I_OF_WEIGHT, KARVAN_I_OF_OFFSET };

typedef struct karvan_i_drop {
    int64_t row; /* of the data, from 0 */
    double certificate;
    int32_t detail;
    karvan_i_reason reason;
} karvan_i_drop;

typedef struct karvan_i_drops {
    karvan_i_drop *at;
    int64_t n, cap;
} karvan_i_drops;

typedef struct karvan_i_design {
    const karvan_table *data;
    int64_t n;      /* rows in use */
    int32_t *row;   /* [n] row of the data */
    double *y;      /* [n] */
    double *weight; /* [n], NULL: 1 */
    double *offset; /* [n], NULL: 0 */
    int k;          /* regressors; without effects the first is "(Intercept)", all ones */
    char **name;    /* [k] */
    double **x;     /* [k] of [n] */
    int n_effects;
    karvan_i_effect *effect; /* [n_effects] */
    int n_clusters;
    karvan_i_effect *cluster; /* [n_clusters]; level may be the same array as an effect's */
    karvan_i_drops drops;
    struct karvan_i_model *formula; /* for prediction on new rows; model.h */
} karvan_i_design;

/* design.c. Errors as karvan_gravity_fit. Rows stay in the order of the data; negative y, NaN,
 * infinite values are dealt with here. OLS: y is ln y. */
karvan_status karvan_i_design_create(const karvan_table *data, const karvan_gravity_options *o,
                                     karvan_i_design *d, karvan_error *err);
/* Frees what it holds (a zeroed one holds nothing). */
void karvan_i_design_clear(karvan_i_design *d);
/* Levels of a combination of columns for rows row[0..n) of data; errors name column and row. */
karvan_status karvan_i_effect_create(const karvan_table *data, const char *text, int64_t n,
                                     const int32_t *row, karvan_i_effect *e, karvan_error *err);
void karvan_i_effect_clear(karvan_i_effect *e);
/* Name of a level: values of its columns joined by '^', "AZE^2015". */
void karvan_i_effect_label(const karvan_i_design *d, const karvan_i_effect *e, int32_t level,
                           char *out, size_t cap);
karvan_status karvan_i_drops_add(karvan_i_drops *l, karvan_i_drop drop, karvan_error *err);
/* Why a row was dropped: "column distance holds no value". */
void karvan_i_drop_detail(const karvan_i_design *d, const karvan_i_drop *drop, char *out,
                          size_t cap);
/* Keep only the rows with keep[i]; levels are numbered anew without gaps (order kept). drops.c */
karvan_status karvan_i_design_keep(karvan_i_design *d, const bool *keep, karvan_error *err);
#endif
