#ifndef KARVAN_SRC_RECORD_ATTACH_H
#define KARVAN_SRC_RECORD_ATTACH_H
/* Keys of attached tables, between the files that make them and look them up. */
#include "record/dyad_years.h"

/* Columns of a key: code[1] < 0: the table is of states; month < 0: of years. system: whose codes
 * they are, set before the key is sought. */
typedef struct karvan_i_key {
    int code[2], year, month;
    karvan_system system;
    uint8_t *leave; /* [rows] 1: the row is left out; NULL: none is */
} karvan_i_key;
/* attach_where.c: rows that have not all the values asked for are marked in k->leave, which is to
 * be freed. KARVAN_E_ARG: no such column, or no row with such a value. */
karvan_status karvan_i_attach_where(const karvan_table *t, const karvan_attach_options *o,
                                    karvan_i_key *k, karvan_error *err);
/* KARVAN_E_DATA: there is none. */
karvan_status karvan_i_key_find(const karvan_dyad_years *d, const karvan_table *t, karvan_i_key *k,
                                karvan_error *err);
/* Rows of known states by key, equal keys by row. */
karvan_status karvan_i_keys_make(const karvan_dyad_years *d, karvan_i_source *s,
                                 const karvan_i_key *k, karvan_problems *problems,
                                 karvan_error *err);
/* Cells of the columns attached last that look like markers of a missing value, and were taken for
 * values: one warning a column. leave: as of karvan_i_key. */
karvan_status karvan_i_attach_doubts(const karvan_dyad_years *d, const uint8_t *leave,
                                     karvan_problems *problems, karvan_error *err);
/* Key of the table's first period. */
uint64_t karvan_i_key_of(const karvan_dyad_years *d, const karvan_i_source *s, int32_t a,
                         int32_t b);
#endif
