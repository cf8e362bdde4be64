/* A matrix: a row an entry, a column a state. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/similarity.h"
#include "table/cell.h"
#include "table/known.h"
#include "table/number.h"

typedef struct matrix {
    karvan_profiles *p;
    karvan_table *t;
    const karvan_i_profiles_file *f;
    const char *weights;
    int weight;      /* its column, -1: none */
    int64_t *row_of; /* [entries] */
    int *columns;    /* [states] column of each, by code of the dictionary */
} matrix;

static bool is_number(const karvan_table *t, int c) {
    karvan_type type = karvan_table_column(t, c).type;
    return type == KARVAN_INT || type == KARVAN_REAL;
}

/* Names of entries as text, whatever they look like; the rest as it stands. */
static karvan_status read_table(matrix *x, const karvan_i_profiles_file *f, karvan_error *err) {
    static const char *const gaps[] = {"NA"};
    const karvan_column first = {karvan_table_column(f->header, 0).name, KARVAN_TEXT, NULL};
    const karvan_csv_options o = {.n_columns = 1,
                                  .columns = &first,
                                  .extra_columns = true,
                                  .n_missing = KARVAN_I_GAPS,
                                  .missing = karvan_i_gaps,
                                  .n_gaps = 1,
                                  .gaps = gaps};
    return karvan_i_profiles_csv(f, &o, &x->t, err);
}

/* Columns that are named as entries, or more numbers than other things: else it is no matrix, and
 * what would be said of its rows would lead astray. */
static bool may_be(const matrix *x) {
    int numbers = 0, named = 0, n = karvan_table_columns(x->t);
    for (int c = 1; c < n; c++) {
        const char *name = karvan_table_column(x->t, c).name;
        numbers += is_number(x->t, c);
        for (int32_t k = 0; k < karvan_table_dictionary_size(x->t, 0); k++)
            named += strcmp(karvan_table_dictionary_text(x->t, 0, k), name) == 0;
    }
    return named >= 2 || 2 * numbers >= n - 1;
}

static karvan_status twice(const matrix *x, int64_t before, int64_t row, karvan_error *err) {
    char what[300];
    int64_t line, column;
    bool same = true;
    for (int c = 1; c < karvan_table_columns(x->t) && same; c++) {
        double a = karvan_i_value_or(x->t, c, before, NAN),
               b = karvan_i_value_or(x->t, c, row, NAN);
        same = a == b || (isnan(a) && isnan(b));
    }
    (void)karvan_table_locate(x->t, 0, before, &line, &column);
    (void)snprintf(
        what, sizeof what,
        "%.60s has two rows, here and on line %lld%s (read as a matrix of ties, a row an "
        "entry: it has not the columns of votes, alliances or memberships)",
        karvan_table_text(x->t, 0, row), (long long)line,
        same ? ", both the same; take one of them out" : ", and they contradict one another");
    return karvan_i_refuse(x->t, 0, row, what, err);
}

static karvan_status take_entries(matrix *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t n = karvan_table_rows(x->t);
    x->row_of = karvan_i_malloc((size_t)n, sizeof *x->row_of);
    KARVAN_REQUIRE(x->row_of, err, KARVAN_E_NOMEM, "no memory for a matrix");
    for (int64_t r = 0; r < n; r++) {
        const char *s = karvan_table_text(x->t, 0, r);
        int32_t code, before = x->p->entries.n;
        if (!s) return karvan_i_refuse(x->t, 0, r, "a row without the name of its entry", err);
        KARVAN_TRY(karvan_i_dictionary_add(&x->p->entries, s, strlen(s), &code, err));
        if (code < before) return twice(x, x->row_of[code], r, err);
        x->row_of[code] = r;
    }
done:
    return st;
}

static karvan_status take_weights(matrix *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char room[96];
    int64_t n = karvan_table_rows(x->t);
    x->weight = -1;
    if (!x->weights) return KARVAN_OK;
    x->weight = karvan_table_find(x->t, x->weights);
    KARVAN_REQUIRE(x->weight > 0 && is_number(x->t, x->weight), err, KARVAN_E_ARG,
                   "there is no column %.60s of numbers for weights%s", x->weights,
                   x->weight < 0 ? karvan_i_meant_column(x->t, x->weights, room, sizeof room) : "");
    x->p->weights = karvan_i_strndup(x->weights, strlen(x->weights));
    x->p->weight = karvan_i_malloc((size_t)n, sizeof *x->p->weight);
    KARVAN_REQUIRE(x->p->weights && x->p->weight, err, KARVAN_E_NOMEM, "no memory for weights");
    for (int64_t r = 0; r < n; r++) {
        x->p->weight[r] = karvan_i_value_or(x->t, x->weight, r, NAN);
        if (x->p->weight[r] < 0)
            return karvan_i_refuse(x->t, x->weight, r, "a weight is 0 or more", err);
    }
done:
    return st;
}

/* Columns named as entries, where there are two and more; else all numbers. */
static karvan_status take_states(matrix *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int n = karvan_table_columns(x->t), named = 0;
    x->columns = karvan_i_calloc((size_t)n, sizeof *x->columns);
    KARVAN_REQUIRE(x->columns, err, KARVAN_E_NOMEM, "no memory for a matrix");
    for (int pass = 0; pass < 2; pass++)
        for (int c = 1; c < n; c++) {
            const char *s = karvan_table_column(x->t, c).name;
            int32_t code;
            bool is_entry = karvan_i_dictionary_find(&x->p->entries, s, strlen(s)) >= 0;
            if (c == x->weight) continue;
            if (pass == 0) {
                named += is_entry;
                continue;
            }
            if (named >= 2 ? !is_entry : !is_number(x->t, c)) continue;
            KARVAN_TRY(karvan_i_dictionary_add(&x->p->states, s, strlen(s), &code, err));
            x->columns[code] = c;
        }
    if (x->p->states.n < 2)
        st = karvan_i_no_shape(
            x->f, "two columns of numbers at the least are expected, a column a state", err);
done:
    return st;
}

/* Where a column is no number as a whole, the first cell that is none. */
static karvan_status no_number(const matrix *x, int c, karvan_error *err) {
    int64_t r = 0;
    const char *s;
    double v;
    while (r < karvan_table_rows(x->t) &&
           (!(s = karvan_table_text(x->t, c, r)) || strcmp(s, "NA") == 0 ||
            karvan_i_parse_real(s, strlen(s), '.', &v)))
        r++;
    return karvan_i_refuse(x->t, c, r < karvan_table_rows(x->t) ? r : 0,
                           "the value of a profile is a number", err);
}

static karvan_status take_values(matrix *x, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_profiles *p = x->p;
    int64_t rows = karvan_table_rows(x->t);
    double low = INFINITY, high = -INFINITY;
    p->entry = karvan_i_calloc((size_t)rows * (size_t)p->states.n, sizeof *p->entry);
    KARVAN_REQUIRE(p->entry, err, KARVAN_E_NOMEM, "no memory for a matrix");
    for (int32_t s = 0; s < p->states.n; s++) {
        if (!is_number(x->t, x->columns[s])) return no_number(x, x->columns[s], err);
        for (int64_t r = 0; r < rows; r++) {
            double v = karvan_i_value_or(x->t, x->columns[s], r, NAN);
            p->entry[p->n++] = (karvan_i_entry){
                .state = s, .year = KARVAN_I_NO_YEAR, .entry = (int32_t)r, .row = r, .value = v};
            if (v < low) low = v;
            if (v > high) high = v;
        }
    }
    /* all the same: a scale of length 1, on which they are as near as can be */
    if (!(low < high)) low = isinf(low) ? 0 : low, high = low + 1;
    p->scale = (karvan_scale){low, high};
done:
    return st;
}

/* Before states are put in order: their codes are the dictionary's. */
static void count_one_way(matrix *x) {
    karvan_profiles *p = x->p;
    for (int32_t a = 0; a < p->states.n; a++)
        for (int32_t b = a + 1; b < p->states.n; b++) {
            const char *s = p->states.bytes + p->states.at[a],
                       *t = p->states.bytes + p->states.at[b];
            int32_t one = karvan_i_dictionary_find(&p->entries, s, strlen(s)),
                    other = karvan_i_dictionary_find(&p->entries, t, strlen(t));
            if (one < 0 || other < 0) continue;
            double there = karvan_i_value_or(x->t, x->columns[a], x->row_of[other], NAN),
                   back = karvan_i_value_or(x->t, x->columns[b], x->row_of[one], NAN);
            p->one_way += there < back || there > back;
        }
}

karvan_status karvan_i_profiles_matrix(karvan_profiles *p, const karvan_i_profiles_file *f,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    matrix x = {.p = p, .f = f, .weights = f->o->weights};
    KARVAN_REQUIRE(!f->o->has_from && !f->o->has_to, err, KARVAN_E_ARG,
                   "%s is a matrix, which has no years", f->path);
    KARVAN_TRY(read_table(&x, f, err));
    if (!may_be(&x))
        KARVAN_TRY(karvan_i_no_shape(
            f, "two columns of numbers at the least are expected, a column a state", err));
    KARVAN_TRY(take_entries(&x, err));
    KARVAN_TRY(take_weights(&x, err));
    KARVAN_TRY(take_states(&x, err));
    KARVAN_TRY(take_values(&x, err));
    count_one_way(&x);
    if (f->o->has_scale) p->scale = f->o->scale;
    KARVAN_TRY(karvan_i_profiles_order(p, err));
    karvan_i_profiles_lines(p, x.t);
done:
    karvan_table_destroy(x.t);
    karvan_i_free(x.row_of), karvan_i_free(x.columns);
    return st;
}
