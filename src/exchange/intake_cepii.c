/* Tables of CEPII that are no flows: Gravity (country pairs by year), dist_cepii (pairs), geo_cepii
 * (cities of countries). Their columns are kept under their own names, for regressions; those that
 * say who and when get the names that flows have. Source of the columns: Conte, Cotterlaz and Mayer
 * 2022, CEPII working paper 2022-05; Mayer and Zignago 2011, CEPII working paper 2011-25. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/intake.h"

static const karvan_i_intake_column gravity[] = {
    {{"year"}, true}, {{"iso3_o", "country_id_o"}, true}, {{"iso3_d", "country_id_d"}, true}};
static const karvan_i_intake_column dist[] = {
    {{"iso_o"}, true}, {{"iso_d"}, true}, {{"dist"}, true}};
static const karvan_i_intake_column geo[] = {
    {{"iso3"}, true}, {{"cnum"}, true}, {{"maincity"}, true}, {{"lat"}, true}, {{"lon"}, true}};

/* Give a column another name; -1: there is none to name. */
static karvan_status rename_column(karvan_table *t, int c, const char *name, karvan_error *err) {
    if (c < 0) return KARVAN_OK;
    char *copy = karvan_i_strndup(name, strlen(name));
    if (!copy) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for column %s", name);
    karvan_i_free(t->column[c].name);
    t->column[c].name = copy;
    return KARVAN_OK;
}

/* Columns that decide whether a row stays. */
typedef struct pairs {
    karvan_i_intake *in;
    const karvan_table *t;
    int year, origin, destination, origin_exists, destination_exists;
    karvan_i_number_set seen;
    karvan_status st;
    karvan_error *err;
} pairs;

static bool left_out(pairs *p, karvan_i_left_out why, const char *column, const char *value) {
    p->st = karvan_i_sink_drop(&p->in->sink, why, column, value ? value : "",
                               value ? strlen(value) : 0, p->err);
    return false;
}

static bool absent(const pairs *p, int column, int64_t row) {
    return column >= 0 && karvan_table_state(p->t, column, row) == KARVAN_VALUE &&
           karvan_table_real(p->t, column, row) == 0;
}

static bool stays(void *ctx, const karvan_table *t, int64_t row) {
    pairs *p = ctx;
    int64_t line, column;
    uint64_t key = 1;
    bool before;
    if (p->st != KARVAN_OK) return false;
    (void)karvan_table_locate(t, -1, row, &line, &column);
    p->in->sink.rows = row + 1, p->in->sink.line = line;
    const char *o = karvan_table_text(t, p->origin, row),
               *d = karvan_table_text(t, p->destination, row);
    if (!o) return left_out(p, KARVAN_I_OUT_BAD_COUNTRY, "exporter", o);
    if (!d) return left_out(p, KARVAN_I_OUT_BAD_COUNTRY, "importer", d);
    if (p->year >= 0) {
        if (karvan_table_state(t, p->year, row) != KARVAN_VALUE)
            return left_out(p, KARVAN_I_OUT_NO_YEAR, "year", NULL);
        int64_t year = karvan_table_int(t, p->year, row);
        if (year < KARVAN_I_YEAR_FIRST || year > KARVAN_I_YEAR_LAST)
            return left_out(p, KARVAN_I_OUT_BAD_YEAR, "year", NULL);
        key = (uint64_t)year;
    }
    if (absent(p, p->origin_exists, row))
        return left_out(p, KARVAN_I_OUT_NO_COUNTRY_THEN, "country_exists_o", o);
    if (absent(p, p->destination_exists, row))
        return left_out(p, KARVAN_I_OUT_NO_COUNTRY_THEN, "country_exists_d", d);
    key = key << 48 | (uint64_t)(uint32_t)karvan_table_code(t, p->origin, row) << 24 |
          (uint32_t)karvan_table_code(t, p->destination, row);
    p->st = karvan_i_number_set_add(&p->seen, key, &before, p->err);
    if (p->st != KARVAN_OK) return false;
    return before ? left_out(p, KARVAN_I_OUT_DUPLICATE, "importer", d) : true;
}

static karvan_status read_table(karvan_i_intake *in, const char *name, bool latin1,
                                karvan_table **out, karvan_error *err) {
    static const karvan_missing missing[] = {{"", KARVAN_UNKNOWN},
                                             {"NA", KARVAN_UNKNOWN},
                                             {"N/A", KARVAN_UNKNOWN},
                                             {".", KARVAN_UNKNOWN},
                                             {"NaN", KARVAN_UNKNOWN}};
    karvan_csv_options o = {.decimal = in->o->decimal,
                            .n_missing = sizeof missing / sizeof missing[0],
                            .missing = missing};
    if (latin1) o.encoding = "latin1";
    return in->bytes
               ? karvan_csv_parse(in->bytes, in->n, in->path, name, &o, in->problems, out, err)
               : karvan_csv_read(in->path, name, &o, in->problems, out, err);
}

/* Origin and destination, by the first spelling that the file has. */
static int find(const karvan_table *t, const karvan_i_intake_column *column) {
    for (int k = 0; k < KARVAN_I_SPELLINGS && column->names[k]; k++) {
        int c = karvan_table_find(t, column->names[k]);
        if (c >= 0) return c;
    }
    return -1;
}

static karvan_status is_text(const karvan_i_intake *in, const karvan_table *t, int c,
                             karvan_error *err) {
    karvan_column column = karvan_table_column(t, c);
    if (column.type == KARVAN_TEXT || karvan_table_rows(t) == 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_DATA, "%s:1:%d: column %s holds no country codes", in->path,
                       c + 1, column.name);
}

static karvan_status pair_table(karvan_i_intake *in, const char *name,
                                const karvan_i_intake_column *year,
                                const karvan_i_intake_column *origin,
                                const karvan_i_intake_column *destination, karvan_table **out,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL, *some = NULL;
    karvan_view v = {0};
    pairs p = {.in = in, .err = err};
    KARVAN_TRY(read_table(in, name, false, &t, err));
    p.t = t;
    p.year = year ? find(t, year) : -1;
    p.origin = find(t, origin), p.destination = find(t, destination);
    p.origin_exists = karvan_table_find(t, "country_exists_o");
    p.destination_exists = karvan_table_find(t, "country_exists_d");
    KARVAN_TRY(is_text(in, t, p.origin, err));
    KARVAN_TRY(is_text(in, t, p.destination, err));
    if (year && karvan_table_rows(t) > 0)
        KARVAN_REQUIRE(karvan_table_column(t, p.year).type == KARVAN_INT, err, KARVAN_E_DATA,
                       "%s:1:%d: column year holds something that is no whole number", in->path,
                       p.year + 1);
    KARVAN_TRY(karvan_view_init(&v, t, stays, &p, err));
    KARVAN_TRY(p.st);
    in->sink.rows = karvan_table_rows(t);
    KARVAN_TRY(karvan_view_copy(&v, 0, NULL, &some, err));
    KARVAN_TRY(rename_column(some, p.origin, "exporter", err));
    KARVAN_TRY(rename_column(some, p.destination, "importer", err));
    *out = some, some = NULL;
done:
    karvan_view_clear(&v);
    karvan_i_free(p.seen.slot);
    karvan_table_destroy(t), karvan_table_destroy(some);
    return st;
}

static karvan_status gravity_table(karvan_i_intake *in, karvan_table **out, karvan_error *err) {
    return pair_table(in, "gravity", &gravity[0], &gravity[1], &gravity[2], out, err);
}

static karvan_status dist_table(karvan_i_intake *in, karvan_table **out, karvan_error *err) {
    return pair_table(in, "distances", NULL, &dist[0], &dist[1], out, err);
}

/* Names of cities have accents, which CEPII writes in ISO-8859-1. */
static karvan_status is_latin1(const karvan_i_intake *in, bool *yes, karvan_error *err) {
    char *bytes = NULL;
    size_t n = in->n;
    karvan_status st = in->bytes ? KARVAN_OK : karvan_i_file_read(in->path, &bytes, &n, err);
    *yes = st == KARVAN_OK && karvan_utf8_valid_prefix(bytes ? bytes : in->bytes, n) < n;
    karvan_i_free(bytes);
    return st;
}

/* A country has a row for each of its cities: nothing is left out. */
static karvan_status geo_table(karvan_i_intake *in, karvan_table **out, karvan_error *err) {
    karvan_table *t = NULL;
    karvan_status st = KARVAN_OK;
    bool latin1;
    KARVAN_TRY(is_latin1(in, &latin1, err));
    KARVAN_TRY(read_table(in, "cities", latin1, &t, err));
    in->sink.rows = karvan_table_rows(t);
    int country = karvan_table_find(t, "country");
    if (country >= 0) KARVAN_TRY(rename_column(t, country, "country_name", err));
    KARVAN_TRY(rename_column(t, karvan_table_find(t, "iso3"), "country", err));
    *out = t, t = NULL;
done:
    karvan_table_destroy(t);
    return st;
}

const karvan_i_intake_format karvan_i_intake_gravity = {.name = "gravity",
                                                        .title = "Gravity of CEPII: pairs by year",
                                                        .n_columns = 3,
                                                        .columns = gravity,
                                                        .table = gravity_table};
const karvan_i_intake_format karvan_i_intake_dist = {.name = "dist",
                                                     .title = "dist_cepii of CEPII: pairs",
                                                     .n_columns = 3,
                                                     .columns = dist,
                                                     .table = dist_table};
const karvan_i_intake_format karvan_i_intake_geo = {.name = "geo",
                                                    .title = "geo_cepii of CEPII: cities",
                                                    .n_columns = 5,
                                                    .columns = geo,
                                                    .table = geo_table};
