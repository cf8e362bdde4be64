/* Tables attached to dyad-years: the three states of a cell, one-way and two-way ties, rows said
 * twice, names, months, capitals that move, where cells come from; streams are what tables are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "attach_bed.h"
#include "sweep.h"

static karvan_day day(int64_t y, int m, int d) { return karvan_day_from_civil(y, m, d); }

static void values_of_states_stand_on_both_sides(void **state) {
    (void)state;
    static const char *const gdp[] = {"gdp"};
    const karvan_cover cover = {.first = day(2000, 1, 1), .last = day(2002, 12, 30)};
    const karvan_attach_options o = {
        .n_columns = 1, .columns = gdp, .n_covers = 1, .covers = &cover};
    bed b = start((karvan_dyad_years_query){.from = 2000, .to = 2003, .undirected = true});
    attach(&b, GDP, "g.csv", &o);
    assert_text(b.d, true, KARVAN_FORMAT_CSV,
                "code1,code2,year,gdp1,gdp1_from,gdp2,gdp2_from\n"
                "1,2,2000,1.5,g.csv:2,,\n"      /* covered, and there is no row */
                "1,2,2001,,g.csv:3,0,g.csv:4\n" /* its row says that it is not known */
                "1,2,2002,..,,..,\n"            /* a year that is covered but for a day is not */
                "1,2,2003,..,,..,g.csv:6\n"     /* its row says that it is not covered */
                "1,3,2002,..,,..,\n1,3,2003,..,,..,\n"
                "2,3,2002,..,,..,\n2,3,2003,..,g.csv:6,..,\n");
    assert_text(b.d, false, KARVAN_FORMAT_TABLE,
                "code1  code2  year         gdp1         gdp2\n"
                "1      2      2000          1.5      unknown\n"
                "1      2      2001      unknown            0\n"
                "1      2      2002  not covered  not covered\n"
                "1      2      2003  not covered  not covered\n"
                "1      3      2002  not covered  not covered\n"
                "1      3      2003  not covered  not covered\n"
                "2      3      2002  not covered  not covered\n"
                "2      3      2003  not covered  not covered\n");
    end(&b);
}

static void ties_go_the_way_that_they_say(void **state) {
    (void)state;
    bed b = start((karvan_dyad_years_query){.from = 2000, .to = 2002});
    attach(&b, VISITS, "v.csv", NULL);
    assert_text(b.d, false, KARVAN_FORMAT_CSV,
                "code1,code2,year,visits\n"
                "1,2,2000,3\n1,2,2001,0\n1,2,2002,..\n1,3,2002,..\n"
                "2,1,2000,..\n2,1,2001,5\n2,1,2002,..\n2,3,2002,1\n"
                "3,1,2002,..\n3,2,2002,..\n");
    end(&b);
    b = start((karvan_dyad_years_query){.from = 2001, .to = 2002, .undirected = true});
    attach(&b, VISITS, "v.csv", NULL);
    assert_text(b.d, true, KARVAN_FORMAT_CSV,
                "code1,code2,year,visits12,visits12_from,visits21,visits21_from\n"
                "1,2,2001,0,v.csv:3,5,v.csv:4\n1,2,2002,..,,..,\n1,3,2002,..,,..,\n"
                "2,3,2002,1,v.csv:5,..,\n");
    end(&b);
}

/* Sums of events call their pairs source and target; where a code of a state stands beside them
 * they are columns like others. */
static void source_and_target_are_a_pair(void **state) {
    (void)state;
    bed b = start((karvan_dyad_years_query){.from = 2000, .to = 2001});
    attach(&b, "source,target,year,events\n1,2,2000,3\n2,1,2001,5\n", "e.csv", NULL);
    attach(&b, "importer,exporter,year,usd\n2,1,2001,8\n", "f.csv", NULL);
    attach(&b, "ccode,year,source,target\n2,2001,WDI,4\n", "g.csv", NULL);
    assert_text(b.d, false, KARVAN_FORMAT_CSV,
                "code1,code2,year,events,usd,source1,source2,target1,target2\n"
                "1,2,2000,3,..,..,..,..,..\n1,2,2001,..,8,..,WDI,..,4\n"
                "2,1,2000,..,..,..,..,..,..\n2,1,2001,5,..,WDI,..,4,..\n");
    end(&b);
}

static void ties_of_both_ways_are_found_from_both(void **state) {
    (void)state;
    static const char TIES[] = "code1,code2,year,ally\n3,2,2002,1\n1,2,2002,0\n2,1,2002,0\n";
    const karvan_attach_options o = {.both_ways = true};
    bed b = start((karvan_dyad_years_query){.from = 2002, .to = 2002});
    attach(&b, TIES, "t.csv", &o);
    assert_text(b.d, false, KARVAN_FORMAT_CSV,
                "code1,code2,year,ally\n1,2,2002,0\n1,3,2002,..\n2,1,2002,0\n2,3,2002,1\n"
                "3,1,2002,..\n3,2,2002,1\n");
    end(&b);
}

static void covers_of_columns_and_codes_add_up(void **state) {
    (void)state;
    static const char *const two[] = {"1", "2"}, *const visits[] = {"visits"};
    static const char TWO[] = "ccode1,ccode2,year,visits,calls\n1,2,2000,3,1\n";
    const karvan_cover covers[] = {
        {.n_codes = 2, .codes = two, .first = day(2000, 1, 1), .last = KARVAN_DAY_MAX},
        {.n_columns = 1, .columns = visits, .first = day(2002, 1, 1), .last = day(2002, 12, 31)}};
    const karvan_attach_options o = {.n_covers = 2, .covers = covers};
    bed b = start((karvan_dyad_years_query){.from = 2001, .to = 2003, .undirected = true});
    attach(&b, TWO, "v.csv", &o);
    assert_text(b.d, false, KARVAN_FORMAT_CSV,
                "code1,code2,year,visits12,visits21,calls12,calls21\n"
                "1,2,2001,,,,\n1,2,2002,,,,\n1,2,2003,,,,\n"
                "1,3,2002,,,..,..\n1,3,2003,..,..,..,..\n"
                "2,3,2002,,,..,..\n2,3,2003,..,..,..,..\n");
    end(&b);
}

static void months_have_their_own_rows_or_the_years(void **state) {
    (void)state;
    static const char BY_MONTH[] =
        "ccode1,ccode2,year,month,contiguous\n1,2,2001,2,1\n1,2,2001,1,0\n";
    static const char *const gdp[] = {"gdp"};
    const karvan_attach_options o = {.n_columns = 1, .columns = gdp};
    bed b = start(
        (karvan_dyad_years_query){.from = 2000, .to = 2001, .undirected = true, .months = true});
    attach(&b, BY_MONTH, "c.csv", NULL);
    attach(&b, GDP, "g.csv", &o);
    char *s = text_of(b.d, false, KARVAN_FORMAT_CSV);
    assert_non_null(strstr(s, "\n1,2,2000,1,..,..,1.5,..\n"));
    assert_non_null(strstr(s, "\n1,2,2000,12,..,..,1.5,..\n"));
    assert_non_null(strstr(s, "\n1,2,2001,1,0,..,,0\n1,2,2001,2,1,..,,0\n1,2,2001,3,..,..,,0\n"));
    free(s);
    end(&b);
}

static void names_can_be_given(void **state) {
    (void)state;
    static const char *const gdp[] = {"gdp"}, *const income[] = {"income"};
    const karvan_attach_options plain = {.n_columns = 1, .columns = gdp},
                                named = {.n_columns = 1, .columns = gdp, .names = income};
    karvan_error e = {0};
    bed b = start((karvan_dyad_years_query){.from = 2000, .to = 2000});
    attach(&b, GDP, "g.csv", &plain);
    assert_int_equal(karvan_dyad_years_attach(b.d, b.t[0], &plain, NULL, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg,
                        "column gdp1 of g.csv: there is one of that name already; give it another");
    assert_int_equal(karvan_dyad_years_columns(b.d), 2); /* nothing of it stays */
    assert_int_equal(karvan_dyad_years_attach(b.d, b.t[0], &named, NULL, NULL), KARVAN_OK);
    assert_int_equal(karvan_dyad_years_columns(b.d), 4);
    assert_string_equal(karvan_dyad_years_column(b.d, 3).name, "income2");
    assert_int_equal(karvan_dyad_years_column(b.d, 3).type, KARVAN_REAL);
    end(&b);
}

/* ---- capitals ---- */

/* 1's capital moves on 2001-03-01; 2's position is the north pole; 3 has none before 2003. */
static const char CAPITALS[] =
    "ccode,capital,stdate,enddate,lat,lng\n1,Old,2000-01-01,2001-02-28,0,0\n"
    "1,New,2001-03-01,2010-12-31,0,90\n2,Pole,1990,2010,90,0\n3,Late,2003-05-01,2010,0,-90\n";

static void distances(karvan_distance_options o, const char *expected) {
    bed b = start((karvan_dyad_years_query){.from = 2000, .to = 2003, .undirected = true});
    karvan_error e = {0};
    b.t[b.n++] = table_of(CAPITALS, "c.csv");
    if (karvan_dyad_years_distance(b.d, b.t[0], &o, NULL, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    assert_string_equal(karvan_dyad_years_column(b.d, 0).unit, "km");
    assert_text(b.d, true, KARVAN_FORMAT_CSV, expected);
    end(&b);
}

static void capitals_move(void **state) {
    (void)state;
    /* a quarter of a circle of 6378.137 km: 10018.754; half of it: 20037.508 */
    const karvan_cover all = {.first = KARVAN_DAY_MIN, .last = KARVAN_DAY_MAX};
    const char *last = "code1,code2,year,distance_km,distance_km_from\n"
                       "1,2,2000,10018.754,c.csv:2;c.csv:4\n1,2,2001,10018.754,c.csv:3;c.csv:4\n"
                       "1,2,2002,10018.754,c.csv:3;c.csv:4\n1,2,2003,10018.754,c.csv:3;c.csv:4\n"
                       "1,3,2002,..,\n1,3,2003,20037.508,c.csv:3;c.csv:5\n"
                       "2,3,2002,..,\n2,3,2003,10018.754,c.csv:4;c.csv:5\n";
    distances((karvan_distance_options){.sphere = true}, last);
    distances((karvan_distance_options){.sphere = true, .rule = KARVAN_CAPITAL_MOST}, last);
    distances(
        (karvan_distance_options){
            .sphere = true, .rule = KARVAN_CAPITAL_FIRST, .n_covers = 1, .covers = &all},
        "code1,code2,year,distance_km,distance_km_from\n"
        "1,2,2000,10018.754,c.csv:2;c.csv:4\n1,2,2001,10018.754,c.csv:2;c.csv:4\n"
        "1,2,2002,10018.754,c.csv:3;c.csv:4\n1,2,2003,10018.754,c.csv:3;c.csv:4\n"
        "1,3,2002,,\n1,3,2003,20037.508,c.csv:3;c.csv:5\n"
        "2,3,2002,,\n2,3,2003,10018.754,c.csv:4;c.csv:5\n");
    /* a quarter of a meridian is 10001.966 km; nearly opposite ends of the equator meet by a pole
     */
    distances((karvan_distance_options){0},
              "code1,code2,year,distance_km,distance_km_from\n"
              "1,2,2000,10001.966,c.csv:2;c.csv:4\n1,2,2001,10001.966,c.csv:3;c.csv:4\n"
              "1,2,2002,10001.966,c.csv:3;c.csv:4\n1,2,2003,10001.966,c.csv:3;c.csv:4\n"
              "1,3,2002,..,\n1,3,2003,20003.931,c.csv:3;c.csv:5\n"
              "2,3,2002,..,\n2,3,2003,10001.966,c.csv:4;c.csv:5\n");
}

static void capitals_at_one_time_are_told(void **state) {
    (void)state;
    static const char TWO[] =
        "ccode,start,end,lat,lon\n1,2000-01-01,2001-12-31,0,0\n"
        "1,2000-06-01,2001-05-31,0,1\n2,2000,2003,0,2\n2,2004,2003-12-31,0,3\n";
    karvan_problems *problems = NULL;
    karvan_error e = {0};
    bed b = start((karvan_dyad_years_query){.from = 2000, .to = 2001, .undirected = true});
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    b.t[b.n++] = table_of(TWO, "c.csv");
    assert_int_equal(karvan_dyad_years_distance(b.d, b.t[0], NULL, problems, &e), KARVAN_E_DATA);
    assert_string_equal(e.msg, "c.csv:5:1: it ends before it begins");
    char fixed[sizeof TWO];
    (void)snprintf(fixed, sizeof fixed, "%.*s", (int)(strstr(TWO, "2,2004") - TWO), TWO);
    b.t[b.n++] = table_of(fixed, "c.csv");
    assert_int_equal(karvan_dyad_years_distance(b.d, b.t[1], NULL, problems, NULL), KARVAN_OK);
    assert_int_equal(karvan_problems_total(problems), 1);
    assert_string_equal(karvan_problems_get(problems, 0).code, "capital-twice");
    /* on the last day of 2000 both are one: the later; on that of 2001 only the first */
    assert_text(b.d, false, KARVAN_FORMAT_CSV,
                "code1,code2,year,distance_km\n1,2,2000,111.319\n1,2,2001,222.639\n");
    karvan_problems_destroy(problems);
    end(&b);
}

static void no_capitals(const char *csv, const char *message) {
    karvan_error e = {0};
    bed b = start((karvan_dyad_years_query){.from = 2000, .to = 2001});
    b.t[b.n++] = table_of(csv, "c.csv");
    assert_int_equal(karvan_dyad_years_distance(b.d, b.t[0], NULL, NULL, &e), KARVAN_E_DATA);
    assert_string_equal(e.msg, message);
    end(&b);
}

static void capitals_need_a_place(void **state) {
    (void)state;
    karvan_capital_rule rule;
    karvan_error e = {0};
    no_capitals("ccode,start,lat\n1,2000,1\n", "c.csv:1:1: no column lng, lon, long or longitude");
    no_capitals("ccode,start,lng\n1,2000,1\n", "c.csv:1:1: no column lat or latitude");
    no_capitals("code1,start,lng,lat\n1,2000,1,1\n", "c.csv:1:1: no column ccode");
    no_capitals("ccode,start,lat,lng\n1,2000,91,0\n",
                "c.csv:2:1: a capital needs its lat, -90 to 90 degrees");
    no_capitals("ccode,start,lat,lng\n1,2000,1,\n",
                "c.csv:2:1: a capital needs its lng, -180 to 180 degrees");
    assert_int_equal(karvan_capital_rule_parse("frist", &rule, &e), KARVAN_E_ARG);
    assert_string_equal(
        e.msg, "'frist' is no rule for capitals: last, first or most; did you mean first?");
}

/* ---- streams are what tables are, and a slow look-up agrees ---- */

enum { N = 7, ROWS = 400 };

static void streamed(const karvan_dyad_years *d, bool trace, karvan_format format) {
    char *expected = NULL;
    size_t n = 0;
    karvan_table *t = NULL;
    FILE *f = open_memstream(&expected, &n);
    assert_non_null(f);
    assert_int_equal(karvan_dyad_years_table(d, trace, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_write_states(t, format, 0, f, NULL), KARVAN_OK);
    assert_int_equal(fclose(f), 0);
    assert_text(d, trace, format, expected);
    free(expected);
    karvan_table_destroy(t);
}

typedef struct drawn {
    int a, b, year, month, value; /* -1: unknown */
} drawn;

static const drawn *find(const drawn *rows, int n, int a, int b, int year, int month, bool both) {
    for (int i = 0; i < n; i++)
        if (rows[i].year == year && (!month || !rows[i].month || rows[i].month == month) &&
            ((rows[i].a == a && rows[i].b == b) || (both && rows[i].a == b && rows[i].b == a)))
            return &rows[i];
    return NULL;
}

typedef struct looking {
    const drawn *rows;
    int n;
    bool both, dyadic;
} looking;

static void same(const drawn *r, const karvan_dyad_cell *c) {
    if (!r)
        assert_true(c->row < 0 && c->state == KARVAN_NOT_COVERED);
    else if (r->value < 0)
        assert_true(c->row >= 0 && c->state == KARVAN_UNKNOWN);
    else
        assert_true(c->state == KARVAN_VALUE && c->real == r->value);
}

static karvan_status look(void *ctx, const karvan_dyad *is, karvan_error *err) {
    const looking *x = ctx;
    (void)err;
    int a = is->state1, b = is->state2, y = (int)is->year, m = is->month;
    if (x->dyadic) {
        same(find(x->rows, x->n, a, b, y, m, x->both), &is->cell[0]);
    } else {
        same(find(x->rows, x->n, a, -1, y, m, false), &is->cell[0]);
        same(find(x->rows, x->n, b, -1, y, m, false), &is->cell[1]);
    }
    return KARVAN_OK;
}

static int draw_rows(karvan_random *r, bool dyadic, bool both, bool months, drawn *rows,
                     char *csv) {
    int n = 0, at = sprintf(csv, "ccode%s,year%s,x,word\n", dyadic ? "1,ccode2" : "",
                            months ? ",month" : "");
    for (int i = 0; i < ROWS; i++) {
        drawn x = {.a = (int)karvan_random_below(r, N),
                   .b = dyadic ? (int)karvan_random_below(r, N) : -1,
                   .year = 1995 + (int)karvan_random_below(r, 12),
                   .month = months ? 1 + (int)karvan_random_below(r, 12) : 0,
                   .value = (int)karvan_random_below(r, 10) - 1};
        if (x.a == x.b || find(rows, n, x.a, x.b, x.year, x.month, both)) continue;
        rows[n++] = x;
        at += sprintf(csv + at, "%d,", x.a);
        if (dyadic) at += sprintf(csv + at, "%d,", x.b);
        at += sprintf(csv + at, "%d,", x.year);
        if (months) at += sprintf(csv + at, "%d,", x.month);
        at += x.value < 0 ? sprintf(csv + at, ",\"w,\"\"%d\"\n", i)
                          : sprintf(csv + at, "%d,w%d\n", x.value, i % 3);
    }
    return n;
}

static void random_tables(void **state) {
    (void)state;
    static char csv[ROWS * 64];
    static drawn rows[ROWS];
    karvan_random r;
    karvan_random_init(&r, 11, 0);
    for (int round = 0; round < part_of(64); round++) {
        bool dyadic = round & 1, both = dyadic && round & 2, months = round & 4, by = round & 8;
        int at = sprintf(csv, "ccode,start,end\n");
        for (int s = 0; s < N; s++)
            at += sprintf(csv + at, "%d,%d-05-01,%d-0%d-01\n", s, 1993 + s % 4, 1998 + s,
                          1 + (int)karvan_random_below(&r, 9));
        karvan_states *states = states_of(csv);
        looking x = {.rows = rows, .both = both, .dyadic = dyadic};
        x.n = draw_rows(&r, dyadic, both, months, rows, csv);
        karvan_table *t = table_of(csv, "t.csv");
        karvan_dyad_years *d = dyads_of(
            states,
            (karvan_dyad_years_query){
                .from = 1996, .to = 2003, .months = months || by, .undirected = round & 16});
        const karvan_attach_options o = {.both_ways = both};
        assert_int_equal(karvan_dyad_years_attach(d, t, &o, NULL, NULL), KARVAN_OK);
        assert_int_equal(karvan_dyad_years_each(d, look, &x, NULL), KARVAN_OK);
        streamed(d, round & 32, KARVAN_FORMAT_CSV), streamed(d, round & 32, KARVAN_FORMAT_JSON);
        karvan_dyad_years_destroy(d);
        karvan_table_destroy(t);
        karvan_states_destroy(states);
    }
}

/* Codes and words that CSV and JSON have to quote; values longer than the buffer. */
static void odd_texts(void **state) {
    (void)state;
    enum { LONG = 100000 };
    char *csv = malloc(LONG + 200);
    assert_non_null(csv);
    int n = sprintf(csv, "code,year,\"a\"\"b\",since\n\"A,\"\"x\",2000,\"l1\nl2\",1990~\nB,2000,");
    memset(csv + n, 'x', LONG);
    memcpy(csv + n + LONG, ",..\n", 5);
    karvan_states *s = states_of("code,from,to\n\"A,\"\"x\",2000,2001\nB,2000,2001\n");
    karvan_table *t = table_of(csv, "t,\".csv");
    karvan_dyad_years *d =
        dyads_of(s, (karvan_dyad_years_query){.from = 1999, .to = 2002, .extend = true});
    assert_int_equal(karvan_dyad_years_attach(d, t, NULL, NULL, NULL), KARVAN_OK);
    for (int trace = 0; trace < 2; trace++) {
        streamed(d, trace, KARVAN_FORMAT_CSV);
        streamed(d, trace, KARVAN_FORMAT_JSON);
    }
    karvan_dyad_years_destroy(d);
    karvan_table_destroy(t);
    karvan_states_destroy(s);
    free(csv);
}

static void full_disks_are_told(void **state) {
    (void)state;
    FILE *full = fopen("/dev/full", "w");
    karvan_error e = {0};
    if (!full) skip();
    bed b = start((karvan_dyad_years_query){.from = 2000, .to = 2003});
    assert_int_equal(karvan_dyad_years_write(b.d, false, KARVAN_FORMAT_CSV, 0, full, &e),
                     KARVAN_E_IO);
    assert_string_equal(e.msg, "cannot write the dyads: No space left on device");
    (void)fclose(full);
    end(&b);
}

/* ---- memory ---- */

static karvan_states *kept_states;
static karvan_table *kept[3];

static karvan_status all_of_it(karvan_error *err) {
    static const char *const two[] = {"1", "2"}, *const gdp[] = {"gdp"};
    karvan_problems *problems = NULL;
    karvan_dyad_years *d = NULL;
    FILE *null = fopen("/dev/null", "w");
    const karvan_cover cover = {
        .first = 0, .last = 20000, .n_codes = 2, .codes = two, .n_columns = 1, .columns = gdp};
    static const char *const value[] = {"1.5"};
    const karvan_attach_options o = {.n_covers = 1,
                                     .covers = &cover,
                                     .n_where = 1,
                                     .where_columns = gdp,
                                     .where_values = value},
                                ways = {.both_ways = true};
    const karvan_dyad_years_query q = {.from = 2000, .to = 2003, .undirected = true};
    karvan_status st = karvan_problems_create(&problems, err);
    if (st == KARVAN_OK) st = karvan_dyad_years_create(kept_states, &q, &d, err);
    if (st == KARVAN_OK) st = karvan_dyad_years_attach(d, kept[0], &o, problems, err);
    if (st == KARVAN_OK) st = karvan_dyad_years_attach(d, kept[1], &ways, problems, err);
    if (st == KARVAN_OK) st = karvan_dyad_years_distance(d, kept[2], NULL, problems, err);
    for (int f = 0; st == KARVAN_OK && f < 3; f++)
        st = karvan_dyad_years_write(d, f < 2, (karvan_format)f, 0, null, err);
    karvan_dyad_years_destroy(d);
    karvan_problems_destroy(problems);
    (void)fclose(null);
    return st;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    kept_states = states_of(STATES);
    kept[0] = table_of(GDP, "g.csv");
    kept[1] = table_of("ccode1,ccode2,year,v\n1,2,2000,1\n1,2,2000,1\n1,9,2000,1\n", "v.csv");
    kept[2] = table_of(CAPITALS, "c.csv");
    every_allocation_fails(all_of_it, 3000);
    for (int k = 0; k < 3; k++) karvan_table_destroy(kept[k]);
    karvan_states_destroy(kept_states);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_states_stand_on_both_sides),
        cmocka_unit_test(ties_go_the_way_that_they_say),
        cmocka_unit_test(source_and_target_are_a_pair),
        cmocka_unit_test(ties_of_both_ways_are_found_from_both),
        cmocka_unit_test(covers_of_columns_and_codes_add_up),
        cmocka_unit_test(months_have_their_own_rows_or_the_years),
        cmocka_unit_test(names_can_be_given),
        cmocka_unit_test(capitals_move),
        cmocka_unit_test(capitals_at_one_time_are_told),
        cmocka_unit_test(capitals_need_a_place),
        cmocka_unit_test(random_tables),
        cmocka_unit_test(odd_texts),
        cmocka_unit_test(full_disks_are_told),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
