/* Plausibility of places, links, terminals and services: what no schema can say. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/check.h"
#include "network/geodesic.h"
#include "table/cell.h"

/* How far a leg may be shorter than the geodesic before its length is a mistake (rounded lengths,
 * coordinates of a city instead of its station). */
static const double SHORTER = 0.95;
static const double SLACK_KM = 15.0;

typedef karvan_i_check ctx;

static int64_t place_row(const ctx *x, const char *id) {
    return id ? karvan_package_row(x->region, "places", id) : -1;
}

static int64_t mode_row(const ctx *x, const char *mode) {
    return x->modes && mode ? karvan_package_row(x->region, "modes", mode) : -1;
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
    double most = karvan_i_cell_real(x->modes, "max_kmh", mode_row(x, mode));
    if (speed > most)
        KARVAN_TRY(karvan_problems_add_cell(x->problems, KARVAN_ERROR, x->links, at, r,
                                            "leg-too-fast", "check the unit and the length",
                                            "%.0f km/h is faster than %s goes (%.0f km/h at most)",
                                            speed, mode, most));
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
    if (isnan(line) || km >= SHORTER * line - SLACK_KM) return KARVAN_OK; /* a position unknown */
    return karvan_problems_add_cell(
        x->problems, KARVAN_ERROR, x->links, karvan_table_find(x->links, "length_km"), r,
        "leg-too-short", "check the length and both coordinates",
        "%.0f km is shorter than the straight line of %.0f km", km, line);
}

/* Every way between two customs areas must stop for customs somewhere at the frontier: at one end
 * of the link that crosses it, by any row of terminals that holds for every class of cargo. */
static bool stops_at(const ctx *x, const char *place, const char *mode) {
    for (int64_t r = 0; r < karvan_table_rows(x->terminals); r++) {
        if (karvan_i_cell_text(x->terminals, "cargo_classes", r)) continue;
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
    if (!a || !b || !mode || !karvan_i_mode_carries(x->region, mode)) return KARVAN_OK;
    const char *ca = customs_of(x, a), *cb = customs_of(x, b);
    if (!ca || !cb || strcmp(ca, cb) == 0 || is_strait(x, a) || is_strait(x, b)) return KARVAN_OK;
    if (stops_at(x, a, mode) || stops_at(x, b, mode)) return KARVAN_OK;
    return karvan_problems_add_cell(
        x->problems, KARVAN_WARNING, x->links, karvan_table_find(x->links, "mode"), r,
        "border-without-customs", "add a border row in table terminals at one of the ends",
        "the link leads from customs area %s to %s and nothing stops it", ca, cb);
}

/* Ships leave now and then: a sea link without a service row would leave at once. */
static karvan_status check_sailing(const ctx *x, int64_t r) {
    const char *mode = karvan_i_cell_text(x->links, "mode", r),
               *id = karvan_i_cell_text(x->links, "id", r);
    const char *from = karvan_i_cell_text(x->links, "from", r);
    bool ship = karvan_i_cell_bool(x->modes, "needs_service", mode_row(x, mode));
    /* the second part of a voyage through a strait is not boarded there */
    if (!ship || !id || (from && is_strait(x, from))) return KARVAN_OK;
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
    if (!x.places || !x.links || !x.terminals || !x.services) return KARVAN_OK; /* said already */
    KARVAN_TRY(karvan_i_geodesic_ready(err)); /* lengths are set beside it */
    KARVAN_TRY(karvan_i_operations(region, &x.operations, &x.n_operations, err));
    for (int64_t r = 0; r < karvan_table_rows(x.links); r++) {
        KARVAN_TRY(check_speed(&x, r));
        KARVAN_TRY(check_length(&x, r));
        KARVAN_TRY(check_customs(&x, r));
        KARVAN_TRY(check_sailing(&x, r));
    }
    for (int64_t r = 0; r < karvan_table_rows(x.terminals); r++) {
        KARVAN_TRY(karvan_i_check_terminal(&x, r));
    }
    KARVAN_TRY(karvan_i_check_time(region, problems));
    KARVAN_TRY(karvan_i_check_lists(region, problems));
done:
    karvan_i_free(x.operations);
    if (st == KARVAN_E_NOMEM) (void)karvan_fail(err, st, "no memory for the list of problems");
    return st;
}
