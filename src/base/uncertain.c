#include "base/uncertain.h"

#include <math.h>

#include "karvan/base.h"

uint64_t karvan_i_stream_of(const char *id, unsigned which) {
    uint64_t h = 14695981039346656037u;
    for (const char *s = id; *s; s++) h = (h ^ (unsigned char)*s) * 1099511628211u;
    return (h ^ which) * 1099511628211u;
}

double karvan_i_normal_draw(uint64_t seed, uint64_t stream, int64_t draw) {
    karvan_random r;
    karvan_random_init(&r, seed, stream);
    karvan_random_seek(&r, (uint64_t)draw);
    return karvan_random_normal(&r);
}

double karvan_i_two_pieces(double median, double low, double high, double z) {
    return median * pow(z < 0 ? median / low : high / median, z / karvan_normal_quantile(0.95));
}
