#ifndef KARVAN_SRC_RECORD_JOINT_H
#define KARVAN_SRC_RECORD_JOINT_H
/* Inside karvan_memberships: rows of bits, a row a state and year, a bit a body; of the long form
 * also the spells that they were made of. */
#include "base/text.h"
#include "karvan/memberships.h"
#include "record/spell.h"
#include "record/state_codes.h"
#include "table/column.h"

typedef struct karvan_i_member_row {
    int32_t state; /* while reading: code of the dictionary; then in order */
    int32_t year;
    int64_t at;   /* its bits: words at * m->words and on */
    int64_t line; /* of the file, wide form */
} karvan_i_member_row;

typedef struct karvan_i_member_spell {
    int32_t state, body; /* as above */
    unsigned status;     /* one bit */
    karvan_i_spell when;
    int32_t from; /* code of the text in column from, -1: none: rows are the same by it */
    int64_t row;  /* of the table */
    int64_t line; /* of the file, 0: none */
} karvan_i_member_spell;

struct karvan_memberships {
    karvan_i_dictionary states, bodies;
    int32_t *state_at; /* [n_states] code in the dictionary, by order */
    int64_t words;     /* of a row's bits */
    karvan_i_member_row *row;
    int64_t n_rows, cap_rows;
    int64_t *first; /* [n_states + 1] into row */
    /* [n_rows * words]: belongs for certain; perhaps (and what is certain); there is no such body
     */
    uint64_t *certain, *perhaps, *none;
    uint8_t *cell;       /* [n_rows * bodies.n] wide form: what it says; NULL: it is not kept */
    uint64_t *uncovered; /* no row says so, and none of table coverage either; NULL: wide form */
    /* table coverage has the body whole for this state and year: who belongs to it and who does
     * not. NULL: nothing is said of it, and rows are all there is */
    uint64_t *whole;
    int64_t unknown;
    karvan_i_member_spell *spell;   /* by state, body; NULL: wide form */
    int64_t n_spells, *first_spell; /* [n_states + 1] */
    karvan_memberships_options o;   /* status is set */
    bool has_years;                 /* of all that was read, within the limits or not: */
    int first_year, last_year;
    int known_to; /* long form: no row speaks of a later year */
    char *path;   /* of the file */
};

/* joint.c: options that are whole; an empty one. */
karvan_status karvan_i_memberships_begin(const karvan_memberships_options *o,
                                         karvan_memberships **out, karvan_error *err);
/* A row without bits for a state's code; at is its number. Room for its bits is made. */
karvan_status karvan_i_memberships_add(karvan_memberships *m, int32_t state, int year, int64_t line,
                                       karvan_error *err);
/* States in the order of their codes, rows by state and year, which are found twice or not. `path`
 * is of messages. */
karvan_status karvan_i_memberships_order(karvan_memberships *m, const char *path,
                                         karvan_error *err);
/* The memberships speak of this year, whether it lies within the limits or not. */
static inline void karvan_i_memberships_of_year(karvan_memberships *m, int year) {
    if (!m->has_years || year < m->first_year) m->first_year = year;
    if (!m->has_years || year > m->last_year) m->last_year = year;
    m->has_years = true;
}
/* A year after the last of which the table speaks: what goes on is not known to go on until then.
 */
static inline bool karvan_i_memberships_beyond(const karvan_memberships *m, int year) {
    return m->spell && !m->o.extend && year > m->known_to;
}
/* Where each state's rows begin, once they are in order. */
void karvan_i_memberships_offsets(karvan_memberships *m);
/* joint_wide.c */
karvan_status karvan_i_memberships_wide(karvan_memberships *m, const char *path, const char *bytes,
                                        size_t n, char delimiter, karvan_error *err);
/* joint_long.c: region NULL: of a file. */
karvan_status karvan_i_memberships_long(karvan_memberships *m, const karvan_table *t,
                                        const karvan_package *region, karvan_error *err);
/* joint_cover.c: where a state without a row in a body does not belong to it: everywhere, unless
 * the region has a table coverage. Clear also after a failure. */
typedef struct karvan_i_member_cover {
    karvan_day first, last;
    uint8_t *state, *body; /* by their places: is it covered? */
} karvan_i_member_cover;
typedef struct karvan_i_member_covers {
    bool said;
    karvan_i_member_cover *cover;
    int64_t n;
} karvan_i_member_covers;
karvan_status karvan_i_member_covers_init(karvan_i_member_covers *c, const karvan_memberships *m,
                                          const karvan_package *region, karvan_error *err);
void karvan_i_member_covers_clear(karvan_i_member_covers *c);
bool karvan_i_member_covered(const karvan_i_member_covers *c, int32_t state, int year,
                             int32_t body);
/* The last day that a region knows of: that before its reference date; with the name of a table
 * also the last that coverage declares for it. KARVAN_DAY_MAX: it does not say. */
karvan_day karvan_i_region_known_to(const karvan_package *region, const char *table);
/* joint_spells.c: of two states and a body in a year: do they belong at once? */
karvan_truth karvan_i_memberships_at_once(const karvan_memberships *m, int32_t a, int32_t b,
                                          int year, int32_t body);
/* Has one any of some statuses in a year? */
karvan_truth karvan_i_memberships_spell(const karvan_memberships *m, int32_t state, int year,
                                        int32_t body, unsigned status);
/* Spells of a state in a body, of any status: [*begin, *end). */
void karvan_i_memberships_spells_of(const karvan_memberships *m, int32_t state, int32_t body,
                                    int64_t *begin, int64_t *end);
/* "file:line;line" of the spells that may lie in a year and have one of some statuses, appended;
 * what statuses they have. joint_trace.c */
unsigned karvan_i_memberships_lines(const karvan_memberships *m, int32_t state, int year,
                                    int32_t body, unsigned status, karvan_i_text *out);
/* joint_count.c: is anything covered of what two states share in a year? KARVAN_VALUE, or
 * KARVAN_NOT_COVERED: then what rows show is a part of it, and what they do not show is not 0. */
karvan_cell karvan_i_joint_state(const karvan_memberships *m, const karvan_i_member_row *a,
                                 const karvan_i_member_row *b);
/* Do both belong to a body in the pair's year? */
karvan_truth karvan_i_joint_shared(const karvan_memberships *m, const karvan_joint *j,
                                   int32_t body);
/* joint.c: the path that messages and traces name. */
karvan_status karvan_i_memberships_called(karvan_memberships *m, const char *path,
                                          karvan_error *err);
/* joint.c: the row of a state and year, -1. */
int64_t karvan_i_memberships_row(const karvan_memberships *m, int32_t state, int year);
static inline bool karvan_i_bit(const uint64_t *bits, int32_t i) {
    return bits[i >> 6] >> (i & 63) & 1;
}
static inline void karvan_i_set_bit(uint64_t *bits, int32_t i) {
    bits[i >> 6] |= (uint64_t)1 << (i & 63);
}
#endif
