/* Stochastic user equilibrium: what is asked is checked, routes and flows are found in turn, and
 * what the method leaves becomes a solution, also where it was stopped. */
#include "flow/sue.h"

#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/sue_solution.h"

enum { ITERATIONS = 1000, ROUTES = 8, ROUNDS = 20 };
static const double GAP = 1e-8, ROUGH = 1e-3; /* while routes are still being found */

const char *karvan_sue_choice_name(karvan_sue_choice c) {
    static const char *const name[] = {"logit", "path-size", "nested", "recursive"};
    return name[c];
}

/* ---- what is asked ---- */

static karvan_status check_families(const karvan_sue_options *o, int32_t n_arcs,
                                    karvan_error *err) {
    if (!(o->nest_scale >= o->scale && isfinite(o->nest_scale)))
        return karvan_fail(err, KARVAN_E_ARG,
                           "nest scale %g: it must be finite and not below the scale, %g",
                           o->nest_scale, o->scale);
    if (!o->family || o->n_families < 1)
        return karvan_fail(err, KARVAN_E_ARG, "nested logit needs the families of arcs");
    for (int32_t a = 0; a < n_arcs; a++)
        if (o->family[a] < 0 || o->family[a] >= o->n_families)
            return karvan_fail(err, KARVAN_E_ARG, "arc %d: family %d outside 0..%d", (int)a,
                               (int)o->family[a], (int)o->n_families - 1);
    return KARVAN_OK;
}

static karvan_status check_options(const karvan_sue_options *o, int32_t n_arcs, karvan_error *err) {
    if ((int)o->choice < KARVAN_SUE_LOGIT || (int)o->choice > KARVAN_SUE_RECURSIVE)
        return karvan_fail(err, KARVAN_E_ARG, "no such choice: %d", (int)o->choice);
    if (!(o->scale > 0 && isfinite(o->scale)))
        return karvan_fail(err, KARVAN_E_ARG, "scale %g: it must be above 0 and finite", o->scale);
    if (!(o->size_exponent >= 0 && isfinite(o->size_exponent)))
        return karvan_fail(err, KARVAN_E_ARG,
                           "exponent %g of the path size: it must be 0 or more and finite",
                           o->size_exponent);
    if (!(o->gap >= 0))
        return karvan_fail(err, KARVAN_E_ARG, "a gap of %g; it must be >= 0", o->gap);
    if (o->routes < 0 || o->max_iterations < 0 || o->threads < 0)
        return karvan_fail(err, KARVAN_E_ARG,
                           "%d routes, %d iterations, %d threads; none may be below 0", o->routes,
                           o->max_iterations, o->threads);
    return o->choice == KARVAN_SUE_NESTED ? check_families(o, n_arcs, err) : KARVAN_OK;
}

static karvan_sue_options with_defaults(const karvan_sue_options *o) {
    karvan_sue_options d = *o;
    if (d.routes == 0) d.routes = ROUTES;
    if (d.max_iterations == 0) d.max_iterations = ITERATIONS;
    if (d.gap == 0) d.gap = GAP;
    if (d.size_exponent == 0) d.size_exponent = 1;
    return d;
}

/* ---- flows and routes in turn ---- */

/* New routes at the times of the state, of all classes: those that are best, or, to widen the sets,
 * those beside them too. */
static karvan_status find_routes(karvan_i_sue *s, bool widen, int most, int64_t *added,
                                 int64_t *apart, karvan_error *err) {
    karvan_i_loader *l = s->l;
    karvan_status st = KARVAN_OK;
    *added = 0;
    if (!widen) *apart = 0;
    for (int c = 0; c < l->p->n_classes; c++) {
        karvan_i_loader_cost(l, c, s->time);
        st = widen ? karvan_i_route_sets_widen(&l->sets[c], l->cost, most, added, l->cancel, err)
                   : karvan_i_route_sets_grow(&l->sets[c], l->cost, most, added, apart, l->cancel,
                                              err);
        KARVAN_TRY(st);
    }
    for (int c = 0; *added > 0 && c < l->p->n_classes; c++)
        KARVAN_TRY(
            karvan_i_route_sets_lay(&l->sets[c], l->length, l->family, l->o->n_families, err));
    if (*added > 0) st = karvan_i_sue_refresh(s, err);
done:
    return st;
}

/* To a rough gap while better routes are found, once more when sets were widened up to three
 * quarters, and then to the gap that was asked for. */
static karvan_status iterate_sets(karvan_i_sue *s, int64_t *apart, karvan_error *err) {
    const karvan_sue_options *o = s->l->o;
    karvan_status st = KARVAN_OK;
    double gap = fmax(o->gap, ROUGH);
    bool widened = false;
    for (int round = 0;; round++) {
        int64_t added = 0;
        KARVAN_TRY(karvan_i_sue_descend(s, gap, o->max_iterations, err));
        KARVAN_TRY(find_routes(s, false, round < ROUNDS ? o->routes : 0, &added, apart, err));
        if (added > 0) continue;
        if (!widened) {
            KARVAN_TRY(find_routes(s, true, o->routes - o->routes / 4, &added, apart, err));
            widened = true;
            if (added > 0) continue;
        }
        if (gap <= o->gap) break;
        gap = o->gap;
    }
done:
    return st;
}

static karvan_status iterate(karvan_i_sue *s, int64_t *apart, karvan_error *err) {
    const karvan_sue_options *o = s->l->o;
    return s->l->r ? karvan_i_sue_descend(s, o->gap, o->max_iterations, err)
                   : iterate_sets(s, apart, err);
}

static karvan_status state_init(karvan_i_sue *s, karvan_i_loader *l, karvan_error *err) {
    size_t m = (size_t)l->p->m + 1, all = m * (size_t)l->p->n_classes;
    *s = (karvan_i_sue){.l = l, .x = karvan_i_calloc(m, sizeof *s->x)};
    s->load = karvan_i_calloc(all, sizeof *s->load);
    s->total = karvan_i_calloc(m, sizeof *s->total), s->time = karvan_i_calloc(m, sizeof *s->time);
    if (s->x && s->load && s->total && s->time) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for flows of %d arcs", (int)l->p->m);
}

static void state_clear(karvan_i_sue *s) {
    karvan_i_free(s->x), karvan_i_free(s->load), karvan_i_free(s->total), karvan_i_free(s->time);
}

/* A state that was stopped on its way, perhaps between x and what belongs to it. */
static karvan_status settle(karvan_i_sue *s, karvan_error *err) {
    s->l->cancel = NULL;
    bool lifted;
    karvan_status st = karvan_i_sue_refresh(s, err);
    return st == KARVAN_OK ? karvan_i_sue_lift(s, &lifted, err) : st;
}

karvan_status karvan_sue_solve(const karvan_assignment_problem *problem,
                               const karvan_sue_options *options, karvan_sue **out,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK, ended = KARVAN_OK;
    karvan_i_problem p = {0};
    karvan_i_loader l = {0};
    karvan_i_sue s = {0};
    karvan_error told = {0}; /* a solution that cannot be made has an error of its own */
    int64_t apart = 0;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(options, err, KARVAN_E_ARG, "options is NULL");
    KARVAN_TRY(karvan_i_problem_init(&p, problem, KARVAN_USER_EQUILIBRIUM, err));
    KARVAN_TRY(check_options(options, p.m, err));
    karvan_sue_options o = with_defaults(options);
    KARVAN_TRY(karvan_i_loader_init(&l, &p, &o, err));
    KARVAN_TRY(state_init(&s, &l, err));
    ended = iterate(&s, &apart, &told);
    if (s.standing &&
        (ended == KARVAN_OK || ended == KARVAN_E_NOCONV || ended == KARVAN_E_CANCELLED)) {
        if (ended != KARVAN_OK) KARVAN_TRY(settle(&s, err));
        KARVAN_TRY(karvan_i_sue_make(&s, ended == KARVAN_OK, apart, out, err));
    }
    if (ended != KARVAN_OK) st = karvan_fail(err, ended, "%s", told.msg);
done:
    state_clear(&s);
    karvan_i_loader_clear(&l);
    karvan_i_problem_clear(&p);
    return st;
}
