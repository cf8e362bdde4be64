#ifndef KARVAN_TESTS_FREIGHT_BED_H
#define KARVAN_TESTS_FREIGHT_BED_H
/* Freight on the region of freight_region.h: opened with other rows, solved, its tables asked for a
 * number. A program's main begins with freight_tables(TABLES). */
#include <math.h>

#include "freight_region.h"
#include "karvan/freight.h"

static small_table TABLES[FREIGHT_TABLES]; /* as most tests have them */

typedef struct bed { /* a region, its demand, how it is solved, the solution */
    small_region region;
    karvan_freight_demand demand;
    karvan_freight_options o;
    karvan_freight *f;
} bed;

static inline void near(double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance * (1 + fabs(want))))
        fail_msg("got %.17g, want %.17g", got, want);
}

/* With other texts of links, capacities and demand; NULL: as above. */
static inline void bed_open(bed *b, const char *links, const char *capacities, const char *demand) {
    small_table tables[FREIGHT_TABLES];
    karvan_error e = {0};
    memcpy(tables, TABLES, sizeof tables);
    if (links) tables[T_LINKS].csv = links;
    if (capacities) tables[T_CAPACITIES].csv = capacities;
    if (demand) tables[T_DEMAND].csv = demand;
    *b = (bed){0};
    assert_true(small_open(&b->region, tables, FREIGHT_TABLES));
    b->region.tables = FREIGHT_REGION; /* for the names, when it is closed */
    const karvan_table *t = karvan_package_table(b->region.package, "demand");
    if (karvan_freight_demand_read(b->region.package, t, 2024, &b->demand, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    assert_int_equal(karvan_freight_defaults(b->region.package, &b->o, &e), KARVAN_OK);
    b->o.threads = 1;
}
static inline void bed_solve(bed *b) {
    karvan_error e = {0};
    karvan_freight_destroy(b->f);
    if (karvan_freight_solve(b->region.package, &b->demand, &b->o, NULL, &b->f, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    assert_true(karvan_freight_statistics(b->f).converged);
}
static inline void bed_close(bed *b) {
    karvan_freight_destroy(b->f);
    karvan_freight_demand_clear(&b->demand);
    small_close(&b->region);
}

static inline karvan_table *table_of(const bed *b, karvan_freight_output which) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_freight_table(b->f, which, &t, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return t;
}
/* A number of the first row that has these texts in its first columns (NULL: any). */
static inline double cell(const bed *b, karvan_freight_output which, const char *first,
                          const char *second, const char *column) {
    karvan_table *t = table_of(b, which);
    double v = NAN;
    for (int64_t r = karvan_table_rows(t); r-- > 0;)
        if ((!first || strcmp(karvan_table_text(t, 0, r), first) == 0) &&
            (!second || strcmp(karvan_table_text(t, 1, r), second) == 0))
            v = karvan_table_real(t, karvan_table_find(t, column), r);
    karvan_table_destroy(t);
    return v;
}
static inline void why(const bed *b, const char *part) {
    karvan_table *t = table_of(b, KARVAN_FREIGHT_UNSERVED);
    assert_true(karvan_table_rows(t) > 0);
    const char *said = karvan_table_text(t, 5, 0);
    if (!said || !strstr(said, part)) fail_msg("'%s' lacks '%s'", said ? said : "", part);
    karvan_table_destroy(t);
}
#endif
