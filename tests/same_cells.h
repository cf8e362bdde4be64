#ifndef KARVAN_TESTS_SAME_CELLS_H
#define KARVAN_TESTS_SAME_CELLS_H
/* Two tables cell by cell: unknown and not covered are alike, for most formats have one word for
 * both. Include cmocka before. */
#include <string.h>

#include "karvan/table.h"

static inline bool same_cell(const karvan_table *a, int x, const karvan_table *b, int y,
                             int64_t r) {
    bool there = karvan_table_state(a, x, r) == KARVAN_VALUE;
    if (there != (karvan_table_state(b, y, r) == KARVAN_VALUE)) return false;
    if (!there) return true;
    switch (karvan_table_column(a, x).type) {
    case KARVAN_INT:
        return karvan_table_int(a, x, r) == karvan_table_int(b, y, r);
    case KARVAN_REAL:
        return karvan_table_real(a, x, r) == karvan_table_real(b, y, r);
    case KARVAN_BOOL:
        return karvan_table_bool(a, x, r) == karvan_table_bool(b, y, r);
    default:
        return strcmp(karvan_table_text(a, x, r), karvan_table_text(b, y, r)) == 0;
    }
}

/* columns: NULL-ended */
static inline void same_cells(const karvan_table *a, const karvan_table *b,
                              const char *const *columns) {
    assert_int_equal(karvan_table_rows(a), karvan_table_rows(b));
    for (; *columns; columns++) {
        int x = karvan_table_find(a, *columns), y = karvan_table_find(b, *columns);
        assert_true(x >= 0 && y >= 0);
        assert_int_equal(karvan_table_column(a, x).type, karvan_table_column(b, y).type);
        for (int64_t r = 0; r < karvan_table_rows(a); r++)
            if (!same_cell(a, x, b, y, r))
                fail_msg("%s.%s, row %lld", karvan_table_name(a), *columns, (long long)r);
    }
}
#endif
