#ifndef KARVAN_TESTS_GRAVITY_CASE_H
#define KARVAN_TESTS_GRAVITY_CASE_H
/* A small model in plain arrays, and the same as a table and a formula, as a regression with all
 * dummies, and as whole numbers for the separation oracle. Include cmocka before. */
#include <stdio.h>

#include "dense_ppml.h"
#include "karvan/gravity.h"
#include "separation_oracle.h"

enum { CASE_ROWS = 400, CASE_X = 6, CASE_FACTORS = 3, CASE_EFFECTS = 4, CASE_COLUMNS = 200 };

typedef struct gravity_case {
    int n, k, n_factors, n_effects;
    double y[CASE_ROWS], weight[CASE_ROWS], offset[CASE_ROWS];
    double x[CASE_X][CASE_ROWS];         /* columns x1, x2, ... */
    int64_t whole[CASE_X][CASE_ROWS];    /* x times a power of ten, for the oracle */
    int factor[CASE_FACTORS][CASE_ROWS]; /* columns f1, f2, ...; 0 .. 999 */
    unsigned effect[CASE_EFFECTS];       /* the factors that it combines, a bit each */
    int level[CASE_EFFECTS][CASE_ROWS];  /* made of them by case_levels */
    bool weighted, shifted;              /* has weights, has an offset */
    const double *x_view[CASE_X];
    const int *level_view[CASE_EFFECTS];
} gravity_case;

static inline void case_levels(gravity_case *c) {
    for (int e = 0; e < c->n_effects; e++)
        for (int i = 0; i < c->n; i++) {
            c->level[e][i] = 0;
            for (int f = 0; f < c->n_factors; f++)
                if (c->effect[e] >> f & 1) c->level[e][i] = c->level[e][i] * 1000 + c->factor[f][i];
        }
}

/* "y ~ x1 + x2 | f1^f2 + f3" */
static inline const char *case_formula(const gravity_case *c, char *out, size_t cap) {
    size_t n = (size_t)snprintf(out, cap, "y ~ %s", c->k == 0 ? "1" : "");
    for (int j = 0; j < c->k; j++)
        n += (size_t)snprintf(out + n, cap - n, "%sx%d", j ? " + " : "", j + 1);
    for (int e = 0; e < c->n_effects; e++) {
        const char *between = e ? " + " : " | ";
        for (int f = 0; f < c->n_factors; f++)
            if (c->effect[e] >> f & 1) {
                n += (size_t)snprintf(out + n, cap - n, "%sf%d", between, f + 1);
                between = "^";
            }
    }
    assert_true(n < cap);
    return out;
}

static inline karvan_table *case_table(const gravity_case *c) {
    static const char *const X[] = {"x1", "x2", "x3", "x4", "x5", "x6"};
    static const char *const F[] = {"f1", "f2", "f3"};
    karvan_column columns[3 + CASE_X + CASE_FACTORS] = {
        {"y", KARVAN_REAL, NULL}, {"w", KARVAN_REAL, NULL}, {"o", KARVAN_REAL, NULL}};
    int n = 3;
    for (int j = 0; j < c->k; j++) columns[n++] = (karvan_column){X[j], KARVAN_REAL, NULL};
    for (int f = 0; f < c->n_factors; f++) columns[n++] = (karvan_column){F[f], KARVAN_INT, NULL};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    assert_int_equal(karvan_builder_create("case", n, columns, &b, NULL), KARVAN_OK);
    for (int i = 0; i < c->n; i++) {
        (void)karvan_builder_row(b, NULL);
        (void)karvan_builder_real(b, 0, c->y[i], NULL);
        (void)karvan_builder_real(b, 1, c->weighted ? c->weight[i] : 1, NULL);
        (void)karvan_builder_real(b, 2, c->shifted ? c->offset[i] : 0, NULL);
        for (int j = 0; j < c->k; j++) (void)karvan_builder_real(b, 3 + j, c->x[j][i], NULL);
        for (int f = 0; f < c->n_factors; f++)
            (void)karvan_builder_int(b, 3 + c->k + f, c->factor[f][i], NULL);
    }
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(t), c->n);
    return t;
}

static inline dense_model case_model(gravity_case *c, const bool *keep) {
    for (int j = 0; j < c->k; j++) c->x_view[j] = c->x[j];
    for (int e = 0; e < c->n_effects; e++) c->level_view[e] = c->level[e];
    return (dense_model){.n = c->n,
                         .k = c->k,
                         .n_effects = c->n_effects,
                         .y = c->y,
                         .weight = c->weighted ? c->weight : NULL,
                         .offset = c->shifted ? c->offset : NULL,
                         .x = c->x_view,
                         .level = c->level_view,
                         .keep = keep};
}

/* The set by definition. Returns how many. */
static inline int case_separated(const gravity_case *c, bool *separated) {
    static int64_t x[CASE_ROWS * CASE_COLUMNS];
    static int number[CASE_EFFECTS][CASE_ROWS];
    bool positive[CASE_ROWS];
    int p = c->n_effects ? 0 : 1;
    for (int e = 0; e < c->n_effects; e++)
        for (int i = 0; i < c->n; i++) {
            number[e][i] = -1;
            for (int j = 0; j < i && number[e][i] < 0; j++)
                if (c->level[e][j] == c->level[e][i]) number[e][i] = number[e][j];
            if (number[e][i] < 0) number[e][i] = p++;
        }
    int width = p + c->k;
    assert_true(width <= CASE_COLUMNS);
    memset(x, 0, sizeof *x * (size_t)(c->n * width));
    for (int i = 0; i < c->n; i++) {
        positive[i] = c->y[i] > 0;
        if (c->n_effects == 0) x[i * width] = 1;
        for (int e = 0; e < c->n_effects; e++) x[i * width + number[e][i]] = 1;
        for (int j = 0; j < c->k; j++) x[i * width + p + j] = c->whole[j][i];
    }
    return oracle_separated(c->n, width, x, positive, separated);
}

/* To find a case again: as CSV on stderr. */
static inline void case_print(const gravity_case *c, const char *what) {
    char formula[200];
    (void)fprintf(stderr, "# %s: %s%s%s\ny,w,o", what, case_formula(c, formula, sizeof formula),
                  c->weighted ? ", weights w" : "", c->shifted ? ", offset o" : "");
    for (int j = 0; j < c->k; j++) (void)fprintf(stderr, ",x%d", j + 1);
    for (int f = 0; f < c->n_factors; f++) (void)fprintf(stderr, ",f%d", f + 1);
    for (int i = 0; i < c->n; i++) {
        (void)fprintf(stderr, "\n%.17g,%.17g,%.17g", c->y[i], c->weighted ? c->weight[i] : 1,
                      c->shifted ? c->offset[i] : 0);
        for (int j = 0; j < c->k; j++) (void)fprintf(stderr, ",%.17g", c->x[j][i]);
        for (int f = 0; f < c->n_factors; f++) (void)fprintf(stderr, ",%d", c->factor[f][i]);
    }
    (void)fprintf(stderr, "\n");
}
#endif
