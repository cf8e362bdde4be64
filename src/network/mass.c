/* A country's latest figure of table indicators, spread evenly over its cities and ports. */
#include "network/mass.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"

const char *karvan_i_mass_indicator(karvan_mass kind) {
    return kind == KARVAN_MASS_GDP ? "gdp" : kind == KARVAN_MASS_POPULATION ? "population" : NULL;
}

static karvan_status allocate(karvan_i_masses *m, const karvan_network *net, karvan_error *err) {
    size_t places = (size_t)net->n_places + 1;
    m->n_countries = (int32_t)karvan_table_rows(net->countries);
    size_t countries = (size_t)m->n_countries + 1;
    m->ends = karvan_i_malloc(places, sizeof *m->ends);
    m->country = karvan_i_malloc(places, sizeof *m->country);
    m->mass = karvan_i_malloc(places, sizeof *m->mass);
    m->figure = karvan_i_malloc(countries, sizeof *m->figure);
    m->row = karvan_i_malloc(countries, sizeof *m->row);
    m->of = karvan_i_calloc(countries, sizeof *m->of);
    if (m->ends && m->country && m->mass && m->figure && m->row && m->of) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the masses of places");
}

static void find_ends(karvan_i_masses *m, const karvan_network *net) {
    for (int32_t p = 0; p < net->n_places; p++) {
        if (!karvan_i_cell_is(net->places, "kind", p, "city") &&
            !karvan_i_cell_is(net->places, "kind", p, "port"))
            continue;
        int32_t c = (int32_t)karvan_package_row(net->region, "countries", net->country[p]);
        m->country[m->n_ends] = c, m->ends[m->n_ends++] = p;
        m->of[c]++;
    }
}

/* The latest year counts; a year without a value is passed over. */
static karvan_status read_figures(karvan_i_masses *m, const karvan_network *net,
                                  const char *indicator, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(net->region, "indicators");
    int c_country, c_year, c_value;
    KARVAN_REQUIRE(t, err, KARVAN_E_DATA,
                   "the region has no table indicators, which %s is read from; markets may weigh "
                   "the same: equal",
                   indicator);
    KARVAN_TRY(karvan_i_need_column(t, "country", &c_country, err));
    KARVAN_TRY(karvan_i_need_column(t, "year", &c_year, err));
    KARVAN_TRY(karvan_i_need_column(t, "value", &c_value, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *iso3 = karvan_table_text(t, c_country, r);
        int64_t c = iso3 ? karvan_package_row(net->region, "countries", iso3) : -1;
        if (c < 0 || !karvan_i_cell_is(t, "indicator", r, indicator) ||
            karvan_table_state(t, c_value, r) != KARVAN_VALUE)
            continue;
        if (m->row[c] >= 0 &&
            karvan_table_int(t, c_year, m->row[c]) >= karvan_table_int(t, c_year, r))
            continue;
        m->row[c] = r, m->figure[c] = karvan_table_real(t, c_value, r);
        if (!(m->figure[c] >= 0 && isfinite(m->figure[c])))
            return karvan_fail(err, KARVAN_E_DATA, "table indicators: %s of %s is below 0",
                               indicator, iso3);
    }
done:
    return st;
}

karvan_status karvan_i_masses_init(karvan_i_masses *m, const karvan_network *net, karvan_mass kind,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *indicator = karvan_i_mass_indicator(kind);
    double sum = 0;
    *m = (karvan_i_masses){0};
    KARVAN_REQUIRE(kind >= KARVAN_MASS_EQUAL && kind <= KARVAN_MASS_POPULATION, err, KARVAN_E_ARG,
                   "mass %d is none", (int)kind);
    KARVAN_TRY(allocate(m, net, err));
    for (int32_t c = 0; c < m->n_countries; c++) m->figure[c] = NAN, m->row[c] = -1;
    find_ends(m, net);
    if (indicator) KARVAN_TRY(read_figures(m, net, indicator, err));
    for (int32_t i = 0; i < m->n_ends; i++) {
        double figure = m->figure[m->country[i]];
        m->mass[i] = !indicator ? 1.0 : isnan(figure) ? 0.0 : figure / m->of[m->country[i]];
        sum += m->mass[i];
    }
    KARVAN_REQUIRE(sum > 0 || m->n_ends == 0, err, KARVAN_E_DATA,
                   "table indicators has no %s of a country with cities or ports", indicator);
done:
    return st;
}

void karvan_i_masses_clear(karvan_i_masses *m) {
    karvan_i_free(m->ends), karvan_i_free(m->country), karvan_i_free(m->mass);
    karvan_i_free(m->figure), karvan_i_free(m->row), karvan_i_free(m->of);
    *m = (karvan_i_masses){0};
}
