#ifndef KARVAN_SRC_CLI_WORDS_H
#define KARVAN_SRC_CLI_WORDS_H
/* Lists and numbers as they are written on the command line. */
#include "cli/cli.h"

/* The next of the words parted by a sign, without blanks around it, copied to out; empty ones are
 * passed over. *more false at the end. KARVAN_E_ARG: too long. */
karvan_status cli_next_word(const char **at, char sign, char *out, size_t cap, bool *more,
                            karvan_error *err);
/* A whole number, a finite one; false: it is none, or out of range. */
bool cli_whole(const char *said, int64_t least, int64_t most, int64_t *out);
bool cli_real(const char *said, double *out);
/* A whole number above 0, of an option; 0 where it was not given. */
karvan_status cli_count(const cli *c, const char *option, int64_t *out, karvan_error *err);
enum { DRAWS_MOST = 100000000 };
/* --draws: 2 and more; 0 where it was not given. */
karvan_status cli_draws(const cli *c, int64_t *out, karvan_error *err);
/* --threads: 1 to 256; 0 where it was not given. */
karvan_status cli_threads(const cli *c, int *out, karvan_error *err);
/* A number above 0. */
karvan_status cli_positive(const char *option, const char *said, double *out, karvan_error *err);
/* Years of what was read, and those asked for. */
typedef struct cli_years {
    bool has; /* there are any */
    int64_t from, to;
    bool asked_from, asked_to;
    int64_t least, most; /* asked for */
} cli_years;
/* A note on standard error, for a table without a row: which years `of` has. */
void cli_note_no_rows(const char *of, const cli_years *y);
/* Does a path end so, with something before it? NULL does not. */
bool cli_ends_in(const char *path, const char *end);
/* A number of so many parts of 1, for readers: 10 for one decimal. */
double cli_rounded(double v, double parts);
/* On stderr: what goes on in `last` was carried on to `to`; nothing where it lies not after it. */
void cli_note_extended(const char *what, int last, int to);
#endif
