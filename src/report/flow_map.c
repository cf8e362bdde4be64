/* The map of loads: a strand a corridor, side by side along each line, as wide as it carries;
 * bottlenecks by number and name. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "report/basemap.h"
#include "report/flow_facts.h"
#include "report/html.h"
#include "report/svg.h"
#include "table/cell.h"

/* Lines below this load are not drawn; strands are at least so wide. */
static const double LEAST_TEU = 25, LEAST_PX = 0.5;
static const double MAIN_PART = 0.6;
enum { NAMED_CORRIDOR_TEU = 20, BADGE = 8, STOPS_MAX = 400 };

typedef struct line { /* what joins two places, all links together */
    int32_t from, to; /* the lower row first, so that strands keep their side */
    double all;       /* TEU a day */
    double x0, y0, x1, y1;
} line;

typedef struct flow_map {
    karvan_i_page *p;
    const karvan_i_flow_facts *f;
    const karvan_table *links;
    int n;       /* lines that carry something */
    line *lines; /* [n] */
    double *teu; /* [n][corridors + 1] */
    karvan_i_window w;
    karvan_i_boxes boxes;
    double most_teu, most_px;
    bool narrow;
} flow_map;

static double load_on(const flow_map *m, const line *l, int32_t corridor) {
    return m->teu[(size_t)(l - m->lines) * ((size_t)m->f->n_corridors + 1) + (size_t)corridor];
}

/* The line between two places, with the loads of a link added. */
static void add_link(flow_map *m, int32_t a, int32_t b, int64_t link) {
    int32_t from = a < b ? a : b, to = a < b ? b : a, groups = m->f->n_corridors + 1;
    int i = 0;
    while (i < m->n && (m->lines[i].from != from || m->lines[i].to != to)) i++;
    if (i == m->n) m->lines[m->n++] = (line){.from = from, .to = to};
    for (int32_t c = 0; c < groups; c++)
        m->teu[(size_t)i * (size_t)groups + (size_t)c] += karvan_i_flow_on(m->f, link, c);
    m->lines[i].all += karvan_i_flow_on_all(m->f, link);
}

static karvan_status find_lines(flow_map *m, karvan_error *err) {
    size_t rows = (size_t)karvan_table_rows(m->links), groups = (size_t)m->f->n_corridors + 1;
    m->lines = karvan_i_calloc(rows + 1, sizeof *m->lines);
    m->teu = karvan_i_calloc(rows * groups + 1, sizeof *m->teu);
    if (!m->lines || !m->teu) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a map");
    for (int64_t r = 0; r < karvan_table_rows(m->links); r++) {
        int32_t a = karvan_i_map_place(m->p->region, m->links, "from", r),
                b = karvan_i_map_place(m->p->region, m->links, "to", r);
        double teu = karvan_i_flow_on_all(m->f, r);
        if (a >= 0 && b >= 0 && a != b && teu > 0) add_link(m, a, b, r);
    }
    for (int i = 0; i < m->n; i++) m->most_teu = fmax(m->most_teu, m->lines[i].all);
    return KARVAN_OK;
}

static void place_lines(flow_map *m) {
    const karvan_table *t = m->p->places;
    for (line *l = m->lines; l < m->lines + m->n; l++) {
        l->x0 = karvan_i_map_x(&m->w, karvan_i_cell_real(t, "lon", l->from));
        l->y0 = karvan_i_map_y(&m->w, karvan_i_cell_real(t, "lat", l->from));
        l->x1 = karvan_i_map_x(&m->w, karvan_i_cell_real(t, "lon", l->to));
        l->y1 = karvan_i_map_y(&m->w, karvan_i_cell_real(t, "lat", l->to));
    }
}

/* Is it to be drawn, and has it a position? */
static bool is_drawn(const line *l) {
    return l->all >= LEAST_TEU && isfinite(l->x0 + l->y0 + l->x1 + l->y1);
}

static double px_of(const flow_map *m, double teu) {
    return teu < LEAST_TEU ? 0 : fmax(teu / m->most_teu * m->most_px, LEAST_PX);
}

static void point(flow_map *m, double x, double y) {
    karvan_i_px(&m->p->out, x), karvan_i_text_puts(&m->p->out, " "), karvan_i_px(&m->p->out, y);
}

/* Strands lie to one side after the other, the whole centred on the line. */
static void strand(flow_map *m, const line *l, int32_t corridor) {
    double whole = 0, before = 0, own = px_of(m, load_on(m, l, corridor));
    double length = hypot(l->x1 - l->x0, l->y1 - l->y0);
    if (!(own > 0) || !(length > 0)) return;
    for (int32_t c = 0; c <= m->f->n_corridors; c++) {
        double px = px_of(m, load_on(m, l, c));
        whole += px;
        if (c < corridor) before += px;
    }
    double side = before + own / 2 - whole / 2, nx = -(l->y1 - l->y0) / length * side,
           ny = (l->x1 - l->x0) / length * side;
    karvan_i_html_printf(&m->p->out, "<path stroke-width=\"%.1f\" d=\"M", own);
    point(m, l->x0 + nx, l->y0 + ny), karvan_i_text_puts(&m->p->out, "L");
    point(m, l->x1 + nx, l->y1 + ny), karvan_i_text_puts(&m->p->out, "\"/>\n");
}

/* Does any of the line show? */
static bool crosses_window(const flow_map *m, const line *l) {
    return fmax(l->x0, l->x1) > 0 && fmin(l->x0, l->x1) < m->w.width && fmax(l->y0, l->y1) > 0 &&
           fmin(l->y0, l->y1) < m->w.height;
}

/* What follows no corridor below, corridors above. */
static void strands(flow_map *m) {
    for (int32_t c = m->f->n_corridors; c >= 0; c--) {
        if (c < m->p->n_corridors)
            karvan_i_html_printf(&m->p->out, "<g class=\"strand c%d\">\n", (int)c);
        else
            karvan_i_text_puts(&m->p->out, "<g class=\"strand\">\n");
        for (int i = 0; i < m->n; i++)
            if (is_drawn(&m->lines[i]) && crosses_window(m, &m->lines[i]))
                strand(m, &m->lines[i], c);
        karvan_i_text_puts(&m->p->out, "</g>\n");
    }
}

static bool middle_of(const flow_map *m, const karvan_i_neck *k, double *x, double *y) {
    const karvan_table *t = m->p->places;
    if (k->from < 0 || k->to < 0) return false;
    *x = karvan_i_map_x(
        &m->w, (karvan_i_cell_real(t, "lon", k->from) + karvan_i_cell_real(t, "lon", k->to)) / 2);
    *y = karvan_i_map_y(
        &m->w, (karvan_i_cell_real(t, "lat", k->from) + karvan_i_cell_real(t, "lat", k->to)) / 2);
    return isfinite(*x + *y) && karvan_i_map_inside(&m->w, *x, *y);
}

/* The rank in a disc at the place or beside it; where it stands. */
static bool badge(flow_map *m, int rank, double x, double y, double *cx, double *cy) {
    static const int at[][2] = {{0, 0},    {0, -18},   {18, 0},  {0, 18},   {-18, 0},
                                {16, -16}, {-16, -16}, {16, 16}, {-16, 16}, {34, 0},
                                {-34, 0},  {0, -34},   {0, 34}};
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        char s[16];
        *cx = x + at[i][0], *cy = y + at[i][1];
        if (!karvan_i_take_box(&m->boxes, *cx - BADGE, *cy - BADGE, *cx + BADGE, *cy + BADGE,
                               m->w.width, m->w.height))
            continue;
        if (i > 0) karvan_i_svg_line(&m->p->out, x, y, *cx, *cy, "lead");
        karvan_i_html_printf(&m->p->out,
                             "<circle class=\"badge\" cx=\"%.1f\" cy=\"%.1f\" r=\"%d\"/>\n", *cx,
                             *cy, (int)BADGE);
        (void)snprintf(s, sizeof s, "%d", rank);
        karvan_i_svg_text(&m->p->out, *cx, *cy + 4, "middle", "rankno", s);
        return true;
    }
    return false;
}

/* Each corridor's name where it carries most. */
static void corridor_names(flow_map *m) {
    enum { MARGIN = 24 };
    for (int32_t c = 0; c < m->f->n_corridors; c++) {
        double most = NAMED_CORRIDOR_TEU, anywhere = 0, x = 0, y = 0;
        bool found = false;
        for (const line *l = m->lines; l < m->lines + m->n; l++) {
            anywhere = fmax(anywhere, load_on(m, l, c));
            double teu = load_on(m, l, c), mx = (l->x0 + l->x1) / 2, my = (l->y0 + l->y1) / 2;
            if (!is_drawn(l) || teu <= most || mx < MARGIN || my < MARGIN ||
                mx > m->w.width - MARGIN || my > m->w.height - MARGIN)
                continue;
            most = teu, x = mx, y = my, found = true;
        }
        if (found && most >= MAIN_PART * anywhere) /* not by a side branch */
            (void)karvan_i_map_label_far(&m->p->out, &m->w, &m->boxes, x, y, px_of(m, most) / 2 + 3,
                                         karvan_i_corridor_name(m->p, c), "halo");
    }
}

/* First every number, which the chart names; corridors; then the dearest by name where there is
 * room beside the number. */
static void necks_and_corridors(flow_map *m) {
    enum { NAMED = 3, NAME_MAX = 42 };
    double cx[KARVAN_I_NECKS_MAX], cy[KARVAN_I_NECKS_MAX];
    bool shown[KARVAN_I_NECKS_MAX] = {false};
    for (int i = 0; i < m->f->n_necks; i++) {
        double x, y;
        if (middle_of(m, &m->f->neck[i], &x, &y)) shown[i] = badge(m, i + 1, x, y, &cx[i], &cy[i]);
    }
    corridor_names(m);
    for (int i = 0; i < m->f->n_necks && i < NAMED && !m->narrow; i++)
        if (shown[i] && strlen(m->f->neck[i].name) < NAME_MAX)
            (void)karvan_i_map_label(&m->p->out, &m->w, &m->boxes, cx[i], cy[i], BADGE,
                                     m->f->neck[i].name, "halo");
}

typedef struct stop {
    int32_t place;
    double teu, x, y;
} stop;

static void pass(stop *all, int *n, int32_t place, double teu, double x, double y) {
    for (int i = 0; i < *n; i++)
        if (all[i].place == place) {
            all[i].teu += teu;
            return;
        }
    if (*n < STOPS_MAX) all[(*n)++] = (stop){place, teu, x, y};
}

/* Cities and ports by what passes them, as far as there is room. */
static void place_names(flow_map *m) {
    stop all[STOPS_MAX];
    int n = 0, told = 0, most = m->narrow ? 12 : 36;
    for (const line *l = m->lines; l < m->lines + m->n; l++) {
        if (!is_drawn(l)) continue;
        pass(all, &n, l->from, l->all, l->x0, l->y0), pass(all, &n, l->to, l->all, l->x1, l->y1);
    }
    while (told < most) {
        stop *best = NULL;
        for (int i = 0; i < n; i++)
            if (all[i].teu > 0 && (!best || all[i].teu > best->teu)) best = &all[i];
        if (!best) break;
        best->teu = 0;
        bool city = karvan_i_cell_is(m->p->places, "kind", best->place, "city") ||
                    karvan_i_cell_is(m->p->places, "kind", best->place, "port");
        if (!city || !karvan_i_map_inside(&m->w, best->x, best->y)) continue;
        told += karvan_i_map_label(&m->p->out, &m->w, &m->boxes, best->x, best->y, 4,
                                   karvan_i_place_name(m->p, best->place), "halo soft");
    }
}

static bool in_quiet_net(const char *mode) {
    return mode && strcmp(mode, "deep_sea") != 0 && strncmp(mode, "pipeline", 8) != 0 &&
           strcmp(mode, "road") != 0;
}

/* Lines that carry nothing to speak of. */
static void quiet(flow_map *m) {
    karvan_i_text_puts(&m->p->out, "<path class=\"quiet\" d=\"");
    for (int64_t r = 0; r < karvan_table_rows(m->links); r++) {
        int32_t a = karvan_i_map_place(m->p->region, m->links, "from", r),
                b = karvan_i_map_place(m->p->region, m->links, "to", r);
        if (a >= 0 && b >= 0 && karvan_i_flow_on_all(m->f, r) < LEAST_TEU &&
            in_quiet_net(karvan_i_cell_text(m->links, "mode", r)))
            karvan_i_map_hop(&m->p->out, &m->w, m->p->places, a, b);
    }
    karvan_i_text_puts(&m->p->out, "\"/>\n");
}

static void draw(flow_map *m) {
    m->boxes.n = 0, m->boxes.apart = m->narrow ? 3 : 6;
    place_lines(m);
    karvan_i_html_printf(&m->p->out, "<div class=\"%s\">", m->narrow ? "narrow" : "wide");
    karvan_i_svg_open(&m->p->out, m->w.width, m->w.height, m->p->next_id++, "Map of loads",
                      "Lines as wide as what they carry, side by side by corridor; numbers: "
                      "bottlenecks, as in the chart below. The tables hold the figures.");
    karvan_i_map_ground(&m->p->out, &m->w, "50m", true);
    quiet(m), strands(m), necks_and_corridors(m), place_names(m);
    karvan_i_svg_close(&m->p->out);
    karvan_i_text_puts(&m->p->out, "</div>\n");
}

/* A corridor's colour with what it carries, and one line that says how wide is how much. */
static void sample(karvan_i_page *p, const char *cls, double px) {
    karvan_i_html_printf(&p->out,
                         "<svg width=\"34\" height=\"14\" style=\"display:inline-block\" "
                         "aria-hidden=\"true\"><g class=\"strand%s\"><path stroke-width=\"%.1f\" "
                         "d=\"M2 7H32\"/></g></svg> ",
                         cls, px);
}

static void legend(flow_map *m) {
    karvan_i_page *p = m->p;
    double scale = karvan_i_tick(m->most_teu, 2);
    karvan_i_text_puts(&p->out, "<p class=\"sub\">");
    for (int32_t c = 0; c <= m->f->n_corridors; c++) {
        double teu = karvan_i_flow_carried(m->f, p, c, "teu_day");
        char cls[16] = "";
        if (!(teu > 0.5)) continue;
        if (c < p->n_corridors) (void)snprintf(cls, sizeof cls, " c%d", (int)c);
        sample(p, cls, 4);
        karvan_i_html_printf(&p->out, "%s ", karvan_i_flow_name(p, m->f, c));
        karvan_i_number(&p->out, teu, 3);
        karvan_i_text_puts(&p->out, " &#160; ");
    }
    sample(p, "", scale / m->most_teu * m->most_px);
    karvan_i_text_puts(&p->out, "this wide: ");
    karvan_i_number(&p->out, scale, 2);
    karvan_i_text_puts(&p->out, " TEU a day</p>\n");
}

/* The numbers of the map: a row a line, a column a corridor, whole TEU. */
static karvan_status line_table(const flow_map *m, karvan_table **out, karvan_error *err) {
    enum { FIXED = 3, COLUMNS_MAX = FIXED + KARVAN_I_CORRIDORS_MAX + 1 };
    karvan_column columns[COLUMNS_MAX] = {
        {"from", KARVAN_TEXT, NULL}, {"to", KARVAN_TEXT, NULL}, {"all", KARVAN_INT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    int32_t n =
        m->f->n_corridors < KARVAN_I_CORRIDORS_MAX ? m->f->n_corridors : KARVAN_I_CORRIDORS_MAX;
    for (int32_t c = 0; c < n; c++)
        columns[FIXED + c] =
            (karvan_column){karvan_i_cell_text(m->p->corridors, "id", c), KARVAN_INT, NULL};
    columns[FIXED + n] = (karvan_column){"other_ways", KARVAN_INT, NULL};
    KARVAN_TRY(karvan_builder_create("loads", FIXED + n + 1, columns, &b, err));
    for (const line *l = m->lines; l < m->lines + m->n; l++) {
        if (l->all < LEAST_TEU) continue;
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, karvan_i_place_name(m->p, l->from), err));
        KARVAN_TRY(karvan_builder_text(b, 1, karvan_i_place_name(m->p, l->to), err));
        KARVAN_TRY(karvan_builder_int(b, 2, llround(l->all), err));
        for (int32_t c = 0; c <= n; c++)
            KARVAN_TRY(karvan_builder_int(
                b, FIXED + c, llround(load_on(m, l, c < n ? c : m->f->n_corridors)), err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status karvan_i_flow_maps(karvan_i_page *p, const karvan_i_flow_facts *f,
                                 karvan_error *err) {
    flow_map m = {.p = p, .f = f, .links = karvan_package_table(p->region, "links")};
    karvan_table *t = NULL;
    karvan_status st = find_lines(&m, err);
    for (int narrow = 0; narrow < 2 && st == KARVAN_OK && m.most_teu >= LEAST_TEU; narrow++) {
        m.narrow = narrow != 0, m.most_px = narrow ? 9 : 13;
        m.w = narrow ? karvan_i_window_fit(39, 84, 33, 50, 340)
                     : karvan_i_window_fit(18, 118, 26, 58, 900);
        if (!narrow) legend(&m);
        draw(&m);
    }
    if (st == KARVAN_OK && m.most_teu >= LEAST_TEU) st = line_table(&m, &t, err);
    if (st == KARVAN_OK && t)
        st = karvan_i_details_table(p, "Loads of the map, TEU a day by corridor, from 25 on", t,
                                    "loads.csv", err);
    karvan_table_destroy(t);
    karvan_i_free(m.lines), karvan_i_free(m.teu);
    return st;
}
