#include "trade/levels.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/column.h"

enum { BLOCK = 2048, TABLE_LEAST = 1 << 20 };

/* ---- keys ---- */

static size_t slot_of(const karvan_i_keys *k, int64_t key) {
    uint64_t h = (uint64_t)key * 0x9E3779B97F4A7C15u;
    size_t i = (size_t)(h ^ h >> 32) & (k->slots - 1);
    while (k->value[i] >= 0 && k->key[i] != key) i = (i + 1) & (k->slots - 1);
    return i;
}

static karvan_status keys_grow(karvan_i_keys *k, karvan_error *err) {
    karvan_i_keys more = {.slots = k->slots ? 2 * k->slots : 64, .n = k->n};
    more.key = karvan_i_malloc(more.slots, sizeof *more.key);
    more.value = karvan_i_malloc(more.slots, sizeof *more.value);
    if (!more.key || !more.value) {
        karvan_i_keys_clear(&more);
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for levels");
    }
    memset(more.value, -1, more.slots * sizeof *more.value);
    for (size_t i = 0; i < k->slots; i++) {
        if (k->value[i] < 0) continue;
        size_t at = slot_of(&more, k->key[i]);
        more.key[at] = k->key[i], more.value[at] = k->value[i];
    }
    karvan_i_keys_clear(k);
    *k = more;
    return KARVAN_OK;
}

karvan_status karvan_i_keys_add(karvan_i_keys *k, int64_t key, int32_t *value, bool *fresh,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    if (2 * (size_t)k->n >= k->slots) KARVAN_TRY(keys_grow(k, err));
    size_t at = slot_of(k, key);
    *fresh = k->value[at] < 0;
    if (*fresh) {
        KARVAN_REQUIRE(k->n < INT32_MAX - 1, err, KARVAN_E_DATA, "more than 2^31 - 2 levels");
        k->key[at] = key, k->value[at] = k->n++;
    }
    *value = k->value[at];
done:
    return st;
}

int32_t karvan_i_keys_find(const karvan_i_keys *k, int64_t key) {
    return k->slots ? k->value[slot_of(k, key)] : -1;
}

void karvan_i_keys_clear(karvan_i_keys *k) {
    karvan_i_free(k->key), karvan_i_free(k->value);
    *k = (karvan_i_keys){0};
}

/* ---- cells ---- */

/* Bits of a double that rise with it; -0 is 0. */
static inline int64_t real_key(double v) {
    int64_t bits;
    v += 0.0;
    memcpy(&bits, &v, sizeof bits);
    return bits < 0 ? bits ^ INT64_MAX : bits;
}

static inline int64_t key_of(const karvan_i_column *c, int64_t row) {
    switch (c->type) {
    case KARVAN_INT:
        return c->v.i[row];
    case KARVAN_REAL:
        return real_key(c->v.r[row]);
    case KARVAN_BOOL:
        return c->v.b[row];
    case KARVAN_TEXT:
    case KARVAN_DATE:
        break;
    }
    return c->v.code[row];
}

int64_t karvan_i_cell_key(const karvan_table *t, int column, int64_t row) {
    return key_of(&t->column[column], row);
}

void karvan_i_cell_label(const karvan_table *t, int column, int64_t row, char *out, size_t cap) {
    const karvan_i_column *c = &t->column[column];
    char number[32];
    if (c->state && c->state[row] != KARVAN_VALUE)
        (void)snprintf(out, cap, "%s", karvan_cell_name((karvan_cell)c->state[row]));
    else if (c->type == KARVAN_INT)
        (void)snprintf(out, cap, "%lld", (long long)c->v.i[row]);
    else if (c->type == KARVAN_REAL)
        karvan_real_format(c->v.r[row], number, sizeof number),
            (void)snprintf(out, cap, "%s", number);
    else if (c->type == KARVAN_BOOL)
        (void)snprintf(out, cap, "%s", c->v.b[row] ? "true" : "false");
    else
        (void)snprintf(out, cap, "%s", karvan_table_text(t, column, row));
}

/* ---- the values of one column ---- */

typedef struct value {
    const char *s; /* text, NULL of numbers */
    int64_t key, row;
} value;

static int by_value(const void *a, const void *b) {
    const value *x = a, *y = b;
    if (x->s) return strcmp(x->s, y->s);
    return (x->key > y->key) - (x->key < y->key);
}

/* first[] holds a row of each value as they came; put into the order of values. */
static karvan_status in_order(karvan_i_ranks *r, karvan_error *err) {
    const karvan_i_column *c = &r->data->column[r->column];
    bool text = c->type == KARVAN_TEXT || c->type == KARVAN_DATE;
    value *v = karvan_i_malloc((size_t)r->n, sizeof *v);
    if (!v) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for levels");
    for (int32_t i = 0; i < r->n; i++) {
        int64_t row = r->first[i], key = key_of(c, row);
        v[i] = (value){text ? karvan_table_text(r->data, r->column, row) : NULL, key, row};
    }
    qsort(v, (size_t)r->n, sizeof *v, by_value);
    for (int32_t i = 0; i < r->n; i++) {
        r->first[i] = v[i].row;
        if (r->table)
            r->table[v[i].key - r->low] = i;
        else
            r->keys.value[slot_of(&r->keys, v[i].key)] = i;
    }
    karvan_i_free(v);
    return KARVAN_OK;
}

/* The range of a column's keys, where a table of it would be small. */
static bool range(const karvan_i_column *c, int64_t n, const int32_t *row, int64_t *low,
                  int64_t *size) {
    int64_t most = TABLE_LEAST > 4 * n ? TABLE_LEAST : 4 * n;
    *low = 0;
    if (c->type == KARVAN_REAL) return false;
    if (c->type != KARVAN_INT)
        return *size = c->type == KARVAN_BOOL ? 2 : c->dictionary.n, *size <= most;
    int64_t least = INT64_MAX, high = INT64_MIN;
    for (int64_t i = 0; i < n; i++) {
        int64_t v = c->v.i[row ? row[i] : i];
        least = v < least ? v : least, high = v > high ? v : high;
    }
    if (n == 0 || (uint64_t)high - (uint64_t)least >= (uint64_t)most) return n == 0;
    *low = least, *size = high - least + 1;
    return true;
}

static karvan_status no_value(const karvan_table *t, int column, int64_t row, karvan_error *err) {
    char what[200];
    (void)snprintf(what, sizeof what, "column '%.80s' holds no value (data row %lld)",
                   t->column[column].name, (long long)row + 1);
    return karvan_i_refuse(t, column, row, what, err);
}

/* Rows of new values into first, ranks as they came. */
static karvan_status collect(karvan_i_ranks *r, int64_t n, const int32_t *row, karvan_error *err) {
    const karvan_i_column *c = &r->data->column[r->column];
    karvan_status st = KARVAN_OK;
    int32_t cap = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t at = row ? row[i] : i, key = key_of(c, at);
        int32_t rank;
        bool fresh;
        if (r->table) {
            if (r->table[key - r->low] >= 0) continue;
            r->table[key - r->low] = r->n, fresh = true;
        } else {
            KARVAN_TRY(karvan_i_keys_add(&r->keys, key, &rank, &fresh, err));
        }
        if (!fresh) continue;
        if (r->n == cap) {
            cap = cap ? (cap < INT32_MAX / 2 ? 2 * cap : INT32_MAX) : 64;
            int64_t *first = karvan_i_realloc(r->first, (size_t)cap, sizeof *first);
            KARVAN_REQUIRE(first, err, KARVAN_E_NOMEM, "no memory for levels");
            r->first = first;
        }
        r->first[r->n++] = at;
    }
done:
    return st;
}

karvan_status karvan_i_ranks_create(const karvan_table *data, int column, int64_t n,
                                    const int32_t *row, karvan_i_ranks *out, karvan_error *err) {
    const karvan_i_column *c = &data->column[column];
    karvan_status st = KARVAN_OK;
    *out = (karvan_i_ranks){.data = data, .column = column};
    for (int64_t i = 0; c->state && i < n; i++)
        if (c->state[row ? row[i] : i] != KARVAN_VALUE)
            KARVAN_TRY(no_value(data, column, row ? row[i] : i, err));
    if (range(c, n, row, &out->low, &out->size)) {
        out->table = karvan_i_malloc((size_t)out->size, sizeof *out->table);
        KARVAN_REQUIRE(out->table, err, KARVAN_E_NOMEM, "no memory for levels");
        if (out->size > 0) memset(out->table, -1, (size_t)out->size * sizeof *out->table);
    }
    KARVAN_TRY(collect(out, n, row, err));
    KARVAN_TRY(in_order(out, err));
done:
    if (st != KARVAN_OK) karvan_i_ranks_clear(out);
    return st;
}

void karvan_i_ranks_clear(karvan_i_ranks *r) {
    karvan_i_free(r->first), karvan_i_free(r->table);
    karvan_i_keys_clear(&r->keys);
    *r = (karvan_i_ranks){0};
}

int32_t karvan_i_ranks_find(const karvan_i_ranks *r, int64_t key) {
    if (!r->table) return karvan_i_keys_find(&r->keys, key);
    if (key < r->low || (uint64_t)key - (uint64_t)r->low >= (uint64_t)r->size) return -1;
    return r->table[key - r->low];
}

int64_t karvan_i_real_key(double v) { return real_key(v); }

void karvan_i_ranks_of(const karvan_i_ranks *r, int64_t n, const int32_t *row, int32_t *out) {
    const karvan_i_column *c = &r->data->column[r->column];
    const int32_t *table = r->table;
    int64_t low = r->low;
    if (!table)
        for (int64_t i = 0; i < n; i++)
            out[i] = karvan_i_keys_find(&r->keys, key_of(c, row ? row[i] : i));
    else if (c->type == KARVAN_INT)
        for (int64_t i = 0; i < n; i++) out[i] = table[c->v.i[row ? row[i] : i] - low];
    else if (c->type == KARVAN_BOOL)
        for (int64_t i = 0; i < n; i++) out[i] = table[c->v.b[row ? row[i] : i]];
    else
        for (int64_t i = 0; i < n; i++) out[i] = table[c->v.code[row ? row[i] : i]];
}

/* ---- combinations ---- */

/* Levels come as numbers below `size`, with gaps: close them, order kept, and note a row of each.
 */
static karvan_status close_gaps(int64_t n, const int32_t *row, int64_t size, karvan_i_effect *e,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t *table = karvan_i_malloc((size_t)size, sizeof *table);
    KARVAN_REQUIRE(table, err, KARVAN_E_NOMEM, "no memory for levels");
    memset(table, -1, (size_t)size * sizeof *table);
    for (int64_t i = 0; i < n; i++) table[e->level[i]] = 0;
    e->n_levels = 0;
    for (int64_t k = 0; k < size; k++)
        if (table[k] == 0) table[k] = e->n_levels++;
    karvan_i_free(e->first_row);
    e->first_row = karvan_i_malloc((size_t)e->n_levels, sizeof *e->first_row);
    KARVAN_REQUIRE(e->first_row, err, KARVAN_E_NOMEM, "no memory for levels");
    for (int64_t i = n; i-- > 0;) { /* backwards, so that the first row stays */
        e->level[i] = table[e->level[i]];
        e->first_row[e->level[i]] = row ? row[i] : i;
    }
done:
    karvan_i_free(table);
    return st;
}

static int by_key(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The same of two parts whose product is too large for a table. */
static karvan_status combine_sparse(const karvan_i_ranks *r, int64_t n, const int32_t *row,
                                    karvan_i_effect *e, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_keys keys = {0};
    int32_t part[BLOCK], *order = NULL;
    int64_t *sorted = NULL;
    bool fresh;
    for (int64_t begin = 0; begin < n; begin += BLOCK) {
        int64_t m = n - begin < BLOCK ? n - begin : BLOCK;
        karvan_i_ranks_of(r, m, row + begin, part);
        for (int64_t i = 0; i < m; i++)
            KARVAN_TRY(karvan_i_keys_add(&keys, (int64_t)e->level[begin + i] * r->n + part[i],
                                         &e->level[begin + i], &fresh, err));
    }
    sorted = karvan_i_malloc(2 * (size_t)keys.n, sizeof *sorted);
    order = karvan_i_malloc((size_t)keys.n, sizeof *order);
    KARVAN_REQUIRE(sorted && order, err, KARVAN_E_NOMEM, "no memory for levels");
    for (size_t s = 0, k = 0; s < keys.slots; s++)
        if (keys.value[s] >= 0) sorted[2 * k] = keys.key[s], sorted[2 * k + 1] = keys.value[s], k++;
    qsort(sorted, (size_t)keys.n, 2 * sizeof *sorted, by_key);
    for (int32_t k = 0; k < keys.n; k++) order[sorted[2 * k + 1]] = k;
    for (int64_t i = 0; i < n; i++) e->level[i] = order[e->level[i]];
    e->n_levels = keys.n;
done:
    karvan_i_free(sorted), karvan_i_free(order);
    karvan_i_keys_clear(&keys);
    return st;
}

static void combine(const karvan_i_ranks *r, int64_t n, const int32_t *row, karvan_i_effect *e) {
    int32_t part[BLOCK];
    for (int64_t begin = 0; begin < n; begin += BLOCK) {
        int64_t m = n - begin < BLOCK ? n - begin : BLOCK;
        karvan_i_ranks_of(r, m, row + begin, part);
        for (int64_t i = 0; i < m; i++) e->level[begin + i] = e->level[begin + i] * r->n + part[i];
    }
}

karvan_status karvan_i_levels(const karvan_i_ranks *const *ranks, int64_t n, const int32_t *row,
                              karvan_i_effect *e, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t most = TABLE_LEAST > 4 * n ? TABLE_LEAST : 4 * n;
    e->level = karvan_i_malloc((size_t)n, sizeof *e->level);
    KARVAN_REQUIRE(e->level, err, KARVAN_E_NOMEM, "no memory for levels");
    karvan_i_ranks_of(ranks[0], n, row, e->level);
    int64_t size = ranks[0]->n;
    for (int c = 1; c < e->n_columns; c++) {
        int64_t product = size * ranks[c]->n;
        if (product <= most && product < INT32_MAX) {
            combine(ranks[c], n, row, e), size = product;
            continue;
        }
        KARVAN_TRY(close_gaps(n, row, size, e, err));
        product = (int64_t)e->n_levels * ranks[c]->n;
        if (product <= most && product < INT32_MAX)
            combine(ranks[c], n, row, e), size = product;
        else if ((st = combine_sparse(ranks[c], n, row, e, err)) == KARVAN_OK)
            size = e->n_levels;
        KARVAN_TRY(st);
    }
    KARVAN_TRY(close_gaps(n, row, size, e, err));
done:
    return st;
}

karvan_status karvan_i_levels_close(int64_t n, karvan_i_effect *e, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t *table = karvan_i_calloc((size_t)e->n_levels, sizeof *table);
    KARVAN_REQUIRE(table, err, KARVAN_E_NOMEM, "no memory for levels");
    for (int64_t i = 0; i < n; i++) table[e->level[i]] = 1;
    int32_t kept = 0;
    for (int32_t k = 0; k < e->n_levels; k++)
        if (table[k]) e->first_row[kept] = e->first_row[k], table[k] = kept++;
    for (int64_t i = 0; i < n && kept < e->n_levels; i++) e->level[i] = table[e->level[i]];
    e->n_levels = kept;
done:
    karvan_i_free(table);
    return st;
}
