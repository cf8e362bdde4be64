/* Nodes and evidence, and ties out of both. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "record/ties.h"
#include "table/cell.h"

karvan_status karvan_i_tied_year(karvan_i_tie_gather *g, int64_t year, karvan_error *err) {
    if (year < 1 || year > 9999)
        return karvan_fail(err, KARVAN_E_ARG, "a year lies within 1 and 9999, and not at %lld",
                           (long long)year);
    g->has_year = true, g->year = year;
    g->first = karvan_day_from_civil(year, 1, 1), g->last = karvan_day_from_civil(year, 12, 31);
    return KARVAN_OK;
}

void karvan_i_tied_clear(karvan_i_tie_gather *g) {
    karvan_i_free(g->code), karvan_i_free(g->row);
    *g = (karvan_i_tie_gather){0};
}

karvan_status karvan_i_tied_node(karvan_i_tie_gather *g, const char *code, karvan_error *err) {
    if (!code) return KARVAN_OK;
    if (g->n == g->cap_n) {
        int32_t cap = g->cap_n > 0 ? 2 * g->cap_n : 64;
        const char **more = karvan_i_realloc(g->code, (size_t)cap, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for nodes");
        g->code = more, g->cap_n = cap;
    }
    g->code[g->n++] = code;
    return KARVAN_OK;
}

/* Is it one of the region's, and there by the end of the year? */
static bool is_node(const karvan_i_tie_gather *g, const char *code, bool bodies) {
    int64_t row = karvan_package_row(g->region, "countries", code);
    if (row < 0) return bodies && karvan_package_row(g->region, "organisations", code) >= 0;
    const karvan_edtf *d =
        karvan_i_cell_date(karvan_package_table(g->region, "countries"), "independence", row);
    return !d || !g->has_year || d->earliest <= g->last;
}

static int32_t distinct(const char **code, int32_t n) {
    int32_t kept = 0;
    qsort(code, (size_t)n, sizeof *code, karvan_i_by_text);
    for (int32_t i = 0; i < n; i++)
        if (kept == 0 || strcmp(code[kept - 1], code[i]) != 0) code[kept++] = code[i];
    return kept;
}

/* Countries that no row spoke of. */
static int32_t count_absent(const karvan_i_tie_gather *g) {
    const karvan_table *t = karvan_package_table(g->region, "countries");
    int32_t n = 0;
    for (int64_t r = 0; t && r < karvan_table_rows(t); r++) {
        const char *code = karvan_i_cell_text(t, "iso3", r);
        n += code && is_node(g, code, false) && karvan_i_tied_find(g, code) < 0;
    }
    return n;
}

karvan_status karvan_i_tied_nodes(karvan_i_tie_gather *g, bool bodies, karvan_error *err) {
    if (g->n == 0 && !g->region)
        return karvan_fail(err, KARVAN_E_DATA, "there is nobody to be tied to anybody");
    g->n = distinct(g->code, g->n);
    if (!g->region) return KARVAN_OK;
    int32_t kept = 0;
    for (int32_t i = 0; i < g->n; i++)
        if (is_node(g, g->code[i], bodies)) g->code[kept++] = g->code[i];
    g->n = kept;
    g->absent = count_absent(g);
    return KARVAN_OK;
}

int32_t karvan_i_tied_find(const karvan_i_tie_gather *g, const char *code) {
    return karvan_i_position(g->code, g->n, code);
}

karvan_status karvan_i_tied_add(karvan_i_tie_gather *g, karvan_i_evidence e, karvan_error *err) {
    if (e.truth == KARVAN_NO || e.a < 0 || e.b < 0 || e.a == e.b) return KARVAN_OK;
    if (!g->directed && e.a > e.b) {
        int32_t keep = e.a;
        e.a = e.b, e.b = keep;
    }
    if (g->m == g->cap_m) {
        int64_t cap = g->cap_m > 0 ? 2 * g->cap_m : 256;
        karvan_i_evidence *more = karvan_i_realloc(g->row, (size_t)cap, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for ties");
        g->row = more, g->cap_m = cap;
    }
    g->row[g->m++] = e;
    return KARVAN_OK;
}

static int by_ends(const void *a, const void *b) {
    const karvan_i_evidence *x = a, *y = b;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    if (x->b != y->b) return x->b < y->b ? -1 : 1;
    if (x->unit != y->unit) return x->unit < y->unit ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

void karvan_i_tied_sort(karvan_i_tie_gather *g) {
    if (g->m > 0) qsort(g->row, (size_t)g->m, sizeof *g->row, by_ends);
}

/* ---- ties out of evidence ---- */

static size_t keep_text(karvan_ties *t, const char *s) {
    size_t at = t->text.n;
    karvan_i_text_add(&t->text, s ? s : "", (s ? strlen(s) : 0) + 1);
    return at;
}

static const char *text_of(const karvan_i_evidence *e, bool sources) {
    return sources ? e->source : e->what;
}

/* Texts of rows begin..end-1, each once, joined by `;`; `?` behind what is only possible. */
static size_t keep_joined(karvan_ties *t, const karvan_i_tie_gather *g, int64_t begin, int64_t end,
                          bool sources) {
    size_t at = t->text.n;
    for (int64_t i = begin; i < end; i++) {
        const char *s = text_of(&g->row[i], sources);
        bool seen = s == NULL, certain = sources;
        for (int64_t k = begin; k < end && !seen; k++) {
            const char *other = text_of(&g->row[k], sources);
            bool same = other && (other == s || strcmp(other, s) == 0);
            seen = same && k < i;
            certain |= same && g->row[k].truth == KARVAN_YES;
        }
        if (seen) continue;
        if (t->text.n > at) karvan_i_text_puts(&t->text, ";");
        karvan_i_text_puts(&t->text, s);
        if (!certain) karvan_i_text_puts(&t->text, "?");
    }
    karvan_i_text_add(&t->text, "", 1);
    return at;
}

static bool same_ends(const karvan_i_evidence *x, const karvan_i_evidence *y) {
    return x->a == y->a && x->b == y->b;
}

/* A unit is certain where one of its rows is; it weighs once. */
static void weigh(const karvan_i_tie_gather *g, int64_t begin, int64_t end, karvan_i_tie *tie) {
    for (int64_t i = begin, k; i < end; i = k) {
        bool certain = false;
        for (k = i; k < end && g->row[k].unit == g->row[i].unit; k++)
            certain |= g->row[k].truth == KARVAN_YES;
        tie->most += g->row[i].weight;
        if (certain) tie->least += g->row[i].weight;
    }
}

static karvan_status name_nodes(karvan_ties *t, const karvan_i_tie_gather *g, karvan_error *err) {
    t->n = g->n;
    t->code = karvan_i_calloc((size_t)g->n + 1, sizeof *t->code);
    t->name = karvan_i_calloc((size_t)g->n + 1, sizeof *t->name);
    if (!t->code || !t->name) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for nodes");
    for (int32_t i = 0; i < g->n; i++) {
        const char *name = NULL;
        static const char *const tables[] = {"countries", "organisations"};
        for (int k = 0; k < 2 && g->region && !name; k++)
            name = karvan_i_cell_text(karvan_package_table(g->region, tables[k]), "name",
                                      karvan_package_row(g->region, tables[k], g->code[i]));
        t->code[i] = keep_text(t, g->code[i]);
        t->name[i] = name ? keep_text(t, name) : t->code[i];
    }
    return KARVAN_OK;
}

karvan_status karvan_i_tied_close(karvan_i_tie_gather *g, const char *kind, const char *unit,
                                  karvan_ties **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_ties *t = karvan_i_calloc(1, sizeof *t);
    KARVAN_REQUIRE(t, err, KARVAN_E_NOMEM, "no memory for ties");
    t->directed = g->directed, t->has_year = g->has_year, t->year = g->year;
    t->extended = g->extended;
    t->set_aside = g->set_aside, t->turned = g->turned, t->absent = g->absent;
    t->kind = keep_text(t, kind), t->unit = keep_text(t, unit);
    KARVAN_TRY(name_nodes(t, g, err));
    karvan_i_tied_sort(g);
    t->tie = karvan_i_calloc((size_t)g->m + 1, sizeof *t->tie);
    KARVAN_REQUIRE(t->tie, err, KARVAN_E_NOMEM, "no memory for ties");
    for (int64_t i = 0, k; i < g->m; i = k) {
        for (k = i; k < g->m && same_ends(&g->row[k], &g->row[i]);) k++;
        karvan_i_tie *tie = &t->tie[t->m++];
        *tie = (karvan_i_tie){.a = g->row[i].a, .b = g->row[i].b};
        weigh(g, i, k, tie);
        tie->what = keep_joined(t, g, i, k, false), tie->source = keep_joined(t, g, i, k, true);
    }
    KARVAN_TRY(karvan_i_text_status(&t->text, err));
    *out = t, t = NULL;
done:
    karvan_ties_destroy(t);
    return st;
}

void karvan_ties_destroy(karvan_ties *t) {
    if (!t) return;
    karvan_i_free(t->code), karvan_i_free(t->name), karvan_i_free(t->tie);
    karvan_i_text_clear(&t->text);
    karvan_i_free(t);
}
