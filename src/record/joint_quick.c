/* Rows of the wide form by hand, as most are written: short codes, plain cells. */
#include <string.h>

#include "record/joint_wide.h"
#include "table/number.h"

typedef struct head {
    const char *s[3];
    size_t n[3];
} head;

/* The fields before the first body; at is then its cell. Zeros stand behind the buffer. */
static bool take_head(const karvan_i_wide *w, const char **at, head *out) {
    const char *s = *at, delimiter = w->csv.delimiter;
    for (int f = 0; f < w->first; f++) {
        bool quoted = *s == '"';
        const char *begin = s += quoted;
        while (*s > ' ' && *s != delimiter && *s != '"') s++; /* ASCII without blanks */
        out->s[f] = begin, out->n[f] = (size_t)(s - begin);
        if (quoted && *s++ != '"') return false;
        if (*s++ != delimiter) return false;
    }
    *at = s;
    return true;
}

/* One cell and what ends it; false: not plain. */
static inline bool take_cell(const char **at, char end, int *out) {
    const char *s = *at;
    unsigned digit = (unsigned)(unsigned char)s[0] - '0';
    if (digit <= 3 && s[1] == end) {
        *out = (int)digit, *at = s + 2;
        return true;
    }
    if (s[0] != '-' || (s[1] != '1' && s[1] != '9') || s[2] != end) return false;
    *out = s[1] == '1' ? KARVAN_I_NO_BODY : KARVAN_I_NOT_KNOWN, *at = s + 3;
    return true;
}

/* The cells of the newest row. */
static bool take_cells(karvan_i_wide *w, const char **at, int64_t *unknown) {
    karvan_memberships *m = w->m;
    const int32_t n = m->bodies.n;
    const uint64_t counts = m->o.status & (KARVAN_MEMBER | KARVAN_ASSOCIATE | KARVAN_OBSERVER);
    int64_t to = (m->n_rows - 1) * m->words;
    for (int32_t b = 0; b < n; to++) {
        uint64_t certain = 0, not_known = 0, none = 0;
        for (int32_t k = 0; k < 64 && b < n; k++, b++) {
            int v;
            bool last = b + 1 == n;
            if (!take_cell(at, last ? '\n' : w->csv.delimiter, &v) &&
                !(last && take_cell(at, '\r', &v) && *(*at)++ == '\n'))
                return false;
            certain |= (counts >> v & 1) << k;
            none |= (uint64_t)(v == KARVAN_I_NO_BODY) << k;
            not_known |= (uint64_t)(v == KARVAN_I_NOT_KNOWN) << k;
        }
        m->certain[to] = certain, m->perhaps[to] = certain | not_known, m->none[to] = none;
        *unknown += __builtin_popcountll(not_known);
    }
    return true;
}

/* *done false: the row is not plain, and nothing of it was taken. */
static karvan_status take_row(karvan_i_wide *w, bool *done, karvan_error *err) {
    karvan_memberships *m = w->m;
    const karvan_memberships_options *o = &m->o;
    const char *at = w->csv.buffer + w->csv.begin;
    head h;
    int64_t year, unknown = 0;
    int32_t state;
    *done = false;
    if (!take_head(w, &at, &h) || h.n[w->code] == 0) return KARVAN_OK;
    if (!karvan_i_parse_int(h.s[w->year], h.n[w->year], &year) || year < -9999 || year > 9999 ||
        (o->has_from && year < o->from) || (o->has_to && year > o->to))
        return KARVAN_OK;
    karvan_status st = karvan_i_dictionary_add(&m->states, h.s[w->code], h.n[w->code], &state, err);
    if (st == KARVAN_OK) st = karvan_i_memberships_add(m, state, (int)year, w->csv.next_line, err);
    if (st != KARVAN_OK) return st;
    if (!take_cells(w, &at, &unknown)) {
        m->n_rows--;
        return KARVAN_OK;
    }
    m->unknown += unknown;
    w->csv.begin = (size_t)(at - w->csv.buffer), w->csv.next_line++;
    *done = true;
    return KARVAN_OK;
}

karvan_status karvan_i_wide_quick(karvan_i_wide *w, karvan_error *err) {
    bool done = true;
    karvan_status st = KARVAN_OK;
    while (st == KARVAN_OK && done) st = take_row(w, &done, err);
    return st;
}
