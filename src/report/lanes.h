#ifndef KARVAN_SRC_REPORT_LANES_H
#define KARVAN_SRC_REPORT_LANES_H
/* Claims on lanes over years: a mark an event, colour and shape by dimension; what a date leaves
 * open fades out over its bounds. */
#include "base/text.h"
#include "karvan/table.h"

typedef struct karvan_i_drawn_lane {
    const char *label;
    int64_t n;
    const int64_t *row; /* [n] of claims, by date */
} karvan_i_drawn_lane;

typedef struct karvan_i_lane_chart {
    const karvan_table *claims;
    int n;
    const karvan_i_drawn_lane *lane; /* [n] */
    double width;                    /* px; below 480 labels stand above their lanes */
    double first, last;              /* years at the two ends */
    bool words;                      /* what a mark is, for a pointer that rests on it */
    int id;                          /* of the drawing in its page */
    const char *title;
} karvan_i_lane_chart;

/* A day as a year with its fraction. */
double karvan_i_year_of(karvan_day d);
/* KARVAN_E_NOMEM. */
karvan_status karvan_i_lanes_draw(karvan_i_text *out, const karvan_i_lane_chart *c,
                                  karvan_error *err);
#endif
