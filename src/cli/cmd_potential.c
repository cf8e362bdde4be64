/* Potential: what pairs trade beside what pairs like them trade. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/gravity.h"
#include "cli/potential.h"
#include "cli/trade.h"
#include "cli/words.h"
#include "table/cell.h"
#include "trade/potential.h"

/* Of the region's panel. What differs between pairs and not between years of one country. */
static const char FORMULA[] = "trade ~ ln_dist + contig + language + coloniser + colony + "
                              "agreement | exporter^year + importer^year";

enum { COLUMN_BYTES = 200, NAMES_MAX = 256 };

typedef struct work {
    cli *c;
    potential_asked asked;
    karvan_gravity_options fit;
    karvan_potential_options o;
    karvan_ssc ssc;
    char column[3][COLUMN_BYTES];                    /* of --columns; "": as they are called */
    char cluster[KARVAN_CLUSTERS_MAX][COLUMN_BYTES]; /* of --cluster, or the pair */
    karvan_table *data, *rows;                       /* of the fit; of --rows */
    karvan_gravity *g;
    double *v;
    char errors[320]; /* what standard errors are */
    karvan_table *flows;
} work;

/* ---- options ---- */

static karvan_status read_columns(work *w, karvan_error *err) {
    const char *at = cli_option(w->c, "columns");
    const char **to[] = {&w->o.exporter, &w->o.importer, &w->o.year};
    bool more = at != NULL;
    karvan_status st = KARVAN_OK;
    for (int k = 0; k < 3 && more; k++) {
        KARVAN_TRY(cli_next_word(&at, ',', w->column[k], COLUMN_BYTES, &more, err));
        if (more) *to[k] = w->column[k];
    }
    KARVAN_REQUIRE(!cli_option(w->c, "columns") || (w->o.importer && !(at && *at)), err,
                   KARVAN_E_ARG,
                   "--columns names exporter, importer and, where there are years, year: "
                   "--columns exp,imp,t");
done:
    return st;
}

static karvan_status read_clusters(work *w, karvan_error *err) {
    for (int i = 0; i < w->c->n_options; i++) {
        if (strcmp(w->c->option[i], "cluster") != 0) continue;
        if (w->fit.n_clusters == KARVAN_CLUSTERS_MAX)
            return karvan_fail(err, KARVAN_E_ARG, "at most %d ways of clustering",
                               KARVAN_CLUSTERS_MAX);
        w->fit.cluster[w->fit.n_clusters++] = w->c->value[i];
    }
    return KARVAN_OK;
}

static karvan_status read_options(work *w, karvan_error *err) {
    static const char *const factors[] = {"fixest", "ppmlhdfe", "none"};
    const char *level = cli_option(w->c, "level"), *ssc = cli_option(w->c, "ssc");
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(!level || (cli_real(level, &w->o.level) && w->o.level > 0 && w->o.level < 100),
                   err, KARVAN_E_ARG, "--level is in per cent, above 0 and below 100, not '%.40s'",
                   level);
    w->asked.q.level = w->o.level;
    int factor = 0;
    while (ssc && factor < 3 && strcmp(ssc, factors[factor]) != 0) factor++;
    w->ssc = (karvan_ssc)factor;
    KARVAN_REQUIRE(factor < 3, err, KARVAN_E_ARG, "--ssc is fixest, ppmlhdfe or none, not '%.40s'",
                   ssc);
    w->o.in_sample = cli_switch(w->c, "in-sample"), w->o.unit = cli_option(w->c, "unit");
    w->fit.formula = cli_option(w->c, "formula");
    KARVAN_REQUIRE(w->fit.formula || !cli_option(w->c, "data"), err, KARVAN_E_ARG,
                   "--data FILE needs --formula: 'trade ~ log(dist) | exporter^year + "
                   "importer^year'");
    if (!w->fit.formula) w->fit.formula = FORMULA;
    KARVAN_TRY(cli_threads(w->c, &w->fit.threads, err));
    KARVAN_TRY(read_columns(w, err));
    KARVAN_TRY(read_clusters(w, err));
done:
    return st;
}

/* ---- data ---- */

/* A column of a role: as --columns says, or as it is usually called. */
static const char *column_of(const work *w, const karvan_table *t, int role) {
    return *w->column[role] ? w->column[role] : karvan_i_potential_column(t, role);
}

/* The columns that formula, clusters and pairs need, of a file. */
static karvan_status read_file(const work *w, const char *path, bool new_rows, karvan_table **out,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *header = NULL, *columns = NULL;
    const char *names[NAMES_MAX], *const *gaps;
    int n = 0, n_gaps = gravity_gaps(&gaps);
    karvan_csv_options o = {.no_rows = true, .n_gaps = n_gaps, .gaps = gaps};
    KARVAN_TRY(karvan_csv_read(path, "data", &o, NULL, &header, err));
    KARVAN_TRY(karvan_gravity_columns(&w->fit, new_rows ? NULL : header, &columns, err));
    for (int k = 0; k < 3; k++) {
        const char *name = column_of(w, header, k);
        KARVAN_REQUIRE(name || k == 2, err, KARVAN_E_ARG,
                       "no column of %s has a usual name for the %s; name them: --columns "
                       "EXP,IMP,YEAR",
                       path, k == 0 ? "exporter" : "importer");
        KARVAN_REQUIRE(!name || karvan_table_find(header, name) >= 0, err, KARVAN_E_ARG,
                       "--columns: %s has no column '%.60s'", path, name ? name : "");
        if (name) names[n++] = name;
    }
    names[n++] = "unit";
    for (int64_t r = 0; r < karvan_table_rows(columns) && n < NAMES_MAX; r++)
        names[n++] = karvan_table_text(columns, 0, r);
    o.no_rows = false, o.n_only = n, o.only = names;
    KARVAN_TRY(karvan_csv_read(path, "data", &o, NULL, out, err));
done:
    karvan_table_destroy(columns);
    karvan_table_destroy(header);
    return st;
}

/* Without --cluster a pair is a cluster: what is left of it lasts over the years. */
static void default_cluster(work *w) {
    const char *x = column_of(w, w->data, 0), *m = column_of(w, w->data, 1);
    if (w->fit.n_clusters > 0 || !x || !m) return;
    (void)snprintf(w->cluster[0], sizeof w->cluster[0], "`%.90s`^`%.90s`", x, m);
    w->fit.cluster[0] = w->cluster[0], w->fit.n_clusters = 1;
}

static karvan_status read_data(work *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *path = cli_option(w->c, "data"), *rows = cli_option(w->c, "rows");
    KARVAN_TRY(cli_no_pipe(w->c, "data", err));
    KARVAN_TRY(cli_no_pipe(w->c, "rows", err));
    if (path)
        KARVAN_TRY(read_file(w, path, false, &w->data, err));
    else
        KARVAN_TRY(cli_region_panel(w->c, w->c->region, false, &w->data, err));
    if (rows) KARVAN_TRY(read_file(w, rows, true, &w->rows, err));
    default_cluster(w);
done:
    return st;
}

/* ---- potential ---- */

static karvan_status fit(work *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_error own = {0};
    KARVAN_TRY(karvan_progress_create(stderr, false, "iterations", 0, &w->fit.progress, err));
    st = karvan_gravity_fit(w->data, &w->fit, &w->g, &own);
    karvan_progress_destroy(w->fit.progress);
    if (st == KARVAN_E_NOCONV && w->g) {
        (void)fprintf(stderr, "karvan: %s\n", own.msg);
        w->c->exit_status = 3, st = KARVAN_OK;
    }
    if (st != KARVAN_OK) return karvan_fail(err, st, "%s", own.msg);
    size_t k = (size_t)karvan_gravity_count(w->g);
    if (k == 0) goto done;
    w->v = karvan_i_malloc(k * k, sizeof *w->v);
    KARVAN_REQUIRE(w->v, err, KARVAN_E_NOMEM, "no memory for standard errors");
    KARVAN_TRY(karvan_gravity_vcov(w->g, KARVAN_SE_DEFAULT, w->ssc, 0, NULL, w->v, w->errors,
                                   sizeof w->errors, err));
done:
    return st;
}

static bool has_gap(void *ctx, const karvan_table *t, int64_t row) {
    (void)ctx;
    return karvan_i_cell_real(t, "gap", row) > 0;
}

/* Printed: the rows of a table that are asked for; with --below, those that trade below potential,
 * the largest gap first. */
static karvan_status print(work *w, const karvan_table *t, karvan_error *err) {
    static const char *const few[] = {"year", "exporter", "importer", "actual", "predicted",
                                      "low",  "high",     "ratio",    "gap",    "below",
                                      "rank", "sample",   "note"};
    karvan_status st = KARVAN_OK;
    karvan_view view = {0};
    karvan_table *out = NULL;
    bool first_year = karvan_table_find(t, "year") >= 0, narrow = w->asked.flows;
    KARVAN_TRY(
        karvan_view_init(&view, t, w->asked.flows ? potential_wanted : NULL, &w->asked, err));
    if (cli_switch(w->c, "below")) {
        karvan_view_filter(&view, has_gap, NULL);
        KARVAN_TRY(karvan_view_sort(&view, karvan_table_find(t, "gap"), true, err));
    }
    KARVAN_REQUIRE(view.n > 0, err, KARVAN_E_DATA, "no such flows%s",
                   cli_switch(w->c, "below") ? " below their potential" : "");
    narrow = narrow && !cli_switch(w->c, "wide");
    KARVAN_TRY(karvan_view_copy(&view, narrow ? 13 - !first_year : 0,
                                narrow ? few + !first_year : NULL, &out, err));
    KARVAN_TRY(cli_print(w->c, out, err));
done:
    karvan_table_destroy(out);
    karvan_view_clear(&view);
    return st;
}

/* Is a column one of those that an effect combines? */
static bool combines(const char *effect, const char *column) {
    size_t n = column ? strlen(column) : 0;
    for (const char *at = effect; n > 0 && at; at = strchr(at, '^')) {
        at += *at == '^';
        if (strncmp(at, column, n) == 0 && (at[n] == 0 || at[n] == '^')) return true;
    }
    return false;
}

/* Do effects of the country fix what it trades in all? */
static bool effects_fix_totals(const work *w) {
    int side = w->asked.q.by == KARVAN_POTENTIAL_EXPORTER ? 0 : 1;
    bool fixed = false;
    if (w->asked.flows || (side == 1 && w->asked.q.by != KARVAN_POTENTIAL_IMPORTER)) return false;
    for (int e = 0; e < karvan_gravity_statistics(w->g).n_effects; e++)
        fixed = fixed || combines(karvan_gravity_effect(w->g, e), column_of(w, w->data, side));
    return fixed;
}

/* What a reader must know of the figures, below the table. */
static void notes(const work *w) {
    karvan_gravity_stats s = karvan_gravity_statistics(w->g);
    if (w->c->format != KARVAN_FORMAT_TABLE) return;
    (void)printf("\n%s\n%lld of %lld rows used; %d coefficients, %lld levels of effects; pseudo R2 "
                 "%.4f.\n",
                 w->fit.formula, (long long)s.n, (long long)s.n_read, karvan_gravity_count(w->g),
                 (long long)s.n_levels, s.pseudo_r2);
    (void)printf("%s\nIntervals of %g per cent among flows of like size. Potential is what pairs "
                 "like it trade, no forecast:\ndocs/methods/potential.md.\n",
                 w->o.in_sample ? "In sample: each flow has helped to make its own prediction, and "
                                  "gaps of an effect's level add up to 0."
                                : "Predictions are those without the flow itself, from all others.",
                 w->o.level > 0 ? w->o.level : 90);
    if (effects_fix_totals(w))
        (void)printf("Effects of countries are made of their own totals, so gaps of a country "
                     "cancel: shortfall and excess tell\nwhere; a formula with GDP instead of "
                     "effects compares countries.\n");
}

static karvan_status run_flows(work *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *totals = NULL;
    KARVAN_TRY(read_data(w, err));
    KARVAN_TRY(fit(w, err));
    KARVAN_TRY(karvan_gravity_potential(w->g, w->v, w->rows, &w->o, &w->flows, err));
    if (w->asked.flows) {
        KARVAN_TRY(print(w, w->flows, err));
    } else {
        KARVAN_TRY(karvan_potential_totals(w->flows, &w->asked.q, &totals, err));
        KARVAN_TRY(print(w, totals, err));
    }
    notes(w);
done:
    karvan_table_destroy(totals);
    return st;
}

/* ---- products ---- */

/* Flows by product: of a file, or of the data set of the region that has products. */
static karvan_status product_flows(work *w, karvan_table **out, karvan_error *err) {
    const char *dataset = cli_option(w->c, "dataset");
    if (cli_option(w->c, "data")) return cli_flows(w->c, out, err);
    const karvan_table *t = karvan_package_table(w->c->region, "settings");
    if (!dataset && t)
        dataset = karvan_i_cell_text(
            t, "value", karvan_package_row(w->c->region, "settings", "matrix_products"));
    return karvan_trade_matrix(w->c->region, dataset, out, err);
}

static bool is_missing(void *ctx, const karvan_table *t, int64_t row) {
    (void)ctx;
    return karvan_i_cell_bool(t, "missing", row);
}

static karvan_status run_products(work *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *flows = NULL, *t = NULL, *out = NULL;
    karvan_view view = {0};
    int64_t missing = 0;
    double share = 0;
    const char *said = cli_option(w->c, "share");
    const karvan_potential_query *q = &w->asked.q;
    if (said) KARVAN_TRY(cli_positive("share", said, &share, err));
    KARVAN_TRY(product_flows(w, &flows, err));
    int64_t year = q->from_year;
    KARVAN_REQUIRE(q->has_from || cli_last_year(flows, &year), err, KARVAN_E_DATA,
                   "the flows have no years");
    KARVAN_TRY(
        karvan_trade_missing_products(flows, q->exporter, q->importer, year, share, &t, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) missing += is_missing(NULL, t, r);
    KARVAN_TRY(karvan_view_init(&view, t, cli_switch(w->c, "wide") ? NULL : is_missing, NULL, err));
    KARVAN_TRY(karvan_view_copy(&view, 0, NULL, &out, err));
    KARVAN_TRY(cli_print(w->c, out, err));
    if (w->c->format == KARVAN_FORMAT_TABLE)
        (void)printf("\n%s to %s in %lld: %lld of %lld products are complementary and traded below "
                     "%g of what is expected.\ndocs/methods/missing-products.md.\n",
                     q->exporter, q->importer, (long long)year, (long long)missing,
                     (long long)karvan_table_rows(t), share > 0 ? share : 0.5);
done:
    karvan_view_clear(&view);
    karvan_table_destroy(out), karvan_table_destroy(t), karvan_table_destroy(flows);
    return st;
}

/* ---- the whole ---- */

/* --products A-B is a question of its own, and one way: A's exports to B. */
static karvan_status apart(const cli *c, karvan_error *err) {
    static const char *const of_flows[] = {"formula", "cluster",   "ssc",      "columns", "unit",
                                           "rows",    "in-sample", "level",    "pair",    "by",
                                           "below",   "exporter",  "importer", "country", "group",
                                           "from",    "to",        NULL};
    if (cli_option(c, "products")) return cli_not_any(c, "products", of_flows, err);
    if (cli_option(c, "share"))
        return karvan_fail(err, KARVAN_E_ARG, "--share goes with --products A-B");
    return cli_option(c, "data") ? cli_not_both(c, "data", "dataset", err) : KARVAN_OK;
}

/* The pair of --products is read as that of --pair is. */
static void as_pair(cli *c) {
    for (int i = 0; i < c->n_options; i++)
        if (strcmp(c->option[i], "products") == 0) c->option[i] = "pair";
}

static karvan_status run_potential(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool products = cli_option(c, "products") != NULL;
    work w = {.c = c};
    KARVAN_TRY(apart(c, err));
    if (!products) KARVAN_TRY(read_options(&w, err));
    if (!cli_option(c, "data")) KARVAN_TRY(cli_open_region(c, err));
    if (products) as_pair(c);
    KARVAN_TRY(potential_read(c, &w.asked, err));
    st = products ? run_products(&w, err) : run_flows(&w, err);
done:
    karvan_table_destroy(w.flows);
    karvan_i_free(w.v);
    karvan_gravity_destroy(w.g);
    karvan_table_destroy(w.data), karvan_table_destroy(w.rows);
    return st;
}

static const option_spec options[] = {
    {"data", "FILE", "flows of a file, a row each (default: the panel of the region)"},
    {"formula", "TEXT", "of gravity, without effects of pairs (default: the one above)"},
    {"dataset", "ID", "of the region's matrices of trade (default: the region's setting)"},
    {"columns", "EXP,IMP,YEAR", "what the columns are called that make a pair and its year"},
    {"unit", "TEXT", "what flows are measured in (default: as the data say)"},
    {"rows", "FILE", "look at the rows of this file, which the fit has not seen"},
    {"in-sample", NULL, "predictions that have seen the flow: the fitted values"},
    {"cluster", "A^B", "of standard errors (default: the pair); repeated: up to four ways"},
    {"ssc", "KIND", "small-sample factors as fixest (default), ppmlhdfe, or none"},
    {"level", "P", "intervals of P per cent (default: 90)"},
    {"threads", "N", "threads (default: all); the answer is the same for any number"},
    {"", NULL, "whose trade"},
    {"by", "WHAT",
     "flow (a row each), pair, exporter, importer or year (default: pair; flow with "
     "--pair)"},
    {"pair", "A-B", "between two, either way"},
    {"exporter", "NAME", "from one country or group"},
    {"importer", "NAME", "to one country or group"},
    {"country", "NAME", "from and to one country or group"},
    {"group", "G=A,B;...", "groups as one, of your own or of the region"},
    {"year", "YEAR", "one year; the fit has all"},
    {"from", "YEAR", "this year and later"},
    {"to", "YEAR", "this year and earlier"},
    {"below", NULL, "only who trades below potential, the largest gap first"},
    {"wide", NULL, "all columns; with --products all products"},
    {"", NULL, "products"},
    {"products", "A-B", "what A exports, B imports, and B hardly buys from A"},
    {"share", "S", "hardly: below this share of what is expected (default: 0.5)"},
    {"", NULL, "of every command"},
    {NULL, NULL, NULL}};
static const char of_file[] =
    "karvan potential --data trade.csv --formula 'trade ~ log(dist) + rta "
    "| exp^year + imp^year' --by flow --format csv";
static const char *const examples[] = {"karvan potential --pair AZE-KAZ",
                                       "karvan potential --exporter AZE --year 2016 --below",
                                       "karvan potential --by exporter --from 2010",
                                       "karvan potential --products AZE-KAZ",
                                       of_file,
                                       NULL};
const command command_potential = {
    "potential",
    "trade beside what pairs like it trade, with intervals; missing products",
    "",
    "Predicts each flow by gravity from all other flows, and tells who trades below that, by how\n"
    "much, and how often flows of that size do. Without --formula:\n"
    "trade ~ ln_dist + contig + language + coloniser + colony + agreement |\n"
    "exporter^year + importer^year. docs/methods/potential.md.",
    options,
    examples,
    0,
    0,
    run_potential};
