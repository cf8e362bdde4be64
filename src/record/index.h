#ifndef KARVAN_SRC_RECORD_INDEX_H
#define KARVAN_SRC_RECORD_INDEX_H
/* Claims with their parties at hand. */
#include "base/text.h"
#include "karvan/record.h"

typedef struct karvan_i_record {
    const karvan_package *region;
    const karvan_table *claims, *parties;
    int64_t n;      /* claims */
    int64_t *first; /* [n + 1] offsets into party */
    int64_t *party; /* rows of parties, grouped by claim, in the order of the table */
} karvan_i_record;

/* KARVAN_E_DATA: no table claims or parties. Parties of claims that do not exist are left to the
 * check. */
karvan_status karvan_i_record_init(karvan_i_record *x, const karvan_package *region,
                                   karvan_error *err);
void karvan_i_record_clear(karvan_i_record *x);
/* Does this code take part in the claim, as a party or as its subject or object? */
bool karvan_i_record_has(const karvan_i_record *x, int64_t claim, const char *code);
/* Codes of the claim's parties, each once, joined by `;`. */
void karvan_i_record_parties(const karvan_i_record *x, int64_t claim, karvan_i_text *out);
/* A word that stands in no row of its vocabulary is a slip, not an empty answer: KARVAN_E_ARG. NULL
 * is no word. */
karvan_status karvan_i_record_known(const karvan_package *region, const char *table,
                                    const char *key, const char *what, karvan_error *err);
/* Every word of a query is one: kinds, dimensions, sources, ranks, places. KARVAN_E_ARG. */
karvan_status karvan_i_record_known_words(const karvan_package *region,
                                          const karvan_record_query *q, karvan_error *err);
#endif
