/* The index of relations: of a pair a small chart a dimension, of a country one a partner; a line
 * for the score, a band for what dates and gaps leave open, a darker one for the choice of weights.
 */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "karvan/relations.h"
#include "report/html.h"
#include "report/page.h"
#include "report/svg.h"
#include "report/trade_facts.h"
#include "table/cell.h"

enum {
    WIDTH = 290,
    HEIGHT = 170,
    PANELS_MAX = KARVAN_I_PARTNERS_MAX,
    DRAWS = 1000
}; /* as karvan relations */

static const struct {
    const char *name, *words;
} DIMENSION[] = {{"all", "All together"},
                 {"political", "Political"},
                 {"economic", "Economic"},
                 {"cultural", "Cultural"},
                 {"strategic", "Strategic"}};
enum { DIMENSIONS = sizeof DIMENSION / sizeof DIMENSION[0] };

/* Rows of one pair and dimension, by year. */
typedef struct panel {
    const char *a, *b, *dimension, *title;
} panel;

typedef struct index_chart {
    const karvan_table *t;
    karvan_i_scale x, y;
    double first, last;
} index_chart;

static bool is_of(const karvan_table *t, int64_t r, const panel *k) {
    return karvan_i_cell_is(t, "dimension", r, k->dimension) &&
           ((karvan_i_cell_is(t, "code1", r, k->a) && karvan_i_cell_is(t, "code2", r, k->b)) ||
            (karvan_i_cell_is(t, "code1", r, k->b) && karvan_i_cell_is(t, "code2", r, k->a)));
}

static void point(karvan_i_page *p, const index_chart *c, int64_t r, const char *column,
                  const char *pen) {
    karvan_i_text_puts(&p->out, pen);
    karvan_i_px(&p->out, karvan_i_at(&c->x, karvan_i_cell_real(c->t, "year", r)));
    karvan_i_text_puts(&p->out, " ");
    karvan_i_px(&p->out, karvan_i_at(&c->y, karvan_i_cell_real(c->t, column, r)));
}

/* Between two columns: there along the lower, back along the upper; a year without them parts it.
 */
static void band(karvan_i_page *p, const index_chart *c, const panel *k, const char *low,
                 const char *high, const char *cls) {
    int64_t rows = karvan_table_rows(c->t), r = 0;
    karvan_i_html_printf(&p->out, "<path class=\"%s %s\" d=\"", k->dimension, cls);
    while (r < rows) {
        int64_t from = -1, to = -1;
        for (; r < rows; r++) {
            if (!is_of(c->t, r, k)) continue;
            if (isnan(karvan_i_cell_real(c->t, low, r))) {
                if (from >= 0) break;
                continue;
            }
            point(p, c, r, low, from < 0 ? "M" : "L");
            from = from < 0 ? r : from, to = r;
        }
        for (int64_t i = to; from >= 0 && i >= from; i--)
            if (is_of(c->t, i, k)) point(p, c, i, high, "L");
        if (from >= 0) karvan_i_text_puts(&p->out, "Z");
        r++;
    }
    karvan_i_text_puts(&p->out, "\"/>\n");
}

static void score_line(karvan_i_page *p, const index_chart *c, const panel *k) {
    bool pen = false;
    karvan_i_html_printf(&p->out, "<path class=\"ixl ix-%s\" d=\"", k->dimension);
    for (int64_t r = 0; r < karvan_table_rows(c->t); r++) {
        if (!is_of(c->t, r, k)) continue;
        bool there = !isnan(karvan_i_cell_real(c->t, "score", r));
        if (there) point(p, c, r, "score", pen ? "L" : "M");
        pen = there;
    }
    karvan_i_text_puts(&p->out, "\"/>\n");
}

/* What a year's numbers are, for who points at it. */
static void year_dots(karvan_i_page *p, const index_chart *c, const panel *k) {
    for (int64_t r = 0; r < karvan_table_rows(c->t); r++) {
        double score = karvan_i_cell_real(c->t, "score", r),
               year = karvan_i_cell_real(c->t, "year", r);
        if (!is_of(c->t, r, k) || isnan(score)) continue;
        karvan_i_html_printf(
            &p->out,
            "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"1.8\"><title>%.0f: %.2f, between "
            "%.2f and %.2f; %.0f %% covered</title></circle>\n",
            k->dimension, karvan_i_at(&c->x, year), karvan_i_at(&c->y, score), year, score,
            karvan_i_cell_real(c->t, "low", r), karvan_i_cell_real(c->t, "high", r),
            100 * karvan_i_cell_real(c->t, "covered", r));
    }
}

static void axes(karvan_i_page *p, const index_chart *c) {
    static const double TICK[] = {0, 0.5, 1};
    char label[40];
    for (size_t i = 0; i < sizeof TICK / sizeof TICK[0]; i++) {
        double y = karvan_i_at(&c->y, TICK[i]);
        (void)snprintf(label, sizeof label, "%g", TICK[i]);
        karvan_i_svg_line(&p->out, c->x.p0, y, c->x.p1, y, "grid");
        karvan_i_svg_text(&p->out, c->x.p0 - 5, y + 4, "end", "soft", label);
    }
    for (int end = 0; end < 2; end++) {
        double year = end ? c->last : c->first;
        (void)snprintf(label, sizeof label, "%.0f", year);
        karvan_i_svg_text(&p->out, karvan_i_at(&c->x, year), HEIGHT - 8, end ? "end" : "start",
                          "soft", label);
    }
}

static void draw(karvan_i_page *p, const index_chart *c, const panel *k) {
    karvan_i_text_puts(&p->out, "<div>");
    karvan_i_svg_open(&p->out, WIDTH, HEIGHT, p->next_id++, k->title,
                      "Score of the index of relations from 0 to 1 by year as a line; a pale band "
                      "for what uncertain dates and gaps leave open, a darker one for the choice "
                      "of weights. The table below holds the numbers.");
    karvan_i_svg_text(&p->out, 0, 13, "start", "strong", k->title);
    axes(p, c);
    band(p, c, k, "low", "high", "ixb"), band(p, c, k, "weight_low", "weight_high", "ixw");
    score_line(p, c, k), year_dots(p, c, k);
    karvan_i_svg_close(&p->out);
    karvan_i_text_puts(&p->out, "</div>\n");
}

/* ---- words ---- */

/* The last year in which about as much of the index is covered as in any: its row; -1: none. */
static int64_t last_row(const karvan_table *t, const panel *k) {
    const double NEARLY = 0.9;
    double most = 0;
    int64_t found = -1;
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (is_of(t, r, k)) most = fmax(most, karvan_i_cell_real(t, "covered", r));
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (is_of(t, r, k) && karvan_i_cell_real(t, "score", r) >= 0 &&
            karvan_i_cell_real(t, "covered", r) >= NEARLY * most)
            found = r;
    return found;
}

/* "0.74 of 1 in 2023 (0.60 to 0.80 by what is not known)" */
static void put_score(karvan_i_page *p, const karvan_table *t, int64_t r) {
    karvan_i_html_printf(&p->out, "%.2f of 1 in %.0f", karvan_i_cell_real(t, "score", r),
                         karvan_i_cell_real(t, "year", r));
    karvan_i_html_printf(&p->out, " (%.2f to %.2f by what is not known)",
                         karvan_i_cell_real(t, "low", r), karvan_i_cell_real(t, "high", r));
}

static void pair_message(karvan_i_page *p, const karvan_table *t, const panel *k) {
    int64_t r = last_row(t, k);
    karvan_i_html_printf(&p->out, "%s and %s", karvan_i_party_name(p, k->a),
                         karvan_i_party_name(p, k->b));
    if (r < 0) return;
    karvan_i_text_puts(&p->out, ": ");
    put_score(p, t, r);
    karvan_i_html_printf(&p->out, ", number %.0f among the region's pairs",
                         karvan_i_cell_real(t, "rank", r));
}

static void country_message(karvan_i_page *p, const karvan_table *t, const panel *k, int n) {
    int best = -1;
    int64_t row = -1;
    for (int i = 0; i < n; i++) {
        int64_t r = last_row(t, &k[i]);
        if (r >= 0 &&
            (row < 0 || karvan_i_cell_real(t, "score", r) > karvan_i_cell_real(t, "score", row)))
            best = i, row = r;
    }
    if (best < 0) {
        karvan_i_text_puts(&p->out, "Relations by year");
        return;
    }
    karvan_i_html_printf(&p->out, "Of these %s is closest to %s: ", karvan_i_party_name(p, k[0].a),
                         karvan_i_party_name(p, k[best].b));
    put_score(p, t, row);
}

/* Why the headline is of its year, and what stands there of the last one. */
static void put_why(karvan_i_page *p, const index_chart *c, const panel *k) {
    int64_t r = last_row(c->t, k), last = -1;
    for (int64_t i = 0; i < karvan_table_rows(c->t); i++)
        if (is_of(c->t, i, k) && karvan_i_cell_real(c->t, "score", i) >= 0) last = i;
    if (r < 0 || r == last) return;
    karvan_i_html_printf(
        &p->out,
        " %.0f is the last year of which about as much is covered as of any (%.0f "
        "%%; of %.0f, with %.2f, %.0f %%).",
        karvan_i_cell_real(c->t, "year", r), 100 * karvan_i_cell_real(c->t, "covered", r),
        karvan_i_cell_real(c->t, "year", last), karvan_i_cell_real(c->t, "score", last),
        100 * karvan_i_cell_real(c->t, "covered", last));
}

static void figure(karvan_i_page *p, const index_chart *c, const panel *k, int n, bool pair) {
    karvan_i_text_puts(&p->out, "<figure><figcaption>");
    if (pair)
        pair_message(p, c->t, k);
    else
        country_message(p, c->t, k, n);
    karvan_i_html_printf(&p->out,
                         "</figcaption><p class=\"sub\">Index of relations from 0 (no tie that is "
                         "looked at) to 1, %.0f to %.0f.",
                         c->first, c->last);
    if (pair) put_why(p, c, k);
    karvan_i_html_printf(&p->out,
                         " <span class=\"more\">Pale band: what uncertain dates and what no table "
                         "covers leave open; darker band: 9 of 10 of %d choices of weights.</span>"
                         "</p>\n<div class=\"multiples\">\n",
                         (int)DRAWS);
    for (int i = 0; i < n; i++) draw(p, c, &k[i]);
    karvan_i_text_puts(&p->out, "</div>\n");
}

/* ---- the numbers ---- */

typedef struct chosen {
    const panel *panels;
    int n;
    bool every_dimension;
} chosen;

static bool keep(void *ctx, const karvan_table *t, int64_t row) {
    const chosen *c = ctx;
    for (int i = 0; i < c->n; i++) {
        panel k = c->panels[i];
        for (int d = 0; c->every_dimension && d < DIMENSIONS; d++) {
            k.dimension = DIMENSION[d].name;
            if (is_of(t, row, &k)) return true;
        }
        if (!c->every_dimension && is_of(t, row, &k)) return true;
    }
    return false;
}

static karvan_status numbers(karvan_i_page *p, const karvan_table *t, const panel *panels, int n,
                             bool pair, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_view v = {0};
    karvan_table *rows = NULL;
    chosen c = {panels, n, pair};
    char file[80];
    (void)snprintf(file, sizeof file, pair ? "index-%.8s-%.8s.csv" : "index-%.8s.csv", panels[0].a,
                   panels[0].b);
    KARVAN_TRY(karvan_view_init(&v, t, keep, &c, err));
    KARVAN_TRY(karvan_view_copy(&v, 0, NULL, &rows, err));
    KARVAN_TRY(karvan_i_details_table(p, "The index with its bounds, ranks and coverage", rows,
                                      file, err));
done:
    karvan_view_clear(&v);
    karvan_table_destroy(rows);
    return st;
}

/* ---- the whole ---- */

static index_chart chart_of(const karvan_table *t) {
    index_chart c = {.t = t, .first = INFINITY, .last = -INFINITY};
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double year = karvan_i_cell_real(t, "year", r);
        c.first = fmin(c.first, year), c.last = fmax(c.last, year);
    }
    c.x = (karvan_i_scale){c.first, c.last > c.first ? c.last : c.first + 1, 28, WIDTH - 8, false};
    c.y = (karvan_i_scale){0, 1, HEIGHT - 24, 26, false};
    return c;
}

static int choose(const karvan_i_page *p, const karvan_i_trade_facts *f, bool pair, panel *out) {
    int n = 0;
    for (int d = 0; pair && d < DIMENSIONS; d++)
        out[n++] = (panel){f->country, f->partner[0], DIMENSION[d].name, DIMENSION[d].words};
    for (int i = 0; !pair && i < f->n_partners; i++)
        out[n++] = (panel){f->country, f->partner[i], "all", karvan_i_party_name(p, f->partner[i])};
    return n;
}

static bool any_row(const karvan_table *t, const panel *k, int n) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        for (int i = 0; i < n; i++)
            if (is_of(t, r, &k[i])) return true;
    return false;
}

/* A pair that is not in the index: what the page shows of it is no measure of what there is. */
static void tell_not_covered(karvan_i_page *p, const char *a, const char *b, bool any) {
    karvan_i_html_printf(&p->out, "<section id=\"index\"><h2>How close %s and %s are</h2>\n<p>",
                         karvan_i_party_name(p, a), karvan_i_party_name(p, b));
    if (any)
        karvan_i_text_puts(&p->out,
                           "The record of this region does not cover the pair: no table says that "
                           "its ties were looked for. What stands here is what happens to be said, "
                           "and nothing follows from what does not.");
    else
        karvan_i_text_puts(&p->out, "The index covers no year that was over by this day.");
    karvan_i_text_puts(&p->out, "</p></section>\n");
}

/* Years that were over by the page's day, where one is asked for. */
static karvan_index_query years_of(const karvan_i_page *p) {
    karvan_index_query q = {.draws = DRAWS, .seed = 1};
    int month, day;
    if (!p->days.has_date) return q;
    q.has_to = true;
    karvan_day_to_civil(p->days.date + 1, &q.to, &month, &day);
    q.to--;
    return q;
}

karvan_status karvan_i_part_index(karvan_i_page *p, const char *country, const char *only,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_error why = {0};
    karvan_i_trade_facts f = {0};
    karvan_table *t = NULL;
    panel panels[PANELS_MAX];
    const karvan_index_query q = years_of(p);
    if (!karvan_package_table(p->region, "relation_index")) return KARVAN_OK;
    st = karvan_relation_index(p->region, &q, &t, &why);
    if (st == KARVAN_E_ARG && only && q.has_to) tell_not_covered(p, country, only, false);
    if (st != KARVAN_OK) return karvan_i_leave_out(st, &why, err);
    KARVAN_TRY(karvan_i_trade_facts_init(&f, p->region, country, only, err));
    if (f.n_partners <= 0) goto done;
    int n = choose(p, &f, only != NULL, panels);
    if (!any_row(t, panels, n)) {
        if (only) tell_not_covered(p, country, only, karvan_table_rows(t) > 0);
        goto done;
    }
    index_chart c = chart_of(t);
    karvan_i_html_printf(&p->out, "<section id=\"index\"><h2>How close %s and %s are</h2>\n",
                         karvan_i_party_name(p, country), karvan_i_partners_name(p, &f));
    figure(p, &c, panels, n, only != NULL);
    KARVAN_TRY(numbers(p, t, panels, n, only != NULL, err));
    karvan_i_text_puts(&p->out, "<p class=\"srcline\">Source: the claims, memberships and trade of "
                                "this region (<code>karvan dyads --trace</code> names the rows); "
                                "components and weights in its table relation_index. Method: "
                                "docs/methods/relations.md.</p></figure></section>\n");
done:
    karvan_i_trade_facts_clear(&f);
    karvan_table_destroy(t);
    return st;
}
