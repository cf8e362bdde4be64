#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/utf8.h"
#include "karvan/base.h"

/* The slow way: decode by the table of RFC 3629 without any checks, encode the code point again,
 * and see whether the same bytes come back. */
static size_t encode(uint32_t c, unsigned char out[4]) {
    if (c < 0x80) return out[0] = (unsigned char)c, 1;
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6) out[i] = (unsigned char)(0x80 | (c & 0x3F));
    out[0] = (unsigned char)((0xF00u >> n) | c);
    return n;
}

static size_t slow_character(const unsigned char *s, size_t n) {
    unsigned char again[4];
    size_t bytes = s[0] < 0x80 ? 1 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    if (s[0] >= 0xF8 || bytes > n) return 0;
    uint32_t c = bytes == 1 ? s[0] : s[0] & (0x7Fu >> bytes);
    for (size_t i = 1; i < bytes; i++) c = c << 6 | (s[i] & 0x3Fu);
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return 0;
    if (encode(c, again) != bytes || memcmp(again, s, bytes) != 0) return 0;
    return bytes;
}

static size_t slow_prefix(const char *s, size_t n) {
    size_t i = 0, bytes;
    while (i < n && (bytes = slow_character((const unsigned char *)s + i, n - i)) > 0) i += bytes;
    return i;
}

static void known_strings(void **state) {
    (void)state;
    static const struct {
        const char *s;
        size_t valid;
    } known[] = {{"", 0},
                 {"Aktau", 5},
                 {"Bak\xC4\xB1", 5},
                 {"\xE4\xB8\x96\xF0\x9F\x9A\x82", 7},
                 {"a\x80", 1},            /* a continuation alone */
                 {"ab\xC0\xAF", 2},       /* overlong */
                 {"\xE0\x80\xAF", 0},     /* overlong */
                 {"\xED\x9F\xBF", 3},     /* U+D7FF */
                 {"\xED\xA0\x80", 0},     /* a surrogate */
                 {"\xF4\x8F\xBF\xBF", 4}, /* U+10FFFF */
                 {"\xF4\x90\x80\x80", 0}, /* above */
                 {"\xF8\x88\x80\x80", 0}, /* no such lead */
                 {"abc\xE4\xB8", 3},      /* cut short */
                 {"\xC3\xA9\xC3", 2}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_int_equal(karvan_utf8_valid_prefix(known[i].s, strlen(known[i].s)), known[i].valid);
    assert_int_equal(karvan_utf8_valid_prefix("a\0b", 3), 3);
}

static void every_code_point(void **state) {
    (void)state;
    for (uint32_t c = 0; c <= 0x110100; c++) {
        unsigned char s[4];
        size_t n = encode(c, s);
        bool valid = c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF);
        assert_int_equal(karvan_i_utf8_character((const char *)s, n), valid ? n : 0);
        if (valid) assert_int_equal(karvan_i_utf8_code_point((const char *)s, n), c);
    }
}

static void every_two_bytes_and_random_strings(void **state) {
    (void)state;
    char s[100];
    uint64_t x = 7;
    for (int i = 0; i < 65536; i++) {
        s[0] = (char)(i >> 8), s[1] = (char)i;
        assert_int_equal(karvan_utf8_valid_prefix(s, 2), slow_prefix(s, 2));
    }
    for (int round = 0; round < 200000; round++) {
        size_t n = 0;
        while (n < sizeof s - 4) { /* mostly sound, with runs of ASCII and a flaw now and then */
            x = x * 6364136223846793005u + 1442695040888963407u;
            unsigned kind = (unsigned)(x >> 60);
            uint32_t c = (uint32_t)(x >> 32);
            if (kind < 10)
                s[n++] = (char)(c & 0x7F);
            else if (kind < 15)
                n += encode(c % (kind < 12   ? 0x800
                                 : kind < 14 ? 0xD800
                                             : 0x110000),
                            (unsigned char *)s + n);
            else if (c % 8 == 0)
                s[n++] = (char)(c >> 8);
        }
        size_t cut = (size_t)(x >> 40) % n + 1;
        assert_int_equal(karvan_utf8_valid_prefix(s, cut), slow_prefix(s, cut));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_strings),
                                       cmocka_unit_test(every_code_point),
                                       cmocka_unit_test(every_two_bytes_and_random_strings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
