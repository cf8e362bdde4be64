#ifndef KARVAN_SRC_EXCHANGE_OSM_H
#define KARVAN_SRC_EXCHANGE_OSM_H
/* OpenStreetMap data as a stream of elements, whatever the form of the file: PBF, XML, XML in
 * gzip. The same calls for all; memory is bounded by the largest element (XML) or block (PBF). */
#include "karvan/base.h"

typedef enum karvan_i_osm_kind {
    KARVAN_I_OSM_NODE = 1,
    KARVAN_I_OSM_WAY = 2,
    KARVAN_I_OSM_RELATION = 4
} karvan_i_osm_kind;

typedef struct karvan_i_osm_tag {
    const char *key, *value; /* UTF-8 */
} karvan_i_osm_tag;

typedef struct karvan_i_osm_member {
    karvan_i_osm_kind kind;
    int64_t ref;
    const char *role;
} karvan_i_osm_member;

/* Valid during the call that brings it. */
typedef struct karvan_i_osm_element {
    karvan_i_osm_kind kind;
    int64_t id;
    int64_t lon_nano, lat_nano; /* nodes: 1e-9 degrees */
    size_t n_tags, n_refs, n_members;
    const karvan_i_osm_tag *tags;       /* [n_tags] */
    const int64_t *refs;                /* [n_refs] ways: their nodes */
    const karvan_i_osm_member *members; /* [n_members] relations */
} karvan_i_osm_element;

/* What a file held, besides what was brought. Kinds that the sink does not want are not counted. */
typedef struct karvan_i_osm_counts {
    int64_t nodes, ways, relations, refs, members;
    int64_t deleted;        /* elements marked as deleted: counted here alone, and not brought */
    int64_t other_blobs;    /* PBF: of types that nobody knows */
    int64_t other_elements; /* changesets; XML: notes, remarks */
} karvan_i_osm_counts;

typedef struct karvan_i_osm_sink {
    void *ctx;
    unsigned wants; /* kinds, or'ed */
    karvan_status (*element)(void *ctx, const karvan_i_osm_element *e, karvan_error *err);
} karvan_i_osm_sink;

typedef struct karvan_i_osm_source {
    const char *path;  /* for messages, and where bytes is NULL the file that is read */
    const char *bytes; /* [n] */
    size_t n;
} karvan_i_osm_source;

/**
 * Bring the elements in the order of the file.
 * @param counts may be NULL
 * @retval KARVAN_E_IO   cannot be read
 * @retval KARVAN_E_DATA neither form; PBF: "path: byte N: ..."; XML: "path:line:column: ..."
 * @return also whatever the sink returned that was not KARVAN_OK
 */
karvan_status karvan_i_osm_read(const karvan_i_osm_source *source, const karvan_i_osm_sink *sink,
                                karvan_i_osm_counts *counts, karvan_error *err);

/* Value of a tag, NULL where it is not there. */
const char *karvan_i_osm_value(const karvan_i_osm_element *e, const char *key);

/* An array with room for `need` items of `size` bytes: the old one, or a larger one in its place,
 * with *cap set; NULL: no memory, and the old one stays. */
void *karvan_i_osm_grow(void *old, size_t *cap, size_t need, size_t size);

#endif
