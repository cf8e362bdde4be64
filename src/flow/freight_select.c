/* Who goes by a link, a stop, a service, a place, a frontier, a corridor. */
#include <string.h>

#include "base/try.h"
#include "flow/freight_tables.h"
#include "network/reach.h"
#include "table/cell.h"

/* The codes of a frontier's countries, as the network knows them. */
static karvan_status find_border(const karvan_freight *f, karvan_i_sought *q, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = NULL;
    const int32_t row[2] = {q->s->border.a, q->s->border.b};
    KARVAN_TRY(karvan_i_need_table(f->region, "countries", &t, err));
    for (int i = 0; i < 2; i++) {
        KARVAN_REQUIRE(row[i] >= 0 && row[i] < karvan_table_rows(t) && row[0] != row[1], err,
                       KARVAN_E_ARG, "a frontier lies between two countries, not rows %d and %d",
                       (int)row[0] + 1, (int)row[1] + 1);
        q->side[i] = karvan_i_cell_text(t, "iso3", row[i]);
        KARVAN_REQUIRE(q->side[i], err, KARVAN_E_DATA, "table countries: row %d has no code",
                       (int)row[i] + 1);
    }
done:
    return st;
}

karvan_status karvan_i_freight_seek(const karvan_freight *f, const karvan_freight_selection *s,
                                    karvan_i_sought *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool known = !s->mode;
    *out = (karvan_i_sought){.f = f, .s = s};
    KARVAN_REQUIRE(s->corridor >= -1 && s->corridor < f->n_corridors, err, KARVAN_E_ARG,
                   "no row %d in table corridors", (int)s->corridor + 1);
    KARVAN_REQUIRE(s->direction >= 0 && s->direction <= 2, err, KARVAN_E_ARG,
                   "a direction is 0, 1 or 2, not %d", s->direction);
    if (s->by_item) KARVAN_TRY(karvan_i_check_item(f->plain, s->item, err));
    if (s->by_border) KARVAN_TRY(find_border(f, out, err));
    for (int32_t m = 0; s->mode && m < f->plain->n_modes; m++)
        known |= strcmp(f->plain->modes[m], s->mode) == 0;
    KARVAN_REQUIRE(known, err, KARVAN_E_ARG, "the region has no mode '%.40s'", s->mode);
done:
    return st;
}

static bool passes_item(const karvan_i_sought *q, const karvan_network *net,
                        const karvan_i_arc *a) {
    const karvan_freight_selection *s = q->s;
    bool turned = s->item.kind != KARVAN_ITEM_PLACE && s->direction != 0 &&
                  a->reversed != (s->direction == 2);
    return !turned && karvan_i_arc_of_item(net, a, s->item);
}

static bool crosses_border(const karvan_i_sought *q, const karvan_network *net,
                           const karvan_i_arc *a) {
    if (a->kind != KARVAN_I_ARC_LINK || !karvan_i_crosses(net, a)) return false;
    const char *from = net->country[karvan_i_state_place(net, a->tail)],
               *to = net->country[karvan_i_state_place(net, a->head)];
    bool forth = strcmp(from, q->side[0]) == 0 && strcmp(to, q->side[1]) == 0,
         back = strcmp(from, q->side[1]) == 0 && strcmp(to, q->side[0]) == 0;
    return (forth && q->s->direction != 2) || (back && q->s->direction != 1);
}

bool karvan_i_freight_found(const karvan_i_sought *q, const karvan_i_way *way) {
    const karvan_freight_selection *s = q->s;
    const karvan_freight *f = q->f;
    const karvan_network *net = f->lane[f->pair_lane[way->pair]].net;
    bool passes = !s->by_item, crosses = !s->by_border, carried = !s->mode;
    if (s->corridor >= 0 && way->corridor != s->corridor) return false;
    for (int64_t i = way->first; i < way->first + way->n && !(passes && crosses && carried); i++) {
        const karvan_i_arc *a = &net->arcs[f->ways.arc[i]];
        passes = passes || passes_item(q, net, a);
        crosses = crosses || crosses_border(q, net, a);
        carried = carried || (a->kind == KARVAN_I_ARC_LINK &&
                              strcmp(net->modes[karvan_i_state_mode(net, a->tail)], s->mode) == 0);
    }
    return passes && crosses && carried;
}

karvan_status karvan_freight_select(const karvan_freight *f,
                                    const karvan_freight_selection *selection, double *share,
                                    double *teu_day, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_sought q;
    double sum = 0;
    KARVAN_REQUIRE(f && selection && share, err, KARVAN_E_ARG, "nothing to select from, or for");
    KARVAN_TRY(karvan_i_freight_seek(f, selection, &q, err));
    for (int32_t k = 0; k < f->n_pairs; k++) {
        double flow = 0;
        int32_t class = f->lane[f->pair_lane[k]].cargo_class;
        share[k] = 0;
        if (selection->cargo_class >= 0 && class != selection->cargo_class) continue;
        for (int64_t w = f->first_way[k]; w < f->first_way[k + 1]; w++)
            if (karvan_i_freight_found(&q, &f->ways.way[w]))
                share[k] += f->way_share[w], flow += f->flow[w];
        sum += flow;
    }
    if (teu_day) *teu_day = sum;
done:
    return st;
}
