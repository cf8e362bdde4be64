#ifndef KARVAN_SRC_RECORD_CROSSWALK_H
#define KARVAN_SRC_RECORD_CROSSWALK_H
/* Codes of states from one system to another. */
#include "karvan/dyads.h"

/* One state, or a spell of it; NULL: a system has no code for it. */
typedef struct karvan_i_crosswalk {
    const char *name, *iso, *cow, *cow_abbreviation, *gw;
    int from, to;  /* years; 0: without an end */
    bool spelling; /* another spelling of an ISO code: read, never given */
} karvan_i_crosswalk;
extern const karvan_i_crosswalk karvan_i_crosswalk_list[];
extern const int karvan_i_crosswalk_n;
#endif
