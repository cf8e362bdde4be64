#ifndef KARVAN_TESTS_COLUMNS_ARE_H
#define KARVAN_TESTS_COLUMNS_ARE_H
/* A table beside the text that is expected of it. Include cmocka before. */
#include <stdio.h>
#include <string.h>

#include "karvan/table.h"
#include "table/csv_text.h"

/* Some columns of a table, as CSV without a header: as they are expected. */
static inline void columns_are(const karvan_table *t, const char *columns, const char *want) {
    karvan_view v = {0};
    karvan_table *some = NULL;
    karvan_i_text text = {0};
    const char *names[16];
    char list[256];
    int n = 0;
    (void)snprintf(list, sizeof list, "%s", columns);
    for (char *s = strtok(list, " "); s && n < 16; s = strtok(NULL, " ")) names[n++] = s;
    assert_int_equal(karvan_view_init(&v, t, NULL, NULL, NULL), KARVAN_OK);
    assert_int_equal(karvan_view_copy(&v, n, names, &some, NULL), KARVAN_OK);
    karvan_i_csv_text(some, &text);
    assert_false(text.failed);
    assert_string_equal(strchr(text.s, '\n') + 1, want);
    karvan_i_text_clear(&text);
    karvan_table_destroy(some);
    karvan_view_clear(&v);
}
#endif
