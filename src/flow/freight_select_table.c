/* Tables of who goes by a link, a stop, a frontier: by pair, end, class, corridor. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight_tables.h"
#include "table/cell.h"

typedef struct group { /* what a row is of */
    int32_t key;       /* pair, place, lane or corridor */
    double demand, selected;
} group;

typedef struct tally {
    const karvan_freight *f;
    karvan_freight_by by;
    group *group;
    int32_t n;
    double selected; /* of all */
} tally;

static int32_t group_count(const karvan_freight *f, karvan_freight_by by) {
    switch (by) {
    case KARVAN_FREIGHT_BY_PAIR:
        return f->n_pairs;
    case KARVAN_FREIGHT_BY_ORIGIN:
    case KARVAN_FREIGHT_BY_DESTINATION:
        return f->plain->n_places;
    case KARVAN_FREIGHT_BY_CLASS:
        return f->n_lanes;
    case KARVAN_FREIGHT_BY_CORRIDOR:
        return f->n_corridors + 1;
    }
    return -1;
}

/* Of its pair; by corridor, of the way. */
static int32_t key_of(const tally *t, int32_t pair, const karvan_i_way *way) {
    const karvan_freight *f = t->f;
    switch (t->by) {
    case KARVAN_FREIGHT_BY_ORIGIN:
        return f->pair_from[pair];
    case KARVAN_FREIGHT_BY_DESTINATION:
        return f->pair_to[pair];
    case KARVAN_FREIGHT_BY_CLASS:
        return f->pair_lane[pair];
    case KARVAN_FREIGHT_BY_CORRIDOR:
        return way->corridor < 0 ? f->n_corridors : way->corridor;
    case KARVAN_FREIGHT_BY_PAIR:
    default:
        return pair;
    }
}

static void add_pair(tally *t, const karvan_i_sought *q, int32_t k) {
    const karvan_freight *f = t->f;
    if (q->s->cargo_class >= 0 && f->lane[f->pair_lane[k]].cargo_class != q->s->cargo_class) return;
    if (t->by != KARVAN_FREIGHT_BY_CORRIDOR) t->group[key_of(t, k, NULL)].demand += f->demand[k];
    for (int64_t w = f->first_way[k]; w < f->first_way[k + 1]; w++) {
        const karvan_i_way *way = &f->ways.way[w];
        if (!(f->flow[w] > 0) || !karvan_i_freight_found(q, way)) continue;
        t->group[key_of(t, k, way)].selected += f->flow[w], t->selected += f->flow[w];
    }
}

static int most_first(const void *a, const void *b) {
    const group *x = a, *y = b;
    if (x->selected != y->selected) return x->selected > y->selected ? -1 : 1;
    return (x->key > y->key) - (x->key < y->key);
}

static karvan_status tally_make(tally *t, const karvan_i_sought *q, karvan_error *err) {
    int32_t n = group_count(t->f, t->by);
    if (n < 0) return karvan_fail(err, KARVAN_E_ARG, "no rows of number %d", (int)t->by);
    t->group = karvan_i_calloc((size_t)n + 1, sizeof *t->group);
    if (!t->group) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d rows", (int)n);
    for (int32_t g = 0; g < n; g++) t->group[g].key = g;
    for (int32_t k = 0; k < t->f->n_pairs; k++) add_pair(t, q, k);
    for (int32_t g = 0; g < n; g++)
        if (t->group[g].selected > 0) t->group[t->n++] = t->group[g];
    if (t->n > 1) qsort(t->group, (size_t)t->n, sizeof *t->group, most_first);
    return KARVAN_OK;
}

/* ---- the table ---- */

static const char *place_id(const karvan_freight *f, int32_t place) {
    return karvan_i_cell_text(f->places, "id", place);
}

/* What the row is of; *n columns. */
static karvan_status put_key(const tally *t, int32_t key, karvan_builder *b, int *n,
                             karvan_error *err) {
    const karvan_freight *f = t->f;
    const char *said[3] = {NULL, NULL, NULL};
    karvan_status st = KARVAN_OK;
    *n = 1;
    if (t->by == KARVAN_FREIGHT_BY_PAIR) {
        said[0] = place_id(f, f->pair_from[key]), said[1] = place_id(f, f->pair_to[key]);
        said[2] = f->lane[f->pair_lane[key]].id, *n = 3;
    } else if (t->by == KARVAN_FREIGHT_BY_CLASS) {
        said[0] = f->lane[key].id;
    } else if (t->by == KARVAN_FREIGHT_BY_CORRIDOR) {
        said[0] = key < f->n_corridors ? karvan_i_cell_text(f->corridors, "id", key) : "other";
    } else {
        said[0] = place_id(f, key);
    }
    for (int i = 0; st == KARVAN_OK && i < *n; i++) st = karvan_builder_text(b, i, said[i], err);
    return st;
}

static karvan_status put_group(const tally *t, const group *g, karvan_builder *b,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    bool wanted = t->by != KARVAN_FREIGHT_BY_CORRIDOR; /* who wants to go is of no corridor */
    int at;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(put_key(t, g->key, b, &at, err));
    if (wanted) KARVAN_TRY(karvan_builder_real(b, at++, g->demand, err));
    KARVAN_TRY(karvan_builder_real(b, at++, g->selected, err));
    if (wanted) KARVAN_TRY(karvan_builder_real(b, at++, 100 * (g->selected / g->demand), err));
    KARVAN_TRY(karvan_builder_real(b, at, 100 * (g->selected / t->selected), err));
done:
    return st;
}

static karvan_status begin(karvan_freight_by by, karvan_builder **b, karvan_error *err) {
    static const char *const name[] = {"", "origin", "destination", "class", "corridor"};
    static const karvan_column measure[] = {{"demand_teu_day", KARVAN_REAL, "TEU"},
                                            {"selected_teu_day", KARVAN_REAL, "TEU"},
                                            {"of_demand_percent", KARVAN_REAL, "%"},
                                            {"of_selected_percent", KARVAN_REAL, "%"}};
    karvan_column column[7];
    int n = 0;
    if (by == KARVAN_FREIGHT_BY_PAIR)
        for (int i = 1; i <= 3; i++) column[n++] = (karvan_column){name[i], KARVAN_TEXT, NULL};
    else
        column[n++] = (karvan_column){name[by], KARVAN_TEXT, NULL};
    for (int i = 0; i < 4; i++)
        if (by != KARVAN_FREIGHT_BY_CORRIDOR || i % 2 == 1) column[n++] = measure[i];
    return karvan_builder_create("selected", n, column, b, err);
}

karvan_status karvan_freight_select_table(const karvan_freight *f,
                                          const karvan_freight_selection *selection,
                                          karvan_freight_by by, karvan_table **out,
                                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
    tally t = {.f = f, .by = by};
    karvan_i_sought q;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(f && selection, err, KARVAN_E_ARG, "nothing to select from, or for");
    KARVAN_TRY(karvan_i_freight_seek(f, selection, &q, err));
    KARVAN_TRY(tally_make(&t, &q, err));
    KARVAN_TRY(begin(by, &b, err));
    for (int32_t g = 0; g < t.n; g++) KARVAN_TRY(put_group(&t, &t.group[g], b, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(t.group);
    return st;
}
