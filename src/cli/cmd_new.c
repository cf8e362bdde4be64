/* A copy of the region to edit: into a folder beside the target, then renamed. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "cli/cli.h"

enum { DEPTH_MAX = 4 };

static karvan_status copy_tree(const char *from, const char *to, int depth, karvan_error *err);

static karvan_status copy_entry(const char *from, const char *to, const char *name, int depth,
                                karvan_error *err) {
    char a[4600], b[4600], *s = NULL;
    size_t n;
    struct stat st_file;
    (void)snprintf(a, sizeof a, "%.4000s/%.500s", from, name),
        (void)snprintf(b, sizeof b, "%.4000s/%.500s", to, name);
    if (stat(a, &st_file) != 0)
        return karvan_fail(err, KARVAN_E_IO, "cannot read %s: %s", a, strerror(errno));
    if (S_ISDIR(st_file.st_mode)) return copy_tree(a, b, depth + 1, err);
    karvan_status st = karvan_i_file_read(a, &s, &n, err);
    if (st == KARVAN_OK) st = karvan_i_file_write(b, s, n, err);
    karvan_i_free(s);
    return st;
}

static karvan_status copy_tree(const char *from, const char *to, int depth, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (depth > DEPTH_MAX) return karvan_fail(err, KARVAN_E_DATA, "%s lies too deep", from);
    if (mkdir(to, 0777) != 0)
        return karvan_fail(err, KARVAN_E_IO, "cannot make %s: %s", to, strerror(errno));
    DIR *d = opendir(from);
    if (!d) return karvan_fail(err, KARVAN_E_IO, "cannot read %s: %s", from, strerror(errno));
    for (struct dirent *e; st == KARVAN_OK && (e = readdir(d)) != NULL;)
        if (e->d_name[0] != '.') st = copy_entry(from, to, e->d_name, depth, err);
    (void)closedir(d);
    return st;
}

static void remove_tree(const char *dir) {
    char path[4600];
    DIR *d = opendir(dir);
    for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        (void)snprintf(path, sizeof path, "%.4000s/%.500s", dir, e->d_name);
        if (unlink(path) != 0) remove_tree(path);
    }
    if (d) (void)closedir(d);
    (void)rmdir(dir);
}

static karvan_status run_new(cli *c, karvan_error *err) {
    char part[4200];
    char *to = c->argument[0];
    for (size_t n = strlen(to); n > 1 && to[n - 1] == '/'; n--) to[n - 1] = 0;
    if (!*to) return karvan_fail(err, KARVAN_E_ARG, "the new region's folder needs a name");
    karvan_status st = cli_open_region(c, err);
    if (st != KARVAN_OK) return st;
    st = cli_not_there(to, err);
    if (st != KARVAN_OK) return st;
    (void)snprintf(part, sizeof part, "%.4000s.%ld.part", to, (long)getpid());
    st = copy_tree(c->region_dir, part, 0, err);
    if (st == KARVAN_OK && rename(part, to) != 0)
        st = karvan_fail(err, KARVAN_E_IO, "cannot make %s: %s", to, strerror(errno));
    if (st != KARVAN_OK)
        remove_tree(part);
    else
        (void)printf(
            "%s is a copy of the region %s; edit its tables, then: karvan check --region %s\n", to,
            karvan_package_name(c->region), to);
    return st;
}

static const char *const examples[] = {"karvan new my-region", NULL};
const command command_new = {"new",
                             "a copy of the region that ships, to edit",
                             "DIR",
                             "Copies the region's folder. The copy is a Data Package of its own: "
                             "change its tables, add rows, then check it.",
                             NULL,
                             examples,
                             1,
                             1,
                             run_new};
