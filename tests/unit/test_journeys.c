/* Distributions of hours beside journeys drawn one by one: at random and by the clock, for
 * headways, timetables, opening hours, seasons, weather and ships that leave when full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock_network.h"
#include "network/sample.h"
#include "share.h"

enum { JOURNEYS = 40000 };

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double share_upto(const double *sorted, double h) {
    int64_t n = 0;
    while (n < JOURNEYS && sorted[n] <= h) n++;
    return (double)n / JOURNEYS;
}

/* A quantile x of the distribution: no more than q of the journeys are shorter, no fewer as long,
 * within five standard errors and a step of the grid. */
static void agrees(const char *what, const double *sorted, const karvan_time_quantiles *q,
                   double never, double step_h) {
    const double levels[] = {0.05, 0.10, 0.50, 0.90, 0.95};
    const double x[] = {q->p05_h, q->p10_h, q->p50_h, q->p90_h, q->p95_h};
    double sum = 0, square = 0, n = 0;
    for (int i = 0; i < JOURNEYS && !isinf(sorted[i]); i++)
        sum += sorted[i], square += sorted[i] * sorted[i], n += 1;
    double mean = sum / n, error = 5 * sqrt((square / n - mean * mean) / n) + 0.01;
    if (!(fabs(mean - q->mean_h) <= error))
        fail_msg("%s: mean %g, of journeys %g, error %g", what, q->mean_h, mean, error);
    assert_true(fabs(1 - n / JOURNEYS - never) < 5 * sqrt(0.25 / JOURNEYS));
    for (int i = 0; i < 5; i++) {
        double few = 5 * sqrt(levels[i] * (1 - levels[i]) / JOURNEYS);
        if (isinf(x[i])) {
            assert_true(1 - n / JOURNEYS > 1 - levels[i] - few);
            continue;
        }
        if (share_upto(sorted, x[i] - step_h) > levels[i] + few ||
            share_upto(sorted, x[i] + step_h) < levels[i] - few)
            fail_msg("%s: quantile %g at %g h, of journeys %g to %g", what, levels[i], x[i],
                     share_upto(sorted, x[i] - step_h), share_upto(sorted, x[i] + step_h));
    }
}

static void compare(const karvan_network *net, const char *what, const karvan_moment *at) {
    static double hours[JOURNEYS];
    karvan_route r;
    karvan_time_quantiles q[8];
    karvan_error e = {0};
    double never = 0;
    karvan_status st = at ? karvan_route_depart(net, &A_TO_C, at, &r, &e)
                          : karvan_route_best(net, &A_TO_C, &r, &e);
    if (st != KARVAN_OK) fail_msg("%s: %s", what, e.msg);
    st = at ? karvan_route_quantiles_depart(net, &r, at, 0.25, q, &never, &e)
            : karvan_route_quantiles(net, &r, 0.25, q, &e);
    if (st != KARVAN_OK) fail_msg("%s: %s", what, e.msg);
    assert_int_equal(karvan_i_route_sample(net, &r, at, 7, JOURNEYS, hours, &e), KARVAN_OK);
    qsort(hours, JOURNEYS, sizeof *hours, by_value);
    agrees(what, hours, &q[r.n_legs], never, 0.25);
    is_near(q[r.n_legs].mean_h, r.hours);
    karvan_route_clear(&r);
}

static void beside_journeys(void **state) {
    (void)state;
    static const struct {
        const char *text, *load;
    } services[] = {
        {"48,1,false,,36,,,,", ""},                               /* at random, weather */
        {"48,0.5,false,,36,,,,", ""},                             /* nearly even */
        {"48,0,false,,0,,,,", ""},                                /* even */
        {"48,2.5,false,,36,,,,", ""},                             /* in bunches */
        {"48,,true,9,36,,,,", ""},                                /* when full */
        {",,false,,36,,,\"Mo,Th 06:00; Sa 23:30\",", ""},         /* a timetable */
        {",,false,,36,,,\"Mo-Su 06:10,17:20\",Mar 6-Mar 20", ""}, /* of a short season */
        {"12,1,false,,90,,,,Mar 4-Apr 30", ""},
        {",,false,,0,,2026-03-06,\"Mo-Su 06:10\",", ""},       /* ends soon */
        {"48,0,false,9,36,,,,", "4"},                          /* 8 of 9 TEU taken */
        {",,false,9,36,,,\"Mo,Th 06:00; Sa 23:30\",", "3.4"}}; /* 7.9 of 9 */
    static const char *const opens[] = {"", "Mo-Fr 08:00-18:00",
                                        "Mo-Su 22:00-05:45; We 10:00-11:00"};
    static const char *const starts[] = {"2026-03-02T08:00", "2026-03-05T17:00",
                                         "2026-03-27T03:30"};
    for (size_t s = 0; s < sizeof services / sizeof services[0]; s++)
        for (size_t o = 0; o < 3; o++) {
            if (!in_part((int)(s * 3 + o))) continue;
            words w = {"1.6", "5", opens[o], services[s].text, services[s].load};
            small_region region;
            char what[200];
            assert_true(open_words(&region, w));
            karvan_network *net = network(&region, 3, false), *clock = network(&region, 0, true);
            (void)snprintf(what, sizeof what, "%s, %s", services[s].text, opens[o]);
            if (s != 6) compare(net, what, NULL); /* its season is less than half of March */
            for (size_t t = 0; t < (s == 8 ? 1 : 3); t++) {
                karvan_moment at = moment(starts[t]);
                if (s == 6 && t == 2) continue; /* a year until it sails */
                (void)snprintf(what, sizeof what, "%s, %s from %s", services[s].text, opens[o],
                               starts[t]);
                compare(clock, what, &at);
            }
            karvan_network_destroy(net), karvan_network_destroy(clock), small_close(&region);
        }
}

/* Of those who leave at 22:00 by the port's clock a third is not aboard the last ship at 10:00. */
static void some_never_arrive(void **state) {
    (void)state;
    small_region region;
    const words w = {"1.6", "5", "", ",,false,,0,,2026-03-06,\"Mo-Su 10:00\",", ""};
    karvan_moment at = moment("2026-03-05T17:00");
    karvan_time_quantiles q[8];
    double never;
    assert_true(open_words(&region, w));
    karvan_network *net = network(&region, 0, true);
    compare(net, "the last ship", &at);
    karvan_route r = leave(net, "2026-03-05T17:00");
    assert_int_equal(karvan_route_quantiles_depart(net, &r, &at, 0.25, q, &never, NULL), KARVAN_OK);
    assert_true(never > 0.2 && never < 0.5);
    assert_true(isinf(q[r.n_legs].p90_h) && isfinite(q[r.n_legs].p50_h));
    karvan_route_clear(&r), karvan_network_destroy(net), small_close(&region);
}

/* The same journey whatever the number of them; the moments of a gamma variable. */
static void draws(void **state) {
    (void)state;
    karvan_random r;
    for (int k = 0; k < 3; k++) {
        static const double shapes[] = {0.3, 1, 7};
        double sum = 0, square = 0;
        karvan_random_init(&r, 5, (uint64_t)k);
        for (int i = 0; i < 100000; i++) {
            double g = karvan_i_random_gamma(&r, shapes[k]);
            sum += g / 100000, square += g * g / 100000;
        }
        assert_true(fabs(sum - 1) < 0.03);
        assert_true(fabs((square - sum * sum) * shapes[k] - 1) < 0.08);
    }
    small_region region;
    assert_true(open_words(&region, PLAIN));
    karvan_network *net = network(&region, 0, false);
    karvan_route route;
    double few[3], many[10];
    assert_int_equal(karvan_route_best(net, &A_TO_C, &route, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_route_sample(net, &route, NULL, 3, 3, few, NULL), KARVAN_OK);
    assert_int_equal(karvan_i_route_sample(net, &route, NULL, 3, 10, many, NULL), KARVAN_OK);
    assert_memory_equal(few, many, sizeof few);
    assert_int_equal(karvan_i_route_sample(net, &route, NULL, 3, -1, many, NULL), KARVAN_E_ARG);
    karvan_route_clear(&route), karvan_network_destroy(net), small_close(&region);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(beside_journeys),
                                       cmocka_unit_test(some_never_arrive),
                                       cmocka_unit_test(draws)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
