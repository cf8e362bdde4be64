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
        assert_float_equal(real(t, "delta_hours", i), want[i].hours, 1e-9);
        assert_float_equal(real(t, "delta_usd", i), want[i].usd, 1e-9);
        assert_float_equal(real(t, "cut_pairs", i), want[i].cut, 0);
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
    assert_float_equal(real(t, "cut_pairs", row), cut, 0);
    assert_float_equal(real(t, "delta_hours", row), delta[0], 1e-9);
    assert_float_equal(real(t, "delta_usd", row), delta[1], 1e-9);
}

static void against_routes_without_it(void **state) {
    (void)state;
    static drawn d;
    karvan_random_init(&rng, 20261124, 0);
    for (int round = 0; round < ROUNDS; round++) {
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

static karvan_network *swept;
static karvan_status one_answer(karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = karvan_network_critical(swept, 1, &t, err);
    karvan_table_destroy(t);
    return st;
}

static void every_failure(void **state) {
    (void)state;
    small_region r;
    swept = open_network(&r, BY_HAND);
    every_allocation_fails(one_answer, 1000);
    karvan_table *t = (karvan_table *)&r;
    assert_int_equal(karvan_network_critical(NULL, 1, &t, NULL), KARVAN_E_ARG);
    assert_null(t);
    assert_int_equal(karvan_network_critical(swept, 1, NULL, NULL), KARVAN_E_ARG);
    close_network(&r, swept);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand), cmocka_unit_test(against_routes_without_it),
        cmocka_unit_test(same_by_any_threads), cmocka_unit_test(every_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
