/* Measures that are figures: exports, gross domestic product, distance, border. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/pairs.h"
#include "table/cell.h"

/* ---- made ready ---- */

enum { NO_FIGURE = 9 }; /* standing of a row without a figure in USD */

/* Millions of USD in a unit; 0: it is no money of the USA. */
static double millions_of(const char *unit) {
    if (!unit) return 0;
    return strcmp(unit, "USD") == 0            ? 1e-6
           : strcmp(unit, "thousand USD") == 0 ? 1e-3
           : strcmp(unit, "million USD") == 0  ? 1
                                               : 0;
}

/* Rows of table countries by the codes of a column's dictionary. */
static karvan_status countries_of(const karvan_pairs *p, const karvan_table *t, int column,
                                  int32_t **out, karvan_error *err) {
    int32_t n = karvan_table_dictionary_size(t, column);
    *out = karvan_i_malloc((size_t)n + 1, sizeof **out);
    if (!*out) return karvan_fail(err, KARVAN_E_NOMEM, "countries");
    for (int32_t i = 0; i < n; i++)
        (*out)[i] = karvan_i_pairs_country(p, karvan_table_dictionary_text(t, column, i));
    return KARVAN_OK;
}

typedef struct trade_columns {
    int reporter, partner, flow, year, commodity, value, unit;
    int32_t *of_reporter, *of_partner;
} trade_columns;

static karvan_status find_columns(const karvan_pairs *p, trade_columns *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = p->trade;
    KARVAN_TRY(karvan_i_need_column(t, "reporter", &c->reporter, err));
    KARVAN_TRY(karvan_i_need_column(t, "partner", &c->partner, err));
    KARVAN_TRY(karvan_i_need_column(t, "flow", &c->flow, err));
    KARVAN_TRY(karvan_i_need_column(t, "year", &c->year, err));
    KARVAN_TRY(karvan_i_need_column(t, "value", &c->value, err));
    KARVAN_TRY(karvan_i_need_column(t, "unit", &c->unit, err));
    c->commodity = karvan_table_find(t, "commodity");
    KARVAN_TRY(countries_of(p, t, c->reporter, &c->of_reporter, err));
    KARVAN_TRY(countries_of(p, t, c->partner, &c->of_partner, err));
done:
    return st;
}

/* Whose exports a row tells of, and how good it is: the exporter's own report before the
 * importer's, what is reported before what is estimated. */
static bool read_traded(const karvan_pairs *p, const trade_columns *c, int64_t row,
                        karvan_i_traded *out) {
    const karvan_table *t = p->trade;
    int32_t r = karvan_table_code(t, c->reporter, row), q = karvan_table_code(t, c->partner, row);
    if (r < 0 || q < 0 || c->of_reporter[r] < 0 || c->of_partner[q] < 0) return false;
    int32_t reporter = c->of_reporter[r], partner = c->of_partner[q];
    out->pair = p->pair_of[reporter * p->n_countries + partner];
    if (out->pair < 0 || karvan_table_state(t, c->year, row) != KARVAN_VALUE) return false;
    const char *flow = karvan_table_text(t, c->flow, row);
    const char *commodity = c->commodity < 0 ? NULL : karvan_table_text(t, c->commodity, row);
    if (!flow || (commodity && strcmp(commodity, "TOTAL") != 0)) return false;
    bool export = strcmp(flow, "export") == 0;
    int32_t exporter = export ? reporter : partner;
    bool estimate = karvan_i_cell_bool(t, "estimate", row);
    double factor = millions_of(karvan_table_text(t, c->unit, row));
    out->row = (int32_t)row, out->year = (int32_t)karvan_table_int(t, c->year, row);
    out->way = exporter == p->pair[out->pair][0] ? KARVAN_WAY_THERE : KARVAN_WAY_BACK;
    out->million_usd = karvan_table_real(t, c->value, row) * factor;
    bool figure = factor > 0 && karvan_table_state(t, c->value, row) == KARVAN_VALUE;
    out->standing = (int8_t)(!figure ? NO_FIGURE : 2 * estimate + !export);
    return true;
}

static int by_pair_year(const void *a, const void *b) {
    const karvan_i_traded *x = a, *y = b;
    if (x->pair != y->pair) return x->pair < y->pair ? -1 : 1;
    if (x->year != y->year) return x->year < y->year ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static karvan_status read_trade(karvan_pairs *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    trade_columns c = {0};
    int32_t n = 0;
    p->trade = karvan_package_table(p->region, "trade");
    int64_t rows = p->trade ? karvan_table_rows(p->trade) : 0;
    p->traded_first = karvan_i_calloc((size_t)p->n + 2, sizeof *p->traded_first);
    p->traded = karvan_i_calloc((size_t)rows + 1, sizeof *p->traded);
    KARVAN_REQUIRE(p->traded && p->traded_first, err, KARVAN_E_NOMEM, "trade");
    if (!p->trade) goto done;
    KARVAN_TRY(find_columns(p, &c, err));
    for (int64_t r = 0; r < rows; r++)
        if (read_traded(p, &c, r, &p->traded[n])) p->traded_first[p->traded[n++].pair + 1]++;
    qsort(p->traded, (size_t)n, sizeof *p->traded, by_pair_year);
    for (int32_t i = 0; i < p->n; i++) p->traded_first[i + 1] += p->traded_first[i];
done:
    karvan_i_free(c.of_reporter), karvan_i_free(c.of_partner);
    return st;
}

static karvan_status read_gdp(karvan_pairs *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(p->region, "indicators");
    int64_t least = INT64_MAX, most = INT64_MIN, rows = t ? karvan_table_rows(t) : 0;
    int c_year;
    p->indicators = t;
    if (!t) return KARVAN_OK;
    KARVAN_TRY(karvan_i_need_column(t, "year", &c_year, err));
    for (int64_t r = 0; r < rows; r++) {
        int64_t y = karvan_table_int(t, c_year, r);
        if (karvan_table_state(t, c_year, r) != KARVAN_VALUE) continue;
        if (y < least) least = y;
        if (y > most) most = y;
    }
    if (least > most || most - least > 10000) goto done;
    p->gdp_from = least, p->gdp_years = most - least + 1;
    size_t cells = (size_t)(p->gdp_years * p->n_countries);
    p->gdp = karvan_i_malloc(cells + 1, sizeof *p->gdp);
    KARVAN_REQUIRE(p->gdp, err, KARVAN_E_NOMEM, "indicators");
    for (size_t i = 0; i < cells; i++) p->gdp[i] = -1;
    for (int64_t r = rows - 1; r >= 0; r--) { /* of two rows the first stays */
        int32_t c = karvan_i_pairs_country(p, karvan_i_cell_text(t, "country", r));
        if (c < 0 || !karvan_i_cell_is(t, "indicator", r, "gdp") ||
            karvan_table_state(t, c_year, r) != KARVAN_VALUE)
            continue;
        p->gdp[c * p->gdp_years + karvan_table_int(t, c_year, r) - least] = (int32_t)r;
    }
done:
    return st;
}

static int by_country_row(const void *a, const void *b) {
    const karvan_i_seat *x = a, *y = b;
    if (x->country != y->country) return x->country < y->country ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Capitals with their days from table capitals; of a country without rows there, the one of table
 * countries, for all time. */
static karvan_status read_seats(karvan_pairs *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(p->region, "capitals"),
                       *places = karvan_package_table(p->region, "places");
    int64_t rows = t ? karvan_table_rows(t) : 0;
    p->seats = t;
    p->seat = karvan_i_calloc((size_t)(rows + p->n_countries) + 1, sizeof *p->seat);
    KARVAN_REQUIRE(p->seat, err, KARVAN_E_NOMEM, "capitals");
    for (int64_t r = 0; places && r < rows + p->n_countries; r++) {
        bool own = r < rows;
        karvan_i_seat s = {.country =
                               own ? karvan_i_pairs_country(p, karvan_i_cell_text(t, "country", r))
                                   : (int32_t)(r - rows),
                           .row = own ? (int32_t)r : -1};
        const char *id = own ? karvan_i_cell_text(t, "place", r)
                             : karvan_i_cell_text(p->countries, "capital", s.country);
        int64_t place = id ? karvan_package_row(p->region, "places", id) : -1;
        bool had = false;
        for (int32_t i = 0; !own && i < p->n_seats; i++) had |= p->seat[i].country == s.country;
        if (s.country < 0 || place < 0 || had) continue;
        s.spell = karvan_i_spell_dated(NULL);
        s.spell.begin_most = KARVAN_DAY_MIN;
        if (own) s.spell = karvan_i_spell_cells(t, r);
        s.lon = karvan_i_cell_real(places, "lon", place);
        s.lat = karvan_i_cell_real(places, "lat", place);
        if (!isnan(s.lon) && !isnan(s.lat)) p->seat[p->n_seats++] = s;
    }
    qsort(p->seat, (size_t)p->n_seats, sizeof *p->seat, by_country_row);
done:
    return st;
}

karvan_status karvan_i_pairs_figures(karvan_pairs *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(read_trade(p, err));
    KARVAN_TRY(read_gdp(p, err));
    KARVAN_TRY(read_seats(p, err));
    p->distances = karvan_package_table(p->region, "distances");
done:
    return st;
}

/* ---- measured ---- */

/* All that the best rows state: they are of one standing, so none is set before the other. */
static karvan_i_range exports(const karvan_pairs *p, int32_t pair, karvan_way way, int64_t year,
                              karvan_rows *rows) {
    karvan_i_range r = {0};
    int best = NO_FIGURE;
    for (int pass = 0; pass < 2; pass++)
        for (int32_t i = p->traded_first[pair]; i < p->traded_first[pair + 1]; i++) {
            const karvan_i_traded *t = &p->traded[i];
            if (t->year != year || t->way != (int8_t)way) continue;
            if (pass == 0 && t->standing < best) best = t->standing;
            if (pass == 0) continue;
            bool taken = t->standing == best && best < NO_FIGURE;
            karvan_i_row_add(rows, p->trade, t->row,
                             taken ? KARVAN_ROW_COUNTED : KARVAN_ROW_SET_ASIDE);
            if (!taken) continue;
            if (!r.any || t->million_usd < r.min) r.min = t->million_usd;
            if (!r.any || t->million_usd > r.max) r.max = t->million_usd;
            r.any = true;
        }
    return r;
}

static karvan_i_range gdp(const karvan_pairs *p, int32_t country, int64_t year, karvan_rows *rows) {
    karvan_i_range r = {0};
    if (!p->gdp || year < p->gdp_from || year >= p->gdp_from + p->gdp_years) return r;
    int32_t row = p->gdp[country * p->gdp_years + year - p->gdp_from];
    double v = row < 0 ? NAN : karvan_i_cell_real(p->indicators, "value", row);
    if (isnan(v)) return r;
    karvan_i_row_add(rows, p->indicators, row, KARVAN_ROW_COUNTED);
    return (karvan_i_range){v / 1e6, v / 1e6, true};
}

/* Great circle on a sphere of the mean radius of the Earth (IUGG), by the haversine. */
static double great_circle_km(const karvan_i_seat *a, const karvan_i_seat *b) {
    static const double radius_km = 6371.0088, degree = 0.017453292519943295;
    double u = sin((b->lat - a->lat) * degree / 2), v = sin((b->lon - a->lon) * degree / 2);
    double h = u * u + cos(a->lat * degree) * cos(b->lat * degree) * v * v;
    return 2 * radius_km * asin(sqrt(h < 1 ? h : 1));
}

/* In the year of a move both capitals count. */
static karvan_i_range distance(const karvan_pairs *p, int32_t pair, int64_t year,
                               karvan_rows *rows) {
    karvan_i_range r = {0};
    karvan_day first, last;
    karvan_i_year_days(year, &first, &last);
    for (int32_t i = 0; i < p->n_seats; i++)
        for (int32_t k = 0; k < p->n_seats; k++) {
            const karvan_i_seat *a = &p->seat[i], *b = &p->seat[k];
            if (a->country != p->pair[pair][0] || b->country != p->pair[pair][1]) continue;
            karvan_truth t = karvan_truth_and(karvan_i_spell_within(&a->spell, first, last),
                                              karvan_i_spell_within(&b->spell, first, last));
            if (t == KARVAN_NO) continue;
            double km = great_circle_km(a, b);
            karvan_row_use use = t == KARVAN_YES ? KARVAN_ROW_COUNTED : KARVAN_ROW_MAYBE;
            if (!r.any || km < r.min) r.min = km;
            if (!r.any || km > r.max) r.max = km;
            r.any = true;
            karvan_i_row_add(rows, a->row < 0 ? p->countries : p->seats,
                             a->row < 0 ? a->country : a->row, use);
            karvan_i_row_add(rows, b->row < 0 ? p->countries : p->seats,
                             b->row < 0 ? b->country : b->row, use);
        }
    return r;
}

static karvan_i_range border(const karvan_pairs *p, int32_t pair, karvan_rows *rows) {
    char key[64];
    const char *a, *b;
    if (!p->distances) return (karvan_i_range){0};
    karvan_pairs_at(p, pair, &a, &b);
    (void)snprintf(key, sizeof key, "%.20s|%.20s", a, b);
    int64_t row = karvan_package_row(p->region, "distances", key);
    int c = karvan_table_find(p->distances, "contiguous");
    if (row < 0 || c < 0 || karvan_table_state(p->distances, c, row) != KARVAN_VALUE)
        return (karvan_i_range){0};
    double v = karvan_table_bool(p->distances, c, row);
    karvan_i_row_add(rows, p->distances, row, KARVAN_ROW_COUNTED);
    return (karvan_i_range){v, v, true};
}

karvan_i_range karvan_i_measure_figures(const karvan_pairs *p, int32_t pair, int measure,
                                        karvan_way way, int64_t year, karvan_rows *rows) {
    switch (karvan_i_measures[measure].how) {
    case KARVAN_I_EXPORTS:
        return exports(p, pair, way, year, rows);
    case KARVAN_I_GDP:
        return gdp(p, p->pair[pair][way == KARVAN_WAY_BACK], year, rows);
    case KARVAN_I_DISTANCE:
        return distance(p, pair, year, rows);
    default:
        return border(p, pair, rows);
    }
}
