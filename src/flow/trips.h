#ifndef KARVAN_SRC_FLOW_TRIPS_H
#define KARVAN_SRC_FLOW_TRIPS_H
/* Between what reads trips (trips_parse.c) and what puts them in order (trips.c). */
#include "flow/source.h"
#include "karvan/assignment.h"

/* Cells in the order of a file, zeros among them. */
typedef struct karvan_i_trip_cells {
    int64_t n;
    int32_t *origin, *destination; /* [n] zones from 0 */
    double *trips;                 /* [n] >= 0 */
} karvan_i_trip_cells;

/* Room for n cells. KARVAN_E_NOMEM. */
karvan_status karvan_i_trip_cells_init(karvan_i_trip_cells *c, int64_t n, karvan_error *err);
void karvan_i_trip_cells_clear(karvan_i_trip_cells *c);
/* By origin and destination, without zeros. Takes what it can of c, which is empty afterwards.
 * *twice: the cell whose pair stands before it already, -1 where there is none; then out is empty.
 * KARVAN_E_NOMEM. Cost: O(n + zones). */
karvan_status karvan_i_trips_order(karvan_i_trip_cells *c, int32_t zones, karvan_trips *out,
                                   int64_t *twice, karvan_error *err);
/* karvan_trips_parse of a text that may be a file. */
karvan_status karvan_i_trips_parse(const karvan_i_source_text *text, int32_t zones,
                                   karvan_trips *out, karvan_error *err);
#endif
