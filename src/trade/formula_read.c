/* Names, numbers, signs and arithmetic of formulas. */
#include "trade/formula_read.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/number.h"

karvan_status karvan_i_read_wrong(const karvan_i_reading *r, size_t byte, const char *message) {
    return karvan_fail(r->err, KARVAN_E_ARG, "%s: byte %zu: %s", r->what, byte + 1, message);
}

karvan_status karvan_i_read_expected(const karvan_i_reading *r, const char *expected) {
    char message[200];
    if (r->token == KARVAN_I_END)
        (void)snprintf(message, sizeof message, "expected %s, but the text ends", expected);
    else
        (void)snprintf(message, sizeof message, "expected %s, not '%.*s'", expected,
                       (int)(r->at - r->begin > 40 ? 40 : r->at - r->begin), r->s + r->begin);
    return karvan_i_read_wrong(r, r->begin, message);
}

karvan_status karvan_i_read_room(karvan_i_reading *r, void *array, int n, int *cap, size_t size) {
    void **p = array;
    if (n < *cap) return KARVAN_OK;
    int more = *cap ? 2 * *cap : 8;
    void *grown = karvan_i_realloc(*p, (size_t)more, size);
    if (!grown) return karvan_fail(r->err, KARVAN_E_NOMEM, "no memory for a formula");
    *p = grown, *cap = more;
    return KARVAN_OK;
}

static bool begins_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}
static bool digit(char c) { return c >= '0' && c <= '9'; }

/* Text between quotes or backquotes, from the opening one. */
static karvan_status enclosed(karvan_i_reading *r, char quote) {
    const char *from = r->s + r->at + 1, *end = strchr(from, quote);
    if (!end) return karvan_i_read_wrong(r, r->at, "a quote that does not end");
    size_t n = (size_t)(end - from);
    if (n == 0 || n >= sizeof r->text)
        return karvan_i_read_wrong(r, r->at, n ? "a name longer than 255 bytes" : "an empty name");
    memcpy(r->text, from, n), r->text[n] = 0;
    r->at += n + 2;
    r->token = quote == '`' ? KARVAN_I_NAME : KARVAN_I_QUOTED, r->backquoted = quote == '`';
    return KARVAN_OK;
}

static karvan_status name(karvan_i_reading *r) {
    size_t n = 0;
    const char *from = r->s + r->at;
    while (begins_name(from[n]) || digit(from[n]) || from[n] == '.') n++;
    if (n >= sizeof r->text) return karvan_i_read_wrong(r, r->at, "a name longer than 255 bytes");
    memcpy(r->text, from, n), r->text[n] = 0;
    r->at += n, r->token = KARVAN_I_NAME, r->backquoted = false;
    return KARVAN_OK;
}

static karvan_status digits(karvan_i_reading *r) {
    const char *from = r->s + r->at;
    size_t n = 0;
    while (digit(from[n]) || from[n] == '.') n++;
    if (from[n] == 'e' || from[n] == 'E') {
        size_t k = n + 1 + (from[n + 1] == '+' || from[n + 1] == '-');
        if (digit(from[k]))
            for (n = k; digit(from[n]);) n++;
    }
    if (begins_name(from[n]) || n >= sizeof r->text ||
        !karvan_i_parse_real(from, n, '.', &r->number))
        return karvan_i_read_wrong(r, r->at,
                                   "no number; a column whose name begins with a digit stands in "
                                   "backquotes");
    memcpy(r->text, from, n), r->text[n] = 0;
    r->at += n, r->token = KARVAN_I_DIGITS;
    return KARVAN_OK;
}

karvan_status karvan_i_read_next(karvan_i_reading *r) {
    while (r->s[r->at] && strchr(" \t\r\n", r->s[r->at])) r->at++;
    char c = r->s[r->at], next = c ? r->s[r->at + 1] : 0;
    r->begin = r->at;
    if (!c) return r->token = KARVAN_I_END, KARVAN_OK;
    if (c == '`' || c == '"' || c == '\'') return enclosed(r, c);
    if (begins_name(c) || (c == '.' && begins_name(next))) return name(r);
    if (digit(c) || (c == '.' && digit(next))) return digits(r);
    if (!strchr("+-*/^:(),|~=<>!", c) || (c == '!' && next != '='))
        return karvan_i_read_wrong(r, r->at,
                                   "a sign that means nothing here; names with odd characters "
                                   "stand in backquotes");
    bool two = next == '=' && strchr("<>=!", c);
    r->token = KARVAN_I_SIGN;
    r->sign = !two ? c : c == '<' ? 'L' : c == '>' ? 'G' : c == '=' ? 'E' : 'N';
    r->at += two ? 2 : 1;
    return KARVAN_OK;
}

karvan_status karvan_i_read_sign(karvan_i_reading *r, char sign, const char *expected) {
    if (!karvan_i_read_is(r, sign)) return karvan_i_read_expected(r, expected);
    return karvan_i_read_next(r);
}

char *karvan_i_read_label(const karvan_i_reading *r, size_t begin, size_t end) {
    char *label = karvan_i_strndup(r->s + begin, end - begin), quote = 0;
    size_t n = 0;
    for (size_t i = begin; label && i < end; i++) {
        char c = r->s[i];
        if (quote && c == quote)
            quote = 0;
        else if (!quote && strchr("`'\"", c))
            quote = c;
        if (quote || !strchr(" \t\r\n", c)) label[n++] = c;
    }
    if (label) label[n] = 0;
    return label;
}

karvan_status karvan_i_read_variable(karvan_i_reading *r, int *out) {
    karvan_status st = KARVAN_OK;
    karvan_i_formula *f = r->f;
    if (r->token != KARVAN_I_NAME) return karvan_i_read_expected(r, "a column");
    for (int v = 0; v < f->n_variables; v++)
        if (strcmp(f->variable[v].name, r->text) == 0) return *out = v, karvan_i_read_next(r);
    KARVAN_TRY(karvan_i_read_room(r, &f->variable, f->n_variables, &f->cap_variables,
                                  sizeof *f->variable));
    char *copy = karvan_i_strndup(r->text, strlen(r->text));
    KARVAN_REQUIRE(copy, r->err, KARVAN_E_NOMEM, "no memory for a formula");
    f->variable[f->n_variables] = (karvan_i_variable){copy, r->what, (int)r->begin + 1};
    *out = f->n_variables++;
    KARVAN_TRY(karvan_i_read_next(r));
done:
    return st;
}

static bool function(const char *s, karvan_i_op *op) {
    static const char *const names[] = {"log", "exp", "sqrt", "abs"};
    for (int i = 0; i < 4; i++)
        if (strcmp(names[i], s) == 0) return *op = (karvan_i_op)(KARVAN_I_LOG + i), true;
    return false;
}

/* ---- arithmetic: compare < add < multiply < minus < power ---- */

static karvan_status compare(karvan_i_reading *r);

static karvan_status emit(karvan_i_reading *r, karvan_i_op op, int a, double number) {
    karvan_i_formula *f = r->f;
    karvan_status st = karvan_i_read_room(r, &f->step, f->n_steps, &f->cap_steps, sizeof *f->step);
    if (st != KARVAN_OK) return st;
    f->step[f->n_steps++] = (karvan_i_step){op, a, number};
    if (op <= KARVAN_I_STRING) r->stack++;
    if (op >= KARVAN_I_ADD && op <= KARVAN_I_NE) r->stack--;
    if (r->stack > r->most) r->most = r->stack;
    if (r->most > KARVAN_I_DEPTH)
        return karvan_i_read_wrong(r, r->begin, "arithmetic nested too deep");
    return KARVAN_OK;
}

static karvan_status string(karvan_i_reading *r) {
    karvan_status st = KARVAN_OK;
    karvan_i_formula *f = r->f;
    KARVAN_TRY(karvan_i_read_room(r, &f->string, f->n_strings, &f->cap_strings, sizeof *f->string));
    char *copy = karvan_i_strndup(r->text, strlen(r->text));
    KARVAN_REQUIRE(copy, r->err, KARVAN_E_NOMEM, "no memory for a formula");
    f->string[f->n_strings] = copy;
    KARVAN_TRY(emit(r, KARVAN_I_STRING, f->n_strings++, 0));
    KARVAN_TRY(karvan_i_read_next(r));
done:
    return st;
}

static karvan_status bracket(karvan_i_reading *r) {
    karvan_status st = KARVAN_OK;
    if (++r->depth > 60) return karvan_i_read_wrong(r, r->begin, "too many brackets");
    KARVAN_TRY(karvan_i_read_sign(r, '(', "'('"));
    KARVAN_TRY(compare(r));
    KARVAN_TRY(karvan_i_read_sign(r, ')', "')' or a sign of arithmetic"));
    r->depth--;
done:
    return st;
}

static karvan_status no_function(const karvan_i_reading *r, const char *typed, size_t byte) {
    static const char *const names[] = {"log", "exp", "sqrt", "abs"};
    char message[400];
    int64_t near = karvan_text_nearest(typed, names, 4);
    if (near >= 0)
        (void)snprintf(message, sizeof message, "no function '%.80s'; did you mean %s?", typed,
                       names[near]);
    else
        (void)snprintf(message, sizeof message,
                       "no function '%.80s'; there are log, exp, sqrt, abs, and factor and i of a "
                       "column",
                       typed);
    return karvan_i_read_wrong(r, byte, message);
}

bool karvan_i_read_is_call(const karvan_i_reading *r) {
    size_t behind = r->at;
    while (r->s[behind] == ' ') behind++;
    return r->token == KARVAN_I_NAME && !r->backquoted && r->s[behind] == '(';
}

static karvan_status operand(karvan_i_reading *r) {
    karvan_status st = KARVAN_OK;
    karvan_i_op op;
    if (r->token == KARVAN_I_DIGITS) {
        KARVAN_TRY(emit(r, KARVAN_I_NUMBER, 0, r->number));
        KARVAN_TRY(karvan_i_read_next(r));
    } else if (r->token == KARVAN_I_QUOTED) {
        KARVAN_TRY(string(r));
    } else if (r->token == KARVAN_I_NAME) {
        char typed[sizeof r->text];
        size_t byte = r->begin;
        memcpy(typed, r->text, sizeof typed);
        if (karvan_i_read_is_call(r)) {
            bool inert = strcmp(typed, "I") == 0;
            if (!inert && !function(typed, &op)) return no_function(r, typed, byte);
            KARVAN_TRY(karvan_i_read_next(r));
            KARVAN_TRY(bracket(r));
            if (!inert) KARVAN_TRY(emit(r, op, 0, 0));
        } else {
            int v;
            KARVAN_TRY(karvan_i_read_variable(r, &v));
            KARVAN_TRY(emit(r, KARVAN_I_COLUMN, v, 0));
        }
    } else if (karvan_i_read_is(r, '(')) {
        KARVAN_TRY(bracket(r));
    } else {
        return karvan_i_read_expected(r, "a column, a number or '('");
    }
done:
    return st;
}

static karvan_status minus(karvan_i_reading *r);

static karvan_status power(karvan_i_reading *r) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(operand(r));
    if (!karvan_i_read_is(r, '^')) goto done;
    if (++r->depth > 60) return karvan_i_read_wrong(r, r->begin, "too many powers");
    KARVAN_TRY(karvan_i_read_next(r));
    KARVAN_TRY(minus(r)); /* x^-1, x^y^z: from the right */
    r->depth--;
    KARVAN_TRY(emit(r, KARVAN_I_POW, 0, 0));
done:
    return st;
}

static karvan_status minus(karvan_i_reading *r) {
    karvan_status st = KARVAN_OK;
    bool negative = false;
    while (karvan_i_read_is(r, '-') || karvan_i_read_is(r, '+')) {
        negative ^= r->sign == '-';
        KARVAN_TRY(karvan_i_read_next(r));
    }
    KARVAN_TRY(power(r));
    if (negative) KARVAN_TRY(emit(r, KARVAN_I_NEGATE, 0, 0));
done:
    return st;
}

static karvan_status multiply(karvan_i_reading *r) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(minus(r));
    while (karvan_i_read_is(r, '*') || karvan_i_read_is(r, '/')) {
        karvan_i_op op = r->sign == '*' ? KARVAN_I_MUL : KARVAN_I_DIV;
        KARVAN_TRY(karvan_i_read_next(r));
        KARVAN_TRY(minus(r));
        KARVAN_TRY(emit(r, op, 0, 0));
    }
done:
    return st;
}

static karvan_status add(karvan_i_reading *r) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(multiply(r));
    while (karvan_i_read_is(r, '+') || karvan_i_read_is(r, '-')) {
        karvan_i_op op = r->sign == '+' ? KARVAN_I_ADD : KARVAN_I_SUB;
        KARVAN_TRY(karvan_i_read_next(r));
        KARVAN_TRY(multiply(r));
        KARVAN_TRY(emit(r, op, 0, 0));
    }
done:
    return st;
}

static karvan_status compare(karvan_i_reading *r) {
    static const char signs[] = "<L>GEN";
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(add(r));
    if (r->token != KARVAN_I_SIGN || !strchr(signs, r->sign)) goto done;
    karvan_i_op op = (karvan_i_op)(KARVAN_I_LT + (strchr(signs, r->sign) - signs));
    KARVAN_TRY(karvan_i_read_next(r));
    KARVAN_TRY(add(r));
    KARVAN_TRY(emit(r, op, 0, 0));
done:
    return st;
}

static karvan_status whole(karvan_i_reading *r, karvan_status (*part)(karvan_i_reading *),
                           karvan_i_expression *out) {
    int first = r->f->n_steps;
    r->stack = r->most = 0;
    karvan_status st = part(r);
    *out = (karvan_i_expression){first, r->f->n_steps - first, r->most};
    return st;
}

karvan_status karvan_i_read_expression(karvan_i_reading *r, karvan_i_expression *out) {
    return whole(r, compare, out);
}

karvan_status karvan_i_read_operand(karvan_i_reading *r, karvan_i_expression *out) {
    return whole(r, operand, out);
}
