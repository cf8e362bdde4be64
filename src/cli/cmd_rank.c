/* karvan rank: all interventions beside one another, over draws of what is uncertain. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/interrupt.h"
#include "cli/rank.h"
#include "cli/words.h"

enum { DRAWS = 200 };

static karvan_status read_output(const cli *c, karvan_error *err) {
    static const char *const words[] = {"rank", "pairs", "gains", "worth", "package"};
    karvan_status st = KARVAN_OK;
    const char *said = cli_option(c, "output");
    size_t i = 0;
    while (said && i < 5 && strcmp(said, words[i]) != 0) i++;
    KARVAN_REQUIRE(i < 5, err, KARVAN_E_ARG,
                   "--output is rank, pairs, gains, worth or package, not '%.40s'", said);
    KARVAN_REQUIRE(!said || i != 1 || cli_switch(c, "pairs"), err, KARVAN_E_ARG,
                   "--output pairs needs --pairs");
    KARVAN_REQUIRE(!said || i != 4 || cli_switch(c, "budget"), err, KARVAN_E_ARG,
                   "--output package needs --budget MUSD");
    KARVAN_REQUIRE(!cli_switch(c, "resume") || cli_switch(c, "store"), err, KARVAN_E_ARG,
                   "--resume goes with --store FILE");
    KARVAN_REQUIRE(!cli_switch(c, "disruptions") || c->n_arguments == 0, err, KARVAN_E_ARG,
                   "--disruptions goes without names: name the disruptions too");
done:
    return st;
}

static karvan_status read_options(const cli *c, ranking *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *seed = cli_option(c, "seed"), *budget = cli_option(c, "budget");
    int64_t v = 1;
    KARVAN_TRY(read_output(c, err));
    KARVAN_TRY(cli_draws(c, &k->n_draws, err));
    if (k->n_draws == 0) k->n_draws = DRAWS;
    KARVAN_TRY(cli_threads(c, &k->threads, err));
    KARVAN_REQUIRE(!seed || cli_whole(seed, 0, INT64_MAX, &v), err, KARVAN_E_ARG,
                   "--seed is a whole number, not '%.40s'", seed);
    k->seed = (uint64_t)v;
    if (budget) KARVAN_TRY(cli_positive("budget", budget, &k->budget_musd, err));
done:
    return st;
}

/* "benefit,real_income:KAZ" */
static karvan_status read_measures(ranking *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *at = cli_option(k->c, "measure");
    char word[120];
    bool more;
    for (; at;) {
        KARVAN_TRY(cli_next_word(&at, ',', word, sizeof word, &more, err));
        if (!more) break;
        KARVAN_REQUIRE(k->n_measures < RANK_MEASURES_MOST, err, KARVAN_E_ARG,
                       "--measure: more than %d", (int)RANK_MEASURES_MOST);
        char *colon = strchr(word, ':');
        if (colon) *colon = '\0';
        int found = karvan_study_find(k->study, word, colon ? colon + 1 : "");
        const char *names[64];
        size_t n = 0;
        for (int i = 0; i < karvan_study_measures(k->study) && n < 64; i++)
            if (*karvan_study_measure(k->study, i).country == '\0' || n == 0 ||
                strcmp(names[n - 1], karvan_study_measure(k->study, i).measure) != 0)
                names[n++] = karvan_study_measure(k->study, i).measure;
        int64_t near = found >= 0 ? -1 : karvan_text_nearest(word, names, n);
        KARVAN_REQUIRE(found >= 0, err, KARVAN_E_ARG, "--measure: there is no '%s%s%s'%s%s%s", word,
                       colon ? ":" : "", colon ? colon + 1 : "",
                       near >= 0 ? "; did you mean " : "; karvan help rank names some",
                       near >= 0 ? names[near] : "", near >= 0 ? "?" : "");
        k->measure[k->n_measures++] = found;
    }
    if (k->n_measures == 0)
        k->measure[k->n_measures++] = karvan_study_find(k->study, "benefit", "");
done:
    return st;
}

/* ---- the study ---- */

/* Which pairs are worth a look is known once the single ones are settled. */
static karvan_status open_pairs(ranking *k, bool tells, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int before = k->cases.n;
    if (!cli_switch(k->c, "pairs")) return KARVAN_OK;
    KARVAN_TRY(rank_cases_pair(k->study, &k->cases, err));
    if (k->cases.n == before) return KARVAN_OK;
    karvan_study_close(k->study), k->study = NULL;
    st = rank_open(k, tells, err);
done:
    return st;
}

/* ---- draws ---- */

/* Of a store that holds more draws than are asked for, only those that are. */
static karvan_status take_stored(void *ctx, const karvan_study_answer *a, karvan_error *err) {
    ranking *k = ctx;
    if (a->draw < 1 || a->draw > k->n_draws) return KARVAN_OK;
    return karvan_results_take(k->results, a, err);
}

static karvan_status open_store(ranking *k, int64_t *draws, int64_t *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *path = cli_option(k->c, "store");
    int64_t *all = NULL;
    if (!path) return KARVAN_OK;
    all = karvan_i_malloc((size_t)*n + 1, sizeof *all);
    KARVAN_REQUIRE(all, err, KARVAN_E_NOMEM, "no memory for draws");
    memcpy(all, draws, (size_t)*n * sizeof *all);
    KARVAN_TRY(
        karvan_store_open(path, k->study, k->seed, cli_switch(k->c, "resume"), &k->store, err));
    KARVAN_TRY(karvan_store_read(k->store, take_stored, k, err));
    KARVAN_TRY(karvan_store_missing(k->store, *n, all, draws, n, err));
done:
    karvan_i_free(all);
    return st;
}

/* What is told is kept of each draw, and no more: thousands of draws have room. */
static karvan_status keep(ranking *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *output = cli_option(k->c, "output");
    bool gains = output ? strcmp(output, "gains") == 0 : k->c->format == KARVAN_FORMAT_JSON;
    int all = karvan_study_measures(k->study), n = 0,
        *kept = karvan_i_malloc((size_t)all + RANK_MEASURES_MOST + 1, sizeof *kept);
    KARVAN_REQUIRE(kept, err, KARVAN_E_NOMEM, "no memory for measures");
    kept[n++] = karvan_study_find(k->study, "benefit", "");
    for (int i = 0; i < k->n_measures; i++) kept[n++] = k->measure[i];
    for (int i = 0; gains && i < all; i++)
        if (strcmp(karvan_study_measure(k->study, i).measure, "real_income") == 0) kept[n++] = i;
    st = karvan_results_keep(k->results, n, kept, err);
done:
    karvan_i_free(kept);
    return st;
}

/* Everything before the draws: which of them are still to do. */
static karvan_status prepare(ranking *k, bool first, int64_t **draws, int64_t *n,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(read_options(k->c, k, err));
    KARVAN_TRY(cli_open_region(k->c, err));
    KARVAN_TRY(rank_cases_read(k->c, &k->cases, err));
    KARVAN_TRY(rank_open(k, first, err));
    KARVAN_TRY(open_pairs(k, first, err));
    KARVAN_TRY(read_measures(k, err));
    KARVAN_TRY(karvan_results_create(k->study, k->seed, &k->results, err));
    KARVAN_TRY(keep(k, err));
    *n = k->n_draws;
    *draws = karvan_i_malloc((size_t)*n + 1, sizeof **draws);
    KARVAN_REQUIRE(*draws, err, KARVAN_E_NOMEM, "no memory for %lld draws", (long long)*n);
    for (int64_t i = 0; i < *n; i++) (*draws)[i] = i + 1;
    if (first) KARVAN_TRY(open_store(k, *draws, n, err));
    KARVAN_TRY(
        karvan_progress_create(first ? stderr : NULL, false, "draws", *n, &k->progress, err));
done:
    return st;
}

static karvan_status draw(ranking *k, bool first, karvan_error *err) {
    int64_t n = 0, *draws = NULL;
    karvan_status st = prepare(k, first, &draws, &n, err);
    if (st == KARVAN_OK)
        st = rank_mpi_run(k, n, draws, err);
    else
        (void)rank_mpi_run(k, -1, NULL, NULL); /* others must not wait */
    karvan_progress_destroy(k->progress), k->progress = NULL;
    karvan_i_free(draws);
    return st;
}

/* ---- the command ---- */

/* Interrupted: what there is, is told. */
static karvan_status finish(ranking *k, karvan_status st, karvan_error *err) {
    if (st == KARVAN_E_CANCELLED && k->results && karvan_results_draws(k->results) > 0) {
        (void)fprintf(stderr, "karvan: interrupted after %lld of %lld draws%s\n",
                      (long long)karvan_results_draws(k->results), (long long)k->n_draws,
                      k->store ? "; --resume goes on from there" : "");
        *err = (karvan_error){0}, k->c->exit_status = 3, st = KARVAN_OK;
    }
    return st == KARVAN_OK ? rank_print(k, err) : st;
}

static karvan_status run_rank(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    ranking k = {.c = c};
    bool first = true;
    cli_large_pages();
    KARVAN_TRY(rank_mpi_begin(&first, err));
    k.cancel = cli_interrupts();
    st = draw(&k, first, err);
    /* what others come to, good or bad, the first tells */
    st = first ? finish(&k, st, err) : KARVAN_OK;
    cli_interrupts_end();
    rank_mpi_end();
done:
    karvan_store_close(k.store), karvan_results_destroy(k.results);
    karvan_study_close(k.study);
    rank_cases_clear(&k.cases);
    return st;
}

static const option_spec options[] = {
    {"draws", "N", "draws of what is uncertain (default: 200)"},
    {"seed", "N", "of the draws (default: 1)"},
    {"threads", "N", "threads (default: all); the same bytes for any number"},
    CACHE_OPTION,
    {"measure", "LIST",
     "what is ranked by (default: benefit): teu, kt, hours, usd (of a corridor: teu_middle), "
     "unserved, co2e, transit_gain, benefit; of a country real_income:KAZ, exports:KAZ, ..."},
    {"pairs", NULL, "also pairs of the eight best: do they help or hinder one another?"},
    {"disruptions", NULL, "also disruptions: shown, not ranked"},
    {"budget", "MUSD", "the best package that costs no more, million USD"},
    {"store", "FILE", "keep each draw in FILE (SQLite) as it comes"},
    {"resume", NULL, "go on with the draws that FILE has not"},
    {"output", "rank|pairs|gains|worth|package", "one table alone"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {"karvan rank --draws 200",
                                       "karvan rank aktau-hub caspian-feeders --pairs --format csv",
                                       "karvan rank --measure benefit,teu_middle,co2e --format csv",
                                       "karvan rank --draws 10000 --store draws.sqlite --resume",
                                       "karvan rank --budget 5000 --output package",
                                       NULL};
const command command_rank = {
    "rank",
    "which improvement first: all of them, with intervals and chances",
    "[NAME...]",
    "Lays each intervention over the region, follows it from costs to routes, trade and real\n"
    "income, and does so again for every draw of what is uncertain, the same for all. Ranks\n"
    "them by the median of what they change; the chance of being first is over draws. NAME is\n"
    "of table interventions, or several of them as A,B.",
    options,
    examples,
    0,
    200,
    run_rank};
