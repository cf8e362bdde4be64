/* Concentration over products and over partners: counts, Herfindahl-Hirschman, Theil. */
#include <math.h>

#include "trade/indicators.h"

typedef karvan_i_figure figure;

/* What is spread over how many: parts of a total, n of them possible. */
typedef struct spread {
    double total, squares; /* of shares */
    double entropy;        /* sum of share * ln share */
    int64_t n, active;     /* possible, above 0 */
} spread;

static void add_part(spread *p, double v) {
    double share = v / p->total;
    if (!(v > 0)) return;
    p->active++, p->squares += share * share, p->entropy += share * log(share);
}

static figure judge(const spread *p) {
    if (!(p->total >= 0)) return karvan_i_figure_of(p->total);
    if (p->total == 0) return karvan_i_figure_lacking(KARVAN_UNKNOWN, "it would divide by 0");
    return karvan_i_figure_of(0);
}

static figure over_products(karvan_i_scene *s, spread *out) {
    bool in = s->q->imports;
    const karvan_i_basket *p = karvan_i_scene_slot(s, in ? KARVAN_I_M_AB : KARVAN_I_X_AB);
    *out = (spread){.total = p->total,
                    .n = karvan_i_scene_slot(s, in ? KARVAN_I_M_W : KARVAN_I_X_W)->n};
    if (s->c->n_products == 0)
        return karvan_i_figure_lacking(KARVAN_NOT_COVERED, "the flows are not stated by product");
    if (!p->any)
        return karvan_i_figure_lacking(KARVAN_NOT_COVERED,
                                       in ? "imports are not stated by product"
                                          : "exports are not stated by product");
    figure lacks = judge(out);
    for (int i = 0; lacks.state == KARVAN_VALUE && i < p->n; i++)
        add_part(out, p->v[p->touched[i]]);
    return lacks;
}

/* Partners that could be: every country with a flow that year but the country itself. */
static int64_t possible_partners(const karvan_i_scene *s) {
    int64_t n = s->n_present;
    if (s->a->n > 1 && !s->q->without_intra) return n;
    for (int i = 0; i < s->a->n; i++) n -= s->present[s->a->list[i]];
    return n;
}

static figure over_partners(karvan_i_scene *s, spread *out) {
    bool in = s->q->imports;
    *out = (spread){.n = possible_partners(s)};
    if (s->c->by_world_row)
        return karvan_i_figure_lacking(KARVAN_NOT_COVERED, "all partners are one row, the world's");
    if (karvan_i_scene_partners(s, in ? KARVAN_I_IMPORTS : KARVAN_I_EXPORTS) == 0)
        return karvan_i_figure_lacking(KARVAN_NOT_COVERED,
                                       in ? "imports are not stated" : "exports are not stated");
    for (int i = 0; i < s->c->n_countries; i++) out->total += s->partner[i];
    figure lacks = judge(out);
    for (int i = 0; lacks.state == KARVAN_VALUE && i < s->c->n_countries; i++)
        add_part(out, s->partner[i]);
    return lacks;
}

typedef figure (*spread_fn)(karvan_i_scene *s, spread *out);
typedef figure (*measure_fn)(const spread *p);

static figure measured(karvan_i_scene *s, spread_fn over, measure_fn measure) {
    spread p;
    figure lacks = over(s, &p);
    return lacks.state != KARVAN_VALUE ? lacks : measure(&p);
}

static figure count(const spread *p) { return karvan_i_figure_of((double)p->active); }
static figure hhi(const spread *p) { return karvan_i_figure_of(p->squares); }

static figure hhi_normalised(const spread *p) {
    if (p->n < 2) return karvan_i_figure_lacking(KARVAN_UNKNOWN, "there is but one");
    double least = 1.0 / (double)p->n;
    return karvan_i_figure_of(fmax((p->squares - least) / (1 - least), 0));
}

static figure theil(const spread *p) {
    return karvan_i_figure_of(fmax(log((double)p->n) + p->entropy, 0));
}
static figure theil_extensive(const spread *p) {
    return karvan_i_figure_of(log((double)p->n / (double)p->active));
}
static figure theil_intensive(const spread *p) {
    return karvan_i_figure_of(fmax(log((double)p->active) + p->entropy, 0));
}

#define MEASURE(name, over, measure)       \
    KARVAN_I_FORMULA(name) {               \
        (void)product;                     \
        return measured(s, over, measure); \
    }
MEASURE(count_products, over_products, count)
MEASURE(hhi_products, over_products, hhi)
MEASURE(hhi_products_normalised, over_products, hhi_normalised)
MEASURE(theil_products, over_products, theil)
MEASURE(theil_products_extensive, over_products, theil_extensive)
MEASURE(theil_products_intensive, over_products, theil_intensive)
MEASURE(count_partners, over_partners, count)
MEASURE(hhi_partners, over_partners, hhi)
MEASURE(hhi_partners_normalised, over_partners, hhi_normalised)
MEASURE(theil_partners, over_partners, theil)
MEASURE(theil_partners_extensive, over_partners, theil_extensive)
MEASURE(theil_partners_intensive, over_partners, theil_intensive)

/* Between chapters: sum over them of S ln(S n / n_chapter), S the chapter's share. Chapters stand
 * together in the order of products. */
static figure between(karvan_i_scene *s) {
    spread p;
    double sum = 0;
    figure lacks = over_products(s, &p);
    if (lacks.state != KARVAN_VALUE) return lacks;
    const karvan_i_basket *own =
                              karvan_i_scene_slot(s, s->q->imports ? KARVAN_I_M_AB : KARVAN_I_X_AB),
                          *world =
                              karvan_i_scene_slot(s, s->q->imports ? KARVAN_I_M_W : KARVAN_I_X_W);
    for (int k = 0, next; k < s->c->n_products; k = next) {
        double value = 0;
        int64_t n = 0;
        for (next = k; next < s->c->n_products && s->c->chapter[next] == s->c->chapter[k]; next++)
            value += own->v[next], n += world->state[next] != KARVAN_NOT_COVERED;
        double share = value / p.total;
        if (share > 0) sum += share * log(share * (double)p.n / (double)n);
    }
    return karvan_i_figure_of(fmax(sum, 0));
}

KARVAN_I_FORMULA(theil_products_between) {
    (void)product;
    return between(s);
}

KARVAN_I_FORMULA(theil_products_within) {
    figure all = karvan_i_trade_theil_products(s, product), part = between(s);
    figure lacks = karvan_i_figure_both(all, part);
    return lacks.state != KARVAN_VALUE ? lacks : karvan_i_figure_of(fmax(all.v - part.v, 0));
}
