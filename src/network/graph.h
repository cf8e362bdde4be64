#ifndef KARVAN_SRC_NETWORK_GRAPH_H
#define KARVAN_SRC_NETWORK_GRAPH_H
/* The state graph behind karvan_network. A state is a place with a layer and a side; a layer is a
 * row of modes (mode x means x gauge) with a customs status. Every place has besides one state in
 * which a load begins and one in which it ends. */
#include "karvan/network.h"
#include "network/clocks.h"

typedef enum karvan_i_side {
    KARVAN_I_ARRIVED,     /* by a link */
    KARVAN_I_DEPARTING,   /* may take a link */
    KARVAN_I_ORIGIN,      /* not yet loaded: no layer */
    KARVAN_I_DESTINATION, /* unloaded: no layer */
    KARVAN_I_BETWEEN      /* two steps of a stop */
} karvan_i_side;

typedef enum karvan_i_arc_kind {
    KARVAN_I_ARC_LINK,     /* departing at one place -> arrived at another */
    KARVAN_I_ARC_TERMINAL, /* at one place, by a row of terminals */
    KARVAN_I_ARC_DEFAULT,  /* at one place, by a row of operations: as everywhere */
    KARVAN_I_ARC_PASS      /* at one place, free */
} karvan_i_arc_kind;

typedef struct karvan_i_arc {
    int32_t tail, head; /* states */
    karvan_i_arc_kind kind;
    int32_t row;               /* of links, terminals or operations; -1 for a pass */
    int32_t service;           /* row of services that carries the link, -1: none needed */
    int32_t operation;         /* index into net->operations; -1: moves, or passes */
    bool reversed;             /* the link or terminal is used from its `to` end */
    double hours, usd, kg, km; /* expected hours with the wait in them */
    double var_h2;             /* variance of the hours */
    /* what the hours are made of, expected: hours = fixed_h + distance_h + wait_h */
    double fixed_h, distance_h, wait_h;
    double p50_h, p90_over_p50; /* of moving or dwelling, without the wait */
    double capacity_teu_day;    /* NaN: not known */
} karvan_i_arc;

/* A row of table operations, or one of those that need no row. */
typedef struct karvan_i_operation {
    const char *id, *name; /* borrowed from the region, or constants */
    int32_t row;           /* of table operations, -1: built in */
    karvan_operation cause;
    bool mandatory;           /* who passes in the mode must stop for it */
    bool tranships;           /* counts as a transhipment */
    double p50_h, p90_h, usd; /* where no row of terminals says it; NaN: not known */
} karvan_i_operation;

struct karvan_network {
    const karvan_package *region;
    const karvan_table *places, *links, *terminals, *services, *corridors, *countries;
    const karvan_table *mode_table, *operation_table; /* NULL: the region has none */
    karvan_network_options options;
    bool whenever;       /* rows count as open on every day */
    int32_t cargo_class; /* row of table cargo_classes, -1: none in particular */
    int32_t n_places, n_modes, n_statuses, n_layers, n_states, n_arcs;
    char **modes;          /* [n_modes] names */
    const char **statuses; /* [n_statuses] customs statuses, borrowed; the first is "free" */
    karvan_i_operation *operations;
    int32_t n_operations;
    karvan_i_arc *arcs;   /* [n_arcs] sorted by tail, then in the order of the tables */
    int32_t *first;       /* [n_states + 1] offsets into arcs */
    int32_t *state_place; /* [n_states] */
    int32_t *state_layer; /* [n_states] -1: none */
    uint8_t *state_side;  /* [n_states] karvan_i_side */
    const char **country; /* [n_places] iso3, borrowed */
    const char **customs; /* [n_places] customs area of the country, borrowed */
    bool *strait;         /* [n_places] ships pass, nobody crosses a border */
    karvan_i_clocks clocks;
};

static inline int32_t karvan_i_layer(const karvan_network *net, int32_t mode, int32_t status) {
    return mode * net->n_statuses + status;
}
/* Arrived or departing in a layer. */
static inline int32_t karvan_i_state(const karvan_network *net, int32_t place, int32_t layer,
                                     karvan_i_side side) {
    return (place * net->n_layers + layer) * 2 + (int32_t)side;
}
static inline int32_t karvan_i_origin(const karvan_network *net, int32_t place) {
    return net->n_places * net->n_layers * 2 + place * 2;
}
static inline int32_t karvan_i_destination(const karvan_network *net, int32_t place) {
    return karvan_i_origin(net, place) + 1;
}
static inline int32_t karvan_i_state_place(const karvan_network *net, int32_t state) {
    return net->state_place[state];
}
static inline karvan_i_side karvan_i_state_side(const karvan_network *net, int32_t state) {
    return (karvan_i_side)net->state_side[state];
}
/* -1 for the states that have no layer. */
static inline int32_t karvan_i_state_mode(const karvan_network *net, int32_t state) {
    return net->state_layer[state] < 0 ? -1 : net->state_layer[state] / net->n_statuses;
}

/* As karvan_network_create; whenever: with the rows too that are not in service on the day. */
karvan_status karvan_i_network_create(const karvan_package *region,
                                      const karvan_network_options *options, bool whenever,
                                      karvan_network **out, karvan_error *err);
/* Is a row in service on the network's day, or by the clock within a year of it? */
bool karvan_i_row_in_service(const karvan_network *net, const karvan_table *t, int64_t row);
/* Is a row in service on a day? from certainly begun, to possibly not yet over; NULL: no limit. */
bool karvan_i_open_on(const karvan_edtf *from, const karvan_edtf *to, karvan_day day);
/* Shape of a lognormal from the ratio of its 90th to its 50th percentile. */
double karvan_i_sigma(double p90_over_p50);
/* Fill a leg (or two: wait and move) from an arc; *n: how many, 0 for a pass. KARVAN_E_NOMEM. */
karvan_status karvan_i_legs_of_arc(const karvan_network *net, const karvan_i_arc *arc,
                                   karvan_leg out[2], int *n, karvan_error *err);
/* A walk of n arcs as the legs of a route, and what they add up to. KARVAN_E_NOMEM. */
karvan_status karvan_i_route_of_arcs(const karvan_network *net, int32_t n, const int32_t *arcs,
                                     karvan_route *out, karvan_error *err);
/* The wait of leg k of a route, where it is a KARVAN_WAIT: the leg behind it moves. */
karvan_i_wait karvan_i_leg_wait(const karvan_network *net, const karvan_route *r, int32_t k);
/* A leg's part of the variance of its route's hours, 0..1; 0 where nothing varies. */
double karvan_i_variance_share(const karvan_route *r, int32_t leg);
#endif
