/* What goes between two countries at the year's equilibrium: by way and class, and what a TEU costs
 * with and without limits. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "report/flow_facts.h"
#include "report/html.h"
#include "table/cell.h"

enum { THERE, BACK, WAYS };
static const double LEAST_TEU = 0.1; /* that a sentence tells */

typedef struct pair_flows {
    const karvan_i_flow_facts *f;
    const char *a, *b;
    int32_t n_classes;
    double *share;                      /* [pairs] of one corridor */
    double *by_corridor[WAYS];          /* [corridors + 1] TEU a day */
    double *by_class[WAYS];             /* [classes] */
    double wanted[WAYS], served[WAYS];  /* TEU a day */
    double cost[WAYS], free_cost[WAYS]; /* times TEU a day */
} pair_flows;

static void flows_clear(pair_flows *q) {
    karvan_i_free(q->share);
    for (int w = 0; w < WAYS; w++) {
        karvan_i_free(q->by_corridor[w]);
        karvan_i_free(q->by_class[w]);
    }
}

/* THERE, BACK; -1: the pair is of neither. */
static int way_of(const pair_flows *q, int32_t k) {
    const karvan_table *places = karvan_package_table(q->f->region, "places");
    int32_t from = q->f->demand.origin[k], to = q->f->demand.destination[k];
    if (karvan_i_cell_is(places, "country", from, q->a) &&
        karvan_i_cell_is(places, "country", to, q->b))
        return THERE;
    if (karvan_i_cell_is(places, "country", from, q->b) &&
        karvan_i_cell_is(places, "country", to, q->a))
        return BACK;
    return -1;
}

/* All pairs of the two, then each corridor's part; what is left goes other ways. */
static karvan_status gather(pair_flows *q, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_flow_facts *f = q->f;
    const double *cost = karvan_freight_cost_view(f->f),
                 *free_cost = karvan_freight_cost_free_view(f->f),
                 *served = karvan_freight_served_view(f->f);
    for (int32_t k = 0; k < f->demand.n; k++) {
        int w = way_of(q, k);
        if (w < 0) continue;
        q->wanted[w] += f->demand.teu_day[k], q->served[w] += served[k];
        q->cost[w] += f->demand.teu_day[k] * cost[k];
        q->free_cost[w] += f->demand.teu_day[k] * free_cost[k];
        q->by_corridor[w][f->n_corridors] += served[k];
        if (f->demand.cargo_class[k] >= 0) q->by_class[w][f->demand.cargo_class[k]] += served[k];
    }
    for (int32_t c = 0; c < f->n_corridors && q->served[THERE] + q->served[BACK] > 0; c++) {
        const karvan_freight_selection s = {.corridor = c, .cargo_class = -1};
        KARVAN_TRY(karvan_freight_select(f->f, &s, q->share, NULL, err));
        for (int32_t k = 0; k < f->demand.n; k++) {
            int w = way_of(q, k);
            if (w < 0) continue;
            double teu = q->share[k] * f->demand.teu_day[k];
            q->by_corridor[w][c] += teu, q->by_corridor[w][f->n_corridors] -= teu;
        }
    }
done:
    return st;
}

static karvan_status flows_init(pair_flows *q, const karvan_i_flow_facts *f, const char *a,
                                const char *b, karvan_error *err) {
    *q = (pair_flows){.f = f, .a = a, .b = b};
    q->n_classes = (int32_t)karvan_table_rows(karvan_package_table(f->region, "cargo_classes"));
    q->share = karvan_i_calloc((size_t)f->demand.n + 1, sizeof *q->share);
    bool good = q->share != NULL;
    for (int w = 0; w < WAYS; w++) {
        q->by_corridor[w] = karvan_i_calloc((size_t)f->n_corridors + 1, sizeof(double));
        q->by_class[w] = karvan_i_calloc((size_t)q->n_classes + 1, sizeof(double));
        good = good && q->by_corridor[w] && q->by_class[w];
    }
    if (!good) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for flows of a pair");
    return gather(q, err);
}

/* ---- what is told ---- */

/* "60 of them by Middle Corridor, 81 by none": both ways together. */
static void say_ways(karvan_i_page *p, const pair_flows *q) {
    int n = 0;
    for (int32_t c = 0; c < q->f->n_corridors; c++) {
        double teu = q->by_corridor[THERE][c] + q->by_corridor[BACK][c];
        if (teu < LEAST_TEU) continue;
        karvan_i_html_printf(&p->out, n++ ? ", %s " : "Of both, by %s ",
                             karvan_i_corridor_name(p, c));
        karvan_i_number(&p->out, teu, 2);
    }
    double rest =
        q->by_corridor[THERE][q->f->n_corridors] + q->by_corridor[BACK][q->f->n_corridors];
    if (n > 0 && rest >= LEAST_TEU) {
        karvan_i_text_puts(&p->out, ", by none of the corridors ");
        karvan_i_number(&p->out, rest, 2);
    }
    karvan_i_text_puts(&p->out, n > 0 ? ". " : "");
}

static void say(karvan_i_page *p, const pair_flows *q) {
    karvan_i_html_printf(&p->out, "<p>In %lld ", (long long)q->f->year);
    karvan_i_number(&p->out, q->served[THERE], 2);
    karvan_i_html_printf(&p->out, " TEU a day go from %s to %s and ", karvan_i_party_name(p, q->a),
                         karvan_i_party_name(p, q->b));
    karvan_i_number(&p->out, q->served[BACK], 2);
    karvan_i_text_puts(&p->out, " back, by the model. ");
    say_ways(p, q);
    int n = 0;
    for (int w = 0; w < WAYS; w++) {
        if (!(q->wanted[w] > 0)) continue;
        karvan_i_text_puts(&p->out, n++         ? "; back "
                                    : w == BACK ? "A TEU back costs, time and spread counted, "
                                                : "A TEU costs, time and spread counted, ");
        karvan_i_number(&p->out, q->cost[w] / q->wanted[w], 3);
        karvan_i_text_puts(&p->out, n == 1 ? " USD (were nothing full, " : " (");
        karvan_i_number(&p->out, q->free_cost[w] / q->wanted[w], 3);
        karvan_i_text_puts(&p->out, ")");
    }
    karvan_i_text_puts(&p->out, ".");
    double left = q->wanted[THERE] + q->wanted[BACK] - q->served[THERE] - q->served[BACK];
    if (left > 1e-6 * (q->wanted[THERE] + q->wanted[BACK])) {
        karvan_i_text_puts(&p->out, " ");
        karvan_i_number(&p->out, left, 2);
        karvan_i_text_puts(&p->out, " TEU a day stay at home.");
    }
    karvan_i_text_puts(&p->out, "</p>\n");
}

static void row(karvan_i_page *p, const char *name, double there, double back) {
    if (there + back < 0.005) return;
    karvan_i_text_puts(&p->out, "<tr>");
    karvan_i_td_text(p, name);
    karvan_i_td_number(p, round(there * 100) / 100, 2, KARVAN_UNKNOWN);
    karvan_i_td_number(p, round(back * 100) / 100, 2, KARVAN_UNKNOWN);
    karvan_i_text_puts(&p->out, "</tr>\n");
}

static void open_table(karvan_i_page *p, const pair_flows *q, const char *caption,
                       const char *first) {
    char heads[300];
    (void)snprintf(heads, sizeof heads, "%s|to %s#|to %s#", first, karvan_i_party_name(p, q->b),
                   karvan_i_party_name(p, q->a));
    karvan_i_table_open(p, caption, heads, true);
}

static void tell(karvan_i_page *p, const pair_flows *q) {
    const karvan_table *classes = karvan_package_table(p->region, "cargo_classes");
    karvan_i_text_puts(&p->out, "<section id=\"flows\"><h2>What goes between them, by which way"
                                "</h2>\n");
    say(p, q);
    open_table(p, q, "TEU a day by corridor", "way");
    for (int32_t c = 0; c <= q->f->n_corridors; c++)
        row(p, karvan_i_flow_name(p, q->f, c), q->by_corridor[THERE][c], q->by_corridor[BACK][c]);
    karvan_i_table_close(p);
    karvan_i_text_puts(&p->out, "<details><summary>By class of cargo</summary>\n");
    open_table(p, q, "TEU a day by class of cargo", "class");
    for (int32_t c = 0; c < q->n_classes; c++)
        row(p, karvan_i_cell_text(classes, "name", c), q->by_class[THERE][c], q->by_class[BACK][c]);
    karvan_i_table_close(p);
    karvan_i_text_puts(&p->out,
                       "</details>\n<p class=\"srcline\">Demand out of trade: "
                       "docs/methods/demand.md; equilibrium of all cargo of the region together: "
                       "docs/methods/freight.md.</p></section>\n");
}

karvan_status karvan_i_part_pair_flows(karvan_i_page *p, const char *a, const char *b,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_flow_facts f;
    pair_flows q = {.f = NULL};
    KARVAN_TRY(karvan_i_flow_facts_init(&f, p->region, err));
    if (!f.f) goto done;
    KARVAN_TRY(flows_init(&q, &f, a, b, err));
    if (q.wanted[THERE] + q.wanted[BACK] > 0) tell(p, &q);
    st = karvan_i_text_status(&p->out, err);
done:
    flows_clear(&q);
    karvan_i_flow_facts_clear(&f);
    return st;
}
