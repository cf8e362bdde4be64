/* Lines into rows: where the tabs are, and the few fields that are needed. No line waits for
 * another, so that chunks of a file are read at the same time. */
#include <string.h>
#include <strings.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/events.h"

enum { STEP = 64, FIELDS = KARVAN_I_EVENT_FIELDS, FIRST_ROWS = 1024 };

/* ---- fields ---- */

/* Bit i: byte i of 64 is a tab or a line end. */
#ifdef __SSE2__
static inline uint64_t marks(const char *s) {
    const __m128i tab = _mm_set1_epi8('\t'), end = _mm_set1_epi8('\n');
    uint64_t m = 0;
    for (size_t k = 0; k < 4; k++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s + 16 * k));
        __m128i is = _mm_or_si128(_mm_cmpeq_epi8(v, tab), _mm_cmpeq_epi8(v, end));
        m |= (uint64_t)(uint32_t)_mm_movemask_epi8(is) << 16 * k;
    }
    return m;
}
#else
static inline uint64_t marks(const char *s) {
    uint64_t m = 0;
    for (int i = 0; i < STEP; i++) m |= (uint64_t)(s[i] == '\t' || s[i] == '\n') << i;
    return m;
}
#endif

typedef struct field {
    const char *s;
    size_t n;
} field;

/* A line and where its fields end: field f is from behind end[f - 1] to end[f]. */
typedef struct split_line {
    const char *s;
    size_t n;
    int fields;
    uint32_t end[FIELDS];
} split_line;

static inline field field_of(const split_line *l, int f) {
    if (f < 0) return (field){"", 0};
    uint32_t begin = f > 0 ? l->end[f - 1] + 1 : 0;
    field c = {l->s + begin, l->end[f] - begin};
    if (c.n >= 2 && *c.s == '"' && c.s[c.n - 1] == '"') c.s++, c.n -= 2;
    return c;
}

int karvan_i_event_fields(const char *line, size_t n) {
    int fields = 1;
    for (size_t i = 0; i < n; i++) fields += line[i] == '\t';
    return fields;
}

/* Where the columns of a line stand; NULL: it has others than the file. Tabs too many at the end of
 * a line that has all its columns are no fault. */
static const int *columns_of(const karvan_i_event_layout *l, const split_line *line) {
    if (line->fields == l->n || line->fields == l->or_n) return l->at;
    if (l->short_n > 0 && line->fields == l->short_n) return l->short_at;
    if (line->fields < l->n || line->fields > FIELDS) return NULL;
    for (int f = l->n; f < line->fields; f++)
        if (field_of(line, f).n > 0) return NULL;
    return l->at;
}

static void split(const char *s, size_t n, split_line *out) {
    out->s = s, out->n = n, out->fields = 0;
    for (size_t i = 0; i <= n; i++)
        if (i == n || s[i] == '\t') {
            if (out->fields < FIELDS) out->end[out->fields] = (uint32_t)i;
            out->fields++;
        }
}

void karvan_i_event_sides(const karvan_i_event_layout *l, const char *line, size_t n,
                          const char *side[2], size_t side_n[2]) {
    split_line whole;
    split(line, n, &whole);
    const int *at = columns_of(l, &whole);
    for (int k = 0; k < 2; k++) {
        field f = at ? field_of(&whole, at[k == 0 ? KARVAN_I_EVENT_SOURCE : KARVAN_I_EVENT_TARGET])
                     : (field){"", 0};
        side[k] = f.s, side_n[k] = f.n;
    }
}

/* ---- cells ---- */

static inline bool is_missing(field c) {
    return c.n == 0 || (c.n == 2 && memcmp(c.s, "NA", 2) == 0) ||
           (c.n == 4 && (memcmp(c.s, "None", 4) == 0 || memcmp(c.s, "NULL", 4) == 0)) ||
           (c.n == 3 && strncasecmp(c.s, "nan", 3) == 0);
}

/* A whole number, or a hash of what else stands there. */
static bool read_id(field c, karvan_i_event_row *r) {
    enum { DIGITS = 18 };
    uint64_t v = 0;
    size_t i = 0;
    if (is_missing(c)) return false;
    for (; i < c.n && i < DIGITS && (unsigned)(c.s[i] - '0') < 10; i++)
        v = 10 * v + (unsigned)(c.s[i] - '0');
    r->numbered = i == c.n;
    r->id = r->numbered ? v : karvan_i_hash(c.s, c.n);
    return true;
}

static inline bool digits(const char *s, int n, int *out) {
    int v = 0;
    for (int i = 0; i < n; i++) {
        if ((unsigned)(s[i] - '0') > 9) return false;
        v = 10 * v + (s[i] - '0');
    }
    *out = v;
    return true;
}

/* YYYY-MM-DD or YYYYMMDD; behind the former a time may stand. */
static bool read_date(field c, karvan_i_event_row *r) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int year = 0, month = 0, day = 0;
    bool parted = c.n >= 10 && c.s[4] == '-' && c.s[7] == '-';
    if (parted ? c.n > 10 && c.s[10] != ' ' && c.s[10] != 'T' : c.n != 8) return false;
    if (!digits(c.s, 4, &year) || !digits(c.s + (parted ? 5 : 4), 2, &month) ||
        !digits(c.s + (parted ? 8 : 6), 2, &day))
        return false;
    if (year < KARVAN_EVENTS_FIRST_YEAR || year > KARVAN_EVENTS_LAST_YEAR || month < 1 ||
        month > 12 || day < 1)
        return false;
    bool leap = year % 4 == 0 && year != 1900; /* 2000 is one, 2100 is not reached */
    if (day > days[month - 1] + (leap && month == 2)) return false;
    int since = year - KARVAN_EVENTS_FIRST_YEAR;
    int leaps = since > 0 ? (since - 1) / 4 : 0;
    r->year = (uint8_t)since, r->month = (uint8_t)month;
    r->day = (uint16_t)(since * 365 + leaps + before[month - 1] + (leap && month > 2) + day);
    return true;
}

/* A decimal in millionths, what is finer being rounded; missing: KARVAN_SCORE_NONE. */
static bool read_score(field c, int32_t *out) {
    enum { DECIMALS = 6 };
    int64_t v = 0;
    size_t i = 0, any = 0;
    int after = 0;
    bool minus = false, up = false;
    *out = KARVAN_SCORE_NONE;
    if (is_missing(c)) return true;
    if (c.s[0] == '-' || c.s[0] == '+') minus = c.s[i++] == '-';
    for (; i < c.n && (unsigned)(c.s[i] - '0') < 10; i++, any++)
        if ((v = 10 * v + (c.s[i] - '0')) > 1000) return false;
    if (i < c.n && c.s[i] == '.')
        for (i++; i < c.n && (unsigned)(c.s[i] - '0') < 10; i++, any++) {
            if (after == DECIMALS) up = c.s[i] >= '5';
            if (after < DECIMALS) v = 10 * v + (c.s[i] - '0');
            after++;
        }
    if (i < c.n || any == 0) return false;
    for (; after < DECIMALS; after++) v *= 10;
    v += up;
    if (v > KARVAN_SCORE_MOST) return false;
    *out = (int32_t)(minus ? -v : v);
    return true;
}

/* A class as 1 to 4 or in words ("VERBAL COOPERATION"); false: neither. */
static bool read_quad(field c, karvan_quad *out) {
    if (c.n == 1 && *c.s >= '1' && *c.s <= '4') {
        *out = (karvan_quad)(*c.s - '1');
        return true;
    }
    bool verbal = c.n > 6 && strncasecmp(c.s, "verbal", 6) == 0;
    size_t from = verbal ? 7 : 9; /* behind the word and a sign */
    if (!verbal && !(c.n > 8 && strncasecmp(c.s, "material", 8) == 0)) return false;
    if (c.n - from >= c.n) return false;
    bool conflict = c.n - from == 8 && strncasecmp(c.s + from, "conflict", 8) == 0;
    if (!conflict && !(c.n - from == 11 && strncasecmp(c.s + from, "cooperation", 11) == 0))
        return false;
    *out = conflict ? (verbal ? KARVAN_QUAD_VERBAL_CONFLICT : KARVAN_QUAD_MATERIAL_CONFLICT)
                    : (verbal ? KARVAN_QUAD_VERBAL_COOPERATION : KARVAN_QUAD_MATERIAL_COOPERATION);
    return true;
}

/* ---- codes ---- */

/* A code of CAMEO, whose leading zero spreadsheets take away: no root is above 20. room: 8 bytes.
 */
static field cameo_code(field c, char *room, karvan_i_event_row *r) {
    int root = 0;
    if (c.n < 2 || c.n > 4 || !digits(c.s, 2, &root)) return c;
    if (root <= 20) {
        r->doubtful = c.n == 2 && root >= 10;
        return c;
    }
    room[0] = '0';
    memcpy(room + 1, c.s, c.n);
    r->zero = c.n < 4;
    return r->zero ? (field){room, c.n + 1} : c;
}

/* Class and score by the code; the file's own where they are heeded. */
static karvan_event_fate read_code(const karvan_i_event_reader *g, const split_line *l,
                                   const int *at, karvan_i_event_row *r) {
    char room[8];
    int32_t stated = KARVAN_SCORE_NONE, score;
    karvan_quad quad = KARVAN_QUAD_NONE, of_table;
    field code = field_of(l, at[KARVAN_I_EVENT_CODE]), mode = {"", 0};
    if (g->layout.kind != KARVAN_I_POLECAT)
        code = cameo_code(code, room, r);
    else
        mode = field_of(l, at[KARVAN_I_EVENT_MODE]);
    if (is_missing(code)) return KARVAN_EVENT_BAD_CODE;
    if (is_missing(mode)) mode.n = 0;
    uint64_t h = karvan_i_hash(code.s, code.n) + 31 * karvan_i_hash(mode.s, mode.n);
    r->code = (uint16_t)(h >> 48 ^ h >> 16 ^ h);
    field stated_quad = field_of(l, at[KARVAN_I_EVENT_QUAD]);
    if (g->file_score && !is_missing(stated_quad) && !read_quad(stated_quad, &quad))
        return KARVAN_EVENT_BAD_CODE;
    if (g->file_score && !read_score(field_of(l, at[KARVAN_I_EVENT_SCORE]), &stated))
        return KARVAN_EVENT_BAD_SCORE;
    r->score = stated, r->listed = true;
    if (g->scores) {
        r->listed =
            karvan_event_scores_find(g->scores, code.s, code.n, mode.s, mode.n, &of_table, &score);
        r->score = score;
        if (of_table != KARVAN_QUAD_NONE) quad = of_table;
    }
    if (quad == KARVAN_QUAD_NONE) quad = karvan_event_quad(code.s, code.n);
    r->quad = (unsigned)quad & 7u;
    return quad == KARVAN_QUAD_NONE ? KARVAN_EVENT_BAD_CODE : KARVAN_EVENT_TAKEN;
}

/* ---- rows ---- */

static karvan_event_fate judge(const karvan_i_event_reader *g, const split_line *l,
                               karvan_i_event_row *r) {
    const int *at = columns_of(&g->layout, l);
    if (!at) return KARVAN_EVENT_BAD_COLUMNS;
    if (at[KARVAN_I_EVENT_ID] >= 0 && !read_id(field_of(l, at[KARVAN_I_EVENT_ID]), r))
        return KARVAN_EVENT_BAD_ID;
    if (!read_date(field_of(l, at[KARVAN_I_EVENT_DATE]), r)) return KARVAN_EVENT_BAD_DATE;
    return read_code(g, l, at, r);
}

static void read_row(const karvan_i_event_reader *g, const split_line *l, karvan_i_event_row *r) {
    karvan_event_fate fate = judge(g, l, r);
    r->fate = (uint8_t)fate;
    if (fate != KARVAN_EVENT_TAKEN) return;
    const int *at = columns_of(&g->layout, l);
    field source = field_of(l, at[KARVAN_I_EVENT_SOURCE]),
          target = field_of(l, at[KARVAN_I_EVENT_TARGET]);
    r->source = karvan_i_dictionary_find(g->written, source.s, source.n);
    r->target = karvan_i_dictionary_find(g->written, target.s, target.n);
    if (r->source < 0 || r->target < 0) r->fate = KARVAN_I_EVENT_AGAIN;
}

static karvan_status next_row(karvan_i_event_chunk *c, karvan_error *err) {
    if (c->n_rows == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : FIRST_ROWS;
        karvan_i_event_row *more = karvan_i_realloc(c->row, cap, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for rows of events");
        c->row = more, c->cap = cap;
    }
    c->row[c->n_rows++] = (karvan_i_event_row){.line = c->lines};
    return KARVAN_OK;
}

/* The line at `begin` whose fields have been split and whose end is at `stop`. */
static karvan_status end_line(const karvan_i_event_reader *g, karvan_i_event_chunk *c,
                              split_line *l, size_t begin, size_t stop, karvan_error *err) {
    l->s = c->s + begin, l->n = stop - begin;
    if (l->n > 0 && l->s[l->n - 1] == '\r') {
        l->n--;
        if (l->fields <= FIELDS) l->end[l->fields - 1]--;
    }
    if (l->n > 0) {
        karvan_status st = next_row(c, err);
        if (st != KARVAN_OK) return st;
        karvan_i_event_row *r = &c->row[c->n_rows - 1];
        r->at = (uint32_t)begin, r->length = (uint32_t)l->n;
        read_row(g, l, r);
    }
    c->lines++;
    return KARVAN_OK;
}

karvan_status karvan_i_event_lines(const karvan_i_event_reader *r, karvan_i_event_chunk *c,
                                   karvan_error *err) {
    split_line l;
    size_t begin = 0;
    c->n_rows = 0, c->lines = 0, l.fields = 0;
    for (size_t at = 0; at < c->n; at += STEP) {
        uint64_t m = marks(c->s + at);
        if (c->n - at < STEP) m &= (UINT64_C(1) << (c->n - at)) - 1;
        for (; m; m &= m - 1) {
            size_t stop = at + (size_t)__builtin_ctzll(m);
            if (l.fields < FIELDS) l.end[l.fields] = (uint32_t)(stop - begin);
            l.fields++;
            if (c->s[stop] != '\n') continue;
            karvan_status st = end_line(r, c, &l, begin, stop, err);
            if (st != KARVAN_OK) return st;
            begin = stop + 1, l.fields = 0;
        }
    }
    return KARVAN_OK;
}
