#ifndef KARVAN_SRC_TRADE_FORMULA_H
#define KARVAN_SRC_TRADE_FORMULA_H
/* A formula as it is written: "y ~ x1 + log(x2) | a^t + b^t". Names are not yet met with a table.
 * Grammar: docs/methods/gravity.md. */
#include "karvan/base.h"

typedef enum karvan_i_op {
    KARVAN_I_NUMBER,
    KARVAN_I_COLUMN, /* a: variable */
    KARVAN_I_STRING, /* a: string; only beside == and != */
    KARVAN_I_NEGATE,
    KARVAN_I_ADD,
    KARVAN_I_SUB,
    KARVAN_I_MUL,
    KARVAN_I_DIV,
    KARVAN_I_POW,
    KARVAN_I_LT,
    KARVAN_I_LE,
    KARVAN_I_GT,
    KARVAN_I_GE,
    KARVAN_I_EQ,
    KARVAN_I_NE,
    KARVAN_I_LOG, /* of 0 and less: NaN */
    KARVAN_I_EXP,
    KARVAN_I_SQRT,
    KARVAN_I_ABS
} karvan_i_op;

typedef struct karvan_i_step {
    karvan_i_op op;
    int a;
    double number;
} karvan_i_step;

/* Arithmetic in postfix order, step[first .. first + n) of its formula. */
typedef struct karvan_i_expression {
    int first, n, depth; /* depth: numbers on the stack at once, at most KARVAN_I_DEPTH */
} karvan_i_expression;
enum { KARVAN_I_DEPTH = 24, KARVAN_I_PARTS = 6, KARVAN_I_EFFECT_COLUMNS = 4 };

/* A name, where it first stood: byte (from 1) of what text. */
typedef struct karvan_i_variable {
    char *name;
    const char *what; /* "formula", "weights", "offset", "cluster" */
    int byte;
} karvan_i_variable;

/* What terms are products of: numbers (an expression) or a factor (a column's values). */
typedef struct karvan_i_atom {
    char *label;
    karvan_i_expression e;
    int variable; /* of a factor; of a bare column, which is a factor if it holds text; else -1 */
    bool factor;
    char *ref; /* level left out; NULL: by rule */
    int byte;
} karvan_i_atom;

typedef struct karvan_i_term {
    int n, atom[KARVAN_I_PARTS]; /* rising */
} karvan_i_term;

/* Columns whose combination of values is a level: a^t. */
typedef struct karvan_i_combination {
    char *name;
    const char *what;
    int n, variable[KARVAN_I_EFFECT_COLUMNS];
    int byte;
} karvan_i_combination;

typedef struct karvan_i_formula {
    karvan_i_variable *variable;
    int n_variables, cap_variables;
    char **string;
    int n_strings, cap_strings;
    karvan_i_step *step;
    int n_steps, cap_steps;
    karvan_i_atom *atom;
    int n_atoms, cap_atoms;
    karvan_i_term *term;
    int n_terms, cap_terms;
    karvan_i_combination *effect; /* after `|` */
    int n_effects, cap_effects;
    bool intercept;        /* as written; none beside effects, which hold it */
    karvan_i_expression y; /* n 0: none */
    char *y_label;
    int y_byte;
    bool y_log; /* the left side is log( ) of y, and of y alone */
} karvan_i_formula;

/* KARVAN_E_ARG with the byte and what was expected, KARVAN_E_NOMEM; *out NULL then. */
karvan_status karvan_i_formula_parse(const char *text, karvan_i_formula **out, karvan_error *err);
void karvan_i_formula_destroy(karvan_i_formula *f);
/* Arithmetic that belongs to the formula but stands elsewhere: weights, offset. `what` is static.
 */
karvan_status karvan_i_formula_expression(karvan_i_formula *f, const char *what, const char *text,
                                          karvan_i_expression *out, karvan_error *err);
/* "a^b" that stands elsewhere; free out->name. */
karvan_status karvan_i_formula_combination(karvan_i_formula *f, const char *what, const char *text,
                                           karvan_i_combination *out, karvan_error *err);
/* The same columns, in whatever order? */
bool karvan_i_combination_same(const karvan_i_combination *a, const karvan_i_combination *b);
/* A formula that holds nothing, for the two above. */
karvan_status karvan_i_formula_empty(karvan_i_formula **out, karvan_error *err);
#endif
