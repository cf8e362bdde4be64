/* Decimals as whole numbers of 10^-18, exact and therefore free of order. */
#include "exchange/amount.h"

#include <string.h>

#include "table/number.h"

static const uint64_t TEN[] = {1,
                               10,
                               100,
                               1000,
                               10000,
                               100000,
                               1000000,
                               10000000,
                               100000000,
                               1000000000,
                               10000000000,
                               100000000000,
                               1000000000000,
                               10000000000000,
                               100000000000000,
                               1000000000000000,
                               10000000000000000,
                               100000000000000000,
                               1000000000000000000};

/* a * b in 128 bits */
static karvan_i_amount times(uint64_t a, uint64_t b) {
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 wide;
    wide p = (wide)a * b;
    return (karvan_i_amount){(uint64_t)(p >> 64), (uint64_t)p};
#else
    uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
    uint64_t low = al * bl, mid = ah * bl + (low >> 32), rest = al * bh + (uint32_t)mid;
    return (karvan_i_amount){ah * bh + (mid >> 32) + (rest >> 32), rest << 32 | (uint32_t)low};
#endif
}

karvan_i_amount karvan_i_amount_of(uint64_t digits, unsigned after) {
    return times(digits, TEN[KARVAN_I_DECIMALS - after]);
}

/* a * m + add, for sums that stay in range */
static karvan_i_amount times_small(karvan_i_amount a, uint64_t m, uint64_t add) {
    karvan_i_amount p = times(a.lo, m);
    p.hi += a.hi * m;
    p.lo += add;
    p.hi += p.lo < add;
    return p;
}

/* a /= 10^9, giving the rest: long division by limbs of 32 bits. */
static uint32_t split_nine(karvan_i_amount *a) {
    uint32_t limb[4] = {(uint32_t)(a->hi >> 32), (uint32_t)a->hi, (uint32_t)(a->lo >> 32),
                        (uint32_t)a->lo};
    uint64_t rest = 0;
    for (int i = 0; i < 4; i++) {
        rest = rest << 32 | limb[i];
        limb[i] = (uint32_t)(rest / 1000000000u), rest %= 1000000000u;
    }
    a->hi = (uint64_t)limb[0] << 32 | limb[1], a->lo = (uint64_t)limb[2] << 32 | limb[3];
    return (uint32_t)rest;
}

double karvan_i_amount_value(karvan_i_amount a) {
    enum { NINES = 5 };
    char text[NINES * 9 + 1], *p = text + sizeof text;
    double v = 0;
    uint32_t first = split_nine(&a), second = split_nine(&a);
    /* few decimals and a small number: one exact operation on doubles */
    uint64_t micros = second / 1000; /* 10^-6 of the part below 1 */
    if (first == 0 && second % 1000 == 0 && a.hi == 0 && a.lo < UINT64_C(8000000000))
        return (double)(a.lo * 1000000 + micros) / 1e6;
    uint32_t nine[NINES] = {first, second, 0, 0, 0};
    for (int i = 2; i < NINES; i++) nine[i] = split_nine(&a);
    for (int i = 0; i < NINES; i++) {
        if (i == 2) *--p = '.';
        for (int d = 0; d < 9; d++) *--p = (char)('0' + nine[i] % 10), nine[i] /= 10;
    }
    (void)karvan_i_parse_real(p, sizeof text, '.', &v);
    return v;
}

static bool is_one_of(const char *s, size_t n, const char *const *words) {
    for (; *words; words++)
        if (strlen(*words) == n && memcmp(*words, s, n) == 0) return true;
    return false;
}

static karvan_i_amount_kind no_digits(const char *s, size_t n) {
    static const char *const missing[] = {"", "NA", "N/A", "NULL", "null", ".", NULL};
    static const char *const infinite[] = {"NaN",  "nan",  "NAN",  "Inf",       "inf",      "INF",
                                           "-Inf", "-inf", "-INF", "-nan",      "Infinity", "+Inf",
                                           "+inf", "-NaN", "+INF", "-Infinity", NULL};
    if (is_one_of(s, n, missing)) return KARVAN_I_AMOUNT_MISSING;
    return is_one_of(s, n, infinite) ? KARVAN_I_AMOUNT_INFINITE : KARVAN_I_AMOUNT_TEXT;
}

/* The exponent of s[0..n), which begins behind the e. */
static bool exponent(const char *s, size_t n, int *out) {
    bool minus = n > 0 && *s == '-';
    int e = 0;
    if (n > 0 && (*s == '-' || *s == '+')) s++, n--;
    if (n == 0) return false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9') return false;
        if (e < 10000) e = 10 * e + (s[i] - '0');
    }
    *out = minus ? -e : e;
    return true;
}

/* Digits of any number, with point and exponent: digit by digit, each by its place. */
static karvan_i_amount_kind slowly(const char *s, size_t n, char point, karvan_i_amount *out) {
    size_t digits = 0, whole = 0, m = 0;
    bool seen_point = false;
    int e = 0;
    for (; m < n && s[m] != 'e' && s[m] != 'E'; m++) {
        bool digit = s[m] >= '0' && s[m] <= '9';
        if (!digit && (s[m] != point || seen_point)) return KARVAN_I_AMOUNT_TEXT;
        seen_point |= !digit;
        digits += digit, whole += digit && !seen_point;
    }
    if (digits == 0 || digits > 100000) return KARVAN_I_AMOUNT_TEXT;
    if (m < n && !exponent(s + m + 1, n - m - 1, &e)) return KARVAN_I_AMOUNT_TEXT;
    karvan_i_amount a = {0, 0};
    long place = (long)whole - 1 + e; /* of the next digit: its power of ten */
    for (size_t i = 0; i < m && place >= -KARVAN_I_DECIMALS - 1; i++) {
        if (s[i] == point) continue;
        uint64_t d = (uint64_t)(s[i] - '0');
        if (place >= 15 && d != 0) return KARVAN_I_AMOUNT_LARGE;
        if (place < -KARVAN_I_DECIMALS) {
            a = times_small(a, 1, d >= 5);
        } else {
            a = times_small(a, 10, d);
        }
        place--;
    }
    for (; place >= -KARVAN_I_DECIMALS && (a.hi | a.lo) != 0; place--) {
        a = times_small(a, 10, 0);
    }
    *out = a;
    /* 10^33 = 10^15 in units of 10^-18 */
    const karvan_i_amount most = times(TEN[15], TEN[18]);
    if (a.hi > most.hi || (a.hi == most.hi && a.lo >= most.lo)) {
        *out = (karvan_i_amount){0, 0};
        return KARVAN_I_AMOUNT_LARGE;
    }
    return KARVAN_I_AMOUNT_OK;
}

/* What most cells hold: at most 18 digits with at most one point. */
static bool quickly(const char *s, size_t n, char point, karvan_i_amount *out) {
    uint64_t v = 0;
    size_t whole = n;
    if (n == 0 || n > 19) return false;
    for (size_t i = 0; i < n; i++) {
        unsigned digit = (unsigned)(s[i] - '0');
        if (digit < 10)
            v = v * 10 + digit;
        else if (s[i] == point && whole == n)
            whole = i;
        else
            return false;
    }
    size_t after = whole < n ? n - whole - 1 : 0;
    if (whole + after == 0 || whole > 15 || after > 15) return false;
    *out = karvan_i_amount_of(v, (unsigned)after);
    return true;
}

static bool is_zero(karvan_i_amount a) { return a.hi == 0 && a.lo == 0; }

karvan_i_amount_kind karvan_i_amount_parse(const char *s, size_t n, char point,
                                           karvan_i_amount *out) {
    *out = (karvan_i_amount){0, 0};
    while (n > 0 && (*s == ' ' || *s == '\t')) s++, n--;
    while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t')) n--;
    if (quickly(s, n, point, out)) return KARVAN_I_AMOUNT_OK;
    bool minus = n > 0 && *s == '-';
    size_t from = n > 0 && (*s == '-' || *s == '+');
    if (from == n || !((s[from] >= '0' && s[from] <= '9') || (s[from] == point && from + 1 < n)))
        return no_digits(s, n);
    karvan_i_amount_kind kind = slowly(s + from, n - from, point, out);
    if (minus &&
        (kind == KARVAN_I_AMOUNT_LARGE || (kind == KARVAN_I_AMOUNT_OK && !is_zero(*out)))) {
        *out = (karvan_i_amount){0, 0};
        return KARVAN_I_AMOUNT_NEGATIVE;
    }
    return kind;
}
