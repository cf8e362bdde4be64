/* Days of service: the weeks of calendar.txt and, where a service has none, the week that most
 * dates of calendar_dates.txt follow. What does not fit a week is counted and told. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/gtfs.h"
#include "table/number.h"

bool karvan_i_gtfs_day(const char *s, karvan_day *out) {
    int64_t y, m, d;
    if (strlen(s) != 8 || strspn(s, "0123456789") != 8) return false;
    if (!karvan_i_parse_int(s, 4, &y) || !karvan_i_parse_int(s + 4, 2, &m) ||
        !karvan_i_parse_int(s + 6, 2, &d) || m < 1 || m > 12 || d < 1)
        return false;
    int64_t y2;
    int m2, d2;
    *out = karvan_day_from_civil(y, (int)m, (int)d);
    karvan_day_to_civil(*out, &y2, &m2, &d2);
    return y2 == y && m2 == m && d2 == d; /* no 31st of April */
}

/* 0 Monday ... 6 Sunday; day 0 was a Thursday. */
static int weekday(karvan_day d) { return (int)(((d + 3) % 7 + 7) % 7); }

static karvan_status service_of(karvan_i_gtfs *g, const char *id, int32_t *out, bool *fresh) {
    karvan_status st = KARVAN_OK;
    int32_t known = g->service_id.n;
    KARVAN_TRY(karvan_i_dictionary_add(&g->service_id, id, strlen(id), out, g->err));
    *fresh = *out == known;
    if (!*fresh) return KARVAN_OK;
    karvan_i_gtfs_service *more =
        karvan_i_gtfs_room(g, g->service, g->n_services, &g->cap_services, sizeof *more);
    if (!more) return KARVAN_E_NOMEM;
    g->service = more, g->service[g->n_services++] = (karvan_i_gtfs_service){0};
done:
    return st;
}

static karvan_status take_week(karvan_i_gtfs *g, karvan_i_gtfs_rows *r) {
    enum { SERVICE, START, END, MONDAY };
    karvan_status st = KARVAN_OK;
    int32_t k;
    bool fresh;
    karvan_day first, last;
    if (!karvan_i_gtfs_day(r->value[START], &first) || !karvan_i_gtfs_day(r->value[END], &last) ||
        last < first) {
        bool start = karvan_i_gtfs_day(r->value[START], &first);
        return karvan_i_gtfs_note(r, start ? END : START, "gtfs-value",
                                  "days as 20260131, the end not before the start",
                                  "a service is left out: its dates cannot be");
    }
    KARVAN_TRY(service_of(g, r->value[SERVICE], &k, &fresh));
    if (!fresh)
        return karvan_i_gtfs_note(r, SERVICE, "gtfs-id", NULL, "a second row '%.60s' is left out",
                                  r->value[SERVICE]);
    karvan_i_gtfs_service *s = &g->service[k];
    for (int d = 0; d < 7; d++) {
        const char *v = r->value[MONDAY + d];
        if (strcmp(v, "1") == 0) s->days |= (uint8_t)(1 << d);
        if (strcmp(v, "1") != 0 && strcmp(v, "0") != 0)
            KARVAN_TRY(karvan_i_gtfs_note(r, MONDAY + d, "gtfs-value", "0 or 1",
                                          "'%.20s' is taken for no service", v));
    }
    s->first = first, s->last = last, s->weekly = s->days != 0;
    r->taken++;
done:
    return st;
}

static karvan_status read_weeks(karvan_i_gtfs *g) {
    static const char *const columns[] = {"service_id", "start_date", "end_date", "monday",
                                          "tuesday",    "wednesday",  "thursday", "friday",
                                          "saturday",   "sunday"};
    karvan_status st = KARVAN_OK;
    karvan_i_gtfs_rows r;
    bool got, found;
    KARVAN_TRY(karvan_i_gtfs_open(&g->feed, KARVAN_I_CALENDAR, false, 10, 10, columns, g->imp, &r,
                                  &found, g->err));
    while (found) {
        KARVAN_TRY(karvan_i_gtfs_next(&r, &got));
        if (!got) break;
        KARVAN_TRY(take_week(g, &r));
    }
done:
    return karvan_i_gtfs_close(&r, st);
}

static karvan_status take_date(karvan_i_gtfs *g, karvan_i_gtfs_rows *r) {
    enum { SERVICE, DATE, TYPE };
    karvan_status st = KARVAN_OK;
    int32_t k;
    bool fresh, added = strcmp(r->value[TYPE], "1") == 0;
    karvan_day day;
    if (!karvan_i_gtfs_day(r->value[DATE], &day))
        return karvan_i_gtfs_note(r, DATE, "gtfs-value", "a day as 20260131",
                                  "'%.20s' is no day; the row is left out", r->value[DATE]);
    if (!added && strcmp(r->value[TYPE], "2") != 0)
        return karvan_i_gtfs_note(r, TYPE, "gtfs-value", "1 added, 2 removed",
                                  "exception_type '%.20s'; the row is left out", r->value[TYPE]);
    KARVAN_TRY(service_of(g, r->value[SERVICE], &k, &fresh));
    if (g->service[k].weekly) /* the week stays as it is */
        return karvan_i_import_ignore(
            g->imp, karvan_i_gtfs_at(r, -1), "gtfs-exception",
            added ? "a day on which a service runs besides its week is not kept"
                  : "a day on which a service does not run is not kept",
            g->err);
    if (!g->service[k].line) g->service[k].line = r->csv.line;
    r->taken++;
    if (!added) return KARVAN_OK; /* of a service without a week: says nothing */
    karvan_i_gtfs_date *more =
        karvan_i_gtfs_room(g, g->date, g->n_dates, &g->cap_dates, sizeof *more);
    if (!more) return KARVAN_E_NOMEM;
    g->date = more, g->date[g->n_dates++] = (karvan_i_gtfs_date){k, day};
done:
    return st;
}

static int by_service(const void *a, const void *b) {
    const karvan_i_gtfs_date *x = a, *y = b;
    if (x->service != y->service) return x->service < y->service ? -1 : 1;
    return x->day < y->day ? -1 : x->day > y->day;
}

/* The week of a service from its dates: the days of the week on which it runs in at least half of
 * the weeks from its first date to its last. */
static karvan_status find_week(karvan_i_gtfs *g, int32_t k, const karvan_i_gtfs_date *date,
                               int64_t n, const char *label) {
    karvan_i_gtfs_service *s = &g->service[k];
    const karvan_i_at at = {label, s->line, 1};
    int64_t runs[7] = {0}, weeks[7] = {0}, missing = 0, extra = 0;
    for (int64_t i = 0; i < n; i++)
        if (i == 0 || date[i].day != date[i - 1].day) runs[weekday(date[i].day)]++;
    s->first = date[0].day, s->last = date[n - 1].day;
    int64_t span = s->last - s->first + 1;
    for (int d = 0; d < 7; d++) {
        int64_t from_first = (d - weekday(s->first) + 7) % 7;
        weeks[d] = from_first < span ? (span - from_first - 1) / 7 + 1 : 0;
        bool taken = runs[d] > 0 && 2 * runs[d] >= weeks[d];
        if (taken) s->days |= (uint8_t)(1 << d);
        missing += taken ? weeks[d] - runs[d] : 0, extra += taken ? 0 : runs[d];
    }
    if (!s->days)
        return karvan_i_import_note(g->imp, KARVAN_WARNING, at, "gtfs-exception", NULL, g->err,
                                    "service '%.60s' follows no week in its %lld dates; its trips "
                                    "are left out",
                                    g->service_id.bytes + g->service_id.at[k], (long long)n);
    s->weekly = true;
    if (missing == 0 && extra == 0) return KARVAN_OK;
    return karvan_i_import_note(g->imp, KARVAN_WARNING, at, "gtfs-exception", NULL, g->err,
                                "service '%.60s' has dates alone; of the week made of them it does "
                                "not run on %lld days, and runs on %lld others",
                                g->service_id.bytes + g->service_id.at[k], (long long)missing,
                                (long long)extra);
}

static karvan_status find_weeks(karvan_i_gtfs *g) {
    karvan_status st = KARVAN_OK;
    if (g->n_dates > 1) qsort(g->date, (size_t)g->n_dates, sizeof *g->date, by_service);
    for (int64_t i = 0, end; i < g->n_dates; i = end) {
        int32_t k = g->date[i].service;
        for (end = i; end < g->n_dates && g->date[end].service == k;) end++;
        KARVAN_TRY(find_week(g, k, g->date + i, end - i, g->feed.label[KARVAN_I_CALENDAR_DATES]));
    }
done:
    return st;
}

karvan_status karvan_i_gtfs_read_calendar(karvan_i_gtfs *g) {
    static const char *const columns[] = {"service_id", "date", "exception_type"};
    karvan_status st = KARVAN_OK;
    karvan_i_gtfs_rows r = {0};
    bool got, found;
    KARVAN_TRY(read_weeks(g));
    KARVAN_TRY(karvan_i_gtfs_open(&g->feed, KARVAN_I_CALENDAR_DATES, false, 3, 3, columns, g->imp,
                                  &r, &found, g->err));
    while (found) {
        KARVAN_TRY(karvan_i_gtfs_next(&r, &got));
        if (!got) break;
        KARVAN_TRY(take_date(g, &r));
    }
    KARVAN_TRY(find_weeks(g));
done:
    return karvan_i_gtfs_close(&r, st);
}
