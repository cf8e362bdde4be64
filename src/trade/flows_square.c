/* Square panels: absent pairs are 0 where someone reports that year, else not covered. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/flows.h"

static const double MOST_ROWS = 2e8;

typedef struct square {
    karvan_i_flows f;
    int64_t n_years, n_products; /* distinct; products as ranks 0.. with a text each */
    int64_t *year;               /* [n_years] */
    const char **product;        /* [n_products] NULL: TOTAL */
    int32_t *rank;               /* [n_products] of the keys */
    uint8_t *covers;             /* [n_years x countries] bit 0: as exporter, bit 1: as importer */
    const char *classification, *unit, *basis, *source; /* of rows that are filled */
    int column[2]; /* value_exporter, value_importer; -1: told by reported_by */
    int64_t zeros, blanks;
} square;

static int64_t year_at(const square *q, int64_t year) {
    int64_t low = 0, high = q->n_years;
    while (low < high) {
        int64_t at = low + (high - low) / 2;
        if (q->year[at] < year)
            low = at + 1;
        else
            high = at;
    }
    return low;
}

static int by_rank(const void *x, const void *y) {
    const int32_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* Years and products, each once, in order. */
static karvan_status collect(square *q, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_flows *f = &q->f;
    int c = f->column[KARVAN_FLOW_PRODUCT];
    int32_t most = c < 0 ? 0 : karvan_table_dictionary_size(f->t, c);
    bool *seen = karvan_i_calloc((size_t)most + 2, sizeof *seen);
    q->year = karvan_i_malloc((size_t)f->n + 1, sizeof *q->year);
    q->rank = karvan_i_malloc((size_t)most + 2, sizeof *q->rank);
    q->product = karvan_i_calloc((size_t)most + 2, sizeof *q->product);
    KARVAN_REQUIRE(seen && q->year && q->rank && q->product, err, KARVAN_E_NOMEM,
                   "no memory for a square panel");
    for (int64_t k = 0; k < f->n; k++) {
        const karvan_i_flow_key *key = &f->key[k];
        if (q->n_years == 0 || q->year[q->n_years - 1] != key->year)
            q->year[q->n_years++] = key->year;
        if (!seen[key->product]) seen[key->product] = true, q->rank[q->n_products++] = key->product;
    }
    qsort(q->rank, (size_t)q->n_products, sizeof *q->rank, by_rank);
    memset(seen, 0, ((size_t)most + 2) * sizeof *seen);
    for (int64_t k = 0; k < f->n; k++) {
        int32_t rank = f->key[k].product;
        if (seen[rank]) continue;
        seen[rank] = true;
        const int32_t *at =
            bsearch(&rank, q->rank, (size_t)q->n_products, sizeof *q->rank, by_rank);
        q->product[at - q->rank] = karvan_i_flow_at(f, f->key[k].row).product;
    }
done:
    karvan_i_free(seen);
    return st;
}

static bool same_cell(const karvan_i_flow_key *a, const karvan_i_flow_key *b) {
    return a->year == b->year && a->exporter == b->exporter && a->importer == b->importer &&
           a->product == b->product;
}

/* One figure a pair, year and product, of one data set, classification and unit. */
static karvan_status uniform(square *q, karvan_error *err) {
    static const int one[] = {KARVAN_FLOW_SOURCE, KARVAN_FLOW_CLASSIFICATION, KARVAN_FLOW_UNIT};
    const karvan_i_flows *f = &q->f;
    for (int64_t k = 1; k < f->n; k++)
        if (same_cell(&f->key[k - 1], &f->key[k]))
            return karvan_i_flow_twice(f, f->key[k - 1].row, f->key[k].row, "another figure", err);
    for (int64_t r = 0; r < f->n; r++) {
        karvan_i_flow_row x = karvan_i_flow_at(f, r);
        bool domestic = strcmp(x.exporter, x.importer) == 0; /* its source is production's */
        const char *is[] = {x.source, x.classification, x.unit},
                   **was[] = {&q->source, &q->classification, &q->unit};
        if (!domestic && !q->basis) q->basis = x.price_basis;
        for (int k = 0; k < 3; k++) {
            if (!is[k] || (domestic && k == 0)) continue;
            if (!*was[k]) *was[k] = is[k];
            if (strcmp(*was[k], is[k]) != 0)
                return karvan_fail(
                    err, KARVAN_E_DATA,
                    "flows have %.60s and %.60s in column %s; a square panel is of one", *was[k],
                    is[k], karvan_flow_columns()[one[k]].name);
        }
    }
    return KARVAN_OK;
}

/* Who reports a row: bit 0 its exporter, bit 1 its importer. */
static int reports(const square *q, int64_t row) {
    const karvan_table *t = q->f.t;
    const char *by = karvan_i_flow_at(&q->f, row).reported_by;
    int bits = 0;
    for (int s = 0; s < 2; s++)
        if (q->column[s] >= 0 && karvan_table_state(t, q->column[s], row) == KARVAN_VALUE)
            bits |= 1 << s;
    if (bits || !by) return bits;
    if (strcmp(by, "exporter") == 0) return 1;
    if (strcmp(by, "importer") == 0) return 2;
    return strcmp(by, "both") == 0 || strcmp(by, "reconciled") == 0 ? 3 : 0;
}

static karvan_status coverage(square *q, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_flows *f = &q->f;
    size_t n = (size_t)f->n_countries;
    q->column[0] = karvan_table_find(f->t, "value_exporter");
    q->column[1] = karvan_table_find(f->t, "value_importer");
    KARVAN_REQUIRE(
        (q->column[0] >= 0 && q->column[1] >= 0) || f->column[KARVAN_FLOW_REPORTED_BY] >= 0, err,
        KARVAN_E_DATA, "flows have no column reported_by: who covers a year cannot be told");
    q->covers = karvan_i_calloc((size_t)q->n_years * n + 1, 1);
    KARVAN_REQUIRE(q->covers, err, KARVAN_E_NOMEM, "no memory for a square panel");
    for (int64_t k = 0; k < f->n; k++) {
        const karvan_i_flow_key *key = &f->key[k];
        if (key->exporter == key->importer) continue; /* derived, not reported */
        uint8_t *row = q->covers + (size_t)year_at(q, key->year) * n;
        int bits = reports(q, key->row);
        row[key->exporter] |= (uint8_t)(bits & 1), row[key->importer] |= (uint8_t)(bits & 2);
    }
done:
    return st;
}

static karvan_status fill(square *q, int64_t y, int32_t from, int32_t to, int64_t product,
                          karvan_builder *b, karvan_error *err) {
    static const char *const why[] = {"", "zero: the exporter covers the year",
                                      "zero: the importer covers the year",
                                      "zero: both cover the year"};
    const uint8_t *covers = q->covers + y * q->f.n_countries;
    int bits = (covers[from] & 1) | (covers[to] & 2);
    q->zeros += bits != 0, q->blanks += bits == 0;
    const karvan_i_flow_row f = {.year = q->year[y],
                                 .exporter = q->f.country[from],
                                 .importer = q->f.country[to],
                                 .product = q->product[product],
                                 .classification = q->classification,
                                 .value = bits ? 0 : NAN,
                                 .state = KARVAN_NOT_COVERED,
                                 .unit = q->unit,
                                 .quantity = NAN,
                                 .price_basis = q->basis,
                                 .reported_by = bits ? "estimate" : NULL,
                                 .flag = why[bits],
                                 .source = q->source};
    karvan_status st = karvan_i_flow_put(b, &f, err);
    return st == KARVAN_OK ? karvan_i_flow_put_rest(b, &q->f, -1, err) : st;
}

/* Pairs of a year in order, the rows that are there and those that are not; *at goes on. */
static karvan_status pairs_of_year(square *q, int64_t y, int64_t *at, karvan_builder *b,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_flows *f = &q->f;
    for (int32_t i = 0; i < f->n_countries; i++)
        for (int32_t j = 0; j < f->n_countries; j++)
            for (int64_t p = 0; p < q->n_products; p++) {
                const karvan_i_flow_key *k = *at < f->n ? &f->key[*at] : NULL;
                if (k && k->year == q->year[y] && k->exporter == i && k->importer == j &&
                    k->product == q->rank[p]) {
                    karvan_i_flow_row x = karvan_i_flow_at(f, k->row);
                    KARVAN_TRY(karvan_i_flow_put(b, &x, err));
                    KARVAN_TRY(karvan_i_flow_put_rest(b, f, k->row, err));
                    ++*at;
                } else if (i != j) {
                    KARVAN_TRY(fill(q, y, i, j, p, b, err));
                }
            }
done:
    return st;
}

/* Years between the first and the last that a country does not report, as "1995-1997, 2001". */
static void gaps_of(const square *q, int32_t country, char *out, size_t cap, int64_t *n) {
    size_t used = 0;
    int64_t begin = 0;
    bool open = false;
    *n = 0, out[0] = 0;
    int64_t last = q->year[q->n_years - 1];
    for (int64_t y = q->year[0]; y <= last + 1; y++) {
        int64_t at = year_at(q, y);
        bool missing = y <= last && !(at < q->n_years && q->year[at] == y &&
                                      q->covers[at * q->f.n_countries + country]);
        *n += missing;
        if (missing && !open) begin = y, open = true;
        if (missing || !open) continue;
        open = false;
        if (used + 52 > cap) { /* the count tells how many */
            (void)snprintf(out + used, cap - used, ", ...");
            used = cap;
        }
        if (used == cap) continue;
        used += (size_t)snprintf(out + used, cap - used, begin < y - 1 ? "%s%lld-%lld" : "%s%lld",
                                 used ? ", " : "", (long long)begin, (long long)(y - 1));
    }
}

static karvan_status audit_table(const square *q, karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    KARVAN_TRY(karvan_i_flows_audit_begin(&b, err));
    KARVAN_TRY(karvan_i_flows_audit_add(b, "rows read", q->f.n, err, "%d countries, %lld years",
                                        (int)q->f.n_countries, (long long)q->n_years));
    KARVAN_TRY(karvan_i_flows_audit_add(b, "filled with zero", q->zeros, err,
                                        "absent pairs of which a side reports the year"));
    KARVAN_TRY(karvan_i_flows_audit_add(b, "not covered", q->blanks, err,
                                        "absent pairs of which neither side reports the year"));
    int64_t span = q->n_years ? q->year[q->n_years - 1] - q->year[0] + 1 : 0;
    if (span > q->n_years)
        KARVAN_TRY(karvan_i_flows_audit_add(b, "missing years", span - q->n_years, err,
                                            "between %lld and %lld, without any row; not filled",
                                            (long long)q->year[0],
                                            (long long)q->year[q->n_years - 1]));
    for (int32_t i = 0; span > 0 && span <= 1000 && i < q->f.n_countries; i++) {
        char years[400];
        int64_t n;
        gaps_of(q, i, years, sizeof years, &n);
        if (n > 0)
            KARVAN_TRY(karvan_i_flows_audit_add(b, "years not reported", n, err, "%.20s: %s",
                                                q->f.country[i], years));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status karvan_flows_square(const karvan_table *flows, karvan_table **out,
                                  karvan_table **audit, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    square q = {0};
    int64_t at = 0;
    if (audit) *audit = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_TRY(karvan_i_flows_open(&q.f, flows, err));
    KARVAN_TRY(collect(&q, err));
    KARVAN_TRY(uniform(&q, err));
    double n = q.f.n_countries, rows = n * n * (double)q.n_years * (double)q.n_products;
    KARVAN_REQUIRE(rows <= MOST_ROWS, err, KARVAN_E_DATA,
                   "a square panel of them has %.3g rows; %.3g is the most", rows, MOST_ROWS);
    KARVAN_TRY(coverage(&q, err));
    KARVAN_TRY(karvan_i_flow_builder_like(&q.f, &b, err));
    for (int64_t y = 0; y < q.n_years; y++) KARVAN_TRY(pairs_of_year(&q, y, &at, b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
    if (st == KARVAN_OK && audit) st = audit_table(&q, audit, err);
done:
    if (st != KARVAN_OK) karvan_table_destroy(*out), *out = NULL;
    karvan_builder_destroy(b);
    karvan_i_free(q.year), karvan_i_free(q.rank), karvan_i_free(q.covers);
    karvan_i_free(q.product);
    karvan_i_flows_clear(&q.f);
    return st;
}
