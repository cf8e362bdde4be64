#ifndef KARVAN_SRC_FLOW_CHOICE_H
#define KARVAN_SRC_FLOW_CHOICE_H
/* What the parts of stochastic choice share. */
#include "karvan/choice.h"

/* A nest while its pair is worked on. */
typedef struct karvan_i_nest {
    double least; /* cost */
    double most;  /* exponent */
    double sum;   /* of exponentials; of shares */
    double value; /* cost of the nest; its share; mean direction */
} karvan_i_nest;
/* Are sets and model in range? As karvan_choice_shares says. */
karvan_status karvan_i_choice_check(const karvan_choice_sets *sets,
                                    const karvan_choice_model *model, karvan_error *err);
/* Nests that a pair may have: the room that karvan_i_choice_pair needs. */
int32_t karvan_i_choice_nests(const karvan_choice_sets *sets, const karvan_choice_model *model);
/* One pair of karvan_choice_shares, arguments trusted; gives G. `share` may be NULL. */
double karvan_i_choice_pair(const karvan_choice_sets *sets, const karvan_choice_model *model,
                            int32_t pair, const double *cost, double *share, karvan_i_nest *room);
#endif
