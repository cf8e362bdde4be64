#include "report/effects.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/html.h"
#include "report/svg.h"

enum { HEAD = 22, FOOT = 24, LEFT = 88, GAP = 14, NARROWEST = 60 };

static void bounds(const karvan_i_intervals *c, double *lo, double *hi) {
    *lo = c->log ? INFINITY : 0, *hi = 0;
    for (int i = 0; i < c->n; i++) {
        const double v[] = {c->row[i].dot, c->row[i].low, c->row[i].high, c->row[i].tick};
        for (size_t k = 0; k < sizeof v / sizeof v[0]; k++) {
            if (isnan(v[k]) || (c->log && !(v[k] > 0))) continue;
            *lo = fmin(*lo, v[k]), *hi = fmax(*hi, v[k]);
        }
    }
    if (c->log) {
        if (!(*hi > 0)) *lo = *hi = 1;
        *lo = pow(10, floor(log10(fmax(*lo, *hi / 1e8)))), *hi = pow(10, ceil(log10(*hi)));
        if (*hi <= *lo) *hi = *lo * 10;
    } else if (*hi <= *lo) {
        *hi = *lo + 1;
    }
}

static void tick_label(karvan_i_page *p, const karvan_i_scale *x, double v, double bottom) {
    karvan_i_text s = {0};
    karvan_i_number(&s, v, 2);
    karvan_i_svg_line(&p->out, karvan_i_at(x, v), HEAD - 4, karvan_i_at(x, v), bottom,
                      v == 0 ? "axis" : "grid");
    if (s.s) karvan_i_svg_text(&p->out, karvan_i_at(x, v), bottom + 14, "middle", "soft", s.s);
    karvan_i_text_clear(&s);
}

static void axis(karvan_i_page *p, const karvan_i_intervals *c, const karvan_i_scale *x,
                 double bottom) {
    if (c->log) {
        int decades = (int)lround(log10(x->d1 / x->d0)), step = decades > 3 ? 2 : 1;
        for (int k = decades % step; k <= decades; k += step)
            tick_label(p, x, x->d0 * pow(10, k), bottom);
        return;
    }
    double step = karvan_i_tick(x->d1 - x->d0, 3);
    for (int k = (int)ceil(x->d0 / step - 1e-9); k <= (int)floor(x->d1 / step + 1e-9); k++)
        tick_label(p, x, k * step, bottom);
}

/* Decimals that give the largest figure two digits, the same for all. */
static int decimals(const karvan_i_intervals *c) {
    double most = 0;
    for (int i = 0; i < c->n; i++)
        most = fmax(most, fmax(fabs(c->row[i].low), fabs(c->row[i].high)));
    int lead = most > 0 ? (int)floor(log10(most)) : 0;
    return lead > 0 ? 0 : lead < -5 ? 6 : 1 - lead;
}

/* With a minus that is one, and none before zeros. */
static void fixed(karvan_i_text *t, double v, int places) {
    char s[64];
    if (isnan(v)) {
        karvan_i_text_puts(t, "unknown");
        return;
    }
    (void)snprintf(s, sizeof s, "%.*f", places, fabs(v));
    if (v < 0 && strspn(s, "0.") < strlen(s)) karvan_i_text_puts(t, "\xE2\x88\x92");
    karvan_i_text_puts(t, s);
}

/* "-0.12 (-0.30, 0.05)" */
static void figures(karvan_i_text *t, const karvan_i_interval *r, int places) {
    if (r->text) {
        karvan_i_text_puts(t, r->text);
        return;
    }
    fixed(t, r->dot, places);
    karvan_i_text_puts(t, " ("), fixed(t, r->low, places);
    karvan_i_text_puts(t, ", "), fixed(t, r->high, places);
    karvan_i_text_puts(t, ")");
}

/* Room that the widest of them takes. */
static double figures_width(const karvan_i_intervals *c) {
    double most = 0;
    for (int i = 0; i < c->n; i++) {
        karvan_i_text t = {0};
        figures(&t, &c->row[i], decimals(c));
        if (t.s) most = fmax(most, karvan_i_text_width(t.s, 12));
        karvan_i_text_clear(&t);
    }
    return most;
}

static double clip(const karvan_i_scale *x, double v) {
    return karvan_i_at(x, fmin(fmax(v, x->d0), x->d1));
}

static void bar(karvan_i_page *p, const karvan_i_intervals *c, const karvan_i_interval *r,
                const karvan_i_scale *x, int places, double y) {
    karvan_i_svg_text(&p->out, 0, y + 4, "start", r->strong ? "strong" : "", r->name);
    if (r->low <= r->high)
        karvan_i_html_printf(&p->out,
                             "<rect class=\"span\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                             "height=\"7\" rx=\"2\"/>\n",
                             clip(x, r->low), y - 3.5, fmax(clip(x, r->high) - clip(x, r->low), 1));
    if (!isnan(r->tick) && !(c->log && !(r->tick > 0)))
        karvan_i_html_printf(&p->out, "<path class=\"axis\" d=\"M%.1f %.1fv13\"/>\n",
                             clip(x, r->tick), y - 6.5);
    if (!isnan(r->dot) && !(c->log && !(r->dot > 0)))
        karvan_i_html_printf(&p->out, "<circle class=\"now\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.6\"/>\n",
                             clip(x, r->dot), y);
    karvan_i_text t = {0};
    figures(&t, r, places);
    if (t.s) karvan_i_svg_text(&p->out, KARVAN_I_INTERVALS_WIDTH, y + 4, "end", "soft", t.s);
    karvan_i_text_clear(&t);
}

void karvan_i_intervals_draw(karvan_i_page *p, const karvan_i_intervals *c) {
    double lo, hi, bottom = HEAD + c->n * KARVAN_I_INTERVALS_ROW;
    bounds(c, &lo, &hi);
    double right = fmax(KARVAN_I_INTERVALS_WIDTH - figures_width(c) - GAP, LEFT + NARROWEST);
    const karvan_i_scale x = {lo, hi, LEFT, right, c->log};
    karvan_i_text_puts(&p->out, "<div>");
    karvan_i_svg_open(&p->out, KARVAN_I_INTERVALS_WIDTH, bottom + FOOT, p->next_id++, c->title,
                      c->description);
    karvan_i_svg_text(&p->out, 0, 12, "start", "strong", c->title);
    axis(p, c, &x, bottom);
    for (int i = 0; i < c->n; i++)
        bar(p, c, &c->row[i], &x, decimals(c), HEAD + (i + 0.5) * KARVAN_I_INTERVALS_ROW);
    karvan_i_svg_close(&p->out);
    karvan_i_text_puts(&p->out, "</div>\n");
}

/* ---- a change ---- */

enum { OTHERS = 4, ROWS_MAX = KARVAN_I_PARTNERS_MAX + 1 + OTHERS };

/* Rows of the baseline in the order they are shown. */
static int choose(const karvan_i_trade_facts *f, const karvan_i_baseline *b,
                  const karvan_i_what_if *w, int32_t *row) {
    static const double LEAST = 0.05; /* per cent of exports */
    const double *exports = w->effect[KARVAN_I_EXPORTS][KARVAN_I_POINT];
    int n = 0, first = 0;
    if (karvan_i_baseline_find(b, f->country) >= 0)
        row[n++] = karvan_i_baseline_find(b, f->country);
    for (int i = 0; i < f->n_partners; i++)
        if (karvan_i_baseline_find(b, f->partner[i]) >= 0)
            row[n++] = karvan_i_baseline_find(b, f->partner[i]);
    for (first = n; n < first + OTHERS;) {
        int32_t best = -1;
        for (int32_t i = 0; i < b->n; i++) {
            bool shown = false;
            for (int k = 0; k < n && !shown; k++) shown = row[k] == i;
            if (!shown && fabs(exports[i]) >= LEAST &&
                (best < 0 || fabs(exports[i]) > fabs(exports[best])))
                best = i;
        }
        if (best < 0) break;
        row[n++] = best;
    }
    return n;
}

void karvan_i_effects_draw(karvan_i_page *p, const karvan_i_trade_facts *f,
                           const karvan_i_baseline *b, const karvan_i_what_if *w) {
    static const char *const titles[KARVAN_I_EFFECTS] = {"Real income, %", "Exports, %",
                                                         "Imports, %"};
    int32_t row[ROWS_MAX];
    int n = choose(f, b, w, row);
    karvan_i_text_puts(&p->out, "<div class=\"multiples\">\n");
    for (int k = 0; k < KARVAN_I_EFFECTS; k++) {
        karvan_i_interval bars[ROWS_MAX];
        for (int i = 0; i < n; i++)
            bars[i] = (karvan_i_interval){.name = karvan_i_party_name(p, b->country[row[i]]),
                                          .dot = w->effect[k][KARVAN_I_POINT][row[i]],
                                          .low = w->effect[k][KARVAN_I_P5][row[i]],
                                          .high = w->effect[k][KARVAN_I_P95][row[i]],
                                          .tick = NAN,
                                          .strong = i == 0};
        karvan_i_intervals_draw(
            p, &(karvan_i_intervals){.title = titles[k],
                                     .description = "A dot for the central figure and a bar from "
                                                    "P5 to P95 by country. The table below holds "
                                                    "the numbers.",
                                     .n = n,
                                     .row = bars});
    }
    karvan_i_text_puts(&p->out, "</div>\n");
}
