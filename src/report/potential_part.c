/* Potential: what the country trades with its partners beside what pairs like them trade, and the
 * products that two could trade and hardly do. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "karvan/gravity.h"
#include "report/effects.h"
#include "report/html.h"
#include "report/trade_facts.h"
#include "table/cell.h"
#include "trade/matrix.h"

/* As `karvan potential` has it without --formula. */
static const char FORMULA[] =
    "trade ~ ln_dist + contig + language + coloniser + colony + agreement "
    "| exporter^year + importer^year";

typedef struct flow {
    const char *exporter, *importer, *partner;
    double actual, predicted, low, high, gap; /* million USD */
    double below;
} flow;
enum { FLOWS_MAX = 2 * KARVAN_I_PARTNERS_MAX };

typedef struct potential {
    karvan_table *all, *shown; /* every year and pair; the newest year, the country's own flows */
    karvan_gravity_stats fit;
    double first, last, year; /* of the panel; shown */
    char errors[240];
    int n;
    flow flow[FLOWS_MAX]; /* exports first */
} potential;

static bool is_ours(void *ctx, const karvan_table *t, int64_t row) {
    const karvan_i_trade_facts *f = ctx;
    bool out = karvan_i_cell_is(t, "exporter", row, f->country) &&
               karvan_i_is_partner(f, karvan_i_cell_text(t, "importer", row));
    return out || (karvan_i_cell_is(t, "importer", row, f->country) &&
                   karvan_i_is_partner(f, karvan_i_cell_text(t, "exporter", row)));
}

static bool is_of_year(void *ctx, const karvan_table *t, int64_t row) {
    return karvan_i_cell_real(t, "year", row) == *(const double *)ctx;
}

/* Flows of the newest year that both have an actual and a predicted figure somewhere. */
static karvan_status show_newest(potential *q, karvan_i_trade_facts *f, karvan_error *err) {
    static const char *const columns[] = {"year", "exporter", "importer", "actual", "predicted",
                                          "low",  "high",     "ratio",    "gap",    "below",
                                          "rank", "sample",   "note"};
    karvan_status st = KARVAN_OK;
    karvan_view v = {0};
    KARVAN_TRY(karvan_view_init(&v, q->all, is_ours, f, err));
    for (int64_t i = 0; i < v.n; i++)
        if (!isnan(karvan_i_cell_real(q->all, "gap", v.row[i])))
            q->year = fmax(q->year, karvan_i_cell_real(q->all, "year", v.row[i]));
    karvan_view_filter(&v, is_of_year, &q->year);
    if (v.n > 0)
        KARVAN_TRY(
            karvan_view_copy(&v, sizeof columns / sizeof columns[0], columns, &q->shown, err));
done:
    karvan_view_clear(&v);
    return st;
}

/* Exports to each partner, then imports from each, in the order of the partners. */
static void read_flows(potential *q, const karvan_i_trade_facts *f) {
    const karvan_table *t = q->shown;
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < f->n_partners; i++)
            for (int64_t r = 0; r < karvan_table_rows(t); r++) {
                const char *x = side ? f->partner[i] : f->country,
                           *m = side ? f->country : f->partner[i];
                if (!karvan_i_cell_is(t, "exporter", r, x) ||
                    !karvan_i_cell_is(t, "importer", r, m))
                    continue;
                q->flow[q->n++] = (flow){.exporter = x,
                                         .importer = m,
                                         .partner = f->partner[i],
                                         .actual = karvan_i_cell_real(t, "actual", r) / 1e3,
                                         .predicted = karvan_i_cell_real(t, "predicted", r) / 1e3,
                                         .low = karvan_i_cell_real(t, "low", r) / 1e3,
                                         .high = karvan_i_cell_real(t, "high", r) / 1e3,
                                         .gap = karvan_i_cell_real(t, "gap", r) / 1e3,
                                         .below = karvan_i_cell_real(t, "below", r)};
                break;
            }
}

static karvan_status estimate(potential *q, karvan_i_trade_facts *f, karvan_error *err) {
    enum { COEFFICIENTS_MAX = 32 };
    const karvan_gravity_options o = {
        .formula = FORMULA, .n_clusters = 1, .cluster = {"exporter^importer"}};
    const karvan_potential_options how = {0};
    double v[COEFFICIENTS_MAX * COEFFICIENTS_MAX];
    karvan_status st = KARVAN_OK;
    karvan_gravity *g = NULL;
    const karvan_table *panel = NULL;
    karvan_error why = {0};
    KARVAN_TRY(karvan_i_trade_facts_panel(f, &panel, err));
    if (!panel) goto done;
    st = karvan_gravity_fit(panel, &o, &g, &why);
    if (st == KARVAN_OK && karvan_gravity_count(g) > COEFFICIENTS_MAX) st = KARVAN_E_DATA;
    if (st == KARVAN_OK)
        st = karvan_gravity_vcov(g, KARVAN_SE_DEFAULT, KARVAN_SSC_FIXEST, 0, NULL, v, q->errors,
                                 sizeof q->errors, &why);
    if (st == KARVAN_OK) st = karvan_gravity_potential(g, v, NULL, &how, &q->all, &why);
    if (st != KARVAN_OK) {
        st = karvan_i_leave_out(st, &why, err);
        goto done;
    }
    q->fit = karvan_gravity_statistics(g);
    q->first = karvan_i_cell_real(panel, "year", 0);
    q->last = karvan_i_cell_real(panel, "year", karvan_table_rows(panel) - 1);
    KARVAN_TRY(show_newest(q, f, err));
    if (q->shown) read_flows(q, f);
done:
    karvan_gravity_destroy(g);
    return st;
}

static void million(karvan_i_text *t, double v) {
    if (v > 0 && v < 0.1)
        karvan_i_text_puts(t, "below 0.1");
    else
        karvan_i_number(t, v, 2);
}

/* Sum of the pair's two flows; NaN where one is not known. */
static double pair_gap(const potential *q, const char *partner) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < q->n; i++)
        if (strcmp(q->flow[i].partner, partner) == 0) sum += q->flow[i].gap, n++;
    return n > 0 ? sum : NAN;
}

/* "trades less than pairs like it with 2 of 5: Kazakhstan (gap 120 million USD), ..." */
static void who_is_below(karvan_i_page *p, const karvan_i_trade_facts *f, const potential *q) {
    int below = 0, known = 0, told = 0;
    for (int i = 0; i < f->n_partners; i++) {
        double gap = pair_gap(q, f->partner[i]);
        known += !isnan(gap), below += gap > 0;
    }
    if (known == 0) return;
    karvan_i_text_puts(&p->out, "<p>");
    if (f->group) {
        karvan_i_html_printf(&p->out,
                             "In %.0f, both ways together, %s traded less than pairs like it with "
                             "%d of %d",
                             q->year, karvan_i_party_name(p, f->country), below, known);
        for (int i = 0; i < f->n_partners; i++) {
            double gap = pair_gap(q, f->partner[i]);
            if (!(gap > 0)) continue;
            karvan_i_html_printf(&p->out, "%s%s, by ", told ? "; " : ": ",
                                 karvan_i_party_name(p, f->partner[i]));
            million(&p->out, gap);
            if (told++ == 0) karvan_i_text_puts(&p->out, " million USD");
        }
        karvan_i_text_puts(&p->out, ". ");
    }
    int outside = 0, told_of = 0;
    for (int i = 0; i < q->n; i++) {
        const flow *w = &q->flow[i];
        if (isnan(w->actual) || isnan(w->low) || isnan(w->high)) continue;
        told_of++, outside += w->actual < w->low || w->actual > w->high;
    }
    if (told_of == 0)
        karvan_i_text_puts(&p->out, "There are too few flows of their size to say how far they "
                                    "differ.</p>\n");
    else if (outside)
        karvan_i_html_printf(&p->out,
                             "%d of the %d flows lie outside the interval in which nine of ten "
                             "flows of their size lie.</p>\n",
                             outside, told_of);
    else
        karvan_i_html_printf(&p->out,
                             "Flows of their size differ as much: none of the %d lies outside the "
                             "interval of nine in ten.</p>\n",
                             told_of);
}

/* Rows begin..end-1 as one drawing. */
static void draw(karvan_i_page *p, const potential *q, int begin, int end, const char *title,
                 const char *const *names) {
    karvan_i_interval bar[FLOWS_MAX];
    karvan_i_text text[FLOWS_MAX] = {{0}};
    int n = 0;
    for (int i = begin; i < end; i++, n++) {
        const flow *w = &q->flow[i];
        if (isnan(w->gap)) {
            karvan_i_text_puts(&text[n], "gap unknown");
        } else {
            karvan_i_text_puts(&text[n], w->gap >= 0 ? "below by " : "above by ");
            million(&text[n], fabs(w->gap));
        }
        bar[n] = (karvan_i_interval){.name = names ? names[i] : karvan_i_party_name(p, w->partner),
                                     .dot = w->actual,
                                     .low = w->low,
                                     .high = w->high,
                                     .tick = w->predicted,
                                     .text = text[n].s};
    }
    karvan_i_intervals_draw(
        p, &(karvan_i_intervals){.title = title,
                                 .description = "A dot for actual trade, an upright line for what "
                                                "is predicted and a bar for the interval of "
                                                "comparable flows, on a logarithmic scale. The "
                                                "table below holds the numbers.",
                                 .n = n,
                                 .row = bar,
                                 .log = true});
    for (int i = 0; i < n; i++) karvan_i_text_clear(&text[i]);
}

static void drawings(karvan_i_page *p, const karvan_i_trade_facts *f, const potential *q) {
    static const char *const both[] = {"exports", "imports"};
    int exports = 0;
    for (int i = 0; i < q->n; i++) exports += strcmp(q->flow[i].exporter, f->country) == 0;
    karvan_i_text_puts(&p->out, "<div class=\"multiples\">\n");
    if (!f->group && q->n == 2) {
        draw(p, q, 0, 2, "Million USD", both);
    } else {
        if (exports > 0) draw(p, q, 0, exports, "Exports to, million USD", NULL);
        if (exports < q->n) draw(p, q, exports, q->n, "Imports from, million USD", NULL);
    }
    karvan_i_text_puts(&p->out, "</div>\n");
}

static karvan_status figure(karvan_i_page *p, const karvan_i_trade_facts *f, const potential *q,
                            karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double actual = 0, predicted = 0;
    for (int i = 0; i < q->n; i++)
        if (!isnan(q->flow[i].gap)) actual += q->flow[i].actual, predicted += q->flow[i].predicted;
    karvan_i_html_printf(&p->out, "<figure><figcaption>In %.0f %s and ", q->year,
                         karvan_i_party_name(p, f->country));
    karvan_i_html_printf(&p->out, "%s traded ", karvan_i_partners_name(p, f));
    million(&p->out, actual);
    karvan_i_text_puts(&p->out, " million USD, where pairs like them trade ");
    million(&p->out, predicted);
    karvan_i_html_printf(
        &p->out,
        " million</figcaption><p class=\"sub\">Million current USD, %.0f, logarithmic scale. Dot: "
        "actual (%s, the importer's figure first); upright line: predicted as if the flow had not "
        "been seen; bar: nine of ten flows of this size lie in it.</p>\n",
        q->year, f->matrix_name);
    drawings(p, f, q);
    KARVAN_TRY(karvan_i_details_table(p, "Actual, predicted, interval and gap, thousand USD",
                                      q->shown, "potential.csv", err));
    karvan_i_text_puts(&p->out, "<p class=\"srcline\">Trade: ");
    karvan_i_cite(p, karvan_i_cell_text(f->matrix, "source", 0));
    karvan_i_html_printf(
        &p->out,
        " Predicted by gravity: PPML, %s, %lld rows, %.0f to %.0f, %s. Effects of exporters and "
        "importers are of the sample: potential is relative to the average pair in it, no "
        "forecast. Methods: docs/methods/potential.md, docs/methods/gravity.md, "
        "docs/methods/panel.md.</p></figure>\n",
        FORMULA, (long long)q->fit.n, q->first, q->last, q->errors);
done:
    return st;
}

/* ---- products ---- */

/* What a code is called: sections of the SITC in our words; NULL: none at hand. */
static const char *product_name(const char *classification, const char *code) {
    static const char *const sections[] = {"food and live animals", "beverages and tobacco",
                                           "raw materials",         "fuels",
                                           "oils and fats",         "chemicals",
                                           "goods by material",     "machines and vehicles",
                                           "other manufactures",    "goods of no other section"};
    if (!classification || strncmp(classification, "SITC", 4) != 0) return NULL;
    if (code[0] < '0' || code[0] > '9' || code[1]) return NULL;
    return sections[code[0] - '0'];
}

static void product_row(karvan_i_page *p, const karvan_i_trade_facts *f, const karvan_table *t,
                        int64_t r, const char *from, const char *to) {
    const char *code = karvan_i_cell_text(t, "product", r),
               *name = product_name(karvan_i_cell_text(f->products, "classification", 0), code);
    bool missing = karvan_i_cell_bool(t, "missing", r);
    karvan_i_html_printf(&p->out, "<tr><td>%s to ", karvan_i_party_name(p, from));
    karvan_i_html_printf(&p->out, "%s</td><td>%s%s%s</td>", karvan_i_party_name(p, to), code,
                         name ? ", " : "", name ? name : "");
    karvan_i_td_number(p, karvan_i_cell_real(t, "actual", r) / 1e6, 2, KARVAN_UNKNOWN);
    karvan_i_td_number(p, karvan_i_cell_real(t, "expected", r) / 1e6, 2, KARVAN_UNKNOWN);
    karvan_i_td_number(p, karvan_i_cell_real(t, "rca", r), 2, KARVAN_UNKNOWN);
    karvan_i_td_number(p, karvan_i_cell_real(t, "import_specialisation", r), 2, KARVAN_UNKNOWN);
    karvan_i_html_printf(&p->out, "<td>%s</td></tr>\n", missing ? "missing" : "widest gap");
}

/* Missing products of one direction; of a single pair the widest gap where there is none. */
static karvan_status direction(karvan_i_page *p, const karvan_i_trade_facts *f, int64_t year,
                               const char *from, const char *to, karvan_error *err) {
    enum { MOST = 3 };
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    karvan_error why = {0};
    st = karvan_trade_missing_products(f->products, from, to, year, 0, &t, &why);
    if (st != KARVAN_OK) return karvan_i_leave_out(st, &why, err);
    for (int64_t r = 0; r < karvan_table_rows(t) && r < MOST; r++) {
        bool missing = karvan_i_cell_bool(t, "missing", r);
        if (!missing && (f->group || r > 0 || !(karvan_i_cell_real(t, "gap", r) > 0))) break;
        product_row(p, f, t, r, from, to);
    }
    karvan_table_destroy(t);
    return KARVAN_OK;
}

karvan_status karvan_i_part_missing(karvan_i_page *p, karvan_i_trade_facts *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    f->missing_told = true;
    if (!f->products || karvan_table_rows(f->products) == 0) return KARVAN_OK;
    int64_t year =
        (int64_t)karvan_i_cell_real(f->products, "year", karvan_table_rows(f->products) - 1);
    size_t before = p->out.n;
    karvan_i_text_puts(&p->out, "<h3>Products that they could trade and hardly do</h3>\n");
    karvan_i_html_printf(&p->out,
                         "<p class=\"sub\">%lld, %s, million USD. Expected: what the importer buys "
                         "of it, shared among all sellers. Missing: both indices are above 1 (one "
                         "sells, the other buys more of it than the world) and less than half "
                         "of the expected is traded.</p>\n",
                         (long long)year, f->products_name);
    karvan_i_table_open(p, "Products by direction",
                        "from and to|product|actual#|expected#|advantage of the seller "
                        "(RCA)#|specialisation of the buyer#|which",
                        true);
    size_t head = p->out.n;
    for (int i = 0; i < f->n_partners; i++) {
        KARVAN_TRY(direction(p, f, year, f->country, f->partner[i], err));
        KARVAN_TRY(direction(p, f, year, f->partner[i], f->country, err));
    }
    if (p->out.n == head) { /* no direction has one */
        p->out.n = before;
        if (p->out.s) p->out.s[before] = 0;
        goto done;
    }
    karvan_i_table_close(p);
    karvan_i_text_puts(&p->out, "<p class=\"srcline\">Trade: ");
    karvan_i_cite(p, karvan_i_cell_text(f->products, "source", 0));
    karvan_i_text_puts(&p->out, " Method: docs/methods/missing-products.md.</p>\n");
done:
    return st;
}

karvan_status karvan_i_part_potential(karvan_i_page *p, karvan_i_trade_facts *f,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    potential q = {.year = -INFINITY};
    KARVAN_TRY(estimate(&q, f, err));
    if (q.n == 0) goto done;
    karvan_i_html_printf(&p->out, "<section id=\"potential\"><h2>What %s could trade with ",
                         karvan_i_party_name(p, f->country));
    karvan_i_html_printf(&p->out, "%s</h2>\n", karvan_i_partners_name(p, f));
    who_is_below(p, f, &q);
    KARVAN_TRY(figure(p, f, &q, err));
    if (!f->missing_told) KARVAN_TRY(karvan_i_part_missing(p, f, err));
    karvan_i_text_puts(&p->out, "</section>\n");
done:
    karvan_table_destroy(q.all), karvan_table_destroy(q.shown);
    return st;
}
