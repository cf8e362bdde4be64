#ifndef KARVAN_SRC_CLI_RECORD_H
#define KARVAN_SRC_CLI_RECORD_H
/* What the files of `karvan record` share. */
#include "cli/cli.h"

enum { RECORD_LIST_MAX = 128 };

/* A list of the command line, its words in one buffer. */
typedef struct record_list {
    char text[4000];
    const char *word[RECORD_LIST_MAX];
    int n;
} record_list;

typedef struct record_asked {
    karvan_record_query q;
    record_list parties, kinds, dimensions, bodies, from_sources, ranks, places;
    record_list sources; /* the order of --source-order */
} record_asked;

/* The options that say which claims, into a query that borrows from *a. */
karvan_status cli_record_read(const cli *c, record_asked *a, karvan_error *err);
/* Options of files are consistent; said before the region is opened. */
karvan_status cli_record_judge_out(const cli *c, karvan_error *err);
/* Writes the files that --out, --sources-out and --package ask for; *printed: the table is still to
 * go to the terminal. `t`: what is listed; `v`: its claims, NULL where it lists none. */
karvan_status cli_record_write(const cli *c, const record_asked *a, const karvan_view *v,
                               const karvan_table *t, bool *printed, karvan_error *err);
#endif
