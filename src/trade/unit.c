#include "trade/unit.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

double karvan_i_trade_unit(const char *unit, const char **currency) {
    static const struct {
        const char *word;
        double of_one;
    } counts[] = {{"thousand ", 1e3}, {"million ", 1e6}, {"billion ", 1e9}};
    double of_one = unit ? 1.0 : NAN;
    for (size_t i = 0; unit && i < sizeof counts / sizeof counts[0]; i++) {
        size_t n = strlen(counts[i].word);
        if (strncmp(unit, counts[i].word, n) != 0) continue;
        of_one = counts[i].of_one, unit += n;
        break;
    }
    if (currency) *currency = unit;
    return of_one;
}
