/* What an arc costs under a flow, and what flows come to. */
#include <math.h>

#include "base/try.h"
#include "flow/problem.h"
#include "flow/sum.h"

double karvan_i_arc_integral(const karvan_i_problem *p, int32_t a, double flow) {
    double x = flow + p->preload[a];
    if (p->principle == KARVAN_USER_EQUILIBRIUM) return karvan_vdf_integral(&p->vdf[a], x);
    return x * karvan_i_vdf_time(&p->vdf[a], x);
}

karvan_status karvan_i_costs(const karvan_i_problem *p, const double *flow, double *cost,
                             karvan_error *err) {
    for (int32_t a = 0; a < p->m; a++) {
        double x = flow[a]; /* cost may be the same array */
        cost[a] = karvan_i_arc_cost(p, a, x);
        if (!isfinite(cost[a]))
            return karvan_fail(err, KARVAN_E_ARG,
                               "arc %d costs more than can be counted under a flow of %g; fewer "
                               "trips, or a larger capacity, are right",
                               (int)p->arc[a], x + p->preload[a]);
    }
    return KARVAN_OK;
}

void karvan_i_sum_classes(const karvan_i_problem *p, const double *class_flow, double *flow) {
    for (int32_t a = 0; a < p->m; a++) flow[a] = class_flow[a];
    for (int c = 1; c < p->n_classes; c++)
        for (int32_t a = 0; a < p->m; a++) flow[a] += class_flow[(int64_t)c * p->m + a];
}

double karvan_i_fixed_cost(const karvan_i_problem *p, const double *class_flow) {
    karvan_i_sum s = {0, 0};
    for (int c = 0; c < p->n_classes; c++) {
        const double *fixed = p->fixed[p->group[c]];
        for (int32_t a = 0; fixed && a < p->m; a++)
            karvan_i_sum_add(&s, fixed[a] * class_flow[(int64_t)c * p->m + a]);
    }
    return karvan_i_sum_value(&s);
}

void karvan_i_measure(const karvan_i_problem *p, const double *class_flow, const double *flow,
                      double *objective, double *total_cost, double *total_time) {
    karvan_i_sum integrals = {0, 0}, time = {0, 0};
    double fixed = karvan_i_fixed_cost(p, class_flow);
    for (int32_t a = 0; a < p->m; a++) {
        double x = flow[a] + p->preload[a];
        karvan_i_sum_add(&integrals, karvan_i_arc_integral(p, a, flow[a]));
        karvan_i_sum_add(&time, x * karvan_i_arc_time(p, a, flow[a]));
    }
    *objective = karvan_i_sum_value(&integrals) + fixed;
    *total_time = karvan_i_sum_value(&time);
    *total_cost = *total_time + fixed;
}

double karvan_i_spent(const karvan_i_problem *p, const double *class_flow, const double *base) {
    karvan_i_sum s = {0, 0};
    for (int c = 0; c < p->n_classes; c++)
        for (int32_t a = 0; a < p->m; a++)
            karvan_i_sum_add(&s, base[a] * class_flow[(int64_t)c * p->m + a]);
    return karvan_i_sum_value(&s) + karvan_i_fixed_cost(p, class_flow);
}
