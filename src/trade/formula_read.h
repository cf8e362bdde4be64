#ifndef KARVAN_SRC_TRADE_FORMULA_READ_H
#define KARVAN_SRC_TRADE_FORMULA_READ_H
/* Between the two files that read formulas: signs and names (formula_read.c: arithmetic too), and
 * the formula itself (formula.c). */
#include "trade/formula.h"

typedef enum karvan_i_token {
    KARVAN_I_END,
    KARVAN_I_NAME, /* text: without backquotes */
    KARVAN_I_DIGITS,
    KARVAN_I_QUOTED, /* text: without quotes */
    KARVAN_I_SIGN    /* sign: one of + - * / ^ : ( ) , | ~ = < > or L <=, G >=, E ==, N != */
} karvan_i_token;

typedef struct karvan_i_reading {
    const char *s;
    const char *what;
    karvan_i_formula *f;
    karvan_error *err;
    size_t at; /* behind the token */
    size_t begin;
    karvan_i_token token;
    char sign;
    bool backquoted;
    double number;
    char text[256];
    int depth;       /* of brackets */
    int stack, most; /* numbers on the stack now, and at most */
} karvan_i_reading;

/* Every one fails with KARVAN_E_ARG and "what: byte N: ...". */
karvan_status karvan_i_read_next(karvan_i_reading *r);
karvan_status karvan_i_read_wrong(const karvan_i_reading *r, size_t byte, const char *message);
/* "expected WHAT, not the token". */
karvan_status karvan_i_read_expected(const karvan_i_reading *r, const char *expected);
/* Take this sign, which must be here. */
karvan_status karvan_i_read_sign(karvan_i_reading *r, char sign, const char *expected);
static inline bool karvan_i_read_is(const karvan_i_reading *r, char sign) {
    return r->token == KARVAN_I_SIGN && r->sign == sign;
}
/* The variable that the token names. */
karvan_status karvan_i_read_variable(karvan_i_reading *r, int *out);
/* Arithmetic from here, as far as it goes. */
karvan_status karvan_i_read_expression(karvan_i_reading *r, karvan_i_expression *out);
/* One function or one I( ) from here. */
karvan_status karvan_i_read_operand(karvan_i_reading *r, karvan_i_expression *out);
/* Is the token a name before an opening bracket? */
bool karvan_i_read_is_call(const karvan_i_reading *r);
/* s[begin..end) without the blanks outside quotes. NULL: no memory. */
char *karvan_i_read_label(const karvan_i_reading *r, size_t begin, size_t end);
/* Room for one more of n. */
karvan_status karvan_i_read_room(karvan_i_reading *r, void *array, int n, int *cap, size_t size);
#endif
