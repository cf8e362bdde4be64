/* Joint memberships of the wide form: by hand, beside a count cell by cell, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "joint.h"
#include "sweep.h"

/* A and B are states of 1990 and 1991, C of 1991 alone. */
static const char HAND[] = "ccode,year,state,x,y,z,w\n"
                           "20,1990,\"bee\",1,0,-1,2\n"
                           "3,1990,\"ay\",1,1,-1,1\n"
                           "3,1991,\"ay\",1,-9,3,2\n"
                           "20,1991,\"bee\",2,1,1,1\n"
                           "100,1991,\"cee\",0,-9,3,\n";

static void by_hand(void **state) {
    (void)state;
    /* codes in the order of numbers; y of 3 in 1991 is not known, nor is w of 100 */
    joint_is(HAND, NULL, NULL, KARVAN_JOINT_MOST | KARVAN_JOINT_BODIES,
             "code1,code2,year,joint,joint_max,bodies\n"
             "3,20,1990,2,2,x;w\n"
             "3,20,1991,2,3,x;y?;w\n"
             "3,100,1991,0,2,y?;w?\n"
             "20,100,1991,0,2,y?;w?\n");
    joint_is(HAND, NULL, "100-3", 0, "code1,code2,year,joint\n3,100,1991,0\n");
    karvan_memberships_options o = {.status = KARVAN_MEMBER};
    joint_is(HAND, &o, "3-20", 0, "code1,code2,year,joint\n3,20,1990,1\n3,20,1991,0\n");
    o.status = KARVAN_MEMBER | KARVAN_ASSOCIATE | KARVAN_OBSERVER;
    joint_is(HAND, &o, "3-20", 0, "code1,code2,year,joint\n3,20,1990,2\n3,20,1991,3\n");
    o = (karvan_memberships_options){.has_from = true, .from = 1991};
    joint_is(HAND, &o, "3-20", 0, "code1,code2,year,joint\n3,20,1991,2\n");
    o = (karvan_memberships_options){.has_to = true, .to = 1990};
    joint_is(HAND, &o, NULL, KARVAN_JOINT_BODIES,
             "code1,code2,year,joint,bodies\n3,20,1990,2,x;w\n");
    o = (karvan_memberships_options){.has_to = true, .to = 1900};
    joint_is(HAND, &o, NULL, 0, "code1,code2,year,joint\n");
}

static void told(void **state) {
    (void)state;
    karvan_memberships *m = joint_read(HAND, NULL);
    bool belongs;
    assert_int_equal(karvan_memberships_states(m), 3);
    assert_int_equal(karvan_memberships_bodies(m), 4);
    assert_int_equal(karvan_memberships_unknown(m), 3);
    assert_string_equal(karvan_memberships_state(m, 2), "100");
    assert_string_equal(karvan_memberships_body(m, 3), "w");
    assert_int_equal(karvan_memberships_find(m, "20"), 1);
    assert_int_equal(karvan_memberships_find(m, "21"), -1);
    assert_int_equal(karvan_memberships_at(m, 0, 1990, 0, &belongs), KARVAN_VALUE);
    assert_true(belongs);
    assert_int_equal(karvan_memberships_at(m, 1, 1990, 1, &belongs), KARVAN_VALUE);
    assert_false(belongs);
    assert_int_equal(karvan_memberships_at(m, 0, 1990, 2, &belongs), KARVAN_NOT_COVERED);
    assert_int_equal(karvan_memberships_at(m, 0, 1991, 1, &belongs), KARVAN_UNKNOWN);
    assert_int_equal(karvan_memberships_at(m, 2, 1990, 1, &belongs), KARVAN_NOT_COVERED);
    karvan_joint_totals t;
    assert_int_equal(karvan_joint_sum(m, NULL, &t, NULL), KARVAN_OK);
    assert_int_equal(t.rows, 4), assert_int_equal(t.joint, 4), assert_int_equal(t.most, 9);
    karvan_memberships_destroy(m);
}

/* Where code, year and name stand. */
static void layouts(void **state) {
    (void)state;
    static const char *const texts[] = {
        "code,year,x\n1,1990,1\n2,1990,1\n",
        "year,code,x\n1990,1,1\n1990,2,1\n",
        "year,ccode,state,x\n1990,1,a,1\n1990,2,b,1\n",
        "state,ccode,year,x\na,1,1990,1\nb,2,1990,1\n",
        "ccode,State.Abb,Year,x\n1,a,1990,1\n2,b,1990,1\n",
        "state,year,ccode,x\na,1990,1,1\nb,1990,2,1\n",
        "\357\273\277country;year;x\r\n1;1990;1\r\n\r\n2;1990;1\r\n",
        "\xEF\xBB\xBF\"code\",\"year\",\"x\"\n1,1990,1\n2,1990,1\n",
        "code\tyear\tx\n1\t1990\t\"1\"\n2\t1990\t1\n",
    };
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
        joint_is(texts[k], NULL, NULL, KARVAN_JOINT_BODIES,
                 "code1,code2,year,joint,bodies\n1,2,1990,1,x\n");
    /* codes that are no numbers, by their letters; a body that is called year */
    joint_is("iso3,year,name,year2\nKAZ,-4,k,NA\nAZE,-4,a,..\n", NULL, NULL,
             KARVAN_JOINT_MOST | KARVAN_JOINT_BODIES,
             "code1,code2,year,joint,joint_max,bodies\nAZE,KAZ,-4,0,0,none\n");
}

static void refusals(void **state) {
    (void)state;
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"a,b,c\n1,2,3\n", "m.csv:1:1: neither form of memberships: a row a state and year begins "
                           "with code, year and perhaps state, then a column a body; a row a "
                           "membership has organisation, country, status, from, to"},
        {"ccode,x,year,y\n1,1,1990,1\n", "m.csv:1:1: neither form"},
        {"code,year\n1,1990\n", "m.csv:1:1: there is no column of a body"},
        {"code,year,x,x\n1,1990,1,1\n", "m.csv:1:13: column 'x' stands twice in the header"},
        {"code,year,x,\n1,1990,1,1\n", "m.csv:1:13: a column without a name that is UTF-8"},
        {"code,year,x\n1,1990,1\n2,1990,5\n",
         "m.csv:3:8: '5' is no code of a membership: 0 none, 1 member, 2 associate, 3 observer, -1 "
         "no such body, -9 not known"},
        {"code,year,x\n1,1990,-2\n", "m.csv:2:8: '-2' is no code of a membership"},
        {"code,year,x\n1,1990,yes\n", "m.csv:2:8: 'yes' is no code of a membership"},
        {"code,year,x\n1,199o,1\n", "m.csv:2:3: '199o' is no year"},
        {"code,year,x\n,1990,1\n", "m.csv:2:1: '' is no code of a state"},
        {"code,year,x\n1,1990\n", "m.csv:2:1: the row has 2 cells, the header 3"},
        {"code,year,x\n1,1990,1\n2,1990,1\n1,1990,0\n",
         "m.csv:4:1: state 1 has the year 1990 twice: here and on line 2; one row a state and year "
         "is expected"},
        {"code,year,x\n1,1990,\"1\n", "m.csv:2:1: a quoted cell does not end"},
        {"", "m.csv"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        joint_refused(cases[k].text, NULL, KARVAN_E_DATA, cases[k].why);
    const karvan_memberships_options odd = {.status = KARVAN_CANDIDATE},
                                     turned = {
                                         .has_from = true, .has_to = true, .from = 2, .to = 1};
    joint_refused(HAND, &odd, KARVAN_E_ARG,
                  "m.csv tells members, associates and observers apart, no others");
    joint_refused(HAND, &turned, KARVAN_E_ARG,
                  "the years from 2 to 1: the first lies after the last");
}

static void words(void **state) {
    (void)state;
    unsigned bits;
    karvan_error e = {0};
    assert_int_equal(karvan_memberships_status("member, observer", &bits, &e), KARVAN_OK);
    assert_int_equal(bits, KARVAN_MEMBER | KARVAN_OBSERVER);
    assert_int_equal(karvan_memberships_status("memeber", &bits, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "'memeber' is no status of a member; did you mean member?");
    e = (karvan_error){0};
    assert_int_equal(karvan_memberships_status("member,", &bits, &e), KARVAN_E_ARG);
    assert_int_equal(bits, 0);
    karvan_memberships *m = joint_read(HAND, NULL);
    static const char *const pairs[][2] = {
        {"3", "'3' is not a pair: write two codes with a hyphen, 373-705"},
        {"3-", "'3-' is not a pair: write two codes with a hyphen, 373-705"},
        {"3-3", "'3-3' names one state twice"},
        {"3-101", "no state has the code '101'; did you mean 100?"}};
    for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++) {
        int32_t a, b;
        e = (karvan_error){0};
        assert_int_equal(karvan_memberships_pair(m, pairs[k][0], &a, &b, &e), KARVAN_E_ARG);
        assert_string_equal(e.msg, pairs[k][1]);
    }
    karvan_joint_totals t;
    const karvan_joint_query odd[] = {{true, 0, 0}, {true, -1, 2}, {true, 0, 3}};
    for (int k = 0; k < 3; k++)
        assert_int_equal(karvan_joint_sum(m, &odd[k], &t, NULL), KARVAN_E_ARG);
    karvan_memberships_destroy(m);
    assert_int_equal(karvan_memberships_read(NULL, NULL, &m, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_memberships_read("/no/such/file", NULL, &m, NULL), KARVAN_E_IO);
    karvan_memberships_destroy(NULL);
}

/* ---- beside a count cell by cell ---- */

enum { STATES = 9, YEARS = 6, BODIES_MOST = 150 };

typedef struct world {
    int bodies;
    bool has[STATES][YEARS];
    int code[STATES][YEARS][BODIES_MOST];
} world;

static void draw(world *w, karvan_random *r) {
    static const int codes[] = {0, 0, 1, 1, 2, 3, -1, -9};
    w->bodies = 1 + (int)karvan_random_below(r, BODIES_MOST);
    for (int s = 0; s < STATES; s++)
        for (int y = 0; y < YEARS; y++) {
            w->has[s][y] = karvan_random_below(r, 4) > 0;
            for (int b = 0; b < w->bodies; b++) w->code[s][y][b] = codes[karvan_random_below(r, 8)];
        }
}

/* Rows in any order. */
static void write(const world *w, karvan_random *r, karvan_i_text *out) {
    int order[STATES * YEARS];
    for (int k = 0; k < STATES * YEARS; k++) {
        int j = (int)karvan_random_below(r, (uint64_t)k + 1);
        order[k] = order[j], order[j] = k;
    }
    karvan_i_text_puts(out, "ccode,year");
    for (int b = 0; b < w->bodies; b++) karvan_i_text_printf(out, ",b%d", b);
    karvan_i_text_puts(out, "\n");
    for (int k = 0; k < STATES * YEARS; k++) {
        int s = order[k] / YEARS, y = order[k] % YEARS;
        if (!w->has[s][y]) continue;
        karvan_i_text_printf(out, "%d,%d", 5 * s, 1900 + y);
        /* some rows are not plain, and are read the slower way */
        int quoted = (int)karvan_random_below(r, 3 * (uint64_t)w->bodies);
        for (int b = 0; b < w->bodies; b++)
            karvan_i_text_printf(out, b == quoted ? ",\"%d\"" : ",%d", w->code[s][y][b]);
        karvan_i_text_puts(out, karvan_random_below(r, 4) ? "\n" : "\r\n");
    }
}

static void count(const world *w, unsigned status, karvan_i_text *out) {
    karvan_i_text_puts(out, "code1,code2,year,joint,joint_max\n");
    for (int a = 0; a < STATES; a++)
        for (int b = a + 1; b < STATES; b++)
            for (int y = 0; y < YEARS; y++) {
                int least = 0, most = 0;
                if (!w->has[a][y] || !w->has[b][y]) continue;
                for (int k = 0; k < w->bodies; k++) {
                    int p = w->code[a][y][k], q = w->code[b][y][k];
                    bool p_is = p > 0 && status >> p & 1, q_is = q > 0 && status >> q & 1;
                    least += p_is && q_is;
                    most += (p_is || p == -9) && (q_is || q == -9);
                }
                karvan_i_text_printf(out, "%d,%d,%d,%d,%d\n", 5 * a, 5 * b, 1900 + y, least, most);
            }
}

static void cell_by_cell(void **state) {
    (void)state;
    karvan_random r;
    karvan_random_init(&r, 11, 0);
    static world w;
    for (int k = 0; k < part_of(200); k++) {
        karvan_i_text text = {0}, want = {0};
        const karvan_memberships_options o = {.status = (unsigned)(1 + karvan_random_below(&r, 7))
                                                        << 1};
        draw(&w, &r), write(&w, &r, &text), count(&w, o.status, &want);
        joint_is(text.s, &o, NULL, KARVAN_JOINT_MOST, want.s);
        karvan_i_text_clear(&text), karvan_i_text_clear(&want);
    }
}

/* A file of many blocks, of which rows lie across the ends: every body is one in three. */
static void many_blocks(void **state) {
    (void)state;
    enum { ROWS = 4000, MANY = 130 };
    karvan_i_text text = {0};
    int64_t joint = 0;
    karvan_i_text_puts(&text, "code,year");
    for (int b = 0; b < MANY; b++) karvan_i_text_printf(&text, ",b%d", b);
    for (int r = 0; r < ROWS; r++) {
        karvan_i_text_printf(&text, "\n%d,%d", r % 2, r / 2 - 1000);
        for (int b = 0; b < MANY; b++)
            karvan_i_text_puts(&text, (r / 2 + b) % 3 ? r % 7 ? ",0" : ",\"0\"" : ",1");
        for (int b = 0; r % 2 && b < MANY; b++) joint += (r / 2 + b) % 3 == 0;
    }
    karvan_memberships *m = joint_read(text.s, NULL);
    karvan_joint_totals t;
    assert_int_equal(karvan_joint_sum(m, NULL, &t, NULL), KARVAN_OK);
    assert_int_equal(t.rows, ROWS / 2);
    assert_int_equal(t.joint, joint);
    karvan_memberships_destroy(m), karvan_i_text_clear(&text);
}

/* ---- no memory ---- */

static karvan_status all_of_it(karvan_error *err) {
    karvan_memberships *m = NULL;
    karvan_table *t = NULL;
    int32_t a, b;
    karvan_status st = karvan_memberships_parse(HAND, sizeof HAND - 1, "m.csv", NULL, &m, err);
    assert_true((st == KARVAN_OK) == (m != NULL));
    if (st == KARVAN_OK) st = karvan_memberships_pair(m, "3-20", &a, &b, err);
    if (st == KARVAN_OK)
        st = karvan_joint_table(m, NULL, KARVAN_JOINT_MOST | KARVAN_JOINT_BODIES, &t, err);
    karvan_table_destroy(t);
    karvan_memberships_destroy(m);
    return st;
}

static void no_memory(void **state) {
    (void)state;
    every_allocation_fails(all_of_it, 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),     cmocka_unit_test(told),     cmocka_unit_test(layouts),
        cmocka_unit_test(refusals),    cmocka_unit_test(words),    cmocka_unit_test(cell_by_cell),
        cmocka_unit_test(many_blocks), cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
