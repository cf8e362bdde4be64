#ifndef KARVAN_SRC_TABLE_CSV_H
#define KARVAN_SRC_TABLE_CSV_H
/* Inside the CSV reader: records from bytes, fields from records. */
#include "karvan/table.h"

typedef struct karvan_i_source karvan_i_source; /* bytes from a file (gzip or not) or from memory */

typedef struct karvan_i_field {
    char *s; /* content, quotes taken off; not NUL-terminated */
    size_t n;
    uint32_t line;   /* lines below the record's first */
    uint32_t column; /* 1-based byte in that line */
    bool quoted;
} karvan_i_field;

/* How the cells of a declared column are written, where a schema says more than
 * karvan_csv_options. */
typedef struct karvan_i_cell_style {
    char decimal;               /* 0: as the rest of the file */
    const char *group;          /* between thousands, NULL: nothing */
    bool affixes;               /* $ and % and the like stand around numbers */
    const char *true_texts[8];  /* NULL-ended; none: as karvan_csv_options */
    const char *false_texts[8]; /* NULL-ended */
} karvan_i_cell_style;

/* State of a cell whose text could not be read, until its table is whole; only with `mark`. */
#define KARVAN_I_FAULT ((karvan_cell)3)

typedef struct karvan_i_csv {
    karvan_i_source *source;
    char *buffer;           /* [cap] and some zeros */
    size_t begin, end, cap; /* unread bytes */
    int64_t before;         /* bytes of the file before the buffer */
    bool eof;
    char delimiter;
    bool latin1;
    int64_t line; /* of the record that was read last, 1-based */
    int64_t next_line;
    int64_t at;            /* offset of that record in the file */
    karvan_i_field *field; /* [cap_fields] */
    int n_fields, cap_fields;
    bool open_quote;  /* the record's last quoted field never ended */
    bool stray_quote; /* text stands behind a closing quote; field n_stray */
    int n_stray;
    bool ascii; /* the record is surely ASCII without NUL */
    char *wide; /* latin1: the record as UTF-8 */
    size_t cap_wide;
} karvan_i_csv;

/* path NULL: bytes[0..n) in memory, borrowed. KARVAN_E_IO, KARVAN_E_NOMEM. */
karvan_status karvan_i_csv_open(karvan_i_csv *c, const char *path, const char *bytes, size_t n,
                                karvan_error *err);
void karvan_i_csv_close(karvan_i_csv *c);
/* The first bytes, for finding delimiter and encoding: view into the buffer. */
karvan_status karvan_i_csv_peek(karvan_i_csv *c, const char **s, size_t *n, karvan_error *err);
/* Next record into c->field; *got false at the end. */
karvan_status karvan_i_csv_next(karvan_i_csv *c, bool *got, karvan_error *err);
/* Begin again at an offset, which is that of a record on this line. */
karvan_status karvan_i_csv_seek(karvan_i_csv *c, int64_t offset, int64_t line, karvan_error *err);
/* Line and column of a field of the record that begins on *line, searched from the record at
 * `offset`, which begins on `from`; column 1 where it cannot be found. */
void karvan_i_csv_find_field(const char *path, char delimiter, int64_t offset, int64_t from,
                             int field, int64_t *line, int64_t *column);
/* karvan_csv_read with a style a declared column (NULL: none). `mark`: cells at fault have the
 * state KARVAN_I_FAULT. */
karvan_status karvan_i_csv_read(const char *path, const char *name,
                                const karvan_csv_options *options,
                                const karvan_i_cell_style *styles, bool mark,
                                karvan_problems *problems, karvan_table **out, karvan_error *err);
#endif
