/* Sums over the cube for one year, country and partner, made when they are asked for. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/indicators.h"

/* ---- figures ---- */

karvan_i_figure karvan_i_figure_lacking(karvan_cell state, const char *why) {
    return (karvan_i_figure){NAN, state, why};
}

karvan_i_figure karvan_i_figure_of(double v) {
    if (isfinite(v)) return (karvan_i_figure){v, KARVAN_VALUE, ""};
    return karvan_i_figure_lacking(KARVAN_UNKNOWN, isnan(v) ? "a flow is stated without a value"
                                                            : "too large a number");
}

karvan_i_figure karvan_i_figure_both(karvan_i_figure a, karvan_i_figure b) {
    if (a.state != KARVAN_VALUE) return a;
    return b.state != KARVAN_VALUE ? b : karvan_i_figure_of(0);
}

karvan_i_figure karvan_i_figure_ratio(karvan_i_figure a, karvan_i_figure b, double times) {
    karvan_i_figure lacks = karvan_i_figure_both(a, b);
    if (lacks.state != KARVAN_VALUE) return lacks;
    if (b.v == 0) return karvan_i_figure_lacking(KARVAN_UNKNOWN, "it would divide by 0");
    return karvan_i_figure_of(times * (a.v / b.v));
}

/* ---- the scene ---- */

/* Room for the sums of one year, where each country is asked for. */
static bool make_sums(karvan_i_scene *s) {
    const karvan_trade_cube *c = s->c;
    if (s->q->country && !s->q->by_partner) return true;
    for (int i = 0; i < KARVAN_I_SUMS; i++) {
        karvan_i_year_sums *sums = &s->sums[i];
        int64_t most = (int64_t)c->n_countries * c->n_products;
        int64_t cells = i == 1 ? c->m->n_cells : c->x->n_cells;
        if (cells < most) most = cells;
        sums->year = -1;
        sums->first = karvan_i_calloc((size_t)c->n_countries + 1, sizeof *sums->first);
        sums->product = karvan_i_malloc((size_t)most, sizeof *sums->product);
        sums->value = karvan_i_malloc((size_t)most, sizeof *sums->value);
        if (!sums->first || !sums->product || !sums->value) return false;
    }
    return true;
}

karvan_status karvan_i_scene_init(karvan_i_scene *s, const karvan_trade_cube *c,
                                  const karvan_indicator_query *q, karvan_error *err) {
    size_t n = (size_t)c->n_products, m = (size_t)c->n_countries;
    *s = (karvan_i_scene){.c = c, .q = q, .year = -1, .base = -1};
    bool good = true;
    for (int i = 0; i < KARVAN_I_SLOTS && good; i++) {
        karvan_i_basket *p = &s->slot[i];
        p->v = karvan_i_calloc(n, sizeof *p->v);
        p->touched = karvan_i_calloc(n, sizeof *p->touched);
        p->state = karvan_i_malloc(n, 1);
        good = p->v && p->touched && p->state;
        if (good) memset(p->state, KARVAN_NOT_COVERED, n);
    }
    s->partner = karvan_i_calloc(m, sizeof *s->partner);
    s->partner_state = karvan_i_calloc(m, 1), s->present = karvan_i_calloc(m, 1);
    if (good && s->partner && s->partner_state && s->present && make_sums(s)) return KARVAN_OK;
    karvan_i_scene_clear(s);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for indicators");
}

void karvan_i_scene_clear(karvan_i_scene *s) {
    for (int i = 0; i < KARVAN_I_SLOTS; i++) {
        karvan_i_free(s->slot[i].v), karvan_i_free(s->slot[i].touched);
        karvan_i_free(s->slot[i].state);
    }
    for (int i = 0; i < KARVAN_I_SUMS; i++) {
        karvan_i_free(s->sums[i].first), karvan_i_free(s->sums[i].product);
        karvan_i_free(s->sums[i].value);
    }
    karvan_i_free(s->partner), karvan_i_free(s->partner_state), karvan_i_free(s->present);
    *s = (karvan_i_scene){0};
}

static void forget(karvan_i_basket *p) {
    for (int i = 0; i < p->n; i++)
        p->v[p->touched[i]] = 0, p->state[p->touched[i]] = KARVAN_NOT_COVERED;
    p->n = 0, p->ready = p->any = p->covered = false, p->total = 0;
}

static void mark_present(karvan_i_scene *s) {
    const karvan_i_flow_store *stores[] = {s->c->x, s->c->m};
    int64_t n = s->c->n_countries;
    memset(s->present, 0, (size_t)n);
    for (int k = 0; k < 2; k++)
        for (int64_t i = 0; i < n; i++) {
            const int64_t *e = stores[k]->of_exporter + s->year * n + i,
                          *m = stores[k]->of_importer + s->year * n + i;
            if (e[1] > e[0] || m[1] > m[0]) s->present[i] = 1;
        }
    if (s->c->world >= 0) s->present[s->c->world] = 0;
    s->n_present = 0;
    for (int64_t i = 0; i < n; i++) s->n_present += s->present[i];
}

void karvan_i_scene_move(karvan_i_scene *s, int year, int base, const karvan_i_party *a,
                         const karvan_i_party *b) {
    /* What each slot depends on. */
    static const struct {
        bool year, base, a, b;
    } of[KARVAN_I_SLOTS] = {
        [KARVAN_I_X_AB] = {true, false, true, true},  [KARVAN_I_M_AB] = {true, false, true, true},
        [KARVAN_I_X_A] = {true, false, true, false},  [KARVAN_I_M_A] = {true, false, true, false},
        [KARVAN_I_X_B] = {true, false, false, true},  [KARVAN_I_M_B] = {true, false, false, true},
        [KARVAN_I_X_AB0] = {false, true, true, true}, [KARVAN_I_M_AB0] = {false, true, true, true},
        [KARVAN_I_X_W] = {true, false, false, false}, [KARVAN_I_M_W] = {true, false, false, false},
        [KARVAN_I_X_WB] = {true, false, false, true}, [KARVAN_I_X_WB0] = {false, true, false, true},
        [KARVAN_I_X_AM] = {true, false, true, false}, [KARVAN_I_X_BM] = {true, false, false, true}};
    bool new_year = year != s->year, new_base = base != s->base, new_a = a != s->a,
         new_b = b != s->b;
    for (int i = 0; i < KARVAN_I_SLOTS; i++)
        if ((of[i].year && new_year) || (of[i].base && new_base) || (of[i].a && new_a) ||
            (of[i].b && new_b))
            forget(&s->slot[i]);
    if (new_year) s->world_ready[0] = s->world_ready[1] = false;
    if (new_year || new_a) s->others_ready = false;
    s->year = year, s->base = base, s->a = a, s->b = b;
    if (new_year) mark_present(s);
}

/* ---- which flows ---- */

/* Flows of `of` (NULL: all) with `with` (NULL: all) in one direction and year. */
typedef struct sum_of {
    karvan_i_flow flow;
    int year;
    const karvan_i_party *of, *with;
    bool products; /* only pairs with products make a country covered */
} sum_of;

static sum_of sum_in(const karvan_i_scene *s, karvan_i_slot slot) {
    const karvan_i_party *a = s->a, *b = s->b, *m = s->market;
    switch (slot) {
    case KARVAN_I_X_AB:
        return (sum_of){KARVAN_I_EXPORTS, s->year, a, b, false};
    case KARVAN_I_M_AB:
        return (sum_of){KARVAN_I_IMPORTS, s->year, a, b, false};
    case KARVAN_I_X_A:
        return (sum_of){KARVAN_I_EXPORTS, s->year, a, NULL, false};
    case KARVAN_I_M_A:
        return (sum_of){KARVAN_I_IMPORTS, s->year, a, NULL, false};
    case KARVAN_I_X_B:
        return (sum_of){KARVAN_I_EXPORTS, s->year, b, NULL, false};
    case KARVAN_I_M_B:
        return (sum_of){KARVAN_I_IMPORTS, s->year, b, NULL, false};
    case KARVAN_I_X_AB0:
        return (sum_of){KARVAN_I_EXPORTS, s->base, a, b, false};
    case KARVAN_I_M_AB0:
        return (sum_of){KARVAN_I_IMPORTS, s->base, a, b, false};
    case KARVAN_I_X_W:
        return (sum_of){KARVAN_I_EXPORTS, s->year, NULL, NULL, false};
    case KARVAN_I_M_W:
        return (sum_of){KARVAN_I_IMPORTS, s->year, NULL, NULL, false};
    case KARVAN_I_X_WB:
        return (sum_of){KARVAN_I_EXPORTS, s->year, NULL, b, false};
    case KARVAN_I_X_WB0:
        return (sum_of){KARVAN_I_EXPORTS, s->base, NULL, b, false};
    case KARVAN_I_X_AM:
        return (sum_of){KARVAN_I_EXPORTS, s->year, a, m, false};
    case KARVAN_I_X_BM:
        return (sum_of){KARVAN_I_EXPORTS, s->year, b, m, false};
    case KARVAN_I_SLOTS:
        break;
    }
    return (sum_of){KARVAN_I_EXPORTS, -1, NULL, NULL, false};
}

/* Does the sum take the flow with this partner of one of its countries? */
static bool takes(const karvan_i_scene *s, const sum_of *w, int32_t partner) {
    const karvan_trade_cube *c = s->c;
    if (w->with) return karvan_i_party_has(w->with, partner);
    if (c->by_world_row) return partner == c->world;
    return !(w->of && s->q->without_intra && w->of->n > 1 && karvan_i_party_has(w->of, partner));
}

typedef void (*pair_fn)(void *ctx, const karvan_i_flow_store *st, int64_t pair, int32_t partner);

/* Each pair of the sum; false: no country of it states anything in this direction that year. Flows
 * of all with one party are found from the party's side. */
static bool each_pair(const karvan_i_scene *s, const sum_of *w, pair_fn fn, void *ctx) {
    const karvan_trade_cube *c = s->c;
    bool from_with = !w->of && w->with, covered = false;
    const karvan_i_flow_store *st = w->flow == KARVAN_I_EXPORTS ? c->x : c->m;
    bool by_exporter = (w->flow == KARVAN_I_EXPORTS) != from_with;
    const karvan_i_party *side = from_with ? w->with : w->of;
    int64_t n = side ? side->n : c->n_countries;
    for (int64_t i = 0; w->year >= 0 && i < n; i++) {
        int64_t country = side ? side->list[i] : i;
        if (country == c->world) continue;
        const int64_t *at = (by_exporter ? st->of_exporter : st->of_importer) +
                            (int64_t)w->year * c->n_countries + country;
        for (int64_t k = at[0]; k < at[1]; k++) {
            int64_t pair = by_exporter ? k : st->in_pair[k];
            int32_t other = by_exporter ? st->importer[pair] : st->exporter[pair];
            covered = covered || !w->products || st->first[pair + 1] > st->first[pair];
            if (from_with ? other != c->world : takes(s, w, other)) fn(ctx, st, pair, other);
        }
    }
    return covered;
}

static void add_cells(void *ctx, const karvan_i_flow_store *st, int64_t pair, int32_t partner) {
    karvan_i_basket *p = ctx;
    (void)partner;
    p->any = p->any || st->first[pair + 1] > st->first[pair];
    for (int64_t k = st->first[pair]; k < st->first[pair + 1]; k++) {
        int32_t product = st->product[k];
        if (p->state[product] == KARVAN_NOT_COVERED)
            p->state[product] = KARVAN_VALUE, p->touched[p->n++] = product;
        p->v[product] += st->value[k];
    }
}

/* Totals and states of what was added up. */
static void finish(karvan_i_basket *p) {
    for (int i = 0; i < p->n; i++) {
        int32_t k = p->touched[i];
        p->total += p->v[k];
        if (isnan(p->v[k])) p->state[k] = KARVAN_UNKNOWN;
    }
}

/* Which of the year's sums answers, -1: none of them. */
static int sums_for(const karvan_i_scene *s, const sum_of *w) {
    const karvan_i_party *one = w->of ? w->of : w->with;
    if (!s->sums[0].product || w->year < 0 || s->c->by_world_row) return -1;
    if (!one || one->n != 1 || one->member || (w->of && w->with)) return -1;
    if (!w->of) return w->flow == KARVAN_I_EXPORTS ? 2 : -1;
    return w->flow == KARVAN_I_EXPORTS ? 0 : 1;
}

/* p is empty, and is left so. */
static void make_year(karvan_i_scene *s, int which, int year, karvan_i_basket *p) {
    karvan_i_year_sums *sums = &s->sums[which];
    int64_t n = 0;
    for (int32_t i = 0; i < s->c->n_countries; i++) {
        karvan_i_party one;
        karvan_i_party_one(&one, "", i);
        sum_of w = {which == 1 ? KARVAN_I_IMPORTS : KARVAN_I_EXPORTS, year,
                    which == 2 ? NULL : &one, which == 2 ? &one : NULL, true};
        (void)each_pair(s, &w, add_cells, p);
        for (int k = 0; k < p->n; k++, n++)
            sums->product[n] = p->touched[k], sums->value[n] = p->v[p->touched[k]];
        sums->first[i + 1] = n;
        forget(p);
    }
    sums->year = year;
}

static void take_sums(const karvan_i_year_sums *sums, int32_t country, karvan_i_basket *p) {
    int64_t from = sums->first[country], to = sums->first[country + 1];
    p->any = p->covered = to > from; /* what has products has a flow */
    for (int64_t k = from; k < to; k++) {
        int32_t product = sums->product[k];
        p->v[product] = sums->value[k], p->state[product] = KARVAN_VALUE;
        p->touched[p->n++] = product;
    }
}

const karvan_i_basket *karvan_i_scene_slot(karvan_i_scene *s, karvan_i_slot slot) {
    karvan_i_basket *p = &s->slot[slot];
    if (p->ready) return p;
    sum_of w = sum_in(s, slot);
    int which = sums_for(s, &w);
    w.products = true;
    if (which < 0) {
        p->covered = each_pair(s, &w, add_cells, p);
    } else {
        if (s->sums[which].year != w.year) make_year(s, which, w.year, p);
        take_sums(&s->sums[which], w.of ? w.of->self : w.with->self, p);
    }
    finish(p);
    p->ready = true;
    return p;
}

typedef struct running {
    double sum;
    bool any, unstated;
} running;

static void add_total(void *ctx, const karvan_i_flow_store *st, int64_t pair, int32_t partner) {
    running *r = ctx;
    (void)partner;
    if (!st->stated[pair])
        r->unstated = true;
    else
        r->sum += st->total[pair], r->any = true;
}

static karvan_i_figure sum_totals(const karvan_i_scene *s, const sum_of *w) {
    running r = {0};
    bool exports = w->flow == KARVAN_I_EXPORTS;
    bool covered = each_pair(s, w, add_total, &r);
    if (w->year < 0) return karvan_i_figure_lacking(KARVAN_NOT_COVERED, "no flow of the base year");
    if (r.unstated)
        return karvan_i_figure_lacking(KARVAN_NOT_COVERED, "a partner's total is not stated");
    if (r.any) return karvan_i_figure_of(r.sum);
    if (covered && s->c->complete) return karvan_i_figure_of(0);
    return karvan_i_figure_lacking(KARVAN_NOT_COVERED,
                                   exports ? "exports are not stated" : "imports are not stated");
}

karvan_i_figure karvan_i_scene_total(karvan_i_scene *s, karvan_i_slot slot) {
    sum_of w = sum_in(s, slot);
    if (w.of || w.with || slot == KARVAN_I_X_WB0) return sum_totals(s, &w);
    int f = w.flow == KARVAN_I_IMPORTS; /* the world's is kept for the year */
    if (!s->world_ready[f]) s->world_total[f] = sum_totals(s, &w);
    s->world_ready[f] = true;
    return s->world_total[f];
}

karvan_i_figure karvan_i_scene_at(karvan_i_scene *s, karvan_i_slot slot, int product) {
    if (product < 0) return karvan_i_scene_total(s, slot);
    sum_of w = sum_in(s, slot);
    const karvan_i_basket *p = karvan_i_scene_slot(s, slot);
    if (p->state[product] != KARVAN_NOT_COVERED) return karvan_i_figure_of(p->v[product]);
    if (p->covered && s->c->complete) return karvan_i_figure_of(0);
    if (w.year < 0) return karvan_i_figure_lacking(KARVAN_NOT_COVERED, "no flow of the base year");
    return karvan_i_figure_lacking(KARVAN_NOT_COVERED, w.flow == KARVAN_I_EXPORTS
                                                           ? "exports of it are not stated"
                                                           : "imports of it are not stated");
}

karvan_i_figure karvan_i_scene_others(karvan_i_scene *s) {
    const karvan_trade_cube *c = s->c;
    const karvan_i_flow_store *st = c->x;
    int64_t at = (int64_t)s->year * c->n_countries;
    if (s->others_ready) return s->others;
    s->others_ready = true;
    for (int64_t k = st->of_exporter[at]; k < st->of_exporter[at + c->n_countries]; k++)
        if (st->exporter[k] != c->world && !karvan_i_party_has(s->a, st->exporter[k]) &&
            !karvan_i_party_has(s->a, st->importer[k]))
            return s->others = karvan_i_figure_of(0);
    return s->others = karvan_i_figure_lacking(KARVAN_NOT_COVERED,
                                               "exports of others than to it are not stated");
}

static void add_partner(void *ctx, const karvan_i_flow_store *st, int64_t pair, int32_t partner) {
    karvan_i_scene *s = ctx;
    if (!st->stated[pair]) return;
    s->partner[partner] += st->total[pair], s->partner_state[partner] = 1;
}

int karvan_i_scene_partners(karvan_i_scene *s, karvan_i_flow flow) {
    sum_of w = {flow, s->year, s->a, NULL, false};
    int n = 0;
    memset(s->partner, 0, (size_t)s->c->n_countries * sizeof *s->partner);
    memset(s->partner_state, 0, (size_t)s->c->n_countries);
    (void)each_pair(s, &w, add_partner, s);
    for (int i = 0; i < s->c->n_countries; i++) n += s->partner_state[i];
    return n;
}
