/* Square economies out of a table with a row a pair. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/number.h"
#include "trade/economy.h"

enum { NAME_MOST = 256 };

typedef struct reading {
    const karvan_table *t;
    const karvan_economy_options *o;
    int exporter, importer, trade, year, trade_cost;
    int *change; /* [n_changes] */
    int64_t *row, n_rows;
    char **name; /* [n] sorted */
    int32_t n;
    int64_t *first; /* [n][n] row of a pair, -1: none */
    double *flow, *changes;
    double *cost; /* [n][n] NULL: none asked for */
    int64_t n_unfitted;
} reading;

/* Of a column that must hold numbers and has become text: the cell that made it so. */
static karvan_status no_number(const karvan_table *t, int column, karvan_error *err) {
    char what[200];
    const char *s = NULL;
    int64_t row = 0;
    double v;
    for (; row < karvan_table_rows(t); row++) {
        s = karvan_table_text(t, column, row);
        if (s && !karvan_i_parse_real(s, strlen(s), '.', &v)) break;
    }
    (void)snprintf(what, sizeof what, "'%.40s' is no number, which column %.60s must hold",
                   s ? s : "", karvan_table_column(t, column).name);
    return karvan_i_refuse(t, column, row, what, err);
}

static karvan_status find_column(const karvan_table *t, const char *name, bool number, int *out,
                                 karvan_error *err) {
    *out = karvan_table_find(t, name);
    if (*out < 0) {
        char meant[120];
        return karvan_fail(err, KARVAN_E_ARG, "the table has no column '%.80s'%s", name,
                           karvan_i_meant_column(t, name, meant, sizeof meant));
    }
    karvan_type type = karvan_table_column(t, *out).type;
    if (number && type == KARVAN_TEXT) return no_number(t, *out, err);
    if (number ? type != KARVAN_INT && type != KARVAN_REAL
               : type != KARVAN_TEXT && type != KARVAN_INT)
        return karvan_fail(err, KARVAN_E_ARG, "column %s holds %s, not %s", name,
                           karvan_type_name(type), number ? "numbers" : "names or whole numbers");
    return KARVAN_OK;
}

/* Numbers instead of the column of change k; NULL: the column. */
static const double *own_change(const karvan_economy_options *o, int k) {
    return o->change_value ? o->change_value[k] : NULL;
}

static karvan_status find_columns(reading *r, karvan_error *err) {
    const karvan_economy_options *o = r->o;
    karvan_status st =
        find_column(r->t, o->exporter ? o->exporter : "exporter", false, &r->exporter, err);
    if (st == KARVAN_OK)
        st = find_column(r->t, o->importer ? o->importer : "importer", false, &r->importer, err);
    r->trade = -1;
    if (st == KARVAN_OK)
        st = find_column(r->t, o->trade ? o->trade : "trade", true, &r->trade, err);
    if (st == KARVAN_OK && o->one_year)
        st = find_column(r->t, o->year ? o->year : "year", true, &r->year, err);
    for (int k = 0; st == KARVAN_OK && k < o->n_changes; k++)
        if (!own_change(o, k)) st = find_column(r->t, o->change[k], true, &r->change[k], err);
    if (st == KARVAN_OK && o->trade_cost && !o->trade_cost_value)
        st = find_column(r->t, o->trade_cost, true, &r->trade_cost, err);
    return st;
}

/* Name of a country in a cell: text, or a whole number as such. */
static const char *name_of(const karvan_table *t, int column, int64_t row, char *room) {
    if (karvan_table_state(t, column, row) != KARVAN_VALUE) return NULL;
    if (karvan_table_column(t, column).type == KARVAN_TEXT)
        return karvan_table_text(t, column, row);
    (void)snprintf(room, NAME_MOST, "%lld", (long long)karvan_table_int(t, column, row));
    return room;
}

static karvan_status choose_rows(reading *r, karvan_error *err) {
    int64_t rows = karvan_table_rows(r->t);
    r->row = karvan_i_malloc((size_t)rows + 1, sizeof *r->row);
    if (!r->row)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld rows", (long long)rows);
    for (int64_t i = 0; i < rows; i++) {
        if (r->o->one_year && (karvan_table_state(r->t, r->year, i) != KARVAN_VALUE ||
                               karvan_table_real(r->t, r->year, i) != (double)r->o->of_year))
            continue;
        if (r->o->skip_unknown && karvan_table_state(r->t, r->trade, i) != KARVAN_VALUE) continue;
        r->row[r->n_rows++] = i;
    }
    if (r->n_rows > 0) return KARVAN_OK;
    return r->o->one_year ? karvan_fail(err, KARVAN_E_DATA, "no row is of the year %lld",
                                        (long long)r->o->of_year)
                          : karvan_fail(err, KARVAN_E_DATA, "the table has no rows");
}

static int32_t find_name(const reading *r, const char *name) {
    return karvan_i_position((const char *const *)r->name, r->n, name);
}

/* Names not met before wait behind the sorted ones; they are merged when there are as many. */
static karvan_status add_name(reading *r, const char *name, int32_t *waiting, int32_t *room,
                              karvan_error *err) {
    if (find_name(r, name) >= 0) return KARVAN_OK;
    for (int32_t i = r->n; i < r->n + *waiting; i++)
        if (strcmp(r->name[i], name) == 0) return KARVAN_OK;
    if (r->n + *waiting == *room) {
        int32_t more = *room ? 2 * *room : 64;
        char **grown = karvan_i_realloc(r->name, (size_t)more, sizeof *grown);
        if (!grown) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for names");
        r->name = grown, *room = more;
    }
    char *copy = karvan_i_strndup(name, strlen(name));
    if (!copy) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for names");
    r->name[r->n + (*waiting)++] = copy;
    if (*waiting > 16 && *waiting * 4 > r->n) {
        r->n += *waiting, *waiting = 0;
        qsort(r->name, (size_t)r->n, sizeof *r->name, karvan_i_by_text);
    }
    return KARVAN_OK;
}

static karvan_status collect_names(reading *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t waiting = 0, room = 0;
    char text[NAME_MOST];
    for (int64_t k = 0; st == KARVAN_OK && k < r->n_rows; k++)
        for (int side = 0; st == KARVAN_OK && side < 2; side++) {
            int column = side ? r->importer : r->exporter;
            const char *name = name_of(r->t, column, r->row[k], text);
            st = !name ? karvan_i_refuse(r->t, column, r->row[k],
                                         "no country stands here; give its code", err)
                       : add_name(r, name, &waiting, &room, err);
        }
    r->n += waiting;
    if (r->n > 0) qsort(r->name, (size_t)r->n, sizeof *r->name, karvan_i_by_text);
    return st;
}

static karvan_status number_at(const reading *r, int column, int64_t row, double *out,
                               karvan_error *err) {
    if (karvan_table_state(r->t, column, row) != KARVAN_VALUE)
        return karvan_i_refuse(r->t, column, row,
                               "no value stands here; write 0 where there is none, or leave the "
                               "row out",
                               err);
    *out = karvan_table_real(r->t, column, row);
    return KARVAN_OK;
}

static karvan_status flow_at(reading *r, int64_t row, double *out, karvan_error *err) {
    karvan_status st = number_at(r, r->trade, row, out, err);
    char what[160];
    if (st == KARVAN_OK && r->o->flow && isnan(r->o->flow[row])) {
        if (*out == 0) return r->n_unfitted++, st;
        return karvan_i_refuse(r->t, r->trade, row,
                               "the fit dropped this row, which has trade: it has no fitted value",
                               err);
    }
    if (st == KARVAN_OK && r->o->flow) *out = r->o->flow[row];
    if (st != KARVAN_OK || *out >= 0) return st;
    (void)snprintf(what, sizeof what, "a flow of %g is below 0; trade is 0 or above", *out);
    return karvan_i_refuse(r->t, r->trade, row, what, err);
}

static karvan_status twice(const reading *r, int64_t first, int64_t row, const char *a,
                           const char *b, karvan_error *err) {
    char what[700];
    int64_t line, col;
    const char *file = karvan_table_locate(r->t, -1, first, &line, &col);
    (void)snprintf(what, sizeof what, "%.100s to %.100s stands twice, first in %s %lld; %s", a, b,
                   file ? "line" : "row", (long long)(file ? line : first + 1),
                   r->o->one_year ? "keep one, or add them up"
                                  : "keep one, add them up, or choose "
                                    "a year");
    return karvan_i_refuse(r->t, r->exporter, row, what, err);
}

/* Logs of what trade costs leave of trade. A row that a fit dropped has none, and no trade. */
static karvan_status cost_at(const reading *r, int64_t row, size_t pair, karvan_error *err) {
    const double *own = r->o->trade_cost_value;
    char what[160];
    if (own && isnan(own[row]) && r->flow[pair] == 0) return KARVAN_OK;
    int column = own ? r->trade : r->trade_cost;
    double v = own ? own[row] : 0;
    karvan_status st = own ? KARVAN_OK : number_at(r, column, row, &v, err);
    if (st == KARVAN_OK && !(fabs(v) <= KARVAN_I_CHANGE_MOST)) {
        (void)snprintf(what, sizeof what,
                       "a trade cost of %g; ln t^(1 - sigma) lies between -%g and %g", v,
                       KARVAN_I_CHANGE_MOST, KARVAN_I_CHANGE_MOST);
        st = karvan_i_refuse(r->t, column, row, what, err);
    }
    r->cost[pair] = v;
    return st;
}

static karvan_status take_row(reading *r, int64_t row, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char a[NAME_MOST], b[NAME_MOST];
    const char *from = name_of(r->t, r->exporter, row, a), *to = name_of(r->t, r->importer, row, b);
    size_t n = (size_t)r->n, pair = (size_t)find_name(r, from) * n + (size_t)find_name(r, to);
    if (r->first[pair] >= 0) return twice(r, r->first[pair], row, from, to, err);
    r->first[pair] = row;
    st = flow_at(r, row, &r->flow[pair], err);
    if (st == KARVAN_OK && r->cost) st = cost_at(r, row, pair, err);
    for (int k = 0; st == KARVAN_OK && k < r->o->n_changes; k++) {
        double *at = &r->changes[(size_t)k * n * n + pair];
        char what[160];
        const double *own = own_change(r->o, k);
        if (own)
            *at = own[row];
        else
            st = number_at(r, r->change[k], row, at, err);
        if (st != KARVAN_OK || fabs(*at) <= KARVAN_I_CHANGE_MOST) continue;
        (void)snprintf(what, sizeof what, "a change of ln trade of %g; it lies between -%g and %g",
                       *at, KARVAN_I_CHANGE_MOST, KARVAN_I_CHANGE_MOST);
        st = karvan_i_refuse(r->t, own ? r->trade : r->change[k], row, what, err);
    }
    return st;
}

static karvan_status take_rows(reading *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t nn = (size_t)r->n * (size_t)r->n;
    r->first = karvan_i_malloc(nn, sizeof *r->first);
    r->flow = karvan_i_calloc(nn, sizeof *r->flow);
    r->changes = karvan_i_calloc(nn * (size_t)r->o->n_changes, sizeof *r->changes);
    bool cost = r->o->trade_cost || r->o->trade_cost_value;
    if (cost) r->cost = karvan_i_malloc(nn, sizeof *r->cost);
    if (!r->first || !r->flow || !r->changes || (cost && !r->cost))
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d countries", (int)r->n);
    for (size_t k = 0; k < nn; k++) r->first[k] = -1;
    for (size_t k = 0; r->cost && k < nn; k++) r->cost[k] = -INFINITY;
    for (int64_t k = 0; st == KARVAN_OK && k < r->n_rows; k++) st = take_row(r, r->row[k], err);
    return st;
}

static void reading_clear(reading *r) {
    for (int32_t i = 0; r->name && i < r->n; i++) karvan_i_free(r->name[i]);
    karvan_i_free(r->name), karvan_i_free(r->change), karvan_i_free(r->row);
    karvan_i_free(r->first), karvan_i_free(r->flow), karvan_i_free(r->changes);
    karvan_i_free(r->cost);
}

karvan_status karvan_economy_read(const karvan_table *t, const karvan_economy_options *options,
                                  karvan_economy **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    reading r = {.t = t, .o = options};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(t && options && options->n_changes >= 0, err, KARVAN_E_ARG,
                   "no table or no options");
    r.change = karvan_i_calloc((size_t)options->n_changes + 1, sizeof *r.change);
    KARVAN_REQUIRE(r.change, err, KARVAN_E_NOMEM, "no memory for columns");
    KARVAN_TRY(find_columns(&r, err));
    KARVAN_TRY(choose_rows(&r, err));
    KARVAN_TRY(collect_names(&r, err));
    KARVAN_TRY(take_rows(&r, err));
    KARVAN_TRY(karvan_economy_create(r.n, (const char *const *)r.name, r.flow, options->n_changes,
                                     r.changes, options->without_domestic, out, err));
    (*out)->cost = r.cost, r.cost = NULL;
    (*out)->stats.rows = r.n_rows;
    (*out)->stats.n_unfitted = r.n_unfitted;
    (*out)->stats.n_absent = (int64_t)r.n * r.n - r.n_rows;
    (*out)->stats.n_zero -= (*out)->stats.n_absent;
done:
    reading_clear(&r);
    return st;
}
