/* karvan whatif --chart: who gains, as a drawing: a row a country, a dot and its interval a case.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/whatif.h"
#include "report/svg.h"
#include "table/cell.h"

enum { WIDTH = 760, LEFT = 150, RIGHT = 740, LINE = 14, GAP = 12, HEAD = 34, FOOT = 34, HUES = 6 };
static const char *const HUE[HUES] = {"#0072B2", "#D55E00", "#009E73",
                                      "#CC79A7", "#56B4E9", "#8a6d00"};
static const char STYLE[] =
    "<style>text{font:12px sans-serif;fill:#1b1f24}.soft{fill:#555c66}.strong{font-weight:600}"
    ".grid{stroke:#e3e6ea}.axis{stroke:#1b1f24}</style>\n";

typedef struct bars {
    const whatif *w;
    int n; /* rows */
    const char **name;
    int *measure;             /* [n] */
    karvan_difference *value; /* [n][cases] */
    karvan_i_scale x;         /* of million USD */
} bars;

static void clear(bars *b) {
    karvan_i_free(b->name), karvan_i_free(b->measure), karvan_i_free(b->value);
}

/* All in all, then the region's own countries. */
static karvan_status find_rows(const cli *c, const whatif *w, bars *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    KARVAN_TRY(karvan_study_stage(w->s, -1, KARVAN_STAGE_COUNTRIES, &t, err));
    size_t most = (size_t)karvan_table_rows(t) + 1, cases = (size_t)w->n;
    b->name = karvan_i_calloc(most, sizeof *b->name);
    b->measure = karvan_i_calloc(most, sizeof *b->measure);
    b->value = karvan_i_calloc(most * cases, sizeof *b->value);
    KARVAN_REQUIRE(b->name && b->measure && b->value, err, KARVAN_E_NOMEM, "no memory for a chart");
    b->name[0] = "Benefit, all", b->measure[0] = w->benefit, b->n = 1;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *code = karvan_table_text(t, 0, r);
        int m = karvan_study_find(w->s, "real_income", code);
        if (m < 0 || !karvan_i_cell_bool(t, "own", r) || isnan(karvan_i_cell_real(t, "gdp_usd", r)))
            continue;
        b->name[b->n] = cli_whatif_country(c, karvan_study_measure(w->s, m).country);
        b->measure[b->n++] = m;
    }
done:
    karvan_table_destroy(t);
    return st;
}

static karvan_status find_values(bars *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double lo = 0, hi = 0;
    for (int r = 0; r < b->n; r++)
        for (int k = 0; k < b->w->n; k++) {
            karvan_difference *x = &b->value[r * b->w->n + k];
            KARVAN_TRY(karvan_results_difference(b->w->results, k, b->measure[r], x, err));
            x->median /= 1e6, x->p5 /= 1e6, x->p95 /= 1e6;
            lo = fmin(lo, fmin(x->median, x->p5)), hi = fmax(hi, fmax(x->median, x->p95));
        }
    if (!(hi > lo)) hi = lo + 1;
    double room = 0.04 * (hi - lo);
    b->x = (karvan_i_scale){lo - room, hi + room, LEFT, RIGHT, false};
done:
    return st;
}

static void axis(const bars *b, double top, double bottom, karvan_i_text *t) {
    double step = karvan_i_tick(b->x.d1 - b->x.d0, 7);
    int first = (int)ceil(b->x.d0 / step), last = (int)floor(b->x.d1 / step);
    for (int k = first; k <= last; k++) {
        char word[40];
        double at = karvan_i_at(&b->x, k * step);
        (void)snprintf(word, sizeof word, "%.6g", k * step);
        karvan_i_svg_line(t, at, top, at, bottom, k == 0 ? "axis" : "grid");
        karvan_i_svg_text(t, at, bottom + 15, "middle", "soft", word);
    }
    karvan_i_svg_text(t, RIGHT, bottom + 29, "end", "soft", "million USD a year");
}

static void one(const bars *b, int row, int which, double y, karvan_i_text *t) {
    const karvan_difference *x = &b->value[row * b->w->n + which];
    const char *hue = HUE[which % HUES];
    if (x->p5 <= x->p95)
        karvan_i_text_printf(t,
                             "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"6\" rx=\"2\" "
                             "fill=\"%s\" opacity=\".35\"/>\n",
                             karvan_i_at(&b->x, x->p5), y - 3,
                             fmax(karvan_i_at(&b->x, x->p95) - karvan_i_at(&b->x, x->p5), 1), hue);
    if (isfinite(x->median))
        karvan_i_text_printf(t, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.6\" fill=\"%s\"/>\n",
                             karvan_i_at(&b->x, x->median), y, hue);
}

/* Names of cases, one below the other, each by a dot of its hue. */
static void legend(const bars *b, karvan_i_text *t) {
    for (int k = 0; k < b->w->n; k++) {
        double y = HEAD + k * (LINE + 2.0);
        karvan_i_text_printf(t, "<circle cx=\"%d\" cy=\"%.1f\" r=\"3.6\" fill=\"%s\"/>\n", LEFT + 4,
                             y - 4, HUE[k % HUES]);
        karvan_i_svg_text(t, LEFT + 14, y, "start", "", b->w->name[k]);
    }
}

karvan_status cli_whatif_chart(const cli *c, const whatif *w, const char *path, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bars b = {.w = w};
    karvan_i_text t = {0};
    KARVAN_TRY(find_rows(c, w, &b, err));
    KARVAN_TRY(find_values(&b, err));
    double each = w->n * LINE + GAP, top = HEAD + w->n * (LINE + 2), bottom = top + b.n * each;
    karvan_i_svg_open(&t, WIDTH, bottom + FOOT, 0, "Who gains",
                      w->draws > 0 ? "Change of real income by country: a dot for the median of "
                                     "draws, a bar from 5 to 95 per cent of them."
                                   : "Change of real income by country, with everything at its "
                                     "median.");
    karvan_i_text_puts(&t, STYLE);
    karvan_i_svg_text(&t, 0, 14, "start", "strong",
                      w->draws > 0 ? "Who gains: real income, median and 5 to 95 % of draws"
                                   : "Who gains: real income");
    legend(&b, &t);
    axis(&b, top, bottom, &t);
    for (int r = 0; r < b.n; r++) {
        double y = top + r * each + GAP / 2.0;
        karvan_i_svg_text(&t, LEFT - 12, y + w->n * LINE / 2.0 + 4, "end", r == 0 ? "strong" : "",
                          b.name[r]);
        for (int k = 0; k < w->n; k++) one(&b, r, k, y + (k + 0.5) * LINE, &t);
    }
    karvan_i_svg_close(&t);
    KARVAN_TRY(karvan_i_text_status(&t, err));
    st = karvan_i_file_write(path, t.s, t.n, err);
done:
    karvan_i_text_clear(&t);
    clear(&b);
    return st;
}
