/* Digests of bytes. */
#include "base/digest.h"

uint64_t karvan_i_digest_bytes(const char *s, size_t n) {
    uint64_t h = n, word;
    for (; n >= sizeof word; s += sizeof word, n -= sizeof word) {
        word = 0;
        for (size_t i = 0; i < sizeof word; i++) word |= (uint64_t)(unsigned char)s[i] << 8 * i;
        h = karvan_i_mix(h, word);
    }
    for (; n > 0; s++, n--) h = karvan_i_mix(h, (unsigned char)*s);
    return h;
}
