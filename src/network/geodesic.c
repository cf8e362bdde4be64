#include "network/geodesic.h"

#include <math.h>

#include "network/proj_late.h"

karvan_status karvan_i_geodesic_ready(karvan_error *err) { return karvan_i_proj_load(err); }

double karvan_i_geodesic_km(double lon1, double lat1, double lon2, double lat2) {
    struct geod_geodesic wgs84;
    double metres = 0.0;
    if (karvan_i_proj_load(NULL) != KARVAN_OK) return NAN;
    geod_init(&wgs84, 6378137.0, 1.0 / 298.257223563);
    geod_inverse(&wgs84, lat1, lon1, lat2, lon2, &metres, NULL, NULL);
    return metres / 1000.0;
}
