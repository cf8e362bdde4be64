#ifndef KARVAN_TESTS_EXCHANGE_H
#define KARVAN_TESTS_EXCHANGE_H
/* Imports and exports in a folder of their own. Include cmocka before. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "karvan/exchange.h"
#include "karvan/network.h"
#include "table/cell.h"

/* In memory where there is such a place: what is written is also waited for, many times. */
static char folder[64] = "/dev/shm/karvan-exchange-XXXXXX";

static inline void remove_below(const char *dir) {
    DIR *d = opendir(dir);
    if (!d) return;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char path[600];
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        (void)snprintf(path, sizeof path, "%.300s/%.255s", dir, e->d_name);
        if (unlink(path) != 0) remove_below(path), (void)rmdir(path);
    }
    (void)closedir(d);
}

static inline int make_folder(void **state) {
    (void)state;
    if (mkdtemp(folder)) return 0;
    (void)snprintf(folder, sizeof folder, "/tmp/karvan-exchange-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}
static inline int remove_folder(void **state) {
    (void)state;
    remove_below(folder);
    return rmdir(folder);
}
static inline int empty_folder(void **state) {
    (void)state;
    remove_below(folder);
    return 0;
}

/* Path of a name in the folder; the last few stay valid. */
static inline const char *in_folder(const char *name) {
    static char path[8][300];
    static int next;
    char *p = path[next++ % 8];
    (void)snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

static inline const char *write_file(const char *name, const char *text) {
    const char *path = in_folder(name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fputs(text, f);
    assert_int_equal(fclose(f), 0);
    return path;
}

/* Read a format's files; fails the test where that cannot be. */
static inline karvan_import *import(const char *format, int n_settings,
                                    const karvan_import_setting *settings, int n_paths,
                                    const char *const *paths) {
    karvan_import *imp = NULL;
    karvan_error e = {0};
    if (karvan_import_create(format, n_settings, settings, &imp, &e) != KARVAN_OK ||
        karvan_import_read(imp, n_paths, paths, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return imp;
}

/* Problems of a code. */
static inline int told(const karvan_problems *p, const char *code) {
    int n = 0;
    for (int64_t i = 0; i < karvan_problems_total(p); i++)
        n += strcmp(karvan_problems_get(p, i).code, code) == 0;
    return n;
}
static inline void show(const karvan_problems *p) {
    for (int64_t i = 0; i < karvan_problems_total(p); i++) {
        karvan_problem q = karvan_problems_get(p, i);
        (void)fprintf(stderr, "%s:%lld:%lld: %s [%s]\n", q.file, (long long)q.line,
                      (long long)q.column, q.message, q.code);
    }
}
/* The first problem of a code; fails the test where there is none. */
static inline karvan_problem problem(const karvan_problems *p, const char *code) {
    for (int64_t i = 0; i < karvan_problems_total(p); i++)
        if (strcmp(karvan_problems_get(p, i).code, code) == 0) return karvan_problems_get(p, i);
    show(p);
    fail_msg("no problem has the code %s", code);
    return (karvan_problem){0};
}

/* read - taken of a kind of rows. */
static inline void counted(const karvan_import *imp, const char *kind, int64_t read,
                           int64_t taken) {
    karvan_table *t = NULL;
    assert_int_equal(karvan_import_summary(imp, &t, NULL), KARVAN_OK);
    int64_t row = karvan_table_lookup(t, 0, kind);
    if (row < 0) fail_msg("no rows of kind %s", kind);
    if (karvan_table_int(t, 1, row) != read || karvan_table_int(t, 2, row) != taken)
        fail_msg("%s: %lld read, %lld taken", kind, (long long)karvan_table_int(t, 1, row),
                 (long long)karvan_table_int(t, 2, row));
    assert_int_equal(karvan_table_int(t, 3, row), read - taken);
    karvan_table_destroy(t);
}

/* Open a region, whose schema must hold. */
static inline karvan_package *open_region(const char *dir) {
    karvan_problems *problems = NULL;
    karvan_package *p = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_problems_create(&problems, &e), KARVAN_OK);
    if (karvan_package_open(dir, problems, &p, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    if (karvan_problems_total(problems) > 0) {
        show(problems);
        fail_msg("%s has problems", dir);
    }
    assert_int_equal(karvan_package_check_sources(p, problems, &e), KARVAN_OK);
    assert_int_equal(karvan_problems_total(problems), 0);
    karvan_problems_destroy(problems);
    return p;
}

/* Write what was imported, and open it. */
static inline karvan_package *region_of(karvan_import *imp, const char *name) {
    karvan_error e = {0};
    if (karvan_import_write(imp, in_folder(name), &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return open_region(in_folder(name));
}

static inline double sum(const karvan_package *p, const char *table, const char *column) {
    const karvan_table *t = karvan_package_table(p, table);
    double s = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) s += karvan_i_cell_real(t, column, r);
    return s;
}
static inline int64_t rows_of(const karvan_package *p, const char *table) {
    return karvan_table_rows(karvan_package_table(p, table));
}
static inline const char *text_of(const karvan_package *p, const char *table, const char *key,
                                  const char *column) {
    int64_t row = karvan_package_row(p, table, key);
    if (row < 0) fail_msg("no row %s of %s", key, table);
    return karvan_i_cell_text(karvan_package_table(p, table), column, row);
}
static inline double real_of(const karvan_package *p, const char *table, const char *key,
                             const char *column) {
    int64_t row = karvan_package_row(p, table, key);
    if (row < 0) fail_msg("no row %s of %s", key, table);
    return karvan_i_cell_real(karvan_package_table(p, table), column, row);
}
#endif
