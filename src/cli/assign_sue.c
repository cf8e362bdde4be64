/* karvan assign --principle sue: stochastic user equilibrium on a network of a file. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/assign.h"
#include "cli/figures.h"
#include "cli/interrupt.h"
#include "cli/words.h"
#include "karvan/choice.h"

karvan_status cli_assign_not_sue(const cli *c, karvan_error *err) {
    static const char *const of_sue[] = {"choice",      "scale",    "nest-scale", "routes",
                                         "route-flows", "expected", NULL};
    for (int i = 0; of_sue[i]; i++)
        if (cli_switch(c, of_sue[i]))
            return karvan_fail(err, KARVAN_E_ARG, "--%s goes with --principle sue", of_sue[i]);
    return KARVAN_OK;
}

typedef struct sue_run {
    assign_input in;
    karvan_sue_options o;
    int32_t *family; /* [links] of nested logit */
    karvan_sue *solution;
    double seconds_read, seconds_solve;
} sue_run;

/* ---- what is asked ---- */

/* The default stands first. */
static const karvan_sue_choice CHOICES[] = {KARVAN_SUE_PATH_SIZE, KARVAN_SUE_LOGIT,
                                            KARVAN_SUE_NESTED, KARVAN_SUE_RECURSIVE};
static const char *choice_name(int i) { return karvan_sue_choice_name(CHOICES[i]); }

static karvan_status read_scales(const cli *c, karvan_sue_options *o, karvan_error *err) {
    const char *scale = cli_option(c, "scale"), *nest = cli_option(c, "nest-scale");
    bool nested = o->choice == KARVAN_SUE_NESTED;
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(scale, err, KARVAN_E_ARG,
                   "--principle sue needs --scale MU: how strongly users mind a unit of time");
    KARVAN_TRY(cli_positive("scale", scale, &o->scale, err));
    KARVAN_REQUIRE(nested == (nest != NULL), err, KARVAN_E_ARG,
                   nested ? "--choice nested needs --nest-scale THETA, no less than --scale"
                          : "--nest-scale goes with --choice nested");
    if (nested) KARVAN_TRY(cli_positive("nest-scale", nest, &o->nest_scale, err));
    KARVAN_REQUIRE(!nested || o->nest_scale >= o->scale, err, KARVAN_E_ARG,
                   "--nest-scale %s is below --scale %s: users would mind less what differs within "
                   "a nest than between nests",
                   nest, scale);
done:
    return st;
}

static karvan_status read_options(const cli *c, karvan_sue_options *o, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int choice;
    int64_t routes;
    KARVAN_REQUIRE(!cli_switch(c, "method") && !cli_switch(c, "start"), err, KARVAN_E_ARG,
                   "--%s does not go with --principle sue, which has one method",
                   cli_switch(c, "method") ? "method" : "start");
    KARVAN_TRY(cli_assign_choose(c, "choice", 3, choice_name, &choice, err));
    o->choice = CHOICES[choice];
    KARVAN_REQUIRE(o->choice != KARVAN_SUE_RECURSIVE ||
                       (!cli_switch(c, "routes") && !cli_switch(c, "route-flows")),
                   err, KARVAN_E_ARG, "--%s goes with route sets: --choice recursive has none",
                   cli_switch(c, "routes") ? "routes" : "route-flows");
    KARVAN_TRY(read_scales(c, o, err));
    KARVAN_TRY(cli_count(c, "routes", &routes, err));
    KARVAN_REQUIRE(routes <= 1000, err, KARVAN_E_ARG, "--routes is 1 to 1000, not %lld",
                   (long long)routes);
    o->routes = (int)routes, o->gap = 1e-8;
    KARVAN_TRY(cli_assign_limits(c, &o->gap, &o->max_iterations, &o->threads, err));
    KARVAN_REQUIRE(o->gap > 0, err, KARVAN_E_ARG,
                   "--gap is above 0 with --principle sue: 1e-14 is as near as doubles come");
done:
    return st;
}

static int by_number(const void *a, const void *b) {
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Families: the types of links, numbered in their order. */
static karvan_status find_families(sue_run *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t m = (size_t)r->in.net.links;
    int32_t n = 0, *type = karvan_i_malloc(m + 1, sizeof *type);
    r->family = karvan_i_malloc(m + 1, sizeof *r->family);
    KARVAN_REQUIRE(type && r->family, err, KARVAN_E_NOMEM, "no memory for %zu links", m);
    for (size_t l = 0; l < m; l++) type[l] = r->in.net.type[l];
    qsort(type, m, sizeof *type, by_number);
    for (size_t l = 0; l < m; l++)
        if (l == 0 || type[l] != type[l - 1]) type[n++] = type[l];
    for (size_t l = 0; l < m; l++) {
        const int32_t *at = bsearch(&r->in.net.type[l], type, (size_t)n, sizeof *type, by_number);
        r->family[l] = (int32_t)(at - type);
    }
    r->o.family = r->family, r->o.n_families = n;
done:
    karvan_i_free(type);
    return st;
}

/* ---- what is told ---- */

static karvan_status write_expected(const char *path, const sue_run *r, karvan_error *err) {
    static const karvan_column columns[] = {{"class", KARVAN_TEXT, NULL},
                                            {"origin", KARVAN_INT, NULL},
                                            {"destination", KARVAN_INT, NULL},
                                            {"trips", KARVAN_REAL, NULL},
                                            {"expected_cost", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    KARVAN_TRY(karvan_builder_create("expected", 5, columns, &b, err));
    for (int k = 0; k < r->in.n_classes; k++) {
        const karvan_trips *trips = &r->in.trips[k];
        const double *g = karvan_sue_logsum_view(r->solution, k);
        for (int32_t o = 0; o < trips->zones; o++)
            for (int64_t i = trips->first[o]; i < trips->first[o + 1]; i++) {
                KARVAN_TRY(karvan_builder_row(b, err));
                KARVAN_TRY(karvan_builder_text(b, 0, r->in.classes[k].name, err));
                KARVAN_TRY(karvan_builder_int(b, 1, o + INT64_C(1), err));
                KARVAN_TRY(karvan_builder_int(b, 2, trips->destination[i] + INT64_C(1), err));
                KARVAN_TRY(karvan_builder_real(b, 3, trips->trips[i], err));
                if (isfinite(g[i])) KARVAN_TRY(karvan_builder_real(b, 4, g[i], err));
            }
    }
    st = karvan_builder_finish(b, &t, err), b = NULL;
    if (st == KARVAN_OK) st = karvan_csv_write(t, path, err);
done:
    karvan_builder_destroy(b), karvan_table_destroy(t);
    return st;
}

static karvan_status write_routes(const char *path, const sue_run *r, karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = karvan_sue_routes(r->solution, &t, err);
    if (st == KARVAN_OK) st = karvan_csv_write(t, path, err);
    karvan_table_destroy(t);
    return st;
}

static karvan_status write_files(const cli *c, const sue_run *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    assign_run run = {.solution = karvan_sue_assignment_view(r->solution)};
    if (cli_switch(c, "save"))
        KARVAN_TRY(karvan_assignment_save(run.solution, cli_option(c, "save"), err));
    if (cli_switch(c, "flows"))
        KARVAN_TRY(cli_assign_flows(cli_option(c, "flows"), &r->in, &run, err));
    if (cli_switch(c, "route-flows"))
        KARVAN_TRY(write_routes(cli_option(c, "route-flows"), r, err));
    if (cli_switch(c, "expected")) KARVAN_TRY(write_expected(cli_option(c, "expected"), r, err));
    st = cli_assign_tell_unserved(c, &run, err);
done:
    return st;
}

/* The eight of the contract first; the relative gap is that of flows. */
static void print(const cli *c, const sue_run *r) {
    karvan_sue_stats s = karvan_sue_statistics(r->solution);
    figures f = {0};
    char headline[100];
    cli_figure_real(&f, "objective", s.objective);
    cli_figure_real(&f, "relative_gap", s.gap);
    cli_figure_whole(&f, "iterations", s.iterations);
    cli_figure_real(&f, "total_cost", s.total_cost);
    cli_figure_real(&f, "unserved", s.unserved);
    cli_figure_seconds(&f, "seconds_read", r->seconds_read);
    cli_figure_seconds(&f, "seconds_solve", r->seconds_solve);
    cli_figure_whole(&f, "threads", r->o.threads ? r->o.threads : karvan_thread_count());
    cli_figure_real(&f, "total_time", s.total_time);
    cli_figure_real(&f, "expected_cost", s.expected_cost);
    cli_figure_real(&f, "fisk_gap", s.fisk_gap);
    cli_figure_whole(&f, "loads", s.loads);
    cli_figure_real(&f, "demand", s.demand);
    cli_figure_real(&f, "intrazonal", s.intrazonal);
    cli_figure_whole(&f, "unserved_pairs", s.unserved_pairs);
    cli_figure_whole(&f, "routes", s.routes);
    cli_figure_whole(&f, "better_apart", s.better_apart);
    cli_figure_real(&f, "scale", r->o.scale);
    cli_figure_real(&f, "gap", r->o.gap);
    cli_figure_truth(&f, "converged", s.converged ? "true" : "false");
    cli_figure_word(&f, "principle", "sue");
    cli_figure_word(&f, "choice", karvan_sue_choice_name(r->o.choice));
    (void)snprintf(headline, sizeof headline, "stochastic user equilibrium by %s logit%s",
                   r->o.choice == KARVAN_SUE_LOGIT ? "multinomial"
                                                   : karvan_sue_choice_name(r->o.choice),
                   s.converged ? "" : ": the gap was not reached");
    cli_figures_print(c, headline, &f);
}

/* A solution that is not there yet when work was stopped is no answer; what there is, is one. */
static karvan_status solve(sue_run *r, bool *reached, karvan_error *err) {
    karvan_status st = karvan_progress_create(stderr, false, "iterations", 0, &r->o.progress, err);
    if (st != KARVAN_OK) return st;
    double begin = cli_assign_now_s();
    r->o.cancel = cli_interrupts();
    st = karvan_sue_solve(&r->in.problem, &r->o, &r->solution, err);
    r->seconds_solve = cli_assign_now_s() - begin;
    karvan_progress_destroy(r->o.progress);
    *reached = st == KARVAN_OK;
    return r->solution ? KARVAN_OK : st;
}

karvan_status cli_assign_sue(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    sue_run r = {.in = {.n_classes = 0}};
    karvan_error told = {0};
    bool reached = true;
    KARVAN_TRY(read_options(c, &r.o, err));
    double begin = cli_assign_now_s();
    KARVAN_TRY(cli_assign_read(c, &r.in, err));
    if (r.o.choice == KARVAN_SUE_NESTED) KARVAN_TRY(find_families(&r, err));
    r.seconds_read = cli_assign_now_s() - begin;
    st = solve(&r, &reached, &told);
    if (st != KARVAN_OK) KARVAN_TRY(cli_assign_refuse(c, &r.in, st, &told, err));
    KARVAN_TRY(write_files(c, &r, err));
    print(c, &r);
    if (!reached) {
        (void)fprintf(stderr, "karvan: %s; the best answer so far is given\n", told.msg);
        c->exit_status = 3;
    }
done:
    cli_interrupts_end(); /* not before: what there is, is written */
    karvan_sue_destroy(r.solution);
    karvan_i_free(r.family);
    cli_assign_clear(&r.in);
    return st;
}
