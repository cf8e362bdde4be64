#ifndef KARVAN_SRC_FLOW_CAPACITATED_H
#define KARVAN_SRC_FLOW_CAPACITATED_H
/* Equilibrium of choices under hard limits, on plain arrays. Routes of a pair are chosen by their
 * cost; they use resources; what is scarce gets a price, which is part of the cost. Solved in its
 * dual, which is concave: docs/methods/freight.md. */
#include "flow/choice.h"
#include "flow/delay.h"
#include "karvan/choice.h"

typedef enum karvan_i_resource_kind {
    KARVAN_I_LIMIT,  /* load <= capacity; its price is the multiplier, >= 0 */
    KARVAN_I_QUEUE,  /* load < capacity; its price is the wait, valued */
    KARVAN_I_BALANCE /* load = 0: what arrives has left; amounts have signs, and so has the price */
} karvan_i_resource_kind;

typedef struct karvan_i_resource {
    karvan_i_resource_kind kind;
    double capacity;      /* units a day; LIMIT, QUEUE: > 0 and finite */
    karvan_i_delay delay; /* QUEUE */
    double hour_usd;      /* QUEUE: > 0, about what an hour's wait costs a unit */
} karvan_i_resource;

/* Amounts of resources that rows use: compressed rows. */
typedef struct karvan_i_uses {
    const int64_t *first;    /* [rows + 1] */
    const int32_t *resource; /* each at most once a row */
    const double *amount;    /* units a unit of the row's flow; routes' of LIMIT and QUEUE: > 0 */
} karvan_i_uses;

/* Demand that falls with what its pairs pay: that of a group is as given, times factor ((value +
 * paid') / (value + paid))^-theta, where paid' is the sum over its pairs of demand as given times
 * cost. Prices stay the maximiser of a concave dual. */
typedef struct karvan_i_elastic {
    int32_t n;
    const int32_t *group; /* [n_pairs] -1: demand is fixed */
    const double *value;  /* [n] > 0 */
    const double *paid;   /* [n] value + paid > 0 */
    const double *factor; /* [n] > 0 */
    double theta;         /* > 0 */
} karvan_i_elastic;

typedef struct karvan_i_capacitated {
    const karvan_choice_sets *sets;
    const karvan_choice_model *model;
    const double *demand;            /* [n_pairs] >= 0 */
    const karvan_i_elastic *elastic; /* NULL: demand is fixed */
    const double *cost;              /* [routes] at no price; infinite: the route is closed */
    karvan_i_uses routes;
    const double *hour_usd; /* [uses of routes] QUEUE: what an hour's wait there costs a unit of the
                               route; NULL: amount times the resource's own */
    int32_t n_resources;
    const karvan_i_resource *resources;
    /* flows of which nobody chooses: as large as pays (empty moves) */
    int32_t n_activities;
    const double *activity_cost; /* [n_activities] >= 0 */
    karvan_i_uses activities;
    bool deterministic; /* least cost alone: the scale and the kind of the model do not matter */
    double tolerance;   /* of the residuals, > 0 */
    int max_iterations; /* Newton steps in all; 0: are the prices to begin with the answer? */
    const double *start_activity; /* [n_activities], NULL: none known */
    const double *start;          /* [n_resources] prices to begin with; NULL: none known */
    const karvan_cancel *cancel;
} karvan_i_capacitated;

/* Arrays are the caller's own: karvan_i_capacity_clear. */
typedef struct karvan_i_capacity {
    double *price;      /* [n_resources] USD a unit */
    double *delay_h;    /* [n_resources] QUEUE; else 0 */
    double *load;       /* [n_resources] */
    double *share;      /* [routes] */
    double *route_cost; /* [routes] with prices and waits */
    double *logsum;     /* [n_pairs]; deterministic: cost of the best */
    double *demand;     /* [n_pairs] */
    double *activity;   /* [n_activities] */
    double dual;        /* value of the dual; deterministic: of the linear programme's */
    double primal;      /* deterministic: cost of the flows; else NaN */
    double over;        /* most that a load exceeds its capacity, of the capacity; balances: of the
                           demand */
    double slack;       /* most that complementarity lacks: see docs/methods/freight.md */
    double asymmetry;   /* most that waits still moved in the last round, relative */
    int iterations;
    bool converged;
} karvan_i_capacity;

/* KARVAN_E_NOCONV, KARVAN_E_CANCELLED: out holds the best found. KARVAN_E_ARG: an array or number
 * out of range. KARVAN_E_NOMEM. */
karvan_status karvan_i_capacitated_solve(const karvan_i_capacitated *p, karvan_i_capacity *out,
                                         karvan_error *err);
void karvan_i_capacity_clear(karvan_i_capacity *c);

/* ---- between the files of the solver ---- */

/* Rows of uses that routes share, of watched resources alone. */
typedef struct karvan_i_patterns {
    int32_t n;
    int32_t *of;    /* [routes] */
    int64_t *first; /* [n + 1] */
    int32_t *resource;
    double *amount;
    double *price, *flow; /* [n] at a point: what a unit pays; what goes by it */
    double *bend;         /* [n] of a Hessian: what routes of the pattern bend alone */
    int64_t *free_first;  /* [n + 1] uses of what is free in it, by its place there */
    int32_t *free;
    double *free_amount;
} karvan_i_patterns;
void karvan_i_patterns_clear(karvan_i_patterns *t);
/* Those of routes; t is cleared first. KARVAN_E_NOMEM. */
karvan_status karvan_i_patterns_find(const karvan_i_uses *u, int64_t routes, const bool *watched,
                                     karvan_i_patterns *t, karvan_error *err);

typedef struct karvan_i_queued { /* a route in a queue */
    int64_t route;
    int32_t queue;
    double more_usd; /* an hour there costs it more than the queue's own value of it */
} karvan_i_queued;

/* The concave function that is maximised, at one point. */
typedef struct karvan_i_dual {
    const karvan_i_capacitated *p;
    karvan_choice_sets sets;   /* those of p; deterministic: ln of the last shares for path sizes */
    karvan_choice_model model; /* deterministic: of the proximal step */
    double *log_size;          /* [routes] deterministic; else NULL */
    bool *watched;             /* [n_resources] others are limits at no price, far from full */
    karvan_i_patterns patterns;
    size_t n_waits;
    karvan_i_queued *waits;
    karvan_i_nest *room;     /* of one pair's nests */
    double *base;            /* [routes] cost without prices, with what is held of waits */
    double *activity, *next; /* [n_activities] the proximal centre; the flows at this point */
    double activity_step;    /* of the proximal term: flow a USD */
    double *cost, *share;    /* [routes] at this point */
    double *logsum;          /* [n_pairs] */
    double *demand;          /* [n_pairs] at this point */
    double *paid, *bent; /* [groups] paid'; minus the slope of their demand by it, over demand */
    double *pays;        /* [groups][n_resources] slope of paid' by the prices */
    double *load, *gradient; /* [n_resources] */
    double value;
    double size;         /* of what elastic groups' part of it is the difference of */
    double small_flow;   /* routes of no more are left out of the Hessian */
    double small_demand; /* pairs of no more are left out of the Hessian: together a hundredth */
    int32_t *at;         /* [n_resources] place among the free ones, -1 */
    double *row, *hessian;
    double *nests; /* [n_nests][n_resources]; share of each nest behind them */
    int32_t *seen; /* [n_resources] */
} karvan_i_dual;
/* Value, loads and gradient at prices; of what is not watched the gradient is 0. */
void karvan_i_dual_evaluate(karvan_i_dual *d, const double *price);
/* Costs and shares alone; no pattern is needed. */
void karvan_i_dual_choose(karvan_i_dual *d, const double *price);
/* Loads and gradient of all, from the flows of the last point. */
void karvan_i_dual_loads(karvan_i_dual *d, const double *price);
/* The negative of the Hessian among n free resources, [n][n]; prices as last evaluated. */
void karvan_i_dual_hessian(karvan_i_dual *d, const double *price, int32_t n, const int32_t *free,
                           double *out);
/* Least price of a resource. */
double karvan_i_least_price(const karvan_i_resource *r);
/* Residuals at the last point: over and slack. */
void karvan_i_dual_residuals(const karvan_i_dual *d, const double *price, double *over,
                             double *slack);
/* Maximise from *price on. Adds to *iterations; KARVAN_E_NOCONV where it stops above the
 * tolerance; err is not written then. */
karvan_status karvan_i_dual_maximise(karvan_i_dual *d, double *price, double tolerance,
                                     int *iterations, karvan_error *err);
#endif
