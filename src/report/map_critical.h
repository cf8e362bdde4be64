#ifndef KARVAN_SRC_REPORT_MAP_CRITICAL_H
#define KARVAN_SRC_REPORT_MAP_CRITICAL_H
/* The criticality map, drawn from a table of karvan_network_critical. */
#include "report/basemap.h"

enum { KARVAN_I_TOP = 10 };
typedef struct karvan_i_critical_map {
    const karvan_package *region;
    const karvan_table *places, *t;
    double most_h;             /* of one closure, above 0 where n_top > 0 */
    int64_t top[KARVAN_I_TOP]; /* rows of t: the most hours, the most first */
    int n_top;
} karvan_i_critical_map;

karvan_i_critical_map karvan_i_critical_init(const karvan_package *region, const karvan_table *t);
/* Around the ends of what costs anything, `cut` of them on each side left out. */
karvan_status karvan_i_critical_window(const karvan_i_critical_map *m, double cut, double width,
                                       double aspect, karvan_i_window *out, karvan_error *err);
/* Height of what stands below the window: the legend, and the top ten by name. */
double karvan_i_critical_below(const karvan_i_critical_map *m, const karvan_i_window *w, bool list);
/* The ground must have been defined: karvan_i_map_define. list: the top ten by name below. */
void karvan_i_critical_draw(karvan_i_text *t, const karvan_i_critical_map *m,
                            const karvan_i_window *w, bool list, int id);
#endif
