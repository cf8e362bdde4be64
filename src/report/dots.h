#ifndef KARVAN_SRC_REPORT_DOTS_H
#define KARVAN_SRC_REPORT_DOTS_H
/* A ranked list: a name, a dot with its interval, figures, and a word beside it. Drawn for a wide
 * screen in one line a row, for a narrow one in two. */
#include "report/page.h"
#include "report/svg.h"

typedef struct karvan_i_dot {
    const char *name, *below; /* below: a second line, on a wide screen; NULL */
    double dot, low, high;    /* NaN: not drawn */
    const char *figures;      /* "1 230 (410 to 2 900)" */
    const char *aside;        /* "62 %"; NULL */
    bool strong, pale;
} karvan_i_dot;

typedef struct karvan_i_dots {
    const char *title, *description;                   /* of the drawing */
    const char *axis_head, *figures_head, *aside_head; /* NULL: no such column */
    int n;
    const karvan_i_dot *row;
    bool bars;     /* from 0 to the dot, with the interval as a line */
    bool numbered; /* by their place in the list */
} karvan_i_dots;
enum { KARVAN_I_DOTS_WIDE = 900, KARVAN_I_DOTS_NARROW = 340 };
/* Wide and narrow, each for its screen. */
void karvan_i_dots_draw(karvan_i_page *p, const karvan_i_dots *c);
/* As much of a text as there is room for, an ellipsis behind it where it is cut. */
void karvan_i_svg_fitted(karvan_i_text *t, double x, double y, const char *anchor, const char *cls,
                         const char *s, double room_px);
/* Lower and upper end of an axis that holds all dots and intervals, and 0. */
void karvan_i_dots_bounds(const karvan_i_dots *c, double *low, double *high);
/* One row's interval and dot (or bar) on a scale. */
void karvan_i_dot_mark(karvan_i_text *t, const karvan_i_dot *r, const karvan_i_scale *x, double y,
                       bool bar);
#endif
