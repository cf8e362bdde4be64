/* What the year's counts leave unexplained of corridors: a constant for what they do not tell
 * apart, so that no count is met by a constant of cargo that it does not see. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/demand.h"
#include "flow/estimate_region.h"
#include "table/cell.h"

static const char *const KIND[] = {NULL, "trade", "transit"};

void karvan_i_region_constants_clear(karvan_region_estimate *e) {
    for (int32_t k = 0; e->constant && k < e->n_constants; k++)
        karvan_i_free(e->constant[k].classes);
    karvan_i_free(e->constant);
    e->constant = NULL, e->n_constants = 0;
}

/* ---- what counts tell apart ---- */

typedef struct part { /* of the cargo of a corridor */
    int32_t corridor, class;
    karvan_freight_kind kind;
} part;

static const char *class_id(const karvan_region_estimate *e, int32_t class) {
    const char *id =
        karvan_i_cell_text(karvan_package_table(e->region, "cargo_classes"), "id", class);
    return id ? id : "";
}

static bool sees(const karvan_region_estimate *e, int32_t count, const part *p) {
    const karvan_i_region_count *c = &e->count[count];
    return c->corridor == p->corridor &&
           karvan_i_region_count_sees(c, class_id(e, p->class), KIND[p->kind]);
}

static bool any_sees(const karvan_region_estimate *e, const part *p) {
    bool seen = false;
    for (int32_t a = 0; a < e->n_used; a++) seen = seen || sees(e, a, p);
    return seen;
}

static bool alike(const karvan_region_estimate *e, const part *p, const part *q) {
    bool same = true;
    for (int32_t a = 0; a < e->n_used; a++) same = same && sees(e, a, p) == sees(e, a, q);
    return same;
}

static karvan_status append(char **list, const char *word, karvan_error *err) {
    size_t n = *list ? strlen(*list) : 0, m = strlen(word);
    char *s = karvan_i_realloc(*list, n + m + 2, 1);
    if (!s) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for constants");
    if (n > 0) s[n++] = ';';
    memcpy(s + n, word, m + 1);
    *list = s;
    return KARVAN_OK;
}

/* The class joins the constant of what is counted like it, or begins one. */
static karvan_status put(karvan_region_estimate *e, const part *p, karvan_freight_kind kind,
                         karvan_error *err) {
    int32_t k = 0;
    if (!any_sees(e, p)) return KARVAN_OK;
    for (; k < e->n_constants; k++) {
        const karvan_i_region_constant *c = &e->constant[k];
        const part like = {c->corridor, c->like, p->kind};
        if (c->corridor == p->corridor && c->kind == kind && alike(e, p, &like)) break;
    }
    if (k == e->n_constants)
        e->constant[e->n_constants++] =
            (karvan_i_region_constant){.corridor = p->corridor, .like = p->class, .kind = kind};
    return append(&e->constant[k].classes, class_id(e, p->class), err);
}

static karvan_status split_corridor(karvan_region_estimate *e, int32_t corridor, int32_t classes,
                                    karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t first = e->n_constants;
    for (int32_t c = 0; c < classes; c++) {
        const part trade = {corridor, c, KARVAN_FREIGHT_TRADE};
        const part transit = {corridor, c, KARVAN_FREIGHT_TRANSIT};
        bool both = alike(e, &trade, &transit);
        KARVAN_TRY(put(e, &trade, both ? KARVAN_FREIGHT_ANY : KARVAN_FREIGHT_TRADE, err));
        if (!both) KARVAN_TRY(put(e, &transit, KARVAN_FREIGHT_TRANSIT, err));
    }
    for (int32_t k = first; k < e->n_constants; k++) { /* a list of all classes is no list */
        int32_t listed = 1;
        for (const char *s = e->constant[k].classes; *s; s++) listed += *s == ';';
        if (listed == classes) karvan_i_free(e->constant[k].classes), e->constant[k].classes = NULL;
    }
done:
    return st;
}

karvan_status karvan_i_region_constants_find(karvan_region_estimate *e, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_table *corridors = karvan_package_table(e->region, "corridors"), *t = NULL;
    int64_t rows = corridors ? karvan_table_rows(corridors) : 0;
    KARVAN_TRY(karvan_i_need_table(e->region, "cargo_classes", &t, err));
    int64_t classes = karvan_table_rows(t);
    size_t most = 2 * (size_t)rows * (size_t)classes + 1;
    e->constant = karvan_i_calloc(most, sizeof *e->constant);
    KARVAN_REQUIRE(e->constant, err, KARVAN_E_NOMEM, "no memory for constants");
    for (int64_t r = 0; e->o.constant_error > 0 && r < rows; r++)
        KARVAN_TRY(split_corridor(e, (int32_t)r, (int32_t)classes, err));
done:
    return st;
}

/* ---- as freight has them ---- */

karvan_status karvan_i_region_constants_table(const karvan_region_estimate *e,
                                              const double *constant, karvan_table **out,
                                              karvan_error *err) {
    enum { COLUMNS = 4 };
    static const karvan_column column[COLUMNS] = {{"corridor", KARVAN_TEXT, NULL},
                                                  {"cargo_classes", KARVAN_TEXT, NULL},
                                                  {"kind", KARVAN_TEXT, NULL},
                                                  {"usd_per_teu", KARVAN_REAL, NULL}};
    karvan_status st = KARVAN_OK;
    karvan_builder *b = NULL;
    const karvan_table *own = e->o.freight.constants;
    const karvan_table *corridors = karvan_package_table(e->region, "corridors");
    *out = NULL;
    KARVAN_TRY(karvan_builder_create("corridor_constants", COLUMNS, column, &b, err));
    for (int64_t r = 0; own && r < karvan_table_rows(own); r++) {
        KARVAN_TRY(karvan_builder_row(b, err));
        for (int c = 0; c < COLUMNS; c++) {
            int from = karvan_table_find(own, column[c].name);
            if (from >= 0) KARVAN_TRY(karvan_i_copy_cell(b, c, own, from, r, err));
        }
    }
    for (int32_t k = 0; k < e->n_constants; k++) {
        const karvan_i_region_constant *c = &e->constant[k];
        const char *id = karvan_i_cell_text(corridors, "id", c->corridor);
        KARVAN_TRY(karvan_builder_row(b, err));
        KARVAN_TRY(karvan_builder_text(b, 0, id ? id : "", err));
        if (c->classes) KARVAN_TRY(karvan_builder_text(b, 1, c->classes, err));
        if (KIND[c->kind]) KARVAN_TRY(karvan_builder_text(b, 2, KIND[c->kind], err));
        KARVAN_TRY(karvan_builder_real(b, 3, constant[k], err));
    }
    st = karvan_builder_finish(b, out, err);
    b = NULL;
done:
    karvan_builder_destroy(b);
    return st;
}

/* ---- beside the cost ---- */

static bool is_of(const karvan_i_region_constant *c, const karvan_freight *f, int32_t pair) {
    if (c->kind != KARVAN_FREIGHT_ANY && c->kind != f->pair_kind[pair]) return false;
    return !c->classes || karvan_i_in_list(c->classes, f->lane[f->pair_lane[pair]].id);
}

double karvan_i_region_constant_beside(const karvan_region_estimate *e, int32_t k) {
    const karvan_freight *f = e->freight;
    const karvan_i_region_constant *c = &e->constant[k];
    double flow = 0, usd = 0;
    for (int32_t pair = 0; pair < f->n_pairs; pair++) {
        if (!is_of(c, f, pair)) continue;
        for (int64_t w = f->first_way[pair]; w < f->first_way[pair + 1]; w++)
            if (f->ways.way[w].corridor == c->corridor)
                flow += f->flow[w], usd += f->flow[w] * f->way_cost[w];
    }
    return flow > 0 ? usd / flow - e->estimate->constant[k] : NAN;
}
