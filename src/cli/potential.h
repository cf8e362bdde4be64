#ifndef KARVAN_SRC_CLI_POTENTIAL_H
#define KARVAN_SRC_CLI_POTENTIAL_H
/* karvan potential: whose trade is asked for. */
#include "cli/cli.h"

enum { POTENTIAL_GROUPS = 16, POTENTIAL_MEMBERS = 64, POTENTIAL_NAME = 80 };

/* Countries and groups of the command line; what the query points to. */
typedef struct potential_asked {
    karvan_potential_query q;
    bool flows; /* row by row, no totals */
    char exporter[POTENTIAL_NAME], importer[POTENTIAL_NAME];
    karvan_trade_group group[POTENTIAL_GROUPS];
    char group_name[POTENTIAL_GROUPS][POTENTIAL_NAME];
    char member_name[POTENTIAL_GROUPS][POTENTIAL_MEMBERS][POTENTIAL_NAME];
    const char *member[POTENTIAL_GROUPS][POTENTIAL_MEMBERS];
} potential_asked;

/* --by, --year, --from, --to, --pair, --exporter, --importer, --country, --group. Names are looked
 * up in the region where it is open, else they are codes. */
karvan_status potential_read(const cli *c, potential_asked *a, karvan_error *err);
/* Is a row of flows asked for? A row test of karvan_view_init; ctx is the asked. */
bool potential_wanted(void *ctx, const karvan_table *t, int64_t row);
#endif
