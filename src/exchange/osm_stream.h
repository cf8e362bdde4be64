#ifndef KARVAN_SRC_EXCHANGE_OSM_STREAM_H
#define KARVAN_SRC_EXCHANGE_OSM_STREAM_H
/* Bytes of a file or of memory from beginning to end, through gzip where asked for. */
#include "base/inflate.h"
#include "exchange/osm.h"

enum { KARVAN_I_OSM_BLOCK = 1 << 16 };

typedef struct karvan_i_osm_stream {
    const char *path;
    int fd;            /* -1: memory */
    const char *bytes; /* memory not yet read: [left] */
    size_t left;
    unsigned char *in; /* [KARVAN_I_OSM_BLOCK] what was read of the file and not yet taken */
    size_t in_at, in_n;
    z_stream z;
    bool gzip;  /* z is set up */
    bool ended; /* the newest member of the gzip file has ended */
} karvan_i_osm_stream;

karvan_status karvan_i_osm_stream_open(karvan_i_osm_stream *s, const karvan_i_osm_source *source,
                                       karvan_error *err);
void karvan_i_osm_stream_close(karvan_i_osm_stream *s);
/* The first bytes, which stay to be read: at most n, fewer where the file is shorter. */
karvan_status karvan_i_osm_stream_peek(karvan_i_osm_stream *s, unsigned char *to, size_t n,
                                       size_t *got, karvan_error *err);
/* From here on what comes out is inflated. */
karvan_status karvan_i_osm_stream_gzip(karvan_i_osm_stream *s, karvan_error *err);
/* Up to n bytes; *got below n only at the end. KARVAN_E_DATA: a gzip file is cut or damaged. */
karvan_status karvan_i_osm_stream_read(karvan_i_osm_stream *s, void *to, size_t n, size_t *got,
                                       karvan_error *err);
#endif
