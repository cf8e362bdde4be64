/* Departures of a week: their gaps, and their text in the syntax of column timetable. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/gtfs.h"

enum { DAY_MINUTES = 24 * 60, WEEK_MINUTES = 7 * DAY_MINUTES };

karvan_status karvan_i_gtfs_week_add(karvan_i_gtfs_week *w, uint8_t days, int32_t seconds,
                                     karvan_error *err) {
    for (int d = 0; d < 7; d++) {
        if (!(days & 1 << d)) continue;
        if (w->n == w->cap) {
            int64_t cap = w->cap ? 2 * w->cap : 64;
            int32_t *more = karvan_i_realloc(w->minute, (size_t)cap, sizeof *more);
            if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for departures");
            w->minute = more, w->cap = cap;
        }
        w->minute[w->n++] = (d * DAY_MINUTES + seconds / 60) % WEEK_MINUTES;
    }
    return KARVAN_OK;
}

static int by_minute(const void *a, const void *b) {
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

void karvan_i_gtfs_week_sort(karvan_i_gtfs_week *w) {
    int64_t n = 0;
    if (w->n > 1) qsort(w->minute, (size_t)w->n, sizeof *w->minute, by_minute);
    for (int64_t i = 0; i < w->n; i++)
        if (n == 0 || w->minute[i] != w->minute[n - 1]) w->minute[n++] = w->minute[i];
    w->n = n;
}

void karvan_i_gtfs_week_gaps(const karvan_i_gtfs_week *w, double *mean_h, double *cv) {
    double mean = (double)WEEK_MINUTES / (double)w->n, squares = 0;
    for (int64_t i = 0; i < w->n; i++) {
        int32_t next = i + 1 < w->n ? w->minute[i + 1] : w->minute[0] + WEEK_MINUTES;
        double off = next - w->minute[i] - mean;
        squares += off * off;
    }
    *mean_h = mean / 60, *cv = sqrt(squares / (double)w->n) / mean;
}

/* "Mo-Fr", "Mo,We,Su": runs of three and more as a range. */
static void put_days(uint8_t days, karvan_i_text *out) {
    static const char *const names[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};
    const char *comma = "";
    for (int d = 0; d < 7; d++) {
        int end = d;
        if (!(days & 1 << d)) continue;
        while (end < 6 && days & 1 << (end + 1)) end++;
        if (end - d < 2) end = d;
        karvan_i_text_printf(out, "%s%s", comma, names[d]);
        if (end > d) karvan_i_text_printf(out, "-%s", names[end]);
        comma = ",", d = end;
    }
}

void karvan_i_gtfs_week_text(const karvan_i_gtfs_week *w, karvan_i_text *out) {
    uint8_t days[DAY_MINUTES] = {0};
    bool done[128] = {false};
    const char *semicolon = "";
    for (int64_t i = 0; i < w->n; i++)
        days[w->minute[i] % DAY_MINUTES] |= (uint8_t)(1 << w->minute[i] / DAY_MINUTES);
    for (int m = 0; m < DAY_MINUTES; m++) {
        if (!days[m] || done[days[m]]) continue;
        done[days[m]] = true;
        karvan_i_text_puts(out, semicolon);
        put_days(days[m], out);
        const char *comma = " ";
        for (int k = m; k < DAY_MINUTES; k++) {
            if (days[k] != days[m]) continue;
            karvan_i_text_printf(out, "%s%02d:%02d", comma, k / 60, k % 60);
            comma = ",";
        }
        semicolon = "; ";
    }
}
