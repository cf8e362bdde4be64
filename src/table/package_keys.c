/* Primary keys as an index, foreign keys looked up in it. */
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "table/column.h"
#include "table/package.h"

enum { KEY_MAX = 512 };

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
    return snprintf(out, cap, "%s", karvan_table_text(t, c, row)) < (int)cap;
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

/* Row with this key, -1; *slot is where it is or would be. */
static int64_t find(const karvan_i_resource *r, const char *key, size_t *slot) {
    char other[KEY_MAX];
    if (r->n_slots == 0) return -1;
    size_t i = (size_t)(karvan_i_hash(key, strlen(key)) >> 20) & (r->n_slots - 1);
    for (; r->slots[i]; i = (i + 1) & (r->n_slots - 1)) {
        int64_t row = r->slots[i] - 1;
        if (karvan_i_key_text(r->table, &r->primary, row, other, sizeof other) &&
            strcmp(other, key) == 0) {
            *slot = i;
            return row;
        }
    }
    *slot = i;
    return -1;
}

static karvan_status said(karvan_status st, karvan_error *err) {
    return st == KARVAN_OK ? st : karvan_fail(err, st, "no memory for problems");
}

karvan_status karvan_i_package_primary(karvan_i_resource *r, karvan_problems *problems,
                                       karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char key[KEY_MAX];
    if (r->primary.n == 0) return KARVAN_OK;
    int64_t rows = karvan_table_rows(r->table);
    r->n_slots = 16;
    while (r->n_slots < 2 * (size_t)rows + 2) r->n_slots *= 2;
    r->slots = karvan_i_calloc(r->n_slots, sizeof *r->slots);
    KARVAN_REQUIRE(r->slots, err, KARVAN_E_NOMEM, "no memory for a key");
    for (int64_t row = 0; row < rows; row++) {
        size_t slot;
        if (!karvan_i_key_text(r->table, &r->primary, row, key, sizeof key)) {
            KARVAN_TRY(said(karvan_problems_add_cell(problems, KARVAN_ERROR, r->table,
                                                     r->primary.column[0], row, "primary-key",
                                                     "fill every part of the key",
                                                     "a part of the primary key is missing"),
                            err));
            continue;
        }
        int64_t first = find(r, key, &slot);
        if (first >= 0) {
            int64_t line, col;
            (void)karvan_table_locate(r->table, r->primary.column[0], first, &line, &col);
            KARVAN_TRY(said(karvan_problems_add_cell(problems, KARVAN_ERROR, r->table,
                                                     r->primary.column[0], row, "primary-key",
                                                     "give every row a key of its own",
                                                     "the key '%.120s' stands already in line %lld",
                                                     key, (long long)line),
                            err));
            continue;
        }
        r->slots[slot] = (int32_t)row + 1;
    }
done:
    return st;
}

static bool same_cells(const karvan_table *a, int ca, int64_t ra, const karvan_table *b, int cb,
                       int64_t rb) {
    char x[KEY_MAX], y[KEY_MAX];
    return part_text(a, ca, ra, x, sizeof x) && part_text(b, cb, rb, y, sizeof y) &&
           strcmp(x, y) == 0;
}

/* Is the reference the other resource's primary key, in its order? Then its index answers. */
static bool is_primary(const karvan_i_resource *to, const karvan_i_foreign *k) {
    if (to->primary.n != k->own.n || to->n_slots == 0) return false;
    for (int i = 0; i < k->own.n; i++)
        if (strcmp(to->fields[to->primary.column[i]].name, k->column[i]) != 0) return false;
    return true;
}

static bool refers(const karvan_i_resource *r, int64_t row, const karvan_i_foreign *k,
                   const karvan_i_resource *to, const char *key) {
    size_t slot;
    if (is_primary(to, k)) return find(to, key, &slot) >= 0;
    for (int64_t other = 0; other < karvan_table_rows(to->table); other++) {
        bool same = true;
        for (int i = 0; i < k->own.n && same; i++) {
            int c = karvan_table_find(to->table, k->column[i]);
            same = c >= 0 && same_cells(r->table, k->own.column[i], row, to->table, c, other);
        }
        if (same) return true;
    }
    return false;
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

static karvan_status check_foreign(const karvan_package *p, const karvan_i_resource *r,
                                   const karvan_i_foreign *k, karvan_problems *problems,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char key[KEY_MAX];
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
    for (int64_t row = 0; row < karvan_table_rows(r->table); row++) {
        if (!karvan_i_key_text(r->table, &k->own, row, key, sizeof key))
            continue; /* empty: no reference */
        if (!refers(r, row, k, to, key)) KARVAN_TRY(dangling(r, row, k, to, key, problems, err));
    }
done:
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
    size_t slot;
    const karvan_i_resource *r = karvan_i_package_resource(p, table);
    return r && r->table ? find(r, key, &slot) : -1;
}
