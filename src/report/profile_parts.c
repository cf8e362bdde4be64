/* Axes, lines, bands and named stops of the time-cost-distance diagram. */
#include "report/profile_parts.h"

#include <math.h>
#include <stdlib.h>

#include "report/html.h"
#include "table/cell.h"

void karvan_i_profile_reach(const karvan_i_profile_chart *c, int begin, int end, double *km,
                            double *days, double *usd) {
    *km = *usd = 1, *days = 1.0 / 24;
    for (int i = begin; i < end; i++) {
        const karvan_time_quantiles *last = &c->q[i][c->route[i]->n_legs];
        *km = fmax(*km, c->route[i]->km), *usd = fmax(*usd, c->route[i]->usd_per_teu);
        *days = fmax(*days, fmax(last->p90_h, last->mean_h) / 24);
    }
}

double karvan_i_profile_spent(const karvan_i_profile_chart *c, const karvan_i_plot *p, int i,
                              int32_t k) {
    double usd = 0;
    if (!p->cost) return c->q[i][k].mean_h / 24;
    for (int32_t l = 0; l < k; l++) usd += c->route[i]->legs[l].usd_per_teu;
    return usd;
}

void karvan_i_profile_axes(karvan_i_text *t, const karvan_i_plot *p, int x_ticks, int y_ticks) {
    double sx = karvan_i_tick(p->x.d1, x_ticks), sy = karvan_i_tick(p->y.d1, y_ticks);
    char s[32];
    for (int k = 0; k < karvan_i_ticks(p->y.d1, sy); k++) {
        double py = karvan_i_at(&p->y, sy * k);
        (void)snprintf(s, sizeof s, "%.*f", sy < 0.1 ? 2 : sy < 1 ? 1 : 0, sy * k);
        karvan_i_svg_line(t, p->x.p0, py, p->x.p1, py, "grid");
        karvan_i_svg_text(t, p->x.p0 - 6, py + 4, "end", "soft", s);
    }
    for (int k = 0; x_ticks > 0 && k < karvan_i_ticks(p->x.d1, sx); k++) {
        (void)snprintf(s, sizeof s, k ? "%.0f" : "%.0f km", sx * k);
        karvan_i_svg_text(t, karvan_i_at(&p->x, sx * k), p->y.p0 + 16, k ? "middle" : "start",
                          "soft", s);
    }
}

static void point(karvan_i_text *t, const char *command, double x, double y) {
    karvan_i_text_puts(t, command);
    karvan_i_px(t, x), karvan_i_text_puts(t, " "), karvan_i_px(t, y);
}

void karvan_i_profile_line(karvan_i_text *t, const karvan_i_profile_chart *c,
                           const karvan_i_plot *p, int i, double width) {
    double km = 0, usd = 0;
    const karvan_route *r = c->route[i];
    karvan_i_html_printf(t,
                         "<path class=\"k%d\" stroke-width=\"%.1f\" stroke-linejoin=\"round\" d=\"",
                         c->hue[i], width);
    point(t, "M", karvan_i_at(&p->x, 0), karvan_i_at(&p->y, 0));
    for (int32_t k = 0; k < r->n_legs; k++) {
        km += r->legs[k].km, usd += r->legs[k].usd_per_teu;
        point(t, "L", karvan_i_at(&p->x, km),
              karvan_i_at(&p->y, p->cost ? usd : c->q[i][k + 1].mean_h / 24));
    }
    karvan_i_text_puts(t, "\"/>\n");
}

/* Part of the way from a to b, 0..1, that stays at or below most. */
static double within(double a, double b, double most) {
    return b > most ? (most - a) / (b - a) : 1;
}

void karvan_i_profile_ghost(karvan_i_text *t, const karvan_i_profile_chart *c,
                            const karvan_i_plot *p, int i) {
    double km = 0, spent = 0;
    const karvan_route *r = c->route[i];
    karvan_i_text_puts(t, "<path class=\"ghost\" d=\"");
    point(t, "M", karvan_i_at(&p->x, 0), karvan_i_at(&p->y, 0));
    for (int32_t k = 0; k < r->n_legs; k++) {
        double next_km = km + r->legs[k].km,
               next = p->cost ? spent + r->legs[k].usd_per_teu : c->q[i][k + 1].mean_h / 24,
               part = fmin(within(km, next_km, p->x.d1), within(spent, next, p->y.d1));
        km += (next_km - km) * part, spent += (next - spent) * part;
        point(t, "L", karvan_i_at(&p->x, km), karvan_i_at(&p->y, spent));
        if (part < 1) break;
    }
    karvan_i_text_puts(t, "\"/>\n");
}

/* P10 to P90 of the hours spent so far. */
void karvan_i_profile_band(karvan_i_text *t, const karvan_i_profile_chart *c,
                           const karvan_i_plot *p, int i, double opacity) {
    double km = 0;
    const karvan_route *r = c->route[i];
    karvan_i_html_printf(t, "<path class=\"f%d\" fill-opacity=\"%.2f\" d=\"", c->hue[i], opacity);
    point(t, "M", karvan_i_at(&p->x, 0), karvan_i_at(&p->y, 0));
    for (int32_t k = 0; k < r->n_legs; k++) {
        km += r->legs[k].km;
        point(t, "L", karvan_i_at(&p->x, km), karvan_i_at(&p->y, c->q[i][k + 1].p90_h / 24));
    }
    for (int32_t k = r->n_legs; k > 0; k--) {
        point(t, "L", karvan_i_at(&p->x, km), karvan_i_at(&p->y, c->q[i][k].p10_h / 24));
        km -= r->legs[k - 1].km;
    }
    karvan_i_text_puts(t, "Z\"/>\n");
}

void karvan_i_profile_block(const karvan_i_profile_chart *c, const karvan_i_plot *p, int i,
                            double step_px, karvan_i_boxes *boxes) {
    enum { HALF = 2 };
    double x = karvan_i_at(&p->x, 0), y = karvan_i_at(&p->y, 0), km = 0, usd = 0;
    for (int32_t k = 0; k < c->route[i]->n_legs; k++) {
        km += c->route[i]->legs[k].km, usd += c->route[i]->legs[k].usd_per_teu;
        double nx = karvan_i_at(&p->x, km),
               ny = karvan_i_at(&p->y, p->cost ? usd : c->q[i][k + 1].mean_h / 24);
        double length = hypot(nx - x, ny - y);
        int n = length < 1e4 ? (int)ceil(length / step_px) : 0; /* else off the drawing */
        for (int s = 1; s <= n; s++) {
            double px = x + (nx - x) * s / n, py = y + (ny - y) * s / n;
            karvan_i_force_box(boxes, px - HALF, py - HALF, px + HALF, py + HALF);
        }
        x = nx, y = ny;
    }
}

/* ---- stops ---- */

static int longest_first(const void *a, const void *b) {
    const karvan_i_profile_stop *x = a, *y = b;
    if (x->size != y->size) return x->size < y->size ? 1 : -1;
    if (x->route != y->route) return x->route < y->route ? -1 : 1;
    return x->x < y->x ? -1 : x->x > y->x; /* in the order of the way */
}

int karvan_i_profile_stops(const karvan_i_profile_chart *c, const karvan_i_plot *p, int i,
                           karvan_i_profile_stop *out, int n) {
    const karvan_route *r = c->route[i];
    double km = 0;
    for (int32_t k = 0, end; k < r->n_legs && n < KARVAN_I_STOPS_MAX; k = end) {
        end = k + 1;
        km += r->legs[k].km;
        if (r->legs[k].operation == KARVAN_MOVE) continue;
        while (end < r->n_legs && r->legs[end].operation != KARVAN_MOVE) end++;
        double before = karvan_i_profile_spent(c, p, i, k),
               after = karvan_i_profile_spent(c, p, i, end);
        out[n++] = (karvan_i_profile_stop){i,
                                           r->legs[k].from,
                                           karvan_i_at(&p->x, km),
                                           karvan_i_at(&p->y, before),
                                           karvan_i_at(&p->y, after),
                                           after - before};
    }
    qsort(out, (size_t)n, sizeof *out, longest_first);
    return n;
}

/* Beside the step, else further off with a line to it: to the right and down, or to the left and
 * up, where a climbing line leaves room. */
static bool name_stop(karvan_i_text *t, const karvan_i_plot *p, double width, double x, double y,
                      const char *name, karvan_i_boxes *boxes) {
    static const struct {
        int dx, dy;
    } at[] = {{5, 0},   {-5, 0},    {14, 12}, {-14, -12}, {22, 24},   {-22, -24},
              {26, 0},  {-26, 0},   {30, 38}, {-30, -38}, {38, 52},   {-38, -52},
              {44, 12}, {-44, -12}, {52, 66}, {-52, -66}, {70, 24},   {-70, -24},
              {80, 84}, {-80, -84}, {96, 40}, {-96, -40}, {110, 100}, {-110, -100}};
    double w = karvan_i_text_width(name, 12);
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        double ax = x + at[i].dx, ay = y + at[i].dy, x0 = at[i].dx > 0 ? ax : ax - w;
        if (x0 < p->x.p0 + 2 || ay - 9 < p->y.p1 || ay + 4 > p->y.p0 ||
            !karvan_i_take_box(boxes, x0 - 2, ay - 7, x0 + w + 2, ay + 6, width, p->y.p0))
            continue;
        if (abs(at[i].dx) > 5) karvan_i_svg_line(t, x, y, ax, ay, "lead");
        karvan_i_svg_text(t, ax + (at[i].dx > 0 ? 1 : -1), ay + 4, at[i].dx > 0 ? "start" : "end",
                          "halo soft", name);
        return true;
    }
    return false;
}

/* Two routes that stop at one place side by side need one name. */
static bool told(const karvan_i_profile_stop *stop, const bool *named, int n) {
    enum { BESIDE = 14 };
    for (int i = 0; i < n; i++)
        if (named[i] && stop[i].place == stop[n].place && fabs(stop[i].x - stop[n].x) < BESIDE)
            return true;
    return false;
}

void karvan_i_profile_name_stops(karvan_i_text *t, const karvan_i_profile_chart *c,
                                 const karvan_i_plot *p, const karvan_i_profile_stop *stop, int n,
                                 int most, karvan_i_boxes *boxes) {
    enum { LEAST_PX = 4 };
    bool named[KARVAN_I_STOPS_MAX] = {false};
    const karvan_table *places = karvan_package_table(c->region, "places");
    for (int i = 0; i < n && most > 0; i++) {
        char s[120];
        const char *name = karvan_i_cell_text(places, "name", stop[i].place);
        if (fabs(stop[i].y1 - stop[i].y0) < LEAST_PX) break;
        if (!name || told(stop, named, i)) continue;
        (void)snprintf(s, sizeof s, p->cost ? "%.60s %.0f" : "%.60s %.1f d", name, stop[i].size);
        named[i] = name_stop(t, p, c->width, stop[i].x, (stop[i].y0 + stop[i].y1) / 2, s, boxes);
        most -= named[i];
    }
}
