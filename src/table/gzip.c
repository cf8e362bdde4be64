#include "table/gzip.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/inflate.h"
#include "base/try.h"

enum { BLOCK = 1 << 16 };

typedef struct through {
    const char *path;
    FILE *f;
    z_stream z;
    bool inflating;
    int64_t size, at;        /* bytes of the file; those read into the block before this one */
    unsigned char *in, *out; /* [BLOCK] */
} through;

static karvan_status damaged(const through *t, const char *why, karvan_error *err) {
    return karvan_fail(
        err, KARVAN_E_DATA,
        "%s: the compressed file is damaged, at byte %lld of %lld or before it (%s): "
        "what it holds is not to be trusted",
        t->path, (long long)(t->at - (int64_t)t->z.avail_in), (long long)t->size, why);
}

static karvan_status cut(const through *t, karvan_error *err) {
    return karvan_fail(err, KARVAN_E_DATA,
                       "%s: the compressed file is cut: it ends at byte %lld, before its data do",
                       t->path, (long long)t->at);
}

static void more(through *t) {
    size_t n = fread(t->in, 1, BLOCK, t->f);
    t->z.next_in = t->in, t->z.avail_in = (unsigned)n, t->at += (int64_t)n;
}

/* Does another member follow? What else stands behind the last one is passed over, as by zlib. */
static bool another(through *t) {
    if (t->z.avail_in == 0) more(t);
    return t->z.avail_in > 0 && *t->z.next_in == 0x1f;
}

static karvan_status inflate_all(through *t, karvan_error *err) {
    for (;;) {
        if (t->z.avail_in == 0) more(t);
        if (t->z.avail_in == 0) return cut(t, err);
        t->z.next_out = t->out, t->z.avail_out = BLOCK;
        int code = inflate(&t->z, Z_NO_FLUSH);
        if (code == Z_MEM_ERROR)
            return karvan_fail(err, KARVAN_E_NOMEM, "no memory to unpack %s", t->path);
        if (code == Z_STREAM_END) {
            if (!another(t)) return KARVAN_OK;
            (void)inflateReset(&t->z);
        } else if (code != Z_OK && code != Z_BUF_ERROR) {
            return damaged(t, t->z.msg ? t->z.msg : "no data of deflate", err);
        }
    }
}

/* A file that can be read again, and begins as gzip does. */
static bool begin(through *t) {
    struct stat s;
    if (stat(t->path, &s) != 0 || !S_ISREG(s.st_mode)) return false;
    t->size = (int64_t)s.st_size;
    t->f = fopen(t->path, "rb");
    if (!t->f) return false;
    unsigned char magic[2];
    bool is = fread(magic, 1, 2, t->f) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
    rewind(t->f);
    return is;
}

karvan_status karvan_i_gzip_check(const char *path, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    through t = {.path = path, .z = karvan_i_z_stream()};
    if (!begin(&t)) goto done;
    t.in = karvan_i_malloc(BLOCK, 1), t.out = karvan_i_malloc(BLOCK, 1);
    t.inflating = t.in && t.out && inflateInit2(&t.z, MAX_WBITS + 16) == Z_OK;
    KARVAN_REQUIRE(t.inflating, err, KARVAN_E_NOMEM, "no memory to unpack %s", path);
    st = inflate_all(&t, err);
done:
    if (t.inflating) (void)inflateEnd(&t.z);
    if (t.f) (void)fclose(t.f);
    karvan_i_free(t.in), karvan_i_free(t.out);
    return st;
}

karvan_status karvan_i_gzip_judge(const char *path, karvan_status st, karvan_error *err) {
    karvan_error found = {0};
    if (st != KARVAN_E_DATA || karvan_i_gzip_check(path, &found) != KARVAN_E_DATA) return st;
    if (err) *err = found;
    return st;
}
