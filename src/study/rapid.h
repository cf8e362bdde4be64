#ifndef KARVAN_SRC_STUDY_RAPID_H
#define KARVAN_SRC_STUDY_RAPID_H
/* The chain of one draw, quickly: prices by Newton's steps with a matrix that is kept, trade
 * answering at each of them. It begins near the end; where it does not come there it says so, and
 * the careful way (chain.c, flow/capacitated.h) is gone. */
#include "study/study.h"

/* settled[side]: each at medians. What is half full on one side, or has a price, is watched; wide:
 * and all that could be full. */
karvan_status karvan_i_frame_make(const karvan_i_chain *k, bool wide, int n_sides,
                                  const karvan_i_supply *supply, const karvan_i_outcome *settled,
                                  karvan_i_frame *out, karvan_error *err);
void karvan_i_frame_clear(karvan_i_frame *f);

/* What a draw makes of choice. */
typedef struct karvan_i_asked {
    double outer, inner, per_outer, per_inner; /* scales, and one over them */
    double *hour;                              /* [n_lanes] USD an hour of a TEU */
} karvan_i_asked;

/* One worker's room. */
typedef struct karvan_i_rapid {
    const karvan_i_frame *f;
    double *price, *trial, *capacity, *load, *offered; /* [n] */
    double *wait;                                      /* [n] hours */
    double *pattern_usd, *pattern_h;                   /* [patterns] what routes pay, and wait */
    double *flow, *hour_flow; /* [patterns] TEU a day; times what an hour is worth to them */
    karvan_i_asked asked;
    double *answer, *slope;    /* [n_groups] demand over what is given; theta over value and bill */
    double *matrix, *square;   /* [n][n] -d load / d price; room */
    double *step, *row, *felt; /* [n] */
    double *gap, *last;        /* [n] load less what is offered, here and at the last point */
    double *nest, *pays;       /* [nests][n]; [n_groups][n] */
    double *others;            /* [n_others] loads */
    int32_t *at, *seen, *free, *pivot; /* [n] */
    bool *held, *active;               /* [n]; active: in the matrix */
    double damping;
    bool known;                /* there is a matrix */
    int evaluations, matrices; /* so far */
    karvan_i_solver trade;
} karvan_i_rapid;
karvan_status karvan_i_rapid_init(karvan_i_rapid *w, const karvan_i_frame *f, karvan_error *err);
void karvan_i_rapid_clear(karvan_i_rapid *w);

/* What is asked of one side in one draw. */
typedef struct karvan_i_task {
    const karvan_i_supply *side;
    const double *value;
    double effect;
    const double *policy;           /* as karvan_i_chain_other */
    const karvan_i_outcome *before; /* side 0 of the draw; NULL: this is it */
} karvan_i_task;
/* s->loads.price: where to begin. The same answers as chain.c to the tolerances of this file, and
 * its errors. */
karvan_status karvan_i_rapid_solve(karvan_i_rapid *w, const karvan_i_task *task,
                                   karvan_i_outcome *s, karvan_error *err);

/* ---- between its files ---- */

/* Patterns' prices and waits. */
void karvan_i_rapid_price(karvan_i_rapid *w, const double *price);
/* Shares and costs of all pairs at them. */
void karvan_i_rapid_choose(const karvan_i_rapid *w, karvan_i_outcome *s);
/* Loads of s->loads.demand. */
void karvan_i_rapid_load(karvan_i_rapid *w, const karvan_i_outcome *s);
/* The matrix at the last point, of all watched resources. elastic: demand answers to what is paid.
 */
void karvan_i_rapid_matrix(karvan_i_rapid *w, const karvan_i_outcome *s, bool elastic);
#endif
