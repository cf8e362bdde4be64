/* A user's functions from files: what rows say over what a network has, and each fault with its
 * place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/assignment.h"
#include "sweep.h"

/* 1-2, 1-3, 2-3, 2-4, and 1-3 once more. */
enum { ARCS = 5 };
static const int32_t TAIL[] = {0, 0, 1, 1, 0}, HEAD[] = {1, 2, 2, 3, 2};
static karvan_vdf base[ARCS];

static int base_functions(void **state) {
    (void)state;
    for (int a = 0; a < ARCS; a++) base[a] = (karvan_vdf){KARVAN_VDF_BPR, a + 1, 10, 0.15, 4, NULL};
    return 0;
}

static karvan_status parse(const char *rows, const char *curves, karvan_vdf_set *out,
                           karvan_error *e) {
    return karvan_vdf_parse(rows, strlen(rows), "f", curves, curves ? strlen(curves) : 0, "c", ARCS,
                            TAIL, HEAD, base, out, e);
}

static karvan_vdf_set parsed(const char *rows, const char *curves) {
    karvan_vdf_set s;
    karvan_error e = {0};
    if (parse(rows, curves, &s, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_int_equal(s.n, ARCS);
    return s;
}

static void is(const karvan_vdf *f, karvan_vdf_kind kind, double t0, double capacity, double a,
               double b) {
    assert_string_equal(karvan_vdf_kind_name(f->kind), karvan_vdf_kind_name(kind));
    assert_true(f->t0 == t0 && f->capacity == capacity && f->a == a && f->b == b);
}

static void rows_over_the_network(void **state) {
    (void)state;
    karvan_vdf_set s = parsed("link,kind,t0,capacity,a,b\n"
                              "1-2,conical,,,4,\n" /* t0 and capacity stay */
                              "*,,,20,,\n"         /* all others: 2, 3 and 5 */
                              "4,constant,7,,,\n",
                              NULL);
    is(&s.vdf[0], KARVAN_VDF_CONICAL, 1, 10, 4, 0);
    is(&s.vdf[1], KARVAN_VDF_BPR, 2, 20, 0.15, 4);
    is(&s.vdf[2], KARVAN_VDF_BPR, 3, 20, 0.15, 4);
    is(&s.vdf[3], KARVAN_VDF_CONSTANT, 7, 10, 0, 0);
    is(&s.vdf[4], KARVAN_VDF_BPR, 5, 20, 0.15, 4);
    karvan_vdf_set_clear(&s);
    assert_null(s.vdf);
    s = parsed("b,link,a,kind\n0.5,2-4,1,davidson\n0.25,5,8e-3,akcelik\n,1-2,,bpr\n", NULL);
    is(&s.vdf[0], KARVAN_VDF_BPR, 1, 10, 0.15, 4);
    is(&s.vdf[3], KARVAN_VDF_DAVIDSON, 4, 10, 1, 0.5);
    is(&s.vdf[4], KARVAN_VDF_AKCELIK, 5, 10, 0.008, 0.25);
    karvan_vdf_set_clear(&s);
}

static void curves_and_formulas(void **state) {
    (void)state;
    karvan_vdf_set s = parsed("link,curve,formula,most\n"
                              "1-2,hill,,\n"
                              "2,,1+z^2,\n"
                              "2-3,,1+z^2,10\n"
                              "2-4,,1+z^2,3\n"
                              "5,vale,,\n",
                              "curve,ratio,factor\n"
                              "hill,0,1\nvale,0,2\nhill,1,3\nvale,2,2\n");
    assert_int_equal(s.n_curves, 4); /* hill, vale, and the formula up to 10 and up to 3 */
    for (int a = 0; a < ARCS; a++) assert_int_equal(s.vdf[a].kind, KARVAN_VDF_USER);
    assert_true(s.vdf[1].curve == s.vdf[2].curve && s.vdf[1].curve != s.vdf[3].curve);
    assert_true(karvan_vdf_time(&s.vdf[0], 5) == 2);       /* 1 (1 + 2 / 2) */
    assert_true(karvan_vdf_time(&s.vdf[1], 20) == 10);     /* 2 (1 + 4) */
    assert_true(karvan_vdf_time(&s.vdf[3], 50) == 4 * 22); /* 10 + 2 6 beyond 3 */
    assert_true(karvan_vdf_time(&s.vdf[4], 50) == 10);
    karvan_vdf_set_clear(&s);
    /* a link whose curve is the network's own keeps it */
    karvan_vdf_curve *c = NULL;
    assert_int_equal(karvan_vdf_formula("1+z", 2, &c, NULL), KARVAN_OK);
    base[0] = (karvan_vdf){KARVAN_VDF_USER, 1, 10, 0, 0, c};
    s = parsed("link,t0\n1,4\n", NULL);
    assert_true(s.vdf[0].curve == c && karvan_vdf_time(&s.vdf[0], 10) == 8);
    karvan_vdf_set_clear(&s);
    karvan_vdf_curve_destroy(c);
}

/* The example of docs/methods/vdf.md, on a ring of 20 links with 3-4, 9-12 and another as the 17th.
 */
static void example_of_the_page(void **state) {
    (void)state;
    enum { N = 20 };
    static const char text[] = "link,kind,capacity,a,b,formula\n"
                               "*,conical,,4,,\n"
                               "3-4,constant,,,,\n"
                               "17,davidson,1800,0.4,0.95,\n"
                               "9-12,,,,,\"1 + 0.15*z^4 + 2*max(0, z-1)\"\n";
    int32_t tail[N], head[N];
    karvan_vdf bpr[N];
    karvan_vdf_set s;
    karvan_error e = {0};
    for (int a = 0; a < N; a++) {
        tail[a] = a, head[a] = a == 8 ? 11 : (a + 1) % N;
        bpr[a] = (karvan_vdf){KARVAN_VDF_BPR, 2, 1000, 0.15, 4, NULL};
    }
    if (karvan_vdf_parse(text, sizeof text - 1, "f", NULL, 0, NULL, N, tail, head, bpr, &s, &e) !=
        KARVAN_OK)
        fail_msg("%s", e.msg);
    is(&s.vdf[0], KARVAN_VDF_CONICAL, 2, 1000, 4, 0);
    is(&s.vdf[2], KARVAN_VDF_CONSTANT, 2, 1000, 0, 0);
    is(&s.vdf[16], KARVAN_VDF_DAVIDSON, 2, 1800, 0.4, 0.95);
    assert_true(fabs(karvan_vdf_time(&s.vdf[8], 2000) - 2 * (1 + 0.15 * 16 + 2)) < 1e-14);
    karvan_vdf_set_clear(&s);
}

static void faults(void **state) {
    (void)state;
    static const char POINTS[] = "curve,ratio,factor\nhill,0,1\nhill,1,3\n";
    static const struct {
        const char *rows, *curves, *told;
    } samples[] = {
        {"link,kind,a\n1-3,conical,4\n", NULL,
         "f:2:1: 2 links lead from 1 to 3; the number of one in the network is right"},
        {"link,t0\n2-7,4\n", NULL, "f:2:1: no link of the network leads from 2 to 7"},
        {"link,t0\n9-1,4\n", NULL, "f:2:1: no link of the network leads from 9 to 1"},
        {"link,t0\n1--9223372036854775808,4\n", NULL,
         "f:2:1: no link of the network leads from 1 to -9223372036854775808"},
        {"link,t0\n6,4\n", NULL, "f:2:1: no link of the network, which has 1 to 5"},
        {"link,t0\nA-B,4\n", NULL, "f:2:1: no link; from-to, the number of a link, or * is right"},
        {"link,t0\n,4\n", NULL, "f:2:1: no link; from-to, the number of a link, or * is right"},
        {"link,t0\n1-2,4\n1,4\n", NULL, "f:3:1: this link stands in a row before"},
        {"link,t0\n*,4\n*,4\n", NULL, "f:3:1: this link stands in a row before"},
        {"link,kind,a\n1,conicl,4\n", NULL, "f:2:1: no kind 'conicl'; did you mean conical?"},
        {"link,kind,a\n1,fancy,4\n", NULL,
         "f:2:1: no kind 'fancy'; there are constant, bpr, conical, akcelik, davidson, user"},
        {"link,kind,a\n1,conical,\n", NULL, "f:2:1: a function of kind conical needs a"},
        {"link,kind,a\n1,davidson,1\n", NULL, "f:2:1: a function of kind davidson needs b"},
        {"link,kind\n1,user\n", NULL, "f:2:1: a function of kind user needs a curve or a formula"},
        {"link,kind,b\n1,constant,3\n", NULL,
         "f:2:1: a function of kind constant has no use for this cell"},
        {"link,kind,formula\n1,bpr,1+z\n", NULL,
         "f:2:1: a function of kind bpr has no use for this cell"},
        {"link,b\n1,0.5\n", NULL,
         "f:2:1: b of BPR is 0.5; 0, or 1 and more, is right: below 1 the time would rise without "
         "bound at the first vehicle"},
        {"link,capacity\n1,0\n", NULL, "f:2:1: the capacity is 0; more than 0 and finite is right"},
        {"link,curve\n1,hill\n", NULL, "f:2:1: no curve 'hill'; a file of curves is right"},
        {"link,curve\n1,hil\n", POINTS, "f:2:1: no curve 'hil'; did you mean hill?"},
        {"link,curve,formula\n1,hill,1+z\n", POINTS,
         "f:2:1: a curve and a formula; one of the two is right"},
        {"link,curve,most\n1,hill,3\n", POINTS, "f:2:1: most is of a formula, and there is none"},
        {"link,formula,most\n1,1+z,-3\n", NULL,
         "f:2:1: a formula checked up to here; more than 0 is right"},
        {"link,formula\n1,1+q\n", NULL, "f:2:1: column 3: no name 'q'; did you mean z?"},
        {"link,formula,most\n1,5-z,2\n", NULL,
         "f:2:1: column 1: the formula falls at z = 0, where its slope is -1; never falling from 0 "
         "to 2 is right"},
        {"link,formulae\n1,5-z\n", NULL,
         "f:1:1: no column 'formulae' is known; did you mean formula?"},
        {"kind,a\nbpr,1\n", NULL, "f:1:1: a column link is needed"},
        {"link\n1\n", "curve,ratio\nhill,0\n", "c:1:1: a column factor is needed"},
        {"link\n1\n", "curve,ratio,factor\nhill,0,1\nhill,1,0.5\n",
         "c:2:1: curve 'hill': point 2 (1, 0.5) falls below the one before, which has 1; a factor "
         "of as much or more is right"},
        {"link\n1\n", "curve,ratio,factor\nhill,0,1\nhill,,2\n",
         "c:3:1: an empty cell; every point has a curve, a ratio and a factor"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_vdf_set s;
        karvan_error e = {0};
        assert_int_equal(parse(samples[i].rows, samples[i].curves, &s, &e), KARVAN_E_DATA);
        assert_string_equal(e.msg, samples[i].told);
        assert_null(s.vdf), assert_null(s.curve);
    }
    karvan_vdf_set s;
    static const int32_t bad[] = {0, -1, 1, 1, 0};
    assert_int_equal(
        karvan_vdf_parse("link\n", 5, "f", NULL, 0, NULL, ARCS, bad, HEAD, base, &s, NULL),
        KARVAN_E_ARG);
    assert_int_equal(
        karvan_vdf_parse("link\n", 5, "f", NULL, 0, NULL, 0, TAIL, HEAD, base, &s, NULL),
        KARVAN_E_ARG);
    assert_int_equal(karvan_vdf_read("/nowhere", NULL, ARCS, TAIL, HEAD, base, &s, NULL),
                     KARVAN_E_IO);
}

/* From files, faults have the column of their cell. */
static void files(void **state) {
    (void)state;
    char path[] = "test_vdf_XXXXXX", told[200];
    int fd = mkstemp(path);
    karvan_vdf_set s;
    karvan_error e = {0};
    FILE *f = fopen(path, "w");
    assert_true(fd >= 0);
    assert_non_null(f);
    assert_true(fputs("link,a,kind\n1,2,bpr\n2,2,bprr\n", f) >= 0 && fclose(f) == 0);
    assert_int_equal(karvan_vdf_read(path, NULL, ARCS, TAIL, HEAD, base, &s, &e), KARVAN_E_DATA);
    (void)snprintf(told, sizeof told, "%s:3:5: no kind 'bprr'; did you mean bpr?", path);
    assert_string_equal(e.msg, told);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs("link,a,kind\n1,2,bpr\n", f) >= 0 && fclose(f) == 0);
    assert_int_equal(karvan_vdf_read(path, NULL, ARCS, TAIL, HEAD, base, &s, NULL), KARVAN_OK);
    is(&s.vdf[0], KARVAN_VDF_BPR, 1, 10, 2, 4);
    karvan_vdf_set_clear(&s);
    (void)remove(path);
}

static karvan_status everything(karvan_error *e) {
    karvan_vdf_set s;
    karvan_status st = parse("link,curve,formula\n1-2,hill,\n*,,1+z\n",
                             "curve,ratio,factor\nhill,0,1\nhill,1,3\n", &s, e);
    karvan_vdf_set_clear(&s);
    return st;
}

static void memory_may_run_out(void **state) {
    (void)state;
    every_allocation_fails(everything, 400);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(rows_over_the_network, base_functions),
        cmocka_unit_test_setup(curves_and_formulas, base_functions),
        cmocka_unit_test_setup(example_of_the_page, base_functions),
        cmocka_unit_test_setup(faults, base_functions),
        cmocka_unit_test_setup(files, base_functions),
        cmocka_unit_test_setup(memory_may_run_out, base_functions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
