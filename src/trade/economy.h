#ifndef KARVAN_SRC_TRADE_ECONOMY_H
#define KARVAN_SRC_TRADE_ECONOMY_H
/* A square economy, frozen: what every solution of it and every draw starts from. */
#include "karvan/equilibrium.h"

struct karvan_economy {
    int32_t n;
    char **country; /* [n] */
    double *flow;   /* [n][n] exporter (row) to importer */
    double *y, *e;  /* [n] output, spending: sums of rows, of columns */
    int n_changes;
    double *change;    /* [n_changes][n][n] */
    double *cost;      /* [n][n] ln t^(1 - sigma), -INFINITY: none; NULL */
    int64_t n_touched; /* pairs with trade that a change touches */
    int64_t *touched;  /* [n_touched] i * n + j, rising */
    int32_t *group;    /* [n] 0 .. n_groups-1: countries that trade, at however many removes */
    karvan_economy_stats stats;
};

/* Largest change of ln trade that is taken for one: e^100 is a mistake of units. */
#define KARVAN_I_CHANGE_MOST 100.0

/* Changes of ln trade at given prices, [n_touched], under coefficients (NULL: 1 each). */
void karvan_i_economy_partial(const karvan_economy *e, const double *beta, double *partial);
#endif
