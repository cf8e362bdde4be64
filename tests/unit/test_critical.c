/* Criticality by hand, against tables without the row and routes found anew, and by threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "drawn_network.h"
#include "sweep.h"
#include "table/cell.h"

static void by_hand(void **state) {
    (void)state;
    static const struct {
        const char *id;
        double hours, usd, cut;
    } want[] = {
        {"BC", 2 * 25, 2 * 95, 2}, /* nothing leads from B to C: no change at A */
        {"AB", 2 * (55 + 25), 2 * (107 + 95), 0},
        {"b", 2 * 25, 2 * 95, 0},
    };
    small_region r;
    karvan_network *net = open_network(&r, BY_HAND);
    karvan_table *t = NULL;
    assert_int_equal(karvan_network_critical(net, 1, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), 3); /* AC, CD and c: on no best way */
    for (int64_t i = 0; i < 3; i++) {
        assert_string_equal(karvan_i_cell_text(t, "id", i), want[i].id);
        close_to(real(t, "delta_hours", i), want[i].hours);
        close_to(real(t, "delta_usd", i), want[i].usd);
        close_to(real(t, "cut_pairs", i), want[i].cut);
    }
    assert_string_equal(karvan_i_cell_text(t, "kind", 0), "link");
    assert_string_equal(karvan_i_cell_text(t, "name", 0), "B - C, rail 1520");
    assert_string_equal(karvan_i_cell_text(t, "kind", 2), "terminal");
    assert_string_equal(karvan_i_cell_text(t, "name", 2), "B, border");
    karvan_table_destroy(t);
    close_network(&r, net);
}

/* ---- at random ---- */

enum { ROUNDS = 25 };

static int64_t row_of(const karvan_table *t, const char *id) {
    for (int64_t i = 0; i < karvan_table_rows(t); i++)
        if (strcmp(karvan_i_cell_text(t, "id", i), id) == 0) return i;
    return -1;
}

/* The row of the answer, or its absence, against what routes without the item say. */
static void check_item(drawn *d, int item, const karvan_table *t, double base[2][PLACES][PLACES]) {
    double now[2][PLACES][PLACES], delta[2] = {0, 0};
    int cut = 0;
    char id[16];
    small_region r;
    karvan_network *net;
    open_without(d, item, &r, &net);
    all_pairs(net, now);
    close_network(&r, net);
    for (int m = 0; m < 2; m++)
        for (int i = 0; i < PLACES * PLACES; i++) {
            double before = base[m][i / PLACES][i % PLACES], after = now[m][i / PLACES][i % PLACES];
            if (isinf(before)) continue;
            if (isinf(after))
                cut += m == 0;
            else
                delta[m] += after - before;
        }
    (void)snprintf(id, sizeof id, "%c%d", item < LINKS ? 'l' : 't', item);
    int64_t row = row_of(t, id);
    assert_true((row >= 0) == (cut > 0 || delta[0] > 0 || delta[1] > 0));
    if (row < 0) return;
    close_to(real(t, "cut_pairs", row), cut);
    close_to(real(t, "delta_hours", row), delta[0]);
    close_to(real(t, "delta_usd", row), delta[1]);
}

static void against_routes_without_it(void **state) {
    (void)state;
    static drawn d;
    karvan_random_init(&rng, 20261124, 0);
    for (int round = 0; round < part_of(ROUNDS); round++) {
        double base[2][PLACES][PLACES];
        small_region r;
        karvan_network *net;
        karvan_table *t = NULL;
        draw(&d);
        open_without(&d, -1, &r, &net);
        all_pairs(net, base);
        assert_int_equal(karvan_network_critical(net, 2, &t, NULL), KARVAN_OK);
        for (int64_t i = 1; i < karvan_table_rows(t); i++) {
            double more = real(t, "cut_pairs", i - 1), less = real(t, "cut_pairs", i);
            assert_true(more > less || (more == less && real(t, "delta_hours", i - 1) >=
                                                            real(t, "delta_hours", i)));
        }
        for (int item = 0; item < ITEMS; item++) check_item(&d, item, t, base);
        karvan_table_destroy(t);
        close_network(&r, net);
    }
}

static void same_by_any_threads(void **state) {
    (void)state;
    static drawn d;
    karvan_random_init(&rng, 7, 0);
    small_region r;
    karvan_network *net;
    karvan_table *t[2] = {NULL, NULL};
    draw(&d);
    open_without(&d, -1, &r, &net);
    for (int i = 0; i < 2; i++)
        assert_int_equal(karvan_network_critical(net, 1 + 2 * i, &t[i], NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t[0]), karvan_table_rows(t[1]));
    assert_true(karvan_table_rows(t[0]) > 3);
    for (int64_t i = 0; i < karvan_table_rows(t[0]); i++) {
        assert_string_equal(karvan_i_cell_text(t[0], "id", i), karvan_i_cell_text(t[1], "id", i));
        double a = real(t[0], "delta_hours", i), b = real(t[1], "delta_hours", i);
        assert_memory_equal(&a, &b, sizeof a);
    }
    karvan_table_destroy(t[0]), karvan_table_destroy(t[1]);
    close_network(&r, net);
}

/* ---- weights, countries, single closures ---- */

/* GDP of AAA 6 over places 0 and 3, of BBB 3 over 1 and 4, of CCC 2 in 2. */
static const double GDP[PLACES] = {3, 1.5, 2, 3, 1.5};

static double pair_weight(int a, int b) {
    double all = 0;
    for (int i = 0; i < PLACES * PLACES; i++)
        if (i / PLACES != i % PLACES) all += GDP[i / PLACES] * GDP[i % PLACES];
    return GDP[a] * GDP[b] * PLACES * (PLACES - 1) / all;
}

/* One item and country: what the pairs lose that begin there. */
static void check_country(const karvan_table *t, const char *id, int country,
                          double base[2][PLACES][PLACES], double now[2][PLACES][PLACES]) {
    const char iso3[] = {(char)('A' + country), (char)('A' + country), (char)('A' + country), 0};
    double delta[2] = {0, 0}, cut = 0, share = 0;
    for (int i = 0; i < PLACES * PLACES; i++) {
        int a = i / PLACES, b = i % PLACES;
        if (a == b || a % 3 != country) continue;
        for (int m = 0; m < 2; m++) {
            if (isinf(base[m][a][b])) continue;
            if (!isinf(now[m][a][b]))
                delta[m] += pair_weight(a, b) * (now[m][a][b] - base[m][a][b]);
            else if (m == 0)
                cut++, share += 100 * pair_weight(a, b) / (PLACES * (PLACES - 1));
        }
    }
    int64_t row = -1;
    for (int64_t i = 0; i < karvan_table_rows(t); i++)
        if (karvan_i_cell_is(t, "id", i, id) && karvan_i_cell_is(t, "country", i, iso3)) row = i;
    assert_true((row >= 0) == (cut > 0 || delta[0] > 0 || delta[1] > 0));
    if (row < 0) return;
    close_to(real(t, "delta_hours", row), delta[0]);
    close_to(real(t, "delta_usd", row), delta[1]);
    close_to(real(t, "cut_pairs", row), cut);
    close_to(real(t, "cut_share", row), share);
}

/* Its table of pairs says the same as the two tables of routes. */
static void check_closure(const karvan_network *net, int item, double base[2][PLACES][PLACES],
                          double now[2][PLACES][PLACES]) {
    karvan_item closed = {item < LINKS ? KARVAN_ITEM_LINK : KARVAN_ITEM_TERMINAL,
                          item < LINKS ? item : item - LINKS};
    karvan_table *t = NULL;
    int64_t hurt = 0, row = 0;
    bool cut = true;
    assert_int_equal(karvan_network_closure(net, closed, 2, &t, NULL), KARVAN_OK);
    for (int i = 0; i < PLACES * PLACES; i++)
        hurt += now[0][i / PLACES][i % PLACES] > base[0][i / PLACES][i % PLACES] ||
                now[1][i / PLACES][i % PLACES] > base[1][i / PLACES][i % PLACES];
    assert_int_equal(karvan_table_rows(t), hurt);
    for (; row < hurt; row++) {
        int a = karvan_i_cell_text(t, "from", row)[1] - '0',
            b = karvan_i_cell_text(t, "to", row)[1] - '0';
        close_to(real(t, "hours", row), base[0][a][b]);
        close_to(real(t, "usd", row), base[1][a][b]);
        if (isinf(now[0][a][b])) {
            assert_true(cut && isnan(real(t, "hours_after", row)) &&
                        isnan(real(t, "delta_usd", row)));
            continue;
        }
        close_to(real(t, "hours_after", row), now[0][a][b]);
        close_to(real(t, "delta_usd", row), now[1][a][b] - base[1][a][b]);
        assert_true(cut || real(t, "delta_hours", row) <= real(t, "delta_hours", row - 1));
        cut = false; /* from here on none is */
    }
    karvan_table_destroy(t);
}

static void by_weight_and_country(void **state) {
    (void)state;
    static drawn d;
    static const karvan_critical_query q = {KARVAN_MASS_GDP, true, 2};
    karvan_random_init(&rng, 77, 0);
    for (int round = 0; round < part_of(12); round++) {
        double base[2][PLACES][PLACES], now[2][PLACES][PLACES];
        small_region r, less;
        karvan_network *net, *without;
        karvan_table *t = NULL;
        draw(&d);
        open_without(&d, -1, &r, &net);
        all_pairs(net, base);
        assert_int_equal(karvan_network_critical_by(net, &q, &t, NULL), KARVAN_OK);
        for (int item = 0; item < ITEMS; item++) {
            char id[16];
            (void)snprintf(id, sizeof id, "%c%d", item < LINKS ? 'l' : 't', item);
            open_without(&d, item, &less, &without);
            all_pairs(without, now);
            close_network(&less, without);
            for (int c = 0; c < 3; c++) check_country(t, id, c, base, now);
            check_closure(net, item, base, now);
        }
        karvan_table_destroy(t);
        close_network(&r, net);
    }
}

/* The shipped region: what lies behind an item, settled anew, against whole searches without it. */
static void against_single_closures(void **state) {
    (void)state;
    const int64_t share = test_divisor("KARVAN_TEST_SHARE");
    karvan_network_options o;
    karvan_problems *problems = NULL;
    karvan_package *region = NULL;
    karvan_network *net = NULL;
    karvan_table *all = NULL;
    karvan_error e = {0};
    if (karvan_problems_create(&problems, &e) != KARVAN_OK ||
        karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", problems, &region, &e) !=
            KARVAN_OK ||
        karvan_network_defaults(region, &o, &e) != KARVAN_OK ||
        karvan_network_create(region, &o, &net, &e) != KARVAN_OK ||
        karvan_network_critical(net, 0, &all, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    assert_true(karvan_table_rows(all) > 100);
    for (int64_t i = 0; i < karvan_table_rows(all); i += 9 * share) {
        bool link = karvan_i_cell_is(all, "kind", i, "link");
        karvan_table *one = NULL;
        double hours = 0, usd = 0;
        int64_t cut = 0;
        int64_t row = karvan_package_row(region, link ? "links" : "terminals",
                                         karvan_i_cell_text(all, "id", i));
        karvan_item item = {link ? KARVAN_ITEM_LINK : KARVAN_ITEM_TERMINAL, (int32_t)row};
        assert_int_equal(karvan_network_closure(net, item, 0, &one, &e), KARVAN_OK);
        for (int64_t k = 0; k < karvan_table_rows(one); k++) {
            bool gone = isnan(real(one, "hours_after", k));
            cut += gone;
            if (gone) continue;
            hours += real(one, "delta_hours", k), usd += real(one, "delta_usd", k);
        }
        assert_int_equal(real(all, "cut_pairs", i), cut);
        close_to(real(all, "delta_hours", i), hours);
        close_to(real(all, "delta_usd", i), usd);
        karvan_table_destroy(one);
    }
    karvan_table_destroy(all);
    karvan_network_destroy(net);
    karvan_package_destroy(region);
    karvan_problems_destroy(problems);
}

static karvan_network *swept;
static karvan_status one_answer(karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = karvan_network_critical(swept, 1, &t, err);
    karvan_table_destroy(t);
    return st;
}

static karvan_status one_by_country(karvan_error *err) {
    static const karvan_critical_query q = {KARVAN_MASS_GDP, true, 1};
    karvan_table *t = NULL;
    karvan_status st = karvan_network_critical_by(swept, &q, &t, err);
    karvan_table_destroy(t);
    return st;
}
static karvan_status one_closure(karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st =
        karvan_network_closure(swept, (karvan_item){KARVAN_ITEM_PLACE, 1}, 1, &t, err);
    karvan_table_destroy(t);
    return st;
}

static void every_failure(void **state) {
    (void)state;
    small_region r;
    swept = open_network(&r, BY_HAND);
    every_allocation_fails(one_answer, 1000);
    every_allocation_fails(one_by_country, 1000);
    every_allocation_fails(one_closure, 1000);
    karvan_table *t = (karvan_table *)&r;
    assert_int_equal(karvan_network_critical(NULL, 1, &t, NULL), KARVAN_E_ARG);
    assert_null(t);
    assert_int_equal(karvan_network_critical(swept, 1, NULL, NULL), KARVAN_E_ARG);
    static const karvan_critical_query wrong = {(karvan_mass)9, false, 1};
    static const karvan_item none[] = {{KARVAN_ITEM_LINK, 4}, {(karvan_item_kind)9, 0}};
    assert_int_equal(karvan_network_critical_by(swept, NULL, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_network_critical_by(swept, &wrong, &t, NULL), KARVAN_E_ARG);
    for (int i = 0; i < 2; i++)
        assert_int_equal(karvan_network_closure(swept, none[i], 1, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_network_closure(NULL, none[0], 1, &t, NULL), KARVAN_E_ARG);
    assert_int_equal(karvan_network_closure(swept, none[0], 1, NULL, NULL), KARVAN_E_ARG);
    close_network(&r, swept);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand),
                                       cmocka_unit_test(against_routes_without_it),
                                       cmocka_unit_test(same_by_any_threads),
                                       cmocka_unit_test(by_weight_and_country),
                                       cmocka_unit_test(against_single_closures),
                                       cmocka_unit_test(every_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
