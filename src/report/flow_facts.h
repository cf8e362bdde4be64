#ifndef KARVAN_SRC_REPORT_FLOW_FACTS_H
#define KARVAN_SRC_REPORT_FLOW_FACTS_H
/* What the parts on flows have in common: the region's demand of setting flow_year, its equilibrium
 * and the tables that are read off it. */
#include "karvan/freight.h"
#include "report/page.h"

enum { KARVAN_I_NECKS_MAX = 10, KARVAN_I_NECK_NAME = 160 };

/* A bottleneck, or several in a row that bind as one: only the sum of their prices is determined.
 */
typedef struct karvan_i_neck {
    char name[KARVAN_I_NECK_NAME]; /* for readers */
    const char *id;                /* of the row that it is named after: the first of their ids */
    int members;
    double load, capacity, delay_h; /* of one of them; hours: of all */
    double price_usd, usd_day;      /* of all */
    const char *unit;               /* "TEU/day" */
    const char *source;             /* of the first one's capacity; NULL */
    int32_t from, to;               /* places of the first one, equal at a place; -1: not known */
} karvan_i_neck;

typedef struct karvan_i_flow_facts karvan_i_flow_facts;
struct karvan_i_flow_facts {
    const karvan_package *region;
    int64_t year;
    karvan_table *demand_rows; /* of karvan_demand_trade */
    karvan_freight_demand demand;
    karvan_freight *f; /* NULL: the region has no flows, or they cannot be solved */
    karvan_freight_stats stats;
    karvan_table *corridors, *countries, *bottlenecks, *unserved;
    int32_t n_corridors; /* rows of table corridors */
    double *load;        /* [links][2][n_corridors + 1] of karvan_freight_link_loads */
    int n_necks;
    karvan_i_neck neck[KARVAN_I_NECKS_MAX]; /* with a price, the dearest first */
};

/* Nothing but the year where a table or setting lacks, or there is no equilibrium. */
karvan_status karvan_i_flow_facts_init(karvan_i_flow_facts *f, const karvan_package *region,
                                       karvan_error *err);
void karvan_i_flow_facts_clear(karvan_i_flow_facts *f);
/* Name, places and source of a capacity, by its kind ("link", "terminal", "service", "capacity")
 * and id; nothing where there is no such row. */
void karvan_i_neck_describe(const karvan_package *region, const char *kind, const char *id,
                            bool back, karvan_i_neck *k);
/* Both directions of a link together, of one corridor (n_corridors: of none); of all. */
double karvan_i_flow_on(const karvan_i_flow_facts *f, int64_t link, int32_t corridor);
double karvan_i_flow_on_all(const karvan_i_flow_facts *f, int64_t link);
/* Names of a corridor row, of the last: "Other ways". */
const char *karvan_i_flow_name(const karvan_i_page *p, const karvan_i_flow_facts *f,
                               int32_t corridor);
/* A figure of all classes of a corridor: a column of KARVAN_FREIGHT_CORRIDORS. NaN: none. */
double karvan_i_flow_carried(const karvan_i_flow_facts *f, const karvan_i_page *p, int32_t corridor,
                             const char *column);
/* Two countries, rows of that table; both directions together, a == b: within one. */
typedef struct karvan_i_flow_pair {
    int32_t a, b;
    double teu_day;
} karvan_i_flow_pair;
/* The pairs with most TEU by ways of no corridor, at most so many, of 1 TEU a day at least
 * (flow_others.c). A place is of the country of its zone. KARVAN_E_NOMEM. */
karvan_status karvan_i_flow_others(const karvan_i_flow_facts *f, karvan_i_flow_pair *out, int most,
                                   int *n, karvan_error *err);
/* A copy of a table with numbers of five figures. */
karvan_status karvan_i_rounded(const karvan_table *t, karvan_table **out, karvan_error *err);
/* karvan_i_details_table with numbers of five figures: what more there are, are not known. */
karvan_status karvan_i_flow_details(karvan_i_page *p, const char *summary, const karvan_table *t,
                                    const char *file_name, karvan_error *err);
/* The map of loads, for a wide and a narrow screen (flow_map.c); bars of bottlenecks
 * (flow_necks.c). */
karvan_status karvan_i_flow_maps(karvan_i_page *p, const karvan_i_flow_facts *f, karvan_error *err);
karvan_status karvan_i_flow_necks(karvan_i_page *p, const karvan_i_flow_facts *f,
                                  karvan_error *err);
#endif
