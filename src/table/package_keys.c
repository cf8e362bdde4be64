/* Primary keys as an index, foreign keys looked up in it. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/column.h"
#include "table/package.h"

static karvan_status said(karvan_status st, karvan_error *err) {
    return st == KARVAN_OK ? st : karvan_fail(err, st, "no memory for problems");
}

/* A key that cannot be spelled: a part is missing (said already where it was at fault), or long. */
static karvan_status no_key(const karvan_i_resource *r, int64_t row, karvan_problems *problems,
                            karvan_error *err) {
    for (int i = 0; i < r->primary.n; i++) {
        int c = r->primary.column[i];
        karvan_cell state = karvan_table_state(r->table, c, row);
        if (state == KARVAN_I_FAULT) return KARVAN_OK;
        if (state != KARVAN_VALUE)
            return said(karvan_problems_add_cell(problems, KARVAN_ERROR, r->table, c, row,
                                                 "primary-key", "fill every part of the key",
                                                 "a part of the primary key is missing"),
                        err);
    }
    return said(karvan_problems_add_cell(
                    problems, KARVAN_ERROR, r->table, r->primary.column[0], row, "primary-key",
                    "shorten it", "the primary key is longer than %d bytes", KARVAN_I_KEY_MAX - 1),
                err);
}

karvan_status karvan_i_package_primary(karvan_i_resource *r, karvan_problems *problems,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char key[KARVAN_I_KEY_MAX];
    if (r->primary.n == 0) return KARVAN_OK;
    KARVAN_TRY(karvan_i_index_init(&r->index, r->table, &r->primary, err));
    for (int64_t row = 0; r->index.faulty && row < karvan_table_rows(r->table); row++) {
        int64_t line, col, first = karvan_i_index_first(&r->index, row);
        if (first == row) continue;
        if (first < 0) {
            KARVAN_TRY(no_key(r, row, problems, err));
            continue;
        }
        (void)karvan_table_locate(r->table, -1, first, &line, &col);
        (void)karvan_i_key_text(r->table, &r->primary, row, key, sizeof key);
        KARVAN_TRY(said(karvan_problems_add_cell(
                            problems, KARVAN_ERROR, r->table, r->primary.column[0], row,
                            "primary-key", "give every row a key of its own",
                            "the key '%.120s' stands already in line %lld", key, (long long)line),
                        err));
    }
done:
    return st;
}

static karvan_status dangling(const karvan_i_resource *r, int64_t row, const karvan_i_foreign *k,
                              const karvan_i_resource *to, const char *key,
                              karvan_problems *problems, karvan_error *err) {
    char hint[200];
    const char *names[4096];
    size_t n = 0;
    int c = k->own.n == 1 ? karvan_table_find(to->table, k->column[0]) : -1;
    bool text = c >= 0 && (to->table->column[c].type == KARVAN_TEXT);
    for (int32_t i = 0; text && i < karvan_table_dictionary_size(to->table, c) && n < 4096; i++)
        names[n++] = karvan_table_dictionary_text(to->table, c, i);
    int64_t near = n ? karvan_text_nearest(key, names, n) : -1;
    if (near >= 0)
        (void)snprintf(hint, sizeof hint, "did you mean %.100s?", names[near]);
    else
        (void)snprintf(hint, sizeof hint, "a value that stands in %s.%s", to->name, k->column[0]);
    return said(karvan_problems_add_cell(problems, KARVAN_ERROR, r->table, k->own.column[0], row,
                                         "foreign-key", hint, "'%.120s' is not in table %s", key,
                                         to->name),
                err);
}

static bool same_key(const karvan_i_key *a, const karvan_i_key *b) {
    return a->n == b->n && memcmp(a->column, b->column, (size_t)a->n * sizeof a->column[0]) == 0;
}

/* What is known of each distinct text of a key of one text column: few texts stand in many rows. */
enum { NOT_ASKED, IS_THERE };

static karvan_status check_rows(const karvan_i_resource *r, const karvan_i_foreign *k,
                                const karvan_i_resource *to, const karvan_i_index *index,
                                karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char key[KARVAN_I_KEY_MAX];
    const karvan_table *t = r->table;
    int only = k->own.n == 1 ? k->own.column[0] : -1;
    int32_t texts = only >= 0 ? karvan_table_dictionary_size(t, only) : 0;
    uint8_t *known = karvan_i_calloc((size_t)texts + 1, sizeof *known);
    KARVAN_REQUIRE(known, err, KARVAN_E_NOMEM, "no memory to check a key");
    for (int64_t row = 0; row < karvan_table_rows(t); row++) {
        int32_t code = texts > 0 ? karvan_table_code(t, only, row) : -1;
        if (code >= 0 && known[code] == IS_THERE) continue;
        if (!karvan_i_key_text(t, &k->own, row, key, sizeof key))
            continue; /* empty: no reference */
        if (karvan_i_index_find(index, key) < 0)
            KARVAN_TRY(dangling(r, row, k, to, key, problems, err));
        else if (code >= 0)
            known[code] = IS_THERE;
    }
done:
    karvan_i_free(known);
    return st;
}

static karvan_status check_foreign(const karvan_package *p, const karvan_i_resource *r,
                                   const karvan_i_foreign *k, karvan_problems *problems,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_index index = {0};
    const karvan_i_resource *to = *k->resource ? karvan_i_package_resource(p, k->resource) : r;
    if (!to) {
        char hint[120];
        (void)snprintf(hint, sizeof hint, "name a resource of the package");
        return said(
            karvan_problems_add(problems, KARVAN_ERROR, p->file, karvan_i_package_line(p, r->name),
                                1, "descriptor-foreign-key", hint,
                                "%s refers to '%s', which is no resource", r->name, k->resource),
            err);
    }
    if (!to->table) return KARVAN_OK; /* that it cannot be read has been said */
    karvan_i_key there = {.n = k->own.n};
    for (int i = 0; i < there.n; i++) {
        there.column[i] = karvan_table_find(to->table, k->column[i]);
        if (there.column[i] < 0)
            return said(karvan_problems_add(problems, KARVAN_ERROR, p->file,
                                            karvan_i_package_line(p, r->name), 1,
                                            "descriptor-foreign-key", "name a field of it",
                                            "%s refers to '%s' of %s, which is no field", r->name,
                                            k->column[i], to->name),
                        err);
    }
    bool primary = to->index.n_slots > 0 && same_key(&there, &to->index.key);
    if (!primary) KARVAN_TRY(karvan_i_index_init(&index, to->table, &there, err));
    st = check_rows(r, k, to, primary ? &to->index : &index, problems, err);
done:
    karvan_i_index_clear(&index);
    return st;
}

karvan_status karvan_i_package_foreign(const karvan_package *p, const karvan_i_resource *r,
                                       karvan_problems *problems, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (int i = 0; i < r->n_foreign; i++)
        KARVAN_TRY(check_foreign(p, r, &r->foreign[i], problems, err));
done:
    return st;
}

karvan_status karvan_package_key(const karvan_package *p, const karvan_table *t, int64_t row,
                                 char *out, size_t cap, karvan_error *err) {
    for (int i = 0; p && i < p->n; i++)
        if (p->resource[i].table == t && p->resource[i].primary.n > 0)
            return karvan_i_key_text(t, &p->resource[i].primary, row, out, cap)
                       ? KARVAN_OK
                       : karvan_fail(
                             err, KARVAN_E_ARG,
                             "the key of row %lld has a missing part or is longer than %zu bytes",
                             (long long)row, cap);
    return karvan_fail(err, KARVAN_E_ARG, "a table without a primary key in this package");
}

int64_t karvan_package_row(const karvan_package *p, const char *table, const char *key) {
    const karvan_i_resource *r = karvan_i_package_resource(p, table);
    return r && r->table ? karvan_i_index_find(&r->index, key) : -1;
}
