#ifndef KARVAN_SRC_TABLE_CSV_TEXT_H
#define KARVAN_SRC_TABLE_CSV_TEXT_H
#include "base/text.h"
#include "karvan/table.h"
/* A table as karvan_csv_write writes it, appended. */
void karvan_i_csv_text(const karvan_table *t, karvan_i_text *out);
#endif
