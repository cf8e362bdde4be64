/* Links of the chain that are on the network, before and after: what flows cost, corridors, what is
 * full. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "study/stages.h"
#include "table/cell.h"

const char *karvan_stage_name(karvan_stage s) {
    static const char *const names[KARVAN_STAGES] = {"costs", "corridors", "bottlenecks", "pairs",
                                                     "countries"};
    return s >= 0 && s < KARVAN_STAGES ? names[s] : NULL;
}

karvan_status karvan_i_stage_row(karvan_builder *b, int n_texts, const char *const *text,
                                 int n_reals, const double *real, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_row(b, err));
    for (int i = 0; i < n_texts; i++) KARVAN_TRY(karvan_builder_text(b, i, text[i], err));
    for (int i = 0; i < n_reals; i++) KARVAN_TRY(karvan_builder_real(b, n_texts + i, real[i], err));
done:
    return st;
}

/* ---- costs ---- */

static const char *const KINDS[] = {"any", "trade", "transit"};

static const char *place_of(const karvan_study *s, int32_t place) {
    const char *id =
        karvan_i_cell_text(karvan_package_table(s->first.region, "places"), "id", place);
    return id ? id : "";
}

/* Routes of a flow that lead there, whatever they cost. */
static int open_routes(const karvan_i_menu *m, const karvan_i_outcome *o, int32_t pair) {
    int n = 0;
    for (int64_t r = m->first[pair]; r < m->first[pair + 1]; r++)
        n += m->corridor[r] != -2 && o->costs.cost[r] < INFINITY;
    return n;
}

static karvan_status costs(const karvan_i_beside *x, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {
        {"origin", KARVAN_TEXT, NULL},          {"destination", KARVAN_TEXT, NULL},
        {"cargo_class", KARVAN_TEXT, NULL},     {"kind", KARVAN_TEXT, NULL},
        {"before_teu_day", KARVAN_REAL, "TEU"}, {"after_teu_day", KARVAN_REAL, "TEU"},
        {"before_usd", KARVAN_REAL, "USD/TEU"}, {"after_usd", KARVAN_REAL, "USD/TEU"},
        {"before_routes", KARVAN_REAL, NULL},   {"after_routes", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    const karvan_study *s = x->s;
    const karvan_i_menu *m = &s->menu;
    const karvan_table *classes = karvan_package_table(s->first.region, "cargo_classes");
    karvan_builder *b = NULL;
    KARVAN_TRY(karvan_builder_create("costs", 10, columns, &b, err));
    for (int32_t k = 0; k < m->n_pairs; k++) {
        const char *class = karvan_i_cell_text(classes, "id", s->choices.class_row[m->lane[k]]);
        const char *const text[] = {place_of(s, m->from[k]), place_of(s, m->to[k]), class,
                                    m->kind[k] < 3 ? KINDS[m->kind[k]] : NULL};
        const double real[] = {x->before->loads.demand[k],   x->now->loads.demand[k],
                               x->before->loads.logsum[k],   x->now->loads.logsum[k],
                               open_routes(m, x->before, k), open_routes(m, x->now, k)};
        KARVAN_TRY(karvan_i_stage_row(b, 4, text, 6, real, err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

/* ---- corridors ---- */

enum { PER_CORRIDOR = 4 }; /* of measures: TEU, kt, hours, USD */

/* What stays at home, kt a year. */
static double unserved_kt(const karvan_study *s, const karvan_i_outcome *o) {
    double sum = 0;
    for (int32_t k = 0; k < s->menu.n_pairs; k++)
        sum += 0.365 * o->loads.demand[k] * o->loads.share[s->menu.first[k + 1] - 1] *
               s->choices.tonnes[s->menu.lane[k]];
    return sum;
}

static karvan_status add_corridor(const char *id, const double *was, const double *now,
                                  karvan_builder *b, karvan_error *err) {
    double real[2 * PER_CORRIDOR];
    for (size_t i = 0; i < PER_CORRIDOR; i++) real[2 * i] = was[i], real[2 * i + 1] = now[i];
    return karvan_i_stage_row(b, 1, &id, 2 * PER_CORRIDOR, real, err);
}

static karvan_status corridors(const karvan_i_beside *x, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {
        {"corridor", KARVAN_TEXT, NULL},        {"before_teu", KARVAN_REAL, "TEU/year"},
        {"after_teu", KARVAN_REAL, "TEU/year"}, {"before_kt", KARVAN_REAL, "kt/year"},
        {"after_kt", KARVAN_REAL, "kt/year"},   {"before_hours", KARVAN_REAL, "h"},
        {"after_hours", KARVAN_REAL, "h"},      {"before_usd", KARVAN_REAL, "USD/TEU"},
        {"after_usd", KARVAN_REAL, "USD/TEU"}};
    karvan_status st = KARVAN_OK;
    const karvan_study *s = x->s;
    const double *was = karvan_study_settled(s, -1), *now = karvan_study_settled(s, x->which);
    int n = s->choices.n_corridors + 1, at = karvan_study_find(s, "unserved", "");
    const double left[] = {was[at], unserved_kt(s, x->before), NAN, NAN},
                 stays[] = {now[at], unserved_kt(s, x->now), NAN, NAN};
    karvan_builder *b = NULL;
    KARVAN_TRY(karvan_builder_create("corridors", 9, columns, &b, err));
    for (int c = 0; c <= n; c++)
        KARVAN_TRY(add_corridor(c < n ? s->corridor[c] : "all",
                                was + (size_t)PER_CORRIDOR * (size_t)c,
                                now + (size_t)PER_CORRIDOR * (size_t)c, b, err));
    KARVAN_TRY(add_corridor("unserved", left, stays, b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

/* ---- bottlenecks ---- */

typedef struct neck {
    int32_t scarce;
    bool dearer; /* or as dear as before */
    double was, value;
} neck;

static int by_rank(const void *a, const void *b) {
    const neck *x = a, *y = b;
    if (x->dearer != y->dearer) return x->dearer ? -1 : 1;
    if (x->value != y->value) return x->value > y->value ? -1 : 1;
    return (x->scarce > y->scarce) - (x->scarce < y->scarce);
}

static double value_of(const karvan_i_scarce *s, const karvan_i_loads *l, int32_t x) {
    double units = s->core.kind == KARVAN_I_QUEUE ? l->load[x] : l->capacity[x];
    return l->price[x] > 0 && units < INFINITY ? 365 * l->price[x] * units : 0;
}

/* What is there on one side alone has no capacity on the other. */
static double known(double v) { return isfinite(v) ? v : NAN; }

static karvan_status add_neck(const karvan_i_beside *x, const neck *n, karvan_builder *b,
                              karvan_error *err) {
    static const char *const kinds[] = {"link", "terminal", "service", "capacity", "balance"};
    static const char *const tables[] = {"links", "terminals", "services", "capacities", "places"};
    const karvan_i_menu *m = &x->s->menu;
    const karvan_i_scarce *of = &m->scarce[n->scarce];
    const karvan_table *t = karvan_package_table(x->s->first.region, tables[of->kind]);
    const karvan_i_loads *was = &x->before->loads, *now = &x->now->loads;
    int32_t k = n->scarce;
    char name[240];
    (void)snprintf(name, sizeof name, "%.200s%s", m->scarce_name[k], of->reversed ? " (back)" : "");
    const char *const text[] = {karvan_i_cell_text(t, "id", of->row), name, kinds[of->kind],
                                m->scarce_unit[k]};
    const double real[] = {
        was->load[k],    now->load[k],    known(was->capacity[k]), known(now->capacity[k]),
        was->delay_h[k], now->delay_h[k], was->price[k],           now->price[k],
        n->was,          n->value};
    return karvan_i_stage_row(b, 4, text, 10, real, err);
}

static karvan_status necks(const karvan_i_beside *x, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {{"id", KARVAN_TEXT, NULL},
                                            {"name", KARVAN_TEXT, NULL},
                                            {"kind", KARVAN_TEXT, NULL},
                                            {"unit", KARVAN_TEXT, NULL},
                                            {"before_load", KARVAN_REAL, NULL},
                                            {"after_load", KARVAN_REAL, NULL},
                                            {"before_capacity", KARVAN_REAL, NULL},
                                            {"after_capacity", KARVAN_REAL, NULL},
                                            {"before_delay_h", KARVAN_REAL, "h"},
                                            {"after_delay_h", KARVAN_REAL, "h"},
                                            {"before_price_usd", KARVAN_REAL, "USD"},
                                            {"after_price_usd", KARVAN_REAL, "USD"},
                                            {"before_value_usd", KARVAN_REAL, "USD/year"},
                                            {"after_value_usd", KARVAN_REAL, "USD/year"}};
    karvan_status st = KARVAN_OK;
    const karvan_i_menu *m = &x->s->menu;
    karvan_builder *b = NULL;
    size_t n = 0;
    neck *all = karvan_i_calloc((size_t)m->n_scarce + 1, sizeof *all);
    KARVAN_REQUIRE(all, err, KARVAN_E_NOMEM, "no memory for bottlenecks");
    for (int32_t k = 0; k < m->n_scarce; k++) {
        double was = value_of(&m->scarce[k], &x->before->loads, k),
               now = value_of(&m->scarce[k], &x->now->loads, k);
        if (!(was > 0) && !(now > 0)) continue;
        /* both are solved to about nine digits */
        bool dearer = now > 0 && x->now->loads.price[k] >= (1 - 1e-6) * x->before->loads.price[k];
        all[n++] = (neck){k, dearer, was, now};
    }
    if (n > 0) qsort(all, n, sizeof *all, by_rank);
    KARVAN_TRY(karvan_builder_create("bottlenecks", 14, columns, &b, err));
    for (size_t i = 0; i < n; i++) KARVAN_TRY(add_neck(x, &all[i], b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(all);
    return st;
}

/* ---- which ---- */

karvan_status karvan_study_stage(const karvan_study *s, int which, karvan_stage stage,
                                 karvan_table **out, karvan_error *err) {
    static karvan_status (*const make[KARVAN_STAGES])(const karvan_i_beside *, karvan_table **,
                                                      karvan_error *) = {
        costs, corridors, necks, karvan_i_stage_pairs, karvan_i_stage_countries};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!s || which < -1 || which >= s->n_cases)
        return karvan_fail(err, KARVAN_E_ARG, "no case of number %d", which);
    if (!karvan_stage_name(stage))
        return karvan_fail(err, KARVAN_E_ARG, "no stage of number %d", (int)stage);
    const karvan_i_beside x = {s, which, &s->settled[0], &s->settled[which + 1]};
    return make[stage](&x, out, err);
}
