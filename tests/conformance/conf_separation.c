/* Separation on the data sets that its discoverers publish (Correia, Guimaraes and Zylkin): every
 * row of every file as its column `separated` says, and as the exact oracle says, which also
 * answers for the files without the column; certificates; deviance, log-likelihood and coefficients
 * of what remains. On 07.csv: docs/methods/separation.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reference.h"
#include "separation_verdict.h"

static const char *const FILES[] = {"01", "02",       "03",  "05",  "06",  "07",
                                    "09", "10",       "11",  "13",  "14",  "15",
                                    "17", "example1", "fe1", "fe2", "fe3", "example2"};
enum { N_FILES = sizeof FILES / sizeof *FILES };

static gravity_case c;

/* x as whole numbers: times the least power of ten that makes all of them whole. */
static void make_whole(int j) {
    double by = 1;
    for (bool whole = false; !whole; by *= 10) {
        assert_true(by < 1e12);
        whole = true;
        for (int i = 0; i < c.n; i++) {
            c.whole[j][i] = llrint(c.x[j][i] * by);
            whole &= fabs(c.x[j][i] * by - (double)c.whole[j][i]) < 1e-4;
        }
    }
}

/* Columns: y, regressors x*, effects by any other name, separated (NULL where there is none). */
static const double *load(const char *name) {
    static double told[CASE_ROWS];
    char path[600], file[80];
    karvan_table *t = NULL;
    karvan_error err = {0};
    int given = -1;
    (void)snprintf(file, sizeof file, "trade/separation/%s.csv", name);
    assert_non_null(reference_path(file, path, sizeof path));
    if (karvan_csv_read(path, "separation", NULL, NULL, &t, &err) != KARVAN_OK)
        fail_msg("%s", err.msg);
    memset(&c, 0, sizeof c);
    c.n = (int)karvan_table_rows(t);
    assert_in_range(c.n, 1, CASE_ROWS);
    for (int k = 0; k < karvan_table_columns(t); k++) {
        const char *column = karvan_table_column(t, k).name;
        double *to = NULL;
        if (strcmp(column, "y") == 0)
            to = c.y;
        else if (strcmp(column, "separated") == 0)
            to = told, given = k;
        else if (column[0] == 'x')
            to = c.x[c.k++];
        assert_true(c.k <= CASE_X && c.n_factors < CASE_FACTORS + (to != NULL));
        for (int i = 0; i < c.n; i++)
            if (to)
                to[i] = karvan_table_real(t, k, i);
            else
                c.factor[c.n_factors][i] = (int)karvan_table_int(t, k, i);
        if (!to) c.effect[c.n_effects++] = 1u << c.n_factors++;
    }
    karvan_table_destroy(t);
    case_levels(&c);
    for (int j = 0; j < c.k; j++) make_whole(j);
    return given < 0 ? NULL : told;
}

static karvan_gravity *fit(const char *name, bool keep_singletons, karvan_table **t) {
    char formula[200];
    karvan_gravity *g = NULL;
    karvan_error err = {0};
    *t = case_table(&c);
    karvan_gravity_options o = {.formula = case_formula(&c, formula, sizeof formula),
                                .keep_singletons = keep_singletons};
    if (karvan_gravity_fit(*t, &o, &g, &err) != KARVAN_OK) fail_msg("%s: %s", name, err.msg);
    return g;
}

/* What the dense fit finds in the rest is what karvan finds. */
static void compare_with_dense(const char *name, const karvan_gravity *g, const bool *kept) {
    dense_model m = case_model(&c, kept);
    dense_fit f = dense_ppml(&m);
    karvan_gravity_stats s = karvan_gravity_statistics(g);
    if (!f.converged || !s.converged) fail_msg("%s: no convergence", name);
    if (fabs(s.deviance - f.deviance) > 1e-9 * f.deviance + 1e-10)
        fail_msg("%s: deviance %.15g, not %.15g", name, s.deviance, f.deviance);
    if (fabs(s.loglik - f.loglik) > 1e-10 * fabs(f.loglik))
        fail_msg("%s: loglik %.15g, not %.15g", name, s.loglik, f.loglik);
    dense_clear(&f);
}

static void every_row_of_every_file(void **st) {
    (void)st;
    char path[600];
    if (!reference_file("trade/separation/07.csv", "github.com/sergiocorreia/ppmlhdfe", path,
                        sizeof path))
        return;
    for (int k = 0; k < N_FILES; k++) {
        const double *told = load(FILES[k]);
        bool separated[CASE_ROWS], kept[CASE_ROWS];
        (void)case_separated(&c, separated);
        for (int i = 0; told && i < c.n; i++)
            if ((told[i] != 0) != separated[i])
                fail_msg("%s: row %d: the oracle contradicts the file", FILES[k], i + 1);
        for (int keep = 0; keep < 2; keep++) {
            karvan_table *t = NULL;
            karvan_gravity *g = fit(FILES[k], keep, &t);
            const char *fault = separation_fault(&c, g, separated, keep, kept);
            if (fault)
                fail_msg("%s, singletons %s: %s", FILES[k], keep ? "kept" : "dropped", fault);
            compare_with_dense(FILES[k], g, kept);
            karvan_gravity_destroy(g);
            karvan_table_destroy(t);
        }
    }
}

/* "x1 0.086;x2 NA": every coefficient, to the digits printed. */
static void compare_coefficients(const char *file, const karvan_gravity *g, const char *list) {
    int at = 0, out = 0;
    while (*list) {
        char name[20], value[40];
        int n = 0;
        assert_int_equal(sscanf(list, "%19s %39[^;]%n", name, value, &n), 2);
        list += n + (list[n] == ';');
        if (strcmp(value, "NA") == 0) {
            assert_true(out < karvan_gravity_collinear(g));
            assert_string_equal(karvan_gravity_collinear_name(g, out++), name);
            continue;
        }
        if (at == 0 && karvan_gravity_count(g) > 0 &&
            strcmp(karvan_gravity_name(g, 0), "(Intercept)") == 0)
            at++;
        assert_true(at < karvan_gravity_count(g));
        assert_string_equal(karvan_gravity_name(g, at), name);
        double want = strtod(value, NULL), got = karvan_gravity_estimate(g, at++);
        if (fabs(got - want) > 1e-9 * fmax(1, fabs(want)))
            fail_msg("%s: %s %.12g, not %s", file, name, got, value);
    }
    assert_int_equal(out, karvan_gravity_collinear(g));
}

static void what_remains_has_the_published_fit(void **st) {
    (void)st;
    char path[600];
    karvan_table *expected = NULL, *t = NULL;
    if (!reference_file("trade/separation/expected_after_dropping_separated.csv",
                        "the reference data of this project", path, sizeof path))
        return;
    assert_int_equal(karvan_csv_read(path, "expected", NULL, NULL, &expected, NULL), KARVAN_OK);
    assert_int_equal(karvan_table_rows(expected), 13);
    for (int64_t i = 0; i < karvan_table_rows(expected); i++) {
        char name[40];
        const char *file = karvan_table_text(expected, karvan_table_find(expected, "file"), i);
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(file, "."), file);
        (void)load(name);
        karvan_gravity *g = fit(name, true, &t); /* the answer keeps singletons */
        karvan_gravity_stats s = karvan_gravity_statistics(g);
        double deviance = karvan_table_real(expected, karvan_table_find(expected, "deviance"), i);
        double loglik = karvan_table_real(expected, karvan_table_find(expected, "loglik"), i);
        assert_int_equal(s.n_separated,
                         karvan_table_int(expected, karvan_table_find(expected, "separated"), i));
        assert_int_equal(s.n, karvan_table_int(expected, karvan_table_find(expected, "n_kept"), i));
        if (fabs(s.deviance - deviance) > 1e-11 * deviance + 1e-11)
            fail_msg("%s: deviance %.15g, not %.15g", file, s.deviance, deviance);
        if (fabs(s.loglik - loglik) > 1e-11 * fabs(loglik))
            fail_msg("%s: loglik %.15g, not %.15g", file, s.loglik, loglik);
        const char *list = karvan_table_text(expected, karvan_table_find(expected, "coefs"), i);
        compare_coefficients(file, g, list ? list : "");
        karvan_gravity_destroy(g);
        karvan_table_destroy(t);
    }
    karvan_table_destroy(expected);
}

int main(void) {
    const struct CMUnitTest t[] = {cmocka_unit_test(every_row_of_every_file),
                                   cmocka_unit_test(what_remains_has_the_published_fit)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
