/* From an arc of the state graph to the legs that a reader sees, each with the rows it rests on. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "base/utf8.h"
#include "network/graph.h"
#include "network/wait.h"
#include "table/cell.h"

static bool assumption(const char *source) { return source && strcmp(source, "assumption") == 0; }

static void mode_words(const char *mode, char *out, size_t cap) {
    (void)snprintf(out, cap, "%s", mode);
    for (char *c = out; *c; c++)
        if (*c == '_') *c = ' ';
}

/* Median and 90th percentile of the wait alone, on a grid of a twentieth of its mean: the mass of a
 * step is exact and lies evenly in it, so that a quantile is off by less than a thousandth. */
static karvan_status wait_quantiles(const karvan_i_wait *w, karvan_leg *leg, karvan_error *err) {
    karvan_i_pmf d;
    karvan_error why = {0};
    const double step_h = leg->hours / 20;
    leg->p50_h = leg->p90_h = step_h > 0 ? NAN : 0;
    if (!(step_h > 0)) return KARVAN_OK;
    karvan_status st = karvan_i_pmf_wait(w, step_h, &d, &why);
    if (st == KARVAN_E_ARG) return KARVAN_OK; /* too rare a wait for such a grid: not known */
    if (st != KARVAN_OK) return karvan_fail(err, st, "%s", why.msg);
    leg->p50_h = karvan_i_pmf_quantile_h(&d, 0.5, step_h);
    leg->p90_h = karvan_i_pmf_quantile_h(&d, 0.9, step_h);
    karvan_i_pmf_clear(&d);
    return KARVAN_OK;
}

/* Variance of the hours of moving or dwelling alone: lognormal. */
static double own_variance(const karvan_i_arc *arc) {
    double sigma = karvan_i_sigma(arc->p90_over_p50), h = arc->fixed_h + arc->distance_h;
    return h * h * expm1(sigma * sigma);
}

/* "The ferry: a departure every 24 h, at random, leaves when full; closed 73 days a year by
 * weather", "...: departs Mo,We,Fr 08:00, Apr-Oct; closed 10 days of month 1" */
static void say_departures(const karvan_network *net, const karvan_i_arc *arc,
                           const karvan_i_wait *w, karvan_leg *leg) {
    const karvan_table *t = net->services;
    const char *name = karvan_i_cell_text(t, "name", arc->service);
    const char *timetable = karvan_i_cell_text(t, "timetable", arc->service),
               *season = karvan_i_cell_text(t, "season", arc->service);
    int month = net->options.month;
    double days =
        karvan_i_closures_p(&w->closures) * (month ? karvan_i_weather_days(month) : 365.0);
    char when[80];
    if (w->week)
        (void)snprintf(when, sizeof when, "departs %.60s", timetable);
    else
        (void)snprintf(when, sizeof when, "a departure every %.0f h%s", w->headway_h,
                       w->cv > 0.5 ? ", at random" : "");
    (void)snprintf(leg->why, sizeof leg->why, "%.60s: %s%s%s%.24s", name ? name : leg->mode, when,
                   karvan_i_cell_bool(t, "leaves_when_full", arc->service) ? ", leaves when full"
                                                                           : "",
                   season ? ", " : "", season ? season : "");
    size_t n = strlen(leg->why);
    if (w->queue) {
        (void)snprintf(leg->why + n, sizeof leg->why - n, ", %.3g of %d TEU taken",
                       w->queue->load_h * w->queue->cycle_h / w->queue->n, (int)w->queue->room);
        n = strlen(leg->why);
    }
    if (days > 0 && net->options.by_clock)
        (void)snprintf(leg->why + n, sizeof leg->why - n, "; weather of the month of sailing");
    else if (days > 0 && month)
        (void)snprintf(leg->why + n, sizeof leg->why - n, "; closed %.3g days of month %d", days,
                       month);
    else if (days > 0)
        (void)snprintf(leg->why + n, sizeof leg->why - n, "; closed %.0f days a year by weather",
                       days);
}

static karvan_status wait_leg(const karvan_network *net, const karvan_i_arc *arc, int32_t at,
                              int32_t to, const char *mode, karvan_leg *out, karvan_error *err) {
    karvan_leg leg = {.operation = KARVAN_WAIT, .operation_id = "wait", .from = at, .to = at};
    karvan_i_wait w = karvan_i_service_wait(&net->clocks, arc->service, at, to, net->options.month);
    leg.mode = mode;
    leg.table = "services", leg.row = arc->service;
    leg.hours = karvan_i_wait_mean_h(&w);
    leg.wait_h = leg.hours, leg.var_h2 = fmax(0, arc->var_h2 - own_variance(arc));
    leg.source = karvan_i_cell_text(net->services, "headway_source", arc->service);
    leg.assumed = assumption(leg.source);
    say_departures(net, arc, &w, &leg);
    *out = leg;
    return wait_quantiles(&w, out, err);
}

/* Until a terminal opens. */
static karvan_status opening_leg(const karvan_network *net, const karvan_i_arc *arc,
                                 const karvan_leg *stop, karvan_leg *out, karvan_error *err) {
    karvan_leg leg = {.operation = KARVAN_WAIT, .operation_id = "wait", .from = stop->from};
    karvan_i_wait w = karvan_i_opening_wait(&net->clocks, arc->row);
    const char *hours = karvan_i_cell_text(net->terminals, "opening_hours", arc->row);
    const char *name = karvan_i_cell_text(net->terminals, "name", arc->row);
    leg.to = stop->from, leg.mode = stop->mode, leg.from_mode = stop->from_mode;
    leg.table = "terminals", leg.row = arc->row;
    leg.hours = karvan_i_wait_mean_h(&w);
    leg.wait_h = leg.hours, leg.var_h2 = fmax(0, arc->var_h2 - own_variance(arc));
    leg.source = karvan_i_cell_text(net->terminals, "hours_source", arc->row);
    if (!leg.source) leg.source = stop->source;
    leg.assumed = assumption(leg.source);
    (void)snprintf(leg.why, sizeof leg.why, "%.60s: open %.100s",
                   name ? name : net->operations[arc->operation].name, hours);
    *out = leg;
    return wait_quantiles(&w, out, err);
}

static karvan_leg move_leg(const karvan_network *net, const karvan_i_arc *arc, int32_t from,
                           int32_t to) {
    const karvan_table *t = net->links;
    karvan_leg leg = {.operation = KARVAN_MOVE, .operation_id = "move", .from = from, .to = to};
    leg.mode = karvan_i_cell_text(t, "mode", arc->row);
    leg.table = "links", leg.row = arc->row;
    leg.km = arc->km, leg.usd_per_teu = arc->usd, leg.co2e_kg_per_teu = arc->kg;
    leg.hours = arc->fixed_h + arc->distance_h;
    leg.fixed_h = arc->fixed_h, leg.distance_h = arc->distance_h, leg.var_h2 = own_variance(arc);
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
    leg.hours = leg.fixed_h = arc->fixed_h + arc->distance_h, leg.var_h2 = own_variance(arc);
    leg.usd_per_teu = arc->usd, leg.co2e_kg_per_teu = arc->kg;
    leg.p50_h = arc->p50_h, leg.p90_h = arc->p50_h * arc->p90_over_p50;
    leg.source = karvan_i_cell_text(t, row ? "dwell_source" : "source", arc->row);
    leg.cost_source = karvan_i_cell_text(t, row ? "cost_source" : "source", arc->row);
    leg.assumed = assumption(leg.source) || assumption(leg.cost_source);
    say_stop(o, &leg);
    return leg;
}

karvan_status karvan_i_legs_of_arc(const karvan_network *net, const karvan_i_arc *arc,
                                   karvan_leg out[2], int *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t from = karvan_i_state_place(net, arc->tail), to = karvan_i_state_place(net, arc->head);
    *n = 0;
    if (arc->kind == KARVAN_I_ARC_PASS) return KARVAN_OK;
    if (arc->kind != KARVAN_I_ARC_LINK) {
        karvan_leg stop = stop_leg(net, arc, from);
        bool gated = arc->kind == KARVAN_I_ARC_TERMINAL && net->clocks.terminal[arc->row].week;
        if (gated) KARVAN_TRY(opening_leg(net, arc, &stop, &out[(*n)++], err));
        out[(*n)++] = stop;
    } else {
        const char *mode = karvan_i_cell_text(net->links, "mode", arc->row);
        if (arc->service >= 0) KARVAN_TRY(wait_leg(net, arc, from, to, mode, &out[(*n)++], err));
        out[(*n)++] = move_leg(net, arc, from, to);
    }
    for (int k = 0; k < *n; k++) karvan_i_utf8_mend(out[k].why); /* a name may have been cut */
done:
    return st;
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
        int legs;
        karvan_status st =
            karvan_i_legs_of_arc(net, &net->arcs[arcs[i]], out->legs + out->n_legs, &legs, err);
        if (st != KARVAN_OK) return st;
        out->n_legs += legs;
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
    static const char *const names[] = {"time",        "cost",   "emissions",
                                        "generalised", "pareto", "weights"};
    return o >= KARVAN_BY_TIME && o <= KARVAN_BY_WEIGHTS ? names[o] : "unknown";
}

karvan_i_wait karvan_i_leg_wait(const karvan_network *net, const karvan_route *r, int32_t k) {
    const karvan_leg *l = &r->legs[k];
    int32_t to = k + 1 < r->n_legs ? r->legs[k + 1].to : l->to;
    if (strcmp(l->table, "terminals") == 0) return karvan_i_opening_wait(&net->clocks, l->row);
    return karvan_i_service_wait(&net->clocks, l->row, l->from, to, net->options.month);
}

static karvan_status leg_pmf(const karvan_network *net, const karvan_route *r, int32_t k,
                             double step_h, karvan_i_pmf *out, karvan_error *err) {
    const karvan_leg *leg = &r->legs[k];
    if (leg->operation == KARVAN_WAIT) {
        karvan_i_wait w = karvan_i_leg_wait(net, r, k);
        return karvan_i_pmf_wait(&w, step_h, out, err);
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
        KARVAN_TRY(leg_pmf(net, r, k, step_h, &leg, err));
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
