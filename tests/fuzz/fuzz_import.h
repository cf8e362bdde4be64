#ifndef KARVAN_TESTS_FUZZ_IMPORT_H
#define KARVAN_TESTS_FUZZ_IMPORT_H
/* What every import promises, whatever the bytes: a region that can be counted, or a reason. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "exchange/import_state.h"

static inline void require(bool promise) {
    if (!promise) abort();
}

static inline karvan_import *begin(const char *format, int n, const karvan_import_setting *s) {
    karvan_import *imp = NULL;
    require(karvan_import_create(format, n, s, &imp, NULL) == KARVAN_OK);
    return imp;
}

/* What the schema of a table asks of its cells: a value where one is needed, none below 0. */
static inline void keeps_schema(const karvan_table *t, const karvan_i_schema *s) {
    for (int c = 0; c < s->n_fields; c++) {
        const char *rule = s->fields[c].constraints ? s->fields[c].constraints : "";
        bool needed = strstr(rule, "\"required\": true") != NULL;
        bool from_0 = strstr(rule, "\"minimum\": 0") != NULL;
        for (int64_t r = 0; r < karvan_table_rows(t); r++) {
            if (needed) require(karvan_table_state(t, c, r) == KARVAN_VALUE);
            const char *text = karvan_table_text(t, c, r);
            if (text) require(karvan_i_says(text));
            if (from_0) require(!(karvan_table_real(t, c, r) < 0));
        }
    }
}

/* Ends an import: its rows are in step with its counters, its words are UTF-8, nothing is left. */
static inline void finish(karvan_import *imp, karvan_status st, const karvan_error *e, long live) {
    karvan_table *summary = NULL;
    require(st == KARVAN_OK || ((st == KARVAN_E_DATA || st == KARVAN_E_ARG) && *e->msg));
    if (st == KARVAN_OK) require(karvan_i_import_finish(imp, NULL) == KARVAN_OK);
    for (int64_t i = 0; i < karvan_problems_total(imp->problems); i++) {
        karvan_problem p = karvan_problems_get(imp->problems, i);
        require(*p.code && *p.message && p.line >= 0 && p.column >= 0);
        require(karvan_utf8_valid_prefix(p.message, strlen(p.message)) == strlen(p.message));
    }
    require(karvan_import_summary(imp, &summary, NULL) == KARVAN_OK);
    for (int64_t r = 0; r < karvan_table_rows(summary); r++)
        require(karvan_table_int(summary, 2, r) >= 0 && !(karvan_table_int(summary, 3, r) < 0));
    karvan_table_destroy(summary);
    for (int t = 0; t < KARVAN_I_TABLES; t++) {
        karvan_table *table = NULL;
        karvan_status done = karvan_builder_finish(imp->builder[t], &table, NULL);
        imp->builder[t] = NULL;
        require(done == KARVAN_OK && karvan_table_rows(table) == imp->rows[t]);
        keeps_schema(table, &karvan_i_schemas[t]);
        require(imp->id[t].n == imp->rows[t]); /* as many ids as rows: none is there twice */
        karvan_table_destroy(table);
    }
    karvan_import_destroy(imp);
    require(karvan_i_alloc_live == live);
}
#endif
