#ifndef KARVAN_SRC_TABLE_CSV_TEXT_H
#define KARVAN_SRC_TABLE_CSV_TEXT_H
#include "base/text.h"
#include "karvan/table.h"
#include "table/cell.h"
#include "table/column.h"
/* A table as karvan_csv_write writes it, appended. */
void karvan_i_csv_text(const karvan_table *t, karvan_i_text *out);
/* table_aligned.c: as a table for reading, aligned and rounded; width 0: lines are not cut. word
 * may be NULL. */
void karvan_i_aligned_text(const karvan_table *t, int width, karvan_i_gap_word word,
                           karvan_i_text *out);
/* A value's exact spelling, in `number` where it is one; the cell holds a value. */
void karvan_i_spell(const karvan_table *t, int c, int64_t row, char *number, size_t cap,
                    const char **out);
/* The digits of a whole number, by hand, as tables hold many: written to end at `end`. Returns
 * where they begin, 21 bytes before it at the most. */
const char *karvan_i_spell_whole(int64_t v, char *end);
/* A cell's bits: cells of a column that have the same, and hold values, are spelt alike. */
static inline int64_t karvan_i_cell_bits(const karvan_i_column *k, int64_t row) {
    return k->type == KARVAN_BOOL                             ? k->v.b[row]
           : k->type == KARVAN_TEXT || k->type == KARVAN_DATE ? k->v.code[row]
                                                              : k->v.i[row]; /* of either number */
}
#endif
