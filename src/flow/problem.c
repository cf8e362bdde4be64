/* Checks of an assignment problem; its arcs in the order of their tails. */
#include "flow/problem.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/served.h"

static karvan_status check_sizes(const karvan_assignment_problem *g, karvan_error *err) {
    if (g->n_nodes < 0 || g->n_arcs < 0 || g->zones < 0 || g->zones > g->n_nodes ||
        g->first_through < 0 || g->first_through > g->n_nodes)
        return karvan_fail(err, KARVAN_E_ARG,
                           "a network of %d nodes and %d arcs, %d zones, passed through from node "
                           "%d on: none may be below 0, and the last two no more than the nodes",
                           (int)g->n_nodes, (int)g->n_arcs, (int)g->zones, (int)g->first_through);
    if (g->n_arcs > 0 && (!g->tail || !g->head || !g->vdf))
        return karvan_fail(err, KARVAN_E_ARG, "tail, head or vdf is NULL");
    if (g->n_classes < 1 || !g->classes)
        return karvan_fail(err, KARVAN_E_ARG, "%d classes of users; one is the least",
                           g->n_classes);
    return KARVAN_OK;
}

static karvan_status check_arcs(const karvan_assignment_problem *g, karvan_error *err) {
    for (int32_t a = 0; a < g->n_arcs; a++) {
        karvan_error why = {0};
        if (g->tail[a] < 0 || g->tail[a] >= g->n_nodes || g->head[a] < 0 ||
            g->head[a] >= g->n_nodes)
            return karvan_fail(err, KARVAN_E_ARG,
                               "arc %d leads from node %d to node %d; nodes are 0..%d", (int)a,
                               (int)g->tail[a], (int)g->head[a], (int)g->n_nodes - 1);
        if (karvan_vdf_check(&g->vdf[a], &why) != KARVAN_OK)
            return karvan_fail(err, KARVAN_E_ARG, "arc %d: %s", (int)a, why.msg);
        if (g->preload && (!(g->preload[a] >= 0) || isinf(g->preload[a])))
            return karvan_fail(err, KARVAN_E_ARG,
                               "arc %d: a preload of %g; it must be finite and >= 0", (int)a,
                               g->preload[a]);
    }
    return KARVAN_OK;
}

static karvan_status check_fixed(const karvan_assignment_problem *g, int class, karvan_error *err) {
    const double *fixed = g->classes[class].fixed;
    for (int32_t a = 0; fixed && a < g->n_arcs; a++) {
        double t0 = karvan_i_vdf_time(&g->vdf[a], 0);
        if (!isfinite(fixed[a]) || !(t0 + fixed[a] >= 0))
            return karvan_fail(err, KARVAN_E_ARG,
                               "class %d, arc %d: a fixed cost of %g beside a time of %g; they "
                               "must be finite and together >= 0",
                               class, (int)a, fixed[a], t0);
    }
    return KARVAN_OK;
}

static karvan_status check_cells(const karvan_trips *t, int class, int32_t origin,
                                 karvan_error *err) {
    int32_t before = -1;
    for (int64_t k = t->first[origin]; k < t->first[origin + 1]; k++) {
        int32_t d = t->destination[k];
        if (d < 0 || d >= t->zones)
            return karvan_fail(err, KARVAN_E_ARG,
                               "class %d: trips from zone %d to zone %d; zones are 0..%d", class,
                               (int)origin, (int)d, (int)t->zones - 1);
        if (d <= before)
            return karvan_fail(err, KARVAN_E_ARG,
                               "class %d: destinations of zone %d do not ascend at zone %d", class,
                               (int)origin, (int)d);
        if (!(t->trips[k] >= 0) || isinf(t->trips[k]))
            return karvan_fail(err, KARVAN_E_ARG,
                               "class %d: %g trips from zone %d to zone %d; they must be finite "
                               "and >= 0",
                               class, t->trips[k], (int)origin, (int)d);
        before = d;
    }
    return KARVAN_OK;
}

static karvan_status check_class(const karvan_assignment_problem *g, int class, karvan_error *err) {
    const karvan_user_class *c = &g->classes[class];
    const karvan_trips *t = c->trips;
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(c->pce > 0 && !isinf(c->pce), err, KARVAN_E_ARG,
                   "class %d: a pce of %g; it must be finite and > 0", class, c->pce);
    KARVAN_REQUIRE(t && t->first && (t->n == 0 || (t->destination && t->trips)), err, KARVAN_E_ARG,
                   "class %d has no trips", class);
    KARVAN_REQUIRE(t->zones == g->zones, err, KARVAN_E_ARG,
                   "class %d: trips between %d zones in a network of %d", class, (int)t->zones,
                   (int)g->zones);
    KARVAN_REQUIRE(t->first[0] == 0 && t->first[t->zones] == t->n, err, KARVAN_E_ARG,
                   "class %d: trips whose cells by origin are not 0..%lld", class, (long long)t->n);
    for (int32_t o = 0; o < t->zones; o++) {
        KARVAN_REQUIRE(t->first[o] <= t->first[o + 1] && t->first[o + 1] <= t->n, err, KARVAN_E_ARG,
                       "class %d: cells of zone %d end before they begin", class, (int)o);
        KARVAN_TRY(check_cells(t, class, o, err));
    }
    KARVAN_TRY(check_fixed(g, class, err));
done:
    return st;
}

/* Arcs grouped by their tail, in the caller's order within a tail. */
static void lay_arcs(karvan_i_problem *p) {
    const karvan_assignment_problem *g = p->given;
    for (int32_t a = 0; a < p->m; a++) p->first[g->tail[a] + 1]++;
    for (int32_t v = 0; v < p->n; v++) p->first[v + 1] += p->first[v];
    for (int32_t a = 0; a < p->m; a++) p->arc[p->first[g->tail[a]]++] = a;
    for (int32_t v = p->n; v > 0; v--) p->first[v] = p->first[v - 1];
    p->first[0] = 0;
    for (int32_t i = 0; i < p->m; i++) {
        int32_t a = p->arc[i];
        p->tail[i] = g->tail[a], p->head[i] = g->head[a], p->vdf[i] = g->vdf[a];
        p->preload[i] = g->preload ? g->preload[a] : 0;
    }
}

static karvan_status make_star(karvan_i_problem *p, karvan_error *err) {
    size_t m = (size_t)p->m + 1;
    p->first = karvan_i_calloc((size_t)p->n + 1, sizeof *p->first);
    p->tail = karvan_i_malloc(m, sizeof *p->tail), p->head = karvan_i_malloc(m, sizeof *p->head);
    p->arc = karvan_i_malloc(m, sizeof *p->arc), p->vdf = karvan_i_malloc(m, sizeof *p->vdf);
    p->preload = karvan_i_malloc(m, sizeof *p->preload);
    if (!p->first || !p->tail || !p->head || !p->arc || !p->vdf || !p->preload)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a network of %d arcs", (int)p->m);
    lay_arcs(p);
    return KARVAN_OK;
}

/* The first class whose fixed costs are these. */
static int alike(const karvan_assignment_problem *g, int class) {
    const double *fixed = g->classes[class].fixed;
    for (int c = 0; c < class; c++) {
        const double *other = g->classes[c].fixed;
        if (fixed == other ||
            (fixed && other && memcmp(fixed, other, (size_t)g->n_arcs * sizeof *fixed) == 0))
            return c;
    }
    return class;
}

static karvan_status make_groups(karvan_i_problem *p, karvan_error *err) {
    size_t n = (size_t)p->n_classes;
    p->group = karvan_i_calloc(n, sizeof *p->group);
    p->fixed = karvan_i_calloc(n, sizeof *p->fixed);
    if (!p->group || !p->fixed)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d classes", p->n_classes);
    for (int c = 0; c < p->n_classes; c++) {
        const double *fixed = p->given->classes[c].fixed;
        int like = alike(p->given, c);
        p->group[c] = like < c ? p->group[like] : p->n_groups;
        if (like < c) continue;
        double *own = fixed ? karvan_i_malloc((size_t)p->m + 1, sizeof *own) : NULL;
        if (fixed && !own)
            return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d fixed costs", (int)p->m);
        for (int32_t i = 0; own && i < p->m; i++) own[i] = fixed[p->arc[i]];
        p->fixed[p->n_groups++] = own;
    }
    return KARVAN_OK;
}

karvan_status karvan_i_problem_init(karvan_i_problem *p, const karvan_assignment_problem *given,
                                    karvan_principle principle, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *p = (karvan_i_problem){.given = given, .principle = principle};
    KARVAN_REQUIRE(given, err, KARVAN_E_ARG, "problem is NULL");
    KARVAN_REQUIRE(principle == KARVAN_USER_EQUILIBRIUM || principle == KARVAN_SYSTEM_OPTIMUM, err,
                   KARVAN_E_ARG, "no such principle: %d", (int)principle);
    KARVAN_TRY(check_sizes(given, err));
    KARVAN_TRY(check_arcs(given, err));
    for (int c = 0; c < given->n_classes; c++) KARVAN_TRY(check_class(given, c, err));
    p->n = given->n_nodes, p->m = given->n_arcs, p->zones = given->zones;
    p->first_through = given->first_through, p->n_classes = given->n_classes;
    KARVAN_TRY(make_star(p, err));
    KARVAN_TRY(make_groups(p, err));
    KARVAN_TRY(karvan_i_find_served(p, err));
done:
    if (st != KARVAN_OK) karvan_i_problem_clear(p);
    return st;
}

void karvan_i_problem_clear(karvan_i_problem *p) {
    for (int g = 0; g < p->n_groups; g++) karvan_i_free(p->fixed[g]);
    for (int c = 0; p->demand && c < p->n_classes; c++) {
        karvan_i_free(p->demand[c].own_first), karvan_i_free(p->demand[c].own_destination);
        karvan_i_free(p->demand[c].own_trips);
    }
    karvan_i_free(p->demand), karvan_i_free(p->fixed), karvan_i_free(p->group);
    karvan_i_free(p->unserved);
    karvan_i_free(p->first), karvan_i_free(p->tail), karvan_i_free(p->head);
    karvan_i_free(p->arc), karvan_i_free(p->vdf), karvan_i_free(p->preload);
    *p = (karvan_i_problem){0};
}
