#ifndef KARVAN_SRC_EXCHANGE_OSM_PBF_H
#define KARVAN_SRC_EXCHANGE_OSM_PBF_H
/* What the files of the PBF reader share. */
#include "exchange/osm_blob.h"

typedef struct karvan_i_osm_numbers {
    int64_t *v;
    size_t n, cap;
} karvan_i_osm_numbers;

typedef struct karvan_i_osm_pbf {
    karvan_i_osm_blobs blobs;
    const karvan_i_osm_sink *sink;
    karvan_i_osm_counts *counts;
    karvan_error *err;
    /* the block at hand */
    char *text; /* its strings, each ended by NUL */
    size_t cap_text;
    size_t *string; /* [n_strings] offsets into text */
    size_t n_strings, cap_strings;
    int64_t granularity, lat_offset, lon_offset; /* 1e-9 degrees */
    /* scratch, grown and kept */
    karvan_i_osm_numbers a, b, c, d;
    karvan_i_osm_tag *tags;
    size_t cap_tags;
    karvan_i_osm_member *members;
    size_t cap_members;
} karvan_i_osm_pbf;

/* The elements of a block of type OSMData. */
karvan_status karvan_i_osm_block(karvan_i_osm_pbf *p);
/* The whole of a PBF file. */
karvan_status karvan_i_osm_read_pbf(karvan_i_osm_stream *s, const karvan_i_osm_sink *sink,
                                    karvan_i_osm_counts *counts, karvan_error *err);
/* The whole of an XML file. */
karvan_status karvan_i_osm_read_xml(karvan_i_osm_stream *s, const karvan_i_osm_sink *sink,
                                    karvan_i_osm_counts *counts, karvan_error *err);
#endif
