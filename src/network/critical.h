#ifndef KARVAN_SRC_NETWORK_CRITICAL_H
#define KARVAN_SRC_NETWORK_CRITICAL_H
/* What closures cost: found in critical.c, told in critical_table.c. */
#include "network/mass.h"

enum { KARVAN_I_METRICS = 2 }; /* hours, USD */

typedef struct karvan_i_loss { /* of one item, seen from one origin */
    double delta[KARVAN_I_METRICS], cut_weight;
    int64_t cut;
} karvan_i_loss;

typedef struct karvan_i_critical {
    const karvan_network *net;
    int32_t n_links, n_items; /* items: rows of links, then rows of terminals */
    karvan_i_masses masses;   /* ends of pairs; a pair weighs the product of its ends' */
    karvan_i_loss *losses;    /* [masses.n_ends][n_items] */
} karvan_i_critical;

/* KARVAN_E_NOMEM; KARVAN_E_DATA as karvan_i_masses_init. Clear in any case. */
karvan_status karvan_i_critical_find(karvan_i_critical *c, const karvan_network *net,
                                     karvan_mass weights, int threads, karvan_error *err);
void karvan_i_critical_clear(karvan_i_critical *c);
#endif
