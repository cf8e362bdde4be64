#include <string.h>

#include "base/try.h"
#include "cli/report_study.h"
#include "table/cell.h"

static karvan_status open_all(cli *c, karvan_error *err) {
    karvan_status st = cli_check_region(c, err);
    if (st != KARVAN_OK) return st;
    int64_t errors = karvan_problems_count(c->problems, KARVAN_ERROR);
    for (int64_t i = 0, shown = 0;
         errors > 0 && i < karvan_problems_total(c->problems) && shown < 20; i++) {
        karvan_problem p = karvan_problems_get(c->problems, i);
        if (p.severity == KARVAN_ERROR) cli_print_problem(stderr, &p), shown++;
    }
    if (errors > 0)
        return karvan_fail(err, KARVAN_E_DATA, "the region has %lld error%s: nothing was written",
                           (long long)errors, errors == 1 ? "" : "s");
    return cli_open_network(c, err);
}

static const char *name_of(const karvan_table *t, const char *column, int64_t row) {
    const char *s = karvan_i_cell_text(t, column, row);
    return s ? s : "?";
}

/* The ways that the report compares, a line each. */
static karvan_status print_corridors(cli *c, const char *from, const char *to, karvan_error *err) {
    const karvan_table *corridors = karvan_package_table(c->region, "corridors"),
                       *places = karvan_package_table(c->region, "places");
    karvan_route_query q = {.objective = KARVAN_BY_TIME};
    karvan_status st = karvan_network_place(c->region, from, &q.from, err);
    if (st == KARVAN_OK) st = karvan_network_place(c->region, to, &q.to, err);
    if (st != KARVAN_OK) return st;
    (void)printf("  %s to %s, a loaded 20-ft container, expected:\n",
                 name_of(places, "name", q.from), name_of(places, "name", q.to));
    for (int64_t k = 0; k < karvan_table_rows(corridors); k++) {
        karvan_route r;
        q.corridor = (int32_t)k;
        if (karvan_route_best(c->net, &q, &r, NULL) != KARVAN_OK) continue;
        (void)printf("    %-20s %5.1f days  %7.0f USD  %7.0f km\n",
                     name_of(corridors, "short_name", k), r.hours / 24, r.usd_per_teu, r.km);
        karvan_route_clear(&r);
    }
    return KARVAN_OK;
}

/* How the model meets published figures. */
static karvan_status print_met(cli *c, karvan_error *err) {
    karvan_table *t = NULL;
    int in = 0, out = 0;
    karvan_status st = karvan_network_targets(c->net, &t, err);
    for (int64_t r = 0; st == KARVAN_OK && r < karvan_table_rows(t); r++) {
        if (karvan_i_cell_bool(t, "used_to_estimate", r)) continue;
        in += karvan_i_cell_is(t, "verdict", r, "inside") ||
              karvan_i_cell_is(t, "verdict", r, "near");
        out += karvan_i_cell_is(t, "verdict", r, "outside");
    }
    if (st == KARVAN_OK)
        (void)printf("  published figures met: %d, missed: %d (none was fitted to)\n", in, out);
    karvan_table_destroy(t);
    return st;
}

static const char *setting(const karvan_table *t, const char *key) {
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++)
        if (karvan_i_cell_is(t, "key", r, key)) return karvan_i_cell_text(t, "value", r);
    return NULL;
}

/* One screen: the answer, what was checked, the corridors, how the model meets published figures.
 */
static karvan_status print_summary(cli *c, const ranking *k, const char *path, karvan_error *err) {
    int64_t rows = 0;
    for (int i = 0; i < karvan_package_count(c->region); i++)
        rows += karvan_table_rows(karvan_package_at(c->region, i));
    (void)printf("%s\n", karvan_package_title(c->region));
    karvan_status st = k->results ? report_study_summary(k, err) : KARVAN_OK;
    (void)printf("  checked: %d tables, %lld rows, no errors, %lld warnings\n",
                 karvan_package_count(c->region), (long long)rows,
                 (long long)karvan_problems_count(c->problems, KARVAN_WARNING));
    const karvan_table *corridors = karvan_package_table(c->region, "corridors"),
                       *settings = karvan_package_table(c->region, "settings");
    const char *from = setting(settings, "report_from"), *to = setting(settings, "report_to");
    if (st == KARVAN_OK && from && to && corridors) st = print_corridors(c, from, to, err);
    if (st == KARVAN_OK && karvan_package_table(c->region, "targets")) st = print_met(c, err);
    if (st == KARVAN_OK) (void)printf("  report: %s\n", path);
    return st;
}

static karvan_status read_report(cli *c, ranking *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(cli_not_both(c, "targets", "out", err));
    KARVAN_TRY(cli_not_both(c, "targets", "summary", err));
    KARVAN_TRY(cli_not_both(c, "targets", "since", err));
    KARVAN_REQUIRE(!cli_switch(c, "format") || cli_switch(c, "targets"), err, KARVAN_E_ARG,
                   "--format goes with --targets; the page is HTML");
    KARVAN_TRY(report_study_read(c, k, err));
done:
    return st;
}

static karvan_status print_targets(cli *c, karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = karvan_network_targets(c->net, &t, err);
    if (st == KARVAN_OK) st = cli_print(c, t, err);
    karvan_table_destroy(t);
    return st;
}

/* --date and --since, before anything is opened. */
static karvan_status read_when(const cli *c, karvan_report_days *out, karvan_error *err) {
    karvan_status st = cli_plain_day(c, "date", false, &out->date, &out->has_date, err);
    if (st == KARVAN_OK) st = cli_plain_day(c, "since", false, &out->since, &out->has_since, err);
    if (st == KARVAN_OK && out->has_date && out->has_since && out->since > out->date)
        st = karvan_fail(err, KARVAN_E_ARG, "--since %.40s lies after --date %.40s",
                         cli_option(c, "since"), cli_option(c, "date"));
    return st;
}

static karvan_status run_report(cli *c, karvan_error *err) {
    const char *path = cli_option(c, "out") ? cli_option(c, "out") : "report.html";
    karvan_document d = {0};
    ranking k = {0};
    karvan_status st = KARVAN_OK;
    karvan_report_days days = {0};
    cli_large_pages();
    KARVAN_TRY(read_report(c, &k, err));
    KARVAN_TRY(read_when(c, &days, err));
    KARVAN_TRY(open_all(c, err));
    if (cli_switch(c, "targets")) {
        st = print_targets(c, err);
        goto done;
    }
    KARVAN_TRY(report_study_run(&k, err));
    const karvan_report_study s = {k.study, k.results, k.cases.ranked, k.seed};
    KARVAN_TRY(karvan_report_region_on(c->net, c->region, c->problems, k.results ? &s : NULL, &days,
                                       &d, err));
    KARVAN_TRY(karvan_document_write(&d, path, err));
    if (cli_switch(c, "summary"))
        st = print_summary(c, &k, path, err);
    else
        (void)printf("%s\n", path);
done:
    report_study_clear(&k);
    karvan_document_clear(&d);
    return st;
}

static const option_spec report_options[] = {
    {"out", "FILE", "where to write it (default: report.html)"},
    {"summary", NULL, "also a summary of one screen"},
    {"targets", NULL, "print the table of model and published figures instead"},
    {"date", "DATE",
     "the day of the page: links and services open on it, treaties in force, what changed until "
     "then"},
    {"since", "DATE", "what changed, from this day on (default: five years before)"},
    {"draws", "N",
     "draws of what is uncertain, for the ranking of improvements (default: 200); 0: medians "
     "alone, "
     "which is quicker"},
    {"seed", "N", "of the draws (default: 1)"},
    {"threads", "N", "threads (default: all); the same bytes for any number"},
    CACHE_OPTION,
    {"no-ranking", NULL, "without the ranking of improvements, which takes most of the time"},
    {NULL, NULL, NULL}};
static const char *const report_examples[] = {"karvan report --out report.html --summary",
                                              "karvan report --draws 0",
                                              "karvan report --targets --format csv", NULL};
const command command_report = {
    "report",
    "the region on one self-contained page",
    "",
    "Checks the region and writes a page that works offline, prints, and is read on a phone: "
    "which\n"
    "improvement helps most, whom and how surely (as `karvan rank` has it, of the region without\n"
    "--scenario), map, corridors, time-cost-distance, trade, relations, contradictions,\n"
    "assumptions and sources.",
    report_options,
    report_examples,
    0,
    0,
    run_report};

static karvan_status run_brief(cli *c, karvan_error *err) {
    char path[64];
    const char *a = "", *b = "", *out = cli_option(c, "out");
    karvan_document d = {0};
    karvan_report_days days = {0};
    karvan_status st = read_when(c, &days, err);
    if (st == KARVAN_OK) st = open_all(c, err);
    if (st == KARVAN_OK && c->n_arguments == 1)
        st = karvan_record_pair(c->region, c->argument[0], &a, &b, err);
    if (st == KARVAN_OK && c->n_arguments == 2)
        st = karvan_record_party(c->region, c->argument[0], &a, err);
    if (st == KARVAN_OK && c->n_arguments == 2)
        st = karvan_record_party(c->region, c->argument[1], &b, err);
    for (int i = 0; st == KARVAN_OK && i < 2; i++)
        if (karvan_package_row(c->region, "countries", i ? b : a) < 0)
            st = karvan_fail(err, KARVAN_E_ARG, "a brief needs two countries: %s is a body",
                             i ? b : a);
    if (st == KARVAN_OK && strcmp(a, b) == 0)
        st = karvan_fail(err, KARVAN_E_ARG, "a brief needs two countries, not %s twice", a);
    if (st != KARVAN_OK) return st;
    (void)snprintf(path, sizeof path, "brief-%s-%s.html", a, b);
    if (!out) out = path;
    st = karvan_report_brief_on(c->net, c->region, a, b, &days, &d, err);
    if (st == KARVAN_OK) st = karvan_document_write(&d, out, err);
    if (st == KARVAN_OK) (void)printf("%s\n", out);
    karvan_document_clear(&d);
    return st;
}

static const option_spec brief_options[] = {
    {"out", "FILE", "where to write it (default: brief-A-B.html)"},
    {"date", "DATE",
     "the day of the page: links and services open on it, treaties in force, what changed until "
     "then"},
    {"since", "DATE", "what changed, from this day on (default: five years before)"},
    {NULL, NULL, NULL}};
static const char *const brief_examples[] = {"karvan brief AZE KAZ",
                                             "karvan brief Azerbaijan-Uzbekistan --out brief.html",
                                             "karvan brief AZE KAZ --since 2010", NULL};
const command command_brief = {
    "brief",
    "a pair of countries on one page",
    "A B",
    "Political, economic and transport relations of two countries, each statement with its source.",
    brief_options,
    brief_examples,
    1,
    2,
    run_brief};
