#include "exchange/osm_tags.h"

#include <math.h>
#include <string.h>

#include "table/number.h"

static bool one_of(const char *s, const char *const *list) {
    for (; s && *list; list++)
        if (strcmp(s, *list) == 0) return true;
    return false;
}

static bool is(const char *s, const char *word) { return s && strcmp(s, word) == 0; }

static karvan_i_osm_tag tag(const char *key, const char *value) {
    return (karvan_i_osm_tag){key, value};
}

/* ---- values ---- */

static double speed_of(const char *s, size_t n) {
    static const struct {
        const char *name;
        double kmh;
    } units[] = {{"km/h", 1}, {"kmh", 1}, {"kph", 1}, {"mph", 1.609344}, {"knots", 1.852}};
    double v, kmh = 1;
    while (n && s[n - 1] == ' ') n--;
    while (n && *s == ' ') s++, n--;
    if (n == 4 && memcmp(s, "none", 4) == 0) return INFINITY;
    if (n == 4 && memcmp(s, "walk", 4) == 0) return 5;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t u = strlen(units[i].name);
        if (n <= u || memcmp(s + n - u, units[i].name, u) != 0) continue;
        kmh = units[i].kmh, n -= u;
        break;
    }
    return karvan_i_parse_real(s, n, '.', &v) && v * kmh >= 1 ? v * kmh : NAN;
}

double karvan_i_osm_speed_kmh(const char *s) {
    double least = INFINITY;
    for (;;) {
        size_t n = strcspn(s, ";|");
        double v = speed_of(s, n);
        if (isnan(v)) return NAN;
        least = fmin(least, v);
        if (!s[n]) return least;
        s += n + 1;
    }
}

/* Digits at *s, at most six; -1: none. */
static int digits(const char **s) {
    int v = 0, n = 0;
    for (; **s >= '0' && **s <= '9' && n < 6; (*s)++, n++) v = 10 * v + (**s - '0');
    return n ? v : -1;
}

/* ISO 8601 behind its P: days, hours, minutes, seconds. */
static double iso_duration_h(const char *s) {
    static const struct {
        char unit;
        bool time;
        double h;
    } units[] = {{'D', false, 24}, {'H', true, 1}, {'M', true, 1.0 / 60}, {'S', true, 1.0 / 3600}};
    double h = 0;
    bool time = false, any = false;
    for (size_t next = 0; *s;) {
        if (*s == 'T' && !time) {
            time = true, s++;
            continue;
        }
        int v = digits(&s);
        size_t i = next;
        while (i < 4 && (units[i].unit != *s || units[i].time != time)) i++;
        if (v < 0 || i == 4) return NAN;
        h += v * units[i].h;
        next = i + 1, s++, any = true;
    }
    return any ? h : NAN;
}

double karvan_i_osm_duration_h(const char *s) {
    static const double unit_h[] = {1, 1.0 / 60, 1.0 / 3600};
    double h = 0;
    int part[3], n = 0;
    if (*s == 'P') return iso_duration_h(s + 1);
    while (n < 3) {
        if ((part[n] = digits(&s)) < 0) return NAN;
        if (n > 0 && part[n] > 59) return NAN;
        n++;
        if (*s != ':') break;
        s++;
    }
    if (*s) return NAN;
    if (n == 1) return part[0] / 60.0;
    for (int i = 0; i < n; i++) h += part[i] * unit_h[i];
    return h;
}

/* ---- what all families have in common ---- */

static void odd(karvan_i_osm_line *l, const char *key, const char *value) {
    if (l->n_odd < KARVAN_I_OSM_ODD) l->odd[l->n_odd++] = tag(key, value);
}

static karvan_i_osm_verdict left_out(karvan_i_osm_line *l, const char *key, const char *value) {
    l->why = tag(key, value);
    return KARVAN_I_OSM_LEFT_OUT;
}

/* Built, and not given up: tags that take a line out of service whatever else it says. */
static const char *out_of_service(const karvan_i_osm_element *e) {
    static const char *const keys[] = {"disused", "abandoned", "construction", "proposed", NULL};
    for (int i = 0; keys[i]; i++)
        if (is(karvan_i_osm_value(e, keys[i]), "yes")) return keys[i];
    return NULL;
}

/* The most special tag of access decides. */
static bool open_to_lorries(const karvan_i_osm_element *e, karvan_i_osm_line *l) {
    static const char *const keys[] = {"hgv", "motor_vehicle", "vehicle", "access"};
    static const char *const shut[] = {
        "no", "private", "agricultural", "forestry", "military", "emergency", NULL};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *v = karvan_i_osm_value(e, keys[i]);
        if (!v) continue;
        if (!one_of(v, shut)) return true;
        l->why = tag(keys[i], v);
        return false;
    }
    return true;
}

static void take_speed(const karvan_i_osm_element *e, karvan_i_osm_line *l, const char *key,
                       double by_class, double most) {
    const char *s = karvan_i_osm_value(e, key);
    double v = s ? karvan_i_osm_speed_kmh(s) : NAN;
    if (s && isnan(v)) odd(l, key, s);
    l->speed_assumed = isnan(v);
    l->speed_kmh = fmin(isnan(v) ? by_class : v, most);
}

static void take_direction(const karvan_i_osm_element *e, karvan_i_osm_line *l, bool implied) {
    static const char *const along[] = {"yes", "true", "1", NULL};
    static const char *const against[] = {"-1", "reverse", NULL};
    static const char *const both[] = {"no", "false", "0", NULL};
    const char *s = karvan_i_osm_value(e, "oneway");
    l->direction = one_of(s, against) ? -1 : one_of(s, along) ? 1 : one_of(s, both) ? 0 : implied;
    if (s && !one_of(s, along) && !one_of(s, against) && !one_of(s, both)) odd(l, "oneway", s);
}

/* ---- rail ---- */

static void add_gauge(karvan_i_osm_line *l, int mm) {
    char mode[KARVAN_I_OSM_MODE];
    if (mm == 1522 || mm == 1524) mm = 1520; /* the same wagons run on both */
    (void)snprintf(mode, sizeof mode, "rail_%d", mm);
    for (int i = 0; i < l->n_modes; i++)
        if (strcmp(l->mode[i], mode) == 0) return;
    if (l->n_modes < KARVAN_I_OSM_GAUGES)
        (void)snprintf(l->mode[l->n_modes++], KARVAN_I_OSM_MODE, "%s", mode);
}

static void take_gauges(const karvan_i_osm_element *e, karvan_i_osm_line *l, bool narrow,
                        const karvan_i_osm_rules *rules) {
    enum { LEAST_MM = 100, MOST_MM = 3000 };
    const char *s = karvan_i_osm_value(e, "gauge"), *all = s;
    while (s) {
        size_t n = strcspn(s, ";");
        int64_t mm;
        if (karvan_i_parse_int(s, n, &mm) && mm >= LEAST_MM && mm <= MOST_MM)
            add_gauge(l, (int)mm);
        else
            odd(l, "gauge", all);
        s = s[n] ? s + n + 1 : NULL;
    }
    if (l->n_modes) return;
    l->gauge_assumed = true;
    if (narrow)
        (void)snprintf(l->mode[l->n_modes++], KARVAN_I_OSM_MODE, "rail_narrow");
    else
        add_gauge(l, rules->gauge_mm);
}

static karvan_i_osm_verdict rail_of(const karvan_i_osm_element *e, const karvan_i_osm_rules *rules,
                                    karvan_i_osm_line *l) {
    static const double MAIN_KMH = 60, OTHER_KMH = 40, NARROW_KMH = 30, MOST_KMH = 90;
    static const char *const sidings[] = {"siding", "yard", "spur", NULL};
    static const char *const no_freight[] = {"military", "tourism", "test", "leisure", NULL};
    const char *railway = karvan_i_osm_value(e, "railway"), *gone = out_of_service(e);
    const char *service = karvan_i_osm_value(e, "service"), *usage = karvan_i_osm_value(e, "usage");
    bool narrow = is(railway, "narrow_gauge");
    /* railway=ferry marks the way of a ferry that carries trains */
    if (!railway || is(railway, "ferry")) return KARVAN_I_OSM_OTHER;
    if (!is(railway, "rail") && !narrow) return left_out(l, "railway", railway);
    l->class = tag("railway", railway);
    if (gone) return left_out(l, gone, "yes");
    if (one_of(usage, no_freight)) return left_out(l, "usage", usage);
    if (one_of(service, sidings) && !rules->service_tracks) return left_out(l, "service", service);
    take_gauges(e, l, narrow, rules);
    take_speed(e, l, "maxspeed",
               narrow              ? NARROW_KMH
               : is(usage, "main") ? MAIN_KMH
                                   : OTHER_KMH,
               MOST_KMH);
    return KARVAN_I_OSM_TAKEN;
}

/* ---- roads ---- */

static karvan_i_osm_verdict road_of(const karvan_i_osm_element *e, karvan_i_osm_line *l) {
    static const double MOST_KMH = 90;
    static const struct {
        const char *name;
        double kmh;
    } classes[] = {{"motorway", 80},     {"trunk", 70},        {"primary", 60},
                   {"secondary", 50},    {"tertiary", 40},     {"motorway_link", 40},
                   {"trunk_link", 40},   {"primary_link", 35}, {"secondary_link", 30},
                   {"tertiary_link", 25}};
    const char *highway = karvan_i_osm_value(e, "highway"), *gone = out_of_service(e);
    const char *junction = karvan_i_osm_value(e, "junction");
    double kmh = 0;
    if (!highway) return KARVAN_I_OSM_OTHER;
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (is(highway, classes[i].name)) kmh = classes[i].kmh;
    if (kmh == 0) return left_out(l, "highway", highway);
    l->class = tag("highway", highway);
    if (gone) return left_out(l, gone, "yes");
    if (is(karvan_i_osm_value(e, "area"), "yes")) return left_out(l, "area", "yes");
    if (!open_to_lorries(e, l)) return KARVAN_I_OSM_LEFT_OUT;
    (void)snprintf(l->mode[l->n_modes++], KARVAN_I_OSM_MODE, "road");
    take_direction(
        e, l, is(highway, "motorway") || is(junction, "roundabout") || is(junction, "circular"));
    take_speed(e, l, karvan_i_osm_value(e, "maxspeed:hgv") ? "maxspeed:hgv" : "maxspeed", kmh,
               MOST_KMH);
    return KARVAN_I_OSM_TAKEN;
}

/* ---- ferries ---- */

static karvan_i_osm_verdict ferry_of(const karvan_i_osm_element *e, karvan_i_osm_line *l) {
    static const double KMH = 25, MOST_KMH = 45;
    static const char *const keys[] = {"duration", "interval"};
    const char *route = karvan_i_osm_value(e, "route"), *gone = out_of_service(e);
    bool trains = is(karvan_i_osm_value(e, "railway"), "ferry");
    if (!is(route, "ferry") && !trains) return KARVAN_I_OSM_OTHER;
    trains = trains || is(karvan_i_osm_value(e, "train"), "yes");
    l->class = is(route, "ferry") ? tag("route", "ferry") : tag("railway", "ferry");
    if (gone) return left_out(l, gone, "yes");
    if (!trains && !open_to_lorries(e, l)) return KARVAN_I_OSM_LEFT_OUT;
    (void)snprintf(l->mode[l->n_modes++], KARVAN_I_OSM_MODE, "%s",
                   trains ? "ferry_rail" : "ferry_roro");
    take_direction(e, l, false);
    take_speed(e, l, "maxspeed", KMH, MOST_KMH);
    for (size_t i = 0; i < 2; i++) {
        const char *s = karvan_i_osm_value(e, keys[i]);
        double h = s ? karvan_i_osm_duration_h(s) : NAN;
        if (s && !(h > 0)) odd(l, keys[i], s), h = NAN;
        *(i == 0 ? &l->duration_h : &l->interval_h) = h;
    }
    return KARVAN_I_OSM_TAKEN;
}

karvan_i_osm_verdict karvan_i_osm_line_of(const karvan_i_osm_element *way,
                                          karvan_i_osm_family family,
                                          const karvan_i_osm_rules *rules, karvan_i_osm_line *out) {
    *out = (karvan_i_osm_line){.duration_h = NAN, .interval_h = NAN};
    switch (family) {
    case KARVAN_I_OSM_RAIL:
        return rail_of(way, rules, out);
    case KARVAN_I_OSM_ROAD:
        return road_of(way, out);
    case KARVAN_I_OSM_FERRY:
        return ferry_of(way, out);
    case KARVAN_I_OSM_FAMILIES:
        break;
    }
    return KARVAN_I_OSM_OTHER;
}

/* ---- places ---- */

/* A station of trains that carry people alone: the tag that tells so. */
static bool city_rail(const karvan_i_osm_element *e, karvan_i_osm_tag *why) {
    static const char *const kinds[] = {"subway",    "light_rail", "tram", "monorail",
                                        "funicular", "miniature",  NULL};
    const char *station = karvan_i_osm_value(e, "station");
    if (one_of(station, kinds)) {
        *why = tag("station", station);
        return true;
    }
    if (is(karvan_i_osm_value(e, "train"), "yes")) return false;
    for (int i = 0; kinds[i]; i++)
        if (is(karvan_i_osm_value(e, kinds[i]), "yes")) {
            *why = tag(kinds[i], "yes");
            return true;
        }
    return false;
}

karvan_i_osm_verdict karvan_i_osm_site_of(const karvan_i_osm_element *e,
                                          karvan_i_osm_site_kind *kind, unsigned *families,
                                          karvan_i_osm_tag *why) {
    enum {
        RAIL = 1U << KARVAN_I_OSM_RAIL,
        ROAD = 1U << KARVAN_I_OSM_ROAD,
        FERRY = 1U << KARVAN_I_OSM_FERRY
    };
    static const struct {
        const char *key, *value;
        karvan_i_osm_site_kind kind;
        unsigned families;
    } sites[] = {{"barrier", "border_control", KARVAN_I_OSM_BORDER, ROAD},
                 {"railway", "border", KARVAN_I_OSM_BORDER, RAIL},
                 {"amenity", "ferry_terminal", KARVAN_I_OSM_PORT, FERRY},
                 {"industrial", "port", KARVAN_I_OSM_PORT, RAIL | ROAD | FERRY},
                 {"landuse", "harbour", KARVAN_I_OSM_PORT, RAIL | ROAD | FERRY},
                 {"harbour", "yes", KARVAN_I_OSM_PORT, RAIL | ROAD | FERRY},
                 {"railway", "station", KARVAN_I_OSM_STATION, RAIL},
                 {"railway", "halt", KARVAN_I_OSM_STATION, RAIL}};
    for (size_t i = 0; i < sizeof sites / sizeof sites[0]; i++) {
        if (!is(karvan_i_osm_value(e, sites[i].key), sites[i].value)) continue;
        *kind = sites[i].kind, *families = sites[i].families;
        *why = tag(sites[i].key, sites[i].value);
        const char *gone = out_of_service(e);
        if (gone) *why = tag(gone, "yes");
        if (gone || (*kind == KARVAN_I_OSM_STATION && city_rail(e, why)))
            return KARVAN_I_OSM_LEFT_OUT;
        return KARVAN_I_OSM_TAKEN;
    }
    static const char *const told[] = {"railway", "barrier", "highway", NULL};
    for (int i = 0; e->kind == KARVAN_I_OSM_NODE && told[i]; i++) {
        const char *v = karvan_i_osm_value(e, told[i]);
        if (!v) continue;
        *why = tag(told[i], v);
        return KARVAN_I_OSM_LEFT_OUT;
    }
    return KARVAN_I_OSM_OTHER;
}
