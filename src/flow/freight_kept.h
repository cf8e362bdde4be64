#ifndef KARVAN_SRC_FLOW_FREIGHT_KEPT_H
#define KARVAN_SRC_FLOW_FREIGHT_KEPT_H
/* A solution of freight as bytes of this machine, for the very same problem solved by the very same
 * program: all that the rounds found, no names. What other regions, machines and versions can begin
 * with is text (freight_saved.h). */
#include "base/text.h"
#include "flow/freight.h"

/* Arrays to bytes, or from them: lists of what there is go either way. */
typedef struct karvan_i_passing {
    karvan_i_text *to; /* NULL: from bytes */
    const char *from;
    size_t left;
    bool good; /* there were as many bytes as were asked for, so far */
} karvan_i_passing;
void karvan_i_pass(karvan_i_passing *p, void *what, size_t n, size_t size);

/* Behind what the text holds. KARVAN_E_NOMEM. */
karvan_status karvan_i_freight_pack(const karvan_freight *f, karvan_i_text *out, karvan_error *err);
/* Into a problem that is prepared (karvan_i_freight_prepare): it becomes the solution that was
 * packed. What stands in the bytes is checked, every index of it, but not that it is a solution.
 * KARVAN_E_DATA: they are of no such problem, or damaged; KARVAN_E_NOMEM. f is of no use then, but
 * for karvan_freight_destroy. */
karvan_status karvan_i_freight_unpack(karvan_freight *f, const char *bytes, size_t n,
                                      karvan_error *err);
#endif
