/* Scenarios of one's own: rows that are added to the region's table `scenarios` in memory. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/column.h"
#include "table/scenario.h"

/* Columns of table scenarios that edits may have, and what those are called; the last three they
 * may go without. */
enum { TABLE, KEY, COLUMN, OPERATION, VALUE, NAME, SOURCE, NOTE, COLUMNS };
static const char *const THEIRS[COLUMNS] = {"table", "key",  "column", "operation",
                                            "value", "name", "source", "note"};
static const char *const OURS[COLUMNS] = {"table", "key",          "column", "operation",
                                          "value", "intervention", "source", "note"};

static karvan_status check_columns(const karvan_table *edits, karvan_error *err) {
    for (int i = 0; i < COLUMNS; i++) {
        int c = karvan_table_find(edits, THEIRS[i]);
        if (c < 0 && i >= NAME) continue;
        if (c < 0)
            return karvan_fail(err, KARVAN_E_ARG,
                               "edits have no column %s; table, key, column, operation and value "
                               "are needed, name, source and note may be there",
                               THEIRS[i]);
        if (karvan_table_column(edits, c).type != KARVAN_TEXT)
            return karvan_fail(err, KARVAN_E_ARG, "column %s of edits is to be read as text",
                               THEIRS[i]);
    }
    return KARVAN_OK;
}

static const char *name_of(const karvan_table *edits, const char *name, int64_t row) {
    const char *own = karvan_i_cell_text(edits, "name", row);
    return own ? own : name;
}

/* A name that several rows share is looked up once where they follow one another. */
static karvan_status check_names(const karvan_package *region, const karvan_table *edits,
                                 const char *name, karvan_error *err) {
    const karvan_table *t = karvan_package_table(region, "scenarios");
    int c = t ? karvan_table_find(t, "intervention") : -1;
    for (int64_t r = 0; r < karvan_table_rows(edits); r++) {
        const char *said = name_of(edits, name, r);
        if (r > 0 && strcmp(said, name_of(edits, name, r - 1)) == 0) continue;
        if (!*said || strchr(said, ','))
            return karvan_fail(err, KARVAN_E_ARG,
                               "a scenario is called by a word without commas, not '%.60s'", said);
        if (karvan_package_row(region, "interventions", said) >= 0 ||
            (c >= 0 && karvan_table_lookup(t, c, said) >= 0))
            return karvan_fail(err, KARVAN_E_ARG,
                               "the region has an intervention %.60s already: call yours otherwise",
                               said);
    }
    return KARVAN_OK;
}

/* ---- rows ---- */

typedef struct numbered {
    karvan_i_edit e;
    int64_t at; /* row of the edits */
} numbered;

/* By cell; of one cell in the order of the file. */
static int by_cell(const void *a, const void *b) {
    const numbered *x = a, *y = b;
    int names = strcmp(x->e.scenario, y->e.scenario);
    if (names != 0) return names;
    if (x->e.to != y->e.to) return (char *)x->e.to > (char *)y->e.to ? 1 : -1;
    if (x->e.row != y->e.row) return x->e.row > y->e.row ? 1 : -1;
    if (x->e.column != y->e.column) return x->e.column > y->e.column ? 1 : -1;
    return (x->at > y->at) - (x->at < y->at);
}

/* A row that is removed is not edited, and no cell is edited twice under one name. */
static bool twice(const numbered *x, const numbered *y) {
    return strcmp(x->e.scenario, y->e.scenario) == 0 && x->e.to == y->e.to &&
           x->e.row == y->e.row && (x->e.column < 0 || x->e.column == y->e.column);
}

static karvan_status check_rows(const karvan_i_resolver *k, const char *name, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t rows = karvan_table_rows(k->t), n = 0,
            before = karvan_problems_count(k->problems, KARVAN_ERROR);
    numbered *all = karvan_i_calloc((size_t)rows + 1, sizeof *all);
    KARVAN_REQUIRE(all, err, KARVAN_E_NOMEM, "no memory for edits");
    for (int64_t r = 0; r < rows; r++) {
        numbered *x = &all[n];
        KARVAN_TRY(karvan_i_edit_resolve(k, r, &x->e));
        x->e.scenario = name_of(k->t, name, r), x->at = r;
        n += x->e.to != NULL;
    }
    if (n > 0) qsort(all, (size_t)n, sizeof *all, by_cell);
    for (int64_t i = 1, of = 0; i < n; i++) {
        if (twice(&all[of], &all[i]))
            KARVAN_TRY(karvan_i_edit_fault(k, all[i].e.column < 0 ? "key" : "column", all[i].at,
                                           "scenario-twice", "one edit of a cell under one name",
                                           "another row of this name edits the same"));
        else
            of = i;
    }
    int64_t faults = karvan_problems_count(k->problems, KARVAN_ERROR) - before;
    KARVAN_REQUIRE(faults == 0, err, KARVAN_E_DATA, "%lld of the edits at fault",
                   (long long)faults);
done:
    karvan_i_free(all);
    return st;
}

/* ---- the table ---- */

/* A region without the table gets one that is empty. */
static karvan_status have_table(karvan_package *region, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_column columns[COLUMNS];
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    if (karvan_i_package_resource(region, "scenarios")) return KARVAN_OK;
    for (int i = 0; i < COLUMNS; i++) columns[i] = (karvan_column){OURS[i], KARVAN_TEXT, NULL};
    KARVAN_TRY(karvan_builder_create("scenarios", COLUMNS, columns, &b, err));
    st = karvan_builder_finish(b, &t, err);
    if (st != KARVAN_OK) goto done;
    karvan_i_resource *more =
        karvan_i_realloc(region->resource, (size_t)region->n + 1, sizeof *more);
    KARVAN_REQUIRE(more, err, KARVAN_E_NOMEM, "no memory for table scenarios");
    region->resource = more;
    more[region->n++] = (karvan_i_resource){.name = "scenarios", .table = t};
    t = NULL;
done:
    karvan_table_destroy(t);
    return st;
}

/* Cells of a column of table scenarios, behind those that it has. */
static karvan_status add_cells(const karvan_table *edits, const char *name, karvan_i_column *to,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int which = 0;
    while (which < COLUMNS && strcmp(OURS[which], to->name) != 0) which++;
    int from = which < COLUMNS ? karvan_table_find(edits, THEIRS[which]) : -1;
    for (int64_t r = 0; r < karvan_table_rows(edits); r++) {
        const char *s = which == NAME ? name_of(edits, name, r)
                        : from < 0    ? NULL
                                      : karvan_table_text(edits, from, r);
        if (which == SOURCE && !s) s = "assumption";
        KARVAN_TRY(s && to->type == KARVAN_TEXT ? karvan_i_column_text(to, s, strlen(s), err)
                                                : karvan_i_column_missing(to, KARVAN_UNKNOWN, err));
    }
done:
    return st;
}

static karvan_status add_rows(karvan_table *t, const karvan_table *edits, const char *name,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t rows = t->n_rows + karvan_table_rows(edits);
    uint32_t *line = NULL;
    if (t->line) {
        line = karvan_i_realloc(t->line, (size_t)rows + 1, sizeof *line);
        KARVAN_REQUIRE(line, err, KARVAN_E_NOMEM, "no memory for edits");
        t->line = line;
    }
    for (int c = 0; c < t->n_columns; c++) KARVAN_TRY(add_cells(edits, name, &t->column[c], err));
    for (int64_t r = t->n_rows; line && r < rows; r++) line[r] = 0;
    karvan_i_free(t->offset), t->offset = NULL; /* these rows are in another file */
    t->n_rows = rows;
done:
    return st;
}

/* All or nothing: what was added goes again where memory ends. */
static void drop_rows(karvan_table *t, int64_t rows) {
    t->n_rows = rows;
    for (int c = 0; c < t->n_columns; c++)
        while (t->column[c].n > rows) karvan_i_column_drop_last(&t->column[c]);
}

static karvan_status add_to(karvan_i_resource *to, const karvan_table *edits, const char *name,
                            karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_index index = {0};
    int64_t rows = to->table->n_rows;
    KARVAN_TRY(add_rows(to->table, edits, name, err));
    if (to->primary.n == 0) goto done;
    KARVAN_TRY(karvan_i_index_init(&index, to->table, &to->primary, err));
    karvan_i_index_clear(&to->index);
    to->index = index;
done:
    if (st != KARVAN_OK) drop_rows(to->table, rows);
    return st;
}

karvan_status karvan_scenarios_add(karvan_package *region, const karvan_table *edits,
                                   const char *name, karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(region && edits && name && problems, err, KARVAN_E_ARG,
                   "region, edits, name or problems is NULL");
    KARVAN_TRY(check_columns(edits, err));
    KARVAN_TRY(check_names(region, edits, name, err));
    const karvan_i_resolver k = {region, edits, problems, err};
    KARVAN_TRY(check_rows(&k, name, err));
    KARVAN_TRY(have_table(region, err));
    karvan_i_resource *to = (karvan_i_resource *)karvan_i_package_resource(region, "scenarios");
    KARVAN_REQUIRE(to->table, err, KARVAN_E_DATA, "table scenarios of the region cannot be read");
    KARVAN_REQUIRE(karvan_table_find(to->table, "intervention") >= 0, err, KARVAN_E_DATA,
                   "table scenarios of the region has no column intervention");
    st = add_to(to, edits, name, err);
done:
    return st;
}
