#ifndef KARVAN_TESTS_ZIP_WRITER_H
#define KARVAN_TESTS_ZIP_WRITER_H
/* Small zip archives in memory, for what reads them. */
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "base/text.h"

typedef struct zip_writer {
    karvan_i_text files, directory;
    int n;
} zip_writer;

static inline void zip_number(karvan_i_text *t, uint32_t v, int bytes) {
    for (int i = 0; i < bytes; i++) {
        char c = (char)(v >> 8 * i);
        karvan_i_text_add(t, &c, 1);
    }
}

/* What stands alike in a file's own header and in the directory. */
static inline void zip_common(karvan_i_text *t, bool deflated, const char *bytes, size_t n,
                              size_t packed) {
    zip_number(t, 20, 2), zip_number(t, 0, 2), zip_number(t, deflated ? 8 : 0, 2);
    zip_number(t, 0, 4);
    zip_number(t, (uint32_t)crc32(0, (const unsigned char *)bytes, (unsigned)n), 4);
    zip_number(t, (uint32_t)packed, 4), zip_number(t, (uint32_t)n, 4);
}

static inline void zip_add(zip_writer *z, const char *name, const char *bytes, size_t n,
                           bool deflated) {
    static unsigned char packed[1 << 20];
    z_stream s = {0};
    size_t size = n, at = z->files.n, name_n = strlen(name);
    if (deflated) {
        (void)deflateInit2(&s, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
        s.next_in = (z_const Bytef *)bytes, s.avail_in = (unsigned)n;
        s.next_out = packed, s.avail_out = sizeof packed;
        (void)deflate(&s, Z_FINISH);
        size = s.total_out;
        (void)deflateEnd(&s);
    }
    zip_number(&z->files, 0x04034B50, 4);
    zip_common(&z->files, deflated, bytes, n, size);
    zip_number(&z->files, (uint32_t)name_n, 2), zip_number(&z->files, 0, 2);
    karvan_i_text_add(&z->files, name, name_n);
    karvan_i_text_add(&z->files, deflated ? (const char *)packed : bytes, size);
    zip_number(&z->directory, 0x02014B50, 4), zip_number(&z->directory, 20, 2);
    zip_common(&z->directory, deflated, bytes, n, size);
    zip_number(&z->directory, (uint32_t)name_n, 2);
    for (int i = 0; i < 3; i++) zip_number(&z->directory, 0, 4);
    zip_number(&z->directory, (uint32_t)at, 4);
    karvan_i_text_add(&z->directory, name, name_n);
    z->n++;
}

/* The archive; clear z->files when it is no longer needed. */
static inline void zip_finish(zip_writer *z, const char **bytes, size_t *n) {
    size_t at = z->files.n, size = z->directory.n;
    karvan_i_text_add(&z->files, z->directory.n ? z->directory.s : "", size);
    karvan_i_text_clear(&z->directory);
    zip_number(&z->files, 0x06054B50, 4), zip_number(&z->files, 0, 4);
    zip_number(&z->files, (uint32_t)z->n, 2), zip_number(&z->files, (uint32_t)z->n, 2);
    zip_number(&z->files, (uint32_t)size, 4), zip_number(&z->files, (uint32_t)at, 4);
    zip_number(&z->files, 0, 2);
    *bytes = z->files.s, *n = z->files.n;
}

/* A text of files, each under a line "== NAME", packed. */
static inline void zip_of_text(zip_writer *z, const char *text, size_t n) {
    const char *end = text + n, *at = text;
    *z = (zip_writer){0};
    while (end - at > 3 && memcmp(at, "== ", 3) == 0) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        char name[64];
        if (!stop) return;
        size_t len = (size_t)(stop - at) - 3;
        if (len >= sizeof name) len = sizeof name - 1;
        memcpy(name, at + 3, len), name[len] = 0;
        name[strlen(name)] = 0;
        const char *body = ++stop;
        while (stop < end && !(end - stop > 3 && memcmp(stop, "== ", 3) == 0)) {
            const char *next = memchr(stop, '\n', (size_t)(end - stop));
            stop = next ? next + 1 : end;
        }
        zip_add(z, name, body, (size_t)(stop - body), z->n % 2 == 0);
        at = stop;
    }
}
#endif
