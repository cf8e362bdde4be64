/* The model beside published figures. Nothing here is fitted: a miss is shown as one. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "network/graph.h"
#include "table/cell.h"

/* Per cent. Published figures are rounded: this close to a bound is on it. And a single figure has
 * no range of its own: this far from it counts as near. */
static const double ROUNDING = 0.5, NEAR = 10.0;

static int32_t row_of(const karvan_package *region, const char *table, const char *key) {
    return key ? (int32_t)karvan_package_row(region, table, key) : -1;
}

typedef struct measured {
    double value; /* NaN: none */
    const char *why_not;
} measured;

static measured route_measure(const karvan_network *net, const karvan_table *t, int64_t row,
                              const char *measure, karvan_status *st, karvan_error *err) {
    karvan_route_query q = {.corridor = -1};
    karvan_route r;
    karvan_error no_way = {0};
    const char *corridor = karvan_i_cell_text(t, "corridor", row);
    q.from = row_of(net->region, "places", karvan_i_cell_text(t, "from", row));
    q.to = row_of(net->region, "places", karvan_i_cell_text(t, "to", row));
    if (q.from < 0 || q.to < 0) return (measured){NAN, "end points not stated"};
    if (q.from == q.to) return (measured){NAN, "one end point"};
    if (corridor) q.corridor = row_of(net->region, "corridors", corridor);
    if (corridor && q.corridor < 0) return (measured){NAN, "no such corridor"};
    q.objective = strcmp(measure, "route_usd_per_teu") == 0 ? KARVAN_BY_COST : KARVAN_BY_TIME;
    *st = karvan_route_best(net, &q, &r, &no_way);
    if (*st == KARVAN_E_NOCONV) {
        *st = KARVAN_OK;
        return (measured){NAN, "no route"};
    }
    if (*st != KARVAN_OK) {
        (void)karvan_fail(err, *st, "%s", no_way.msg);
        return (measured){NAN, "failed"};
    }
    double v = strcmp(measure, "route_days") == 0          ? r.hours / 24.0
               : strcmp(measure, "route_km") == 0          ? r.km
               : strcmp(measure, "route_usd_per_teu") == 0 ? r.usd_per_teu
                                                           : r.km / r.hours;
    karvan_route_clear(&r);
    return (measured){v, NULL};
}

static measured terminal_measure(const karvan_network *net, const char *key) {
    int32_t row = row_of(net->region, "terminals", key);
    if (row < 0) return (measured){NAN, "no such terminal"};
    double p50 = karvan_i_cell_real(net->terminals, "dwell_p50_h", row);
    double p90 = karvan_i_cell_real(net->terminals, "dwell_p90_h", row);
    double sigma = p50 > 0 ? karvan_i_sigma(p90 / p50) : 0.0;
    return (measured){p50 * exp(sigma * sigma / 2.0), NULL};
}

static measured link_measure(const karvan_network *net, const char *key, const char *measure) {
    int32_t row = row_of(net->region, "links", key);
    if (row < 0) return (measured){NAN, "no such link"};
    double km = karvan_i_cell_real(net->links, "length_km", row),
           h = karvan_i_cell_real(net->links, "time_h", row);
    if (isnan(h)) h = km / karvan_i_cell_real(net->links, "speed_kmh", row);
    if (strcmp(measure, "link_km") == 0) return (measured){km, NULL};
    return (measured){strcmp(measure, "link_h") == 0 ? h : km / h, NULL};
}

static measured measure_target(const karvan_network *net, const karvan_table *t, int64_t row,
                               karvan_status *st, karvan_error *err) {
    const char *measure = karvan_i_cell_text(t, "measure", row),
               *key = karvan_i_cell_text(t, "key", row);
    if (!measure) return (measured){NAN, "no measure"};
    if (strncmp(measure, "route_", 6) == 0 || (strcmp(measure, "speed_kmh") == 0 && !key))
        return route_measure(net, t, row, measure, st, err);
    if (strcmp(measure, "border_h") == 0 || strcmp(measure, "terminal_h") == 0)
        return key ? terminal_measure(net, key) : (measured){NAN, "no single terminal"};
    if (strncmp(measure, "link_", 5) == 0 || strcmp(measure, "speed_kmh") == 0)
        return key ? link_measure(net, key, measure) : (measured){NAN, "no single link"};
    return (measured){NAN, "not modelled"};
}

static const char *verdict(measured m, double low, double high, double *off_percent) {
    *off_percent = NAN;
    if (isnan(m.value)) return m.why_not ? m.why_not : "value missing";
    if (isnan(low)) low = high;
    if (isnan(high)) high = low;
    if (isnan(low)) return "no published figure";
    double bound = m.value < low ? low : m.value > high ? high : m.value;
    if (bound != 0) *off_percent = 100.0 * (m.value - bound) / fabs(bound);
    if (m.value == bound || fabs(*off_percent) <= ROUNDING) return "inside";
    return low == high && fabs(*off_percent) <= NEAR ? "near" : "outside";
}

enum {
    T_ID,
    T_NAME,
    T_MEASURE,
    T_FROM,
    T_TO,
    T_CORRIDOR,
    T_MODEL,
    T_LOW,
    T_HIGH,
    T_UNIT,
    T_VERDICT,
    T_OFF,
    T_ENDS,
    T_USED,
    T_SOURCE,
    T_NOTE,
    T_END
};

static karvan_status add_target(const karvan_network *net, const karvan_table *t, int64_t row,
                                karvan_builder *b, karvan_error *err) {
    static const struct {
        int column;
        const char *name;
    } texts[] = {{T_ID, "id"},     {T_NAME, "name"},       {T_MEASURE, "measure"},
                 {T_FROM, "from"}, {T_TO, "to"},           {T_CORRIDOR, "corridor"},
                 {T_UNIT, "unit"}, {T_ENDS, "end_points"}, {T_SOURCE, "source"},
                 {T_NOTE, "note"}};
    karvan_status st = KARVAN_OK;
    double off, low = karvan_i_cell_real(t, "low", row), high = karvan_i_cell_real(t, "high", row);
    measured m = measure_target(net, t, row, &st, err);
    if (st != KARVAN_OK) return st;
    const char *said = verdict(m, low, high, &off);
    KARVAN_TRY(karvan_builder_row(b, err));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *s = karvan_i_cell_text(t, texts[i].name, row);
        if (!s && (texts[i].column == T_NOTE || texts[i].column == T_CORRIDOR)) s = "";
        KARVAN_TRY(karvan_builder_text(b, texts[i].column, s, err));
    }
    KARVAN_TRY(karvan_builder_real(b, T_MODEL, m.value, err));
    KARVAN_TRY(karvan_builder_real(b, T_LOW, low, err));
    KARVAN_TRY(karvan_builder_real(b, T_HIGH, high, err));
    KARVAN_TRY(karvan_builder_text(b, T_VERDICT, said, err));
    KARVAN_TRY(karvan_builder_real(b, T_OFF, off, err));
    KARVAN_TRY(karvan_builder_bool(b, T_USED, karvan_i_cell_bool(t, "used_to_estimate", row), err));
done:
    return st;
}

karvan_status karvan_network_targets(const karvan_network *net, karvan_table **out,
                                     karvan_error *err) {
    static const karvan_column columns[T_END] = {
        {"id", KARVAN_TEXT, NULL},         {"name", KARVAN_TEXT, NULL},
        {"measure", KARVAN_TEXT, NULL},    {"from", KARVAN_TEXT, NULL},
        {"to", KARVAN_TEXT, NULL},         {"corridor", KARVAN_TEXT, NULL},
        {"model", KARVAN_REAL, NULL},      {"low", KARVAN_REAL, NULL},
        {"high", KARVAN_REAL, NULL},       {"unit", KARVAN_TEXT, NULL},
        {"verdict", KARVAN_TEXT, NULL},    {"off_percent", KARVAN_REAL, "%"},
        {"end_points", KARVAN_TEXT, NULL}, {"used_to_estimate", KARVAN_BOOL, NULL},
        {"source", KARVAN_TEXT, NULL},     {"note", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    const karvan_table *t = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(net, err, KARVAN_E_ARG, "net is NULL");
    KARVAN_TRY(karvan_i_need_table(net->region, "targets", &t, err));
    KARVAN_TRY(karvan_builder_create("targets", T_END, columns, &b, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) KARVAN_TRY(add_target(net, t, r, b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}
