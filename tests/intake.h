#ifndef KARVAN_TESTS_INTAKE_H
#define KARVAN_TESTS_INTAKE_H
/* Texts of trade files read into flows, for tests. Include cmocka before. */
#include <string.h>

#include "columns_are.h"
#include "exchange/intake.h"
#include "table/csv_text.h"

typedef struct intake_result {
    karvan_table *flows, *audit;
    karvan_problems *problems;
    karvan_flows_tally tally;
    karvan_error err;
    karvan_status st;
} intake_result;

static inline void intake_clear(intake_result *r) {
    karvan_table_destroy(r->flows), karvan_table_destroy(r->audit);
    karvan_problems_destroy(r->problems);
    *r = (intake_result){0};
}

/* Whatever comes: all rows are kept or dropped, and each reason is told. */
static inline void intake_promises(const intake_result *r) {
    if (r->st != KARVAN_OK) {
        assert_null(r->flows);
        assert_true(*r->err.msg);
        return;
    }
    assert_true(r->tally.rows == r->tally.kept + r->tally.dropped);
    int n = karvan_table_find(r->flows, "rows");
    int64_t behind = 0;
    for (int64_t i = 0; n >= 0 && i < karvan_table_rows(r->flows); i++)
        behind += karvan_table_int(r->flows, n, i);
    if (n >= 0) assert_true(behind == r->tally.kept);
}

static inline intake_result intake_bytes(const char *bytes, size_t n, const char *name,
                                         const karvan_flows_options *o, bool no_quick) {
    intake_result r = {0};
    assert_int_equal(karvan_problems_create(&r.problems, NULL), KARVAN_OK);
    r.st = karvan_i_flows_read(name, bytes, n, o, no_quick, r.problems, &r.tally, &r.audit,
                               &r.flows, &r.err);
    intake_promises(&r);
    return r;
}

static inline intake_result intake_text(const char *text, const karvan_flows_options *o) {
    return intake_bytes(text, strlen(text), "t.csv", o, false);
}

/* The table of flows, the audit, as CSV. */
static inline void intake_csv(const karvan_table *t, karvan_i_text *out) {
    karvan_i_csv_text(t, out);
    assert_false(out->failed);
}
#endif
