#ifndef KARVAN_TESTS_GRAVITY_BY_HAND_H
#define KARVAN_TESTS_GRAVITY_BY_HAND_H
/* Small tables of numbers and their fits, for values worked out by hand. Include cmocka before. */
#include <math.h>
#include <string.h>

#include "trade/fit.h"

/* A name a column, one character; a, b, c are whole numbers, the others real. */
static inline karvan_table *table_of(const char *names, int rows, const double *cell) {
    static const char *const all[] = {"a", "b", "c", "o", "w", "x", "y", "z"};
    karvan_column columns[8];
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    int n = (int)strlen(names);
    for (int k = 0; k < n; k++)
        for (int j = 0; j < 8; j++)
            if (*all[j] == names[k])
                columns[k] = (karvan_column){all[j], j < 3 ? KARVAN_INT : KARVAN_REAL, NULL};
    assert_int_equal(karvan_builder_create("numbers", n, columns, &b, NULL), KARVAN_OK);
    for (int i = 0; i < rows; i++) {
        (void)karvan_builder_row(b, NULL);
        for (int k = 0; k < n; k++)
            if (names[k] <= 'c')
                (void)karvan_builder_int(b, k, (int64_t)cell[i * n + k], NULL);
            else
                (void)karvan_builder_real(b, k, cell[i * n + k], NULL);
    }
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    return t;
}

static inline karvan_gravity *fit(const karvan_table *t, const karvan_gravity_options *o) {
    karvan_error e = {0};
    karvan_gravity *g = NULL;
    if (karvan_gravity_fit(t, o, &g, &e) != KARVAN_OK) fail_msg("%s: %s", o->formula, e.msg);
    assert_true(karvan_gravity_statistics(g).converged);
    return g;
}

static inline void near(double got, double want, const char *what) {
    if (!(fabs(got - want) <= 1e-9 * fmax(1, fabs(want))))
        fail_msg("%s: %.15g instead of %.15g", what, got, want);
}

static inline double fitted_at(const karvan_gravity *g, int row) { /* of the data */
    for (int64_t i = 0; i < g->d.n; i++)
        if (g->d.row[i] == row) return g->mu[i];
    fail_msg("row %d is not in use", row);
    return 0;
}

static inline void done(karvan_gravity *g, karvan_table *t) {
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

/* A table of three exporters and three importers: y, a, b. */
static const double CELLS[] = {4, 0, 0, 2, 0, 1, 3, 0, 2, 1, 1, 0, 0, 1,
                               1, 5, 1, 2, 6, 2, 0, 2, 2, 1, 9, 2, 2};
#endif
