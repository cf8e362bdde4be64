/* What would help, and what we do not know: interventions, targets hit and missed, contradictions,
 * assumptions, sources. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "report/html.h"
#include "report/page.h"
#include "table/cell.h"

karvan_status karvan_i_part_interventions(karvan_i_page *p, karvan_error *err) {
    const karvan_table *t = karvan_package_table(p->region, "interventions");
    if (!t || karvan_table_rows(t) == 0) return KARVAN_OK;
    karvan_i_text_puts(
        &p->out, "<section id=\"proposed\"><h2>What has been proposed</h2>\n<p>Improvements and "
                 "disruptions that the region's tables describe, with their published cost. This "
                 "version lists them; it does not yet say what each would change.</p>\n");
    karvan_i_table_open(p, "Named interventions",
                        "name|kind|proposed by|state|when|published cost, million#|currency|source",
                        true);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        karvan_i_text_puts(&p->out, "<tr>");
        karvan_i_td_text(p, karvan_i_cell_text(t, "name", r)),
            karvan_i_td_text(p, karvan_i_cell_text(t, "kind", r));
        const char *who = karvan_i_cell_text(t, "proposer", r),
                   *when = karvan_i_cell_text(t, "when", r),
                   *currency = karvan_i_cell_text(t, "currency", r),
                   *status = karvan_i_cell_text(t, "status", r);
        karvan_i_td_text(p, who ? who : "nobody");
        karvan_i_td_text(p, status && strcmp(status, "under_way") == 0 ? "under way" : status),
            karvan_i_td_text(p, when ? when : "not stated");
        karvan_i_td_number(p, karvan_i_cell_real(t, "cost_million", r), 4, KARVAN_UNKNOWN),
            karvan_i_td_text(p, currency ? currency : "");
        karvan_i_text_puts(&p->out, "<td>"), karvan_i_cite(p, karvan_i_cell_text(t, "source", r)),
            karvan_i_text_puts(&p->out, "</td></tr>\n");
    }
    karvan_i_table_close(p);
    karvan_i_text_puts(&p->out, "</section>\n");
    return karvan_i_text_status(&p->out, err);
}

static void target_row(karvan_i_page *p, const karvan_table *t, int64_t r) {
    double low = karvan_i_cell_real(t, "low", r), high = karvan_i_cell_real(t, "high", r);
    const char *verdict = karvan_i_cell_text(t, "verdict", r),
               *note = karvan_i_cell_text(t, "note", r);
    bool out = verdict && strcmp(verdict, "outside") == 0;
    karvan_i_text_puts(&p->out, "<tr>");
    karvan_i_td_text(p, karvan_i_cell_text(t, "name", r));
    karvan_i_td_number(p, karvan_i_cell_real(t, "model", r), 3, KARVAN_NOT_COVERED);
    karvan_i_text_puts(&p->out, "<td class=\"n\">");
    karvan_i_number(&p->out, low, 5);
    if (high > low) karvan_i_text_puts(&p->out, "\xE2\x80\x93"), karvan_i_number(&p->out, high, 5);
    karvan_i_text_puts(&p->out, "</td>");
    karvan_i_td_text(p, karvan_i_cell_text(t, "unit", r));
    karvan_i_html_printf(&p->out, "<td class=\"%s\">%s</td>", out ? "out" : "in",
                         verdict ? verdict : "");
    double off = karvan_i_cell_real(t, "off_percent", r);
    if (out)
        karvan_i_td_number(p, off, 2, KARVAN_UNKNOWN);
    else
        karvan_i_text_puts(&p->out, "<td></td>");
    karvan_i_html_printf(&p->out, "<td>%s</td><td>",
                         karvan_i_cell_bool(t, "used_to_estimate", r) ? "yes" : "no");
    karvan_i_text_xml(&p->out, note);
    karvan_i_cite(p, karvan_i_cell_text(t, "source", r));
    karvan_i_text_puts(&p->out, "</td></tr>\n");
}

karvan_status karvan_i_part_targets(karvan_i_page *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    if (!karvan_package_table(p->region, "targets")) return KARVAN_OK;
    KARVAN_TRY(karvan_network_targets(p->net, &t, err));
    int in = 0, out = 0, quick = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (karvan_i_cell_bool(t, "used_to_estimate", r)) continue;
        bool outside = karvan_i_cell_is(t, "verdict", r, "outside");
        in += karvan_i_cell_is(t, "verdict", r, "inside") ||
              karvan_i_cell_is(t, "verdict", r, "near");
        out += outside;
        quick += outside && karvan_i_cell_is(t, "measure", r, "route_days") &&
                 karvan_i_cell_real(t, "off_percent", r) < 0;
    }
    karvan_i_html_printf(
        &p->out,
        "<section id=\"targets\"><h2>The model meets %d published figures and misses %d</h2>\n"
        "<p>Every figure at hand that the model can be held against. No leg was solved from a "
        "total; where a leg was set from the very figure, the column says so, and it proves "
        "nothing. Near: a single published figure met within a tenth.</p>\n",
        in, out);
    if (quick > 0)
        karvan_i_html_printf(
            &p->out,
            "<p>In %d of the misses the model is quicker than what was published. Its hours are "
            "moving, handling, frontiers and waits for ships, as sourced leg by leg; waits for "
            "wagons, paths and papers on the way have no source of that kind and are not in "
            "it.</p>\n",
            quick);
    karvan_i_table_open(
        p, "Model beside published figures",
        "figure|model#|published#|unit|verdict|off by, %#|used to set a leg|note and source", true);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) target_row(p, t, r);
    karvan_i_table_close(p);
    karvan_i_text_puts(&p->out, "<p class=\"srcline\">Method: docs/methods/network.md, section on "
                                "targets.</p></section>\n");
done:
    karvan_table_destroy(t);
    return st;
}

static void claim_line(karvan_i_page *p, const karvan_table *t, int64_t r) {
    const char *date = karvan_i_cell_text(t, "date", r), *value = karvan_i_cell_text(t, "value", r),
               *unit = karvan_i_cell_text(t, "unit", r), *note = karvan_i_cell_text(t, "note", r);
    karvan_i_text_puts(&p->out, "<p><span class=\"rank\">");
    karvan_i_text_xml(&p->out, karvan_i_cell_text(t, "rank", r));
    karvan_i_text_puts(&p->out, "</span> <b>");
    karvan_i_text_xml(&p->out, value ? value : date ? date : "no date");
    if (value && unit) karvan_i_text_puts(&p->out, " "), karvan_i_text_xml(&p->out, unit);
    karvan_i_text_puts(&p->out, "</b> ");
    karvan_i_text_xml(&p->out, karvan_i_cell_text(t, "title", r));
    karvan_i_cite(p, karvan_i_cell_text(t, "source", r));
    if (note)
        karvan_i_text_puts(&p->out, "<br><small>"), karvan_i_text_xml(&p->out, note),
            karvan_i_text_puts(&p->out, "</small>");
    karvan_i_text_puts(&p->out, "</p>\n");
}

/* "capacity:BTK" and "railway_opened" as words. */
static void words(karvan_i_text *t, const char *key) {
    for (; *key; key++) {
        const char one[2] = {(char)(*key == '_' || *key == ':' ? ' ' : *key), 0};
        karvan_i_text_xml(t, one);
    }
}

static bool same_cell(const karvan_table *t, const char *column, int64_t a, int64_t b) {
    const char *x = karvan_i_cell_text(t, column, a), *y = karvan_i_cell_text(t, column, b);
    return !x == !y && (!x || strcmp(x, y) == 0);
}

/* Does a claim say of the first one's value only a less exact date, as "2008" of "2008-09-06"? */
static bool less_exact(const karvan_table *t, int64_t first, int64_t r) {
    const karvan_edtf *d = karvan_i_cell_date(t, "date", r),
                      *f = karvan_i_cell_date(t, "date", first);
    return d && f && same_cell(t, "value", first, r) && same_cell(t, "unit", first, r) &&
           !d->is_interval && !d->is_set && d->earliest <= f->earliest && d->latest >= f->latest &&
           !karvan_i_cell_is(t, "rank", r, "deprecated");
}

/* A box for the claims of one key, which begin at a row. Where they are only less exact than one
 * another, the printed brief leaves it out. */
static void open_fork(karvan_i_page *p, const karvan_table *t, int64_t first, const char *key) {
    bool same = true;
    for (int64_t r = first; r < karvan_table_rows(t) && karvan_i_cell_is(t, "conflict", r, key);
         r++)
        same = same && less_exact(t, first, r);
    karvan_i_text_puts(&p->out,
                       same ? "<div class=\"fork same\"><h3>" : "<div class=\"fork\"><h3>");
    words(&p->out, key);
    karvan_i_text_puts(&p->out, "</h3>\n");
}

karvan_status karvan_i_part_conflicts(karvan_i_page *p, const char *a, const char *b,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    karvan_view v = {0};
    karvan_record_query q = {.party = a, .other = b, .only_conflicts = true};
    if (!p->claims) return KARVAN_OK;
    if (a) KARVAN_TRY(karvan_record_select(p->region, &q, &v, err));
    KARVAN_TRY(karvan_record_conflicts(p->region, a ? &v : NULL, &t, err));
    if (karvan_table_rows(t) == 0) goto done;
    karvan_i_text_puts(
        &p->out,
        "<section id=\"conflicts\"><h2>Where the sources contradict one "
        "another</h2>\n<p>Contradicting claims stand side by side; none is overwritten. Preferred: "
        "what other evidence supports; deprecated: known to be wrong, and why.</p>\n");
    const char *last = "";
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *key = karvan_i_cell_text(t, "conflict", r);
        if (strcmp(key, last) != 0) {
            if (*last) karvan_i_text_puts(&p->out, "</div>\n");
            open_fork(p, t, r, key);
            last = key;
        }
        claim_line(p, t, r);
    }
    karvan_i_text_puts(&p->out, "</div></section>\n");
done:
    karvan_table_destroy(t);
    karvan_view_clear(&v);
    return st;
}

/* Assumed legs of the corridors shown, by the hours that rest on them. */
static void assumed_hours(karvan_i_page *p) {
    if (p->n_corridors == 0) return;
    karvan_i_table_open(p, "How much of each corridor rests on assumptions",
                        "corridor|expected hours#|of which assumed#|share, %#|USD a TEU#|of which "
                        "assumed#|share, %#",
                        true);
    for (int c = 0; c < p->n_corridors; c++) {
        const karvan_i_way *w = &p->way[c];
        double hours = 0, usd = 0;
        if (!w->exists) continue;
        for (int32_t k = 0; k < w->route.n_legs; k++) {
            const karvan_leg *l = &w->route.legs[k];
            if (l->source && strcmp(l->source, "assumption") == 0) hours += l->hours;
            if (l->cost_source && strcmp(l->cost_source, "assumption") == 0) usd += l->usd_per_teu;
        }
        karvan_i_text_puts(&p->out, "<tr>");
        karvan_i_td_text(p, karvan_i_cell_text(p->corridors, "short_name", c));
        karvan_i_td_number(p, w->route.hours, 3, KARVAN_UNKNOWN),
            karvan_i_td_number(p, hours, 3, KARVAN_UNKNOWN),
            karvan_i_td_number(p, 100 * hours / w->route.hours, 2, KARVAN_UNKNOWN);
        karvan_i_td_number(p, w->route.usd_per_teu, 3, KARVAN_UNKNOWN),
            karvan_i_td_number(p, usd, 3, KARVAN_UNKNOWN),
            karvan_i_td_number(p, 100 * usd / w->route.usd_per_teu, 2, KARVAN_UNKNOWN);
        karvan_i_text_puts(&p->out, "</tr>\n");
    }
    karvan_i_table_close(p);
}

static bool has_assumption(const karvan_table *t, int64_t r) {
    for (int c = 0; c < karvan_table_columns(t); c++) {
        const char *name = karvan_table_column(t, c).name;
        size_t n = strlen(name);
        if (n < 6 || strcmp(name + n - 6, "source") != 0) continue;
        const char *s = karvan_table_text(t, c, r);
        if (s && strcmp(s, "assumption") == 0) return true;
    }
    return false;
}

/* The first row from `from` on that is assumed for the same reason; -1. */
static int64_t same_reason(const karvan_table *t, int64_t from, int64_t like) {
    const char *note = karvan_i_cell_text(t, "note", like);
    for (int64_t r = from; r < karvan_table_rows(t); r++) {
        const char *other = karvan_i_cell_text(t, "note", r);
        if (has_assumption(t, r) && (note ? other && strcmp(note, other) == 0 : !other)) return r;
    }
    return -1;
}

/* A reasoning once, with all rows that rest on it. */
static void assumed_rows(karvan_i_page *p, const char *table, const char *what) {
    const karvan_table *t = karvan_package_table(p->region, table);
    int64_t n = 0;
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) n += has_assumption(t, r);
    if (n == 0) return;
    karvan_i_html_printf(
        &p->out, "<details><summary>%s: %lld of %lld rows rest on an assumption</summary>\n", what,
        (long long)n, (long long)karvan_table_rows(t));
    karvan_i_table_open(p, what, "rows|reasoning", false);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (!has_assumption(t, r) || same_reason(t, 0, r) != r) continue;
        karvan_i_text_puts(&p->out, "<tr><td>");
        for (int64_t k = r; k >= 0; k = same_reason(t, k + 1, r)) {
            char key[200] = "";
            (void)karvan_package_key(p->region, t, k, key, sizeof key, NULL);
            karvan_i_html_printf(&p->out, k > r ? ", %s" : "%s", key);
        }
        karvan_i_text_puts(&p->out, "</td>");
        karvan_i_td_text(p, karvan_i_cell_text(t, "note", r));
        karvan_i_text_puts(&p->out, "</tr>\n");
    }
    karvan_i_table_close(p);
    karvan_i_text_puts(&p->out, "</details>\n");
}

karvan_status karvan_i_part_assumptions(karvan_i_page *p, karvan_error *err) {
    karvan_i_text_puts(&p->out, "<section id=\"assumptions\"><h2>What is assumed</h2>\n<p>Where no "
                                "document at hand says a number, the region says so and gives its "
                                "reasoning. Looking these up would move the answer most.</p>\n");
    assumed_hours(p);
    assumed_rows(p, "terminals", "Frontiers, ports and changes of gauge");
    assumed_rows(p, "services", "Sailings");
    assumed_rows(p, "links", "Links");
    assumed_rows(p, "settings", "Settings");
    if (p->problems && karvan_problems_total(p->problems) > 0) {
        karvan_i_html_printf(&p->out,
                             "<details><summary>karvan check: %lld warnings</summary><ul>\n",
                             (long long)karvan_problems_total(p->problems));
        for (int64_t i = 0; i < karvan_problems_total(p->problems); i++) {
            karvan_i_text_puts(&p->out, "<li>"),
                karvan_i_text_xml(&p->out, karvan_problems_get(p->problems, i).message),
                karvan_i_text_puts(&p->out, "</li>\n");
        }
        karvan_i_text_puts(&p->out, "</ul></details>\n");
    }
    karvan_i_text_puts(&p->out, "</section>\n");
    return karvan_i_text_status(&p->out, err);
}

/* Which sources are named outside of <details>: these stand in print too. */
static void in_sight(const karvan_i_page *p, bool *shown) {
    static const char OPEN[] = "<details", CLOSE[] = "</details>", CITE[] = "href=\"#s";
    int depth = 0;
    for (const char *s = p->out.s; s && (s = strpbrk(s, "<h")) != NULL; s++) {
        if (strncmp(s, OPEN, sizeof OPEN - 1) == 0) depth++;
        if (strncmp(s, CLOSE, sizeof CLOSE - 1) == 0) depth--;
        if (depth > 0 || strncmp(s, CITE, sizeof CITE - 1) != 0) continue;
        s += sizeof CITE - 1;
        long row = strtol(s, NULL, 10) - 1;
        if (row >= 0 && row < karvan_table_rows(p->sources)) shown[row] = true;
    }
}

static void source_line(karvan_i_page *p, int64_t r, bool shown) {
    static const char *const parts[] = {"publisher", "year", "licence"};
    const char *url = karvan_i_cell_text(p->sources, "url", r),
               *kind = karvan_i_cell_text(p->sources, "kind", r),
               *note = karvan_i_cell_text(p->sources, "note", r);
    if (!karvan_i_is_web_address(url)) url = NULL;
    karvan_i_html_printf(&p->out,
                         shown ? "<li id=\"s%lld\" value=\"%lld\">"
                               : "<li id=\"s%lld\" value=\"%lld\" class=\"folded\">",
                         (long long)r + 1, (long long)r + 1);
    if (url)
        karvan_i_text_puts(&p->out, "<a href=\""), karvan_i_text_xml(&p->out, url),
            karvan_i_text_puts(&p->out, "\">");
    karvan_i_text_xml(&p->out, karvan_i_cell_text(p->sources, "title", r));
    if (url) karvan_i_text_puts(&p->out, "</a>");
    for (int k = 0; k < 3; k++) {
        const char *s = karvan_i_cell_text(p->sources, parts[k], r);
        if (s) karvan_i_text_puts(&p->out, ", "), karvan_i_text_xml(&p->out, s);
    }
    if (note)
        karvan_i_text_puts(&p->out, "<span class=\"note\">. "), karvan_i_text_xml(&p->out, note),
            karvan_i_text_puts(&p->out, "</span>");
    if (kind && strcmp(kind, "reference_work") == 0) karvan_i_text_puts(&p->out, " (weak)");
    karvan_i_text_puts(&p->out, "</li>\n");
}

karvan_status karvan_i_part_sources(karvan_i_page *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t rows = karvan_table_rows(p->sources);
    bool *shown = karvan_i_calloc((size_t)rows + 1, sizeof *shown);
    KARVAN_REQUIRE(shown, err, KARVAN_E_NOMEM, "no memory for the sources");
    in_sight(p, shown);
    karvan_i_text_puts(
        &p->out, "<section id=\"sources\"><h2>Sources and methods</h2>\n<p>Numbers are rows of the "
                 "table sources. Methods: docs/methods/ of karvan, one page each for the record, "
                 "trade, network, dates and checks.</p>\n<ol class=\"sources\">\n");
    for (int64_t r = 0; r < rows; r++)
        if (p->cited[r]) source_line(p, r, shown[r]);
    karvan_i_text_puts(&p->out, "</ol></section>\n");
    st = karvan_i_text_status(&p->out, err);
done:
    karvan_i_free(shown);
    return st;
}
