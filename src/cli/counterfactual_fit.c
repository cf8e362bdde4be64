/* Flows as a gravity equation predicts them, and the coefficients of that equation. */
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "cli/counterfactual.h"
#include "cli/words.h"

static int find_coefficient(const karvan_gravity *g, const char *name) {
    for (int i = 0; i < karvan_gravity_count(g); i++)
        if (strcmp(karvan_gravity_name(g, i), name) == 0) return i;
    return -1;
}

static karvan_status no_coefficient(const karvan_gravity *g, const char *name, karvan_error *err) {
    const char *names[256];
    int n = karvan_gravity_count(g) < 256 ? karvan_gravity_count(g) : 256;
    for (int i = 0; i < n; i++) names[i] = karvan_gravity_name(g, i);
    char meant[120];
    for (int i = 0; i < karvan_gravity_collinear(g); i++)
        if (strcmp(karvan_gravity_collinear_name(g, i), name) == 0)
            return karvan_fail(err, KARVAN_E_DATA,
                               "the coefficient of %s cannot be told: it is collinear with others "
                               "or with the effects",
                               name);
    return karvan_fail(err, KARVAN_E_ARG, "the formula has no coefficient %.80s%s", name,
                       karvan_i_meant(name, names, (size_t)n, meant, sizeof meant));
}

/* A collinear one is a term as well, whose coefficient place_terms says cannot be told. */
static bool has_term(const void *from, const char *name) {
    const karvan_gravity *g = from;
    bool there = find_coefficient(g, name) >= 0;
    for (int i = 0; !there && i < karvan_gravity_collinear(g); i++)
        there = strcmp(karvan_gravity_collinear_name(g, i), name) == 0;
    return there;
}

/* Coefficients of changes TERM=COLUMN, by position in the fit; -1: a column alone, which stays what
 * it is. */
static karvan_status place_terms(const counterfactual *k, const karvan_gravity *g, int *at,
                                 karvan_error *err) {
    for (int i = 0; i < k->n_changes; i++) {
        at[i] = k->named[i] ? find_coefficient(g, k->term[i]) : -1;
        if (k->named[i] && at[i] < 0) return no_coefficient(g, k->term[i], err);
    }
    return KARVAN_OK;
}

karvan_status cli_take_coefficients(counterfactual *k, const karvan_gravity *g, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = 0, m = (size_t)karvan_gravity_count(g);
    int at[COUNTERFACTUAL_CHANGES_MOST] = {0};
    double *v = NULL;
    if (k->of_scenario) KARVAN_TRY(cli_keep_known(k, has_term, g, "the formula", err));
    n = (size_t)k->n_changes;
    KARVAN_TRY(place_terms(k, g, at, err));
    k->beta = karvan_i_malloc(n, sizeof *k->beta);
    k->covariance = karvan_i_calloc(n * n, sizeof *k->covariance);
    v = karvan_i_calloc(m * m + 1, sizeof *v);
    KARVAN_REQUIRE(k->beta && k->covariance && v, err, KARVAN_E_NOMEM,
                   "no memory for coefficients");
    for (size_t i = 0; i < n; i++) k->beta[i] = at[i] < 0 ? 1 : karvan_gravity_estimate(g, at[i]);
    if (k->drawing.n == 0) goto done;
    KARVAN_TRY(karvan_gravity_vcov(g, KARVAN_SE_DEFAULT, KARVAN_SSC_FIXEST, 0, NULL, v,
                                   k->covariance_of, sizeof k->covariance_of, err));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (at[i] >= 0 && at[j] >= 0)
                k->covariance[i * n + j] = v[(size_t)at[i] * m + (size_t)at[j]];
done:
    karvan_i_free(v);
    return st;
}

/* Ways of clustering: --cluster several times, or a list. */
static karvan_status read_clusters(const cli *c, karvan_gravity_options *o,
                                   char room[KARVAN_CLUSTERS_MAX][256], karvan_error *err) {
    for (int i = 0; i < c->n_options; i++) {
        if (strcmp(c->option[i], "cluster") != 0) continue;
        const char *said = c->value[i];
        char word[256];
        for (bool more = true; more;) {
            karvan_status st = cli_next_word(&said, ',', word, sizeof word, &more, err);
            if (st != KARVAN_OK) return st;
            if (!more) break;
            if (o->n_clusters == KARVAN_CLUSTERS_MAX)
                return karvan_fail(err, KARVAN_E_ARG, "--cluster names more than %d ways",
                                   KARVAN_CLUSTERS_MAX);
            memcpy(room[o->n_clusters], word, sizeof word);
            o->cluster[o->n_clusters] = room[o->n_clusters];
            o->n_clusters++;
        }
    }
    return KARVAN_OK;
}

karvan_status cli_fit_flows(const cli *c, counterfactual *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_gravity *g = NULL;
    char clusters[KARVAN_CLUSTERS_MAX][256];
    karvan_gravity_options o = {.formula = cli_option(c, "formula"), .threads = k->drawing.threads};
    KARVAN_TRY(read_clusters(c, &o, clusters, err));
    KARVAN_TRY(karvan_gravity_fit(k->data, &o, &g, err));
    k->fitted = karvan_i_malloc((size_t)karvan_table_rows(k->data) + 1, sizeof *k->fitted);
    KARVAN_REQUIRE(k->fitted, err, KARVAN_E_NOMEM, "no memory for fitted flows");
    KARVAN_TRY(karvan_gravity_fitted(g, k->fitted, err));
    if (!k->beta) KARVAN_TRY(cli_take_coefficients(k, g, err));
    st = cli_fit_trade_costs(c, k, g, err);
done:
    karvan_gravity_destroy(g);
    return st;
}
