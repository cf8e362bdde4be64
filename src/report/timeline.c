/* Relations: a lane a country, a mark an event, colour and shape by dimension; uncertain dates
 * spread over their bounds. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "report/html.h"
#include "report/page.h"
#include "report/svg.h"
#include "table/cell.h"

static const char *const LEFT_OUT[] = {"statement", "traded_good", "trade_total",
                                       "capacity",  "corridor",    "transit_time",
                                       "energy",    "membership",  "cooperation"};

static bool is_event(const karvan_i_page *p, int64_t claim) {
    for (size_t i = 0; i < sizeof LEFT_OUT / sizeof LEFT_OUT[0]; i++)
        if (karvan_i_cell_is(p->claims, "kind", claim, LEFT_OUT[i])) return false;
    const karvan_edtf *d = karvan_i_cell_date(p->claims, "date", claim);
    return d && d->earliest != KARVAN_DAY_MIN && d->latest != KARVAN_DAY_MAX &&
           !karvan_i_cell_is(p->claims, "rank", claim, "deprecated");
}

static double year_of(karvan_day d) { return 1970.0 + (double)d / 365.2425; }

static void mark(karvan_i_page *p, int64_t claim, const karvan_i_scale *x, double y) {
    const karvan_edtf *d = karvan_i_cell_date(p->claims, "date", claim);
    const char *dimension = karvan_i_cell_text(p->claims, "dimension", claim),
               *id = karvan_i_cell_text(p->claims, "id", claim);
    double a = fmax(karvan_i_at(x, year_of(d->earliest)), x->p0),
           b = fmin(karvan_i_at(x, year_of(d->latest)), x->p1), m = (a + b) / 2;
    if (b < x->p0 || a > x->p1 || !dimension) return;
    karvan_i_html_printf(&p->out, "<g class=\"%s\"><title>", dimension);
    karvan_i_text_xml(&p->out, karvan_i_cell_text(p->claims, "date", claim)),
        karvan_i_text_puts(&p->out, " ");
    karvan_i_text_xml(&p->out, karvan_i_cell_text(p->claims, "title", claim));
    karvan_i_text_puts(&p->out, "</title>");
    if (b - a > 2)
        karvan_i_html_printf(
            &p->out, "<rect opacity=\".28\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"5\"/>", a,
            y - 2.5, b - a);
    if (strcmp(dimension, "economic") == 0)
        karvan_i_html_printf(&p->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"6\" height=\"6\"/>",
                             m - 3, y - 3);
    else if (strcmp(dimension, "cultural") == 0)
        karvan_i_html_printf(&p->out, "<path d=\"M%.1f %.1fl4 7h-8z\"/>", m, y - 4);
    else if (strcmp(dimension, "strategic") == 0)
        karvan_i_html_printf(&p->out, "<path d=\"M%.1f %.1fl4 4l-4 4l-4-4z\"/>", m, y - 4);
    else
        karvan_i_html_printf(&p->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.2\"/>", m, y);
    if (karvan_i_cell_text(p->claims, "conflict", claim))
        karvan_i_html_printf(
            &p->out,
            "<path fill=\"none\" stroke=\"currentColor\" d=\"M%.1f %.1fv-4m0 0l-3-4m3 4l3-4\"/>", m,
            y - 4);
    (void)id;
    karvan_i_text_puts(&p->out, "</g>\n");
}

/* Marks of a lane are set in rows so that they do not lie on one another. */
static void lane(karvan_i_page *p, const char *a, const char *b, const karvan_i_scale *x,
                 double top, double height, karvan_error *err, karvan_status *st) {
    karvan_record_query q = {.party = a, .other = b};
    karvan_view v = {0};
    karvan_i_boxes boxes = {.n = 0};
    *st = karvan_record_select(p->region, &q, &v, err);
    for (int64_t i = 0; *st == KARVAN_OK && i < v.n; i++) {
        if (!is_event(p, v.row[i])) continue;
        const karvan_edtf *d = karvan_i_cell_date(p->claims, "date", v.row[i]);
        double m = (fmax(karvan_i_at(x, year_of(d->earliest)), x->p0) +
                    fmin(karvan_i_at(x, year_of(d->latest)), x->p1)) /
                   2,
               y = top + 8;
        while (y < top + height - 6 &&
               !karvan_i_take_box(&boxes, m - 4, y - 4, m + 4, y + 4, 4000, 4000))
            y += 9;
        mark(p, v.row[i], x, y < top + height - 6 ? y : top + height - 8);
    }
    karvan_view_clear(&v);
}

static karvan_status chart(karvan_i_page *p, const char *a, const char *const *lanes, int n,
                           bool narrow, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double width = narrow ? 340 : 900, row = n == 1 ? 110 : narrow ? 96 : 84, top = 8;
    karvan_i_scale x = {1991, 2027, narrow ? 6 : 96, width - 10, false};
    char s[24];
    karvan_i_html_printf(&p->out, "<div class=\"%s\">", narrow ? "narrow" : "wide");
    karvan_i_svg_open(
        &p->out, width, top + row * n + 24, p->next_id++, "Timeline of relations",
        "A lane for each country; circles political, squares economic, triangles cultural, "
        "diamonds strategic. The list below holds the same events with their sources.");
    for (int year = 1995; year <= 2025; year += narrow ? 10 : 5) {
        (void)snprintf(s, sizeof s, "%d", year);
        karvan_i_svg_line(&p->out, karvan_i_at(&x, year), top, karvan_i_at(&x, year), top + row * n,
                          "grid");
        karvan_i_svg_text(&p->out, karvan_i_at(&x, year), top + row * n + 16, "middle", "soft", s);
    }
    for (int i = 0; i < n && st == KARVAN_OK; i++) {
        double y = top + row * i;
        karvan_i_svg_line(&p->out, 0, y + row, width, y + row, "grid");
        karvan_i_svg_text(&p->out, narrow ? 2 : 0, y + (narrow ? 12 : 16), "start", "",
                          karvan_i_party_name(p, lanes[i]));
        lane(p, a, lanes[i], &x, y + (narrow ? 16 : 2), row - (narrow ? 18 : 4), err, &st);
    }
    karvan_i_svg_close(&p->out);
    karvan_i_text_puts(&p->out, "</div>\n");
    return st;
}

/* What a reader who has a minute should see. */
static bool is_milestone(const karvan_i_page *p, int64_t claim) {
    static const char *const kinds[] = {"diplomatic_relations", "mission_opened", "treaty",
                                        "declaration",          "joint_venture",  "war"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (karvan_i_cell_is(p->claims, "kind", claim, kinds[i])) return true;
    return false;
}

static void event_rows(karvan_i_page *p, const karvan_view *v, const char *other, bool milestones) {
    char caption[160];
    (void)snprintf(caption, sizeof caption, "%s with %s and their sources",
                   milestones ? "Milestones" : "Events", other);
    karvan_i_table_open(p, caption, "date|what|kind|rank|source", true);
    for (int64_t i = 0; i < v->n; i++) {
        int64_t r = v->row[i];
        const char *date = karvan_i_cell_text(p->claims, "date", r);
        if (!date || !is_event(p, r) || (milestones && !is_milestone(p, r))) continue;
        karvan_i_html_printf(&p->out, milestones ? "<tr data-claim=\"%s\">" : "<tr id=\"c-%s\">",
                             karvan_i_cell_text(p->claims, "id", r));
        karvan_i_text_puts(&p->out, "<td class=\"in\">"), karvan_i_text_xml(&p->out, date),
            karvan_i_text_puts(&p->out, "</td>");
        karvan_i_td_text(p, karvan_i_cell_text(p->claims, "title", r));
        const karvan_table *kinds = karvan_package_table(p->region, "kinds");
        const char *kind = karvan_i_cell_text(p->claims, "kind", r);
        karvan_i_td_text(p, kinds && kind
                                ? karvan_i_cell_text(kinds, "label",
                                                     karvan_package_row(p->region, "kinds", kind))
                                : kind);
        karvan_i_td_text(p, karvan_i_cell_text(p->claims, "rank", r));
        karvan_i_text_puts(&p->out, "<td>"),
            karvan_i_cite(p, karvan_i_cell_text(p->claims, "source", r)),
            karvan_i_text_puts(&p->out, "</td></tr>\n");
    }
    karvan_i_table_close(p);
}

static karvan_status event_list(karvan_i_page *p, const char *a, const char *b, bool milestones,
                                karvan_error *err) {
    karvan_record_query q = {.party = a, .other = b};
    karvan_view v = {0};
    karvan_status st = karvan_record_select(p->region, &q, &v, err);
    if (st == KARVAN_OK) {
        int64_t n = 0;
        if (milestones) event_rows(p, &v, karvan_i_party_name(p, b), true);
        for (int64_t i = 0; i < v.n; i++) n += is_event(p, v.row[i]);
        karvan_i_html_printf(&p->out, "<details><summary>%s and %s: all %lld events</summary>\n",
                             karvan_i_party_name(p, a), karvan_i_party_name(p, b), (long long)n);
        event_rows(p, &v, karvan_i_party_name(p, b), false);
        karvan_i_text_puts(&p->out, "</details>\n");
    }
    karvan_view_clear(&v);
    return st;
}

enum { LANES_MAX = 12 };

karvan_status karvan_i_part_timeline(karvan_i_page *p, const char *a, const char *only,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *lanes[LANES_MAX];
    int n = 0;
    for (int64_t r = 0; r < karvan_table_rows(p->countries) && n < LANES_MAX; r++) {
        const char *b = karvan_i_cell_text(p->countries, "iso3", r);
        if (b && (only ? strcmp(only, b) == 0
                       : karvan_i_cell_is(p->countries, "group", r, "central_asia")))
            lanes[n++] = b;
    }
    if (n == 0) return KARVAN_OK;
    karvan_i_html_printf(&p->out,
                         "<section id=\"relations\"><h2>Relations of %s with %s since "
                         "independence</h2>\n<figure><figcaption>Who agreed what, and "
                         "when</figcaption><p class=\"sub\">",
                         karvan_i_party_name(p, a),
                         only ? karvan_i_party_name(p, only) : "Central Asia");
    karvan_i_text_puts(
        &p->out,
        "Circle: political, square: economic, triangle: cultural, diamond: strategic. A pale bar "
        "shows how far an uncertain date reaches; a fork marks what sources dispute.</p>\n");
    KARVAN_TRY(chart(p, a, lanes, n, false, err));
    KARVAN_TRY(chart(p, a, lanes, n, true, err));
    for (int i = 0; i < n; i++) KARVAN_TRY(event_list(p, a, lanes[i], only != NULL, err));
    karvan_i_text_puts(
        &p->out,
        "<p class=\"srcline\">Sources stand at each event. Method: docs/methods/record.md, "
        "uncertain dates: docs/methods/dates.md.</p></figure></section>\n");
done:
    return st;
}
