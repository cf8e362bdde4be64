/* A matrix of trade out of a table of flows, for the countries that a region knows. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "trade/flows.h"
#include "trade/matrix.h"

enum { YEARS_MOST = 300 };

typedef struct filling {
    const karvan_package *region;
    karvan_i_flows f;
    int32_t *place; /* [f.n_countries] in the matrix, -1: not known to the region */
    karvan_i_matrix *m;
    int64_t *outside;
} filling;

static bool is_total(const karvan_i_flow_row *r) {
    return !r->product || strcmp(r->product, "TOTAL") == 0;
}

/* Flows are of one data set, and of all products together. */
static karvan_status check_rows(const filling *w, karvan_error *err) {
    const char *source = NULL;
    bool any = false;
    char place[256];
    for (int64_t k = 0; k < w->f.n; k++) {
        karvan_i_flow_row r = karvan_i_flow_at(&w->f, w->f.key[k].row);
        any = any || is_total(&r);
        if (source && r.source && strcmp(source, r.source) != 0) {
            karvan_i_flow_place(w->f.t, w->f.key[k].row, place, sizeof place);
            return karvan_fail(err, KARVAN_E_DATA,
                               "%s: a panel is of one data set, and this row is of %.60s, others "
                               "of %.60s; reconcile them first",
                               place, r.source, source);
        }
        if (r.source) source = r.source;
    }
    if (!any)
        return karvan_fail(err, KARVAN_E_DATA,
                           "the flows are by product; a panel is of all products: sum over them");
    w->m->source = source;
    return KARVAN_OK;
}

static karvan_status name_countries(filling *w, karvan_error *err) {
    size_t n = (size_t)w->f.n_countries;
    w->place = karvan_i_calloc(n + 1, sizeof *w->place);
    w->m->country = karvan_i_calloc(n + 1, sizeof *w->m->country);
    if (!w->place || !w->m->country)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a matrix of trade");
    for (size_t i = 0; i < n; i++) {
        bool known = karvan_package_row(w->region, "countries", w->f.country[i]) >= 0;
        w->place[i] = known ? w->m->n : -1;
        if (known) w->m->country[w->m->n++] = w->f.country[i];
    }
    if (w->m->n > 1) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_DATA,
                       "the flows are of %lld countries, of which the region knows %d",
                       (long long)n, w->m->n);
}

/* Rows stand by year. */
static karvan_status name_years(filling *w, karvan_error *err) {
    karvan_i_matrix *m = w->m;
    m->year = karvan_i_calloc(YEARS_MOST, sizeof *m->year);
    if (!m->year) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a matrix of trade");
    for (int64_t k = 0; k < w->f.n; k++) {
        int64_t year = w->f.key[k].year;
        if (m->n_years > 0 && m->year[m->n_years - 1] == year) continue;
        if (m->n_years == YEARS_MOST)
            return karvan_fail(err, KARVAN_E_DATA, "flows of more than %d years", YEARS_MOST);
        m->year[m->n_years++] = year;
    }
    return KARVAN_OK;
}

/* Exporter's, importer's, or one figure for both sides. */
static int side_of(const karvan_i_flow_row *r) {
    if (r->reported_by && strcmp(r->reported_by, "exporter") == 0) return KARVAN_I_BY_EXPORTER;
    if (r->reported_by && strcmp(r->reported_by, "importer") == 0) return KARVAN_I_BY_IMPORTER;
    return KARVAN_I_BY_ESTIMATE;
}

static karvan_status put_value(filling *w, int64_t k, int year, karvan_error *err) {
    const karvan_i_flow_key *key = &w->f.key[k];
    karvan_i_flow_row r = karvan_i_flow_at(&w->f, key->row);
    int32_t i = w->place[key->exporter], j = w->place[key->importer];
    char place[256];
    if (!is_total(&r) || isnan(r.value)) return KARVAN_OK;
    if (i < 0 || j < 0) {
        if (w->outside) ++*w->outside;
        return KARVAN_OK;
    }
    double *at = &w->m->value[side_of(&r)][karvan_i_matrix_at(w->m, year, i, j)];
    karvan_i_flow_place(w->f.t, key->row, place, sizeof place);
    if (r.value < 0 || isinf(r.value))
        return karvan_fail(err, KARVAN_E_DATA, "%s: a flow of %g; it is 0 or more", place, r.value);
    if (!isnan(*at))
        return karvan_fail(err, KARVAN_E_DATA, "%s: this flow stands in an earlier row", place);
    karvan_status st =
        karvan_i_flow_convert(w->f.t, key->row, r.unit, "thousand USD", &r.value, err);
    if (st == KARVAN_OK) *at = r.value;
    return st;
}

karvan_status karvan_i_matrix_of_flows(const karvan_package *region, const karvan_table *flows,
                                       karvan_i_matrix *m, int64_t *outside, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    filling w = {.region = region, .m = m, .outside = outside};
    *m = (karvan_i_matrix){.third = "reconciled"};
    if (outside) *outside = 0;
    KARVAN_TRY(karvan_i_flows_open(&w.f, flows, err));
    KARVAN_TRY(check_rows(&w, err));
    KARVAN_TRY(name_countries(&w, err));
    KARVAN_TRY(name_years(&w, err));
    size_t cells = (size_t)m->n_years * (size_t)m->n * (size_t)m->n;
    for (int k = 0; k < KARVAN_I_BY_END; k++) {
        m->value[k] = karvan_i_malloc(cells, sizeof(double));
        KARVAN_REQUIRE(m->value[k], err, KARVAN_E_NOMEM, "no memory for a matrix of trade");
        for (size_t c = 0; c < cells; c++) m->value[k][c] = NAN;
    }
    int year = 0;
    for (int64_t k = 0; k < w.f.n; k++) {
        while (m->year[year] != w.f.key[k].year) year++;
        KARVAN_TRY(put_value(&w, k, year, err));
    }
done:
    karvan_i_flows_clear(&w.f);
    karvan_i_free(w.place);
    if (st != KARVAN_OK) karvan_i_matrix_clear(m);
    return st;
}
