/* Rows of the region's tables: ids, cells, and what makes a row one that can be. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "base/utf8.h"
#include "exchange/import_state.h"
#include "network/geodesic.h"
#include "table/number.h"

/* ---- cells ---- */

static int column_of(int table, const char *column) {
    const karvan_i_schema *s = &karvan_i_schemas[table];
    for (int c = 0; c < s->n_fields; c++)
        if (strcmp(s->fields[c].name, column) == 0) return c;
    return -1;
}

/* The text with whatever is no UTF-8 replaced, in scratch. */
static karvan_status mended(karvan_import *imp, const char *s, karvan_i_at at, const char **out,
                            karvan_error *err) {
    *out = s;
    if (karvan_utf8_valid_prefix(s, strlen(s)) == strlen(s)) return KARVAN_OK;
    karvan_i_text_clear(&imp->scratch);
    karvan_i_text_puts(&imp->scratch, s);
    karvan_status st = karvan_i_text_status(&imp->scratch, err);
    if (st != KARVAN_OK) return st;
    karvan_i_utf8_mend(imp->scratch.s);
    *out = imp->scratch.s;
    return karvan_i_import_ignore(imp, at, "import-encoding",
                                  "a text is not UTF-8; its odd bytes are now question marks", err);
}

bool karvan_i_says(const char *s) { return s && *s && strcmp(s, "..") != 0; }

karvan_status karvan_i_put_text(karvan_import *imp, int table, const char *column, const char *s,
                                karvan_i_at at, karvan_error *err) {
    int c = column_of(table, column);
    karvan_edtf date;
    if (!karvan_i_says(s)) return KARVAN_OK;
    karvan_status st = mended(imp, s, at, &s, err);
    if (st != KARVAN_OK) return st;
    if (karvan_i_schemas[table].fields[c].type == KARVAN_TEXT)
        return karvan_builder_text(imp->builder[table], c, s, err);
    if (karvan_edtf_parse(s, strlen(s), &date, NULL) != KARVAN_OK)
        return karvan_i_import_note(imp, KARVAN_WARNING, at, "import-value", "a date as 2026-01-31",
                                    err, "%s '%.40s' is no date; left unknown", column, s);
    return karvan_builder_date(imp->builder[table], c, s, err);
}

karvan_status karvan_i_put_real(karvan_import *imp, int table, const char *column, double v,
                                karvan_error *err) {
    return isnan(v) ? KARVAN_OK
                    : karvan_builder_real(imp->builder[table], column_of(table, column), v, err);
}

karvan_status karvan_i_put_bool(karvan_import *imp, int table, const char *column, bool v,
                                karvan_error *err) {
    return karvan_builder_bool(imp->builder[table], column_of(table, column), v, err);
}

karvan_status karvan_i_put_int(karvan_import *imp, int table, const char *column, int64_t v,
                               karvan_error *err) {
    return karvan_builder_int(imp->builder[table], column_of(table, column), v, err);
}

karvan_status karvan_i_put_none(karvan_import *imp, int table, const char *column,
                                karvan_error *err) {
    return karvan_builder_state(imp->builder[table], column_of(table, column), KARVAN_NOT_COVERED,
                                err);
}

karvan_status karvan_i_put_amount(karvan_import *imp, int table, const char *column, double v,
                                  karvan_i_at at, karvan_error *err) {
    if (isnan(v) || karvan_i_is_amount(v)) return karvan_i_put_real(imp, table, column, v, err);
    return karvan_i_import_note(imp, KARVAN_WARNING, at, "import-value", "a number of 0 or more",
                                err, "%s %g cannot be; left unknown", column, v);
}

karvan_status karvan_i_left_out(karvan_import *imp, karvan_i_at at, const char *code,
                                const char *hint, const char *table, const char *why,
                                karvan_error *err) {
    return karvan_i_import_note(imp, KARVAN_WARNING, at, code, hint, err,
                                "a row of %s is left out: %s", table, why);
}

/* ---- ids ---- */

static bool id_byte(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

/* Only what the schema allows; other bytes become hyphens, one for a run of them. */
static void clean(const char *s, char *out, size_t cap) {
    size_t n = 0;
    for (; *s && n + 1 < cap; s++) {
        if (id_byte(*s))
            out[n++] = *s;
        else if (n > 0 && out[n - 1] != '-')
            out[n++] = '-';
    }
    while (n > 0 && out[n - 1] == '-') n--;
    out[n] = 0;
}

karvan_status karvan_i_import_id(karvan_import *imp, int table, const char *wanted,
                                 karvan_i_text *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char id[120];
    int32_t code;
    clean(wanted, id, sizeof id);
    const char *begin = id + strspn(id, "_.-");
    for (int i = 1;; i++) {
        out->n = 0;
        karvan_i_text_printf(out, i == 1 ? "%s" : "%s-%d", *begin ? begin : "x", i);
        KARVAN_TRY(karvan_i_text_status(out, err));
        if (karvan_i_dictionary_find(&imp->id[table], out->s, out->n) < 0) break;
        if (i == 8) i = imp->rows[table]; /* many of one name: go on from their number */
    }
    st = karvan_i_dictionary_add(&imp->id[table], out->s, out->n, &code, err);
done:
    return st;
}

/* A key that no row of the table has; false, with a problem, where one has. */
static karvan_status take_key(karvan_import *imp, int table, const char *key, karvan_i_at at,
                              bool *good, karvan_error *err) {
    size_t n = strlen(key);
    int32_t code;
    *good = karvan_i_dictionary_find(&imp->key[table], key, n) < 0;
    if (*good) return karvan_i_dictionary_add(&imp->key[table], key, n, &code, err);
    return karvan_i_import_note(
        imp, KARVAN_WARNING, at, "import-duplicate", "keys of a file are distinct", err,
        "a second row of %s '%.60s' is left out", karvan_i_schemas[table].name, key);
}

karvan_status karvan_i_begin_row(karvan_import *imp, int table, const char *key, const char *made,
                                 karvan_i_at at, int32_t *row, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text id = {0};
    bool good = true;
    *row = -1;
    if (key && *key) {
        KARVAN_TRY(take_key(imp, table, key, at, &good, err));
        if (!good) return KARVAN_OK;
    } else { /* no format's key holds this byte; the number keeps codes and rows in step */
        char ours[16];
        (void)snprintf(ours, sizeof ours, "\1%d", (int)imp->rows[table]);
        KARVAN_TRY(take_key(imp, table, ours, at, &good, err));
    }
    KARVAN_TRY(karvan_i_import_id(imp, table, key && *key ? key : made, &id, err));
    KARVAN_TRY(karvan_builder_row(imp->builder[table], err));
    KARVAN_TRY(karvan_builder_text(imp->builder[table], 0, id.s, err));
    *row = imp->rows[table]++;
done:
    karvan_i_text_clear(&id);
    return st;
}

int32_t karvan_i_import_place_of(const karvan_import *imp, const char *key) {
    return karvan_i_dictionary_find(&imp->key[KARVAN_I_PLACES], key, strlen(key));
}

int32_t karvan_i_import_link_of(const karvan_import *imp, const char *key) {
    return karvan_i_dictionary_find(&imp->key[KARVAN_I_LINKS], key, strlen(key));
}

const char *karvan_i_id_of(const karvan_import *imp, int table, int32_t row) {
    const karvan_i_dictionary *d = &imp->id[table];
    return d->bytes + d->at[row];
}

static const char *source_or(const karvan_import *imp, const char *source) {
    return source ? source : imp->source.s;
}

/* ---- sources and countries ---- */

static const char *base_name(const char *path) {
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') n--;
    const char *s = path + n;
    while (s > path && s[-1] != '/') s--;
    return s;
}

karvan_status karvan_i_import_source(karvan_import *imp, const char *path, const char *title,
                                     const char *note, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_at at = {path, 0, 0};
    const int t = KARVAN_I_SOURCES;
    int32_t row;
    karvan_i_text name = {0};
    karvan_i_text_puts(&name, base_name(path));
    while (name.n > 1 && name.s[name.n - 1] == '/') name.s[--name.n] = 0;
    KARVAN_TRY(karvan_i_text_status(&name, err));
    KARVAN_TRY(karvan_i_begin_row(imp, t, NULL, name.s, at, &row, err));
    karvan_i_text_clear(&imp->source);
    karvan_i_text_puts(&imp->source, karvan_i_id_of(imp, t, row));
    KARVAN_TRY(karvan_i_text_status(&imp->source, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "title",
                                 karvan_i_says(title)    ? title
                                 : karvan_i_says(name.s) ? name.s
                                                         : "A folder",
                                 at, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "kind", "dataset", at, err));
    KARVAN_TRY(
        karvan_i_put_text(imp, t, "licence", karvan_i_import_setting(imp, "licence"), at, err));
    KARVAN_TRY(
        karvan_i_put_text(imp, t, "accessed", karvan_i_import_setting(imp, "accessed"), at, err));
    karvan_i_text_printf(&name, ", read as %s", imp->importer->name);
    if (note) karvan_i_text_printf(&name, "; %s", note);
    KARVAN_TRY(karvan_i_text_status(&name, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "note", name.s, at, err));
done:
    karvan_i_text_clear(&name);
    return st;
}

/* Row of table countries, made where it is new: its iso3. */
static karvan_status country_of(karvan_import *imp, const char *code, karvan_i_at at,
                                const char **iso3, karvan_error *err) {
    static const karvan_i_country nowhere = {"", "ZZZ", 0, "Country not known", NULL};
    karvan_status st = KARVAN_OK;
    const int t = KARVAN_I_COUNTRIES;
    int32_t row;
    if (code && strcmp(code, nowhere.iso3) == 0) code = NULL; /* a file that an import began */
    const karvan_i_country *c = code && *code ? karvan_i_country_of(code) : imp->country;
    if (code && *code && !c)
        KARVAN_TRY(karvan_i_import_note(imp, KARVAN_WARNING, at, "import-country",
                                        "a code of ISO 3166, as KZ or KAZ", err,
                                        "no country has the code '%.20s'", code));
    if (!c) c = &nowhere;
    *iso3 = c->iso3;
    if (karvan_i_dictionary_find(&imp->key[t], c->iso3, 3) >= 0) return KARVAN_OK;
    KARVAN_TRY(karvan_i_begin_row(imp, t, c->iso3, "", at, &row, err));
    if (*c->iso2) KARVAN_TRY(karvan_i_put_text(imp, t, "iso2", c->iso2, at, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "name", c->name, at, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "group", "other", at, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "customs_area",
                                 c->customs_area ? c->customs_area : c->iso3, at, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "source", "assumption", at, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "note",
                                 c == &nowhere
                                     ? "stands for the country of places whose file names none"
                                     : "code and name of ISO 3166-1; customs area as karvan knows "
                                       "it: European Union, Eurasian Economic Union, else its own",
                                 at, err));
done:
    return st;
}

/* ---- places ---- */

static karvan_status room_for_place(karvan_import *imp, karvan_error *err) {
    if (imp->rows[KARVAN_I_PLACES] < imp->cap_places) return KARVAN_OK;
    int32_t cap = imp->cap_places ? 2 * imp->cap_places : 256;
    double *lon = karvan_i_realloc(imp->lon, (size_t)cap, sizeof *lon);
    if (lon) imp->lon = lon;
    double *lat = karvan_i_realloc(imp->lat, (size_t)cap, sizeof *lat);
    if (lat) imp->lat = lat;
    if (!lon || !lat) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d places", (int)cap);
    imp->cap_places = cap;
    return KARVAN_OK;
}

bool karvan_i_is_place_kind(const char *s) {
    static const char *const kinds[] = {"city", "port", "border", "station", "junction", "strait"};
    for (size_t k = 0; s && k < sizeof kinds / sizeof kinds[0]; k++)
        if (strcmp(kinds[k], s) == 0) return true;
    return false;
}

static bool is_locode(const char *s) {
    size_t n = strlen(s);
    return n == 5 && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= 2 &&
           strspn(s + 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ23456789") == 3;
}

static karvan_status put_names(karvan_import *imp, const karvan_i_place *p, int32_t row,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const int t = KARVAN_I_PLACES;
    const char *id = karvan_i_id_of(imp, t, row);
    karvan_i_text aliases = {0};
    if (p->aliases) karvan_i_text_puts(&aliases, p->aliases);
    if (strcmp(id, p->key) != 0) /* found under the file's own key, too */
        karvan_i_text_printf(&aliases, "%s%s", aliases.n ? ";" : "", p->key);
    KARVAN_TRY(karvan_i_text_status(&aliases, err));
    KARVAN_TRY(
        karvan_i_put_text(imp, t, "name", karvan_i_says(p->name) ? p->name : id, p->at, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "aliases", aliases.s, p->at, err));
    if (p->locode && is_locode(p->locode))
        KARVAN_TRY(karvan_i_put_text(imp, t, "locode", p->locode, p->at, err));
    else if (p->locode && *p->locode)
        KARVAN_TRY(karvan_i_import_note(imp, KARVAN_WARNING, p->at, "import-value",
                                        "two letters, then three of A-Z and 2-9", err,
                                        "'%.20s' is no UN/LOCODE; left unknown", p->locode));
done:
    karvan_i_text_clear(&aliases);
    return st;
}

karvan_status karvan_i_import_place(karvan_import *imp, const karvan_i_place *p, int32_t *row,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const int t = KARVAN_I_PLACES;
    const char *iso3;
    *row = -1;
    if (!imp->source.s) return karvan_fail(err, KARVAN_E_ARG, "an importer names its source first");
    if (!p->key || !*p->key)
        return karvan_i_left_out(imp, p->at, "import-key", "an id of its own", "places",
                                 "it has no id", err);
    KARVAN_TRY(room_for_place(imp, err));
    KARVAN_TRY(country_of(imp, p->country, p->at, &iso3, err));
    KARVAN_TRY(karvan_i_begin_row(imp, t, p->key, "", p->at, row, err));
    if (*row < 0) return KARVAN_OK;
    bool there = p->lon >= -180 && p->lon <= 180 && p->lat >= -90 && p->lat <= 90;
    imp->lon[*row] = there ? p->lon : NAN, imp->lat[*row] = there ? p->lat : NAN;
    if (!there && !(isnan(p->lon) && isnan(p->lat)))
        KARVAN_TRY(karvan_i_import_note(imp, KARVAN_WARNING, p->at, "import-coordinates",
                                        "degrees: longitude -180 to 180, latitude -90 to 90", err,
                                        "%g, %g is no position; left unknown", p->lon, p->lat));
    KARVAN_TRY(put_names(imp, p, *row, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "country", iso3, p->at, err));
    KARVAN_TRY(karvan_i_put_real(imp, t, "lon", imp->lon[*row], err));
    KARVAN_TRY(karvan_i_put_real(imp, t, "lat", imp->lat[*row], err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "kind", p->kind ? p->kind : "junction", p->at, err));
    KARVAN_TRY(karvan_i_put_real(imp, t, "utc_offset_h", p->utc_offset_h, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "source", source_or(imp, p->source), p->at, err));
    KARVAN_TRY(karvan_i_put_text(imp, t, "note", p->note, p->at, err));
done:
    return st;
}

void karvan_i_import_position(const karvan_import *imp, int32_t place, double *lon, double *lat) {
    *lon = imp->lon[place], *lat = imp->lat[place];
}

double karvan_i_import_distance_km(const karvan_import *imp, int32_t a, int32_t b) {
    if (isnan(imp->lon[a]) || isnan(imp->lon[b])) return NAN;
    return karvan_i_geodesic_km(imp->lon[a], imp->lat[a], imp->lon[b], imp->lat[b]);
}
