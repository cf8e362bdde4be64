#ifndef KARVAN_SRC_FLOW_BALANCE_H
#define KARVAN_SRC_FLOW_BALANCE_H
/* Proportional fitting of a matrix where it lies. */
#include "karvan/demand.h"

typedef struct karvan_i_balance {
    int32_t n_origins, n_destinations;
    const double *row, *column; /* sums, NULL: free */
    const char *const *names;
    const karvan_balance_options *o; /* not NULL */
    double *matrix;                  /* the seed, then the result */
} karvan_i_balance;
/* The sums are not looked at again: karvan_i_balance_check has. */
karvan_status karvan_i_balance_run(const karvan_i_balance *b, karvan_balance_stats *stats,
                                   karvan_error *err);
/* Sums in range and of one total. */
karvan_status karvan_i_balance_check(const karvan_i_balance *b, karvan_error *err);
/* Why there is no such matrix: rows that want more than what they reach takes. `ratio`: [n_origins]
 * sum over target of each row after columns were met; KARVAN_OK where that shows nothing. */
karvan_status karvan_i_balance_why(const karvan_i_balance *b, const double *ratio,
                                   karvan_error *err);
/* The name of origin i, or destination j as n_origins + j. */
const char *karvan_i_balance_name(const char *const *names, int32_t n_origins, int32_t i,
                                  char *room, size_t cap);
#endif
