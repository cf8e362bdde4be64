/* What ways use of scarce things, and how much of each way is its own: found once for a way, and
 * again for the ways of a pair that gets another. */
#include <math.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/freight.h"

typedef struct sums { /* of one way, by scarce thing */
    double *amount;   /* [scarce] 0 but for those in `used` */
    int32_t *used;    /* [scarce] */
    bool *in;         /* [scarce] */
    int32_t n;
} sums;

static karvan_status sums_init(sums *s, int32_t scarce, karvan_error *err) {
    size_t n = (size_t)scarce + 1;
    *s = (sums){.amount = karvan_i_calloc(n, sizeof *s->amount)};
    s->used = karvan_i_calloc(n, sizeof *s->used), s->in = karvan_i_calloc(n, sizeof *s->in);
    if (s->amount && s->used && s->in) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for capacities");
}
static void sums_clear(sums *s) {
    karvan_i_free(s->amount), karvan_i_free(s->used), karvan_i_free(s->in);
}

static void sum_way(const karvan_freight *f, const karvan_i_way *way, sums *s) {
    const karvan_i_lane *lane = &f->lane[f->pair_lane[way->pair]];
    for (int32_t i = 0; i < s->n; i++) s->in[s->used[i]] = false, s->amount[s->used[i]] = 0;
    s->n = 0;
    for (int64_t i = way->first; i < way->first + way->n; i++) {
        int32_t a = f->ways.arc[i];
        for (int64_t u = lane->use_first[a]; u < lane->use_first[a + 1]; u++) {
            int32_t x = lane->use[u];
            if (!s->in[x]) s->in[x] = true, s->used[s->n++] = x;
            s->amount[x] += lane->amount[u];
        }
    }
}

static karvan_status make_room(karvan_i_freight_ways *w, int32_t n, karvan_error *err) {
    if (w->n_uses + n <= w->cap_uses) return KARVAN_OK;
    int64_t cap = 2 * (w->n_uses + n) + 256;
    int32_t *use = karvan_i_realloc(w->use, (size_t)cap, sizeof *use);
    if (use) w->use = use;
    double *amount = karvan_i_realloc(w->amount, (size_t)cap, sizeof *amount);
    if (amount) w->amount = amount;
    if (!use || !amount) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for routes");
    w->cap_uses = cap;
    return KARVAN_OK;
}

/* Balances that a way only passes through cancel out. */
static karvan_status find_uses(karvan_freight *f, karvan_i_way *way, sums *s, karvan_error *err) {
    karvan_i_freight_ways *w = &f->ways;
    sum_way(f, way, s);
    karvan_status st = make_room(w, s->n, err);
    if (st != KARVAN_OK) return st;
    way->first_use = w->n_uses;
    for (int32_t i = 0; i < s->n; i++) {
        int32_t x = s->used[i];
        if (s->amount[x] == 0) continue;
        w->use[w->n_uses] = x, w->amount[w->n_uses++] = s->amount[x];
    }
    way->n_uses = (int32_t)(w->n_uses - way->first_use);
    return KARVAN_OK;
}

/* ---- overlap ---- */

/* Lengths of links and stops: their cost to the first lane that has them. */
static void set_lengths(const karvan_freight *f, double *length) {
    for (int32_t l = f->n_lanes; l-- > 0;)
        for (int32_t a = 0; a < f->lane[l].n_arcs; a++)
            if (f->lane[l].item[a] >= 0 && f->lane[l].base[a] < INFINITY)
                length[f->lane[l].item[a]] = f->lane[l].base[a];
}

typedef struct overlaps { /* of the pairs that have new ways */
    int32_t n;
    int32_t *pair;         /* [n] */
    int64_t *first;        /* [n + 1] */
    int64_t *way_first;    /* [their ways + 1] */
    int32_t *item;         /* links and stops of their ways */
    double *length, *size; /* [items]; [their ways] */
} overlaps;

static void overlaps_clear(overlaps *o) {
    karvan_i_free(o->pair), karvan_i_free(o->first), karvan_i_free(o->way_first);
    karvan_i_free(o->item), karvan_i_free(o->length), karvan_i_free(o->size);
}

static karvan_status overlaps_init(overlaps *o, const karvan_freight *f, karvan_error *err) {
    size_t pairs = (size_t)f->n_pairs + 2, ways = (size_t)f->ways.n + 2;
    o->pair = karvan_i_malloc(pairs, sizeof *o->pair);
    o->first = karvan_i_malloc(pairs, sizeof *o->first);
    o->way_first = karvan_i_malloc(ways, sizeof *o->way_first);
    o->item = karvan_i_malloc((size_t)f->ways.n_arcs + 1, sizeof *o->item);
    o->length = karvan_i_calloc((size_t)karvan_i_item_count(f) + 1, sizeof *o->length);
    o->size = karvan_i_malloc(ways, sizeof *o->size);
    if (!o->pair || !o->first || !o->way_first || !o->item || !o->length || !o->size)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for overlaps");
    o->first[0] = o->way_first[0] = 0;
    set_lengths(f, o->length);
    return KARVAN_OK;
}

static void take_pair(overlaps *o, const karvan_freight *f, int32_t k) {
    const karvan_i_lane *lane = &f->lane[f->pair_lane[k]];
    int64_t n = o->first[o->n];
    for (int64_t w = f->first_way[k]; w < f->first_way[k + 1]; w++) {
        const karvan_i_way *way = &f->ways.way[w];
        int64_t at = o->way_first[n];
        for (int64_t i = way->first; i < way->first + way->n; i++)
            if (lane->item[f->ways.arc[i]] >= 0) o->item[at++] = lane->item[f->ways.arc[i]];
        o->way_first[++n] = at;
    }
    o->pair[o->n++] = k, o->first[o->n] = n;
}

/* The most that a pair can load of each thing, by its ways whose uses are known, counted to f->most
 * or taken off it. */
static void count_most(karvan_freight *f, int32_t k, double sign, sums *s) {
    const karvan_i_freight_ways *ways = &f->ways;
    for (int32_t i = 0; i < s->n; i++) s->in[s->used[i]] = false, s->amount[s->used[i]] = 0;
    s->n = 0;
    for (int64_t w = f->first_way[k]; w < f->first_way[k + 1]; w++) {
        int64_t first = ways->way[w].first_use;
        for (int64_t i = first; first >= 0 && i < first + ways->way[w].n_uses; i++) {
            int32_t x = ways->use[i];
            if (!s->in[x]) s->in[x] = true, s->used[s->n++] = x;
            if (ways->amount[i] > s->amount[x]) s->amount[x] = ways->amount[i];
        }
    }
    for (int32_t i = 0; i < s->n; i++)
        f->most[s->used[i]] += sign * f->demand[k] * s->amount[s->used[i]];
}

static bool has_new(const karvan_freight *f, int32_t k) {
    for (int64_t w = f->first_way[k]; w < f->first_way[k + 1]; w++)
        if (f->ways.way[w].first_use < 0) return true;
    return false;
}

/* Path sizes of the pairs that were taken. */
static karvan_status set_sizes(karvan_freight *f, overlaps *o, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_choice_sets sets = {.n_pairs = o->n, .first = o->first};
    KARVAN_TRY(karvan_choice_path_sizes(&sets, o->way_first, o->item, karvan_i_item_count(f),
                                        o->length, o->size, err));
    for (int32_t i = 0; i < o->n; i++)
        for (int64_t w = 0; w < o->first[i + 1] - o->first[i]; w++)
            f->ways.way[f->first_way[o->pair[i]] + w].log_size = o->size[o->first[i] + w];
done:
    return st;
}

karvan_status karvan_i_freight_measure(karvan_freight *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    sums s = {0};
    overlaps o = {0};
    KARVAN_TRY(sums_init(&s, f->scarce.n, err));
    KARVAN_TRY(overlaps_init(&o, f, err));
    for (int32_t k = 0; k < f->n_pairs; k++) {
        if (!has_new(f, k)) continue;
        count_most(f, k, -1, &s);
        for (int64_t w = f->first_way[k]; w < f->first_way[k + 1]; w++)
            if (f->ways.way[w].first_use < 0) KARVAN_TRY(find_uses(f, &f->ways.way[w], &s, err));
        count_most(f, k, 1, &s);
        take_pair(&o, f, k);
    }
    KARVAN_TRY(set_sizes(f, &o, err));
done:
    sums_clear(&s), overlaps_clear(&o);
    return st;
}

/* Does a pair have a way over an item whose length has changed? */
static bool passes(const karvan_freight *f, int32_t k, const bool *changed) {
    const karvan_i_lane *lane = &f->lane[f->pair_lane[k]];
    for (int64_t w = f->first_way[k]; w < f->first_way[k + 1]; w++) {
        const karvan_i_way *way = &f->ways.way[w];
        for (int64_t i = way->first; i < way->first + way->n; i++)
            if (lane->item[f->ways.arc[i]] >= 0 && changed[lane->item[f->ways.arc[i]]]) return true;
    }
    return false;
}

karvan_status karvan_i_freight_sizes(karvan_freight *f, const karvan_freight *start,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t items = (size_t)karvan_i_item_count(f) + 1;
    overlaps o = {0};
    double *before = karvan_i_calloc(items, sizeof *before);
    bool *changed = karvan_i_calloc(items, sizeof *changed);
    KARVAN_REQUIRE(before && changed, err, KARVAN_E_NOMEM, "no memory for overlaps");
    KARVAN_TRY(overlaps_init(&o, f, err));
    set_lengths(start, before);
    for (size_t i = 0; i < items; i++) changed[i] = before[i] != o.length[i];
    for (int32_t k = 0; k < f->n_pairs; k++)
        if (passes(f, k, changed)) take_pair(&o, f, k);
    KARVAN_TRY(set_sizes(f, &o, err));
done:
    karvan_i_free(before), karvan_i_free(changed);
    overlaps_clear(&o);
    return st;
}
