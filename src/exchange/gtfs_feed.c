/* A feed is a folder or a zip archive of CSV files. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/gtfs.h"

const char *const karvan_i_gtfs_names[KARVAN_I_GTFS_FILES] = {
    "feed_info",      "agency", "stops", "routes",     "calendar",
    "calendar_dates", "shapes", "trips", "stop_times", "frequencies"};

static karvan_status no_memory(const karvan_i_feed *f, karvan_error *err) {
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory to read %s", f->path);
}

static karvan_status add_file(karvan_i_feed *f, const char *name, int entry, karvan_error *err) {
    char **file = karvan_i_realloc(f->file, (size_t)f->n_files + 1, sizeof *file);
    if (file) f->file = file;
    int *entries = karvan_i_realloc(f->entry, (size_t)f->n_files + 1, sizeof *entries);
    if (entries) f->entry = entries;
    char *copy = karvan_i_strndup(name, strlen(name));
    if (!file || !entries || !copy) {
        karvan_i_free(copy);
        return no_memory(f, err);
    }
    int at = f->n_files++; /* kept in order of the names */
    for (; at > 0 && strcmp(f->file[at - 1], copy) > 0; at--)
        f->file[at] = f->file[at - 1], f->entry[at] = f->entry[at - 1];
    f->file[at] = copy, f->entry[at] = entry;
    return KARVAN_OK;
}

static karvan_status list_folder(karvan_i_feed *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    DIR *d = opendir(f->path);
    KARVAN_REQUIRE(d, err, KARVAN_E_IO, "cannot read %s: %s", f->path, strerror(errno));
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.') KARVAN_TRY(add_file(f, e->d_name, -1, err));
done:
    if (d) (void)closedir(d);
    return st;
}

/* Some archives hold the feed in a folder: the one where stops.txt is nearest to the root. */
static size_t folder_length(const karvan_i_zip *z, const char **folder) {
    static const char wanted[] = "stops.txt";
    size_t best = SIZE_MAX;
    *folder = "";
    for (int i = 0; i < z->n_entries; i++) {
        const char *name = z->entry[i].name, *slash = strrchr(name, '/');
        size_t n = slash ? (size_t)(slash - name) + 1 : 0;
        if (strcmp(name + n, wanted) == 0 && n < best) best = n, *folder = name;
    }
    return best == SIZE_MAX ? 0 : best;
}

static karvan_status list_archive(karvan_i_feed *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *folder;
    size_t n = folder_length(&f->zip, &folder);
    for (int i = 0; i < f->zip.n_entries; i++) {
        const char *name = f->zip.entry[i].name;
        bool inside = strncmp(name, folder, n) == 0;
        KARVAN_TRY(add_file(f, inside ? name + n : name, i, err));
    }
done:
    return st;
}

static karvan_status make_labels(karvan_i_feed *f, karvan_error *err) {
    karvan_i_text label = {0};
    for (int i = 0; i < KARVAN_I_GTFS_FILES; i++) {
        label.n = 0;
        karvan_i_text_printf(&label, "%s/%s.txt", f->path, karvan_i_gtfs_names[i]);
        if (!label.failed) f->label[i] = karvan_i_strndup(label.s, label.n);
        if (!f->label[i]) {
            karvan_i_text_clear(&label);
            return no_memory(f, err);
        }
    }
    karvan_i_text_clear(&label);
    return KARVAN_OK;
}

karvan_status karvan_i_feed_open_bytes(const char *bytes, size_t n, const char *path,
                                       karvan_i_feed *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char *keep = out->bytes;
    *out = (karvan_i_feed){.path = path, .packed = true, .bytes = keep};
    KARVAN_TRY(karvan_i_zip_open(bytes, n, path, &out->zip, err));
    KARVAN_TRY(list_archive(out, err));
    KARVAN_TRY(make_labels(out, err));
done:
    if (st != KARVAN_OK) karvan_i_feed_close(out);
    return st;
}

karvan_status karvan_i_feed_open(const char *path, karvan_i_feed *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    struct stat s;
    size_t n;
    *out = (karvan_i_feed){.path = path};
    KARVAN_REQUIRE(stat(path, &s) == 0, err, KARVAN_E_IO, "cannot read %s: %s", path,
                   strerror(errno));
    if (!S_ISDIR(s.st_mode)) {
        KARVAN_TRY(karvan_i_file_read(path, &out->bytes, &n, err));
        KARVAN_REQUIRE(karvan_i_is_zip(out->bytes, n), err, KARVAN_E_DATA,
                       "%s: a feed is a folder or a zip archive of stops.txt, routes.txt, ...",
                       path);
        return karvan_i_feed_open_bytes(out->bytes, n, path, out, err);
    }
    KARVAN_TRY(list_folder(out, err));
    KARVAN_TRY(make_labels(out, err));
done:
    if (st != KARVAN_OK) karvan_i_feed_close(out);
    return st;
}

void karvan_i_feed_close(karvan_i_feed *f) {
    for (int i = 0; i < f->n_files; i++) karvan_i_free(f->file[i]);
    for (int i = 0; i < KARVAN_I_GTFS_FILES; i++) karvan_i_free(f->label[i]);
    karvan_i_free(f->file), karvan_i_free(f->entry);
    karvan_i_zip_close(&f->zip);
    karvan_i_free(f->bytes);
    *f = (karvan_i_feed){0};
}

static bool is_read(const char *file) {
    size_t n = strlen(file);
    if (n < 4 || strcmp(file + n - 4, ".txt") != 0) return false;
    for (int i = 0; i < KARVAN_I_GTFS_FILES; i++)
        if (strlen(karvan_i_gtfs_names[i]) == n - 4 &&
            strncmp(karvan_i_gtfs_names[i], file, n - 4) == 0)
            return true;
    return false;
}

/* Records behind the header; -1 where the file is no text that can be read here. */
static int64_t count_rows(const karvan_i_feed *f, int file) {
    karvan_i_text path = {0};
    char *bytes = NULL;
    size_t n = 0;
    int64_t rows = -1;
    karvan_i_csv csv;
    karvan_i_text_printf(&path, "%s/%s", f->path, f->file[file]);
    karvan_status st = path.failed ? KARVAN_E_NOMEM
                       : f->packed ? karvan_i_zip_read(&f->zip, f->entry[file], &bytes, &n, NULL)
                                   : karvan_i_file_read(path.s, &bytes, &n, NULL);
    bool text = st == KARVAN_OK && karvan_utf8_valid_prefix(bytes, n) == n;
    if (text && karvan_i_csv_open(&csv, path.s, bytes, n, NULL) == KARVAN_OK) {
        bool got = true;
        while (got && karvan_i_csv_next(&csv, &got, NULL) == KARVAN_OK)
            if (got) rows += csv.n_fields > 1 || csv.field[0].n > 0;
        karvan_i_csv_close(&csv);
    }
    karvan_i_free(bytes);
    karvan_i_text_clear(&path);
    return rows;
}

karvan_status karvan_i_feed_report(const karvan_i_feed *f, karvan_import *imp, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < f->n_files; i++) {
        char label[600];
        if (is_read(f->file[i])) continue;
        (void)snprintf(label, sizeof label, "%.300s/%.250s", f->path, f->file[i]);
        int64_t rows = count_rows(f, i);
        const karvan_i_at at = {label, 0, 0};
        KARVAN_TRY(rows < 0 ? karvan_i_import_note(imp, KARVAN_WARNING, at, "gtfs-file", NULL, err,
                                                   "the file is not read")
                            : karvan_i_import_note(imp, KARVAN_WARNING, at, "gtfs-file", NULL, err,
                                                   "the file is not read: %lld row%s",
                                                   (long long)rows, rows == 1 ? "" : "s"));
    }
done:
    return st;
}
