#ifndef KARVAN_SRC_STUDY_STUDY_H
#define KARVAN_SRC_STUDY_STUDY_H
/* The chain from an edit to trade and welfare: what its files share. A side is the region under
 * some scenarios (side 0: under none). The menu holds the routes that all sides choose from, so
 * that a side differs from another in what its routes cost and carry, and in nothing else. */
#include "flow/freight.h"
#include "karvan/study.h"
#include "study/parameters.h"
#include "trade/solution.h"

/* ---- sides (side.c, thin.c) ---- */

typedef struct karvan_i_study_side {
    char *name;             /* of its scenarios, "A,B" */
    karvan_package *region; /* its own, with the edits */
    karvan_freight_options flow;
    karvan_table *cargo;          /* demand by row; NULL: that of side 0 */
    karvan_freight_demand demand; /* thinned; `row` of the cargo table */
    karvan_freight *freight;      /* at equilibrium; found routes are the menu's */
} karvan_i_study_side;
/* first: side 0, whose cargo and solution serve where the scenarios leave demand alone; NULL: this
 * is it. routes: at equilibrium; else networks and capacities alone. */
karvan_status karvan_i_study_side_open(const char *dir, int n_names, const char *const *names,
                                       const karvan_study_options *o,
                                       const karvan_i_study_side *first, bool routes,
                                       karvan_i_study_side *out, karvan_error *err);
void karvan_i_study_side_clear(karvan_i_study_side *s);
enum { KARVAN_I_NAMES_MAX = 48 }; /* interventions of one case, with what follows from them */
/* Do interventions edit what ties countries (ties.c)? */
bool karvan_i_ties_edited(const karvan_package *region, int n_names, const char *const *names);
/* Interventions that follow from ties which hold after and not before, behind the *n names that
 * there are; texts of `before`. */
karvan_status karvan_i_ties_follow(const karvan_package *before, const karvan_package *after,
                                   karvan_day date, int most, int *n, const char **names,
                                   karvan_error *err);
/* Cells below `least` TEU a day of one row become fewer of about that size; rows keep their sums.
 */
karvan_status karvan_i_thin(karvan_freight_demand *d, double least, karvan_error *err);

/* ---- ways apart from networks (trace.c) ---- */

/* A way of a pair by what its arcs are, on whichever network; what it passes, uses and pays. */
typedef struct karvan_i_trace {
    int32_t pair, corridor; /* -1: of none */
    uint64_t hash;
    int64_t key, item, use, spent; /* where its own begin */
    int32_t n_keys, n_items, n_uses, n_spent;
} karvan_i_trace;

typedef struct karvan_i_traces {
    int64_t n, cap;
    karvan_i_trace *trace;
    int64_t n_keys, cap_keys;
    uint64_t *key; /* of arcs, in their order */
    int64_t n_items, cap_items;
    int32_t *item; /* links, stops, services, as flow/freight.h numbers them */
    int64_t n_uses, cap_uses;
    int32_t *use; /* of `scarce` */
    double *amount;
    int64_t n_spent, cap_spent;
    int32_t *spent_country; /* rows of table countries, neither end of the pair */
    double *spent_usd;
    /* what the side has that is scarce, and the length of its items, 0: not there */
    int32_t n_scarce, n_all_items;
    karvan_i_scarce *scarce;
    char **scarce_name;
    const char **scarce_unit;
    double *length;
} karvan_i_traces;
/* All ways of side 0; of another (first not NULL) those that it finds for a reason: they pass what
 * the side opened or made cheaper, or their pair has lost a way. */
karvan_status karvan_i_traces_take(const karvan_i_study_side *side,
                                   const karvan_i_study_side *first, karvan_i_traces *out,
                                   karvan_error *err);
void karvan_i_traces_clear(karvan_i_traces *t);
/* Of all columns and cells (store_facts.c). */
uint64_t karvan_i_table_digest(const karvan_table *t);
/* Two sides may stand beside one another: the same tables but for their values, what
 * is of the whole study as it was, the same flows. */
karvan_status karvan_i_sides_alike(const karvan_i_study_side *first,
                                   const karvan_i_study_side *side, karvan_error *err);

/* ---- the menu (menu.c, measure.c) ---- */

/* A part of what a route costs, under the parameter that moves it. */
typedef struct karvan_i_part {
    int32_t parameter;
    double usd, hours, var_h2;
} karvan_i_part;

/* Routes as one side measures them. Of side 0 all; of others those that differ from side 0, of
 * which the parts are what is added to side 0's, where both have them open. */
typedef struct karvan_i_measures {
    int64_t n, cap;
    int64_t *route; /* [n] rising */
    bool *open;
    double *kg;
    int64_t *part_first; /* [n + 1] */
    int64_t n_parts, cap_parts;
    karvan_i_part *part;
    int32_t *arc; /* of side 0: arcs of routes on its networks, as the menu has their keys; the
                     first -1: not open */
} karvan_i_measures;

typedef struct karvan_i_menu {
    int32_t n_pairs;
    int32_t *row;       /* [n_pairs] of the cargo table */
    int32_t *from, *to; /* places */
    int32_t *lane;
    uint8_t *kind;  /* karvan_freight_kind */
    int64_t *first; /* [n_pairs + 1] routes by corridor; the last of each is to stay at home */
    int64_t n_routes;
    int64_t *key_first; /* [n_routes + 1] what their arcs are */
    uint64_t *key;
    int32_t *pair;     /* [n_routes] */
    int32_t *corridor; /* [n_routes] -1: none; -2: stays at home */
    int32_t *nest;
    double *log_size;
    int64_t *use_first; /* [n_routes + 1] of scarce things */
    int64_t n_uses;
    int32_t *use;
    double *amount;
    int64_t *spent_first; /* [n_routes + 1] what is paid in countries that are neither end */
    int64_t n_spent;
    int32_t *spent_country; /* rows of table countries */
    double *spent_usd;
    int32_t n_scarce;
    karvan_i_scarce *scarce; /* [n_scarce] rows of side 0's tables */
    char **scarce_name;
    const char **scarce_unit;
} karvan_i_menu;

/* What a side offers, and what wants to go. */
typedef struct karvan_i_supply {
    double *demand;              /* [n_pairs] TEU a day */
    karvan_i_resource *resource; /* [n_scarce]; a limit without a row here is infinite */
    karvan_i_measures measures;
} karvan_i_supply;

/* The ways that sides found, once each; traces[side]. */
karvan_status karvan_i_menu_make(const karvan_i_study_side *first, int n_sides,
                                 const karvan_i_traces *traces, karvan_i_menu *menu,
                                 karvan_error *err);
/* What a side makes of the menu; first: of side 0, with its networks (base), NULL: this is it. */
karvan_status karvan_i_supply_make(const karvan_i_menu *m, const karvan_i_study_side *side,
                                   const karvan_i_parameters *p, const karvan_i_supply *first,
                                   const karvan_freight *base, karvan_i_supply *out,
                                   karvan_error *err);
/* The menu's number of what is scarce on a side, -1; near: where to look first. */
int32_t karvan_i_menu_scarce(const karvan_i_menu *m, const karvan_i_scarce *x, int32_t near);
void karvan_i_menu_clear(karvan_i_menu *m);
/* Added to most[n_scarce]: what could use each, if each pair took its way that uses most of it. */
karvan_status karvan_i_menu_most(const karvan_i_menu *m, const double *demand, double *most,
                                 karvan_error *err);
void karvan_i_supply_clear(karvan_i_supply *s);

enum { KARVAN_I_NESTS_MAX = 64 };

/* ---- one draw of one side (choices.c, costs.c, loads.c) ---- */

/* What does not change between draws: classes, constants, the choice. */
typedef struct karvan_i_choices {
    int32_t n_lanes, n_corridors;
    double *tonnes, *hour_usd, *rho; /* [n_lanes] a TEU; at medians; reliability ratio */
    int32_t *value, *day;            /* [n_lanes] parameters */
    int32_t *class_row;              /* [n_lanes] of cargo_classes */
    int32_t n_constants;
    double *constant_usd; /* [n_constants] */
    int32_t *constant_of; /* [n_constants] parameter that is added */
    int32_t *constant_to; /* [n_constants] corridor */
    bool *constant_is;    /* [n_constants][n_lanes][3] is it of a class and kind? */
    double scale, nest_scale, reject, carbon_usd_per_kg;
    int32_t taste, elasticity;
    int32_t *amount; /* [n_lanes][3] parameter of demand */
    int32_t *room;   /* [n_scarce] parameter of capacity */
} karvan_i_choices;
karvan_status karvan_i_choices_make(const karvan_i_study_side *first, const karvan_i_menu *m,
                                    const karvan_i_parameters *p, karvan_i_choices *out,
                                    karvan_error *err);
void karvan_i_choices_clear(karvan_i_choices *c);

/* What routes cost before anything is full. */
typedef struct karvan_i_costs {
    double *usd, *hours, *var_h2, *kg; /* [n_routes] a TEU */
    double *cost;                      /* [n_routes] generalised; INFINITY: not there */
    uint64_t made;                     /* how often they were found */
    /* Of another side than 0: what it lies over, and where. Another that comes to lie over the same
     * moves routes of both alone. */
    const struct karvan_i_costs *over; /* NULL: they are of side 0 */
    uint64_t over_made;
    const karvan_i_measures *by;
} karvan_i_costs;
karvan_status karvan_i_costs_init(karvan_i_costs *c, const karvan_i_menu *m, karvan_error *err);
void karvan_i_costs_clear(karvan_i_costs *c);
/* Of side 0, all routes. */
void karvan_i_costs_first(const karvan_i_menu *m, const karvan_i_choices *q,
                          const karvan_i_supply *first, const double *value, karvan_i_costs *out);
/* Of another, from those of side 0: `effect` of what it changes is felt, 1: all. */
void karvan_i_costs_other(const karvan_i_menu *m, const karvan_i_choices *q,
                          const karvan_i_supply *side, const double *value, double effect,
                          const karvan_i_costs *first, karvan_i_costs *out);

/* The equilibrium of routes under capacities. */
typedef struct karvan_i_loads {
    double *demand;                 /* [n_pairs] TEU a day, as it was loaded */
    double *share;                  /* [n_routes] */
    double *paid;                   /* [n_routes] cost with prices and waits */
    double *logsum;                 /* [n_pairs] USD a TEU */
    double *capacity;               /* [n_scarce] */
    double *price, *delay_h, *load; /* [n_scarce] USD a unit; hours; units a day */
    int iterations;
} karvan_i_loads;
karvan_status karvan_i_loads_init(karvan_i_loads *l, const karvan_i_menu *m, karvan_error *err);
void karvan_i_loads_clear(karvan_i_loads *l);
/* l->demand is loaded at costs, from l's prices on; elastic demand (NULL: none is) comes back in
 * it. `side` tells capacities, towards which those of `first` are moved by `effect`.
 * KARVAN_E_NOCONV, KARVAN_E_NOMEM, KARVAN_E_CANCELLED. */
karvan_status karvan_i_loads_solve(const karvan_i_menu *m, const karvan_i_choices *q,
                                   const karvan_i_supply *first, const karvan_i_supply *side,
                                   const double *value, double effect, const karvan_i_costs *c,
                                   const karvan_i_elastic *elastic, const karvan_cancel *cancel,
                                   karvan_i_loads *l, karvan_error *err);
/* Shares, costs and logsums at l's prices and waits, capacities or not. */
void karvan_i_loads_choose(const karvan_i_menu *m, const karvan_i_choices *q, const double *value,
                           const karvan_i_costs *c, karvan_i_loads *l);

/* ---- trade (exchange.c, chain.c) ---- */

/* Who trades how much with whom, and which flows of the menu are a pair's. */
typedef struct karvan_i_exchange {
    karvan_economy *economy;
    int32_t n;
    int64_t *cell; /* [menu pairs] exporter * n + importer; -1: fixed */
    int32_t n_groups;
    int32_t *group; /* [menu pairs] of flows of one cell, -1 */
    int64_t *of;    /* [n_groups] cell */
    double *usd;    /* [n][n] a year, in the year of the study; 0 where nobody states it */
    double *gdp;    /* [n] USD a year; NaN */
    int32_t *row;   /* [n] of table countries, -1 */
    int64_t *at;    /* [n][n] place among the economy's touched pairs, -1 */
} karvan_i_exchange;
/* What of it is of the region alone; then the flows of the menu. */
karvan_status karvan_i_exchange_begin(const karvan_package *region, const karvan_study_options *o,
                                      karvan_i_exchange *out, karvan_error *err);
karvan_status karvan_i_exchange_flows(const karvan_i_study_side *first, const karvan_i_menu *m,
                                      karvan_i_exchange *x, karvan_error *err);
void karvan_i_exchange_clear(karvan_i_exchange *x);
/* Position of a country in the economy, -1. */
int32_t karvan_i_exchange_country(const karvan_i_exchange *x, const char *code);
/* The region's panel of the newest year of its matrix, with trade within countries. */
karvan_status karvan_i_exchange_panel(const karvan_package *region, karvan_table **out,
                                      karvan_error *err);

/* One side of one draw, wherever the chain has come to. */
typedef struct karvan_i_outcome {
    karvan_i_costs costs;
    karvan_i_loads loads;
    double *bill;    /* [n_groups] USD a day: generalised cost of what moves before trade changes */
    double *d;       /* [n][n] change of ln tau */
    double *partial; /* [n_touched] change of ln trade at given prices */
    double *ratio;   /* [n][n] trade, new over old */
    double *paid;    /* [n_groups] USD a day: the same at what pairs pay on side 0 */
    double *worth;   /* [n_groups] USD a day that is traded */
    double *factor;  /* [n_groups] of demand, beyond what its own cost does */
    double *value;   /* [KARVAN_RESULT_END][n] */
    double residual; /* largest |change of d| of the last round */
    int rounds;
    bool converged;
} karvan_i_outcome;
karvan_status karvan_i_outcome_init(karvan_i_outcome *s, const karvan_i_menu *m,
                                    const karvan_i_exchange *x, karvan_error *err);
void karvan_i_outcome_clear(karvan_i_outcome *s);

/* What all sides of a study share. */
typedef struct karvan_i_chain {
    const karvan_study_options *o;
    const karvan_i_menu *m;
    const karvan_i_choices *q;
    const karvan_i_exchange *x;
    const karvan_i_supply *first;
} karvan_i_chain;
/* TEU a day of a flow on a side in a draw, before trade changes. */
double karvan_i_chain_given(const karvan_i_chain *k, const karvan_i_supply *side,
                            const double *value, int32_t pair);
/* What groups pay a day for what a side moves before trade changes, at costs of flows. */
void karvan_i_chain_bill(const karvan_i_chain *k, const karvan_i_supply *side, const double *value,
                         const double *logsum, double *bill);
/* s->d = ln(1 + bill / worth) - ln(1 + paid / worth); *moved: its largest change. KARVAN_E_DATA:
 * choice is worth more than the goods. */
karvan_status karvan_i_chain_d(const karvan_i_chain *k, karvan_i_outcome *s, double *moved,
                               karvan_error *err);
/* Trade at s->d: s->ratio, value and factor. */
karvan_status karvan_i_chain_trade(const karvan_i_chain *k, double theta, const double *policy,
                                   karvan_i_solver *solver, karvan_i_outcome *s, karvan_error *err);
/* Trade as it is: exactly nothing changes. */
void karvan_i_chain_still(const karvan_i_chain *k, karvan_i_outcome *s);
/* Before the first round of a side: nothing has changed. */
void karvan_i_chain_begin(const karvan_i_chain *k, const karvan_i_supply *side, const double *value,
                          const karvan_i_outcome *before, karvan_i_outcome *s);
/* A capacity of a side in a draw, towards which that of `first` is moved by `effect`. */
karvan_i_resource karvan_i_capacity_of(const karvan_i_choices *q, const karvan_i_supply *first,
                                       const karvan_i_supply *side, int32_t x, const double *value,
                                       double effect);
/* Side 0 of a draw: nothing changes. s->loads.price is where prices begin. */
karvan_status karvan_i_chain_first(const karvan_i_chain *k, const double *value,
                                   karvan_i_outcome *s, karvan_error *err);
/* Another side to its fixed point, beside side 0 of the same draw. policy: [n_touched] changes of
 * ln trade that agreements make, NULL: none. KARVAN_E_NOCONV: s->residual says how far it is. */
karvan_status karvan_i_chain_other(const karvan_i_chain *k, const karvan_i_supply *side,
                                   const double *value, double effect, const double *policy,
                                   const karvan_i_outcome *before, karvan_i_solver *solver,
                                   karvan_i_outcome *s, karvan_error *err);

/* ---- what is shared by those who solve draws quickly (frame.c, rapid.h) ---- */

/* Rows of one length behind one another, the first entries of all of them, then the second, and so
 * on, so that loops run over rows (layout.c). */
typedef struct karvan_i_rows {
    int32_t n_lengths;
    int32_t *length, *count; /* [n_lengths] rising; rows of that length */
    int64_t *row, *entry;    /* [n_lengths + 1] where its rows and entries begin */
    int32_t *row_is;         /* [rows] by place: which row it is */
    int64_t *entry_is;       /* [entries] by place: which entry it is */
} karvan_i_rows;
/* Rows of entries first[i]..first[i + 1]. */
karvan_status karvan_i_rows_make(int32_t rows, const int64_t *first, karvan_i_rows *out,
                                 karvan_error *err);
void karvan_i_rows_clear(karvan_i_rows *r);

/* What workers share: what could be full in some draw; routes that use the same of it have one
 * pattern. */
typedef struct karvan_i_frame {
    const karvan_i_chain *k;
    int32_t n;
    int64_t *member_first;      /* [n + 1] things of the menu that are solved for as one */
    int32_t *member;            /* of the menu */
    double *ratio;              /* used of a member for a unit of the first */
    bool *queue;                /* [n] on some side */
    bool *near;                 /* [n] full on some side at medians, or a queue */
    double *hour_usd;           /* [n] queues: what an hour's wait is worth, about */
    karvan_i_patterns patterns; /* `resource`: of these n */
    int64_t *user_first;        /* [n + 1] patterns that use each */
    int32_t *user;
    double *user_amount;
    double *most;         /* [n] that a route uses of each */
    int64_t *route_first; /* [patterns + 1] routes of each, by their place in nests */
    int32_t *route_place;
    int32_t *place;       /* [routes] in nests */
    int32_t *pattern;     /* [routes] by their place in nests */
    int32_t *group_first; /* [groups + 1] pairs of each group of trade */
    int32_t *group_pair;
    int32_t *answer_of;     /* [n_pairs] group whose demand answers; n_groups: it is fixed */
    int32_t *segment_first; /* [n_pairs + 1] runs of routes of one nest */
    int64_t *segment;       /* [segments + 1] where they begin */
    int64_t n_segments;
    karvan_i_rows nests; /* routes by nest */
    karvan_i_rows pairs; /* nests, by their place in the former, by pair */
    int32_t *nest_place; /* [segments] by place in nests: the place in pairs */
    int32_t *nest_pair;  /* [segments] by place in nests: whose it is */
} karvan_i_frame;
/* Which of n things of the menu the same routes use at one rate: group[n], the first of them;
 * ratio[n]: of a thing for a unit of the first. apart[n]: has none (alike.c). KARVAN_E_NOMEM. */
karvan_status karvan_i_alike(const karvan_i_menu *m, int32_t n, const int32_t *scarce,
                             const bool *apart, int32_t *group, double *ratio, karvan_error *err);
/* The first of those that a resource of the frame stands for. */
static inline int32_t karvan_i_frame_first(const karvan_i_frame *f, int32_t a) {
    return f->member[f->member_first[a]];
}

/* ---- a whole study (open.c, levels.c, stages.c, run.c) ---- */

typedef struct karvan_i_measure {
    karvan_measure m;
    char *text; /* that its words point into; NULL: constants */
} karvan_i_measure;

/* Routes by corridor, those of none behind, then those that stay at home: in blocks (tally.c). */
enum { KARVAN_I_TALLY = 512 };
typedef struct karvan_i_tally {
    int32_t n_blocks;
    int32_t *corridor;         /* [n_blocks] up to n_corridors + 1 */
    int32_t *first;            /* [n_blocks + 1] where their routes begin */
    int32_t *route, *pair;     /* [n_routes] */
    double *kt;                /* [n_routes] of a TEU */
    int32_t *queue_first;      /* [n_blocks + 1] queues that a route passes, on some side */
    int32_t *queue_at, *queue; /* a route of the block; one of the menu's scarce things */
    int32_t *spent_first;      /* [n_blocks][countries of the economy], and one more */
    int32_t *spent_at;         /* a route of the block */
    double *spent_part;        /* of what the route costs, paid in the country */
} karvan_i_tally;
typedef struct karvan_i_way_sums { /* TEU, kt, hours, USD and kg a year */
    double teu, kt, hours, usd, kg;
} karvan_i_way_sums;

struct karvan_study {
    karvan_study_options o;
    int n_cases;
    char **name;               /* [n_cases] */
    karvan_i_study_side first; /* without its freight */
    char **corridor;           /* [n_corridors + 1] ids, the last "other" */
    karvan_i_parameters parameters;
    bool *moves;      /* [parameters.n] something in this study */
    int32_t n_moving; /* and which they are */
    int32_t *moving;
    int32_t **effect; /* [n_cases] parameters of its interventions, then -1 */
    karvan_i_menu menu;
    karvan_i_supply *supply; /* [n_cases + 1] */
    int64_t *brought;        /* [n_cases + 1] routes */
    double *begin_price,
        *begin_delay_h; /* [n_scarce] of the base's freight, nearly those of loads */
    karvan_i_choices choices;
    karvan_i_exchange exchange;
    double **policy; /* [n_cases + 1] as karvan_i_policy gives it; NULL */
    karvan_i_chain chain;
    karvan_i_outcome *settled; /* [n_cases + 1] everything at its median */
    karvan_i_frame frame;
    karvan_i_tally tally;
    double *median; /* [parameters.n] */
    int n_measures, n_countries;
    karvan_i_measure *measure;
    bool *counts;        /* [exchange.n] one of the region's own countries */
    double *levels;      /* [n_cases + 1][n_measures] at medians */
    double *usd_paid;    /* [n_routes] at medians, on the first side where it is open */
    int32_t *at_country; /* [rows of table countries] in the economy, -1 */
};
/* Covariates that agreements of a side change, [rows of policy_effects][n_touched]; NULL: none
 * (policy.c). */
karvan_status karvan_i_policy(const karvan_i_study_side *first, const karvan_i_study_side *side,
                              int n_names, const char *const *names, const karvan_i_exchange *x,
                              double **out, karvan_error *err);
/* Changes of ln trade that a case's agreements make in a draw, [n_touched]; false: none. */
bool karvan_i_policy_at(const karvan_study *s, int which, const double *value, double *out);
/* Base and cases at their medians, and the frame of draws (settle.c). */
karvan_status karvan_i_settle(karvan_study *s, karvan_error *err);
/* Which parameters move something: s->moves, moving (draws.c). */
karvan_status karvan_i_moving(karvan_study *s, karvan_error *err);
/* Can parameter i of karvan_study_parameters move what a case does (run.c)? */
bool karvan_i_matters(const karvan_study *s, int which, int i);
karvan_status karvan_i_measures_make(karvan_study *s, karvan_error *err);
/* s->tally, once s->usd_paid is known. */
karvan_status karvan_i_tally_make(karvan_study *s, karvan_error *err);
void karvan_i_tally_clear(karvan_i_tally *t);
/* What routes carry: by[n_corridors + 2] as the tally has them; added to spent[stride * country],
 * what they pay in countries that are neither of their ends. */
void karvan_i_tally_take(const karvan_study *s, const karvan_i_outcome *now, karvan_i_way_sums *by,
                         size_t stride, double *spent);
/* Levels of a side: [n_measures]. before: side 0 of the same draw; the same as now for side 0. */
void karvan_i_study_levels(const karvan_study *s, const karvan_i_outcome *before,
                           const karvan_i_outcome *now, double *out);
/* What of a case's changes is felt in a draw. */
double karvan_i_case_effect(const karvan_study *s, int which, const double *value);
#endif
