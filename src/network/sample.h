#ifndef KARVAN_SRC_NETWORK_SAMPLE_H
#define KARVAN_SRC_NETWORK_SAMPLE_H
/* Journeys drawn one by one: what the distributions are checked against. */
#include "network/clock.h"

/**
 * Hours of n journeys along a route, journey i from stream i of the seed, so that the same journey
 * comes out on any thread. at NULL: every leg is met at a random moment, legs independent; else by
 * one clock that starts at that moment. INFINITY: a row was closed for good.
 * @param[out] hours [n]
 */
karvan_status karvan_i_route_sample(const karvan_network *net, const karvan_route *r,
                                    const karvan_moment *at, uint64_t seed, int64_t n,
                                    double *hours, karvan_error *err);
/* Gamma of a shape above 0 and mean 1. Source: Marsaglia and Tsang 2000, "A simple method for
 * generating gamma variables", ACM Transactions on Mathematical Software 26(3). */
double karvan_i_random_gamma(karvan_random *r, double shape);
#endif
