#ifndef KARVAN_SRC_TRADE_MATRIX_H
#define KARVAN_SRC_TRADE_MATRIX_H
/* Matrices of trade of a region (table trade_matrix) and what ties their countries. */
#include "karvan/trade.h"

/* Data set asked for, or the one that a setting names, or the only one; borrowed from the table. */
karvan_status karvan_i_matrix_dataset(const karvan_package *region, const char *dataset,
                                      const char *setting, const karvan_table **t,
                                      const char **found, karvan_error *err);
/* Value of a row of table settings, NULL where there is none. */
const char *karvan_i_trade_setting(const karvan_package *region, const char *key);

enum { KARVAN_I_BY_EXPORTER, KARVAN_I_BY_IMPORTER, KARVAN_I_BY_ESTIMATE, KARVAN_I_BY_END };

/* Totals of one data set, country by country and year by year. */
typedef struct karvan_i_matrix {
    const char *dataset, *source; /* borrowed; source of the first row */
    int n, n_years;
    const char **country;           /* [n] by code, borrowed */
    int64_t *year;                  /* [n_years] ascending */
    double *value[KARVAN_I_BY_END]; /* [n_years][n][n] exporter, importer; NaN: no row */
    const char *third;              /* what figures are that neither side states alone */
} karvan_i_matrix;
/* KARVAN_E_DATA: a flow stated twice by one reporter. */
karvan_status karvan_i_matrix_create(const karvan_table *t, const char *dataset, karvan_i_matrix *m,
                                     karvan_error *err);
/* The same of a flows table, of the countries in the region's table; *outside: rows of others. */
karvan_status karvan_i_matrix_of_flows(const karvan_package *region, const karvan_table *flows,
                                       karvan_i_matrix *m, int64_t *outside, karvan_error *err);
void karvan_i_matrix_clear(karvan_i_matrix *m);
static inline size_t karvan_i_matrix_at(const karvan_i_matrix *m, int year, int i, int j) {
    return ((size_t)year * (size_t)m->n + (size_t)i) * (size_t)m->n + (size_t)j;
}

typedef struct karvan_i_agreement {
    const char *id;
    int flag;
    bool counts; /* is more than a preference among some goods, or membership of a large body */
} karvan_i_agreement;

typedef struct karvan_i_bound_party {
    int agreement;
    int country, nested; /* one of both, the other -1 */
    uint8_t side;        /* 1: every pair; 2: a; 4: b */
    karvan_day from, to;
} karvan_i_bound_party;

/* Agreements between some countries, on a day. */
typedef struct karvan_i_ties {
    int n_flags, n_agreements, n_parties, n_countries;
    const char **flag; /* [n_flags] in the order of the table, borrowed */
    karvan_i_agreement *agreement;
    karvan_i_bound_party *party;
    uint8_t *member; /* [n_agreements][n_countries] sides on the day, 0: no party */
} karvan_i_ties;
/* A region without agreements has none. */
karvan_status karvan_i_ties_create(const karvan_package *region, int n, const char *const *country,
                                   karvan_i_ties *t, karvan_error *err);
void karvan_i_ties_clear(karvan_i_ties *t);
void karvan_i_ties_set_day(karvan_i_ties *t, karvan_day day);
/* flag: [n_flags] 0 or 1; does an agreement that counts bind the two? */
bool karvan_i_ties_between(const karvan_i_ties *t, int i, int j, uint8_t *flag);

/* Plausibility of trade_matrix, agreements and class_shares: check_gravity.c. */
karvan_status karvan_i_trade_check_gravity(const karvan_package *region, karvan_problems *problems,
                                           karvan_error *err);
#endif
