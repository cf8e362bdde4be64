#ifndef KARVAN_SRC_TABLE_COLUMN_H
#define KARVAN_SRC_TABLE_COLUMN_H
/* Storage behind karvan_table. A column grows by doubling; large blocks are moved by the kernel's
 * page tables, so that room not yet used takes no memory. */
#include "karvan/table.h"

/* Distinct strings, numbered in the order of their first appearance. */
typedef struct karvan_i_dictionary {
    char *bytes; /* all strings, each ended by NUL */
    size_t n_bytes, cap_bytes;
    size_t *at; /* [n] offsets into bytes */
    int32_t n, cap;
    int32_t last;   /* code that was added last: rows in order repeat it; 0 where n is 0 */
    int32_t *slots; /* [n_slots] code + 1, 0: free; n_slots a power of two */
    size_t n_slots;
} karvan_i_dictionary;

/* Code of s[0..n), added where it is new. KARVAN_E_NOMEM. */
karvan_status karvan_i_dictionary_add(karvan_i_dictionary *d, const char *s, size_t n,
                                      int32_t *code, karvan_error *err);
int32_t karvan_i_dictionary_find(const karvan_i_dictionary *d, const char *s, size_t n); /* -1 */
void karvan_i_dictionary_clear(karvan_i_dictionary *d);
uint64_t karvan_i_hash(const char *s, size_t n);

typedef struct karvan_i_column {
    char *name, *unit;
    karvan_type type;
    union {
        int64_t *i;
        double *r;
        int32_t *code;
        uint8_t *b;
        void *any;
    } v;            /* [cap] */
    uint8_t *state; /* [cap] karvan_cell; NULL while every cell holds a value */
    int64_t n, cap;
    karvan_i_dictionary dictionary;
    karvan_edtf *dates; /* [cap_dates] by code, DATE columns */
    int32_t cap_dates;
} karvan_i_column;

karvan_status karvan_i_column_init(karvan_i_column *c, const char *name, karvan_type type,
                                   const char *unit, karvan_error *err);
void karvan_i_column_clear(karvan_i_column *c);
/* Append one cell. */
karvan_status karvan_i_column_missing(karvan_i_column *c, karvan_cell state, karvan_error *err);
karvan_status karvan_i_column_int(karvan_i_column *c, int64_t v, karvan_error *err);
karvan_status karvan_i_column_real(karvan_i_column *c, double v, karvan_error *err);
karvan_status karvan_i_column_bool(karvan_i_column *c, bool v, karvan_error *err);
/* TEXT and DATE; a DATE that is not EDTF gives KARVAN_E_DATA and appends nothing. */
karvan_status karvan_i_column_text(karvan_i_column *c, const char *s, size_t n, karvan_error *err);
/* Make an INT column REAL. */
karvan_status karvan_i_column_widen(karvan_i_column *c, karvan_error *err);
/* Cells of one state get another. */
void karvan_i_column_restate(karvan_i_column *c, karvan_cell from, karvan_cell to);
void karvan_i_column_drop_last(karvan_i_column *c);
void karvan_i_column_trim(karvan_i_column *c);
size_t karvan_i_column_bytes(const karvan_i_column *c);

enum { KARVAN_I_ROWS_APART = 256 };

struct karvan_table {
    char *name;
    char *path; /* NULL: not from a file */
    int n_columns;
    karvan_i_column *column; /* [n_columns] */
    int64_t n_rows;
    uint32_t *line;  /* [n_rows] first line of the record, NULL: not kept */
    int64_t *offset; /* [ceil(n_rows / KARVAN_I_ROWS_APART)] of its first byte; NULL with line, or
                        where there is no file to look into */
    int *field;      /* [n_columns] position in the file, -1: not in it; NULL without a file */
    char delimiter;
};

/* builder.c: cells begin..end-1 of an earlier row into the newest one, for rows that say much the
 * same; how many rows there are. */
void karvan_i_builder_copy(karvan_builder *b, int64_t row, int begin, int end);
int64_t karvan_i_builder_rows(const karvan_builder *b);
#endif
