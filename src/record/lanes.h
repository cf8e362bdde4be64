#ifndef KARVAN_SRC_RECORD_LANES_H
#define KARVAN_SRC_RECORD_LANES_H
/* Claims set on the lanes of a timeline. */
#include "karvan/record.h"

typedef struct karvan_i_lane {
    const char *id, *label; /* borrowed from the region, or words of the program */
} karvan_i_lane;
typedef struct karvan_i_mark {
    int64_t claim; /* row */
    int32_t lane;
} karvan_i_mark;
typedef struct karvan_i_lanes {
    const karvan_table *claims;
    int32_t n;
    karvan_i_lane *lane; /* [n] those with a mark, in the order of their table */
    int64_t n_marks;
    karvan_i_mark *mark;         /* [n_marks] in the order of the view; a claim may have several */
    int64_t undated, deprecated; /* claims without a mark */
    karvan_day first, last;      /* days that the marks reach; open ends reach `last` */
} karvan_i_lanes;

/* KARVAN_E_ARG: the view is no claims. Clear it in any case. */
karvan_status karvan_i_lanes_init(karvan_i_lanes *l, const karvan_package *region,
                                  const karvan_view *v, const karvan_timeline *how,
                                  karvan_error *err);
void karvan_i_lanes_clear(karvan_i_lanes *l);
/* Days that a claim's date reaches: open and unknown ends are those of the timeline. */
void karvan_i_lanes_reach(const karvan_i_lanes *l, const karvan_edtf *d, karvan_day *first,
                          karvan_day *last);
#endif
