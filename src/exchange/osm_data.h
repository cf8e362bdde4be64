#ifndef KARVAN_SRC_EXCHANGE_OSM_DATA_H
#define KARVAN_SRC_EXCHANGE_OSM_DATA_H
/* What is kept of a file of OpenStreetMap, and the network that is made of it. */
#include "exchange/osm_tags.h"
#include "karvan/table.h"
#include "table/column.h"

typedef struct karvan_i_osm_options {
    karvan_i_osm_rules rules;
    bool boxed; /* nodes outside the box count as not there */
    double west, south, east, north;
    bool largest;     /* keep the largest connected part alone */
    double access_km; /* stations and ports are joined to roads within it; 0: not at all */
} karvan_i_osm_options;

/* Numbers of texts in karvan_i_osm_data.words, -1: none; and in its modes. */
typedef int32_t karvan_i_osm_word;
typedef int32_t karvan_i_osm_mode;

/* A way that is a line of one family; a way of two families stands here twice. */
typedef struct karvan_i_osm_way {
    int64_t id;
    int64_t first; /* of its nodes in ref or node */
    int32_t n;     /* nodes */
    karvan_i_osm_family family;
    int n_modes;
    karvan_i_osm_mode mode[KARVAN_I_OSM_GAUGES];
    int direction;
    bool speed_assumed, gauge_assumed;
    double speed_kmh, duration_h, interval_h;
    double km; /* of all that is there of it */
    karvan_i_osm_word class, name, operator;
} karvan_i_osm_way;

/* A node or an area that names a place. */
typedef struct karvan_i_osm_site {
    int64_t id;
    bool area;
    int64_t first; /* areas: of its nodes in ref or node; nodes: their order in the file */
    int32_t n;     /* areas: nodes */
    karvan_i_osm_site_kind kind;
    unsigned families;
    double lon, lat;
    karvan_i_osm_word name, class;
    int32_t node; /* where it was tied to the lines; -1: nowhere */
} karvan_i_osm_site;

/* A relation that is a route of ferries or trains. */
typedef struct karvan_i_osm_route {
    int64_t id;
    int64_t first; /* of its ways in member */
    int32_t n;
    karvan_i_osm_word name, class;
} karvan_i_osm_route;

typedef enum karvan_i_osm_found {
    KARVAN_I_OSM_ABSENT,
    KARVAN_I_OSM_HERE,
    KARVAN_I_OSM_OUTSIDE
} karvan_i_osm_found;

typedef struct karvan_i_osm_data {
    const char *path;
    karvan_i_osm_options options;
    karvan_problems *problems; /* borrowed */
    karvan_i_osm_counts counts;
    karvan_i_dictionary words, modes;

    karvan_i_osm_way *way;
    size_t n_ways, cap_ways;
    karvan_i_osm_site *site;
    size_t n_sites, cap_sites;
    karvan_i_osm_route *route;
    size_t n_routes, cap_routes;
    int64_t *member; /* ways of routes */
    size_t n_members, cap_members;

    int64_t *ref; /* ids of nodes, of ways and areas; NULL once node has them */
    size_t n_refs, cap_refs;
    int32_t *node; /* [n_refs] the same as numbers of nodes */

    int32_t n_nodes; /* that lines and areas name, by id */
    int64_t *node_id;
    double *lon, *lat;
    uint8_t *found; /* karvan_i_osm_found */

    karvan_i_dictionary tally_key; /* what was left out, "way railway=tram" */
    int64_t *tally;                /* [by code] how often */
    size_t cap_tally;
    int64_t ways_taken, ways_other, nodes_taken;
} karvan_i_osm_data;

/* Two passes over the source: ways and relations, then nodes. Faults of the data go to problems. */
karvan_status karvan_i_osm_collect(const karvan_i_osm_source *source,
                                   const karvan_i_osm_options *options, karvan_problems *problems,
                                   karvan_i_osm_data *out, karvan_error *err);
void karvan_i_osm_data_clear(karvan_i_osm_data *d);
const char *karvan_i_osm_word_text(const karvan_i_osm_data *d, karvan_i_osm_word w); /* or NULL */
const char *karvan_i_osm_mode_text(const karvan_i_osm_data *d, karvan_i_osm_mode m);
/* One more of what is left out: "what key=value". */
karvan_status karvan_i_osm_tally(karvan_i_osm_data *d, const char *what, karvan_i_osm_tag tag,
                                 karvan_error *err);
/* A warning about the file. */
karvan_status karvan_i_osm_warn(karvan_i_osm_data *d, karvan_error *err, const char *code,
                                const char *fmt, ...) KARVAN_PRINTF(4, 5);
double karvan_i_osm_km(const karvan_i_osm_data *d, int32_t a, int32_t b);

/* The next stretch of a way: nodes that are there, one after another, none twice running, at least
 * two. *at counts from 0 and moves behind it. Returns the first; n nodes go into `out` [way->n]. */
int32_t karvan_i_osm_stretch(const karvan_i_osm_data *d, const karvan_i_osm_way *w, int32_t *at,
                             int32_t *out);

/* ---- the network ---- */

typedef struct karvan_i_osm_link {
    int32_t from, to; /* places */
    karvan_i_osm_mode mode;
    bool two_way;
    bool speed_told, speed_assumed; /* of some of its ways; both: of some and of others */
    bool gauge_assumed;
    double km, h;
    int32_t way, part; /* the way of the least id among those that it follows; which link of it */
    int32_t n_ways;
} karvan_i_osm_link;

typedef struct karvan_i_osm_place {
    int32_t node;
    karvan_i_osm_site_kind kind;
    int32_t site; /* the site that names it; -1: none */
} karvan_i_osm_place;

typedef struct karvan_i_osm_network {
    int32_t n_places, n_links;
    karvan_i_osm_place *place;
    karvan_i_osm_link *link;
    size_t cap_places, cap_links;
} karvan_i_osm_network;

/* Ways are cut where lines meet or end and where sites are; what runs between is one link.
 * Sets the sites' nodes. */
karvan_status karvan_i_osm_network_make(karvan_i_osm_data *d, karvan_i_osm_network *out,
                                        karvan_error *err);
void karvan_i_osm_network_clear(karvan_i_osm_network *n);

/**
 * Where a station or a port comes to the roads: the nearest place of a road within reach, which is
 * the place itself where a road ends there.
 * @param[out] to [n_places] places; -1: none, or neither station nor port
 */
karvan_status karvan_i_osm_access(const karvan_i_osm_data *d, const karvan_i_osm_network *net,
                                  double reach_km, int32_t *to, karvan_error *err);

/* ---- what is told about it ---- */

/* Ways that name absent nodes, routes, and the parts that hang together: each as a warning. Where
 * the options ask for it, all but the largest part are taken out of the network. */
karvan_status karvan_i_osm_report(karvan_i_osm_data *d, karvan_i_osm_network *n, karvan_error *err);

/* ---- between the files that make it ---- */

/* Ties every site to the nearest node of a line of its families: d->site[].node. `used` [n_nodes]
 * has the families' bits. */
karvan_status karvan_i_osm_tie_sites(karvan_i_osm_data *d, const uint8_t *used, karvan_error *err);

/* A part of one way between two nodes at which it is cut. */
typedef struct karvan_i_osm_piece {
    int32_t a, b; /* nodes */
    int32_t way;
    bool one_way; /* from a to b */
    bool done;
    double km, h;
} karvan_i_osm_piece;
typedef struct karvan_i_osm_pieces {
    karvan_i_osm_piece *v;
    size_t n, cap;
} karvan_i_osm_pieces;
/* Pieces of one mode, joined where two meet in a node that is not kept, become links between nodes
 * (not yet places). keep [n_nodes] has the bit of the family; bits are added where rings need them.
 */
karvan_status karvan_i_osm_join(karvan_i_osm_data *d, karvan_i_osm_pieces *pieces,
                                karvan_i_osm_mode mode, uint8_t *keep, uint8_t bit,
                                karvan_i_osm_network *out, karvan_error *err);
#endif
