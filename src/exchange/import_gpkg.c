/* GeoPackages as places, links, terminals and services: layers of features and tables of
 * attributes, row by row, whatever their size. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/gpkg_layers.h"

/* One pass over one layer. */
typedef struct pass {
    karvan_i_feature_reader *r;
    const karvan_i_gpkg_layer *layer;
    int role, table; /* table: what this pass makes */
    bool first;      /* of the passes over the layer: it counts and tells */
    karvan_i_crs *crs;
    bool known; /* where its positions are */
    karvan_i_gpkg_geometry *g;
    int64_t rows;
} pass;

static karvan_status bad_geometry(const pass *p, const karvan_i_feature *f, const char *why) {
    if (!p->first) return KARVAN_OK;
    return karvan_i_import_note(p->r->imp, KARVAN_ERROR, karvan_i_feature_at(p->r, f),
                                "gpkg-geometry", NULL, p->r->err, "geometry: %s; left out", why);
}

/* The geometry of a row as it stands; *good false where it is none, and that is told. */
static karvan_status read_geometry(const pass *p, const karvan_i_gpkg_row *row, karvan_i_feature *f,
                                   bool *good) {
    karvan_i_gpkg_geometry *g = p->g;
    karvan_error why = {0};
    *good = !row->geometry_odd;
    if (row->geometry_odd) return bad_geometry(p, f, "neither bytes nor null");
    g->type = KARVAN_I_NO_GEOMETRY, g->n_xy = g->n_parts = 0, g->name = "";
    if (!row->geometry) return KARVAN_OK;
    karvan_status st = karvan_i_gpkg_geometry_read(g, row->geometry, row->n_geometry, &why);
    if (st == KARVAN_E_NOMEM) return karvan_fail(p->r->err, st, "%s", why.msg);
    *good = st == KARVAN_OK;
    if (!*good) return bad_geometry(p, f, why.msg);
    f->type = g->type, f->n_parts = (int32_t)g->n_parts, f->part = g->part, f->lonlat = g->xy;
    if (!p->first) return KARVAN_OK;
    if (g->dimensions > 2) p->r->heights += (int64_t)g->n_xy;
    if (g->srs_id == (int32_t)p->layer->srs_id) return KARVAN_OK;
    return karvan_i_import_ignore(
        p->r->imp, karvan_i_feature_at(p->r, f), "gpkg-srs",
        "a geometry names another reference system than its layer, whose holds", p->r->err);
}

/* Its positions as degrees; without a known system it has none. */
static karvan_status to_degrees(const pass *p, karvan_i_feature *f) {
    karvan_i_gpkg_geometry *g = p->g;
    if (!p->known) {
        f->type = KARVAN_I_NO_GEOMETRY;
        return KARVAN_OK;
    }
    for (size_t i = 0; i < g->n_xy; i++)
        karvan_i_crs_to_degrees(p->crs, &g->xy[2 * i], &g->xy[2 * i + 1]);
    if (f->type != KARVAN_I_POINT || !isnan(g->xy[0])) return KARVAN_OK;
    return karvan_i_import_note(p->r->imp, KARVAN_WARNING, karvan_i_feature_at(p->r, f),
                                "import-coordinates", NULL, p->r->err,
                                "the position has no longitude and latitude; left unknown");
}

/* The table that a feature belongs to, -1: none. */
static int table_of(const pass *p, const karvan_i_feature *f) {
    bool line = f->type == KARVAN_I_LINE || f->type == KARVAN_I_MULTILINE;
    bool none = f->type == KARVAN_I_NO_GEOMETRY;
    bool links = p->role == KARVAN_I_AS_LINKS || p->role == KARVAN_I_BY_GEOMETRY;
    bool places = p->role == KARVAN_I_AS_PLACES ||
                  (none && strcmp(p->layer->name, karvan_i_feature_table(KARVAN_I_AS_PLACES)) == 0);
    if (links && (line || (none && !places && karvan_i_feature_names_ends(p->r, f))))
        return KARVAN_I_AS_LINKS;
    if (f->type == KARVAN_I_POINT && p->role != KARVAN_I_AS_LINKS) return KARVAN_I_AS_PLACES;
    return none && places ? KARVAN_I_AS_PLACES : -1;
}

/* What becomes no row: neither place nor link, or not what its layer was asked for as. */
static karvan_status ignore(const pass *p, const karvan_i_feature *f) {
    char what[120];
    if (p->role == KARVAN_I_BY_GEOMETRY || f->type == KARVAN_I_NO_GEOMETRY)
        return karvan_i_feature_ignore(p->r, f, p->g->name);
    (void)snprintf(what, sizeof what, "a %.40s in a layer of %s is left out", p->g->name,
                   karvan_i_feature_table(p->role));
    return karvan_i_import_ignore(p->r->imp, karvan_i_feature_at(p->r, f), "feature-geometry", what,
                                  p->r->err);
}

static karvan_status take_row(void *ctx, karvan_i_gpkg_row *row, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    pass *p = ctx;
    karvan_i_feature f = {.properties = row, .line = row->number > 0 ? row->number : 0};
    char made[120];
    bool good;
    (void)err;
    p->rows += p->first;
    (void)snprintf(made, sizeof made, "%.80s %lld", p->layer->name, (long long)row->number);
    f.made = made;
    if (p->table > KARVAN_I_AS_LINKS) return karvan_i_feature_row(p->r, &f, p->table);
    KARVAN_TRY(read_geometry(p, row, &f, &good));
    if (!good) goto done;
    int table = table_of(p, &f);
    if (table < 0 && p->first) KARVAN_TRY(ignore(p, &f));
    if (table != p->table) goto done;
    KARVAN_TRY(to_degrees(p, &f));
    st = table == KARVAN_I_AS_PLACES ? karvan_i_feature_place(p->r, &f)
                                     : karvan_i_feature_link(p->r, &f);
done:
    return st;
}

/* Does the pass that makes a table look at a layer of that role? */
static bool looks(int role, int table) {
    return role == table || (role == KARVAN_I_BY_GEOMETRY && table <= KARVAN_I_AS_LINKS);
}

/* Did anybody ask for the primary key by its name? */
static bool key_asked(const karvan_i_feature_reader *r, const karvan_i_gpkg_layer *l) {
    const char *pair;
    for (int i = 0; l->key >= 0 && (pair = karvan_i_import_setting_at(r->imp, "property", i)); i++)
        if (strcmp(pair + strcspn(pair, "=") + 1, l->column[l->key]) == 0) return true;
    return false;
}

static karvan_status read_layer(const karvan_i_gpkg_file *file, pass *p) {
    karvan_status st = KARVAN_OK;
    karvan_i_text where = {0};
    karvan_i_text_printf(&where, "%s|layername=%s", file->path, p->layer->name);
    KARVAN_TRY(karvan_i_text_status(&where, p->r->err));
    p->r->file = where.s;
    if (p->table <= KARVAN_I_AS_LINKS)
        KARVAN_TRY(karvan_i_gpkg_crs(file, p->layer, p->r, p->first, &p->crs, &p->known));
    KARVAN_TRY(
        karvan_i_gpkg_rows(file, p->layer, key_asked(p->r, p->layer), take_row, p, p->r->err));
done:
    karvan_i_crs_close(p->crs);
    karvan_i_text_clear(&where);
    p->r->file = file->path;
    return st;
}

/* What modes and operations are before what names them, places before links, links before what runs
 * on them. */
static karvan_status read_layers(const karvan_i_gpkg_file *file, karvan_i_feature_reader *r,
                                 const int *role) {
    static const int order[] = {KARVAN_I_AS_MODES, KARVAN_I_AS_OPERATIONS, KARVAN_I_AS_PLACES,
                                KARVAN_I_AS_LINKS, KARVAN_I_AS_TERMINALS,  KARVAN_I_AS_SERVICES};
    karvan_status st = KARVAN_OK;
    karvan_i_gpkg_geometry g = {0};
    int64_t rows = 0;
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
        for (int i = 0; i < file->n_layers; i++) {
            pass p = {
                .r = r, .layer = &file->layer[i], .role = role[i], .table = order[k], .g = &g};
            if (!looks(role[i], order[k])) continue;
            p.first = role[i] == order[k] || order[k] == KARVAN_I_AS_PLACES;
            KARVAN_TRY(read_layer(file, &p));
            rows += p.rows;
        }
    KARVAN_TRY(karvan_i_import_count(r->imp, "row", rows, r->taken, r->err));
    KARVAN_TRY(karvan_i_feature_heights(r, (karvan_i_at){file->path, 0, 0}));
done:
    karvan_i_gpkg_geometry_clear(&g);
    return st;
}

static karvan_status read_gpkg(karvan_import *imp, int n_paths, const char *const *paths,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_gpkg_file file = {0};
    karvan_i_feature_reader r = {0};
    int *role = NULL;
    (void)n_paths;
    KARVAN_TRY(karvan_i_feature_reader_init(&r, imp, &karvan_i_gpkg_values, err));
    r.file = paths[0];
    KARVAN_TRY(karvan_i_gpkg_open(paths[0], &file, err));
    KARVAN_TRY(karvan_i_import_source(imp, paths[0], NULL, NULL, err));
    role = karvan_i_malloc((size_t)file.n_layers + 1, sizeof *role);
    KARVAN_REQUIRE(role, err, KARVAN_E_NOMEM, "no memory for %d layers", file.n_layers);
    KARVAN_TRY(karvan_i_gpkg_roles(&file, &r, role));
    KARVAN_TRY(read_layers(&file, &r, role));
    KARVAN_TRY(karvan_i_gpkg_report_rest(&file, &r));
done:
    karvan_i_free(role);
    karvan_i_gpkg_close(&file);
    karvan_i_feature_reader_clear(&r);
    return st;
}

static const char *const settings[] = {"mode", "tolerance", "property", "layer", "crs", NULL};
const karvan_i_importer karvan_i_importer_gpkg = {
    "gpkg",      "GeoPackage: layers of points as places, of lines as links",
    "FILE.gpkg", 1,
    1,           settings,
    read_gpkg,   NULL,
    NULL};
