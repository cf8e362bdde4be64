/* What flows over least-cost routes when each arc has a weight. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/route_shares.h"

enum { CHUNK = 8 };

typedef struct loader {
    const karvan_i_fans *w;
    const double *weight;
    double *partial; /* [chunks][m + 1] flows, then the demand times the logarithm of its sums */
} loader;

typedef struct scratch {
    karvan_i_wide *sum; /* [n] */
    double *through;    /* [n] */
} scratch;

/* Demand at each destination; the sum of it times the logarithm of the sum over its ways. */
static double demand_to(const karvan_i_problem *p, const karvan_i_fan *w, const scratch *s) {
    double value = 0;
    for (int c = 0; c < p->n_classes; c++) {
        const karvan_i_demand *d = &p->demand[c];
        if (p->group[c] != w->group) continue;
        for (int64_t k = d->first[w->origin]; k < d->first[w->origin + 1]; k++) {
            int32_t to = d->destination[k];
            if (!(s->sum[to] > 0)) continue;
            s->through[to] += d->trips[k] * d->pce;
            value += d->trips[k] * d->pce * (double)logl(s->sum[to]);
        }
    }
    return value;
}

/* Flows of one origin are added to `to`. */
static void load_one(const loader *l, const scratch *s, const karvan_i_fan *w, double *to) {
    const karvan_i_problem *p = l->w->p;
    for (int32_t v = 0; v < p->n; v++) s->sum[v] = 0, s->through[v] = 0;
    karvan_i_fan_forward(p, w, l->weight, s->sum);
    to[p->m] += demand_to(p, w, s);
    for (int32_t i = w->n - 1; i >= 0; i--) {
        int32_t a = w->arc[i], u = p->tail[a], v = p->head[a];
        if (s->through[v] == 0) continue;
        double x = s->through[v] * (double)(l->weight[a] * s->sum[u] / s->sum[v]);
        to[a] += x, s->through[u] += x;
    }
}

static karvan_status load_chunk(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const loader *l = ctx;
    const karvan_i_problem *p = l->w->p;
    double *to = l->partial + (size_t)(begin / CHUNK) * ((size_t)p->m + 1);
    (void)worker;
    scratch s = {karvan_i_malloc((size_t)p->n + 1, sizeof *s.sum),
                 karvan_i_malloc((size_t)p->n + 1, sizeof *s.through)};
    KARVAN_REQUIRE(s.sum && s.through, err, KARVAN_E_NOMEM, "no memory for %d nodes", (int)p->n);
    memset(to, 0, ((size_t)p->m + 1) * sizeof *to);
    for (int64_t i = begin; i < end; i++) load_one(l, &s, &l->w->fan[i], to);
done:
    karvan_i_free(s.sum), karvan_i_free(s.through);
    return st;
}

size_t karvan_i_fans_room(const karvan_i_fans *w) {
    return (size_t)((w->n + CHUNK - 1) / CHUNK) * ((size_t)w->p->m + 1);
}

karvan_status karvan_i_fans_load(const karvan_i_fans *w, const double *weight, int threads,
                                 const karvan_cancel *cancel, double *room, double *out,
                                 karvan_error *err) {
    size_t m = (size_t)w->p->m + 1;
    loader l = {w, weight, room};
    karvan_status st = karvan_parallel_for(w->n, CHUNK, threads, load_chunk, &l, cancel, err);
    memset(out, 0, m * sizeof *out);
    for (int64_t c = 0; st == KARVAN_OK && c * CHUNK < w->n; c++)
        for (size_t a = 0; a < m; a++) out[a] += room[(size_t)c * m + a];
    return st;
}
