#include "network/clock.h"

#include <math.h>
#include <string.h>

/* Begins no earlier and ends no later than a link is in service. */
static void within_link(const karvan_i_clocks *c, int32_t link, karvan_i_gate *g) {
    karvan_day first = c->link[2 * (int64_t)link], last = c->link[2 * (int64_t)link + 1];
    if (first > g->first) g->first = first;
    if (last < g->last) g->last = last;
}

static karvan_i_gate link_gate(const karvan_i_clocks *c, int32_t link, int32_t service) {
    karvan_i_gate g = {NULL, karvan_i_whole_year(), KARVAN_DAY_MIN, KARVAN_DAY_MAX};
    if (service >= 0) g = c->service[service].gate;
    within_link(c, link, &g);
    return g;
}

static bool always(const karvan_i_gate *g) {
    return !g->week && g->first == KARVAN_DAY_MIN && g->last == KARVAN_DAY_MAX &&
           karvan_i_all_year(&g->season);
}

karvan_i_step karvan_i_leg_step(const karvan_network *net, const karvan_route *r, int32_t k) {
    const karvan_leg *l = &r->legs[k], *next = k + 1 < r->n_legs ? l + 1 : l;
    const karvan_i_clocks *c = &net->clocks;
    karvan_i_step s = {.place = l->from, .service = -1, .other = next->to};
    bool waits = l->operation == KARVAN_WAIT,
         waited = k > 0 && r->legs[k - 1].operation == KARVAN_WAIT;
    if (!waits) {
        s.p50_h = l->p50_h;
        s.sigma = l->p50_h > 0 ? karvan_i_sigma(l->p90_h / l->p50_h) : 0.0;
    }
    if (waits && strcmp(l->table, "services") == 0) {
        s.service = l->row;
        s.gate = link_gate(c, next->row, l->row), s.gated = true;
    } else if (strcmp(l->table, "terminals") == 0 && !waited) {
        s.gate = c->terminal[l->row], s.gated = true;
    } else if (strcmp(l->table, "links") == 0 && !waited) {
        s.gate = link_gate(c, l->row, -1), s.gated = true;
    }
    s.gated = s.gated && !always(&s.gate);
    return s;
}

/* A hundred thousand years: hours beyond it are of no calendar. */
static const double CALENDAR_H = 1e9;

int karvan_i_month_of(double local_h) {
    int64_t year;
    int month, day;
    if (!(fabs(local_h) < CALENDAR_H)) return 1;
    karvan_day_to_civil((karvan_day)floor(local_h / 24.0), &year, &month, &day);
    return month;
}

/* Local midnight at which the month after an hour's begins; INFINITY: beyond the calendar. */
static double month_after(double local_h) {
    int64_t year;
    int month, day;
    if (!(fabs(local_h) < CALENDAR_H)) return INFINITY;
    karvan_day_to_civil((karvan_day)floor(local_h / 24.0), &year, &month, &day);
    return 24.0 * (double)karvan_day_from_civil(month < 12 ? year : year + 1, month % 12 + 1, 1);
}

int32_t karvan_i_gap_met(const karvan_i_week *w, const karvan_i_queue *q, double local_h,
                         double from_h, double *age_h) {
    int32_t gap = (karvan_i_week_index(w, from_h) + q->n - 1) % q->n;
    *age_h = fmin(fmax(q->gap_h[gap] - (from_h - local_h), 0.0), q->gap_h[gap]);
    return gap;
}

/* When a ship of the service that a load meets at a local hour has expectedly left; of this month's
 * departures the next is first, so only the first of each later month can come before it. */
static double has_left(const karvan_network *net, const karvan_i_arc *arc, const karvan_i_gate *g,
                       double local_h) {
    const karvan_i_clocks *c = &net->clocks;
    const karvan_i_departures *s = &c->service[arc->service];
    int32_t a = karvan_i_state_place(net, arc->tail), b = karvan_i_state_place(net, arc->head);
    double best = INFINITY, from, to;
    const karvan_i_queue *q = karvan_i_service_queue(c, arc->service);
    karvan_i_wait headway = {.headway_h = s->headway_h, .cv = s->cv, .queue = q};
    enum { MONTHS = 24 }; /* a spell beyond them has no sensible length */
    double h = local_h;
    for (int i = 0; i < MONTHS && h < best && karvan_i_gate_next(g, h, &from, &to); i++) {
        if (!g->week) {
            from += karvan_i_wait_mean_h(&headway);
        } else if (q) {
            double age, leaves = from;
            int32_t gap = karvan_i_gap_met(g->week, q, h, leaves, &age);
            from += karvan_i_queue_delay_h(q, gap, age);
        }
        karvan_i_closures closed = karvan_i_weather_closures(&c->weather, a, b, s->closed_days_year,
                                                             c->spell_h, karvan_i_month_of(from));
        best = fmin(best, from + karvan_i_closures_mean_h(&closed));
        h = fmax(h, month_after(from) - (g->week ? 0 : karvan_i_wait_mean_h(&headway)));
    }
    return best;
}

double karvan_i_clock_after(const karvan_network *net, const karvan_i_arc *arc, double utc_h) {
    int32_t place = karvan_i_state_place(net, arc->tail);
    double offset = net->clocks.utc_offset_h[place], local = utc_h + offset, from = local, to;
    karvan_i_gate g;
    switch (arc->kind) {
    case KARVAN_I_ARC_LINK:
        g = link_gate(&net->clocks, arc->row, arc->service);
        break;
    case KARVAN_I_ARC_TERMINAL:
        g = net->clocks.terminal[arc->row];
        break;
    default:
        return utc_h + arc->hours;
    }
    if (arc->service >= 0)
        from = has_left(net, arc, &g, local);
    else if (!always(&g) && !karvan_i_gate_next(&g, local, &from, &to))
        return INFINITY;
    return from - offset + arc->fixed_h + arc->distance_h;
}
