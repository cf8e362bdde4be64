#ifndef KARVAN_SRC_RECORD_SPELL_H
#define KARVAN_SRC_RECORD_SPELL_H
/* A state of things from one uncertain date to another: a membership, a mission, an instrument in
 * force. */
#include "karvan/base.h"
#include "karvan/table.h"

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
/* Of a claim: a date is the beginning of what goes on, an interval all of it, and `{all of}` some
 * dates what begins with the first of them and may have gaps until the last. NULL: at some time. */
karvan_i_spell karvan_i_spell_dated(const karvan_edtf *date);
/* Of columns `from` and `to`; an end that is not covered (`..`) means that it goes on. */
karvan_i_spell karvan_i_spell_cells(const karvan_table *t, int64_t row);
/* It ends on another day too, and what comes first counts; NULL: on a day that is not known. */
karvan_i_spell karvan_i_spell_ended(karvan_i_spell s, const karvan_edtf *end);
/* Does it share a day with first..last; do two share a day? YES and NO hold in every reading, MAYBE
 * in some. */
karvan_truth karvan_i_spell_within(const karvan_i_spell *s, karvan_day first, karvan_day last);
karvan_truth karvan_i_spells_meet(const karvan_i_spell *a, const karvan_i_spell *b);
/* Do both share a day of first..last with one another? Does it begin on one of these days? */
karvan_truth karvan_i_spells_joint(const karvan_i_spell *a, const karvan_i_spell *b,
                                   karvan_day first, karvan_day last);
karvan_truth karvan_i_spell_begins(const karvan_i_spell *s, karvan_day first, karvan_day last);
/* karvan_i_spell_of and karvan_i_spell_within in one. */
karvan_truth karvan_i_spell_in(const karvan_edtf *from, const karvan_edtf *to, bool goes_on,
                               karvan_day first, karvan_day last);
/* Days of a year. */
void karvan_i_year_days(int64_t year, karvan_day *first, karvan_day *last);
#endif
