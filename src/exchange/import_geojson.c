/* GeoJSON as places (Point) and links (LineString, MultiLineString). Properties are taken by the
 * names of the columns; ends of lines are places within a tolerance, or become junctions. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/geojson.h"
#include "exchange/import.h"
#include "network/graph.h"
#include "table/number.h"

/* Columns that a property may fill, in the order of the arrays below. */
enum { ID, NAME, LOCODE, ALIASES, COUNTRY, KIND, OFFSET, PLACE_NOTE, PLACE_COLUMNS };
static const char *const place_columns[PLACE_COLUMNS] = {
    "id", "name", "locode", "aliases", "country", "kind", "utc_offset_h", "note"};
enum {
    LINK_ID,
    FROM,
    TO,
    MODE,
    TWO_WAY,
    OPEN_FROM,
    OPEN_TO,
    OPERATOR,
    CARGO,
    LINK_NOTE,
    LENGTH,
    SPEED,
    TIME,
    SPREAD,
    COST,
    CAPACITY,
    TONNES,
    CO2E,
    FIXED_H,
    FIXED_USD,
    LINK_COLUMNS
};
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
enum { MOST_COLUMNS = LINK_COLUMNS };

typedef struct reader {
    karvan_import *imp;
    const char *path;
    karvan_i_geojson *doc;
    karvan_i_nearby ends;
    double tolerance_km;
    int64_t junctions, taken;
    /* names of the properties, by column; ours unless --property says theirs */
    const char *place_name[PLACE_COLUMNS], *link_name[LINK_COLUMNS];
    char scratch[MOST_COLUMNS][40]; /* numbers as text */
    karvan_error *err;
} reader;

/* ---- names ---- */

static void choose_names(const reader *r, int n, const char *const *ours, const char **theirs) {
    const char *pair;
    for (int c = 0; c < n; c++) theirs[c] = ours[c];
    for (int i = 0; (pair = karvan_i_import_setting_at(r->imp, "property", i)) != NULL; i++)
        for (int c = 0; c < n; c++) {
            size_t len = strlen(ours[c]);
            if (strncmp(pair, ours[c], len) == 0 && pair[len] == '=') theirs[c] = pair + len + 1;
        }
}

static karvan_status check_names(const reader *r) {
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
static karvan_status report_others(reader *r, const karvan_i_feature *f, int n,
                                   const char *const *names, const char *table) {
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

/* ---- values ---- */

static karvan_status odd(reader *r, const karvan_i_feature *f, const char *name, const char *hint) {
    const karvan_i_at at = {r->path, f->line, f->column};
    return karvan_i_import_note(r->imp, KARVAN_WARNING, at, "geojson-value", hint, r->err,
                                "property %.60s cannot be taken; left unknown", name);
}

/* Texts, and numbers written as such. */
static karvan_status get_text(reader *r, const karvan_i_feature *f, const char *name, int column,
                              const char **out) {
    const json_t *v = json_object_get(f->properties, name);
    *out = NULL;
    if (!v || json_is_null(v)) return KARVAN_OK;
    if (json_is_string(v)) return *out = json_string_value(v), KARVAN_OK;
    if (!json_is_number(v)) return odd(r, f, name, "a text");
    karvan_real_format(json_number_value(v), r->scratch[column], sizeof r->scratch[column]);
    *out = r->scratch[column];
    return KARVAN_OK;
}

/* Numbers, and texts that are nothing but a number. */
static karvan_status get_real(reader *r, const karvan_i_feature *f, const char *name, double *out) {
    const json_t *v = json_object_get(f->properties, name);
    const char *s = json_string_value(v);
    *out = NAN;
    if (!v || json_is_null(v) || (s && !*s)) return KARVAN_OK;
    if (json_is_number(v)) return *out = json_number_value(v), KARVAN_OK;
    if (s && karvan_i_parse_real(s, strlen(s), '.', out)) return KARVAN_OK;
    *out = NAN;
    return odd(r, f, name, "a number");
}

static karvan_status get_bool(reader *r, const karvan_i_feature *f, const char *name, bool *out) {
    const json_t *v = json_object_get(f->properties, name);
    const char *s = json_string_value(v);
    if (!v || json_is_null(v)) return KARVAN_OK;
    if (json_is_boolean(v)) return *out = json_is_true(v), KARVAN_OK;
    if (s && strcmp(s, "true") == 0) return *out = true, KARVAN_OK;
    if (s && strcmp(s, "false") == 0) return *out = false, KARVAN_OK;
    return odd(r, f, name, "true or false");
}

/* The member id of a feature as text; NULL: none. */
static const char *feature_id(reader *r, const karvan_i_feature *f) {
    if (!f->id || json_is_string(f->id)) return json_string_value(f->id);
    karvan_real_format(json_number_value(f->id), r->scratch[ID], sizeof r->scratch[ID]);
    return r->scratch[ID];
}

/* ---- places ---- */

static bool is_kind(const char *s) {
    static const char *const kinds[] = {"city", "port", "border", "station", "junction", "strait"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i], s) == 0) return true;
    return false;
}

static karvan_status add_place(reader *r, const karvan_i_feature *f, size_t i) {
    karvan_status st = KARVAN_OK;
    karvan_i_place p = KARVAN_I_PLACE;
    char made[40];
    int32_t row;
    const char **texts[] = {&p.key, &p.name, &p.locode, &p.aliases, &p.country, &p.kind};
    for (int c = ID; c <= KIND; c++) KARVAN_TRY(get_text(r, f, r->place_name[c], c, texts[c]));
    KARVAN_TRY(get_text(r, f, r->place_name[PLACE_NOTE], PLACE_NOTE, &p.note));
    KARVAN_TRY(get_real(r, f, r->place_name[OFFSET], &p.utc_offset_h));
    if (p.kind && !is_kind(p.kind)) {
        KARVAN_TRY(
            odd(r, f, r->place_name[KIND], "city, port, border, station, junction or strait"));
        p.kind = NULL;
    }
    p.at = (karvan_i_at){r->path, f->line, f->column};
    if (f->type == KARVAN_I_POINT) p.lon = f->lonlat[0], p.lat = f->lonlat[1];
    if (!p.key) p.key = feature_id(r, f);
    if (!p.key && p.name && karvan_i_import_place_of(r->imp, p.name) < 0) p.key = p.name;
    (void)snprintf(made, sizeof made, "feature %zu", i + 1);
    if (!p.key || !*p.key) p.key = made;
    KARVAN_TRY(karvan_i_import_place(r->imp, &p, &row, r->err));
    KARVAN_TRY(report_others(r, f, PLACE_COLUMNS, r->place_name, "places"));
    if (row < 0) goto done;
    r->taken++;
    double lon, lat;
    karvan_i_import_position(r->imp, row, &lon, &lat);
    if (isfinite(lon)) KARVAN_TRY(karvan_i_nearby_add(&r->ends, lon, lat, row, r->err));
done:
    return st;
}

/* ---- links ---- */

/* The place at one end of a line, a new junction where none is near. */
static karvan_status place_at(reader *r, const double *lonlat, karvan_i_at at, int32_t *row) {
    karvan_status st = KARVAN_OK;
    char key[40];
    *row = karvan_i_nearby_find(&r->ends, lonlat[0], lonlat[1]);
    if (*row >= 0) return KARVAN_OK;
    do {
        (void)snprintf(key, sizeof key, "junction %lld", (long long)++r->junctions);
    } while (karvan_i_import_place_of(r->imp, key) >= 0);
    karvan_i_place p = KARVAN_I_PLACE;
    p.key = key, p.lon = lonlat[0], p.lat = lonlat[1], p.at = at;
    p.note = "an end of lines, no point of the file";
    KARVAN_TRY(karvan_i_import_place(r->imp, &p, row, r->err));
    KARVAN_TRY(karvan_i_nearby_add(&r->ends, p.lon, p.lat, *row, r->err));
done:
    return st;
}

/* An end that the properties name. */
static karvan_status named_end(reader *r, const char *key, karvan_i_at at, int32_t *row) {
    *row = key ? karvan_i_import_place_of(r->imp, key) : -1;
    if (!key || *row >= 0) return KARVAN_OK;
    return karvan_i_import_note(
        r->imp, KARVAN_WARNING, at, "geojson-end", NULL, r->err,
        "no place '%.60s' for an end of a line; the line's own end is taken", key);
}

static karvan_status check_mode(reader *r, karvan_i_link *l, bool *good) {
    karvan_error why = {0};
    if (!l->mode) l->mode = karvan_i_import_setting(r->imp, "mode");
    karvan_status st = l->mode ? karvan_i_import_any_mode(r->imp, l->mode, &why) : KARVAN_OK;
    *good = l->mode && st == KARVAN_OK;
    if (*good) return KARVAN_OK;
    if (st == KARVAN_E_NOMEM) return karvan_fail(r->err, st, "%s", why.msg);
    return karvan_i_import_note(r->imp, KARVAN_WARNING, l->at, "geojson-mode", "--mode MODE",
                                r->err, "a line is left out: %s",
                                l->mode ? why.msg : "no property mode, and --mode was not given");
}

static karvan_status link_values(reader *r, const karvan_i_feature *f, karvan_i_link *l,
                                 const char *ends[2]) {
    karvan_status st = KARVAN_OK;
    const char **texts[] = {&l->key,       &ends[0],    &ends[1],    &l->mode,          NULL,
                            &l->open_from, &l->open_to, &l->company, &l->cargo_classes, &l->note};
    double *reals[] = {&l->length_km,        &l->speed_kmh,          &l->time_h,
                       &l->p90_over_p50,     &l->cost_usd_per_teu,   &l->capacity_teu_day,
                       &l->capacity_kt_year, &l->co2e_kg_per_teu_km, &l->fixed_h,
                       &l->fixed_usd_per_teu};
    l->two_way = true;
    for (int c = LINK_ID; c <= LINK_NOTE; c++)
        if (texts[c]) KARVAN_TRY(get_text(r, f, r->link_name[c], c, texts[c]));
    for (int c = LENGTH; c < LINK_COLUMNS; c++)
        KARVAN_TRY(get_real(r, f, r->link_name[c], reals[c - LENGTH]));
    KARVAN_TRY(get_bool(r, f, r->link_name[TWO_WAY], &l->two_way));
    if (!l->key) l->key = feature_id(r, f);
done:
    return st;
}

/* Along n positions. */
static double length_km(const double *p, int64_t n) {
    double sum = 0;
    for (int64_t i = 0; i + 1 < n; i++)
        sum += karvan_i_geodesic_km(p[2 * i], p[2 * i + 1], p[2 * i + 2], p[2 * i + 3]);
    return sum;
}

/* A run of parts that meet: n positions of all that the feature has. */
typedef struct run {
    const double *p;
    int64_t n;
    int number;       /* from 1 */
    bool first, last; /* at the feature's ends, which its properties name */
    double km, share; /* of the feature's length */
} run;

/* What the properties say of the whole feature is shared out to its runs by length. */
static void share_out(const run *u, karvan_i_link *l) {
    double *const whole[] = {&l->length_km, &l->time_h, &l->cost_usd_per_teu, &l->fixed_h,
                             &l->fixed_usd_per_teu};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) *whole[i] *= u->share;
}

static karvan_status add_run(reader *r, const karvan_i_link *l, const char *const ends[2],
                             const run *u) {
    karvan_status st = KARVAN_OK;
    karvan_i_text note = {0};
    karvan_i_link one = *l;
    char made[160];
    int32_t row;
    bool whole = u->first && u->last;
    KARVAN_TRY(named_end(r, u->first ? ends[0] : NULL, l->at, &one.from));
    KARVAN_TRY(named_end(r, u->last ? ends[1] : NULL, l->at, &one.to));
    if (one.from < 0) KARVAN_TRY(place_at(r, u->p, l->at, &one.from));
    if (one.to < 0) KARVAN_TRY(place_at(r, u->p + 2 * (u->n - 1), l->at, &one.to));
    if (!whole) share_out(u, &one);
    if (isnan(one.length_km)) {
        one.length_km = u->km, one.length_source = "computed";
        karvan_i_text_printf(&note, "%s%slength: along the line", l->note ? l->note : "",
                             l->note ? "; " : "");
        KARVAN_TRY(karvan_i_text_status(&note, r->err));
        one.note = note.s;
    }
    (void)snprintf(made, sizeof made, "%.140s-%d", l->key ? l->key : "", u->number);
    if (!whole && l->key) one.key = made;
    KARVAN_TRY(karvan_i_import_link(r->imp, &one, &row, r->err));
    if (row >= 0 && u->number == 1) r->taken++;
done:
    karvan_i_text_clear(&note);
    return st;
}

/* How many positions, from the one at `part` on, are of parts each of which begins where the one
 * before ends; *part moves behind them. */
static int64_t run_length(const reader *r, const karvan_i_feature *f, const double *p,
                          int32_t *part) {
    int64_t n = f->part[(*part)++];
    while (*part < f->n_parts) {
        const double *end = p + 2 * (n - 1), *next = p + 2 * n;
        double gap = karvan_i_geodesic_km(end[0], end[1], next[0], next[1]);
        if (gap > fmax(r->tolerance_km, 1e-6)) break;
        n += f->part[(*part)++];
    }
    return n;
}

static bool on_globe(const karvan_i_feature *f) {
    int64_t n = 0;
    for (int32_t k = 0; k < f->n_parts; k++) n += f->part[k];
    for (int64_t i = 0; i < n; i++)
        if (!(fabs(f->lonlat[2 * i]) <= 180 && fabs(f->lonlat[2 * i + 1]) <= 90)) return false;
    return true;
}

/* A link without a line stands between two places that it names. */
static karvan_status add_bare(reader *r, karvan_i_link *l, const char *const ends[2]) {
    karvan_status st = KARVAN_OK;
    int32_t row;
    KARVAN_TRY(named_end(r, ends[0], l->at, &l->from));
    KARVAN_TRY(named_end(r, ends[1], l->at, &l->to));
    if (l->from < 0 || l->to < 0)
        return karvan_i_import_note(r->imp, KARVAN_WARNING, l->at, "geojson-end", NULL, r->err,
                                    "a link without a line is left out: it needs both places");
    KARVAN_TRY(karvan_i_import_link(r->imp, l, &row, r->err));
    if (row >= 0) r->taken++;
done:
    return st;
}

static karvan_status add_runs(reader *r, const karvan_i_feature *f, const karvan_i_link *l,
                              const char *const ends[2]) {
    karvan_status st = KARVAN_OK;
    const double *p = f->lonlat;
    double whole_km = 0;
    int runs = 0;
    for (int32_t part = 0; part < f->n_parts; runs++) {
        int64_t n = run_length(r, f, p, &part);
        whole_km += length_km(p, n), p += 2 * n;
    }
    if (runs > 1)
        KARVAN_TRY(karvan_i_import_ignore(r->imp, l->at, "geojson-parts",
                                          "parts of a MultiLineString do not meet: a link each, "
                                          "with its share of length, hours and money by length",
                                          r->err));
    p = f->lonlat;
    for (int32_t part = 0, k = 1; part < f->n_parts; k++) {
        run u = {.p = p, .number = k, .first = k == 1, .last = k == runs};
        u.n = run_length(r, f, p, &part);
        u.km = length_km(p, u.n), u.share = whole_km > 0 ? u.km / whole_km : 1.0 / runs;
        KARVAN_TRY(add_run(r, l, ends, &u));
        p += 2 * u.n;
    }
done:
    return st;
}

static karvan_status add_link(reader *r, const karvan_i_feature *f) {
    karvan_status st = KARVAN_OK;
    karvan_i_link l = KARVAN_I_LINK;
    const char *ends[2] = {NULL, NULL};
    bool good;
    l.at = (karvan_i_at){r->path, f->line, f->column};
    KARVAN_TRY(link_values(r, f, &l, ends));
    KARVAN_TRY(report_others(r, f, LINK_COLUMNS, r->link_name, "links"));
    KARVAN_TRY(check_mode(r, &l, &good));
    if (!good) return KARVAN_OK;
    if (f->type == KARVAN_I_NO_GEOMETRY) return add_bare(r, &l, ends);
    if (!on_globe(f))
        return karvan_i_import_note(r->imp, KARVAN_WARNING, l.at, "import-coordinates",
                                    "degrees: longitude -180 to 180, latitude -90 to 90", r->err,
                                    "a line that leaves the globe is left out");
    st = add_runs(r, f, &l, ends);
done:
    return st;
}

/* ---- the document ---- */

static bool has(const karvan_i_feature *f, const char *name) {
    return json_is_string(json_object_get(f->properties, name));
}

/* What a feature is to be: 'p' a place, 'l' a link, 0 neither. Without a geometry it is what its
 * properties say. */
static char role_of(const reader *r, const karvan_i_feature *f) {
    const char *layer = json_string_value(json_object_get(f->properties, "layer"));
    if (f->type == KARVAN_I_POINT) return 'p';
    if (f->type == KARVAN_I_LINE || f->type == KARVAN_I_MULTILINE) return 'l';
    if (f->type != KARVAN_I_NO_GEOMETRY) return 0;
    if (has(f, r->link_name[FROM]) && has(f, r->link_name[TO])) return 'l';
    return layer && strcmp(layer, "places") == 0 ? 'p' : 0;
}

static karvan_status ignore_geometry(reader *r, const karvan_i_feature *f) {
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
static karvan_status take_features(reader *r) {
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
            if (pass == 1 && role == 'l') KARVAN_TRY(add_link(r, &f));
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
static karvan_status pass_on(reader *r, const karvan_problems *problems) {
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
    reader r = {.imp = imp, .path = path, .err = err};
    KARVAN_TRY(karvan_i_import_number(imp, "tolerance", 0.05, &r.tolerance_km, err));
    KARVAN_REQUIRE(r.tolerance_km >= 0 && r.tolerance_km <= 100, err, KARVAN_E_ARG,
                   "--tolerance is 0 to 100 km, not %g", r.tolerance_km);
    KARVAN_TRY(check_names(&r));
    choose_names(&r, PLACE_COLUMNS, place_columns, r.place_name);
    choose_names(&r, LINK_COLUMNS, link_columns, r.link_name);
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
