#ifndef KARVAN_SRC_FLOW_SAVED_H
#define KARVAN_SRC_FLOW_SAVED_H
/* A solution as a text: metadata in angle brackets as in TNTP, then rows, each begun by a word.
 * Bushes, where the method kept them, are the last rows: what enters each node, a character a node.
 */
#include "base/text.h"
#include "flow/assignment.h"
#include "flow/bush.h"
#include "network/tntp.h"

enum { KARVAN_I_SAVED_VERSION = 1 };

/* The metadata, in the order in which they are written. */
enum {
    KARVAN_I_SAVED_ITERATIONS,
    KARVAN_I_SAVED_CONVERGED,
    KARVAN_I_SAVED_OBJECTIVE,
    KARVAN_I_SAVED_TOTAL_COST,
    KARVAN_I_SAVED_TOTAL_TIME,
    KARVAN_I_SAVED_DEMAND,
    KARVAN_I_SAVED_INTRAZONAL,
    KARVAN_I_SAVED_GAP, /* from here on they may be unknown, and are then left out */
    KARVAN_I_SAVED_EXCESS,
    KARVAN_I_SAVED_REALS
};
extern const char *const karvan_i_saved_key[KARVAN_I_SAVED_REALS];

/* All of a file. KARVAN_E_NOMEM. */
karvan_status karvan_i_saved_print(const karvan_assignment *a, karvan_i_text *out,
                                   karvan_error *err);

/* A blank and a number, to the last bit. */
void karvan_i_saved_put_real(karvan_i_text *out, double v);
/* A blank and a name as a word of its own: what would part or end it, as %20. */
void karvan_i_saved_put_name(karvan_i_text *out, const char *name);

/* ---- saved_words.c: rows that are read --------------------------------------------------------
 */

typedef struct karvan_i_saved_row { /* words of a row that are still to be read */
    karvan_i_tntp_reader *r;
    const char *at, *end;
} karvan_i_saved_row;

/* Is this the next word of a row? It is passed then. */
bool karvan_i_saved_is(karvan_i_saved_row *l, const char *word);
/* The next row, which must begin with this word; false: another stands there, or none. */
bool karvan_i_saved_begins(karvan_i_tntp_reader *r, const char *word, karvan_i_saved_row *out);
karvan_status karvan_i_saved_expect(karvan_i_tntp_reader *r, const char *word,
                                    karvan_i_saved_row *out);
karvan_status karvan_i_saved_word(karvan_i_saved_row *l, const char **word, size_t *n);
karvan_status karvan_i_saved_whole(karvan_i_saved_row *l, int64_t least, int64_t most,
                                   int64_t *out);
/* least: -INFINITY, or what the number may not be below. */
karvan_status karvan_i_saved_real(karvan_i_saved_row *l, double least, double *out);
karvan_status karvan_i_saved_digest(karvan_i_saved_row *l, uint64_t *out);
/* %20 back to what it stands for; a lone % is the empty name. */
karvan_status karvan_i_saved_name(karvan_i_saved_row *l, char **out, karvan_error *err);
karvan_status karvan_i_saved_end(karvan_i_saved_row *l);

/* ---- bushes -----------------------------------------------------------------------------------
 */

/* Characters that are digits of a number to the base of 64. */
extern const char karvan_i_saved_digits[65];
enum {
    KARVAN_I_SAVED_RADIX = 64,
    KARVAN_I_SAVED_DOUBLE = 11, /* characters of the 64 bits of a double */
    KARVAN_I_SAVED_NONE = '.',  /* no arc enters; of an entry: no flow */
    KARVAN_I_SAVED_OPEN = '[',  /* entries of a merge, each an arc and its flow */
    KARVAN_I_SAVED_CLOSE = ']',
    KARVAN_I_SAVED_MANY = '(', /* an arc beyond the 64th into a node, by its number */
    KARVAN_I_SAVED_MANY_END = ')'
};

/* Arcs by the node that they enter, by place in the star; an arc's place among them is what is
 * written. */
typedef struct karvan_i_saved_into {
    int32_t *first; /* [n + 1] */
    int32_t *arc;   /* [m] */
    int32_t *place; /* [m] of an arc among those of its head */
    int32_t *tail;  /* [m] */
    int32_t *head;  /* [m] */
} karvan_i_saved_into;
karvan_status karvan_i_saved_into_init(karvan_i_saved_into *in, const karvan_assignment *a,
                                       karvan_error *err);
void karvan_i_saved_into_clear(karvan_i_saved_into *in);

/* Rows of the bushes that a method has kept; none where it kept none. KARVAN_E_NOMEM. */
karvan_status karvan_i_saved_put_bushes(const karvan_assignment *a, karvan_i_text *out,
                                        karvan_error *err);
/* Bushes behind a row "bushes", read up to the end of the file: sound ones of the network, or
 * KARVAN_E_DATA. */
karvan_status karvan_i_saved_read_bushes(karvan_i_tntp_reader *r, karvan_i_saved_row *l,
                                         const karvan_assignment *a, karvan_i_bushes **out,
                                         karvan_error *err);
#endif
