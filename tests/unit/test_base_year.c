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

#include "karvan/demand.h"
#include "table/cell.h"

enum { YEAR = 2024 };
static const char *const BOXES[] = {"manufactures", "textiles", "general", "perishables", "copper"};

typedef struct world {
    karvan_package *region;
    karvan_freight_options options;
    karvan_table *demand;
    karvan_freight_demand flows;
} world;
static world base;
static karvan_freight *loaded; /* the base year, solved once */

static void open_world(world *w, const char *scenario) {
    karvan_problems *p = NULL;
    karvan_error e = {0};
    *w = (world){0};
    if (karvan_problems_create(&p, &e) ||
        karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", p, &w->region, &e) ||
        (scenario && karvan_scenarios_apply(w->region, 1, &scenario, p, &e)) ||
        karvan_freight_defaults(w->region, &w->options, &e) ||
        karvan_demand_trade(w->region, &(karvan_demand_options){.year = YEAR}, &w->demand, NULL,
                            &e) ||
        karvan_freight_demand_read(w->region, w->demand, YEAR, &w->flows, &e))
        fail_msg("%s", e.msg);
    karvan_problems_destroy(p);
    w->options.network.date = karvan_day_from_civil(YEAR, 7, 1), w->options.threads = 1;
}
static void close_world(world *w) {
    karvan_freight_demand_clear(&w->flows);
    karvan_table_destroy(w->demand);
    karvan_package_destroy(w->region);
}

static karvan_freight *solve(world *w, const karvan_freight *start) {
    karvan_freight *f = NULL;
    karvan_error e = {0};
    if (karvan_freight_solve(w->region, &w->flows, &w->options, start, &f, &e))
        fail_msg("%s", e.msg);
    return f;
}

static int set_up(void **s) {
    (void)s;
    open_world(&base, NULL);
    loaded = solve(&base, NULL);
    return 0;
}
static int tear_down(void **s) {
    (void)s;
    karvan_freight_destroy(loaded);
    close_world(&base);
    return 0;
}

static double cell(const karvan_freight *f, karvan_freight_output which, const char *first,
                   const char *second, const char *column) {
    karvan_table *t = NULL;
    double v = NAN;
    assert_int_equal(karvan_freight_table(f, which, &t, NULL), KARVAN_OK);
    for (int64_t r = karvan_table_rows(t); r-- > 0;)
        if (strcmp(karvan_table_text(t, 0, r), first) == 0 &&
            strcmp(karvan_table_text(t, 1, r), second) == 0)
            v = karvan_table_real(t, karvan_table_find(t, column), r);
    karvan_table_destroy(t);
    return v;
}

static bool in_boxes(const char *class) {
    bool found = false;
    for (int k = 0; k < 5; k++) found = found || strcmp(class, BOXES[k]) == 0;
    return found;
}

/* TEU a year by a corridor in classes of boxes; of a kind of demand, KARVAN_FREIGHT_ANY: all. */
static double boxes(const world *w, const karvan_freight *f, const char *corridor,
                    karvan_freight_kind kind) {
    static double share[200000];
    const karvan_table *classes = karvan_package_table(w->region, "cargo_classes");
    double sum = 0;
    assert_true(w->flows.n < 200000);
    karvan_freight_selection s = {.corridor =
                                      (int32_t)karvan_package_row(w->region, "corridors", corridor),
                                  .cargo_class = -1};
    assert_int_equal(karvan_freight_select(f, &s, share, NULL, NULL), KARVAN_OK);
    for (int32_t k = 0; k < w->flows.n; k++)
        if ((kind == KARVAN_FREIGHT_ANY || w->flows.kind[k] == kind) &&
            in_boxes(karvan_i_cell_text(classes, "id", w->flows.cargo_class[k])))
            sum += 365 * share[k] * w->flows.teu_day[k];
    return sum;
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
    is_counted("titr-teu-2024", boxes(&base, loaded, "middle", KARVAN_FREIGHT_ANY));
    is_counted("titr-china-europe-teu-2024",
               boxes(&base, loaded, "middle", KARVAN_FREIGHT_TRANSIT));
    is_counted("erai-teu-2024", boxes(&base, loaded, "north", KARVAN_FREIGHT_TRANSIT));
    is_counted("titr-dry-kt-2024",
               cell(loaded, KARVAN_FREIGHT_CORRIDORS, "middle", "all", "kt_year"));
}

static bool goes(const world *w, int32_t k, const char *from, const char *to) {
    const karvan_table *places = karvan_package_table(w->region, "places");
    return strcmp(karvan_i_cell_text(places, "country", w->flows.origin[k]), from) == 0 &&
           strcmp(karvan_i_cell_text(places, "country", w->flows.destination[k]), to) == 0;
}

static void want(world *w, const char *from, const char *to, double teu_year) {
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
    assert_true(cell(loaded, KARVAN_FREIGHT_LINKS, "caspian-feeders", "all", "load") < all - 1);
    want(&base, "KAZ", "AZE", 600000), want(&base, "AZE", "KAZ", 600000);
    karvan_freight *f = solve(&base, loaded);
    double load = cell(f, KARVAN_FREIGHT_LINKS, "caspian-feeders", "all", "load");
    double price = cell(f, KARVAN_FREIGHT_LINKS, "caspian-feeders", "all", "price_usd");
    (void)fprintf(stderr, "six ships: %.0f of 89,000 TEU a year, one more is worth %.0f USD\n",
                  load * 365, price);
    assert_true(fabs(load - all) < 1e-5 && price > 10);
    karvan_freight_destroy(f);
    memcpy(base.flows.teu_day, kept, bytes);
    test_free(kept);
}

static void without_the_north(void **s) {
    (void)s;
    world w;
    karvan_table *t = NULL;
    open_world(&w, "northern-closed");
    karvan_freight *f = solve(&w, NULL);
    assert_true(boxes(&w, f, "north", KARVAN_FREIGHT_ANY) == 0);
    double moved = boxes(&w, f, "middle", KARVAN_FREIGHT_TRANSIT) -
                   boxes(&base, loaded, "middle", KARVAN_FREIGHT_TRANSIT);
    assert_true(moved > 10000);
    assert_int_equal(karvan_freight_table(f, KARVAN_FREIGHT_BOTTLENECKS, &t, NULL), KARVAN_OK);
    assert_true(karvan_table_rows(t) > 0);
    (void)fprintf(stderr, "north closed: %.0f TEU of transit more by the middle; next: %s\n", moved,
                  karvan_table_text(t, 0, 0));
    assert_true(karvan_table_real(t, karvan_table_find(t, "price_usd"), 0) > 100);
    karvan_table_destroy(t);
    /* the steps at Akhalkalaki were full before; now they are worth several times as much */
    double was = cell(loaded, KARVAN_FREIGHT_LINKS, "GEZAI-gauge_change-1520-1435", "all",
                      "price_usd"),
           is = cell(f, KARVAN_FREIGHT_LINKS, "GEZAI-gauge_change-1520-1435", "all", "price_usd");
    assert_true(is > 1000 && is > 2 * was);
    karvan_freight_destroy(f);
    close_world(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_met),
        cmocka_unit_test(the_six_ships_bind),
        cmocka_unit_test(without_the_north),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
