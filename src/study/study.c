/* What a study is asked, as the region has it. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "flow/demand.h"
#include "study/study.h"

karvan_status karvan_study_defaults(const karvan_package *region, karvan_study_options *out,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double year;
    *out = (karvan_study_options){.tolerance = 1e-8, .max_rounds = 100, .start = 1};
    KARVAN_TRY(karvan_i_demand_number(region, "flow_year", NAN, &year, err));
    KARVAN_REQUIRE(!isnan(year), err, KARVAN_E_DATA,
                   "table settings of the region has no flow_year");
    out->year = (int64_t)year;
    KARVAN_TRY(karvan_i_demand_number(region, "study_least_teu_day", 5, &out->least_teu_day, err));
    KARVAN_TRY(karvan_i_demand_number(region, "trade_elasticity", 4, &out->elasticity, err));
done:
    return st;
}

karvan_status karvan_study_hold_parse(const char *s, unsigned *out, karvan_error *err) {
    static const char *const word[] = {"routes", "prices", "trade", "cargo"};
    *out = 0;
    while (*s) {
        size_t n = strcspn(s, ",");
        unsigned k = 0;
        while (k < 4 && !(strlen(word[k]) == n && strncmp(word[k], s, n) == 0)) k++;
        if (k == 4)
            return karvan_fail(err, KARVAN_E_ARG,
                               "what is held is routes, prices, trade or cargo, not '%.*s'",
                               n > 40 ? 40 : (int)n, s);
        *out |= 1u << k;
        s += n;
        if (*s == ',') s++;
    }
    return KARVAN_OK;
}
