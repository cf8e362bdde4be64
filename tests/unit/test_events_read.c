/* Files of events read into sums: each kind by hand, and the names of countries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "events_sums.h"

/* ---- ICEWS ---- */

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
/* ---- GDELT ---- */

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

int main(void) {
    const struct CMUnitTest t[] = {
        cmocka_unit_test(icews_by_hand),
        cmocka_unit_test(icews_as_others_write_it),
        cmocka_unit_test(lost_zeros_come_back),
        cmocka_unit_test(gdelt_by_hand),
        cmocka_unit_test(gdelt_with_names),
        cmocka_unit_test(polecat_by_hand),
        cmocka_unit_test(polecat_that_is_misshapen),
        cmocka_unit_test(names_of_countries),
        cmocka_unit_test(too_many_countries),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
