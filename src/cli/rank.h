#ifndef KARVAN_SRC_CLI_RANK_H
#define KARVAN_SRC_CLI_RANK_H
/* karvan rank: its cases, its draws (on this machine or shared by ranks of MPI), its print. */
#include "cli/cli.h"

enum { RANK_MEASURES_MOST = 16, RANK_PAIRED_MOST = 8 };

typedef struct rank_cases {
    int n, cap;
    char **name;
    bool *ranked; /* single interventions that are improvements */
    bool *shown;  /* all but pairs that nobody named: those have their own table */
} rank_cases;
/* What the arguments name, or all interventions with rows: improvements, and disruptions where they
 * are asked for; consequences never. */
karvan_status rank_cases_read(const cli *c, rank_cases *out, karvan_error *err);
/* All of them, none where the region has none. */
karvan_status rank_cases_all(const karvan_package *region, bool disruptions, rank_cases *out,
                             karvan_error *err);
/* Pairs of the RANK_PAIRED_MOST improvements that are best at medians (s: study of the cases). */
karvan_status rank_cases_pair(const karvan_study *s, rank_cases *x, karvan_error *err);
void rank_cases_clear(rank_cases *x);

typedef struct ranking {
    cli *c;
    karvan_study *study;
    karvan_results *results;
    karvan_store *store;
    karvan_progress *progress;
    const karvan_cancel *cancel;
    rank_cases cases;
    int n_measures, measure[RANK_MEASURES_MOST];
    int64_t n_draws;
    uint64_t seed;
    int threads;
    double budget_musd; /* 0: none */
} ranking;
/* The study of k->cases, with its progress on the terminal where `tells`. */
karvan_status rank_open(ranking *k, bool tells, karvan_error *err);
/* An answer into store, results and progress; of rank 0. */
karvan_status rank_take(void *ctx, const karvan_study_answer *a, karvan_error *err);
karvan_status rank_print(const ranking *k, karvan_error *err);

/* ---- several processes (rank_mpi.c; one where the program is built without MPI) ---- */

/* Begun where mpirun started this process; *first: this one tells. */
karvan_status rank_mpi_begin(bool *first, karvan_error *err);
/* Draws that are still to do, as the first process knows them, shared among all; every answer comes
 * to the first. n < 0: this process has failed, and all end. */
karvan_status rank_mpi_run(ranking *k, int64_t n, const int64_t *draws, karvan_error *err);
void rank_mpi_end(void);
#endif
