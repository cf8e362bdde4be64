#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "karvan/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static void check_order(const karvan_edtf *d) {
    require(d->earliest <= d->latest && d->earliest_fuzzy <= d->earliest);
    require(d->latest <= d->latest_fuzzy && d->level <= 2 && d->precision <= 3);
    require(d->earliest <= d->start_latest && d->start_latest <= d->latest);
    require(d->earliest <= d->end_earliest && d->end_earliest <= d->latest);
}

/* The canonical spelling means the same and is its own. */
static void check_words(const char *s, size_t n) {
    char words[512];
    require(karvan_edtf_words(s, n, words, sizeof words, NULL) == KARVAN_OK);
    require(*words && strlen(words) < sizeof words);
}

static void check_normal(const char *s, size_t n, const karvan_edtf *d) {
    karvan_edtf again;
    char *normal = malloc(2 * n + 1), *twice = malloc(2 * n + 1);
    require(normal && twice);
    require(karvan_edtf_normal(s, n, normal, 2 * n + 1, NULL) == KARVAN_OK);
    size_t m = strlen(normal);
    require(karvan_edtf_parse(normal, m, &again, NULL) == KARVAN_OK);
    require(karvan_edtf_normal(normal, m, twice, 2 * n + 1, NULL) == KARVAN_OK);
    require(strcmp(normal, twice) == 0);
    require(again.level <= d->level);
    again.level = d->level;
    require(memcmp(&again, d, sizeof again) == 0);
    free(normal), free(twice);
}

/* Comparisons that must agree with one another, whatever the dates. */
static void check_pair(const karvan_edtf *a, const karvan_edtf *b) {
    uint32_t possible = karvan_edtf_allen(a, b);
    karvan_truth equal = karvan_edtf_equal(a, b), before = karvan_edtf_before(a, b);
    require(possible != 0 && possible < 1u << KARVAN_ALLEN_END);
    require(equal == karvan_edtf_equal(b, a));
    require(karvan_edtf_overlaps_days(a, b) == karvan_edtf_overlaps_days(b, a));
    uint32_t apart = 1u << KARVAN_ALLEN_BEFORE | 1u << KARVAN_ALLEN_MEETS;
    require((before == KARVAN_NO) == !(possible & apart));
    require((before == KARVAN_YES) == !(possible & ~apart));
    require((equal == KARVAN_NO) == !(possible & 1u << KARVAN_ALLEN_EQUALS));
}

/* Any bytes are legal: one string, or two with a NUL between them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *s = (const char *)data, *nul = size ? memchr(s, 0, size) : NULL;
    size_t n[2] = {nul ? (size_t)(nul - s) : size, nul ? size - (size_t)(nul - s) - 1 : 0};
    const char *text[2] = {s, nul ? nul + 1 : s};
    karvan_edtf d[2];
    karvan_i_alloc_permits = 0; /* the calendar never needs the heap */
    int valid = 0;
    for (int i = 0; i < 2; i++) {
        karvan_error e = {0};
        karvan_status st = karvan_edtf_parse(text[i], n[i], &d[i], &e);
        require(st == KARVAN_OK || st == KARVAN_E_DATA);
        require((st == KARVAN_OK) == (e.msg[0] == 0));
        require(karvan_utf8_valid_prefix(e.msg, strlen(e.msg)) == strlen(e.msg));
        if (st != KARVAN_OK) continue;
        valid++;
        check_order(&d[i]);
        check_normal(text[i], n[i], &d[i]);
        check_words(text[i], n[i]);
        check_pair(&d[i], &d[i]);
    }
    if (valid == 2) check_pair(&d[0], &d[1]);
    karvan_i_alloc_permits = -1;
    return 0;
}
