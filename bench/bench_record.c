/* The record of the shipped region: opening it with all its checks, contradictions of a pair, all
 * facts by the rules, instruments in force; the sum of the first two is what a command takes from
 * its start (docs/methods/record.md). One JSON line a case. */
#include <math.h>
#include <stdio.h>

#include "karvan/karvan.h"
#include "timing.h"

enum { REPS = 21 };

/* Rows of what the work answered; NaN on failure. */
typedef double (*work)(const karvan_package *region);

static double rows_of(karvan_table *t) {
    double n = t ? (double)karvan_table_rows(t) : NAN;
    karvan_table_destroy(t);
    return n;
}

static double open_region(const karvan_package *region) {
    karvan_problems *problems = NULL;
    karvan_package *p = NULL;
    double n = NAN;
    (void)region;
    if (karvan_problems_create(&problems, NULL) == KARVAN_OK &&
        karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", problems, &p, NULL) == KARVAN_OK)
        n = (double)karvan_table_rows(karvan_package_table(p, "claims"));
    karvan_package_destroy(p);
    karvan_problems_destroy(problems);
    return n;
}

static double conflicts(const karvan_package *region) {
    const karvan_record_query q = {.party = "AZE", .other = "KAZ"};
    karvan_view v = {0};
    karvan_table *t = NULL;
    if (karvan_record_select(region, &q, &v, NULL) == KARVAN_OK)
        (void)karvan_record_conflicts(region, &v, &t, NULL);
    karvan_view_clear(&v);
    return rows_of(t);
}

static double facts(const karvan_package *region) {
    karvan_table *t = NULL;
    (void)karvan_record_resolve(region, NULL, NULL, &t, NULL);
    return rows_of(t);
}

static double instruments(const karvan_package *region) {
    karvan_table *t = NULL;
    (void)karvan_record_instruments(region, "AZE", "KAZ", karvan_day_from_civil(2026, 1, 1), &t,
                                    NULL);
    return rows_of(t);
}

static int measure(const char *name, work f, const karvan_package *region) {
    double s[REPS], check = 0;
    for (int r = 0; r < REPS; r++) {
        double begin = now_s();
        check += f(region);
        s[r] = now_s() - begin;
    }
    qsort(s, REPS, sizeof *s, by_double);
    (void)printf("{\"bench\":\"record_%s\",\"reps\":%d,\"median_s\":%.6f,\"min_s\":%.6f,"
                 "\"check\":%.0f}\n",
                 name, (int)REPS, s[REPS / 2], s[0], check);
    return isnan(check);
}

int main(void) {
    karvan_problems *problems = NULL;
    karvan_package *p = NULL;
    int failed = 1;
    if (karvan_problems_create(&problems, NULL) == KARVAN_OK &&
        karvan_package_open(KARVAN_SOURCEDIR "/regions/caspian", problems, &p, NULL) == KARVAN_OK)
        failed = measure("open", open_region, p) + measure("conflicts", conflicts, p) +
                 measure("facts", facts, p) + measure("instruments", instruments, p);
    karvan_package_destroy(p);
    karvan_problems_destroy(problems);
    return failed != 0;
}
