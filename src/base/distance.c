/* Mistyped names: the distance between two and the nearest of many. */
#include <string.h>

#include "karvan/base.h"

enum { LONGEST = 255 };

static size_t length(const char *s) {
    const char *end = memchr(s, 0, LONGEST);
    return end ? (size_t)(end - s) : LONGEST;
}

static int least(int a, int b) { return a < b ? a : b; }

int karvan_text_distance(const char *a, const char *b) {
    size_t na = length(a), nb = length(b);
    int rows[3][LONGEST + 1];
    int *two_ago = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= nb; j++) last[j] = two_ago[j] = (int)j;
    for (size_t i = 1; i <= na; i++) {
        now[0] = (int)i;
        for (size_t j = 1; j <= nb; j++) {
            int best = last[j - 1] + (a[i - 1] != b[j - 1]);
            best = least(best, least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = least(best, two_ago[j - 2] + 1);
            now[j] = best;
        }
        int *oldest = two_ago;
        two_ago = last, last = now, now = oldest;
    }
    return last[nb];
}

int64_t karvan_text_nearest(const char *name, const char *const *names, size_t n) {
    char typed[LONGEST + 1], other[LONGEST + 1];
    karvan_text_fold(name, typed, sizeof typed);
    int typed_n = (int)strlen(typed), nearest = typed_n / 3 < 1 ? 1 : typed_n / 3;
    int64_t best = -1;
    if (typed_n == 0) return -1;
    for (size_t i = 0; i < n; i++) {
        if (!names[i]) continue;
        karvan_text_fold(names[i], other, sizeof other);
        int apart = typed_n - (int)strlen(other);
        if ((apart < 0 ? -apart : apart) > nearest) continue; /* no nearer than by their lengths */
        int d = karvan_text_distance(typed, other);
        if (d < nearest || (d == nearest && best < 0)) best = (int64_t)i, nearest = d;
    }
    return best;
}
