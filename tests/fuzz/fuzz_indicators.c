/* Bytes as the CSV of flows: the first tells how they are taken, the rest is the file. A cube or a
 * reason; then every indicator, each value finite or missing with its reason. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "karvan/trade.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool promise) {
    if (!promise) abort();
}

static bool says(const karvan_table *t, const char *column, int64_t row) {
    const char *s = karvan_table_text(t, karvan_table_find(t, column), row);
    return s && *s;
}

/* Of each country, of each pair; by product where there are any. */
static void ask(const karvan_trade_cube *c, int indicator, uint8_t how) {
    karvan_table *t = NULL;
    karvan_error e = {0};
    karvan_indicator_query q = {.indicator = &indicator,
                                .n_indicators = 1,
                                .imports = how & 1,
                                .by_partner = how & 2,
                                .by_product = how & 4};
    karvan_status st = karvan_trade_indicators(c, &q, &t, &e);
    require((st == KARVAN_OK) == (t != NULL));
    require(st == KARVAN_OK || (st == KARVAN_E_ARG && *e.msg));
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        int value = karvan_table_find(t, "value");
        bool there = karvan_table_state(t, value, r) == KARVAN_VALUE;
        require(!there || isfinite(karvan_table_real(t, value, r)));
        require(there != says(t, "why", r));
        require(says(t, "country", r) && says(t, "partner", r) && says(t, "product", r));
    }
    karvan_table_destroy(t);
}

static void flows(const karvan_table *t, uint8_t how) {
    static const char *const sides[] = {NULL, "own", "exporter", "importer"};
    karvan_trade_cube_options o = {.complete = how & 8,
                                   .digits = how & 16 ? 2 : 0,
                                   .world = how & 32 ? KARVAN_WORLD_ROW : KARVAN_WORLD_AUTO,
                                   .reported_by = sides[how >> 6]};
    karvan_trade_cube *c = NULL;
    karvan_error e = {0};
    karvan_status st = karvan_trade_cube_create(t, &o, &c, &e);
    require((st == KARVAN_OK) == (c != NULL));
    require(st == KARVAN_OK || ((st == KARVAN_E_DATA || st == KARVAN_E_ARG) && *e.msg));
    if (!c) return;
    karvan_trade_account n = karvan_trade_cube_account(c);
    require(n.rows == n.kept + n.other + n.other_level + n.domestic + n.unplaced + n.world);
    for (int i = 0; karvan_trade_indicator_name(i); i++) ask(c, i, how);
    karvan_trade_cube_destroy(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const karvan_column columns[] = {
        {"year", KARVAN_INT, NULL},           {"exporter", KARVAN_TEXT, NULL},
        {"importer", KARVAN_TEXT, NULL},      {"product", KARVAN_TEXT, NULL},
        {"value", KARVAN_REAL, NULL},         {"unit", KARVAN_TEXT, NULL},
        {"source", KARVAN_TEXT, NULL},        {"reported_by", KARVAN_TEXT, NULL},
        {"classification", KARVAN_TEXT, NULL}};
    karvan_csv_options o = {.n_columns = 9, .columns = columns, .no_header = true};
    karvan_table *t = NULL;
    karvan_problems *problems = NULL;
    long live = karvan_i_alloc_live;
    if (size < 2 || size > 4096) return 0;
    require(karvan_problems_create(&problems, NULL) == KARVAN_OK);
    if (karvan_csv_parse((const char *)data + 1, size - 1, "fuzz.csv", "flows", &o, problems, &t,
                         NULL) == KARVAN_OK &&
        karvan_table_rows(t) < 64)
        flows(t, data[0]);
    karvan_table_destroy(t), karvan_problems_destroy(problems);
    require(karvan_i_alloc_live == live);
    return 0;
}
