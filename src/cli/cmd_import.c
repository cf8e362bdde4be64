/* Files of other formats as a region of their own. */
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cli/cli.h"

enum { SHOWN = 20 };

/* Options that are the command's own; the others are settings of the import. */
static bool is_setting(const char *name) {
    static const char *const own[] = {"out", "all", "format", "help", NULL};
    for (const char *const *s = own; *s; s++)
        if (strcmp(*s, name) == 0) return false;
    return true;
}

static void print_report(const cli *c, const karvan_problems *problems) {
    int64_t total = karvan_problems_total(problems);
    int64_t shown = cli_switch(c, "all") || total < SHOWN ? total : SHOWN;
    for (int64_t i = 0; i < shown; i++) {
        karvan_problem p = karvan_problems_get(problems, i);
        cli_print_problem(stdout, &p);
    }
    if (shown < total)
        (void)printf("... and %lld more; --all lists them\n", (long long)(total - shown));
}

static karvan_status print_summary(const cli *c, const karvan_import *imp, karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = karvan_import_summary(imp, &t, err);
    if (st == KARVAN_OK) st = cli_print(c, t, err);
    karvan_table_destroy(t);
    return st;
}

static bool makes_region(const char *format) {
    for (int i = 0; i < karvan_import_formats(); i++)
        if (strcmp(karvan_import_format_at(i).name, format) == 0)
            return karvan_import_format_at(i).region;
    return true;
}

static karvan_status print_json(const cli *c, const karvan_import *imp, const char *dir,
                                karvan_error *err) {
    (void)printf("{\"%s\": ", makes_region(c->argument[0]) ? "region" : "package");
    cli_json(stdout, dir);
    (void)printf(", \"rows\": ");
    (void)fflush(stdout);
    karvan_status st = print_summary(c, imp, err);
    (void)printf(", \"report\": ");
    cli_json_problems(karvan_import_problems(imp));
    (void)printf("}\n");
    return st;
}

static karvan_status print(const cli *c, const karvan_import *imp, const char *dir,
                           karvan_error *err) {
    const karvan_problems *problems = karvan_import_problems(imp);
    if (c->format == KARVAN_FORMAT_JSON) return print_json(c, imp, dir, err);
    if (c->format == KARVAN_FORMAT_CSV) return cli_csv_problems(c, problems, err);
    karvan_status st = print_summary(c, imp, err);
    if (st != KARVAN_OK) return st;
    if (karvan_problems_total(problems) > 0) (void)printf("\n");
    print_report(c, problems);
    if (makes_region(c->argument[0]))
        (void)printf("\n%s is a region; karvan check --region %s\n", dir, dir);
    else
        (void)printf("\n%s is a Data Package of tables; karvan check --region %s\n", dir, dir);
    return KARVAN_OK;
}

static karvan_status run_import(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_import *imp = NULL;
    karvan_import_setting settings[OPTIONS_MAX];
    int n = 0;
    const char *dir = cli_option(c, "out");
    if (!dir) return karvan_fail(err, KARVAN_E_ARG, "import needs --out DIR");
    for (int i = 0; i < c->n_options; i++)
        if (is_setting(c->option[i]))
            settings[n++] = (karvan_import_setting){c->option[i], c->value[i]};
    KARVAN_TRY(cli_not_there(dir, err));
    KARVAN_TRY(karvan_import_create(c->argument[0], n, settings, &imp, err));
    KARVAN_TRY(
        karvan_import_read(imp, c->n_arguments - 1, (const char *const *)c->argument + 1, err));
    KARVAN_TRY(karvan_import_write(imp, dir, err));
    KARVAN_TRY(print(c, imp, dir, err));
done:
    if (st == KARVAN_E_DATA && imp) /* what was found before it could not go on */
        for (int64_t i = 0; i < karvan_problems_total(karvan_import_problems(imp)); i++) {
            karvan_problem p = karvan_problems_get(karvan_import_problems(imp), i);
            cli_print_problem(stderr, &p);
        }
    karvan_import_destroy(imp);
    return st;
}

static const option_spec options[] = {
    {"out", "DIR", "the region's folder, which must not exist"},
    {"all", NULL, "list all that was not understood, not only the first 20 lines"},
    {"name", "NAME", "of the region (default: imported)"},
    {"country", "CODE", "of places whose file names none; of a list: only this country's"},
    {"licence", "TEXT", "of the files, for table sources"},
    {"accessed", "DATE", "when they were taken from their publisher, for table sources"},
    {"speed", "MODE=KMH", "of links whose file gives no time; repeat it, or put commas"},
    {"usd-per-km", "MODE=USD", "a TEU-km on links whose file gives no money"},
    {"dwell", "OPERATION=P50:P90", "hours of terminals whose file gives none"},
    {"usd-per-move", "OPERATION=USD", "a TEU at terminals whose file gives no money"},
    {"connect", NULL, "let cargo change between modes wherever they meet"},
    {"mode", "MODE",
     "of links whose file names none (gmns, tntp: default road); gtfs: TYPE=MODE of a route type"},
    {"crs", "EPSG:N", "gmns, tntp, gpkg: coordinate system of the positions"},
    {"length-unit", "UNIT", "gmns, tntp: of lengths, whatever the file says"},
    {"time-unit", "UNIT", "tntp: of times (default: min)"},
    {"function", "NAME", "unlocode: only places with it: port, rail, road, border, ..."},
    {"modes", "A,B", "osm: rail, road, ferry or some of them (default: all)"},
    {"bbox", "W,S,E,N", "osm: degrees; lines are cut at the edges of this box"},
    {"gauge", "MM", "osm: of rails that tell none (default: 1435)"},
    {"service-tracks", NULL, "osm: sidings, yards and spurs too"},
    {"largest", NULL, "osm: only the largest part that hangs together"},
    {"access", "KM", "osm: join stations and ports to roads within this distance"},
    {"calendar", "dates|yearly|always", "gtfs: services run on the feed's dates, or every year"},
    {"merge-stations", NULL, "gtfs: the stops of a station are one place"},
    {"tolerance", "KM", "geojson, gpkg: ends of lines meet places within this (default: 0.05)"},
    {"property", "COLUMN=PROPERTY", "geojson, gpkg: what fills a column; repeat it"},
    {"lookup", "NAME", "omx: that names the zones (default: the first that can)"},
    {"layer", "TABLE=NAME,...", "gpkg: what is places, links, ...; only these layers are read"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan import tntp SiouxFalls_net.tntp SiouxFalls_node.tntp --length-unit mile --out falls",
    "karvan import unlocode code-list.csv --country KZ --function port,rail --out kazakh-places",
    "karvan import osm extract.osm.pbf --modes rail,ferry --country KZ --out rails",
    "karvan import gpkg net.gpkg --layer places=stations,links=tracks --mode rail_1520 --out net",
    NULL};
const command command_import = {
    "import",
    "make a region of files in other formats",
    "FORMAT FILE...",
    "Reads a network or a list of places and writes a region that check, route and the other "
    "commands take;\n"
    "omx makes a table of its matrices instead.\n"
    "What was left out or not understood is listed with its line, what no file said and routing "
    "needs is an\n"
    "assumption in the region's tables. How each format is read: docs/methods/exchange.md. "
    "Formats:\n"
    "  gmns DIR                            General Modeling Network Specification\n"
    "  tntp NAME_net.tntp [NAME_node.tntp] Transportation Networks collection\n"
    "  unlocode FILE...                    lists of UN/LOCODE, as places\n"
    "  osm FILE                            OpenStreetMap: .osm.pbf, .osm or .osm.gz\n"
    "  gtfs FEED                           timetables of public transport, .zip or folder\n"
    "  geojson FILE, gpkg FILE             GeoJSON, GeoPackage: points as places, lines as links\n"
    "  omx FILE                            matrices of zones",
    options,
    examples,
    2,
    200,
    run_import};
