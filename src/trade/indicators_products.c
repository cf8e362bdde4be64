/* Indicators of what is traded: comparative advantage, intra-industry trade, likeness, margins. */
#include <math.h>

#include "trade/indicators.h"

typedef karvan_i_figure figure;
typedef karvan_i_basket products;

/* Of numbers: unlike fmin and fmax no call, which counts where every pair is asked for. */
static inline double least(double a, double b) { return a < b ? a : b; }
static inline double positive(double a) { return a > 0 ? a : 0; }

/* Total of the products, which shares are of. */
static figure total_of(karvan_i_scene *s, karvan_i_slot slot, const char *none) {
    const products *p = karvan_i_scene_slot(s, slot);
    if (s->c->n_products == 0)
        return karvan_i_figure_lacking(KARVAN_NOT_COVERED, "the flows are not stated by product");
    if (!p->any && !(p->covered && s->c->complete))
        return karvan_i_figure_lacking(KARVAN_NOT_COVERED, none);
    return karvan_i_figure_of(p->total);
}

static const char *const NO_EXPORTS = "exports are not stated by product",
                         *const NO_IMPORTS = "imports are not stated by product";

/* A total that divides. */
static figure divisor_of(karvan_i_scene *s, karvan_i_slot slot, const char *none) {
    figure total = total_of(s, slot, none);
    return total.state == KARVAN_VALUE && total.v == 0
               ? karvan_i_figure_lacking(KARVAN_UNKNOWN, "it would divide by 0")
               : total;
}

/* ---- comparative advantage ---- */

/* Exports of the product x of X, where all sell w of W. */
typedef struct advantage {
    double x, of_x, w, of_w;
} advantage;

static figure advantage_in(karvan_i_scene *s, int product, advantage *out) {
    figure x = karvan_i_scene_at(s, KARVAN_I_X_AB, product),
           w = karvan_i_scene_at(s, KARVAN_I_X_WB, product);
    figure of_x = divisor_of(s, KARVAN_I_X_AB, NO_EXPORTS),
           of_w = divisor_of(s, KARVAN_I_X_WB, NO_EXPORTS);
    figure lacks =
        karvan_i_figure_both(karvan_i_figure_both(x, of_x), karvan_i_figure_both(w, of_w));
    lacks = karvan_i_figure_both(lacks, karvan_i_scene_others(s));
    *out = (advantage){x.v, of_x.v, w.v, of_w.v};
    return lacks;
}

KARVAN_I_FORMULA(rca) {
    advantage a;
    figure lacks = advantage_in(s, product, &a);
    if (lacks.state != KARVAN_VALUE) return lacks;
    return karvan_i_figure_ratio(karvan_i_figure_of(a.x / a.of_x), karvan_i_figure_of(a.w / a.of_w),
                                 1);
}

KARVAN_I_FORMULA(rca_symmetric) {
    figure r = karvan_i_trade_rca(s, product);
    return r.state != KARVAN_VALUE ? r : karvan_i_figure_of((r.v - 1) / (r.v + 1));
}

KARVAN_I_FORMULA(rca_additive) {
    advantage a;
    figure lacks = advantage_in(s, product, &a);
    return lacks.state != KARVAN_VALUE ? lacks : karvan_i_figure_of(a.x / a.of_x - a.w / a.of_w);
}

KARVAN_I_FORMULA(nrca) {
    advantage a;
    figure lacks = advantage_in(s, product, &a);
    if (lacks.state != KARVAN_VALUE) return lacks;
    return karvan_i_figure_of(a.x / a.of_w - a.of_x / a.of_w * (a.w / a.of_w));
}

/* Share of a product in exports to the partner over its share in exports to all others. */
KARVAN_I_FORMULA(orientation) {
    figure x = karvan_i_scene_at(s, KARVAN_I_X_AB, product),
           all = karvan_i_scene_at(s, KARVAN_I_X_A, product);
    figure to = divisor_of(s, KARVAN_I_X_AB, NO_EXPORTS),
           of = total_of(s, KARVAN_I_X_A, NO_EXPORTS);
    figure lacks = karvan_i_figure_both(karvan_i_figure_both(x, all), karvan_i_figure_both(to, of));
    if (lacks.state != KARVAN_VALUE) return lacks;
    figure elsewhere = karvan_i_figure_ratio(karvan_i_figure_of(fmax(all.v - x.v, 0)),
                                             karvan_i_figure_of(fmax(of.v - to.v, 0)), 1);
    return karvan_i_figure_ratio(karvan_i_figure_of(x.v / to.v), elsewhere, 1);
}

/* ---- intra-industry trade ---- */

/* Sum of what is both sold and bought of each product. */
static double overlap(const products *x, const products *m) {
    double sum = 0;
    for (int i = 0; i < x->n; i++) sum += least(x->v[x->touched[i]], m->v[x->touched[i]]);
    return sum;
}

KARVAN_I_FORMULA(grubel_lloyd) {
    if (product >= 0) {
        figure x = karvan_i_scene_at(s, KARVAN_I_X_AB, product),
               m = karvan_i_scene_at(s, KARVAN_I_M_AB, product);
        figure lacks = karvan_i_figure_both(x, m);
        if (lacks.state != KARVAN_VALUE) return lacks;
        return karvan_i_figure_ratio(karvan_i_figure_of(2 * fmin(x.v, m.v)),
                                     karvan_i_figure_of(x.v + m.v), 1);
    }
    figure x = total_of(s, KARVAN_I_X_AB, NO_EXPORTS), m = total_of(s, KARVAN_I_M_AB, NO_IMPORTS);
    figure lacks = karvan_i_figure_both(x, m);
    if (lacks.state != KARVAN_VALUE) return lacks;
    double both =
        overlap(karvan_i_scene_slot(s, KARVAN_I_X_AB), karvan_i_scene_slot(s, KARVAN_I_M_AB));
    return karvan_i_figure_ratio(karvan_i_figure_of(2 * both), karvan_i_figure_of(x.v + m.v), 1);
}

/* Of the trade that a balanced account could match: sum of the overlaps over the smaller flow. */
KARVAN_I_FORMULA(grubel_lloyd_adjusted) {
    (void)product;
    figure x = total_of(s, KARVAN_I_X_AB, NO_EXPORTS), m = total_of(s, KARVAN_I_M_AB, NO_IMPORTS);
    figure lacks = karvan_i_figure_both(x, m);
    if (lacks.state != KARVAN_VALUE) return lacks;
    double both =
        overlap(karvan_i_scene_slot(s, KARVAN_I_X_AB), karvan_i_scene_slot(s, KARVAN_I_M_AB));
    return karvan_i_figure_ratio(karvan_i_figure_of(both), karvan_i_figure_of(fmin(x.v, m.v)), 1);
}

/* Changes of exports and imports of a product since the base year. */
static figure changes(karvan_i_scene *s, int product, double *dx, double *dm) {
    figure x = karvan_i_scene_at(s, KARVAN_I_X_AB, product),
           x0 = karvan_i_scene_at(s, KARVAN_I_X_AB0, product),
           m = karvan_i_scene_at(s, KARVAN_I_M_AB, product),
           m0 = karvan_i_scene_at(s, KARVAN_I_M_AB0, product);
    figure lacks = karvan_i_figure_both(karvan_i_figure_both(x, m), karvan_i_figure_both(x0, m0));
    *dx = x.v - x0.v, *dm = m.v - m0.v;
    return lacks;
}

/* Sums over the products whose four flows are all known: moved |dX| + |dM|, apart |dX - dM|. */
static figure sum_changes(karvan_i_scene *s, int product, double *moved, double *apart) {
    int from = product < 0 ? 0 : product, to = product < 0 ? s->c->n_products : product + 1;
    figure lacks =
        karvan_i_figure_lacking(KARVAN_NOT_COVERED, "no product is stated both ways in both years");
    bool any = false;
    *moved = *apart = 0;
    for (int k = from; k < to; k++) {
        double dx, dm;
        figure f = changes(s, k, &dx, &dm);
        if (f.state == KARVAN_UNKNOWN || (product >= 0 && f.state != KARVAN_VALUE)) return f;
        if (f.state != KARVAN_VALUE) continue;
        any = true, *moved += fabs(dx) + fabs(dm), *apart += fabs(dx - dm);
    }
    return any ? karvan_i_figure_of(0) : lacks;
}

KARVAN_I_FORMULA(miit_a) {
    double moved, apart;
    figure lacks = sum_changes(s, product, &moved, &apart);
    if (lacks.state != KARVAN_VALUE) return lacks;
    return karvan_i_figure_ratio(karvan_i_figure_of(fmax(moved - apart, 0)),
                                 karvan_i_figure_of(moved), 1);
}

KARVAN_I_FORMULA(miit_b) {
    double dx, dm;
    figure lacks = changes(s, product, &dx, &dm);
    if (lacks.state != KARVAN_VALUE) return lacks;
    return karvan_i_figure_ratio(karvan_i_figure_of(dx - dm),
                                 karvan_i_figure_of(fabs(dx) + fabs(dm)), 1);
}

KARVAN_I_FORMULA(miit_c) {
    double moved, apart;
    figure lacks = sum_changes(s, product, &moved, &apart);
    return lacks.state != KARVAN_VALUE ? lacks : karvan_i_figure_of(fmax(moved - apart, 0));
}

/* ---- likeness of two baskets ---- */

/* Sum over products of the smaller share in p and q: 1 - sum |p - q| / 2. */
static figure likeness(const products *p, figure of_p, const products *q, figure of_q) {
    double sum = 0;
    figure lacks = karvan_i_figure_both(of_p, of_q);
    if (lacks.state != KARVAN_VALUE) return lacks;
    for (int i = 0; i < p->n; i++) {
        int32_t k = p->touched[i];
        sum += least(p->v[k] / of_p.v, q->v[k] / of_q.v);
    }
    return karvan_i_figure_of(fmin(sum, 1));
}

KARVAN_I_FORMULA(complementarity) {
    (void)product;
    figure x = divisor_of(s, KARVAN_I_X_A, NO_EXPORTS),
           m = divisor_of(s, KARVAN_I_M_B, "imports of the partner are not stated by product");
    return likeness(karvan_i_scene_slot(s, KARVAN_I_X_A), x, karvan_i_scene_slot(s, KARVAN_I_M_B),
                    m);
}

KARVAN_I_FORMULA(similarity) {
    (void)product;
    karvan_i_slot one = s->market ? KARVAN_I_X_AM : KARVAN_I_X_A,
                  other = s->market ? KARVAN_I_X_BM : KARVAN_I_X_B;
    figure x = divisor_of(s, one, NO_EXPORTS),
           y = divisor_of(s, other, "exports of the partner are not stated by product");
    return likeness(karvan_i_scene_slot(s, one), x, karvan_i_scene_slot(s, other), y);
}

/* ---- margins ---- */

/* What others sell in the market, in all and of the products that a sells there. */
static figure others(karvan_i_scene *s, double *all, double *of_mine) {
    figure x = divisor_of(s, KARVAN_I_X_AB, NO_EXPORTS), w = total_of(s, KARVAN_I_X_WB, NO_EXPORTS);
    figure lacks = karvan_i_figure_both(karvan_i_figure_both(x, w), karvan_i_scene_others(s));
    *all = *of_mine = 0;
    if (lacks.state != KARVAN_VALUE) return lacks;
    const products *mine = karvan_i_scene_slot(s, KARVAN_I_X_AB),
                   *market = karvan_i_scene_slot(s, KARVAN_I_X_WB);
    for (int k = 0; k < s->c->n_products; k++) {
        double rest = positive(market->v[k] - mine->v[k]);
        *all += rest;
        if (mine->v[k] > 0) *of_mine += rest;
    }
    return lacks;
}

KARVAN_I_FORMULA(extensive_margin) {
    double all, of_mine;
    (void)product;
    figure lacks = others(s, &all, &of_mine);
    if (lacks.state != KARVAN_VALUE) return lacks;
    return karvan_i_figure_ratio(karvan_i_figure_of(of_mine), karvan_i_figure_of(all), 1);
}

KARVAN_I_FORMULA(intensive_margin) {
    double all, of_mine;
    (void)product;
    figure lacks = others(s, &all, &of_mine);
    if (lacks.state != KARVAN_VALUE) return lacks;
    return karvan_i_figure_ratio(karvan_i_figure_of(karvan_i_scene_slot(s, KARVAN_I_X_AB)->total),
                                 karvan_i_figure_of(of_mine), 1);
}
