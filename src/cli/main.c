#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

const command *const commands[] = {&command_check,
                                   &command_record,
                                   &command_dyads,
                                   &command_similarity,
                                   &command_relations,
                                   &command_events,
                                   &command_trade,
                                   &command_gravity,
                                   &command_potential,
                                   &command_counterfactual,
                                   &command_route,
                                   &command_routes,
                                   &command_profile,
                                   &command_access,
                                   &command_critical,
                                   &command_skim,
                                   &command_assign,
                                   &command_select,
                                   &command_estimate,
                                   &command_demand,
                                   &command_whatif,
                                   &command_rank,
                                   &command_report,
                                   &command_brief,
                                   &command_import,
                                   &command_export,
                                   &command_date,
                                   &command_new,
                                   &command_help,
                                   &command_version,
                                   NULL};

const option_spec common_options[] = {
    {"region", "DIR", "folder of the region (default: the one that ships)"},
    {"scenario", "A,B", "lay the edits of these scenarios over the region first"},
    {"format", "table|csv|json", "how results are written (default: table)"},
    {"help", NULL, "this text"},
    {NULL, NULL, NULL}};

/* Options that every command has but these, which have no use for them. */
static const struct {
    const char *command, *without[4];
} WITHOUT[] = {{"date", {"region", "scenario"}},
               {"help", {"region", "scenario", "format"}},
               {"version", {"region", "scenario"}},
               {"new", {"scenario", "format"}},
               {"import", {"region", "scenario"}},
               {"brief", {"format"}},
               {"events", {"region", "scenario"}},
               {"whatif", {"scenario"}},
               {"rank", {"scenario"}}};
/* Options that add to one another. */
static const struct {
    const char *command, *option;
} REPEATED[] = {{"import", "speed"},    {"import", "usd-per-km"},      {"import", "dwell"},
                {"import", "mode"},     {"import", "usd-per-move"},    {"import", "property"},
                {"gravity", "formula"}, {"gravity", "cluster"},        {"potential", "cluster"},
                {"gravity", "se"},      {"counterfactual", "cluster"}, {"events", "import"},
                {"dyads", "attach"},    {"dyads", "covers"},           {"dyads", "both-ways"},
                {"dyads", "codes"},     {"dyads", "missing"},          {"dyads", "where"}};

bool cli_takes(const command *k, const char *option) {
    for (size_t i = 0; i < sizeof WITHOUT / sizeof WITHOUT[0]; i++)
        for (int j = 0; strcmp(WITHOUT[i].command, k->name) == 0 && WITHOUT[i].without[j]; j++)
            if (strcmp(WITHOUT[i].without[j], option) == 0) return false;
    return true;
}

static const command *find_command(const char *name) {
    for (int i = 0; commands[i]; i++)
        if (strcmp(commands[i]->name, name) == 0) return commands[i];
    return NULL;
}

static const option_spec *find_option(const option_spec *list, const char *name, size_t n) {
    for (; list && list->name; list++)
        if (n > 0 && strlen(list->name) == n && memcmp(list->name, name, n) == 0) return list;
    return NULL;
}

static karvan_status unknown_option(const command *k, const char *name, size_t n,
                                    karvan_error *err) {
    const char *names[128];
    char typed[80];
    int m = 0;
    (void)snprintf(typed, sizeof typed, "%.*s", (int)n, name);
    for (const option_spec *o = common_options; o->name; o++)
        if (cli_takes(k, o->name)) names[m++] = o->name;
    for (const option_spec *o = k->options; o && o->name; o++)
        if (*o->name) names[m++] = o->name;
    int64_t near = karvan_text_nearest(typed, names, (size_t)m);
    if (near >= 0)
        return karvan_fail(err, KARVAN_E_ARG, "%s has no option --%s; did you mean --%s?", k->name,
                           typed, names[near]);
    return karvan_fail(err, KARVAN_E_ARG, "%s has no option --%s; see karvan help %s", k->name,
                       typed, k->name);
}

/* What is said twice would hide what was said first: two words for one thing, or half a list. */
static karvan_status said_before(const cli *c, const option_spec *o, const char *value,
                                 karvan_error *err) {
    const char *before = cli_option(c, o->name);
    if (!before || !o->value || strcmp(before, value) == 0) return KARVAN_OK;
    for (size_t i = 0; i < sizeof REPEATED / sizeof REPEATED[0]; i++)
        if (strcmp(REPEATED[i].command, c->command->name) == 0 &&
            strcmp(REPEATED[i].option, o->name) == 0)
            return KARVAN_OK;
    if (strchr(o->value, ',') || strcmp(o->value, "LIST") == 0)
        return karvan_fail(err, KARVAN_E_ARG,
                           "--%s is given twice; several make one list: %.80s,%.80s", o->name,
                           before, value);
    return karvan_fail(err, KARVAN_E_ARG, "--%s is given twice: '%.40s' and '%.40s'; choose one",
                       o->name, before, value);
}

static karvan_status take_option(cli *c, int argc, char **argv, int *i, karvan_error *err) {
    const char *name = argv[*i] + 2, *value = strchr(name, '=');
    size_t n = value ? (size_t)(value - name) : strlen(name);
    const option_spec *o = find_option(common_options, name, n);
    if (o && !cli_takes(c->command, o->name)) o = NULL;
    if (!o) o = find_option(c->command->options, name, n);
    if (!o) return unknown_option(c->command, name, n, err);
    if (!o->value && value) return karvan_fail(err, KARVAN_E_ARG, "--%s takes no value", o->name);
    if (o->value && !value && ++*i == argc)
        return karvan_fail(err, KARVAN_E_ARG, "--%s needs its %s", o->name, o->value);
    const char *said = !o->value ? "" : value ? value + 1 : argv[*i];
    if (o->value && !*said)
        return karvan_fail(err, KARVAN_E_ARG, "--%s needs its %s, not an empty word", o->name,
                           o->value);
    karvan_status st = said_before(c, o, said, err);
    if (st != KARVAN_OK) return st;
    if (c->n_options == OPTIONS_MAX) return karvan_fail(err, KARVAN_E_ARG, "too many options");
    c->option[c->n_options] = o->name, c->value[c->n_options++] = said;
    return KARVAN_OK;
}

static karvan_status parse(cli *c, int argc, char **argv, karvan_error *err) {
    static char help[] = "--help";
    bool only_arguments = false;
    c->argument = argv; /* what is no option moves to its front */
    for (int i = 2; i < argc; i++) {
        if (!only_arguments && strcmp(argv[i], "-h") == 0) argv[i] = help;
        if (!only_arguments && strcmp(argv[i], "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && strncmp(argv[i], "--", 2) == 0) {
            karvan_status st = take_option(c, argc, argv, &i, err);
            if (st != KARVAN_OK) return st;
        } else {
            c->argument[c->n_arguments++] = argv[i];
        }
    }
    if (cli_switch(c, "help")) return KARVAN_OK;
    const char *format = cli_option(c, "format");
    if (format && karvan_format_parse(format, &c->format, err) != KARVAN_OK) return KARVAN_E_ARG;
    if (c->n_arguments > c->command->most)
        return karvan_fail(err, KARVAN_E_ARG,
                           "'%.60s' is one word too many; what holds blanks stands in quotes; "
                           "usage: karvan %s%s%s; see karvan help %s",
                           c->argument[c->command->most], c->command->name,
                           *c->command->arguments ? " " : "", c->command->arguments,
                           c->command->name);
    if (c->n_arguments < c->command->least)
        return karvan_fail(err, KARVAN_E_ARG, "usage: karvan %s%s%s; see karvan help %s",
                           c->command->name, *c->command->arguments ? " " : "",
                           c->command->arguments, c->command->name);
    return cli_written_apart(c, err);
}

const char *cli_option(const cli *c, const char *name) {
    for (int i = c->n_options - 1; i >= 0; i--) /* the last one counts */
        if (strcmp(c->option[i], name) == 0) return c->value[i];
    return NULL;
}

bool cli_switch(const cli *c, const char *name) { return cli_option(c, name) != NULL; }

karvan_status cli_not_both(const cli *c, const char *a, const char *b, karvan_error *err) {
    if (!cli_switch(c, a) || !cli_switch(c, b)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--%s does not go with --%s: choose one", a, b);
}

int cli_width(void) {
    struct winsize w;
    const char *columns = getenv("COLUMNS");
    if (!isatty(STDOUT_FILENO)) return 0;
    long said = columns ? strtol(columns, NULL, 10) : 0;
    if (said > 20 && said < 10000) return (int)said;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 20 ? w.ws_col : 100;
}

static int exit_of(karvan_status st) {
    return st == KARVAN_E_DATA                                 ? 1
           : st == KARVAN_E_ARG                                ? 2
           : st == KARVAN_E_NOCONV || st == KARVAN_E_CANCELLED ? 3
                                                               : 4;
}

karvan_status cli_not_any(const cli *c, const char *a, const char *const *others,
                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; st == KARVAN_OK && others[i]; i++) st = cli_not_both(c, others[i], a, err);
    return st;
}

karvan_status cli_no_command(const char *name, karvan_error *err) {
    const char *names[32];
    int n = 0;
    for (; commands[n]; n++) names[n] = commands[n]->name;
    int64_t near = karvan_text_nearest(name, names, (size_t)n);
    if (near >= 0)
        return karvan_fail(err, KARVAN_E_ARG, "there is no command %s; did you mean %s?", name,
                           names[near]);
    return karvan_fail(err, KARVAN_E_ARG, "there is no command '%s'; karvan help lists them", name);
}

static karvan_status run(cli *c, int argc, char **argv, karvan_error *err) {
    karvan_status st = parse(c, argc, argv, err);
    if (st == KARVAN_OK && cli_switch(c, "help"))
        cli_help(stdout, c->command);
    else if (st == KARVAN_OK)
        st = c->command->run(c, err);
    if (st == KARVAN_OK && (fflush(stdout) != 0 || ferror(stdout)))
        st = karvan_fail(err, KARVAN_E_IO, "cannot write to standard output");
    return st;
}

int main(int argc, char **argv) {
    karvan_error err = {0};
    const char *name = argc > 1 ? argv[1] : "help";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) name = "help";
    if (strcmp(name, "--version") == 0) name = "version";
    (void)signal(SIGPIPE, SIG_DFL); /* a reader that has seen enough ends the work */
    cli c = {.command = find_command(name)};
    karvan_status st = c.command ? run(&c, argc, argv, &err) : cli_no_command(name, &err);
    if (st != KARVAN_OK) (void)fprintf(stderr, "karvan: %s\n", err.msg);
    karvan_network_destroy(c.net);
    karvan_package_destroy(c.region);
    karvan_problems_destroy(c.problems);
    return st == KARVAN_OK ? c.exit_status : exit_of(st);
}
