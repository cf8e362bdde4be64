/* The corridors side by side, and where the time goes. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "report/html.h"
#include "report/page.h"
#include "report/svg.h"
#include "table/cell.h"

/* Published days between the same ends by the same corridor: the widest range. */
static bool published(const karvan_i_page *p, int c, double *low, double *high,
                      const char **source) {
    const karvan_table *t = karvan_package_table(p->region, "targets");
    const char *from = karvan_i_cell_text(p->places, "id", p->from),
               *to = karvan_i_cell_text(p->places, "id", p->to);
    const char *corridor = karvan_i_cell_text(p->corridors, "id", c);
    bool found = false;
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        if (!karvan_i_cell_is(t, "measure", r, "route_days") ||
            !karvan_i_cell_is(t, "from", r, from) || !karvan_i_cell_is(t, "to", r, to) ||
            !karvan_i_cell_is(t, "corridor", r, corridor))
            continue;
        double lo = karvan_i_cell_real(t, "low", r), hi = karvan_i_cell_real(t, "high", r);
        *low = found ? fmin(*low, lo) : lo, *high = found ? fmax(*high, hi) : hi;
        *source = karvan_i_cell_text(t, "source", r);
        found = true;
    }
    return found;
}

static double latest_day(const karvan_i_page *p) {
    double most = 1;
    for (int c = 0; c < p->n_corridors; c++) {
        double lo, hi = 0;
        const char *s;
        if (!p->way[c].exists) continue;
        most = fmax(most, p->way[c].q[p->way[c].route.n_legs].p95_h / 24);
        if (published(p, c, &lo, &hi, &s)) most = fmax(most, hi);
    }
    return most;
}

static void days_axis(karvan_i_text *t, const karvan_i_scale *x, double top, double bottom) {
    double step = karvan_i_tick(x->d1, x->p1 - x->p0 > 400 ? 8 : 4);
    for (int k = 0; k < karvan_i_ticks(x->d1, step); k++) {
        double d = step * k;
        char s[24];
        (void)snprintf(s, sizeof s, "%.0f", d);
        karvan_i_svg_line(t, karvan_i_at(x, d), top, karvan_i_at(x, d), bottom, "grid");
        karvan_i_svg_text(t, karvan_i_at(x, d), bottom + 15, "middle", "soft", s);
    }
    karvan_i_svg_text(t, x->p1, bottom + 30, "end", "soft", "days");
}

/* One bar: P10 to P90, the median as a tick, the published range as a bracket below. */
static void bar(karvan_i_page *p, int c, const karvan_i_scale *x, double y, bool narrow) {
    karvan_i_text *t = &p->out;
    const karvan_time_quantiles *q = &p->way[c].q[p->way[c].route.n_legs];
    double a = karvan_i_at(x, q->p10_h / 24), b = karvan_i_at(x, q->p90_h / 24),
           m = karvan_i_at(x, q->p50_h / 24), lo, hi;
    const char *source, *hint = narrow ? "" : "published ";
    char s[80];
    karvan_i_svg_text(t, narrow ? 0 : x->p0 - 10, narrow ? y - 11 : y + 4, narrow ? "start" : "end",
                      "", karvan_i_corridor_name(p, c));
    karvan_i_html_printf(
        t, "<rect class=\"f%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"12\" rx=\"2\"/>\n", c,
        a, y - 6, fmax(b - a, 2));
    karvan_i_html_printf(
        t, "<rect fill=\"var(--paper)\" x=\"%.1f\" y=\"%.1f\" width=\"2.5\" height=\"16\"/>\n",
        m - 1.2, y - 8);
    (void)snprintf(s, sizeof s, "%.0f (%.0f\xE2\x80\x93%.0f)", q->p50_h / 24, q->p10_h / 24,
                   q->p90_h / 24);
    karvan_i_svg_text(t, b + 6, y + 4, "start", "halo", s);
    if (!published(p, c, &lo, &hi, &source)) return;
    double u = karvan_i_at(x, lo), v = fmax(karvan_i_at(x, hi), karvan_i_at(x, lo) + 3);
    karvan_i_html_printf(t, "<path class=\"axis\" fill=\"none\" d=\"M%.1f %.1fv5H%.1fv-5\"/>\n", u,
                         y + 10, v);
    (void)snprintf(s, sizeof s, "%s%.0f\xE2\x80\x93%.0f", hint, lo, hi);
    karvan_i_svg_text(t, v + 6, y + 19, "start", "soft halo", s);
}

static void bars(karvan_i_page *p, bool narrow) {
    double width = narrow ? 340 : 900, left = narrow ? 4 : 160, row = narrow ? 52 : 44;
    int n = 0;
    for (int c = 0; c < p->n_corridors; c++) n += p->way[c].exists;
    double height = 24 + row * n + 34;
    karvan_i_scale x = {0, latest_day(p) * 1.05, left, width - (narrow ? 64 : 120), false};
    karvan_i_html_printf(&p->out, "<div class=\"%s\">", narrow ? "narrow" : "wide");
    karvan_i_svg_open(
        &p->out, width, height, p->next_id++, "Days by corridor",
        "A bar from the tenth to the ninetieth percentile of days for each corridor, with the "
        "median and the published range. The table below holds the numbers.");
    days_axis(&p->out, &x, 8, 20 + row * n);
    double y = 24 + (narrow ? 14 : 6);
    for (int c = 0; c < p->n_corridors; c++)
        if (p->way[c].exists) bar(p, c, &x, y, narrow), y += row;
    karvan_i_svg_close(&p->out);
    karvan_i_text_puts(&p->out, "</div>\n");
}

/* "rail, ferry, rail": modes of the moves in their order, each change once. */
static void modes(const karvan_route *r, karvan_i_text *t) {
    const char *last = "";
    for (int32_t k = 0; k < r->n_legs; k++) {
        if (r->legs[k].operation != KARVAN_MOVE || strcmp(last, r->legs[k].mode) == 0) continue;
        if (*last) karvan_i_text_puts(t, ", ");
        last = r->legs[k].mode;
        for (const char *s = last; *s; s++) {
            const char one[2] = {(char)(*s == '_' ? ' ' : *s), 0};
            karvan_i_text_xml(t, one);
        }
    }
}

static void corridor_table(karvan_i_page *p) {
    karvan_i_table_open(p, "Best way of each corridor by expected time",
                        "corridor|days, median#|P10#|P90#|published|USD a TEU#|km#|kg CO2e a "
                        "TEU#|customs borders#|changes#|modes in order",
                        true);
    for (int c = 0; c < p->n_corridors; c++) {
        const karvan_i_way *w = &p->way[c];
        double lo, hi;
        const char *source;
        if (!w->exists) continue;
        const karvan_time_quantiles *q = &w->q[w->route.n_legs];
        karvan_i_text_puts(&p->out, "<tr>");
        karvan_i_td_text(p, karvan_i_corridor_name(p, c));
        karvan_i_td_number(p, q->p50_h / 24, 2, KARVAN_UNKNOWN),
            karvan_i_td_number(p, q->p10_h / 24, 2, KARVAN_UNKNOWN),
            karvan_i_td_number(p, q->p90_h / 24, 2, KARVAN_UNKNOWN);
        if (published(p, c, &lo, &hi, &source)) {
            karvan_i_html_printf(&p->out, "<td>%.0f\xE2\x80\x93%.0f", lo, hi);
            karvan_i_cite(p, source);
            karvan_i_text_puts(&p->out, "</td>");
        } else {
            karvan_i_text_puts(&p->out, "<td class=\"miss\">none for these ends</td>");
        }
        karvan_i_td_number(p, w->route.usd_per_teu, 2, KARVAN_UNKNOWN),
            karvan_i_td_number(p, w->route.km, 3, KARVAN_UNKNOWN);
        karvan_i_td_number(p, w->route.co2e_kg_per_teu, 2, KARVAN_UNKNOWN);
        karvan_i_html_printf(&p->out,
                             "<td class=\"n\">%d</td><td class=\"n\">%d</td><td class=\"w\">",
                             w->route.borders, w->route.transhipments);
        modes(&w->route, &p->out);
        karvan_i_text_puts(&p->out, "</td></tr>\n");
    }
    karvan_i_table_close(p);
}

static karvan_status legs_details(karvan_i_page *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int c = 0; c < p->n_corridors && st == KARVAN_OK; c++) {
        karvan_table *t = NULL;
        char summary[160], file[80];
        if (!p->way[c].exists) continue;
        st = karvan_route_table(p->region, 1, &p->way[c].route, &t, err);
        (void)snprintf(summary, sizeof summary, "Every leg of the %s, with its sources",
                       karvan_i_corridor_name(p, c));
        (void)snprintf(file, sizeof file, "legs-%s.csv", karvan_i_cell_text(p->corridors, "id", c));
        if (st == KARVAN_OK) st = karvan_i_details_table(p, summary, t, file, err);
        karvan_table_destroy(t);
    }
    return st;
}

karvan_status karvan_i_part_corridors(karvan_i_page *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int fastest = -1, n = 0;
    for (int c = 0; c < p->n_corridors; c++) {
        if (!p->way[c].exists) continue;
        n++;
        if (fastest < 0 || p->way[c].route.hours < p->way[fastest].route.hours) fastest = c;
    }
    if (n == 0) return KARVAN_OK;
    karvan_i_html_printf(&p->out,
                         "<section id=\"corridors\"><h2>From %s to %s the %s is the fastest</h2>\n",
                         karvan_i_place_name(p, p->from), karvan_i_place_name(p, p->to),
                         karvan_i_corridor_name(p, fastest));
    karvan_i_text_puts(&p->out,
                       "<figure><figcaption>Days from the first departure to the last "
                       "arrival</figcaption><p class=\"sub\">Bar: eight of ten loads lie between "
                       "its ends (P10 to P90); white tick: median; bracket: what is published for "
                       "the same ends. A loaded container, station to station.</p>\n");
    bars(p, false), bars(p, true);
    corridor_table(p);
    KARVAN_TRY(legs_details(p, err));
    karvan_i_text_puts(&p->out, "<p class=\"srcline\">Model: docs/methods/network.md. Sources of "
                                "each leg in the tables above.</p></figure></section>\n");
done:
    return st;
}

static const char *const CAUSES[KARVAN_OPERATIONS] = {"moving",
                                                      "waiting for a departure",
                                                      "border",
                                                      "change of gauge",
                                                      "port",
                                                      "other change of mode",
                                                      "loading and unloading",
                                                      "other"};
static const double SHADE[KARVAN_OPERATIONS] = {1.0, 0.82, 0.66, 0.5, 0.36, 0.24, 0.16, 0.1};

/* Expected days by cause. */
static void sum_causes(const karvan_route *r, double days[KARVAN_OPERATIONS]) {
    for (int k = 0; k < KARVAN_OPERATIONS; k++) days[k] = 0;
    for (int32_t k = 0; k < r->n_legs; k++) days[r->legs[k].operation] += r->legs[k].hours / 24;
}

static void stack(karvan_i_page *p, int c, const karvan_i_scale *x, double y, bool narrow) {
    double at = 0, sum[KARVAN_OPERATIONS];
    sum_causes(&p->way[c].route, sum);
    karvan_i_svg_text(&p->out, narrow ? 0 : x->p0 - 10, narrow ? y - 12 : y + 4,
                      narrow ? "start" : "end", "", karvan_i_corridor_name(p, c));
    for (int k = 0; k < KARVAN_OPERATIONS; k++) {
        double a = karvan_i_at(x, at), b = karvan_i_at(x, at + sum[k]);
        char s[24];
        at += sum[k];
        if (b - a < 0.3) continue;
        karvan_i_html_printf(
            &p->out,
            "<rect class=\"f%d\" fill-opacity=\"%.2f\" stroke=\"var(--paper)\" x=\"%.1f\" "
            "y=\"%.1f\" width=\"%.1f\" height=\"16\"><title>%s: %.1f days</title></rect>\n",
            c, SHADE[k], a, y - 8, b - a, CAUSES[k], sum[k]);
        (void)snprintf(s, sizeof s, "%.1f", sum[k]);
        if (b - a > 26) karvan_i_svg_text(&p->out, (a + b) / 2, y + 22, "middle", "soft", s);
    }
}

static void cause_table(karvan_i_page *p) {
    karvan_i_table_open(
        p, "Expected days by cause",
        "corridor|moving#|waiting#|border#|gauge#|port#|change of mode#|handling#|other#|all#",
        true);
    for (int c = 0; c < p->n_corridors; c++) {
        double sum[KARVAN_OPERATIONS], all = 0;
        if (!p->way[c].exists) continue;
        sum_causes(&p->way[c].route, sum);
        karvan_i_text_puts(&p->out, "<tr>");
        karvan_i_td_text(p, karvan_i_corridor_name(p, c));
        for (int k = 0; k < KARVAN_OPERATIONS; k++)
            karvan_i_td_number(p, sum[k], 2, KARVAN_UNKNOWN), all += sum[k];
        karvan_i_td_number(p, all, 3, KARVAN_UNKNOWN);
        karvan_i_text_puts(&p->out, "</tr>\n");
    }
    karvan_i_table_close(p);
}

/* The stops of a way that take the most hours. */
static void longest_stops(karvan_i_page *p, int c) {
    bool told[512] = {false};
    const karvan_route *r = &p->way[c].route;
    karvan_i_html_printf(&p->out, "<h3>The longest stops of the %s</h3>\n",
                         karvan_i_corridor_name(p, c));
    karvan_i_table_open(p, "Stops by expected hours",
                        "place|what|hours#|half within, h#|nine of ten within, h#|why", false);
    for (int n = 0; n < 8; n++) {
        int32_t best = -1;
        for (int32_t k = 0; k < r->n_legs && k < 512; k++)
            if (!told[k] && r->legs[k].operation != KARVAN_MOVE &&
                (best < 0 || r->legs[k].hours > r->legs[best].hours))
                best = k;
        if (best < 0 || r->legs[best].hours < 1) break;
        told[best] = true;
        const karvan_leg *l = &r->legs[best];
        karvan_i_text_puts(&p->out, "<tr>");
        karvan_i_td_text(p, karvan_i_place_name(p, l->from));
        karvan_i_td_text(p, CAUSES[l->operation]);
        karvan_i_td_number(p, l->hours, 2, KARVAN_UNKNOWN),
            karvan_i_td_number(p, l->p50_h, 2, KARVAN_UNKNOWN),
            karvan_i_td_number(p, l->p90_h, 2, KARVAN_UNKNOWN);
        karvan_i_text_puts(&p->out, "<td>");
        karvan_i_text_xml(&p->out, l->why);
        if (l->assumed) karvan_i_text_puts(&p->out, " <span class=\"assumed\">assumed</span>");
        karvan_i_cite(p, l->source);
        karvan_i_text_puts(&p->out, "</td></tr>\n");
    }
    karvan_i_table_close(p);
}

karvan_status karvan_i_part_where_time_goes(karvan_i_page *p, karvan_error *err) {
    double most = 1;
    int n = 0;
    for (int c = 0; c < p->n_corridors; c++)
        if (p->way[c].exists) n++, most = fmax(most, p->way[c].route.hours / 24);
    if (n == 0) return KARVAN_OK;
    karvan_i_text_puts(
        &p->out,
        "<section id=\"time\"><h2>Where the time goes</h2>\n<figure><figcaption>Expected "
        "days by cause</figcaption><p class=\"sub\">From dark to light: moving, waiting "
        "for a departure, border, change of gauge, port, other change of mode, other.</p>\n");
    for (int narrow = 0; narrow < 2; narrow++) {
        double width = narrow ? 340 : 900, row = narrow ? 56 : 46;
        karvan_i_scale x = {0, most, narrow ? 4 : 160, width - 20, false};
        karvan_i_html_printf(&p->out, "<div class=\"%s\">", narrow ? "narrow" : "wide");
        karvan_i_svg_open(&p->out, width, row * n + 20, p->next_id++, "Days by cause and corridor",
                          "Stacked bars; the table below holds the numbers.");
        double y = narrow ? 26 : 18;
        for (int c = 0; c < p->n_corridors; c++)
            if (p->way[c].exists) stack(p, c, &x, y, narrow != 0), y += row;
        karvan_i_svg_close(&p->out);
        karvan_i_text_puts(&p->out, "</div>\n");
    }
    cause_table(p);
    karvan_i_text_puts(&p->out,
                       "<p class=\"srcline\">Method: docs/methods/hours.md.</p></figure>\n");
    for (int c = 0; c < p->n_corridors && c < 1; c++)
        if (p->way[c].exists) longest_stops(p, c);
    karvan_i_text_puts(&p->out, "</section>\n");
    return karvan_i_text_status(&p->out, err);
}
