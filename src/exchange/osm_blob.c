/* Source of the layout and the limits: OpenStreetMap wiki, "PBF Format". */
#include "exchange/osm_blob.h"

#include <stdarg.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

enum { HEADER_MAX = 64 << 10, BLOCK_MAX = 32 << 20, LENGTH_BYTES = 4 };

/* Fields of a BlobHeader and of a Blob. */
enum { HEADER_TYPE = 1, HEADER_DATASIZE = 3 };
enum { BLOB_RAW = 1, BLOB_RAW_SIZE = 2, BLOB_ZLIB = 3 };

void karvan_i_osm_blobs_clear(karvan_i_osm_blobs *b) {
    if (b->z_ready) (void)inflateEnd(&b->z);
    karvan_i_free(b->data), karvan_i_free(b->out);
    *b = (karvan_i_osm_blobs){0};
}

karvan_status karvan_i_osm_blobs_fault(const karvan_i_osm_blobs *b, const uint8_t *at,
                                       karvan_error *err, const char *fmt, ...) {
    char what[300];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    long long within = at - b->base, offset = (long long)b->block_offset;
    if (!b->inflated)
        return karvan_fail(err, KARVAN_E_DATA, "%s: byte %lld: %s", b->stream->path,
                           offset + within, what);
    return karvan_fail(err, KARVAN_E_DATA, "%s: byte %lld of those inflated from byte %lld: %s",
                       b->stream->path, within, offset, what);
}

/* What is wrong with the outer layer itself. */
static karvan_status outer(const karvan_i_osm_blobs *b, int64_t at, karvan_error *err,
                           const char *what) {
    return karvan_fail(err, KARVAN_E_DATA, "%s: byte %lld: %s", b->stream->path, (long long)at,
                       what);
}

/* Exactly n bytes into b->data. */
static karvan_status take(karvan_i_osm_blobs *b, size_t n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t got;
    uint8_t *room = karvan_i_osm_grow(b->data, &b->cap_data, n, 1);
    KARVAN_REQUIRE(room, err, KARVAN_E_NOMEM, "no memory for a blob of %zu bytes", n);
    b->data = room;
    KARVAN_TRY(karvan_i_osm_stream_read(b->stream, b->data, n, &got, err));
    if (got < n) KARVAN_TRY(outer(b, b->offset + (int64_t)got, err, "the file is cut here"));
    b->offset += (int64_t)n;
done:
    return st;
}

/* Length of the header that comes; 0 at the end of the file. */
static karvan_status header_length(karvan_i_osm_blobs *b, uint32_t *out, karvan_error *err) {
    uint8_t four[LENGTH_BYTES];
    size_t got;
    karvan_status st = karvan_i_osm_stream_read(b->stream, four, sizeof four, &got, err);
    *out = 0;
    if (st != KARVAN_OK || got == 0) return st;
    if (got < sizeof four) return outer(b, b->offset + (int64_t)got, err, "the file is cut here");
    *out = (uint32_t)four[0] << 24 | (uint32_t)four[1] << 16 | (uint32_t)four[2] << 8 | four[3];
    if (*out == 0) return outer(b, b->offset, err, "a blob's header without a byte");
    if (*out > HEADER_MAX)
        return outer(b, b->offset, err, "a blob's header of more than the 64 KiB allowed");
    b->offset += LENGTH_BYTES;
    return KARVAN_OK;
}

static void take_type(karvan_i_osm_blobs *b, karvan_i_wire name) {
    size_t n = (size_t)(name.end - name.at), most = sizeof b->type - 1;
    if (n > most) n = most;
    if (n) memcpy(b->type, name.at, n);
    b->type[n] = 0;
    /* what is shown must be a text */
    for (char *s = b->type; *s; s++)
        if (*s < 0x20 || *s > 0x7E) *s = '?';
}

static karvan_status read_header(karvan_i_osm_blobs *b, uint32_t n, size_t *datasize,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_wire_field f;
    int64_t begin = b->offset, size = -1;
    b->type[0] = 0;
    KARVAN_TRY(take(b, n, err));
    karvan_i_wire w = {b->data, b->data + n};
    while (karvan_i_wire_next(&w, &f)) {
        if (f.number == HEADER_TYPE && f.type == KARVAN_I_WIRE_BYTES) take_type(b, f.bytes);
        if (f.number == HEADER_DATASIZE && f.type == KARVAN_I_WIRE_NUMBER) size = (int64_t)f.value;
    }
    int64_t at = begin + (w.at - b->data);
    if (w.at != w.end) KARVAN_TRY(outer(b, at, err, "no field of a blob's header"));
    if (!*b->type) KARVAN_TRY(outer(b, begin, err, "a blob's header without a type"));
    if (size < 0) KARVAN_TRY(outer(b, begin, err, "a blob's header without a size of its data"));
    if (size > BLOCK_MAX)
        KARVAN_TRY(outer(b, begin, err, "a blob of more than the 32 MiB allowed"));
    *datasize = (size_t)size;
done:
    return st;
}

static const char *packing(uint64_t field) {
    static const char *const names[] = {"LZMA", "bzip2", "LZ4", "Zstandard"};
    return field >= 4 && field <= 7 ? names[field - 4] : NULL;
}

static karvan_status inflate_block(karvan_i_osm_blobs *b, karvan_i_wire from, size_t n,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    uint8_t *room = karvan_i_osm_grow(b->out, &b->cap_out, n, 1);
    KARVAN_REQUIRE(room, err, KARVAN_E_NOMEM, "no memory for a block of %zu bytes", n);
    b->out = room;
    if (!b->z_ready) {
        b->z = karvan_i_z_stream();
        KARVAN_REQUIRE(inflateInit(&b->z) == Z_OK, err, KARVAN_E_NOMEM, "no memory to inflate");
        b->z_ready = true;
    }
    (void)inflateReset(&b->z);
    b->z.next_in = b->data + (from.at - b->data), b->z.avail_in = (uInt)(from.end - from.at);
    b->z.next_out = b->out, b->z.avail_out = (uInt)n;
    int code = inflate(&b->z, Z_FINISH);
    KARVAN_REQUIRE(code != Z_MEM_ERROR, err, KARVAN_E_NOMEM, "no memory to inflate");
    if (code != Z_STREAM_END || b->z.avail_out != 0)
        KARVAN_TRY(outer(b, b->block_offset, err,
                         "the blob's data do not inflate to the length that it tells"));
    b->block = (karvan_i_wire){b->out, b->out + n};
    b->inflated = true;
done:
    return st;
}

static karvan_status read_blob(karvan_i_osm_blobs *b, size_t n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_wire_field f, data = {0};
    int64_t begin = b->offset, raw_size = -1;
    KARVAN_TRY(take(b, n, err));
    karvan_i_wire w = {b->data, b->data + n};
    while (karvan_i_wire_next(&w, &f)) {
        if (f.number == BLOB_RAW_SIZE && f.type == KARVAN_I_WIRE_NUMBER)
            raw_size = (int64_t)f.value;
        KARVAN_REQUIRE(!packing(f.number), err, KARVAN_E_DATA,
                       "%s: byte %lld: a blob packed by %s; only zlib and unpacked ones are read",
                       b->stream->path, (long long)begin, packing(f.number));
        if ((f.number == BLOB_RAW || f.number == BLOB_ZLIB) && f.type == KARVAN_I_WIRE_BYTES)
            data = f;
    }
    if (w.at != w.end) KARVAN_TRY(outer(b, begin + (w.at - b->data), err, "no field of a blob"));
    if (!data.number) KARVAN_TRY(outer(b, begin, err, "a blob without data"));
    b->block_offset = begin + (data.bytes.at - b->data);
    b->inflated = false, b->block = data.bytes;
    if (data.number == BLOB_ZLIB) {
        if (raw_size < 0 || raw_size > BLOCK_MAX)
            KARVAN_TRY(outer(b, begin, err,
                             "a blob that does not tell its length when inflated, "
                             "or more than the 32 MiB allowed"));
        KARVAN_TRY(inflate_block(b, data.bytes, (size_t)raw_size, err));
    }
    b->base = b->block.at;
done:
    return st;
}

karvan_status karvan_i_osm_blobs_next(karvan_i_osm_blobs *b, bool *end, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    uint32_t n;
    size_t datasize = 0;
    KARVAN_TRY(header_length(b, &n, err));
    *end = n == 0;
    if (*end) return KARVAN_OK;
    KARVAN_TRY(read_header(b, n, &datasize, err));
    KARVAN_TRY(read_blob(b, datasize, err));
done:
    return st;
}
