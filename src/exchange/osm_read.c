/* Which form a file has, told by its first bytes. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/osm_pbf.h"

typedef enum form { PBF, XML, GZIP, BZIP2, NEITHER, EMPTY } form;

static form form_of(const unsigned char *b, size_t n) {
    if (n == 0) return EMPTY;
    if (n >= 2 && b[0] == 0x1F && b[1] == 0x8B) return GZIP;
    if (n >= 3 && memcmp(b, "BZh", 3) == 0) return BZIP2;
    /* a length below 16 MiB, then field 1 as bytes: the beginning of a blob's header */
    if (n >= 5 && b[0] == 0 && b[4] == 0x0A) return PBF;
    /* UTF-8, with or without its mark, and UTF-16, as XML has them */
    if ((n >= 2 && (memcmp(b, "\xFE\xFF", 2) == 0 || memcmp(b, "\xFF\xFE", 2) == 0)) ||
        (n >= 3 && memcmp(b, "\xEF\xBB\xBF", 3) == 0))
        return XML;
    for (size_t i = 0; i < n; i++)
        if (!strchr(" \t\r\n", b[i]) || b[i] == 0) return b[i] == '<' ? XML : NEITHER;
    return XML;
}

static karvan_status read_form(form is, karvan_i_osm_stream *s, const karvan_i_osm_sink *sink,
                               karvan_i_osm_counts *counts, karvan_error *err) {
    switch (is) {
    case PBF:
        return karvan_i_osm_read_pbf(s, sink, counts, err);
    case XML:
        return karvan_i_osm_read_xml(s, sink, counts, err);
    case GZIP: {
        karvan_status st = karvan_i_osm_stream_gzip(s, err);
        return st == KARVAN_OK ? karvan_i_osm_read_xml(s, sink, counts, err) : st;
    }
    case BZIP2:
        return karvan_fail(err, KARVAN_E_DATA, "%s: packed by bzip2: unpack it first (bunzip2)",
                           s->path);
    case EMPTY:
        return karvan_fail(err, KARVAN_E_DATA, "%s: the file is empty", s->path);
    case NEITHER:
        break;
    }
    return karvan_fail(err, KARVAN_E_DATA, "%s: byte 0: neither OSM XML (.osm, .osm.gz) nor PBF",
                       s->path);
}

karvan_status karvan_i_osm_read(const karvan_i_osm_source *source, const karvan_i_osm_sink *sink,
                                karvan_i_osm_counts *counts, karvan_error *err) {
    enum { LOOK = 64 };
    unsigned char first[LOOK];
    karvan_i_osm_counts own = {0};
    karvan_i_osm_stream s;
    size_t n;
    karvan_status st = karvan_i_osm_stream_open(&s, source, err);
    if (st != KARVAN_OK) return st;
    if (counts) *counts = own;
    KARVAN_TRY(karvan_i_osm_stream_peek(&s, first, sizeof first, &n, err));
    KARVAN_TRY(read_form(form_of(first, n), &s, sink, counts ? counts : &own, err));
done:
    karvan_i_osm_stream_close(&s);
    return st;
}

const char *karvan_i_osm_value(const karvan_i_osm_element *e, const char *key) {
    for (size_t i = 0; i < e->n_tags; i++)
        if (strcmp(e->tags[i].key, key) == 0) return e->tags[i].value;
    return NULL;
}

void *karvan_i_osm_grow(void *old, size_t *cap, size_t need, size_t size) {
    if (old && need <= *cap) return old;
    size_t more = *cap + *cap / 2 + 16;
    if (more < need) more = need;
    void *p = karvan_i_realloc(old, more, size);
    if (p) *cap = more;
    return p;
}
