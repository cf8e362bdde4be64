/* The time-cost-distance diagram: all routes in one, and panels of one each. */
#include "report/profile.h"

#include <math.h>
#include <stdlib.h>

#include "report/html.h"
#include "report/page.h"
#include "report/profile_parts.h"
#include "table/cell.h"

const char *karvan_i_objective_words(karvan_objective o) {
    static const char *const words[] = {"best by time", "best by cost", "best by emissions",
                                        "best by generalised cost", "of the Pareto set"};
    return o >= KARVAN_BY_TIME && o <= KARVAN_BY_PARETO ? words[o] : "best way";
}

const char *karvan_i_profile_name(const karvan_i_profile_chart *c, int i) {
    const karvan_route *r = c->route[i];
    const char *name =
        karvan_i_cell_text(karvan_package_table(c->region, "corridors"), "short_name", r->corridor);
    return name ? name : karvan_i_objective_words(r->objective);
}

static double end_of(const karvan_i_profile_chart *c, const karvan_i_plot *p, int i) {
    return p->cost ? c->route[i]->usd_per_teu : c->q[i][c->route[i]->n_legs].mean_h / 24;
}

/* A dot at each end before any name, so that no name covers one. */
static void dot(karvan_i_text *t, const karvan_i_profile_chart *c, const karvan_i_plot *p, int i,
                karvan_i_boxes *boxes) {
    enum { HALF = 4 };
    double px = karvan_i_at(&p->x, c->route[i]->km), py = karvan_i_at(&p->y, end_of(c, p, i));
    karvan_i_html_printf(t, "<circle class=\"f%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>\n",
                         c->hue[i], px, py);
    karvan_i_force_box(boxes, px - HALF, py - HALF, px + HALF, py + HALF);
}

/* The route's name: to the right of its end, else above or below, else further off with a line. */
static void name_end(karvan_i_text *t, const karvan_i_profile_chart *c, const karvan_i_plot *p,
                     int i, karvan_i_boxes *boxes) {
    static const struct {
        int side, dy;
    } at[] = {{1, 0},    {1, -12}, {1, 13},  {-1, -13}, {-1, 14},  {1, -25},  {1, 26},
              {-1, -26}, {-1, 27}, {1, -40}, {1, 40},   {-1, -40}, {-1, -54}, {-1, -68}};
    enum { TRIES = sizeof at / sizeof at[0], NEAR = 14 };
    const char *name = karvan_i_profile_name(c, i);
    double w = karvan_i_text_width(name, 12), x = karvan_i_at(&p->x, c->route[i]->km),
           y = karvan_i_at(&p->y, end_of(c, p, i)), x0 = x, py = y;
    int k = 0;
    for (; k < TRIES; k++) {
        x0 = at[k].side > 0 ? x + 6 : x - w, py = y + at[k].dy;
        if (x0 >= p->x.p0 &&
            karvan_i_take_box(boxes, x0, py - 7, x0 + w, py + 6, c->width, p->y.p0))
            break;
    }
    if (k == TRIES) x0 = fmax(x - w, p->x.p0), py = y - NEAR; /* over what is there */
    if (k < TRIES && abs(at[k].dy) > NEAR)
        karvan_i_svg_line(t, x, y, at[k].side > 0 ? x0 : x0 + w, py, "lead");
    karvan_i_svg_text(t, at[k == TRIES ? 3 : k].side > 0 ? x0 : x0 + w, py + 4,
                      at[k == TRIES ? 3 : k].side > 0 ? "start" : "end", "halo", name);
}

static bool is_narrow(const karvan_i_profile_chart *c) { return c->width < 500; }

double karvan_i_profile_height(const karvan_i_profile_chart *c) { return is_narrow(c) ? 344 : 444; }

void karvan_i_profile_draw(karvan_i_text *t, const karvan_i_profile_chart *c) {
    double km, days, usd, height = karvan_i_profile_height(c);
    karvan_i_boxes boxes = {.n = 0};
    karvan_i_profile_stop stop[KARVAN_I_STOPS_MAX];
    int n = 0;
    karvan_i_profile_reach(c, 0, c->n, &km, &days, &usd);
    karvan_i_plot p = {.x = {0, km, 52, c->width - 14, false},
                       .y = {0, (c->cost ? usd : days) * 1.04, height - 24, 34, false},
                       .cost = c->cost};
    karvan_i_svg_open(t, c->width, height, c->id,
                      c->cost ? "Cost against distance" : "Time against distance",
                      "A cumulative line for each route; stops are vertical steps. The tables hold "
                      "the numbers.");
    karvan_i_profile_axes(t, &p, is_narrow(c) ? 3 : 8, 6);
    karvan_i_svg_text(t, p.x.p0 - 6, p.y.p1 - 8, "start", "soft", c->cost ? "USD a TEU" : "days");
    for (int i = 0; i < c->n && !c->cost; i++) karvan_i_profile_band(t, c, &p, i, 0.11);
    for (int i = 0; i < c->n; i++) karvan_i_profile_line(t, c, &p, i, 2.4);
    for (int i = 0; i < c->n; i++) dot(t, c, &p, i, &boxes);
    for (int i = 0; i < c->n; i++) name_end(t, c, &p, i, &boxes);
    for (int i = 0; i < c->n; i++) {
        karvan_i_profile_block(c, &p, i, is_narrow(c) ? 9 : 16, &boxes);
        n = karvan_i_profile_stops(c, &p, i, stop, n);
    }
    karvan_i_profile_name_stops(t, c, &p, stop, n, is_narrow(c) ? 3 : 12, &boxes);
    karvan_i_svg_close(t);
}

/* ---- a panel ---- */

static void heading(karvan_i_text *t, const karvan_i_profile_chart *c, int i) {
    const karvan_time_quantiles *q = &c->q[i][c->route[i]->n_legs];
    char s[120];
    karvan_i_svg_text(t, 0, 13, "start", "strong", karvan_i_profile_name(c, i));
    (void)snprintf(s, sizeof s, "%.0f days (%.0f\xE2\x80\x93%.0f), %.0f USD, %.0f km",
                   q->mean_h / 24, q->p10_h / 24, q->p90_h / 24, c->route[i]->usd_per_teu,
                   c->route[i]->km);
    karvan_i_svg_text(t, 0, 29, "start", "soft", s);
}

void karvan_i_profile_panel(karvan_i_text *t, const karvan_i_profile_chart *c, int i) {
    enum { LEFT = 38, RIGHT = 6, TOP = 52, MIDDLE = 226, LOWER = 252, BOTTOM = 322, STOPS = 8 };
    double km, days, usd;
    karvan_i_boxes boxes = {.n = 0};
    karvan_i_profile_stop stop[KARVAN_I_STOPS_MAX];
    karvan_i_profile_chart panel = *c;
    panel.width = KARVAN_I_PANEL_WIDTH;
    karvan_i_profile_reach(c, i, i + 1, &km, &days, &usd);
    karvan_i_plot plot[2] = {
        {{0, km, LEFT, panel.width - RIGHT, false}, {0, days * 1.04, MIDDLE, TOP, false}, false},
        {{0, km, LEFT, panel.width - RIGHT, false}, {0, usd * 1.04, BOTTOM, LOWER, false}, true}};
    karvan_i_svg_open(t, panel.width, KARVAN_I_PANEL_HEIGHT, c->id, karvan_i_profile_name(c, i),
                      "Days with the band P10 to P90, and dollars, against distance, on scales of "
                      "its own; the other routes faint behind. The tables hold the numbers.");
    heading(t, c, i);
    for (int k = 0; k < 2; k++) {
        karvan_i_profile_axes(t, &plot[k], k ? 3 : 0, k ? 2 : 4);
        karvan_i_svg_text(t, 0, plot[k].y.p1 - 8, "start", "soft", k ? "USD a TEU" : "days");
        for (int other = 0; other < c->n; other++)
            if (other != i) karvan_i_profile_ghost(t, c, &plot[k], other);
        if (k == 0) karvan_i_profile_band(t, c, &plot[k], i, 0.2);
        karvan_i_profile_line(t, c, &plot[k], i, 2.2);
        dot(t, c, &plot[k], i, &boxes);
    }
    karvan_i_profile_block(c, &plot[0], i, 5, &boxes);
    int n = karvan_i_profile_stops(c, &plot[0], i, stop, 0);
    karvan_i_profile_name_stops(t, &panel, &plot[0], stop, n, STOPS, &boxes);
    karvan_i_svg_close(t);
}
