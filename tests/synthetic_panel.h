#ifndef KARVAN_TESTS_SYNTHETIC_PANEL_H
#define KARVAN_TESTS_SYNTHETIC_PANEL_H
/* A panel of trade between all pairs of countries in all years, domestic trade too, as gravity has
 * it: exporter-year and importer-year sizes that walk at random, distances in a unit square,
 * agreements that begin in a year, tariffs, zeros where trade would be small. Every number comes
 * from one splitmix64 stream, so a seed names the panel for all who generate it; the file written
 * is the same byte by byte as that of the reference data's generator. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct panel_row {
    int exporter, importer, year; /* from 1, from 1, from 1990 */
    double trade;                 /* three decimals */
    int rta;
    double lntar, trend, ln_dist; /* six decimals are written */
    int contiguous, international;
} panel_row;

/* false: stop. */
typedef bool (*panel_sink)(void *ctx, const panel_row *row);

typedef struct panel {
    int n, years;
    uint64_t state;
    double *x, *y, *size_out, *size_in, *pair, *ln_dist;
    int *contiguous, *begins;
} panel;

static inline uint64_t panel_u64(panel *p) {
    uint64_t z = p->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static inline double panel_uniform(panel *p) {
    return ((double)(panel_u64(p) >> 11) + 0.5) * (1 / 9007199254740992.0);
}

/* Box and Muller, of the two the cosine. */
static inline double panel_normal(panel *p) {
    double u = panel_uniform(p), v = panel_uniform(p);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static inline void panel_sizes(panel *p) {
    for (int i = 0; i < p->n; i++) p->x[i] = panel_uniform(p), p->y[i] = panel_uniform(p);
    for (int i = 0; i < p->n; i++) {
        double out = 1.2 * panel_normal(p), in = 0.8 * out + 0.6 * panel_normal(p);
        for (int t = 0; t < p->years; t++) {
            out += 0.03 + 0.05 * panel_normal(p), in += 0.03 + 0.05 * panel_normal(p);
            p->size_out[i * p->years + t] = out, p->size_in[i * p->years + t] = in;
        }
    }
}

static inline void panel_pairs(panel *p) {
    for (int i = 0; i < p->n; i++)
        for (int j = 0; j < p->n; j++) {
            int at = i * p->n + j;
            double far = i == j ? 0.02 : hypot(p->x[i] - p->x[j], p->y[i] - p->y[j]) + 0.02;
            p->ln_dist[at] = log(far * 10000);
            p->contiguous[at] = i != j && far < 0.08;
            p->pair[at] = -1.0 * (p->ln_dist[at] - log(5000)) + 0.5 * p->contiguous[at] +
                          (i == j ? 2.0 : 0.0) + 0.5 * panel_normal(p);
        }
    for (int i = 0; i < p->n; i++)
        for (int j = i; j < p->n; j++) {
            int begins = p->years + 1; /* never */
            if (i != j && panel_uniform(p) < 0.30)
                begins = 1 + (int)(panel_uniform(p) * (p->years - 1));
            p->begins[i * p->n + j] = p->begins[j * p->n + i] = begins;
        }
}

static inline void panel_draw_row(panel *p, int i, int j, int t, double base, panel_row *row) {
    int at = i * p->n + j, rta = t >= p->begins[at];
    double tariff = i == j ? 0 : 0.10 + 0.03 * base + 0.03 * panel_normal(p) - 0.02 * rta;
    double trend = (i != j) * (double)(t + 1) / p->years;
    double mu = exp(1.0 + p->size_out[i * p->years + t] + p->size_in[j * p->years + t] +
                    p->pair[at] + 0.40 * rta - 4.0 * tariff + 0.30 * trend);
    double e = exp(0.7 * panel_normal(p) - 0.245), trade = mu * e;
    if (i != j && panel_uniform(p) < exp(-1.2 * mu))
        trade = 0;
    else
        trade = floor(trade * 1000 + 0.5) / 1000;
    *row = (panel_row){i + 1, j + 1,          1990 + t,          trade, rta, tariff,
                       trend, p->ln_dist[at], p->contiguous[at], i != j};
}

/* Rows by exporter, importer, year: n * n * years of them. false: no memory, or the sink's word. */
static inline bool panel_generate(int n, int years, uint64_t seed, panel_sink sink, void *ctx) {
    size_t nn = (size_t)n * (size_t)n, nt = (size_t)n * (size_t)years;
    panel p = {.n = n, .years = years, .state = seed};
    p.x = calloc((size_t)n, sizeof *p.x), p.y = calloc((size_t)n, sizeof *p.y);
    p.size_out = calloc(nt, sizeof *p.size_out), p.size_in = calloc(nt, sizeof *p.size_in);
    p.pair = calloc(nn, sizeof *p.pair), p.ln_dist = calloc(nn, sizeof *p.ln_dist);
    p.contiguous = calloc(nn, sizeof *p.contiguous), p.begins = calloc(nn, sizeof *p.begins);
    bool good =
        p.x && p.y && p.size_out && p.size_in && p.pair && p.ln_dist && p.contiguous && p.begins;
    if (good) panel_sizes(&p), panel_pairs(&p);
    for (int i = 0; i < n && good; i++)
        for (int j = 0; j < n && good; j++) {
            double base = panel_normal(&p);
            for (int t = 0; t < years && good; t++) {
                panel_row row;
                panel_draw_row(&p, i, j, t, base, &row);
                good = sink(ctx, &row);
            }
        }
    free(p.x), free(p.y), free(p.size_out), free(p.size_in), free(p.pair), free(p.ln_dist);
    free(p.contiguous), free(p.begins);
    return good;
}

static inline bool panel_print_row(void *ctx, const panel_row *r) {
    return fprintf((FILE *)ctx, "%d,%d,%d,%.3f,%d,%.6f,%.6f,%.6f,%d,%d\n", r->exporter, r->importer,
                   r->year, r->trade, r->rta, r->lntar, r->trend, r->ln_dist, r->contiguous,
                   r->international) > 0;
}

/* The panel as a CSV file. */
static inline bool panel_write(int n, int years, uint64_t seed, const char *path) {
    FILE *f = fopen(path, "w");
    if (!f) return false;
    bool good = fputs("exp,imp,year,trade,rta,lntar,intl_trend,ln_dist,contig,intl\n", f) >= 0 &&
                panel_generate(n, years, seed, panel_print_row, f);
    return fclose(f) == 0 && good;
}
#endif
