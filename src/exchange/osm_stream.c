#include "exchange/osm_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/try.h"

karvan_status karvan_i_osm_stream_open(karvan_i_osm_stream *s, const karvan_i_osm_source *source,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    struct stat about;
    *s = (karvan_i_osm_stream){.path = source->path, .fd = -1};
    s->in = karvan_i_malloc(KARVAN_I_OSM_BLOCK, 1);
    KARVAN_REQUIRE(s->in, err, KARVAN_E_NOMEM, "no memory to read %s", source->path);
    s->bytes = source->bytes, s->left = source->n;
    if (source->bytes) return KARVAN_OK;
    s->fd = open(source->path, O_RDONLY | O_CLOEXEC);
    KARVAN_REQUIRE(s->fd >= 0, err, KARVAN_E_IO, "cannot read %s: %s", source->path,
                   strerror(errno));
    KARVAN_REQUIRE(fstat(s->fd, &about) == 0 && S_ISREG(about.st_mode), err, KARVAN_E_IO,
                   "cannot read %s: it must be a file, since it is read twice", source->path);
done:
    if (st != KARVAN_OK) karvan_i_osm_stream_close(s);
    return st;
}

void karvan_i_osm_stream_close(karvan_i_osm_stream *s) {
    if (s->gzip) (void)inflateEnd(&s->z);
    if (s->fd >= 0) (void)close(s->fd);
    karvan_i_free(s->in);
    *s = (karvan_i_osm_stream){.fd = -1};
}

/* Up to n bytes as they stand in the file. */
static karvan_status raw(karvan_i_osm_stream *s, unsigned char *to, size_t n, size_t *got,
                         karvan_error *err) {
    *got = 0;
    if (s->fd < 0) {
        *got = n < s->left ? n : s->left;
        if (*got) memcpy(to, s->bytes, *got);
        s->bytes += *got, s->left -= *got;
        return KARVAN_OK;
    }
    while (*got < n) {
        ssize_t k = read(s->fd, to + *got, n - *got);
        if (k < 0 && errno == EINTR) continue;
        if (k < 0)
            return karvan_fail(err, KARVAN_E_IO, "cannot read %s: %s", s->path, strerror(errno));
        if (k == 0) break;
        *got += (size_t)k;
    }
    return KARVAN_OK;
}

static karvan_status fill(karvan_i_osm_stream *s, karvan_error *err) {
    s->in_at = 0;
    return raw(s, s->in, KARVAN_I_OSM_BLOCK, &s->in_n, err);
}

karvan_status karvan_i_osm_stream_peek(karvan_i_osm_stream *s, unsigned char *to, size_t n,
                                       size_t *got, karvan_error *err) {
    karvan_status st = fill(s, err);
    *got = st != KARVAN_OK ? 0 : n < s->in_n ? n : s->in_n;
    if (*got) memcpy(to, s->in, *got);
    return st;
}

karvan_status karvan_i_osm_stream_gzip(karvan_i_osm_stream *s, karvan_error *err) {
    enum { GZIP = 16 }; /* zlib: expect the header of gzip, no other */
    s->z = karvan_i_z_stream();
    if (inflateInit2(&s->z, MAX_WBITS + GZIP) != Z_OK)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory to inflate %s", s->path);
    s->gzip = true;
    return KARVAN_OK;
}

static karvan_status plain(karvan_i_osm_stream *s, unsigned char *to, size_t n, size_t *got,
                           karvan_error *err) {
    size_t have = s->in_n - s->in_at, k = n < have ? n : have, more = 0;
    if (k) memcpy(to, s->in + s->in_at, k);
    s->in_at += k;
    karvan_status st = k < n ? raw(s, to + k, n - k, &more, err) : KARVAN_OK;
    *got = k + more;
    return st;
}

karvan_status karvan_i_osm_stream_read(karvan_i_osm_stream *s, void *to, size_t n, size_t *got,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *got = 0;
    if (!s->gzip) return plain(s, to, n, got, err);
    while (*got < n) {
        if (s->in_at == s->in_n) KARVAN_TRY(fill(s, err));
        if (s->in_n == 0 && s->ended) break;
        if (s->ended) s->ended = false, (void)inflateReset(&s->z); /* one more member follows */
        s->z.next_in = s->in + s->in_at, s->z.avail_in = (uInt)(s->in_n - s->in_at);
        s->z.next_out = (unsigned char *)to + *got, s->z.avail_out = (uInt)(n - *got);
        size_t before = *got;
        int code = inflate(&s->z, Z_NO_FLUSH);
        *got = n - s->z.avail_out, s->in_at = s->in_n - s->z.avail_in;
        KARVAN_REQUIRE(code != Z_MEM_ERROR, err, KARVAN_E_NOMEM, "no memory to inflate %s",
                       s->path);
        KARVAN_REQUIRE(code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR, err,
                       KARVAN_E_DATA, "%s: the gzip file is damaged: %s", s->path,
                       s->z.msg ? s->z.msg : "its data cannot be inflated");
        /* without more to read, what inflate still holds may yet come out */
        KARVAN_REQUIRE(s->in_n > 0 || *got > before || code == Z_STREAM_END, err, KARVAN_E_DATA,
                       "%s: the gzip file is cut: it ends before its data do", s->path);
        s->ended = code == Z_STREAM_END;
    }
done:
    return st;
}
