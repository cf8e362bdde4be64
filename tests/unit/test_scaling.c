/* Scaling a matrix to sums of rows and columns, and the graph that it solves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "trade/scaling.h"

static void assert_near(double found, double said, double within) {
    if (!(fabs(found - said) <= within * fmax(1, fabs(said))))
        fail_msg("%.17g where %.17g is said", found, said);
}

/* Countries that hardly trade: sweeps alone would take some e^18 of them. */
static void next_to_no_trade(void **state) {
    (void)state;
    enum { N = 12 };
    for (double border = 2; border <= 23; border += 7) {
        double m[N * N], row[N], column[N], r[N], c[N], r0[N], c0[N];
        karvan_i_scaling how;
        for (int i = 0; i < N; i++) {
            r0[i] = exp(0.7 * (i * 5 % N) - 3), c0[i] = exp(0.5 * (i * 7 % N) - 2);
            row[i] = column[i] = 0, c[i] = 1;
        }
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                m[i * N + j] = i == j ? 1 : exp(-border - 0.3 * ((i * 3 + j * 5) % 7));
                row[i] += r0[i] * m[i * N + j] * c0[j];
            }
        for (int j = 0; j < N; j++)
            for (int i = 0; i < N; i++) column[j] += r0[i] * m[i * N + j] * c0[j];
        assert_int_equal(karvan_i_scale(N, m, row, column, 0, r, c, &how, NULL), KARVAN_OK);
        /* No further off than it says; nor does it doubt what the borders let through. */
        assert_true(how.doubt < 1e-14 * exp(border) + 1e-12);
        double within = how.doubt + 1e-14;
        for (int i = 0; i < N; i++) {
            assert_near(log(c[i] / c[0]) - log(c0[i] / c0[0]), 0, within);
            assert_near(log(r[i] * c[0]) - log(r0[i] * c0[0]), 0, within);
        }
        assert_true(how.sweeps < 1000 && how.residual < 1e-10);
    }
}

/* Below what rounding leaves of sums, nothing lies between them to tell, and nothing is told. */
static void no_trade_but_rounding(void **state) {
    (void)state;
    const double m[] = {1, 1e-15, 1e-15, 1}, sums[] = {1 + 1e-15, 1 + 1e-15};
    double r[2], c[2] = {1, 5};
    karvan_i_scaling how;
    assert_int_equal(karvan_i_scale(2, m, sums, sums, 0, r, c, &how, NULL), KARVAN_E_NOCONV);
    assert_true(how.doubt > 1e-2);
    /* Sums that are off by a millionth: borders of e^-4 are enough for that, e^-10 are not. */
    for (int k = 4; k <= 10; k += 6) {
        double x = exp(-k), v[] = {1, x, x, 1}, all[] = {1 + x, 1 + x};
        c[0] = 1, c[1] = 5;
        assert_int_equal(karvan_i_scale(2, v, all, all, 1e-6, r, c, &how, NULL),
                         k == 4 ? KARVAN_OK : KARVAN_E_NOCONV);
    }
}

/* Sums that the matrix cannot have, and no matrix at all. */
static void sums_that_cannot_be(void **state) {
    (void)state;
    static const double m[] = {1, 0, 0, 1}, row[] = {1, 2}, column[] = {2, 1}, none[4];
    double r[2], c[2] = {1, 1};
    karvan_i_scaling how;
    karvan_error err = {0};
    assert_int_equal(karvan_i_scale(2, m, row, column, 0, r, c, &how, &err), KARVAN_E_NOCONV);
    assert_non_null(strstr(err.msg, "no factors"));
    c[0] = c[1] = 1;
    assert_int_equal(karvan_i_scale(2, none, row, row, 0, r, c, &how, NULL), KARVAN_E_NOCONV);
}

/* A chain of links 1, 1e-13, 1 with a unit put in at one end and taken out at the other: potentials
 * fall by 1, 1e13, 1 to the last digits. And two graphs that do not meet. */
static void graph_of_hardly_a_link(void **state) {
    (void)state;
    const double link[] = {1, 1e-13, 1};
    double w[16] = {0}, b[] = {-1, 0, 0, 1};
    for (int k = 0; k < 3; k++) w[k * 4 + k + 1] = w[(k + 1) * 4 + k] = link[k];
    karvan_i_laplacian(4, w, 1, b);
    const double said[] = {0, 1, 1 + 1e13, 2 + 1e13};
    for (int k = 0; k < 4; k++) assert_near(b[k], said[k], 4e-16);
    double v[16] = {[1] = 2, [4] = 2, [11] = 4, [14] = 4}, d[] = {-1, 1, 3, -3};
    karvan_i_laplacian(4, v, 1, d);
    assert_true(d[0] == 0 && d[1] == 0.5 && d[2] == 0 && d[3] == -0.75);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(next_to_no_trade), cmocka_unit_test(no_trade_but_rounding),
        cmocka_unit_test(sums_that_cannot_be), cmocka_unit_test(graph_of_hardly_a_link)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
