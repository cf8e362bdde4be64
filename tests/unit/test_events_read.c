/* Files of events read into sums: each kind by hand, every fate a row may have, duplicates, files
 * of other kinds, gzip and zip, any size of chunks and number of threads, and a slow way through
 * the same rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <math.h>

#include "events.h"
#include "sweep.h"
#include "zip_writer.h"

/* The sums as CSV without header; the first seven or so columns tell enough. */
static void sums_are(const events_result *r, const char *columns, const char *want) {
    karvan_view v = {0};
    karvan_table *some = NULL;
    karvan_i_text text = {0};
    const char *names[16];
    char list[256];
    int n = 0;
    if (r->st != KARVAN_OK) fail_msg("%s", r->err.msg);
    assert_true(events_promises(r));
    (void)snprintf(list, sizeof list, "%s", columns);
    for (char *s = strtok(list, " "); s && n < 16; s = strtok(NULL, " ")) names[n++] = s;
    assert_int_equal(karvan_view_init(&v, r->sums, NULL, NULL, NULL), KARVAN_OK);
    assert_int_equal(karvan_view_copy(&v, n, names, &some, NULL), KARVAN_OK);
    karvan_i_csv_text(some, &text);
    assert_string_equal(strchr(text.s, '\n') + 1, want);
    karvan_i_text_clear(&text);
    karvan_table_destroy(some);
    karvan_view_clear(&v);
}

static void refused(const char *text, const karvan_events_options *o, karvan_status st,
                    const char *says) {
    events_result r = events_text(text, o);
    if (r.st != st || !strstr(r.err.msg, says)) fail_msg("%d: %s", (int)r.st, r.err.msg);
    assert_true(events_promises(&r));
    events_clear(&r);
}

/* ---- ICEWS ---- */

#define ICEWS(id, date, source, code, score, target)                         \
    id "\t" date "\tA\tx\t" source "\tt\t" code "\t" score "\tB\tx\t" target \
       "\t1\t2\tP\tC\tD\tE\tF\t0\t0\n"

static void icews_by_hand(void **state) {
    (void)state;
    static const char text[] = ICEWS_HEADER ICEWS("7", "2018-06-01", "Chad", "042", "1.9", "Benin")
        ICEWS("8", "2018-06-01", "Chad", "190", "-10", "Benin")
            ICEWS("9", "2019-01-31", "Chad", "042", "1.9", "Benin")
                ICEWS("10", "2018-06-02", "Benin", "112", "-2.0", "Chad");
    events_result r = events_text(text, NULL);
    assert_string_equal(r.tally.kind, "icews");
    sums_are(&r, "source target year events score_sum score_mean material_conflict_sum",
             "Benin,Chad,2018,1,-2,-2,0\n"
             "Chad,Benin,2018,2,-8.1,-4.05,-10\n"
             "Chad,Benin,2019,1,1.9,1.9,0\n");
    events_clear(&r);
    const karvan_events_options month = {.by = KARVAN_EVENTS_BY_MONTH,
                                         .countries = KARVAN_EVENTS_ISO,
                                         .a = "BEN",
                                         .b = "chad",
                                         .has_from = true,
                                         .from = 17684}; /* 2018-06-02 */
    r = events_text(text, &month);
    sums_are(&r, "source target year month events", "BEN,TCD,2018,6,1\nTCD,BEN,2019,1,1\n");
    assert_int_equal(r.tally.count[KARVAN_EVENT_OUTSIDE], 2);
    assert_true(r.tally.has_a && r.tally.has_b);
    events_clear(&r);
}

/* Names of columns as others write them, in another order, quoted, with CRLF and a byte order mark.
 */
static void icews_as_others_write_it(void **state) {
    (void)state;
    static const char text[] =
        "\xEF\xBB\xBF\"target_country\"\t\"cameo_code\"\tevent_date\tsource_country\r\n"
        "\"Benin\"\t042\t2018-06-01\t\"Chad\"\r\n"
        "\"Benin\"\t042\t2018-06-01 00:00:00\t\"Chad\"";
    events_result r = events_text(text, NULL);
    sums_are(&r, "source target year events score_sum unscored", "Chad,Benin,2018,2,,2\n");
    assert_int_equal(r.tally.unscored, 2);
    events_clear(&r);
    const karvan_events_options cameo = {.coded_by = "cameo"};
    r = events_text(text, &cameo);
    sums_are(&r, "source target year events score_sum unscored", "Chad,Benin,2018,2,3.8,0\n");
    events_clear(&r);
}

static void lost_zeros_come_back(void **state) {
    (void)state;
    static const char text[] = ICEWS_HEADER ICEWS("1", "2018-06-01", "Chad", "42", "1.9", "Benin")
        ICEWS("2", "2018-06-01", "Chad", "311", "5.2", "Benin")
            ICEWS("3", "2018-06-01", "Chad", "10", "0", "Benin")
                ICEWS("4", "2018-06-01", "Chad", "1823", "-9", "Benin");
    events_result r = events_text(text, NULL);
    sums_are(&r, "events verbal_cooperation verbal_conflict material_conflict", "4,2,1,1\n");
    assert_int_equal(r.tally.zeros, 2);
    assert_int_equal(r.tally.doubtful, 1);
    events_clear(&r);
}

/* ---- GDELT ---- */

/* Fields by position, all others empty. */
static void gdelt_row(karvan_i_text *t, int fields, const char *id, const char *date, const char *a,
                      const char *b, const char *code, const char *quad, const char *score) {
    for (int f = 0; f < fields; f++)
        karvan_i_text_printf(t, "%s%s", f > 0 ? "\t" : "",
                             f == 0    ? id
                             : f == 1  ? date
                             : f == 7  ? a
                             : f == 17 ? b
                             : f == 26 ? code
                             : f == 29 ? quad
                             : f == 30 ? score
                                       : "");
    karvan_i_text_puts(t, "\n");
}

static void gdelt_by_hand(void **state) {
    (void)state;
    static const int fields[] = {57, 58, 61};
    for (int k = 0; k < 3; k++) {
        karvan_i_text t = {0};
        gdelt_row(&t, fields[k], "1", "20200702", "USA", "ROM", "164", "4", "-7.0");
        gdelt_row(&t, fields[k], "2", "20200702", "USA", "ROM", "042", "1", "1.9");
        gdelt_row(&t, fields[k], "3", "20200702", "GZS", "USA", "042", "1", "");
        gdelt_row(&t, fields[k], "4", "20200702", "EUR", "USA", "042", "3", "1.9");
        events_result r = events_text(t.s, NULL);
        assert_string_equal(r.tally.kind, k == 2 ? "gdelt2" : "gdelt1");
        sums_are(&r, "source target year events score_sum unscored verbal_conflict",
                 "EUR,USA,2020,1,1.9,0,1\nGZS,USA,2020,1,,1,0\nUSA,ROM,2020,2,-5.1,0,0\n");
        events_clear(&r);
        /* class and score of the table; what is no country is none */
        const karvan_events_options o = {.countries = KARVAN_EVENTS_STATES, .coded_by = "cameo"};
        r = events_text(t.s, &o);
        sums_are(&r, "source target events score_sum verbal_cooperation",
                 "PSE,USA,1,1.9,1\nUSA,ROU,2,-5.1,1\n");
        assert_int_equal(r.tally.count[KARVAN_EVENT_NO_COUNTRY], 1);
        assert_int_equal(karvan_table_rows(r.unknown), 1);
        assert_string_equal(karvan_table_text(r.unknown, 0, 0), "EUR");
        events_clear(&r);
        karvan_i_text_clear(&t);
    }
}

/* With a header, as databases write it out, and a subset of its columns. */
static void gdelt_with_names(void **state) {
    (void)state;
    static const char text[] = "GLOBALEVENTID\tSQLDATE\tActor1CountryCode\tActor2CountryCode\t"
                               "EventCode\tQuadClass\tGoldsteinScale\n"
                               "5\t20200101\tFRA\tDEU\t042\t1\t1.89999997615814\n"
                               "6\t20200101\tFRA\tDEU\t042\t1\t1.89999997615814\n";
    static const char *const kinds[] = {NULL, "gdelt1", "gdelt2"};
    for (int k = 0; k < 3; k++) {
        const karvan_events_options o = {.kind = kinds[k]};
        events_result r = events_text(text, &o);
        sums_are(&r, "source target year events score_sum", "FRA,DEU,2020,2,3.8\n");
        events_clear(&r);
    }
}

/* ---- POLECAT ---- */

static void polecat_row(karvan_i_text *t, const char *id, const char *type, const char *mode,
                        const char *score, const char *quad, const char *a, const char *b) {
    karvan_i_text_printf(t, "%s\t2023-01-09\t%s\t%s\t%s\t%s\tc\tn\t%s\t1\ts\ts\tt\tr\tw\tn\t%s", id,
                         type, mode, score, quad, a, b);
    for (int f = 17; f < 40; f++) karvan_i_text_puts(t, "\tx");
    karvan_i_text_puts(t, "\n");
}

static void polecat_by_hand(void **state) {
    (void)state;
    karvan_i_text t = {0};
    karvan_i_text_puts(&t, POLECAT_HEADER);
    polecat_row(&t, "20230109-1-a_PROTEST_demo", "PROTEST", "demo", "-5.5", "MATERIAL CONFLICT",
                "IRN", "USA");
    polecat_row(&t, "20230109-1-b", "CONSULT", "visit", "4.0", "VERBAL COOPERATION", "IRN; RUS",
                "USA; IRN");
    polecat_row(&t, "20230109-1-b", "CONSULT", "visit", "4.0", "VERBAL COOPERATION", "IRN; RUS",
                "USA; IRN");
    polecat_row(&t, "20230109-1-c", "CONSULT", "", "2.5", "VERBAL COOPERATION", "IRN", "None");
    polecat_row(&t, "20230109-1-d", "SANCTION", "expel", "", "", "USA", "IRN");
    events_result r = events_text(t.s, NULL);
    assert_string_equal(r.tally.kind, "polecat");
    assert_int_equal(r.tally.several, 1);
    assert_int_equal(r.tally.count[KARVAN_EVENT_DUPLICATE], 1);
    assert_int_equal(r.tally.count[KARVAN_EVENT_NO_COUNTRY], 1);
    /* Iran and Russia to the United States and Iran: three pairs, and Iran to itself */
    sums_are(&r, "source target events score_sum verbal_cooperation material_conflict",
             "IRN,USA,2,-1.5,1,1\nRUS,IRN,1,4,1,0\nRUS,USA,1,4,1,0\nUSA,IRN,1,,0,1\n");
    events_clear(&r);
    const karvan_events_options plover = {.coded_by = "plover", .by = KARVAN_EVENTS_BY_DYAD};
    r = events_text(t.s, &plover);
    sums_are(&r, "source target score_sum unscored",
             "IRN,USA,-1,0\nRUS,IRN,4,0\nRUS,USA,4,0\nUSA,IRN,-5.5,0\n");
    events_clear(&r);
    karvan_i_text_clear(&t);
}

/* Headers that name columns the rows have not, and rows with tabs too many. */
static void polecat_that_is_misshapen(void **state) {
    (void)state;
    karvan_i_text t = {0}, longer = {0};
    polecat_row(&t, "a", "AID", "", "10.0", "MATERIAL COOPERATION", "DEU", "UKR");
    karvan_i_text_puts(&longer, "Event ID\tHeadline\tEvent Text\tEvent Date");
    karvan_i_text_puts(&longer, &POLECAT_HEADER[strlen("Event ID\tEvent Date")]);
    karvan_i_text_add(&longer, t.s, t.n);
    events_result r = events_text(longer.s, NULL);
    sums_are(&r, "source target year score_sum", "DEU,UKR,2023,10\n");
    events_clear(&r);
    karvan_i_text_clear(&longer);
    karvan_i_text_puts(&longer, POLECAT_HEADER);
    karvan_i_text_add(&longer, t.s, t.n - 1);
    karvan_i_text_puts(&longer, "\t\t\n");
    karvan_i_text_add(&longer, t.s, t.n - 1);
    karvan_i_text_puts(&longer, "\t\tx\n");
    r = events_text(longer.s, NULL);
    sums_are(&r, "source target year score_sum", "DEU,UKR,2023,10\n");
    assert_int_equal(r.tally.count[KARVAN_EVENT_BAD_COLUMNS], 1);
    events_clear(&r);
    karvan_i_text_clear(&longer), karvan_i_text_clear(&t);
}

/* ---- what becomes of rows ---- */

static karvan_status tell(void *ctx, const karvan_event_row *row, karvan_error *err) {
    (void)err;
    karvan_i_text_printf(ctx, "%s:%lld %s %.12s\n", row->path, (long long)row->line,
                         karvan_event_fate_name(row->fate), row->text);
    return KARVAN_OK;
}

static void every_fate(void **state) {
    (void)state;
    static const char text[] =
        ICEWS_HEADER ICEWS("1", "2018-06-01", "Chad", "042", "1.9", "Benin") /* line 2: taken */
        ICEWS("1", "2018-06-01", "Chad", "042", "1.9", "Benin")              /* duplicate */
        ICEWS("2", "2018-06-01", "", "042", "1.9", "Benin")                  /* no country */
        ICEWS("3", "2018-06-01", "Chad", "042", "1.9", "NA")                 /* no country */
        ICEWS("4", "2018-06-01", "Chad", "042", "1.9", "Chad")               /* domestic */
        ICEWS("5", "2017-06-01", "Chad", "042", "1.9", "Benin")              /* outside */
        ICEWS("6", "2018-06-01", "Chad", "042", "1.9", "Mali")               /* other pair */
        "6\t2018-06-01\tA\n"                                                 /* columns */
        ICEWS("", "2018-06-01", "Chad", "042", "1.9", "Benin")               /* id */
        ICEWS("7", "2018-02-29", "Chad", "042", "1.9", "Benin")              /* date */
        ICEWS("8", "2018-06-01", "Chad", "21", "1.9", "Benin")               /* 021 */
        ICEWS("9", "2018-06-01", "Chad", "---", "1.9", "Benin")              /* code */
        ICEWS("10", "2018-06-01", "Chad", "042", "1,9", "Benin") "\n"    /* score; an empty line */
        ICEWS("11", "2018-06-01", "Chad", "042", "1000.1", "Benin\xFF"); /* score */
    karvan_i_text told = {0};
    const karvan_events_options o = {.a = "Chad",
                                     .b = "Benin",
                                     .has_from = true,
                                     .from = 17532, /* 2018-01-01 */
                                     .listener = tell,
                                     .listener_ctx = &told};
    static const int want[KARVAN_EVENT_FATES] = {
        [KARVAN_EVENT_TAKEN] = 2,       [KARVAN_EVENT_DUPLICATE] = 1, [KARVAN_EVENT_NO_COUNTRY] = 2,
        [KARVAN_EVENT_DOMESTIC] = 1,    [KARVAN_EVENT_OUTSIDE] = 1,   [KARVAN_EVENT_OTHER_PAIR] = 1,
        [KARVAN_EVENT_BAD_COLUMNS] = 1, [KARVAN_EVENT_BAD_ID] = 1,    [KARVAN_EVENT_BAD_DATE] = 1,
        [KARVAN_EVENT_BAD_CODE] = 1,    [KARVAN_EVENT_BAD_SCORE] = 2};
    events_result r = events_text(text, &o);
    sums_are(&r, "source target year events", "Chad,Benin,2018,2\n");
    for (int f = 0; f < KARVAN_EVENT_FATES; f++) assert_int_equal(r.tally.count[f], want[f]);
    assert_string_equal(told.s, "e.tab:3 duplicate 1 2018-06-01\n"
                                "e.tab:9 columns 6 2018-06-01\n"
                                "e.tab:10 id  2018-06-01 \n"
                                "e.tab:11 date 7 2018-02-29\n"
                                "e.tab:13 code 9 2018-06-01\n"
                                "e.tab:14 score 10 2018-06-0\n"
                                "e.tab:16 score 11 2018-06-0\n");
    events_clear(&r);
    karvan_i_text_clear(&told);
    const karvan_events_options home = {.domestic = true};
    r = events_text(text, &home);
    sums_are(&r, "source target year events",
             "Chad,Benin,2017,1\nChad,Benin,2018,2\nChad,Chad,2018,1\nChad,Mali,2018,1\n");
    events_clear(&r);
}

static karvan_status enough(void *ctx, const karvan_event_row *row, karvan_error *err) {
    (void)ctx;
    return karvan_fail(err, KARVAN_E_IO, "no room at line %lld", (long long)row->line);
}

static void a_listener_may_stop_it(void **state) {
    (void)state;
    const karvan_events_options o = {.listener = enough};
    refused(ICEWS_HEADER "1\n", &o, KARVAN_E_IO, "no room at line 2");
    karvan_cancel cancel = {0};
    karvan_cancel_request(&cancel);
    const karvan_events_options stop = {.cancel = &cancel};
    refused(ICEWS_HEADER "1\n", &stop, KARVAN_E_CANCELLED, "cancelled");
}

static void dates_are_days(void **state) {
    (void)state;
    static const struct {
        const char *date;
        bool good;
    } dates[] = {{"2018-06-01", true},   {"20180601", true},   {"2018-06-31", false},
                 {"2018-13-01", false},  {"2000-02-29", true}, {"1900-02-29", false},
                 {"1899-12-31", false},  {"1900-01-01", true}, {"2078-12-31", true},
                 {"2079-01-01", false},  {"2018-6-1", false},  {"2018-06-01T12:00", true},
                 {"2018-06-011", false}, {"", false},          {"2018-06-0", false}};
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        karvan_i_text t = {0};
        karvan_i_text_puts(&t, ICEWS_HEADER);
        karvan_i_text_printf(&t, ICEWS("1", "%s", "Chad", "042", "1", "Benin"), dates[i].date);
        events_result r = events_text(t.s, NULL);
        assert_int_equal(r.st, KARVAN_OK);
        if (r.tally.count[KARVAN_EVENT_TAKEN] != dates[i].good) fail_msg("%s", dates[i].date);
        events_clear(&r);
        karvan_i_text_clear(&t);
    }
}

/* A day of the file against the calendar: only events of that very day stay. */
static void days_are_those_of_the_calendar(void **state) {
    (void)state;
    for (int64_t d = -25567; d < 39812; d += 37) {
        int64_t year;
        int month, day;
        karvan_i_text t = {0};
        karvan_day_to_civil(d, &year, &month, &day);
        karvan_i_text_puts(&t, ICEWS_HEADER);
        karvan_i_text_printf(&t, ICEWS("1", "%04d-%02d-%02d", "Chad", "042", "1", "Benin"),
                             (int)year, month, day);
        const karvan_events_options o = {.has_from = true, .from = d, .has_to = true, .to = d};
        events_result r = events_text(t.s, &o);
        assert_int_equal(r.tally.count[KARVAN_EVENT_TAKEN], 1);
        events_clear(&r);
        karvan_i_text_clear(&t);
    }
}

static void scores_are_decimals(void **state) {
    (void)state;
    static const struct {
        const char *said, *sum;
    } scores[] = {{"0.1", "0.1\n"},
                  {"-0.05", "-0.05\n"},
                  {"+3.4", "3.4\n"},
                  {".5", "0.5\n"},
                  {"5.", "5\n"},
                  {"2.79999995", "2.8\n"},
                  {"-2.7999999500", "-2.8\n"},
                  {"1000", "1000\n"},
                  {"1000.0000001", "1000\n"},
                  {"1000.0000005", NULL},
                  {"1e3", NULL},
                  {"-", NULL},
                  {".", NULL},
                  {"1.2.3", NULL},
                  {"99999999999999999999", NULL}};
    for (size_t i = 0; i < sizeof scores / sizeof *scores; i++) {
        karvan_i_text t = {0};
        karvan_i_text_puts(&t, ICEWS_HEADER);
        karvan_i_text_printf(&t, ICEWS("1", "2018-06-01", "Chad", "042", "%s", "Benin"),
                             scores[i].said);
        events_result r = events_text(t.s, NULL);
        if (scores[i].sum)
            sums_are(&r, "score_sum", scores[i].sum);
        else
            assert_int_equal(r.tally.count[KARVAN_EVENT_BAD_SCORE], 1);
        events_clear(&r);
        karvan_i_text_clear(&t);
    }
}

/* ---- duplicates ---- */

/* An id of ICEWS is that of a day: the same on another day is another event. */
static void ids_of_icews_are_of_a_day(void **state) {
    (void)state;
    static const char text[] = ICEWS_HEADER ICEWS("5", "2018-06-01", "Chad", "042", "1", "Benin")
        ICEWS("5", "2018-06-02", "Chad", "042", "1", "Benin")
            ICEWS("5", "2018-06-01", "Chad", "042", "1", "Benin")
                ICEWS("5", "2018-06-02", "Chad", "042", "1", "Benin")
                    ICEWS("5", "2018-06-03", "Chad", "042", "1", "Benin");
    events_result r = events_text(text, NULL);
    sums_are(&r, "events", "3\n");
    assert_int_equal(r.tally.count[KARVAN_EVENT_DUPLICATE], 2);
    events_clear(&r);
}

/* The same id with other actors, code or score; a score of two spellings is one. */
static void an_id_may_say_something_else(void **state) {
    (void)state;
    static const char text[] = ICEWS_HEADER ICEWS("5", "2018-06-01", "Chad", "042", "1", "Benin")
        ICEWS("5", "2018-06-01", "Chad", "42", "1.00", "Benin")
            ICEWS("5", "2018-06-01", "Mali", "042", "1", "Benin")
                ICEWS("5", "2018-06-01", "Benin", "042", "1", "Chad")
                    ICEWS("5", "2018-06-01", "Chad", "043", "1", "Benin")
                        ICEWS("5", "2018-06-01", "Chad", "042", "", "Benin")
                            ICEWS("x", "2018-06-01", "Chad", "042", "1", "Benin")
                                ICEWS("x", "2018-06-01", "Chad", "042", "2", "Benin");
    karvan_i_text told = {0};
    const karvan_events_options o = {.listener = tell, .listener_ctx = &told};
    events_result r = events_text(text, &o);
    sums_are(&r, "source events score_sum", "Chad,2,2\n");
    assert_int_equal(r.tally.count[KARVAN_EVENT_DUPLICATE], 1);
    assert_int_equal(r.tally.count[KARVAN_EVENT_OTHER_CONTENT], 5);
    assert_int_equal(r.tally.uncompared, 0);
    assert_non_null(strstr(told.s, "e.tab:9 other-content x 2018-06-01\n"));
    karvan_i_text_clear(&told), events_clear(&r);
}

/* ---- files of other kinds ---- */

static void other_files_are_told(void **state) {
    (void)state;
    const karvan_events_options as_icews = {.kind = "icews"}, as_gdelt = {.kind = "gdelt2"},
                                odd = {.kind = "icew"}, plover = {.coded_by = "plover"},
                                half = {.a = "Chad"}, unknown = {.coded_by = "goldstein"};
    karvan_i_text t = {0};
    gdelt_row(&t, 58, "1", "20200702", "USA", "ROU", "164", "4", "-7.0");
    refused("", NULL, KARVAN_E_DATA, "e.tab:1:1: the file is empty");
    refused("a,b\n1,2\n", NULL, KARVAN_E_DATA, "parted by commas");
    refused("\xFF\xFE"
            "E\0",
            NULL, KARVAN_E_DATA, "UTF-16");
    refused("1\t2\t3\t4\t5\t6\t7\t8\t9\t0\t1\t2\t3\t4\t5\t6\n", NULL, KARVAN_E_DATA,
            "mentions of GDELT 2");
    refused(ICEWS_HEADER, &as_gdelt, KARVAN_E_DATA, "no file of gdelt2: it looks like icews");
    refused(t.s, &as_gdelt, KARVAN_E_DATA, "no file of gdelt2: it looks like gdelt1");
    refused(t.s, &as_icews, KARVAN_E_DATA, "no file of icews: it looks like gdelt1");
    refused("Event ID\tEvent Date\n", &as_icews, KARVAN_E_DATA,
            "icews needs a column sourcecountry");
    refused("a\tb\n", &as_gdelt, KARVAN_E_DATA, "no file of gdelt2: 2 columns");
    refused(ICEWS_HEADER, &odd, KARVAN_E_ARG, "did you mean icews?");
    refused(ICEWS_HEADER, &plover, KARVAN_E_ARG, "icews is not coded by plover");
    refused(ICEWS_HEADER, &unknown, KARVAN_E_ARG, "cameo and plover");
    refused(ICEWS_HEADER, &half, KARVAN_E_ARG, "a pair has two countries");
    karvan_i_text_clear(&t);
    karvan_table *out;
    karvan_error e = {0};
    assert_int_equal(karvan_events_read(0, NULL, NULL, NULL, NULL, &out, &e), KARVAN_E_ARG);
}

/* ---- gzip and zip ---- */

static void packed_files(void **state) {
    (void)state;
    static const char a[] = ICEWS_HEADER ICEWS("1", "2018-06-01", "Chad", "042", "1", "Benin"),
                      b[] = ICEWS_HEADER ICEWS("1", "2018-06-01", "Chad", "042", "1", "Benin")
                          ICEWS("2", "2018-06-01", "Chad", "042", "1", "Benin");
    zip_writer z = {0};
    const char *bytes;
    size_t n;
    zip_add(&z, "a.tab", a, sizeof a - 1, true);
    zip_add(&z, "b.tab", b, sizeof b - 1, false);
    zip_finish(&z, &bytes, &n);
    /* an event that stands in both files is one */
    karvan_i_text told = {0};
    const karvan_events_options listen = {.listener = tell, .listener_ctx = &told};
    events_result r = events_bytes(bytes, n, 1 << 18, &listen);
    sums_are(&r, "events", "2\n");
    assert_string_equal(told.s, "e.tab/b.tab:2 duplicate 1 2018-06-01\n");
    karvan_i_text_clear(&told);
    assert_int_equal(r.tally.count[KARVAN_EVENT_DUPLICATE], 1);
    events_clear(&r);
    for (size_t cut = 4; cut < n; cut += 7) {
        r = events_bytes(bytes, cut, 1 << 18, NULL);
        assert_int_equal(r.st, KARVAN_E_DATA);
        assert_true(events_promises(&r));
        events_clear(&r);
    }
    char path[] = "/tmp/karvan-events-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), (ssize_t)n);
    const char *paths[2] = {path, path};
    r.st = karvan_events_read(2, paths, NULL, &r.tally, &r.unknown, &r.sums, &r.err);
    sums_are(&r, "events", "2\n");
    assert_int_equal(r.tally.rows, 6);
    events_clear(&r);
    assert_int_equal(ftruncate(fd, 0), 0);
    gzFile gz = gzopen(path, "wb");
    assert_int_equal(gzwrite(gz, b, sizeof b - 1), (int)sizeof b - 1);
    assert_int_equal(gzclose(gz), Z_OK);
    r.st = karvan_events_read(1, paths, NULL, &r.tally, &r.unknown, &r.sums, &r.err);
    sums_are(&r, "events", "2\n");
    events_clear(&r);
    assert_int_equal(truncate(path, 60), 0);
    r.st = karvan_events_read(1, paths, NULL, &r.tally, &r.unknown, &r.sums, &r.err);
    assert_int_equal(r.st, KARVAN_E_DATA);
    events_clear(&r);
    (void)close(fd), (void)unlink(path);
    r.st = karvan_events_read(1, paths, NULL, &r.tally, &r.unknown, &r.sums, &r.err);
    assert_int_equal(r.st, KARVAN_E_IO);
    karvan_i_text_clear(&z.files);
}

/* ---- a slow way, and any way of parting the file ---- */

static const char *const countries[] = {"Chad", "Benin", "Mali", "Togo", "", "NA", "Niger"};

/* One row in ten is damaged. */
static void random_row(karvan_i_text *t, karvan_random *r) {
    static const char *const codes[] = {"042", "010", "190", "112", "0811", "---", "99999"};
    static const char *const dates[] = {"2018-06-01", "20190228", "2018-12-31", "2018-02-30"};
    static const char *const scores[] = {"1.9", "-10", "0", "", "0.3", "x"};
    int score = (int)karvan_random_below(r, 60);
    karvan_i_text_printf(t, "%d\t%s\t%s\t%s\t%s\t%s%s%s\n", (int)karvan_random_below(r, 400),
                         dates[karvan_random_below(r, 20) < 19 ? karvan_random_below(r, 3) : 3],
                         countries[karvan_random_below(r, 7)],
                         codes[karvan_random_below(r, 20) < 19 ? karvan_random_below(r, 5)
                                                               : 5 + karvan_random_below(r, 2)],
                         scores[score < 59 ? score % 5 : 5], countries[karvan_random_below(r, 7)],
                         karvan_random_below(r, 40) == 0 ? "\tmore" : "",
                         karvan_random_below(r, 30) == 0 ? "\r" : "");
    if (karvan_random_below(r, 25) == 0) karvan_i_text_puts(t, "\n");
}

typedef struct slow_event {
    char id[16], date[16], source[16], target[16];
} slow_event;

/* Rows taken, found again by splitting lines with the C library; the events of a pair and year. */
static int64_t slow_count(const char *text, const char *source, const char *target, int year,
                          double *sum, int64_t *taken) {
    static slow_event seen[2000];
    int n = 0;
    int64_t count = 0;
    *sum = 0, *taken = 0;
    for (const char *s = strchr(text, '\n') + 1; *s;) {
        char line[200], *field[8];
        int fields = 1;
        size_t length = strcspn(s, "\n");
        memcpy(line, s, length), line[length] = 0;
        s += length + (s[length] != 0);
        if (length > 0 && line[length - 1] == '\r') line[--length] = 0;
        if (length == 0) continue;
        field[0] = line;
        for (char *p = line; *p; p++)
            if (*p == '\t' && fields < 8) *p = 0, field[fields++] = p + 1;
        if (fields != 6) continue;
        int y, m, d;
        if (sscanf(field[1], strchr(field[1], '-') ? "%4d-%2d-%2d" : "%4d%2d%2d", &y, &m, &d) != 3)
            continue;
        if (m == 2 && d > 28) continue;
        if (strcmp(field[3], "---") == 0 || strcmp(field[3], "99999") == 0) continue;
        if (strcmp(field[4], "x") == 0) continue;
        slow_event e = {0};
        (void)snprintf(e.id, sizeof e.id, "%.15s", field[0]);
        (void)snprintf(e.date, sizeof e.date, "%04d%02d%02d", y, m, d);
        bool before = false;
        for (int i = 0; i < n; i++)
            before |= strcmp(seen[i].id, e.id) == 0 && strcmp(seen[i].date, e.date) == 0;
        if (before) continue;
        seen[n++] = e;
        const char *a = field[2], *b = field[5];
        if (!*a || !*b || strcmp(a, "NA") == 0 || strcmp(b, "NA") == 0 || strcmp(a, b) == 0)
            continue;
        ++*taken;
        if (strcmp(a, source) != 0 || strcmp(b, target) != 0 || y != year) continue;
        count++;
        if (*field[4]) *sum += strtod(field[4], NULL);
    }
    return count;
}

static void random_files_in_any_parts(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 11, 0);
    for (int file = 0; file < part_of(20); file++) {
        karvan_i_text t = {0}, want = {0};
        karvan_i_text_puts(
            &t, "event id\tevent date\tsource country\tcameo code\tintensity\ttarget country\n");
        for (int i = 0; i < 600; i++) random_row(&t, &r);
        static const size_t chunks[] = {1 << 18, 40, 64, 100, 1000, 4096};
        for (int k = 0; k < 12; k++) {
            karvan_i_text got = {0};
            const karvan_events_options o = {
                .threads = k % 2 + 1, .listener = tell, .listener_ctx = &got};
            events_result x = events_bytes(t.s, t.n, chunks[k / 2], &o);
            if (x.st != KARVAN_OK) fail_msg("%s", x.err.msg);
            assert_true(events_promises(&x));
            karvan_i_csv_text(x.sums, &got);
            if (k == 0) {
                want = got;
                for (int64_t row = 0; row < karvan_table_rows(x.sums); row++) {
                    double sum;
                    int64_t taken,
                        n = slow_count(t.s, karvan_table_text(x.sums, 0, row),
                                       karvan_table_text(x.sums, 1, row),
                                       (int)karvan_table_int(x.sums, 2, row), &sum, &taken);
                    assert_int_equal(karvan_table_int(x.sums, 3, row), n);
                    double is = karvan_table_real(x.sums, 4, row);
                    assert_true(isnan(is) || fabs(is - sum) < 1e-9);
                    assert_int_equal(x.tally.count[KARVAN_EVENT_TAKEN], taken);
                }
            } else {
                assert_string_equal(got.s, want.s);
                karvan_i_text_clear(&got);
            }
            events_clear(&x);
        }
        karvan_i_text_clear(&want), karvan_i_text_clear(&t);
    }
}

/* A line that no batch holds is one damaged row, and what stands behind it is read. */
static void lines_without_end(void **state) {
    (void)state;
    karvan_i_text t = {0};
    karvan_i_text_puts(&t, "Event ID\tEvent Date\tSource Country\tCAMEO Code\tTarget Country\n");
    karvan_i_text_puts(&t, "1\t2018-06-01\tChad\t042\tBenin\n");
    for (int i = 0; i < 5000; i++) karvan_i_text_puts(&t, "x\t");
    karvan_i_text_puts(&t, "\n2\t2018-06-01\tChad\t042\tBenin\n3\t2018-06-01\tChad\t042\n");
    for (int end = 0; end < 2; end++) {
        karvan_i_text told = {0};
        const karvan_events_options o = {.listener = tell, .listener_ctx = &told};
        events_result r = events_bytes(t.s, t.n, 100, &o);
        sums_are(&r, "events", "2\n");
        assert_string_equal(told.s,
                            end == 0 ? "e.tab:3 length x x x x x x \ne.tab:5 columns 3 2018-06-01\n"
                                     : "e.tab:3 length x x x x x x \ne.tab:5 columns 3 2018-06-01\n"
                                       "e.tab:6 length yyyyyyyyyyyy\n");
        events_clear(&r);
        karvan_i_text_clear(&told);
        for (int i = 0; i < 2000; i++) karvan_i_text_puts(&t, "y"); /* and no line end */
    }
    karvan_i_text_clear(&t);
}

/* ---- names ---- */

static void names_of_countries(void **state) {
    (void)state;
    static const struct {
        karvan_i_event_kind kind;
        const char *written, *iso3;
    } names[] = {{KARVAN_I_ICEWS, "Russian Federation", "RUS"},
                 {KARVAN_I_ICEWS, "Democratic Republic of Congo", "COD"},
                 {KARVAN_I_ICEWS, "Congo", "COG"},
                 {KARVAN_I_ICEWS, "Cote d'Ivoire", "CIV"},
                 {KARVAN_I_ICEWS, "the former Yugoslav Republic of Macedonia", "MKD"},
                 {KARVAN_I_ICEWS, "Occupied Palestinian Territory", "PSE"},
                 {KARVAN_I_ICEWS, "International", NULL},
                 {KARVAN_I_GDELT1, "ROM", "ROU"},
                 {KARVAN_I_GDELT1, "TMP", "TLS"},
                 {KARVAN_I_GDELT2, "AFR", NULL},
                 {KARVAN_I_GDELT2, "KSV", NULL},
                 {KARVAN_I_POLECAT, "KAZ", "KAZ"},
                 {KARVAN_I_POLECAT, "United States", "USA"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *got = karvan_i_event_iso(names[i].kind, names[i].written);
        if (!got != !names[i].iso3 || (got && strcmp(got, names[i].iso3) != 0))
            fail_msg("%s: %s", names[i].written, got ? got : "none");
    }
}

static void too_many_countries(void **state) {
    (void)state;
    karvan_i_text t = {0};
    karvan_i_text_puts(&t, POLECAT_HEADER);
    polecat_row(&t, "1", "AID", "", "1", "", "A;B;C;D;E;F;G;H;I;J;K;L;M;N;O;P", "Z");
    polecat_row(&t, "2", "AID", "", "1", "", "A;B;C;D;E;F;G;H;I;J;K;L;M;N;O;P;Q", "Z");
    events_result r = events_text(t.s, NULL);
    assert_int_equal(r.tally.count[KARVAN_EVENT_TAKEN], 1);
    assert_int_equal(r.tally.count[KARVAN_EVENT_BAD_COUNTRY], 1);
    assert_int_equal(karvan_table_rows(r.sums), 16);
    events_clear(&r);
    karvan_i_text_clear(&t);
    karvan_i_text_puts(&t, "Event Date\tSource Country\tCAMEO Code\tTarget Country\n");
    for (int i = 0; i < 66000; i++) karvan_i_text_printf(&t, "2018-06-01\tc%d\t042\tx\n", i);
    refused(t.s, NULL, KARVAN_E_DATA, "more than 65534 countries");
    karvan_i_text_clear(&t);
}

/* ---- allocations that fail ---- */

static karvan_status read_some(karvan_error *err) {
    static const char text[] = ICEWS_HEADER ICEWS("7", "2018-06-01", "Chad", "042", "1.9", "Benin")
        ICEWS("x8", "2018-06-01", "Chad", "190", "-10", "Nowhere");
    static const karvan_events_options o = {
        .countries = KARVAN_EVENTS_ISO, .coded_by = "cameo", .threads = 1};
    karvan_table *t = NULL, *unknown = NULL;
    karvan_status st =
        karvan_events_parse(text, sizeof text - 1, "e.tab", &o, NULL, &unknown, &t, err);
    karvan_table_destroy(t), karvan_table_destroy(unknown);
    return st;
}

static const char *archive;
static size_t archive_n;

static karvan_status read_archive(karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = karvan_events_parse(archive, archive_n, "e.zip", NULL, NULL, NULL, &t, err);
    karvan_table_destroy(t);
    return st;
}

static void failing_allocations(void **state) {
    (void)state;
    static const char a[] = ICEWS_HEADER ICEWS("1", "2018-06-01", "Chad", "042", "1", "Benin");
    zip_writer z = {0};
    zip_add(&z, "a.tab", a, sizeof a - 1, true);
    zip_finish(&z, &archive, &archive_n);
    every_allocation_fails(read_some, 400);
    every_allocation_fails(read_archive, 400);
    karvan_i_text_clear(&z.files);
}

int main(void) {
    const struct CMUnitTest t[] = {
        cmocka_unit_test(icews_by_hand),
        cmocka_unit_test(icews_as_others_write_it),
        cmocka_unit_test(lost_zeros_come_back),
        cmocka_unit_test(gdelt_by_hand),
        cmocka_unit_test(gdelt_with_names),
        cmocka_unit_test(polecat_by_hand),
        cmocka_unit_test(polecat_that_is_misshapen),
        cmocka_unit_test(every_fate),
        cmocka_unit_test(a_listener_may_stop_it),
        cmocka_unit_test(dates_are_days),
        cmocka_unit_test(days_are_those_of_the_calendar),
        cmocka_unit_test(scores_are_decimals),
        cmocka_unit_test(ids_of_icews_are_of_a_day),
        cmocka_unit_test(an_id_may_say_something_else),
        cmocka_unit_test(other_files_are_told),
        cmocka_unit_test(packed_files),
        cmocka_unit_test(random_files_in_any_parts),
        cmocka_unit_test(lines_without_end),
        cmocka_unit_test(names_of_countries),
        cmocka_unit_test(too_many_countries),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
