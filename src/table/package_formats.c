/* Formats of the field types that are kept as text. Source: Data Package 2.0, Table Schema, "Field
 * Types". */
#include <math.h>
#include <string.h>

#include "table/number.h"
#include "table/package.h"

/* Of ASCII, whatever the locale. */
static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool hex(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/* 9 stands for a digit, x for a hexadecimal one, anything else for itself. */
static bool shaped(const char *s, const char *shape) {
    for (; *shape; shape++, s++)
        if (*shape == '9' ? !digit(*s) : *shape == 'x' ? !hex(*s) : *s != *shape) return false;
    return *s == 0;
}

static bool is_date(const void *ctx, const char *s) {
    karvan_edtf d;
    (void)ctx;
    return shaped(s, "9999-99-99") && karvan_edtf_parse(s, 10, &d, NULL) == KARVAN_OK;
}

static bool is_time(const void *ctx, const char *s) {
    (void)ctx;
    return shaped(s, "99:99:99") && strncmp(s, "24", 2) < 0 && s[3] < '6' && s[6] < '6';
}

static bool is_datetime(const void *ctx, const char *s) {
    char plain[40];
    size_t n = strlen(s);
    karvan_edtf d;
    (void)ctx;
    if (n >= sizeof plain) return false;
    memcpy(plain, s, n + 1);
    if (n > 10 && plain[10] == ' ') plain[10] = 'T';
    if (n > 20 && plain[19] == '.') { /* EDTF has no parts of a second */
        size_t k = 20;
        while (digit(plain[k])) k++;
        memmove(plain + 19, plain + k, n + 1 - k), n -= k - 19;
    }
    return karvan_edtf_parse(plain, n, &d, NULL) == KARVAN_OK && d.precision == 3;
}

static bool is_yearmonth(const void *ctx, const char *s) {
    karvan_edtf d;
    (void)ctx;
    return shaped(s, "9999-99") && karvan_edtf_parse(s, 7, &d, NULL) == KARVAN_OK;
}

/* Exactly n digits as a number, or -1. */
static int digits_of(const char **s, int n) {
    int v = 0;
    for (int i = 0; i < n; i++, ++*s) {
        if (!digit(**s)) return -1;
        v = 10 * v + (**s - '0');
    }
    return v;
}

static bool within(const char **s, int n, int lo, int hi) {
    int v = digits_of(s, n);
    return v >= lo && v <= hi;
}

/* A run of letters, of digits, or of an offset from UTC. */
static bool run_of(const char **s, const char *also, bool letters, bool numbers) {
    const char *from = *s;
    while (**s && ((letters && letter(**s)) || (numbers && digit(**s)) || strchr(also, **s))) ++*s;
    return *s > from;
}

static bool directive(char d, const char **s) {
    switch (d) {
    case 'Y':
        return within(s, 4, 0, 9999);
    case 'y':
        return within(s, 2, 0, 99);
    case 'm':
        return within(s, 2, 1, 12);
    case 'd':
        return within(s, 2, 1, 31);
    case 'j':
        return within(s, 3, 1, 366);
    case 'H':
        return within(s, 2, 0, 23);
    case 'I':
        return within(s, 2, 1, 12);
    case 'M':
        return within(s, 2, 0, 59);
    case 'S':
        return within(s, 2, 0, 60);
    case 'f':
        return run_of(s, "", false, true);
    case 'z':
        return run_of(s, "+-:Z", false, true);
    case 'a':
    case 'A':
    case 'b':
    case 'B':
    case 'p':
    case 'Z':
        return run_of(s, "", true, false);
    case '%':
        return *(*s)++ == '%';
    default:
        return false;
    }
}

/* A pattern of strptime, as Table Schema takes them. */
static bool fits_pattern(const void *ctx, const char *s) {
    for (const char *p = ctx; *p; p++) {
        if (*p == '%' && p[1]) {
            if (!directive(*++p, &s)) return false;
        } else if (*s++ != *p) {
            return false;
        }
    }
    return *s == 0;
}

/* ISO 8601: P3Y6M4DT12H30M5S, P2W; parts in their order, the last with decimals. */
static bool is_duration(const void *ctx, const char *s) {
    static const char *const order[2] = {"YMWD", "HMS"};
    const char *left = order[0];
    bool time = false, any = false;
    (void)ctx;
    if (*s == '-') s++;
    if (*s++ != 'P') return false;
    while (*s) {
        if (*s == 'T' && !time) {
            time = true, any = false, left = order[1], s++;
            continue;
        }
        if (!digit(*s)) return false;
        while (digit(*s)) s++;
        if (*s == '.' || *s == ',') {
            s++;
            if (!digit(*s)) return false;
            while (digit(*s)) s++;
        }
        const char *unit = *s ? strchr(left, *s) : NULL;
        if (!unit) return false;
        left = unit + 1, any = true, s++;
    }
    return any;
}

static bool on_earth(double lon, double lat) { return fabs(lon) <= 180 && fabs(lat) <= 90; }

/* "lon, lat" */
static bool is_point(const void *ctx, const char *s) {
    const char *comma = strchr(s, ',');
    double lon, lat;
    (void)ctx;
    return comma && karvan_i_parse_real(s, (size_t)(comma - s), '.', &lon) &&
           karvan_i_parse_real(comma + 1, strlen(comma + 1), '.', &lat) && on_earth(lon, lat);
}

static bool json_point(const json_t *lon, const json_t *lat) {
    return json_is_number(lon) && json_is_number(lat) &&
           on_earth(json_number_value(lon), json_number_value(lat));
}

/* ctx: what the JSON text is to be. */
static bool is_json(const void *ctx, const char *s) {
    const char *kind = ctx;
    json_t *j = json_loads(s, 0, NULL);
    bool good = json_is_object(j);
    if (strcmp(kind, "array") == 0)
        good = json_is_array(j);
    else if (strcmp(kind, "point array") == 0)
        good = json_is_array(j) && json_array_size(j) == 2 &&
               json_point(json_array_get(j, 0), json_array_get(j, 1));
    else if (strcmp(kind, "point object") == 0)
        good = json_point(json_object_get(j, "lon"), json_object_get(j, "lat"));
    else if (strcmp(kind, "geojson") == 0)
        good = json_is_string(json_object_get(j, "type"));
    json_decref(j);
    return good;
}

static bool is_email(const void *ctx, const char *s) {
    const char *at = strchr(s, '@');
    (void)ctx;
    return at && at > s && at[1] && !strchr(at + 1, '@') && !strchr(s, ' ');
}

static bool is_uri(const void *ctx, const char *s) {
    const char *at = s;
    (void)ctx;
    if (!letter(*s)) return false;
    return run_of(&at, "+-.", true, true) && *at == ':' && at[1] && !strchr(s, ' ');
}

static bool is_uuid(const void *ctx, const char *s) {
    (void)ctx;
    return shaped(s, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
}

static bool is_base64(const void *ctx, const char *s) {
    size_t n = strlen(s), k = 0;
    (void)ctx;
    while (letter(s[k]) || digit(s[k]) || s[k] == '+' || s[k] == '/') k++;
    size_t pad = n - k;
    return n % 4 == 0 && pad <= 2 && strspn(s + k, "=") == pad;
}

static const struct {
    const char *type, *format; /* NULL: `default` or none */
    karvan_i_text_test test;
    const char *kind, *hint;
} formats[] = {
    {"date", NULL, is_date, "", "YYYY-MM-DD"},
    {"time", NULL, is_time, "", "hh:mm:ss"},
    {"datetime", NULL, is_datetime, "", "YYYY-MM-DDThh:mm:ss, with Z or an offset"},
    {"yearmonth", NULL, is_yearmonth, "", "YYYY-MM"},
    {"duration", NULL, is_duration, "", "a duration of ISO 8601 such as P1Y2M10DT2H30M"},
    {"object", NULL, is_json, "object", "a JSON object"},
    {"array", NULL, is_json, "array", "a JSON array"},
    {"geojson", NULL, is_json, "geojson", "a GeoJSON object"},
    {"geojson", "topojson", is_json, "geojson", "a TopoJSON object"},
    {"geopoint", NULL, is_point, "", "longitude and latitude in degrees: 51.15, 43.65"},
    {"geopoint", "array", is_json, "point array", "[longitude, latitude]"},
    {"geopoint", "object", is_json, "point object", "{\"lon\": longitude, \"lat\": latitude}"},
    {"string", "email", is_email, "", "an address such as name@example.org"},
    {"string", "uri", is_uri, "", "an address such as https://example.org/"},
    {"string", "uuid", is_uuid, "", "a UUID of 36 characters"},
    {"string", "binary", is_base64, "", "base64"},
};

bool karvan_i_format_of(const karvan_i_field_spec *f, karvan_i_format *out) {
    const char *format = f->format && strcmp(f->format, "default") != 0 ? f->format : NULL;
    bool times = strcmp(f->type_name, "date") == 0 || strcmp(f->type_name, "time") == 0 ||
                 strcmp(f->type_name, "datetime") == 0;
    if (times && format && strchr(format, '%')) {
        const char *pattern = strncmp(format, "fmt:", 4) == 0 ? format + 4 : format;
        *out = (karvan_i_format){fits_pattern, pattern, format};
        return true;
    }
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        bool same = format ? formats[i].format && strcmp(formats[i].format, format) == 0
                           : !formats[i].format;
        if (!same || strcmp(formats[i].type, f->type_name) != 0) continue;
        *out = (karvan_i_format){formats[i].test, formats[i].kind, formats[i].hint};
        return true;
    }
    return false;
}
