/* Bushes that are saved and gone on from: what comes back is what stood, and what is wrong with a
 * text of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "flow/saved.h"
#include "flow_grid.h"
#include "random_flows.h"
#include "sweep.h"

static karvan_assignment *solve(const karvan_assignment_problem *p, karvan_assignment_options o,
                                karvan_status want) {
    karvan_assignment *a = NULL;
    karvan_error e = {0};
    karvan_status st = karvan_assignment_solve(p, &o, &a, &e);
    if (st != want) fail_msg("status %d: %s", (int)st, e.msg);
    return a;
}

static int iterations(const karvan_assignment *a) {
    return karvan_assignment_statistics(a).iterations;
}

/* Saved, read, and saved again to the same text. */
static karvan_assignment *through_text(const karvan_assignment *a) {
    karvan_assignment *b = NULL;
    karvan_i_text text = {0}, again = {0};
    karvan_error e = {0};
    assert_int_equal(karvan_i_saved_print(a, &text, NULL), KARVAN_OK);
    if (karvan_assignment_parse(text.s, text.n, "f", &b, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(karvan_i_saved_print(b, &again, NULL), KARVAN_OK);
    assert_int_equal(text.n, again.n);
    assert_memory_equal(text.s, again.s, text.n);
    karvan_i_text_clear(&text), karvan_i_text_clear(&again);
    return b;
}

static void same_flows(const karvan_assignment *a, const karvan_assignment *b, int32_t arcs) {
    assert_memory_equal(karvan_assignment_flow_view(a), karvan_assignment_flow_view(b),
                        (size_t)arcs * sizeof(double));
}

/* Differences, summed, as a part of the sum of flows. */
static void near_flows(const karvan_assignment *a, const karvan_assignment *b, int32_t arcs,
                       double most) {
    double apart = 0, sum = 0;
    for (int32_t i = 0; i < arcs; i++) {
        double x = karvan_assignment_flow_view(a)[i], y = karvan_assignment_flow_view(b)[i];
        apart += fabs(x - y), sum += x;
    }
    assert_true(apart <= most * sum);
}

/* ---- a grid -----------------------------------------------------------------------------------
 */

typedef struct town {
    flow_grid grid;
    karvan_trips trips[2];
    karvan_user_class class[2];
    karvan_assignment_problem problem;
} town;

static void build(town *t) {
    draw_grid(&t->grid, 4);
    for (int i = 0; i < GRID_ZONES * GRID_ZONES; i++) t->grid.demand[i] *= 0.3;
    for (int c = 0; c < 2; c++) {
        assert_int_equal(karvan_trips_of_matrix(GRID_ZONES, t->grid.demand, &t->trips[c], NULL),
                         KARVAN_OK);
        t->class[c] =
            (karvan_user_class){c ? "b" : "a", &t->trips[c], 1 + 0.5 * c, c ? t->grid.fixed : NULL};
    }
    t->problem = (karvan_assignment_problem){.n_nodes = GRID,
                                             .n_arcs = t->grid.n,
                                             .tail = t->grid.tail,
                                             .head = t->grid.head,
                                             .zones = GRID_ZONES,
                                             .vdf = t->grid.vdf,
                                             .n_classes = 2,
                                             .classes = t->class};
}
static void clear(town *t) { karvan_trips_clear(&t->trips[0]), karvan_trips_clear(&t->trips[1]); }

static void it_goes_on_where_it_stood(void **state) {
    (void)state;
    static town t;
    build(&t);
    karvan_assignment_options near = {.gap = 1e-6}, far = {.gap = 1e-12};
    karvan_assignment *straight = solve(&t.problem, far, KARVAN_OK),
                      *half = solve(&t.problem, near, KARVAN_OK), *read = through_text(half);
    near.start = read;
    karvan_assignment *done = solve(&t.problem, near, KARVAN_OK);
    assert_int_equal(iterations(done), 0);
    same_flows(done, half, t.grid.n);
    far.start = read;
    karvan_assignment *rest = solve(&t.problem, far, KARVAN_OK);
    far.start = half;
    karvan_assignment *too = solve(&t.problem, far, KARVAN_OK);
    same_flows(rest, too, t.grid.n);
    near_flows(rest, straight, t.grid.n, 1e-9);
    assert_in_range(iterations(rest), 1, iterations(straight) - 1);
    assert_int_equal(iterations(rest), iterations(too));
    karvan_assignment_destroy(straight), karvan_assignment_destroy(half);
    karvan_assignment_destroy(read), karvan_assignment_destroy(done);
    karvan_assignment_destroy(rest), karvan_assignment_destroy(too), clear(&t);
}

/* Half as many trips again from some zones, none from others, of those none went before. */
static void another_demand_has_less_to_do(void **state) {
    (void)state;
    static town t;
    build(&t);
    karvan_assignment_options o = {.gap = 1e-10};
    karvan_assignment *before = solve(&t.problem, o, KARVAN_OK), *read = through_text(before);
    clear(&t);
    for (int i = 0; i < GRID_ZONES * GRID_ZONES; i++) {
        int origin = i / GRID_ZONES;
        t.grid.demand[i] *= origin % 5 == 0 ? 1.02 : origin == 7 ? 0 : 1;
    }
    for (int c = 0; c < 2; c++)
        assert_int_equal(karvan_trips_of_matrix(GRID_ZONES, t.grid.demand, &t.trips[c], NULL),
                         KARVAN_OK);
    karvan_assignment *anew = solve(&t.problem, o, KARVAN_OK);
    o.start = read;
    karvan_assignment *rest = solve(&t.problem, o, KARVAN_OK);
    near_flows(rest, anew, t.grid.n, 1e-7);
    assert_in_range(iterations(rest), 1, iterations(anew) - 1);
    karvan_assignment_destroy(anew), karvan_assignment_destroy(rest);
    /* an origin of which there was no bush: all are planted, at the costs of the start */
    karvan_assignment *fewer =
        solve(&t.problem, (karvan_assignment_options){.gap = 1e-10}, KARVAN_OK);
    clear(&t), build(&t);
    o.start = fewer;
    rest = solve(&t.problem, o, KARVAN_OK);
    near_flows(rest, before, t.grid.n, 1e-7);
    karvan_assignment_destroy(before), karvan_assignment_destroy(read);
    karvan_assignment_destroy(fewer), karvan_assignment_destroy(rest), clear(&t);
}

/* Of flows along links there are no bushes: only their costs serve. */
static void links_lead_to_bushes_and_back(void **state) {
    (void)state;
    static town t;
    build(&t);
    karvan_assignment_options o = {.method = KARVAN_BFW, .gap = 1e-4};
    karvan_assignment *links = solve(&t.problem, o, KARVAN_OK), *read = through_text(links);
    o = (karvan_assignment_options){.gap = 1e-10, .start = read};
    karvan_assignment *bushes = solve(&t.problem, o, KARVAN_OK);
    o.start = NULL;
    karvan_assignment *anew = solve(&t.problem, o, KARVAN_OK);
    near_flows(bushes, anew, t.grid.n, 1e-7);
    o = (karvan_assignment_options){.method = KARVAN_BFW, .gap = 1e-4, .start = bushes};
    karvan_assignment *back = solve(&t.problem, o, KARVAN_OK);
    assert_int_equal(iterations(back), 0);
    same_flows(back, bushes, t.grid.n);
    karvan_assignment_destroy(links), karvan_assignment_destroy(read);
    karvan_assignment_destroy(bushes), karvan_assignment_destroy(anew);
    karvan_assignment_destroy(back), clear(&t);
}

/* ---- random networks --------------------------------------------------------------------------
 */

/* Whatever the network, and wherever a run was stopped: a text goes on like what it was made of. */
static void text_is_as_good_as_memory(void **state) {
    (void)state;
    karvan_random rng;
    int merged = 0;
    karvan_random_init(&rng, 20261126, 3);
    for (int round = 0; round < 1500; round++) {
        flow_case c = random_flows(&rng);
        karvan_assignment_problem p = case_problem(&c);
        karvan_assignment_options o = {.max_iterations = 1 + round % 3, .threads = 1};
        karvan_assignment *a = NULL, *from_a = NULL, *from_read = NULL;
        o.principle = round % 2 ? KARVAN_SYSTEM_OPTIMUM : KARVAN_USER_EQUILIBRIUM;
        karvan_status st = karvan_assignment_solve(&p, &o, &a, NULL), of_a, of_read;
        assert_true((st == KARVAN_OK || st == KARVAN_E_NOCONV) && a);
        karvan_assignment *read = through_text(a);
        const karvan_i_bushes *kept = karvan_i_assignment_kept(read, karvan_i_bushes_destroy);
        for (int32_t i = 0; kept && i < kept->n; i++) merged += kept->bush[i].n_merges;
        o.gap = 1e-12, o.start = a, of_a = karvan_assignment_solve(&p, &o, &from_a, NULL);
        o.start = read, of_read = karvan_assignment_solve(&p, &o, &from_read, NULL);
        assert_int_equal(of_a, of_read);
        assert_int_equal(iterations(from_a), iterations(from_read));
        same_flows(from_a, from_read, c.arcs);
        karvan_assignment_destroy(a), karvan_assignment_destroy(read);
        karvan_assignment_destroy(from_a), karvan_assignment_destroy(from_read);
        case_clear(&c);
    }
    assert_true(merged > 700); /* not all bushes are trees */
}

/* A hundred links side by side: of those beyond the 64th the number is written. */
static void many_links_into_a_node(void **state) {
    (void)state;
    enum { LINKS = 100 };
    int32_t tail[LINKS] = {0}, head[LINKS];
    karvan_vdf vdf[LINKS];
    karvan_trips trips;
    for (int i = 0; i < LINKS; i++) {
        head[i] = 1;
        vdf[i] =
            (karvan_vdf){.kind = KARVAN_VDF_BPR, .t0 = 2 + 0.01 * i, .capacity = 5, .a = 1, .b = 1};
    }
    assert_int_equal(karvan_trips_of_matrix(2, (double[]){0, 900, 0, 0}, &trips, NULL), KARVAN_OK);
    const karvan_user_class class = {"a", &trips, 1, NULL};
    const karvan_assignment_problem p = {.n_nodes = 2,
                                         .n_arcs = LINKS,
                                         .tail = tail,
                                         .head = head,
                                         .zones = 2,
                                         .vdf = vdf,
                                         .n_classes = 1,
                                         .classes = &class};
    karvan_assignment_options o = {.gap = 1e-12};
    karvan_assignment *a = solve(&p, o, KARVAN_OK), *read = through_text(a);
    assert_true(karvan_assignment_flow_view(read)[LINKS - 1] > 5);
    o.start = read;
    karvan_assignment *again = solve(&p, o, KARVAN_OK);
    same_flows(again, a, LINKS);
    assert_int_equal(iterations(again), 0);
    karvan_assignment_destroy(a), karvan_assignment_destroy(read);
    karvan_assignment_destroy(again), karvan_trips_clear(&trips);
}

/* ---- by hand, and what is wrong ---------------------------------------------------------------
 */

/* Zones 1 and 2, links 1-3, 1-4, 2-1, 3-2, 3-4, 4-2. ONE is 1.0: 0x3ff0000000000000. */
#define BEFORE                                                                                \
    "<KARVAN ASSIGNMENT> 1\n<NUMBER OF ZONES> 2\n<NUMBER OF NODES> 4\n<FIRST THRU NODE> 3\n"  \
    "<NUMBER OF LINKS> 6\n<NUMBER OF CLASSES> 2\n<ITERATIONS> 3\n<CONVERGED> 0\n<OBJECTIVE> " \
    "1\n<TOTAL COST> 1\n<TOTAL TIME> 1\n<DEMAND> 1\n<INTRAZONAL> 0\n<END OF METADATA>\n"      \
    "class 00000000000000ff 1 a\nclass 00000000000000ff 1 b\nlink 1 3 1 0 1 0\n"              \
    "link 1 4 1 0 3 0\nlink 2 1 1 0 0 0\nlink 3 2 1 0 1 0\nlink 3 4 1 0 0 0\nlink 4 2 1 0 3 0\n"
#define ONE "D_wAAAAAAAA"

static void read_by_hand(void **state) {
    (void)state;
    static const char text[] = BEFORE "bushes 2 1 2\n~ a comment\nbush 1 1 .[B" ONE "A.]AB\n"
                                      "bush 2 1 .AAA ;\n";
    karvan_assignment *a = NULL;
    karvan_error e = {0};
    if (karvan_assignment_parse(text, sizeof text - 1, "f", &a, &e)) fail_msg("%s", e.msg);
    const karvan_i_bushes *kept = karvan_i_assignment_kept(a, karvan_i_bushes_destroy);
    assert_non_null(kept);
    assert_true(kept->n == 2 && kept->n_classes == 2 && kept->group[0] == 0 && kept->group[1] == 1);
    const karvan_i_bush *b = &kept->bush[0];
    /* 3 before 4, which it enters, and both before 2 */
    assert_true(b->n == 3 && b->origin == 0 && b->group == 0 && b->n_merges == 1);
    assert_true(b->seq[0] == 0 && b->seq[1] == 4 && b->seq[2] == ~0);
    assert_true(b->merge[0].node == 1 && b->merge[0].first == 0 && b->merge[1].first == 2);
    assert_true(b->arc[0] == 5 && b->flow[0] == 1 && b->arc[1] == 3 && b->flow[1] == 0);
    b = &kept->bush[1];
    assert_true(b->n == 3 && b->group == 1 && b->n_merges == 0);
    karvan_assignment_destroy(through_text(a)), karvan_assignment_destroy(a);
}

static void refused(const char *bushes, const char *told) {
    char text[1000];
    karvan_assignment *a = (karvan_assignment *)&a; /* must be reset */
    karvan_error e = {0};
    (void)snprintf(text, sizeof text, "%s%s", BEFORE, bushes);
    if (karvan_assignment_parse(text, strlen(text), "f", &a, &e) != KARVAN_E_DATA)
        fail_msg("'%s' was taken", bushes);
    assert_null(a);
    if (strncmp(e.msg, told, strlen(told)) != 0) fail_msg("'%s' is not '%s'", e.msg, told);
}

static void what_is_wrong_has_a_place(void **state) {
    (void)state;
    refused("bush 1 1 .AAA\n", "f:23:1: a row 'unserved' or 'bushes', or the end");
    refused("bushes 5 1 1\n", "f:23:8: a whole number from 0 to 4 belongs here");
    refused("bushes 1 1\n", "f:23:11: the row ends too early");
    refused("bushes 1 1 3\n", "f:23:12: a whole number from 1 to 2 belongs here");
    refused("bushes 1 2 1\n", "f:23:10: a whole number from 1 to 1 belongs here");
    refused("bushes 1 1 1 1\n", "f:23:14: more than belongs in the row");
    refused("bushes 1 1 1\n", "f:24:1: a row 'bush' belongs here");
    refused("bushes 1 1 1\nbush 2 1 .AAA\n", "f:24:6: a whole number from 1 to 1 belongs here");
    refused("bushes 1 1 1\nbush 1 3 .AAA\n", "f:24:8: a whole number from 1 to 2 belongs here");
    refused("bushes 1 1 1\nbush 1 1\n", "f:24:9: the row ends too early");
    refused("bushes 1 1 1\nbush 1 1 .AAA x\n", "f:24:15: more than belongs in the row");
    refused("bushes 1 1 1\nbush 1 1 .AAA\nbush 1 2 A.AA\n", "f:25:1: the end belongs here");
    refused("bushes 2 1 2\nbush 1 1 .AAA\nbush 1 1 .AAA\n", "f:25:5: bushes go by group, then");
    refused("bushes 2 1 2\nbush 2 1 .AAA\nbush 1 2 A.AA\n", "f:25:5: bushes go by group, then");
    refused("bushes 1 1 1\nbush 1 1 .AA\n", "f:24:13: one of the 2 links that enter node 4");
    refused("bushes 1 1 1\nbush 1 1 .AAAA\n", "f:24:14: more than 4 nodes");
    refused("bushes 1 1 1\nbush 1 1 .CAA\n", "f:24:11: one of the 2 links that enter node 2");
    refused("bushes 1 1 1\nbush 1 1 .?AA\n", "f:24:11: one of the 2 links that enter node 2");
    refused("bushes 1 1 1\nbush 1 1 .(2)AA\n", "f:24:11: one of the 2 links that enter node 2");
    refused("bushes 1 1 1\nbush 1 1 .(1AA\n", "f:24:11: one of the 2 links that enter node 2");
    refused("bushes 1 1 1\nbush 1 1 .()AA\n", "f:24:11: one of the 2 links that enter node 2");
    refused("bushes 1 1 1\nbush 1 1 AAAA\n", "f:24:10: the origin is entered");
    /* from zone 2 there is a way by its only link, over zone 1, which may not be passed */
    refused("bushes 1 1 1\nbush 1 2 A.AA\n", "f:24:12: a way through zone 1, which is not passed");
    refused("bushes 1 1 1\nbush 1 1 .A.A\n", "f:24:12: node 3 is not entered, though a link leads "
                                             "there from node 1, which is");
    refused("bushes 1 1 1\nbush 1 1 ..AA\n", "f:24:11: node 2 is not entered, though a link leads");
    /* brackets */
    refused("bushes 1 1 1\nbush 1 1 .[A.]AA\n", "f:24:11: brackets around fewer than two links");
    refused("bushes 1 1 1\nbush 1 1 .[]AA\n", "f:24:11: brackets around fewer than two links");
    refused("bushes 1 1 1\nbush 1 1 .[A.A.]AA\n", "f:24:14: a link of this node for the second");
    refused("bushes 1 1 1\nbush 1 1 .[A.B.", "f:24:16: one of the 2 links that enter node 2");
    refused("bushes 1 1 1\nbush 1 1 .[AD_wB.]AA\n", "f:24:13: 11 characters of a flow");
    refused("bushes 1 1 1\nbush 1 1 .[A.BH_wAAAAAAAA]AA\n", "f:24:15: 11 characters of a flow");
    refused("bushes 1 1 1\nbush 1 1 .[A.BL_wAAAAAAAA]AA\n", "f:24:15: 11 characters of a flow");
    refused("bushes 1 1 1\nbush 1 1 .[A.BQAAAAAAAAAA]AA\n", "f:24:15: 11 characters of a flow");
    refused("bushes 1 1 1\nbush 1 1 .[AH_v________BH_v________]AA\n",
            "f:24:11: flows that add up to no finite number");
}

/* 1-3, 3-4, 4-3, 3-2: nodes 3 and 4 that enter one another. */
static void circles_are_refused(void **state) {
    (void)state;
    static const char head[] =
        "<KARVAN ASSIGNMENT> 1\n<NUMBER OF ZONES> 2\n<NUMBER OF NODES> 4\n<FIRST THRU NODE> 3\n"
        "<NUMBER OF LINKS> 5\n<NUMBER OF CLASSES> 1\n<ITERATIONS> 3\n<CONVERGED> 0\n<OBJECTIVE> "
        "1\n<TOTAL COST> 1\n<TOTAL TIME> 1\n<DEMAND> 1\n<INTRAZONAL> 0\n<END OF METADATA>\n"
        "class 00000000000000ff 1 a\nlink 1 3 1 0 1\nlink 3 4 1 0 0\nlink 4 3 1 0 0\n"
        "link 3 2 1 0 1\nlink 3 3 1 0 0\nbushes 1 1\nbush 1 1 ";
    static const struct {
        const char *word, *told;
    } bad[] = {{".ABA\n", "f:22:12: links that enter node 3 lead in a circle"},
               {".A[A.B.]A\n", "f:22:12: links that enter node 3 lead in a circle"},
               {".A[A.C.]A\n", "f:22:12: links that enter node 3 lead in a circle"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[1000];
        karvan_assignment *a = NULL;
        karvan_error e = {0};
        (void)snprintf(text, sizeof text, "%s%s", head, bad[i].word);
        assert_int_equal(karvan_assignment_parse(text, strlen(text), "f", &a, &e), KARVAN_E_DATA);
        assert_null(a);
        if (!strstr(e.msg, "lead in a circle") || strncmp(e.msg, "f:22:1", 6) != 0)
            fail_msg("'%s' is not '%s'", e.msg, bad[i].told);
    }
}

/* ---- memory -----------------------------------------------------------------------------------
 */

static karvan_status read_once(karvan_error *err) {
    static const char text[] = BEFORE "bushes 2 1 2\nbush 1 1 .[B" ONE "A.]AB\nbush 2 1 .AAA\n";
    karvan_assignment *a = NULL;
    karvan_status st = karvan_assignment_parse(text, sizeof text - 1, "f", &a, err);
    karvan_assignment_destroy(a);
    return st;
}

static const karvan_assignment *to_save;
static karvan_status print_once(karvan_error *err) {
    karvan_i_text text = {0};
    karvan_status st = karvan_i_saved_print(to_save, &text, err);
    karvan_i_text_clear(&text);
    return st;
}

static void memory_may_fail(void **state) {
    (void)state;
    flow_case c = case_small();
    karvan_assignment_problem p = case_problem(&c);
    karvan_assignment *a = solve(&p, (karvan_assignment_options){.gap = 1e-3}, KARVAN_OK);
    every_allocation_fails(read_once, 200);
    to_save = a;
    every_allocation_fails(print_once, 200);
    karvan_assignment_destroy(a), case_clear(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_goes_on_where_it_stood),
                                       cmocka_unit_test(another_demand_has_less_to_do),
                                       cmocka_unit_test(links_lead_to_bushes_and_back),
                                       cmocka_unit_test(text_is_as_good_as_memory),
                                       cmocka_unit_test(many_links_into_a_node),
                                       cmocka_unit_test(read_by_hand),
                                       cmocka_unit_test(what_is_wrong_has_a_place),
                                       cmocka_unit_test(circles_are_refused),
                                       cmocka_unit_test(memory_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
