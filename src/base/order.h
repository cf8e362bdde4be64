#ifndef KARVAN_SRC_ORDER_H
#define KARVAN_SRC_ORDER_H
/* What is needed again and again of things in order, and of names that were meant. */
#include "karvan/base.h"

/* For qsort and bsearch: doubles, none of them NaN; texts (const char *). */
int karvan_i_by_real(const void *a, const void *b);
int karvan_i_by_text(const void *a, const void *b);
/* Position of a text among n sorted ones, -1: it is not there. */
int32_t karvan_i_position(const char *const *sorted, int32_t n, const char *text);
/* Quantile p (0..1) of n sorted values, linear between order statistics (type 7 of Hyndman and Fan
 * 1996, as R has it); NaN where n is 0. */
double karvan_i_quantile(const double *sorted, int64_t n, double p);
/* "; did you mean X?" of the nearest of n names, "" where none is near. Points into room. */
const char *karvan_i_meant(const char *said, const char *const *names, size_t n, char *room,
                           size_t cap);
#endif
