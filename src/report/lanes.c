#include "report/lanes.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "report/html.h"
#include "report/svg.h"
#include "table/cell.h"

enum { NARROW = 480, LABELS = 104, LABELS_MOST = 250, STEP = 9, ROWS_MOST = 24 };

/* Room for the widest label beside its lane, within bounds. */
static double label_room(const karvan_i_lane_chart *c) {
    double room = LABELS;
    for (int i = 0; i < c->n; i++)
        room = fmax(room, karvan_i_text_width(c->lane[i].label, 12) + 14);
    return fmin(room, LABELS_MOST);
}

double karvan_i_year_of(karvan_day d) {
    int64_t year;
    int month, day;
    karvan_day_to_civil(d, &year, &month, &day);
    karvan_day first = karvan_day_from_civil(year, 1, 1),
               next = karvan_day_from_civil(year + 1, 1, 1);
    return (double)year + (double)(d - first) / (double)(next - first);
}

/* Pixels of the bounds of a date; false: all of it lies outside the drawing. */
typedef struct extent {
    double first, last;        /* all that it may mean */
    double sure_from, sure_to; /* what it certainly covers; sure_from > sure_to: nothing */
} extent;

static double pixel(const karvan_i_scale *x, karvan_day d) {
    if (d == KARVAN_DAY_MIN) return x->p0;
    if (d == KARVAN_DAY_MAX) return x->p1;
    return fmin(fmax(karvan_i_at(x, karvan_i_year_of(d)), x->p0), x->p1);
}

static bool extent_of(const karvan_edtf *d, const karvan_i_scale *x, extent *e) {
    bool before = d->latest != KARVAN_DAY_MAX && karvan_i_year_of(d->latest) < x->d0,
         after = d->earliest != KARVAN_DAY_MIN && karvan_i_year_of(d->earliest) > x->d1;
    *e = (extent){pixel(x, d->earliest), pixel(x, d->latest), 1, 0};
    if (!d->is_interval) return !before && !after;
    bool starts = d->start_kind != KARVAN_BOUND_UNKNOWN, ends = d->end_kind != KARVAN_BOUND_UNKNOWN;
    if (starts && ends)
        e->sure_from = pixel(x, d->start_kind == KARVAN_BOUND_OPEN ? d->earliest : d->start_latest),
        e->sure_to = pixel(x, d->end_kind == KARVAN_BOUND_OPEN ? d->latest : d->end_earliest);
    return !before && !after;
}

static double middle(const extent *e) { return (e->first + e->last) / 2; }

static void sign(karvan_i_text *t, const char *dimension, double m, double y) {
    if (strcmp(dimension, "economic") == 0)
        karvan_i_html_printf(t, "<rect x=\"%.1f\" y=\"%.1f\" width=\"6\" height=\"6\"/>", m - 3,
                             y - 3);
    else if (strcmp(dimension, "cultural") == 0)
        karvan_i_html_printf(t, "<path d=\"M%.1f %.1fl4 7h-8z\"/>", m, y - 4);
    else if (strcmp(dimension, "strategic") == 0)
        karvan_i_html_printf(t, "<path d=\"M%.1f %.1fl4 4l-4 4l-4-4z\"/>", m, y - 4);
    else
        karvan_i_html_printf(t, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.2\"/>", m, y);
}

static void bar(karvan_i_text *t, double a, double b, double y, const char *how) {
    karvan_i_text_printf(t, "<rect %s x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"5\"/>", how, a,
                         y - 2.5, b - a);
}

static void mark(karvan_i_text *t, const karvan_i_lane_chart *c, int64_t claim, const extent *e,
                 double y) {
    const char *dimension = karvan_i_cell_text(c->claims, "dimension", claim);
    char fade[60];
    if (!dimension) return;
    karvan_i_html_printf(t, "<g class=\"%s\">", dimension);
    if (c->words) {
        const char *date = karvan_i_cell_text(c->claims, "date", claim),
                   *title = karvan_i_cell_text(c->claims, "title", claim);
        karvan_i_html_printf(t, "<title>%s %s</title>", date ? date : "", title ? title : "");
    }
    (void)snprintf(fade, sizeof fade, "opacity=\".45\" mask=\"url(#m%d)\"", c->id);
    if (e->last - e->first > 2) bar(t, e->first, e->last, y, fade);
    if (e->sure_to - e->sure_from > 1) bar(t, e->sure_from, e->sure_to, y, "opacity=\".25\"");
    sign(t, dimension, middle(e), y);
    if (karvan_i_cell_text(c->claims, "conflict", claim))
        karvan_i_html_printf(
            t, "<path fill=\"none\" stroke=\"currentColor\" d=\"M%.1f %.1fv-4m0 0l-3-4m3 4l3-4\"/>",
            middle(e), y - 4);
    karvan_i_text_puts(t, "</g>\n");
}

/* ---- rows of a lane: marks do not lie on one another while there is room ---- */

typedef struct packed {
    karvan_i_boxes boxes;
    int *row; /* [n] of each mark of the lane, -1: it is outside the years */
    int rows; /* that are used */
} packed;

static void pack(packed *k, const karvan_i_lane_chart *c, const karvan_i_drawn_lane *lane,
                 const karvan_i_scale *x) {
    k->boxes.n = 0, k->rows = 0;
    for (int64_t i = 0; i < lane->n; i++) {
        const karvan_edtf *d = karvan_i_cell_date(c->claims, "date", lane->row[i]);
        extent e;
        k->row[i] = -1;
        if (!d || !extent_of(d, x, &e)) continue;
        /* an interval takes all its length, a fork the row above it */
        bool forked = karvan_i_cell_text(c->claims, "conflict", lane->row[i]) != NULL;
        double m = middle(&e), a = d->is_interval ? fmin(e.first, m - 4) : m - 4,
               b = d->is_interval ? fmax(e.last, m + 4) : m + 4;
        int row = forked;
        while (row + 1 < ROWS_MOST &&
               !karvan_i_take_box(&k->boxes, a, (row - forked) * STEP, b, row * STEP + 8, 1e5, 1e5))
            row++;
        k->row[i] = row;
        if (row >= k->rows) k->rows = row + 1;
    }
}

static void axis(karvan_i_text *t, const karvan_i_scale *x, double top, double bottom) {
    char s[24];
    double step = fmax(1, karvan_i_tick(x->d1 - x->d0, (int)((x->p1 - x->p0) / 110)));
    for (int k = (int)ceil(x->d0 / step); k * step <= x->d1; k++) {
        double year = k * step, at = karvan_i_at(x, year);
        (void)snprintf(s, sizeof s, "%.0f", year);
        karvan_i_svg_line(t, at, top, at, bottom, "grid");
        bool at_edge = at > x->p1 - 14;
        karvan_i_svg_text(t, at, bottom + 16, at_edge ? "end" : "middle", "soft", s);
    }
}

/* What a date leaves open fades towards both its bounds, in whatever colour. */
static void define_fade(karvan_i_text *t, int id) {
    karvan_i_text_printf(
        t,
        "<defs><linearGradient id=\"f%d\"><stop offset=\"0\" stop-color=\"#fff\" "
        "stop-opacity=\".1\"/><stop offset=\".5\" stop-color=\"#fff\"/><stop offset=\"1\" "
        "stop-color=\"#fff\" stop-opacity=\".1\"/></linearGradient><mask id=\"m%d\" "
        "maskContentUnits=\"objectBoundingBox\"><rect width=\"1\" height=\"1\" "
        "fill=\"url(#f%d)\"/></mask></defs>\n",
        id, id, id);
}

static double height_of(int rows, bool narrow) {
    double inner = rows * STEP + 10;
    return narrow ? inner + 18 : fmax(inner, 30);
}

static void key(karvan_i_text *t, double y) {
    static const char *const names[] = {"political", "economic", "cultural", "strategic"};
    double x = 8;
    for (int i = 0; i < 4; i++) {
        karvan_i_html_printf(t, "<g class=\"%s\">", names[i]);
        sign(t, names[i], x, y);
        karvan_i_text_puts(t, "</g>");
        karvan_i_svg_text(t, x + 8, y + 4, "start", "soft", names[i]);
        x += 34 + karvan_i_text_width(names[i], 12);
    }
}

karvan_status karvan_i_lanes_draw(karvan_i_text *out, const karvan_i_lane_chart *c,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool narrow = c->width < NARROW;
    karvan_i_scale x = {c->first, c->last, narrow ? 6 : label_room(c), c->width - 10, false};
    int64_t most = 0;
    double top = 8, bottom = top;
    packed *k = karvan_i_calloc(1, sizeof *k);
    for (int i = 0; i < c->n; i++) most = c->lane[i].n > most ? c->lane[i].n : most;
    int *row = karvan_i_malloc((size_t)most + 1, sizeof *row);
    KARVAN_REQUIRE(k && row, err, KARVAN_E_NOMEM, "no memory for a timeline");
    k->row = row;
    for (int i = 0; i < c->n; i++)
        pack(k, c, &c->lane[i], &x), bottom += height_of(k->rows, narrow);
    karvan_i_svg_open(out, c->width, bottom + 40, c->id, c->title,
                      "A lane for each; circles political, squares economic, triangles cultural, "
                      "diamonds strategic; bars fade over the days that a date leaves open.");
    define_fade(out, c->id);
    axis(out, &x, top, bottom);
    for (int i = 0; i < c->n; i++) {
        pack(k, c, &c->lane[i], &x);
        double height = height_of(k->rows, narrow), y = top + (narrow ? 26 : 10);
        karvan_i_svg_line(out, 0, top + height, c->width, top + height, "grid");
        karvan_i_svg_text(out, narrow ? 2 : 0, top + (narrow ? 13 : 17), "start", "",
                          c->lane[i].label);
        for (int64_t m = 0; m < c->lane[i].n; m++) {
            extent e;
            if (k->row[m] < 0) continue;
            (void)extent_of(karvan_i_cell_date(c->claims, "date", c->lane[i].row[m]), &x, &e);
            mark(out, c, c->lane[i].row[m], &e, y + k->row[m] * STEP);
        }
        top += height;
    }
    key(out, bottom + 30);
    karvan_i_svg_close(out);
done:
    karvan_i_free(k), karvan_i_free(row);
    return st;
}
