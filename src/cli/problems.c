/* Problems as text, JSON and CSV. */
#include "cli/cli.h"

/* A problem of a whole file has no line, one of a row of a database no column, one of the whole
 * region no file. */
void cli_print_problem(FILE *out, const karvan_problem *p) {
    if (*p->file) (void)fprintf(out, "%s:", p->file);
    if (*p->file && p->line > 0) (void)fprintf(out, "%lld:", (long long)p->line);
    if (*p->file && p->line > 0 && p->column > 0) (void)fprintf(out, "%lld:", (long long)p->column);
    (void)fprintf(out, "%s%s: %s", *p->file ? " " : "",
                  p->severity == KARVAN_ERROR ? "error" : "warning", p->message);
    if (*p->hint) (void)fprintf(out, "; %s", p->hint);
    (void)fprintf(out, " [%s]\n", p->code);
}

void cli_print_problems(FILE *out, const karvan_problems *problems) {
    for (int64_t i = 0; i < karvan_problems_total(problems); i++) {
        karvan_problem p = karvan_problems_get(problems, i);
        cli_print_problem(out, &p);
    }
}

void cli_json_problems(const karvan_problems *problems) {
    (void)printf("{\"errors\": %lld, \"warnings\": %lld, \"problems\": [",
                 (long long)karvan_problems_count(problems, KARVAN_ERROR),
                 (long long)karvan_problems_count(problems, KARVAN_WARNING));
    for (int64_t i = 0; i < karvan_problems_total(problems); i++) {
        karvan_problem p = karvan_problems_get(problems, i);
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
    (void)printf("%s]}", karvan_problems_total(problems) ? "\n" : "");
}

karvan_status cli_csv_problems(const cli *c, const karvan_problems *problems, karvan_error *err) {
    static const karvan_column columns[] = {
        {"severity", KARVAN_TEXT, NULL}, {"file", KARVAN_TEXT, NULL},
        {"line", KARVAN_INT, NULL},      {"column", KARVAN_INT, NULL},
        {"code", KARVAN_TEXT, NULL},     {"message", KARVAN_TEXT, NULL},
        {"hint", KARVAN_TEXT, NULL}};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    karvan_status st = karvan_builder_create("problems", 7, columns, &b, err);
    for (int64_t i = 0; st == KARVAN_OK && i < karvan_problems_total(problems); i++) {
        karvan_problem p = karvan_problems_get(problems, i);
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
