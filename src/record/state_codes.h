#ifndef KARVAN_SRC_RECORD_STATE_CODES_H
#define KARVAN_SRC_RECORD_STATE_CODES_H
/* Codes of states in order: as whole numbers where all are, else by their bytes. */
#include "table/column.h"

/* at [n]: code in the dictionary, by order (karvan_i_free it, also on failure); rank [n]: place of
 * each code. */
karvan_status karvan_i_order_codes(const karvan_i_dictionary *d, int32_t **at, int32_t *rank,
                                   karvan_error *err);
static inline const char *karvan_i_code_at(const karvan_i_dictionary *d, const int32_t *at,
                                           int32_t place) {
    return d->bytes + d->at[at[place]];
}
/* Place of a code, -1. */
int32_t karvan_i_find_code(const karvan_i_dictionary *d, const int32_t *at, const char *code);
/* Two codes with a hyphen into places, the lower first. KARVAN_E_ARG: no pair, or no such code. */
karvan_status karvan_i_pair_of_codes(const karvan_i_dictionary *d, const int32_t *at,
                                     const char *typed, int32_t *a, int32_t *b, karvan_error *err);
#endif
