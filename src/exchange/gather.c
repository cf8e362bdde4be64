#include "exchange/gather.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/flows.h"

void karvan_i_gather_init(karvan_i_gather *g, const char *path, karvan_problems *problems) {
    *g = (karvan_i_gather){.path = path, .problems = problems};
    g->audit = (karvan_i_audit){.things = "figures", .most = -1};
}

void karvan_i_gather_clear(karvan_i_gather *g) {
    karvan_i_free(g->figure);
    karvan_i_audit_clear(&g->audit);
    *g = (karvan_i_gather){0};
}

karvan_status karvan_i_gather_add(karvan_i_gather *g, const karvan_i_gathered *f,
                                  karvan_error *err) {
    if (g->n == g->cap) {
        int64_t cap = g->cap ? 2 * g->cap : 256;
        karvan_i_gathered *more = karvan_i_realloc(g->figure, (size_t)cap, sizeof *more);
        if (!more) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for flows");
        g->figure = more, g->cap = cap;
    }
    g->figure[g->n++] = *f;
    return KARVAN_OK;
}

karvan_status karvan_i_gather_drop(karvan_i_gather *g, karvan_i_left_out why, int64_t row,
                                   int64_t line, const char *column, const char *value,
                                   karvan_error *err) {
    const char *text = value ? value : "";
    return karvan_i_audit_add(&g->audit, why, row, line, column, text, strlen(text), err);
}

/* ---- the flows ---- */

static int text_order(const char *a, const char *b) {
    if (a == b) return 0; /* most texts are kept once */
    if (!a || !b) return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

static int flow_order(const karvan_i_gathered *a, const karvan_i_gathered *b) {
    if (a->year != b->year) return a->year < b->year ? -1 : 1;
    int c = text_order(a->exporter, b->exporter);
    if (c == 0) c = text_order(a->importer, b->importer);
    if (c == 0) c = text_order(a->product, b->product);
    if (c == 0) c = text_order(a->classification, b->classification);
    if (c == 0) c = text_order(a->source, b->source);
    return c != 0 ? c : a->by_importer - b->by_importer;
}

/* Within a flow: values, then weights, then other quantities, as they stand in the file. */
static int rank_of(const karvan_i_gathered *f) {
    if (!f->quantity_unit) return 0;
    size_t n = strlen(f->quantity_unit);
    return n >= 2 && strcmp(f->quantity_unit + n - 2, "kg") == 0 ? 1 : 2;
}

static int by_flow(const void *x, const void *y) {
    const karvan_i_gathered *a = x, *b = y;
    int c = flow_order(a, b);
    if (c == 0) c = rank_of(a) - rank_of(b);
    return c != 0 ? c : (a->line > b->line) - (a->line < b->line);
}

static karvan_status put(karvan_builder *b, const karvan_i_gathered *v, const karvan_i_gathered *q,
                         karvan_error *err) {
    const karvan_i_flow_row f = {.year = v->year,
                                 .exporter = v->exporter,
                                 .importer = v->importer,
                                 .product = v->product,
                                 .classification = v->classification,
                                 .value = v->number,
                                 .unit = v->unit,
                                 .quantity = q ? q->number : NAN,
                                 .quantity_unit = q ? q->quantity_unit : NULL,
                                 .price_basis = v->price_basis,
                                 .reported_by = v->by_both       ? "both"
                                                : v->by_importer ? "importer"
                                                                 : "exporter",
                                 .flag = v->flag,
                                 .source = v->source};
    return karvan_i_flow_put(b, &f, err);
}

/* Figures a..b-1 are of one flow and side. */
static karvan_status put_group(karvan_i_gather *g, int64_t a, int64_t b, karvan_builder *out,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_gathered *f = g->figure, *q = NULL;
    bool valued = !f[a].quantity_unit;
    if (valued && a + 1 < b && !f[a + 1].quantity_unit)
        return karvan_fail(
            err, KARVAN_E_DATA,
            "%s:%lld: another figure of %lld from %.20s to %.20s stands on line "
            "%lld: a dimension parts them that flows have not; leave one in the file",
            g->path, (long long)f[a + 1].line, (long long)f[a].year, f[a].exporter, f[a].importer,
            (long long)f[a].line);
    for (int64_t k = a + valued; k < b; k++) {
        if (valued && !q)
            q = &f[k];
        else
            KARVAN_TRY(karvan_i_gather_drop(g, KARVAN_I_OUT_SECOND_QUANTITY, f[k].row, f[k].line,
                                            "quantity", f[k].quantity_unit, err));
    }
    if (valued) st = put(out, &f[a], q, err);
done:
    return st;
}

karvan_status karvan_i_gather_finish(karvan_i_gather *g, karvan_table **audit, karvan_table **flows,
                                     karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (g->n > 0) qsort(g->figure, (size_t)g->n, sizeof *g->figure, by_flow);
    KARVAN_TRY(karvan_builder_create("flows", KARVAN_FLOW_COLUMNS, karvan_flow_columns(), &b, err));
    for (int64_t a = 0, e; a < g->n; a = e) {
        for (e = a + 1; e < g->n && flow_order(&g->figure[a], &g->figure[e]) == 0; e++) continue;
        KARVAN_TRY(put_group(g, a, e, b, err));
    }
    KARVAN_TRY(karvan_i_audit_tell(&g->audit, g->path, g->problems, err));
    st = karvan_builder_finish(b, flows, err), b = NULL;
    if (st == KARVAN_OK && audit) st = karvan_i_audit_table(&g->audit, audit, err);
    if (st != KARVAN_OK) karvan_table_destroy(*flows), *flows = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}
