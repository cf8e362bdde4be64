/* The solver on effects by itself, on a panel of all pairs of countries in all years: three
 * regressors projected on exporter-year, importer-year and pair effects at once, with the trade of
 * the panel (and its mean) as weights. Steps and milliseconds with the dense blocks as the
 * preconditioner and with the diagonal alone, to three tolerances; JSON lines.
 *
 *   bench_absorb [COUNTRIES YEARS [THREADS]]       150 countries, 30 years, 1 thread
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "synthetic_panel.h"
#include "timing.h"
#include "trade/absorb.h"

enum { REPS = 5, COLUMNS = 3 };

typedef struct filling {
    karvan_i_design d;
    karvan_i_effect effect[3];
    double *w;
    int countries, years;
} filling;

static bool fill_row(void *ctx, const panel_row *r) {
    filling *f = ctx;
    int64_t i = f->d.n++;
    f->w[i] = r->trade;
    f->d.x[0][i] = r->rta, f->d.x[1][i] = r->lntar, f->d.x[2][i] = r->trend;
    f->effect[0].level[i] = (r->exporter - 1) * f->years + r->year - 1990;
    f->effect[1].level[i] = (r->importer - 1) * f->years + r->year - 1990;
    f->effect[2].level[i] = (r->exporter - 1) * f->countries + r->importer - 1;
    return true;
}

static bool fill(filling *f, int countries, int years) {
    size_t n = (size_t)countries * (size_t)countries * (size_t)years;
    *f = (filling){.countries = countries, .years = years};
    f->d.x = calloc(COLUMNS, sizeof *f->d.x);
    f->w = calloc(n, sizeof *f->w);
    f->d.y = calloc(n, sizeof *f->d.y), f->d.row = calloc(n, sizeof *f->d.row);
    bool there = f->d.x && f->w && f->d.y && f->d.row;
    for (int k = 0; k < COLUMNS && there; k++)
        there = (f->d.x[k] = calloc(n, sizeof(double))) != NULL;
    for (int e = 0; e < 3 && there; e++) {
        f->effect[e].n_levels = e < 2 ? countries * years : countries * countries;
        there = (f->effect[e].level = calloc(n, sizeof(int32_t))) != NULL;
    }
    if (!there || !panel_generate(countries, years, 20261123, fill_row, f)) return false;
    double mean = 0;
    for (size_t i = 0; i < n; i++) mean += f->w[i] / (double)n;
    for (size_t i = 0; i < n; i++) f->w[i] = (f->w[i] + mean) / 2;
    f->d.n_effects = 3, f->d.effect = f->effect;
    return true;
}

/* One solution; prints a line. */
static bool measure(karvan_i_absorb *a, const filling *f, const char *name, double tolerance) {
    size_t cells = (size_t)a->unknowns * COLUMNS;
    double *b = calloc(cells, sizeof *b), *x = calloc(cells, sizeof *x), floor[COLUMNS] = {0};
    double took[REPS], check = 0;
    int steps = 0;
    bool good = b && x && karvan_i_absorb_project(a, COLUMNS, f->d.x, b, NULL) == KARVAN_OK;
    for (int r = 0; r < REPS && good; r++) {
        memset(x, 0, cells * sizeof *x);
        double begin = now_s();
        good = karvan_i_absorb_solve(a, COLUMNS, b, x, tolerance, floor, 2000, NULL, &steps,
                                     NULL) == KARVAN_OK;
        took[r] = now_s() - begin;
    }
    for (size_t j = 0; j < cells && good; j++) check += x[j] * b[j];
    if (good) {
        qsort(took, REPS, sizeof *took, by_double);
        printf("{\"bench\":\"absorb\",\"preconditioner\":\"%s\",\"rows\":%lld,\"tolerance\":%g,"
               "\"steps\":%d,\"reps\":%d,\"median_ms\":%.2f,\"min_ms\":%.2f,\"check\":%.10g}\n",
               name, (long long)a->n, tolerance, steps, REPS, 1e3 * took[REPS / 2], 1e3 * took[0],
               check);
    }
    free(b), free(x);
    return good;
}

int main(int argc, char **argv) {
    int countries = argc > 2 ? atoi(argv[1]) : 150, years = argc > 2 ? atoi(argv[2]) : 30;
    int threads = argc > 3 ? atoi(argv[3]) : 1;
    static const double tolerances[] = {1e-2, 1e-5, 1e-8};
    static filling f;
    karvan_i_absorb a;
    karvan_error err = {0};
    if (countries < 2 || years < 1 || !fill(&f, countries, years)) return 1;
    if (karvan_i_absorb_create(&f.d, threads, NULL, &a, &err) != KARVAN_OK) return 1;
    double begin = now_s();
    if (karvan_i_absorb_weigh(&a, f.w, true, &err) != KARVAN_OK) return 1;
    printf("{\"bench\":\"absorb_blocks\",\"rows\":%lld,\"made_ms\":%.2f}\n", (long long)a.n,
           1e3 * (now_s() - begin));
    for (int t = 0; t < 3; t++)
        if (!measure(&a, &f, "blocks", tolerances[t])) return 1;
    karvan_i_blocks_destroy(a.blocks);
    a.blocks = NULL;
    for (int t = 0; t < 3; t++)
        if (!measure(&a, &f, "diagonal", tolerances[t])) return 1;
    karvan_i_absorb_clear(&a);
    return 0;
}
