/* Profiles out of alliances: values by hand, a slow way beside, what is refused. */
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

static const karvan_similarity_kind KINDS[] = {KARVAN_SIMILARITY_S, KARVAN_SIMILARITY_KAPPA,
                                               KARVAN_SIMILARITY_PI, KARVAN_SIMILARITY_TAU};
enum { N_KINDS = sizeof KINDS / sizeof KINDS[0] };

static karvan_profiles *read_text(const char *text, const karvan_profiles_options *o) {
    karvan_profiles *p = NULL;
    karvan_error e = {0};
    if (karvan_profiles_parse(text, strlen(text), "a.csv", o, &p, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return p;
}

/* code1,code2,year,scale,n,value,defined of S. */
static void s_is(const char *text, const karvan_profiles_options *o, const char *expected) {
    karvan_profiles *p = read_text(text, o);
    const karvan_similarity_query q = {.measure = KINDS, .n_measures = 1};
    static const char *const keep[] = {"code1", "code2", "year", "scale", "n", "value"};
    karvan_table *t = NULL, *few = NULL;
    karvan_error e = {0};
    karvan_i_text got = {0};
    if (karvan_similarity_table(p, &q, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    karvan_view v;
    assert_int_equal(karvan_view_init(&v, t, NULL, NULL, &e), KARVAN_OK);
    assert_int_equal(karvan_view_copy(&v, 6, keep, &few, &e), KARVAN_OK);
    karvan_i_csv_text(few, &got);
    assert_string_equal(strchr(got.s, '\n') + 1, expected);
    karvan_view_clear(&v), karvan_table_destroy(few), karvan_table_destroy(t);
    karvan_i_text_clear(&got), karvan_profiles_destroy(p);
}

static void refused(const char *text, const karvan_profiles_options *o, karvan_status st,
                    const char *why) {
    karvan_profiles *p = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_profiles_parse(text, strlen(text), "a.csv", o, &p, &e), st);
    assert_null(p);
    if (strncmp(e.msg, why, strlen(why)) != 0) fail_msg("said: %s\nwanted: %s", e.msg, why);
}

#define COW  "version4id,ccode1,ccode2,year,defense,neutrality,nonaggression,entente\n"
#define ATOP "ccode1,ccode2,year,atop_defense,atop_offense,atop_neutral,atop_nonagg,atop_consul\n"

/* A and B defend one another, A and C are neutral, B and C consult: profiles over A, B, C are
 * A 3 3 2, B 3 3 1, C 2 1 3. */
static void by_hand(void **state) {
    (void)state;
    static const char three[] = COW "1,A,B,1914,1,0,0,0\n2,A,C,1914,0,1,1,0\n3,C,B,1914,0,0,0,1\n";
    s_is(three, NULL,
         "A,B,1914,0..3,3,0.7777777777777778\n" /* 1 - 2 * 1 / 9 */
         "A,C,1914,0..3,3,0.1111111111111111\n" /* 1 - 2 * (1 + 2 + 1) / 9 */
         "B,C,1914,0..3,3,-0.1111111111111111\n" /* 1 - 2 * (1 + 2 + 2) / 9 */);
    /* any pledge: all are 1 of 0..1; a state's tie to itself left out: n is 1 */
    const karvan_profiles_options any = {.pledges = KARVAN_PLEDGES_ANY},
                                  others = {.without_self = true};
    s_is(three, &any, "A,B,1914,0..1,3,1\nA,C,1914,0..1,3,1\nB,C,1914,0..1,3,1\n");
    s_is(three, &others,
         "A,B,1914,0..3,1,0.3333333333333333\n"  /* C: 2 and 1 */
         "A,C,1914,0..3,1,-0.3333333333333333\n" /* B: 3 and 1 */
         "B,C,1914,0..3,1,0.3333333333333333\n" /* A: 3 and 2 */);
}

/* Offence is as strong as defence; other spellings; the strongest of several alliances; what a pair
 * without a row is. */
static void strengths_and_gaps(void **state) {
    (void)state;
    s_is("stateA;stateB;year;ATOPALLY;DEFENSE;OFFENSE;Neutral;NONAGG;consul\n"
         "1;2;2000;1;0;1;0;0;0\n1;3;2000;1;0;0;0;0;1\n",
         NULL,
         "1,2,2000,0..3,3,0.7777777777777778\n"  /* 3 3 1, 3 3 0 */
         "1,3,2000,0..3,3,-0.5555555555555556\n" /* 3 3 1, 1 0 3 */
         "2,3,2000,0..3,3,-0.7777777777777778\n" /* 3 3 0, 1 0 3 */);
    /* alliances of one pair: 1 and then 3 */
    s_is(COW "1,A,B,1914,0,0,0,1\n2,A,B,1914,1,0,0,1\n", NULL, "A,B,1914,0..3,2,1\n");
    /* a row without any pledge lists what is not allied: B-C is then not known, and so is neither's
     * entry of the other: A 3 0 0, B 0 3 . */
    static const char lists[] = ATOP "A,B,2000,0,0,0,0,0\nA,C,2000,0,0,0,0,0\n";
    karvan_profiles *p = read_text(lists, NULL);
    karvan_alliances of;
    assert_true(karvan_profiles_alliances(p, &of));
    assert_true(of.unlisted_unknown);
    assert_int_equal(of.unlisted, 1);
    karvan_profiles_destroy(p);
    s_is(lists, NULL, "A,B,2000,0..3,2,-1\nA,C,2000,0..3,2,-1\nB,C,2000,0..3,1,1\n");
    const karvan_profiles_options none = {.unlisted = KARVAN_UNLISTED_NONE},
                                  unknown = {.unlisted = KARVAN_UNLISTED_UNKNOWN};
    s_is(lists, &none,
         "A,B,2000,0..3,3,-0.3333333333333333\nA,C,2000,0..3,3,-0.3333333333333333\n"
         "B,C,2000,0..3,3,-0.3333333333333333\n");
    s_is(COW "1,A,B,1914,1,0,0,0\n1,A,C,1914,1,0,0,0\n", &unknown,
         "A,B,1914,0..3,2,1\nA,C,1914,0..3,2,1\nB,C,1914,0..3,1,1\n");
    /* a zero one way where the way back has a pledge lists nobody who is not allied */
    p = read_text(ATOP "A,B,2000,0,0,0,0,0\nB,A,2000,1,0,0,0,0\nA,C,2000,1,0,0,0,0\n", NULL);
    assert_true(karvan_profiles_alliances(p, &of));
    assert_false(of.unlisted_unknown);
    assert_int_equal(karvan_profiles_one_way(p), 1);
    karvan_profiles_destroy(p);
}

/* A pledge that is not known counts where a stronger one is given, and makes the tie unknown where
 * none is. */
static void unknown_pledges(void **state) {
    (void)state;
    s_is(ATOP "A,B,2000,1,NA,-9,,0\n", NULL, "A,B,2000,0..3,2,1\n");
    s_is(ATOP "A,B,2000,NA,0,1,0,0\n", NULL, "A,B,2000,0..3,0,..\n");
    s_is(ATOP "A,B,2000,0,0,1,NA,0\n", NULL, "A,B,2000,0..3,2,0.3333333333333333\n");
    s_is(ATOP "A,B,2000,0,0,0,0,-9\nA,C,2000,1.0,0.0,0,0,0\n", NULL,
         "A,B,2000,0..3,1,-1\n" /* of C alone: 3 and 0 */
         "A,C,2000,0..3,2,1\nB,C,2000,0..3,2,-1\n");
}

/* Two ways of one pair are two ties; a row of a state with itself is taken as it says. */
static void ways(void **state) {
    (void)state;
    s_is(ATOP "A,B,2000,1,0,0,0,0\nB,A,2000,0,0,0,0,1\n", NULL,
         "A,B,2000,0..3,2,0.3333333333333333\n" /* 3 3, 1 3 */);
    s_is(ATOP "A,B,2000,1,0,0,0,0\nA,A,2000,0,0,0,0,0\n", NULL,
         "A,B,2000,0..3,2,0\n" /* 0 3, 3 3 */);
}

static void tables_of_states(void **state) {
    (void)state;
    karvan_states *s = NULL;
    karvan_error e = {0};
    static const char states[] = "ccode,start,end\n1,1900-01-01,2000-12-31\n2,1900-01-01,1990-06-"
                                 "30\n3,1990-01-01,2000-12-31\n";
    assert_int_equal(karvan_states_parse(states, strlen(states), "s.csv", NULL, NULL, &s, &e),
                     KARVAN_OK);
    const karvan_profiles_options o = {.states = s};
    static const char text[] = COW "1,1,2,1989,1,0,0,0\n2,1,2,1991,1,0,0,0\n3,1,3,1991,0,0,0,1\n";
    /* 1989: 1 and 2; 1990: all three, no row; 1991: 1 and 3, the row of 2 is left out */
    s_is(text, &o,
         "1,2,1989,0..3,2,1\n1,2,1990,0..3,3,-0.3333333333333333\n"
         "1,3,1990,0..3,3,-0.3333333333333333\n1,3,1991,0..3,2,-0.3333333333333333\n"
         "2,3,1990,0..3,3,-0.3333333333333333\n");
    karvan_profiles *p = read_text(text, &o);
    karvan_alliances of;
    assert_true(karvan_profiles_alliances(p, &of));
    assert_int_equal(of.outside, 1);
    assert_int_equal(of.unlisted, 3);
    int from, to;
    assert_true(karvan_profiles_years(p, &from, &to));
    assert_int_equal(from, 1989), assert_int_equal(to, 1991);
    karvan_profiles_destroy(p);
    const karvan_profiles_options later = {.states = s, .has_from = true, .from = 1991};
    s_is(text, &later, "1,3,1991,0..3,2,-0.3333333333333333\n");
    refused("rcid,country,vote,year\n1,A,yes,1990\n", &o, KARVAN_E_ARG,
            "pledges, unlisted pairs, a state's tie to itself and a table of states are of "
            "alliances, which a.csv is not");
    karvan_states_destroy(s);
}

static void odd_files(void **state) {
    (void)state;
    const karvan_profiles_options weights = {.weights = "year"};
    refused(ATOP "A,B,2000,2,0,0,0,0\n", NULL, KARVAN_E_DATA,
            "a.csv:2:1: this is no pledge: 1 where it was given and 0 where not are expected");
    refused(ATOP "A,B,,1,0,0,0,0\n", NULL, KARVAN_E_DATA, "a.csv:2:1: a pair without its year");
    refused(ATOP "A,B,20000,1,0,0,0,0\n", NULL, KARVAN_E_DATA,
            "a.csv:2:1: a pair without its year");
    refused(ATOP "A,,2000,1,0,0,0,0\n", NULL, KARVAN_E_DATA,
            "a.csv:2:1: a pair without one of its states");
    refused(ATOP "A,B,2000,1,0,0,0,0\nB,A,2000,1,0,0,0,0\nA,B,2000,1,0,0,0,0\n", NULL,
            KARVAN_E_DATA,
            "a.csv:4:1: A and B have the year 2000 twice, here and on line 2, both the same; take "
            "one of them out");
    refused(ATOP "A,B,2000,1,0,0,0,0\nA,B,2000,0,0,1,0,0\n", NULL, KARVAN_E_DATA,
            "a.csv:3:1: A and B have the year 2000 twice, here and on line 2, and they contradict "
            "one another (rows that are alliances have their id");
    refused(ATOP "A,B,2000,1,0,0,0,0\n", &weights, KARVAN_E_ARG,
            "weights are a column of a matrix; a.csv is a table of alliances");
}

/* What is none of the shapes is told with its header. */
static void no_shapes(void **state) {
    (void)state;
    static const char *const texts[][2] = {
        {"{\"a\":1}\n", "a table of two columns and more is expected; the header is '{\"a\":1}'"},
        {"exporter,importer,value\nA,B,1\nA,C,2\n",
         "its rows are of pairs, and are no alliances in years; the header is "
         "'exporter,importer,value'"},
        {"ccode1,ccode2,year,dyadigos\n2,20,1990,5\n",
         "its rows have years, and no shape that is known; the header is "
         "'ccode1,ccode2,year,dyadigos'"},
        {"rcid,country,year\n1,A,1990\n", "its rows have years, and no shape that is known"},
        {"version4id,ccode1,ccode2,defense,dyad_st_year\n1,2,20,1,1990\n",
         "its rows are of pairs, and are no alliances in years"},
        {"gwcode,stateabb,statename,start\n2,USA,x,1816-01-01\n2,USA,x,1816-01-01\n",
         "two columns of numbers at the least are expected, a column a state; the header is "
         "'gwcode,stateabb,statename,start'"}};
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        char want[300];
        karvan_profiles *p = NULL;
        karvan_error e = {0};
        (void)snprintf(want, sizeof want, "a.csv:1:1: %s", texts[k][1]);
        refused(texts[k][0], NULL, KARVAN_E_DATA, want);
        assert_int_equal(
            karvan_profiles_parse(texts[k][0], strlen(texts[k][0]), "a.csv", NULL, &p, &e),
            KARVAN_E_DATA);
        assert_non_null(
            strstr(e.msg, "Read are votes (rcid, country_code, vote, year), alliances"));
        assert_non_null(
            strstr(e.msg, "a matrix of ties (names of entries, then a column a state)"));
    }
    /* states that are called so make a matrix all the same */
    karvan_profiles *p = read_text("who,state1,state2\nx,1,2\n", NULL);
    karvan_alliances of;
    assert_false(karvan_profiles_alliances(p, &of));
    karvan_profiles_destroy(p);
}

/* ---- a slow way ---- */

enum { STATES = 5, YEARS = 3, ROWS = 60, PLEDGES = 5 };
static const int STRENGTH[PLEDGES] = {3, 3, 2, 2, 1};

typedef struct drawn {
    int n;
    struct drawn_row {
        int year, one, two, pledge[PLEDGES]; /* 1, 0, -1: not known */
    } row[ROWS];
    bool ids;
} drawn;

static bool stands(const drawn *d, int year, int one, int two) {
    for (int i = 0; i < d->n; i++)
        if (d->row[i].year == year && d->row[i].one == one && d->row[i].two == two) return true;
    return false;
}

static void draw(drawn *d, karvan_random *r) {
    d->n = 0, d->ids = karvan_random_below(r, 2) == 0;
    int zeros = (int)karvan_random_below(r, 3); /* 0: no pair without a pledge, unless by chance */
    for (int k = 0; k < ROWS; k++) {
        struct drawn_row *x = &d->row[d->n];
        x->year = 1990 + (int)karvan_random_below(r, YEARS);
        x->one = (int)karvan_random_below(r, STATES), x->two = (int)karvan_random_below(r, STATES);
        if (!d->ids && stands(d, x->year, x->one, x->two)) continue;
        for (int i = 0; i < PLEDGES; i++) {
            uint64_t v = karvan_random_below(r, 12);
            x->pledge[i] = v == 0 ? -1 : v < 4;
            if (zeros && k % 3 == 0) x->pledge[i] = 0;
        }
        if (!zeros) x->pledge[4] = 1;
        d->n++;
    }
}

static void write_text(const drawn *d, karvan_i_text *t) {
    karvan_i_text_puts(t, d->ids ? "atopid," : "");
    karvan_i_text_puts(t, "mem1,year,mem2,defence,offence,neutrality,nonaggression,consultation\n");
    for (int i = 0; i < d->n; i++) {
        const struct drawn_row *x = &d->row[i];
        if (d->ids) karvan_i_text_printf(t, "%d,", i);
        karvan_i_text_printf(t, "%d,%d,%d", x->one, x->year, x->two);
        for (int k = 0; k < PLEDGES; k++)
            karvan_i_text_puts(t, x->pledge[k] < 0    ? (i % 2 ? ",-9" : ",")
                                  : x->pledge[k] == 0 ? ",0"
                                                      : ",1");
        karvan_i_text_puts(t, "\n");
    }
}

/* Bounds of the one's pledges to the other; false: no row. */
static bool bounds(const drawn *d, int year, int one, int two, int *least, int *most) {
    *least = *most = 0;
    for (int i = 0; i < d->n; i++) {
        const struct drawn_row *x = &d->row[i];
        if (x->year != year || x->one != one || x->two != two) continue;
        for (int k = 0; k < PLEDGES; k++) {
            if (x->pledge[k] == 1 && STRENGTH[k] > *least) *least = STRENGTH[k];
            if (x->pledge[k] != 0 && STRENGTH[k] > *most) *most = STRENGTH[k];
        }
    }
    return stands(d, year, one, two);
}

static bool lists_the_unallied(const drawn *d) {
    int least, there, back;
    for (int i = 0; i < d->n; i++) {
        const struct drawn_row *x = &d->row[i];
        (void)bounds(d, x->year, x->one, x->two, &least, &there);
        (void)bounds(d, x->year, x->two, x->one, &least, &back);
        if (x->one != x->two && there == 0 && back == 0) return true;
    }
    return false;
}

static bool in_year(const drawn *d, int year, int s) {
    for (int i = 0; i < d->n; i++)
        if (d->row[i].year == year && (d->row[i].one == s || d->row[i].two == s)) return true;
    return false;
}

static double tie(const drawn *d, int year, int one, int two) {
    int least, most;
    if (!in_year(d, year, two)) return NAN;
    if (!bounds(d, year, one, two, &least, &most) && one == two) return 3;
    if (!stands(d, year, one, two) && !bounds(d, year, two, one, &least, &most))
        return lists_the_unallied(d) ? (double)NAN : 0;
    return least == most ? least : (double)NAN;
}

static void a_slow_way(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 31, 0);
    int unknown = 0, compared = 0, cases = part_of(300);
    for (int k = 0; k < cases; k++) {
        drawn d;
        karvan_i_text text = {0};
        draw(&d, &r);
        write_text(&d, &text);
        karvan_profiles *p = read_text(text.s, NULL);
        karvan_alliances of;
        assert_true(karvan_profiles_alliances(p, &of));
        assert_int_equal(of.unlisted_unknown, lists_the_unallied(&d));
        unknown += of.unlisted_unknown;
        karvan_table *t = NULL;
        const karvan_similarity_query q = {.measure = KINDS, .n_measures = N_KINDS};
        assert_int_equal(karvan_similarity_table(p, &q, &t, NULL), KARVAN_OK);
        int64_t row = 0;
        for (int a = 0; a < STATES; a++)
            for (int b = a + 1; b < STATES; b++)
                for (int year = 1990; year < 1990 + YEARS; year++) {
                    double x[STATES], y[STATES];
                    if (!in_year(&d, year, a) || !in_year(&d, year, b)) continue;
                    for (int c = 0; c < STATES; c++)
                        x[c] = tie(&d, year, a, c), y[c] = tie(&d, year, b, c);
                    for (int m = 0; m < N_KINDS; m++, row++) {
                        karvan_similarity s;
                        assert_int_equal(karvan_similarity_of(KINDS[m], KARVAN_DISTANCE_USUAL,
                                                              &(karvan_scale){0, 3}, x, y, NULL,
                                                              STATES, &s, NULL),
                                         KARVAN_OK);
                        assert_int_equal(karvan_table_int(t, 2, row), year);
                        assert_int_equal(karvan_table_int(t, 7, row), s.n);
                        assert_int_equal(karvan_table_state(t, 8, row), s.state);
                        if (s.state == KARVAN_VALUE)
                            assert_true(fabs(karvan_table_real(t, 8, row) - s.value) < 1e-12);
                        compared++;
                    }
                }
        assert_int_equal(row, karvan_table_rows(t));
        karvan_table_destroy(t), karvan_profiles_destroy(p), karvan_i_text_clear(&text);
    }
    assert_true(compared > 30 * cases);
    if (all_cases()) assert_in_range(unknown, cases / 10, cases - cases / 10);
}

static karvan_status work(karvan_error *err) {
    static const char text[] = COW "1,A,B,1914,1,0,0,0\n2,A,C,1914,0,1,1,0\n3,C,B,1915,0,0,0,1\n",
                      states[] =
                          "code,start,end\nA,1900-01-01,2000-12-31\nB,1900-01-01,1990-06-30\n";
    karvan_states *s = NULL;
    karvan_profiles *p = NULL;
    karvan_table *t = NULL;
    karvan_status st = karvan_states_parse(states, strlen(states), "s.csv", NULL, NULL, &s, err);
    for (int k = 0; k < 2 && st == KARVAN_OK; k++) {
        const karvan_profiles_options o = {.states = k ? s : NULL};
        const karvan_similarity_query q = {.measure = KINDS, .n_measures = N_KINDS};
        st = karvan_profiles_parse(text, strlen(text), "a.csv", &o, &p, err);
        if (st == KARVAN_OK) st = karvan_similarity_table(p, &q, &t, err);
        karvan_table_destroy(t), karvan_profiles_destroy(p);
        t = NULL, p = NULL;
    }
    karvan_states_destroy(s);
    return st;
}

static void no_memory(void **state) {
    (void)state;
    every_allocation_fails(work, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),          cmocka_unit_test(strengths_and_gaps),
        cmocka_unit_test(unknown_pledges),  cmocka_unit_test(ways),
        cmocka_unit_test(tables_of_states), cmocka_unit_test(odd_files),
        cmocka_unit_test(no_shapes),        cmocka_unit_test(a_slow_way),
        cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
