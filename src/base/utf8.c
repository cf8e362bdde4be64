/* Well-formed UTF-8. Source: RFC 3629, section 4. */
#include "base/utf8.h"

#include <string.h>

#include "karvan/base.h"

size_t karvan_i_utf8_character(const char *text, size_t n) {
    const unsigned char *s = (const unsigned char *)text;
    unsigned char c = s[0];
    if (c < 0x80) return 1;
    size_t bytes = c >= 0xC2 && c <= 0xDF   ? 2
                   : c >= 0xE0 && c <= 0xEF ? 3
                   : c >= 0xF0 && c <= 0xF4 ? 4
                                            : 0;
    if (bytes == 0 || n < bytes) return 0;
    /* of the second byte: no overlong forms, no surrogates, nothing above U+10FFFF */
    unsigned char lo = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    unsigned char hi = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    if (s[1] < lo || s[1] > hi) return 0;
    for (size_t i = 2; i < bytes; i++)
        if ((s[i] & 0xC0) != 0x80) return 0;
    return bytes;
}

uint32_t karvan_i_utf8_code_point(const char *text, size_t bytes) {
    const unsigned char *s = (const unsigned char *)text;
    if (bytes == 1) return s[0];
    uint32_t c = s[0] & (0x7Fu >> bytes);
    for (size_t i = 1; i < bytes; i++) c = c << 6 | (s[i] & 0x3Fu);
    return c;
}

/* Length of the run of ASCII bytes at s, counted in whole steps of 32 bytes. */
static size_t ascii_run(const char *s, size_t n) {
    size_t i = 0;
    for (; n - i >= 32; i += 32) {
        uint64_t w[4];
        memcpy(w, s + i, 32);
        if ((w[0] | w[1] | w[2] | w[3]) & 0x8080808080808080u) break;
    }
    return i;
}

size_t karvan_utf8_valid_prefix(const char *s, size_t n) {
    size_t i = 0;
    while (i < n) {
        /* letters of other scripts come in runs: look for ASCII only where some begins */
        if (!(s[i] & 0x80)) {
            i += ascii_run(s + i, n - i);
            while (i < n && !(s[i] & 0x80)) i++;
            if (i == n) break;
        }
        size_t bytes = karvan_i_utf8_character(s + i, n - i);
        if (bytes == 0) break;
        i += bytes;
    }
    return i;
}

void karvan_i_utf8_mend(char *s) {
    for (size_t left = strlen(s), n; left > 0; s += n, left -= n) {
        n = karvan_i_utf8_character(s, left);
        bool control = n == 1 && ((unsigned char)*s < 0x20 || *s == 0x7F);
        if (n == 0 || control) *s = '?', n = 1;
    }
}
