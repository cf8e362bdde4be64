#ifndef KARVAN_SRC_REPORT_SPREAD_H
#define KARVAN_SRC_REPORT_SPREAD_H
/* How far one gets from a place: hours to each other, and the tree of the best ways. */
#include "karvan/report.h"

typedef struct karvan_i_spread {
    int32_t origin, n_places;
    double
        *hours; /* [n_places] expected hours of the best way by time, INFINITY where none leads */
    int32_t n_hops;
    int32_t *from, *to; /* [n_hops] links of these ways, each once */
} karvan_i_spread;

/* The best way by time to every place. On failure too: karvan_i_spread_clear. */
karvan_status karvan_i_spread_init(karvan_i_spread *r, const karvan_network *net, int32_t origin,
                                   karvan_error *err);
void karvan_i_spread_clear(karvan_i_spread *r);

/* Bounds of bands of about equal numbers of places, rounded to hours and days that one says; as
 * many as differ, KARVAN_I_BANDS - 1 at the most. Places beyond the last are of band n. */
enum { KARVAN_I_BANDS = 6 };
karvan_status karvan_i_spread_bands(const karvan_i_spread *r, double bound_h[KARVAN_I_BANDS - 1],
                                    int *n, karvan_error *err);
#endif
