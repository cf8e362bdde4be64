#ifndef KARVAN_SRC_TABLE_NUMBER_H
#define KARVAN_SRC_TABLE_NUMBER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* What sums may be made of: finite and not below 0. */
bool karvan_i_is_amount(double v);
/* Whole cells as numbers, whatever the locale. Blanks around are passed over. false: not a number
 * of this kind, or out of range. */
bool karvan_i_parse_int(const char *s, size_t n, int64_t *out);
/* Correctly rounded (ties to even). `decimal` is '.' or ','. Neither infinities nor NaN. */
bool karvan_i_parse_real(const char *s, size_t n, char decimal, double *out);
/* The same for what most cells hold; false sends to the ones above. KARVAN_I_NUMBER_PAD bytes from
 * the end of the number must be readable; what they hold does not matter. */
enum { KARVAN_I_NUMBER_PAD = 16 };
bool karvan_i_parse_int_fast(const char *s, size_t n, int64_t *out);
bool karvan_i_parse_real_fast(const char *s, size_t n, char decimal, double *out);
#endif
