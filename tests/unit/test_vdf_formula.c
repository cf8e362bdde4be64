/* Formulas: values by hand, errors with their column, and random formulas against a plain evaluator
 * of their own: what falls must not pass, and what passes is integrated right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flow/vdf_formula.h"
#include "sweep.h"

static void near(double got, double want, double relative) {
    if (!(fabs(got - want) <= relative * fabs(want) + 1e-300))
        fail_msg("%.17g where %.17g is right (%.3g)", got, want, fabs(got / want - 1));
}

static uint64_t state = 7;
static double uniform(double low, double high) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return low + (high - low) * (double)(state >> 11) / 9007199254740992.0;
}
static int one_of(int n) { return (int)uniform(0, n); }

static karvan_vdf user(const karvan_vdf_curve *c) {
    return (karvan_vdf){KARVAN_VDF_USER, 1, 1, 0, 0, c};
}

/* ---- by hand ---- */

static void values(void **s) {
    (void)s;
    static const struct {
        const char *formula;
        double z, value, slope, second, integral;
    } samples[] = {{"1+0.15*z^4", 2, 3.4, 4.8, 7.2, 2.96},
                   {
                       " 1 + z^2^1.5/ 2 ",
                       1,
                       1.5,
                       1.4142135623730951,
                       2.585786437626905,
                       0,
                   },
                   {"exp(z)-1", 1, 1.7182818284590452, 2.718281828459045, 2.718281828459045,
                    0.718281828459045},
                   {"log(1+z)", 1, 0.6931471805599453, 0.5, -0.25, 0.38629436111989062},
                   {"sqrt(1+2*z)", 4, 3, 1.0 / 3, -1.0 / 27, 26.0 / 3},
                   {"max(1, z)", 3, 3, 1, 0, 5},
                   {"max(1, z)", 0.5, 1, 0, 0, 0.5},
                   {"min(z, 2, 1.5)", 2, 1.5, 0, 0, 1.875},
                   {"--z - -+1", 2, 3, 1, 0, 4},
                   {"-z^2+5*z-(z*3)+8/4/2*z*z", 2, 4, 2, 0, 4},
                   {"2^z", 2, 4, 2.772588722239781, 1.9218120556728056, 4.3280851226668902},
                   {"z^1.5", 4, 8, 3, 0.375, 12.8},
                   {"1e0+.5*z", 4, 3, 0.5, 0, 8},
                   {"1/(4-z)", 2, 0.5, 0.25, 0.25, 0.69314718055994529},
                   {"3", 2, 3, 0, 0, 6}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_vdf_curve *c = NULL;
        karvan_error e = {0};
        double most = samples[i].formula[0] == '1' && samples[i].formula[1] == '/' ? 3 : 5;
        if (karvan_vdf_formula(samples[i].formula, most, &c, &e) != KARVAN_OK)
            fail_msg("%s: %s", samples[i].formula, e.msg);
        karvan_vdf f = user(c);
        near(karvan_vdf_time(&f, samples[i].z), samples[i].value, 2e-15);
        near(karvan_vdf_derivative(&f, samples[i].z), samples[i].slope, 4e-15);
        near(1 + karvan_vdf_second(&f, samples[i].z), 1 + samples[i].second, 4e-15);
        if (samples[i].integral > 0)
            near(karvan_vdf_integral(&f, samples[i].z), samples[i].integral, 1e-14);
        karvan_vdf_curve_destroy(c);
    }
}

/* Kinks: the slope to the right, and an integral that is exact on both sides. Beyond the range: the
 * tangent. */
static void kinks_and_tangents(void **s) {
    (void)s;
    karvan_vdf_curve *c = NULL;
    assert_int_equal(karvan_vdf_formula("1+3*max(0,z-0.83)", 2, &c, NULL), KARVAN_OK);
    karvan_vdf f = user(c);
    assert_true(karvan_vdf_derivative(&f, 0.83) == 3 && karvan_vdf_derivative(&f, 0.829) == 0);
    for (double z = 0.8; z < 4; z += 0.01) {
        double over = fmax(0, z - 0.83);
        near(karvan_vdf_integral(&f, z), z + 1.5 * over * over, 1e-14);
    }
    karvan_vdf_curve_destroy(c);
    assert_int_equal(karvan_vdf_formula("1+z^2", 2, &c, NULL), KARVAN_OK);
    f.curve = c;
    near(karvan_vdf_time(&f, 5), 5 + 3 * 4, 1e-15);
    near(karvan_vdf_derivative(&f, 5), 4, 1e-15);
    near(karvan_vdf_integral(&f, 5), 2 + 8.0 / 3 + 3 * 5 + 4.5 * 4, 1e-15);
    assert_true(karvan_vdf_second(&f, 5) == 0);
    karvan_vdf_curve_destroy(c);
}

/* What is symmetric about the middle of the range deceives a rule that compares halves. */
static void symmetric_formulas(void **s) {
    (void)s;
    karvan_vdf_curve *c = NULL;
    assert_int_equal(karvan_vdf_formula("max(1,z-2)+min(z,1)", 4, &c, NULL), KARVAN_OK);
    karvan_vdf f = user(c);
    for (double z = 0; z < 4; z += 0.125) {
        double first = fmin(z, 1), last = fmax(0, z - 3);
        near(karvan_vdf_integral(&f, z), z + first * first / 2 + z - first + last * last / 2,
             1e-14);
    }
    karvan_vdf_curve_destroy(c);
    assert_int_equal(karvan_vdf_formula("1/(1+exp(300*(2-z)))", 4, &c, NULL), KARVAN_OK);
    f.curve = c;
    for (double z = 2; z < 4; z += 0.125) /* log(1 + e^u) / 300, u = 300 (z - 2) */
        near(karvan_vdf_integral(&f, z), log1p(exp(-300 * fabs(z - 2))) / 300 + fmax(0, z - 2),
             1e-12);
    karvan_vdf_curve_destroy(c);
}

static void refusals(void **s) {
    (void)s;
    static const struct {
        const char *formula, *told;
    } samples[] = {
        {"", "column 1: a number, z, a function or '(' belongs here, where the formula ends"},
        {"1+", "column 3: a number, z, a function or '(' belongs here, where the formula ends"},
        {"1 + x", "column 5: no name 'x'; did you mean z?"},
        {"1+volume",
         "column 3: no name 'volume'; there are z (flow over capacity), exp, log, sqrt, "
         "min, max"},
        {"1+ln(z)", "column 3: no name 'ln'; there are z (flow over capacity), exp, log, sqrt, "
                    "min, max"},
        {"sqr(z)", "column 1: no name 'sqr'; did you mean sqrt?"},
        {"2z", "column 1: no number; digits with at most one point are right, and * before z"},
        {"1.2.3", "column 1: no number; digits with at most one point are right, and * before z"},
        {"(1+z", "column 5: ')' or a sign of arithmetic belongs here, where the formula ends"},
        {"1+z)", "column 4: a sign of arithmetic or the end belongs here, not ')'"},
        {"exp z", "column 5: '(' belongs here, not 'z'"},
        {"max(z)", "column 4: min and max are of two or more, parted by commas"},
        {"max(z,1", "column 8: ',' or ')' belongs here, where the formula ends"},
        {"1+\xC3\xA9", "column 3: a number, z, a function or '(' belongs here, not '\xC3\xA9'"},
        {"1+\xFF", "column 3: a number, z, a function or '(' belongs here, not byte 255"},
        {"-z",
         "column 1: the formula falls at z = 0, where its slope is -1; never falling from 0 to "
         "10 is right"},
        {"5*z-z^2", "column 1: the formula falls at z = 10, where its slope is -15; never falling "
                    "from 0 to 10 is right"},
        {"z-1", "column 1: the formula is -1 at z = 0; 0 or more is right"},
        {"log(z)", "column 1: the formula has no finite value at z = 0; finite from 0 to 10 is "
                   "right"},
        {"1+sqrt(z)", "column 1: the formula has no finite slope at z = 0; finite from 0 to 10 is "
                      "right (as z^2 has, and z^0.5 at 0 has not)"},
        {"1+z*sqrt(z)",
         "column 1: the slope of the formula at z = 0 comes out as 0 times infinity, "
         "or infinity less infinity; another form is right (z^1.5 for z*sqrt(z))"},
        {"1/(7-z)", "column 1: the formula falls between z = 0 and z = 10; never falling from 0 to "
                    "10 is right"},
        {"1+z-z-1", "column 1: the formula loses its digits at z = 0, where it subtracts near "
                    "numbers; another form is right"},
        {"1+((1e13+z)-1e13)", "column 1: the formula loses its digits at z = 0, where it subtracts "
                              "near numbers; another form is right"},
        {"exp(1000*z)",
         "column 1: the formula has no finite value at z = 10; finite from 0 to 10 is "
         "right"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        karvan_vdf_curve *c = (karvan_vdf_curve *)&c;
        karvan_error e = {0};
        assert_int_equal(karvan_vdf_formula(samples[i].formula, 10, &c, &e), KARVAN_E_ARG);
        assert_string_equal(e.msg, samples[i].told);
        assert_null(c);
    }
    karvan_vdf_curve *c = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_vdf_formula("1", 0, &c, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "a formula checked from 0 to 0; more than 0 and finite is right");
    assert_int_equal(karvan_vdf_formula(NULL, 1, &c, NULL), KARVAN_E_ARG);
}

static void limits(void **s) {
    (void)s;
    char text[2000] = {0};
    karvan_vdf_curve *c = NULL;
    karvan_error e = {0};
    for (int i = 0; i < 61; i++) strcat(text, "(");
    assert_int_equal(karvan_vdf_formula(text, 1, &c, &e), KARVAN_E_ARG);
    assert_string_equal(e.msg, "column 61: more than 60 brackets in one another");
    strcpy(text, "1");
    for (int i = 0; i < 200; i++) strcat(text, "+z");
    e = (karvan_error){0};
    assert_int_equal(karvan_vdf_formula(text, 1, &c, &e), KARVAN_E_ARG);
    assert_non_null(strstr(e.msg, "more than 256 steps"));
    strcpy(text, "z");
    for (int i = 0; i < 59; i++) strcat(text, "^(z"); /* a stack as deep as brackets allow */
    for (int i = 0; i < 59; i++) strcat(text, ")");
    e = (karvan_error){0};
    assert_int_equal(karvan_vdf_formula(text, 1, &c, &e), KARVAN_E_ARG);
}

/* A fall narrower than any grid of the human eye. */
static void narrow_falls_are_found(void **s) {
    (void)s;
    for (int i = 0; i < 200; i++) {
        double at = uniform(0.5, 9.5), low = uniform(0.05, 0.3), fall = uniform(1e-3, 1e-2);
        char text[200];
        karvan_vdf_curve *c = NULL;
        /* slope 3 ((z - at)^2 - fall^2): falls on at - fall .. at + fall, by 4 fall^3 */
        (void)snprintf(text, sizeof text, "2000+(z-%.17g)^3-3*%.17g*(z-%.17g)", at, fall * fall,
                       at);
        assert_int_equal(karvan_vdf_formula(text, 10, &c, NULL), KARVAN_E_ARG);
        /* the same, lifted by as much as it falls */
        (void)snprintf(text, sizeof text, "2000+(z-%.17g)^3+3*%.17g*(z-%.17g)", at, low * low, at);
        assert_int_equal(karvan_vdf_formula(text, 10, &c, NULL), KARVAN_OK);
        karvan_vdf_curve_destroy(c);
    }
}

/* ---- random formulas ---- */

typedef struct node {
    char op; /* n z - e l s + - * / ^ m M */
    double number;
    struct node *a, *b;
} node;

static node *new_node(node *pool, int *n, int depth) {
    node *v = &pool[(*n)++];
    *v = (node){.op = depth == 0 ? "nz"[one_of(2)] : "nz_els+-*/^mM++**"[one_of(17)]};
    v->number = one_of(4) ? (double)one_of(6) / 2 : uniform(0, 3);
    if (v->op == 'n' || v->op == 'z') return v;
    v->a = new_node(pool, n, depth - 1);
    if (strchr("_els", v->op)) return v;
    v->b = new_node(pool, n, depth - 1);
    return v;
}

static void print(const node *v, char *out) {
    char number[40];
    switch (v->op) {
    case 'n':
        (void)snprintf(number, sizeof number, "%.17g", v->number);
        strcat(out, number);
        return;
    case 'z':
        strcat(out, "z");
        return;
    case '_':
        strcat(out, "(-");
        break;
    case 'e':
        strcat(out, "exp(");
        break;
    case 'l':
        strcat(out, "log(");
        break;
    case 's':
        strcat(out, "sqrt(");
        break;
    case 'm':
        strcat(out, "min(");
        break;
    case 'M':
        strcat(out, "max(");
        break;
    default:
        strcat(out, "(");
    }
    print(v->a, out);
    if (v->b) {
        char sign[2] = {v->op == 'm' || v->op == 'M' ? ',' : v->op, 0};
        strcat(out, sign);
        print(v->b, out);
    }
    strcat(out, ")");
}

static bool has_z(const node *v) { return v && (v->op == 'z' || has_z(v->a) || has_z(v->b)); }

/* Strictly, a power whose exponent changes with z is of finite numbers, the base above 0. */
static bool strict;

static double evaluate(const node *v, double z) {
    double a = v->a ? evaluate(v->a, z) : 0, b = v->b ? evaluate(v->b, z) : 0;
    switch (v->op) {
    case 'n':
        return v->number;
    case 'z':
        return z;
    case '_':
        return -a;
    case 'e':
        return exp(a);
    case 'l':
        return a > 0 ? log(a) : NAN;
    case 's':
        return sqrt(a);
    case '+':
        return a + b;
    case '-':
        return a - b;
    case '*':
        return a * b;
    case '/':
        return a / b;
    case '^':
        if (strict && (a <= 0 || isinf(a) || isinf(b)) && has_z(v->b)) return NAN;
        return isnan(a) || isnan(b) ? NAN : pow(a, b);
    case 'm':
        return isnan(a) || isnan(b) ? NAN : a < b ? a : b;
    default:
        return isnan(a) || isnan(b) ? NAN : a > b ? a : b;
    }
}

enum { GRID = 4001 };

/* Simpson's, of every point or every second. */
static double weight(int i, int every) {
    return i == 0 || i == (GRID - 1) / every ? 1 : i % 2 ? 4 : 2;
}

/* A passed formula: same values, no fall on a grid, bounds that hold, an integral between the sums
 * of rectangles below and above, and Simpson's where its rule is exact enough (told). */
static bool passed(const node *v, const karvan_vdf_curve *c, double most, const char *text) {
    karvan_vdf f = user(c);
    double below = 0, above = 0, fine = 0, coarse = 0, before = NAN, largest = evaluate(v, most),
           step = most / (GRID - 1);
    karvan_i_span value, slope;
    double low = uniform(0, most), high = fmin(most, low + uniform(0, 0.1));
    (void)karvan_i_vdf_program_bounds(c->program, (karvan_i_span){low, high}, &value, &slope);
    for (int i = 0; i < GRID; i++) {
        double z = i + 1 < GRID ? i * step : most, t = karvan_vdf_time(&f, z);
        double got = karvan_vdf_derivative(&f, z);
        if (!(fabs(t - evaluate(v, z)) <= 1e-12 * fabs(t))) fail_msg("%s at %.17g", text, z);
        if (i > 0 && !(t >= before - 1e-12 * largest)) fail_msg("%s falls at %.17g", text, z);
        below += i > 0 ? step * before : 0, above += i > 0 ? step * t : 0;
        fine += weight(i, 1) * t, coarse += i % 2 == 0 ? weight(i / 2, 2) * t : 0;
        if (z >= low && z <= high && i + 1 < GRID &&
            !(t >= value.low && t <= value.high && got >= slope.low && got <= slope.high))
            fail_msg("%s: bounds on %.17g..%.17g do not hold at %.17g", text, low, high, z);
        before = t;
    }
    double integral = karvan_vdf_integral(&f, most);
    if (!(integral >= below * (1 - 1e-12) && integral <= above * (1 + 1e-12)))
        fail_msg("%s: integral %.17g, sums %.17g and %.17g", text, integral, below, above);
    fine *= step / 3, coarse *= 2 * step / 3;
    if (fabs(fine - coarse) <= 1e-10 * fine && !(fabs(fine - integral) <= 1e-9 * integral))
        fail_msg("%s: integral %.17g, by Simpson's rule %.17g", text, integral, fine);
    return fabs(fine - coarse) <= 1e-10 * fine;
}

/* A refused formula: what the message says is so. */
static void refused(const node *v, const char *why, double most, const char *text) {
    double a, b, largest = fabs(evaluate(v, most));
    if (sscanf(why, "column 1: the formula falls between z = %lf and z = %lf", &a, &b) == 2) {
        double least = INFINITY;
        for (int i = 0; i <= 2; i++) { /* some later value is below an earlier one */
            double t = evaluate(v, b - i * (b - a) / 2);
            if (t > least) return;
            least = fmin(least, t);
        }
        if (b - a < 1e-3) return; /* places in the message are rounded to six digits */
        fail_msg("%s: %s", text, why);
    }
    if (sscanf(why, "column 1: the formula falls at z = %lf", &a) == 1) {
        for (double h = 1e-3; h > 1e-9; h /= 2) {
            double left = evaluate(v, a > h ? a - h : a), middle = evaluate(v, a);
            if (!(left <= middle && middle <= evaluate(v, a + h))) return; /* or no number */
        }
        fail_msg("%s: %s", text, why);
    }
    if (sscanf(why, "column 1: the formula has no finite value at z = %lf", &a) == 1) {
        strict = true;
        if (isfinite(evaluate(v, a))) fail_msg("%s: %s", text, why);
        strict = false;
        return;
    }
    if (sscanf(why, "column 1: the formula is %lf at z = 0", &a) == 1) {
        if (!(evaluate(v, 0) < 0)) fail_msg("%s: %s", text, why);
        return;
    }
    if (strstr(why, "loses its digits")) { /* all of it at the end is rounding, or nearly */
        karvan_i_vdf_program *p = NULL;
        karvan_i_span value, slope;
        assert_int_equal(karvan_i_vdf_program_read(text, &p, NULL), KARVAN_OK);
        (void)karvan_i_vdf_program_bounds(p, (karvan_i_span){0, most}, &value, &slope);
        karvan_i_vdf_program_destroy(p);
        if (!(fabs(value.low) + fabs(value.high) > 1e3 * largest)) fail_msg("%s: %s", text, why);
        return;
    }
    bool slope = strstr(why, "slope") != NULL, odd = strstr(why, "changes too often") != NULL;
    if (!slope && !(odd && largest >= 0)) fail_msg("%s: %s", text, why);
}

static void random_formulas(void **s) {
    (void)s;
    int good = 0, exact = 0, all = part_of(2500);
    for (int i = 0; i < all; i++) {
        node pool[64];
        char text[4000] = {0};
        int n = 0;
        karvan_vdf_curve *c = NULL;
        karvan_error e = {0};
        node *v = new_node(pool, &n, 1 + one_of(4));
        double most = i % 2 ? 2 : 7.3;
        print(v, text);
        karvan_status st = karvan_vdf_formula(text, most, &c, &e);
        assert_true(st == KARVAN_OK || st == KARVAN_E_ARG);
        if (st == KARVAN_OK)
            exact += passed(v, c, most, text), good++;
        else
            refused(v, e.msg, most, text);
        karvan_vdf_curve_destroy(c);
    }
    assert_in_range(good, all / 10, all * 9 / 10);
    assert_in_range(exact, good / 2, good);
}

static karvan_status a_formula(karvan_error *e) {
    karvan_vdf_curve *c = NULL;
    karvan_status st = karvan_vdf_formula("1+3*max(0,z-0.83)", 2, &c, e);
    karvan_vdf_curve_destroy(c);
    return st;
}

static void memory_may_run_out(void **s) {
    (void)s;
    every_allocation_fails(a_formula, 60);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(values),
                                       cmocka_unit_test(kinks_and_tangents),
                                       cmocka_unit_test(symmetric_formulas),
                                       cmocka_unit_test(refusals),
                                       cmocka_unit_test(limits),
                                       cmocka_unit_test(narrow_falls_are_found),
                                       cmocka_unit_test(random_formulas),
                                       cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
