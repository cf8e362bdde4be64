#include "exchange/gpkg_layers.h"

#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/text.h"
#include "base/try.h"

static karvan_status tell(karvan_i_feature_reader *r, const karvan_i_gpkg_file *g, const char *code,
                          const char *what, const char *name, const char *why) {
    return karvan_i_import_note(r->imp, KARVAN_WARNING, (karvan_i_at){g->path, 0, 0}, code, NULL,
                                r->err, "%s %.80s %s", what, name, why);
}

/* ---- roles ---- */

/* Columns without which a layer cannot be the table; -1 ends them. */
static const int needed[KARVAN_I_AS_TABLES][5] = {
    [KARVAN_I_AS_PLACES] = {-1},
    [KARVAN_I_AS_LINKS] = {-1},
    [KARVAN_I_AS_TERMINALS] = {PLACE, OPERATION, FROM_MODE, TO_MODE, -1},
    [KARVAN_I_AS_SERVICES] = {SERVICE_LINK, -1},
    [KARVAN_I_AS_MODES] = {MODE_ID, MODE_MODE, -1},
    [KARVAN_I_AS_OPERATIONS] = {OPERATION_ID, CAUSE, COUNTS_AS, -1}};

/* The first column that the layer lacks; NULL: none. */
static const char *lacks(const karvan_i_feature_reader *r, const karvan_i_gpkg_layer *l,
                         int table) {
    static const int ends[] = {FROM, TO, -1};
    const bool bare = table == KARVAN_I_AS_LINKS && l->at_geometry < 0;
    for (const int *c = bare ? ends : needed[table]; *c >= 0; c++)
        if (!karvan_i_gpkg_has(l, r->name[table][*c])) return r->name[table][*c];
    return NULL;
}

static int own_role(const karvan_i_feature_reader *r, const karvan_i_gpkg_layer *l) {
    for (int t = 0; t < KARVAN_I_AS_TABLES; t++) {
        if (strcmp(l->name, karvan_i_feature_table(t)) != 0 || lacks(r, l, t)) continue;
        return t <= KARVAN_I_AS_LINKS && l->at_geometry >= 0 ? KARVAN_I_BY_GEOMETRY : t;
    }
    return l->at_geometry >= 0 ? KARVAN_I_BY_GEOMETRY : KARVAN_I_NOT_READ;
}

static karvan_status no_layer(const karvan_i_gpkg_file *g, const char *name, karvan_error *err) {
    char meant[120];
    const char **names = karvan_i_malloc((size_t)g->n_layers + 1, sizeof *names);
    if (!names) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the names of layers");
    for (int i = 0; i < g->n_layers; i++) names[i] = g->layer[i].name;
    (void)karvan_i_meant(name, names, (size_t)g->n_layers, meant, sizeof meant);
    karvan_i_free(names);
    return karvan_fail(err, KARVAN_E_ARG, "--layer: %s has no layer '%.60s'%s", g->path, name,
                       meant);
}

/* One TABLE=NAME of n bytes. */
static karvan_status take_pair(const karvan_i_gpkg_file *g, const karvan_i_feature_reader *r,
                               const char *s, size_t n, int *role) {
    const char *equals = memchr(s, '=', n);
    size_t word = equals ? (size_t)(equals - s) : n;
    char name[200];
    int table = 0, i = 0;
    while (table < KARVAN_I_AS_TABLES && (strlen(karvan_i_feature_table(table)) != word ||
                                          memcmp(karvan_i_feature_table(table), s, word) != 0))
        table++;
    if (table == KARVAN_I_AS_TABLES || !equals || word + 1 == n || n - word > sizeof name)
        return karvan_fail(r->err, KARVAN_E_ARG,
                           "--layer is places=NAME,links=NAME (also terminals, services, modes, "
                           "operations), not '%.*s'",
                           n > 60 ? 60 : (int)n, s);
    (void)snprintf(name, sizeof name, "%.*s", (int)(n - word - 1), equals + 1);
    while (i < g->n_layers && strcmp(g->layer[i].name, name) != 0) i++;
    if (i == g->n_layers) return no_layer(g, name, r->err);
    const karvan_i_gpkg_layer *l = &g->layer[i];
    if (l->why_not) return karvan_fail(r->err, KARVAN_E_ARG, "--layer: %.60s %s", name, l->why_not);
    const char *missing = lacks(r, l, table);
    if (missing)
        return karvan_fail(r->err, KARVAN_E_ARG,
                           "--layer: %.60s has no attribute %.60s; --property %.60s=ATTRIBUTE",
                           name, missing, missing);
    role[i] = table;
    return KARVAN_OK;
}

static karvan_status asked_roles(const karvan_i_gpkg_file *g, const karvan_i_feature_reader *r,
                                 bool *asked, int *role) {
    karvan_status st = KARVAN_OK;
    const char *s;
    for (int i = 0; (s = karvan_i_import_setting_at(r->imp, "layer", i)) != NULL; i++)
        for (bool more = true; more;) {
            size_t n = strcspn(s, ",");
            *asked = true;
            KARVAN_TRY(take_pair(g, r, s, n, role));
            more = s[n] == ',', s += n + more;
        }
done:
    return st;
}

karvan_status karvan_i_gpkg_roles(const karvan_i_gpkg_file *g, karvan_i_feature_reader *r,
                                  int *role) {
    karvan_status st = KARVAN_OK;
    bool asked = false;
    int64_t taken = 0;
    for (int i = 0; i < g->n_layers; i++) role[i] = KARVAN_I_NOT_READ;
    KARVAN_TRY(asked_roles(g, r, &asked, role));
    for (int i = 0; i < g->n_layers; i++) {
        const karvan_i_gpkg_layer *l = &g->layer[i];
        if (!asked && !l->why_not) role[i] = own_role(r, l);
        taken += role[i] != KARVAN_I_NOT_READ;
        if (role[i] != KARVAN_I_NOT_READ) continue;
        KARVAN_TRY(tell(r, g, "gpkg-layer", "layer", l->name,
                        l->why_not ? l->why_not
                        : asked    ? "was not asked for and is not read"
                                   : "has attributes only, of no table that a region takes: it is "
                                     "not read"));
    }
    KARVAN_TRY(karvan_i_import_count(r->imp, "layer", g->n_layers, taken, r->err));
    KARVAN_REQUIRE(taken > 0, r->err, KARVAN_E_DATA,
                   "%s: no layer of points or lines among its %d layers", g->path, g->n_layers);
done:
    return st;
}

/* ---- what else stands in the file ---- */

typedef struct rest {
    const karvan_i_gpkg_file *g;
    karvan_i_feature_reader *r;
} rest;

static karvan_status tell_table(void *ctx, int n, const char *const *cell, karvan_error *err) {
    const rest *x = ctx;
    (void)n, (void)err;
    return tell(x->r, x->g, "gpkg-layer", "table", cell[0] ? cell[0] : "",
                "is in no list of contents and is not read");
}

static karvan_status tell_extension(void *ctx, int n, const char *const *cell, karvan_error *err) {
    const rest *x = ctx;
    const char *name = cell[0] ? cell[0] : "";
    (void)n, (void)err;
    return tell(x->r, x->g, "gpkg-extension", "extension", name,
                strcmp(name, "gpkg_rtree_index") == 0
                    ? "is an index: it is not needed"
                    : "is not followed: what it adds is not read");
}

karvan_status karvan_i_gpkg_report_rest(const karvan_i_gpkg_file *g, karvan_i_feature_reader *r) {
    karvan_status st = KARVAN_OK;
    rest x = {g, r};
    bool there;
    KARVAN_TRY(karvan_i_gpkg_query(
        g,
        "SELECT name FROM sqlite_master WHERE type IN('table','view') AND name NOT LIKE 'gpkg!_%' "
        "ESCAPE '!' AND name NOT LIKE 'rtree!_%' ESCAPE '!' AND name NOT LIKE 'sqlite!_%' ESCAPE "
        "'!' AND lower(name) NOT IN(SELECT lower(table_name) FROM gpkg_contents) ORDER BY 1",
        NULL, tell_table, &x, r->err));
    KARVAN_TRY(karvan_i_gpkg_is_table(g, "gpkg_extensions", &there, r->err));
    if (there)
        KARVAN_TRY(
            karvan_i_gpkg_query(g, "SELECT DISTINCT extension_name FROM gpkg_extensions ORDER BY 1",
                                NULL, tell_extension, &x, r->err));
done:
    return st;
}

/* ---- reference systems ---- */

typedef struct srs {
    bool found;
    karvan_i_text code, definition; /* "EPSG:28992", well-known text */
} srs;

static karvan_status keep_srs(void *ctx, int n, const char *const *cell, karvan_error *err) {
    srs *s = ctx;
    (void)n;
    s->found = true;
    karvan_i_text_printf(&s->code, "%s:%s", cell[0] ? cell[0] : "", cell[1] ? cell[1] : "");
    karvan_i_text_puts(&s->definition, cell[2] ? cell[2] : "");
    karvan_status st = karvan_i_text_status(&s->code, err);
    return st == KARVAN_OK ? karvan_i_text_status(&s->definition, err) : st;
}

static karvan_status open_srs(const srs *s, karvan_i_crs **crs, bool *known, karvan_error *err) {
    karvan_error why = {0};
    karvan_status st = karvan_i_crs_open(s->code.s, crs, &why);
    if (st == KARVAN_E_ARG && s->definition.n && strcmp(s->definition.s, "undefined") != 0)
        st = karvan_i_crs_open(s->definition.s, crs, &why);
    if (st == KARVAN_E_NOMEM) return karvan_fail(err, st, "%s", why.msg);
    *known = st == KARVAN_OK;
    return KARVAN_OK;
}

/* By the table of reference systems; 0 is "geographic, undefined", -1 "cartesian, undefined". */
static karvan_status layer_srs(const karvan_i_gpkg_file *g, const karvan_i_gpkg_layer *l,
                               karvan_i_crs **crs, bool *known, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    srs s = {0};
    char id[24];
    bool there;
    (void)snprintf(id, sizeof id, "%lld", (long long)l->srs_id);
    KARVAN_TRY(karvan_i_gpkg_is_table(g, "gpkg_spatial_ref_sys", &there, err));
    if (there)
        KARVAN_TRY(karvan_i_gpkg_query(g,
                                       "SELECT organization,organization_coordsys_id,definition "
                                       "FROM gpkg_spatial_ref_sys WHERE srs_id=CAST(?1 AS INTEGER)",
                                       id, keep_srs, &s, err));
    *known = l->srs_id == 0 || l->srs_id == 4326;
    if (s.found && l->srs_id > 0) KARVAN_TRY(open_srs(&s, crs, known, err));
done:
    karvan_i_text_clear(&s.code), karvan_i_text_clear(&s.definition);
    return st;
}

karvan_status karvan_i_gpkg_crs(const karvan_i_gpkg_file *g, const karvan_i_gpkg_layer *l,
                                karvan_i_feature_reader *r, bool tell_it, karvan_i_crs **crs,
                                bool *known) {
    karvan_status st = KARVAN_OK;
    const char *asked = karvan_i_import_setting(r->imp, "crs");
    const karvan_i_at at = {r->file, 0, 0};
    *crs = NULL, *known = true;
    if (l->at_geometry < 0) return KARVAN_OK;
    if (asked) return karvan_i_crs_open(asked, crs, r->err);
    KARVAN_TRY(layer_srs(g, l, crs, known, r->err));
    if (!tell_it) goto done;
    if (!*known)
        st = karvan_i_import_note(r->imp, KARVAN_WARNING, at, "import-crs", "--crs EPSG:N", r->err,
                                  "positions are in a coordinate system that is not known (srs_id "
                                  "%lld); left unknown",
                                  (long long)l->srs_id);
    else if (l->srs_id == 0)
        st = karvan_i_import_ignore(
            r->imp, at, "gpkg-srs",
            "positions of a layer are geographic in a system that the file does not say; taken for "
            "degrees on WGS 84, unless --crs says another",
            r->err);
done:
    return st;
}
