#include "cli/cli.h"

static karvan_status run_check(cli *c, karvan_error *err) {
    karvan_status st = cli_check_region(c, err);
    if (st != KARVAN_OK) return st;
    long long errors = karvan_problems_count(c->problems, KARVAN_ERROR);
    long long warnings = karvan_problems_count(c->problems, KARVAN_WARNING);
    c->exit_status = errors > 0 ? 1 : 0;
    if (c->format == KARVAN_FORMAT_JSON) {
        cli_json_problems(c->problems);
        (void)printf("\n");
        return KARVAN_OK;
    }
    if (c->format == KARVAN_FORMAT_CSV) return cli_csv_problems(c, c->problems, err);
    for (int64_t i = 0; i < karvan_problems_total(c->problems); i++) {
        karvan_problem p = karvan_problems_get(c->problems, i);
        cli_print_problem(stdout, &p);
    }
    int64_t rows = 0;
    int tables = c->region ? karvan_package_count(c->region) : 0;
    for (int i = 0; i < tables; i++)
        rows += karvan_package_at(c->region, i) ? karvan_table_rows(karvan_package_at(c->region, i))
                                                : 0;
    (void)printf("%s: %d tables, %lld rows: %lld error%s, %lld warning%s\n",
                 c->region ? karvan_package_name(c->region) : c->region_dir, tables,
                 (long long)rows, errors, errors == 1 ? "" : "s", warnings,
                 warnings == 1 ? "" : "s");
    return KARVAN_OK;
}

static const char *const examples[] = {"karvan check",
                                       "karvan check --region my-region --format json", NULL};
const command command_check = {
    "check",
    "validate a region: schema, keys, dates, plausibility",
    "",
    "Reads every table of the region and lists every problem with file, line, column, what is "
    "wrong and what would be\n"
    "right. Exit status 1 where there is an error. docs/methods/check.md lists the codes.",
    NULL,
    examples,
    0,
    0,
    run_check};
