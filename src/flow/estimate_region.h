#ifndef KARVAN_SRC_FLOW_ESTIMATE_REGION_H
#define KARVAN_SRC_FLOW_ESTIMATE_REGION_H
/* Counts of a region beside freight on its state graph. */
#include "flow/freight.h"
#include "karvan/demand.h"

/* A row of table counts of the year. */
typedef struct karvan_i_region_count {
    int64_t row;
    bool used;                         /* demand is fitted to it */
    bool possible;                     /* it can be modelled */
    int32_t corridor, place, link;     /* rows; -1 but for one */
    int direction;                     /* 0 both, 1 forth, -1 back: of a link */
    bool by_weight;                    /* kt, else TEU; a year */
    const char *mode, *classes, *kind; /* NULL: all; borrowed */
    double observed, error;            /* in its unit */
    double before, after;              /* modelled; NaN: not */
} karvan_i_region_count;

/* What is unexplained of a corridor: of the classes and kinds that its counts do not tell apart. */
typedef struct karvan_i_region_constant {
    int32_t corridor;         /* row of table corridors */
    int32_t like;             /* one of its classes: row of cargo_classes */
    karvan_freight_kind kind; /* ANY: both */
    char *classes;            /* "a;b"; NULL: all */
} karvan_i_region_constant;

struct karvan_region_estimate {
    const karvan_package *region;
    karvan_region_estimate_options o;
    const karvan_table *counts;
    int32_t n_counts, n_used;
    karvan_i_region_count *count; /* used ones first */
    karvan_freight_demand demand, now;
    int32_t n_cells, n_free; /* n_free: n_cells, or 0 where demand is held */
    int32_t *cell_of;        /* [demand.n] */
    int64_t *cell_row;       /* [n_cells] of the demand table */
    double *prior, *rho;     /* [n_cells] TEU a day on the network; relative */
    double *stated;          /* [n_cells] TEU a year, with what stays at one place */
    int32_t n_constants;
    karvan_i_region_constant *constant;
    karvan_table *constants; /* that the freight of now borrows */
    karvan_freight *freight;
    karvan_estimate *estimate;
};
/* Rows of the year. KARVAN_E_DATA as karvan_estimate_region has it. */
karvan_status karvan_i_region_counts_read(karvan_region_estimate *e, karvan_error *err);
/* Is a flow of a class and kind counted where it passes? */
bool karvan_i_region_count_sees(const karvan_i_region_count *c, const char *class,
                                const char *kind);
karvan_status karvan_i_region_constants_find(karvan_region_estimate *e, karvan_error *err);
void karvan_i_region_constants_clear(karvan_region_estimate *e);
/* As table corridor_constants has them, with those of the options. */
karvan_status karvan_i_region_constants_table(const karvan_region_estimate *e,
                                              const double *constant, karvan_table **out,
                                              karvan_error *err);
/* Mean generalised cost of what goes there, without the constant; NaN: nothing does. */
double karvan_i_region_constant_beside(const karvan_region_estimate *e, int32_t k);
/* What a count would be; *slope [n_cells] its share of each cell, a year's units per TEU a day;
 * NULL: not asked for. */
double karvan_i_region_count_model(const karvan_region_estimate *e, const karvan_i_region_count *c,
                                   const karvan_freight *f, double *slope);
#endif
