/* Scores of events and their sums: by hand, against a slow sum, what is refused, allocations that
 * fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "base/text.h"
#include "karvan/events.h"
#include "sweep.h"
#include "table/csv_text.h"

/* ---- scores ---- */

static int32_t score_of(const karvan_event_scores *s, const char *code, const char *mode,
                        karvan_quad *quad) {
    int32_t score;
    (void)karvan_event_scores_find(s, code, strlen(code), mode, strlen(mode), quad, &score);
    return score;
}

static void codes_have_scores_and_classes(void **state) {
    (void)state;
    karvan_event_scores *icews, *gdelt, *plover;
    karvan_quad q;
    assert_int_equal(karvan_event_scores_create("cameo-icews", &icews, NULL), KARVAN_OK);
    assert_int_equal(karvan_event_scores_create("cameo-gdelt", &gdelt, NULL), KARVAN_OK);
    assert_int_equal(karvan_event_scores_create("plover", &plover, NULL), KARVAN_OK);
    assert_int_equal(score_of(icews, "042", "", &q), 1900000);
    assert_int_equal(q, KARVAN_QUAD_VERBAL_COOPERATION);
    assert_int_equal(score_of(icews, "190", "", &q), -10000000);
    assert_int_equal(q, KARVAN_QUAD_MATERIAL_CONFLICT);
    /* one of the five that differ, and codes that only one of them has */
    assert_int_equal(score_of(icews, "016", "", &q), -5000000);
    assert_int_equal(score_of(gdelt, "016", "", &q), 3400000);
    assert_int_equal(score_of(icews, "1641", "", &q), KARVAN_SCORE_NONE);
    assert_int_equal(q, KARVAN_QUAD_NONE);
    assert_int_equal(score_of(gdelt, "1661", "", &q), KARVAN_SCORE_NONE);
    /* the type's score where the mode is not known */
    assert_int_equal(score_of(plover, "PROTEST", "riot", &q), -7000000);
    assert_int_equal(score_of(plover, "protest", "Demo", &q), -5000000);
    assert_int_equal(score_of(plover, "COERCE", "new", &q), -7000000);
    assert_int_equal(q, KARVAN_QUAD_MATERIAL_CONFLICT);
    assert_int_equal(score_of(plover, "ACCUSE", "", &q), -3000000);
    assert_int_equal(score_of(plover, "042", "", &q), KARVAN_SCORE_NONE);
    assert_int_equal(karvan_event_quad("09", 2), KARVAN_QUAD_MATERIAL_COOPERATION);
    assert_int_equal(karvan_event_quad("141", 3), KARVAN_QUAD_VERBAL_CONFLICT);
    assert_int_equal(karvan_event_quad("21", 2), KARVAN_QUAD_NONE);
    assert_int_equal(karvan_event_quad("RETREAT", 7), KARVAN_QUAD_MATERIAL_COOPERATION);
    karvan_event_scores_destroy(icews), karvan_event_scores_destroy(gdelt);
    karvan_event_scores_destroy(plover);
    karvan_event_scores_destroy(NULL);
}

static void tables_are_in_order(void **state) {
    (void)state;
    static const char *const names[] = {"cameo", "plover"};
    static const int64_t rows[] = {316, 82};
    for (int i = 0; i < 2; i++) {
        karvan_table *t;
        assert_int_equal(karvan_event_scores_table(names[i], &t, NULL), KARVAN_OK);
        assert_int_equal(karvan_table_rows(t), rows[i]);
        for (int64_t r = 1; r < rows[i]; r++) {
            int by_code = strcmp(karvan_table_text(t, 0, r - 1), karvan_table_text(t, 0, r));
            int by_mode = strcmp(karvan_table_text(t, 1, r - 1), karvan_table_text(t, 1, r));
            assert_true(by_code < 0 || (by_code == 0 && by_mode < 0));
        }
        karvan_table_destroy(t);
    }
}

static void scores_that_are_none_are_refused(void **state) {
    (void)state;
    karvan_error e = {0};
    karvan_table *t = NULL;
    karvan_event_scores *s = NULL;
    assert_int_equal(karvan_event_scores_table("plovr", &t, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "did you mean plover?"));
    e = (karvan_error){0};
    assert_int_equal(karvan_event_scores_create("cameo-icew", &s, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "did you mean cameo-icews?"));
    assert_null(s);
}

static karvan_status own(const char *csv, karvan_event_scores **out, karvan_error *err) {
    static const karvan_column known[] = {{"code", KARVAN_TEXT, NULL},
                                          {"mode", KARVAN_TEXT, NULL},
                                          {"quad_class", KARVAN_TEXT, NULL},
                                          {"score", KARVAN_REAL, NULL}};
    karvan_column has[4];
    int n = 0;
    for (int k = 0; k < 4; k++)
        if (strstr(csv, known[k].name)) has[n++] = known[k];
    const karvan_csv_options o = {.n_columns = n, .columns = has};
    karvan_table *t = NULL;
    karvan_status st = karvan_csv_parse(csv, strlen(csv), "own.csv", "own", &o, NULL, &t, err);
    if (st == KARVAN_OK) st = karvan_event_scores_of_table(t, out, err);
    karvan_table_destroy(t);
    return st;
}

static void own_scores(void **state) {
    (void)state;
    karvan_event_scores *s = NULL;
    karvan_quad q;
    assert_int_equal(
        own("code,quad_class,score\n042,,2.5\n190,3,-1.000001\n145,material_conflict,\n", &s, NULL),
        KARVAN_OK);
    assert_int_equal(score_of(s, "042", "", &q), 2500000);
    assert_int_equal(q, KARVAN_QUAD_VERBAL_COOPERATION);
    assert_int_equal(score_of(s, "190", "", &q), -1000001);
    assert_int_equal(q, KARVAN_QUAD_VERBAL_CONFLICT);
    assert_int_equal(score_of(s, "145", "", &q), KARVAN_SCORE_NONE);
    assert_int_equal(q, KARVAN_QUAD_MATERIAL_CONFLICT);
    karvan_event_scores_destroy(s);
    static const struct {
        const char *csv, *says;
    } bad[] = {{"code,quad_class\n042,1\n", "score"},
               {"code,score\n042,1\n042,2\n", "own.csv:3:1: the code has a score already"},
               {"code,score\n042,1001\n", "own.csv:2:1: a score lies between"},
               {"code,score\n042,0.1234567\n", "own.csv:2:1: a score has six decimals"},
               {"code,quad_class,score\n042,5,1\n", "own.csv:2:1: no class of events"},
               {"code,score\n,1\n", "own.csv:2:1: a score belongs to a code"},
               {"code,score\n0123456789012345678901234567890,1\n", "1 to 30 bytes"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        karvan_error e = {0};
        assert_int_equal(own(bad[i].csv, &s, &e), KARVAN_E_DATA);
        if (!strstr(e.msg, bad[i].says)) fail_msg("%s", e.msg);
        assert_null(s);
    }
}

/* ---- sums ---- */

static void sums_by_hand(void **state) {
    (void)state;
    static const char *const names[] = {"Chad", "Benin", "Mali"};
    karvan_events *e;
    karvan_table *t;
    karvan_i_text csv = {0};
    assert_int_equal(karvan_events_create(KARVAN_EVENTS_BY_MONTH, &e, NULL), KARVAN_OK);
    const struct {
        int source, target, year, month;
        karvan_quad quad;
        int32_t score;
    } events[] = {{0, 1, 2018, 6, KARVAN_QUAD_VERBAL_COOPERATION, 1000000},
                  {0, 1, 2018, 6, KARVAN_QUAD_VERBAL_COOPERATION, 3400000},
                  {0, 1, 2018, 6, KARVAN_QUAD_MATERIAL_CONFLICT, -10000000},
                  {0, 1, 2018, 7, KARVAN_QUAD_VERBAL_CONFLICT, KARVAN_SCORE_NONE},
                  {1, 0, 1900, 1, KARVAN_QUAD_MATERIAL_COOPERATION, 100000},
                  {1, 0, 1900, 1, KARVAN_QUAD_MATERIAL_COOPERATION, 200000},
                  {1, 0, 1900, 1, KARVAN_QUAD_MATERIAL_COOPERATION, KARVAN_SCORE_NONE},
                  {1, 2, 2078, 12, KARVAN_QUAD_VERBAL_COOPERATION, 1}};
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        assert_int_equal(karvan_events_add(e, events[i].source, events[i].target, events[i].year,
                                           events[i].month, events[i].quad, events[i].score, NULL),
                         KARVAN_OK);
    assert_int_equal(karvan_events_cells(e), 4);
    assert_int_equal(karvan_events_table(e, 3, names, &t, NULL), KARVAN_OK);
    karvan_i_csv_text(t, &csv);
    assert_string_equal(
        strchr(csv.s, '\n') + 1,
        /* 0.1 + 0.2 is 0.3, not 0.30000000000000004 */
        "Benin,Chad,1900,1,3,0.3,0.15,1,0,0,,3,0.3,0.15,0,0,,0,0,\n"
        "Benin,Mali,2078,12,1,1e-06,1e-06,0,1,1e-06,1e-06,0,0,,0,0,,0,0,\n"
        "Chad,Benin,2018,6,3,-5.6,-1.8666666666666667,0,2,4.4,2.2,0,0,,0,0,,1,-10,-10\n"
        "Chad,Benin,2018,7,1,,,1,0,0,,0,0,,1,,,0,0,\n");
    karvan_i_text_clear(&csv);
    karvan_table_destroy(t);
    karvan_error err = {0};
    assert_int_equal(karvan_events_table(e, 2, names, &t, &err), KARVAN_E_ARG);
    assert_non_null(strstr(err.msg, "has no name"));
    karvan_events_destroy(e);
    karvan_events_destroy(NULL);
}

static void what_no_event_is(void **state) {
    (void)state;
    karvan_events *e;
    assert_int_equal(karvan_events_create(KARVAN_EVENTS_BY_YEAR, &e, NULL), KARVAN_OK);
    static const int bad[][6] = {
        {-1, 0, 2000, 1, 0, 0}, {0, 65535, 2000, 1, 0, 0}, {0, 0, 1899, 1, 0, 0},
        {0, 0, 2079, 1, 0, 0},  {0, 0, 2000, 0, 0, 0},     {0, 0, 2000, 13, 0, 0},
        {0, 0, 2000, 1, 4, 0},  {0, 0, 2000, 1, -1, 0},    {0, 0, 2000, 1, 0, 1000000001}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(karvan_events_add(e, bad[i][0], bad[i][1], bad[i][2], bad[i][3],
                                           (karvan_quad)bad[i][4], bad[i][5], NULL),
                         KARVAN_E_ARG);
    assert_int_equal(karvan_events_cells(e), 0);
    karvan_events_destroy(e);
    assert_int_equal(karvan_events_create((karvan_events_by)3, &e, NULL), KARVAN_E_ARG);
    karvan_error err = {0};
    karvan_events_by by;
    assert_int_equal(karvan_events_by_parse("dyad-yaer", &by, &err), KARVAN_E_ARG);
    assert_non_null(strstr(err.msg, "did you mean dyad-year?"));
}

/* Sums of all events, each cell by a pass over them. */
static void sums_as_a_slow_way_has_them(void **state) {
    (void)state;
    enum { N = 4000, NAMES = 7 };
    static const char *const names[NAMES] = {"g", "f", "e", "d", "c", "b", "a"};
    static int of[N][5];
    static int32_t score[N];
    karvan_random r;
    karvan_random_init(&r, 7, 0);
    for (int by = 0; by < 3; by++) {
        karvan_events *e;
        karvan_table *t;
        assert_int_equal(karvan_events_create((karvan_events_by)by, &e, NULL), KARVAN_OK);
        for (int i = 0; i < N; i++) {
            of[i][0] = (int)karvan_random_below(&r, NAMES);
            of[i][1] = (int)karvan_random_below(&r, NAMES);
            of[i][2] = 2000 + (int)karvan_random_below(&r, 3);
            of[i][3] = 1 + (int)karvan_random_below(&r, 12);
            of[i][4] = (int)karvan_random_below(&r, KARVAN_QUADS);
            score[i] = karvan_random_below(&r, 4) == 0
                           ? KARVAN_SCORE_NONE
                           : 100000 * ((int32_t)karvan_random_below(&r, 201) - 100);
            assert_int_equal(karvan_events_add(e, of[i][0], of[i][1], of[i][2], of[i][3],
                                               (karvan_quad)of[i][4], score[i], NULL),
                             KARVAN_OK);
        }
        assert_int_equal(karvan_events_table(e, NAMES, names, &t, NULL), KARVAN_OK);
        int year = karvan_table_find(t, "year"), month = karvan_table_find(t, "month"),
            quad = karvan_table_find(t, "verbal_cooperation");
        int64_t all = 0;
        assert_true((year >= 0) == (by != 2) && (month >= 0) == (by == 1));
        for (int64_t row = 0; row < karvan_table_rows(t); row++)
            for (int q = 0; q < KARVAN_QUADS; q++) {
                int64_t n = 0, scored = 0, sum = 0;
                for (int i = 0; i < N; i++) {
                    if (strcmp(names[of[i][0]], karvan_table_text(t, 0, row)) != 0 ||
                        strcmp(names[of[i][1]], karvan_table_text(t, 1, row)) != 0 ||
                        (year >= 0 && of[i][2] != karvan_table_int(t, year, row)) ||
                        (month >= 0 && of[i][3] != karvan_table_int(t, month, row)) ||
                        of[i][4] != q)
                        continue;
                    n++;
                    if (score[i] != KARVAN_SCORE_NONE) scored++, sum += score[i];
                }
                all += n;
                assert_int_equal(karvan_table_int(t, quad + 3 * q, row), n);
                double want = n > 0 && scored == 0 ? NAN : (double)sum / 1e6;
                double got = karvan_table_real(t, quad + 3 * q + 1, row);
                assert_true(got == want || (isnan(got) && isnan(want)));
            }
        assert_int_equal(all, N);
        karvan_table_destroy(t);
        karvan_events_destroy(e);
    }
}

/* ---- allocations that fail ---- */

static karvan_status add_and_print(karvan_error *err) {
    static const char *const names[] = {"a", "b"};
    karvan_events *e = NULL;
    karvan_table *t = NULL;
    karvan_status st = karvan_events_create(KARVAN_EVENTS_BY_YEAR, &e, err);
    for (int i = 0; st == KARVAN_OK && i < 120; i++)
        st = karvan_events_add(e, i % 2, i % 3 == 0, 1900 + i, 1, KARVAN_QUAD_VERBAL_CONFLICT, i,
                               err);
    if (st == KARVAN_OK) st = karvan_events_table(e, 2, names, &t, err);
    karvan_table_destroy(t);
    karvan_events_destroy(e);
    return st;
}

static karvan_status all_scores(karvan_error *err) {
    karvan_event_scores *a = NULL, *b = NULL, *c = NULL;
    karvan_table *t = NULL;
    karvan_status st = karvan_event_scores_create("cameo-gdelt", &a, err);
    if (st == KARVAN_OK) st = karvan_event_scores_create("plover", &b, err);
    if (st == KARVAN_OK) st = own("code,score\n042,2.5\n", &c, err);
    if (st == KARVAN_OK) st = karvan_event_scores_table("plover", &t, err);
    karvan_event_scores_destroy(a), karvan_event_scores_destroy(b);
    karvan_event_scores_destroy(c);
    karvan_table_destroy(t);
    return st;
}

static void failing_allocations(void **state) {
    (void)state;
    every_allocation_fails(add_and_print, 400);
    every_allocation_fails(all_scores, 400);
}

int main(void) {
    const struct CMUnitTest t[] = {
        cmocka_unit_test(codes_have_scores_and_classes),
        cmocka_unit_test(tables_are_in_order),
        cmocka_unit_test(scores_that_are_none_are_refused),
        cmocka_unit_test(own_scores),
        cmocka_unit_test(sums_by_hand),
        cmocka_unit_test(what_no_event_is),
        cmocka_unit_test(sums_as_a_slow_way_has_them),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
