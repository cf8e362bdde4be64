#ifndef KARVAN_SRC_TRADE_COST_H
#define KARVAN_SRC_TRADE_COST_H
/* Changes of cost, read and judged: cost_read.c makes them (classes: cost_classes.c),
 * cost_to_trade.c turns them into trade costs, cost_tables.c tells them. */
#include "karvan/equilibrium.h"

/* A class's numbers as stated, or as a draw has them. */
typedef struct karvan_i_worth {
    double usd_t;   /* value of a tonne */
    double per_day; /* ad-valorem equivalent of a day in transit, a share of the value */
    double rho;     /* worth of an hour of spread over worth of an hour */
} karvan_i_worth;

typedef struct karvan_i_class {
    char *id;
    karvan_i_worth at;            /* as stated */
    double usd_t_low, usd_t_high; /* 5 % and 95 %; NaN: no range */
    double per_day_low, per_day_high;
    int64_t row; /* of the table of classes */
} karvan_i_class;

/* One class of one pair: what changes, [0] before and [1] after; changes have 0 before. */
typedef struct karvan_i_leg {
    int32_t cls;
    double share;
    double usd_t[2], hours[2], spread_h[2];
    int64_t row; /* of the table of changes */
} karvan_i_leg;

typedef struct karvan_i_cost_pair {
    char *exporter, *importer;
    int64_t first, n;   /* legs */
    double base_tau;    /* where levels are not given */
    bool base_stated;   /* by a column or by the options */
    const char *shares; /* where the shares come from: "changes", "pair", "exporter"; static */
} karvan_i_cost_pair;

struct karvan_cost {
    int32_t n_classes;
    karvan_i_class *cls;
    bool levels;
    int64_t n_pairs;
    karvan_i_cost_pair *pair; /* by exporter, importer */
    int64_t n_legs;
    karvan_i_leg *leg; /* by pair, then class */
    double elasticity;
    uint64_t seed;
};

/* A pair's trade cost before and after, and the change. */
typedef struct karvan_i_tau {
    double before, after, d_ln;
} karvan_i_tau;
/* Money, time and reliability that a leg adds, as shares of the pair's trade; when: 0 before, 1
 * after. */
void karvan_i_leg_parts(const karvan_i_leg *l, const karvan_i_worth *w, int when, double part[3]);
/* worth: [n_classes]. */
karvan_i_tau karvan_i_pair_tau(const karvan_cost *c, int64_t pair, const karvan_i_worth *worth);
/* Worth of every class in a draw, 0: as stated. */
void karvan_i_cost_worth(const karvan_cost *c, int64_t draw, karvan_i_worth *worth);

/* cost_classes.c */
karvan_status karvan_i_classes_read(const karvan_table *t, karvan_cost *c, karvan_error *err);
void karvan_i_classes_clear(karvan_cost *c);
/* Index of a class, -1. */
int32_t karvan_i_class_find(const karvan_cost *c, const char *id);
#endif
