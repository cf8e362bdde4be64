#ifndef KARVAN_SRC_EXCHANGE_WKT_H
#define KARVAN_SRC_EXCHANGE_WKT_H
#include <stdbool.h>
#include <stddef.h>
/* The next point of a LINESTRING or MULTILINESTRING in well-known text: *s moves behind it. false
 * at the end. `begins`: the point is the first of a line. Start with *s at the text's beginning. A
 * text that is none of the two, or broken, gives *bad. */
typedef struct karvan_i_wkt {
    const char *s;
    bool started, bad, begins;
    int depth;
} karvan_i_wkt;
void karvan_i_wkt_start(karvan_i_wkt *w, const char *text);
bool karvan_i_wkt_next(karvan_i_wkt *w, double *x, double *y);
#endif
