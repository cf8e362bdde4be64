#ifndef KARVAN_SRC_RECORD_DYADS_H
#define KARVAN_SRC_RECORD_DYADS_H
/* A walk over the dyad-years that a query asks for. */
#include "record/pairs.h"

/* What is done with a pair and year; way THERE or BACK in directed ones, else BOTH. */
typedef karvan_status (*karvan_i_dyad_fn)(void *ctx, const karvan_pairs *p, int64_t pair,
                                          karvan_way way, int64_t year, karvan_error *err);
karvan_status karvan_i_dyads_walk(const karvan_pairs *p, const karvan_dyads_query *q,
                                  karvan_i_dyad_fn fn, void *ctx, karvan_error *err);
/* Codes in the order of the way. */
void karvan_i_dyads_codes(const karvan_pairs *p, int64_t pair, karvan_way way, const char **a,
                          const char **b);
#endif
