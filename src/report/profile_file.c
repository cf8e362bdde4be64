/* The time-cost-distance diagram as a file of its own: SVG, or a page. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "report/html.h"
#include "report/page.h"
#include "report/profile.h"
#include "report/svg.h"
#include "table/cell.h"

enum { ROUTES_MAX = 24, GAP = 24 };
static const double STEP_H = 0.5;

typedef struct bundle { /* routes with their quantiles and colours */
    const karvan_route *route[ROUTES_MAX];
    karvan_time_quantiles *q[ROUTES_MAX];
    int hue[ROUTES_MAX];
    int32_t n;
} bundle;

static karvan_status fill(bundle *b, const karvan_network *net, const karvan_package *region,
                          int32_t n, const karvan_route *routes, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(net && region && routes && n > 0 && n <= ROUTES_MAX, err, KARVAN_E_ARG,
                   "a profile takes 1 to %d routes", (int)ROUTES_MAX);
    for (; b->n < n; b->n++) {
        const karvan_route *r = &routes[b->n];
        b->route[b->n] = r, b->hue[b->n] = b->n;
        b->q[b->n] = karvan_i_calloc((size_t)r->n_legs + 1, sizeof *b->q[b->n]);
        KARVAN_REQUIRE(b->q[b->n], err, KARVAN_E_NOMEM, "no memory for a distribution");
        KARVAN_TRY(karvan_route_quantiles(net, r, STEP_H, b->q[b->n], err));
    }
done:
    if (st != KARVAN_OK && b->n < ROUTES_MAX) karvan_i_free(b->q[b->n]), b->q[b->n] = NULL;
    return st;
}

static void clear(bundle *b) {
    for (int32_t i = 0; i < b->n; i++) karvan_i_free(b->q[i]);
}

static karvan_i_profile_chart chart_of(const bundle *b, const karvan_package *region, bool cost,
                                       int width, int id) {
    return (karvan_i_profile_chart){
        region, b->n, b->route, (const karvan_time_quantiles *const *)b->q,
        b->hue, cost, width,    id};
}

/* A hue a route: its corridor's own; without one, greys and dashes that differ. */
static void hues(karvan_i_text *t, const karvan_i_profile_chart *c, bool page) {
    static const char *const ink[] = {"#1b1f24", "#7a4a00", "#5b5b8c", "#777777"},
                             *const dashes[] = {"none", "9 3", "3 3", "1 4"};
    const karvan_table *corridors = karvan_package_table(c->region, "corridors");
    int plain = 0;
    for (int i = 0; i < c->n; i++) {
        int32_t row = c->route[i]->corridor;
        const char *dash = karvan_i_css_dash(karvan_i_cell_text(corridors, "dash", row),
                                             row < 0 ? dashes[plain % 4] : "none"),
                   *hue = karvan_i_css_colour(karvan_i_cell_text(corridors, "colour", row),
                                              ink[row < 0 ? plain % 4 : 3]);
        plain += row < 0;
        if (page)
            karvan_i_html_printf(t,
                                 ":root{--c%d:%s}.k%d{fill:none;stroke:var(--c%d);stroke-dasharray:"
                                 "%s}.f%d{fill:var(--c%d)}\n@media (prefers-color-scheme:dark){"
                                 ":root{--c%d:color-mix(in srgb,%s 60%%,white)}}\n",
                                 i, hue, i, i, dash, i, i, i, hue);
        else /* without variables: not every viewer of SVG knows them */
            karvan_i_html_printf(t, ".k%d{fill:none;stroke:%s;stroke-dasharray:%s}.f%d{fill:%s}\n",
                                 i, hue, dash, i, hue);
    }
}

/* ---- SVG ---- */

/* The style that a page would give. */
static void own_style(karvan_i_text *t, const karvan_i_profile_chart *c) {
    karvan_i_text_puts(t, "<style>text{font:12px "
                          "sans-serif;fill:#1b1f24}.soft{fill:#555c66}.strong{font-weight:600}"
                          ".grid{stroke:#d5d9de}.ghost{fill:none;stroke:#c3c8ce}"
                          ".lead{stroke:#8a9098;stroke-width:.8}.halo{"
                          "paint-order:stroke;stroke:#fff;stroke-width:3px}\n");
    hues(t, c, false);
    karvan_i_text_puts(t, "</style><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
}

static void panels(karvan_i_text *t, const karvan_i_profile_chart *c, double top, int columns) {
    for (int i = 0; i < c->n; i++) {
        karvan_i_profile_chart one = *c;
        int row = i / columns;
        one.id = c->id + i;
        karvan_i_text_printf(t, "<g transform=\"translate(%d %.0f)\">",
                             8 + i % columns * (KARVAN_I_PANEL_WIDTH + GAP),
                             top + row * (double)(KARVAN_I_PANEL_HEIGHT + GAP));
        karvan_i_profile_panel(t, &one, i);
        karvan_i_text_puts(t, "</g>\n");
    }
}

static void whole(karvan_i_text *t, const karvan_i_profile_chart *c, karvan_profile_layout layout) {
    int columns = (c->width - 8 + GAP) / (KARVAN_I_PANEL_WIDTH + GAP), rows;
    if (columns < 1) columns = 1;
    if (columns > c->n) columns = c->n;
    rows = (c->n + columns - 1) / columns;
    double top = layout == KARVAN_PROFILE_PANELS ? 8 : karvan_i_profile_height(c) + GAP,
           height = layout == KARVAN_PROFILE_OVERLAY
                        ? karvan_i_profile_height(c)
                        : top + (double)rows * (KARVAN_I_PANEL_HEIGHT + GAP);
    karvan_i_svg_open(t, c->width, height, 0, "Time, cost and distance",
                      "What each route has spent at each kilometre, in days and dollars.");
    own_style(t, c);
    if (layout != KARVAN_PROFILE_PANELS) karvan_i_profile_draw(t, c);
    karvan_i_profile_chart next = *c;
    next.id = c->id + 1;
    if (layout != KARVAN_PROFILE_OVERLAY) panels(t, &next, top, columns);
    karvan_i_svg_close(t);
}

karvan_status karvan_report_profile_svg(const karvan_network *net, const karvan_package *region,
                                        int32_t n, const karvan_route *routes,
                                        karvan_profile_layout layout, bool cost, int width_px,
                                        karvan_document *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text t = {0};
    bundle b = {.n = 0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_document){0};
    KARVAN_REQUIRE(width_px >= 320 && width_px <= 2000, err, KARVAN_E_ARG,
                   "a profile is 320 to 2000 pixels wide, not %d", width_px);
    KARVAN_TRY(fill(&b, net, region, n, routes, err));
    karvan_i_profile_chart c = chart_of(&b, region, cost, width_px, 1);
    karvan_i_text_puts(&t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    whole(&t, &c, layout);
    KARVAN_TRY(karvan_i_text_status(&t, err));
    out->text = t.s, out->n = t.n, t = (karvan_i_text){0};
done:
    clear(&b);
    karvan_i_text_clear(&t);
    return st;
}

/* ---- a page ---- */

static karvan_status body(karvan_i_page *p, const bundle *b, const karvan_route *routes,
                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *points = NULL, *indicators = NULL;
    karvan_i_profile_chart c = chart_of(b, p->region, false, 900, 0);
    hues(&p->hues, &c, true);
    karvan_i_text_puts(&p->out, "<section id=\"profile\"><h2>Time, cost and distance</h2>\n");
    karvan_i_profile_figures(p, &c);
    KARVAN_TRY(karvan_route_profile(p->net, b->n, routes, STEP_H, &points, err));
    KARVAN_TRY(karvan_i_details_table(p, "Every point of each way", points, "profile.csv", err));
    karvan_i_text_puts(&p->out, "</section>\n");
    KARVAN_TRY(karvan_route_indicators(p->net, b->n, routes, 0, &indicators, err));
    KARVAN_TRY(karvan_i_part_indicators(p, indicators, err));
    KARVAN_TRY(karvan_i_part_sources(p, err));
done:
    karvan_table_destroy(points), karvan_table_destroy(indicators);
    return st;
}

karvan_status karvan_report_profile_page(const karvan_network *net, const karvan_package *region,
                                         int32_t n, const karvan_route *routes,
                                         karvan_document *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_page p = {0};
    bundle b = {.n = 0};
    char heading[200];
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_document){0};
    KARVAN_TRY(fill(&b, net, region, n, routes, err));
    KARVAN_TRY(karvan_i_page_open(&p, net, region, err));
    KARVAN_REQUIRE(routes[0].n_legs > 0, err, KARVAN_E_ARG, "a route without a leg");
    p.from = routes[0].legs[0].from, p.to = routes[0].legs[routes[0].n_legs - 1].to;
    KARVAN_TRY(body(&p, &b, routes, err));
    (void)snprintf(heading, sizeof heading, "From %.80s to %.80s", karvan_i_place_name(&p, p.from),
                   karvan_i_place_name(&p, p.to));
    KARVAN_TRY(karvan_i_page_finish(&p, "profile", heading, "time, cost and distance", heading, "",
                                    "", out, err));
done:
    clear(&b);
    karvan_i_page_clear(&p);
    return st;
}
