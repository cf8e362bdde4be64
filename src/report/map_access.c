/* The isochrone map: hours from one place to all others, and the tree of the best ways. Drawn from
 * a reach; what is behind a band is in colour and size. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "report/basemap.h"
#include "report/html.h"
#include "report/map_access.h"
#include "report/page.h"
#include "table/cell.h"

static int band_of(const karvan_i_access_map *m, int32_t place) {
    int b = 0;
    while (b < m->n_bounds && m->reach->hours[place] > m->bound_h[b]) b++;
    return b;
}

static double lon(const karvan_i_access_map *m, int32_t p) {
    return karvan_i_cell_real(m->places, "lon", p);
}
static double lat(const karvan_i_access_map *m, int32_t p) {
    return karvan_i_cell_real(m->places, "lat", p);
}

/* Nearer: larger. */
static double radius(int band) { return 5.6 - 0.6 * band; }

/* A path a band, the farthest first, so that the nearest lies on top. */
static void tree(karvan_i_text *t, const karvan_i_access_map *m, const karvan_i_window *w) {
    for (int b = m->n_bounds; b >= 0; b--) {
        karvan_i_html_printf(t, "<path class=\"t%d\" d=\"", b);
        for (int32_t i = 0; i < m->reach->n_hops; i++)
            if (band_of(m, m->reach->to[i]) == b)
                karvan_i_map_hop(t, w, m->places, m->reach->from[i], m->reach->to[i]);
        karvan_i_text_puts(t, "\"/>\n");
    }
}

static bool is_kind(const karvan_i_access_map *m, int32_t p, const char *kind) {
    return karvan_i_cell_is(m->places, "kind", p, kind);
}

/* Capitals, ports, other cities; the rest is not marked. */
enum { PASSES = 4 };
static int pass_of(const karvan_i_access_map *m, int32_t p) {
    const char *id = karvan_i_cell_text(m->places, "id", p),
               *country = karvan_i_cell_text(m->places, "country", p);
    const karvan_table *countries = karvan_package_table(m->region, "countries");
    int64_t row = countries && country ? karvan_package_row(m->region, "countries", country) : -1;
    if (karvan_i_cell_is(countries, "capital", row, id)) return 0;
    return is_kind(m, p, "port") ? 1 : is_kind(m, p, "city") ? 2 : PASSES - 1;
}

/* "14 h", "3.1 d" */
void karvan_i_hours_words(double h, char *out, size_t cap) {
    if (h < 47.5)
        (void)snprintf(out, cap, "%.0f h", h);
    else
        (void)snprintf(out, cap, h < 240 ? "%.1f d" : "%.0f d", h / 24);
}

static void place(karvan_i_text *t, const karvan_i_access_map *m, int32_t p, double x, double y) {
    int b = band_of(m, p);
    char hours[24];
    const char *name = karvan_i_cell_text(m->places, "name", p);
    karvan_i_hours_words(m->reach->hours[p], hours, sizeof hours);
    karvan_i_html_printf(t,
                         "<circle class=\"b%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>%s: "
                         "%s</title></circle>\n",
                         b, x, y, radius(b), name ? name : "?", hours);
}

static void names(karvan_i_text *t, const karvan_i_access_map *m, const karvan_i_window *w,
                  karvan_i_boxes *boxes) {
    for (int pass = 0; pass < PASSES - 1; pass++)
        for (int32_t p = 0; p < m->reach->n_places; p++) {
            char s[120], hours[24];
            double x = karvan_i_map_x(w, lon(m, p)), y = karvan_i_map_y(w, lat(m, p));
            const char *name = karvan_i_cell_text(m->places, "name", p);
            if (p == m->reach->origin || !name || pass_of(m, p) != pass ||
                !isfinite(m->reach->hours[p]) || !karvan_i_map_inside(w, x, y))
                continue;
            karvan_i_hours_words(m->reach->hours[p], hours, sizeof hours);
            (void)snprintf(s, sizeof s, "%.60s %s", name, hours);
            (void)(pass == 0 ? karvan_i_map_label_far : karvan_i_map_label)(
                t, w, boxes, x, y, radius(band_of(m, p)), s, "halo");
        }
}

/* All signs before any name, the nearest on top. */
static void signs(karvan_i_text *t, const karvan_i_access_map *m, const karvan_i_window *w,
                  karvan_i_boxes *boxes) {
    for (int b = m->n_bounds; b >= 0; b--)
        for (int32_t p = 0; p < m->reach->n_places; p++) {
            double x = karvan_i_map_x(w, lon(m, p)), y = karvan_i_map_y(w, lat(m, p));
            if (p == m->reach->origin || band_of(m, p) != b || !isfinite(m->reach->hours[p]) ||
                pass_of(m, p) == PASSES - 1 || !karvan_i_map_inside(w, x, y))
                continue;
            karvan_i_force_box(boxes, x - radius(b), y - radius(b), x + radius(b), y + radius(b));
            place(t, m, p, x, y);
        }
}

static void origin(karvan_i_text *t, const karvan_i_access_map *m, const karvan_i_window *w,
                   karvan_i_boxes *boxes) {
    enum { HALF = 9 };
    double x = karvan_i_map_x(w, lon(m, m->reach->origin)),
           y = karvan_i_map_y(w, lat(m, m->reach->origin));
    const char *name = karvan_i_cell_text(m->places, "name", m->reach->origin);
    karvan_i_force_box(boxes, x - HALF, y - HALF, x + HALF, y + HALF);
    karvan_i_html_printf(t,
                         "<path class=\"origin\" d=\"M%.1f %.1fl2.6 6 6.4 .5-4.9 4.2 1.6 "
                         "6.3-5.7-3.4-5.7 3.4 1.6-6.3-4.9-4.2 6.4-.5z\"/>\n",
                         x, y - 9);
    (void)karvan_i_map_label(t, w, boxes, x, y, HALF, name ? name : "?", "halo strong");
}

static void legend(karvan_i_text *t, const karvan_i_access_map *m, const karvan_i_window *w) {
    double step = fmin(w->width / (m->n_bounds + 1), 96);
    for (int b = 0; b <= m->n_bounds; b++) {
        char hours[24], s[40];
        double x = 8 + step * b, y = w->height + 15;
        karvan_i_html_printf(t, "<circle class=\"b%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>\n", b,
                             x, y, radius(b));
        karvan_i_hours_words(m->bound_h[b < m->n_bounds ? b : m->n_bounds - 1], hours,
                             sizeof hours);
        size_t dot = 0; /* bounds are whole: "3 d", not "3.0 d" */
        while (hours[dot] && hours[dot] != '.') dot++;
        (void)snprintf(s, sizeof s, "%s%.*s%s", b < m->n_bounds ? "\xE2\x89\xA4 " : "> ", (int)dot,
                       hours, hours[dot] ? " d" : "");
        karvan_i_svg_text(t, x + 9, y + 4, "start", "", s);
    }
}

void karvan_i_access_draw(karvan_i_text *t, const karvan_i_access_map *m, const karvan_i_window *w,
                          int id) {
    karvan_i_boxes boxes = {.n = 0};
    karvan_i_svg_open(t, w->width, w->height + KARVAN_I_ACCESS_BELOW, id, "Hours from one place",
                      "Places by the expected hours of the best way there, in bands, with the tree "
                      "of these ways. The table holds the numbers.");
    karvan_i_map_ground(t, w, "50m", true);
    tree(t, m, w);
    signs(t, m, w, &boxes);
    origin(t, m, w, &boxes);
    names(t, m, w, &boxes);
    karvan_i_map_margin(t, w, KARVAN_I_ACCESS_BELOW);
    if (m->n_bounds > 0) legend(t, m, w);
    karvan_i_svg_close(t);
}

/* ---- the part ---- */

enum { C_PLACE, C_NAME, C_COUNTRY, C_KIND, C_HOURS, C_DAYS, C_BAND, C_END };

static karvan_status access_table(const karvan_i_access_map *m, karvan_table **out,
                                  karvan_error *err) {
    static const karvan_column columns[C_END] = {
        {"place", KARVAN_TEXT, NULL}, {"name", KARVAN_TEXT, NULL}, {"country", KARVAN_TEXT, NULL},
        {"kind", KARVAN_TEXT, NULL},  {"hours", KARVAN_REAL, "h"}, {"days", KARVAN_REAL, "d"},
        {"band", KARVAN_INT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    KARVAN_TRY(karvan_builder_create("access", C_END, columns, &b, err));
    for (int32_t p = 0; p < m->reach->n_places; p++) {
        double h = m->reach->hours[p];
        if (p == m->reach->origin) continue;
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, C_PLACE, karvan_i_cell_text(m->places, "id", p), err));
        KARVAN_TRY(karvan_builder_text(b, C_NAME, karvan_i_cell_text(m->places, "name", p), err));
        KARVAN_TRY(
            karvan_builder_text(b, C_COUNTRY, karvan_i_cell_text(m->places, "country", p), err));
        KARVAN_TRY(karvan_builder_text(b, C_KIND, karvan_i_cell_text(m->places, "kind", p), err));
        if (!isfinite(h)) continue; /* no way leads there: unknown */
        KARVAN_TRY(karvan_builder_real(b, C_HOURS, h, err));
        KARVAN_TRY(karvan_builder_real(b, C_DAYS, h / 24, err));
        KARVAN_TRY(karvan_builder_int(b, C_BAND, band_of(m, p) + 1, err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status karvan_i_access_init(karvan_i_access_map *m, const karvan_package *region,
                                   const karvan_i_spread *reach, karvan_error *err) {
    *m = (karvan_i_access_map){
        .region = region, .places = karvan_package_table(region, "places"), .reach = reach};
    return karvan_i_spread_bands(reach, m->bound_h, &m->n_bounds, err);
}

karvan_status karvan_i_access_window(const karvan_i_access_map *m, double cut, double width,
                                     double aspect, karvan_i_window *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t n = m->reach->n_places;
    bool *marked = karvan_i_calloc((size_t)n + 1, sizeof *marked);
    KARVAN_REQUIRE(marked, err, KARVAN_E_NOMEM, "no memory for a map");
    for (int32_t p = 0; p < n; p++)
        marked[p] = isfinite(m->reach->hours[p]) && pass_of(m, p) < PASSES - 1;
    KARVAN_TRY(karvan_i_window_around(m->places, marked, cut, width, aspect, out, err));
    karvan_i_window_onto_land(out, m->region, "50m");
done:
    karvan_i_free(marked);
    return st;
}

/* The capital of the report's country, else where the report's ways begin. */
static int32_t origin_of(const karvan_i_page *p) {
    const karvan_table *settings = karvan_package_table(p->region, "settings");
    const char *country = karvan_i_cell_text(
        settings, "value",
        settings ? karvan_package_row(p->region, "settings", "report_country") : -1);
    int64_t row = country ? karvan_package_row(p->region, "countries", country) : -1;
    int32_t capital = karvan_i_map_place(p->region, p->countries, "capital", row);
    return capital >= 0 ? capital : p->from;
}

static int32_t within(const karvan_i_access_map *m, double hours, int32_t *cities) {
    int32_t n = 0;
    *cities = 0;
    for (int32_t p = 0; p < m->reach->n_places; p++) {
        if (p == m->reach->origin || (!is_kind(m, p, "city") && !is_kind(m, p, "port"))) continue;
        ++*cities, n += m->reach->hours[p] <= hours;
    }
    return n;
}

karvan_status karvan_i_part_access(karvan_i_page *p, karvan_error *err) {
    enum { WEEK_H = 168 };
    karvan_status st = KARVAN_OK;
    karvan_i_spread reach = {0};
    karvan_i_access_map m;
    karvan_table *t = NULL;
    int32_t cities, near;
    int32_t origin = origin_of(p);
    if (origin < 0) return KARVAN_OK;
    KARVAN_TRY(karvan_i_spread_init(&reach, p->net, origin, err));
    KARVAN_TRY(karvan_i_access_init(&m, p->region, &reach, err));
    if (m.n_bounds == 0) goto done; /* nothing can be reached */
    near = within(&m, WEEK_H, &cities);
    karvan_i_html_printf(
        &p->out,
        "<section id=\"access\"><h2>A week from %s reaches %d of %d cities and ports</h2>\n"
        "<figure><figcaption>Expected time from %s by the fastest way</figcaption><p "
        "class=\"sub\">Colour and size: time, the nearest largest; lines: the tree of the fastest "
        "ways; star: where they begin. A loaded container, from the first departure to the last "
        "arrival.</p>\n",
        karvan_i_place_name(p, reach.origin), (int)near, (int)cities,
        karvan_i_place_name(p, reach.origin));
    karvan_i_page_ground(p, "50m");
    for (int narrow = 0; narrow < 2; narrow++) {
        karvan_i_window w;
        KARVAN_TRY(karvan_i_access_window(&m, narrow ? 0.2 : 0.06, narrow ? 340 : 900,
                                          narrow ? 0.9 : 0.5, &w, err));
        karvan_i_html_printf(&p->out, "<div class=\"%s\">", narrow ? "narrow" : "wide");
        karvan_i_access_draw(&p->out, &m, &w, p->next_id++);
        karvan_i_text_puts(&p->out, "</div>\n");
    }
    KARVAN_TRY(access_table(&m, &t, err));
    KARVAN_TRY(karvan_i_details_table(p, "Hours to every place", t, "access.csv", err));
    karvan_i_text_puts(&p->out, "<p class=\"srcline\">Method: docs/methods/profile.md.</p>"
                                "</figure></section>\n");
    st = karvan_i_text_status(&p->out, err);
done:
    karvan_table_destroy(t);
    karvan_i_spread_clear(&reach);
    return st;
}
