/* CAREC's indicators of the ways beside the published ones. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "report/html.h"
#include "report/page.h"
#include "table/cell.h"

enum { CODES_N = 5 };
static const char *const CODES[CODES_N] = {"tfi1", "tfi2", "tfi3", "swod", "swd"},
                         *const WORDS[CODES_N] = {"hours at a border crossing point",
                                                  "USD there, for 20 t", "USD for 500 km and 20 t",
                                                  "km/h while moving", "km/h with all stops"};

/* Rows of one part of a way stand together: the row after the last of those that begin at `begin`.
 */
static int64_t end_of(const karvan_table *t, int64_t begin) {
    static const char *const same[] = {"corridor", "best_by", "scope", "key", "mode"};
    for (int64_t r = begin + 1; r < karvan_table_rows(t); r++)
        for (int i = 0; i < 5; i++)
            if (!karvan_i_cell_is(t, same[i], r, karvan_i_cell_text(t, same[i], begin))) return r;
    return karvan_table_rows(t);
}

static int64_t find(const karvan_table *t, int64_t begin, int64_t end, const char *code) {
    for (int64_t r = begin; r < end; r++)
        if (karvan_i_cell_is(t, "indicator", r, code)) return r;
    return -1;
}

/* "Middle Corridor", or "best by cost" where no corridor was asked for. */
static const char *way_name(const karvan_i_page *p, const karvan_table *t, int64_t r) {
    const char *id = karvan_i_cell_text(t, "corridor", r);
    int64_t row = id ? karvan_package_row(p->region, "corridors", id) : -1;
    if (row >= 0) return karvan_i_corridor_name(p, (int32_t)row);
    for (int by = KARVAN_BY_TIME; by <= KARVAN_BY_PARETO; by++)
        if (karvan_i_cell_is(t, "best_by", r, karvan_objective_name((karvan_objective)by)))
            return karvan_i_objective_words((karvan_objective)by);
    return "best way";
}

static bool is_whole(const karvan_table *t, int64_t r, const char *mode) {
    return karvan_i_cell_is(t, "scope", r, "route") && karvan_i_cell_is(t, "mode", r, mode);
}

/* "40.6 (2022; 20.6-51.9)", a star where the network was set from it. */
static void published_cell(karvan_i_page *p, const karvan_table *t, int64_t r) {
    double v = karvan_i_cell_real(t, "published", r), low = karvan_i_cell_real(t, "low", r),
           high = karvan_i_cell_real(t, "high", r);
    if (isnan(v)) {
        karvan_i_text_puts(&p->out, "<td class=\"miss\">none published</td>");
        return;
    }
    karvan_i_text_puts(&p->out, "<td class=\"pub\">");
    karvan_i_number(&p->out, v, 3);
    karvan_i_html_printf(&p->out, " (%.0f", karvan_i_cell_real(t, "year", r));
    if (low < high) {
        karvan_i_text_puts(&p->out, "; "), karvan_i_number(&p->out, low, 3);
        karvan_i_text_puts(&p->out, "\xE2\x80\x93"), karvan_i_number(&p->out, high, 3);
    }
    karvan_i_text_puts(&p->out, karvan_i_cell_is(t, "used_to_estimate", r, "yes") ? ")*" : ")");
    karvan_i_cite(p, karvan_i_cell_text(t, "source", r));
    karvan_i_text_puts(&p->out, "</td>");
}

static void model_cell(karvan_i_page *p, const karvan_table *t, int64_t r) {
    if (r < 0)
        karvan_i_text_puts(&p->out, "<td class=\"n miss\">none</td>");
    else
        karvan_i_td_number(p, karvan_i_cell_real(t, "model", r), 3, KARVAN_UNKNOWN);
}

/* ---- whole ways: a row an indicator, a column a way, CAREC's mean of all its corridors last ----
 */

static karvan_status whole_ways(karvan_i_page *p, const karvan_table *t, const char *mode,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text heads = {0}, caption = {0};
    int ways = 0;
    karvan_i_text_puts(&heads, "indicator");
    for (int64_t r = 0; r < karvan_table_rows(t); r = end_of(t, r))
        if (is_whole(t, r, mode)) ways++, karvan_i_text_printf(&heads, "|%s#", way_name(p, t, r));
    if (ways == 0) goto done;
    karvan_i_text_puts(&heads, "|CAREC, all corridors");
    karvan_i_text_printf(&caption, "By %s", mode);
    KARVAN_TRY(karvan_i_text_status(&heads, err));
    KARVAN_TRY(karvan_i_text_status(&caption, err));
    karvan_i_table_open(p, caption.s, heads.s, false);
    for (int i = 0; i < CODES_N; i++) {
        int64_t all = -1;
        karvan_i_html_printf(&p->out, "<tr><td>%s</td>", WORDS[i]);
        for (int64_t r = 0, end; r < karvan_table_rows(t); r = end) {
            end = end_of(t, r);
            if (!is_whole(t, r, mode)) continue;
            int64_t row = find(t, r, end, CODES[i]);
            model_cell(p, t, row);
            if (row >= 0 && (all < 0 || karvan_i_cell_is(t, "published_of", row, "all"))) all = row;
        }
        if (all >= 0 && karvan_i_cell_is(t, "published_of", all, "all"))
            published_cell(p, t, all);
        else
            karvan_i_text_puts(&p->out, "<td class=\"miss\">none published</td>");
        karvan_i_text_puts(&p->out, "</tr>\n");
    }
    karvan_i_table_close(p);
done:
    karvan_i_text_clear(&heads), karvan_i_text_clear(&caption);
    return st;
}

/* ---- countries and crossings, and a corridor where CAREC has one like it ---- */

static void part_row(karvan_i_page *p, const karvan_table *t, int64_t begin, int64_t end) {
    karvan_i_text_puts(&p->out, "<tr>");
    karvan_i_td_text(p, way_name(p, t, begin));
    karvan_i_td_text(p, karvan_i_cell_text(t, "name", begin));
    karvan_i_td_text(p, karvan_i_cell_text(t, "mode", begin));
    for (int i = 0; i < CODES_N; i++) {
        int64_t r = find(t, begin, end, CODES[i]);
        model_cell(p, t, r);
        if (r < 0)
            karvan_i_text_puts(&p->out, "<td></td>");
        else
            published_cell(p, t, r);
    }
    karvan_i_text_puts(&p->out, "</tr>\n");
}

/* Is any figure published of this part? */
static bool compares(const karvan_table *t, int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; r++)
        if (!isnan(karvan_i_cell_real(t, "published", r)) &&
            !karvan_i_cell_is(t, "published_of", r, "all"))
            return true;
    return false;
}

static void parts(karvan_i_page *p, const karvan_table *t) {
    karvan_i_text_puts(&p->out, "<details><summary>By country and by crossing, where CAREC has "
                                "published figures of them</summary>\n");
    karvan_i_table_open(p, "Model, and CAREC's figure beside it",
                        "way|where|by|h at a border#|CAREC|USD there#|CAREC|USD, 500 km, 20 "
                        "t#|CAREC|km/h moving#|CAREC|km/h with stops#|CAREC",
                        true);
    for (int64_t r = 0, end; r < karvan_table_rows(t); r = end) {
        end = end_of(t, r);
        if (compares(t, r, end)) part_row(p, t, r, end);
    }
    karvan_i_table_close(p);
    karvan_i_text_puts(&p->out, "</details>\n");
}

/* "By rail the Middle Corridor does 31 km/h with its stops; CAREC measures 17" */
static void heading(karvan_i_page *p, const karvan_table *t) {
    for (int64_t r = 0, end; r < karvan_table_rows(t); r = end) {
        end = end_of(t, r);
        int64_t all = find(t, r, end, "swd");
        if (!karvan_i_cell_is(t, "scope", r, "route") || karvan_i_cell_is(t, "mode", r, "all") ||
            all < 0)
            continue;
        double published = karvan_i_cell_real(t, "published", all);
        karvan_i_html_printf(&p->out, "<h2>By %s the %s does %.0f km/h with its stops",
                             karvan_i_cell_text(t, "mode", r), way_name(p, t, r),
                             karvan_i_cell_real(t, "model", all));
        if (!isnan(published)) karvan_i_html_printf(&p->out, "; CAREC measures %.0f", published);
        karvan_i_text_puts(&p->out, "</h2>\n");
        return;
    }
    karvan_i_text_puts(&p->out, "<h2>Borders, costs and speeds</h2>\n");
}

karvan_status karvan_i_part_indicators(karvan_i_page *p, const karvan_table *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool land = false;
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        land = land || !karvan_i_cell_is(t, "mode", r, "all");
    if (!land) return KARVAN_OK;
    karvan_i_text_puts(&p->out, "<section id=\"indicators\">");
    heading(p, t);
    karvan_i_text_puts(
        &p->out, "<p>CAREC measures its corridors by five figures: hours and dollars at a border "
                 "crossing point, dollars for 20 t over 500 km, and speed without and with delay. "
                 "Here they are of the model, rail and road alone, beside the last year that "
                 "CAREC has published, with the range of all years at hand.</p>\n");
    KARVAN_TRY(whole_ways(p, t, "rail", err));
    KARVAN_TRY(whole_ways(p, t, "road", err));
    parts(p, t);
    KARVAN_TRY(karvan_i_csv_link(p, t, "indicators.csv", err));
    karvan_i_text_puts(
        &p->out, "<p class=\"srcline\">* a link or terminal of the model was set from this figure "
                 "or one of its years, so that it validates nothing. Definitions: CAREC");
    karvan_i_cite(p, "carec-cpmm-2023-introduction");
    karvan_i_text_puts(&p->out, "; docs/methods/profile.md.</p></section>\n");
    st = karvan_i_text_status(&p->out, err);
done:
    return st;
}

karvan_status karvan_i_part_page_indicators(karvan_i_page *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    karvan_route ways[KARVAN_I_CORRIDORS_MAX]; /* borrowed from the page's: not cleared here */
    int32_t n = 0;
    for (int c = 0; c < p->n_corridors; c++)
        if (p->way[c].exists) ways[n++] = p->way[c].route;
    if (n == 0) return KARVAN_OK;
    KARVAN_TRY(karvan_route_indicators(p->net, n, ways, 0, &t, err));
    KARVAN_TRY(karvan_i_part_indicators(p, t, err));
done:
    karvan_table_destroy(t);
    return st;
}
