#ifndef KARVAN_SRC_CLI_REPORT_STUDY_H
#define KARVAN_SRC_CLI_REPORT_STUDY_H
/* The ranking that karvan report begins with. */
#include "cli/rank.h"

/* --draws, --seed, --threads, --no-ranking into k. */
karvan_status report_study_read(cli *c, ranking *k, karvan_error *err);
/* All improvements and disruptions, opened and drawn. Where the region cannot be studied, or is not
 * to be, k->results stays NULL; why, where that may surprise, is told on stderr. */
karvan_status report_study_run(ranking *k, karvan_error *err);
/* The answer in a few lines. */
karvan_status report_study_summary(const ranking *k, karvan_error *err);
void report_study_clear(ranking *k);
#endif
