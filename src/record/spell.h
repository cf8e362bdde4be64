#ifndef KARVAN_SRC_RECORD_SPELL_H
#define KARVAN_SRC_RECORD_SPELL_H
/* A state of things from one uncertain date to another: a membership, a mission, an instrument in
 * force. */
#include "karvan/base.h"

/* Does it share a day with first..last? Both ends belong to the spell. from NULL: since when is not
 * known. goes_on: it has no end; else to NULL: the end is not known, and no earlier than its
 * beginning. YES and NO are certain by the dates' strict bounds, MAYBE is not. */
karvan_truth karvan_i_spell_in(const karvan_edtf *from, const karvan_edtf *to, bool goes_on,
                               karvan_day first, karvan_day last);
#endif
