/* Trips as hops from place to place; hops between the same places by the same mode as one link, and
 * its departures, a service a route and a stretch of dates. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/gtfs.h"

typedef struct hop {
    int32_t link; /* code of its places and mode */
    int32_t route, trip;
    karvan_day first, last;
    bool floating; /* runs at a frequency, by no timetable */
    uint8_t days;
    int32_t depart, ride; /* seconds */
    int64_t line;         /* of the departure in stop_times.txt */
    double km;            /* along the shape; NaN: no shape serves */
} hop;

typedef struct hops {
    karvan_i_gtfs *g;
    karvan_i_dictionary link; /* "from to mode" */
    hop *hop;
    int64_t n, cap;
    double *sample; /* [of one link] for medians */
    int64_t cap_sample;
    karvan_i_gtfs_week week;
    karvan_i_text text, note;
} hops;

/* ---- places ---- */

static karvan_i_gtfs_stop *home(karvan_i_gtfs *g, int32_t stop) {
    karvan_i_gtfs_stop *s = &g->stop[stop];
    return g->merge && s->parent >= 0 ? &g->stop[s->parent] : s;
}

static void mark_visits(karvan_i_gtfs *g) {
    for (int64_t k = 0; k < g->n_trips; k++) {
        const karvan_i_gtfs_trip *t = &g->trip[k];
        for (int32_t i = 0; i < t->n; i++)
            if (g->route[t->route].by_sea) home(g, g->time[t->first + i].stop)->by_sea = true;
    }
}

static karvan_status add_places(karvan_i_gtfs *g) {
    karvan_status st = KARVAN_OK;
    mark_visits(g);
    for (int32_t i = 0; i < (int32_t)g->n_stops; i++) {
        karvan_i_gtfs_stop *s = &g->stop[i];
        if (s->location_type > 1 || home(g, i) != s || (s->location_type == 1 && !g->merge))
            continue;
        karvan_i_place p = KARVAN_I_PLACE;
        p.key = g->stop_id.bytes + g->stop_id.at[i];
        p.name = karvan_i_gtfs_text(g, s->name);
        p.kind = s->by_sea ? "port" : "station";
        p.lon = s->lon, p.lat = s->lat;
        p.at = (karvan_i_at){g->feed.label[KARVAN_I_STOPS], s->line, 1};
        KARVAN_TRY(karvan_i_import_place(g->imp, &p, &s->place, g->err));
    }
done:
    return st;
}

/* ---- hops ---- */

static karvan_status ignore(const karvan_i_gtfs *g, int64_t line, const char *code,
                            const char *what) {
    const karvan_i_at at = {g->feed.label[KARVAN_I_STOP_TIMES], line, 1};
    return karvan_i_import_ignore(g->imp, at, code, what, g->err);
}

static karvan_status add_hop(hops *h, const hop *one) {
    hop *more = karvan_i_gtfs_room(h->g, h->hop, h->n, &h->cap, sizeof *more);
    if (!more) return KARVAN_E_NOMEM;
    h->hop = more, h->hop[h->n++] = *one;
    return KARVAN_OK;
}

/* The departures of a hop: the trip's own, or the first stop's at every step of its frequencies. */
static karvan_status add_departures(hops *h, const karvan_i_gtfs_trip *t, hop *one, int32_t first) {
    enum { LEAST_STEP = 60, MOST = 7 * 24 * 3600 }; /* a timetable counts minutes of a week */
    karvan_status st = KARVAN_OK;
    int32_t offset = one->depart - first;
    if (t->n_frequencies == 0) return add_hop(h, one);
    for (int32_t k = 0; k < t->n_frequencies; k++) {
        const karvan_i_gtfs_frequency *f = &h->g->frequency[t->first_frequency + k];
        int32_t step = f->headway > LEAST_STEP ? f->headway : LEAST_STEP;
        one->floating = !f->exact;
        for (int32_t at = f->start; at < f->end && at - f->start < MOST; at += step) {
            one->depart = at + offset;
            KARVAN_TRY(add_hop(h, one));
        }
    }
done:
    return st;
}

static karvan_status link_code(hops *h, int32_t from, int32_t to, const char *mode, int32_t *out) {
    char key[80];
    int n = snprintf(key, sizeof key, "%d %d %s", (int)from, (int)to, mode);
    return karvan_i_dictionary_add(&h->link, key, (size_t)n, out, h->g->err);
}

static karvan_status take_trip(hops *h, int32_t k, double *km) {
    karvan_i_gtfs *g = h->g;
    karvan_status st = KARVAN_OK;
    const karvan_i_gtfs_trip *t = &g->trip[k];
    const karvan_i_gtfs_service *days = &g->service[t->service];
    const karvan_i_gtfs_time *time = g->time + t->first;
    KARVAN_TRY(karvan_i_gtfs_lengths(g, t, km));
    for (int32_t i = 0; i + 1 < t->n; i++) {
        const karvan_i_gtfs_time *a = &time[i], *b = &time[i + 1];
        int32_t from = home(g, a->stop)->place, to = home(g, b->stop)->place;
        if (i > 0 && a->depart > a->arrive)
            KARVAN_TRY(ignore(g, a->line, "gtfs-dwell",
                              "time that a trip spends at a stop on its way is in no link"));
        if (from < 0 || to < 0) continue; /* told when the place could not be */
        if (from == to) {
            KARVAN_TRY(ignore(g, b->line, "gtfs-loop",
                              "a stop at the same place as the one "
                              "before makes no link"));
            continue;
        }
        if (a->depart % 60 != 0)
            KARVAN_TRY(ignore(g, a->line, "gtfs-time",
                              "seconds of a departure are dropped from its timetable"));
        hop one = {.route = t->route,
                   .trip = k,
                   .first = days->first,
                   .last = days->last,
                   .days = days->days,
                   .depart = a->depart,
                   .ride = b->arrive - a->depart,
                   .line = a->line,
                   .km = km[i]};
        KARVAN_TRY(link_code(h, from, to, g->route[t->route].mode, &one.link));
        KARVAN_TRY(add_departures(h, t, &one, time[0].depart));
    }
done:
    return st;
}

static karvan_status take_trips(hops *h) {
    karvan_i_gtfs *g = h->g;
    karvan_status st = KARVAN_OK;
    int32_t most = 1;
    for (int64_t k = 0; k < g->n_trips; k++)
        if (g->trip[k].n > most) most = g->trip[k].n;
    double *km = karvan_i_malloc((size_t)most, sizeof *km);
    KARVAN_REQUIRE(km, g->err, KARVAN_E_NOMEM, "no memory for trips");
    for (int64_t k = 0; k < g->n_trips; k++) {
        const karvan_i_gtfs_trip *t = &g->trip[k];
        if (t->n < 2) continue; /* told */
        if (!g->service[t->service].weekly) {
            const karvan_i_at at = {g->feed.label[KARVAN_I_TRIPS], t->line, 1};
            KARVAN_TRY(karvan_i_import_ignore(g->imp, at, "gtfs-trip",
                                              "a trip of a service that runs on no day", g->err));
            continue;
        }
        KARVAN_TRY(take_trip(h, (int32_t)k, km));
    }
done:
    karvan_i_free(km);
    return st;
}

/* ---- links ---- */

static int order(int64_t a, int64_t b) { return a < b ? -1 : a > b; }

static int by_link(const void *a, const void *b) {
    const hop *x = a, *y = b;
    int c = order(x->link, y->link);
    if (c == 0) c = order(x->route, y->route);
    if (c == 0) c = order(x->first, y->first);
    if (c == 0) c = order(x->last, y->last);
    if (c == 0) c = order(x->floating, y->floating);
    if (c == 0) c = order(x->depart, y->depart);
    if (c == 0) c = order(x->trip, y->trip);
    return c ? c : order(x->line, y->line);
}

static bool same_service(const hop *x, const hop *y) {
    return x->link == y->link && x->route == y->route && x->first == y->first &&
           x->last == y->last && x->floating == y->floating;
}

/* Of n sorted values: the middle one, the lower of two. */
static double median(const double *v, int64_t n) { return n > 0 ? v[(n - 1) / 2] : NAN; }

static karvan_status room_for_sample(hops *h, int64_t n) {
    if (n <= h->cap_sample) return KARVAN_OK;
    double *more = karvan_i_realloc(h->sample, (size_t)n, sizeof *more);
    if (!more)
        return karvan_fail(h->g->err, KARVAN_E_NOMEM, "no memory for %lld hops", (long long)n);
    h->sample = more, h->cap_sample = n;
    return KARVAN_OK;
}

/* Median hours and kilometres of the hops of a link, and a note of what they are. */
static karvan_status measure(hops *h, const hop *run, int64_t n, karvan_i_link *l) {
    karvan_status st = KARVAN_OK;
    int64_t k = 0;
    h->note.n = 0;
    KARVAN_TRY(room_for_sample(h, n));
    for (int64_t i = 0; i < n; i++) h->sample[i] = run[i].ride / 3600.0;
    qsort(h->sample, (size_t)n, sizeof *h->sample, karvan_i_by_real);
    double hours = median(h->sample, n);
    if (hours > 0) {
        l->time_h = hours;
        if (h->sample[0] < h->sample[n - 1])
            karvan_i_text_printf(&h->note, "time: median of %lld departures, %.4g to %.4g h",
                                 (long long)n, h->sample[0], h->sample[n - 1]);
    } else {
        karvan_i_text_puts(&h->note, "the timetable gives no time between both ends");
    }
    for (int64_t i = 0; i < n; i++)
        if (isfinite(run[i].km)) h->sample[k++] = run[i].km;
    if (k > 0) {
        qsort(h->sample, (size_t)k, sizeof *h->sample, karvan_i_by_real);
        l->length_km = median(h->sample, k), l->length_source = "computed";
        karvan_i_text_puts(&h->note, h->note.n ? "; " : "");
        karvan_i_text_puts(&h->note, "length: along the feed's shape");
    }
    KARVAN_TRY(karvan_i_text_status(&h->note, h->g->err));
    l->note = h->note.s;
done:
    return st;
}

static karvan_status add_link(hops *h, const hop *run, int64_t n, int32_t *row) {
    karvan_i_gtfs *g = h->g;
    karvan_status st = KARVAN_OK;
    karvan_i_link l = KARVAN_I_LINK;
    char *rest;
    l.from = (int32_t)strtol(h->link.bytes + h->link.at[run->link], &rest, 10);
    l.to = (int32_t)strtol(rest, &rest, 10);
    l.mode = rest + 1;
    l.at = (karvan_i_at){g->feed.label[KARVAN_I_STOP_TIMES], run->line, 1};
    KARVAN_TRY(measure(h, run, n, &l));
    KARVAN_TRY(karvan_i_import_link(g->imp, &l, row, g->err));
done:
    return st;
}

/* ---- services ---- */

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* Dates as the setting `calendar` says: as they are, as a season of every year, or not at all. */
static void put_dates(const karvan_i_gtfs *g, const hop *run, karvan_i_service *s, char from[40],
                      char to[40], char season[40]) {
    const char *how = karvan_i_import_setting(g->imp, "calendar");
    int64_t year;
    int m[2], d[2];
    if (!how || strcmp(how, "dates") == 0) {
        karvan_day_format(run->first, from, 40), karvan_day_format(run->last, to, 40);
        s->open_from = from, s->open_to = to;
    } else if (strcmp(how, "yearly") == 0 && run->last - run->first < 364) {
        karvan_day_to_civil(run->first, &year, &m[0], &d[0]);
        karvan_day_to_civil(run->last, &year, &m[1], &d[1]);
        (void)snprintf(season, 40, "%s %d-%s %d", months[m[0] - 1], d[0], months[m[1] - 1], d[1]);
        s->season = season;
    }
}

/* One service of the n hops of a link that share route and dates. */
static karvan_status add_service(hops *h, const hop *run, int64_t n, int32_t link) {
    karvan_i_gtfs *g = h->g;
    karvan_status st = KARVAN_OK;
    const karvan_i_gtfs_route *route = &g->route[run->route];
    karvan_i_service s = KARVAN_I_SERVICE;
    char from[40], to[40], season[40];
    int32_t row;
    h->week.n = 0, h->text.n = 0;
    for (int64_t i = 0; i < n; i++)
        KARVAN_TRY(karvan_i_gtfs_week_add(&h->week, run[i].days, run[i].depart, g->err));
    karvan_i_gtfs_week_sort(&h->week);
    karvan_i_gtfs_week_gaps(&h->week, &s.headway_h, &s.headway_cv);
    if (!run->floating) {
        karvan_i_gtfs_week_text(&h->week, &h->text);
        KARVAN_TRY(karvan_i_text_status(&h->text, g->err));
        s.timetable = h->text.s;
    } else {
        s.note = "runs at a frequency; headway: mean gap of a week, nights included";
    }
    s.link = link;
    s.name = karvan_i_gtfs_text(g, route->name);
    if (route->agency >= 0) s.company = karvan_i_gtfs_text(g, g->agency[route->agency]);
    put_dates(g, run, &s, from, to, season);
    s.at = (karvan_i_at){g->feed.label[KARVAN_I_STOP_TIMES], run->line, 1};
    KARVAN_TRY(karvan_i_import_service(g->imp, &s, &row, g->err));
done:
    return st;
}

static karvan_status write_links(hops *h) {
    karvan_status st = KARVAN_OK;
    for (int64_t i = 0, end; i < h->n; i = end) {
        int32_t row;
        for (end = i; end < h->n && h->hop[end].link == h->hop[i].link;) end++;
        KARVAN_TRY(add_link(h, h->hop + i, end - i, &row));
        for (int64_t k = i, next; k < end && row >= 0; k = next) {
            for (next = k; next < end && same_service(&h->hop[next], &h->hop[k]);) next++;
            KARVAN_TRY(add_service(h, h->hop + k, next - k, row));
        }
    }
done:
    return st;
}

/* The first day on which most departures run, for the region to be looked at on. */
static karvan_status choose_day(const hops *h) {
    karvan_day best = 0;
    int64_t most = 0;
    char day[40];
    for (int64_t i = 0; i < h->g->n_services; i++) {
        int64_t running = 0;
        karvan_day d = h->g->service[i].first;
        if (!h->g->service[i].weekly) continue;
        for (int64_t k = 0; k < h->g->n_trips; k++) {
            const karvan_i_gtfs_service *s = &h->g->service[h->g->trip[k].service];
            running += h->g->trip[k].n > 1 && s->weekly && s->first <= d && d <= s->last;
        }
        if (running > most || (running == most && d < best)) most = running, best = d;
    }
    if (most == 0) return KARVAN_OK;
    karvan_day_format(best, day, sizeof day);
    return karvan_i_import_reference_date(h->g->imp, day, h->g->err);
}

karvan_status karvan_i_gtfs_services(karvan_i_gtfs *g) {
    karvan_status st = KARVAN_OK;
    hops h = {.g = g};
    KARVAN_TRY(add_places(g));
    KARVAN_TRY(take_trips(&h));
    if (h.n > 1) qsort(h.hop, (size_t)h.n, sizeof *h.hop, by_link);
    KARVAN_TRY(write_links(&h));
    const char *how = karvan_i_import_setting(g->imp, "calendar");
    if (!how || strcmp(how, "dates") == 0) KARVAN_TRY(choose_day(&h));
done:
    karvan_i_dictionary_clear(&h.link);
    karvan_i_free(h.hop), karvan_i_free(h.sample), karvan_i_free(h.week.minute);
    karvan_i_text_clear(&h.text), karvan_i_text_clear(&h.note);
    return st;
}
