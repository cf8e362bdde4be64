/* The base year of the region that ships: with the constants that it has, freight passes where it
 * was counted; the ships between Aktau and Alat are full when more wants to cross; with the north
 * closed what went there goes elsewhere, and something else is full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "region_year.h"

static const year_asked YEAR = {.dir = KARVAN_SOURCEDIR "/regions/caspian", .year = 2024};
static year_world base;
static karvan_freight *loaded; /* the base year, solved once */

static int set_up(void **s) {
    (void)s;
    year_open(&base, &YEAR);
    loaded = year_solve(&base, NULL);
    return 0;
}
static int tear_down(void **s) {
    (void)s;
    karvan_freight_destroy(loaded);
    year_close(&base);
    return 0;
}

static void is_counted(const char *count, double modelled) {
    const karvan_table *t = karvan_package_table(base.region, "counts");
    int64_t r = karvan_package_row(base.region, "counts", count);
    double observed = karvan_i_cell_real(t, "value", r);
    double z = (modelled - observed) / (observed * karvan_i_cell_real(t, "error", r));
    (void)fprintf(stderr, "%s: %.0f observed, %.0f modelled, %+.2f errors\n", count, observed,
                  modelled, z);
    assert_true(karvan_i_cell_bool(t, "used_to_estimate", r));
    assert_true(fabs(z) < 1.96);
}

static void counts_are_met(void **s) {
    (void)s;
    is_counted("titr-teu-2024", year_boxes(&base, loaded, "middle", KARVAN_FREIGHT_ANY));
    is_counted("titr-china-europe-teu-2024",
               year_boxes(&base, loaded, "middle", KARVAN_FREIGHT_TRANSIT));
    is_counted("erai-teu-2024", year_boxes(&base, loaded, "north", KARVAN_FREIGHT_TRANSIT));
    is_counted("titr-dry-kt-2024",
               year_cell(loaded, KARVAN_FREIGHT_CORRIDORS, "middle", "all", "kt_year"));
}

static bool goes(const year_world *w, int32_t k, const char *from, const char *to) {
    const karvan_table *places = karvan_package_table(w->region, "places");
    return strcmp(karvan_i_cell_text(places, "country", w->flows.origin[k]), from) == 0 &&
           strcmp(karvan_i_cell_text(places, "country", w->flows.destination[k]), to) == 0;
}

static void want(year_world *w, const char *from, const char *to, double teu_year) {
    double wanted = 0;
    for (int32_t k = 0; k < w->flows.n; k++)
        if (goes(w, k, from, to)) wanted += w->flows.teu_day[k] * 365;
    for (int32_t k = 0; k < w->flows.n; k++)
        if (goes(w, k, from, to)) w->flows.teu_day[k] *= teu_year / wanted;
}

/* 89,000 TEU a year, both ways together, is all that crosses, at a price: the year's demand with
 * far more between Kazakhstan and Azerbaijan. */
static void the_six_ships_bind(void **s) {
    (void)s;
    size_t bytes = (size_t)base.flows.n * sizeof(double);
    double *kept = test_malloc(bytes), all = 89000 / 365.0;
    memcpy(kept, base.flows.teu_day, bytes);
    assert_true(year_cell(loaded, KARVAN_FREIGHT_LINKS, "caspian-feeders", "all", "load") <
                all - 1);
    want(&base, "KAZ", "AZE", 600000), want(&base, "AZE", "KAZ", 600000);
    karvan_freight *f = year_solve(&base, loaded);
    double load = year_cell(f, KARVAN_FREIGHT_LINKS, "caspian-feeders", "all", "load");
    double price = year_cell(f, KARVAN_FREIGHT_LINKS, "caspian-feeders", "all", "price_usd");
    (void)fprintf(stderr, "six ships: %.0f of 89,000 TEU a year, one more is worth %.0f USD\n",
                  load * 365, price);
    assert_true(fabs(load - all) < 1e-5 && price > 10);
    karvan_freight_destroy(f);
    memcpy(base.flows.teu_day, kept, bytes);
    test_free(kept);
}

static void without_the_north(void **s) {
    (void)s;
    year_world w;
    year_asked closed = YEAR;
    karvan_table *t = NULL;
    closed.scenario = "northern-closed";
    year_open(&w, &closed);
    karvan_freight *f = year_solve(&w, NULL);
    assert_true(year_boxes(&w, f, "north", KARVAN_FREIGHT_ANY) == 0);
    double moved = year_boxes(&w, f, "middle", KARVAN_FREIGHT_TRANSIT) -
                   year_boxes(&base, loaded, "middle", KARVAN_FREIGHT_TRANSIT);
    assert_true(moved > 10000);
    assert_int_equal(karvan_freight_table(f, KARVAN_FREIGHT_BOTTLENECKS, &t, NULL), KARVAN_OK);
    assert_true(karvan_table_rows(t) > 0);
    (void)fprintf(stderr, "north closed: %.0f TEU of transit more by the middle; next: %s\n", moved,
                  karvan_table_text(t, 0, 0));
    assert_true(karvan_table_real(t, karvan_table_find(t, "price_usd"), 0) > 100);
    karvan_table_destroy(t);
    /* the steps at Akhalkalaki were full before; now they are worth several times as much */
    double was = year_cell(loaded, KARVAN_FREIGHT_LINKS, "GEZAI-gauge_change-1520-1435", "all",
                           "price_usd"),
           is = year_cell(f, KARVAN_FREIGHT_LINKS, "GEZAI-gauge_change-1520-1435", "all",
                          "price_usd");
    assert_true(is > 1000 && is > 2 * was);
    karvan_freight_destroy(f);
    year_close(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_met),
        cmocka_unit_test(the_six_ships_bind),
        cmocka_unit_test(without_the_north),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
