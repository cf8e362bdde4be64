/* A problem and its solution, to be asked: is the one of the other, and which ways does it hold? */
#include "flow/analysis.h"

#include "base/alloc.h"
#include "base/try.h"

static karvan_status check_solution(const karvan_i_problem *p, const karvan_assignment *s,
                                    karvan_error *err) {
    if (s->n_classes != p->n_classes)
        return karvan_fail(err, KARVAN_E_ARG, "a solution of %d classes of users; there are %d",
                           s->n_classes, p->n_classes);
    if (s->network != karvan_i_digest_network(p))
        return karvan_fail(err, KARVAN_E_ARG,
                           "a solution of another network: its nodes, zones and arcs must be the "
                           "same, in the same order");
    for (int c = 0; c < p->n_classes; c++)
        if (s->demand[c] != karvan_i_digest_demand(p, c))
            return karvan_fail(err, KARVAN_E_ARG, "a solution of other demand: that of class %d",
                               c);
    return KARVAN_OK;
}

/* Bushes are of groups, so classes must pay alike as they did. */
static void take_bushes(karvan_analysis *a) {
    const karvan_i_bushes *all = karvan_i_assignment_kept(a->solution, karvan_i_bushes_destroy);
    a->has_ways = !(a->p.served > 0);
    if (!all) return;
    for (int c = 0; c < a->p.n_classes; c++)
        if (all->group[c] != a->p.group[c]) return;
    a->has_ways = true, a->n_bushes = all->n, a->bush = all->bush;
}

karvan_status karvan_analysis_create(const karvan_assignment_problem *problem,
                                     const karvan_assignment *solution, karvan_analysis **out,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_analysis *a = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(problem && solution, err, KARVAN_E_ARG, "no problem, or no solution");
    a = karvan_i_calloc(1, sizeof *a);
    KARVAN_REQUIRE(a, err, KARVAN_E_NOMEM, "no memory for an analysis");
    KARVAN_TRY(karvan_i_problem_init(&a->p, problem, KARVAN_USER_EQUILIBRIUM, err));
    KARVAN_TRY(check_solution(&a->p, solution, err));
    a->solution = solution;
    a->time = karvan_i_malloc((size_t)a->p.m + 1, sizeof *a->time);
    KARVAN_REQUIRE(a->time, err, KARVAN_E_NOMEM, "no memory for %d arcs", (int)a->p.m);
    for (int32_t i = 0; i < a->p.m; i++) a->time[i] = solution->time[a->p.arc[i]];
    take_bushes(a);
    *out = a, a = NULL;
done:
    karvan_analysis_destroy(a);
    return st;
}

void karvan_analysis_destroy(karvan_analysis *a) {
    if (!a) return;
    karvan_i_problem_clear(&a->p);
    karvan_i_free(a->time), karvan_i_free(a);
}

bool karvan_analysis_has_ways(const karvan_analysis *a) { return a->has_ways; }

karvan_status karvan_i_need_ways(const karvan_analysis *a, karvan_error *err) {
    if (a->has_ways) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "the solution holds flows of links, but not the ways that make them up; one "
                       "by bushes does");
}

const karvan_i_bush *karvan_i_bush_of(const karvan_analysis *a, int group, int32_t origin) {
    int32_t low = 0, high = a->n_bushes;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        const karvan_i_bush *b = &a->bush[middle];
        if (b->group < group || (b->group == group && b->origin < origin))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == a->n_bushes) return NULL;
    const karvan_i_bush *b = &a->bush[low];
    return b->group == group && b->origin == origin ? b : NULL;
}

void karvan_i_user_costs(const karvan_analysis *a, int group, double *cost) {
    const double *fixed = a->p.fixed[group];
    for (int32_t i = 0; i < a->p.m; i++) {
        double c = fixed ? a->time[i] + fixed[i] : a->time[i];
        cost[i] = c > 0 ? c : 0;
    }
}
