#include "base/earth.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

static const double PI = 3.14159265358979323846;
static const double A_KM = 6378.137, F = 1.0 / 298.257223563;

static double radians(double degrees) { return degrees * PI / 180.0; }

static bool is_place(double lat, double lon) { return fabs(lat) <= 90.0 && isfinite(lon); }

double karvan_i_sphere_km(double lat1, double lon1, double lat2, double lon2, double radius_km) {
    if (!is_place(lat1, lon1) || !is_place(lat2, lon2)) return NAN;
    double u = sin(radians(lat2 - lat1) / 2), v = sin(radians(lon2 - lon1) / 2);
    double h = u * u + cos(radians(lat1)) * cos(radians(lat2)) * v * v;
    return 2 * radius_km * asin(sqrt(fmin(h, 1.0)));
}

/* ---- the ellipsoid ---- */

/* Two places by their reduced latitudes, the first in the south and no nearer to the equator than
 * the second, and the geodesic that leaves the first at azimuth alpha. */
typedef struct line {
    double sin1, cos1, sin2, cos2;
    double k2;             /* e'^2 cos^2 alpha0 */
    double sin0;           /* of alpha0, the azimuth at the equator */
    double sigma1, sigma2; /* arcs from the equator on the auxiliary sphere */
    double lambda;         /* difference of longitude at which it meets the second's parallel */
} line;

enum { NODES = 10 };
/* Gauss and Legendre, half of 20 points on -1..1 (Abramowitz and Stegun 1964, table 25.4). */
static const double NODE[NODES] = {0.0765265211334973337546, 0.2277858511416450780805,
                                   0.3737060887154195606726, 0.5108670019508270980044,
                                   0.6360536807265150254528, 0.7463319064601507926143,
                                   0.8391169718222188233945, 0.9122344282513259058678,
                                   0.9639719272779137912677, 0.9931285991850949247861};
static const double WEIGHT[NODES] = {0.1527533871307258506980, 0.1491729864726037467878,
                                     0.1420961093183820513293, 0.1316886384491766268985,
                                     0.1181945319615184173124, 0.1019301198172404350367,
                                     0.0832767415767047487248, 0.0626720483341090635695,
                                     0.0406014298003869413310, 0.0176140071391521183119};

static double stretch(const line *l, double sigma) {
    double s = sin(sigma);
    return sqrt(1 + l->k2 * s * s);
}
static double lag(const line *l, double sigma) {
    return (2 - F) / (1 + (1 - F) * stretch(l, sigma));
}

static double integral(const line *l, double (*of)(const line *, double)) {
    double middle = (l->sigma1 + l->sigma2) / 2, half = (l->sigma2 - l->sigma1) / 2, sum = 0;
    for (int i = 0; i < NODES; i++)
        sum += WEIGHT[i] * (of(l, middle - half * NODE[i]) + of(l, middle + half * NODE[i]));
    return half * sum;
}

/* Leave the first place at alpha, 0..pi: where is the second's parallel met, going north? */
static void leave(line *l, double alpha) {
    double sin_a = sin(alpha), cos_a = cos(alpha);
    l->sin0 = sin_a * l->cos1;
    double e2 = F * (2 - F) / ((1 - F) * (1 - F)), c1 = cos_a * l->cos1;
    l->k2 = e2 * (c1 * c1 + l->sin1 * l->sin1); /* cos^2 alpha0 */
    /* cos alpha2 cos beta2, never below 0 as the second is nearer to the equator */
    double c2 = sqrt(fmax(0, c1 * c1 + (l->cos2 - l->cos1) * (l->cos2 + l->cos1)));
    l->sigma1 = atan2(l->sin1, c1), l->sigma2 = atan2(l->sin2, c2);
    double omega1 = atan2(l->sin0 * l->sin1, c1), omega2 = atan2(l->sin0 * l->sin2, c2);
    l->lambda = omega2 - omega1 - F * l->sin0 * integral(l, lag);
}

static double length_km(const line *l) { return A_KM * (1 - F) * integral(l, stretch); }

/* The azimuth at which the second place itself is met: lambda rises from 0 to pi with it. Regula
 * falsi after Illinois, halving where that would be slow. */
static void aim(line *l, double lambda) {
    double low = 0, high = PI, at_low = -lambda, at_high = PI - lambda;
    int side = 0;
    for (int i = 0; i < 200 && high - low > 4 * DBL_EPSILON; i++) {
        double width = high - low, x = (low * at_high - high * at_low) / (at_high - at_low);
        if (i % 4 == 3 || !(x > low && x < high)) x = low + width / 2;
        leave(l, x);
        double off = l->lambda - lambda;
        if (fabs(off) < 1e-15) return;
        if (off < 0) {
            if (side < 0) at_high /= 2;
            low = x, at_low = off, side = -1;
        } else {
            if (side > 0) at_low /= 2;
            high = x, at_high = off, side = 1;
        }
    }
}

double karvan_i_wgs84_km(double lat1, double lon1, double lat2, double lon2) {
    if (!is_place(lat1, lon1) || !is_place(lat2, lon2)) return NAN;
    double lambda = fabs(remainder(radians(lon2 - lon1), 2 * PI));
    if (fabs(lat1) < fabs(lat2)) {
        double swap = lat1;
        lat1 = lat2, lat2 = swap;
    }
    if (lat1 > 0) lat1 = -lat1, lat2 = -lat2;
    double b1 = atan((1 - F) * tan(radians(lat1))), b2 = atan((1 - F) * tan(radians(lat2)));
    line l = {.sin1 = sin(b1), .cos1 = cos(b1), .sin2 = sin(b2), .cos2 = cos(b2)};
    if (lat1 == 0.0) { /* both on the equator, along which the way is short but for the far end */
        if (lambda <= (1 - F) * PI) return A_KM * lambda;
        l.sin1 = -sqrt(DBL_MIN);
    }
    if (lambda == 0.0 || lat1 == -90.0)
        leave(&l, 0);
    else if (lambda >= PI)
        leave(&l, PI);
    else
        aim(&l, lambda);
    return length_km(&l);
}
