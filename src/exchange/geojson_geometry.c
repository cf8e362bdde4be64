/* Geometries of GeoJSON as RFC 7946 has them, 3.1: judged, and their positions kept. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/geojson.h"

const char *const karvan_i_geometry_names[KARVAN_I_GEOMETRY_TYPES] = {
    "null",    "Point",        "MultiPoint",        "LineString", "MultiLineString",
    "Polygon", "MultiPolygon", "GeometryCollection"};

static bool no_memory(karvan_i_geojson *g) {
    g->status = karvan_fail(g->err, KARVAN_E_NOMEM, "no memory for the positions of %s", g->path);
    return false;
}

static bool keep_position(karvan_i_geojson *g, double lon, double lat) {
    if (g->n_lonlat + 2 > g->cap_lonlat) {
        size_t cap = g->cap_lonlat ? 2 * g->cap_lonlat : 64;
        double *more = karvan_i_realloc(g->lonlat, cap, sizeof *more);
        if (!more) return no_memory(g);
        g->lonlat = more, g->cap_lonlat = cap;
    }
    g->lonlat[g->n_lonlat++] = lon, g->lonlat[g->n_lonlat++] = lat;
    return true;
}

static bool end_part(karvan_i_geojson *g, size_t positions) {
    if (g->n_parts == g->cap_parts) {
        size_t cap = g->cap_parts ? 2 * g->cap_parts : 16;
        int32_t *more = karvan_i_realloc(g->part, cap, sizeof *more);
        if (!more) return no_memory(g);
        g->part = more, g->cap_parts = cap;
    }
    g->part[g->n_parts++] = (int32_t)positions;
    return true;
}

static bool position(karvan_i_geojson *g, const json_t *p, const karvan_i_step *step) {
    static const char hint[] = "a position is [longitude, latitude] or with a height as third";
    if (!json_is_array(p))
        return karvan_i_geojson_fault(g, KARVAN_ERROR, step, "geojson-position", hint,
                                      "a position must be an array of numbers");
    size_t n = json_array_size(p);
    if (n < 2)
        return karvan_i_geojson_fault(g, KARVAN_ERROR, step, "geojson-position", hint,
                                      "a position of %zu numbers", n);
    for (size_t i = 0; i < n; i++) {
        karvan_i_step at = {step, NULL, i};
        if (!json_is_number(json_array_get(p, i)))
            return karvan_i_geojson_fault(g, KARVAN_ERROR, &at, "geojson-position", hint,
                                          "a position holds something that is no number");
    }
    if (n == 3) g->higher++;
    if (n > 3) g->beyond++;
    return keep_position(g, json_number_value(json_array_get(p, 0)),
                         json_number_value(json_array_get(p, 1)));
}

/* An array of at least `least` positions, one part. */
static bool positions(karvan_i_geojson *g, const json_t *list, const karvan_i_step *step,
                      size_t least, const char *what) {
    if (!json_is_array(list))
        return karvan_i_geojson_fault(g, KARVAN_ERROR, step, "geojson-position", NULL,
                                      "the positions of a %s must be an array", what);
    size_t n = json_array_size(list);
    if (n > INT32_MAX / 4) return no_memory(g);
    for (size_t i = 0; i < n; i++) {
        karvan_i_step at = {step, NULL, i};
        if (!position(g, json_array_get(list, i), &at)) return false;
    }
    if (n < least)
        return karvan_i_geojson_fault(g, KARVAN_ERROR, step, "geojson-position", NULL,
                                      "a %s of %zu positions; it has %zu or more", what, n, least);
    return end_part(g, n);
}

static bool lines(karvan_i_geojson *g, const json_t *list, const karvan_i_step *step) {
    if (!json_is_array(list))
        return karvan_i_geojson_fault(g, KARVAN_ERROR, step, "geojson-position", NULL,
                                      "the lines of a MultiLineString must be an array");
    for (size_t i = 0; i < json_array_size(list); i++) {
        karvan_i_step at = {step, NULL, i};
        if (!positions(g, json_array_get(list, i), &at, 2, "line")) return false;
    }
    return true;
}

/* Twice the signed area, positive where it runs counterclockwise. */
static double winding(const double *p, size_t n) {
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i++)
        sum += (p[2 * i] - p[0]) * (p[2 * i + 3] - p[1]) -
               (p[2 * i + 2] - p[0]) * (p[2 * i + 1] - p[1]);
    return sum;
}

static bool rings(karvan_i_geojson *g, const json_t *list, const karvan_i_step *step) {
    if (!json_is_array(list))
        return karvan_i_geojson_fault(g, KARVAN_ERROR, step, "geojson-position", NULL,
                                      "the rings of a Polygon must be an array");
    for (size_t i = 0; i < json_array_size(list); i++) {
        karvan_i_step at = {step, NULL, i};
        const json_t *ring = json_array_get(list, i);
        size_t begin = g->n_lonlat, n = json_array_size(ring);
        if (!positions(g, ring, &at, 4, "ring")) return false;
        if (!json_equal(json_array_get(ring, 0), json_array_get(ring, n - 1)))
            return karvan_i_geojson_fault(g, KARVAN_ERROR, &at, "geojson-ring",
                                          "repeat the first position at the end",
                                          "a ring that does not end where it begins");
        double turn = winding(g->lonlat + begin, n);
        if (i == 0 ? turn < 0 : turn > 0)
            (void)karvan_i_geojson_fault(g, KARVAN_WARNING, &at, "geojson-winding",
                                         "counterclockwise outside, clockwise inside",
                                         "a ring that runs the wrong way round");
    }
    return true;
}

static bool polygons(karvan_i_geojson *g, const json_t *list, const karvan_i_step *step) {
    if (!json_is_array(list))
        return karvan_i_geojson_fault(g, KARVAN_ERROR, step, "geojson-position", NULL,
                                      "the polygons of a MultiPolygon must be an array");
    for (size_t i = 0; i < json_array_size(list); i++) {
        karvan_i_step at = {step, NULL, i};
        if (!rings(g, json_array_get(list, i), &at)) return false;
    }
    return true;
}

static bool collection(karvan_i_geojson *g, const json_t *object, const karvan_i_step *step,
                       bool in_collection) {
    const json_t *list = json_object_get(object, "geometries");
    karvan_i_step in = {step, "geometries", 0};
    if (!json_is_array(list))
        return karvan_i_geojson_fault(g, KARVAN_ERROR, &in, "geojson-member", NULL,
                                      "a GeometryCollection needs an array `geometries`");
    if (in_collection || json_array_size(list) == 1)
        (void)karvan_i_geojson_fault(
            g, KARVAN_WARNING, step, "geojson-collection", "give the geometries themselves",
            in_collection ? "a collection inside a collection" : "a collection of one geometry");
    for (size_t i = 0; i < json_array_size(list); i++) {
        karvan_i_step at = {&in, NULL, i};
        karvan_i_geometry_type type;
        if (!karvan_i_geojson_geometry(g, json_array_get(list, i), &at, true, &type)) return false;
    }
    return true;
}

static karvan_i_geometry_type type_of(const char *name) {
    for (int t = KARVAN_I_POINT; name && t < KARVAN_I_GEOMETRY_TYPES; t++)
        if (strcmp(name, karvan_i_geometry_names[t]) == 0) return (karvan_i_geometry_type)t;
    return KARVAN_I_NO_GEOMETRY;
}

static bool unknown_type(karvan_i_geojson *g, const json_t *type, const karvan_i_step *step) {
    char hint[60] = "";
    const char *name = json_string_value(type);
    int64_t near =
        name ? karvan_text_nearest(name, karvan_i_geometry_names + 1, KARVAN_I_GEOMETRY_TYPES - 1)
             : -1;
    if (near >= 0)
        (void)snprintf(hint, sizeof hint, "did you mean %s?", karvan_i_geometry_names[near + 1]);
    karvan_i_step at = {step, "type", 0};
    return name ? karvan_i_geojson_fault(g, KARVAN_ERROR, &at, "geojson-type", hint,
                                         "'%.60s' is no type of geometry", name)
                : karvan_i_geojson_fault(g, KARVAN_ERROR, &at, "geojson-type", NULL,
                                         "a geometry needs its `type`, a string");
}

bool karvan_i_geojson_geometry(karvan_i_geojson *g, const json_t *geometry,
                               const karvan_i_step *step, bool in_collection,
                               karvan_i_geometry_type *type) {
    static const char *const not_here[] = {"geometry", "properties", "features", NULL};
    *type = KARVAN_I_NO_GEOMETRY;
    if (!json_is_object(geometry))
        return karvan_i_geojson_fault(g, KARVAN_ERROR, step, "geojson-type", NULL,
                                      "a geometry must be an object");
    *type = type_of(json_string_value(json_object_get(geometry, "type")));
    if (*type == KARVAN_I_NO_GEOMETRY)
        return unknown_type(g, json_object_get(geometry, "type"), step);
    if (!karvan_i_geojson_without(g, geometry, step, "a geometry", not_here) ||
        !karvan_i_geojson_bbox(g, geometry, step))
        return false;
    if (*type == KARVAN_I_COLLECTION) return collection(g, geometry, step, in_collection);
    const json_t *c = json_object_get(geometry, "coordinates");
    karvan_i_step at = {step, "coordinates", 0};
    if (!json_is_array(c))
        return karvan_i_geojson_fault(g, KARVAN_ERROR, &at, "geojson-member", NULL,
                                      "a %s needs an array `coordinates`",
                                      karvan_i_geometry_names[*type]);
    switch (*type) {
    case KARVAN_I_POINT:
        return position(g, c, &at) && end_part(g, 1);
    case KARVAN_I_MULTIPOINT:
        return positions(g, c, &at, 0, "MultiPoint");
    case KARVAN_I_LINE:
        return positions(g, c, &at, 2, "LineString");
    case KARVAN_I_MULTILINE:
        return lines(g, c, &at);
    case KARVAN_I_POLYGON:
        return rings(g, c, &at);
    default:
        return polygons(g, c, &at);
    }
}
