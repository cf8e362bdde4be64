/* The first screen: the question, the answer in a sentence, five numbers of the first improvement,
 * what makes them uncertain, and the best of the ranking beside them. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "report/dots.h"
#include "report/html.h"
#include "report/study_facts.h"
#include "report/svg.h"
#include "table/cell.h"

static const double MILLION = 1e6;

/* "1 230 million USD a year (410 to 2 900)" */
static void benefit(karvan_i_text *t, const karvan_i_study_facts *f, const karvan_difference *d) {
    karvan_i_study_median(t, d, MILLION);
    karvan_i_text_puts(t, " million USD a year ");
    karvan_i_study_interval(t, f, d, MILLION);
}

/* ---- who gains ---- */

static bool of_region(const karvan_i_study_facts *f, const char *country) {
    const karvan_table *t = karvan_package_table(f->region, "settings");
    const char *own =
        karvan_i_cell_text(t, "value", karvan_package_row(f->region, "settings", "flow_countries"));
    return !own || (country && strstr(own, country) != NULL);
}

enum { NAMED = 3 };

/* Rows of the gains table of a case and verdict, the largest first. */
static int verdict_rows(const karvan_i_study_facts *f, const char *id, const char *verdict,
                        int64_t row[NAMED]) {
    const karvan_table *t = f->gains;
    int n = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (!karvan_i_cell_is(t, "intervention", r, id) ||
            !karvan_i_cell_is(t, "verdict", r, verdict) ||
            !of_region(f, karvan_i_cell_text(t, "country", r)))
            continue;
        double v = fabs(karvan_i_cell_real(t, "median", r));
        int at = n;
        while (at > 0 && fabs(karvan_i_cell_real(t, "median", row[at - 1])) < v) at--;
        if (at == NAMED) continue;
        n += n < NAMED;
        memmove(row + at + 1, row + at, (size_t)(n - 1 - at) * sizeof *row);
        row[at] = r;
    }
    return n;
}

/* "Azerbaijan (+580) and Kazakhstan (+12)"; how many */
static int name_countries(const karvan_i_page *p, const karvan_i_study_facts *f, karvan_i_text *t,
                          const char *verdict) {
    int64_t row[NAMED];
    int n = verdict_rows(f, f->row[0].id, verdict, row);
    for (int i = 0; i < n; i++) {
        const char *code = karvan_i_cell_text(f->gains, "country", row[i]);
        karvan_i_html_printf(t, "%s%s (",
                             i == 0       ? ""
                             : i == n - 1 ? " and "
                                          : ", ",
                             karvan_i_party_name(p, code));
        karvan_i_signed(t, karvan_i_cell_real(f->gains, "median", row[i]) / MILLION, 2);
        karvan_i_text_puts(t, " million)");
    }
    return n;
}

/* A verdict is that of 95 draws in 100: one end of the interval lies at 0 or beyond. */
static void who(const karvan_i_page *p, const karvan_i_study_facts *f, karvan_i_text *t) {
    karvan_i_text gain = {0}, lose = {0};
    if (f->draws == 0) return; /* nothing is sure of anybody */
    int gains = name_countries(p, f, &gain, "gains"), loses = name_countries(p, f, &lose, "loses");
    karvan_i_text_puts(t, " In 95 draws of 100 or more ");
    if (gains > 0)
        karvan_i_text_printf(t, "%s %s real income", gain.s ? gain.s : "",
                             gains > 1 ? "gain" : "gains");
    else
        karvan_i_text_puts(t, "no country of the region gains");
    if (loses > 0)
        karvan_i_text_printf(t, ", %s %s", lose.s ? lose.s : "", loses > 1 ? "lose" : "loses");
    karvan_i_text_puts(t, gains > 0 && loses == 0 ? ", none of the region loses." : ".");
    t->failed |= gain.failed || lose.failed;
    karvan_i_text_clear(&gain), karvan_i_text_clear(&lose);
}

static bool is_proposed(const karvan_i_study_case *c) {
    return !c->status || strcmp(c->status, "hypothetical") != 0;
}

/* The best of what somebody proposes; of that, the best that surely helps. -1: none */
static int best_proposed(const karvan_i_study_facts *f, bool surely) {
    for (int i = 0; i < f->n_ranked; i++)
        if (is_proposed(&f->row[i]) && (!surely || f->row[i].benefit.p5 > 0)) return i;
    return -1;
}

/* A reader who can only do what is proposed, or wants to be sure, has other firsts. */
static void others(const karvan_i_study_facts *f, karvan_i_text *t) {
    int proposed = best_proposed(f, false), sure = best_proposed(f, true);
    if (!is_proposed(&f->row[0])) karvan_i_text_puts(t, " It is hypothetical, a case to try.");
    if (proposed > 0) {
        karvan_i_html_printf(t, " Of what is proposed or under way, %s: ", f->row[proposed].name);
        benefit(t, f, &f->row[proposed].benefit);
        karvan_i_text_puts(t, ".");
    }
    if (sure > 0 && sure != proposed) {
        karvan_i_html_printf(t, " The best of that whose whole interval is above 0: %s, ",
                             f->row[sure].name);
        benefit(t, f, &f->row[sure].benefit);
        karvan_i_text_puts(t, ".");
    } else if (proposed <= 0 && sure <= 0 && f->n_ranked > 1) {
        karvan_i_html_printf(t, " Next: %s, ", f->row[1].name);
        benefit(t, f, &f->row[1].benefit);
        karvan_i_text_puts(t, ".");
    }
}

static void sentence(const karvan_i_page *p, const karvan_i_study_facts *f, karvan_i_text *t) {
    const karvan_i_study_case *best = &f->row[0];
    karvan_i_html_printf(t, "<p class=\"answer\"><strong>%s</strong>: ", best->name);
    benefit(t, f, &best->benefit);
    if (best->first >= 0)
        karvan_i_html_printf(t, ", the best of %d in %.0f of 100 draws.", f->n_ranked,
                             100 * best->first);
    else
        karvan_i_html_printf(t, ", the most of %d with everything at its median.", f->n_ranked);
    who(p, f, t);
    others(f, t);
    karvan_i_text_puts(t, "</p>\n");
}

/* ---- five numbers ---- */

typedef struct figure {
    const char *measure;
    bool of_corridor;
    double unit;
    const char *what; /* in words, its unit first */
} figure;

static karvan_status five(const karvan_i_page *p, const karvan_i_study_facts *f, karvan_i_text *t,
                          karvan_error *err) {
    static const figure figures[] = {{"benefit", false, 1e6, "million USD a year: benefit, to all"},
                                     {"region_income", false, 1e6,
                                      "million USD a year: real income of the region\xE2\x80\x99s "
                                      "countries"},
                                     {"teu", true, 1e3, "thousand TEU a year on the "},
                                     {"hours", true, 1, "hours a TEU, mean of the "},
                                     {"co2e", false, 1, "kt CO2e a year, of all cargo"}};
    char room[100];
    karvan_status st = KARVAN_OK;
    karvan_i_text_puts(t, "<ul class=\"five\">\n");
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        const figure *g = &figures[i];
        karvan_difference d;
        const char *measure = g->of_corridor
                                  ? karvan_i_study_of_corridor(f, g->measure, room, sizeof room)
                                  : g->measure;
        KARVAN_TRY(karvan_i_study_difference(f, f->row[0].which, measure, "", &d, err));
        if (isnan(d.median)) continue;
        karvan_i_text_puts(t, "<li><b><a href=\"#help\">");
        if (d.median > 0) karvan_i_text_puts(t, "+");
        karvan_i_study_median(t, &d, g->unit);
        karvan_i_text_puts(t, "</a></b><span>");
        karvan_i_study_interval(t, f, &d, g->unit);
        karvan_i_text_puts(t, f->draws > 0 ? "<br>" : "");
        karvan_i_html_printf(t, "%s%s</span></li>\n", g->what,
                             g->of_corridor ? karvan_i_corridor_name(p, 0) : "");
    }
    karvan_i_text_puts(t, "</ul>\n");
done:
    return st;
}

/* ---- what makes it uncertain ---- */

static void drivers(const karvan_i_study_facts *f, karvan_i_text *t) {
    const karvan_table *s = f->influence;
    int n = 0;
    for (int64_t r = 0; r < karvan_table_rows(s) && n < 3; r++) {
        double share = karvan_i_cell_real(s, "share", r);
        /* no larger than what chance makes: not told here */
        if (!(share > 0.005 && share > karvan_i_cell_real(s, "error", r))) break;
        karvan_i_text_puts(t, n == 0 ? "<p>What makes the benefit uncertain, by its share of the "
                                       "variance: "
                                     : ", ");
        karvan_i_html_printf(
            t, "%s (%.0f\xC2\xA0%%%s)", karvan_i_cell_text(s, "name", r), 100 * share,
            karvan_i_cell_is(s, "source", r, "assumption") ? ", an assumption" : "");
        n++;
    }
    if (n > 0) karvan_i_text_puts(t, ". <a href=\"#drivers\">All that it depends on</a></p>\n");
    karvan_i_text_puts(t, "<p class=\"srcline\">");
    if (f->draws > 0)
        karvan_i_html_printf(
            t,
            "Median, and 5 %% to 95 %% of %lld draws of everything uncertain (seed "
            "%lld), each draw the same for all.",
            (long long)f->draws, (long long)f->of->seed);
    else
        karvan_i_text_puts(t, "Everything at its median; without draws nothing is said of how sure "
                              "it is.");
    karvan_i_text_puts(t, " Benefit: change of real income of all countries in trade, of what "
                          "shippers in transit pay, and of what owners of full capacity earn "
                          "(<a href=\"#help\">parts</a>). Costs of the works are not taken off. "
                          "Method: docs/methods/study.md.</p>\n");
}

/* ---- the best few, beside the words ---- */

enum { SHOWN = 8, WIDTH = 312, ROW = 36, HEAD = 4, FOOT = 20 };

static void few(karvan_i_page *p, const karvan_i_study_facts *f, karvan_i_text *t) {
    karvan_i_dot row[SHOWN];
    int n = f->n_ranked < SHOWN ? f->n_ranked : SHOWN;
    double low, high, bottom = HEAD + ROW * n;
    for (int i = 0; i < n; i++)
        row[i] = (karvan_i_dot){.dot = f->row[i].benefit.median / MILLION,
                                .low = f->row[i].benefit.p5 / MILLION,
                                .high = f->row[i].benefit.p95 / MILLION};
    karvan_i_dots_bounds(&(karvan_i_dots){.n = n, .row = row}, &low, &high);
    const karvan_i_scale x = {low, high, 4, WIDTH - 6, false};
    double step = karvan_i_tick(high - low, 3);
    karvan_i_html_printf(t,
                         "<figure class=\"few\"><figcaption>The best %d of %d improvements"
                         "</figcaption><p class=\"sub\">Benefit, million USD a year; %s</p>\n",
                         n, f->n_ranked, f->draws > 0 ? "median and P5 to P95" : "medians");
    karvan_i_svg_open(t, WIDTH, bottom + FOOT, p->next_id++, "The best improvements",
                      "A dot for the median and a bar from P5 to P95 of the benefit of each. The "
                      "table of the part What would help holds the numbers.");
    for (int k = (int)ceil(low / step - 1e-9); k <= (int)floor(high / step + 1e-9); k++) {
        karvan_i_text s = {0};
        karvan_i_svg_line(t, karvan_i_at(&x, k * step), HEAD, karvan_i_at(&x, k * step), bottom,
                          k == 0 ? "axis" : "grid");
        karvan_i_number(&s, k * step, 3);
        if (s.s)
            karvan_i_svg_text(t, fmin(fmax(karvan_i_at(&x, k * step), 10), WIDTH - 16), bottom + 14,
                              "middle", "soft", s.s);
        karvan_i_text_clear(&s);
    }
    for (int i = 0; i < n; i++) {
        karvan_i_svg_fitted(t, 0, HEAD + ROW * i + 14, "start", i == 0 ? "halo strong" : "halo",
                            f->row[i].name, WIDTH);
        karvan_i_dot_mark(t, &row[i], &x, HEAD + ROW * i + 25, false);
    }
    karvan_i_svg_close(t);
    karvan_i_text_puts(t, "</figure>\n");
}

karvan_status karvan_i_study_answer(karvan_i_page *p, const karvan_i_study_facts *f,
                                    karvan_i_text *lead, karvan_error *err) {
    karvan_i_text_puts(lead, "<div class=\"first\"><div>\n");
    sentence(p, f, lead);
    karvan_status st = five(p, f, lead, err);
    drivers(f, lead);
    karvan_i_text_puts(lead, "</div>\n");
    few(p, f, lead);
    karvan_i_text_puts(lead, "</div>\n");
    return st == KARVAN_OK ? karvan_i_text_status(lead, err) : st;
}
