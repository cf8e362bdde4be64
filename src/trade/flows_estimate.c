/* Mirrors of a flows table: cif over fob by distance, how far reporters are off, figures on one
 * basis. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "trade/flows_mirrors.h"

/* The first of several names that a table has for a column. */
static karvan_status distance_column(const karvan_table *t, const char *const *names, int n,
                                     int *out, karvan_error *err) {
    for (int k = 0; k < n; k++)
        if ((*out = karvan_table_find(t, names[k])) >= 0) return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_DATA, "distances have no column %s", names[0]);
}

typedef struct leg {
    int32_t from, to;
    int64_t row;
} leg;

static int by_leg(const void *x, const void *y) {
    const leg *a = x, *b = y;
    if (a->from != b->from) return a->from < b->from ? -1 : 1;
    if (a->to != b->to) return a->to < b->to ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static int by_ends(const void *x, const void *y) {
    const leg *a = x, *b = y;
    if (a->from != b->from) return a->from < b->from ? -1 : 1;
    return (a->to > b->to) - (a->to < b->to);
}

/* Kilometres of every flow. Of several rows of a pair (years, as in CEPII's Gravity) the first
 * counts: distances do not change. */
static karvan_status find_distances(karvan_i_mirrors *w, karvan_error *err) {
    static const char *const from[] = {"origin", "exporter", "iso3_o", "iso_o"},
                             *const to[] = {"destination", "importer", "iso3_d", "iso_d"},
                             *const km[] = {"distw_km", "dist_km", "distw_harmonic", "dist"};
    karvan_status st = KARVAN_OK;
    const karvan_table *t = w->o->distances;
    int c[3];
    int64_t n = 0, kept = 0;
    leg *list = NULL;
    KARVAN_TRY(distance_column(t, from, 4, &c[0], err));
    KARVAN_TRY(distance_column(t, to, 4, &c[1], err));
    KARVAN_TRY(distance_column(t, km, 4, &c[2], err));
    list = karvan_i_malloc((size_t)karvan_table_rows(t) + 1, sizeof *list);
    w->km_of = karvan_i_malloc((size_t)w->n + 1, sizeof *w->km_of);
    KARVAN_REQUIRE(list && w->km_of, err, KARVAN_E_NOMEM, "no memory for distances");
    for (int64_t r = 0; r < karvan_table_rows(t); r++) {
        leg x = {karvan_i_flow_country(&w->f, karvan_table_text(t, c[0], r)),
                 karvan_i_flow_country(&w->f, karvan_table_text(t, c[1], r)), r};
        if (x.from >= 0 && x.to >= 0 && karvan_table_real(t, c[2], r) > 0) list[n++] = x;
    }
    qsort(list, (size_t)n, sizeof *list, by_leg);
    for (int64_t k = 0; k < n; k++)
        if (k == 0 || by_ends(&list[k], &list[kept - 1]) != 0) list[kept++] = list[k];
    for (int64_t k = 0; k < w->n; k++) {
        leg x = {w->flow[k].from, w->flow[k].to, 0};
        const leg *at = bsearch(&x, list, (size_t)kept, sizeof *list, by_ends);
        w->km_of[k] = at ? karvan_table_real(t, c[2], at->row) : NAN;
    }
done:
    karvan_i_free(list);
    return st;
}

/* Flows that both sides state above 0, one fob and one cif: all that tells of freight or of
 * reporters. */
static int64_t mirrors_of(const karvan_i_mirrors *w, bool freight, karvan_i_mirror *m,
                          double *number) {
    int64_t n = 0;
    for (int64_t k = 0; k < w->n; k++) {
        const karvan_i_both *x = &w->flow[k];
        if (!(x->v[0] > 0) || !(x->v[1] > 0) || x->from == x->to) continue;
        if (freight && (x->moved[0] || !x->moved[1])) continue;
        m[n] = (karvan_i_mirror){x->from, x->to, x->v[0], x->v[1],
                                 log1p((x->v[0] + x->v[1]) * w->of_one)};
        number[n++] = freight ? w->km_of[k] : log(x->fob[1] / x->fob[0]);
    }
    return n;
}

karvan_status karvan_i_mirrors_line(karvan_i_mirrors *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_mirror *m = karvan_i_malloc((size_t)w->n + 1, sizeof *m);
    double *km = karvan_i_malloc((size_t)w->n + 1, sizeof *km);
    KARVAN_REQUIRE(m && km, err, KARVAN_E_NOMEM, "no memory to estimate cif over fob");
    KARVAN_TRY(find_distances(w, err));
    KARVAN_TRY(karvan_i_cif_fit(mirrors_of(w, true, m, km), m, km, &w->line, err));
done:
    karvan_i_free(m), karvan_i_free(km);
    return st;
}

void karvan_i_mirrors_move(karvan_i_mirrors *w) {
    for (int64_t k = 0; k < w->n; k++) {
        karvan_i_both *x = &w->flow[k];
        x->ratio = w->km_of && w->km_of[k] > 0 ? karvan_i_cif_at(&w->line, w->km_of[k]) : w->flat;
        if (x->from == x->to) x->ratio = 1.0; /* goods that come home */
        for (int s = 0; s < 2; s++) x->fob[s] = x->moved[s] ? x->v[s] / x->ratio : x->v[s];
    }
}

karvan_status karvan_i_mirrors_reliability(karvan_i_mirrors *w, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_mirror *m = karvan_i_malloc((size_t)w->n + 1, sizeof *m);
    double *d = karvan_i_malloc((size_t)w->n + 1, sizeof *d);
    w->e = karvan_i_malloc((size_t)w->f.n_countries + 1, sizeof *w->e);
    w->mirrors = karvan_i_malloc((size_t)w->f.n_countries + 1, sizeof *w->mirrors);
    KARVAN_REQUIRE(m && d && w->e && w->mirrors, err, KARVAN_E_NOMEM,
                   "no memory for the reliability of reporters");
    KARVAN_TRY(karvan_i_reliability(mirrors_of(w, false, m, d), m, d, w->f.n_countries, w->e,
                                    w->mirrors, err));
done:
    karvan_i_free(m), karvan_i_free(d);
    return st;
}
