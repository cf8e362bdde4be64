/* Bytes of files of events: plain, gzip, or the files of a zip archive one after the other. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/inflate.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/events.h"
#include "table/gzip.h"

enum { GZ_BLOCK = 1 << 16, LOCAL_SIZE = 30 };

void karvan_i_event_close(karvan_i_event_input *in) {
    if (in->gz) (void)gzclose_r(in->gz);
    if (in->inflating) (void)inflateEnd(&in->z);
    karvan_i_zip_close(&in->zip);
    karvan_i_free(in->archive);
    *in = (karvan_i_event_input){0};
}

static karvan_status open_archive(karvan_i_event_input *in, const char *bytes, size_t n,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (!bytes) {
        KARVAN_TRY(karvan_i_file_read(in->path, &in->archive, &n, err));
        bytes = in->archive;
    }
    st = karvan_i_zip_open(bytes, n, in->path, &in->zip, err);
    in->entry = -1;
done:
    return st;
}

karvan_status karvan_i_event_open(karvan_i_event_input *in, const char *path, const char *bytes,
                                  size_t n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *in = (karvan_i_event_input){.path = path, .bytes = bytes, .n = n, .entry = -1};
    char first[4] = {0};
    if (bytes) {
        if (karvan_i_is_zip(bytes, n)) st = open_archive(in, bytes, n, err);
        goto done;
    }
    errno = 0;
    in->gz = gzopen(path, "rb");
    KARVAN_REQUIRE(in->gz, err, errno ? KARVAN_E_IO : KARVAN_E_NOMEM, "cannot read %s: %s", path,
                   errno ? strerror(errno) : "no memory");
    (void)gzbuffer(in->gz, GZ_BLOCK);
    struct stat s;
    if (stat(path, &s) != 0 || !S_ISREG(s.st_mode)) goto done; /* a pipe is read once */
    int k = gzread(in->gz, first, sizeof first);
    if (k == (int)sizeof first && gzdirect(in->gz) && karvan_i_is_zip(first, sizeof first)) {
        (void)gzclose_r(in->gz), in->gz = NULL;
        st = open_archive(in, NULL, 0, err);
    } else if (k >= 0) {
        (void)gzrewind(in->gz);
    }
done:
    if (st != KARVAN_OK) karvan_i_event_close(in);
    return st;
}

/* ---- archives ---- */

static karvan_status begin_entry(karvan_i_event_input *in, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_zip_entry *e = &in->zip.entry[in->entry];
    const unsigned char *packed = NULL;
    KARVAN_TRY(karvan_i_zip_packed(&in->zip, in->entry, &packed, err));
    in->z = karvan_i_z_stream(), in->crc = 0;
    KARVAN_REQUIRE(e->method == 0 || inflateInit2(&in->z, -MAX_WBITS) == Z_OK, err, KARVAN_E_NOMEM,
                   "no memory to unpack %s", in->path);
    in->inflating = e->method != 0;
    in->z.next_in = (z_const Bytef *)packed, in->z.avail_in = e->packed;
done:
    return st;
}

static karvan_status damaged(const karvan_i_event_input *in, karvan_error *err) {
    return karvan_fail(err, KARVAN_E_DATA, "%s: %.100s is damaged", in->path,
                       in->zip.entry[in->entry].name);
}

static karvan_status read_entry(karvan_i_event_input *in, char *out, size_t room, size_t *n,
                                karvan_error *err) {
    const karvan_i_zip_entry *e = &in->zip.entry[in->entry];
    if (in->ended) return KARVAN_OK;
    if (e->method == 0) {
        *n = in->z.avail_in < room ? in->z.avail_in : room;
        memcpy(out, in->z.next_in, *n);
        in->z.next_in += *n, in->z.avail_in -= (unsigned)*n, in->z.total_out += *n;
        in->ended = in->z.avail_in == 0;
    } else {
        in->z.next_out = (unsigned char *)out, in->z.avail_out = (unsigned)room;
        int code = inflate(&in->z, Z_NO_FLUSH);
        if (code == Z_MEM_ERROR)
            return karvan_fail(err, KARVAN_E_NOMEM, "no memory to unpack %s", in->path);
        *n = room - in->z.avail_out;
        in->ended = code == Z_STREAM_END;
        if (code != Z_STREAM_END && (code != Z_OK || *n == 0)) return damaged(in, err);
    }
    in->crc = (uint32_t)crc32_z(in->crc, (const unsigned char *)out, *n);
    if (in->ended && (in->crc != e->crc || in->z.total_out != e->size)) return damaged(in, err);
    return KARVAN_OK;
}

karvan_status karvan_i_event_next_file(karvan_i_event_input *in, bool *got, karvan_error *err) {
    if (in->zip.entry == NULL) { /* a file by itself */
        *got = in->entry < 0;
        in->entry = 0;
        return KARVAN_OK;
    }
    if (in->inflating) (void)inflateEnd(&in->z);
    in->inflating = in->ended = false;
    *got = ++in->entry < in->zip.n_entries;
    return *got ? begin_entry(in, err) : KARVAN_OK;
}

/* ---- all ---- */

static karvan_status read_gz(karvan_i_event_input *in, char *out, size_t room, size_t *n,
                             karvan_error *err) {
    errno = 0;
    int k = gzread(in->gz, out, (unsigned)room), code = Z_OK, why = errno;
    const char *what = gzerror(in->gz, &code);
    if (k < 0 && code == Z_MEM_ERROR)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory to unpack %s", in->path);
    if (k < 0 && code == Z_ERRNO)
        return karvan_fail(err, KARVAN_E_IO, "cannot read %s: %s", in->path, strerror(why));
    if (k < 0 || code == Z_BUF_ERROR) {
        karvan_status st = karvan_i_gzip_check(in->path, err); /* says where */
        return st != KARVAN_OK
                   ? st
                   : karvan_fail(err, KARVAN_E_DATA, "%s: the compressed file is damaged: %s",
                                 in->path, what);
    }
    *n = (size_t)k;
    return KARVAN_OK;
}

karvan_status karvan_i_event_bytes(karvan_i_event_input *in, char *out, size_t room, size_t *n,
                                   karvan_error *err) {
    *n = 0;
    if (in->zip.entry) return read_entry(in, out, room, n, err);
    if (in->gz) return read_gz(in, out, room, n, err);
    *n = in->n - in->at < room ? in->n - in->at : room;
    memcpy(out, in->bytes + in->at, *n);
    in->at += *n;
    return KARVAN_OK;
}

int64_t karvan_i_event_offset(const karvan_i_event_input *in) {
    if (in->gz) return (int64_t)gzoffset(in->gz);
    if (!in->zip.entry) return (int64_t)in->at;
    if (in->entry < 0 || in->entry >= in->zip.n_entries || !in->z.next_in) return 0;
    return (int64_t)(in->z.next_in - in->zip.bytes);
}
