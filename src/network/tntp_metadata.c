#include "network/tntp.h"

#include <stdarg.h>
#include <string.h>

#include "table/number.h"

karvan_status karvan_i_tntp_fault(const karvan_i_tntp_reader *r, const char *at, const char *fmt,
                                  ...) {
    char what[300];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    int64_t line = 1;
    const char *from = r->begin; /* of the line; lines are counted only here, where they are told */
    for (const char *s; from < at && (s = memchr(from, '\n', (size_t)(at - from))); line++)
        from = s + 1;
    return karvan_fail(r->err, KARVAN_E_DATA, "%s:%lld:%lld: %s", r->path, (long long)line,
                       (long long)(at - from) + 1, what);
}

bool karvan_i_tntp_line(karvan_i_tntp_reader *r, const char **begin, const char **end) {
    if (r->at >= r->end) return false;
    const char *stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
    r->line = *begin = r->at, *end = stop ? stop : r->end;
    r->at = stop ? stop + 1 : r->end;
    while (*end > *begin && ((*end)[-1] == '\r' || (*end)[-1] == ' ' || (*end)[-1] == '\t')) --*end;
    while (*begin < *end && (**begin == ' ' || **begin == '\t')) ++*begin;
    return true;
}

bool karvan_i_tntp_word(const char **at, const char *end, const char **word, size_t *n) {
    while (*at < end && (**at == ' ' || **at == '\t')) ++*at;
    if (*at >= end || **at == ';') return false;
    *word = *at;
    while (*at < end && **at != ' ' && **at != '\t' && **at != ';') ++*at;
    *n = (size_t)(*at - *word);
    return true;
}

static bool is_key(const char *s, const char *end, const char *key) {
    size_t n = strlen(key);
    return (size_t)(end - s) >= n && memcmp(s, key, n) == 0;
}

/* Where the last digit of a number stands: -2 of 1.25, 3 of 1.5e4. */
static int last_digit(const char *s, size_t n) {
    int64_t exponent = 0;
    size_t i = 0, point = n, mantissa;
    while (i < n && s[i] != 'e' && s[i] != 'E') {
        if (s[i] == '.') point = i;
        i++;
    }
    mantissa = i;
    if (i + 1 < n) (void)karvan_i_parse_int(s + i + 1, n - i - 1, &exponent);
    int64_t digit = exponent - (point < mantissa ? (int64_t)(mantissa - point) - 1 : 0);
    return digit > 400 ? 400 : digit < -400 ? -400 : (int)digit;
}

static karvan_status read_value(const karvan_i_tntp_reader *r, const char *at, const char *end,
                                const karvan_i_tntp_key *key) {
    const char *from = at, *word = at;
    size_t n = 0;
    bool some = karvan_i_tntp_word(&at, end, &word, &n);
    if (key->whole && (!some || !karvan_i_parse_int(word, n, key->whole) || *key->whole < 0 ||
                       *key->whole > INT32_MAX / 4))
        return karvan_i_tntp_fault(r, from, "a whole number belongs behind the key");
    if (key->real && (!some || !karvan_i_parse_real(word, n, '.', key->real)))
        return karvan_i_tntp_fault(r, from, "a number belongs behind the key");
    if (key->digit) *key->digit = last_digit(word, n);
    if (key->at) *key->at = word;
    return KARVAN_OK;
}

karvan_status karvan_i_tntp_metadata(karvan_i_tntp_reader *r, const karvan_i_tntp_key *keys,
                                     int n) {
    const char *s, *end;
    while (karvan_i_tntp_line(r, &s, &end)) {
        if (is_key(s, end, "<END OF METADATA>")) return KARVAN_OK;
        for (int k = 0; k < n; k++) {
            if (!is_key(s, end, keys[k].name)) continue;
            karvan_status st = read_value(r, s + strlen(keys[k].name), end, &keys[k]);
            if (st != KARVAN_OK) return st;
        }
    }
    return karvan_i_tntp_fault(r, r->line, "<END OF METADATA> is missing");
}
