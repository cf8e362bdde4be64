#ifndef KARVAN_TESTS_TRADE_FLOWS_H
#define KARVAN_TESTS_TRADE_FLOWS_H
/* Flows written as CSV text, and one indicator asked of them. Include cmocka before. */
#include <math.h>
#include <string.h>

#include "karvan/trade.h"
#include "table/cell.h"

/* The columns that the header names, each with its type. */
static inline karvan_table *flows_of(const char *csv) {
    static const karvan_column known[] = {
        {"year", KARVAN_INT, NULL},         {"exporter", KARVAN_TEXT, NULL},
        {"importer", KARVAN_TEXT, NULL},    {"product", KARVAN_TEXT, NULL},
        {"value", KARVAN_REAL, NULL},       {"unit", KARVAN_TEXT, NULL},
        {"source", KARVAN_TEXT, NULL},      {"classification", KARVAN_TEXT, NULL},
        {"reported_by", KARVAN_TEXT, NULL}, {"country", KARVAN_TEXT, NULL}};
    karvan_column there[10];
    karvan_csv_options o = {.columns = there};
    karvan_table *t = NULL;
    karvan_error e = {0};
    size_t header = strcspn(csv, "\n");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const char *at = strstr(csv, known[i].name);
        if (at && (size_t)(at - csv) < header) there[o.n_columns++] = known[i];
    }
    if (karvan_csv_parse(csv, strlen(csv), "flows.csv", "flows", &o, NULL, &t, &e) != KARVAN_OK)
        fail_msg("%s", e.msg);
    return t;
}

static inline karvan_trade_cube *cube_of(const char *csv, const karvan_trade_cube_options *o) {
    karvan_table *t = flows_of(csv);
    karvan_trade_cube *c = NULL;
    karvan_error e = {0};
    if (karvan_trade_cube_create(t, o, &c, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    karvan_table_destroy(t);
    return c;
}

static inline karvan_table *indicator_of(const karvan_trade_cube *c, const char *name,
                                         karvan_indicator_query q) {
    int which;
    karvan_table *t = NULL;
    karvan_error e = {0};
    if (karvan_trade_indicator_find(name, &which, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    q.indicator = &which, q.n_indicators = 1;
    if (karvan_trade_indicators(c, &q, &t, &e) != KARVAN_OK) fail_msg("%s: %s", name, e.msg);
    return t;
}

static inline void equals(double v, double expected, double apart) {
    if (!(fabs(v - expected) <= apart)) fail_msg("%.17g, not %.17g", v, expected);
}

/* The only row's value; NaN where there is none. *why: what it says then, at most 100 bytes. */
static inline double value_of(const karvan_trade_cube *c, const char *name,
                              karvan_indicator_query q, char *why, karvan_cell *state) {
    karvan_table *t = indicator_of(c, name, q);
    if (karvan_table_rows(t) != 1) fail_msg("%s: %lld rows", name, (long long)karvan_table_rows(t));
    double v = karvan_i_cell_real(t, "value", 0);
    if (why) (void)snprintf(why, 100, "%s", karvan_i_cell_text(t, "why", 0));
    if (state) *state = karvan_table_state(t, karvan_table_find(t, "value"), 0);
    karvan_table_destroy(t);
    return v;
}
#endif
