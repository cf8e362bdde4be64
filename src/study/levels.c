/* What is told of a side: which measures there are, and their levels. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/demand.h"
#include "study/study.h"
#include "table/cell.h"
#include "trade/economy.h"

/* Of each corridor, then of all. */
enum { TEU, KT, HOURS, USD, PER_CORRIDOR };
static const char *const CORRIDOR[PER_CORRIDOR][3] = {
    {"teu", "TEU/year", "containers and their like"},
    {"kt", "kt/year", "tonnes of cargo"},
    {"hours", "h", "from door to door, waits in it, mean over what goes"},
    {"usd", "USD/TEU", "what is paid for transport, mean over what goes"}};
enum { UNSERVED, CO2E, SHIPPERS, TRADERS, RENTS, REGION, BENEFIT, OF_ALL };
static const char *const ALL[OF_ALL][3] = {
    {"unserved", "TEU/year", "what stays at home"},
    {"co2e", "kt/year", "emissions of transport, CO2 equivalent"},
    {"transit_gain", "USD/year", "what shippers of fixed flows gain, time and reliability in it"},
    {"trade_gain", "USD/year",
     "the same of flows that trade moves, before prices and incomes answer"},
    {"rents", "USD/year", "what those who own what is full earn by its price"},
    {"region_income", "USD/year", "change of real income of the region's own countries"},
    {"benefit", "USD/year",
     "change of real income of all countries of the matrix and of rents, and what shippers of "
     "fixed "
     "flows gain"}};
enum { REAL_INCOME, PERCENT, EXPORTS, IMPORTS, TRANSIT, PER_COUNTRY };
static const char *const COUNTRY[PER_COUNTRY][3] = {
    {"real_income", "USD/year", "GDP at the prices of before"},
    {"real_income_index", "%", "real income, before = 100"},
    {"exports", "USD/year", "sold to the other countries of the matrix"},
    {"imports", "USD/year", "bought from them"},
    {"transit_income", "USD/year", "what cargo that only passes pays in the country"}};

static karvan_status push(karvan_study *s, const char *const words[3], const char *behind,
                          const char *country, karvan_error *err) {
    karvan_i_measure *x = &s->measure[s->n_measures];
    char name[160];
    (void)snprintf(name, sizeof name, "%s%s%s", words[0], *behind ? "_" : "", behind);
    x->text = karvan_i_strndup(name, strlen(name));
    if (!x->text) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for measures");
    x->m = (karvan_measure){x->text, country, words[1], words[2]};
    s->n_measures++;
    return KARVAN_OK;
}

karvan_status karvan_i_measures_make(karvan_study *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int corridors = s->choices.n_corridors + 1;
    const char *own = karvan_i_demand_setting(s->first.region, "flow_countries");
    size_t n = (size_t)PER_CORRIDOR * (size_t)(corridors + 1) + OF_ALL +
               (size_t)PER_COUNTRY * (size_t)s->exchange.n;
    s->measure = karvan_i_calloc(n + 1, sizeof *s->measure);
    s->counts = karvan_i_calloc((size_t)s->exchange.n + 1, sizeof *s->counts);
    KARVAN_REQUIRE(s->measure && s->counts, err, KARVAN_E_NOMEM, "no memory for measures");
    for (int c = 0; c <= corridors; c++)
        for (int i = 0; i < PER_CORRIDOR; i++)
            KARVAN_TRY(push(s, CORRIDOR[i], c < corridors ? s->corridor[c] : "", "", err));
    for (int i = 0; i < OF_ALL; i++) KARVAN_TRY(push(s, ALL[i], "", "", err));
    for (int32_t c = 0; c < s->exchange.n; c++) {
        const char *code = s->exchange.economy->country[c];
        s->counts[c] = !own || karvan_i_in_list(own, code);
        for (int i = 0; i < PER_COUNTRY; i++) KARVAN_TRY(push(s, COUNTRY[i], "", code, err));
    }
done:
    return st;
}

/* ---- levels ---- */

static void of_routes(const karvan_study *s, const karvan_i_outcome *now, double *out) {
    int corridors = s->choices.n_corridors + 1;
    double *all = out + (size_t)PER_CORRIDOR * (size_t)corridors, *rest = all + PER_CORRIDOR,
           *country = rest + OF_ALL;
    karvan_i_way_sums by[KARVAN_I_NESTS_MAX];
    karvan_i_tally_take(s, now, by, PER_COUNTRY, country + TRANSIT);
    for (int c = 0; c < corridors; c++) {
        const double v[] = {by[c].teu, by[c].kt, by[c].hours, by[c].usd};
        for (int i = 0; i < PER_CORRIDOR; i++) out[PER_CORRIDOR * c + i] = v[i], all[i] += v[i];
        rest[CO2E] += 1e-6 * by[c].kg;
    }
    rest[UNSERVED] = by[corridors].teu;
    for (int c = 0; c <= corridors; c++) {
        double *v = out + (size_t)PER_CORRIDOR * (size_t)c;
        v[HOURS] = v[TEU] > 0 ? v[HOURS] / v[TEU] : NAN;
        v[USD] = v[TEU] > 0 ? v[USD] / v[TEU] : NAN;
    }
}

/* The fall of what flows pay by choice, times the mean of both demands: of those that trade moves,
 * or of the others. */
static double of_shippers(const karvan_study *s, const karvan_i_outcome *before,
                          const karvan_i_outcome *now, bool trade) {
    double sum = 0;
    for (int32_t k = 0; before != now && k < s->menu.n_pairs; k++)
        if ((s->exchange.cell[k] >= 0) == trade)
            sum += 365 * (before->loads.demand[k] + now->loads.demand[k]) / 2 *
                   (before->loads.logsum[k] - now->loads.logsum[k]);
    return sum;
}

/* Prices times loads: what is paid for room where there is none to spare. */
static double of_owners(const karvan_study *s, const karvan_i_outcome *now) {
    double sum = 0;
    for (int32_t x = 0; x < s->menu.n_scarce; x++)
        if (s->menu.scarce[x].core.kind == KARVAN_I_LIMIT)
            sum += 365 * now->loads.price[x] * now->loads.load[x];
    return sum;
}

static void of_trade(const karvan_study *s, const karvan_i_outcome *now, double *country) {
    const karvan_i_exchange *x = &s->exchange;
    size_t n = (size_t)x->n;
    for (size_t i = 0; i < n; i++) {
        double income = now->value[KARVAN_RESULT_REAL_INCOME * n + i];
        country[PER_COUNTRY * i + REAL_INCOME] = x->gdp[i] * income;
        country[PER_COUNTRY * i + PERCENT] = 100 * income;
        for (size_t j = 0; j < n; j++) {
            double usd = x->usd[i * n + j] * now->ratio[i * n + j];
            if (i == j || !(usd > 0)) continue;
            country[PER_COUNTRY * i + EXPORTS] += usd, country[PER_COUNTRY * j + IMPORTS] += usd;
        }
    }
}

void karvan_i_study_levels(const karvan_study *s, const karvan_i_outcome *before,
                           const karvan_i_outcome *now, double *out) {
    double *rest = out + (size_t)PER_CORRIDOR * (size_t)(s->choices.n_corridors + 2),
           *country = rest + OF_ALL;
    memset(out, 0, (size_t)s->n_measures * sizeof *out);
    of_routes(s, now, out);
    of_trade(s, now, country);
    rest[SHIPPERS] = of_shippers(s, before, now, false);
    rest[TRADERS] = of_shippers(s, before, now, true), rest[RENTS] = of_owners(s, now);
    rest[BENEFIT] = rest[SHIPPERS] + rest[RENTS] - of_owners(s, before);
    for (int32_t c = 0; c < s->exchange.n; c++) {
        if (!(s->exchange.gdp[c] > 0)) continue;
        double gain = country[PER_COUNTRY * c + REAL_INCOME] - s->exchange.gdp[c];
        rest[BENEFIT] += gain;
        if (s->counts[c]) rest[REGION] += gain;
    }
}

/* ---- what there is ---- */

int karvan_study_measures(const karvan_study *s) { return s->n_measures; }
karvan_measure karvan_study_measure(const karvan_study *s, int i) { return s->measure[i].m; }

int karvan_study_find(const karvan_study *s, const char *measure, const char *country) {
    for (int i = 0; i < s->n_measures; i++)
        if (strcmp(s->measure[i].m.measure, measure) == 0 &&
            strcmp(s->measure[i].m.country, country ? country : "") == 0)
            return i;
    return -1;
}

const double *karvan_study_settled(const karvan_study *s, int which) {
    return s->levels + (size_t)(which + 1) * (size_t)s->n_measures;
}
