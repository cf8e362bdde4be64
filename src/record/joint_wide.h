#ifndef KARVAN_SRC_RECORD_JOINT_WIDE_H
#define KARVAN_SRC_RECORD_JOINT_WIDE_H
/* One pass over a file of the wide form. */
#include "record/joint.h"
#include "table/csv.h"

typedef struct karvan_i_wide {
    karvan_memberships *m;
    karvan_i_csv csv;
    const char *path;
    int code, year, first; /* fields: of the state's code, of the year; the first body */
    int n_fields;
} karvan_i_wide;

/* What a cell says: a code of a membership, 0 to 3, or one of these. */
enum { KARVAN_I_NO_BODY = 4, KARVAN_I_NOT_KNOWN, KARVAN_I_WRONG };

/* joint_quick.c: rows that lie whole in the buffer, are plainly written and need no look, by hand.
 * The first that is otherwise is left, to be read the usual way. */
karvan_status karvan_i_wide_quick(karvan_i_wide *w, karvan_error *err);
/* Columns of bodies in a header of the wide form, -1: it is none. */
int karvan_i_wide_bodies(const karvan_table *header);
/* Names of columns as a line, as many as fit. joint_read.c */
void karvan_i_header_line(const karvan_table *header, char *out, size_t cap);
#endif
