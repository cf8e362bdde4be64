/* Plausibility of stops: rows of terminals. */
#include <math.h>
#include <string.h>

#include "base/try.h"
#include "network/check.h"
#include "table/cell.h"

static const karvan_i_operation *operation_of(const karvan_i_check *x, int64_t r) {
    const char *id = karvan_i_cell_text(x->terminals, "operation", r);
    return &x->operations[karvan_i_operation_find(x->operations, x->n_operations, id)];
}

static karvan_status tell(const karvan_i_check *x, const char *column, int64_t r, const char *code,
                          const char *hint, const char *what) {
    return karvan_problems_add_cell(x->problems, KARVAN_ERROR, x->terminals,
                                    karvan_table_find(x->terminals, column), r, code, hint, "%s",
                                    what);
}

static bool link_touches(const karvan_i_check *x, int64_t r, const char *place, const char *mode) {
    const char *m = karvan_i_cell_text(x->links, "mode", r),
               *a = karvan_i_cell_text(x->links, "from", r);
    const char *b = karvan_i_cell_text(x->links, "to", r);
    return m && a && b && strcmp(m, mode) == 0 && (strcmp(a, place) == 0 || strcmp(b, place) == 0);
}

static int links_at(const karvan_i_check *x, const char *place, const char *mode) {
    int n = 0;
    for (int64_t r = 0; r < karvan_table_rows(x->links); r++) n += link_touches(x, r, place, mode);
    return n;
}

/* Modes that no link brings to the place. */
static karvan_status check_links(const karvan_i_check *x, int64_t r) {
    static const char *const ends[] = {"from_mode", "to_mode"};
    const char *place = karvan_i_cell_text(x->terminals, "place", r), *first = NULL;
    karvan_status st = KARVAN_OK;
    for (int i = 0; place && i < 2; i++) {
        const char *mode = karvan_i_cell_text(x->terminals, ends[i], r);
        if (!mode || (first && strcmp(first, mode) == 0)) continue;
        first = mode;
        if (links_at(x, place, mode) > 0) continue;
        KARVAN_TRY(karvan_problems_add_cell(
            x->problems, KARVAN_ERROR, x->terminals, karvan_table_find(x->terminals, ends[i]), r,
            "terminal-on-no-link", "add the link, or remove the terminal",
            "no %s link begins or ends at %s", mode, place));
    }
done:
    return st;
}

/* What all must stop for keeps the mode, what tranships changes it; loading has no mode before it,
 * unloading none after. */
static karvan_status check_operation(const karvan_i_check *x, int64_t r) {
    static const char HINT[] = "a border keeps the mode, a gauge change, port or transhipment "
                               "changes it; load has no from_mode, unload no to_mode";
    const karvan_i_operation *o = operation_of(x, r);
    const char *a = karvan_i_cell_text(x->terminals, "from_mode", r),
               *b = karvan_i_cell_text(x->terminals, "to_mode", r);
    const char *id = karvan_i_cell_text(x->terminals, "operation", r);
    bool loads = id && strcmp(id, "load") == 0, unloads = id && strcmp(id, "unload") == 0;
    bool good = !a == loads && !b == unloads;
    if (good && a && b) {
        bool keeps = strcmp(a, b) == 0;
        good = !(o->mandatory && !keeps) && !(o->tranships && keeps);
    }
    if (good) return KARVAN_OK;
    return karvan_problems_add_cell(x->problems, KARVAN_ERROR, x->terminals,
                                    karvan_table_find(x->terminals, "operation"), r,
                                    "terminal-operation", HINT, "%s from %s to %s",
                                    id ? id : "nothing", a ? a : "no mode", b ? b : "no mode");
}

static karvan_status check_dwell(const karvan_i_check *x, int64_t r) {
    double p50 = karvan_i_cell_real(x->terminals, "dwell_p50_h", r),
           p90 = karvan_i_cell_real(x->terminals, "dwell_p90_h", r);
    if (!(p90 < p50 || (p50 == 0 && p90 > 0))) return KARVAN_OK;
    return karvan_problems_add_cell(
        x->problems, KARVAN_ERROR, x->terminals, karvan_table_find(x->terminals, "dwell_p90_h"), r,
        "dwell-quantiles", "0 < P50 <= P90, or both 0", "P90 %g h with P50 %g h", p90, p50);
}

static bool same_text(const karvan_table *t, const char *column, int64_t a, int64_t b) {
    const char *x = karvan_i_cell_text(t, column, a), *y = karvan_i_cell_text(t, column, b);
    return x == y || (x && y && strcmp(x, y) == 0);
}

static int64_t step_of(const karvan_table *t, int64_t r) {
    int c = karvan_table_find(t, "step");
    return c >= 0 && karvan_table_state(t, c, r) == KARVAN_VALUE ? karvan_table_int(t, c, r) : 1;
}

/* Rows of one step are alternatives: one that all must stop for beside another that does something
 * else would be passed by. */
static karvan_status check_step(const karvan_i_check *x, int64_t r) {
    const karvan_table *t = x->terminals;
    const karvan_i_operation *o = operation_of(x, r);
    for (int64_t k = 0; o->mandatory && k < karvan_table_rows(t); k++) {
        if (k == r || operation_of(x, k) == o || step_of(t, k) != step_of(t, r)) continue;
        if (!same_text(t, "place", k, r) || !same_text(t, "from_mode", k, r) ||
            !same_text(t, "to_mode", k, r))
            continue;
        if (!karvan_i_cell_text(t, "place", r)) continue;
        return tell(x, "operation", r, "terminal-step",
                    "give what follows in order another step each",
                    "two operations of one step are alternatives: this one can be passed by");
    }
    return KARVAN_OK;
}

/* Where a load can change its mode at a frontier, it would leave the frontier's own row unseen. */
static karvan_status check_evasion(const karvan_i_check *x, int64_t r) {
    const char *place = karvan_i_cell_text(x->terminals, "place", r);
    if (!place || operation_of(x, r)->cause != KARVAN_TRANSHIP) return KARVAN_OK;
    for (int64_t k = 0; k < karvan_table_rows(x->terminals); k++) {
        const karvan_i_operation *o = operation_of(x, k);
        if (!o->mandatory && o->cause != KARVAN_GAUGE_CHANGE) continue;
        if (!karvan_i_cell_is(x->terminals, "place", k, place)) continue;
        return karvan_problems_add_cell(
            x->problems, KARVAN_ERROR, x->terminals, karvan_table_find(x->terminals, "operation"),
            r, "tranship-at-border",
            "move the transhipment to a place before or behind the frontier",
            "a load that changes mode at %s passes its border row unseen", place);
    }
    return KARVAN_OK;
}

karvan_status karvan_i_check_terminal(const karvan_i_check *x, int64_t r) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(check_links(x, r));
    KARVAN_TRY(check_operation(x, r));
    KARVAN_TRY(check_dwell(x, r));
    KARVAN_TRY(check_step(x, r));
    KARVAN_TRY(check_evasion(x, r));
done:
    return st;
}
