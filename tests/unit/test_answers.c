/* Record and trade asked as their users ask, on the shipped region, whose rows are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/karvan.h"
#include "table/cell.h"

static karvan_problems *problems;
static karvan_package *region;

static int set_up(void **state) {
    karvan_error e = {0};
    (void)state;
    return karvan_problems_create(&problems, &e) == KARVAN_OK &&
                   karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", problems, &region,
                                       &e) == KARVAN_OK
               ? 0
               : -1;
}

static int tear_down(void **state) {
    (void)state;
    karvan_package_destroy(region);
    karvan_problems_destroy(problems);
    return 0;
}

static const char *party(const char *typed) {
    const char *code = NULL;
    karvan_error e = {0};
    if (karvan_record_party(region, typed, &code, &e) != KARVAN_OK)
        fail_msg("%s: %s", typed, e.msg);
    return code;
}

static void names_are_forgiving(void **state) {
    (void)state;
    const char *a, *b;
    karvan_error e = {0};
    assert_string_equal(party("kaz"), "KAZ");
    assert_string_equal(party("Kazakhstan"), "KAZ");
    assert_string_equal(party("T\xC3\xBCrkiye"), "TUR");
    assert_string_equal(party("turkic council"), "OTS");
    assert_int_equal(karvan_record_party(region, "Kazachstan", &a, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "did you mean Kazakhstan"));
    assert_int_equal(karvan_record_pair(region, "Azerbaijan-Uzbekistan", &a, &b, NULL), KARVAN_OK);
    assert_string_equal(a, "AZE"), assert_string_equal(b, "UZB");
    assert_int_equal(karvan_record_pair(region, "AZE KAZ", &a, &b, NULL), KARVAN_OK);
    assert_int_equal(karvan_record_pair(region, "AZE-AZE", &a, &b, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_record_pair(region, "AZE", &a, &b, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_record_pair(region, "AZE-QQQQQQQQ", &a, &b, NULL), KARVAN_E_ARG);
    assert_null(a);
}

static int64_t count(karvan_record_query q) {
    karvan_view v;
    karvan_error e = {0};
    if (karvan_record_select(region, &q, &v, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    int64_t n = v.n;
    karvan_view_clear(&v);
    return n;
}

static void claims_are_filtered(void **state) {
    (void)state;
    karvan_record_query all = {0}, pair = {.party = "AZE", .other = "KAZ"}, q;
    int64_t total = count(all), between = count(pair);
    assert_int_equal(total, karvan_table_rows(karvan_package_table(region, "claims")));
    assert_true(between > 50 && between < total);
    q = pair, q.kind = "diplomatic_relations";
    assert_int_equal(count(q), 5); /* the brief twice, three other documents */
    q.source = "brief";
    assert_int_equal(count(q), 2);
    q = pair, q.has_from = q.has_to = true;
    q.from = karvan_day_from_civil(1992, 8, 28), q.to = karvan_day_from_civil(1992, 8, 31);
    int64_t may = count(q);
    q.only_certain = true;
    int64_t certain = count(q);
    assert_true(certain >= 3 && certain < may); /* "1992" may lie there */
    q = pair, q.only_conflicts = true;
    assert_true(count(q) >= 2 && count(q) < between);
    q = all, q.text = "friendship and COOPERATION";
    assert_true(count(q) >= 1);
    q = all, q.dimension = "cultural";
    assert_true(count(q) >= 1);
    q = all, q.body = "TRACECA";
    assert_true(count(q) >= 8);
}

static void slips_are_told(void **state) {
    (void)state;
    karvan_view v;
    karvan_error e = {0};
    karvan_record_query q = {.kind = "tready"};
    assert_int_equal(karvan_record_select(region, &q, &v, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "did you mean treaty"));
    q = (karvan_record_query){.dimension = "military"};
    assert_int_equal(karvan_record_select(region, &q, &v, NULL), KARVAN_E_ARG);
    q = (karvan_record_query){.source = "no-such-source-at-all"};
    assert_int_equal(karvan_record_select(region, &q, &v, NULL), KARVAN_E_ARG);
}

static void claims_come_by_date(void **state) {
    (void)state;
    karvan_view v;
    karvan_table *t = NULL;
    karvan_error e = {0};
    karvan_record_query q = {.party = "AZE", .other = "TKM"};
    assert_int_equal(karvan_record_select(region, &q, &v, &e), KARVAN_OK);
    assert_int_equal(karvan_record_table(region, &v, true, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_columns(t), 17);
    karvan_day last = KARVAN_DAY_MIN;
    bool undated = false;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const karvan_edtf *d = karvan_i_cell_date(t, "date", r);
        assert_false(d && undated); /* undated ones come last */
        undated |= !d;
        if (d) assert_true(d->earliest >= last), last = d->earliest;
        assert_non_null(strstr(karvan_i_cell_text(t, "parties", r), "AZE"));
        assert_non_null(strstr(karvan_i_cell_text(t, "roles", r), "TKM:"));
    }
    karvan_table_destroy(t);
    assert_int_equal(karvan_record_table(region, &v, false, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_columns(t), 7);
    karvan_table_destroy(t);
    karvan_view_clear(&v);
}

/* 27 August by one document, 30 August by the brief and two others: all stand, one is preferred. */
static void contradictions_stand_side_by_side(void **state) {
    (void)state;
    karvan_table *t = NULL;
    karvan_error e = {0};
    int seen = 0;
    assert_int_equal(karvan_record_conflicts(region, NULL, &t, &e), KARVAN_OK);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (!karvan_i_cell_is(t, "conflict", r, "diplomatic_relations:AZE-KAZ")) continue;
        seen++;
        assert_true(karvan_i_cell_is(t, "resolved", r, "m-p2"));
    }
    assert_int_equal(seen, 5);
    karvan_table_destroy(t);
}

static void shared_bodies(void **state) {
    (void)state;
    karvan_table *t = NULL;
    karvan_error e = {0};
    bool un = false, eaeu = false;
    assert_int_equal(karvan_record_memberships(region, "AZE", "KAZ", &t, &e), KARVAN_OK);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        un |= karvan_i_cell_is(t, "organisation", r, "UN");
        eaeu |= karvan_i_cell_is(t, "organisation", r, "EAEU");
    }
    assert_true(un);
    assert_false(eaeu); /* Azerbaijan is no member */
    karvan_table_destroy(t);
    assert_int_equal(karvan_record_memberships(region, NULL, NULL, &t, NULL), KARVAN_E_ARG);
}

static void the_brief_s_trade_table(void **state) {
    (void)state;
    karvan_trade_query q = {
        .reporter = "AZE", .partner = "KAZ", .either_way = true, .dataset = "brief"};
    karvan_view v;
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_trade_select(region, &q, &v, &e), KARVAN_OK);
    assert_int_equal(v.n, 12);
    assert_int_equal(karvan_trade_table(region, &v, false, &t, &e), KARVAN_OK);
    assert_int_equal(karvan_i_cell_real(t, "year", 0), 2017);
    assert_true(karvan_i_cell_real(t, "value", 0) == 34272.5);
    assert_true(karvan_i_cell_is(t, "unit", 0, "thousand USD"));
    karvan_table_destroy(t);
    karvan_view_clear(&v);
    q.flow = "import", q.has_from = q.has_to = true, q.from_year = q.to_year = 2022;
    assert_int_equal(karvan_trade_select(region, &q, &v, &e), KARVAN_OK);
    assert_int_equal(v.n, 1);
    karvan_view_clear(&v);
}

/* By hand from the brief: 2018 exports 46599.7, imports 174145.0; 2017 exports 34272.5. */
static void balance_by_hand(void **state) {
    (void)state;
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_string_equal(karvan_trade_default_dataset(region, "AZE", "KAZ"), "brief");
    assert_int_equal(karvan_trade_balance(region, "brief", "AZE", "KAZ", &t, &e), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 6);
    assert_true(fabs(karvan_i_cell_real(t, "turnover", 1) - 220744.7) < 1e-6);
    assert_true(fabs(karvan_i_cell_real(t, "balance", 1) + 127545.3) < 1e-6);
    assert_true(fabs(karvan_i_cell_real(t, "normalised_balance", 1) + 127545.3 / 220744.7) < 1e-12);
    assert_true(fabs(karvan_i_cell_real(t, "export_growth", 1) - (46599.7 / 34272.5 - 1) * 100) <
                1e-9);
    assert_int_equal(karvan_table_state(t, karvan_table_find(t, "export_growth"), 0),
                     KARVAN_NOT_COVERED);
    double all = 34272.5 + 603.4 + 1998.4 + 54111.6 + 3959.3; /* 2017, the five partners */
    assert_true(fabs(karvan_i_cell_real(t, "share_of_exports", 0) - 100 * 34272.5 / all) < 1e-9);
    karvan_table_destroy(t);
    assert_int_equal(karvan_trade_balance(region, "brief", "AZE", "USA", &t, NULL), KARVAN_E_ARG);
    assert_null(karvan_trade_default_dataset(region, "ZZZ", "AZE"));
}

static void mirrors_keep_both(void **state) {
    (void)state;
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_trade_mirrors(region, "KAZ", "UZB", &t, &e), KARVAN_OK);
    assert_true(karvan_table_rows(t) > 0);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double x = karvan_i_cell_real(t, "by_exporter", r),
               m = karvan_i_cell_real(t, "by_importer", r);
        assert_true(fabs(karvan_i_cell_real(t, "importer_over_exporter", r) - m / x) < 1e-12);
        assert_false(karvan_i_cell_is(t, "exporter_data_set", r,
                                      karvan_i_cell_text(t, "importer_data_set", r)));
    }
    karvan_table_destroy(t);
}

/* Every format writes the same table; CSV and views read back to the same cells. */
static void tables_are_written(void **state) {
    (void)state;
    karvan_trade_query q = {.reporter = "AZE"};
    karvan_view v;
    karvan_table *t = NULL, *back = NULL;
    karvan_error e = {0};
    char *bytes = NULL;
    size_t n = 0;
    assert_int_equal(karvan_trade_select(region, &q, &v, &e), KARVAN_OK);
    assert_int_equal(karvan_trade_table(region, &v, true, &t, &e), KARVAN_OK);
    for (int f = KARVAN_FORMAT_TABLE; f <= KARVAN_FORMAT_JSON; f++) {
        FILE *out = open_memstream(&bytes, &n);
        assert_int_equal(
            karvan_table_write(t, (karvan_format)f, f == KARVAN_FORMAT_TABLE ? 60 : 0, out, &e),
            KARVAN_OK);
        assert_int_equal(fclose(out), 0);
        assert_true(n > 1000);
        if (f == KARVAN_FORMAT_CSV) {
            assert_int_equal(karvan_csv_parse(bytes, n, "memory", "back", NULL, NULL, &back, &e),
                             KARVAN_OK);
            assert_int_equal(karvan_table_rows(back), karvan_table_rows(t));
            for (int64_t r = 0; r < karvan_table_rows(t); r++)
                assert_true(karvan_i_cell_real(back, "value", r) ==
                            karvan_i_cell_real(t, "value", r));
            karvan_table_destroy(back);
        }
        free(bytes), bytes = NULL;
    }
    karvan_view_clear(&v);
    assert_int_equal(karvan_view_init(&v, t, NULL, NULL, &e), KARVAN_OK);
    assert_int_equal(karvan_view_sort(&v, karvan_table_find(t, "value"), true, &e), KARVAN_OK);
    for (int64_t i = 1; i < v.n; i++)
        assert_true(karvan_i_cell_real(t, "value", v.row[i - 1]) >=
                    karvan_i_cell_real(t, "value", v.row[i]));
    karvan_view_clear(&v);
    karvan_table_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_are_forgiving),
                                       cmocka_unit_test(claims_are_filtered),
                                       cmocka_unit_test(slips_are_told),
                                       cmocka_unit_test(claims_come_by_date),
                                       cmocka_unit_test(contradictions_stand_side_by_side),
                                       cmocka_unit_test(shared_bodies),
                                       cmocka_unit_test(the_brief_s_trade_table),
                                       cmocka_unit_test(balance_by_hand),
                                       cmocka_unit_test(mirrors_keep_both),
                                       cmocka_unit_test(tables_are_written)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
