/* Dyad-years of a table of states, with what is attached to them. */
#include <stdlib.h>
#include <string.h>

#include "cli/dyads.h"
#include "cli/dyads_attach.h"
#include "cli/words.h"

typedef struct states_run {
    const char *path;
    karvan_states *states;
    karvan_dyad_years *dyads;
    karvan_problems *problems;
    dyads_attachments *attached;
    karvan_dyad_years_query q;
} states_run;

karvan_status cli_dyads_need_states(const cli *c, karvan_error *err) {
    static const char *const own[] = {
        "system",   "no-microstates", "certain", "attach",  "both-ways", "covers", "codes",
        "distance", "capital-of",     "sphere",  "missing", "where",     NULL};
    for (const char *const *o = own; *o; o++)
        if (cli_switch(c, *o)) return karvan_fail(err, KARVAN_E_ARG, "--%s needs --states", *o);
    return KARVAN_OK;
}

/* Options that mean nothing here, or without another. */
static karvan_status belong(const cli *c, karvan_error *err) {
    static const char *const of_others[] = {"joint", "status",  "bounds", "bodies",
                                            "sum",   "measure", "pair",   NULL};
    static const char *const of_cells[] = {"attach",  "both-ways", "covers", "distance",
                                           "codes",   "sphere",    "trace",  "capital-of",
                                           "missing", "where",     NULL};
    static const struct {
        const char *option, *needs, * or ;
    } NEEDS[] = {{"both-ways", "attach", NULL},    {"codes", "attach", NULL},
                 {"covers", "attach", "distance"}, {"trace", "attach", "distance"},
                 {"sphere", "distance", NULL},     {"capital-of", "distance", NULL},
                 {"missing", "attach", NULL},      {"where", "attach", NULL}};
    karvan_status st = cli_not_any(c, "states", of_others, err);
    if (st == KARVAN_OK) st = cli_not_both(c, "count", "by-year", err);
    for (int k = 0; st == KARVAN_OK && k < 2; k++) {
        const char *only = k ? "by-year" : "count";
        if (cli_switch(c, only)) st = cli_not_any(c, only, of_cells, err);
    }
    for (size_t k = 0; st == KARVAN_OK && k < sizeof NEEDS / sizeof NEEDS[0]; k++)
        if (cli_switch(c, NEEDS[k].option) && !cli_switch(c, NEEDS[k].needs) &&
            !(NEEDS[k].or &&cli_switch(c, NEEDS[k].or)))
            return karvan_fail(err, KARVAN_E_ARG, "--%s needs --%s%s%s", NEEDS[k].option,
                               NEEDS[k].needs, NEEDS[k].or ? " or --" : "",
                               NEEDS[k].or ? NEEDS[k].or : "");
    return st;
}

static karvan_status year_of(const cli *c, const char *option, int64_t *out, karvan_error *err) {
    const char *said = cli_option(c, option);
    if (!said || cli_whole(said, -9999, 9999, out)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--%s is a year, -9999 to 9999, not '%.40s'", option,
                       said);
}

static int64_t year_of_day(karvan_day day) {
    int64_t year;
    int month, of_month;
    karvan_day_to_civil(day, &year, &month, &of_month);
    return year;
}

/* The years in which the table ends and in which it begins are not what the user wrote. */
static karvan_status years_apart(const cli *c, const states_run *x, karvan_error *err) {
    char day[40];
    long long from = (long long)x->q.from, to = (long long)x->q.to;
    if (!cli_option(c, "to")) {
        karvan_day_format(karvan_states_last_day(x->states), day, sizeof day);
        return karvan_fail(
            err, KARVAN_E_ARG,
            "--from %lld lies after %s, the last day of %s: say --to and --extend to "
            "carry on the states alive then",
            from, day, x->path);
    }
    if (!cli_option(c, "from"))
        return karvan_fail(err, KARVAN_E_ARG,
                           "--to %lld lies before %lld, the first year of %s: say --from as well",
                           to, from, x->path);
    return karvan_fail(err, KARVAN_E_ARG, "--from %lld lies after --to %lld", from, to);
}

/* Years that are not said are those of the table; carried on, they reach --from at least. */
static karvan_status find_years(const cli *c, states_run *x, karvan_error *err) {
    karvan_status st = year_of(c, "from", &x->q.from, err);
    if (st == KARVAN_OK) st = year_of(c, "to", &x->q.to, err);
    if (st != KARVAN_OK) return st;
    if (!cli_option(c, "from") && !karvan_states_first_year(x->states, &x->q.from))
        return karvan_fail(err, KARVAN_E_ARG, "%s says of no state when it began: say --from",
                           x->path);
    karvan_day last = karvan_states_last_day(x->states);
    bool ends = last != KARVAN_DAY_MIN && !karvan_states_open(x->states);
    if (!cli_option(c, "to") && !ends)
        return karvan_fail(err, KARVAN_E_ARG, "states of %s go on without end: say --to", x->path);
    if (!cli_option(c, "to")) x->q.to = year_of_day(last);
    if (!cli_option(c, "to") && cli_switch(c, "extend") && x->q.to < x->q.from) x->q.to = x->q.from;
    return x->q.from <= x->q.to ? KARVAN_OK : years_apart(c, x, err);
}

static karvan_status open_states(const cli *c, states_run *x, karvan_error *err) {
    karvan_states_options o = {.no_microstates = cli_switch(c, "no-microstates")};
    karvan_status st = KARVAN_OK;
    if (cli_option(c, "system")) st = karvan_system_parse(cli_option(c, "system"), &o.system, err);
    if (st == KARVAN_OK) st = karvan_problems_create(&x->problems, err);
    if (st == KARVAN_OK) st = karvan_states_read(x->path, &o, x->problems, &x->states, err);
    if (st == KARVAN_OK) st = find_years(c, x, err);
    x->q.months = cli_switch(c, "months"), x->q.undirected = cli_switch(c, "undirected");
    x->q.extend = cli_switch(c, "extend"), x->q.certain = cli_switch(c, "certain");
    return st == KARVAN_OK ? karvan_dyad_years_create(x->states, &x->q, &x->dyads, err) : st;
}

/* Years asked for that lie before the table's first day: no row there says that there was nothing.
 */
static void tell_beginning(const states_run *x) {
    char day[40];
    karvan_day first = karvan_states_first_day(x->states);
    if (first == KARVAN_DAY_MIN || first == KARVAN_DAY_MAX || year_of_day(first) <= x->q.from)
        return;
    karvan_day_format(first, day, sizeof day);
    (void)fprintf(stderr, "karvan: note: %s begins on %s: there is nothing before it\n", x->path,
                  day);
}

/* What the years asked for are to the table's last day. */
static void tell_end(const states_run *x) {
    char day[40];
    karvan_day last = karvan_states_last_day(x->states);
    long long to = (long long)x->q.to;
    if (last == KARVAN_DAY_MIN) {
        (void)fprintf(stderr, "karvan: note: no state of %s ends: all go on to %lld\n", x->path,
                      to);
        return;
    }
    karvan_day_format(last, day, sizeof day);
    if (last >= karvan_day_from_civil(x->q.to, 12, 31)) return;
    if (x->q.extend)
        (void)fprintf(stderr,
                      "karvan: note: extended: states alive on %s, the last day of %s, are carried "
                      "on to %lld\n",
                      day, x->path, to);
    else if (!karvan_states_open(x->states))
        (void)fprintf(stderr,
                      "karvan: note: %s ends on %s: there is nothing after it (--extend carries "
                      "on the states alive then)\n",
                      x->path, day);
}

static karvan_status print_count(const states_run *x, karvan_error *err) {
    int64_t n, maybe;
    karvan_status st = karvan_dyad_years_count(x->dyads, &n, &maybe, err);
    if (st != KARVAN_OK) return st;
    if (maybe > 0)
        (void)fprintf(stderr,
                      "karvan: note: %lld of them only may exist, by uncertain dates; --certain "
                      "leaves them out\n",
                      (long long)maybe);
    (void)printf("%lld\n", (long long)n);
    return KARVAN_OK;
}

static karvan_status print_years(const cli *c, const states_run *x, karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = karvan_dyad_years_by_year(x->dyads, &t, err);
    if (st == KARVAN_OK) st = cli_print_states(c, t, err);
    karvan_table_destroy(t);
    return st;
}

static karvan_status run(const cli *c, states_run *x, karvan_error *err) {
    karvan_status st = open_states(c, x, err);
    if (st == KARVAN_OK) st = cli_attach_all(c, x->attached, x->dyads, x->problems, err);
    if (x->problems) cli_print_problems(stderr, x->problems);
    if (st != KARVAN_OK) return st;
    tell_beginning(x), tell_end(x);
    if (cli_switch(c, "count")) return print_count(x, err);
    if (cli_switch(c, "by-year")) return print_years(c, x, err);
    /* rows by the million are for programs, unless a table is asked for */
    karvan_format format = cli_option(c, "format") ? c->format : KARVAN_FORMAT_CSV;
    return karvan_dyad_years_write(x->dyads, cli_switch(c, "trace"), format, cli_width(), stdout,
                                   err);
}

karvan_status cli_dyads_states(cli *c, karvan_error *err) {
    states_run x = {.path = cli_option(c, "states")};
    karvan_status st = belong(c, err);
    if (st != KARVAN_OK) return st;
    x.attached = calloc(1, sizeof *x.attached);
    if (!x.attached) return karvan_fail(err, KARVAN_E_NOMEM, "no memory");
    st = cli_attach_asked(c, x.attached, err);
    if (st == KARVAN_OK) st = run(c, &x, err);
    karvan_dyad_years_destroy(x.dyads);
    karvan_states_destroy(x.states);
    karvan_problems_destroy(x.problems);
    cli_attach_clear(x.attached);
    free(x.attached);
    return st;
}
