#ifndef KARVAN_SRC_NETWORK_MASS_H
#define KARVAN_SRC_NETWORK_MASS_H
/* Cities and ports of a network, and what each counts for. */
#include "network/graph.h"

typedef struct karvan_i_masses {
    int32_t n_ends;
    int32_t *ends;       /* [n_ends] rows of places that are cities or ports, ascending */
    int32_t *country;    /* [n_ends] row of countries */
    double *mass;        /* [n_ends] the country's figure over its ends; 0 where it has none */
    int32_t n_countries; /* rows of table countries */
    double *figure;      /* [n_countries] NaN: no figure, or EQUAL */
    int64_t *row;        /* [n_countries] of indicators, -1 */
    int32_t *of;         /* [n_countries] ends in it */
} karvan_i_masses;

/* KARVAN_E_DATA where no country with ends has a figure; KARVAN_E_NOMEM. Clear in any case. */
karvan_status karvan_i_masses_init(karvan_i_masses *m, const karvan_network *net, karvan_mass kind,
                                   karvan_error *err);
void karvan_i_masses_clear(karvan_i_masses *m);
/* "gdp" "population"; NULL for EQUAL */
const char *karvan_i_mass_indicator(karvan_mass kind);
#endif
