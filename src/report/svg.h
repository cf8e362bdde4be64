#ifndef KARVAN_SRC_REPORT_SVG_H
#define KARVAN_SRC_REPORT_SVG_H
/* Charts as SVG in a text. Lengths are CSS pixels. */
#include "base/text.h"

/* A linear or logarithmic scale from data to pixels. */
typedef struct karvan_i_scale {
    double d0, d1, p0, p1;
    bool log;
} karvan_i_scale;
double karvan_i_at(const karvan_i_scale *s, double v);
/* A step of 1, 2 or 5 times a power of ten that gives about n ticks over a span. */
double karvan_i_tick(double span, int n);
/* How many steps lie in 0..span, both ends counted. */
int karvan_i_ticks(double span, double step);

/* <svg> with an accessible name and description; ids end in the number id. */
void karvan_i_svg_open(karvan_i_text *t, double width, double height, int id, const char *title,
                       const char *description);
void karvan_i_svg_close(karvan_i_text *t);
void karvan_i_svg_line(karvan_i_text *t, double x1, double y1, double x2, double y2,
                       const char *cls);
/* anchor: "start", "middle", "end"; cls may be "" */
void karvan_i_svg_text(karvan_i_text *t, double x, double y, const char *anchor, const char *cls,
                       const char *s);
/* A coordinate with one decimal, no trailing zero. */
void karvan_i_px(karvan_i_text *t, double v);

/* Rectangles already taken by labels. */
enum { KARVAN_I_BOXES_MAX = 1024 };
typedef struct karvan_i_boxes {
    double x0[KARVAN_I_BOXES_MAX], y0[KARVAN_I_BOXES_MAX], x1[KARVAN_I_BOXES_MAX],
        y1[KARVAN_I_BOXES_MAX];
    int n;
    double apart; /* px to be left free around a name on a map */
} karvan_i_boxes;
/* Is it free? */
bool karvan_i_box_free(const karvan_i_boxes *b, double x0, double y0, double x1, double y1);
/* Takes the box, free or not; nothing when the list is full. */
void karvan_i_force_box(karvan_i_boxes *b, double x0, double y0, double x1, double y1);
/* Takes the box where it is free and inside 0..w, 0..h; false where it is not. */
bool karvan_i_take_box(karvan_i_boxes *b, double x0, double y0, double x1, double y1, double w,
                       double h);
/* Width of a text at 12 px: a fair guess from its characters. */
double karvan_i_text_width(const char *s, double px);
#endif
