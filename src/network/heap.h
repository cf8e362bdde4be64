#ifndef KARVAN_SRC_NETWORK_HEAP_H
#define KARVAN_SRC_NETWORK_HEAP_H
/* The heap of all searches. Entries stay as they were pushed: a search that betters a node pushes
 * it again, and passes over what it pops of older entries. The array is the searcher's, with room
 * for what it pushes. */
#include "network/weights.h"

/* Defines NAME_push and NAME_pop for entries of TYPE, BRANCHES below each; BEFORE(context, a, b):
 * is a popped before b? A macro, so that the order is compiled into the loops: they are where a
 * search spends its time. */
#define KARVAN_I_HEAP(NAME, TYPE, BRANCHES, CONTEXT, BEFORE)                                 \
    static inline void NAME##_push(CONTEXT context, TYPE heap[], int32_t *n, TYPE e) {       \
        int64_t i = (*n)++, up;                                                              \
        for (; i > 0 && (up = (i - 1) / (BRANCHES), BEFORE(context, &e, &heap[up])); i = up) \
            heap[i] = heap[up];                                                              \
        heap[i] = e;                                                                         \
    }                                                                                        \
    static inline TYPE NAME##_pop(CONTEXT context, TYPE heap[], int32_t *n) {                \
        TYPE top = heap[0], last = heap[--*n];                                               \
        int64_t i = 0, child;                                                                \
        while ((child = (BRANCHES)*i + 1) < *n) {                                            \
            int64_t least = child, end = child + (BRANCHES) < *n ? child + (BRANCHES) : *n;  \
            for (child++; child < end; child++)                                              \
                if (BEFORE(context, &heap[child], &heap[least])) least = child;              \
            if (!BEFORE(context, &heap[least], &last)) break;                                \
            heap[i] = heap[least], i = least;                                                \
        }                                                                                    \
        heap[i] = last;                                                                      \
        return top;                                                                          \
    }

/* Nodes by label, equal ones by their number, so that what is found does not hang on the order in
 * which they were pushed. */
typedef struct karvan_i_waiting {
    karvan_i_label key;
    int32_t node;
} karvan_i_waiting;
static inline bool karvan_i_waits_less(const void *none, const karvan_i_waiting *a,
                                       const karvan_i_waiting *b) {
    (void)none;
    if (a->key.first != b->key.first) return a->key.first < b->key.first;
    if (a->key.second != b->key.second) return a->key.second < b->key.second;
    return a->node < b->node;
}
KARVAN_I_HEAP(karvan_i_waiting, karvan_i_waiting, 2, const void *, karvan_i_waits_less)

/* Nodes by one number, for searches of which only the sums are read. */
typedef struct karvan_i_near {
    double key;
    int32_t node;
} karvan_i_near;
static inline bool karvan_i_nearer(const void *none, const karvan_i_near *a,
                                   const karvan_i_near *b) {
    (void)none;
    return a->key < b->key;
}
KARVAN_I_HEAP(karvan_i_near, karvan_i_near, 4, const void *, karvan_i_nearer)
#endif
