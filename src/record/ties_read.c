/* Ties of a user's own: a table of pairs. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/ties.h"
#include "table/cell.h"
#include "table/known.h"

enum { CODE1, CODE2, WEIGHT, YEAR, CERTAIN, SOURCE, COLUMNS };
static const karvan_column KNOWN[COLUMNS] = {
    {"code1", KARVAN_TEXT, NULL}, {"code2", KARVAN_TEXT, NULL},   {"weight", KARVAN_REAL, NULL},
    {"year", KARVAN_INT, NULL},   {"certain", KARVAN_TEXT, NULL}, {"source", KARVAN_TEXT, NULL}};

/* So that no sum and no length leaves the numbers. */
static const double LIGHTEST = 1e-100, HEAVIEST = 1e100;

typedef struct reading {
    const karvan_table *t;
    const karvan_ties_reading *how;
    int at[COLUMNS]; /* -1: not there */
} reading;

static karvan_status find_columns(reading *r, karvan_error *err) {
    char meant[160];
    for (int k = 0; k < COLUMNS; k++) {
        r->at[k] = karvan_table_find(r->t, KNOWN[k].name);
        if (k <= CODE2 && r->at[k] < 0)
            return karvan_fail(err, KARVAN_E_DATA, "%s has no column %s%s", karvan_table_name(r->t),
                               KNOWN[k].name,
                               karvan_i_meant_column(r->t, KNOWN[k].name, meant, sizeof meant));
        karvan_type type = r->at[k] < 0 ? KNOWN[k].type : karvan_table_column(r->t, r->at[k]).type;
        bool fits = type == KNOWN[k].type || (k == WEIGHT && type == KARVAN_INT) ||
                    (k == CERTAIN && type == KARVAN_BOOL);
        if (!fits)
            return karvan_fail(err, KARVAN_E_DATA, "column %s of %s holds no %s", KNOWN[k].name,
                               karvan_table_name(r->t),
                               k == WEIGHT ? "numbers"
                               : k == YEAR ? "years"
                                           : "texts");
    }
    return KARVAN_OK;
}

static karvan_status judge_year(const reading *r, karvan_error *err) {
    if (r->how->has_year && r->at[YEAR] < 0)
        return karvan_fail(err, KARVAN_E_ARG,
                           "%s has no column year, so that its ties are of no year",
                           karvan_table_name(r->t));
    int64_t least = INT64_MAX, most = INT64_MIN;
    for (int64_t i = 0; r->at[YEAR] >= 0 && i < karvan_table_rows(r->t); i++) {
        if (karvan_table_state(r->t, r->at[YEAR], i) != KARVAN_VALUE)
            return karvan_i_refuse(r->t, r->at[YEAR], i, "a tie without its year", err);
        int64_t year = karvan_table_int(r->t, r->at[YEAR], i);
        least = year < least ? year : least, most = year > most ? year : most;
    }
    if (least < most && !r->how->has_year)
        return karvan_fail(err, KARVAN_E_ARG, "%s holds ties of %lld to %lld: say which year",
                           karvan_table_name(r->t), (long long)least, (long long)most);
    if (r->how->has_year && least <= most && (r->how->year < least || r->how->year > most))
        return karvan_fail(err, KARVAN_E_ARG, "%s has no ties of %lld, but of %lld to %lld",
                           karvan_table_name(r->t), (long long)r->how->year, (long long)least,
                           (long long)most);
    return KARVAN_OK;
}

static bool of_year(const reading *r, int64_t i) {
    return !r->how->has_year || karvan_table_int(r->t, r->at[YEAR], i) == r->how->year;
}

static karvan_status read_certain(const reading *r, int64_t i, karvan_truth *out,
                                  karvan_error *err) {
    int c = r->at[CERTAIN];
    *out = KARVAN_YES;
    if (c < 0) return KARVAN_OK;
    if (karvan_table_column(r->t, c).type == KARVAN_BOOL) {
        *out = karvan_table_bool(r->t, c, i) ? KARVAN_YES : KARVAN_MAYBE;
        return KARVAN_OK;
    }
    const char *s = karvan_table_text(r->t, c, i);
    if (s && (strcmp(s, "yes") == 0 || strcmp(s, "true") == 0)) return KARVAN_OK;
    *out = KARVAN_MAYBE;
    if (s && (strcmp(s, "maybe") == 0 || strcmp(s, "false") == 0)) return KARVAN_OK;
    return karvan_i_refuse(r->t, c, i, "a tie is certain (yes) or possible (maybe)", err);
}

static karvan_status read_row(const reading *r, const karvan_i_tie_gather *g, int64_t i,
                              karvan_i_evidence *e, karvan_error *err) {
    const char *a = karvan_table_text(r->t, r->at[CODE1], i),
               *b = karvan_table_text(r->t, r->at[CODE2], i);
    double weight = r->at[WEIGHT] < 0 ? 1 : karvan_table_real(r->t, r->at[WEIGHT], i);
    if (!a || !b || !*a || !*b)
        return karvan_i_refuse(r->t, r->at[a && *a ? CODE2 : CODE1], i, "a tie needs both codes",
                               err);
    if (strcmp(a, b) == 0)
        return karvan_i_refuse(r->t, r->at[CODE2], i, "a code tied to itself", err);
    if (r->at[WEIGHT] >= 0 && karvan_table_state(r->t, r->at[WEIGHT], i) != KARVAN_VALUE)
        return karvan_i_refuse(r->t, r->at[WEIGHT], i, "a tie without its weight", err);
    if (!(weight > 0))
        return karvan_i_refuse(r->t, r->at[WEIGHT], i,
                               "a weight is above 0; leave the row out where there is no tie", err);
    if (!(weight >= LIGHTEST && weight <= HEAVIEST))
        return karvan_i_refuse(r->t, r->at[WEIGHT], i, "a weight lies within 1e-100 and 1e100",
                               err);
    *e = (karvan_i_evidence){
        .a = karvan_i_tied_find(g, a),
        .b = karvan_i_tied_find(g, b),
        .weight = weight,
        .source = r->at[SOURCE] < 0 ? NULL : karvan_table_text(r->t, r->at[SOURCE], i),
        .row = i};
    return read_certain(r, i, &e->truth, err);
}

/* The same two twice: both places. */
static karvan_status twice(const reading *r, int64_t first, int64_t again, karvan_error *err) {
    int64_t line, column;
    char what[256];
    const char *path = karvan_table_locate(r->t, r->at[CODE1], first, &line, &column);
    (void)snprintf(what, sizeof what, "%.40s and %.40s are tied a second time; first in %s %lld",
                   karvan_table_text(r->t, r->at[CODE1], again),
                   karvan_table_text(r->t, r->at[CODE2], again), path ? "line" : "row",
                   (long long)(path ? line : first + 1));
    return karvan_i_refuse(r->t, r->at[CODE1], again, what, err);
}

/* The pair that stands twice and whose second row comes first: what a reader of the file meets
 * first. */
static karvan_status judge_twins(const reading *r, karvan_i_tie_gather *g, karvan_error *err) {
    int64_t first = -1, again = INT64_MAX;
    karvan_i_tied_sort(g);
    for (int64_t i = 1; i < g->m; i++) {
        const karvan_i_evidence *x = &g->row[i - 1], *y = &g->row[i];
        if (x->a == y->a && x->b == y->b && y->row < again) first = x->row, again = y->row;
    }
    return first < 0 ? KARVAN_OK : twice(r, first, again, err);
}

karvan_status karvan_ties_of_table(const karvan_table *t, const karvan_ties_reading *how,
                                   karvan_ties **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const karvan_ties_reading plain = {0};
    reading r = {.t = t, .how = how ? how : &plain};
    karvan_i_tie_gather g = {.directed = r.how->directed};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(t, err, KARVAN_E_ARG, "table is NULL");
    KARVAN_TRY(find_columns(&r, err));
    KARVAN_TRY(judge_year(&r, err));
    if (r.how->has_year) KARVAN_TRY(karvan_i_tied_year(&g, r.how->year, err));
    for (int k = CODE1; k <= CODE2; k++)
        for (int32_t i = 0; i < karvan_table_dictionary_size(t, r.at[k]); i++)
            KARVAN_TRY(karvan_i_tied_node(&g, karvan_table_dictionary_text(t, r.at[k], i), err));
    KARVAN_TRY(karvan_i_tied_nodes(&g, false, err));
    for (int64_t i = 0; i < karvan_table_rows(t); i++) {
        karvan_i_evidence e = {0};
        KARVAN_TRY(read_row(&r, &g, i, &e, err)); /* other years are judged too */
        if (of_year(&r, i)) KARVAN_TRY(karvan_i_tied_add(&g, e, err));
    }
    KARVAN_TRY(judge_twins(&r, &g, err));
    g.region = r.how->region; /* for names */
    st = karvan_i_tied_close(&g, r.how->tie ? r.how->tie : karvan_table_name(t),
                             r.at[WEIGHT] < 0 ? "1 a tie" : "column weight", out, err);
done:
    karvan_i_tied_clear(&g);
    return st;
}

/* Only columns that the file has can be declared, and codes stay texts: 002 is not 2. */
static int declared(const karvan_table *header, karvan_column *columns) {
    int n = 0;
    for (int k = 0; k < COLUMNS; k++)
        if (karvan_table_find(header, KNOWN[k].name) >= 0) columns[n++] = KNOWN[k];
    return n;
}

static karvan_status table_of(const char *path, const char *bytes, size_t n, karvan_table **out,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *header = NULL;
    karvan_column columns[COLUMNS];
    const karvan_csv_options look = {.no_rows = true};
    karvan_csv_options o = {.extra_columns = true,
                            .columns = columns,
                            .n_missing = KARVAN_I_GAPS,
                            .missing = karvan_i_gaps};
    if (!bytes) return karvan_i_csv_read_known(path, path, COLUMNS, KNOWN, out, err);
    KARVAN_TRY(karvan_csv_parse(bytes, n, path, path, &look, NULL, &header, err));
    o.n_columns = declared(header, columns);
    st = karvan_csv_parse(bytes, n, path, path, &o, NULL, out, err);
done:
    karvan_table_destroy(header);
    return st;
}

static karvan_status read_ties(const char *path, const char *bytes, size_t n,
                               const karvan_ties_reading *how, karvan_ties **out,
                               karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = table_of(path, bytes, n, &t, err);
    if (st == KARVAN_OK) st = karvan_ties_of_table(t, how, out, err);
    karvan_table_destroy(t);
    return st;
}

karvan_status karvan_ties_read(const char *path, const karvan_ties_reading *how, karvan_ties **out,
                               karvan_error *err) {
    if (!out || !path) return karvan_fail(err, KARVAN_E_ARG, "path or out is NULL");
    *out = NULL;
    return read_ties(path, NULL, 0, how, out, err);
}

karvan_status karvan_ties_parse(const char *bytes, size_t n, const char *path,
                                const karvan_ties_reading *how, karvan_ties **out,
                                karvan_error *err) {
    if (!out || !path || (!bytes && n > 0))
        return karvan_fail(err, KARVAN_E_ARG, "path, bytes or out is NULL");
    *out = NULL;
    return read_ties(path, bytes ? bytes : "", n, how, out, err);
}
