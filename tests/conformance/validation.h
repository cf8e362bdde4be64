#ifndef KARVAN_CONFORMANCE_VALIDATION_H
#define KARVAN_CONFORMANCE_VALIDATION_H
/* What conf_backcast, conf_closing and conf_forward share: the page, the region that ships, what
 * was counted, what the model loads. Include cmocka before. */
#include <dirent.h>
#include <unistd.h>

#include "conformance/told.h"
#include "region_year.h"
#include "share.h"

#define SHIPPED    KARVAN_SOURCEDIR "/regions/caspian"
#define VALIDATION SHIPPED "/validation/"
enum { OLDEST = 2019, BASE = 2021, ESTIMATED = 2024, NEWEST = 2025 };
static karvan_package *region; /* that ships */

/* By year of constants: folders of regions with them; "": none yet. */
static char held[BASE - OLDEST + 1][48];

static inline bool is_replaced(const char *name) {
    return strcmp(name, "corridor_constants.csv") == 0;
}

static inline void link_table(const char *from, const char *folder, const char *name) {
    char to[400];
    (void)snprintf(to, sizeof to, "%s/%s", folder, name);
    if (symlink(from, to) != 0) fail_msg("%s: cannot be linked", to);
}

/* The region's folder, but with what was estimated on the counts of a year; that of ESTIMATED is
 * the region that ships. */
static inline const char *region_of(int constants) {
    char from[400];
    if (constants == ESTIMATED) return SHIPPED;
    char *folder = held[constants - OLDEST];
    if (*folder) return folder;
    (void)snprintf(folder, sizeof held[0], "/tmp/karvan-backcast-XXXXXX");
    assert_non_null(mkdtemp(folder));
    DIR *d = opendir(SHIPPED);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (e->d_name[0] == '.' || is_replaced(e->d_name)) continue;
        (void)snprintf(from, sizeof from, SHIPPED "/%.200s", e->d_name);
        link_table(from, folder, e->d_name);
    }
    (void)closedir(d);
    (void)snprintf(from, sizeof from, VALIDATION "constants-%d.csv", constants);
    link_table(from, folder, "corridor_constants.csv");
    return folder;
}

static inline void remove_folder(const char *folder) {
    char path[400];
    DIR *d = *folder ? opendir(folder) : NULL;
    for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
        (void)snprintf(path, sizeof path, "%s/%.200s", folder, e->d_name);
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) (void)unlink(path);
    }
    if (d) (void)closedir(d), (void)rmdir(folder);
}

static inline int validation_open(void **s) {
    (void)s;
    karvan_problems *p = NULL;
    int st = karvan_problems_create(&p, NULL) || karvan_package_open(SHIPPED, p, &region, NULL) ||
             told_open(KARVAN_SOURCEDIR "/docs/methods/validation.md");
    karvan_problems_destroy(p);
    return st ? -1 : 0;
}
static inline int validation_close(void **s) {
    (void)s;
    for (int i = 0; i <= BASE - OLDEST; i++) remove_folder(held[i]);
    karvan_package_destroy(region);
    free(told_text);
    return 0;
}

/* NaN where nothing was. */
static inline double counted(const char *what, int year) {
    char id[64];
    (void)snprintf(id, sizeof id, "%s-%d", what, year);
    const karvan_table *t = karvan_package_table(region, "counts");
    int64_t r = karvan_package_row(region, "counts", id);
    return r < 0 ? NAN : karvan_i_cell_real(t, "value", r);
}

/* Cargo that the network can carry: without oil in tankers where that is known. */
static inline double counted_kt(int year) {
    double dry = counted("titr-dry-kt", year);
    return isnan(dry) ? counted("titr-kt", year) : dry;
}

typedef struct loads {
    double kt, hours;            /* of the Middle Corridor */
    double ports_kt, caspian_kt; /* by Kazakhstan's ports; with Turkmenbashi, by any way */
    double boxes, transit,
        northern; /* TEU: of the Middle Corridor; in transit by it, by the north */
} loads;

static inline loads load(const year_asked *a) {
    year_world w;
    year_open(&w, a);
    karvan_freight *f = year_solve(&w, NULL);
    const double a_year = 365 / 1000.0;
    double ports = a_year * year_cell(f, KARVAN_FREIGHT_LINKS, "titr-ports-kt", "all", "load"),
           south = a_year * year_cell(f, KARVAN_FREIGHT_LINKS, "turkmenbashi-all", "all", "load");
    loads l = {.kt = year_cell(f, KARVAN_FREIGHT_CORRIDORS, "middle", "all", "kt_year"),
               .hours = year_cell(f, KARVAN_FREIGHT_CORRIDORS, "middle", "all", "hours"),
               .ports_kt = ports,
               .caspian_kt = ports + south,
               .boxes = year_boxes(&w, f, "middle", KARVAN_FREIGHT_ANY),
               .transit = year_boxes(&w, f, "middle", KARVAN_FREIGHT_TRANSIT),
               .northern = year_boxes(&w, f, "north", KARVAN_FREIGHT_TRANSIT)};
    karvan_freight_destroy(f);
    year_close(&w);
    return l;
}

static inline karvan_table *edits_of(const char *path) {
    static const karvan_column c[] = {
        {"name", KARVAN_TEXT, NULL},      {"table", KARVAN_TEXT, NULL},
        {"key", KARVAN_TEXT, NULL},       {"column", KARVAN_TEXT, NULL},
        {"operation", KARVAN_TEXT, NULL}, {"value", KARVAN_TEXT, NULL},
        {"source", KARVAN_TEXT, NULL},    {"note", KARVAN_TEXT, NULL}};
    karvan_table *t = NULL;
    karvan_problems *p = NULL;
    karvan_error e = {0};
    if (karvan_problems_create(&p, &e) ||
        karvan_csv_read(path, "edits", &(karvan_csv_options){.n_columns = 8, .columns = c}, p, &t,
                        &e))
        fail_msg("%s", e.msg);
    karvan_problems_destroy(p);
    return t;
}
#endif
