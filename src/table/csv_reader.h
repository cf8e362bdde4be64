#ifndef KARVAN_SRC_TABLE_CSV_READER_H
#define KARVAN_SRC_TABLE_CSV_READER_H
/* One pass over a CSV file, shared by the files that read its header, its cells and its records. */
#include "table/column.h"
#include "table/csv.h"

enum { KARVAN_I_INFER_INT, KARVAN_I_INFER_REAL, KARVAN_I_INFER_TEXT, KARVAN_I_DECLARED };

typedef struct karvan_i_reader {
    karvan_i_csv csv;
    const karvan_csv_options *o;
    const karvan_i_cell_style *styles; /* [o->n_columns], NULL: none */
    karvan_cell faulty;                /* state of a cell that could not be read */
    const char *path;
    karvan_problems *problems; /* NULL: the first fault ends the reading */
    karvan_error *err;
    karvan_table *t;
    int *column_of; /* [n_header] column that a field goes to, -1: none */
    int n_header;
    size_t *missing; /* [o->n_missing] length of each marker */
    uint8_t *infer;  /* [n_columns] */
    bool *reread;    /* [n_columns] turned to text after numbers had been kept */
    bool *gap;       /* [n_columns] a spelling of o->gaps stands among its numbers */
    bool again, point_seen, comma_seen;
    bool absent; /* a declared column is not in the file */
    int64_t cap_lines;
} karvan_i_reader;

/* csv_read.c: a fault of the file; ends the reading where nobody collects them. */
karvan_status karvan_i_reader_fault(karvan_i_reader *r, int64_t line, int64_t column,
                                    const char *code, const char *hint, const char *message);
/* csv_read.c: bytes of the record that are no UTF-8 end the reading. */
karvan_status karvan_i_reader_encoding(karvan_i_reader *r);
/* csv_header.c: byte order mark, delimiter and encoding; then the header into columns. */
karvan_status karvan_i_reader_look(karvan_i_reader *r);
karvan_status karvan_i_reader_header(karvan_i_reader *r, bool *empty);
/* csv_cells.c: one field into column c. */
karvan_status karvan_i_reader_put(karvan_i_reader *r, int c, const karvan_i_field *f);
#endif
