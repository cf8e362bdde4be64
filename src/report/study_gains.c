/* Who gains: countries of the region by improvements, each cell by sign, colour and word. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "report/html.h"
#include "report/study_facts.h"
#include "table/cell.h"

static const double MILLION = 1e6;
enum { COUNTRIES_MAX = 24 };

/* Setting flow_countries, in its order; without it countries of the gains table in theirs. */
static int find_countries(const karvan_i_study_facts *f, const char *country[COUNTRIES_MAX]) {
    const karvan_table *settings = karvan_package_table(f->region, "settings");
    const char *own = karvan_i_cell_text(
        settings, "value", karvan_package_row(f->region, "settings", "flow_countries"));
    int n = 0;
    for (int64_t r = 0; r < karvan_table_rows(f->gains) && n < COUNTRIES_MAX; r++) {
        const char *code = karvan_i_cell_text(f->gains, "country", r);
        if (!karvan_i_cell_is(f->gains, "intervention", r, f->row[0].id)) continue;
        if (!code || (own && !strstr(own, code))) continue;
        int at = n++;
        while (own && at > 0 && strstr(own, country[at - 1]) > strstr(own, code))
            country[at] = country[at - 1], at--;
        country[at] = code;
    }
    return n;
}

static int64_t row_of(const karvan_i_study_facts *f, const char *id, const char *country) {
    for (int64_t r = 0; r < karvan_table_rows(f->gains); r++)
        if (karvan_i_cell_is(f->gains, "intervention", r, id) &&
            karvan_i_cell_is(f->gains, "country", r, country))
            return r;
    return -1;
}

/* "+580 gains": the word is what nine of ten draws say. */
static void cell(karvan_i_page *p, const karvan_i_study_facts *f, int64_t r) {
    const char *verdict = karvan_i_cell_text(f->gains, "verdict", r);
    double v = karvan_i_cell_real(f->gains, "median", r) / MILLION;
    if (r < 0 || !verdict || isnan(v)) {
        karvan_i_text_puts(&p->out, "<td class=\"n miss\">unknown</td>");
        return;
    }
    if (f->draws == 0) verdict = v > 0 ? "gains" : v < 0 ? "loses" : "nothing";
    karvan_i_text_printf(&p->out, "<td class=\"n v-%s\" data-v=\"%.4g\">", verdict, v);
    if (strcmp(verdict, "nothing") != 0) {
        /* less than ten thousand dollars is told as nothing to speak of */
        karvan_i_signed(&p->out, fabs(v) < 1 ? round(100 * v) / 100 : v, 2);
        karvan_i_text_puts(&p->out, " ");
    }
    karvan_i_html_printf(&p->out, "<small>%s</small></td>", verdict);
}

static void matrix(karvan_i_page *p, const karvan_i_study_facts *f, int n,
                   const char *const *country) {
    karvan_i_text heads = {0};
    karvan_i_text_puts(&heads, "improvement");
    for (int i = 0; i < n; i++)
        karvan_i_text_printf(&heads, "|%s#", karvan_i_party_name(p, country[i]));
    karvan_i_text_puts(&p->out, "<div class=\"matrix\">\n");
    if (heads.s) karvan_i_table_open(p, "Change of real income, million USD a year", heads.s, true);
    for (int i = 0; heads.s && i < f->n_ranked; i++) {
        karvan_i_html_printf(&p->out, "<tr><th scope=\"row\">%s</th>", f->row[i].name);
        for (int k = 0; k < n; k++) cell(p, f, row_of(f, f->row[i].id, country[k]));
        karvan_i_text_puts(&p->out, "</tr>\n");
    }
    karvan_i_table_close(p);
    karvan_i_text_puts(&p->out, "</div>\n");
    karvan_i_text_clear(&heads);
}

/* The cells with their intervals, to be saved. */
static karvan_status saved(karvan_i_page *p, const karvan_i_study_facts *f, int n,
                           const char *const *country, karvan_error *err) {
    static const karvan_column columns[] = {
        {"intervention", KARVAN_TEXT, NULL},    {"country", KARVAN_TEXT, NULL},
        {"median", KARVAN_REAL, "million USD"}, {"p5", KARVAN_REAL, "million USD"},
        {"p95", KARVAN_REAL, "million USD"},    {"probability_gain", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    KARVAN_TRY(karvan_builder_create("gains", 6, columns, &b, err));
    for (int i = 0; i < f->n; i++)
        for (int k = 0; k < n; k++) {
            int64_t r = row_of(f, f->row[i].id, country[k]);
            KARVAN_TRY(karvan_builder_row(b, err));
            KARVAN_TRY(karvan_builder_text(b, 0, f->row[i].id, err));
            KARVAN_TRY(karvan_builder_text(b, 1, country[k], err));
            for (int c = 2; c < 6; c++) {
                double v = karvan_i_cell_real(f->gains, columns[c].name, r);
                v = c < 5 ? round(v / 1e4) / 100 : round(v * 1e4) / 1e4;
                if (!isnan(v)) KARVAN_TRY(karvan_builder_real(b, c, v, err));
            }
        }
    st = karvan_builder_finish(b, &t, err), b = NULL;
    if (st == KARVAN_OK) st = karvan_i_csv_link(p, t, "gains.csv", err);
done:
    karvan_builder_destroy(b), karvan_table_destroy(t);
    return st;
}

/* The country that the first improvement gives most, for the title. */
static const char *first_gainer(const karvan_i_study_facts *f, int n, const char *const *country) {
    const char *best = NULL;
    double most = 0;
    for (int i = 0; i < n; i++) {
        double v = karvan_i_cell_real(f->gains, "median", row_of(f, f->row[0].id, country[i]));
        if (v > most) most = v, best = country[i];
    }
    return best;
}

/* By how many improvements a country has a verdict. */
static int counted(const karvan_i_study_facts *f, const char *country, const char *verdict) {
    int n = 0;
    for (int i = 0; i < f->n_ranked; i++)
        n += karvan_i_cell_is(f->gains, "verdict", row_of(f, f->row[i].id, country), verdict);
    return n;
}

static void title(karvan_i_page *p, const karvan_i_study_facts *f, int n,
                  const char *const *country) {
    const char *best = first_gainer(f, n, country), *widest = NULL;
    int most = 0;
    for (int i = 0; i < n; i++)
        if (counted(f, country[i], "gains") > most)
            most = counted(f, country[i], "gains"), widest = country[i];
    karvan_i_text_puts(&p->out, "<figure><figcaption>");
    if (best)
        karvan_i_html_printf(&p->out, "By %s %s gains most", f->row[0].name,
                             karvan_i_party_name(p, best));
    else
        karvan_i_html_printf(&p->out, "By %s no country of the region gains", f->row[0].name);
    if (widest && f->draws > 0)
        karvan_i_html_printf(&p->out, "; most often surely gains %s, by %d of %d improvements",
                             karvan_i_party_name(p, widest), most, f->n_ranked);
    karvan_i_text_puts(&p->out, "</figcaption>\n");
}

karvan_status karvan_i_part_gains(karvan_i_page *p, const karvan_i_study_facts *f,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *country[COUNTRIES_MAX];
    if (!f->of) return KARVAN_OK;
    int n = find_countries(f, country);
    if (n == 0) return KARVAN_OK;
    karvan_i_text_puts(&p->out, "<section id=\"gains\"><h2>Who gains, and who loses</h2>\n");
    title(p, f, n, country);
    karvan_i_text_puts(
        &p->out,
        "<p class=\"sub\">Change of real income, million USD a year, median over draws. "
        "<b class=\"v-gains\">gains</b>, <b class=\"v-loses\">loses</b>: 90 % of the draws "
        "lie on one side of 0; <b class=\"v-unclear\">unclear</b>: they do not. Prices "
        "that owners of full capacity earn are in no country\xE2\x80\x99s income.</p>\n");
    matrix(p, f, n, country);
    KARVAN_TRY(saved(p, f, n, country, err));
    karvan_i_text_puts(&p->out,
                       "<p class=\"srcline\">Real income: general equilibrium of one sector, "
                       "docs/methods/equilibrium.md, with trade costs of "
                       "docs/methods/study.md. Every country in trade: `karvan rank --output "
                       "gains`.</p></figure></section>\n");
    st = karvan_i_text_status(&p->out, err);
done:
    return st;
}
