/* Rows of a saved solution, word by word, every fault with its place. */
#include <string.h>

#include "base/alloc.h"
#include "flow/saved.h"
#include "table/number.h"

karvan_status karvan_i_saved_word(karvan_i_saved_row *l, const char **word, size_t *n) {
    if (karvan_i_tntp_word(&l->at, l->end, word, n)) return KARVAN_OK;
    return karvan_i_tntp_fault(l->r, l->at, "the row ends too early");
}

karvan_status karvan_i_saved_whole(karvan_i_saved_row *l, int64_t least, int64_t most,
                                   int64_t *out) {
    const char *word;
    size_t n;
    karvan_status st = karvan_i_saved_word(l, &word, &n);
    if (st != KARVAN_OK) return st;
    if (karvan_i_parse_int(word, n, out) && *out >= least && *out <= most) return KARVAN_OK;
    return karvan_i_tntp_fault(l->r, word, "a whole number from %lld to %lld belongs here",
                               (long long)least, (long long)most);
}

karvan_status karvan_i_saved_real(karvan_i_saved_row *l, double least, double *out) {
    const char *word;
    size_t n;
    karvan_status st = karvan_i_saved_word(l, &word, &n);
    if (st != KARVAN_OK) return st;
    if (!karvan_i_parse_real(word, n, '.', out))
        return karvan_i_tntp_fault(l->r, word, "no number; a finite one belongs here");
    if (*out >= least) return KARVAN_OK;
    return karvan_i_tntp_fault(l->r, word, "a number below %g", least);
}

static int hex(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

karvan_status karvan_i_saved_digest(karvan_i_saved_row *l, uint64_t *out) {
    const char *word;
    size_t n, i = 0;
    karvan_status st = karvan_i_saved_word(l, &word, &n);
    if (st != KARVAN_OK) return st;
    for (*out = 0; i < n && hex(word[i]) >= 0; i++) *out = *out << 4 | (uint64_t)hex(word[i]);
    if (i == n && n == 16) return KARVAN_OK;
    return karvan_i_tntp_fault(l->r, word, "16 hexadecimal digits belong here");
}

karvan_status karvan_i_saved_name(karvan_i_saved_row *l, char **out, karvan_error *err) {
    const char *word;
    size_t n, k = 0;
    karvan_status st = karvan_i_saved_word(l, &word, &n);
    if (st != KARVAN_OK) return st;
    *out = karvan_i_strndup(word, n);
    if (!*out) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a name");
    for (size_t i = 0; i < n; i++) {
        bool coded = word[i] == '%' && n > 1;
        int high = coded && i + 2 < n ? hex(word[i + 1]) : -1,
            low = high >= 0 ? hex(word[i + 2]) : -1;
        if (coded && (low < 0 || high * 16 + low == 0))
            return karvan_i_tntp_fault(l->r, word + i, "two hexadecimal digits belong behind %%");
        if (coded) i += 2;
        (*out)[k++] = coded ? (char)(high * 16 + low) : word[i];
    }
    (*out)[n == 1 && *word == '%' ? 0 : k] = 0;
    if (karvan_utf8_valid_prefix(*out, strlen(*out)) == strlen(*out)) return KARVAN_OK;
    return karvan_i_tntp_fault(l->r, word, "the name is no UTF-8");
}

karvan_status karvan_i_saved_end(karvan_i_saved_row *l) {
    const char *word;
    size_t n;
    if (!karvan_i_tntp_word(&l->at, l->end, &word, &n)) return KARVAN_OK;
    return karvan_i_tntp_fault(l->r, word, "more than belongs in the row");
}

bool karvan_i_saved_is(karvan_i_saved_row *l, const char *word) {
    const char *first, *at = l->at;
    size_t n;
    bool same = karvan_i_tntp_word(&at, l->end, &first, &n) && n == strlen(word) &&
                memcmp(first, word, n) == 0;
    if (same) l->at = at;
    return same;
}

bool karvan_i_saved_begins(karvan_i_tntp_reader *r, const char *word, karvan_i_saved_row *out) {
    const char *s, *end;
    do
        if (!karvan_i_tntp_line(r, &s, &end))
            return *out = (karvan_i_saved_row){r, r->end, r->end}, false;
    while (s == end || *s == '~');
    *out = (karvan_i_saved_row){r, s, end};
    return karvan_i_saved_is(out, word);
}

karvan_status karvan_i_saved_expect(karvan_i_tntp_reader *r, const char *word,
                                    karvan_i_saved_row *out) {
    if (karvan_i_saved_begins(r, word, out)) return KARVAN_OK;
    return karvan_i_tntp_fault(r, out->at, "a row '%s' belongs here", word);
}
