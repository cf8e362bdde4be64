#ifndef KARVAN_SRC_REPORT_STUDY_FACTS_H
#define KARVAN_SRC_REPORT_STUDY_FACTS_H
/* What the parts on a study share: its cases in their order, who gains, what they cost, what the
 * first of them depends on. */
#include "report/flow_facts.h"
#include "report/page.h"

enum { KARVAN_I_INFLUENCES = 12 };

typedef struct karvan_i_study_case {
    int which; /* of the study */
    const char *id, *name;
    const char *status; /* "proposed", "hypothetical", ...; NULL: not told */
    bool ranked;
    double first;              /* part of the draws in which it is the best; NaN */
    karvan_difference benefit; /* USD a year */
    karvan_i_neck next;        /* the most valuable bottleneck behind it; no name: none */
    karvan_i_neck tighter;     /* the one whose value it raises most; no name: none */
    double tighter_usd;        /* by how much, USD a year */
} karvan_i_study_case;

typedef struct karvan_i_study_facts {
    const karvan_report_study *of; /* NULL: there is none */
    const karvan_package *region;
    int n, n_ranked;
    karvan_i_study_case *row; /* [n] the ranked by their rank, then others, the worst first */
    int64_t draws;            /* 0: medians alone */
    karvan_table *gains, *worth, *influence; /* of the first alone: influence */
    bool one_next; /* the same bottleneck stands behind all that are ranked */
} karvan_i_study_facts;

/* Nothing where s is NULL or has nothing ranked. */
karvan_status karvan_i_study_facts_init(karvan_i_study_facts *f, const karvan_package *region,
                                        const karvan_report_study *s, karvan_error *err);
void karvan_i_study_facts_clear(karvan_i_study_facts *f);
/* A difference of a case in a measure, all of it unknown where there is no such measure. */
karvan_status karvan_i_study_difference(const karvan_i_study_facts *f, int which,
                                        const char *measure, const char *country,
                                        karvan_difference *out, karvan_error *err);
/* "teu_middle": a measure of the region's first corridor. */
const char *karvan_i_study_of_corridor(const karvan_i_study_facts *f, const char *measure,
                                       char *room, size_t cap);
/* "+1 230", with as many figures as are known; "0" where it rounds to it. */
void karvan_i_signed(karvan_i_text *t, double v, int digits);
/* A median to two figures, but no finer than the interval about it has a use for. */
void karvan_i_study_median(karvan_i_text *t, const karvan_difference *d, double unit);
/* "(410 to 2 900)", nothing without draws. */
void karvan_i_study_interval(karvan_i_text *t, const karvan_i_study_facts *f,
                             const karvan_difference *d, double unit);

/* The parts: the first screen (study_answer.c), the ranking (study_help.c), who gains
 * (study_gains.c), what moves (study_moves.c), what it depends on (study_drivers.c). */
karvan_status karvan_i_study_answer(karvan_i_page *p, const karvan_i_study_facts *f,
                                    karvan_i_text *lead, karvan_error *err);
karvan_status karvan_i_part_help(karvan_i_page *p, const karvan_i_study_facts *f,
                                 karvan_error *err);
karvan_status karvan_i_part_hurt(karvan_i_page *p, const karvan_i_study_facts *f,
                                 karvan_error *err);
karvan_status karvan_i_part_gains(karvan_i_page *p, const karvan_i_study_facts *f,
                                  karvan_error *err);
karvan_status karvan_i_part_moves(karvan_i_page *p, const karvan_i_study_facts *f,
                                  const karvan_i_flow_facts *flows, karvan_error *err);
karvan_status karvan_i_part_drivers(karvan_i_page *p, const karvan_i_study_facts *f,
                                    karvan_error *err);
#endif
