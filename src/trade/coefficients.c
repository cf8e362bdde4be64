/* Coefficients with their covariance, from CSV or from the JSON that `karvan gravity` prints. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "table/cell.h"
#include "trade/coefficients.h"

static karvan_status make_room(karvan_coefficients *c, int64_t n, karvan_error *err) {
    if (n < 1 || n > 10000)
        return karvan_fail(err, KARVAN_E_DATA, "%lld coefficients where 1 to 10000 are expected",
                           (long long)n);
    c->n = (int)n;
    c->name = karvan_i_calloc((size_t)n, sizeof *c->name);
    c->estimate = karvan_i_calloc((size_t)n, sizeof *c->estimate);
    c->covariance = karvan_i_calloc((size_t)n * (size_t)n, sizeof *c->covariance);
    if (!c->name || !c->estimate || !c->covariance)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld coefficients", (long long)n);
    return KARVAN_OK;
}

static int find_term(const karvan_coefficients *c, const char *name, int among) {
    for (int k = 0; k < among; k++)
        if (strcmp(c->name[k], name) == 0) return k;
    return -1;
}

static karvan_status set_name(karvan_coefficients *c, int k, const char *name, karvan_error *err) {
    c->name[k] = karvan_i_strndup(name, strlen(name));
    return c->name[k] ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for names");
}

/* ---- CSV --------------------------------------------------------------------------------------
 */

static int term_column(const karvan_table *t) {
    int c = karvan_table_find(t, "term");
    if (c < 0) c = karvan_table_find(t, "name");
    return c >= 0 && karvan_table_column(t, c).type == KARVAN_TEXT ? c : -1;
}

static karvan_status number_at(const karvan_table *t, int column, int64_t row, double *out,
                               karvan_error *err) {
    *out = karvan_i_value_or(t, column, row, NAN);
    return isfinite(*out) ? KARVAN_OK
                          : karvan_i_refuse(t, column, row, "no number stands here", err);
}

karvan_status karvan_i_coefficients_table(const karvan_table *t, const char *path,
                                          karvan_coefficients *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int term = term_column(t), estimate = karvan_table_find(t, "estimate");
    int se = karvan_table_find(t, "se");
    if (term < 0 || estimate < 0)
        return karvan_fail(err, KARVAN_E_DATA,
                           "%s:1:1: no columns term (or name) and estimate; these hold the "
                           "coefficients, and se their standard errors",
                           path);
    KARVAN_TRY(make_room(c, karvan_table_rows(t), err));
    for (int k = 0; k < c->n; k++) {
        const char *name = karvan_table_text(t, term, k);
        double error = 0;
        if (!name) return karvan_i_refuse(t, term, k, "no term stands here", err);
        if (find_term(c, name, k) >= 0)
            return karvan_i_refuse(t, term, k, "this term stands here a second time", err);
        KARVAN_TRY(set_name(c, k, name, err));
        KARVAN_TRY(number_at(t, estimate, k, &c->estimate[k], err));
        if (se >= 0) KARVAN_TRY(number_at(t, se, k, &error, err));
        if (error < 0) return karvan_i_refuse(t, se, k, "a standard error is 0 or above", err);
        c->covariance[k * c->n + k] = error * error;
    }
done:
    return st;
}

static karvan_status take_covariance(const karvan_table *t, const char *path,
                                     karvan_coefficients *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int term = term_column(t);
    int64_t *row = karvan_i_malloc((size_t)c->n, sizeof *row);
    KARVAN_REQUIRE(row, err, KARVAN_E_NOMEM, "no memory for a covariance");
    KARVAN_REQUIRE(term >= 0, err, KARVAN_E_DATA,
                   "%s:1:1: no column term; it names the coefficient of each row", path);
    for (int k = 0; k < c->n; k++) {
        row[k] = karvan_table_lookup(t, term, c->name[k]);
        KARVAN_REQUIRE(row[k] >= 0, err, KARVAN_E_DATA, "%s: no row for the term %s", path,
                       c->name[k]);
        for (int64_t r = row[k] + 1; r < karvan_table_rows(t); r++)
            if (karvan_i_cell_is(t, karvan_table_column(t, term).name, r, c->name[k])) {
                st = karvan_i_refuse(t, term, r, "this term has a row before", err);
                goto done;
            }
    }
    for (int k = 0; k < c->n; k++) {
        int column = karvan_table_find(t, c->name[k]);
        KARVAN_REQUIRE(column >= 0, err, KARVAN_E_DATA, "%s:1:1: no column for the term %s", path,
                       c->name[k]);
        for (int i = 0; i < c->n; i++)
            KARVAN_TRY(number_at(t, column, row[i], &c->covariance[i * c->n + k], err));
    }
done:
    karvan_i_free(row);
    return st;
}

/* ---- JSON -------------------------------------------------------------------------------------
 */

static karvan_status take_object(const json_t *o, int k, const char *path, karvan_coefficients *c,
                                 karvan_error *err) {
    const char *name = json_string_value(json_object_get(o, "name"));
    if (!name) name = json_string_value(json_object_get(o, "term"));
    const json_t *estimate = json_object_get(o, "estimate"), *se = json_object_get(o, "se");
    if (!name || !json_is_number(estimate) || (se && !json_is_null(se) && !json_is_number(se)))
        return karvan_fail(err, KARVAN_E_DATA,
                           "%s: coefficient %d is no object with name, estimate and se", path,
                           k + 1);
    if (find_term(c, name, k) >= 0)
        return karvan_fail(err, KARVAN_E_DATA, "%s: the coefficient %s stands twice", path, name);
    double error = json_number_value(se);
    if (!(error >= 0))
        return karvan_fail(err, KARVAN_E_DATA, "%s: the standard error of %s is below 0", path,
                           name);
    c->estimate[k] = json_number_value(estimate), c->covariance[k * c->n + k] = error * error;
    return set_name(c, k, name, err);
}

karvan_status karvan_i_coefficients_json(const char *s, size_t n, const char *path,
                                         karvan_coefficients *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    json_error_t at;
    json_t *root = json_loadb(s, n, JSON_REJECT_DUPLICATES, &at), *list = NULL;
    KARVAN_REQUIRE(root, err, KARVAN_E_DATA, "%s:%d:%d: %s", path, at.line, at.column, at.text);
    list = json_is_array(root) ? root : json_object_get(root, "coefficients");
    KARVAN_REQUIRE(json_is_array(list), err, KARVAN_E_DATA,
                   "%s: no list called coefficients, as karvan gravity --format json has", path);
    KARVAN_TRY(make_room(c, (int64_t)json_array_size(list), err));
    for (int k = 0; k < c->n; k++)
        KARVAN_TRY(take_object(json_array_get(list, (size_t)k), k, path, c, err));
done:
    json_decref(root);
    return st;
}

/* ------------------------------------------------------------------------------------------------
 */

karvan_status karvan_coefficients_read(const char *path, const char *covariance,
                                       karvan_coefficients *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL, *v = NULL;
    char *s = NULL;
    size_t n = 0, blanks = 0;
    if (!out || !path) return karvan_fail(err, KARVAN_E_ARG, "no path or no room for coefficients");
    *out = (karvan_coefficients){0};
    KARVAN_TRY(karvan_i_file_read(path, &s, &n, err));
    while (blanks < n && strchr(" \t\r\n", s[blanks])) blanks++;
    if (blanks < n && (s[blanks] == '{' || s[blanks] == '[')) {
        KARVAN_TRY(karvan_i_coefficients_json(s, n, path, out, err));
    } else {
        KARVAN_TRY(karvan_csv_read(path, "coefficients", &(karvan_csv_options){0}, NULL, &t, err));
        KARVAN_TRY(karvan_i_coefficients_table(t, path, out, err));
    }
    if (covariance) {
        KARVAN_TRY(
            karvan_csv_read(covariance, "covariance", &(karvan_csv_options){0}, NULL, &v, err));
        KARVAN_TRY(take_covariance(v, covariance, out, err));
    }
done:
    karvan_i_free(s);
    karvan_table_destroy(t), karvan_table_destroy(v);
    if (st != KARVAN_OK) karvan_coefficients_clear(out);
    return st;
}

void karvan_coefficients_clear(karvan_coefficients *c) {
    for (int k = 0; c->name && k < c->n; k++) karvan_i_free(c->name[k]);
    karvan_i_free(c->name), karvan_i_free(c->estimate), karvan_i_free(c->covariance);
    *c = (karvan_coefficients){0};
}
