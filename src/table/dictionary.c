#include <string.h>

#include "base/alloc.h"
#include "table/column.h"

/* Eight bytes a step, multiply and fold. Only the order of slots depends on it, never a result. */
uint64_t karvan_i_hash(const char *s, size_t n) {
    const uint64_t m = 0x9E3779B97F4A7C15u;
    uint64_t h = n * m, w;
    for (; n >= 8; s += 8, n -= 8) {
        memcpy(&w, s, 8);
        h = (h ^ w) * m, h ^= h >> 29;
    }
    w = 0;
    memcpy(&w, s, n);
    h = (h ^ w) * m, h ^= h >> 32;
    return h * m;
}

static bool is(const karvan_i_dictionary *d, int32_t code, const char *s, size_t n) {
    const char *have = d->bytes + d->at[code];
    return memcmp(have, s, n) == 0 && have[n] == 0;
}

/* Slot that holds the string, or the free one where it belongs. A string is never longer than what
 * is left of `bytes`, so comparing n bytes stays inside. */
static size_t slot_of(const karvan_i_dictionary *d, const char *s, size_t n) {
    size_t i = (size_t)(karvan_i_hash(s, n) >> 20) & (d->n_slots - 1);
    while (d->slots[i]) {
        int32_t code = d->slots[i] - 1;
        if (d->n_bytes - d->at[code] > n && is(d, code, s, n)) break;
        i = (i + 1) & (d->n_slots - 1);
    }
    return i;
}

int32_t karvan_i_dictionary_find(const karvan_i_dictionary *d, const char *s, size_t n) {
    return d->n_slots ? d->slots[slot_of(d, s, n)] - 1 : -1;
}

static bool grow_slots(karvan_i_dictionary *d) {
    size_t n_slots = d->n_slots ? 2 * d->n_slots : 16;
    int32_t *slots = karvan_i_calloc(n_slots, sizeof *slots);
    if (!slots) return false;
    karvan_i_free(d->slots);
    d->slots = slots, d->n_slots = n_slots;
    for (int32_t c = 0; c < d->n; c++) {
        const char *s = d->bytes + d->at[c];
        d->slots[slot_of(d, s, strlen(s))] = c + 1;
    }
    return true;
}

static bool room(karvan_i_dictionary *d, size_t n) {
    if (d->n == d->cap) {
        int32_t cap = d->cap ? 2 * d->cap : 8;
        size_t *at = karvan_i_realloc(d->at, (size_t)cap, sizeof *at);
        if (!at) return false;
        d->at = at, d->cap = cap;
    }
    if (d->cap_bytes - d->n_bytes <= n) {
        size_t cap = d->cap_bytes ? d->cap_bytes : 64;
        while (cap - d->n_bytes <= n) cap *= 2;
        char *bytes = karvan_i_realloc(d->bytes, cap, 1);
        if (!bytes) return false;
        d->bytes = bytes, d->cap_bytes = cap;
    }
    return 2 * ((size_t)d->n + 1) <= d->n_slots || grow_slots(d);
}

karvan_status karvan_i_dictionary_add(karvan_i_dictionary *d, const char *s, size_t n,
                                      int32_t *code, karvan_error *err) {
    if (d->n > 0 && d->n_bytes - d->at[d->last] > n && is(d, d->last, s, n))
        return *code = d->last, KARVAN_OK;
    int32_t found = karvan_i_dictionary_find(d, s, n);
    if (found >= 0) return *code = d->last = found, KARVAN_OK;
    if (d->n == INT32_MAX - 1 || !room(d, n))
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for another string");
    d->at[d->n] = d->n_bytes;
    memcpy(d->bytes + d->n_bytes, s, n), d->bytes[d->n_bytes + n] = 0;
    size_t slot = slot_of(d, s, n);
    d->n_bytes += n + 1;
    d->slots[slot] = d->n + 1;
    *code = d->last = d->n++;
    return KARVAN_OK;
}

void karvan_i_dictionary_clear(karvan_i_dictionary *d) {
    karvan_i_free(d->bytes), karvan_i_free(d->at), karvan_i_free(d->slots);
    *d = (karvan_i_dictionary){0};
}
