/* Profiles out of matrices, votes and memberships: what is compared, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "karvan/similarity.h"
#include "sweep.h"
#include "table/csv_text.h"

static const karvan_similarity_kind ALL[] = {
    KARVAN_SIMILARITY_S,   KARVAN_SIMILARITY_KAPPA,     KARVAN_SIMILARITY_PI,
    KARVAN_SIMILARITY_TAU, KARVAN_SIMILARITY_AGREEMENT, KARVAN_SIMILARITY_AGREEMENT_HALF};

static karvan_profiles *read_text(const char *text, const karvan_profiles_options *o) {
    karvan_profiles *p = NULL;
    karvan_error e = {0};
    if (karvan_profiles_parse(text, strlen(text), "p.csv", o, &p, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return p;
}

static void told(const karvan_profiles *p, const karvan_similarity_query *q, const char *expected) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    karvan_i_text got = {0};
    if (karvan_similarity_table(p, q, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    karvan_i_csv_text(t, &got);
    assert_string_equal(got.s, expected);
    karvan_table_destroy(t), karvan_i_text_clear(&got);
}

#define COLUMNS "code1,code2,year,measure,distance,weights,scale,n,value,defined\n"

/* S alone, of all pairs. */
static void s_is(const char *text, const karvan_profiles_options *o, const char *expected) {
    karvan_profiles *p = read_text(text, o);
    const karvan_similarity_query q = {.measure = ALL, .n_measures = 1};
    told(p, &q, expected);
    karvan_profiles_destroy(p);
}

static void refused(const char *text, const karvan_profiles_options *o, karvan_status st,
                    const char *why) {
    karvan_profiles *p = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_profiles_parse(text, strlen(text), "p.csv", o, &p, &e), st);
    assert_null(p);
    if (strncmp(e.msg, why, strlen(why)) != 0) fail_msg("said: %s\nwanted: %s", e.msg, why);
}

static void matrices(void **state) {
    (void)state;
    /* columns that are named as entries are states, others are not; what is missing counts for
     * none */
    static const char ties[] = "who,Cap,B,A\nA,0.5,3,3\nB,0.25,3,1\nC,0.25,,0\nD,0,0,0\n";
    s_is(ties, NULL, COLUMNS "A,B,..,s,absolute,none,0..3,3,0.5555555555555556,yes\n");
    const karvan_profiles_options capable = {.weights = "Cap"},
                                  wide = {.has_scale = true, .scale = {0, 4}};
    /* of 3/4 of the weight, 1/4 is 2 apart: 1 - 2 (1/4 * 2) / (3/4 * 3) */
    s_is(ties, &capable, COLUMNS "A,B,..,s,absolute,Cap,0..3,3,0.5555555555555556,yes\n");
    s_is(ties, &wide, COLUMNS "A,B,..,s,absolute,none,0..4,3,0.6666666666666666,yes\n");
    /* no column is named as an entry: all that hold numbers */
    s_is("who,x,note,y\n1,1,a,1\n2,0,b,0\n", NULL, COLUMNS "x,y,..,s,absolute,none,0..1,2,1,yes\n");
    /* nothing in common, nothing to tell apart */
    s_is("who,x,y\n1,1,\n2,,NA\n", NULL,
         COLUMNS "x,y,..,s,absolute,none,1..2,0,..,no: no entry in common\n");
    static const char same[] = "who,x,y\n1,2,2\n2,2,2\n";
    karvan_profiles *p = read_text(same, NULL);
    const karvan_similarity_query q = {.measure = ALL, .n_measures = 6};
    told(p, &q,
         COLUMNS "x,y,..,s,absolute,none,2..3,2,1,yes\n"
                 "x,y,..,kappa,squared,none,none,2,,no: all values are the same\n"
                 "x,y,..,pi,squared,none,none,2,,no: all values are the same\n"
                 "x,y,..,tau,none,none,none,2,,no: a profile has one value alone\n"
                 "x,y,..,agreement,none,none,none,2,1,yes\n"
                 "x,y,..,agreement_half,none,none,2..3,2,1,yes\n");
    karvan_profiles_destroy(p);
}

static void one_way_ties(void **state) {
    (void)state;
    karvan_profiles *p = read_text("who,A,B,C\nA,,3,1\nB,1,,0\nC,1,,\n", NULL);
    assert_int_equal(karvan_profiles_one_way(p), 1); /* A-B; of B-C one side is not known */
    karvan_profiles_destroy(p);
    p = read_text("who,A,B\nA,,3\nB,3,\n", NULL);
    assert_int_equal(karvan_profiles_one_way(p), 0);
    karvan_profiles_destroy(p);
}

static void odd_matrices(void **state) {
    (void)state;
    const karvan_profiles_options weights = {.weights = "Cpa"}, words = {.weights = "note"},
                                  years = {.has_from = true, .from = 1914},
                                  narrow = {.has_scale = true, .scale = {0, 1}};
    refused("who,x,y\na,1,1\nb,0,0\na,1,1\n", NULL, KARVAN_E_DATA,
            "p.csv:4:1: a has two rows, here and on line 2, both the same; take one of them out");
    refused("who,x,y\na,1,1\nb,0,0\na,1,2\n", NULL, KARVAN_E_DATA,
            "p.csv:4:1: a has two rows, here and on line 2, and they contradict one another");
    refused("who,x,y\n,1,1\n", NULL, KARVAN_E_DATA,
            "p.csv:2:1: a row without the name of its entry");
    refused("who,x,y\nx,1,1\ny,1,one\n", NULL, KARVAN_E_DATA,
            "p.csv:3:1: the value of a profile is a number");
    refused("who,x\na,1\n", NULL, KARVAN_E_DATA,
            "p.csv:1:1: two columns of numbers at the least are expected, a column a state");
    refused("who\na\n", NULL, KARVAN_E_DATA,
            "p.csv:1:1: a table of two columns and more is expected");
    refused("who,Cap,x,y\na,1,1,1\n", &weights, KARVAN_E_ARG,
            "there is no column Cpa of numbers for weights; did you mean Cap?");
    refused("who,note,x,y\na,b,1,1\n", &words, KARVAN_E_ARG,
            "there is no column note of numbers for weights");
    refused("who,Cpa,x,y\na,-1,1,1\n", &weights, KARVAN_E_DATA, "p.csv:2:1: a weight is 0 or more");
    refused("who,x,y\na,1,1\n", &years, KARVAN_E_ARG, "p.csv is a matrix, which has no years");
    karvan_profiles *p = read_text("who,x,y\na,1,1\nb,2,2\n", &narrow);
    karvan_table *t = NULL;
    karvan_error e = {0};
    const karvan_similarity_query q = {.measure = ALL, .n_measures = 1};
    assert_int_equal(karvan_similarity_table(p, &q, &t, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "the value 2 lies outside the scale 0..1");
    karvan_profiles_destroy(p);
}

static const char VOTES[] = "rcid,country_code,vote,year\n"
                            "1,AZ,yes,1992\n1,KZ,Abstain,1992\n1,TJ,no,1992\n"
                            "2,KZ,1,1992\n2,AZ,1,1992\n3,AZ,absent,1992\n3,KZ,3,1992\n"
                            "4,AZ,2,1993\n4,KZ,3,1993\n5,TJ,1,1993\n";

static void votes(void **state) {
    (void)state;
    /* in 1993 TJ votes where the others do not */
    s_is(VOTES, NULL,
         COLUMNS "AZ,KZ,1992,s,absolute,none,1..3,2,0.5,yes\n"
                 "AZ,KZ,1993,s,absolute,none,1..3,1,0,yes\n"
                 "AZ,TJ,1992,s,absolute,none,1..3,1,-1,yes\n"
                 "AZ,TJ,1993,s,absolute,none,1..3,0,..,no: no entry in common\n"
                 "KZ,TJ,1992,s,absolute,none,1..3,1,0,yes\n"
                 "KZ,TJ,1993,s,absolute,none,1..3,0,..,no: no entry in common\n");
    const karvan_profiles_options later = {.has_from = true, .from = 1993};
    karvan_profiles *p = read_text(VOTES, &later);
    karvan_similarity_query q = {.measure = ALL + 4, .n_measures = 2, .pair = "KZ-AZ"};
    told(p, &q,
         COLUMNS "AZ,KZ,1993,agreement,none,none,none,1,0,yes\n"
                 "AZ,KZ,1993,agreement_half,none,none,1..3,1,0.5,yes\n");
    karvan_error e = {0};
    karvan_table *t = NULL;
    q.pair = "AZ-ZZ";
    assert_int_equal(karvan_similarity_table(p, &q, &t, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "no state has the code 'ZZ'"));
    karvan_profiles_destroy(p);
    /* other names, no years */
    const karvan_profiles_options named = {
        .rcid = "resolution", .country = "member", .vote = "ballot"};
    s_is("member,resolution,ballot\nA,r1,yes\nB,r1,yes\n", &named,
         COLUMNS "A,B,..,s,absolute,none,1..3,1,1,yes\n");
}

static void odd_votes(void **state) {
    (void)state;
    const karvan_profiles_options named = {.rcid = "rcdi"}, weights = {.weights = "vote"},
                                  years = {.has_to = true, .to = 1990};
    refused(
        "rcid,country,vote,year\n7,A,yes,1990\n8,A,yes,1990\n7,A,yes,1990\n", NULL, KARVAN_E_DATA,
        "p.csv:4:1: A has two votes on roll call 7, here and on line 2, both the same; take one "
        "of them out");
    refused(
        "rcid,country,vote,year\n7,A,yes,1990\n7,A,,1990\n", NULL, KARVAN_E_DATA,
        "p.csv:3:1: A has two votes on roll call 7, here and on line 2, and they contradict one "
        "another");
    refused("rcid,country,vote,year\n7,A,yes,1990\n7,B,yes,1991\n", NULL, KARVAN_E_DATA,
            "p.csv:3:1: roll call 7 is of 1991 here and of 1990 on line 2");
    refused("rcid,country,vote,year\n7,A,aye,1990\n", NULL, KARVAN_E_DATA,
            "p.csv:2:1: this is no vote: yes, abstain or no is expected");
    refused("rcid,country,vote,year\n7,A,4,1990\n", NULL, KARVAN_E_DATA, "p.csv:2:1: this is no");
    refused("rcid,country,vote,year\n,A,yes,1990\n", NULL, KARVAN_E_DATA,
            "p.csv:2:1: a vote without its roll call");
    refused("rcid,country,vote,year\n1,,yes,1990\n", NULL, KARVAN_E_DATA,
            "p.csv:2:1: a vote without its state");
    refused("rcid,country,vote,year\n1,A,yes,\n", NULL, KARVAN_E_DATA,
            "p.csv:2:1: a vote without its year");
    refused("rcid,country,vote,year\n1,A,yes,1990\n", &named, KARVAN_E_ARG,
            "p.csv has no column rcdi; did you mean rcid?");
    const karvan_profiles_options both = {.rcid = "vote"};
    refused("rcid,country,vote,year\n1,A,yes,1990\n", &both, KARVAN_E_ARG,
            "column vote of p.csv cannot be two things");
    refused("rcid,country,vote,year\n1,A,yes,1990\n", &weights, KARVAN_E_ARG,
            "weights are a column of a matrix; p.csv is a table of votes");
    refused("rcid,country,vote\n1,A,yes\n", &years, KARVAN_E_ARG, "p.csv has no column year");
}

static void memberships(void **state) {
    (void)state;
    /* 3-20: of x, y, z, w in 1990, z does not exist, x is 1 1, y 1 0, w 1 1; in 1991 y is not
     * known */
    static const char wide[] = "ccode,year,x,y,z,w\n3,1990,1,1,-1,1\n20,1990,1,0,-1,2\n"
                               "3,1991,0,-9,3,2\n20,1991,2,1,1,1\n";
    karvan_profiles *p = read_text(wide, NULL);
    const karvan_similarity_query q = {.measure = ALL, .n_measures = 5};
    told(p, &q,
         COLUMNS "3,20,1990,s,absolute,none,0..1,3,0.3333333333333333,yes\n"
                 "3,20,1990,kappa,squared,none,none,3,0,yes\n"
                 "3,20,1990,pi,squared,none,none,3,-0.2,yes\n"
                 "3,20,1990,tau,none,none,none,3,,no: a profile has one value alone\n"
                 "3,20,1990,agreement,none,none,none,3,0.6666666666666666,yes\n"
                 "3,20,1991,s,absolute,none,0..1,3,-0.3333333333333333,yes\n"
                 "3,20,1991,kappa,squared,none,none,3,0,yes\n"
                 "3,20,1991,pi,squared,none,none,3,-0.5,yes\n"
                 "3,20,1991,tau,none,none,none,3,,no: a profile has one value alone\n"
                 "3,20,1991,agreement,none,none,none,3,0.3333333333333333,yes\n");
    karvan_profiles_destroy(p);
    const karvan_profiles_options scale = {.has_scale = true, .scale = {0, 2}};
    refused(wide, &scale, KARVAN_E_ARG, "p.csv is a table of memberships, which have no weights");
}

/* Bits beside the entries that they stand for. */
static void bits(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 9, 0);
    for (int k = 0; k < part_of(100); k++) {
        karvan_i_text text = {0};
        int n = 1 + (int)karvan_random_below(&r, 130);
        karvan_i_text_puts(&text, "code,year");
        for (int b = 0; b < n; b++) karvan_i_text_printf(&text, ",b%d", b);
        for (int s = 0; s < 2; s++) {
            karvan_i_text_printf(&text, "\n%d,1990", s);
            for (int b = 0; b < n; b++)
                karvan_i_text_printf(
                    &text, ",%s",
                    (const char *[]){"0", "1", "2", "3", "-1", "-9"}[karvan_random_below(&r, 6)]);
        }
        karvan_i_text_puts(&text, "\n");
        karvan_memberships *m = NULL;
        assert_int_equal(karvan_memberships_parse(text.s, text.n, "m.csv", NULL, &m, NULL),
                         KARVAN_OK);
        double x[130], y[130];
        for (int32_t b = 0; b < n; b++) {
            bool one, other;
            x[b] = karvan_memberships_at(m, 0, 1990, b, &one) == KARVAN_VALUE ? one : NAN;
            y[b] = karvan_memberships_at(m, 1, 1990, b, &other) == KARVAN_VALUE ? other : NAN;
        }
        karvan_profiles *p = NULL;
        assert_int_equal(karvan_profiles_of_memberships(m, &p, NULL), KARVAN_OK);
        karvan_table *t = NULL;
        const karvan_similarity_query q = {.measure = ALL, .n_measures = 6};
        assert_int_equal(karvan_similarity_table(p, &q, &t, NULL), KARVAN_OK);
        for (int i = 0; i < 6; i++) {
            karvan_similarity s;
            assert_int_equal(karvan_similarity_of(ALL[i], KARVAN_DISTANCE_USUAL,
                                                  &(karvan_scale){0, 1}, x, y, NULL, n, &s, NULL),
                             KARVAN_OK);
            assert_int_equal(karvan_table_int(t, 7, i), s.n);
            assert_int_equal(karvan_table_state(t, 8, i), s.state);
            if (s.state == KARVAN_VALUE)
                assert_true(fabs(karvan_table_real(t, 8, i) - s.value) < 1e-12);
        }
        karvan_table_destroy(t), karvan_profiles_destroy(p), karvan_i_text_clear(&text);
    }
}

/* Matrices of few values and of many, beside the profiles that they hold. */
static void columns(void **state) {
    (void)state;
    enum { ROWS = 60 };
    karvan_random r;
    karvan_random_init(&r, 10, 0);
    for (int k = 0; k < part_of(200); k++) {
        karvan_i_text text = {0};
        double x[2][ROWS], w[ROWS];
        int levels = k % 2 ? 4 : 500, n = 1 + (int)karvan_random_below(&r, ROWS);
        bool weighted = k % 3 == 0;
        karvan_i_text_puts(&text, "who,w,A,B\n");
        for (int i = 0; i < n; i++) {
            w[i] = (double)karvan_random_below(&r, 9);
            karvan_i_text_printf(&text, "e%d,%g", i, w[i]);
            for (int c = 0; c < 2; c++) {
                x[c][i] = (double)karvan_random_below(&r, (uint64_t)levels);
                if (karvan_random_below(&r, 8) == 0) x[c][i] = NAN;
                karvan_i_text_printf(&text, isnan(x[c][i]) ? "," : ",%g", x[c][i]);
            }
            karvan_i_text_puts(&text, "\n");
        }
        const karvan_profiles_options o = {
            .weights = weighted ? "w" : NULL, .has_scale = true, .scale = {0, 500}};
        karvan_profiles *p = read_text(text.s, &o);
        karvan_table *t = NULL;
        const karvan_similarity_query q = {
            .measure = ALL, .n_measures = weighted ? 3 : 6, .pair = "A-B"};
        assert_int_equal(karvan_similarity_table(p, &q, &t, NULL), KARVAN_OK);
        for (int i = 0; i < q.n_measures; i++) {
            karvan_similarity s;
            assert_int_equal(karvan_similarity_of(ALL[i], KARVAN_DISTANCE_USUAL, &o.scale, x[0],
                                                  x[1], weighted ? w : NULL, n, &s, NULL),
                             KARVAN_OK);
            assert_int_equal(karvan_table_int(t, 7, i), s.n);
            assert_int_equal(karvan_table_state(t, 8, i), s.state);
            if (s.state == KARVAN_VALUE)
                assert_true(fabs(karvan_table_real(t, 8, i) - s.value) < 1e-12);
        }
        karvan_table_destroy(t), karvan_profiles_destroy(p), karvan_i_text_clear(&text);
    }
}

static void arguments(void **state) {
    (void)state;
    karvan_profiles *p = NULL;
    karvan_table *t = NULL;
    assert_int_equal(karvan_profiles_read(NULL, NULL, &p, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_profiles_read("/no/such/file", NULL, &p, NULL), KARVAN_E_IO);
    assert_int_equal(karvan_profiles_parse(VOTES, sizeof VOTES - 1, "v", NULL, NULL, NULL),
                     KARVAN_E_ARG);
    assert_int_equal(karvan_profiles_of_memberships(NULL, &p, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_similarity_table(NULL, NULL, &t, NULL), KARVAN_E_ARG);
    p = read_text(VOTES, NULL);
    karvan_similarity_query q = {.measure = ALL, .n_measures = 0};
    assert_int_equal(karvan_similarity_table(p, &q, &t, NULL), KARVAN_E_ARG);
    const karvan_similarity_kind odd = KARVAN_SIMILARITY_END;
    q.measure = &odd, q.n_measures = 1;
    assert_int_equal(karvan_similarity_table(p, &q, &t, NULL), KARVAN_E_ARG);
    const karvan_profiles_options scale = {.has_scale = true, .scale = {3, 1}};
    karvan_profiles *none = NULL;
    assert_int_equal(karvan_profiles_parse(VOTES, sizeof VOTES - 1, "v", &scale, &none, NULL),
                     KARVAN_E_ARG);
    karvan_profiles_destroy(p);
    karvan_profiles_destroy(NULL);
}

static const char *sweep_text;
static const char *sweep_weights;

static karvan_status work(karvan_error *err) {
    karvan_profiles *p = NULL;
    karvan_table *t = NULL;
    const karvan_profiles_options o = {.weights = sweep_weights};
    const karvan_similarity_query q = {.measure = ALL, .n_measures = 1};
    karvan_status st = karvan_profiles_parse(sweep_text, strlen(sweep_text), "p.csv", &o, &p, err);
    if (st == KARVAN_OK) st = karvan_similarity_table(p, &q, &t, err);
    karvan_table_destroy(t), karvan_profiles_destroy(p);
    return st;
}

static karvan_status of_memberships(karvan_error *err) {
    static const char text[] = "ccode,year,x\n3,1990,1\n20,1990,1\n";
    karvan_memberships *m = NULL;
    karvan_profiles *p = NULL;
    karvan_status st = karvan_memberships_parse(text, sizeof text - 1, "m.csv", NULL, &m, err);
    if (st == KARVAN_OK) st = karvan_profiles_of_memberships(m, &p, err);
    karvan_profiles_destroy(p);
    return st;
}

static void no_memory(void **state) {
    (void)state;
    static const char *const texts[] = {VOTES, "who,Cap,A,B\nA,1,1,1\nB,1,0,0\n",
                                        "ccode,year,x\n3,1990,1\n20,1990,1\n"};
    for (int k = 0; k < 3; k++) {
        sweep_text = texts[k], sweep_weights = k == 1 ? "Cap" : NULL;
        every_allocation_fails(work, 300);
    }
    every_allocation_fails(of_memberships, 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matrices), cmocka_unit_test(one_way_ties), cmocka_unit_test(odd_matrices),
        cmocka_unit_test(votes),    cmocka_unit_test(odd_votes),    cmocka_unit_test(memberships),
        cmocka_unit_test(bits),     cmocka_unit_test(columns),      cmocka_unit_test(arguments),
        cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
