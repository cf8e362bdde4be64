#ifndef KARVAN_SRC_CLI_DYADS_ATTACH_H
#define KARVAN_SRC_CLI_DYADS_ATTACH_H
/* --attach, --both-ways, --covers, --missing, --where and --distance of `karvan dyads --states`. */
#include "cli/cli.h"

enum { DYADS_FILES = 16, DYADS_WORDS = 256, DYADS_TEXT = 8192 };

/* Words cut out of the command line. */
typedef struct dyads_words {
    int n;
    const char *word[DYADS_WORDS];
    char text[DYADS_TEXT];
    size_t used;
} dyads_words;

typedef struct dyads_file {
    const char *path;
    karvan_table *table;
    int first, n; /* its columns among the words; NAMEs follow them */
    bool renamed;
    karvan_system codes; /* AUTO: those of the states */
} dyads_file;

/* --missing: texts that stand for no value, of one file or of all. */
typedef struct dyads_missing {
    const char *path; /* NULL: all */
    int first, n;     /* among the words */
} dyads_missing;

/* --where: a value by which rows are asked for, of one file or of all. */
typedef struct dyads_where {
    const char *path; /* NULL: all */
    const char *column, *value;
} dyads_where;

typedef struct dyads_attachments {
    dyads_words words;
    int n;
    dyads_file file[DYADS_FILES];
    karvan_table *capitals;
    int n_covers;
    karvan_cover cover[DYADS_FILES * 4];
    const char *cover_path[DYADS_FILES * 4];
    int n_where;
    dyads_where where[DYADS_FILES];
    int n_missing;
    dyads_missing missing[DYADS_FILES];
} dyads_attachments;

/* What is said, checked as far as it can be before a file is read. */
karvan_status cli_attach_asked(const cli *c, dyads_attachments *a, karvan_error *err);
/* Read the files and attach them; they must stay as long as the dyads. */
karvan_status cli_attach_all(const cli *c, dyads_attachments *a, karvan_dyad_years *d,
                             karvan_problems *problems, karvan_error *err);
void cli_attach_clear(dyads_attachments *a);
#endif
