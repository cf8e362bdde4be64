/* Predictions of a fit for rows of another table. Values of effects and factors are looked up by
 * what their cells say, not by their numbers in either table. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/parts.h"
#include "base/text.h"
#include "base/try.h"
#include "table/column.h"
#include "trade/fit.h"
#include "trade/model.h"

enum { BLOCK = KARVAN_I_BLOCK };

/* Cells of a column of the new table as ranks among the values that the fit knows. */
typedef struct lookup {
    karvan_i_ranks ranks; /* of the fit's data */
    int column;           /* of the new table */
    int32_t *code;        /* text: code in the fit's data of each code here, -1: none */
} lookup;

/* Levels of an effect by its cells: rank of the first column, then pairs (so far, rank of the
 * next).
 */
typedef struct finder {
    int n;
    lookup part[KARVAN_I_EFFECT_COLUMNS];
    karvan_i_keys pair[KARVAN_I_EFFECT_COLUMNS];
    int32_t *level; /* of the last pair's number */
} finder;

typedef struct prediction {
    const karvan_gravity *g;
    const karvan_i_model *m;
    const karvan_table *data;
    const double *v;
    karvan_i_bound b;
    bool *used;     /* [n_atoms] by a coefficient */
    bool *need;     /* [n_variables] */
    lookup *factor; /* [n_atoms] */
    finder *effect; /* [n_effects] */
    int32_t *part;  /* [all levels] connected part that it lies in, by its root */
    double *value;  /* [1 + n_atoms][BLOCK]: offset, atoms */
    int32_t *rank;  /* [n_atoms][BLOCK] of factors */
    int32_t row[BLOCK];
    double *x; /* [n_kept] of one row */
    karvan_i_text why;
    karvan_builder *out;
    karvan_error *err;
} prediction;

/* ---- cells of one table in the other ---- */

static void lookup_clear(lookup *l) {
    karvan_i_ranks_clear(&l->ranks);
    karvan_i_free(l->code);
}

static karvan_status lookup_create(const prediction *p, int old_column, int variable, int32_t n,
                                   const int64_t *first_row, lookup *l) {
    karvan_status st = KARVAN_OK;
    const karvan_table *old = p->g->d.data;
    const karvan_i_column *from, *to = &old->column[old_column];
    int32_t *row = karvan_i_malloc((size_t)n, sizeof *row);
    KARVAN_REQUIRE(row, p->err, KARVAN_E_NOMEM, "no memory for a prediction");
    for (int32_t i = 0; i < n; i++) row[i] = (int32_t)first_row[i];
    KARVAN_TRY(karvan_i_ranks_create(old, old_column, n, row, &l->ranks, p->err));
    l->column = p->b.column[variable];
    from = &p->data->column[l->column];
    bool text = karvan_i_column_is_text(p->data, l->column);
    KARVAN_REQUIRE(text == karvan_i_column_is_text(old, old_column), p->err, KARVAN_E_ARG,
                   "column '%.80s' holds %s here, %s where the fit was made", from->name,
                   text ? "text" : "numbers", text ? "numbers" : "text");
    if (!text) goto done;
    l->code = karvan_i_malloc((size_t)from->dictionary.n, sizeof *l->code);
    KARVAN_REQUIRE(l->code, p->err, KARVAN_E_NOMEM, "no memory for a prediction");
    for (int32_t k = 0; k < from->dictionary.n; k++) {
        const char *s = from->dictionary.bytes + from->dictionary.at[k];
        l->code[k] = karvan_i_dictionary_find(&to->dictionary, s, strlen(s));
    }
done:
    karvan_i_free(row);
    return st;
}

/* Rank of a cell that holds a value; -1: the fit has not seen it. */
static int32_t lookup_rank(const prediction *p, const lookup *l, int64_t row) {
    const karvan_i_column *c = &p->data->column[l->column];
    karvan_type to = l->ranks.data->column[l->ranks.column].type;
    int64_t key = karvan_i_cell_key(p->data, l->column, row);
    if (l->code) {
        key = l->code[key];
        if (key < 0) return -1;
    } else if (c->type != KARVAN_REAL && to == KARVAN_REAL) {
        key = karvan_i_real_key((double)key);
    } else if (c->type == KARVAN_REAL && to != KARVAN_REAL) {
        double v = c->v.r[row];
        if (v != floor(v) || fabs(v) > 9e15) return -1;
        key = (int64_t)v;
    }
    return karvan_i_ranks_find(&l->ranks, key);
}

static void finder_clear(finder *f) {
    for (int i = 0; i < KARVAN_I_EFFECT_COLUMNS; i++)
        lookup_clear(&f->part[i]), karvan_i_keys_clear(&f->pair[i]);
    karvan_i_free(f->level);
}

static karvan_status finder_create(const prediction *p, int e, finder *f) {
    karvan_status st = KARVAN_OK;
    const karvan_i_effect *effect = &p->g->d.effect[e];
    f->n = effect->n_columns;
    f->level = karvan_i_malloc((size_t)effect->n_levels, sizeof *f->level);
    KARVAN_REQUIRE(f->level, p->err, KARVAN_E_NOMEM, "no memory for a prediction");
    for (int i = 0; i < f->n; i++)
        KARVAN_TRY(lookup_create(p, effect->column[i], p->m->f->effect[e].variable[i],
                                 effect->n_levels, effect->first_row, &f->part[i]));
    for (int32_t l = 0; l < effect->n_levels; l++) {
        int32_t id = 0;
        bool fresh;
        for (int i = 0; i < f->n; i++) {
            const karvan_i_ranks *r = &f->part[i].ranks;
            int64_t key = karvan_i_cell_key(r->data, r->column, effect->first_row[l]);
            KARVAN_TRY(karvan_i_keys_add(&f->pair[i],
                                         (int64_t)id * r->n + karvan_i_ranks_find(r, key), &id,
                                         &fresh, p->err));
        }
        f->level[id] = l;
    }
done:
    return st;
}

static int32_t finder_level(const prediction *p, const finder *f, int64_t row) {
    int32_t id = 0;
    for (int i = 0; i < f->n && id >= 0; i++) {
        int32_t rank = lookup_rank(p, &f->part[i], row);
        id = rank < 0 ? -1
                      : karvan_i_keys_find(&f->pair[i], (int64_t)id * f->part[i].ranks.n + rank);
    }
    return id < 0 ? -1 : f->level[id];
}

/* ---- parts of the data that nothing connects ---- */

/* Levels that meet in a row lie in one part; the sum of effects is known within a part only. */
static karvan_status connect(prediction *p) {
    const karvan_i_design *d = &p->g->d;
    int64_t all = 0;
    for (int e = 0; e < d->n_effects; e++) all += d->effect[e].n_levels;
    p->part = karvan_i_malloc((size_t)all, sizeof *p->part);
    if (!p->part || all > INT32_MAX)
        return karvan_fail(p->err, KARVAN_E_NOMEM, "no memory for a prediction");
    for (int32_t i = 0; i < all; i++) p->part[i] = i;
    int32_t base = 0;
    for (int e = 0; e < d->n_effects; base += d->effect[e++].n_levels)
        for (int64_t i = 0; e > 0 && i < d->n; i++)
            karvan_i_parts_join(p->part, d->effect[0].level[i], base + d->effect[e].level[i]);
    return KARVAN_OK;
}

/* ---- setting up ---- */

static void use(prediction *p, const karvan_i_expression *e) {
    for (int i = e->first; i < e->first + e->n; i++)
        if (p->m->f->step[i].op == KARVAN_I_COLUMN) p->need[p->m->f->step[i].a] = true;
}

/* What the coefficients, the offset and the effects ask of a row. */
static void needs(prediction *p) {
    const karvan_i_formula *f = p->m->f;
    for (int j = 0; j < p->g->n_kept; j++) {
        int t = p->m->regressor[p->g->kept[j]].term;
        for (int k = 0; t >= 0 && k < f->term[t].n; k++) p->used[f->term[t].atom[k]] = true;
    }
    use(p, &p->m->offset);
    for (int a = 0; a < f->n_atoms; a++) {
        if (!p->used[a]) continue;
        if (p->m->factor[a].is)
            p->need[f->atom[a].variable] = true;
        else
            use(p, &f->atom[a].e);
    }
    for (int e = 0; e < f->n_effects; e++)
        for (int i = 0; i < f->effect[e].n; i++) p->need[f->effect[e].variable[i]] = true;
}

static karvan_status set_up(prediction *p) {
    karvan_status st = KARVAN_OK;
    const karvan_i_formula *f = p->m->f;
    size_t atoms = (size_t)f->n_atoms, kept = (size_t)p->g->n_kept;
    p->used = karvan_i_calloc(atoms, sizeof *p->used);
    p->need = karvan_i_calloc((size_t)f->n_variables, sizeof *p->need);
    p->factor = karvan_i_calloc(atoms, sizeof *p->factor);
    p->effect = karvan_i_calloc((size_t)f->n_effects, sizeof *p->effect);
    p->value = karvan_i_malloc((1 + atoms) * BLOCK, sizeof *p->value);
    p->rank = karvan_i_malloc(atoms * BLOCK, sizeof *p->rank);
    p->x = karvan_i_malloc(kept, sizeof *p->x);
    KARVAN_REQUIRE(p->used && p->need && p->factor && p->effect && p->value && p->rank && p->x,
                   p->err, KARVAN_E_NOMEM, "no memory for a prediction");
    KARVAN_TRY(karvan_i_bind(f, p->data, &p->b, p->err));
    needs(p);
    for (int v = 0; v < f->n_variables; v++)
        if (p->need[v]) KARVAN_TRY(karvan_i_bound_need(&p->b, v, p->err));
    KARVAN_TRY(karvan_i_bound_prepare(&p->b, &p->m->offset, p->err));
    for (int a = 0; a < f->n_atoms; a++) {
        if (!p->used[a]) continue;
        if (!p->m->factor[a].is) {
            KARVAN_TRY(karvan_i_bound_prepare(&p->b, &f->atom[a].e, p->err));
            continue;
        }
        const karvan_i_factor *factor = &p->m->factor[a];
        int old = karvan_table_find(p->g->d.data, f->variable[f->atom[a].variable].name);
        KARVAN_TRY(lookup_create(p, old, f->atom[a].variable, factor->n, factor->first_row,
                                 &p->factor[a]));
    }
    for (int e = 0; e < f->n_effects; e++) KARVAN_TRY(finder_create(p, e, &p->effect[e]));
    KARVAN_TRY(connect(p));
done:
    return st;
}

/* ---- rows ---- */

static void because(prediction *p, const char *name, const char *what) {
    karvan_i_text_printf(&p->why, "%s%s%s", p->why.n ? "; " : "", name, what);
}

/* Cells without a value, and numbers that do not exist. */
static bool gaps(prediction *p, int64_t i) {
    const karvan_i_formula *f = p->m->f;
    for (int v = 0; v < f->n_variables; v++)
        if (p->need[v] && karvan_table_state(p->data, p->b.column[v], p->row[i]) != KARVAN_VALUE)
            because(p, f->variable[v].name, " holds no value");
    if (p->why.n > 0) return true;
    for (int a = 0; a < f->n_atoms; a++)
        if (p->used[a] && !p->m->factor[a].is &&
            !isfinite(p->value[(size_t)(1 + a) * BLOCK + (size_t)i]))
            because(p, f->atom[a].label, " has no finite value");
    if (p->m->offset.n > 0 && !isfinite(p->value[i])) because(p, "offset", " has no finite value");
    return p->why.n > 0;
}

/* Values of the row's cells, joined as a level's name. */
static void add_cells(prediction *p, int e, int64_t row) {
    const karvan_i_combination *c = &p->m->f->effect[e];
    for (int i = 0; i < c->n; i++) {
        char part[300];
        karvan_i_cell_label(p->data, p->b.column[c->variable[i]], row, part, sizeof part);
        karvan_i_text_printf(&p->why, "%s%s", i ? "^" : " ", part);
    }
}

/* Sum of the row's effects; NaN: one is missing, or they lie in parts that nothing connects. */
static double effects_of(prediction *p, int64_t row) {
    double sum = 0;
    int32_t base = 0, first = -1;
    bool apart = false;
    for (int e = 0; e < p->m->f->n_effects; base += p->g->d.effect[e++].n_levels) {
        int32_t level = finder_level(p, &p->effect[e], row);
        if (level < 0) {
            because(p, p->m->f->effect[e].name, "");
            add_cells(p, e, row);
            continue;
        }
        int32_t part = karvan_i_parts_root(p->part, base + level);
        if (first < 0) first = part;
        apart = apart || part != first;
        sum += p->g->alpha[e][level];
    }
    if (p->why.n == 0 && apart)
        because(p, "", "its effects lie in parts of the data that nothing connects");
    return sum;
}

/* Regressors of the row into p->x. */
static void regressors_of(prediction *p, int64_t i) {
    const karvan_i_formula *f = p->m->f;
    for (int j = 0; j < p->g->n_kept; j++) {
        const karvan_i_regressor *r = &p->m->regressor[p->g->kept[j]];
        double x = 1;
        for (int k = 0; r->term >= 0 && k < f->term[r->term].n; k++) {
            int a = f->term[r->term].atom[k];
            if (r->level[k] < 0)
                x *= p->value[(size_t)(1 + a) * BLOCK + (size_t)i];
            else if (p->rank[(size_t)a * BLOCK + (size_t)i] != r->level[k])
                x = 0;
        }
        p->x[j] = x;
    }
}

static void unknown_factors(prediction *p, int64_t i) {
    for (int a = 0; a < p->m->f->n_atoms; a++) {
        if (!p->used[a] || !p->m->factor[a].is) continue;
        p->rank[(size_t)a * BLOCK + (size_t)i] = lookup_rank(p, &p->factor[a], p->row[i]);
        if (p->rank[(size_t)a * BLOCK + (size_t)i] >= 0) continue;
        char label[300];
        int v = p->m->f->atom[a].variable;
        karvan_i_cell_label(p->data, p->b.column[v], p->row[i], label, sizeof label);
        because(p, p->m->f->variable[v].name, " ");
        karvan_i_text_puts(&p->why, label);
    }
}

static karvan_status put_row(prediction *p, int64_t i) {
    karvan_status st = KARVAN_OK;
    double eta = NAN, variance = NAN;
    int n = p->g->n_kept;
    p->why.n = 0;
    if (!gaps(p, i)) {
        unknown_factors(p, i);
        eta = effects_of(p, p->row[i]) + (p->m->offset.n > 0 ? p->value[i] : 0);
    }
    bool known = p->why.n == 0 && !p->why.failed;
    if (known) {
        regressors_of(p, i);
        variance = 0;
        for (int j = 0; j < n; j++) {
            eta += p->g->beta[j] * p->x[j];
            for (int k = 0; p->v && k < n; k++)
                variance += p->x[j] * p->v[(size_t)j * (size_t)n + (size_t)k] * p->x[k];
        }
    }
    KARVAN_TRY(karvan_i_text_status(&p->why, p->err));
    KARVAN_TRY(karvan_builder_row(p->out, p->err));
    KARVAN_TRY(karvan_builder_int(p->out, 0, p->row[i] + 1, p->err));
    double predicted = known ? exp(eta) : NAN;
    KARVAN_REQUIRE(!isinf(predicted), p->err, KARVAN_E_DATA,
                   "data row %lld: the prediction exp(%g) is larger than any number",
                   (long long)p->row[i] + 1, eta);
    KARVAN_TRY(karvan_builder_real(p->out, 1, predicted, p->err));
    KARVAN_TRY(
        karvan_builder_real(p->out, 2, known && p->v ? sqrt(fmax(variance, 0)) : NAN, p->err));
    KARVAN_TRY(karvan_builder_text(p->out, 3, known ? "" : p->why.s, p->err));
done:
    return st;
}

static karvan_status predict_block(prediction *p, int64_t begin, int64_t n) {
    karvan_status st = KARVAN_OK;
    const karvan_i_formula *f = p->m->f;
    for (int64_t i = 0; i < n; i++) p->row[i] = (int32_t)(begin + i);
    if (p->m->offset.n > 0) karvan_i_evaluate(&p->b, &p->m->offset, n, p->row, p->value);
    for (int a = 0; a < f->n_atoms; a++)
        if (p->used[a] && !p->m->factor[a].is)
            karvan_i_evaluate(&p->b, &f->atom[a].e, n, p->row, p->value + (size_t)(1 + a) * BLOCK);
    for (int64_t i = 0; i < n; i++) KARVAN_TRY(put_row(p, i));
done:
    return st;
}

static void prediction_clear(prediction *p) {
    for (int a = 0; p->factor && a < p->m->f->n_atoms; a++) lookup_clear(&p->factor[a]);
    for (int e = 0; p->effect && e < p->m->f->n_effects; e++) finder_clear(&p->effect[e]);
    karvan_i_free(p->used), karvan_i_free(p->need), karvan_i_free(p->factor);
    karvan_i_free(p->effect), karvan_i_free(p->part), karvan_i_free(p->value);
    karvan_i_free(p->rank), karvan_i_free(p->x);
    karvan_i_text_clear(&p->why);
    karvan_i_bound_clear(&p->b);
    karvan_builder_destroy(p->out);
}

karvan_status karvan_gravity_predict(const karvan_gravity *g, const double *v,
                                     const karvan_table *data, karvan_table **out,
                                     karvan_error *err) {
    static const karvan_column columns[] = {{"row", KARVAN_INT, NULL},
                                            {"predicted", KARVAN_REAL, NULL},
                                            {"se", KARVAN_REAL, NULL},
                                            {"missing", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    prediction *p = NULL;
    *out = NULL;
    KARVAN_REQUIRE(g && data, err, KARVAN_E_ARG, "a prediction needs a fit and data");
    int64_t rows = karvan_table_rows(data);
    KARVAN_REQUIRE(rows < INT32_MAX, err, KARVAN_E_DATA, "%lld rows; at most 2^31 - 2",
                   (long long)rows);
    p = karvan_i_calloc(1, sizeof *p);
    KARVAN_REQUIRE(p, err, KARVAN_E_NOMEM, "no memory for a prediction");
    p->g = g, p->m = g->d.formula, p->data = data, p->v = v, p->err = err;
    KARVAN_TRY(karvan_builder_create("predicted", 4, columns, &p->out, err));
    KARVAN_TRY(set_up(p));
    for (int64_t begin = 0; begin < rows; begin += BLOCK)
        KARVAN_TRY(predict_block(p, begin, rows - begin < BLOCK ? rows - begin : BLOCK));
    st = karvan_builder_finish(p->out, out, err), p->out = NULL;
done:
    if (p) prediction_clear(p);
    karvan_i_free(p);
    return st;
}
