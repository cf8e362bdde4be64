#include "exchange/folder.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/try.h"

static karvan_status make_beside(karvan_i_folder *f, karvan_error *err) {
    enum { TRIES = 1000 };
    for (int i = 0; i < TRIES; i++) {
        f->part.n = 0;
        karvan_i_text_printf(&f->part, "%s.%ld-%d.part", f->dir.s, (long)getpid(), i);
        karvan_status st = karvan_i_text_status(&f->part, err);
        if (st != KARVAN_OK) return st;
        if (mkdir(f->part.s, 0777) == 0) return f->made = true, KARVAN_OK;
        if (errno != EEXIST) break;
    }
    return karvan_fail(err, KARVAN_E_IO, "cannot make %s: %s", f->dir.s, strerror(errno));
}

karvan_status karvan_i_folder_begin(karvan_i_folder *f, const char *dir, karvan_error *err) {
    struct stat there;
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/') n--;
    *f = (karvan_i_folder){0};
    if (n == 0) return karvan_fail(err, KARVAN_E_ARG, "the folder needs a name");
    karvan_i_text_add(&f->dir, dir, n);
    karvan_status st = karvan_i_text_status(&f->dir, err);
    if (st != KARVAN_OK) return st;
    if (lstat(f->dir.s, &there) == 0)
        return karvan_fail(err, KARVAN_E_ARG, "%s is there already: choose another folder",
                           f->dir.s);
    return make_beside(f, err);
}

karvan_status karvan_i_folder_file(const karvan_i_folder *f, const char *name,
                                   const karvan_i_text *text, karvan_error *err) {
    karvan_i_text path = {0};
    karvan_i_text_printf(&path, "%s/%s", f->part.s, name);
    karvan_status st = karvan_i_text_status(&path, err);
    if (st == KARVAN_OK) st = karvan_i_text_status(text, err);
    if (st == KARVAN_OK) st = karvan_i_file_write(path.s, text->n ? text->s : "", text->n, err);
    karvan_i_text_clear(&path);
    return st;
}

karvan_status karvan_i_folder_open(const karvan_i_folder *f, const char *name,
                                   karvan_i_folder_stream *out, karvan_error *err) {
    *out = (karvan_i_folder_stream){0};
    karvan_i_text_printf(&out->path, "%s/%s", f->part.s, name);
    karvan_status st = karvan_i_text_status(&out->path, err);
    if (st != KARVAN_OK) return st;
    out->f = fopen(out->path.s, "wb");
    return out->f
               ? KARVAN_OK
               : karvan_fail(err, KARVAN_E_IO, "cannot write %s: %s", out->path.s, strerror(errno));
}

void karvan_i_folder_add(karvan_i_folder_stream *s, const karvan_i_text *text) {
    if (s->failed || text->n == 0 || fwrite(text->s, 1, text->n, s->f) == text->n) return;
    s->failed = true, s->reason = errno;
}

karvan_status karvan_i_folder_close(karvan_i_folder_stream *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (s->f) {
        if (!s->failed && (fflush(s->f) != 0 || fsync(fileno(s->f)) != 0))
            s->failed = true, s->reason = errno;
        if (fclose(s->f) != 0 && !s->failed) s->failed = true, s->reason = errno;
        if (s->failed)
            st = karvan_fail(err, KARVAN_E_IO, "cannot write %s: %s", s->path.s,
                             strerror(s->reason));
    }
    karvan_i_text_clear(&s->path);
    *s = (karvan_i_folder_stream){0};
    return st;
}

karvan_status karvan_i_folder_finish(karvan_i_folder *f, karvan_error *err) {
    if (rename(f->part.s, f->dir.s) != 0)
        return karvan_fail(err, KARVAN_E_IO, "cannot make %s: %s", f->dir.s, strerror(errno));
    f->made = false;
    return KARVAN_OK;
}

static void remove_files(const char *dir) {
    DIR *d = opendir(dir);
    if (!d) return;
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            (void)unlinkat(dirfd(d), e->d_name, 0);
    (void)closedir(d);
    (void)rmdir(dir);
}

void karvan_i_folder_clear(karvan_i_folder *f) {
    if (f->made) remove_files(f->part.s);
    karvan_i_text_clear(&f->dir), karvan_i_text_clear(&f->part);
    f->made = false;
}
