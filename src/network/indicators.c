/* CAREC's indicators of corridor performance (CPMM) from the legs of routes, beside the published
 * ones of table `cpmm`. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "network/graph.h"
#include "table/cell.h"
#include "table/number.h"

enum { SECTION_KM = 500 };
/* Published figures are rounded: this close to a bound is on it. */
static const double ROUNDING = 0.005;

typedef enum family { RAIL, ROAD, ALL, OTHER } family;
static const char *const FAMILY_NAMES[] = {"rail", "road", "all"};

typedef enum indicator { TFI1, TFI2, TFI3, SWOD, SWD, INDICATORS } indicator;
static const char *const INDICATOR_NAMES[] = {"tfi1", "tfi2", "tfi3", "swod", "swd"};
static const char *const UNITS[] = {"h", "USD", "USD", "km/h", "km/h"};

/* Rail, road or neither: by column `mode` of table `modes`, else by the word before the gauge. */
static family family_of(const karvan_network *net, const char *mode) {
    const karvan_table *t = karvan_package_table(net->region, "modes");
    int64_t row = t && mode ? karvan_package_row(net->region, "modes", mode) : -1;
    const char *s = karvan_i_cell_text(t, "mode", row);
    if (!s) s = mode ? mode : "";
    size_t n = strcspn(s, "_");
    return n == 4 && memcmp(s, "rail", 4) == 0   ? RAIL
           : n == 4 && memcmp(s, "road", 4) == 0 ? ROAD
                                                 : OTHER;
}

/* A stop belongs to rail or road where the load arrives and leaves by it. */
static family family_of_leg(const karvan_network *net, const karvan_leg *l) {
    family f = family_of(net, l->mode);
    return l->from_mode && family_of(net, l->from_mode) != f ? OTHER : f;
}

static bool same_country(const karvan_network *net, int32_t a, int32_t b) {
    return strcmp(net->country[a], net->country[b]) == 0;
}

/* ---- crossing points of a route ---- */

/* What a route does at one place between arriving and leaving. */
typedef struct stop {
    int32_t place, begin, end; /* legs begin..end-1 */
    bool crossing;             /* of a border */
    const char *direction;     /* "outbound", "inbound", "both", seen from its country */
} stop;

/* The next stop at or after leg k; false: none. */
static bool next_stop(const karvan_network *net, const karvan_route *r, int32_t k, stop *out) {
    while (k < r->n_legs && r->legs[k].operation == KARVAN_MOVE) k++;
    if (k == r->n_legs) return false;
    *out = (stop){.place = r->legs[k].from, .begin = k, .direction = "both"};
    bool border = false, gauge = false;
    for (; k < r->n_legs && r->legs[k].operation != KARVAN_MOVE; k++) {
        border = border || r->legs[k].operation == KARVAN_BORDER;
        gauge = gauge || r->legs[k].operation == KARVAN_GAUGE_CHANGE;
    }
    out->end = k;
    bool from_abroad =
        out->begin > 0 && !same_country(net, r->legs[out->begin - 1].from, out->place);
    bool to_abroad = k < r->n_legs && !same_country(net, r->legs[k].to, out->place);
    out->crossing = border || (gauge && (from_abroad || to_abroad));
    if (from_abroad != to_abroad) out->direction = to_abroad ? "outbound" : "inbound";
    return true;
}

/* ---- sums ---- */

typedef struct part { /* of a route */
    const karvan_network *net;
    const karvan_route *route;
    family mode;
    const char *country; /* NULL: the whole route */
    const stop *at;      /* NULL, or one crossing alone */
} part;

typedef struct sums {
    double km, moving_h, standing_h, usd; /* on the way */
    double crossing_h, crossing_usd;
    int crossings;
} sums;

static bool counts(const part *p, const karvan_leg *l) {
    if (l->operation == KARVAN_HANDLING) return false; /* before and after the way */
    if (p->mode != ALL && family_of_leg(p->net, l) != p->mode) return false;
    return !p->country || (strcmp(p->net->country[l->from], p->country) == 0 &&
                           strcmp(p->net->country[l->to], p->country) == 0);
}

static void add_crossing(const part *p, const stop *s, sums *out) {
    bool any = false;
    for (int32_t k = s->begin; k < s->end; k++) {
        const karvan_leg *l = &p->route->legs[k];
        if (!counts(p, l)) continue;
        out->crossing_h += l->hours, out->crossing_usd += l->usd_per_teu;
        any = any || l->operation == KARVAN_BORDER || l->operation == KARVAN_GAUGE_CHANGE;
    }
    out->crossings += any;
}

static sums add_up(const part *p) {
    sums s = {.km = 0};
    stop at;
    if (p->at) {
        add_crossing(p, p->at, &s);
        return s;
    }
    for (int32_t k = 0; k < p->route->n_legs; k++) {
        const karvan_leg *l = &p->route->legs[k];
        if (!counts(p, l)) continue;
        s.km += l->km, s.usd += l->usd_per_teu;
        *(l->operation == KARVAN_MOVE ? &s.moving_h : &s.standing_h) += l->hours;
    }
    for (int32_t k = 0; next_stop(p->net, p->route, k, &at); k = at.end)
        if (at.crossing) add_crossing(p, &at, &s);
    return s;
}

/* NaN: it cannot be said. */
static double value_of(indicator i, const sums *s, double teu_per_20t) {
    double moving = s->km > 0 && s->moving_h > 0 ? s->moving_h : NAN;
    switch (i) {
    case TFI1:
        return s->crossings > 0 ? s->crossing_h / s->crossings : NAN;
    case TFI2:
        return s->crossings > 0 ? s->crossing_usd * teu_per_20t / s->crossings : NAN;
    case TFI3:
        return s->km > 0 ? s->usd * teu_per_20t / s->km * SECTION_KM : NAN;
    case SWOD:
        return s->km / moving;
    default:
        return s->km / (moving + s->standing_h);
    }
}

/* ---- published figures ---- */

typedef struct figure {
    double value, low, high; /* of the last year; over all years; NaN: none */
    int64_t year;
    const char *source, *scope;
    bool used; /* one of them set a row of the network */
} figure;

typedef struct wanted {
    const char *indicator, *mode, *scope;
    const char *key_column, *key; /* NULL: the scope has no key */
    const char *direction;
} wanted;

static figure gather(const karvan_table *t, const wanted *w) {
    figure f = {.value = NAN, .low = NAN, .high = NAN, .scope = w->scope};
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        double v = karvan_i_cell_real(t, "value", r), year = karvan_i_cell_real(t, "year", r);
        if (isnan(v) || !(fabs(year) < 1e6) || !karvan_i_cell_is(t, "indicator", r, w->indicator) ||
            !karvan_i_cell_is(t, "mode", r, w->mode) ||
            !karvan_i_cell_is(t, "scope", r, w->scope) ||
            !karvan_i_cell_is(t, "direction", r, w->direction) ||
            (w->key_column && !karvan_i_cell_is(t, w->key_column, r, w->key)))
            continue;
        f.low = fmin(f.low, v), f.high = fmax(f.high, v); /* NaN gives way */
        f.used = f.used || karvan_i_cell_bool(t, "used_to_estimate", r);
        if (!isnan(f.value) && (int64_t)year < f.year) continue;
        f.value = v, f.year = (int64_t)year, f.source = karvan_i_cell_text(t, "source", r);
    }
    return f;
}

/* In the route's direction, else both ways together, else the other way. */
static figure any_direction(const karvan_table *t, wanted w) {
    const char *const order[] = {w.direction, "both", "inbound", "outbound"};
    figure f = {.value = NAN};
    for (size_t i = 0; i < sizeof order / sizeof order[0] && isnan(f.value); i++)
        w.direction = order[i], f = gather(t, &w);
    return f;
}

static const char *corridor_id(const karvan_network *net, const karvan_route *r) {
    const char *id = karvan_i_cell_text(net->corridors, "id", r->corridor);
    return id ? id : "any";
}

/* The figure that is nearest in kind: of the crossing, of the country, of the corridor or of all.
 */
static figure published(const part *p, indicator i) {
    const karvan_table *t = karvan_package_table(p->net->region, "cpmm");
    wanted w = {.indicator = INDICATOR_NAMES[i], .direction = "both"};
    if (p->mode >= ALL) return (figure){.value = NAN, .low = NAN, .high = NAN};
    w.mode = FAMILY_NAMES[p->mode];
    if (p->at) {
        w.scope = "border", w.key_column = "place", w.direction = p->at->direction;
        w.key = karvan_i_cell_text(p->net->places, "id", p->at->place);
        return any_direction(t, w);
    }
    if (p->country) {
        w.scope = "country", w.key_column = "country", w.key = p->country;
        return any_direction(t, w);
    }
    w.scope = "corridor", w.key_column = "corridor", w.key = corridor_id(p->net, p->route);
    figure f = any_direction(t, w);
    if (!isnan(f.value)) return f;
    w.scope = "all", w.key_column = NULL;
    return any_direction(t, w);
}

/* ---- the table ---- */

enum {
    C_CORRIDOR,
    C_BY,
    C_SCOPE,
    C_KEY,
    C_NAME,
    C_MODE,
    C_INDICATOR,
    C_MODEL,
    C_PUBLISHED,
    C_YEAR,
    C_LOW,
    C_HIGH,
    C_UNIT,
    C_VERDICT,
    C_OF,
    C_USED,
    C_SOURCE,
    C_END
};

static const char *verdict(double model, const figure *f) {
    if (isnan(f->value)) return "no figure";
    return model < f->low * (1 - ROUNDING)    ? "below"
           : model > f->high * (1 + ROUNDING) ? "above"
                                              : "inside";
}

static karvan_status add_row(karvan_builder *b, const part *p, indicator i, double model,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_network *net = p->net;
    const char *key = NULL, *name = NULL;
    figure f = published(p, i);
    if (p->at)
        key = karvan_i_cell_text(net->places, "id", p->at->place),
        name = karvan_i_cell_text(net->places, "name", p->at->place);
    else if (p->country)
        key = p->country,
        name = karvan_i_cell_text(net->countries, "name",
                                  karvan_package_row(net->region, "countries", key));
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, C_CORRIDOR, corridor_id(net, p->route), err));
    KARVAN_TRY(karvan_builder_text(b, C_BY, karvan_objective_name(p->route->objective), err));
    KARVAN_TRY(karvan_builder_text(b, C_SCOPE,
                                   p->at        ? "border"
                                   : p->country ? "country"
                                                : "route",
                                   err));
    KARVAN_TRY(karvan_builder_text(b, C_KEY, key ? key : "all", err));
    KARVAN_TRY(karvan_builder_text(b, C_NAME, name ? name : "whole route", err));
    KARVAN_TRY(karvan_builder_text(b, C_MODE, FAMILY_NAMES[p->mode], err));
    KARVAN_TRY(karvan_builder_text(b, C_INDICATOR, INDICATOR_NAMES[i], err));
    KARVAN_TRY(karvan_builder_real(b, C_MODEL, model, err));
    KARVAN_TRY(karvan_builder_real(b, C_PUBLISHED, f.value, err));
    if (!isnan(f.value)) KARVAN_TRY(karvan_builder_int(b, C_YEAR, f.year, err));
    KARVAN_TRY(karvan_builder_real(b, C_LOW, f.low, err));
    KARVAN_TRY(karvan_builder_real(b, C_HIGH, f.high, err));
    KARVAN_TRY(karvan_builder_text(b, C_UNIT, UNITS[i], err));
    KARVAN_TRY(karvan_builder_text(b, C_VERDICT, verdict(model, &f), err));
    KARVAN_TRY(karvan_builder_text(b, C_OF, isnan(f.value) ? NULL : f.scope, err));
    KARVAN_TRY(karvan_builder_text(b, C_USED, isnan(f.value) ? NULL : f.used ? "yes" : "no", err));
    KARVAN_TRY(karvan_builder_text(b, C_SOURCE, f.source, err));
done:
    return st;
}

static karvan_status add_part(karvan_builder *b, const part *p, double teu_per_20t,
                              karvan_error *err) {
    sums s = add_up(p);
    for (int i = TFI1; i < INDICATORS; i++) {
        double model = value_of((indicator)i, &s, teu_per_20t);
        if (isnan(model)) continue;
        karvan_status st = add_row(b, p, (indicator)i, model, err);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

/* Is this the first leg that touches the country? */
static bool first_in(const karvan_network *net, const karvan_route *r, int32_t k) {
    for (int32_t i = 0; i < k; i++)
        if (same_country(net, r->legs[i].from, r->legs[k].from)) return false;
    return true;
}

static karvan_status add_route(karvan_builder *b, const karvan_network *net, const karvan_route *r,
                               double teu_per_20t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    part p = {.net = net, .route = r};
    stop at;
    static const family order[] = {ALL, RAIL, ROAD};
    for (int m = 0; m < 3; m++) {
        p.mode = order[m];
        KARVAN_TRY(add_part(b, &p, teu_per_20t, err));
    }
    for (int32_t k = 0; k < r->n_legs; k++) {
        if (!first_in(net, r, k)) continue;
        p.country = net->country[r->legs[k].from];
        for (p.mode = RAIL; p.mode <= ROAD; p.mode++) KARVAN_TRY(add_part(b, &p, teu_per_20t, err));
    }
    p.country = NULL;
    for (int32_t k = 0; next_stop(net, r, k, &at); k = at.end) {
        if (!at.crossing) continue;
        p.at = &at;
        for (p.mode = RAIL; p.mode <= ROAD; p.mode++) KARVAN_TRY(add_part(b, &p, teu_per_20t, err));
    }
done:
    return st;
}

/* A number of table settings, NaN where there is none. */
static double setting(const karvan_network *net, const char *key) {
    const karvan_table *t = karvan_package_table(net->region, "settings");
    const char *s =
        karvan_i_cell_text(t, "value", t ? karvan_package_row(net->region, "settings", key) : -1);
    double v;
    return s && karvan_i_parse_real(s, strlen(s), '.', &v) ? v : NAN;
}

karvan_status karvan_route_indicators(const karvan_network *net, int32_t n,
                                      const karvan_route *routes, double teu_per_20t,
                                      karvan_table **out, karvan_error *err) {
    static const karvan_column columns[C_END] = {
        {"corridor", KARVAN_TEXT, NULL},     {"best_by", KARVAN_TEXT, NULL},
        {"scope", KARVAN_TEXT, NULL},        {"key", KARVAN_TEXT, NULL},
        {"name", KARVAN_TEXT, NULL},         {"mode", KARVAN_TEXT, NULL},
        {"indicator", KARVAN_TEXT, NULL},    {"model", KARVAN_REAL, NULL},
        {"published", KARVAN_REAL, NULL},    {"year", KARVAN_INT, NULL},
        {"low", KARVAN_REAL, NULL},          {"high", KARVAN_REAL, NULL},
        {"unit", KARVAN_TEXT, NULL},         {"verdict", KARVAN_TEXT, NULL},
        {"published_of", KARVAN_TEXT, NULL}, {"used_to_estimate", KARVAN_TEXT, NULL},
        {"source", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(net && n >= 0 && (n == 0 || routes) && teu_per_20t >= 0 && isfinite(teu_per_20t),
                   err, KARVAN_E_ARG,
                   "indicators need a network, routes and containers for 20 t of 0 or more");
    if (teu_per_20t == 0) teu_per_20t = setting(net, "teu_per_20t");
    if (!(teu_per_20t > 0)) teu_per_20t = NAN;
    KARVAN_TRY(karvan_builder_create("indicators", C_END, columns, &b, err));
    for (int32_t i = 0; i < n; i++) KARVAN_TRY(add_route(b, net, &routes[i], teu_per_20t, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}
