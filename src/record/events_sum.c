/* Events into cells: a directed pair and a year or month, of each class a count and an exact sum.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "karvan/events.h"

enum { MOST_NAMES = 65535, MONTHS = 12, FIRST_SLOTS = 1024 };

typedef struct cell {
    uint64_t key; /* source, target, period: 16 bits each */
    uint32_t n[KARVAN_QUADS], scored[KARVAN_QUADS];
    int64_t sum[KARVAN_QUADS]; /* millionths */
} cell;

struct karvan_events {
    karvan_events_by by;
    cell *cell; /* [n] in order of appearance */
    uint32_t n, cap;
    uint32_t *slot; /* [n_slots] cell + 1, 0: free */
    uint64_t n_slots;
};

karvan_status karvan_events_by_parse(const char *s, karvan_events_by *out, karvan_error *err) {
    static const char *const names[] = {"dyad-year", "dyad-month", "dyad"};
    char room[80];
    if (!s || !out) return karvan_fail(err, KARVAN_E_ARG, "what is summed has a name");
    *out = KARVAN_EVENTS_BY_YEAR;
    for (int i = 0; i < 3; i++)
        if (strcmp(s, names[i]) == 0) {
            *out = (karvan_events_by)i;
            return KARVAN_OK;
        }
    return karvan_fail(err, KARVAN_E_ARG,
                       "events are summed by dyad-year, dyad-month or dyad, not '%.40s'%s", s,
                       karvan_i_meant(s, names, 3, room, sizeof room));
}

karvan_status karvan_events_create(karvan_events_by by, karvan_events **out, karvan_error *err) {
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (by < KARVAN_EVENTS_BY_YEAR || by > KARVAN_EVENTS_BY_DYAD)
        return karvan_fail(err, KARVAN_E_ARG, "no such way to sum events: %d", (int)by);
    karvan_events *e = karvan_i_calloc(1, sizeof *e);
    if (!e) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for sums of events");
    e->by = by;
    *out = e;
    return KARVAN_OK;
}

void karvan_events_destroy(karvan_events *e) {
    if (!e) return;
    karvan_i_free(e->cell), karvan_i_free(e->slot), karvan_i_free(e);
}

int64_t karvan_events_cells(const karvan_events *e) { return e->n; }

/* ---- cells by their key ---- */

static uint64_t first_slot(const karvan_events *e, uint64_t key) {
    return (key * UINT64_C(0x9E3779B97F4A7C15)) >> 20 & (e->n_slots - 1);
}

static bool grow_slots(karvan_events *e) {
    uint64_t n_slots = e->n_slots ? 2 * e->n_slots : FIRST_SLOTS;
    uint32_t *slot = karvan_i_calloc((size_t)n_slots, sizeof *slot);
    if (!slot) return false;
    karvan_i_free(e->slot);
    e->slot = slot, e->n_slots = n_slots;
    for (uint32_t c = 0; c < e->n; c++) {
        uint64_t i = first_slot(e, e->cell[c].key);
        while (slot[i]) i = (i + 1) & (n_slots - 1);
        slot[i] = c + 1;
    }
    return true;
}

static bool grow_cells(karvan_events *e) {
    uint32_t cap = e->cap ? e->cap + e->cap / 2 : FIRST_SLOTS / 2;
    cell *more = karvan_i_realloc(e->cell, cap, sizeof *more);
    if (!more) return false;
    e->cell = more, e->cap = cap;
    return true;
}

/* The cell of a key, made where it is new; NULL: no memory. */
static cell *cell_of(karvan_events *e, uint64_t key) {
    if (e->n + UINT64_C(1) > e->n_slots / 4 * 3 && !grow_slots(e)) return NULL;
    uint64_t i = first_slot(e, key);
    for (; e->slot[i]; i = (i + 1) & (e->n_slots - 1))
        if (e->cell[e->slot[i] - 1].key == key) return &e->cell[e->slot[i] - 1];
    if (e->n == e->cap && !grow_cells(e)) return NULL;
    cell *c = &e->cell[e->n];
    *c = (cell){.key = key};
    e->slot[i] = ++e->n;
    return c;
}

static uint64_t period_of(const karvan_events *e, int year, int month) {
    if (e->by == KARVAN_EVENTS_BY_DYAD) return 0;
    int m = e->by == KARVAN_EVENTS_BY_MONTH ? month - 1 : 0;
    return (uint64_t)(year - KARVAN_EVENTS_FIRST_YEAR) * MONTHS + (uint64_t)m;
}

karvan_status karvan_events_add(karvan_events *e, int32_t source, int32_t target, int year,
                                int month, karvan_quad quad, int32_t score, karvan_error *err) {
    if (source < 0 || source >= MOST_NAMES || target < 0 || target >= MOST_NAMES ||
        year < KARVAN_EVENTS_FIRST_YEAR || year > KARVAN_EVENTS_LAST_YEAR || month < 1 ||
        month > MONTHS || quad < 0 || quad >= KARVAN_QUADS ||
        (score != KARVAN_SCORE_NONE && (score > KARVAN_SCORE_MOST || score < -KARVAN_SCORE_MOST)))
        return karvan_fail(err, KARVAN_E_ARG,
                           "an event from %d to %d in %d-%d, class %d, score %d: out of range",
                           source, target, year, month, (int)quad, score);
    cell *c =
        cell_of(e, (uint64_t)source << 32 | (uint64_t)target << 16 | period_of(e, year, month));
    if (!c) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %u sums of events", e->n + 1);
    if (c->n[quad] == UINT32_MAX)
        return karvan_fail(err, KARVAN_E_ARG, "more than %u events of one pair, time and class",
                           UINT32_MAX);
    c->n[quad]++;
    if (score != KARVAN_SCORE_NONE) c->scored[quad]++, c->sum[quad] += score;
    return KARVAN_OK;
}

/* ---- the table ---- */

/* A cell by the places of its names in their order as text. */
typedef struct place {
    uint64_t key;
    uint32_t cell;
} place;

static int by_place(const void *a, const void *b) {
    const place *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

typedef struct named {
    const char *name;
    int32_t number;
} named;

static int by_name(const void *a, const void *b) {
    return strcmp(((const named *)a)->name, ((const named *)b)->name);
}

/* rank[number]: its place among the names. */
static karvan_status rank_names(int32_t n, const char *const *names, uint32_t *rank,
                                karvan_error *err) {
    named *sorted = karvan_i_malloc((size_t)n + 1, sizeof *sorted);
    if (!sorted) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d names", n);
    for (int32_t i = 0; i < n; i++) sorted[i] = (named){names[i], i};
    qsort(sorted, (size_t)n, sizeof *sorted, by_name);
    for (int32_t i = 0; i < n; i++) rank[sorted[i].number] = (uint32_t)i;
    karvan_i_free(sorted);
    return KARVAN_OK;
}

static karvan_status put_sum(karvan_builder *b, int column, uint64_t n, uint64_t scored,
                             int64_t sum, karvan_error *err) {
    double total = n > 0 && scored == 0 ? NAN : (double)sum / KARVAN_SCORE_ONE;
    karvan_status st = karvan_builder_real(b, column, total, err);
    if (st != KARVAN_OK) return st;
    double mean = scored > 0 ? (double)sum / ((double)scored * KARVAN_SCORE_ONE) : NAN;
    return karvan_builder_real(b, column + 1, mean, err);
}

static karvan_status put_cell(karvan_builder *b, int column, const cell *c, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    uint64_t n = 0, scored = 0;
    int64_t sum = 0;
    for (int q = 0; q < KARVAN_QUADS; q++) n += c->n[q], scored += c->scored[q], sum += c->sum[q];
    KARVAN_TRY(karvan_builder_int(b, column, (int64_t)n, err));
    KARVAN_TRY(put_sum(b, column + 1, n, scored, sum, err));
    KARVAN_TRY(karvan_builder_int(b, column + 3, (int64_t)(n - scored), err));
    for (int q = 0; q < KARVAN_QUADS; q++) {
        int at = column + 4 + 3 * q;
        KARVAN_TRY(karvan_builder_int(b, at, c->n[q], err));
        KARVAN_TRY(put_sum(b, at + 1, c->n[q], c->scored[q], c->sum[q], err));
    }
done:
    return st;
}

static karvan_status begin(const karvan_events *e, karvan_builder **b, karvan_error *err) {
    static const karvan_column all[] = {{"source", KARVAN_TEXT, NULL},
                                        {"target", KARVAN_TEXT, NULL},
                                        {"year", KARVAN_INT, NULL},
                                        {"month", KARVAN_INT, NULL},
                                        {"events", KARVAN_INT, NULL},
                                        {"score_sum", KARVAN_REAL, NULL},
                                        {"score_mean", KARVAN_REAL, NULL},
                                        {"unscored", KARVAN_INT, NULL},
                                        {"verbal_cooperation", KARVAN_INT, NULL},
                                        {"verbal_cooperation_sum", KARVAN_REAL, NULL},
                                        {"verbal_cooperation_mean", KARVAN_REAL, NULL},
                                        {"material_cooperation", KARVAN_INT, NULL},
                                        {"material_cooperation_sum", KARVAN_REAL, NULL},
                                        {"material_cooperation_mean", KARVAN_REAL, NULL},
                                        {"verbal_conflict", KARVAN_INT, NULL},
                                        {"verbal_conflict_sum", KARVAN_REAL, NULL},
                                        {"verbal_conflict_mean", KARVAN_REAL, NULL},
                                        {"material_conflict", KARVAN_INT, NULL},
                                        {"material_conflict_sum", KARVAN_REAL, NULL},
                                        {"material_conflict_mean", KARVAN_REAL, NULL}};
    enum { ALL = sizeof all / sizeof *all };
    karvan_column used[ALL];
    int n = 0;
    for (int c = 0; c < ALL; c++)
        if (!(c == 2 && e->by == KARVAN_EVENTS_BY_DYAD) &&
            !(c == 3 && e->by != KARVAN_EVENTS_BY_MONTH))
            used[n++] = all[c];
    return karvan_builder_create("events", n, used, b, err);
}

static karvan_status put_row(const karvan_events *e, karvan_builder *b, const cell *c,
                             const char *const *names, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int column = 2, period = (int)(c->key & 0xFFFF);
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_text(b, 0, names[c->key >> 32], err));
    KARVAN_TRY(karvan_builder_text(b, 1, names[c->key >> 16 & 0xFFFF], err));
    if (e->by != KARVAN_EVENTS_BY_DYAD)
        KARVAN_TRY(
            karvan_builder_int(b, column++, KARVAN_EVENTS_FIRST_YEAR + period / MONTHS, err));
    if (e->by == KARVAN_EVENTS_BY_MONTH)
        KARVAN_TRY(karvan_builder_int(b, column++, period % MONTHS + 1, err));
    st = put_cell(b, column, c, err);
done:
    return st;
}

karvan_status karvan_events_table(const karvan_events *e, int32_t n_names, const char *const *names,
                                  karvan_table **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    place *order = NULL;
    uint32_t *rank = NULL;
    if (!out || !e || n_names < 0 || (n_names > 0 && !names))
        return karvan_fail(err, KARVAN_E_ARG, "sums of events, names or out are NULL");
    *out = NULL;
    order = karvan_i_malloc((size_t)e->n + 1, sizeof *order);
    rank = karvan_i_malloc((size_t)n_names + 1, sizeof *rank);
    KARVAN_REQUIRE(order && rank, err, KARVAN_E_NOMEM, "no memory for %u sums of events", e->n);
    KARVAN_TRY(rank_names(n_names, names, rank, err));
    for (uint32_t i = 0; i < e->n; i++) {
        uint64_t key = e->cell[i].key, source = key >> 32, target = key >> 16 & 0xFFFF;
        KARVAN_REQUIRE(source < (uint64_t)n_names && target < (uint64_t)n_names, err, KARVAN_E_ARG,
                       "an event between numbers %d and %d, of which one has no name", (int)source,
                       (int)target);
        order[i] = (place){
            (uint64_t)rank[source] << 32 | (uint64_t)rank[target] << 16 | (key & 0xFFFF), i};
    }
    qsort(order, e->n, sizeof *order, by_place);
    KARVAN_TRY(begin(e, &b, err));
    for (uint32_t i = 0; i < e->n; i++)
        KARVAN_TRY(put_row(e, b, &e->cell[order[i].cell], names, err));
    st = karvan_builder_finish(b, out, err), b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(order), karvan_i_free(rank);
    return st;
}
