#ifndef KARVAN_SRC_STUDY_PARAMETERS_H
#define KARVAN_SRC_STUDY_PARAMETERS_H
/* What is not known for certain, and how it is drawn. */
#include "karvan/table.h"

typedef enum karvan_i_parameter_kind {
    KARVAN_I_MONEY,      /* of moving, stopping */
    KARVAN_I_HOURS,      /* of moving, stopping */
    KARVAN_I_WAIT,       /* until something sails */
    KARVAN_I_ROOM,       /* capacity of what is scarce */
    KARVAN_I_AMOUNT,     /* of demand */
    KARVAN_I_TASTE,      /* scale of choice */
    KARVAN_I_VALUE,      /* of a tonne of a class */
    KARVAN_I_DAY,        /* what a day is worth to a class, of its value */
    KARVAN_I_CONSTANT,   /* of a corridor */
    KARVAN_I_ELASTICITY, /* of trade */
    KARVAN_I_EFFECT,     /* of an intervention's edits */
    KARVAN_I_POLICY,     /* what an agreement does to ln trade */
    KARVAN_I_KINDS
} karvan_i_parameter_kind;
/* "money" "hours" "wait" "capacity" "demand" "choice" "value" "day" "constant" "elasticity"
 * "effect" "policy" */
const char *karvan_i_parameter_kind_name(karvan_i_parameter_kind k);

typedef struct karvan_i_parameter {
    karvan_i_parameter_kind kind;
    char *id, *name, *source;
    double median;    /* 1 of factors */
    double low, high; /* 5 % and 95 % quantiles */
    bool normal;      /* else lognormal in two pieces, and above 0 */
    int32_t row;      /* of cargo_classes, corridor_constants, interventions, policy_effects; -1 */
    uint64_t stream;
    /* of which arcs, classes, kinds of demand; NULL: any */
    char *modes, *operations, *items, *classes;
} karvan_i_parameter;

typedef struct karvan_i_parameters {
    int32_t n, cap;
    karvan_i_parameter *all; /* the first is certain and 1 */
} karvan_i_parameters;

/* Rows of table parameters, then what other tables say of themselves: ranges of cargo_classes,
 * errors of corridor_constants and policy_effects, setting trade_elasticity_low and _high, effects
 * of interventions.
 * KARVAN_E_DATA with file:line:column; KARVAN_E_NOMEM. */
karvan_status karvan_i_parameters_read(const karvan_package *region, karvan_i_parameters *out,
                                       karvan_error *err);
void karvan_i_parameters_clear(karvan_i_parameters *p);
/* The first of a kind that speaks of a mode, operation, item and class (NULL: has none); 0. */
int32_t karvan_i_parameter_of(const karvan_i_parameters *p, karvan_i_parameter_kind kind,
                              const char *mode, const char *operation, const char *item,
                              const char *class);
/* The one of a kind and row; 0. */
int32_t karvan_i_parameter_row(const karvan_i_parameters *p, karvan_i_parameter_kind kind,
                               int32_t row);
/* Values of all in a draw; draw 0: medians. One parameter's draws depend on its id alone. */
void karvan_i_parameters_draw(const karvan_i_parameters *p, uint64_t seed, int64_t draw,
                              double *value);
/* Value of one in a draw. */
double karvan_i_parameter_draw(const karvan_i_parameter *p, uint64_t seed, int64_t draw);
/* Value at a quantile 0..1. */
double karvan_i_parameter_at(const karvan_i_parameter *p, double quantile);
#endif
