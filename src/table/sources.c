/* Sources are named by every row of fact; an assumption gives its reasoning. */
#include <string.h>

#include "base/try.h"
#include "table/cell.h"
#include "table/column.h"

static bool is_source_column(const char *name) {
    size_t n = strlen(name);
    return strcmp(name, "source") == 0 || (n > 7 && strcmp(name + n - 7, "_source") == 0);
}

static karvan_status check_column(const karvan_table *t, int c, karvan_problems *problems) {
    karvan_status st = KARVAN_OK;
    if (karvan_table_find(t, "note") < 0) return KARVAN_OK;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *source = karvan_table_text(t, c, r);
        if (!source || strcmp(source, "assumption") != 0 || karvan_i_cell_text(t, "note", r))
            continue;
        KARVAN_TRY(karvan_problems_add_cell(
            problems, KARVAN_ERROR, t, c, r, "assumption-without-reason",
            "give the reasoning in note, or a document", "an assumption without its reasoning"));
    }
done:
    return st;
}

karvan_status karvan_package_check_sources(const karvan_package *region, karvan_problems *problems,
                                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(region && problems, err, KARVAN_E_ARG, "region or problems is NULL");
    for (int i = 0; i < karvan_package_count(region); i++) {
        const karvan_table *t = karvan_package_at(region, i);
        for (int c = 0; t && c < karvan_table_columns(t); c++)
            if (t->column[c].type == KARVAN_TEXT && is_source_column(t->column[c].name))
                KARVAN_TRY(check_column(t, c, problems));
    }
done:
    if (st == KARVAN_E_NOMEM) (void)karvan_fail(err, st, "no memory for the list of problems");
    return st;
}
