#ifndef KARVAN_SRC_FLOW_DEMAND_H
#define KARVAN_SRC_FLOW_DEMAND_H
/* What demand from trade is made of: what pairs trade in a year, and which part moves here. */
#include "karvan/demand.h"

/* What one country sells another in the year of the flows. */
typedef struct karvan_i_sold {
    double usd;       /* a year; NaN: nobody states it */
    int64_t year;     /* of the figure */
    double growth;    /* from then on, in usd already */
    const char *from; /* data set, borrowed; "given": of the caller's table */
} karvan_i_sold;

typedef struct karvan_i_sales {
    int n;
    const char **country; /* [n] by code, borrowed from panel or the caller's table */
    karvan_i_sold *sold;  /* [n][n] exporter, importer */
    karvan_table *panel;  /* owned; NULL where the caller gave the trade */
} karvan_i_sales;
/* o->year is set. Errors: karvan_demand_trade. */
karvan_status karvan_i_sales_create(const karvan_package *region, const karvan_demand_options *o,
                                    karvan_i_sales *s, karvan_error *err);
void karvan_i_sales_clear(karvan_i_sales *s);

/* A row of table carried; NULL: of all. */
typedef struct karvan_i_carried_rule {
    const char *exporter, *importer, *cargo_class, *moved_by;
    double share;
} karvan_i_carried_rule;
/* All rows; a table that is NULL has none. Texts are the table's. KARVAN_E_DATA: a share outside 0
 * to 1; KARVAN_E_NOMEM. */
karvan_status karvan_i_rules_read(const karvan_table *carried, karvan_i_carried_rule **out,
                                  int64_t *n, karvan_error *err);
/* Part of a pair's cargo of a class that moves on the network, by the rule that speaks most nearly
 * of it (the exporter says more than the importer, which says more than the class; of equals the
 * first); *moved_by: what takes the rest, NULL where no rule speaks. No rule: 1. */
double karvan_i_carried(const karvan_i_carried_rule *rule, int64_t n, const char *exporter,
                        const char *importer, const char *cargo_class, const char **moved_by);
/* Has table zones a row of the country? NULL table: no. */
bool karvan_i_has_zone(const karvan_table *zones, const char *country);
/* Value of a row of table settings; NULL where there is none. */
const char *karvan_i_demand_setting(const karvan_package *region, const char *key);
/* The same as a number; otherwise where there is none. KARVAN_E_DATA "file:line:column: " where it
 * is none. */
karvan_status karvan_i_demand_number(const karvan_package *region, const char *key,
                                     double otherwise, double *out, karvan_error *err);
/* Is a word one of a list that ; separates? */
bool karvan_i_in_list(const char *list, const char *word);
#endif
