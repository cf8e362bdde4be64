#include "network/queue.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

static const double TAIL = 1e-14, FULL = 0.99;
enum { ROOM_MAX = 50000, MOST_MAX = 1 << 20, ROUNDS = 100000 };

/* Chances of from, from + 1, ... arrivals; what is left out is below the tail. */
typedef struct arrivals {
    int32_t from, n;
    double *p;
} arrivals;

/* From the mode outwards, each chance from the one beside it, then scaled to 1. */
static karvan_status poisson(double mean, arrivals *a, karvan_error *err) {
    double reach = 9.0 * sqrt(mean) + 30.0, sum = 0;
    int32_t mode = (int32_t)mean, lo = (int32_t)fmax(0.0, mean - reach);
    a->from = lo, a->n = (int32_t)(mean + reach) - lo + 1;
    a->p = karvan_i_calloc((size_t)a->n, sizeof *a->p);
    if (!a->p) return karvan_fail(err, KARVAN_E_NOMEM, "arrivals");
    a->p[mode - lo] = 1.0;
    for (int32_t k = mode; k > lo; k--) a->p[k - 1 - lo] = a->p[k - lo] * k / mean;
    for (int32_t k = mode + 1; k < lo + a->n; k++) a->p[k - lo] = a->p[k - 1 - lo] * mean / k;
    for (int32_t k = 0; k < a->n; k++) sum += a->p[k];
    for (int32_t k = 0; k < a->n; k++) a->p[k] /= sum;
    return KARVAN_OK;
}

/* to = law of max(0, left + arrivals - room); beyond `most` all is most. */
static void sail(const karvan_i_queue *q, const double *left, const arrivals *a, double *to) {
    memset(to, 0, ((size_t)q->most + 1) * sizeof *to);
    for (int32_t i = 0; i <= q->most; i++) {
        if (left[i] < 1e-300) continue;
        for (int32_t k = 0; k < a->n; k++) {
            int64_t then = (int64_t)i + a->from + k - q->room;
            to[then < 0 ? 0 : then > q->most ? q->most : then] += left[i] * a->p[k];
        }
    }
}

/* One cycle of departures after another until the first one's law stays as it is. */
static karvan_status settle(karvan_i_queue *q, const arrivals *a, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t width = (size_t)q->most + 1;
    double change = 1.0, *old = karvan_i_calloc(width, sizeof *old);
    KARVAN_REQUIRE(old, err, KARVAN_E_NOMEM, "a queue");
    memset(q->left, 0, (size_t)q->n * width * sizeof *q->left);
    q->left[0] = 1.0;
    for (int round = 0; round < ROUNDS && change > TAIL; round++) {
        memcpy(old, q->left, width * sizeof *old);
        for (int32_t i = 0; i < q->n; i++) /* gap i ends with departure i + 1 */
            sail(q, i == 0 ? old : q->left + (size_t)i * width, &a[i],
                 i + 1 < q->n ? q->left + ((size_t)i + 1) * width : q->left);
        change = 0;
        for (size_t k = 0; k < width; k++) change = fmax(change, fabs(q->left[k] - old[k]));
    }
done:
    karvan_i_free(old);
    return st;
}

/* Settled with more and more room for those left behind, until none is missing. */
static karvan_status solve(karvan_i_queue *q, const arrivals *a, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    for (q->most = 64; q->most <= MOST_MAX; q->most *= 4) {
        double *left =
            karvan_i_realloc(q->left, (size_t)q->n * ((size_t)q->most + 1), sizeof *left);
        KARVAN_REQUIRE(left, err, KARVAN_E_NOMEM, "a queue of %d", (int)q->most);
        q->left = left;
        KARVAN_TRY(settle(q, a, err));
        double beyond = 0;
        for (int32_t i = 0; i < q->n; i++)
            beyond = fmax(beyond, q->left[(size_t)i * ((size_t)q->most + 1) + (size_t)q->most]);
        if (beyond < 1e-13) return KARVAN_OK;
    }
    st = karvan_fail(err, KARVAN_E_ARG, "a queue that does not settle");
done:
    return st;
}

double karvan_i_queue_left(const karvan_i_queue *q, int32_t i) {
    const double *left = q->left + (size_t)i * ((size_t)q->most + 1);
    double mean = 0;
    for (int32_t k = 1; k <= q->most; k++) mean += k * left[k];
    return mean;
}

/* P(left + arrivals >= c) for c = room, 2 room, ...: who has so many before him misses as many
 * ships. */
karvan_status karvan_i_queue_missed(const karvan_i_queue *q, int32_t i, double age_h,
                                    double chance[KARVAN_I_MISSED_MAX], int *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const double *left = q->left + (size_t)i * ((size_t)q->most + 1);
    arrivals a = {0};
    double before = 1.0;
    KARVAN_TRY(poisson(fmax(1e-9, q->load_h * age_h), &a, err));
    for (int32_t k = a.n - 1; k > 0; k--) a.p[k - 1] += a.p[k]; /* now p[k] = P(at least) */
    int m = 0;
    do {
        int64_t c = ((int64_t)m + 1) * q->room;
        double upto = 0;
        for (int32_t k = 0; k <= q->most; k++) {
            int64_t need = c - k - a.from;
            if (need < a.n) upto += left[k] * a.p[need < 0 ? 0 : need];
        }
        chance[m++] = before - upto, before = upto;
    } while (m < KARVAN_I_MISSED_MAX && before > TAIL);
    chance[m - 1] += before;
    *n = m;
done:
    karvan_i_free(a.p);
    return st;
}

/* Hours from the departure that ends gap i to the j-th after it. */
static double further_h(const karvan_i_queue *q, int32_t i, int j) {
    const int cycles = j / q->n;
    double h = cycles * q->cycle_h;
    for (int k = 1; k <= j % q->n; k++) h += q->gap_h[(i + k) % q->n];
    return h;
}

static karvan_status set_delays(karvan_i_queue *q, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double chance[KARVAN_I_MISSED_MAX];
    q->delay_h = karvan_i_calloc((size_t)q->n * (KARVAN_I_AGES + 1), sizeof *q->delay_h);
    KARVAN_REQUIRE(q->delay_h, err, KARVAN_E_NOMEM, "a queue");
    for (int32_t i = 0; i < q->n; i++)
        for (int k = 0, n; k <= KARVAN_I_AGES; k++) {
            double *delay = &q->delay_h[(size_t)i * (KARVAN_I_AGES + 1) + (size_t)k];
            KARVAN_TRY(
                karvan_i_queue_missed(q, i, q->gap_h[i] * k / KARVAN_I_AGES, chance, &n, err));
            for (int j = 1; j < n; j++) *delay += chance[j] * further_h(q, i, j);
        }
done:
    return st;
}

double karvan_i_queue_delay_h(const karvan_i_queue *q, int32_t i, double age_h) {
    const double *delay = q->delay_h + (size_t)i * (KARVAN_I_AGES + 1);
    double x = fmin(fmax(age_h / q->gap_h[i], 0.0), 1.0) * KARVAN_I_AGES;
    int k = x < KARVAN_I_AGES ? (int)x : KARVAN_I_AGES - 1;
    return delay[k] + (x - k) * (delay[k + 1] - delay[k]);
}

/* Little's law: those who wait at any moment are those left behind and those who came since. */
static double mean_wait(const karvan_i_queue *q) {
    double sum = 0;
    for (int32_t i = 0; i < q->n; i++)
        sum +=
            karvan_i_queue_left(q, i) * q->gap_h[i] / q->load_h + q->gap_h[i] * q->gap_h[i] / 2.0;
    return sum / q->cycle_h;
}

/* Walks the cycle in steps of an age; f gets each wait with its chance. */
typedef void (*take_wait)(void *ctx, double wait_h, double p);
static karvan_status walk(const karvan_i_queue *q, double most_step_h, take_wait f, void *ctx,
                          karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double chance[KARVAN_I_MISSED_MAX];
    for (int32_t i = 0; i < q->n; i++) {
        int parts = (int)fmin(4000.0, fmax(32.0, ceil(q->gap_h[i] / most_step_h)));
        double part_h = q->gap_h[i] / parts;
        for (int k = 0, n; k < parts; k++) {
            double age = (k + 0.5) * part_h;
            KARVAN_TRY(karvan_i_queue_missed(q, i, age, chance, &n, err));
            for (int j = 0; j < n; j++)
                f(ctx, q->gap_h[i] - age + further_h(q, i, j), chance[j] * part_h / q->cycle_h);
        }
    }
done:
    return st;
}

static void add_square(void *ctx, double wait_h, double p) {
    double *square = ctx;
    *square += p * wait_h * wait_h;
}

karvan_status karvan_i_queue_make(int32_t n, const double *gap_h, double load_teu_h, int32_t room,
                                  karvan_i_queue *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    arrivals *a = NULL;
    double square = 0, longest = 0;
    *out = (karvan_i_queue){.n = n, .load_h = load_teu_h, .room = room};
    for (int32_t i = 0; i < n; i++) out->cycle_h += gap_h[i], longest = fmax(longest, gap_h[i]);
    KARVAN_REQUIRE(n > 0 && room >= 1 && room <= ROOM_MAX && load_teu_h > 0 &&
                       load_teu_h * out->cycle_h <= FULL * n * room,
                   err, KARVAN_E_ARG,
                   "%g TEU a day for ships of %d TEU, %g a week: more than 99 in 100 of their room",
                   24 * load_teu_h, (int)room, 168.0 * n / out->cycle_h);
    out->gap_h = karvan_i_calloc((size_t)n, sizeof *out->gap_h);
    a = karvan_i_calloc((size_t)n, sizeof *a);
    KARVAN_REQUIRE(out->gap_h && a, err, KARVAN_E_NOMEM, "a queue");
    memcpy(out->gap_h, gap_h, (size_t)n * sizeof *gap_h);
    for (int32_t i = 0; i < n; i++) KARVAN_TRY(poisson(load_teu_h * gap_h[i], &a[i], err));
    KARVAN_TRY(solve(out, a, err));
    KARVAN_TRY(set_delays(out, err));
    out->mean_h = mean_wait(out);
    KARVAN_TRY(walk(out, longest / 400, add_square, &square, err));
    out->var_h2 = square - out->mean_h * out->mean_h;
done:
    for (int32_t i = 0; a && i < n; i++) karvan_i_free(a[i].p);
    karvan_i_free(a);
    if (st != KARVAN_OK) karvan_i_queue_clear(out);
    return st;
}

void karvan_i_queue_clear(karvan_i_queue *q) {
    karvan_i_free(q->gap_h), karvan_i_free(q->left), karvan_i_free(q->delay_h);
    *q = (karvan_i_queue){0};
}

typedef struct grid {
    karvan_i_pmf *d;
    double step_h;
} grid;

static void add_to_grid(void *ctx, double wait_h, double p) {
    grid *g = ctx;
    int64_t k = (int64_t)floor(wait_h / g->step_h + 0.5);
    g->d->p[k < g->d->n ? k : g->d->n - 1] += p;
}

static void longest_wait(void *ctx, double wait_h, double p) {
    double *most = ctx;
    if (p > TAIL) *most = fmax(*most, wait_h);
}

karvan_status karvan_i_queue_pmf(const karvan_i_queue *q, double step_h, karvan_i_pmf *out,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double most = 0;
    grid g = {out, step_h};
    *out = (karvan_i_pmf){0};
    KARVAN_TRY(walk(q, q->cycle_h / 32, longest_wait, &most, err));
    KARVAN_TRY(karvan_i_pmf_make(out, 0, ceil((most + q->cycle_h) / step_h) + 2, err));
    KARVAN_TRY(walk(q, step_h / 8, add_to_grid, &g, err));
    KARVAN_TRY(karvan_i_pmf_set_mean(out, q->mean_h, step_h, err));
done:
    if (st != KARVAN_OK) karvan_i_pmf_clear(out);
    return st;
}
