#ifndef KARVAN_EVENTS_H
#define KARVAN_EVENTS_H
/* Room: record. Events between countries as machines code them from the news: the scores of their
 * codes as versioned tables, and sums over directed pairs and years or months.
 * Files of events are read by karvan_events_read (karvan/exchange.h).
 * Depends on: base, table. Method: docs/methods/events.md. */
#include "karvan/base.h"
#include "karvan/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The four classes of events, in the order of the numbers 1 to 4 that GDELT and PLOVER give them.
 */
typedef enum karvan_quad {
    KARVAN_QUAD_VERBAL_COOPERATION,
    KARVAN_QUAD_MATERIAL_COOPERATION,
    KARVAN_QUAD_VERBAL_CONFLICT,
    KARVAN_QUAD_MATERIAL_CONFLICT,
    KARVAN_QUADS,
    KARVAN_QUAD_NONE = KARVAN_QUADS /**< no class is known */
} karvan_quad;
/** "verbal_cooperation", ...; "none". Never NULL. */
KARVAN_API const char *karvan_quad_name(karvan_quad q);

/* ---- scores ------------------------------------------------------------------------------- */

/** Scores are whole numbers of millionths, so that sums are exact whatever their order. */
#define KARVAN_SCORE_ONE  INT32_C(1000000)
#define KARVAN_SCORE_MOST INT32_C(1000000000) /**< 1000; no score is beyond it, either way */
#define KARVAN_SCORE_NONE INT32_MIN           /**< there is none */

/**
 * A table of scores that ships, a row a code, sorted by code.
 * @param name "cameo": code, root, root_name, quad_class, score_icews and score_gdelt (Goldstein's
 * scale as either data set has it; not covered where it does not use the code); "plover": code,
 * mode (empty: the type as such), quad_class, score
 * @param[out] out columns `version` and `source` say what the figures are
 * @retval KARVAN_E_ARG no such table (the nearest is named); KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_event_scores_table(const char *name, karvan_table **out,
                                                   karvan_error *err);

/** Codes with their classes and scores, for look-up. Frozen once created. */
typedef struct karvan_event_scores karvan_event_scores;
/**
 * @param name "cameo-icews", "cameo-gdelt" or "plover"
 * @retval KARVAN_E_ARG no such scores; KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_event_scores_create(const char *name, karvan_event_scores **out,
                                                    karvan_error *err);
/**
 * Scores of one's own.
 * @param table columns code (TEXT or INT) and score (REAL or INT); where there are any, mode (TEXT,
 * empty: the type as such) and quad_class (one of the four names, or 1 to 4). A code without a
 * score stands for events that have none
 * @retval KARVAN_E_ARG  NULL
 * @retval KARVAN_E_DATA with the cell's place: a column is missing, a code is twice there or longer
 * than 30 bytes, a score lies beyond -1000..1000 or has more than six decimals, no such class
 */
KARVAN_API karvan_status karvan_event_scores_of_table(const karvan_table *table,
                                                      karvan_event_scores **out, karvan_error *err);
KARVAN_API void karvan_event_scores_destroy(karvan_event_scores *s); /**< NULL is allowed */
/**
 * What is known of a code, upper and lower case being one.
 * @param code,n  as a file writes it: CAMEO with its leading zero; a type of PLOVER
 * @param mode,m  a mode of PLOVER, m 0: none. One that is not known has the score of its type
 * @param[out] quad  KARVAN_QUAD_NONE where the table names none; of CAMEO that of its root
 * @param[out] score millionths; KARVAN_SCORE_NONE: none
 * @return false: the code is not in the table (outputs say none)
 * Cost: a hash look-up or two, no allocation.
 */
KARVAN_API bool karvan_event_scores_find(const karvan_event_scores *s, const char *code, size_t n,
                                         const char *mode, size_t m, karvan_quad *quad,
                                         int32_t *score);
/** Class of a code of CAMEO by its first two digits, of a type of PLOVER by its name;
 * KARVAN_QUAD_NONE: neither. */
KARVAN_API karvan_quad karvan_event_quad(const char *code, size_t n);

/* ---- sums --------------------------------------------------------------------------------- */

/** What sums are made over, beside source and target. */
typedef enum karvan_events_by {
    KARVAN_EVENTS_BY_YEAR,
    KARVAN_EVENTS_BY_MONTH,
    KARVAN_EVENTS_BY_DYAD /**< all time together */
} karvan_events_by;
/** "dyad-year", "dyad-month", "dyad"; @retval KARVAN_E_ARG otherwise */
KARVAN_API karvan_status karvan_events_by_parse(const char *s, karvan_events_by *out,
                                                karvan_error *err);

/** Years that events may have: what a sum is keyed by has room for no others. */
enum { KARVAN_EVENTS_FIRST_YEAR = 1900, KARVAN_EVENTS_LAST_YEAR = 2078 };

/** Sums under construction; one thread at a time. */
typedef struct karvan_events karvan_events;
/** @retval KARVAN_E_ARG, KARVAN_E_NOMEM */
KARVAN_API karvan_status karvan_events_create(karvan_events_by by, karvan_events **out,
                                              karvan_error *err);
KARVAN_API void karvan_events_destroy(karvan_events *e); /**< NULL is allowed */
/**
 * Add one event.
 * @param source,target numbers of countries, 0..65534, as the caller has them
 * @param year  KARVAN_EVENTS_FIRST_YEAR..LAST_YEAR @param month 1..12
 * @param quad  one of the four @param score millionths, KARVAN_SCORE_NONE: the event has none
 * @retval KARVAN_E_ARG out of range; KARVAN_E_NOMEM
 * Cost: a hash look-up; about 80 bytes a cell that is new.
 */
KARVAN_API karvan_status karvan_events_add(karvan_events *e, int32_t source, int32_t target,
                                           int year, int month, karvan_quad quad, int32_t score,
                                           karvan_error *err);
KARVAN_API int64_t karvan_events_cells(const karvan_events *e); /**< rows that a table would have */
/**
 * The sums as a table, by source, target (as text), year, month. Columns: source, target, year,
 * month (those of `by`), events, score_sum, score_mean, unscored (events without a score), then
 * for each class its events, and their sum and mean under the class's name with _sum and _mean.
 * A mean of no scores is unknown, as is a sum where there are events and none has a score; a sum of
 * no events is 0. Sums are exact, and rounded once.
 * @param names [n_names] of the numbers that were added
 * @retval KARVAN_E_ARG a number without a name; KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_events_table(const karvan_events *e, int32_t n_names,
                                             const char *const *names, karvan_table **out,
                                             karvan_error *err);

#ifdef __cplusplus
}
#endif
#endif
