/* Tables of a selection: by pair, origin, class, link. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/analysis.h"
#include "flow/sum.h"

static const char *name_of(const karvan_analysis *a, int class) { return a->solution->name[class]; }

/* trips, selected, share from a column on. */
static karvan_status put_share(karvan_builder *b, int column, double trips, double selected,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(karvan_builder_real(b, column, trips, err));
    KARVAN_TRY(karvan_builder_real(b, column + 1, selected, err));
    KARVAN_TRY(karvan_builder_real(b, column + 2, trips > 0 ? selected / trips : 0, err));
done:
    return st;
}

static karvan_status by_pair(const karvan_analysis *a, const karvan_selection *s,
                             karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {
        {"class", KARVAN_TEXT, NULL},      {"origin", KARVAN_INT, NULL},
        {"destination", KARVAN_INT, NULL}, {"trips", KARVAN_REAL, NULL},
        {"selected", KARVAN_REAL, NULL},   {"share", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    KARVAN_TRY(karvan_builder_create("selected", 6, columns, &b, err));
    for (int64_t k = 0; k < s->n; k++) {
        const karvan_selected_pair *p = &s->pair[k];
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, name_of(a, p->class_no), err));
        KARVAN_TRY(karvan_builder_int(b, 1, p->origin + INT64_C(1), err));
        KARVAN_TRY(karvan_builder_int(b, 2, p->destination + INT64_C(1), err));
        KARVAN_TRY(put_share(b, 3, p->trips, p->selected, err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

static double trips_from(const karvan_i_demand *d, int32_t origin) {
    karvan_i_sum sum = {0, 0};
    for (int64_t k = d->first[origin]; k < d->first[origin + 1]; k++)
        karvan_i_sum_add(&sum, d->trips[k]);
    return karvan_i_sum_value(&sum);
}

static karvan_status by_origin(const karvan_analysis *a, const karvan_selection *s,
                               karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {{"class", KARVAN_TEXT, NULL},
                                            {"origin", KARVAN_INT, NULL},
                                            {"trips", KARVAN_REAL, NULL},
                                            {"selected", KARVAN_REAL, NULL},
                                            {"share", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    KARVAN_TRY(karvan_builder_create("selected", 5, columns, &b, err));
    for (int64_t k = 0, end; k < s->n; k = end) {
        const karvan_selected_pair *p = &s->pair[k];
        karvan_i_sum sum = {0, 0};
        for (end = k;
             end < s->n && s->pair[end].class_no == p->class_no && s->pair[end].origin == p->origin;
             end++)
            karvan_i_sum_add(&sum, s->pair[end].selected);
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, name_of(a, p->class_no), err));
        KARVAN_TRY(karvan_builder_int(b, 1, p->origin + INT64_C(1), err));
        KARVAN_TRY(put_share(b, 2, trips_from(&a->p.demand[p->class_no], p->origin),
                             karvan_i_sum_value(&sum), err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

static karvan_status by_class(const karvan_analysis *a, const karvan_selection *s,
                              karvan_table **out, karvan_error *err) {
    static const karvan_column columns[] = {{"class", KARVAN_TEXT, NULL},
                                            {"trips", KARVAN_REAL, NULL},
                                            {"selected", KARVAN_REAL, NULL},
                                            {"share", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    int64_t k = 0;
    KARVAN_TRY(karvan_builder_create("selected", 4, columns, &b, err));
    for (int c = 0; c < a->p.n_classes; c++) {
        karvan_i_sum sum = {0, 0};
        for (; k < s->n && s->pair[k].class_no == c; k++)
            karvan_i_sum_add(&sum, s->pair[k].selected);
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, name_of(a, c), err));
        KARVAN_TRY(put_share(b, 1, a->p.demand[c].total, karvan_i_sum_value(&sum), err));
    }
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

/* ---- links ------------------------------------------------------------------------------------
 */

enum { LINK_COLUMNS = 6, NAME = 300 };

static void link_columns(const karvan_analysis *a, karvan_column *column, char *names) {
    static const karvan_column first[LINK_COLUMNS] = {
        {"link", KARVAN_INT, NULL},  {"from", KARVAN_INT, NULL},      {"to", KARVAN_INT, NULL},
        {"flow", KARVAN_REAL, NULL}, {"selected", KARVAN_REAL, NULL}, {"share", KARVAN_REAL, NULL}};
    for (int i = 0; i < LINK_COLUMNS; i++) column[i] = first[i];
    for (int c = 0; c < a->p.n_classes; c++) {
        (void)snprintf(names + (size_t)c * NAME, NAME, "selected_%.280s", name_of(a, c));
        column[LINK_COLUMNS + c] = (karvan_column){names + (size_t)c * NAME, KARVAN_REAL, NULL};
    }
}

static karvan_status put_link(const karvan_analysis *a, const karvan_selection *s, int32_t k,
                              bool zeros, karvan_builder *b, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_assignment *of = a->solution;
    int n = a->p.n_classes;
    double selected = s->flow[k] * of->pce[0];
    for (int c = 1; c < n; c++) selected += s->flow[(int64_t)c * a->p.m + k] * of->pce[c];
    if (!(selected > 0) && !zeros) return KARVAN_OK;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_int(b, 0, k + INT64_C(1), err));
    KARVAN_TRY(karvan_builder_int(b, 1, of->tail[k] + INT64_C(1), err));
    KARVAN_TRY(karvan_builder_int(b, 2, of->head[k] + INT64_C(1), err));
    KARVAN_TRY(put_share(b, 3, of->flow[k], selected, err));
    for (int c = 0; n > 1 && c < n; c++)
        KARVAN_TRY(karvan_builder_real(b, LINK_COLUMNS + c, s->flow[(int64_t)c * a->p.m + k], err));
done:
    return st;
}

static karvan_status by_link(const karvan_analysis *a, const karvan_selection *s, bool zeros,
                             karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)a->p.n_classes;
    karvan_builder *b = NULL;
    karvan_column *column = karvan_i_calloc(LINK_COLUMNS + n, sizeof *column);
    char *names = karvan_i_calloc(n, NAME);
    KARVAN_REQUIRE(column && names, err, KARVAN_E_NOMEM, "no memory for a table");
    link_columns(a, column, names);
    KARVAN_TRY(
        karvan_builder_create("selected", LINK_COLUMNS + (n > 1 ? (int)n : 0), column, &b, err));
    for (int32_t k = 0; k < a->p.m; k++) KARVAN_TRY(put_link(a, s, k, zeros, b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(column), karvan_i_free(names);
    return st;
}

karvan_status karvan_selection_table(const karvan_analysis *a, const karvan_selection *s,
                                     karvan_selection_by by, karvan_table **out,
                                     karvan_error *err) {
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!a || !s || !s->flow) return karvan_fail(err, KARVAN_E_ARG, "no analysis, or no selection");
    switch (by) {
    case KARVAN_BY_PAIR:
        return by_pair(a, s, out, err);
    case KARVAN_BY_ORIGIN:
        return by_origin(a, s, out, err);
    case KARVAN_BY_CLASS:
        return by_class(a, s, out, err);
    default:
        return by_link(a, s, by == KARVAN_BY_ALL_LINKS, out, err);
    }
}
