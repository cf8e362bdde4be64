#ifndef KARVAN_SRC_CLI_CLI_H
#define KARVAN_SRC_CLI_CLI_H
/* The program: options, the region, what every command shares. One file a command. */
#include "karvan/karvan.h"

typedef struct option_spec {
    const char *name;  /* without the dashes; "": help is a heading of those that follow */
    const char *value; /* what its value is called, NULL: a switch */
    const char *help;
} option_spec;

typedef struct cli cli;
typedef struct command {
    const char *name, *summary;
    const char *arguments;       /* "FROM TO", "" */
    const char *description;     /* a paragraph */
    const option_spec *options;  /* ends with a NULL name; the common ones come on top */
    const char *const *examples; /* command lines, NULL-ended */
    int least, most;             /* positional arguments */
    karvan_status (*run)(cli *c, karvan_error *err);
} command;

enum { OPTIONS_MAX = 40 };

struct cli {
    const command *command;
    char **argument;
    int n_arguments;
    const char *option[OPTIONS_MAX], *value[OPTIONS_MAX];
    int n_options;
    karvan_format format;
    char region_dir[4096];
    karvan_package *region;
    karvan_problems *problems;
    karvan_network *net;
    karvan_moment depart; /* of --depart, where by_clock */
    bool by_clock;
    int exit_status; /* a command may ask for another than its status gives */
};

extern const command command_new, command_check, command_record, command_trade, command_route,
    command_routes, command_profile, command_critical, command_skim, command_report, command_brief,
    command_import, command_export, command_date, command_help, command_version;
/* NULL-ended, in the order in which help lists them. */
extern const command *const commands[];
extern const option_spec common_options[];
extern const command command_access, command_assign, command_gravity, command_potential,
    command_counterfactual, command_demand, command_estimate, command_select, command_whatif,
    command_rank, command_dyads, command_similarity, command_relations, command_events;

/* Value of an option, NULL where it was not given; "" for a switch that was. */
const char *cli_option(const cli *c, const char *name);
bool cli_switch(const cli *c, const char *name);
/* KARVAN_E_ARG where two options are given that contradict one another. */
karvan_status cli_not_both(const cli *c, const char *a, const char *b, karvan_error *err);
/* The same of an option and each of a NULL-ended list. */
karvan_status cli_not_any(const cli *c, const char *a, const char *const *others,
                          karvan_error *err);
/* Has the command a use for an option of common_options? */
bool cli_takes(const command *k, const char *option);
/* KARVAN_E_ARG, naming the command that may have been meant. */
karvan_status cli_no_command(const char *name, karvan_error *err);
/* Print the problems of the region to stderr and give KARVAN_E_DATA where one is an error. */
karvan_status cli_open_region(cli *c, karvan_error *err);
/* The same of some of its tables (NULL-ended): what a command needs that must answer at once. */
karvan_status cli_open_tables(cli *c, const char *const *only, karvan_error *err);
/* Open the region without judging it: c->problems holds what schema and rooms say. */
karvan_status cli_check_region(cli *c, karvan_error *err);
/* The region that was opened, once more, without the edits of --scenario. */
karvan_status cli_plain_region(const cli *c, karvan_package **out, karvan_error *err);
/* The state graph as the options of NETWORK_OPTIONS ask for it. */
#define NETWORK_OPTIONS                                                                            \
    {"date", "DATE",                                                                               \
     "links and services open on this day (default: the region's reference date)"},                \
        {"month", "1..12", "weather and seasons of this month (default: the year's)"},             \
        {"cargo", "CLASS", "cargo class: its factors, its steps at borders, its value of time"}, { \
        "handling", NULL, "with loading at the start and unloading at the end"                     \
    }
karvan_status cli_open_network(cli *c, karvan_error *err);
/* Row of table cargo_classes of --cargo, or of `otherwise`. */
karvan_status cli_cargo(const cli *c, const char *otherwise, int64_t *row, karvan_error *err);
/* Value of an hour of a TEU of --cargo (or of general cargo), USD. */
karvan_status cli_value_of_time(const cli *c, double *usd_h, karvan_error *err);
/* A date option as a day: the earliest it may mean. */
karvan_status cli_day(const cli *c, const char *option, karvan_day *out, bool *given,
                      karvan_error *err);
/* The same of a date that leaves no doubt where it begins: no interval, set, digit left open or
 * qualified date. `alone`: one day and no other; else a month or a year is its first day. */
karvan_status cli_plain_day(const cli *c, const char *option, bool alone, karvan_day *out,
                            bool *given, karvan_error *err);
/* The folder of --cache, which keeps the solved base of a study for the next run; without it that
 * of KARVAN_CACHE, else the user's own. NULL: none. */
#define CACHE_OPTION                                                                           \
    {                                                                                          \
        "cache", "DIR",                                                                        \
            "folder that keeps the solved base for later runs, or none; answers are the same " \
            "(default: KARVAN_CACHE, else karvan in XDG_CACHE_HOME or ~/.cache)"               \
    }
enum { CACHE_CAP = 4096 };
const char *cli_cache(const cli *c, char *out, size_t cap);
/* Memory in large pages from here on, where the system has them: for commands that take much. */
void cli_large_pages(void);
/* Table to stdout in the format asked for, as wide as the terminal. */
karvan_status cli_print(const cli *c, const karvan_table *t, karvan_error *err);
/* The same; JSON also says why a cell has no value. */
karvan_status cli_print_states(const cli *c, const karvan_table *t, karvan_error *err);
int cli_width(void);
void cli_print_problem(FILE *out, const karvan_problem *p);
void cli_print_problems(FILE *out, const karvan_problems *problems);
/* {"errors": N, "warnings": N, "problems": [...]} without a newline; a table. */
void cli_json_problems(const karvan_problems *problems);
karvan_status cli_csv_problems(const cli *c, const karvan_problems *problems, karvan_error *err);
/* KARVAN_E_ARG where a file would be written over one that is read, or two over one another. */
karvan_status cli_written_apart(const cli *c, karvan_error *err);
/* KARVAN_E_ARG where the file of an option, which is read more than once, is a pipe. */
karvan_status cli_no_pipe(const cli *c, const char *option, karvan_error *err);
/* KARVAN_E_ARG where something is there already. */
karvan_status cli_not_there(const char *path, karvan_error *err);
/* A text as a JSON string, as a CSV field. */
void cli_json(FILE *out, const char *s);
void cli_csv(FILE *out, const char *s);
void cli_help(FILE *out, const command *c);
#endif
