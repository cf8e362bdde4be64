/* Scenarios beside the region: what moves, what is full next, who gains. A pair's gain is the fall
 * of its cost by choice (the logsum, staying at home in it) times the mean of its demand before and
 * after: exact for logit where demand stays (Small and Rosen 1981), the rule of a half where it
 * does not. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/assign.h"
#include "cli/interrupt.h"
#include "cli/network.h"
#include "table/cell.h"

typedef struct sides {
    const cli *c;
    const char *scenario;
    const cli_freight *before, *after;
    karvan_table *old, *now; /* the same output of both */
} sides;

static double gain_usd_day(const sides *s, int32_t k) {
    return (s->before->demand.teu_day[k] + s->after->demand.teu_day[k]) / 2 *
           (karvan_freight_cost_view(s->before->f)[k] - karvan_freight_cost_view(s->after->f)[k]);
}

/* Pairs are compared row by row. */
static karvan_status same_pairs(const sides *s, karvan_error *err) {
    const karvan_freight_demand *a = &s->before->demand, *b = &s->after->demand;
    bool same = a->n == b->n;
    for (int32_t k = 0; same && k < a->n; k++)
        same = a->origin[k] == b->origin[k] && a->destination[k] == b->destination[k] &&
               a->cargo_class[k] == b->cargo_class[k];
    if (same) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_DATA,
                       "scenario %.60s changes which pairs have cargo: before and after cannot be "
                       "set beside one another",
                       s->scenario);
}

static karvan_status begin(const sides *s, karvan_builder *b, int texts, const char *const *text,
                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, s->scenario, err));
    for (int i = 0; i < texts; i++) KARVAN_TRY(karvan_builder_text(b, 1 + i, text[i], err));
done:
    return st;
}

static karvan_status reals(karvan_builder *b, int column, int n, const double *v,
                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < n; i++) KARVAN_TRY(karvan_builder_real(b, column + i, v[i], err));
done:
    return st;
}

/* ---- by corridor ---- */

static const karvan_column corridor_columns[] = {
    {"scenario", KARVAN_TEXT, NULL},        {"corridor", KARVAN_TEXT, NULL},
    {"class", KARVAN_TEXT, NULL},           {"before_teu_day", KARVAN_REAL, "TEU"},
    {"after_teu_day", KARVAN_REAL, "TEU"},  {"change_teu_day", KARVAN_REAL, "TEU"},
    {"before_usd", KARVAN_REAL, "USD/TEU"}, {"after_usd", KARVAN_REAL, "USD/TEU"}};

/* The row of a table whose first two texts are these, -1. */
static int64_t find(const karvan_table *t, const char *a, const char *b) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *x = karvan_table_text(t, 0, r), *y = karvan_table_text(t, 1, r);
        if (x && y && strcmp(x, a) == 0 && strcmp(y, b) == 0) return r;
    }
    return -1;
}

static karvan_status add_corridor(const sides *s, const karvan_table *of, int64_t r, bool gone,
                                  karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *const text[] = {karvan_table_text(of, 0, r), karvan_table_text(of, 1, r)};
    int64_t old = find(s->old, text[0], text[1]), now = find(s->now, text[0], text[1]);
    if (gone && now >= 0) return KARVAN_OK; /* told already */
    double x = old < 0 ? 0 : karvan_i_cell_real(s->old, "teu_day", old),
           y = now < 0 ? 0 : karvan_i_cell_real(s->now, "teu_day", now);
    const double v[] = {x, y, y - x, karvan_i_cell_real(s->old, "usd", old),
                        karvan_i_cell_real(s->now, "usd", now)};
    KARVAN_TRY(begin(s, b, 2, text, err));
    KARVAN_TRY(reals(b, 3, 5, v, err));
done:
    return st;
}

static karvan_status add_corridors(const sides *s, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int64_t r = 0; r < karvan_table_rows(s->now); r++)
        KARVAN_TRY(add_corridor(s, s->now, r, false, b, err));
    for (int64_t r = 0; r < karvan_table_rows(s->old); r++)
        KARVAN_TRY(add_corridor(s, s->old, r, true, b, err));
done:
    return st;
}

/* ---- bottlenecks ---- */

static const karvan_column neck_columns[] = {{"scenario", KARVAN_TEXT, NULL},
                                             {"name", KARVAN_TEXT, NULL},
                                             {"kind", KARVAN_TEXT, NULL},
                                             {"unit", KARVAN_TEXT, NULL},
                                             {"id", KARVAN_TEXT, NULL},
                                             {"direction", KARVAN_TEXT, NULL},
                                             {"before_load", KARVAN_REAL, NULL},
                                             {"after_load", KARVAN_REAL, NULL},
                                             {"after_capacity", KARVAN_REAL, NULL},
                                             {"before_price_usd", KARVAN_REAL, "USD"},
                                             {"after_price_usd", KARVAN_REAL, "USD"},
                                             {"change_price_usd", KARVAN_REAL, "USD"},
                                             {"after_usd_day", KARVAN_REAL, "USD"}};

/* The same capacity on the other side. */
static int64_t same_neck(const karvan_table *t, const karvan_table *of, int64_t row) {
    static const char *const keys[] = {"kind", "id", "direction"};
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        bool same = true;
        for (int i = 0; i < 3; i++) {
            const char *s = karvan_i_cell_text(of, keys[i], row);
            same = same && s && karvan_i_cell_is(t, keys[i], r, s);
        }
        if (same) return r;
    }
    return -1;
}

static double or_zero(double v) { return isnan(v) ? 0 : v; }

/* Those that have a price on one side at least, the dearest after it first. */
static karvan_status add_neck(const sides *s, const karvan_table *of, int64_t r, bool gone,
                              karvan_builder *b, karvan_error *err) {
    static const double LEAST_USD = 1e-6;
    karvan_status st = KARVAN_OK;
    int64_t old = gone ? r : same_neck(s->old, of, r), now = gone ? same_neck(s->now, of, r) : r;
    double x = or_zero(karvan_i_cell_real(s->old, "price_usd", old)),
           y = or_zero(karvan_i_cell_real(s->now, "price_usd", now));
    if ((gone && now >= 0) || fmax(x, y) < LEAST_USD) return KARVAN_OK;
    const char *text[5];
    static const char *const columns[] = {"name", "kind", "unit", "id", "direction"};
    for (int i = 0; i < 5; i++) text[i] = karvan_i_cell_text(of, columns[i], r);
    const double v[] = {or_zero(karvan_i_cell_real(s->old, "load", old)),
                        or_zero(karvan_i_cell_real(s->now, "load", now)),
                        karvan_i_cell_real(s->now, "capacity", now),
                        x,
                        y,
                        y - x,
                        or_zero(karvan_i_cell_real(s->now, "usd_day", now))};
    KARVAN_TRY(begin(s, b, 5, text, err));
    KARVAN_TRY(reals(b, 6, 7, v, err));
done:
    return st;
}

static karvan_status add_necks(const sides *s, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int64_t r = 0; r < karvan_table_rows(s->now); r++)
        KARVAN_TRY(add_neck(s, s->now, r, false, b, err));
    for (int64_t r = 0; r < karvan_table_rows(s->old); r++)
        KARVAN_TRY(add_neck(s, s->old, r, true, b, err));
done:
    return st;
}

/* ---- countries ---- */

static const karvan_column country_columns[] = {{"scenario", KARVAN_TEXT, NULL},
                                                {"country", KARVAN_TEXT, NULL},
                                                {"before_transited_teu_day", KARVAN_REAL, "TEU"},
                                                {"after_transited_teu_day", KARVAN_REAL, "TEU"},
                                                {"before_usd_day", KARVAN_REAL, "USD"},
                                                {"after_usd_day", KARVAN_REAL, "USD"},
                                                {"surplus_usd_day", KARVAN_REAL, "USD"}};

static int64_t country_row(const karvan_table *t, const char *code) {
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_i_cell_is(t, "country", r, code)) return r;
    return -1;
}

/* Half of a pair's gain at each end. */
static double gain_of(const sides *s, const char *code) {
    const karvan_table *places = karvan_package_table(s->c->region, "places");
    double sum = 0;
    for (int32_t k = 0; k < s->before->demand.n; k++) {
        int ends = karvan_i_cell_is(places, "country", s->before->demand.origin[k], code) +
                   karvan_i_cell_is(places, "country", s->before->demand.destination[k], code);
        if (ends > 0) sum += gain_usd_day(s, k) * ends / 2;
    }
    return sum;
}

static karvan_status add_countries(const sides *s, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *countries = karvan_package_table(s->c->region, "countries");
    for (int64_t r = 0; r < karvan_table_rows(countries); r++) {
        const char *code = karvan_i_cell_text(countries, "iso3", r);
        if (!code) continue;
        int64_t old = country_row(s->old, code), now = country_row(s->now, code);
        if (old < 0 && now < 0) continue;
        const double v[] = {or_zero(karvan_i_cell_real(s->old, "transited_teu_day", old)),
                            or_zero(karvan_i_cell_real(s->now, "transited_teu_day", now)),
                            or_zero(karvan_i_cell_real(s->old, "usd_day", old)),
                            or_zero(karvan_i_cell_real(s->now, "usd_day", now)), gain_of(s, code)};
        KARVAN_TRY(begin(s, b, 1, &code, err));
        KARVAN_TRY(reals(b, 2, 5, v, err));
    }
done:
    return st;
}

/* ---- pairs ---- */

static const karvan_column pair_columns[] = {
    {"scenario", KARVAN_TEXT, NULL},        {"origin", KARVAN_TEXT, NULL},
    {"destination", KARVAN_TEXT, NULL},     {"class", KARVAN_TEXT, NULL},
    {"demand_teu_day", KARVAN_REAL, "TEU"}, {"before_served", KARVAN_REAL, "TEU"},
    {"after_served", KARVAN_REAL, "TEU"},   {"before_cost", KARVAN_REAL, "USD/TEU"},
    {"after_cost", KARVAN_REAL, "USD/TEU"}, {"surplus_usd_day", KARVAN_REAL, "USD"}};

/* Pairs whose cost moves by more than the solver leaves open. */
static karvan_status add_pairs(const sides *s, karvan_builder *b, karvan_error *err) {
    static const double LEAST_USD = 0.01; /* a TEU */
    karvan_status st = KARVAN_OK;
    const karvan_table *places = karvan_package_table(s->c->region, "places"),
                       *classes = karvan_package_table(s->c->region, "cargo_classes");
    const karvan_freight_demand *d = &s->before->demand;
    for (int32_t k = 0; k < d->n; k++) {
        double x = karvan_freight_cost_view(s->before->f)[k],
               y = karvan_freight_cost_view(s->after->f)[k];
        if (fabs(x - y) < LEAST_USD) continue;
        const char *const text[] = {karvan_i_cell_text(places, "id", d->origin[k]),
                                    karvan_i_cell_text(places, "id", d->destination[k]),
                                    karvan_i_cell_text(classes, "id", d->cargo_class[k])};
        const double v[] = {(d->teu_day[k] + s->after->demand.teu_day[k]) / 2,
                            karvan_freight_served_view(s->before->f)[k],
                            karvan_freight_served_view(s->after->f)[k],
                            x,
                            y,
                            gain_usd_day(s, k)};
        KARVAN_TRY(begin(s, b, 3, text, err));
        KARVAN_TRY(reals(b, 4, 6, v, err));
    }
done:
    return st;
}

/* ---- which ---- */

typedef struct view {
    const karvan_column *columns;
    karvan_status (*add)(const sides *s, karvan_builder *b, karvan_error *err);
    karvan_freight_output which;
    int n;
} view;
enum {
    N_CORRIDOR = sizeof corridor_columns / sizeof corridor_columns[0],
    N_NECK = sizeof neck_columns / sizeof neck_columns[0],
    N_COUNTRY = sizeof country_columns / sizeof country_columns[0],
    N_PAIR = sizeof pair_columns / sizeof pair_columns[0]
};
static const view views[] = {
    {corridor_columns, add_corridors, KARVAN_FREIGHT_CORRIDORS, N_CORRIDOR},
    {neck_columns, add_necks, KARVAN_FREIGHT_BOTTLENECKS, N_NECK},
    {country_columns, add_countries, KARVAN_FREIGHT_COUNTRIES, N_COUNTRY},
    {pair_columns, add_pairs, KARVAN_FREIGHT_PAIRS, N_PAIR},
};

static void tell_gain(const sides *s) {
    double sum = 0;
    for (int32_t k = 0; k < s->before->demand.n; k++) sum += gain_usd_day(s, k);
    (void)fprintf(
        stderr,
        "%s: who ships %s %.0f thousand USD a day; %.1f TEU a day stay at home, before %.1f\n",
        s->scenario, sum < 0 ? "loses" : "gains", fabs(sum) / 1000,
        fmax(s->after->stats.unserved_teu_day, 0), fmax(s->before->stats.unserved_teu_day, 0));
}

static karvan_status add_scenario(cli *c, const cli_freight *before, const char *scenario,
                                  const view *v, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *under = cli_option(c, "scenario");
    char all[2100];
    cli variant = *c;
    cli_freight after = {.f = NULL};
    sides s = {.c = c, .scenario = scenario, .before = before, .after = &after};
    (void)snprintf(all, sizeof all, "%.2000s,%s", under ? under : "", scenario);
    variant.region = NULL, variant.net = NULL, variant.problems = NULL;
    KARVAN_TRY(cli_variant_open(c, all, &variant, err));
    KARVAN_TRY(cli_freight_solve(&variant, &after, err));
    KARVAN_TRY(same_pairs(&s, err));
    KARVAN_TRY(karvan_freight_table(before->f, v->which, &s.old, err));
    KARVAN_TRY(karvan_freight_table(after.f, v->which, &s.now, err));
    KARVAN_TRY(v->add(&s, b, err));
    tell_gain(&s);
    if (!after.stats.converged) cli_freight_tell(c, &after);
done:
    karvan_table_destroy(s.old), karvan_table_destroy(s.now);
    cli_freight_clear(&after);
    cli_variant_close(&variant);
    return st;
}

karvan_status cli_freight_compare(cli *c, karvan_freight_output which, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *at = cli_option(c, "against");
    const view *v = NULL;
    char word[80];
    bool more = true;
    int n = 0;
    cli_freight before = {.f = NULL};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    if (!cli_switch(c, "output")) which = KARVAN_FREIGHT_CORRIDORS;
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++)
        if (views[i].which == which) v = &views[i];
    KARVAN_REQUIRE(v, err, KARVAN_E_ARG,
                   "--against tells of corridors, countries, bottlenecks or pairs, not of %s",
                   karvan_freight_output_name(which));
    KARVAN_TRY(cli_freight_solve(c, &before, err));
    cli_freight_tell(c, &before);
    KARVAN_TRY(karvan_builder_create("compare", v->n, v->columns, &b, err));
    for (;; n++) {
        KARVAN_TRY(cli_next_word(&at, ',', word, sizeof word, &more, err));
        if (!more) break;
        KARVAN_TRY(add_scenario(c, &before, word, v, b, err));
    }
    KARVAN_REQUIRE(n > 0, err, KARVAN_E_ARG, "--against names no scenario");
    st = karvan_builder_finish(b, &t, err), b = NULL;
    if (st == KARVAN_OK) st = cli_print(c, t, err);
done:
    cli_interrupts_end();
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    cli_freight_clear(&before);
    return st;
}
