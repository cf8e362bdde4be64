/* Double to the fewest decimal digits that read back to it. Short decimals, as data has them, are
 * found by one exact division (Clinger 1990, PLDI '90); the others by trying 15, 16 and 17 digits,
 * with 16 also the neighbours of the nearest (at powers of two the nearest may miss, a neighbour
 * not). 15 digits and fewer always survive the way through a normal double, 17 bring every double
 * back (IEEE 754-2019, 5.12.2). */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "karvan/table.h"
#include "table/number.h"

typedef struct decimal {
    char digits[20]; /* without zeros at the end */
    int n, exponent; /* value: d.ddd * 10^exponent */
} decimal;

static void strip(decimal *d) {
    while (d->n > 1 && d->digits[d->n - 1] == '0') d->n--;
    d->digits[d->n] = 0;
}

/* The nearest of `n` significant digits, v > 0. What the locale puts for the point is passed over.
 */
static void nearest(double v, int n, decimal *d) {
    char s[48];
    *d = (decimal){.n = 0};
    (void)snprintf(s, sizeof s, "%.*e", n - 1, v);
    char *e = strchr(s, 'e');
    for (char *c = s; c < e; c++)
        if (*c >= '0' && *c <= '9') d->digits[d->n++] = *c;
    for (char *c = e + 2; *c; c++) d->exponent = 10 * d->exponent + (*c - '0');
    if (e[1] == '-') d->exponent = -d->exponent;
}

/* One more or less in the last digit; false where that changes their number. */
static bool neighbour(decimal *d, bool up) {
    int i = d->n - 1;
    for (; i >= 0 && d->digits[i] == (up ? '9' : '0'); i--) d->digits[i] = up ? '0' : '9';
    if (i < 0 || (!up && i == 0 && d->digits[0] == '1')) return false;
    d->digits[i] = (char)(d->digits[i] + (up ? 1 : -1));
    return true;
}

static bool reads_back(const decimal *d, double v) {
    char s[48];
    double back;
    int n = snprintf(s, sizeof s, "%se%d", d->digits, d->exponent - (d->n - 1));
    return karvan_i_parse_real(s, (size_t)n, '.', &back) && back == v;
}

static bool with_digits(double v, int n, decimal *d) {
    nearest(v, n, d);
    if (reads_back(d, v)) return true;
    for (int up = 0; n == 16 && up < 2; up++) {
        nearest(v, n, d);
        if (neighbour(d, up) && reads_back(d, v)) return true;
    }
    return false;
}

/* Whole numbers and decimals of up to 15 digits, v from 1e-4 to 1e15: m / 10^k with the least k. */
static bool quickly(double v, decimal *d) {
    static const double tens[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6, 1e7,
                                  1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14};
    if (!(v >= 1e-4 && v < 1e15)) return false;
    for (int k = 0; k < 15; k++) {
        double m = nearbyint(v * tens[k]);
        if (m >= 1e15) return false;
        if (m / tens[k] != v) continue;
        char *end = d->digits + 16, *s = end;
        for (uint64_t left = (uint64_t)m; left > 0; left /= 10) *--s = (char)('0' + left % 10);
        d->n = (int)(end - s), d->exponent = d->n - 1 - k;
        memmove(d->digits, s, (size_t)d->n);
        return true;
    }
    return false;
}

/* As %g lays numbers out: plain from 1e-4 up to `plain` digits before the point. */
static void lay_out(const decimal *d, bool minus, int plain, char *out, size_t cap) {
    char s[64];
    int n = 0, e = d->exponent;
    if (minus) s[n++] = '-';
    if (e < -4 || e >= plain) {
        n += snprintf(s + n, sizeof s - (size_t)n, "%c%s%s", d->digits[0], d->n > 1 ? "." : "",
                      d->digits + 1);
        (void)snprintf(s + n, sizeof s - (size_t)n, "e%c%02d", e < 0 ? '-' : '+', e < 0 ? -e : e);
    } else {
        if (e < 0) s[n++] = '0', s[n++] = '.';
        for (int i = e; i < -1; i++) s[n++] = '0';
        for (int i = 0; i < d->n || i <= e; i++) {
            s[n++] = i < d->n ? d->digits[i] : '0';
            if (i == e && i + 1 < d->n) s[n++] = '.';
        }
        s[n] = 0;
    }
    (void)snprintf(out, cap, "%s", s);
}

void karvan_real_format(double v, char *out, size_t cap) {
    decimal d = {.n = 0};
    bool minus = signbit(v);
    int plain = 15;
    if (isnan(v) || isinf(v) || v == 0.0) {
        (void)snprintf(out, cap, "%s%s", minus && !isnan(v) ? "-" : "",
                       isnan(v)   ? "nan"
                       : isinf(v) ? "inf"
                                  : "0");
        return;
    }
    v = fabs(v);
    if (!quickly(v, &d)) {
        int first = v < DBL_MIN ? 1 : 15; /* subnormal: as few digits as it has bits for */
        for (plain = first; plain < 17 && !with_digits(v, plain, &d);) plain++;
        if (plain == 17) nearest(v, 17, &d);
        if (plain < 15) plain = 15;
    }
    strip(&d);
    lay_out(&d, minus, plain, out, cap);
}
