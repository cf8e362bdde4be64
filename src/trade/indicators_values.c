/* Indicators of values: growth, shares, openness, intensity, and what changes a market share. */
#include <math.h>

#include "trade/indicators.h"

typedef karvan_i_figure figure;

static karvan_i_slot own(const karvan_i_scene *s) {
    return s->q->imports ? KARVAN_I_M_AB : KARVAN_I_X_AB;
}
static karvan_i_slot own_before(const karvan_i_scene *s) {
    return s->q->imports ? KARVAN_I_M_AB0 : KARVAN_I_X_AB0;
}

static figure plus(figure a, figure b, double sign) {
    figure lacks = karvan_i_figure_both(a, b);
    return lacks.state != KARVAN_VALUE ? lacks : karvan_i_figure_of(a.v + sign * b.v);
}

KARVAN_I_FORMULA(exports) { return karvan_i_scene_at(s, KARVAN_I_X_AB, product); }
KARVAN_I_FORMULA(imports) { return karvan_i_scene_at(s, KARVAN_I_M_AB, product); }

KARVAN_I_FORMULA(turnover) {
    return plus(karvan_i_scene_at(s, KARVAN_I_X_AB, product),
                karvan_i_scene_at(s, KARVAN_I_M_AB, product), 1);
}

KARVAN_I_FORMULA(balance) {
    return plus(karvan_i_scene_at(s, KARVAN_I_X_AB, product),
                karvan_i_scene_at(s, KARVAN_I_M_AB, product), -1);
}

KARVAN_I_FORMULA(normalised_balance) {
    return karvan_i_figure_ratio(karvan_i_trade_balance(s, product),
                                 karvan_i_trade_turnover(s, product), 1);
}

KARVAN_I_FORMULA(growth) {
    figure before = karvan_i_scene_at(s, own_before(s), product);
    return karvan_i_figure_ratio(plus(karvan_i_scene_at(s, own(s), product), before, -1), before,
                                 100);
}

/* Of a product in the flow with the partner; without a product, of the partner in the flow with
 * all. */
KARVAN_I_FORMULA(share) {
    if (product < 0)
        return karvan_i_figure_ratio(
            karvan_i_scene_at(s, own(s), -1),
            karvan_i_scene_at(s, s->q->imports ? KARVAN_I_M_A : KARVAN_I_X_A, -1), 100);
    figure part = karvan_i_scene_at(s, own(s), product);
    if (part.state != KARVAN_VALUE) return part;
    return karvan_i_figure_ratio(part, karvan_i_figure_of(karvan_i_scene_slot(s, own(s))->total),
                                 100);
}

KARVAN_I_FORMULA(market_share) {
    figure world = karvan_i_scene_others(s);
    if (world.state != KARVAN_VALUE) return world;
    return karvan_i_figure_ratio(karvan_i_scene_at(s, KARVAN_I_X_AB, product),
                                 karvan_i_scene_at(s, KARVAN_I_X_WB, product), 100);
}

/* ---- beside GDP ---- */

static figure gdp(const karvan_i_scene *s) {
    double sum = 0;
    if (!s->gdp) return karvan_i_figure_lacking(KARVAN_NOT_COVERED, "no table of GDP is given");
    for (int i = 0; i < s->a->n; i++)
        sum += s->gdp[(int64_t)s->year * s->c->n_countries + s->a->list[i]];
    if (isnan(sum))
        return karvan_i_figure_lacking(KARVAN_NOT_COVERED,
                                       "no GDP of that year is given in the currency of the flows");
    return karvan_i_figure_of(sum);
}

KARVAN_I_FORMULA(openness) {
    return karvan_i_figure_ratio(karvan_i_trade_turnover(s, product), gdp(s), 100);
}
KARVAN_I_FORMULA(export_openness) {
    return karvan_i_figure_ratio(karvan_i_scene_at(s, KARVAN_I_X_AB, product), gdp(s), 100);
}
KARVAN_I_FORMULA(import_openness) {
    return karvan_i_figure_ratio(karvan_i_scene_at(s, KARVAN_I_M_AB, product), gdp(s), 100);
}

KARVAN_I_FORMULA(import_penetration) { /* demand at home: GDP - X + M */
    figure home = plus(gdp(s), karvan_i_trade_balance(s, product), -1);
    if (home.state == KARVAN_VALUE && home.v < 0)
        return karvan_i_figure_lacking(KARVAN_UNKNOWN,
                                       "exports are above GDP and imports together");
    return karvan_i_figure_ratio(karvan_i_scene_at(s, KARVAN_I_M_AB, product), home, 100);
}

/* ---- pairs ---- */

/* b's weight in the imports of all: of what exporters state where partners are summed, else of the
 * importers' rows of the world. */
static figure weight_of_partner(karvan_i_scene *s) {
    if (s->c->by_world_row)
        return karvan_i_figure_ratio(karvan_i_scene_at(s, KARVAN_I_M_B, -1),
                                     karvan_i_scene_at(s, KARVAN_I_M_W, -1), 1);
    return karvan_i_figure_ratio(karvan_i_scene_at(s, KARVAN_I_X_WB, -1),
                                 karvan_i_scene_at(s, KARVAN_I_X_W, -1), 1);
}

KARVAN_I_FORMULA(intensity) {
    figure share = karvan_i_figure_ratio(karvan_i_scene_at(s, KARVAN_I_X_AB, product),
                                         karvan_i_scene_at(s, KARVAN_I_X_A, product), 1);
    figure lacks = karvan_i_figure_both(share, karvan_i_scene_others(s));
    if (lacks.state != KARVAN_VALUE) return lacks;
    return karvan_i_figure_ratio(share, weight_of_partner(s), 1);
}

/* ---- constant market shares ---- */

typedef struct change {
    double performance, structure, interaction;
} change;

/* Both years of the market and of what a sells there; what is missing. */
static figure market_years(karvan_i_scene *s) {
    static const karvan_i_slot slots[] = {KARVAN_I_X_AB, KARVAN_I_X_AB0, KARVAN_I_X_WB,
                                          KARVAN_I_X_WB0};
    figure world = karvan_i_scene_others(s);
    if (world.state != KARVAN_VALUE) return world;
    for (int i = 0; i < 4; i++) {
        const karvan_i_basket *p = karvan_i_scene_slot(s, slots[i]);
        if (!p->any)
            return karvan_i_figure_lacking(KARVAN_NOT_COVERED,
                                           "exports by product are not stated in both years");
        if (isnan(p->total)) return karvan_i_figure_of(NAN);
        if (i >= 2 && p->total == 0)
            return karvan_i_figure_lacking(KARVAN_UNKNOWN, "it would divide by 0");
    }
    return karvan_i_figure_of(0);
}

/* The share S of a in the market is the sum of w_k s_k, w_k the weight of product k in the market
 * and s_k the share of a in it (0 where the market has none of it). */
static figure split(karvan_i_scene *s, change *out) {
    figure lacks = market_years(s);
    *out = (change){0};
    if (lacks.state != KARVAN_VALUE) return lacks;
    const karvan_i_basket *x = karvan_i_scene_slot(s, KARVAN_I_X_AB),
                          *x0 = karvan_i_scene_slot(s, KARVAN_I_X_AB0),
                          *q = karvan_i_scene_slot(s, KARVAN_I_X_WB),
                          *q0 = karvan_i_scene_slot(s, KARVAN_I_X_WB0);
    for (int k = 0; k < s->c->n_products; k++) {
        double w = q->v[k] / q->total, w0 = q0->v[k] / q0->total;
        double s1 = q->v[k] > 0 ? x->v[k] / q->v[k] : 0,
               s0 = q0->v[k] > 0 ? x0->v[k] / q0->v[k] : 0;
        out->performance += 100 * w0 * (s1 - s0);
        out->structure += 100 * s0 * (w - w0);
        out->interaction += 100 * (s1 - s0) * (w - w0);
    }
    return lacks;
}

KARVAN_I_FORMULA(cms_change) {
    (void)product;
    figure lacks = market_years(s);
    if (lacks.state != KARVAN_VALUE) return lacks;
    return karvan_i_figure_of(100 * (karvan_i_scene_slot(s, KARVAN_I_X_AB)->total /
                                         karvan_i_scene_slot(s, KARVAN_I_X_WB)->total -
                                     karvan_i_scene_slot(s, KARVAN_I_X_AB0)->total /
                                         karvan_i_scene_slot(s, KARVAN_I_X_WB0)->total));
}

KARVAN_I_FORMULA(cms_performance) {
    change c;
    (void)product;
    figure lacks = split(s, &c);
    return lacks.state != KARVAN_VALUE ? lacks : karvan_i_figure_of(c.performance);
}

KARVAN_I_FORMULA(cms_structure) {
    change c;
    (void)product;
    figure lacks = split(s, &c);
    return lacks.state != KARVAN_VALUE ? lacks : karvan_i_figure_of(c.structure);
}

KARVAN_I_FORMULA(cms_interaction) {
    change c;
    (void)product;
    figure lacks = split(s, &c);
    return lacks.state != KARVAN_VALUE ? lacks : karvan_i_figure_of(c.interaction);
}
