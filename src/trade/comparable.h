#ifndef KARVAN_SRC_TRADE_COMPARABLE_H
#define KARVAN_SRC_TRADE_COMPARABLE_H
/* How far flows of one size stray from what is predicted for them. */
#include "karvan/base.h"

/* Ratios actual / predicted by class of predicted, classes of like numbers of flows. */
typedef struct karvan_i_comparable {
    int64_t n;
    int classes;
    int64_t *first; /* [classes + 1] into ratio */
    double *above;  /* [classes] a class holds what is predicted above this; the first all */
    double *ratio;  /* [n] each class's sorted */
} karvan_i_comparable;

/* Where one flow stands among those of its size. */
typedef struct karvan_i_standing {
    double low, high; /* of the interval, NaN: too few flows to say */
    double below;     /* share of comparable flows that do better; NaN: none to compare */
    int64_t of;       /* comparable flows */
} karvan_i_standing;

/* Flows with predicted > 0 and a value are taken, others passed over. Each class has `least` flows
 * or more, unless all are fewer; at most KARVAN_I_CLASSES. KARVAN_E_NOMEM. */
enum { KARVAN_I_CLASSES = 20, KARVAN_I_CLASS_LEAST = 100 };
karvan_status karvan_i_comparable_create(int64_t n, const double *predicted, const double *actual,
                                         int64_t least, karvan_i_comparable *out,
                                         karvan_error *err);
void karvan_i_comparable_clear(karvan_i_comparable *c);
/**
 * Standing of a flow.
 * @param actual NaN: not known
 * @param own    the flow is one of those that were taken
 * @param se     of ln predicted, beyond what the ratios hold: 0, or of a prediction far from them
 * @param tail   of the interval on each side, in (0, 0.5)
 */
karvan_i_standing karvan_i_compare(const karvan_i_comparable *c, double predicted, double actual,
                                   bool own, double se, double tail);
#endif
