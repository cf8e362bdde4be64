/* What is read off a solution, by hand: Braess' network, a grid of nine nodes, two classes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "flow_case.h"
#include "karvan/analysis.h"
#include "sweep.h"

/* A case, solved. */
typedef struct solved {
    flow_case c;
    karvan_assignment_problem p;
    karvan_assignment *s;
    karvan_analysis *a;
} solved;

static void solve_by(solved *x, karvan_assignment_method method) {
    const karvan_assignment_options o = {.gap = 1e-13, .threads = 1, .method = method};
    karvan_error e = {0};
    x->p = case_problem(&x->c);
    karvan_status st = karvan_assignment_solve(&x->p, &o, &x->s, &e);
    if (!x->s) fail_msg("%d: %s", (int)st, e.msg);
    assert_int_equal(karvan_analysis_create(&x->p, x->s, &x->a, &e), KARVAN_OK);
}
static void clear(solved *x) {
    karvan_analysis_destroy(x->a);
    karvan_assignment_destroy(x->s);
    case_clear(&x->c);
}

/* Origin 0, end 1, a = 2, b = 3; of 6 trips 2 go by each of 0-2-1, 0-3-1, 0-2-3-1, at 92. */
enum { OA, OB, AD, BD, AB };
static void braess(solved *x) {
    x->c = case_of(4, 2, 2);
    (void)case_line(&x->c, 0, 2, 0, 10), (void)case_line(&x->c, 0, 3, 50, 1);
    (void)case_line(&x->c, 2, 1, 50, 1), (void)case_line(&x->c, 3, 1, 0, 10);
    (void)case_line(&x->c, 2, 3, 10, 1);
    case_trips(&x->c, 0, 0, 1, 6);
    solve_by(x, KARVAN_BUSH);
}

static void near(double got, double want) {
    if (!(fabs(got - want) <= 1e-6)) fail_msg("%.12g, not %.12g", got, want);
}

/* Trips selected of the one pair. */
static double selected(const solved *x, const karvan_select_query *q, karvan_selection *s) {
    karvan_error e = {0};
    if (karvan_select(x->a, q, s, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_true(s->n <= 1);
    return s->n > 0 ? s->pair[0].selected : 0;
}

static void braess_link_by_link(void **state) {
    (void)state;
    static const double want[5] = {4, 2, 2, 4, 2};
    /* the flow of each arc (row: the one selected) by those who take the other */
    static const double beside[5][5] = {
        {4, 0, 2, 2, 2}, {0, 2, 0, 2, 0}, {2, 0, 2, 0, 0}, {2, 2, 0, 4, 2}, {2, 0, 0, 2, 2}};
    solved x = {.a = NULL};
    braess(&x);
    for (int32_t k = 0; k < 5; k++) {
        const int32_t first[] = {0, 1}, arc[] = {k};
        const karvan_select_query q = {.n_sets = 1, .first = first, .arc = arc, .threads = 1};
        karvan_selection s;
        double flow[5];
        near(selected(&x, &q, &s), want[k]);
        for (int i = 0; i < 5; i++) near(s.flow[i], beside[k][i]);
        assert_int_equal(karvan_assignment_class_flow(x.s, 0, flow, NULL), KARVAN_OK);
        assert_true(s.flow[k] == flow[k]);
        assert_true(s.pair[0].trips == 6 && s.pair[0].class_no == 0);
        assert_true(s.pair[0].origin == 0 && s.pair[0].destination == 1);
        karvan_selection_clear(&s);
    }
    clear(&x);
}

static void braess_both_any_and_in_order(void **state) {
    (void)state;
    const int32_t two[] = {0, 1, 2}, one[] = {0, 2}, oa_bd[] = {OA, BD}, bd_oa[] = {BD, OA},
                  oa_ob[] = {OA, OB}, ad_ab[] = {AD, AB};
    const struct {
        int n;
        const int32_t *first, *arc;
        bool in_order;
        double want;
    } asked[] = {{2, two, oa_bd, false, 2}, {2, two, bd_oa, false, 2}, {2, two, oa_bd, true, 2},
                 {2, two, bd_oa, true, 0},  {2, two, oa_ob, false, 0}, {1, one, oa_ob, false, 6},
                 {1, one, oa_bd, false, 6}, {1, one, ad_ab, false, 4}, {0, NULL, NULL, false, 6}};
    solved x = {.a = NULL};
    braess(&x);
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        const karvan_select_query q = {.n_sets = asked[i].n,
                                       .first = asked[i].first,
                                       .arc = asked[i].arc,
                                       .in_order = asked[i].in_order};
        karvan_selection s;
        near(selected(&x, &q, &s), asked[i].want);
        karvan_selection_clear(&s);
    }
    clear(&x);
}

static void braess_ways_and_skims(void **state) {
    (void)state;
    static const double length[] = {1, 2, 4, 8, 16};
    const double *columns[] = {NULL, length};
    double value[8];
    karvan_used_ways w;
    solved x = {.a = NULL};
    braess(&x);
    assert_int_equal(karvan_analysis_ways(x.a, 0, 0, 1, 10, &w, NULL), KARVAN_OK);
    assert_int_equal(w.n, 3);
    assert_true(w.trips == 6 && w.rest == 0);
    for (int k = 0; k < 3; k++) near(w.flow[k], 2), near(w.cost[k], 92);
    assert_int_equal(w.first[3], 7);
    karvan_used_ways_clear(&w);
    assert_int_equal(karvan_analysis_ways(x.a, 0, 0, 1, 1, &w, NULL), KARVAN_OK);
    assert_int_equal(w.n, 1);
    near(w.rest, 4);
    karvan_used_ways_clear(&w);
    assert_int_equal(karvan_analysis_ways(x.a, 0, 1, 0, 1, &w, NULL), KARVAN_OK);
    assert_true(w.n == 0 && w.trips == 0);
    karvan_used_ways_clear(&w);
    /* lengths 5, 10 and 25 by the three ways: the mean is 40/3 */
    assert_int_equal(
        karvan_analysis_skim(x.a, 0, KARVAN_USED_WAYS, 2, columns, 1, NULL, value, NULL),
        KARVAN_OK);
    near(value[1], 92), near(value[5], 40.0 / 3);
    assert_true(value[0] == 0 && value[3] == 0 && isnan(value[2]) && isnan(value[6]));
    assert_int_equal(
        karvan_analysis_skim(x.a, 0, KARVAN_LEAST_WAYS, 2, columns, 2, NULL, value, NULL),
        KARVAN_OK);
    near(value[1], 92);
    assert_true(value[5] == 5 || value[5] == 10 || value[5] == 25);
    assert_true(isinf(value[2]) && isinf(value[6]) && value[0] == 0);
    clear(&x);
}

/* 3 x 3 nodes, east and south, times 1 + x; from corner to corner 8 trips, 4 by each side, 2 by
 * each rim and 4 through the middle: of the six ways the rims have 2 and the others 1. */
static void a_grid(void **state) {
    (void)state;
    static const int32_t at[3][3] = {{0, 2, 3}, {4, 5, 6}, {7, 8, 1}};
    solved x = {.c = case_of(9, 2, 2)};
    karvan_used_ways w;
    int32_t middle[4], n = 0;
    for (int r = 0; r < 3; r++)
        for (int k = 0; k < 3; k++) {
            if (k < 2) (void)case_line(&x.c, at[r][k], at[r][k + 1], 1, 1);
            if (r < 2) (void)case_line(&x.c, at[r][k], at[r + 1][k], 1, 1);
        }
    case_trips(&x.c, 0, 0, 1, 8);
    solve_by(&x, KARVAN_BUSH);
    assert_int_equal(karvan_analysis_ways(x.a, 0, 0, 1, 100, &w, NULL), KARVAN_OK);
    assert_int_equal(w.n, 6);
    for (int k = 0; k < 6; k++) {
        near(w.flow[k], k < 2 ? 2 : 1), near(w.cost[k], 5 + 3 + 3 + 5);
        assert_int_equal(w.first[k + 1] - w.first[k], 4);
        assert_int_equal(x.c.tail[w.arc[w.first[k]]], 0);
        assert_int_equal(x.c.head[w.arc[w.first[k] + 3]], 1);
    }
    karvan_used_ways_clear(&w);
    for (int32_t a = 0; a < x.c.arcs; a++)
        if (x.c.tail[a] == 5 || x.c.head[a] == 5) middle[n++] = a;
    assert_int_equal(n, 4);
    const int32_t first[] = {0, 4}, in_out[] = {0, 2, 4};
    const karvan_select_query node = {.n_sets = 1, .first = first, .arc = middle},
                              both = {.n_sets = 2, .first = in_out, .arc = middle};
    karvan_selection s;
    near(selected(&x, &node, &s), 4);
    for (int k = 0; k < 4; k++) near(s.flow[middle[k]], 2);
    karvan_selection_clear(&s);
    near(selected(&x, &both, &s), 4); /* in by one of the first two, out by one of the others */
    karvan_selection_clear(&s);
    clear(&x);
}

/* Link 0-2, then one of four side by side, of which two are of the set as 0-2 is: sums of those who
 * have passed the set and of those who have not round as the flow's own does not, and the selected
 * flow is the flow all the same. */
static void one_set_to_the_last_bit(void **state) {
    (void)state;
    static const int32_t first[] = {0, 3}, arc[] = {0, 1, 3};
    const karvan_select_query q = {.n_sets = 1, .first = first, .arc = arc, .threads = 1};
    for (int trips = 1; trips < 40; trips++) {
        solved x = {.c = case_of(3, 2, 2)};
        karvan_selection s;
        double flow[CASE_ARCS];
        (void)case_line(&x.c, 0, 2, 1, 1);
        for (int k = 0; k < 4; k++) (void)case_line(&x.c, 2, 1, 1, 1 + 0.7 * k);
        case_trips(&x.c, 0, 0, 1, trips / 7.0);
        solve_by(&x, KARVAN_BUSH);
        assert_int_equal(karvan_select(x.a, &q, &s, NULL), KARVAN_OK);
        assert_int_equal(karvan_assignment_class_flow(x.s, 0, flow, NULL), KARVAN_OK);
        for (int k = 0; k < 3; k++) assert_true(s.flow[arc[k]] == flow[arc[k]]);
        karvan_selection_clear(&s), clear(&x);
    }
}

/* ---- tables and filters ---- */

static void classes_and_zones(void **state) {
    (void)state;
    solved x = {.c = case_small()};
    karvan_selection s;
    karvan_table *t = NULL;
    solve_by(&x, KARVAN_BUSH);
    const bool from[] = {true, false, false};
    const karvan_select_query q = {.origin = from};
    assert_int_equal(karvan_select(x.a, &q, &s, NULL), KARVAN_OK);
    assert_int_equal(s.n, 2); /* cars and lorries of 0 to 1; what stays at home is not there */
    assert_true(s.pair[0].selected == 9 && s.pair[1].selected == 3);
    double out = s.flow[0] + s.flow[2], lorries = s.flow[x.c.arcs] + s.flow[x.c.arcs + 2];
    near(out, 9), near(lorries, 3);
    assert_true(s.flow[5] == 0);
    assert_int_equal(karvan_selection_table(x.a, &s, KARVAN_BY_CLASS, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 2);
    assert_string_equal(karvan_table_text(t, 0, 1), "lorries");
    near(karvan_table_real(t, 1, 0), 13), near(karvan_table_real(t, 2, 0), 9);
    near(karvan_table_real(t, 3, 1), 1);
    karvan_table_destroy(t);
    assert_int_equal(karvan_selection_table(x.a, &s, KARVAN_BY_ORIGIN, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 2);
    near(karvan_table_real(t, 2, 0), 9), near(karvan_table_real(t, 4, 0), 1);
    karvan_table_destroy(t);
    assert_int_equal(karvan_selection_table(x.a, &s, KARVAN_BY_PAIR, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 2);
    karvan_table_destroy(t);
    assert_int_equal(karvan_selection_table(x.a, &s, KARVAN_BY_ALL_LINKS, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), x.c.arcs);
    for (int32_t a = 0; a < x.c.arcs; a++) {
        near(karvan_table_real(t, 3, a), karvan_assignment_flow_view(x.s)[a]);
        near(karvan_table_real(t, 4, a),
             karvan_table_real(t, 6, a) + 2 * karvan_table_real(t, 7, a));
    }
    karvan_table_destroy(t);
    karvan_selection_clear(&s);
    clear(&x);
}

/* ---- before and after ---- */

static void one_way(solved *x, double slope, double trips) {
    x->c = case_of(3, 3, 3);
    (void)case_line(&x->c, 0, 1, 10, slope);
    case_trips(&x->c, 0, 0, 1, trips), case_trips(&x->c, 0, 0, 0, 5);
    solve_by(x, KARVAN_BUSH);
}

/* 10 + x under 10 trips is 20, 10 + x/2 under 12 is 16: (10 + 12)/2 times 4. */
static void surplus_by_hand(void **state) {
    (void)state;
    solved x = {.a = NULL}, y = {.a = NULL};
    karvan_surplus s;
    karvan_table *pairs, *classes;
    one_way(&x, 1, 10), one_way(&y, 0.5, 12);
    assert_int_equal(karvan_analysis_surplus(x.a, y.a, 1, NULL, &s, &pairs, &classes, NULL),
                     KARVAN_OK);
    near(s.total, 44);
    assert_int_equal(s.uncosted_pairs, 0);
    assert_int_equal(karvan_table_rows(pairs), 1);
    static const double want[] = {10, 12, 20, 16, 44};
    for (int i = 0; i < 5; i++) near(karvan_table_real(pairs, 3 + i, 0), want[i]);
    near(karvan_table_real(classes, 3, 0), 44), near(karvan_table_real(classes, 2, 0), 12);
    karvan_table_destroy(pairs), karvan_table_destroy(classes);
    clear(&y);
    /* 3 trips that no way serves have no cost */
    y.c = case_of(3, 3, 3);
    (void)case_line(&y.c, 0, 1, 10, 0.5);
    case_trips(&y.c, 0, 0, 1, 10), case_trips(&y.c, 0, 0, 2, 3);
    solve_by(&y, KARVAN_BUSH);
    assert_int_equal(karvan_analysis_surplus(x.a, y.a, 1, NULL, &s, &pairs, NULL, NULL), KARVAN_OK);
    near(s.total, 50);
    assert_true(s.uncosted == 3 && s.uncosted_pairs == 1);
    assert_int_equal(karvan_table_state(pairs, 7, 1), KARVAN_NOT_COVERED);
    karvan_table_destroy(pairs);
    clear(&x), clear(&y);
}

static void links_compared(void **state) {
    (void)state;
    solved x = {.c = case_of(3, 2, 2)}, y = {.c = case_of(3, 2, 2)};
    karvan_table *t;
    (void)case_line(&x.c, 0, 1, 10, 1), (void)case_line(&x.c, 0, 2, 90, 1);
    (void)case_line(&y.c, 2, 1, 1, 1), (void)case_line(&y.c, 0, 1, 10, 1);
    (void)case_line(&y.c, 0, 1, 10, 1);
    case_trips(&x.c, 0, 0, 1, 4), case_trips(&y.c, 0, 0, 1, 4);
    solve_by(&x, KARVAN_BUSH), solve_by(&y, KARVAN_BUSH);
    assert_int_equal(karvan_assignment_compare(x.s, y.s, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 4); /* 3-2 new, 1-2, a second 1-2 new, 1-3 gone */
    static const double flow[4][3] = {{0, 0, 0}, {4, 2, -2}, {0, 2, 2}, {0, 0, 0}};
    for (int r = 0; r < 4; r++)
        for (int k = 0; k < 3; k++) near(karvan_table_real(t, 2 + k, r), flow[r][k]);
    near(karvan_table_real(t, 5, 1), 14), near(karvan_table_real(t, 6, 1), 12);
    near(karvan_table_real(t, 7, 1), -2), near(karvan_table_real(t, 6, 2), 12);
    assert_int_equal(karvan_table_state(t, 5, 2), KARVAN_NOT_COVERED);
    assert_int_equal(karvan_table_state(t, 6, 3), KARVAN_NOT_COVERED);
    assert_int_equal(karvan_table_int(t, 1, 3), 3);
    karvan_table_destroy(t);
    /* the other way about: 1-2, 1-3 new, 3-2 gone, a second 1-2 gone */
    assert_int_equal(karvan_assignment_compare(y.s, x.s, &t, NULL), KARVAN_OK);
    static const double back[4][3] = {{2, 4, 2}, {0, 0, 0}, {0, 0, 0}, {2, 0, -2}};
    assert_int_equal(karvan_table_rows(t), 4);
    for (int r = 0; r < 4; r++)
        for (int k = 0; k < 3; k++) near(karvan_table_real(t, 2 + k, r), back[r][k]);
    assert_int_equal(karvan_table_state(t, 6, 3), KARVAN_NOT_COVERED);
    karvan_table_destroy(t);
    clear(&x), clear(&y);
}

/* ---- what is refused ---- */

static void faults_are_named(void **state) {
    (void)state;
    solved x = {.c = case_small()}, y = {.c = case_small()};
    karvan_error e = {0};
    karvan_analysis *a = NULL;
    karvan_selection s;
    karvan_used_ways w;
    const double *columns[] = {NULL};
    double value[9];
    solve_by(&x, KARVAN_AON); /* holds no ways */
    assert_false(karvan_analysis_has_ways(x.a));
    assert_int_equal(karvan_select(x.a, &(karvan_select_query){.n_sets = 0}, &s, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "one by bushes does"));
    assert_int_equal(karvan_analysis_ways(x.a, 0, 0, 1, 5, &w, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_analysis_skim(x.a, 0, KARVAN_USED_WAYS, 1, columns, 1, NULL, value, &e),
                     KARVAN_E_ARG);
    assert_int_equal(
        karvan_analysis_skim(x.a, 0, KARVAN_LEAST_WAYS, 1, columns, 1, NULL, value, &e), KARVAN_OK);
    e = (karvan_error){0};
    assert_int_equal(
        karvan_analysis_skim(x.a, 2, KARVAN_LEAST_WAYS, 1, columns, 1, NULL, value, &e),
        KARVAN_E_ARG);
    assert_string_equal(e.msg, "class 2; classes are 0..1");
    e = (karvan_error){0};
    case_trips(&y.c, 0, 0, 1, 8);
    y.p = case_problem(&y.c);
    assert_int_equal(karvan_analysis_create(&y.p, x.s, &a, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "a solution of other demand: that of class 0");
    assert_null(a);
    case_clear(&y.c), y.c = case_small();
    case_trips(&y.c, 1, 0, 1, 0), case_trips(&y.c, 1, 2, 1, 3); /* the same from another zone */
    y.p = case_problem(&y.c);
    e = (karvan_error){0};
    assert_int_equal(karvan_analysis_create(&y.p, x.s, &a, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "a solution of other demand: that of class 1");
    e = (karvan_error){0};
    y.p.n_nodes++;
    assert_int_equal(karvan_analysis_create(&y.p, x.s, &a, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "another network"));
    e = (karvan_error){0};
    y.p.n_nodes--, y.p.n_classes = 1;
    assert_int_equal(karvan_analysis_create(&y.p, x.s, &a, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "2 classes"));
    case_clear(&y.c);
    solve_by(&y, KARVAN_BUSH);
    const int32_t first[] = {0, 1}, arc[] = {99};
    e = (karvan_error){0};
    karvan_select_query q = {.n_sets = 1, .first = first, .arc = arc};
    assert_int_equal(karvan_select(y.a, &q, &s, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "set 0 has arc 99; arcs are 0..5");
    q.n_sets = 7;
    assert_int_equal(karvan_select(y.a, &q, &s, &e), KARVAN_E_ARG);
    assert_int_equal(karvan_analysis_ways(y.a, 0, 0, 3, 5, &w, &e), KARVAN_E_ARG);
    clear(&x), clear(&y);
}

/* Nothing moves: there is nothing to select, and no fault. */
static void no_trips(void **state) {
    (void)state;
    solved x = {.c = case_of(3, 2, 2)};
    karvan_selection s;
    (void)case_line(&x.c, 0, 1, 10, 1);
    solve_by(&x, KARVAN_BUSH);
    assert_true(karvan_analysis_has_ways(x.a));
    near(selected(&x, &(karvan_select_query){.n_sets = 0}, &s), 0);
    karvan_selection_clear(&s);
    clear(&x);
}

static solved swept;
static karvan_status read_all(karvan_error *err) {
    const int32_t first[] = {0, 2}, arc[] = {0, 2};
    const karvan_select_query q = {.n_sets = 1, .first = first, .arc = arc, .threads = 1};
    const double *columns[] = {NULL};
    double value[9];
    karvan_analysis *a = NULL;
    karvan_selection s = {.n = 0};
    karvan_used_ways w = {.n = 0};
    karvan_surplus surplus;
    karvan_table *t[8] = {NULL};
    int n = 0;
    karvan_status st = karvan_analysis_create(&swept.p, swept.s, &a, err);
    if (st == KARVAN_OK) st = karvan_select(a, &q, &s, err);
    for (int by = 0; by < 5 && st == KARVAN_OK; by++)
        st = karvan_selection_table(a, &s, (karvan_selection_by)by, &t[n++], err);
    for (int ways = 0; ways < 2 && st == KARVAN_OK; ways++)
        st = karvan_analysis_skim(a, 1, (karvan_skim_ways)ways, 1, columns, 1, NULL, value, err);
    if (st == KARVAN_OK) st = karvan_analysis_ways(a, 0, 0, 1, 9, &w, err);
    if (st == KARVAN_OK) st = karvan_analysis_ways_table(a, 9, NULL, &t[n++], NULL, err);
    if (st == KARVAN_OK) st = karvan_assignment_compare(swept.s, swept.s, &t[n++], err);
    for (int i = 0; i < n; i++) karvan_table_destroy(t[i]);
    karvan_table *pairs = NULL, *classes = NULL;
    if (st == KARVAN_OK)
        st = karvan_analysis_surplus(a, a, 1, NULL, &surplus, &pairs, &classes, err);
    if (st != KARVAN_OK) assert_true(!pairs && !classes);
    karvan_table_destroy(pairs), karvan_table_destroy(classes);
    karvan_used_ways_clear(&w), karvan_selection_clear(&s);
    karvan_analysis_destroy(a);
    return st;
}

static void every_allocation_can_fail(void **state) {
    (void)state;
    swept = (solved){.c = case_small()};
    solve_by(&swept, KARVAN_BUSH);
    every_allocation_fails(read_all, 2000);
    clear(&swept);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(braess_link_by_link),      cmocka_unit_test(braess_both_any_and_in_order),
        cmocka_unit_test(braess_ways_and_skims),    cmocka_unit_test(a_grid),
        cmocka_unit_test(one_set_to_the_last_bit),  cmocka_unit_test(classes_and_zones),
        cmocka_unit_test(surplus_by_hand),          cmocka_unit_test(links_compared),
        cmocka_unit_test(faults_are_named),         cmocka_unit_test(no_trips),
        cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
