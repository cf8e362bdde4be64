#ifndef KARVAN_REPORT_H
#define KARVAN_REPORT_H
/* Room: report. One self-contained HTML page of a region, one of a pair of
 * countries, and single charts as SVG. Depends on: base, table, record, trade, network, flow,
 * study.
 */
#include "karvan/base.h"
#include "karvan/network.h"
#include "karvan/record.h"
#include "karvan/study.h"
#include "karvan/table.h"
#include "karvan/trade.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A text on the heap: free with karvan_document_clear. */
typedef struct karvan_document {
    char *text; /**< UTF-8, NUL-terminated */
    size_t n;
} karvan_document;
KARVAN_API void karvan_document_clear(karvan_document *d);
/** Write to a file: beside it, then rename; nothing is half-written. @retval KARVAN_E_IO */
KARVAN_API karvan_status karvan_document_write(const karvan_document *d, const char *path,
                                               karvan_error *err);

/**
 * The report of a region: docs/methods/report.md names its parts. Same region, same bytes.
 * @param problems of karvan_package_open and the rooms' checks: warnings are listed in the report;
 * may be NULL
 * @retval KARVAN_E_DATA a table that a part needs cannot be used; KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_report_region(const karvan_network *net,
                                              const karvan_package *region,
                                              const karvan_problems *problems, karvan_document *out,
                                              karvan_error *err);
/** A study whose answer a report begins with; all of it borrowed. */
typedef struct karvan_report_study {
    const karvan_study *study;
    const karvan_results *results; /**< of its draws; those below 0 make the tornado */
    const bool *ranked;            /**< [cases] improvements; others (disruptions) stand apart */
    uint64_t seed;                 /**< of the draws, for the reader */
} karvan_report_study;
/**
 * The report of a region with the answer of a study first: improvements ranked, who gains, what
 * moves, what drives the uncertainty. The region's folder is opened anew under the improvement that
 * is first, for the map of what moves. Same region and draws, same bytes.
 * @param s NULL, or none is ranked: karvan_report_region
 * @retval KARVAN_E_DATA, KARVAN_E_NOMEM as karvan_report_region; KARVAN_E_IO the folder cannot be
 * read
 */
KARVAN_API karvan_status karvan_report_region_study(const karvan_network *net,
                                                    const karvan_package *region,
                                                    const karvan_problems *problems,
                                                    const karvan_report_study *s,
                                                    karvan_document *out, karvan_error *err);
/** The days that a page speaks of. Zero-initialised: the region's reference date, and what changed
 * in the five years before it and since. */
typedef struct karvan_report_days {
    bool has_date; /**< of treaties in force and bodies; what changed is told until then */
    karvan_day date;
    bool has_since; /**< what changed is told from this day on */
    karvan_day since;
} karvan_report_days;
/** karvan_report_region_study on a day. @param days NULL: zero-initialised
 * @retval KARVAN_E_ARG `since` lies after `date`, or after the region's reference date */
KARVAN_API karvan_status karvan_report_region_on(const karvan_network *net,
                                                 const karvan_package *region,
                                                 const karvan_problems *problems,
                                                 const karvan_report_study *s,
                                                 const karvan_report_days *days,
                                                 karvan_document *out, karvan_error *err);
/** The brief of a pair of countries (codes of karvan_record_pair): answer, timeline, trade,
 * corridor, open matters, sources. */
KARVAN_API karvan_status karvan_report_brief(const karvan_network *net,
                                             const karvan_package *region, const char *a,
                                             const char *b, karvan_document *out,
                                             karvan_error *err);
/** karvan_report_brief on a day. @param days, @retval KARVAN_E_ARG as karvan_report_region_on */
KARVAN_API karvan_status karvan_report_brief_on(const karvan_network *net,
                                                const karvan_package *region, const char *a,
                                                const char *b, const karvan_report_days *days,
                                                karvan_document *out, karvan_error *err);
/** How a time-cost-distance diagram shows several routes. */
typedef enum karvan_profile_layout {
    KARVAN_PROFILE_OVERLAY, /**< all in one diagram */
    KARVAN_PROFILE_PANELS,  /**< a panel each on its own scales: days above, dollars below */
    KARVAN_PROFILE_BOTH     /**< the diagram, then the panels */
} karvan_profile_layout;
/** Time-cost-distance diagram of one or several routes (UN ESCAP): cumulative hours (or USD)
 * against kilometres, stops as vertical steps with their names where there is room, band P10-P90 of
 * each. Stand-alone SVG with its own style.
 * @param cost     dollars instead of days in the diagram; panels show both
 * @param width_px 320..2000
 * @retval KARVAN_E_ARG no route or more than 24, another width; KARVAN_E_NOMEM */
KARVAN_API karvan_status karvan_report_profile_svg(
    const karvan_network *net, const karvan_package *region, int32_t n, const karvan_route *routes,
    karvan_profile_layout layout, bool cost, int width_px, karvan_document *out, karvan_error *err);
/** The same routes as a page of its own: diagrams for wide and narrow screens, panels, every point
 * of each way, and CAREC's indicators beside the published ones. */
KARVAN_API karvan_status karvan_report_profile_page(const karvan_network *net,
                                                    const karvan_package *region, int32_t n,
                                                    const karvan_route *routes,
                                                    karvan_document *out, karvan_error *err);

/** Claims on lanes over years: a mark each, colour and shape by dimension; what a date leaves open
 * fades out, a fork marks what claims contradict. Undated and deprecated claims have no mark.
 * Stand-alone SVG.
 * @param v        rows of table claims, by date
 * @param width_px 320..4000
 * @retval KARVAN_E_ARG, KARVAN_E_DATA, KARVAN_E_NOMEM */
KARVAN_API karvan_status karvan_report_timeline_svg(const karvan_package *region,
                                                    const karvan_view *v,
                                                    const karvan_timeline *how, int width_px,
                                                    karvan_document *out, karvan_error *err);

/** Isochrones: expected hours of the best way by time from a place to each other, in bands, with
 * the tree of these ways. Stand-alone SVG.
 * @param origin   row of table places
 * @param width_px 320..2000
 * @retval KARVAN_E_ARG, KARVAN_E_NOMEM. Cost: a search a place. */
KARVAN_API karvan_status karvan_report_access_svg(const karvan_network *net,
                                                  const karvan_package *region, int32_t origin,
                                                  int width_px, karvan_document *out,
                                                  karvan_error *err);
/** What each closure would cost: links and terminals in width and colour by their hours, crosses
 * where pairs would be cut, the ten that cost most by name. Stand-alone SVG.
 * @param critical of karvan_network_critical on the same region
 * @param width_px 320..2000
 * @retval KARVAN_E_ARG, KARVAN_E_NOMEM */
KARVAN_API karvan_status karvan_report_critical_svg(const karvan_package *region,
                                                    const karvan_table *critical, int width_px,
                                                    karvan_document *out, karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
