/* Bytes as opening hours, a timetable or a season: a week in order whose waits agree, or a reason
 * with its byte. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "karvan/network.h"
#include "network/wait.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static void told(karvan_status st, const karvan_error *e) {
    if (st == KARVAN_OK) return;
    require(st == KARVAN_E_DATA && strncmp(e->msg, "byte ", 5) == 0);
    require(karvan_utf8_valid_prefix(e->msg, strlen(e->msg)) == strlen(e->msg));
}

static void waits(const karvan_i_week *w, int32_t at) {
    karvan_i_gate g = {w, karvan_i_whole_year(), KARVAN_DAY_MIN, KARVAN_DAY_MAX};
    double from, to, h = at / 60.0;
    require(karvan_i_gate_next(&g, h, &from, &to));
    require(from >= h && from <= h + KARVAN_I_WEEK_H && to >= from);
    require(karvan_i_week_mean_h(w) >= 0 && karvan_i_week_mean_h(w) <= KARVAN_I_WEEK_H / 2);
    require(karvan_i_week_var_h2(w) >= -1e-9 && karvan_i_week_open(w) <= 1);
    karvan_i_pmf d;
    require(karvan_i_week_pmf(w, 0.5, &d, NULL) == KARVAN_OK);
    require(fabs(karvan_i_pmf_mean_h(&d, 0.5) - karvan_i_week_mean_h(w)) < 1e-6);
    karvan_i_pmf_clear(&d);
}

static void week(karvan_status (*parse)(const char *, karvan_i_week *, karvan_error *),
                 const char *s, int32_t at) {
    karvan_i_week w = {0};
    karvan_error e = {0};
    karvan_status st = parse(s, &w, &e);
    told(st, &e);
    require(st != KARVAN_OK || w.n > 0);
    for (int32_t i = 0; i < w.n; i++) {
        require(w.span[i].from >= 0 && w.span[i].from < KARVAN_I_WEEK_MINUTES);
        require(w.span[i].to >= w.span[i].from && w.span[i].to <= KARVAN_I_WEEK_MINUTES);
        require(i == 0 || w.span[i].from > w.span[i - 1].to);
    }
    if (st == KARVAN_OK) waits(&w, at);
    karvan_i_week_clear(&w);
}

static void season(const char *s, karvan_day day) {
    karvan_i_season out;
    karvan_error e = {0};
    karvan_status st = karvan_i_season_parse(s, &out, &e);
    told(st, &e);
    if (st != KARVAN_OK) return;
    karvan_i_gate g = {NULL, out, KARVAN_DAY_MIN, KARVAN_DAY_MAX};
    double from, to;
    require(karvan_i_gate_next(&g, 24.0 * (double)day, &from, &to));
    require(karvan_i_in_season(&out, (karvan_day)floor(from / 24.0)));
}

static void moment(const char *s) {
    karvan_moment m;
    karvan_error e = {0};
    karvan_status st = karvan_moment_parse(s, &m, &e);
    require(st == KARVAN_OK || (st == KARVAN_E_ARG && m.day == 0 && m.minute == 0));
    require(m.minute >= 0 && m.minute < 24 * 60);
    require(karvan_utf8_valid_prefix(e.msg, strlen(e.msg)) == strlen(e.msg));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    if (size < 2 || size > 4096) return 0; /* bound the work, not the meaning */
    char *s = malloc(size);
    require(s != NULL);
    memcpy(s, data + 1, size - 1), s[size - 1] = 0;
    int32_t at = data[0] * 97; /* the first byte chooses when a load comes */
    week(karvan_i_opening_parse, s, at);
    week(karvan_i_timetable_parse, s, at);
    season(s, at);
    moment(s);
    free(s);
    require(karvan_i_alloc_live == live);
    return 0;
}
