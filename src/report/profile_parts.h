#ifndef KARVAN_SRC_REPORT_PROFILE_PARTS_H
#define KARVAN_SRC_REPORT_PROFILE_PARTS_H
/* What the one diagram and the panels draw alike. */
#include "report/profile.h"
#include "report/svg.h"

typedef struct karvan_i_plot { /* one pair of axes: km across, days or dollars up */
    karvan_i_scale x, y;
    bool cost;
} karvan_i_plot;

/* The farthest, latest (P90) and dearest of routes begin..end-1; a km, an hour and a dollar
 * at the least. */
void karvan_i_profile_reach(const karvan_i_profile_chart *c, int begin, int end, double *km,
                            double *days, double *usd);
/* Spent after k legs, days or dollars. */
double karvan_i_profile_spent(const karvan_i_profile_chart *c, const karvan_i_plot *p, int i,
                              int32_t k);
/* About so many ticks; no kilometres where x_ticks is 0. */
void karvan_i_profile_axes(karvan_i_text *t, const karvan_i_plot *p, int x_ticks, int y_ticks);
/* In the route's own colour and dash. */
void karvan_i_profile_line(karvan_i_text *t, const karvan_i_profile_chart *c,
                           const karvan_i_plot *p, int i, double width);
/* Faint, as far as it stays within the axes. */
void karvan_i_profile_ghost(karvan_i_text *t, const karvan_i_profile_chart *c,
                            const karvan_i_plot *p, int i);
void karvan_i_profile_band(karvan_i_text *t, const karvan_i_profile_chart *c,
                           const karvan_i_plot *p, int i, double opacity);
/* Room that the line takes, so that names keep off it. */
void karvan_i_profile_block(const karvan_i_profile_chart *c, const karvan_i_plot *p, int i,
                            double step_px, karvan_i_boxes *boxes);

/* All that a load waits for at one place. */
typedef struct karvan_i_profile_stop {
    int32_t route, place;
    double x, y0, y1; /* px: where the step stands, its lower and upper end */
    double size;      /* days or dollars */
} karvan_i_profile_stop;
enum { KARVAN_I_STOPS_MAX = 256 };
/* Stops of route i behind the n at hand, the longest first; at most KARVAN_I_STOPS_MAX in all. */
int karvan_i_profile_stops(const karvan_i_profile_chart *c, const karvan_i_plot *p, int i,
                           karvan_i_profile_stop *out, int n);
/* Name the longest stops where there is room, `most` at the most, none whose step is lower than 4
 * px. */
void karvan_i_profile_name_stops(karvan_i_text *t, const karvan_i_profile_chart *c,
                                 const karvan_i_plot *p, const karvan_i_profile_stop *stop, int n,
                                 int most, karvan_i_boxes *boxes);
#endif
