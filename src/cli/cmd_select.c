/* Selected links: whose trips pass a link, a node, or several of them; whose cargo, in the region.
 */
#include <string.h>

#include "base/try.h"
#include "cli/freight.h"
#include "cli/interrupt.h"
#include "cli/select.h"

static const double GAP = 1e-6;

/* What rows of the answer are of. */
static const struct {
    const char *name;
    karvan_selection_by by;
} BY[] = {{"od", KARVAN_BY_PAIR},
          {"origin", KARVAN_BY_ORIGIN},
          {"class", KARVAN_BY_CLASS},
          {"link", KARVAN_BY_LINK}};
enum { N_BY = sizeof BY / sizeof BY[0] };

static karvan_status read_by(const cli *c, karvan_selection_by *out, karvan_error *err) {
    const char *said = cli_option(c, "by");
    *out = KARVAN_BY_PAIR;
    for (int i = 0; said && i < N_BY; i++)
        if (strcmp(said, BY[i].name) == 0) return *out = BY[i].by, KARVAN_OK;
    if (!said) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--by is od, origin, class or link, not '%.40s'", said);
}

static const char *principle_name(int p) { return karvan_principle_name((karvan_principle)p); }

static karvan_status read_options(const cli *c, karvan_assignment_options *o, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int principle;
    *o = (karvan_assignment_options){.method = KARVAN_BUSH, .gap = GAP};
    KARVAN_TRY(
        cli_assign_choose(c, "principle", KARVAN_SYSTEM_OPTIMUM, principle_name, &principle, err));
    o->principle = (karvan_principle)principle;
    st = cli_assign_limits(c, &o->gap, &o->max_iterations, &o->threads, err);
done:
    return st;
}

/* What a run was asked and what it made. */
typedef struct select_run {
    karvan_selection_by by;
    karvan_assignment_options o;
    assign_input in;
    select_asked asked;
    karvan_assignment *start, *solution;
    karvan_analysis *analysis;
    karvan_selection selection;
} select_run;

/* *told: why the best so far is all there is; empty where the gap was reached. */
static karvan_status solve(const cli *c, select_run *r, karvan_error *told, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (cli_switch(c, "start"))
        KARVAN_TRY(karvan_assignment_load(cli_option(c, "start"), &r->start, err));
    r->o.start = r->start;
    KARVAN_TRY(karvan_progress_create(stderr, false, "iterations", 0, &r->o.progress, err));
    r->o.cancel = cli_interrupts();
    st = karvan_assignment_solve(&r->in.problem, &r->o, &r->solution, told);
    karvan_progress_destroy(r->o.progress);
    cli_interrupts_end();
    if (st == KARVAN_OK) *told = (karvan_error){0};
    if (!r->solution) KARVAN_TRY(cli_assign_refuse(c, &r->in, st, told, err));
    st = KARVAN_OK;
done:
    return st;
}

static karvan_status write_flows(const cli *c, const select_run *r, karvan_error *err) {
    karvan_table *t = NULL;
    if (!cli_switch(c, "flows")) return KARVAN_OK;
    karvan_status st =
        karvan_selection_table(r->analysis, &r->selection, KARVAN_BY_ALL_LINKS, &t, err);
    if (st == KARVAN_OK) st = karvan_csv_write(t, cli_option(c, "flows"), err);
    karvan_table_destroy(t);
    return st;
}

static void note_unserved(const select_run *r) {
    karvan_assignment_stats s = karvan_assignment_statistics(r->solution);
    char trips[40];
    if (s.unserved_pairs == 0) return;
    karvan_real_format(s.unserved, trips, sizeof trips);
    (void)fprintf(stderr,
                  "karvan: note: %s trips of %lld pair%s are not served: they pass nothing; karvan "
                  "assign tells them\n",
                  trips, (long long)s.unserved_pairs, s.unserved_pairs == 1 ? "" : "s");
}

static karvan_status run_network(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    select_run r = {.by = KARVAN_BY_PAIR};
    karvan_error told = {0};
    karvan_table *answer = NULL;
    KARVAN_TRY(read_by(c, &r.by, err));
    KARVAN_TRY(read_options(c, &r.o, err));
    KARVAN_TRY(cli_assign_read(c, &r.in, err));
    KARVAN_TRY(cli_select_read(c, &r.in.net, &r.asked, err));
    KARVAN_TRY(solve(c, &r, &told, err));
    KARVAN_TRY(karvan_analysis_create(&r.in.problem, r.solution, &r.analysis, err));
    r.asked.query.threads = r.o.threads;
    KARVAN_TRY(karvan_select(r.analysis, &r.asked.query, &r.selection, err));
    KARVAN_TRY(write_flows(c, &r, err));
    KARVAN_TRY(karvan_selection_table(r.analysis, &r.selection, r.by, &answer, err));
    KARVAN_TRY(cli_print(c, answer, err));
    note_unserved(&r);
    if (*told.msg) {
        (void)fprintf(stderr, "karvan: %s; the best answer so far is given\n", told.msg);
        c->exit_status = 3;
    }
done:
    karvan_table_destroy(answer);
    karvan_selection_clear(&r.selection);
    karvan_analysis_destroy(r.analysis);
    karvan_assignment_destroy(r.solution), karvan_assignment_destroy(r.start);
    cli_select_clear(&r.asked);
    cli_assign_clear(&r.in);
    return st;
}

static karvan_status check_options(const cli *c, karvan_error *err) {
    static const char *const of_classes[] = {"trips", NULL};
    static const char *const regional[] = {
        "region",   "scenario",      "terminal",  "service", "place",      "border",
        "corridor", "cargo",         "direction", "year",    "date",       "demand",
        "empties",  "deterministic", "reject",    "scale",   "nest-scale", NULL};
    static const char *const of_order[] = {"any", "all", NULL};
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(cli_not_any(c, "network", regional, err));
    KARVAN_REQUIRE(cli_switch(c, "trips") || cli_switch(c, "classes"), err, KARVAN_E_ARG,
                   "select needs --trips FILE, or --classes FILE of several classes");
    KARVAN_TRY(cli_not_any(c, "classes", of_classes, err));
    KARVAN_REQUIRE(cli_switch(c, "vdf") || !cli_switch(c, "curves"), err, KARVAN_E_ARG,
                   "--curves goes with --vdf, which names them");
    KARVAN_REQUIRE(cli_switch(c, "link") || cli_switch(c, "node") || cli_switch(c, "from") ||
                       cli_switch(c, "to"),
                   err, KARVAN_E_ARG,
                   "select needs what trips must pass: --link FROM-TO, --node N, --from or --to");
    KARVAN_TRY(cli_not_both(c, "any", "all", err));
    KARVAN_TRY(cli_not_any(c, "in-order", of_order, err));
    KARVAN_REQUIRE(!cli_switch(c, "in-order") || !cli_switch(c, "link") || !cli_switch(c, "node"),
                   err, KARVAN_E_ARG,
                   "--in-order takes its places of one list: --link or --node, not both");
done:
    return st;
}

/* One way a kind of input. */
static karvan_status run_select(cli *c, karvan_error *err) {
    if (!cli_switch(c, "network")) return cli_select_region(c, err);
    karvan_status st = check_options(c, err);
    return st == KARVAN_OK ? run_network(c, err) : st;
}

static const option_spec options[] = {
    {"", NULL, "which trips, of a network; of the region: which cargo"},
    {"link", "FROM-TO,...",
     "their way takes one of these links, each named by its nodes or by its number; of the region: "
     "a link by its id"},
    {"node", "N,...", "their way passes one of these nodes, begins or ends there"},
    {"any", NULL, "one of the places is enough (default)"},
    {"all", NULL,
     "all places must be passed, up to six; 1-2/3-4 makes one place of two links, either of which "
     "does"},
    {"in-order", NULL, "all must be passed, in the order in which they are named"},
    {"from", "ZONE,...", "they begin in one of these zones"},
    {"to", "ZONE,...", "they end in one of these zones"},
    {"", NULL, "what is told of them"},
    {"by", "od|origin|destination|class|link|corridor",
     "selected trips of each pair (default), of each origin, of each class; of a network also of "
     "each link, how much of its flow is selected; of the region also of each destination and "
     "corridor"},
    {"flows", "FILE", "write link,from,to,flow,selected,share of all links"},
    {"", NULL, "network and demand, as karvan assign reads them"},
    {"network", "FILE", "a network of the TNTP collection, NAME_net.tntp"},
    {"trips", "FILE", "demand between its zones: NAME_trips.tntp, or CSV"},
    {"classes", "FILE", "instead of --trips, several classes as CSV"},
    {"vdf", "FILE", "volume-delay functions in the place of the network's"},
    {"curves", "FILE", "with --vdf: the curves it names"},
    {"toll-factor", "A", "time that a unit of toll is worth (default: 0)"},
    {"distance-factor", "B", "time that a unit of length costs (default: 0)"},
    {"", NULL, "the solution, by bushes"},
    {"start", "FILE", "begin from a solution that karvan assign --save wrote"},
    {"principle", "ue|so", "user equilibrium (default), or system optimum"},
    {"gap", "G", "relative gap to reach (default: 1e-6)"},
    {"max-iterations", "N", "at most so many (default: 10000)"},
    {"threads", "N", "threads (default: all); the answer is the same for any number"},
    {"", NULL, "Of the region, without --network: one of these, or --link"},
    {"terminal", "ID", "what is handled, or crosses a border, in this row of table terminals"},
    {"service", "ID", "what sails with a service, by id or name"},
    {"place", "PLACE", "what begins, ends, or passes there"},
    {"border", "A-B", "what crosses from one country to the other"},
    {"corridor", "NAME", "what goes by a corridor; also together with one of the others"},
    {"direction", "forth|back",
     "of a link, terminal or service: as its row says, or against it; of a border: from A to B, or "
     "from B to A (default: both, and who goes there and back counts once)"},
    {"cargo", "CLASS", "cargo of this class alone"},
    {"", NULL, "freight of the region, as karvan assign loads it"},
    FREIGHT_OPTIONS,
    {"scale", "MU", "how strongly cargo minds the cost of ways, per USD a TEU"},
    {"nest-scale", "THETA", "the same within corridors"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan select --year 2024 --border KAZ-AZE --direction forth --by origin",
    "karvan select --year 2024 --terminal CNHRS-border --by class --format csv",
    "karvan select --network SiouxFalls_net.tntp --trips SiouxFalls_trips.tntp --link 10-16",
    "karvan select --network net.tntp --trips trips.tntp --link 10-16,16-17 --in-order --by origin",
    "karvan select --network net.tntp --classes classes.csv --node 10 --by class --format json",
    "karvan select --network net.tntp --trips trips.tntp --start saved --from 1 --by link",
    NULL};
const command command_select = {
    "select",
    "whose trips pass a link or a node, whose cargo a border or a port",
    "",
    "Finds the trips whose way takes a link, passes a node, or several of them, where all have\n"
    "settled as karvan assign has it, and the links that these trips use. Selected trips of a link "
    "are its flow.\n"
    "Who meets at a node, from one origin, has come there in the same proportions, wherever he "
    "goes on to.\n"
    "Without --network: freight of the region, by what its ways pass. Rows add up to the load that "
    "karvan assign tells.\n"
    "docs/methods/select.md.",
    options,
    examples,
    0,
    0,
    run_select};
