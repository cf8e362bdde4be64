#ifndef KARVAN_SRC_EXCHANGE_GPKG_GEOMETRY_H
#define KARVAN_SRC_EXCHANGE_GPKG_GEOMETRY_H
/* The geometry of a GeoPackage's row: its own header, then well-known binary. Sources: OGC
 * 12-128r18, 2.1.3; OGC 06-103r4, 8.2. */
#include "exchange/feature.h"

typedef struct karvan_i_gpkg_geometry {
    karvan_i_geometry_type type; /* KARVAN_I_NO_GEOMETRY: empty */
    const char *name;            /* as the standard calls the type */
    bool empty;                  /* no position at all; `name` still tells the type */
    int32_t srs_id;              /* as the header has it */
    int dimensions;              /* 2, 3 or 4 numbers a position */
    double *xy;                  /* [2 n_xy] positions of all parts; owned, grows */
    size_t n_xy, cap_xy;
    int32_t *part; /* [n_parts] positions in each point, line, ring; owned, grows */
    size_t n_parts, cap_parts;
} karvan_i_gpkg_geometry;

/* Read one into g, whose arrays are used again. Start from {0}. The bytes may be anything.
 * KARVAN_E_DATA: "byte N: what is wrong"; KARVAN_E_NOMEM. */
karvan_status karvan_i_gpkg_geometry_read(karvan_i_gpkg_geometry *g, const void *bytes, size_t n,
                                          karvan_error *err);
void karvan_i_gpkg_geometry_clear(karvan_i_gpkg_geometry *g);
#endif
