#include "cli/trips_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/words.h"

/* ---- OMX in ------------------------------------------------------------------------------------
 */

static karvan_status choose_matrix(const char *path, const karvan_omx *m, const char *name,
                                   const char *usual, int *out, karvan_error *err) {
    *out = karvan_omx_find(m, name ? name : usual);
    if (!name && *out < 0 && karvan_omx_matrices(m) == 1) *out = 0;
    if (*out >= 0) return KARVAN_OK;
    if (name) return karvan_fail(err, KARVAN_E_DATA, "%s has no matrix '%.60s'", path, name);
    return karvan_fail(err, KARVAN_E_DATA, "%s has %d matrices, none of which is called %s", path,
                       karvan_omx_matrices(m), usual);
}

/* The first lookup that fits a dimension, as texts; NULL: there is none. */
static karvan_status find_labels(const karvan_omx *m, int dimension, int64_t n, karvan_table **out,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *out = NULL;
    for (int i = 0; i < karvan_omx_lookups(m); i++) {
        int of = karvan_omx_lookup_dimension(m, i);
        if (of >= 0 && of != dimension) continue;
        KARVAN_TRY(karvan_omx_lookup(m, i, out, err));
        karvan_type type = karvan_table_column(*out, 0).type;
        if (karvan_table_rows(*out) == n && (type == KARVAN_INT || type == KARVAN_TEXT)) break;
        karvan_table_destroy(*out), *out = NULL;
    }
done:
    return st;
}

static void label(const karvan_table *t, int64_t i, char *out, size_t cap) {
    const char *text = t ? karvan_table_text(t, 0, i) : NULL;
    long long number = t ? (long long)karvan_table_int(t, 0, i) : (long long)i + 1;
    if (text)
        (void)snprintf(out, cap, "%s", text);
    else
        (void)snprintf(out, cap, "%lld", number);
}

/* A name that stands twice would hide one of its rows behind the other. */
static karvan_status check_names(const char *path, int64_t n, char *const *name,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char **sorted = karvan_i_malloc((size_t)n + 1, sizeof *sorted);
    KARVAN_REQUIRE(sorted, err, KARVAN_E_NOMEM, "no memory for %lld names", (long long)n);
    for (int64_t i = 0; i < n; i++) sorted[i] = name[i];
    qsort(sorted, (size_t)n, sizeof *sorted, karvan_i_by_text);
    for (int64_t i = 1; i < n; i++)
        KARVAN_REQUIRE(strcmp(sorted[i - 1], sorted[i]) != 0, err, KARVAN_E_DATA,
                       "%s: a lookup has the name '%.60s' twice", path, sorted[i]);
done:
    karvan_i_free(sorted);
    return st;
}

static karvan_status labels_of(const karvan_omx *m, int dimension, int64_t n, char ***out,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    char room[512];
    *out = karvan_i_calloc((size_t)n + 1, sizeof **out);
    KARVAN_REQUIRE(*out, err, KARVAN_E_NOMEM, "no memory for %lld names", (long long)n);
    KARVAN_TRY(find_labels(m, dimension, n, &t, err));
    for (int64_t i = 0; i < n; i++) {
        label(t, i, room, sizeof room);
        (*out)[i] = karvan_i_strndup(room, strlen(room));
        KARVAN_REQUIRE((*out)[i], err, KARVAN_E_NOMEM, "no memory for %lld names", (long long)n);
    }
done:
    karvan_table_destroy(t);
    return st;
}

static karvan_status read_omx(const char *path, const char *value, const char *usual,
                              karvan_od *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_omx *m = NULL;
    int matrix;
    *out = (karvan_od){0};
    KARVAN_TRY(karvan_omx_open(path, &m, err));
    KARVAN_TRY(choose_matrix(path, m, value, usual, &matrix, err));
    int64_t rows = karvan_omx_rows(m), columns = karvan_omx_columns(m);
    KARVAN_REQUIRE(rows <= INT32_MAX && columns <= INT32_MAX, err, KARVAN_E_DATA,
                   "%s: a matrix of %lld x %lld", path, (long long)rows, (long long)columns);
    out->n_origins = (int32_t)rows, out->n_destinations = (int32_t)columns;
    out->value = karvan_i_malloc((size_t)rows * (size_t)columns + 1, sizeof *out->value);
    KARVAN_REQUIRE(out->value, err, KARVAN_E_NOMEM, "no memory for %lld x %lld cells",
                   (long long)rows, (long long)columns);
    KARVAN_TRY(karvan_omx_read(m, matrix, 0, rows, out->value, err));
    KARVAN_TRY(labels_of(m, 0, rows, &out->origin, err));
    KARVAN_TRY(labels_of(m, 1, columns, &out->destination, err));
    KARVAN_TRY(check_names(path, rows, out->origin, err));
    KARVAN_TRY(check_names(path, columns, out->destination, err));
done:
    karvan_omx_close(m);
    if (st != KARVAN_OK) karvan_od_clear(out);
    return st;
}

karvan_status cli_od_read(const char *path, const char *value, double absent, karvan_od *out,
                          karvan_error *err) {
    karvan_od_options o = {.value = value, .absent = absent};
    if (cli_ends_in(path, ".omx")) return read_omx(path, value, "trips", out, err);
    return karvan_od_read(path, &o, out, err);
}

/* Zone of a name, from 0. */
static karvan_status zone_of(const char *path, const char *name, int32_t zones, int32_t *out,
                             karvan_error *err) {
    int64_t zone;
    if (!cli_whole(name, 1, zones, &zone))
        return karvan_fail(err, KARVAN_E_DATA, "%s: zone '%.40s'; zones are 1 to %d", path, name,
                           (int)zones);
    *out = (int32_t)zone - 1;
    return KARVAN_OK;
}

static karvan_status read_omx_trips(const char *path, int32_t zones, karvan_trips *out,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_od od;
    double *matrix = NULL;
    *out = (karvan_trips){0};
    KARVAN_TRY(read_omx(path, NULL, "trips", &od, err));
    matrix = karvan_i_calloc((size_t)zones * (size_t)zones + 1, sizeof *matrix);
    KARVAN_REQUIRE(matrix, err, KARVAN_E_NOMEM, "no memory for %d zones", (int)zones);
    for (int32_t i = 0; i < od.n_origins; i++) {
        int32_t from = 0, to = 0;
        KARVAN_TRY(zone_of(path, od.origin[i], zones, &from, err));
        for (int32_t j = 0; j < od.n_destinations; j++) {
            double v = od.value[(size_t)i * (size_t)od.n_destinations + (size_t)j];
            KARVAN_TRY(zone_of(path, od.destination[j], zones, &to, err));
            KARVAN_REQUIRE(v >= 0 && isfinite(v), err, KARVAN_E_DATA,
                           "%s: %g trips from zone %d to zone %d; 0 or more is right", path, v,
                           (int)from + 1, (int)to + 1);
            matrix[(size_t)from * (size_t)zones + (size_t)to] = v;
        }
    }
    KARVAN_TRY(karvan_trips_of_matrix(zones, matrix, out, err));
done:
    karvan_od_clear(&od);
    karvan_i_free(matrix);
    return st;
}

karvan_status cli_trips_read(const char *path, int32_t zones, karvan_trips *out,
                             karvan_error *err) {
    if (cli_ends_in(path, ".omx")) return read_omx_trips(path, zones, out, err);
    return karvan_trips_read(path, zones, out, err);
}

/* ---- out ---------------------------------------------------------------------------------------
 */

/* Names as a table of one column: numbers where all are, else text. */
static karvan_status add_lookup(karvan_omx_writer *w, const char *name, int dimension, int32_t n,
                                char *const *text, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    int64_t number;
    bool numbers = true;
    for (int32_t i = 0; i < n; i++)
        numbers = numbers && cli_whole(text[i], 0, INT64_MAX, &number) &&
                  (*text[i] != '0' || !text[i][1]);
    const karvan_column column = {name, numbers ? KARVAN_INT : KARVAN_TEXT, NULL};
    KARVAN_TRY(karvan_builder_create(name, 1, &column, &b, err));
    for (int32_t i = 0; i < n; i++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        if (numbers) (void)cli_whole(text[i], 0, INT64_MAX, &number);
        KARVAN_TRY(numbers ? karvan_builder_int(b, 0, number, err)
                           : karvan_builder_text(b, 0, text[i], err));
    }
    st = karvan_builder_finish(b, &t, err);
    b = NULL;
    if (st == KARVAN_OK) st = karvan_omx_add_lookup(w, name, dimension, t, err);
done:
    karvan_builder_destroy(b);
    karvan_table_destroy(t);
    return st;
}

static bool same_names(const karvan_od *od) {
    if (od->n_origins != od->n_destinations) return false;
    for (int32_t i = 0; i < od->n_origins; i++)
        if (strcmp(od->origin[i], od->destination[i]) != 0) return false;
    return true;
}

static karvan_status write_omx(const char *path, const karvan_od *od, const char *value,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_omx_writer *w = NULL;
    int matrix;
    KARVAN_TRY(karvan_omx_create(path, od->n_origins, od->n_destinations, &w, err));
    KARVAN_TRY(karvan_omx_add_matrix(w, value, &matrix, err));
    KARVAN_TRY(karvan_omx_put(w, matrix, 0, od->n_origins, od->value, err));
    if (same_names(od)) {
        KARVAN_TRY(add_lookup(w, "zone", -1, od->n_origins, od->origin, err));
    } else {
        KARVAN_TRY(add_lookup(w, "origin", 0, od->n_origins, od->origin, err));
        KARVAN_TRY(add_lookup(w, "destination", 1, od->n_destinations, od->destination, err));
    }
    st = karvan_omx_finish(w, err);
    w = NULL;
done:
    karvan_omx_abandon(w);
    return st;
}

karvan_status cli_od_write(const char *path, const karvan_od *od, const char *value,
                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    if (cli_ends_in(path, ".omx")) return write_omx(path, od, value, err);
    KARVAN_TRY(karvan_od_table(od, KARVAN_OD_LONG, value, true, &t, err));
    KARVAN_TRY(karvan_csv_write(t, path, err));
done:
    karvan_table_destroy(t);
    return st;
}

static karvan_status write_csv_trips(const char *path, const karvan_trips *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text csv = {0};
    char number[40];
    karvan_i_text_puts(&csv, "origin,destination,trips\n");
    for (int32_t o = 0; o < t->zones; o++) {
        for (int64_t k = t->first[o]; k < t->first[o + 1]; k++) {
            karvan_real_format(t->trips[k], number, sizeof number);
            karvan_i_text_printf(&csv, "%d,%d,%s\n", (int)o + 1, (int)t->destination[k] + 1,
                                 number);
        }
    }
    KARVAN_TRY(karvan_i_text_status(&csv, err));
    KARVAN_TRY(karvan_i_file_write(path, csv.s, csv.n, err));
done:
    karvan_i_text_clear(&csv);
    return st;
}

karvan_status cli_trips_write(const char *path, const karvan_trips *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_od od = {0};
    double *matrix = NULL;
    if (!cli_ends_in(path, ".omx")) return write_csv_trips(path, t, err);
    size_t zones = (size_t)t->zones;
    matrix = karvan_i_calloc(zones * zones + 1, sizeof *matrix);
    KARVAN_REQUIRE(matrix, err, KARVAN_E_NOMEM, "no memory for %d zones", (int)t->zones);
    for (int32_t o = 0; o < t->zones; o++)
        for (int64_t k = t->first[o]; k < t->first[o + 1]; k++)
            matrix[(size_t)o * zones + (size_t)t->destination[k]] = t->trips[k];
    KARVAN_TRY(karvan_od_create(t->zones, t->zones, NULL, NULL, matrix, &od, err));
    KARVAN_TRY(write_omx(path, &od, "trips", err));
done:
    karvan_od_clear(&od);
    karvan_i_free(matrix);
    return st;
}
