/* A region's places and links as GeoJSON. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "karvan/exchange.h"

/* Rows that name no place, or one without a position, get no geometry. */
static karvan_status line_ends(const karvan_package *region, const karvan_table *links,
                               const double *where, double *coords, int32_t *size,
                               karvan_error *err) {
    int from = karvan_table_find(links, "from"), to = karvan_table_find(links, "to");
    double *p = coords;
    if (from < 0 || to < 0)
        return karvan_fail(err, KARVAN_E_DATA, "table links has no columns from and to");
    for (int64_t row = 0; row < karvan_table_rows(links); row++) {
        const char *a = karvan_table_text(links, from, row), *b = karvan_table_text(links, to, row);
        int64_t i = a ? karvan_package_row(region, "places", a) : -1;
        int64_t j = b ? karvan_package_row(region, "places", b) : -1;
        bool known = i >= 0 && j >= 0 && isfinite(where[2 * i]) && isfinite(where[2 * j]);
        size[row] = known ? 2 : 0;
        if (!known) continue;
        *p++ = where[2 * i], *p++ = where[2 * i + 1];
        *p++ = where[2 * j], *p++ = where[2 * j + 1];
    }
    return KARVAN_OK;
}

/* [rows] positions of places, NaN where unknown. */
static karvan_status positions(const karvan_table *places, double *where, karvan_error *err) {
    int lon = karvan_table_find(places, "lon"), lat = karvan_table_find(places, "lat");
    if (lon < 0 || lat < 0)
        return karvan_fail(err, KARVAN_E_DATA, "table places has no columns lon and lat");
    for (int64_t row = 0; row < karvan_table_rows(places); row++) {
        double x = karvan_table_real(places, lon, row), y = karvan_table_real(places, lat, row);
        bool known = fabs(x) <= 180 && fabs(y) <= 90; /* not so of NaN */
        where[2 * row] = known ? x : NAN, where[2 * row + 1] = known ? y : NAN;
    }
    return KARVAN_OK;
}

karvan_status karvan_geojson_region(const karvan_package *region, const char *path,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double *where = NULL, *points = NULL, *ends = NULL;
    int32_t *one = NULL, *two = NULL;
    KARVAN_REQUIRE(region && path, err, KARVAN_E_ARG, "region or path is NULL");
    const karvan_table *places = karvan_package_table(region, "places");
    const karvan_table *links = karvan_package_table(region, "links");
    KARVAN_REQUIRE(places && links, err, KARVAN_E_DATA, "the region has no table %s",
                   places ? "links" : "places");
    size_t n = (size_t)karvan_table_rows(places), m = (size_t)karvan_table_rows(links);
    where = karvan_i_calloc(2 * n + 1, sizeof *where);
    points = karvan_i_calloc(2 * n + 1, sizeof *points);
    ends = karvan_i_calloc(4 * m + 1, sizeof *ends);
    one = karvan_i_calloc(n + 1, sizeof *one), two = karvan_i_calloc(m + 1, sizeof *two);
    KARVAN_REQUIRE(where && points && ends && one && two, err, KARVAN_E_NOMEM,
                   "no memory for %zu places and %zu links", n, m);
    KARVAN_TRY(positions(places, where, err));
    for (size_t i = 0, k = 0; i < n; i++)
        if (isfinite(where[2 * i]))
            one[i] = 1, points[k++] = where[2 * i], points[k++] = where[2 * i + 1];
    KARVAN_TRY(line_ends(region, links, where, ends, two, err));
    const karvan_geojson_layer layers[] = {{"places", places, KARVAN_POINT, points, one},
                                           {"links", links, KARVAN_LINESTRING, ends, two}};
    KARVAN_TRY(karvan_geojson_write(path, 2, layers, err));
done:
    karvan_i_free(where), karvan_i_free(points), karvan_i_free(ends);
    karvan_i_free(one), karvan_i_free(two);
    return st;
}
