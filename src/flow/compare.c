/* Two solutions beside one another, link by link. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/assignment.h"
#include "karvan/analysis.h"

typedef struct keyed {
    int64_t ends;
    int32_t arc;
} keyed;

static int by_ends(const void *a, const void *b) {
    const keyed *x = a, *y = b;
    if (x->ends != y->ends) return x->ends < y->ends ? -1 : 1;
    return (x->arc > y->arc) - (x->arc < y->arc);
}

static keyed *sort_arcs(const karvan_assignment *s) {
    keyed *k = karvan_i_malloc((size_t)s->m + 1, sizeof *k);
    for (int32_t a = 0; k && a < s->m; a++)
        k[a] = (keyed){(int64_t)s->tail[a] << 32 | s->head[a], a};
    if (k) qsort(k, (size_t)s->m, sizeof *k, by_ends);
    return k;
}

/* like[arc of after], whose[arc of before]: the arc that is the same, or -1. */
static karvan_status match(const karvan_assignment *before, const karvan_assignment *after,
                           int32_t *like, int32_t *whose, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    keyed *x = sort_arcs(before), *y = sort_arcs(after);
    KARVAN_REQUIRE(x && y, err, KARVAN_E_NOMEM, "no memory for %d links", (int)after->m);
    for (int32_t a = 0; a < after->m; a++) like[a] = -1;
    for (int32_t a = 0; a < before->m; a++) whose[a] = -1;
    for (int32_t i = 0, k = 0; i < before->m && k < after->m;) {
        if (x[i].ends == y[k].ends)
            like[y[k].arc] = x[i].arc, whose[x[i].arc] = y[k].arc, i++, k++;
        else if (x[i].ends < y[k].ends)
            i++;
        else
            k++;
    }
done:
    karvan_i_free(x), karvan_i_free(y);
    return st;
}

/* before or after -1: not there. */
static karvan_status put_row(karvan_builder *b, const karvan_assignment *s, int32_t before,
                             const karvan_assignment *t, int32_t after, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_assignment *of = after >= 0 ? t : s;
    int32_t a = after >= 0 ? after : before;
    double x = before >= 0 ? s->flow[before] : 0, y = after >= 0 ? t->flow[after] : 0;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_int(b, 0, of->tail[a] + INT64_C(1), err));
    KARVAN_TRY(karvan_builder_int(b, 1, of->head[a] + INT64_C(1), err));
    KARVAN_TRY(karvan_builder_real(b, 2, x, err));
    KARVAN_TRY(karvan_builder_real(b, 3, y, err));
    KARVAN_TRY(karvan_builder_real(b, 4, y - x, err));
    for (int i = 5; i < 8; i++) KARVAN_TRY(karvan_builder_state(b, i, KARVAN_NOT_COVERED, err));
    if (before >= 0) KARVAN_TRY(karvan_builder_real(b, 5, s->time[before], err));
    if (after >= 0) KARVAN_TRY(karvan_builder_real(b, 6, t->time[after], err));
    if (before >= 0 && after >= 0)
        KARVAN_TRY(karvan_builder_real(b, 7, t->time[after] - s->time[before], err));
done:
    return st;
}

karvan_status karvan_assignment_compare(const karvan_assignment *before,
                                        const karvan_assignment *after, karvan_table **out,
                                        karvan_error *err) {
    static const karvan_column columns[] = {
        {"from", KARVAN_INT, NULL},         {"to", KARVAN_INT, NULL},
        {"flow_before", KARVAN_REAL, NULL}, {"flow_after", KARVAN_REAL, NULL},
        {"flow_change", KARVAN_REAL, NULL}, {"time_before", KARVAN_REAL, NULL},
        {"time_after", KARVAN_REAL, NULL},  {"time_change", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    int32_t *like = NULL, *whose = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(before && after, err, KARVAN_E_ARG, "two solutions are compared");
    like = karvan_i_malloc((size_t)after->m + 1, sizeof *like);
    whose = karvan_i_malloc((size_t)before->m + 1, sizeof *whose);
    KARVAN_REQUIRE(like && whose, err, KARVAN_E_NOMEM, "no memory for %d links", (int)after->m);
    KARVAN_TRY(match(before, after, like, whose, err));
    KARVAN_TRY(karvan_builder_create("compared", 8, columns, &b, err));
    for (int32_t a = 0; a < after->m; a++) KARVAN_TRY(put_row(b, before, like[a], after, a, err));
    for (int32_t a = 0; a < before->m; a++)
        if (whose[a] < 0) KARVAN_TRY(put_row(b, before, a, after, -1, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(like), karvan_i_free(whose);
    return st;
}
