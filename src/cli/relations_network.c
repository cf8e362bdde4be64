/* karvan relations --network: the ties that are asked for, what their network is like, and the file
 * of it. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "cli/relations.h"
#include "cli/words.h"
#include "table/cell.h"

typedef karvan_status (*make)(const karvan_tie_network *net, karvan_table **out, karvan_error *err);
typedef struct section {
    const char *name, *title; /* name: also the option that asks for it alone */
    make table;
    bool told; /* to readers who asked for none alone */
} section;
static const section SECTIONS[] = {
    {"nodes", "Nodes", karvan_tie_network_nodes, true},
    {"communities", "Communities", karvan_tie_network_communities, true},
    {"cuts", "Who would be cut off", karvan_tie_network_cuts, true},
    {"ties", "Ties", karvan_tie_network_ties, false}};
enum { N_SECTIONS = sizeof SECTIONS / sizeof *SECTIONS, STATUS_MOST = 16 };

static const char *const OWN[] = {
    "tie",      "extend", "status",   "bodies", "dataset", "ties-file",   "year", "directed",
    "possible", "min",    "weighted", "ties",   "cuts",    "communities", "out",  NULL};

karvan_status cli_relations_no_network(const cli *c, karvan_error *err) {
    for (const char *const *o = OWN; *o; o++)
        if (cli_switch(c, *o))
            return karvan_fail(err, KARVAN_E_ARG, "--%s goes with --network", *o);
    return KARVAN_OK;
}

/* ---- the ties ---- */

static karvan_status read_year(const cli *c, int64_t *year, bool *given, karvan_error *err) {
    const char *said = cli_option(c, "year");
    *given = said != NULL;
    if (!said || cli_whole(said, 1, 9999, year)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--year is 1 to 9999, not '%.40s'", said);
}

static karvan_status ties_of_file(cli *c, karvan_ties **out, karvan_error *err) {
    static const char *const of_region[] = {"tie",     "extend",   "status", "bodies",
                                            "dataset", "scenario", NULL};
    karvan_status st = KARVAN_OK;
    karvan_ties_reading how = {.directed = cli_switch(c, "directed")};
    KARVAN_TRY(cli_not_any(c, "ties-file", of_region, err));
    KARVAN_TRY(cli_no_pipe(c, "ties-file", err));
    KARVAN_TRY(read_year(c, &how.year, &how.has_year, err));
    if (cli_option(c, "region")) { /* it has names for the codes */
        KARVAN_TRY(cli_open_region(c, err));
        how.region = c->region;
    }
    st = karvan_ties_read(cli_option(c, "ties-file"), &how, out, err);
done:
    return st;
}

/* Which data set has no flow of the year, and which others there are. */
static karvan_status no_such_flows(const cli *c, const char *dataset, karvan_status st,
                                   karvan_error *err) {
    static const char *const tables[] = {"trade_matrix", "trade"};
    char others[160] = "", why[160];
    size_t n = 0;
    if (st != KARVAN_E_ARG || !err) return st;
    for (int k = 0; k < 2; k++) {
        const karvan_table *t = karvan_package_table(c->region, tables[k]);
        int column = t ? karvan_table_find(t, "dataset") : -1;
        int32_t sets = column < 0 ? 0 : karvan_table_dictionary_size(t, column);
        for (int32_t i = 0; i < sets && n < sizeof others; i++) {
            const char *name = karvan_table_dictionary_text(t, column, i);
            if (strcmp(name, dataset) == 0 || n + strlen(name) + 3 > sizeof others) continue;
            n += (size_t)snprintf(others + n, sizeof others - n, "%s%s", n ? ", " : "", name);
        }
    }
    (void)snprintf(why, sizeof why, "%.150s", err->msg);
    *err = (karvan_error){0};
    return karvan_fail(err, st, "data set %.40s: %s%s%s", dataset, why,
                       n ? "; --dataset takes another: " : "", others);
}

/* The data set that is taken where none is named. */
static const char *usual_dataset(const cli *c) {
    const karvan_table *t = karvan_package_table(c->region, "settings");
    int column = t ? karvan_table_find(t, "value") : -1;
    int64_t row = karvan_package_row(c->region, "settings", "matrix_trade");
    const char *s = column >= 0 && row >= 0 ? karvan_table_text(t, column, row) : NULL;
    return s ? s : "of the region";
}

/* A data set of table trade_matrix, or of table trade. */
static karvan_status ties_of_trade(cli *c, int64_t year, karvan_ties **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *flows = NULL;
    const char *dataset = cli_option(c, "dataset");
    const karvan_table *trade = karvan_package_table(c->region, "trade");
    int column = trade && dataset ? karvan_table_find(trade, "dataset") : -1;
    const karvan_flows_query q = {.n_datasets = 1, .datasets = &dataset};
    if (column >= 0 && karvan_table_lookup(trade, column, dataset) >= 0)
        KARVAN_TRY(karvan_flows_of_region(c->region, &q, &flows, err));
    else
        KARVAN_TRY(karvan_trade_matrix(c->region, dataset, &flows, err));
    st = karvan_ties_of_flows(c->region, flows, year, out, err);
    if (st != KARVAN_OK) st = no_such_flows(c, dataset ? dataset : usual_dataset(c), st, err);
done:
    karvan_table_destroy(flows);
    return st;
}

/* --status A,B: into room, which the list points into. */
static karvan_status read_status(const cli *c, char *room, size_t cap, const char **list, int *n,
                                 karvan_error *err) {
    const char *at = cli_option(c, "status");
    size_t used = 0;
    bool more = true;
    for (*n = 0; at && more; used += strlen(room + used) + 1) {
        karvan_status st = cli_next_word(&at, ',', room + used, cap - used, &more, err);
        if (st != KARVAN_OK) return st;
        if (!more) break;
        if (*n == STATUS_MOST) return karvan_fail(err, KARVAN_E_ARG, "--status: too many words");
        list[(*n)++] = room + used;
    }
    if (cli_option(c, "status") && *n == 0)
        return karvan_fail(err, KARVAN_E_ARG, "--status names no status");
    return KARVAN_OK;
}

static karvan_status ties_of_region(cli *c, karvan_ties **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char room[512];
    const char *status[STATUS_MOST];
    bool given;
    karvan_ties_query q = {.tie = cli_option(c, "tie"),
                           .extend = cli_switch(c, "extend"),
                           .bodies = cli_switch(c, "bodies")};
    bool trade = strcmp(q.tie, "trade") == 0;
    KARVAN_TRY(cli_not_both(c, "tie", "directed", err));
    KARVAN_TRY(read_year(c, &q.year, &given, err));
    KARVAN_REQUIRE(given, err, KARVAN_E_ARG, "--tie %.40s needs --year", q.tie);
    KARVAN_REQUIRE(trade || !cli_option(c, "dataset"), err, KARVAN_E_ARG,
                   "--dataset goes with --tie trade");
    KARVAN_REQUIRE(!trade || (!q.bodies && !cli_option(c, "status")), err, KARVAN_E_ARG,
                   "--bodies and --status say nothing of trade");
    KARVAN_REQUIRE(!trade || !q.extend, err, KARVAN_E_ARG, "--extend says nothing of trade");
    KARVAN_TRY(read_status(c, room, sizeof room, status, &q.n_status, err));
    q.status = status;
    KARVAN_TRY(cli_open_region(c, err));
    st = trade ? ties_of_trade(c, q.year, out, err) : karvan_ties_region(c->region, &q, out, err);
done:
    return st;
}

static karvan_status measure(const cli *c, const karvan_ties *t, karvan_tie_network **out,
                             karvan_error *err) {
    karvan_ties_options o = {.possible = cli_switch(c, "possible"),
                             .weighted = cli_switch(c, "weighted")};
    const char *least = cli_option(c, "min");
    karvan_status st = least ? cli_positive("min", least, &o.least_weight, err) : KARVAN_OK;
    return st == KARVAN_OK ? karvan_tie_network_create(t, &o, out, err) : st;
}

/* ---- what is told ---- */

static const char *plural(int64_t n) { return n == 1 ? "" : "s"; }

static void tell_division(const karvan_tie_summary *s) {
    if (isnan(s->modularity)) return;
    (void)printf("%d communit%s with modularity %.4f, ", (int)s->communities,
                 s->communities == 1 ? "y" : "ies", s->modularity);
    if (s->proved)
        (void)printf("which is the highest\n");
    else
        (void)printf("the highest found from %d orders\n", s->starts);
}

static void tell_notes(const karvan_tie_summary *s) {
    if (s->possible > 0)
        (void)printf("%lld tie%s only possible, by uncertain dates or for want of coverage\n",
                     (long long)s->possible, s->possible == 1 ? " is" : "s are");
    if (s->left_out > 0)
        (void)printf("%lld tie%s more would be possible: --possible\n", (long long)s->left_out,
                     plural(s->left_out));
    if (s->open > 0)
        (void)printf("%lld tie%s may weigh more, by uncertain dates or for want of coverage: "
                     "--possible\n",
                     (long long)s->open, plural(s->open));
    if (s->light > 0)
        (void)printf("%lld tie%s below --min\n", (long long)s->light,
                     s->light == 1 ? " is" : "s are");
    if (s->turned > 0)
        (void)printf("%lld claim%s of a symmetric tie stored one way, and taken as both\n",
                     (long long)s->turned, s->turned == 1 ? " is" : "s are");
    if (s->set_aside > 0)
        (void)printf("%lld claim%s set aside: deprecated, or another is preferred\n",
                     (long long)s->set_aside, s->set_aside == 1 ? " is" : "s are");
    if (s->absent > 0)
        (void)printf("%d of the region's countries %s: no row speaks of them\n", (int)s->absent,
                     s->absent == 1 ? "is no node" : "are no nodes");
}

static void tell_head(const karvan_tie_summary *s) {
    (void)printf("%s", s->tie);
    if (s->has_year) (void)printf(" in %lld", (long long)s->year);
    (void)printf(": %d node%s, %lld tie%s, %s; weight: %s; distance: %s\n", (int)s->nodes,
                 plural(s->nodes), (long long)s->ties, plural(s->ties),
                 s->directed ? "directed" : "undirected", s->unit,
                 s->weighted ? "1 / weight" : "1 a tie");
    if (!isnan(s->density)) (void)printf("density %.4f; ", s->density);
    (void)printf("%d component%s, the largest of %d; %d cut point%s, %d bridge%s\n",
                 (int)s->components, plural(s->components), (int)s->largest, (int)s->points,
                 plural(s->points), (int)s->bridges, plural(s->bridges));
    tell_division(s);
    tell_notes(s);
}

static karvan_status put_section(const cli *c, const karvan_tie_network *net, const section *s,
                                 karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = s->table(net, &t, err);
    if (st == KARVAN_OK) st = cli_print(c, t, err);
    karvan_table_destroy(t);
    return st;
}

static void put_real(const char *name, double v) {
    char digits[40];
    karvan_real_format(cli_rounded(v, 1e6), digits, sizeof digits);
    (void)printf(", \"%s\": %s", name, isnan(v) ? "null" : digits);
}

static void put_summary(const karvan_tie_summary *s) {
    (void)printf("{\"network\": {\"tie\": ");
    cli_json(stdout, s->tie);
    (void)printf(", \"weight_counts\": ");
    cli_json(stdout, s->unit);
    if (s->has_year) (void)printf(", \"year\": %lld", (long long)s->year);
    (void)printf(", \"directed\": %s, \"weighted_distances\": %s, \"nodes\": %d, \"ties\": %lld",
                 s->directed ? "true" : "false", s->weighted ? "true" : "false", (int)s->nodes,
                 (long long)s->ties);
    put_real("density", s->density);
    (void)printf(", \"components\": %d, \"largest\": %d, \"cut_points\": %d, \"bridges\": %d",
                 (int)s->components, (int)s->largest, (int)s->points, (int)s->bridges);
    (void)printf(", \"communities\": %d", (int)s->communities);
    put_real("modularity", s->modularity);
    (void)printf(", \"highest_proved\": %s, \"orders_tried\": %d", s->proved ? "true" : "false",
                 s->starts);
    (void)printf(", \"possible\": %lld, \"possible_left_out\": %lld, \"weigh_more\": %lld, "
                 "\"below_min\": %lld",
                 (long long)s->possible, (long long)s->left_out, (long long)s->open,
                 (long long)s->light);
    (void)printf(", \"taken_as_both\": %lld, \"claims_set_aside\": %lld, \"no_nodes\": %d}",
                 (long long)s->turned, (long long)s->set_aside, (int)s->absent);
}

static karvan_status print_json(const cli *c, const karvan_tie_network *net, karvan_error *err) {
    const karvan_tie_summary s = karvan_tie_network_summary(net);
    karvan_status st = KARVAN_OK;
    put_summary(&s);
    for (int k = 0; st == KARVAN_OK && k < N_SECTIONS; k++) {
        (void)printf(",\n\"%s\": ", SECTIONS[k].name);
        st = put_section(c, net, &SECTIONS[k], err);
    }
    (void)printf("}\n");
    return st;
}

static karvan_status print_all(const cli *c, const karvan_tie_network *net, karvan_error *err) {
    const karvan_tie_summary s = karvan_tie_network_summary(net);
    karvan_status st = KARVAN_OK;
    tell_head(&s);
    for (int k = 0; st == KARVAN_OK && k < N_SECTIONS; k++) {
        if (!SECTIONS[k].told) continue;
        if (strcmp(SECTIONS[k].name, "cuts") == 0 && s.points + s.bridges == 0) {
            (void)printf("\nNobody would be cut off by the loss of one node or one tie\n");
            continue;
        }
        (void)printf("\n%s\n", SECTIONS[k].title);
        st = put_section(c, net, &SECTIONS[k], err);
    }
    return st;
}

static void note_extended(const karvan_tie_network *net) {
    const karvan_tie_summary s = karvan_tie_network_summary(net);
    if (s.extended)
        (void)fprintf(
            stderr,
            "karvan: note: extended: %s in %lld lie after what the region knows; what went "
            "on is carried on\n",
            s.tie, (long long)s.year);
}

/* A table alone has no head that could say it. */
static void note_open(const karvan_tie_network *net) {
    const karvan_tie_summary s = karvan_tie_network_summary(net);
    if (s.left_out + s.open > 0)
        (void)fprintf(
            stderr,
            "karvan: note: what is certain counts; %lld tie%s more would be possible, and "
            "%lld may weigh more: --possible\n",
            (long long)s.left_out, plural(s.left_out), (long long)s.open);
}

static karvan_status print_network(const cli *c, const karvan_tie_network *net, karvan_error *err) {
    const section *alone = c->format == KARVAN_FORMAT_CSV ? &SECTIONS[0] : NULL;
    for (int k = 1; k < N_SECTIONS; k++)
        if (cli_switch(c, SECTIONS[k].name)) alone = &SECTIONS[k];
    note_extended(net);
    if (alone) note_open(net);
    if (alone) return put_section(c, net, alone, err);
    return c->format == KARVAN_FORMAT_JSON ? print_json(c, net, err) : print_all(c, net, err);
}

/* ---- the command ---- */

static karvan_status list_kinds(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    for (const char *const *o = OWN; *o; o++)
        KARVAN_REQUIRE(!cli_switch(c, *o), err, KARVAN_E_ARG,
                       "--%s needs --tie or --ties-file; karvan relations --network lists the ties",
                       *o);
    KARVAN_TRY(cli_open_region(c, err));
    KARVAN_TRY(karvan_ties_kinds(c->region, &t, err));
    st = cli_print(c, t, err);
done:
    karvan_table_destroy(t);
    return st;
}

static karvan_status refuse_idle(const cli *c, karvan_error *err) {
    static const char *const index[] = {"years", "pair",  "dimension", "components", "draws",
                                        "seed",  "parts", "threads",   NULL};
    karvan_status st = cli_not_any(c, "network", index, err);
    if (st == KARVAN_OK) st = cli_not_both(c, "ties", "cuts", err);
    if (st == KARVAN_OK) st = cli_not_both(c, "ties", "communities", err);
    return st == KARVAN_OK ? cli_not_both(c, "cuts", "communities", err) : st;
}

karvan_status cli_relations_network(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_ties *ties = NULL;
    karvan_tie_network *net = NULL;
    const char *out = cli_option(c, "out");
    KARVAN_TRY(refuse_idle(c, err));
    const char *ending = out ? strrchr(out, '.') : NULL;
    KARVAN_REQUIRE(!out ||
                       (ending && (strcmp(ending, ".graphml") == 0 || strcmp(ending, ".xml") == 0)),
                   err, KARVAN_E_ARG, "--out %.200s: a network is written as FILE.graphml", out);
    if (!cli_option(c, "tie") && !cli_option(c, "ties-file")) return list_kinds(c, err);
    KARVAN_TRY(cli_option(c, "ties-file") ? ties_of_file(c, &ties, err)
                                          : ties_of_region(c, &ties, err));
    KARVAN_TRY(measure(c, ties, &net, err));
    if (out) KARVAN_TRY(karvan_tie_network_graphml(net, out, err));
    st = print_network(c, net, err);
done:
    karvan_tie_network_destroy(net);
    karvan_ties_destroy(ties);
    return st;
}
