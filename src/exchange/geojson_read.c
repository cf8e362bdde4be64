/* GeoJSON documents: RFC 7946 with what the specification of 2008 allowed besides. */
#include "exchange/geojson.h"

#include <stdarg.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

bool karvan_i_geojson_fault(karvan_i_geojson *g, karvan_severity severity,
                            const karvan_i_step *step, const char *code, const char *hint,
                            const char *fmt, ...) {
    char path[256], what[240];
    int64_t line, column;
    va_list ap;
    if (g->quiet || g->status != KARVAN_OK) return false;
    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    karvan_i_json_place(&g->text, step, &line, &column);
    karvan_i_json_path(step, path, sizeof path);
    karvan_status st = karvan_problems_add(g->problems, severity, g->path, line, column, code, hint,
                                           "%s%s%s", path, *path ? ": " : "", what);
    if (st != KARVAN_OK) g->status = karvan_fail(g->err, st, "no memory for a problem");
    return false;
}

bool karvan_i_geojson_bbox(karvan_i_geojson *g, const json_t *object, const karvan_i_step *step) {
    const json_t *bbox = json_object_get(object, "bbox");
    karvan_i_step at = {step, "bbox", 0};
    if (!bbox) return true;
    size_t n = json_array_size(bbox);
    bool good = json_is_array(bbox) && (n == 4 || n == 6);
    for (size_t i = 0; i < n && good; i++) good = json_is_number(json_array_get(bbox, i));
    return good || karvan_i_geojson_fault(g, KARVAN_ERROR, &at, "geojson-bbox",
                                          "[west, south, east, north]",
                                          "a bbox is an array of 4 or 6 numbers");
}

bool karvan_i_geojson_without(karvan_i_geojson *g, const json_t *object, const karvan_i_step *step,
                              const char *what, const char *const *members) {
    for (; *members; members++) {
        karvan_i_step at = {step, *members, 0};
        if (json_object_get(object, *members))
            return karvan_i_geojson_fault(g, KARVAN_ERROR, &at, "geojson-member", NULL,
                                          "%s must not have the member `%s`", what, *members);
    }
    return true;
}

/* What the specification of 2008 had and RFC 7946 took away: other reference systems. The names of
 * longitude and latitude on WGS 84 say what holds anyway. */
static karvan_status look_at_crs(karvan_i_geojson *g) {
    static const char *const usual[] = {"urn:ogc:def:crs:OGC:1.3:CRS84",
                                        "urn:ogc:def:crs:OGC::CRS84",
                                        "urn:ogc:def:crs:EPSG::4326",
                                        "EPSG:4326",
                                        "CRS84",
                                        "OGC:CRS84"};
    const json_t *crs = json_object_get(g->root, "crs");
    karvan_i_step at = {NULL, "crs", 0};
    if (!crs || json_is_null(crs)) return KARVAN_OK;
    const char *name =
        json_string_value(json_object_get(json_object_get(crs, "properties"), "name"));
    for (size_t i = 0; name && i < sizeof usual / sizeof usual[0]; i++)
        if (strcmp(name, usual[i]) == 0) {
            (void)karvan_i_geojson_fault(g, KARVAN_WARNING, &at, "geojson-crs", "remove the member",
                                         "`crs` is no part of GeoJSON since RFC 7946");
            return g->status;
        }
    int64_t line, column;
    karvan_i_json_place(&g->text, &at, &line, &column);
    return karvan_fail(g->err, KARVAN_E_DATA,
                       "%s:%lld:%lld: crs: '%.80s' is not longitude and latitude on WGS 84, which "
                       "GeoJSON is; convert the file, with ogr2ogr -t_srs EPSG:4326 for instance",
                       g->path, (long long)line, (long long)column, name ? name : "no name");
}

static karvan_status look_at_root(karvan_i_geojson *g) {
    static const char *const not_here[] = {"coordinates", "geometries", "geometry", "properties",
                                           NULL};
    const char *type = json_string_value(json_object_get(g->root, "type"));
    karvan_status st = KARVAN_OK;
    int64_t line, column;
    karvan_i_step at = {NULL, "type", 0}, list = {NULL, "features", 0};
    bool is_type = false;
    for (int t = KARVAN_I_POINT; type && t < KARVAN_I_GEOMETRY_TYPES; t++)
        is_type |= strcmp(type, karvan_i_geometry_names[t]) == 0;
    karvan_i_json_place(&g->text, type ? &at : NULL, &line, &column);
    KARVAN_REQUIRE(json_is_object(g->root) && type, g->err, KARVAN_E_DATA,
                   "%s:%lld:%lld: a GeoJSON text is an object with a `type`", g->path,
                   (long long)line, (long long)column);
    KARVAN_TRY(look_at_crs(g));
    g->bare = is_type;
    if (is_type || strcmp(type, "Feature") == 0) goto done;
    KARVAN_REQUIRE(strcmp(type, "FeatureCollection") == 0, g->err, KARVAN_E_DATA,
                   "%s:%lld:%lld: '%.60s' is no type of GeoJSON; FeatureCollection, Feature or a "
                   "geometry would be",
                   g->path, (long long)line, (long long)column, type);
    g->features = json_object_get(g->root, "features");
    karvan_i_json_place(&g->text, &list, &line, &column);
    KARVAN_REQUIRE(json_is_array(g->features), g->err, KARVAN_E_DATA,
                   "%s:%lld:%lld: a FeatureCollection needs an array `features`", g->path,
                   (long long)line, (long long)column);
    (void)karvan_i_geojson_without(g, g->root, NULL, "a FeatureCollection", not_here);
    (void)karvan_i_geojson_bbox(g, g->root, NULL);
    st = g->status;
done:
    return st;
}

karvan_status karvan_i_geojson_open(const char *bytes, size_t n, const char *path,
                                    karvan_problems *problems, karvan_i_geojson **out,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    json_error_t e;
    *out = NULL;
    karvan_i_geojson *g = karvan_i_calloc(1, sizeof *g);
    KARVAN_REQUIRE(g, err, KARVAN_E_NOMEM, "no memory to read %s", path);
    if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) bytes += 3, n -= 3;
    g->path = path, g->problems = problems, g->err = err;
    g->text.bytes = bytes, g->text.n = n;
    g->root = json_loadb(bytes, n,
                         JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &e);
    KARVAN_REQUIRE(g->root, err, KARVAN_E_DATA, "%s:%d:%d: not JSON: %s", path,
                   e.line < 1 ? 1 : e.line, e.column < 1 ? 1 : e.column, e.text);
    KARVAN_TRY(look_at_root(g));
    g->seen = karvan_i_calloc(karvan_i_geojson_count(g) + 1, 1);
    KARVAN_REQUIRE(g->seen, err, KARVAN_E_NOMEM, "no memory to read %s", path);
    *out = g, g = NULL;
done:
    karvan_i_geojson_close(g);
    return st;
}

void karvan_i_geojson_close(karvan_i_geojson *g) {
    if (!g) return;
    json_decref(g->root);
    karvan_i_free(g->seen), karvan_i_free(g->lonlat), karvan_i_free(g->part);
    karvan_i_free(g);
}

size_t karvan_i_geojson_count(const karvan_i_geojson *g) {
    return g->features ? json_array_size(g->features) : 1;
}

static bool check_feature(karvan_i_geojson *g, const json_t *object, const karvan_i_step *step,
                          karvan_i_feature *f) {
    static const char *const not_here[] = {"coordinates", "geometries", "features", NULL};
    const json_t *geometry = json_object_get(object, "geometry");
    const json_t *properties = json_object_get(object, "properties");
    const char *type = json_string_value(json_object_get(object, "type"));
    karvan_i_step at_type = {step, "type", 0}, at_id = {step, "id", 0};
    karvan_i_step at_properties = {step, "properties", 0}, at_geometry = {step, "geometry", 0};
    if (!json_is_object(object))
        return karvan_i_geojson_fault(g, KARVAN_ERROR, step, "geojson-type", NULL,
                                      "a feature must be an object");
    if (!type || strcmp(type, "Feature") != 0)
        return karvan_i_geojson_fault(g, KARVAN_ERROR, &at_type, "geojson-type", "write Feature",
                                      "the type of a feature is '%.60s'", type ? type : "");
    const json_t *id = json_object_get(object, "id");
    f->id = karvan_i_json_value(id);
    if (id && !json_is_string(id) && !json_is_number(id))
        return karvan_i_geojson_fault(g, KARVAN_ERROR, &at_id, "geojson-member", NULL,
                                      "an id must be a string or a number");
    if (properties && !json_is_object(properties) && !json_is_null(properties))
        return karvan_i_geojson_fault(g, KARVAN_ERROR, &at_properties, "geojson-member", NULL,
                                      "properties must be an object or null");
    if (!properties)
        (void)karvan_i_geojson_fault(g, KARVAN_WARNING, step, "geojson-member",
                                     "write \"properties\": null",
                                     "a feature without `properties`");
    f->properties = json_is_object(properties) ? properties : NULL;
    if (!geometry)
        return karvan_i_geojson_fault(g, KARVAN_ERROR, step, "geojson-member",
                                      "write \"geometry\": null where there is none",
                                      "a feature needs the member `geometry`");
    if (!karvan_i_geojson_without(g, object, step, "a Feature", not_here) ||
        !karvan_i_geojson_bbox(g, object, step))
        return false;
    return json_is_null(geometry) ||
           karvan_i_geojson_geometry(g, geometry, &at_geometry, false, &f->type);
}

karvan_status karvan_i_geojson_feature(karvan_i_geojson *g, size_t i, karvan_i_feature *out,
                                       bool *valid, karvan_error *err) {
    karvan_i_step list = {NULL, "features", 0}, in_list = {&list, NULL, i};
    const karvan_i_step *step = g->features ? &in_list : NULL;
    const json_t *object = g->features ? json_array_get(g->features, i) : g->root;
    *out = (karvan_i_feature){0};
    g->n_lonlat = g->n_parts = 0, g->err = err, g->status = KARVAN_OK, g->quiet = g->seen[i] != 0;
    int64_t higher = g->higher, beyond = g->beyond;
    *valid = g->bare ? karvan_i_geojson_geometry(g, object, step, false, &out->type)
                     : check_feature(g, object, step, out);
    if (*valid && g->beyond > beyond)
        (void)karvan_i_geojson_fault(g, KARVAN_WARNING, step, "geojson-position", NULL,
                                     "positions of more than three numbers; the rest is not read");
    if (g->quiet) g->higher = higher, g->beyond = beyond; /* counted before */
    g->seen[i] = *valid ? 1 : 2;
    out->lonlat = g->lonlat, out->part = g->part, out->n_parts = (int32_t)g->n_parts;
    karvan_i_json_place(&g->text, step, &out->line, &out->column);
    return g->status;
}
