/* The study of karvan report: improvements and disruptions of the region, draws of what is
 * uncertain, and, for the one that is first, what it depends on most. */
#include "cli/report_study.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/interrupt.h"
#include "cli/words.h"
#include "table/cell.h"

/* TOLD: parameters that the first improvement depends on most, each at its ends once. */
enum { DRAWS = 200, TOLD = 12, ENDS = 2 * TOLD, SHOWN = 5 };

karvan_status report_study_read(cli *c, ranking *k, karvan_error *err) {
    static const char *const of_draws[] = {"draws", "seed", "threads", NULL};
    karvan_status st = KARVAN_OK;
    const char *seed = cli_option(c, "seed"), *draws = cli_option(c, "draws");
    int64_t v = 1;
    *k = (ranking){.c = c, .n_draws = DRAWS};
    KARVAN_TRY(cli_not_any(c, "no-ranking", of_draws, err));
    KARVAN_TRY(cli_not_any(c, "targets", of_draws, err));
    KARVAN_REQUIRE(!draws || (cli_whole(draws, 0, DRAWS_MOST, &k->n_draws) && k->n_draws != 1), err,
                   KARVAN_E_ARG, "--draws is 0 (medians alone), or 2 to %d, not '%.40s'",
                   (int)DRAWS_MOST, draws);
    KARVAN_REQUIRE(!seed || cli_whole(seed, 0, INT64_MAX, &v), err, KARVAN_E_ARG,
                   "--seed is a whole number, not '%.40s'", seed);
    k->seed = (uint64_t)v;
    KARVAN_TRY(cli_threads(c, &k->threads, err));
done:
    return st;
}

/* ---- can it be studied? ---- */

static bool has_tables(const karvan_package *region) {
    static const char *const needed[] = {"zones",    "cargo_classes", "trade_matrix",
                                         "links",    "terminals",     "services",
                                         "settings", "corridors",     "interventions"};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!karvan_package_table(region, needed[i])) return false;
    return true;
}

static bool any_ranked(const rank_cases *x) {
    for (int i = 0; i < x->n; i++)
        if (x->ranked[i]) return true;
    return false;
}

/* A region may have improvements and lack what a study needs beside them: its report stands. */
static karvan_status open_or_tell(ranking *k, karvan_error *err) {
    karvan_error why = {0};
    karvan_status st = rank_open(k, true, &why);
    if (st == KARVAN_OK) return st;
    if (st != KARVAN_E_DATA && st != KARVAN_E_ARG && st != KARVAN_E_NOCONV)
        return karvan_fail(err, st, "%s", why.msg);
    if (cli_switch(k->c, "draws")) return karvan_fail(err, st, "the ranking: %.220s", why.msg);
    (void)fprintf(stderr, "karvan: the report has no ranking of improvements: %s\n", why.msg);
    return KARVAN_OK;
}

/* ---- draws ---- */

static karvan_status run(ranking *k, int64_t n, const int64_t *draws, const char *what,
                         karvan_error *err) {
    const karvan_study_how how = {k->seed, k->threads, k->cancel};
    karvan_status st = KARVAN_OK;
    if (n == 0) return KARVAN_OK;
    st = karvan_progress_create(stderr, false, what, n, &k->progress, err);
    if (st == KARVAN_OK) st = karvan_study_run(k->study, &how, n, draws, rank_take, k, err);
    karvan_progress_destroy(k->progress), k->progress = NULL;
    return st;
}

static karvan_status run_draws(ranking *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t *draws = karvan_i_malloc((size_t)k->n_draws + 1, sizeof *draws);
    if (!draws) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for draws");
    for (int64_t i = 0; i < k->n_draws; i++) draws[i] = i + 1;
    st = run(k, k->n_draws, draws, "draws", err);
    if (st == KARVAN_E_CANCELLED && karvan_results_draws(k->results) > 0) {
        (void)fprintf(stderr, "karvan: interrupted after %lld of %lld draws\n",
                      (long long)karvan_results_draws(k->results), (long long)k->n_draws);
        *err = (karvan_error){0}, k->c->exit_status = 3, st = KARVAN_OK;
    }
    karvan_i_free(draws);
    return st;
}

static int case_of(const ranking *k, const char *name) {
    for (int i = 0; name && i < k->cases.n; i++)
        if (strcmp(k->cases.name[i], name) == 0) return i;
    return -1;
}

static int parameter_of(const ranking *k, const char *id) {
    for (int i = 0; id && i < karvan_study_parameters(k->study); i++)
        if (strcmp(karvan_study_parameter_at(k->study, i).id, id) == 0) return i;
    return -1;
}

static karvan_status standings(const ranking *k, karvan_table **out, karvan_error *err) {
    const karvan_rank_options o = {.ranked = k->cases.ranked};
    return karvan_results_rank(k->results, &o, out, err);
}

/* What the first depends on most, at its ends. Which those are, only draws can tell. */
static karvan_status run_ends(ranking *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *order = NULL, *t = NULL;
    int64_t draws[ENDS], n = 0;
    KARVAN_TRY(standings(k, &order, err));
    KARVAN_TRY(karvan_results_influence(k->results,
                                        case_of(k, karvan_i_cell_text(order, "intervention", 0)),
                                        karvan_study_find(k->study, "benefit", ""), &t, err));
    for (int64_t r = 0; r < karvan_table_rows(t) && n < ENDS; r++) {
        int p = parameter_of(k, karvan_i_cell_text(t, "parameter", r));
        if (p < 0 || isnan(karvan_i_cell_real(t, "share", r))) continue;
        draws[n++] = -1 - 2 * (int64_t)p, draws[n++] = -2 - 2 * (int64_t)p;
    }
    st = run(k, n, draws, "what it depends on", err);
    /* without them the page still has the draws */
    if (st == KARVAN_E_CANCELLED) *err = (karvan_error){0}, k->c->exit_status = 3, st = KARVAN_OK;
done:
    karvan_table_destroy(order), karvan_table_destroy(t);
    return st;
}

karvan_status report_study_run(ranking *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    /* the study opens the region as its files are: beside edits it would tell of another one */
    bool asked = !cli_switch(k->c, "no-ranking") && !cli_switch(k->c, "scenario");
    if (!asked || !has_tables(k->c->region)) return KARVAN_OK;
    KARVAN_TRY(rank_cases_all(k->c->region, true, &k->cases, err));
    if (!any_ranked(&k->cases)) return KARVAN_OK;
    k->cancel = cli_interrupts();
    st = open_or_tell(k, err);
    if (st == KARVAN_OK && k->study)
        st = karvan_results_create(k->study, k->seed, &k->results, err);
    if (st == KARVAN_OK && k->results) st = run_draws(k, err);
    if (st == KARVAN_OK && k->results && k->c->exit_status != 3) st = run_ends(k, err);
    cli_interrupts_end();
done:
    return st;
}

void report_study_clear(ranking *k) {
    karvan_results_destroy(k->results), k->results = NULL;
    karvan_study_close(k->study), k->study = NULL;
    rank_cases_clear(&k->cases);
}

/* ---- the answer on the terminal ---- */

static const char *title_of(const ranking *k, const char *id) {
    const karvan_table *t = karvan_package_table(k->c->region, "interventions");
    const char *s =
        karvan_i_cell_text(t, "name", karvan_package_row(k->c->region, "interventions", id));
    return s ? s : id;
}

/* "   123 (45 to 310)   first in 62 %" */
static void print_standing(const ranking *k, const karvan_table *t, int64_t r) {
    double first = karvan_i_cell_real(t, "probability_first", r);
    (void)printf("    %2lld  %-58.58s %7.0f", (long long)r + 1,
                 title_of(k, karvan_i_cell_text(t, "intervention", r)),
                 karvan_i_cell_real(t, "median", r) / 1e6);
    if (karvan_results_draws(k->results) > 0)
        (void)printf(" (%.0f to %.0f)", karvan_i_cell_real(t, "p5", r) / 1e6,
                     karvan_i_cell_real(t, "p95", r) / 1e6);
    if (first >= 0.005) (void)printf(", first in %.0f %%", 100 * first);
    (void)printf("\n");
}

karvan_status report_study_summary(const ranking *k, karvan_error *err) {
    karvan_table *t = NULL;
    int64_t draws = karvan_results_draws(k->results);
    karvan_status st = standings(k, &t, err);
    if (st != KARVAN_OK) return st;
    (void)printf("  Which improvement helps most? Benefit, million USD a year; ");
    if (draws > 0)
        (void)printf("median and P5 to P95 of %lld draws, seed %llu:\n", (long long)draws,
                     (unsigned long long)k->seed);
    else
        (void)printf("everything at its median:\n");
    for (int64_t r = 0; r < karvan_table_rows(t) && r < SHOWN; r++) print_standing(k, t, r);
    if (karvan_table_rows(t) > SHOWN)
        (void)printf("    and %lld more in the report\n", (long long)karvan_table_rows(t) - SHOWN);
    karvan_table_destroy(t);
    return st;
}
