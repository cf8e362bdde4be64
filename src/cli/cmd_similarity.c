#include <string.h>

#include "cli/cli.h"
#include "cli/words.h"

typedef struct asked {
    karvan_similarity_kind measure[KARVAN_SIMILARITY_END];
    karvan_similarity_query q;
    karvan_profiles_options o;
    char column[4][100]; /* of --columns */
    karvan_states *states;
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

/* One of two words, into 0 or 1 and what is added. */
static karvan_status one_of(const cli *c, const char *option, const char *first, const char *second,
                            int *out, karvan_error *err) {
    const char *said = cli_option(c, option);
    *out = said && strcmp(said, second) == 0;
    if (!said || *out || strcmp(said, first) == 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--%s is %s or %s, not '%.40s'", option, first, second,
                       said);
}

/* Options of alliances. */
static karvan_status read_alliances(const cli *c, asked *a, karvan_error *err) {
    const char *states = cli_option(c, "states");
    const karvan_states_options plain = {0};
    karvan_problems *problems = NULL;
    int any, unknown, left_out;
    karvan_status st = one_of(c, "pledges", "strongest", "any", &any, err);
    if (st == KARVAN_OK) st = one_of(c, "unlisted", "none", "unknown", &unknown, err);
    if (st == KARVAN_OK) st = one_of(c, "self", "highest", "left-out", &left_out, err);
    if (st != KARVAN_OK) return st;
    a->o.pledges = any ? KARVAN_PLEDGES_ANY : KARVAN_PLEDGES_STRONGEST;
    if (cli_switch(c, "unlisted"))
        a->o.unlisted = unknown ? KARVAN_UNLISTED_UNKNOWN : KARVAN_UNLISTED_NONE;
    a->o.without_self = left_out;
    if (!states) return KARVAN_OK;
    st = cli_no_pipe(c, "states", err);
    if (st == KARVAN_OK) st = karvan_problems_create(&problems, err);
    if (st == KARVAN_OK) st = karvan_states_read(states, &plain, problems, &a->states, err);
    if (problems) cli_print_problems(stderr, problems);
    karvan_problems_destroy(problems);
    a->o.states = a->states;
    return st;
}

/* The items are the same for all measures. */
static karvan_status read_trace(const cli *c, karvan_error *err) {
    static const char *const of_measures[] = {"measure", "distance", "scale", NULL};
    return cli_switch(c, "trace") ? cli_not_any(c, "trace", of_measures, err) : KARVAN_OK;
}

static karvan_status read_asked(const cli *c, asked *a, karvan_error *err) {
    static const char *const of_files[] = {"columns",  "weights", "scale",  "pledges",
                                           "unlisted", "self",    "states", NULL};
    const char *status = cli_option(c, "status");
    karvan_status st = read_trace(c, err);
    if (st == KARVAN_OK) st = read_measures(c, a, err);
    if (st == KARVAN_OK) st = read_distance(c, a, err);
    if (st == KARVAN_OK) st = read_scale(c, a, err);
    if (st == KARVAN_OK) st = read_years(c, a, err);
    if (st == KARVAN_OK) st = read_columns(c, a, err);
    if (st == KARVAN_OK && status) st = karvan_memberships_status(status, &a->o.status, err);
    for (int k = 0; st == KARVAN_OK && !cli_option(c, "data") && of_files[k]; k++)
        if (cli_switch(c, of_files[k]))
            st = karvan_fail(err, KARVAN_E_ARG, "--%s goes with --data", of_files[k]);
    a->o.extend = cli_switch(c, "extend");
    if (st == KARVAN_OK) st = read_alliances(c, a, err);
    a->o.weights = cli_option(c, "weights"), a->q.pair = cli_option(c, "pair");
    for (int k = 0; st == KARVAN_OK && a->o.weights && k < a->q.n_measures; k++)
        if (a->measure[k] == KARVAN_SIMILARITY_TAU)
            st = karvan_fail(err, KARVAN_E_ARG, "tau takes no --weights");
    return st;
}

/* Memberships of the region; its pairs may be named as elsewhere. */
static karvan_status of_region(cli *c, asked *a, karvan_profiles **out, karvan_error *err) {
    const karvan_memberships_options o = {.status = a->o.status,
                                          .extend = a->o.extend,
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
    karvan_alliances of;
    if (n > 0 && karvan_profiles_alliances(p, &of))
        (void)fprintf(stderr,
                      "karvan: note: %lld pair%s of states and years ha%s another tie one way than "
                      "the other; each is taken as it stands\n",
                      n, n == 1 ? "" : "s", n == 1 ? "s" : "ve");
    else if (n > 0)
        (void)fprintf(stderr,
                      "karvan: note: %lld pair%s of states has another tie one way than the other; "
                      "columns are compared as they stand\n",
                      n, n == 1 ? "" : "s");
}

/* What stands for rows that are not there. */
static void tell_alliances(const karvan_profiles *p, const char *file, bool said) {
    karvan_alliances of;
    if (!karvan_profiles_alliances(p, &of)) return;
    long long n = (long long)of.unlisted, out = (long long)of.outside;
    if (n > 0 && !said && of.unlisted_unknown)
        (void)fprintf(stderr,
                      "karvan: note: %s lists pairs that are not allied too: %lld without a row "
                      "(pairs and years) are not known (--unlisted none: not allied)\n",
                      file, n);
    else if (n > 0 && !said)
        (void)fprintf(stderr,
                      "karvan: note: %s lists alliances alone: %lld without a row (pairs and "
                      "years) count as not allied (--unlisted unknown: as not known)\n",
                      file, n);
    if (out > 0)
        (void)fprintf(stderr,
                      "karvan: note: %lld row%s of %s left out: by the table of states one of the "
                      "pair is no state in that year\n",
                      out, out == 1 ? "" : "s", file);
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
    int first, last;
    if (st == KARVAN_OK && a.o.extend && a.o.has_to && karvan_profiles_years(p, &first, &last))
        cli_note_extended(file ? file : "the region's memberships", last, a.o.to);
    if (st == KARVAN_OK) tell_one_way(p), tell_alliances(p, file, cli_switch(c, "unlisted"));
    if (st == KARVAN_OK)
        st = cli_switch(c, "trace") ? karvan_similarity_trace(p, &a.q, &t, err)
                                    : karvan_similarity_table(p, &a.q, &t, err);
    if (st == KARVAN_OK && karvan_table_rows(t) == 0) tell_years(&a, p, file);
    if (st == KARVAN_OK) st = cli_print(c, t, err);
    karvan_table_destroy(t);
    karvan_profiles_destroy(p);
    karvan_states_destroy(a.states);
    return st;
}

static const option_spec options[] = {
    {"data", "FILE",
     "votes, alliances, memberships or a matrix of ties, told by the header (default: memberships "
     "of the region)"},
    {"measure", "A,B", "s, kappa, pi, tau, agreement, agreement_half (default: s)"},
    {"distance", "KIND", "absolute or squared (default: absolute for s, squared for kappa and pi)"},
    {"scale", "LOW..HIGH",
     "what values may be (default: votes 1..3, alliances 0..3, of a matrix its least and "
     "greatest)"},
    {"weights", "COLUMN", "of a matrix: what its rows weigh"},
    {"status", "A,B", "of memberships: what counts as belonging (default: member,associate)"},
    {"columns", "rcid=A,vote=B",
     "of votes: columns by other names than rcid, country, vote and year"},
    {"pledges", "strongest|any",
     "of alliances: strength 0 to 3 (default), or 1 where there is any pledge"},
    {"unlisted", "none|unknown",
     "of alliances: what a pair without a row is (default: told by the file, and said)"},
    {"self", "highest|left-out",
     "of alliances: a state's tie to itself is the strongest (default), or does not count"},
    {"states", "FILE",
     "of alliances: ties to all states of this table (default: to those that rows of the year "
     "name)"},
    {"pair", "A-B", "one pair (default: all)"},
    {"trace", NULL, "instead of measures: what they compare, item by item, with file and line"},
    {"year", "YEAR", "one year"},
    {"from", "YEAR", "first year"},
    {"to", "YEAR", "last year"},
    {"extend", NULL,
     "of memberships: carry what goes on in the last year on to --to (default: not covered)"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan similarity --pair AZE-KAZ --measure s,kappa --year 2020",
    "karvan similarity --data votes.csv --measure agreement,s,pi --format csv",
    "karvan similarity --data atop.csv --states states.csv --year 1914 --pair 255-365",
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
