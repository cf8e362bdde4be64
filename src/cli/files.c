/* Files that are named on the command line: none is written over what is read, or read twice where
 * it flows by once. */
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"

/* Options whose file is written. */
static const char *const WRITTEN[] = {
    "audit",      "cells",       "chart",    "compare-links", "compare-pairs", "compare-totals",
    "damaged",    "dropped",     "effects",  "expected",      "fitted",        "flows",
    "latex",      "map",         "markdown", "out",           "pairs",         "predicted",
    "resistance", "route-flows", "save",     "skim",          "sources-out",   "steps",
    "unserved",   "ways",        NULL};

static bool is_written(const char *option) {
    for (int i = 0; WRITTEN[i]; i++)
        if (strcmp(option, WRITTEN[i]) == 0) return true;
    return false;
}

static bool takes_file(const command *k, const char *option) {
    for (const option_spec *o = k->options; o && o->name; o++)
        if (strcmp(o->name, option) == 0) return o->value && strcmp(o->value, "FILE") == 0;
    return false;
}

/* One file by two names too; what is no plain file (a device, a pipe) may be named often. */
static bool same_file(const char *a, const char *b) {
    struct stat x, y;
    bool has_a = stat(a, &x) == 0, has_b = stat(b, &y) == 0;
    if (has_a && has_b) return S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
    return !has_a && !has_b && strcmp(a, b) == 0;
}

static bool is_there(const char *path) {
    struct stat s;
    return stat(path, &s) == 0;
}

static karvan_status judge_written(const cli *c, int i, karvan_error *err) {
    const char *path = c->value[i];
    if (strcmp(path, "-") == 0)
        return karvan_fail(err, KARVAN_E_ARG,
                           "--%s names a file; /dev/stdout is the standard output", c->option[i]);
    for (int k = 0; k < c->n_options; k++) {
        if (k == i || !takes_file(c->command, c->option[k]) || !same_file(path, c->value[k]))
            continue;
        if (is_written(c->option[k]))
            return karvan_fail(err, KARVAN_E_ARG, "--%s and --%s would both be written to %s",
                               c->option[i], c->option[k], path);
        return karvan_fail(err, KARVAN_E_ARG, "--%s would be written over %s, which --%s reads",
                           c->option[i], path, c->option[k]);
    }
    for (int k = 0; k < c->n_arguments; k++)
        if (same_file(path, c->argument[k]) && is_there(path))
            return karvan_fail(err, KARVAN_E_ARG, "--%s would be written over %s, which is read",
                               c->option[i], path);
    return KARVAN_OK;
}

karvan_status cli_written_apart(const cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; st == KARVAN_OK && i < c->n_options; i++)
        if (is_written(c->option[i]) && takes_file(c->command, c->option[i]))
            st = judge_written(c, i, err);
    return st;
}

karvan_status cli_no_pipe(const cli *c, const char *option, karvan_error *err) {
    struct stat s;
    const char *path = cli_option(c, option);
    if (!path || stat(path, &s) != 0 || S_ISREG(s.st_mode) || S_ISDIR(s.st_mode)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "--%s is read more than once, and %s can be read only once: write it to a "
                       "file first",
                       option, path);
}
