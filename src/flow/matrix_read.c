/* Matrices out of CSV and tables, in long and in wide form. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "flow/labels.h"
#include "karvan/demand.h"

enum { CELLS_MOST = 400000000 };

/* "file:line:column: " of a cell, "" where the table is of no file. */
static const char *place_of(const karvan_table *t, int column, int64_t row, char *room,
                            size_t cap) {
    int64_t line, at;
    const char *path = karvan_table_locate(t, column, row, &line, &at);
    if (path && line > 0)
        (void)snprintf(room, cap, "%s:%lld:%lld: ", path, (long long)line, (long long)at);
    else
        (void)snprintf(room, cap, "row %lld: ", (long long)row + 1);
    return room;
}

static karvan_status fault(const karvan_table *t, int column, int64_t row, karvan_error *err,
                           const char *what) {
    char room[300];
    return karvan_fail(err, KARVAN_E_DATA, "%s%s", place_of(t, column, row, room, sizeof room),
                       what);
}

/* The name in a cell: text, or a whole number as text. NULL: none. */
static const char *name_in(const karvan_table *t, int column, int64_t row, char *room, size_t cap) {
    if (karvan_table_state(t, column, row) != KARVAN_VALUE) return NULL;
    if (karvan_table_column(t, column).type == KARVAN_INT)
        return (void)snprintf(room, cap, "%lld", (long long)karvan_table_int(t, column, row)), room;
    return karvan_table_text(t, column, row);
}

static karvan_status add_column(karvan_i_labels *l, const karvan_table *t, int column,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_type type = karvan_table_column(t, column).type;
    char room[32];
    if (type != KARVAN_TEXT && type != KARVAN_INT)
        return karvan_fail(err, KARVAN_E_DATA, "column %s of %s holds neither names nor numbers",
                           karvan_table_column(t, column).name, karvan_table_name(t));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *name = name_in(t, column, r, room, sizeof room);
        if (!name || !*name) return fault(t, column, r, err, "no name stands here");
        KARVAN_TRY(karvan_i_labels_add(l, name, err));
    }
done:
    return st;
}

static karvan_status add_header(karvan_i_labels *l, const karvan_table *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int c = 1; st == KARVAN_OK && c < karvan_table_columns(t); c++)
        st = karvan_i_labels_add(l, karvan_table_column(t, c).name, err);
    return st;
}

/* How the cells of a table are those of a matrix. */
typedef struct cells {
    const karvan_table *table;
    const karvan_od_options *o;
    bool wide;
    int origin, destination, value; /* columns of the long form */
    karvan_i_labels label[2];       /* origins, destinations; where square, all in the first */
    int64_t shift;                  /* square: how many were added before the destinations */
    int32_t n_origins, n_destinations;
    double *to;
    int64_t *row; /* [cells] of the row that filled it, plus 1 */
} cells;

static int32_t origin_at(const cells *c, int64_t row) {
    return karvan_i_labels_at(&c->label[0], row);
}
static int32_t destination_at(const cells *c, int64_t i) {
    return karvan_i_labels_at(&c->label[c->o->square ? 0 : 1], i + c->shift);
}

/* The column of values, which a name tells, or the first that holds numbers. */
static karvan_status find_value(cells *c, karvan_error *err) {
    const karvan_table *t = c->table;
    if (c->o->value) {
        c->value = karvan_table_find(t, c->o->value);
        if (c->value < 0)
            return karvan_fail(err, KARVAN_E_DATA, "%s has no column %s", karvan_table_name(t),
                               c->o->value);
    }
    for (int k = 0; !c->o->value && c->value < 0 && k < karvan_table_columns(t); k++) {
        karvan_type type = karvan_table_column(t, k).type;
        if (k != c->origin && k != c->destination && (type == KARVAN_INT || type == KARVAN_REAL))
            c->value = k;
    }
    if (c->value < 0)
        return karvan_fail(err, KARVAN_E_DATA,
                           "%s has no column of numbers beside origin and destination",
                           karvan_table_name(t));
    karvan_type type = karvan_table_column(t, c->value).type;
    if (type != KARVAN_INT && type != KARVAN_REAL)
        return karvan_fail(err, KARVAN_E_DATA, "column %s of %s does not hold numbers", c->o->value,
                           karvan_table_name(t));
    return KARVAN_OK;
}

static karvan_status name_sides(cells *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_labels *second = &c->label[c->o->square ? 0 : 1];
    KARVAN_TRY(karvan_i_labels_init(&c->label[0], err));
    if (!c->o->square) KARVAN_TRY(karvan_i_labels_init(&c->label[1], err));
    KARVAN_TRY(add_column(&c->label[0], c->table, c->wide ? 0 : c->origin, err));
    if (c->o->square) c->shift = karvan_table_rows(c->table);
    if (c->wide)
        KARVAN_TRY(add_header(second, c->table, err));
    else
        KARVAN_TRY(add_column(second, c->table, c->destination, err));
    KARVAN_TRY(karvan_i_labels_freeze(&c->label[0], err));
    if (!c->o->square) KARVAN_TRY(karvan_i_labels_freeze(second, err));
    c->n_origins = c->label[0].n, c->n_destinations = second->n;
done:
    return st;
}

static karvan_status twice(const cells *c, int column, int64_t row, int64_t before,
                           karvan_error *err) {
    char room[300];
    int64_t line, at;
    const char *path = karvan_table_locate(c->table, column, before, &line, &at);
    return karvan_fail(err, KARVAN_E_DATA, "%sthis %s stands in %s %lld already",
                       place_of(c->table, column, row, room, sizeof room),
                       c->wide ? "origin" : "pair", path && line > 0 ? "line" : "row",
                       path && line > 0 ? (long long)line : (long long)before + 1);
}

static double value_at(const karvan_table *t, int column, int64_t row) {
    return karvan_table_state(t, column, row) == KARVAN_VALUE ? karvan_table_real(t, column, row)
                                                              : NAN;
}

static karvan_status fill(cells *c, karvan_error *err) {
    size_t width = (size_t)c->n_destinations;
    for (int64_t r = 0; r < karvan_table_rows(c->table); r++) {
        size_t begin = (size_t)origin_at(c, r) * width;
        int columns = c->wide ? karvan_table_columns(c->table) : 2;
        for (int k = 1; k < columns; k++) {
            size_t at = begin + (size_t)destination_at(c, c->wide ? k - 1 : r);
            if (c->row[at]) return twice(c, c->wide ? 0 : c->origin, r, c->row[at] - 1, err);
            c->row[at] = r + 1, c->to[at] = value_at(c->table, c->wide ? k : c->value, r);
        }
    }
    return KARVAN_OK;
}

static karvan_status make(cells *c, karvan_od *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(name_sides(c, err));
    size_t n = (size_t)c->n_origins * (size_t)c->n_destinations;
    KARVAN_REQUIRE(n <= CELLS_MOST, err, KARVAN_E_DATA,
                   "%s has %d origins and %d destinations: more than %d cells",
                   karvan_table_name(c->table), (int)c->n_origins, (int)c->n_destinations,
                   (int)CELLS_MOST);
    c->to = out->value = karvan_i_malloc(n + 1, sizeof *c->to);
    c->row = karvan_i_calloc(n + 1, sizeof *c->row);
    KARVAN_REQUIRE(c->to && c->row, err, KARVAN_E_NOMEM, "no memory for %d x %d cells",
                   (int)c->n_origins, (int)c->n_destinations);
    for (size_t i = 0; i < n; i++) c->to[i] = c->o->absent;
    KARVAN_TRY(fill(c, err));
    out->n_origins = c->n_origins, out->n_destinations = c->n_destinations;
    KARVAN_TRY(karvan_i_labels_copy(&c->label[0], &out->origin, err));
    KARVAN_TRY(karvan_i_labels_copy(&c->label[c->o->square ? 0 : 1], &out->destination, err));
done:
    return st;
}

karvan_status karvan_od_of_table(const karvan_table *t, const karvan_od_options *options,
                                 karvan_od *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const karvan_od_options usual = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    memset(out, 0, sizeof *out);
    if (!t) return karvan_fail(err, KARVAN_E_ARG, "no table");
    cells c = {.table = t, .o = options ? options : &usual, .value = -1};
    c.origin = karvan_table_find(t, "origin"), c.destination = karvan_table_find(t, "destination");
    c.wide = c.origin < 0 || c.destination < 0;
    if (!c.wide) KARVAN_TRY(find_value(&c, err));
    KARVAN_REQUIRE(!c.wide || karvan_table_columns(t) > 1, err, KARVAN_E_DATA,
                   "%s has one column; a matrix has origin, destination and a value, or a column a "
                   "destination",
                   karvan_table_name(t));
    for (int k = 1; c.wide && k < karvan_table_columns(t); k++) {
        karvan_type type = karvan_table_column(t, k).type;
        KARVAN_REQUIRE(type == KARVAN_INT || type == KARVAN_REAL, err, KARVAN_E_DATA,
                       "column %s of %s does not hold numbers", karvan_table_column(t, k).name,
                       karvan_table_name(t));
    }
    KARVAN_TRY(make(&c, out, err));
done:
    karvan_i_labels_clear(&c.label[0]), karvan_i_labels_clear(&c.label[1]);
    karvan_i_free(c.row);
    if (st != KARVAN_OK) karvan_od_clear(out);
    return st;
}

/* Names are text, whatever they look like; of a wide file all else is numbers. */
static karvan_status declare(const karvan_table *header, const karvan_od_options *o,
                             karvan_column *column, int *n) {
    bool wide =
        karvan_table_find(header, "origin") < 0 || karvan_table_find(header, "destination") < 0;
    *n = 0;
    if (!wide) {
        column[(*n)++] = (karvan_column){.name = "origin", .type = KARVAN_TEXT};
        column[(*n)++] = (karvan_column){.name = "destination", .type = KARVAN_TEXT};
        if (o->value && karvan_table_find(header, o->value) >= 0 &&
            strcmp(o->value, "origin") != 0 && strcmp(o->value, "destination") != 0)
            column[(*n)++] = (karvan_column){.name = o->value, .type = KARVAN_REAL};
        for (int k = 0; !o->value && karvan_table_columns(header) == 3 && k < 3; k++) {
            const char *name = karvan_table_column(header, k).name; /* the only one there is */
            if (strcmp(name, "origin") != 0 && strcmp(name, "destination") != 0)
                column[(*n)++] = (karvan_column){.name = name, .type = KARVAN_REAL};
        }
        return KARVAN_OK;
    }
    for (; *n < karvan_table_columns(header); ++*n)
        column[*n] = (karvan_column){.name = karvan_table_column(header, *n).name,
                                     .type = *n ? KARVAN_REAL : KARVAN_TEXT};
    return KARVAN_OK;
}

karvan_status karvan_od_parse(const char *bytes, size_t n, const char *path,
                              const karvan_od_options *options, karvan_od *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    static const karvan_od_options usual = {0};
    const karvan_od_options *o = options ? options : &usual;
    karvan_csv_options csv = {.no_rows = true};
    karvan_table *header = NULL, *t = NULL;
    karvan_column *column = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    memset(out, 0, sizeof *out);
    KARVAN_TRY(karvan_csv_parse(bytes, n, path, path, &csv, NULL, &header, err));
    column = karvan_i_malloc((size_t)karvan_table_columns(header) + 3, sizeof *column);
    KARVAN_REQUIRE(column, err, KARVAN_E_NOMEM, "no memory for a header");
    csv = (karvan_csv_options){.columns = column, .extra_columns = true};
    KARVAN_TRY(declare(header, o, column, &csv.n_columns));
    KARVAN_TRY(karvan_csv_parse(bytes, n, path, path, &csv, NULL, &t, err));
    KARVAN_TRY(karvan_od_of_table(t, o, out, err));
done:
    karvan_table_destroy(header), karvan_table_destroy(t);
    karvan_i_free(column);
    return st;
}

karvan_status karvan_od_read(const char *path, const karvan_od_options *options, karvan_od *out,
                             karvan_error *err) {
    char *s = NULL;
    size_t n = 0;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    memset(out, 0, sizeof *out);
    if (!path) return karvan_fail(err, KARVAN_E_ARG, "no path");
    karvan_status st = karvan_i_file_read(path, &s, &n, err);
    if (st == KARVAN_OK) st = karvan_od_parse(s, n, path, options, out, err);
    karvan_i_free(s);
    return st;
}
