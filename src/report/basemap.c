/* Land, water, borders, windows and names: the ground of every map. */
#include "report/basemap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "report/html.h"
#include "table/cell.h"

/* Outlines are kept in twentieths of a degree, about five kilometres: half a pixel on a wide map.
 */
enum { UNITS_A_DEGREE = 20 };
static const double FARTHEST = 1e6; /* degrees that are drawn at all */

karvan_i_window karvan_i_window_fit(double lon0, double lon1, double lat0, double lat1,
                                    double width) {
    karvan_i_window w = {
        lon0, lon1, lat0, lat1, width, 0, cos((lat0 + lat1) / 2 * 3.14159265358979 / 180)};
    w.height = round(width * (lat1 - lat0) / ((lon1 - lon0) * w.squeeze));
    return w;
}

double karvan_i_map_x(const karvan_i_window *w, double lon) {
    return (lon - w->lon0) / (w->lon1 - w->lon0) * w->width;
}
double karvan_i_map_y(const karvan_i_window *w, double lat) {
    return (w->lat1 - lat) / (w->lat1 - w->lat0) * w->height;
}
bool karvan_i_map_inside(const karvan_i_window *w, double x, double y) {
    return x > 3 && y > 3 && x < w->width - 3 && y < w->height - 3;
}

/* Values at the two ends that are left when `cut` of them go on each side. */
static void middle(double *v, int n, double cut, double *low, double *high) {
    qsort(v, (size_t)n, sizeof *v, karvan_i_by_real);
    int skip = (int)(cut * n);
    *low = v[skip], *high = v[n - 1 - skip];
}

/* Wider or higher about the same middle, until it has the shape. */
static karvan_i_window shaped(double lon0, double lon1, double lat0, double lat1, double width,
                              double aspect) {
    karvan_i_window w = karvan_i_window_fit(lon0, lon1, lat0, lat1, width);
    double more = w.height / (aspect * width);
    if (more > 1) {
        more = (lon1 - lon0) * (more - 1) / 2;
        return karvan_i_window_fit(lon0 - more, lon1 + more, lat0, lat1, width);
    }
    more = (lat1 - lat0) * (1 / more - 1) / 2;
    return karvan_i_window_fit(lon0, lon1, fmax(lat0 - more, -85), fmin(lat1 + more, 85), width);
}

karvan_status karvan_i_window_around(const karvan_table *places, const bool *marked, double cut,
                                     double width, double aspect, karvan_i_window *out,
                                     karvan_error *err) {
    enum { MARGIN_DEGREES = 3, LEAST_DEGREES = 8 };
    karvan_status st = KARVAN_OK;
    int64_t rows = karvan_table_rows(places);
    int n = 0;
    double lon0 = 0, lon1 = 1, lat0 = 0, lat1 = 1,
           *lon = karvan_i_malloc((size_t)rows + 1, sizeof *lon),
           *lat = karvan_i_malloc((size_t)rows + 1, sizeof *lat);
    KARVAN_REQUIRE(lon && lat, err, KARVAN_E_NOMEM, "no memory for a map");
    for (int64_t r = 0; r < rows; r++) {
        lon[n] = karvan_i_cell_real(places, "lon", r),
        lat[n] = karvan_i_cell_real(places, "lat", r);
        n += marked[r] && fabs(lon[n]) <= 180 && fabs(lat[n]) <= 85; /* not where unknown */
    }
    if (n > 0) middle(lon, n, cut, &lon0, &lon1), middle(lat, n, cut, &lat0, &lat1);
    double more = fmax(LEAST_DEGREES - (lon1 - lon0), 0) / 2 + MARGIN_DEGREES;
    lon0 -= more, lon1 += more;
    more = fmax(LEAST_DEGREES / 2.0 - (lat1 - lat0), 0) / 2 + MARGIN_DEGREES;
    lat0 = fmax(lat0 - more, -85), lat1 = fmin(lat1 + more, 85);
    *out = shaped(lon0, lon1, lat0, lat1, width, aspect);
done:
    karvan_i_free(lon), karvan_i_free(lat);
    return st;
}

/* A number of "lon lat,lon lat,...", in units; the text after it. */
static long number(const char **s) {
    double v = 0, unit = 1, sign = 1;
    while (**s == ' ' || **s == ',') ++*s;
    if (**s == '-') sign = -1, ++*s;
    for (; **s >= '0' && **s <= '9'; ++*s) v = v * 10 + (**s - '0');
    if (**s == '.')
        for (++*s; **s >= '0' && **s <= '9'; ++*s) v = v * 10 + (**s - '0'), unit *= 10;
    return lround(fmax(fmin(sign * v / unit, FARTHEST), -FARTHEST) * UNITS_A_DEGREE);
}

/* An interval of the same length inside low..high, or all of it. */
static void move_into(double *a, double *b, double low, double high) {
    double length = fmin(*b - *a, high - low);
    *a = fmin(fmax(*a, low), high - length), *b = *a + length;
}

void karvan_i_window_onto_land(karvan_i_window *w, const karvan_package *region,
                               const char *detail) {
    const karvan_table *land = karvan_package_table(region, "land");
    double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
    for (int64_t r = 0; land && r < karvan_table_rows(land); r++) {
        const char *s = karvan_i_cell_text(land, "points", r);
        if (!karvan_i_cell_is(land, "detail", r, detail)) continue;
        while (s && *s) {
            double x = (double)number(&s) / UNITS_A_DEGREE, y = (double)number(&s) / UNITS_A_DEGREE;
            x0 = fmin(x0, x), x1 = fmax(x1, x), y0 = fmin(y0, y), y1 = fmax(y1, y);
            while (*s && *s != ',') s++;
        }
    }
    if (!(x1 > x0 && y1 > y0)) return;
    move_into(&w->lon0, &w->lon1, x0, x1), move_into(&w->lat0, &w->lat1, y0, y1);
    *w = karvan_i_window_fit(w->lon0, w->lon1, w->lat0, w->lat1, w->width);
}

/* One ring or line: where it begins, then from point to point; nothing where it is smaller than a
 * unit. */
static void ring(karvan_i_text *t, const char *s, bool closed) {
    long x = 0, y = 0;
    bool first = true, drawn = false;
    while (*s) {
        long nx = number(&s), ny = -number(&s);
        while (*s && *s != ',') s++;
        if (!first && (nx != x || ny != y)) {
            if (!drawn) karvan_i_text_printf(t, "M%ld %ldl", x, y);
            karvan_i_text_printf(t, ny < y ? "%ld%ld " : "%ld %ld ", nx - x, ny - y);
            drawn = true;
        }
        x = nx, y = ny, first = false;
    }
    if (closed && drawn) karvan_i_text_puts(t, "z");
}

static void outlines(karvan_i_text *t, const karvan_table *land, const char *layer,
                     const char *detail, bool closed) {
    karvan_i_html_printf(t, "<path id=\"%s-%s\" d=\"", layer, detail);
    for (int64_t r = 0; r < karvan_table_rows(land); r++) {
        const char *s = karvan_i_cell_text(land, "points", r);
        if (s && karvan_i_cell_is(land, "layer", r, layer) &&
            karvan_i_cell_is(land, "detail", r, detail))
            ring(t, s, closed);
    }
    karvan_i_text_puts(t, "\"/>\n");
}

void karvan_i_map_define(karvan_i_text *t, const karvan_package *region, const char *detail) {
    const karvan_table *land = karvan_package_table(region, "land");
    if (!land) { /* where the coasts are is not known: no ground may look like the sea */
        karvan_i_text_puts(t, "<style>.water{fill:none}</style>\n");
        return;
    }
    karvan_i_text_puts(t, "<defs>\n");
    outlines(t, land, "land", detail, true);
    outlines(t, land, "border", detail, false);
    karvan_i_text_puts(t, "</defs>\n");
}

static void use(karvan_i_text *t, const karvan_i_window *w, const char *layer, const char *detail,
                const char *cls) {
    double sx = w->width / (w->lon1 - w->lon0) / UNITS_A_DEGREE,
           sy = w->height / (w->lat1 - w->lat0) / UNITS_A_DEGREE;
    karvan_i_html_printf(t,
                         "<use href=\"#%s-%s\" class=\"%s\" "
                         "transform=\"matrix(%.5f 0 0 %.5f %.2f %.2f)\"/>\n",
                         layer, detail, cls, sx, sy, karvan_i_map_x(w, 0), karvan_i_map_y(w, 0));
}

void karvan_i_map_ground(karvan_i_text *t, const karvan_i_window *w, const char *detail,
                         bool borders) {
    karvan_i_html_printf(t, "<rect class=\"water\" width=\"%.0f\" height=\"%.0f\"/>\n", w->width,
                         w->height);
    use(t, w, "land", detail, "land");
    if (borders) use(t, w, "border", detail, "mapborder");
}

void karvan_i_map_margin(karvan_i_text *t, const karvan_i_window *w, double height) {
    karvan_i_html_printf(t, "<rect class=\"paper\" y=\"%.0f\" width=\"%.0f\" height=\"%.0f\"/>\n",
                         w->height, w->width, height);
}

/* A name's box, with what must stay free around it. */
static bool take_name(karvan_i_boxes *b, double x0, double y0, double x1, double y1,
                      const karvan_i_window *w) {
    if (!karvan_i_take_box(b, x0, y0, x1, y1, w->width, w->height)) return false;
    b->x0[b->n - 1] -= b->apart, b->x1[b->n - 1] += b->apart;
    b->y0[b->n - 1] -= b->apart, b->y1[b->n - 1] += b->apart;
    return true;
}

bool karvan_i_map_label(karvan_i_text *t, const karvan_i_window *w, karvan_i_boxes *boxes, double x,
                        double y, double half, const char *name, const char *cls) {
    static const int at[8][2] = {{1, 0},  {-1, 0},  {0, -1}, {0, 1},
                                 {1, -1}, {-1, -1}, {1, 1},  {-1, 1}};
    double wide = karvan_i_text_width(name, 12);
    for (int i = 0; i < 8; i++) {
        int h = at[i][0], v = at[i][1];
        double ax = x + h * (half + (v ? 0 : 3)), ay = y + (v < 0   ? -half - 3
                                                            : v > 0 ? half + 12
                                                                    : 4);
        double x0 = h > 0 ? ax : h < 0 ? ax - wide : ax - wide / 2;
        if (!take_name(boxes, x0, ay - 10, x0 + wide, ay + 2, w)) continue;
        karvan_i_svg_text(t, ax, ay, h > 0 ? "start" : h < 0 ? "end" : "middle", cls, name);
        return true;
    }
    return false;
}

bool karvan_i_map_label_far(karvan_i_text *t, const karvan_i_window *w, karvan_i_boxes *boxes,
                            double x, double y, double half, const char *name, const char *cls) {
    static const int at[][2] = {{16, 12}, {-16, 12}, {16, -12}, {-16, -12}, {24, 0}, {-24, 0},
                                {28, 26}, {-28, 26}, {28, -26}, {-28, -26}, {40, 8}, {-40, 8},
                                {40, 40}, {-40, 40}, {40, -40}, {-40, -40}};
    double wide = karvan_i_text_width(name, 12);
    if (karvan_i_map_label(t, w, boxes, x, y, half, name, cls)) return true;
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        double ax = x + at[i][0], ay = y + at[i][1], x0 = at[i][0] > 0 ? ax + 2 : ax - 2 - wide;
        if (!take_name(boxes, x0, ay - 6, x0 + wide, ay + 6, w)) continue;
        karvan_i_svg_line(t, x, y, ax, ay, "lead");
        karvan_i_svg_text(t, at[i][0] > 0 ? ax + 2 : ax - 2, ay + 4, at[i][0] > 0 ? "start" : "end",
                          cls, name);
        return true;
    }
    return false;
}

/* "480.2 271" */
static void corner(karvan_i_text *t, const karvan_i_window *w, const karvan_table *places,
                   int32_t place) {
    karvan_i_px(t, karvan_i_map_x(w, karvan_i_cell_real(places, "lon", place)));
    karvan_i_text_puts(t, " ");
    karvan_i_px(t, karvan_i_map_y(w, karvan_i_cell_real(places, "lat", place)));
}

/* A hop from where the last one ended goes on from there. */
void karvan_i_map_hop(karvan_i_text *t, const karvan_i_window *w, const karvan_table *places,
                      int32_t from, int32_t to) {
    karvan_i_text begin = {0};
    karvan_i_text_puts(&begin, "L");
    corner(&begin, w, places, from);
    bool goes_on =
        begin.s && t->s && t->n > begin.n && memcmp(t->s + t->n - begin.n, begin.s, begin.n) == 0;
    if (begin.failed) t->failed = true;
    karvan_i_text_clear(&begin);
    if (!goes_on) karvan_i_text_puts(t, "M"), corner(t, w, places, from);
    karvan_i_text_puts(t, "L"), corner(t, w, places, to);
}

int32_t karvan_i_map_place(const karvan_package *region, const karvan_table *t, const char *column,
                           int64_t row) {
    const char *id = karvan_i_cell_text(t, column, row);
    return id ? (int32_t)karvan_package_row(region, "places", id) : -1;
}
