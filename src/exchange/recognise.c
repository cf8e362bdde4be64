/* What a file of trade is, by its first bytes. */
#include <string.h>

#include "base/try.h"
#include "exchange/sdmx.h"
#include "table/csv.h"

/* Is a word in s[0..n)? */
static bool holds(const char *s, size_t n, const char *word) {
    size_t m = strlen(word);
    for (size_t i = 0; i + m <= n; i++)
        if (memcmp(s + i, word, m) == 0) return true;
    return false;
}

static bool is_json(const char *s, size_t n) {
    size_t i = n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (i < n && s[i] && strchr(" \t\r\n", s[i])) i++;
    return i < n && (s[i] == '{' || s[i] == '[');
}

/* STRUCTURE, DATAFLOW or KEY as the first column. */
static bool is_sdmx(const char *s, size_t n) {
    static const char *const terms[] = {"STRUCTURE", "DATAFLOW", "KEY"};
    if (n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) s += 3, n -= 3;
    if (n > 0 && *s == '"') s++, n--;
    for (size_t k = 0; k < 3; k++) {
        size_t m = strlen(terms[k]);
        if (n > m && memcmp(s, terms[k], m) == 0 && s[m] && strchr("\",;|\t[", s[m])) return true;
    }
    return false;
}

const char *karvan_i_recognise(const char *s, size_t n) {
    if (is_json(s, n)) return holds(s, n, "\"dataSets\"") ? "sdmx" : NULL;
    if (karvan_i_sdmx_is_tsv(s, n) || is_sdmx(s, n)) return "sdmx";
    const char *end = memchr(s, '\n', n);
    size_t line = end ? (size_t)(end - s) : n;
    return holds(s, line, "(US$ Thousand)") || holds(s, line, "in 1000 USD") ? "wits" : NULL;
}

karvan_status karvan_flows_recognise(const char *path, const char **format, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_csv csv = {0};
    const char *s;
    size_t n;
    if (!format) return karvan_fail(err, KARVAN_E_ARG, "format is NULL");
    *format = NULL;
    KARVAN_REQUIRE(path, err, KARVAN_E_ARG, "a file of trade needs a path");
    KARVAN_TRY(karvan_i_csv_open(&csv, path, NULL, 0, err));
    KARVAN_TRY(karvan_i_csv_peek(&csv, &s, &n, err));
    *format = karvan_i_recognise(s, n);
done:
    karvan_i_csv_close(&csv);
    return st;
}
