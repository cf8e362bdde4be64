/* From a table and a formula to numbers: rows that cannot be used are dropped and listed, those
 * that are wrong end the work. One pass makes y, weights, offset and plain regressors (take_rows);
 * levels and regressors made of factors and interactions follow once the rows are known. */
#include "trade/design.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/column.h"
#include "trade/model.h"

enum { BLOCK = KARVAN_I_BLOCK };

/* A design under construction. */
typedef struct work {
    const karvan_gravity_options *o;
    karvan_i_design *d;
    karvan_i_model *m;
    karvan_i_bound b;
    double **plain;     /* [n_atoms] where an atom that is a term by itself goes, NULL: nowhere */
    double *value;      /* [3 + n_atoms][BLOCK]: y, weight, offset, atoms */
    int32_t row[BLOCK]; /* of the block */
    bool bad[BLOCK];    /* dropped or at fault */
    int32_t detail[BLOCK];  /* why */
    int64_t n;              /* rows taken */
    int64_t n_fault, fault; /* negative y: how many, row of the first */
    double fault_value;     /* of that y */
    karvan_i_ranks *ranks;  /* [n_variables] made when first needed */
    karvan_error *err;
} work;

/* Column that an expression names first, for messages; -1: none. */
static int column_of(const work *w, const karvan_i_expression *e) {
    for (int i = e->first; i < e->first + e->n; i++)
        if (w->m->f->step[i].op == KARVAN_I_COLUMN) return w->b.column[w->m->f->step[i].a];
    return -1;
}

/* ---- rows ---- */

static void drop(work *w, int64_t i, int32_t detail) {
    if (w->bad[i]) return;
    w->bad[i] = true, w->detail[i] = detail;
}

/* Rows of the block with a cell that holds no value. */
static void drop_missing(work *w, int64_t n) {
    for (int v = 0; v < w->m->f->n_variables; v++) {
        const uint8_t *state = w->d->data->column[w->b.column[v]].state;
        for (int64_t i = 0; state && i < n; i++)
            if (state[w->row[i]] != KARVAN_VALUE) drop(w, i, w->b.column[v]);
    }
}

static karvan_status infinite(work *w, const karvan_i_expression *e, const char *label,
                              int64_t row) {
    char what[200];
    (void)snprintf(what, sizeof what,
                   "%.80s is infinite (data row %lld); mend the cell or the formula", label,
                   (long long)row + 1);
    return karvan_i_refuse(w->d->data, e ? column_of(w, e) : -1, row, what, w->err);
}

/* Values of an expression for the block; a value that does not exist drops its row. */
static karvan_status numbers(work *w, const karvan_i_expression *e, const char *label, int64_t n,
                             int32_t detail, double *out) {
    karvan_i_evaluate(&w->b, e, n, w->row, out);
    for (int64_t i = 0; i < n; i++) {
        if (isfinite(out[i]) || w->bad[i]) continue;
        if (isinf(out[i])) return infinite(w, e, label, w->row[i]);
        drop(w, i, detail);
    }
    return KARVAN_OK;
}

static void judge_y(work *w, int64_t n, double *y) {
    bool ols = w->o->estimator == KARVAN_OLS;
    for (int64_t i = 0; i < n; i++) {
        if (y[i] > 0 || (y[i] == 0 && !ols) || w->bad[i]) continue;
        if (ols) {
            drop(w, i, KARVAN_I_OF_Y);
        } else {
            if (w->n_fault++ == 0) w->fault = w->row[i], w->fault_value = y[i];
            w->bad[i] = true, w->detail[i] = INT32_MAX;
        }
    }
    for (int64_t i = 0; ols && i < n; i++) y[i] = w->bad[i] ? 0 : log(y[i]);
}

static karvan_status judge_weights(work *w, int64_t n, const double *weight) {
    for (int64_t i = 0; i < n; i++) {
        if (weight[i] > 0 || w->bad[i]) continue;
        char what[200];
        (void)snprintf(what, sizeof what, "weight %.80s is %g (data row %lld); weights are above 0",
                       w->o->weights, weight[i], (long long)w->row[i] + 1);
        return karvan_i_refuse(w->d->data, column_of(w, &w->m->weight), w->row[i], what, w->err);
    }
    return KARVAN_OK;
}

/* Move what is good of the block behind what was taken before. */
static void take(work *w, int64_t n) {
    karvan_i_design *d = w->d;
    double *to[3] = {d->y, d->weight, d->offset};
    int64_t good = 0;
    for (int64_t i = 0; i < n; i++) good += !w->bad[i];
    for (int q = 0; q < 3 + w->m->f->n_atoms; q++) {
        double *out = q < 3 ? to[q] : w->plain[q - 3];
        const double *v = w->value + (size_t)q * BLOCK;
        if (!out) continue;
        out += w->n;
        if (good == n)
            memcpy(out, v, (size_t)n * sizeof *out);
        else
            for (int64_t i = 0; i < n; i++)
                if (!w->bad[i]) *out++ = v[i];
    }
    for (int64_t i = 0; i < n; i++)
        if (!w->bad[i]) d->row[w->n++] = w->row[i];
}

static karvan_status take_block(work *w, int64_t begin, int64_t n) {
    karvan_status st = KARVAN_OK;
    const karvan_i_formula *f = w->m->f;
    double *y = w->value, *weight = y + BLOCK, *offset = weight + BLOCK, *atom = offset + BLOCK;
    for (int64_t i = 0; i < n; i++) w->row[i] = (int32_t)(begin + i), w->bad[i] = false;
    drop_missing(w, n);
    KARVAN_TRY(numbers(w, &f->y, f->y_label, n, KARVAN_I_OF_Y, y));
    if (w->d->weight)
        KARVAN_TRY(numbers(w, &w->m->weight, w->o->weights, n, KARVAN_I_OF_WEIGHT, weight));
    if (w->d->offset)
        KARVAN_TRY(numbers(w, &w->m->offset, w->o->offset, n, KARVAN_I_OF_OFFSET, offset));
    for (int a = 0; a < f->n_atoms; a++)
        if (!w->m->factor[a].is)
            KARVAN_TRY(
                numbers(w, &f->atom[a].e, f->atom[a].label, n, -1 - a, atom + (size_t)a * BLOCK));
    judge_y(w, n, y);
    if (w->d->weight) KARVAN_TRY(judge_weights(w, n, weight));
    for (int64_t i = 0; i < n; i++)
        if (w->bad[i] && w->detail[i] != INT32_MAX)
            KARVAN_TRY(karvan_i_drops_add(&w->d->drops,
                                          (karvan_i_drop){.row = begin + i,
                                                          .reason = KARVAN_I_MISSING,
                                                          .detail = w->detail[i]},
                                          w->err));
    take(w, n);
done:
    return st;
}

static karvan_status negative(work *w) {
    char what[300];
    (void)snprintf(what, sizeof what,
                   "%.80s is %g, below 0 (data row %lld; %lld such cell%s); flows are 0 or more",
                   w->m->f->y_label, w->fault_value, (long long)w->fault + 1, (long long)w->n_fault,
                   w->n_fault == 1 ? "" : "s");
    return karvan_i_refuse(w->d->data, column_of(w, &w->m->f->y), w->fault, what, w->err);
}

static karvan_status nothing_left(work *w, int64_t rows) {
    const karvan_i_drops *l = &w->d->drops;
    if (rows == 0) {
        int64_t line, col;
        const char *file = karvan_table_locate(w->d->data, 0, 0, &line, &col);
        return karvan_fail(w->err, KARVAN_E_DATA, "%s holds no rows",
                           file ? file : karvan_table_name(w->d->data));
    }
    char why[120] = "";
    if (l->n > 0) karvan_i_drop_detail(w->d, &l->at[0], why, sizeof why);
    return karvan_fail(w->err, KARVAN_E_DATA,
                       "none of %lld rows can be used: all are dropped, the first because %s",
                       (long long)rows, why);
}

/* Room for all rows; memory that is not written to is not taken. */
static karvan_status room(work *w, int64_t rows) {
    karvan_i_design *d = w->d;
    const karvan_i_formula *f = w->m->f;
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)rows;
    d->row = karvan_i_malloc(n, sizeof *d->row), d->y = karvan_i_malloc(n, sizeof *d->y);
    if (w->m->weight.n > 0) d->weight = karvan_i_malloc(n, sizeof *d->weight);
    if (w->m->offset.n > 0) d->offset = karvan_i_malloc(n, sizeof *d->offset);
    w->plain = karvan_i_calloc((size_t)f->n_atoms, sizeof *w->plain);
    w->value = karvan_i_malloc((size_t)(3 + f->n_atoms) * BLOCK, sizeof *w->value);
    KARVAN_REQUIRE(d->row && d->y && (d->weight || w->m->weight.n == 0) &&
                       (d->offset || w->m->offset.n == 0) && w->plain && w->value,
                   w->err, KARVAN_E_NOMEM, "no memory for %lld rows", (long long)rows);
    for (int t = 0; t < f->n_terms; t++) {
        int a = f->term[t].atom[0];
        if (f->term[t].n != 1 || w->m->factor[a].is) continue;
        w->plain[a] = karvan_i_malloc(n, sizeof **w->plain);
        KARVAN_REQUIRE(w->plain[a], w->err, KARVAN_E_NOMEM, "no memory for %lld rows",
                       (long long)rows);
    }
done:
    return st;
}

static void give_back(int64_t n, void *array, size_t size) {
    void **p = array;
    void *less = *p ? karvan_i_realloc(*p, (size_t)n, size) : NULL;
    if (less) *p = less; /* it may fail without harm */
}

static karvan_status take_rows(work *w) {
    karvan_status st = KARVAN_OK;
    karvan_i_design *d = w->d;
    int64_t rows = karvan_table_rows(d->data);
    KARVAN_REQUIRE(rows < INT32_MAX, w->err, KARVAN_E_DATA, "%lld rows; at most 2^31 - 2",
                   (long long)rows);
    KARVAN_TRY(room(w, rows));
    for (int64_t begin = 0; begin < rows; begin += BLOCK) {
        if (begin % (64 * (int64_t)BLOCK) == 0 && karvan_cancelled(w->o->cancel))
            return karvan_fail(w->err, KARVAN_E_CANCELLED, "cancelled");
        KARVAN_TRY(take_block(w, begin, rows - begin < BLOCK ? rows - begin : BLOCK));
    }
    if (w->n_fault > 0) KARVAN_TRY(negative(w));
    d->n = w->n;
    if (d->n == 0) KARVAN_TRY(nothing_left(w, rows));
    if (d->n == rows) goto done;
    give_back(d->n, &d->row, sizeof *d->row), give_back(d->n, &d->y, sizeof *d->y);
    give_back(d->n, &d->weight, sizeof *d->weight), give_back(d->n, &d->offset, sizeof *d->offset);
    for (int a = 0; a < w->m->f->n_atoms; a++) give_back(d->n, &w->plain[a], sizeof **w->plain);
done:
    return st;
}

/* ---- levels ---- */

static karvan_status ranks_of(work *w, int variable, const karvan_i_ranks **out) {
    karvan_i_ranks *r = &w->ranks[variable];
    karvan_status st = KARVAN_OK;
    if (!r->data)
        st =
            karvan_i_ranks_create(w->d->data, w->b.column[variable], w->d->n, w->d->row, r, w->err);
    *out = r;
    return st;
}

static karvan_status effect(work *w, const karvan_i_combination *c, karvan_i_effect *e) {
    karvan_status st = KARVAN_OK;
    const karvan_i_ranks *ranks[KARVAN_I_EFFECT_COLUMNS];
    e->name = karvan_i_strndup(c->name, strlen(c->name));
    KARVAN_REQUIRE(e->name, w->err, KARVAN_E_NOMEM, "no memory for effects");
    e->n_columns = c->n;
    for (int i = 0; i < c->n; i++) {
        e->column[i] = w->b.column[c->variable[i]];
        KARVAN_TRY(ranks_of(w, c->variable[i], &ranks[i]));
    }
    for (int k = 0; k < w->d->n_effects && e->n_levels == 0; k++) { /* a cluster like an effect */
        const karvan_i_effect *f = &w->d->effect[k];
        int found = 0;
        for (int i = 0; i < f->n_columns; i++)
            for (int q = 0; q < c->n; q++) found += f->column[i] == e->column[q];
        if (e == f || !f->level || f->n_columns != c->n || found != c->n) continue;
        e->level = f->level, e->n_levels = f->n_levels, e->first_row = f->first_row;
    }
    if (!e->level) KARVAN_TRY(karvan_i_levels(ranks, w->d->n, w->d->row, e, w->err));
done:
    return st;
}

static karvan_status effects(work *w) {
    karvan_status st = KARVAN_OK;
    karvan_i_design *d = w->d;
    d->effect = karvan_i_calloc((size_t)w->m->f->n_effects, sizeof *d->effect);
    KARVAN_REQUIRE(d->effect, w->err, KARVAN_E_NOMEM, "no memory for effects");
    d->n_effects = w->m->f->n_effects;
    d->cluster = karvan_i_calloc((size_t)w->m->n_clusters, sizeof *d->cluster);
    KARVAN_REQUIRE(d->cluster, w->err, KARVAN_E_NOMEM, "no memory for clusters");
    d->n_clusters = w->m->n_clusters;
    for (int e = 0; e < d->n_effects; e++)
        KARVAN_TRY(effect(w, &w->m->f->effect[e], &d->effect[e]));
    for (int c = 0; c < d->n_clusters; c++)
        KARVAN_TRY(effect(w, &w->m->cluster[c], &d->cluster[c]));
done:
    return st;
}

/* ---- regressors of factors and interactions ---- */

static karvan_status factors(work *w) {
    karvan_status st = KARVAN_OK;
    for (int a = 0; a < w->m->f->n_atoms; a++) {
        karvan_i_factor *f = &w->m->factor[a];
        const karvan_i_atom *atom = &w->m->f->atom[a];
        const karvan_i_ranks *r;
        if (!f->is) continue;
        KARVAN_TRY(ranks_of(w, atom->variable, &r));
        f->first_row = karvan_i_malloc((size_t)r->n, sizeof *f->first_row);
        KARVAN_REQUIRE(f->first_row, w->err, KARVAN_E_NOMEM, "no memory for factors");
        memcpy(f->first_row, r->first, (size_t)r->n * sizeof *r->first);
        f->n = r->n, f->base = -1;
        for (int32_t l = 0; atom->ref && l < f->n && f->base < 0; l++) {
            char label[300];
            karvan_i_cell_label(w->d->data, r->column, f->first_row[l], label, sizeof label);
            if (strcmp(label, atom->ref) == 0) f->base = l;
        }
        KARVAN_REQUIRE(!atom->ref || f->base >= 0, w->err, KARVAN_E_ARG,
                       "formula: byte %d: no row has the level '%.80s' of %.80s", atom->byte,
                       atom->ref, w->m->f->variable[atom->variable].name);
    }
done:
    return st;
}

/* Regressors first..last of one term: the product of its numbers where its factors have these
 * levels, else 0. */
static karvan_status fill(work *w, int first, int last) {
    const karvan_i_term *t = &w->m->f->term[w->m->regressor[first].term];
    double product[BLOCK], v[BLOCK];
    int32_t rank[KARVAN_I_PARTS][BLOCK];
    bool factor[KARVAN_I_PARTS] = {false};
    for (int64_t begin = 0; begin < w->d->n; begin += BLOCK) {
        int64_t n = w->d->n - begin < BLOCK ? w->d->n - begin : BLOCK;
        const int32_t *row = w->d->row + begin;
        for (int64_t i = 0; i < n; i++) product[i] = 1;
        for (int p = 0; p < t->n; p++) {
            const karvan_i_atom *atom = &w->m->f->atom[t->atom[p]];
            factor[p] = w->m->factor[t->atom[p]].is;
            if (factor[p]) {
                karvan_i_ranks_of(&w->ranks[atom->variable], n, row, rank[p]);
                continue;
            }
            karvan_i_evaluate(&w->b, &atom->e, n, row, v);
            for (int64_t i = 0; i < n; i++) product[i] *= v[i];
        }
        for (int64_t i = 0; i < n; i++)
            if (!isfinite(product[i])) return infinite(w, NULL, w->d->name[first], row[i]);
        for (int j = first; j <= last; j++) {
            double *x = w->d->x[j] + begin;
            memcpy(x, product, (size_t)n * sizeof *x);
            for (int p = 0; p < t->n; p++) {
                int32_t level = w->m->regressor[j].level[p];
                for (int64_t i = 0; factor[p] && i < n; i++) x[i] = rank[p][i] == level ? x[i] : 0;
            }
        }
    }
    return KARVAN_OK;
}

static karvan_status regressors(work *w) {
    karvan_status st = KARVAN_OK;
    karvan_i_design *d = w->d;
    KARVAN_TRY(factors(w));
    KARVAN_TRY(karvan_i_model_regressors(w->m, d, &w->b, w->err));
    d->x = karvan_i_calloc((size_t)d->k, sizeof *d->x);
    KARVAN_REQUIRE(d->x, w->err, KARVAN_E_NOMEM, "no memory for regressors");
    for (int j = 0, last; j < d->k; j = last + 1) {
        int t = w->m->regressor[j].term;
        int a = t >= 0 && w->m->f->term[t].n == 1 ? w->m->f->term[t].atom[0] : -1;
        last = j;
        if (a >= 0 && w->plain[a]) {
            d->x[j] = w->plain[a], w->plain[a] = NULL;
            continue;
        }
        while (last + 1 < d->k && w->m->regressor[last + 1].term == t) last++;
        for (int q = j; q <= last; q++) {
            d->x[q] = karvan_i_malloc((size_t)d->n, sizeof **d->x);
            KARVAN_REQUIRE(d->x[q], w->err, KARVAN_E_NOMEM, "no memory for regressor %s",
                           d->name[q]);
        }
        if (t >= 0)
            KARVAN_TRY(fill(w, j, last));
        else
            for (int64_t i = 0; i < d->n; i++) d->x[j][i] = 1;
    }
done:
    return st;
}

/* ---- the whole ---- */

/* Every name is a column, every expression one of numbers. */
static karvan_status meet(work *w) {
    karvan_status st = KARVAN_OK;
    const karvan_i_formula *f = w->m->f;
    KARVAN_TRY(karvan_i_bind(f, w->d->data, &w->b, w->err));
    for (int v = 0; v < f->n_variables; v++) KARVAN_TRY(karvan_i_bound_need(&w->b, v, w->err));
    karvan_i_model_factors(w->m, &w->b);
    KARVAN_TRY(karvan_i_bound_prepare(&w->b, &f->y, w->err));
    KARVAN_TRY(karvan_i_bound_prepare(&w->b, &w->m->weight, w->err));
    KARVAN_TRY(karvan_i_bound_prepare(&w->b, &w->m->offset, w->err));
    for (int a = 0; a < f->n_atoms; a++) {
        if (!w->m->factor[a].is)
            KARVAN_TRY(karvan_i_bound_prepare(&w->b, &f->atom[a].e, w->err));
        else if (!f->atom[a].factor)
            KARVAN_TRY(karvan_i_bound_words(&w->b, f->atom[a].variable, w->err));
    }
    w->ranks = karvan_i_calloc((size_t)f->n_variables, sizeof *w->ranks);
    KARVAN_REQUIRE(w->ranks, w->err, KARVAN_E_NOMEM, "no memory for levels");
done:
    return st;
}

static void work_clear(work *w) {
    for (int v = 0; w->ranks && v < w->m->f->n_variables; v++) karvan_i_ranks_clear(&w->ranks[v]);
    for (int a = 0; w->plain && a < w->m->f->n_atoms; a++) karvan_i_free(w->plain[a]);
    karvan_i_free(w->ranks), karvan_i_free(w->plain), karvan_i_free(w->value);
    karvan_i_bound_clear(&w->b);
}

karvan_status karvan_i_design_create(const karvan_table *data, const karvan_gravity_options *o,
                                     karvan_i_design *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    work *w = NULL;
    *d = (karvan_i_design){.data = data};
    KARVAN_REQUIRE(data && o && o->formula, err, KARVAN_E_ARG, "gravity needs data and a formula");
    w = karvan_i_calloc(1, sizeof *w);
    KARVAN_REQUIRE(w, err, KARVAN_E_NOMEM, "no memory for a design");
    w->o = o, w->d = d, w->err = err;
    KARVAN_TRY(karvan_i_model_create(o, &d->formula, err));
    w->m = d->formula;
    KARVAN_TRY(meet(w));
    KARVAN_TRY(take_rows(w));
    KARVAN_TRY(effects(w));
    KARVAN_TRY(regressors(w));
done:
    if (w) work_clear(w);
    karvan_i_free(w);
    if (st != KARVAN_OK) karvan_i_design_clear(d);
    return st;
}
