/* Rows by the text of a key, in a table of slots with open addressing. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/column.h"
#include "table/package.h"

static bool part_text(const karvan_table *t, int c, int64_t row, char *out, size_t cap) {
    if (karvan_table_state(t, c, row) != KARVAN_VALUE) return false;
    switch (t->column[c].type) {
    case KARVAN_INT:
        return snprintf(out, cap, "%lld", (long long)karvan_table_int(t, c, row)) < (int)cap;
    case KARVAN_REAL:
        karvan_real_format(karvan_table_real(t, c, row), out, cap);
        return true;
    case KARVAN_BOOL:
        return snprintf(out, cap, "%s", karvan_table_bool(t, c, row) ? "true" : "false") < (int)cap;
    case KARVAN_TEXT:
    case KARVAN_DATE:
        break;
    }
    const char *text = karvan_table_text(t, c, row);
    size_t n = strlen(text);
    if (n < cap) memcpy(out, text, n + 1);
    return n < cap;
}

bool karvan_i_key_text(const karvan_table *t, const karvan_i_key *key, int64_t row, char *out,
                       size_t cap) {
    size_t n = 0;
    for (int i = 0; i < key->n; i++) {
        if (i > 0) {
            if (n + 2 > cap) return false;
            out[n++] = '|';
        }
        if (!part_text(t, key->column[i], row, out + n, cap - n)) return false;
        n += strlen(out + n);
    }
    return key->n > 0;
}

/* Slot that holds the row with this key, or the free one where it belongs. */
static size_t slot_of(const karvan_i_index *x, const char *key) {
    char other[KARVAN_I_KEY_MAX];
    size_t i = (size_t)(karvan_i_hash(key, strlen(key)) >> 20) & (x->n_slots - 1);
    for (; x->slots[i]; i = (i + 1) & (x->n_slots - 1))
        if (karvan_i_key_text(x->table, &x->key, x->slots[i] - 1, other, sizeof other) &&
            strcmp(other, key) == 0)
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
        if (!karvan_i_key_text(t, key, row, text, sizeof text)) continue;
        size_t slot = slot_of(x, text);
        if (!x->slots[slot]) x->slots[slot] = (int32_t)row + 1;
    }
    return KARVAN_OK;
}

void karvan_i_index_clear(karvan_i_index *x) {
    karvan_i_free(x->slots);
    *x = (karvan_i_index){0};
}

int64_t karvan_i_index_find(const karvan_i_index *x, const char *key) {
    return x->n_slots ? x->slots[slot_of(x, key)] - 1 : -1;
}

int64_t karvan_i_index_first(const karvan_i_index *x, int64_t row) {
    char text[KARVAN_I_KEY_MAX];
    if (!karvan_i_key_text(x->table, &x->key, row, text, sizeof text)) return -1;
    return karvan_i_index_find(x, text);
}
