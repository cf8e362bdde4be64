/* What the first improvement's benefit depends on: shares of its variance, and the benefit with one
 * parameter at its ends. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "report/dots.h"
#include "report/html.h"
#include "report/study_facts.h"
#include "report/svg.h"
#include "table/cell.h"

static const double MILLION = 1e6;
enum { SAID_MAX = 80, TOLD = KARVAN_I_INFLUENCES };

static int known_rows(const karvan_table *t) {
    int n = 0;
    while (n < TOLD && n < karvan_table_rows(t) && !isnan(karvan_i_cell_real(t, "share", n))) n++;
    return n;
}

static void draw_shares(karvan_i_page *p, const karvan_table *t, int n) {
    karvan_i_dot row[TOLD];
    char figures[TOLD][SAID_MAX];
    for (int i = 0; i < n; i++) {
        double share = 100 * karvan_i_cell_real(t, "share", i),
               error = 100 * karvan_i_cell_real(t, "error", i);
        (void)snprintf(figures[i], SAID_MAX, "%s%.0f \xC2\xB1 %.0f\xC2\xA0%%",
                       share < -0.5 ? "\xE2\x88\x92" : "", fabs(share), error);
        row[i] = (karvan_i_dot){.name = karvan_i_cell_text(t, "name", i),
                                .dot = share,
                                .low = share - error,
                                .high = share + error,
                                .figures = figures[i],
                                .strong =
                                    share > error && karvan_i_cell_is(t, "source", i, "assumption"),
                                .pale = !(share > error)};
    }
    karvan_i_dots_draw(
        p, &(karvan_i_dots){.title = "Shares of the variance of the benefit",
                            .description = "A bar for the first-order index of Sobol of each "
                                           "parameter, a line for its standard error. The table "
                                           "below holds the numbers.",
                            .axis_head = "share of the variance, %",
                            .figures_head = "share \xC2\xB1 standard error",
                            .n = n,
                            .row = row,
                            .bars = true});
}

/* ---- the tornado ---- */

static bool has_ends(const karvan_table *t, int64_t r) {
    return isfinite(karvan_i_cell_real(t, "low", r)) && isfinite(karvan_i_cell_real(t, "high", r));
}

static double reach(const karvan_table *t, int64_t r) {
    return has_ends(t, r) ? fabs(karvan_i_cell_real(t, "high", r) - karvan_i_cell_real(t, "low", r))
                          : -1;
}

/* The widest first; those that no eye tells from a dot are in the table alone. */
static int by_reach(const karvan_table *t, int n, int64_t order[TOLD]) {
    static const double LEAST_PART = 0.02;
    int m = 0;
    for (int64_t r = 0; r < n; r++) {
        int at = m;
        if (!has_ends(t, r)) continue;
        for (; at > 0 && reach(t, order[at - 1]) < reach(t, r); at--) order[at] = order[at - 1];
        order[at] = r, m++;
    }
    while (m > 1 && reach(t, order[m - 1]) < LEAST_PART * reach(t, order[0])) m--;
    return m;
}

static void draw_ends(karvan_i_page *p, const karvan_i_study_facts *f, int n) {
    const karvan_table *t = f->influence;
    karvan_i_dot row[TOLD];
    char figures[TOLD][SAID_MAX];
    int64_t order[TOLD];
    int m = by_reach(t, n, order);
    int benefit = karvan_study_find(f->of->study, "benefit", "");
    double settled = karvan_study_settled(f->of->study, f->row[0].which)[benefit] -
                     karvan_study_settled(f->of->study, -1)[benefit];
    if (m == 0) return;
    for (int i = 0; i < m; i++) {
        double low = karvan_i_cell_real(t, "low", order[i]) / MILLION,
               high = karvan_i_cell_real(t, "high", order[i]) / MILLION;
        karvan_i_text s = {0};
        karvan_i_number(&s, low, 2), karvan_i_text_puts(&s, " to ");
        karvan_i_number(&s, high, 2);
        (void)snprintf(figures[i], SAID_MAX, "%s", s.s ? s.s : "");
        karvan_i_text_clear(&s);
        row[i] = (karvan_i_dot){.name = karvan_i_cell_text(t, "name", order[i]),
                                .dot = settled / MILLION,
                                .low = fmin(low, high),
                                .high = fmax(low, high),
                                .figures = figures[i]};
    }
    karvan_i_text_puts(
        &p->out, "<h3>The benefit with one of them at its ends</h3><p class=\"sub\">Million "
                 "USD a year; bar: from the parameter\xE2\x80\x99s 5 % to its 95 % point, all "
                 "others at their medians; dot: all at their medians. It sees no "
                 "interactions.</p>\n");
    karvan_i_dots_draw(
        p, &(karvan_i_dots){.title = "The benefit with one parameter at its ends",
                            .description = "A bar from the benefit with a parameter at its 5 % "
                                           "point to that at its 95 % point. The table below holds "
                                           "the numbers.",
                            .axis_head = "benefit, million USD a year",
                            .figures_head = "at 5 % to at 95 %",
                            .n = m,
                            .row = row});
}

/* ---- the table ---- */

static void table(karvan_i_page *p, const karvan_table *t, int n) {
    karvan_i_table_open(p, "What the benefit depends on, and where it comes from",
                        "parameter|kind|share of the variance, %#|standard error#|benefit at its 5 "
                        "%, million USD#|at its 95 %#|rests on",
                        true);
    for (int i = 0; i < n; i++) {
        karvan_i_text_puts(&p->out, "<tr>");
        karvan_i_td_text(p, karvan_i_cell_text(t, "name", i));
        karvan_i_td_text(p, karvan_i_cell_text(t, "kind", i));
        karvan_i_td_number(p, 100 * karvan_i_cell_real(t, "share", i), 2, KARVAN_UNKNOWN);
        karvan_i_td_number(p, 100 * karvan_i_cell_real(t, "error", i), 2, KARVAN_UNKNOWN);
        karvan_i_td_number(p, karvan_i_cell_real(t, "low", i) / MILLION, 2, KARVAN_NOT_COVERED);
        karvan_i_td_number(p, karvan_i_cell_real(t, "high", i) / MILLION, 2, KARVAN_NOT_COVERED);
        if (karvan_i_cell_is(t, "source", i, "assumption")) {
            karvan_i_text_puts(&p->out, "<td>an assumption</td></tr>\n");
            continue;
        }
        karvan_i_text_puts(&p->out, "<td>documents");
        karvan_i_cite(p, karvan_i_cell_text(t, "source", i));
        karvan_i_text_puts(&p->out, "</td></tr>\n");
    }
    karvan_i_table_close(p);
}

/* The first that no document holds: the fact to look up next. */
static void next_fact(karvan_i_page *p, const karvan_table *t, int n) {
    for (int i = 0; i < n; i++) {
        if (!karvan_i_cell_is(t, "source", i, "assumption")) continue;
        if (!(karvan_i_cell_real(t, "share", i) > karvan_i_cell_real(t, "error", i))) continue;
        karvan_i_html_printf(&p->out,
                             "<p>Of those that rest on an assumption, <strong>%s</strong> matters "
                             "most: this is the fact to look up next.</p>\n",
                             karvan_i_cell_text(t, "name", i));
        return;
    }
    karvan_i_text_puts(&p->out, "<p>None of those that rest on an assumption is told apart from "
                                "nothing: what the first of the list rest on is where more "
                                "knowledge would help.</p>\n");
}

karvan_status karvan_i_part_drivers(karvan_i_page *p, const karvan_i_study_facts *f,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *fewer = NULL;
    int n = f->of ? known_rows(f->influence) : 0;
    if (n == 0) return KARVAN_OK;
    karvan_i_text_puts(&p->out, "<section id=\"drivers\"><h2>What makes it uncertain</h2>\n");
    karvan_i_html_printf(&p->out,
                         "<figure><figcaption>The benefit of %s depends most on: %s</figcaption>"
                         "<p class=\"sub\">Part of the variance of the benefit over %lld draws "
                         "that would go if the parameter were known, the %d largest; line: its "
                         "standard error. Bold: an assumption. Pale: no larger than its error, "
                         "which is nothing that these draws can tell.</p>\n",
                         f->row[0].name, karvan_i_cell_text(f->influence, "name", 0),
                         (long long)f->draws, n);
    draw_shares(p, f->influence, n);
    next_fact(p, f->influence, n);
    draw_ends(p, f, n);
    karvan_i_text_puts(&p->out, "<details><summary>The same in figures, with sources</summary>\n");
    table(p, f->influence, n);
    KARVAN_TRY(karvan_i_rounded(f->influence, &fewer, err));
    KARVAN_TRY(karvan_i_csv_link(p, fewer, "influence.csv", err));
    karvan_i_text_puts(&p->out,
                       "</details>\n<p class=\"srcline\">First-order indices of Sobol from the "
                       "draws that there are, and how they are found: docs/methods/rank.md; ranges "
                       "of the parameters: docs/methods/study-parameters.md.</p></figure>"
                       "</section>\n");
    st = karvan_i_text_status(&p->out, err);
done:
    karvan_table_destroy(fewer);
    return st;
}
