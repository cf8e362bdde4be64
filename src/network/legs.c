/* From an arc of the state graph to the legs that a reader sees, each with the rows it rests on. */
#include <geodesic.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/graph.h"
#include "network/time.h"
#include "table/cell.h"

static double real_of(const karvan_table *t, const char *column, int64_t row, double otherwise) {
    double v = karvan_i_cell_real(t, column, row);
    return isnan(v) ? otherwise : v;
}

static bool assumption(const char *source) { return source && strcmp(source, "assumption") == 0; }

static void mode_words(const char *mode, char *out, size_t cap) {
    (void)snprintf(out, cap, "%s", mode);
    for (char *c = out; *c; c++)
        if (*c == '_') *c = ' ';
}

/* Median and 90th percentile of the wait alone, on a grid of a twentieth of its mean: the mass of a
 * step is exact and lies evenly in it, so that a quantile is off by less than a thousandth. */
static void wait_quantiles(double headway_h, double cv, double closed, double spell_h,
                           karvan_leg *leg) {
    karvan_i_pmf d;
    const double step_h = leg->hours / 20;
    leg->p50_h = leg->p90_h = NAN;
    if (!(step_h > 0)) {
        leg->p50_h = leg->p90_h = 0;
        return;
    }
    if (karvan_i_pmf_wait(headway_h, cv, closed, spell_h, step_h, &d, NULL) != KARVAN_OK) return;
    leg->p50_h = karvan_i_pmf_quantile_h(&d, 0.5, step_h);
    leg->p90_h = karvan_i_pmf_quantile_h(&d, 0.9, step_h);
    karvan_i_pmf_clear(&d);
}

static karvan_leg wait_leg(const karvan_network *net, const karvan_i_arc *arc, int32_t at,
                           const char *mode) {
    const karvan_table *t = net->services;
    double headway = real_of(t, "headway_h", arc->service, 0.0);
    double cv = real_of(t, "headway_cv", arc->service, 0.0);
    double days = real_of(t, "closed_days_year", arc->service, 0.0);
    karvan_leg leg = {.operation = KARVAN_WAIT, .operation_id = "wait", .from = at, .to = at};
    leg.mode = mode;
    leg.table = "services", leg.row = arc->service;
    leg.hours = karvan_i_wait_mean_h(headway, cv, days, net->options.closure_spell_h);
    wait_quantiles(headway, cv, days / 365.0, net->options.closure_spell_h, &leg);
    leg.source = karvan_i_cell_text(t, "headway_source", arc->service);
    leg.assumed = assumption(leg.source);
    const char *full =
        karvan_i_cell_bool(t, "leaves_when_full", arc->service) ? ", leaves when full" : "";
    const char *name = karvan_i_cell_text(t, "name", arc->service);
    (void)snprintf(leg.why, sizeof leg.why, "%.60s: a departure every %.0f h%s%s",
                   name ? name : mode, headway, cv > 0.5 ? ", at random" : "", full);
    size_t n = strlen(leg.why);
    if (days > 0)
        (void)snprintf(leg.why + n, sizeof leg.why - n, "; closed %.0f days a year by weather",
                       days);
    return leg;
}

static karvan_leg move_leg(const karvan_network *net, const karvan_i_arc *arc, int32_t from,
                           int32_t to) {
    const karvan_table *t = net->links;
    karvan_leg leg = {.operation = KARVAN_MOVE, .operation_id = "move", .from = from, .to = to};
    leg.mode = karvan_i_cell_text(t, "mode", arc->row);
    leg.table = "links", leg.row = arc->row;
    leg.km = arc->km, leg.usd_per_teu = arc->usd, leg.co2e_kg_per_teu = arc->kg;
    leg.hours = arc->fixed_h + arc->distance_h;
    leg.p50_h = arc->p50_h, leg.p90_h = arc->p50_h * arc->p90_over_p50;
    leg.source = karvan_i_cell_text(t, "time_source", arc->row);
    leg.cost_source = karvan_i_cell_text(t, "cost_source", arc->row);
    leg.assumed = assumption(leg.source) || assumption(leg.cost_source);
    char mode[40];
    mode_words(leg.mode, mode, sizeof mode);
    (void)snprintf(leg.why, sizeof leg.why, "%.0f km %s at %.0f km/h", leg.km, mode,
                   leg.p50_h > 0 ? leg.km / leg.p50_h : 0.0);
    return leg;
}

/* "border and customs by rail 1520: half within 7.4 h, nine of ten within 16.4 h" */
static void say_stop(const karvan_i_operation *o, karvan_leg *leg) {
    char from[40], to[40], way[64];
    mode_words(leg->from_mode ? leg->from_mode : "", from, sizeof from);
    mode_words(leg->mode ? leg->mode : "", to, sizeof to);
    if (*from && *to && strcmp(from, to) != 0)
        (void)snprintf(way, sizeof way, ", %.28s to %.28s", from, to);
    else
        (void)snprintf(way, sizeof way, " by %.40s", *to ? to : from);
    (void)snprintf(leg->why, sizeof leg->why,
                   "%.40s%s: half within %.3g h, nine of ten within %.3g h", o->name, way,
                   leg->p50_h, leg->p90_h);
}

static karvan_leg stop_leg(const karvan_network *net, const karvan_i_arc *arc, int32_t at) {
    const karvan_i_operation *o = &net->operations[arc->operation];
    bool row = arc->kind == KARVAN_I_ARC_TERMINAL;
    const karvan_table *t = row ? net->terminals : net->operation_table;
    int32_t from = karvan_i_state_mode(net, arc->tail), to = karvan_i_state_mode(net, arc->head);
    karvan_leg leg = {.operation = o->cause, .operation_id = o->id, .from = at, .to = at};
    leg.tranships = o->tranships;
    leg.from_mode = from < 0 ? NULL : net->modes[from], leg.mode = to < 0 ? NULL : net->modes[to];
    leg.table = row ? "terminals" : "operations", leg.row = arc->row;
    leg.hours = arc->hours, leg.usd_per_teu = arc->usd, leg.co2e_kg_per_teu = arc->kg;
    leg.p50_h = arc->p50_h, leg.p90_h = arc->p50_h * arc->p90_over_p50;
    leg.source = karvan_i_cell_text(t, row ? "dwell_source" : "source", arc->row);
    leg.cost_source = karvan_i_cell_text(t, row ? "cost_source" : "source", arc->row);
    leg.assumed = assumption(leg.source) || assumption(leg.cost_source);
    say_stop(o, &leg);
    return leg;
}

int karvan_i_legs_of_arc(const karvan_network *net, const karvan_i_arc *arc, karvan_leg out[2]) {
    int32_t from = karvan_i_state_place(net, arc->tail), to = karvan_i_state_place(net, arc->head);
    if (arc->kind == KARVAN_I_ARC_PASS) return 0;
    if (arc->kind != KARVAN_I_ARC_LINK) return out[0] = stop_leg(net, arc, from), 1;
    int n = 0;
    if (arc->service >= 0)
        out[n++] = wait_leg(net, arc, from, karvan_i_cell_text(net->links, "mode", arc->row));
    out[n++] = move_leg(net, arc, from, to);
    return n;
}

/* Sums, customs borders (changes of customs area; straits lie in nobody's way) and changes of mode.
 */
static void add_up(const karvan_network *net, karvan_route *r) {
    const char *area = r->n_legs > 0 ? net->customs[r->legs[0].from] : NULL;
    for (int32_t k = 0; k < r->n_legs; k++) {
        const karvan_leg *l = &r->legs[k];
        r->hours += l->hours, r->km += l->km;
        r->usd_per_teu += l->usd_per_teu, r->co2e_kg_per_teu += l->co2e_kg_per_teu;
        r->transhipments += l->tranships;
        if (net->strait[l->to]) continue;
        r->borders += strcmp(area, net->customs[l->to]) != 0;
        area = net->customs[l->to];
    }
}

karvan_status karvan_i_route_of_arcs(const karvan_network *net, int32_t n, const int32_t *arcs,
                                     karvan_route *out, karvan_error *err) {
    out->legs = karvan_i_calloc(2 * (size_t)n + 1, sizeof *out->legs);
    if (!out->legs) return karvan_fail(err, KARVAN_E_NOMEM, "%d legs", 2 * (int)n);
    double variance = 0;
    for (int32_t i = 0; i < n; i++) {
        out->n_legs += karvan_i_legs_of_arc(net, &net->arcs[arcs[i]], out->legs + out->n_legs);
        variance += net->arcs[arcs[i]].var_h2;
    }
    out->sd_h = sqrt(variance);
    add_up(net, out);
    return KARVAN_OK;
}

const char *karvan_operation_name(karvan_operation o) {
    static const char *const names[KARVAN_OPERATIONS] = {
        "move", "wait", "border", "gauge_change", "port", "tranship", "handling", "other"};
    return o >= KARVAN_MOVE && o < KARVAN_OPERATIONS ? names[o] : "unknown";
}

const char *karvan_objective_name(karvan_objective o) {
    static const char *const names[] = {"time", "cost", "emissions", "generalised", "pareto"};
    return o >= KARVAN_BY_TIME && o <= KARVAN_BY_PARETO ? names[o] : "unknown";
}

static karvan_status leg_pmf(const karvan_network *net, const karvan_leg *leg, double step_h,
                             karvan_i_pmf *out, karvan_error *err) {
    if (leg->operation == KARVAN_WAIT) {
        const karvan_table *t = net->services;
        return karvan_i_pmf_wait(real_of(t, "headway_h", leg->row, 0.0),
                                 real_of(t, "headway_cv", leg->row, 0.0),
                                 real_of(t, "closed_days_year", leg->row, 0.0) / 365.0,
                                 net->options.closure_spell_h, step_h, out, err);
    }
    double sigma = leg->p50_h > 0 ? karvan_i_sigma(leg->p90_h / leg->p50_h) : 0.0;
    return karvan_i_pmf_lognormal(leg->p50_h, sigma, step_h, out, err);
}

karvan_status karvan_route_quantiles(const karvan_network *net, const karvan_route *r,
                                     double step_h, karvan_time_quantiles *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_pmf sum = {0}, leg = {0}, next = {0};
    KARVAN_REQUIRE(net && r && out && step_h > 0, err, KARVAN_E_ARG, "quantiles on a grid of %g h",
                   step_h);
    KARVAN_TRY(karvan_i_pmf_constant(0.0, step_h, &sum, err));
    out[0] = (karvan_time_quantiles){0};
    for (int32_t k = 0; k < r->n_legs; k++) {
        KARVAN_TRY(leg_pmf(net, &r->legs[k], step_h, &leg, err));
        KARVAN_TRY(karvan_i_pmf_convolve(&sum, &leg, &next, err));
        karvan_i_pmf_clear(&sum), karvan_i_pmf_clear(&leg);
        sum = next, next = (karvan_i_pmf){0};
        out[k + 1].mean_h = karvan_i_pmf_mean_h(&sum, step_h);
        out[k + 1].p05_h = karvan_i_pmf_quantile_h(&sum, 0.05, step_h);
        out[k + 1].p10_h = karvan_i_pmf_quantile_h(&sum, 0.10, step_h);
        out[k + 1].p50_h = karvan_i_pmf_quantile_h(&sum, 0.50, step_h);
        out[k + 1].p90_h = karvan_i_pmf_quantile_h(&sum, 0.90, step_h);
        out[k + 1].p95_h = karvan_i_pmf_quantile_h(&sum, 0.95, step_h);
    }
done:
    karvan_i_pmf_clear(&sum), karvan_i_pmf_clear(&leg), karvan_i_pmf_clear(&next);
    return st;
}

double karvan_i_geodesic_km(double lon1, double lat1, double lon2, double lat2) {
    struct geod_geodesic wgs84;
    double metres = 0.0;
    geod_init(&wgs84, 6378137.0, 1.0 / 298.257223563);
    geod_inverse(&wgs84, lat1, lon1, lat2, lon2, &metres, NULL, NULL);
    return metres / 1000.0;
}
