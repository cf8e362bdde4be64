#ifndef KARVAN_SRC_REPORT_MAP_ACCESS_H
#define KARVAN_SRC_REPORT_MAP_ACCESS_H
/* The isochrone map, drawn from a reach. */
#include "report/basemap.h"
#include "report/spread.h"

typedef struct karvan_i_access_map {
    const karvan_package *region;
    const karvan_table *places;
    const karvan_i_spread *reach;
    double bound_h[KARVAN_I_BANDS - 1];
    int n_bounds;
} karvan_i_access_map;

karvan_status karvan_i_access_init(karvan_i_access_map *m, const karvan_package *region,
                                   const karvan_i_spread *reach, karvan_error *err);
/* Around the places that are reached, `cut` of them on each side left out. */
karvan_status karvan_i_access_window(const karvan_i_access_map *m, double cut, double width,
                                     double aspect, karvan_i_window *out, karvan_error *err);
/* The ground must have been defined: karvan_i_map_define. The legend stands below the window. */
enum { KARVAN_I_ACCESS_BELOW = 30 };
void karvan_i_access_draw(karvan_i_text *t, const karvan_i_access_map *m, const karvan_i_window *w,
                          int id);
/* "14 h", "3.1 d" */
void karvan_i_hours_words(double h, char *out, size_t cap);
#endif
