#ifndef KARVAN_SRC_FLOW_FREIGHT_H
#define KARVAN_SRC_FLOW_FREIGHT_H
/* Freight on the state graph: what its files share. A lane is a class of cargo with the network
 * that it sees; a scarce thing is what has a capacity; an item is a row of links, terminals or
 * services in one direction, of which loads are told. */
#include "flow/capacitated.h"
#include "karvan/freight.h"
#include "network/constraint.h"

typedef enum karvan_i_scarce_kind {
    KARVAN_I_OF_LINK,
    KARVAN_I_OF_TERMINAL,
    KARVAN_I_OF_SERVICE,
    KARVAN_I_OF_TABLE,  /* a row of table capacities */
    KARVAN_I_OF_BALANCE /* empty units of a pool at a place */
} karvan_i_scarce_kind;

typedef struct karvan_i_scarce {
    karvan_i_scarce_kind kind;
    int32_t row;    /* of the table; of a balance: the place */
    int32_t pool;   /* of a balance */
    bool reversed;  /* of links and so on in their `from` <- `to` direction */
    bool both;      /* TABLE: both directions together */
    bool by_weight; /* capacity in tonnes */
    bool closed;    /* of capacity 0: nothing passes */
    karvan_i_resource core;
} karvan_i_scarce;

typedef struct karvan_i_scarcities {
    int32_t n, cap;
    karvan_i_scarce *all;
} karvan_i_scarcities;

/* A class of cargo on its network. Nodes are those states that an arc touches. */
typedef struct karvan_i_lane {
    karvan_network *net;
    int32_t cargo_class; /* row of cargo_classes, -1: none in particular */
    const char *id;
    double tonnes;     /* a TEU */
    double hour_usd;   /* value of an hour of a TEU */
    double var_usd;    /* of a squared hour, where searches need a sum */
    double spread_usd; /* of an hour between the 50th and the 90th percentile */
    int32_t n, n_arcs;
    int32_t *node, *state;          /* [n_states] -1; [n] */
    int32_t *first, *tail, *head;   /* [n + 1], [n_arcs] nodes; arcs as in net->arcs */
    int32_t *back_first, *back_arc; /* [n + 1], [n_arcs] arcs by head */
    double *base;                   /* [n_arcs] money, carbon, hours; infinite: closed */
    double *weight;                 /* [n_arcs] with dispersion and prices: what searches use */
    int64_t *use_first;             /* [n_arcs + 1] */
    int32_t *use;                   /* scarce things */
    double *amount;
    int32_t *item, *service_item;  /* [n_arcs] -1 */
    karvan_i_constraint *corridor; /* [n_corridors] */
} karvan_i_lane;

typedef struct karvan_i_way { /* a route of a pair */
    int32_t pair, corridor;   /* -1: of none */
    int64_t before;           /* the pair's way before it, -1; while sets are made */
    int64_t first;            /* into the arcs */
    int32_t n;
    double usd, hours, var_h2, kg, spread_h;
    double cost;       /* generalised, at no prices */
    int64_t first_use; /* of scarce things, into the uses; -1: not yet found */
    int32_t n_uses;
    double log_size; /* among the ways of its pair */
} karvan_i_way;

typedef struct karvan_i_freight_ways { /* growing */
    int64_t n, cap, n_arcs, cap_arcs;
    karvan_i_way *way;
    int32_t *arc;
    int64_t n_uses, cap_uses;
    int32_t *use; /* scarce things, each once a way, in the order met */
    double *amount;
} karvan_i_freight_ways;

typedef struct karvan_i_empties { /* moves of empty units over links */
    int32_t n_pools, n;
    int32_t *pool_of_mode; /* [n_modes] -1 */
    int32_t *tail, *head;  /* [n] places */
    int32_t *item;         /* [n] of the link */
    int32_t *service_item; /* [n] -1 */
    double *cost;          /* [n] */
    int64_t *use_first;    /* [n + 1] */
    int32_t *use;
    double *amount;
} karvan_i_empties;

typedef struct karvan_i_held { /* where a round began */
    double *price, *delay_h;   /* [scarce] */
    double *empty;             /* [empties] */
    int rounds, iterations;    /* before it */
    bool rough, any_new, warm; /* see the loop in freight.c */
    bool stopped;              /* the solve was, in this round */
    bool ended;                /* it is known to be the last one */
} karvan_i_held;

enum { KARVAN_I_FREIGHT_KINDS = KARVAN_FREIGHT_TRANSIT + 1 };

struct karvan_freight {
    const karvan_package *region;
    karvan_freight_options options;
    const karvan_table *links, *terminals, *services, *capacities, *corridors, *places, *constants;
    char *pools;
    int32_t n_corridors;
    karvan_network *plain; /* of no class in particular: for empties, and where there is no lane */
    int32_t n_lanes;
    karvan_i_lane *lane;
    karvan_i_scarcities scarce;
    int32_t *key_first, *key_scarce; /* scarce things by what uses them: freight_scarce.c */
    karvan_i_empties empties;
    double *constant; /* [lanes][corridors][kinds] what is unexplained of a corridor, USD a TEU */
    int32_t n_pairs;
    int32_t *pair_lane, *pair_from, *pair_to; /* [n_pairs] */
    uint8_t *pair_kind;                       /* [n_pairs] karvan_freight_kind */
    double *demand;                           /* [n_pairs] */
    karvan_i_freight_ways ways;               /* sorted by pair once solved */
    int steps_before; /* of a solution that is gone on with; max_iterations is of those after */
    bool best_first;  /* a pair's first way is its best at no prices */
    bool keeps_all;   /* arcs are those of the start, and what is open there is open */
    double *most;     /* [scarce] load if each pair took its way that uses most */
    /* the solution */
    bool taken;                        /* there is one, of some round */
    int64_t *first_way;                /* [n_pairs + 1] */
    double *flow;                      /* [ways] TEU a day */
    double *way_share;                 /* [ways] of its pair's demand */
    double *way_cost;                  /* [ways] with prices and waits */
    double *cost_free, *cost, *served; /* [n_pairs] */
    double *price, *delay_h, *load;    /* [scarce] */
    double *empty;                     /* [empties] */
    karvan_i_held held;
    karvan_freight_stats stats;
};

/* Networks, capacities and demand as for karvan_freight_solve, without routes (freight.c). */
karvan_status karvan_i_freight_prepare(const karvan_package *region,
                                       const karvan_freight_demand *demand,
                                       const karvan_freight_options *options, karvan_freight **out,
                                       karvan_error *err);
/* As karvan_freight_solve, but routes are sought in at most so many rounds (0: until none is
 * found), unless ways of the start are shut; then prices and shares are only about right. */
karvan_status karvan_i_freight_rounds(const karvan_package *region,
                                      const karvan_freight_demand *demand,
                                      const karvan_freight_options *options,
                                      const karvan_freight *start, int most, karvan_freight **out,
                                      karvan_error *err);

/* ---- lanes and capacities (freight_lane.c, freight_scarce.c, freight_empties.c) ---- */
karvan_status karvan_i_lane_init(karvan_freight *f, int32_t cargo_class, karvan_i_lane *lane,
                                 karvan_error *err);
void karvan_i_lane_clear(karvan_i_lane *lane, int32_t n_corridors);
/* Uses and items of its arcs; those of closed things get an infinite base. */
karvan_status karvan_i_lane_uses(const karvan_freight *f, karvan_i_lane *lane, karvan_error *err);
/* All lanes at no prices, with a weight of dispersion for each. */
karvan_status karvan_i_lanes_weigh(karvan_freight *f, karvan_error *err);
/* Weights of searches; prices and waits NULL: none. */
void karvan_i_lane_weigh(karvan_i_lane *lane, const karvan_freight *f, const double *price,
                         const double *delay_h);
/* What an arc pays in prices and waits. */
double karvan_i_arc_price(const karvan_freight *f, const karvan_i_lane *lane, int32_t arc,
                          const double *price, const double *delay_h);
karvan_status karvan_i_scarce_find(karvan_freight *f, karvan_error *err);
/* By what uses them; empties must be known. */
karvan_status karvan_i_scarce_index(karvan_freight *f, karvan_error *err);
karvan_status karvan_i_scarce_push(karvan_i_scarcities *s, const karvan_i_scarce *x,
                                   karvan_error *err);
/* Scarce things that an arc uses, and how much of them; use NULL: how many. */
int32_t karvan_i_scarce_uses(const karvan_freight *f, const karvan_i_lane *lane,
                             const karvan_i_arc *arc, int32_t *use, double *amount);
const char *karvan_i_scarce_name(const karvan_freight *f, const karvan_i_scarce *s);
const char *karvan_i_scarce_unit(const karvan_i_scarce *s); /* "TEU/day" "t/day" */
karvan_status karvan_i_empties_find(karvan_freight *f, karvan_error *err);
void karvan_i_empties_clear(karvan_i_empties *e);
/* Items by row and direction: links, terminals, services. */
int32_t karvan_i_item_count(const karvan_freight *f);
int32_t karvan_i_item_of(const karvan_freight *f, karvan_i_scarce_kind kind, int32_t row,
                         bool reversed);
/* Spread between the 50th and 90th percentile of a lognormal of this mean and variance. */
double karvan_i_spread_h(double mean_h, double var_h2);

/* ---- routes (freight_search.c, freight_routes.c) ---- */
typedef struct karvan_i_lane_tree { /* of best ways from a place, or to one */
    double *cost;                   /* [n << groups] */
    int32_t *arc, *node;            /* arc that leads there (away), node on its other side; -1 */
    void *heap;
    int32_t *chain;  /* states that wait for nothing */
    uint8_t *target; /* [n] node is a destination that is looked for */
    size_t room;
} karvan_i_lane_tree;
void karvan_i_lane_tree_clear(karvan_i_lane_tree *t);
/* From the origin of a place over states and groups passed; by a corridor, or NULL. It ends when
 * all n_to destinations are met and what is met costs more than `reach` times the dearest of them;
 * n_to 0: not before all is met. */
karvan_status karvan_i_lane_tree_from(const karvan_i_lane *lane, int32_t place,
                                      const karvan_i_constraint *c, int32_t n_to, const int32_t *to,
                                      double reach, karvan_i_lane_tree *t, karvan_error *err);
/* The same over ways of all kinds, told apart by the groups that they pass and, as one group more,
 * the last, by whether they take what the corridor closes: all that costs no more than `most`. */
karvan_status karvan_i_lane_tree_around(const karvan_i_lane *lane, int32_t place,
                                        const karvan_i_constraint *c, double most,
                                        karvan_i_lane_tree *t, karvan_error *err);
karvan_status karvan_i_lane_tree_to(const karvan_i_lane *lane, int32_t place, karvan_i_lane_tree *t,
                                    karvan_error *err);
/* From a node to all, and from all to a node, by a corridor or NULL: a group counts as passed where
 * either end of an arc brings it, the node itself among them. */
karvan_status karvan_i_lane_tree_out(const karvan_i_lane *lane, int32_t node,
                                     const karvan_i_constraint *c, karvan_i_lane_tree *t,
                                     karvan_error *err);
karvan_status karvan_i_lane_tree_into(const karvan_i_lane *lane, int32_t node,
                                      const karvan_i_constraint *c, karvan_i_lane_tree *t,
                                      karvan_error *err);
void karvan_i_freight_ways_clear(karvan_i_freight_ways *w);
/* Room for so many more, where their number is known. */
karvan_status karvan_i_freight_ways_reserve(karvan_i_freight_ways *w, int64_t ways, int64_t arcs,
                                            karvan_error *err);
/* One that the ways of f have, at its costs now. */
void karvan_i_freight_way_measure(const karvan_freight *f, karvan_i_way *way);
/* A way of arcs, measured. *last: the pair's newest way, -1, which becomes this one; one that the
 * pair has already is not added again. */
karvan_status karvan_i_freight_ways_add(karvan_i_freight_ways *w, const karvan_freight *f,
                                        int32_t pair, const int32_t *arcs, int32_t n,
                                        int32_t corridor, int64_t *last, karvan_error *err);
/* Sets at no prices of all pairs but those that are known, NULL: of all. No pair has a way yet. */
karvan_status karvan_i_freight_routes(karvan_freight *f, const bool *known, karvan_error *err);
/* Ways that are best at the prices and not yet in their pair's set: how many were added. */
karvan_status karvan_i_freight_better(karvan_freight *f, int64_t *added, karvan_error *err);
/* First corridor of the table that a way goes by, -1. */
int32_t karvan_i_corridor_of(const karvan_freight *f, const karvan_i_lane *lane,
                             const int32_t *arcs, int32_t n);
/* f->constant, before any way is measured. */
karvan_status karvan_i_freight_constants(karvan_freight *f, karvan_error *err);
/* That of a corridor (-1: none) for the class and kind of a pair. */
double karvan_i_corridor_constant(const karvan_freight *f, int32_t corridor, int32_t pair);
/* Is a row of the constants of a class and kind of demand? */
bool karvan_i_constant_is_of(const karvan_table *t, int64_t r, const char *class, uint8_t kind);
/* Ways by pair, in the order found; uses of those that are new, and sizes where some are. */
karvan_status karvan_i_freight_sort(karvan_freight *f, karvan_error *err);
karvan_status karvan_i_freight_measure(karvan_freight *f, karvan_error *err); /* freight_uses.c */
/* Sizes of ways that are those of a start, where lengths of links and stops have changed. */
karvan_status karvan_i_freight_sizes(karvan_freight *f, const karvan_freight *start,
                                     karvan_error *err);

/* ---- another solution (freight_start.c) ---- */
/* Are two of the same row? */
bool karvan_i_same_scarce(const karvan_i_scarce *x, const karvan_i_scarce *y);
/* Are its pairs, classes and number of corridors the same? */
bool karvan_i_freight_same_pairs(const karvan_freight *f, const karvan_freight *start);
/* Its prices, where its capacities are the same rows, whatever their size. */
void karvan_i_freight_start_prices(karvan_freight *f, const karvan_freight *start);
/* Are its pairs and arcs the same? Amounts, costs and capacities may be others. */
bool karvan_i_freight_like(const karvan_freight *f, const karvan_freight *start);
/* Its ways, of one like this, at today's costs; those that are shut by now are left. */
karvan_status karvan_i_freight_start_ways(karvan_freight *f, const karvan_freight *start,
                                          karvan_error *err);

/* ---- what a case makes cheaper (freight_news.c) ---- */
typedef struct karvan_i_news {
    int32_t *first; /* [n_lanes + 1] */
    int32_t *arc;   /* that cost less, or vary less, than on another network of the same arcs */
    int32_t most;   /* of one lane */
} karvan_i_news;
void karvan_i_freight_news_clear(karvan_i_news *news);
/* start: one whose arcs are the same (karvan_i_freight_like). KARVAN_E_NOMEM. */
karvan_status karvan_i_freight_news_find(const karvan_freight *f, const karvan_freight *start,
                                         karvan_i_news *out, karvan_error *err);
/* Does arc a cost or vary less than arc b of another network, or is that one shut? */
bool karvan_i_arc_is_news(const karvan_i_lane *now, int32_t a, const karvan_i_lane *then,
                          int32_t b);
/* Is an arc shut that is open there? */
bool karvan_i_freight_shuts(const karvan_freight *f, const karvan_freight *start);
/* karvan_i_freight_better, but only ways by these arcs. */
karvan_status karvan_i_freight_better_by(karvan_freight *f, const karvan_i_news *news,
                                         int64_t *added, karvan_error *err);

/* ---- ways by what their arcs are (freight_keys.c) ---- */
/* What an arc is, on whichever network of the region. */
uint64_t karvan_i_arc_key(const karvan_network *net, const karvan_i_arc *a);
/* Keys of a lane's arcs, [n_arcs]; the caller frees. */
karvan_status karvan_i_arc_keys(const karvan_i_lane *lane, uint64_t **out, karvan_error *err);
/* The way of n arcs with these keys from a place on; false: it is not there, or shut. */
bool karvan_i_walk_keys(const karvan_i_lane *lane, const uint64_t *keys, int32_t place, int32_t n,
                        const uint64_t *key, int32_t *arcs);
/* The ways of another network, those that f has not found; *all: none of them is shut here. Where
 * pairs, classes or corridors are others there are none, and *all is false. f has ways, sorted.
 * KARVAN_E_NOMEM. */
karvan_status karvan_i_freight_start_keyed(karvan_freight *f, const karvan_freight *start,
                                           bool *all, karvan_error *err);
/* Its prices, of what is the same row here. */
void karvan_i_freight_keyed_prices(karvan_freight *f, const karvan_freight *start);

/* ---- why cargo stays at home (freight_why.c) ---- */
karvan_status karvan_i_freight_why(const karvan_freight *f, int32_t pair, char *out, size_t cap,
                                   karvan_error *err);
/* ---- freight_demand.c ---- */

/* karvan_freight_demand_read, but what rows have in common is not added up, so that each can grow
 * by itself. row_teu [rows]: what a row says, TEU a year, also of what stays at one place; NaN: it
 * is of another year. */
karvan_status karvan_i_freight_demand_by_row(const karvan_package *region,
                                             const karvan_table *table, int year, double *row_teu,
                                             karvan_freight_demand *out, karvan_error *err);
/* The same once more. KARVAN_E_NOMEM. */
karvan_status karvan_i_freight_demand_copy(const karvan_freight_demand *d,
                                           karvan_freight_demand *out, karvan_error *err);
#endif
