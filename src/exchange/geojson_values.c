/* Properties of GeoJSON as cells: by the names of the columns, or by those that --property gives.
 */
#include <string.h>

#include "base/try.h"
#include "exchange/geojson_import.h"
#include "table/number.h"

static const char *const place_columns[PLACE_COLUMNS] = {
    "id", "name", "locode", "aliases", "country", "kind", "utc_offset_h", "note"};
static const char *const link_columns[LINK_COLUMNS] = {"id",
                                                       "from",
                                                       "to",
                                                       "mode",
                                                       "two_way",
                                                       "open_from",
                                                       "open_to",
                                                       "operator",
                                                       "cargo_classes",
                                                       "note",
                                                       "length_km",
                                                       "speed_kmh",
                                                       "time_h",
                                                       "time_p90_over_p50",
                                                       "cost_usd_per_teu",
                                                       "capacity_teu_day",
                                                       "capacity_kt_year",
                                                       "co2e_kg_per_teu_km",
                                                       "fixed_h",
                                                       "fixed_usd_per_teu"};

/* ---- names ---- */

static void choose(const karvan_i_geojson_reader *r, int n, const char *const *ours,
                   const char **theirs) {
    const char *pair;
    for (int c = 0; c < n; c++) theirs[c] = ours[c];
    for (int i = 0; (pair = karvan_i_import_setting_at(r->imp, "property", i)) != NULL; i++)
        for (int c = 0; c < n; c++) {
            size_t len = strlen(ours[c]);
            if (strncmp(pair, ours[c], len) == 0 && pair[len] == '=') theirs[c] = pair + len + 1;
        }
}

karvan_status karvan_i_geojson_check_names(const karvan_i_geojson_reader *r) {
    const char *pair;
    for (int i = 0; (pair = karvan_i_import_setting_at(r->imp, "property", i)) != NULL; i++) {
        size_t len = strcspn(pair, "=");
        bool known = false;
        for (int c = 0; c < LINK_COLUMNS; c++)
            known |= strlen(link_columns[c]) == len && strncmp(link_columns[c], pair, len) == 0;
        for (int c = 0; c < PLACE_COLUMNS; c++)
            known |= strlen(place_columns[c]) == len && strncmp(place_columns[c], pair, len) == 0;
        if (!known || !pair[len] || !pair[len + 1])
            return karvan_fail(r->err, KARVAN_E_ARG,
                               "--property is COLUMN=PROPERTY, a column of places or links, not "
                               "'%.60s'",
                               pair);
    }
    return KARVAN_OK;
}

/* Properties that fill no column, one line a name for all features. `layer` is our own mark,
 * `lon` and `lat` are what the geometry says. */
karvan_status karvan_i_geojson_report_others(karvan_i_geojson_reader *r, const karvan_i_feature *f,
                                             int n, const char *const *names, const char *table) {
    karvan_status st = KARVAN_OK;
    const karvan_i_at at = {r->path, f->line, f->column};
    for (void *it = json_object_iter((json_t *)f->properties); it;
         it = json_object_iter_next((json_t *)f->properties, it)) {
        const char *key = json_object_iter_key(it);
        bool known =
            strcmp(key, "layer") == 0 || strcmp(key, "lon") == 0 || strcmp(key, "lat") == 0;
        for (int c = 0; c < n; c++) known |= strcmp(names[c], key) == 0;
        if (known) continue;
        char what[160];
        (void)snprintf(what, sizeof what, "property %.80s fills no column of %s", key, table);
        KARVAN_TRY(karvan_i_import_ignore(r->imp, at, "geojson-property", what, r->err));
    }
done:
    return st;
}

void karvan_i_geojson_choose_names(karvan_i_geojson_reader *r) {
    choose(r, PLACE_COLUMNS, place_columns, r->place_name);
    choose(r, LINK_COLUMNS, link_columns, r->link_name);
}

/* ---- values ---- */

karvan_status karvan_i_geojson_odd(karvan_i_geojson_reader *r, const karvan_i_feature *f,
                                   const char *name, const char *hint) {
    const karvan_i_at at = {r->path, f->line, f->column};
    return karvan_i_import_note(r->imp, KARVAN_WARNING, at, "geojson-value", hint, r->err,
                                "property %.60s cannot be taken; left unknown", name);
}

/* Texts, and numbers written as such. */
karvan_status karvan_i_geojson_text(karvan_i_geojson_reader *r, const karvan_i_feature *f,
                                    const char *name, int column, const char **out) {
    const json_t *v = json_object_get(f->properties, name);
    *out = NULL;
    if (!v || json_is_null(v)) return KARVAN_OK;
    if (json_is_string(v)) return *out = json_string_value(v), KARVAN_OK;
    if (!json_is_number(v)) return karvan_i_geojson_odd(r, f, name, "a text");
    karvan_real_format(json_number_value(v), r->scratch[column], sizeof r->scratch[column]);
    *out = r->scratch[column];
    return KARVAN_OK;
}

/* Numbers, and texts that are nothing but a number. */
karvan_status karvan_i_geojson_real(karvan_i_geojson_reader *r, const karvan_i_feature *f,
                                    const char *name, double *out) {
    const json_t *v = json_object_get(f->properties, name);
    const char *s = json_string_value(v);
    *out = NAN;
    if (!v || json_is_null(v) || (s && !*s)) return KARVAN_OK;
    if (json_is_number(v)) return *out = json_number_value(v), KARVAN_OK;
    if (s && karvan_i_parse_real(s, strlen(s), '.', out)) return KARVAN_OK;
    *out = NAN;
    return karvan_i_geojson_odd(r, f, name, "a number");
}

karvan_status karvan_i_geojson_bool(karvan_i_geojson_reader *r, const karvan_i_feature *f,
                                    const char *name, bool *out) {
    const json_t *v = json_object_get(f->properties, name);
    const char *s = json_string_value(v);
    if (!v || json_is_null(v)) return KARVAN_OK;
    if (json_is_boolean(v)) return *out = json_is_true(v), KARVAN_OK;
    if (s && strcmp(s, "true") == 0) return *out = true, KARVAN_OK;
    if (s && strcmp(s, "false") == 0) return *out = false, KARVAN_OK;
    return karvan_i_geojson_odd(r, f, name, "true or false");
}

/* The member id of a feature as text; NULL: none. */
const char *karvan_i_geojson_id(karvan_i_geojson_reader *r, const karvan_i_feature *f) {
    if (!f->id || json_is_string(f->id)) return json_string_value(f->id);
    karvan_real_format(json_number_value(f->id), r->scratch[ID], sizeof r->scratch[ID]);
    return r->scratch[ID];
}
