/* What stands beside the timeline: bodies that both belong to, instruments in force, what changed.
 * The index and its band belong before them, in the sections of both kinds of page. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "record/spell.h"
#include "report/html.h"
#include "report/page.h"
#include "table/cell.h"

enum { PARTNERS_MOST = 12, YEARS_BACK = 5 };

/* "1 January 2021" */
static void put_day(karvan_i_page *p, karvan_day d) {
    char day[48], words[120];
    karvan_day_format(d, day, sizeof day);
    bool told = karvan_edtf_words(day, strlen(day), words, sizeof words, NULL) == KARVAN_OK;
    /* "on 1 January 2021" */
    karvan_i_text_xml(&p->out, told && strncmp(words, "on ", 3) == 0 ? words + 3 : day);
}

/* The days between which changes are told: from the one that is asked for, else some years before
 * the page's own; to the page's own, since what is planned has not changed yet. */
typedef struct interval {
    karvan_day first, last;
} interval;

static interval changed_in(const karvan_i_page *p, karvan_day today) {
    int64_t year;
    int month, day;
    interval i = {p->days.since, today};
    if (p->days.has_since) return i;
    karvan_day_to_civil(today, &year, &month, &day);
    i.first = karvan_day_from_civil(year - YEARS_BACK, month, month == 2 && day == 29 ? 28 : day);
    return i;
}

/* "since 1 January 2021", "between 1 January 2010 and 1 January 2015" */
static void put_interval(karvan_i_page *p, interval i) {
    bool ends = p->days.has_date;
    karvan_i_text_puts(&p->out, ends ? "between " : "since ");
    put_day(p, i.first);
    if (!ends) return;
    karvan_i_text_puts(&p->out, " and ");
    put_day(p, i.last);
}

/* ---- of a pair: bodies ---- */

/* "since 1992", "1993 to 1999", with its status where that is not member. */
static void membership_cell(karvan_i_page *p, const karvan_table *t, const char *body,
                            const char *country) {
    int told = 0;
    karvan_i_text_puts(&p->out, "<td>");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *from = karvan_i_cell_text(t, "from", r), *end = karvan_i_cell_text(t, "to", r);
        const char *status = karvan_i_cell_text(t, "status", r);
        if (!karvan_i_cell_is(t, "organisation", r, body) ||
            !karvan_i_cell_is(t, "country", r, country) ||
            karvan_i_page_later(p, karvan_i_cell_date(t, "from", r)))
            continue;
        karvan_i_text_puts(&p->out, told++ ? "; " : "");
        if (status && strcmp(status, "member") != 0) karvan_i_html_printf(&p->out, "%s ", status);
        bool goes_on = karvan_i_cell_bool(t, "goes_on", r) ||
                       karvan_i_page_later(p, karvan_i_cell_date(t, "to", r));
        karvan_i_html_printf(&p->out, goes_on ? "since %s" : "%s to %s",
                             from ? from : "an unknown day", end ? end : "an unknown day");
        karvan_i_cite(p, karvan_i_cell_text(t, "source", r));
    }
    karvan_i_text_puts(&p->out, "</td>");
}

/* Has a country joined a body, by the page's day where one is asked for? */
static bool joined(const karvan_i_page *p, const karvan_table *t, const char *body,
                   const char *country) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_i_cell_is(t, "organisation", r, body) &&
            karvan_i_cell_is(t, "country", r, country) &&
            !karvan_i_page_later(p, karvan_i_cell_date(t, "from", r)))
            return true;
    return false;
}

static int64_t count_joint(const karvan_i_page *p, const karvan_table *t, const char *a,
                           const char *b) {
    int64_t n = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *body = karvan_i_cell_text(t, "organisation", r);
        n += joined(p, t, body, a) && joined(p, t, body, b);
    }
    return n;
}

/* Has a row above this one the same body? */
static bool told_before(const karvan_table *t, int64_t row) {
    const char *body = karvan_i_cell_text(t, "organisation", row);
    for (int64_t r = 0; r < row; r++)
        if (karvan_i_cell_is(t, "organisation", r, body)) return true;
    return false;
}

static karvan_status bodies(karvan_i_page *p, const char *a, const char *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    char heads[240];
    if (!karvan_package_table(p->region, "memberships") ||
        !karvan_package_table(p->region, "organisations"))
        return KARVAN_OK;
    KARVAN_TRY(karvan_record_memberships(p->region, a, b, &t, err));
    if (count_joint(p, t, a, b) == 0) goto done;
    (void)snprintf(heads, sizeof heads, "body|%s|%s", karvan_i_party_name(p, a),
                   karvan_i_party_name(p, b));
    karvan_i_text_puts(&p->out,
                       "<section id=\"bodies\"><h2>Bodies that both belong or belonged to</h2>\n");
    karvan_i_html_printf(&p->out, "<p class=\"sub\">%s first, then %s", karvan_i_party_name(p, a),
                         karvan_i_party_name(p, b));
    if (p->days.has_date) karvan_i_text_puts(&p->out, "; as it was on "), put_day(p, p->days.date);
    karvan_i_text_puts(&p->out, ".</p>\n");
    karvan_i_table_open(p, "Memberships", heads, true);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *body = karvan_i_cell_text(t, "organisation", r);
        if (told_before(t, r) || !joined(p, t, body, a) || !joined(p, t, body, b)) continue;
        karvan_i_text_puts(&p->out, "<tr>");
        karvan_i_td_text(p, karvan_i_cell_text(t, "name", r));
        membership_cell(p, t, body, a), membership_cell(p, t, body, b);
        karvan_i_text_puts(&p->out, "</tr>\n");
    }
    karvan_i_table_close(p);
    karvan_i_text_puts(&p->out, "</section>\n");
done:
    karvan_table_destroy(t);
    return st;
}

/* ---- of a pair: instruments ---- */

static int64_t count_status(const karvan_table *t, const char *column, const char *status) {
    int64_t n = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) n += karvan_i_cell_is(t, column, r, status);
    return n;
}

static void date_cell(karvan_i_page *p, const karvan_table *t, const char *column, int64_t row) {
    karvan_i_td_text(p, karvan_i_cell_text(t, column, row));
}

static void instrument_row(karvan_i_page *p, const karvan_table *t, int64_t r, bool dates) {
    karvan_i_text_puts(&p->out, "<tr>");
    karvan_i_td_text(p, karvan_i_cell_text(t, "title", r));
    if (dates) date_cell(p, t, "in_force", r);
    if (!dates) date_cell(p, t, karvan_i_cell_text(t, "signed", r) ? "signed" : "date", r);
    if (!dates) karvan_i_td_text(p, karvan_i_cell_text(t, "why", r));
    karvan_i_text_puts(&p->out, "<td>");
    karvan_i_cite(p, karvan_i_cell_text(t, "source", r));
    karvan_i_text_puts(&p->out, "</td></tr>\n");
}

/* Those in force, or that may be; then, closed, those of which no source says. */
static void instrument_tables(karvan_i_page *p, const karvan_table *t) {
    int64_t open = count_status(t, "status", "unknown");
    int64_t held = count_status(t, "status", "yes") + count_status(t, "status", "maybe");
    if (held > 0) karvan_i_table_open(p, "Instruments in force", "instrument|since|source", true);
    for (int64_t r = 0; held > 0 && r < karvan_table_rows(t); r++)
        if (karvan_i_cell_is(t, "status", r, "yes") || karvan_i_cell_is(t, "status", r, "maybe"))
            instrument_row(p, t, r, true);
    if (held > 0) karvan_i_table_close(p);
    if (open == 0) return;
    karvan_i_html_printf(&p->out,
                         "<details><summary>Signed or agreed, and no source says whether in force: "
                         "%lld</summary>\n",
                         (long long)open);
    karvan_i_table_open(p, "Instruments whose entry into force is not known",
                        "instrument|signed|what is known|source", true);
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_i_cell_is(t, "status", r, "unknown")) instrument_row(p, t, r, false);
    karvan_i_table_close(p);
    karvan_i_text_puts(&p->out, "</details>\n");
}

static karvan_status instruments(karvan_i_page *p, const char *a, const char *b, karvan_day today,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    KARVAN_TRY(karvan_record_instruments(p->region, a, b, today, &t, err));
    if (karvan_table_rows(t) == 0) goto done;
    int64_t yes = count_status(t, "status", "yes"), maybe = count_status(t, "status", "maybe");
    karvan_i_text_puts(&p->out, "<section id=\"instruments\"><h2>Treaties and agreements in force"
                                "</h2>\n<p class=\"sub\">On ");
    put_day(p, today);
    karvan_i_html_printf(&p->out, ": %lld in force by their sources", (long long)yes);
    if (maybe > 0) karvan_i_html_printf(&p->out, ", %lld perhaps", (long long)maybe);
    karvan_i_text_puts(&p->out, ". A signature is no entry into force.</p>\n");
    instrument_tables(p, t);
    karvan_i_text_puts(&p->out, "</section>\n");
done:
    karvan_table_destroy(t);
    return st;
}

/* ---- of a pair: changes ---- */

/* How many changes of each kind, in the order of table kinds: "visit 9, agreement 4". */
static void kinds_of_changes(karvan_i_page *p, const karvan_table *t) {
    const karvan_table *kinds = karvan_package_table(p->region, "kinds");
    int told = 0;
    for (int64_t r = 0; kinds && r < karvan_table_rows(kinds); r++) {
        const char *kind = karvan_i_cell_text(kinds, "kind", r),
                   *label = karvan_i_cell_text(kinds, "label", r);
        int64_t n = kind ? count_status(t, "kind", kind) : 0;
        if (n == 0) continue;
        karvan_i_html_printf(&p->out, told++ ? ", %s %lld" : "<p>%s %lld", label ? label : kind,
                             (long long)n);
    }
    karvan_i_text_puts(&p->out, told ? ".</p>\n" : "");
}

static void change_rows(karvan_i_page *p, const karvan_table *t) {
    const karvan_table *kinds = karvan_package_table(p->region, "kinds");
    karvan_i_table_open(p, "Changes and their sources", "date|what|kind|source", true);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *kind = karvan_i_cell_text(t, "kind", r);
        const char *label =
            kinds && kind
                ? karvan_i_cell_text(kinds, "label", karvan_package_row(p->region, "kinds", kind))
                : NULL;
        karvan_i_text_puts(&p->out, "<tr><td class=\"in\">");
        karvan_i_text_xml(&p->out, karvan_i_cell_text(t, "date", r));
        if (karvan_i_cell_is(t, "certain", r, "maybe"))
            karvan_i_text_puts(&p->out, " <small>(may lie outside)</small>");
        karvan_i_text_puts(&p->out, "</td>");
        karvan_i_td_text(p, karvan_i_cell_text(t, "what", r));
        karvan_i_td_text(p, label ? label : kind);
        karvan_i_text_puts(&p->out, "<td>");
        karvan_i_cite(p, karvan_i_cell_text(t, "source", r));
        karvan_i_text_puts(&p->out, "</td></tr>\n");
    }
    karvan_i_table_close(p);
}

static karvan_status changes(karvan_i_page *p, const char *a, const char *b, karvan_day today,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    const interval when = changed_in(p, today);
    bool ends = p->days.has_date;
    KARVAN_TRY(karvan_record_changes(p->region, a, b, when.first, when.last, &t, err));
    int64_t n = karvan_table_rows(t), maybe = count_status(t, "certain", "maybe");
    if (n == 0 && !p->days.has_since) goto done;
    karvan_i_text_puts(&p->out, "<section id=\"since\"><h2>What changed ");
    put_interval(p, when);
    karvan_i_html_printf(&p->out, "</h2>\n<p class=\"sub\">%lld event%s", (long long)n,
                         n == 1 ? "" : "s");
    if (maybe > 0)
        karvan_i_html_printf(&p->out, ", %lld of them perhaps outside", (long long)maybe);
    karvan_i_text_puts(&p->out, "; contradicting claims count once, by the rules of the record.");
    if (!p->days.has_since)
        karvan_i_html_printf(
            &p->out, " The %sday lies %d years before %s.", ends ? "first " : "", (int)YEARS_BACK,
            ends ? "that of the page" : "the region's reference date, until which they are told");
    karvan_i_text_puts(&p->out, "</p>\n");
    kinds_of_changes(p, t);
    if (n > 0) {
        karvan_i_text_puts(&p->out,
                           "<details><summary>All of them, with their sources</summary>\n");
        change_rows(p, t);
        karvan_i_text_puts(&p->out, "</details>");
    }
    karvan_i_text_puts(&p->out, "</section>\n");
done:
    karvan_table_destroy(t);
    return st;
}

/* ---- of a country and its group: a row a partner ---- */

/* Does the country belong to the body on a day, as a member or associate? */
static karvan_truth belongs(const karvan_table *t, const char *body, const char *country,
                            karvan_day day) {
    karvan_truth any = KARVAN_NO;
    int to = karvan_table_find(t, "to");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (!karvan_i_cell_is(t, "organisation", r, body) ||
            !karvan_i_cell_is(t, "country", r, country) ||
            !(karvan_i_cell_is(t, "status", r, "member") ||
              karvan_i_cell_is(t, "status", r, "associate")))
            continue;
        bool goes_on = to >= 0 && karvan_table_state(t, to, r) == KARVAN_NOT_COVERED;
        any = karvan_truth_or(any,
                              karvan_i_spell_in(karvan_i_cell_date(t, "from", r),
                                                karvan_i_cell_date(t, "to", r), goes_on, day, day));
    }
    return any;
}

typedef struct standing { /* of a pair on a day: at least, at most */
    int64_t bodies, bodies_most, in_force, in_force_most, open, changes;
} standing;

/* Joint bodies are what any state can join, as elsewhere: neither commissions nor companies. */
static bool is_open_to_all(const karvan_table *bodies, int64_t row) {
    return !karvan_i_cell_is(bodies, "kind", row, "commission") &&
           !karvan_i_cell_is(bodies, "kind", row, "company");
}

static karvan_status stand(karvan_i_page *p, const char *a, const char *b, karvan_day today,
                           standing *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *bodies = karvan_package_table(p->region, "organisations"),
                       *t = karvan_package_table(p->region, "memberships");
    karvan_table *instruments = NULL, *changes = NULL;
    *s = (standing){0};
    for (int64_t r = 0; bodies && t && r < karvan_table_rows(bodies); r++) {
        const char *id = karvan_i_cell_text(bodies, "id", r);
        if (!is_open_to_all(bodies, r)) continue;
        karvan_truth both =
            id ? karvan_truth_and(belongs(t, id, a, today), belongs(t, id, b, today)) : KARVAN_NO;
        s->bodies += both == KARVAN_YES, s->bodies_most += both != KARVAN_NO;
    }
    KARVAN_TRY(karvan_record_instruments(p->region, a, b, today, &instruments, err));
    s->in_force = count_status(instruments, "status", "yes");
    s->in_force_most = s->in_force + count_status(instruments, "status", "maybe");
    s->open = count_status(instruments, "status", "unknown");
    const interval when = changed_in(p, today);
    KARVAN_TRY(karvan_record_changes(p->region, a, b, when.first, when.last, &changes, err));
    s->changes = karvan_table_rows(changes);
done:
    karvan_table_destroy(instruments), karvan_table_destroy(changes);
    return st;
}

/* "7", "7 to 9" */
static void range_cell(karvan_i_page *p, int64_t least, int64_t most) {
    if (least == most)
        karvan_i_html_printf(&p->out, "<td class=\"n\">%lld</td>", (long long)least);
    else
        karvan_i_html_printf(&p->out, "<td class=\"n\">%lld to %lld</td>", (long long)least,
                             (long long)most);
}

static karvan_status group(karvan_i_page *p, const char *a, const char *const *codes, int n,
                           karvan_day today, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text_puts(&p->out,
                       "<section id=\"standing\"><h2>Joint bodies, instruments in force, "
                       "changes</h2>\n<p class=\"sub\">Members and associates of bodies (not "
                       "commissions nor companies), and "
                       "instruments in force, on ");
    put_day(p, today);
    karvan_i_text_puts(&p->out, "; two figures where dates leave it open. Changes ");
    put_interval(p, changed_in(p, today));
    karvan_i_text_puts(&p->out, ".</p>\n");
    karvan_i_table_open(p, "What ties the countries",
                        "with|joint bodies#|in force#|signed, else unknown#|changes#", true);
    for (int i = 0; i < n; i++) {
        standing s;
        KARVAN_TRY(stand(p, a, codes[i], today, &s, err));
        karvan_i_text_puts(&p->out, "<tr>");
        karvan_i_td_text(p, karvan_i_party_name(p, codes[i]));
        range_cell(p, s.bodies, s.bodies_most);
        range_cell(p, s.in_force, s.in_force_most);
        range_cell(p, s.open, s.open), range_cell(p, s.changes, s.changes);
        karvan_i_text_puts(&p->out, "</tr>\n");
    }
    karvan_i_table_close(p);
    karvan_i_text_puts(&p->out, "<p class=\"srcline\">A brief of each pair lists them with their "
                                "sources: karvan brief. Method: docs/methods/record.md.</p>"
                                "</section>\n");
done:
    return st;
}

karvan_status karvan_i_part_relations(karvan_i_page *p, const char *a, const char *only,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *codes[PARTNERS_MOST];
    karvan_day today = 0;
    bool dated = karvan_i_page_day(p, &today) && p->claims;
    if (!only && dated) {
        int n = karvan_i_relation_partners(p, a, NULL, codes, PARTNERS_MOST);
        return n > 0 ? group(p, a, codes, n, today, err) : KARVAN_OK;
    }
    if (!only) return KARVAN_OK;
    KARVAN_TRY(bodies(p, a, only, err));
    if (!dated) goto done;
    karvan_i_text_puts(&p->out, "<div class=\"side\">\n"); /* of one another, on paper */
    KARVAN_TRY(instruments(p, a, only, today, err));
    KARVAN_TRY(changes(p, a, only, today, err));
    karvan_i_text_puts(&p->out, "</div>\n");
done:
    return st;
}
