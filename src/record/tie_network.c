/* A network of the ties that are asked for, measured once. */
#include "record/tie_network.h"

#include <math.h>

#include "base/alloc.h"
#include "base/try.h"

enum { PROOF_STEPS = 100000 }; /* about 10 ms */

/* What counts of a tie; 0: the tie itself does not. */
static double weight_of(const karvan_ties_options *o, const karvan_i_tie *t) {
    return o->possible ? t->most : t->least;
}

static karvan_status choose(karvan_tie_network *net, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_ties *t = net->ties;
    size_t room = (size_t)t->m + 1;
    int64_t m = 0;
    int32_t *tail = karvan_i_malloc(room, sizeof *tail),
            *head = karvan_i_malloc(room, sizeof *head);
    double *weight = karvan_i_malloc(room, sizeof *weight);
    net->tie = karvan_i_malloc(room, sizeof *net->tie);
    KARVAN_REQUIRE(tail && head && weight && net->tie, err, KARVAN_E_NOMEM, "no memory for ties");
    for (int64_t i = 0; i < t->m; i++) {
        const karvan_i_tie *tie = &t->tie[i];
        double w = weight_of(&net->o, tie);
        net->left_out += w <= 0, net->light += w > 0 && w < net->o.least_weight;
        if (w <= 0 || w < net->o.least_weight) continue;
        net->possible += tie->least <= 0, net->open += w < tie->most;
        tail[m] = tie->a, head[m] = tie->b, weight[m] = w, net->tie[m++] = i;
    }
    /* ties stand in the order of their ends, which is that of the graph */
    KARVAN_TRY(karvan_i_tie_graph_init(&net->g, t->n, m, t->directed, tail, head, weight, err));
done:
    karvan_i_free(tail), karvan_i_free(head), karvan_i_free(weight);
    return st;
}

static void count(karvan_tie_network *net) {
    const karvan_i_tie_graph *g = &net->g;
    for (int32_t v = 0; v < g->n; v++)
        net->degree[v] = (int32_t)(g->all.first[v + 1] - g->all.first[v]);
    for (int64_t i = 0; i < g->m; i++) {
        net->out_strength[g->tail[i]] += g->weight[i], net->in_strength[g->head[i]] += g->weight[i];
        if (g->directed) continue;
        net->in_strength[g->tail[i]] += g->weight[i], net->out_strength[g->head[i]] += g->weight[i];
    }
}

static void mark(karvan_tie_network *net, int32_t a, int32_t b) {
    const karvan_i_tie_graph *g = &net->g;
    for (int64_t i = g->out.first[a]; i < g->out.first[a + 1]; i++)
        if (g->out.to[i] == b) net->bridge[g->out.tie[i]] = true;
}

static void mark_cuts(karvan_tie_network *net) {
    const karvan_i_tie_parts *p = &net->parts;
    for (int32_t k = 0; k < p->n_cuts; k++) {
        if (p->cut_b[k] < 0)
            net->cut_off[p->cut_a[k]] = (int32_t)(p->first[k + 1] - p->first[k]);
        else
            mark(net, p->cut_a[k], p->cut_b[k]), mark(net, p->cut_b[k], p->cut_a[k]);
    }
}

karvan_status karvan_tie_network_create(const karvan_ties *t, const karvan_ties_options *options,
                                        karvan_tie_network **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_tie_network *net = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(t, err, KARVAN_E_ARG, "ties are NULL");
    KARVAN_REQUIRE(!options || options->least_weight >= 0, err, KARVAN_E_ARG,
                   "the least weight of a tie is 0 or more, and not %g", options->least_weight);
    net = karvan_i_calloc(1, sizeof *net);
    KARVAN_REQUIRE(net, err, KARVAN_E_NOMEM, "no memory for a network");
    net->ties = t;
    if (options) net->o = *options;
    KARVAN_TRY(choose(net, err));
    size_t n = (size_t)t->n + 1;
    net->betweenness = karvan_i_calloc(n, sizeof *net->betweenness);
    net->closeness = karvan_i_calloc(n, sizeof *net->closeness);
    net->degree = karvan_i_calloc(n, sizeof *net->degree);
    net->out_strength = karvan_i_calloc(n, sizeof *net->out_strength);
    net->in_strength = karvan_i_calloc(n, sizeof *net->in_strength);
    net->cut_off = karvan_i_calloc(n, sizeof *net->cut_off);
    net->bridge = karvan_i_calloc((size_t)net->g.m + 1, sizeof *net->bridge);
    KARVAN_REQUIRE(net->betweenness && net->closeness && net->degree && net->out_strength &&
                       net->in_strength && net->cut_off && net->bridge,
                   err, KARVAN_E_NOMEM, "no memory for measures");
    count(net);
    KARVAN_TRY(karvan_i_tie_between(&net->g, net->o.weighted, net->o.threads, net->betweenness,
                                    net->closeness, err));
    KARVAN_TRY(karvan_i_tie_parts_init(&net->parts, &net->g, err));
    mark_cuts(net);
    KARVAN_TRY(karvan_i_tie_divide(&net->g, PROOF_STEPS, &net->division, err));
    *out = net, net = NULL;
done:
    karvan_tie_network_destroy(net);
    return st;
}

void karvan_tie_network_destroy(karvan_tie_network *net) {
    if (!net) return;
    karvan_i_tie_graph_clear(&net->g);
    karvan_i_tie_parts_clear(&net->parts);
    karvan_i_tie_division_clear(&net->division);
    karvan_i_free(net->tie), karvan_i_free(net->betweenness), karvan_i_free(net->closeness);
    karvan_i_free(net->degree), karvan_i_free(net->out_strength), karvan_i_free(net->in_strength);
    karvan_i_free(net->cut_off), karvan_i_free(net->bridge);
    karvan_i_free(net);
}

double karvan_i_tie_share(const karvan_tie_network *net, int32_t v) {
    double n = net->g.n, pairs = (n - 1) * (n - 2) / (net->g.directed ? 1 : 2);
    return n > 2 ? net->betweenness[v] / pairs : NAN;
}

karvan_tie_summary karvan_tie_network_summary(const karvan_tie_network *net) {
    const karvan_ties *t = net->ties;
    double n = t->n, pairs = n * (n - 1) / (t->directed ? 1 : 2);
    return (karvan_tie_summary){.tie = karvan_i_tie_text(t, t->kind),
                                .unit = karvan_i_tie_text(t, t->unit),
                                .has_year = t->has_year,
                                .year = t->year,
                                .extended = t->extended,
                                .directed = t->directed,
                                .nodes = t->n,
                                .ties = net->g.m,
                                .possible = net->possible,
                                .left_out = net->left_out,
                                .open = net->open,
                                .light = net->light,
                                .set_aside = t->set_aside,
                                .turned = t->turned,
                                .absent = t->absent,
                                .density = t->n > 1 ? (double)net->g.m / pairs : NAN,
                                .components = net->parts.n_parts,
                                .largest = t->n > 0 ? net->parts.size[net->parts.largest] : 0,
                                .points = net->parts.n_points,
                                .bridges = net->parts.n_cuts - net->parts.n_points,
                                .communities = net->division.n,
                                .modularity = net->division.modularity,
                                .proved = net->division.proved,
                                .starts = net->division.starts,
                                .weighted = net->o.weighted};
}
