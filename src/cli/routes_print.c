/* Routes for readers and for scripts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/routes.h"
#include "cli/words.h"
#include "table/cell.h"

/* By the clock, departures stand closer together than legs are sure. */
static const double STEP_H = 0.5, CLOCK_STEP_H = 0.25;
enum { EXPLANATION = 800 };

static const char *corridor_of(const cli *c, const karvan_route *r, const char *column) {
    const char *s =
        karvan_i_cell_text(karvan_package_table(c->region, "corridors"), column, r->corridor);
    return s ? s : "any";
}

/* Steps of half an hour; finer where the whole way takes less than a day. */
static double step_of(const karvan_route *r) { return fmin(STEP_H, fmax(r->hours / 48, 1e-3)); }

static karvan_status quantiles(const cli *c, const karvan_route *r, karvan_time_quantiles *out,
                               double *never, karvan_error *err) {
    karvan_time_quantiles *all = karvan_i_calloc((size_t)r->n_legs + 1, sizeof *all);
    if (!all) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the distribution");
    *never = 0;
    karvan_status st = c->by_clock ? karvan_route_quantiles_depart(c->net, r, &c->depart,
                                                                   CLOCK_STEP_H, all, never, err)
                                   : karvan_route_quantiles(c->net, r, step_of(r), all, err);
    *out = all[r->n_legs];
    karvan_i_free(all);
    return st;
}

/* Numbers in JSON: three decimals are finer than anything known here, and 0.1 + 0.2 stays 0.3. */
static void number(const char *name, double v) {
    char s[40] = "null"; /* as many as that never arrive */
    if (isfinite(v)) karvan_real_format(cli_rounded(v, 1000), s, sizeof s);
    (void)printf(", \"%s\": %s", name, s);
}

/* A quantile of the hours as a moment by the clock of the last place. */
static void moment_at_end(const cli *c, const karvan_route *r, double hours, char *out,
                          size_t cap) {
    const karvan_leg *first = &r->legs[0], *last = &r->legs[r->n_legs - 1];
    karvan_moment m = karvan_moment_after(c->net, &c->depart, first->from, last->to, hours);
    karvan_moment_format(&m, out, cap);
}

static void arrival(const cli *c, const karvan_route *r, const char *name, double hours) {
    char at[48];
    (void)printf(", \"%s\": ", name);
    if (!isfinite(hours)) {
        (void)printf("null");
        return;
    }
    moment_at_end(c, r, hours, at, sizeof at);
    cli_json(stdout, at);
}

static void json_legs(const karvan_table *legs) {
    static const char *const text[] = {"from", "to", "mode", "operation"};
    static const char *const hours[] = {"fixed_h", "distance_h", "wait_h", "variance_share"};
    for (int64_t k = 0; k < karvan_table_rows(legs); k++) {
        (void)printf("%s\n   {", k ? "," : "");
        for (int i = 0; i < 4; i++) {
            (void)printf("%s\"%s\": ", i ? ", " : "", text[i]);
            cli_json(stdout, karvan_i_cell_text(legs, text[i], k));
        }
        number("km", karvan_i_cell_real(legs, "km", k)),
            number("hours", karvan_i_cell_real(legs, "hours", k));
        number("usd_per_teu", karvan_i_cell_real(legs, "usd_per_teu", k));
        (void)printf(", \"source\": ");
        cli_json(stdout, karvan_i_cell_text(legs, "source", k));
        (void)printf(", \"why\": ");
        cli_json(stdout, karvan_i_cell_text(legs, "why", k));
        for (int i = 0; i < 4; i++) number(hours[i], karvan_i_cell_real(legs, hours[i], k));
        number("co2e_kg_per_teu", karvan_i_cell_real(legs, "co2e", k));
        (void)printf("}");
    }
}

karvan_status cli_routes_json(const cli *c, int n, const karvan_route *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    (void)printf("{\"routes\": [");
    for (int i = 0; st == KARVAN_OK && i < n; i++) {
        karvan_time_quantiles q = {0};
        karvan_table *legs = NULL;
        double never = 0;
        st = quantiles(c, &r[i], &q, &never, err);
        if (st == KARVAN_OK) st = karvan_route_table(c->region, 1, &r[i], &legs, err);
        if (st != KARVAN_OK) break;
        (void)printf("%s\n {\"corridor\": ", i ? "," : "");
        cli_json(stdout, corridor_of(c, &r[i], "id"));
        (void)printf(", \"objective\": \"%s\"", karvan_objective_name(r[i].objective));
        number("hours", r[i].hours), number("usd_per_teu", r[i].usd_per_teu), number("km", r[i].km);
        number("co2e_kg_per_teu", r[i].co2e_kg_per_teu);
        number("sd_h", r[i].sd_h), number("p10_h", q.p10_h), number("p50_h", q.p50_h),
            number("p90_h", q.p90_h), number("p95_h", q.p95_h);
        if (c->by_clock) {
            (void)printf(", \"depart\": "), cli_json(stdout, cli_option(c, "depart"));
            arrival(c, &r[i], "arrive_p50", q.p50_h), arrival(c, &r[i], "arrive_p90", q.p90_h);
            number("never", never);
        }
        (void)printf(", \"borders\": %d, \"transhipments\": %d, \"legs\": [", r[i].borders,
                     r[i].transhipments);
        json_legs(legs);
        (void)printf("\n  ]");
        if (r[i].objective == KARVAN_BY_WEIGHTS) number("generalised", r[i].generalised);
        char why[EXPLANATION];
        karvan_route_explain(c->region, &r[i], why, sizeof why);
        (void)printf(", \"explained\": ");
        cli_json(stdout, why);
        (void)printf("}");
        karvan_table_destroy(legs);
    }
    if (st == KARVAN_OK) (void)printf("\n]}\n");
    return st;
}

static const char *place(const cli *c, int32_t row) {
    return karvan_i_cell_text(karvan_package_table(c->region, "places"), "name", row);
}

/* "Kuryk, Alat, Boyuk Kesik": where cargo stops, which tells routes of one set apart. */
static void stops(const cli *c, const karvan_route *r, karvan_i_text *out) {
    int32_t last = -1;
    for (int32_t k = 0; k < r->n_legs; k++) {
        const karvan_leg *l = &r->legs[k];
        if (l->operation == KARVAN_MOVE || l->from == last) continue;
        karvan_i_text_printf(out, "%s%s", last >= 0 ? ", " : "", place(c, l->from));
        last = l->from;
    }
}

/* "rail_1520, feeder, rail_1520": what carries it, as it changes. */
static void modes(const karvan_route *r, karvan_i_text *out) {
    const char *last = NULL;
    for (int32_t k = 0; k < r->n_legs; k++) {
        const karvan_leg *l = &r->legs[k];
        if (l->operation != KARVAN_MOVE || (last && strcmp(last, l->mode) == 0)) continue;
        karvan_i_text_printf(out, "%s%s", last ? ", " : "", l->mode);
        last = l->mode;
    }
}

/* Of a set, a number and what tells a route from the others; else what it was asked for by. */
enum { S_DAYS, S_P10, S_P90, S_USD, S_KM, S_CO2, S_BORDERS, S_TRANS, S_VALUES };
#define VALUE_COLUMNS                                                                 \
    {"days", KARVAN_REAL, "d"}, {"P10", KARVAN_REAL, "d"}, {"P90", KARVAN_REAL, "d"}, \
        {"cost", KARVAN_REAL, "USD/TEU"}, {"length", KARVAN_REAL, "km"},              \
        {"CO2e", KARVAN_REAL, "kg/TEU"}, {"borders", KARVAN_INT, NULL}, {             \
        "transhipments", KARVAN_INT, NULL                                             \
    }
static const karvan_column BY_ASKED[] = {
    {"corridor", KARVAN_TEXT, NULL}, {"best_by", KARVAN_TEXT, NULL}, VALUE_COLUMNS};
static const karvan_column BY_NUMBER[] = {{"route", KARVAN_INT, NULL},
                                          VALUE_COLUMNS,
                                          {"stops", KARVAN_TEXT, NULL},
                                          {"modes", KARVAN_TEXT, NULL}};

/* A tenth of a day, of a dollar, of a km is known; below one, the next two digits too. */
static double rounded(double v) { return isfinite(v) ? cli_rounded(v, v < 1 ? 1000 : 10) : NAN; }

static karvan_status add_values(const cli *c, const karvan_route *x, int at, karvan_builder *b,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_time_quantiles q = {0};
    double never = 0;
    KARVAN_TRY(quantiles(c, x, &q, &never, err));
    const double real[] = {x->hours / 24,  q.p10_h / 24, q.p90_h / 24,
                           x->usd_per_teu, x->km,        x->co2e_kg_per_teu};
    for (int k = 0; k < S_BORDERS; k++)
        KARVAN_TRY(karvan_builder_real(b, at + k, rounded(real[k]), err));
    KARVAN_TRY(karvan_builder_int(b, at + S_BORDERS, x->borders, err));
    KARVAN_TRY(karvan_builder_int(b, at + S_TRANS, x->transhipments, err));
done:
    return st;
}

static karvan_status add_stops(const cli *c, const karvan_route *r, int at, karvan_builder *b,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text where = {0}, by = {0};
    stops(c, r, &where), modes(r, &by);
    KARVAN_TRY(karvan_i_text_status(&where, err));
    KARVAN_TRY(karvan_i_text_status(&by, err));
    KARVAN_TRY(karvan_builder_text(b, at, where.s ? where.s : "", err));
    KARVAN_TRY(karvan_builder_text(b, at + 1, by.s ? by.s : "", err));
done:
    karvan_i_text_clear(&where), karvan_i_text_clear(&by);
    return st;
}

karvan_status cli_routes_summary(const cli *c, int n, const karvan_route *r, bool set,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    KARVAN_TRY(karvan_builder_create("routes", set ? S_VALUES + 3 : S_VALUES + 2,
                                     set ? BY_NUMBER : BY_ASKED, &b, err));
    for (int i = 0; i < n; i++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        if (set) {
            KARVAN_TRY(karvan_builder_int(b, 0, i + 1, err));
            KARVAN_TRY(add_values(c, &r[i], 1, b, err));
            KARVAN_TRY(add_stops(c, &r[i], S_VALUES + 1, b, err));
            continue;
        }
        KARVAN_TRY(karvan_builder_text(b, 0, corridor_of(c, &r[i], "short_name"), err));
        KARVAN_TRY(karvan_builder_text(b, 1, karvan_objective_name(r[i].objective), err));
        KARVAN_TRY(add_values(c, &r[i], 2, b, err));
    }
    st = karvan_builder_finish(b, &t, err), b = NULL;
    if (st == KARVAN_OK) st = cli_print(c, t, err);
done:
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    return st;
}

enum { L_LEG, L_FROM, L_TO, L_KM, L_HOURS, L_USD, L_SPREAD, L_WHAT, L_SOURCE, L_END };

/* With one decimal. */
static double per_cent(double part) { return cli_rounded(100 * part, 10); }

/* For readers: places by name, and what happens in words; the codes are in the other formats.
 * spread: a leg's part of the variance of the hours. */
karvan_status cli_route_legs(const cli *c, const karvan_route *r, karvan_error *err) {
    static const karvan_column columns[L_END] = {
        {"leg", KARVAN_INT, NULL},    {"from", KARVAN_TEXT, NULL}, {"to", KARVAN_TEXT, NULL},
        {"km", KARVAN_REAL, "km"},    {"hours", KARVAN_REAL, "h"}, {"usd", KARVAN_REAL, "USD/TEU"},
        {"spread", KARVAN_REAL, "%"}, {"what", KARVAN_TEXT, NULL}, {"source", KARVAN_TEXT, NULL}};
    karvan_table *all = NULL, *few = NULL;
    karvan_builder *b = NULL;
    karvan_status st = karvan_route_table(c->region, 1, r, &all, err);
    if (st == KARVAN_OK) st = karvan_builder_create("legs", L_END, columns, &b, err);
    for (int32_t k = 0; st == KARVAN_OK && k < r->n_legs; k++) {
        const karvan_leg *l = &r->legs[k];
        const char *text[L_END] = {[L_FROM] = place(c, l->from),
                                   [L_TO] = l->to == l->from ? "" : place(c, l->to),
                                   [L_WHAT] = l->why,
                                   [L_SOURCE] = karvan_i_cell_text(all, "source", k)};
        const double real[L_END] = {[L_KM] = l->km,
                                    [L_HOURS] = l->hours,
                                    [L_USD] = l->usd_per_teu,
                                    [L_SPREAD] =
                                        per_cent(karvan_i_cell_real(all, "variance_share", k))};
        st = karvan_builder_row(b, err);
        if (st == KARVAN_OK) st = karvan_builder_int(b, L_LEG, k + 1, err);
        for (int i = L_FROM; st == KARVAN_OK && i < L_END; i++)
            st = columns[i].type == KARVAN_TEXT ? karvan_builder_text(b, i, text[i], err)
                                                : karvan_builder_real(b, i, real[i], err);
    }
    if (st == KARVAN_OK) st = karvan_builder_finish(b, &few, err), b = NULL;
    if (st == KARVAN_OK) st = cli_print(c, few, err);
    if (st == KARVAN_OK) {
        char why[EXPLANATION];
        karvan_route_explain(c->region, r, why, sizeof why);
        (void)printf("%s\n", why);
    }
    karvan_builder_destroy(b);
    karvan_table_destroy(all), karvan_table_destroy(few);
    return st;
}

karvan_status cli_route_arrival(const cli *c, const karvan_route *r, karvan_error *err) {
    static const char *const shares[] = {"half arrive", "nine of ten"};
    karvan_time_quantiles q = {0};
    double never = 0;
    karvan_status st = quantiles(c, r, &q, &never, err);
    if (st != KARVAN_OK) return st;
    const double hours[] = {q.p50_h, q.p90_h};
    (void)printf("ready at %s on %s", place(c, r->legs[0].from), cli_option(c, "depart"));
    for (int i = 0; i < 2; i++) {
        char at[48];
        if (isfinite(hours[i])) moment_at_end(c, r, hours[i], at, sizeof at);
        (void)printf("%s %s %s%s", i ? "," : ":", shares[i], isfinite(hours[i]) ? "by " : "never",
                     isfinite(hours[i]) ? at : "");
    }
    (void)printf(", by the clock of %s\n", place(c, r->legs[r->n_legs - 1].to));
    return KARVAN_OK;
}

const char *cli_route_title(const cli *c, const karvan_route *r) {
    return corridor_of(c, r, "short_name");
}
