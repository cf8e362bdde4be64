/* Scenarios: named sets of edits, rows of the region's own table `scenarios`, laid over its tables
 * in memory. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/column.h"
#include "table/number.h"
#include "table/scenario.h"

typedef karvan_i_edit edit;
typedef karvan_i_resolver resolver;
#define SET        KARVAN_I_EDIT_SET
#define SCALE      KARVAN_I_EDIT_SCALE
#define ADD        KARVAN_I_EDIT_ADD
#define REMOVE     KARVAN_I_EDIT_REMOVE
#define OPERATIONS KARVAN_I_EDIT_OPERATIONS
static const char *const OPERATION_NAMES[OPERATIONS] = {"set", "scale", "add", "remove"};

static const karvan_table *scenarios_of(const karvan_package *p) {
    return karvan_package_table(p, "scenarios");
}

/* ---- one row of the table as an edit ---- */

static karvan_status fault(const resolver *k, const char *column, int64_t row, const char *code,
                           const char *hint, const char *what) {
    if (karvan_problems_add_cell(k->problems, KARVAN_ERROR, k->t, karvan_table_find(k->t, column),
                                 row, code, hint, "%s", what) == KARVAN_OK)
        return KARVAN_OK;
    return karvan_fail(k->err, KARVAN_E_NOMEM, "no memory for problems");
}

static bool is_number(karvan_type t) { return t == KARVAN_INT || t == KARVAN_REAL; }

/* Does the value suit the column and the operation? */
static bool value_fits(const karvan_i_column *c, edit *e) {
    karvan_edtf d;
    if (e->op == SET && !e->text) return true;
    if (!e->text) return false;
    if (e->op != SET || is_number(c->type)) {
        bool good =
            is_number(c->type) && karvan_i_parse_real(e->text, strlen(e->text), '.', &e->number);
        return good && (c->type == KARVAN_REAL || e->number == floor(e->number) || e->op == SCALE);
    }
    if (c->type == KARVAN_BOOL)
        return strcmp(e->text, "true") == 0 || strcmp(e->text, "false") == 0;
    return c->type != KARVAN_DATE ||
           karvan_edtf_parse(e->text, strlen(e->text), &d, NULL) == KARVAN_OK;
}

static karvan_status resolve(const resolver *k, int64_t row, edit *e) {
    const char *table = karvan_i_cell_text(k->t, "table", row),
               *key = karvan_i_cell_text(k->t, "key", row),
               *column = karvan_i_cell_text(k->t, "column", row),
               *op = karvan_i_cell_text(k->t, "operation", row);
    const karvan_i_resource *to = table ? karvan_i_package_resource(k->p, table) : NULL;
    *e = (edit){.scenario = karvan_i_cell_text(k->t, "intervention", row),
                .text = karvan_i_cell_text(k->t, "value", row)};
    if (!to || !to->table || to->primary.n == 0)
        return fault(k, "table", row, "scenario-table", "a table of the region with a primary key",
                     "no table of the region that can be edited");
    e->row = key ? karvan_i_index_find(&to->index, key) : -1;
    if (e->row < 0)
        return fault(k, "key", row, "scenario-key", "the primary key of a row, parts joined by |",
                     "no row of the table has this key");
    while (e->op < OPERATIONS && (!op || strcmp(OPERATION_NAMES[e->op], op) != 0)) e->op++;
    e->column = e->op == REMOVE || !column ? -1 : karvan_table_find(to->table, column);
    if (e->op == OPERATIONS || (e->op != REMOVE && e->column < 0))
        return fault(k, e->op == OPERATIONS ? "operation" : "column", row, "scenario-column",
                     "set, scale, add or remove, and a column of the table",
                     "no such operation or column");
    if (e->op != REMOVE && !value_fits(&to->table->column[e->column], e))
        return fault(k, "value", row, "scenario-value",
                     "a value of the column's type; scale and add work on numbers",
                     "the value does not suit the column and the operation");
    if ((e->op == SCALE || e->op == ADD) &&
        karvan_table_state(to->table, e->column, e->row) != KARVAN_VALUE)
        return fault(k, "operation", row, "scenario-value", "set it instead",
                     "the cell holds nothing that could be scaled or added to");
    e->to = (karvan_i_resource *)to;
    return KARVAN_OK;
}

karvan_status karvan_i_edit_fault(const karvan_i_resolver *k, const char *column, int64_t row,
                                  const char *code, const char *hint, const char *what) {
    return fault(k, column, row, code, hint, what);
}

karvan_status karvan_i_edit_resolve(const karvan_i_resolver *k, int64_t row, karvan_i_edit *e) {
    return resolve(k, row, e);
}

karvan_status karvan_scenarios_check(const karvan_package *region, karvan_problems *problems,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_REQUIRE(region && problems, err, KARVAN_E_ARG, "region or problems is NULL");
    const resolver k = {region, scenarios_of(region), problems, err};
    for (int64_t row = 0; k.t && row < karvan_table_rows(k.t); row++) {
        edit e;
        KARVAN_TRY(resolve(&k, row, &e));
    }
done:
    return st;
}

/* ---- the edits of the scenarios asked for ---- */

static bool same(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

/* "; there are: a, b", as many as there is room for. */
static const char *list_names(const char *const *names, size_t n, char *out, size_t cap) {
    size_t at = 0, k = 0;
    for (out[0] = 0; k < n && at + strlen(names[k]) + sizeof "; there are: , and others" < cap; k++)
        at += (size_t)snprintf(out + at, cap - at, "%s%s", k ? ", " : "; there are: ", names[k]);
    if (k > 0 && k < n) (void)snprintf(out + at, cap - at, " and others");
    return out;
}

static karvan_status known_name(const karvan_package *p, const karvan_table *t, const char *name,
                                karvan_error *err) {
    const char *names[512];
    char list[170];
    size_t n = 0;
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        const char *one = karvan_i_cell_text(t, "intervention", r);
        if (same(one, name)) return KARVAN_OK;
        if (one && n < 512 && (n == 0 || strcmp(names[n - 1], one) != 0)) names[n++] = one;
    }
    if (karvan_package_table(p, "interventions") &&
        karvan_package_row(p, "interventions", name) >= 0)
        return karvan_fail(err, KARVAN_E_ARG,
                           "'%.60s' is an intervention without a row in table scenarios: it edits "
                           "nothing",
                           name);
    int64_t near = n > 0 ? karvan_text_nearest(name, names, n) : -1;
    if (near >= 0)
        return karvan_fail(err, KARVAN_E_ARG, "no scenario is called '%.60s'; did you mean %s?",
                           name, names[near]);
    return karvan_fail(err, KARVAN_E_ARG, "no scenario is called '%.60s'%s", name,
                       list_names(names, n, list, sizeof list));
}

/* Two edits, of one scenario or of two, may touch one cell only where both set it to the same. */
static bool conflict(const edit *a, const edit *b) {
    if (a->to != b->to || a->row != b->row) return false;
    if (a->op == REMOVE || b->op == REMOVE) return a->op != b->op;
    return a->column == b->column && !(a->op == SET && b->op == SET && same(a->text, b->text));
}

static karvan_status refuse_both(const edit *a, const edit *b, const karvan_table *t, int64_t row,
                                 karvan_error *err) {
    const char *column = b->column < 0 ? "all" : b->to->table->column[b->column].name,
               *key = karvan_i_cell_text(t, "key", row);
    if (same(a->scenario, b->scenario))
        return karvan_fail(err, KARVAN_E_ARG,
                           "scenario %.60s edits %s of row %.80s in table %s more than once",
                           b->scenario, column, key, b->to->name);
    return karvan_fail(err, KARVAN_E_ARG,
                       "scenarios %.60s and %.60s both edit %s of row %.80s in table %s",
                       a->scenario, b->scenario, column, key, b->to->name);
}

static karvan_status gather(const resolver *k, int n_names, const char *const *names, edit *edits,
                            int *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int64_t row = 0; row < karvan_table_rows(k->t); row++) {
        bool wanted = false;
        for (int i = 0; i < n_names; i++)
            wanted |= karvan_i_cell_is(k->t, "intervention", row, names[i]);
        if (!wanted) continue;
        edit *e = &edits[*n];
        KARVAN_TRY(resolve(k, row, e));
        KARVAN_REQUIRE(e->to, err, KARVAN_E_DATA,
                       "a row of table scenarios is at fault; karvan check tells");
        for (int i = 0; i < *n; i++)
            if (conflict(&edits[i], e)) return refuse_both(&edits[i], e, k->t, row, err);
        ++*n;
    }
done:
    return st;
}

/* ---- laying them over a table ---- */

static const edit *edit_of(const edit *edits, int n, const karvan_i_resource *to, int64_t row,
                           int column) {
    for (int i = 0; i < n; i++)
        if (edits[i].to == to && edits[i].row == row && edits[i].column == column) return &edits[i];
    return NULL;
}

static karvan_status copy_cell(const karvan_table *t, int c, int64_t row, karvan_i_column *to,
                               karvan_error *err) {
    karvan_cell state = karvan_table_state(t, c, row);
    if (state != KARVAN_VALUE) return karvan_i_column_missing(to, state, err);
    const char *s;
    switch (to->type) {
    case KARVAN_INT:
        return karvan_i_column_int(to, karvan_table_int(t, c, row), err);
    case KARVAN_REAL:
        return karvan_i_column_real(to, karvan_table_real(t, c, row), err);
    case KARVAN_BOOL:
        return karvan_i_column_bool(to, karvan_table_bool(t, c, row), err);
    case KARVAN_TEXT:
    case KARVAN_DATE:
        break;
    }
    s = karvan_table_text(t, c, row);
    return karvan_i_column_text(to, s, strlen(s), err);
}

static karvan_status edited_cell(const karvan_table *t, const edit *e, karvan_i_column *to,
                                 karvan_error *err) {
    if (!e->text) return karvan_i_column_missing(to, KARVAN_UNKNOWN, err);
    if (is_number(to->type)) {
        double old = karvan_table_real(t, e->column, e->row);
        double v = e->op == SCALE ? old * e->number : e->op == ADD ? old + e->number : e->number;
        return to->type == KARVAN_REAL ? karvan_i_column_real(to, v, err)
                                       : karvan_i_column_int(to, (int64_t)round(v), err);
    }
    if (to->type == KARVAN_BOOL) return karvan_i_column_bool(to, strcmp(e->text, "true") == 0, err);
    return karvan_i_column_text(to, e->text, strlen(e->text), err);
}

/* A table like another without columns and rows; lines only where it keeps some. */
static karvan_status table_like(const karvan_table *t, karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t columns = (size_t)t->n_columns;
    karvan_table *x = karvan_i_calloc(1, sizeof *x);
    *out = x;
    KARVAN_REQUIRE(x, err, KARVAN_E_NOMEM, "no memory to edit %s", t->name);
    x->delimiter = t->delimiter;
    x->name = karvan_i_strndup(t->name, strlen(t->name));
    if (t->path) x->path = karvan_i_strndup(t->path, strlen(t->path));
    x->column = karvan_i_calloc(columns + 1, sizeof *x->column);
    if (t->line) x->line = karvan_i_malloc((size_t)t->n_rows + 1, sizeof *x->line);
    if (t->field) x->field = karvan_i_malloc(columns + 1, sizeof *x->field);
    KARVAN_REQUIRE(x->name && !x->path == !t->path && x->column && !x->line == !t->line &&
                       !x->field == !t->field,
                   err, KARVAN_E_NOMEM, "no memory to edit %s", t->name);
    if (t->field) memcpy(x->field, t->field, columns * sizeof *x->field);
done:
    return st;
}

/* Where records begin in the file: it counts rows. */
static karvan_status keep_offsets(const karvan_table *t, karvan_table *to, karvan_error *err) {
    size_t n = (size_t)((t->n_rows + KARVAN_I_ROWS_APART - 1) / KARVAN_I_ROWS_APART);
    if (!t->offset || to->n_rows < t->n_rows) return KARVAN_OK;
    to->offset = karvan_i_malloc(n + 1, sizeof *to->offset);
    if (!to->offset) return karvan_fail(err, KARVAN_E_NOMEM, "no memory to edit %s", t->name);
    memcpy(to->offset, t->offset, n * sizeof *to->offset);
    return KARVAN_OK;
}

/* The edited table takes the place of what was, at the same address where that is the package's
 * own. */
static void take_place(karvan_i_resource *to, karvan_table *edited) {
    if (to->lent) {
        to->table = edited, to->index = (karvan_i_index){0}, to->lent = false;
        return;
    }
    karvan_table before = *to->table;
    *to->table = *edited, *edited = before;
    karvan_table_destroy(edited);
}

/* All columns anew, without the rows that go. On failure the table stays as it was. */
static karvan_status edit_table(karvan_i_resource *to, const edit *edits, int n,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = to->table;
    karvan_table *x = NULL;
    KARVAN_TRY(table_like(t, &x, err));
    for (; x->n_columns < t->n_columns; x->n_columns++) {
        int c = x->n_columns;
        karvan_i_column *one = &x->column[c], *old = &t->column[c];
        KARVAN_TRY(karvan_i_column_init(one, old->name, old->type, old->unit, err));
        for (int64_t row = 0; row < t->n_rows; row++) {
            if (edit_of(edits, n, to, row, -1)) continue;
            const edit *e = edit_of(edits, n, to, row, c);
            KARVAN_TRY(e ? edited_cell(t, e, one, err) : copy_cell(t, c, row, one, err));
        }
    }
    for (int64_t row = 0; row < t->n_rows; row++) {
        if (edit_of(edits, n, to, row, -1)) continue;
        if (t->line) x->line[x->n_rows] = t->line[row];
        x->n_rows++;
    }
    KARVAN_TRY(keep_offsets(t, x, err));
    take_place(to, x), x = NULL;
done:
    if (x && x->column && x->n_columns < t->n_columns)
        karvan_i_column_clear(&x->column[x->n_columns]); /* the one that was being made */
    karvan_table_destroy(x);
    return st;
}

static karvan_status index_again(karvan_i_resource *r, karvan_error *err) {
    karvan_i_index_clear(&r->index);
    return karvan_i_index_init(&r->index, r->table, &r->primary, err);
}

karvan_status karvan_scenarios_apply(karvan_package *region, int n_names, const char *const *names,
                                     karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    edit *edits = NULL;
    int n = 0;
    KARVAN_REQUIRE(region && problems && n_names >= 0 && (names || n_names == 0), err, KARVAN_E_ARG,
                   "region, names or problems is NULL");
    const resolver k = {region, scenarios_of(region), problems, err};
    if (n_names == 0) goto done;
    KARVAN_REQUIRE(k.t, err, KARVAN_E_ARG, "the region has no table scenarios");
    for (int i = 0; i < n_names; i++) KARVAN_TRY(known_name(region, k.t, names[i], err));
    edits = karvan_i_calloc((size_t)karvan_table_rows(k.t) + 1, sizeof *edits);
    KARVAN_REQUIRE(edits, err, KARVAN_E_NOMEM, "no memory for the edits");
    KARVAN_TRY(gather(&k, n_names, names, edits, &n, err));
    for (int r = 0; r < region->n; r++) {
        karvan_i_resource *to = &region->resource[r];
        int64_t before = karvan_problems_count(problems, KARVAN_ERROR);
        bool touched = false;
        for (int i = 0; i < n; i++) touched |= edits[i].to == to;
        if (!touched) continue;
        KARVAN_TRY(edit_table(to, edits, n, err));
        KARVAN_TRY(index_again(to, err));
        KARVAN_TRY(karvan_i_package_values(region, to, problems, err));
        KARVAN_REQUIRE(karvan_problems_count(problems, KARVAN_ERROR) == before, err, KARVAN_E_DATA,
                       "the edits leave table %s with values that its schema forbids", to->name);
    }
done:
    karvan_i_free(edits);
    return st;
}
