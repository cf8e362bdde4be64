/* Trade: small multiples by partner on one scale, exports and imports as two lines that stop at
 * breaks of the series, each break marked. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "report/html.h"
#include "report/page.h"
#include "report/series.h"
#include "report/svg.h"
#include "report/trade_facts.h"
#include "table/cell.h"

enum { WIDTH = 290, HEIGHT = 190 };

typedef struct multiple_scales {
    karvan_i_scale x, y;
    double lo, hi, first, last; /* of all multiples */
} multiple_scales;

static bool breaks_at(const karvan_table *t, int64_t row) {
    return row > 0 && !karvan_i_cell_is(t, "breaks", row, "");
}

static void line(karvan_i_page *p, const karvan_table *t, const char *column,
                 const multiple_scales *s, const char *cls) {
    bool pen = false;
    karvan_i_html_printf(&p->out, "<path class=\"%s\" d=\"", cls);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double v = karvan_i_cell_real(t, column, r);
        if (breaks_at(t, r)) pen = false;
        if (!(v > 0)) { /* a gap stays a gap */
            pen = false;
            continue;
        }
        karvan_i_text_puts(&p->out, pen ? "L" : "M");
        karvan_i_px(&p->out, karvan_i_at(&s->x, karvan_i_cell_real(t, "year", r)));
        karvan_i_text_puts(&p->out, " "), karvan_i_px(&p->out, karvan_i_at(&s->y, v));
        pen = true;
    }
    karvan_i_text_puts(&p->out, "\"/>\n");
}

/* A dot a year; a ring around a jump. */
static void dots(karvan_i_page *p, const karvan_table *t, const char *column,
                 const multiple_scales *s, const char *cls) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double v = karvan_i_cell_real(t, column, r), year = karvan_i_cell_real(t, "year", r);
        const char *jumps = karvan_i_cell_text(t, "jumps", r);
        bool jump = jumps && strstr(jumps, column);
        if (!(v > 0)) continue;
        double x = karvan_i_at(&s->x, year), y = karvan_i_at(&s->y, v);
        if (jump)
            karvan_i_html_printf(
                &p->out, "<circle class=\"ring\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"/>\n", x, y);
        karvan_i_html_printf(&p->out,
                             "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.2\"><title>%.0f: "
                             "%.3g million %s%s</title></circle>\n",
                             cls, x, y, year, v, karvan_i_cell_text(t, "currency", r),
                             jump ? ", a jump" : "");
    }
}

/* Upright lines at breaks; names of the data sets to both sides where there is room. */
static void break_marks(karvan_i_page *p, const karvan_table *t, const multiple_scales *s) {
    double free_from = s->x.p0;
    for (int64_t r = 1; r < karvan_table_rows(t); r++) {
        if (!breaks_at(t, r)) continue;
        double x = karvan_i_at(
            &s->x, (karvan_i_cell_real(t, "year", r) + karvan_i_cell_real(t, "year", r - 1)) / 2);
        karvan_i_html_printf(&p->out,
                             "<path class=\"brk\" d=\"M%.1f %.1fV%.1f\"><title>%.0f: "
                             "%s</title></path>\n",
                             x, s->y.p1 - 12, s->y.p0, karvan_i_cell_real(t, "year", r),
                             karvan_i_cell_text(t, "breaks", r));
        const char *before = karvan_i_cell_text(t, "data", r - 1),
                   *after = karvan_i_cell_text(t, "data", r);
        if (!before || !after || strcmp(before, after) == 0) continue;
        if (x - karvan_i_text_width(before, 12) - 4 >= free_from - 1)
            karvan_i_svg_text(&p->out, x - 4, s->y.p1 - 4, "end", "soft halo", before);
        if (x + karvan_i_text_width(after, 12) + 4 <= s->x.p1 + 60)
            karvan_i_svg_text(&p->out, x + 4, s->y.p1 - 4, "start", "soft halo", after);
        free_from = x + 4 + karvan_i_text_width(after, 12);
    }
}

static void end_label(karvan_i_page *p, const karvan_table *t, const char *column,
                      const multiple_scales *s, double *taken) {
    int64_t r = karvan_table_rows(t) - 1;
    while (r >= 0 && !(karvan_i_cell_real(t, column, r) > 0)) r--;
    if (r < 0) return;
    double at = karvan_i_at(&s->y, karvan_i_cell_real(t, column, r)) + 4;
    if (fabs(at - *taken) < 13) at = *taken + (at >= *taken ? 13 : -13);
    *taken = at;
    karvan_i_svg_text(&p->out, karvan_i_at(&s->x, karvan_i_cell_real(t, "year", r)) + 6, at,
                      "start", "halo", column);
}

static void axes(karvan_i_page *p, const multiple_scales *s) {
    char label[40];
    int decades = (int)lround(log10(s->hi / s->lo)), step = decades > 4 ? 2 : 1;
    for (int k = decades % step; k <= decades; k += step) {
        double v = s->lo * pow(10, k), y = karvan_i_at(&s->y, v);
        (void)snprintf(label, sizeof label, v < 1 ? "%.2g" : "%.0f", v);
        karvan_i_svg_line(&p->out, s->x.p0, y, s->x.p1, y, "grid");
        karvan_i_svg_text(&p->out, s->x.p0 - 5, y + 4, "end", "soft", label);
    }
    for (int end = 0; end < 2; end++) {
        double year = end ? s->last : s->first;
        (void)snprintf(label, sizeof label, "%.0f", year);
        karvan_i_svg_text(&p->out, karvan_i_at(&s->x, year), HEIGHT - 8, "middle", "soft", label);
    }
}

/* shared: all series are in one currency, which the figure names. */
static void multiple(karvan_i_page *p, const karvan_table *t, const char *name, bool shared,
                     const multiple_scales *s) {
    char title[160];
    double taken = -99;
    karvan_i_svg_open(&p->out, WIDTH, HEIGHT, p->next_id++, name,
                      "Exports solid, imports dashed, by the million on a logarithmic scale; "
                      "upright lines where the series breaks, rings around jumps. The table below "
                      "holds the numbers.");
    (void)snprintf(title, sizeof title, "%s, %s", name, karvan_i_cell_text(t, "currency", 0));
    karvan_i_svg_text(&p->out, 0, 13, "start", "strong", shared ? name : title);
    axes(p, s);
    break_marks(p, t, s);
    line(p, t, "exports", s, "x"), line(p, t, "imports", s, "m");
    dots(p, t, "exports", s, "xdot"), dots(p, t, "imports", s, "mdot");
    end_label(p, t, "exports", s, &taken), end_label(p, t, "imports", s, &taken);
    karvan_i_svg_close(&p->out);
}

enum { PARTNERS_MAX = KARVAN_I_PARTNERS_MAX };
typedef struct pair_series {
    const char *partner;
    karvan_table *t;
} pair_series;

static karvan_status collect(const karvan_i_trade_facts *f, pair_series *out, int *n,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < f->n_partners; i++) {
        KARVAN_TRY(karvan_i_series(f->region, f->matrix, f->matrix_name, f->country, f->partner[i],
                                   &out[*n].t, err));
        if (!out[*n].t) continue;
        out[*n].partner = f->partner[i];
        ++*n;
    }
done:
    return st;
}

/* The scales that hold all series; false: nothing above 0 is stated. */
static bool scales(const pair_series *pairs, int n, multiple_scales *s) {
    *s = (multiple_scales){.lo = INFINITY, .first = INFINITY};
    for (int i = 0; i < n; i++)
        for (int64_t r = 0; r < karvan_table_rows(pairs[i].t); r++) {
            double x = karvan_i_cell_real(pairs[i].t, "exports", r),
                   m = karvan_i_cell_real(pairs[i].t, "imports", r),
                   year = karvan_i_cell_real(pairs[i].t, "year", r);
            if (x > 0) s->lo = fmin(s->lo, x), s->hi = fmax(s->hi, x);
            if (m > 0) s->lo = fmin(s->lo, m), s->hi = fmax(s->hi, m);
            if (x > 0 || m > 0) s->first = fmin(s->first, year), s->last = fmax(s->last, year);
        }
    if (!(s->hi > 0)) return false;
    s->lo = fmax(pow(10, floor(log10(s->lo))), s->hi / 1e7);
    s->lo = pow(10, floor(log10(s->lo))), s->hi = pow(10, ceil(log10(s->hi)));
    if (s->hi <= s->lo) s->hi = s->lo * 10;
    s->x = (karvan_i_scale){s->first, s->last > s->first ? s->last : s->first + 1, 40, WIDTH - 62,
                            false};
    s->y = (karvan_i_scale){s->lo, s->hi, HEIGHT - 24, 36, true};
    return true;
}

/* "In 2022 it bought 1 150 million USD and sold 187": of the last year in which every pair states
 * both. */
static void message(karvan_i_page *p, const karvan_i_trade_facts *f, const pair_series *pairs,
                    int n, bool shared, const multiple_scales *s) {
    for (int year = (int)s->last; shared && year >= (int)s->first; year--) {
        double x = 0, m = 0;
        for (int i = 0; i < n; i++) {
            double px = NAN, pm = NAN;
            for (int64_t r = 0; r < karvan_table_rows(pairs[i].t); r++)
                if ((int)karvan_i_cell_real(pairs[i].t, "year", r) == year)
                    px = karvan_i_cell_real(pairs[i].t, "exports", r),
                    pm = karvan_i_cell_real(pairs[i].t, "imports", r);
            x += px, m += pm;
        }
        if (isnan(x) || isnan(m)) continue;
        karvan_i_html_printf(&p->out, "In %d %s sold ", year, karvan_i_party_name(p, f->country));
        karvan_i_number(&p->out, x, 3);
        karvan_i_html_printf(&p->out, " million %s to %s and bought ",
                             karvan_i_cell_text(pairs[0].t, "currency", 0),
                             karvan_i_partners_name(p, f));
        karvan_i_number(&p->out, m, 3);
        karvan_i_text_puts(&p->out, " million");
        return;
    }
    karvan_i_html_printf(&p->out, "Exports and imports of %s by partner",
                         karvan_i_party_name(p, f->country));
}

/* What the marks of the figure mean, in the words of its data. */
static void legend(karvan_i_page *p, const pair_series *pairs, int n) {
    bool broken = false, jump = false, b_states = false;
    for (int i = 0; i < n; i++)
        for (int64_t r = 0; r < karvan_table_rows(pairs[i].t); r++) {
            broken = broken || breaks_at(pairs[i].t, r);
            jump = jump || !karvan_i_cell_is(pairs[i].t, "jumps", r, "");
            b_states = b_states || karvan_i_cell_is(pairs[i].t, "reported_by", r, pairs[i].partner);
        }
    if (broken)
        karvan_i_text_puts(&p->out, " Upright lines: the series breaks (another data set, "
                                    "reporter, currency or price basis, or years without "
                                    "figures); lines do not cross them.");
    if (jump)
        karvan_i_text_puts(&p->out, " Rings: a change out of all proportion to those around it.");
    if (b_states)
        karvan_i_text_puts(&p->out, " Where it states nothing, its partner's figures stand.");
}

static const char *shared_basis(const pair_series *pairs, int n) {
    const char *basis = karvan_i_cell_text(pairs[0].t, "price_basis", 0);
    for (int i = 0; i < n; i++)
        for (int64_t r = 0; r < karvan_table_rows(pairs[i].t); r++)
            if (!karvan_i_cell_is(pairs[i].t, "price_basis", r, basis ? basis : ""))
                return "of several kinds (in the tables)";
    return basis;
}

static void figure(karvan_i_page *p, const karvan_i_trade_facts *f, const pair_series *pairs, int n,
                   const multiple_scales *s) {
    bool shared = true;
    for (int i = 1; i < n; i++)
        shared = shared && karvan_i_cell_is(pairs[i].t, "currency", 0,
                                            karvan_i_cell_text(pairs[0].t, "currency", 0));
    karvan_i_text_puts(&p->out, "<figure><figcaption>");
    message(p, f, pairs, n, shared, s);
    karvan_i_html_printf(&p->out, "</figcaption><p class=\"sub\">Million current %s, ",
                         shared ? karvan_i_cell_text(pairs[0].t, "currency", 0)
                                : "units of the currency at each name");
    karvan_i_html_printf(&p->out, s->last > s->first ? "%.0f to %.0f" : "%.0f", s->first, s->last);
    karvan_i_html_printf(&p->out,
                         ", price basis %s, logarithmic scale, as %s states them; solid: exports, "
                         "dashed: imports.",
                         shared_basis(pairs, n), karvan_i_party_name(p, f->country));
    karvan_i_text_puts(&p->out, "<span class=\"more\">");
    legend(p, pairs, n);
    karvan_i_text_puts(&p->out, "</span>");
    karvan_i_text_puts(&p->out, "</p>\n<div class=\"multiples\">\n");
    for (int i = 0; i < n; i++) {
        karvan_i_text_puts(&p->out, "<div>");
        multiple(p, pairs[i].t, karvan_i_party_name(p, pairs[i].partner), shared, s);
        karvan_i_text_puts(&p->out, "</div>\n");
    }
    karvan_i_text_puts(&p->out, "</div>\n");
}

/* Each source of the series once. */
static void cite_series(karvan_i_page *p, const pair_series *pairs, int n) {
    const char *told[32];
    int n_told = 0;
    for (int i = 0; i < n; i++)
        for (int64_t r = 0; r < karvan_table_rows(pairs[i].t); r++) {
            const char *source = karvan_i_cell_text(pairs[i].t, "source", r);
            bool old = !source || n_told == (int)(sizeof told / sizeof told[0]);
            for (int k = 0; k < n_told && !old; k++) old = strcmp(told[k], source) == 0;
            if (old) continue;
            told[n_told++] = source;
            karvan_i_cite(p, source);
        }
}

static karvan_status tables(karvan_i_page *p, const karvan_i_trade_facts *f,
                            const pair_series *pairs, int n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *balance = NULL;
    if (n > 1) karvan_i_text_puts(&p->out, "<details><summary>The series as tables</summary>\n");
    for (int i = 0; i < n; i++) {
        char summary[160], file[80];
        const char *dataset = karvan_trade_default_dataset(f->region, f->country, pairs[i].partner);
        (void)snprintf(summary, sizeof summary, "%s: the series with its breaks",
                       karvan_i_party_name(p, pairs[i].partner));
        (void)snprintf(file, sizeof file, "series-%.8s-%.8s.csv", f->country, pairs[i].partner);
        KARVAN_TRY(karvan_i_details_table(p, summary, pairs[i].t, file, err));
        if (!dataset) continue;
        KARVAN_TRY(
            karvan_trade_balance(f->region, dataset, f->country, pairs[i].partner, &balance, err));
        (void)snprintf(summary, sizeof summary, "%s: exports, imports, balance, growth and shares",
                       karvan_i_party_name(p, pairs[i].partner));
        (void)snprintf(file, sizeof file, "trade-%.8s-%.8s.csv", f->country, pairs[i].partner);
        KARVAN_TRY(karvan_i_details_table(p, summary, balance, file, err));
        karvan_table_destroy(balance), balance = NULL;
    }
    if (n > 1) karvan_i_text_puts(&p->out, "</details>\n");
done:
    karvan_table_destroy(balance);
    return st;
}

karvan_status karvan_i_part_trade(karvan_i_page *p, karvan_i_trade_facts *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    pair_series pairs[PARTNERS_MAX] = {{NULL, NULL}};
    multiple_scales s;
    int n = 0;
    KARVAN_TRY(collect(f, pairs, &n, err));
    if (n == 0 || !scales(pairs, n, &s)) goto done;
    karvan_i_html_printf(&p->out, "<section id=\"trade\"><h2>What %s trades with %s</h2>\n",
                         karvan_i_party_name(p, f->country), karvan_i_partners_name(p, f));
    figure(p, f, pairs, n, &s);
    KARVAN_TRY(tables(p, f, pairs, n, err));
    karvan_i_text_puts(&p->out, "<p class=\"srcline\">Sources: ");
    cite_series(p, pairs, n);
    karvan_i_text_puts(&p->out, " Methods: docs/methods/trade.md, docs/methods/report.md. Shares "
                                "are of the partners in the data set, not of the "
                                "world.</p></figure>\n");
    if (!f->group) KARVAN_TRY(karvan_i_part_missing(p, f, err)); /* beside potential on paper */
    karvan_i_text_puts(&p->out, "</section>\n");
done:
    for (int i = 0; i < PARTNERS_MAX; i++) karvan_table_destroy(pairs[i].t);
    return st;
}
