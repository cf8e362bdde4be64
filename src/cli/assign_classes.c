/* Classes of users: the one of --trips, or the rows of --classes. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/assign.h"
#include "cli/trips_file.h"
#include "cli/words.h"

enum { NAME, TRIPS, PCE, VALUE_OF_TIME, TOLL_FACTOR, DISTANCE_FACTOR, N_COLUMNS };
static const karvan_column COLUMNS[N_COLUMNS] = {
    {"name", KARVAN_TEXT, NULL},        {"trips", KARVAN_TEXT, NULL},
    {"pce", KARVAN_REAL, NULL},         {"value_of_time", KARVAN_REAL, NULL},
    {"toll_factor", KARVAN_REAL, NULL}, {"distance_factor", KARVAN_REAL, NULL}};

/* What a class pays besides time: (toll factor x toll + distance factor x length) / value of time.
 */
typedef struct rates {
    double toll, distance, value_of_time;
} rates;

static karvan_status factor(const cli *c, const char *option, double *out, karvan_error *err) {
    const char *said = cli_option(c, option);
    *out = 0;
    if (!said || (cli_real(said, out) && *out >= 0)) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "--%s is a number from 0, not '%.40s'", option, said);
}

static karvan_status fix_costs(const assign_input *in, const rates *r, double **out,
                               karvan_error *err) {
    const double *toll = in->net.column[KARVAN_TNTP_TOLL],
                 *length = in->net.column[KARVAN_TNTP_LENGTH];
    *out = NULL;
    if (r->toll == 0 && r->distance == 0) return KARVAN_OK;
    *out = karvan_i_malloc((size_t)in->net.links + 1, sizeof **out);
    if (!*out) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the costs of links");
    for (int32_t l = 0; l < in->net.links; l++)
        (*out)[l] = (r->toll * toll[l] + r->distance * length[l]) / r->value_of_time;
    return KARVAN_OK;
}

/* Classes that pay alike share one array, by which the solver knows that they go the same ways. */
static void share(assign_input *in, int k) {
    size_t bytes = (size_t)in->net.links * sizeof **in->fixed;
    for (int other = 0; other < k && in->fixed[k]; other++) {
        if (!in->fixed[other] || memcmp(in->fixed[other], in->fixed[k], bytes) != 0) continue;
        karvan_i_free(in->fixed[k]);
        in->fixed[k] = NULL, in->classes[k].fixed = in->classes[other].fixed;
    }
}

static karvan_status make_room(assign_input *in, int n, karvan_error *err) {
    in->classes = karvan_i_calloc((size_t)n, sizeof *in->classes);
    in->trips = karvan_i_calloc((size_t)n, sizeof *in->trips);
    in->fixed = karvan_i_calloc((size_t)n, sizeof *in->fixed);
    in->n_classes = n;
    return in->classes && in->trips && in->fixed
               ? KARVAN_OK
               : karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d classes", n);
}

static karvan_status take_class(assign_input *in, int k, const char *name, double pce,
                                const rates *r, const char *trips, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(cli_trips_read(trips, in->net.zones, &in->trips[k], err));
    KARVAN_TRY(fix_costs(in, r, &in->fixed[k], err));
    in->classes[k] = (karvan_user_class){
        .name = name, .trips = &in->trips[k], .pce = pce, .fixed = in->fixed[k]};
    share(in, k);
done:
    return st;
}

/* ---- the table of classes ---- */

/* Its columns that are ours, so that a reader may be told their types; another is refused by it. */
static karvan_status read_table(const char *path, karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *head = NULL;
    karvan_column declared[N_COLUMNS];
    karvan_csv_options look = {.no_rows = true}, o = {.columns = declared};
    KARVAN_TRY(karvan_csv_read(path, "classes", &look, NULL, &head, err));
    for (int i = 0; i < N_COLUMNS; i++)
        if (i <= TRIPS || karvan_table_find(head, COLUMNS[i].name) >= 0)
            declared[o.n_columns++] = COLUMNS[i];
    KARVAN_TRY(karvan_csv_read(path, "classes", &o, NULL, out, err));
    KARVAN_REQUIRE(karvan_table_rows(*out) > 0, err, KARVAN_E_DATA, "%s: no class", path);
done:
    karvan_table_destroy(head);
    return st;
}

static karvan_status bad_cell(const karvan_table *t, int column, int64_t row, const char *what,
                              karvan_error *err) {
    int64_t line, at;
    const char *path = karvan_table_locate(t, column, row, &line, &at);
    return karvan_fail(err, KARVAN_E_DATA, "%.200s:%lld:%lld: %s", path ? path : "",
                       (long long)line, (long long)at, what);
}

static bool has_cell(const karvan_table *t, int column, int64_t row) {
    return column >= 0 && karvan_table_state(t, column, row) == KARVAN_VALUE;
}

/* A number of a row, `otherwise` where the file has none. */
static karvan_status number(const karvan_table *t, int64_t row, int which, bool above_0,
                            double otherwise, double *out, karvan_error *err) {
    char what[120];
    int column = karvan_table_find(t, COLUMNS[which].name);
    *out = otherwise;
    if (!has_cell(t, column, row)) return KARVAN_OK;
    *out = karvan_table_real(t, column, row);
    if (above_0 ? *out > 0 : *out >= 0) return KARVAN_OK;
    (void)snprintf(what, sizeof what, "%s %.6g; it is %s 0", COLUMNS[which].name, *out,
                   above_0 ? "above" : "at least");
    return bad_cell(t, column, row, what, err);
}

/* A file named in a file is looked for beside it. */
static karvan_status beside(const char *path, const char *name, char *out, size_t cap,
                            karvan_error *err) {
    const char *slash = *name == '/' ? NULL : strrchr(path, '/');
    int n = snprintf(out, cap, "%.*s%s", slash ? (int)(slash - path) + 1 : 0, path, name);
    return n > 0 && (size_t)n < cap ? KARVAN_OK
                                    : karvan_fail(err, KARVAN_E_DATA, "%s: too long a path", path);
}

static karvan_status take_row(const cli *c, assign_input *in, int row, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = in->table;
    const char *path = cli_option(c, "classes");
    char trips[4096];
    double pce;
    rates r, overall;
    int column[2] = {karvan_table_find(t, "name"), karvan_table_find(t, "trips")};
    for (int i = 0; i < 2; i++)
        if (!has_cell(t, column[i], row))
            return bad_cell(t, column[i], row,
                            i ? "a class needs the file of its trips" : "a class needs a name",
                            err);
    const char *name = karvan_table_text(t, column[0], row);
    if (karvan_table_lookup(t, column[0], name) != row)
        return bad_cell(t, column[0], row, "the name of another class, too", err);
    bool valued = has_cell(t, karvan_table_find(t, "value_of_time"), row);
    KARVAN_TRY(factor(c, "toll-factor", &overall.toll, err));
    KARVAN_TRY(factor(c, "distance-factor", &overall.distance, err));
    KARVAN_TRY(number(t, row, PCE, true, 1, &pce, err));
    KARVAN_TRY(number(t, row, VALUE_OF_TIME, true, 1, &r.value_of_time, err));
    if (valued && !cli_switch(c, "toll-factor")) overall.toll = 1;
    KARVAN_TRY(number(t, row, TOLL_FACTOR, false, overall.toll, &r.toll, err));
    KARVAN_TRY(number(t, row, DISTANCE_FACTOR, false, overall.distance, &r.distance, err));
    KARVAN_TRY(beside(path, karvan_table_text(t, column[1], row), trips, sizeof trips, err));
    KARVAN_TRY(take_class(in, row, name, pce, &r, trips, err));
done:
    return st;
}

karvan_status cli_assign_classes(const cli *c, assign_input *in, karvan_error *err) {
    enum { CLASSES_MAX = 1000 };
    karvan_status st = KARVAN_OK;
    rates r = {.value_of_time = 1};
    if (!cli_switch(c, "classes")) {
        KARVAN_TRY(factor(c, "toll-factor", &r.toll, err));
        KARVAN_TRY(factor(c, "distance-factor", &r.distance, err));
        KARVAN_TRY(make_room(in, 1, err));
        KARVAN_TRY(take_class(in, 0, "all", 1, &r, cli_option(c, "trips"), err));
        goto done;
    }
    KARVAN_TRY(cli_no_pipe(c, "classes", err));
    KARVAN_TRY(read_table(cli_option(c, "classes"), &in->table, err));
    KARVAN_REQUIRE(karvan_table_rows(in->table) <= CLASSES_MAX, err, KARVAN_E_DATA,
                   "%s: more than %d classes", cli_option(c, "classes"), (int)CLASSES_MAX);
    KARVAN_TRY(make_room(in, (int)karvan_table_rows(in->table), err));
    for (int k = 0; k < in->n_classes; k++) KARVAN_TRY(take_row(c, in, k, err));
done:
    return st;
}
