/* Covariance of the coefficients: bread, meat, small-sample factor, and a text that says which.
 * Factors: those of fixest 0.14 and of ppmlhdfe; docs/methods/gravity-errors.md has the table. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/bias.h"
#include "trade/sandwich.h"
#include "trade/small.h"

/* What is asked for, made out. */
typedef struct request {
    const karvan_gravity *g;
    karvan_se se;
    karvan_ssc ssc;
    int m;
    karvan_i_way way[KARVAN_CLUSTERS_MAX];
    karvan_i_effect own[KARVAN_CLUSTERS_MAX]; /* of clusters that the fit does not have */
    int32_t smallest;                         /* clusters of the way that has the fewest */
} request;

/* ---- clusters ------------------------------------------------------------------------------ */

/* Is text the name but for blanks? */
static bool names(const char *text, const char *name) {
    for (; *text; text++) {
        if (*text == ' ' || *text == '\t') continue;
        if (*text != *name++) return false;
    }
    return *name == 0;
}

static const karvan_i_effect *known(const karvan_gravity *g, const char *text) {
    for (int e = 0; e < g->d.n_effects; e++)
        if (names(text, g->d.effect[e].name)) return &g->d.effect[e];
    for (int c = 0; c < g->d.n_clusters; c++)
        if (names(text, g->d.cluster[c].name)) return &g->d.cluster[c];
    return NULL;
}

static karvan_status find_ways(request *r, int n_clusters, const char *const *cluster,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_gravity *g = r->g;
    r->m = n_clusters ? n_clusters : g->d.n_clusters;
    KARVAN_REQUIRE(r->m > 0, err, KARVAN_E_ARG,
                   "clustered standard errors are asked for and no cluster is named");
    for (int j = 0; j < r->m; j++) {
        r->way[j].effect = n_clusters ? known(g, cluster[j]) : &g->d.cluster[j];
        if (r->way[j].effect) continue;
        KARVAN_TRY(
            karvan_i_effect_create(g->d.data, cluster[j], g->d.n, g->d.row, &r->own[j], err));
        r->way[j].effect = &r->own[j];
    }
done:
    return st;
}

static karvan_status judge_ways(request *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int j = 0; j < r->m; j++) {
        KARVAN_REQUIRE(r->way[j].used >= 2, err, KARVAN_E_DATA,
                       "all rows are in one cluster of %s: two or more are needed",
                       r->way[j].effect->name);
        if (j == 0 || r->way[j].used < r->smallest) r->smallest = r->way[j].used;
    }
done:
    return st;
}

/* ---- coefficients that count: K ------------------------------------------------------------- */

static bool same_columns(const karvan_i_effect *a, const karvan_i_effect *b) {
    if (a->n_columns != b->n_columns) return false;
    return !memcmp(a->column, b->column, sizeof *a->column * (size_t)a->n_columns);
}
static bool has_column(const karvan_i_effect *e, int column) {
    for (int c = 0; c < e->n_columns; c++)
        if (e->column[c] == column) return true;
    return false;
}

/* By name: the effect is a cluster, or a combination with a column that is one. */
static bool nested_by_name(const request *r, const karvan_i_effect *e) {
    for (int j = 0; j < r->m; j++) {
        const karvan_i_effect *c = r->way[j].effect;
        if (same_columns(e, c) || (c->n_columns == 1 && has_column(e, c->column[0]))) return true;
    }
    return false;
}

/* By the rows: every level of the effect lies in one cluster. first: [levels of e]. */
static bool nested_by_rows(int64_t n, const karvan_i_effect *e, const karvan_i_effect *c,
                           int32_t *first) {
    for (int32_t l = 0; l < e->n_levels; l++) first[l] = -1;
    for (int64_t i = 0; i < n; i++) {
        int32_t *f = &first[e->level[i]];
        if (*f < 0)
            *f = c->level[i];
        else if (*f != c->level[i])
            return false;
    }
    return true;
}

/* fixest looks at the rows only where some cluster is no effect. */
static bool clusters_are_effects(const request *r) {
    for (int j = 0; j < r->m; j++) {
        bool found = false;
        for (int e = 0; e < r->g->d.n_effects; e++)
            found = found || same_columns(r->way[j].effect, &r->g->d.effect[e]);
        if (!found) return false;
    }
    return true;
}

static karvan_status is_nested(const request *r, const karvan_i_effect *e, bool look, bool *yes,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t *first = NULL;
    *yes = nested_by_name(r, e);
    if (*yes || !look) goto done;
    first = karvan_i_malloc((size_t)e->n_levels, sizeof *first);
    KARVAN_REQUIRE(first, err, KARVAN_E_NOMEM, "%d levels", (int)e->n_levels);
    for (int j = 0; j < r->m && !*yes; j++)
        *yes = nested_by_rows(r->g->d.n, e, r->way[j].effect, first);
done:
    karvan_i_free(first);
    return st;
}

/* K as fixest counts it: coefficients, and levels of the effects less one for every effect but the
 * first; clustered, effects that are nested in a cluster count for one coefficient each, and for
 * one in all where every effect is. */
static karvan_status count_k(const request *r, int64_t *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_design *d = &r->g->d;
    int64_t levels = 0, nested_levels = 0;
    int nested = 0;
    bool look = r->m > 0 && !clusters_are_effects(r);
    for (int e = 0; e < d->n_effects; e++) {
        bool yes = false;
        levels += d->effect[e].n_levels;
        if (r->m > 0) KARVAN_TRY(is_nested(r, &d->effect[e], look, &yes, err));
        if (yes) nested++, nested_levels += d->effect[e].n_levels;
    }
    *k = r->g->n_kept;
    if (d->n_effects > 0 && nested == d->n_effects)
        *k += 1;
    else if (d->n_effects > 0)
        *k += levels - (d->n_effects - 1) - (nested_levels - nested);
done:
    return st;
}

/* ---- factor and text ------------------------------------------------------------------------ */

typedef struct text {
    char *out;
    size_t cap, n;
} text;
KARVAN_PRINTF(2, 3) static void say(text *t, const char *fmt, ...) {
    if (t->n >= t->cap) return;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(t->out + t->n, t->cap - t->n, fmt, ap);
    va_end(ap);
    t->n += n > 0 ? (size_t)n : 0;
}
/* 8213 as 8,213. */
static void say_count(text *t, int64_t n) {
    if (n >= 1000) {
        say_count(t, n / 1000);
        say(t, ",%03d", (int)(n % 1000));
    } else
        say(t, "%d", (int)n);
}

static void say_ways(text *t, const request *r) {
    static const char *const how[] = {"clustered by ", "two-way clustered by ",
                                      "three-way clustered by ", "four-way clustered by "};
    say(t, "%s", how[r->m - 1]);
    for (int j = 0; j < r->m; j++) {
        say(t, "%s%s (", j ? " and " : "", r->way[j].effect->name);
        say_count(t, r->way[j].used);
        say(t, " clusters)");
    }
}
static void say_kind(text *t, const request *r) {
    if (r->se == KARVAN_SE_CLUSTER)
        say_ways(t, r);
    else
        say(t, r->se == KARVAN_SE_IID ? "iid" : "heteroskedastic (White)");
}

/* The factor of the whole covariance; what it is made of goes to the text. For OLS, iid the bread
 * is already times the sum of squared residuals over n. */
static karvan_status factor_of(const request *r, text *t, double *factor, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double n = (double)r->g->d.n, g = r->smallest;
    bool cluster = r->se == KARVAN_SE_CLUSTER;
    bool variance = r->se == KARVAN_SE_IID && r->g->estimator == KARVAN_OLS;
    int64_t k = 0;
    *factor = 1;
    if (r->ssc == KARVAN_SSC_NONE) {
        say(t, ", no small-sample factor");
        goto done;
    }
    if (r->ssc == KARVAN_SSC_PPMLHDFE) {
        *factor = cluster ? g / (g - 1) : n / (n - 1);
        say(t, cluster ? ", factor G/(G-1) = %.6f" : ", factor n/(n-1) = %.6f", *factor);
        goto done;
    }
    KARVAN_TRY(count_k(r, &k, err));
    KARVAN_REQUIRE((double)k < n, err, KARVAN_E_DATA,
                   "%lld rows for %lld coefficients: the factor of fixest needs more rows",
                   (long long)r->g->d.n, (long long)k);
    bool whole = variance || r->se == KARVAN_SE_HETERO;
    *factor = (whole ? n : n - 1) / (n - (double)k) * (cluster ? g / (g - 1) : 1);
    say(t, ", factor %s/(n-K)%s = %.6f with n = ", whole ? "n" : "(n-1)", cluster ? " G/(G-1)" : "",
        *factor);
    say_count(t, r->g->d.n), say(t, ", K = "), say_count(t, k);
done:
    return st;
}

/* ---- the covariance ---------------------------------------------------------------------------
 */

static double ols_variance(const karvan_gravity *g) {
    double s = 0;
    for (int64_t i = 0; i < g->d.n; i++) s += karvan_i_fit_residual(g, i) * (g->d.y[i] - g->eta[i]);
    return s / (double)g->d.n;
}

/* An indefinite matrix is mended as the program does whose factor is used. */
static void mend(const request *r, double *v, double *scratch, text *t) {
    int k = r->g->n_kept;
    bool stata = r->ssc == KARVAN_SSC_PPMLHDFE;
    double largest = 0;
    if (stata && r->m < 2) return;
    for (int i = 0; i < k; i++) largest = fmax(largest, fabs(v[i * k + i]));
    if (karvan_i_small_psd(k, v, !stata, stata ? 0 : 1e-16, scratch) > 1e-8 * largest)
        say(t,
            ", not positive semi-definite: eigenvalues below 0 set to %s (Cameron, Gelbach and "
            "Miller 2011)",
            stata ? "0" : "1e-16");
}

static karvan_status compute(request *r, double *v, text *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t k = (size_t)r->g->n_kept;
    double factor = 1, *meat = karvan_i_malloc(k + 1, k * sizeof *meat);
    double *scratch = karvan_i_malloc(2 * k + 1, (k + 1) * sizeof *scratch);
    KARVAN_REQUIRE(meat && scratch, err, KARVAN_E_NOMEM, "covariance of %d coefficients", (int)k);
    if (r->se == KARVAN_SE_CLUSTER) {
        KARVAN_TRY(karvan_i_meat_clusters(r->g, r->m, r->way, meat, err));
        KARVAN_TRY(judge_ways(r, err));
    } else if (r->se == KARVAN_SE_HETERO)
        karvan_i_meat_rows(r->g, meat);
    say_kind(t, r);
    KARVAN_TRY(factor_of(r, t, &factor, err));
    if (r->se == KARVAN_SE_IID) {
        memcpy(v, r->g->bread, sizeof *v * k * k);
        if (r->g->estimator == KARVAN_OLS) factor *= ols_variance(r->g);
    } else
        karvan_i_sandwich((int)k, r->g->bread, meat, scratch, v);
    for (size_t i = 0; i < k * k; i++) v[i] *= factor;
    mend(r, v, scratch, t);
done:
    karvan_i_free(meat);
    karvan_i_free(scratch);
    return st;
}

karvan_status karvan_gravity_vcov(const karvan_gravity *g, karvan_se se, karvan_ssc ssc,
                                  int n_clusters, const char *const *cluster, double *v,
                                  char *described, size_t cap, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    request r = {.g = g, .se = se, .ssc = ssc};
    text t = {described, described ? cap : 0, 0};
    double *room = NULL;
    if (described && cap) *described = 0;
    KARVAN_REQUIRE(g, err, KARVAN_E_ARG, "no fit");
    KARVAN_REQUIRE(n_clusters >= 0 && n_clusters <= KARVAN_CLUSTERS_MAX, err, KARVAN_E_ARG,
                   "%d clusters: 0 to %d ways are possible", n_clusters, KARVAN_CLUSTERS_MAX);
    KARVAN_REQUIRE(n_clusters == 0 || cluster, err, KARVAN_E_ARG, "names of clusters are NULL");
    if (r.se == KARVAN_SE_DEFAULT)
        r.se = n_clusters || g->d.n_clusters ? KARVAN_SE_CLUSTER : KARVAN_SE_HETERO;
    if (r.se == KARVAN_SE_CLUSTER) KARVAN_TRY(find_ways(&r, n_clusters, cluster, err));
    if (!v) {
        size_t k = (size_t)g->n_kept;
        v = room = karvan_i_malloc(k + 1, k * sizeof *v);
        KARVAN_REQUIRE(room, err, KARVAN_E_NOMEM, "covariance");
    }
    KARVAN_TRY(compute(&r, v, &t, err));
done:
    if (st != KARVAN_OK && described && cap) *described = 0;
    for (int j = 0; j < KARVAN_CLUSTERS_MAX; j++) karvan_i_effect_clear(&r.own[j]);
    karvan_i_free(room);
    return st;
}

karvan_status karvan_i_cluster_factor(const karvan_gravity *g, karvan_ssc ssc,
                                      const karvan_i_effect *cluster, double *factor,
                                      karvan_error *err) {
    request r = {.g = g, .se = KARVAN_SE_CLUSTER, .ssc = ssc, .m = 1};
    text nowhere = {NULL, 0, 0};
    r.way[0].effect = cluster, r.smallest = r.way[0].used = cluster->n_levels;
    return factor_of(&r, &nowhere, factor, err);
}
