/* What one country sells, another buys, and the two hardly trade with one another. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "karvan/trade.h"
#include "table/cell.h"
#include "trade/unit.h"

typedef struct flow {
    const char *product, *exporter, *importer;
    double value;
    int64_t row;
} flow;

/* Sums over the flows of a product. */
typedef struct good {
    const char *product;
    double world, exports, imports, actual; /* exporter's, importer's, of the pair */
    double own;                             /* what the importer itself sells to others */
    double rca, specialisation, expected, gap;
    bool complementary, missing;
} good;

typedef struct look {
    const karvan_table *t;
    const char *exporter, *importer;
    int64_t year;
    int c_exporter, c_importer, c_year, c_product, c_value, c_unit, c_class;
    int64_t n, n_goods;
    flow *flow; /* by product, exporter, importer */
    good *good;
    double world, exports, imports; /* of all goods */
    const char *currency;
} look;

static karvan_status find_columns(look *l, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_i_need_column(l->t, "exporter", &l->c_exporter, err));
    KARVAN_TRY(karvan_i_need_column(l->t, "importer", &l->c_importer, err));
    KARVAN_TRY(karvan_i_need_column(l->t, "year", &l->c_year, err));
    KARVAN_TRY(karvan_i_need_column(l->t, "product", &l->c_product, err));
    KARVAN_TRY(karvan_i_need_column(l->t, "value", &l->c_value, err));
    l->c_unit = karvan_table_find(l->t, "unit");
    l->c_class = karvan_table_find(l->t, "classification");
done:
    return st;
}

static bool is_flow(const look *l, int64_t r) {
    const char *product = karvan_table_text(l->t, l->c_product, r);
    const char *x = karvan_table_text(l->t, l->c_exporter, r),
               *m = karvan_table_text(l->t, l->c_importer, r);
    return product && x && m && strcmp(product, "TOTAL") != 0 && strcmp(x, m) != 0 &&
           karvan_table_state(l->t, l->c_value, r) == KARVAN_VALUE &&
           karvan_i_value_or(l->t, l->c_year, r, NAN) == (double)l->year;
}

/* One currency, one classification; the value in units of the currency. */
static karvan_status read_flow(look *l, int64_t r, const char **classification, karvan_error *err) {
    const char *unit = l->c_unit < 0 ? "thousand USD" : karvan_table_text(l->t, l->c_unit, r),
               *class = l->c_class < 0 ? NULL : karvan_table_text(l->t, l->c_class, r),
               *currency = NULL;
    double of_one = karvan_i_trade_unit(unit ? unit : "thousand USD", &currency),
           v = karvan_table_real(l->t, l->c_value, r);
    if (!(v >= 0)) return karvan_i_refuse(l->t, l->c_value, r, "trade below 0", err);
    if (l->currency && strcmp(l->currency, currency) != 0)
        return karvan_i_refuse(l->t, l->c_unit, r, "another currency than in earlier rows", err);
    if (class && *classification && strcmp(class, *classification) != 0)
        return karvan_i_refuse(l->t, l->c_class, r,
                               "products of another classification than in earlier rows", err);
    l->currency = currency;
    if (class) *classification = class;
    l->flow[l->n++] =
        (flow){karvan_table_text(l->t, l->c_product, r), karvan_table_text(l->t, l->c_exporter, r),
               karvan_table_text(l->t, l->c_importer, r), v * of_one, r};
    return KARVAN_OK;
}

static int same_flow(const flow *x, const flow *y) {
    int d = strcmp(x->product, y->product);
    if (d == 0) d = strcmp(x->exporter, y->exporter);
    return d != 0 ? d : strcmp(x->importer, y->importer);
}

static int by_flow(const void *a, const void *b) {
    const flow *x = a, *y = b;
    int d = same_flow(x, y);
    return d != 0 ? d : (x->row > y->row) - (x->row < y->row);
}

static karvan_status no_rows(const look *l, karvan_error *err) {
    double first = NAN, last = NAN;
    for (int64_t r = 0; r < karvan_table_rows(l->t); r++) {
        double y = karvan_i_value_or(l->t, l->c_year, r, NAN);
        first = fmin(first, y), last = fmax(last, y);
    }
    if (isnan(first))
        return karvan_fail(err, KARVAN_E_DATA, "table %s has no flows", karvan_table_name(l->t));
    return karvan_fail(err, KARVAN_E_DATA,
                       "table %s has no flows by product in %lld; its years go from %.0f to %.0f",
                       karvan_table_name(l->t), (long long)l->year, first, last);
}

static karvan_status read_flows(look *l, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *classification = NULL;
    l->flow = karvan_i_calloc((size_t)karvan_table_rows(l->t) + 1, sizeof *l->flow);
    KARVAN_REQUIRE(l->flow, err, KARVAN_E_NOMEM, "no memory for flows");
    for (int64_t r = 0; r < karvan_table_rows(l->t); r++)
        if (is_flow(l, r)) KARVAN_TRY(read_flow(l, r, &classification, err));
    if (l->n == 0) return no_rows(l, err);
    qsort(l->flow, (size_t)l->n, sizeof *l->flow, by_flow);
    for (int64_t k = 1; k < l->n; k++) {
        if (same_flow(&l->flow[k - 1], &l->flow[k]) != 0) continue;
        st = karvan_i_refuse(l->t, l->c_value, l->flow[k].row,
                             "another row states this flow too; reconcile the mirrors first", err);
        goto done;
    }
done:
    return st;
}

/* ---- sums ---- */

static void add(look *l, good *g, const flow *f) {
    bool sells = strcmp(f->exporter, l->exporter) == 0,
         buys = strcmp(f->importer, l->importer) == 0;
    g->world += f->value, l->world += f->value;
    if (sells) g->exports += f->value, l->exports += f->value;
    if (buys) g->imports += f->value, l->imports += f->value;
    if (sells && buys) g->actual += f->value;
    if (strcmp(f->exporter, l->importer) == 0) g->own += f->value;
}

static karvan_status add_up(look *l, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    l->good = karvan_i_calloc((size_t)l->n, sizeof *l->good);
    KARVAN_REQUIRE(l->good, err, KARVAN_E_NOMEM, "no memory for products");
    for (int64_t k = 0; k < l->n; k++) {
        if (k == 0 || strcmp(l->flow[k - 1].product, l->flow[k].product) != 0)
            l->good[l->n_goods++].product = l->flow[k].product;
        add(l, &l->good[l->n_goods - 1], &l->flow[k]);
    }
    KARVAN_REQUIRE(l->exports > 0, err, KARVAN_E_DATA, "%.60s exports nothing in %lld in table %s",
                   l->exporter, (long long)l->year, karvan_table_name(l->t));
    KARVAN_REQUIRE(l->imports > 0, err, KARVAN_E_DATA, "%.60s imports nothing in %lld in table %s",
                   l->importer, (long long)l->year, karvan_table_name(l->t));
done:
    return st;
}

/* Share of a product in a country's trade over its share in the world's; NaN where the world trades
 * none. */
static double revealed(double of_product, double of_country, double world_product, double world) {
    return world_product > 0 ? (of_product / of_country) / (world_product / world) : NAN;
}

static void judge(const look *l, good *g, double below) {
    g->rca = revealed(g->exports, l->exports, g->world, l->world);
    g->specialisation = revealed(g->imports, l->imports, g->world, l->world);
    double others = g->world - g->own; /* who could sell to the importer */
    g->expected = others > 0 ? g->imports * (g->exports / others) : 0;
    g->gap = fmax(g->expected - g->actual, 0);
    g->complementary = g->rca > 1 && g->specialisation > 1;
    g->missing = g->complementary && g->actual < below * g->expected;
}

static int by_rank(const void *a, const void *b) {
    const good *x = a, *y = b;
    if (x->missing != y->missing) return x->missing ? -1 : 1;
    if (x->gap != y->gap) return x->gap > y->gap ? -1 : 1;
    return strcmp(x->product, y->product);
}

/* ---- the table ---- */

enum {
    C_PRODUCT,
    C_EXPORTS,
    C_IMPORTS,
    C_WORLD,
    C_RCA,
    C_SPEC,
    C_ACTUAL,
    C_EXPECTED,
    C_RATIO,
    C_GAP,
    C_COMPLEMENTARY,
    C_MISSING,
    C_END
};

static karvan_status put(const good *g, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double ratio = g->expected > 0 ? g->actual / g->expected : NAN;
    const double v[] = {g->exports, g->imports,  g->world, g->rca, g->specialisation,
                        g->actual,  g->expected, ratio,    g->gap};
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, C_PRODUCT, g->product, err));
    for (int k = 0; k < 9; k++) KARVAN_TRY(karvan_builder_real(b, C_EXPORTS + k, v[k], err));
    KARVAN_TRY(karvan_builder_bool(b, C_COMPLEMENTARY, g->complementary, err));
    KARVAN_TRY(karvan_builder_bool(b, C_MISSING, g->missing, err));
done:
    return st;
}

static karvan_status tell(const look *l, karvan_table **out, karvan_error *err) {
    const char *c = l->currency;
    const karvan_column columns[C_END] = {{"product", KARVAN_TEXT, NULL},
                                          {"exports", KARVAN_REAL, c},
                                          {"imports", KARVAN_REAL, c},
                                          {"world", KARVAN_REAL, c},
                                          {"rca", KARVAN_REAL, NULL},
                                          {"import_specialisation", KARVAN_REAL, NULL},
                                          {"actual", KARVAN_REAL, c},
                                          {"expected", KARVAN_REAL, c},
                                          {"actual_over_expected", KARVAN_REAL, NULL},
                                          {"gap", KARVAN_REAL, c},
                                          {"complementary", KARVAN_BOOL, NULL},
                                          {"missing", KARVAN_BOOL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    KARVAN_TRY(karvan_builder_create("missing_products", C_END, columns, &b, err));
    for (int64_t k = 0; k < l->n_goods; k++) KARVAN_TRY(put(&l->good[k], b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status karvan_trade_missing_products(const karvan_table *flows, const char *exporter,
                                            const char *importer, int64_t year, double below,
                                            karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    look l = {.t = flows, .exporter = exporter, .importer = importer, .year = year};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(flows && exporter && importer, err, KARVAN_E_ARG,
                   "missing products need flows and a pair");
    KARVAN_REQUIRE(strcmp(exporter, importer) != 0, err, KARVAN_E_ARG,
                   "%.60s does not export to itself", exporter);
    KARVAN_REQUIRE(below >= 0 && isfinite(below), err, KARVAN_E_ARG,
                   "the share of expected trade is from 0");
    KARVAN_TRY(find_columns(&l, err));
    KARVAN_TRY(read_flows(&l, err));
    KARVAN_TRY(add_up(&l, err));
    for (int64_t k = 0; k < l.n_goods; k++) judge(&l, &l.good[k], below > 0 ? below : 0.5);
    qsort(l.good, (size_t)l.n_goods, sizeof *l.good, by_rank);
    KARVAN_TRY(tell(&l, out, err));
done:
    karvan_i_free(l.flow), karvan_i_free(l.good);
    return st;
}
