/* Agencies, stops, routes and trips of a feed as arrays; ids become positions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/gtfs.h"
#include "table/number.h"

void *karvan_i_gtfs_room(karvan_i_gtfs *g, void *array, int64_t n, int64_t *cap, size_t size) {
    if (n < *cap) return array;
    int64_t more = *cap ? 2 * *cap : 64;
    void *p = more > INT32_MAX ? NULL : karvan_i_realloc(array, (size_t)more, size);
    if (p)
        *cap = more;
    else
        (void)karvan_fail(g->err, KARVAN_E_NOMEM, "no memory for %lld rows of the feed",
                          (long long)more);
    return p;
}

karvan_status karvan_i_gtfs_keep(karvan_i_gtfs *g, const char *s, size_t *at) {
    if (g->texts.n == 0) karvan_i_text_add(&g->texts, "", 1);
    *at = *s ? g->texts.n : 0;
    if (*s) karvan_i_text_add(&g->texts, s, strlen(s) + 1);
    return karvan_i_text_status(&g->texts, g->err);
}

const char *karvan_i_gtfs_text(const karvan_i_gtfs *g, size_t at) {
    return g->texts.s ? g->texts.s + at : "";
}

/* A new id of a file; false, with a problem, where it is empty or there already. */
static karvan_status new_id(const karvan_i_gtfs_rows *r, int column, karvan_i_dictionary *ids,
                            bool *good) {
    const char *id = r->value[column];
    int32_t code;
    *good = *id && karvan_i_dictionary_find(ids, id, strlen(id)) < 0;
    if (*good) return karvan_i_dictionary_add(ids, id, strlen(id), &code, r->err);
    return *id ? karvan_i_gtfs_note(r, column, "gtfs-id", NULL, "a second row '%.60s' is left out",
                                    id)
               : karvan_i_gtfs_note(r, column, "gtfs-id", NULL, "a row without an id is left out");
}

/* A file's own words for its data. */
karvan_status karvan_i_gtfs_read_agencies(karvan_i_gtfs *g) {
    static const char *const columns[] = {"agency_name", "agency_id", "agency_timezone"};
    karvan_status st = KARVAN_OK;
    karvan_i_gtfs_rows r;
    bool got, found, good;
    char zone[64] = "";
    KARVAN_TRY(karvan_i_gtfs_open(&g->feed, KARVAN_I_AGENCY, false, 3, 1, columns, g->imp, &r,
                                  &found, g->err));
    while (found) {
        KARVAN_TRY(karvan_i_gtfs_next(&r, &got));
        if (!got) break;
        /* the one agency of a feed needs no id */
        if (!*r.value[1]) r.value[1] = r.value[0];
        KARVAN_TRY(new_id(&r, r.field[1] < 0 ? 0 : 1, &g->agency_id, &good));
        if (!good) continue;
        if (*zone && strcmp(zone, r.value[2]) != 0)
            KARVAN_TRY(karvan_i_gtfs_note(&r, 2, "gtfs-timezone", NULL,
                                          "another time zone, %.40s beside %.40s: timetables are "
                                          "by the clock of each agency",
                                          r.value[2], zone));
        (void)snprintf(zone, sizeof zone, "%s", r.value[2]);
        size_t *more =
            karvan_i_gtfs_room(g, g->agency, g->n_agencies, &g->cap_agencies, sizeof *more);
        if (!more) return karvan_i_gtfs_close(&r, KARVAN_E_NOMEM);
        g->agency = more;
        KARVAN_TRY(karvan_i_gtfs_keep(g, r.value[0], &g->agency[g->n_agencies]));
        g->n_agencies++, r.taken++;
    }
done:
    return karvan_i_gtfs_close(&r, st);
}

/* ---- stops ---- */

static double coordinate(const char *s, double most) {
    double v;
    return karvan_i_parse_real(s, strlen(s), '.', &v) && fabs(v) <= most ? v : NAN;
}

static karvan_status take_stop(karvan_i_gtfs *g, karvan_i_gtfs_rows *r) {
    enum { STOP, NAME, LAT, LON, TYPE, PARENT };
    karvan_status st = KARVAN_OK;
    bool good;
    int64_t type = 0;
    const char *t = r->value[TYPE];
    if (*t && (!karvan_i_parse_int(t, strlen(t), &type) || type < 0 || type > 4)) {
        KARVAN_TRY(karvan_i_gtfs_note(r, TYPE, "gtfs-value", "0 to 4",
                                      "location_type '%.20s'; a stop is taken for it", t));
        type = 0;
    }
    KARVAN_TRY(new_id(r, STOP, &g->stop_id, &good));
    if (!good) return KARVAN_OK;
    karvan_i_gtfs_stop *s = karvan_i_gtfs_room(g, g->stop, g->n_stops, &g->cap_stops, sizeof *s);
    if (!s) return KARVAN_E_NOMEM;
    g->stop = s, s += g->n_stops;
    *s = (karvan_i_gtfs_stop){.lon = coordinate(r->value[LON], 180),
                              .lat = coordinate(r->value[LAT], 90),
                              .parent = -1,
                              .location_type = (int)type,
                              .place = -1,
                              .line = r->csv.line};
    KARVAN_TRY(karvan_i_gtfs_keep(g, r->value[NAME], &s->name));
    KARVAN_TRY(karvan_i_gtfs_keep(g, r->value[PARENT], &s->parent_id));
    g->n_stops++, r->taken++;
    if (type == 1 && !g->merge) {
        r->taken--;
        KARVAN_TRY(karvan_i_import_ignore(g->imp, karvan_i_gtfs_at(r, -1), "gtfs-location",
                                          "a station that groups stops is left out; "
                                          "--merge-stations takes it in their stead",
                                          g->err));
    } else if (type > 1) {
        r->taken--;
        KARVAN_TRY(karvan_i_import_ignore(g->imp, karvan_i_gtfs_at(r, -1), "gtfs-location",
                                          "an entrance, node or boarding area is left out",
                                          g->err));
    } else if (isnan(s->lon) || isnan(s->lat)) {
        KARVAN_TRY(karvan_i_gtfs_note(r, isnan(s->lat) ? LAT : LON, "gtfs-value",
                                      "degrees: stop_lat, stop_lon", "stop '%.60s' has no position",
                                      r->value[STOP]));
    }
done:
    return st;
}

/* Stations may stand below their stops in the file. */
static karvan_status find_parents(karvan_i_gtfs *g, const char *label) {
    karvan_status st = KARVAN_OK;
    for (int64_t i = 0; i < g->n_stops; i++) {
        karvan_i_gtfs_stop *s = &g->stop[i];
        const char *id = karvan_i_gtfs_text(g, s->parent_id);
        const karvan_i_at at = {label, s->line, 1};
        if (!*id) continue;
        s->parent = karvan_i_dictionary_find(&g->stop_id, id, strlen(id));
        if (s->parent >= 0 && g->stop[s->parent].location_type == 1) continue;
        if (s->location_type == 0)
            KARVAN_TRY(karvan_i_import_note(g->imp, KARVAN_WARNING, at, "gtfs-reference", NULL,
                                            g->err, "parent_station '%.60s' is no station", id));
        s->parent = -1;
    }
done:
    return st;
}

karvan_status karvan_i_gtfs_read_stops(karvan_i_gtfs *g) {
    static const char *const columns[] = {"stop_id",  "stop_name",     "stop_lat",
                                          "stop_lon", "location_type", "parent_station"};
    karvan_status st = KARVAN_OK;
    karvan_i_gtfs_rows r;
    bool got, found;
    KARVAN_TRY(karvan_i_gtfs_open(&g->feed, KARVAN_I_STOPS, true, 6, 1, columns, g->imp, &r, &found,
                                  g->err));
    for (;;) {
        KARVAN_TRY(karvan_i_gtfs_next(&r, &got));
        if (!got) break;
        KARVAN_TRY(take_stop(g, &r));
    }
    KARVAN_TRY(find_parents(g, r.label));
done:
    return karvan_i_gtfs_close(&r, st);
}

/* ---- routes ---- */

/* Types of the reference and the extended ones (hundreds) that carry cargo somewhere; the rest move
 * people alone, and a user may still say what they stand for. */
static const struct {
    int from, to;
    const char *mode;
    bool by_sea;
} known_types[] = {
    {2, 2, "rail", false},           {3, 3, "road", false},     {4, 4, "ferry_roro", true},
    {11, 11, "road", false},         {100, 199, "rail", false}, {200, 299, "road", false},
    {300, 399, "rail", false},       {700, 899, "road", false}, {1000, 1099, "ferry_roro", true},
    {1200, 1299, "ferry_roro", true}};

/* "4=feeder,2=rail_1520": what a user says of a type; NULL, or its length in *n. */
static const char *asked_mode(const karvan_i_gtfs *g, int64_t type, size_t *n) {
    const char *found = NULL, *s;
    for (int i = 0; (s = karvan_i_import_setting_at(g->imp, "mode", i)) != NULL; i++)
        for (bool more = true; more;) {
            size_t len = strcspn(s, ","), equals = strcspn(s, "=");
            int64_t said;
            if (equals < len && karvan_i_parse_int(s, equals, &said) && said == type)
                found = s + equals + 1, *n = len - equals - 1;
            more = s[len] == ',', s += len + more;
        }
    return found;
}

static karvan_status choose_mode(karvan_i_gtfs *g, karvan_i_gtfs_rows *r, int column,
                                 karvan_i_gtfs_route *route) {
    const char *s = r->value[column];
    int64_t type;
    size_t n = 0;
    if (!karvan_i_parse_int(s, strlen(s), &type))
        return karvan_i_gtfs_note(r, column, "gtfs-route-type", "2 rail, 3 bus, 4 ferry, ...",
                                  "route_type '%.20s' is no number; the route is left out", s);
    for (size_t k = 0; k < sizeof known_types / sizeof known_types[0]; k++)
        if (type >= known_types[k].from && type <= known_types[k].to) {
            (void)snprintf(route->mode, sizeof route->mode, "%s", known_types[k].mode);
            route->by_sea = known_types[k].by_sea;
        }
    const char *asked = asked_mode(g, type, &n);
    if (asked) (void)snprintf(route->mode, sizeof route->mode, "%.*s", (int)n, asked);
    if (*route->mode) return KARVAN_OK;
    return karvan_i_gtfs_note(r, column, "gtfs-route-type", "--mode TYPE=MODE says what it is",
                              "route_type %lld carries no cargo; the route is left out",
                              (long long)type);
}

karvan_status karvan_i_gtfs_read_routes(karvan_i_gtfs *g) {
    enum { ROUTE, TYPE, AGENCY, SHORT, LONG };
    static const char *const columns[] = {"route_id", "route_type", "agency_id", "route_short_name",
                                          "route_long_name"};
    karvan_status st = KARVAN_OK;
    karvan_i_gtfs_rows r;
    bool got, found, good;
    KARVAN_TRY(karvan_i_gtfs_open(&g->feed, KARVAN_I_ROUTES, true, 5, 2, columns, g->imp, &r,
                                  &found, g->err));
    for (;;) {
        KARVAN_TRY(karvan_i_gtfs_next(&r, &got));
        if (!got) break;
        KARVAN_TRY(new_id(&r, ROUTE, &g->route_id, &good));
        if (!good) continue;
        karvan_i_gtfs_route *one =
            karvan_i_gtfs_room(g, g->route, g->n_routes, &g->cap_routes, sizeof *one);
        if (!one) return karvan_i_gtfs_close(&r, KARVAN_E_NOMEM);
        g->route = one, one += g->n_routes++;
        *one = (karvan_i_gtfs_route){.agency = -1};
        const char *agency = r.value[AGENCY];
        if (*agency) one->agency = karvan_i_dictionary_find(&g->agency_id, agency, strlen(agency));
        if (*agency && one->agency < 0)
            KARVAN_TRY(karvan_i_gtfs_note(&r, AGENCY, "gtfs-reference", NULL,
                                          "agency_id '%.60s' is no agency", agency));
        if (!*agency && g->n_agencies == 1) one->agency = 0;
        const char *name = *r.value[LONG]    ? r.value[LONG]
                           : *r.value[SHORT] ? r.value[SHORT]
                                             : r.value[ROUTE];
        KARVAN_TRY(karvan_i_gtfs_keep(g, name, &one->name));
        KARVAN_TRY(choose_mode(g, &r, TYPE, one));
        r.taken += *one->mode != 0;
    }
done:
    return karvan_i_gtfs_close(&r, st);
}

/* ---- trips ---- */

/* Position of an id of another file; -1, with a problem, where it is not there. */
static karvan_status refer(const karvan_i_gtfs_rows *r, int column, const karvan_i_dictionary *ids,
                           const char *what, int32_t *out) {
    const char *id = r->value[column];
    *out = karvan_i_dictionary_find(ids, id, strlen(id));
    if (*out >= 0) return KARVAN_OK;
    return karvan_i_gtfs_note(r, column, "gtfs-reference", NULL,
                              "a trip is left out: '%.60s' is no %s", id, what);
}

karvan_status karvan_i_gtfs_read_trips(karvan_i_gtfs *g) {
    enum { ROUTE, SERVICE, TRIP, SHAPE };
    static const char *const columns[] = {"route_id", "service_id", "trip_id", "shape_id"};
    karvan_status st = KARVAN_OK;
    karvan_i_gtfs_rows r;
    bool got, found, good;
    KARVAN_TRY(karvan_i_gtfs_open(&g->feed, KARVAN_I_TRIPS, true, 4, 3, columns, g->imp, &r, &found,
                                  g->err));
    for (;;) {
        karvan_i_gtfs_trip t = {.shape = -1, .line = 0};
        KARVAN_TRY(karvan_i_gtfs_next(&r, &got));
        if (!got) break;
        KARVAN_TRY(refer(&r, ROUTE, &g->route_id, "route", &t.route));
        if (t.route < 0) continue;
        if (!*g->route[t.route].mode) {
            KARVAN_TRY(karvan_i_import_ignore(g->imp, karvan_i_gtfs_at(&r, -1), "gtfs-trip",
                                              "a trip of a route that is left out", g->err));
            continue;
        }
        KARVAN_TRY(refer(&r, SERVICE, &g->service_id, "service of the calendar", &t.service));
        if (t.service < 0) continue;
        KARVAN_TRY(new_id(&r, TRIP, &g->trip_id, &good));
        if (!good) continue;
        const char *shape = r.value[SHAPE];
        if (*shape) t.shape = karvan_i_dictionary_find(&g->shape_id, shape, strlen(shape));
        t.line = r.csv.line;
        karvan_i_gtfs_trip *more =
            karvan_i_gtfs_room(g, g->trip, g->n_trips, &g->cap_trips, sizeof *more);
        if (!more) return karvan_i_gtfs_close(&r, KARVAN_E_NOMEM);
        g->trip = more, g->trip[g->n_trips++] = t;
        r.taken++;
    }
done:
    return karvan_i_gtfs_close(&r, st);
}
