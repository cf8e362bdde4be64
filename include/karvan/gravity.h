#ifndef KARVAN_GRAVITY_H
#define KARVAN_GRAVITY_H
/* Room: trade. Structural gravity by Poisson pseudo-maximum likelihood (PPML) with any number of
 * fixed effects; OLS on logs for comparison. A fit is made of a table and a formula and is frozen:
 * any number of threads may read it. Method: docs/methods/gravity.md. */
#include "karvan/base.h"
#include "karvan/table.h"
#include "karvan/trade.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum karvan_estimator {
    KARVAN_PPML, /**< Poisson pseudo-maximum likelihood, log link */
    KARVAN_OLS   /**< least squares of ln y; rows with y = 0 are dropped and counted */
} karvan_estimator;

/** Standard errors. */
typedef enum karvan_se {
    KARVAN_SE_DEFAULT, /**< clustered where clusters are named, else heteroskedastic */
    KARVAN_SE_IID,     /**< inverse of the information; for OLS times the residual variance */
    KARVAN_SE_HETERO,  /**< sandwich, White */
    KARVAN_SE_CLUSTER /**< sandwich clustered one to four ways (Cameron, Gelbach and Miller 2011) */
} karvan_se;

/** Small-sample factors. Formulas: docs/methods/gravity-errors.md. */
typedef enum karvan_ssc {
    KARVAN_SSC_FIXEST,   /**< (n-1)/(n-K), heteroskedastic n/(n-K), with K of effects that are not
                            nested in a cluster, and G/(G-1) of the way with the fewest clusters */
    KARVAN_SSC_PPMLHDFE, /**< G/(G-1) alone; n/(n-1) without clusters */
    KARVAN_SSC_NONE
} karvan_ssc;

/** Most ways of clustering. */
#define KARVAN_CLUSTERS_MAX 4

/** How to estimate. Zero-initialised: PPML with the defaults that are named. Strings are borrowed
 * by the call. */
typedef struct karvan_gravity_options {
    const char *formula; /**< "y ~ x1 + log(x2) | a^t + b^t + a^b"; grammar: gravity.md */
    karvan_estimator estimator;
    const char *weights;                      /**< column or expression of weights > 0, NULL: 1 */
    const char *offset;                       /**< added to the linear predictor, NULL: 0 */
    int n_clusters;                           /**< 0 .. KARVAN_CLUSTERS_MAX */
    const char *cluster[KARVAN_CLUSTERS_MAX]; /**< "a^b": combinations of columns */
    double tolerance;     /**< of the coefficients: the last Newton step moves none of them by more
                             than this share of |b| or, if that is more, of 1 (of 1/s where its
                             regressor less the effects varies by s > 1); 0: 1e-10 */
    int max_iterations;   /**< of Newton; 0: 200 */
    bool keep_singletons; /**< do not drop rows that are alone in a level of an effect */
    bool keep_separated;  /**< do not look for separation (the estimates may then not exist) */
    int threads;          /**< 0: as many as the machine has. The same bytes for any number */
    const karvan_cancel *cancel; /**< may be NULL */
    karvan_progress *progress;   /**< a step an iteration; may be NULL */
} karvan_gravity_options;

/** A fit. */
typedef struct karvan_gravity karvan_gravity;

/** Figures of a fit. */
typedef struct karvan_gravity_stats {
    int64_t n_read, n;   /**< rows of the data; rows in use */
    int64_t n_missing;   /**< dropped: a cell of the formula holds no value (or log of <= 0) */
    int64_t n_singleton; /**< dropped: alone in a level of an effect */
    int64_t n_separated; /**< dropped: separated, levels whose flows are all zero included */
    int64_t n_zero;      /**< rows in use with y = 0 */
    int iterations;      /**< of Newton (IRLS) */
    int64_t sweeps;      /**< passes over the rows by the solver of the effects */
    bool converged;
    double step; /**< largest relative move of a coefficient in the last iteration */
    double deviance, loglik, loglik_null;
    double pseudo_r2;     /**< 1 - loglik/loglik_null (McFadden); OLS: R2 */
    double r2;            /**< squared correlation of y and its fitted values */
    int n_effects;        /**< effects in the formula */
    int64_t n_levels;     /**< levels of all of them in use */
    int64_t rank_effects; /**< independent coefficients of effects as fixest counts them:
                             levels less (effects - 1) */
    double seconds;       /**< from call to fit */
    int threads;          /**< used */
} karvan_gravity_stats;

/**
 * Estimate.
 * @param data  outlives the fit. Its missing cells drop their row, counted.
 * @param[out] out  NULL on failure but for KARVAN_E_NOCONV, where it holds the best iterate, marked
 * @retval KARVAN_E_ARG   the formula is wrong (message: byte and what was expected), names a column
 * that is none (the nearest is suggested), or a column of text where numbers are needed
 * @retval KARVAN_E_DATA  a negative y (file, line and column of the first and how many), a weight
 * <= 0, no row left
 * @retval KARVAN_E_NOCONV  the limit of iterations was reached
 * @retval KARVAN_E_NOMEM, KARVAN_E_CANCELLED
 * Cost: a few dozen passes over the rows (ten indices and numbers each). Source: Correia, Guimaraes
 * and Zylkin 2020, Stata Journal 20(1); docs/methods/gravity.md for what differs.
 */
KARVAN_API karvan_status karvan_gravity_fit(const karvan_table *data,
                                            const karvan_gravity_options *options,
                                            karvan_gravity **out, karvan_error *err);
/**
 * Names of the columns that formula, weights, offset and clusters of a fit read, so that a large
 * file need not be read whole (karvan_csv_options.only).
 * @param header  a table whose columns are looked at (it needs no rows); NULL: none
 * @param[out] out  column: the names, in the order in which they first stand
 * @retval KARVAN_E_ARG  as karvan_gravity_fit; with a header also a column that it has not
 */
KARVAN_API karvan_status karvan_gravity_columns(const karvan_gravity_options *options,
                                                const karvan_table *header, karvan_table **out,
                                                karvan_error *err);
KARVAN_API void karvan_gravity_destroy(karvan_gravity *g);
KARVAN_API karvan_gravity_stats karvan_gravity_statistics(const karvan_gravity *g);

/** Coefficients of the formula, those dropped as collinear left out. Names live as long as the
 * fit. i in 0 .. count-1. */
KARVAN_API int karvan_gravity_count(const karvan_gravity *g);
KARVAN_API const char *karvan_gravity_name(const karvan_gravity *g, int i);
KARVAN_API double karvan_gravity_estimate(const karvan_gravity *g, int i);
/** What is explained, as the formula writes it; the formula's effects, "exp^year", i in
 * 0 .. n_effects-1. */
KARVAN_API const char *karvan_gravity_response(const karvan_gravity *g);
KARVAN_API const char *karvan_gravity_effect(const karvan_gravity *g, int i);
/** Regressors dropped as collinear with others or with the effects. i in 0 .. collinear-1. */
KARVAN_API int karvan_gravity_collinear(const karvan_gravity *g);
KARVAN_API const char *karvan_gravity_collinear_name(const karvan_gravity *g, int i);

/**
 * Covariance of the coefficients.
 * @param n_clusters, cluster  0: the clusters named when the fit was made
 * @param[out] v  [count][count], row by row; may be NULL
 * @param[out] described what was used, with factor: "clustered by exp^imp (8,213 clusters), factor
 * G/(G-1) = 1.000122"; cap bytes; may be NULL
 * @retval KARVAN_E_ARG clusters asked for and none named; no such column
 * @retval KARVAN_E_DATA a cluster cell holds no value in a row in use; fewer than two clusters; as
 * many coefficients as rows (KARVAN_SSC_FIXEST)
 * A matrix that is not positive semi-definite is mended as in the program whose factor it has, and
 * `described` says so. Cost: a pass over the rows for each set of ways, two more sorts of them for
 * each set of several. Sources, formulas: docs/methods/gravity-errors.md.
 */
KARVAN_API karvan_status karvan_gravity_vcov(const karvan_gravity *g, karvan_se se, karvan_ssc ssc,
                                             int n_clusters, const char *const *cluster, double *v,
                                             char *described, size_t cap, karvan_error *err);
/** term, estimate, se, z, p, low, high (95 %) of one covariance. */
KARVAN_API karvan_status karvan_gravity_table(const karvan_gravity *g, const double *v,
                                              karvan_table **out, karvan_error *err);
/** row (of the data, from 1), line (of the file, 0: none), reason, certificate, detail (in words);
 * by row. Reasons: missing, singleton, all-zero, separated. Certificate: of separated rows z >= 0
 * such that z is a combination of the regressors and effects, is zero wherever y > 0 and is above 0
 * here. */
KARVAN_API karvan_status karvan_gravity_dropped(const karvan_gravity *g, karvan_table **out,
                                                karvan_error *err);
/**
 * Rows in use that have the cells of an earlier one in every column of the effects: with effects by
 * exporter, importer and year, flows that stand twice.
 * @param[out] rows  how many; 0 also where the effects have fewer than two columns or more than
 * four
 * @param[out] first  [2] data rows (from 1) of the first of them and of the row that it repeats
 * Cost: a few passes over the rows.
 */
KARVAN_API karvan_status karvan_gravity_repeated(const karvan_gravity *g, int64_t *rows,
                                                 int64_t *first, karvan_error *err);
/** Fixed effects recovered: effect, level, value, rows; one normalisation for each connected part
 * of the data (the first level of every effect but the first is 0). */
KARVAN_API karvan_status karvan_gravity_effects(const karvan_gravity *g, karvan_table **out,
                                                karvan_error *err);
/** Fitted value of each row of the data in y's unit, [rows of the data]; NaN where the row was
 * dropped. */
KARVAN_API karvan_status karvan_gravity_fitted(const karvan_gravity *g, double *fitted,
                                               karvan_error *err);
/** What regressors and offset say of each row, in logs: the linear predictor less all effects,
 * [rows of the data]; NaN where the row was dropped. With effects of exporters and importers it is
 * ln t^(1 - sigma) of trade costs t. */
KARVAN_API karvan_status karvan_gravity_without_effects(const karvan_gravity *g, double *out,
                                                        karvan_error *err);
/**
 * Predict on new rows: fitted value in y's unit and se of the linear predictor from v (effects as
 * given, NULL: none), and for rows that cannot be predicted why: a cell without a value, a value of
 * a factor or an effect that the fit has not seen, effects from parts of the data that nothing
 * connects. Columns are found by name; y, weights and clusters are not needed.
 * @param[out] out  row (from 1), predicted, se, missing ("" where predicted)
 * @retval KARVAN_E_ARG  no such column; text where the fit had numbers, or the other way
 * @retval KARVAN_E_DATA  a prediction too large for a number
 * Cost: a pass over the fit's rows, then a few look-ups a row.
 */
KARVAN_API karvan_status karvan_gravity_predict(const karvan_gravity *g, const double *v,
                                                const karvan_table *data, karvan_table **out,
                                                karvan_error *err);

/** What a correction for incidental parameters gives. */
typedef struct karvan_gravity_bias {
    double *bias;         /**< [count] of each coefficient; 0 in two-way fits, which have none */
    double *corrected;    /**< [count] estimate less bias */
    double *se;           /**< [count] of the corrected coefficients */
    double *v;            /**< [count][count] corrected covariance, clustered by pair */
    int32_t countries[2]; /**< exporters and importers, the larger number first */
    int32_t pairs, times; /**< in use */
    bool exact;           /**< v from the whole information matrix; else, in panels of more than
                             8,000 importer-years, from one round of projections */
} karvan_gravity_bias;
/**
 * Analytical correction for the bias that comes with many effects: of coefficients and
 * pair-clustered covariance in three-way fits (exporter-time, importer-time, pair), of the
 * covariance in two-way fits (without pair).
 * @param exporter, importer, time  columns that make up the effects, also where an effect is one
 * column of its own; time NULL beside them: there is none (two-way). All NULL: found in the
 * effects, a^t + b^t + a^b in any order, a^t + b^t or a + b; t is what the first two share, or of
 * three the one that alone is of whole numbers
 * @param ssc  factor of the covariance; KARVAN_SSC_PPMLHDFE is that of the published program
 * @param[out] out  clear with karvan_gravity_bias_clear; zeroed on failure
 * @retval KARVAN_E_ARG the fit has other effects than these, or is not PPML; no such column
 * @retval KARVAN_E_DATA two rows of one pair and time; fewer than two exporters or importers
 * @retval KARVAN_E_NOMEM
 * Cost, with n the importer-years (or exporter-years if fewer): 8 n (n + exporter-years) bytes;
 * n^3/2 + 3 n^2 times exporters multiplications. Domestic flows are pairs like others. Source:
 * Weidner and Zylkin 2021, Journal of International Economics 132, 103513;
 * docs/methods/gravity-errors.md.
 */
KARVAN_API karvan_status karvan_gravity_bias_correct(const karvan_gravity *g, const char *exporter,
                                                     const char *importer, const char *time,
                                                     karvan_ssc ssc, karvan_gravity_bias *out,
                                                     karvan_error *err);
/** NULL and zeroed ones are allowed. */
KARVAN_API void karvan_gravity_bias_clear(karvan_gravity_bias *b);

/**
 * Wald test that all coefficients but the intercept are 0. Each out may be NULL.
 * @param v  as karvan_gravity_vcov gives it
 * @param[out] chi2, df, p  the statistic, its degrees of freedom, P(chi-squared > chi2)
 * @retval KARVAN_E_ARG  there is no coefficient but the intercept
 * @retval KARVAN_E_DATA the covariance is singular, as with fewer clusters than coefficients
 */
KARVAN_API karvan_status karvan_gravity_wald(const karvan_gravity *g, const double *v, double *chi2,
                                             int *df, double *p, karvan_error *err);
/** Ramsey's RESET for PPML: the squared linear predictor added to the model; its z and p. */
KARVAN_API karvan_status karvan_gravity_reset(const karvan_gravity *g, karvan_se se, karvan_ssc ssc,
                                              double *z, double *p, karvan_error *err);

/* ---- Potential: what a pair trades, beside what pairs like it trade ---- */

/** How potential is told. Zero-initialised: the defaults named below. Strings are borrowed. */
typedef struct karvan_potential_options {
    double level;   /**< of intervals, per cent, above 0 and below 100; 0: 90 */
    bool in_sample; /**< the fitted value itself, which the flow has helped to make; else, of rows
                         that the fit uses, what it would predict had it not seen them */
    const char *exporter, *importer, *year; /**< columns; NULL: exporter, exp, ..., as they are
                                                 usually called; without a year there is one */
    const char *unit; /**< of flows; NULL: what the column says, or column `unit` in every row */
} karvan_potential_options;

/**
 * Actual trade beside predicted, row by row. Columns: year (where there is one), exporter,
 * importer; actual, predicted, low, high (interval in which a flow of this prediction lies), ratio
 * (actual / predicted), gap (predicted - actual: above 0 is trade that pairs like it have), below
 * (the share of comparable flows with a higher ratio: near 1, it trades below its potential), rank
 * (by gap within its year, the largest first), fitted (by the fit that has seen the row), se (of ln
 * fitted, of ln predicted in new rows), leverage (in 0..1, how far the fit follows the row; both
 * unknown in sample), sample ("without itself", "in sample", "out of sample"), note (why there is
 * no prediction, or no gap). Rows of trade within a country are used by the fit and left out here.
 * @param v     as karvan_gravity_vcov gives it; NULL: se of effects alone, of new rows none
 * @param data  rows to look at, with the columns of the formula (what is explained may be absent);
 * NULL: those of the fit
 * @retval KARVAN_E_ARG  the fit is not PPML; an effect is of pairs (exporter^importer): it takes
 * what a pair trades for what it could; a column is not found; a level out of range
 * @retval KARVAN_E_DATA not in_sample, and one part of the data connects more than 4,000 levels
 * @retval KARVAN_E_NOMEM
 * Cost: as karvan_gravity_predict; not in_sample, also the cube of the levels that hang together
 * (exporters and importers of one year). Source: docs/methods/potential.md.
 */
KARVAN_API karvan_status karvan_gravity_potential(const karvan_gravity *g, const double *v,
                                                  const karvan_table *data,
                                                  const karvan_potential_options *options,
                                                  karvan_table **out, karvan_error *err);

typedef enum karvan_potential_by {
    KARVAN_POTENTIAL_PAIR,
    KARVAN_POTENTIAL_EXPORTER,
    KARVAN_POTENTIAL_IMPORTER,
    KARVAN_POTENTIAL_YEAR
} karvan_potential_by;

/** What is added up. Zero-initialised: all rows, by pair. */
typedef struct karvan_potential_query {
    karvan_potential_by by;
    double level; /**< as karvan_potential_options */
    bool has_from, has_to;
    int64_t from_year, to_year;
    const char *exporter, *importer; /**< a code or a group; NULL: any */
    bool either_way;                 /**< also with the two changed over */
    int n_groups;
    const karvan_trade_group *groups; /**< [n_groups] stand for their countries; what they trade
                                           with one another is a flow from the group to itself */
} karvan_potential_query;

/**
 * Totals of a table of karvan_gravity_potential. Columns: exporter, importer, year, as they are
 * asked by; years and flows (that were added up), left_out (flows without actual or predicted);
 * actual, predicted, gap by year, the mean of the years; low, high and below among totals of like
 * size, not covered where too few compare (fewer than 19 at 90 per cent) or only a part of a
 * country's flows is added; ratio; shortfall and excess (gaps above and below 0, apart, by year);
 * trend (of the ratio, by year, least squares; from three years on); rank (by gap). In the order of
 * the names.
 * @retval KARVAN_E_ARG  the table is none of karvan_gravity_potential; by year without years; no
 * such exporter, importer; a country in two groups
 * @retval KARVAN_E_DATA no row has actual and predicted
 * @retval KARVAN_E_NOMEM
 * Cost: a sort of the rows.
 */
KARVAN_API karvan_status karvan_potential_totals(const karvan_table *potential,
                                                 const karvan_potential_query *query,
                                                 karvan_table **out, karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
