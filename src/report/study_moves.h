#ifndef KARVAN_SRC_REPORT_STUDY_MOVES_H
#define KARVAN_SRC_REPORT_STUDY_MOVES_H
/* Loads of links under the first improvement beside those of the region as it is. */
#include "report/study_facts.h"

typedef struct karvan_i_moved { /* what joins two places, all links together */
    int32_t from, to;           /* rows of places */
    double before, after;       /* TEU a day, both directions */
} karvan_i_moved;

typedef struct karvan_i_moves {
    int n; /* 0: not known */
    karvan_i_moved *line;
    double demand_before, demand_after; /* TEU a day that want to go */
} karvan_i_moves;

/*
 * The region's folder opened under the interventions of a case, what wants to go moved with the
 * trade of each pair as the study leaves it, and its equilibrium found from that of `flows` on.
 * Nothing where it cannot be opened so or does not settle. KARVAN_E_NOMEM, KARVAN_E_IO.
 */
karvan_status karvan_i_moves_init(karvan_i_moves *m, const karvan_i_study_facts *f, int which,
                                  const karvan_i_flow_facts *flows, karvan_error *err);
void karvan_i_moves_clear(karvan_i_moves *m);
/* The map and its table (study_map.c). */
karvan_status karvan_i_moves_map(karvan_i_page *p, const karvan_i_study_facts *f,
                                 const karvan_i_moves *m, karvan_error *err);
#endif
