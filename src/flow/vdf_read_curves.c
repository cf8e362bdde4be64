#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "flow/vdf_read.h"
#include "table/cell.h"

karvan_status karvan_i_vdf_table(const karvan_i_source_text *text, int n_known,
                                 const karvan_column *known, int n_needed, karvan_table **out,
                                 karvan_error *err) {
    enum { MOST = 16 };
    karvan_csv_options options = {.no_rows = true, .extra_columns = true};
    karvan_status st = KARVAN_OK;
    karvan_table *header = NULL;
    karvan_column there[MOST];
    const char *names[MOST];
    char near[100];
    int n = 0;
    *out = NULL;
    for (int k = 0; k < n_known; k++) names[k] = known[k].name;
    KARVAN_TRY(karvan_i_source_csv(text, "functions", &options, &header, err));
    for (int c = 0; c < karvan_table_columns(header); c++) {
        const char *name = karvan_table_column(header, c).name;
        int k = 0;
        while (k < n_known && strcmp(known[k].name, name) != 0) k++;
        KARVAN_REQUIRE(k < n_known && n < MOST, err, KARVAN_E_DATA,
                       "%s:1:1: no column '%.80s' is known%s", text->name, name,
                       karvan_i_meant(name, names, (size_t)n_known, near, sizeof near));
        there[n++] = known[k];
    }
    for (int k = 0; k < n_needed; k++)
        KARVAN_REQUIRE(karvan_table_find(header, names[k]) >= 0, err, KARVAN_E_DATA,
                       "%s:1:1: a column %s is needed", text->name, names[k]);
    options = (karvan_csv_options){.n_columns = n, .columns = there};
    KARVAN_TRY(karvan_i_source_csv(text, "functions", &options, out, err));
done:
    karvan_table_destroy(header);
    return st;
}

/* ---- curves of a set ---- */

/* Takes the curve. */
static karvan_status keep(karvan_i_vdf_curves *c, karvan_vdf_curve *curve, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_vdf_set *set = c->set;
    if (set->n_curves == c->cap) {
        int cap = c->cap ? 2 * c->cap : 8;
        karvan_vdf_curve **curves = karvan_i_realloc(set->curve, (size_t)cap, sizeof(void *));
        if (curves) set->curve = curves;
        int *older = karvan_i_realloc(c->older, (size_t)cap, sizeof *older);
        if (older) c->older = older;
        double *most = karvan_i_realloc(c->most, (size_t)cap, sizeof *most);
        if (most) c->most = most;
        KARVAN_REQUIRE(curves && older && most, err, KARVAN_E_NOMEM, "no memory for curves");
        c->cap = cap;
    }
    c->older[set->n_curves] = -1, c->most[set->n_curves] = 0;
    set->curve[set->n_curves++] = curve, curve = NULL;
done:
    karvan_vdf_curve_destroy(curve);
    return st;
}

void karvan_i_vdf_curves_clear(karvan_i_vdf_curves *c) {
    for (int i = 0; i < c->n_named; i++) karvan_i_free(c->named[i]);
    karvan_i_free(c->named), karvan_i_free(c->newest), karvan_i_free(c->older);
    karvan_i_free(c->most);
    *c = (karvan_i_vdf_curves){.set = c->set};
}

/* ---- by points ---- */

enum { CURVE, RATIO, FACTOR, COLUMNS };

typedef struct points {
    const karvan_table *t;
    int column[COLUMNS];
    int64_t *first, *row;   /* rows of curve k: row[first[k] .. first[k + 1]) */
    double *ratio, *factor; /* in that order */
} points;

/* Rows by curve, in the order of the file within one. */
static karvan_status sort_points(points *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t n = karvan_table_rows(p->t);
    int32_t curves = karvan_table_dictionary_size(p->t, p->column[CURVE]);
    p->first = karvan_i_calloc((size_t)curves + 2, sizeof *p->first);
    p->row = karvan_i_malloc((size_t)n, sizeof *p->row);
    p->ratio = karvan_i_malloc((size_t)n, sizeof *p->ratio);
    p->factor = karvan_i_malloc((size_t)n, sizeof *p->factor);
    KARVAN_REQUIRE(p->first && p->row && p->ratio && p->factor, err, KARVAN_E_NOMEM,
                   "no memory for points of curves");
    for (int64_t i = 0; i < n; i++) {
        for (int c = 0; c < COLUMNS; c++)
            if (karvan_table_state(p->t, p->column[c], i) != KARVAN_VALUE)
                return karvan_i_refuse(p->t, p->column[c], i,
                                       "an empty cell; every point has a curve, a ratio and a "
                                       "factor",
                                       err);
        p->first[karvan_table_code(p->t, p->column[CURVE], i) + 2]++;
    }
    for (int32_t k = 0; k < curves; k++) p->first[k + 2] += p->first[k + 1];
    for (int64_t i = 0; i < n; i++) {
        int64_t at = p->first[karvan_table_code(p->t, p->column[CURVE], i) + 1]++;
        p->row[at] = i;
        p->ratio[at] = karvan_table_real(p->t, p->column[RATIO], i);
        p->factor[at] = karvan_table_real(p->t, p->column[FACTOR], i);
    }
done:
    return st;
}

static karvan_status make_curve(karvan_i_vdf_curves *c, const points *p, int32_t k,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const char *name = karvan_table_dictionary_text(p->t, p->column[CURVE], k);
    int64_t from = p->first[k], n = p->first[k + 1] - from;
    karvan_vdf_curve *curve = NULL;
    karvan_error why = {0};
    char what[sizeof why.msg + 100];
    if (n == 0) return KARVAN_OK;
    st = karvan_vdf_points(n > INT32_MAX ? INT32_MAX : (int)n, p->ratio + from, p->factor + from,
                           &curve, &why);
    if (st == KARVAN_E_ARG) {
        (void)snprintf(what, sizeof what, "curve '%.80s': %s", name, why.msg);
        return karvan_i_refuse(p->t, p->column[CURVE], p->row[from], what, err);
    }
    KARVAN_REQUIRE(st == KARVAN_OK, err, st, "%s", why.msg);
    KARVAN_TRY(keep(c, curve, err));
    c->named[c->n_named] = karvan_i_strndup(name, strlen(name));
    KARVAN_REQUIRE(c->named[c->n_named], err, KARVAN_E_NOMEM, "no memory for a name");
    c->n_named++;
done:
    return st;
}

karvan_status karvan_i_vdf_curves_read(karvan_i_vdf_curves *c, const karvan_i_source_text *text,
                                       karvan_error *err) {
    static const karvan_column known[COLUMNS] = {{.name = "curve", .type = KARVAN_TEXT},
                                                 {.name = "ratio", .type = KARVAN_REAL},
                                                 {.name = "factor", .type = KARVAN_REAL}};
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    points p = {0};
    if (!text->bytes) return KARVAN_OK;
    KARVAN_TRY(karvan_i_vdf_table(text, COLUMNS, known, COLUMNS, &t, err));
    p.t = t;
    for (int i = 0; i < COLUMNS; i++) p.column[i] = karvan_table_find(t, known[i].name);
    KARVAN_TRY(sort_points(&p, err));
    int32_t curves = karvan_table_dictionary_size(t, p.column[CURVE]);
    c->named = karvan_i_calloc((size_t)curves, sizeof *c->named);
    KARVAN_REQUIRE(c->named, err, KARVAN_E_NOMEM, "no memory for curves");
    for (int32_t k = 0; k < curves; k++) KARVAN_TRY(make_curve(c, &p, k, err));
done:
    karvan_i_free(p.first), karvan_i_free(p.row), karvan_i_free(p.ratio);
    karvan_i_free(p.factor);
    karvan_table_destroy(t);
    return st;
}

karvan_status karvan_i_vdf_curve_named(const karvan_i_vdf_curves *c, const karvan_table *t,
                                       int column, int64_t row, const karvan_vdf_curve **out,
                                       karvan_error *err) {
    const char *name = karvan_table_text(t, column, row);
    char what[300], near[100];
    for (int i = 0; i < c->n_named; i++)
        if (strcmp(c->named[i], name) == 0) return *out = c->set->curve[i], KARVAN_OK;
    (void)snprintf(
        what, sizeof what, "no curve '%.80s'%s%s", name,
        c->n_named == 0 ? "; a file of curves is right" : "",
        karvan_i_meant(name, (const char *const *)c->named, (size_t)c->n_named, near, sizeof near));
    return karvan_i_refuse(t, column, row, what, err);
}

/* ---- by formula ---- */

karvan_status karvan_i_vdf_curve_made(karvan_i_vdf_curves *c, const karvan_table *t, int column,
                                      int64_t row, double most, const karvan_vdf_curve **out,
                                      karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int32_t codes = karvan_table_dictionary_size(t, column), code;
    karvan_vdf_curve *curve = NULL;
    karvan_error why = {0};
    if (!c->newest) {
        c->newest = karvan_i_malloc((size_t)codes, sizeof *c->newest);
        KARVAN_REQUIRE(c->newest, err, KARVAN_E_NOMEM, "no memory for formulas");
        for (int32_t k = 0; k < codes; k++) c->newest[k] = -1;
    }
    code = karvan_table_code(t, column, row);
    for (int i = c->newest[code]; i >= 0; i = c->older[i])
        if (c->most[i] == most) return *out = c->set->curve[i], KARVAN_OK;
    st = karvan_vdf_formula(karvan_table_text(t, column, row), most, &curve, &why);
    if (st == KARVAN_E_ARG) return karvan_i_refuse(t, column, row, why.msg, err);
    KARVAN_REQUIRE(st == KARVAN_OK, err, st, "%s", why.msg);
    KARVAN_TRY(keep(c, curve, err));
    int made = c->set->n_curves - 1;
    c->older[made] = c->newest[code], c->most[made] = most, c->newest[code] = made;
    *out = curve;
done:
    return st;
}
