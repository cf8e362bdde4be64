/* Bytes as a user's functions: a formula, or files of rows and of curves parted by a byte 0.
 * Refused with a place and words in UTF-8, or functions that nowhere fall and whose integral grows
 * as they say. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "karvan/assignment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static void is_utf8(const char *s) { require(karvan_utf8_valid_prefix(s, strlen(s)) == strlen(s)); }

/* An integral lies between the rectangles below and above, as long as nothing falls. */
static void never_falls(const karvan_vdf *f) {
    enum { STEPS = 64 };
    double before = karvan_vdf_time(f, 0), sum = 0, step = 3 * f->capacity / STEPS;
    double last = karvan_vdf_time(f, 4 * f->capacity);
    require(before >= 0 && karvan_vdf_integral(f, 0) == 0);
    for (int i = 1; i <= STEPS; i++) {
        double t = karvan_vdf_time(f, i * step), next = karvan_vdf_integral(f, i * step);
        double noise = 1e-9 * last * step; /* what a formula may lose of its digits */
        require(isfinite(t) && isfinite(karvan_vdf_derivative(f, i * step)));
        require(t >= before - 1e-9 * last);
        require(next - sum >= before * step - noise - 1e-12 * next);
        require(next - sum <= t * step + noise + 1e-12 * next);
        before = t, sum = next;
    }
}

static void formula(const char *text, size_t n) {
    karvan_vdf_curve *c = NULL;
    karvan_error e = {0};
    char *s = malloc(n + 1);
    require(s != NULL);
    memcpy(s, text, n), s[n] = 0;
    karvan_status st = karvan_vdf_formula(s, 4, &c, &e);
    require((st == KARVAN_OK) == (c != NULL));
    require(st == KARVAN_OK || (st == KARVAN_E_ARG && strncmp(e.msg, "column ", 7) == 0));
    is_utf8(e.msg);
    if (c) {
        karvan_vdf f = {KARVAN_VDF_USER, 1, 1, 0, 0, c};
        if (karvan_vdf_check(&f, NULL) == KARVAN_OK) never_falls(&f);
    }
    karvan_vdf_curve_destroy(c);
    free(s);
}

static void files(const char *rows, size_t n, const char *curves, size_t n_curves) {
    static const int32_t tail[] = {0, 0, 1, 1, 0}, head[] = {1, 2, 2, 3, 2};
    karvan_vdf base[5];
    karvan_vdf_set s;
    karvan_error e = {0};
    for (int a = 0; a < 5; a++) base[a] = (karvan_vdf){KARVAN_VDF_BPR, a + 1, 10, 0.15, 4, NULL};
    karvan_status st =
        karvan_vdf_parse(rows, n, "f", curves, n_curves, "c", 5, tail, head, base, &s, &e);
    require(st == KARVAN_OK || (st == KARVAN_E_DATA && (e.msg[0] == 'f' || e.msg[0] == 'c')));
    is_utf8(e.msg);
    for (int a = 0; a < s.n; a++) {
        require(karvan_vdf_check(&s.vdf[a], NULL) == KARVAN_OK);
        if (s.vdf[a].capacity > 1e-6 && s.vdf[a].capacity < 1e6) never_falls(&s.vdf[a]);
    }
    karvan_vdf_set_clear(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    if (size < 1 || size > 400) return 0; /* bound the work: a formula is up to 256 steps */
    const char *s = (const char *)data + 1;
    size_t n = size - 1;
    if (data[0] % 2) {
        formula(s, n);
    } else {
        const char *cut = memchr(s, 0, n);
        size_t rows = cut ? (size_t)(cut - s) : n;
        files(s, rows, cut ? cut + 1 : NULL, cut ? n - rows - 1 : 0);
    }
    require(karvan_i_alloc_live == live);
    return 0;
}
