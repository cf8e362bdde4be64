/* Plausibility of what gravity needs: matrices of trade, agreements, class shares. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "trade/matrix.h"

static karvan_status report(karvan_problems *p, karvan_severity severity, const karvan_table *t,
                            const char *column, int64_t row, const char *code, const char *hint,
                            const char *what, karvan_error *err) {
    if (karvan_problems_add_cell(p, severity, t, karvan_table_find(t, column), row, code, hint,
                                 "%s", what) == KARVAN_OK)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for problems");
}

/* ---- trade_matrix ---- */

/* A row of totals or of products, in the order of its flow and year. */
typedef struct cell {
    const char *dataset, *exporter, *importer, *by;
    double year, value;
    bool total;
    int64_t row;
} cell;

static int same_cell(const cell *a, const cell *b) {
    int d = strcmp(a->dataset, b->dataset);
    if (d == 0) d = strcmp(a->exporter, b->exporter);
    if (d == 0) d = strcmp(a->importer, b->importer);
    if (d == 0) d = strcmp(a->by, b->by);
    return d != 0 ? d : (a->year > b->year) - (a->year < b->year);
}

static int by_cell(const void *a, const void *b) {
    const cell *x = a, *y = b;
    int d = same_cell(x, y);
    return d != 0 ? d : (x->row > y->row) - (x->row < y->row);
}

static bool read_cell(const karvan_table *t, int64_t r, cell *c) {
    *c = (cell){karvan_i_cell_text(t, "dataset", r),        karvan_i_cell_text(t, "exporter", r),
                karvan_i_cell_text(t, "importer", r),       karvan_i_cell_text(t, "reported_by", r),
                karvan_i_cell_real(t, "year", r),           karvan_i_cell_real(t, "value", r),
                karvan_i_cell_is(t, "product", r, "TOTAL"), r};
    return c->dataset && c->exporter && c->importer && c->by && !isnan(c->year) && !isnan(c->value);
}

static karvan_status check_cell(const karvan_package *region, const karvan_table *t, const cell *c,
                                karvan_problems *problems, karvan_error *err) {
    char key[160], what[240];
    if (strcmp(c->exporter, c->importer) == 0)
        return report(problems, KARVAN_ERROR, t, "importer", c->row, "trade-with-itself",
                      "another partner", "a country trades with itself", err);
    const karvan_table *gdp = karvan_package_table(region, "indicators");
    (void)snprintf(key, sizeof key, "%.70s|%.0f|gdp", c->exporter, c->year);
    double usd =
        karvan_i_cell_real(gdp, "value", gdp ? karvan_package_row(region, "indicators", key) : -1);
    if (!(c->value * 1000 > usd)) return KARVAN_OK;
    (void)snprintf(what, sizeof what,
                   "%.3g thousand USD is more than the GDP of %.20s in %.0f (%.3g USD)", c->value,
                   c->exporter, c->year, usd);
    return report(problems, KARVAN_ERROR, t, "value", c->row, "trade-above-gdp",
                  "the unit is probably a thousandfold too large", what, err);
}

/* Products of one flow that do not add up to its total, by more than one per cent and a thousand
 * dollars. */
static karvan_status check_sections(const karvan_table *t, const cell *c, int64_t n,
                                    karvan_problems *problems, karvan_error *err) {
    double total = NAN, sum = 0;
    int64_t at = 0, products = 0;
    char what[160];
    for (int64_t k = 0; k < n; k++) {
        if (c[k].total)
            total = c[k].value, at = c[k].row;
        else
            sum += c[k].value, products++;
    }
    if (products == 0 || isnan(total) || !(fabs(sum - total) > fmax(0.01 * fmax(sum, total), 1)))
        return KARVAN_OK;
    (void)snprintf(what, sizeof what, "products sum to %.6g, the total is %.6g", sum, total);
    return report(problems, KARVAN_WARNING, t, "value", at, "matrix-products",
                  "products and total of one source", what, err);
}

static karvan_status check_matrix(const karvan_package *region, karvan_problems *problems,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(region, "trade_matrix");
    cell *c = NULL;
    int64_t n = 0;
    if (!t) return KARVAN_OK;
    c = karvan_i_calloc((size_t)karvan_table_rows(t) + 1, sizeof *c);
    KARVAN_REQUIRE(c, err, KARVAN_E_NOMEM, "no memory to check table trade_matrix");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) n += read_cell(t, r, &c[n]);
    for (int64_t k = 0; k < n; k++) KARVAN_TRY(check_cell(region, t, &c[k], problems, err));
    qsort(c, (size_t)n, sizeof *c, by_cell);
    for (int64_t k = 0, m; k < n; k += m) {
        for (m = 1; k + m < n && same_cell(&c[k], &c[k + m]) == 0;) m++;
        KARVAN_TRY(check_sections(t, c + k, m, problems, err));
    }
done:
    karvan_i_free(c);
    return st;
}

/* ---- agreement_parties ---- */

static bool row_of(const karvan_package *region, const char *table, const char *key) {
    return key && karvan_package_table(region, table) &&
           karvan_package_row(region, table, key) >= 0;
}

/* Which sides the rows of an agreement name: 1 none, 2 a, 4 b. */
static int sides_of(const karvan_table *t, const char *agreement) {
    int sides = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++)
        if (karvan_i_cell_is(t, "agreement", r, agreement))
            sides |= karvan_i_cell_is(t, "side", r, "a")   ? 2
                     : karvan_i_cell_is(t, "side", r, "b") ? 4
                                                           : 1;
    return sides;
}

static karvan_status check_party(const karvan_package *region, const karvan_table *t, int64_t r,
                                 karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *who = karvan_i_cell_text(t, "party", r), *a = karvan_i_cell_text(t, "agreement", r);
    const karvan_edtf *from = karvan_i_cell_date(t, "from", r),
                      *to = karvan_i_cell_date(t, "to", r);
    if (!row_of(region, "countries", who) && !row_of(region, "agreements", who))
        KARVAN_TRY(report(problems, KARVAN_ERROR, t, "party", r, "agreement-party",
                          "an iso3 of table countries, or the id of an agreement",
                          "the party is no country and no agreement", err));
    if (from && to && karvan_edtf_before(to, from) == KARVAN_YES)
        KARVAN_TRY(report(problems, KARVAN_ERROR, t, "to", r, "agreement-dates",
                          "the day it ended, not before it began", "it ends before it begins",
                          err));
    int sides = a ? sides_of(t, a) : 1;
    if (sides != 1 && sides != (2 | 4))
        KARVAN_TRY(report(problems, KARVAN_ERROR, t, "side", r, "agreement-side",
                          "a and b, or none in any row of the agreement",
                          "parties of the agreement are not on two sides", err));
done:
    return st;
}

/* ---- class_shares ---- */

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Rows that speak of the same flows as row r. */
static bool same_flows(const karvan_table *t, int64_t r, int64_t q) {
    static const char *const columns[] = {"product", "exporter", "importer"};
    for (int k = 0; k < 3; k++)
        if (!same_text(karvan_i_cell_text(t, columns[k], r), karvan_i_cell_text(t, columns[k], q)))
            return false;
    return true;
}

static karvan_status check_share(const karvan_table *t, int64_t r, karvan_problems *problems,
                                 karvan_error *err) {
    double sum = 0;
    const char *cls = karvan_i_cell_text(t, "cargo_class", r);
    bool first = true, twice = false;
    char what[120];
    for (int64_t q = 0; q < karvan_table_rows(t); q++) {
        if (!same_flows(t, r, q)) continue;
        double v = karvan_i_cell_real(t, "share", q);
        sum += isnan(v) ? 0 : v;
        first &= q >= r;
        twice |= q < r && same_text(cls, karvan_i_cell_text(t, "cargo_class", q));
    }
    if (twice)
        return report(problems, KARVAN_ERROR, t, "cargo_class", r, "class-shares-twice",
                      "one row for a class", "an earlier row has this class of these flows", err);
    if (!first || sum <= 1 + 1e-9) return KARVAN_OK;
    (void)snprintf(what, sizeof what, "classes of these flows sum to %.6g", sum);
    return report(problems, KARVAN_ERROR, t, "share", r, "class-shares-sum", "1 at most", what,
                  err);
}

karvan_status karvan_i_trade_check_gravity(const karvan_package *region, karvan_problems *problems,
                                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *parties = karvan_package_table(region, "agreement_parties"),
                       *shares = karvan_package_table(region, "class_shares");
    KARVAN_TRY(check_matrix(region, problems, err));
    for (int64_t r = 0; parties && r < karvan_table_rows(parties); r++)
        KARVAN_TRY(check_party(region, parties, r, problems, err));
    for (int64_t r = 0; shares && r < karvan_table_rows(shares); r++)
        KARVAN_TRY(check_share(shares, r, problems, err));
done:
    return st;
}
