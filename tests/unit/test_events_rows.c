/* What becomes of rows of events: every fate, days and scores, duplicates, files of other kinds,
 * gzip and zip, lines without an end, and allocations that fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "events_sums.h"
#include "sweep.h"
#include "zip_writer.h"

/* ---- what becomes of rows ---- */

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
        cmocka_unit_test(every_fate),
        cmocka_unit_test(a_listener_may_stop_it),
        cmocka_unit_test(dates_are_days),
        cmocka_unit_test(days_are_those_of_the_calendar),
        cmocka_unit_test(scores_are_decimals),
        cmocka_unit_test(ids_of_icews_are_of_a_day),
        cmocka_unit_test(an_id_may_say_something_else),
        cmocka_unit_test(other_files_are_told),
        cmocka_unit_test(packed_files),
        cmocka_unit_test(lines_without_end),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
