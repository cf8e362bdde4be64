#ifndef KARVAN_SRC_EXCHANGE_OSM_TAGS_H
#define KARVAN_SRC_EXCHANGE_OSM_TAGS_H
/* What OpenStreetMap's tags mean to a corridor. The whole mapping is here and in osm_tags.c; its
 * table for readers is docs/methods/osm.md. */
#include "exchange/osm.h"

typedef enum karvan_i_osm_family {
    KARVAN_I_OSM_RAIL,
    KARVAN_I_OSM_ROAD,
    KARVAN_I_OSM_FERRY,
    KARVAN_I_OSM_FAMILIES
} karvan_i_osm_family;

/* What the user asked for. */
typedef struct karvan_i_osm_rules {
    bool takes[KARVAN_I_OSM_FAMILIES];
    bool service_tracks; /* sidings, yards and spurs too */
    int gauge_mm;        /* of railway=rail without a gauge */
} karvan_i_osm_rules;

typedef enum karvan_i_osm_verdict {
    KARVAN_I_OSM_OTHER, /* not of the family */
    KARVAN_I_OSM_TAKEN,
    KARVAN_I_OSM_LEFT_OUT
} karvan_i_osm_verdict;

enum { KARVAN_I_OSM_GAUGES = 4, KARVAN_I_OSM_ODD = 4, KARVAN_I_OSM_MODE = 24 };

/* A way as a line of one family. Texts are borrowed from the element or constant. */
typedef struct karvan_i_osm_line {
    int n_modes; /* more than one: a track of several gauges */
    char mode[KARVAN_I_OSM_GAUGES][KARVAN_I_OSM_MODE];
    int direction; /* 0 both, 1 as drawn, -1 against it */
    double speed_kmh;
    bool speed_assumed; /* by the class; else by a maxspeed */
    bool gauge_assumed;
    double duration_h, interval_h; /* ferries; NaN: not told */
    karvan_i_osm_tag class;        /* the tag that made it a line */
    karvan_i_osm_tag why;          /* the tag for which it was left out */
    int n_odd;                     /* values that could not be read */
    karvan_i_osm_tag odd[KARVAN_I_OSM_ODD];
} karvan_i_osm_line;

karvan_i_osm_verdict karvan_i_osm_line_of(const karvan_i_osm_element *way,
                                          karvan_i_osm_family family,
                                          const karvan_i_osm_rules *rules, karvan_i_osm_line *out);

typedef enum karvan_i_osm_site_kind {
    KARVAN_I_OSM_JUNCTION, /* no site: where lines meet */
    KARVAN_I_OSM_STATION,
    KARVAN_I_OSM_PORT,
    KARVAN_I_OSM_BORDER
} karvan_i_osm_site_kind;

/* Does a node, or the area that a way encloses, name a place? `why` is set with TAKEN and LEFT_OUT:
 * the tag for which. *families: bits of the families to whose lines the place belongs. */
karvan_i_osm_verdict karvan_i_osm_site_of(const karvan_i_osm_element *e,
                                          karvan_i_osm_site_kind *kind, unsigned *families,
                                          karvan_i_osm_tag *why);

/* "90", "55 mph", "20 knots", "none", the least of a list: km/h, at least 1, INFINITY for none;
 * NaN: not read. */
double karvan_i_osm_speed_kmh(const char *s);
/* "1:30", "01:30:00", "90" (minutes), "PT1H30M": hours; NaN: not read. */
double karvan_i_osm_duration_h(const char *s);
#endif
