#ifndef KARVAN_TESTS_SEPARATION_VERDICT_H
#define KARVAN_TESTS_SEPARATION_VERDICT_H
/* What a fit dropped, held against a known separated set: no row missed, no false alarm, each
 * certificate checked by projecting it on all columns. Include cmocka before. */
#include "gravity_case.h"

typedef struct dropped_rows {
    bool singleton[CASE_ROWS], all_zero[CASE_ROWS], separated[CASE_ROWS];
    double z[CASE_ROWS];
    int n;
} dropped_rows;

static inline dropped_rows read_dropped(const karvan_gravity *g) {
    dropped_rows d = {.n = 0};
    karvan_table *t = NULL;
    assert_int_equal(karvan_gravity_dropped(g, &t, NULL), KARVAN_OK);
    int row = karvan_table_find(t, "row"), reason = karvan_table_find(t, "reason"),
        certificate = karvan_table_find(t, "certificate");
    assert_true(row >= 0 && reason >= 0 && certificate >= 0);
    for (int64_t i = 0; i < karvan_table_rows(t); i++, d.n++) {
        int64_t r = karvan_table_int(t, row, i) - 1;
        const char *why = karvan_table_text(t, reason, i);
        assert_in_range(r, 0, CASE_ROWS - 1);
        assert_false(d.singleton[r] || d.all_zero[r] || d.separated[r]); /* once each */
        d.singleton[r] = strcmp(why, "singleton") == 0;
        d.all_zero[r] = strcmp(why, "all-zero") == 0;
        d.separated[r] = strcmp(why, "separated") == 0;
        assert_true(d.singleton[r] || d.all_zero[r] || d.separated[r]);
        if (d.separated[r] || d.all_zero[r])
            assert_int_equal(karvan_table_state(t, certificate, i), KARVAN_VALUE);
        d.z[r] = karvan_table_real(t, certificate, i);
    }
    karvan_table_destroy(t);
    return d;
}

/* Rows alone in a level of an effect, and those that are alone once they are gone, ... */
static inline void add_singletons(const gravity_case *c, bool *out) {
    for (bool again = true; again;) {
        again = false;
        for (int e = 0; e < c->n_effects; e++)
            for (int i = 0; i < c->n; i++) {
                int company = 0;
                for (int j = 0; j < c->n; j++)
                    company += !out[j] && c->level[e][j] == c->level[e][i];
                if (!out[i] && company == 1) out[i] = again = true;
            }
    }
}

/* z is a combination of the columns over all rows but those that left before it was sought; 0 on
 * all rows in use, whatever their y; above 0 where it is told. */
static inline const char *bad_certificate(gravity_case *c, const dropped_rows *d) {
    double z[CASE_ROWS] = {0}, norm = 0;
    bool keep[CASE_ROWS];
    int rows = 0;
    for (int i = 0; i < c->n; i++) {
        if (d->all_zero[i] && !(d->z[i] > 0)) return "certificate of an empty level";
        keep[i] = !d->singleton[i] && !d->all_zero[i];
        if (d->separated[i] && !(d->z[i] > 0)) return "certificate is not above 0";
        if (d->separated[i] && c->y[i] > 0) return "certificate where y > 0";
        if (d->separated[i]) z[i] = d->z[i], norm += z[i] * z[i], rows++;
    }
    if (rows == 0) return NULL;
    dense_model m = case_model(c, keep);
    m.y = z, m.weight = NULL, m.offset = NULL;
    dense_fit f = dense_ols(&m);
    double off = sqrt(f.deviance / norm);
    dense_clear(&f);
    return off <= 1e-8 ? NULL : "certificate is no combination of the columns";
}

/* Holds the rows that g has dropped against `separated`; NULL: right. kept: rows in use. */
static inline const char *separation_fault(gravity_case *c, const karvan_gravity *g,
                                           const bool *separated, bool singletons_kept,
                                           bool *kept) {
    dropped_rows d = read_dropped(g);
    bool out[CASE_ROWS];
    karvan_gravity_stats s = karvan_gravity_statistics(g);
    int n_separated = 0, n_singleton = 0;
    memcpy(out, separated, sizeof *out * (size_t)c->n);
    if (!singletons_kept) add_singletons(c, out);
    for (int i = 0; i < c->n; i++) {
        bool gone = d.singleton[i] || d.all_zero[i] || d.separated[i];
        n_separated += d.all_zero[i] || d.separated[i], n_singleton += d.singleton[i];
        kept[i] = !gone;
        if (separated[i] && !gone) return "a separated row is missed";
        if (!separated[i] && (d.separated[i] || d.all_zero[i])) return "a false alarm";
        if (d.singleton[i] && (singletons_kept || !out[i])) return "no singleton";
        if (out[i] && !gone) return "a singleton is missed";
    }
    if (s.n_separated != n_separated || s.n_singleton != n_singleton) return "counts";
    if (s.n != c->n - d.n || s.n_read != c->n || s.n_missing != 0) return "counts of rows";
    return bad_certificate(c, &d);
}
#endif
