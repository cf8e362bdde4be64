#ifndef KARVAN_TESTS_FUZZ_FLOWS_H
#define KARVAN_TESTS_FUZZ_FLOWS_H
/* What every reader of trade files promises, whatever the bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "exchange/intake.h"
#include "table/csv_text.h"

static inline void require(bool promise) {
    if (!promise) abort();
}

static inline void are_words(const char *s) {
    require(s && karvan_utf8_valid_prefix(s, strlen(s)) == strlen(s));
}

static inline void sound_table(const karvan_table *t) {
    int value = karvan_table_find(t, "value"), rows = karvan_table_find(t, "rows");
    bool amounts = value >= 0 && karvan_table_column(t, value).type == KARVAN_REAL;
    for (int c = 0; c < karvan_table_columns(t); c++)
        for (int32_t i = 0; i < karvan_table_dictionary_size(t, c); i++)
            are_words(karvan_table_dictionary_text(t, c, i));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        if (amounts) require(karvan_table_real(t, value, r) >= 0);
        if (rows >= 0) require(karvan_table_int(t, rows, r) > 0);
    }
}

/* Reads once; flows and audit as CSV in *out, which is empty where there are none. */
static inline karvan_status flows_once(const char *bytes, size_t n, const karvan_flows_options *o,
                                       bool no_quick, karvan_i_text *out) {
    karvan_problems *problems = NULL;
    karvan_table *audit = NULL, *flows = NULL;
    karvan_flows_tally tally;
    karvan_error e = {0};
    require(karvan_problems_create(&problems, NULL) == KARVAN_OK);
    karvan_status st = karvan_i_flows_read("HS17.csv", bytes, n, o, no_quick, problems, &tally,
                                           &audit, &flows, &e);
    require(st == KARVAN_OK || ((st == KARVAN_E_DATA || st == KARVAN_E_ARG) && *e.msg));
    if (st == KARVAN_OK) {
        require(tally.rows == tally.kept + tally.dropped && tally.kept >= 0);
        sound_table(flows), sound_table(audit);
        karvan_i_csv_text(flows, out), karvan_i_csv_text(audit, out);
    }
    for (int64_t i = 0; i < karvan_problems_total(problems); i++) {
        karvan_problem p = karvan_problems_get(problems, i);
        require(*p.code && p.line >= 0);
        are_words(p.message);
    }
    karvan_table_destroy(audit), karvan_table_destroy(flows);
    karvan_problems_destroy(problems);
    return st;
}

static inline void same_text(const karvan_i_text *a, const karvan_i_text *b) {
    require(a->n == b->n && (a->n == 0 || memcmp(a->s, b->s, a->n) == 0));
}
#endif
