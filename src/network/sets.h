#ifndef KARVAN_SRC_NETWORK_SETS_H
#define KARVAN_SRC_NETWORK_SETS_H
/* Sets of walks, and what arcs add to the sums by which they are found. */
#include "network/labels.h"

typedef struct karvan_i_walks {
    int32_t n, cap;
    karvan_i_walk *walk;   /* [n] */
    bool capped, returned; /* see karvan_i_labels_capped, karvan_i_labels_returned */
} karvan_i_walks;
/* Moves the walk in, and takes its arcs. KARVAN_E_NOMEM: the walk is cleared. */
karvan_status karvan_i_walks_take(karvan_i_walks *w, karvan_i_walk *walk, karvan_error *err);
void karvan_i_walks_clear(karvan_i_walks *w);

/* Which sum. */
typedef enum karvan_i_sum {
    KARVAN_I_SUM_HOURS,
    KARVAN_I_SUM_USD,
    KARVAN_I_SUM_KG,
    KARVAN_I_SUM_VARIANCE,
    KARVAN_I_SUM_WEIGHTED,
    KARVAN_I_SUM_TRANSHIPMENTS,
    KARVAN_I_SUM_CLOSED /* rows that are not in service on the network's day */
} karvan_i_sum;
/* [n_arcs] */
void karvan_i_sum_fill(const karvan_network *net, karvan_i_sum which, const karvan_weights *w,
                       double *out);

/* Name of a row, "?" where it has none. */
const char *karvan_i_row_name(const karvan_table *t, int64_t row);

/* Each on a lexicographic task of two criteria; fewer than k where there are no more. */
karvan_status karvan_i_k_shortest(const karvan_i_task *t, int k, karvan_i_walks *out,
                                  karvan_error *err);
karvan_status karvan_i_alternatives(const karvan_i_task *t, int k, double max_overlap,
                                    karvan_i_walks *out, karvan_error *err);

/* The query as a task with its constraint and sums. Clear with karvan_i_question_clear. */
typedef struct karvan_i_question {
    karvan_i_constraint constraint;
    karvan_i_task task;
    double *sum;
    double limit[8];
} karvan_i_question;
/* criteria: [n] at most 4 */
karvan_status karvan_i_question_init(const karvan_network *net, const karvan_routes_query *q,
                                     bool pareto, int n, const karvan_i_sum *criteria,
                                     karvan_i_question *out, karvan_error *err);
void karvan_i_question_clear(karvan_i_question *a);

/* KARVAN_E_NOCONV with the closures or constraints that cut the way, KARVAN_E_NOMEM. returned:
 * there are walks, and all come back to a place with other groups passed. */
karvan_status karvan_i_no_way(const karvan_network *net, const karvan_routes_query *q,
                              bool returned, karvan_error *err);
/* KARVAN_E_NOCONV: with the labels that are kept none was found. */
karvan_status karvan_i_gave_up(const karvan_network *net, const karvan_routes_query *q,
                               karvan_error *err);
#endif
