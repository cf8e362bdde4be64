#ifndef KARVAN_SRC_TABLE_CELL_H
#define KARVAN_SRC_TABLE_CELL_H
/* Cells by the name of their column, for code that reads a few of a row. A table without the
 * column, a NULL table, a row below 0 or a missing cell all give "nothing". */
#include "base/text.h"
#include "karvan/table.h"
const char *karvan_i_cell_text(const karvan_table *t, const char *column, int64_t row); /* NULL */
double karvan_i_cell_real(const karvan_table *t, const char *column, int64_t row);      /* NaN */
const karvan_edtf *karvan_i_cell_date(const karvan_table *t, const char *column, int64_t row);
bool karvan_i_cell_bool(const karvan_table *t, const char *column, int64_t row); /* false */
/* Does the cell hold exactly this text? No cell holds NULL. */
bool karvan_i_cell_is(const karvan_table *t, const char *column, int64_t row, const char *text);
/* A cell by the index of its column, for loops that look it up once: its number, or otherwise where
 * there is none. */
double karvan_i_value_or(const karvan_table *t, int column, int64_t row, double otherwise);
/* KARVAN_E_DATA with "file:line:column: " of a cell before what is wrong; by index, by name. */
karvan_status karvan_i_refuse(const karvan_table *t, int column, int64_t row, const char *what,
                              karvan_error *err);
karvan_status karvan_i_cell_refuse(const karvan_table *t, const char *column, int64_t row,
                                   const char *what, karvan_error *err);
/* A cell of one table into the newest row of another, whatever its state. */
karvan_status karvan_i_copy_cell(karvan_builder *b, int to, const karvan_table *t, int from,
                                 int64_t row, karvan_error *err);
/* karvan_i_meant (base/order.h) of the table's columns; of the texts of a column (-1: of none). */
const char *karvan_i_meant_column(const karvan_table *t, const char *said, char *room, size_t cap);
const char *karvan_i_meant_cell(const karvan_table *t, int column, const char *said, char *room,
                                size_t cap);
/* The same, and where nothing is near "; there are A, B, C": for columns of a few words. */
const char *karvan_i_meant_or_all(const karvan_table *t, int column, const char *said, char *room,
                                  size_t cap);
/* Table of a package, or KARVAN_E_DATA that names it. */
karvan_status karvan_i_need_table(const karvan_package *region, const char *name,
                                  const karvan_table **out, karvan_error *err);
/* Column of a table, or KARVAN_E_DATA that names both. */
karvan_status karvan_i_need_column(const karvan_table *t, const char *column, int *out,
                                   karvan_error *err);

/* `"name": "not covered"` of the member `states` of a row in JSON, which the first opens; `end`
 * goes behind the name. table_write.c */
void karvan_i_json_state(karvan_i_text *out, bool first, const char *name, const char *end,
                         karvan_cell state);
/* How a table for reading spells a cell without a value; NULL: as karvan_cell_name has it. */
typedef const char *(*karvan_i_gap_word)(const karvan_table *t, int column, int64_t row);
/* karvan_table_write with words of the caller's own; CSV and JSON do not ask. word may be NULL. */
karvan_status karvan_i_table_write(const karvan_table *t, karvan_format format, int width,
                                   karvan_i_gap_word word, FILE *out, karvan_error *err);
#endif
