#ifndef KARVAN_SRC_NETWORK_WEIGHTS_H
#define KARVAN_SRC_NETWORK_WEIGHTS_H
/* What makes a way the best: one reading of karvan_weights for every search. */
#include "network/graph.h"

typedef struct karvan_i_label {
    double first, second; /* the weighted sum, then what ties fall to */
} karvan_i_label;

static inline bool karvan_i_label_less(karvan_i_label a, karvan_i_label b) {
    return a.first < b.first || (a.first == b.first && a.second < b.second);
}

/* KARVAN_E_ARG where a weight is below 0 or not finite, or all are 0. */
karvan_status karvan_i_weights_check(const karvan_weights *w, karvan_error *err);
/* Unit of their sum: "h", "USD/TEU", "kg/TEU", "km"; "unit" where it has no name. */
const char *karvan_i_weights_unit(const karvan_weights *w);
/* What an arc adds. */
karvan_i_label karvan_i_weigh(const karvan_weights *w, const karvan_i_arc *a);
#endif
