#ifndef KARVAN_SRC_FLOW_FREIGHT_VIA_H
#define KARVAN_SRC_FLOW_FREIGHT_VIA_H
/* States by way of which an alternative may lead, the cheapest first. */
#include <stdbool.h>
#include <stdint.h>

typedef struct karvan_i_via {
    double cost;
    int32_t node;
} karvan_i_via;

static inline bool karvan_i_via_before(karvan_i_via x, karvan_i_via y) {
    return x.cost != y.cost ? x.cost < y.cost : x.node < y.node;
}

/* A heap, least first: few of many are ever looked at. */
static inline void karvan_i_via_sift(karvan_i_via *v, int32_t n, int32_t i) {
    karvan_i_via x = v[i];
    for (int32_t j; (j = 2 * i + 1) < n; i = j) {
        if (j + 1 < n && karvan_i_via_before(v[j + 1], v[j])) j++;
        if (!karvan_i_via_before(v[j], x)) break;
        v[i] = v[j];
    }
    v[i] = x;
}

static inline karvan_i_via karvan_i_via_take(karvan_i_via *v, int32_t *n) {
    karvan_i_via least = v[0];
    v[0] = v[--*n];
    if (*n > 0) karvan_i_via_sift(v, *n, 0);
    return least;
}
#endif
