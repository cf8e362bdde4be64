/* Joint memberships of the long form, and of a region: by hand, beside every reading of the dates,
 * and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "joint.h"
#include "region.h"
#include "sweep.h"

enum { ALL = KARVAN_JOINT_MOST | KARVAN_JOINT_BODIES };
#define HEAD    "organisation,country,status,from,to\n"
#define COLUMNS "code1,code2,year,joint,joint_max,bodies\n"

static void by_hand(void **state) {
    (void)state;
    /* one leaves in the middle of a year in which the other joins: on no day together */
    joint_is(HEAD "X,A,member,1998,1999-04-02\nX,B,member,1999-04-03,2000-01-01\n", NULL, NULL, ALL,
             COLUMNS "A,B,1998,0,0,none\nA,B,1999,0,0,none\nA,B,2000,0,0,none\n");
    /* on one day */
    joint_is(HEAD "X,A,member,1998,1999-04-02\nX,B,member,1999-04-02,2000-01-01\n", NULL, NULL, ALL,
             COLUMNS "A,B,1998,0,0,none\nA,B,1999,1,1,X\nA,B,2000,0,0,none\n");
    /* an end that is not known; one that is known by its year alone */
    joint_is(HEAD "X,A,member,1990,\nX,B,member,1989,1992\n", NULL, NULL, ALL,
             COLUMNS "A,B,1989,0,0,none\nA,B,1990,1,1,X\nA,B,1991,0,1,X?\nA,B,1992,0,1,X?\n");
    joint_is(HEAD "X,A,member,1990,1991\nX,B,member,1991,..\n", NULL, NULL, ALL,
             COLUMNS "A,B,1990,0,0,none\nA,B,1991,0,1,X?\n");
    /* observers count where they are asked for; left and joined again */
    static const char again[] =
        HEAD "X,A,observer,1990,1991\nX,A,member,1993,1993\n"
             "X,B,member,1990,..\nY,A,member,1990,..\nY,B,participant,1990,\n";
    joint_is(again, NULL, NULL, ALL,
             COLUMNS "A,B,1990,0,0,none\nA,B,1991,0,0,none\nA,B,1992,0,0,none\nA,B,1993,1,1,X\n");
    const karvan_memberships_options o = {
        .status = KARVAN_MEMBER | KARVAN_OBSERVER | KARVAN_PARTICIPANT, .has_to = true, .to = 1992};
    joint_is(again, &o, NULL, ALL,
             COLUMNS "A,B,1990,1,2,X;Y?\nA,B,1991,1,2,X;Y?\nA,B,1992,0,1,Y?\n");
    /* it never began */
    joint_is(HEAD "X,A,member,..,1991\nX,B,member,1990,1991\n", NULL, NULL, ALL,
             COLUMNS "A,B,1990,0,0,none\nA,B,1991,0,0,none\n");
    joint_is(HEAD, NULL, NULL, 0, "code1,code2,year,joint\n");
    /* years of which no date speaks: none, unless they are asked for */
    static const char two[] = HEAD "X,A,member,1990,..\nX,B,member,1990,..\n";
    karvan_memberships_options late = {.has_from = true, .from = 2001};
    joint_is(two, &late, NULL, 0, "code1,code2,year,joint\n");
    late.has_to = true, late.to = 2001;
    /* then they are not covered, unless what goes on is carried on */
    joint_is(two, &late, NULL, 0, "code1,code2,year,joint\nA,B,2001,..\n");
    joint_is(two, &late, NULL, ALL, COLUMNS "A,B,2001,..,1,X?\n");
    late.extend = true;
    joint_is(two, &late, NULL, 0, "code1,code2,year,joint\nA,B,2001,1\n");
}

/* Rows of two sources: what both say is certain, what one says possible. */
static void contradictions(void **state) {
    (void)state;
    joint_is(HEAD "X,A,member,1990,1995-06-30\nX,A,member,1992-03-02,1993\nX,B,member,1985,..\n",
             NULL, NULL, ALL,
             COLUMNS "A,B,1985,0,0,none\nA,B,1986,0,0,none\nA,B,1987,0,0,none\nA,B,1988,0,0,none\n"
                     "A,B,1989,0,0,none\nA,B,1990,0,1,X?\nA,B,1991,0,1,X?\nA,B,1992,1,1,X\n"
                     "A,B,1993,1,1,X\nA,B,1994,0,1,X?\nA,B,1995,0,1,X?\n");
    /* two spells that perhaps meet are two spells; so are those of two statuses */
    joint_is(HEAD "X,A,member,1990,1991\nX,A,member,1991,1992\nX,B,member,1990,..\n", NULL, NULL, 0,
             "code1,code2,year,joint\nA,B,1990,1\nA,B,1991,1\nA,B,1992,1\n");
    joint_is(HEAD "X,A,associate,1990,1991-05\nX,A,member,1991-05,1992\nX,B,member,1990,..\n", NULL,
             NULL, 0, "code1,code2,year,joint\nA,B,1990,1\nA,B,1991,1\nA,B,1992,1\n");
}

static void refusals(void **state) {
    (void)state;
    static const struct {
        const char *text, *why;
        karvan_status st;
    } cases[] = {
        {HEAD "X,A,member,1990,\nX,B,member,1990,\nX,A,member,1990,1992\n",
         "m.csv:4:1: A in X with this status and beginning stands twice: here and on line 2",
         KARVAN_E_DATA},
        {HEAD "X,A,membr,1990,\n",
         "m.csv:2:1: 'membr' is no status of a member; did you mean member?", KARVAN_E_DATA},
        {HEAD "X,A,\"member,observer\",1990,\n", "m.csv:2:1: a membership has one status",
         KARVAN_E_DATA},
        {HEAD "X,A,,1990,\n", "m.csv:2:1: a membership without its status", KARVAN_E_DATA},
        {HEAD ",A,member,1990,\n", "m.csv:2:1: a membership without its organisation",
         KARVAN_E_DATA},
        {HEAD "X,,member,1990,\n", "m.csv:2:1: a membership without its country", KARVAN_E_DATA},
        {HEAD "X,A,member,199o,\n", "m.csv:2:12: '199o' is not EDTF", KARVAN_E_DATA},
        {HEAD "X,A,member,,\n", "the memberships name no dates: say the first and the last year",
         KARVAN_E_ARG},
        {HEAD "X,A,member,0001,1999\n", "the memberships are of the years 1 to 1999: say which",
         KARVAN_E_ARG},
        {"organisation,country,from,to\nX,A,1990,1991\n", "m.csv:1:1: ", KARVAN_E_DATA},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        joint_refused(cases[k].text, NULL, cases[k].st, cases[k].why);
}

/* ---- beside every reading: dates of a few days around the end of a year ---- */

enum { DAYS = 8, FIRST_YEAR = 1999, SPELLS = 4 };

/* least..most of the first day, of the last; last_least < 0: goes on; DAYS: not known. */
typedef struct spell {
    int state, first_least, first_most, last_least, last_most;
} spell;

static karvan_day day_at(int i) { return karvan_day_from_civil(1999, 12, 28) + i; }

static void draw(spell *s, karvan_random *r) {
    s->state = (int)karvan_random_below(r, 2);
    s->first_least = (int)karvan_random_below(r, DAYS);
    s->first_most = s->first_least + (int)karvan_random_below(r, (uint64_t)(DAYS - s->first_least));
    s->last_least = s->first_least + (int)karvan_random_below(r, (uint64_t)(DAYS - s->first_least));
    s->last_most = s->last_least + (int)karvan_random_below(r, (uint64_t)(DAYS - s->last_least));
    int how = (int)karvan_random_below(r, 6);
    if (how == 0) s->last_least = -1, s->last_most = -1;
    if (how == 1) s->last_least = s->last_most = DAYS;
}

static void put_row(const spell *s, karvan_i_text *out) {
    char a[4][40];
    for (int k = 0; k < 4; k++) *a[k] = 0;
    karvan_day_format(day_at(s->first_least), a[0], sizeof a[0]);
    karvan_day_format(day_at(s->first_most), a[1], sizeof a[1]);
    karvan_i_text_printf(out, "X,%c,member,%s/%s,", 'A' + s->state, a[0], a[1]);
    if (s->last_least < 0) {
        karvan_i_text_puts(out, "..");
    } else if (s->last_least < DAYS) {
        karvan_day_format(day_at(s->last_least), a[2], sizeof a[2]);
        karvan_day_format(day_at(s->last_most), a[3], sizeof a[3]);
        karvan_i_text_printf(out, "%s/%s", a[2], a[3]);
    }
    karvan_i_text_puts(out, "\n");
}

/* The days, as bits, of every reading of a spell; bit DAYS: after them. */
static int readings(const spell *s, uint32_t *out) {
    int n = 0;
    bool goes_on = s->last_least < 0, unknown = s->last_least == DAYS;
    int from = goes_on   ? DAYS
               : unknown ? 0
                         : s->last_least,
        to = goes_on || unknown ? DAYS : s->last_most;
    for (int b = s->first_least; b <= s->first_most; b++)
        for (int e = from > b ? from : b; e <= to; e++)
            out[n++] = ((2u << e) - 1) & ~((1u << b) - 1);
    return n;
}

/* Days of 1999: the first four; of 2000: the rest. */
static uint32_t days_of(int year) { return year == 1999 ? 0xF : (2u << DAYS) - 1 - 0xF; }

/* Both belong on one day of the year: in some, in all of the readings of all spells. */
static void look(const spell *s, int n, int year, bool *some, bool *all) {
    uint32_t of[SPELLS][100];
    int count[SPELLS], at[SPELLS] = {0}, k = 0;
    for (int i = 0; i < n; i++) count[i] = readings(&s[i], of[i]);
    *some = false, *all = true;
    while (k < n) {
        uint32_t days[2] = {0, 0};
        for (int i = 0; i < n; i++) days[s[i].state] |= of[i][at[i]];
        bool both = (days[0] & days[1] & days_of(year)) != 0;
        *some |= both, *all &= both;
        for (k = 0; k < n && ++at[k] == count[k]; k++) at[k] = 0;
    }
}

static void every_reading(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 3, 0);
    int certain = 0, maybe = 0, tried = 0;
    for (int k = 0; k < part_of(3000); k++) {
        spell s[SPELLS];
        karvan_i_text text = {0};
        int n = 2 + (k % 4 == 0);
        for (int i = 0; i < n; i++) draw(&s[i], &r);
        s[0].state = 0, s[1].state = 1;
        if (n == 3 && s[2].first_least == s[s[2].state].first_least) continue; /* perhaps twice */
        tried++;
        karvan_i_text_puts(&text, HEAD);
        for (int i = 0; i < n; i++) put_row(&s[i], &text);
        const karvan_memberships_options o = {
            .has_from = true, .has_to = true, .from = 1999, .to = 2000, .extend = true};
        karvan_memberships *m = joint_read(text.s, &o);
        karvan_table *t = NULL;
        assert_int_equal(karvan_joint_table(m, NULL, KARVAN_JOINT_MOST, &t, NULL), KARVAN_OK);
        for (int y = 0; y < 2; y++) {
            bool some, all;
            look(s, n, FIRST_YEAR + y, &some, &all);
            int64_t least = karvan_table_int(t, 3, y), most = karvan_table_int(t, 4, y);
            assert_int_equal(most, some);
            if (n == 2) assert_int_equal(least, all);
            assert_true(least <= all); /* never too high, whatever rows say together */
            certain += least == 1, maybe += most > least;
        }
        karvan_table_destroy(t), karvan_memberships_destroy(m), karvan_i_text_clear(&text);
    }
    if (all_cases()) assert_true(certain > 500 && maybe > 500);
    assert_true(tried > 0);
}

/* ---- a region ---- */

static const small_table TABLES[] = {
    {"countries", "iso3:s,independence:d\nAAA,1991-08-30\nBBB,\nCCC,1993\n", "\"iso3\""},
    {"organisations",
     "id:s,kind:s,founded:d,dissolved:d\nORG,organisation,1990,\nOLD,organisation,,1992-05\n"
     "COM,commission,1991,\nLTD,company,1991,\n",
     "\"id\""},
    {"settings", "key:s,value:s\nreference_date,1995-01-01\n", "\"key\""},
    {"coverage",
     "table:s,subset:s,country:s,from:d,to:d,complete:b\nmemberships,OLD;ORG,AAA;BBB,1991,1993,"
     "true\n"
     "memberships,*,CCC,,,false\nclaims,*,*,,,true\n",
     NULL},
    {"memberships",
     "organisation:s,country:s,status:s,from:d,to:d\nORG,AAA,member,1992,2030\n"
     "ORG,BBB,member,1991,2030\nOLD,AAA,member,1990,1992\nCOM,AAA,member,1990,2030\n"
     "COM,BBB,member,1990,2030\nLTD,AAA,member,1990,2030\nLTD,BBB,member,1990,2030\n"
     "ORG,CCC,observer,1993,1993\n",
     NULL}};
enum { N_TABLES = sizeof TABLES / sizeof TABLES[0], COVERAGE = 3 };

static small_region region;

static void of_region(const small_table *tables, int n, const char *expected) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    karvan_i_text got = {0};
    assert_true(small_open(&region, tables, n));
    if (karvan_memberships_joint(region.package, NULL, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    karvan_i_csv_text(t, &got);
    assert_string_equal(got.s, expected);
    karvan_table_destroy(t), karvan_i_text_clear(&got);
    small_close(&region);
}

static void what_a_region_says(void **state) {
    (void)state;
    /* up to the year before the reference date; from the year of independence; neither commission
     * nor company; BBB is known not to be in OLD up to 1993, in which AAA was until it ended; of
     * CCC not all is said, but in 1993 that it was an observer of ORG */
    of_region(TABLES, N_TABLES,
              "code1,code2,year,joint_min,joint_max,bodies\n"
              "AAA,BBB,1991,0,0,none\nAAA,BBB,1992,1,1,ORG\nAAA,BBB,1993,1,1,ORG\n"
              "AAA,BBB,1994,1,1,ORG\n"
              "AAA,CCC,1993,0,0,none\nAAA,CCC,1994,0,1,ORG?\n"
              "BBB,CCC,1993,0,0,none\nBBB,CCC,1994,0,1,ORG?\n");
    /* without a table coverage, what is not said is not so */
    small_table few[N_TABLES];
    memcpy(few, TABLES, sizeof few);
    few[COVERAGE] = few[N_TABLES - 1];
    of_region(few, N_TABLES - 1,
              "code1,code2,year,joint_min,joint_max,bodies\n"
              "AAA,BBB,1991,0,0,none\nAAA,BBB,1992,1,1,ORG\nAAA,BBB,1993,1,1,ORG\n"
              "AAA,BBB,1994,1,1,ORG\n"
              "AAA,CCC,1993,0,0,none\nAAA,CCC,1994,0,0,none\n"
              "BBB,CCC,1993,0,0,none\nBBB,CCC,1994,0,0,none\n");
}

/* joint, with what rows show of it; coverage of AAA and BBB goes to 1993, of CCC nothing is
 * covered; without coverage the year before the reference date is the last. */
static void counts_are(const small_table *tables, int n, bool extend, const char *expected) {
    const karvan_memberships_options o = {
        .has_from = true, .has_to = true, .from = 1993, .to = 1995, .extend = extend};
    karvan_memberships *m = NULL;
    karvan_table *t = NULL;
    karvan_joint_totals sum;
    karvan_error e = {0};
    karvan_i_text got = {0};
    assert_true(small_open(&region, tables, n));
    if (karvan_memberships_of_region(region.package, &o, &m, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    assert_int_equal(karvan_joint_table(m, NULL, KARVAN_JOINT_LEAST | KARVAN_JOINT_MOST, &t, &e),
                     KARVAN_OK);
    karvan_i_csv_text(t, &got);
    assert_string_equal(got.s, expected);
    assert_int_equal(karvan_joint_sum(m, NULL, &sum, &e), KARVAN_OK);
    int64_t gaps = 0, joint = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        bool value = karvan_table_state(t, 3, r) == KARVAN_VALUE;
        gaps += !value, joint += value ? karvan_table_int(t, 3, r) : 0;
    }
    assert_int_equal(sum.not_covered, gaps), assert_int_equal(sum.joint, joint);
    karvan_table_destroy(t), karvan_memberships_destroy(m), karvan_i_text_clear(&got);
    small_close(&region);
}

static void what_is_not_covered(void **state) {
    (void)state;
    static const char head[] = "code1,code2,year,joint,joint_min,joint_max\n";
    char text[400];
    (void)snprintf(text, sizeof text, "%s%s", head,
                   "AAA,BBB,1993,1,1,1\nAAA,BBB,1994,..,1,1\nAAA,BBB,1995,..,0,1\n"
                   "AAA,CCC,1993,..,0,0\nAAA,CCC,1994,..,0,1\nAAA,CCC,1995,..,0,1\n"
                   "BBB,CCC,1993,..,0,0\nBBB,CCC,1994,..,0,1\nBBB,CCC,1995,..,0,1\n");
    counts_are(TABLES, N_TABLES, false, text);
    small_table few[N_TABLES];
    memcpy(few, TABLES, sizeof few);
    few[COVERAGE] = few[N_TABLES - 1];
    (void)snprintf(text, sizeof text, "%s%s", head,
                   "AAA,BBB,1993,1,1,1\nAAA,BBB,1994,1,1,1\nAAA,BBB,1995,..,0,1\n"
                   "AAA,CCC,1993,0,0,0\nAAA,CCC,1994,0,0,0\nAAA,CCC,1995,..,0,1\n"
                   "BBB,CCC,1993,0,0,0\nBBB,CCC,1994,0,0,0\nBBB,CCC,1995,..,0,1\n");
    counts_are(few, N_TABLES - 1, false, text);
    (void)snprintf(text, sizeof text, "%s%s", head,
                   "AAA,BBB,1993,1,1,1\nAAA,BBB,1994,1,1,1\nAAA,BBB,1995,1,1,1\n"
                   "AAA,CCC,1993,0,0,0\nAAA,CCC,1994,0,0,0\nAAA,CCC,1995,0,0,0\n"
                   "BBB,CCC,1993,0,0,0\nBBB,CCC,1994,0,0,0\nBBB,CCC,1995,0,0,0\n");
    counts_are(few, N_TABLES - 1, true, text);
}

static void a_region_without(void **state) {
    (void)state;
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_true(small_open(&region, TABLES, 3));
    assert_int_equal(karvan_memberships_joint(region.package, NULL, &t, &e), KARVAN_E_DATA);
    assert_non_null(strstr(e.msg, "memberships"));
    assert_null(t);
    small_close(&region);
    assert_int_equal(karvan_memberships_joint(NULL, NULL, &t, NULL), KARVAN_E_ARG);
}

/* ---- no memory ---- */

static karvan_status read_file(karvan_error *err) {
    static const char text[] = HEAD "X,A,member,1990,\nX,B,member,1989,1992\n";
    karvan_memberships *m = NULL;
    karvan_status st = karvan_memberships_parse(text, sizeof text - 1, "m.csv", NULL, &m, err);
    karvan_memberships_destroy(m);
    return st;
}

static karvan_status read_region(karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = karvan_memberships_joint(region.package, NULL, &t, err);
    karvan_table_destroy(t);
    return st;
}

static void no_memory(void **state) {
    (void)state;
    every_allocation_fails(read_file, 200);
    assert_true(small_open(&region, TABLES, N_TABLES));
    every_allocation_fails(read_region, 200);
    small_close(&region);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand),
                                       cmocka_unit_test(contradictions),
                                       cmocka_unit_test(refusals),
                                       cmocka_unit_test(every_reading),
                                       cmocka_unit_test(what_a_region_says),
                                       cmocka_unit_test(what_is_not_covered),
                                       cmocka_unit_test(a_region_without),
                                       cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
