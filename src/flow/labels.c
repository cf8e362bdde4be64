#include "flow/labels.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

karvan_status karvan_i_labels_init(karvan_i_labels *l, karvan_error *err) {
    static const karvan_column column = {.name = "name", .type = KARVAN_TEXT};
    memset(l, 0, sizeof *l);
    return karvan_builder_create("names", 1, &column, &l->builder, err);
}

karvan_status karvan_i_labels_add(karvan_i_labels *l, const char *name, karvan_error *err) {
    karvan_status st = karvan_builder_row(l->builder, err);
    return st == KARVAN_OK ? karvan_builder_text(l->builder, 0, name, err) : st;
}

/* A whole number as it is usually written: no sign, no zeros before it. */
static bool is_whole(const char *s) {
    size_t n = strspn(s, "0123456789");
    return n > 0 && s[n] == 0 && (s[0] != '0' || n == 1);
}

typedef struct numbered {
    const char *text;
    int32_t code;
} numbered;

/* Of two whole numbers the longer text is the greater number. */
static int by_number(const void *a, const void *b) {
    const numbered *x = a, *y = b;
    size_t p = strlen(x->text), q = strlen(y->text);
    return p != q ? (p > q) - (p < q) : strcmp(x->text, y->text);
}

/* Codes are given in the order of first appearance. */
static karvan_status arrange(karvan_i_labels *l, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    numbered *all = karvan_i_malloc((size_t)l->n + 1, sizeof *all);
    bool whole = true;
    KARVAN_REQUIRE(all, err, KARVAN_E_NOMEM, "no memory for %d names", (int)l->n);
    for (int32_t i = 0; i < l->n; i++) {
        all[i] = (numbered){karvan_table_dictionary_text(l->table, 0, i), i};
        whole = whole && is_whole(all[i].text);
    }
    if (whole) qsort(all, (size_t)l->n, sizeof *all, by_number);
    for (int32_t i = 0; i < l->n; i++) l->place[all[i].code] = i;
done:
    karvan_i_free(all);
    return st;
}

karvan_status karvan_i_labels_freeze(karvan_i_labels *l, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *take = l->builder;
    l->builder = NULL;
    KARVAN_TRY(karvan_builder_finish(take, &l->table, err));
    l->n = karvan_table_dictionary_size(l->table, 0);
    l->place = karvan_i_malloc((size_t)l->n + 1, sizeof *l->place);
    KARVAN_REQUIRE(l->place, err, KARVAN_E_NOMEM, "no memory for %d names", (int)l->n);
    KARVAN_TRY(arrange(l, err));
done:
    return st;
}

int32_t karvan_i_labels_at(const karvan_i_labels *l, int64_t i) {
    return l->place[karvan_table_code(l->table, 0, i)];
}

karvan_status karvan_i_labels_copy(const karvan_i_labels *l, char ***out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char **name = karvan_i_calloc((size_t)l->n + 1, sizeof *name);
    KARVAN_REQUIRE(name, err, KARVAN_E_NOMEM, "no memory for %d names", (int)l->n);
    for (int32_t i = 0; i < l->n; i++) {
        const char *text = karvan_table_dictionary_text(l->table, 0, i);
        char *copy = karvan_i_strndup(text, strlen(text));
        KARVAN_REQUIRE(copy, err, KARVAN_E_NOMEM, "no memory for %d names", (int)l->n);
        name[l->place[i]] = copy;
    }
    *out = name, name = NULL;
done:
    for (int32_t i = 0; name && i < l->n; i++) karvan_i_free(name[i]);
    karvan_i_free(name);
    return st;
}

void karvan_i_labels_clear(karvan_i_labels *l) {
    karvan_builder_destroy(l->builder);
    karvan_table_destroy(l->table);
    karvan_i_free(l->place);
    memset(l, 0, sizeof *l);
}
