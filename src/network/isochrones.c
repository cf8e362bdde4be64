/* What lies within bands of cost from a place: places, or the figures of their countries. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/mass.h"
#include "network/reach.h"
#include "table/cell.h"

enum { BANDS_MAX = 16 };

typedef struct answer {
    const karvan_network *net;
    const karvan_isochrone_query *q;
    double *now, *base; /* [n_places] cost, infinite: no way; base NULL: not compared */
} answer;

/* A place lies at no cost from itself. */
static karvan_status costs_from(const karvan_network *net, const karvan_isochrone_query *q,
                                double **out, karvan_error *err) {
    karvan_i_pack pack = {0};
    karvan_i_reach r = {0};
    karvan_status st = karvan_i_pack_init(&pack, net, &q->weights, err);
    if (st == KARVAN_OK) st = karvan_i_reach_init(&r, &pack, err);
    *out = karvan_i_malloc((size_t)net->n_places + 1, sizeof **out);
    if (st == KARVAN_OK && !*out)
        st = karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d places", (int)net->n_places);
    if (st == KARVAN_OK) {
        karvan_i_reach_run(&r, q->from);
        for (int32_t p = 0; p < net->n_places; p++)
            (*out)[p] = p == q->from ? 0.0 : karvan_i_reach_cost(&r, p);
    }
    karvan_i_reach_clear(&r);
    karvan_i_pack_clear(&pack);
    return st;
}

/* ---- places ---- */

enum { P_PLACE, P_NAME, P_COUNTRY, P_KIND, P_COST, P_BAND, P_BASE, P_DELTA, P_END };

static karvan_status add_place(const answer *a, int32_t p, double band, karvan_builder *b,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = a->net->places;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, P_PLACE, karvan_i_cell_text(t, "id", p), err));
    KARVAN_TRY(karvan_builder_text(b, P_NAME, karvan_i_cell_text(t, "name", p), err));
    KARVAN_TRY(karvan_builder_text(b, P_COUNTRY, a->net->country[p], err));
    KARVAN_TRY(karvan_builder_text(b, P_KIND, karvan_i_cell_text(t, "kind", p), err));
    KARVAN_TRY(karvan_builder_real(b, P_COST, a->now[p], err));
    KARVAN_TRY(karvan_builder_real(b, P_BAND, band, err));
    if (!a->base || !(a->base[p] < INFINITY)) goto done; /* no way before: no value */
    KARVAN_TRY(karvan_builder_real(b, P_BASE, a->base[p], err));
    KARVAN_TRY(karvan_builder_real(b, P_DELTA, a->now[p] - a->base[p], err));
done:
    return st;
}

static karvan_status tell_places(const answer *a, karvan_builder **b, karvan_error *err) {
    const char *unit = karvan_i_weights_unit(&a->q->weights);
    const karvan_column columns[P_END] = {
        {"place", KARVAN_TEXT, NULL},     {"name", KARVAN_TEXT, NULL},
        {"country", KARVAN_TEXT, NULL},   {"kind", KARVAN_TEXT, NULL},
        {"cost", KARVAN_REAL, unit},      {"band", KARVAN_REAL, unit},
        {"base_cost", KARVAN_REAL, unit}, {"delta", KARVAN_REAL, unit}};
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_create("isochrones", a->base ? P_END : P_BASE, columns, b, err));
    for (int32_t p = 0; p < a->net->n_places; p++) {
        int k = 0;
        while (k < a->q->n_bands && !(a->now[p] <= a->q->bands[k])) k++;
        if (k < a->q->n_bands) KARVAN_TRY(add_place(a, p, a->q->bands[k], *b, err));
    }
done:
    return st;
}

/* ---- countries ---- */

enum { R_BAND, R_COUNTRY, R_PLACES, R_OF, R_GDP, R_PEOPLE, R_BASE_GDP, R_BASE_PEOPLE, R_END };

typedef struct within { /* a band */
    int64_t places, of;
    double gdp, people;
} within;

/* Of one country, or -1: of all. */
static within sum_within(const karvan_i_masses *gdp, const karvan_i_masses *people,
                         const double *cost, double band, int32_t country) {
    within w = {0, 0, 0, 0};
    for (int32_t i = 0; i < gdp->n_ends; i++) {
        if (country >= 0 && gdp->country[i] != country) continue;
        w.of++;
        if (!(cost[gdp->ends[i]] <= band)) continue;
        w.places++, w.gdp += gdp->mass[i] / 1e6, w.people += people->mass[i];
    }
    return w;
}

static karvan_status add_within(const answer *a, const karvan_i_masses *gdp,
                                const karvan_i_masses *people, double band, int32_t country,
                                karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    within now = sum_within(gdp, people, a->now, band, country);
    within base = a->base ? sum_within(gdp, people, a->base, band, country) : now;
    if (country >= 0 && now.places == 0 && base.places == 0) return KARVAN_OK;
    bool known = country < 0 || !isnan(gdp->figure[country]),
         counted = country < 0 || !isnan(people->figure[country]);
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_real(b, R_BAND, band, err));
    KARVAN_TRY(karvan_builder_text(
        b, R_COUNTRY, country < 0 ? "all" : karvan_i_cell_text(a->net->countries, "iso3", country),
        err));
    KARVAN_TRY(karvan_builder_int(b, R_PLACES, now.places, err));
    KARVAN_TRY(karvan_builder_int(b, R_OF, now.of, err));
    KARVAN_TRY(karvan_builder_real(b, R_GDP, known ? now.gdp : NAN, err));
    KARVAN_TRY(karvan_builder_real(b, R_PEOPLE, counted ? round(now.people) : NAN, err));
    if (!a->base) goto done;
    KARVAN_TRY(karvan_builder_real(b, R_BASE_GDP, known ? base.gdp : NAN, err));
    KARVAN_TRY(karvan_builder_real(b, R_BASE_PEOPLE, counted ? round(base.people) : NAN, err));
done:
    return st;
}

static karvan_status tell_countries(const answer *a, karvan_builder **b, karvan_error *err) {
    const char *unit = karvan_i_weights_unit(&a->q->weights);
    const karvan_column columns[R_END] = {{"band", KARVAN_REAL, unit},
                                          {"country", KARVAN_TEXT, NULL},
                                          {"places", KARVAN_INT, NULL},
                                          {"of_places", KARVAN_INT, NULL},
                                          {"gdp", KARVAN_REAL, "million USD"},
                                          {"population", KARVAN_REAL, "persons"},
                                          {"base_gdp", KARVAN_REAL, "million USD"},
                                          {"base_population", KARVAN_REAL, "persons"}};
    karvan_status st = KARVAN_OK;
    karvan_i_masses gdp = {0}, people = {0};
    KARVAN_TRY(karvan_i_masses_init(&gdp, a->net, KARVAN_MASS_GDP, err));
    KARVAN_TRY(karvan_i_masses_init(&people, a->net, KARVAN_MASS_POPULATION, err));
    KARVAN_TRY(karvan_builder_create("reach", a->base ? R_END : R_BASE_GDP, columns, b, err));
    for (int k = 0; k < a->q->n_bands; k++)
        for (int32_t c = -1; c < gdp.n_countries; c++)
            KARVAN_TRY(add_within(a, &gdp, &people, a->q->bands[k], c, *b, err));
done:
    karvan_i_masses_clear(&gdp), karvan_i_masses_clear(&people);
    return st;
}

/* ---- both ---- */

static karvan_status check_query(const karvan_network *net, const karvan_isochrone_query *q,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(net && q, err, KARVAN_E_ARG, "net or query is NULL");
    KARVAN_TRY(karvan_i_check_places(net, 1, &q->from, err));
    KARVAN_TRY(karvan_i_weights_check(&q->weights, err));
    KARVAN_REQUIRE(q->n_bands >= 1 && q->n_bands <= BANDS_MAX && q->bands, err, KARVAN_E_ARG,
                   "%d bands: 1 to %d are asked for", q->n_bands, (int)BANDS_MAX);
    for (int k = 0; k < q->n_bands; k++)
        KARVAN_REQUIRE(q->bands[k] > (k > 0 ? q->bands[k - 1] : 0) && isfinite(q->bands[k]), err,
                       KARVAN_E_ARG, "band %d is %g: bands are above 0 and ascend", k + 1,
                       q->bands[k]);
    if (q->base) KARVAN_TRY(karvan_i_same_places(net, q->base, err));
done:
    return st;
}

/* Nearest first; countries as they were added. */
static karvan_status in_order(const karvan_table *t, bool by_cost, karvan_table **out,
                              karvan_error *err) {
    karvan_view v = {0};
    karvan_status st = karvan_view_init(&v, t, NULL, NULL, err);
    if (st == KARVAN_OK && by_cost) st = karvan_view_sort(&v, P_COST, false, err);
    if (st == KARVAN_OK) st = karvan_view_copy(&v, 0, NULL, out, err);
    karvan_view_clear(&v);
    return st;
}

karvan_status karvan_network_isochrones(const karvan_network *net, const karvan_isochrone_query *q,
                                        karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    answer a = {.net = net, .q = q};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_TRY(check_query(net, q, err));
    KARVAN_TRY(costs_from(net, q, &a.now, err));
    if (q->base) KARVAN_TRY(costs_from(q->base, q, &a.base, err));
    KARVAN_TRY(q->by_country ? tell_countries(&a, &b, err) : tell_places(&a, &b, err));
    st = karvan_builder_finish(b, &t, err);
    b = NULL;
    if (st == KARVAN_OK) st = in_order(t, !q->by_country, out, err);
done:
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    karvan_i_free(a.now), karvan_i_free(a.base);
    return st;
}
