#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/routes.h"
#include "cli/words.h"

static const double STEP_H = 0.5;

typedef enum shape { SVG, PAGE, NUMBERS, INDICATORS } shape;

/* What --out and --format ask for: the ending of the file, else numbers where a format was named,
 * else the diagram. */
static karvan_status shape_of(cli *c, shape *out, karvan_error *err) {
    const char *file = cli_option(c, "out");
    static const char *const drawn[] = {"layout", "cost", "width", NULL};
    bool format = cli_switch(c, "format"), json = cli_ends_in(file, ".json"),
         csv = cli_ends_in(file, ".csv"), page = cli_ends_in(file, ".html"),
         svg = cli_ends_in(file, ".svg");
    if (file && (svg || page) && (format || cli_switch(c, "indicators")))
        return karvan_fail(err, KARVAN_E_ARG,
                           "%s holds a drawing: --format and --indicators give numbers, for a file "
                           "that ends in .csv or .json",
                           file);
    if (file && !svg && !page && !csv && !json)
        return karvan_fail(err, KARVAN_E_ARG,
                           "%s: --out is a file that ends in .svg, .html, .csv or .json", file);
    for (int i = 0; (format || csv || json || page || cli_switch(c, "indicators")) && drawn[i]; i++)
        if (cli_switch(c, drawn[i]))
            return karvan_fail(err, KARVAN_E_ARG, "--%s is of the diagram as SVG alone", drawn[i]);
    *out = cli_switch(c, "indicators") ? INDICATORS
           : format || json || csv     ? NUMBERS
           : page                      ? PAGE
                                       : SVG;
    if (!format && json) c->format = KARVAN_FORMAT_JSON;
    if (!format && csv) c->format = KARVAN_FORMAT_CSV;
    return KARVAN_OK;
}

static karvan_status width_of(const cli *c, int *out, karvan_error *err) {
    const char *width = cli_option(c, "width");
    int64_t said = 900;
    if (width && !cli_whole(width, 320, 2000, &said))
        return karvan_fail(err, KARVAN_E_ARG, "--width is 320 to 2000 pixels, not '%.20s'", width);
    *out = (int)said;
    return KARVAN_OK;
}

static karvan_status layout_of(const cli *c, int n, karvan_profile_layout *out, karvan_error *err) {
    static const char *const names[] = {"overlay", "panels", "both"};
    const char *said = cli_option(c, "layout");
    *out = n > 1 ? KARVAN_PROFILE_BOTH : KARVAN_PROFILE_OVERLAY;
    if (!said) return KARVAN_OK;
    for (int i = 0; i < 3; i++)
        if (strcmp(names[i], said) == 0) return *out = (karvan_profile_layout)i, KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--layout is overlay, panels or both, not '%.20s'", said);
}

/* A table to the file that --out names. */
static karvan_status table_to_file(const cli *c, const karvan_table *t, const char *path,
                                   karvan_error *err) {
    char *bytes = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&bytes, &n);
    if (!f) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a table");
    karvan_status st = karvan_table_write(t, c->format, 0, f, err);
    if (fclose(f) != 0 && st == KARVAN_OK)
        st = karvan_fail(err, KARVAN_E_NOMEM, "no memory for a table");
    if (st == KARVAN_OK) st = karvan_i_file_write(path, bytes, n, err);
    free(bytes); /* the C library's own block, not ours */
    return st;
}

static karvan_status numbers(cli *c, const cli_routes *r, bool indicators, karvan_error *err) {
    karvan_table *t = NULL;
    const char *path = cli_option(c, "out");
    karvan_status st = indicators ? karvan_route_indicators(c->net, r->n, r->route, 0, &t, err)
                                  : karvan_route_profile(c->net, r->n, r->route, STEP_H, &t, err);
    if (st == KARVAN_OK) st = path ? table_to_file(c, t, path, err) : cli_print(c, t, err);
    karvan_table_destroy(t);
    return st;
}

static karvan_status drawing(const cli *c, const cli_routes *r, bool page, int width,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_document d = {0};
    karvan_profile_layout layout;
    const char *path = cli_option(c, "out");
    KARVAN_TRY(layout_of(c, r->n, &layout, err));
    st = page ? karvan_report_profile_page(c->net, c->region, r->n, r->route, &d, err)
              : karvan_report_profile_svg(c->net, c->region, r->n, r->route, layout,
                                          cli_switch(c, "cost"), width, &d, err);
    if (st == KARVAN_OK && path)
        st = karvan_document_write(&d, path, err);
    else if (st == KARVAN_OK && fwrite(d.text, 1, d.n, stdout) != d.n)
        st = karvan_fail(err, KARVAN_E_IO, "cannot write the diagram");
done:
    karvan_document_clear(&d);
    return st;
}

static karvan_status run_profile(cli *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    cli_routes r = {.n = 0};
    shape s = SVG;
    int width = 0;
    KARVAN_TRY(width_of(c, &width, err));
    KARVAN_TRY(shape_of(c, &s, err));
    KARVAN_TRY(cli_routes_find(c, &r, err));
    st = s == NUMBERS || s == INDICATORS ? numbers(c, &r, s == INDICATORS, err)
                                         : drawing(c, &r, s == PAGE, width, err);
    if (st == KARVAN_OK && cli_option(c, "out")) (void)printf("%s\n", cli_option(c, "out"));
done:
    cli_routes_clear(&r);
    return st;
}

static const option_spec options[] = {
    {"out", "FILE", "where to write it: .svg, .html, .csv or .json (default: standard output)"},
    {"layout", "overlay|panels|both", "all in one diagram, a panel each, or both (default)"},
    {"cost", NULL, "dollars instead of days in the one diagram"},
    {"indicators", NULL, "CAREC's indicators beside the published ones instead"},
    {"width", "PIXELS", "320 to 2000 (default: 900)"},
    ROUTE_OPTIONS,
    {NULL, NULL, NULL}};
static const char *const examples[] = {
    "karvan profile Altynkol Constanta --corridor all --out profile.html",
    "karvan profile \"Xi'an\" Duisburg --corridor middle,north > profile.svg",
    "karvan profile Tashkent Istanbul --by time,cost --format csv",
    "karvan profile \"Xi'an\" Poti --corridor middle --indicators", NULL};
const command command_profile = {
    "profile",
    "time-cost-distance diagram of the ways between two places",
    "FROM TO",
    "Cumulative days and dollars against kilometres, stops as steps, band P10 to P90, after the "
    "method of\n"
    "UN ESCAP: as SVG, or as a page where FILE ends in .html. With --format, or a FILE for CSV or "
    "JSON by its\n"
    "ending, the numbers: a row for each point of each way. With --indicators: hours and dollars "
    "at borders,\n"
    "dollars for 500 km and 20 t, speed without and with delay, as CAREC defines them.",
    options,
    examples,
    2,
    2,
    run_profile};
