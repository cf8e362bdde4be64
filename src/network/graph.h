#ifndef KARVAN_SRC_NETWORK_GRAPH_H
#define KARVAN_SRC_NETWORK_GRAPH_H
/* The state graph behind karvan_network. A state is (place, mode, side): side 0
 * has arrived, side 1 is about to depart. */
#include "karvan/network.h"

enum { KARVAN_I_ARRIVED = 0, KARVAN_I_DEPARTING = 1 };

typedef enum karvan_i_arc_kind {
    KARVAN_I_ARC_LINK,     /* departing at one place -> arrived at another */
    KARVAN_I_ARC_TERMINAL, /* arrived -> departing, by a row of terminals */
    KARVAN_I_ARC_PASS      /* arrived -> departing in the same mode, free */
} karvan_i_arc_kind;

typedef struct karvan_i_arc {
    int32_t tail, head; /* states */
    karvan_i_arc_kind kind;
    int32_t row;               /* of links or terminals; -1 for a pass */
    int32_t service;           /* row of services that carries the link, -1: none needed */
    bool reversed;             /* the link or terminal is used from its `to` end */
    double hours, usd, kg, km; /* expected hours with the wait in them */
    double var_h2;             /* variance of the hours */
} karvan_i_arc;

struct karvan_network {
    const karvan_package *region;
    const karvan_table *places, *links, *terminals, *services, *corridors, *countries;
    karvan_network_options options;
    int32_t n_places, n_modes, n_states, n_arcs;
    char **modes;         /* [n_modes] names */
    karvan_i_arc *arcs;   /* [n_arcs] sorted by tail, then in the order of the tables */
    int32_t *first;       /* [n_states + 1] offsets into arcs */
    const char **country; /* [n_places] iso3, borrowed */
    const char **customs; /* [n_places] customs area of the country, borrowed */
    bool *strait;         /* [n_places] ships pass, nobody crosses a border */
};

static inline int32_t karvan_i_state(const karvan_network *net, int32_t place, int32_t mode,
                                     int side) {
    return (place * net->n_modes + mode) * 2 + side;
}
static inline int32_t karvan_i_state_mode(const karvan_network *net, int32_t state) {
    return state / 2 % net->n_modes;
}
static inline int32_t karvan_i_state_place(const karvan_network *net, int32_t state) {
    return state / (2 * net->n_modes);
}

/* Is a row in service on a day? from certainly begun, to possibly not yet over; NULL: no limit. */
bool karvan_i_open_on(const karvan_edtf *from, const karvan_edtf *to, karvan_day day);
/* Shape of a lognormal from the ratio of its 90th to its 50th percentile. */
double karvan_i_sigma(double p90_over_p50);
/* The services row's expected wait, hours. */
double karvan_i_wait_mean_h(double headway_h, double cv, double closed_days_year,
                            double closure_spell_h);
/* Variance of that wait: of the residual life of a gamma headway, and of an exponential closure
 * that comes with its probability. */
double karvan_i_wait_var_h2(double headway_h, double cv, double closed_days_year,
                            double closure_spell_h);
/* Fill a leg (or two: wait and move) from an arc; returns how many, 0 for a pass. */
int karvan_i_legs_of_arc(const karvan_network *net, const karvan_i_arc *arc, karvan_leg out[2]);
/* A walk of n arcs as the legs of a route, and what they add up to. KARVAN_E_NOMEM. */
karvan_status karvan_i_route_of_arcs(const karvan_network *net, int32_t n, const int32_t *arcs,
                                     karvan_route *out, karvan_error *err);
/* Great-circle-like distance on WGS84 between two places, km (PROJ's geodesic). */
double karvan_i_geodesic_km(double lon1, double lat1, double lon2, double lat2);
#endif
