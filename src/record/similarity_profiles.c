/* Profiles: how they are held, and the measures of every pair and year. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "record/joint.h"
#include "record/similarity.h"
#include "record/state_codes.h"

void karvan_profiles_destroy(karvan_profiles *p) {
    if (!p) return;
    karvan_memberships_destroy(p->m);
    karvan_i_dictionary_clear(&p->states), karvan_i_dictionary_clear(&p->entries);
    karvan_i_free(p->state_at), karvan_i_free(p->entry), karvan_i_free(p->first);
    karvan_i_free(p->weight), karvan_i_free(p->weights), karvan_i_free(p->path);
    karvan_i_free(p);
}

const char *karvan_i_profiles_state(const karvan_profiles *p, int32_t state) {
    return p->m ? karvan_memberships_state(p->m, state)
                : karvan_i_code_at(&p->states, p->state_at, state);
}

bool karvan_profiles_years(const karvan_profiles *p, int *from, int *to) {
    if (p->m) return karvan_memberships_years(p->m, from, to);
    *from = p->first_year, *to = p->last_year;
    return p->has_years;
}

int64_t karvan_profiles_one_way(const karvan_profiles *p) { return p->one_way; }

static int by_entry(const void *a, const void *b) {
    const karvan_i_entry *x = a, *y = b;
    if (x->state != y->state) return (x->state > y->state) - (x->state < y->state);
    if (x->year != y->year) return (x->year > y->year) - (x->year < y->year);
    if (x->entry != y->entry) return (x->entry > y->entry) - (x->entry < y->entry);
    return (x->row > y->row) - (x->row < y->row);
}

karvan_status karvan_i_profiles_order(karvan_profiles *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t n = (size_t)p->states.n;
    int32_t *rank = karvan_i_calloc(n, sizeof *rank);
    p->first = karvan_i_calloc(n + 1, sizeof *p->first);
    KARVAN_REQUIRE(rank && p->first, err, KARVAN_E_NOMEM, "no memory for the order of states");
    KARVAN_TRY(karvan_i_order_codes(&p->states, &p->state_at, rank, err));
    for (int64_t i = 0; i < p->n; i++) p->entry[i].state = rank[p->entry[i].state];
    if (p->n > 0) qsort(p->entry, (size_t)p->n, sizeof *p->entry, by_entry);
    int64_t i = 0;
    for (int32_t s = 0; s <= p->states.n; s++) {
        while (i < p->n && p->entry[i].state < s) i++;
        p->first[s] = i;
    }
    karvan_i_profiles_levels(p);
done:
    karvan_i_free(rank);
    return st;
}

void karvan_i_profiles_lines(karvan_profiles *p, const karvan_table *t) {
    int64_t column;
    for (int64_t i = 0; i < p->n; i++) {
        int64_t line = 0;
        if (p->entry[i].row >= 0) (void)karvan_table_locate(t, -1, p->entry[i].row, &line, &column);
        p->entry[i].row = line;
    }
}

bool karvan_profiles_alliances(const karvan_profiles *p, karvan_alliances *out) {
    *out = p->alliances;
    return p->is_alliances;
}

karvan_status karvan_profiles_of_memberships(karvan_memberships *take, karvan_profiles **out,
                                             karvan_error *err) {
    karvan_profiles *p = NULL;
    if (out) *out = NULL;
    if (out && take) p = karvan_i_calloc(1, sizeof *p);
    if (!p) {
        karvan_memberships_destroy(take);
        return out && take ? karvan_fail(err, KARVAN_E_NOMEM, "no memory for profiles")
                           : karvan_fail(err, KARVAN_E_ARG, "memberships or out is NULL");
    }
    p->m = take, p->scale = (karvan_scale){0, 1};
    *out = p;
    return KARVAN_OK;
}

/* ---- measures of every pair and year ---- */

enum {
    T_CODE1,
    T_CODE2,
    T_YEAR,
    T_MEASURE,
    T_DISTANCE,
    T_WEIGHTS,
    T_SCALE,
    T_N,
    T_VALUE,
    T_DEFINED,
    T_END
};

typedef struct telling {
    const karvan_profiles *p;
    const karvan_similarity_query *q;
    karvan_builder *b;
    double *x, *y, *w; /* [most entries] of a pair in a year */
} telling;

static const char *distance_name(karvan_similarity_kind m, karvan_distance d) {
    if (!karvan_i_similarity_has_distance(m)) return "none";
    return karvan_i_usual_distance(m, d) == KARVAN_DISTANCE_SQUARED ? "squared" : "absolute";
}

static karvan_status tell_scale(const telling *t, karvan_similarity_kind m, karvan_error *err) {
    char low[40], high[40], text[90] = "none";
    karvan_real_format(t->p->scale.low, low, sizeof low);
    karvan_real_format(t->p->scale.high, high, sizeof high);
    if (karvan_i_similarity_has_scale(m)) (void)snprintf(text, sizeof text, "%s..%s", low, high);
    return karvan_builder_text(t->b, T_SCALE, text, err);
}

static karvan_status tell(const telling *t, int32_t a, int32_t b, int year,
                          karvan_similarity_kind m, const karvan_similarity *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char defined[80];
    KARVAN_TRY(karvan_builder_row(t->b, err));
    KARVAN_TRY(karvan_builder_text(t->b, T_CODE1, karvan_i_profiles_state(t->p, a), err));
    KARVAN_TRY(karvan_builder_text(t->b, T_CODE2, karvan_i_profiles_state(t->p, b), err));
    if (year == KARVAN_I_NO_YEAR)
        KARVAN_TRY(karvan_builder_state(t->b, T_YEAR, KARVAN_NOT_COVERED, err));
    else
        KARVAN_TRY(karvan_builder_int(t->b, T_YEAR, year, err));
    KARVAN_TRY(karvan_builder_text(t->b, T_MEASURE, karvan_similarity_name(m), err));
    KARVAN_TRY(karvan_builder_text(t->b, T_DISTANCE, distance_name(m, t->q->distance), err));
    KARVAN_TRY(karvan_builder_text(t->b, T_WEIGHTS, t->p->weights ? t->p->weights : "none", err));
    KARVAN_TRY(tell_scale(t, m, err));
    KARVAN_TRY(karvan_builder_int(t->b, T_N, s->n, err));
    if (s->state == KARVAN_VALUE)
        KARVAN_TRY(karvan_builder_real(t->b, T_VALUE, s->value, err));
    else
        KARVAN_TRY(karvan_builder_state(t->b, T_VALUE, s->state, err));
    (void)snprintf(defined, sizeof defined, "%s%s", *s->why ? "no: " : "yes", s->why);
    st = karvan_builder_text(t->b, T_DEFINED, defined, err);
done:
    return st;
}

/* The bodies that both states are known to belong to or not. */
static karvan_status of_bits(const telling *t, const karvan_i_member_row *p,
                             const karvan_i_member_row *q, karvan_error *err) {
    const karvan_memberships *m = t->p->m;
    static const double level[2] = {0, 1};
    double cell[4] = {0}, room[6];
    int64_t at = p->at * m->words, bt = q->at * m->words, n = 0;
    for (int64_t w = 0; w < m->words; w++) {
        uint64_t a = m->certain[at + w], b = m->certain[bt + w],
                 known = karvan_i_known_bodies(m, p, q, w);
        n += __builtin_popcountll(known);
        cell[3] += __builtin_popcountll(known & a & b);
        cell[2] += __builtin_popcountll(known & a & ~b);
        cell[1] += __builtin_popcountll(known & ~a & b);
    }
    cell[0] = (double)n - cell[1] - cell[2] - cell[3];
    const karvan_i_cross cross = {2, level, cell, n, room, room + 2, room + 4};
    for (int k = 0; k < t->q->n_measures; k++) {
        karvan_similarity_kind measure = t->q->measure[k];
        karvan_similarity s =
            karvan_i_similarity_cross(measure, t->q->distance, &t->p->scale, &cross);
        if (n == 0 && karvan_i_joint_state(m, p, q) != KARVAN_VALUE) s.why = "not covered";
        karvan_status st = tell(t, p->state, q->state, p->year, measure, &s, err);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

static karvan_status pair_of_bits(const karvan_memberships *m, int32_t a, int32_t b,
                                  karvan_i_pair_year_fn fn, void *ctx, karvan_error *err) {
    for (int64_t r = m->first[a]; r < m->first[a + 1]; r++) {
        int64_t other = karvan_i_memberships_row(m, b, m->row[r].year);
        const karvan_i_pair_year at = {.a = &m->row[r], .b = &m->row[other < 0 ? r : other]};
        karvan_status st = other < 0 ? KARVAN_OK : fn(ctx, &at, err);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

/* Entries of a state and a year from *at on, before `end`. */
static int64_t end_of_year(const karvan_profiles *p, int64_t at, int64_t end) {
    int32_t year = p->entry[at].year;
    while (at < end && p->entry[at].year == year) at++;
    return at;
}

/* What both have a value for, into x, y and w. */
static int64_t in_common(const telling *t, int64_t i, int64_t i_end, int64_t j, int64_t j_end) {
    const karvan_profiles *p = t->p;
    int64_t n = 0;
    while (i < i_end && j < j_end) {
        int32_t one = p->entry[i].entry, other = p->entry[j].entry;
        if (one == other) {
            t->x[n] = p->entry[i].value, t->y[n] = p->entry[j].value;
            t->w[n++] = p->weight ? p->weight[one] : 1;
        }
        i += one <= other, j += other <= one;
    }
    return n;
}

/* Where values are few: how often the one has this and the other that. */
static int64_t cross_levels(const telling *t, int64_t i, int64_t i_end, int64_t j, int64_t j_end,
                            double *cell) {
    const karvan_profiles *p = t->p;
    int64_t n = 0;
    while (i < i_end && j < j_end) {
        const karvan_i_entry *one = &p->entry[i], *other = &p->entry[j];
        if (one->entry == other->entry && one->level >= 0 && other->level >= 0) {
            double w = p->weight ? p->weight[one->entry] : 1;
            if (!isnan(w)) cell[one->level * p->n_levels + other->level] += w, n++;
        }
        i += one->entry <= other->entry, j += other->entry <= one->entry;
    }
    return n;
}

static karvan_status of_levels(const telling *t, int64_t i, int64_t i_end, int64_t j, int64_t j_end,
                               karvan_error *err) {
    const karvan_profiles *p = t->p;
    const karvan_i_entry *a = &p->entry[i], *b = &p->entry[j];
    double cell[KARVAN_I_FEW_LEVELS * KARVAN_I_FEW_LEVELS], room[3 * KARVAN_I_FEW_LEVELS];
    memset(cell, 0, (size_t)p->n_levels * (size_t)p->n_levels * sizeof *cell);
    karvan_i_cross cross = {.k = p->n_levels, .level = p->level, .cell = cell};
    cross.n = cross_levels(t, i, i_end, j, j_end, cell);
    cross.row = room, cross.column = room + cross.k, cross.below = room + 2 * (size_t)cross.k;
    for (int k = 0; k < t->q->n_measures; k++) {
        karvan_similarity_kind m = t->q->measure[k];
        const karvan_similarity s = karvan_i_similarity_cross(m, t->q->distance, &p->scale, &cross);
        karvan_status st = tell(t, a->state, b->state, a->year, m, &s, err);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

static karvan_status of_entries(const telling *t, int64_t i, int64_t i_end, int64_t j,
                                int64_t j_end, karvan_error *err) {
    const karvan_profiles *p = t->p;
    const karvan_i_entry *a = &p->entry[i], *b = &p->entry[j];
    if (p->n_levels > 0) return of_levels(t, i, i_end, j, j_end, err);
    int64_t n = in_common(t, i, i_end, j, j_end);
    for (int k = 0; k < t->q->n_measures; k++) {
        karvan_similarity s;
        karvan_similarity_kind m = t->q->measure[k];
        karvan_status st = karvan_similarity_of(m, t->q->distance, &p->scale, t->x, t->y,
                                                p->weight ? t->w : NULL, n, &s, err);
        if (st == KARVAN_OK) st = tell(t, a->state, b->state, a->year, m, &s, err);
        if (st != KARVAN_OK) return st;
    }
    return KARVAN_OK;
}

static karvan_status pair_of_entries(const karvan_profiles *p, int32_t a, int32_t b,
                                     karvan_i_pair_year_fn fn, void *ctx, karvan_error *err) {
    int64_t i = p->first[a], i_end = p->first[a + 1], j = p->first[b], j_end = p->first[b + 1];
    while (i < i_end && j < j_end) {
        int64_t i_next = end_of_year(p, i, i_end), j_next = end_of_year(p, j, j_end);
        int32_t one = p->entry[i].year, other = p->entry[j].year;
        const karvan_i_pair_year at = {.i = i, .i_end = i_next, .j = j, .j_end = j_next};
        karvan_status st = one == other ? fn(ctx, &at, err) : KARVAN_OK;
        if (st != KARVAN_OK) return st;
        if (one <= other) i = i_next;
        if (other <= one) j = j_next;
    }
    return KARVAN_OK;
}

static karvan_status of_pair(const karvan_profiles *p, int32_t a, int32_t b,
                             karvan_i_pair_year_fn fn, void *ctx, karvan_error *err) {
    return p->m ? pair_of_bits(p->m, a, b, fn, ctx, err) : pair_of_entries(p, a, b, fn, ctx, err);
}

karvan_status karvan_i_profiles_each(const karvan_profiles *p, const char *pair,
                                     karvan_i_pair_year_fn fn, void *ctx, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t a, b, n = p->m ? p->m->states.n : p->states.n;
    if (pair) {
        KARVAN_TRY(p->m ? karvan_memberships_pair(p->m, pair, &a, &b, err)
                        : karvan_i_pair_of_codes(&p->states, p->state_at, pair, &a, &b, err));
        return of_pair(p, a, b, fn, ctx, err);
    }
    for (a = 0; a < n; a++)
        for (b = a + 1; b < n; b++) KARVAN_TRY(of_pair(p, a, b, fn, ctx, err));
done:
    return st;
}

static karvan_status tell_pair(void *ctx, const karvan_i_pair_year *at, karvan_error *err) {
    const telling *t = ctx;
    return at->a ? of_bits(t, at->a, at->b, err)
                 : of_entries(t, at->i, at->i_end, at->j, at->j_end, err);
}

static karvan_status make_room(telling *t, karvan_error *err) {
    size_t n = (size_t)t->p->entries.n;
    t->x = karvan_i_malloc(n, sizeof *t->x), t->y = karvan_i_malloc(n, sizeof *t->y);
    t->w = karvan_i_malloc(n, sizeof *t->w);
    return t->x && t->y && t->w ? KARVAN_OK
                                : karvan_fail(err, KARVAN_E_NOMEM, "no memory for profiles");
}

karvan_status karvan_similarity_table(const karvan_profiles *p, const karvan_similarity_query *q,
                                      karvan_table **out, karvan_error *err) {
    static const karvan_column columns[T_END] = {
        {"code1", KARVAN_TEXT, NULL},    {"code2", KARVAN_TEXT, NULL},
        {"year", KARVAN_INT, NULL},      {"measure", KARVAN_TEXT, NULL},
        {"distance", KARVAN_TEXT, NULL}, {"weights", KARVAN_TEXT, NULL},
        {"scale", KARVAN_TEXT, NULL},    {"n", KARVAN_INT, NULL},
        {"value", KARVAN_REAL, NULL},    {"defined", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    telling t = {.p = p, .q = q};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(p && q && q->measure && q->n_measures > 0, err, KARVAN_E_ARG,
                   "profiles and a measure are needed");
    for (int k = 0; k < q->n_measures; k++)
        KARVAN_REQUIRE((unsigned)q->measure[k] < KARVAN_SIMILARITY_END, err, KARVAN_E_ARG,
                       "there is no measure %d", (int)q->measure[k]);
    for (int k = 0; k < q->n_measures; k++) {
        KARVAN_REQUIRE(q->measure[k] != KARVAN_SIMILARITY_TAU || !p->weight, err, KARVAN_E_ARG,
                       "tau counts pairs of entries and takes no weights");
        if (karvan_i_similarity_has_scale(q->measure[k]))
            KARVAN_TRY(karvan_i_profiles_in_scale(p, err));
    }
    KARVAN_TRY(make_room(&t, err));
    KARVAN_TRY(karvan_builder_create("similarity", T_END, columns, &t.b, err));
    KARVAN_TRY(karvan_i_profiles_each(p, q->pair, tell_pair, &t, err));
    st = karvan_builder_finish(t.b, out, err);
    t.b = NULL;
done:
    karvan_builder_destroy(t.b);
    karvan_i_free(t.x), karvan_i_free(t.y), karvan_i_free(t.w);
    return st;
}
