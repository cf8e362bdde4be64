/* Market potential: what markets a place or a country has, each the less the more it costs to reach
 * it. Source: Harris 1954, Annals of the Association of American Geographers 44(4). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "network/mass.h"
#include "network/reach.h"
#include "table/cell.h"

/* Least sums between all ends; the caller frees it. */
static karvan_status costs_between(const karvan_network *net, const karvan_i_masses *m,
                                   const karvan_access_query *q, double **out, karvan_error *err) {
    static const karvan_skim_measure least[] = {KARVAN_SKIM_LEAST};
    karvan_skim_query s = {.n_origins = m->n_ends, .n_destinations = m->n_ends};
    s.origins = s.destinations = m->ends;
    s.weights = q->weights, s.measures = least, s.n_measures = 1, s.threads = q->threads;
    *out = karvan_i_malloc((size_t)m->n_ends * (size_t)m->n_ends + 1, sizeof **out);
    if (!*out) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d places", (int)m->n_ends);
    return karvan_network_skim(net, &s, *out, err);
}

typedef struct potential { /* of a place, or the mean of a country's */
    double value;
    int64_t reached;               /* markets that count, with a way to them */
    int64_t first_year, last_year; /* of their figures */
    uint64_t sources;              /* of their figures, as numbered */
} potential;

/* Sources of figures, each once; those beyond the last share its number. */
enum { SOURCES_MAX = 64 };
typedef struct sources {
    const char *id[SOURCES_MAX];
    int n;
} sources;

static int number_of(sources *s, const char *id) {
    for (int i = 0; i < s->n; i++)
        if (strcmp(s->id[i], id) == 0) return i;
    if (s->n == SOURCES_MAX) return SOURCES_MAX - 1;
    s->id[s->n] = id;
    return s->n++;
}

static void add_market(const karvan_network *net, const karvan_i_masses *m, int32_t j, double f,
                       sources *all, potential *io) {
    const karvan_table *t = karvan_package_table(net->region, "indicators");
    int64_t row = m->row[m->country[j]];
    io->value += m->mass[j] * f;
    io->reached++;
    if (row < 0) return;
    int64_t year = karvan_table_int(t, karvan_table_find(t, "year"), row);
    const char *source = karvan_i_cell_text(t, "source", row);
    if (io->first_year == 0 || year < io->first_year) io->first_year = year;
    if (io->last_year == 0 || year > io->last_year) io->last_year = year;
    if (source) io->sources |= UINT64_C(1) << number_of(all, source);
}

static bool counts(const karvan_access_query *q, const karvan_i_masses *m, int32_t i, int32_t j) {
    return q->own == KARVAN_OWN_ALL    ? true
           : q->own == KARVAN_OWN_NONE ? m->country[i] != m->country[j]
                                       : i != j;
}

static karvan_status potentials(const karvan_network *net, const karvan_i_masses *m,
                                const karvan_access_query *q, sources *all, potential *out,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double *cost = NULL;
    KARVAN_TRY(costs_between(net, m, q, &cost, err));
    for (int32_t i = 0; i < m->n_ends; i++) {
        out[i] = (potential){0};
        for (int32_t j = 0; j < m->n_ends; j++) {
            double c = cost[(size_t)i * (size_t)m->n_ends + (size_t)j];
            if (!counts(q, m, i, j) || !(c < INFINITY)) continue;
            double f =
                q->decay == KARVAN_DECAY_POWER ? pow(c, -q->parameter) : exp(-q->parameter * c);
            KARVAN_REQUIRE(
                isfinite(f), err, KARVAN_E_DATA,
                "the way from %.60s to %.60s costs nothing, which the power cannot weigh: "
                "take the exponential",
                karvan_i_cell_text(net->places, "id", m->ends[i]),
                karvan_i_cell_text(net->places, "id", m->ends[j]));
            add_market(net, m, j, f, all, &out[i]);
        }
    }
done:
    karvan_i_free(cost);
    return st;
}

/* ---- the table ---- */

enum {
    C_ID,
    C_NAME,
    C_COUNTRY,
    C_VALUE,
    C_INDEX,
    C_REACHED,
    C_YEARS,
    C_SOURCE,
    C_BASE,
    C_DELTA,
    C_END
};

/* GDP in millions, so that it can be read. */
static double told(const karvan_access_query *q, double value) {
    return q->mass == KARVAN_MASS_GDP ? value / 1e6 : value;
}

static void unit_of_potential(const karvan_access_query *q, char *out, size_t cap) {
    const char *mass = q->mass == KARVAN_MASS_GDP          ? "million USD"
                       : q->mass == KARVAN_MASS_POPULATION ? "persons"
                                                           : "places";
    const char *cost = karvan_i_weights_unit(&q->weights);
    bool part = strchr(cost, '/') != NULL;
    if (q->decay == KARVAN_DECAY_EXPONENTIAL)
        (void)snprintf(out, cap, "%s", mass);
    else if (q->parameter == 1.0)
        (void)snprintf(out, cap, "%s/%s%s%s", mass, part ? "(" : "", cost, part ? ")" : "");
    else
        (void)snprintf(out, cap, "%s/(%s)^%g", mass, cost, q->parameter);
}

typedef struct answer {
    const karvan_network *net;
    const karvan_i_masses *m;
    const karvan_access_query *q;
    potential *now, *base; /* [m->n_ends]; base NULL: not compared */
    sources sources;       /* of what is in now */
    double most;           /* of the rows */
} answer;

/* Mean over a country's ends; of one end alone by place. */
static potential value_of(const answer *a, const potential *of, int32_t row) {
    potential sum = {0};
    if (!a->q->by_country) return of[row];
    for (int32_t i = 0; i < a->m->n_ends; i++) {
        if (a->m->country[i] != row) continue;
        sum.value += of[i].value;
        if (of[i].reached > sum.reached) sum.reached = of[i].reached;
        if (sum.first_year == 0 || (of[i].first_year > 0 && of[i].first_year < sum.first_year))
            sum.first_year = of[i].first_year;
        if (of[i].last_year > sum.last_year) sum.last_year = of[i].last_year;
        sum.sources |= of[i].sources;
    }
    sum.value /= a->m->of[row];
    return sum;
}

/* "2018-2023", and the sources in the order in which markets brought them. */
static karvan_status add_source(const answer *a, const potential *now, karvan_builder *b,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text years = {0}, ids = {0};
    if (now->first_year == 0) return KARVAN_OK;
    karvan_i_text_printf(&years, "%lld", (long long)now->first_year);
    if (now->last_year > now->first_year)
        karvan_i_text_printf(&years, "-%lld", (long long)now->last_year);
    for (int i = 0; i < a->sources.n; i++)
        if (now->sources >> i & 1)
            karvan_i_text_printf(&ids, "%s%s", ids.n > 0 ? ";" : "", a->sources.id[i]);
    KARVAN_TRY(karvan_i_text_status(&years, err));
    KARVAN_TRY(karvan_i_text_status(&ids, err));
    KARVAN_TRY(karvan_builder_text(b, C_YEARS, years.s, err));
    KARVAN_TRY(karvan_builder_text(b, C_SOURCE, ids.s, err));
done:
    karvan_i_text_clear(&years), karvan_i_text_clear(&ids);
    return st;
}

/* Row of ends, or of countries. */
static karvan_status add_row(const answer *a, int32_t row, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool all = a->q->by_country;
    int32_t country = all ? row : a->m->country[row];
    const karvan_table *t = all ? a->net->countries : a->net->places;
    int64_t id = all ? row : a->m->ends[row];
    potential now = value_of(a, a->now, row);
    KARVAN_TRY(karvan_builder_row(b, err));
    if (all)
        KARVAN_TRY(karvan_builder_int(b, C_ID, a->m->of[row], err));
    else
        KARVAN_TRY(karvan_builder_text(b, C_ID, karvan_i_cell_text(t, "id", id), err));
    KARVAN_TRY(karvan_builder_text(b, C_NAME, karvan_i_cell_text(t, "name", id), err));
    KARVAN_TRY(karvan_builder_text(b, C_COUNTRY,
                                   karvan_i_cell_text(a->net->countries, "iso3", country), err));
    KARVAN_TRY(karvan_builder_real(b, C_VALUE, told(a->q, now.value), err));
    KARVAN_TRY(
        karvan_builder_real(b, C_INDEX, a->most > 0 ? 100.0 * now.value / a->most : NAN, err));
    KARVAN_TRY(karvan_builder_int(b, C_REACHED, now.reached, err));
    KARVAN_TRY(add_source(a, &now, b, err));
    if (a->base) {
        double before = value_of(a, a->base, row).value;
        KARVAN_TRY(karvan_builder_real(b, C_BASE, told(a->q, before), err));
        KARVAN_TRY(karvan_builder_real(b, C_DELTA,
                                       before > 0 ? 100.0 * (now.value / before - 1.0) : NAN, err));
    }
done:
    return st;
}

static karvan_status tell(answer *a, karvan_table **out, karvan_error *err) {
    char unit[80];
    const karvan_column columns[C_END] = {a->q->by_country
                                              ? (karvan_column){"places", KARVAN_INT, NULL}
                                              : (karvan_column){"place", KARVAN_TEXT, NULL},
                                          {"name", KARVAN_TEXT, NULL},
                                          {"country", KARVAN_TEXT, NULL},
                                          {"potential", KARVAN_REAL, unit},
                                          {"index", KARVAN_REAL, NULL},
                                          {"reached", KARVAN_INT, NULL},
                                          {"mass_years", KARVAN_TEXT, NULL},
                                          {"source", KARVAN_TEXT, NULL},
                                          {"base_potential", KARVAN_REAL, unit},
                                          {"delta_percent", KARVAN_REAL, "%"}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    karvan_view v = {0};
    int32_t rows = a->q->by_country ? a->m->n_countries : a->m->n_ends;
    unit_of_potential(a->q, unit, sizeof unit);
    KARVAN_TRY(karvan_builder_create("access", a->base ? C_END : C_BASE, columns, &b, err));
    for (int pass = 0; pass < 2; pass++) /* the highest first, which the index is of */
        for (int32_t i = 0; i < rows; i++) {
            if (a->q->by_country && a->m->of[i] == 0) continue;
            if (pass == 0)
                a->most = fmax(a->most, value_of(a, a->now, i).value);
            else
                KARVAN_TRY(add_row(a, i, b, err));
        }
    st = karvan_builder_finish(b, &t, err);
    b = NULL;
    if (st == KARVAN_OK) st = karvan_view_init(&v, t, NULL, NULL, err);
    if (st == KARVAN_OK) st = karvan_view_sort(&v, C_VALUE, true, err);
    if (st == KARVAN_OK) st = karvan_view_copy(&v, 0, NULL, out, err);
done:
    karvan_view_clear(&v);
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    return st;
}

karvan_status karvan_network_access(const karvan_network *net, const karvan_access_query *q,
                                    karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_masses m = {0}, before = {0};
    answer a = {.net = net, .m = &m, .q = q};
    sources unused = {.n = 0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(net && q, err, KARVAN_E_ARG, "net or query is NULL");
    KARVAN_REQUIRE(q->parameter > 0 && isfinite(q->parameter), err, KARVAN_E_ARG,
                   "a decay of %g: it is above 0", q->parameter);
    KARVAN_REQUIRE(q->own != KARVAN_OWN_ALL || q->decay == KARVAN_DECAY_EXPONENTIAL, err,
                   KARVAN_E_ARG,
                   "a place costs nothing to itself, which the power cannot weigh: take the "
                   "exponential, or leave the place out");
    KARVAN_REQUIRE(q->own >= KARVAN_OWN_NONE && q->own <= KARVAN_OWN_ALL &&
                       q->decay >= KARVAN_DECAY_POWER && q->decay <= KARVAN_DECAY_EXPONENTIAL,
                   err, KARVAN_E_ARG, "decay %d or own markets %d are none", (int)q->decay,
                   (int)q->own);
    if (q->base) KARVAN_TRY(karvan_i_same_places(net, q->base, err));
    KARVAN_TRY(karvan_i_masses_init(&m, net, q->mass, err));
    a.now = karvan_i_calloc((size_t)m.n_ends + 1, sizeof *a.now);
    KARVAN_REQUIRE(a.now, err, KARVAN_E_NOMEM, "no memory for %d places", (int)m.n_ends);
    KARVAN_TRY(potentials(net, &m, q, &a.sources, a.now, err));
    if (q->base) {
        KARVAN_TRY(karvan_i_masses_init(&before, q->base, q->mass, err));
        KARVAN_REQUIRE(before.n_ends == m.n_ends &&
                           memcmp(before.ends, m.ends, (size_t)m.n_ends * sizeof *m.ends) == 0,
                       err, KARVAN_E_ARG,
                       "the network that this one is compared with has other "
                       "cities or ports");
        a.base = karvan_i_calloc((size_t)m.n_ends + 1, sizeof *a.base);
        KARVAN_REQUIRE(a.base, err, KARVAN_E_NOMEM, "no memory for %d places", (int)m.n_ends);
        KARVAN_TRY(potentials(q->base, &before, q, &unused, a.base, err));
    }
    st = tell(&a, out, err);
done:
    karvan_i_free(a.now), karvan_i_free(a.base);
    karvan_i_masses_clear(&m), karvan_i_masses_clear(&before);
    return st;
}
