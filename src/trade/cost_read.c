/* Changes of cost put in order of their pairs, with the shares of their classes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "trade/cost_read.h"

static const double ROUNDING = 1e-9; /* of shares that should sum to 1 */

/* A pair's share of a class, as the table of shares has it. */
typedef struct known_share {
    const char *exporter, *importer, *from;
    int32_t cls;
    double share;
} known_share;

typedef struct reading {
    karvan_i_cost_layout at;
    const karvan_cost_options *o;
    karvan_cost *c;
    int64_t n_rows, n_shares, cap_legs;
    karvan_i_cost_row *row;
    known_share *share;
} reading;

static int by_share(const void *a, const void *b) {
    const known_share *x = a, *y = b;
    int d = karvan_i_by_pair(x->exporter, x->importer, y->exporter, y->importer);
    return d != 0 ? d : (x->cls > y->cls) - (x->cls < y->cls);
}

/* ---- shares ---- */

static karvan_status read_share(reading *r, const karvan_table *t, int64_t row, karvan_error *err) {
    const char *e = karvan_i_cell_text(t, "exporter", row),
               *i = karvan_i_cell_text(t, "importer", row),
               *id = karvan_i_cell_text(t, "cargo_class", row);
    double share = karvan_i_cell_real(t, "share", row);
    int32_t cls = id ? karvan_i_class_find(r->c, id) : -1;
    if (!e || !i)
        return karvan_i_cell_refuse(t, e ? "importer" : "exporter", row, "no country", err);
    if (cls < 0) return karvan_i_cell_refuse(t, "cargo_class", row, "no such cargo class", err);
    if (!(share >= 0 && share <= 1 + ROUNDING))
        return karvan_i_cell_refuse(t, "share", row, "a share is from 0 to 1", err);
    bool exporters = karvan_i_cell_is(t, "shares_from", row, "exporter");
    r->share[r->n_shares++] = (known_share){e, i, exporters ? "exporter" : "pair", cls, share};
    return KARVAN_OK;
}

static karvan_status read_shares(reading *r, karvan_error *err) {
    static const char *const needed[] = {"exporter", "importer", "cargo_class", "share"};
    karvan_status st = KARVAN_OK;
    const karvan_table *t = r->o->shares;
    int ignored;
    if (!t || r->at.share >= 0) return KARVAN_OK;
    for (int k = 0; k < 4; k++) KARVAN_TRY(karvan_i_need_column(t, needed[k], &ignored, err));
    r->share = karvan_i_calloc((size_t)karvan_table_rows(t) + 1, sizeof *r->share);
    KARVAN_REQUIRE(r->share, err, KARVAN_E_NOMEM, "no memory for class shares");
    for (int64_t i = 0; i < karvan_table_rows(t); i++) KARVAN_TRY(read_share(r, t, i, err));
    qsort(r->share, (size_t)r->n_shares, sizeof *r->share, by_share);
    for (int64_t i = 1; i < r->n_shares; i++)
        KARVAN_REQUIRE(by_share(&r->share[i - 1], &r->share[i]) != 0, err, KARVAN_E_DATA,
                       "table %s has class %s of %s-%s twice", karvan_table_name(t),
                       r->c->cls[r->share[i].cls].id, r->share[i].exporter, r->share[i].importer);
done:
    return st;
}

/* Shares of a pair: a stretch of the sorted ones. */
static const known_share *shares_of(const reading *r, const karvan_i_cost_row *s, int64_t *n) {
    int64_t lo = 0, hi = r->n_shares;
    *n = 0;
    if (!r->share) return NULL;
    while (lo < hi) {
        int64_t mid = lo + (hi - lo) / 2;
        const known_share *x = &r->share[mid];
        if (karvan_i_by_pair(x->exporter, x->importer, s->exporter, s->importer) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo + *n < r->n_shares; ++*n) {
        const known_share *x = &r->share[lo + *n];
        if (karvan_i_by_pair(x->exporter, x->importer, s->exporter, s->importer) != 0) break;
    }
    return r->share + lo;
}

/* ---- pairs ---- */

static karvan_status add_leg(reading *r, karvan_i_cost_pair *p, karvan_i_leg leg,
                             karvan_error *err) {
    karvan_cost *c = r->c;
    if (c->n_legs == r->cap_legs) {
        int64_t cap = r->cap_legs ? 2 * r->cap_legs : 64;
        karvan_i_leg *more = karvan_i_realloc(c->leg, (size_t)cap, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for changes of cost");
        c->leg = more, r->cap_legs = cap;
    }
    c->leg[c->n_legs++] = leg, p->n++;
    return KARVAN_OK;
}

/* A class that the pair trades and that no row speaks of would make the levels too low. */
static karvan_status all_levels(const reading *r, const karvan_i_cost_row *s,
                                const karvan_i_cost_pair *p, const known_share *known, int64_t n,
                                karvan_error *err) {
    char what[200];
    for (int64_t k = 0; r->c->levels && k < n; k++) {
        bool there = known[k].share == 0;
        for (int64_t i = p->first; i < p->first + p->n; i++)
            there |= r->c->leg[i].cls == known[k].cls;
        if (there) continue;
        (void)snprintf(what, sizeof what,
                       "no levels of class %.40s, %.4g of what %.20s sells to %.20s; levels need a "
                       "row for each class",
                       r->c->cls[known[k].cls].id, known[k].share, s->exporter, s->importer);
        return karvan_i_refuse(r->at.t, r->at.exporter, s->leg.row, what, err);
    }
    return KARVAN_OK;
}

static karvan_status legs_of_row(reading *r, const karvan_i_cost_row *s, karvan_i_cost_pair *p,
                                 const known_share *known, int64_t n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_leg leg = s->leg;
    if (r->at.share >= 0) return add_leg(r, p, leg, err);
    for (int64_t k = 0; k < n; k++) {
        if (s->leg.cls != KARVAN_I_ALL_CLASSES && known[k].cls != s->leg.cls) continue;
        leg.cls = known[k].cls, leg.share = known[k].share;
        KARVAN_TRY(add_leg(r, p, leg, err));
        if (s->leg.cls != KARVAN_I_ALL_CLASSES) return KARVAN_OK;
    }
    if (s->leg.cls != KARVAN_I_ALL_CLASSES)
        leg.share = 0, st = add_leg(r, p, leg, err); /* none of it is traded */
done:
    return st;
}

static karvan_status name_pair(karvan_i_cost_pair *p, const karvan_i_cost_row *s,
                               karvan_error *err) {
    p->exporter = karvan_i_strndup(s->exporter, strlen(s->exporter));
    p->importer = karvan_i_strndup(s->importer, strlen(s->importer));
    if (p->exporter && p->importer) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for changes of cost");
}

/* One class twice, a row for all classes beside others, two bases. */
static karvan_status one_voice(const reading *r, const karvan_i_cost_row *first,
                               const karvan_i_cost_row *s, karvan_error *err) {
    if (s == first) return KARVAN_OK;
    int column = r->at.cls >= 0 ? r->at.cls : r->at.exporter;
    if (first->leg.cls == KARVAN_I_ALL_CLASSES)
        return karvan_i_refuse(r->at.t, column, s->leg.row,
                               "another row of this pair speaks for all classes", err);
    if (s->leg.cls == (s - 1)->leg.cls)
        return karvan_i_refuse(r->at.t, column, s->leg.row,
                               "another row has this class of this pair", err);
    if (r->at.base >= 0 && s->base != first->base)
        return karvan_i_refuse(r->at.t, r->at.base, s->leg.row,
                               "another row of this pair has another base trade cost", err);
    return KARVAN_OK;
}

static karvan_status shares_fit(const reading *r, const karvan_i_cost_row *s,
                                const karvan_i_cost_pair *p, karvan_error *err) {
    double sum = 0;
    char what[160];
    for (int64_t i = p->first; i < p->first + p->n; i++) sum += r->c->leg[i].share;
    if (sum <= 1 + ROUNDING) return KARVAN_OK;
    (void)snprintf(what, sizeof what, "shares of %.20s-%.20s sum to %.6g; 1 at most", s->exporter,
                   s->importer, sum);
    return karvan_i_refuse(r->at.t, r->at.share >= 0 ? r->at.share : r->at.exporter, s->leg.row,
                           what, err);
}

static karvan_status add_pair(reading *r, int64_t first, int64_t n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_cost *c = r->c;
    karvan_i_cost_pair *p = &c->pair[c->n_pairs++];
    const karvan_i_cost_row *s = &r->row[first];
    int64_t n_known = 0;
    char what[200];
    *p = (karvan_i_cost_pair){.first = c->n_legs, .base_tau = 1, .shares = "changes"};
    KARVAN_TRY(name_pair(p, s, err));
    const known_share *known = shares_of(r, s, &n_known);
    if (r->at.share < 0) {
        (void)snprintf(what, sizeof what,
                       "no class shares of %.20s-%.20s: a column share, or rows of table "
                       "class_shares and a matrix by product",
                       s->exporter, s->importer);
        if (n_known == 0) return karvan_i_refuse(r->at.t, r->at.exporter, s->leg.row, what, err);
        p->shares = known[0].from;
    }
    for (int64_t i = first; i < first + n; i++) {
        KARVAN_TRY(one_voice(r, s, &r->row[i], err));
        KARVAN_TRY(legs_of_row(r, &r->row[i], p, known, n_known, err));
    }
    KARVAN_TRY(shares_fit(r, s, p, err));
    KARVAN_TRY(all_levels(r, s, p, known, n_known, err));
    p->base_stated = !isnan(s->base) || r->o->base_tau != 0;
    if (!isnan(s->base))
        p->base_tau = s->base;
    else if (r->o->base_tau != 0)
        p->base_tau = r->o->base_tau;
done:
    return st;
}

/* A saving beyond the whole of a stated trade cost. */
static karvan_status not_below_one(const reading *r, int64_t pair, const karvan_i_worth *worth,
                                   karvan_error *err) {
    const karvan_cost *c = r->c;
    const karvan_i_cost_pair *p = &c->pair[pair];
    char what[200];
    if (c->levels || !p->base_stated || p->n == 0) return KARVAN_OK;
    karvan_i_tau tau = karvan_i_pair_tau(c, pair, worth);
    if (tau.after >= 1 - ROUNDING) return KARVAN_OK;
    (void)snprintf(what, sizeof what,
                   "the saving is %.4g of the value, more than the whole trade cost of a base of "
                   "%.6g",
                   tau.before - tau.after, tau.before);
    return karvan_i_refuse(r->at.t, r->at.exporter, c->leg[p->first].row, what, err);
}

static karvan_status make_pairs(reading *r, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_cost *c = r->c;
    karvan_i_worth *worth = karvan_i_calloc((size_t)c->n_classes + 1, sizeof *worth);
    c->pair = karvan_i_calloc((size_t)r->n_rows + 1, sizeof *c->pair);
    KARVAN_REQUIRE(worth && c->pair, err, KARVAN_E_NOMEM, "no memory for changes of cost");
    karvan_i_cost_worth(c, 0, worth);
    for (int64_t i = 0, n; i < r->n_rows; i += n) {
        for (n = 1; i + n < r->n_rows; n++)
            if (karvan_i_by_pair(r->row[i].exporter, r->row[i].importer, r->row[i + n].exporter,
                                 r->row[i + n].importer) != 0)
                break;
        KARVAN_TRY(add_pair(r, i, n, err));
        KARVAN_TRY(not_below_one(r, c->n_pairs - 1, worth, err));
    }
done:
    karvan_i_free(worth);
    return st;
}

karvan_status karvan_cost_create(const karvan_table *changes, const karvan_cost_options *options,
                                 karvan_cost **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    reading r = {.o = options};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(changes && options && options->classes, err, KARVAN_E_ARG,
                   "changes of cost need a table, options and cargo classes");
    KARVAN_REQUIRE(options->elasticity >= 0 && isfinite(options->elasticity), err, KARVAN_E_ARG,
                   "a trade elasticity is above 0");
    KARVAN_REQUIRE(options->base_tau == 0 ||
                       (options->base_tau >= 1 && isfinite(options->base_tau)),
                   err, KARVAN_E_ARG, "a base trade cost is 1 or more");
    r.c = karvan_i_calloc(1, sizeof *r.c);
    KARVAN_REQUIRE(r.c, err, KARVAN_E_NOMEM, "no memory for changes of cost");
    r.c->elasticity = options->elasticity > 0 ? options->elasticity : 4, r.c->seed = options->seed;
    KARVAN_TRY(karvan_i_classes_read(options->classes, r.c, err));
    KARVAN_TRY(karvan_i_cost_layout_find(changes, &r.at, &r.c->levels, err));
    KARVAN_TRY(karvan_i_cost_rows(&r.at, r.c, &r.row, &r.n_rows, err));
    KARVAN_TRY(read_shares(&r, err));
    KARVAN_TRY(make_pairs(&r, err));
    *out = r.c, r.c = NULL;
done:
    karvan_cost_destroy(r.c);
    karvan_i_free(r.row), karvan_i_free(r.share);
    return st;
}

void karvan_cost_destroy(karvan_cost *c) {
    if (!c) return;
    for (int64_t p = 0; c->pair && p < c->n_pairs; p++)
        karvan_i_free(c->pair[p].exporter), karvan_i_free(c->pair[p].importer);
    karvan_i_free(c->pair), karvan_i_free(c->leg);
    karvan_i_classes_clear(c);
    karvan_i_free(c);
}
