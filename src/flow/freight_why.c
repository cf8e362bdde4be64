/* Why cargo stays at home: what is full on its best way, what is shut, or that it costs too much.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "flow/freight.h"
#include "network/sets.h"
#include "table/cell.h"

/* Prices and waits of scarce things along a way, each once, the dearest first: three of them. */
static void say_full(const karvan_freight *f, const karvan_i_lane *lane, const karvan_i_way *way,
                     karvan_i_text *t) {
    enum { MOST = 3 };
    int32_t said[MOST] = {-1, -1, -1}, n = 0;
    for (; n < MOST; n++) {
        double most = 0;
        int32_t which = -1;
        for (int64_t i = way->first; i < way->first + way->n; i++) {
            int32_t a = f->ways.arc[i];
            for (int64_t u = lane->use_first[a]; u < lane->use_first[a + 1]; u++) {
                int32_t x = lane->use[u];
                const karvan_i_scarce *s = &f->scarce.all[x];
                double usd = s->core.kind == KARVAN_I_QUEUE ? f->delay_h[x] * lane->hour_usd
                                                            : lane->amount[u] * f->price[x];
                bool again = s->kind == KARVAN_I_OF_BALANCE;
                for (int32_t k = 0; k < n; k++) again |= said[k] == x;
                if (!again && usd > most) most = usd, which = x;
            }
        }
        if (which < 0 || most < 0.01) break;
        said[n] = which;
        const karvan_i_scarce *s = &f->scarce.all[which];
        bool queue = s->core.kind == KARVAN_I_QUEUE;
        karvan_i_text_printf(t, "%s%.80s%s (%.4g USD a TEU",
                             n ? ", " : "full: ", karvan_i_scarce_name(f, s),
                             s->reversed ? " back" : "", most);
        if (queue) karvan_i_text_printf(t, ", %.4g h of waiting", f->delay_h[which]);
        karvan_i_text_puts(t, ")");
    }
    if (n == 0)
        karvan_i_text_printf(t, "the best way costs %.0f USD a TEU, staying at home %.0f",
                             way->cost, f->options.reject_usd_per_teu);
}

/* Things of capacity 0 on the way that would be best without them. */
static karvan_status say_shut(const karvan_freight *f, int32_t pair, karvan_i_text *t,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_lane lane = f->lane[f->pair_lane[pair]]; /* a copy of what it points to */
    karvan_i_lane_tree tree = {0};
    lane.weight = karvan_i_calloc((size_t)lane.n_arcs + 1, sizeof *lane.weight);
    KARVAN_REQUIRE(lane.weight, err, KARVAN_E_NOMEM, "no memory for a reason");
    for (int32_t a = 0; a < lane.n_arcs; a++) /* as few shut things as can be, then hours */
        lane.weight[a] = lane.net->arcs[a].hours + (lane.base[a] < INFINITY ? 0 : 1e6);
    KARVAN_TRY(karvan_i_lane_tree_from(&lane, f->pair_from[pair], NULL, 1, &f->pair_to[pair], 1,
                                       &tree, err));
    int32_t v = lane.node[karvan_i_destination(lane.net, f->pair_to[pair])];
    for (int n = 0; tree.cost[v] < INFINITY && tree.arc[v] >= 0; v = tree.node[v]) {
        int32_t a = tree.arc[v];
        for (int64_t u = lane.use_first[a]; u < lane.use_first[a + 1]; u++) {
            const karvan_i_scarce *s = &f->scarce.all[lane.use[u]];
            if (s->closed && n++ < 3)
                karvan_i_text_printf(t, "%s%.80s%s", n > 1 ? ", " : "no way: capacity 0 of ",
                                     karvan_i_scarce_name(f, s), s->reversed ? " back" : "");
        }
    }
done:
    karvan_i_lane_tree_clear(&tree);
    karvan_i_free(lane.weight);
    return st;
}

/* No way at all: what the network itself says of it. */
static karvan_status say_no_way(const karvan_freight *f, int32_t pair, karvan_i_text *t,
                                karvan_error *err) {
    karvan_routes_query q;
    karvan_error why = {0};
    karvan_routes_query_init(&q, f->pair_from[pair], f->pair_to[pair]);
    karvan_status st = karvan_i_no_way(f->lane[f->pair_lane[pair]].net, &q, false, &why);
    if (st == KARVAN_E_NOMEM) return karvan_fail(err, st, "%s", why.msg);
    karvan_i_text_printf(t, "no way: %s", why.msg);
    return KARVAN_OK;
}

karvan_status karvan_i_freight_why(const karvan_freight *f, int32_t pair, char *out, size_t cap,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text t = {0};
    int64_t best = -1;
    for (int64_t w = f->first_way[pair]; w < f->first_way[pair + 1]; w++)
        if (best < 0 || f->ways.way[w].cost < f->ways.way[best].cost) best = w;
    if (best >= 0) {
        say_full(f, &f->lane[f->pair_lane[pair]], &f->ways.way[best], &t);
    } else {
        KARVAN_TRY(say_shut(f, pair, &t, err));
        if (!t.n) KARVAN_TRY(say_no_way(f, pair, &t, err));
    }
    KARVAN_TRY(karvan_i_text_status(&t, err));
    (void)snprintf(out, cap, "%s", t.s ? t.s : "");
done:
    karvan_i_text_clear(&t);
    return st;
}
