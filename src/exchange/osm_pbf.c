/* Files in PBF: a header that tells what a reader must understand, then blocks of data. */
#include "exchange/osm_pbf.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

enum { HEADER_REQUIRED = 4 };

static bool known_feature(karvan_i_wire name) {
    static const char *const known[] = {"OsmSchema-V0.6", "DenseNodes"};
    size_t n = (size_t)(name.end - name.at);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strlen(known[i]) == n && memcmp(known[i], name.at, n) == 0) return true;
    return false;
}

static karvan_status read_header(karvan_i_osm_pbf *p) {
    const karvan_i_osm_blobs *b = &p->blobs;
    karvan_i_wire w = b->block;
    karvan_i_wire_field f;
    while (karvan_i_wire_next(&w, &f)) {
        if (f.number != HEADER_REQUIRED || f.type != KARVAN_I_WIRE_BYTES) continue;
        if (known_feature(f.bytes)) continue;
        int n = (int)karvan_utf8_valid_prefix((const char *)f.bytes.at,
                                              (size_t)(f.bytes.end - f.bytes.at));
        return karvan_i_osm_blobs_fault(
            b, f.bytes.at, p->err,
            "the file requires a reader that knows the feature \"%.*s\", which this one does not",
            n < 100 ? n : 100, (const char *)f.bytes.at);
    }
    return w.at == w.end ? KARVAN_OK
                         : karvan_i_osm_blobs_fault(b, w.at, p->err, "no field of the header");
}

static void clear(karvan_i_osm_pbf *p) {
    karvan_i_osm_blobs_clear(&p->blobs);
    karvan_i_free(p->text), karvan_i_free(p->string);
    karvan_i_free(p->a.v), karvan_i_free(p->b.v), karvan_i_free(p->c.v), karvan_i_free(p->d.v);
    karvan_i_free(p->tags), karvan_i_free(p->members);
}

karvan_status karvan_i_osm_read_pbf(karvan_i_osm_stream *s, const karvan_i_osm_sink *sink,
                                    karvan_i_osm_counts *counts, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_osm_pbf p = {.sink = sink, .counts = counts, .err = err};
    bool header = false, end = false;
    p.blobs.stream = s;
    for (;;) {
        KARVAN_TRY(karvan_i_osm_blobs_next(&p.blobs, &end, err));
        if (end) break;
        if (strcmp(p.blobs.type, "OSMHeader") == 0) {
            KARVAN_TRY(read_header(&p));
            header = true;
        } else if (strcmp(p.blobs.type, "OSMData") == 0) {
            if (!header)
                KARVAN_TRY(karvan_i_osm_blobs_fault(&p.blobs, p.blobs.base, err,
                                                    "data before the header (OSMHeader)"));
            KARVAN_TRY(karvan_i_osm_block(&p));
        } else {
            counts->other_blobs++;
        }
    }
    KARVAN_REQUIRE(header, err, KARVAN_E_DATA, "%s: byte 0: no header (OSMHeader)", s->path);
done:
    clear(&p);
    return st;
}
