/* Stops of trips with their times, and trips that run at a frequency. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/gtfs.h"
#include "network/geodesic.h"
#include "table/number.h"

enum { MOST_HOURS = 24 * 31 }; /* no trip is longer; keeps seconds in an int32_t */

bool karvan_i_gtfs_seconds(const char *s, int32_t *out) {
    int64_t part[3] = {0};
    *out = -1;
    if (!*s) return true;
    for (int i = 0; i < 3; i++) {
        size_t n = strspn(s, "0123456789");
        if (n < 1 || n > 3 || (i > 0 && n != 2) || !karvan_i_parse_int(s, n, &part[i]))
            return false;
        s += n;
        if (*s != (i < 2 ? ':' : 0)) return false;
        s += i < 2;
    }
    if (part[0] > MOST_HOURS || part[1] > 59 || part[2] > 59) return false;
    *out = (int32_t)(part[0] * 3600 + part[1] * 60 + part[2]);
    return true;
}

/* ---- stop_times.txt ---- */

/* One of the two times of a stop stands for the other where that is blank. */
static karvan_status take_times(karvan_i_gtfs_rows *r, int arrive, int depart,
                                karvan_i_gtfs_time *t) {
    karvan_status st = KARVAN_OK;
    int32_t *const seconds[] = {&t->arrive, &t->depart};
    for (int k = 0; k < 2; k++) {
        int column = k ? depart : arrive;
        if (!karvan_i_gtfs_seconds(r->value[column], seconds[k]))
            KARVAN_TRY(karvan_i_gtfs_note(r, column, "gtfs-time", "a time as 25:10:00",
                                          "'%.20s' is no time; it is taken for blank",
                                          r->value[column]));
    }
    if (t->arrive < 0) t->arrive = t->depart;
    if (t->depart < 0) t->depart = t->arrive;
done:
    return st;
}

static karvan_status take_time(karvan_i_gtfs *g, karvan_i_gtfs_rows *r) {
    enum { TRIP, STOP, SEQUENCE, ARRIVE, DEPART, ALONG, PICKUP, DROP };
    karvan_status st = KARVAN_OK;
    karvan_i_gtfs_time t = {.along = NAN, .line = r->csv.line};
    const char *s = r->value[TRIP], *along = r->value[ALONG];
    t.trip = karvan_i_dictionary_find(&g->trip_id, s, strlen(s));
    if (t.trip < 0)
        return karvan_i_import_ignore(g->imp, karvan_i_gtfs_at(r, -1), "gtfs-trip",
                                      "a stop of a trip that is not there or left out", g->err);
    s = r->value[STOP];
    t.stop = karvan_i_dictionary_find(&g->stop_id, s, strlen(s));
    if (t.stop < 0 || g->stop[t.stop].location_type > 1)
        return karvan_i_gtfs_note(r, STOP, "gtfs-reference", NULL,
                                  "a stop of a trip is left out: '%.60s' is no stop", s);
    s = r->value[SEQUENCE];
    if (!karvan_i_parse_int(s, strlen(s), &t.sequence))
        return karvan_i_gtfs_note(r, SEQUENCE, "gtfs-value", "a whole number",
                                  "a stop of a trip is left out: stop_sequence '%.20s'", s);
    KARVAN_TRY(take_times(r, ARRIVE, DEPART, &t));
    if (*along && !karvan_i_parse_real(along, strlen(along), '.', &t.along))
        KARVAN_TRY(karvan_i_gtfs_note(r, ALONG, "gtfs-value", "a number",
                                      "shape_dist_traveled '%.20s' is left out", along));
    if (strcmp(r->value[PICKUP], "1") == 0 || strcmp(r->value[DROP], "1") == 0)
        KARVAN_TRY(karvan_i_import_ignore(g->imp, karvan_i_gtfs_at(r, -1), "gtfs-pickup",
                                          "a stop without boarding or without alighting is taken "
                                          "for one with both",
                                          g->err));
    karvan_i_gtfs_time *more =
        karvan_i_gtfs_room(g, g->time, g->n_times, &g->cap_times, sizeof *more);
    if (!more) return KARVAN_E_NOMEM;
    g->time = more, g->time[g->n_times++] = t;
    r->taken++;
done:
    return st;
}

static int by_trip(const void *a, const void *b) {
    const karvan_i_gtfs_time *x = a, *y = b;
    if (x->trip != y->trip) return x->trip < y->trip ? -1 : 1;
    if (x->sequence != y->sequence) return x->sequence < y->sequence ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

/* Weight of stop i between two known times: by shape_dist_traveled where all have it, by straight
 * lines where all have a position, else by the order of the stops. along[0..n] rises from 0. */
static void measure(const karvan_i_gtfs *g, const karvan_i_gtfs_time *t, int32_t n, double *along) {
    bool told = true, placed = true;
    along[0] = 0;
    for (int32_t i = 0; i <= n; i++) {
        told = told && isfinite(t[i].along) && (i == 0 || t[i].along >= t[i - 1].along);
        placed = placed && isfinite(g->stop[t[i].stop].lon) && isfinite(g->stop[t[i].stop].lat);
    }
    told = told && t[n].along > t[0].along;
    for (int32_t i = 1; i <= n; i++) {
        const karvan_i_gtfs_stop *a = &g->stop[t[i - 1].stop], *b = &g->stop[t[i].stop];
        along[i] = told     ? t[i].along - t[0].along
                   : placed ? along[i - 1] + karvan_i_geodesic_km(a->lon, a->lat, b->lon, b->lat)
                            : i;
    }
    for (int32_t i = 1; i <= n && !(along[n] > 0); i++) along[i] = i; /* all at one spot */
}

/* Times of the blank stops between t[0] and t[n], whose times are known. */
static karvan_status fill_gap(const karvan_i_gtfs *g, karvan_i_gtfs_time *t, int32_t n) {
    double *along = karvan_i_malloc((size_t)n + 1, sizeof *along);
    if (!along) return karvan_fail(g->err, KARVAN_E_NOMEM, "no memory for a trip of %d stops", n);
    measure(g, t, n, along);
    for (int32_t i = 1; i < n; i++)
        t[i].arrive = t[i].depart =
            t[0].depart + (int32_t)lround((t[n].arrive - t[0].depart) * (along[i] / along[n]));
    karvan_i_free(along);
    return KARVAN_OK;
}

/* A trip runs forward, from a known time to a known time. *why NULL: so it does. */
static karvan_status complete(karvan_i_gtfs *g, karvan_i_gtfs_trip *trip, const char **why) {
    karvan_status st = KARVAN_OK;
    int32_t known = 0;
    *why = NULL;
    if (trip->n < 2) return *why = "it has fewer than two stops", KARVAN_OK;
    karvan_i_gtfs_time *t = g->time + trip->first;
    if (t[0].depart < 0 || t[trip->n - 1].arrive < 0)
        return *why = "its first or last stop has no time", KARVAN_OK;
    for (int32_t i = 1; i < trip->n; i++) {
        if (t[i].arrive < 0) continue;
        if (t[i].arrive < t[known].depart || t[i].depart < t[i].arrive)
            return *why = "its times run backwards", KARVAN_OK;
        if (i - known > 1) KARVAN_TRY(fill_gap(g, t + known, i - known));
        known = i;
    }
done:
    return st;
}

/* Stops to their trips; trips that cannot be have none. */
static karvan_status gather(karvan_i_gtfs *g) {
    karvan_status st = KARVAN_OK;
    if (g->n_times > 1) qsort(g->time, (size_t)g->n_times, sizeof *g->time, by_trip);
    for (int64_t i = 0; i < g->n_times; i++) {
        karvan_i_gtfs_trip *t = &g->trip[g->time[i].trip];
        if (t->n++ == 0) t->first = (int32_t)i;
    }
    for (int64_t k = 0; k < g->n_trips; k++) {
        const char *why;
        const karvan_i_at at = {g->feed.label[KARVAN_I_TRIPS], g->trip[k].line, 1};
        KARVAN_TRY(complete(g, &g->trip[k], &why));
        if (!why) continue;
        g->trip[k].n = 0;
        KARVAN_TRY(karvan_i_import_note(g->imp, KARVAN_WARNING, at, "gtfs-trip", NULL, g->err,
                                        "trip '%.60s' is left out: %s",
                                        g->trip_id.bytes + g->trip_id.at[k], why));
    }
done:
    return st;
}

karvan_status karvan_i_gtfs_read_times(karvan_i_gtfs *g) {
    static const char *const columns[] = {"trip_id",      "stop_id",        "stop_sequence",
                                          "arrival_time", "departure_time", "shape_dist_traveled",
                                          "pickup_type",  "drop_off_type"};
    karvan_status st = KARVAN_OK;
    karvan_i_gtfs_rows r;
    bool got, found;
    KARVAN_TRY(karvan_i_gtfs_open(&g->feed, KARVAN_I_STOP_TIMES, true, 8, 3, columns, g->imp, &r,
                                  &found, g->err));
    for (;;) {
        KARVAN_TRY(karvan_i_gtfs_next(&r, &got));
        if (!got) break;
        KARVAN_TRY(take_time(g, &r));
    }
    KARVAN_TRY(gather(g));
done:
    return karvan_i_gtfs_close(&r, st);
}

/* ---- frequencies.txt ---- */

static int by_trip_start(const void *a, const void *b) {
    const karvan_i_gtfs_frequency *x = a, *y = b;
    if (x->trip != y->trip) return x->trip < y->trip ? -1 : 1;
    return x->start < y->start ? -1 : x->start > y->start;
}

karvan_status karvan_i_gtfs_read_frequencies(karvan_i_gtfs *g) {
    enum { TRIP, START, END, HEADWAY, EXACT };
    static const char *const columns[] = {"trip_id", "start_time", "end_time", "headway_secs",
                                          "exact_times"};
    karvan_status st = KARVAN_OK;
    karvan_i_gtfs_rows r;
    bool got, found;
    KARVAN_TRY(karvan_i_gtfs_open(&g->feed, KARVAN_I_FREQUENCIES, false, 5, 4, columns, g->imp, &r,
                                  &found, g->err));
    while (found) {
        karvan_i_gtfs_frequency f;
        int64_t headway;
        KARVAN_TRY(karvan_i_gtfs_next(&r, &got));
        if (!got) break;
        f.trip = karvan_i_dictionary_find(&g->trip_id, r.value[TRIP], strlen(r.value[TRIP]));
        if (f.trip < 0) {
            KARVAN_TRY(karvan_i_import_ignore(g->imp, karvan_i_gtfs_at(&r, -1), "gtfs-trip",
                                              "a frequency of a trip that is not there or left out",
                                              g->err));
            continue;
        }
        if (!karvan_i_gtfs_seconds(r.value[START], &f.start) || f.start < 0 ||
            !karvan_i_gtfs_seconds(r.value[END], &f.end) || f.end <= f.start ||
            !karvan_i_parse_int(r.value[HEADWAY], strlen(r.value[HEADWAY]), &headway) ||
            headway < 1 || headway > INT64_C(3600) * MOST_HOURS) {
            KARVAN_TRY(karvan_i_gtfs_note(&r, START, "gtfs-value",
                                          "start_time before end_time, headway_secs above 0",
                                          "a frequency is left out: its times cannot be"));
            continue;
        }
        f.headway = (int32_t)headway, f.exact = strcmp(r.value[EXACT], "1") == 0;
        karvan_i_gtfs_frequency *more = karvan_i_gtfs_room(g, g->frequency, g->n_frequencies,
                                                           &g->cap_frequencies, sizeof *more);
        if (!more) return karvan_i_gtfs_close(&r, KARVAN_E_NOMEM);
        g->frequency = more, g->frequency[g->n_frequencies++] = f;
        r.taken++;
    }
    if (g->n_frequencies > 1)
        qsort(g->frequency, (size_t)g->n_frequencies, sizeof *g->frequency, by_trip_start);
    for (int64_t i = 0; i < g->n_frequencies; i++) {
        karvan_i_gtfs_trip *t = &g->trip[g->frequency[i].trip];
        if (t->n_frequencies++ == 0) t->first_frequency = (int32_t)i;
    }
done:
    return karvan_i_gtfs_close(&r, st);
}
