#ifndef KARVAN_SRC_FLOW_FREIGHT_SAVED_H
#define KARVAN_SRC_FLOW_FREIGHT_SAVED_H
/* What a solution of freight knows, by names alone, so that it can be gone on from in another run
 * and after the region has changed: prices, empty moves, and the ways of each pair. Ways are a tree
 * of steps, since those from one place share most of their beginnings: a node is a step behind its
 * parent, a way the node where it ends. */
#include "base/digest.h"
#include "base/text.h"
#include "flow/freight.h"
#include "flow/saved.h"

enum { KARVAN_I_FREIGHT_SAVED_VERSION = 1 };

/* What is counted in the metadata; `name` is the word that begins a row of it. */
enum {
    KARVAN_I_KEPT_PLACES,
    KARVAN_I_KEPT_LAYERS,
    KARVAN_I_KEPT_CORRIDORS,
    KARVAN_I_KEPT_CLASSES,
    KARVAN_I_KEPT_PRICES,
    KARVAN_I_KEPT_MOVES,
    KARVAN_I_KEPT_STEPS,
    KARVAN_I_KEPT_NODES,
    KARVAN_I_KEPT_PAIRS,
    KARVAN_I_KEPT_WAYS,
    KARVAN_I_KEPT_COUNTS
};
extern const char *const karvan_i_kept_count[KARVAN_I_KEPT_COUNTS]; /* "<NUMBER OF PLACES>"... */

/* Where a solve stands: what its loop of rounds carries. */
enum {
    KARVAN_I_KEPT_ROUNDS,
    KARVAN_I_KEPT_ITERATIONS,
    KARVAN_I_KEPT_REPEAT, /* the last round can be done again, from where it began */
    KARVAN_I_KEPT_ENDED,  /* it was the last: no other route is best behind it */
    KARVAN_I_KEPT_ROUGH,
    KARVAN_I_KEPT_NEW,
    KARVAN_I_KEPT_WARM,
    KARVAN_I_KEPT_BEST_FIRST,
    KARVAN_I_KEPT_FLAGS
};
extern const char *const karvan_i_kept_flag[KARVAN_I_KEPT_FLAGS]; /* "<ROUNDS>"... */

typedef enum karvan_i_step_kind { /* the first four as karvan_i_arc_kind */
                                  KARVAN_I_STEP_LINK,
                                  KARVAN_I_STEP_TERMINAL,
                                  KARVAN_I_STEP_OPERATION,
                                  KARVAN_I_STEP_PASS,
                                  KARVAN_I_STEP_FROM, /* a way begins at the place */
                                  KARVAN_I_STEP_KINDS
} karvan_i_step_kind;
extern const char *const karvan_i_step_word[KARVAN_I_STEP_KINDS];
enum { KARVAN_I_SIDES = KARVAN_I_BETWEEN + 1 };
extern const char *const karvan_i_side_word[KARVAN_I_SIDES];
enum { KARVAN_I_SCARCE_KINDS = KARVAN_I_OF_BALANCE + 1 };
extern const char *const karvan_i_scarce_word[KARVAN_I_SCARCE_KINDS];
/* "forth" "back" "both" */
extern const char *const karvan_i_direction_word[3];

typedef struct karvan_i_kept_step {
    karvan_i_step_kind kind;
    karvan_i_side side;
    int direction;
    const char *id, *service; /* "": none */
    int32_t place, layer;     /* where it leads; layer -1: none */
} karvan_i_kept_step;

typedef struct karvan_i_kept_price {
    karvan_i_scarce_kind kind;
    int direction;
    const char *id, *pool;               /* pool: modes of a balance, "a,b"; else "" */
    double price, delay_h;               /* at the end */
    double price_before, delay_h_before; /* where the last round began */
} karvan_i_kept_price;

typedef struct karvan_i_kept_move {
    const char *link;
    int direction;
    double teu_day, before;
} karvan_i_kept_move;

typedef struct karvan_i_kept_class {
    const char *id;
    uint64_t arcs, weights; /* digests: karvan_i_digest_arcs */
    double var_usd;
} karvan_i_kept_class;

typedef struct karvan_i_kept_pair {
    int32_t from, to, class;
    int kind;
    int64_t first; /* its ways, up to those of the next */
} karvan_i_kept_pair;

struct karvan_freight_saved {
    int64_t n[KARVAN_I_KEPT_COUNTS];
    int64_t flag[KARVAN_I_KEPT_FLAGS];
    uint64_t problem; /* digest: karvan_i_digest_problem */
    int64_t n_names;
    char **name;                      /* [n_names] owned; all others are borrowed of them */
    const char **place;               /* [places] */
    const char **mode, **status;      /* [layers] */
    const char **corridor;            /* [corridors] */
    karvan_i_kept_class *class;       /* [classes] */
    karvan_i_kept_price *price;       /* [prices] */
    karvan_i_kept_move *move;         /* [moves] */
    karvan_i_kept_step *step;         /* [steps] */
    int32_t *parent, *step_of;        /* [nodes] -1: none */
    int32_t *depth, *origin;          /* [nodes] arcs from the place, which is a row of `place` */
    karvan_i_kept_pair *pair;         /* [pairs + 1] the last: the end of the ways */
    int32_t *way_node, *way_corridor; /* [ways] corridor -1: none */
};

/* The text of a solution. KARVAN_E_NOMEM. (freight_save.c) */
karvan_status karvan_i_freight_print(const karvan_freight *f, karvan_i_text *out,
                                     karvan_error *err);

/* ---- digests (freight_digest.c) ---- */

/* Of each lane, [n_lanes]: of which arcs there are, by names, with the corridors that are looked
 * for and how many alternatives; of what they cost. */
karvan_status karvan_i_digest_arcs(const karvan_freight *f, uint64_t *arcs, uint64_t *weights,
                                   karvan_error *err);
/* Of all that decides how the rounds go on. */
uint64_t karvan_i_digest_problem(const karvan_freight *f);

/* ---- going on (freight_resume.c) ---- */

/* Prices, empty moves and sets of ways of what was saved; the sets of pairs that it does not know
 * whole are searched. f->held: where the rounds are. */
karvan_status karvan_i_freight_resume(karvan_freight *f, const karvan_freight_saved *saved,
                                      karvan_error *err);
/* Modes of a pool of empty units, "a,b". */
void karvan_i_pool_name(const karvan_freight *f, int32_t pool, karvan_i_text *out);
#endif
