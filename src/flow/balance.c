/* Iterative proportional fitting: one pass over the matrix a round gives both the new factors of
 * the rows and the sums of the columns under them. Columns are summed by chunks of rows, and the
 * chunks in their order, so that any number of threads gives the same bytes. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "flow/balance.h"

enum { CHUNK = 64, ROUNDS = 10000, LOOK = 64 };
static const double TOLERANCE = 1e-10;

typedef struct state {
    const karvan_i_balance *p;
    size_t width;
    int64_t n_chunks;
    double *a, *b;   /* factors of rows and columns */
    double *ratio;   /* [rows] sum over target before the factor was renewed; 1 where it is 0 */
    double *partial; /* [chunks][columns] */
    double *sum;     /* [columns] */
} state;

static double row_sum(const state *s, const double *m) {
    double sum = 0;
    for (size_t j = 0; j < s->width; j++) sum += s->b[j] * m[j];
    return sum;
}

static karvan_status renew_rows(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    state *s = ctx;
    (void)worker, (void)err;
    double *to = s->partial + (size_t)(begin / CHUNK) * s->width;
    memset(to, 0, s->width * sizeof *to);
    for (int64_t i = begin; i < end; i++) {
        const double *m = s->p->matrix + (size_t)i * s->width;
        if (s->p->row) {
            double sum = row_sum(s, m), want = s->p->row[i];
            s->ratio[i] = want > 0 ? s->a[i] * sum / want : 1;
            s->a[i] = want > 0 ? want / sum : 0;
        }
        for (size_t j = 0; j < s->width; j++) to[j] += s->a[i] * m[j];
    }
    return KARVAN_OK;
}

/* Sums of columns in s->sum; with both ends given their factors too. */
static void renew_columns(state *s) {
    memset(s->sum, 0, s->width * sizeof *s->sum);
    for (int64_t c = 0; c < s->n_chunks; c++)
        for (size_t j = 0; j < s->width; j++) s->sum[j] += s->partial[(size_t)c * s->width + j];
    for (size_t j = 0; s->p->column && j < s->width; j++)
        s->b[j] = s->p->column[j] > 0 ? s->p->column[j] / s->sum[j] : 0;
}

static double worst(const state *s) {
    double e = 0;
    for (int32_t i = 0; i < s->p->n_origins; i++) {
        double d = fabs(s->ratio[i] - 1);
        if (!(d <= e)) e = d; /* also where it is no number */
    }
    return e;
}

static karvan_status scale_rows(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    state *s = ctx;
    (void)worker, (void)err;
    for (int64_t i = begin; i < end; i++) {
        double *m = s->p->matrix + (size_t)i * s->width, sum = 0;
        for (size_t j = 0; j < s->width; j++) sum += m[j] = s->a[i] * s->b[j] * m[j];
        s->partial[i] = sum;
        if (s->p->row) s->ratio[i] = s->p->row[i] > 0 ? sum / s->p->row[i] : 1;
    }
    return KARVAN_OK;
}

static karvan_status finish(state *s, karvan_balance_stats *stats, karvan_error *err) {
    const karvan_i_balance *p = s->p;
    karvan_status st =
        karvan_parallel_for(p->n_origins, CHUNK, p->o->threads, scale_rows, s, p->o->cancel, err);
    stats->total = 0;
    for (int32_t i = 0; st == KARVAN_OK && i < p->n_origins; i++) stats->total += s->partial[i];
    stats->error = p->row ? worst(s) : 0;
    return st;
}

static karvan_status iterate(state *s, karvan_balance_stats *stats, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_balance *p = s->p;
    double tolerance = p->o->tolerance > 0 ? p->o->tolerance : TOLERANCE;
    int most = p->o->max_iterations > 0 ? p->o->max_iterations : ROUNDS;
    bool both = p->row && p->column;
    for (int64_t look = LOOK; !stats->converged && stats->iterations < most;) {
        KARVAN_TRY(karvan_parallel_for(p->n_origins, CHUNK, p->o->threads, renew_rows, s,
                                       p->o->cancel, err));
        renew_columns(s);
        stats->iterations++;
        stats->error = worst(s);
        stats->converged = !both || (stats->iterations > 1 && stats->error <= tolerance);
        if (!isfinite(stats->error)) break; /* factors left the range of numbers */
        if (both && !stats->converged && stats->iterations == look) {
            KARVAN_TRY(karvan_i_balance_why(p, s->ratio, err));
            look *= 2;
        }
    }
    if (!stats->converged) KARVAN_TRY(karvan_i_balance_why(p, s->ratio, err));
    KARVAN_TRY(finish(s, stats, err));
    if (!stats->converged)
        st = karvan_fail(err, KARVAN_E_NOCONV,
                         "rows are off their sums by %.3g after %d rounds of balancing; %g was "
                         "asked for",
                         stats->error, stats->iterations, tolerance);
done:
    return st;
}

karvan_status karvan_i_balance_run(const karvan_i_balance *p, karvan_balance_stats *stats,
                                   karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t rows = (size_t)p->n_origins, width = (size_t)p->n_destinations;
    state s = {.p = p, .width = width, .n_chunks = (p->n_origins + CHUNK - 1) / CHUNK};
    size_t room = (size_t)s.n_chunks * width;
    int64_t vanished = stats->vanished;
    *stats = (karvan_balance_stats){.vanished = vanished};
    s.a = karvan_i_malloc(rows + 1, sizeof *s.a), s.b = karvan_i_malloc(width + 1, sizeof *s.b);
    s.ratio = karvan_i_calloc(rows + 1, sizeof *s.ratio);
    s.sum = karvan_i_malloc(width + 1, sizeof *s.sum);
    s.partial = karvan_i_malloc((room > rows ? room : rows) + 1, sizeof *s.partial);
    KARVAN_REQUIRE(s.a && s.b && s.ratio && s.sum && s.partial, err, KARVAN_E_NOMEM,
                   "no memory to balance %d x %d cells", (int)rows, (int)width);
    for (size_t i = 0; i < rows; i++) s.a[i] = 1;
    for (size_t j = 0; j < width; j++) s.b[j] = 1;
    if (rows == 0 || width == 0)
        stats->converged = true;
    else
        KARVAN_TRY(iterate(&s, stats, err));
done:
    karvan_i_free(s.a), karvan_i_free(s.b), karvan_i_free(s.ratio);
    karvan_i_free(s.sum), karvan_i_free(s.partial);
    return st;
}
