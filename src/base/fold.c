/* Forgiving comparison of names: folding to plain letters. */
#include <string.h>

#include "base/utf8.h"
#include "karvan/base.h"

/* Code points from..to fold to `as`, in ascending order; "" drops them. Latin letters of the region
 * (Turkish, Azerbaijani, Uzbek, Turkmen), of Western and Eastern Europe, of Vietnamese and pinyin;
 * blanks, hyphens, apostrophes and combining marks. */
static const struct folding {
    uint16_t from, to;
    const char *as;
} FOLDINGS[] = {
    {0x80, 0xA0, ""},      {0xA8, 0xA8, ""},      {0xAA, 0xAA, "a"},     {0xAD, 0xAD, ""},
    {0xAF, 0xAF, ""},      {0xB4, 0xB4, ""},      {0xB7, 0xB8, ""},      {0xBA, 0xBA, "o"},
    {0xC0, 0xC5, "a"},     {0xC6, 0xC6, "ae"},    {0xC7, 0xC7, "c"},     {0xC8, 0xCB, "e"},
    {0xCC, 0xCF, "i"},     {0xD0, 0xD0, "d"},     {0xD1, 0xD1, "n"},     {0xD2, 0xD6, "o"},
    {0xD8, 0xD8, "o"},     {0xD9, 0xDC, "u"},     {0xDD, 0xDD, "y"},     {0xDE, 0xDE, "th"},
    {0xDF, 0xDF, "ss"},    {0xE0, 0xE5, "a"},     {0xE6, 0xE6, "ae"},    {0xE7, 0xE7, "c"},
    {0xE8, 0xEB, "e"},     {0xEC, 0xEF, "i"},     {0xF0, 0xF0, "d"},     {0xF1, 0xF1, "n"},
    {0xF2, 0xF6, "o"},     {0xF8, 0xF8, "o"},     {0xF9, 0xFC, "u"},     {0xFD, 0xFD, "y"},
    {0xFE, 0xFE, "th"},    {0xFF, 0xFF, "y"},     {0x100, 0x105, "a"},   {0x106, 0x10D, "c"},
    {0x10E, 0x111, "d"},   {0x112, 0x11B, "e"},   {0x11C, 0x123, "g"},   {0x124, 0x127, "h"},
    {0x128, 0x131, "i"},   {0x132, 0x133, "ij"},  {0x134, 0x135, "j"},   {0x136, 0x138, "k"},
    {0x139, 0x142, "l"},   {0x143, 0x14B, "n"},   {0x14C, 0x151, "o"},   {0x152, 0x153, "oe"},
    {0x154, 0x159, "r"},   {0x15A, 0x161, "s"},   {0x162, 0x167, "t"},   {0x168, 0x173, "u"},
    {0x174, 0x175, "w"},   {0x176, 0x178, "y"},   {0x179, 0x17E, "z"},   {0x17F, 0x17F, "s"},
    {0x18F, 0x18F, "a"},   {0x1A0, 0x1A1, "o"},   {0x1AF, 0x1B0, "u"},   {0x1B5, 0x1B6, "z"},
    {0x1CD, 0x1CE, "a"},   {0x1CF, 0x1D0, "i"},   {0x1D1, 0x1D2, "o"},   {0x1D3, 0x1DC, "u"},
    {0x1E6, 0x1E7, "g"},   {0x1E8, 0x1E9, "k"},   {0x1EA, 0x1ED, "o"},   {0x1F4, 0x1F5, "g"},
    {0x218, 0x219, "s"},   {0x21A, 0x21B, "t"},   {0x259, 0x259, "a"},   {0x2B9, 0x2BF, ""},
    {0x2C8, 0x2C8, ""},    {0x300, 0x36F, ""},    {0x1E00, 0x1E01, "a"}, {0x1E02, 0x1E07, "b"},
    {0x1E08, 0x1E09, "c"}, {0x1E0A, 0x1E13, "d"}, {0x1E14, 0x1E1D, "e"}, {0x1E1E, 0x1E1F, "f"},
    {0x1E20, 0x1E21, "g"}, {0x1E22, 0x1E2B, "h"}, {0x1E2C, 0x1E2F, "i"}, {0x1E30, 0x1E35, "k"},
    {0x1E36, 0x1E3D, "l"}, {0x1E3E, 0x1E43, "m"}, {0x1E44, 0x1E4B, "n"}, {0x1E4C, 0x1E53, "o"},
    {0x1E54, 0x1E57, "p"}, {0x1E58, 0x1E5F, "r"}, {0x1E60, 0x1E69, "s"}, {0x1E6A, 0x1E71, "t"},
    {0x1E72, 0x1E7B, "u"}, {0x1E7C, 0x1E7F, "v"}, {0x1E80, 0x1E89, "w"}, {0x1E8A, 0x1E8D, "x"},
    {0x1E8E, 0x1E8F, "y"}, {0x1E90, 0x1E95, "z"}, {0x1E96, 0x1E96, "h"}, {0x1E97, 0x1E97, "t"},
    {0x1E98, 0x1E98, "w"}, {0x1E99, 0x1E99, "y"}, {0x1EA0, 0x1EB7, "a"}, {0x1EB8, 0x1EC7, "e"},
    {0x1EC8, 0x1ECB, "i"}, {0x1ECC, 0x1EE3, "o"}, {0x1EE4, 0x1EF1, "u"}, {0x1EF2, 0x1EF9, "y"},
    {0x2000, 0x2015, ""},  {0x2018, 0x201F, ""},  {0x2026, 0x202F, ""},  {0x2032, 0x2033, ""},
    {0x2212, 0x2212, ""},  {0x3000, 0x3000, ""},  {0xFEFF, 0xFEFF, ""}};

static const char *folded(uint32_t c) {
    size_t lo = 0, hi = sizeof FOLDINGS / sizeof FOLDINGS[0];
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (c > FOLDINGS[mid].to)
            lo = mid + 1;
        else
            hi = mid;
    }
    bool found = lo < sizeof FOLDINGS / sizeof FOLDINGS[0] && c >= FOLDINGS[lo].from;
    return found ? FOLDINGS[lo].as : NULL;
}

/* Small letter of a Greek or Cyrillic capital; these scripts keep their letters. */
static uint32_t small(uint32_t c) {
    if (c >= 0x410 && c <= 0x42F) return c + 0x20;
    if (c >= 0x400 && c <= 0x40F) return c + 0x50;
    if (c >= 0x391 && c <= 0x3A9 && c != 0x3A2) return c + 0x20;
    bool pairs =
        (c >= 0x460 && c <= 0x481) || (c >= 0x48A && c <= 0x4BF) || (c >= 0x4D0 && c <= 0x52F);
    return pairs ? c | 1 : c;
}

typedef struct sink {
    char *out;
    size_t cap, n; /* n: length of the whole folded name */
    size_t kept;   /* of it stand in out; no character is cut */
} sink;

static void put(sink *k, const char *s, size_t bytes) {
    if (k->n + bytes < k->cap) {
        memcpy(k->out + k->n, s, bytes);
        k->kept = k->n + bytes;
    }
    k->n += bytes;
}

static void put_ascii(sink *k, char c) {
    if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) put(k, &c, 1);
}

static void put_character(sink *k, const char *s, size_t bytes) {
    uint32_t c = karvan_i_utf8_code_point(s, bytes);
    const char *as = folded(c);
    uint32_t lower = small(c);
    if (as) {
        put(k, as, strlen(as));
    } else if (lower != c) { /* all of them take two bytes */
        const char two[2] = {(char)(0xC0 | lower >> 6), (char)(0x80 | (lower & 0x3F))};
        put(k, two, 2);
    } else {
        put(k, s, bytes);
    }
}

size_t karvan_text_fold(const char *s, char *out, size_t cap) {
    sink k = {.out = out, .cap = cap};
    size_t left = strlen(s);
    while (left > 0) {
        size_t bytes = karvan_i_utf8_character(s, left);
        if (bytes == 1)
            put_ascii(&k, *s);
        else if (bytes > 1)
            put_character(&k, s, bytes);
        /* a byte that is not UTF-8 is dropped */
        s += bytes ? bytes : 1, left -= bytes ? bytes : 1;
    }
    if (cap > 0) out[k.kept] = 0;
    return k.n;
}
