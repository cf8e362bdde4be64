#ifndef KARVAN_SRC_RECORD_TIE_NETWORK_H
#define KARVAN_SRC_RECORD_TIE_NETWORK_H
/* A network of ties with what was measured of it. */
#include "record/tie_graph.h"
#include "record/ties.h"

struct karvan_tie_network {
    const karvan_ties *ties;
    karvan_ties_options o;
    karvan_i_tie_graph g;
    int64_t *tie;                       /* [g.m] of ties */
    double *betweenness, *closeness;    /* [n] */
    int32_t *degree;                    /* [n] others tied to, whatever the direction */
    double *out_strength, *in_strength; /* [n] undirected: alike */
    int32_t *cut_off;                   /* [n] 0: its loss parts nothing */
    bool *bridge;                       /* [g.m] */
    karvan_i_tie_parts parts;
    karvan_i_tie_division division;
    int64_t left_out, open, light, possible;
};

static inline const char *karvan_i_tie_text(const karvan_ties *t, size_t at) {
    return t->text.s + at;
}
static inline const char *karvan_i_tie_code(const karvan_tie_network *net, int32_t v) {
    return karvan_i_tie_text(net->ties, net->ties->code[v]);
}
static inline const char *karvan_i_tie_name(const karvan_tie_network *net, int32_t v) {
    return karvan_i_tie_text(net->ties, net->ties->name[v]);
}
/* Share of the pairs of other nodes; NaN below three nodes. */
double karvan_i_tie_share(const karvan_tie_network *net, int32_t v);
/* The network as GraphML; what fails sticks to the text. */
void karvan_i_tie_graphml(const karvan_tie_network *net, karvan_i_text *out);
#endif
