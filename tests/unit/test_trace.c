/* The rows behind joint memberships and similarity: by hand, and each looked up in the text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "karvan/similarity.h"
#include "sweep.h"
#include "table/csv_text.h"

static void is_text(karvan_table *t, const char *expected) {
    karvan_i_text got = {0};
    karvan_i_csv_text(t, &got);
    assert_string_equal(got.s, expected);
    karvan_i_text_clear(&got), karvan_table_destroy(t);
}

static karvan_memberships *members(const char *text, unsigned status) {
    const karvan_memberships_options o = {.keep_cells = true, .status = status};
    karvan_memberships *m = NULL;
    karvan_error e = {0};
    if (karvan_memberships_parse(text, strlen(text), "m.csv", &o, &m, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return m;
}

static void joint_is(const char *text, unsigned status, const char *expected) {
    karvan_memberships *m = members(text, status);
    karvan_table *t = NULL;
    assert_int_equal(karvan_joint_trace(m, NULL, &t, NULL), KARVAN_OK);
    is_text(t, expected);
    karvan_memberships_destroy(m);
}

#define JOINT \
    "code1,code2,year,joint,joint_max,body,belong,status1,status1_from,status2,status2_from\n"

static void joint_by_hand(void **state) {
    (void)state;
    static const char wide[] = "ccode,year,x,y,z\n20,1990,1,0,-1\n3,1990,2,1,-1\n3,1991,1,-9,3\n"
                               "20,1991,3,1,1\n100,1991,0,0,0\n";
    joint_is(wide, 0,
             JOINT "3,20,1990,1,1,x,yes,associate,m.csv:3,member,m.csv:2\n"
                   "3,20,1991,0,1,y,maybe,,m.csv:4,member,m.csv:5\n"
                   "3,100,1991,0,0,none,,,m.csv:4,,m.csv:6\n"
                   "20,100,1991,0,0,none,,,m.csv:5,,m.csv:6\n");
    joint_is("ccode,year,x\n1,1990,3\n2,1990,3\n", KARVAN_OBSERVER,
             JOINT "1,2,1990,1,1,x,yes,observer,m.csv:2,observer,m.csv:3\n");
    /* long: every row that may lie in the year and counts; a body that nobody shares */
    joint_is(
        "organisation,country,status,from,to\nX,A,member,1990,1991-04\nX,A,associate,1991-06,..\n"
        "X,A,observer,1990,..\nX,B,member,1989,..\nY,A,member,1990,\nY,B,member,1990,1991\n",
        0,
        JOINT "A,B,1989,0,0,none,,,,,\n"
              "A,B,1990,1,2,X,yes,member,m.csv:2,member,m.csv:5\n"
              "A,B,1990,1,2,Y,maybe,member,m.csv:6,member,m.csv:7\n"
              "A,B,1991,1,2,X,yes,member;associate,m.csv:2;m.csv:3,member,m.csv:5\n"
              "A,B,1991,1,2,Y,maybe,member,m.csv:6,member,m.csv:7\n");
    karvan_memberships *m = NULL;
    karvan_table *t = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_memberships_parse(wide, sizeof wide - 1, "m.csv", NULL, &m, &e),
                     KARVAN_OK);
    assert_int_equal(karvan_joint_trace(m, NULL, &t, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "the cells of m.csv were not kept to be traced");
    karvan_memberships_destroy(m);
    assert_int_equal(karvan_joint_trace(NULL, NULL, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_joint_trace(NULL, NULL, NULL, NULL), KARVAN_E_ARG);
}

/* ---- looked up in the text ---- */

/* The line that "m.csv:N" names. */
static const char *line_of(const char *text, const char *from) {
    const char *colon = strrchr(from, ':');
    assert_non_null(colon);
    long n = strtol(colon + 1, NULL, 10);
    while (--n > 0) {
        text = strchr(text, '\n');
        assert_non_null(text++);
    }
    return text;
}

static long field(const char *line, int k) {
    while (k-- > 0) line = strchr(line, ',') + 1;
    return strtol(line, NULL, 10);
}

enum { STATES = 5, YEARS = 3 };

static void draw_wide(karvan_i_text *out, karvan_random *r, int bodies) {
    static const char *const codes[] = {"0", "0", "1", "1", "2", "3", "-1", "-9"};
    karvan_i_text_puts(out, "ccode,year");
    for (int b = 0; b < bodies; b++) karvan_i_text_printf(out, ",%d", b);
    karvan_i_text_puts(out, "\n");
    for (int k = 0; k < STATES * YEARS; k++) {
        if (karvan_random_below(r, 5) == 0) continue;
        karvan_i_text_printf(out, "%d,%d", k / YEARS, 1990 + k % YEARS);
        for (int b = 0; b < bodies; b++)
            karvan_i_text_printf(out, ",%s", codes[karvan_random_below(r, 8)]);
        karvan_i_text_puts(out, "\n");
    }
}

/* One side of a row of the trace: the cell says what the trace says. */
static void cell_says(const char *text, const karvan_table *t, int64_t row, int side) {
    static const char *const status[] = {NULL, "member", "associate", "observer"};
    const char *line = line_of(text, karvan_table_text(t, 8 + 2 * side, row));
    const char *said = karvan_table_text(t, 7 + 2 * side, row);
    long code = field(line, 2 + (int)strtol(karvan_table_text(t, 5, row), NULL, 10));
    assert_int_equal(field(line, 0), strtol(karvan_table_text(t, side, row), NULL, 10));
    assert_int_equal(field(line, 1), karvan_table_int(t, 2, row));
    if (code == -9)
        assert_int_equal(karvan_table_state(t, 7 + 2 * side, row), KARVAN_UNKNOWN);
    else
        assert_string_equal(said, status[code]);
}

static void joint_in_the_text(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 41, 0);
    for (int k = 0; k < part_of(100); k++) {
        karvan_i_text text = {0};
        draw_wide(&text, &r, 1 + (int)karvan_random_below(&r, 80));
        karvan_memberships *m = members(text.s, (unsigned)(1 + karvan_random_below(&r, 7)) << 1);
        karvan_table *t = NULL, *counts = NULL;
        assert_int_equal(karvan_joint_trace(m, NULL, &t, NULL), KARVAN_OK);
        assert_int_equal(karvan_joint_table(m, NULL, KARVAN_JOINT_MOST, &counts, NULL), KARVAN_OK);
        int64_t row = 0;
        for (int64_t c = 0; c < karvan_table_rows(counts); c++) {
            int64_t joint = karvan_table_int(counts, 3, c), most = karvan_table_int(counts, 4, c),
                    yes = 0, n = 0;
            for (; n < most; n++, row++) {
                assert_int_equal(karvan_table_int(t, 3, row), joint);
                assert_int_equal(karvan_table_int(t, 4, row), most);
                yes += strcmp(karvan_table_text(t, 6, row), "yes") == 0;
                cell_says(text.s, t, row, 0), cell_says(text.s, t, row, 1);
            }
            assert_int_equal(yes, joint);
            if (most == 0) assert_string_equal(karvan_table_text(t, 5, row++), "none");
        }
        assert_int_equal(row, karvan_table_rows(t));
        karvan_table_destroy(t), karvan_table_destroy(counts);
        karvan_memberships_destroy(m), karvan_i_text_clear(&text);
    }
}

/* ---- similarity ---- */

static karvan_profiles *profiles(const char *text, const karvan_profiles_options *o) {
    karvan_profiles *p = NULL;
    karvan_error e = {0};
    if (karvan_profiles_parse(text, strlen(text), "p.csv", o, &p, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return p;
}

static void items_are(const char *text, const karvan_profiles_options *o, const char *pair,
                      const char *expected) {
    karvan_profiles *p = profiles(text, o);
    karvan_table *t = NULL;
    const karvan_similarity_query q = {.pair = pair};
    assert_int_equal(karvan_similarity_trace(p, pair ? &q : NULL, &t, NULL), KARVAN_OK);
    is_text(t, expected);
    karvan_profiles_destroy(p);
}

#define ITEMS "code1,code2,year,n,item,value1,value1_from,value2,value2_from"

static const char ALLIANCES[] = "ccode1,ccode2,year,defense,entente\n1,2,2000,1,0\n3,1,2000,0,1\n",
                  VOTES[] = "rcid,country,vote,year\n7,A,yes,1990\n8,A,no,1990\n7,B,abstain,1990\n"
                            "8,B,,1990\n9,A,no,1991\n10,B,no,1991\n",
                  TIES[] = "who,w,A,B\nx,0.5,3,1\ny,,1,1\nz,2,,0\nu,1,0,0\n",
                  WIDE[] = "ccode,year,x,y,z\n1,1990,1,0,-9\n2,1990,3,1,1\n";

static void items_by_hand(void **state) {
    (void)state;
    items_are(VOTES, NULL, NULL,
              ITEMS "\nA,B,1990,1,7,1,p.csv:2,2,p.csv:4\nA,B,1991,0,..,..,..,..,..\n");
    items_are(TIES, NULL, "B-A",
              ITEMS "\nA,B,..,3,x,3,p.csv:2,1,p.csv:2\nA,B,..,3,y,1,p.csv:3,1,p.csv:3\n"
                    "A,B,..,3,u,0,p.csv:5,0,p.csv:5\n");
    /* what has no weight is not compared */
    const karvan_profiles_options weights = {.weights = "w"};
    items_are(TIES, &weights, NULL,
              ITEMS
              ",weight\nA,B,..,2,x,3,p.csv:2,1,p.csv:2,0.5\nA,B,..,2,u,0,p.csv:5,0,p.csv:5,1\n");
    items_are(WIDE, NULL, NULL,
              ITEMS "\n1,2,1990,2,x,1,p.csv:2,0,p.csv:3\n1,2,1990,2,y,0,p.csv:2,1,p.csv:3\n");
    items_are("organisation,country,status,from,to\nX,A,member,1990,1990\nX,B,observer,1990,1990\n"
              "Y,A,member,1990,..\nX,A,associate,1990-02,..\n",
              NULL, NULL,
              ITEMS "\nA,B,1990,2,X,1,p.csv:2;p.csv:5,0,p.csv:3\nA,B,1990,2,Y,1,p.csv:4,0,\n");
    /* a tie to itself and a pair without a row rest on none; a row speaks of both ways */
    items_are(ALLIANCES, NULL, "1-2",
              ITEMS "\n1,2,2000,3,1,3,,3,p.csv:2\n1,2,2000,3,2,3,p.csv:2,3,\n"
                    "1,2,2000,3,3,1,p.csv:3,0,\n");
    karvan_table *t = NULL;
    assert_int_equal(karvan_similarity_trace(NULL, NULL, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_similarity_trace(NULL, NULL, NULL, NULL), KARVAN_E_ARG);
}

static void draw_votes(karvan_i_text *out, karvan_random *r) {
    static const char *const votes[] = {"yes", "yes", "no", "abstain", "absent", ""};
    karvan_i_text_puts(out, "rcid,country,vote,year\n");
    for (int k = 0; k < 12 * STATES; k++)
        if (karvan_random_below(r, 6) > 0)
            karvan_i_text_printf(out, "%d,%d,%s,%d\n", k / STATES, k % STATES,
                                 votes[karvan_random_below(r, 6)], 1990 + k / STATES % YEARS);
}

static void draw_alliances(karvan_i_text *out, karvan_random *r) {
    static const char *const said[] = {"0", "0", "0", "1", "NA"};
    karvan_i_text_puts(out, "code1,code2,year,defense,nonagg,entente\n");
    for (int k = 0; k < STATES * STATES * YEARS; k++)
        if (karvan_random_below(r, 3) == 0) {
            karvan_i_text_printf(out, "%d,%d,%d", k / YEARS % STATES, k / YEARS / STATES,
                                 1990 + k % YEARS);
            for (int i = 0; i < 3; i++)
                karvan_i_text_printf(out, ",%s", said[karvan_random_below(r, 5)]);
            karvan_i_text_puts(out, "\n");
        }
}

/* What is told to be compared gives the measures that are told. */
static void items_give_the_measures(void **state) {
    (void)state;
    static const karvan_similarity_kind kinds[] = {KARVAN_SIMILARITY_S, KARVAN_SIMILARITY_KAPPA,
                                                   KARVAN_SIMILARITY_TAU};
    static const karvan_scale scales[] = {{0, 1}, {1, 3}, {0, 3}};
    const karvan_similarity_query q = {.measure = kinds, .n_measures = 3};
    karvan_random r;
    karvan_random_init(&r, 43, 0);
    for (int k = 0; k < part_of(150); k++) {
        karvan_i_text text = {0};
        if (k % 3 == 0) draw_wide(&text, &r, 30);
        if (k % 3 == 1) draw_votes(&text, &r);
        if (k % 3 == 2) draw_alliances(&text, &r);
        karvan_profiles *p = profiles(text.s, NULL);
        karvan_table *t = NULL, *items = NULL;
        assert_int_equal(karvan_similarity_table(p, &q, &t, NULL), KARVAN_OK);
        assert_int_equal(karvan_similarity_trace(p, &q, &items, NULL), KARVAN_OK);
        int64_t row = 0;
        for (int64_t i = 0; i < karvan_table_rows(t); i += 3) {
            double x[100], y[100];
            int64_t n = karvan_table_int(t, 7, i);
            assert_in_range(n, 0, 100);
            for (int64_t j = 0; j < n; j++) {
                for (int c = 0; c < 2; c++)
                    assert_string_equal(karvan_table_text(t, c, i),
                                        karvan_table_text(items, c, row + j));
                assert_int_equal(karvan_table_int(items, 2, row + j), karvan_table_int(t, 2, i));
                assert_int_equal(karvan_table_int(items, 3, row + j), n);
                x[j] = karvan_table_real(items, 5, row + j);
                y[j] = karvan_table_real(items, 7, row + j);
            }
            row += n > 0 ? n : 1;
            for (int m = 0; m < 3; m++) {
                karvan_similarity s;
                assert_int_equal(karvan_similarity_of(kinds[m], KARVAN_DISTANCE_USUAL,
                                                      &scales[k % 3], x, y, NULL, n, &s, NULL),
                                 KARVAN_OK);
                assert_int_equal(s.n, n);
                assert_int_equal(karvan_table_state(t, 8, i + m), s.state);
                if (s.state == KARVAN_VALUE)
                    assert_true(fabs(karvan_table_real(t, 8, i + m) - s.value) < 1e-12);
            }
        }
        assert_int_equal(row, karvan_table_rows(items));
        karvan_table_destroy(t), karvan_table_destroy(items);
        karvan_profiles_destroy(p), karvan_i_text_clear(&text);
    }
}

/* ---- no memory ---- */

static karvan_status joint_work(karvan_error *err) {
    const karvan_memberships_options o = {.keep_cells = true};
    karvan_memberships *m = NULL;
    karvan_table *t = NULL;
    karvan_status st = karvan_memberships_parse(WIDE, sizeof WIDE - 1, "m.csv", &o, &m, err);
    if (st == KARVAN_OK) st = karvan_joint_trace(m, NULL, &t, err);
    karvan_table_destroy(t), karvan_memberships_destroy(m);
    return st;
}

static const char *sweep_text;

static karvan_status items_work(karvan_error *err) {
    karvan_profiles *p = NULL;
    karvan_table *t = NULL;
    karvan_status st = karvan_profiles_parse(sweep_text, strlen(sweep_text), "p", NULL, &p, err);
    if (st == KARVAN_OK) st = karvan_similarity_trace(p, NULL, &t, err);
    karvan_table_destroy(t), karvan_profiles_destroy(p);
    return st;
}

static void no_memory(void **state) {
    (void)state;
    static const char *const texts[] = {ALLIANCES, VOTES, TIES, WIDE};
    every_allocation_fails(joint_work, 300);
    for (int k = 0; k < 4; k++) {
        sweep_text = texts[k];
        every_allocation_fails(items_work, 400);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joint_by_hand), cmocka_unit_test(joint_in_the_text),
        cmocka_unit_test(items_by_hand), cmocka_unit_test(items_give_the_measures),
        cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
