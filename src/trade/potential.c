/* Actual trade beside predicted, row by row. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "trade/comparable.h"
#include "trade/leave_out.h"
#include "trade/model.h"
#include "trade/potential.h"

enum { WHO = 3 }; /* exporter, importer, year */

static const char *const USUAL[WHO][8] = {
    {"exporter", "exp", "iso3_o", "iso_o", "origin", "orig", "reporter"},
    {"importer", "imp", "iso3_d", "iso_d", "destination", "dest", "partner"},
    {"year", "t", "time"}};
static const char *const ROLE[WHO] = {"exporter", "importer", "year"};

typedef struct potential {
    const karvan_gravity *g;
    const karvan_table *data;
    karvan_potential_options o;
    double tail;
    int who[WHO], own_who[WHO]; /* columns of data, of the fit's data; year -1: none */
    int64_t rows;
    karvan_table *predicted;    /* as karvan_gravity_predict */
    double *actual;             /* [rows] NaN: unknown */
    int32_t *at;                /* [rows] row of the fit, -1: not in use; NULL: other data */
    const karvan_i_drop **drop; /* [rows] NULL: not dropped; NULL: other data */
    double *leverage, *se;      /* [n of the fit] */
    double *expected;           /* [n] prediction of each row of the fit */
    karvan_i_comparable like;
    const char *unit;
} potential;

typedef struct line {
    int64_t row, year, rank;
    double actual, predicted, fitted, se, leverage, gap;
    karvan_i_standing standing;
    const char *sample, *note;
} line;

/* ---- columns ---- */

const char *karvan_i_potential_column(const karvan_table *t, int role) {
    for (int k = 0; k < 8 && USUAL[role][k]; k++)
        if (karvan_table_find(t, USUAL[role][k]) >= 0) return USUAL[role][k];
    return NULL;
}

static karvan_status find_who(const karvan_table *t, int role, const char *said, int *out,
                              karvan_error *err) {
    const char *name = said ? said : karvan_i_potential_column(t, role);
    *out = name ? karvan_table_find(t, name) : -1;
    if (*out < 0 && (said || role < 2))
        return karvan_fail(err, KARVAN_E_ARG, "table %s has no column %.60s%s of the %s",
                           karvan_table_name(t), said ? said : USUAL[role][0],
                           said ? "" : ", and none of the usual names", ROLE[role]);
    if (role < 2 && *out >= 0 && karvan_table_column(t, *out).type == KARVAN_REAL)
        return karvan_fail(err, KARVAN_E_ARG, "column %.60s holds no codes of countries",
                           karvan_table_column(t, *out).name);
    if (role == 2 && *out >= 0 && karvan_table_column(t, *out).type != KARVAN_INT)
        return karvan_fail(err, KARVAN_E_ARG, "column %.60s holds no whole years",
                           karvan_table_column(t, *out).name);
    return KARVAN_OK;
}

/* An effect that has both countries is what the pair itself trades. */
static karvan_status no_pair_effects(const potential *p, karvan_error *err) {
    for (int e = 0; e < p->g->d.n_effects; e++) {
        const karvan_i_effect *f = &p->g->d.effect[e];
        bool exporter = false, importer = false;
        for (int k = 0; k < f->n_columns; k++) {
            exporter = exporter || f->column[k] == p->own_who[0];
            importer = importer || f->column[k] == p->own_who[1];
        }
        if (exporter && importer)
            return karvan_fail(err, KARVAN_E_ARG,
                               "effect %.80s is of pairs: it takes what a pair trades for what it "
                               "could trade, so there is no gap left to see; leave it out of the "
                               "formula",
                               f->name);
    }
    return KARVAN_OK;
}

/* A country's code as text; numbers in `into`. NULL: no value. */
static const char *code_of(const karvan_table *t, int column, int64_t row, char *into, size_t cap) {
    if (karvan_table_state(t, column, row) != KARVAN_VALUE) return NULL;
    if (karvan_table_column(t, column).type != KARVAN_INT) return karvan_table_text(t, column, row);
    (void)snprintf(into, cap, "%lld", (long long)karvan_table_int(t, column, row));
    return into;
}

static bool domestic(const karvan_table *t, const int *who, int64_t row) {
    char a[32], b[32];
    const char *x = code_of(t, who[0], row, a, sizeof a), *m = code_of(t, who[1], row, b, sizeof b);
    return x && m && strcmp(x, m) == 0;
}

/* What flows are measured in: of the column, or stated the same in every row. */
static const char *find_unit(const potential *p) {
    int y = karvan_table_find(p->data, karvan_gravity_response(p->g)),
        c = karvan_table_find(p->data, "unit");
    if (p->o.unit) return p->o.unit;
    if (y >= 0 && karvan_table_column(p->data, y).unit) return karvan_table_column(p->data, y).unit;
    if (y < 0 || c < 0 || karvan_table_column(p->data, c).type != KARVAN_TEXT ||
        karvan_table_dictionary_size(p->data, c) != 1)
        return NULL;
    return karvan_table_dictionary_text(p->data, c, 0);
}

/* ---- what each row trades ---- */

static karvan_status evaluate(potential *p, karvan_i_bound *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_formula *f = p->g->d.formula->f;
    int32_t row[KARVAN_I_BLOCK];
    KARVAN_TRY(karvan_i_bound_prepare(b, &f->y, err));
    for (int64_t begin = 0; begin < p->rows; begin += KARVAN_I_BLOCK) {
        int64_t n = p->rows - begin < KARVAN_I_BLOCK ? p->rows - begin : KARVAN_I_BLOCK;
        for (int64_t i = 0; i < n; i++) row[i] = (int32_t)(begin + i);
        karvan_i_evaluate(b, &f->y, n, row, p->actual + begin);
        for (int64_t i = 0; i < n; i++) {
            bool known = isfinite(p->actual[begin + i]);
            for (int k = f->y.first; k < f->y.first + f->y.n; k++)
                if (f->step[k].op == KARVAN_I_COLUMN)
                    known = known && karvan_table_state(p->data, b->column[f->step[k].a],
                                                        begin + i) == KARVAN_VALUE;
            if (!known) p->actual[begin + i] = NAN;
        }
    }
done:
    return st;
}

/* Of another table: NaN throughout where it does not have what is explained. */
static karvan_status read_actual(potential *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_formula *f = p->g->d.formula->f;
    karvan_i_bound b = {0};
    bool there = true;
    p->actual = karvan_i_malloc((size_t)p->rows, sizeof *p->actual);
    KARVAN_REQUIRE(p->actual, err, KARVAN_E_NOMEM, "no memory for flows");
    for (int64_t i = 0; i < p->rows; i++) p->actual[i] = NAN;
    KARVAN_TRY(karvan_i_bind(f, p->data, &b, err));
    for (int k = f->y.first; k < f->y.first + f->y.n; k++)
        there = there && (f->step[k].op != KARVAN_I_COLUMN || b.column[f->step[k].a] >= 0);
    if (there) KARVAN_TRY(evaluate(p, &b, err));
    for (int64_t i = 0; i < p->rows; i++)
        KARVAN_REQUIRE(!(p->actual[i] < 0), err, KARVAN_E_DATA,
                       "data row %lld: trade is %g, below 0", (long long)i + 1, p->actual[i]);
done:
    karvan_i_bound_clear(&b);
    return st;
}

/* Where the rows of the fit's own data went. */
static karvan_status place_rows(potential *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_design *d = &p->g->d;
    if (p->data != d->data) goto done;
    p->at = karvan_i_malloc((size_t)p->rows, sizeof *p->at);
    p->drop = karvan_i_calloc((size_t)p->rows, sizeof(const karvan_i_drop *));
    KARVAN_REQUIRE(p->at && p->drop, err, KARVAN_E_NOMEM, "no memory for rows");
    for (int64_t r = 0; r < p->rows; r++) p->at[r] = -1;
    for (int64_t i = 0; i < d->n; i++) p->at[d->row[i]] = (int32_t)i;
    for (int64_t k = 0; k < d->drops.n; k++) p->drop[d->drops.at[k].row] = &d->drops.at[k];
done:
    return st;
}

/* Predictions of the fit's rows and how far their flows stray from them. */
static karvan_status compare(potential *p, const double *v, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_design *d = &p->g->d;
    double *calibrate = NULL;
    p->leverage = karvan_i_malloc((size_t)d->n, sizeof *p->leverage);
    p->se = karvan_i_malloc((size_t)d->n, sizeof *p->se);
    p->expected = karvan_i_malloc((size_t)d->n, sizeof *p->expected);
    calibrate = karvan_i_malloc((size_t)d->n, sizeof *calibrate);
    KARVAN_REQUIRE(p->leverage && p->se && p->expected && calibrate, err, KARVAN_E_NOMEM,
                   "no memory for predictions");
    if (!p->o.in_sample) KARVAN_TRY(karvan_i_leverage(p->g, v, p->leverage, p->se, err));
    for (int64_t i = 0; i < d->n; i++) {
        double mu = p->g->mu[i];
        if (p->o.in_sample) p->leverage[i] = p->se[i] = NAN;
        p->expected[i] =
            p->o.in_sample ? mu : mu * exp(karvan_i_without_itself(d->y[i], mu, p->leverage[i]));
        calibrate[i] = domestic(d->data, p->own_who, d->row[i]) ? NAN : p->expected[i];
    }
    KARVAN_TRY(
        karvan_i_comparable_create(d->n, calibrate, d->y, KARVAN_I_CLASS_LEAST, &p->like, err));
done:
    karvan_i_free(calibrate);
    return st;
}

/* ---- lines ---- */

static void of_fit(const potential *p, int64_t i, line *l) {
    l->fitted = p->g->mu[i], l->predicted = p->expected[i];
    l->leverage = p->leverage[i];
    if (!p->o.in_sample) l->se = p->se[i];
    l->sample = p->o.in_sample ? "in sample" : "without itself";
    if (isnan(l->predicted))
        l->note = "the fit leans on this flow too much to tell what it would be without it";
    l->standing = karvan_i_compare(&p->like, l->predicted, l->actual, true, 0, p->tail);
}

static void of_new(const potential *p, line *l) {
    l->predicted = karvan_table_real(p->predicted, 1, l->row);
    l->se = karvan_table_real(p->predicted, 2, l->row);
    l->sample = "out of sample", l->note = karvan_table_text(p->predicted, 3, l->row);
    const karvan_i_drop *drop = p->drop ? p->drop[l->row] : NULL;
    if (drop && drop->reason >= KARVAN_I_ALL_ZERO) {
        l->predicted = l->se = NAN;
        l->note = drop->reason == KARVAN_I_ALL_ZERO
                      ? "an effect has only zeros, so the fit has no figure for it"
                      : "separated: the fit exists only without this row";
    } else if (!isnan(l->predicted) && isnan(l->actual)) {
        l->note = "trade is not known";
    }
    l->standing = karvan_i_compare(&p->like, l->predicted, l->actual, false,
                                   isnan(l->se) ? 0 : l->se, p->tail);
}

static line line_of(const potential *p, int64_t row) {
    line l = {.row = row,
              .actual = p->actual[row],
              .fitted = NAN,
              .predicted = NAN,
              .se = NAN,
              .leverage = NAN,
              .note = ""};
    if (p->who[2] >= 0) l.year = karvan_table_int(p->data, p->who[2], row);
    if (p->at && p->at[row] >= 0)
        of_fit(p, p->at[row], &l);
    else
        of_new(p, &l);
    l.gap = l.predicted - l.actual;
    return l;
}

static int by_gap(const void *a, const void *b) {
    const line *x = *(line *const *)a, *y = *(line *const *)b;
    if (x->year != y->year) return x->year < y->year ? -1 : 1;
    if (x->gap != y->gap) return x->gap > y->gap ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static karvan_status rank(line *l, int64_t n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t m = 0, first = 0;
    line **sorted = karvan_i_malloc((size_t)n, sizeof(line *));
    KARVAN_REQUIRE(sorted, err, KARVAN_E_NOMEM, "no memory for ranks");
    for (int64_t i = 0; i < n; i++)
        if (!isnan(l[i].gap)) sorted[m++] = &l[i];
    qsort(sorted, (size_t)m, sizeof(line *), by_gap);
    for (int64_t i = 0; i < m; i++) {
        if (sorted[i]->year != sorted[first]->year) first = i;
        sorted[i]->rank = i - first + 1;
    }
done:
    karvan_i_free(sorted);
    return st;
}

/* ---- the table ---- */

static karvan_status put(const potential *p, const line *l, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const double figure[] = {l->actual,
                             l->predicted,
                             l->standing.low,
                             l->standing.high,
                             l->predicted > 0 ? l->actual / l->predicted : NAN,
                             l->gap,
                             l->standing.below};
    const double more[] = {l->fitted, l->se, l->leverage};
    int shift = p->who[2] >= 0 ? 0 : -1;
    char code[32];
    KARVAN_TRY(karvan_builder_row(b, err));
    if (shift == 0 && karvan_table_state(p->data, p->who[2], l->row) == KARVAN_VALUE)
        KARVAN_TRY(karvan_builder_int(b, 0, l->year, err));
    for (int k = 0; k < 2; k++)
        KARVAN_TRY(karvan_builder_text(b, KARVAN_I_POTENTIAL_EXPORTER + k + shift,
                                       code_of(p->data, p->who[k], l->row, code, sizeof code),
                                       err));
    for (int k = 0; k < 7; k++)
        KARVAN_TRY(karvan_builder_real(b, KARVAN_I_POTENTIAL_ACTUAL + k + shift, figure[k], err));
    if (l->rank > 0)
        KARVAN_TRY(karvan_builder_int(b, KARVAN_I_POTENTIAL_RANK + shift, l->rank, err));
    for (int k = 0; k < 3; k++)
        KARVAN_TRY(karvan_builder_real(b, KARVAN_I_POTENTIAL_FITTED + k + shift, more[k], err));
    KARVAN_TRY(karvan_builder_text(b, KARVAN_I_POTENTIAL_SAMPLE + shift, l->sample, err));
    KARVAN_TRY(karvan_builder_text(b, KARVAN_I_POTENTIAL_NOTE + shift, l->note, err));
done:
    return st;
}

static karvan_status tell(const potential *p, karvan_table **out, karvan_error *err) {
    const char *u = p->unit;
    const karvan_column columns[] = {
        {"year", KARVAN_INT, NULL},      {"exporter", KARVAN_TEXT, NULL},
        {"importer", KARVAN_TEXT, NULL}, {"actual", KARVAN_REAL, u},
        {"predicted", KARVAN_REAL, u},   {"low", KARVAN_REAL, u},
        {"high", KARVAN_REAL, u},        {"ratio", KARVAN_REAL, NULL},
        {"gap", KARVAN_REAL, u},         {"below", KARVAN_REAL, NULL},
        {"rank", KARVAN_INT, NULL},      {"fitted", KARVAN_REAL, u},
        {"se", KARVAN_REAL, NULL},       {"leverage", KARVAN_REAL, NULL},
        {"sample", KARVAN_TEXT, NULL},   {"note", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    int64_t n = 0;
    int skip = p->who[2] < 0;
    line *l = karvan_i_malloc((size_t)p->rows, sizeof *l);
    KARVAN_REQUIRE(l, err, KARVAN_E_NOMEM, "no memory for potential");
    for (int64_t r = 0; r < p->rows; r++)
        if (!domestic(p->data, p->who, r)) l[n++] = line_of(p, r);
    KARVAN_TRY(rank(l, n, err));
    KARVAN_TRY(
        karvan_builder_create("potential", KARVAN_I_POTENTIAL_END - skip, columns + skip, &b, err));
    for (int64_t i = 0; i < n; i++) KARVAN_TRY(put(p, &l[i], b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(l);
    return st;
}

/* ---- the whole ---- */

static void potential_clear(potential *p) {
    karvan_table_destroy(p->predicted);
    karvan_i_free(p->actual), karvan_i_free(p->at), karvan_i_free(p->drop);
    karvan_i_free(p->leverage), karvan_i_free(p->se), karvan_i_free(p->expected);
    karvan_i_comparable_clear(&p->like);
}

karvan_status karvan_gravity_potential(const karvan_gravity *g, const double *v,
                                       const karvan_table *data,
                                       const karvan_potential_options *options, karvan_table **out,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    potential p = {.g = g};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(g, err, KARVAN_E_ARG, "potential needs a fit");
    KARVAN_REQUIRE(g->estimator == KARVAN_PPML, err, KARVAN_E_ARG,
                   "potential needs flows predicted, by PPML; least squares predicts logarithms");
    if (options) p.o = *options;
    KARVAN_TRY(karvan_i_potential_tail(p.o.level, &p.tail, err));
    p.data = data ? data : g->d.data, p.rows = karvan_table_rows(p.data);
    const char *const said[WHO] = {p.o.exporter, p.o.importer, p.o.year};
    for (int k = 0; k < WHO; k++) {
        KARVAN_TRY(find_who(g->d.data, k, said[k], &p.own_who[k], err));
        KARVAN_TRY(find_who(p.data, k, said[k], &p.who[k], err));
    }
    p.unit = find_unit(&p);
    KARVAN_TRY(no_pair_effects(&p, err));
    KARVAN_TRY(karvan_gravity_predict(g, v, p.data, &p.predicted, err));
    KARVAN_TRY(read_actual(&p, err));
    KARVAN_TRY(place_rows(&p, err));
    KARVAN_TRY(compare(&p, v, err));
    KARVAN_TRY(tell(&p, out, err));
done:
    potential_clear(&p);
    return st;
}
