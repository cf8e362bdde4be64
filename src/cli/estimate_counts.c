/* Counts of links out of CSV: from,to,count and, where they are known, error (of the count) or
 * standard_error (in its unit). */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/estimate.h"
#include "cli/words.h"

enum { FROM, TO, COUNT, ERROR, STANDARD_ERROR, COLUMNS };
static const karvan_column COLUMN[COLUMNS] = {{"from", KARVAN_INT, NULL},
                                              {"to", KARVAN_INT, NULL},
                                              {"count", KARVAN_REAL, NULL},
                                              {"error", KARVAN_REAL, NULL},
                                              {"standard_error", KARVAN_REAL, NULL}};
static const double USUAL_ERROR = 0.1;

void cli_counts_clear(estimate_counts *k) {
    for (int32_t i = 0; k->name && i < k->counts.n; i++) karvan_i_free(k->name[i]);
    karvan_i_free(k->name), karvan_i_free(k->first), karvan_i_free(k->arc);
    karvan_i_free(k->count), karvan_i_free(k->error);
    memset(k, 0, sizeof *k);
}

static karvan_status read_table(const char *path, karvan_table **out, int *column,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *header = NULL;
    karvan_column known[COLUMNS];
    karvan_csv_options o = {.no_rows = true};
    KARVAN_TRY(karvan_csv_read(path, "counts", &o, NULL, &header, err));
    o = (karvan_csv_options){.columns = known, .extra_columns = true};
    for (int k = 0; k < COLUMNS; k++) {
        bool there = karvan_table_find(header, COLUMN[k].name) >= 0;
        KARVAN_REQUIRE(there || k > COUNT, err, KARVAN_E_DATA,
                       "%s:1:1: no column %s; counts have from,to,count and may have error or "
                       "standard_error",
                       path, COLUMN[k].name);
        if (there) known[o.n_columns++] = COLUMN[k];
    }
    KARVAN_TRY(karvan_csv_read(path, "counts", &o, NULL, out, err));
    for (int k = 0; k < COLUMNS; k++) column[k] = karvan_table_find(*out, COLUMN[k].name);
done:
    karvan_table_destroy(header);
    return st;
}

static karvan_status fault(const karvan_table *t, int column, int64_t row, karvan_error *err,
                           const char *what) {
    int64_t line, at;
    const char *path = karvan_table_locate(t, column, row, &line, &at);
    return karvan_fail(err, KARVAN_E_DATA, "%s:%lld:%lld: %s", path ? path : "", (long long)line,
                       (long long)at, what);
}

static bool has(const karvan_table *t, int column, int64_t row) {
    return column >= 0 && karvan_table_state(t, column, row) == KARVAN_VALUE;
}

static karvan_status take_error(const karvan_table *t, const int *column, int64_t r, double usual,
                                double count, double *out, karvan_error *err) {
    if (has(t, column[STANDARD_ERROR], r)) {
        *out = karvan_table_real(t, column[STANDARD_ERROR], r);
        return *out > 0 ? KARVAN_OK
                        : fault(t, column[STANDARD_ERROR], r, err,
                                "a standard error is above 0, in the unit of the count");
    }
    double share = has(t, column[ERROR], r) ? karvan_table_real(t, column[ERROR], r) : usual;
    if (!(share > 0))
        return fault(t, column[ERROR], r, err, "an error is a share of the count, above 0");
    if (count == 0)
        return fault(t, column[COUNT], r, err,
                     "a share of a count of 0 is no error: write its standard_error, in its unit");
    *out = share * count;
    return KARVAN_OK;
}

/* Links between two nodes; of several the count is of all. */
static int32_t find_links(const karvan_tntp *net, int64_t from, int64_t to, int32_t *arc) {
    int32_t n = 0;
    for (int32_t l = 0; l < net->links; l++)
        if (net->from[l] == from - 1 && net->to[l] == to - 1) arc[n++] = l;
    return n;
}

static karvan_status take_row(const karvan_table *t, const int *column, int64_t r, double usual,
                              const karvan_tntp *net, estimate_counts *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char room[120];
    for (int c = FROM; c <= COUNT; c++)
        if (!has(t, column[c], r)) return fault(t, column[c], r, err, "no value stands here");
    int64_t from = karvan_table_int(t, column[FROM], r), to = karvan_table_int(t, column[TO], r);
    int32_t i = k->counts.n;
    k->count[i] = karvan_table_real(t, column[COUNT], r);
    if (k->count[i] < 0) return fault(t, column[COUNT], r, err, "a count is 0 or more");
    KARVAN_TRY(take_error(t, column, r, usual, k->count[i], &k->error[i], err));
    int32_t *more =
        karvan_i_realloc(k->arc, (size_t)k->first[i] + (size_t)net->links + 1, sizeof *more);
    KARVAN_REQUIRE(more, err, KARVAN_E_NOMEM, "no memory for counts");
    k->arc = more;
    int32_t found = find_links(net, from, to, k->arc + k->first[i]);
    (void)snprintf(room, sizeof room, "no link leads from node %lld to node %lld", (long long)from,
                   (long long)to);
    if (found == 0) return fault(t, column[FROM], r, err, room);
    (void)snprintf(room, sizeof room, "%lld-%lld", (long long)from, (long long)to);
    k->name[i] = karvan_i_strndup(room, strlen(room));
    KARVAN_REQUIRE(k->name[i], err, KARVAN_E_NOMEM, "no memory for counts");
    k->first[i + 1] = k->first[i] + found;
    k->counts.n++;
done:
    return st;
}

karvan_status cli_counts_read(const cli *c, const karvan_tntp *net, estimate_counts *k,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    int column[COLUMNS];
    double usual = USUAL_ERROR;
    const char *path = cli_option(c, "counts"), *said = cli_option(c, "counts-error");
    memset(k, 0, sizeof *k);
    if (said) KARVAN_TRY(cli_positive("counts-error", said, &usual, err));
    KARVAN_TRY(read_table(path, &t, column, err));
    size_t n = (size_t)karvan_table_rows(t);
    KARVAN_REQUIRE(n > 0 && n < INT32_MAX, err, KARVAN_E_DATA, "%s has no counts", path);
    k->first = karvan_i_calloc(n + 1, sizeof *k->first),
    k->name = karvan_i_calloc(n, sizeof *k->name);
    k->count = karvan_i_malloc(n, sizeof *k->count),
    k->error = karvan_i_malloc(n, sizeof *k->error);
    KARVAN_REQUIRE(k->first && k->name && k->count && k->error, err, KARVAN_E_NOMEM,
                   "no memory for %zu counts", n);
    for (size_t r = 0; r < n; r++) KARVAN_TRY(take_row(t, column, (int64_t)r, usual, net, k, err));
    k->counts.first = k->first, k->counts.arc = k->arc;
    k->counts.count = k->count, k->counts.error = k->error;
done:
    karvan_table_destroy(t);
    return st;
}
