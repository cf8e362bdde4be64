/* What each corridor puts on each link: for maps whose lines have the corridors' colours. */
#include <string.h>

#include "base/try.h"
#include "flow/freight.h"

karvan_status karvan_freight_link_loads(const karvan_freight *f, double *teu_day,
                                        karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(f && teu_day, err, KARVAN_E_ARG, "no solution, or no room for its loads");
    size_t groups = (size_t)f->n_corridors + 1, n = 2 * (size_t)karvan_table_rows(f->links);
    memset(teu_day, 0, n * groups * sizeof *teu_day);
    for (int64_t w = 0; w < f->ways.n; w++) {
        const karvan_i_way *way = &f->ways.way[w];
        const karvan_network *net = f->lane[f->pair_lane[way->pair]].net;
        size_t group = way->corridor < 0 ? groups - 1 : (size_t)way->corridor;
        if (!(f->flow[w] > 0)) continue;
        for (int64_t i = way->first; i < way->first + way->n; i++) {
            const karvan_i_arc *a = &net->arcs[f->ways.arc[i]];
            if (a->kind != KARVAN_I_ARC_LINK) continue;
            size_t item = 2 * (size_t)a->row + (a->reversed ? 1 : 0);
            teu_day[item * groups + group] += f->flow[w];
        }
    }
done:
    return st;
}
