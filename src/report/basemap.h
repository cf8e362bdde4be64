#ifndef KARVAN_SRC_REPORT_BASEMAP_H
#define KARVAN_SRC_REPORT_BASEMAP_H
/* What all maps share: a window, land and borders, names that do not collide. */
#include "base/text.h"
#include "karvan/report.h"
#include "report/svg.h"

typedef struct karvan_i_window {
    double lon0, lon1, lat0, lat1, width, height, squeeze;
} karvan_i_window;

/* Equirectangular, true to scale along the middle parallel. */
karvan_i_window karvan_i_window_fit(double lon0, double lon1, double lat0, double lat1,
                                    double width);
/* Around the places that are marked, those at the far ends left out: the `cut` share on each side;
 * `aspect`: height over width, by showing more on the shorter side. Places without coordinates do
 * not count. */
karvan_status karvan_i_window_around(const karvan_table *places, const bool *marked, double cut,
                                     double width, double aspect, karvan_i_window *out,
                                     karvan_error *err);
/* Moved, and where it must be narrowed, so that it lies within the outlines of table `land`. */
void karvan_i_window_onto_land(karvan_i_window *w, const karvan_package *region,
                               const char *detail);
double karvan_i_map_x(const karvan_i_window *w, double lon);
double karvan_i_map_y(const karvan_i_window *w, double lat);
bool karvan_i_map_inside(const karvan_i_window *w, double x, double y);

/* Land and borders of a detail of table `land`, once for all maps of a document: to be used by
 * karvan_i_map_ground. Without such a table: nothing. */
void karvan_i_map_define(karvan_i_text *t, const karvan_package *region, const char *detail);
/* Water, land and, where asked for, borders under a map. */
void karvan_i_map_ground(karvan_i_text *t, const karvan_i_window *w, const char *detail,
                         bool borders);
/* Paper below a map, over what its lines may have drawn there. */
void karvan_i_map_margin(karvan_i_text *t, const karvan_i_window *w, double height);
/* Try the eight sides of a sign of half size `half` for its name. */
bool karvan_i_map_label(karvan_i_text *t, const karvan_i_window *w, karvan_i_boxes *boxes, double x,
                        double y, double half, const char *name, const char *cls);
/* The same, further off with a line to it where there is no room beside. */
bool karvan_i_map_label_far(karvan_i_text *t, const karvan_i_window *w, karvan_i_boxes *boxes,
                            double x, double y, double half, const char *name, const char *cls);
/* A line of a path from one place to another: "M..L..". */
void karvan_i_map_hop(karvan_i_text *t, const karvan_i_window *w, const karvan_table *places,
                      int32_t from, int32_t to);
/* Row of places that a cell names, -1. */
int32_t karvan_i_map_place(const karvan_package *region, const karvan_table *t, const char *column,
                           int64_t row);
#endif
