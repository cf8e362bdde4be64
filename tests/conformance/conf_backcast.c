/* The back-cast of docs/methods/validation.md: constants of one year held against the next ones.
 * Every figure of its table is computed anew and printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/validation.h"

/* What was estimated on a year is what the file of that year says: within a tenth of its error. */
static void constants_are_estimated(void **s) {
    (void)s;
    if (!all_cases()) skip();
    year_world w, file;
    karvan_region_estimate *e = NULL;
    karvan_table *t = NULL;
    karvan_error err = {0};
    year_open(&w, &(year_asked){.dir = SHIPPED, .year = BASE});
    year_open(&file, &(year_asked){.dir = region_of(BASE), .year = BASE});
    karvan_region_estimate_options o = {.year = BASE,
                                        .demand = w.demand,
                                        .freight = w.options,
                                        .hold_demand = true,
                                        .constant_error = 5000,
                                        .estimate = {.tolerance = 0.02}};
    if (karvan_estimate_region(w.region, &o, &e, &err)) fail_msg("%s", err.msg);
    assert_int_equal(karvan_region_estimate_table(e, KARVAN_REGION_CONSTANTS, &t, NULL), KARVAN_OK);
    const karvan_table *c = karvan_package_table(file.region, "corridor_constants");
    assert_int_equal(karvan_table_rows(t), karvan_table_rows(c));
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        assert_true(fabs(karvan_i_cell_real(t, "usd_per_teu", r) -
                         karvan_i_cell_real(c, "usd_per_teu", r)) <
                    0.1 * karvan_i_cell_real(c, "error", r));
    karvan_table_destroy(t);
    karvan_region_estimate_destroy(e);
    year_close(&w), year_close(&file);
}

static void one_year(int constants, int year) {
    char row[64];
    loads l = load(&(year_asked){.dir = region_of(constants), .year = year});
    double seen = counted_kt(year);
    const double v[] = {counted("titr-kt", year),
                        seen,
                        l.kt,
                        l.kt - seen,
                        100 * (l.kt / seen - 1),
                        l.ports_kt,
                        counted("titr-teu", year),
                        l.boxes,
                        counted("erai-teu", year),
                        l.northern};
    (void)snprintf(row, sizeof row, "%d, %d", constants, year);
    told("Constants held", row, 10, v);
}

static void constants_are_held(void **s) {
    (void)s;
    static const int of[] = {BASE, 2020, 2019, ESTIMATED};
    for (int k = 0, i = 0; k < 4; k++)
        for (int year = of[k] == ESTIMATED ? BASE : BASE + 1; year <= NEWEST; year++)
            if (in_part(i++)) one_year(of[k], year);
    told_settle();
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(constants_are_estimated),
                                       cmocka_unit_test(constants_are_held)};
    return cmocka_run_group_tests(tests, validation_open, validation_close);
}
