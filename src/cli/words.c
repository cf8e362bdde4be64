#include "cli/words.h"

#include <math.h>
#include <string.h>

#include "table/number.h"

karvan_status cli_next_word(const char **at, char sign, char *out, size_t cap, bool *more,
                            karvan_error *err) {
    const char ends[] = {sign, 0};
    while (**at == sign || **at == ' ') ++*at;
    size_t n = strcspn(*at, ends), keep = n;
    while (keep > 0 && (*at)[keep - 1] == ' ') keep--;
    *more = keep > 0;
    if (keep >= cap) return karvan_fail(err, KARVAN_E_ARG, "'%.40s...' is too long a name", *at);
    memcpy(out, *at, keep);
    out[keep] = 0, *at += n;
    return KARVAN_OK;
}

bool cli_whole(const char *said, int64_t least, int64_t most, int64_t *out) {
    return karvan_i_parse_int(said, strlen(said), out) && *out >= least && *out <= most;
}

bool cli_real(const char *said, double *out) {
    return karvan_i_parse_real(said, strlen(said), '.', out);
}

karvan_status cli_count(const cli *c, const char *option, int64_t *out, karvan_error *err) {
    const char *said = cli_option(c, option);
    *out = 0;
    if (!said || cli_whole(said, 1, INT64_MAX, out)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--%s is a number above 0, not '%.40s'", option, said);
}

karvan_status cli_draws(const cli *c, int64_t *out, karvan_error *err) {
    const char *said = cli_option(c, "draws");
    *out = 0;
    if (!said || cli_whole(said, 2, DRAWS_MOST, out)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--draws is a whole number from 2 to %d, not '%.40s'",
                       (int)DRAWS_MOST, said);
}

karvan_status cli_threads(const cli *c, int *out, karvan_error *err) {
    const char *said = cli_option(c, "threads");
    int64_t n = 0;
    *out = 0;
    if (said && !cli_whole(said, 1, 256, &n))
        return karvan_fail(err, KARVAN_E_ARG, "--threads is 1 to 256, not '%.40s'", said);
    *out = (int)n;
    return KARVAN_OK;
}

karvan_status cli_positive(const char *option, const char *said, double *out, karvan_error *err) {
    if (cli_real(said, out) && *out > 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--%s is a number above 0, not '%.40s'", option, said);
}

bool cli_ends_in(const char *path, const char *end) {
    size_t n = path ? strlen(path) : 0, m = strlen(end);
    return n > m && strcmp(path + n - m, end) == 0;
}

double cli_rounded(double v, double parts) {
    double scaled = v * parts;
    return isfinite(scaled) ? round(scaled) / parts : v;
}

void cli_note_no_rows(const char *of, const cli_years *y) {
    bool before = y->asked_to && y->most < y->from, after = y->asked_from && y->least > y->to;
    if (!y->has)
        (void)fprintf(stderr, "karvan: note: no row: %s has no years\n", of);
    else
        (void)fprintf(stderr, "karvan: note: no row: the years of %s are %lld to %lld%s\n", of,
                      (long long)y->from, (long long)y->to,
                      before || after ? "" : ", and no pair has one of those asked for");
}

void cli_note_extended(const char *what, int last, int to) {
    if (to > last)
        (void)fprintf(stderr,
                      "karvan: note: extended: what goes on in %d, the last year of %s, is carried "
                      "on to %d\n",
                      last, what, to);
}
