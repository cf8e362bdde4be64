/* What routes carry, added up by corridor and by country. Routes of one corridor stand behind one
 * another, in blocks whose numbers fit into the fastest memory, so that each sum is a long loop. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clones.h"
#include "base/try.h"
#include "study/study.h"

void karvan_i_tally_clear(karvan_i_tally *t) {
    karvan_i_free(t->corridor), karvan_i_free(t->first), karvan_i_free(t->route);
    karvan_i_free(t->pair), karvan_i_free(t->kt), karvan_i_free(t->queue_first);
    karvan_i_free(t->queue_at), karvan_i_free(t->queue), karvan_i_free(t->spent_first);
    karvan_i_free(t->spent_at), karvan_i_free(t->spent_part);
    *t = (karvan_i_tally){0};
}

/* ---- the layout ---- */

static int corridors_of(const karvan_study *s) { return s->choices.n_corridors + 1; }

/* Those of none are one behind the others; those that stay at home behind these. */
static int corridor_of(const karvan_study *s, int64_t r) {
    int32_t c = s->menu.corridor[r];
    return c == -2 ? corridors_of(s) : c < 0 ? corridors_of(s) - 1 : c;
}

static karvan_status make_room(const karvan_study *s, karvan_i_tally *t, int64_t queues,
                               karvan_error *err) {
    size_t routes = (size_t)s->menu.n_routes + 1,
           blocks = routes / KARVAN_I_TALLY + (size_t)corridors_of(s) + 2;
    t->corridor = karvan_i_calloc(blocks, sizeof *t->corridor);
    t->first = karvan_i_calloc(blocks, sizeof *t->first);
    t->route = karvan_i_calloc(routes, sizeof *t->route);
    t->pair = karvan_i_calloc(routes, sizeof *t->pair);
    t->kt = karvan_i_calloc(routes, sizeof *t->kt);
    t->queue_first = karvan_i_calloc(blocks, sizeof *t->queue_first);
    t->queue_at = karvan_i_calloc((size_t)queues + 1, sizeof *t->queue_at);
    t->queue = karvan_i_calloc((size_t)queues + 1, sizeof *t->queue);
    t->spent_first = karvan_i_calloc(blocks * (size_t)s->exchange.n + 1, sizeof *t->spent_first);
    t->spent_at = karvan_i_calloc((size_t)s->menu.n_spent + 1, sizeof *t->spent_at);
    t->spent_part = karvan_i_calloc((size_t)s->menu.n_spent + 1, sizeof *t->spent_part);
    if (t->corridor && t->first && t->route && t->pair && t->kt && t->queue_first && t->queue_at &&
        t->queue && t->spent_first && t->spent_at && t->spent_part)
        return KARVAN_OK;
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for measures");
}

static void place_routes(const karvan_study *s, karvan_i_tally *t) {
    const karvan_i_menu *m = &s->menu;
    int32_t n = 0;
    for (int c = 0; c <= corridors_of(s); c++) {
        int32_t begin = n;
        for (int64_t r = 0; r < m->n_routes; r++) {
            if (corridor_of(s, r) != c) continue;
            if ((n - begin) % KARVAN_I_TALLY == 0)
                t->corridor[t->n_blocks] = c, t->first[t->n_blocks++] = n;
            t->route[n] = (int32_t)r, t->pair[n] = m->pair[r];
            t->kt[n++] = s->choices.tonnes[m->lane[m->pair[r]]] / 1000;
        }
    }
    t->first[t->n_blocks] = n;
}

/* Few things have queues, and routes use many things: which queues they pass. */
static void place_queues(const karvan_study *s, const bool *queue, karvan_i_tally *t) {
    const karvan_i_menu *m = &s->menu;
    int32_t n = 0;
    for (int32_t b = 0; b < t->n_blocks; b++) {
        t->queue_first[b] = n;
        for (int32_t i = t->first[b]; i < t->first[b + 1]; i++)
            for (int64_t u = m->use_first[t->route[i]]; u < m->use_first[t->route[i] + 1]; u++)
                if (queue[m->use[u]]) t->queue_at[n] = i - t->first[b], t->queue[n++] = m->use[u];
    }
    t->queue_first[t->n_blocks] = n;
}

/* What is paid in countries, as a part of what a way costs: it grows and falls with that. A way
 * that costs nothing pays nothing anywhere. */
static void place_spent(const karvan_study *s, karvan_i_tally *t) {
    const karvan_i_menu *m = &s->menu;
    int32_t n = 0, countries = s->exchange.n;
    for (int32_t b = 0; b < t->n_blocks; b++)
        for (int32_t c = 0; c < countries; c++) {
            t->spent_first[b * countries + c] = n;
            for (int32_t i = t->first[b]; i < t->first[b + 1]; i++) {
                int64_t r = t->route[i];
                for (int64_t u = m->spent_first[r]; u < m->spent_first[r + 1]; u++) {
                    if (s->at_country[m->spent_country[u]] != c || !(s->usd_paid[r] > 0)) continue;
                    t->spent_at[n] = i - t->first[b];
                    t->spent_part[n++] = m->spent_usd[u] / s->usd_paid[r];
                }
            }
        }
    t->spent_first[(int64_t)t->n_blocks * countries] = n;
}

static bool is_queue(const karvan_study *s, int32_t x) {
    for (int c = 0; c <= s->n_cases; c++)
        if (s->supply[c].resource[x].kind == KARVAN_I_QUEUE) return true;
    return false;
}

karvan_status karvan_i_tally_make(karvan_study *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_menu *m = &s->menu;
    int64_t n = 0;
    bool *queue = karvan_i_calloc((size_t)m->n_scarce + 1, sizeof *queue);
    KARVAN_REQUIRE(queue, err, KARVAN_E_NOMEM, "no memory for queues");
    for (int32_t x = 0; x < m->n_scarce; x++) queue[x] = is_queue(s, x);
    for (int64_t u = 0; u < m->n_uses; u++) n += queue[m->use[u]];
    KARVAN_TRY(make_room(s, &s->tally, n, err));
    place_routes(s, &s->tally);
    place_queues(s, queue, &s->tally);
    place_spent(s, &s->tally);
done:
    karvan_i_free(queue);
    return st;
}

/* ---- sums ---- */

/* Eight sums side by side, always in this order: vectors for the compiler, the same bytes ever. */
static inline double sum_of(int32_t n, const double *x) {
    double s[8] = {0};
    int32_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (int32_t k = 0; k < 8; k++) s[k] += x[i + k];
    for (; i < n; i++) s[i % 8] += x[i];
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

/* Of each route of a block by TEU a year. */
static inline double sum_by(int32_t n, const double *restrict teu, const double *restrict of,
                            const int32_t *restrict route, double *restrict room) {
    for (int32_t i = 0; i < n; i++) room[i] = teu[i] * of[route[i]];
    return sum_of(n, room);
}

KARVAN_I_CLONES static void add_ways(const karvan_i_tally *t, int32_t b, bool home,
                                     const karvan_i_outcome *now, double *restrict teu,
                                     double *restrict usd, karvan_i_way_sums *v) {
    const double LEAST = 1e-9; /* TEU a year: most routes carry nothing */
    int32_t begin = t->first[b], n = t->first[b + 1] - begin;
    const int32_t *restrict route = t->route + begin, *restrict pair = t->pair + begin;
    const double *restrict kt = t->kt + begin, *restrict share = now->loads.share,
                           *restrict demand = now->loads.demand;
    double room[KARVAN_I_TALLY];
    for (int32_t i = 0; i < n; i++) {
        double x = 365 * demand[pair[i]] * share[route[i]];
        teu[i] = x > LEAST ? x : 0;
    }
    v->teu += sum_of(n, teu);
    if (home) return; /* it costs nothing */
    v->usd += sum_by(n, teu, now->costs.usd, route, usd);
    v->hours += sum_by(n, teu, now->costs.hours, route, room);
    v->kg += sum_by(n, teu, now->costs.kg, route, room);
    for (int32_t i = 0; i < n; i++) room[i] = teu[i] * kt[i];
    v->kt += sum_of(n, room);
}

/* What is paid in each country. */
KARVAN_I_CLONES static void add_spent(const karvan_i_tally *t, int32_t b, int32_t countries,
                                      const double *restrict usd, size_t stride,
                                      double *restrict spent) {
    for (int32_t c = 0; c < countries; c++) {
        int32_t at = t->spent_first[b * countries + c],
                n = t->spent_first[b * countries + c + 1] - at, i = 0;
        const double *restrict part = t->spent_part + at;
        const int32_t *restrict of = t->spent_at + at;
        double s[8] = {0};
        for (; i + 8 <= n; i += 8)
            for (int32_t k = 0; k < 8; k++) s[k] += part[i + k] * usd[of[i + k]];
        for (; i < n; i++) s[i % 8] += part[i] * usd[of[i]];
        spent[(size_t)c * stride] +=
            ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
    }
}

void karvan_i_tally_take(const karvan_study *s, const karvan_i_outcome *now, karvan_i_way_sums *by,
                         size_t stride, double *spent) {
    const karvan_i_tally *t = &s->tally;
    double teu[KARVAN_I_TALLY], usd[KARVAN_I_TALLY];
    memset(by, 0, (size_t)(corridors_of(s) + 1) * sizeof *by);
    for (int32_t b = 0; b < t->n_blocks; b++) {
        karvan_i_way_sums *v = &by[t->corridor[b]];
        add_ways(t, b, t->corridor[b] == corridors_of(s), now, teu, usd, v);
        add_spent(t, b, s->exchange.n, usd, stride, spent);
        for (int32_t u = t->queue_first[b]; u < t->queue_first[b + 1]; u++)
            v->hours += teu[t->queue_at[u]] * now->loads.delay_h[t->queue[u]];
    }
}
