/* What an estimate of a region's base year found, as tables. */
#include <math.h>

#include "base/try.h"
#include "flow/estimate_region.h"
#include "table/cell.h"

/* A number, or not covered where there is none. */
static karvan_status put(karvan_builder *b, int column, double v, karvan_error *err) {
    return isnan(v) ? karvan_builder_state(b, column, KARVAN_NOT_COVERED, err)
                    : karvan_builder_real(b, column, v, err);
}

static karvan_status put_text(karvan_builder *b, int column, const char *s, karvan_error *err) {
    return s ? karvan_builder_text(b, column, s, err)
             : karvan_builder_state(b, column, KARVAN_NOT_COVERED, err);
}

static const karvan_column COUNTS[] = {
    {"count", KARVAN_TEXT, NULL},        {"name", KARVAN_TEXT, NULL},
    {"unit", KARVAN_TEXT, NULL},         {"used", KARVAN_BOOL, NULL},
    {"observed", KARVAN_REAL, NULL},     {"error", KARVAN_REAL, NULL},
    {"before", KARVAN_REAL, NULL},       {"modelled", KARVAN_REAL, NULL},
    {"standardised", KARVAN_REAL, NULL}, {"against", KARVAN_TEXT, NULL}};

static karvan_status write_count(const karvan_region_estimate *e, int32_t a, karvan_builder *b,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_region_count *c = &e->count[a];
    int32_t other = c->used ? e->estimate->against[a] : -1;
    KARVAN_TRY(karvan_builder_row(b, err));
    KARVAN_TRY(put_text(b, 0, karvan_i_cell_text(e->counts, "id", c->row), err));
    KARVAN_TRY(put_text(b, 1, karvan_i_cell_text(e->counts, "name", c->row), err));
    KARVAN_TRY(put_text(b, 2, karvan_i_cell_text(e->counts, "unit", c->row), err));
    KARVAN_TRY(karvan_builder_bool(b, 3, c->used, err));
    KARVAN_TRY(put(b, 4, c->observed, err));
    KARVAN_TRY(put(b, 5, c->error, err));
    KARVAN_TRY(put(b, 6, c->before, err));
    KARVAN_TRY(put(b, 7, c->after, err));
    KARVAN_TRY(put(b, 8, c->used ? e->estimate->standardised[a] : NAN, err));
    KARVAN_TRY(put_text(
        b, 9, other < 0 ? NULL : karvan_i_cell_text(e->counts, "id", e->count[other].row), err));
done:
    return st;
}

static const karvan_column DEMAND[] = {
    {"id", KARVAN_TEXT, NULL},          {"origin", KARVAN_TEXT, NULL},
    {"destination", KARVAN_TEXT, NULL}, {"cargo_class", KARVAN_TEXT, NULL},
    {"kind", KARVAN_TEXT, NULL},        {"year", KARVAN_INT, NULL},
    {"teu", KARVAN_REAL, NULL},         {"prior_teu", KARVAN_REAL, NULL},
    {"error", KARVAN_REAL, NULL},       {"removed", KARVAN_REAL, NULL}};

static karvan_status write_demand(const karvan_region_estimate *e, int32_t k, karvan_builder *b,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_estimate *x = e->estimate;
    KARVAN_TRY(karvan_builder_row(b, err));
    for (int c = 0; c < 5; c++)
        KARVAN_TRY(
            put_text(b, c, karvan_i_cell_text(e->o.demand, DEMAND[c].name, e->cell_row[k]), err));
    KARVAN_TRY(karvan_builder_int(b, 5, e->o.year, err));
    bool fixed = e->n_free == 0 || !(e->prior[k] > 0);
    double by = fixed ? 1 : x->demand[k] / e->prior[k],
           error = fixed ? e->rho[k] : x->demand_error[k] / e->prior[k];
    KARVAN_TRY(put(b, 6, e->stated[k] * by, err));
    KARVAN_TRY(put(b, 7, e->stated[k], err));
    KARVAN_TRY(put(b, 8, by > 0 ? error / by : NAN, err));
    KARVAN_TRY(put(b, 9, fixed ? 0 : x->removed[k], err));
done:
    return st;
}

static const karvan_column CONSTANTS[] = {{"corridor", KARVAN_TEXT, NULL},
                                          {"cargo_classes", KARVAN_TEXT, NULL},
                                          {"kind", KARVAN_TEXT, NULL},
                                          {"usd_per_teu", KARVAN_REAL, "USD"},
                                          {"error", KARVAN_REAL, "USD"},
                                          {"removed", KARVAN_REAL, NULL},
                                          {"cost_usd_per_teu", KARVAN_REAL, "USD"}};

static karvan_status write_constant(const karvan_region_estimate *e, int32_t k, karvan_builder *b,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *corridors = karvan_package_table(e->region, "corridors");
    const karvan_estimate *x = e->estimate;
    KARVAN_TRY(karvan_builder_row(b, err));
    static const char *const kind[] = {NULL, "trade", "transit"};
    const karvan_i_region_constant *c = &e->constant[k];
    KARVAN_TRY(put_text(b, 0, karvan_i_cell_text(corridors, "id", c->corridor), err));
    KARVAN_TRY(put_text(b, 1, c->classes, err));
    KARVAN_TRY(put_text(b, 2, kind[c->kind], err));
    KARVAN_TRY(put(b, 3, x->constant[k], err));
    KARVAN_TRY(put(b, 4, x->constant_error[k], err));
    KARVAN_TRY(put(b, 5, x->constant_removed[k], err));
    KARVAN_TRY(put(b, 6, karvan_i_region_constant_beside(e, k), err));
done:
    return st;
}

karvan_status karvan_region_estimate_table(const karvan_region_estimate *e,
                                           karvan_region_estimate_output which, karvan_table **out,
                                           karvan_error *err) {
    static const struct {
        const char *name;
        int columns;
        const karvan_column *column;
        karvan_status (*write)(const karvan_region_estimate *, int32_t, karvan_builder *,
                               karvan_error *);
    } kind[] = {{"counts", 10, COUNTS, write_count},
                {"demand", 10, DEMAND, write_demand},
                {"constants", 7, CONSTANTS, write_constant}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    if (!e) return karvan_fail(err, KARVAN_E_ARG, "no estimate");
    int32_t rows = which == KARVAN_REGION_COUNTS   ? e->n_counts
                   : which == KARVAN_REGION_DEMAND ? e->n_cells
                                                   : e->n_constants;
    KARVAN_TRY(
        karvan_builder_create(kind[which].name, kind[which].columns, kind[which].column, &b, err));
    for (int32_t r = 0; r < rows; r++) KARVAN_TRY(kind[which].write(e, r, b, err));
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}
