/* How a counterfactual is told: what it stands on, then countries. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "cli/counterfactual.h"
#include "cli/words.h"

/* What the reader of the numbers must know of the data: one sentence a call, no newline. */
static bool remark(const counterfactual *k, int which, char *out, size_t cap) {
    karvan_economy_stats s = karvan_economy_statistics(k->economy);
    karvan_equilibrium_stats q = karvan_equilibrium_statistics(k->equilibrium);
    *out = 0;
    if (which == 0 && s.n_absent > 0)
        (void)snprintf(out, cap, "%lld pairs have no %s: their trade counts as 0",
                       (long long)s.n_absent,
                       k->of_region ? "figure in the region's matrix" : "row");
    if (which == 1 && s.n_domestic > 0)
        (void)snprintf(out, cap, "domestic trade changes for %lld countries",
                       (long long)s.n_domestic);
    if (which == 2 && s.groups > 1)
        (void)snprintf(out, cap,
                       "%d groups of countries do not trade with one another: prices of each are "
                       "relative to its own output",
                       (int)s.groups);
    if (which == 3 && s.n_unfitted > 0)
        (void)snprintf(out, cap, "%lld rows without trade have no fitted value: 0",
                       (long long)s.n_unfitted);
    if (which == 4 && s.n_changed == 0) (void)snprintf(out, cap, "no pair with trade changes");
    if (which == 5 && q.deficit == KARVAN_DEFICIT_NONE && q.moved > 0)
        (void)snprintf(out, cap, "flows were balanced first, which moved output by up to %.1f %%",
                       100 * expm1(q.moved));
    if (which == 6 && fabs(q.scale - 1) > 1e-9)
        (void)snprintf(out, cap,
                       "world spending comes to %.9g of world output, as multiplicative deficits "
                       "have it; --deficit universal makes them one",
                       q.scale);
    if (which == 7 && k->draws && karvan_draws_failed(k->draws) > 0)
        (void)snprintf(out, cap, "%lld of %lld draws have no equilibrium and are left out",
                       (long long)karvan_draws_failed(k->draws), (long long)k->drawing.n);
    if (which == 8 && s.n_changed_zero > 0)
        (void)snprintf(out, cap, "%lld pairs that change have no trade: it stays 0",
                       (long long)s.n_changed_zero);
    return which < 9;
}

/* What was made of the data, or left out, is said also where only rows are printed. */
static bool of_data(int which) {
    return which == 0 || which == 3 || which == 4 || which == 7 || which == 8;
}

static double coefficient(const counterfactual *k, int i) { return k->beta ? k->beta[i] : 1; }

static void print_heading(const counterfactual *k) {
    karvan_equilibrium_stats q = karvan_equilibrium_statistics(k->equilibrium);
    const char *by = strcmp(k->baseline, "fitted") == 0 ? k->fitted_by : NULL;
    char text[256];
    printf("%d countries; baseline: %s flows%s%s; deficits: %s; theta %g; supply elasticity %g\n",
           (int)karvan_economy_statistics(k->economy).n, k->baseline, by ? " by " : "",
           by ? by : "", karvan_deficit_name(q.deficit), q.theta, q.psi);
    printf("change of ln trade:");
    for (int i = 0; i < k->n_changes; i++)
        printf("%s %.6g x %s", i ? " +" : "", coefficient(k, i), k->change[i]);
    printf("\n%s: residual %.1e of output, %.1e of spending\n",
           q.converged ? "solved" : "NOT SOLVED", q.market, q.budget);
    if (k->draws)
        printf("%lld draws, seed %llu: 5, 50 and 95 %%\n", (long long)k->drawing.n,
               (unsigned long long)k->drawing.seed);
    if (k->draws && *k->covariance_of) printf("coefficients vary: %s\n", k->covariance_of);
    for (int i = 0; i < k->n_notes; i++) printf("%s\n", k->note[i]);
    for (int i = 0; remark(k, i, text, sizeof text); i++)
        if (*text) printf("%s\n", text);
    printf("changes, per cent:\n");
}

static void print_real(const char *name, double v) {
    char text[40];
    karvan_real_format(v, text, sizeof text);
    printf(", \"%s\": %s", name, isfinite(v) ? text : "null");
}

static void print_object(const counterfactual *k) {
    karvan_equilibrium_stats q = karvan_equilibrium_statistics(k->equilibrium);
    char text[256];
    bool any = false;
    printf("{\"baseline\": \"%s\", \"fitted_by\": ", k->baseline);
    if (k->fitted_by && strcmp(k->baseline, "fitted") == 0)
        cli_json(stdout, k->fitted_by);
    else
        printf("null");
    printf(", \"changes\": [");
    for (int i = 0; i < k->n_changes; i++) {
        printf("%s{\"column\": ", i ? ", " : "");
        cli_json(stdout, k->change[i]);
        print_real("coefficient", coefficient(k, i));
        printf("}");
    }
    printf("]");
    printf(", \"deficit\": \"%s\"", karvan_deficit_name(q.deficit));
    print_real("theta", q.theta), print_real("supply", q.psi);
    printf(", \"n\": %d, \"converged\": %s, \"iterations\": %d",
           (int)karvan_economy_statistics(k->economy).n, q.converged ? "true" : "false",
           q.iterations);
    print_real("residual", q.market), print_real("residual_budget", q.budget);
    print_real("scale", q.scale);
    if (k->draws)
        printf(", \"draws\": %lld, \"draws_failed\": %lld, \"seed\": %llu", (long long)k->drawing.n,
               (long long)karvan_draws_failed(k->draws), (unsigned long long)k->drawing.seed);
    if (k->draws && *k->covariance_of) {
        printf(", \"covariance\": ");
        cli_json(stdout, k->covariance_of);
    }
    printf(", \"stands_on\": [");
    for (int i = 0; i < k->n_notes; i++) {
        if (i) printf(", ");
        cli_json(stdout, k->note[i]);
    }
    printf("], \"remarks\": [");
    for (int i = 0; remark(k, i, text, sizeof text); i++) {
        if (!*text) continue;
        if (any) printf(", ");
        cli_json(stdout, text);
        any = true;
    }
    printf("],\n");
}

/* {"reference": ..., "countries": [...]} within the object. */
static karvan_status print_resistance(const cli *c, const counterfactual *k, karvan_error *err) {
    if (!k->resistance) return KARVAN_OK;
    karvan_resistance_stats s = karvan_resistance_statistics(k->resistance);
    karvan_table *t = NULL;
    karvan_status st = karvan_resistance_table(k->economy, k->resistance, &t, err);
    if (st != KARVAN_OK) return st;
    printf("\"resistance\": {\"reference\": ");
    cli_json(stdout, karvan_economy_country(k->economy, s.reference));
    print_real("residual", s.residual), print_real("apart", s.apart);
    print_real("misfit", s.misfit);
    printf(",\n\"countries\": ");
    st = cli_print(c, t, err);
    printf("},\n");
    karvan_table_destroy(t);
    return st;
}

/* For readers: per cent, four decimals. */
static karvan_status in_per_cent(const karvan_table *t, karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_column columns[64];
    karvan_builder *b = NULL;
    int n = karvan_table_columns(t);
    KARVAN_REQUIRE(n <= 64, err, KARVAN_E_ARG, "more than 64 columns");
    for (int c = 0; c < n; c++) columns[c] = karvan_table_column(t, c);
    for (int c = 1; c < n; c++) columns[c].unit = "%";
    KARVAN_TRY(karvan_builder_create(karvan_table_name(t), n, columns, &b, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, karvan_table_text(t, 0, r), err));
        for (int c = 1; c < n; c++)
            KARVAN_TRY(karvan_builder_real(
                b, c, cli_rounded(100 * (karvan_table_real(t, c, r) - 1), 1e4) + 0.0, err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status cli_print_counterfactual(const cli *c, const counterfactual *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL, *shown = NULL;
    char text[256];
    bool wide = cli_switch(c, "wide");
    if (k->draws)
        KARVAN_TRY(karvan_draws_table(k->economy, k->equilibrium, k->draws, wide, &t, err));
    else
        KARVAN_TRY(karvan_equilibrium_table(k->economy, k->equilibrium, wide, &t, err));
    if (c->format == KARVAN_FORMAT_TABLE) {
        KARVAN_TRY(in_per_cent(t, &shown, err));
        print_heading(k);
    }
    if (c->format == KARVAN_FORMAT_JSON) {
        print_object(k);
        KARVAN_TRY(print_resistance(c, k, err));
        printf("\"countries\": ");
    }
    for (int i = 0; c->format == KARVAN_FORMAT_CSV && remark(k, i, text, sizeof text); i++)
        if (*text && of_data(i)) (void)fprintf(stderr, "karvan: note: %s\n", text);
    for (int i = 0; c->format == KARVAN_FORMAT_CSV && i < k->n_notes; i++)
        (void)fprintf(stderr, "karvan: note: %s\n", k->note[i]);
    KARVAN_TRY(cli_print(c, shown ? shown : t, err));
    if (c->format == KARVAN_FORMAT_JSON) printf("}\n");
done:
    karvan_table_destroy(t), karvan_table_destroy(shown);
    return st;
}
