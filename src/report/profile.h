#ifndef KARVAN_SRC_REPORT_PROFILE_H
#define KARVAN_SRC_REPORT_PROFILE_H
/* The time-cost-distance diagram (UN ESCAP 2004; Beresford and Dubey 1990). */
#include "base/text.h"
#include "karvan/report.h"

typedef struct karvan_i_profile_chart {
    const karvan_network *net;
    const karvan_package *region;
    int n;
    const karvan_route *const *route;      /* [n] */
    const karvan_time_quantiles *const *q; /* [n] each [n_legs + 1] */
    const int *hue; /* [n] class c<hue> draws the line, f<hue> fills the band */
    bool cost;
    int width;
    int id;
} karvan_i_profile_chart;
void karvan_i_profile_draw(karvan_i_text *t, const karvan_i_profile_chart *c);
#endif
