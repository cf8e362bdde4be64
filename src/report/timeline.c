/* Relations: a lane a country, a mark an event, colour and shape by dimension; uncertain dates
 * spread over their bounds. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
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

/* words: what it is, for a pointer that rests on it. */
static void mark(karvan_i_page *p, int64_t claim, const karvan_i_scale *x, double y, bool words) {
    const karvan_edtf *d = karvan_i_cell_date(p->claims, "date", claim);
    const char *dimension = karvan_i_cell_text(p->claims, "dimension", claim);
    double a = fmax(karvan_i_at(x, year_of(d->earliest)), x->p0),
           b = fmin(karvan_i_at(x, year_of(d->latest)), x->p1), m = (a + b) / 2;
    if (b < x->p0 || a > x->p1 || !dimension) return;
    karvan_i_html_printf(&p->out, "<g class=\"%s\">", dimension);
    if (words) {
        const char *date = karvan_i_cell_text(p->claims, "date", claim),
                   *title = karvan_i_cell_text(p->claims, "title", claim);
        karvan_i_html_printf(&p->out, "<title>%s %s</title>", date ? date : "", title ? title : "");
    }
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
    karvan_i_text_puts(&p->out, "</g>\n");
}

/* Marks of a lane are set in rows so that they do not lie on one another. */
static void lane(karvan_i_page *p, const char *a, const char *b, const karvan_i_scale *x,
                 double top, double height, bool words, karvan_error *err, karvan_status *st) {
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
        mark(p, v.row[i], x, y < top + height - 6 ? y : top + height - 8, words);
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
        lane(p, a, lanes[i], &x, y + (narrow ? 16 : 2), row - (narrow ? 18 : 4), !narrow, err,
             &st); /* a finger rests on nothing */
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

static void event_rows(karvan_i_page *p, const karvan_view *v, const char *other) {
    char caption[160];
    (void)snprintf(caption, sizeof caption, "Events with %s and their sources", other);
    karvan_i_table_open(p, caption, "date|what|kind|rank|source", true);
    for (int64_t i = 0; i < v->n; i++) {
        int64_t r = v->row[i];
        const char *date = karvan_i_cell_text(p->claims, "date", r);
        if (!date || !is_event(p, r)) continue;
        karvan_i_html_printf(&p->out, "<tr id=\"c-%s\">", karvan_i_cell_text(p->claims, "id", r));
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

static bool same_text(const karvan_i_page *p, const char *column, int64_t a, int64_t b) {
    const char *s = karvan_i_cell_text(p->claims, column, a);
    return s && karvan_i_cell_is(p->claims, column, b, s);
}

/* Two claims of one event: sources that agree on kind and day, or that contradict one another. */
static bool one_event(const karvan_i_page *p, int64_t a, int64_t b) {
    return same_text(p, "conflict", a, b) ||
           (same_text(p, "kind", a, b) && same_text(p, "date", a, b) &&
            !karvan_i_cell_text(p->claims, "conflict", a) &&
            !karvan_i_cell_text(p->claims, "conflict", b));
}

static bool preferred(const karvan_i_page *p, int64_t claim) {
    return karvan_i_cell_is(p->claims, "rank", claim, "preferred");
}

/* How many of the event's claims give a claim's very date. */
static int voices(const karvan_i_page *p, const karvan_view *v, int64_t i, int64_t claim) {
    int n = 0;
    for (int64_t k = i; k < v->n; k++)
        n += (k == i || one_event(p, v->row[i], v->row[k])) && is_event(p, v->row[k]) &&
             same_text(p, "date", claim, v->row[k]);
    return n;
}

/* Claims of the event of row[i] that come later in the view join it; *best: the one to show, the
 * preferred one, else the first whose date most of them give. */
static void gather(const karvan_i_page *p, const karvan_view *v, int64_t i, bool *told,
                   int64_t *best) {
    *best = v->row[i];
    for (int64_t k = i + 1; k < v->n; k++) {
        int64_t r = v->row[k];
        if (told[k] || !is_event(p, r) || !one_event(p, v->row[i], r)) continue;
        told[k] = true;
        if (preferred(p, *best)) continue;
        if (preferred(p, r) || voices(p, v, i, r) > voices(p, v, i, *best)) *best = r;
    }
}

/* Dates that other sources give to the same event, each once. */
static void other_dates(karvan_i_page *p, const karvan_view *v, int64_t i, int64_t best) {
    int n = 0;
    const char *shown = karvan_i_cell_text(p->claims, "date", best);
    for (int64_t k = i; k < v->n; k++) {
        const char *date = karvan_i_cell_text(p->claims, "date", v->row[k]);
        bool again = !is_event(p, v->row[k]) || (k > i && !one_event(p, v->row[i], v->row[k])) ||
                     !date || strcmp(date, shown) == 0;
        for (int64_t m = i; m < k && !again; m++)
            again = (m == i || one_event(p, v->row[i], v->row[m])) &&
                    same_text(p, "date", m == i ? v->row[i] : v->row[m], v->row[k]);
        if (again) continue;
        karvan_i_text_puts(&p->out, n++ ? ", " : " <small>(others: "),
            karvan_i_text_xml(&p->out, date);
    }
    if (n > 0) karvan_i_text_puts(&p->out, ")</small>");
}

/* All who speak of the event of row[i], each once. */
static void cite_all(karvan_i_page *p, const karvan_view *v, int64_t i) {
    for (int64_t k = i; k < v->n; k++) {
        bool again = k > i && (!is_event(p, v->row[k]) || !one_event(p, v->row[i], v->row[k]));
        for (int64_t m = i; m < k && !again; m++)
            again = (m == i || one_event(p, v->row[i], v->row[m])) &&
                    same_text(p, "source", v->row[m], v->row[k]);
        if (!again) karvan_i_cite(p, karvan_i_cell_text(p->claims, "source", v->row[k]));
    }
}

/* One row an event, with all who speak of it. */
static karvan_status milestone_rows(karvan_i_page *p, const karvan_view *v, const char *other,
                                    karvan_error *err) {
    char caption[160];
    bool *told = karvan_i_calloc((size_t)v->n + 1, sizeof *told);
    if (!told) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the milestones");
    (void)snprintf(caption, sizeof caption, "Milestones with %s and their sources", other);
    karvan_i_table_open(p, caption, "date|what|source", true);
    for (int64_t i = 0; i < v->n; i++) {
        int64_t best, r = v->row[i];
        if (told[i] || !is_event(p, r) || !is_milestone(p, r)) continue;
        gather(p, v, i, told, &best);
        karvan_i_text_puts(&p->out, "<tr><td class=\"in\">"),
            karvan_i_text_xml(&p->out, karvan_i_cell_text(p->claims, "date", best)),
            karvan_i_text_puts(&p->out, "</td><td>"),
            karvan_i_text_xml(&p->out, karvan_i_cell_text(p->claims, "title", best));
        other_dates(p, v, i, best);
        karvan_i_text_puts(&p->out, "</td><td>");
        cite_all(p, v, i);
        karvan_i_text_puts(&p->out, "</td></tr>\n");
    }
    karvan_i_table_close(p);
    karvan_i_free(told);
    return KARVAN_OK;
}

static karvan_status event_list(karvan_i_page *p, const char *a, const char *b, bool milestones,
                                karvan_error *err) {
    karvan_record_query q = {.party = a, .other = b};
    karvan_view v = {0};
    karvan_status st = karvan_record_select(p->region, &q, &v, err);
    if (st == KARVAN_OK) {
        int64_t n = 0;
        if (milestones) st = milestone_rows(p, &v, karvan_i_party_name(p, b), err);
        for (int64_t i = 0; i < v.n; i++) n += is_event(p, v.row[i]);
        karvan_i_html_printf(&p->out, "<details><summary>%s and %s: all %lld events</summary>\n",
                             karvan_i_party_name(p, a), karvan_i_party_name(p, b), (long long)n);
        event_rows(p, &v, karvan_i_party_name(p, b));
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
    if (!p->claims) return KARVAN_OK;
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
