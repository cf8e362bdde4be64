/* The traffic assignment problem: what is asked is checked, a method does the work, and what it
 * leaves becomes a solution, also where it was stopped. */
#include "flow/assignment.h"

#include <math.h>

#include "base/alloc.h"
#include "base/try.h"

enum { ITERATIONS = 10000, PARTS = 10 };

static karvan_status check_options(const karvan_assignment_options *o, karvan_error *err) {
    if (!(o->gap >= 0))
        return karvan_fail(err, KARVAN_E_ARG, "a gap of %g; it must be >= 0", o->gap);
    if (o->max_iterations < 0 || o->threads < 0)
        return karvan_fail(err, KARVAN_E_ARG, "%d iterations by %d threads; neither may be below 0",
                           o->max_iterations, o->threads);
    if ((int)o->method < KARVAN_BUSH || (int)o->method > KARVAN_AON)
        return karvan_fail(err, KARVAN_E_ARG, "no such method: %d", (int)o->method);
    return KARVAN_OK;
}

/* Flows differ from trips by rounding alone up to this part of what passes a node. */
static const double ROUNDING = 1e-10;

/* Do a class's flows leave and enter every node as its trips do? balance, passing [n]: room. */
static bool carries(const karvan_i_problem *p, int class, const double *flow, double *balance,
                    double *passing) {
    const karvan_i_demand *d = &p->demand[class];
    for (int32_t v = 0; v < p->n; v++) balance[v] = passing[v] = 0;
    for (int32_t o = 0; o < p->zones; o++)
        for (int64_t k = d->first[o]; k < d->first[o + 1]; k++) {
            double f = d->pce * d->trips[k];
            balance[o] += f, balance[d->destination[k]] -= f;
            passing[o] += f, passing[d->destination[k]] += f;
        }
    for (int32_t a = 0; a < p->m; a++) {
        balance[p->tail[a]] -= flow[a], balance[p->head[a]] += flow[a];
        passing[p->tail[a]] += flow[a], passing[p->head[a]] += flow[a];
    }
    for (int32_t v = 0; v < p->n; v++)
        if (!(fabs(balance[v]) <= ROUNDING * passing[v])) return false;
    return true;
}

/* Digests say whether the demand is the same; flows that do not carry it (out of a file that was
 * changed, or of a stochastic equilibrium that was stopped) do not stand for it. */
static karvan_status compare_demand(const karvan_i_problem *p, karvan_i_run *run,
                                    karvan_error *err) {
    const karvan_assignment *s = run->start;
    double *room = karvan_i_malloc(2 * (size_t)p->n + 1, sizeof *room);
    if (!room) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d nodes", (int)p->n);
    run->same_demand = true;
    for (int c = 0; c < p->n_classes && run->same_demand; c++)
        run->same_demand = s->demand[c] == karvan_i_digest_demand(p, c) &&
                           carries(p, c, s->class_flow + (int64_t)c * p->m, room, room + p->n);
    karvan_i_free(room);
    return KARVAN_OK;
}

static karvan_status check_start(const karvan_i_problem *p, karvan_i_run *run, karvan_error *err) {
    const karvan_assignment *s = run->start;
    if (!s) return KARVAN_OK;
    if (s->n_classes != p->n_classes)
        return karvan_fail(err, KARVAN_E_ARG, "a start with %d classes of users where %d are asked",
                           s->n_classes, p->n_classes);
    if (s->network != karvan_i_digest_network(p))
        return karvan_fail(err, KARVAN_E_ARG,
                           "the start is a solution of another network: its nodes, zones and arcs "
                           "must be the same, in the same order");
    return compare_demand(p, run, err);
}

static karvan_status solve(karvan_i_run *run, karvan_assignment_method method, karvan_error *err) {
    if (method == KARVAN_BUSH) return karvan_i_solve_bush(run, err);
    return karvan_i_solve_links(run, method, err);
}

karvan_status karvan_assignment_solve(const karvan_assignment_problem *problem,
                                      const karvan_assignment_options *options,
                                      karvan_assignment **out, karvan_error *err) {
    karvan_status st = KARVAN_OK, ended = KARVAN_OK;
    karvan_i_problem p = {0};
    karvan_i_run run = {0};
    karvan_error told = {0}; /* a solution that cannot be made has an error of its own */
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(options, err, KARVAN_E_ARG, "options is NULL");
    KARVAN_TRY(check_options(options, err));
    KARVAN_TRY(karvan_i_problem_init(&p, problem, options->principle, err));
    int most = options->method == KARVAN_INCREMENTAL ? PARTS : ITERATIONS;
    run = (karvan_i_run){.p = &p,
                         .gap = options->gap,
                         .max_iterations = options->max_iterations ? options->max_iterations : most,
                         .threads = options->threads,
                         .cancel = options->cancel,
                         .progress = options->progress,
                         .start = options->start};
    KARVAN_TRY(check_start(&p, &run, err));
    run.class_flow = karvan_i_calloc((size_t)p.n_classes * (size_t)p.m + 1, sizeof(double));
    KARVAN_REQUIRE(run.class_flow, err, KARVAN_E_NOMEM, "no memory for flows of %d arcs", (int)p.m);
    ended = solve(&run, options->method, &told);
    if (run.standing &&
        (ended == KARVAN_OK || ended == KARVAN_E_NOCONV || ended == KARVAN_E_CANCELLED))
        KARVAN_TRY(karvan_i_assignment_make(&run, out, err));
    if (ended != KARVAN_OK) st = karvan_fail(err, ended, "%s", told.msg);
done:
    if (run.kept) run.destroy_kept(run.kept);
    karvan_i_free(run.class_flow);
    karvan_i_problem_clear(&p);
    return st;
}

void karvan_assignment_destroy(karvan_assignment *a) {
    if (!a) return;
    for (int c = 0; a->name && c < a->n_classes; c++) karvan_i_free(a->name[c]);
    if (a->kept) a->destroy_kept(a->kept);
    karvan_i_free(a->name), karvan_i_free(a->demand), karvan_i_free(a->pce);
    karvan_i_free(a->class_flow), karvan_i_free(a->arc), karvan_i_free(a->tail);
    karvan_i_free(a->head), karvan_i_free(a->flow), karvan_i_free(a->time);
    karvan_i_free(a->fixed), karvan_i_free(a->unserved), karvan_i_free(a);
}

karvan_assignment_stats karvan_assignment_statistics(const karvan_assignment *a) {
    return a->stats;
}
const double *karvan_assignment_flow_view(const karvan_assignment *a) { return a->flow; }
const double *karvan_assignment_time_view(const karvan_assignment *a) { return a->time; }

karvan_status karvan_assignment_class_flow(const karvan_assignment *a, int class, double *out,
                                           karvan_error *err) {
    if (class < 0 || class >= a->n_classes || (!out && a->m > 0))
        return karvan_fail(err, KARVAN_E_ARG, "class %d of %d, or out is NULL", class,
                           a->n_classes);
    const double *flow = a->class_flow + (int64_t) class * a->m;
    for (int32_t i = 0; i < a->m; i++) out[a->arc[i]] = flow[i] / a->pce[class];
    return KARVAN_OK;
}

const double *karvan_i_assignment_class_flow(const karvan_assignment *a) { return a->class_flow; }
void *karvan_i_assignment_kept(const karvan_assignment *a, void (*destroy_kept)(void *)) {
    return a->destroy_kept == destroy_kept ? a->kept : NULL;
}
