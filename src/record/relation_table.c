/* The index of relations as tables. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/relation.h"
#include "table/cell.h"

enum { DRAWS_LARGEST = 1000000 };

typedef struct task {
    const karvan_index_query *q;
    karvan_pairs *p;
    karvan_i_components x;
    karvan_i_grid g;
    int64_t from, to, only; /* only: the one pair that is told, -1: all */
    bool asked[KARVAN_I_SCORES];
    float *weights;
    karvan_i_score *score; /* [years][KARVAN_I_SCORES][pairs] */
    char *room;            /* [workers][each] */
    size_t each;
    karvan_builder *b;
} task;

static karvan_status read_years(task *k, karvan_error *err) {
    const karvan_index_query *q = k->q;
    bool known = karvan_pairs_years(k->p, &k->from, &k->to);
    if (!known && !(q->has_from && q->has_to))
        return karvan_fail(err, KARVAN_E_ARG,
                           "the region does not say from when to when it covers its countries "
                           "(table coverage): the first and the last year are needed");
    if (q->has_from) k->from = q->from;
    if (q->has_to) k->to = q->to;
    if (k->from < -9999 || k->to > 9999 || k->from > k->to)
        return karvan_fail(err, KARVAN_E_ARG, "%lld to %lld are no years in their order",
                           (long long)k->from, (long long)k->to);
    return KARVAN_OK;
}

static bool has_components(const task *k, int dimension) {
    for (int c = 0; c < k->x.n; c++)
        if (dimension == KARVAN_I_ALL || k->x.c[c].dimension == dimension) return true;
    return false;
}

static karvan_status add_dimension(task *k, const char *name, karvan_error *err) {
    int found = -1;
    for (int d = 0; name && d < KARVAN_I_SCORES; d++)
        if (strcmp(karvan_i_dimension_names[d], name) == 0) found = d;
    if (found < 0)
        return karvan_fail(err, KARVAN_E_ARG,
                           "no dimension is called '%.60s': political, economic, cultural, "
                           "strategic, or all",
                           name ? name : "");
    if (!has_components(k, found))
        return karvan_fail(err, KARVAN_E_ARG, "the index has no %s components", name);
    k->asked[found] = true;
    return KARVAN_OK;
}

static karvan_status read_dimensions(task *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_index_query *q = k->q;
    KARVAN_REQUIRE(q->n_dimensions == 0 || q->dimensions, err, KARVAN_E_ARG,
                   "the set of dimensions is NULL");
    if (q->dimension) KARVAN_TRY(add_dimension(k, q->dimension, err));
    for (int i = 0; i < q->n_dimensions; i++) KARVAN_TRY(add_dimension(k, q->dimensions[i], err));
    for (int d = 0; !q->dimension && q->n_dimensions == 0 && d < KARVAN_I_SCORES; d++)
        k->asked[d] = has_components(k, d);
done:
    return st;
}

/* The pair's number among all; where it is none of them, it is measured by itself. */
static karvan_status find_pair(task *k, const karvan_package *region, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *a = k->q->a, *b = k->q->b;
    k->only = -1;
    KARVAN_TRY(karvan_pairs_create(region, NULL, NULL, &k->p, err));
    if (!a && !b) goto done;
    int32_t one = karvan_i_pairs_country(k->p, a), other = karvan_i_pairs_country(k->p, b);
    if (one >= 0 && other >= 0) k->only = k->p->pair_of[one * k->p->n_countries + other];
    if (k->only >= 0) goto done;
    karvan_pairs_destroy(k->p);
    k->p = NULL, k->only = 0;
    KARVAN_TRY(karvan_pairs_create(region, a, b, &k->p, err));
done:
    return st;
}

static karvan_status prepare(task *k, const karvan_package *region, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *t = k->q->components;
    if (!t) KARVAN_TRY(karvan_i_need_table(region, "relation_index", &t, err));
    KARVAN_TRY(karvan_i_components_read(&k->x, t, err));
    KARVAN_TRY(read_dimensions(k, err));
    KARVAN_TRY(find_pair(k, region, err));
    KARVAN_TRY(read_years(k, err));
    KARVAN_TRY(karvan_i_grid_init(&k->g, k->p, &k->x, k->from, k->to, k->q->threads, err));
done:
    return st;
}

static void clear(task *k) {
    karvan_builder_destroy(k->b);
    karvan_i_free(k->weights), karvan_i_free(k->score), karvan_i_free(k->room);
    karvan_i_grid_clear(&k->g), karvan_i_components_clear(&k->x);
    karvan_pairs_destroy(k->p);
}

static karvan_status score_years(void *ctx, int64_t begin, int64_t end, int worker,
                                 karvan_error *err) {
    task *k = ctx;
    (void)err;
    for (int64_t i = begin; i < end; i++) {
        karvan_i_score *s = k->score + i * KARVAN_I_SCORES * k->p->n;
        karvan_i_scores(&k->g, k->from + i, s);
        if (k->q->draws > 0)
            karvan_i_scores_drawn(&k->g, k->from + i, k->weights, k->q->draws,
                                  k->room + (size_t)worker * k->each, s);
    }
    return KARVAN_OK;
}

static karvan_status score_all(task *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int threads = k->q->threads > 0 ? k->q->threads : karvan_thread_count();
    int64_t years = k->to - k->from + 1;
    k->score = karvan_i_calloc((size_t)(years * k->p->n) * KARVAN_I_SCORES + 1, sizeof *k->score);
    KARVAN_REQUIRE(k->score, err, KARVAN_E_NOMEM, "scores");
    if (k->q->draws > 0) {
        k->each = karvan_i_draws_room(k->p->n, k->q->draws);
        k->room = karvan_i_malloc((size_t)threads, k->each);
        KARVAN_REQUIRE(k->room, err, KARVAN_E_NOMEM, "draws");
        KARVAN_TRY(karvan_i_weights_draw(k->x.n, k->q->draws, k->q->seed, &k->weights, err));
    }
    KARVAN_TRY(karvan_parallel_for(years, 1, threads, score_years, k, NULL, err));
done:
    return st;
}

enum {
    I_YEAR,
    I_ONE,
    I_TWO,
    I_DIMENSION,
    I_SCORE,
    I_LOW,
    I_HIGH,
    I_WEIGHT_LOW,
    I_WEIGHT_HIGH,
    I_RANK,
    I_RANK_LOW,
    I_RANK_HIGH,
    I_RANK_LIKELY,
    I_RANK_HELD,
    I_ORDER_HELD,
    I_COVERED,
    I_END
};

static karvan_status put_pair(const task *k, int64_t year, int64_t pair, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *a, *b;
    karvan_pairs_at(k->p, pair, &a, &b);
    KARVAN_TRY(karvan_builder_row(k->b, err));
    KARVAN_TRY(karvan_builder_int(k->b, I_YEAR, year, err));
    KARVAN_TRY(karvan_builder_text(k->b, I_ONE, a, err));
    KARVAN_TRY(karvan_builder_text(k->b, I_TWO, b, err));
done:
    return st;
}

/* Six digits: what draws and data can bear. */
static double digits(double v) { return round(v * 1e6) / 1e6; }

static karvan_status put_score(const task *k, int64_t year, int64_t pair, int dimension,
                               const karvan_i_score *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    KARVAN_TRY(put_pair(k, year, pair, err));
    KARVAN_TRY(karvan_builder_text(k->b, I_DIMENSION, karvan_i_dimension_names[dimension], err));
    KARVAN_TRY(karvan_builder_real(k->b, I_LOW, digits(s->low), err));
    KARVAN_TRY(karvan_builder_real(k->b, I_HIGH, digits(s->high), err));
    KARVAN_TRY(karvan_builder_real(k->b, I_COVERED, digits(s->covered), err));
    for (int c = I_SCORE; c < I_COVERED; c++)
        if (c != I_LOW && c != I_HIGH)
            KARVAN_TRY(karvan_builder_state(k->b, c, KARVAN_NOT_COVERED, err));
    if (!s->there) goto done;
    KARVAN_TRY(karvan_builder_real(k->b, I_SCORE, digits(s->score), err));
    KARVAN_TRY(karvan_builder_int(k->b, I_RANK, s->rank, err));
    if (k->q->draws == 0) goto done;
    KARVAN_TRY(karvan_builder_real(k->b, I_WEIGHT_LOW, digits(s->weight_low), err));
    KARVAN_TRY(karvan_builder_real(k->b, I_WEIGHT_HIGH, digits(s->weight_high), err));
    KARVAN_TRY(karvan_builder_int(k->b, I_RANK_LOW, s->rank_low, err));
    KARVAN_TRY(karvan_builder_int(k->b, I_RANK_HIGH, s->rank_high, err));
    KARVAN_TRY(karvan_builder_int(k->b, I_RANK_LIKELY, s->rank_likely, err));
    KARVAN_TRY(karvan_builder_real(k->b, I_RANK_HELD, digits(s->rank_held), err));
    KARVAN_TRY(karvan_builder_real(k->b, I_ORDER_HELD, digits(s->order_held), err));
done:
    return st;
}

static karvan_status put_year(const task *k, int64_t year, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_score *s = k->score + (year - k->from) * KARVAN_I_SCORES * k->p->n;
    for (int64_t i = 0; i < k->p->n; i++) {
        if ((k->only >= 0 && i != k->only) || !karvan_pairs_exist(k->p, i, year)) continue;
        for (int d = 0; d < KARVAN_I_SCORES; d++)
            if (k->asked[d])
                KARVAN_TRY(put_score(k, year, i, d, &s[(int64_t)d * k->p->n + i], err));
    }
done:
    return st;
}

karvan_status karvan_relation_index(const karvan_package *region, const karvan_index_query *q,
                                    karvan_table **out, karvan_error *err) {
    static const karvan_column columns[I_END] = {
        {"year", KARVAN_INT, NULL},         {"code1", KARVAN_TEXT, NULL},
        {"code2", KARVAN_TEXT, NULL},       {"dimension", KARVAN_TEXT, NULL},
        {"score", KARVAN_REAL, NULL},       {"low", KARVAN_REAL, NULL},
        {"high", KARVAN_REAL, NULL},        {"weight_low", KARVAN_REAL, NULL},
        {"weight_high", KARVAN_REAL, NULL}, {"rank", KARVAN_INT, NULL},
        {"rank_low", KARVAN_INT, NULL},     {"rank_high", KARVAN_INT, NULL},
        {"rank_likely", KARVAN_INT, NULL},  {"rank_held", KARVAN_REAL, NULL},
        {"order_held", KARVAN_REAL, NULL},  {"covered", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    task k = {.q = q};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && q, err, KARVAN_E_ARG, "region or query is NULL");
    KARVAN_REQUIRE(q->draws >= 0 && q->draws <= DRAWS_LARGEST, err, KARVAN_E_ARG,
                   "draws are 0 to %d, not %d", DRAWS_LARGEST, q->draws);
    KARVAN_TRY(prepare(&k, region, err));
    KARVAN_TRY(score_all(&k, err));
    KARVAN_TRY(karvan_builder_create("relations", I_END, columns, &k.b, err));
    for (int64_t y = k.from; y <= k.to; y++) KARVAN_TRY(put_year(&k, y, err));
    st = karvan_builder_finish(k.b, out, err);
    k.b = NULL;
done:
    clear(&k);
    return st;
}

/* ---- the components ---- */

enum {
    P_COMPONENT = I_DIMENSION,
    P_DIMENSION,
    P_MEASURE,
    P_WEIGHT,
    P_MIN,
    P_MAX,
    P_STATE,
    P_LOW,
    P_HIGH,
    P_COUNTS,
    P_END
};

static karvan_status put_part(const task *k, int64_t year, int64_t pair, int component,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_component *c = &k->x.c[component];
    const karvan_i_part *part = karvan_i_grid_at(&k->g, year, pair) + component;
    KARVAN_TRY(put_pair(k, year, pair, err));
    KARVAN_TRY(karvan_builder_text(k->b, P_COMPONENT, c->id, err));
    KARVAN_TRY(karvan_builder_text(k->b, P_DIMENSION, karvan_i_dimension_names[c->dimension], err));
    KARVAN_TRY(karvan_builder_text(k->b, P_MEASURE, karvan_pair_measure_at(c->measure)->name, err));
    KARVAN_TRY(karvan_builder_real(k->b, P_WEIGHT, c->weight, err));
    KARVAN_TRY(karvan_builder_real(k->b, P_MIN, digits(part->is.min), err));
    if (isfinite(part->is.max))
        KARVAN_TRY(karvan_builder_real(k->b, P_MAX, digits(part->is.max), err));
    KARVAN_TRY(karvan_builder_text(k->b, P_STATE, karvan_cell_name(part->is.state), err));
    KARVAN_TRY(karvan_builder_real(k->b, P_LOW, digits(part->low), err));
    KARVAN_TRY(karvan_builder_real(k->b, P_HIGH, digits(part->high), err));
    KARVAN_TRY(karvan_builder_bool(k->b, P_COUNTS, part->is.complete, err));
done:
    return st;
}

static karvan_status put_parts(const task *k, int64_t year, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int64_t i = 0; i < k->p->n; i++) {
        if ((k->only >= 0 && i != k->only) || !karvan_pairs_exist(k->p, i, year)) continue;
        for (int c = 0; c < k->x.n; c++)
            if (k->asked[KARVAN_I_ALL] || k->asked[k->x.c[c].dimension])
                KARVAN_TRY(put_part(k, year, i, c, err));
    }
done:
    return st;
}

karvan_status karvan_relation_components(const karvan_package *region, const karvan_index_query *q,
                                         karvan_table **out, karvan_error *err) {
    static const karvan_column columns[P_END] = {
        {"year", KARVAN_INT, NULL},       {"code1", KARVAN_TEXT, NULL},
        {"code2", KARVAN_TEXT, NULL},     {"component", KARVAN_TEXT, NULL},
        {"dimension", KARVAN_TEXT, NULL}, {"measure", KARVAN_TEXT, NULL},
        {"weight", KARVAN_REAL, NULL},    {"min", KARVAN_REAL, NULL},
        {"max", KARVAN_REAL, NULL},       {"state", KARVAN_TEXT, NULL},
        {"low", KARVAN_REAL, NULL},       {"high", KARVAN_REAL, NULL},
        {"counts", KARVAN_BOOL, NULL}};
    karvan_status st = KARVAN_OK;
    task k = {.q = q};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(region && q, err, KARVAN_E_ARG, "region or query is NULL");
    KARVAN_TRY(prepare(&k, region, err));
    KARVAN_TRY(karvan_builder_create("components", P_END, columns, &k.b, err));
    for (int64_t y = k.from; y <= k.to; y++) KARVAN_TRY(put_parts(&k, y, err));
    st = karvan_builder_finish(k.b, out, err);
    k.b = NULL;
done:
    clear(&k);
    return st;
}
