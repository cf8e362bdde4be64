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

karvan_status karvan_i_file_write(const char *path, const char *s, size_t n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text beside = {0};
    struct stat old;
    int fd = -1;
    karvan_i_text_printf(&beside, "%s.%ld.part", path, (long)getpid());
    KARVAN_TRY(karvan_i_text_status(&beside, err));
    /* a device or a pipe cannot be renamed onto: it is written as it stands */
    bool plain = stat(path, &old) != 0 || S_ISREG(old.st_mode);
    const char *target = plain ? beside.s : path;
    fd = open(target, plain ? O_WRONLY | O_CREAT | O_EXCL : O_WRONLY, 0666);
    KARVAN_REQUIRE(fd >= 0, err, KARVAN_E_IO, "cannot write %s: %s", path, strerror(errno));
    st = write_all(fd, s, n);
    if (st == KARVAN_OK && plain && fsync(fd) != 0) st = KARVAN_E_IO;
    int why = errno;
    if (close(fd) != 0 && st == KARVAN_OK) st = KARVAN_E_IO, why = errno;
    fd = -1;
    if (st == KARVAN_OK && plain && rename(beside.s, path) != 0) st = KARVAN_E_IO, why = errno;
    if (st != KARVAN_OK) {
        if (plain) (void)unlink(beside.s);
        (void)karvan_fail(err, st, "cannot write %s: %s", path, strerror(why));
    }
done:
    karvan_i_text_clear(&beside);
    return st;
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
            char *more = karvan_i_realloc(bytes, cap = cap ? 2 * cap : 65536, 1);
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
