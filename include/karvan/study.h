#ifndef KARVAN_STUDY_H
#define KARVAN_STUDY_H
/* Room: study. What edits of a region do, from end to end: costs on the state graph, routes and
 * loads under hard limits, cost between countries, trade and real income, tonnes, and back to a
 * fixed point; before and after, with intervals. Depends on: base, table, record, trade, network,
 * flow. Method: docs/methods/study.md.
 *
 * A study has a base, the region as it is, and cases: sets of the region's interventions, laid over
 * it together. Cases choose from one menu of routes, so that they can be set beside one another. A
 * draw is one value for everything that is uncertain, the same for base and cases. */
#include "karvan/base.h"
#include "karvan/table.h"
#ifdef __cplusplus
extern "C" {
#endif

/** Links of the chain that stay as they are in the base; a sum of these. */
typedef enum karvan_study_hold {
    KARVAN_HOLD_ROUTES = 1, /**< shares of routes: costs move, nobody changes ways */
    KARVAN_HOLD_PRICES = 2, /**< prices of what is full, and waits: loads may exceed capacities */
    KARVAN_HOLD_TRADE = 4,  /**< what countries trade, and their incomes */
    KARVAN_HOLD_CARGO = 8   /**< tonnes: trade moves, its cargo does not */
} karvan_study_hold;
/** "routes,prices" to their sum. KARVAN_E_ARG names those there are. */
KARVAN_API karvan_status karvan_study_hold_parse(const char *s, unsigned *out, karvan_error *err);

/** How to study. Start with karvan_study_defaults. */
typedef struct karvan_study_options {
    int64_t year;  /**< of demand; 0: setting flow_year */
    bool has_date; /**< what is open: on `date`, else on 1 July of the year */
    karvan_day date;
    double least_teu_day; /**< flows between places below this are drawn together, >= 0 */
    double elasticity;    /**< trade elasticity (sigma - 1), > 0 */
    unsigned hold;        /**< karvan_study_hold */
    double tolerance;     /**< largest |change of d ln tau| in the last round, > 0 */
    int max_rounds;       /**< of the fixed point */
    double start;         /**< trade begins at this multiple of what it is, > 0; 1 */
    int threads;          /**< 0: all. The same bytes for any number */
    const karvan_cancel *cancel;
    karvan_progress *progress;    /**< a step the base, and a step a case */
    const karvan_table *edits;    /**< scenarios of one's own, as karvan_scenarios_add takes them;
                                     NULL: none. Borrowed for karvan_study_open */
    const char *edits_name;       /**< of those without a name; NULL: "edits" */
    const karvan_package *region; /**< the region of `dir`, if it was read already and no scenario
                                     lies over it; it must outlive the study. NULL: it is read */
    const char *cache; /**< folder that keeps solved bases for other runs, made where it is not
                          there; answers are the same with it and without. NULL: none. Borrowed for
                          karvan_study_open */
} karvan_study_options;
/** Of the region's table settings: flow_year, study_least_teu_day (5), trade_elasticity (4).
 * @retval KARVAN_E_DATA a row cannot be read */
KARVAN_API karvan_status karvan_study_defaults(const karvan_package *region,
                                               karvan_study_options *out, karvan_error *err);

typedef struct karvan_study karvan_study;
/**
 * Open the base and the cases, and settle each with everything at its median.
 * @param dir      the region's folder; opened anew for each case
 * @param n_cases  0 or more
 * @param cases    [n_cases] "A" or "A,B,...": ids of table interventions with rows in table
 * scenarios, laid over one another; "" is the base once more
 * @param[out] out NULL on failure
 * @retval KARVAN_E_ARG    an option out of range; a name that is none (the nearest is named), or
 * that has no rows; two of a case that edit one cell to different values
 * @retval KARVAN_E_DATA   a row at fault (file:line:column); a case that removes rows or changes
 * which flows there are; freight that is no trade cost
 * @retval KARVAN_E_NOCONV a case does not settle (it is named)
 * @retval KARVAN_E_IO, KARVAN_E_CANCELLED, KARVAN_E_NOMEM
 * Cost: the freight equilibrium of the base once, and what changes of it for each case.
 */
KARVAN_API karvan_status karvan_study_open(const char *dir, const karvan_study_options *options,
                                           int n_cases, const char *const *cases,
                                           karvan_study **out, karvan_error *err);
KARVAN_API void karvan_study_close(karvan_study *s);
KARVAN_API int karvan_study_cases(const karvan_study *s);
KARVAN_API const char *karvan_study_case(const karvan_study *s, int i);

/* ---- measures ------------------------------------------------------------------------------- */

/** One number that is told of base and case: its level. */
typedef struct karvan_measure {
    const char *measure; /**< "teu_middle", "real_income", ... */
    const char *country; /**< iso3; "": of all */
    const char *unit;
    const char *what; /**< in words */
} karvan_measure;
KARVAN_API int karvan_study_measures(const karvan_study *s);
KARVAN_API karvan_measure karvan_study_measure(const karvan_study *s, int i);
/** Index of a measure of a country ("": of all), -1. */
KARVAN_API int karvan_study_find(const karvan_study *s, const char *measure, const char *country);
/** [measures] levels with everything at its median; case -1: the base. */
KARVAN_API const double *karvan_study_settled(const karvan_study *s, int which);

typedef struct karvan_study_stats {
    bool converged;
    double residual; /**< largest |change of d ln tau| in the last round */
    int rounds;
    int32_t pairs;   /**< flows between places */
    int64_t routes;  /**< on the menu */
    int64_t changed; /**< routes that cost something else in the case, or open, or shut */
    int64_t
        brought; /**< routes that the case brought to the menu, before others that bring them too */
    int32_t binding; /**< capacities with a price */
} karvan_study_stats;
/** Of a case; -1: of the base. */
KARVAN_API karvan_study_stats karvan_study_statistics(const karvan_study *s, int which);

/** Links of the chain, before and after, with everything at its median. */
typedef enum karvan_stage {
    KARVAN_STAGE_COSTS,     /**< a row a flow between places: origin, destination (places),
                               cargo_class, kind, TEU a day that want to go, cost by choice (logsum
                               of its routes, prices and waits in it, staying at home among them;
                               USD a TEU), routes that are open; before, after */
    KARVAN_STAGE_CORRIDORS, /**< corridor, TEU and kt a year, hours and USD a TEU, before, after;
                               behind the corridors `other` (of none), `all`, their sum, and
                               `unserved`, which is not in it */
    KARVAN_STAGE_NECKS,     /**< what has a price before or after: id, name, kind, unit, load,
                               capacity (units a day), delay (h), price (USD a unit), value (price
                               times capacity, of queues times load, USD a year). First those that
                               are not cheaper than before, by value: the first row is the next
                               bottleneck; then those that the case relieved */
    KARVAN_STAGE_PAIRS,     /**< exporter, importer, trade cost (freight by choice over value; not
                               known where none of the pair's trade moves on the network) before,
                               after, change of ln tau, trade before, after, USD a year */
    KARVAN_STAGE_COUNTRIES, /**< country, one of the region's own, GDP, real income's change in USD
                               a year and percent, exports, imports and transit income before,
                               after, what shippers of fixed flows from the country gain; USD a
                               year. Those of the matrix of trade, then `other`: origins of none of
                               them */
    KARVAN_STAGES
} karvan_stage;
/** "costs" "corridors" "bottlenecks" "pairs" "countries" */
KARVAN_API const char *karvan_stage_name(karvan_stage s);
/** The table of a case; -1: of the base, before and after the same.
 * @retval KARVAN_E_ARG no such case or stage; KARVAN_E_NOMEM */
KARVAN_API karvan_status karvan_study_stage(const karvan_study *s, int which, karvan_stage stage,
                                            karvan_table **out, karvan_error *err);

/* ---- uncertain parameters ---------------------------------------------------------------------
 */

typedef struct karvan_study_parameter {
    const char *id, *name, *kind, *source;
    double median, low, high; /**< 5 % and 95 % quantiles */
} karvan_study_parameter;
/** Those that move something in this study. */
KARVAN_API int karvan_study_parameters(const karvan_study *s);
KARVAN_API karvan_study_parameter karvan_study_parameter_at(const karvan_study *s, int i);

/* ---- draws ------------------------------------------------------------------------------------
 */

/** What comes of one draw: levels of all measures in base and cases. */
typedef struct karvan_study_answer {
    int64_t draw;
    const double *base;   /**< [measures] */
    const double *levels; /**< [cases][measures]; NaN where a case does not settle */
    int failed;           /**< cases that do not settle; with a base that does not, all */
} karvan_study_answer;
/** Takes an answer; called from one thread at a time, in any order. Not KARVAN_OK: the draws end
 * with it. */
typedef karvan_status (*karvan_study_take)(void *ctx, const karvan_study_answer *a,
                                           karvan_error *err);
/** How to draw. */
typedef struct karvan_study_how {
    uint64_t seed;
    int threads; /**< 0: all. The same answers for any number */
    const karvan_cancel *cancel;
} karvan_study_how;
/** Values of the parameters in a draw, [karvan_study_parameters]. */
KARVAN_API void karvan_study_values(const karvan_study *s, uint64_t seed, int64_t draw,
                                    double *value);
/**
 * Run draws. Draw n of a parameter is draw n of a stream of its own, whatever else is drawn; draw 0
 * is all medians; draws below 0 have one parameter p of karvan_study_parameters at a quantile, all
 * others at their medians: -1 - 2 p at 5 %, -2 - 2 p at 95 %.
 * @param draws [n] in any order; those to be run
 * @retval KARVAN_E_CANCELLED those handed over are whole
 * @retval KARVAN_E_ARG       a parameter that there is not; KARVAN_E_NOMEM, and what take returns
 */
KARVAN_API karvan_status karvan_study_run(const karvan_study *s, const karvan_study_how *how,
                                          int64_t n, const int64_t *draws, karvan_study_take take,
                                          void *ctx, karvan_error *err);
/**
 * parameters, policy_effects, ties, the costs and consequences of interventions, and the settings
 * of studies: lists of what is not there, ranges that are none, rows that move nothing, ties to
 * what is no agreement, costs in a currency that nothing turns into USD. A table that the region
 * does not have is no fault. Adds to problems (docs/methods/check.md). Cost: the square of the rows
 * of parameters.
 * @retval KARVAN_E_ARG region or problems NULL; KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_study_check(const karvan_package *region, karvan_problems *problems,
                                            karvan_error *err);

/* ---- results of draws ---------------------------------------------------------------------------
 */

/** Answers of draws, whatever their order; what is told of them depends on which draws there are
 * and on nothing else. Differences are of case and base in one draw; draws above 0 make quantiles
 * and chances, those below 0 the tornado. A difference that is not known (a case or the base does
 * not settle in that draw) is left out and counted. */
typedef struct karvan_results karvan_results;
/**
 * @param s    kept; must outlive the results
 * @param seed of the draws that will be taken
 * @retval KARVAN_E_ARG, KARVAN_E_NOMEM. Memory: 8 (cases + 1) measures bytes a draw.
 */
KARVAN_API karvan_status karvan_results_create(const karvan_study *s, uint64_t seed,
                                               karvan_results **out, karvan_error *err);
KARVAN_API void karvan_results_destroy(karvan_results *r);
/**
 * Keep these measures alone of draws that are taken from now on; all others are not known then, but
 * at medians. For many draws: 8 (cases + 1) n bytes each.
 * @retval KARVAN_E_ARG no such measure, or draws are there already; KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_results_keep(karvan_results *r, int n, const int *measures,
                                             karvan_error *err);
/** A karvan_study_take, with the results for its ctx. A draw that is there already is passed over.
 * @retval KARVAN_E_NOMEM */
KARVAN_API karvan_status karvan_results_take(void *results, const karvan_study_answer *a,
                                             karvan_error *err);
/** Draws above 0. */
KARVAN_API int64_t karvan_results_draws(const karvan_results *r);
/** A difference over draws. Without draws: median is that of everything at its median, the others
 * NaN. */
typedef struct karvan_difference {
    double median, p5, p95;
    int64_t known, unknown; /**< draws */
    double gains;           /**< part of those known in which it is above 0; NaN: there are none */
} karvan_difference;
/** Of a case and a measure. @retval KARVAN_E_ARG no such case or measure; KARVAN_E_NOMEM */
KARVAN_API karvan_status karvan_results_difference(const karvan_results *r, int which, int measure,
                                                   karvan_difference *out, karvan_error *err);
/** Draws above 0 in which some difference of a case is not known. */
KARVAN_API int64_t karvan_results_unknown(const karvan_results *r, int which);
/** All measures of a case: measure, country, unit, base (at medians), median, p5, p95. */
KARVAN_API karvan_status karvan_results_effects(const karvan_results *r, int which,
                                                karvan_table **out, karvan_error *err);

/** Which cases stand in a ranking, by what. */
typedef struct karvan_rank_options {
    int n_measures; /**< 0: by "benefit" */
    const int *measure;
    const bool *ranked; /**< [cases] NULL: all */
    const bool *shown;  /**< [cases] NULL: none; others that stand behind, without a rank */
} karvan_rank_options;
/** rank, intervention, measure ("real_income:KAZ" of a country), unit, median, p5, p95,
 * probability_first: of being the best of those ranked in a draw; equals share it. Less is better
 * of hours, usd, unserved and co2e, more of all else. Best median first. */
KARVAN_API karvan_status karvan_results_rank(const karvan_results *r, const karvan_rank_options *o,
                                             karvan_table **out, karvan_error *err);
/** Of cases "A,B,..." whose parts are cases too: intervention, measure, unit, sum (median of the
 * parts' sum), together (median), excess (median of together less sum), p5, p95 of it, verdict:
 * complement, substitute (the 90 % interval lies on one side of 0), unclear. */
KARVAN_API karvan_status karvan_results_pairs(const karvan_results *r, int n_measures,
                                              const int *measure, karvan_table **out,
                                              karvan_error *err);
/** Real income by country: intervention, country, unit, median, p5, p95, probability_gain, verdict
 * (gains, loses: the 90 % interval lies on one side of 0; unclear; nothing). which -1: all cases.
 */
KARVAN_API karvan_status karvan_results_gains(const karvan_results *r, int which,
                                              karvan_table **out, karvan_error *err);
/** Benefit beside cost: intervention, cost_musd, annual_musd (settings discount_rate, life_years),
 * benefit_musd, median, and of benefit over annual cost: ratio, p5, p95, probability_worth (of net
 * benefit above 0); note: why what is not known is not. Costs in another currency than USD need
 * setting usd_per_eur (and so on) of the region. @retval KARVAN_E_DATA settings that are none */
KARVAN_API karvan_status karvan_results_worth(const karvan_results *r, const karvan_package *region,
                                              karvan_table **out, karvan_error *err);
enum { KARVAN_PACKAGE_MOST = 20 };
/**
 * The best of all sets of single interventions with a known cost, at most KARVAN_PACKAGE_MOST,
 * under a budget: by the sum of median benefits, corrected by the median excess of those pairs that
 * are cases. All sets are looked at. Rows: intervention, cost_musd, benefit_musd, excess_musd (with
 * those above it), note; the last row the whole.
 * @param ranked [cases] NULL: all; which may be chosen
 * @retval KARVAN_E_ARG the budget is not above 0; more interventions with a cost
 */
KARVAN_API karvan_status karvan_results_package(const karvan_results *r,
                                                const karvan_package *region, double budget_musd,
                                                const bool *ranked, karvan_table **out,
                                                karvan_error *err);
/** What drives the uncertainty of a difference: parameter, name, kind, share (first-order Sobol
 * index, from the same draws; unknown below 40 draws), error (its standard error), low, high (the
 * difference with this one at its 5 % and 95 % quantile; unknown where those draws were not taken),
 * unit, source. Those that can move the case, largest share first. Method: docs/methods/rank.md. */
KARVAN_API karvan_status karvan_results_influence(const karvan_results *r, int which, int measure,
                                                  karvan_table **out, karvan_error *err);

/* ---- a store of draws ---------------------------------------------------------------------------
 */

/** A file (SQLite, WAL) that keeps answers as they come: each is a transaction, so that a program
 * that is killed loses the draws in flight and no others. It belongs to one study: all tables of
 * the region, options, seed, cases, measures and the library's version are noted in it. */
typedef struct karvan_store karvan_store;
/**
 * @param resume go on with a file that is there; false: it must not be there. Where there is none,
 *               or an empty one, a new one begins either way
 * @retval KARVAN_E_ARG  the file is there and resume is false; it is of another study (what differs
 *                       is named)
 * @retval KARVAN_E_DATA no store, or a damaged one
 * @retval KARVAN_E_IO   it cannot be written, or another program has it open; KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_store_open(const char *path, const karvan_study *s, uint64_t seed,
                                           bool resume, karvan_store **out, karvan_error *err);
KARVAN_API void karvan_store_close(karvan_store *t);
/** A karvan_study_take, with the store for its ctx. @retval KARVAN_E_IO full disk, ... */
KARVAN_API karvan_status karvan_store_take(void *store, const karvan_study_answer *a,
                                           karvan_error *err);
/** Hand over all draws of the store, by their numbers. @retval KARVAN_E_DATA damaged rows */
KARVAN_API karvan_status karvan_store_read(karvan_store *t, karvan_study_take take, void *ctx,
                                           karvan_error *err);
/** Of n draws those that the store has not, in their order. @param[out] missing [n] */
KARVAN_API karvan_status karvan_store_missing(karvan_store *t, int64_t n, const int64_t *draws,
                                              int64_t *missing, int64_t *n_missing,
                                              karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
