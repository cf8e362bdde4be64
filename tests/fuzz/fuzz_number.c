/* Bytes as a cell that may hold a number: both ways of reading agree with the C library, and what
 * is printed reads back. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/table.h"
#include "table/number.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static bool same(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

/* Does the C library read all of it, as digits and not as `inf`, `nan` or hexadecimal? */
static bool by_library(const char *s, double *out) {
    char *end;
    while (*s == ' ') s++;
    if (strspn(s, "+-.0123456789eE ") != strlen(s)) return false;
    *out = strtod(s, &end);
    while (end > s && *end == ' ') end++;
    return end > s && *end == 0 && isfinite(*out) && strspn(s, "+-.eE ") != strlen(s);
}

static void check_int(const char *s, size_t n, const char *padded) {
    int64_t v, fast;
    if (karvan_i_parse_int_fast(padded, n, &fast))
        require(karvan_i_parse_int(s, n, &v) && v == fast);
    if (!karvan_i_parse_int(s, n, &v)) return;
    char *end;
    long long w = strtoll(s, &end, 10);
    require(w == v);
}

static void check_real(const char *s, size_t n, const char *padded) {
    double v, library = 0, fast, back;
    char printed[40];
    bool read = karvan_i_parse_real(s, n, '.', &v);
    if (strlen(s) == n) require(read == by_library(s, &library));
    if (karvan_i_parse_real_fast(padded, n, '.', &fast)) require(read && same(fast, v));
    if (!read) return;
    require(isfinite(v));
    if (strlen(s) == n) require(same(v, library));
    karvan_real_format(v, printed, sizeof printed);
    require(karvan_i_parse_real(printed, strlen(printed), '.', &back) && same(v, back));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 2000) return 0; /* bound the work, not the meaning */
    char *s = malloc(size + 1), *padded = calloc(1, size + KARVAN_I_NUMBER_PAD);
    require(s && padded);
    memcpy(s, data, size), s[size] = 0;
    if (size > 0) memcpy(padded, data, size);
    check_int(s, size, padded), check_real(s, size, padded);
    for (size_t i = 0; i < size; i++) s[i] = (char)(s[i] == '.' ? ',' : s[i] == ',' ? '.' : s[i]);
    double dot, comma;
    bool a = karvan_i_parse_real((const char *)padded, size, '.', &dot),
         b = karvan_i_parse_real(s, size, ',', &comma);
    require(a == b && (!a || same(dot, comma)));
    free(s), free(padded);
    return 0;
}
