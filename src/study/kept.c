/* Solved bases in a folder of the user's: named by what decides them, checked before they are
 * taken, the oldest removed. */
#include "study/kept.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/build.h"
#include "base/digest.h"
#include "base/try.h"

enum { KEPT_MOST = 8, SEEN_MOST = 256, PART_OLD_S = 3600, PATH_CAP = 4200 };
static const off_t BYTES_MOST = (off_t)256 << 20; /* of one file, and of all */
static const char PREFIX[] = "base-", PART[] = ".part";

/* ---- what decides a base ---- */

uint64_t karvan_i_kept_key(const karvan_package *region, const karvan_study_options *o) {
    uint64_t build = karvan_i_build(), h = karvan_i_mix(build, KARVAN_I_KEPT_FORMAT);
    if (build == 0) return 0;
    h = karvan_i_mix_text(h, karvan_version());
    h = karvan_i_mix(karvan_i_mix(h, (uint64_t)o->year), o->has_date);
    h = karvan_i_mix(h, o->has_date ? (uint64_t)o->date : 0);
    h = karvan_i_mix_real(h, o->least_teu_day);
    for (int i = 0; i < karvan_package_count(region); i++) {
        const karvan_table *t = karvan_package_at(region, i);
        if (t)
            h = karvan_i_mix(karvan_i_mix_text(h, karvan_table_name(t)), karvan_i_table_digest(t));
    }
    return h != 0 ? h : 1;
}

void karvan_i_kept_path(const char *dir, uint64_t key, char *out, size_t cap) {
    (void)snprintf(out, cap, "%s/%s%016" PRIx64, dir, PREFIX, key);
}

/* ---- bytes ---- */

typedef struct head {
    char magic[8];
    uint64_t order, format, build, key, length, digest; /* of all before it and behind it */
} head;
_Static_assert(sizeof(head) == KARVAN_I_KEPT_HEAD, "a head has no gaps");

/* Four digests side by side: each waits for its own multiplication alone. */
static uint64_t digest_of(const char *s, size_t n) {
    enum { SIDE = 4 };
    const size_t WORD = sizeof(uint64_t);
    uint64_t h[SIDE] = {1, 2, 3, 4}, word[SIDE];
    size_t at = 0;
    for (; n - at >= sizeof word; at += sizeof word) {
        memcpy(word, s + at, sizeof word);
        for (int i = 0; i < SIDE; i++) h[i] = karvan_i_mix(h[i], word[i]);
    }
    uint64_t all = karvan_i_digest_bytes(s + at, n - at) ^ n / WORD;
    for (int i = 0; i < SIDE; i++) all = karvan_i_mix(all, h[i]);
    return all;
}

static head head_of(uint64_t key, const char *kept, size_t n) {
    head h = {.magic = "karvan\n",
              .order = 0x0102030405060708u,
              .format = KARVAN_I_KEPT_FORMAT,
              .build = karvan_i_build(),
              .key = key,
              .length = n};
    h.digest = karvan_i_mix(karvan_i_digest_bytes((const char *)&h, offsetof(head, digest)),
                            digest_of(kept, n));
    return h;
}

const char *karvan_i_kept_check(const char *bytes, size_t n, uint64_t key, size_t *length) {
    if (n < sizeof(head)) return NULL;
    *length = n - sizeof(head);
    head h = head_of(key, bytes + sizeof h, *length);
    return memcmp(&h, bytes, sizeof h) == 0 ? bytes + sizeof h : NULL;
}

/* ---- files ---- */

/* A file of the user's own, whole; *bytes NULL: there is none. It counts as new from now on. */
static karvan_status read_file(const char *path, char **bytes, size_t *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    struct stat s;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    *bytes = NULL, *n = 0;
    if (fd < 0) return KARVAN_OK;
    if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode) || s.st_uid != geteuid() || s.st_size <= 0 ||
        s.st_size > BYTES_MOST)
        goto done;
    *bytes = karvan_i_malloc((size_t)s.st_size, 1);
    KARVAN_REQUIRE(*bytes, err, KARVAN_E_NOMEM, "no memory for a solution that was kept");
    while (*n < (size_t)s.st_size) {
        ssize_t k = read(fd, *bytes + *n, (size_t)s.st_size - *n);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) break;
        *n += (size_t)k;
    }
    (void)futimens(fd, NULL);
done:
    (void)close(fd);
    return st;
}

karvan_status karvan_i_kept_take(const char *dir, uint64_t key, karvan_i_study_side *s, bool *taken,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_error why = {0};
    char path[PATH_CAP], *bytes = NULL;
    size_t n, length;
    *taken = false;
    karvan_i_kept_path(dir, key, path, sizeof path);
    KARVAN_TRY(read_file(path, &bytes, &n, err));
    const char *kept = bytes ? karvan_i_kept_check(bytes, n, key, &length) : NULL;
    if (!kept) goto done;
    st = karvan_i_kept_unpack(s, kept, length, &why);
    *taken = st == KARVAN_OK;
    if (*taken) goto done;
    st = st == KARVAN_E_DATA ? KARVAN_OK : karvan_fail(err, st, "%s", why.msg);
done:
    karvan_i_free(bytes);
    return st;
}

/* ---- the folder ---- */

/* With the folders above it; where that fails, so does what follows. */
static void make_folder(const char *dir) {
    char path[PATH_CAP];
    size_t n = strlen(dir);
    if (n >= sizeof path) return;
    memcpy(path, dir, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0') continue;
        path[i] = '\0';
        (void)mkdir(path, 0700);
        if (i < n) path[i] = '/';
    }
}

typedef struct seen { /* a file that was kept */
    char name[64];
    off_t bytes;
    struct timespec at;
} seen;

static int newest_first(const void *a, const void *b) {
    const seen *x = a, *y = b;
    if (x->at.tv_sec != y->at.tv_sec) return x->at.tv_sec < y->at.tv_sec ? 1 : -1;
    if (x->at.tv_nsec != y->at.tv_nsec) return x->at.tv_nsec < y->at.tv_nsec ? 1 : -1;
    return strcmp(x->name, y->name);
}

static bool ends_in(const char *s, const char *end) {
    size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

/* Is the file one that was kept? What another run began long ago and never ended is removed. */
static bool look_at(int dir, const char *name, seen *out) {
    struct stat s;
    if (strncmp(name, PREFIX, strlen(PREFIX)) != 0 || strlen(name) >= sizeof out->name ||
        fstatat(dir, name, &s, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(s.st_mode))
        return false;
    if (ends_in(name, PART)) {
        if (s.st_mtim.tv_sec < time(NULL) - PART_OLD_S) (void)unlinkat(dir, name, 0);
        return false;
    }
    memcpy(out->name, name, strlen(name) + 1);
    out->bytes = s.st_size, out->at = s.st_mtim;
    return true;
}

/* The newest few stay, as far as they are not too much together. */
static karvan_status clean(const char *path, karvan_error *err) {
    int n = 0;
    off_t sum = 0;
    DIR *dir = opendir(path);
    if (!dir) return KARVAN_OK;
    seen *all = karvan_i_malloc(SEEN_MOST, sizeof *all);
    for (const struct dirent *e; all && n < SEEN_MOST && (e = readdir(dir));)
        n += look_at(dirfd(dir), e->d_name, &all[n]);
    if (n > 1) qsort(all, (size_t)n, sizeof *all, newest_first);
    for (int i = 0; i < n; i++) {
        sum += all[i].bytes;
        if (i >= KEPT_MOST || (i > 0 && sum > BYTES_MOST))
            (void)unlinkat(dirfd(dir), all[i].name, 0);
    }
    (void)closedir(dir);
    karvan_i_free(all);
    return all ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory to clean a folder");
}

karvan_status karvan_i_kept_put(const char *dir, uint64_t key, const karvan_i_study_side *s,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char path[PATH_CAP];
    karvan_i_text t = {0};
    head h = {0};
    karvan_i_text_add(&t, (const char *)&h, sizeof h);
    KARVAN_TRY(karvan_i_kept_pack(s, &t, err));
    h = head_of(key, t.s + sizeof h, t.n - sizeof h);
    memcpy(t.s, &h, sizeof h);
    karvan_i_kept_path(dir, key, path, sizeof path);
    make_folder(dir);
    st = karvan_i_file_write(path, t.s, t.n, NULL);
    if (st == KARVAN_E_NOMEM) KARVAN_TRY(karvan_fail(err, st, "no memory for a name"));
    st = st == KARVAN_OK ? clean(dir, err) : KARVAN_OK;
done:
    karvan_i_text_clear(&t);
    return st;
}
