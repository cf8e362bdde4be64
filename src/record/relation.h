#ifndef KARVAN_SRC_RECORD_RELATION_H
#define KARVAN_SRC_RECORD_RELATION_H
/* The index of relations: its declaration, the components of every pair and year, the draws of
 * weights. */
#include "record/pairs.h"

enum { KARVAN_I_DIMENSIONS = 4, KARVAN_I_ALL = 4, KARVAN_I_SCORES = 5 };
extern const char *const karvan_i_dimension_names[KARVAN_I_SCORES]; /* the last: "all" */

typedef enum karvan_i_transformation {
    KARVAN_I_PRESENCE,
    KARVAN_I_LINEAR,
    KARVAN_I_LOG,
    KARVAN_I_SHARE_OF_MOST
} karvan_i_transformation;

typedef struct karvan_i_component {
    const char *id;
    int dimension, measure;
    karvan_i_transformation transformation;
    double weight, parameter, half_life; /* half_life 0: none */
} karvan_i_component;

typedef struct karvan_i_components {
    int n;
    karvan_i_component *c; /* [n] those with a weight */
} karvan_i_components;
/* KARVAN_E_DATA, with the place of what is wrong. */
karvan_status karvan_i_components_read(karvan_i_components *out, const karvan_table *t,
                                       karvan_error *err);
void karvan_i_components_clear(karvan_i_components *x);

/* One component of a pair in a year. */
typedef struct karvan_i_part {
    karvan_measured is; /* after half-lives */
    double low, high;   /* 0..1 */
} karvan_i_part;

typedef struct karvan_i_grid {
    const karvan_pairs *p;
    const karvan_i_components *x;
    int64_t from, years;
    karvan_i_part *part; /* [years][pairs][components] */
} karvan_i_grid;
karvan_status karvan_i_grid_init(karvan_i_grid *g, const karvan_pairs *p,
                                 const karvan_i_components *x, int64_t from, int64_t to,
                                 int threads, karvan_error *err);
void karvan_i_grid_clear(karvan_i_grid *g);
const karvan_i_part *karvan_i_grid_at(const karvan_i_grid *g, int64_t year, int64_t pair);

/* A score of a pair in a year; there false: nothing of it is covered. */
typedef struct karvan_i_score {
    bool there;
    double score, low, high, covered;
    double weight_low, weight_high;
    int rank, rank_low, rank_high, rank_likely;
    double rank_held, order_held;
} karvan_i_score;
bool karvan_i_part_of(const karvan_i_component *c, int dimension);
double karvan_i_within(double v, double low, double high);
/* By the declared weights: scores and ranks of one year. out: [KARVAN_I_SCORES][pairs]. */
void karvan_i_scores(const karvan_i_grid *g, int64_t year, karvan_i_score *out);

/* Weights drawn evenly from the simplex, up to a factor: [components][draws]. */
karvan_status karvan_i_weights_draw(int n, int draws, uint64_t seed, float **out,
                                    karvan_error *err);
/* Room of a worker for karvan_i_scores_drawn. */
size_t karvan_i_draws_room(int64_t pairs, int draws);
/* Bands of one year into what karvan_i_scores has left. */
void karvan_i_scores_drawn(const karvan_i_grid *g, int64_t year, const float *weights, int draws,
                           void *room, karvan_i_score *out);
#endif
