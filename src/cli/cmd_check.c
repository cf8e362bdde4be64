#include "cli/cli.h"

static void json_problems(const cli *c) {
    (void)printf("{\"errors\": %lld, \"warnings\": %lld, \"problems\": [",
                 (long long)karvan_problems_count(c->problems, KARVAN_ERROR),
                 (long long)karvan_problems_count(c->problems, KARVAN_WARNING));
    for (int64_t i = 0; i < karvan_problems_total(c->problems); i++) {
        karvan_problem p = karvan_problems_get(c->problems, i);
        (void)printf("%s\n {\"severity\": \"%s\", \"file\": ", i ? "," : "",
                     p.severity == KARVAN_ERROR ? "error" : "warning");
        cli_json(stdout, p.file);
        (void)printf(", \"line\": %lld, \"column\": %lld, \"code\": ", (long long)p.line,
                     (long long)p.column);
        cli_json(stdout, p.code);
        (void)printf(", \"message\": ");
        cli_json(stdout, p.message);
        (void)printf(", \"hint\": ");
        cli_json(stdout, p.hint);
        (void)printf("}");
    }
    (void)printf("%s]}\n", karvan_problems_total(c->problems) ? "\n" : "");
}

static karvan_status csv_problems(const cli *c, karvan_error *err) {
    static const karvan_column columns[] = {
        {"severity", KARVAN_TEXT, NULL}, {"file", KARVAN_TEXT, NULL},
        {"line", KARVAN_INT, NULL},      {"column", KARVAN_INT, NULL},
        {"code", KARVAN_TEXT, NULL},     {"message", KARVAN_TEXT, NULL},
        {"hint", KARVAN_TEXT, NULL}};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    karvan_status st = karvan_builder_create("problems", 7, columns, &b, err);
    for (int64_t i = 0; st == KARVAN_OK && i < karvan_problems_total(c->problems); i++) {
        karvan_problem p = karvan_problems_get(c->problems, i);
        const char *const text[] = {p.severity == KARVAN_ERROR ? "error" : "warning",
                                    p.file,
                                    NULL,
                                    NULL,
                                    p.code,
                                    p.message,
                                    p.hint};
        st = karvan_builder_row(b, err);
        for (int k = 0; st == KARVAN_OK && k < 7; k++) {
            if (k == 2 || k == 3)
                st = karvan_builder_int(b, k, k == 2 ? p.line : p.column, err);
            else
                st = karvan_builder_text(b, k, text[k], err);
        }
    }
    if (st == KARVAN_OK) st = karvan_builder_finish(b, &t, err), b = NULL;
    if (st == KARVAN_OK) st = cli_print(c, t, err);
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    return st;
}

static karvan_status run_check(cli *c, karvan_error *err) {
    karvan_status st = cli_check_region(c, err);
    if (st != KARVAN_OK) return st;
    long long errors = karvan_problems_count(c->problems, KARVAN_ERROR);
    long long warnings = karvan_problems_count(c->problems, KARVAN_WARNING);
    c->exit_status = errors > 0 ? 1 : 0;
    if (c->format == KARVAN_FORMAT_JSON) {
        json_problems(c);
        return KARVAN_OK;
    }
    if (c->format == KARVAN_FORMAT_CSV) return csv_problems(c, err);
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
