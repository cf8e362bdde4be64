/* karvan assign on the region: freight at equilibrium under its capacities. */
#include <string.h>

#include "base/try.h"
#include "cli/assign.h"
#include "cli/interrupt.h"
#include "cli/words.h"

static karvan_status read_output(const cli *c, karvan_freight_output *out, karvan_error *err) {
    const char *said = cli_option(c, "output");
    for (int k = 0; k < KARVAN_FREIGHT_OUTPUTS; k++) {
        *out = (karvan_freight_output)k;
        if (!said || strcmp(said, karvan_freight_output_name(*out)) == 0) return KARVAN_OK;
    }
    return karvan_fail(err, KARVAN_E_ARG,
                       "--output is links, pairs, routes, bottlenecks, corridors, countries or "
                       "unserved, not '%.40s'",
                       said);
}

static karvan_status print(const cli *c, cli_freight *s, karvan_freight_output which,
                           karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = which == KARVAN_FREIGHT_LINKS ? cli_freight_links(c, s, &t, err)
                                                     : karvan_freight_table(s->f, which, &t, err);
    if (st == KARVAN_OK) st = cli_print(c, t, err);
    karvan_table_destroy(t);
    return st;
}

static karvan_status run_one(cli *c, karvan_freight_output which, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *path = cli_option(c, "out");
    cli_freight s;
    KARVAN_TRY(cli_freight_solve(c, &s, err));
    if (cli_switch(c, "save")) KARVAN_TRY(karvan_freight_save(s.f, cli_option(c, "save"), err));
    if (path) KARVAN_TRY(cli_freight_gpkg(c, &s, path, err));
    if (!path || cli_switch(c, "output")) KARVAN_TRY(print(c, &s, which, err));
    cli_freight_tell(c, &s);
done:
    cli_interrupts_end(); /* not before: what there is, is written */
    cli_freight_clear(&s);
    return st;
}

karvan_status cli_assign_region(cli *c, karvan_error *err) {
    static const char *const of_files[] = {
        "trips",  "classes",        "toll-factor", "distance-factor", "principle", "method",
        "gap",    "max-iterations", "flows",       "unserved",        "vdf",       "curves",
        "choice", "routes",         "route-flows", "expected",        NULL};
    static const char *const of_one[] = {"out", "start", "save", "wide", NULL};
    karvan_status st = KARVAN_OK;
    const char *path = cli_option(c, "out");
    karvan_freight_output which;
    KARVAN_TRY(cli_freight_refuse(c, of_files, err));
    KARVAN_TRY(read_output(c, &which, err));
    KARVAN_TRY(cli_not_any(c, "against", of_one, err));
    KARVAN_REQUIRE(!cli_switch(c, "wide") ||
                       (which == KARVAN_FREIGHT_LINKS && (!path || cli_switch(c, "output"))),
                   err, KARVAN_E_ARG, "--wide goes with --output links");
    KARVAN_REQUIRE(!path || cli_ends_in(path, ".gpkg"), err, KARVAN_E_ARG,
                   "--out names a GeoPackage, FILE.gpkg, not '%.60s'; tables go to the standard "
                   "output",
                   path);
    KARVAN_TRY(cli_open_region(c, err));
    st = cli_switch(c, "against") ? cli_freight_compare(c, which, err) : run_one(c, which, err);
done:
    return st;
}
