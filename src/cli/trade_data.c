/* karvan trade --data: files of trade as their makers publish them. */
#include "cli/trade.h"

#include <string.h>

const char *const cli_flows_options[] = {"data-format",   "flows-by",  "audit", "country-codes",
                                         "world-partner", "own-units", NULL};

/* Rows that were read, taken and left out; the reasons, one a line. */
static void tell(const char *path, const karvan_flows_tally *t, const karvan_problems *problems) {
    if (t->dropped == 0 && karvan_problems_total(problems) == 0) return;
    (void)fprintf(stderr, "%s: %s, rows: %lld read, %lld taken, %lld left out\n", path, t->format,
                  (long long)t->rows, (long long)t->kept, (long long)t->dropped);
    cli_print_problems(stderr, problems);
}

/* `sdmx` or `wits`, as --data-format says or the file itself; NULL: neither. Options of the other
 * formats mean nothing to them, nor theirs to the others. */
static karvan_status other_reader(const cli *c, const char *path, const char **reader,
                                  karvan_error *err) {
    static const char *const not_theirs[] = {"flows-by", "country-codes", "world-partner",
                                             "own-units", NULL};
    static const char *const of_sdmx[] = {"components", "value-unit", NULL};
    const char *said = cli_option(c, "data-format");
    karvan_status st = said ? KARVAN_OK : karvan_flows_recognise(path, reader, err);
    if (said) *reader = strcmp(said, "sdmx") == 0 || strcmp(said, "wits") == 0 ? said : NULL;
    for (const char *const *o = not_theirs; st == KARVAN_OK && *reader && *o; o++)
        if (cli_switch(c, *o))
            st = karvan_fail(err, KARVAN_E_ARG, "--%s does not go with %s", *o,
                             strcmp(*reader, "sdmx") == 0 ? "SDMX" : "WITS");
    bool sdmx = *reader && strcmp(*reader, "sdmx") == 0;
    for (const char *const *o = of_sdmx; st == KARVAN_OK && !sdmx && *o; o++)
        if (cli_switch(c, *o)) st = karvan_fail(err, KARVAN_E_ARG, "--%s goes with SDMX", *o);
    return st;
}

karvan_status cli_flows_by(cli *c, const char *by, karvan_table **flows, karvan_error *err) {
    const char *path = cli_option(c, "data"), *audit_path = cli_option(c, "audit");
    const char *asked = cli_option(c, "flows-by"), *reader = NULL;
    karvan_problems *problems = NULL;
    karvan_table *audit = NULL;
    karvan_flows_tally tally;
    const karvan_flows_options o = {.format = cli_option(c, "data-format"),
                                    .by = asked,
                                    .by_otherwise = by,
                                    .countries = cli_option(c, "country-codes"),
                                    .world = cli_switch(c, "world-partner"),
                                    .supplementary = cli_switch(c, "own-units"),
                                    .list = audit_path ? -1 : 1};
    *flows = NULL;
    if (!path) return karvan_fail(err, KARVAN_E_ARG, "--data names the file of trade");
    karvan_status st = other_reader(c, path, &reader, err);
    if (st != KARVAN_OK) return st;
    if (reader) return cli_flows_sdmx(c, path, reader, flows, err);
    st = cli_no_pipe(c, "data", err);
    if (st == KARVAN_OK) st = karvan_problems_create(&problems, err);
    if (st == KARVAN_OK) st = karvan_flows_read(path, &o, problems, &tally, &audit, flows, err);
    if (st == KARVAN_OK && audit_path) st = karvan_csv_write(audit, audit_path, err);
    if (st == KARVAN_OK) tell(path, &tally, problems);
    if (st == KARVAN_OK && karvan_problems_count(problems, KARVAN_ERROR) > 0)
        st = karvan_fail(err, KARVAN_E_DATA, "%s has errors", path);
    if (st != KARVAN_OK) {
        karvan_table_destroy(*flows);
        *flows = NULL;
    }
    karvan_table_destroy(audit);
    karvan_problems_destroy(problems);
    return st;
}

karvan_status cli_flows(cli *c, karvan_table **flows, karvan_error *err) {
    return cli_flows_by(c, NULL, flows, err);
}
