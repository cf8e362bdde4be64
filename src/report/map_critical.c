/* The criticality map: what each closure would cost everyone, in width and colour; what would cut
 * places off by a cross. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "report/html.h"
#include "report/map_critical.h"
#include "report/page.h"
#include "table/cell.h"

enum { CLASSES = 5 };

typedef struct item { /* a row of the table on the map */
    bool link;
    int32_t from, to; /* places; equal for a terminal */
    double hours;
    int64_t cut;
} item;

static item item_of(const karvan_i_critical_map *m, int64_t r) {
    item i = {.link = karvan_i_cell_is(m->t, "kind", r, "link")};
    const char *table = i.link ? "links" : "terminals", *id = karvan_i_cell_text(m->t, "id", r);
    const karvan_table *t = karvan_package_table(m->region, table);
    int64_t row = t && id ? karvan_package_row(m->region, table, id) : -1;
    i.from = karvan_i_map_place(m->region, t, i.link ? "from" : "place", row);
    i.to = i.link ? karvan_i_map_place(m->region, t, "to", row) : i.from;
    i.hours = karvan_i_cell_real(m->t, "delta_hours", r);
    i.cut = (int64_t)karvan_i_cell_real(m->t, "cut_pairs", r);
    return i;
}

karvan_i_critical_map karvan_i_critical_init(const karvan_package *region, const karvan_table *t) {
    karvan_i_critical_map m = {
        .region = region, .places = karvan_package_table(region, "places"), .t = t};
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double h = karvan_i_cell_real(t, "delta_hours", r);
        if (!(h > 0)) continue;
        int k = m.n_top < KARVAN_I_TOP ? m.n_top++ : KARVAN_I_TOP;
        while (k > 0 && karvan_i_cell_real(t, "delta_hours", m.top[k - 1]) < h) {
            if (k < KARVAN_I_TOP) m.top[k] = m.top[k - 1];
            k--;
        }
        if (k < KARVAN_I_TOP) m.top[k] = r;
    }
    m.most_h = m.n_top > 0 ? karvan_i_cell_real(t, "delta_hours", m.top[0]) : 1;
    return m;
}

/* 0: the least costly fifth of the scale. Square roots, so that more than the worst are told apart.
 */
static double share(const karvan_i_critical_map *m, double hours) {
    return sqrt(fmax(hours, 0) / m->most_h);
}
static int class_of(const karvan_i_critical_map *m, double hours) {
    int k = (int)(share(m, hours) * CLASSES);
    return k < CLASSES ? k : CLASSES - 1;
}

static void corner(const karvan_i_critical_map *m, const karvan_i_window *w, int32_t p, double *x,
                   double *y) {
    *x = karvan_i_map_x(w, karvan_i_cell_real(m->places, "lon", p));
    *y = karvan_i_map_y(w, karvan_i_cell_real(m->places, "lat", p));
}

static bool on_map(const item *i) { return i->from >= 0 && i->to >= 0; }

/* All links of the region that carry anything, as the quiet net below. */
static void quiet(karvan_i_text *t, const karvan_i_critical_map *m, const karvan_i_window *w) {
    const karvan_table *links = karvan_package_table(m->region, "links");
    karvan_i_text_puts(t, "<path class=\"quiet\" d=\"");
    for (int64_t r = 0; links && r < karvan_table_rows(links); r++) {
        int32_t from = karvan_i_map_place(m->region, links, "from", r),
                to = karvan_i_map_place(m->region, links, "to", r);
        if (from >= 0 && to >= 0) karvan_i_map_hop(t, w, m->places, from, to);
    }
    karvan_i_text_puts(t, "\"/>\n");
}

static void middle_of(const karvan_i_critical_map *m, const karvan_i_window *w, const item *i,
                      double *x, double *y) {
    double x1, y1;
    corner(m, w, i->from, x, y), corner(m, w, i->to, &x1, &y1);
    *x = (*x + x1) / 2, *y = (*y + y1) / 2;
}

enum { NARROW = 340 };

static void draw_item(karvan_i_text *t, const karvan_i_critical_map *m, const karvan_i_window *w,
                      int64_t r, const item *i) {
    double x, y, part = share(m, i->hours);
    int k = class_of(m, i->hours);
    char hours[40];
    const char *name = karvan_i_cell_text(m->t, "name", r);
    (void)snprintf(hours, sizeof hours, "%.0f h", i->hours);
    if (i->link) {
        karvan_i_html_printf(t, "<path class=\"q%d\" stroke-width=\"%.1f\" d=\"", k,
                             0.8 + 5.2 * part);
        karvan_i_map_hop(t, w, m->places, i->from, i->to);
        karvan_i_text_puts(t, "\">");
    } else {
        corner(m, w, i->from, &x, &y);
        if (!karvan_i_map_inside(w, x, y)) return;
        karvan_i_html_printf(t, "<circle class=\"z%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\">", k, x,
                             y, 1.6 + 5 * part);
    }
    if (w->width > NARROW) /* a finger rests on nothing: the table has them */
        karvan_i_html_printf(t, "<title>%s: %s</title>", name ? name : "?", hours);
    karvan_i_text_puts(t, i->link ? "</path>\n" : "</circle>\n");
}

/* The costliest on top: from the last row to the first, links below terminals. */
static void items(karvan_i_text *t, const karvan_i_critical_map *m, const karvan_i_window *w,
                  bool links) {
    for (int k = 0; k < CLASSES; k++)
        for (int64_t r = karvan_table_rows(m->t) - 1; r >= 0; r--) {
            item i = item_of(m, r);
            if (i.link == links && on_map(&i) && i.hours > 0 && class_of(m, i.hours) == k)
                draw_item(t, m, w, r, &i);
        }
}

/* A cross where a closure leaves pairs of places without any way. */
static void crosses(karvan_i_text *t, const karvan_i_critical_map *m, const karvan_i_window *w,
                    karvan_i_boxes *boxes) {
    enum { HALF = 6 };
    for (int64_t r = 0; r < karvan_table_rows(m->t); r++) {
        item i = item_of(m, r);
        double x, y;
        if (i.cut <= 0 || !on_map(&i)) continue;
        middle_of(m, w, &i, &x, &y);
        if (!karvan_i_map_inside(w, x, y)) continue;
        const char *name = karvan_i_cell_text(m->t, "name", r);
        karvan_i_force_box(boxes, x - HALF, y - HALF, x + HALF, y + HALF);
        karvan_i_html_printf(t,
                             "<path class=\"cut\" d=\"M%.1f %.1fl10 10m0-10l-10 10\"><title>%s: "
                             "%lld pairs cut</title></path>\n",
                             x - 5, y - 5, name ? name : "?", (long long)i.cut);
    }
}

/* The rank of each of the top ten, in a disc beside its middle. */
static void ranks(karvan_i_text *t, const karvan_i_critical_map *m, const karvan_i_window *w,
                  karvan_i_boxes *boxes) {
    static const int at[][2] = {{0, -14}, {14, 0},   {0, 14}, {-14, 0}, {16, -16}, {-16, -16},
                                {16, 16}, {-16, 16}, {28, 0}, {-28, 0}, {0, -28},  {0, 28}};
    enum { HALF = 8 };
    for (int k = 0; k < m->n_top; k++) {
        item i = item_of(m, m->top[k]);
        double x, y;
        char rank[16];
        if (!on_map(&i)) continue;
        middle_of(m, w, &i, &x, &y);
        if (!karvan_i_map_inside(w, x, y)) continue;
        for (size_t a = 0; a < sizeof at / sizeof at[0]; a++) {
            double cx = x + at[a][0], cy = y + at[a][1];
            if (!karvan_i_take_box(boxes, cx - HALF, cy - HALF, cx + HALF, cy + HALF, w->width,
                                   w->height))
                continue;
            karvan_i_svg_line(t, x, y, cx, cy, "lead");
            karvan_i_html_printf(t, "<circle class=\"badge\" cx=\"%.1f\" cy=\"%.1f\" r=\"8\"/>\n",
                                 cx, cy);
            (void)snprintf(rank, sizeof rank, "%d", k + 1);
            karvan_i_svg_text(t, cx, cy + 4, "middle", "rankno", rank);
            break;
        }
    }
}

/* In thousands where that is shorter. */
static void legend(karvan_i_text *t, const karvan_i_critical_map *m, const karvan_i_window *w) {
    enum { MANY_H = 10000 };
    bool many = m->most_h > MANY_H;
    double step = fmin(w->width / (CLASSES + 1), 96), y = w->height + 15;
    for (int k = 0; k < CLASSES; k++) {
        double part = (k + 0.5) / CLASSES, x = 4 + step * k,
               from = pow((double)k / CLASSES, 2) * m->most_h / (many ? 1000 : 1);
        char s[40];
        karvan_i_html_printf(t, "<path class=\"q%d\" stroke-width=\"%.1f\" d=\"M%.1f %.1fh16\"/>\n",
                             k, 0.8 + 5.2 * part, x, y);
        (void)snprintf(s, sizeof s, k ? "> %.*f" : "> 0", from < 10 ? 1 : 0, from);
        karvan_i_svg_text(t, x + 21, y + 4, "start", "", s);
    }
    karvan_i_svg_text(t, 4 + step * CLASSES, y + 4, "start", "soft",
                      !many            ? "hours"
                      : w->width > 600 ? "thousand hours"
                                       : "1000 h");
}

/* The top ten by name, in one column or two. */
static void named(karvan_i_text *t, const karvan_i_critical_map *m, const karvan_i_window *w,
                  double top) {
    int columns = w->width > 600 ? 2 : 1, rows = (m->n_top + columns - 1) / columns;
    for (int k = 0; k < m->n_top; k++) {
        char s[200];
        const char *name = karvan_i_cell_text(m->t, "name", m->top[k]);
        (void)snprintf(s, sizeof s, "%d  %.60s: %.0f h", k + 1, name ? name : "?",
                       karvan_i_cell_real(m->t, "delta_hours", m->top[k]));
        int column = k / rows;
        karvan_i_svg_text(t, 4 + column * w->width / columns, top + 16.0 * (k % rows), "start", "",
                          s);
    }
}

enum { LEGEND = 30, LINE = 16 };

double karvan_i_critical_below(const karvan_i_critical_map *m, const karvan_i_window *w,
                               bool list) {
    int columns = w->width > 600 ? 2 : 1, lines = (m->n_top + columns - 1) / columns;
    return LEGEND + (list ? LINE * (lines + 1) : 0);
}

void karvan_i_critical_draw(karvan_i_text *t, const karvan_i_critical_map *m,
                            const karvan_i_window *w, bool list, int id) {
    karvan_i_boxes boxes = {.n = 0};
    double below = karvan_i_critical_below(m, w, list);
    karvan_i_svg_open(t, w->width, w->height + below, id, "What each closure would cost",
                      "Links and terminals by the hours that their closure would add for all pairs "
                      "of cities and ports; crosses: places would be cut off. The table holds the "
                      "numbers.");
    karvan_i_map_ground(t, w, "50m", true);
    quiet(t, m, w);
    items(t, m, w, true), items(t, m, w, false);
    crosses(t, m, w, &boxes);
    ranks(t, m, w, &boxes);
    karvan_i_map_margin(t, w, below);
    legend(t, m, w);
    if (list) named(t, m, w, w->height + LEGEND + LINE);
    karvan_i_svg_close(t);
}

karvan_status karvan_i_critical_window(const karvan_i_critical_map *m, double cut, double width,
                                       double aspect, karvan_i_window *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool *marked = karvan_i_calloc((size_t)karvan_table_rows(m->places) + 1, sizeof *marked);
    KARVAN_REQUIRE(marked, err, KARVAN_E_NOMEM, "no memory for a map");
    for (int64_t r = 0; r < karvan_table_rows(m->t); r++) {
        item i = item_of(m, r);
        if (on_map(&i)) marked[i.from] = marked[i.to] = true;
    }
    KARVAN_TRY(karvan_i_window_around(m->places, marked, cut, width, aspect, out, err));
    karvan_i_window_onto_land(out, m->region, "50m");
done:
    karvan_i_free(marked);
    return st;
}

/* ---- the part ---- */

static void top_ten(karvan_i_page *p, const karvan_i_critical_map *m) {
    karvan_i_table_open(p, "The ten closures that would cost most hours",
                        "rank#|what|kind|hours, all pairs#|USD a TEU, all pairs#|pairs cut#", true);
    for (int k = 0; k < m->n_top; k++) {
        int64_t r = m->top[k];
        karvan_i_html_printf(&p->out, "<tr><td class=\"n\">%d</td>", k + 1);
        karvan_i_td_text(p, karvan_i_cell_text(m->t, "name", r));
        karvan_i_td_text(p, karvan_i_cell_text(m->t, "kind", r));
        karvan_i_td_number(p, karvan_i_cell_real(m->t, "delta_hours", r), 3, KARVAN_UNKNOWN);
        karvan_i_td_number(p, karvan_i_cell_real(m->t, "delta_usd", r), 3, KARVAN_UNKNOWN);
        karvan_i_html_printf(&p->out, "<td class=\"n\">%.0f</td></tr>\n",
                             karvan_i_cell_real(m->t, "cut_pairs", r));
    }
    karvan_i_table_close(p);
}

/* Closures that would cut places off; they come first in the table. */
static int cutting(const karvan_table *t) {
    int n = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        n += karvan_i_cell_real(t, "cut_pairs", r) > 0;
    return n;
}

static void cut_off(karvan_i_page *p, const karvan_table *t) {
    enum { MOST = 6 };
    int n = cutting(t);
    if (n == 0) return;
    karvan_i_html_printf(&p->out,
                         "<p>%d closure%s would leave some pairs without any way (crosses): ", n,
                         n == 1 ? "" : "s");
    for (int64_t r = 0; r < n && r < MOST; r++)
        karvan_i_html_printf(&p->out, r ? "; %s" : "%s", karvan_i_cell_text(t, "name", r));
    karvan_i_text_puts(&p->out, n > MOST ? "; and others.</p>\n" : ".</p>\n");
}

static void critical_heading(karvan_i_page *p, const karvan_i_critical_map *m) {
    karvan_i_text_puts(&p->out, "<section id=\"critical\"><h2>");
    if (m->n_top > 0)
        karvan_i_html_printf(&p->out, "No closure would cost more hours than that of %s",
                             karvan_i_cell_text(m->t, "name", m->top[0]));
    else
        karvan_i_html_printf(&p->out, "Closures that would cut places off: %d", cutting(m->t));
    karvan_i_text_puts(
        &p->out,
        "</h2>\n<figure><figcaption>What each closure would cost all pairs of cities and "
        "ports</figcaption><p class=\"sub\">Width and colour: growth of the least expected hours, "
        "summed over all ordered pairs, each counting once; discs: terminals; numbers: the ten "
        "that cost most; crosses: some pairs would have no way left.</p>\n");
}

karvan_status karvan_i_part_critical(karvan_i_page *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    KARVAN_TRY(karvan_network_critical(p->net, 0, &t, err));
    karvan_i_critical_map m = karvan_i_critical_init(p->region, t);
    if (karvan_table_rows(t) == 0) goto done; /* nothing is on any way */
    critical_heading(p, &m);
    karvan_i_page_ground(p, "50m");
    for (int narrow = 0; narrow < 2; narrow++) {
        karvan_i_window w;
        KARVAN_TRY(karvan_i_critical_window(&m, narrow ? 0.1 : 0.05, narrow ? NARROW : 900,
                                            narrow ? 0.9 : 0.5, &w, err));
        karvan_i_html_printf(&p->out, "<div class=\"%s\">", narrow ? "narrow" : "wide");
        karvan_i_critical_draw(&p->out, &m, &w, false, p->next_id++);
        karvan_i_text_puts(&p->out, "</div>\n");
    }
    if (m.n_top > 0) top_ten(p, &m);
    cut_off(p, t);
    KARVAN_TRY(karvan_i_details_table(p, "Every closure", t, "critical.csv", err));
    karvan_i_text_puts(&p->out, "<p class=\"srcline\">Method: docs/methods/skims.md, "
                                "Criticality.</p></figure></section>\n");
    st = karvan_i_text_status(&p->out, err);
done:
    karvan_table_destroy(t);
    return st;
}
