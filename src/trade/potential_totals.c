/* Totals of potential: by pair, exporter, importer or year. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "trade/comparable.h"
#include "trade/potential.h"

/* A row that is added up, under the names that it counts for. */
typedef struct flow {
    const char *exporter, *importer;
    int64_t year;
    double actual, predicted;
} flow;

typedef struct total {
    const char *exporter, *importer;
    int64_t year, years, flows, left_out, rank;
    double actual, predicted, shortfall, excess, trend;
    bool asked;
} total;

typedef struct totals {
    const karvan_table *t;
    karvan_potential_query q;
    int year, exporter, importer, actual, predicted; /* columns; year -1: none */
    const char **name[2]; /* of exporters, of importers, by code of their column */
    int64_t n, n_totals;
    flow *flow;
    total *total;
    bool whole; /* each total has all flows of its country or pair */
} totals;

karvan_status karvan_i_potential_tail(double level, double *tail, karvan_error *err) {
    *tail = (1 - (level > 0 ? level / 100 : 0.9)) / 2;
    if (level >= 0 && level < 100) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG,
                       "an interval has above 0 and less than 100 per cent, not %g", level);
}

/* ---- who is who ---- */

static const karvan_trade_group *group_of(const totals *s, const char *country) {
    for (int g = 0; g < s->q.n_groups; g++)
        for (int k = 0; k < s->q.groups[g].n; k++)
            if (strcmp(s->q.groups[g].country[k], country) == 0) return &s->q.groups[g];
    return NULL;
}

static karvan_status one_group_each(const totals *s, karvan_error *err) {
    for (int g = 1; g < s->q.n_groups; g++)
        for (int k = 0; k < s->q.groups[g].n; k++) {
            const char *country = s->q.groups[g].country[k];
            const karvan_trade_group *first = group_of(s, country);
            if (first != &s->q.groups[g])
                return karvan_fail(err, KARVAN_E_ARG, "%.60s is in two groups, %.60s and %.60s",
                                   country, first->name, s->q.groups[g].name);
        }
    return KARVAN_OK;
}

static bool any_is(const totals *s, const char *name) {
    for (int side = 0; side < 2; side++) {
        int column = side == 0 ? s->exporter : s->importer;
        for (int32_t c = 0; c < karvan_table_dictionary_size(s->t, column); c++)
            if (strcmp(s->name[side][c], name) == 0) return true;
    }
    return false;
}

/* The name that each code counts for: its group's, else its own. */
static karvan_status read_names(totals *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *const asked[] = {s->q.exporter, s->q.importer};
    KARVAN_TRY(one_group_each(s, err));
    for (int side = 0; side < 2; side++) {
        int column = side == 0 ? s->exporter : s->importer;
        int32_t n = karvan_table_dictionary_size(s->t, column);
        s->name[side] = karvan_i_calloc((size_t)n, sizeof(const char *));
        KARVAN_REQUIRE(s->name[side], err, KARVAN_E_NOMEM, "no memory for totals");
        for (int32_t c = 0; c < n; c++) {
            const char *code = karvan_table_dictionary_text(s->t, column, c);
            const karvan_trade_group *g = group_of(s, code);
            s->name[side][c] = g ? g->name : code;
        }
    }
    for (int k = 0; k < 2; k++)
        KARVAN_REQUIRE(!asked[k] || any_is(s, asked[k]), err, KARVAN_E_ARG,
                       "no flow is of %.60s; group and country are named as in the flows",
                       asked[k]);
done:
    return st;
}

static bool names(const char *asked, const char *name) {
    return !asked || strcmp(asked, name) == 0;
}

static bool is_asked(const totals *s, const char *exporter, const char *importer) {
    return (names(s->q.exporter, exporter) && names(s->q.importer, importer)) ||
           (s->q.either_way && names(s->q.exporter, importer) && names(s->q.importer, exporter));
}

/* ---- rows ---- */

static bool in_years(const totals *s, int64_t row) {
    if (s->year < 0) return true;
    if (karvan_table_state(s->t, s->year, row) != KARVAN_VALUE) return false;
    int64_t y = karvan_table_int(s->t, s->year, row);
    return !(s->q.has_from && y < s->q.from_year) && !(s->q.has_to && y > s->q.to_year);
}

static void add_row(totals *s, int64_t row) {
    int32_t x = karvan_table_code(s->t, s->exporter, row),
            m = karvan_table_code(s->t, s->importer, row);
    if (x < 0 || m < 0 || !in_years(s, row)) return;
    flow f = {.exporter = s->name[0][x],
              .importer = s->name[1][m],
              .year = s->year < 0 ? 0 : karvan_table_int(s->t, s->year, row),
              .actual = karvan_i_value_or(s->t, s->actual, row, NAN),
              .predicted = karvan_i_value_or(s->t, s->predicted, row, NAN)};
    /* By pair others are needed too: they are what is compared with. */
    if (s->q.by != KARVAN_POTENTIAL_PAIR && !is_asked(s, f.exporter, f.importer)) {
        s->whole = false;
        return;
    }
    if (s->q.by == KARVAN_POTENTIAL_EXPORTER || s->q.by == KARVAN_POTENTIAL_YEAR) f.importer = "";
    if (s->q.by == KARVAN_POTENTIAL_IMPORTER || s->q.by == KARVAN_POTENTIAL_YEAR) f.exporter = "";
    s->flow[s->n++] = f;
}

static int same_total(const flow *a, const flow *b) {
    int d = strcmp(a->exporter, b->exporter);
    return d != 0 ? d : strcmp(a->importer, b->importer);
}

static int by_total(const void *a, const void *b) {
    const flow *x = a, *y = b;
    int d = same_total(x, y);
    if (d != 0) return d;
    if (x->year != y->year) return x->year < y->year ? -1 : 1;
    /* Sums do not depend on the order of rows. */
    if (x->predicted != y->predicted) return x->predicted < y->predicted ? -1 : 1;
    return (x->actual > y->actual) - (x->actual < y->actual);
}

static bool counts(const flow *f) { return !isnan(f->actual) && !isnan(f->predicted); }

/* Flows of one year and one total. */
typedef struct yearly {
    double actual, predicted;
    int64_t flows;
} yearly;

static yearly add_year(const flow *f, int64_t n, total *t) {
    yearly y = {0, 0, 0};
    for (int64_t k = 0; k < n; k++) {
        if (!counts(&f[k])) {
            t->left_out++;
            continue;
        }
        double gap = f[k].predicted - f[k].actual;
        y.actual += f[k].actual, y.predicted += f[k].predicted, y.flows++;
        t->shortfall += gap > 0 ? gap : 0, t->excess += gap < 0 ? -gap : 0;
    }
    t->actual += y.actual, t->predicted += y.predicted, t->flows += y.flows;
    t->years += y.flows > 0;
    return y;
}

/* Slope of a line through ratios by year, from sums about the first year. */
typedef struct slope {
    double n, x, y, xx, xy;
} slope;

static void slope_add(slope *s, double x, double y) {
    s->n++, s->x += x, s->y += y, s->xx += x * x, s->xy += x * y;
}

static double slope_of(const slope *s) {
    double spread = s->xx - s->x * s->x / s->n;
    return s->n >= 3 && spread > 0 ? (s->xy - s->x * s->y / s->n) / spread : NAN;
}

static void add_total(totals *s, const flow *f, int64_t n) {
    total *t = &s->total[s->n_totals++];
    slope of_ratio = {0};
    *t =
        (total){.exporter = f->exporter,
                .importer = f->importer,
                .year = f->year,
                .asked = s->q.by != KARVAN_POTENTIAL_PAIR || is_asked(s, f->exporter, f->importer)};
    for (int64_t a = 0, b; a < n; a = b) {
        for (b = a + 1; b < n && f[b].year == f[a].year;) b++;
        yearly y = add_year(f + a, b - a, t);
        if (y.predicted > 0)
            slope_add(&of_ratio, (double)(f[a].year - f->year), y.actual / y.predicted);
    }
    double years = t->years > 0 ? (double)t->years : NAN;
    t->actual /= years, t->predicted /= years, t->shortfall /= years, t->excess /= years;
    t->trend = s->q.by == KARVAN_POTENTIAL_YEAR ? NAN : slope_of(&of_ratio);
}

static karvan_status add_up(totals *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t rows = karvan_table_rows(s->t);
    bool by_year = s->q.by == KARVAN_POTENTIAL_YEAR, any = false;
    s->whole = true;
    s->flow = karvan_i_malloc((size_t)rows, sizeof *s->flow);
    KARVAN_REQUIRE(s->flow, err, KARVAN_E_NOMEM, "no memory for totals");
    for (int64_t r = 0; r < rows; r++) add_row(s, r);
    qsort(s->flow, (size_t)s->n, sizeof *s->flow, by_total);
    s->total = karvan_i_malloc((size_t)s->n, sizeof *s->total);
    KARVAN_REQUIRE(s->total, err, KARVAN_E_NOMEM, "no memory for totals");
    for (int64_t a = 0, b; a < s->n; a = b) {
        for (b = a + 1; b < s->n && same_total(&s->flow[a], &s->flow[b]) == 0 &&
                        (!by_year || s->flow[a].year == s->flow[b].year);)
            b++;
        add_total(s, s->flow + a, b - a);
    }
    for (int64_t k = 0; k < s->n_totals; k++)
        any = any || (s->total[k].asked && s->total[k].flows > 0);
    KARVAN_REQUIRE(any, err, KARVAN_E_DATA,
                   "none of these flows has both actual and predicted trade");
done:
    return st;
}

static int by_gap(const void *a, const void *b) {
    const total *x = *(total *const *)a, *y = *(total *const *)b;
    double dx = x->predicted - x->actual, dy = y->predicted - y->actual;
    if (dx != dy) return dx > dy ? -1 : 1;
    return (x > y) - (x < y);
}

static karvan_status rank(totals *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t n = 0;
    total **sorted = karvan_i_malloc((size_t)s->n_totals, sizeof(total *));
    KARVAN_REQUIRE(sorted, err, KARVAN_E_NOMEM, "no memory for ranks");
    for (int64_t k = 0; k < s->n_totals; k++)
        if (s->total[k].asked && s->total[k].flows > 0) sorted[n++] = &s->total[k];
    qsort(sorted, (size_t)n, sizeof(total *), by_gap);
    for (int64_t k = 0; k < n; k++) sorted[k]->rank = k + 1;
done:
    karvan_i_free(sorted);
    return st;
}

/* ---- the table ---- */

/* Totals among totals; none to compare with where parts of countries were added. */
static karvan_status compare(const totals *s, karvan_i_comparable *like, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t n = s->whole ? s->n_totals : 0;
    double *actual = karvan_i_malloc((size_t)n, sizeof *actual),
           *predicted = karvan_i_malloc((size_t)n, sizeof *predicted);
    KARVAN_REQUIRE(actual && predicted, err, KARVAN_E_NOMEM, "no memory for totals");
    for (int64_t k = 0; k < n; k++)
        actual[k] = s->total[k].actual, predicted[k] = s->total[k].predicted;
    KARVAN_TRY(karvan_i_comparable_create(n, predicted, actual, KARVAN_I_CLASS_LEAST, like, err));
done:
    karvan_i_free(actual), karvan_i_free(predicted);
    return st;
}

enum { COUNTS = 3, FIGURES = 6, RANK = 16, COLUMNS = 17 };

static karvan_status put(const totals *s, const total *t, const karvan_i_comparable *like,
                         double tail, const int *at, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_standing of = karvan_i_compare(like, t->predicted, t->actual, true, 0, tail);
    bool compared = !isnan(of.low);
    double ratio = t->predicted > 0 ? t->actual / t->predicted : NAN;
    const double figure[] = {
        t->actual, t->predicted, of.low,    of.high, ratio, t->predicted - t->actual,
        of.below,  t->shortfall, t->excess, t->trend};
    const int64_t count[] = {t->years, t->flows, t->left_out};
    KARVAN_TRY(karvan_builder_row(b, err));
    if (at[0] >= 0) KARVAN_TRY(karvan_builder_text(b, at[0], t->exporter, err));
    if (at[1] >= 0) KARVAN_TRY(karvan_builder_text(b, at[1], t->importer, err));
    if (at[2] >= 0) KARVAN_TRY(karvan_builder_int(b, at[2], t->year, err));
    for (int k = 0; k < 3; k++) KARVAN_TRY(karvan_builder_int(b, at[COUNTS + k], count[k], err));
    for (int k = 0; k < 10; k++) {
        bool of_others = k == 2 || k == 3 || k == 6;
        bool by_years = k == 9 && s->q.by == KARVAN_POTENTIAL_YEAR;
        if ((of_others && !compared) || by_years)
            KARVAN_TRY(karvan_builder_state(b, at[FIGURES + k], KARVAN_NOT_COVERED, err));
        else
            KARVAN_TRY(karvan_builder_real(b, at[FIGURES + k], figure[k], err));
    }
    if (t->rank > 0) KARVAN_TRY(karvan_builder_int(b, at[RANK], t->rank, err));
done:
    return st;
}

static karvan_status tell(const totals *s, double tail, karvan_table **out, karvan_error *err) {
    const char *u = karvan_table_column(s->t, s->actual).unit;
    const karvan_column all[COLUMNS] = {
        {"exporter", KARVAN_TEXT, NULL}, {"importer", KARVAN_TEXT, NULL},
        {"year", KARVAN_INT, NULL},      {"years", KARVAN_INT, NULL},
        {"flows", KARVAN_INT, NULL},     {"left_out", KARVAN_INT, NULL},
        {"actual", KARVAN_REAL, u},      {"predicted", KARVAN_REAL, u},
        {"low", KARVAN_REAL, u},         {"high", KARVAN_REAL, u},
        {"ratio", KARVAN_REAL, NULL},    {"gap", KARVAN_REAL, u},
        {"below", KARVAN_REAL, NULL},    {"shortfall", KARVAN_REAL, u},
        {"excess", KARVAN_REAL, u},      {"trend", KARVAN_REAL, "1/year"},
        {"rank", KARVAN_INT, NULL}};
    karvan_potential_by by = s->q.by;
    const bool left[3] = {by == KARVAN_POTENTIAL_IMPORTER || by == KARVAN_POTENTIAL_YEAR,
                          by == KARVAN_POTENTIAL_EXPORTER || by == KARVAN_POTENTIAL_YEAR,
                          by != KARVAN_POTENTIAL_YEAR};
    karvan_status st = KARVAN_OK;
    karvan_column columns[COLUMNS];
    karvan_builder *b = NULL;
    karvan_i_comparable like = {0};
    int at[COLUMNS], n = 0;
    for (int k = 0; k < COLUMNS; k++) {
        at[k] = k < COUNTS && left[k] ? -1 : n;
        if (at[k] >= 0) columns[n++] = all[k];
    }
    KARVAN_TRY(compare(s, &like, err));
    KARVAN_TRY(karvan_builder_create("potential_totals", n, columns, &b, err));
    for (int64_t k = 0; k < s->n_totals; k++)
        if (s->total[k].asked) KARVAN_TRY(put(s, &s->total[k], &like, tail, at, b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_comparable_clear(&like);
    return st;
}

static karvan_status find_columns(totals *s, karvan_error *err) {
    s->year = karvan_table_find(s->t, "year");
    s->exporter = karvan_table_find(s->t, "exporter");
    s->importer = karvan_table_find(s->t, "importer");
    s->actual = karvan_table_find(s->t, "actual");
    s->predicted = karvan_table_find(s->t, "predicted");
    if (s->exporter < 0 || s->importer < 0 || s->actual < 0 || s->predicted < 0)
        return karvan_fail(err, KARVAN_E_ARG, "table %s is none of potential",
                           karvan_table_name(s->t));
    if (s->q.by == KARVAN_POTENTIAL_YEAR && s->year < 0)
        return karvan_fail(err, KARVAN_E_ARG, "totals by year need flows with years");
    return KARVAN_OK;
}

karvan_status karvan_potential_totals(const karvan_table *potential,
                                      const karvan_potential_query *query, karvan_table **out,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    totals s = {.t = potential};
    double tail;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(potential, err, KARVAN_E_ARG, "totals need a table of potential");
    if (query) s.q = *query;
    KARVAN_TRY(karvan_i_potential_tail(s.q.level, &tail, err));
    KARVAN_TRY(find_columns(&s, err));
    KARVAN_TRY(read_names(&s, err));
    KARVAN_TRY(add_up(&s, err));
    KARVAN_TRY(rank(&s, err));
    KARVAN_TRY(tell(&s, tail, out, err));
done:
    karvan_i_free(s.name[0]), karvan_i_free(s.name[1]);
    karvan_i_free(s.flow), karvan_i_free(s.total);
    return st;
}
