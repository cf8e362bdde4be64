/* Records and fields of RFC 4180, streaming: a block at a time, one record in view. */
#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/csv.h"

enum { BLOCK = 1 << 18 };

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
    c->buffer = karvan_i_malloc(BLOCK, 1);
    KARVAN_REQUIRE(c->source && c->buffer, err, KARVAN_E_NOMEM, "no memory to read a table");
    c->cap = BLOCK;
    c->source->bytes = bytes, c->source->n = n, c->source->path = path;
    if (!bytes) {
        errno = 0;
        c->source->gz = gzopen(path, "rb");
        KARVAN_REQUIRE(c->source->gz, err, errno ? KARVAN_E_IO : KARVAN_E_NOMEM,
                       "cannot read %s: %s", path, errno ? strerror(errno) : "no memory");
        (void)gzbuffer(c->source->gz, BLOCK);
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

/* Some more bytes behind `end`; sets eof. Grows the buffer where one record fills it. */
static karvan_status refill(karvan_i_csv *c, karvan_error *err) {
    if (c->begin > 0) {
        memmove(c->buffer, c->buffer + c->begin, c->end - c->begin);
        c->end -= c->begin, c->begin = 0;
    }
    if (c->end == c->cap) {
        char *more = karvan_i_realloc(c->buffer, 2 * c->cap, 1);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a record");
        c->buffer = more, c->cap *= 2;
    }
    size_t room = c->cap - c->end;
    karvan_i_source *s = c->source;
    if (s->bytes) {
        size_t k = s->n < room ? s->n : room;
        memcpy(c->buffer + c->end, s->bytes, k);
        s->bytes += k, s->n -= k, c->end += k;
        c->eof = s->n == 0;
        return KARVAN_OK;
    }
    int k = gzread(s->gz, c->buffer + c->end, (unsigned)(room < (1u << 30) ? room : 1u << 30));
    if (k < 0) {
        int code;
        return karvan_fail(err, KARVAN_E_IO, "cannot read %s: %s", s->path, gzerror(s->gz, &code));
    }
    c->end += (size_t)k;
    c->eof = k == 0;
    return KARVAN_OK;
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

static karvan_status add_field(karvan_i_csv *c, karvan_i_field f, karvan_error *err) {
    if (c->n_fields == c->cap_fields) {
        int cap = c->cap_fields ? 2 * c->cap_fields : 32;
        karvan_i_field *more = karvan_i_realloc(c->field, (size_t)cap, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the fields of a record");
        c->field = more, c->cap_fields = cap;
    }
    c->field[c->n_fields++] = f;
    return KARVAN_OK;
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

/* ISO-8859-1 to UTF-8: code points are the bytes. */
static karvan_status widen(karvan_i_csv *c, char **s, char **end, karvan_error *err) {
    size_t n = (size_t)(*end - *s);
    if (c->cap_wide < 2 * n + 1) {
        char *more = karvan_i_realloc(c->wide, 2 * n + 1, 1);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a record");
        c->wide = more, c->cap_wide = 2 * n + 1;
    }
    char *out = c->wide;
    for (size_t i = 0; i < n; i++) {
        unsigned char b = (unsigned char)(*s)[i];
        if (b < 0x80) {
            *out++ = (char)b;
        } else {
            *out++ = (char)(0xC0 | b >> 6);
            *out++ = (char)(0x80 | (b & 0x3F));
        }
    }
    *s = c->wide, *end = out;
    return KARVAN_OK;
}

karvan_status karvan_i_csv_next(karvan_i_csv *c, bool *got, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n;
    *got = false;
    for (;;) {
        n = record_length(c->buffer + c->begin, c->end - c->begin, c->delimiter);
        if (n > 0 || c->eof) break;
        KARVAN_TRY(refill(c, err));
    }
    if (n == 0) n = c->end - c->begin; /* the last record has no line end */
    if (n == 0) return KARVAN_OK;
    char *s = c->buffer + c->begin, *end = s + n;
    bool ended = end[-1] == '\n';
    c->begin += n;
    c->line = c->next_line;
    if (ended) end--;
    if (end > s && end[-1] == '\r') end--;
    if (c->latin1) KARVAN_TRY(widen(c, &s, &end, err));
    KARVAN_TRY(split(c, s, end, err));
    c->next_line += ended;
    *got = true;
done:
    return st;
}

void karvan_i_csv_find_field(const char *path, char delimiter, int field, int64_t *line,
                             int64_t *column) {
    karvan_i_csv c;
    bool got = true;
    *column = 1;
    if (karvan_i_csv_open(&c, path, NULL, 0, NULL) != KARVAN_OK) return;
    c.delimiter = delimiter;
    while (karvan_i_csv_next(&c, &got, NULL) == KARVAN_OK && got && c.line <= *line) {
        if (c.line != *line) continue;
        if (field < c.n_fields) {
            *line += c.field[field].line;
            *column = c.field[field].column;
        }
        break;
    }
    karvan_i_csv_close(&c);
}
