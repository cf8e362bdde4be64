#ifndef KARVAN_SRC_TABLE_KNOWN_H
#define KARVAN_SRC_TABLE_KNOWN_H
#include "karvan/table.h"
/* Cells without a value as karvan writes tables: "" is unknown, ".." not covered. */
enum { KARVAN_I_GAPS = 2 };
extern const karvan_missing karvan_i_gaps[KARVAN_I_GAPS];
/* A CSV file of which some columns are known: those that it has get the type that they are known
 * by, whatever stands in them, gaps as above; the others are inferred. KARVAN_E_DATA: it has none
 * of them. */
karvan_status karvan_i_csv_read_known(const char *path, const char *name, int n,
                                      const karvan_column *known, karvan_table **out,
                                      karvan_error *err);
/* Where CSV comes from: a file, or bytes that messages call by its path. */
typedef struct karvan_i_csv_from {
    const char *path, *bytes; /* bytes NULL: the file is read */
    size_t n;
    int n_none; /* as of karvan_csv_options */
    const char *const *none;
} karvan_i_csv_from;
/* The same from either; na: NA among numbers is unknown. */
karvan_status karvan_i_csv_known(karvan_i_csv_from from, const char *name, int n,
                                 const karvan_column *known, bool na, karvan_table **out,
                                 karvan_error *err);
#endif
