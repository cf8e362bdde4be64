/* Canonical spelling: qualifiers that speak of every part stand once at the end, others before
 * their part. */
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

static void put_date(writer *w, const karvan_i_edtf_date *d, const char *begin, const char *end) {
    if (d->long_year) { /* digits stand as written */
        put(w, begin, (size_t)(end - begin));
        return;
    }
    bool same = true;
    for (int i = 1; i < d->parts; i++) same &= d->quality[i] == d->quality[0];
    const char *const part[3] = {d->year, d->month, d->day};
    for (int i = 0; i < d->parts; i++) {
        if (i > 0) put(w, "-", 1);
        if (!same) put_quality(w, d->quality[i]);
        if (i == 0 && d->negative) put(w, "-", 1);
        put(w, part[i], i == 0 ? 4 : 2);
        if (i == 0 && d->significant) {
            char s[3] = {'S', (char)('0' + d->significant / 10), (char)('0' + d->significant % 10)};
            put(w, s, 1);
            put(w, s + (d->significant < 10 ? 2 : 1), d->significant < 10 ? 1 : 2);
        }
    }
    if (d->time) put(w, d->time, d->n_time);
    if (same) put_quality(w, d->quality[0]);
}

karvan_status karvan_edtf_normal(const char *s, size_t n, char *out, size_t cap,
                                 karvan_error *err) {
    karvan_edtf whole;
    karvan_status st = karvan_edtf_parse(s, n, &whole, err);
    if (st != KARVAN_OK) return st;
    writer w = {out, 0, cap};
    karvan_i_cursor c = {s, s, s + n};
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
    if (w.n + 1 > cap) return karvan_fail(err, KARVAN_E_ARG, "%zu bytes do not hold the date", cap);
    out[w.n] = 0;
    return KARVAN_OK;
}
