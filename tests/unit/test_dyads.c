/* States and dyad-years: days by hand, spells of every kind, uncertain dates against all days that
 * they may mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dyads_bed.h"
#include "sweep.h"

/* 10 ends on the day on which 20 begins; 30 begins the day after; 40 comes back within the year. */
static const char SMALL[] = "ccode,start,end\n"
                            "20,2001-06-30,2003-12-31\n"
                            "10,2000-03-01,2001-06-30\n"
                            "30,2001-07-01,2003-12-31\n"
                            "40,2000-01-01,2001-02-28\n"
                            "40,2001-11-01,2002-01-01\n";

static const karvan_dyad_years_query YEARS = {.from = 1999, .to = 2005};

static void days_are_shared_or_not(void **state) {
    (void)state;
    karvan_states *s = states_of(SMALL);
    karvan_dyad_years_query q = YEARS;
    q.undirected = true;
    karvan_dyad_years *d = dyads_of(s, q);
    assert_int_equal(karvan_states_count(s), 4);
    assert_int_equal(karvan_states_system(s), KARVAN_SYSTEM_COW);
    assert_text(d, false, KARVAN_FORMAT_CSV,
                "code1,code2,year\n"
                "10,20,2001\n" /* one day */
                "10,40,2000\n10,40,2001\n"
                "20,30,2001\n20,30,2002\n20,30,2003\n"
                "20,40,2001\n20,40,2002\n"
                "30,40,2001\n30,40,2002\n");
    assert_int_equal(count_of(d), 10);
    karvan_dyad_years_destroy(d);
    q.undirected = false;
    d = dyads_of(s, q);
    assert_int_equal(count_of(d), 20);
    karvan_dyad_years_destroy(d);
    q.months = q.undirected = true, q.from = 2001, q.to = 2001;
    d = dyads_of(s, q);
    assert_text(d, false, KARVAN_FORMAT_CSV,
                "code1,code2,year,month\n"
                "10,20,2001,6\n"
                "10,40,2001,1\n10,40,2001,2\n"
                "20,30,2001,7\n20,30,2001,8\n20,30,2001,9\n20,30,2001,10\n20,30,2001,11\n"
                "20,30,2001,12\n"
                "20,40,2001,11\n20,40,2001,12\n30,40,2001,11\n30,40,2001,12\n");
    karvan_dyad_years_destroy(d);
    karvan_states_destroy(s);
}

static void states_go_on_only_when_asked(void **state) {
    (void)state;
    karvan_states *s = states_of(SMALL);
    karvan_dyad_years_query q = {.from = 2003, .to = 2004, .extend = true, .undirected = true};
    karvan_dyad_years *d = dyads_of(s, q);
    assert_text(d, false, KARVAN_FORMAT_CSV,
                "code1,code2,year,extended\n20,30,2003,false\n20,30,2004,true\n");
    assert_text(d, false, KARVAN_FORMAT_JSON,
                "[\n {\"code1\": \"20\", \"code2\": \"30\", \"year\": 2003, \"extended\": false},\n"
                " {\"code1\": \"20\", \"code2\": \"30\", \"year\": 2004, \"extended\": true}\n]\n");
    karvan_dyad_years_destroy(d);
    q.extend = false;
    d = dyads_of(s, q);
    assert_text(d, false, KARVAN_FORMAT_CSV, "code1,code2,year\n20,30,2003\n");
    karvan_dyad_years_destroy(d);
    q.from = 2004;
    d = dyads_of(s, q);
    assert_text(d, false, KARVAN_FORMAT_JSON, "[]\n");
    karvan_dyad_years_destroy(d);
    assert_int_equal(karvan_states_last_day(s), karvan_day_from_civil(2003, 12, 31));
    assert_false(karvan_states_open(s) || karvan_states_uncertain(s));
    karvan_states_destroy(s);
}

/* B's year of birth is known, its day is not; C's end is not known; D goes on. */
static void what_may_be_is_told(void **state) {
    (void)state;
    karvan_states *s = states_of("iso3,from,to\nAAA,1990-01-01,1991-06-30\nBBB,1991,1992-03-31\n"
                                 "CCC,1991-07-01,\nDDD,1992-02-01,..\n");
    const karvan_dyad_years_query q = {.from = 1990, .to = 1993, .undirected = true};
    int64_t n, maybe;
    karvan_dyad_years *d = dyads_of(s, q);
    assert_text(d, false, KARVAN_FORMAT_CSV,
                "code1,code2,year,exists\n"
                "AAA,BBB,1991,maybe\n" /* B may have begun after A ended */
                "BBB,CCC,1991,maybe\n" /* C may have ended before B began */
                "BBB,CCC,1992,maybe\n"
                "BBB,DDD,1992,yes\n"
                "CCC,DDD,1992,maybe\nCCC,DDD,1993,maybe\n");
    assert_int_equal(karvan_dyad_years_count(d, &n, &maybe, NULL), KARVAN_OK);
    assert_true(n == 6 && maybe == 5);
    karvan_table *years = NULL;
    assert_int_equal(karvan_dyad_years_by_year(d, &years, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_int(years, karvan_table_find(years, "maybe"), 2), 2);
    karvan_table_destroy(years);
    karvan_dyad_years_destroy(d);
    karvan_dyad_years_query sure = q;
    sure.certain = true;
    d = dyads_of(s, sure);
    assert_text(d, false, KARVAN_FORMAT_CSV, "code1,code2,year\nBBB,DDD,1992\n");
    karvan_dyad_years_destroy(d);
    assert_true(karvan_states_open(s) && karvan_states_uncertain(s));
    int32_t c = karvan_states_find(s, "CCC");
    assert_int_equal(karvan_states_exists(s, c, karvan_day_from_civil(1991, 1, 1),
                                          karvan_day_from_civil(1991, 12, 31)),
                     KARVAN_YES);
    assert_int_equal(karvan_states_exists(s, c, karvan_day_from_civil(1992, 1, 1),
                                          karvan_day_from_civil(1992, 12, 31)),
                     KARVAN_MAYBE);
    assert_int_equal(karvan_states_exists(s, c, 0, 0), KARVAN_NO);
    karvan_states_destroy(s);
}

/* A table that knows only years: both were there as 2000 began, but not surely as it ended. */
static void years_alone_are_uncertain(void **state) {
    (void)state;
    karvan_states *s = states_of("code,from,to\nA,1990,2000\nB,1990,2000\n");
    const karvan_dyad_years_query q = {
        .from = 1999, .to = 2001, .undirected = true, .extend = true};
    karvan_dyad_years *d = dyads_of(s, q);
    assert_text(d, false, KARVAN_FORMAT_CSV,
                "code1,code2,year,exists,extended\nA,B,1999,yes,false\nA,B,2000,yes,false\n"
                "A,B,2001,maybe,true\n");
    karvan_dyad_years_destroy(d);
    karvan_states_destroy(s);
}

static void columns_of_every_system(void **state) {
    (void)state;
    static const struct {
        const char *csv;
        karvan_system system;
        const char *first;
    } CASES[] = {
        {"stateabb,ccode,styear,stmonth,stday,endyear,endmonth,endday\nUSA,2,1816,1,1,1820,12,31\n",
         KARVAN_SYSTEM_COW, "2"},
        {"gwcode,startdate,enddate\n20,1867-07-01,1870-12-31\n3,1867-07-01,1870-12-31\n",
         KARVAN_SYSTEM_GW, "3"}, /* by number, not by bytes */
        {"iso2,iso3,independence\nKZ,KAZ,1991-12-16\nAZ,AZE,1991-10-18\n", KARVAN_SYSTEM_ISO,
         "AZE"},
        {"code,start,end\n20,1900,1910\n3,1900,1910\n03,1900,1910\n", KARVAN_SYSTEM_ISO, "03"}};
    for (size_t k = 0; k < sizeof CASES / sizeof CASES[0]; k++) {
        karvan_states *s = states_of(CASES[k].csv);
        assert_int_equal(karvan_states_system(s), CASES[k].system);
        assert_string_equal(karvan_states_code(s, 0), CASES[k].first);
        for (int32_t i = 0; i < karvan_states_count(s); i++)
            assert_int_equal(karvan_states_find(s, karvan_states_code(s, i)), i);
        assert_int_equal(karvan_states_find(s, "nobody"), -1);
        karvan_states_destroy(s);
    }
    karvan_states *s = states_of(CASES[0].csv);
    assert_int_equal(karvan_states_last_day(s), karvan_day_from_civil(1820, 12, 31));
    karvan_states_destroy(s);
}

static void refused(const char *csv, karvan_states_options o, karvan_status status,
                    const char *message) {
    karvan_states *s = (karvan_states *)1;
    karvan_error e = {0};
    assert_int_equal(karvan_states_parse(csv, strlen(csv), "s.csv", &o, NULL, &s, &e), status);
    assert_null(s);
    assert_string_equal(e.msg, message);
}

static void bad_tables_are_refused_with_their_place(void **state) {
    (void)state;
    const karvan_states_options plain = {0}, cow = {.system = KARVAN_SYSTEM_COW};
    refused("ccode,start,end\n2,1990-01-01,1990-12-31\n2,1990-12-31,1991-01-05\n", plain,
            KARVAN_E_DATA,
            "s.csv:3:1: state 2 exists twice at a time: this spell and that of line 2 share a day");
    refused("ccode,start,end\n2,1990-01-02,1990-01-01\n", plain, KARVAN_E_DATA,
            "s.csv:2:1: it ends before it begins");
    refused("ccode,start,end\n,1990-01-02,1990-01-01\n", plain, KARVAN_E_DATA,
            "s.csv:2:1: a state needs its code");
    refused("ccode,styear,stmonth,stday\n2,1990,2,29\n", plain, KARVAN_E_DATA,
            "s.csv:2:1: stday is a whole number, 1 to 28");
    refused("gwcode,start\n2,1990\n", cow, KARVAN_E_ARG,
            "s.csv:1:1: no codes of the system cow: there is no column ccode");
    refused("gwcode,ccode,start\n2,2,1990\n", plain, KARVAN_E_ARG,
            "s.csv has the codes of two systems; say which: cow, gw or iso");
    refused("ccode,end\n2,1990\n", plain, KARVAN_E_DATA,
            "s.csv:1:1: no first day of each spell: there is no column start, startdate, stdate, "
            "from, independence or styear");
    refused("ccode,start\n2,1990\n", (karvan_states_options){.no_microstates = true}, KARVAN_E_ARG,
            "s.csv marks no microstates: it has no column microstate");
    refused("name,born\nx,1990\n", plain, KARVAN_E_DATA,
            "s.csv:1:1: none of the columns of states is there, such as ccode");
}

static void rows_said_twice_count_once(void **state) {
    (void)state;
    const char *csv = "ccode,start,end\n2,1990,1991\n3,1990,1991\n2,1990,1991\n";
    karvan_problems *problems = NULL;
    karvan_states *s = NULL;
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    assert_int_equal(karvan_states_parse(csv, strlen(csv), "s.csv", NULL, problems, &s, NULL),
                     KARVAN_OK);
    assert_int_equal(karvan_states_count(s), 2);
    assert_int_equal(karvan_problems_count(problems, KARVAN_WARNING), 1);
    assert_int_equal(karvan_problems_get(problems, 0).line, 4);
    assert_string_equal(karvan_problems_get(problems, 0).code, "row-twice");
    karvan_states_destroy(s);
    karvan_problems_destroy(problems);
}

static void microstates_can_be_left_out(void **state) {
    (void)state;
    const char *csv = "gwcode,microstate,start,end\n1,0,1990,1991\n2,1,1990,1991\n3,0,1990,1991\n";
    const karvan_states_options o = {.no_microstates = true};
    karvan_states *s = NULL;
    assert_int_equal(karvan_states_parse(csv, strlen(csv), "s.csv", &o, NULL, &s, NULL), KARVAN_OK);
    assert_int_equal(karvan_states_count(s), 2);
    assert_int_equal(karvan_states_find(s, "2"), -1);
    karvan_states_destroy(s);
}

/* ---- against every day that dates may mean ---- */

enum { SPELLS = 4, DAYS = 70 };
/* Bounds of one spell, in days from 2000-12-01. */
typedef struct bounds {
    int start[2], end[2];
} bounds;

/* Both on a common day of first..last, for one choice of days? */
static bool meet(int a, int b, int c, int d, int first, int last) {
    int begin = a > c ? a : c, end = b < d ? b : d;
    begin = begin > first ? begin : first, end = end < last ? end : last;
    return begin <= end;
}

static karvan_truth by_all_days(const bounds *x, const bounds *y, int first, int last) {
    bool can = false, cannot = false;
    for (int a = x->start[0]; a <= x->start[1]; a++)
        for (int b = x->end[0]; b <= x->end[1]; b++)
            for (int c = y->start[0]; a <= b && c <= y->start[1]; c++)
                for (int d = y->end[0]; d <= y->end[1]; d++) {
                    if (c > d) continue;
                    if (meet(a, b, c, d, first, last))
                        can = true;
                    else
                        cannot = true;
                }
    return !can ? KARVAN_NO : cannot ? KARVAN_MAYBE : KARVAN_YES;
}

static int put_day(char *to, size_t cap, const int day[2]) {
    char a[40], b[40];
    karvan_day zero = karvan_day_from_civil(2000, 12, 1);
    karvan_day_format(zero + day[0], a, sizeof a), karvan_day_format(zero + day[1], b, sizeof b);
    return day[0] == day[1] ? snprintf(to, cap, "%s", a) : snprintf(to, cap, "%s/%s", a, b);
}

static bounds draw(karvan_random *r) {
    bounds x;
    for (;;) {
        x.start[0] = (int)karvan_random_below(r, DAYS),
        x.end[0] = (int)karvan_random_below(r, DAYS);
        x.start[1] = x.start[0] + (int)karvan_random_below(r, 5);
        x.end[1] = x.end[0] + (int)karvan_random_below(r, 5);
        if (x.start[0] <= x.end[1]) return x;
    }
}

typedef struct seen {
    karvan_truth truth[SPELLS][SPELLS][24]; /* by month from 2000-01 */
} seen;
static karvan_status note_dyad(void *ctx, const karvan_dyad *is, karvan_error *err) {
    seen *x = ctx;
    (void)err;
    int64_t at = (is->year - 2000) * 12 + (is->month ? is->month - 1 : 0);
    x->truth[is->state1][is->state2][at] = is->exists;
    return KARVAN_OK;
}

static void check_case(karvan_random *r, bool months) {
    bounds x[SPELLS];
    char csv[1000];
    int n = snprintf(csv, sizeof csv, "ccode,start,end\n");
    for (int i = 0; i < SPELLS; i++) {
        x[i] = draw(r);
        n += snprintf(csv + n, sizeof csv - (size_t)n, "%d,", i + 1);
        n += put_day(csv + n, sizeof csv - (size_t)n, x[i].start);
        csv[n++] = ',';
        n += put_day(csv + n, sizeof csv - (size_t)n, x[i].end);
        csv[n++] = '\n', csv[n] = 0;
    }
    static seen got;
    memset(&got, 0, sizeof got);
    karvan_states *s = states_of(csv);
    karvan_dyad_years *d =
        dyads_of(s, (karvan_dyad_years_query){.from = 2000, .to = 2001, .months = months});
    assert_int_equal(karvan_dyad_years_each(d, note_dyad, &got, NULL), KARVAN_OK);
    karvan_day zero = karvan_day_from_civil(2000, 12, 1);
    for (int p = 0; p < 24; p += months ? 1 : 12) {
        int end = p + (months ? 1 : 12);
        int first = (int)(karvan_day_from_civil(2000 + p / 12, p % 12 + 1, 1) - zero);
        int last = (int)(karvan_day_from_civil(2000 + end / 12, end % 12 + 1, 1) - zero) - 1;
        for (int a = 0; a < SPELLS; a++)
            for (int b = 0; b < SPELLS; b++)
                if (a != b && got.truth[a][b][p] != by_all_days(&x[a], &x[b], first, last))
                    fail_msg("%s period %d, %d and %d: %s", csv, p, a + 1, b + 1,
                             karvan_truth_name(got.truth[a][b][p]));
    }
    karvan_dyad_years_destroy(d);
    karvan_states_destroy(s);
}

static void truth_is_that_of_all_days(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 7, 0);
    for (int i = 0; i < part_of(3000); i++) check_case(&r, i % 2 == 0);
}

/* ---- many spells of a state, by sets of days ---- */

enum { STATES = 6, TIME = 1500 };
static void sets_of_days_agree(void **state) {
    (void)state;
    karvan_random r;
    static bool alive[STATES][TIME];
    static char csv[20000];
    karvan_day zero = karvan_day_from_civil(1999, 3, 1);
    karvan_random_init(&r, 8, 0);
    for (int round = 0; round < part_of(200); round++) {
        int64_t expected = 0;
        int n = snprintf(csv, sizeof csv, "ccode,start,end\n");
        memset(alive, 0, sizeof alive);
        for (int s = 0; s < STATES; s++)
            for (int day = (int)karvan_random_below(&r, 400); day < TIME;) {
                int last = day + (int)karvan_random_below(&r, 300);
                char a[40], b[40];
                if (last >= TIME) last = TIME - 1;
                for (int k = day; k <= last; k++) alive[s][k] = true;
                karvan_day_format(zero + day, a, sizeof a),
                    karvan_day_format(zero + last, b, sizeof b);
                n += snprintf(csv + n, sizeof csv - (size_t)n, "%d,%s,%s\n", s, a, b);
                day = last + 1 + (int)karvan_random_below(&r, 200);
            }
        for (int64_t y = 1998; y <= 2004; y++)
            for (int a = 0; a < STATES; a++)
                for (int b = 0; b < a; b++) {
                    bool both = false;
                    for (karvan_day k = karvan_day_from_civil(y, 1, 1) - zero;
                         k < karvan_day_from_civil(y + 1, 1, 1) - zero; k++)
                        both |= k >= 0 && k < TIME && alive[a][k] && alive[b][k];
                    expected += both;
                }
        karvan_states *s = states_of(csv);
        karvan_dyad_years *d =
            dyads_of(s, (karvan_dyad_years_query){.from = 1998, .to = 2004, .undirected = true});
        assert_int_equal(count_of(d), expected);
        karvan_dyad_years_destroy(d);
        karvan_states_destroy(s);
    }
}

static karvan_status stop(void *ctx, const karvan_dyad *is, karvan_error *err) {
    (void)is;
    return ++*(int *)ctx == 3 ? karvan_fail(err, KARVAN_E_CANCELLED, "enough") : KARVAN_OK;
}

static void contracts(void **state) {
    (void)state;
    karvan_error e = {0};
    karvan_states *s = states_of(SMALL);
    karvan_dyad_years *d = NULL;
    karvan_dyad_years_query q = {.from = 2001, .to = 2000};
    int calls = 0;
    int64_t n;
    karvan_system system;
    assert_int_equal(karvan_dyad_years_create(s, &q, &d, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "2001 lies after 2000");
    q.to = 10000;
    assert_int_equal(karvan_dyad_years_create(s, &q, &d, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_dyad_years_create(NULL, &q, &d, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_dyad_years_count(NULL, &n, NULL, NULL), KARVAN_E_ARG);
    d = dyads_of(s, YEARS);
    assert_int_equal(karvan_dyad_years_each(d, stop, &calls, NULL), KARVAN_E_CANCELLED);
    assert_int_equal(calls, 3);
    karvan_dyad_years_destroy(d);
    karvan_states_destroy(s);
    assert_int_equal(karvan_system_parse("gw", &system, NULL), KARVAN_OK);
    assert_int_equal(system, KARVAN_SYSTEM_GW);
    e = (karvan_error){0};
    assert_int_equal(karvan_system_parse("cov", &system, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "'cov' is no state system: cow, gw or iso; did you mean cow?");
    int64_t year;
    s = states_of("ccode,start,end\n");
    assert_false(karvan_states_first_year(s, &year));
    d = dyads_of(s, YEARS);
    assert_text(d, false, KARVAN_FORMAT_CSV, "code1,code2,year\n");
    karvan_dyad_years_destroy(d);
    karvan_states_destroy(s);
}

static karvan_status all_of_it(karvan_error *err) {
    static const char csv[] = "code,from,to\nA,1990,2000\nB,1990,..\nB,1980,1985\nA,1990,2000\n";
    karvan_problems *problems = NULL;
    karvan_states *s = NULL;
    karvan_dyad_years *d = NULL;
    karvan_table *t = NULL, *years = NULL;
    int64_t n;
    const karvan_dyad_years_query q = {.from = 1980, .to = 2010, .extend = true};
    karvan_status st = karvan_problems_create(&problems, err);
    if (st == KARVAN_OK)
        st = karvan_states_parse(csv, sizeof csv - 1, "s.csv", NULL, problems, &s, err);
    if (st == KARVAN_OK) st = karvan_dyad_years_create(s, &q, &d, err);
    if (st == KARVAN_OK) st = karvan_dyad_years_count(d, &n, NULL, err);
    if (st == KARVAN_OK) st = karvan_dyad_years_by_year(d, &years, err);
    if (st == KARVAN_OK) st = karvan_dyad_years_table(d, false, &t, err);
    karvan_table_destroy(t), karvan_table_destroy(years);
    karvan_dyad_years_destroy(d);
    karvan_states_destroy(s);
    karvan_problems_destroy(problems);
    return st;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_shared_or_not),
        cmocka_unit_test(states_go_on_only_when_asked),
        cmocka_unit_test(what_may_be_is_told),
        cmocka_unit_test(years_alone_are_uncertain),
        cmocka_unit_test(columns_of_every_system),
        cmocka_unit_test(bad_tables_are_refused_with_their_place),
        cmocka_unit_test(rows_said_twice_count_once),
        cmocka_unit_test(microstates_can_be_left_out),
        cmocka_unit_test(truth_is_that_of_all_days),
        cmocka_unit_test(sets_of_days_agree),
        cmocka_unit_test(contracts),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
