#ifndef KARVAN_SRC_NETWORK_GEODESIC_H
#define KARVAN_SRC_NETWORK_GEODESIC_H
/* Straight lines on the ellipsoid WGS84, by PROJ's geodesic. */
#include "karvan/base.h"
/* To be asked before the first distance of a piece of work: KARVAN_E_IO where PROJ cannot be
 * loaded, without which no distance is known. */
karvan_status karvan_i_geodesic_ready(karvan_error *err);
/* Length of the straight line between two places, km; NaN where a coordinate is, or where PROJ
 * cannot be loaded. */
double karvan_i_geodesic_km(double lon1, double lat1, double lon2, double lat2);
#endif
