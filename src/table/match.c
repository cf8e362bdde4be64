#include "table/match.h"

#include <stdio.h>
#include <string.h>

#include "base/try.h"

enum { NAME_MAX_BYTES = 160, SHOWN = 6 };

bool karvan_i_next_name(const char **at, char *out, size_t cap) {
    if (!*at) return false;
    while (**at == ';' || **at == ' ') ++*at;
    if (!**at) return false;
    size_t n = strcspn(*at, ";"), keep = n < cap ? n : cap - 1;
    memcpy(out, *at, keep), out[keep] = 0;
    *at += n;
    return true;
}

typedef struct finder {
    const karvan_table *t;
    const char *const *columns;
    char typed[NAME_MAX_BYTES]; /* folded */
    int64_t rows[SHOWN];        /* the first rows that fit */
    int64_t n;
} finder;

static void found(finder *f, int64_t row) {
    for (int64_t i = 0; i < f->n && i < SHOWN; i++)
        if (f->rows[i] == row) return;
    if (f->n < SHOWN) f->rows[f->n] = row;
    f->n++;
}

/* Visit every name of a column with its folded form. */
typedef void (*name_fn)(void *ctx, int64_t row, const char *name, const char *folded);
static void each_name(const karvan_table *t, const char *column, name_fn fn, void *ctx) {
    int c = karvan_table_find(t, column);
    char name[NAME_MAX_BYTES], folded[NAME_MAX_BYTES];
    for (int64_t r = 0; c >= 0 && r < karvan_table_rows(t); r++) {
        const char *cell = karvan_table_text(t, c, r);
        if (strcmp(column, "aliases") == 0) {
            while (karvan_i_next_name(&cell, name, sizeof name)) {
                karvan_text_fold(name, folded, sizeof folded);
                fn(ctx, r, name, folded);
            }
        } else if (cell) {
            karvan_text_fold(cell, folded, sizeof folded);
            fn(ctx, r, cell, folded);
        }
    }
}

static void same(void *ctx, int64_t row, const char *name, const char *folded) {
    finder *f = ctx;
    (void)name;
    if (strcmp(folded, f->typed) == 0) found(f, row);
}

static void begins(void *ctx, int64_t row, const char *name, const char *folded) {
    finder *f = ctx;
    (void)name;
    if (strncmp(folded, f->typed, strlen(f->typed)) == 0) found(f, row);
}

typedef struct nearest {
    const char *typed;
    int best;
    char name[NAME_MAX_BYTES];
} nearest;

static void nearer(void *ctx, int64_t row, const char *name, const char *folded) {
    nearest *n = ctx;
    (void)row;
    int d = karvan_text_distance(n->typed, folded);
    if (d < n->best) n->best = d, (void)snprintf(n->name, sizeof n->name, "%s", name);
}

static karvan_status several(const finder *f, const char *what, const char *typed,
                             karvan_error *err) {
    char list[300] = "";
    int c_id = karvan_table_find(f->t, f->columns[0]), c_name = karvan_table_find(f->t, "name");
    for (int64_t i = 0; i < f->n && i < SHOWN; i++) {
        const char *id = c_id < 0 ? NULL : karvan_table_text(f->t, c_id, f->rows[i]);
        const char *name = c_name < 0 ? NULL : karvan_table_text(f->t, c_name, f->rows[i]);
        size_t n = strlen(list);
        (void)snprintf(list + n, sizeof list - n, "%s%s (%.30s)", i ? ", " : "", id ? id : "?",
                       name ? name : "");
    }
    return karvan_fail(err, KARVAN_E_ARG, "'%.60s' fits more than one %s: %s%s", typed, what, list,
                       f->n > SHOWN ? ", ..." : "");
}

/* The ids of a short table, so that who does not know them need not look. */
static void list_few(const finder *f, char *out, size_t cap) {
    enum { FEW = 12 };
    int c = karvan_table_find(f->t, f->columns[0]);
    out[0] = 0;
    if (c < 0 || karvan_table_rows(f->t) > FEW) return;
    for (int64_t r = 0; r < karvan_table_rows(f->t); r++) {
        const char *id = karvan_table_text(f->t, c, r);
        size_t n = strlen(out);
        if (id) (void)snprintf(out + n, cap - n, "%s%s", n ? ", " : "; there are: ", id);
    }
    if (strlen(out) + 1 >= cap) out[0] = 0; /* half a list would mislead */
}

static karvan_status none(const finder *f, const char *what, const char *typed, karvan_error *err) {
    nearest n = {.typed = f->typed, .best = (int)strlen(f->typed) / 3 + 1};
    if (n.best < 2) n.best = 2;
    for (int c = 0; f->columns[c]; c++) each_name(f->t, f->columns[c], nearer, &n);
    if (n.name[0])
        return karvan_fail(err, KARVAN_E_ARG, "no %s is called '%.60s'; did you mean %s?", what,
                           typed, n.name);
    char list[240];
    list_few(f, list, sizeof list);
    return karvan_fail(err, KARVAN_E_ARG, "no %s is called '%.60s'%s", what, typed, list);
}

karvan_status karvan_i_match_row(const karvan_table *t, const char *what,
                                 const char *const *columns, const char *typed, int64_t *row,
                                 karvan_error *err) {
    finder f = {.t = t, .columns = columns};
    *row = -1;
    karvan_text_fold(typed ? typed : "", f.typed, sizeof f.typed);
    for (int c = 0; columns[c] && f.typed[0] && f.n == 0; c++) each_name(t, columns[c], same, &f);
    for (int c = 1; f.n == 0 && strlen(f.typed) >= 4 && columns[c]; c++)
        each_name(t, columns[c], begins, &f);
    if (f.n == 0) return none(&f, what, typed ? typed : "", err);
    if (f.n > 1) return several(&f, what, typed, err);
    *row = f.rows[0];
    return KARVAN_OK;
}
