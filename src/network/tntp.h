#ifndef KARVAN_SRC_NETWORK_TNTP_H
#define KARVAN_SRC_NETWORK_TNTP_H
/* What the files of the Transportation Networks collection have in common: metadata in angle
 * brackets up to <END OF METADATA>, words parted by blanks, faults with their place. */
#include "karvan/base.h"

typedef struct karvan_i_tntp_reader {
    const char *path;
    const char *begin, *at, *end; /* the file; `at` to `end`: not read yet */
    const char *line;             /* where the line that was read last begins */
    karvan_error *err;
} karvan_i_tntp_reader;

/* A key of the metadata and where its number goes (one of the two); untouched where the file does
 * not tell it. */
typedef struct karvan_i_tntp_key {
    const char *name; /* "<NUMBER OF ZONES>" */
    int64_t *whole;   /* 0 to INT32_MAX / 4 */
    double *real;     /* finite */
    int *digit;       /* of `real`: where its last digit stands, as a power of ten; may be NULL */
    const char **at;  /* where the number stands; may be NULL */
} karvan_i_tntp_key;

/* KARVAN_E_DATA, "path:line:column: " of `at` before what is wrong. */
karvan_status karvan_i_tntp_fault(const karvan_i_tntp_reader *r, const char *at, const char *fmt,
                                  ...) KARVAN_PRINTF(3, 4);
/* The next line without the blanks around it and its end; false at the end of the file. */
bool karvan_i_tntp_line(karvan_i_tntp_reader *r, const char **begin, const char **end);
/* The next word of a line; words are parted by blanks, and `;` ends the line. */
bool karvan_i_tntp_word(const char **at, const char *end, const char **word, size_t *n);
/* All up to <END OF METADATA>, which must be there. Other keys are passed over. */
karvan_status karvan_i_tntp_metadata(karvan_i_tntp_reader *r, const karvan_i_tntp_key *keys, int n);
#endif
