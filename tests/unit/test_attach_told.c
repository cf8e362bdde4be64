/* Tables that are attached to dyad-years: what is refused and told of them, what counts as missing,
 * which of their rows are asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "attach_bed.h"

static void refused(const char *csv, const karvan_attach_options *o, karvan_status status,
                    const char *message) {
    bed b = start((karvan_dyad_years_query){.from = 2000, .to = 2003});
    karvan_error e = {0};
    karvan_table *t = table_of(csv, "t.csv");
    assert_int_equal(karvan_dyad_years_attach(b.d, t, o, NULL, &e), status);
    assert_string_equal(e.msg, message);
    assert_int_equal(karvan_dyad_years_columns(b.d), 0);
    end(&b);
    karvan_table_destroy(t);
}

static void bad_tables_are_refused(void **state) {
    (void)state;
    static const char *const misspelt[] = {"visit"}, *const key[] = {"year"};
    static const char *const nobody[] = {"9"};
    const karvan_cover turned = {.first = 5, .last = 4};
    const karvan_cover whose = {.first = 5, .last = 5, .n_codes = 1, .codes = nobody};
    const karvan_cover which = {.first = 5, .last = 5, .n_columns = 1, .columns = misspelt};
    refused(VISITS, &(karvan_attach_options){.n_columns = 1, .columns = misspelt}, KARVAN_E_ARG,
            "t.csv has no column 'visit'; did you mean visits?");
    refused(VISITS, &(karvan_attach_options){.n_columns = 1, .columns = key}, KARVAN_E_ARG,
            "column year of t.csv is what its rows are attached by, and no value");
    refused(GDP, &(karvan_attach_options){.both_ways = true}, KARVAN_E_ARG,
            "t.csv is of states, not of pairs: its rows go no way, let alone both");
    refused(VISITS, &(karvan_attach_options){.n_covers = 1, .covers = &turned}, KARVAN_E_ARG,
            "t.csv: what is declared covered ends before it begins");
    refused(VISITS, &(karvan_attach_options){.n_covers = 1, .covers = &whose}, KARVAN_E_ARG,
            "'9' is declared covered, and is the code of no state");
    refused(VISITS, &(karvan_attach_options){.n_covers = 1, .covers = &which}, KARVAN_E_ARG,
            "t.csv, of which years are declared covered, has no column 'visit'; did you mean "
            "visits?");
    refused("ccode,year\n1,2000\n", NULL, KARVAN_E_ARG,
            "t.csv has no column to attach, only those of its key");
    refused("gwcode,year,x\n1,2000,1\n", NULL, KARVAN_E_DATA,
            "t.csv:1:1: no column of states of the system cow: ccode, or two such as ccode1 and "
            "ccode2; code1 and code2, source and target, exporter and importer do in any system");
    refused("ccode,x\n1,2000\n", NULL, KARVAN_E_DATA, "t.csv:1:1: no column year");
    refused("ccode,year,month,x\n1,2000,1,1\n", NULL, KARVAN_E_DATA,
            "t.csv:1:1: its rows are months: attach them to dyad-months, or make years of them "
            "first");
    refused("ccode,year,x\n1,,1\n", NULL, KARVAN_E_DATA,
            "t.csv:2:1: the row needs its year, a whole number");
    refused("ccode,year,x\n,2000,1\n", NULL, KARVAN_E_DATA,
            "t.csv:2:1: the row says of no state what it says");
    refused("ccode,year,x\n1,20000,1\n", NULL, KARVAN_E_DATA,
            "t.csv:2:1: a year lies within -9999 and 9999");
    refused("ccode,year,x\n1,2000,1\n2,2000,4\n1,2000,2\n", NULL, KARVAN_E_DATA,
            "t.csv:4:1: x is not what line 2 says of the same state and time; one of them must go");
    refused("code1,code2,year,x\n1,2,2000,1\n2,1,2000,2\n",
            &(karvan_attach_options){.both_ways = true}, KARVAN_E_DATA,
            "t.csv:3:1: x is not what line 2 says of the same pair and time (rows speak of both "
            "ways); one of them must go");
}

static void rows_alike_and_codes_unknown_are_told(void **state) {
    (void)state;
    bed b = start((karvan_dyad_years_query){.from = 2000, .to = 2000});
    karvan_problems *problems = NULL;
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    b.t[b.n++] = table_of("ccode,year,x\n1,2000,1\n9,2000,1\n9,2001,1\n1,2000,1\n", "t.csv");
    assert_int_equal(karvan_dyad_years_attach(b.d, b.t[0], NULL, problems, NULL), KARVAN_OK);
    assert_int_equal(karvan_problems_total(problems), 2);
    assert_string_equal(karvan_problems_get(problems, 0).code, "code-not-a-state");
    assert_int_equal(karvan_problems_get(problems, 0).line, 3);
    assert_string_equal(karvan_problems_get(problems, 1).code, "row-twice");
    assert_string_equal(karvan_problems_get(problems, 1).message,
                        "the row says again what line 2 says; it counts once");
    karvan_problems_destroy(problems);
    end(&b);
}

/* A code is told once, whichever column it stands in and however its rows are parted. */
static void a_code_unknown_is_told_once(void **state) {
    (void)state;
    static const char *const texts[] = {
        "ccode1,ccode2,year,x\n9,1,2000,1\n1,9,2000,1\n2,9,2000,1\n9,2,2001,1\n8,9,2000,1\n",
        "code1,code2,year,x\nN,1,2000,1\n1,N,2000,1\n2,N,2000,1\nN,2,2001,1\nE,N,2000,1\n"};
    for (int k = 0; k < 2; k++) {
        bed b = start((karvan_dyad_years_query){.from = 2000, .to = 2000});
        karvan_problems *problems = NULL;
        assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
        b.t[b.n++] = table_of(texts[k], "t.csv");
        assert_int_equal(karvan_dyad_years_attach(b.d, b.t[0], NULL, problems, NULL), KARVAN_OK);
        assert_int_equal(karvan_problems_total(problems), 2);
        assert_int_equal(karvan_problems_get(problems, 0).line, 2);
        assert_int_equal(karvan_problems_get(problems, 1).line, 6);
        karvan_problems_destroy(problems);
        end(&b);
    }
}

/* What is told of one column x of state 1 that holds these cells, without its hint; "": nothing. */
static void assert_doubt(const char *cells, const char *code, int64_t line, const char *message,
                         const char *hint) {
    char csv[400];
    int year = 2000;
    size_t n = (size_t)snprintf(csv, sizeof csv, "ccode,year,x\n");
    for (const char *at = cells, *end; *at; at = *end ? end + 1 : end) {
        end = at + strcspn(at, "|");
        n += (size_t)snprintf(csv + n, sizeof csv - n, "1,%d,%.*s\n", year++, (int)(end - at), at);
    }
    bed b = start((karvan_dyad_years_query){.from = 2000, .to = 2003});
    karvan_problems *problems = NULL;
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    b.t[b.n++] = table_of(csv, "t.csv");
    assert_int_equal(karvan_dyad_years_attach(b.d, b.t[0], NULL, problems, NULL), KARVAN_OK);
    assert_int_equal(karvan_problems_total(problems), *code ? 1 : 0);
    if (*code) {
        karvan_problem p = karvan_problems_get(problems, 0);
        assert_string_equal(p.code, code);
        assert_int_equal(p.line, line);
        assert_int_equal(p.column, 1); /* the file is not there to be read again */
        assert_string_equal(p.message, message);
        assert_string_equal(p.hint, hint);
    }
    karvan_problems_destroy(problems);
    end(&b);
}

/* A column that is numbers but for a marker of a missing value is told, and how to read it. */
static void words_among_numbers_are_told(void **state) {
    (void)state;
    static const char code[] = "text-among-numbers";
    assert_doubt("100|.|NA", code, 3,
                 "x is text for the sake of 2 of its 3 cells: '.', 'NA'; the others are numbers",
                 "--missing . reads it as unknown");
    assert_doubt("1.5|-|-2|n/a|-|NULL", code, 3,
                 "x is text for the sake of 4 of its 6 cells: '-', 'n/a', 'NULL'; the others are "
                 "numbers",
                 "--missing -,n/a,NULL reads them as unknown");
    assert_doubt("1|\"NA\"", code, 3,
                 "x is text for the sake of 1 of its 2 cells: 'NA'; the others are numbers",
                 "write NA without quotation marks, or say --missing NA");
    assert_doubt("1|.|-|?|--|NULL|nil", code, 3,
                 "x is text for the sake of 6 of its 7 cells: '.', '-', '?', '--', ...; the others "
                 "are numbers",
                 "mend the cells, or name them after --missing to read them as unknown");
    assert_doubt("1|2|3|4|5|6|7|8|9|10|1|2|3|4|5|6|7|8|9|12b", "", 0, "", "");
    assert_doubt("1|2|3|4|5|6|7|8|9|10|1|2|3|4|5|6|7|8|9|0|12b", code, 22,
                 "x is text for the sake of 1 of its 21 cells: '12b'; the others are numbers",
                 "mend the cells, or name them after --missing to read them as unknown");
    /* words, codes that are written as such, and NA among numbers are what they are */
    assert_doubt("one|two|3", "", 0, "", "");
    assert_doubt("007|012|.", "", 0, "", "");
    assert_doubt(".|-", "", 0, "", "");
    assert_doubt("1|NA||..", "", 0, "", "");
}

static void markers_among_numbers_are_told(void **state) {
    (void)state;
    static const char code[] = "marker-among-numbers";
    assert_doubt("0|-9|3|-9", code, 3,
                 "x is nowhere below 0 but in 2 of its 4 cells, such as this -9, which counts as a "
                 "value",
                 "--missing -9 reads it as unknown, if that is meant");
    assert_doubt("0.5|-999|-99", code, 3,
                 "x is nowhere below 0 but in 2 of its 3 cells, such as this -999, which counts as "
                 "a value",
                 "--missing -999 reads it as unknown, if that is meant");
    assert_doubt("0|-9|-8", "", 0, "", ""); /* what may be below 0 may be -9 */
    assert_doubt("-9|-9", "", 0, "", "");
    assert_doubt("9|99", "", 0, "", "");
}

/* Spellings that stand for no value: numbers and words, quoted or not, never in codes. */
static void what_is_declared_missing_is_unknown(void **state) {
    (void)state;
    static const char *const none[] = {".", "-9", "1"};
    static const char CSV[] = "ccode,year,x,y,z\n1,2000,5,.,-9\n1,2001,-9,\".\",a\n1,2002,.,7,b\n";
    karvan_table *t = NULL;
    const karvan_i_csv_from from = {
        .path = "t.csv", .bytes = CSV, .n = sizeof CSV - 1, .n_none = 3, .none = none};
    assert_int_equal(karvan_i_csv_known(from, "t", karvan_i_n_state_columns, karvan_i_state_columns,
                                        true, &t, NULL),
                     KARVAN_OK);
    assert_int_equal(karvan_table_column(t, 2).type, KARVAN_INT);
    assert_int_equal(karvan_table_column(t, 3).type, KARVAN_INT);
    assert_int_equal(karvan_table_column(t, 4).type, KARVAN_TEXT);
    assert_int_equal(karvan_table_int(t, 2, 0), 5);
    assert_int_equal(karvan_table_state(t, 2, 1), KARVAN_UNKNOWN);
    assert_int_equal(karvan_table_state(t, 2, 2), KARVAN_UNKNOWN);
    assert_int_equal(karvan_table_state(t, 3, 1), KARVAN_UNKNOWN);
    assert_int_equal(karvan_table_int(t, 3, 2), 7);
    assert_int_equal(karvan_table_state(t, 4, 0), KARVAN_UNKNOWN);
    assert_string_equal(karvan_table_text(t, 0, 0), "1"); /* a code, and no value */
    karvan_table_destroy(t);
    assert_int_equal(karvan_attach_read_without("t.csv", 1, NULL, &t, NULL), KARVAN_E_ARG);
}

/* Rows of a long table by the values of its columns, whatever type these have; those left out are
 * not looked at. */
static void rows_are_asked_for_by_value(void **state) {
    (void)state;
    static const char LONG[] = "ccode,year,of,n,half,v\n1,2000,a,1,0.5,7\n1,2000,b,1,0.5,8\n"
                               "1,2000,b,2,1,9\n9,2001,a,1,0.5,1\n,,a,1,0.5,1\n2,2000,b,1,0.5,.\n";
    static const char *const columns[] = {"of", "n", "half", "v"}, *const v[] = {"v"};
    static const char *const values[] = {"b", "1", "0.5", "x"}, *const none[] = {"."};
    karvan_attach_options o = {.n_columns = 1,
                               .columns = v,
                               .n_where = 3,
                               .where_columns = columns,
                               .where_values = values};
    karvan_problems *problems = NULL;
    karvan_error e = {0};
    karvan_table *t = NULL;
    const karvan_i_csv_from from = {
        .path = "l.csv", .bytes = LONG, .n = sizeof LONG - 1, .n_none = 1, .none = none};
    assert_int_equal(karvan_i_csv_known(from, "l", karvan_i_n_state_columns, karvan_i_state_columns,
                                        true, &t, NULL),
                     KARVAN_OK);
    bed b = start((karvan_dyad_years_query){.from = 2000, .to = 2000, .undirected = true});
    b.t[b.n++] = t;
    assert_int_equal(karvan_problems_create(&problems, NULL), KARVAN_OK);
    assert_int_equal(karvan_dyad_years_attach(b.d, t, &o, problems, &e), KARVAN_OK);
    assert_int_equal(karvan_problems_total(problems), 0); /* 9 stands in a row left out */
    assert_text(b.d, true, KARVAN_FORMAT_CSV,
                "code1,code2,year,v1,v1_from,v2,v2_from\n1,2,2000,8,l.csv:3,,l.csv:7\n");
    o.n_where = 4;
    assert_int_equal(karvan_dyad_years_attach(b.d, t, &o, problems, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "no row of l.csv that is asked for has the v 'x'");
    o.n_where = -1;
    assert_int_equal(karvan_dyad_years_attach(b.d, t, &o, problems, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_dyad_years_columns(b.d), 2);
    karvan_problems_destroy(problems);
    end(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_tables_are_refused),
        cmocka_unit_test(rows_alike_and_codes_unknown_are_told),
        cmocka_unit_test(a_code_unknown_is_told_once),
        cmocka_unit_test(words_among_numbers_are_told),
        cmocka_unit_test(markers_among_numbers_are_told),
        cmocka_unit_test(what_is_declared_missing_is_unknown),
        cmocka_unit_test(rows_are_asked_for_by_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
