#ifndef KARVAN_SRC_EXCHANGE_CSV_COLUMNS_H
#define KARVAN_SRC_EXCHANGE_CSV_COLUMNS_H
/* CSV files of which some columns are known, not all of them there, and others may stand beside. */
#include "exchange/import.h"

typedef struct karvan_i_csv_column {
    const char *name;
    karvan_type type;
    bool needed; /* nothing can be read without it */
} karvan_i_csv_column;

/* Read a file into a table of the known columns that it has, by their names (whatever the case).
 * A cell that cannot be read is a problem and unknown. Columns that are not known are each counted
 * with how many cells they fill; where one is a known name cut to ten characters (as shapefiles
 * do), that is said, and it is not taken for it. bytes NULL: from the file `path`.
 * @retval KARVAN_E_DATA a needed column is not there (all that lack are problems), or no table */
karvan_status karvan_i_read_columns(karvan_import *imp, const char *path, const char *bytes,
                                    size_t n, const char *name, int n_known,
                                    const karvan_i_csv_column *known, karvan_table **out,
                                    karvan_error *err);
#endif
