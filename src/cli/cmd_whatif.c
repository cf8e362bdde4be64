/* karvan whatif: what edits of the region do, from end to end. */
#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/freight.h"
#include "cli/interrupt.h"
#include "cli/whatif.h"
#include "cli/words.h"
#include "table/cell.h"

/* ---- what is asked ---- */

static karvan_status read_draws(const cli *c, whatif *w, karvan_error *err) {
    const char *said = cli_option(c, "draws"), *seed = cli_option(c, "seed");
    int64_t v = 1;
    if (said && (!cli_whole(said, 0, DRAWS_MOST, &w->draws) || w->draws == 1))
        return karvan_fail(err, KARVAN_E_ARG,
                           "--draws is a whole number from 2 to %d, or 0 for none, not '%.40s'",
                           (int)DRAWS_MOST, said);
    if (seed && w->draws == 0) return karvan_fail(err, KARVAN_E_ARG, "--seed needs --draws N");
    if (seed && !cli_whole(seed, 0, INT64_MAX, &v))
        return karvan_fail(err, KARVAN_E_ARG, "--seed is a whole number, not '%.40s'", seed);
    w->how.seed = (uint64_t)v;
    return KARVAN_OK;
}

static karvan_status read_output(const cli *c, int *out, karvan_error *err) {
    const char *said = cli_option(c, "output");
    for (*out = 0; said && *out < WHATIF_OUTPUTS; ++*out)
        if (strcmp(cli_whatif_output_name(*out), said) == 0) return KARVAN_OK;
    *out = -1;
    if (!said) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "--output is results, costs, corridors, bottlenecks, pairs, countries or "
                       "influence, not '%.40s'",
                       said);
}

static karvan_status read_options(const cli *c, whatif *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *hold = cli_option(c, "hold"), *start = cli_option(c, "start");
    KARVAN_TRY(karvan_study_defaults(c->region, &w->o, err));
    if (cli_switch(c, "year")) KARVAN_TRY(cli_freight_year(c, &w->o.year, err));
    KARVAN_TRY(cli_day(c, "date", &w->o.date, &w->o.has_date, err));
    if (hold) KARVAN_TRY(karvan_study_hold_parse(hold, &w->o.hold, err));
    if (start) KARVAN_TRY(cli_positive("start", start, &w->o.start, err));
    KARVAN_TRY(cli_threads(c, &w->o.threads, err));
    w->how.threads = w->o.threads;
    w->o.cache = cli_cache(c, w->cache, sizeof w->cache);
    if (!cli_switch(c, "edits")) w->o.region = c->region; /* those will lie over it */
done:
    return st;
}

/* ---- scenarios of one's own ---- */

/* "dir/two-berths.csv": two-berths */
static void name_of_file(const char *path, char *out, size_t cap) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t n = strlen(name);
    if (n > 4 && strcmp(name + n - 4, ".csv") == 0) n -= 4;
    (void)snprintf(out, cap, "%.*s", (int)(n < cap ? n : cap - 1), name);
}

static karvan_status read_table(const char *path, karvan_problems *problems, karvan_table **out,
                                karvan_error *err) {
    static const karvan_column known[] = {
        {"table", KARVAN_TEXT, NULL},  {"key", KARVAN_TEXT, NULL},
        {"column", KARVAN_TEXT, NULL}, {"operation", KARVAN_TEXT, NULL},
        {"value", KARVAN_TEXT, NULL},  {"name", KARVAN_TEXT, NULL},
        {"source", KARVAN_TEXT, NULL}, {"note", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_table *header = NULL;
    karvan_column columns[8];
    const karvan_csv_options look = {.no_rows = true};
    int n = 0;
    KARVAN_TRY(karvan_csv_read(path, "edits", &look, problems, &header, err));
    for (int i = 0; i < 8; i++)
        if (i < 5 || karvan_table_find(header, known[i].name) >= 0) columns[n++] = known[i];
    for (int i = 0; i < 5; i++)
        KARVAN_REQUIRE(karvan_table_find(header, known[i].name) >= 0, err, KARVAN_E_DATA,
                       "%s:1:1: no column %s; table, key, column, operation and value are needed, "
                       "name, source and note may be there",
                       path, known[i].name);
    const karvan_csv_options o = {.n_columns = n, .columns = columns};
    KARVAN_TRY(karvan_csv_read(path, "edits", &o, problems, out, err));
    KARVAN_REQUIRE(karvan_table_rows(*out) > 0, err, KARVAN_E_DATA,
                   "%s:1:1: no edits; each row is one", path);
done:
    karvan_table_destroy(header);
    return st;
}

/* The edits also go over the region that is told of; every one at fault is told. */
static karvan_status read_edits(const cli *c, whatif *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *path = cli_option(c, "edits");
    karvan_problems *problems = NULL;
    if (!path) return KARVAN_OK;
    name_of_file(path, w->edits_name, sizeof w->edits_name);
    KARVAN_TRY(karvan_problems_create(&problems, err));
    KARVAN_TRY(read_table(path, problems, &w->edits, err));
    if (karvan_problems_total(problems) == 0)
        st = karvan_scenarios_add(c->region, w->edits, w->edits_name, problems, err);
    if (karvan_problems_total(problems) == 0) goto done;
    for (int64_t i = 0; i < karvan_problems_total(problems); i++) {
        karvan_problem p = karvan_problems_get(problems, i);
        cli_print_problem(stderr, &p);
    }
    if (err) *err = (karvan_error){0};
    st = karvan_fail(err, KARVAN_E_DATA, "%.200s: edits at fault: %lld", path,
                     (long long)karvan_problems_total(problems));
done:
    karvan_problems_destroy(problems);
    w->o.edits = w->edits, w->o.edits_name = w->edits_name;
    return st;
}

/* ---- cases ---- */

static karvan_status make_names(whatif *w, int64_t most, karvan_error *err) {
    w->name = karvan_i_calloc((size_t)most + 1, sizeof *w->name);
    return w->name ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for names");
}

/* A name that is none is told before any work; the region's own edits are not laid over it. */
static karvan_status check_case(const cli *c, const char *name, karvan_error *err) {
    const karvan_table *t = karvan_package_table(c->region, "scenarios");
    char one[400];
    for (const char *at = name; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        const char *const names[] = {one};
        bool known = false;
        (void)snprintf(one, sizeof one, "%.*s", (int)strcspn(at, ","), at);
        for (int64_t r = 0; t && !known && r < karvan_table_rows(t); r++)
            known = karvan_i_cell_is(t, "intervention", r, one);
        if (!known) return karvan_scenarios_apply(c->region, 1, names, c->problems, err);
    }
    return KARVAN_OK;
}

/* The arguments; without any, each name of the edits. */
static karvan_status read_cases(const cli *c, whatif *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t rows = w->edits ? karvan_table_rows(w->edits) : 0;
    KARVAN_TRY(make_names(w, c->n_arguments + rows, err));
    for (int i = 0; i < c->n_arguments; i++) {
        KARVAN_TRY(check_case(c, c->argument[i], err));
        w->name[w->n++] = c->argument[i];
    }
    for (int64_t r = 0; c->n_arguments == 0 && r < rows; r++) {
        const char *own = karvan_i_cell_text(w->edits, "name", r);
        bool known = false;
        if (!own) own = w->edits_name;
        for (int i = 0; i < w->n; i++) known |= strcmp(w->name[i], own) == 0;
        if (!known) w->name[w->n++] = own;
    }
done:
    return st;
}

/* Without a name: those that could be asked for. */
static karvan_status list_cases(const cli *c, karvan_error *err) {
    static const karvan_column columns[] = {{"name", KARVAN_TEXT, NULL},
                                            {"edits", KARVAN_INT, NULL},
                                            {"kind", KARVAN_TEXT, NULL},
                                            {"what", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(c->region, "interventions"),
                       *edits = karvan_package_table(c->region, "scenarios");
    karvan_builder *b = NULL;
    karvan_table *out = NULL;
    KARVAN_REQUIRE(t && edits, err, KARVAN_E_DATA,
                   "the region has no tables interventions and scenarios; --edits FILE.csv brings "
                   "a scenario of your own");
    KARVAN_TRY(karvan_builder_create("interventions", 4, columns, &b, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *id = karvan_i_cell_text(t, "id", r);
        int64_t n = 0;
        for (int64_t k = 0; id && k < karvan_table_rows(edits); k++)
            n += karvan_i_cell_is(edits, "intervention", k, id);
        if (n == 0) continue;
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, id, err));
        KARVAN_TRY(karvan_builder_int(b, 1, n, err));
        KARVAN_TRY(karvan_builder_text(b, 2, karvan_i_cell_text(t, "kind", r), err));
        KARVAN_TRY(karvan_builder_text(b, 3, karvan_i_cell_text(t, "name", r), err));
    }
    st = karvan_builder_finish(b, &out, err), b = NULL;
    if (st == KARVAN_OK) st = cli_print(c, out, err);
done:
    karvan_builder_destroy(b), karvan_table_destroy(out);
    return st;
}

/* ---- the work ---- */

static karvan_status open_study(const cli *c, whatif *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_progress_create(stderr, false, "cases", w->n + 1, &w->o.progress, err));
    w->o.cancel = w->how.cancel = cli_interrupts();
    st = karvan_study_open(c->region_dir, &w->o, w->n, w->name, &w->s, err);
    karvan_progress_destroy(w->o.progress), w->o.progress = NULL;
    if (st == KARVAN_E_NOCONV && c->format == KARVAN_FORMAT_JSON && w->n == 1 && err)
        cli_whatif_json_failed(w->name[0], err->msg);
    if (st != KARVAN_OK) goto done;
    w->measures = karvan_study_measures(w->s), w->parameters = karvan_study_parameters(w->s);
    w->benefit = karvan_study_find(w->s, "benefit", "");
done:
    return st;
}

static karvan_status print_table(const cli *c, const whatif *w, int output, karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = cli_whatif_table(w, output, &t, err);
    if (st == KARVAN_OK) st = cli_print(c, t, err);
    karvan_table_destroy(t);
    return st;
}

static karvan_status print(cli *c, const whatif *w, int output, karvan_error *err) {
    karvan_status st;
    if (output < 0 && c->format == KARVAN_FORMAT_CSV) output = WHATIF_RESULTS;
    if (output >= 0)
        st = print_table(c, w, output, err);
    else if (c->format == KARVAN_FORMAT_JSON)
        st = cli_whatif_json(c, w, err);
    else
        st = w->n == 1 ? cli_whatif_print(c, w, err) : cli_whatif_beside(c, w, err);
    if (st != KARVAN_OK || !w->stopped) return st;
    (void)fprintf(stderr, "karvan: stopped after %lld of %lld draws; what they say is given\n",
                  (long long)karvan_results_draws(w->results), (long long)w->draws);
    c->exit_status = 3;
    return KARVAN_OK;
}

static void clear(whatif *w) {
    karvan_results_destroy(w->results);
    karvan_study_close(w->s);
    karvan_table_destroy(w->edits);
    karvan_i_free(w->name), karvan_i_free(w->swing);
}

static karvan_status run_whatif(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    whatif w = {.how = {.seed = 1}};
    int output;
    cli_large_pages();
    KARVAN_TRY(read_draws(c, &w, err));
    KARVAN_TRY(read_output(c, &output, err));
    KARVAN_REQUIRE(!cli_switch(c, "chart") || cli_ends_in(cli_option(c, "chart"), ".svg"), err,
                   KARVAN_E_ARG, "%s: --chart is a file that ends in .svg", cli_option(c, "chart"));
    KARVAN_TRY(cli_open_region(c, err));
    if (c->n_arguments == 0 && !cli_switch(c, "edits")) {
        KARVAN_TRY(list_cases(c, err));
        goto done;
    }
    KARVAN_TRY(read_options(c, &w, err));
    KARVAN_TRY(read_edits(c, &w, err));
    KARVAN_TRY(read_cases(c, &w, err));
    KARVAN_TRY(open_study(c, &w, err));
    KARVAN_TRY(cli_whatif_draw(&w, err));
    bool readers = output < 0 && c->format == KARVAN_FORMAT_TABLE && w.n == 1;
    if (!w.stopped && (output == WHATIF_INFLUENCE || (readers && w.draws > 0)))
        KARVAN_TRY(cli_whatif_vary(&w, err));
    if (cli_switch(c, "chart")) KARVAN_TRY(cli_whatif_chart(c, &w, cli_option(c, "chart"), err));
    st = print(c, &w, output, err);
done:
    cli_interrupts_end(); /* not before: what there is, is written */
    clear(&w);
    return st;
}

static const option_spec options[] = {
    {"edits", "FILE",
     "scenarios of your own, CSV: table,key,column,operation,value and, where you like, name, "
     "source, note; without NAME each of them is a case"},
    {"year", "YEAR", "demand, and what is open, of this year (default: setting flow_year)"},
    {"date", "DATE", "what is open on this day instead (default: the first of July)"},
    {"hold", "LIST",
     "links of the chain that stay as they are: routes, prices, trade, cargo (default: none)"},
    {"start", "X", "trade begins at this multiple of what it is; the end is the same (default: 1)"},
    {"", NULL, "how sure"},
    {"draws", "N", "medians and intervals from N draws of all that is uncertain (default: none)"},
    {"seed", "N", "of the draws (default: 1)"},
    {"threads", "N", "threads (default: all); the answer is the same for any number"},
    CACHE_OPTION,
    {"", NULL, "output"},
    {"output", "WHAT",
     "results, or a link of the chain before and after: costs, corridors, bottlenecks, pairs, "
     "countries; influence: what each uncertain parameter does to the benefit"},
    {"chart", "FILE", "draw who gains, all cases and their intervals, as FILE.svg"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan whatif",
    "karvan whatif caspian-feeders",
    "karvan whatif port-dwell --draws 200",
    "karvan whatif port-dwell caspian-feeders port-dwell,caspian-feeders",
    "karvan whatif northern-closed --output bottlenecks --format csv",
    "karvan whatif --edits mine.csv --draws 200 --chart mine.svg",
    NULL};
const command command_whatif = {
    "whatif",
    "what interventions do: costs, routes, trade, incomes, and how sure that is",
    "[NAME[,NAME...]]...",
    "Lays the edits of interventions (table scenarios) over the region and follows them to the "
    "end: what ways\n"
    "cost, who goes which way under capacities, what pairs of countries pay, trade and real "
    "income, tonnes, and\n"
    "again until nothing moves. NAME,NAME is one case of both; several arguments are cases side by "
    "side; without\n"
    "any, the interventions there are. With --draws medians of differences, 5 and 95 % in columns "
    "p5 and p95;\n"
    "without, the difference with everything at its median. Exit status 3 where a case does not "
    "settle.\n"
    "docs/methods/study.md, docs/tutorial-whatif.md.",
    options,
    examples,
    0,
    INT_MAX,
    run_whatif};
