/* Canonical spelling: a qualifier that speaks of every part stands once at the end, others each
 * before its part. */
#include <string.h>

#include "base/edtf.h"
#include "base/try.h"

typedef struct writer {
    char *out;
    size_t n, cap;
} writer;

static void put(writer *w, const char *s, size_t n) {
    for (size_t i = 0; i < n; i++, w->n++)
        if (w->n + 1 < w->cap) w->out[w->n] = s[i];
}

static void put_quality(writer *w, uint8_t q) {
    static const char mark[] = {0, '?', '~', '%'};
    if (q) put(w, &mark[q], 1);
}

static void put_significant(writer *w, int significant) {
    const char s[3] = {'S', (char)('0' + significant / 10), (char)('0' + significant % 10)};
    put(w, s, 1);
    put(w, s + (significant < 10 ? 2 : 1), significant < 10 ? 1 : 2);
}

static void put_date(writer *w, const karvan_i_edtf_date *d, const char *begin, const char *end) {
    const char *const digits[3] = {d->year_at, d->month_at, d->day_at};
    bool same = true;
    if (d->long_year) { /* digits stand as written */
        put(w, begin, (size_t)(end - begin));
        return;
    }
    for (int i = 1; i < d->parts; i++) same &= d->quality[i] == d->quality[0];
    for (int i = 0; i < d->parts; i++) {
        if (i > 0) put(w, "-", 1);
        if (!same) put_quality(w, d->quality[i]);
        if (i == 0 && d->negative) put(w, "-", 1);
        put(w, digits[i], i == 0 ? 4 : 2);
    }
    if (d->significant) put_significant(w, d->significant);
    if (d->time) put(w, d->time, d->n_time);
    if (same) put_quality(w, d->quality[0]);
}

karvan_status karvan_edtf_normal(const char *s, size_t n, char *out, size_t cap,
                                 karvan_error *err) {
    karvan_edtf whole;
    if (!out || cap == 0) return karvan_fail(err, KARVAN_E_ARG, "no room for the date");
    out[0] = 0;
    karvan_status st = karvan_edtf_parse(s, n, &whole, err);
    if (st != KARVAN_OK) return st;
    writer w = {out, 0, cap};
    karvan_i_cursor c = {s, s, s + n, s + n};
    while (c.at < c.end) {
        if (strchr("[]{},./", *c.at)) {
            put(&w, c.at++, 1);
            continue;
        }
        const char *begin = c.at;
        karvan_i_edtf_date d;
        st = karvan_i_edtf_date_parse(&c, false, &d, err);
        if (st != KARVAN_OK) return st;
        put_date(&w, &d, begin, c.at);
    }
    out[w.n < cap ? w.n : 0] = 0;
    if (w.n < cap) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "%zu bytes do not hold the %zu of the date and its NUL",
                       cap, w.n + 1);
}
