/* The map of what moves: lines as wide as the change of their load, more and less told apart by
 * colour, dash and sign. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "report/basemap.h"
#include "report/html.h"
#include "report/study_moves.h"
#include "report/svg.h"
#include "table/cell.h"

/* Lines with less than this part of the largest change, or TEU a day, are not drawn. */
static const double LEAST_PART = 0.03, LEAST_TEU = 0.5;
static const double MOST_PX = 11, LEAST_PX = 0.8;

typedef struct change_map {
    karvan_i_page *p;
    const karvan_i_moves *m;
    karvan_i_moved *line; /* [n] that are drawn, the largest change first */
    int n;
    double most;
    karvan_i_window w;
    karvan_i_boxes boxes;
    bool narrow;
} change_map;

static double change(const karvan_i_moved *l) { return l->after - l->before; }

static int by_change(const void *a, const void *b) {
    const karvan_i_moved *x = a, *y = b;
    double u = fabs(change(x)), v = fabs(change(y));
    if (u != v) return u > v ? -1 : 1;
    return x->from != y->from ? (x->from > y->from) - (x->from < y->from)
                              : (x->to > y->to) - (x->to < y->to);
}

static karvan_status choose(change_map *c, karvan_error *err) {
    c->line = karvan_i_calloc((size_t)c->m->n + 1, sizeof *c->line);
    if (!c->line) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a map");
    for (int i = 0; i < c->m->n; i++) c->most = fmax(c->most, fabs(change(&c->m->line[i])));
    for (int i = 0; i < c->m->n; i++)
        if (fabs(change(&c->m->line[i])) >= fmax(LEAST_TEU, LEAST_PART * c->most))
            c->line[c->n++] = c->m->line[i];
    if (c->n > 0) qsort(c->line, (size_t)c->n, sizeof *c->line, by_change);
    return KARVAN_OK;
}

/* ---- drawing ---- */

static bool ends(const change_map *c, const karvan_i_moved *l, double xy[4]) {
    const karvan_table *t = c->p->places;
    xy[0] = karvan_i_map_x(&c->w, karvan_i_cell_real(t, "lon", l->from));
    xy[1] = karvan_i_map_y(&c->w, karvan_i_cell_real(t, "lat", l->from));
    xy[2] = karvan_i_map_x(&c->w, karvan_i_cell_real(t, "lon", l->to));
    xy[3] = karvan_i_map_y(&c->w, karvan_i_cell_real(t, "lat", l->to));
    return isfinite(xy[0] + xy[1] + xy[2] + xy[3]);
}

static double px_of(const change_map *c, double teu) {
    return fmax(fabs(teu) / c->most * MOST_PX, LEAST_PX);
}

static void lines(change_map *c, bool more) {
    karvan_i_html_printf(&c->p->out, "<g class=\"%s\">\n", more ? "more" : "less");
    for (int i = c->n - 1; i >= 0; i--) {
        double xy[4];
        if ((change(&c->line[i]) > 0) != more || !ends(c, &c->line[i], xy)) continue;
        karvan_i_text_printf(&c->p->out, "<path stroke-width=\"%.1f\" d=\"M",
                             px_of(c, change(&c->line[i])));
        karvan_i_px(&c->p->out, xy[0]), karvan_i_text_puts(&c->p->out, " ");
        karvan_i_px(&c->p->out, xy[1]), karvan_i_text_puts(&c->p->out, "L");
        karvan_i_px(&c->p->out, xy[2]), karvan_i_text_puts(&c->p->out, " ");
        karvan_i_px(&c->p->out, xy[3]), karvan_i_text_puts(&c->p->out, "\"/>\n");
    }
    karvan_i_text_puts(&c->p->out, "</g>\n");
}

/* "+120" in the middle of the lines that change most. */
static void figures(change_map *c) {
    int most = c->narrow ? 4 : 10, told = 0;
    for (int i = 0; i < c->n && told < most; i++) {
        double xy[4];
        karvan_i_text s = {0};
        if (!ends(c, &c->line[i], xy)) continue;
        double x = (xy[0] + xy[2]) / 2, y = (xy[1] + xy[3]) / 2;
        karvan_i_signed(&s, change(&c->line[i]), 2);
        if (s.s && karvan_i_map_inside(&c->w, x, y))
            told += karvan_i_map_label(&c->p->out, &c->w, &c->boxes, x, y,
                                       px_of(c, change(&c->line[i])) / 2 + 1, s.s, "halo strong");
        karvan_i_text_clear(&s);
    }
}

static void place_name(change_map *c, int32_t place, double x, double y, int32_t *told, int *n,
                       int most) {
    for (int i = 0; i < *n; i++)
        if (told[i] == place) return;
    if (*n == most || !karvan_i_map_inside(&c->w, x, y)) return;
    if (karvan_i_map_label(&c->p->out, &c->w, &c->boxes, x, y, 4, karvan_i_place_name(c->p, place),
                           "halo soft"))
        told[(*n)++] = place;
}

/* Places at the ends of the lines that change most, as far as there is room. */
static void names(change_map *c) {
    enum { NAMES_MAX = 22 };
    int32_t told[NAMES_MAX];
    int n = 0, most = c->narrow ? 8 : NAMES_MAX;
    for (int i = 0; i < c->n && n < most; i++) {
        double xy[4];
        if (!ends(c, &c->line[i], xy)) continue;
        place_name(c, c->line[i].from, xy[0], xy[1], told, &n, most);
        place_name(c, c->line[i].to, xy[2], xy[3], told, &n, most);
    }
}

static void draw(change_map *c) {
    enum { EDGE = 12 };
    c->boxes.n = 0, c->boxes.apart = c->narrow ? 3 : 6;
    karvan_i_html_printf(&c->p->out, "<div class=\"%s\">", c->narrow ? "narrow" : "wide");
    karvan_i_svg_open(&c->p->out, c->w.width, c->w.height, c->p->next_id++, "Map of what moves",
                      "Lines as wide as the change of their load: whole lines carry more, dashed "
                      "ones less; figures in TEU a day. The table below holds them.");
    karvan_i_map_ground(&c->p->out, &c->w, "50m", true);
    lines(c, true), lines(c, false);
    /* letters of a system's font may be wider than they are taken to be: none begin at the edge */
    karvan_i_force_box(&c->boxes, 0, 0, EDGE, c->w.height);
    karvan_i_force_box(&c->boxes, c->w.width - EDGE, 0, c->w.width, c->w.height);
    figures(c), names(c);
    karvan_i_svg_close(&c->p->out);
    karvan_i_text_puts(&c->p->out, "</div>\n");
}

/* Around what is drawn, but for the few that lie far off. */
static karvan_status window(change_map *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool *marked = karvan_i_calloc((size_t)karvan_table_rows(c->p->places) + 1, sizeof *marked);
    if (!marked) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a map");
    for (int i = 0; i < c->n; i++) marked[c->line[i].from] = marked[c->line[i].to] = true;
    st = karvan_i_window_around(c->p->places, marked, 0.04, c->narrow ? 340 : 900,
                                c->narrow ? 0.9 : 0.5, &c->w, err);
    if (st == KARVAN_OK) karvan_i_window_onto_land(&c->w, c->p->region, "50m");
    karvan_i_free(marked);
    return st;
}

/* ---- words and the table ---- */

static void sample(karvan_i_page *p, const char *cls) {
    karvan_i_html_printf(&p->out,
                         "<svg width=\"34\" height=\"14\" style=\"display:inline-block\" "
                         "aria-hidden=\"true\"><g class=\"%s\"><path stroke-width=\"4\" "
                         "d=\"M2 7H32\"/></g></svg> ",
                         cls);
}

static void legend(const change_map *c) {
    karvan_i_page *p = c->p;
    karvan_i_text_puts(&p->out, "<p class=\"sub\">Change of load, TEU a day, both directions, "
                                "everything at its median: ");
    sample(p, "more"), karvan_i_text_puts(&p->out, "more, ");
    sample(p, "less"), karvan_i_text_puts(&p->out, "less; the widest ");
    karvan_i_number(&p->out, c->most, 2);
    karvan_i_text_puts(&p->out, ". Straight lines join the places; they are not the tracks.</p>\n");
}

static karvan_status table(const change_map *c, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {{"from", KARVAN_TEXT, NULL},
                                            {"to", KARVAN_TEXT, NULL},
                                            {"before", KARVAN_REAL, "TEU/day"},
                                            {"after", KARVAN_REAL, "TEU/day"},
                                            {"change", KARVAN_REAL, "TEU/day"}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    KARVAN_TRY(karvan_builder_create("moves", 5, columns, &b, err));
    for (int i = 0; i < c->n; i++) {
        const karvan_i_moved *l = &c->line[i];
        const double v[] = {l->before, l->after, change(l)};
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, karvan_i_place_name(c->p, l->from), err));
        KARVAN_TRY(karvan_builder_text(b, 1, karvan_i_place_name(c->p, l->to), err));
        for (int k = 0; k < 3; k++)
            KARVAN_TRY(karvan_builder_real(b, 2 + k, round(10 * v[k]) / 10, err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status karvan_i_moves_map(karvan_i_page *p, const karvan_i_study_facts *f,
                                 const karvan_i_moves *m, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    change_map c = {.p = p, .m = m};
    karvan_table *t = NULL;
    KARVAN_TRY(choose(&c, err));
    if (c.n == 0) {
        karvan_i_html_printf(&p->out,
                             "<p>No line\xE2\x80\x99s load moves by %g TEU a day by %s."
                             "</p>\n",
                             LEAST_TEU, f->row[0].name);
        goto done;
    }
    legend(&c);
    karvan_i_page_ground(p, "50m");
    for (int narrow = 0; narrow < 2; narrow++) {
        c.narrow = narrow != 0;
        KARVAN_TRY(window(&c, err));
        draw(&c);
    }
    KARVAN_TRY(table(&c, &t, err));
    st = karvan_i_details_table(p, "Loads of the map, before and after", t, "moves.csv", err);
done:
    karvan_table_destroy(t);
    karvan_i_free(c.line);
    return st;
}
