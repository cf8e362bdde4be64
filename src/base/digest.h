#ifndef KARVAN_SRC_BASE_DIGEST_H
#define KARVAN_SRC_BASE_DIGEST_H
/* Digests of what is at hand, a word at a time. They stand in files (stores of draws, saved
 * solutions): another way to mix makes those of earlier runs unknown. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t karvan_i_mix(uint64_t h, uint64_t x) {
    h = (h ^ x) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}
static inline uint64_t karvan_i_mix_real(uint64_t h, double v) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return karvan_i_mix(h, bits);
}
/* NULL is not "". */
static inline uint64_t karvan_i_mix_text(uint64_t h, const char *s) {
    for (; s && *s; s++) h = (h ^ (unsigned char)*s) * 0x100000001b3u;
    return karvan_i_mix(h, s ? 1 : 2);
}
/* Of n bytes, of which files hold that of what stands before. */
uint64_t karvan_i_digest_bytes(const char *s, size_t n);
#endif
