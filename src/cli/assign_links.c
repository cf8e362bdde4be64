/* Loads by link for readers and scripts: six columns whose first two name a row, more on demand. */
#include <string.h>

#include "base/try.h"
#include "cli/assign.h"
#include "table/cell.h"

enum { NARROW = 6, WIDE = 11, NAME_MAX_LENGTH = 400 };
static const char *const column_name[WIDE] = {"link",    "class",     "load",     "capacity",
                                              "delay_h", "price_usd", "unit",     "kind",
                                              "from",    "to",        "direction"};

/* Has a table whose rows come before those of `kind` a row of this id? */
static bool is_taken(const karvan_package *region, const char *kind, const char *id) {
    static const char *const kinds[][2] = {
        {"link", "links"}, {"terminal", "terminals"}, {"service", "services"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kind, kinds[i][0]) == 0) return false;
        if (karvan_package_table(region, kinds[i][1]) &&
            karvan_package_row(region, kinds[i][1], id) >= 0)
            return true;
    }
    return false;
}

/* "ID", "ID (back)"; where a row of another table is called so, "ID (service)" and
 * "ID (service, back)". */
static void name_row(const karvan_package *region, const karvan_table *t, int64_t r, char *out,
                     size_t cap) {
    const char *id = karvan_i_cell_text(t, "link", r), *kind = karvan_i_cell_text(t, "kind", r);
    bool back = karvan_i_cell_is(t, "direction", r, "back");
    if (is_taken(region, kind, id))
        (void)snprintf(out, cap, "%.300s (%s%s)", id, kind, back ? ", back" : "");
    else
        (void)snprintf(out, cap, "%.300s%s", id, back ? " (back)" : "");
}

static karvan_status copy(const karvan_package *region, const karvan_table *t, int n,
                          karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_column columns[WIDE];
    karvan_builder *b = NULL;
    char name[NAME_MAX_LENGTH];
    int from[WIDE];
    for (int c = 0; c < n; c++) {
        from[c] = karvan_table_find(t, column_name[c]);
        columns[c] = karvan_table_column(t, from[c]);
    }
    KARVAN_TRY(karvan_builder_create("links", n, columns, &b, err));
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        name_row(region, t, r, name, sizeof name);
        KARVAN_TRY(karvan_builder_text(b, 0, name, err));
        for (int c = 1; c < n; c++) KARVAN_TRY(karvan_i_copy_cell(b, c, t, from[c], r, err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

karvan_status cli_freight_links(const cli *c, cli_freight *s, karvan_table **out,
                                karvan_error *err) {
    karvan_table *t = NULL;
    bool wide = cli_switch(c, "wide");
    *out = NULL;
    karvan_status st = karvan_freight_table(s->f, KARVAN_FREIGHT_LINKS, &t, err);
    if (st == KARVAN_OK) st = copy(c->region, t, wide ? WIDE : NARROW, out, err);
    for (int64_t r = 0; st == KARVAN_OK && !wide && r < karvan_table_rows(t); r++)
        s->untold_by_weight += karvan_i_cell_is(t, "unit", r, "t/day");
    karvan_table_destroy(t);
    return st;
}
