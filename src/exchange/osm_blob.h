#ifndef KARVAN_SRC_EXCHANGE_OSM_BLOB_H
#define KARVAN_SRC_EXCHANGE_OSM_BLOB_H
/* The outer layer of a PBF file: blobs, each with its length, its type and its (deflated) block. */
#include "exchange/osm_stream.h"
#include "exchange/osm_wire.h"

typedef struct karvan_i_osm_blobs {
    karvan_i_osm_stream *stream;
    int64_t offset;       /* in the file, of what is read next */
    char type[64];        /* of the newest blob, cut where longer */
    karvan_i_wire block;  /* its block */
    const uint8_t *base;  /* where the block begins; NULL before the first blob */
    int64_t block_offset; /* in the file, of the block's first byte, deflated or not */
    bool inflated;
    uint8_t *data, *out; /* as read; inflated */
    size_t cap_data, cap_out;
    z_stream z;
    bool z_ready;
} karvan_i_osm_blobs;

/* The next blob. *end: the file ended where one might begin. */
karvan_status karvan_i_osm_blobs_next(karvan_i_osm_blobs *b, bool *end, karvan_error *err);
void karvan_i_osm_blobs_clear(karvan_i_osm_blobs *b);
/* KARVAN_E_DATA: what is wrong at a byte of the newest block. */
karvan_status karvan_i_osm_blobs_fault(const karvan_i_osm_blobs *b, const uint8_t *at,
                                       karvan_error *err, const char *fmt, ...) KARVAN_PRINTF(4, 5);
#endif
