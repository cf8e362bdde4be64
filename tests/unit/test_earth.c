/* Distances on the earth: known lengths, and two independent ways to the same: PROJ's geodesic, and
 * Vincenty's inverse formula where that converges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/earth.h"
#include "karvan/base.h"
#include "network/geodesic.h"
#include "share.h"

static const double PI = 3.14159265358979323846;

static void near(double got, double want, double within) {
    if (!(fabs(got - want) <= within)) fail_msg("%.9f, not %.9f", got, want);
}

static void known_lengths(void **state) {
    (void)state;
    /* quarter of a meridian and of the equator (WGS84) */
    near(karvan_i_wgs84_km(0, 10, 90, 0), 10001.965729, 1e-6);
    near(karvan_i_wgs84_km(0, 0, 0, 90), 6378.137 * PI / 2, 1e-9);
    near(karvan_i_wgs84_km(0, 0, 0, 180), 2 * 10001.965729, 2e-6);
    near(karvan_i_wgs84_km(12, 34, 12, 34), 0, 1e-9);
    near(karvan_i_wgs84_km(90, 5, 90, 80), 0, 1e-9);
    near(karvan_i_wgs84_km(10, 179.5, 10, -179.5), karvan_i_wgs84_km(10, 0, 10, 1), 1e-9);
    /* Wellington to Salamanca, the example of GeographicLib's documentation: 19959679.267 m */
    near(karvan_i_wgs84_km(-41.32, 174.81, 40.96, -5.50), 19959.679267, 5e-7);
    near(karvan_i_sphere_km(0, 0, 0, 180, 6378.137), 6378.137 * PI, 1e-9);
    near(karvan_i_sphere_km(90, 0, 0, 77, 1), PI / 2, 1e-12);
    assert_true(isnan(karvan_i_wgs84_km(NAN, 0, 0, 0)) && isnan(karvan_i_wgs84_km(91, 0, 0, 0)));
    assert_true(isnan(karvan_i_sphere_km(0, 0, 0, INFINITY, 1)));
}

/* km; NaN where it does not converge. */
static double vincenty(double lat1, double lon1, double lat2, double lon2) {
    const double a = 6378.137, f = 1 / 298.257223563, b = a * (1 - f), deg = PI / 180;
    double u1 = atan((1 - f) * tan(lat1 * deg)), u2 = atan((1 - f) * tan(lat2 * deg));
    double l = remainder(lon2 - lon1, 360) * deg, lambda = l;
    for (int i = 0; i < 200; i++) {
        double x = cos(u2) * sin(lambda), y = cos(u1) * sin(u2) - sin(u1) * cos(u2) * cos(lambda);
        double s = hypot(x, y), c = sin(u1) * sin(u2) + cos(u1) * cos(u2) * cos(lambda);
        if (s == 0) return 0;
        double sigma = atan2(s, c), sin_alpha = cos(u1) * cos(u2) * sin(lambda) / s;
        double cos2 = 1 - sin_alpha * sin_alpha;
        double m = cos2 > 0 ? c - 2 * sin(u1) * sin(u2) / cos2 : 0;
        double k = f / 16 * cos2 * (4 + f * (4 - 3 * cos2)), before = lambda;
        lambda = l + (1 - k) * f * sin_alpha * (sigma + k * s * (m + k * c * (2 * m * m - 1)));
        if (fabs(lambda - before) > 1e-13) continue;
        double v = cos2 * (a * a - b * b) / (b * b);
        double p = 1 + v / 16384 * (4096 + v * (-768 + v * (320 - 175 * v)));
        double q = v / 1024 * (256 + v * (-128 + v * (74 - 47 * v)));
        double d =
            q * s *
            (m + q / 4 * (c * (2 * m * m - 1) - q / 6 * m * (4 * s * s - 3) * (4 * m * m - 3)));
        return b * p * (sigma - d);
    }
    return NAN;
}

static void others_say_the_same(void **state) {
    (void)state;
    karvan_random r;
    int converged = 0, n = part_of(40000);
    bool proj = karvan_i_geodesic_ready(NULL) == KARVAN_OK;
    karvan_random_init(&r, 5, 0);
    for (int i = 0; i < n; i++) {
        double lat1 = karvan_random_uniform(&r) * 180 - 90, lon1 = karvan_random_uniform(&r) * 360;
        double lat2 = karvan_random_uniform(&r) * 180 - 90, lon2 = karvan_random_uniform(&r) * 360;
        if (i % 4 == 1)
            lat2 = fmin(90, fabs(lat1 + karvan_random_uniform(&r))) * (lat1 > 0 ? -1 : 1);
        if (i % 4 == 1) lon2 = lon1 + 180 + karvan_random_uniform(&r) - 0.5; /* nearly opposite */
        if (i % 4 == 2) lat1 = lat2 = 0, lon2 = lon1 + 178 + 4 * karvan_random_uniform(&r);
        if (i % 4 == 3) lat1 = round(lat1 / 15) * 15, lat2 = round(lat2 / 15) * 15;
        if (i % 8 == 3) lon1 = round(lon1 / 15) * 15, lon2 = round(lon2 / 15) * 15;
        double km = karvan_i_wgs84_km(lat1, lon1, lat2, lon2);
        double v = vincenty(lat1, lon1, lat2, lon2);
        near(karvan_i_wgs84_km(lat2, lon2, lat1, lon1), km, 1e-7);
        if (proj) near(km, karvan_i_geodesic_km(lon1, lat1, lon2, lat2), 1e-7);
        /* it also converges to a way that is not the shortest, round the equator's far end */
        if (i % 4 == 1 || i % 4 == 2 || isnan(v)) continue;
        near(km, v, 1e-6), converged++;
    }
    if (all_cases()) assert_true(converged > n / 3);
    if (!proj) printf("PROJ is not there: compared with Vincenty's formula alone\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_lengths),
                                       cmocka_unit_test(others_say_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
