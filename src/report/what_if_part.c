/* What if: an agreement ended or made, and a day saved on the first corridor, with real income and
 * trade by country. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "karvan/gravity.h"
#include "report/effects.h"
#include "report/html.h"
#include "report/what_if.h"
#include "table/cell.h"

enum { DRAWS = 400 };
static const char FORMULA[] =
    "trade ~ agreement | exporter^year + importer^year + exporter^importer";

typedef struct scene {
    karvan_i_page *p;
    karvan_i_trade_facts *f;
    karvan_i_baseline b;
    karvan_i_elasticity e;
} scene;

/* What both figures rest on. */
static void stated(const scene *s) {
    karvan_i_text *t = &s->p->out;
    karvan_i_html_printf(
        t,
        " Baseline: trade observed in %lld (%s) among %d countries, the importer's "
        "figure first; trade within countries is estimated from GDP",
        (long long)s->b.year, s->f->matrix_name, (int)s->b.n);
    if (s->b.left_out.n)
        karvan_i_html_printf(t, " (left out, without an estimate: %s)", s->b.left_out.s);
    if (s->b.unknown)
        karvan_i_html_printf(t, "; %d flows that neither side states count as 0", s->b.unknown);
    karvan_i_html_printf(t, ". One sector, deficits as they are (additive). Trade elasticity %.3g",
                         s->e.theta);
    if (s->e.low > 0)
        karvan_i_html_printf(t, ", drawn between %.3g and %.3g (P5, P95)", s->e.low, s->e.high);
    karvan_i_text_puts(t, ".</p>\n");
}

static void interval(karvan_i_text *t, const double v[KARVAN_I_FIGURES]) {
    karvan_i_number(t, v[KARVAN_I_P5], 2);
    karvan_i_text_puts(t, " to "), karvan_i_number(t, v[KARVAN_I_P95], 2);
}

/* "Central Asia would trade 9.4 % less (-21 to 3.9)": what the pair's trade does. */
static void caption(const scene *s, const karvan_i_what_if *w, const char *condition) {
    karvan_i_text *t = &s->p->out;
    double v = w->between[KARVAN_I_POINT];
    karvan_i_html_printf(t, "<figure><figcaption>%s, %s and ", condition,
                         karvan_i_party_name(s->p, s->f->country));
    karvan_i_html_printf(t, "%s would trade ", karvan_i_partners_name(s->p, s->f));
    karvan_i_number(t, fabs(v), 2);
    karvan_i_text_puts(t, v < 0 ? "\xC2\xA0% less (" : "\xC2\xA0% more (");
    interval(t, w->between);
    karvan_i_html_printf(
        t,
        "\xC2\xA0%%)</figcaption><p class=\"sub\">Change of real income, exports and "
        "imports, per cent; dot: central figure, bar: P5 to P95 of %d "
        "draws.</p>\n",
        DRAWS);
}

static karvan_status results(const scene *s, const karvan_i_what_if *w, const char *id,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    char file[64], summary[120];
    karvan_i_effects_draw(s->p, s->f, &s->b, w);
    KARVAN_TRY(karvan_i_what_if_table(&s->b, w, &t, err));
    (void)snprintf(file, sizeof file, "what-if-%s.csv", id);
    (void)snprintf(summary, sizeof summary,
                   "What the %s would change: real income and trade of every country, per cent",
                   id);
    KARVAN_TRY(karvan_i_details_table(s->p, summary, t, file, err));
    if (w->failed)
        karvan_i_html_printf(&s->p->out,
                             "<p class=\"srcline\">%d draws found no equilibrium and "
                             "are left out.</p>\n",
                             w->failed);
done:
    karvan_table_destroy(t);
    return st;
}

/* ---- the agreement ---- */

/* The pairs that an agreement binds lose it; where none is bound, all gain one. The number of flows
 * that change; *ended: which of both. */
static int agreement_change(const scene *s, double *dummy, bool *ended) {
    const karvan_i_baseline *b = &s->b;
    int32_t own = karvan_i_baseline_find(b, s->f->country);
    int bound = 0, changed = 0;
    for (int pass = 0; own >= 0 && pass < 2; pass++) {
        *ended = bound > 0;
        for (int32_t i = 0; i < b->n; i++) {
            const int32_t at[2] = {own * b->n + i, i * b->n + own};
            if (!karvan_i_is_partner(s->f, b->country[i])) continue;
            for (int k = 0; k < 2; k++) {
                if (pass == 0) {
                    bound += b->agreement[at[k]] > 0;
                } else if (!*ended || b->agreement[at[k]] > 0) {
                    dummy[at[k]] = *ended ? -1 : 1;
                    changed++;
                }
            }
        }
    }
    return changed;
}

typedef struct estimate {
    double beta, se, first, last;
    int64_t n;
    char errors[240];
} estimate;

/* The agreement's coefficient by the region's own panel; n 0: it says nothing. */
static karvan_status fit(const scene *s, estimate *out, karvan_error *err) {
    const karvan_gravity_options o = {
        .formula = FORMULA, .n_clusters = 1, .cluster = {"exporter^importer"}};
    karvan_status st = KARVAN_OK;
    karvan_gravity *g = NULL;
    const karvan_table *panel = NULL;
    karvan_error why = {0};
    double v = 0;
    *out = (estimate){0};
    KARVAN_TRY(karvan_i_trade_facts_panel(s->f, &panel, err));
    if (!panel) goto done;
    st = karvan_gravity_fit(panel, &o, &g, &why);
    if (st == KARVAN_OK && karvan_gravity_count(g) == 1)
        st = karvan_gravity_vcov(g, KARVAN_SE_DEFAULT, KARVAN_SSC_FIXEST, 0, NULL, &v, out->errors,
                                 sizeof out->errors, &why);
    if (st == KARVAN_OK && karvan_gravity_count(g) == 1 && v > 0) {
        int64_t rows = karvan_table_rows(panel);
        out->beta = karvan_gravity_estimate(g, 0), out->se = sqrt(v);
        out->n = karvan_gravity_statistics(g).n;
        out->first = karvan_i_cell_real(panel, "year", 0);
        out->last = karvan_i_cell_real(panel, "year", rows - 1);
    }
    st = karvan_i_leave_out(st, &why, err);
done:
    karvan_gravity_destroy(g);
    return st;
}

static void agreement_words(const scene *s, const estimate *c, int flows) {
    karvan_i_html_printf(&s->p->out,
                         "<p class=\"srcline\">%d flows change by the coefficient of an agreement, "
                         "%.3f (standard error "
                         "%.3f), estimated on the region's own panel: PPML, %s, %lld rows, %.0f to "
                         "%.0f; %s.",
                         flows, c->beta, c->se, FORMULA, (long long)c->n, c->first, c->last,
                         c->errors);
    if (fabs(c->beta) < 1.96 * c->se)
        karvan_i_text_puts(&s->p->out, " The data do not rule out that it is 0.");
    stated(s);
}

static karvan_status agreement(const scene *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_what_if w = {0};
    karvan_error why = {0};
    estimate c;
    bool ended = false;
    size_t n = (size_t)s->b.n;
    double *dummy = karvan_i_calloc(n * n + 1, sizeof *dummy);
    KARVAN_REQUIRE(dummy, err, KARVAN_E_NOMEM, "no memory for a change");
    int flows = agreement_change(s, dummy, &ended);
    if (flows == 0) goto done;
    KARVAN_TRY(fit(s, &c, err));
    if (c.n == 0) goto done;
    const karvan_i_change change = {.dummy = dummy, .beta = c.beta, .se = c.se};
    st = karvan_i_what_if_solve(&s->b, s->f, &change, &s->e, DRAWS, &w, &why);
    if (st != KARVAN_OK) {
        st = karvan_i_leave_out(st, &why, err);
        goto done;
    }
    caption(s, &w,
            ended ? "Without the free-trade agreements that bind them"
                  : "With a free-trade agreement");
    KARVAN_TRY(results(s, &w, "agreement", err));
    agreement_words(s, &c, flows);
    karvan_i_text_puts(&s->p->out, "</figure>\n");
done:
    karvan_i_what_if_clear(&w);
    karvan_i_free(dummy);
    return st;
}

/* ---- a day on the corridor ---- */

static int32_t capital(const karvan_i_page *p, const char *code) {
    const char *id = karvan_i_cell_text(p->countries, "capital",
                                        karvan_package_row(p->region, "countries", code));
    return id ? (int32_t)karvan_package_row(p->region, "places", id) : -1;
}

/* Cheapest way, by one corridor or by any (-1); n_legs 0: none. */
static karvan_status cheapest(const karvan_i_page *p, int32_t from, int32_t to, int32_t corridor,
                              karvan_route *r, karvan_error *err) {
    const karvan_route_query q = {
        .from = from, .to = to, .objective = KARVAN_BY_COST, .corridor = corridor};
    karvan_error why = {0};
    *r = (karvan_route){0};
    return karvan_i_leave_out(karvan_route_best(p->net, &q, r, &why), &why, err);
}

/* Does the way pass a place of each of the corridor's groups ("A;B|C": A or B, and C)? */
static bool passes(const karvan_i_page *p, const karvan_route *r, int32_t corridor) {
    const char *group = karvan_i_cell_text(p->corridors, "must_pass", corridor);
    while (group && *group) {
        size_t n = strcspn(group, "|");
        bool met = false;
        for (int32_t k = 0; k < r->n_legs && !met; k++) {
            const char *id = karvan_i_cell_text(p->places, "id", r->legs[k].to);
            size_t length = id ? strlen(id) : 0;
            for (const char *s = group; length > 0 && s < group + n && !met; s++) {
                size_t m = strcspn(s, ";|");
                met = m == length && strncmp(s, id, m) == 0;
                s += m;
            }
        }
        if (!met) return false;
        group += n + (group[n] == '|');
    }
    return true;
}

/* Is the cheapest way of all that of the corridor? */
static karvan_status goes_by(const karvan_i_page *p, int32_t from, int32_t to, int32_t corridor,
                             bool *out, karvan_error *err) {
    karvan_route any = {0}, by = {0};
    karvan_status st = cheapest(p, from, to, -1, &any, err);
    *out = false;
    if (st == KARVAN_OK && any.n_legs > 0 && passes(p, &any, corridor)) {
        st = cheapest(p, from, to, corridor, &by, err);
        *out = st == KARVAN_OK && by.n_legs > 0 && by.usd_per_teu <= any.usd_per_teu * (1 + 1e-9);
    }
    karvan_route_clear(&any), karvan_route_clear(&by);
    return st;
}

/* Of which pairs does the region know what goods they trade? [n][n] */
static void has_shares(const scene *s, const karvan_table *shares, bool *has) {
    int32_t i = -1, j = -1;
    const char *from = NULL, *to = NULL;
    for (int64_t r = 0; r < karvan_table_rows(shares); r++) {
        const char *x = karvan_i_cell_text(shares, "exporter", r),
                   *m = karvan_i_cell_text(shares, "importer", r);
        if (x != from) i = karvan_i_baseline_find(&s->b, x), from = x;
        if (m != to) j = karvan_i_baseline_find(&s->b, m), to = m;
        if (i >= 0 && j >= 0) has[i * s->b.n + j] = true;
    }
}

static karvan_status day_row(karvan_builder *b, const char *from, const char *to,
                             karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, from, err));
    KARVAN_TRY(karvan_builder_text(b, 1, to, err));
    KARVAN_TRY(karvan_builder_real(b, 2, -24, err));
done:
    return st;
}

/* Pairs whose cheapest way between capitals is that of the first corridor, a day less each. */
static karvan_status day_saved(const scene *s, const karvan_table *shares, karvan_table **out,
                               karvan_error *err) {
    static const karvan_column columns[] = {{"exporter", KARVAN_TEXT, NULL},
                                            {"importer", KARVAN_TEXT, NULL},
                                            {"d_hours", KARVAN_REAL, "h"}};
    const karvan_i_baseline *b = &s->b;
    karvan_status st = KARVAN_OK;
    karvan_builder *t = NULL;
    bool *has = karvan_i_calloc((size_t)b->n * (size_t)b->n + 1, sizeof *has);
    KARVAN_REQUIRE(has, err, KARVAN_E_NOMEM, "no memory for a change");
    has_shares(s, shares, has);
    KARVAN_TRY(karvan_builder_create("day", 3, columns, &t, err));
    for (int32_t i = 0; i < b->n; i++)
        for (int32_t j = 0; j < b->n; j++) {
            int32_t from = capital(s->p, b->country[i]), to = capital(s->p, b->country[j]);
            bool by = false;
            if (i == j || from < 0 || to < 0 || from == to || !has[i * b->n + j]) continue;
            KARVAN_TRY(goes_by(s->p, from, to, 0, &by, err));
            if (by) KARVAN_TRY(day_row(t, b->country[i], b->country[j], err));
        }
    st = karvan_builder_finish(t, out, err);
    t = NULL;
done:
    karvan_builder_destroy(t);
    karvan_i_free(has);
    return st;
}

static void day_words(const scene *s, const karvan_table *changes, const karvan_table *classes) {
    karvan_i_text *t = &s->p->out;
    karvan_i_html_printf(t,
                         "<p class=\"srcline\">A day less on the %lld flows whose cheapest way "
                         "between capitals goes by "
                         "the %s; a day is worth to each class of cargo what table cargo_classes "
                         "says",
                         (long long)karvan_table_rows(changes), karvan_i_corridor_name(s->p, 0));
    for (int64_t r = 0; r < karvan_table_rows(classes); r++) {
        const char *source = karvan_i_cell_text(classes, "time_source", r);
        bool told = !source || karvan_package_row(s->p->region, "sources", source) < 0;
        for (int64_t k = 0; k < r && !told; k++)
            told = karvan_i_cell_is(classes, "time_source", k, source);
        if (!told) karvan_i_cite(s->p, source);
    }
    karvan_i_text_puts(t, ", a share of the value, drawn with the value of a tonne within their "
                          "ranges; the change of ln trade cost is taken on a base of 1, which is "
                          "the most that it can be.");
    stated(s);
}

static karvan_status bridge_table(const scene *s, const karvan_cost *cost, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    KARVAN_TRY(karvan_cost_intervals(cost, DRAWS, &t, err));
    KARVAN_TRY(karvan_i_details_table(s->p, "From the day to the trade cost of each pair", t,
                                      "what-if-day-bridge.csv", err));
done:
    karvan_table_destroy(t);
    return st;
}

static karvan_status day(const scene *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *shares = NULL, *changes = NULL;
    karvan_cost *cost = NULL;
    karvan_i_what_if w = {0};
    karvan_error why = {0};
    char condition[160];
    const karvan_table *classes = karvan_package_table(s->p->region, "cargo_classes");
    if (!classes || karvan_table_rows(s->p->corridors) == 0 ||
        !karvan_package_table(s->p->region, "class_shares"))
        return KARVAN_OK;
    st = karvan_trade_class_shares(s->p->region, NULL, &shares, &why);
    if (st != KARVAN_OK) return karvan_i_leave_out(st, &why, err);
    KARVAN_TRY(day_saved(s, shares, &changes, err));
    if (karvan_table_rows(changes) == 0) goto done;
    const karvan_cost_options o = {
        .classes = classes, .shares = shares, .elasticity = s->e.theta, .seed = 1};
    st = karvan_cost_create(changes, &o, &cost, &why);
    const karvan_i_change change = {.cost = cost};
    if (st == KARVAN_OK) st = karvan_i_what_if_solve(&s->b, s->f, &change, &s->e, DRAWS, &w, &why);
    if (st != KARVAN_OK) {
        st = karvan_i_leave_out(st, &why, err);
        goto done;
    }
    (void)snprintf(condition, sizeof condition, "With a day saved on the %.100s",
                   karvan_i_corridor_name(s->p, 0));
    caption(s, &w, condition);
    KARVAN_TRY(results(s, &w, "day", err));
    KARVAN_TRY(bridge_table(s, cost, err));
    day_words(s, changes, classes);
    karvan_i_text_puts(&s->p->out, "</figure>\n");
done:
    karvan_i_what_if_clear(&w);
    karvan_cost_destroy(cost);
    karvan_table_destroy(changes), karvan_table_destroy(shares);
    return st;
}

karvan_status karvan_i_part_what_if(karvan_i_page *p, karvan_i_trade_facts *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    scene s = {.p = p, .f = f};
    karvan_error why = {0};
    KARVAN_TRY(karvan_i_elasticity_read(p->region, &s.e, err));
    st = karvan_i_baseline_init(&s.b, f, &why);
    if (st != KARVAN_OK || !s.b.panel || !(s.e.theta > 0) ||
        karvan_i_baseline_find(&s.b, f->country) < 0) {
        st = karvan_i_leave_out(st, &why, err);
        goto done;
    }
    size_t before = p->out.n;
    karvan_i_text_puts(&p->out, "<section id=\"what-if\"><h2>What would change trade and "
                                "income</h2>\n");
    size_t head = p->out.n;
    KARVAN_TRY(agreement(&s, err));
    KARVAN_TRY(day(&s, err));
    if (p->out.n == head) { /* neither can be told */
        p->out.n = before;
        if (p->out.s) p->out.s[before] = 0;
        goto done;
    }
    karvan_i_text_puts(&p->out, "<p class=\"srcline\">Trade: ");
    karvan_i_cite(p, karvan_i_cell_text(f->matrix, "source", 0));
    const karvan_table *settings = karvan_package_table(p->region, "settings");
    int64_t row = karvan_package_row(p->region, "settings", "trade_elasticity");
    const char *note = karvan_i_cell_text(settings, "note", row);
    if (note) karvan_i_html_printf(&p->out, " Elasticity: %s.", note);
    karvan_i_text_puts(&p->out, " Methods: docs/methods/equilibrium.md, "
                                "docs/methods/cost-to-trade.md, docs/methods/gravity.md, "
                                "docs/methods/panel.md.</p></section>\n");
done:
    karvan_i_baseline_clear(&s.b);
    return st;
}
