#ifndef KARVAN_SRC_REPORT_PROFILE_H
#define KARVAN_SRC_REPORT_PROFILE_H
/* The time-cost-distance diagram (UN ESCAP 2004; Beresford and Dubey 1990): all routes in one, or a
 * panel for each on scales of its own. */
#include "base/text.h"
#include "karvan/report.h"

typedef struct karvan_i_profile_chart {
    const karvan_package *region;
    int n;
    const karvan_route *const *route;      /* [n] */
    const karvan_time_quantiles *const *q; /* [n] each [n_legs + 1] */
    const int *hue; /* [n] class k<hue> draws the line, f<hue> fills the band */
    bool cost;      /* dollars instead of days: of the one diagram; panels show both */
    int width;      /* px */
    int id;         /* number of the first chart that is drawn; a panel takes its own too */
} karvan_i_profile_chart;

/* All routes in one diagram, each with its band P10 to P90, its stops named where there is room. */
void karvan_i_profile_draw(karvan_i_text *t, const karvan_i_profile_chart *c);
double karvan_i_profile_height(const karvan_i_profile_chart *c);
/* Route i alone, filling its axes: days with its band above, dollars below, the others faint behind
 * it as far as they fit. */
enum { KARVAN_I_PANEL_WIDTH = 312, KARVAN_I_PANEL_HEIGHT = 344 };
void karvan_i_profile_panel(karvan_i_text *t, const karvan_i_profile_chart *c, int i);
/* Both diagrams, for wide and narrow screens, and the panels. */
struct karvan_i_page;
void karvan_i_profile_figures(struct karvan_i_page *p, const karvan_i_profile_chart *c);
/* "Middle Corridor", or "best by cost" where no corridor was asked for. */
const char *karvan_i_profile_name(const karvan_i_profile_chart *c, int i);
#endif
