#ifndef KARVAN_SIMILARITY_H
#define KARVAN_SIMILARITY_H
/* Room: record. How alike two states are: in their alliances, their votes, their memberships.
 * Depends on: base, table. Method, definitions and their sources: docs/methods/similarity.md.
 *
 * Two states are two profiles: values over the same entries (allies, roll calls, bodies). What one
 * of them has no value for counts for neither, and n says how many entries count. A measure that
 * the entries do not define has no value: it is not 0. */
#include "karvan/base.h"
#include "karvan/dyads.h"
#include "karvan/memberships.h"
#include "karvan/table.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum karvan_similarity_kind {
    /** S = 1 - 2 sum w d(x, y) / (d of the scale's ends * sum w), 1 to -1.
     * Source: Signorino and Ritter 1999, International Studies Quarterly 43(1). */
    KARVAN_SIMILARITY_S,
    /** Weighted kappa: 1 - observed / expected disagreement, expected from the two profiles' own
     * distributions. Source: Cohen 1968, Psychological Bulletin 70(4); Haege 2011, Political
     * Analysis 19(3). */
    KARVAN_SIMILARITY_KAPPA,
    /** Weighted pi: expected disagreement from the mean of both distributions. Source: Scott 1955,
     * Public Opinion Quarterly 19(3); Haege 2011. */
    KARVAN_SIMILARITY_PI,
    /** Kendall's tau-b. Source: Kendall 1938 and 1945, Biometrika 30 and 33. */
    KARVAN_SIMILARITY_TAU,
    /** Share of entries on which both are the same. Source: Bailey, Strezhnev and Voeten 2017,
     * Journal of Conflict Resolution 61(2). */
    KARVAN_SIMILARITY_AGREEMENT,
    /** The same, an abstention beside a yes or a no as half: 1 - |x - y| / (length of the scale).
     * Source: Lijphart 1963, American Political Science Review 57(4); Bailey et al. 2017. */
    KARVAN_SIMILARITY_AGREEMENT_HALF,
    KARVAN_SIMILARITY_END
} karvan_similarity_kind;
/** "s" "kappa" "pi" "tau" "agreement" "agreement_half". */
KARVAN_API const char *karvan_similarity_name(karvan_similarity_kind m);
/** @retval KARVAN_E_ARG no such measure; the nearest is named */
KARVAN_API karvan_status karvan_similarity_parse(const char *name, karvan_similarity_kind *out,
                                                 karvan_error *err);

typedef enum karvan_distance {
    KARVAN_DISTANCE_USUAL,    /**< absolute for s, squared for kappa and pi */
    KARVAN_DISTANCE_ABSOLUTE, /**< |x - y| */
    KARVAN_DISTANCE_SQUARED   /**< (x - y)^2 */
} karvan_distance;

typedef struct karvan_scale {
    double low, high; /**< the ends of what a value may be; low < high, finite */
} karvan_scale;

/** One measure of two profiles. */
typedef struct karvan_similarity {
    int64_t n;         /**< entries that count */
    karvan_cell state; /**< KARVAN_VALUE; KARVAN_NOT_COVERED: n is 0; KARVAN_UNKNOWN: not defined */
    double value;      /**< NaN where it has none */
    const char *why;   /**< why it has none, in words; "" otherwise */
} karvan_similarity;

/**
 * A measure of two profiles.
 * @param x,y     [n]; NaN: no value
 * @param weight  [n] 0 or more, or NULL: all the same; NaN: the entry does not count
 * @param scale   of s and agreement_half; the others have no use for it (may be NULL)
 * @retval KARVAN_E_ARG NULL; a value outside the scale, infinite; a weight below 0; weights for
 * tau; more than 2,000 different values
 * @retval KARVAN_E_NOMEM
 * Cost: O(n log n + k^2) for k different values.
 */
KARVAN_API karvan_status karvan_similarity_of(karvan_similarity_kind measure,
                                              karvan_distance distance, const karvan_scale *scale,
                                              const double *x, const double *y,
                                              const double *weight, int64_t n,
                                              karvan_similarity *out, karvan_error *err);

/** Profiles of many states, in one year or in many. Frozen once created. */
typedef struct karvan_profiles karvan_profiles;

/** What the pledges of a row of alliances come to. */
typedef enum karvan_pledges {
    KARVAN_PLEDGES_STRONGEST, /**< defence or offence 3, neutrality or non-aggression 2,
                                 consultation or entente 1, none 0. Source: Singer and Small 1966,
                                 Journal of Peace Research 3(1); Signorino and Ritter 1999 */
    KARVAN_PLEDGES_ANY        /**< 1 where there is any, 0 where there is none */
} karvan_pledges;

/** What it means that alliances have no row of a pair in a year. */
typedef enum karvan_unlisted {
    KARVAN_UNLISTED_TOLD,   /**< by the file: not known where some pair has rows without any pledge
                               (it lists pairs whether they are allied or not), else not allied */
    KARVAN_UNLISTED_NONE,   /**< they are not allied */
    KARVAN_UNLISTED_UNKNOWN /**< it is not known, and counts for no pair */
} karvan_unlisted;

/** How a file is to be read. Zero-initialised: told by its header. */
typedef struct karvan_profiles_options {
    const char *weights; /**< matrix: column of weights; NULL: all the same */
    const char *rcid;    /**< votes: columns by other names; NULL: as usual */
    const char *country, *vote, *year;
    unsigned status;          /**< memberships: as karvan_memberships_options */
    bool extend;              /**< memberships: as karvan_memberships_options */
    karvan_pledges pledges;   /**< alliances */
    karvan_unlisted unlisted; /**< alliances */
    bool without_self;        /**< alliances: of a state's tie to itself nothing is known; otherwise
                                 it is as strong as can be, unless a row says another */
    const karvan_states *states; /**< alliances: whose ties are compared in a year; NULL: of the
                                    states that its rows name. Borrowed while reading */
    bool has_from, has_to;       /**< limits in years; not of a matrix, which has none */
    int from, to;
    bool has_scale;
    karvan_scale scale; /**< otherwise: votes 1 to 3, alliances 0 to 3 (0 to 1 of any pledge), of a
                           matrix the least and the greatest value in it; memberships are 0 or 1 and
                           have no other */
} karvan_profiles_options;

/**
 * Read profiles. By its header, a file is
 * - votes: columns rcid, country_code (or country, ccode, iso3), vote and year. Votes are yes,
 *   abstain, no (or 1, 2, 3: yes is 1); absent, not a member (8, 9) and an empty cell are no vote;
 * - alliances: two codes of states (ccode1 and ccode2, stateA and stateB, mem1 and mem2, stateabb1
 *   and stateabb2, gwcode1 and gwcode2, iso3_1 and iso3_2, code1 and code2, state1 and state2,
 *   country1 and country2), year, and some of defense, offense, neutral (neutrality), nonagg
 *   (nonaggression), consul (consultation), entente, also behind atop_ or cow_; spelled in any way.
 *   Pledges are 1, 0, or not known (-9, NA, an empty cell). Both states of a pair have the other's
 *   entry; a row speaks of both ways unless another speaks of the way back. Where a column atopid,
 *   version4id or alliance tells alliances apart, the strongest of a pair's rows in a year counts;
 * - memberships, as karvan_memberships_read has them: 1 where a state belongs, 0 where it does not;
 *   bodies that do not exist, and those of which it is not known, do not count;
 * - else a matrix: first the entries, then a column a state, in each cell a number. Columns that
 *   are named as one of the entries are states, where there are two and more; otherwise all are
 *   that hold numbers, but the weights.
 * @param o  may be NULL
 * @retval KARVAN_E_DATA none of these (the message has the header's line); one entry, one pair and
 * year, or one vote of a state, on two rows (both lines are named, and
 * whether they contradict one another); a roll call in two years; a cell that is no number, no
 * vote, no pledge. KARVAN_E_ARG a column of o that the file has not; a scale that values lie
 * outside of. KARVAN_E_IO, KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_profiles_read(const char *path, const karvan_profiles_options *o,
                                              karvan_profiles **out, karvan_error *err);
/** The same from memory; `path` serves for messages only. */
KARVAN_API karvan_status karvan_profiles_parse(const char *bytes, size_t n, const char *path,
                                               const karvan_profiles_options *o,
                                               karvan_profiles **out, karvan_error *err);
/** Memberships of a region as profiles. Takes m, also on failure. */
KARVAN_API karvan_status karvan_profiles_of_memberships(karvan_memberships *take,
                                                        karvan_profiles **out, karvan_error *err);
KARVAN_API void karvan_profiles_destroy(karvan_profiles *p);
/** First and last year that was read, also of what lies outside the limits. @return false: none */
KARVAN_API bool karvan_profiles_years(const karvan_profiles *p, int *from, int *to);

/** Which pairs, which measures. */
typedef struct karvan_similarity_query {
    const karvan_similarity_kind *measure; /**< [n_measures] */
    int n_measures;
    karvan_distance distance;
    const char *pair; /**< two codes with a hyphen; NULL: all pairs */
} karvan_similarity_query;

/**
 * A row a pair, year and measure: code1, code2, year (not covered where there are none), measure,
 * distance (of s, kappa and pi), weights (of a matrix), scale, n, value, defined (`yes`, or `no:`
 * and why). Pairs by code, then years; a year stands there where both states have entries in it.
 * @retval KARVAN_E_ARG no measure, no pair; tau with weights; more than 2,000 different values
 * Cost: O(pairs * years * entries).
 */
KARVAN_API karvan_status karvan_similarity_table(const karvan_profiles *p,
                                                 const karvan_similarity_query *q,
                                                 karvan_table **out, karvan_error *err);
/**
 * What the measures of a pair and year compare: a row an entry that both have a value for, with
 * code1, code2, year, n (how many there are), item, value1, value1_from, value2, value2_from and,
 * of a matrix with weights, weight. _from is the file and line of the row that says so, several by
 * `;`; it has no value where no row does (a state's tie to itself, a pair or a membership without a
 * row). n = 0 has one row, whose item is not covered.
 * @param q  its pair alone is read; NULL: all pairs
 * @retval KARVAN_E_ARG no pair. KARVAN_E_NOMEM
 * Cost: O(pairs * years * entries).
 */
KARVAN_API karvan_status karvan_similarity_trace(const karvan_profiles *p,
                                                 const karvan_similarity_query *q,
                                                 karvan_table **out, karvan_error *err);
/** Ties of a matrix or of alliances that differ by the side from which they are read: entry a of
 * column b is not entry b of column a. Pairs of states that stand among the entries, of alliances
 * in each year. */
KARVAN_API int64_t karvan_profiles_one_way(const karvan_profiles *p);

/** What was made of alliances. */
typedef struct karvan_alliances {
    bool unlisted_unknown; /**< pairs without a row: not known, else not allied */
    int64_t unlisted;      /**< pairs and years without a row */
    int64_t outside;       /**< rows of a state that the table of states has not in that year */
} karvan_alliances;
/** @return false: the profiles are not of alliances */
KARVAN_API bool karvan_profiles_alliances(const karvan_profiles *p, karvan_alliances *out);

#ifdef __cplusplus
}
#endif
#endif
