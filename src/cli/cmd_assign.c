/* Traffic assignment: who goes which way on a network of a file. */
#include <string.h>
#include <time.h>

#include "base/try.h"
#include "cli/assign.h"
#include "cli/freight.h"
#include "cli/interrupt.h"
#include "cli/read_off.h"
#include "cli/words.h"

static const double GAP = 1e-6;

double cli_assign_now_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

karvan_status cli_assign_choose(const cli *c, const char *option, int most,
                                const char *(*name)(int), int *out, karvan_error *err) {
    const char *said = cli_option(c, option);
    char list[100] = "";
    for (*out = 0; said && *out <= most; ++*out)
        if (strcmp(name(*out), said) == 0) return KARVAN_OK;
    *out = 0;
    if (!said) return KARVAN_OK;
    for (int i = 0; i <= most; i++)
        (void)snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
                       i == 0     ? ""
                       : i < most ? ", "
                                  : " or ",
                       name(i));
    return karvan_fail(err, KARVAN_E_ARG, "--%s is %s, not '%.40s'", option, list, said);
}

enum { SUE = KARVAN_SYSTEM_OPTIMUM + 1 };
static const char *principle_name(int p) {
    return p == SUE ? "sue" : karvan_principle_name((karvan_principle)p);
}
static const char *method_name(int m) {
    return karvan_assignment_method_name((karvan_assignment_method)m);
}

karvan_status cli_assign_limits(const cli *c, double *gap, int *most, int *threads,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *said = cli_option(c, "gap"), *times = cli_option(c, "max-iterations");
    int64_t n = 0;
    KARVAN_TRY(cli_threads(c, threads, err));
    KARVAN_REQUIRE(!said || (cli_real(said, gap) && *gap >= 0), err, KARVAN_E_ARG,
                   "--gap is a number from 0, not '%.40s'", said);
    KARVAN_REQUIRE(!times || cli_whole(times, 1, INT32_MAX, &n), err, KARVAN_E_ARG,
                   "--max-iterations is 1 to %d, not '%.40s'", (int)INT32_MAX, times);
    *most = (int)n;
done:
    return st;
}

static karvan_status read_options(const cli *c, int principle, karvan_assignment_options *o,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int method;
    KARVAN_TRY(cli_assign_choose(c, "method", KARVAN_AON, method_name, &method, err));
    o->principle = (karvan_principle)principle, o->method = (karvan_assignment_method)method;
    o->gap = GAP;
    KARVAN_TRY(cli_assign_limits(c, &o->gap, &o->max_iterations, &o->threads, err));
    if (method == KARVAN_AON || method == KARVAN_INCREMENTAL)
        KARVAN_REQUIRE(!cli_switch(c, "gap"), err, KARVAN_E_ARG,
                       "--method %s has no gap to reach: leave out --gap", method_name(method));
done:
    return st;
}

/* A solution that is not there yet when work was stopped is no answer; what there is, is one. */
static karvan_status solve(const assign_input *in, assign_run *run, karvan_assignment **out,
                           bool *reached, karvan_error *err) {
    karvan_status st =
        karvan_progress_create(stderr, false, "iterations", 0, &run->o.progress, err);
    if (st != KARVAN_OK) return st;
    double begin = cli_assign_now_s();
    run->o.cancel = cli_interrupts();
    st = karvan_assignment_solve(&in->problem, &run->o, out, err);
    run->seconds_solve = cli_assign_now_s() - begin;
    karvan_progress_destroy(run->o.progress);
    run->o.progress = NULL, run->solution = *out;
    *reached = st == KARVAN_OK;
    return *out ? KARVAN_OK : st;
}

static karvan_status run_network(cli *c, int principle, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    assign_input in = {.n_classes = 0};
    assign_run run = {.seconds_read = 0};
    karvan_assignment *solution = NULL, *start = NULL;
    karvan_error told = {0};
    bool reached = true;
    KARVAN_TRY(read_options(c, principle, &run.o, err));
    double begin = cli_assign_now_s();
    KARVAN_TRY(cli_assign_read(c, &in, err));
    if (cli_switch(c, "start"))
        KARVAN_TRY(karvan_assignment_load(cli_option(c, "start"), &start, err));
    run.o.start = start;
    run.seconds_read = cli_assign_now_s() - begin;
    st = solve(&in, &run, &solution, &reached, &told);
    if (st != KARVAN_OK) KARVAN_TRY(cli_assign_refuse(c, &in, st, &told, err));
    if (cli_switch(c, "save"))
        KARVAN_TRY(karvan_assignment_save(solution, cli_option(c, "save"), err));
    if (cli_switch(c, "flows"))
        KARVAN_TRY(cli_assign_flows(cli_option(c, "flows"), &in, &run, err));
    KARVAN_TRY(cli_read_off(c, &in, &run, err));
    KARVAN_TRY(cli_assign_tell_unserved(c, &run, err));
    cli_assign_print(c, &run);
    if (!reached) {
        (void)fprintf(stderr, "karvan: %s; the best answer so far is given\n", told.msg);
        c->exit_status = 3;
    }
done:
    cli_interrupts_end(); /* not before: what there is, is written */
    karvan_assignment_destroy(solution), karvan_assignment_destroy(start);
    cli_assign_clear(&in);
    return st;
}

static karvan_status run_assign(cli *c, karvan_error *err) {
    static const char *const of_classes[] = {"trips", NULL};
    static const char *const regional[] = {
        "region", "scenario", "year",    "date", "demand", "deterministic", "empties", "output",
        "reject", "out",      "against", "wide", NULL};
    karvan_status st = KARVAN_OK;
    int principle;
    if (!cli_switch(c, "network")) {
        KARVAN_TRY(cli_read_off_none(c, "the region: it needs --network FILE", err));
        return cli_assign_region(c, err);
    }
    KARVAN_TRY(cli_not_any(c, "network", regional, err));
    KARVAN_REQUIRE(cli_switch(c, "trips") || cli_switch(c, "classes"), err, KARVAN_E_ARG,
                   "assign needs --trips FILE, or --classes FILE of several classes");
    KARVAN_TRY(cli_not_any(c, "classes", of_classes, err));
    KARVAN_REQUIRE(cli_switch(c, "vdf") || !cli_switch(c, "curves"), err, KARVAN_E_ARG,
                   "--curves goes with --vdf, which names them");
    KARVAN_TRY(cli_assign_choose(c, "principle", SUE, principle_name, &principle, err));
    if (principle != SUE) KARVAN_TRY(cli_assign_not_sue(c, err));
    KARVAN_TRY(principle == SUE ? cli_read_off_none(c, "--principle sue", err)
                                : cli_read_off_check(c, err));
    st = principle == SUE ? cli_assign_sue(c, err) : run_network(c, principle, err);
done:
    return st;
}

static const option_spec options[] = {
    {"network", "FILE", "a network of the TNTP collection, NAME_net.tntp"},
    {"trips", "FILE",
     "demand between its zones: NAME_trips.tntp, or CSV: origin,destination,trips"},
    {"classes", "FILE",
     "instead of --trips, several classes as CSV: name,trips (a file beside this one) and, where "
     "they differ, pce, value_of_time, toll_factor, distance_factor"},
    {"vdf", "FILE",
     "volume-delay functions in the place of the network's, as CSV: link (from-to, or its number, "
     "or *), kind, t0, capacity, a, b, curve, formula, most"},
    {"curves", "FILE", "with --vdf: the curves it names, by points: curve,ratio,factor"},
    {"toll-factor", "A", "time that a unit of toll is worth (default: 0)"},
    {"distance-factor", "B", "time that a unit of length costs (default: 0)"},
    {"principle", "ue|so|sue",
     "user equilibrium: no one gains by another way (default); system optimum: least total "
     "cost; or stochastic user equilibrium: by chance, the cheaper the oftener"},
    ASSIGN_SUE_OPTIONS,
    {"method", "bush|bfw|fw|msa|incremental|aon",
     "bushes (default), bi-conjugate Frank-Wolfe, Frank-Wolfe, successive averages, demand in "
     "parts, all or nothing"},
    {"gap", "G", "relative gap to reach (default: 1e-6)"},
    {"max-iterations", "N", "at most so many (default: 10000; of incremental, its parts: 10)"},
    {"threads", "N", "threads (default: all); the answer is the same for any number"},
    {"start", "FILE",
     "begin from a solution that --save wrote, of the same network; of the region, it may have "
     "changed since"},
    {"save", "FILE", "write the solution, also where the gap was not reached, to go on from later"},
    {"flows", "FILE",
     "write from,to,volume,cost of each link; of several classes also volume_NAME in their own "
     "trips"},
    {"unserved", "FILE", "write class,origin,destination,trips,why of demand that is not served"},
    READ_OFF_OPTIONS,
    {"", NULL, "Of the region, without --network"},
    FREIGHT_OPTIONS,
    {"output", "WHAT",
     "links (default), pairs, routes, bottlenecks, corridors, countries or unserved"},
    {"wide", NULL,
     "links: five columns more, the unit of load and capacity, kind, from, to and direction"},
    {"out", "FILE",
     "write FILE.gpkg: links, terminals, services and places with their loads, capacities and "
     "prices, for QGIS"},
    {"against", "A,B",
     "each of these scenarios alone beside the region: --output corridors (default), countries, "
     "bottlenecks or pairs, before and after"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan assign --year 2024 --output corridors",
    "karvan assign --year 2024 --wide --format csv",
    "karvan assign --year 2024 --scenario caspian-feeders --output bottlenecks --format csv",
    "karvan assign --year 2024 --out loads.gpkg",
    "karvan assign --year 2024 --save base; karvan assign --year 2024 --start base",
    "karvan assign --year 2024 --date 2026-07-01 --against northern-closed --output bottlenecks",
    "karvan assign --network SiouxFalls_net.tntp --trips SiouxFalls_trips.tntp --gap 1e-12",
    "karvan assign --network net.tntp --trips trips.tntp --toll-factor 0.02 --flows flows.csv",
    "karvan assign --network Anaheim_net.tntp --trips Anaheim_trips.tntp --principle so",
    "karvan assign --network net.tntp --trips trips.tntp --principle sue --scale 0.5",
    "karvan assign --network net.tntp --classes classes.csv --vdf functions.csv --format json",
    NULL};
const command command_assign = {
    "assign",
    "who goes which way, on a congested network or in the region",
    "",
    "Loads demand on a network until no one gains by another way (or until the total cost is "
    "least),\n"
    "to a relative gap: the part of all cost that would be saved if everyone went the best way of "
    "the moment.\n"
    "Where the gap is not reached, or after Ctrl-C, the best answer so far is written, and the "
    "exit "
    "status is 3.\n"
    "Demand that no way can serve is told, pair by pair. docs/methods/assignment.md.\n"
    "Without --network: freight of the region by class, with capacities of links, terminals and "
    "sailings that\n"
    "have a price where they are full. docs/methods/freight.md.",
    options,
    examples,
    0,
    0,
    run_assign};
