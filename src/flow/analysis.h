#ifndef KARVAN_SRC_FLOW_ANALYSIS_H
#define KARVAN_SRC_FLOW_ANALYSIS_H
/* What is read off a solution: the problem laid out again, the bushes that the solution keeps, and
 * how trips go through them. */
#include "flow/assignment.h"
#include "flow/bush.h"
#include "karvan/analysis.h"

struct karvan_analysis {
    karvan_i_problem p;
    const karvan_assignment *solution;
    bool has_ways;
    int32_t n_bushes; /* 0 where nothing moves */
    const karvan_i_bush *bush;
    double *time; /* [m] by place in the star */
};

/* KARVAN_E_ARG where the solution holds no ways. */
karvan_status karvan_i_need_ways(const karvan_analysis *a, karvan_error *err);
/* NULL: nobody of the group leaves the origin. */
const karvan_i_bush *karvan_i_bush_of(const karvan_analysis *a, int group, int32_t origin);
/* cost[m]: what users of a group pay for arcs, never below 0. */
void karvan_i_user_costs(const karvan_analysis *a, int group, double *cost);

/* The arcs by which a place of a bush is entered, and the share of each in what comes there: that
 * of its entry, in the very numbers of karvan_i_bush_flows. */
typedef struct karvan_i_entrance {
    int32_t node, n;
    const int32_t *arc; /* [n] */
    const double *flow; /* [n]; NULL: one arc brings all */
    double sum;
} karvan_i_entrance;
static inline karvan_i_entrance karvan_i_entrance_at(const karvan_i_problem *p,
                                                     const karvan_i_bush *b, int32_t i) {
    int32_t a = b->seq[i];
    if (a >= 0) return (karvan_i_entrance){p->head[a], 1, &b->seq[i], NULL, 1};
    const karvan_i_merge *g = &b->merge[~a];
    karvan_i_entrance e = {g->node, g[1].first - g->first, &b->arc[g->first], &b->flow[g->first],
                           0};
    for (int32_t k = 0; k < e.n; k++) e.sum += e.flow[k];
    return e;
}
static inline double karvan_i_share(const karvan_i_entrance *e, int32_t k) {
    if (!e->flow) return 1;
    return e->sum > 0 ? e->flow[k] / e->sum : k == 0;
}
#endif
