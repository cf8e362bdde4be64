#ifndef KARVAN_SRC_TRADE_FLOWS_MIRRORS_H
#define KARVAN_SRC_TRADE_FLOWS_MIRRORS_H
/* A reconciliation at work: what both sides state of every flow. */
#include "trade/flows.h"

/* What is stated of one flow. */
typedef struct karvan_i_both {
    int64_t at[2], other; /* rows by side, -1: none */
    int32_t from, to;
    double v[2];   /* in the result's unit, NaN: nothing */
    double ratio;  /* cif over fob of the pair */
    double fob[2]; /* moved to fob */
    bool moved[2], assumed[2];
} karvan_i_both;

typedef struct karvan_i_mirrors {
    const karvan_mirror_options *o;
    karvan_i_flows f;
    const char *unit;
    double of_one;      /* dollars (or what the unit is of) in one of the unit */
    double flat, apart; /* the ratio where none is estimated; when mirrors are listed */
    int64_t n;
    karvan_i_both *flow; /* [n] */
    karvan_i_cif_line line;
    double *e;        /* [countries] how far a reporter is off, NULL: not asked */
    int64_t *mirrors; /* [countries] */
    double *km_of;    /* [n] NaN: not known; NULL: not asked */
} karvan_i_mirrors;

/* flows_estimate.c: the line of cif over fob on distances; figures moved to fob; reliability. */
karvan_status karvan_i_mirrors_line(karvan_i_mirrors *w, karvan_error *err);
void karvan_i_mirrors_move(karvan_i_mirrors *w);
karvan_status karvan_i_mirrors_reliability(karvan_i_mirrors *w, karvan_error *err);
/* flows_apart.c: mirrors that are apart (out NULL: only how many), the audit. */
karvan_status karvan_i_mirrors_apart(const karvan_i_mirrors *w, karvan_table **out, int64_t *count,
                                     karvan_error *err);
karvan_status karvan_i_mirrors_audit(const karvan_i_mirrors *w, int64_t n_apart, karvan_table **out,
                                     karvan_error *err);
#endif
