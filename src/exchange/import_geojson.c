/* GeoJSON as places (Point) and links (LineString, MultiLineString). Properties are taken by the
 * names of the columns; ends of lines are places within a tolerance, or become junctions. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/geojson_import.h"

/* ---- places ---- */

static karvan_status add_place(karvan_i_geojson_reader *r, const karvan_i_feature *f, size_t i) {
    karvan_status st = KARVAN_OK;
    karvan_i_place p = KARVAN_I_PLACE;
    char made[40];
    int32_t row;
    const char **texts[] = {&p.key, &p.name, &p.locode, &p.aliases, &p.country, &p.kind};
    for (int c = ID; c <= KIND; c++)
        KARVAN_TRY(karvan_i_geojson_text(r, f, r->place_name[c], c, texts[c]));
    KARVAN_TRY(karvan_i_geojson_text(r, f, r->place_name[PLACE_NOTE], PLACE_NOTE, &p.note));
    KARVAN_TRY(karvan_i_geojson_real(r, f, r->place_name[OFFSET], &p.utc_offset_h));
    if (p.kind && !karvan_i_is_place_kind(p.kind)) {
        KARVAN_TRY(karvan_i_geojson_odd(r, f, r->place_name[KIND],
                                        "city, port, border, station, junction or strait"));
        p.kind = NULL;
    }
    p.at = (karvan_i_at){r->path, f->line, f->column};
    if (f->type == KARVAN_I_POINT) p.lon = f->lonlat[0], p.lat = f->lonlat[1];
    if (!p.key) p.key = karvan_i_geojson_id(r, f);
    if (!p.key && p.name && karvan_i_import_place_of(r->imp, p.name) < 0) p.key = p.name;
    (void)snprintf(made, sizeof made, "feature %zu", i + 1);
    if (!p.key || !*p.key) p.key = made;
    KARVAN_TRY(karvan_i_import_place(r->imp, &p, &row, r->err));
    KARVAN_TRY(karvan_i_geojson_report_others(r, f, PLACE_COLUMNS, r->place_name, "places"));
    if (row < 0) goto done;
    r->taken++;
    double lon, lat;
    karvan_i_import_position(r->imp, row, &lon, &lat);
    if (isfinite(lon)) KARVAN_TRY(karvan_i_nearby_add(&r->ends, lon, lat, row, r->err));
done:
    return st;
}

/* ---- the document ---- */

static bool has(const karvan_i_feature *f, const char *name) {
    return json_is_string(json_object_get(f->properties, name));
}

/* What a feature is to be: 'p' a place, 'l' a link, 0 neither. Without a geometry it is what its
 * properties say. */
static char role_of(const karvan_i_geojson_reader *r, const karvan_i_feature *f) {
    const char *layer = json_string_value(json_object_get(f->properties, "layer"));
    if (f->type == KARVAN_I_POINT) return 'p';
    if (f->type == KARVAN_I_LINE || f->type == KARVAN_I_MULTILINE) return 'l';
    if (f->type != KARVAN_I_NO_GEOMETRY) return 0;
    if (has(f, r->link_name[FROM]) && has(f, r->link_name[TO])) return 'l';
    return layer && strcmp(layer, "places") == 0 ? 'p' : 0;
}

static karvan_status ignore_geometry(karvan_i_geojson_reader *r, const karvan_i_feature *f) {
    const karvan_i_at at = {r->path, f->line, f->column};
    char what[80];
    if (f->type == KARVAN_I_NO_GEOMETRY)
        (void)snprintf(what, sizeof what, "a feature without a geometry is left out");
    else
        (void)snprintf(what, sizeof what, "a %s is neither a place nor a link and is left out",
                       karvan_i_geometry_names[f->type]);
    return karvan_i_import_ignore(r->imp, at, "geojson-geometry", what, r->err);
}

/* Places before links, whichever come first in the file. */
static karvan_status take_features(karvan_i_geojson_reader *r) {
    karvan_status st = KARVAN_OK;
    size_t n = karvan_i_geojson_count(r->doc);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < n; i++) {
            karvan_i_feature f;
            bool valid;
            KARVAN_TRY(karvan_i_geojson_feature(r->doc, i, &f, &valid, r->err));
            char role = valid ? role_of(r, &f) : 'x';
            if (pass == 0 && role == 'p') KARVAN_TRY(add_place(r, &f, i));
            if (pass == 0 && role == 0) KARVAN_TRY(ignore_geometry(r, &f));
            if (pass == 1 && role == 'l') KARVAN_TRY(karvan_i_geojson_add_link(r, &f));
        }
    KARVAN_TRY(karvan_i_import_count(r->imp, "feature", (int64_t)n, r->taken, r->err));
    const karvan_i_at whole = {r->path, 0, 0};
    if (r->doc->higher > 0)
        KARVAN_TRY(karvan_i_import_note(r->imp, KARVAN_WARNING, whole, "geojson-height", NULL,
                                        r->err, "heights of %lld positions are not kept",
                                        (long long)r->doc->higher));
done:
    return st;
}

/* What the reader found wrong with the document itself. */
static karvan_status pass_on(karvan_i_geojson_reader *r, const karvan_problems *problems) {
    karvan_status st = KARVAN_OK;
    for (int64_t i = 0; i < karvan_problems_total(problems); i++) {
        karvan_problem p = karvan_problems_get(problems, i);
        KARVAN_TRY(karvan_i_import_note(r->imp, p.severity, (karvan_i_at){p.file, p.line, p.column},
                                        p.code, p.hint, r->err, "%s", p.message));
    }
done:
    return st;
}

karvan_status karvan_i_import_geojson_bytes(karvan_import *imp, const char *bytes, size_t n,
                                            const char *path, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_problems *problems = NULL;
    karvan_i_geojson_reader r = {.imp = imp, .path = path, .err = err};
    KARVAN_TRY(karvan_i_import_number(imp, "tolerance", 0.05, &r.tolerance_km, err));
    KARVAN_REQUIRE(r.tolerance_km >= 0 && r.tolerance_km <= 100, err, KARVAN_E_ARG,
                   "--tolerance is 0 to 100 km, not %g", r.tolerance_km);
    KARVAN_TRY(karvan_i_geojson_check_names(&r));
    karvan_i_geojson_choose_names(&r);
    KARVAN_TRY(karvan_problems_create(&problems, err));
    KARVAN_TRY(karvan_i_nearby_init(&r.ends, r.tolerance_km, err));
    st = karvan_i_geojson_open(bytes, n, path, problems, &r.doc, err);
    if (st == KARVAN_OK) st = take_features(&r);
    if (st == KARVAN_OK) st = pass_on(&r, problems);
done:
    karvan_i_geojson_close(r.doc);
    karvan_i_nearby_clear(&r.ends);
    karvan_problems_destroy(problems);
    return st;
}

static karvan_status read_geojson(karvan_import *imp, int n_paths, const char *const *paths,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char *bytes = NULL;
    size_t n;
    (void)n_paths;
    KARVAN_TRY(karvan_i_file_read(paths[0], &bytes, &n, err));
    KARVAN_TRY(karvan_i_import_source(imp, paths[0], NULL, NULL, err));
    KARVAN_TRY(karvan_i_import_geojson_bytes(imp, bytes, n, paths[0], err));
done:
    karvan_i_free(bytes);
    return st;
}

static const char *const settings[] = {"mode", "tolerance", "property", NULL};
const karvan_i_importer karvan_i_importer_geojson = {
    "geojson",
    "GeoJSON (RFC 7946): points as places, lines as links",
    "FILE.geojson",
    1,
    1,
    settings,
    read_geojson};
