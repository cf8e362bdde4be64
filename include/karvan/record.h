#ifndef KARVAN_RECORD_H
#define KARVAN_RECORD_H
/* Room: record. Who agreed what with whom, when, by which source: claims and their parties,
 * organisations and memberships, with contradictions side by side.
 * Depends on: base, table. Method: docs/methods/record.md. */
#include "karvan/base.h"
#include "karvan/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Which claims. Zero-initialised: all. Codes are as karvan_record_party gives them. */
typedef struct karvan_record_query {
    const char *party;     /**< one party takes part */
    const char *other;     /**< and this one too (a pair) */
    const char *kind;      /**< kind of table kinds */
    const char *dimension; /**< political, economic, cultural, strategic */
    const char *body;      /**< organisation that takes part, or is subject or object */
    const char *source;    /**< source id */
    const char *text;      /**< words or phrases, with commas between them: the title holds one */
    bool has_from, has_to; /**< limits in days; a claim stays where its date may lie within */
    karvan_day from, to;
    bool only_certain;          /**< keep only dates that certainly lie within */
    bool only_conflicts;        /**< claims that other claims contradict */
    int n_parties;              /**< a set of parties; 0: none is asked for */
    const char *const *parties; /**< [n_parties] codes: all of them take part, */
    bool any_party;             /**< or at least one */
    /* Sets of which a claim must have one; n 0: none is asked for. A single word above and a set of
     * the same must both hold. */
    int n_kinds;                   /**< kinds of table kinds */
    const char *const *kinds;      /**< [n_kinds] */
    int n_dimensions;              /**< dimensions */
    const char *const *dimensions; /**< [n_dimensions] */
    int n_bodies;                  /**< organisations, as `body` */
    const char *const *bodies;     /**< [n_bodies] codes */
    int n_sources;                 /**< ids of table sources */
    const char *const *sources;    /**< [n_sources] */
    int n_ranks;                   /**< preferred, normal, deprecated */
    const char *const *ranks;      /**< [n_ranks] */
    int n_places;                  /**< where it was: ids of table places */
    const char *const *places;     /**< [n_places], as karvan_record_place gives them */
} karvan_record_query;

/** Code (iso3 or organisation id) of what a user typed: code, name or alias, forgiving.
 * @retval KARVAN_E_ARG nothing fits (message names the nearest) or several do */
KARVAN_API karvan_status karvan_record_party(const karvan_package *region, const char *typed,
                                             const char **code, karvan_error *err);
/** Id of table organisations of what a user typed: id, name or alias, as forgiving.
 * @retval KARVAN_E_ARG nothing fits, several do, or it is a country; KARVAN_E_DATA the region has
 * no organisations */
KARVAN_API karvan_status karvan_record_body(const karvan_package *region, const char *typed,
                                            const char **id, karvan_error *err);
/** Id of table places of what a user typed: id, UN/LOCODE, name or alias, as forgiving.
 * @retval KARVAN_E_ARG nothing fits or several do; KARVAN_E_DATA the region has no places */
KARVAN_API karvan_status karvan_record_place(const karvan_package *region, const char *typed,
                                             const char **id, karvan_error *err);
/** "AZE-KAZ", "Azerbaijan-Kazakhstan", "AZE KAZ" into two codes. @retval KARVAN_E_ARG */
KARVAN_API karvan_status karvan_record_pair(const karvan_package *region, const char *typed,
                                            const char **a, const char **b, karvan_error *err);

/**
 * Claims that answer a query, by date (earliest, then latest, then undated last) and id.
 * @param[out] v rows of table claims; clear with karvan_view_clear
 * @retval KARVAN_E_ARG unknown kind, dimension, source, rank or place, or a set is NULL;
 * KARVAN_E_DATA the region has no claims;
 * KARVAN_E_NOMEM Cost: O(claims + parties).
 */
KARVAN_API karvan_status karvan_record_select(const karvan_package *region,
                                              const karvan_record_query *q, karvan_view *v,
                                              karvan_error *err);
/** Does a date lie within the limits of a query? yes: every day that it may mean does; maybe: some
 * do, or its end is not known; unknown: d is NULL. Without limits: yes. */
KARVAN_API karvan_truth karvan_record_within(const karvan_record_query *q, const karvan_edtf *d);
/** id, date, kind, parties (codes joined by `;`), title, rank, source; with `wide` also dimension,
 * roles, value, unit, conflict, note, subject, object, place, original. */
KARVAN_API karvan_status karvan_record_table(const karvan_package *region, const karvan_view *v,
                                             bool wide, karvan_table **out, karvan_error *err);
/** The same, and where the query has a limit of days a last column `within`: yes or maybe. q may be
 * NULL. */
KARVAN_API karvan_status karvan_record_list(const karvan_package *region, const karvan_view *v,
                                            const karvan_record_query *q, bool wide,
                                            karvan_table **out, karvan_error *err);

/** What a claim of a kind is counted as: `class` of table kinds; where that says nothing, what the
 * vocabulary of docs/methods/record.md says of the kind's name; else "event". Never NULL. */
KARVAN_API const char *karvan_record_class(const karvan_package *region, const char *kind);
/** Where reports show a kind: "milestone", "event" or "list", by `shown` of table kinds, then by
 * its class (figures and statements: list), else "event". */
KARVAN_API const char *karvan_record_shown(const karvan_package *region, const char *kind);

/** Whom to believe where ranks leave it open. */
typedef struct karvan_record_rules {
    int n_sources;
    const char *const *sources; /**< [n_sources] ids, first the one that goes before all others */
} karvan_record_rules;
/** The rules of karvan_record_resolve, as a user is to read them; lines end in a newline. */
KARVAN_API const char *karvan_record_rules_text(void);
/**
 * One row a fact: the claim that is taken, by which rule, and what it sets aside. A fact is what
 * claims of one conflict key speak of; claims without a key that say the same in every word (kind,
 * subject, object, parties, date, value, unit, title) are one fact, any other is a fact alone.
 * Rules: a deprecated claim is never taken; a preferred one goes before normal ones; among the rest
 * the one whose source stands first in `rules`, then in table sources, those of kind `assumption`
 * after all others. Where the first source contradicts itself the fact is undecided.
 * @param v     facts of which a claim is in the view, all their claims; NULL: all
 * @param rules NULL: the order of table sources alone
 * @param[out] out fact, id (unknown: nothing is taken), date, kind, parties, title, value, unit,
 * rank, source, rule, agree (ids of other claims that give the same value and unit, and the same
 * date or a less exact one that holds it), aside (ids of those that differ), aside_says (date and
 * value of each, with its source; `deprecated` where it is); in the order of the first claim of
 * each fact by date
 * @retval KARVAN_E_ARG a source of the rules that is none, or that stands twice; KARVAN_E_NOMEM
 * Cost: O(n log n) in claims.
 */
KARVAN_API karvan_status karvan_record_resolve(const karvan_package *region, const karvan_view *v,
                                               const karvan_record_rules *rules, karvan_table **out,
                                               karvan_error *err);
/**
 * Instruments of a country, or those that bind two, and whether they are in force on a day: claims
 * of class `instrument` with their parties' dates, and the tables agreements and agreement_parties
 * where the region has them. Deprecated claims are left out.
 * Claims of one fact (karvan_record_resolve) are one instrument, told by the claim that is taken;
 * what that one does not say of a party's dates, another of them may.
 * An instrument is in force for a party from `in_force` on until `withdrawn` or `terminated`; one
 * that no source ends goes on. Between two it is in force when it is for both. A signature, a
 * ratification or the date of the claim alone leave it unknown, but not in force before them.
 * @param b NULL: of a alone
 * @param[out] out id, title, date (of the claim; unknown for agreements), kind, signed, ratified,
 * in_force, ends (each: the later of the parties', for ends the earlier; unknown where one party's
 * is), status (yes, no, maybe, unknown), why, source
 */
KARVAN_API karvan_status karvan_record_instruments(const karvan_package *region, const char *a,
                                                   const char *b, karvan_day day,
                                                   karvan_table **out, karvan_error *err);
/**
 * What changed between two countries (b NULL: of a alone) from a day to the region's reference date
 * (setting reference_date; none: without an end), since what is planned has not changed yet: facts
 * as karvan_record_resolve takes them, of kinds that are no figure, statement or list, and
 * countries that join or leave bodies that both belong to.
 * @param[out] out date, what, kind, certain (yes, or maybe: its date may lie outside), source, id
 * (of the claim; unknown for memberships); by date
 * @retval KARVAN_E_ARG a is NULL, or the day lies after the reference date
 */
KARVAN_API karvan_status karvan_record_since(const karvan_package *region, const char *a,
                                             const char *b, karvan_day day, karvan_table **out,
                                             karvan_error *err);
/** The same between two days: dates that certainly lie after the last are left out too, and those
 * that may lie after it are `maybe`. @retval KARVAN_E_ARG the last lies before the first */
KARVAN_API karvan_status karvan_record_changes(const karvan_package *region, const char *a,
                                               const char *b, karvan_day first, karvan_day last,
                                               karvan_table **out, karvan_error *err);
/** The same by a query: party, other, from; to (not there: the reference date); only_certain; kinds
 * and dimensions, where joining and leaving a body is of kind `membership` and of its dimension.
 * Nothing else of the query is looked at. @retval KARVAN_E_ARG no party or from, an unknown kind or
 * dimension */
KARVAN_API karvan_status karvan_record_changed(const karvan_package *region,
                                               const karvan_record_query *q, karvan_table **out,
                                               karvan_error *err);
/** What the lanes of a timeline are. */
typedef enum karvan_lanes {
    KARVAN_LANES_DIMENSION,
    KARVAN_LANES_PARTY, /**< every country and body that takes part; a claim stands on each */
    KARVAN_LANES_KIND
} karvan_lanes;
/** How claims are set on a timeline. Undated and deprecated ones have no place on it. */
typedef struct karvan_timeline {
    karvan_lanes lanes;
    const char
        *focus; /**< of PARTY: whose lane is left out, since all claims are its; NULL: none */
} karvan_timeline;
/** What a timeline holds, and what it has no place for. */
typedef struct karvan_timeline_count {
    int64_t marks, lanes, claims; /**< a claim may have a mark on several lanes */
    int64_t undated;              /**< no date, or no year */
    int64_t deprecated;
} karvan_timeline_count;
/** @param v rows of table claims @retval KARVAN_E_ARG the view is of another table;
 * KARVAN_E_DATA, KARVAN_E_NOMEM */
KARVAN_API karvan_status karvan_timeline_counted(const karvan_package *region, const karvan_view *v,
                                                 const karvan_timeline *how,
                                                 karvan_timeline_count *out, karvan_error *err);
/**
 * Contradictions: conflict key, resolved (the preferred claim's id, else empty), then id, date,
 * value, unit, title, rank, source, note; claims of one key together, preferred first. v NULL: all
 * of the region.
 */
KARVAN_API karvan_status karvan_record_conflicts(const karvan_package *region, const karvan_view *v,
                                                 karvan_table **out, karvan_error *err);
/** Memberships of one country, or those that two share: organisation, name, country, status, from,
 * to (not covered where it goes on), goes_on (unknown where no source says), source, note.
 * @param b NULL: of a alone */
KARVAN_API karvan_status karvan_record_memberships(const karvan_package *region, const char *a,
                                                   const char *b, karvan_table **out,
                                                   karvan_error *err);
/** Plausibility of the record: a party that is no country or body, a claim without parties, an
 * undirected tie stored one way, a mission before recognition, a membership before the body was
 * founded or of a country before its independence, a conflict with one claim or with two preferred,
 * per-party dates out of order. Adds to problems. */
KARVAN_API karvan_status karvan_record_check(const karvan_package *region,
                                             karvan_problems *problems, karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
