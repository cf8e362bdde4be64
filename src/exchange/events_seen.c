/* Which events were there before. Numbers below a bound are kept exactly, in pages that are made
 * when the first of their ids comes: a bit an id; where an id is that of a day, as ICEWS has it,
 * the day. All else is kept as hashes of 64 bits in two generations: when the young one is full,
 * the old one is forgotten. */
#include <string.h>

#include "base/alloc.h"
#include "exchange/events.h"

enum {
    PAGE = 8192,
    PAGES = 65536,
    MOST_PAGES = 20000, /* 156 MiB */
    FIRST_SLOTS = 4096,
    MOST_SLOTS = 1 << 22 /* 32 MiB a generation */
};

void karvan_i_event_seen_clear(karvan_i_event_seen *s) {
    for (int p = 0; s->page && p < PAGES; p++) karvan_i_free(s->page[p]);
    karvan_i_free(s->page), karvan_i_free(s->young), karvan_i_free(s->old);
    *s = (karvan_i_event_seen){0};
}

/* ---- hashes ---- */

static bool holds(const uint64_t *slot, uint64_t n_slots, uint64_t h, uint64_t *at) {
    uint64_t i = h & (n_slots - 1);
    while (slot[i] && slot[i] != h) i = (i + 1) & (n_slots - 1);
    *at = i;
    return slot[i] == h;
}

static uint64_t *enlarged(const uint64_t *from, uint64_t n_slots) {
    uint64_t *to = karvan_i_calloc((size_t)n_slots * 2, sizeof *to), at;
    for (uint64_t i = 0; to && i < n_slots; i++)
        if (from[i] && !holds(to, n_slots * 2, from[i], &at)) to[at] = from[i];
    return to;
}

/* Room for one more in the young generation. */
static karvan_status make_room(karvan_i_event_seen *s, karvan_error *err) {
    if (!s->young) {
        s->young = karvan_i_calloc(FIRST_SLOTS, sizeof *s->young);
        s->n_slots = FIRST_SLOTS;
        if (!s->young) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for ids of events");
    }
    if (s->n_young < s->n_slots / 4 * 3) return KARVAN_OK;
    if (s->n_slots < MOST_SLOTS) {
        uint64_t *more = enlarged(s->young, s->n_slots);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for ids of events");
        karvan_i_free(s->young);
        s->young = more, s->n_slots *= 2;
        return KARVAN_OK;
    }
    if (!s->old) {
        s->old = karvan_i_calloc(MOST_SLOTS, sizeof *s->old);
        if (!s->old) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for ids of events");
    }
    uint64_t *reused = s->old;
    s->forgotten += (int64_t)s->n_old;
    s->old = s->young, s->n_old = s->n_young;
    s->young = memset(reused, 0, MOST_SLOTS * sizeof *reused), s->n_young = 0;
    return KARVAN_OK;
}

/* By splitmix64's last step; never 0. */
static uint64_t mixed(uint64_t id, uint16_t day) {
    uint64_t h = id + (uint64_t)day * UINT64_C(0x9E3779B97F4A7C15);
    h = (h ^ h >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    h = (h ^ h >> 27) * UINT64_C(0x94D049BB133111EB);
    h ^= h >> 31;
    return h ? h : 1;
}

static karvan_status add_hash(karvan_i_event_seen *s, uint64_t h, bool *before, karvan_error *err) {
    uint64_t at;
    karvan_status st = make_room(s, err);
    if (st != KARVAN_OK) return st;
    *before = holds(s->young, s->n_slots, h, &at);
    if (*before) return KARVAN_OK;
    s->young[at] = h, s->n_young++;
    *before = s->old && holds(s->old, MOST_SLOTS, h, &at);
    return KARVAN_OK;
}

/* ---- pages ---- */

/* The page of an id; NULL: it has none and cannot have one. */
static void *page_of(karvan_i_event_seen *s, uint64_t number) {
    if (number >= PAGES) return NULL;
    if (s->page[number] || s->pages >= MOST_PAGES) return s->page[number];
    s->page[number] = karvan_i_calloc(PAGE, 1);
    s->pages += s->page[number] != NULL;
    return s->page[number];
}

karvan_status karvan_i_event_seen_add(karvan_i_event_seen *s, uint64_t id, bool numbered,
                                      uint16_t day, bool *before, karvan_error *err) {
    enum { BITS = PAGE * 8, DAYS = PAGE / 2 };
    *before = false;
    if (!numbered) return add_hash(s, mixed(id, s->dated ? day : 0), before, err);
    if (!s->page) {
        s->page = karvan_i_calloc(PAGES, sizeof *s->page);
        if (!s->page) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for ids of events");
    }
    uint64_t number = id / (s->dated ? DAYS : BITS);
    void *page = page_of(s, number);
    if (!page && number < PAGES && s->pages < MOST_PAGES)
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for ids of events");
    if (!page) return add_hash(s, mixed(id, s->dated ? day : 0), before, err);
    if (s->dated) {
        uint16_t *had = (uint16_t *)page + id % DAYS;
        if (*had != 0 && *had != day) return add_hash(s, mixed(id, day), before, err);
        *before = *had == day, *had = day;
        return KARVAN_OK;
    }
    uint8_t *byte = (uint8_t *)page + id % BITS / 8, bit = (uint8_t)(1 << id % 8);
    *before = *byte & bit;
    *byte |= bit;
    return KARVAN_OK;
}
