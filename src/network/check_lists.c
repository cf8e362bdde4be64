#include "network/check.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/weather.h"
#include "table/cell.h"

enum { MONTHS = 12, ID_MAX = 200 };
static const double SUM_SLACK = 0.5; /* days a year: sums of rounded months */

typedef struct ctx {
    const karvan_package *region;
    karvan_problems *problems;
} ctx;

static karvan_status add(const ctx *x, karvan_severity severity, const karvan_table *t,
                         const char *column, int64_t r, const char *code, const char *hint,
                         const char *what) {
    return karvan_problems_add_cell(x->problems, severity, t, karvan_table_find(t, column), r, code,
                                    hint, "%s", what);
}

/* ---- cargo_classes of a link or terminal ---- */

static bool has_row(const ctx *x, const char *table, const char *id, size_t n) {
    char key[ID_MAX];
    if (n == 0 || n >= sizeof key) return false;
    memcpy(key, id, n), key[n] = 0;
    return karvan_package_row(x->region, table, key) >= 0;
}

static karvan_status check_classes(const ctx *x, const char *table) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(x->region, table);
    if (!t || !karvan_package_table(x->region, "cargo_classes")) return KARVAN_OK;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *list = karvan_i_cell_text(t, "cargo_classes", r);
        bool known = true;
        for (const char *s = list; s; s = strchr(s, ';') ? strchr(s, ';') + 1 : NULL)
            known &= has_row(x, "cargo_classes", s, strcspn(s, ";"));
        if (!known)
            KARVAN_TRY(add(x, KARVAN_ERROR, t, "cargo_classes", r, "cargo-class-unknown",
                           "ids in table cargo_classes, separated by ;",
                           "a class of the list is not in table cargo_classes"));
    }
done:
    return st;
}

/* ---- keys of class_factors ---- */

static const char *table_of(const char *applies_to) {
    static const char *const tables[][2] = {{"mode", "modes"},
                                            {"operation", "operations"},
                                            {"link", "links"},
                                            {"terminal", "terminals"},
                                            {"service", "services"}};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if (strcmp(tables[i][0], applies_to) == 0) return tables[i][1];
    return NULL;
}

/* A factor on nothing would change nothing, and nobody would see it. */
static karvan_status check_factors(const ctx *x) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(x->region, "class_factors");
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        const char *applies = karvan_i_cell_text(t, "applies_to", r),
                   *key = karvan_i_cell_text(t, "key", r);
        const char *table = applies ? table_of(applies) : NULL;
        if (!table || !key || !karvan_package_table(x->region, table)) continue;
        if (has_row(x, table, key, strlen(key))) continue;
        KARVAN_TRY(add(x, KARVAN_ERROR, t, "key", r, "class-factor-key",
                       "an id in the table that applies_to names",
                       "the factor is laid on a row that is not there"));
    }
done:
    return st;
}

/* ---- availability ---- */

/* Into days[place][month], NaN where no row says it. */
static karvan_status read_months(const ctx *x, double *days) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = karvan_package_table(x->region, "availability");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *place = karvan_i_cell_text(t, "place", r);
        int64_t p = place ? karvan_package_row(x->region, "places", place) : -1;
        double month = karvan_i_cell_real(t, "month", r),
               closed = karvan_i_cell_real(t, "closed_days", r);
        if (p < 0 || isnan(closed) || !(month >= 1 && month <= MONTHS))
            continue; /* the schema has said so */
        int m = (int)month - 1;
        if (closed > karvan_i_weather_days(m + 1))
            KARVAN_TRY(add(x, KARVAN_ERROR, t, "closed_days", r, "availability-days",
                           "0 to the days of the month", "more days than the month has"));
        if (!isnan(days[p * MONTHS + m]))
            KARVAN_TRY(add(x, KARVAN_ERROR, t, "month", r, "availability-twice",
                           "one row a place and month", "the place has a row for this month"));
        days[p * MONTHS + m] = closed;
    }
done:
    return st;
}

/* Days a year by the months of both ports, the longer of the two each; NaN: no row of either. */
static double year_of(const double *a, const double *b, double closed_days_year) {
    double sum = 0;
    bool said = false;
    for (int m = 0; m < MONTHS; m++) {
        double d = fmax(a[m], b[m]); /* of a number and NaN: the number */
        said |= !isnan(d);
        sum += isnan(d) ? closed_days_year * karvan_i_weather_days(m + 1) / 365.0 : d;
    }
    return said ? sum : NAN;
}

static karvan_status check_service(const ctx *x, const karvan_table *services, int64_t r,
                                   const double *days) {
    const karvan_table *links = karvan_package_table(x->region, "links");
    const char *link = karvan_i_cell_text(services, "link", r);
    int64_t row = link ? karvan_package_row(x->region, "links", link) : -1;
    const char *from = row < 0 ? NULL : karvan_i_cell_text(links, "from", row),
               *to = row < 0 ? NULL : karvan_i_cell_text(links, "to", row);
    int64_t a = from ? karvan_package_row(x->region, "places", from) : -1,
            b = to ? karvan_package_row(x->region, "places", to) : -1;
    double closed = karvan_i_cell_real(services, "closed_days_year", r);
    if (a < 0 || b < 0) return KARVAN_OK;
    if (isnan(closed)) closed = 0;
    double year = year_of(days + a * MONTHS, days + b * MONTHS, closed);
    if (isnan(year) || fabs(year - closed) <= SUM_SLACK) return KARVAN_OK;
    return karvan_problems_add_cell(
        x->problems, KARVAN_WARNING, services, karvan_table_find(services, "closed_days_year"), r,
        "availability-sum", "make the year and the months agree",
        "%g days a year, but the months of its ports in table availability add up to %g", closed,
        year);
}

static karvan_status check_availability(const ctx *x) {
    karvan_status st = KARVAN_OK;
    const karvan_table *places = karvan_package_table(x->region, "places"),
                       *services = karvan_package_table(x->region, "services");
    if (!karvan_package_table(x->region, "availability") || !places || !services) return KARVAN_OK;
    size_t n = (size_t)karvan_table_rows(places) * MONTHS;
    double *days = karvan_i_malloc(n + 1, sizeof *days);
    if (!days) return KARVAN_E_NOMEM;
    for (size_t i = 0; i < n; i++) days[i] = NAN;
    KARVAN_TRY(read_months(x, days));
    for (int64_t r = 0; r < karvan_table_rows(services); r++)
        KARVAN_TRY(check_service(x, services, r, days));
done:
    karvan_i_free(days);
    return st;
}

karvan_status karvan_i_check_lists(const karvan_package *region, karvan_problems *problems) {
    karvan_status st = KARVAN_OK;
    ctx x = {region, problems};
    KARVAN_TRY(check_classes(&x, "links"));
    KARVAN_TRY(check_classes(&x, "terminals"));
    KARVAN_TRY(check_factors(&x));
    KARVAN_TRY(check_availability(&x));
done:
    return st;
}
