/* Which effect is which, and rows into pairs times years. */
#include "trade/panel.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

typedef struct roles {
    const char *name[3];       /* exporter, importer, time; the last may be NULL */
    karvan_i_effect effect[3]; /* their levels */
} roles;
enum { EXPORTER, IMPORTER, TIME };

static const char *column_name(const karvan_gravity *g, int column) {
    return karvan_table_column(g->d.data, column).name;
}
static bool whole_numbers(const karvan_gravity *g, int column) {
    return karvan_table_column(g->d.data, column).type == KARVAN_INT;
}

/* The column that two effects of two columns share, and what is left of each. */
static bool shared(const karvan_i_effect *p, const karvan_i_effect *q, int *time, int *a, int *b) {
    if (p->n_columns != 2 || q->n_columns != 2) return false;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            if (p->column[i] == q->column[j]) {
                *time = p->column[i], *a = p->column[1 - i], *b = q->column[1 - j];
                return *a != *b;
            }
    return false;
}

/* Time is what the first two effects share; of three effects that go round in a circle, it is the
 * one column of whole numbers if there is one alone. */
static bool guess(const karvan_gravity *g, roles *r) {
    const karvan_i_effect *e = g->d.effect;
    int time = 0, a = 0, b = 0;
    if (g->d.n_effects == 2 && e[0].n_columns == 1 && e[1].n_columns == 1) {
        r->name[EXPORTER] = column_name(g, e[0].column[0]);
        r->name[IMPORTER] = column_name(g, e[1].column[0]);
        return true;
    }
    if (g->d.n_effects < 2 || !shared(&e[0], &e[1], &time, &a, &b)) return false;
    if (g->d.n_effects == 3) {
        int whole = whole_numbers(g, time) + whole_numbers(g, a) + whole_numbers(g, b);
        for (int p = 0; whole == 1 && !whole_numbers(g, time) && p < 3; p++)
            if (!shared(&e[p], &e[(p + 1) % 3], &time, &a, &b)) return false;
    }
    r->name[EXPORTER] = column_name(g, a), r->name[IMPORTER] = column_name(g, b);
    r->name[TIME] = column_name(g, time);
    return true;
}

/* Are the levels of e the combinations of u and v that occur? cell: [u levels x v levels]. */
static karvan_status is_product(const karvan_gravity *g, const karvan_i_effect *e,
                                const karvan_i_effect *u, const karvan_i_effect *v, bool *yes,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t most = (size_t)u->n_levels * (size_t)v->n_levels;
    int32_t *level_of = NULL;
    int64_t *cell_of = NULL;
    *yes = false;
    if (e->n_levels > g->d.n || most > INT32_MAX) goto done;
    level_of = karvan_i_calloc(most, sizeof *level_of);
    cell_of = karvan_i_calloc((size_t)e->n_levels, sizeof *cell_of);
    KARVAN_REQUIRE(level_of && cell_of, err, KARVAN_E_NOMEM, "effect %s", e->name);
    *yes = true;
    for (int64_t i = 0; *yes && i < g->d.n; i++) {
        int64_t cell = (int64_t)u->level[i] * v->n_levels + v->level[i];
        int32_t *level = &level_of[cell];
        int64_t *other = &cell_of[e->level[i]];
        if (*level == 0) *level = e->level[i] + 1;
        if (*other == 0) *other = cell + 1;
        *yes = *level == e->level[i] + 1 && *other == cell + 1;
    }
done:
    karvan_i_free(level_of);
    karvan_i_free(cell_of);
    return st;
}

/* Each effect must be exporter-time, importer-time or the pair, and each of these but the last one
 * of the effects. */
static karvan_status judge_effects(const karvan_gravity *g, const roles *r, karvan_i_panel *p,
                                   karvan_error *err) {
    static const int SIDES[3][2] = {{EXPORTER, TIME}, {IMPORTER, TIME}, {EXPORTER, IMPORTER}};
    karvan_status st = KARVAN_OK;
    bool found[3] = {false};
    for (int e = 0; e < g->d.n_effects; e++) {
        bool any = false;
        for (int s = 0; s < 3 && !any; s++) {
            const karvan_i_effect *u = &r->effect[SIDES[s][0]], *v = &r->effect[SIDES[s][1]];
            if (found[s]) continue;
            KARVAN_TRY(is_product(g, &g->d.effect[e], u, v, &any, err));
            found[s] = any;
            if (any && s == 2) p->pair_is = e;
        }
        KARVAN_REQUIRE(any, err, KARVAN_E_ARG,
                       "effect %s is neither %s by time, nor %s by time, nor the pair of both: the "
                       "correction is for fits with these effects alone",
                       g->d.effect[e].name, r->name[EXPORTER], r->name[IMPORTER]);
    }
    KARVAN_REQUIRE(found[0] && found[1], err, KARVAN_E_ARG,
                   "the correction needs effects of %s by time and of %s by time",
                   r->name[EXPORTER], r->name[IMPORTER]);
    p->pair_effect = found[2];
done:
    return st;
}

static karvan_status find_roles(const karvan_gravity *g, const char *exporter, const char *importer,
                                const char *time, roles *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    r->name[EXPORTER] = exporter, r->name[IMPORTER] = importer, r->name[TIME] = time;
    KARVAN_REQUIRE((exporter && importer) || (!exporter && !importer && !time), err, KARVAN_E_ARG,
                   "name exporter and importer (and time), or none of them");
    KARVAN_REQUIRE(exporter || guess(g, r), err, KARVAN_E_ARG,
                   "the fit's effects are not a^t + b^t + a^b or a^t + b^t: name exporter, "
                   "importer and time");
    for (int i = 0; i < 3; i++) {
        if (r->name[i]) {
            KARVAN_TRY(karvan_i_effect_create(g->d.data, r->name[i], g->d.n, g->d.row,
                                              &r->effect[i], err));
            continue;
        }
        r->effect[i].n_levels = 1; /* no time: one for all */
        r->effect[i].level = karvan_i_calloc((size_t)g->d.n, sizeof *r->effect[i].level);
        KARVAN_REQUIRE(r->effect[i].level, err, KARVAN_E_NOMEM, "%lld rows", (long long)g->d.n);
    }
    KARVAN_REQUIRE(r->effect[EXPORTER].n_levels > 1 && r->effect[IMPORTER].n_levels > 1, err,
                   KARVAN_E_DATA, "the correction needs two or more of %s and of %s",
                   r->name[EXPORTER], r->name[IMPORTER]);
done:
    return st;
}

/* Pairs that occur, numbered by a, then b. */
static karvan_status number_pairs(const karvan_gravity *g, const karvan_i_effect *a,
                                  const karvan_i_effect *b, karvan_i_panel *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t most = (size_t)a->n_levels * (size_t)b->n_levels;
    int32_t *number = karvan_i_calloc(most, sizeof *number);
    p->pair = karvan_i_malloc((size_t)g->d.n, sizeof *p->pair);
    KARVAN_REQUIRE(number && p->pair, err, KARVAN_E_NOMEM, "%zu pairs", most);
    for (int64_t i = 0; i < g->d.n; i++)
        number[(size_t)a->level[i] * (size_t)b->n_levels + (size_t)b->level[i]] = 1;
    for (size_t c = 0; c < most; c++) p->pairs += number[c];
    p->a = karvan_i_malloc((size_t)p->pairs, sizeof *p->a);
    p->b = karvan_i_malloc((size_t)p->pairs, sizeof *p->b);
    KARVAN_REQUIRE(p->a && p->b, err, KARVAN_E_NOMEM, "%d pairs", (int)p->pairs);
    int32_t next = 0;
    for (size_t c = 0; c < most; c++) {
        if (!number[c]) continue;
        p->a[next] = (int32_t)(c / (size_t)b->n_levels);
        p->b[next] = (int32_t)(c % (size_t)b->n_levels);
        number[c] = next++;
    }
    for (int64_t i = 0; i < g->d.n; i++)
        p->pair[i] = number[(size_t)a->level[i] * (size_t)b->n_levels + (size_t)b->level[i]];
done:
    karvan_i_free(number);
    return st;
}

static karvan_status fill(const karvan_gravity *g, const roles *r, karvan_i_panel *p,
                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t cells = (size_t)p->pairs * (size_t)p->times;
    p->weight = karvan_i_calloc(cells, sizeof *p->weight);
    p->residual = karvan_i_calloc(cells, sizeof *p->residual);
    p->x = karvan_i_calloc((size_t)p->k + 1, sizeof *p->x);
    bool *taken = karvan_i_calloc(cells, sizeof *taken);
    KARVAN_REQUIRE(p->weight && p->residual && p->x && taken, err, KARVAN_E_NOMEM,
                   "%d pairs in %d times", (int)p->pairs, p->times);
    for (int c = 0; c < p->k; c++) {
        p->x[c] = karvan_i_calloc(cells, sizeof *p->x[c]);
        KARVAN_REQUIRE(p->x[c], err, KARVAN_E_NOMEM, "regressor of %d pairs", (int)p->pairs);
    }
    for (int64_t i = 0; i < g->d.n; i++) {
        size_t at = (size_t)p->pair[i] * (size_t)p->times + (size_t)r->effect[TIME].level[i];
        KARVAN_REQUIRE(!taken[at], err, KARVAN_E_DATA,
                       "row %d of the data is the second one of its %s, %s%s%s: the correction is "
                       "for one row each",
                       (int)g->d.row[i] + 1, r->name[EXPORTER], r->name[IMPORTER],
                       r->name[TIME] ? " and " : "", r->name[TIME] ? r->name[TIME] : "");
        taken[at] = true;
        p->weight[at] = karvan_i_fit_weight(g, i);
        p->residual[at] = karvan_i_fit_residual(g, i);
        for (int c = 0; c < p->k; c++) p->x[c][at] = g->xt[c][i];
    }
done:
    karvan_i_free(taken);
    return st;
}

karvan_status karvan_i_panel_create(const karvan_gravity *g, const char *exporter,
                                    const char *importer, const char *time, karvan_i_panel *out,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    roles r = {0};
    karvan_i_panel p = {.k = g->n_kept};
    memset(out, 0, sizeof *out);
    KARVAN_TRY(find_roles(g, exporter, importer, time, &r, err));
    KARVAN_TRY(judge_effects(g, &r, &p, err));
    const karvan_i_effect *a = &r.effect[EXPORTER], *b = &r.effect[IMPORTER];
    if (b->n_levels > a->n_levels) a = &r.effect[IMPORTER], b = &r.effect[EXPORTER];
    p.n_a = a->n_levels, p.n_b = b->n_levels, p.times = r.effect[TIME].n_levels;
    KARVAN_REQUIRE((int64_t)p.n_a * p.n_b <= INT32_MAX, err, KARVAN_E_DATA,
                   "%d x %d pairs are too many for the correction", (int)p.n_a, (int)p.n_b);
    KARVAN_TRY(number_pairs(g, a, b, &p, err));
    p.either.level = p.pair, p.either.n_levels = p.pairs;
    if (a->n_columns == 1 && b->n_columns == 1) {
        p.either.n_columns = 2;
        p.either.column[0] = r.effect[EXPORTER].column[0];
        p.either.column[1] = r.effect[IMPORTER].column[0];
    }
    KARVAN_TRY(fill(g, &r, &p, err));
    *out = p;
    memset(&p, 0, sizeof p);
done:
    for (int i = 0; i < 3; i++) karvan_i_effect_clear(&r.effect[i]);
    karvan_i_panel_clear(&p);
    return st;
}

void karvan_i_panel_clear(karvan_i_panel *p) {
    for (int c = 0; p->x && c < p->k; c++) karvan_i_free(p->x[c]);
    karvan_i_free(p->x), karvan_i_free(p->a), karvan_i_free(p->b), karvan_i_free(p->pair);
    karvan_i_free(p->weight), karvan_i_free(p->residual);
    memset(p, 0, sizeof *p);
}
