/* Gravity: read what the formulas need, fit, and write what is asked for. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/gravity.h"
#include "cli/trade.h"
#include "cli/words.h"

static const char *const FACTORS[] = {"fixest", "ppmlhdfe", "none"};
enum { FORMULA_BYTES = 4000, WAYS_BYTES = 200, NAMES_MAX = 256 };

/* What the command line asks for. */
typedef struct asked {
    karvan_gravity_options o;
    karvan_ssc ssc;
    int n_kinds;
    karvan_se kind[GRAVITY_KINDS];
    char cluster[KARVAN_CLUSTERS_MAX][WAYS_BYTES];
    char formula[FORMULA_BYTES]; /* where none is said */
} asked;

/* ---- options ---- */

static karvan_status choose(const cli *c, const char *option, const char *const *names, int n,
                            const char *said, int *out, karvan_error *err) {
    char list[100] = "";
    for (*out = 0; said && *out < n; ++*out)
        if (strcmp(names[*out], said) == 0) return KARVAN_OK;
    *out = 0;
    if (!said) return KARVAN_OK;
    for (int i = 0; i < n; i++)
        (void)snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
                       i == 0      ? ""
                       : i + 1 < n ? ", "
                                   : " or ",
                       names[i]);
    (void)c;
    return karvan_fail(err, KARVAN_E_ARG, "--%s is %s, not '%.40s'", option, list, said);
}

/* The ways of clustering: of each --cluster, and within one parted by + or commas. */
static karvan_status read_clusters(const cli *c, asked *a, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < c->n_options; i++) {
        if (strcmp(c->option[i], "cluster") != 0) continue;
        char part[WAYS_BYTES * KARVAN_CLUSTERS_MAX];
        KARVAN_REQUIRE(strlen(c->value[i]) < sizeof part, err, KARVAN_E_ARG,
                       "--cluster '%.40s...' is too long", c->value[i]);
        (void)snprintf(part, sizeof part, "%s", c->value[i]);
        bool quoted = false;
        for (char *p = part; *p; p++) {
            quoted ^= *p == '`';
            if (!quoted && *p == '+') *p = ',';
        }
        bool more = true;
        for (const char *at = part;;) {
            char way[WAYS_BYTES];
            KARVAN_TRY(cli_next_word(&at, ',', way, sizeof way, &more, err));
            if (!more) break;
            KARVAN_REQUIRE(a->o.n_clusters < KARVAN_CLUSTERS_MAX, err, KARVAN_E_ARG,
                           "at most %d ways of clustering", KARVAN_CLUSTERS_MAX);
            memcpy(a->cluster[a->o.n_clusters], way, sizeof way);
            a->o.cluster[a->o.n_clusters] = a->cluster[a->o.n_clusters];
            a->o.n_clusters++;
        }
    }
done:
    return st;
}

static karvan_status read_kinds(const cli *c, asked *a, karvan_error *err) {
    static const char *const kinds[] = {"default", "iid", "hetero", "cluster"};
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < c->n_options; i++) {
        int kind;
        if (strcmp(c->option[i], "se") != 0) continue;
        KARVAN_TRY(choose(c, "se", kinds, 4, c->value[i], &kind, err));
        KARVAN_REQUIRE(kind != KARVAN_SE_CLUSTER || a->o.n_clusters > 0, err, KARVAN_E_ARG,
                       "--se cluster needs --cluster with the columns that make a cluster");
        KARVAN_REQUIRE(a->n_kinds < GRAVITY_KINDS, err, KARVAN_E_ARG, "--se is given too often");
        a->kind[a->n_kinds++] = (karvan_se)kind;
    }
    if (a->n_kinds == 0) a->kind[a->n_kinds++] = KARVAN_SE_DEFAULT;
    bool clustered = a->o.n_clusters == 0;
    for (int i = 0; i < a->n_kinds; i++)
        clustered = clustered || a->kind[i] == KARVAN_SE_DEFAULT || a->kind[i] == KARVAN_SE_CLUSTER;
    KARVAN_REQUIRE(clustered, err, KARVAN_E_ARG,
                   "--cluster is of --se cluster, and only others are asked for");
done:
    return st;
}

static karvan_status read_options(const cli *c, asked *a, karvan_error *err) {
    static const char *const estimators[] = {"ppml", "ols"};
    karvan_status st = KARVAN_OK;
    int choice;
    int64_t n;
    KARVAN_TRY(choose(c, "estimator", estimators, 2, cli_option(c, "estimator"), &choice, err));
    a->o.estimator = (karvan_estimator)choice;
    KARVAN_TRY(choose(c, "ssc", FACTORS, 3, cli_option(c, "ssc"), &choice, err));
    a->ssc = (karvan_ssc)choice;
    a->o.weights = cli_option(c, "weights"), a->o.offset = cli_option(c, "offset");
    KARVAN_TRY(read_clusters(c, a, err));
    KARVAN_TRY(read_kinds(c, a, err));
    if (cli_option(c, "tol"))
        KARVAN_TRY(cli_positive("tol", cli_option(c, "tol"), &a->o.tolerance, err));
    KARVAN_TRY(cli_count(c, "max-iterations", &n, err));
    a->o.max_iterations = n > INT32_MAX ? INT32_MAX : (int)n;
    KARVAN_TRY(cli_threads(c, &a->o.threads, err));
    a->o.keep_singletons = cli_switch(c, "keep-singletons");
    a->o.keep_separated = cli_switch(c, "keep-separated");
    KARVAN_REQUIRE(cli_option(c, "formula") || !cli_option(c, "data"), err, KARVAN_E_ARG,
                   "gravity needs --formula 'y ~ x1 + log(x2) | a^t + b^t'");
    KARVAN_REQUIRE(!cli_option(c, "predicted") == !cli_option(c, "predict"), err, KARVAN_E_ARG,
                   "--predict FILE, the rows to predict, and --predicted FILE, where the answer "
                   "goes, come together");
    KARVAN_REQUIRE(!cli_switch(c, "wide") || cli_option(c, "dropped"), err, KARVAN_E_ARG,
                   "--wide goes with --dropped FILE");
done:
    return st;
}

static karvan_status read_formulas(const cli *c, gravity_answer *g, karvan_error *err) {
    static const char *const of_one[] = {"dropped", "effects", "fitted", "predict"};
    for (int i = 0; i < c->n_options; i++) {
        if (strcmp(c->option[i], "formula") != 0) continue;
        if (g->n_models == GRAVITY_MODELS)
            return karvan_fail(err, KARVAN_E_ARG, "at most %d formulas", GRAVITY_MODELS);
        g->model[g->n_models++] =
            (gravity_model){.formula = c->value[i], .reset_z = NAN, .reset_p = NAN};
    }
    for (int i = 0; i < 4 && g->n_models > 1; i++)
        if (cli_option(c, of_one[i]))
            return karvan_fail(err, KARVAN_E_ARG, "--%s goes with one --formula", of_one[i]);
    return KARVAN_OK;
}

/* ---- data ---- */

/* Columns of one formula that are not among names yet. */
static karvan_status add_names(const karvan_gravity_options *o, const karvan_table *header,
                               karvan_table **columns, const char **names, int *n,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_gravity_columns(o, header, columns, err));
    for (int64_t r = 0; r < karvan_table_rows(*columns); r++) {
        const char *name = karvan_table_text(*columns, 0, r);
        bool there = false;
        for (int k = 0; k < *n && !there; k++) there = strcmp(names[k], name) == 0;
        KARVAN_REQUIRE(there || *n < NAMES_MAX, err, KARVAN_E_ARG, "more than %d columns",
                       NAMES_MAX);
        if (!there) names[(*n)++] = name;
    }
done:
    return st;
}

/* Only what the formulas name is read, once the header is known to have it. */
static karvan_status read_file(const char *path, const asked *a, const gravity_answer *g,
                               karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *names[NAMES_MAX];
    int n = 0;
    karvan_table *header = NULL, *columns[GRAVITY_MODELS] = {NULL};
    const char *const *gaps;
    int n_gaps = gravity_gaps(&gaps);
    karvan_csv_options o = {.no_rows = true, .n_gaps = n_gaps, .gaps = gaps};
    KARVAN_TRY(karvan_csv_read(path, "data", &o, NULL, &header, err));
    for (int m = 0; m < g->n_models; m++) {
        karvan_gravity_options of = a->o;
        of.formula = g->model[m].formula;
        KARVAN_TRY(add_names(&of, header, &columns[m], names, &n, err));
    }
    o.no_rows = false, o.n_only = n, o.only = names;
    KARVAN_TRY(karvan_csv_read(path, "data", &o, NULL, out, err));
done:
    for (int m = 0; m < g->n_models; m++) karvan_table_destroy(columns[m]);
    karvan_table_destroy(header);
    return st;
}

/* The panel of the region, without --data; where no formula is given, that of its agreements,
 * clustered by pair. */
static karvan_status read_region(cli *c, asked *a, gravity_answer *g, karvan_table **out,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(cli_open_region(c, err));
    KARVAN_TRY(cli_region_panel(c, c->region, cli_switch(c, "domestic"), out, err));
    if (g->n_models > 0) goto done;
    KARVAN_TRY(cli_region_formula(*out, a->formula, sizeof a->formula, err));
    g->model[g->n_models++] =
        (gravity_model){.formula = a->formula, .reset_z = NAN, .reset_p = NAN};
    if (a->o.n_clusters == 0) a->o.cluster[a->o.n_clusters++] = "exporter^importer";
done:
    return st;
}

static karvan_status read_data(cli *c, asked *a, gravity_answer *g, karvan_table **out,
                               karvan_error *err) {
    static const char *const of_region[] = {"region", "scenario", "dataset", "domestic", NULL};
    if (!cli_option(c, "data")) return read_region(c, a, g, out, err);
    karvan_status st = cli_not_any(c, "data", of_region, err);
    if (st == KARVAN_OK) st = cli_no_pipe(c, "data", err);
    return st == KARVAN_OK ? read_file(cli_option(c, "data"), a, g, out, err) : st;
}

/* ---- fits ---- */

static karvan_status fit(cli *c, const asked *a, const karvan_table *data, gravity_model *m,
                         karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_error own = {0};
    karvan_gravity_options o = a->o;
    o.formula = m->formula;
    KARVAN_TRY(karvan_progress_create(stderr, false, "iterations", 0, &o.progress, err));
    st = karvan_gravity_fit(data, &o, &m->g, &own);
    karvan_progress_destroy(o.progress);
    if (st == KARVAN_E_NOCONV && m->g) { /* the best iterate is shown, marked */
        (void)fprintf(stderr, "karvan: %s\n", own.msg);
        c->exit_status = 3, st = KARVAN_OK;
    }
    if (st != KARVAN_OK) return karvan_fail(err, st, "%s", own.msg);
    m->stats = karvan_gravity_statistics(m->g), m->k = karvan_gravity_count(m->g);
done:
    return st;
}

/* NaN where there is no such test: no coefficients, fewer clusters than coefficients. */
static void wald(const gravity_model *m, gravity_column *column) {
    (void)karvan_gravity_wald(m->g, column->v, &column->wald_chi2, &column->wald_df,
                              &column->wald_p, NULL);
}

/* Standard errors of one kind as the next column. */
static karvan_status add_column(gravity_answer *g, int model, karvan_se kind, karvan_ssc ssc,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    gravity_model *m = &g->model[model];
    gravity_column *column = &g->column[g->n_columns++];
    *column = (gravity_column){.model = model, .wald_chi2 = NAN, .wald_p = NAN};
    if (m->k == 0) goto done;
    column->v = karvan_i_malloc((size_t)m->k * (size_t)m->k, sizeof *column->v);
    KARVAN_REQUIRE(column->v, err, KARVAN_E_NOMEM, "no memory for standard errors");
    KARVAN_TRY(karvan_gravity_vcov(m->g, kind, ssc, 0, NULL, column->v, column->described,
                                   sizeof column->described, err));
    KARVAN_TRY(karvan_gravity_table(m->g, column->v, &column->t, err));
    wald(m, column);
done:
    return st;
}

/* The table of estimates with the corrected ones in their place. */
static karvan_status corrected_table(const gravity_model *m, karvan_table **out,
                                     karvan_error *err) {
    static const karvan_column columns[] = {
        {"term", KARVAN_TEXT, NULL}, {"estimate", KARVAN_REAL, NULL}, {"se", KARVAN_REAL, NULL},
        {"z", KARVAN_REAL, NULL},    {"p", KARVAN_REAL, NULL},        {"low", KARVAN_REAL, NULL},
        {"high", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    double wide = karvan_normal_quantile(0.975);
    KARVAN_TRY(karvan_builder_create("corrected", 7, columns, &b, err));
    for (int j = 0; j < m->k; j++) {
        double v = m->bias.corrected[j], se = m->bias.se[j];
        double row[] = {v, se, v / se, erfc(fabs(v / se) / sqrt(2)), v - wide * se, v + wide * se};
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, karvan_gravity_name(m->g, j), err));
        for (int i = 0; i < 6; i++)
            KARVAN_TRY(karvan_builder_real(b, 1 + i, isfinite(row[i]) ? row[i] : NAN, err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

static karvan_status add_corrected(gravity_answer *g, int model, karvan_ssc ssc,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_error own = {0};
    gravity_model *m = &g->model[model];
    st = karvan_gravity_bias_correct(m->g, NULL, NULL, NULL, ssc, &m->bias, &own);
    if (st != KARVAN_OK) return karvan_fail(err, st, "--bias: %s", own.msg);
    m->has_bias = true;
    gravity_column *column = &g->column[g->n_columns++];
    *column = (gravity_column){.model = model, .corrected = true, .wald_chi2 = NAN, .wald_p = NAN};
    (void)snprintf(column->described, sizeof column->described,
                   "estimates and errors corrected for incidental parameters (Weidner and Zylkin "
                   "2021), clustered by pair (%d pairs), factor as %s%s",
                   m->bias.pairs, FACTORS[ssc],
                   m->bias.exact ? "" : "; large panel: errors from one round of projections");
    KARVAN_TRY(corrected_table(m, &column->t, err));
done:
    return st;
}

/* Where the test does not exist, its place stays empty, and stderr tells why. */
static karvan_status test_specification(const asked *a, gravity_model *m, karvan_error *err) {
    karvan_error own = {0};
    karvan_status st =
        karvan_gravity_reset(m->g, a->kind[0], a->ssc, &m->reset_z, &m->reset_p, &own);
    if (st != KARVAN_OK && st != KARVAN_E_DATA) return karvan_fail(err, st, "%s", own.msg);
    if (st == KARVAN_E_DATA) (void)fprintf(stderr, "karvan: note: %s (%s)\n", own.msg, m->formula);
    return KARVAN_OK;
}

static karvan_status fit_all(cli *c, const asked *a, const karvan_table *data, gravity_answer *g,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    g->estimator = a->o.estimator;
    for (int i = 0; i < g->n_models; i++) {
        gravity_model *m = &g->model[i];
        KARVAN_TRY(fit(c, a, data, m, err));
        for (int k = 0; k < a->n_kinds; k++) KARVAN_TRY(add_column(g, i, a->kind[k], a->ssc, err));
        if (cli_switch(c, "bias")) KARVAN_TRY(add_corrected(g, i, a->ssc, err));
        if (cli_switch(c, "reset")) KARVAN_TRY(test_specification(a, m, err));
    }
done:
    return st;
}

/* ---- the whole ---- */

static karvan_status print(const cli *c, const gravity_answer *g, karvan_error *err) {
    karvan_i_text out = {0};
    karvan_status st = c->format == KARVAN_FORMAT_JSON ? gravity_json(g, &out, err)
                       : c->format == KARVAN_FORMAT_CSV
                           ? gravity_csv(g, &out, err)
                           : gravity_publish(g, GRAVITY_TEXT, &out, err);
    if (st == KARVAN_OK && fwrite(out.s, 1, out.n, stdout) != out.n)
        st = karvan_fail(err, KARVAN_E_IO, "cannot write to standard output");
    if (st == KARVAN_OK && c->format == KARVAN_FORMAT_CSV) gravity_tell_drops(g);
    karvan_i_text_clear(&out);
    return st;
}

static void answer_clear(gravity_answer *g) {
    for (int i = 0; i < g->n_columns; i++) {
        karvan_i_free(g->column[i].v);
        karvan_table_destroy(g->column[i].t);
    }
    for (int m = 0; m < g->n_models; m++) {
        if (g->model[m].has_bias) karvan_gravity_bias_clear(&g->model[m].bias);
        karvan_gravity_destroy(g->model[m].g);
    }
}

static karvan_status run_gravity(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    asked a = {.n_kinds = 0};
    gravity_answer g = {0};
    karvan_table *data = NULL;
    KARVAN_TRY(read_options(c, &a, err));
    KARVAN_TRY(read_formulas(c, &g, err));
    KARVAN_TRY(read_data(c, &a, &g, &data, err));
    KARVAN_TRY(fit_all(c, &a, data, &g, err));
    KARVAN_TRY(gravity_files(c, &g, err));
    KARVAN_TRY(print(c, &g, err));
done:
    answer_clear(&g);
    karvan_table_destroy(data);
    return st;
}

static const option_spec options[] = {
    {"data", "FILE",
     "CSV (gzip or not) with a row a flow; only the columns named are read (default: "
     "the region's panel, see karvan trade --panel)"},
    {"dataset", "ID", "without --data: data set of the region's trade_matrix"},
    {"domestic", NULL, "without --data: also trade within countries, estimated"},
    {"formula", "TEXT",
     "'y ~ x1 + log(x2) | a^t + b^t + a^b'; repeated: models side by side (default without --data: "
     "agreements, with effects of exporter-years, importer-years and pairs, clustered by pair)"},
    {"estimator", "ppml|ols", "Poisson pseudo-maximum likelihood (default), or OLS of log(y)"},
    {"weights", "COLUMN", "weights above 0, a column or an expression"},
    {"offset", "COLUMN", "added to the linear predictor, a column or an expression"},
    {"cluster", "A^B", "rows of one value are one cluster; repeated: up to four ways"},
    {"se", "KIND",
     "iid, hetero or cluster; repeated: side by side (default: cluster where clusters "
     "are named, else hetero)"},
    {"ssc", "KIND", "small-sample factors as fixest (default), ppmlhdfe, or none"},
    {"bias", NULL, "correct a three-way model for incidental parameters"},
    {"reset", NULL, "test whether the squared linear predictor explains what is left"},
    {"tol", "T", "end when no coefficient moves by more than this share (default: 1e-10)"},
    {"max-iterations", "N", "of Newton's method (default: 200)"},
    {"threads", "N", "threads (default: all); the answer is the same for any number"},
    {"keep-singletons", NULL, "keep rows that are alone in a level of an effect"},
    {"keep-separated", NULL, "do not look for separated rows; estimates may then not exist"},
    {"dropped", "FILE", "write row, reason, certificate of each dropped row"},
    {"wide", NULL, "with --dropped: also line of the file and the reason in words"},
    {"effects", "FILE", "write the fixed effects"},
    {"fitted", "FILE", "write the fitted value of each row"},
    {"predict", "FILE", "predict the rows of this file"},
    {"predicted", "FILE", "where the predictions go: row, predicted, se, missing"},
    {"latex", "FILE", "write the table for LaTeX"},
    {"markdown", "FILE", "write the table as Markdown"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan gravity",
    "karvan gravity --formula 'trade ~ ln_dist + contig + agreement | exporter^year + "
    "importer^year'",
    "karvan gravity --data trade.csv --formula 'trade ~ rta + log(dist) + contig | exp^year + "
    "imp^year' --cluster 'exp^imp'",
    "karvan gravity --data trade.csv --formula 'trade ~ rta | exp^year + imp^year + exp^imp' "
    "--cluster 'exp^imp' --bias --dropped dropped.csv --format json",
    NULL};
const command command_gravity = {
    "gravity",
    "structural gravity: PPML with fixed effects, separation found",
    "",
    "Estimates a gravity model and prints it as people publish it. Rows that cannot be used are\n"
    "dropped, counted and listed, each with its reason; separated ones with a certificate.\n"
    "docs/methods/gravity.md.",
    options,
    examples,
    0,
    0,
    run_gravity};
