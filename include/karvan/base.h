#ifndef KARVAN_BASE_H
#define KARVAN_BASE_H
/* Room: base. What every other room stands on: status and errors, text, the
 * calendar of uncertain dates, counter-based random numbers, deterministic
 * parallel loops, progress and cancellation. Depends on: the C library.
 *
 * Conventions of all rooms:
 * - A function that can fail returns karvan_status and takes `karvan_error *err`
 *   last (may be NULL); out parameters come before it and are reset on failure.
 * - create/destroy for heap handles (destroy takes NULL), init/clear for structs
 *   that the caller owns, `view` for pointers borrowed from a handle.
 * - Handles are frozen once created: any number of threads may read one.
 * - Units stand in names: _h hours, _km, _usd, _t tonnes, _teu. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "karvan/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- status and errors ------------------------------------------------- */

/** One status type for the whole library; values are never renumbered. */
typedef enum karvan_status {
    KARVAN_OK = 0,          /**< success */
    KARVAN_E_ARG = 1,       /**< the caller broke the contract (NULL, size, range, unknown name) */
    KARVAN_E_DATA = 2,      /**< the data is wrong; the message says where */
    KARVAN_E_NOMEM = 3,     /**< allocation failed; outputs are reset */
    KARVAN_E_NOCONV = 4,    /**< iteration limit; outputs hold the best iterate */
    KARVAN_E_IO = 5,        /**< the machine failed: file, disk, permission */
    KARVAN_E_CANCELLED = 6, /**< the caller's cancel flag was set */
    KARVAN_STATUS_END       /**< one past the last; not a status */
} karvan_status;

/** Caller-owned, one per call chain. Start it as `karvan_error err = {0};`. */
typedef struct karvan_error {
    karvan_status code; /**< KARVAN_OK until something failed */
    char msg[512];      /**< one line, no newline at its end */
} karvan_error;

/** English name of a status, "unknown" outside the enum. Never NULL. */
KARVAN_API const char *karvan_status_name(karvan_status s);

/**
 * Record a failure: writes code and message into *err unless err is NULL or
 * already holds an error (the first error is kept).
 * @return code, so that `return karvan_fail(...)` reads well
 */
KARVAN_API karvan_status karvan_fail(karvan_error *err, karvan_status code, const char *fmt, ...)
    KARVAN_PRINTF(3, 4);

/** Version of the library, "0.1.0". */
KARVAN_API const char *karvan_version(void);

/* ---- text ---------------------------------------------------------------- */

/** Bytes of the longest valid UTF-8 prefix of s[0..n) (RFC 3629: no overlong
 * forms, no surrogates, nothing above U+10FFFF). Equal to n when all is valid.
 * Cost: O(n), several GB/s on ASCII. */
KARVAN_API size_t karvan_utf8_valid_prefix(const char *s, size_t n);

/** Fold a name for forgiving comparison: lower case, diacritics and the usual
 * Latin, Turkic and Azerbaijani letters mapped to a-z; blanks, hyphens,
 * apostrophes, points and all other ASCII punctuation dropped, and bytes that are no UTF-8.
 * Letters of other scripts stay (Cyrillic and Greek in lower case). Writes at most cap bytes with
 * the final NUL and never cuts a character.
 * @return length of the whole folded name (as snprintf) */
KARVAN_API size_t karvan_text_fold(const char *s, char *out, size_t cap);

/** Optimal-string-alignment distance between two folded names (insert, delete,
 * replace, swap neighbours: 1 each). Cost O(|a||b|); bytes beyond 255 of either
 * are not looked at. Source: Damerau 1964, Communications of the ACM 7(3). */
KARVAN_API int karvan_text_distance(const char *a, const char *b);

/**
 * Nearest of n candidates to a mistyped name, for "did you mean".
 * @param names  [n] candidates, NULL entries are passed over
 * @return index of the nearest within max(1, length/3) edits of the folded name, the first of
 *         equals; -1 if none, or if nothing is left of the name when folded
 */
KARVAN_API int64_t karvan_text_nearest(const char *name, const char *const *names, size_t n);

/* ---- calendar: EDTF, ISO 8601-2:2019 levels 0, 1, 2 ---------------------- */

/** A day as a count of days from 1970-01-01 in the proleptic Gregorian calendar
 * with year 0 (ISO 8601). */
typedef int64_t karvan_day;
#define KARVAN_DAY_MIN INT64_MIN /**< before all days: open start */
#define KARVAN_DAY_MAX INT64_MAX /**< after all days: open end */

/** Civil date to day number; month 1..12 and day 1..31 are trusted.
 * Source: Hinnant, chrono-compatible low-level date algorithms (public domain method). */
KARVAN_API karvan_day karvan_day_from_civil(int64_t year, int month, int day);
/** Day number to civil date; d is a day, not KARVAN_DAY_MIN or KARVAN_DAY_MAX. */
KARVAN_API void karvan_day_to_civil(karvan_day d, int64_t *year, int *month, int *day);
/** "YYYY-MM-DD", a longer or negative year as EDTF writes it ("Y170000002-01-01"
 * keeps the plain digits), "-inf"/"inf" for the open ends. Needs cap >= 40. */
KARVAN_API void karvan_day_format(karvan_day d, char *out, size_t cap);

/** What an end of an interval (or a whole date) is known to be. */
typedef enum karvan_bound_kind {
    KARVAN_BOUND_KNOWN = 0,  /**< a date stands there */
    KARVAN_BOUND_OPEN = 1,   /**< `..`: goes on without end */
    KARVAN_BOUND_UNKNOWN = 2 /**< nothing after or before the slash: not known */
} karvan_bound_kind;

/** A parsed EDTF string: bounds only, 64 bytes, no heap. The string itself is
 * the printed form; karvan_edtf_normal gives the canonical one. */
typedef struct karvan_edtf {
    karvan_day earliest;       /**< strict: first day the date may mean */
    karvan_day latest;         /**< strict: last day */
    karvan_day earliest_fuzzy; /**< with the padding of ? ~ % (see docs/methods/dates.md) */
    karvan_day latest_fuzzy;
    karvan_day
        start_latest; /**< intervals, {all of}: last day on which it may begin; else == latest */
    karvan_day end_earliest; /**< intervals, {all of}: first day it may end on; else == earliest */
    uint8_t level;           /**< 0, 1 or 2: the lowest level whose grammar takes the string */
    uint8_t is_interval;     /**< written with a slash */
    uint8_t is_set;          /**< 0 no set, 1 `[one of]`, 2 `{all of}` */
    uint8_t start_kind;      /**< karvan_bound_kind of the beginning */
    uint8_t end_kind;        /**< karvan_bound_kind of the end */
    uint8_t uncertain;       /**< a `?` or `%` stands somewhere */
    uint8_t approximate;     /**< a `~` or `%` stands somewhere */
    uint8_t unspecified;     /**< an `X` stands somewhere */
    uint8_t precision;       /**< of the first date: 0 year, 1 month or season, 2 day, 3 time */
} karvan_edtf;

/**
 * Parse EDTF.
 * @param s,n  the string, need not end in NUL
 * @param[out] out  zeroed on failure
 * @retval KARVAN_E_DATA  not EDTF; the message names the byte (1-based) and what was expected
 * Cost: O(n), no allocation. Rules and deviations: docs/methods/dates.md.
 */
KARVAN_API karvan_status karvan_edtf_parse(const char *s, size_t n, karvan_edtf *out,
                                           karvan_error *err);
/** Canonical spelling of a valid EDTF string: the same meaning, each qualifier in its shortest
 * place (one for all parts at the end, else before the part that it speaks of). NUL-terminated; out
 * is "" on failure. @retval KARVAN_E_ARG buffer too small; 2 n + 1 bytes suffice
 * @retval KARVAN_E_DATA not EDTF */
KARVAN_API karvan_status karvan_edtf_normal(const char *s, size_t n, char *out, size_t cap,
                                            karvan_error *err);

/** What an EDTF string means, in English: "some day in August 1992, about", "from 1992 on, without
 * an end". NUL-terminated; out is "" on failure; 320 bytes suffice for dates of four-digit years.
 * @retval KARVAN_E_ARG buffer too small @retval KARVAN_E_DATA not EDTF */
KARVAN_API karvan_status karvan_edtf_words(const char *s, size_t n, char *out, size_t cap,
                                           karvan_error *err);

/** Four-valued truth about uncertain dates. */
typedef enum karvan_truth {
    KARVAN_NO = 0,
    KARVAN_YES = 1,
    KARVAN_MAYBE = 2,    /**< both are possible within the stated bounds */
    KARVAN_NOT_KNOWN = 3 /**< a needed bound is unknown */
} karvan_truth;
KARVAN_API const char *karvan_truth_name(karvan_truth t); /**< "no" "yes" "maybe" "unknown" */
KARVAN_API karvan_truth karvan_truth_and(karvan_truth a, karvan_truth b);
KARVAN_API karvan_truth karvan_truth_or(karvan_truth a, karvan_truth b);
KARVAN_API karvan_truth karvan_truth_not(karvan_truth a);

/** Is all of a before all of b? Equal days are not before. */
KARVAN_API karvan_truth karvan_edtf_before(const karvan_edtf *a, const karvan_edtf *b);
/** Do a and b mean the same stretch of days? */
KARVAN_API karvan_truth karvan_edtf_equal(const karvan_edtf *a, const karvan_edtf *b);
/** Does day d lie in a? An interval without dates unknown: maybe only in its uncertain ends. */
KARVAN_API karvan_truth karvan_edtf_contains(const karvan_edtf *a, karvan_day d);
/** Do a and b share at least one day? */
KARVAN_API karvan_truth karvan_edtf_overlaps_days(const karvan_edtf *a, const karvan_edtf *b);

/** Allen's thirteen relations between intervals of days. */
typedef enum karvan_allen {
    KARVAN_ALLEN_BEFORE,
    KARVAN_ALLEN_MEETS,
    KARVAN_ALLEN_OVERLAPS,
    KARVAN_ALLEN_STARTS,
    KARVAN_ALLEN_DURING,
    KARVAN_ALLEN_FINISHES,
    KARVAN_ALLEN_EQUALS,
    KARVAN_ALLEN_FINISHED_BY,
    KARVAN_ALLEN_CONTAINS,
    KARVAN_ALLEN_STARTED_BY,
    KARVAN_ALLEN_OVERLAPPED_BY,
    KARVAN_ALLEN_MET_BY,
    KARVAN_ALLEN_AFTER,
    KARVAN_ALLEN_END
} karvan_allen;
KARVAN_API const char *karvan_allen_name(karvan_allen r);
/** Bit set (1 << karvan_allen) of the relations that are possible between a and
 * b within their strict bounds; `meets` means b begins on the day after a ends.
 * One bit: certain. Unknown ends take every value that keeps start <= end.
 * Source: Allen 1983, Communications of the ACM 26(11). */
KARVAN_API uint32_t karvan_edtf_allen(const karvan_edtf *a, const karvan_edtf *b);

/* ---- random numbers: Philox 4x32-10 -------------------------------------- */

/** One block of the counter-based generator Philox 4x32-10.
 * Source: Salmon, Moraes, Dror and Shaw 2011, SC11; their test vectors are tests here. */
KARVAN_API void karvan_philox4x32(const uint32_t counter[4], const uint32_t key[2],
                                  uint32_t out[4]);

/** Draw number k of stream s under a seed: the same on any thread or machine. */
typedef struct karvan_random {
    uint64_t seed;
    uint64_t stream;
    uint64_t draw; /**< next draw */
    uint32_t block[4];
    uint64_t block_of; /**< counter of `block` plus one; 0: none yet */
} karvan_random;
KARVAN_API void karvan_random_init(karvan_random *r, uint64_t seed, uint64_t stream);
/** Go to draw k (64-bit words). O(1). */
KARVAN_API void karvan_random_seek(karvan_random *r, uint64_t draw);
KARVAN_API uint64_t karvan_random_u64(karvan_random *r);
/** Uniform on (0,1): 2^-53 + k 2^-52, never 0 nor 1, all values exact. One draw. */
KARVAN_API double karvan_random_uniform(karvan_random *r);
/** Integer in 0..n-1 without bias, n >= 1. One or more draws. Source: Lemire 2019. */
KARVAN_API uint64_t karvan_random_below(karvan_random *r, uint64_t n);
/** Standard normal by inversion of one uniform draw (relative error below 1e-13). */
KARVAN_API double karvan_random_normal(karvan_random *r);
/** Inverse of the standard normal distribution function, p in (0,1); NaN outside.
 * Source: Wichura 1988, Applied Statistics 37(3), algorithm AS 241. */
KARVAN_API double karvan_normal_quantile(double p);

/* ---- parallel loops -------------------------------------------------------- */

/** Set by a signal handler or another thread; loops stop at the next chunk. */
typedef struct karvan_cancel {
    volatile int requested; /**< 0 or 1; written with karvan_cancel_request */
} karvan_cancel;
KARVAN_API void karvan_cancel_request(karvan_cancel *c);  /**< async-signal-safe */
KARVAN_API bool karvan_cancelled(const karvan_cancel *c); /**< NULL: false */

/** Work on items begin..end-1. `worker` is 0..threads-1 and serves only for scratch memory:
 * what a chunk computes must not depend on it. */
typedef karvan_status (*karvan_chunk_fn)(void *ctx, int64_t begin, int64_t end, int worker,
                                         karvan_error *err);
/**
 * Run fn over 0..n-1 in chunks whose bounds depend on n and chunk alone, so that
 * results (and the order in which a caller folds them) are the same for any thread count.
 * @param threads 0: as many as the machine has (or KARVAN_THREADS); 1: on the caller's thread
 * @param cancel  may be NULL
 * @return of the failing chunk with the lowest index; KARVAN_E_CANCELLED
 */
KARVAN_API karvan_status karvan_parallel_for(int64_t n, int64_t chunk, int threads,
                                             karvan_chunk_fn fn, void *ctx,
                                             const karvan_cancel *cancel, karvan_error *err);
/** Threads that `threads = 0` means. */
KARVAN_API int karvan_thread_count(void);

/* ---- progress ---------------------------------------------------------------- */

/** Progress of long work. Written by one thread at a time through karvan_progress_add. */
typedef struct karvan_progress karvan_progress;
/**
 * @param out     stream for the bar; nothing is written unless it is a terminal
 *                (or force is true, for tests)
 * @param label   what is being done, borrowed
 * @param total   units of work, 0 if not known
 * @retval KARVAN_E_NOMEM
 */
KARVAN_API karvan_status karvan_progress_create(FILE *out, bool force, const char *label,
                                                int64_t total, karvan_progress **p,
                                                karvan_error *err);
/** Add done units; redraws at most ten times a second: bar, per cent, rate, time left. Thread-safe.
 */
KARVAN_API void karvan_progress_add(karvan_progress *p, int64_t done);
/** Ends the line. NULL is allowed. */
KARVAN_API void karvan_progress_destroy(karvan_progress *p);

#ifdef __cplusplus
}
#endif
#endif
