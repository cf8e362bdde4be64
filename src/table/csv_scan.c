/* Records and fields of RFC 4180, streaming: a block at a time, one record in view. */
#include <errno.h>
#include <string.h>
#include <zlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/alloc.h"
#include "base/try.h"
#include "table/csv.h"
#include "table/gzip.h"

enum {
    BLOCK = 1 << 18,
    GZ_BLOCK = 1 << 16, /* zlib's own; a plain file then goes straight into ours */
    STEP = 16           /* bytes looked at together; as many zeros stand behind the unread bytes */
};

struct karvan_i_source {
    gzFile gz; /* reads plain files as they are */
    const char *bytes;
    size_t n;
    const char *path;
};

karvan_status karvan_i_csv_open(karvan_i_csv *c, const char *path, const char *bytes, size_t n,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *c = (karvan_i_csv){.delimiter = ',', .next_line = 1};
    c->source = karvan_i_calloc(1, sizeof *c->source);
    c->buffer = karvan_i_calloc(BLOCK + STEP, 1);
    KARVAN_REQUIRE(c->source && c->buffer, err, KARVAN_E_NOMEM, "no memory to read a table");
    c->cap = BLOCK;
    c->source->bytes = bytes, c->source->n = n, c->source->path = path;
    if (!bytes) {
        errno = 0;
        c->source->gz = gzopen(path, "rb");
        KARVAN_REQUIRE(c->source->gz, err, errno ? KARVAN_E_IO : KARVAN_E_NOMEM,
                       "cannot read %s: %s", path, errno ? strerror(errno) : "no memory");
        (void)gzbuffer(c->source->gz, GZ_BLOCK);
    }
done:
    if (st != KARVAN_OK) karvan_i_csv_close(c);
    return st;
}

void karvan_i_csv_close(karvan_i_csv *c) {
    if (c->source && c->source->gz) (void)gzclose_r(c->source->gz);
    karvan_i_free(c->source), karvan_i_free(c->buffer), karvan_i_free(c->field);
    karvan_i_free(c->wide);
    *c = (karvan_i_csv){0};
}

/* What a compressed file ended with, before its data did: data at fault, unless the machine failed.
 */
static karvan_status broken(const karvan_i_source *s, int code, const char *why, int number,
                            karvan_error *err) {
    if (code == Z_ERRNO)
        return karvan_fail(err, KARVAN_E_IO, "cannot read %s: %s", s->path, strerror(number));
    if (code == Z_MEM_ERROR)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory to unpack %s", s->path);
    karvan_status st = karvan_i_gzip_check(s->path, err); /* says where */
    return st != KARVAN_OK ? st
                           : karvan_fail(err, KARVAN_E_DATA,
                                         "%s: the compressed file is damaged: %s", s->path, why);
}

/* Up to `room` bytes of the file behind `end`; none at its end. A cut gzip file is a fault of the
 * file, not its end. */
static karvan_status read_file(karvan_i_csv *c, size_t room, size_t *k, karvan_error *err) {
    karvan_i_source *s = c->source;
    unsigned most = (unsigned)(room < (1u << 30) ? room : 1u << 30);
    errno = 0;
    int n = gzread(s->gz, c->buffer + c->end, most), code = Z_OK, number = errno;
    const char *why = n > 0 ? "" : gzerror(s->gz, &code);
    if (n < 0 || code == Z_BUF_ERROR) return broken(s, code, why, number, err);
    *k = (size_t)n;
    return KARVAN_OK;
}

/* Some more bytes behind `end`; sets eof. Grows the buffer where one record fills it. */
static karvan_status refill(karvan_i_csv *c, karvan_error *err) {
    if (c->begin > 0) {
        memmove(c->buffer, c->buffer + c->begin, c->end - c->begin);
        c->before += (int64_t)c->begin, c->end -= c->begin, c->begin = 0;
    }
    if (c->end == c->cap) {
        char *more = karvan_i_realloc(c->buffer, 2 * c->cap + STEP, 1);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a record");
        c->buffer = more, c->cap *= 2;
    }
    size_t room = c->cap - c->end, k = 0;
    karvan_status st = c->source->bytes ? KARVAN_OK : read_file(c, room, &k, err);
    if (c->source->bytes) {
        k = c->source->n < room ? c->source->n : room;
        memcpy(c->buffer + c->end, c->source->bytes, k);
        c->source->bytes += k, c->source->n -= k;
    }
    c->end += k;
    c->eof = c->source->bytes ? c->source->n == 0 : k == 0;
    memset(c->buffer + c->end, 0, STEP);
    return st;
}

karvan_status karvan_i_csv_peek(karvan_i_csv *c, const char **s, size_t *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    while (c->end - c->begin < BLOCK / 2 && !c->eof) KARVAN_TRY(refill(c, err));
    *s = c->buffer + c->begin, *n = c->end - c->begin;
done:
    return st;
}

/* Length of the first record in s[0..n) with its line end; 0 where it does not end in there. */
static size_t record_length(const char *s, size_t n, char delimiter) {
    const char *nl = memchr(s, '\n', n);
    size_t upto = nl ? (size_t)(nl - s) : n;
    if (!memchr(s, '"', upto)) return nl ? upto + 1 : 0;
    bool inside = false, field_begins = true;
    for (size_t i = 0; i < n; i++) {
        char ch = s[i];
        if (inside) {
            if (ch != '"') continue;
            if (i + 1 == n) return 0; /* a doubled quote may follow */
            if (s[i + 1] == '"')
                i++;
            else
                inside = false;
        } else if (ch == '"' && field_begins) {
            inside = true, field_begins = false;
        } else if (ch == '\n') {
            return i + 1;
        } else {
            field_begins = ch == delimiter;
        }
    }
    return 0;
}

static inline karvan_status add_field(karvan_i_csv *c, karvan_i_field f, karvan_error *err) {
    if (c->n_fields == c->cap_fields) {
        int cap = c->cap_fields ? 2 * c->cap_fields : 32;
        karvan_i_field *more = karvan_i_realloc(c->field, (size_t)cap, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the fields of a record");
        c->field = more, c->cap_fields = cap;
    }
    c->field[c->n_fields++] = f;
    return KARVAN_OK;
}

/* Bit i of `ends`: byte i is the delimiter, a line end, a quote or NUL; of `high`: is not ASCII. */
typedef struct marks {
    uint32_t ends, high;
} marks;

#ifdef __SSE2__
static inline marks mark(const char *s, char delimiter) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)s);
    __m128i a = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(delimiter)),
                             _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
    __m128i b =
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_setzero_si128()));
    return (marks){(uint32_t)_mm_movemask_epi8(_mm_or_si128(a, b)), (uint32_t)_mm_movemask_epi8(v)};
}
#else
static inline marks mark(const char *s, char delimiter) {
    marks m = {0, 0};
    for (uint32_t i = 0; i < STEP; i++) {
        m.ends |= (uint32_t)(s[i] == delimiter || s[i] == '\n' || s[i] == '"' || s[i] == 0) << i;
        m.high |= (uint32_t)((unsigned char)s[i] >> 7) << i;
    }
    return m;
}
#endif

/* The next record where it lies whole in the buffer and has neither quotes nor NUL, as most have;
 * otherwise *got is false and nothing is taken. The zeros behind `end` stop the search. */
static karvan_status plain_record(karvan_i_csv *c, bool *got, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char *s = c->buffer + c->begin, *at = s, *p;
    uint32_t high = 0;
    c->n_fields = 0;
    for (char *step = s;; step += STEP) {
        marks m = mark(step, c->delimiter);
        for (high |= m.high; m.ends; m.ends &= m.ends - 1) {
            p = step + __builtin_ctz(m.ends);
            if (*p != c->delimiter) goto ended;
            KARVAN_TRY(add_field(
                c, (karvan_i_field){at, (size_t)(p - at), 0, (uint32_t)(at - s) + 1, false}, err));
            at = p + 1;
        }
    }
ended:
    if (*p != '\n') return KARVAN_OK;
    c->at = c->before + (int64_t)c->begin, c->begin += (size_t)(p - s) + 1;
    if (p > at && p[-1] == '\r') p--;
    KARVAN_TRY(add_field(
        c, (karvan_i_field){at, (size_t)(p - at), 0, (uint32_t)(at - s) + 1, false}, err));
    c->line = c->next_line++;
    c->open_quote = c->stray_quote = false, c->ascii = high == 0;
    *got = true;
done:
    return st;
}

/* A quoted field from its opening quote at *at: content is moved together in place. */
static karvan_i_field quoted(karvan_i_csv *c, char **at, char *end, uint32_t *line,
                             char **line_begin) {
    karvan_i_field f = {.quoted = true, .line = *line, .column = (uint32_t)(*at - *line_begin) + 1};
    char *in = *at + 1, *out = in;
    f.s = in;
    for (;; in++) {
        if (in == end) {
            c->open_quote = true;
            break;
        }
        if (*in == '"') {
            if (in + 1 < end && in[1] == '"')
                in++;
            else
                break;
        } else if (*in == '\n') {
            ++*line, *line_begin = in + 1;
        }
        *out++ = *in;
    }
    f.n = (size_t)(out - f.s);
    *at = in < end ? in + 1 : end;
    return f;
}

static karvan_status split(karvan_i_csv *c, char *s, char *end, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char *line_begin = s, *at = s;
    uint32_t line = 0;
    c->n_fields = 0, c->open_quote = c->stray_quote = false;
    for (;;) {
        karvan_i_field f;
        if (at < end && *at == '"') {
            f = quoted(c, &at, end, &line, &line_begin);
            if (at < end && *at != c->delimiter) { /* text behind the closing quote */
                if (!c->stray_quote) c->stray_quote = true, c->n_stray = c->n_fields;
                while (at < end && *at != c->delimiter) at++;
            }
        } else {
            char *stop = at;
            while (stop < end && *stop != c->delimiter) stop++;
            f = (karvan_i_field){at, (size_t)(stop - at), line, (uint32_t)(at - line_begin) + 1,
                                 false};
            at = stop;
        }
        KARVAN_TRY(add_field(c, f, err));
        if (at == end) break;
        at++;
    }
    c->next_line += line;
done:
    return st;
}

/* The fields from ISO-8859-1 to UTF-8: code points are the bytes. Their places stay those of the
 * file. */
static karvan_status widen(karvan_i_csv *c, size_t n, karvan_error *err) {
    if (c->cap_wide < 2 * n + STEP) {
        char *more = karvan_i_realloc(c->wide, 2 * n + STEP, 1);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a record");
        memset(more + 2 * n, 0, STEP);
        c->wide = more, c->cap_wide = 2 * n + STEP;
    }
    char *out = c->wide;
    for (int f = 0; f < c->n_fields; f++) {
        char *begin = out;
        for (size_t i = 0; i < c->field[f].n; i++) {
            unsigned char b = (unsigned char)c->field[f].s[i];
            if (b < 0x80) {
                *out++ = (char)b;
            } else {
                *out++ = (char)(0xC0 | b >> 6);
                *out++ = (char)(0x80 | (b & 0x3F));
            }
        }
        c->field[f].s = begin, c->field[f].n = (size_t)(out - begin);
    }
    return KARVAN_OK;
}

karvan_status karvan_i_csv_next(karvan_i_csv *c, bool *got, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n;
    *got = c->ascii = false;
    for (;;) {
        if (!c->latin1) KARVAN_TRY(plain_record(c, got, err));
        if (*got) return KARVAN_OK;
        n = record_length(c->buffer + c->begin, c->end - c->begin, c->delimiter);
        if (n > 0 || c->eof) break;
        KARVAN_TRY(refill(c, err));
    }
    if (n == 0) n = c->end - c->begin; /* the last record has no line end */
    if (n == 0) return KARVAN_OK;
    char *s = c->buffer + c->begin, *end = s + n;
    bool ended = end[-1] == '\n';
    c->at = c->before + (int64_t)c->begin, c->begin += n;
    c->line = c->next_line;
    if (ended) end--;
    if (end > s && end[-1] == '\r') end--;
    KARVAN_TRY(split(c, s, end, err));
    if (c->latin1) KARVAN_TRY(widen(c, n, err));
    c->next_line += ended;
    *got = true;
done:
    return st;
}

karvan_status karvan_i_csv_seek(karvan_i_csv *c, int64_t offset, int64_t line, karvan_error *err) {
    (void)gzdirect(
        c->source->gz); /* looks whether it is gzip; a plain file is then not read through */
    if (gzseek(c->source->gz, (z_off_t)offset, SEEK_SET) < 0)
        return karvan_fail(err, KARVAN_E_IO, "cannot read %s again", c->source->path);
    c->before = offset, c->begin = c->end = 0, c->eof = false;
    c->next_line = line;
    return KARVAN_OK;
}

void karvan_i_csv_find_field(const char *path, char delimiter, int64_t offset, int64_t from,
                             int field, int64_t *line, int64_t *column) {
    karvan_i_csv c;
    bool got = true;
    *column = 1;
    if (karvan_i_csv_open(&c, path, NULL, 0, NULL) != KARVAN_OK) return;
    c.delimiter = delimiter;
    if (karvan_i_csv_seek(&c, offset, from, NULL) != KARVAN_OK) got = false;
    while (got && karvan_i_csv_next(&c, &got, NULL) == KARVAN_OK && got && c.line <= *line) {
        if (c.line != *line) continue;
        if (field < c.n_fields) {
            *line += c.field[field].line;
            *column = c.field[field].column;
        }
        break;
    }
    karvan_i_csv_close(&c);
}
