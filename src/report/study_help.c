/* What would help, and what would hurt: ranked lists, figures beside them, what the benefit is made
 * of. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "report/dots.h"
#include "report/html.h"
#include "report/study_facts.h"
#include "table/cell.h"

static const double MILLION = 1e6;
enum { FIGURES_MAX = 96, SAID_MAX = 24, NECK_MAX = KARVAN_I_NECK_NAME + 16 };

/* ---- the list ---- */

static void say_benefit(const karvan_i_study_facts *f, const karvan_difference *d,
                        char out[FIGURES_MAX]) {
    karvan_i_text t = {0};
    karvan_i_study_median(&t, d, MILLION);
    karvan_i_text_puts(&t, " ");
    karvan_i_study_interval(&t, f, d, MILLION);
    (void)snprintf(out, FIGURES_MAX, "%s", t.s ? t.s : "");
    karvan_i_text_clear(&t);
}

static void say_first(double first, char out[SAID_MAX]) {
    if (isnan(first))
        *out = '\0';
    else if (first > 0 && first < 0.005)
        (void)snprintf(out, SAID_MAX, "<1\xC2\xA0%%");
    else
        (void)snprintf(out, SAID_MAX, "%.0f\xC2\xA0%%", 100 * first);
}

/* Where the next bottleneck is the same behind all, what each tightens says more. */
static void say_neck(const karvan_i_study_facts *f, const karvan_i_study_case *c,
                     char out[NECK_MAX]) {
    const karvan_i_neck *k = f->one_next ? &c->tighter : &c->next;
    if (*k->name)
        (void)snprintf(out, NECK_MAX, "%s: %s", f->one_next ? "tightens" : "next", k->name);
    else
        (void)snprintf(out, NECK_MAX, "%s", f->one_next ? "tightens nothing" : "nothing is full");
}

typedef struct said { /* texts of a row */
    char figures[FIGURES_MAX], first[SAID_MAX], neck[NECK_MAX];
} said;

static karvan_status draw_list(karvan_i_page *p, const karvan_i_study_facts *f, int from, int n,
                               const char *title, karvan_error *err) {
    karvan_i_dot *row = karvan_i_calloc((size_t)n + 1, sizeof *row);
    said *s = karvan_i_calloc((size_t)n + 1, sizeof *s);
    karvan_status st = KARVAN_OK;
    bool first = from == 0 && f->draws > 0;
    KARVAN_REQUIRE(row && s, err, KARVAN_E_NOMEM, "no memory for a chart");
    for (int i = 0; i < n; i++) {
        const karvan_i_study_case *c = &f->row[from + i];
        say_benefit(f, &c->benefit, s[i].figures), say_first(c->first, s[i].first);
        say_neck(f, c, s[i].neck);
        row[i] = (karvan_i_dot){.name = c->name,
                                .below = s[i].neck,
                                .dot = c->benefit.median / MILLION,
                                .low = c->benefit.p5 / MILLION,
                                .high = c->benefit.p95 / MILLION,
                                .figures = s[i].figures,
                                .aside = first ? s[i].first : NULL,
                                .strong = c->ranked && i == 0};
    }
    karvan_i_dots_draw(
        p, &(karvan_i_dots){
               .title = title,
               .description = "A dot for the median of the benefit and a bar from P5 to P95, a row "
                              "an intervention. The table below holds the numbers.",
               .axis_head = "benefit, million USD a year",
               .figures_head = f->draws > 0 ? "median (P5 to P95)" : "at medians",
               .aside_head = first ? "first" : NULL,
               .n = n,
               .row = row,
               .numbered = true});
done:
    karvan_i_free(row), karvan_i_free(s);
    return st;
}

/* ---- figures beside it ---- */

typedef struct column {
    const char *measure;
    bool of_corridor;
    double unit;
    const char *name; /* of the column in the table of all numbers */
    const char *unit_name;
} column;
static const column COLUMNS[] = {{"benefit", false, 1e6, "benefit", "million USD/year"},
                                 {"region_income", false, 1e6, "region_income", "million USD/year"},
                                 {"hours", true, 1, "hours", "h/TEU"},
                                 {"teu", true, 1, "teu", "TEU/year"},
                                 {"usd", true, 1, "usd", "USD/TEU"},
                                 {"co2e", false, 1, "co2e", "kt/year"}};
enum { MEASURES = sizeof COLUMNS / sizeof *COLUMNS };

static karvan_status difference(const karvan_i_study_facts *f, const karvan_i_study_case *c,
                                const column *k, karvan_difference *d, karvan_error *err) {
    char room[100];
    return karvan_i_study_difference(
        f, c->which,
        k->of_corridor ? karvan_i_study_of_corridor(f, k->measure, room, sizeof room) : k->measure,
        "", d, err);
}

/* "-12 (-30 to 4)" in a cell that sorts by its median. */
static void cell(karvan_i_page *p, const karvan_i_study_facts *f, const karvan_difference *d,
                 double unit) {
    if (isnan(d->median)) {
        karvan_i_text_puts(&p->out, "<td class=\"n miss\">unknown</td>");
        return;
    }
    karvan_i_text_printf(&p->out, "<td class=\"n\" data-v=\"%.7g\">", d->median);
    if (d->median > 0) karvan_i_text_puts(&p->out, "+");
    karvan_i_study_median(&p->out, d, unit);
    karvan_i_text_puts(&p->out, "<small> ");
    karvan_i_study_interval(&p->out, f, d, unit);
    karvan_i_text_puts(&p->out, "</small></td>");
}

static karvan_status figures_table(karvan_i_page *p, const karvan_i_study_facts *f, int from, int n,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char heads[400];
    const char *corridor = karvan_i_corridor_name(p, 0);
    (void)snprintf(heads, sizeof heads,
                   "%s|benefit, million USD a year#|first in#|income of the region, "
                   "million USD#|%.40s, h a TEU#|%.40s, TEU a year#|CO2e, kt a year#|next "
                   "bottleneck|tightens most",
                   from > 0 ? "disruption" : "improvement", corridor, corridor);
    karvan_i_table_open(p, from > 0 ? "Disruptions in figures" : "Improvements in figures", heads,
                        true);
    for (int i = from; i < from + n; i++) {
        const karvan_i_study_case *c = &f->row[i];
        static const int shown[] = {0, 1, 2, 3, 5};
        char first[SAID_MAX];
        say_first(c->first, first);
        karvan_i_text_puts(&p->out, "<tr>");
        karvan_i_td_text(p, c->name);
        for (size_t k = 0; k < sizeof shown / sizeof *shown; k++) {
            karvan_difference d;
            KARVAN_TRY(difference(f, c, &COLUMNS[shown[k]], &d, err));
            cell(p, f, &d, COLUMNS[shown[k]].unit);
            if (k > 0) continue;
            karvan_i_html_printf(&p->out, "<td class=\"n\" data-v=\"%.4f\">%s</td>",
                                 isnan(c->first) ? -1 : c->first, *first ? first : "not ranked");
        }
        karvan_i_td_text(p, *c->next.name ? c->next.name : "none");
        karvan_i_td_text(p, *c->tighter.name ? c->tighter.name : "none");
        karvan_i_text_puts(&p->out, "</tr>\n");
    }
    karvan_i_table_close(p);
done:
    return st;
}

/* Every number to be saved: a row a case and measure. */
static karvan_status put_numbers(const karvan_i_study_facts *f, int from, int n, karvan_builder *b,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = from; i < from + n; i++)
        for (size_t k = 0; k < MEASURES; k++) {
            karvan_difference d;
            KARVAN_TRY(difference(f, &f->row[i], &COLUMNS[k], &d, err));
            const double v[] = {d.median, d.p5, d.p95};
            KARVAN_TRY(karvan_builder_row(b, err));
            KARVAN_TRY(karvan_builder_text(b, 0, f->row[i].id, err));
            KARVAN_TRY(karvan_builder_text(b, 1, COLUMNS[k].name, err));
            KARVAN_TRY(karvan_builder_text(b, 2, COLUMNS[k].unit_name, err));
            for (int c = 0; c < 3; c++)
                if (!isnan(v[c]))
                    KARVAN_TRY(karvan_builder_real(
                        b, 3 + c, round(v[c] / COLUMNS[k].unit * 1000) / 1000, err));
        }
done:
    return st;
}

static karvan_status numbers(karvan_i_page *p, const karvan_i_study_facts *f, int from, int n,
                             const char *file, karvan_error *err) {
    static const karvan_column columns[] = {
        {"intervention", KARVAN_TEXT, NULL}, {"measure", KARVAN_TEXT, NULL},
        {"unit", KARVAN_TEXT, NULL},         {"median", KARVAN_REAL, NULL},
        {"p5", KARVAN_REAL, NULL},           {"p95", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    KARVAN_TRY(karvan_builder_create("ranking", 6, columns, &b, err));
    KARVAN_TRY(put_numbers(f, from, n, b, err));
    st = karvan_builder_finish(b, &t, err), b = NULL;
    if (st == KARVAN_OK) st = karvan_i_csv_link(p, t, file, err);
done:
    karvan_builder_destroy(b), karvan_table_destroy(t);
    return st;
}

/* ---- what the benefit is made of ---- */

/* Draw by draw the parts add up; their medians need not. */
static karvan_status parts(karvan_i_page *p, const karvan_i_study_facts *f, karvan_error *err) {
    static const char *const told[][2] = {
        {"benefit", "benefit, to all"},
        {"region_income", "of it, real income of the region\xE2\x80\x99s countries"},
        {"transit_gain", "of it, what shippers of flows that trade does not move gain"},
        {"rents", "of it, what owners of full capacity earn by its price"}};
    karvan_status st = KARVAN_OK;
    karvan_difference rents = {0}, all = f->row[0].benefit;
    char caption[240];
    (void)snprintf(caption, sizeof caption, "What the benefit of %.120s is made of",
                   f->row[0].name);
    karvan_i_table_open(p, caption, "part|million USD a year: median#|P5#|P95#", false);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        karvan_difference d;
        KARVAN_TRY(karvan_i_study_difference(f, f->row[0].which, told[i][0], "", &d, err));
        karvan_i_html_printf(&p->out, "<tr><td>%s</td>", told[i][1]);
        karvan_i_td_number(p, d.median / MILLION, 2, KARVAN_UNKNOWN);
        karvan_i_td_number(p, d.p5 / MILLION, 2, KARVAN_NOT_COVERED);
        karvan_i_td_number(p, d.p95 / MILLION, 2, KARVAN_NOT_COVERED);
        karvan_i_text_puts(&p->out, "</tr>\n");
        if (strcmp(told[i][0], "rents") == 0) rents = d;
    }
    karvan_i_table_close(p);
    karvan_i_text_puts(&p->out,
                       "<p class=\"sub\">The rest is real income of the other countries in "
                       "trade. Parts add up in each draw; their medians need not.");
    if (f->draws > 0 && rents.p95 - rents.p5 > 0.5 * (all.p95 - all.p5))
        karvan_i_text_puts(&p->out, " Prices of what is full swing widely from draw to draw: the "
                                    "interval of what owners earn is at least half as wide as "
                                    "that of the benefit.");
    karvan_i_text_puts(&p->out, "</p>\n");
done:
    return st;
}

/* ---- beside costs ---- */

static int64_t worth_row(const karvan_i_study_facts *f, const char *id) {
    for (int64_t r = 0; r < karvan_table_rows(f->worth); r++)
        if (karvan_i_cell_is(f->worth, "intervention", r, id)) return r;
    return -1;
}

static karvan_status costs(karvan_i_page *p, const karvan_i_study_facts *f, karvan_error *err) {
    int known = 0;
    for (int i = 0; i < f->n_ranked; i++)
        known += !isnan(karvan_i_cell_real(f->worth, "annual_musd", worth_row(f, f->row[i].id)));
    if (known == 0) return KARVAN_OK;
    karvan_i_html_printf(&p->out,
                         "<h3>Benefit beside cost</h3><p class=\"sub\">Of %d of %d a cost is "
                         "published. It is paid back in equal parts over the life of the works; "
                         "benefits do not grow with trade.</p>\n",
                         known, f->n_ranked);
    karvan_i_table_open(p, "Benefit beside cost, million USD",
                        "improvement|cost#|a year#|benefit a year#|benefit a dollar: "
                        "median#|P5#|P95#|worth it in#",
                        true);
    for (int i = 0; i < f->n_ranked; i++) {
        static const char *const shown[] = {"cost_musd", "annual_musd", "benefit_musd",
                                            "ratio",     "p5",          "p95"};
        int64_t r = worth_row(f, f->row[i].id);
        double chance = karvan_i_cell_real(f->worth, "probability_worth", r);
        if (isnan(karvan_i_cell_real(f->worth, "annual_musd", r))) continue;
        karvan_i_text_puts(&p->out, "<tr><td>");
        karvan_i_text_xml(&p->out, f->row[i].name);
        karvan_i_cite(
            p, karvan_i_cell_text(karvan_package_table(f->region, "interventions"), "cost_source",
                                  karvan_package_row(f->region, "interventions", f->row[i].id)));
        karvan_i_text_puts(&p->out, "</td>");
        for (size_t k = 0; k < sizeof shown / sizeof *shown; k++)
            karvan_i_td_number(p, karvan_i_cell_real(f->worth, shown[k], r), 2, KARVAN_NOT_COVERED);
        if (isnan(chance))
            karvan_i_text_puts(&p->out, "<td class=\"n miss\">not covered</td></tr>\n");
        else
            karvan_i_html_printf(&p->out, "<td class=\"n\">%.0f\xC2\xA0%%</td></tr>\n",
                                 100 * chance);
    }
    karvan_i_table_close(p);
    return karvan_i_flow_details(p, "Costs of all, and why they are not known", f->worth,
                                 "worth.csv", err);
}

/* ---- the parts ---- */

static void left_out(karvan_i_page *p, const karvan_i_study_facts *f) {
    for (int i = 0; i < f->n; i++)
        if (f->row[i].benefit.unknown > 0)
            karvan_i_html_printf(&p->out,
                                 "<p class=\"srcline\">%s does not settle in %lld of the draws; "
                                 "they are left out of its figures.</p>\n",
                                 f->row[i].name, (long long)f->row[i].benefit.unknown);
}

static void scope(karvan_i_page *p, const karvan_i_study_facts *f) {
    karvan_i_text_puts(&p->out, "<p class=\"sub\">Benefit to all, million USD a year. ");
    if (f->draws > 0)
        karvan_i_html_printf(&p->out,
                             "Dot: median, bar: 5 %% to 95 %% of %lld draws; \xE2\x80\x9C"
                             "first\xE2\x80\x9D: the part of the draws in which it is the best. ",
                             (long long)f->draws);
    if (f->one_next)
        karvan_i_html_printf(&p->out,
                             "Behind each of them the next bottleneck is the same, %s; named is "
                             "the capacity that it makes dearer most.",
                             f->row[0].next.name);
    else
        karvan_i_text_puts(&p->out, "Named is the next bottleneck behind each: the most valuable "
                                    "of those that it does not relieve.");
    karvan_i_text_puts(&p->out, "</p>\n");
}

karvan_status karvan_i_part_help(karvan_i_page *p, const karvan_i_study_facts *f,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (!f->of) return KARVAN_OK;
    karvan_i_text_puts(&p->out, "<section id=\"help\"><h2>What would help</h2>\n<figure>");
    karvan_i_html_printf(&p->out, "<figcaption>%s would help most", f->row[0].name);
    if (f->n_ranked > 1) karvan_i_html_printf(&p->out, ", then %s", f->row[1].name);
    karvan_i_text_puts(&p->out, "</figcaption>\n");
    scope(p, f);
    KARVAN_TRY(draw_list(p, f, 0, f->n_ranked, "Improvements by their benefit", err));
    karvan_i_text_puts(&p->out, "<details><summary>The same and more in figures</summary>\n");
    KARVAN_TRY(figures_table(p, f, 0, f->n_ranked, err));
    KARVAN_TRY(numbers(p, f, 0, f->n_ranked, "ranking.csv", err));
    karvan_i_text_puts(&p->out, "</details>\n");
    karvan_i_text_puts(&p->out,
                       "<p class=\"srcline\">Each improvement alone, over the region as it is, "
                       "followed to a fixed point of routes, loads, trade and income: "
                       "docs/methods/study.md; ranking: docs/methods/rank.md. What is drawn: "
                       "docs/methods/study-parameters.md.</p>\n");
    left_out(p, f);
    karvan_i_text_puts(&p->out, "</figure>\n");
    KARVAN_TRY(parts(p, f, err));
    KARVAN_TRY(costs(p, f, err));
    karvan_i_text_puts(&p->out, "</section>\n");
    st = karvan_i_text_status(&p->out, err);
done:
    return st;
}

karvan_status karvan_i_part_hurt(karvan_i_page *p, const karvan_i_study_facts *f,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (!f->of || f->n == f->n_ranked) return KARVAN_OK;
    karvan_i_text_puts(&p->out, "<section id=\"hurt\"><h2>What would hurt</h2>\n<figure>");
    karvan_i_html_printf(&p->out,
                         "<figcaption>%s would hurt most</figcaption><p class=\"sub\">Cases to "
                         "try, not forecasts. Benefit to all, million USD a year; below 0: a "
                         "loss.</p>\n",
                         f->row[f->n_ranked].name);
    KARVAN_TRY(draw_list(p, f, f->n_ranked, f->n - f->n_ranked, "Disruptions by their loss", err));
    karvan_i_text_puts(&p->out, "<details><summary>The same and more in figures</summary>\n");
    KARVAN_TRY(figures_table(p, f, f->n_ranked, f->n - f->n_ranked, err));
    KARVAN_TRY(numbers(p, f, f->n_ranked, f->n - f->n_ranked, "disruptions.csv", err));
    karvan_i_text_puts(&p->out, "</details>\n<p class=\"srcline\">As What would help; they have no "
                                "rank.</p></figure></section>\n");
    st = karvan_i_text_status(&p->out, err);
done:
    return st;
}
