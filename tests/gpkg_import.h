#ifndef KARVAN_TESTS_GPKG_IMPORT_H
#define KARVAN_TESTS_GPKG_IMPORT_H
/* Imports of GeoPackages that a test made. Include cmocka before. */
#include "exchange.h"
#include "gpkg_file.h"

/* Is there a problem with these words? */
static inline bool says(const karvan_import *imp, const char *words) {
    const karvan_problems *p = karvan_import_problems(imp);
    for (int64_t i = 0; i < karvan_problems_total(p); i++) {
        char line[900];
        karvan_problem q = karvan_problems_get(p, i);
        (void)snprintf(line, sizeof line, "%s:%lld: %s [%s]",
                       strrchr(q.file, '/') ? strrchr(q.file, '/') + 1 : q.file, (long long)q.line,
                       q.message, q.code);
        if (strstr(line, words)) return true;
    }
    return false;
}
static inline void all_said(const karvan_import *imp, const char *const *lines) {
    for (; *lines; lines++)
        if (!says(imp, *lines)) {
            show(karvan_import_problems(imp));
            fail_msg("not told: %s", *lines);
        }
}

static inline karvan_import *read_file(const char *path, int n,
                                       const karvan_import_setting *settings) {
    return import("gpkg", n, settings, 1, &path);
}

/* What cannot be read at all, with the reason. */
static inline void refused(const char *path, int n, const karvan_import_setting *settings,
                           karvan_status status, const char *why) {
    karvan_import *imp = NULL;
    karvan_error e = {0};
    assert_int_equal(karvan_import_create("gpkg", n, settings, &imp, &e), KARVAN_OK);
    assert_int_equal(karvan_import_read(imp, 1, &path, &e), status);
    if (!strstr(e.msg, why)) fail_msg("'%s', not '%s'", e.msg, why);
    karvan_import_destroy(imp);
}

static const char *new_file(const char *name) {
    const char *path = in_folder(name);
    run_sql(path, GPKG_TABLES);
    return path;
}

/* Stations at 50, 51 and 52 degrees east of the parallel of 40, and lines between them. */
static const char *small_network(const char *name) {
    const char *path = new_file(name);
    const double ab[] = {50, 40, 50.5, 40, 51, 40}, bc[] = {51.0001, 40, 52, 40};
    add_features(path, "stations", 4326, "id TEXT,name TEXT,kind TEXT,country TEXT,lanes INTEGER");
    bytes g = point_at(4326, 50, 40);
    add_row(path, "stations", &g, "'A','Aktau','port','KZ',2");
    g = point_at(4326, 51, 40);
    add_row(path, "stations", &g, "NULL,'Beyneu','harbour',NULL,NULL");
    add_row(path, "stations", NULL, "'C','nowhere',NULL,NULL,3");
    add_features(path, "tracks", 4326,
                 "mode TEXT,time_h REAL,two_way BOOLEAN,id INTEGER,\"from\" TEXT,\"to\" TEXT");
    g = line_along(4326, 3, ab);
    add_row(path, "tracks", &g, "'rail_1520',3,1,9007199254740993,NULL,NULL");
    g = line_along(0, 2, bc);
    add_row(path, "tracks", &g, "'rail_1520',NULL,0,NULL,NULL,NULL");
    add_row(path, "tracks", NULL, "'road','4.5','false',NULL,'A','Beyneu'");
    add_row(path, "tracks", NULL, "'road',x'00',2,'bare',NULL,NULL");
    add_row(path, "tracks", NULL, "'road',1,1,'lost','A','Z'");
    return path;
}

#endif
