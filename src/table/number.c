/* Decimal to double, correctly rounded. Three ways, each exact where it answers:
 * 1. digits below 2^53 and a power of ten up to 22: one exact operation on doubles (Clinger 1990,
 *    PLDI '90);
 * 2. up to 19 digits and a power of ten up to 27: the power of five has 63 bits, so that product or
 *    quotient is found in 128 bits without loss and rounded once;
 * 3. otherwise a first guess, mended by comparing the decimal with the middle of two neighbouring
 *    doubles in whole numbers of any length (Gay 1990, Bell Labs report 90-10). */
#include "table/number.h"

#include <float.h>
#include <math.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

bool karvan_i_is_amount(double v) { return v >= 0.0 && isfinite(v); }

bool karvan_i_parse_int(const char *s, size_t n, int64_t *out) {
    const char *end = s + n;
    while (s < end && *s == ' ') s++;
    while (end > s && end[-1] == ' ') end--;
    bool minus = s < end && *s == '-';
    if (s < end && (*s == '-' || *s == '+')) s++;
    if (s == end) return false;
    while (end - s > 19 && *s == '0') s++;
    if (end - s > 19) return false;
    uint64_t v = 0;
    for (; s < end; s++) {
        unsigned digit = (unsigned)(*s - '0');
        if (digit > 9) return false;
        v = v * 10 + digit;
    }
    if (v > (uint64_t)INT64_MAX + minus) return false;
    *out = minus ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

enum {
    DIGITS_MAX = 800,
    WORDS = 160
}; /* more digits than any double needs to be told from its neighbour */

typedef struct decimal_text {
    bool minus;
    uint64_t top;                    /* the first 19 digits */
    int top_exponent;                /* value is about top * 10^top_exponent */
    bool more;                       /* digits beyond the 19 that are not all zero */
    const char *digits, *digits_end; /* with the point among them */
    int64_t exponent;                /* of the last digit kept in `digits` when all are read */
} decimal_text;

/* Sign, digits with at most one point, exponent. */
static bool scan(const char *s, const char *end, char point, decimal_text *d) {
    *d = (decimal_text){.minus = s < end && *s == '-'};
    if (s < end && (*s == '-' || *s == '+')) s++;
    d->digits = s;
    int64_t seen = 0, after = 0, kept = 0, dropped = 0;
    bool fraction = false;
    for (; s < end; s++) {
        if (*s == point && !fraction) {
            fraction = true;
            continue;
        }
        if (*s < '0' || *s > '9') break;
        seen++, after += fraction;
        if (kept < 19) {
            d->top = d->top * 10 + (uint64_t)(*s - '0');
            kept += d->top != 0; /* leading zeros do not count */
        } else {
            dropped++, d->more |= *s != '0';
        }
    }
    d->digits_end = s;
    if (seen == 0) return false;
    int64_t e = 0;
    if (s < end && (*s == 'e' || *s == 'E')) {
        bool minus = ++s < end && *s == '-';
        if (s < end && (*s == '-' || *s == '+')) s++;
        if (s == end) return false;
        for (; s < end && *s >= '0' && *s <= '9'; s++)
            if (e < 100000) e = e * 10 + (*s - '0');
        if (minus) e = -e;
    }
    d->exponent = e - after;
    int64_t top = d->exponent + dropped;
    d->top_exponent = top > 100000 ? 100000 : top < -100000 ? -100000 : (int)top;
    return s == end;
}

/* Whole numbers of up to WORDS * 32 bits, little end first. */
typedef struct big {
    uint32_t w[WORDS];
    int n;
} big;

static void times_plus(big *b, uint32_t m, uint32_t a) {
    uint64_t carry = a;
    for (int i = 0; i < b->n; i++) {
        carry += (uint64_t)b->w[i] * m;
        b->w[i] = (uint32_t)carry, carry >>= 32;
    }
    if (carry && b->n < WORDS) b->w[b->n++] = (uint32_t)carry;
}

/* b * 10^k, nine digits a step. */
static void times_power_of_ten(big *b, int64_t k) {
    for (; k >= 9; k -= 9) times_plus(b, 1000000000u, 0);
    for (; k > 0; k--) times_plus(b, 10, 0);
}

static void shift_left(big *b, int64_t bits) {
    int words = (int)(bits / 32), rest = (int)(bits % 32);
    if (b->n == 0 || b->n + words + 1 > WORDS) return;
    memmove(b->w + words, b->w, (size_t)b->n * sizeof *b->w);
    memset(b->w, 0, (size_t)words * sizeof *b->w);
    b->n += words;
    if (rest) times_plus(b, 1u << rest, 0);
}

static int compare(const big *a, const big *b) {
    if (a->n != b->n) return a->n < b->n ? -1 : 1;
    for (int i = a->n - 1; i >= 0; i--)
        if (a->w[i] != b->w[i]) return a->w[i] < b->w[i] ? -1 : 1;
    return 0;
}

/* The first DIGITS_MAX digits as a whole number; *exponent counts those beyond, *rest: they are not
 * all zero. */
static void read_digits(const decimal_text *d, big *out, int64_t *exponent, bool *rest) {
    uint32_t chunk = 0, unit = 1;
    int64_t kept = 0;
    for (const char *s = d->digits; s < d->digits_end; s++) {
        if (*s < '0' || *s > '9') continue;
        if (kept == DIGITS_MAX) {
            ++*exponent, *rest |= *s != '0';
            continue;
        }
        chunk = chunk * 10 + (uint32_t)(*s - '0'), unit *= 10;
        kept += out->n > 0 || chunk > 0; /* leading zeros do not count */
        if (unit < 1000000000u) continue;
        times_plus(out, unit, chunk);
        chunk = 0, unit = 1;
    }
    times_plus(out, unit, chunk);
}

/* Order of the decimal against m * 2^q, m > 0: both sides brought to whole numbers. */
static int against(const decimal_text *d, uint64_t m, int q) {
    big left = {.n = 0}, right = {.w = {(uint32_t)m, (uint32_t)(m >> 32)}, .n = m >> 32 ? 2 : 1};
    int64_t exponent = d->exponent;
    bool rest = false;
    read_digits(d, &left, &exponent, &rest);
    if (exponent >= 0)
        times_power_of_ten(&left, exponent);
    else
        times_power_of_ten(&right, -exponent);
    if (q >= 0)
        shift_left(&right, q);
    else
        shift_left(&left, -q);
    int c = compare(&left, &right);
    return c == 0 && rest ? 1 : c;
}

/* Bits of a positive double as a whole number times a power of two. */
static void split(double v, uint64_t *m, int *q) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    int e = (int)(bits >> 52);
    *m = bits & 0xFFFFFFFFFFFFFu;
    *q = e == 0 ? -1074 : e - 1075;
    if (e != 0) *m |= UINT64_C(1) << 52;
}

/* Up or down from a guess until the decimal lies within half a step of it. */
static double mend(const decimal_text *d, double guess) {
    for (;;) {
        uint64_t m;
        int q;
        split(guess, &m, &q);
        int up = against(d, 2 * m + 1, q - 1); /* the middle of guess and the next double */
        if (up > 0 || (up == 0 && (m & 1))) {
            guess = nextafter(guess, INFINITY);
            if (isinf(guess)) return guess;
            continue;
        }
        if (guess == 0.0) return guess;
        double below = nextafter(guess, 0.0);
        split(below, &m, &q);
        int down = against(d, 2 * m + 1, q - 1);
        if (down < 0 || (down == 0 && !(m & 1))) {
            guess = below;
            continue;
        }
        return guess;
    }
}

static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide;

/* (m + rest) * 2^q, 0 <= rest < 1, to the nearest double, ties to even; no bit of `rest` may count
 * unless m has more than 53 bits. */
static double round_wide(wide m, bool rest, int q) {
    uint64_t high = (uint64_t)(m >> 64);
    int bits = high ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll((uint64_t)m);
    int drop = bits - 53;
    if (drop <= 0) return ldexp((double)(uint64_t)m, q);
    wide kept = m >> drop, low = m - (kept << drop), half = (wide)1 << (drop - 1);
    bool up = low > half || (low == half && (rest || (kept & 1)));
    return ldexp((double)((uint64_t)kept + up), q + drop);
}

/* Way 2: false outside its range. */
static bool by_wide_numbers(const decimal_text *d, double *out) {
    static const uint64_t fives[] = {1,
                                     5,
                                     25,
                                     125,
                                     625,
                                     3125,
                                     15625,
                                     78125,
                                     390625,
                                     1953125,
                                     9765625,
                                     48828125,
                                     244140625,
                                     1220703125,
                                     6103515625,
                                     30517578125,
                                     152587890625,
                                     762939453125,
                                     3814697265625,
                                     19073486328125,
                                     95367431640625,
                                     476837158203125,
                                     2384185791015625,
                                     11920928955078125,
                                     59604644775390625,
                                     298023223876953125,
                                     1490116119384765625,
                                     7450580596923828125};
    int e = d->top_exponent;
    if (d->more || e < -27 || e > 27 || d->top == 0) return false;
    if (e >= 0) {
        *out = round_wide((wide)d->top * fives[e], false, e);
        return true;
    }
    int shift = 64 + __builtin_clzll(d->top); /* the quotient has then 64 bits or more */
    wide top = (wide)d->top << shift, quotient = top / fives[-e];
    *out = round_wide(quotient, quotient * fives[-e] != top, e - shift);
    return true;
}
#else
static bool by_wide_numbers(const decimal_text *d, double *out) {
    (void)d, (void)out;
    return false;
}
#endif

static double slowly(const decimal_text *d) {
    if (d->top == 0 && !d->more) return 0.0;
    if (d->top_exponent > 310) return INFINITY;
    if (d->top_exponent < -400) return 0.0;
    double guess = (double)d->top;
    for (int e = d->top_exponent; e > 0 && !isinf(guess); e -= 22) guess *= tens[e < 22 ? e : 22];
    for (int e = d->top_exponent; e < 0; e += 22) guess /= tens[e > -22 ? -e : 22];
    return mend(d, isinf(guess) ? DBL_MAX : guess);
}

/* Way 1 without detours: digits with at most one point, as most cells are. */
static inline bool plain_digits(const char *s, const char *end, char point, double *out) {
    bool minus = s < end && *s == '-';
    const char *from = s += minus;
    uint64_t v = 0;
    unsigned digit;
    for (; s < end && (digit = (unsigned)(*s - '0')) < 10; s++) v = v * 10 + digit;
    long n = s - from, after = 0;
    if (s < end && *s == point) {
        from = ++s;
        for (; s < end && (digit = (unsigned)(*s - '0')) < 10; s++) v = v * 10 + digit;
        after = s - from, n += after;
    }
    if (s != end || n == 0 || n > 19 || v > UINT64_C(1) << 53) return false;
    double x = (double)v / tens[after];
    *out = minus ? -x : x;
    return true;
}

#ifdef __SSE2__
/* k digits at s, 1 to 8, without a branch: pairs, fours, eights. Eight bytes are read. */
static inline uint64_t eight_digits(const char *s, unsigned k) {
    uint64_t w;
    memcpy(&w, s, 8);
    w = (w - 0x3030303030303030u) << (64 - 8 * k); /* the first digit lowest, zeros before it */
    w = (w * 10 + (w >> 8)) & 0x00FF00FF00FF00FFu;
    w = (w * 100 + (w >> 16)) & 0x0000FFFF0000FFFFu;
    return (w * 10000 + (w >> 32)) & 0xFFFFFFFFu;
}

/* Bit i: byte i of the n at s, n <= 16, is no digit. */
static inline uint32_t no_digits(const char *s, size_t n) {
    __m128i v = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)s), _mm_set1_epi8('0'));
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(9)), v);
    return ~(uint32_t)_mm_movemask_epi8(low) & ((1u << n) - 1);
}

bool karvan_i_parse_int_fast(const char *s, size_t n, int64_t *out) {
    bool minus = n > 0 && *s == '-';
    s += minus, n -= minus;
    if (n == 0 || n > 8 || no_digits(s, n)) return false;
    int64_t v = (int64_t)eight_digits(s, (unsigned)n);
    *out = minus ? -v : v;
    return true;
}

bool karvan_i_parse_real_fast(const char *s, size_t n, char point, double *out) {
    bool minus = n > 0 && *s == '-';
    s += minus, n -= minus;
    if (n == 0 || n > 16) return false;
    uint32_t others = no_digits(s, n);
    unsigned before = others ? (unsigned)__builtin_ctz(others) : (unsigned)n;
    if (before == 0 || before > 8 || (others & (others - 1))) return false;
    uint64_t v = eight_digits(s, before);
    unsigned after = 0;
    if (others) {
        after = (unsigned)n - before - 1;
        if (s[before] != point || after == 0 || after > 8) return false;
        v = v * (uint64_t)tens[after] + eight_digits(s + before + 1, after);
        if (v > UINT64_C(1) << 53) return false;
    }
    double x = (double)v / tens[after];
    *out = minus ? -x : x;
    return true;
}
#else
bool karvan_i_parse_int_fast(const char *s, size_t n, int64_t *out) {
    return karvan_i_parse_int(s, n, out);
}
bool karvan_i_parse_real_fast(const char *s, size_t n, char point, double *out) {
    return plain_digits(s, s + n, point, out);
}
#endif

bool karvan_i_parse_real(const char *s, size_t n, char point, double *out) {
    const char *end = s + n;
    decimal_text d;
    if (plain_digits(s, end, point, out)) return true;
    while (s < end && *s == ' ') s++;
    while (end > s && end[-1] == ' ') end--;
    if (!scan(s, end, point, &d)) return false;
    double v;
    int e = d.top_exponent;
    if (!d.more && d.top <= UINT64_C(1) << 53 && e >= -22 && e <= 22)
        v = e < 0 ? (double)d.top / tens[-e] : (double)d.top * tens[e];
    else if (!by_wide_numbers(&d, &v))
        v = slowly(&d);
    if (isinf(v)) return false;
    *out = d.minus ? -v : v;
    return true;
}
