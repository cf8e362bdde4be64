#ifndef KARVAN_TESTS_RANDOM_FLOWS_H
#define KARVAN_TESTS_RANDOM_FLOWS_H
/* Random small assignment problems. Include cmocka before. */
#include "flow_case.h"

static inline int pick(karvan_random *r, int n) { return (int)karvan_random_below(r, (uint64_t)n); }
static inline double real(karvan_random *r, double most) { return most * karvan_random_uniform(r); }

/* One draw a statement: compilers order the arguments of a call as they like. */
static inline void draw_arc(karvan_random *r, flow_case *c, int32_t tail, int32_t head) {
    static const double power[] = {1, 2, 4, 1.5};
    int kind = pick(r, 6);
    double t0 = pick(r, 5), capacity = 5 + pick(r, 10), a = 0.15 + real(r, 1),
           b = power[pick(r, 4)];
    if (kind == 0) /* no time at all */
        (void)case_arc(c, tail, head, 0, 0, 1, 1);
    else if (kind == 1)
        (void)case_arc(c, tail, head, t0, 0, 1, 1);
    else
        (void)case_arc(c, tail, head, 1 + t0, a, capacity, b);
    if (pick(r, 4) == 0) c->preload[c->arcs - 1] = pick(r, 6);
}

/* Networks with zones that are passed through or not, arcs side by side, pairs that no way joins.
 */
static inline flow_case random_flows(karvan_random *r) {
    int32_t nodes = 3 + pick(r, 5), zones = 2 + pick(r, nodes - 1 < 4 ? nodes - 1 : 3);
    flow_case c = case_of(nodes, zones, pick(r, 2) ? zones : 0);
    int arcs = nodes + pick(r, 12);
    c.classes = 1 + pick(r, CASE_CLASSES), c.first_pays = pick(r, 2);
    for (int i = 0; i < arcs; i++) {
        int32_t a = pick(r, nodes), b = pick(r, nodes);
        if (a != b) draw_arc(r, &c, a, b);
    }
    for (int k = 0; k < c.classes; k++) {
        c.pce[k] = k == 0 ? 1 : 1 + real(r, 2);
        for (int32_t a = 0; a < c.arcs; a++) c.fixed[k][a] = pick(r, 3) == 0 ? real(r, 4) : 0;
        for (int i = 0; i < zones * zones; i++) c.demand[k][i] = pick(r, 3) ? pick(r, 12) : 0;
    }
    return c;
}
#endif
