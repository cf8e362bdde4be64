/* The map: land and water quiet, corridors in their colours, planned links dashed, a locator for
 * the long ends. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "report/page.h"
#include "report/svg.h"
#include "table/cell.h"

typedef struct window {
    double lon0, lon1, lat0, lat1, width, height, squeeze;
} window;

/* Equirectangular, true to scale along the middle parallel. */
static window fit(double lon0, double lon1, double lat0, double lat1, double width) {
    window w = {lon0, lon1, lat0, lat1, width, 0, cos((lat0 + lat1) / 2 * 3.14159265358979 / 180)};
    w.height = round(width * (lat1 - lat0) / ((lon1 - lon0) * w.squeeze));
    return w;
}
static double px(const window *w, double lon) {
    return (lon - w->lon0) / (w->lon1 - w->lon0) * w->width;
}
static double py(const window *w, double lat) {
    return (w->lat1 - lat) / (w->lat1 - w->lat0) * w->height;
}

static double number(const char **s) {
    double v = 0, unit = 1, sign = 1;
    while (**s == ' ' || **s == ',') ++*s;
    if (**s == '-') sign = -1, ++*s;
    for (; **s >= '0' && **s <= '9'; ++*s) v = v * 10 + (**s - '0');
    if (**s == '.')
        for (++*s; **s >= '0' && **s <= '9'; ++*s) v = v * 10 + (**s - '0'), unit *= 10;
    return sign * v / unit;
}

/* One path of all rows of a layer: "lon lat,lon lat,...". */
static void outlines(karvan_i_page *p, const window *w, const char *layer, const char *detail,
                     const char *cls, bool closed) {
    const karvan_table *t = karvan_package_table(p->region, "land");
    if (!t) return;
    karvan_i_text_printf(&p->out, "<path class=\"%s\"%s d=\"", cls,
                         closed ? " fill-rule=\"evenodd\"" : "");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *s = karvan_i_cell_text(t, "points", r);
        if (!s || !karvan_i_cell_is(t, "layer", r, layer) ||
            !karvan_i_cell_is(t, "detail", r, detail))
            continue;
        for (char move = 'M'; *s; move = 'L') {
            double lon = number(&s), lat = number(&s);
            karvan_i_text_add(&p->out, &move, 1);
            karvan_i_px(&p->out, px(w, lon)), karvan_i_text_puts(&p->out, " "),
                karvan_i_px(&p->out, py(w, lat));
            while (*s && *s != ',') s++;
        }
        if (closed) karvan_i_text_puts(&p->out, "Z");
    }
    karvan_i_text_puts(&p->out, "\"/>\n");
}

static double coordinate(const karvan_i_page *p, const char *column, int32_t place) {
    return karvan_i_cell_real(p->places, column, place);
}

static void hop(karvan_i_page *p, const window *w, int32_t from, int32_t to) {
    karvan_i_text_puts(&p->out, "M");
    karvan_i_px(&p->out, px(w, coordinate(p, "lon", from))), karvan_i_text_puts(&p->out, " "),
        karvan_i_px(&p->out, py(w, coordinate(p, "lat", from)));
    karvan_i_text_puts(&p->out, "L");
    karvan_i_px(&p->out, px(w, coordinate(p, "lon", to))), karvan_i_text_puts(&p->out, " "),
        karvan_i_px(&p->out, py(w, coordinate(p, "lat", to)));
}

static int32_t place_of(const karvan_i_page *p, const karvan_table *t, const char *column,
                        int64_t row) {
    const char *id = karvan_i_cell_text(t, column, row);
    return id ? (int32_t)karvan_package_row(p->region, "places", id) : -1;
}

static bool over_water(const char *mode) {
    return strcmp(mode, "deep_sea") == 0 || strncmp(mode, "pipeline", 8) == 0;
}

/* All links: those in service as a quiet net, those to come dashed. */
static void all_links(karvan_i_page *p, const window *w, bool planned, karvan_day day) {
    const karvan_table *t = karvan_package_table(p->region, "links");
    karvan_i_text_printf(&p->out, "<path class=\"%s\" d=\"", planned ? "planned" : "quiet");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        const char *mode = karvan_i_cell_text(t, "mode", r);
        const karvan_edtf *open = karvan_i_cell_date(t, "open_from", r);
        int32_t from = place_of(p, t, "from", r), to = place_of(p, t, "to", r);
        bool later = open && open->earliest > day;
        if (!mode || over_water(mode) || strcmp(mode, "road") == 0 || later != planned ||
            from < 0 || to < 0)
            continue;
        hop(p, w, from, to);
    }
    karvan_i_text_puts(&p->out, "\"/>\n");
}

/* Line width says what a day can carry: 200 TEU thin, 2,000 thick. */
static double width_of(const karvan_i_page *p, const karvan_leg *l) {
    double teu =
        karvan_i_cell_real(karvan_package_table(p->region, "links"), "capacity_teu_day", l->row);
    if (isnan(teu) || teu < 50) teu = 50;
    return fmin(1.4 + 1.1 * log10(teu / 50), 4.2);
}

static void ways(karvan_i_page *p, const window *w, double scale) {
    for (int c = p->n_corridors - 1; c >= 0; c--) {
        const karvan_route *r = &p->way[c].route;
        if (!p->way[c].exists) continue;
        for (int32_t k = 0; k < r->n_legs; k++) {
            if (r->legs[k].operation != KARVAN_MOVE) continue;
            karvan_i_text_printf(
                &p->out, "<path class=\"k%d\" stroke-linecap=\"round\" stroke-width=\"%.1f\" d=\"",
                c, scale * width_of(p, &r->legs[k]));
            hop(p, w, r->legs[k].from, r->legs[k].to);
            karvan_i_text_puts(&p->out, "\"/>\n");
        }
    }
}

/* Try the eight sides of a sign for its name. */
static bool label(karvan_i_page *p, const window *w, karvan_i_boxes *boxes, double x, double y,
                  const char *name, const char *cls) {
    static const double at[8][2] = {{7, 4},  {-7, 4},  {0, -8}, {0, 17},
                                    {6, -6}, {-6, -6}, {6, 14}, {-6, 14}};
    static const char *const anchor[8] = {"start", "end", "middle", "middle",
                                          "start", "end", "start",  "end"};
    double wide = karvan_i_text_width(name, 12);
    for (int i = 0; i < 8; i++) {
        double ax = x + at[i][0], ay = y + at[i][1];
        double x0 = anchor[i][0] == 's' ? ax : anchor[i][0] == 'e' ? ax - wide : ax - wide / 2;
        if (!karvan_i_take_box(boxes, x0 - 1, ay - 11, x0 + wide + 1, ay + 3, w->width, w->height))
            continue;
        karvan_i_svg_text(&p->out, ax, ay, anchor[i], cls, name);
        return true;
    }
    return false;
}

static bool inside(const window *w, double x, double y) {
    return x > 3 && y > 3 && x < w->width - 3 && y < w->height - 3;
}

/* The longest stop of each corridor is its bottleneck in time: marked and named first. */
static void bottlenecks(karvan_i_page *p, const window *w, karvan_i_boxes *boxes) {
    for (int c = 0; c < p->n_corridors; c++) {
        const karvan_route *r = &p->way[c].route;
        int32_t worst = -1;
        for (int32_t k = 0; p->way[c].exists && k < r->n_legs; k++)
            if (r->legs[k].operation != KARVAN_MOVE &&
                (worst < 0 || r->legs[k].hours > r->legs[worst].hours))
                worst = k;
        if (worst < 0) continue;
        int32_t place = r->legs[worst].from;
        double x = px(w, coordinate(p, "lon", place)), y = py(w, coordinate(p, "lat", place));
        char s[120];
        if (!inside(w, x, y)) continue;
        karvan_i_text_printf(&p->out,
                             "<circle class=\"k%d\" style=\"stroke-dasharray:none\" fill=\"none\" "
                             "stroke-width=\"2.5\" cx=\"%.1f\" cy=\"%.1f\" r=\"7\"/>\n",
                             c, x, y);
        (void)snprintf(s, sizeof s, "%s %.1f d", karvan_i_place_name(p, place),
                       r->legs[worst].hours / 24);
        (void)label(p, w, boxes, x, y, s, "halo");
    }
}

static bool on_a_way(const karvan_i_page *p, int32_t place) {
    for (int c = 0; c < p->n_corridors; c++)
        for (int32_t k = 0; p->way[c].exists && k < p->way[c].route.n_legs; k++)
            if (p->way[c].route.legs[k].from == place || p->way[c].route.legs[k].to == place)
                return true;
    return false;
}

static bool is_capital(const karvan_i_page *p, int32_t place) {
    const char *id = karvan_i_cell_text(p->places, "id", place);
    const char *country = karvan_i_cell_text(p->places, "country", place);
    int64_t row = country ? karvan_package_row(p->region, "countries", country) : -1;
    return id && karvan_i_cell_is(p->countries, "capital", row, id);
}

static void places(karvan_i_page *p, const window *w, karvan_i_boxes *boxes) {
    static const char *const first[] = {"port", "border", "city", "strait"};
    for (int pass = 0; pass < 5;
         pass++) /* ports on the corridors, then borders, cities; then capitals off them */
        for (int32_t r = 0; r < (int32_t)karvan_table_rows(p->places); r++) {
            double x = px(w, coordinate(p, "lon", r)), y = py(w, coordinate(p, "lat", r));
            bool wanted =
                pass < 4 ? on_a_way(p, r) && karvan_i_cell_is(p->places, "kind", r, first[pass])
                         : !on_a_way(p, r) && is_capital(p, r);
            if (!wanted || !inside(w, x, y)) continue;
            bool port = karvan_i_cell_is(p->places, "kind", r, "port"),
                 border = karvan_i_cell_is(p->places, "kind", r, "border");
            if (!label(p, w, boxes, x, y, karvan_i_place_name(p, r),
                       pass == 4 ? "halo soft" : "halo"))
                continue;
            if (port)
                karvan_i_text_printf(
                    &p->out,
                    "<rect class=\"place\" x=\"%.1f\" y=\"%.1f\" width=\"6\" height=\"6\"/>\n",
                    x - 3, y - 3);
            else if (border)
                karvan_i_text_printf(
                    &p->out, "<path class=\"place\" d=\"M%.1f %.1fl4 4l-4 4l-4-4z\"/>\n", x, y - 4);
            else
                karvan_i_text_printf(
                    &p->out, "<circle class=\"place\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"/>\n", x, y);
        }
}

static void draw(karvan_i_page *p, window w, karvan_day day, const char *cls) {
    karvan_i_boxes boxes = {.n = 0};
    karvan_i_text_printf(&p->out, "<div class=\"%s\">", cls);
    karvan_i_svg_open(&p->out, w.width, w.height, p->next_id++, "Map of the corridors",
                      "Best way of each corridor by expected time over land and sea, with its "
                      "longest stop. The corridor table lists the same ways.");
    karvan_i_text_printf(&p->out, "<rect class=\"water\" width=\"%.0f\" height=\"%.0f\"/>\n",
                         w.width, w.height);
    outlines(p, &w, "land", "50m", "land", true);
    outlines(p, &w, "border", "50m", "mapborder", false);
    all_links(p, &w, false, day);
    all_links(p, &w, true, day);
    ways(p, &w, 1.0);
    bottlenecks(p, &w, &boxes);
    places(p, &w, &boxes);
    karvan_i_svg_close(&p->out);
    karvan_i_text_puts(&p->out, "</div>\n");
}

static void locator(karvan_i_page *p) {
    window w = fit(-18, 140, -40, 66, 340);
    karvan_i_svg_open(
        &p->out, w.width, w.height, p->next_id++, "The long ends",
        "The same ways from China to Europe, with the sea routes by Suez and by the Cape.");
    karvan_i_text_printf(&p->out, "<rect class=\"water\" width=\"%.0f\" height=\"%.0f\"/>\n",
                         w.width, w.height);
    outlines(p, &w, "land", "110m", "land", true);
    ways(p, &w, 0.6);
    karvan_i_svg_close(&p->out);
}

static void legend(karvan_i_page *p) {
    karvan_i_text_puts(&p->out, "<p class=\"sub\">");
    for (int c = 0; c < p->n_corridors; c++) {
        const char *name = karvan_i_cell_text(p->corridors, "short_name", c);
        if (!p->way[c].exists || !name) continue;
        karvan_i_text_printf(
            &p->out,
            "<svg width=\"34\" height=\"10\" style=\"display:inline-block\" "
            "aria-hidden=\"true\"><path class=\"k%d\" stroke-width=\"3\" d=\"M1 5H33\"/></svg> ",
            c);
        karvan_i_text_xml(&p->out, name);
        karvan_i_text_puts(&p->out, " &#160; ");
    }
    karvan_i_text_puts(&p->out, "</p>\n");
}

karvan_status karvan_i_part_map(karvan_i_page *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_network_options o;
    KARVAN_TRY(karvan_network_defaults(p->region, &o, err));
    karvan_i_text_printf(
        &p->out,
        "<section id=\"map\"><h2>The ways from %s to %s</h2>\n<figure><figcaption>Best way of each "
        "corridor by expected time</figcaption>\n",
        karvan_i_place_name(p, p->from), karvan_i_place_name(p, p->to));
    legend(p);
    karvan_i_text_puts(&p->out,
                       "<p class=\"sub\">Line width: what a day can carry. Ring: longest stop, in "
                       "days. Squares: ports; diamonds: frontiers; dotted: not yet open. Straight "
                       "lines join the places; they are not the tracks.</p>\n");
    draw(p, fit(18, 118, 26, 58, 900), o.date, "wide");
    draw(p, fit(39, 84, 33, 50, 340), o.date, "narrow");
    karvan_i_text_puts(&p->out, "<div class=\"locator\">");
    locator(p);
    karvan_i_text_puts(&p->out, "</div><p class=\"srcline\">Land and borders: Natural Earth");
    karvan_i_cite(p, "natural-earth");
    karvan_i_text_puts(&p->out,
                       "; the lines between countries are those of the data set and take no "
                       "position. Links: table of legs below.</p></figure></section>\n");
done:
    return st;
}
