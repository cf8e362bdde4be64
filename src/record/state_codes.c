#include "record/state_codes.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "table/number.h"

static int by_number(const void *a, const void *b) {
    int64_t x, y;
    const char *s = *(const char *const *)a, *t = *(const char *const *)b;
    (void)karvan_i_parse_int(s, strlen(s), &x), (void)karvan_i_parse_int(t, strlen(t), &y);
    return x != y ? (x > y) - (x < y) : strcmp(s, t); /* 7 and 007 are two */
}

karvan_status karvan_i_order_codes(const karvan_i_dictionary *d, int32_t **at, int32_t *rank,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool numbers = true;
    size_t n = (size_t)d->n;
    const char **text = karvan_i_calloc(n, sizeof *text);
    *at = karvan_i_calloc(n, sizeof **at);
    KARVAN_REQUIRE(text && *at, err, KARVAN_E_NOMEM, "no memory for the order of states");
    for (size_t i = 0; i < n; i++) {
        int64_t v;
        text[i] = d->bytes + d->at[i];
        numbers = numbers && karvan_i_parse_int(text[i], strlen(text[i]), &v);
    }
    qsort(text, n, sizeof *text, numbers ? by_number : karvan_i_by_text);
    for (size_t i = 0; i < n; i++) {
        (*at)[i] = karvan_i_dictionary_find(d, text[i], strlen(text[i]));
        rank[(*at)[i]] = (int32_t)i;
    }
done:
    karvan_i_free(text);
    return st;
}

int32_t karvan_i_find_code(const karvan_i_dictionary *d, const int32_t *at, const char *code) {
    for (int32_t s = 0; s < d->n; s++)
        if (strcmp(karvan_i_code_at(d, at, s), code) == 0) return s;
    return -1;
}

static karvan_status need_code(const karvan_i_dictionary *d, const int32_t *at, const char *s,
                               size_t n, int32_t *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char said[64], room[96];
    const char **names = NULL;
    n = karvan_utf8_valid_prefix(s, n < sizeof said ? n : sizeof said - 1);
    (void)snprintf(said, sizeof said, "%.*s", (int)n, s);
    *out = karvan_i_find_code(d, at, said);
    if (*out >= 0) return KARVAN_OK;
    names = karvan_i_calloc((size_t)d->n, sizeof *names);
    KARVAN_REQUIRE(names, err, KARVAN_E_NOMEM, "no memory for codes of states");
    for (int32_t i = 0; i < d->n; i++) names[i] = karvan_i_code_at(d, at, i);
    st = karvan_fail(err, KARVAN_E_ARG, "no state has the code '%s'%s", said,
                     karvan_i_meant(said, names, (size_t)d->n, room, sizeof room));
done:
    karvan_i_free(names);
    return st;
}

karvan_status karvan_i_pair_of_codes(const karvan_i_dictionary *d, const int32_t *at,
                                     const char *typed, int32_t *a, int32_t *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *hyphen = strchr(typed, '-');
    KARVAN_REQUIRE(hyphen && hyphen > typed && hyphen[1], err, KARVAN_E_ARG,
                   "'%.60s' is not a pair: write two codes with a hyphen, 373-705", typed);
    KARVAN_TRY(need_code(d, at, typed, (size_t)(hyphen - typed), a, err));
    KARVAN_TRY(need_code(d, at, hyphen + 1, strlen(hyphen + 1), b, err));
    KARVAN_REQUIRE(*a != *b, err, KARVAN_E_ARG, "'%.60s' names one state twice", typed);
    if (*a > *b) {
        int32_t t = *a;
        *a = *b, *b = t;
    }
done:
    return st;
}
