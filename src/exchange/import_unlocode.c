/* UN/LOCODE lists: the UNECE's own files (with or without a header, one or two columns of code,
 * ISO 8859-1 or UTF-8) and lists with decimal degrees. What is odd in the wild is read where it can
 * be read in one way only, and listed. */
#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/import_unlocode.h"
#include "table/csv.h"
#include "table/number.h"

enum role {
    CHANGE,
    COUNTRY,
    LOCATION,
    LOCODE,
    NAME,
    PLAIN,
    SUBDIVISION,
    FUNCTION,
    STATUS,
    DATE,
    IATA,
    COORDINATES,
    REMARKS,
    LAT,
    LON,
    GEOCODED,
    ROLES
};
enum { FIELD_MAX = 300, FIELDS = 40 };

typedef struct list {
    karvan_import *imp;
    const char *path;
    int n_columns, column[ROLES]; /* -1: the file has none */
    const karvan_i_country *only; /* --country */
    char functions[16];           /* --function: one of these; "": any */
    int64_t read, taken;
} list;

typedef struct record {
    karvan_i_at at;
    int n;
    char field[FIELDS][FIELD_MAX]; /* blanks around taken off */
} record;

static const char *cell(const list *l, const record *r, enum role role) {
    int c = l->column[role];
    return c >= 0 && c < r->n ? r->field[c] : "";
}

/* ---- columns ---- */

static const struct {
    enum role role;
    const char *names; /* folded, parted by blanks */
} headers[] = {{CHANGE, "ch change"},
               {COUNTRY, "country iso31661 isocountry"},
               {LOCATION, "location"},
               {LOCODE, "locode"},
               {NAME, "name"},
               {PLAIN, "namewodiacritics"},
               {SUBDIVISION, "subdiv subdivision"},
               {FUNCTION, "function"},
               {STATUS, "status"},
               {DATE, "date"},
               {IATA, "iata"},
               {COORDINATES, "coordinates"},
               {REMARKS, "remarks"},
               {LAT, "lat latitude"},
               {LON, "lon longitude lng"},
               {GEOCODED, "geocoded"}};

static bool is_word(const char *list_of, const char *word) {
    size_t n = strlen(word);
    for (const char *s = list_of; n > 0 && *s;) {
        size_t k = strcspn(s, " ");
        if (k == n && memcmp(s, word, n) == 0) return true;
        s += k + (s[k] == ' ');
    }
    return false;
}

static bool take_header(list *l, const record *r) {
    char word[80];
    for (int k = 0; k < ROLES; k++) l->column[k] = -1;
    for (int c = 0; c < r->n; c++) {
        (void)karvan_text_fold(r->field[c], word, sizeof word);
        for (size_t h = 0; h < sizeof headers / sizeof headers[0]; h++)
            if (l->column[headers[h].role] < 0 && is_word(headers[h].names, word))
                l->column[headers[h].role] = c;
    }
    bool code = l->column[LOCODE] >= 0 || (l->column[COUNTRY] >= 0 && l->column[LOCATION] >= 0);
    l->n_columns = r->n;
    return code && l->column[NAME] >= 0;
}

/* The UNECE's files have no header: twelve columns, or eleven with the code in one. */
static bool take_positions(list *l, int n) {
    static const enum role twelve[] = {CHANGE,   COUNTRY, LOCATION, NAME, PLAIN,       SUBDIVISION,
                                       FUNCTION, STATUS,  DATE,     IATA, COORDINATES, REMARKS};
    static const enum role eleven[] = {CHANGE, LOCODE, NAME, PLAIN,       SUBDIVISION, FUNCTION,
                                       STATUS, DATE,   IATA, COORDINATES, REMARKS};
    for (int k = 0; k < ROLES; k++) l->column[k] = -1;
    for (int c = 0; c < n && (n == 11 || n == 12); c++)
        l->column[n == 12 ? twelve[c] : eleven[c]] = c;
    l->n_columns = n;
    return n == 11 || n == 12;
}

/* ---- cells ---- */

static bool is_functions(const char *s) { return strlen(s) == 8 && strspn(s, "01234567B-") == 8; }

/* Editions differ in which of two columns comes first. */
static void functions_of(const list *l, const record *r, const char **functions,
                         const char **status) {
    *functions = cell(l, r, FUNCTION), *status = cell(l, r, STATUS);
    if (is_functions(*functions) || !is_functions(*status)) return;
    const char *s = *functions;
    *functions = *status, *status = s;
}

static bool degrees(const char *s, int digits, const char *letters, double *out) {
    for (int i = 0; i < digits; i++)
        if (s[i] < '0' || s[i] > '9') return false;
    int whole = 0, minutes = (s[digits - 2] - '0') * 10 + s[digits - 1] - '0';
    for (int i = 0; i < digits - 2; i++) whole = 10 * whole + s[i] - '0';
    if (minutes > 59 || (s[digits] != letters[0] && s[digits] != letters[1])) return false;
    *out = (whole + minutes / 60.0) * (s[digits] == letters[1] ? -1 : 1);
    return true;
}

bool karvan_i_unlocode_position(const char *s, double *lon, double *lat) {
    if (strlen(s) != 12 || s[5] != ' ') return false;
    if (!degrees(s, 4, "NS", lat) || !degrees(s + 6, 5, "EW", lon)) return false;
    return *lat >= -90 && *lat <= 90 && *lon >= -180 && *lon <= 180;
}

static karvan_status position_of(list *l, const record *r, karvan_i_place *p, karvan_error *err) {
    const char *s = cell(l, r, COORDINATES), *lat = cell(l, r, LAT), *lon = cell(l, r, LON);
    if (*s) {
        if (karvan_i_unlocode_position(s, &p->lon, &p->lat)) return KARVAN_OK;
        p->lon = p->lat = NAN;
    } else if (*lat || *lon) {
        if (karvan_i_parse_real(lat, strlen(lat), '.', &p->lat) &&
            karvan_i_parse_real(lon, strlen(lon), '.', &p->lon))
            return KARVAN_OK;
        p->lon = p->lat = NAN;
    } else {
        return KARVAN_OK;
    }
    return karvan_i_import_note(l->imp, KARVAN_WARNING, r->at, "import-coordinates",
                                "as 5155N 00430E, minutes below 60", err,
                                "the position '%.40s%.20s' of %.20s is left unknown", *s ? s : lat,
                                *s ? "" : lon, p->key);
}

static const char *kind_of(const char *functions) {
    if (strchr(functions, '1')) return "port";
    if (strchr(functions, 'B')) return "border";
    return strchr(functions, '2') || strchr(functions, '6') ? "station" : "city";
}

static void note_of(const list *l, const record *r, const char *functions, const char *status,
                    karvan_i_text *out) {
    const char *date = cell(l, r, DATE), *mark = cell(l, r, CHANGE);
    const struct {
        const char *word, *value;
    } parts[] = {{"function", functions},
                 {"status", status},
                 {"subdivision", cell(l, r, SUBDIVISION)},
                 {"IATA", cell(l, r, IATA)},
                 {"remarks:", cell(l, r, REMARKS)}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (*parts[i].value)
            karvan_i_text_printf(out, "%s%s %s", out->n ? "; " : "", parts[i].word, parts[i].value);
    if (*date) /* a spreadsheet takes the first 0 of 0501 */
        karvan_i_text_printf(out, "%sdate %s%s", out->n ? "; " : "", strlen(date) == 3 ? "0" : "",
                             date);
    if (*mark == 'X') karvan_i_text_puts(out, "; marked for removal in the next issue");
    if (*cell(l, r, GEOCODED))
        karvan_i_text_puts(out, "; position found by the publisher's geocoder, not of the list");
}

/* ---- records ---- */

static karvan_status skip(list *l, const record *r, const char *what, karvan_error *err) {
    return karvan_i_import_ignore(l->imp, r->at, "unlocode-row", what, err);
}

/* Country and location of the code, without blanks. */
static void code_of(const list *l, const record *r, char country[8], char location[8]) {
    const char *s = cell(l, r, LOCODE);
    *country = *location = 0;
    if (l->column[LOCATION] >= 0) {
        (void)snprintf(country, 8, "%.7s", cell(l, r, COUNTRY));
        (void)snprintf(location, 8, "%.7s", cell(l, r, LOCATION));
        return;
    }
    size_t n = strcspn(s, " ");
    if (n > 2) n = 2;
    (void)snprintf(country, 8, "%.*s", (int)n, s);
    s += n;
    (void)snprintf(location, 8, "%.7s", s + strspn(s, " "));
}

static bool has_any(const char *functions, const char *wanted) {
    return !*wanted || functions[strcspn(functions, wanted)] != 0;
}

static karvan_status take_place(list *l, const record *r, const char *country, const char *location,
                                const char *functions, const char *status, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text note = {0};
    karvan_i_place p = KARVAN_I_PLACE;
    char key[20];
    int32_t row;
    (void)snprintf(key, sizeof key, "%s%s", country, location);
    const char *plain = cell(l, r, PLAIN);
    p.key = p.locode = key, p.name = cell(l, r, NAME), p.country = country, p.at = r->at;
    p.aliases = strcmp(plain, p.name) == 0 ? NULL : plain;
    p.kind = kind_of(functions);
    KARVAN_TRY(position_of(l, r, &p, err));
    note_of(l, r, functions, status, &note);
    KARVAN_TRY(karvan_i_text_status(&note, err));
    p.note = note.s;
    KARVAN_TRY(karvan_i_import_place(l->imp, &p, &row, err));
    l->taken += row >= 0;
done:
    karvan_i_text_clear(&note);
    return st;
}

static karvan_status take_record(list *l, const record *r, karvan_error *err) {
    char country[8], location[8];
    const char *functions, *status, *name = cell(l, r, NAME);
    l->read++;
    code_of(l, r, country, location);
    functions_of(l, r, &functions, &status);
    if (*cell(l, r, CHANGE) == '=' || (!*location && strchr(name, '=')))
        return skip(l, r, "another name of a place: no code of its own", err);
    if (!*location && *name == '.') return skip(l, r, "the heading of a country", err);
    if (l->only && strcmp(country, l->only->iso2) != 0)
        return skip(l, r, "of another country than --country says", err);
    if (!has_any(functions, l->functions))
        return skip(l, r, "without any function that --function names", err);
    if (!*location || !*country)
        return karvan_i_import_note(l->imp, KARVAN_WARNING, r->at, "import-key",
                                    "two letters of a country and three of a place", err,
                                    "'%.60s' is left out: it has no code", name);
    return take_place(l, r, country, location, functions, status, err);
}

/* Two records in one line: the last field of the first holds the first of the second behind it. */
static karvan_status take_two(list *l, record *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const int last = l->n_columns - 1;
    char *seam = r->field[last];
    size_t n = strlen(seam);
    record *second = karvan_i_malloc(1, sizeof *second);
    KARVAN_REQUIRE(second, err, KARVAN_E_NOMEM, "no memory for a record");
    second->at = r->at, second->n = l->n_columns;
    memcpy(second->field[0], seam + (n > 2 ? n - 2 : 0), 3);
    for (int c = 1; c < l->n_columns; c++) memcpy(second->field[c], r->field[last + c], FIELD_MAX);
    seam[n > 2 ? n - 2 : 0] = 0;
    r->n = l->n_columns;
    KARVAN_TRY(karvan_i_import_note(l->imp, KARVAN_WARNING, r->at, "unlocode-lost-newline", NULL,
                                    err, "two records in one line; both are taken"));
    KARVAN_TRY(take_record(l, r, err));
    KARVAN_TRY(take_record(l, second, err));
done:
    karvan_i_free(second);
    return st;
}

static bool is_seam(const char *s) {
    size_t n = strlen(s);
    return n >= 2 && isupper((unsigned char)s[n - 1]) && isupper((unsigned char)s[n - 2]);
}

static karvan_status take_line(list *l, record *r, karvan_error *err) {
    if (r->n == l->n_columns || (r->n == l->n_columns + 1 && !*r->field[r->n - 1]))
        return take_record(l, r, err);
    if (r->n == 2 * l->n_columns - 1 && l->column[COUNTRY] == 0 &&
        is_seam(r->field[l->n_columns - 1]))
        return take_two(l, r, err);
    l->read++;
    return karvan_i_import_note(
        l->imp, KARVAN_WARNING, r->at, "unlocode-fields", "quote fields that hold a comma", err,
        "a line of %d fields where %d belong is left out", r->n, l->n_columns);
}

/* Fields of the reader, blanks off; a field that is too long for any list is cut. */
static void copy_record(const karvan_i_csv *csv, const char *path, record *r) {
    r->at = (karvan_i_at){path, csv->line, 1};
    r->n = csv->n_fields < FIELDS ? csv->n_fields : FIELDS;
    for (int c = 0; c < r->n; c++) {
        const char *s = csv->field[c].s;
        size_t n = csv->field[c].n;
        while (n > 0 && isspace((unsigned char)*s)) s++, n--;
        while (n > 0 && isspace((unsigned char)s[n - 1])) n--;
        if (n >= FIELD_MAX) {
            n = FIELD_MAX - 1;
            while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80) n--;
        }
        if (n > 0) memcpy(r->field[c], s, n);
        r->field[c][n] = 0;
    }
}

static void without_mark(record *r) { /* of the byte order */
    if (r->n > 0 && strncmp(r->field[0], "\xEF\xBB\xBF", 3) == 0)
        memmove(r->field[0], r->field[0] + 3, strlen(r->field[0] + 3) + 1);
}

static karvan_status read_records(list *l, karvan_i_csv *csv, record *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool got = true;
    for (bool first = true;; first = false) {
        KARVAN_TRY(karvan_i_csv_next(csv, &got, err));
        if (!got) break;
        copy_record(csv, l->path, r);
        if (first) {
            without_mark(r);
            if (take_header(l, r)) continue;
            if (!take_positions(l, r->n))
                return karvan_fail(err, KARVAN_E_DATA,
                                   "%s:1:1: no list of UN/LOCODE: a header with locode (or country "
                                   "and location) and name, or 11 or 12 columns",
                                   l->path);
        }
        if (r->n == 1 && !*r->field[0]) continue;
        KARVAN_TRY(take_line(l, r, err));
    }
done:
    return st;
}

/* ---- settings ---- */

static const struct {
    const char *name;
    char digit;
} function_names[] = {{"port", '1'},   {"rail", '2'},       {"road", '3'},  {"airport", '4'},
                      {"postal", '5'}, {"multimodal", '6'}, {"fixed", '7'}, {"border", 'B'}};

/* "port,rail" or "1,B" as "12" and "1B". */
static karvan_status read_functions(const char *s, char out[16], karvan_error *err) {
    size_t n = 0;
    for (*out = 0; s && *s;) {
        size_t k = strcspn(s, ","), i = 0;
        for (; i < sizeof function_names / sizeof function_names[0]; i++)
            if ((k == 1 && *s == function_names[i].digit) ||
                (strlen(function_names[i].name) == k && memcmp(function_names[i].name, s, k) == 0))
                break;
        if (i == sizeof function_names / sizeof function_names[0] || n > 12)
            return karvan_fail(err, KARVAN_E_ARG,
                               "--function is port, rail, road, airport, postal, multimodal, fixed "
                               "or border, not '%.*s'",
                               k > 40 ? 40 : (int)k, s);
        out[n++] = function_names[i].digit, out[n] = 0;
        s += k + (s[k] == ',');
    }
    return KARVAN_OK;
}

karvan_status karvan_i_import_unlocode_bytes(karvan_import *imp, const char *path,
                                             const char *bytes, size_t n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_csv csv = {0};
    list l = {.imp = imp, .path = path};
    record *r = karvan_i_malloc(1, sizeof *r);
    KARVAN_REQUIRE(r, err, KARVAN_E_NOMEM, "no memory for a record");
    l.only = karvan_i_country_of(karvan_i_import_setting(imp, "country"));
    KARVAN_TRY(read_functions(karvan_i_import_setting(imp, "function"), l.functions, err));
    KARVAN_TRY(karvan_i_import_source(imp, path, NULL, NULL, err));
    KARVAN_TRY(karvan_i_csv_open(&csv, NULL, bytes, n, err));
    csv.latin1 = karvan_utf8_valid_prefix(bytes, n) != n;
    if (csv.latin1)
        KARVAN_TRY(karvan_i_import_note(imp, KARVAN_WARNING, (karvan_i_at){path, 0, 0},
                                        "import-encoding", NULL, err,
                                        "the file is not UTF-8; read as ISO 8859-1"));
    KARVAN_TRY(read_records(&l, &csv, r, err));
    KARVAN_TRY(karvan_i_import_count(imp, "record", l.read, l.taken, err));
done:
    karvan_i_csv_close(&csv);
    karvan_i_free(r);
    return st;
}

static karvan_status read_unlocode(karvan_import *imp, int n_paths, const char *const *paths,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < n_paths && st == KARVAN_OK; i++) {
        char *bytes = NULL;
        size_t n = 0;
        st = karvan_i_file_read(paths[i], &bytes, &n, err);
        if (st == KARVAN_OK) st = karvan_i_import_unlocode_bytes(imp, paths[i], bytes, n, err);
        karvan_i_free(bytes);
    }
    return st;
}

static const char *const settings[] = {"function", NULL};
const karvan_i_importer karvan_i_importer_unlocode = {
    "unlocode", "lists of UN/LOCODE as places", "FILE...", 1, 200, settings, read_unlocode, NULL,
    NULL};
