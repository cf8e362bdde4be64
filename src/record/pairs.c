/* A region's record made ready: countries, pairs, when they exist, and the parts of the other
 * files. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/pairs.h"
#include "table/cell.h"

static karvan_status read_countries(karvan_pairs *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_need_table(p->region, "countries", &p->countries, err));
    p->n_countries = (int32_t)karvan_table_rows(p->countries);
    p->bodies = karvan_package_table(p->region, "organisations");
    p->n_bodies = p->bodies ? (int32_t)karvan_table_rows(p->bodies) : 0;
    p->born = karvan_i_calloc((size_t)p->n_countries * 2 + 1, sizeof *p->born);
    p->code = karvan_i_calloc((size_t)p->n_countries + 1, sizeof *p->code);
    KARVAN_REQUIRE(p->born && p->code, err, KARVAN_E_NOMEM, "countries");
    for (int32_t i = 0; i < p->n_countries; i++) {
        const karvan_edtf *d = karvan_i_cell_date(p->countries, "independence", i);
        p->code[i] = karvan_i_cell_text(p->countries, "iso3", i);
        karvan_day *born = &p->born[2 * (int64_t)i];
        born[0] = d ? d->earliest : KARVAN_DAY_MIN, born[1] = d ? d->latest : KARVAN_DAY_MIN;
    }
done:
    return st;
}

static bool any_listed(const karvan_pairs *p) {
    for (int32_t i = 0; i < p->n_countries; i++)
        if (p->listed[i]) return true;
    return false;
}

static void add_pair(karvan_pairs *p, int32_t a, int32_t b) {
    p->pair[p->n][0] = a, p->pair[p->n][1] = b;
    p->pair_of[a * p->n_countries + b] = p->pair_of[b * p->n_countries + a] = p->n;
    p->n++;
}

static karvan_status list_pairs(karvan_pairs *p, const char *a, const char *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t n = p->n_countries,
            one[2] = {karvan_i_pairs_country(p, a), karvan_i_pairs_country(p, b)};
    KARVAN_REQUIRE(!a == !b, err, KARVAN_E_ARG, "a pair has two countries");
    KARVAN_REQUIRE(!a || (one[0] >= 0 && one[1] >= 0), err, KARVAN_E_ARG,
                   "'%.40s' is no country of the region", one[0] < 0 ? a : b);
    KARVAN_REQUIRE(!a || one[0] != one[1], err, KARVAN_E_ARG, "'%.40s' twice is no pair", a);
    bool all = !any_listed(p);
    p->pair_of = karvan_i_malloc((size_t)n * (size_t)n + 1, sizeof *p->pair_of);
    p->pair = karvan_i_malloc(a ? 1 : (size_t)n * (size_t)n / 2 + 1, sizeof *p->pair);
    KARVAN_REQUIRE(p->pair && p->pair_of, err, KARVAN_E_NOMEM, "pairs");
    for (int32_t i = 0; i < n * n; i++) p->pair_of[i] = -1;
    if (a) {
        add_pair(p, one[one[0] > one[1]], one[one[0] < one[1]]);
        goto done;
    }
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = i + 1; j < n; j++)
            if (all || (p->listed[i] && p->listed[j])) add_pair(p, i, j);
done:
    return st;
}

karvan_status karvan_pairs_create(const karvan_package *region, const char *a, const char *b,
                                  karvan_pairs **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_pairs *p = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region, err, KARVAN_E_ARG, "region is NULL");
    p = karvan_i_calloc(1, sizeof *p);
    KARVAN_REQUIRE(p, err, KARVAN_E_NOMEM, "pairs");
    p->region = region;
    KARVAN_TRY(read_countries(p, err));
    KARVAN_TRY(karvan_i_pairs_coverage(p, err));
    KARVAN_TRY(list_pairs(p, a, b, err));
    KARVAN_TRY(karvan_i_pairs_bodies(p, err));
    KARVAN_TRY(karvan_i_pairs_claims(p, err));
    KARVAN_TRY(karvan_i_pairs_figures(p, err));
    *out = p, p = NULL;
done:
    karvan_pairs_destroy(p);
    return st;
}

void karvan_pairs_destroy(karvan_pairs *p) {
    if (!p) return;
    for (int32_t i = 0; i < p->n_covers; i++) {
        karvan_i_free(p->cover[i].country), karvan_i_free(p->cover[i].partner);
        karvan_i_free(p->cover[i].body);
    }
    karvan_i_free(p->code), karvan_i_free(p->body_dimension);
    karvan_i_free(p->cover), karvan_i_free(p->listed), karvan_i_free(p->born);
    karvan_i_free(p->pair), karvan_i_free(p->pair_of);
    karvan_i_free(p->statement), karvan_i_free(p->occasion);
    karvan_i_free(p->statement_first), karvan_i_free(p->occasion_first);
    karvan_i_free(p->membership_first), karvan_i_free(p->membership);
    karvan_i_free(p->binding_first), karvan_i_free(p->binding);
    karvan_i_free(p->traded_first), karvan_i_free(p->traded);
    karvan_i_free(p->gdp), karvan_i_free(p->seat);
    karvan_i_free(p);
}

int64_t karvan_pairs_count(const karvan_pairs *p) { return p->n; }

void karvan_pairs_at(const karvan_pairs *p, int64_t pair, const char **a, const char **b) {
    *a = p->code[p->pair[pair][0]], *b = p->code[p->pair[pair][1]];
}

bool karvan_pairs_years(const karvan_pairs *p, int64_t *from, int64_t *to) {
    if (p->has_years) *from = p->year_from, *to = p->year_to;
    return p->has_years;
}

bool karvan_pairs_exist(const karvan_pairs *p, int64_t pair, int64_t year) {
    karvan_day first, last;
    karvan_i_year_days(year, &first, &last);
    return p->born[(ptrdiff_t)2 * p->pair[pair][0]] <= last &&
           p->born[(ptrdiff_t)2 * p->pair[pair][1]] <= last;
}
