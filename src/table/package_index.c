/* Rows by the text of a key, in a table of slots with open addressing. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/column.h"
#include "table/package.h"

/* Digits of a whole number: an index of many years is built of them. */
static size_t put_int(int64_t v, char *out, size_t cap) {
    char digits[24];
    size_t n = sizeof digits;
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do digits[--n] = (char)('0' + rest % 10), rest /= 10;
    while (rest > 0);
    if (v < 0) digits[--n] = '-';
    size_t length = sizeof digits - n;
    if (length < cap) memcpy(out, digits + n, length);
    return length;
}

/* Length of the text of a cell, written where it is below cap, with a NUL or without; cap where
 * there is none. */
static size_t part_text(const karvan_table *t, int c, int64_t row, char *out, size_t cap) {
    const karvan_i_column *k = &t->column[c];
    if (karvan_table_state(t, c, row) != KARVAN_VALUE) return cap;
    if (k->type == KARVAN_INT) return put_int(k->v.i[row], out, cap);
    const char *text;
    char number[40];
    if (k->type == KARVAN_REAL)
        karvan_real_format(k->v.r[row], number, sizeof number), text = number;
    else if (k->type == KARVAN_BOOL)
        text = k->v.b[row] ? "true" : "false";
    else
        text = k->dictionary.bytes + k->dictionary.at[k->v.code[row]];
    size_t n = strlen(text);
    if (n < cap) memcpy(out, text, n + 1);
    return n;
}

static const size_t NO_KEY = SIZE_MAX;

/* Length of the key's text, NO_KEY where a part is missing or the text is too long. */
static size_t key_text(const karvan_table *t, const karvan_i_key *key, int64_t row, char *out,
                       size_t cap) {
    size_t n = 0;
    for (int i = 0; i < key->n; i++) {
        if (i > 0) {
            if (n + 2 > cap) return NO_KEY;
            out[n++] = '|';
        }
        size_t part = part_text(t, key->column[i], row, out + n, cap - n);
        if (part >= cap - n) return NO_KEY;
        n += part;
    }
    out[n] = 0;
    return key->n > 0 ? n : NO_KEY;
}

bool karvan_i_key_text(const karvan_table *t, const karvan_i_key *key, int64_t row, char *out,
                       size_t cap) {
    return key_text(t, key, row, out, cap) != NO_KEY;
}

/* Slot that holds the row with this key, or the free one where it belongs. Keys are spelled again
 * only where their hashes agree. */
static size_t slot_of(const karvan_i_index *x, const char *key, size_t n, uint32_t *mark) {
    char other[KARVAN_I_KEY_MAX];
    uint64_t hash = karvan_i_hash(key, n);
    size_t i = (size_t)(hash >> 20) & (x->n_slots - 1);
    *mark = (uint32_t)(hash >> 32) ^ (uint32_t)hash;
    for (; x->slots[i].row; i = (i + 1) & (x->n_slots - 1))
        if (x->slots[i].mark == *mark &&
            key_text(x->table, &x->key, x->slots[i].row - 1, other, sizeof other) == n &&
            memcmp(other, key, n) == 0)
            break;
    return i;
}

karvan_status karvan_i_index_init(karvan_i_index *x, const karvan_table *t, const karvan_i_key *key,
                                  karvan_error *err) {
    char text[KARVAN_I_KEY_MAX];
    *x = (karvan_i_index){.table = t, .key = *key, .n_slots = 16};
    int64_t rows = karvan_table_rows(t);
    while (x->n_slots < 2 * (size_t)rows + 2) x->n_slots *= 2;
    x->slots = karvan_i_calloc(x->n_slots, sizeof *x->slots);
    if (!x->slots || rows >= INT32_MAX) {
        karvan_i_index_clear(x);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for the key of %lld rows",
                           (long long)rows);
    }
    for (int64_t row = 0; row < rows; row++) {
        uint32_t mark;
        size_t n = key_text(t, key, row, text, sizeof text);
        size_t slot = n != NO_KEY ? slot_of(x, text, n, &mark) : 0;
        if (n != NO_KEY && !x->slots[slot].row)
            x->slots[slot] = (karvan_i_slot){(int32_t)row + 1, mark};
        else
            x->faulty = true;
    }
    return KARVAN_OK;
}

void karvan_i_index_clear(karvan_i_index *x) {
    karvan_i_free(x->slots);
    *x = (karvan_i_index){0};
}

int64_t karvan_i_index_find(const karvan_i_index *x, const char *key) {
    uint32_t mark;
    return x->n_slots ? x->slots[slot_of(x, key, strlen(key), &mark)].row - 1 : -1;
}

int64_t karvan_i_index_first(const karvan_i_index *x, int64_t row) {
    char text[KARVAN_I_KEY_MAX];
    if (!karvan_i_key_text(x->table, &x->key, row, text, sizeof text)) return -1;
    return karvan_i_index_find(x, text);
}
