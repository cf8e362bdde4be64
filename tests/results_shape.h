#ifndef KARVAN_TESTS_RESULTS_SHAPE_H
#define KARVAN_TESTS_RESULTS_SHAPE_H
/* Results of a study that there is not: answers by a formula of drawn values. Include cmocka
 * before. */
#include <math.h>
#include <string.h>

#include "study/results.h"

enum { SHAPE_MOST = 8 };

/* Values of parameters: standard normal or uniform, draw by draw; draws below 0 as a study has
 * them. */
static inline double shape_uniform(uint64_t seed, int64_t draw, int p) {
    karvan_random r;
    karvan_random_init(&r, seed, (uint64_t)p + 1);
    karvan_random_seek(&r, (uint64_t)draw);
    return karvan_random_uniform(&r);
}
static inline double shape_quantile(uint64_t seed, int64_t draw, int p) {
    if (draw > 0) return shape_uniform(seed, draw, p);
    if (draw < 0 && (-1 - draw) / 2 == p) return (-1 - draw) % 2 == 0 ? 0.05 : 0.95;
    return 0.5;
}

/* `of` says how many parameters there are. */
static inline void shape_values(const void *of, uint64_t seed, int64_t draw, double *value) {
    for (int p = 0; p < *(const int *)of; p++) value[p] = shape_quantile(seed, draw, p);
}

static const char *const SHAPE_NAMES[] = {"a", "b", "a,b", "c", "p4", "p5", "p6", "p7"};
static const karvan_measure SHAPE_MEASURES[] = {{"benefit", "", "USD/year", "benefit"},
                                                {"hours_middle", "", "h", "hours"},
                                                {"real_income", "AAA", "USD/year", "income"},
                                                {"real_income", "BBB", "USD/year", "income"}};
static const karvan_study_parameter SHAPE_PARAMETERS[SHAPE_MOST] = {
    {"x0", "X0", "money", "s", 1, 0, 2}, {"x1", "X1", "hours", "s", 1, 0, 2},
    {"x2", "X2", "wait", "s", 1, 0, 2},  {"x3", "X3", "money", "s", 1, 0, 2},
    {"x4", "X4", "money", "s", 1, 0, 2}, {"x5", "X5", "money", "s", 1, 0, 2},
    {"x6", "X6", "money", "s", 1, 0, 2}, {"x7", "X7", "money", "s", 1, 0, 2}};

/* settled: [cases + 1][measures] */
static inline karvan_status shape_create(int cases, int measures, const int *parameters,
                                         const double *settled, karvan_results **out,
                                         karvan_error *err) {
    const char *name[SHAPE_MOST];
    karvan_measure measure[4];
    karvan_study_parameter parameter[SHAPE_MOST];
    double levels[100];
    memcpy(name, SHAPE_NAMES, sizeof name);
    memcpy(measure, SHAPE_MEASURES, sizeof measure);
    memcpy(parameter, SHAPE_PARAMETERS, sizeof parameter);
    memcpy(levels, settled, (size_t)((cases + 1) * measures) * sizeof *levels);
    const karvan_i_shape x = {cases,  measures,   *parameters,  name, measure, parameter,
                              levels, parameters, shape_values, 7,    NULL};
    return karvan_i_results_create(&x, out, err);
}

/* levels: [cases + 1][measures] of one draw. */
static inline karvan_status shape_take(karvan_results *r, int64_t draw, int measures,
                                       const double *levels, karvan_error *err) {
    const karvan_study_answer a = {draw, levels, levels + measures, 0};
    return karvan_results_take(r, &a, err);
}

/* A cell as text, "-" where there is none. */
static inline const char *shape_cell(const karvan_table *t, const char *column, int64_t row,
                                     char out[64]) {
    int c = karvan_table_find(t, column);
    assert_in_range(c, 0, 100);
    if (karvan_table_state(t, c, row) != KARVAN_VALUE) return "-";
    if (karvan_table_column(t, c).type == KARVAN_TEXT) return karvan_table_text(t, c, row);
    karvan_real_format(karvan_table_real(t, c, row), out, 64);
    return out;
}
/* A row as "a|b|c" of the named columns. */
static inline void shape_row(const karvan_table *t, int64_t row, const char *columns,
                             const char *expected) {
    char line[600] = "", name[60], cell[64];
    for (const char *at = columns; *at;) {
        size_t n = strcspn(at, " ");
        (void)snprintf(name, sizeof name, "%.*s", (int)n, at);
        (void)snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s",
                       at == columns ? "" : "|", shape_cell(t, name, row, cell));
        at += n, at += *at == ' ';
    }
    assert_string_equal(line, expected);
}
#endif
