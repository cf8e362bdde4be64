/* Skims of a plain network: least sums between zones, with how long they took; without --network
 * those of the region (skim_region.c). */
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/network.h"

enum { BLOCK = 256 }; /* origins whose rows are held at once */

typedef struct skim {
    karvan_tntp net;
    karvan_graph *graph;
    karvan_hierarchy *hierarchy; /* NULL: by Dijkstra */
    const double *weight;
    int32_t *origin, *destination; /* destinations are nodes 0..n-1 */
    int32_t n_origins, n_destinations;
    bool write;
    karvan_i_text csv;
    karvan_omx_writer *omx; /* --out names an OMX file: rows go there, not to csv */
    int matrix;
    int64_t omx_rows;
    double seconds_prepare, seconds_query, sum_finite;
    int64_t unreachable;
} skim;

static double now_s(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static karvan_status choose_measure(const cli *c, skim *s, karvan_error *err) {
    static const struct {
        const char *name;
        int column;
    } measures[] = {{"time", KARVAN_TNTP_TIME}, {"length", KARVAN_TNTP_LENGTH}};
    const char *name = cli_option(c, "measure") ? cli_option(c, "measure") : "time";
    for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++)
        if (strcmp(measures[i].name, name) == 0)
            return s->weight = s->net.column[measures[i].column], KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--measure is time or length, not '%.40s'", name);
}

/* Zones, or all nodes of a network without; --from N takes one. */
static karvan_status choose_origins(const cli *c, skim *s, karvan_error *err) {
    const char *from = cli_option(c, "from");
    int32_t all = s->net.zones > 0 ? s->net.zones : s->net.nodes;
    s->n_destinations = all, s->n_origins = all;
    s->origin = karvan_i_malloc((size_t)all + 1, sizeof *s->origin);
    s->destination = karvan_i_malloc((size_t)all + 1, sizeof *s->destination);
    if (!s->origin || !s->destination)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d origins", (int)all);
    for (int32_t i = 0; i < all; i++) s->origin[i] = s->destination[i] = i;
    if (!from || strcmp(from, "all") == 0) return KARVAN_OK;
    int64_t node;
    if (!cli_whole(from, 1, s->net.nodes, &node))
        return karvan_fail(err, KARVAN_E_ARG, "--from is all or a node 1 to %d, not '%.40s'",
                           (int)s->net.nodes, from);
    s->n_origins = 1, s->origin[0] = (int32_t)node - 1;
    return KARVAN_OK;
}

static karvan_status prepare(const cli *c, skim *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *method = cli_option(c, "method") ? cli_option(c, "method") : "hierarchy";
    bool hierarchy = strcmp(method, "hierarchy") == 0;
    if (!hierarchy && strcmp(method, "dijkstra") != 0)
        return karvan_fail(err, KARVAN_E_ARG, "--method is dijkstra or hierarchy, not '%.40s'",
                           method);
    double begin = now_s();
    KARVAN_TRY(karvan_graph_create(s->net.nodes, s->net.links, s->net.from, s->net.to,
                                   s->net.first_through, &s->graph, err));
    if (hierarchy) {
        KARVAN_TRY(karvan_hierarchy_create(s->graph, &s->hierarchy, err));
        KARVAN_TRY(karvan_hierarchy_customise(s->hierarchy, s->weight, err));
    }
    s->seconds_prepare = now_s() - begin;
done:
    return st;
}

static void take_row(skim *s, int32_t origin, const double *row) {
    char number[40];
    for (int32_t v = 0; v < s->n_destinations; v++) {
        bool reached = isfinite(row[v]);
        if (reached)
            s->sum_finite += row[v];
        else
            s->unreachable++;
        if (!s->write || s->omx) continue;
        if (reached)
            karvan_real_format(row[v], number, sizeof number);
        else
            number[0] = 0;
        karvan_i_text_printf(&s->csv, "%d,%d,%s\n", (int)origin + 1, (int)v + 1, number);
    }
}

/* Rows as they are found, no path as NaN. */
static karvan_status put_rows(skim *s, int32_t n, size_t width, double *rows, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int32_t i = 0; i < n; i++) {
        double *row = rows + (size_t)i * width;
        for (int32_t v = 0; v < s->n_destinations; v++)
            if (!isfinite(row[v])) row[v] = NAN;
        KARVAN_TRY(karvan_omx_put(s->omx, s->matrix, s->omx_rows++, 1, row, err));
    }
done:
    return st;
}

/* Numbers of nodes as the file has them, from 1. */
static karvan_status add_numbers(skim *s, const char *name, int dimension, const int32_t *node,
                                 int32_t n, karvan_error *err) {
    static const karvan_column column = {.name = "node", .type = KARVAN_INT};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    KARVAN_TRY(karvan_builder_create(name, 1, &column, &b, err));
    for (int32_t i = 0; i < n; i++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_int(b, 0, (int64_t)node[i] + 1, err));
    }
    st = karvan_builder_finish(b, &t, err);
    b = NULL;
    if (st == KARVAN_OK) st = karvan_omx_add_lookup(s->omx, name, dimension, t, err);
done:
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    return st;
}

/* `measure`: name of the matrix. Zones number both dimensions, one origin has a row of its own. */
static karvan_status begin_omx(const cli *c, skim *s, const char *path, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *measure = cli_option(c, "measure") ? cli_option(c, "measure") : "time";
    bool square = s->n_origins == s->n_destinations && s->origin[0] == s->destination[0];
    KARVAN_TRY(karvan_omx_create(path, s->n_origins, s->n_destinations, &s->omx, err));
    KARVAN_TRY(karvan_omx_add_matrix(s->omx, measure, &s->matrix, err));
    if (!square) KARVAN_TRY(add_numbers(s, "origin", 0, s->origin, s->n_origins, err));
    KARVAN_TRY(add_numbers(s, square ? "zone" : "destination", square ? -1 : 1, s->destination,
                           s->n_destinations, err));
done:
    return st;
}

static karvan_status begin_out(const cli *c, skim *s, karvan_error *err) {
    const char *out = cli_option(c, "out");
    s->write = out != NULL;
    if (cli_ends_in(out, ".omx")) return begin_omx(c, s, out, err);
    if (s->write) karvan_i_text_puts(&s->csv, "origin,destination,value\n");
    return KARVAN_OK;
}

static karvan_status finish_out(const cli *c, skim *s, karvan_error *err) {
    if (s->omx) {
        karvan_omx_writer *take = s->omx;
        s->omx = NULL;
        return karvan_omx_finish(take, err);
    }
    return s->write ? karvan_i_file_write(cli_option(c, "out"), s->csv.s, s->csv.n, err)
                    : KARVAN_OK;
}

static karvan_status query(skim *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t width = (size_t)(s->hierarchy ? s->n_destinations : s->net.nodes);
    double *rows = karvan_i_malloc(width * BLOCK + 1, sizeof *rows);
    KARVAN_REQUIRE(rows, err, KARVAN_E_NOMEM, "no memory for %d rows", (int)BLOCK);
    for (int32_t begin = 0; begin < s->n_origins; begin += BLOCK) {
        int32_t n = s->n_origins - begin < BLOCK ? s->n_origins - begin : BLOCK;
        double from = now_s();
        if (s->hierarchy)
            KARVAN_TRY(karvan_hierarchy_table(s->hierarchy, n, s->origin + begin, s->n_destinations,
                                              s->destination, 0, rows, err));
        else
            KARVAN_TRY(karvan_graph_skim(s->graph, s->weight, n, s->origin + begin, 0, rows, err));
        s->seconds_query += now_s() - from;
        for (int32_t i = 0; i < n; i++) take_row(s, s->origin[begin + i], rows + (size_t)i * width);
        if (s->omx) KARVAN_TRY(put_rows(s, n, width, rows, err));
    }
    st = karvan_i_text_status(&s->csv, err);
done:
    karvan_i_free(rows);
    return st;
}

static void print(const cli *c, const skim *s) {
    char sum[40];
    karvan_real_format(s->sum_finite, sum, sizeof sum);
    const char *form =
        c->format == KARVAN_FORMAT_JSON
            ? "{\"origins\": %d, \"destinations\": %d, \"seconds_prepare\": %.6f, "
              "\"seconds_query\": %.6f, \"sum_finite\": %s, \"unreachable\": %lld}\n"
        : c->format == KARVAN_FORMAT_CSV
            ? "origins,destinations,seconds_prepare,seconds_query,sum_finite,unreachable\n"
              "%d,%d,%.6f,%.6f,%s,%lld\n"
            : "%d origins to %d destinations: prepared in %.3f s, found in %.3f s; sum %s, %lld "
              "pairs without a path\n";
    (void)printf(form, (int)s->n_origins, (int)s->n_destinations, s->seconds_prepare,
                 s->seconds_query, sum, (long long)s->unreachable);
}

static karvan_status run_skim(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    skim s = {0};
    const char *path = cli_option(c, "network");
    KARVAN_REQUIRE(path, err, KARVAN_E_ARG, "skim needs --network FILE, a network in TNTP");
    KARVAN_TRY(karvan_tntp_read(path, &s.net, err));
    KARVAN_TRY(choose_measure(c, &s, err));
    KARVAN_TRY(choose_origins(c, &s, err));
    KARVAN_TRY(prepare(c, &s, err));
    KARVAN_TRY(begin_out(c, &s, err));
    KARVAN_TRY(query(&s, err));
    KARVAN_TRY(finish_out(c, &s, err));
    print(c, &s);
done:
    karvan_omx_abandon(s.omx);
    karvan_i_text_clear(&s.csv);
    karvan_i_free(s.origin), karvan_i_free(s.destination);
    karvan_hierarchy_destroy(s.hierarchy), karvan_graph_destroy(s.graph);
    karvan_tntp_clear(&s.net);
    return st;
}

/* The region's, or with --network a file's, which knows nothing of the region's options. */
static karvan_status run_either(cli *c, karvan_error *err) {
    static const char *const regional[] = {"to",       "by",     "measures", "compare",
                                           "date",     "month",  "cargo",    "handling",
                                           "scenario", "region", NULL};
    const char *out = cli_option(c, "out"), *end = out ? strrchr(out, '.') : NULL;
    static const char *const others[] = {".json", ".xlsx", ".svg", ".html", ".gpkg", NULL};
    for (int i = 0; end && others[i]; i++)
        if (strcmp(others[i], end) == 0)
            return karvan_fail(err, KARVAN_E_ARG, "%s: --out writes CSV, or OMX to a file in .omx",
                               out);
    if (!cli_switch(c, "network")) return cli_skim_region(c, err);
    karvan_status st = cli_not_any(c, "network", regional, err);
    return st == KARVAN_OK ? run_skim(c, err) : st;
}

static const option_spec options[] = {
    {"to", "LIST", "destinations in the region (default: the same as --from)"},
    {"by", "OBJECTIVE",
     "what ways in the region are best by: time, cost, emissions, generalised, length, dispersion"},
    {"measures", "LIST",
     "what is read along them: hours, usd, kg, km, sd_h, borders, transhipments (default: all)"},
    {"compare", "A,B", "each of these scenarios alone beside the region: pairs that change"},
    NETWORK_OPTIONS,
    {"network", "FILE", "instead of the region, a network of the TNTP collection, NAME_net.tntp"},
    {"from", "LIST|all|N",
     "places of the region, or all, cities, ports, countries (their capitals; the default); with "
     "--network all zones or one node"},
    {"measure", "time|length", "what is added up: free-flow time or length (default: time)"},
    {"method", "dijkstra|hierarchy", "how (default: hierarchy)"},
    {"out", "FILE",
     "write origin,destination,value as CSV (no value: no path), or an OMX matrix where FILE ends "
     "in .omx (no path: NaN)"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan skim --from Aktau,Tashkent --to Poti,Istanbul",
    "karvan skim --from cities --by cost --measures usd,hours --out matrix.csv",
    "karvan skim --compare zangezur,ferry-timetable",
    "karvan skim --network SiouxFalls_net.tntp",
    "karvan skim --network ChicagoSketch_net.tntp --method dijkstra --format json",
    "karvan skim --network SiouxFalls_net.tntp --from 3 --measure length --out row.csv",
    "karvan skim --network ChicagoSketch_net.tntp --out times.omx",
    NULL};
const command command_skim = {
    "skim",
    "hours, money and distance between places, or between the zones of a network",
    "",
    "Finds the best ways between places of the region and what adds up along them; a pair that no "
    "way joins has no value.\n"
    "With --network: the least sum of a measure from every origin to every zone of a plain "
    "network, by one search an origin\n"
    "or over a customisable contraction hierarchy; both give the same distances but for rounding. "
    "Zones below the\n"
    "network's first through node are not passed through. Units are the file's own.",
    options,
    examples,
    0,
    0,
    run_either};
