#include "exchange/zip.h"

#include <string.h>

#include "base/alloc.h"
#include "base/inflate.h"
#include "base/try.h"

enum {
    END_SIZE = 22,     /* of the end of the central directory, without its comment */
    CENTRAL_SIZE = 46, /* of an entry there, without names */
    LOCAL_SIZE = 30,   /* of the header before an entry's bytes */
    LONGEST_COMMENT = 65535,
    DEFLATE_MOST = 1032 /* deflate packs no tighter than one byte for so many */
};
static const uint32_t END_MARK = 0x06054B50, CENTRAL_MARK = 0x02014B50, LOCAL_MARK = 0x04034B50;

static uint16_t u16(const unsigned char *p) { return (uint16_t)(p[0] | p[1] << 8); }
static uint32_t u32(const unsigned char *p) { return u16(p) | (uint32_t)u16(p + 2) << 16; }

bool karvan_i_is_zip(const char *bytes, size_t n) {
    return n >= 4 && (u32((const unsigned char *)bytes) == LOCAL_MARK ||
                      u32((const unsigned char *)bytes) == END_MARK);
}

static karvan_status damaged(const karvan_i_zip *z, const char *what, karvan_error *err) {
    return karvan_fail(err, KARVAN_E_DATA, "%s: %s", z->path, what);
}

/* Offset of the end record, the last that fits; 0 where there is none (no archive has it at 0 but
 * an empty one, of which there is nothing to read). */
static size_t find_end(const karvan_i_zip *z) {
    if (z->n < END_SIZE) return 0;
    size_t at = z->n - END_SIZE, most = LONGEST_COMMENT;
    for (size_t back = 0; back <= most; back++, at--) {
        if (u32(z->bytes + at) == END_MARK && u16(z->bytes + at + 20) <= z->n - at - END_SIZE)
            return at;
        if (at == 0) break;
    }
    return 0;
}

static karvan_status add_entry(karvan_i_zip *z, const unsigned char *p, size_t name_n,
                               karvan_error *err) {
    karvan_i_zip_entry e = {.flags = u16(p + 8),
                            .method = u16(p + 10),
                            .crc = u32(p + 16),
                            .packed = u32(p + 20),
                            .size = u32(p + 24),
                            .offset = u32(p + 42)};
    const char *name = (const char *)p + CENTRAL_SIZE;
    if (name_n == 0 || name[name_n - 1] == '/') return KARVAN_OK;
    if (e.packed == UINT32_MAX || e.size == UINT32_MAX || e.offset == UINT32_MAX)
        return damaged(z, "an archive of more than 4 GB (Zip64), which is not read; unpack it",
                       err);
    e.name = karvan_i_strndup(name, name_n);
    if (!e.name) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %s", z->path);
    z->entry[z->n_entries++] = e;
    return KARVAN_OK;
}

static karvan_status read_directory(karvan_i_zip *z, size_t end, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const unsigned char *p = z->bytes + end;
    size_t count = u16(p + 10), size = u32(p + 12), at = u32(p + 16);
    KARVAN_REQUIRE(u16(p + 4) == 0 && u16(p + 8) == count, err, KARVAN_E_DATA,
                   "%s: an archive of several parts, which is not read", z->path);
    KARVAN_REQUIRE(at <= end && size <= end - at && count <= size / CENTRAL_SIZE, err,
                   KARVAN_E_DATA, "%s: its directory does not fit", z->path);
    z->entry = karvan_i_calloc(count + 1, sizeof *z->entry);
    KARVAN_REQUIRE(z->entry, err, KARVAN_E_NOMEM, "no memory for %s", z->path);
    for (size_t i = 0; i < count; i++) {
        p = z->bytes + at;
        KARVAN_REQUIRE(end - at >= CENTRAL_SIZE && u32(p) == CENTRAL_MARK, err, KARVAN_E_DATA,
                       "%s: its directory is damaged at byte %zu", z->path, at);
        size_t name_n = u16(p + 28), more = name_n + u16(p + 30) + u16(p + 32);
        KARVAN_REQUIRE(more <= end - at - CENTRAL_SIZE, err, KARVAN_E_DATA,
                       "%s: its directory is damaged at byte %zu", z->path, at);
        KARVAN_TRY(add_entry(z, p, name_n, err));
        at += CENTRAL_SIZE + more;
    }
done:
    return st;
}

karvan_status karvan_i_zip_open(const char *bytes, size_t n, const char *path, karvan_i_zip *out,
                                karvan_error *err) {
    *out = (karvan_i_zip){.bytes = (const unsigned char *)bytes, .n = n, .path = path};
    size_t end = find_end(out);
    if (end == 0) return damaged(out, "no zip archive, or one that was cut off", err);
    karvan_status st = read_directory(out, end, err);
    if (st != KARVAN_OK) karvan_i_zip_close(out);
    return st;
}

void karvan_i_zip_close(karvan_i_zip *z) {
    for (int i = 0; i < z->n_entries; i++) karvan_i_free(z->entry[i].name);
    karvan_i_free(z->entry);
    *z = (karvan_i_zip){0};
}

static karvan_status inflate_entry(const karvan_i_zip *z, const karvan_i_zip_entry *e,
                                   const unsigned char *packed, char *out, karvan_error *err) {
    unsigned char none = 0;
    z_stream s = karvan_i_z_stream();
    if (inflateInit2(&s, -MAX_WBITS) != Z_OK)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory to unpack %s", e->name);
    s.next_in = (z_const Bytef *)packed, s.avail_in = e->packed;
    s.next_out = e->size ? (unsigned char *)out : &none, s.avail_out = e->size;
    int code = inflate(&s, Z_FINISH);
    bool whole = code == Z_STREAM_END && s.total_out == e->size;
    (void)inflateEnd(&s);
    if (whole) return KARVAN_OK;
    if (code == Z_MEM_ERROR)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory to unpack %s", e->name);
    return karvan_fail(err, KARVAN_E_DATA, "%s: %.100s is damaged", z->path, e->name);
}

karvan_status karvan_i_zip_packed(const karvan_i_zip *z, int entry, const unsigned char **packed,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_zip_entry *e = &z->entry[entry];
    KARVAN_REQUIRE(!(e->flags & 1), err, KARVAN_E_DATA, "%s: %.100s is encrypted", z->path,
                   e->name);
    KARVAN_REQUIRE(e->method == 0 || e->method == Z_DEFLATED, err, KARVAN_E_DATA,
                   "%s: %.100s is packed by method %u; stored and deflated files are read", z->path,
                   e->name, e->method);
    KARVAN_REQUIRE(e->offset <= z->n && z->n - e->offset >= LOCAL_SIZE &&
                       u32(z->bytes + e->offset) == LOCAL_MARK,
                   err, KARVAN_E_DATA, "%s: %.100s is damaged", z->path, e->name);
    const unsigned char *local = z->bytes + e->offset;
    size_t at = e->offset + LOCAL_SIZE + u16(local + 26) + u16(local + 28);
    KARVAN_REQUIRE(
        at <= z->n && e->packed <= z->n - at &&
            (e->method == 0 ? e->size == e->packed : e->size / DEFLATE_MOST <= e->packed),
        err, KARVAN_E_DATA, "%s: %.100s is cut off, or its sizes cannot be", z->path, e->name);
    *packed = z->bytes + at;
done:
    return st;
}

karvan_status karvan_i_zip_read(const karvan_i_zip *z, int entry, char **out, size_t *n,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_zip_entry *e = &z->entry[entry];
    const unsigned char *packed = NULL;
    char *bytes = NULL;
    *out = NULL, *n = 0;
    KARVAN_TRY(karvan_i_zip_packed(z, entry, &packed, err));
    bytes = karvan_i_malloc((size_t)e->size + 1, 1);
    KARVAN_REQUIRE(bytes, err, KARVAN_E_NOMEM, "no memory to unpack %s", e->name);
    bytes[e->size] = 0;
    if (e->method == 0)
        memcpy(bytes, packed, e->size);
    else
        KARVAN_TRY(inflate_entry(z, e, packed, bytes, err));
    KARVAN_REQUIRE(crc32_z(0, (const unsigned char *)bytes, e->size) == e->crc, err, KARVAN_E_DATA,
                   "%s: %.100s is damaged: its checksum differs", z->path, e->name);
    *out = bytes, *n = e->size, bytes = NULL;
done:
    karvan_i_free(bytes);
    return st;
}
