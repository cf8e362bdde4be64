#include "report/profile.h"
#include "report/html.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/embed.h"
#include "base/try.h"
#include "report/svg.h"
#include "table/cell.h"

static double reach(const karvan_i_profile_chart *c, double *km) {
    double most = 1;
    *km = 1;
    for (int i = 0; i < c->n; i++) {
        *km = fmax(*km, c->route[i]->km);
        most = fmax(most,
                    c->cost ? c->route[i]->usd_per_teu : c->q[i][c->route[i]->n_legs].mean_h / 24);
    }
    if (!c->cost)
        for (int i = 0; i < c->n; i++)
            most = fmax(most, i == 0 ? c->q[i][c->route[i]->n_legs].p90_h / 24 : 0);
    return most;
}

static double upto(const karvan_i_profile_chart *c, int i, int32_t k, double usd) {
    return c->cost ? usd : c->q[i][k].mean_h / 24;
}

static void line(karvan_i_text *t, const karvan_i_profile_chart *c, int i, const karvan_i_scale *x,
                 const karvan_i_scale *y) {
    double km = 0, usd = 0;
    karvan_i_html_printf(
        t, "<path class=\"k%d\" stroke-width=\"2.4\" stroke-linejoin=\"round\" d=\"M", c->hue[i]);
    karvan_i_px(t, karvan_i_at(x, 0)), karvan_i_text_puts(t, " "),
        karvan_i_px(t, karvan_i_at(y, 0));
    for (int32_t k = 0; k < c->route[i]->n_legs; k++) {
        km += c->route[i]->legs[k].km, usd += c->route[i]->legs[k].usd_per_teu;
        karvan_i_text_puts(t, "L");
        karvan_i_px(t, karvan_i_at(x, km)), karvan_i_text_puts(t, " "),
            karvan_i_px(t, karvan_i_at(y, upto(c, i, k + 1, usd)));
    }
    karvan_i_text_puts(t, "\"/>\n");
}

/* P10 to P90 of the hours spent so far, of the first route. */
static void band(karvan_i_text *t, const karvan_i_profile_chart *c, const karvan_i_scale *x,
                 const karvan_i_scale *y) {
    double km = 0;
    const karvan_route *r = c->route[0];
    karvan_i_html_printf(t, "<path class=\"f%d\" fill-opacity=\"0.16\" d=\"M", c->hue[0]);
    karvan_i_px(t, karvan_i_at(x, 0)), karvan_i_text_puts(t, " "),
        karvan_i_px(t, karvan_i_at(y, 0));
    for (int32_t k = 0; k < r->n_legs; k++) {
        km += r->legs[k].km;
        karvan_i_text_puts(t, "L");
        karvan_i_px(t, karvan_i_at(x, km)), karvan_i_text_puts(t, " "),
            karvan_i_px(t, karvan_i_at(y, c->q[0][k + 1].p90_h / 24));
    }
    for (int32_t k = r->n_legs; k > 0; k--) {
        karvan_i_text_puts(t, "L");
        karvan_i_px(t, karvan_i_at(x, km)), karvan_i_text_puts(t, " "),
            karvan_i_px(t, karvan_i_at(y, c->q[0][k].p10_h / 24));
        km -= r->legs[k - 1].km;
    }
    karvan_i_text_puts(t, "Z\"/>\n");
}

static void axes(karvan_i_text *t, const karvan_i_scale *x, const karvan_i_scale *y, bool cost) {
    double sx = karvan_i_tick(x->d1, x->p1 - x->p0 > 500 ? 8 : 3), sy = karvan_i_tick(y->d1, 6);
    char s[32];
    for (int k = 0; k < karvan_i_ticks(y->d1, sy); k++) {
        double v = sy * k;
        (void)snprintf(s, sizeof s, "%.0f", v);
        karvan_i_svg_line(t, x->p0, karvan_i_at(y, v), x->p1, karvan_i_at(y, v), "grid");
        karvan_i_svg_text(t, x->p0 - 6, karvan_i_at(y, v) + 4, "end", "soft", s);
    }
    for (int k = 0; k < karvan_i_ticks(x->d1, sx); k++) {
        double v = sx * k;
        (void)snprintf(s, sizeof s, "%.0f", v);
        karvan_i_svg_text(t, karvan_i_at(x, v), y->p0 + 16, "middle", "soft", s);
    }
    karvan_i_svg_text(t, x->p1, y->p0 + 32, "end", "soft", "km");
    karvan_i_svg_text(t, x->p0 - 6, y->p1 - 8, "start", "soft", cost ? "USD a TEU" : "days");
}

/* Names of the stops that rise most, where they do not collide. */
/* Stops named so far: two in one place, or of two corridors side by side, need one name. */
typedef struct named {
    int32_t place[KARVAN_I_BOXES_MAX];
    double px[KARVAN_I_BOXES_MAX];
    int n;
} named;

static bool is_named(const named *all, int32_t place, double px) {
    enum { BESIDE = 12 };
    for (int i = 0; i < all->n; i++)
        if (all->place[i] == place && fabs(all->px[i] - px) < BESIDE) return true;
    return false;
}

static void stops(karvan_i_text *t, const karvan_i_profile_chart *c, int i, const karvan_i_scale *x,
                  const karvan_i_scale *y, karvan_i_boxes *boxes, named *all) {
    double km = 0, usd = 0, before = 0;
    const karvan_table *places = karvan_package_table(c->region, "places");
    for (int32_t k = 0; k < c->route[i]->n_legs; k++) {
        const karvan_leg *l = &c->route[i]->legs[k];
        km += l->km, usd += l->usd_per_teu;
        double now = upto(c, i, k + 1, usd),
               rise = fabs(karvan_i_at(y, now) - karvan_i_at(y, before));
        if (l->operation != KARVAN_MOVE && rise > 9) {
            const char *name = karvan_i_cell_text(places, "name", l->from);
            double px = karvan_i_at(x, km) + 5,
                   py = (karvan_i_at(y, now) + karvan_i_at(y, before)) / 2 + 4,
                   w = karvan_i_text_width(name ? name : "", 12);
            if (name && all->n < KARVAN_I_BOXES_MAX && !is_named(all, l->from, px) &&
                karvan_i_take_box(boxes, px, py - 11, px + w, py + 3, c->width, 2000)) {
                karvan_i_svg_text(t, px, py, "start", "halo soft", name);
                all->place[all->n] = l->from, all->px[all->n++] = px;
            }
        }
        before = now;
    }
}

static double end_of(const karvan_i_profile_chart *c, int i) {
    return c->cost ? c->route[i]->usd_per_teu : c->q[i][c->route[i]->n_legs].mean_h / 24;
}

/* A dot at each end before any name, so that no name covers one. */
static void dots(karvan_i_text *t, const karvan_i_profile_chart *c, const karvan_i_scale *x,
                 const karvan_i_scale *y, karvan_i_boxes *boxes) {
    enum { HALF = 4 };
    for (int i = 0; i < c->n; i++) {
        double px = karvan_i_at(x, c->route[i]->km), py = karvan_i_at(y, end_of(c, i));
        karvan_i_html_printf(t, "<circle class=\"f%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>\n",
                             c->hue[i], px, py);
        karvan_i_force_box(boxes, px - HALF, py - HALF, px + HALF, py + HALF);
    }
}

/* The corridor's name: to the right of its end, else above it. */
static void name_end(karvan_i_text *t, const karvan_i_profile_chart *c, int i,
                     const karvan_i_scale *x, const karvan_i_scale *y, karvan_i_boxes *boxes) {
    const karvan_table *corridors = karvan_package_table(c->region, "corridors");
    const char *name = karvan_i_cell_text(corridors, "short_name", c->route[i]->corridor);
    if (!name) name = karvan_objective_name(c->route[i]->objective);
    double w = karvan_i_text_width(name, 12), px = karvan_i_at(x, c->route[i]->km),
           py = karvan_i_at(y, end_of(c, i));
    if (karvan_i_take_box(boxes, px + 6, py - 7, px + 6 + w, py + 7, c->width, 2000)) {
        karvan_i_svg_text(t, px + 6, py + 4, "start", "halo", name);
        return;
    }
    py -= 7;
    if (px - w < x->p0) px = x->p0 + w;
    for (int tries = 0; tries < 8; tries++) {
        if (karvan_i_take_box(boxes, px - w, py - 10, px, py + 3, c->width, 2000)) break;
        py -= 14;
    }
    karvan_i_svg_text(t, px, py, "end", "halo", name);
}

void karvan_i_profile_draw(karvan_i_text *t, const karvan_i_profile_chart *c) {
    double km, most = reach(c, &km), height = c->width < 500 ? 340 : 440;
    karvan_i_scale x = {0, km, 52, c->width - 14, false},
                   y = {0, most * 1.04, height - 40, 34, false};
    karvan_i_boxes boxes = {.n = 0};
    named all = {.n = 0};
    karvan_i_svg_open(t, c->width, height, c->id,
                      c->cost ? "Cost against distance" : "Time against distance",
                      "Cumulative lines for each corridor; stops are vertical steps. The leg "
                      "tables hold the numbers.");
    axes(t, &x, &y, c->cost);
    if (!c->cost) band(t, c, &x, &y);
    for (int i = 0; i < c->n; i++) line(t, c, i, &x, &y);
    dots(t, c, &x, &y, &boxes);
    for (int i = 0; i < c->n; i++) name_end(t, c, i, &x, &y, &boxes);
    for (int i = 0; i < c->n; i++) stops(t, c, i, &x, &y, &boxes, &all);
    karvan_i_svg_close(t);
}

/* The style that a page would give, for a file of its own. */
static void own_style(karvan_i_text *t, const karvan_i_profile_chart *c) {
    const karvan_table *corridors = karvan_package_table(c->region, "corridors");
    karvan_i_text_puts(t, "<style>text{font:12px "
                          "sans-serif;fill:#1b1f24}.soft{fill:#555c66}.grid{stroke:#d5d9de}.halo{"
                          "paint-order:stroke;stroke:#fff;stroke-width:3px}");
    for (int i = 0; i < c->n; i++) {
        int32_t row = c->route[i]->corridor;
        const char *dash = karvan_i_css_dash(karvan_i_cell_text(corridors, "dash", row), "none"),
                   *hue = karvan_i_css_colour(karvan_i_cell_text(corridors, "colour", row),
                                              i ? "#777" : "#1b1f24");
        karvan_i_html_printf(t, ".k%d{fill:none;stroke:%s;stroke-dasharray:%s}.f%d{fill:%s}",
                             c->hue[i], hue, dash, c->hue[i], hue);
    }
    karvan_i_text_puts(t, "</style><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
}

enum { ROUTES_MAX = 24 };

karvan_status karvan_report_profile_svg(const karvan_network *net, const karvan_package *region,
                                        int32_t n, const karvan_route *routes, bool cost,
                                        int width_px, karvan_document *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text t = {0}, whole = {0};
    const karvan_route *route[ROUTES_MAX];
    karvan_time_quantiles *q[ROUTES_MAX] = {NULL};
    int hue[ROUTES_MAX];
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_document){0};
    KARVAN_REQUIRE(
        net && region && routes && n > 0 && n <= ROUTES_MAX && width_px >= 320 && width_px <= 2000,
        err, KARVAN_E_ARG, "a profile takes 1 to %d routes and a width of 320 to 2000 pixels",
        (int)ROUTES_MAX);
    for (int i = 0; i < n; i++) {
        route[i] = &routes[i], hue[i] = i;
        q[i] = karvan_i_calloc((size_t)routes[i].n_legs + 1, sizeof *q[i]);
        KARVAN_REQUIRE(q[i], err, KARVAN_E_NOMEM, "no memory for a distribution");
        KARVAN_TRY(karvan_route_quantiles(net, &routes[i], 0.5, q[i], err));
    }
    karvan_i_profile_chart c = {
        net, region, n, route, (const karvan_time_quantiles *const *)q, hue, cost, width_px, 1};
    karvan_i_profile_draw(&t, &c);
    KARVAN_TRY(karvan_i_text_status(&t, err));
    const char *body = strstr(t.s, "</desc>\n"); /* the style goes behind title and description */
    size_t head = (size_t)(body - t.s) + strlen("</desc>\n");
    karvan_i_text_puts(&whole, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    karvan_i_text_add(&whole, t.s, head);
    own_style(&whole, &c);
    karvan_i_text_add(&whole, t.s + head, t.n - head);
    KARVAN_TRY(karvan_i_text_status(&whole, err));
    out->text = whole.s, out->n = whole.n, whole = (karvan_i_text){0};
done:
    for (int i = 0; i < n && i < ROUTES_MAX; i++) karvan_i_free(q[i]);
    karvan_i_text_clear(&t), karvan_i_text_clear(&whole);
    return st;
}
