#ifndef KARVAN_SRC_FLOW_MIXING_H
#define KARVAN_SRC_FLOW_MIXING_H
/* Rounds that call for a new point each, and what to make of it: Anderson's mixing (1965, Journal
 * of the ACM 12(4)) of the last rounds, with a brake for rounds that overshoot (self-regulated
 * averaging: Liu, He and He 2009, Networks and Spatial Economics 9(4)). */
#include "karvan/base.h"

enum { KARVAN_I_MIXING = 6 };
typedef struct karvan_i_mixing {
    size_t n;
    const double *scale; /* [n] a move of which counts as 1; 0: never moves */
    double *room;
    double *x, *move; /* [n] of the round before; move in units of scale */
    double *step[KARVAN_I_MIXING], *turn[KARVAN_I_MIXING]; /* differences of x, of move */
    int kept, newest;
    bool first;
    double brake, last;
} karvan_i_mixing;
/* scale is borrowed. */
karvan_status karvan_i_mixing_init(karvan_i_mixing *m, size_t n, const double *scale,
                                   karvan_error *err);
void karvan_i_mixing_clear(karvan_i_mixing *m);
/* x becomes the next point to try, `called` is what the round at x called for. */
void karvan_i_mixing_advance(karvan_i_mixing *m, double *x, const double *called);
#endif
