/* The actions of an SDMX message, carried out in its order: merge, replace, delete. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/sdmx.h"
#include "table/cell.h"

typedef struct acting {
    const karvan_i_sdmx *s;
    const karvan_table *t;
    int64_t n;
    int n_columns;
    bool *dead;      /* [n] replaced, deleted, or a deletion itself */
    int64_t *before; /* [n] row that this one is merged into, -1: none */
    uint8_t *clear;  /* [n x columns] values that were deleted; NULL: none yet */
    int64_t *slot;   /* [n_slots] row + 1 of a key's newest row, 0: free */
    size_t n_slots;
    int64_t repeated;
} acting;

static bool is_key(const acting *a, int c) {
    return c == KARVAN_I_SDMX_ID ||
           (c >= KARVAN_I_SDMX_FIXED && a->s->component[c - KARVAN_I_SDMX_FIXED].key);
}

static uint64_t hash_of(const acting *a, int64_t row) {
    uint64_t h = 0x9E3779B97F4A7C15u;
    for (int c = 0; c < a->n_columns; c++)
        if (is_key(a, c)) {
            h = (h ^ (uint64_t)(uint32_t)karvan_table_code(a->t, c, row)) * 0xD6E8FEB86659FD93u;
            h ^= h >> 32;
        }
    return h;
}

static bool same_key(const acting *a, int64_t x, int64_t y) {
    for (int c = 0; c < a->n_columns; c++)
        if (is_key(a, c) && karvan_table_code(a->t, c, x) != karvan_table_code(a->t, c, y))
            return false;
    return true;
}

/* The row becomes its key's newest; the one before, -1 where there is none. */
static int64_t enter(acting *a, int64_t row) {
    size_t at = (size_t)hash_of(a, row) & (a->n_slots - 1);
    while (a->slot[at] && !same_key(a, a->slot[at] - 1, row)) at = (at + 1) & (a->n_slots - 1);
    int64_t before = a->slot[at] - 1;
    a->slot[at] = row + 1;
    return before >= 0 && !a->dead[before] ? before : -1;
}

/* ---- deletion ---- */

static bool is_mark(const char *s) { return strcmp(s, "-") == 0 || strcmp(s, "~") == 0; }

/* Does a row have the dimensions that a deletion names? Those that it leaves open match all. */
static bool is_meant(const acting *a, int64_t deletion, int64_t row) {
    for (int c = 0; c < a->n_columns; c++) {
        const char *s = is_key(a, c) ? karvan_table_text(a->t, c, deletion) : NULL;
        if (s && !is_mark(s) &&
            karvan_table_code(a->t, c, deletion) != karvan_table_code(a->t, c, row))
            return false;
    }
    return true;
}

/* Does a deletion name this component's value? `~` says that a dimension does not matter. */
static bool is_target(const acting *a, int64_t deletion, int c) {
    if (c < KARVAN_I_SDMX_FIXED || karvan_table_state(a->t, c, deletion) != KARVAN_VALUE)
        return false;
    const char *s = karvan_table_text(a->t, c, deletion);
    return !is_key(a, c) || (s && strcmp(s, "-") == 0);
}

static karvan_status delete_rows(acting *a, int64_t deletion, karvan_error *err) {
    bool all = true;
    size_t wide = (size_t)a->n_columns;
    for (int c = 0; c < a->n_columns && all; c++) all = !is_target(a, deletion, c);
    if (!all && !a->clear) {
        a->clear = karvan_i_calloc((size_t)a->n * wide, 1);
        if (!a->clear) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for deletions");
    }
    for (int64_t r = 0; r < deletion; r++) {
        if (a->dead[r] || !is_meant(a, deletion, r)) continue;
        if (all) a->dead[r] = true;
        for (int c = 0; c < a->n_columns && !all; c++)
            if (is_target(a, deletion, c)) a->clear[(size_t)r * wide + (size_t)c] = 1;
    }
    return KARVAN_OK;
}

static karvan_status carry_out(acting *a, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int64_t r = 0; r < a->n; r++) {
        char action = *karvan_table_text(a->t, KARVAN_I_SDMX_ACTION, r);
        a->before[r] = -1;
        if (action == 'D') {
            KARVAN_TRY(delete_rows(a, r, err));
            a->dead[r] = true;
            continue;
        }
        int64_t before = enter(a, r);
        if (before < 0) continue;
        a->dead[before] = true, a->repeated++;
        if (action != 'R') a->before[r] = before;
    }
done:
    return st;
}

/* ---- what is left ---- */

/* The row that a cell comes from: its own, or of those that it was merged into the newest that
 * states it; -1: it was deleted. */
static int64_t origin(const acting *a, int c, int64_t row) {
    while (true) {
        if (a->clear && a->clear[(size_t)row * (size_t)a->n_columns + (size_t)c]) return -1;
        if (karvan_table_state(a->t, c, row) != KARVAN_NOT_COVERED || a->before[row] < 0)
            return row;
        row = a->before[row];
    }
}

static karvan_status copy_row(const acting *a, int64_t r, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_int(b, 0, karvan_table_int(a->t, 0, r), err));
    for (int c = 1, to = 1; c < a->n_columns; c++) {
        if (c == KARVAN_I_SDMX_ACTION) continue;
        int64_t from = origin(a, c, r);
        KARVAN_TRY(from < 0 ? karvan_builder_state(b, to++, KARVAN_NOT_COVERED, err)
                            : karvan_i_copy_cell(b, to++, a->t, c, from, err));
    }
done:
    return st;
}

static karvan_status copy_rows(const acting *a, karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    int n = 0;
    karvan_column *columns = karvan_i_calloc((size_t)a->n_columns, sizeof *columns);
    KARVAN_REQUIRE(columns, err, KARVAN_E_NOMEM, "no memory for a message");
    for (int c = 0; c < a->n_columns; c++)
        if (c != KARVAN_I_SDMX_ACTION) columns[n++] = karvan_table_column(a->t, c);
    KARVAN_TRY(karvan_builder_create("sdmx", n, columns, &b, err));
    for (int64_t r = 0; r < a->n; r++)
        if (!a->dead[r]) KARVAN_TRY(copy_row(a, r, b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(columns);
    return st;
}

karvan_status karvan_i_sdmx_act(const karvan_i_sdmx *s, const karvan_table *records,
                                karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    acting a = {.s = s,
                .t = records,
                .n = karvan_table_rows(records),
                .n_columns = karvan_table_columns(records),
                .n_slots = 64};
    while (a.n_slots < 2 * (size_t)a.n) a.n_slots *= 2;
    a.dead = karvan_i_calloc((size_t)a.n + 1, sizeof *a.dead);
    a.before = karvan_i_malloc((size_t)a.n + 1, sizeof *a.before);
    a.slot = karvan_i_calloc(a.n_slots, sizeof *a.slot);
    KARVAN_REQUIRE(a.dead && a.before && a.slot, err, KARVAN_E_NOMEM, "no memory for a message");
    KARVAN_TRY(carry_out(&a, err));
    KARVAN_TRY(copy_rows(&a, out, err));
    if (a.repeated > 0 && s->problems &&
        karvan_problems_add(s->problems, KARVAN_WARNING, s->path, 0, 0, "sdmx-repeated", NULL,
                            "%lld record%s an observation that stood before: the later is merged "
                            "into it, or replaces it",
                            (long long)a.repeated,
                            a.repeated == 1 ? " is of" : "s are of") != KARVAN_OK)
        st = karvan_fail(err, KARVAN_E_NOMEM, "no memory for a problem");
done:
    karvan_i_free(a.dead), karvan_i_free(a.before), karvan_i_free(a.clear), karvan_i_free(a.slot);
    return st;
}
