#ifndef KARVAN_SRC_EXCHANGE_AMOUNT_H
#define KARVAN_SRC_EXCHANGE_AMOUNT_H
/* Sums of decimals that do not depend on the order of their terms: whole numbers of 10^-18 in 128
 * bits. A value with up to 18 decimals is kept exactly, one with more is rounded to 10^-18. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct karvan_i_amount {
    uint64_t hi, lo;
} karvan_i_amount;

enum { KARVAN_I_DECIMALS = 18 };

typedef enum karvan_i_amount_kind {
    KARVAN_I_AMOUNT_OK,
    KARVAN_I_AMOUNT_MISSING,  /* nothing, NA, N/A, NULL, a point */
    KARVAN_I_AMOUNT_TEXT,     /* no number */
    KARVAN_I_AMOUNT_NEGATIVE, /* below zero */
    KARVAN_I_AMOUNT_INFINITE, /* NaN or infinity */
    KARVAN_I_AMOUNT_LARGE     /* 10^15 or more: no trade is */
} karvan_i_amount_kind;

/* digits / 10^after, after 0..18 */
karvan_i_amount karvan_i_amount_of(uint64_t digits, unsigned after);
/* A whole cell: digits with at most one point, an exponent, blanks around. *out is 0 unless OK. */
karvan_i_amount_kind karvan_i_amount_parse(const char *s, size_t n, char point,
                                           karvan_i_amount *out);
/* Correctly rounded. */
double karvan_i_amount_value(karvan_i_amount a);
/* false: the sum has left the range (2^126), which takes more than 80,000 terms of 10^15 */
static inline bool karvan_i_amount_add(karvan_i_amount *a, karvan_i_amount b) {
    a->lo += b.lo;
    a->hi += b.hi + (a->lo < b.lo);
    return a->hi >> 62 == 0;
}
#endif
