/* Sums by key while a file streams by: open addressing over an array in order of appearance. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/intake.h"

static inline uint64_t mix(uint64_t key, uint32_t product) {
    uint64_t h =
        (key ^ (uint64_t)product * UINT64_C(0x9E3779B97F4A7C15)) * UINT64_C(0xFF51AFD7ED558CCD);
    return h ^ h >> 32;
}

void karvan_i_flow_groups_clear(karvan_i_flow_groups *g) {
    karvan_i_free(g->group), karvan_i_free(g->slot);
    *g = (karvan_i_flow_groups){0};
}

static void place(karvan_i_flow_groups *g, uint32_t i) {
    uint64_t at = mix(g->group[i].key, g->group[i].product) & (g->n_slots - 1);
    while (g->slot[at]) at = (at + 1) & (g->n_slots - 1);
    g->slot[at] = i + 1;
}

static karvan_status widen(karvan_i_flow_groups *g, karvan_error *err) {
    uint64_t n_slots = g->n_slots ? 2 * g->n_slots : 1024;
    uint32_t *slot = karvan_i_calloc(n_slots, sizeof *slot);
    if (!slot) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %u groups", g->n);
    karvan_i_free(g->slot);
    g->slot = slot, g->n_slots = n_slots;
    for (uint32_t i = 0; i < g->n; i++) place(g, i);
    return KARVAN_OK;
}

static karvan_status grow(karvan_i_flow_groups *g, karvan_error *err) {
    if (g->cap > UINT32_MAX / 2)
        return karvan_fail(err, KARVAN_E_DATA, "more groups than 2^31: ask for fewer with `by`");
    uint32_t cap = g->cap ? 2 * g->cap : 256;
    karvan_i_flow_group *more = karvan_i_realloc(g->group, cap, sizeof *more);
    if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %u groups", cap);
    g->group = more, g->cap = cap;
    return KARVAN_OK;
}

karvan_status karvan_i_flow_groups_at(karvan_i_flow_groups *g, uint64_t key, uint32_t product,
                                      karvan_i_flow_group **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (2 * (uint64_t)g->n >= g->n_slots) KARVAN_TRY(widen(g, err));
    uint64_t at = mix(key, product) & (g->n_slots - 1);
    for (; g->slot[at]; at = (at + 1) & (g->n_slots - 1)) {
        karvan_i_flow_group *have = &g->group[g->slot[at] - 1];
        if (have->key == key && have->product == product) {
            *out = have;
            return KARVAN_OK;
        }
    }
    if (g->n == g->cap) KARVAN_TRY(grow(g, err));
    g->group[g->n] = (karvan_i_flow_group){.key = key, .product = product};
    g->slot[at] = ++g->n;
    *out = &g->group[g->n - 1];
done:
    return st;
}

karvan_status karvan_i_flow_groups_merge(karvan_i_flow_groups *into,
                                         const karvan_i_flow_groups *from, bool *order,
                                         karvan_error *err) {
    for (uint32_t i = 0; i < from->n; i++) {
        const karvan_i_flow_group *b = &from->group[i];
        karvan_i_flow_group *a;
        karvan_status st = karvan_i_flow_groups_at(into, b->key, b->product, &a, err);
        if (st != KARVAN_OK) return st;
        if (a->rows == 0) {
            *a = *b;
            continue;
        }
        if (b->first <= a->last) *order = false;
        if (!karvan_i_amount_add(&a->value, b->value) ||
            !karvan_i_amount_add(&a->quantity, b->quantity))
            return karvan_fail(err, KARVAN_E_DATA, "a sum is too large");
        if (a->unit && b->unit && a->unit != b->unit) a->flags |= KARVAN_I_FLOW_UNITS;
        if (!a->unit) a->unit = b->unit;
        a->last = b->last, a->rows += b->rows;
        a->flags |= b->flags, a->months |= b->months;
    }
    return KARVAN_OK;
}

/* ---- numbers that were seen ---- */

static uint64_t slot_of(const karvan_i_number_set *s, uint64_t v) {
    uint64_t at = mix(v, 0) & (s->n_slots - 1);
    while (s->slot[at] && s->slot[at] != v) at = (at + 1) & (s->n_slots - 1);
    return at;
}

karvan_status karvan_i_number_set_add(karvan_i_number_set *s, uint64_t v, bool *was_there,
                                      karvan_error *err) {
    if (2 * s->n >= s->n_slots) {
        karvan_i_number_set more = {.n = s->n, .n_slots = s->n_slots ? 2 * s->n_slots : 1024};
        more.slot = karvan_i_calloc(more.n_slots, sizeof *more.slot);
        if (!more.slot)
            return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the keys of %llu rows",
                               (unsigned long long)s->n);
        for (uint64_t i = 0; i < s->n_slots; i++)
            if (s->slot[i]) more.slot[slot_of(&more, s->slot[i])] = s->slot[i];
        karvan_i_free(s->slot);
        *s = more;
    }
    uint64_t at = slot_of(s, v);
    *was_there = s->slot[at] == v;
    s->n += !*was_there;
    s->slot[at] = v;
    return KARVAN_OK;
}
