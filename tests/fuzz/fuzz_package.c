/* A descriptor, a NUL, and the table t.csv beside it: opened as a package, every part of it asked
 * for, and all the region's own checks of what it holds. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "karvan/karvan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static char folder[64];

static void remove_folder(void) {
    char path[100];
    (void)snprintf(path, sizeof path, "%s/datapackage.json", folder), (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/t.csv", folder), (void)unlink(path);
    (void)rmdir(folder);
}

static void put(const char *name, const void *bytes, size_t n) {
    char path[100];
    if (!*folder) {
        (void)snprintf(folder, sizeof folder, "/tmp/karvan-fuzz-XXXXXX");
        require(mkdtemp(folder) != NULL && atexit(remove_folder) == 0);
    }
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    require(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

static void ask(const karvan_package *p) {
    require(karvan_package_name(p) && karvan_package_title(p) && karvan_package_version(p));
    for (int i = 0; i < karvan_package_count(p); i++) {
        const karvan_table *t = karvan_package_at(p, i);
        char key[600];
        for (int64_t r = 0; t && r < karvan_table_rows(t) && r < 50; r++) {
            if (karvan_package_key(p, t, r, key, sizeof key, NULL) != KARVAN_OK) continue;
            int64_t first = karvan_package_row(p, karvan_table_name(t), key);
            require(first >= 0 && first <= r);
        }
        for (int c = 0; t && c < karvan_table_columns(t); c++)
            require(karvan_package_describe(p, karvan_table_name(t),
                                            karvan_table_column(t, c).name) != NULL);
    }
}

static void check_all(const karvan_package *p, karvan_problems *problems) {
    (void)karvan_package_check_sources(p, problems, NULL);
    (void)karvan_record_check(p, problems, NULL);
    (void)karvan_trade_check(p, problems, NULL);
    (void)karvan_network_check(p, problems, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    long live = karvan_i_alloc_live;
    karvan_problems *problems = NULL;
    karvan_package *p = NULL;
    karvan_error e = {0};
    if (size == 0 || size > 1 << 16) return 0; /* bound the work, not the meaning */
    const uint8_t *nul = memchr(data, 0, size);
    size_t n = nul ? (size_t)(nul - data) : size;
    put("datapackage.json", data, n);
    put("t.csv", nul ? nul + 1 : data, nul ? size - n - 1 : 0);
    require(karvan_problems_create(&problems, NULL) == KARVAN_OK);
    karvan_status st = karvan_package_open(folder, problems, &p, &e);
    require((st == KARVAN_OK) == (p != NULL));
    if (st != KARVAN_OK) require(karvan_problems_count(problems, KARVAN_ERROR) > 0 && *e.msg);
    if (p) ask(p), check_all(p, problems);
    karvan_package_destroy(p), karvan_problems_destroy(problems);
    require(karvan_i_alloc_live == live);
    return 0;
}
