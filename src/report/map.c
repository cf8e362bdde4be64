/* The map: land and water quiet, corridors in their colours, planned links dashed, a locator for
 * the long ends. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "report/basemap.h"
#include "report/html.h"
#include "report/page.h"
#include "report/svg.h"
#include "table/cell.h"

static double coordinate(const karvan_i_page *p, const char *column, int32_t place) {
    return karvan_i_cell_real(p->places, column, place);
}

static bool over_water(const char *mode) {
    return strcmp(mode, "deep_sea") == 0 || strncmp(mode, "pipeline", 8) == 0;
}

/* Is the link part of the net in service, or of the one to come? */
static bool drawn(const karvan_table *t, int64_t r, bool planned, karvan_day day) {
    const char *mode = karvan_i_cell_text(t, "mode", r);
    const karvan_edtf *open = karvan_i_cell_date(t, "open_from", r);
    bool later = open && open->earliest > day;
    return mode && !over_water(mode) && strcmp(mode, "road") != 0 && later == planned;
}

/* All links: those in service as a quiet net, those to come dotted. */
static void all_links(karvan_i_page *p, const karvan_i_window *w, bool planned, karvan_day day) {
    const karvan_table *t = karvan_package_table(p->region, "links");
    karvan_i_html_printf(&p->out, "<path class=\"%s\" d=\"", planned ? "planned" : "quiet");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        int32_t from = karvan_i_map_place(p->region, t, "from", r),
                to = karvan_i_map_place(p->region, t, "to", r);
        if (drawn(t, r, planned, day) && from >= 0 && to >= 0)
            karvan_i_map_hop(&p->out, w, p->places, from, to);
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

static void ways(karvan_i_page *p, const karvan_i_window *w, double scale) {
    for (int c = p->n_corridors - 1; c >= 0; c--) {
        const karvan_route *r = &p->way[c].route;
        if (!p->way[c].exists) continue;
        for (int32_t k = 0; k < r->n_legs; k++) {
            if (r->legs[k].operation != KARVAN_MOVE) continue;
            karvan_i_html_printf(
                &p->out, "<path class=\"k%d\" stroke-linecap=\"round\" stroke-width=\"%.1f\" d=\"",
                c, scale * width_of(p, &r->legs[k]));
            karvan_i_map_hop(&p->out, w, p->places, r->legs[k].from, r->legs[k].to);
            karvan_i_text_puts(&p->out, "\"/>\n");
        }
    }
}

/* Half the size of a sign, of a ring. */
enum { SIGN = 4, RING = 8 };

/* Where a corridor waits longest, for all that it waits for there: its bottleneck in time. -1: it
 * stops nowhere. */
static int32_t longest_stop(const karvan_i_way *way, double *hours) {
    int32_t worst = -1;
    *hours = 0;
    for (int32_t k = 0, end; way->exists && k < way->route.n_legs; k = end) {
        const karvan_leg *legs = way->route.legs;
        double here = 0;
        for (end = k; end < way->route.n_legs && legs[end].operation != KARVAN_MOVE; end++)
            here += legs[end].hours;
        if (here > *hours) *hours = here, worst = legs[k].from;
        end += end == k; /* it moves */
    }
    return worst;
}

static bool is_bottleneck(const karvan_i_page *p, int32_t place) {
    double hours;
    for (int c = 0; c < p->n_corridors; c++)
        if (longest_stop(&p->way[c], &hours) == place) return true;
    return false;
}

/* Marked and named before all others: first every ring, then the names around them. */
static void bottlenecks(karvan_i_page *p, const karvan_i_window *w, karvan_i_boxes *boxes) {
    for (int name = 0; name < 2; name++)
        for (int c = 0; c < p->n_corridors; c++) {
            double hours;
            int32_t at = longest_stop(&p->way[c], &hours);
            if (at < 0) continue;
            double x = karvan_i_map_x(w, coordinate(p, "lon", at)),
                   y = karvan_i_map_y(w, coordinate(p, "lat", at));
            char s[120];
            if (!karvan_i_map_inside(w, x, y)) continue;
            if (name) {
                (void)snprintf(s, sizeof s, "%.80s %.1f d", karvan_i_place_name(p, at), hours / 24);
                (void)karvan_i_map_label(&p->out, w, boxes, x, y, RING, s, "halo");
                continue;
            }
            karvan_i_force_box(boxes, x - RING, y - RING, x + RING, y + RING);
            karvan_i_html_printf(
                &p->out,
                "<circle class=\"k%d\" style=\"stroke-dasharray:none\" fill=\"none\" "
                "stroke-width=\"2.5\" cx=\"%.1f\" cy=\"%.1f\" r=\"7\"/>\n",
                c, x, y);
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

static void sign(karvan_i_page *p, int32_t place, double x, double y) {
    if (karvan_i_cell_is(p->places, "kind", place, "port"))
        karvan_i_html_printf(
            &p->out, "<rect class=\"place\" x=\"%.1f\" y=\"%.1f\" width=\"6\" height=\"6\"/>\n",
            x - 3, y - 3);
    else if (karvan_i_cell_is(p->places, "kind", place, "border"))
        karvan_i_html_printf(&p->out, "<path class=\"place\" d=\"M%.1f %.1fl4 4l-4 4l-4-4z\"/>\n",
                             x, y - 4);
    else
        karvan_i_html_printf(&p->out,
                             "<circle class=\"place\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"/>\n", x, y);
}

/* Does a place take part in a pass over them: the two ends, then on the corridors ports, frontiers,
 * cities, straits, then the capitals off them? */
enum { PASSES = 6 };
static bool in_pass(const karvan_i_page *p, int pass, int32_t r) {
    static const char *const kind[PASSES] = {NULL, "port", "border", "city", "strait", NULL};
    bool end = r == p->from || r == p->to;
    if (pass == 0 || end) return pass == 0 && end;
    return kind[pass] ? on_a_way(p, r) && karvan_i_cell_is(p->places, "kind", r, kind[pass])
                      : !on_a_way(p, r) && is_capital(p, r);
}

/* A place whose sign or name finds no room is left out. */
static void places(karvan_i_page *p, const karvan_i_window *w, karvan_i_boxes *boxes) {
    for (int pass = 0; pass < PASSES; pass++)
        for (int32_t r = 0; r < (int32_t)karvan_table_rows(p->places); r++) {
            double x = karvan_i_map_x(w, coordinate(p, "lon", r)),
                   y = karvan_i_map_y(w, coordinate(p, "lat", r));
            if (!in_pass(p, pass, r) || !karvan_i_map_inside(w, x, y)) continue;
            if (is_bottleneck(p, r)) { /* has its ring and name */
                sign(p, r, x, y);
                continue;
            }
            if (!karvan_i_box_free(boxes, x - SIGN, y - SIGN, x + SIGN, y + SIGN) ||
                !karvan_i_map_label(&p->out, w, boxes, x, y, SIGN, karvan_i_place_name(p, r),
                                    pass == PASSES - 1 ? "halo soft" : "halo"))
                continue;
            karvan_i_force_box(boxes, x - SIGN, y - SIGN, x + SIGN, y + SIGN);
            sign(p, r, x, y);
        }
}

/* The year beside each planned link, once where several of a year lie together. */
static void years(karvan_i_page *p, const karvan_i_window *w, karvan_i_boxes *boxes,
                  karvan_day day) {
    enum { NEAR_PX = 70, TOLD_MAX = 64 };
    const karvan_table *t = karvan_package_table(p->region, "links");
    struct {
        const char *year;
        double x, y;
    } told[TOLD_MAX];
    int n = 0;
    for (int64_t r = 0; t && r < karvan_table_rows(t) && n < TOLD_MAX; r++) {
        const char *year = karvan_i_cell_text(t, "open_from", r);
        int32_t from = karvan_i_map_place(p->region, t, "from", r),
                to = karvan_i_map_place(p->region, t, "to", r);
        if (!drawn(t, r, true, day) || from < 0 || to < 0) continue;
        double x = karvan_i_map_x(w, (coordinate(p, "lon", from) + coordinate(p, "lon", to)) / 2),
               y = karvan_i_map_y(w, (coordinate(p, "lat", from) + coordinate(p, "lat", to)) / 2);
        bool again = !karvan_i_map_inside(w, x, y);
        for (int i = 0; i < n; i++)
            again = again || (strcmp(told[i].year, year) == 0 &&
                              hypot(told[i].x - x, told[i].y - y) < NEAR_PX);
        if (again || !karvan_i_map_label(&p->out, w, boxes, x, y, 2, year, "halo soft")) continue;
        told[n].year = year, told[n].x = x, told[n].y = y, n++;
    }
}

static void draw(karvan_i_page *p, karvan_i_window w, karvan_day day, const char *cls) {
    karvan_i_boxes boxes = {.n = 0};
    karvan_i_html_printf(&p->out, "<div class=\"%s\">", cls);
    karvan_i_svg_open(&p->out, w.width, w.height, p->next_id++, "Map of the corridors",
                      "Best way of each corridor by expected time over land and sea, with its "
                      "longest stop. The corridor table lists the same ways.");
    karvan_i_map_ground(&p->out, &w, "50m", true);
    all_links(p, &w, false, day);
    all_links(p, &w, true, day);
    ways(p, &w, 1.0);
    bottlenecks(p, &w, &boxes);
    places(p, &w, &boxes);
    years(p, &w, &boxes, day);
    karvan_i_svg_close(&p->out);
    karvan_i_text_puts(&p->out, "</div>\n");
}

static void locator(karvan_i_page *p) {
    karvan_i_window w = karvan_i_window_fit(-18, 140, -40, 66, 340);
    karvan_i_svg_open(
        &p->out, w.width, w.height, p->next_id++, "The long ends",
        "The same ways from China to Europe, with the sea routes by Suez and by the Cape.");
    karvan_i_map_ground(&p->out, &w, "110m", false);
    ways(p, &w, 0.6);
    karvan_i_svg_close(&p->out);
}

static void legend(karvan_i_page *p) {
    karvan_i_text_puts(&p->out, "<p class=\"sub\">");
    for (int c = 0; c < p->n_corridors; c++) {
        const char *name = karvan_i_cell_text(p->corridors, "short_name", c);
        if (!p->way[c].exists || !name) continue;
        karvan_i_html_printf(
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
    if (p->from < 0) return KARVAN_OK;
    KARVAN_TRY(karvan_network_defaults(p->region, &o, err));
    karvan_i_html_printf(
        &p->out,
        "<section id=\"map\"><h2>The ways from %s to %s</h2>\n<figure><figcaption>Best way of each "
        "corridor by expected time</figcaption>\n",
        karvan_i_place_name(p, p->from), karvan_i_place_name(p, p->to));
    karvan_i_page_ground(p, "50m"), karvan_i_page_ground(p, "110m");
    legend(p);
    karvan_i_text_puts(
        &p->out,
        "<p class=\"sub\">Line width: what a day can carry. Ring: longest stop, in "
        "days. Squares: ports; diamonds: frontiers; dotted: not yet open, with the year. Straight "
        "lines join the places; they are not the tracks.</p>\n");
    draw(p, karvan_i_window_fit(18, 118, 26, 58, 900), o.date, "wide");
    draw(p, karvan_i_window_fit(39, 84, 33, 50, 340), o.date, "narrow");
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
