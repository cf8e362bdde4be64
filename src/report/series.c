/* Series of a pair over data sets, its breaks and jumps. */
#include "report/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "table/cell.h"
#include "trade/unit.h"

typedef struct point {
    int64_t year;
    double flow[2]; /* exports, imports, million; NaN: not stated */
    const char *currency, *data, *basis[2], *reporter, *source;
} point;

typedef struct points {
    point *at;
    int64_t n, cap;
} points;

static point *find(points *s, int64_t year) {
    for (int64_t i = 0; i < s->n; i++)
        if (s->at[i].year == year) return &s->at[i];
    return NULL;
}

static point *add(points *s, int64_t year) {
    point *p = find(s, year);
    if (p || s->n == s->cap) return p;
    p = &s->at[s->n++];
    *p = (point){.year = year, .flow = {NAN, NAN}};
    return p;
}

/* A text in a column of few different ones: its number there, -2 where none is so. */
static int32_t code_of(const karvan_table *t, int column, const char *text) {
    int32_t n = column < 0 ? 0 : karvan_table_dictionary_size(t, column);
    for (int32_t i = 0; i < n; i++)
        if (strcmp(karvan_table_dictionary_text(t, column, i), text) == 0) return i;
    return -2;
}

static bool is_code(const karvan_table *t, int column, int64_t row, int32_t code) {
    return column >= 0 && karvan_table_code(t, column, row) == code;
}

/* Price bases of a's rows of table trade. */
static void read_bases(points *s, const karvan_table *t, const char *dataset, const char *a,
                       const char *b) {
    int data = karvan_table_find(t, "dataset"), by = karvan_table_find(t, "reporter"),
        with = karvan_table_find(t, "partner");
    int32_t is_data = code_of(t, data, dataset), is_a = code_of(t, by, a),
            is_b = code_of(t, with, b);
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (!is_code(t, with, r, is_b) || !is_code(t, by, r, is_a) || !is_code(t, data, r, is_data))
            continue;
        point *p = find(s, (int64_t)karvan_i_cell_real(t, "year", r));
        bool import = karvan_i_cell_is(t, "flow", r, "import");
        if (p && !p->basis[import]) p->basis[import] = karvan_i_cell_text(t, "price_basis", r);
    }
}

/* Years of table trade. Texts live as long as the region and the balance. */
static void from_trade(points *s, const karvan_package *region, const karvan_table *balance,
                       const char *dataset, const char *a, const char *b) {
    for (int64_t r = 0; r < karvan_table_rows(balance); r++) {
        point *p = NULL;
        if (isnan(karvan_i_cell_real(balance, "exports", r)) &&
            isnan(karvan_i_cell_real(balance, "imports", r)))
            continue; /* a year between others that says nothing */
        p = add(s, (int64_t)karvan_i_cell_real(balance, "year", r));
        if (!p) return;
        double unit = karvan_i_trade_unit(karvan_i_cell_text(balance, "unit", r), &p->currency);
        p->flow[0] = karvan_i_cell_real(balance, "exports", r) * unit / 1e6;
        p->flow[1] = karvan_i_cell_real(balance, "imports", r) * unit / 1e6;
        p->data = dataset, p->reporter = a;
        p->source = karvan_i_cell_text(balance, "source", r);
    }
    read_bases(s, karvan_package_table(region, "trade"), dataset, a, b);
}

/* Where a matrix has what is asked of each row. */
typedef struct matrix_columns {
    int exporter, importer, product, by;
    int32_t x[2], m[2], total, by_side[2]; /* a, b; exporter, importer */
} matrix_columns;

static matrix_columns look(const karvan_table *m, const char *a, const char *b) {
    matrix_columns c = {.exporter = karvan_table_find(m, "exporter"),
                        .importer = karvan_table_find(m, "importer"),
                        .product = karvan_table_find(m, "product"),
                        .by = karvan_table_find(m, "reported_by")};
    for (int k = 0; k < 2; k++) {
        c.x[k] = code_of(m, c.exporter, k ? b : a), c.m[k] = code_of(m, c.importer, k ? b : a);
        c.by_side[k] = code_of(m, c.by, k ? "importer" : "exporter");
    }
    c.total = code_of(m, c.product, "TOTAL");
    return c;
}

/* Which flow of a a row is, stated by a itself (own) or by b: 0 exports, 1 imports, -1 none. */
static int flow_of(const karvan_table *m, const matrix_columns *c, int64_t r, bool own) {
    bool out = is_code(m, c->exporter, r, c->x[0]) && is_code(m, c->importer, r, c->m[1]);
    bool in = is_code(m, c->exporter, r, c->x[1]) && is_code(m, c->importer, r, c->m[0]);
    if ((!out && !in) || !is_code(m, c->product, r, c->total)) return -1;
    bool by_exporter = is_code(m, c->by, r, c->by_side[0]);
    if (!by_exporter && !is_code(m, c->by, r, c->by_side[1])) return -1;
    return (by_exporter == out) == own ? in : -1;
}

/* Years of the matrix that are not there yet; the number of rows that a side states. */
static int64_t from_matrix(points *s, const karvan_table *m, const char *a, const char *b, bool own,
                           int64_t have) {
    int64_t found = 0;
    if (!m) return 0;
    const matrix_columns c = look(m, a, b);
    for (int64_t r = 0; r < karvan_table_rows(m); r++) {
        int f = flow_of(m, &c, r, own);
        if (f < 0) continue;
        found++;
        int64_t year = (int64_t)karvan_i_cell_real(m, "year", r);
        point *p = find(s, year);
        if (p && p - s->at < have) continue; /* table trade has this year */
        p = add(s, year);
        if (!p) break;
        p->flow[f] = karvan_i_cell_real(m, "value", r) *
                     karvan_i_trade_unit(karvan_i_cell_text(m, "unit", r), &p->currency) / 1e6;
        p->reporter = own ? a : b;
        p->basis[f] = karvan_i_cell_text(m, "price_basis", r);
        p->source = karvan_i_cell_text(m, "source", r);
    }
    return found;
}

static int by_year(const void *a, const void *b) {
    const point *x = a, *y = b;
    return x->year < y->year ? -1 : x->year > y->year;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *v, int n) {
    qsort(v, (size_t)n, sizeof *v, by_value);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

bool karvan_i_is_jump(const double *v, int n, int k) {
    enum { MOST = 128, LEAST = 6 };
    static const double TO_SIGMA = 1.4826, FAR = 4, FACTOR = 2;
    double d[MOST];
    if (n < LEAST || n > MOST || k < 1 || k >= n) return false;
    double own = log(v[k] / v[k - 1]);
    for (int i = 1; i < n; i++) d[i - 1] = log(v[i] / v[i - 1]);
    double middle = median(d, n - 1);
    for (int i = 0; i < n - 1; i++) d[i] = fabs(d[i] - middle);
    return fabs(own) > log(FACTOR) && fabs(own - middle) > FAR * TO_SIGMA * median(d, n - 1);
}

static bool same(const char *x, const char *y) {
    return (!x && !y) || (x && y && strcmp(x, y) == 0);
}

static const char *said(const char *s) { return s ? s : "unstated"; }

/* What changed between two years. */
static void breaks(karvan_i_text *t, const point *was, const point *is) {
    const char *sep = "";
    if (is->year > was->year + 1) {
        karvan_i_text_printf(t, "no figures for %lld", (long long)was->year + 1);
        if (is->year > was->year + 2) karvan_i_text_printf(t, " to %lld", (long long)is->year - 1);
        sep = "; ";
    }
    if (!same(was->data, is->data)) {
        karvan_i_text_printf(t, "%sdata set: %s, before %s", sep, said(is->data), said(was->data));
        sep = "; ";
    }
    if (!same(was->currency, is->currency)) {
        karvan_i_text_printf(t, "%scurrency: %s, before %s", sep, said(is->currency),
                             said(was->currency));
        sep = "; ";
    }
    if (!same(was->reporter, is->reporter)) {
        karvan_i_text_printf(t, "%sstated by %s, before by %s", sep, is->reporter, was->reporter);
        sep = "; ";
    }
    for (int f = 0; f < 2; f++)
        if (was->basis[f] && is->basis[f] && strcmp(was->basis[f], is->basis[f]) != 0) {
            karvan_i_text_printf(t, "%s%s %s, before %s", sep, f ? "imports" : "exports",
                                 is->basis[f], was->basis[f]);
            sep = "; ";
        }
}

/* Is there a break before i? */
static bool breaks_before(const points *s, int64_t i) {
    karvan_i_text t = {0};
    breaks(&t, &s->at[i - 1], &s->at[i]);
    bool any = t.n > 0;
    karvan_i_text_clear(&t);
    return any;
}

/* Is the flow of year i a jump within its unbroken stretch of values above 0? */
static bool jumps(const points *s, int64_t i, int f) {
    enum { MOST = 128 };
    double v[MOST];
    int64_t begin = i, end = i;
    int n = 0;
    if (!(s->at[i].flow[f] > 0)) return false;
    while (begin > 0 && !breaks_before(s, begin) && s->at[begin - 1].flow[f] > 0) begin--;
    while (end + 1 < s->n && !breaks_before(s, end + 1) && s->at[end + 1].flow[f] > 0) end++;
    for (int64_t k = begin; k <= end && n < MOST; k++) v[n++] = s->at[k].flow[f];
    return karvan_i_is_jump(v, n, (int)(i - begin));
}

enum { YEAR, EXPORTS, IMPORTS, CURRENCY, DATA, BASIS, REPORTER, BREAKS, JUMPS, SOURCE, COLUMNS };

/* "fob", or what exports and imports have each. */
static void basis_words(karvan_i_text *t, const point *p) {
    if (same(p->basis[0], p->basis[1]) || !p->basis[1])
        karvan_i_text_puts(t, said(p->basis[0]));
    else if (!p->basis[0])
        karvan_i_text_puts(t, said(p->basis[1]));
    else
        karvan_i_text_printf(t, "exports %s, imports %s", p->basis[0], p->basis[1]);
}

static karvan_status row(karvan_builder *b, const points *s, int64_t i, karvan_i_text *t,
                         karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const point *p = &s->at[i];
    const bool jump[2] = {jumps(s, i, 0), jumps(s, i, 1)};
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_int(b, YEAR, p->year, err));
    for (int f = 0; f < 2; f++)
        KARVAN_TRY(isnan(p->flow[f]) ? karvan_builder_state(b, EXPORTS + f, KARVAN_NOT_COVERED, err)
                                     : karvan_builder_real(b, EXPORTS + f, p->flow[f], err));
    KARVAN_TRY(karvan_builder_text(b, CURRENCY, said(p->currency), err));
    KARVAN_TRY(karvan_builder_text(b, DATA, said(p->data), err));
    basis_words(t, p);
    KARVAN_TRY(karvan_i_text_status(t, err));
    KARVAN_TRY(karvan_builder_text(b, BASIS, t->s, err));
    KARVAN_TRY(karvan_builder_text(b, REPORTER, p->reporter, err));
    karvan_i_text_clear(t);
    if (i > 0) breaks(t, &s->at[i - 1], p);
    KARVAN_TRY(karvan_i_text_status(t, err));
    KARVAN_TRY(karvan_builder_text(b, BREAKS, t->s ? t->s : "", err));
    KARVAN_TRY(karvan_builder_text(b, JUMPS,
                                   jump[0] && jump[1] ? "exports, imports"
                                   : jump[0]          ? "exports"
                                   : jump[1]          ? "imports"
                                                      : "",
                                   err));
    KARVAN_TRY(karvan_builder_text(b, SOURCE, p->source, err));
done:
    karvan_i_text_clear(t);
    return st;
}

static karvan_status to_table(const points *s, karvan_table **out, karvan_error *err) {
    static const karvan_column columns[COLUMNS] = {
        {"year", KARVAN_INT, NULL},          {"exports", KARVAN_REAL, "million"},
        {"imports", KARVAN_REAL, "million"}, {"currency", KARVAN_TEXT, NULL},
        {"data", KARVAN_TEXT, NULL},         {"price_basis", KARVAN_TEXT, NULL},
        {"reported_by", KARVAN_TEXT, NULL},  {"breaks", KARVAN_TEXT, NULL},
        {"jumps", KARVAN_TEXT, NULL},        {"source", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    karvan_i_text t = {0};
    KARVAN_TRY(karvan_builder_create("series", COLUMNS, columns, &b, err));
    for (int64_t i = 0; i < s->n; i++) KARVAN_TRY(row(b, s, i, &t, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_text_clear(&t);
    return st;
}

karvan_status karvan_i_series(const karvan_package *region, const karvan_table *matrix,
                              const char *name, const char *a, const char *b, karvan_table **out,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_table *balance = NULL;
    points s = {0};
    const char *currency = "USD";
    *out = NULL;
    const char *dataset = karvan_trade_default_dataset(region, a, b);
    if (dataset) KARVAN_TRY(karvan_trade_balance(region, dataset, a, b, &balance, err));
    s.cap = (balance ? karvan_table_rows(balance) : 0) + (matrix ? karvan_table_rows(matrix) : 0);
    s.cap = s.cap < 1 << 12 ? s.cap : 1 << 12;
    s.at = karvan_i_calloc((size_t)s.cap + 1, sizeof *s.at);
    KARVAN_REQUIRE(s.at, err, KARVAN_E_NOMEM, "no memory for a series");
    if (balance) {
        from_trade(&s, region, balance, dataset, a, b);
        (void)karvan_i_trade_unit(karvan_i_cell_text(balance, "unit", 0), &currency);
    }
    int64_t have = s.n;
    if (currency && strcmp(currency, "USD") == 0 && !from_matrix(&s, matrix, a, b, true, have))
        (void)from_matrix(&s, matrix, a, b, false, have);
    if (s.n == 0) goto done;
    for (int64_t i = have; i < s.n; i++) s.at[i].data = name;
    qsort(s.at, (size_t)s.n, sizeof *s.at, by_year);
    KARVAN_TRY(to_table(&s, out, err));
done:
    karvan_i_free(s.at);
    karvan_table_destroy(balance);
    return st;
}
