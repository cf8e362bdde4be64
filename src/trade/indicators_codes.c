/* Products of flows: their codes, the level asked for, their chapters. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/column.h"
#include "trade/indicators.h"

typedef struct word {
    const char *text;
    int32_t code; /* in the dictionary */
} word;

static int by_text(const void *a, const void *b) {
    return strcmp(((const word *)a)->text, ((const word *)b)->text);
}

static int32_t dictionary_size(const karvan_table *t, int column) {
    return column < 0 ? 0 : karvan_table_dictionary_size(t, column);
}

static bool has_levels(const char *classification) {
    return strncmp(classification, "HS", 2) == 0 || strncmp(classification, "SITC", 4) == 0;
}

/* Are codes of several lengths of the used ones levels of one classification? */
static karvan_status one_level(const karvan_i_flow_rows *in, const word *words, int32_t n,
                               const int64_t *row, karvan_error *err) {
    int32_t levels = 0;
    for (int32_t i = 0; in->classification >= 0 && i < dictionary_size(in->t, in->classification);
         i++)
        levels += has_levels(karvan_table_dictionary_text(in->t, in->classification, i));
    for (int32_t i = 1; i < n && levels > 0; i++) {
        size_t a = strlen(words[0].text), b = strlen(words[i].text);
        if (a == b) continue;
        char text[160];
        (void)snprintf(text, sizeof text,
                       "products of %zu signs and of %zu, which would count twice: choose a level "
                       "(digits)",
                       a, b);
        return karvan_i_refuse(in->t, in->product, row[words[i].code], text, err);
    }
    return KARVAN_OK;
}

/* Codes of the level asked for stay; where there is none, longer ones are cut to it. */
static int32_t keep_level(const karvan_i_flow_rows *in, word *words, int32_t n) {
    size_t digits = (size_t)in->o->digits;
    bool exact = false;
    int32_t kept = 0;
    for (int32_t i = 0; i < n; i++) exact = exact || strlen(words[i].text) == digits;
    for (int32_t i = 0; i < n; i++) {
        size_t m = strlen(words[i].text);
        if (exact ? m == digits : m > digits) words[kept++] = words[i];
    }
    return kept;
}

static karvan_status add_product(karvan_trade_cube *c, const char *text, size_t digits,
                                 karvan_error *err) {
    size_t n = strlen(text);
    if (digits > 0 && n > digits)
        for (n = digits; ((unsigned char)text[n] & 0xC0) == 0x80; n++) {} /* no half characters */
    const char *last = c->n_products > 0 ? c->product[c->n_products - 1] : NULL;
    if (last && strlen(last) == n && memcmp(last, text, n) == 0) return KARVAN_OK;
    c->product[c->n_products] = karvan_i_strndup(text, n);
    if (!c->product[c->n_products])
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for products");
    bool begins = !last || strncmp(last, c->product[c->n_products], 2) != 0;
    c->chapter[c->n_products] = begins ? c->n_chapters++ : c->n_chapters - 1;
    c->n_products++;
    return KARVAN_OK;
}

karvan_status karvan_i_read_codes(karvan_trade_cube *c, karvan_i_flow_rows *in, karvan_i_voice side,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t size = dictionary_size(in->t, in->product), n = 0;
    word *words = karvan_i_calloc((size_t)size, sizeof *words);
    int64_t *row = karvan_i_calloc((size_t)size, sizeof *row); /* the first, from 1; 0: none */
    in->product_of_rank = karvan_i_calloc((size_t)size, sizeof *in->product_of_rank);
    c->product = karvan_i_calloc((size_t)size, sizeof *c->product);
    c->chapter = karvan_i_calloc((size_t)size, sizeof *c->chapter);
    KARVAN_REQUIRE(words && row && in->product_of_rank && c->product && c->chapter, err,
                   KARVAN_E_NOMEM, "no memory for products");
    for (int64_t r = 0; in->product >= 0 && r < in->t->n_rows; r++) { /* rank 0: all pass */
        int32_t code = in->t->column[in->product].v.code[r];
        if (code < 0 || row[code] > 0) continue; /* each code is judged once where it stays */
        if (karvan_i_row_fate(in, r, side) == KARVAN_I_FATE_KEPT) row[code] = r + 1;
    }
    for (int32_t i = 0; i < size; i++) {
        in->rank[i] = -1;
        if (row[i] == 0) continue;
        row[i]--;
        if (i == in->total)
            c->has_totals = true;
        else
            words[n++] = (word){karvan_table_dictionary_text(in->t, in->product, i), i};
    }
    qsort(words, (size_t)n, sizeof *words, by_text);
    if (in->o->digits == 0) KARVAN_TRY(one_level(in, words, n, row, err));
    if (in->o->digits > 0) n = keep_level(in, words, n);
    for (int32_t i = 0; i < n; i++) {
        KARVAN_TRY(add_product(c, words[i].text, (size_t)in->o->digits, err));
        in->rank[words[i].code] = i, in->product_of_rank[i] = c->n_products - 1;
    }
    if (in->product < 0) c->has_totals = true; /* every row is one */
done:
    karvan_i_free(words), karvan_i_free(row);
    return st;
}
