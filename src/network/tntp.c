/* Networks of the Transportation Networks collection (github.com/bstabler/TransportationNetworks):
 * metadata in angle brackets, then a row a link, ten numbers and a semicolon. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "karvan/network.h"
#include "network/tntp.h"
#include "table/number.h"

enum { COLUMNS = 10 };

typedef karvan_i_tntp_reader reader;

typedef struct metadata {
    int64_t zones, nodes, through, links; /* -1: not told */
} metadata;

static karvan_status read_metadata(reader *r, metadata *m) {
    *m = (metadata){-1, -1, -1, -1};
    const karvan_i_tntp_key keys[] = {{.name = "<NUMBER OF ZONES>", .whole = &m->zones},
                                      {.name = "<NUMBER OF NODES>", .whole = &m->nodes},
                                      {.name = "<FIRST THRU NODE>", .whole = &m->through},
                                      {.name = "<NUMBER OF LINKS>", .whole = &m->links}};
    return karvan_i_tntp_metadata(r, keys, sizeof keys / sizeof keys[0]);
}

static karvan_status read_row(reader *r, const char *s, const char *end, karvan_tntp *t,
                              int32_t row) {
    const char *word;
    size_t n;
    for (int c = 0; c < COLUMNS; c++) {
        int64_t whole = 0;
        double v = 0;
        if (!karvan_i_tntp_word(&s, end, &word, &n))
            return karvan_i_tntp_fault(r, s, "a link has ten numbers");
        bool node = c < 2, good = node || c == COLUMNS - 1 ? karvan_i_parse_int(word, n, &whole)
                                                           : karvan_i_parse_real(word, n, '.', &v);
        if (!good)
            return karvan_i_tntp_fault(r, word, "no number%s is right",
                                       node               ? " of a node; a whole number"
                                       : c == COLUMNS - 1 ? "; a whole number"
                                                          : "; a finite number");
        if (node && (whole < 1 || whole > t->nodes))
            return karvan_i_tntp_fault(r, word, "a node beyond <NUMBER OF NODES>");
        if (c == 0) t->from[row] = (int32_t)whole - 1;
        if (c == 1) t->to[row] = (int32_t)whole - 1;
        if (c >= 2 && c < COLUMNS - 1) t->column[c - 2][row] = v;
        if (c == COLUMNS - 1)
            t->type[row] = whole > INT32_MAX || whole < INT32_MIN ? 0 : (int32_t)whole;
    }
    return karvan_i_tntp_word(&s, end, &word, &n)
               ? karvan_i_tntp_fault(r, word, "more than ten numbers")
               : KARVAN_OK;
}

static karvan_status read_rows(reader *r, karvan_tntp *t) {
    karvan_status st = KARVAN_OK;
    const char *s, *end;
    int32_t rows = 0;
    while (karvan_i_tntp_line(r, &s, &end)) {
        if (s == end || *s == '~') continue;
        if (rows == t->links)
            return karvan_i_tntp_fault(r, r->line, "a link more than <NUMBER OF LINKS> says");
        KARVAN_TRY(read_row(r, s, end, t, rows));
        rows++;
    }
    if (rows < t->links)
        st = karvan_i_tntp_fault(r, r->line, "%d links where <NUMBER OF LINKS> says %d", (int)rows,
                                 (int)t->links);
done:
    return st;
}

static karvan_status make_room(karvan_tntp *t, const metadata *m, size_t bytes, reader *r) {
    if (m->zones < 0 || m->nodes < 0 || m->links < 0)
        return karvan_i_tntp_fault(r, r->line,
                                   "the metadata do not tell zones, nodes and links; is this a "
                                   "network, NAME_net.tntp?");
    if (m->zones > m->nodes) return karvan_i_tntp_fault(r, r->line, "more zones than nodes");
    if ((size_t)m->links > bytes / 19 + 1) /* a row has ten digits and nine blanks at the least */
        return karvan_i_tntp_fault(r, r->line, "more links told than the file has room for");
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
    reader r = {path, bytes, bytes, bytes + n, bytes, err};
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
