/* What goes by no corridor: between which countries, the largest first. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "report/flow_facts.h"
#include "table/cell.h"

/* Country of each place: that of the zone there, which may stand for a group; else its own. */
static void countries_of(const karvan_package *region, int32_t *country) {
    const karvan_table *places = karvan_package_table(region, "places"),
                       *zones = karvan_package_table(region, "zones");
    for (int64_t r = 0; r < karvan_table_rows(places); r++) {
        const char *id = karvan_i_cell_text(places, "country", r);
        country[r] = id ? (int32_t)karvan_package_row(region, "countries", id) : -1;
    }
    for (int64_t r = 0; r < karvan_table_rows(zones); r++) {
        const char *place = karvan_i_cell_text(zones, "place", r),
                   *id = karvan_i_cell_text(zones, "country", r);
        int64_t at = place ? karvan_package_row(region, "places", place) : -1;
        int64_t row = id ? karvan_package_row(region, "countries", id) : -1;
        if (at >= 0 && row >= 0) country[at] = (int32_t)row;
    }
}

/* teu_day: what of each flow goes, less what corridors take of it. A way is of one corridor. */
static karvan_status by_none(const karvan_i_flow_facts *f, double *teu_day, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const double *served = karvan_freight_served_view(f->f);
    double *share = karvan_i_calloc((size_t)f->demand.n + 1, sizeof *share);
    KARVAN_REQUIRE(share, err, KARVAN_E_NOMEM, "no memory for flows of no corridor");
    for (int32_t k = 0; k < f->demand.n; k++) teu_day[k] = served[k];
    for (int32_t c = 0; c < f->n_corridors; c++) {
        karvan_freight_selection s = {.corridor = c, .cargo_class = -1};
        KARVAN_TRY(karvan_freight_select(f->f, &s, share, NULL, err));
        for (int32_t k = 0; k < f->demand.n; k++) teu_day[k] -= share[k] * f->demand.teu_day[k];
    }
done:
    karvan_i_free(share);
    return st;
}

static int by_ends(const void *a, const void *b) {
    const karvan_i_flow_pair *x = a, *y = b;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

static int by_teu(const void *a, const void *b) {
    const karvan_i_flow_pair *x = a, *y = b;
    if (x->teu_day != y->teu_day) return x->teu_day > y->teu_day ? -1 : 1;
    return by_ends(a, b);
}

/* Both directions of a pair together; how many pairs there are. */
static int32_t gather(karvan_i_flow_pair *all, int32_t n) {
    int32_t pairs = 0;
    if (n > 0) qsort(all, (size_t)n, sizeof *all, by_ends);
    for (int32_t k = 0; k < n; k++)
        if (pairs > 0 && by_ends(&all[pairs - 1], &all[k]) == 0)
            all[pairs - 1].teu_day += all[k].teu_day;
        else
            all[pairs++] = all[k];
    if (pairs > 0) qsort(all, (size_t)pairs, sizeof *all, by_teu);
    return pairs;
}

karvan_status karvan_i_flow_others(const karvan_i_flow_facts *f, karvan_i_flow_pair *out, int most,
                                   int *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_freight_demand *d = &f->demand;
    size_t places = (size_t)karvan_table_rows(karvan_package_table(f->region, "places"));
    int32_t *country = karvan_i_malloc(places + 1, sizeof *country), ends = 0;
    double *teu_day = karvan_i_calloc((size_t)d->n + 1, sizeof *teu_day);
    karvan_i_flow_pair *all = karvan_i_calloc((size_t)d->n + 1, sizeof *all);
    *n = 0;
    KARVAN_REQUIRE(country && teu_day && all, err, KARVAN_E_NOMEM,
                   "no memory for flows of no corridor");
    countries_of(f->region, country);
    KARVAN_TRY(by_none(f, teu_day, err));
    for (int32_t k = 0; k < d->n; k++) {
        int32_t a = country[d->origin[k]], b = country[d->destination[k]];
        if (a < 0 || b < 0) continue;
        all[ends++] = (karvan_i_flow_pair){a < b ? a : b, a < b ? b : a, teu_day[k]};
    }
    ends = gather(all, ends);
    while (*n < most && *n < ends && all[*n].teu_day >= 1) out[*n] = all[*n], ++*n;
done:
    karvan_i_free(country), karvan_i_free(teu_day), karvan_i_free(all);
    return st;
}
