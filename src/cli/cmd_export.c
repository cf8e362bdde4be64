/* A region in other formats. */
#include <string.h>

#include "base/try.h"
#include "cli/cli.h"

static karvan_status print(const cli *c, const karvan_table *summary,
                           const karvan_problems *problems, const char *path, karvan_error *err) {
    if (c->format != KARVAN_FORMAT_JSON) {
        karvan_status st = cli_print(c, summary, err);
        if (st != KARVAN_OK || c->format == KARVAN_FORMAT_CSV) return st;
        if (karvan_problems_total(problems) > 0) (void)printf("\n");
        for (int64_t i = 0; i < karvan_problems_total(problems); i++) {
            karvan_problem p = karvan_problems_get(problems, i);
            cli_print_problem(stdout, &p);
        }
        return KARVAN_OK;
    }
    (void)printf("{\"path\": ");
    cli_json(stdout, path);
    (void)printf(", \"tables\": ");
    (void)fflush(stdout);
    karvan_status st = cli_print(c, summary, err);
    (void)printf(", \"report\": ");
    cli_json_problems(problems);
    (void)printf("}\n");
    return st;
}

static karvan_status run_export(cli *c, karvan_error *err) {
    static const char *const passed[] = {"date", "mode"};
    karvan_status st = KARVAN_OK;
    karvan_problems *problems = NULL;
    karvan_table *summary = NULL;
    karvan_import_setting settings[2];
    int n = 0;
    const char *to = cli_option(c, "to"), *path = c->argument[0];
    if (!to) return karvan_fail(err, KARVAN_E_ARG, "export needs --to FORMAT");
    for (int i = 0; i < 2; i++)
        if (cli_option(c, passed[i]))
            settings[n++] = (karvan_import_setting){passed[i], cli_option(c, passed[i])};
    KARVAN_TRY(cli_open_region(c, err));
    KARVAN_TRY(karvan_problems_create(&problems, err));
    KARVAN_TRY(karvan_export(c->region, to, path, n, settings, problems, &summary, err));
    KARVAN_TRY(print(c, summary, problems, path, err));
done:
    karvan_table_destroy(summary);
    karvan_problems_destroy(problems);
    return st;
}

static const option_spec options[] = {
    {"to", "FORMAT", "csv, geojson, gpkg, gmns or tntp"},
    {"date", "DATE", "geojson, gpkg, gmns, tntp: only what is in service on this day"},
    {"mode", "MODE", "tntp: only links of this mode"},
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan export --to gpkg network.gpkg", "karvan export --to gmns gmns-folder",
    "karvan export --to csv region-with-scenario --scenario northern-closed", NULL};
const command command_export = {
    "export",
    "write the region in another format",
    "PATH",
    "Writes the region, as it stands after --scenario, as a GeoPackage or GeoJSON (a file), "
    "as a Data Package of CSV files,\n"
    "as GMNS or as a network of the TNTP collection (folders). What the format has no room for is "
    "listed.\n"
    "How each table is written: docs/methods/exchange.md.",
    options,
    examples,
    1,
    1,
    run_export};
