/* A table of changes of cost: which columns it has, and its rows, each judged by itself. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "table/cell.h"
#include "trade/cost_read.h"

static const double MOST = 1e9; /* of any cell: beyond it, sums need not be finite */

static const char *const CHANGE[KARVAN_I_COST_PARTS] = {"d_usd_t", "d_hours", "d_dispersion_h"};
static const char *const BEFORE[KARVAN_I_COST_PARTS] = {"usd_t_before", "hours_before",
                                                        "dispersion_h_before"};
static const char *const AFTER[KARVAN_I_COST_PARTS] = {"usd_t_after", "hours_after",
                                                       "dispersion_h_after"};

/* ---- columns ---- */

/* A column that is none of ours, but nearly: it would be left unheard. */
static karvan_status no_slip(const karvan_table *t, karvan_error *err) {
    static const char *const ours[] = {"exporter",
                                       "importer",
                                       "cargo_class",
                                       "share",
                                       "base_tau",
                                       "d_usd_t",
                                       "d_hours",
                                       "d_dispersion_h",
                                       "usd_t_before",
                                       "usd_t_after",
                                       "hours_before",
                                       "hours_after",
                                       "dispersion_h_before",
                                       "dispersion_h_after"};
    enum { OURS = sizeof ours / sizeof ours[0] };
    for (int c = 0; c < karvan_table_columns(t); c++) {
        const char *name = karvan_table_column(t, c).name;
        bool mine = false;
        for (int k = 0; k < OURS; k++) mine |= strcmp(name, ours[k]) == 0;
        int64_t near = mine ? -1 : karvan_text_nearest(name, ours, OURS);
        if (near < 0) continue;
        return karvan_fail(err, KARVAN_E_DATA,
                           "table %s has a column %.60s, which is none; did you mean %s?",
                           karvan_table_name(t), name, ours[near]);
    }
    return KARVAN_OK;
}

/* The type of a column without a value says nothing: a reader had nothing to tell it by. */
static karvan_status of_type(const karvan_table *t, int column, bool text, karvan_error *err) {
    int64_t row = 0;
    if (column < 0) return KARVAN_OK;
    while (row < karvan_table_rows(t) && karvan_table_state(t, column, row) != KARVAN_VALUE) row++;
    if (row == karvan_table_rows(t)) return KARVAN_OK;
    karvan_column c = karvan_table_column(t, column);
    bool number = c.type == KARVAN_INT || c.type == KARVAN_REAL;
    if (text ? c.type == KARVAN_TEXT : number) return KARVAN_OK;
    char what[120];
    (void)snprintf(what, sizeof what, "column %.60s holds %s where %s are needed", c.name,
                   karvan_type_name(c.type), text ? "names" : "numbers");
    return karvan_i_refuse(t, column, row, what, err);
}

karvan_status karvan_i_cost_layout_find(const karvan_table *t, karvan_i_cost_layout *at,
                                        bool *levels, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool some = false, changes = false;
    *at = (karvan_i_cost_layout){.t = t};
    KARVAN_TRY(karvan_i_need_column(t, "exporter", &at->exporter, err));
    KARVAN_TRY(karvan_i_need_column(t, "importer", &at->importer, err));
    KARVAN_TRY(no_slip(t, err));
    at->cls = karvan_table_find(t, "cargo_class"), at->share = karvan_table_find(t, "share");
    at->base = karvan_table_find(t, "base_tau");
    KARVAN_TRY(of_type(t, at->exporter, true, err));
    KARVAN_TRY(of_type(t, at->importer, true, err));
    KARVAN_TRY(of_type(t, at->cls, true, err));
    KARVAN_TRY(of_type(t, at->share, false, err));
    KARVAN_TRY(of_type(t, at->base, false, err));
    for (int k = 0; k < KARVAN_I_COST_PARTS; k++) {
        at->change[k] = karvan_table_find(t, CHANGE[k]);
        at->before[k] = karvan_table_find(t, BEFORE[k]);
        at->after[k] = karvan_table_find(t, AFTER[k]);
        changes |= at->change[k] >= 0, some |= at->before[k] >= 0 || at->after[k] >= 0;
        KARVAN_TRY(of_type(t, at->change[k], false, err));
        KARVAN_TRY(of_type(t, at->before[k], false, err));
        KARVAN_TRY(of_type(t, at->after[k], false, err));
    }
    KARVAN_REQUIRE(changes || some, err, KARVAN_E_DATA,
                   "table %s has no change of cost: columns d_usd_t, d_hours, d_dispersion_h, or "
                   "usd_t_before, usd_t_after, hours_before, hours_after",
                   karvan_table_name(t));
    KARVAN_REQUIRE(!changes || !some, err, KARVAN_E_DATA,
                   "table %s has both changes (d_...) and levels (..._before, ..._after); one of "
                   "the two forms",
                   karvan_table_name(t));
    for (int k = 0; some && k < KARVAN_I_COST_PARTS; k++)
        KARVAN_REQUIRE((at->before[k] >= 0 && at->after[k] >= 0) ||
                           (k == 2 && at->before[k] < 0 && at->after[k] < 0),
                       err, KARVAN_E_DATA, "table %s has no column %s", karvan_table_name(t),
                       at->before[k] < 0 ? BEFORE[k] : AFTER[k]);
    KARVAN_REQUIRE(!some || at->base < 0, err, KARVAN_E_DATA,
                   "table %s states base_tau beside levels, which give it; leave it out",
                   karvan_table_name(t));
    *levels = some;
done:
    return st;
}

/* ---- rows ---- */

/* 0 where the column is absent; an empty cell is a fault. */
static karvan_status read_number(const karvan_table *t, int column, int64_t row, bool level,
                                 double *out, karvan_error *err) {
    *out = 0;
    if (column < 0) return KARVAN_OK;
    *out = karvan_i_value_or(t, column, row, NAN);
    if (isnan(*out))
        return karvan_i_refuse(t, column, row, "no number; 0 where nothing changes", err);
    if (fabs(*out) > MOST)
        return karvan_i_refuse(t, column, row, "no cost, hours or spread is above a billion", err);
    if (level && *out < 0)
        return karvan_i_refuse(t, column, row, "a total below 0; cost, hours and spread are from 0",
                               err);
    return KARVAN_OK;
}

static karvan_status read_class(const karvan_i_cost_layout *at, const karvan_cost *c, int64_t row,
                                int32_t *out, karvan_error *err) {
    const char *id = at->cls < 0 ? NULL : karvan_table_text(at->t, at->cls, row);
    const char *names[64];
    char what[200], meant[120];
    size_t n = 0;
    *out = KARVAN_I_ALL_CLASSES;
    if (!id || strcmp(id, "all") == 0) return KARVAN_OK;
    *out = karvan_i_class_find(c, id);
    if (*out >= 0) return KARVAN_OK;
    for (; n < 64 && n < (size_t)c->n_classes; n++) names[n] = c->cls[n].id;
    (void)snprintf(what, sizeof what, "no cargo class is called '%.60s'%s", id,
                   karvan_i_meant(id, names, n, meant, sizeof meant));
    return karvan_i_refuse(at->t, at->cls, row, what, err);
}

static karvan_status read_ends(const karvan_i_cost_layout *at, int64_t row, karvan_i_cost_row *s,
                               karvan_error *err) {
    s->exporter = karvan_table_text(at->t, at->exporter, row);
    s->importer = karvan_table_text(at->t, at->importer, row);
    if (!s->exporter || !s->importer)
        return karvan_i_refuse(at->t, s->exporter ? at->importer : at->exporter, row, "no country",
                               err);
    if (strcmp(s->exporter, s->importer) == 0)
        return karvan_i_refuse(at->t, at->importer, row,
                               "trade within a country has no corridor; leave the row out", err);
    return KARVAN_OK;
}

static karvan_status read_row(const karvan_i_cost_layout *at, const karvan_cost *c, int64_t row,
                              karvan_i_cost_row *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *s = (karvan_i_cost_row){.leg = {.share = NAN, .row = row}, .base = NAN};
    KARVAN_TRY(read_ends(at, row, s, err));
    KARVAN_TRY(read_class(at, c, row, &s->leg.cls, err));
    double *const part[KARVAN_I_COST_PARTS] = {s->leg.usd_t, s->leg.hours, s->leg.spread_h};
    for (int k = 0; k < KARVAN_I_COST_PARTS; k++) {
        if (c->levels) KARVAN_TRY(read_number(at->t, at->before[k], row, true, part[k], err));
        KARVAN_TRY(read_number(at->t, c->levels ? at->after[k] : at->change[k], row, c->levels,
                               part[k] + 1, err));
    }
    if (at->share >= 0) {
        KARVAN_TRY(read_number(at->t, at->share, row, false, &s->leg.share, err));
        if (!(s->leg.share >= 0 && s->leg.share <= 1))
            return karvan_i_refuse(at->t, at->share, row, "a share is from 0 to 1", err);
        if (s->leg.cls == KARVAN_I_ALL_CLASSES)
            return karvan_i_refuse(at->t, at->cls < 0 ? at->share : at->cls, row,
                                   "a share is of one class; name it in column cargo_class", err);
    }
    if (at->base >= 0) {
        s->base = karvan_i_value_or(at->t, at->base, row, NAN);
        if (!(s->base >= 1))
            return karvan_i_refuse(at->t, at->base, row,
                                   "a base trade cost is 1 (none) or more, 1.3 for 30 per cent",
                                   err);
    }
done:
    return st;
}

int karvan_i_by_pair(const char *e, const char *i, const char *f, const char *j) {
    int d = strcmp(e, f);
    return d != 0 ? d : strcmp(i, j);
}

static int by_said(const void *a, const void *b) {
    const karvan_i_cost_row *x = a, *y = b;
    int d = karvan_i_by_pair(x->exporter, x->importer, y->exporter, y->importer);
    if (d == 0) d = (x->leg.cls > y->leg.cls) - (x->leg.cls < y->leg.cls);
    return d != 0 ? d : (x->leg.row > y->leg.row) - (x->leg.row < y->leg.row);
}

karvan_status karvan_i_cost_rows(const karvan_i_cost_layout *at, const karvan_cost *c,
                                 karvan_i_cost_row **out, int64_t *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *n = karvan_table_rows(at->t);
    *out = karvan_i_calloc((size_t)*n + 1, sizeof **out);
    KARVAN_REQUIRE(*out, err, KARVAN_E_NOMEM, "no memory for changes of cost");
    for (int64_t i = 0; i < *n; i++) KARVAN_TRY(read_row(at, c, i, &(*out)[i], err));
    qsort(*out, (size_t)*n, sizeof **out, by_said);
done:
    if (st != KARVAN_OK) karvan_i_free(*out), *out = NULL;
    return st;
}
