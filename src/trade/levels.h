#ifndef KARVAN_SRC_TRADE_LEVELS_H
#define KARVAN_SRC_TRADE_LEVELS_H
/* Values of columns as numbers 0, 1, 2, ... in their order, and combinations of columns. Rows are
 * given by row[0..n), or are the first n of the table where row is NULL. */
#include "trade/design.h"

/* Whole numbers and where they were put: open addressing. */
typedef struct karvan_i_keys {
    int64_t *key;   /* [slots] */
    int32_t *value; /* [slots] -1: free */
    size_t slots;   /* a power of two, 0: none yet */
    int32_t n;
} karvan_i_keys;
/* Number of a key, by first appearance; *fresh: it was new. KARVAN_E_NOMEM, KARVAN_E_DATA above
 * 2^31 - 2 of them. */
karvan_status karvan_i_keys_add(karvan_i_keys *k, int64_t key, int32_t *value, bool *fresh,
                                karvan_error *err);
int32_t karvan_i_keys_find(const karvan_i_keys *k, int64_t key); /* -1: none */
void karvan_i_keys_clear(karvan_i_keys *k);

/* The distinct values of a column among some rows, in their order: numbers by size, text by its
 * bytes, false before true. */
typedef struct karvan_i_ranks {
    const karvan_table *data;
    int column;
    int32_t n;
    int64_t *first; /* [n] a row of each value */
    int64_t low, size;
    int32_t *table;     /* [size] rank of low, low + 1, ...; NULL: by keys */
    karvan_i_keys keys; /* value: rank */
} karvan_i_ranks;
/* KARVAN_E_DATA: a cell holds no value, with its place. */
karvan_status karvan_i_ranks_create(const karvan_table *data, int column, int64_t n,
                                    const int32_t *row, karvan_i_ranks *out, karvan_error *err);
void karvan_i_ranks_clear(karvan_i_ranks *r);
/* Ranks of rows that were among those. */
void karvan_i_ranks_of(const karvan_i_ranks *r, int64_t n, const int32_t *row, int32_t *out);
/* Rank of a key; -1: no row had it. */
int32_t karvan_i_ranks_find(const karvan_i_ranks *r, int64_t key);
/* Bits of a double that rise with it, as keys of REAL columns are. */
int64_t karvan_i_real_key(double v);
/* The cell as a whole number that has the order of its numbers (text: its code). */
int64_t karvan_i_cell_key(const karvan_table *t, int column, int64_t row);
/* The cell as a text, cut to cap. */
void karvan_i_cell_label(const karvan_table *t, int column, int64_t row, char *out, size_t cap);

/* Levels of the combination of e->column[0..e->n_columns); ranks: of each of them. Fills n_levels,
 * level, first_row. */
karvan_status karvan_i_levels(const karvan_i_ranks *const *ranks, int64_t n, const int32_t *row,
                              karvan_i_effect *e, karvan_error *err);
/* Number levels anew without gaps, order kept; unused ones go. */
karvan_status karvan_i_levels_close(int64_t n, karvan_i_effect *e, karvan_error *err);
#endif
