/* Formulas as they are written: sum < product < sign < power < number, z, brackets, function. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "base/utf8.h"
#include "flow/vdf_formula.h"
#include "table/number.h"

enum { NESTED = 60 };

typedef struct reading {
    const char *s;
    size_t at; /* of the sign or word to come, blanks passed over */
    karvan_i_vdf_program *p;
    karvan_error *err;
    int nested, stack;
} reading;

static karvan_status sum(reading *r);
static karvan_status sign(reading *r);

static karvan_status wrong(const reading *r, size_t at, const char *what) {
    return karvan_fail(r->err, KARVAN_E_ARG, "column %zu: %s", at + 1, what);
}

/* "WHAT belongs here, not the character". */
static karvan_status expected(const reading *r, const char *what) {
    char message[120];
    const char *s = r->s + r->at;
    size_t n = karvan_i_utf8_character(s, strlen(s));
    if (!*s)
        (void)snprintf(message, sizeof message, "%s belongs here, where the formula ends", what);
    else if (n == 0 || (unsigned char)*s < 0x20)
        (void)snprintf(message, sizeof message, "%s belongs here, not byte %d", what,
                       (int)(unsigned char)*s);
    else
        (void)snprintf(message, sizeof message, "%s belongs here, not '%.*s'", what, (int)n, s);
    return wrong(r, r->at, message);
}

static void pass_blanks(reading *r) {
    while (r->s[r->at] == ' ' || r->s[r->at] == '\t') r->at++;
}

static bool take(reading *r, char c) {
    if (r->s[r->at] != c) return false;
    r->at++;
    pass_blanks(r);
    return true;
}

/* The newest step, if it is of numbers alone, done at once: a number is exact where bounds of an
 * interval would have to be widened. */
static void fold(karvan_i_vdf_program *p) {
    karvan_i_vdf_op op = p->step[p->n - 1].op;
    int operands = op >= KARVAN_I_VDF_ADD ? 2 : op > KARVAN_I_VDF_Z ? 1 : 0;
    const karvan_i_vdf_step *from = p->step + p->n - 1 - operands;
    for (int i = 0; i < operands; i++)
        if (from[i].op != KARVAN_I_VDF_NUMBER) return;
    double value = karvan_i_vdf_steps_at(from, operands + 1, 0).value;
    if (operands == 0 || !isfinite(value)) return;
    p->n -= operands;
    p->step[p->n - 1] = (karvan_i_vdf_step){KARVAN_I_VDF_NUMBER, value};
}

static karvan_status emit(reading *r, karvan_i_vdf_op op, double number) {
    if (r->p->n == KARVAN_I_VDF_STEPS)
        return wrong(r, r->at, "a formula of more than 256 steps; a shorter one is right");
    r->stack += op <= KARVAN_I_VDF_Z ? 1 : op >= KARVAN_I_VDF_ADD ? -1 : 0;
    if (r->stack > KARVAN_I_VDF_DEPTH) return wrong(r, r->at, "arithmetic nested too deep");
    r->p->step[r->p->n++] = (karvan_i_vdf_step){op, number};
    fold(r->p);
    return KARVAN_OK;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static karvan_status number(reading *r) {
    karvan_status st = KARVAN_OK;
    const char *s = r->s + r->at;
    size_t n = 0;
    double v;
    while (is_digit(s[n]) || s[n] == '.') n++;
    if (s[n] == 'e' || s[n] == 'E') {
        size_t k = n + 1 + (s[n + 1] == '+' || s[n + 1] == '-');
        if (is_digit(s[k]))
            for (n = k; is_digit(s[n]);) n++;
    }
    if (is_letter(s[n]) || !karvan_i_parse_real(s, n, '.', &v))
        return wrong(r, r->at,
                     "no number; digits with at most one point are right, and * before z");
    KARVAN_TRY(emit(r, KARVAN_I_VDF_NUMBER, v));
    r->at += n;
    pass_blanks(r);
done:
    return st;
}

static karvan_status bracket(reading *r) {
    karvan_status st = KARVAN_OK;
    if (++r->nested > NESTED) return wrong(r, r->at, "more than 60 brackets in one another");
    r->at++;
    pass_blanks(r);
    KARVAN_TRY(sum(r));
    if (!take(r, ')')) return expected(r, "')' or a sign of arithmetic");
    r->nested--;
done:
    return st;
}

/* (a, b, ...) of min and max. */
static karvan_status list(reading *r, karvan_i_vdf_op op) {
    karvan_status st = KARVAN_OK;
    size_t from = r->at;
    int n = 1;
    if (++r->nested > NESTED) return wrong(r, r->at, "more than 60 brackets in one another");
    r->at++;
    pass_blanks(r);
    KARVAN_TRY(sum(r));
    for (; take(r, ','); n++) {
        KARVAN_TRY(sum(r));
        KARVAN_TRY(emit(r, op, 0));
    }
    if (!take(r, ')')) return expected(r, "',' or ')'");
    if (n < 2) return wrong(r, from, "min and max are of two or more, parted by commas");
    r->nested--;
done:
    return st;
}

static karvan_status no_such_name(const reading *r, const char *name) {
    static const char *const names[] = {"z", "exp", "log", "sqrt", "min", "max"};
    char message[200], near[100];
    (void)snprintf(message, sizeof message, "no name '%.40s'%s", name,
                   karvan_i_meant(name, names, 6, near, sizeof near));
    if (!*near)
        (void)snprintf(message, sizeof message,
                       "no name '%.40s'; there are z (flow over capacity), exp, log, sqrt, min, "
                       "max",
                       name);
    return wrong(r, r->at, message);
}

static karvan_status word(reading *r) {
    static const struct {
        const char *name;
        karvan_i_vdf_op op;
    } functions[] = {{"exp", KARVAN_I_VDF_EXP},
                     {"log", KARVAN_I_VDF_LOG},
                     {"sqrt", KARVAN_I_VDF_SQRT},
                     {"min", KARVAN_I_VDF_MIN},
                     {"max", KARVAN_I_VDF_MAX}};
    karvan_status st = KARVAN_OK;
    char name[41] = {0};
    size_t n = 0;
    while (is_letter(r->s[r->at + n]) || is_digit(r->s[r->at + n])) n++;
    memcpy(name, r->s + r->at, n < 40 ? n : 40);
    if (strcmp(name, "z") == 0) {
        KARVAN_TRY(emit(r, KARVAN_I_VDF_Z, 0));
        r->at += n;
        pass_blanks(r);
        goto done;
    }
    for (int i = 0; i < 5; i++) {
        if (strcmp(name, functions[i].name) != 0) continue;
        karvan_i_vdf_op op = functions[i].op;
        r->at += n;
        pass_blanks(r);
        if (r->s[r->at] != '(') return expected(r, "'('");
        if (op >= KARVAN_I_VDF_MIN) return list(r, op);
        KARVAN_TRY(bracket(r));
        return emit(r, op, 0);
    }
    return no_such_name(r, name);
done:
    return st;
}

static karvan_status operand(reading *r) {
    char c = r->s[r->at];
    if (is_digit(c) || c == '.') return number(r);
    if (c == '(') return bracket(r);
    if (is_letter(c)) return word(r);
    return expected(r, "a number, z, a function or '('");
}

/* z^-1 and, from the right, z^y^x. */
static karvan_status power(reading *r) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(operand(r));
    if (!take(r, '^')) goto done;
    if (++r->nested > NESTED) return wrong(r, r->at, "more than 60 powers in one another");
    KARVAN_TRY(sign(r));
    r->nested--;
    KARVAN_TRY(emit(r, KARVAN_I_VDF_POW, 0));
done:
    return st;
}

static karvan_status sign(reading *r) {
    karvan_status st = KARVAN_OK;
    bool negative = false;
    for (;;) {
        if (take(r, '-'))
            negative = !negative;
        else if (!take(r, '+'))
            break;
    }
    KARVAN_TRY(power(r));
    if (negative) KARVAN_TRY(emit(r, KARVAN_I_VDF_NEGATE, 0));
done:
    return st;
}

static karvan_status product(reading *r) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(sign(r));
    for (;;) {
        karvan_i_vdf_op op = r->s[r->at] == '*' ? KARVAN_I_VDF_MUL : KARVAN_I_VDF_DIV;
        if (!take(r, '*') && !take(r, '/')) break;
        KARVAN_TRY(sign(r));
        KARVAN_TRY(emit(r, op, 0));
    }
done:
    return st;
}

static karvan_status sum(reading *r) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(product(r));
    for (;;) {
        karvan_i_vdf_op op = r->s[r->at] == '+' ? KARVAN_I_VDF_ADD : KARVAN_I_VDF_SUB;
        if (!take(r, '+') && !take(r, '-')) break;
        KARVAN_TRY(product(r));
        KARVAN_TRY(emit(r, op, 0));
    }
done:
    return st;
}

karvan_status karvan_i_vdf_program_read(const char *formula, karvan_i_vdf_program **out,
                                        karvan_error *err) {
    karvan_status st = KARVAN_OK;
    reading r = {.s = formula, .err = err};
    *out = NULL;
    r.p = karvan_i_calloc(1, sizeof *r.p);
    KARVAN_REQUIRE(r.p, err, KARVAN_E_NOMEM, "no memory for a formula");
    pass_blanks(&r);
    KARVAN_TRY(sum(&r));
    if (r.s[r.at]) KARVAN_TRY(expected(&r, "a sign of arithmetic or the end"));
    *out = r.p, r.p = NULL;
done:
    karvan_i_vdf_program_destroy(r.p);
    return st;
}

void karvan_i_vdf_program_destroy(karvan_i_vdf_program *p) { karvan_i_free(p); }
