/* Solutions that are saved and come back: to the last bit, as a start like the one in memory; and
 * what is wrong with a text that is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <math.h>

#include "base/text.h"
#include "karvan/assignment.h"
#include "sweep.h"

/* Zones 0 to 2; two ways from 0 to 1 and a street between them; nothing leads to zone 2. */
enum { NODES = 5, ARCS = 6, ZONES = 3 };
static const int32_t TAIL[ARCS] = {0, 3, 0, 4, 3, 1}, HEAD[ARCS] = {3, 1, 4, 1, 4, 0};
static const double TOLL[ARCS] = {0.25, 0, 0.1, 0, 1 / 3.0, 0};
static const double CARS[ZONES * ZONES] = {1, 700, 2, 10, 0, 0, 0, 0, 0};
static const double LORRIES[ZONES * ZONES] = {0, 90, 0, 0, 0, 3, 0, 0, 0};

typedef struct town {
    karvan_vdf vdf[ARCS];
    karvan_trips trips[2];
    karvan_user_class class[2];
    karvan_assignment_problem problem;
} town;

static void build(town *t) {
    *t = (town){0};
    for (int a = 0; a < ARCS; a++)
        t->vdf[a] = (karvan_vdf){
            .kind = KARVAN_VDF_BPR, .t0 = 1 + 0.3 * a, .capacity = 300 + 40 * a, .a = 0.15, .b = 4};
    assert_int_equal(karvan_trips_of_matrix(ZONES, CARS, &t->trips[0], NULL), KARVAN_OK);
    assert_int_equal(karvan_trips_of_matrix(ZONES, LORRIES, &t->trips[1], NULL), KARVAN_OK);
    t->class[0] = (karvan_user_class){.name = "cars", .trips = &t->trips[0], .pce = 1};
    t->class[1] = (karvan_user_class){
        .name = "heavy; 20 % of \xc3\xa9tat", .trips = &t->trips[1], .pce = 2.5, .fixed = TOLL};
    t->problem = (karvan_assignment_problem){.n_nodes = NODES,
                                             .n_arcs = ARCS,
                                             .tail = TAIL,
                                             .head = HEAD,
                                             .zones = ZONES,
                                             .first_through = ZONES,
                                             .vdf = t->vdf,
                                             .n_classes = 2,
                                             .classes = t->class};
}

static void clear(town *t) { karvan_trips_clear(&t->trips[0]), karvan_trips_clear(&t->trips[1]); }

static karvan_assignment *solved(const town *t, double gap, const karvan_assignment *start) {
    karvan_assignment *a = NULL;
    karvan_error e = {0};
    const karvan_assignment_options o = {
        .method = KARVAN_BFW, .gap = gap, .threads = 1, .start = start};
    karvan_status st = karvan_assignment_solve(&t->problem, &o, &a, &e);
    if (st != KARVAN_OK) fail_msg("%s", e.msg);
    return a;
}

static char *saved(const karvan_assignment *a, size_t *n) {
    char path[] = "/tmp/karvan-saved-XXXXXX", *text = NULL;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    assert_int_equal(karvan_assignment_save(a, path, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_file_read(path, &text, n, NULL), KARVAN_OK);
    (void)unlink(path);
    return text;
}

static void same_doubles(const double *a, const double *b, size_t n) {
    assert_memory_equal(a, b, n * sizeof *a);
}

static void same_tables(karvan_status (*of)(const karvan_assignment *, karvan_table **,
                                            karvan_error *),
                        const karvan_assignment *a, const karvan_assignment *b) {
    karvan_table *t[2] = {NULL, NULL};
    char *text[2] = {NULL, NULL};
    size_t n[2];
    const karvan_assignment *of_both[] = {a, b};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(of(of_both[i], &t[i], NULL), KARVAN_OK);
        FILE *f = open_memstream(&text[i], &n[i]);
        assert_non_null(f);
        assert_int_equal(karvan_table_write(t[i], KARVAN_FORMAT_CSV, 0, f, NULL), KARVAN_OK);
        assert_int_equal(fclose(f), 0);
    }
    assert_string_equal(text[0], text[1]);
    for (int i = 0; i < 2; i++) karvan_table_destroy(t[i]), free(text[i]);
}

static void comes_back_to_the_last_bit(void **state) {
    (void)state;
    town t;
    build(&t);
    size_t n, again_n;
    karvan_assignment *a = solved(&t, 1e-4, NULL), *b = NULL;
    char *text = saved(a, &n), *again;
    karvan_error e = {0};
    if (karvan_assignment_parse(text, n, "f", &b, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    again = saved(b, &again_n);
    assert_int_equal(n, again_n);
    assert_memory_equal(text, again, n);
    same_doubles(karvan_assignment_flow_view(a), karvan_assignment_flow_view(b), ARCS);
    same_doubles(karvan_assignment_time_view(a), karvan_assignment_time_view(b), ARCS);
    for (int c = 0; c < 2; c++) {
        double x[ARCS], y[ARCS];
        assert_int_equal(karvan_assignment_class_flow(a, c, x, NULL), KARVAN_OK);
        assert_int_equal(karvan_assignment_class_flow(b, c, y, NULL), KARVAN_OK);
        same_doubles(x, y, ARCS);
    }
    same_tables(karvan_assignment_flows, a, b);
    same_tables(karvan_assignment_unserved, a, b);
    karvan_assignment_stats s = karvan_assignment_statistics(a),
                            r = karvan_assignment_statistics(b);
    const double of_a[] = {s.objective,  s.relative_gap, s.average_excess_cost,
                           s.total_cost, s.total_time,   s.demand,
                           s.unserved,   s.intrazonal},
                 of_b[] = {r.objective,  r.relative_gap, r.average_excess_cost,
                           r.total_cost, r.total_time,   r.demand,
                           r.unserved,   r.intrazonal};
    same_doubles(of_a, of_b, 8);
    assert_true(s.unserved == 5 && s.intrazonal == 1); /* 2 of cars, 3 of lorries; 1 stays */
    assert_true(r.converged && r.iterations == s.iterations && r.unserved_pairs == 2);
    karvan_assignment_destroy(a), karvan_assignment_destroy(b);
    karvan_i_free(text), karvan_i_free(again), clear(&t);
}

static void starts_like_the_one_in_memory(void **state) {
    (void)state;
    town t;
    build(&t);
    size_t n;
    karvan_assignment *a = solved(&t, 1e-3, NULL), *b = NULL;
    char *text = saved(a, &n);
    assert_int_equal(karvan_assignment_parse(text, n, "f", &b, NULL), KARVAN_OK);
    karvan_assignment *from_a = solved(&t, 1e-7, a), *from_b = solved(&t, 1e-7, b);
    same_doubles(karvan_assignment_flow_view(from_a), karvan_assignment_flow_view(from_b), ARCS);
    assert_int_equal(karvan_assignment_statistics(from_a).iterations,
                     karvan_assignment_statistics(from_b).iterations);
    /* nothing is left to do where a start is good enough */
    karvan_assignment *done = solved(&t, 1e-3, b);
    assert_int_equal(karvan_assignment_statistics(done).iterations, 0);
    karvan_assignment_destroy(a), karvan_assignment_destroy(b), karvan_assignment_destroy(done);
    karvan_assignment_destroy(from_a), karvan_assignment_destroy(from_b);
    karvan_i_free(text), clear(&t);
}

/* ---- by hand, and what is wrong ---- */

#define HEAD_OF(links, classes)                                                              \
    "<KARVAN ASSIGNMENT> 1\n<NUMBER OF ZONES> 2\n<NUMBER OF NODES> 2\n<FIRST THRU NODE> 1\n" \
    "<NUMBER OF LINKS> " links "\n<NUMBER OF CLASSES> " classes                              \
    "\n<ITERATIONS> 3\n<CONVERGED> 0\n<OBJECTIVE> 325\n<TOTAL COST> 400\n<TOTAL TIME> 400\n" \
    "<DEMAND> 20\n<INTRAZONAL> 0\n<END OF METADATA>\n"
#define CLASS "class 00000000000000ff 2 a%20b\n"
#define LINKS "link 2 1 5 0 0\nlink 1 2 20 1.5 12 ;\n"

static void read_by_hand(void **state) {
    (void)state;
    static const char text[] =
        HEAD_OF("2", "1") "~ a comment\n\n" CLASS LINKS "unserved 1 2 1 2.5 2\n";
    karvan_assignment *a = NULL;
    karvan_error e = {0};
    double flow[2];
    if (karvan_assignment_parse(text, sizeof text - 1, "f", &a, &e)) fail_msg("%s", e.msg);
    karvan_assignment_stats s = karvan_assignment_statistics(a);
    assert_true(s.objective == 325 && s.iterations == 3 && !s.converged);
    assert_true(s.relative_gap != s.relative_gap); /* not told: unknown */
    assert_true(s.unserved == 2.5 && s.unserved_pairs == 1);
    assert_true(karvan_assignment_flow_view(a)[0] == 0 && karvan_assignment_flow_view(a)[1] == 12);
    assert_true(karvan_assignment_time_view(a)[1] == 20);
    assert_int_equal(karvan_assignment_class_flow(a, 0, flow, NULL), KARVAN_OK);
    assert_true(flow[0] == 0 && flow[1] == 6); /* two equivalents each */
    karvan_assignment_destroy(a);
}

static void refused(const char *text, const char *told) {
    karvan_assignment *a = (karvan_assignment *)&a; /* must be reset */
    karvan_error e = {0};
    assert_int_equal(karvan_assignment_parse(text, strlen(text), "f", &a, &e), KARVAN_E_DATA);
    assert_null(a);
    if (strncmp(e.msg, told, strlen(told)) != 0) fail_msg("'%s' is not '%s'", e.msg, told);
}

static void what_is_wrong_has_a_place(void **state) {
    (void)state;
    refused("", "f:1:1: <END OF METADATA> is missing");
    refused("<NUMBER OF NODES> 2\n<END OF METADATA>\n",
            "f:2:1: the metadata do not tell <KARVAN ASSIGNMENT>");
    refused("<KARVAN ASSIGNMENT> 1\n<NUMBER OF ZONES> x\n", "f:2:18: a whole number");
    refused(HEAD_OF("99999", "1") CLASS, "f:14:1: more rows told than the file has room for");
    refused(HEAD_OF("2", "0") CLASS LINKS, "f:14:1: zones beyond nodes, a first through node");
    refused(HEAD_OF("2", "1") LINKS, "f:15:1: a row 'class' belongs here");
    refused(HEAD_OF("2", "1") "class ff 2 a\n" LINKS, "f:15:7: 16 hexadecimal digits");
    refused(HEAD_OF("2", "1") "class 00000000000000ff 0 a\n" LINKS, "f:15:25: a pce of 0");
    refused(HEAD_OF("2", "1") "class 00000000000000ff 1 a%2\n" LINKS, "f:15:27: two hexadecimal");
    refused(HEAD_OF("2", "1") "class 00000000000000ff 1 a%ff\n" LINKS, "f:15:26: the name is no");
    refused(HEAD_OF("2", "1") "class 00000000000000ff 1\n" LINKS, "f:15:25: the row ends");
    refused(HEAD_OF("2", "1") CLASS "link 2 1 5 0 0\n", "f:17:1: a row 'link' belongs here");
    refused(HEAD_OF("2", "1") CLASS "link 3 1 5 0 0\n" LINKS, "f:16:6: a whole number from 1 to 2");
    refused(HEAD_OF("2", "1") CLASS "link 2 1 -5 0 0\n" LINKS, "f:16:10: a number below 0");
    refused(HEAD_OF("2", "1") CLASS "link 2 1 5 0 nan\n" LINKS, "f:16:14: no number");
    refused(HEAD_OF("2", "1") CLASS "link 2 1 5 0 1 7\n" LINKS, "f:16:16: more than belongs");
    refused(HEAD_OF("2", "1") CLASS LINKS LINKS,
            "f:18:1: a row 'unserved' or 'bushes', or the end");
    refused(HEAD_OF("2", "1") CLASS LINKS "unserved 1 1 9 1 0\n", "f:18:14: a whole number");
    refused(HEAD_OF("2", "1") CLASS "link 2 1 5 -1e308 1e308\nlink 2 1 5 0 x\n", "f:17:14: no n");
    refused(HEAD_OF("1", "2") CLASS CLASS "link 2 1 5 0 1.7e308 1.7e308\n",
            "f:17:29: flows that add up to no finite number");
    refused(&HEAD_OF("2", "1")[sizeof "<KARVAN ASSIGNMENT> 1"], "f:13:1: the metadata do not tell");
    char other[1000];
    (void)snprintf(other, sizeof other, "%s", HEAD_OF("2", "1") CLASS LINKS);
    *strchr(other, '1') = '2';
    refused(other, "f:14:1: version 2 of the format; 1 can be read");
    assert_int_equal(karvan_assignment_parse(NULL, 0, "f", NULL, NULL), KARVAN_E_ARG);
    karvan_assignment *a = NULL;
    assert_int_equal(karvan_assignment_load("/nowhere/at/all", &a, NULL), KARVAN_E_IO);
    assert_int_equal(karvan_assignment_save(NULL, "f", NULL), KARVAN_E_ARG);
}

/* A start of another network is refused where it is used. */
static void another_network(void **state) {
    (void)state;
    static const char text[] =
        HEAD_OF("2", "2") CLASS CLASS "link 2 1 5 0 0 0\nlink 1 2 20 1.5 12 0\n";
    town t;
    build(&t);
    karvan_assignment *a = NULL, *b = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_assignment_parse(text, sizeof text - 1, "f", &a, NULL), KARVAN_OK);
    const karvan_assignment_options o = {.method = KARVAN_BFW, .gap = 0.1, .start = a};
    assert_int_equal(karvan_assignment_solve(&t.problem, &o, &b, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "another network"));
    assert_null(b);
    karvan_assignment_destroy(a), clear(&t);
}

/* The last word of a row becomes 0. */
static char *put_nothing(char *end) {
    while (end[-1] != ' ') *--end = ' ';
    *end = '0';
    return end - 1;
}

/* A text that was changed: flows that do not carry the demand, here none at all, are no start that
 * stands, whatever gap they have; what serves are their costs. */
static void flows_that_carry_nothing(void **state) {
    (void)state;
    town t;
    build(&t);
    size_t n;
    karvan_assignment *a = solved(&t, 1e-4, NULL), *b = NULL, *c = NULL;
    char *text = saved(a, &n), *at = text;
    double objective = karvan_assignment_statistics(a).objective;
    while ((at = strstr(at, "\nlink ")) != NULL) {
        at = strchr(at + 1, '\n');
        (void)put_nothing(put_nothing(at));
    }
    assert_int_equal(karvan_assignment_parse(text, n, "f", &b, NULL), KARVAN_OK);
    assert_true(karvan_assignment_flow_view(b)[0] == 0);
    for (int k = KARVAN_BUSH; k <= KARVAN_MSA; k++) {
        const karvan_assignment_options o = {
            .method = (karvan_assignment_method)k, .gap = 2e-3, .threads = 1, .start = b};
        assert_int_equal(karvan_assignment_solve(&t.problem, &o, &c, NULL), KARVAN_OK);
        const double *x = karvan_assignment_flow_view(c);
        assert_true(fabs(x[0] + x[2] - 925) < 1e-9 && fabs(x[1] + x[3] - 925) < 1e-9);
        assert_true(fabs(karvan_assignment_statistics(c).objective / objective - 1) < 3e-3);
        karvan_assignment_destroy(c);
    }
    karvan_assignment_destroy(a), karvan_assignment_destroy(b);
    karvan_i_free(text), clear(&t);
}

/* ---- memory ---- */

static karvan_status read_once(karvan_error *err) {
    static const char text[] = HEAD_OF("2", "1") CLASS LINKS "unserved 1 2 1 2.5 2\n";
    karvan_assignment *a = NULL;
    karvan_status st = karvan_assignment_parse(text, sizeof text - 1, "f", &a, err);
    karvan_assignment_destroy(a);
    return st;
}

static karvan_assignment *to_save;
static karvan_status save_once(karvan_error *err) {
    char path[] = "/tmp/karvan-saved-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    karvan_status st = karvan_assignment_save(to_save, path, err);
    (void)unlink(path);
    return st;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    town t;
    build(&t);
    to_save = solved(&t, 1e-3, NULL);
    every_allocation_fails(read_once, 100);
    every_allocation_fails(save_once, 100);
    karvan_assignment_destroy(to_save), clear(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(comes_back_to_the_last_bit),
                                       cmocka_unit_test(starts_like_the_one_in_memory),
                                       cmocka_unit_test(read_by_hand),
                                       cmocka_unit_test(what_is_wrong_has_a_place),
                                       cmocka_unit_test(another_network),
                                       cmocka_unit_test(flows_that_carry_nothing),
                                       cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
