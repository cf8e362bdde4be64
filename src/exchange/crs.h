#ifndef KARVAN_SRC_EXCHANGE_CRS_H
#define KARVAN_SRC_EXCHANGE_CRS_H
/* Coordinates of another system as longitude and latitude (WGS 84), by PROJ. */
#include "karvan/base.h"
typedef struct karvan_i_crs karvan_i_crs;
/* `name`: "4326", "EPSG:3735", a PROJ string, WKT. NULL or "4326": nothing to do, *out is NULL,
 * which every function below takes. KARVAN_E_ARG: PROJ knows no such system; KARVAN_E_IO: PROJ
 * cannot be loaded; KARVAN_E_NOMEM. */
karvan_status karvan_i_crs_open(const char *name, karvan_i_crs **out, karvan_error *err);
void karvan_i_crs_close(karvan_i_crs *c);
/* In place; NaN where the point has no image. */
void karvan_i_crs_to_degrees(const karvan_i_crs *c, double *x, double *y);
#endif
