/* Methods that know flows of arcs only, not the ways they come from: all or nothing, the
 * incremental method, successive averages (Powell and Sheffi 1982, Transportation Science 16(1)),
 * and the loop around Frank and Wolfe's steps. Each round is one search from every origin. */
#include "flow/links.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

static size_t class_bytes(const karvan_i_problem *p) {
    return (size_t)p->n_classes * (size_t)p->m * sizeof(double);
}

static void links_clear(karvan_i_links *w) {
    karvan_i_forest_destroy(w->forest);
    karvan_i_free(w->flow), karvan_i_free(w->base), karvan_i_free(w->y), karvan_i_free(w->total);
}

static karvan_status links_init(karvan_i_links *w, karvan_i_run *run, karvan_error *err) {
    const karvan_i_problem *p = run->p;
    size_t m = (size_t)p->m + 1;
    *w = (karvan_i_links){.run = run, .flow = karvan_i_calloc(m, sizeof *w->flow)};
    w->base = karvan_i_malloc(m, sizeof *w->base);
    w->total = karvan_i_malloc(m, sizeof *w->total);
    w->y = karvan_i_malloc(class_bytes(p) + 1, 1);
    if (w->flow && w->base && w->total && w->y) return karvan_i_forest_create(p, &w->forest, err);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for flows of %d arcs", (int)p->m);
}

/* Costs at w->flow, and all or nothing under them. */
static karvan_status search(karvan_i_links *w, karvan_error *err) {
    karvan_i_run *run = w->run;
    karvan_status st = karvan_i_costs(run->p, w->flow, w->base, err);
    if (st != KARVAN_OK) return st;
    return karvan_i_all_or_nothing(run->p, w->base, w->forest, run->threads, run->cancel, w->y,
                                   &run->least_cost, err);
}

static karvan_status all_or_nothing(karvan_i_links *w, karvan_error *err) {
    karvan_i_run *run = w->run;
    karvan_status st = search(w, err);
    if (st != KARVAN_OK) return st;
    if (run->p->m > 0) memcpy(run->class_flow, w->y, class_bytes(run->p));
    run->standing = true;
    return KARVAN_OK;
}

static karvan_status incremental(karvan_i_links *w, karvan_error *err) {
    karvan_i_run *run = w->run;
    karvan_status st = KARVAN_OK;
    int64_t n = (int64_t)run->p->n_classes * run->p->m;
    for (int k = 0; k < run->max_iterations; k++) {
        KARVAN_TRY(search(w, err));
        for (int64_t i = 0; i < n; i++) run->class_flow[i] += w->y[i] / run->max_iterations;
        karvan_i_sum_classes(run->p, run->class_flow, w->flow);
        run->iterations++;
        karvan_progress_add(run->progress, 1);
    }
    run->standing = true;
done:
    return st;
}

/* Flows that serve the demand: those of the start where it served the same, else all or nothing at
 * the costs of the start, or at no flow. */
static karvan_status first_flows(karvan_i_links *w, karvan_error *err) {
    karvan_i_run *run = w->run;
    const double *start = run->start ? karvan_i_assignment_class_flow(run->start) : NULL;
    if (!start) return all_or_nothing(w, err);
    if (!run->same_demand) { /* flows of a start that cost more than can be counted tell no way */
        karvan_i_sum_classes(run->p, start, w->flow);
        if (karvan_i_costs(run->p, w->flow, w->base, NULL) != KARVAN_OK)
            for (int32_t a = 0; a < run->p->m; a++) w->flow[a] = 0;
        return all_or_nothing(w, err);
    }
    if (run->p->m > 0) memcpy(run->class_flow, start, class_bytes(run->p));
    run->standing = true;
    return KARVAN_OK;
}

/* The average of all searches so far; `k` steps were taken. */
static void average(const karvan_i_links *w, int k) {
    int64_t n = (int64_t)w->run->p->n_classes * w->run->p->m;
    double *x = w->run->class_flow;
    for (int64_t i = 0; i < n; i++) x[i] = (x[i] * (k + 1) + w->y[i]) / (k + 2);
}

/* Descent NULL: successive averages. */
static karvan_status iterate(karvan_i_links *w, karvan_i_descent *descent, karvan_error *err) {
    karvan_i_run *run = w->run;
    const karvan_i_problem *p = run->p;
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(first_flows(w, err));
    for (int k = 0;; k++) {
        karvan_i_sum_classes(p, run->class_flow, w->flow);
        KARVAN_TRY(search(w, err));
        run->measured = true, run->iterations = k;
        w->spent = karvan_i_spent(p, run->class_flow, w->base);
        KARVAN_REQUIRE(isfinite(w->spent), err, KARVAN_E_ARG,
                       "flows cost more in all than can be counted");
        double gap = w->spent > 0 ? (w->spent - run->least_cost) / w->spent : 0;
        if (gap <= run->gap) break;
        KARVAN_REQUIRE(k < run->max_iterations, err, KARVAN_E_NOCONV,
                       "a relative gap of %.2g after %d iterations, where %.2g was asked for", gap,
                       k, run->gap);
        KARVAN_REQUIRE(!descent || karvan_i_descent_step(descent, w), err, KARVAN_E_NOCONV,
                       "a relative gap of %.2g after %d iterations, where %.2g was asked for: no "
                       "step makes it smaller in double precision",
                       gap, k, run->gap);
        if (!descent) average(w, k);
        run->measured = false, run->iterations = k + 1;
        karvan_progress_add(run->progress, 1);
    }
done:
    return st;
}

karvan_status karvan_i_solve_links(karvan_i_run *run, karvan_assignment_method method,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_descent *descent = NULL;
    karvan_i_links w;
    KARVAN_TRY(links_init(&w, run, err));
    if (method == KARVAN_BFW || method == KARVAN_FW)
        KARVAN_TRY(karvan_i_descent_create(run->p, method == KARVAN_BFW, &descent, err));
    if (method == KARVAN_AON) {
        KARVAN_TRY(all_or_nothing(&w, err));
        run->iterations = 1;
        karvan_progress_add(run->progress, 1);
    } else {
        st = method == KARVAN_INCREMENTAL ? incremental(&w, err) : iterate(&w, descent, err);
    }
done:
    karvan_i_descent_destroy(descent);
    links_clear(&w);
    return st;
}
