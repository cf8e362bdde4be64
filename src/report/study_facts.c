/* A study's cases in the order in which the page tells them, and what stands behind each. */
#include "report/study_facts.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"

static const char *told_of(const karvan_package *region, const char *id, const char *column) {
    return karvan_i_cell_text(karvan_package_table(region, "interventions"), column,
                              karvan_package_row(region, "interventions", id));
}

static int case_of(const karvan_study *s, const char *id) {
    for (int i = 0; id && i < karvan_study_cases(s); i++)
        if (strcmp(karvan_study_case(s, i), id) == 0) return i;
    return -1;
}

/* ---- bottlenecks ---- */

static void read_neck(const karvan_i_study_facts *f, const karvan_table *t, int64_t r,
                      karvan_i_neck *k) {
    static const char BACK[] = " (back)";
    const char *name = karvan_i_cell_text(t, "name", r);
    size_t n = name ? strlen(name) : 0, tail = sizeof BACK - 1;
    bool back = n > tail && strcmp(name + n - tail, BACK) == 0;
    *k = (karvan_i_neck){.members = 1,
                         .from = -1,
                         .to = -1,
                         .id = "",
                         .load = karvan_i_cell_real(t, "after_load", r),
                         .capacity = karvan_i_cell_real(t, "after_capacity", r),
                         .price_usd = karvan_i_cell_real(t, "after_price_usd", r),
                         .usd_day = karvan_i_cell_real(t, "after_value_usd", r) / 365};
    (void)snprintf(k->name, sizeof k->name, "%.150s", name ? name : "?");
    karvan_i_neck_describe(f->region, karvan_i_cell_text(t, "kind", r),
                           karvan_i_cell_text(t, "id", r), back, k);
}

/* The first row of the stage is the next bottleneck; beside it stands what the case tightens. */
static karvan_status find_necks(const karvan_i_study_facts *f, karvan_i_study_case *c,
                                karvan_error *err) {
    static const double LEAST_USD = 1000; /* a year: less is told as nothing */
    karvan_table *t = NULL;
    int64_t most = -1;
    karvan_status st = karvan_study_stage(f->of->study, c->which, KARVAN_STAGE_NECKS, &t, err);
    if (st != KARVAN_OK) return st;
    c->tighter_usd = LEAST_USD;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        double up = karvan_i_cell_real(t, "after_value_usd", r) -
                    karvan_i_cell_real(t, "before_value_usd", r);
        if (up > c->tighter_usd) c->tighter_usd = up, most = r;
    }
    if (karvan_table_rows(t) > 0 && karvan_i_cell_real(t, "after_value_usd", 0) > LEAST_USD)
        read_neck(f, t, 0, &c->next);
    if (most >= 0)
        read_neck(f, t, most, &c->tighter);
    else
        c->tighter_usd = 0;
    karvan_table_destroy(t);
    return st;
}

/* ---- cases ---- */

static karvan_status take_case(karvan_i_study_facts *f, const karvan_table *t, int64_t r,
                               karvan_i_study_case *c, karvan_error *err) {
    const karvan_report_study *s = f->of;
    int which = case_of(s->study, karvan_i_cell_text(t, "intervention", r));
    *c = (karvan_i_study_case){.which = which,
                               .id = karvan_study_case(s->study, which),
                               .ranked = !s->ranked || s->ranked[which],
                               .first = karvan_i_cell_real(t, "probability_first", r)};
    c->name = told_of(f->region, c->id, "name"), c->status = told_of(f->region, c->id, "status");
    if (!c->name) c->name = c->id;
    karvan_status st = karvan_results_difference(
        s->results, which, karvan_study_find(s->study, "benefit", ""), &c->benefit, err);
    if (st == KARVAN_OK) st = find_necks(f, c, err);
    return st;
}

/* Those that have no rank come behind, and turned round: the worst first. */
static karvan_status take_cases(karvan_i_study_facts *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    int n = karvan_study_cases(f->of->study);
    bool *shown = karvan_i_calloc((size_t)n + 1, sizeof *shown);
    f->row = karvan_i_calloc((size_t)n + 1, sizeof *f->row);
    KARVAN_REQUIRE(shown && f->row, err, KARVAN_E_NOMEM, "no memory for cases");
    for (int i = 0; i < n; i++) shown[i] = f->of->ranked && !f->of->ranked[i];
    const karvan_rank_options o = {.ranked = f->of->ranked, .shown = shown};
    KARVAN_TRY(karvan_results_rank(f->of->results, &o, &t, err));
    f->n = (int)karvan_table_rows(t);
    for (int i = 0; i < f->n; i++)
        f->n_ranked += karvan_table_state(t, karvan_table_find(t, "rank"), i) == KARVAN_VALUE;
    for (int i = 0; i < f->n; i++)
        KARVAN_TRY(
            take_case(f, t, i < f->n_ranked ? i : f->n - 1 - (i - f->n_ranked), &f->row[i], err));
done:
    karvan_table_destroy(t);
    karvan_i_free(shown);
    return st;
}

static bool next_is_one(const karvan_i_study_facts *f) {
    for (int i = 1; i < f->n_ranked; i++)
        if (strcmp(f->row[i].next.name, f->row[0].next.name) != 0) return false;
    return f->n_ranked > 1 && *f->row[0].next.name;
}

static bool any_ranked(const karvan_report_study *s) {
    for (int i = 0; i < karvan_study_cases(s->study); i++)
        if (!s->ranked || s->ranked[i]) return true;
    return false;
}

karvan_status karvan_i_study_facts_init(karvan_i_study_facts *f, const karvan_package *region,
                                        const karvan_report_study *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *f = (karvan_i_study_facts){.region = region};
    if (!s || !s->study || !s->results || !any_ranked(s)) return KARVAN_OK;
    f->of = s, f->draws = karvan_results_draws(s->results);
    KARVAN_TRY(take_cases(f, err));
    f->one_next = next_is_one(f);
    KARVAN_TRY(karvan_results_gains(s->results, -1, &f->gains, err));
    KARVAN_TRY(karvan_results_worth(s->results, region, &f->worth, err));
    KARVAN_TRY(karvan_results_influence(s->results, f->row[0].which,
                                        karvan_study_find(s->study, "benefit", ""), &f->influence,
                                        err));
done:
    return st;
}

void karvan_i_study_facts_clear(karvan_i_study_facts *f) {
    karvan_i_free(f->row);
    karvan_table_destroy(f->gains), karvan_table_destroy(f->worth);
    karvan_table_destroy(f->influence);
    *f = (karvan_i_study_facts){0};
}

karvan_status karvan_i_study_difference(const karvan_i_study_facts *f, int which,
                                        const char *measure, const char *country,
                                        karvan_difference *out, karvan_error *err) {
    int m = karvan_study_find(f->of->study, measure, country);
    *out = (karvan_difference){NAN, NAN, NAN, 0, 0, NAN};
    return m < 0 ? KARVAN_OK : karvan_results_difference(f->of->results, which, m, out, err);
}

const char *karvan_i_study_of_corridor(const karvan_i_study_facts *f, const char *measure,
                                       char *room, size_t cap) {
    const char *id = karvan_i_cell_text(karvan_package_table(f->region, "corridors"), "id", 0);
    (void)snprintf(room, cap, "%s_%.60s", measure, id ? id : "?");
    return room;
}

/* ---- numbers ---- */

void karvan_i_signed(karvan_i_text *t, double v, int digits) {
    if (v > 0) karvan_i_text_puts(t, "+");
    karvan_i_number(t, v, digits);
}

/* Two figures, and none below a hundredth of the largest number beside it. */
static void two_figures(karvan_i_text *t, double v, double largest) {
    double own = fabs(v) > 0 ? floor(log10(fabs(v))) - 1 : 0,
           coarse = largest > 0 ? floor(log10(largest / 100)) : own,
           step = pow(10, fmax(own, coarse));
    karvan_i_number(t, round(v / step) * step, 9);
}

static double largest_of(const karvan_difference *d, double unit) {
    double v = fabs(d->median);
    if (isfinite(d->p5)) v = fmax(v, fabs(d->p5));
    if (isfinite(d->p95)) v = fmax(v, fabs(d->p95));
    return v / unit;
}

void karvan_i_study_median(karvan_i_text *t, const karvan_difference *d, double unit) {
    two_figures(t, d->median / unit, largest_of(d, unit));
}

void karvan_i_study_interval(karvan_i_text *t, const karvan_i_study_facts *f,
                             const karvan_difference *d, double unit) {
    if (f->draws == 0 || isnan(d->p5)) return;
    double largest = largest_of(d, unit);
    karvan_i_text_puts(t, "(");
    two_figures(t, d->p5 / unit, largest);
    karvan_i_text_puts(t, " to ");
    two_figures(t, d->p95 / unit, largest);
    karvan_i_text_puts(t, ")");
}
