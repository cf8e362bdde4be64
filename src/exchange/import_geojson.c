/* GeoJSON as places (Point) and links (LineString, MultiLineString). Properties are taken by the
 * names of the columns; ends of lines are places within a tolerance, or become junctions. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/geojson.h"

/* What a feature is to be: 'p' a place, 'l' a link, 0 neither. Without a geometry it is what its
 * properties say. */
static char role_of(const karvan_i_feature_reader *r, const karvan_i_feature *f) {
    const char *layer = json_string_value(json_object_get(f->properties, "layer"));
    if (f->type == KARVAN_I_POINT) return 'p';
    if (f->type == KARVAN_I_LINE || f->type == KARVAN_I_MULTILINE) return 'l';
    if (f->type != KARVAN_I_NO_GEOMETRY) return 0;
    if (karvan_i_feature_names_ends(r, f)) return 'l';
    return layer && strcmp(layer, "places") == 0 ? 'p' : 0;
}

/* Places before links, whichever come first in the file. */
static karvan_status take_features(karvan_i_feature_reader *r, karvan_i_geojson *doc) {
    karvan_status st = KARVAN_OK;
    size_t n = karvan_i_geojson_count(doc);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < n; i++) {
            karvan_i_feature f;
            bool valid;
            char made[40];
            KARVAN_TRY(karvan_i_geojson_feature(doc, i, &f, &valid, r->err));
            (void)snprintf(made, sizeof made, "feature %zu", i + 1);
            f.made = made;
            char role = valid ? role_of(r, &f) : 'x';
            if (pass == 0 && role == 'p') KARVAN_TRY(karvan_i_feature_place(r, &f));
            if (pass == 0 && role == 0) KARVAN_TRY(karvan_i_feature_ignore(r, &f, NULL));
            if (pass == 1 && role == 'l') KARVAN_TRY(karvan_i_feature_link(r, &f));
        }
    KARVAN_TRY(karvan_i_import_count(r->imp, "feature", (int64_t)n, r->taken, r->err));
    r->heights = doc->higher;
    KARVAN_TRY(karvan_i_feature_heights(r, (karvan_i_at){r->file, 0, 0}));
done:
    return st;
}

/* What the reader found wrong with the document itself. */
static karvan_status pass_on(karvan_i_feature_reader *r, const karvan_problems *problems) {
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
    karvan_i_geojson *doc = NULL;
    karvan_i_feature_reader r;
    KARVAN_TRY(karvan_i_feature_reader_init(&r, imp, &karvan_i_geojson_values, err));
    r.file = path;
    KARVAN_TRY(karvan_problems_create(&problems, err));
    st = karvan_i_geojson_open(bytes, n, path, problems, &doc, err);
    if (st == KARVAN_OK) st = take_features(&r, doc);
    if (st == KARVAN_OK) st = pass_on(&r, problems);
done:
    karvan_i_geojson_close(doc);
    karvan_i_feature_reader_clear(&r);
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
    read_geojson,
    NULL,
    NULL};
