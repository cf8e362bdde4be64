#ifndef KARVAN_TESTS_ATTACH_BED_H
#define KARVAN_TESTS_ATTACH_BED_H
/* Three states, and tables attached to their dyad-years. Include cmocka before. */
#include "dyads_bed.h"

static const char STATES[] =
    "ccode,start,end\n1,2000-01-01,2003-12-31\n2,2000-01-01,2003-12-31\n3,2002-06-01,2003-12-31\n";
static const char GDP[] = "ccode,year,gdp,name\n1,2000,1.5,One\n1,2001,,One\n2,2001,0,\"T,wo\"\n"
                          "1,1990,7,One\n2,2003,..,Two\n";
/* 1 tells of 2, and not the other way round */
static const char VISITS[] = "ccode1,ccode2,year,visits\n1,2,2000,3\n1,2,2001,0\n2,1,2001,5\n"
                             "2,3,2002,1\n1,1,2002,9\n";

typedef struct bed {
    karvan_states *states;
    karvan_dyad_years *d;
    karvan_table *t[3];
    int n;
} bed;

static inline bed start(karvan_dyad_years_query q) {
    bed b = {.states = states_of(STATES)};
    b.d = dyads_of(b.states, q);
    return b;
}
static inline void attach(bed *b, const char *csv, const char *path,
                          const karvan_attach_options *o) {
    karvan_error e = {0};
    b->t[b->n] = table_of(csv, path);
    if (karvan_dyad_years_attach(b->d, b->t[b->n++], o, NULL, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
}
static inline void end(bed *b) {
    karvan_dyad_years_destroy(b->d);
    for (int k = 0; k < b->n; k++) karvan_table_destroy(b->t[k]);
    karvan_states_destroy(b->states);
}
#endif
