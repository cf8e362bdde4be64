/* The page: routes behind it, sources it names, its skeleton. */
#include "report/page.h"
#include "report/basemap.h"
#include "report/html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/embed.h"
#include "base/try.h"
#include "table/cell.h"

static const double STEP_H = 0.5;

static const char *setting(const karvan_package *region, const char *key) {
    const karvan_table *t = karvan_package_table(region, "settings");
    return karvan_i_cell_text(t, "value", t ? karvan_package_row(region, "settings", key) : -1);
}

static karvan_status find_way(karvan_i_page *p, int32_t corridor, karvan_error *err) {
    karvan_i_way *w = &p->way[corridor];
    karvan_route_query q = {
        .from = p->from, .to = p->to, .objective = KARVAN_BY_TIME, .corridor = corridor};
    karvan_error why = {0};
    karvan_status st = karvan_route_best(p->net, &q, &w->route, &why);
    if (st == KARVAN_E_NOCONV) return KARVAN_OK;
    if (st != KARVAN_OK) return karvan_fail(err, st, "%s", why.msg);
    w->exists = true;
    w->q = karvan_i_calloc((size_t)w->route.n_legs + 1, sizeof *w->q);
    if (!w->q) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a distribution");
    return karvan_route_quantiles(p->net, &w->route, STEP_H, w->q, err);
}

karvan_status karvan_i_page_open(karvan_i_page *p, const karvan_network *net,
                                 const karvan_package *region, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *p = (karvan_i_page){.net = net, .region = region, .next_id = 1};
    KARVAN_REQUIRE(net && region, err, KARVAN_E_ARG, "net or region is NULL");
    KARVAN_TRY(karvan_i_need_table(region, "sources", &p->sources, err));
    KARVAN_TRY(karvan_i_need_table(region, "places", &p->places, err));
    KARVAN_TRY(karvan_i_need_table(region, "countries", &p->countries, err));
    KARVAN_TRY(karvan_i_need_table(region, "corridors", &p->corridors, err));
    /* parts that rest on claims are left out where there are none */
    if (karvan_package_table(region, "parties")) p->claims = karvan_package_table(region, "claims");
    p->from = p->to = -1;
    p->cited = karvan_i_calloc((size_t)karvan_table_rows(p->sources) + 1, sizeof *p->cited);
    KARVAN_REQUIRE(p->cited, err, KARVAN_E_NOMEM, "no memory for a page");
done:
    return st;
}

karvan_status karvan_i_page_find_ways(karvan_i_page *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t n = karvan_table_rows(p->corridors);
    p->n_corridors = n < KARVAN_I_CORRIDORS_MAX ? (int)n : KARVAN_I_CORRIDORS_MAX;
    for (int32_t c = 0; c < p->n_corridors; c++) KARVAN_TRY(find_way(p, c, err));
done:
    return st;
}

karvan_status karvan_i_page_init(karvan_i_page *p, const karvan_network *net,
                                 const karvan_package *region, const char *from_setting,
                                 const char *to_setting, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_page_open(p, net, region, err));
    const char *from = setting(region, from_setting), *to = setting(region, to_setting);
    if (!from && !to) goto done;
    KARVAN_REQUIRE(from && to, err, KARVAN_E_DATA, "table settings needs the rows %s and %s",
                   from_setting, to_setting);
    KARVAN_TRY(karvan_network_place(region, from, &p->from, err));
    KARVAN_TRY(karvan_network_place(region, to, &p->to, err));
    KARVAN_TRY(karvan_i_page_find_ways(p, err));
done:
    return st;
}

bool karvan_i_reference_day(const karvan_i_page *p, karvan_day *out) {
    const char *said = setting(p->region, "reference_date");
    karvan_edtf d;
    bool known = said && karvan_edtf_parse(said, strlen(said), &d, NULL) == KARVAN_OK;
    if (known) *out = d.earliest;
    return known && *out != KARVAN_DAY_MIN;
}

bool karvan_i_page_day(const karvan_i_page *p, karvan_day *out) {
    if (!p->days.has_date) return karvan_i_reference_day(p, out);
    *out = p->days.date;
    return true;
}

bool karvan_i_page_later(const karvan_i_page *p, const karvan_edtf *d) {
    return p->days.has_date && d && d->earliest > p->days.date;
}

karvan_status karvan_i_page_on(karvan_i_page *p, const karvan_report_days *days,
                               karvan_error *err) {
    char since[40], day[40];
    karvan_day today;
    if (!days) return KARVAN_OK;
    p->days = *days;
    if (!days->has_since || !karvan_i_page_day(p, &today) || days->since <= today) return KARVAN_OK;
    karvan_day_format(days->since, since, sizeof since), karvan_day_format(today, day, sizeof day);
    return karvan_fail(err, KARVAN_E_ARG, "what changed since %s lies after %s, %s", since,
                       days->has_date ? "the day of the page" : "the region's reference date", day);
}

void karvan_i_page_clear(karvan_i_page *p) {
    for (int c = 0; c < p->n_corridors; c++) {
        karvan_route_clear(&p->way[c].route);
        karvan_i_free(p->way[c].q);
    }
    karvan_i_free(p->cited);
    karvan_i_text_clear(&p->out), karvan_i_text_clear(&p->hues);
    *p = (karvan_i_page){0};
}

void karvan_i_page_ground(karvan_i_page *p, const char *detail) {
    bool *defined = &p->ground[strcmp(detail, "50m") != 0];
    if (*defined) return;
    *defined = true;
    karvan_i_text_puts(&p->out, "<svg class=\"ground\" width=\"0\" height=\"0\" "
                                "aria-hidden=\"true\">");
    karvan_i_map_define(&p->out, p->region, detail);
    karvan_i_text_puts(&p->out, "</svg>\n");
}

static void cite_one(karvan_i_page *p, const char *id) {
    int64_t row = karvan_package_row(p->region, "sources", id);
    if (row < 0) return;
    p->cited[row] = true;
    karvan_i_html_printf(&p->out,
                         "<a class=\"src\" href=\"#s%lld\" aria-label=\"source %lld\">%lld</a>",
                         (long long)row + 1, (long long)row + 1, (long long)row + 1);
}

void karvan_i_cite(karvan_i_page *p, const char *ids) {
    char id[128];
    while (ids && *ids) {
        size_t n = strcspn(ids, ";"), keep = n < sizeof id ? n : sizeof id - 1;
        memcpy(id, ids, keep), id[keep] = 0;
        cite_one(p, id);
        ids += n + (ids[n] == ';');
    }
}

const char *karvan_i_place_name(const karvan_i_page *p, int32_t row) {
    const char *s = karvan_i_cell_text(p->places, "name", row);
    return s ? s : "?";
}

const char *karvan_i_party_name(const karvan_i_page *p, const char *code) {
    const char *s =
        karvan_i_cell_text(p->countries, "name", karvan_package_row(p->region, "countries", code));
    const karvan_table *o = karvan_package_table(p->region, "organisations");
    if (!s && o)
        s = karvan_i_cell_text(o, "name", karvan_package_row(p->region, "organisations", code));
    return s ? s : code;
}

const char *karvan_i_corridor_name(const karvan_i_page *p, int32_t row) {
    const char *s = karvan_i_cell_text(p->corridors, "short_name", row);
    if (!s) s = karvan_i_cell_text(p->corridors, "name", row);
    return s ? s : "?";
}

void karvan_i_number(karvan_i_text *t, double v, int digits) {
    char s[64];
    if (isnan(v)) {
        karvan_i_text_puts(t, "unknown");
        return;
    }
    double size = fabs(v);
    int lead = size > 0 ? (int)floor(log10(size)) + 1 : 1, decimals = digits - lead;
    if (decimals < 0) {
        double unit = pow(10.0, -decimals);
        size = round(size / unit) * unit, decimals = 0;
    }
    (void)snprintf(s, sizeof s, "%.*f", decimals > 6 ? 6 : decimals, size);
    if (strchr(s, '.')) { /* no trailing zeros beyond what is known */
        char *end = s + strlen(s) - 1;
        while (*end == '0') *end-- = 0;
        if (*end == '.') *end = 0;
    }
    if (v < 0 && strcmp(s, "0") != 0) karvan_i_text_puts(t, "\xE2\x88\x92");
    size_t whole = strcspn(s, ".");
    for (size_t i = 0; s[i]; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) karvan_i_text_puts(t, "\xE2\x80\xAF");
        karvan_i_text_add(t, &s[i], 1);
    }
}

void karvan_i_td_number(karvan_i_page *p, double v, int digits, karvan_cell missing) {
    if (isnan(v)) {
        karvan_i_html_printf(&p->out, "<td class=\"n miss\">%s</td>", karvan_cell_name(missing));
        return;
    }
    karvan_i_html_printf(&p->out, "<td class=\"n\" data-v=\"%.7g\">", v);
    karvan_i_number(&p->out, v, digits);
    karvan_i_text_puts(&p->out, "</td>");
}

void karvan_i_td_text(karvan_i_page *p, const char *s) {
    karvan_i_text_puts(&p->out, s ? "<td>" : "<td class=\"miss\">");
    karvan_i_text_xml(&p->out, s ? s : "unknown");
    karvan_i_text_puts(&p->out, "</td>");
}

void karvan_i_table_open(karvan_i_page *p, const char *caption, const char *heads, bool sortable) {
    karvan_i_html_printf(&p->out,
                         "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                         "aria-label=\"%s\">",
                         caption);
    karvan_i_text_puts(&p->out, sortable ? "<table class=\"sort\">" : "<table>");
    karvan_i_html_printf(&p->out, "<caption>%s</caption>\n<thead><tr>", caption);
    while (heads && *heads) {
        char head[240];
        size_t n = strcspn(heads, "|");
        bool number = n > 0 && heads[n - 1] == '#';
        karvan_i_text_puts(&p->out,
                           number ? "<th class=\"n\" scope=\"col\">" : "<th scope=\"col\">");
        (void)snprintf(head, sizeof head, "%.*s", (int)(n - number), heads);
        karvan_i_text_xml(&p->out, head);
        karvan_i_text_puts(&p->out, "</th>");
        heads += n + (heads[n] == '|');
    }
    karvan_i_text_puts(&p->out, "</tr></thead>\n<tbody>\n");
}

void karvan_i_table_close(karvan_i_page *p) {
    karvan_i_text_puts(&p->out, "</tbody></table></div>\n");
}

/* To sort by: more than is shown. The number in full is in the CSV beside it. */
static void detail_number(karvan_i_page *p, double v, karvan_cell state) {
    if (isnan(v)) {
        karvan_i_td_number(p, v, 5, state);
        return;
    }
    karvan_i_html_printf(&p->out, "<td class=\"n\" data-v=\"%.7g\">", v);
    karvan_i_number(&p->out, v, 5);
    karvan_i_text_puts(&p->out, "</td>");
}

static void detail_cell(karvan_i_page *p, const karvan_table *t, int c, int64_t r) {
    karvan_column k = karvan_table_column(t, c);
    karvan_cell state = karvan_table_state(t, c, r);
    if (k.type == KARVAN_REAL || k.type == KARVAN_INT) {
        if (k.type == KARVAN_INT && state == KARVAN_VALUE)
            karvan_i_html_printf(&p->out, "<td class=\"n\">%lld</td>",
                                 (long long)karvan_table_int(t, c, r));
        else
            detail_number(p, karvan_table_real(t, c, r), state);
    } else if (state != KARVAN_VALUE) {
        karvan_i_html_printf(&p->out, "<td class=\"miss\">%s</td>", karvan_cell_name(state));
    } else if (strcmp(k.name, "source") == 0) {
        karvan_i_text_puts(&p->out, "<td>");
        karvan_i_cite(p, karvan_table_text(t, c, r));
        karvan_i_text_puts(&p->out, "</td>");
    } else {
        karvan_i_td_text(p, karvan_table_text(t, c, r));
    }
}

/* The table again as a data: address, percent-encoded, so that it can be saved without a server. */
karvan_status karvan_i_csv_link(karvan_i_page *p, const karvan_table *t, const char *file_name,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char *bytes = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&bytes, &n);
    KARVAN_REQUIRE(f, err, KARVAN_E_NOMEM, "no memory for a table");
    st = karvan_table_write(t, KARVAN_FORMAT_CSV, 0, f, err);
    if (fclose(f) != 0 && st == KARVAN_OK)
        st = karvan_fail(err, KARVAN_E_NOMEM, "no memory for a table");
    if (st != KARVAN_OK) goto done;
    karvan_i_html_printf(
        &p->out, "<p class=\"srcline\"><a download=\"%s\" href=\"data:text/csv;charset=utf-8,",
        file_name);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     strchr("-_.,;:()", c);
        if (plain && c)
            karvan_i_text_add(&p->out, &bytes[i], 1);
        else
            karvan_i_text_printf(&p->out, "%%%02X", c);
    }
    karvan_i_text_puts(&p->out, "\">Save as CSV</a></p>\n");
done:
    free(bytes); /* the C library's own block, not ours */
    return st;
}

karvan_status karvan_i_details_table(karvan_i_page *p, const char *summary, const karvan_table *t,
                                     const char *file_name, karvan_error *err) {
    karvan_i_text heads = {0};
    karvan_i_html_printf(&p->out, "<details><summary>%s</summary>\n", summary);
    for (int c = 0; c < karvan_table_columns(t); c++) {
        karvan_column k = karvan_table_column(t, c);
        bool number = k.type == KARVAN_INT || k.type == KARVAN_REAL;
        karvan_i_text_printf(&heads, "%s%s%s%s%s%s", c ? "|" : "", k.name, k.unit ? ", " : "",
                             k.unit ? k.unit : "", "", number ? "#" : "");
    }
    for (char *s = heads.s; s && *s; s++)
        if (*s == '_') *s = ' ';
    karvan_status st = karvan_i_text_status(&heads, err);
    if (st == KARVAN_OK) {
        karvan_i_table_open(p, summary, heads.s, true);
        for (int64_t r = 0; r < karvan_table_rows(t); r++) {
            karvan_i_text_puts(&p->out, "<tr>");
            for (int c = 0; c < karvan_table_columns(t); c++) detail_cell(p, t, c, r);
            karvan_i_text_puts(&p->out, "</tr>\n");
        }
        karvan_i_table_close(p);
        st = karvan_i_csv_link(p, t, file_name, err);
    }
    karvan_i_text_puts(&p->out, "</details>\n");
    karvan_i_text_clear(&heads);
    return st;
}

typedef struct slot {
    const char *name, *text;
    bool plain; /* no HTML: to be escaped */
} slot;

/* A cell ends where the next one or its row does: thousands of end tags that HTML does not ask for
 * stay away. */
static void without_cell_ends(karvan_i_text *out, const char *html) {
    static const char END[] = "</td>";
    for (const char *end; (end = strstr(html, END)) != NULL; html = end + sizeof END - 1)
        karvan_i_text_add(out, html, (size_t)(end - html));
    karvan_i_text_puts(out, html);
}

/* Copy the skeleton, {{name}} replaced. */
static void fill(karvan_i_text *out, const char *skeleton, const slot *slots) {
    for (const char *at = skeleton; *at;) {
        const char *open = strstr(at, "{{"), *close = open ? strstr(open, "}}") : NULL;
        if (!close) {
            karvan_i_text_puts(out, at);
            return;
        }
        karvan_i_text_add(out, at, (size_t)(open - at));
        for (const slot *s = slots; s->name; s++)
            if (strlen(s->name) == (size_t)(close - open) - 2 &&
                strncmp(open + 2, s->name, strlen(s->name)) == 0)
                (s->plain ? karvan_i_text_xml : karvan_i_text_puts)(out, s->text);
        at = close + 2;
    }
}

/* One hue a corridor everywhere; on dark paper the same hue, lightened by the browser's own mixing.
 */
static void corridor_style(const karvan_i_page *p, karvan_i_text *out) {
    for (int c = 0; c < p->n_corridors; c++) {
        const char *hue =
            karvan_i_css_colour(karvan_i_cell_text(p->corridors, "colour", c), "#777777");
        const char *dash = karvan_i_css_dash(karvan_i_cell_text(p->corridors, "dash", c), "none");
        karvan_i_html_printf(out,
                             ":root{--c%d:%s}.c%d{stroke:var(--c%d)}.f%d{fill:var(--c%d)}.k%d{"
                             "stroke:var(--c%d);fill:none;stroke-dasharray:%s}\n",
                             c, hue, c, c, c, c, c, c, dash);
        karvan_i_html_printf(
            out,
            "@media (prefers-color-scheme:dark){:root{--c%d:color-mix(in srgb,%s 72%%,white)}}\n",
            c, hue);
    }
}

karvan_status karvan_i_page_finish(karvan_i_page *p, const char *kind, const char *title,
                                   const char *kicker, const char *heading, const char *lead,
                                   const char *nav, karvan_document *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text page = {0}, hues = {0}, body = {0};
    const char *skeleton = karvan_i_embedded("page.html", NULL),
               *date = setting(p->region, "reference_date");
    if (p->hues.n > 0)
        karvan_i_text_add(&hues, p->hues.s, p->hues.n);
    else
        corridor_style(p, &hues);
    KARVAN_TRY(karvan_i_text_status(&p->hues, err));
    KARVAN_TRY(karvan_i_text_status(&hues, err));
    KARVAN_TRY(karvan_i_text_status(&p->out, err));
    without_cell_ends(&body, p->out.s ? p->out.s : "");
    KARVAN_TRY(karvan_i_text_status(&body, err));
    const slot slots[] = {{"version", karvan_version(), true},
                          {"kind", kind, true},
                          {"title", title, true},
                          {"kicker", kicker, true},
                          {"heading", heading, true},
                          {"lead", lead, false},
                          {"nav", nav, false},
                          {"body", body.s ? body.s : "", false},
                          {"style", karvan_i_embedded("report.css", NULL), false},
                          {"script", karvan_i_embedded("report.js", NULL), false},
                          {"corridor_style", hues.s ? hues.s : "", false},
                          {"region", karvan_package_title(p->region), true},
                          {"region_version", karvan_package_version(p->region), true},
                          {"date", date ? date : "?", true},
                          {NULL, NULL, false}};
    fill(&page, skeleton, slots);
    KARVAN_TRY(karvan_i_text_status(&page, err));
    out->text = page.s, out->n = page.n, page = (karvan_i_text){0};
done:
    karvan_i_text_clear(&page), karvan_i_text_clear(&hues), karvan_i_text_clear(&body);
    return st;
}

void karvan_document_clear(karvan_document *d) {
    if (!d) return;
    karvan_i_free(d->text);
    *d = (karvan_document){0};
}

karvan_status karvan_document_write(const karvan_document *d, const char *path, karvan_error *err) {
    if (!d || !d->text || !path) return karvan_fail(err, KARVAN_E_ARG, "document or path is NULL");
    return karvan_i_file_write(path, d->text, d->n, err);
}
