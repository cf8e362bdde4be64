#ifndef KARVAN_SRC_RECORD_SPELL_H
#define KARVAN_SRC_RECORD_SPELL_H
/* A state of things from one uncertain date to another: a membership, a mission, an instrument in
 * force. */
#include "karvan/base.h"

/* The first and the last day of what the dates may mean, both inside the spell, each within its
 * limits; any two that are not in the wrong order are a reading. */
typedef struct karvan_i_spell {
    karvan_day begin_least, begin_most; /* of the first day */
    karvan_day end_least, end_most;     /* of the last day */
} karvan_i_spell;

/* from NULL: since when is not known. goes_on: it has no end; else to NULL: the end is not known,
 * and no earlier than its beginning. Strict bounds of the dates. The limits are made as narrow as
 * the order of first and last day makes them. Dates of which every pair is in the wrong order have
 * no reading: they may mean anything from the one to the other, and nothing for certain. */
karvan_i_spell karvan_i_spell_of(const karvan_edtf *from, const karvan_edtf *to, bool goes_on);
/* Does it share a day with first..last; do two share a day? YES and NO hold in every reading, MAYBE
 * in some. */
karvan_truth karvan_i_spell_within(const karvan_i_spell *s, karvan_day first, karvan_day last);
karvan_truth karvan_i_spells_meet(const karvan_i_spell *a, const karvan_i_spell *b);
/* The first two in one. */
karvan_truth karvan_i_spell_in(const karvan_edtf *from, const karvan_edtf *to, bool goes_on,
                               karvan_day first, karvan_day last);
#endif
