#include <string.h>

#include "cli/cli.h"

static void put_options(FILE *out, const command *c, const option_spec *o) {
    char left[80];
    for (; o && o->name; o++) {
        if (!cli_takes(c, o->name)) continue;
        if (!*o->name) { /* a heading */
            (void)fprintf(out, "\n%s:\n", o->help);
            continue;
        }
        (void)snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "",
                       o->value ? o->value : "");
        (void)fprintf(out, "  %-26s %s\n", left, o->help);
    }
}

void cli_help(FILE *out, const command *c) {
    (void)fprintf(out, "karvan %s - %s\n\nusage: karvan %s%s%s [options]\n\n%s\n\noptions:\n",
                  c->name, c->summary, c->name, *c->arguments ? " " : "", c->arguments,
                  c->description);
    put_options(out, c, c->options);
    put_options(out, c, common_options);
    if (!c->examples) return;
    (void)fprintf(out, "\nexamples:\n");
    for (int i = 0; c->examples[i]; i++) (void)fprintf(out, "  %s\n", c->examples[i]);
}

static void overview(FILE *out) {
    (void)fprintf(
        out,
        "karvan %s - the economics of a trade corridor: who agreed what, what is traded,\n"
        "which way it goes, how long, how sure and at what cost.\n\nusage: karvan COMMAND "
        "[arguments] [options]\n\n",
        karvan_version());
    for (int i = 0; commands[i]; i++)
        (void)fprintf(out, "  %-14s %s\n", commands[i]->name, commands[i]->summary);
    (void)fprintf(out, "\nkarvan help COMMAND tells more. Exit status: 0 done, 1 the data is "
                       "wrong, 2 the command line\n"
                       "is wrong, 3 no answer (no way leads there), 4 the machine failed.\n");
}

/* roff needs its dots, hyphens and backslashes guarded. */
static void roff(FILE *out, const char *s) {
    if (*s == '.' || *s == '\'') (void)fputs("\\&", out);
    for (; *s; s++) {
        if (*s == '\\')
            (void)fputs("\\e", out);
        else if (*s == '-')
            (void)fputs("\\-", out);
        else
            (void)fputc(*s, out);
    }
}

static void man_options(FILE *out, const command *c, const option_spec *o) {
    for (; o && o->name; o++) {
        if (!cli_takes(c, o->name)) continue;
        if (!*o->name) {
            (void)fprintf(out, ".SS ");
            roff(out, o->help);
            (void)fputc('\n', out);
            continue;
        }
        (void)fprintf(out, ".TP\n.B \\-\\-%s%s%s\n", o->name, o->value ? " " : "",
                      o->value ? o->value : "");
        roff(out, o->help);
        (void)fputc('\n', out);
    }
}

static void man_command(FILE *out, const command *c) {
    (void)fprintf(out,
                  ".TH KARVAN\\-%s 1 \"\" \"karvan %s\" \"karvan\"\n.SH NAME\nkarvan\\-%s \\- ",
                  c->name, karvan_version(), c->name);
    roff(out, c->summary);
    (void)fprintf(out, "\n.SH SYNOPSIS\n.B karvan %s\n%s [options]\n.SH DESCRIPTION\n", c->name,
                  c->arguments);
    roff(out, c->description);
    (void)fprintf(out, "\n.SH OPTIONS\n");
    man_options(out, c, c->options);
    man_options(out, c, common_options);
    if (!c->examples) return;
    (void)fprintf(out, ".SH EXAMPLES\n");
    for (int i = 0; c->examples[i]; i++) {
        (void)fprintf(out, ".nf\n");
        roff(out, c->examples[i]);
        (void)fprintf(out, "\n.fi\n");
    }
}

static void man_overview(FILE *out) {
    (void)fprintf(out,
                  ".TH KARVAN 1 \"\" \"karvan %s\" \"karvan\"\n.SH NAME\nkarvan \\- the economics "
                  "of a trade corridor\n"
                  ".SH SYNOPSIS\n.B karvan\nCOMMAND [arguments] [options]\n.SH COMMANDS\n",
                  karvan_version());
    for (int i = 0; commands[i]; i++) {
        (void)fprintf(out, ".TP\n.BR karvan\\-%s (1)\n", commands[i]->name);
        roff(out, commands[i]->summary);
        (void)fputc('\n', out);
    }
    (void)fprintf(out, ".SH EXIT STATUS\n0 done, 1 the data is wrong, 2 the command line is wrong, "
                       "3 no answer, 4 the machine failed.\n");
}

static karvan_status run_help(cli *c, karvan_error *err) {
    bool man = cli_switch(c, "man");
    if (cli_switch(c, "list")) {
        for (int i = 0; commands[i]; i++) (void)printf("%s\n", commands[i]->name);
        return KARVAN_OK;
    }
    if (c->n_arguments == 0) {
        if (man)
            man_overview(stdout);
        else
            overview(stdout);
        return KARVAN_OK;
    }
    for (int i = 0; commands[i]; i++)
        if (strcmp(commands[i]->name, c->argument[0]) == 0) {
            if (man)
                man_command(stdout, commands[i]);
            else
                cli_help(stdout, commands[i]);
            return KARVAN_OK;
        }
    return cli_no_command(c->argument[0], err);
}

static const option_spec help_options[] = {{"man", NULL, "as a manual page (roff)"},
                                           {"list", NULL, "names of the commands, one a line"},
                                           {NULL, NULL, NULL}};
static const char *const help_examples[] = {"karvan help route",
                                            "karvan help --man route | man -l -", NULL};
const command command_help = {"help",
                              "how to use karvan and each command",
                              "[COMMAND]",
                              "Without a command, lists all of them.",
                              help_options,
                              help_examples,
                              0,
                              1,
                              run_help};

static karvan_status run_version(cli *c, karvan_error *err) {
    (void)err;
    if (c->format == KARVAN_FORMAT_JSON)
        (void)printf("{\"version\": \"%s\"}\n", karvan_version());
    else
        (void)printf("karvan %s\n", karvan_version());
    return KARVAN_OK;
}
const command command_version = {
    "version",  "the version of karvan", "", "Prints name and version.", NULL, NULL, 0, 0,
    run_version};
