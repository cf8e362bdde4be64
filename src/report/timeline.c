/* Relations: a lane a country, or of a pair a lane a dimension; a mark an event. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/facts.h"
#include "record/lanes.h"
#include "report/html.h"
#include "report/lanes.h"
#include "report/page.h"
#include "report/trade_facts.h"
#include "table/cell.h"

static bool is_event(const karvan_i_page *p, int64_t claim) {
    const char *kind = karvan_i_cell_text(p->claims, "kind", claim);
    const karvan_edtf *d = karvan_i_cell_date(p->claims, "date", claim);
    return kind && d && d->earliest != KARVAN_DAY_MIN && d->latest != KARVAN_DAY_MAX &&
           !karvan_i_no_year(d) && !karvan_i_page_later(p, d) &&
           strcmp(karvan_record_shown(p->region, kind), "list") != 0 &&
           !karvan_i_cell_is(p->claims, "rank", claim, "deprecated");
}

/* What a reader who has a minute should see. */
static bool is_milestone(const karvan_i_page *p, int64_t claim) {
    const char *kind = karvan_i_cell_text(p->claims, "kind", claim);
    return kind && strcmp(karvan_record_shown(p->region, kind), "milestone") == 0;
}

/* ---- the drawing ---- */

enum { LANES_MAX = 12, DIMENSIONS = 4 };
static const char *const DIMENSION[DIMENSIONS] = {"political", "economic", "cultural", "strategic"};

typedef struct lanes { /* of the drawing, with the events that stand on them */
    int n;
    karvan_i_drawn_lane lane[LANES_MAX];
    karvan_view view[LANES_MAX];
    double first, last; /* years */
} lanes;

typedef struct drawn { /* which claims have a mark */
    const karvan_i_page *p;
    const karvan_i_record_facts *facts;
} drawn;

/* One mark a fact: the claim that is taken, or the first event of what is undecided. */
static bool is_drawn(void *ctx, const karvan_table *t, int64_t row) {
    const drawn *k = ctx;
    const karvan_i_record_fact *f = &k->facts->fact[k->facts->of[row]];
    (void)t;
    if (!is_event(k->p, row)) return false;
    if (f->taken >= 0) return f->taken == row;
    for (int64_t i = 0; i < f->n; i++)
        if (is_event(k->p, k->facts->claim[f->first + i]))
            return k->facts->claim[f->first + i] == row;
    return false;
}

/* Events that answer a query as one lane more; without any, no lane. */
static karvan_status add_lane(karvan_i_page *p, const karvan_i_record_facts *facts, lanes *l,
                              const karvan_record_query *q, const char *label, karvan_error *err) {
    karvan_view *v = &l->view[l->n];
    karvan_status st = karvan_record_select(p->region, q, v, err);
    if (st != KARVAN_OK) return st;
    karvan_view_filter(v, is_drawn, &(drawn){p, facts});
    for (int64_t i = 0; i < v->n; i++)
        l->last = fmax(l->last,
                       karvan_i_year_of(karvan_i_cell_date(p->claims, "date", v->row[i])->latest));
    if (v->n == 0)
        karvan_view_clear(v);
    else
        l->lane[l->n++] = (karvan_i_drawn_lane){label, v->n, v->row};
    return KARVAN_OK;
}

/* Years: from the independence of the younger ones, else from the first event, to the last event or
 * the page's day. */
static void find_years(const karvan_i_page *p, const char *const *codes, int n, lanes *l) {
    double young = -INFINITY;
    for (int i = 0; i < n; i++) {
        const karvan_edtf *d = karvan_i_cell_date(
            p->countries, "independence", karvan_package_row(p->region, "countries", codes[i]));
        if (d && d->earliest != KARVAN_DAY_MIN) young = fmax(young, karvan_i_year_of(d->earliest));
    }
    for (int i = 0; i < l->n && isinf(young); i++)
        l->first = fmin(
            l->first,
            karvan_i_year_of(karvan_i_cell_date(p->claims, "date", l->lane[i].row[0])->earliest));
    l->first = floor(isinf(young) ? l->first : young), l->last = ceil(l->last);
    if (l->last <= l->first) l->last = l->first + 1;
}

static karvan_status find_lanes(karvan_i_page *p, const char *a, const char *const *codes, int n,
                                bool dimensions, lanes *l, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_day today;
    karvan_i_record_facts facts = {0};
    *l = (lanes){.first = INFINITY, .last = -INFINITY};
    if (karvan_i_page_day(p, &today)) l->last = karvan_i_year_of(today);
    KARVAN_TRY(karvan_i_record_facts_init(&facts, p->region, NULL, err));
    for (int i = 0; i < (dimensions ? DIMENSIONS : n); i++) {
        karvan_record_query q = {.party = a, .other = codes[dimensions ? 0 : i]};
        if (dimensions) q.dimension = DIMENSION[i];
        KARVAN_TRY(add_lane(p, &facts, l, &q,
                            dimensions ? DIMENSION[i] : karvan_i_party_name(p, codes[i]), err));
    }
    find_years(p, codes, n, l);
done:
    karvan_i_record_facts_clear(&facts);
    return st;
}

static karvan_status chart(karvan_i_page *p, const lanes *l, bool narrow, karvan_error *err) {
    const karvan_i_lane_chart c = {.claims = p->claims,
                                   .n = l->n,
                                   .lane = l->lane,
                                   .width = narrow ? 340 : 900,
                                   .first = l->first,
                                   .last = l->last,
                                   .words = !narrow, /* a finger rests on nothing */
                                   .id = p->next_id++,
                                   .title = "Timeline of relations"};
    karvan_i_html_printf(&p->out, "<div class=\"%s\">", narrow ? "narrow" : "wide");
    karvan_status st = karvan_i_lanes_draw(&p->out, &c, err);
    karvan_i_text_puts(&p->out, "</div>\n");
    return st;
}

/* ---- the lists ---- */

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

int karvan_i_relation_partners(const karvan_i_page *p, const char *a, const char *only,
                               const char **codes, int most) {
    const char *group = karvan_i_setting(p->region, "report_group", "central_asia");
    int n = 0;
    for (int64_t r = 0; r < karvan_table_rows(p->countries) && n < most; r++) {
        const char *b = karvan_i_cell_text(p->countries, "iso3", r);
        if (b && strcmp(a, b) != 0 &&
            (only ? strcmp(only, b) == 0 : karvan_i_cell_is(p->countries, "group", r, group)))
            codes[n++] = b;
    }
    return n;
}

karvan_status karvan_i_part_timeline(karvan_i_page *p, const char *a, const char *only,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *codes[LANES_MAX];
    lanes l = {0};
    int n = 0;
    if (!p->claims) return KARVAN_OK;
    n = karvan_i_relation_partners(p, a, only, codes, LANES_MAX);
    if (n == 0) return KARVAN_OK;
    KARVAN_TRY(find_lanes(p, a, codes, n, only != NULL, &l, err));
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
    if (l.n > 0) {
        KARVAN_TRY(chart(p, &l, false, err));
        KARVAN_TRY(chart(p, &l, true, err));
    }
    for (int i = 0; i < n; i++) KARVAN_TRY(event_list(p, a, codes[i], only != NULL, err));
    karvan_i_text_puts(
        &p->out,
        "<p class=\"srcline\">Sources stand at each event. Method: docs/methods/record.md, "
        "uncertain dates: docs/methods/dates.md.</p></figure></section>\n");
done:
    for (int i = 0; i < LANES_MAX; i++) karvan_view_clear(&l.view[i]);
    return st;
}
