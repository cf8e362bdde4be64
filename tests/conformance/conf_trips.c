/* Trips of public networks: zones, cells and totals as the collection's own pages and files give
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "conformance/reference.h"
#include "karvan/assignment.h"

static void totals_as_published(void **state) {
    (void)state;
    static const char *const origin =
        "the Transportation Networks collection (github.com/bstabler/TransportationNetworks)";
    static const struct {
        const char *name;
        int32_t zones;
        int64_t cells; /* above 0 */
        double total;
    } sets[] = {{"Braess", 2, 1, 6},
                {"SiouxFalls", 24, 528, 360600},
                {"Anaheim", 38, 1406, 104694.4},
                {"ChicagoSketch", 387, 93513, 1260907.4400005303}};
    for (int i = 0; i < 4; i++) {
        char path[600], name[100];
        karvan_trips t;
        karvan_error e = {0};
        double sum = 0;
        (void)snprintf(name, sizeof name, "tntp/%s_trips.tntp", sets[i].name);
        if (!reference_file(name, origin, path, sizeof path)) continue;
        if (karvan_trips_read(path, sets[i].zones, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
        for (int64_t k = 0; k < t.n; k++) sum += t.trips[k];
        assert_int_equal(t.n, sets[i].cells);
        assert_true(fabs(sum - sets[i].total) <= 1e-13 * sum);
        karvan_trips_clear(&t);
        assert_int_equal(karvan_trips_read(path, sets[i].zones + 1, &t, NULL), KARVAN_E_DATA);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(totals_as_published)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
