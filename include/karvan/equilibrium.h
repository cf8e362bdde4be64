#ifndef KARVAN_EQUILIBRIUM_H
#define KARVAN_EQUILIBRIUM_H
/* Room: trade. One-sector Armington/CES general equilibrium of trade in changes, and the bridge
 * from generalised cost to trade costs. Methods: docs/methods/equilibrium.md, cost-to-trade.md. */
#include "karvan/base.h"
#include "karvan/table.h"
#ifdef __cplusplus
extern "C" {
#endif

/* ---- a square economy: who sells how much to whom, itself included ------------------------ */

/** Countries, flows of one year between all of them with domestic trade, and changes of trade. */
typedef struct karvan_economy karvan_economy;

/** How a table is read as an economy. Zero-initialised: columns exporter, importer, trade. */
typedef struct karvan_economy_options {
    const char *exporter, *importer, *trade; /**< columns; countries are TEXT or INT */
    const char *year;                        /**< column of the year, NULL: year */
    bool one_year;                           /**< only rows of the year `of_year` */
    int64_t of_year;
    int n_changes; /**< columns of changes: partial effects, or what coefficients multiply */
    const char *const *change;         /**< [n_changes] */
    const double *const *change_value; /**< [n_changes] where not NULL, [rows] numbers instead of
                                          the column; NULL: columns all */
    const double *flow;     /**< [rows] flows instead of column trade (as a fit gives them; NaN
                               where that is 0 too), NULL: the column */
    bool without_domestic;  /**< accept countries that sell nothing to themselves */
    bool skip_unknown;      /**< a row whose trade has no value counts as no row */
    const char *trade_cost; /**< column of ln t^(1 - sigma), NULL: none */
    const double *trade_cost_value; /**< [rows] the same instead of a column, NaN where a row has
                                       none (it must have no trade then); NULL: the column */
} karvan_economy_options;

/** What was read. */
typedef struct karvan_economy_stats {
    int32_t n;              /**< countries */
    int32_t groups;         /**< groups of countries that do not trade with one another */
    int64_t rows;           /**< rows in use */
    int64_t n_absent;       /**< pairs without a row: their flow counts as 0, unchanged */
    int64_t n_zero;         /**< pairs whose row says 0 */
    int64_t n_unfitted;     /**< rows of zero trade without a fitted value: 0 */
    int64_t n_domestic;     /**< domestic pairs that a change touches */
    int64_t n_changed;      /**< pairs that a change touches */
    int64_t n_changed_zero; /**< pairs without trade that a change would touch: they stay at 0 */
    double output;          /**< of the world, in the unit of the flows */
    double largest_deficit; /**< largest |E - Y| / Y */
} karvan_economy_stats;

/**
 * An economy out of a table with a row a pair.
 * @param[out] out  NULL on failure
 * @retval KARVAN_E_ARG  no such column (the nearest is named)
 * @retval KARVAN_E_DATA "file:line:column: ": a negative flow, a cell without a number, a pair that
 * stands twice (both lines), a change or a trade cost beyond 100 log points; a country that trades
 * nothing with itself, sells nothing, or buys nothing; no row at all
 * @retval KARVAN_E_NOMEM
 * Cost: O(rows log n + n^2). Countries are put in the order of their codes.
 */
KARVAN_API karvan_status karvan_economy_read(const karvan_table *t,
                                             const karvan_economy_options *options,
                                             karvan_economy **out, karvan_error *err);
/**
 * The same out of arrays.
 * @param country [n] names, distinct; copied   @param flow [n][n] of exporter (row) to importer
 * @param change  [n_changes][n][n] finite, |change| <= 100; NULL with n_changes 0
 */
KARVAN_API karvan_status karvan_economy_create(int32_t n, const char *const *country,
                                               const double *flow, int n_changes,
                                               const double *change, bool without_domestic,
                                               karvan_economy **out, karvan_error *err);
KARVAN_API void karvan_economy_destroy(karvan_economy *e);
KARVAN_API karvan_economy_stats karvan_economy_statistics(const karvan_economy *e);
KARVAN_API const char *karvan_economy_country(const karvan_economy *e, int32_t i);
/** [n][n] flows of exporter (row) to importer. */
KARVAN_API const double *karvan_economy_flow_view(const karvan_economy *e);
/** [n][n] ln t^(1 - sigma) as they were read, -INFINITY where a pair has none; NULL: none were. */
KARVAN_API const double *karvan_economy_cost_view(const karvan_economy *e);

/* ---- equilibrium in changes -------------------------------------------------------------- */

/** What becomes of the difference between spending and output, E - Y. */
typedef enum karvan_deficit {
    KARVAN_DEFICIT_ADDITIVE,       /**< stays what it was, world output being the numeraire */
    KARVAN_DEFICIT_MULTIPLICATIVE, /**< spending moves with output, country by country */
    KARVAN_DEFICIT_UNIVERSAL,      /**< so too, and all spending is scaled to world output */
    KARVAN_DEFICIT_NONE            /**< none: flows are balanced first, and changes start there */
} karvan_deficit;
/** "additive", "multiplicative", "universal", "none". */
KARVAN_API const char *karvan_deficit_name(karvan_deficit d);
/** KARVAN_E_ARG names those there are. */
KARVAN_API karvan_status karvan_deficit_parse(const char *s, karvan_deficit *out,
                                              karvan_error *err);

/** Zero-initialised but for theta: additive deficits, fixed supply. */
typedef struct karvan_equilibrium_options {
    double theta; /**< trade elasticity (sigma - 1), > 0 */
    double psi;   /**< supply elasticity, >= 0: output = (price / price index)^psi */
    karvan_deficit deficit;
    const double *beta; /**< [n_changes] coefficients of the changes, NULL: 1 each */
    double tolerance;   /**< of log sales over log output, 0: 1e-12 */
    int max_iterations; /**< of the quick and the plain way, 0: 10000; Newton comes on top */
} karvan_equilibrium_options;

/** Results by country, each new over old. */
typedef enum karvan_result {
    KARVAN_RESULT_WELFARE,     /**< spending over price index */
    KARVAN_RESULT_REAL_INCOME, /**< output's value over price index */
    KARVAN_RESULT_PRICE,       /**< of output; the wage where supply is fixed */
    KARVAN_RESULT_EXPORTS,     /**< to others; NaN where there were none */
    KARVAN_RESULT_IMPORTS,     /**< from others; NaN where there were none */
    KARVAN_RESULT_PRICE_INDEX, /**< of what is bought: inward multilateral resistance */
    KARVAN_RESULT_OUTWARD,     /**< outward multilateral resistance */
    KARVAN_RESULT_OUTPUT,      /**< value; the world's is unchanged */
    KARVAN_RESULT_QUANTITY,    /**< output's quantity; 1 where supply is fixed */
    KARVAN_RESULT_SPENDING,
    KARVAN_RESULT_OWN_SHARE, /**< share of spending on own output; NaN where there was none */
    KARVAN_RESULT_END
} karvan_result;
/** "welfare", "real_income", ...: names of columns. */
KARVAN_API const char *karvan_result_name(karvan_result r);

typedef struct karvan_equilibrium_stats {
    bool converged;
    int iterations;   /**< of all groups, balancing included */
    int newton_steps; /**< where the quick way did not lead there; 0 mostly */
    double market;    /**< largest |sales / output - 1|, counted anew from the results */
    double budget;    /**< largest |purchases / spending - 1| */
    double scale;     /**< world spending over world output: 1 but for multiplicative deficits */
    double theta, psi;
    karvan_deficit deficit;
    double moved; /**< deficits NONE: largest log change of a country's output by balancing */
} karvan_equilibrium_stats;

/** A solution. Frozen. */
typedef struct karvan_equilibrium karvan_equilibrium;
/**
 * Solve for the equilibrium after the changes, in changes from the flows.
 * @param[out] out  NULL on failure but for KARVAN_E_NOCONV: there the best iterate, marked
 * @retval KARVAN_E_ARG    theta, psi, a tolerance or a coefficient out of range
 * @retval KARVAN_E_NOCONV no equilibrium was found; the message has the residual, and the country
 * whose spending would have to be negative (its surplus exceeds its income)
 * @retval KARVAN_E_NOMEM
 * Cost: O(n^2) an iteration, a dozen or two of them; O(n^3) a step where Newton has to help.
 * Source: Baier, Yotov and Zylkin 2019, J. Int. Economics 116; Allen, Arkolakis and Takahashi
 * 2020, J. Political Economy 128(2). Method: docs/methods/equilibrium.md.
 */
KARVAN_API karvan_status karvan_equilibrium_solve(const karvan_economy *e,
                                                  const karvan_equilibrium_options *options,
                                                  karvan_equilibrium **out, karvan_error *err);
KARVAN_API void karvan_equilibrium_destroy(karvan_equilibrium *q);
KARVAN_API karvan_equilibrium_stats karvan_equilibrium_statistics(const karvan_equilibrium *q);
/** [n] in the order of the economy's countries. */
KARVAN_API const double *karvan_equilibrium_view(const karvan_equilibrium *q, karvan_result r);
/** [n][n] trade before (balanced, where deficits are NONE) and after, in the flows' unit. */
KARVAN_API const double *karvan_equilibrium_before_view(const karvan_equilibrium *q);
KARVAN_API const double *karvan_equilibrium_after_view(const karvan_equilibrium *q);
/** country, welfare, real_income, price, exports, imports; wide: all results. */
KARVAN_API karvan_status karvan_equilibrium_table(const karvan_economy *e,
                                                  const karvan_equilibrium *q, bool wide,
                                                  karvan_table **out, karvan_error *err);
/** exporter, importer, before, after, ratio, partial (the change of ln trade at given prices), a
 * row for each flow above 0. */
KARVAN_API karvan_status karvan_equilibrium_pairs(const karvan_economy *e,
                                                  const karvan_equilibrium *q, karvan_table **out,
                                                  karvan_error *err);

/* ---- multilateral resistances in levels ------------------------------------------------------ */

/** Columns of resistances, by country. Levels P_j and Pi_i, not powers of them. */
typedef enum karvan_resistance_kind {
    KARVAN_RESISTANCE_INWARD,  /**< P: what buyers bear of all trade costs, before the change */
    KARVAN_RESISTANCE_OUTWARD, /**< Pi: what sellers bear */
    KARVAN_RESISTANCE_INWARD_AFTER, /**< in the new equilibrium */
    KARVAN_RESISTANCE_OUTWARD_AFTER,
    KARVAN_RESISTANCE_INWARD_CONDITIONAL, /**< new trade costs, output and spending as before */
    KARVAN_RESISTANCE_OUTWARD_CONDITIONAL,
    KARVAN_RESISTANCE_END
} karvan_resistance_kind;
/** "inward", "outward", "inward_after", ...: names of columns. */
KARVAN_API const char *karvan_resistance_name(karvan_resistance_kind k);

/** Zero-initialised: trade costs that the flows imply, measured by who spends most. */
typedef struct karvan_resistance_options {
    /** [n][n] ln t^(1 - sigma), within +-100, -INFINITY where no trade is possible (and none is);
     * NULL: those that the flows before the change imply, if trade within countries is free and
     * trade costs are as alike in both directions as the flows let them be */
    const double *cost;
    const char *reference; /**< country whose P is 1, before and after; NULL: the largest buyer */
} karvan_resistance_options;

typedef struct karvan_resistance_stats {
    int32_t reference;       /**< country whose P is 1 */
    bool of_flows;           /**< trade costs are those that the flows imply */
    bool after, conditional; /**< found; else these columns are NaN: no equilibrium, or trade so
                                close to none that numbers do not tell what goes with what */
    int32_t n_apart;  /**< countries that have no trade, or possible trade, at any remove with the
                         reference: measured by the largest buyer among them */
    int32_t n_untold; /**< countries without a value: of_flows, those without domestic trade and
                         those with which nobody trades both ways as far as the reference */
    int32_t first_untold; /**< the first of them, -1 */
    double residual;      /**< largest relative error of any of the equations, counted anew */
    double misfit;        /**< largest |ln(flow before / flow that the trade costs imply)| */
    int64_t n_more;       /**< pairs without trade to which the trade costs give some */
    double apart;         /**< largest |ln| between what is after and level times change */
    double one_way; /**< of_flows: how unlike costs of the two directions are, |ln(t_ij / t_ji)| as
                       root mean square, weighed as the flows tell it */
} karvan_resistance_stats;

/** Resistances. Frozen. */
typedef struct karvan_resistance karvan_resistance;
/**
 * Multilateral resistances before and after the change that an equilibrium is of: with W the output
 * of all (of a group that trades), t_ij trade costs, theta = sigma - 1,
 * Pi_i^-theta = sum_j (t_ij / P_j)^-theta E_j / W, P_j^-theta = sum_i (t_ij / Pi_i)^-theta Y_i / W,
 * solved for trade costs and the margins of flows before (balanced, where deficits are NONE), for
 * the new trade costs with the same margins, and for both new. P k and Pi / k solve it too, so P of
 * the reference is 1 each time.
 * @param e, q  an economy and its equilibrium; one that did not converge has nothing after
 * @param options  NULL: as zero-initialised
 * @param[out] out  NULL on failure
 * @retval KARVAN_E_ARG  no such country (the nearest is named), a trade cost out of range, a change
 * of one beyond 100 log points
 * @retval KARVAN_E_DATA trade where trade costs leave none; trade costs that would let a group sell
 * to another that cannot sell back; of flows: a reference that trades nothing with itself, or no
 * country that does
 * @retval KARVAN_E_NOCONV no resistances before the change fit the margins, or countries trade so
 * little that rounding could move powers of them by more than 1e-4
 * @retval KARVAN_E_NOMEM
 * Cost: O(n^3), half a dozen times for each of the three.
 * Source: Anderson and van Wincoop 2003, American Economic Review 93(1); trade costs of flows: Head
 * and Ries 2001, American Economic Review 91(4), Novy 2013, Economic Inquiry 51(1). Method:
 * docs/methods/equilibrium.md.
 */
KARVAN_API karvan_status karvan_resistance_solve(const karvan_economy *e,
                                                 const karvan_equilibrium *q,
                                                 const karvan_resistance_options *options,
                                                 karvan_resistance **out, karvan_error *err);
KARVAN_API void karvan_resistance_destroy(karvan_resistance *r);
KARVAN_API karvan_resistance_stats karvan_resistance_statistics(const karvan_resistance *r);
/** [n] in the order of the economy's countries; NaN where there is none to tell. */
KARVAN_API const double *karvan_resistance_view(const karvan_resistance *r,
                                                karvan_resistance_kind k);
/** [n][n] ln t^(1 - sigma) before that they are solved for, -INFINITY: no trade. */
KARVAN_API const double *karvan_resistance_cost_view(const karvan_resistance *r);
/** country, inward, outward, inward_after, outward_after, inward_conditional, outward_conditional,
 * reference (the country by which this one is measured; "" where there is no value). */
KARVAN_API karvan_status karvan_resistance_table(const karvan_economy *e,
                                                 const karvan_resistance *r, karvan_table **out,
                                                 karvan_error *err);

/** Changes of cost by pair and cargo class, judged and ready to be turned into trade costs. */
typedef struct karvan_cost karvan_cost;

/* ---- draws ---------------------------------------------------------------------------------- */

/** How the trade elasticity is drawn. */
typedef enum karvan_theta_law {
    KARVAN_THETA_FIXED,
    KARVAN_THETA_NORMAL,   /**< mean `theta`, standard deviation a; draws <= 0 are drawn anew */
    KARVAN_THETA_LOGNORMAL /**< a and b are its P5 and P95 */
} karvan_theta_law;

typedef struct karvan_draw_options {
    int64_t n; /**< draws, >= 2 */
    uint64_t seed;
    const double *covariance; /**< [n_changes][n_changes] of beta; NULL: beta does not vary */
    karvan_theta_law theta_law;
    double theta_a, theta_b;
    int threads; /**< 0: all. The same bytes for any number */
    const karvan_cancel *cancel;
    karvan_progress *progress; /**< a step a draw */
    const karvan_cost *cost;   /**< NULL: none; else a change of the economy is the change of ln
                                  trade cost that this bridge gives: draw s + 1 of it in draw s */
    int cost_change;           /**< which of the changes, from 0; its coefficient in a draw is minus
                                  the theta of the draw, whatever beta says */
} karvan_draw_options;

/** Equilibria of many draws. */
typedef struct karvan_draws karvan_draws;
/**
 * Solve for each draw of coefficients, elasticity and, with a bridge, changes of trade cost. Draw s
 * is stream s of the seed; the bridge has streams of its own. Pairs of the bridge whose countries
 * the economy has not are passed over.
 * @param options beta is the mean, theta the mean or (lognormal) not used
 * @retval KARVAN_E_ARG a covariance that is not symmetric and positive semidefinite, options; a
 * cost_change that is none of the economy's
 * @retval KARVAN_E_NOCONV more than half of the draws found no equilibrium
 * @retval KARVAN_E_NOMEM, KARVAN_E_CANCELLED
 * Memory: 8 bytes a draw, country and result, and 24 more for pairs.
 */
KARVAN_API karvan_status karvan_draws_solve(const karvan_economy *e,
                                            const karvan_equilibrium_options *options,
                                            const karvan_draw_options *draws, karvan_draws **out,
                                            karvan_error *err);
KARVAN_API void karvan_draws_destroy(karvan_draws *d);
/** Draws that found no equilibrium and count in no quantile. */
KARVAN_API int64_t karvan_draws_failed(const karvan_draws *d);
/** Quantile p of a result of a country over the draws (linear between order statistics); NaN where
 * the result is. */
KARVAN_API double karvan_draws_quantile(const karvan_draws *d, karvan_result r, int32_t country,
                                        double p);
/** As karvan_equilibrium_table, each result with _p5, _p50 and _p95 behind it. */
KARVAN_API karvan_status karvan_draws_table(const karvan_economy *e, const karvan_equilibrium *q,
                                            const karvan_draws *d, bool wide, karvan_table **out,
                                            karvan_error *err);
/** As karvan_equilibrium_pairs, with ratio_p5, ratio_p50 and ratio_p95. O(pairs x draws). */
KARVAN_API karvan_status karvan_draws_pairs(const karvan_economy *e, const karvan_equilibrium *q,
                                            const karvan_draws *d, karvan_table **out,
                                            karvan_error *err);

/** Coefficients with their covariance. Clear with karvan_coefficients_clear. */
typedef struct karvan_coefficients {
    int n;
    char **name;        /**< [n] */
    double *estimate;   /**< [n] */
    double *covariance; /**< [n][n]; all 0 where neither se nor covariance was given */
} karvan_coefficients;
/**
 * Coefficients from a CSV with columns term (or name), estimate and, if any, se; or from the JSON
 * of `karvan gravity`.
 * @param covariance  path of a CSV: column term, and a column a term; NULL: the squares of se
 * @retval KARVAN_E_IO, KARVAN_E_NOMEM
 * @retval KARVAN_E_DATA "file:line:column: " what is wrong: a term that stands twice or is missing
 */
KARVAN_API karvan_status karvan_coefficients_read(const char *path, const char *covariance,
                                                  karvan_coefficients *out, karvan_error *err);
KARVAN_API void karvan_coefficients_clear(karvan_coefficients *c);
/* ---- From generalised cost to trade cost ---- */

/** How a change of cost becomes a change of trade cost. */
typedef struct karvan_cost_options {
    /** id, value_usd_per_t, delta_percent_day (ad-valorem equivalent of a day in transit),
     * reliability_ratio; for draws value_low_usd_per_t, value_high_usd_per_t, delta_low, delta_high
     * (5 % and 95 %). A region's table cargo_classes. Must be given. */
    const karvan_table *classes;
    /** exporter, importer, cargo_class, share, shares_from (karvan_trade_class_shares); NULL:
     * column share of the changes is needed */
    const karvan_table *shares;
    double elasticity; /**< trade elasticity, above 0; 0: 4 */
    double base_tau;   /**< where changes give no levels and no column base_tau; 0: 1 */
    uint64_t seed;     /**< of the draws */
} karvan_cost_options;

/**
 * @param changes  exporter, importer; cargo_class (absent, empty or "all": every class that the
 * pair trades); share (of the pair's trade, 0..1; absent: options->shares); and either
 * d_usd_t (USD a tonne), d_hours (of the mean), d_dispersion_h (of P90 - P50), each 0 where its
 * column is absent, with base_tau (from 1) if stated; or levels: usd_t_before, usd_t_after,
 * hours_before, hours_after, and dispersion_h_before, dispersion_h_after where not 0.
 * @retval KARVAN_E_ARG no classes; elasticity or base_tau out of range
 * @retval KARVAN_E_DATA with file:line:column: a column missing, misspelt or of text; both forms;
 * an empty cell; a class that is none (the nearest is named); no shares of a pair; shares above 1;
 * a pair's class twice; a level below 0; levels of a class the pair trades left out; trade of a
 * country with itself; a saving larger than the stated trade cost; a class without value density
 * @retval KARVAN_E_NOMEM
 * Source: docs/methods/cost-to-trade.md; Hummels and Schaur 2013, American Economic Review 103(7).
 */
KARVAN_API karvan_status karvan_cost_create(const karvan_table *changes,
                                            const karvan_cost_options *options, karvan_cost **out,
                                            karvan_error *err);
KARVAN_API void karvan_cost_destroy(karvan_cost *c);
/** Pairs, by exporter, then importer. Names live as long as c. */
KARVAN_API int64_t karvan_cost_pairs(const karvan_cost *c);
KARVAN_API const char *karvan_cost_exporter(const karvan_cost *c, int64_t pair);
KARVAN_API const char *karvan_cost_importer(const karvan_cost *c, int64_t pair);
/**
 * ln tau' - ln tau of every pair.
 * @param draw  0: values as stated; n: draw n of value densities and of the worth of a day, the
 * same on any thread and for any set of pairs (two-piece lognormal through 5 %, median and 95 %)
 * @param[out] d_ln_tau [pairs]
 * @retval KARVAN_E_ARG draw below 0; KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_cost_draw(const karvan_cost *c, int64_t draw, double *d_ln_tau,
                                          karvan_error *err);
/** exporter, importer, d_ln_tau, partial_effect (-elasticity * d_ln_tau): what a counterfactual
 * takes. draw as karvan_cost_draw. */
KARVAN_API karvan_status karvan_cost_changes(const karvan_cost *c, int64_t draw, karvan_table **out,
                                             karvan_error *err);
/**
 * The bridge told: a row for each class of each pair and one of cargo_class "all". exporter,
 * importer, cargo_class, share, value_usd_t, delta_percent_day, reliability_ratio, money, time,
 * reliability, ad_valorem (parts and sum of the change, per cent of the pair's trade), d_ln_tau and
 * partial_effect (parts of a pair add up to its whole: the logarithmic mean shares them out),
 * tau_before, tau_after, form (levels; change on stated base; change on base 1), shares_from.
 */
KARVAN_API karvan_status karvan_cost_parts(const karvan_cost *c, karvan_table **out,
                                           karvan_error *err);
/** exporter, importer, d_ln_tau, low, high, partial_effect, effect_low, effect_high, draws: 5 % and
 * 95 % of draws 1..draws. @retval KARVAN_E_ARG fewer than 2 draws */
KARVAN_API karvan_status karvan_cost_intervals(const karvan_cost *c, int64_t draws,
                                               karvan_table **out, karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
