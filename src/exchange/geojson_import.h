#ifndef KARVAN_SRC_EXCHANGE_GEOJSON_IMPORT_H
#define KARVAN_SRC_EXCHANGE_GEOJSON_IMPORT_H
/* Inside `import geojson`: what its files share. */
#include "exchange/geojson.h"
#include "exchange/import.h"

/* Columns that a property may fill, in the order of the arrays of
 * geojson_values.c. */
enum { ID, NAME, LOCODE, ALIASES, COUNTRY, KIND, OFFSET, PLACE_NOTE, PLACE_COLUMNS };
enum {
    LINK_ID,
    FROM,
    TO,
    MODE,
    TWO_WAY,
    OPEN_FROM,
    OPEN_TO,
    OPERATOR,
    CARGO,
    LINK_NOTE,
    LENGTH,
    SPEED,
    TIME,
    SPREAD,
    COST,
    CAPACITY,
    TONNES,
    CO2E,
    FIXED_H,
    FIXED_USD,
    LINK_COLUMNS
};
enum { MOST_COLUMNS = LINK_COLUMNS };

typedef struct karvan_i_geojson_reader {
    karvan_import *imp;
    const char *path;
    karvan_i_geojson *doc;
    karvan_i_nearby ends;
    double tolerance_km;
    int64_t junctions, taken;
    /* names of the properties, by column; ours unless --property says theirs */
    const char *place_name[PLACE_COLUMNS], *link_name[LINK_COLUMNS];
    char scratch[MOST_COLUMNS][40]; /* numbers as text */
    karvan_error *err;
} karvan_i_geojson_reader;

/* ---- names and values of properties (geojson_values.c) ---- */

/* KARVAN_E_ARG where --property names no column. */
karvan_status karvan_i_geojson_check_names(const karvan_i_geojson_reader *r);
void karvan_i_geojson_choose_names(karvan_i_geojson_reader *r);
/* Properties that fill no column, one line a name for all features. `layer` is our own mark, `lon`
 * and `lat` are what the geometry says. */
karvan_status karvan_i_geojson_report_others(karvan_i_geojson_reader *r, const karvan_i_feature *f,
                                             int n, const char *const *names, const char *table);
/* A property that is not of its column's kind is told and left unknown. */
karvan_status karvan_i_geojson_odd(karvan_i_geojson_reader *r, const karvan_i_feature *f,
                                   const char *name, const char *hint);
/* Texts, and numbers written as such; NULL: none. */
karvan_status karvan_i_geojson_text(karvan_i_geojson_reader *r, const karvan_i_feature *f,
                                    const char *name, int column, const char **out);
/* Numbers, and texts that are nothing but a number; NaN: none. */
karvan_status karvan_i_geojson_real(karvan_i_geojson_reader *r, const karvan_i_feature *f,
                                    const char *name, double *out);
/* *out stays as it is where there is none. */
karvan_status karvan_i_geojson_bool(karvan_i_geojson_reader *r, const karvan_i_feature *f,
                                    const char *name, bool *out);
/* The member id of a feature as text; NULL: none. */
const char *karvan_i_geojson_id(karvan_i_geojson_reader *r, const karvan_i_feature *f);

/* ---- lines as links (geojson_links.c) ---- */
karvan_status karvan_i_geojson_add_link(karvan_i_geojson_reader *r, const karvan_i_feature *f);
#endif
