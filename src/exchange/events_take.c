/* Rows of a chunk, one after the other in the order of the file: what becomes of each, and why. */
#include <string.h>

#include "base/try.h"
#include "exchange/events.h"

enum { SHOWN = 160 };

static const struct {
    const char *name, *told;
} fates[KARVAN_EVENT_FATES] = {
    [KARVAN_EVENT_TAKEN] = {"taken", "taken"},
    [KARVAN_EVENT_DUPLICATE] = {"duplicate", "that repeat an event that was there before"},
    [KARVAN_EVENT_OTHER_CONTENT] = {"other-content", "of an earlier row's id that say something "
                                                     "else; the first of an id was kept"},
    [KARVAN_EVENT_NO_COUNTRY] = {"no-country", "of which source or target has no country"},
    [KARVAN_EVENT_DOMESTIC] = {"domestic", "within one country"},
    [KARVAN_EVENT_OUTSIDE] = {"outside-dates", "outside the dates asked for"},
    [KARVAN_EVENT_OTHER_PAIR] = {"other-pair", "not between the two countries asked for"},
    [KARVAN_EVENT_BAD_COLUMNS] = {"columns", "with other columns than the file's"},
    [KARVAN_EVENT_BAD_LENGTH] = {"length", "with a line of two megabytes and more"},
    [KARVAN_EVENT_BAD_ID] = {"id", "without an id"},
    [KARVAN_EVENT_BAD_DATE] = {"date", "whose date is no day of 1900 to 2078"},
    [KARVAN_EVENT_BAD_CODE] = {"code", "whose code or class of events is none"},
    [KARVAN_EVENT_BAD_SCORE] = {"score", "whose score is no number from -1000 to 1000"},
    [KARVAN_EVENT_BAD_COUNTRY] = {"country", "whose country is too long for one"}};

const char *karvan_event_fate_name(karvan_event_fate f) {
    return f >= 0 && f < KARVAN_EVENT_FATES ? fates[f].name : "none";
}

const char *karvan_event_fate_told(karvan_event_fate f) {
    return f >= 0 && f < KARVAN_EVENT_FATES ? fates[f].told : "none";
}

/* How a row begins: printable UTF-8, other bytes as those of ISO-8859-1. */
static void show(const char *s, size_t n, char out[2 * SHOWN + 1]) {
    size_t k = 0, most = n < SHOWN ? n : SHOWN;
    bool utf8 = most - karvan_utf8_valid_prefix(s, most) < 4; /* a character may be cut */
    if (utf8) most = karvan_utf8_valid_prefix(s, most);
    for (size_t i = 0; i < most; i++) {
        unsigned char b = (unsigned char)s[i];
        if (b < 0x20 || b == 0x7F) {
            out[k++] = ' ';
        } else if (b < 0x80 || utf8) {
            out[k++] = (char)b;
        } else {
            out[k++] = (char)(0xC0 | b >> 6);
            out[k++] = (char)(0x80 | (b & 0x3F));
        }
    }
    out[k] = 0;
}

static bool is_listed(karvan_event_fate f) {
    return f == KARVAN_EVENT_DUPLICATE || f == KARVAN_EVENT_OTHER_CONTENT ||
           f >= KARVAN_EVENT_BAD_COLUMNS;
}

static karvan_status count(karvan_i_event_reading *g, karvan_event_fate fate, int64_t line,
                           const char *s, size_t n, karvan_error *err) {
    char text[2 * SHOWN + 1];
    g->tally.rows++, g->tally.count[fate]++;
    if (!is_listed(fate) || !g->o->listener) return KARVAN_OK;
    show(s, n, text);
    const karvan_event_row row = {g->path, line, fate, text};
    return g->o->listener(g->o->listener_ctx, &row, err);
}

karvan_status karvan_i_event_too_long(karvan_i_event_reading *g, const char *s, size_t n,
                                      karvan_error *err) {
    return count(g, KARVAN_EVENT_BAD_LENGTH, g->line, s, n, err);
}

/* Names that no row had before. */
static karvan_status learn(karvan_i_event_reading *g, const char *line, karvan_i_event_row *r,
                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *side[2];
    size_t n[2];
    int32_t code[2];
    bool ok = true;
    karvan_i_event_sides(&g->reader.layout, line, r->length, side, n);
    r->fate = KARVAN_EVENT_TAKEN;
    for (int k = 0; k < 2; k++) {
        KARVAN_TRY(karvan_i_event_names_add(&g->names, g->path, side[k], n[k], &ok, err));
        if (!ok) r->fate = KARVAN_EVENT_BAD_COUNTRY;
        code[k] = ok ? karvan_i_dictionary_find(&g->names.written, side[k], n[k]) : -1;
    }
    r->source = code[0], r->target = code[1];
done:
    return st;
}

/* Of one side: its countries in the list of names. */
static const uint16_t *actors(const karvan_i_event_names *m, int32_t written, int *n) {
    *n = m->n[written];
    return *n > 0 ? m->list + m->first[written] : NULL;
}

static bool is_pair(const karvan_i_event_names *m, int32_t source, int32_t target) {
    return !m->a || (source == m->of_a && target == m->of_b) ||
           (source == m->of_b && target == m->of_a);
}

/* 1970-01-01 is day 25568 from 1900-01-01, which is 1. */
static bool in_dates(const karvan_events_options *o, uint16_t day) {
    karvan_day d = (karvan_day)day - 25568;
    return !(o->has_from && d < o->from) && !(o->has_to && d > o->to);
}

/* What becomes of an event that is sound and no duplicate. Of several countries on a side every
 * pair counts that is neither domestic nor another. */
static karvan_status sum_up(karvan_i_event_reading *g, const karvan_i_event_row *r,
                            karvan_event_fate *fate, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int n[2], pairs = 0, of_pair = 0;
    const uint16_t *source = actors(&g->names, r->source, &n[0]),
                   *target = actors(&g->names, r->target, &n[1]);
    *fate = KARVAN_EVENT_NO_COUNTRY;
    if (n[0] == 0 || n[1] == 0) return KARVAN_OK;
    for (int i = 0; i < n[0]; i++)
        for (int k = 0; k < n[1]; k++) {
            if (source[i] == target[k] && !g->o->domestic) continue;
            pairs++;
            if (!is_pair(&g->names, source[i], target[k])) continue;
            of_pair++;
            if (!in_dates(g->o, r->day)) continue;
            KARVAN_TRY(karvan_events_add(g->sums, source[i], target[k],
                                         KARVAN_EVENTS_FIRST_YEAR + r->year, r->month,
                                         (karvan_quad)r->quad, r->score, err));
        }
    *fate = pairs == 0                ? KARVAN_EVENT_DOMESTIC
            : !in_dates(g->o, r->day) ? KARVAN_EVENT_OUTSIDE
            : of_pair == 0            ? KARVAN_EVENT_OTHER_PAIR
                                      : KARVAN_EVENT_TAKEN;
    g->tally.several += *fate == KARVAN_EVENT_TAKEN && of_pair > 1;
done:
    return st;
}

/* A hash of what an event says: actors, code, class, score and day; never 0. */
static uint16_t content_of(const karvan_i_event_row *r) {
    const uint64_t part[] = {(uint64_t)(uint32_t)r->source << 32 | (uint32_t)r->target,
                             (uint64_t)(uint32_t)r->score << 32 | (uint64_t)r->code << 16 | r->day,
                             r->quad};
    uint64_t h = 0;
    for (int k = 0; k < 3; k++) {
        h = (h ^ part[k]) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 29;
    }
    return (uint16_t)(1 + h % UINT16_MAX);
}

/* Was there a row of its id before? */
static karvan_status look_back(karvan_i_event_reading *g, const karvan_i_event_row *r,
                               karvan_event_fate *fate, karvan_error *err) {
    karvan_i_event_before before;
    karvan_status st =
        karvan_i_event_seen_add(&g->seen, r->id, r->numbered, r->day, content_of(r), &before, err);
    if (st != KARVAN_OK || before == KARVAN_I_EVENT_NEW) return st;
    *fate = before == KARVAN_I_EVENT_OTHER ? KARVAN_EVENT_OTHER_CONTENT : KARVAN_EVENT_DUPLICATE;
    g->tally.uncompared += before == KARVAN_I_EVENT_SAID;
    return KARVAN_OK;
}

static karvan_status take(karvan_i_event_reading *g, const char *line, karvan_i_event_row *r,
                          int64_t at, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (r->fate == KARVAN_I_EVENT_AGAIN) KARVAN_TRY(learn(g, line, r, err));
    karvan_event_fate fate = (karvan_event_fate)r->fate;
    g->tally.zeros += r->zero, g->tally.doubtful += r->doubtful;
    if (fate == KARVAN_EVENT_TAKEN && g->reader.layout.at[KARVAN_I_EVENT_ID] >= 0)
        KARVAN_TRY(look_back(g, r, &fate, err));
    if (fate == KARVAN_EVENT_TAKEN) KARVAN_TRY(sum_up(g, r, &fate, err));
    if (fate == KARVAN_EVENT_TAKEN)
        g->tally.unscored += r->score == KARVAN_SCORE_NONE, g->tally.unlisted += !r->listed;
    st = count(g, fate, at, line, r->length, err);
done:
    return st;
}

karvan_status karvan_i_event_take(karvan_i_event_reading *g, karvan_i_event_chunk *c,
                                  karvan_error *err) {
    for (size_t i = 0; i < c->n_rows; i++) {
        karvan_i_event_row *r = &c->row[i];
        karvan_status st = take(g, c->s + r->at, r, g->line + r->line, err);
        if (st != KARVAN_OK) return st;
    }
    g->line += c->lines;
    return KARVAN_OK;
}
