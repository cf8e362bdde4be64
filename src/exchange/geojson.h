#ifndef KARVAN_SRC_EXCHANGE_GEOJSON_H
#define KARVAN_SRC_EXCHANGE_GEOJSON_H
/* Inside GeoJSON: where a value stands in the bytes, features one by one. */
#include <jansson.h>

#include "exchange/feature.h"

/* ---- places in a JSON text (json_place.c) ---- */

/* The way to a value from the root: a key of an object, or an element of an array (key NULL). */
typedef struct karvan_i_step {
    const struct karvan_i_step *up; /* NULL: `key` is a key of the root */
    const char *key;
    size_t index;
} karvan_i_step;

/* Remembers the element that was found last, so that faults in a row of features cost one pass. */
typedef struct karvan_i_json_text {
    const char *bytes; /* valid JSON, without a byte order mark */
    size_t n;
    size_t counted, line, line_start; /* lines up to `counted` */
    size_t element, element_at;       /* of the array below the root's key "features" */
} karvan_i_json_text;

/* Line and column, from 1, of the value at the end of a way; of the last value on it that is
 * there, where a key is missing. step NULL: the root. */
void karvan_i_json_place(karvan_i_json_text *t, const karvan_i_step *step, int64_t *line,
                         int64_t *column);
/* "features[3].geometry.coordinates", cut to cap. */
void karvan_i_json_path(const karvan_i_step *step, char *out, size_t cap);

/* ---- documents (geojson_read.c, geojson_geometry.c) ---- */

typedef struct karvan_i_geojson karvan_i_geojson;

/* Parse and look at the root. Faults of the whole are KARVAN_E_DATA, "path:line:column: ...". A
 * bare geometry is one feature without properties. bytes are borrowed, problems too. */
karvan_status karvan_i_geojson_open(const char *bytes, size_t n, const char *path,
                                    karvan_problems *problems, karvan_i_geojson **out,
                                    karvan_error *err);
void karvan_i_geojson_close(karvan_i_geojson *g);
size_t karvan_i_geojson_count(const karvan_i_geojson *g);
/* Feature i, whose arrays hold until the next call; *valid false where it breaks the standard, and
 * problems were added when it was looked at for the first time. Ask in rising order: it is cheaper.
 */
karvan_status karvan_i_geojson_feature(karvan_i_geojson *g, size_t i, karvan_i_feature *out,
                                       bool *valid, karvan_error *err);

/* One document under reading, shared by the two files. */
struct karvan_i_geojson {
    const char *path;
    karvan_i_json_text text;
    json_t *root;
    const json_t *features; /* NULL: the root is the one feature, or a geometry */
    bool bare;              /* the root is a geometry */
    karvan_problems *problems;
    uint8_t *seen; /* [count] 0 not yet, 1 good, 2 at fault */
    bool quiet;    /* problems of this feature were told */
    double *lonlat;
    size_t n_lonlat, cap_lonlat;
    int32_t *part;
    size_t n_parts, cap_parts;
    int64_t higher, beyond; /* positions with a height; with more than three numbers */
    karvan_error *err;
    karvan_status status; /* no memory: sticks */
};
/* A fault at the end of a way: false, so that `return karvan_i_geojson_fault(...)` reads well. */
bool karvan_i_geojson_fault(karvan_i_geojson *g, karvan_severity severity,
                            const karvan_i_step *step, const char *code, const char *hint,
                            const char *fmt, ...) KARVAN_PRINTF(6, 7);
/* Judge a geometry and keep its positions. */
bool karvan_i_geojson_geometry(karvan_i_geojson *g, const json_t *geometry,
                               const karvan_i_step *step, bool in_collection,
                               karvan_i_geometry_type *type);
/* The member bbox, where it stands. */
bool karvan_i_geojson_bbox(karvan_i_geojson *g, const json_t *object, const karvan_i_step *step);
/* Members that belong to other types (RFC 7946, 7.1). `members` NULL-ended. */
bool karvan_i_geojson_without(karvan_i_geojson *g, const json_t *object, const karvan_i_step *step,
                              const char *what, const char *const *members);

/* How GeoJSON keeps the values of a feature (geojson_values.c). */
extern const karvan_i_feature_format karvan_i_geojson_values;
/* A string or a number as a value; NULL: none. */
karvan_i_value karvan_i_json_value(const json_t *v);

/* A document in memory as rows of an import (import_geojson.c); `path` is for messages. */
karvan_status karvan_i_import_geojson_bytes(karvan_import *imp, const char *bytes, size_t n,
                                            const char *path, karvan_error *err);
#endif
