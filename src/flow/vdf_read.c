/* Functions of a user's: the rows of a file over those that a network has. */
#include "flow/vdf_read.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/order.h"
#include "base/try.h"
#include "table/cell.h"
#include "table/number.h"

enum { LINK, KIND, T0, CAPACITY, A, B, CURVE, FORMULA, MOST, COLUMNS };

typedef struct reading {
    const karvan_table *t;
    int column[COLUMNS]; /* -1: not in the file */
    int32_t n_arcs, n_nodes;
    const int32_t *tail, *head;
    int32_t *first, *arc; /* [n_nodes + 1], [n_arcs]: arcs by tail */
    int64_t *row_of;      /* [n_arcs] the row that names it, -1: none */
    int64_t rest;         /* the row of all others, -1: none */
    karvan_i_vdf_curves curves;
    karvan_error *err;
} reading;

static const char *const KINDS[] = {"constant", "bpr", "conical", "akcelik", "davidson", "user"};
enum { N_KINDS = sizeof KINDS / sizeof KINDS[0] };

const char *karvan_vdf_kind_name(karvan_vdf_kind k) { return KINDS[k]; }

/* Does a kind have a use for a column? */
static bool uses(karvan_vdf_kind kind, int column) {
    switch (column) {
    case CAPACITY:
        return kind != KARVAN_VDF_CONSTANT;
    case A:
        return kind != KARVAN_VDF_CONSTANT && kind != KARVAN_VDF_USER;
    case B:
        return kind == KARVAN_VDF_BPR || kind == KARVAN_VDF_AKCELIK || kind == KARVAN_VDF_DAVIDSON;
    case CURVE:
    case FORMULA:
    case MOST:
        return kind == KARVAN_VDF_USER;
    default:
        return true;
    }
}

/* ---- cells ---- */

static karvan_status refuse(const reading *r, int column, int64_t row, const char *what) {
    return karvan_i_refuse(r->t, r->column[column], row, what, r->err);
}

static bool filled(const reading *r, int column, int64_t row) {
    return r->column[column] >= 0 &&
           karvan_table_state(r->t, r->column[column], row) == KARVAN_VALUE;
}

static karvan_status kind_of(const reading *r, int64_t row, karvan_vdf_kind *kind) {
    char what[200], near[100];
    if (filled(r, CURVE, row) || filled(r, FORMULA, row)) *kind = KARVAN_VDF_USER;
    if (!filled(r, KIND, row)) return KARVAN_OK;
    const char *said = karvan_table_text(r->t, r->column[KIND], row);
    for (int k = 0; k < N_KINDS; k++)
        if (strcmp(said, KINDS[k]) == 0) return *kind = (karvan_vdf_kind)k, KARVAN_OK;
    (void)snprintf(what, sizeof what, "no kind '%.60s'%s", said,
                   karvan_i_meant(said, KINDS, N_KINDS, near, sizeof near));
    if (!*near)
        (void)snprintf(what, sizeof what,
                       "no kind '%.60s'; there are constant, bpr, conical, akcelik, davidson, user",
                       said);
    return refuse(r, KIND, row, what);
}

/* The curve of a row, where it tells one. */
static karvan_status curve_of(reading *r, int64_t row, const karvan_vdf_curve **curve) {
    karvan_status st = KARVAN_OK;
    double most = filled(r, MOST, row) ? karvan_table_real(r->t, r->column[MOST], row) : 10;
    if (filled(r, CURVE, row) && filled(r, FORMULA, row))
        return refuse(r, FORMULA, row, "a curve and a formula; one of the two is right");
    if (filled(r, MOST, row) && !filled(r, FORMULA, row))
        return refuse(r, MOST, row, "most is of a formula, and there is none");
    if (filled(r, MOST, row) && !(most > 0))
        return refuse(r, MOST, row, "a formula checked up to here; more than 0 is right");
    if (filled(r, CURVE, row))
        KARVAN_TRY(
            karvan_i_vdf_curve_named(&r->curves, r->t, r->column[CURVE], row, curve, r->err));
    if (filled(r, FORMULA, row))
        KARVAN_TRY(karvan_i_vdf_curve_made(&r->curves, r->t, r->column[FORMULA], row, most, curve,
                                           r->err));
done:
    return st;
}

/* What a row says over what the link has. */
static karvan_status apply(reading *r, int64_t row, karvan_vdf *f) {
    karvan_status st = KARVAN_OK;
    double *const number[COLUMNS] = {
        [T0] = &f->t0, [CAPACITY] = &f->capacity, [A] = &f->a, [B] = &f->b};
    karvan_vdf_kind before = f->kind;
    karvan_error why = {0};
    char what[600];
    KARVAN_TRY(kind_of(r, row, &f->kind));
    if (f->kind != before) f->a = f->b = NAN;
    for (int c = T0; c < COLUMNS; c++) {
        if (filled(r, c, row) && !uses(f->kind, c)) {
            (void)snprintf(what, sizeof what, "a function of kind %s has no use for this cell",
                           KINDS[f->kind]);
            return refuse(r, c, row, what);
        }
        if (number[c] && filled(r, c, row)) *number[c] = karvan_table_real(r->t, r->column[c], row);
        if ((c == A || c == B) && uses(f->kind, c) && isnan(*number[c])) {
            (void)snprintf(what, sizeof what, "a function of kind %s needs %s", KINDS[f->kind],
                           c == A ? "a" : "b");
            return refuse(r, r->column[c] >= 0 ? c : LINK, row, what);
        }
        if ((c == A || c == B) && !uses(f->kind, c)) *number[c] = 0;
    }
    if (f->kind != KARVAN_VDF_USER) f->curve = NULL;
    KARVAN_TRY(curve_of(r, row, &f->curve));
    if (f->kind == KARVAN_VDF_USER && !f->curve)
        return refuse(r, LINK, row, "a function of kind user needs a curve or a formula");
    if (karvan_vdf_check(f, &why) != KARVAN_OK) return refuse(r, LINK, row, why.msg);
done:
    return st;
}

/* ---- links ---- */

static karvan_status index_arcs(reading *r) {
    karvan_status st = KARVAN_OK;
    for (int32_t a = 0; a < r->n_arcs; a++) {
        KARVAN_REQUIRE(r->tail[a] >= 0 && r->head[a] >= 0 && r->tail[a] < INT32_MAX / 4, r->err,
                       KARVAN_E_ARG, "link %d has a node out of range", (int)a + 1);
        if (r->tail[a] >= r->n_nodes) r->n_nodes = r->tail[a] + 1;
    }
    r->first = karvan_i_calloc((size_t)r->n_nodes + 2, sizeof *r->first);
    r->arc = karvan_i_malloc((size_t)r->n_arcs, sizeof *r->arc);
    r->row_of = karvan_i_malloc((size_t)r->n_arcs, sizeof *r->row_of);
    KARVAN_REQUIRE(r->first && r->arc && r->row_of, r->err, KARVAN_E_NOMEM, "no memory for links");
    for (int32_t a = 0; a < r->n_arcs; a++) r->first[r->tail[a] + 2]++, r->row_of[a] = -1;
    for (int32_t v = 0; v < r->n_nodes; v++) r->first[v + 2] += r->first[v + 1];
    for (int32_t a = 0; a < r->n_arcs; a++) r->arc[r->first[r->tail[a] + 1]++] = a;
done:
    return st;
}

/* "3-7" */
static karvan_status arc_between(const reading *r, int64_t row, int64_t from, int64_t to,
                                 int32_t *arc) {
    char what[200];
    int found = 0;
    if (from >= 1 && from <= r->n_nodes && to >= 1)
        for (int32_t k = r->first[from - 1]; k < r->first[from]; k++)
            if (r->head[r->arc[k]] == to - 1) *arc = r->arc[k], found++;
    if (found == 1) return KARVAN_OK;
    if (found == 0)
        (void)snprintf(what, sizeof what, "no link of the network leads from %lld to %lld",
                       (long long)from, (long long)to);
    else
        (void)snprintf(what, sizeof what,
                       "%d links lead from %lld to %lld; the number of one in the network is right",
                       found, (long long)from, (long long)to);
    return refuse(r, LINK, row, what);
}

static karvan_status arc_of(const reading *r, int64_t row, int32_t *arc) {
    char what[200];
    int64_t from, to;
    if (!filled(r, LINK, row))
        return refuse(r, LINK, row, "no link; from-to, the number of a link, or * is right");
    const char *s = karvan_table_text(r->t, r->column[LINK], row);
    const char *dash = *s ? strchr(s + 1, '-') : NULL;
    if (strcmp(s, "*") == 0) return *arc = -1, KARVAN_OK;
    if (dash && karvan_i_parse_int(s, (size_t)(dash - s), &from) &&
        karvan_i_parse_int(dash + 1, strlen(dash + 1), &to))
        return arc_between(r, row, from, to, arc);
    if (dash || !karvan_i_parse_int(s, strlen(s), &from))
        return refuse(r, LINK, row, "no link; from-to, the number of a link, or * is right");
    (void)snprintf(what, sizeof what, "no link of the network, which has 1 to %d", (int)r->n_arcs);
    if (from < 1 || from > r->n_arcs) return refuse(r, LINK, row, what);
    *arc = (int32_t)from - 1;
    return KARVAN_OK;
}

static karvan_status apply_rows(reading *r, karvan_vdf *vdf) {
    karvan_status st = KARVAN_OK;
    for (int64_t row = 0; row < karvan_table_rows(r->t); row++) {
        int32_t arc = -1;
        KARVAN_TRY(arc_of(r, row, &arc));
        int64_t *named = arc < 0 ? &r->rest : &r->row_of[arc];
        if (*named >= 0) return refuse(r, LINK, row, "this link stands in a row before");
        *named = row;
        if (arc >= 0) KARVAN_TRY(apply(r, row, &vdf[arc]));
    }
    for (int32_t a = 0; a < r->n_arcs && r->rest >= 0; a++)
        if (r->row_of[a] < 0) KARVAN_TRY(apply(r, r->rest, &vdf[a]));
done:
    return st;
}

/* ---- the whole ---- */

static karvan_status parse(const karvan_i_source_text *text, const karvan_i_source_text *curves,
                           int32_t n_arcs, const int32_t *tail, const int32_t *head,
                           const karvan_vdf *base, karvan_vdf_set *out, karvan_error *err) {
    static const karvan_column known[COLUMNS] = {
        {.name = "link", .type = KARVAN_TEXT},  {.name = "kind", .type = KARVAN_TEXT},
        {.name = "t0", .type = KARVAN_REAL},    {.name = "capacity", .type = KARVAN_REAL},
        {.name = "a", .type = KARVAN_REAL},     {.name = "b", .type = KARVAN_REAL},
        {.name = "curve", .type = KARVAN_TEXT}, {.name = "formula", .type = KARVAN_TEXT},
        {.name = "most", .type = KARVAN_REAL}};
    karvan_status st = KARVAN_OK;
    karvan_table *t = NULL;
    reading r = {.n_arcs = n_arcs, .tail = tail, .head = head, .rest = -1, .err = err};
    r.curves.set = out;
    KARVAN_TRY(index_arcs(&r));
    out->vdf = karvan_i_malloc((size_t)n_arcs, sizeof *out->vdf);
    KARVAN_REQUIRE(out->vdf, err, KARVAN_E_NOMEM, "no memory for %d functions", (int)n_arcs);
    memcpy(out->vdf, base, (size_t)n_arcs * sizeof *base);
    out->n = n_arcs;
    KARVAN_TRY(karvan_i_vdf_curves_read(&r.curves, curves, err));
    KARVAN_TRY(karvan_i_vdf_table(text, COLUMNS, known, 1, &t, err));
    r.t = t;
    for (int c = 0; c < COLUMNS; c++) r.column[c] = karvan_table_find(t, known[c].name);
    KARVAN_TRY(apply_rows(&r, out->vdf));
done:
    karvan_i_vdf_curves_clear(&r.curves);
    karvan_i_free(r.first), karvan_i_free(r.arc), karvan_i_free(r.row_of);
    karvan_table_destroy(t);
    if (st != KARVAN_OK) karvan_vdf_set_clear(out);
    return st;
}

static karvan_status links_given(int32_t n_arcs, const int32_t *tail, const int32_t *head,
                                 const karvan_vdf *base, karvan_error *err) {
    if (n_arcs > 0 && tail && head && base) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_ARG, "no links, or an array of them is NULL");
}

karvan_status karvan_vdf_parse(const char *bytes, size_t n, const char *name, const char *curves,
                               size_t n_curves, const char *curves_name, int32_t n_arcs,
                               const int32_t *tail, const int32_t *head, const karvan_vdf *base,
                               karvan_vdf_set *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_source_text text = {bytes, n, name, false};
    const karvan_i_source_text points = {curves, n_curves, curves_name, false};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_vdf_set){0};
    KARVAN_TRY(links_given(n_arcs, tail, head, base, err));
    KARVAN_REQUIRE(bytes && name && (!curves || curves_name), err, KARVAN_E_ARG,
                   "bytes or a name is NULL");
    KARVAN_TRY(parse(&text, &points, n_arcs, tail, head, base, out, err));
done:
    return st;
}

karvan_status karvan_vdf_read(const char *path, const char *curves_path, int32_t n_arcs,
                              const int32_t *tail, const int32_t *head, const karvan_vdf *base,
                              karvan_vdf_set *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char *room = NULL, *curves_room = NULL;
    karvan_i_source_text text, points = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = (karvan_vdf_set){0};
    KARVAN_TRY(links_given(n_arcs, tail, head, base, err));
    KARVAN_REQUIRE(path, err, KARVAN_E_ARG, "path is NULL");
    KARVAN_TRY(karvan_i_source_read(path, &room, &text, err));
    if (curves_path) KARVAN_TRY(karvan_i_source_read(curves_path, &curves_room, &points, err));
    KARVAN_TRY(parse(&text, &points, n_arcs, tail, head, base, out, err));
done:
    karvan_i_free(room), karvan_i_free(curves_room);
    return st;
}

void karvan_vdf_set_clear(karvan_vdf_set *s) {
    if (!s) return;
    for (int i = 0; i < s->n_curves; i++) karvan_vdf_curve_destroy(s->curve[i]);
    karvan_i_free(s->curve), karvan_i_free(s->vdf);
    *s = (karvan_vdf_set){0};
}
