/* Opening hours, timetables and seasons from their text. The subset of OpenStreetMap's
 * opening_hours that they are written in:
 * https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/schedule.h"

enum { DAY_MINUTES = 24 * 60 };

typedef struct entry {
    int rule, day;
    int32_t from, to; /* minutes of the day; `to` may pass midnight */
} entry;

typedef struct parser {
    const char *text, *at;
    karvan_error *err;
    bool instants; /* a timetable */
    int rule, last_rule[7];
    bool days[7]; /* of the rule being read */
    entry *e;
    int32_t n, cap;
} parser;

static karvan_status wrong(const parser *p, const char *what) {
    int shown = 0; /* whole characters of what stands there */
    while (shown < 12 && p->at[shown]) shown++;
    shown = (int)karvan_utf8_valid_prefix(p->at, (size_t)shown);
    if (shown == 0)
        return karvan_fail(p->err, KARVAN_E_DATA, "byte %d: %s", (int)(p->at - p->text) + 1, what);
    return karvan_fail(p->err, KARVAN_E_DATA, "byte %d, at '%.*s': %s", (int)(p->at - p->text) + 1,
                       shown, p->at, what);
}

static void blanks(parser *p) {
    while (*p->at == ' ') p->at++;
}

static bool take(parser *p, const char *s) {
    size_t n = strlen(s);
    if (strncmp(p->at, s, n) != 0) return false;
    p->at += n;
    return true;
}

/* Index of the name that stands here, -1: none; passed over only where one does. */
static int take_name(parser *p, const char *const *names, int n) {
    for (int i = 0; i < n; i++)
        if (take(p, names[i])) return i;
    return -1;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static const char *const day_names[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};

static int take_day(parser *p) { return take_name(p, day_names, 7); }

/* Mo-Fr,Su; nothing: every day. */
static karvan_status read_days(parser *p) {
    memset(p->days, 0, sizeof p->days);
    int from = take_day(p), to;
    if (from < 0) {
        for (int d = 0; d < 7; d++) p->days[d] = true;
        return KARVAN_OK;
    }
    for (;;) {
        to = from;
        blanks(p);
        if (take(p, "-")) {
            blanks(p);
            to = take_day(p);
        }
        if (to < 0) return wrong(p, "a day: Mo, Tu, We, Th, Fr, Sa or Su");
        for (int d = from; p->days[d] = true, d != to;) d = (d + 1) % 7;
        blanks(p);
        if (!take(p, ",")) return KARVAN_OK;
        blanks(p);
        from = take_day(p);
        if (from < 0) return wrong(p, "a day: Mo, Tu, We, Th, Fr, Sa or Su");
    }
}

static karvan_status read_time(parser *p, bool end, int32_t *out) {
    const char *s = p->at;
    if (!(is_digit(s[0]) && is_digit(s[1]) && s[2] == ':' && is_digit(s[3]) && is_digit(s[4])))
        return wrong(p,
                     p->instants ? "a departure as 08:00" : "hours as 08:00-18:00, 24/7, or off");
    int32_t h = (s[0] - '0') * 10 + s[1] - '0', m = (s[3] - '0') * 10 + s[4] - '0';
    *out = h * 60 + m;
    if (m > 59 || *out > DAY_MINUTES || (*out == DAY_MINUTES && !end))
        return wrong(p, end ? "a time from 00:00 to 24:00" : "a time from 00:00 to 23:59");
    p->at += 5;
    return KARVAN_OK;
}

static karvan_status add(parser *p, int32_t from, int32_t to) {
    for (int d = 0; d < 7; d++) {
        if (!p->days[d]) continue;
        if (p->n == p->cap) {
            int32_t cap = p->cap ? 2 * p->cap : 32;
            entry *e = karvan_i_realloc(p->e, (size_t)cap, sizeof *e);
            if (!e) return karvan_fail(p->err, KARVAN_E_NOMEM, "a schedule");
            p->e = e, p->cap = cap;
        }
        p->e[p->n++] = (entry){p->rule, d, from, to};
    }
    return KARVAN_OK;
}

static karvan_status read_span(parser *p) {
    karvan_status st = KARVAN_OK;
    int32_t from = 0, to = 0;
    KARVAN_TRY(read_time(p, false, &from));
    to = from;
    if (!p->instants) {
        blanks(p);
        if (!take(p, "-")) return wrong(p, "a closing time, as in 08:00-18:00");
        blanks(p);
        const char *at = p->at;
        KARVAN_TRY(read_time(p, true, &to));
        if (to == from) {
            p->at = at;
            return wrong(p, "another closing time; 00:00-24:00 is the whole day");
        }
        if (to < from) to += DAY_MINUTES; /* past midnight */
    }
    st = add(p, from, to);
done:
    return st;
}

static bool rule_ends(const parser *p) { return *p->at == 0 || *p->at == ';'; }

/* One rule: days, then times; an opening rule may be of days alone, of 24/7, or say off. */
static karvan_status read_rule(parser *p) {
    karvan_status st = KARVAN_OK;
    blanks(p);
    if (rule_ends(p))
        return wrong(p, p->instants ? "a departure, as in Mo,We 08:00"
                                    : "opening hours, as in Mo-Fr 08:00-18:00");
    bool always = !p->instants && take(p, "24/7");
    KARVAN_TRY(read_days(p));
    blanks(p);
    for (int d = 0; d < 7; d++)
        if (p->days[d]) p->last_rule[d] = p->rule;
    if (always || (!p->instants && rule_ends(p))) {
        st = add(p, 0, DAY_MINUTES);
    } else if (p->instants || !take(p, "off")) {
        do {
            blanks(p);
            KARVAN_TRY(read_span(p));
            blanks(p);
        } while (take(p, ","));
    }
    blanks(p);
    if (st == KARVAN_OK && !rule_ends(p))
        st = wrong(p, "a comma before another time, a semicolon before other days");
done:
    return st;
}

static int by_from(const void *a, const void *b) {
    const karvan_i_span *x = a, *y = b;
    return x->from != y->from ? (x->from > y->from) - (x->from < y->from)
                              : (x->to > y->to) - (x->to < y->to);
}

/* Spans that touch or overlap are one; departures at one moment are one. */
static int32_t join(karvan_i_span *s, int32_t n) {
    int32_t kept = 0;
    for (int32_t i = 0; i < n; i++) {
        if (kept > 0 && s[i].from <= s[kept - 1].to) {
            if (s[i].to > s[kept - 1].to) s[kept - 1].to = s[i].to;
        } else {
            s[kept++] = s[i];
        }
    }
    return kept;
}

/* Entries that no later rule replaced, as spans of the week; cut where the week ends. */
static karvan_status flatten(const parser *p, karvan_i_week *out) {
    int32_t n = 0;
    karvan_i_span *s = karvan_i_malloc(2 * (size_t)p->n + 1, sizeof *s);
    if (!s) return karvan_fail(p->err, KARVAN_E_NOMEM, "a schedule");
    for (int32_t i = 0; i < p->n; i++) {
        const entry *e = &p->e[i];
        if (!p->instants && e->rule != p->last_rule[e->day]) continue;
        int32_t from = e->day * DAY_MINUTES + e->from, to = e->day * DAY_MINUTES + e->to;
        if (to > KARVAN_I_WEEK_MINUTES) {
            s[n++] = (karvan_i_span){0, to - KARVAN_I_WEEK_MINUTES};
            to = KARVAN_I_WEEK_MINUTES;
        }
        s[n++] = (karvan_i_span){from, to};
    }
    qsort(s, (size_t)n, sizeof *s, by_from);
    *out = (karvan_i_week){join(s, n), s};
    return KARVAN_OK;
}

static karvan_status read_week(const char *text, bool instants, karvan_i_week *out,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    parser p = {.text = text, .at = text, .err = err, .instants = instants};
    *out = (karvan_i_week){0};
    do {
        KARVAN_TRY(read_rule(&p));
        p.rule++;
    } while (take(&p, ";"));
    KARVAN_TRY(flatten(&p, out));
    if (out->n == 0) {
        p.at = text;
        st = wrong(&p, "some hour at which it is open; a row that is closed has an open_to");
        karvan_i_week_clear(out);
    }
done:
    karvan_i_free(p.e);
    return st;
}

karvan_status karvan_i_opening_parse(const char *s, karvan_i_week *out, karvan_error *err) {
    return read_week(s, false, out, err);
}

karvan_status karvan_i_timetable_parse(const char *s, karvan_i_week *out, karvan_error *err) {
    return read_week(s, true, out, err);
}

static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

typedef struct day_of_year {
    int month, day; /* month 1..12; day 0: none was written */
} day_of_year;

static int month_days(int month) {
    karvan_i_season all = karvan_i_whole_year();
    return karvan_i_season_days(&all, month);
}

static karvan_status read_day_number(parser *p, int month, int *out) {
    const char *at = p->at;
    int day = 0;
    for (int i = 0; i < 2 && is_digit(*p->at); i++) day = 10 * day + (*p->at++ - '0');
    if (day < 1 || day > month_days(month) || is_digit(*p->at)) {
        p->at = at;
        return wrong(p, "a day of that month, as in Apr 15");
    }
    *out = day;
    return KARVAN_OK;
}

/* "Apr" or "Apr 15"; behind the dash also "30", of the month before it. */
static karvan_status read_date(parser *p, int month_before, day_of_year *out) {
    blanks(p);
    int month = take_name(p, month_names, 12) + 1;
    if (month == 0 && month_before && is_digit(*p->at)) month = month_before;
    if (month == 0)
        return wrong(p, "a month: Jan, Feb, Mar ... Dec, as in Apr-Oct or Apr 15-Oct 31");
    *out = (day_of_year){month, 0};
    blanks(p);
    return is_digit(*p->at) ? read_day_number(p, month, &out->day) : KARVAN_OK;
}

static void mark(karvan_i_season *s, day_of_year a, day_of_year b) {
    for (day_of_year d = a;;) {
        s->days[d.month - 1] |= 1u << (d.day - 1);
        if (d.month == b.month && d.day == b.day) return;
        if (++d.day > month_days(d.month)) d = (day_of_year){d.month % 12 + 1, 1};
    }
}

static karvan_status read_part(parser *p, karvan_i_season *out) {
    karvan_status st = KARVAN_OK;
    day_of_year a = {0}, b = {0};
    KARVAN_TRY(read_date(p, 0, &a));
    b = a;
    blanks(p);
    if (take(p, "-")) {
        KARVAN_TRY(read_date(p, a.day ? a.month : 0, &b));
        if ((a.day == 0) != (b.day == 0)) return wrong(p, "a day at both ends, or at none");
    }
    if (a.day == 0) a.day = 1, b.day = month_days(b.month);
    mark(out, a, b);
    blanks(p);
done:
    return st;
}

karvan_status karvan_i_season_parse(const char *s, karvan_i_season *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    parser p = {.text = s, .at = s, .err = err};
    *out = (karvan_i_season){{0}};
    do KARVAN_TRY(read_part(&p, out));
    while (take(&p, ",") || take(&p, ";"));
    if (*p.at) st = wrong(&p, "a dash before the last day, a comma before another season");
done:
    return st;
}
