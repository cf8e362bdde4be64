#ifndef KARVAN_SRC_TRADE_EXPRESSION_H
#define KARVAN_SRC_TRADE_EXPRESSION_H
/* A formula met with a table: names found, arithmetic done a block of rows at a time. */
#include "karvan/table.h"
#include "trade/formula.h"

enum { KARVAN_I_BLOCK = 1024 };

typedef struct karvan_i_bound {
    const karvan_i_formula *f;
    const karvan_table *data;
    int *column; /* [f->n_variables] of data, -1: it has none of this name */
    karvan_i_step
        *step;      /* [n_steps] as the formula's; comparisons of text have signs of their own */
    int32_t **same; /* [n_steps] code of the other column, of each code; NULL: none */
    int n_steps;
    double *scratch; /* [KARVAN_I_DEPTH][KARVAN_I_BLOCK] */
} karvan_i_bound;

/* KARVAN_E_NOMEM. The bound formula borrows both. */
karvan_status karvan_i_bind(const karvan_i_formula *f, const karvan_table *data,
                            karvan_i_bound *out, karvan_error *err);
void karvan_i_bound_clear(karvan_i_bound *b);
/* KARVAN_E_ARG where the table has no such column, naming the nearest. */
karvan_status karvan_i_bound_need(const karvan_i_bound *b, int variable, karvan_error *err);
/* The same of all that an expression names; KARVAN_E_ARG also where text stands for numbers. */
karvan_status karvan_i_bound_prepare(karvan_i_bound *b, const karvan_i_expression *e,
                                     karvan_error *err);
/* A column of text that stands as a factor unasked: KARVAN_E_ARG where most of its values are
 * numbers, since then it is text by some stray cell. */
karvan_status karvan_i_bound_words(const karvan_i_bound *b, int variable, karvan_error *err);
/* Values of a prepared expression, n <= KARVAN_I_BLOCK. Anything where a cell holds no value. */
void karvan_i_evaluate(karvan_i_bound *b, const karvan_i_expression *e, int64_t n,
                       const int32_t *row, double *out);
bool karvan_i_column_is_text(const karvan_table *t, int column);
#endif
