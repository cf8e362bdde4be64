#ifndef KARVAN_SRC_CLI_GRAVITY_GRID_H
#define KARVAN_SRC_CLI_GRAVITY_GRID_H
/* The published table before it is written in one markup or another. */
#include "cli/gravity.h"

enum { CELL_BYTES = 48, LABEL_BYTES = 320 };

typedef enum line_kind { LINE_CELLS, LINE_RULE } line_kind;
typedef struct line {
    line_kind kind;
    char label[LABEL_BYTES];
    char cell[GRAVITY_COLUMNS][CELL_BYTES];
} line;

typedef struct grid {
    const gravity_answer *a;
    line *line;
    int n, cap;
    karvan_i_text notes; /* one a line */
    karvan_error *err;
} grid;

/* gravity_markup.c; failures stick to out */
void gravity_text(const grid *g, karvan_i_text *out);
void gravity_markdown(const grid *g, karvan_i_text *out);
void gravity_latex(const grid *g, karvan_i_text *out);
#endif
