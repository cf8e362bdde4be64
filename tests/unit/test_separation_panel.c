/* Separation in panels of some thousands of rows with exporter-year, importer-year and pair
 * effects, where the separated rows are known because they were put there: by a regressor, by the
 * effects alone. Certificates are checked by taking the effects out in plain turns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "karvan/gravity.h"

enum { REGRESSORS = 3, EFFECTS = 3, COUNTRIES_MOST = 30, YEARS_MOST = 10 };
enum { ROWS_MOST = COUNTRIES_MOST * COUNTRIES_MOST * YEARS_MOST, LEVELS_MOST = 900 };

typedef struct big_panel {
    int n;
    int exporter[ROWS_MOST], importer[ROWS_MOST], year[ROWS_MOST];
    int level[EFFECTS][ROWS_MOST];
    double y[ROWS_MOST], x[REGRESSORS][ROWS_MOST], z[ROWS_MOST]; /* z: as put there */
} big_panel;

static big_panel p;
static karvan_random rng;
static double uniform(void) { return karvan_random_uniform(&rng); }
static int pick(int n) { return (int)karvan_random_below(&rng, (uint64_t)n); }

/* All pairs in all years, some rows missing. */
static void draw_rows(int countries, int years, double missing) {
    p.n = 0;
    for (int i = 0; i < countries; i++)
        for (int j = 0; j < countries; j++)
            for (int t = 0; t < years; t++) {
                if (uniform() < missing) continue;
                p.exporter[p.n] = i, p.importer[p.n] = j, p.year[p.n] = t;
                p.level[0][p.n] = i * years + t, p.level[1][p.n] = j * years + t;
                p.level[2][p.n++] = i * countries + j;
            }
}

/* z = a_it + b_jt + g_ij, whole numbers from -reach to reach. */
static void add_effects(double *z, int reach) {
    static int of[LEVELS_MOST];
    for (int e = 0; e < EFFECTS; e++) {
        for (int l = 0; l < LEVELS_MOST; l++) of[l] = pick(2 * reach + 1) - reach;
        for (int i = 0; i < p.n; i++) z[i] += of[p.level[e][i]];
    }
}

static void draw_y(void) {
    for (int i = 0; i < p.n; i++) p.y[i] = p.z[i] > 0 ? 0 : exp(2 * karvan_random_normal(&rng));
}

static void draw_x(int j) {
    for (int i = 0; i < p.n; i++) p.x[j][i] = karvan_random_normal(&rng);
}

/* One row in `one_in` has z > 0; x3 makes the rest of the model add up to it. */
static void put_by_regressor(int one_in) {
    static double sum[ROWS_MOST];
    memset(sum, 0, sizeof sum);
    add_effects(sum, 2);
    draw_x(0), draw_x(1);
    for (int i = 0; i < p.n; i++) {
        p.z[i] = pick(one_in) ? 0 : 1 + pick(3);
        p.x[2][i] = p.z[i] - sum[i] - 0.5 * p.x[0][i] + 2 * p.x[1][i];
    }
    draw_y();
}

/* Rows that would have z < 0 are not in the data. */
static void put_by_effects(void) {
    int n = 0;
    memset(p.z, 0, sizeof p.z);
    add_effects(p.z, 1);
    for (int i = 0; i < p.n; i++) {
        if (p.z[i] < 0) continue;
        p.exporter[n] = p.exporter[i], p.importer[n] = p.importer[i], p.year[n] = p.year[i];
        for (int e = 0; e < EFFECTS; e++) p.level[e][n] = p.level[e][i];
        p.z[n++] = p.z[i];
    }
    p.n = n;
    for (int j = 0; j < REGRESSORS; j++) draw_x(j);
    draw_y();
}

static karvan_table *table(void) {
    static const karvan_column columns[] = {{"y", KARVAN_REAL, NULL},  {"x1", KARVAN_REAL, NULL},
                                            {"x2", KARVAN_REAL, NULL}, {"x3", KARVAN_REAL, NULL},
                                            {"a", KARVAN_INT, NULL},   {"b", KARVAN_INT, NULL},
                                            {"t", KARVAN_INT, NULL}};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    assert_int_equal(karvan_builder_create("panel", 7, columns, &b, NULL), KARVAN_OK);
    for (int i = 0; i < p.n; i++) {
        (void)karvan_builder_row(b, NULL);
        (void)karvan_builder_real(b, 0, p.y[i], NULL);
        for (int j = 0; j < REGRESSORS; j++) (void)karvan_builder_real(b, 1 + j, p.x[j][i], NULL);
        (void)karvan_builder_int(b, 4, p.exporter[i], NULL);
        (void)karvan_builder_int(b, 5, p.importer[i], NULL);
        (void)karvan_builder_int(b, 6, p.year[i], NULL);
    }
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    return t;
}

/* ---- certificates ---- */

/* v less its means by level, effect after effect, until a turn changes nothing that matters. */
static void take_effects_out(double *v, const bool *in) {
    static double sum[LEVELS_MOST];
    static int count[LEVELS_MOST];
    double moved = 1;
    for (int turn = 0; turn < 20000 && moved > 1e-13; turn++) {
        moved = 0;
        for (int e = 0; e < EFFECTS; e++) {
            memset(sum, 0, sizeof sum), memset(count, 0, sizeof count);
            for (int i = 0; i < p.n; i++)
                if (in[i]) sum[p.level[e][i]] += v[i], count[p.level[e][i]]++;
            for (int i = 0; i < p.n; i++) {
                if (!in[i]) continue;
                double mean = sum[p.level[e][i]] / count[p.level[e][i]];
                v[i] -= mean, moved = fmax(moved, fabs(mean));
            }
        }
    }
}

static double dot(const double *a, const double *b, const bool *in) {
    double s = 0;
    for (int i = 0; i < p.n; i++) s += in[i] ? a[i] * b[i] : 0;
    return s;
}

/* What of z neither the effects nor the regressors explain, as a share of it. */
static double unexplained(const double *certificate, const bool *in) {
    static double z[ROWS_MOST], x[REGRESSORS][ROWS_MOST];
    memcpy(z, certificate, sizeof z);
    double whole = dot(z, z, in);
    take_effects_out(z, in);
    for (int j = 0; j < REGRESSORS; j++) {
        memcpy(x[j], p.x[j], sizeof x[j]);
        take_effects_out(x[j], in);
        for (int k = 0; k < 2 * j; k++) { /* Gram and Schmidt, twice */
            double share = dot(x[j], x[k % j], in) / dot(x[k % j], x[k % j], in);
            for (int i = 0; i < p.n; i++) x[j][i] -= share * x[k % j][i];
        }
    }
    for (int j = 0; j < REGRESSORS; j++) {
        double share = dot(z, x[j], in) / dot(x[j], x[j], in);
        for (int i = 0; i < p.n; i++) z[i] -= share * x[j][i];
    }
    return sqrt(dot(z, z, in) / whole);
}

/* Rows alone in a level once others are gone, and those that are alone then, ... leave as well. */
static void add_singletons(bool *out) {
    static int count[LEVELS_MOST], last[LEVELS_MOST];
    for (bool again = true; again;) {
        again = false;
        for (int e = 0; e < EFFECTS; e++) {
            memset(count, 0, sizeof count);
            for (int i = 0; i < p.n; i++)
                if (!out[i]) count[p.level[e][i]]++, last[p.level[e][i]] = i;
            for (int l = 0; l < LEVELS_MOST; l++)
                if (count[l] == 1) out[last[l]] = again = true;
        }
    }
}

/* Every row with z > 0 is dropped, and with them singletons, but no other row. */
static void judge(const karvan_gravity *g) {
    static double certificate[ROWS_MOST];
    static bool in[ROWS_MOST], gone[ROWS_MOST], expected[ROWS_MOST];
    karvan_table *t = NULL;
    bool any = false;
    assert_int_equal(karvan_gravity_dropped(g, &t, NULL), KARVAN_OK);
    int row = karvan_table_find(t, "row"), reason = karvan_table_find(t, "reason"),
        z = karvan_table_find(t, "certificate");
    memset(certificate, 0, sizeof certificate), memset(gone, 0, sizeof gone);
    for (int i = 0; i < p.n; i++) in[i] = true;
    for (int64_t k = 0; k < karvan_table_rows(t); k++) {
        int64_t i = karvan_table_int(t, row, k) - 1;
        const char *why = karvan_table_text(t, reason, k);
        gone[i] = true;
        if (strcmp(why, "separated") == 0) {
            certificate[i] = karvan_table_real(t, z, k), any = true;
            assert_true(certificate[i] > 0);
        } else {
            in[i] = false;
        }
        if (strcmp(why, "singleton") != 0 && !(p.z[i] > 0))
            fail_msg("a false alarm: row %d", (int)i);
    }
    karvan_table_destroy(t);
    for (int i = 0; i < p.n; i++) expected[i] = p.z[i] > 0;
    add_singletons(expected);
    for (int i = 0; i < p.n; i++)
        if (expected[i] != gone[i])
            fail_msg("row %d is %s", i, gone[i] ? "dropped without reason" : "missed");
    if (any) {
        double off = unexplained(certificate, in);
        if (!(off < 1e-8)) fail_msg("the certificates are %g off the columns", off);
    }
}

static void fit_and_judge(int threads) {
    karvan_gravity *g = NULL;
    karvan_error err = {0};
    karvan_table *t = table();
    karvan_gravity_options o = {.formula = "y ~ x1 + x2 + x3 | a^t + b^t + a^b",
                                .threads = threads};
    if (karvan_gravity_fit(t, &o, &g, &err) != KARVAN_OK) fail_msg("%s", err.msg);
    assert_true(karvan_gravity_statistics(g).converged);
    judge(g);
    karvan_gravity_destroy(g);
    karvan_table_destroy(t);
}

static void separated_by_a_regressor(void **s) {
    (void)s;
    for (int round = 0; round < 6; round++) {
        karvan_random_init(&rng, 100, (uint64_t)round);
        draw_rows(12 + 3 * round, 4 + round, round % 3 ? 0 : 0.2);
        put_by_regressor(round % 2 ? 200 : 12);
        fit_and_judge(1 + round % 2);
    }
}

static void separated_by_effects_alone(void **s) {
    (void)s;
    for (int round = 0; round < 8; round++) {
        karvan_random_init(&rng, 200, (uint64_t)round);
        draw_rows(12 + 2 * round, 4 + round % 6, 0);
        put_by_effects();
        fit_and_judge(1 + round % 2);
    }
}

int main(void) {
    const struct CMUnitTest t[] = {cmocka_unit_test(separated_by_a_regressor),
                                   cmocka_unit_test(separated_by_effects_alone)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
