#ifndef KARVAN_TESTS_CHANGED_REGION_H
#define KARVAN_TESTS_CHANGED_REGION_H
/* A sound small region with one text in one table replaced, and what a room's check tells of it.
 * Include cmocka before. */
#include "karvan/base.h"
#include "region.h"
#include "sweep.h"

enum { CHANGED_TABLES = 40 };

/* table NULL: nothing is replaced. */
static inline void changed_open(small_region *r, const small_table *tables, int n,
                                const char *table, const char *from, const char *to) {
    small_table of[CHANGED_TABLES];
    char csv[4000] = "";
    assert_true(n <= CHANGED_TABLES);
    memcpy(of, tables, (size_t)n * sizeof *of);
    for (int i = 0; table && i < n; i++) {
        const char *at = strcmp(of[i].name, table) == 0 ? strstr(of[i].csv, from) : NULL;
        if (!at) continue;
        (void)snprintf(csv, sizeof csv, "%.*s%s%s", (int)(at - of[i].csv), of[i].csv, to,
                       at + strlen(from));
        of[i].csv = csv;
    }
    if (table && !*csv) fail_msg("table %s does not hold %s", table, from);
    assert_true(small_open(r, of, n));
    r->tables = tables; /* of the same names, and still there when it is closed */
}

typedef karvan_status (*changed_check)(const karvan_package *region, karvan_problems *problems,
                                       karvan_error *err);

/* The problems of the change, all of them errors with a hint, as "line:column code: message"; ""
 * where none is told. */
static inline void changed_expect(const small_table *tables, int n, changed_check check,
                                  const char *table, const char *from, const char *to,
                                  const char *want) {
    small_region r;
    karvan_error e = {0};
    char told[600] = "";
    changed_open(&r, tables, n, table, from, to);
    assert_int_equal(check(r.package, r.problems, &e), KARVAN_OK);
    for (int64_t k = 0; k < karvan_problems_total(r.problems); k++) {
        karvan_problem p = karvan_problems_get(r.problems, k);
        assert_true(p.severity == KARVAN_ERROR && *p.hint);
        (void)snprintf(told + strlen(told), sizeof told - strlen(told), "%s%lld:%lld %s: %s",
                       k ? "; " : "", (long long)p.line, (long long)p.column, p.code, p.message);
    }
    if (strcmp(told, want) != 0) fail_msg("%s -> %s:\n%s\nnot\n%s", from, to, told, want);
    small_close(&r);
}

/* Tables that a region does not have are no fault: the first alone. */
static inline void changed_without_tables(const small_table *tables, changed_check check) {
    small_region r;
    karvan_error e = {0};
    assert_true(small_open(&r, tables, 1));
    assert_int_equal(check(r.package, r.problems, &e), KARVAN_OK);
    assert_int_equal(karvan_problems_total(r.problems), 0);
    assert_int_equal(check(NULL, r.problems, &e), KARVAN_E_ARG);
    assert_int_equal(check(r.package, NULL, &e), KARVAN_E_ARG);
    small_close(&r);
}

/* For every_allocation_fails: those of the check alone may fail. */
static inline karvan_status changed_work(const small_table *tables, int n, changed_check check,
                                         const char *table, const char *from, const char *to,
                                         karvan_error *e) {
    small_region r = {0};
    long permits = karvan_i_alloc_permits;
    karvan_i_alloc_permits = -1;
    changed_open(&r, tables, n, table, from, to);
    karvan_i_alloc_permits = permits;
    karvan_status st = check(r.package, r.problems, e);
    permits = karvan_i_alloc_permits;
    karvan_i_alloc_permits = -1;
    small_close(&r);
    karvan_i_alloc_permits = permits;
    return st;
}
#endif
