#ifndef KARVAN_SRC_TRADE_PANEL_H
#define KARVAN_SRC_TRADE_PANEL_H
/* A fit of exporter-time and importer-time effects, with pair effects or without, laid out as pairs
 * times years: what the corrections for incidental parameters work on. */
#include "trade/fit.h"

typedef struct karvan_i_panel {
    /* Sides a and b are exporter and importer, the one with more countries first: the corrections
     * treat both alike. */
    int32_t n_a, n_b, pairs;
    int times, k;
    bool pair_effect;
    int pair_is;            /* effect of the fit, where there is one */
    int32_t *a, *b;         /* [pairs], sorted by a, then b */
    int32_t *pair;          /* [rows of the fit] */
    double *weight;         /* [pairs][times] in the normal equations; 0: no such row */
    double *residual;       /* [pairs][times] score but for the regressor */
    double **x;             /* [k] of [pairs][times]: regressors less their projection */
    karvan_i_effect either; /* pairs as a cluster; level is `pair` */
} karvan_i_panel;

/* Names may be NULL: karvan_gravity_bias_correct. @retval KARVAN_E_ARG the fit has other effects,
 * KARVAN_E_DATA two rows of one pair and time, fewer than two exporters or importers */
karvan_status karvan_i_panel_create(const karvan_gravity *g, const char *exporter,
                                    const char *importer, const char *time, karvan_i_panel *out,
                                    karvan_error *err);
/* A zeroed one holds nothing. */
void karvan_i_panel_clear(karvan_i_panel *p);
#endif
