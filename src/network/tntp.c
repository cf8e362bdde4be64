/* Networks of the Transportation Networks collection (github.com/bstabler/TransportationNetworks):
 * metadata in angle brackets, then a row a link, ten numbers and a semicolon. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "karvan/network.h"
#include "table/number.h"

enum { COLUMNS = 10 };

typedef struct reader {
    const char *path, *at, *end; /* `at` to `end`: not read yet */
    const char *line;            /* where the current line begins */
    int64_t line_number;
    karvan_error *err;
} reader;

static karvan_status fault(const reader *r, const char *at, const char *what) {
    return karvan_fail(r->err, KARVAN_E_DATA, "%s:%lld:%lld: %s", r->path,
                       (long long)r->line_number, (long long)(at - r->line) + 1, what);
}

/* The next line without its end; false at the end of the file. */
static bool next_line(reader *r, const char **begin, const char **end) {
    if (r->at >= r->end) return false;
    const char *stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
    r->line = *begin = r->at, *end = stop ? stop : r->end;
    r->at = stop ? stop + 1 : r->end;
    r->line_number++;
    while (*end > *begin && ((*end)[-1] == '\r' || (*end)[-1] == ' ' || (*end)[-1] == '\t')) --*end;
    while (*begin < *end && (**begin == ' ' || **begin == '\t')) ++*begin;
    return true;
}

/* The next word of a line; words are parted by blanks, and `;` ends the line. */
static bool next_word(const char **at, const char *end, const char **word, size_t *n) {
    while (*at < end && (**at == ' ' || **at == '\t')) ++*at;
    if (*at >= end || **at == ';') return false;
    *word = *at;
    while (*at < end && **at != ' ' && **at != '\t' && **at != ';') ++*at;
    *n = (size_t)(*at - *word);
    return true;
}

static bool is_key(const char *s, const char *end, const char *key) {
    size_t n = strlen(key);
    return (size_t)(end - s) >= n && strncmp(s, key, n) == 0;
}

typedef struct metadata {
    int64_t zones, nodes, through, links; /* -1: not told */
} metadata;

static karvan_status read_metadata(reader *r, metadata *m) {
    static const char *const keys[] = {"<NUMBER OF ZONES>", "<NUMBER OF NODES>",
                                       "<FIRST THRU NODE>", "<NUMBER OF LINKS>"};
    int64_t *const values[] = {&m->zones, &m->nodes, &m->through, &m->links};
    const char *s, *end, *word;
    size_t n;
    *m = (metadata){-1, -1, -1, -1};
    while (next_line(r, &s, &end)) {
        if (is_key(s, end, "<END OF METADATA>")) return KARVAN_OK;
        for (int k = 0; k < 4; k++) {
            if (!is_key(s, end, keys[k])) continue;
            const char *at = s + strlen(keys[k]);
            if (!next_word(&at, end, &word, &n) || !karvan_i_parse_int(word, n, values[k]) ||
                *values[k] < 0 || *values[k] > INT32_MAX / 4)
                return fault(r, s + strlen(keys[k]), "a whole number belongs behind the key");
        }
    }
    return fault(r, r->line ? r->line : r->at, "<END OF METADATA> is missing");
}

static karvan_status read_row(reader *r, const char *s, const char *end, karvan_tntp *t,
                              int32_t row) {
    const char *word;
    size_t n;
    for (int c = 0; c < COLUMNS; c++) {
        int64_t whole = 0;
        double v = 0;
        if (!next_word(&s, end, &word, &n)) return fault(r, s, "a link has ten numbers");
        bool node = c < 2, good = node || c == COLUMNS - 1 ? karvan_i_parse_int(word, n, &whole)
                                                           : karvan_i_parse_real(word, n, '.', &v);
        if (!good) return fault(r, word, node ? "no number of a node" : "no number");
        if (node && (whole < 1 || whole > t->nodes))
            return fault(r, word, "a node beyond <NUMBER OF NODES>");
        if (c == 0) t->from[row] = (int32_t)whole - 1;
        if (c == 1) t->to[row] = (int32_t)whole - 1;
        if (c >= 2 && c < COLUMNS - 1) t->column[c - 2][row] = v;
        if (c == COLUMNS - 1)
            t->type[row] = whole > INT32_MAX || whole < INT32_MIN ? 0 : (int32_t)whole;
    }
    return next_word(&s, end, &word, &n) ? fault(r, word, "more than ten numbers") : KARVAN_OK;
}

static karvan_status read_rows(reader *r, karvan_tntp *t) {
    karvan_status st = KARVAN_OK;
    const char *s, *end;
    int32_t rows = 0;
    while (next_line(r, &s, &end)) {
        if (s == end || *s == '~') continue;
        KARVAN_REQUIRE(rows < t->links, r->err, KARVAN_E_DATA,
                       "%s:%lld:1: a link more than <NUMBER OF LINKS> says", r->path,
                       (long long)r->line_number);
        KARVAN_TRY(read_row(r, s, end, t, rows));
        rows++;
    }
    KARVAN_REQUIRE(rows == t->links, r->err, KARVAN_E_DATA,
                   "%s:%lld:1: %d links where <NUMBER OF LINKS> says %d", r->path,
                   (long long)r->line_number, (int)rows, (int)t->links);
done:
    return st;
}

static karvan_status make_room(karvan_tntp *t, const metadata *m, size_t bytes, reader *r) {
    if (m->zones < 0 || m->nodes < 0 || m->links < 0)
        return fault(r, r->line, "the metadata do not tell zones, nodes and links");
    if (m->zones > m->nodes) return fault(r, r->line, "more zones than nodes");
    if ((size_t)m->links > bytes / 19 + 1) /* a row has ten digits and nine blanks at the least */
        return fault(r, r->line, "more links told than the file has room for");
    t->zones = (int32_t)m->zones, t->nodes = (int32_t)m->nodes, t->links = (int32_t)m->links;
    int64_t through = m->through < 1 ? 0 : m->through - 1;
    t->first_through = (int32_t)(through > m->nodes ? m->nodes : through);
    size_t n = (size_t)t->links + 1;
    bool good = (t->from = karvan_i_malloc(n, sizeof *t->from)) != NULL;
    good = good && (t->to = karvan_i_malloc(n, sizeof *t->to)) != NULL;
    good = good && (t->type = karvan_i_malloc(n, sizeof *t->type)) != NULL;
    for (int c = 0; c < 7 && good; c++)
        good = (t->column[c] = karvan_i_malloc(n, sizeof *t->column[c])) != NULL;
    return good ? KARVAN_OK
                : karvan_fail(r->err, KARVAN_E_NOMEM, "no memory for %d links", (int)t->links);
}

karvan_status karvan_tntp_parse(const char *bytes, size_t n, const char *path, karvan_tntp *out,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    metadata m;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_tntp){0};
    KARVAN_REQUIRE(bytes && path, err, KARVAN_E_ARG, "bytes or path is NULL");
    reader r = {path, bytes, bytes + n, bytes, 0, err};
    KARVAN_TRY(read_metadata(&r, &m));
    KARVAN_TRY(make_room(out, &m, n, &r));
    KARVAN_TRY(read_rows(&r, out));
done:
    if (st != KARVAN_OK && out) karvan_tntp_clear(out);
    return st;
}

karvan_status karvan_tntp_read(const char *path, karvan_tntp *out, karvan_error *err) {
    char *text = NULL;
    size_t n;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_tntp){0};
    karvan_status st = karvan_i_file_read(path, &text, &n, err);
    if (st == KARVAN_OK) st = karvan_tntp_parse(text, n, path, out, err);
    karvan_i_free(text);
    return st;
}

void karvan_tntp_clear(karvan_tntp *t) {
    if (!t) return;
    karvan_i_free(t->from), karvan_i_free(t->to), karvan_i_free(t->type);
    for (int c = 0; c < 7; c++) karvan_i_free(t->column[c]);
    *t = (karvan_tntp){0};
}
