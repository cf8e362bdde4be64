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
    const char *text;      /**< folded words that the title must hold */
    bool has_from, has_to; /**< limits in days; a claim stays where its date may lie within */
    karvan_day from, to;
    bool only_certain;   /**< keep only dates that certainly lie within */
    bool only_conflicts; /**< claims that other claims contradict */
} karvan_record_query;

/** Code (iso3 or organisation id) of what a user typed: code, name or alias, forgiving.
 * @retval KARVAN_E_ARG nothing fits (message names the nearest) or several do */
KARVAN_API karvan_status karvan_record_party(const karvan_package *region, const char *typed,
                                             const char **code, karvan_error *err);
/** "AZE-KAZ", "Azerbaijan-Kazakhstan", "AZE KAZ" into two codes. @retval KARVAN_E_ARG */
KARVAN_API karvan_status karvan_record_pair(const karvan_package *region, const char *typed,
                                            const char **a, const char **b, karvan_error *err);

/**
 * Claims that answer a query, by date (earliest, then latest, then undated last) and id.
 * @param[out] v rows of table claims; clear with karvan_view_clear
 * @retval KARVAN_E_ARG unknown kind, source or party; KARVAN_E_DATA the region has no claims;
 * KARVAN_E_NOMEM Cost: O(claims + parties).
 */
KARVAN_API karvan_status karvan_record_select(const karvan_package *region,
                                              const karvan_record_query *q, karvan_view *v,
                                              karvan_error *err);
/** id, date, kind, parties (codes joined by `;`), title, rank, source; with `wide` also dimension,
 * roles, value, unit, conflict, note. */
KARVAN_API karvan_status karvan_record_table(const karvan_package *region, const karvan_view *v,
                                             bool wide, karvan_table **out, karvan_error *err);
/**
 * Contradictions: conflict key, resolved (the preferred claim's id, else empty), then id, date,
 * value, unit, title, rank, source, note; claims of one key together, preferred first. v NULL: all
 * of the region.
 */
KARVAN_API karvan_status karvan_record_conflicts(const karvan_package *region, const karvan_view *v,
                                                 karvan_table **out, karvan_error *err);
/** Memberships of one country, or those that two share: organisation, name, country, status, from,
 * to, source.
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
