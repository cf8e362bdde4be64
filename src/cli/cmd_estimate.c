/* Trips out of counts, and trips out of what zones send and take. */
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/estimate.h"
#include "cli/interrupt.h"
#include "cli/words.h"

static const double GAP = 1e-8, TOLERANCE = 0.01, PRIOR_ERROR = 0.5;

static double now_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static karvan_status read_assignment(const cli *c, karvan_assignment_options *o,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const karvan_assignment_method method[] = {KARVAN_BUSH, KARVAN_BFW, KARVAN_FW,
                                                      KARVAN_MSA};
    const char *said = cli_option(c, "assignment"), *gap = cli_option(c, "gap");
    int k = 0;
    while (said && k < 4 && strcmp(said, karvan_assignment_method_name(method[k])) != 0) k++;
    KARVAN_REQUIRE(k < 4, err, KARVAN_E_ARG, "--assignment is bush, bfw, fw or msa, not '%.40s'",
                   said ? said : "");
    o->method = method[k], o->gap = GAP;
    if (gap) KARVAN_TRY(cli_positive("gap", gap, &o->gap, err));
    KARVAN_TRY(cli_threads(c, &o->threads, err));
done:
    return st;
}

static karvan_status read_options(const cli *c, karvan_trips_estimate_options *o,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *method = cli_option(c, "method"), *tolerance = cli_option(c, "tolerance"),
               *prior = cli_option(c, "prior-error"), *most = cli_option(c, "max-iterations");
    int64_t n = 0;
    o->prior_error_all = PRIOR_ERROR, o->estimate.tolerance = TOLERANCE;
    if (method) KARVAN_TRY(karvan_estimate_method_parse(method, &o->estimate.method, err));
    if (tolerance) KARVAN_TRY(cli_positive("tolerance", tolerance, &o->estimate.tolerance, err));
    if (prior) KARVAN_TRY(cli_positive("prior-error", prior, &o->prior_error_all, err));
    KARVAN_REQUIRE(!most || cli_whole(most, 1, INT32_MAX, &n), err, KARVAN_E_ARG,
                   "--max-iterations is 1 to %d, not '%.40s'", (int)INT32_MAX, most);
    o->estimate.max_iterations = (int)n;
    KARVAN_TRY(read_assignment(c, &o->assignment, err));
done:
    return st;
}

static karvan_status solve(estimate_run *run, karvan_estimate **out, karvan_error *told,
                           karvan_error *err) {
    karvan_status st =
        karvan_progress_create(stderr, false, "rounds", 0, &run->o.estimate.progress, err);
    if (st != KARVAN_OK) return st;
    double begin = now_s();
    run->o.estimate.cancel = run->o.assignment.cancel = cli_interrupts();
    st = karvan_estimate_trips(&run->in->problem, &run->counts->counts, &run->o, &run->trips,
                               run->flow, out, told);
    run->seconds = now_s() - begin;
    karvan_progress_destroy(run->o.estimate.progress);
    run->o.estimate.progress = NULL, run->estimate = *out;
    return st;
}

static karvan_status run_counts(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    assign_input in = {.n_classes = 0};
    estimate_counts counts = {.first = NULL};
    estimate_run run = {.in = &in, .counts = &counts};
    karvan_estimate *estimate = NULL;
    karvan_error told = {0};
    KARVAN_TRY(read_options(c, &run.o, err));
    KARVAN_TRY(cli_assign_read(c, &in, err));
    KARVAN_TRY(cli_counts_read(c, &in.net, &counts, err));
    run.flow = karvan_i_malloc((size_t)in.net.links + 1, sizeof *run.flow);
    KARVAN_REQUIRE(run.flow, err, KARVAN_E_NOMEM, "no memory for flows");
    st = solve(&run, &estimate, &told, err);
    /* what the library would not take is in the files */
    KARVAN_REQUIRE(estimate, err, st == KARVAN_E_ARG ? KARVAN_E_DATA : st, "%s", told.msg);
    bool reached = st == KARVAN_OK;
    KARVAN_TRY(cli_estimate_write(c, &run, err));
    KARVAN_TRY(cli_estimate_print(c, &run, err));
    if (!reached) {
        (void)fprintf(stderr, "karvan: %s; the best answer so far is given\n", told.msg);
        c->exit_status = 3;
    }
done:
    cli_interrupts_end();
    karvan_estimate_destroy(estimate);
    karvan_trips_clear(&run.trips);
    karvan_i_free(run.flow);
    cli_counts_clear(&counts);
    cli_assign_clear(&in);
    return st;
}

/* KARVAN_E_ARG where an option of a list is given, with what it goes with. */
static karvan_status none_of(const cli *c, const char *const *list, const char *with,
                             karvan_error *err) {
    for (int i = 0; list[i]; i++)
        if (cli_switch(c, list[i]))
            return karvan_fail(err, KARVAN_E_ARG, "--%s goes with %s", list[i], with);
    return KARVAN_OK;
}

static karvan_status run_estimate(cli *c, karvan_error *err) {
    static const char *const of_network[] = {
        "trips",        "counts", "vdf",        "curves", "toll-factor", "distance-factor",
        "counts-error", "cells",  "assignment", "flows",  "gap",         NULL};
    static const char *const of_ends[] = {"ends",       "costs",     "deterrence", "beta",
                                          "power",      "mean-cost", "observed",   "bins",
                                          "constraint", NULL};
    static const char *const of_region[] = {"year",        "demand", "constants",
                                            "hold-demand", "output", NULL};
    static const char *const others[] = {"network", "method", "tolerance", "prior-error", NULL};
    static const char *const regional[] = {"region", "scenario", NULL};
    karvan_status st = KARVAN_OK;
    if (cli_switch(c, "distribute")) {
        KARVAN_TRY(cli_not_any(c, "distribute", others, err));
        KARVAN_TRY(cli_not_any(c, "distribute", of_network, err));
        KARVAN_TRY(cli_not_any(c, "distribute", of_region, err));
        KARVAN_TRY(cli_not_any(c, "distribute", regional, err));
        st = cli_distribute(c, err);
        goto done;
    }
    KARVAN_TRY(none_of(c, of_ends, "--distribute", err));
    if (!cli_switch(c, "network")) {
        KARVAN_TRY(none_of(c, of_network, "--network FILE", err));
        st = cli_estimate_region(c, err);
        goto done;
    }
    KARVAN_TRY(cli_not_any(c, "network", of_region, err));
    KARVAN_TRY(cli_not_any(c, "network", regional, err));
    KARVAN_REQUIRE(cli_switch(c, "trips") && cli_switch(c, "counts"), err, KARVAN_E_ARG,
                   "estimate --network FILE needs --trips FILE of the prior and --counts FILE");
    KARVAN_REQUIRE(cli_switch(c, "vdf") || !cli_switch(c, "curves"), err, KARVAN_E_ARG,
                   "--curves goes with --vdf, which names them");
    st = run_counts(c, err);
done:
    return st;
}

static const option_spec options[] = {
    {"", NULL, "of the region, from its table counts"},
    {"year", "Y", "counts and demand of this year (default: the region's flow_year)"},
    {"demand", "FILE",
     "what is believed, in the place of karvan demand: CSV with origin, destination, cargo_class, "
     "teu or tonnes, and where known kind, error"},
    {"constants", "USD",
     "standard error, before, of what a counted corridor's cost leaves unexplained, a TEU "
     "(default: 5000; 0: no constants)"},
    {"hold-demand", NULL, "demand stays as it is: only what is unexplained of corridors is found"},
    {"output", "KIND", "what is printed: counts (default), demand, constants"},
    {"", NULL, "of a network of a file, from counts of its links"},
    {"network", "FILE", "a network of the TNTP collection, NAME_net.tntp"},
    {"trips", "FILE",
     "what is believed of trips before: NAME_trips.tntp, CSV: origin,destination,trips, or OMX "
     "(.omx)"},
    {"counts", "FILE",
     "counts of links as CSV: from,to,count and, where known, error (a share of the count) or "
     "standard_error"},
    {"counts-error", "R", "standard error of counts that tell none, over the count (default: 0.1)"},
    {"vdf", "FILE",
     "volume-delay functions in the place of the network's, as karvan assign has it"},
    {"curves", "FILE", "with --vdf: the curves it names"},
    {"toll-factor", "A", "time that a unit of toll is worth (default: 0)"},
    {"distance-factor", "B", "time that a unit of length costs (default: 0)"},
    {"assignment", "METHOD", "how each round is assigned: bush (default), bfw, fw, msa"},
    {"gap", "G", "to which relative gap (default: 1e-8)"},
    {"cells", "FILE",
     "write origin,destination,prior,prior_error,estimate,error,removed: what is known of each "
     "cell, before and after"},
    {"flows", "FILE", "write from,to,volume of each link under the estimate"},
    {"", NULL, "from what zones send and take"},
    {"distribute", NULL, "trips by a gravity model, in the place of counts"},
    {"ends", "FILE", "CSV: zone,production,attraction; without one of the columns its end is free"},
    {"constraint", "ENDS",
     "whose sums are held to: both (default), origins, destinations; the other end's are weights"},
    {"costs", "FILE", "cost of each pair: CSV in long or wide form, or OMX; no value: no trips"},
    {"deterrence", "KIND",
     "exponential: exp(-beta c) (default), power: c^-beta, tanner: c^power exp(-beta c), bins: a "
     "factor a bin"},
    {"beta", "B", "its parameter"},
    {"power", "P", "of tanner, with --beta or --mean-cost (default: 0)"},
    {"bins", "LIST", "upper edges of bins of cost, with --observed: 5,10,20,40"},
    {"mean-cost", "C", "find beta so that trips cost this on the average"},
    {"observed", "FILE",
     "find the parameters that make these trips likeliest (no value: none were seen); they are "
     "then the ends too where --ends is not given"},
    {"", NULL, "of all"},
    {"prior-error", "R",
     "standard error of what is believed, over it, where that tells none (default: 0.5)"},
    {"method", "gls|entropy",
     "from counts: generalised least squares, 0 or more (default); or least information beside "
     "what is believed"},
    {"tolerance", "T",
     "from counts: the search ends when nothing moves by more than this share of its prior error "
     "(default: 0.01; of the region 0.02)"},
    {"max-iterations", "N", "at most so many rounds (default: 100; of balancing: 10000)"},
    {"threads", "N", "threads (default: all); the answer is the same for any number"},
    {"out", "FILE",
     "write origin,destination,trips as CSV, or a matrix where FILE ends in .omx; of the region "
     "the demand table, which karvan assign --demand takes"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan estimate --year 2024 --out demand.csv",
    "karvan estimate --network SiouxFalls_net.tntp --trips SiouxFalls_trips.tntp --counts "
    "counts.csv --out trips.csv",
    "karvan estimate --network net.tntp --trips prior.omx --counts counts.csv --method entropy "
    "--prior-error 0.3 --cells cells.csv --format json",
    "karvan estimate --distribute --ends ends.csv --costs times.omx --mean-cost 14.5 --out "
    "trips.omx",
    "karvan estimate --distribute --observed survey.csv --costs times.csv --deterrence tanner",
    NULL};
const command command_estimate = {
    "estimate",
    "trips between zones, out of counts or of what zones send and take",
    "",
    "On the region: moves the demand of a year (karvan demand) no further than its counts call "
    "for, "
    "loaded as\n"
    "karvan assign loads it; what the cost of a corridor leaves unexplained is told.\n"
    "With --network and --counts: moves a matrix of trips that is believed before no further than "
    "counts of "
    "links "
    "call for,\n"
    "each weighed by its error, with routes at user equilibrium. Prints how each count fits: its "
    "residual over\n"
    "the residual's standard error, and, where that is 2 or more, the count that it stands "
    "against.\n"
    "With --distribute: a gravity model, balanced to what zones send and take, and calibrated.\n"
    "Where the search does not end, or after Ctrl-C, the best answer so far is written, and the "
    "exit status is 3;\n"
    "a distribution that is interrupted has none.\n"
    "docs/methods/estimation.md, docs/methods/distribution.md.",
    options,
    examples,
    0,
    0,
    run_estimate};
