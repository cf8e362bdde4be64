#ifndef KARVAN_SRC_UNCERTAIN_H
#define KARVAN_SRC_UNCERTAIN_H
/* Draws of what is known by a median and two quantiles. */
#include <stdint.h>

/* The stream of a parameter: its name hashed (FNV-1a), so that it does not hang on what else there
 * is; `which` tells parameters of one name apart. */
uint64_t karvan_i_stream_of(const char *id, unsigned which);
/* Draw number `draw` of a stream, standard normal. */
double karvan_i_normal_draw(uint64_t seed, uint64_t stream, int64_t draw);
/* Value at z standard deviations: lognormal on either side of the median, each with its own width,
 * through the 5 % and 95 % quantiles. All three above 0. */
double karvan_i_two_pieces(double median, double low, double high, double z);
#endif
