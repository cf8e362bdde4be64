/* Whole files, read and written so that nothing is ever half there. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"

static karvan_status write_all(int fd, const char *s, size_t n) {
    while (n > 0) {
        ssize_t k = write(fd, s, n);
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) return KARVAN_E_IO;
        s += k, n -= (size_t)k;
    }
    return KARVAN_OK;
}

/* Writes, waits for the disk where the file is to be renamed, closes in any case. */
static karvan_status fill(int fd, const char *s, size_t n, bool sync) {
    karvan_status st = write_all(fd, s, n);
    if (st == KARVAN_OK && sync && fsync(fd) != 0) st = KARVAN_E_IO;
    int why = errno;
    if (close(fd) != 0 && st == KARVAN_OK) return KARVAN_E_IO;
    errno = why;
    return st;
}

int karvan_i_file_beside(const char *path, karvan_i_text *name) {
    enum { TRIES = 1000 };
    for (int i = 0; i < TRIES; i++) {
        karvan_i_text_clear(name);
        karvan_i_text_printf(name, "%s.%ld-%d.part", path, (long)getpid(), i);
        if (name->failed) return -1;
        int fd = open(name->s, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

/* `old`: what stands at path, whose permissions the new file takes; NULL: nothing. */
static karvan_status replace(const char *path, const struct stat *old, const char *s, size_t n,
                             karvan_error *err) {
    karvan_i_text beside = {0};
    karvan_status st = KARVAN_OK;
    int fd = karvan_i_file_beside(path, &beside);
    KARVAN_TRY(karvan_i_text_status(&beside, err));
    KARVAN_REQUIRE(fd >= 0, err, KARVAN_E_IO, "cannot write %s: %s", path, strerror(errno));
    if (old) (void)fchmod(fd, old->st_mode & 0777);
    st = fill(fd, s, n, true);
    if (st == KARVAN_OK && rename(beside.s, path) != 0) st = KARVAN_E_IO;
    if (st != KARVAN_OK) {
        (void)karvan_fail(err, st, "cannot write %s: %s", path, strerror(errno));
        (void)unlink(beside.s);
    }
done:
    karvan_i_text_clear(&beside);
    return st;
}

karvan_status karvan_i_file_write(const char *path, const char *s, size_t n, karvan_error *err) {
    struct stat old;
    bool exists = stat(path, &old) == 0;
    if (!exists || S_ISREG(old.st_mode)) return replace(path, exists ? &old : NULL, s, n, err);
    /* a device or a pipe cannot be renamed onto: it is written as it stands */
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || fill(fd, s, n, false) != KARVAN_OK)
        return karvan_fail(err, KARVAN_E_IO, "cannot write %s: %s", path, strerror(errno));
    return KARVAN_OK;
}

karvan_status karvan_i_file_read(const char *path, char **s, size_t *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char *bytes = NULL;
    size_t have = 0, cap = 0;
    *s = NULL, *n = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    KARVAN_REQUIRE(fd >= 0, err, KARVAN_E_IO, "cannot read %s: %s", path, strerror(errno));
    for (;;) {
        if (cap - have < 2) {
            cap = cap ? 2 * cap : 65536;
            char *more = karvan_i_realloc(bytes, cap, 1);
            KARVAN_REQUIRE(more, err, KARVAN_E_NOMEM, "no memory to read %s", path);
            bytes = more;
        }
        ssize_t k = read(fd, bytes + have, cap - have - 1);
        if (k < 0 && errno == EINTR) continue;
        KARVAN_REQUIRE(k >= 0, err, KARVAN_E_IO, "cannot read %s: %s", path, strerror(errno));
        if (k == 0) break;
        have += (size_t)k;
    }
    bytes[have] = 0;
    *s = bytes, *n = have, bytes = NULL;
done:
    karvan_i_free(bytes);
    if (fd >= 0) (void)close(fd);
    return st;
}
