/* Tables attached to dyad-years: which columns, under which names, declared to cover what. */
#include "record/attach.h"

#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/known.h"

karvan_status karvan_attach_read(const char *path, karvan_table **out, karvan_error *err) {
    return karvan_attach_read_without(path, 0, NULL, out, err);
}

karvan_status karvan_attach_read_without(const char *path, int n, const char *const *none,
                                         karvan_table **out, karvan_error *err) {
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!path) return karvan_fail(err, KARVAN_E_ARG, "the path is NULL");
    if (n < 0 || (n > 0 && !none))
        return karvan_fail(err, KARVAN_E_ARG, "%d spellings of no value, and no list of them", n);
    const char *slash = strrchr(path, '/');
    const karvan_i_csv_from from = {.path = path, .n_none = n, .none = none};
    return karvan_i_csv_known(from, slash ? slash + 1 : path, karvan_i_n_state_columns,
                              karvan_i_state_columns, true, out, err);
}

/* ---- sources and columns ---- */

karvan_status karvan_i_add_source(karvan_dyad_years *d, karvan_i_source **out, karvan_error *err) {
    karvan_i_source *more =
        karvan_i_realloc(d->source, (size_t)d->n_sources + 1, sizeof *d->source);
    if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for a table more");
    d->source = more, *out = &more[d->n_sources++];
    **out = (karvan_i_source){0};
    return KARVAN_OK;
}

static bool is_taken(const karvan_dyad_years *d, const char *name) {
    static const char *const own[] = {"code1", "code2", "year", "month", "exists", "extended"};
    for (size_t k = 0; k < sizeof own / sizeof own[0]; k++)
        if (strcmp(own[k], name) == 0) return true;
    for (int k = 0; k < d->n_columns; k++)
        if (strcmp(d->column[k].name, name) == 0) return true;
    return false;
}

karvan_status karvan_i_add_column(karvan_dyad_years *d, const char *name, const char *suffix,
                                  karvan_i_attached what, karvan_error *err) {
    size_t n = strlen(name) + strlen(suffix) + 1;
    karvan_i_attached *more =
        karvan_i_realloc(d->column, (size_t)d->n_columns + 1, sizeof *d->column);
    if (more) d->column = more;
    char *whole = karvan_i_malloc(n, 1);
    if (!more || !whole) {
        karvan_i_free(whole);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for column %.100s", name);
    }
    (void)snprintf(whole, n, "%s%s", name, suffix);
    what.name = whole;
    if (!is_taken(d, whole)) {
        d->column[d->n_columns++] = what;
        return KARVAN_OK;
    }
    karvan_status st = karvan_fail(err, KARVAN_E_ARG,
                                   "column %.80s of %.200s: there is one of that name already; "
                                   "give it another",
                                   whole, karvan_i_called(d->source[what.source].t));
    karvan_i_free(whole);
    return st;
}

static karvan_status add_sides(karvan_dyad_years *d, int column, const char *name,
                               karvan_error *err) {
    const karvan_i_source *s = &d->source[d->n_sources - 1];
    karvan_column is = karvan_table_column(s->t, column);
    karvan_i_attached what = {
        .source = d->n_sources - 1, .column = column, .type = is.type, .unit = is.unit};
    bool of_states = s->kind == KARVAN_I_OF_STATES, two = d->q.undirected && !s->both_ways;
    karvan_status st = karvan_i_add_column(d, name, of_states ? "1" : two ? "12" : "", what, err);
    what.side = 1;
    if (st == KARVAN_OK && (of_states || two))
        st = karvan_i_add_column(d, name, of_states ? "2" : "21", what, err);
    return st;
}

static bool is_key(const karvan_i_key *k, int column) {
    return column == k->code[0] || column == k->code[1] || column == k->year || column == k->month;
}

/* Is it a column by which rows are asked for? All of them say the same there. */
static bool is_asked(const karvan_table *t, const karvan_attach_options *o, int column) {
    for (int i = 0; i < o->n_where; i++)
        if (strcmp(karvan_table_column(t, column).name, o->where_columns[i]) == 0) return true;
    return false;
}

static karvan_status add_named(karvan_dyad_years *d, const karvan_i_key *k, const char *column,
                               const char *name, karvan_error *err) {
    char room[120];
    const karvan_table *t = d->source[d->n_sources - 1].t;
    int c = karvan_table_find(t, column);
    if (c < 0)
        return karvan_fail(err, KARVAN_E_ARG, "%s has no column '%.80s'%s", karvan_i_called(t),
                           column, karvan_i_meant_column(t, column, room, sizeof room));
    if (is_key(k, c))
        return karvan_fail(err, KARVAN_E_ARG,
                           "column %.80s of %s is what its rows are attached by, and no value",
                           column, karvan_i_called(t));
    return add_sides(d, c, name ? name : column, err);
}

static karvan_status add_columns(karvan_dyad_years *d, const karvan_i_key *k,
                                 const karvan_attach_options *o, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int before = d->n_columns;
    const karvan_table *t = d->source[d->n_sources - 1].t;
    for (int i = 0; i < o->n_columns; i++)
        KARVAN_TRY(add_named(d, k, o->columns[i], o->names ? o->names[i] : NULL, err));
    for (int c = 0; o->n_columns == 0 && c < karvan_table_columns(t); c++)
        if (!is_key(k, c) && !is_asked(t, o, c))
            KARVAN_TRY(add_sides(d, c, karvan_table_column(t, c).name, err));
    KARVAN_REQUIRE(d->n_columns > before, err, KARVAN_E_ARG,
                   "%s has no column to attach, only those of its key", karvan_i_called(t));
done:
    return st;
}

/* ---- rows said twice ---- */

static bool same_cell(const karvan_table *t, int c, int64_t x, int64_t y) {
    if (karvan_table_state(t, c, x) != karvan_table_state(t, c, y)) return false;
    switch (karvan_table_column(t, c).type) {
    case KARVAN_INT:
        return karvan_table_int(t, c, x) == karvan_table_int(t, c, y);
    case KARVAN_REAL:
        return karvan_table_state(t, c, x) != KARVAN_VALUE ||
               karvan_table_real(t, c, x) == karvan_table_real(t, c, y);
    case KARVAN_BOOL:
        return karvan_table_bool(t, c, x) == karvan_table_bool(t, c, y);
    case KARVAN_TEXT:
    case KARVAN_DATE:
        break;
    }
    return karvan_table_code(t, c, x) == karvan_table_code(t, c, y);
}

/* Column of the table, attached from the last source, in which two rows differ; -1: none. */
static int differs(const karvan_dyad_years *d, int64_t x, int64_t y) {
    const karvan_table *t = d->source[d->n_sources - 1].t;
    for (int k = 0; k < d->n_columns; k++)
        if (d->column[k].source == d->n_sources - 1 && !same_cell(t, d->column[k].column, x, y))
            return d->column[k].column;
    return -1;
}

static karvan_status contradiction(const karvan_i_source *s, int column, int64_t x, int64_t y,
                                   karvan_error *err) {
    char what[400], where[140] = "";
    int64_t line, col;
    karvan_column is = karvan_table_column(s->t, column);
    (void)karvan_table_locate(s->t, -1, x, &line, &col);
    if (is.type == KARVAN_TEXT) /* rows of a long table may be of several things */
        (void)snprintf(where, sizeof where, ", or --where %.60s=... picks those that are meant",
                       is.name);
    (void)snprintf(
        what, sizeof what,
        "%.80s is not what line %lld says of the same %s and time%s; one of them must go%s",
        is.name, (long long)line, s->kind == KARVAN_I_OF_STATES ? "state" : "pair",
        s->both_ways ? " (rows speak of both ways)" : "", where);
    return karvan_i_refuse(s->t, column, y, what, err);
}

/* Equal keys stand together, by row. Rows that say the same one way and the other are no fault. */
static karvan_status judge_twins(karvan_dyad_years *d, const karvan_i_key *k,
                                 karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_source *s = &d->source[d->n_sources - 1];
    int64_t kept = 0;
    for (int64_t i = 0; i < s->n; i++) {
        karvan_i_keyed *last = kept > 0 ? &s->keyed[kept - 1] : NULL;
        if (!last || last->key != s->keyed[i].key) {
            s->keyed[kept++] = s->keyed[i];
            continue;
        }
        int64_t row = s->keyed[i].row, line, col;
        int column = differs(d, last->row, row);
        if (column >= 0) {
            st = contradiction(s, column, last->row, row, err);
            goto done;
        }
        bool turned = s->both_ways && !same_cell(s->t, k->code[0], last->row, row);
        if (turned || !problems) continue;
        (void)karvan_table_locate(s->t, -1, last->row, &line, &col);
        KARVAN_TRY(karvan_problems_add_cell(
            problems, KARVAN_WARNING, s->t, -1, row, "row-twice", "leave one of them out",
            "the row says again what line %lld says; it counts once", (long long)line));
    }
    s->n = kept;
done:
    if (st == KARVAN_E_NOMEM) (void)karvan_fail(err, st, "no memory for the list of problems");
    return st;
}

/* ---- covers ---- */

/* First and last period that lie within the days wholly. */
static void cover_days(const karvan_dyad_years *d, const karvan_cover *from, karvan_i_cover *to) {
    int32_t first = karvan_i_period_of(d, from->first), last = karvan_i_period_of(d, from->last);
    if (first < 0)
        first = 0;
    else if (first < d->periods && karvan_i_period_first(d, first) < from->first)
        first++;
    if (last >= d->periods)
        last = d->periods - 1;
    else if (last >= 0 && karvan_i_period_first(d, last + 1) - 1 > from->last)
        last--;
    to->first = first, to->last = last;
}

static karvan_status cover_columns(const karvan_table *t, const karvan_cover *from,
                                   karvan_i_cover *to, karvan_error *err) {
    char room[120];
    if (from->n_columns == 0) return KARVAN_OK;
    to->column = karvan_i_calloc((size_t)karvan_table_columns(t), 1);
    if (!to->column) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for what is covered");
    for (int k = 0; k < from->n_columns; k++) {
        int c = karvan_table_find(t, from->columns[k]);
        if (c < 0)
            return karvan_fail(err, KARVAN_E_ARG,
                               "%s, of which years are declared covered, has no "
                               "column '%.80s'%s",
                               karvan_i_called(t), from->columns[k],
                               karvan_i_meant_column(t, from->columns[k], room, sizeof room));
        to->column[c] = 1;
    }
    return KARVAN_OK;
}

static karvan_status cover_states(const karvan_dyad_years *d, const karvan_cover *from,
                                  karvan_i_cover *to, karvan_error *err) {
    if (from->n_codes == 0) return KARVAN_OK;
    to->state = karvan_i_calloc((size_t)d->states->n + 1, 1);
    if (!to->state) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for what is covered");
    for (int k = 0; k < from->n_codes; k++) {
        int32_t i = karvan_states_find(d->states, from->codes[k]);
        if (i < 0)
            return karvan_fail(err, KARVAN_E_ARG,
                               "'%.40s' is declared covered, and is the code of no state",
                               from->codes[k]);
        to->state[i] = 1;
    }
    return KARVAN_OK;
}

karvan_status karvan_i_add_covers(karvan_dyad_years *d, karvan_i_source *s, int n,
                                  const karvan_cover *covers, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    s->cover = karvan_i_calloc((size_t)n + 1, sizeof *s->cover);
    KARVAN_REQUIRE(s->cover, err, KARVAN_E_NOMEM, "no memory for what is covered");
    for (int k = 0; k < n; k++) {
        s->n_covers = k + 1;
        KARVAN_REQUIRE(covers[k].first <= covers[k].last, err, KARVAN_E_ARG,
                       "%s: what is declared covered ends before it begins", karvan_i_called(s->t));
        cover_days(d, &covers[k], &s->cover[k]);
        if (s->kind != KARVAN_I_CAPITALS)
            KARVAN_TRY(cover_columns(s->t, &covers[k], &s->cover[k], err));
        KARVAN_TRY(cover_states(d, &covers[k], &s->cover[k], err));
    }
done:
    return st;
}

/* ---- all of it ---- */

static karvan_status attach(karvan_dyad_years *d, karvan_i_source *s,
                            const karvan_attach_options *o, karvan_problems *problems,
                            karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_key k = {.system = o->codes ? o->codes : d->states->system};
    KARVAN_TRY(karvan_i_key_find(d, s->t, &k, err));
    KARVAN_TRY(karvan_i_attach_where(s->t, o, &k, err));
    s->kind = k.code[1] < 0 ? KARVAN_I_OF_STATES : KARVAN_I_OF_DYADS;
    s->both_ways = o->both_ways, s->unit = k.month < 0 ? d->per_year : 1;
    KARVAN_REQUIRE(!o->both_ways || s->kind == KARVAN_I_OF_DYADS, err, KARVAN_E_ARG,
                   "%s is of states, not of pairs: its rows go no way, let alone both",
                   karvan_i_called(s->t));
    KARVAN_TRY(karvan_i_add_covers(d, s, o->n_covers, o->covers, err));
    KARVAN_TRY(add_columns(d, &k, o, err));
    KARVAN_TRY(karvan_i_keys_make(d, s, &k, problems, err));
    KARVAN_TRY(judge_twins(d, &k, problems, err));
    if (problems) KARVAN_TRY(karvan_i_attach_doubts(d, k.leave, problems, err));
done:
    karvan_i_free(k.leave);
    return st;
}

karvan_status karvan_dyad_years_attach(karvan_dyad_years *d, const karvan_table *t,
                                       const karvan_attach_options *options,
                                       karvan_problems *problems, karvan_error *err) {
    const karvan_attach_options defaults = {0};
    karvan_i_source *s = NULL;
    if (!d || !t) return karvan_fail(err, KARVAN_E_ARG, "dyads or table is NULL");
    int before = d->n_columns;
    karvan_status st = karvan_i_add_source(d, &s, err);
    if (st != KARVAN_OK) return st;
    s->t = t;
    st = attach(d, s, options ? options : &defaults, problems, err);
    if (st != KARVAN_OK) karvan_i_drop_source(d, before);
    return st;
}

int karvan_dyad_years_columns(const karvan_dyad_years *d) { return d->n_columns; }

karvan_column karvan_dyad_years_column(const karvan_dyad_years *d, int column) {
    const karvan_i_attached *c = &d->column[column];
    return (karvan_column){c->name, c->type, c->unit};
}
