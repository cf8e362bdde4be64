#ifndef KARVAN_SRC_REPORT_WHAT_IF_H
#define KARVAN_SRC_REPORT_WHAT_IF_H
/* What a change of trade costs would do to the countries of the region's matrix, in equilibrium,
 * with intervals from draws. */
#include "karvan/equilibrium.h"
#include "report/trade_facts.h"

/* The newest year of the matrix as a square: countries with an estimate of their domestic trade. */
typedef struct karvan_i_baseline {
    karvan_table *panel; /* of that year */
    int64_t year;
    int32_t n;
    const char **country;   /* [n] borrowed from panel */
    double *flow;           /* [n][n] thousand USD */
    double *agreement;      /* [n][n] 1: a free-trade agreement binds the pair; 0: none */
    int unknown;            /* flows that no side states, taken for 0 */
    karvan_i_text left_out; /* codes of countries without an estimate, parted by "; " */
} karvan_i_baseline;
/* panel stays NULL where the region has no matrix, or says nothing of domestic trade. */
karvan_status karvan_i_baseline_init(karvan_i_baseline *b, const karvan_i_trade_facts *f,
                                     karvan_error *err);
void karvan_i_baseline_clear(karvan_i_baseline *b);
/* Number of a country, -1: none. */
int32_t karvan_i_baseline_find(const karvan_i_baseline *b, const char *code);

/* Elasticity of trade to its cost: settings trade_elasticity, and its P5 and P95. */
typedef struct karvan_i_elasticity {
    double theta, low, high; /* low 0: not drawn */
} karvan_i_elasticity;
/* KARVAN_E_DATA: a setting that is no number above 0. theta 0: the region states none. */
karvan_status karvan_i_elasticity_read(const karvan_package *region, karvan_i_elasticity *e,
                                       karvan_error *err);

/* A change: of an agreement (changes of its dummy times a coefficient), or of transport cost. */
typedef struct karvan_i_change {
    const double *dummy; /* [n][n]; NULL: of cost */
    double beta, se;
    const karvan_cost *cost; /* its countries are in the baseline */
} karvan_i_change;

enum { KARVAN_I_REAL_INCOME, KARVAN_I_EXPORTS, KARVAN_I_IMPORTS, KARVAN_I_EFFECTS };
enum { KARVAN_I_POINT, KARVAN_I_P5, KARVAN_I_P50, KARVAN_I_P95, KARVAN_I_FIGURES };
typedef struct karvan_i_what_if {
    int32_t n;
    int draws, failed;
    /* per cent, [n]; KARVAN_I_POINT at the central parameters */
    double *effect[KARVAN_I_EFFECTS][KARVAN_I_FIGURES];
    double between[KARVAN_I_FIGURES]; /* trade of the country with its partners, both ways */
} karvan_i_what_if;
/**
 * The equilibrium at the central parameters, and karvan_draws_solve with seed 1: of the
 * coefficient or of the bridge, and of the elasticity. Deficits additive.
 * @retval KARVAN_E_NOCONV no equilibrium, or in fewer than half of the draws
 */
karvan_status karvan_i_what_if_solve(const karvan_i_baseline *b, const karvan_i_trade_facts *f,
                                     const karvan_i_change *change, const karvan_i_elasticity *e,
                                     int draws, karvan_i_what_if *out, karvan_error *err);
void karvan_i_what_if_clear(karvan_i_what_if *w);
/* country, then of each effect its P5, P50, P95 and the central one. */
karvan_status karvan_i_what_if_table(const karvan_i_baseline *b, const karvan_i_what_if *w,
                                     karvan_table **out, karvan_error *err);
#endif
