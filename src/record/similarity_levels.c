/* Values that all profiles have: most data have few, and pairs are then counted without a search.
 */
#include <math.h>
#include <stdlib.h>

#include "base/order.h"
#include "record/similarity.h"

/* Place of a value among those found so far, one more where it is new; -1: there are too many. */
static int place(karvan_profiles *p, double v) {
    int k = 0;
    while (k < p->n_levels && p->level[k] != v) k++;
    if (k == KARVAN_I_FEW_LEVELS) return -1;
    if (k == p->n_levels) p->level[p->n_levels++] = v;
    return k;
}

void karvan_i_profiles_levels(karvan_profiles *p) {
    bool few = true;
    p->low = p->high = NAN;
    for (int64_t i = 0; i < p->n; i++) {
        double v = p->entry[i].value;
        if (isnan(v)) continue;
        if (!(v >= p->low)) p->low = v;
        if (!(v <= p->high)) p->high = v;
        few = few && place(p, v) >= 0;
    }
    if (!few) p->n_levels = 0;
    if (p->n_levels > 0) qsort(p->level, (size_t)p->n_levels, sizeof *p->level, karvan_i_by_real);
    for (int64_t i = 0; i < p->n; i++) {
        double v = p->entry[i].value;
        p->entry[i].level = isnan(v) || !few ? -1 : place(p, v);
    }
}

karvan_status karvan_i_profiles_in_scale(const karvan_profiles *p, karvan_error *err) {
    if (p->n == 0 || isnan(p->low) || (p->low >= p->scale.low && p->high <= p->scale.high))
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "the value %g lies outside the scale %g..%g",
                       p->low < p->scale.low ? p->low : p->high, p->scale.low, p->scale.high);
}
