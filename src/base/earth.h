#ifndef KARVAN_SRC_BASE_EARTH_H
#define KARVAN_SRC_BASE_EARTH_H
/* Lengths of straight lines between two places on the earth, km; degrees; NaN where a coordinate is
 * no number or a latitude beyond the poles. Neither loads a library. */

/* Great circle on a sphere of this radius (haversine). */
double karvan_i_sphere_km(double lat1, double lon1, double lat2, double lon2, double radius_km);
/* Geodesic on the ellipsoid WGS84, also between places that are nearly opposite one another, to
 * less than a tenth of a millimetre. Source: the equations of Karney 2013, Journal of Geodesy
 * 87(1), with the two integrals by quadrature in place of series and the azimuth by bracketing in
 * place of Newton's method. */
double karvan_i_wgs84_km(double lat1, double lon1, double lat2, double lon2);
#endif
