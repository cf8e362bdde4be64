#ifndef KARVAN_SRC_TABLE_MATCH_H
#define KARVAN_SRC_TABLE_MATCH_H
/* Rows by what a user typed: code, name or alias, whatever case, diacritics and blanks. */
#include "karvan/table.h"

/**
 * @param what    how messages call a row: "place", "country or body"
 * @param columns TEXT columns in the order in which they count, NULL-ended; the first is the id; a
 *                column called `aliases` holds several names separated by `;`
 * @param[out] row  the row whose cell folds to the same as typed; failing that, the only row whose
 *                name begins with it (four letters or more)
 * @retval KARVAN_E_ARG nothing fits (nearest named), or several rows fit equally well (all named)
 */
karvan_status karvan_i_match_row(const karvan_table *t, const char *what,
                                 const char *const *columns, const char *typed, int64_t *row,
                                 karvan_error *err);
/* Next of the names in a cell separated by `;`, copied to out (cut at cap-1): false at the end. */
bool karvan_i_next_name(const char **at, char *out, size_t cap);
#endif
