#ifndef KARVAN_SRC_STUDY_STAGES_H
#define KARVAN_SRC_STUDY_STAGES_H
/* What the tables of stages share: a case beside the base. */
#include "study/study.h"

typedef struct karvan_i_beside {
    const karvan_study *s;
    int which;                            /* -1: the base beside itself */
    const karvan_i_outcome *before, *now; /* settled */
} karvan_i_beside;

/* stages.c; NaN where a number is not known. */
karvan_status karvan_i_stage_row(karvan_builder *b, int n_texts, const char *const *text,
                                 int n_reals, const double *real, karvan_error *err);
/* stages_trade.c */
karvan_status karvan_i_stage_pairs(const karvan_i_beside *x, karvan_table **out, karvan_error *err);
karvan_status karvan_i_stage_countries(const karvan_i_beside *x, karvan_table **out,
                                       karvan_error *err);
#endif
