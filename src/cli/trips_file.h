#ifndef KARVAN_SRC_CLI_TRIPS_FILE_H
#define KARVAN_SRC_CLI_TRIPS_FILE_H
/* Trips and matrices in files: TNTP, CSV, and OMX by the ending .omx. */
#include "cli/cli.h"

/* Trips between zones 1..zones. Of OMX the matrix `trips`, or the only one; a lookup of whole
 * numbers names its zones, without one they are 1, 2, 3, ... */
karvan_status cli_trips_read(const char *path, int32_t zones, karvan_trips *out, karvan_error *err);
/* origin,destination,trips as CSV, or the matrix `trips` with the lookup `zone` as OMX. */
karvan_status cli_trips_write(const char *path, const karvan_trips *t, karvan_error *err);
/* A matrix with names: CSV long or wide (`value`: column of the long form, or NULL), or OMX
 * (`value`: the matrix, or NULL for the only one). */
karvan_status cli_od_read(const char *path, const char *value, double absent, karvan_od *out,
                          karvan_error *err);
/* CSV in long form without zeros, or OMX, with `value` as the name of the values. */
karvan_status cli_od_write(const char *path, const karvan_od *od, const char *value,
                           karvan_error *err);
#endif
