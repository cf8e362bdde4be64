#ifndef KARVAN_TESTS_RECORD_ANSWERS_H
#define KARVAN_TESTS_RECORD_ANSWERS_H
/* What a query of the record gives, beside what was worked out by hand. */
#include <stdio.h>
#include <string.h>

#include "karvan/record.h"
#include "table/cell.h"

/* Ids of the claims that answer, in their order: "c1 c2". */
static inline void record_answers(const karvan_package *region, karvan_record_query q,
                                  const char *expected) {
    karvan_view v;
    karvan_error e = {0};
    char got[200] = "";
    if (karvan_record_select(region, &q, &v, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    for (int64_t i = 0; i < v.n; i++) {
        size_t n = strlen(got);
        (void)snprintf(got + n, sizeof got - n, "%s%s", i ? " " : "",
                       karvan_i_cell_text(v.table, "id", v.row[i]));
    }
    karvan_view_clear(&v);
    assert_string_equal(got, expected);
}
#endif
