#ifndef KARVAN_SRC_EXCHANGE_GMNS_H
#define KARVAN_SRC_EXCHANGE_GMNS_H
/* Reading GMNS (github.com/zephyr-data-specs/GMNS, 0.9x): what its files share. */
#include "exchange/crs.h"
#include "exchange/import.h"
#include "table/column.h"

enum {
    KARVAN_I_GMNS_CONFIG,
    KARVAN_I_GMNS_NODE,
    KARVAN_I_GMNS_LINK,
    KARVAN_I_GMNS_GEOMETRY,
    KARVAN_I_GMNS_ZONE,
    KARVAN_I_GMNS_SEGMENT,
    KARVAN_I_GMNS_LANE,
    KARVAN_I_GMNS_MOVEMENT,
    KARVAN_I_GMNS_USE_GROUP,
    KARVAN_I_GMNS_USE_DEFINITION,
    KARVAN_I_GMNS_TABLES
};

typedef struct karvan_i_gmns {
    karvan_import *imp;
    const char *dir;
    karvan_table *table[KARVAN_I_GMNS_TABLES]; /* NULL: not there */
    karvan_i_crs *crs;
    bool no_position;    /* no system that turns them into degrees */
    double km, kmh, usd; /* a unit of length, of speed, of money; usd NaN: not known */
    const char *km_name;
    bool guessed_length, guessed_speed;
    karvan_i_dictionary geometry; /* geometry_id; code is the row */
    karvan_i_dictionary zone;     /* zone_id of nodes */
    int32_t *zone_nodes;          /* [zone.n] nodes in it */
} karvan_i_gmns;

/* The importer behind its files: tables may come from memory, for tests and fuzzing. */
karvan_status karvan_i_gmns_take(karvan_i_gmns *g, karvan_error *err);
/* One table by its place in the enum above; bytes NULL: from its file in g->dir, which need not be
 * there unless it is node or link. */
karvan_status karvan_i_gmns_table(karvan_i_gmns *g, int table, const char *bytes, size_t n,
                                  karvan_error *err);
void karvan_i_gmns_clear(karvan_i_gmns *g);
/* gmns_links.c */
karvan_status karvan_i_gmns_links(karvan_i_gmns *g, karvan_error *err);
/* gmns_rest.c: tables that a region has no room for, with what they would have said. */
karvan_status karvan_i_gmns_rest(karvan_i_gmns *g, karvan_error *err);
/* gmns_uses.c: the mode of links with these uses, "walk;bike" or "WALK, BIKE"; NULL: they say
 * nothing. `unknown`: a use that no mode has, n bytes of it; NULL: none. */
const char *karvan_i_gmns_mode(const karvan_table *groups, const char *uses, const char **unknown,
                               int *n);
#endif
