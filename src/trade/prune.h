#ifndef KARVAN_SRC_TRADE_PRUNE_H
#define KARVAN_SRC_TRADE_PRUNE_H
/* Rows that cannot take part in an estimate. */
#include "trade/newton.h"

/* Drop rows in levels whose flows are all zero (PPML: the level's effect would be minus infinity),
 * and rows that are alone in a level, until there are none. prune.c */
karvan_status karvan_i_prune(karvan_i_design *d, bool zeros, bool singletons, karvan_error *err);
/* Find the rows that a combination of regressors and effects separates, and drop them with the
 * value of the combination as certificate. *found: how many. separation.c,
 * docs/methods/separation.md. */
karvan_status karvan_i_separation(karvan_i_design *d, const karvan_gravity_options *o,
                                  int64_t *found, karvan_error *err);
#endif
