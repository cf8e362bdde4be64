#ifndef KARVAN_TESTS_TRADE_PANEL_H
#define KARVAN_TESTS_TRADE_PANEL_H
/* A small random panel of trade between countries, some rows and some pairs absent, with zeros: as
 * a table for the library and as plain arrays for the regression with all dummies. Include cmocka
 * before. */
#include <stdio.h>

#include "dense_ppml.h"
#include "karvan/gravity.h"

enum { PANEL_ROWS = 400, PANEL_X = 2 };

typedef struct trade_panel {
    int n, exporters, importers, years;
    int exp[PANEL_ROWS], imp[PANEL_ROWS], year[PANEL_ROWS], block[PANEL_ROWS];
    double y[PANEL_ROWS], w[PANEL_ROWS], o[PANEL_ROWS], x[PANEL_X][PANEL_ROWS];
    int it[PANEL_ROWS], jt[PANEL_ROWS], ij[PANEL_ROWS], both[PANEL_ROWS]; /* levels */
    const double *x_view[PANEL_X];
} trade_panel;

static inline void panel_add(trade_panel *p, karvan_random *r, const double *size, int i, int j,
                             int t) {
    int n = p->n++;
    assert_true(n < PANEL_ROWS);
    p->exp[n] = i, p->imp[n] = j, p->year[n] = 2000 + t, p->block[n] = i / 3;
    p->w[n] = 0.5 + karvan_random_uniform(r), p->o[n] = karvan_random_normal(r) / 4;
    p->x[0][n] = karvan_random_normal(r) + 0.3 * t;
    p->x[1][n] = t >= 1 + (i + j) % (p->years + 1);
    double eta = size[i] + size[20 + j] + 0.2 * p->x[0][n] + 0.4 * p->x[1][n];
    double y = exp(eta + 0.6 * karvan_random_normal(r));
    p->y[n] = karvan_random_below(r, 12) ? round(1000 * y) / 1000 : 0;
    p->it[n] = i * 100 + t, p->jt[n] = j * 100 + t, p->ij[n] = i * 100 + j;
    p->both[n] = (i < j ? i : j) * 100 + (i < j ? j : i);
}

/* sparse: about one row in eight and one pair in ten is absent. Every country has something in
 * every year all the same. */
static inline void panel_draw(trade_panel *p, uint64_t seed, int exporters, int importers,
                              int years, bool sparse) {
    karvan_random r;
    double size[40];
    memset(p, 0, sizeof *p);
    karvan_random_init(&r, seed, 0);
    p->exporters = exporters, p->importers = importers, p->years = years;
    for (int c = 0; c < 40; c++) size[c] = karvan_random_normal(&r);
    for (int i = 0; i < exporters; i++)
        for (int j = 0; j < importers; j++) {
            bool near = (i + 30 - j) % importers < 3;
            if (sparse && !near && karvan_random_below(&r, 10) == 0) continue;
            for (int t = 0; t < years; t++)
                if (!sparse || near || karvan_random_below(&r, 8)) panel_add(p, &r, size, i, j, t);
        }
    for (int x = 0; x < PANEL_X; x++) p->x_view[x] = p->x[x];
}

static inline karvan_table *panel_table(const trade_panel *p) {
    static const karvan_column columns[] = {
        {"y", KARVAN_REAL, NULL},   {"w", KARVAN_REAL, NULL},   {"o", KARVAN_REAL, NULL},
        {"x1", KARVAN_REAL, NULL},  {"x2", KARVAN_REAL, NULL},  {"exp", KARVAN_TEXT, NULL},
        {"imp", KARVAN_TEXT, NULL}, {"year", KARVAN_INT, NULL}, {"block", KARVAN_INT, NULL},
        {"both", KARVAN_INT, NULL}, {"it", KARVAN_INT, NULL},   {"half", KARVAN_INT, NULL}};
    karvan_builder *b = NULL;
    karvan_table *t = NULL;
    assert_int_equal(karvan_builder_create("panel", 12, columns, &b, NULL), KARVAN_OK);
    for (int i = 0; i < p->n; i++) {
        char name[16];
        const double real[] = {p->y[i], p->w[i], p->o[i], p->x[0][i], p->x[1][i]};
        const int whole[] = {p->year[i], p->block[i], p->both[i], p->it[i], p->imp[i] % 2};
        (void)karvan_builder_row(b, NULL);
        for (int c = 0; c < 5; c++) (void)karvan_builder_real(b, c, real[c], NULL);
        (void)snprintf(name, sizeof name, "C%02d", p->exp[i]);
        (void)karvan_builder_text(b, 5, name, NULL);
        (void)snprintf(name, sizeof name, "C%02d", p->imp[i]);
        (void)karvan_builder_text(b, 6, name, NULL);
        for (int c = 0; c < 5; c++) (void)karvan_builder_int(b, 7 + c, whole[c], NULL);
    }
    assert_int_equal(karvan_builder_finish(b, &t, NULL), KARVAN_OK);
    return t;
}

static inline karvan_gravity *panel_fit(const karvan_table *t, const karvan_gravity_options *o) {
    karvan_gravity *g = NULL;
    karvan_error e = {0};
    if (karvan_gravity_fit(t, o, &g, &e) != KARVAN_OK) fail_msg("%s", e.msg);
    return g;
}

/* The rows that a fit uses; the same model with all dummies. */
static inline void panel_kept(const karvan_gravity *g, const trade_panel *p, bool *keep) {
    double fitted[PANEL_ROWS];
    assert_int_equal(karvan_gravity_fitted(g, fitted, NULL), KARVAN_OK);
    for (int i = 0; i < p->n; i++) keep[i] = !isnan(fitted[i]);
}

static inline void panel_close(double got, double want, double by, const char *what) {
    if (!(fabs(got - want) <= by * (1 + fabs(want))))
        fail_msg("%s: %.15g, not %.15g", what, got, want);
}
#endif
