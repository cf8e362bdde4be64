/* What routes cost before prices, by their place in nests and less what overlap adds. */
#include "study/rapid.h"

static double adjusted(const karvan_i_rapid *w, const karvan_i_costs *c, int64_t r) {
    return c->cost[r] - w->f->k->m->log_size[r] * w->asked.per_inner;
}

static void adjust_all(karvan_i_rapid *w, const karvan_i_costs *c) {
    const karvan_i_menu *m = w->f->k->m;
    for (int64_t p = 0; p < m->n_routes; p++) {
        int64_t r = w->f->nests.entry_is[p];
        w->adjusted[p] = adjusted(w, c, r);
        w->hour[p] = w->asked.hour[m->lane[m->pair[r]]];
    }
}

static void adjust_some(karvan_i_rapid *w, const karvan_i_costs *c, const karvan_i_measures *x) {
    for (int64_t i = 0; x && i < x->n; i++)
        w->adjusted[w->f->place[x->route[i]]] = adjusted(w, c, x->route[i]);
}

void karvan_i_rapid_adjust(karvan_i_rapid *w, const karvan_i_costs *c) {
    const karvan_i_costs *to = c->over ? c->over : c;
    const karvan_i_measures *by = c->over ? c->by : NULL;
    uint64_t made = c->over ? c->over_made : c->made;
    if (made > 0 && w->adjusted_to == to && w->adjusted_made == made)
        adjust_some(w, c, w->adjusted_by), adjust_some(w, c, by);
    else
        adjust_all(w, c);
    w->adjusted_to = to, w->adjusted_made = made, w->adjusted_by = by;
}
