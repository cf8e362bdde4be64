#ifndef KARVAN_SRC_FLOW_BUSH_H
#define KARVAN_SRC_FLOW_BUSH_H
/* Bushes: for each origin and group of classes an acyclic part of the network that reaches every
 * node and holds all flow of that origin. A node that one arc of the bush enters needs no flow of
 * its own: it is the demand there and what leaves. Only merges, nodes that several arcs enter, keep
 * the flow of each. So a bush takes little more than an arc a node. Method:
 * docs/methods/assignment.md. */
#include "flow/methods.h"

typedef struct karvan_i_merge {
    int32_t node, first; /* its entries: first .. first of the next merge - 1 */
} karvan_i_merge;

typedef struct karvan_i_bush {
    int32_t origin;
    int group;
    double dust;           /* less than this is no flow but rounding */
    int32_t n;             /* nodes reached, but for the origin */
    int32_t *seq;          /* [n] nodes, each behind those before it on every way: the one arc that
                              enters a node, or ~merge */
    int32_t n_merges;      /* merge[n_merges].first: how many entries there are */
    int32_t room, entries; /* what merge, and arc and flow, have room for */
    karvan_i_merge *merge;
    int32_t *arc; /* of an entry */
    double *flow;
    bool settled; /* seq is the one order that hangs on the arcs alone: karvan_i_bush_settle */
} karvan_i_bush;

/* All of them: what is kept for a later start. */
typedef struct karvan_i_bushes {
    int n_classes;
    int *group; /* [n_classes] a later problem must group its classes so too */
    int32_t n;
    karvan_i_bush *bush; /* [n] by group, then origin */
} karvan_i_bushes;

/* An arc as labels read it. */
typedef struct karvan_i_priced {
    int32_t tail, head;
    double cost;
} karvan_i_priced;

/* A node as labels leave it: the least cost from the origin, the most among used ways, and the arcs
 * by which they come, with their entries (-1: the node is no merge). */
typedef struct karvan_i_label_node {
    double least, most;
    int32_t rank; /* place in seq; of the origin -1 */
    int32_t least_arc, most_arc, least_entry, most_entry;
} karvan_i_label_node;

/* Two ways between the same two nodes: steps from `begin` on, `dear` of the dearer, then `cheap` of
 * the other. A step is an arc; or ~arc where a merge is entered, and behind it the entry. */
typedef struct karvan_i_pair_of_ways {
    int64_t begin;
    int32_t dear, cheap;
    double gain; /* what the last shift between them saved, by its first order */
} karvan_i_pair_of_ways;

/* Pairs that one worker has found in a round, of one bush after the other. */
typedef struct karvan_i_pool {
    int64_t n, room, n_steps, room_steps;
    karvan_i_pair_of_ways *pair;
    int32_t *step;
} karvan_i_pool;

/* The pairs of ways of one bush between which flow may shift: in the pool of a worker. */
typedef struct karvan_i_ways {
    karvan_i_bush *bush;
    int worker;
    int64_t first, n;
    double excess; /* of the bush when it was labelled */
} karvan_i_ways;

/* Memory of one worker. */
typedef struct karvan_i_bush_work {
    karvan_i_label_node *node; /* [n] */
    double *least;             /* [n] over all arcs, not only those of the bush */
    int32_t *by;               /* [n] the arc of that */
    double *through;           /* [n] flow of the bush that comes to a node */
    int32_t *seq;              /* [n] a bush in the making */
    karvan_i_merge *merge;     /* [n + 1] */
    int32_t *arc;              /* [m + n] */
    double *flow;              /* [m + n] */
    int32_t *stack;            /* [m + 4n] */
    int32_t *place, *ring;     /* [n] */
    uint8_t *mark;             /* [n] zero between uses of ring, and between orderings */
    karvan_i_tree tree;
    karvan_i_pool pool;
} karvan_i_bush_work;

/* The state of a solution in the making. */
typedef struct karvan_i_bush_state {
    const karvan_i_problem *p;
    karvan_i_bushes *bushes;
    double *flow, *slope;    /* [m] of all bushes together, and the derivative of cost */
    karvan_i_priced **price; /* [n_groups][m] */
    int n_workers;
    karvan_i_bush_work *work; /* [n_workers] */
} karvan_i_bush_state;

static inline int32_t karvan_i_seq_node(const karvan_i_bush_state *s, const karvan_i_bush *b,
                                        int32_t e) {
    return e >= 0 ? s->p->head[e] : b->merge[~e].node;
}
/* Cost of an arc after its flow has changed. */
static inline void karvan_i_reprice(karvan_i_bush_state *s, int32_t a) {
    const karvan_i_problem *p = s->p;
    double x = s->flow[a];
    karvan_i_vdf_value v = karvan_i_arc_both(p, a, x > 0 ? x : 0);
    s->slope[a] = v.derivative;
    for (int g = 0; g < p->n_groups; g++) {
        double cost = p->fixed[g] ? v.time + p->fixed[g][a] : v.time;
        s->price[g][a].cost = cost > 0 ? cost : 0;
    }
}

/* bush_labels.c */
void karvan_i_bush_label(const karvan_i_bush_state *s, karvan_i_bush_work *w,
                         const karvan_i_bush *b);
/* What the bush's flow would save on the least ways of the bush: flow times reduced cost. */
double karvan_i_bush_excess(const karvan_i_bush_state *s, const karvan_i_bush_work *w,
                            const karvan_i_bush *b);
/* w->through of a labelled bush; entries are made to add up to it. */
void karvan_i_bush_through(const karvan_i_bush_state *s, karvan_i_bush_work *w, karvan_i_bush *b);
/* w->least and w->by of a labelled bush: least costs over all arcs of the network. */
void karvan_i_bush_correct(const karvan_i_bush_state *s, karvan_i_bush_work *w,
                           const karvan_i_bush *b);
/* Sum of demand times w->least; and times (label in the bush - w->least). */
double karvan_i_bush_least(const karvan_i_bush_state *s, const karvan_i_bush_work *w,
                           const karvan_i_bush *b);
double karvan_i_bush_lag(const karvan_i_bush_state *s, const karvan_i_bush_work *w,
                         const karvan_i_bush *b);

/* Where arcs that enter nodes are told by node: none enters, since it is the origin, or no way from
 * there reaches it. */
enum { KARVAN_I_NOWHERE = INT32_MIN };

/* bush_order.c: a topological order in the making. */
typedef struct karvan_i_ordering {
    const int32_t *tail;    /* of arcs */
    const int32_t *in;      /* by node: the arc that enters it, or ~merge */
    const karvan_i_bush *b; /* its merges and entries alone are read */
    int32_t *stack;         /* [nodes + entries] */
    uint8_t *mark;          /* [nodes] zeros at first, but for the origin: 2 */
    int32_t *seq;           /* from here on: what is made */
    karvan_i_merge *merge;
    int32_t *arc;
    double *flow;
    int32_t n, n_merges, entries;
} karvan_i_ordering;
/* Of the nodes of b->seq, in the worker's memory: place is `in`. */
karvan_i_ordering karvan_i_bush_ordering(const karvan_i_bush_state *s, karvan_i_bush_work *w,
                                         const karvan_i_bush *b);
/* A node, behind all that lead to it, unless it is there. False: they lead round in a circle. */
bool karvan_i_order_to(karvan_i_ordering *o, int32_t node);
/* Ends merges; marks are zeros again. */
void karvan_i_order_end(karvan_i_ordering *o, int32_t nodes);
/* Puts a bush in the order that hangs on its arcs alone: one that was saved and read is the same.
 */
void karvan_i_bush_settle(const karvan_i_bush_state *s, karvan_i_bush_work *w, karvan_i_bush *b);

/* bush_grow.c: drops arcs without flow and lets in those that least ways take, where no cycle can
 * come of it. *excess: what the flow would save on the least ways of the network. */
karvan_status karvan_i_bush_grow(const karvan_i_bush_state *s, karvan_i_bush_work *w,
                                 karvan_i_bush *b, double *excess, double *cost, karvan_error *err);

/* bush_ways.c */
/* Labels the bush and gathers its pairs of ways behind what the worker's pool has. */
karvan_status karvan_i_bush_gather(const karvan_i_bush_state *s, int worker, karvan_i_bush *b,
                                   karvan_i_ways *out, karvan_error *err);
/* Shifts flow between each pair by a step of Newton, but for pairs that gained no more than
 * `least_gain` the last time; what they gain together. */
double karvan_i_ways_shift(karvan_i_bush_state *s, const karvan_i_ways *ways, double least_gain);

/* bush_flows.c */
karvan_status karvan_i_bush_state_init(karvan_i_bush_state *s, const karvan_i_problem *p,
                                       int threads, karvan_error *err);
void karvan_i_bush_state_clear(karvan_i_bush_state *s);
void karvan_i_bushes_destroy(void *bushes);
/* Empty bushes of a problem; those without demand are left out. */
karvan_status karvan_i_bushes_create(const karvan_i_problem *p, karvan_i_bushes **out,
                                     karvan_error *err);
/* The bush of a tree of shortest ways, without flow. */
karvan_status karvan_i_bush_plant(const karvan_i_tree *t, karvan_i_bush *b, karvan_error *err);
/* Bushes of an earlier solution, as they are where they served the same demand, else in the
 * proportions of then. False where there is one that has no like. */
karvan_status karvan_i_bushes_adopt(karvan_i_bush_state *s, const karvan_i_bushes *from,
                                    bool same_demand, bool *adopted, karvan_error *err);
/* So many of n bushes are summed at once, whatever the threads; the sums are added in their order.
 */
int64_t karvan_i_bush_chunk(const karvan_i_problem *p, int64_t n);
/* class_flow[class][m] of the bushes as they stand, which are settled; s->flow and prices are made
 * of them anew. */
karvan_status karvan_i_bush_flows(karvan_i_bush_state *s, int threads, double *class_flow,
                                  karvan_error *err);
#endif
