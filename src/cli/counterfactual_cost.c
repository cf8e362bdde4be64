/* Changes of transport cost as one change of an economy: ln trade cost, which minus theta
 * multiplies. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "cli/counterfactual.h"
#include "cli/trade.h"

typedef struct bridge {
    const karvan_cost *cost;
    int64_t n;
    double *d_ln_tau; /* [n] */
    bool *met;        /* [n] a row of the data is of the pair */
    double *value;    /* [rows] of the data */
} bridge;

/* Pairs stand by exporter, then importer. */
static int64_t find_pair(const karvan_cost *c, const char *from, const char *to) {
    int64_t low = 0, high = karvan_cost_pairs(c);
    while (low < high) {
        int64_t middle = (low + high) / 2;
        int order = strcmp(karvan_cost_exporter(c, middle), from);
        if (order == 0) order = strcmp(karvan_cost_importer(c, middle), to);
        if (order == 0) return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static const char *name_at(const karvan_table *t, int column, int64_t row, char room[32]) {
    if (karvan_table_state(t, column, row) != KARVAN_VALUE) return NULL;
    if (karvan_table_column(t, column).type == KARVAN_TEXT)
        return karvan_table_text(t, column, row);
    if (karvan_table_column(t, column).type != KARVAN_INT) return NULL;
    (void)snprintf(room, 32, "%lld", (long long)karvan_table_int(t, column, row));
    return room;
}

static karvan_status column_of(const cli *c, const counterfactual *k, const char *option, int *out,
                               karvan_error *err) {
    const char *said = cli_option(c, option);
    *out = karvan_table_find(k->data, said ? said : option);
    return *out >= 0 ? KARVAN_OK
                     : karvan_fail(err, KARVAN_E_ARG, "the table has no column '%.80s'",
                                   said ? said : option);
}

/* Is the row one that the economy is made of? */
static bool counts(const counterfactual *k, int year, int64_t row) {
    return !k->one_year || (year >= 0 && karvan_table_state(k->data, year, row) == KARVAN_VALUE &&
                            karvan_table_real(k->data, year, row) == (double)k->year);
}

/* [rows] of the data: the change of their pair; 0 of those that the file does not name. */
static karvan_status spread(const cli *c, const counterfactual *k, bridge *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char from_room[32], to_room[32];
    int from = 0, to = 0, year = karvan_table_find(k->data, "year");
    int64_t rows = karvan_table_rows(k->data);
    KARVAN_TRY(column_of(c, k, "exporter", &from, err));
    KARVAN_TRY(column_of(c, k, "importer", &to, err));
    b->value = karvan_i_calloc((size_t)rows + 1, sizeof *b->value);
    KARVAN_REQUIRE(b->value, err, KARVAN_E_NOMEM, "no memory for changes of trade cost");
    for (int64_t r = 0; r < rows; r++) {
        const char *a = name_at(k->data, from, r, from_room), *z = name_at(k->data, to, r, to_room);
        int64_t pair = a && z && counts(k, year, r) ? find_pair(b->cost, a, z) : -1;
        if (pair < 0) continue;
        b->met[pair] = true, b->value[r] = b->d_ln_tau[pair];
    }
done:
    return st;
}

/* Which pairs the data have not, so that nothing of the file is lost unseen. */
static karvan_status tell(const cli *c, counterfactual *k, const bridge *b, karvan_error *err) {
    int64_t lost = 0, first = -1;
    double least = INFINITY, most = -INFINITY;
    for (int64_t p = 0; p < b->n; p++) {
        if (!b->met[p] && lost++ == 0) first = p;
        if (b->met[p]) least = fmin(least, b->d_ln_tau[p]), most = fmax(most, b->d_ln_tau[p]);
    }
    if (lost == b->n)
        return karvan_fail(err, KARVAN_E_DATA,
                           "%s: none of its pairs is in the data (%s to %s, ...)",
                           cli_option(c, "cost"), karvan_cost_exporter(b->cost, 0),
                           karvan_cost_importer(b->cost, 0));
    cli_note(
        k, "d_ln_tau: change of ln trade cost by %s, %.4g to %.4g (pairs: %lld); times minus theta",
        cli_option(c, "cost"), least, most, (long long)(b->n - lost));
    if (lost > 0)
        cli_note(
            k,
            "pairs of %s that are not in the data and count for nothing: %lld, the first %s to %s",
            cli_option(c, "cost"), (long long)lost, karvan_cost_exporter(b->cost, first),
            karvan_cost_importer(b->cost, first));
    return KARVAN_OK;
}

/* Coefficients as before, and minus theta behind them; what is drawn of it is not in a covariance.
 */
static karvan_status add_coefficient(counterfactual *k, karvan_error *err) {
    size_t n = (size_t)k->n_changes, had = n - 1;
    double *beta = karvan_i_calloc(n, sizeof *beta), *v = karvan_i_calloc(n * n, sizeof *v);
    if (!beta || !v) {
        karvan_i_free(beta), karvan_i_free(v);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for coefficients");
    }
    for (size_t i = 0; i < had; i++) {
        beta[i] = k->beta ? k->beta[i] : 1;
        for (size_t j = 0; k->covariance && j < had; j++) v[i * n + j] = k->covariance[i * had + j];
    }
    beta[had] = -k->how.theta;
    karvan_i_free(k->beta), karvan_i_free(k->covariance);
    k->beta = beta, k->covariance = v;
    return KARVAN_OK;
}

karvan_status cli_cost_change(cli *c, counterfactual *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bridge b = {0};
    KARVAN_TRY(cli_cost_open(c, &k->cost, err));
    b.cost = k->cost, b.n = karvan_cost_pairs(k->cost);
    b.d_ln_tau = karvan_i_calloc((size_t)b.n + 1, sizeof *b.d_ln_tau);
    b.met = karvan_i_calloc((size_t)b.n + 1, sizeof *b.met);
    KARVAN_REQUIRE(b.d_ln_tau && b.met, err, KARVAN_E_NOMEM, "no memory for changes of trade cost");
    KARVAN_TRY(karvan_cost_draw(k->cost, 0, b.d_ln_tau, err));
    KARVAN_TRY(spread(c, k, &b, err));
    KARVAN_TRY(tell(c, k, &b, err));
    KARVAN_TRY(cli_add_change(k, "d_ln_tau", "d_ln_tau", err));
    k->value[k->n_changes - 1] = b.value, b.value = NULL;
    KARVAN_TRY(add_coefficient(k, err));
    if (k->drawing.n == 0) goto done;
    k->drawing.cost = k->cost, k->drawing.cost_change = k->n_changes - 1;
    cli_note(
        k, "draws vary what a tonne and a day are worth within the ranges of table cargo_classes");
done:
    karvan_i_free(b.d_ln_tau), karvan_i_free(b.met), karvan_i_free(b.value);
    return st;
}
