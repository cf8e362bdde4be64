#ifndef KARVAN_TESTS_REGION_H
#define KARVAN_TESTS_REGION_H
/* A region of a few rows in a folder of its own, for tests: each table is a CSV text whose header
 * gives name and type of every column, "id:s,from:s,length_km:n,two_way:b,open_from:d". Empty cells
 * are unknown, `..` is not covered, as in the region that ships. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "karvan/table.h"

typedef struct small_table {
    const char *name, *csv, *key; /* key: columns of the primary key, JSON; NULL: none */
} small_table;

typedef struct small_region {
    char folder[64];
    const small_table *tables;
    int n;
    karvan_problems *problems;
    karvan_package *package;
} small_region;

static inline void small_path(const small_region *r, const char *name, const char *end, char *out,
                              size_t cap) {
    (void)snprintf(out, cap, "%.63s/%.80s%s", r->folder, name, end);
}

/* The header without its types, then the rows; the fields of the schema go to the descriptor. */
static inline bool small_write_table(const small_region *r, const small_table *t, FILE *json) {
    static const struct {
        char letter;
        const char *json;
    } types[] = {{'s', "\"type\":\"string\""},
                 {'n', "\"type\":\"number\""},
                 {'i', "\"type\":\"integer\""},
                 {'b', "\"type\":\"boolean\""},
                 {'d', "\"type\":\"string\",\"format\":\"edtf\""}};
    char path[200];
    small_path(r, t->name, ".csv", path, sizeof path);
    FILE *csv = fopen(path, "w");
    if (!csv) return false;
    (void)fprintf(json, "{\"name\":\"%s\",\"path\":\"%s.csv\",\"schema\":{\"fields\":[", t->name,
                  t->name);
    const char *s = t->csv;
    for (bool first = true; *s && *s != '\n'; first = false) {
        size_t n = strcspn(s, ":");
        if (s[n] != ':') return fclose(csv), false;
        (void)fprintf(csv, "%s%.*s", first ? "" : ",", (int)n, s);
        for (size_t k = 0; k < sizeof types / sizeof types[0]; k++)
            if (types[k].letter == s[n + 1])
                (void)fprintf(json, "%s{\"name\":\"%.*s\",%s}", first ? "" : ",", (int)n, s,
                              types[k].json);
        s += n + 2;
        if (*s == ',') s++;
    }
    (void)fprintf(csv, "%s", s);
    (void)fprintf(json, "],\"missingValues\":[{\"value\":\"\",\"label\":\"unknown\"},"
                        "{\"value\":\"..\",\"label\":\"not covered\"}]");
    if (t->key) (void)fprintf(json, ",\"primaryKey\":%s", t->key);
    (void)fprintf(json, "}}");
    return fclose(csv) == 0;
}

/* Written and opened, whatever its problems; false where it could not be. Close it in any case. */
static inline bool small_open_quietly(small_region *r, const small_table *tables, int n) {
    char path[200];
    *r = (small_region){.folder = "/tmp/karvan-region-XXXXXX", .tables = tables, .n = n};
    if (!mkdtemp(r->folder)) return false;
    small_path(r, "datapackage", ".json", path, sizeof path);
    FILE *json = fopen(path, "w");
    if (!json) return false;
    (void)fprintf(json, "{\"name\":\"small\",\"resources\":[");
    bool good = true;
    for (int i = 0; i < n; i++) {
        (void)fprintf(json, "%s\n", i ? "," : "");
        good = small_write_table(r, &tables[i], json) && good;
    }
    (void)fprintf(json, "]}\n");
    good = fclose(json) == 0 && good;
    return good && karvan_problems_create(&r->problems, NULL) == KARVAN_OK &&
           karvan_package_open(r->folder, r->problems, &r->package, NULL) == KARVAN_OK;
}

/* The same; false, and all of them on stderr, where it has problems. */
static inline bool small_open(small_region *r, const small_table *tables, int n) {
    bool good = small_open_quietly(r, tables, n);
    for (int64_t i = 0; r->problems && i < karvan_problems_total(r->problems); i++) {
        karvan_problem p = karvan_problems_get(r->problems, i);
        (void)fprintf(stderr, "%s:%lld: %s\n", p.file, (long long)p.line, p.message);
        good = false;
    }
    return good;
}

static inline void small_close(small_region *r) {
    char path[200];
    karvan_package_destroy(r->package), karvan_problems_destroy(r->problems);
    for (int i = 0; i < r->n; i++)
        small_path(r, r->tables[i].name, ".csv", path, sizeof path), (void)unlink(path);
    small_path(r, "datapackage", ".json", path, sizeof path), (void)unlink(path);
    (void)rmdir(r->folder);
    *r = (small_region){0};
}

/* One region for all cases of a test: `region`, and the group's fixtures `set_up` and `tear_down`.
 */
#define SMALL_REGION_OF(tables, n)                          \
    static small_region region;                             \
    static int set_up(void **state) {                       \
        (void)state;                                        \
        return small_open(&region, (tables), (n)) ? 0 : -1; \
    }                                                       \
    static int tear_down(void **state) {                    \
        (void)state;                                        \
        small_close(&region);                               \
        return 0;                                           \
    }
#endif
