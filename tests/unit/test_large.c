/* The inverse of large matrices, singular ones too: a times g times a is a. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "karvan/base.h"
#include "trade/large.h"
#include "trade/small.h"

static double *numbers(size_t n) {
    double *p = calloc(n, sizeof *p);
    assert_non_null(p);
    return p;
}

/* b b' with b of `rank` columns; a generalised inverse g has a g a = a. */
static void inverse_of(int n, int rank, int threads) {
    karvan_random r;
    size_t cells = (size_t)n * (size_t)n;
    double *b = numbers((size_t)(n * rank)), *a = numbers(cells);
    double *g = numbers(cells), *ag = numbers(cells);
    double *aga = numbers(cells), *scale = numbers((size_t)n);
    karvan_random_init(&r, 5, (uint64_t)(n * 1000 + rank));
    for (int i = 0; i < n * rank; i++) b[i] = karvan_random_normal(&r);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            for (int k = 0; k < rank; k++) a[i * n + j] += b[i * rank + k] * b[j * rank + k];
            if (i == j) scale[i] = a[i * n + i];
            if (i == j && rank == n) a[i * n + i] += n; /* well away from singular */
        }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) g[i * n + j] = j <= i ? a[i * n + j] : NAN; /* not read */
    assert_int_equal(karvan_i_large_inverse(n, g, scale, 1e-11, threads, NULL), KARVAN_OK);
    karvan_i_small_product(n, a, g, ag), karvan_i_small_product(n, ag, a, aga);
    int zero = 0;
    for (int i = 0; i < n; i++) {
        zero += g[i * n + i] == 0;
        for (int j = 0; j < n; j++) {
            if (!(fabs(aga[i * n + j] - a[i * n + j]) < 1e-8 * n)) fail_msg("%d, %d", i, j);
            assert_true(g[i * n + j] == g[j * n + i]);
        }
    }
    assert_int_equal(zero, n - rank);
    free(b), free(a), free(g), free(ag), free(aga), free(scale);
}

static void a_matrix_times_its_inverse(void **s) {
    (void)s;
    static const int size[][2] = {{1, 1},   {3, 2},    {63, 63},  {64, 60},
                                  {65, 65}, {130, 70}, {201, 201}};
    for (int i = 0; i < 7; i++) inverse_of(size[i][0], size[i][1], 1 + i % 3);
}

int main(void) {
    const struct CMUnitTest t[] = {cmocka_unit_test(a_matrix_times_its_inverse)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
