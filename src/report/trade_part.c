/* Trade: small multiples by partner on one scale, exports and imports as two lines. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "report/html.h"
#include "report/page.h"
#include "report/svg.h"
#include "table/cell.h"
#include "trade/unit.h"

static double in_million(double v, const char *unit) {
    return v * karvan_i_trade_unit(unit, NULL) / 1e6;
}

/* The currency of a table of balances; "currency" where it states none. */
static const char *currency_of(const karvan_table *t) {
    const char *s = NULL;
    (void)karvan_i_trade_unit(karvan_i_cell_text(t, "unit", 0), &s);
    return s ? s : "currency";
}

static void series(karvan_i_page *p, const karvan_table *t, const char *column,
                   const karvan_i_scale *x, const karvan_i_scale *y, const char *cls,
                   const char *dot) {
    bool pen = false;
    karvan_i_html_printf(&p->out, "<path class=\"%s\" d=\"", cls);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double v = in_million(karvan_i_cell_real(t, column, r), karvan_i_cell_text(t, "unit", r));
        if (!(v > 0)) { /* a gap stays a gap */
            pen = false;
            continue;
        }
        karvan_i_text_puts(&p->out, pen ? "L" : "M");
        karvan_i_px(&p->out, karvan_i_at(x, karvan_i_cell_real(t, "year", r))),
            karvan_i_text_puts(&p->out, " "), karvan_i_px(&p->out, karvan_i_at(y, v));
        pen = true;
    }
    karvan_i_text_puts(&p->out, "\"/>\n");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double v = in_million(karvan_i_cell_real(t, column, r), karvan_i_cell_text(t, "unit", r));
        if (v > 0)
            karvan_i_html_printf(&p->out,
                                 "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" "
                                 "r=\"2.6\"><title>%.0f: %.3g million %s</title></circle>\n",
                                 dot, karvan_i_at(x, karvan_i_cell_real(t, "year", r)),
                                 karvan_i_at(y, v), karvan_i_cell_real(t, "year", r), v,
                                 currency_of(t));
    }
}

static void end_label(karvan_i_page *p, const karvan_table *t, const char *column,
                      const karvan_i_scale *y, double px, double *taken, const char *word) {
    int64_t last = karvan_table_rows(t) - 1;
    double v = in_million(karvan_i_cell_real(t, column, last), karvan_i_cell_text(t, "unit", last));
    if (!(v > 0)) return;
    double at = karvan_i_at(y, v) + 4;
    if (fabs(at - *taken) < 13) at = *taken + (at >= *taken ? 13 : -13);
    *taken = at;
    karvan_i_svg_text(&p->out, px, at, "start", "halo", word);
}

/* shared: all tables are in one currency, which the figure names. */
static void multiple(karvan_i_page *p, const karvan_table *t, const char *name, bool shared,
                     double y0, double y1, double x0, double x1) {
    double width = 290, height = 180, taken = -99;
    karvan_i_scale x = {x0, x1, 40, width - 62, false}, y = {y0, y1, height - 24, 26, true};
    char s[40], title[160];
    karvan_i_svg_open(&p->out, width, height, p->next_id++, name,
                      "Exports solid, imports dashed, by the million on a logarithmic scale. "
                      "The table below holds the numbers.");
    (void)snprintf(title, sizeof title, "%s, %s", name, currency_of(t));
    karvan_i_svg_text(&p->out, 0, 13, "start", "", shared ? name : title);
    for (int k = 0; k <= (int)lround(log10(y1 / y0)); k++) {
        double v = y0 * pow(10, k);
        (void)snprintf(s, sizeof s, v < 1 ? "%.2g" : "%.0f", v);
        karvan_i_svg_line(&p->out, x.p0, karvan_i_at(&y, v), x.p1, karvan_i_at(&y, v), "grid");
        karvan_i_svg_text(&p->out, x.p0 - 5, karvan_i_at(&y, v) + 4, "end", "soft", s);
    }
    (void)snprintf(s, sizeof s, "%.0f", x0);
    karvan_i_svg_text(&p->out, x.p0, height - 8, "middle", "soft", s);
    (void)snprintf(s, sizeof s, "%.0f", x1);
    karvan_i_svg_text(&p->out, x.p1, height - 8, "middle", "soft", s);
    series(p, t, "exports", &x, &y, "x", "xdot"), series(p, t, "imports", &x, &y, "m", "mdot");
    end_label(p, t, "exports", &y, x.p1 + 5, &taken, "exports"),
        end_label(p, t, "imports", &y, x.p1 + 5, &taken, "imports");
    karvan_i_svg_close(&p->out);
}

enum { PARTNERS_MAX = 12 };
typedef struct pair_table {
    const char *partner;
    karvan_table *t;
} pair_table;

/* Countries of Central Asia with which a reports trade in its data set of choice, or the one asked
 * for. */
static karvan_status collect(karvan_i_page *p, const char *a, const char *only, pair_table *out,
                             int *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int64_t r = 0; r < karvan_table_rows(p->countries) && *n < PARTNERS_MAX; r++) {
        const char *b = karvan_i_cell_text(p->countries, "iso3", r);
        if (!b || strcmp(a, b) == 0 ||
            (only ? strcmp(only, b) != 0
                  : !karvan_i_cell_is(p->countries, "group", r, "central_asia")))
            continue;
        const char *dataset = karvan_trade_default_dataset(p->region, a, b);
        if (!dataset) continue;
        out[*n].partner = b;
        KARVAN_TRY(karvan_trade_balance(p->region, dataset, a, b, &out[*n].t, err));
        ++*n;
    }
done:
    return st;
}

karvan_status karvan_i_part_trade(karvan_i_page *p, const char *a, const char *only,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    pair_table pairs[PARTNERS_MAX] = {{NULL, NULL}};
    int n = 0;
    bool shared = true;
    double lo = INFINITY, hi = 0, first = INFINITY, last = 0;
    if (!karvan_package_table(p->region, "trade")) return KARVAN_OK;
    KARVAN_TRY(collect(p, a, only, pairs, &n, err));
    if (n == 0) goto done;
    for (int i = 0; i < n; i++)
        for (int64_t r = 0; r < karvan_table_rows(pairs[i].t); r++) {
            const char *unit = karvan_i_cell_text(pairs[i].t, "unit", r);
            double x = in_million(karvan_i_cell_real(pairs[i].t, "exports", r), unit),
                   m = in_million(karvan_i_cell_real(pairs[i].t, "imports", r), unit);
            if (x > 0) lo = fmin(lo, x), hi = fmax(hi, x);
            if (m > 0) lo = fmin(lo, m), hi = fmax(hi, m);
            first = fmin(first, karvan_i_cell_real(pairs[i].t, "year", r)),
            last = fmax(last, karvan_i_cell_real(pairs[i].t, "year", r));
        }
    if (!(hi > 0)) goto done;
    for (int i = 1; i < n; i++)
        shared = shared && strcmp(currency_of(pairs[0].t), currency_of(pairs[i].t)) == 0;
    lo = pow(10, floor(log10(lo))), hi = pow(10, ceil(log10(hi)));
    karvan_i_html_printf(&p->out, "<section id=\"trade\"><h2>What %s trades with %s</h2>\n",
                         karvan_i_party_name(p, a),
                         only ? karvan_i_party_name(p, only) : "Central Asia");
    karvan_i_html_printf(
        &p->out,
        "<figure><figcaption>Exports and imports of %s by partner</figcaption><p "
        "class=\"sub\">Million current %s, %.0f to %.0f, logarithmic scale, as %s reports them; "
        "solid: exports, dashed: imports.</p>\n<div class=\"multiples\" "
        "style=\"display:flex;flex-wrap:wrap;gap:.6rem 1rem\">\n",
        karvan_i_party_name(p, a),
        shared ? currency_of(pairs[0].t) : "units of the currency at each name", first, last,
        karvan_i_party_name(p, a));
    for (int i = 0; i < n; i++) {
        karvan_i_text_puts(&p->out, "<div>");
        multiple(p, pairs[i].t, karvan_i_party_name(p, pairs[i].partner), shared, lo, hi, first,
                 last > first ? last : first + 1);
        karvan_i_text_puts(&p->out, "</div>\n");
    }
    karvan_i_text_puts(&p->out, "</div>\n");
    for (int i = 0; i < n; i++) {
        char summary[160], file[64];
        (void)snprintf(summary, sizeof summary, "%s: exports, imports, balance, growth and shares",
                       karvan_i_party_name(p, pairs[i].partner));
        (void)snprintf(file, sizeof file, "trade-%s-%s.csv", a, pairs[i].partner);
        KARVAN_TRY(karvan_i_details_table(p, summary, pairs[i].t, file, err));
    }
    karvan_i_text_puts(&p->out, "<p class=\"srcline\">Source: ");
    karvan_i_cite(p, karvan_i_cell_text(pairs[0].t, "source", 0));
    karvan_i_text_puts(&p->out, " Method: docs/methods/trade.md. Shares are of the partners in the "
                                "data set, not of the world.</p></figure></section>\n");
done:
    for (int i = 0; i < n; i++) karvan_table_destroy(pairs[i].t);
    return st;
}
