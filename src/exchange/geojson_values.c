/* Properties of GeoJSON as values. */
#include "base/try.h"
#include "exchange/geojson.h"

karvan_i_value karvan_i_json_value(const json_t *v) {
    if (!v || json_is_null(v)) return (karvan_i_value){.kind = KARVAN_I_NO_VALUE};
    if (json_is_string(v))
        return (karvan_i_value){.kind = KARVAN_I_TEXT_VALUE, .text = json_string_value(v)};
    if (json_is_number(v))
        return (karvan_i_value){.kind = KARVAN_I_NUMBER_VALUE, .number = json_number_value(v)};
    if (json_is_boolean(v))
        return (karvan_i_value){.kind = KARVAN_I_TRUTH_VALUE, .truth = json_is_true(v)};
    return (karvan_i_value){.kind = KARVAN_I_ODD_VALUE};
}

static karvan_i_value get(const void *properties, const char *name) {
    return karvan_i_json_value(json_object_get(properties, name));
}

static karvan_status each(const void *properties, karvan_status (*with)(void *, const char *),
                          void *ctx) {
    karvan_status st = KARVAN_OK;
    json_t *object = (json_t *)properties; /* iterators take no const */
    for (void *it = json_object_iter(object); it; it = json_object_iter_next(object, it))
        KARVAN_TRY(with(ctx, json_object_iter_key(it)));
done:
    return st;
}

const karvan_i_feature_format karvan_i_geojson_values = {"property", get, each, false};
