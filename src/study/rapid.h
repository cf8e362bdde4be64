#ifndef KARVAN_SRC_STUDY_RAPID_H
#define KARVAN_SRC_STUDY_RAPID_H
/* The chain of one draw, quickly: prices of few resources at once, by Newton's steps on what is
 * full or could become so, with a matrix that is kept, trade answering at each of them. What is
 * full without being watched joins the working set. Where it does not come to an end it says so,
 * and the careful way (chain.c, flow/capacitated.h) is gone. Method: docs/methods/study.md. */
#include "study/split.h"

/* first: side 0 at medians. */
karvan_status karvan_i_frame_make(const karvan_i_chain *k, int n_sides,
                                  const karvan_i_supply *supply, const karvan_i_outcome *first,
                                  karvan_i_frame *out, karvan_error *err);
void karvan_i_frame_clear(karvan_i_frame *f);

/* What a draw makes of choice. */
typedef struct karvan_i_asked {
    double outer, inner, per_outer, per_inner; /* scales, and one over them */
    double *hour;                              /* [n_lanes] USD an hour of a TEU */
} karvan_i_asked;

typedef struct karvan_i_paid { /* by routes of a part */
    double usd, hours;
} karvan_i_paid;

typedef struct karvan_i_felt { /* for a unit on a resource, and once */
    double usd, hours, once;
} karvan_i_felt;

enum { KARVAN_I_TURNS = 4 };

/* What routes carry together, and what they feel of a dollar on each price: a column for each
 * resource of the set, and one for the hours at each queue (rapid_matrix.c). */
enum { KARVAN_I_WORD = 64, KARVAN_I_CHAINS = 1024 };
typedef struct karvan_i_bent_use {
    int32_t at;
    double amount;
} karvan_i_bent_use;
typedef struct karvan_i_bent_sum {
    double *x;      /* [width] */
    uint64_t *rows; /* [words] a bit each: which are not 0 */
} karvan_i_bent_sum;
typedef struct karvan_i_bent {
    int32_t rows, width, words; /* in the matrix; columns; of bits */
    int32_t *row;               /* [set] in the matrix, -1 */
    int32_t *pays;              /* [rows] where a dollar on its price is felt */
    int64_t *use_first;         /* [parts + 1] what they use; none: nothing of it */
    karvan_i_bent_use *use;
    uint64_t *use_rows;                      /* [parts][words] */
    int32_t *alike;                          /* [parts] the first that uses the same; -1: nothing */
    int32_t *behind, chain[KARVAN_I_CHAINS]; /* [parts] how it was found */
    double *alone, *alone_hour; /* [parts] how its routes bend; times what an hour is worth */
    karvan_i_bent_sum nest, pair;
    int32_t *at, *column; /* [rows] room */
    double *paid;         /* [rows] room */
    int32_t *part;        /* [longest nest] those that use something */
    double *share;
    double *table;        /* [rows][width] */
    double *group;        /* [n_groups][width]: what they carry, and pay */
    uint64_t *group_rows; /* [n_groups][words] */
} karvan_i_bent;
/* Columns that n resources have at most. */
static inline size_t karvan_i_bent_width(size_t n) { return 2 * n; }

/* How demand answers to freight through prices and incomes of the world (rapid_world.c). */
typedef struct karvan_i_world {
    const karvan_economy *e;
    double *bought, *sold;  /* [n][n] share of the exporter (row), of the importer (column) */
    double *follows;        /* [n] what spending moves by for one of output */
    double theta, *inverse; /* [n][n] of how markets answer to prices */
    double *room;           /* [n][n] */
    int32_t rows, width;
    double *out, *in;     /* [n][width] by exporter, by importer, for a dollar on each price */
    double *answer;       /* [n][width] ln of prices */
    double *sells, *buys; /* [n][width] units a day of what trade moves */
    bool known;
} karvan_i_world;
/* most: columns at most. KARVAN_E_NOMEM. */
karvan_status karvan_i_world_init(karvan_i_world *w, const karvan_economy *e, size_t most,
                                  karvan_error *err);
void karvan_i_world_clear(karvan_i_world *w);
/* Under an elasticity of trade. */
void karvan_i_world_at(karvan_i_world *w, double theta);
/* Nothing yet of so many resources and columns; then the flows of a cell of trade, whose ln moves
 * by b for a unit of of[width], of which the first are what they carry; then what that takes from
 * loads, added to table[rows][width]. */
void karvan_i_world_begin(karvan_i_world *w, int32_t rows, int32_t width);
void karvan_i_world_take(karvan_i_world *w, int64_t cell, double b, const double *of);
void karvan_i_world_add(karvan_i_world *w, double *table);

/* One worker's room. The working set holds n resources; arrays have room for all of the frame. */
typedef struct karvan_i_rapid {
    const karvan_i_frame *f;
    int32_t n;
    int32_t *set;                      /* [n] of the frame */
    int32_t *in;                       /* [frame] place in the set, -1 */
    karvan_i_split split;              /* routes by what of the set they use */
    karvan_i_split_mark near, at_home; /* what draws and what cases begin with */
    int32_t near_n, marked;            /* sizes of the set there; parts that a mark knows */
    int32_t room_parts;                /* for what stands by part */
    double *price, *trial;             /* [n] */
    double *capacity, *offered;        /* [n] */
    double *load, *wait;               /* [n] wait: hours */
    double *gap, *last;      /* [n] load less what is offered, here and at the last point */
    double *error, *step;    /* [n] of complementarity, scaled; Newton's */
    double *matrix, *square; /* [n][n] -d load / d price; room */
    double *row;             /* [n] */
    double *least;           /* [n] of prices of what waits; 0: a limit */
    int32_t *at, *seen;      /* [n] */
    bool *queue, *active;    /* [n] active: in the matrix */
    bool *held, *changes;    /* [n] in a step: at 0; no longer so */
    double *home;            /* [home_n][home_n] the matrix that cases begin with */
    bool *home_active;       /* [home_n] */
    int32_t home_n;
    karvan_i_paid *paid; /* [parts] */
    karvan_i_felt *felt; /* [n] */
    double *flow;        /* [parts][turns] TEU a day */
    karvan_i_bent bent;
    int64_t room_uses;                 /* of bent.use */
    size_t room_rows;                  /* of bent.use_rows */
    double *all_loads;                 /* [frame] of an exact case */
    double *home_loads;                /* [frame] of side 0, whatever its draw */
    bool home_known;                   /* of this draw */
    double *flow_at, *home_flow;       /* [routes] by place, TEU a day: room; of side 0 */
    double *all_flow;                  /* [frame's patterns] room */
    double *adjusted, *hour;           /* [routes] by place: cost less ln size; USD an hour */
    const karvan_i_costs *adjusted_to; /* of which costs; what lies over them, NULL: nothing */
    uint64_t adjusted_made;
    const karvan_i_measures *adjusted_by;
    double *share;                            /* [routes] by place */
    double *given;                            /* [pairs] TEU a day */
    double *nest_cost, *nest_e;               /* [segments] by their place in nests, and in pairs */
    double *nest_sum, *nest_log;              /* [segments] by place in nests */
    double *pair_least, *pair_sum, *pair_log; /* [pairs] room */
    karvan_i_asked asked;
    double *answer,
        *slope; /* [n_groups + 1] demand over what is given; theta over value and bill */
    double damping;
    bool known;                /* there is a matrix */
    int age;                   /* steps since it was made */
    int evaluations, matrices; /* so far */
    karvan_i_solver trade;
    karvan_i_world world;
    void *room[64]; /* whatever was allocated */
    int n_rooms;
} karvan_i_rapid;
karvan_status karvan_i_rapid_init(karvan_i_rapid *w, const karvan_i_frame *f, karvan_error *err);
void karvan_i_rapid_clear(karvan_i_rapid *w);

/* What is asked of one side in one draw. */
typedef struct karvan_i_task {
    const karvan_i_supply *side;
    const double *value;
    double effect;
    const double *policy;           /* as karvan_i_chain_other */
    const karvan_i_outcome *before; /* side 0 of the draw; NULL: this is it */
    bool exact;                     /* as near as the careful way; else as draws need */
} karvan_i_task;
/* s->loads.price: where to begin. A case is solved behind side 0 of the same draw by the same
 * worker, and does not depend on cases before it. The same answers as chain.c to the tolerances of
 * rapid.c, and its errors. */
karvan_status karvan_i_rapid_solve(karvan_i_rapid *w, const karvan_i_task *task,
                                   karvan_i_outcome *s, karvan_error *err);

/* ---- between its files ---- */

/* Room of what stands as one, in units of the first; *which, if not NULL: the member with least. */
double karvan_i_rapid_capacity(const karvan_i_frame *f, const karvan_i_task *t, int32_t a,
                               int64_t *which);
/* Their prices in `from`, of a unit of the first. */
double karvan_i_rapid_priced(const karvan_i_frame *f, int32_t a, const karvan_i_loads *from);
/* What draws begin with: those near at medians (rapid_set.c). KARVAN_E_NOMEM. */
karvan_status karvan_i_rapid_set_near(karvan_i_rapid *w, karvan_error *err);
/* Begin with them, and any with a price. */
karvan_status karvan_i_rapid_set_begin(karvan_i_rapid *w, const karvan_i_loads *from,
                                       karvan_error *err);
/* The set as it is, to which cases go back. */
void karvan_i_rapid_set_keep(karvan_i_rapid *w);
void karvan_i_rapid_set_back(karvan_i_rapid *w);
/* Loads of all that could be full, at the end of side 0: cases look around from there. */
void karvan_i_rapid_set_home(karvan_i_rapid *w, const karvan_i_outcome *s);
/* What carries more than `part` of its capacity, at the last shares and demand of s, joins the set,
 * at no price; *joined: how many. Of exact tasks all loads are found (w->all_loads, of side 0
 * w->home_loads); of others those that could be so large. KARVAN_E_NOMEM. */
karvan_status karvan_i_rapid_set_grow(karvan_i_rapid *w, const karvan_i_task *t,
                                      const karvan_i_outcome *s, double part, int *joined,
                                      karvan_error *err);
/* Costs of routes less what overlap adds. Beside others over the same costs, which are of one draw,
 * only what moves is done. */
void karvan_i_rapid_adjust(karvan_i_rapid *w, const karvan_i_costs *c);
/* Parts' prices and waits. */
void karvan_i_rapid_price(karvan_i_rapid *w, const double *price);
/* Shares of all routes, w->share, and costs of all pairs at them. */
void karvan_i_rapid_choose(karvan_i_rapid *w, double *logsum);
/* Those shares by route. */
void karvan_i_rapid_shares(const karvan_i_rapid *w, double *share);
/* What groups pay a day for what is given (rapid_pairs.c). */
void karvan_i_rapid_bill(const karvan_i_rapid *w, const double *logsum, double *bill);
/* What wants to go: what is given, times w->answer where it feels trade. */
void karvan_i_rapid_demand(karvan_i_rapid *w, bool feels, double *demand);
/* Loads of the set when so much wants to go. */
void karvan_i_rapid_load(karvan_i_rapid *w, const double *demand);
/* How much less than its room a resource carries: minus the logarithm of what part of it. */
double karvan_i_rapid_room(const karvan_i_rapid *w, int32_t a);
/* w->step from the last point, by the matrix; false: it is singular (rapid_step.c). */
bool karvan_i_rapid_step(karvan_i_rapid *w, double damping);
/* w->trial: so far along it, no price below 0. What a queue offers falls ever faster as its wait
 * falls: no further than to a part of it. */
void karvan_i_rapid_go(karvan_i_rapid *w, double far);
/* The matrix learns from w->trial, which is the last point now; w->last: gaps at w->price. */
void karvan_i_rapid_learn(karvan_i_rapid *w);
/* How demand answers to what is paid: not; by a flow's own cost; by that and what prices and
 * incomes of the world make of all (karvan_i_world_at). */
typedef enum karvan_i_elasticity {
    KARVAN_I_FIXED,
    KARVAN_I_OF_OWN,
    KARVAN_I_OF_WORLD
} karvan_i_elasticity;
/* The matrix at the last point, whose shares s holds. */
void karvan_i_rapid_matrix(karvan_i_rapid *w, const karvan_i_outcome *s,
                           karvan_i_elasticity demand);
#endif
