#ifndef KARVAN_SRC_REPORT_EFFECTS_H
#define KARVAN_SRC_REPORT_EFFECTS_H
/* Dots and intervals: a row a country or a flow. */
#include "report/what_if.h"

/* A row of a chart of intervals. */
typedef struct karvan_i_interval {
    const char *name;
    double dot, low, high, tick; /* NaN: not drawn */
    bool strong;
    const char *text; /* on the right; NULL: the figures */
} karvan_i_interval;
typedef struct karvan_i_intervals {
    const char *title, *description; /* of the drawing */
    int n;
    const karvan_i_interval *row; /* [n] */
    bool log;                     /* scale; else with a line at 0 */
} karvan_i_intervals;
enum { KARVAN_I_INTERVALS_WIDTH = 320, KARVAN_I_INTERVALS_ROW = 24 };
/* One drawing of 320 px: names on the left, bars, figures on the right. */
void karvan_i_intervals_draw(karvan_i_page *p, const karvan_i_intervals *c);

/* Real income, exports and imports of the country, its partners, and of others that are moved
 * most. */
void karvan_i_effects_draw(karvan_i_page *p, const karvan_i_trade_facts *f,
                           const karvan_i_baseline *b, const karvan_i_what_if *w);
#endif
