/* Plausibility of places, links, terminals and services: what no schema can say. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "network/check_lists.h"
#include "network/graph.h"
#include "table/cell.h"

/* For regions without a table `modes`: the fastest commercial speed that freight of a mode keeps
 * over a whole leg, km/h. */
static const struct {
    const char *mode;
    double max_kmh;
} limits[] = {{"rail_1435", 100}, {"rail_1520", 90},    {"road", 90},
              {"ferry_rail", 45}, {"ferry_roro", 50},   {"feeder", 45},
              {"deep_sea", 45},   {"pipeline_oil", 15}, {"pipeline_gas", 60}};
/* How far a leg may be shorter than the geodesic before its length is a mistake (rounded lengths,
 * coordinates of a city instead of its station). */
static const double SHORTER = 0.95;
static const double SLACK_KM = 15.0;

typedef struct ctx {
    const karvan_package *region;
    const karvan_table *places, *links, *terminals, *services;
    const karvan_table *modes, *operations; /* NULL: the region has none */
    karvan_problems *problems;
} ctx;

static int64_t place_row(const ctx *x, const char *id) {
    return id ? karvan_package_row(x->region, "places", id) : -1;
}

/* ---- what tables modes and operations say, and what holds without them ---- */

static int64_t mode_row(const ctx *x, const char *mode) {
    return x->modes && mode ? karvan_package_row(x->region, "modes", mode) : -1;
}

static double max_kmh(const ctx *x, const char *mode) {
    int64_t row = mode_row(x, mode);
    double said = row < 0 ? NAN : karvan_i_cell_real(x->modes, "max_kmh", row);
    if (row >= 0) return isnan(said) ? INFINITY : said;
    for (size_t i = 0; mode && i < sizeof limits / sizeof limits[0]; i++)
        if (strcmp(limits[i].mode, mode) == 0) return limits[i].max_kmh;
    return INFINITY;
}

static bool carries_containers(const ctx *x, const char *mode) {
    int64_t row = mode_row(x, mode);
    int c = row < 0 ? -1 : karvan_table_find(x->modes, "carries_containers");
    return c >= 0 && karvan_table_state(x->modes, c, row) == KARVAN_VALUE
               ? karvan_table_bool(x->modes, c, row)
               : strncmp(mode, "pipeline", 8) != 0;
}

static bool needs_service(const ctx *x, const char *mode) {
    static const char *const sea[] = {"ferry_rail", "ferry_roro", "feeder", "deep_sea"};
    int64_t row = mode_row(x, mode);
    if (row >= 0) return karvan_i_cell_bool(x->modes, "needs_service", row);
    bool ship = false;
    for (size_t i = 0; mode && i < sizeof sea / sizeof sea[0]; i++)
        ship |= strcmp(sea[i], mode) == 0;
    return ship;
}

/* What an operation is done for; without the table its own name. */
static const char *cause_of(const ctx *x, const char *operation) {
    int64_t row =
        x->operations && operation ? karvan_package_row(x->region, "operations", operation) : -1;
    return row < 0 ? operation : karvan_i_cell_text(x->operations, "cause", row);
}

static bool has_cause(const ctx *x, int64_t terminal, const char *cause) {
    const char *c = cause_of(x, karvan_i_cell_text(x->terminals, "operation", terminal));
    return c && strcmp(c, cause) == 0;
}

static karvan_status check_speed(const ctx *x, int64_t r) {
    karvan_status st = KARVAN_OK;
    const char *mode = karvan_i_cell_text(x->links, "mode", r);
    double km = karvan_i_cell_real(x->links, "length_km", r),
           speed = karvan_i_cell_real(x->links, "speed_kmh", r);
    double h = karvan_i_cell_real(x->links, "time_h", r);
    int at =
        isnan(h) ? karvan_table_find(x->links, "speed_kmh") : karvan_table_find(x->links, "time_h");
    if (isnan(h) && isnan(speed))
        return karvan_problems_add_cell(x->problems, KARVAN_ERROR, x->links, at, r, "link-no-time",
                                        "give speed_kmh or time_h", "the link has no time");
    if (!isnan(h) && h > 0) speed = km / h;
    if (speed > max_kmh(x, mode))
        KARVAN_TRY(karvan_problems_add_cell(x->problems, KARVAN_ERROR, x->links, at, r,
                                            "leg-too-fast", "check the unit and the length",
                                            "%.0f km/h is faster than %s goes (%.0f km/h at most)",
                                            speed, mode, max_kmh(x, mode)));
    if (speed <= 0 || (!isnan(h) && h == 0 && km > 0))
        KARVAN_TRY(karvan_problems_add_cell(x->problems, KARVAN_ERROR, x->links, at, r,
                                            "leg-no-speed", "a time above 0",
                                            "the link takes no time or never arrives"));
done:
    return st;
}

static karvan_status check_length(const ctx *x, int64_t r) {
    int64_t a = place_row(x, karvan_i_cell_text(x->links, "from", r)),
            b = place_row(x, karvan_i_cell_text(x->links, "to", r));
    double km = karvan_i_cell_real(x->links, "length_km", r);
    if (a < 0 || b < 0 || isnan(km)) return KARVAN_OK; /* the schema has said so */
    if (a == b)
        return karvan_problems_add_cell(x->problems, KARVAN_ERROR, x->links,
                                        karvan_table_find(x->links, "to"), r, "link-loop",
                                        "another end", "the link ends where it begins");
    double line = karvan_i_geodesic_km(
        karvan_i_cell_real(x->places, "lon", a), karvan_i_cell_real(x->places, "lat", a),
        karvan_i_cell_real(x->places, "lon", b), karvan_i_cell_real(x->places, "lat", b));
    if (km >= SHORTER * line - SLACK_KM) return KARVAN_OK;
    return karvan_problems_add_cell(
        x->problems, KARVAN_ERROR, x->links, karvan_table_find(x->links, "length_km"), r,
        "leg-too-short", "check the length and both coordinates",
        "%.0f km is shorter than the straight line of %.0f km", km, line);
}

static bool link_touches(const ctx *x, int64_t r, const char *place, const char *mode) {
    const char *m = karvan_i_cell_text(x->links, "mode", r),
               *a = karvan_i_cell_text(x->links, "from", r);
    const char *b = karvan_i_cell_text(x->links, "to", r);
    return m && a && b && strcmp(m, mode) == 0 && (strcmp(a, place) == 0 || strcmp(b, place) == 0);
}

static int links_at(const ctx *x, const char *place, const char *mode) {
    int n = 0;
    for (int64_t r = 0; r < karvan_table_rows(x->links); r++) n += link_touches(x, r, place, mode);
    return n;
}

/* Loading comes from no mode, unloading leads to none; all else lies between two. */
static karvan_status check_one_mode(const ctx *x, int64_t r, const char *op, const char *from,
                                    const char *to) {
    if ((!from && to && strcmp(op, "load") == 0) || (!to && from && strcmp(op, "unload") == 0))
        return KARVAN_OK;
    return karvan_problems_add_cell(
        x->problems, KARVAN_ERROR, x->terminals,
        karvan_table_find(x->terminals, from ? "to_mode" : "from_mode"), r, "terminal-mode",
        "only load comes from no mode, only unload leads to none", "%s needs both modes", op);
}

static karvan_status check_terminal(const ctx *x, int64_t r) {
    karvan_status st = KARVAN_OK;
    static const char *const ends[] = {"from_mode", "to_mode"};
    const char *place = karvan_i_cell_text(x->terminals, "place", r),
               *op = karvan_i_cell_text(x->terminals, "operation", r);
    const char *a = karvan_i_cell_text(x->terminals, ends[0], r),
               *b = karvan_i_cell_text(x->terminals, ends[1], r);
    if (place && op && (!a || !b)) return check_one_mode(x, r, op, a, b);
    if (!place || !a || !b) return KARVAN_OK;
    for (int i = 0; i < 2; i++) {
        const char *mode = i ? b : a;
        if (i == 1 && strcmp(a, b) == 0) break;
        if (links_at(x, place, mode) > 0) continue;
        KARVAN_TRY(karvan_problems_add_cell(
            x->problems, KARVAN_ERROR, x->terminals, karvan_table_find(x->terminals, ends[i]), r,
            "terminal-on-no-link", "add the link, or remove the terminal",
            "no %s link begins or ends at %s", mode, place));
    }
    bool same = strcmp(a, b) == 0, handling = has_cause(x, r, "handling");
    if (op && !handling && !has_cause(x, r, "other") && has_cause(x, r, "border") != same)
        KARVAN_TRY(karvan_problems_add_cell(
            x->problems, KARVAN_ERROR, x->terminals, karvan_table_find(x->terminals, "operation"),
            r, "terminal-operation",
            "a border keeps the mode; gauge_change, port and tranship change it",
            "%s from %s to %s", op, a, b));
    double p50 = karvan_i_cell_real(x->terminals, "dwell_p50_h", r),
           p90 = karvan_i_cell_real(x->terminals, "dwell_p90_h", r);
    if (p90 < p50 || (p50 == 0 && p90 > 0))
        KARVAN_TRY(karvan_problems_add_cell(
            x->problems, KARVAN_ERROR, x->terminals, karvan_table_find(x->terminals, "dwell_p90_h"),
            r, "dwell-quantiles", "0 < P50 <= P90, or both 0", "P90 %g h with P50 %g h", p90, p50));
done:
    return st;
}

/* Where a load can change its mode at a frontier, it would leave the frontier's own row unseen. */
static karvan_status check_evasion(const ctx *x, int64_t r) {
    const char *place = karvan_i_cell_text(x->terminals, "place", r);
    if (!place || !has_cause(x, r, "tranship")) return KARVAN_OK;
    for (int64_t k = 0; k < karvan_table_rows(x->terminals); k++) {
        bool frontier = has_cause(x, k, "border") || has_cause(x, k, "gauge_change");
        if (!frontier || !karvan_i_cell_is(x->terminals, "place", k, place)) continue;
        return karvan_problems_add_cell(
            x->problems, KARVAN_ERROR, x->terminals, karvan_table_find(x->terminals, "operation"),
            r, "tranship-at-border",
            "move the transhipment to a place before or behind the frontier",
            "a load that changes mode at %s passes its border row unseen", place);
    }
    return KARVAN_OK;
}

/* Every way between two customs areas must stop for customs somewhere at the frontier: at one end
 * of the link that crosses it, by any row of terminals that holds for every class of cargo. */
static bool stops_at(const ctx *x, const char *place, const char *mode) {
    for (int64_t r = 0; r < karvan_table_rows(x->terminals); r++) {
        if (karvan_i_cell_text(x->terminals, "cargo_classes", r) || has_cause(x, r, "handling"))
            continue;
        const char *p = karvan_i_cell_text(x->terminals, "place", r),
                   *a = karvan_i_cell_text(x->terminals, "from_mode", r);
        const char *b = karvan_i_cell_text(x->terminals, "to_mode", r);
        if (p && a && b && strcmp(p, place) == 0 && (strcmp(a, mode) == 0 || strcmp(b, mode) == 0))
            return true;
    }
    return false;
}

static const char *customs_of(const ctx *x, const char *place) {
    int64_t p = place_row(x, place);
    const char *iso3 = p < 0 ? NULL : karvan_i_cell_text(x->places, "country", p);
    const karvan_table *countries = karvan_package_table(x->region, "countries");
    int64_t row = iso3 && countries ? karvan_package_row(x->region, "countries", iso3) : -1;
    const char *area = row < 0 ? NULL : karvan_i_cell_text(countries, "customs_area", row);
    return area ? area : iso3; /* a country that shares with none is an area of its own */
}

static bool is_strait(const ctx *x, const char *place) {
    int64_t p = place_row(x, place);
    const char *kind = p < 0 ? NULL : karvan_i_cell_text(x->places, "kind", p);
    return kind && strcmp(kind, "strait") == 0;
}

static karvan_status check_customs(const ctx *x, int64_t r) {
    const char *a = karvan_i_cell_text(x->links, "from", r),
               *b = karvan_i_cell_text(x->links, "to", r);
    const char *mode = karvan_i_cell_text(x->links, "mode", r);
    if (!a || !b || !mode || !carries_containers(x, mode)) return KARVAN_OK;
    const char *ca = customs_of(x, a), *cb = customs_of(x, b);
    if (!ca || !cb || strcmp(ca, cb) == 0 || is_strait(x, a) || is_strait(x, b)) return KARVAN_OK;
    if (stops_at(x, a, mode) || stops_at(x, b, mode)) return KARVAN_OK;
    return karvan_problems_add_cell(
        x->problems, KARVAN_WARNING, x->links, karvan_table_find(x->links, "mode"), r,
        "border-without-customs", "add a border row in table terminals at one of the ends",
        "the link leads from customs area %s to %s and nothing stops it", ca, cb);
}

static karvan_status check_service(const ctx *x, int64_t r) {
    double headway = karvan_i_cell_real(x->services, "headway_h", r);
    if (headway > 0) return KARVAN_OK;
    return karvan_problems_add_cell(
        x->problems, KARVAN_ERROR, x->services, karvan_table_find(x->services, "headway_h"), r,
        "service-headway", "hours between departures, above 0", "a service without a headway");
}

/* Ships leave now and then: a sea link without a service row would leave at once. */
static karvan_status check_sailing(const ctx *x, int64_t r) {
    const char *mode = karvan_i_cell_text(x->links, "mode", r),
               *id = karvan_i_cell_text(x->links, "id", r);
    const char *from = karvan_i_cell_text(x->links, "from", r);
    /* the second part of a voyage through a strait is not boarded there */
    if (!needs_service(x, mode) || !id || (from && is_strait(x, from))) return KARVAN_OK;
    for (int64_t k = 0; k < karvan_table_rows(x->services); k++) {
        const char *link = karvan_i_cell_text(x->services, "link", k);
        if (link && strcmp(link, id) == 0) return KARVAN_OK;
    }
    const char *to = karvan_i_cell_text(x->links, "to", r);
    if (to && is_strait(x, to)) return KARVAN_OK;
    return karvan_problems_add_cell(x->problems, KARVAN_WARNING, x->links,
                                    karvan_table_find(x->links, "id"), r, "sailing-without-service",
                                    "add a row in table services",
                                    "a sea link that no service sails: nobody waits for its ship");
}

karvan_status karvan_network_check(const karvan_package *region, karvan_problems *problems,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    ctx x = {.region = region, .problems = problems};
    KARVAN_REQUIRE(region && problems, err, KARVAN_E_ARG, "region or problems is NULL");
    x.places = karvan_package_table(region, "places");
    x.links = karvan_package_table(region, "links");
    x.terminals = karvan_package_table(region, "terminals");
    x.services = karvan_package_table(region, "services");
    x.modes = karvan_package_table(region, "modes");
    x.operations = karvan_package_table(region, "operations");
    if (!x.places || !x.links || !x.terminals || !x.services) return KARVAN_OK; /* said already */
    for (int64_t r = 0; r < karvan_table_rows(x.links); r++) {
        KARVAN_TRY(check_speed(&x, r));
        KARVAN_TRY(check_length(&x, r));
        KARVAN_TRY(check_customs(&x, r));
        KARVAN_TRY(check_sailing(&x, r));
    }
    for (int64_t r = 0; r < karvan_table_rows(x.terminals); r++) {
        KARVAN_TRY(check_terminal(&x, r));
        KARVAN_TRY(check_evasion(&x, r));
    }
    for (int64_t r = 0; r < karvan_table_rows(x.services); r++) KARVAN_TRY(check_service(&x, r));
    KARVAN_TRY(karvan_i_check_lists(region, problems));
done:
    if (st == KARVAN_E_NOMEM) (void)karvan_fail(err, st, "no memory for the list of problems");
    return st;
}
