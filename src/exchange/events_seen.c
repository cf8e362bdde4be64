/* Which events were there before. Numbers below a bound are kept exactly, in pages that are made
 * when the first of their ids comes: a bit an id; where an id is that of a day, as ICEWS has it,
 * the day. All else is kept as hashes of 64 bits in two generations: when the young one is full,
 * the old one is forgotten. Beside each id stands a hash of 16 bits of what its row says; for ids
 * in pages only while the pages leave room. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/events.h"

enum {
    PAGE = 8192,
    PAGES = 65536,
    CONTENTS = PAGE / 2,
    CONTENT_PAGES = PAGES * (PAGE * 8 / CONTENTS),
    MOST_PAGES = 20000, /* 156 MiB, of ids and contents */
    FIRST_SLOTS = 4096,
    MOST_SLOTS = 1 << 22 /* 32 MiB a generation */
};

void karvan_i_event_seen_clear(karvan_i_event_seen *s) {
    for (int p = 0; s->page && p < PAGES; p++) karvan_i_free(s->page[p]);
    for (int p = 0; s->content && p < CONTENT_PAGES; p++) karvan_i_free(s->content[p]);
    karvan_i_free(s->page), karvan_i_free(s->content);
    karvan_i_free(s->young_content), karvan_i_free(s->old_content);
    karvan_i_free(s->young), karvan_i_free(s->old);
    *s = (karvan_i_event_seen){0};
}

/* ---- hashes ---- */

static bool holds(const uint64_t *slot, uint64_t n_slots, uint64_t h, uint64_t *at) {
    uint64_t i = h & (n_slots - 1);
    while (slot[i] && slot[i] != h) i = (i + 1) & (n_slots - 1);
    *at = i;
    return slot[i] == h;
}

static karvan_status no_memory(karvan_error *err) {
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for ids of events");
}

/* The young generation anew, with so many slots; what it held is kept. */
static karvan_status enlarge(karvan_i_event_seen *s, uint64_t n_slots, karvan_error *err) {
    uint64_t *to = karvan_i_calloc((size_t)n_slots, sizeof *to), at;
    uint16_t *content = karvan_i_calloc((size_t)n_slots, sizeof *content);
    if (!to || !content) {
        karvan_i_free(to), karvan_i_free(content);
        return no_memory(err);
    }
    for (uint64_t i = 0; s->young && i < s->n_slots; i++)
        if (s->young[i] && !holds(to, n_slots, s->young[i], &at))
            to[at] = s->young[i], content[at] = s->young_content[i];
    karvan_i_free(s->young), karvan_i_free(s->young_content);
    s->young = to, s->young_content = content, s->n_slots = n_slots;
    return KARVAN_OK;
}

/* Room for one more in the young generation. */
static karvan_status make_room(karvan_i_event_seen *s, karvan_error *err) {
    if (!s->young) return enlarge(s, FIRST_SLOTS, err);
    if (s->n_young < s->n_slots / 4 * 3) return KARVAN_OK;
    if (s->n_slots < MOST_SLOTS) return enlarge(s, s->n_slots * 2, err);
    if (!s->old) s->old = karvan_i_calloc(MOST_SLOTS, sizeof *s->old);
    if (!s->old_content) s->old_content = karvan_i_calloc(MOST_SLOTS, sizeof *s->old_content);
    if (!s->old || !s->old_content) return no_memory(err);
    uint64_t *reused = s->old;
    uint16_t *contents = s->old_content;
    s->forgotten += (int64_t)s->n_old;
    s->old = s->young, s->old_content = s->young_content, s->n_old = s->n_young;
    s->young = memset(reused, 0, MOST_SLOTS * sizeof *reused), s->n_young = 0;
    s->young_content = contents;
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

/* had 0: it is not known. */
static karvan_i_event_before compared(uint16_t had, uint16_t content) {
    return had == 0         ? KARVAN_I_EVENT_SAID
           : had == content ? KARVAN_I_EVENT_SAME
                            : KARVAN_I_EVENT_OTHER;
}

static karvan_status add_hash(karvan_i_event_seen *s, uint64_t h, uint16_t content,
                              karvan_i_event_before *before, karvan_error *err) {
    uint64_t at, was;
    karvan_status st = make_room(s, err);
    if (st != KARVAN_OK) return st;
    if (holds(s->young, s->n_slots, h, &at)) {
        *before = compared(s->young_content[at], content);
        return KARVAN_OK;
    }
    s->young[at] = h, s->young_content[at] = content, s->n_young++;
    if (s->old && holds(s->old, MOST_SLOTS, h, &was)) {
        *before = compared(s->old_content[was], content);
        s->young_content[at] = s->old_content[was]; /* the first row stays the measure */
    }
    return KARVAN_OK;
}

/* ---- pages ---- */

/* The oldest contents give way: their ids remain. */
static void give_up_contents(karvan_i_event_seen *s) {
    while (s->given_up < CONTENT_PAGES && !s->content[s->given_up]) s->given_up++;
    if (s->given_up == CONTENT_PAGES) return;
    karvan_i_free(s->content[s->given_up]);
    s->content[s->given_up++] = NULL, s->contents--;
}

/* The page of an id; *page NULL: it has none and cannot have one. */
static karvan_status page_of(karvan_i_event_seen *s, uint64_t number, void **page,
                             karvan_error *err) {
    *page = NULL;
    if (!s->page) s->page = karvan_i_calloc(PAGES, sizeof *s->page);
    if (!s->page) return no_memory(err);
    if (number >= PAGES) return KARVAN_OK;
    *page = s->page[number];
    if (*page || s->pages >= MOST_PAGES) return KARVAN_OK;
    if (s->pages + s->contents >= MOST_PAGES) give_up_contents(s);
    *page = s->page[number] = karvan_i_calloc(PAGE, 1);
    if (!*page) return no_memory(err);
    s->pages++;
    return KARVAN_OK;
}

/* Where the content of an id in a page is kept; *at NULL: there is no room for it. */
static karvan_status content_at(karvan_i_event_seen *s, uint64_t id, uint16_t **at,
                                karvan_error *err) {
    uint64_t number = id / CONTENTS;
    *at = NULL;
    if (!s->content) s->content = karvan_i_calloc(CONTENT_PAGES, sizeof *s->content);
    if (!s->content) return no_memory(err);
    if (!s->content[number]) {
        if (number < s->given_up || s->pages + s->contents >= MOST_PAGES) return KARVAN_OK;
        s->content[number] = karvan_i_calloc(CONTENTS, sizeof **s->content);
        if (!s->content[number]) return no_memory(err);
        s->contents++;
    }
    *at = s->content[number] + id % CONTENTS;
    return KARVAN_OK;
}

/* Marks an id in its page; *other: the page has the id of another day. */
static bool mark(bool dated, void *page, uint64_t id, uint16_t day, bool *other) {
    enum { BITS = PAGE * 8, DAYS = PAGE / 2 };
    *other = false;
    if (dated) {
        uint16_t *had = (uint16_t *)page + id % DAYS;
        bool was = *had == day;
        *other = *had != 0 && !was;
        if (!*other) *had = day;
        return was;
    }
    uint8_t *byte = (uint8_t *)page + id % BITS / 8, bit = (uint8_t)(1 << id % 8);
    bool was = *byte & bit;
    *byte |= bit;
    return was;
}

karvan_status karvan_i_event_seen_add(karvan_i_event_seen *s, uint64_t id, bool numbered,
                                      uint16_t day, uint16_t content, karvan_i_event_before *before,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    void *page = NULL;
    uint16_t *kept;
    bool other = true, was = false;
    *before = KARVAN_I_EVENT_NEW;
    if (numbered) KARVAN_TRY(page_of(s, id / (s->dated ? PAGE / 2 : PAGE * 8), &page, err));
    if (page) was = mark(s->dated, page, id, day, &other);
    if (other) return add_hash(s, mixed(id, s->dated ? day : 0), content, before, err);
    KARVAN_TRY(content_at(s, id, &kept, err));
    if (was)
        *before = compared(kept ? *kept : 0, content);
    else if (kept)
        *kept = content;
done:
    return st;
}
