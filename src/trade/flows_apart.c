/* What a reconciliation tells beside its result: mirrors that are apart, and the audit. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/flows_mirrors.h"

static bool stated(double v) { return !isnan(v); }

static bool is_apart(const karvan_i_mirrors *w, const karvan_i_both *x) {
    double a = x->fob[0], b = x->fob[1];
    if (!stated(x->v[0]) || !stated(x->v[1])) return false;
    if (a == 0 || b == 0) return a != b;
    return fmax(a / b, b / a) >= w->apart;
}

typedef struct apart {
    const karvan_i_both *x;
    double gap;
} apart;

static int by_gap(const void *x, const void *y) {
    const apart *a = x, *b = y;
    if (fabs(a->gap) != fabs(b->gap)) return fabs(a->gap) > fabs(b->gap) ? -1 : 1;
    return (a->x > b->x) - (a->x < b->x); /* one array, in order of keys */
}

static karvan_status put_apart(const karvan_i_mirrors *w, const apart *a, karvan_builder *b,
                               karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_both *x = a->x;
    karvan_i_flow_row f = karvan_i_flow_at(&w->f, x->at[0]);
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(karvan_builder_int(b, 0, f.year, err));
    KARVAN_TRY(karvan_builder_text(b, 1, f.exporter, err));
    KARVAN_TRY(karvan_builder_text(b, 2, f.importer, err));
    KARVAN_TRY(karvan_builder_text(b, 3, f.product ? f.product : "TOTAL", err));
    KARVAN_TRY(karvan_builder_real(b, 4, x->v[0], err));
    KARVAN_TRY(karvan_builder_real(b, 5, x->v[1], err));
    KARVAN_TRY(karvan_i_flow_number(b, 6, x->v[0] > 0 ? x->v[1] / x->v[0] : NAN, err));
    KARVAN_TRY(karvan_builder_real(b, 7, x->ratio, err));
    KARVAN_TRY(karvan_builder_real(b, 8, a->gap, err));
    KARVAN_TRY(karvan_builder_text(b, 9, w->unit, err));
    KARVAN_TRY(karvan_builder_text(b, 10, f.source, err));
done:
    return st;
}

karvan_status karvan_i_mirrors_apart(const karvan_i_mirrors *w, karvan_table **out, int64_t *count,
                                     karvan_error *err) {
    static const karvan_column columns[] = {{"year", KARVAN_INT, NULL},
                                            {"exporter", KARVAN_TEXT, NULL},
                                            {"importer", KARVAN_TEXT, NULL},
                                            {"product", KARVAN_TEXT, NULL},
                                            {"value_exporter", KARVAN_REAL, NULL},
                                            {"value_importer", KARVAN_REAL, NULL},
                                            {"ratio", KARVAN_REAL, NULL},
                                            {"cif_fob", KARVAN_REAL, NULL},
                                            {"gap", KARVAN_REAL, NULL},
                                            {"unit", KARVAN_TEXT, NULL},
                                            {"source", KARVAN_TEXT, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    int64_t n = 0;
    apart *list = karvan_i_malloc((size_t)w->n + 1, sizeof *list);
    KARVAN_REQUIRE(list, err, KARVAN_E_NOMEM, "no memory to list mirrors that are apart");
    for (int64_t k = 0; k < w->n; k++)
        if (is_apart(w, &w->flow[k]))
            list[n++] = (apart){&w->flow[k], w->flow[k].fob[1] - w->flow[k].fob[0]};
    *count = n;
    if (!out) goto done;
    qsort(list, (size_t)n, sizeof *list, by_gap);
    KARVAN_TRY(karvan_builder_create("asymmetries", 11, columns, &b, err));
    for (int64_t k = 0; k < n; k++) KARVAN_TRY(put_apart(w, &list[k], b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    karvan_i_free(list);
    return st;
}

static karvan_status audit_ratio(const karvan_i_mirrors *w, karvan_builder *b, karvan_error *err) {
    int64_t with = 0;
    if (!w->km_of)
        return karvan_i_flows_audit_add(b, "cif over fob", w->n, err, "%.6g, %s", w->flat,
                                        w->o->cif_fob > 0
                                            ? "as stated by the caller"
                                            : "the International Monetary Fund's (2017)");
    for (int64_t k = 0; k < w->n; k++) with += w->km_of[k] > 0;
    return karvan_i_flows_audit_add(
        b, "cif over fob", with, err,
        "ln ratio = %.6g + %.6g ln km on %lld mirrors, R2 %.4f; 1 at least; "
        "%.6g for %lld flows without a distance",
        w->line.a, w->line.b, (long long)w->line.n, w->line.r2, w->flat, (long long)(w->n - with));
}

karvan_status karvan_i_mirrors_audit(const karvan_i_mirrors *w, int64_t n_apart, karvan_table **out,
                                     karvan_error *err) {
    static const char *const rules[] = {"the importer's figure where there is one",
                                        "the exporter's figure where there is one",
                                        "the mean, weighted by reliability"};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    int64_t n[5] = {0}; /* both, exporter's, importer's, other, unknown */
    for (int64_t k = 0; k < w->n; k++) {
        const karvan_i_both *x = &w->flow[k];
        bool e = stated(x->v[0]), i = stated(x->v[1]);
        n[x->other >= 0 ? 3 : e && i ? 0 : e ? 1 : i ? 2 : 4]++;
    }
    KARVAN_TRY(karvan_i_flows_audit_begin(&b, err));
    KARVAN_TRY(karvan_i_flows_audit_add(b, "rows read", w->f.n, err, "%s",
                                        w->o->across ? "data sets mirror one another"
                                                     : "data sets are kept apart"));
    KARVAN_TRY(karvan_i_flows_audit_add(b, "flows", w->n, err, "%s", rules[w->o->rule]));
    KARVAN_TRY(karvan_i_flows_audit_add(b, "stated by both", n[0], err,
                                        "of which %lld are apart by %g", (long long)n_apart,
                                        w->apart));
    KARVAN_TRY(karvan_i_flows_audit_add(b, "only by the exporter", n[1], err, "%s", ""));
    KARVAN_TRY(karvan_i_flows_audit_add(b, "only by the importer", n[2], err, "%s", ""));
    KARVAN_TRY(
        karvan_i_flows_audit_add(b, "stated by neither", n[4], err, "a row without a known value"));
    KARVAN_TRY(karvan_i_flows_audit_add(b, "passed as they are", n[3], err,
                                        "both, reconciled, estimates, derived"));
    KARVAN_TRY(audit_ratio(w, b, err));
    for (int32_t i = 0; w->e && i < w->f.n_countries; i++)
        if (w->mirrors[i] > 0)
            KARVAN_TRY(karvan_i_flows_audit_add(b, "reliability", w->mirrors[i], err,
                                                "%.20s: off by %.4f in logarithms", w->f.country[i],
                                                w->e[i]));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}
