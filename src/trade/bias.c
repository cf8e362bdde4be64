/* Correction for incidental parameters: coefficients and covariance of three-way fits, covariance
 * of two-way fits, whose coefficients have no such bias. */
#include "trade/bias.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/sandwich.h"

/* Rows of the matrix that the exact form inverts; beyond it the one-round form serves. Half a
 * gigabyte, half a minute. */
static const int64_t EXACT_ROWS = 8000;

static karvan_status out_init(size_t k, karvan_gravity_bias *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    out->bias = karvan_i_calloc(k + 1, sizeof *out->bias);
    out->corrected = karvan_i_calloc(k + 1, sizeof *out->corrected);
    out->se = karvan_i_calloc(k + 1, sizeof *out->se);
    out->v = karvan_i_calloc(k + 1, k * sizeof *out->v);
    KARVAN_REQUIRE(out->bias && out->corrected && out->se && out->v, err, KARVAN_E_NOMEM,
                   "correction of %zu coefficients", k);
done:
    return st;
}

static karvan_status correct_coefficients(const karvan_gravity *g, const karvan_i_panel *p,
                                          double *sum, karvan_gravity_bias *out,
                                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int k = g->n_kept;
    if (p->pair_effect) KARVAN_TRY(karvan_i_bias_scores(p, sum, err));
    for (int a = 0; a < k; a++) {
        for (int b = 0; b < k && p->pair_effect; b++) out->bias[a] += g->bread[a * k + b] * sum[b];
        out->corrected[a] = g->beta[a] - out->bias[a];
    }
done:
    return st;
}

static karvan_status correct_covariance(const karvan_gravity *g, const karvan_i_panel *p,
                                        karvan_ssc ssc, double *room, karvan_gravity_bias *out,
                                        karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int k = g->n_kept;
    double factor = 1, *omega = room, *scratch = room + (size_t)k * (size_t)k;
    const karvan_i_effect *pair = p->pair_effect ? &g->d.effect[p->pair_is] : &p->either;
    out->exact = !p->pair_effect || (int64_t)p->n_b * p->times <= EXACT_ROWS;
    KARVAN_TRY(karvan_i_cluster_factor(g, ssc, pair, &factor, err));
    KARVAN_TRY(karvan_i_bias_omega(p, g->bread, out->exact, g->options.threads, omega, err));
    karvan_i_sandwich(k, g->bread, omega, scratch, out->v);
    for (int i = 0; i < k * k; i++) out->v[i] *= factor;
    for (int i = 0; i < k; i++) out->se[i] = sqrt(out->v[i * k + i]);
done:
    return st;
}

karvan_status karvan_gravity_bias_correct(const karvan_gravity *g, const char *exporter,
                                          const char *importer, const char *time, karvan_ssc ssc,
                                          karvan_gravity_bias *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_panel p = {0};
    double *room = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    memset(out, 0, sizeof *out);
    KARVAN_REQUIRE(g, err, KARVAN_E_ARG, "no fit");
    KARVAN_REQUIRE(g->estimator == KARVAN_PPML, err, KARVAN_E_ARG,
                   "the correction for incidental parameters is for PPML alone");
    size_t k = (size_t)g->n_kept;
    KARVAN_TRY(karvan_i_panel_create(g, exporter, importer, time, &p, err));
    KARVAN_TRY(out_init(k, out, err));
    room = karvan_i_calloc(2 * k + 1, (k + 1) * sizeof *room);
    KARVAN_REQUIRE(room, err, KARVAN_E_NOMEM, "correction of %zu coefficients", k);
    out->countries[0] = p.n_a, out->countries[1] = p.n_b, out->times = p.times,
    out->pairs = p.pairs;
    KARVAN_TRY(correct_coefficients(g, &p, room, out, err));
    KARVAN_TRY(correct_covariance(g, &p, ssc, room, out, err));
done:
    if (st != KARVAN_OK) karvan_gravity_bias_clear(out);
    karvan_i_panel_clear(&p);
    karvan_i_free(room);
    return st;
}

void karvan_gravity_bias_clear(karvan_gravity_bias *b) {
    if (!b) return;
    karvan_i_free(b->bias), karvan_i_free(b->corrected), karvan_i_free(b->se), karvan_i_free(b->v);
    memset(b, 0, sizeof *b);
}
