#include <string.h>

#include "karvan/base.h"

/* Letters of the region's alphabets and of Western Europe, by code point. */
static const struct {
    uint32_t from, to; /* range of code points */
    const char *as;
} letters[] = {{0xC0, 0xC5, "a"},   {0xC6, 0xC6, "ae"},  {0xC7, 0xC7, "c"},    {0xC8, 0xCB, "e"},
               {0xCC, 0xCF, "i"},   {0xD0, 0xD0, "d"},   {0xD1, 0xD1, "n"},    {0xD2, 0xD6, "o"},
               {0xD8, 0xD8, "o"},   {0xD9, 0xDC, "u"},   {0xDD, 0xDD, "y"},    {0xDE, 0xDE, "th"},
               {0xDF, 0xDF, "ss"},  {0xE0, 0xE5, "a"},   {0xE6, 0xE6, "ae"},   {0xE7, 0xE7, "c"},
               {0xE8, 0xEB, "e"},   {0xEC, 0xEF, "i"},   {0xF0, 0xF0, "d"},    {0xF1, 0xF1, "n"},
               {0xF2, 0xF6, "o"},   {0xF8, 0xF8, "o"},   {0xF9, 0xFC, "u"},    {0xFD, 0xFD, "y"},
               {0xFE, 0xFE, "th"},  {0xFF, 0xFF, "y"},   {0x100, 0x105, "a"},  {0x106, 0x10D, "c"},
               {0x10E, 0x111, "d"}, {0x112, 0x11B, "e"}, {0x11C, 0x123, "g"},  {0x124, 0x127, "h"},
               {0x128, 0x131, "i"}, {0x134, 0x135, "j"}, {0x136, 0x138, "k"},  {0x139, 0x142, "l"},
               {0x143, 0x14B, "n"}, {0x14C, 0x151, "o"}, {0x152, 0x153, "oe"}, {0x154, 0x159, "r"},
               {0x15A, 0x161, "s"}, {0x162, 0x167, "t"}, {0x168, 0x173, "u"},  {0x174, 0x175, "w"},
               {0x176, 0x178, "y"}, {0x179, 0x17E, "z"}, {0x18F, 0x18F, "a"},  {0x218, 0x219, "s"},
               {0x21A, 0x21B, "t"}, {0x259, 0x259, "a"}};

static uint32_t next_code_point(const char **s) {
    const unsigned char *u = (const unsigned char *)*s;
    size_t n = u[0] < 0x80 ? 1 : u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : 4;
    uint32_t c = n == 1 ? u[0] : u[0] & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((u[i] & 0xC0) != 0x80) { /* broken: one byte at a time */
            *s += 1;
            return u[0];
        }
        c = (c << 6) | (u[i] & 0x3F);
    }
    *s += n;
    return c;
}

static void put(char *out, size_t cap, size_t *n, char c) {
    if (*n + 1 < cap) out[*n] = c;
    ++*n;
}

size_t karvan_text_fold(const char *s, char *out, size_t cap) {
    size_t n = 0;
    while (*s) {
        const char *begin = s;
        uint32_t c = next_code_point(&s);
        if (c >= 'A' && c <= 'Z') {
            put(out, cap, &n, (char)(c + 32));
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            put(out, cap, &n, (char)c);
        } else if (c >= 0x80) {
            const char *as = NULL;
            for (size_t i = 0; i < sizeof letters / sizeof letters[0] && !as; i++)
                if (c >= letters[i].from && c <= letters[i].to) as = letters[i].as;
            if (as)
                for (; *as; as++) put(out, cap, &n, *as);
            else if (c != 0x2019 && c != 0x2018 && c != 0x2BC && c != 0xA0 && c != 0x2013)
                for (; begin < s; begin++) put(out, cap, &n, *begin); /* other scripts stay */
        }
    }
    if (cap > 0) out[n < cap ? n : cap - 1] = 0;
    return n;
}

enum { LONGEST = 255 };

int karvan_text_distance(const char *a, const char *b) {
    size_t na = strlen(a), nb = strlen(b);
    if (na > LONGEST) na = LONGEST;
    if (nb > LONGEST) nb = LONGEST;
    int rows[3][LONGEST + 1];
    int *two_ago = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= nb; j++) last[j] = (int)j;
    for (size_t i = 1; i <= na; i++) {
        now[0] = (int)i;
        for (size_t j = 1; j <= nb; j++) {
            int best = last[j - 1] + (a[i - 1] != b[j - 1]);
            if (last[j] + 1 < best) best = last[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                two_ago[j - 2] + 1 < best)
                best = two_ago[j - 2] + 1;
            now[j] = best;
        }
        int *free_row = two_ago;
        two_ago = last, last = now, now = free_row;
    }
    return last[nb];
}

int64_t karvan_text_nearest(const char *name, const char *const *names, size_t n) {
    char typed[256], other[256];
    karvan_text_fold(name, typed, sizeof typed);
    int limit = (int)strlen(typed) / 3;
    int64_t best = -1;
    if (limit < 1) limit = 1;
    for (size_t i = 0; i < n; i++) {
        if (!names[i]) continue;
        karvan_text_fold(names[i], other, sizeof other);
        int d = karvan_text_distance(typed, other);
        if (d <= limit && (best < 0 || d < limit)) best = (int64_t)i, limit = d;
    }
    return best;
}
