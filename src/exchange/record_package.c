/* Some claims as a Data Package of their own: what foreign keys lead to goes with them. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "exchange/packing.h"
#include "karvan/exchange.h"
#include "table/cell.h"
#include "table/package.h"

typedef struct packer {
    const karvan_package *region;
    int n;        /* resources */
    bool **taken; /* [n] by row, NULL: the table is left out */
    bool more;    /* a row was taken since this was last false */
} packer;

static int resource_of(const packer *k, const char *name) {
    for (int i = 0; name && i < k->n; i++)
        if (strcmp(k->region->resource[i].name, name) == 0) return i;
    return -1;
}

/* The table goes too, be it without rows: a key of the descriptor leads to it. */
static karvan_status take_table(packer *k, int i, karvan_error *err) {
    const karvan_table *t = k->region->resource[i].table;
    if (!t || k->taken[i]) return KARVAN_OK;
    k->taken[i] = karvan_i_calloc((size_t)karvan_table_rows(t) + 1, sizeof **k->taken);
    k->more = true;
    return k->taken[i] ? KARVAN_OK : karvan_fail(err, KARVAN_E_NOMEM, "no memory for a package");
}

static void take_row(packer *k, int i, int64_t row) {
    if (i < 0 || row < 0 || !k->taken[i] || k->taken[i][row]) return;
    k->taken[i][row] = k->more = true;
}

static karvan_status follow_key(packer *k, int own, const karvan_i_foreign *f, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_resource *r = &k->region->resource[own];
    int to = *f->resource ? resource_of(k, f->resource) : own;
    const karvan_table *there = to >= 0 ? k->region->resource[to].table : NULL;
    karvan_i_index index = {0};
    karvan_i_key key = {.n = f->own.n};
    char text[KARVAN_I_KEY_MAX];
    if (!there) return KARVAN_OK;
    KARVAN_TRY(take_table(k, to, err));
    for (int i = 0; i < key.n; i++)
        if ((key.column[i] = karvan_table_find(there, f->column[i])) < 0) goto done;
    KARVAN_TRY(karvan_i_index_init(&index, there, &key, err));
    for (int64_t row = 0; row < karvan_table_rows(r->table); row++)
        if (k->taken[own][row] && karvan_i_key_text(r->table, &f->own, row, text, sizeof text))
            take_row(k, to, karvan_i_index_find(&index, text));
done:
    karvan_i_index_clear(&index);
    return st;
}

static karvan_status follow_keys(packer *k, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    do {
        k->more = false;
        for (int i = 0; i < k->n; i++)
            for (int f = 0; k->taken[i] && f < k->region->resource[i].n_foreign; f++)
                KARVAN_TRY(follow_key(k, i, &k->region->resource[i].foreign[f], err));
    } while (k->more);
done:
    return st;
}

/* A code of a party, subject or object may be of three tables; no foreign key says which. */
static void take_code(packer *k, const char *code) {
    static const char *const tables[] = {"countries", "organisations", "places"};
    for (int i = 0; code && i < 3; i++)
        take_row(k, resource_of(k, tables[i]), karvan_package_row(k->region, tables[i], code));
}

static karvan_status take_claims(packer *k, const karvan_view *v, karvan_error *err) {
    static const char *const tables[] = {"claims",    "parties",       "kinds", "sources",
                                         "countries", "organisations", "places"};
    karvan_status st = KARVAN_OK;
    int claims = resource_of(k, "claims"), parties = resource_of(k, "parties");
    const karvan_table *t = karvan_package_table(k->region, "parties");
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        int r = resource_of(k, tables[i]);
        if (r >= 0) KARVAN_TRY(take_table(k, r, err));
    }
    for (int64_t i = 0; i < v->n; i++) {
        take_row(k, claims, v->row[i]);
        take_code(k, karvan_i_cell_text(v->table, "subject", v->row[i]));
        take_code(k, karvan_i_cell_text(v->table, "object", v->row[i]));
    }
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        const char *id = karvan_i_cell_text(t, "claim", r);
        int64_t claim = id ? karvan_package_row(k->region, "claims", id) : -1;
        if (claim < 0 || !k->taken[claims][claim]) continue;
        take_row(k, parties, r);
        take_code(k, karvan_i_cell_text(t, "party", r));
    }
done:
    return st;
}

static bool is_taken(void *taken, const karvan_table *t, int64_t row) {
    (void)t;
    return ((const bool *)taken)[row];
}

static karvan_status pack(const packer *k, const char *dir, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text name = {0}, title = {0};
    karvan_table **part = karvan_i_calloc((size_t)k->n + 1, sizeof(karvan_table *));
    KARVAN_REQUIRE(part, err, KARVAN_E_NOMEM, "no memory for a package");
    for (int i = 0; i < k->n; i++) {
        karvan_view rows = {0};
        if (!k->taken[i]) continue;
        st = karvan_view_init(&rows, k->region->resource[i].table, is_taken, k->taken[i], err);
        if (st == KARVAN_OK) st = karvan_view_copy(&rows, 0, NULL, &part[i], err);
        karvan_view_clear(&rows);
        if (st != KARVAN_OK) goto done;
    }
    karvan_i_text_printf(&name, "%s-record", karvan_package_name(k->region));
    karvan_i_text_printf(&title, "Claims of: %s", karvan_package_title(k->region));
    KARVAN_TRY(karvan_i_text_status(&name, err));
    KARVAN_TRY(karvan_i_text_status(&title, err));
    const karvan_i_packing p = {
        k->region, (const karvan_table *const *)part, name.s, title.s,
        "A selection of claims with their parties and sources, and the rows that they name."};
    st = karvan_i_packing_write(&p, dir, err);
done:
    for (int i = 0; part && i < k->n; i++) karvan_table_destroy(part[i]);
    karvan_i_free(part);
    karvan_i_text_clear(&name), karvan_i_text_clear(&title);
    return st;
}

karvan_status karvan_record_package_write(const karvan_package *region, const karvan_view *v,
                                          const char *dir, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    packer k = {.region = region};
    KARVAN_REQUIRE(region && v && dir, err, KARVAN_E_ARG, "a package needs a region and a folder");
    KARVAN_REQUIRE(v->table && v->table == karvan_package_table(region, "claims"), err,
                   KARVAN_E_ARG, "the view is no rows of claims");
    k.n = region->n;
    k.taken = karvan_i_calloc((size_t)k.n + 1, sizeof *k.taken);
    KARVAN_REQUIRE(k.taken, err, KARVAN_E_NOMEM, "no memory for a package");
    KARVAN_TRY(take_claims(&k, v, err));
    KARVAN_TRY(follow_keys(&k, err));
    st = pack(&k, dir, err);
done:
    for (int i = 0; k.taken && i < k.n; i++) karvan_i_free(k.taken[i]);
    karvan_i_free(k.taken);
    return st;
}
