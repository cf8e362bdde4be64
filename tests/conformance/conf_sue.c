/* Stochastic user equilibrium on public networks. No published solution says its route sets to the
 * last route, so that what is held is what any solution must be: flows that the loading makes again
 * at the times they cause, an objective that grows with the scale, and, as the scale grows, the
 * best known objectives and flows of user equilibrium. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "conformance/public_network.h"
#include "karvan/choice.h"

static karvan_sue *solve(const public_network *r, karvan_sue_choice choice, double scale,
                         double gap) {
    karvan_sue *s = NULL;
    karvan_error e = {0};
    karvan_sue_options o = {.choice = choice, .scale = scale, .gap = gap, .family = r->net.type};
    if (choice == KARVAN_SUE_NESTED) { /* types count from 1 to 9 in these files */
        o.nest_scale = 2 * scale, o.n_families = 10;
    }
    if (karvan_sue_solve(&r->problem, &o, &s, &e) != KARVAN_OK)
        fail_msg("%s at %g: %s", karvan_sue_choice_name(choice), scale, e.msg);
    karvan_sue_stats k = karvan_sue_statistics(s);
    assert_true(k.gap <= gap && fabs(k.fisk_gap) <= 1e-3 * gap && k.unserved == 0);
    return s;
}

static const double *flow_of(const karvan_sue *s) {
    return karvan_assignment_flow_view(karvan_sue_assignment_view(s));
}

static double apart(const public_network *r, const double *x, const double *y) {
    double sum = 0, all = 0;
    for (int32_t a = 0; a < r->net.links; a++) sum += fabs(x[a] - y[a]), all += y[a];
    return sum / all;
}

static double beckmann(const public_network *r, const double *x) {
    double sum = 0;
    for (int32_t a = 0; a < r->net.links; a++) sum += karvan_vdf_integral(&r->vdf[a], x[a]);
    return sum;
}

/* Flows of recursive logit, at the times of the solution, are the solution's. */
static void load_makes_the_flows_again(const public_network *r, double scale) {
    size_t m = (size_t)r->net.links;
    double *time = malloc(m * sizeof *time), *again = malloc(m * sizeof *again);
    karvan_recursive *walks = NULL;
    karvan_sue *s = solve(r, KARVAN_SUE_RECURSIVE, scale, 1e-9);
    assert_true(time && again);
    for (size_t a = 0; a < m; a++) time[a] = karvan_vdf_time(&r->vdf[a], flow_of(s)[a]);
    assert_int_equal(karvan_recursive_create(r->net.nodes, r->net.links, r->net.from, r->net.to,
                                             r->net.first_through, &walks, NULL),
                     KARVAN_OK);
    assert_int_equal(
        karvan_recursive_load(walks, time, scale, &r->trips, 0, again, NULL, NULL, NULL),
        KARVAN_OK);
    assert_true(apart(r, flow_of(s), again) <= 2e-9);
    karvan_recursive_destroy(walks), karvan_sue_destroy(s);
    free(time), free(again);
}

/* Entropy is worth less as the scale grows: Fisk's objective rises to that of user equilibrium from
 * below (sizes of routes may lift it above), that of its flows falls to it from above, and flows
 * near the best known. */
static void user_equilibrium_is_the_end(const public_network *r, karvan_sue_choice choice,
                                        double scale, double objective, double flows) {
    double best = beckmann(r, r->volume), below = -INFINITY, away = INFINITY;
    for (int k = 0; k < 4; k++, scale *= 4) {
        karvan_sue *s = solve(r, choice, scale, 1e-7);
        double fisk = karvan_sue_statistics(s).objective, above = beckmann(r, flow_of(s));
        bool sized = choice == KARVAN_SUE_PATH_SIZE || choice == KARVAN_SUE_NESTED;
        assert_true(sized || (fisk > below && fisk < best * (1 + 1e-9)));
        assert_true(above > best * (1 - 1e-9));
        assert_true(apart(r, flow_of(s), r->volume) < away);
        below = fisk, away = apart(r, flow_of(s), r->volume);
        if (k == 3)
            assert_true(fabs(fisk - best) < best * objective && above < best * (1 + objective));
        karvan_sue_destroy(s);
    }
    assert_true(away < flows);
}

static void sioux_falls(void **state) {
    (void)state;
    public_network r;
    if (!public_read(SIOUX_FALLS, &r)) skip();
    load_makes_the_flows_again(&r, 0.5), load_makes_the_flows_again(&r, 5);
    user_equilibrium_is_the_end(&r, KARVAN_SUE_RECURSIVE, 1, 3e-4, 2e-3);
    user_equilibrium_is_the_end(&r, KARVAN_SUE_LOGIT, 1, 3e-4, 2e-3);
    user_equilibrium_is_the_end(&r, KARVAN_SUE_PATH_SIZE, 1, 3e-4, 2e-3);
    user_equilibrium_is_the_end(&r, KARVAN_SUE_NESTED, 1, 3e-4, 2e-3);
    public_clear(&r);
}

static void anaheim(void **state) {
    (void)state;
    public_network r;
    if (!public_read(ANAHEIM, &r)) skip();
    load_makes_the_flows_again(&r, 3);
    user_equilibrium_is_the_end(&r, KARVAN_SUE_RECURSIVE, 2, 3e-4, 2e-2);
    user_equilibrium_is_the_end(&r, KARVAN_SUE_LOGIT, 2, 3e-4, 2e-2);
    user_equilibrium_is_the_end(&r, KARVAN_SUE_PATH_SIZE, 2, 3e-4, 2e-2);
    public_clear(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(sioux_falls), cmocka_unit_test(anaheim)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
