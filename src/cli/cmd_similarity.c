#include <string.h>

#include "cli/cli.h"
#include "cli/words.h"

typedef struct asked {
    karvan_similarity_kind measure[KARVAN_SIMILARITY_END];
    karvan_similarity_query q;
    karvan_profiles_options o;
    char column[4][100]; /* of --columns */
    char pair[100];
} asked;

static karvan_status read_measures(const cli *c, asked *a, karvan_error *err) {
    const char *at = cli_option(c, "measure");
    karvan_status st = KARVAN_OK;
    char word[40];
    bool more = true;
    if (!at) at = "s";
    for (a->q.measure = a->measure;;) {
        st = cli_next_word(&at, ',', word, sizeof word, &more, err);
        if (st != KARVAN_OK || !more) break;
        if (a->q.n_measures == KARVAN_SIMILARITY_END)
            return karvan_fail(err, KARVAN_E_ARG, "--measure names one twice");
        st = karvan_similarity_parse(word, &a->measure[a->q.n_measures++], err);
        if (st != KARVAN_OK) return st;
    }
    if (st == KARVAN_OK && a->q.n_measures == 0)
        st = karvan_fail(err, KARVAN_E_ARG, "--measure names none");
    return st;
}

static karvan_status read_distance(const cli *c, asked *a, karvan_error *err) {
    const char *said = cli_option(c, "distance");
    if (!said) return KARVAN_OK;
    if (strcmp(said, "absolute") != 0 && strcmp(said, "squared") != 0)
        return karvan_fail(err, KARVAN_E_ARG, "--distance is absolute or squared, not '%.40s'",
                           said);
    a->q.distance = *said == 'a' ? KARVAN_DISTANCE_ABSOLUTE : KARVAN_DISTANCE_SQUARED;
    for (int k = 0; k < a->q.n_measures; k++)
        if (a->measure[k] <= KARVAN_SIMILARITY_PI) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--distance is of s, kappa and pi");
}

/* "0..3" */
static karvan_status read_scale(const cli *c, asked *a, karvan_error *err) {
    const char *said = cli_option(c, "scale"), *dots = said ? strstr(said, "..") : NULL;
    char low[40];
    size_t n = dots ? (size_t)(dots - said) : 0;
    if (!said) return KARVAN_OK;
    bool good = dots && n < sizeof low;
    if (good) memcpy(low, said, n), low[n] = 0;
    if (!good || !cli_real(low, &a->o.scale.low) || !cli_real(dots + 2, &a->o.scale.high) ||
        a->o.scale.low >= a->o.scale.high)
        return karvan_fail(err, KARVAN_E_ARG,
                           "--scale is the least and the greatest value, 0..3, not '%.40s'", said);
    a->o.has_scale = true;
    return KARVAN_OK;
}

static karvan_status read_years(const cli *c, asked *a, karvan_error *err) {
    static const char *const names[] = {"year", "from", "to"};
    int64_t v[3] = {0};
    karvan_status st = cli_not_both(c, "year", "from", err);
    if (st == KARVAN_OK) st = cli_not_both(c, "year", "to", err);
    for (int k = 0; k < 3 && st == KARVAN_OK; k++) {
        const char *said = cli_option(c, names[k]);
        if (said && !cli_whole(said, -9999, 9999, &v[k]))
            st = karvan_fail(err, KARVAN_E_ARG, "--%s is a year, not '%.40s'", names[k], said);
    }
    bool one = cli_switch(c, "year");
    a->o.has_from = one || cli_switch(c, "from"), a->o.has_to = one || cli_switch(c, "to");
    a->o.from = (int)v[one ? 0 : 1], a->o.to = (int)v[one ? 0 : 2];
    if (st == KARVAN_OK && a->o.has_from && a->o.has_to && a->o.from > a->o.to)
        st = karvan_fail(err, KARVAN_E_ARG, "--from %d lies after --to %d", a->o.from, a->o.to);
    return st;
}

/* "rcid=x,country=y,vote=z,year=t" */
static karvan_status read_columns(const cli *c, asked *a, karvan_error *err) {
    static const char *const names[] = {"rcid", "country", "vote", "year"};
    const char **const to[] = {&a->o.rcid, &a->o.country, &a->o.vote, &a->o.year};
    const char *at = cli_option(c, "columns");
    char word[120];
    bool more = at != NULL;
    while (more) {
        karvan_status st = cli_next_word(&at, ',', word, sizeof word, &more, err);
        if (st != KARVAN_OK || !more) return st;
        const char *is = strchr(word, '=');
        int k = 0;
        while (k < 4 && !(is && strncmp(word, names[k], (size_t)(is - word)) == 0 &&
                          names[k][is - word] == 0))
            k++;
        if (k == 4 || strlen(is + 1) >= sizeof a->column[0] || !is[1] || *to[k])
            return karvan_fail(err, KARVAN_E_ARG,
                               "--columns names each of rcid, country, vote and year once: "
                               "rcid=resolution,country=member; not '%.60s'",
                               word);
        (void)snprintf(a->column[k], sizeof a->column[k], "%s", is + 1);
        *to[k] = a->column[k];
    }
    return KARVAN_OK;
}

static karvan_status read_asked(const cli *c, asked *a, karvan_error *err) {
    static const char *const of_files[] = {"columns", "weights", "scale", NULL};
    const char *status = cli_option(c, "status");
    karvan_status st = read_measures(c, a, err);
    if (st == KARVAN_OK) st = read_distance(c, a, err);
    if (st == KARVAN_OK) st = read_scale(c, a, err);
    if (st == KARVAN_OK) st = read_years(c, a, err);
    if (st == KARVAN_OK) st = read_columns(c, a, err);
    if (st == KARVAN_OK && status) st = karvan_memberships_status(status, &a->o.status, err);
    for (int k = 0; st == KARVAN_OK && !cli_option(c, "data") && of_files[k]; k++)
        if (cli_switch(c, of_files[k]))
            st = karvan_fail(err, KARVAN_E_ARG, "--%s goes with --data", of_files[k]);
    a->o.weights = cli_option(c, "weights"), a->q.pair = cli_option(c, "pair");
    for (int k = 0; st == KARVAN_OK && a->o.weights && k < a->q.n_measures; k++)
        if (a->measure[k] == KARVAN_SIMILARITY_TAU)
            st = karvan_fail(err, KARVAN_E_ARG, "tau takes no --weights");
    return st;
}

/* Memberships of the region; its pairs may be named as elsewhere. */
static karvan_status of_region(cli *c, asked *a, karvan_profiles **out, karvan_error *err) {
    const karvan_memberships_options o = {.status = a->o.status,
                                          .has_from = a->o.has_from,
                                          .has_to = a->o.has_to,
                                          .from = a->o.from,
                                          .to = a->o.to};
    const char *one, *other;
    karvan_memberships *m = NULL;
    karvan_status st = cli_open_region(c, err);
    if (st == KARVAN_OK) st = karvan_memberships_of_region(c->region, &o, &m, err);
    if (st == KARVAN_OK) st = karvan_profiles_of_memberships(m, out, err);
    if (st == KARVAN_OK && a->q.pair) {
        st = karvan_record_pair(c->region, a->q.pair, &one, &other, err);
        if (st == KARVAN_OK) (void)snprintf(a->pair, sizeof a->pair, "%s-%s", one, other);
        a->q.pair = a->pair;
    }
    return st;
}

static void tell_one_way(const karvan_profiles *p) {
    long long n = (long long)karvan_profiles_one_way(p);
    if (n > 0)
        (void)fprintf(stderr,
                      "karvan: note: %lld pair%s of states has another tie one way than the other; "
                      "columns are compared as they stand\n",
                      n, n == 1 ? "" : "s");
}

static void tell_years(const asked *a, const karvan_profiles *p, const char *file) {
    int from = 0, to = 0;
    bool has = karvan_profiles_years(p, &from, &to);
    const cli_years y = {.has = has,
                         .from = from,
                         .to = to,
                         .asked_from = a->o.has_from,
                         .asked_to = a->o.has_to,
                         .least = a->o.from,
                         .most = a->o.to};
    cli_note_no_rows(file ? file : "the region's memberships", &y);
}

static karvan_status run_similarity(cli *c, karvan_error *err) {
    asked a = {0};
    const char *file = cli_option(c, "data");
    karvan_profiles *p = NULL;
    karvan_table *t = NULL;
    karvan_status st = read_asked(c, &a, err);
    if (st == KARVAN_OK && file) st = cli_no_pipe(c, "data", err);
    if (st == KARVAN_OK)
        st = file ? karvan_profiles_read(file, &a.o, &p, err) : of_region(c, &a, &p, err);
    if (st == KARVAN_OK) tell_one_way(p);
    if (st == KARVAN_OK) st = karvan_similarity_table(p, &a.q, &t, err);
    if (st == KARVAN_OK && karvan_table_rows(t) == 0) tell_years(&a, p, file);
    if (st == KARVAN_OK) st = cli_print(c, t, err);
    karvan_table_destroy(t);
    karvan_profiles_destroy(p);
    return st;
}

static const option_spec options[] = {
    {"data", "FILE",
     "votes, memberships or a matrix of ties, told by the header (default: memberships of the "
     "region)"},
    {"measure", "A,B", "s, kappa, pi, tau, agreement, agreement_half (default: s)"},
    {"distance", "KIND", "absolute or squared (default: absolute for s, squared for kappa and pi)"},
    {"scale", "LOW..HIGH",
     "what values may be (default: votes 1..3, of a matrix its least and greatest)"},
    {"weights", "COLUMN", "of a matrix: what its rows weigh"},
    {"status", "A,B", "of memberships: what counts as belonging (default: member,associate)"},
    {"columns", "rcid=A,vote=B",
     "of votes: columns by other names than rcid, country, vote and year"},
    {"pair", "A-B", "one pair (default: all)"},
    {"year", "YEAR", "one year"},
    {"from", "YEAR", "first year"},
    {"to", "YEAR", "last year"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan similarity --pair AZE-KAZ --measure s,kappa --year 2020",
    "karvan similarity --data votes.csv --measure agreement,s,pi --format csv",
    "karvan similarity --data alliances.csv --weights Cap --pair GMY-RUS --format json", NULL};
const command command_similarity = {
    "similarity",
    "how alike two states are in ties, votes and memberships",
    "",
    "Compares the profiles of two states entry by entry: what they are allied with, how they vote, "
    "what\nthey belong to. Tells how many entries count; a measure that these do not define has no "
    "value.",
    options,
    examples,
    0,
    0,
    run_similarity};
