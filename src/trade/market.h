#ifndef KARVAN_SRC_TRADE_MARKET_H
#define KARVAN_SRC_TRADE_MARKET_H
/* One group of countries that trade with one another: market clearing in logs of prices, and the
 * two ways to solve it. docs/methods/equilibrium.md has the equations under the same letters. */
#include "karvan/equilibrium.h"

/* How spending follows output. */
typedef enum karvan_i_rule {
    KARVAN_I_ADDITIVE,     /* E' = Y' + (E - Y) */
    KARVAN_I_PROPORTIONAL, /* E' = E Y'/Y */
    KARVAN_I_BALANCED      /* E' = Y' */
} karvan_i_rule;

typedef struct karvan_i_market {
    int32_t n;
    double theta, psi;
    karvan_i_rule rule;
    double *y, *e; /* [n] output and spending before */
    double *m;     /* [n][n] share of exporter i in j's spending, times exp(change) */
    /* Filled by an evaluation at x. */
    double *q;        /* [n] exp(-theta x) */
    double *a;        /* [n] sum of m q over exporters: (price index)^-theta */
    double *p;        /* [n] ln of the price index */
    double *y1, *e1;  /* [n] output and spending after */
    double *v;        /* [n] e1 / a */
    double *s;        /* [n] sales */
    int32_t negative; /* country whose spending would be 0 or less, and is held above; -1: none */
    /* Of the solvers. */
    double *x, *best, *r; /* [n] ln of prices; the best of them; ln(sales / output) */
    double *work;         /* [n][KARVAN_I_MARKET_WORK] */
    double residual;      /* largest |r| at best */
    int iterations, newton_steps;
} karvan_i_market;

/* Share of its spending below which a country's is not let fall on the way. */
#define KARVAN_I_LEAST 1e-3

enum { KARVAN_I_WINDOW = 8, KARVAN_I_MARKET_WORK = 3 * KARVAN_I_WINDOW + 4 };

karvan_status karvan_i_market_init(karvan_i_market *g, int32_t most, karvan_error *err);
void karvan_i_market_clear(karvan_i_market *g);
/* Residuals at x, which is moved so that the group's output stays what it was. The largest of them;
 * INFINITY where numbers overflow. Spending that would not be above 0 is held at a thousandth of
 * what it was (g->negative), so that the way may lead past there; it ends there nowhere. */
double karvan_i_market_residual(karvan_i_market *g, double *x, double *r);
/* Fixed point with Anderson's acceleration, from x = best. True: residual <= tolerance. */
bool karvan_i_market_iterate(karvan_i_market *g, double tolerance, int most);
/* The same without acceleration, so many steps from g->best on; g->best is where they end. False:
 * numbers overflow. */
bool karvan_i_market_walk(karvan_i_market *g, double tolerance, int steps);
/* Newton with a dense Jacobian from g->best, halving steps that do not help. */
karvan_status karvan_i_market_newton(karvan_i_market *g, double tolerance, bool *found,
                                     karvan_error *err);
/* The inverse of the Jacobian at prices of before, [n][n], for many solutions near to them; *good
 * false: there is none. g->best is lost. KARVAN_E_NOMEM. */
karvan_status karvan_i_market_inverse(karvan_i_market *g, double *out, bool *good,
                                      karvan_error *err);
/* From g->best by that inverse. False: it leads on too slowly; g->best is where it came to. */
bool karvan_i_market_chord(karvan_i_market *g, const double *inverse, double tolerance);
/* The inverse of j[n][n] by Gauss and Jordan with partial pivoting, j lost; false: singular, or not
 * finite. */
bool karvan_i_invert(size_t n, double *j, double *out);
/* out[j] = sum over i of m[i][j] x[i]; out[i] = sum over j of m[i][j] x[j]. */
void karvan_i_times_rows(int32_t n, const double *m, const double *x, double *out);
void karvan_i_times_columns(int32_t n, const double *m, const double *x, double *out);
#endif
