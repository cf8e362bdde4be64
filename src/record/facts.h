#ifndef KARVAN_SRC_RECORD_FACTS_H
#define KARVAN_SRC_RECORD_FACTS_H
/* Claims that speak of one fact, and which of them is taken: the rules of karvan_record_resolve. */
#include "record/index.h"

typedef enum karvan_i_record_rule {
    KARVAN_I_ALONE,     /* there is no other claim */
    KARVAN_I_RANK,      /* one is preferred, or the others are deprecated */
    KARVAN_I_AGREE,     /* all that stand say the same */
    KARVAN_I_SOURCE,    /* of the source that goes before the others */
    KARVAN_I_UNDECIDED, /* the first source contradicts itself */
    KARVAN_I_NONE       /* all are deprecated */
} karvan_i_record_rule;

typedef struct karvan_i_record_fact {
    int64_t first, n; /* its claims: rows claim[first .. first + n), in the order of the table */
    int64_t taken;    /* row of claims, -1: none */
    karvan_i_record_rule rule;
} karvan_i_record_fact;

typedef struct karvan_i_record_facts {
    karvan_i_record x;
    karvan_i_text keys; /* room for the spelled keys */
    int64_t n;
    karvan_i_record_fact *fact; /* [n] */
    int64_t *claim;             /* [x.n] rows of claims, fact by fact */
    int64_t *of;                /* [x.n] fact of each claim */
    int64_t *trust;             /* [sources] the lower the earlier */
} karvan_i_record_facts;

/* rules NULL: the order of table sources. KARVAN_E_ARG, KARVAN_E_DATA, KARVAN_E_NOMEM. */
karvan_status karvan_i_record_facts_init(karvan_i_record_facts *f, const karvan_package *region,
                                         const karvan_record_rules *rules, karvan_error *err);
void karvan_i_record_facts_clear(karvan_i_record_facts *f);
/* Do two claims give the same date, value and unit? */
bool karvan_i_same_value(const karvan_table *claims, int64_t a, int64_t b); /* whatever the dates */
bool karvan_i_same_words(const karvan_table *claims, int64_t a, int64_t b);
bool karvan_i_deprecated(const karvan_table *claims, int64_t claim);
#endif
