/* Consumers' surplus of a change by the rule of a half. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/analysis.h"
#include "flow/sum.h"

/* A pair with trips in either; [0] before, [1] after. */
typedef struct cell {
    int32_t destination;
    double trips[2], cost[2];
} cell;

typedef struct job {
    const karvan_analysis *a[2];
    int class;
    int64_t *first; /* [zones + 1] */
    cell *cell;
    double *cost[2]; /* [m] of the class */
    int n_workers;
    karvan_i_tree *tree[2]; /* [n_workers] */
} job;

/* Joins the cells of both, without those from a zone to itself. out NULL: counts alone. */
static int64_t join(const karvan_trips *before, const karvan_trips *after, int32_t origin,
                    cell *out) {
    int64_t n = 0, i = before->first[origin], k = after->first[origin];
    int64_t i_end = before->first[origin + 1], k_end = after->first[origin + 1];
    while (i < i_end || k < k_end) {
        int32_t x = i < i_end ? before->destination[i] : INT32_MAX;
        int32_t y = k < k_end ? after->destination[k] : INT32_MAX;
        cell c = {.destination = x < y ? x : y};
        if (x == c.destination) c.trips[0] = before->trips[i++];
        if (y == c.destination) c.trips[1] = after->trips[k++];
        if (c.destination == origin || !(c.trips[0] + c.trips[1] > 0)) continue;
        if (out) out[n] = c;
        n++;
    }
    return n;
}

static karvan_status list_cells(job *j, karvan_error *err) {
    int32_t zones = j->a[0]->p.zones;
    const karvan_trips *x = j->a[0]->p.given->classes[j->class].trips;
    const karvan_trips *y = j->a[1]->p.given->classes[j->class].trips;
    j->first[0] = 0;
    for (int32_t o = 0; o < zones; o++) j->first[o + 1] = j->first[o] + join(x, y, o, NULL);
    karvan_i_free(j->cell);
    j->cell = karvan_i_malloc((size_t)j->first[zones] + 1, sizeof *j->cell);
    if (!j->cell)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %lld pairs",
                           (long long)j->first[zones]);
    for (int32_t o = 0; o < zones; o++) (void)join(x, y, o, j->cell + j->first[o]);
    return KARVAN_OK;
}

static karvan_status cost_some(void *ctx, int64_t begin, int64_t end, int worker,
                               karvan_error *err) {
    const job *j = ctx;
    (void)err;
    for (int64_t o = begin; o < end; o++)
        for (int t = 0; t < 2 && j->first[o] < j->first[o + 1]; t++) {
            karvan_i_tree *tree = &j->tree[t][worker];
            karvan_i_tree_grow(tree, &j->a[t]->p, j->cost[t], (int32_t)o);
            for (int64_t k = j->first[o]; k < j->first[o + 1]; k++)
                j->cell[k].cost[t] = tree->dist[j->cell[k].destination];
        }
    return KARVAN_OK;
}

static karvan_status job_init(job *j, int threads, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    j->n_workers = threads > 0 ? threads : karvan_thread_count();
    j->first = karvan_i_malloc((size_t)j->a[0]->p.zones + 1, sizeof *j->first);
    KARVAN_REQUIRE(j->first, err, KARVAN_E_NOMEM, "no memory for pairs");
    for (int t = 0; t < 2; t++) {
        j->cost[t] = karvan_i_malloc((size_t)j->a[t]->p.m + 1, sizeof **j->cost);
        j->tree[t] = karvan_i_calloc((size_t)j->n_workers, sizeof **j->tree);
        KARVAN_REQUIRE(j->cost[t] && j->tree[t], err, KARVAN_E_NOMEM, "no memory for searches");
        for (int i = 0; i < j->n_workers; i++)
            KARVAN_TRY(karvan_i_tree_init(&j->tree[t][i], &j->a[t]->p, err));
    }
done:
    return st;
}

static void job_clear(job *j) {
    for (int t = 0; t < 2; t++) {
        for (int i = 0; j->tree[t] && i < j->n_workers; i++) karvan_i_tree_clear(&j->tree[t][i]);
        karvan_i_free(j->tree[t]), karvan_i_free(j->cost[t]);
    }
    karvan_i_free(j->first), karvan_i_free(j->cell);
}

/* ---- tables -----------------------------------------------------------------------------------
 */

/* NAN where a way is missing. */
static double surplus_of(const cell *c) {
    if (!isfinite(c->cost[0]) || !isfinite(c->cost[1])) return NAN;
    return (c->trips[0] + c->trips[1]) / 2 * (c->cost[0] - c->cost[1]);
}

static karvan_status put_pair(const job *j, int32_t origin, const cell *c, karvan_builder *b,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const double value[] = {c->trips[0], c->trips[1], c->cost[0], c->cost[1], surplus_of(c)};
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, j->a[1]->solution->name[j->class], err));
    KARVAN_TRY(karvan_builder_int(b, 1, origin + INT64_C(1), err));
    KARVAN_TRY(karvan_builder_int(b, 2, c->destination + INT64_C(1), err));
    for (int i = 0; i < 5; i++) {
        if (isfinite(value[i]))
            KARVAN_TRY(karvan_builder_real(b, 3 + i, value[i], err));
        else
            KARVAN_TRY(karvan_builder_state(b, 3 + i, KARVAN_NOT_COVERED, err));
    }
done:
    return st;
}

/* Of the class of the job; builders NULL: not wanted. */
static karvan_status tell_class(const job *j, karvan_surplus *out, karvan_i_sum *total,
                                karvan_builder *pairs, karvan_builder *classes, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_sum trips[2] = {{0, 0}, {0, 0}}, sum = {0, 0};
    for (int32_t o = 0; o < j->a[0]->p.zones; o++)
        for (int64_t k = j->first[o]; k < j->first[o + 1]; k++) {
            const cell *c = &j->cell[k];
            double s = surplus_of(c);
            for (int t = 0; t < 2; t++) karvan_i_sum_add(&trips[t], c->trips[t]);
            if (isnan(s))
                out->uncosted += fmax(c->trips[0], c->trips[1]), out->uncosted_pairs++;
            else
                karvan_i_sum_add(&sum, s), karvan_i_sum_add(total, s);
            if (pairs) KARVAN_TRY(put_pair(j, o, c, pairs, err));
        }
    if (!classes) goto done;
    KARVAN_TRY(karvan_builder_row(classes, err));
    KARVAN_TRY(karvan_builder_text(classes, 0, j->a[1]->solution->name[j->class], err));
    for (int t = 0; t < 2; t++)
        KARVAN_TRY(karvan_builder_real(classes, 1 + t, karvan_i_sum_value(&trips[t]), err));
    KARVAN_TRY(karvan_builder_real(classes, 3, karvan_i_sum_value(&sum), err));
done:
    return st;
}

static karvan_status make_builders(karvan_table **pairs, karvan_builder **pair_rows,
                                   karvan_table **classes, karvan_builder **class_rows,
                                   karvan_error *err) {
    static const karvan_column of_pairs[] = {
        {"class", KARVAN_TEXT, NULL},       {"origin", KARVAN_INT, NULL},
        {"destination", KARVAN_INT, NULL},  {"trips_before", KARVAN_REAL, NULL},
        {"trips_after", KARVAN_REAL, NULL}, {"cost_before", KARVAN_REAL, NULL},
        {"cost_after", KARVAN_REAL, NULL},  {"surplus", KARVAN_REAL, NULL}};
    static const karvan_column of_classes[] = {{"class", KARVAN_TEXT, NULL},
                                               {"trips_before", KARVAN_REAL, NULL},
                                               {"trips_after", KARVAN_REAL, NULL},
                                               {"surplus", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    if (pairs) KARVAN_TRY(karvan_builder_create("surplus", 8, of_pairs, pair_rows, err));
    if (classes) KARVAN_TRY(karvan_builder_create("surplus", 4, of_classes, class_rows, err));
done:
    return st;
}

karvan_status karvan_analysis_surplus(const karvan_analysis *before, const karvan_analysis *after,
                                      int threads, const karvan_cancel *cancel, karvan_surplus *out,
                                      karvan_table **pairs, karvan_table **classes,
                                      karvan_error *err) {
    enum { HANDED = 4 };
    karvan_status st = KARVAN_OK;
    karvan_builder *pair_rows = NULL, *class_rows = NULL;
    karvan_i_sum total = {0, 0};
    job j = {.a = {before, after}};
    if (pairs) *pairs = NULL;
    if (classes) *classes = NULL;
    KARVAN_REQUIRE(before && after && out && threads >= 0, err, KARVAN_E_ARG,
                   "two analyses are needed, a place for the answer, and threads from 0");
    *out = (karvan_surplus){.total = 0};
    KARVAN_REQUIRE(
        before->p.zones == after->p.zones && before->p.n_classes == after->p.n_classes, err,
        KARVAN_E_ARG, "%d zones and %d classes before, %d and %d after; they must be the same",
        (int)before->p.zones, before->p.n_classes, (int)after->p.zones, after->p.n_classes);
    KARVAN_TRY(job_init(&j, threads, err));
    KARVAN_TRY(make_builders(pairs, &pair_rows, classes, &class_rows, err));
    for (j.class = 0; j.class < after->p.n_classes; j.class ++) {
        KARVAN_TRY(list_cells(&j, err));
        for (int t = 0; t < 2; t++)
            karvan_i_user_costs(j.a[t], j.a[t]->p.group[j.class], j.cost[t]);
        KARVAN_TRY(
            karvan_parallel_for(after->p.zones, HANDED, threads, cost_some, &j, cancel, err));
        KARVAN_TRY(tell_class(&j, out, &total, pair_rows, class_rows, err));
    }
    out->total = karvan_i_sum_value(&total);
    if (pairs) {
        st = karvan_builder_finish(pair_rows, pairs, err), pair_rows = NULL;
        if (st != KARVAN_OK) goto done;
    }
    if (classes) st = karvan_builder_finish(class_rows, classes, err), class_rows = NULL;
done:
    if (st != KARVAN_OK && pairs) karvan_table_destroy(*pairs), *pairs = NULL;
    karvan_builder_destroy(pair_rows), karvan_builder_destroy(class_rows);
    job_clear(&j);
    return st;
}
