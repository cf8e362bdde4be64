#include <string.h>

#include "karvan/base.h"

/* Bytes of the character that begins at s, 0 if it is not well-formed. Source: RFC 3629, section 4.
 */
static size_t character(const unsigned char *s, size_t n) {
    unsigned char c = s[0];
    if (c < 0x80) return 1;
    size_t len = c >= 0xC2 && c <= 0xDF   ? 2
                 : (c & 0xF0) == 0xE0     ? 3
                 : c >= 0xF0 && c <= 0xF4 ? 4
                                          : 0;
    if (len == 0 || n < len) return 0;
    unsigned char lo = 0x80,
                  hi = 0xBF; /* of the second byte: no overlong forms, surrogates, > U+10FFFF */
    if (c == 0xE0) lo = 0xA0;
    if (c == 0xED) hi = 0x9F;
    if (c == 0xF0) lo = 0x90;
    if (c == 0xF4) hi = 0x8F;
    if (s[1] < lo || s[1] > hi) return 0;
    for (size_t i = 2; i < len; i++)
        if ((s[i] & 0xC0) != 0x80) return 0;
    return len;
}

size_t karvan_utf8_valid_prefix(const char *s, size_t n) {
    const unsigned char *u = (const unsigned char *)s;
    size_t i = 0;
    while (i < n) {
        uint64_t eight;
        if (n - i >= 8) { /* eight ASCII bytes at a time */
            memcpy(&eight, u + i, 8);
            if (!(eight & 0x8080808080808080u)) {
                i += 8;
                continue;
            }
        }
        size_t k = character(u + i, n - i);
        if (k == 0) break;
        i += k;
    }
    return i;
}
