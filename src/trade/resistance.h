#ifndef KARVAN_SRC_TRADE_RESISTANCE_H
#define KARVAN_SRC_TRADE_RESISTANCE_H
/* Multilateral resistances on their way. Logs of powers, as the equations have them:
 * a = ln Pi^-theta, b = ln P^-theta. */
#include "trade/economy.h"

typedef struct karvan_i_resistance {
    int32_t n;
    const double *flow; /* [n][n] before */
    double *cost;       /* [n][n] ln t^(1 - sigma), -INFINITY: no trade is possible */
    double *y, *e;      /* [n] margins of flow */
    int32_t *part;      /* [2n] what possible trade connects: sellers, then buyers; its root */
    double *world;      /* [2n] output of a part, by its root */
    int32_t *of_part;   /* [2n] reference of a part, by its root; -1: none may be */
    bool *told;         /* [n] the country has resistances to tell */
    double *a, *b;      /* [n] before the change */
    double one_way;     /* weighed root mean square of ln t^(1 - sigma) one way less the other */
} karvan_i_resistance;

/* Trade costs that the flows imply, and a and b with them (not yet measured by a reference);
 * countries of which they do not tell any are marked (resistance_costs.c). */
karvan_status karvan_i_resistance_of_flows(karvan_i_resistance *w, karvan_error *err);
#endif
