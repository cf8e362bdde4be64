#ifndef KARVAN_MEMBERSHIPS_H
#define KARVAN_MEMBERSHIPS_H
/* Room: record. Who belongs to which body in which year, and to how many two states belong both.
 * Depends on: base, table. Method: docs/methods/memberships.md.
 *
 * Two forms are read. Wide: a row a state and year, a column a body, in each cell a code of the
 * Correlates of War: 0 no member, 1 full member, 2 associate, 3 observer, -1 the body does not
 * exist, -9 (or an empty cell, or NA) not known. Long: a row a membership, from one EDTF date to
 * another, as table memberships of a region.
 *
 * What is not known is never 0: every count has a least (what is certain) and a most (what is
 * possible). */
#include "karvan/base.h"
#include "karvan/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How a state stands to a body; sets of them are bits. */
typedef enum karvan_membership_status {
    KARVAN_MEMBER = 1 << 1,
    KARVAN_ASSOCIATE = 1 << 2,
    KARVAN_OBSERVER = 1 << 3,
    KARVAN_CANDIDATE = 1 << 4,  /**< long form alone */
    KARVAN_PARTICIPANT = 1 << 5 /**< long form alone */
} karvan_membership_status;

/** "member,associate,observer" into bits. @retval KARVAN_E_ARG another word (the nearest is named),
 * or none */
KARVAN_API karvan_status karvan_memberships_status(const char *list, unsigned *out,
                                                   karvan_error *err);

/** Which rows, and what belonging is. Zero-initialised: all years, members and associates. */
typedef struct karvan_memberships_options {
    unsigned status;       /**< karvan_membership_status; 0: members and associates */
    bool has_from, has_to; /**< limits in years, both inside */
    int from, to;          /**< -9999 to 9999. Long form without `from`: the year in which the first
                              membership may begin; without `to`: the last year that a date names, of a
                              region that of the day before its reference date, for a membership that goes
                              on says nothing of years after its table was made */
    bool extend;           /**< long form: what goes on in the last year is carried on into those
                              after it, which are not covered otherwise */
    bool keep_cells;       /**< wide form: keep what each cell says, a byte each, for
                              karvan_joint_trace */
} karvan_memberships_options;

/** Frozen once created. States stand in the order of their codes (as whole numbers where all are),
 * bodies in that of the file. */
typedef struct karvan_memberships karvan_memberships;

/**
 * Read a file of either form, told by its header: columns organisation, country, from, to and
 * status (any order, others are passed over); or first the code, the year and perhaps the name of
 * the state (any order, the year's column called `year`), then bodies. gzip by its magic bytes.
 * @param o  may be NULL
 * @retval KARVAN_E_DATA no such header; a row of another length, a cell that is no code, an unknown
 * status or date; one state and year (one body, state, status and beginning) on two rows: message
 * with file, line and column; a compressed file that is cut or damaged. KARVAN_E_ARG from after to,
 * or a status that the form has not; long form: more than 1,000 years, or none because no date is
 * known. KARVAN_E_IO, KARVAN_E_NOMEM Cost: one pass, 300 MB/s and more of text; 3 bits a cell.
 */
KARVAN_API karvan_status karvan_memberships_read(const char *path,
                                                 const karvan_memberships_options *o,
                                                 karvan_memberships **out, karvan_error *err);
/** The same from memory (not compressed); `path` serves for messages only. */
KARVAN_API karvan_status karvan_memberships_parse(const char *bytes, size_t n, const char *path,
                                                  const karvan_memberships_options *o,
                                                  karvan_memberships **out, karvan_error *err);
/** Of a region's table memberships, but for commissions and companies (column kind of table
 * organisations), which not any state can join. A state has years from that of its independence on
 * (table countries, where it says so), a body none before it was founded and after it was
 * dissolved. Where the region has a table coverage, a state without a row in a body is known not to
 * belong to it only where that table says that memberships are complete; elsewhere it is not known.
 * @retval KARVAN_E_DATA no table memberships; rows at fault, as above */
KARVAN_API karvan_status karvan_memberships_of_region(const karvan_package *region,
                                                      const karvan_memberships_options *o,
                                                      karvan_memberships **out, karvan_error *err);
KARVAN_API void karvan_memberships_destroy(karvan_memberships *m);

KARVAN_API int32_t karvan_memberships_states(const karvan_memberships *m);
KARVAN_API int32_t karvan_memberships_bodies(const karvan_memberships *m);
/** Code of a state, name of a body; both live as long as m. The index must be in range. */
KARVAN_API const char *karvan_memberships_state(const karvan_memberships *m, int32_t state);
KARVAN_API const char *karvan_memberships_body(const karvan_memberships *m, int32_t body);
/** Index of a state by its code, -1: there is none. */
KARVAN_API int32_t karvan_memberships_find(const karvan_memberships *m, const char *code);
/** Two codes with a hyphen, "373-705", into indices, the lower first. @retval KARVAN_E_ARG no pair,
 * or a code that is none (the nearest is named) */
KARVAN_API karvan_status karvan_memberships_pair(const karvan_memberships *m, const char *typed,
                                                 int32_t *a, int32_t *b, karvan_error *err);
/** First and last year that was read, also of what lies outside the limits; of the long form those
 * of its dates. @return false: none */
KARVAN_API bool karvan_memberships_years(const karvan_memberships *m, int *from, int *to);
/** Cells (state, year, body) of which it is not known whether the one belongs to the other. */
KARVAN_API int64_t karvan_memberships_unknown(const karvan_memberships *m);

/** Bodies that two states both belong to in a year. */
typedef struct karvan_joint {
    int32_t a, b;      /**< states, a < b */
    int year;          /**< both have it */
    int32_t joint;     /**< for certain */
    int32_t most;      /**< possibly: those, and the ones of which it is not known */
    karvan_cell state; /**< KARVAN_VALUE; KARVAN_NOT_COVERED: a region's table coverage has no body
                          whole for both in this year, or the year lies after the last of which the
                          long form speaks. Then joint is what rows show, and no count */
} karvan_joint;
typedef karvan_status (*karvan_joint_fn)(void *ctx, const karvan_joint *row, karvan_error *err);

/** Which pairs. Zero-initialised: all. */
typedef struct karvan_joint_query {
    bool one_pair;
    int32_t a, b; /**< of one_pair: states, in any order */
} karvan_joint_query;

/**
 * Every pair of states and every year that both have, by the first state, the second, the year.
 * Wide form: both belong where both cells of the year say so. Long form: the two belong on one day
 * of the year, at the least; certain is what holds however the dates are read. Rows of one body,
 * state and status that certainly share a day contradict one another, and count as certain only
 * where all of them do.
 * @param q  may be NULL
 * @return the first status of fn that is not KARVAN_OK
 * @retval KARVAN_E_ARG states of the query out of range or the same
 * Cost: wide form O(pairs * years * bodies / 64), no allocation; long form O(pairs * years * rows
 * of a pair).
 */
KARVAN_API karvan_status karvan_joint_each(const karvan_memberships *m, const karvan_joint_query *q,
                                           karvan_joint_fn fn, void *ctx, karvan_error *err);
/** Pairs and years; of those that are covered the sums of both counts, and in how many rows they
 * differ (open); how many are not covered. */
typedef struct karvan_joint_totals {
    int64_t rows, joint, most, open, not_covered;
} karvan_joint_totals;
/** Of the rows of karvan_joint_each, with its errors. */
KARVAN_API karvan_status karvan_joint_sum(const karvan_memberships *m, const karvan_joint_query *q,
                                          karvan_joint_totals *out, karvan_error *err);

/** Columns of karvan_joint_table beside code1, code2, year and joint. */
enum {
    KARVAN_JOINT_MOST = 1,  /**< joint_max */
    KARVAN_JOINT_LEAST = 4, /**< joint_min: what rows show, also where joint is not covered */
    KARVAN_JOINT_BODIES =
        2 /**< bodies, by `;`, in their order; those that are possible with `?`; `none` */
};
/** The rows of karvan_joint_each; joint has no value where it is not covered. @param columns
 * KARVAN_JOINT_*, added up. Errors as there, and KARVAN_E_NOMEM. Cost: that of karvan_joint_each;
 * with bodies O(rows * bodies) */
KARVAN_API karvan_status karvan_joint_table(const karvan_memberships *m,
                                            const karvan_joint_query *q, unsigned columns,
                                            karvan_table **out, karvan_error *err);
/**
 * The rows of the file that each count rests on: a row a body that both belong to or may, with
 * code1, code2, year, joint, joint_max, body, belong (`yes`, or `maybe` where it is only possible),
 * and of each state status1, status1_from, status2, status2_from. The status is what the row says
 * (unknown where a cell is not known, or no row covers it); _from is the file and line, several by
 * `;`. A count without a body has one row with the body `none`, and of the wide form the lines of
 * both states.
 * @retval KARVAN_E_ARG wide form without keep_cells; as karvan_joint_each. KARVAN_E_NOMEM
 * Cost: O(pairs * years * bodies), and rows of a pair for each body of the long form.
 */
KARVAN_API karvan_status karvan_joint_trace(const karvan_memberships *m,
                                            const karvan_joint_query *q, karvan_table **out,
                                            karvan_error *err);
/**
 * Of a region: code1, code2, year, joint_min, joint_max, bodies. As karvan_memberships_of_region
 * and karvan_joint_table, in one.
 */
KARVAN_API karvan_status karvan_memberships_joint(const karvan_package *region,
                                                  const karvan_memberships_options *o,
                                                  karvan_table **out, karvan_error *err);

/** Does a state belong to a body in a year? Both must be in range.
 * @return KARVAN_VALUE and *belongs; KARVAN_UNKNOWN; KARVAN_NOT_COVERED: no such body then, or no
 * row of the state */
KARVAN_API karvan_cell karvan_memberships_at(const karvan_memberships *m, int32_t state, int year,
                                             int32_t body, bool *belongs);

#ifdef __cplusplus
}
#endif
#endif
