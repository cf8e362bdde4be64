/* From generalised cost to trade cost: tau = 1 + sum over classes of share times cost of a tonne
 * over its value; time is worth its ad-valorem equivalent, so that value cancels out of it. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "base/uncertain.h"
#include "trade/cost.h"

static const double HOURS_A_DAY = 24.0;

void karvan_i_leg_parts(const karvan_i_leg *l, const karvan_i_worth *w, int when, double part[3]) {
    double an_hour = w->per_day / HOURS_A_DAY;
    part[0] = l->share * l->usd_t[when] / w->usd_t;
    part[1] = l->share * an_hour * l->hours[when];
    part[2] = l->share * an_hour * w->rho * l->spread_h[when];
}

static double cost_of(const karvan_cost *c, int64_t pair, const karvan_i_worth *worth, int when) {
    const karvan_i_cost_pair *p = &c->pair[pair];
    double sum = 0;
    for (int64_t i = p->first; i < p->first + p->n; i++) {
        double part[3];
        karvan_i_leg_parts(&c->leg[i], &worth[c->leg[i].cls], when, part);
        sum += part[0] + part[1] + part[2];
    }
    return sum;
}

karvan_i_tau karvan_i_pair_tau(const karvan_cost *c, int64_t pair, const karvan_i_worth *worth) {
    double before = c->levels ? cost_of(c, pair, worth, 0) : 0, after = cost_of(c, pair, worth, 1),
           base = c->pair[pair].base_tau;
    if (!c->levels) return (karvan_i_tau){base, base + after, after / base};
    return (karvan_i_tau){1 + before, 1 + after, log1p((after - before) / (1 + before))};
}

/* ---- draws ---- */

/* The same on any thread and for any set of pairs. */
static double drawn(double median, double low, double high, uint64_t seed, uint64_t stream,
                    int64_t draw) {
    if (isnan(low)) return median;
    return karvan_i_two_pieces(median, low, high, karvan_i_normal_draw(seed, stream, draw));
}

void karvan_i_cost_worth(const karvan_cost *c, int64_t draw, karvan_i_worth *worth) {
    for (int32_t k = 0; k < c->n_classes; k++) {
        const karvan_i_class *q = &c->cls[k];
        worth[k] = q->at;
        if (draw == 0) continue;
        worth[k].usd_t = drawn(q->at.usd_t, q->usd_t_low, q->usd_t_high, c->seed,
                               karvan_i_stream_of(q->id, 1), draw);
        worth[k].per_day = drawn(q->at.per_day, q->per_day_low, q->per_day_high, c->seed,
                                 karvan_i_stream_of(q->id, 2), draw);
    }
}

karvan_status karvan_cost_draw(const karvan_cost *c, int64_t draw, double *d_ln_tau,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_worth *worth = NULL;
    KARVAN_REQUIRE(c && d_ln_tau && draw >= 0, err, KARVAN_E_ARG,
                   "a draw needs changes of cost, room for them and a number from 0");
    worth = karvan_i_calloc((size_t)c->n_classes, sizeof *worth);
    KARVAN_REQUIRE(worth, err, KARVAN_E_NOMEM, "no memory for a draw");
    karvan_i_cost_worth(c, draw, worth);
    for (int64_t p = 0; p < c->n_pairs; p++) d_ln_tau[p] = karvan_i_pair_tau(c, p, worth).d_ln;
done:
    karvan_i_free(worth);
    return st;
}

int64_t karvan_cost_pairs(const karvan_cost *c) { return c->n_pairs; }
const char *karvan_cost_exporter(const karvan_cost *c, int64_t pair) {
    return c->pair[pair].exporter;
}
const char *karvan_cost_importer(const karvan_cost *c, int64_t pair) {
    return c->pair[pair].importer;
}
