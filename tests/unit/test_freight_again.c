/* Freight that is stopped, begun elsewhere, by other threads, or without memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "freight_bed.h"
#include "sweep.h"

/* ---- stopped ---- */

static void cancelled_gives_the_best_found(void **s) {
    (void)s;
    bed b;
    karvan_freight *f = NULL;
    karvan_error e = {0};
    karvan_cancel stop = {0};
    bed_open(&b, LINKS("40"), NULL, NULL);
    bed_solve(&b);
    karvan_cancel_request(&stop);
    b.o.cancel = &stop;
    /* before there is any route: nothing; once there is a solution: that, and it says so */
    assert_int_equal(karvan_freight_solve(b.region.package, &b.demand, &b.o, NULL, &f, &e),
                     KARVAN_E_CANCELLED);
    assert_null(f);
    assert_int_equal(karvan_freight_solve(b.region.package, &b.demand, &b.o, b.f, &f, &e),
                     KARVAN_E_CANCELLED);
    assert_non_null(f);
    assert_false(karvan_freight_statistics(f).converged);
    assert_non_null(strstr(e.msg, "cancelled after 1 round:"));
    near(karvan_freight_served_view(f)[0], karvan_freight_served_view(b.f)[0], 1e-6);
    karvan_freight_destroy(f);
    bed_close(&b);
}

/* Steps are counted over all rounds; where they are used up, the best found is given. */
static void steps_are_counted_in_all(void **s) {
    (void)s;
    bed b;
    karvan_freight *f = NULL;
    karvan_error e = {0};
    bed_open(&b, LINKS("40"), CAPACITIES "y,Roads,links,AC,each,20,TEU/day,,,,,,\n", NULL);
    for (int most = 1; most < 5; most++) {
        b.o.max_iterations = most;
        assert_int_equal(karvan_freight_solve(b.region.package, &b.demand, &b.o, NULL, &f, &e),
                         KARVAN_E_NOCONV);
        assert_non_null(f);
        assert_int_equal(karvan_freight_statistics(f).iterations, most);
        assert_false(karvan_freight_statistics(f).converged);
        char said[80];
        (void)snprintf(said, sizeof said, "not settled after %d steps", most);
        assert_non_null(strstr(e.msg, said));
        karvan_freight_destroy(f), f = NULL;
    }
    bed_close(&b);
}

/* ---- the same, however it is found ---- */

static void threads_and_starts(void **s) {
    (void)s;
    bed b;
    bed_open(&b, NULL, NULL,
             "origin:s,destination:s,cargo_class:s,teu:n\nAAA,CCC,gen,36500\nC,A,heavy,36500\n"
             "B,C,gen,3650\nA,B,heavy,36500\n");
    bed_solve(&b);
    double want = karvan_freight_statistics(b.f).objective;
    for (int threads = 2; threads < 5; threads++) {
        b.o.threads = threads;
        bed_solve(&b);
        double got = karvan_freight_statistics(b.f).objective;
        assert_memory_equal(&got, &want, sizeof got);
    }
    karvan_freight *warm = NULL;
    assert_int_equal(karvan_freight_solve(b.region.package, &b.demand, &b.o, b.f, &warm, NULL),
                     KARVAN_OK);
    near(karvan_freight_statistics(warm).objective, want, 1e-12);
    assert_true(karvan_freight_statistics(warm).iterations <= 2);
    karvan_freight_destroy(warm);
    bed_close(&b);
}

/* A road that cost too much to be in any set is the best by now, and no price leads to it. */
static void a_start_of_other_costs(void **s) {
    (void)s;
    bed before, b;
    bed_open(&before, ROAD("9000"), NULL, NULL);
    bed_solve(&before);
    assert_int_equal(karvan_freight_statistics(before.f).routes, 1);
    bed_open(&b, ROAD("500"), NULL, NULL);
    assert_int_equal(karvan_freight_solve(b.region.package, &b.demand, &b.o, before.f, &b.f, NULL),
                     KARVAN_OK);
    near(cell(&b, KARVAN_FREIGHT_LINKS, "AC", "all", "load"), 100 / (1 + exp(-6)), 1e-6);
    bed_close(&b), bed_close(&before);
}

/* A start whose corridors were others: ways are of the corridors of today. */
static void a_start_of_other_corridors(void **s) {
    (void)s;
    bed before, b;
    const char *iron = TABLES[T_CORRIDORS].csv;
    bed_open(&before, NULL, NULL, NULL);
    bed_solve(&before);
    TABLES[T_CORRIDORS].csv =
        "id:s,name:s,must_pass:s,avoid_countries:s,avoid_places:s,avoid_modes:s\n"
        "iron,Iron way,,,B,\n";
    bed_open(&b, NULL, NULL, NULL);
    TABLES[T_CORRIDORS].csv = iron;
    assert_int_equal(karvan_freight_solve(b.region.package, &b.demand, &b.o, before.f, &b.f, NULL),
                     KARVAN_OK);
    near(cell(&before, KARVAN_FREIGHT_CORRIDORS, "iron", "all", "teu_day"), 40, 1e-8);
    near(cell(&b, KARVAN_FREIGHT_CORRIDORS, "iron", "all", "teu_day"), 60, 1e-8);
    bed_close(&b), bed_close(&before);
}

static bed swept_bed;
static karvan_status swept(karvan_error *err) {
    karvan_freight_demand d;
    karvan_freight *f = NULL;
    const karvan_package *r = swept_bed.region.package;
    karvan_status st = karvan_freight_demand_read(r, karvan_package_table(r, "demand"), 0, &d, err);
    if (st != KARVAN_OK) return st;
    st = karvan_freight_solve(r, &d, &swept_bed.o, NULL, &f, err);
    for (int k = 0; st == KARVAN_OK && k < KARVAN_FREIGHT_OUTPUTS; k++) {
        karvan_table *t = NULL;
        st = karvan_freight_table(f, (karvan_freight_output)k, &t, err);
        karvan_table_destroy(t);
    }
    karvan_freight_destroy(f);
    karvan_freight_demand_clear(&d);
    return st;
}
static void allocations(void **s) {
    (void)s;
    bed_open(&swept_bed, NULL, CAPACITIES "post,Post,places,B,both,80,TEU/day,1,1,1,,,\n",
             "origin:s,destination:s,cargo_class:s,teu:n\nA,C,gen,36500\nA,E,heavy,3650\n");
    swept_bed.o.empties = true;
    every_allocation_fails(swept, 5000);
    bed_close(&swept_bed);
}

int main(void) {
    freight_tables(TABLES);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cancelled_gives_the_best_found),
        cmocka_unit_test(steps_are_counted_in_all),
        cmocka_unit_test(threads_and_starts),
        cmocka_unit_test(a_start_of_other_costs),
        cmocka_unit_test(a_start_of_other_corridors),
        cmocka_unit_test(allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
