#ifndef KARVAN_SRC_TRADE_ABSORB_H
#define KARVAN_SRC_TRADE_ABSORB_H
/* Weighted least squares on fixed effects, solved in the space of the effects. The effect with most
 * levels (the pair, in a gravity panel) is eliminated exactly: rows are sorted by it, and a level
 * of it is a "group". What remains is S = D'W(I - P)D over the levels of the other effects, P the
 * weighted mean within a group; it is never formed, but applied by one pass over the rows (a weight
 * and an index an effect a row), and solved by preconditioned conjugate gradients for up to four
 * right-hand sides at once. Method and measurements: docs/methods/solver.md. */
#include "trade/design.h"

/* Right-hand sides that one pass takes; vectors over the unknowns are [unknowns][m]. */
#define KARVAN_I_WIDTH 4

typedef struct karvan_i_blocks karvan_i_blocks; /* the preconditioner; blocks.c */

typedef struct karvan_i_absorb {
    int64_t n;      /* rows */
    int grouping;   /* effect of the design whose levels are the groups; -1: there are no effects */
    int64_t groups; /* without effects: stretches of rows, of no meaning */
    int64_t *first; /* [groups + 1] first row of each */
    int n_others;   /* effects that are not eliminated; those that another one refines are left out:
                       their levels stay at 0 */
    int *other;     /* [n_others] which, largest first */
    const int32_t **level; /* [n_others] of [n] */
    int64_t *offset;       /* [n_others + 1] where an effect's levels begin among the unknowns */
    int64_t unknowns;
    const double *w; /* [n] weights > 0 */
    double *group_w; /* [groups] their sums */
    int n_chunks;    /* parts of the rows, which depend on the data alone */
    int64_t *chunk;  /* [n_chunks + 1] group with which each begins */
    double *part;    /* [n_chunks][unknowns][width] sums of a part, folded in their order */
    int width;
    double *diagonal;        /* [unknowns] of S, above 0 */
    double *level_w;         /* [unknowns] sums of the weights */
    double floor;            /* squared norm of a gradient that is but rounding */
    karvan_i_blocks *blocks; /* NULL: the diagonal serves */
    bool aged;               /* the weights have changed since blocks were made */
    int fresh;               /* steps of the solver with blocks that were not aged */
    double *r, *z, *p, *q;   /* [unknowns][KARVAN_I_WIDTH] of the solver */
    int threads;
    const karvan_cancel *cancel;
    int64_t sweeps; /* passes done */
} karvan_i_absorb;

/* Sort the rows of d by its largest effect and lay out the rest. d must outlive it. */
karvan_status karvan_i_absorb_create(karvan_i_design *d, int threads, const karvan_cancel *cancel,
                                     karvan_i_absorb *a, karvan_error *err);
void karvan_i_absorb_clear(karvan_i_absorb *a);

/* Take weights [n] > 0, borrowed; a->group_w is made. `anew`: make the preconditioner anew too. */
karvan_status karvan_i_absorb_weigh(karvan_i_absorb *a, const double *w, bool anew,
                                    karvan_error *err);
/* A pass over the groups in chunks: fn gets its chunk's own sums [unknowns][width], zeroed. */
typedef struct karvan_i_pass karvan_i_pass;
struct karvan_i_pass {
    karvan_i_absorb *a;
    int width; /* of the sums over unknowns, 0: none */
    void (*fn)(karvan_i_pass *pass, int chunk, int64_t group, int64_t end, double *sums);
    void *ctx;
};
/* Runs it and folds the sums into out [unknowns][width] (NULL where width is 0). */
karvan_status karvan_i_absorb_pass(karvan_i_pass *pass, double *out, karvan_error *err);
/* out = S p, both [unknowns][m]. */
karvan_status karvan_i_absorb_apply(karvan_i_absorb *a, int m, const double *p, double *out,
                                    karvan_error *err);
/* b = D'W(I - P)v for m columns v of [n]. */
karvan_status karvan_i_absorb_project(karvan_i_absorb *a, int m, double *const *v, double *b,
                                      karvan_error *err);
/* Sum of the unknowns' values at row i, of m values each, in v. */
static inline void karvan_i_absorb_row(const karvan_i_absorb *a, int64_t i, int m, const double *p,
                                       double *v) {
    for (int k = 0; k < m; k++) v[k] = 0;
    for (int f = 0; f < a->n_others; f++) {
        const double *at = p + (a->offset[f] + a->level[f][i]) * m;
        for (int k = 0; k < m; k++) v[k] += at[k];
    }
}

/* blocks.c: dense blocks of S, factored. *out stays NULL where they would cost too much. */
karvan_status karvan_i_blocks_create(const karvan_i_absorb *a, karvan_i_blocks **out,
                                     karvan_error *err);
void karvan_i_blocks_destroy(karvan_i_blocks *b);
karvan_status karvan_i_blocks_factor(karvan_i_blocks *b, karvan_i_absorb *a, karvan_error *err);
/* z = M^-1 r, [unknowns][m]. */
karvan_status karvan_i_blocks_solve(const karvan_i_blocks *b, const karvan_i_absorb *a, int m,
                                    const double *r, double *z, karvan_error *err);

/* How much larger rounding becomes in directions in which S is singular. */
double karvan_i_blocks_magnify(const karvan_i_blocks *b);

/* krylov.c: solve S x = b for m <= KARVAN_I_WIDTH right-hand sides from the x that is given.
 * @param tolerance  of the preconditioned norm of the residual, relative to that of b
 * @param floor      [m] squared norms that are rounding alone
 * @param[out] residual [unknowns][m] b - S x as the iterations leave it; may be NULL
 * @param[out] steps   iterations used
 * Stops at the tolerance or after `most` steps; the caller judges. Where aged blocks serve badly,
 * they are made anew on the way. */
karvan_status karvan_i_absorb_solve(karvan_i_absorb *a, int m, const double *b, double *x,
                                    double tolerance, const double *floor, int most,
                                    double *residual, int *steps, karvan_error *err);
#endif
