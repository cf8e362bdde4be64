#include "base/order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int karvan_i_by_real(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int karvan_i_by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int32_t karvan_i_position(const char *const *sorted, int32_t n, const char *text) {
    if (n < 1 || !text) return -1;
    const char *const *at = bsearch(&text, sorted, (size_t)n, sizeof *sorted, karvan_i_by_text);
    return at ? (int32_t)(at - sorted) : -1;
}

double karvan_i_quantile(const double *sorted, int64_t n, double p) {
    if (n < 1) return NAN;
    double at = p * (double)(n - 1);
    int64_t below = (int64_t)floor(at);
    if (below >= n - 1) return sorted[n - 1];
    double part = at - (double)below;
    return sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

const char *karvan_i_meant(const char *said, const char *const *names, size_t n, char *room,
                           size_t cap) {
    int64_t near = n > 0 ? karvan_text_nearest(said, names, n) : -1;
    *room = 0;
    if (near >= 0) (void)snprintf(room, cap, "; did you mean %.80s?", names[near]);
    return room;
}
