#include "network/weights.h"

#include <math.h>

#include "base/try.h"

karvan_weights karvan_weights_of(karvan_objective objective, double value_of_time_usd_h) {
    switch (objective) {
    case KARVAN_BY_COST:
        return (karvan_weights){.usd = 1};
    case KARVAN_BY_EMISSIONS:
        return (karvan_weights){.kg = 1};
    case KARVAN_BY_GENERALISED:
        return (karvan_weights){.usd = 1, .hours = value_of_time_usd_h};
    case KARVAN_BY_TIME:
    case KARVAN_BY_PARETO:
    case KARVAN_BY_WEIGHTS:
        break;
    }
    return (karvan_weights){.hours = 1};
}

karvan_status karvan_i_weights_check(const karvan_weights *w, karvan_error *err) {
    const double all[] = {w->hours, w->usd, w->kg, w->km, w->var_h2};
    double sum = 0;
    for (int i = 0; i < 5; i++) {
        if (!(all[i] >= 0 && isfinite(all[i])))
            return karvan_fail(err, KARVAN_E_ARG, "a weight of %g: weights are 0 or more", all[i]);
        sum += all[i];
    }
    if (sum > 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "all weights are 0: nothing makes a way the best");
}

const char *karvan_i_weights_unit(const karvan_weights *w) {
    int said = (w->hours > 0) + (w->usd > 0) + (w->kg > 0) + (w->km > 0) + (w->var_h2 > 0);
    if (w->usd == 1) return "USD/TEU"; /* the others, if any, come with their value in money */
    if (said != 1) return "unit";
    return w->hours == 1 ? "h" : w->kg == 1 ? "kg/TEU" : w->km == 1 ? "km" : "unit";
}

karvan_i_label karvan_i_weigh(const karvan_weights *w, const karvan_i_arc *a) {
    bool hours_alone = w->hours > 0 && w->usd == 0 && w->kg == 0 && w->km == 0 && w->var_h2 == 0;
    return (karvan_i_label){w->usd * a->usd + w->hours * a->hours + w->kg * a->kg + w->km * a->km +
                                w->var_h2 * a->var_h2,
                            hours_alone ? a->usd : a->hours};
}
