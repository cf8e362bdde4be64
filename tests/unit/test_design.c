/* A formula met with small tables whose design is written out by hand; then random ones against an
 * encoder that looks at one cell at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep.h"
#include "trade/design.h"

static karvan_table *table_of(const char *csv) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_csv_parse(csv, strlen(csv), "t.csv", "t", NULL, NULL, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

static karvan_i_design make(const karvan_table *t, karvan_gravity_options o) {
    karvan_i_design d;
    karvan_error e = {0};
    if (karvan_i_design_create(t, &o, &d, &e) != KARVAN_OK) fail_msg("%s: %s", o.formula, e.msg);
    return d;
}

static void assert_names(const karvan_i_design *d, const char *joined) {
    char all[2000] = "";
    for (int j = 0; j < d->k; j++)
        (void)snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", j ? " " : "",
                       d->name[j]);
    assert_string_equal(all, joined);
}

static void assert_column(const karvan_i_design *d, int j, int n, const double *x) {
    assert_int_equal(d->n, n);
    for (int i = 0; i < n; i++)
        if (fabs(d->x[j][i] - x[i]) > 1e-14 * (1 + fabs(x[i])))
            fail_msg("%s[%d] is %.17g, not %.17g", d->name[j], i, d->x[j][i], x[i]);
}

static void assert_levels(const karvan_i_effect *e, int n, const int32_t *level) {
    for (int i = 0; i < n; i++)
        if (e->level[i] != level[i])
            fail_msg("%s[%d] is %d, not %d", e->name, i, e->level[i], level[i]);
}

/* Four countries by code; c is text, t years, one flow is zero. */
static const char SMALL[] = "a,b,t,y,x,w,open\n"
                            "KAZ,AZE,2010,5,1,1,true\n"  /* 1 */
                            "AZE,KAZ,2010,0,2,2,false\n" /* 2 */
                            "AZE,UZB,2009,3,4,1,true\n"  /* 3 */
                            "UZB,AZE,2010,,8,1,true\n"   /* 4: y is not known */
                            "AZE,KAZ,2009,7,0,4,false\n" /* 5: log(x) does not exist */
                            "KAZ,UZB,2009,2,3,1,true\n"; /* 6 */

static void effects_are_levels_in_the_order_of_values(void **s) {
    (void)s;
    karvan_table *t = table_of(SMALL);
    karvan_i_design d = make(t, (karvan_gravity_options){.formula = "y ~ x | a^t + b^t + a^b",
                                                         .n_clusters = 2,
                                                         .cluster = {"b^a", "t"}});
    assert_names(&d, "x");
    assert_column(&d, 0, 5, (double[]){1, 2, 4, 0, 3});
    for (int i = 0; i < 5; i++) assert_int_equal(d.row[i], ((int[]){0, 1, 2, 4, 5})[i]);
    /* a^t: AZE^2009, AZE^2010, KAZ^2009, KAZ^2010 */
    assert_int_equal(d.effect[0].n_levels, 4);
    assert_levels(&d.effect[0], 5, (int32_t[]){3, 1, 0, 0, 2});
    /* b^t: AZE^2010, KAZ^2009, KAZ^2010, UZB^2009 */
    assert_levels(&d.effect[1], 5, (int32_t[]){0, 2, 3, 1, 3});
    /* a^b: AZE^KAZ, AZE^UZB, KAZ^AZE, KAZ^UZB */
    assert_levels(&d.effect[2], 5, (int32_t[]){2, 0, 1, 0, 3});
    char label[64];
    karvan_i_effect_label(&d, &d.effect[0], 2, label, sizeof label);
    assert_string_equal(label, "KAZ^2009");
    karvan_i_effect_label(&d, &d.cluster[0], 3, label, sizeof label);
    assert_string_equal(label, "UZB^KAZ");
    assert_ptr_equal(d.cluster[0].level, d.effect[2].level); /* order of columns is no matter */
    assert_levels(&d.cluster[1], 5, (int32_t[]){1, 1, 0, 0, 0});
    assert_int_equal(d.drops.n, 1);
    assert_int_equal(d.drops.at[0].row, 3);
    karvan_i_drop_detail(&d, &d.drops.at[0], label, sizeof label);
    assert_string_equal(label, "y holds no value");

    bool keep[] = {true, false, true, false, true}; /* AZE^2010, b KAZ, a^b AZE^KAZ go */
    karvan_error e = {0};
    assert_int_equal(karvan_i_design_keep(&d, keep, &e), KARVAN_OK);
    assert_column(&d, 0, 3, (double[]){1, 4, 3});
    assert_levels(&d.effect[0], 3, (int32_t[]){2, 0, 1});
    assert_levels(&d.effect[1], 3, (int32_t[]){0, 1, 1});
    assert_levels(&d.effect[2], 3, (int32_t[]){1, 0, 2});
    assert_ptr_equal(d.cluster[0].level, d.effect[2].level);
    assert_int_equal(d.cluster[0].n_levels, 3);
    assert_levels(&d.cluster[1], 3, (int32_t[]){1, 0, 0});
    karvan_i_effect_label(&d, &d.effect[2], 2, label, sizeof label);
    assert_string_equal(label, "KAZ^UZB");
    karvan_i_design_clear(&d);
    karvan_table_destroy(t);
}

static void terms_are_written_out(void **s) {
    (void)s;
    karvan_table *t = table_of("y,x,z,g,h,open\n1,1,2,B,7,true\n2,2,3,A,5,false\n3,4,5,C,7,true\n"
                               "4,8,7,B,6,false\n");
    static const struct {
        const char *formula, *names;
    } cases[] = {{"y ~ x", "(Intercept) x"},
                 {"y ~ 0 + x", "x"},
                 {"y ~ x - 1", "x"},
                 {"y ~ -1 + x + 1", "(Intercept) x"},
                 {"y ~ 1", "(Intercept)"},
                 {"y ~ x | h", "x"},
                 {"y ~ x + x + z:x + x:z", "(Intercept) x x:z"},
                 {"y ~ x*z", "(Intercept) x z x:z"},
                 {"y ~ x*z*h", "(Intercept) x z h x:z x:h z:h x:z:h"},
                 {"y ~ log( x ) + I( x ^ 2 )", "(Intercept) log(x) I(x^2)"},
                 {"y ~ g", "(Intercept) g::B g::C"},
                 {"y ~ 0 + g", "g::A g::B g::C"},
                 {"y ~ 0 + g + factor(h)", "g::A g::B g::C h::6 h::7"},
                 {"y ~ i(h)", "(Intercept) h::6 h::7"},
                 {"y ~ i(h, ref = 6)", "(Intercept) h::5 h::7"},
                 {"y ~ i(g, ref = 'C') | h", "g::A g::B"},
                 {"y ~ i(g, x)", "(Intercept) g::A:x g::B:x g::C:x"},
                 {"y ~ i(g, x, ref = A)", "(Intercept) g::B:x g::C:x"},
                 {"y ~ x + i(g, x)", "(Intercept) x x:g::B x:g::C"},
                 {"y ~ g*factor(h)",
                  "(Intercept) g::B g::C h::6 h::7 g::B:h::6 g::C:h::6 g::B:h::7 "
                  "g::C:h::7"},
                 {"y ~ open", "(Intercept) open::true"},
                 {"y ~ `x` + I(g == 'B')", "(Intercept) x I(g=='B')"}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        karvan_i_design d = make(t, (karvan_gravity_options){.formula = cases[c].formula});
        assert_names(&d, cases[c].names);
        karvan_i_design_clear(&d);
    }
    karvan_table_destroy(t);
}

static void values_are_right(void **s) {
    (void)s;
    karvan_table *t = table_of("y,x,z,g,h,k\n1,1,2,B,7,B\n2,2,3,A,5,B\n3,4,5,C,7,C\n4,8,7,B,6,A\n");
    static const struct {
        const char *term;
        double x[4];
    } cases[] = {
        {"I(-x + 2 * z)", {3, 4, 6, 6}},
        {"I(2^-x^2)", {0.5, 0.0625, 1.0 / 65536, 1.0 / 18446744073709551616.0}},
        {"I(-x^2)", {-1, -4, -16, -64}},
        {"I((x - z) / x)", {-1, -0.5, -0.25, 0.125}},
        {"I(x - z - 1)", {-2, -2, -2, 0}},
        {"I(x / z / 2)", {0.25, 1.0 / 3, 0.4, 4.0 / 7}},
        {"log(x)", {0, 0.69314718055994530942, 1.3862943611198906188, 2.0794415416798359283}},
        {"exp(log(x) + 1e-3 - .001)", {1, 2, 4, 8}},
        {"sqrt(x * x)", {1, 2, 4, 8}},
        {"abs(x - 3)", {2, 1, 1, 5}},
        {"I(x > 2)", {0, 0, 1, 1}},
        {"I((x >= 2) + (x < 4) + (x <= 4) + (x == 4) + (x != 4))", {3, 4, 3, 2}},
        {"I(g == 'B')", {1, 0, 0, 1}},
        {"I('B' != g)", {0, 1, 1, 0}},
        {"I(g == k)", {1, 0, 1, 0}},
        {"I((k != g) * x)", {0, 2, 0, 8}},
        {"I(g == 'nowhere')", {0, 0, 0, 0}},
        {"x:z", {2, 6, 20, 56}},
        {"i(g, x, ref = 'C'):z", {0, 6, 0, 0}},
        {"log(x):i(h, ref = 5)", {0, 0, 0, 2.0794415416798359283}}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        char formula[200];
        (void)snprintf(formula, sizeof formula, "y ~ 0 + %s", cases[c].term);
        karvan_i_design d = make(t, (karvan_gravity_options){.formula = formula});
        assert_column(&d, 0, 4, cases[c].x);
        karvan_i_design_clear(&d);
    }
    karvan_table_destroy(t);
}

static void weights_offset_and_logs(void **s) {
    (void)s;
    karvan_table *t = table_of(SMALL);
    char label[64];
    karvan_i_design d =
        make(t, (karvan_gravity_options){
                    .formula = "I(y/2) ~ log(x) | a", .weights = "w^2", .offset = "log(w)"});
    assert_int_equal(d.n, 4);
    for (int i = 0; i < 4; i++) {
        assert_true(d.y[i] == ((double[]){2.5, 0, 1.5, 1})[i]);
        assert_true(d.weight[i] == ((double[]){1, 4, 1, 1})[i]);
        assert_true(d.offset[i] == log(((double[]){1, 2, 1, 1})[i]));
    }
    assert_int_equal(d.drops.n, 2);
    karvan_i_drop_detail(&d, &d.drops.at[1], label, sizeof label);
    assert_string_equal(label, "log(x) has no value");
    assert_int_equal(d.drops.at[1].row, 4);
    karvan_i_design_clear(&d);

    static const char *const left[] = {"y", "log(y)"};
    for (int k = 0; k < 2; k++) { /* least squares take the log of y, written or not */
        char formula[40];
        (void)snprintf(formula, sizeof formula, "%s ~ x", left[k]);
        d = make(t, (karvan_gravity_options){.formula = formula, .estimator = KARVAN_OLS});
        assert_int_equal(d.n, 4);
        for (int i = 0; i < 4; i++) assert_true(d.y[i] == log(((double[]){5, 3, 7, 2})[i]));
        karvan_i_drop_detail(&d, &d.drops.at[0], label, sizeof label);
        assert_string_equal(label, "log(y) has no value");
        karvan_i_design_clear(&d);
    }
    karvan_table_destroy(t);
}

static void errors_say_where(void **s) {
    (void)s;
    karvan_table *t =
        table_of("exporter,dist_km,flow,note,gap,mix\nA,1,5,x,0,1\nB,2,-3,y,1,inf\nC,0,-1,z,,2\n");
    static const struct {
        karvan_gravity_options o;
        karvan_status status;
        const char *message;
    } cases[] = {
        {{.formula = ""},
         KARVAN_E_ARG,
         "formula: there is none; write 'y ~ x1 + log(x2) | a^t + b^t'"},
        {{.formula = "flow"},
         KARVAN_E_ARG,
         "formula: byte 5: expected '~' behind what is explained, but the text ends"},
        {{.formula = "flow ~ log(dsit_km)"},
         KARVAN_E_ARG,
         "formula: byte 12: no column 'dsit_km'; did you mean 'dist_km'?"},
        {{.formula = "flow ~ quux"}, KARVAN_E_ARG, "formula: byte 8: no column 'quux' in t.csv"},
        {{.formula = "flow ~ gap | exprter"},
         KARVAN_E_ARG,
         "formula: byte 14: no column 'exprter'; did you mean 'exporter'?"},
        {{.formula = "flow ~ lgo(gap)"},
         KARVAN_E_ARG,
         "formula: byte 8: no function 'lgo'; did you mean log?"},
        {{.formula = "flow ~ sin(gap)"},
         KARVAN_E_ARG,
         "formula: byte 8: no function 'sin'; there are log, exp, sqrt, abs, and factor and i of a "
         "column"},
        {{.formula = "flow ~ log(gap"},
         KARVAN_E_ARG,
         "formula: byte 15: expected ')' or a sign of arithmetic, but the text ends"},
        {{.formula = "flow ~ gap^2"},
         KARVAN_E_ARG,
         "formula: byte 11: arithmetic stands inside I( ): write I(x^2)"},
        {{.formula = "flow ~ gap > 2"},
         KARVAN_E_ARG,
         "formula: byte 12: arithmetic stands inside I( ): write I(x^2)"},
        {{.formula = "flow ~ gap - dist_km"},
         KARVAN_E_ARG,
         "formula: byte 14: only the intercept can be taken away: write -1; arithmetic stands "
         "inside I( )"},
        {{.formula = "flow ~ 2"},
         KARVAN_E_ARG,
         "formula: byte 8: expected a column, 0 or 1, not '2'"},
        {{.formula = "flow ~ (gap)"},
         KARVAN_E_ARG,
         "formula: byte 8: brackets stand inside I( ), log( ) and the like only"},
        {{.formula = "flow ~ gap gap"},
         KARVAN_E_ARG,
         "formula: byte 12: expected '+', ':', '*', '|' or the end, not 'gap'"},
        {{.formula = "flow ~ gap | exporter*note"},
         KARVAN_E_ARG,
         "formula: byte 22: effects are not crossed by * or :, write a^b for one level each pair "
         "of "
         "values"},
        {{.formula = "flow ~ gap | exporter + exporter"},
         KARVAN_E_ARG,
         "formula: byte 25: an effect that stands here already"},
        {{.formula = "flow ~ gap | exporter^note + note^exporter"},
         KARVAN_E_ARG,
         "formula: byte 30: an effect that stands here already"},
        {{.formula = "flow ~ gap | exporter^exporter"},
         KARVAN_E_ARG,
         "formula: byte 23: a column that the effect names already"},
        {{.formula = "flow ~ gap | exporter | note"},
         KARVAN_E_ARG,
         "formula: byte 23: a second '|': there are no instruments, and effects are joined by +"},
        {{.formula = "flow ~ gap | factor(note)"},
         KARVAN_E_ARG,
         "formula: byte 14: effects are columns joined by ^, without functions"},
        {{.formula = "flow ~ gap + `dist"},
         KARVAN_E_ARG,
         "formula: byte 14: a quote that does not end"},
        {{.formula = "flow ~ gap & note"},
         KARVAN_E_ARG,
         "formula: byte 12: a sign that means nothing here; names with odd characters stand in "
         "backquotes"},
        {{.formula = "flow ~ 3gap"},
         KARVAN_E_ARG,
         "formula: byte 8: no number; a column whose name begins with a digit stands in "
         "backquotes"},
        {{.formula = "flow ~ I(note + 1)"},
         KARVAN_E_ARG,
         "formula: byte 10: column 'note' holds text where numbers are needed (t.csv:2:1: 'x'); "
         "text is compared with == and !=, or stands alone as a factor"},
        {{.formula = "flow ~ mix"},
         KARVAN_E_DATA,
         "t.csv:3:1: 'inf' is no number, as others of column 'mix' are (formula, byte 8); mend the "
         "cell or leave it empty, or write factor( ) if the column holds names"},
        {{.formula = "note ~ gap"},
         KARVAN_E_ARG,
         "formula: byte 1: column 'note' holds text where numbers are needed (t.csv:2:1: 'x'); "
         "text "
         "is compared with == and !=, or stands alone as a factor"},
        {{.formula = "flow ~ I(gap == 'x')"},
         KARVAN_E_ARG,
         "formula: 'x' is compared with no column of text"},
        {{.formula = "dist_km ~ i(note, ref = q)"},
         KARVAN_E_ARG,
         "formula: byte 11: no row has the level 'q' of note"},
        {{.formula = "log(flow) ~ gap"},
         KARVAN_E_ARG,
         "formula: byte 1: PPML explains the flow itself, zeros included: write y in place of "
         "log(flow)"},
        {{.formula = "dist_km ~ gap", .weights = "gpa"},
         KARVAN_E_ARG,
         "weights: byte 1: no column 'gpa'; did you mean 'gap'?"},
        {{.formula = "dist_km ~ gap", .offset = "gap +"},
         KARVAN_E_ARG,
         "offset: byte 6: expected a column, a number or '(', but the text ends"},
        {{.formula = "dist_km ~ gap", .n_clusters = 1, .cluster = {"exporter^nope"}},
         KARVAN_E_ARG,
         "cluster: byte 10: no column 'nope'; did you mean 'note'?"},
        {{.formula = "dist_km ~ gap", .n_clusters = 2, .cluster = {"exporter", "exporter"}},
         KARVAN_E_ARG,
         "cluster: exporter is named twice"},
        {{.formula = "dist_km ~ gap", .n_clusters = 5},
         KARVAN_E_ARG,
         "clusters of at most 4 ways, not 5"},
        {{.formula = "flow ~ dist_km"},
         KARVAN_E_DATA,
         "t.csv:3:1: flow is -3, below 0 (data row 2; 2 such cells); flows are 0 or more"},
        {{.formula = "dist_km ~ 1", .weights = "I(1 - gap)"},
         KARVAN_E_DATA,
         "t.csv:3:1: weight I(1 - gap) is 0 (data row 2); weights are above 0"},
        {{.formula = "dist_km ~ I(1/gap)"},
         KARVAN_E_DATA,
         "t.csv:2:1: I(1/gap) is infinite (data row 1); mend the cell or the formula"},
        {{.formula = "dist_km ~ exp(I(dist_km * 1000)) + log(gap)"},
         KARVAN_E_DATA,
         "t.csv:2:1: exp(I(dist_km*1000)) is infinite (data row 1); mend the cell or the formula"},
        {{.formula = "dist_km ~ I(10^300 * dist_km):I(gap * 10^300) | note"},
         KARVAN_E_DATA,
         "t.csv:3:1: I(10^300*dist_km):I(gap*10^300) is infinite (data row 2); mend the cell or "
         "the "
         "formula"},
        {{.formula = "dist_km ~ sqrt(I(-1 - dist_km))"},
         KARVAN_E_DATA,
         "none of 3 rows can be used: all are dropped, the first because sqrt(I(-1-dist_km)) has "
         "no "
         "value"}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        karvan_i_design d;
        karvan_error e = {0};
        karvan_status st = karvan_i_design_create(t, &cases[c].o, &d, &e);
        if (strcmp(e.msg, cases[c].message) != 0)
            print_error("%s\n  says: %s\n  not:  %s\n", cases[c].o.formula, e.msg,
                        cases[c].message);
        assert_string_equal(e.msg, cases[c].message);
        assert_int_equal(st, cases[c].status);
        assert_null(d.y);
    }
    karvan_table_destroy(t);
}

/* ---- against an encoder that looks at cells ---- */

/* Order of two rows by one column: numbers by size, text by its bytes. */
static int by_cell(const karvan_table *t, int column, int64_t i, int64_t k) {
    if (karvan_table_column(t, column).type == KARVAN_TEXT)
        return strcmp(karvan_table_text(t, column, i), karvan_table_text(t, column, k));
    double x = karvan_table_real(t, column, i), y = karvan_table_real(t, column, k);
    return (x > y) - (x < y);
}

static int by_columns(const karvan_table *t, int n, const int *column, int64_t i, int64_t k) {
    for (int c = 0; c < n; c++) {
        int order = by_cell(t, column[c], i, k);
        if (order != 0) return order > 0 ? 1 : -1;
    }
    return 0;
}

/* Levels have the order of the rows' values, and there is none that no row has. */
static void assert_effect(const karvan_i_design *d, const karvan_i_effect *e) {
    char *seen = calloc((size_t)e->n_levels, 1);
    assert_non_null(seen);
    for (int64_t i = 0; i < d->n; i++) {
        assert_in_range(e->level[i], 0, e->n_levels - 1);
        seen[e->level[i]] = 1;
        assert_int_equal(
            by_columns(d->data, e->n_columns, e->column, d->row[i], e->first_row[e->level[i]]), 0);
        for (int64_t k = 0; k < i; k++) {
            int order = (e->level[i] > e->level[k]) - (e->level[i] < e->level[k]);
            int right = by_columns(d->data, e->n_columns, e->column, d->row[i], d->row[k]);
            if (order != right) fail_msg("%s: rows %d and %d", e->name, (int)i, (int)k);
        }
    }
    for (int32_t l = 0; l < e->n_levels; l++) assert_true(seen[l]);
    free(seen);
}

/* A clusters' levels may be an effect's of the same columns in another order: one to one then. */
static void assert_same_groups(const karvan_i_design *d, const karvan_i_effect *e) {
    for (int64_t i = 0; i < d->n; i++)
        for (int64_t k = 0; k < i; k++)
            if ((e->level[i] == e->level[k]) !=
                (by_columns(d->data, e->n_columns, e->column, d->row[i], d->row[k]) == 0))
                fail_msg("%s: rows %d and %d", e->name, (int)i, (int)k);
}

enum { ROWS = 300, COLUMNS = 7 };
static const char HEADER[] = "text,small,wide,real,y,x,z\n";
/* Random cells; columns of few values or many, some of them missing. */
static char *random_csv(karvan_random *r) {
    char *csv = malloc(ROWS * 120 + sizeof HEADER), *at = csv;
    assert_non_null(csv);
    int n = 1 + (int)karvan_random_below(r, ROWS), few = karvan_random_below(r, 2) ? 400 : 5;
    at += sprintf(at, "%s", HEADER);
    for (int i = 0; i < n; i++) {
        long long value[COLUMNS];
        for (int c = 0; c < COLUMNS; c++)
            value[c] = (long long)karvan_random_below(r, (uint64_t)few) - 2;
        bool gap = karvan_random_below(r, 12) == 0;
        at += sprintf(at, "n%lld,%lld,%lld,%g,%lld,%lld.5,", value[0], value[1],
                      value[2] * 1000000007LL, (double)value[3] / 4, value[4] + 2, value[5]);
        at += gap ? sprintf(at, "\n") : sprintf(at, "%lld\n", value[6]);
    }
    return csv;
}

static void assert_random_design(const karvan_table *t, const karvan_i_design *d) {
    int z = karvan_table_find(t, "z"), x = karvan_table_find(t, "x"), y = karvan_table_find(t, "y");
    int64_t n = 0, drops = 0;
    for (int64_t row = 0; row < karvan_table_rows(t); row++) {
        double xv = karvan_table_real(t, x, row), zv = karvan_table_real(t, z, row);
        if (isnan(zv) || xv <= 0) {
            assert_int_equal(d->drops.at[drops++].row, row);
            continue;
        }
        assert_int_equal(d->row[n], row);
        assert_true(d->y[n] == karvan_table_real(t, y, row));
        assert_true(d->x[0][n] == zv);
        assert_true(d->x[1][n] == log(xv));
        assert_true(d->x[2][n] == zv * (zv > xv ? 1 : 0));
        n++;
    }
    assert_int_equal(d->n, n);
    assert_int_equal(d->drops.n, drops);
}

static void random_tables_match_the_slow_encoder(void **s) {
    (void)s;
    static const char *const effects[] = {"text^small", "wide", "real^text^wide",
                                          "wide^real^small^text"};
    for (uint64_t trial = 0; trial < 60; trial++) {
        karvan_random r;
        karvan_random_init(&r, 20261126, trial);
        char *csv = random_csv(&r), formula[200];
        karvan_table *t = table_of(csv);
        const char *e1 = effects[karvan_random_below(&r, 4)], *e2 = "small^wide";
        (void)snprintf(formula, sizeof formula, "y ~ z + log(x) + I(z > x):z | %s + %s", e1, e2);
        karvan_gravity_options o = {
            .formula = formula, .n_clusters = 2, .cluster = {"wide^small", "real^text"}};
        karvan_i_design d;
        karvan_error e = {0};
        karvan_status st = karvan_i_design_create(t, &o, &d, &e);
        if (st == KARVAN_E_DATA && strncmp(e.msg, "none of", 7) == 0) st = KARVAN_OK;
        if (st != KARVAN_OK) fail_msg("%s", e.msg);
        if (d.n > 0) {
            assert_random_design(t, &d);
            assert_effect(&d, &d.effect[0]), assert_effect(&d, &d.effect[1]);
            assert_same_groups(&d, &d.cluster[0]), assert_effect(&d, &d.cluster[1]);
            assert_ptr_equal(d.cluster[0].level, d.effect[1].level);
            bool keep[ROWS];
            int64_t kept = 0;
            int32_t rows[ROWS];
            for (int64_t i = 0; i < d.n; i++) {
                keep[i] = karvan_random_below(&r, 3) > 0;
                if (keep[i]) rows[kept++] = d.row[i];
            }
            assert_int_equal(karvan_i_design_keep(&d, keep, &e), KARVAN_OK);
            assert_int_equal(d.n, kept);
            for (int64_t i = 0; i < kept; i++) assert_int_equal(d.row[i], rows[i]);
            assert_effect(&d, &d.effect[0]), assert_effect(&d, &d.effect[1]);
            assert_same_groups(&d, &d.cluster[0]), assert_effect(&d, &d.cluster[1]);
            karvan_i_effect later; /* a cluster named after the fit */
            assert_int_equal(karvan_i_effect_create(t, "text^real", d.n, d.row, &later, &e),
                             KARVAN_OK);
            assert_effect(&d, &later);
            karvan_i_effect_clear(&later);
        }
        karvan_i_design_clear(&d);
        karvan_table_destroy(t);
        free(csv);
    }
}

static void declared_types_and_extremes(void **s) {
    (void)s;
    static const karvan_column columns[] = {{"y", KARVAN_REAL, NULL},
                                            {"open", KARVAN_BOOL, NULL},
                                            {"day", KARVAN_DATE, NULL},
                                            {"id", KARVAN_INT, NULL},
                                            {"r", KARVAN_REAL, NULL}};
    karvan_csv_options o = {.n_columns = 5, .columns = columns};
    static const char csv[] = "y,open,day,id,r\n"
                              "1,true,2020-02,9223372036854775807,-0.0\n"
                              "2,false,2019,-9223372036854775808,1e-300\n"
                              "3,true,2020-02,0,0\n"
                              "4,false,2020~,-1,-1e300\n";
    karvan_table *t = NULL;
    karvan_error e = {0};
    char label[64];
    assert_int_equal(karvan_csv_parse(csv, strlen(csv), "t.csv", "t", &o, NULL, &t, &e), KARVAN_OK);
    karvan_i_design d = make(
        t, (karvan_gravity_options){.formula = "y ~ open + i(open) + day | open^day + id + r"});
    assert_names(&d, "open open::true day::2020-02 day::2020~");
    assert_column(&d, 0, 4, (double[]){1, 0, 1, 0});
    assert_column(&d, 2, 4, (double[]){1, 0, 1, 0});
    assert_levels(&d.effect[0], 4, (int32_t[]){2, 0, 2, 1}); /* false^2019, false^2020~, true^... */
    karvan_i_effect_label(&d, &d.effect[0], 2, label, sizeof label);
    assert_string_equal(label, "true^2020-02");
    assert_levels(&d.effect[1], 4, (int32_t[]){3, 0, 2, 1});
    assert_levels(&d.effect[2], 4, (int32_t[]){1, 2, 1, 0}); /* -0 is 0 */
    karvan_i_effect_label(&d, &d.effect[1], 0, label, sizeof label);
    assert_string_equal(label, "-9223372036854775808");
    karvan_i_design_clear(&d);
    karvan_table_destroy(t);
}

static void a_cluster_without_a_value_is_named(void **s) {
    (void)s;
    karvan_table *t = table_of("a,y\n1,2\n,3\n");
    karvan_i_effect e;
    karvan_error err = {0};
    assert_int_equal(karvan_i_effect_create(t, "a", 2, (int32_t[]){0, 1}, &e, &err), KARVAN_E_DATA);
    assert_string_equal(err.msg, "t.csv:3:1: column 'a' holds no value (data row 2)");
    assert_null(e.level);
    karvan_table_destroy(t);
}

static karvan_table *swept;
static karvan_status sweep(karvan_error *err) {
    karvan_i_design d;
    karvan_i_effect e = {0};
    bool keep[] = {true, false, true, true, false};
    karvan_gravity_options o = {.formula = "y ~ x*a + I(a == b) + i(t, ref = 2009) | a^t + b^t^x",
                                .weights = "w",
                                .offset = "w",
                                .n_clusters = 2,
                                .cluster = {"t^a", "b"}};
    karvan_status st = karvan_i_design_create(swept, &o, &d, err);
    if (st == KARVAN_OK) st = karvan_i_design_keep(&d, keep, err);
    if (st == KARVAN_OK) st = karvan_i_effect_create(swept, "a^b", d.n, d.row, &e, err);
    karvan_i_effect_clear(&e);
    karvan_i_design_clear(&d);
    return st;
}
static void every_allocation_can_fail(void **s) {
    (void)s;
    swept = table_of(SMALL);
    every_allocation_fails(sweep, 2000);
    karvan_table_destroy(swept);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(effects_are_levels_in_the_order_of_values),
                                       cmocka_unit_test(terms_are_written_out),
                                       cmocka_unit_test(values_are_right),
                                       cmocka_unit_test(weights_offset_and_logs),
                                       cmocka_unit_test(errors_say_where),
                                       cmocka_unit_test(random_tables_match_the_slow_encoder),
                                       cmocka_unit_test(declared_types_and_extremes),
                                       cmocka_unit_test(a_cluster_without_a_value_is_named),
                                       cmocka_unit_test(every_allocation_can_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
