/* What the world's prices and incomes make of demand when freight gets dearer, to the first order
 * and as trade was before anything changed: the part of the matrix that lies beyond a flow's own
 * cost. Market clearing in changes (docs/methods/equilibrium.md), differentiated: with b the
 * change of ln trade of a pair at given prices, x the ln of prices, p_ij the share of exporter i in
 * what j spends, s_ij the share of j in what i sells, c_j the spending that follows output,
 *
 *   a_j = sum over i of p_ij (b_ij - theta x_i),
 *   (1 + theta) x_i = sum over j of s_ij (b_ij + c_j x_j - a_j),
 *
 * and demand moves by -theta x_i - a_j + c_j x_j beside b_ij. */
#include <string.h>

#include "base/alloc.h"
#include "base/clones.h"
#include "study/rapid.h"
#include "trade/economy.h"
#include "trade/market.h"

karvan_status karvan_i_world_init(karvan_i_world *w, const karvan_economy *e, size_t most,
                                  karvan_error *err) {
    size_t n = (size_t)e->n, nn = n * n + 1, rows = n * most + 1;
    *w = (karvan_i_world){.e = e, .bought = karvan_i_calloc(nn, sizeof *w->bought)};
    w->sold = karvan_i_calloc(nn, sizeof *w->sold);
    w->inverse = karvan_i_calloc(nn, sizeof *w->inverse);
    w->room = karvan_i_calloc(nn, sizeof *w->room);
    w->follows = karvan_i_calloc(n + 1, sizeof *w->follows);
    double **const all[] = {&w->out, &w->in, &w->answer, &w->sells, &w->buys};
    bool good = w->bought && w->sold && w->inverse && w->room && w->follows;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        *all[i] = karvan_i_calloc(rows, sizeof **all[i]);
        good = good && *all[i];
    }
    if (!good) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for trade");
    for (size_t i = 0; i < n; i++) {
        w->follows[i] = e->e[i] > 0 ? e->y[i] / e->e[i] : 0;
        for (size_t j = 0; j < n; j++) {
            double flow = e->flow[i * n + j];
            w->bought[i * n + j] = flow > 0 ? flow / e->e[j] : 0;
            w->sold[i * n + j] = flow > 0 ? flow / e->y[i] : 0;
        }
    }
    return KARVAN_OK;
}

void karvan_i_world_clear(karvan_i_world *w) {
    karvan_i_free(w->bought), karvan_i_free(w->sold), karvan_i_free(w->inverse);
    karvan_i_free(w->room), karvan_i_free(w->follows), karvan_i_free(w->out);
    karvan_i_free(w->in), karvan_i_free(w->answer), karvan_i_free(w->sells);
    karvan_i_free(w->buys);
    *w = (karvan_i_world){0};
}

/* So much of it is in the matrix: with all of it a toll on what a country sells and one on what it
 * buys could be one and the same (Lerner 1936, Economica 3), which no step could tell apart. */
static const double PART = 0.9;

/* ---- by elasticity ---- */

/* How markets answer to prices. Those of a group add up to nothing, and its output is what it was:
 * that stands in the row of its first country. */
static void set_markets(const karvan_i_world *w, double theta, double *m) {
    const karvan_economy *e = w->e;
    size_t n = (size_t)e->n;
    for (size_t i = 0; i < n; i++) {
        bool first = true;
        for (size_t k = 0; k < i; k++) first = first && e->group[k] != e->group[i];
        for (size_t k = 0; k < n; k++) {
            double sum = 0, own = i == k ? 1 + theta : 0;
            for (size_t j = 0; j < n; j++) sum += w->sold[i * n + j] * w->bought[k * n + j];
            m[i * n + k] = own - w->sold[i * n + k] * w->follows[k] - theta * sum;
            if (first) m[i * n + k] = e->group[i] == e->group[k] ? e->y[k] : 0;
        }
    }
}

void karvan_i_world_at(karvan_i_world *w, double theta) {
    size_t n = (size_t)w->e->n;
    w->theta = theta;
    set_markets(w, theta, w->room);
    w->known = karvan_i_invert(n, w->room, w->inverse);
    /* what stands for a group's output is no market */
    for (size_t i = 0; i < n; i++) {
        bool first = true;
        for (size_t k = 0; k < i; k++) first = first && w->e->group[k] != w->e->group[i];
        for (size_t k = 0; first && k < n; k++) w->inverse[k * n + i] = 0;
    }
}

/* ---- by what freight moves ---- */

/* to[n] += by from[n] */
KARVAN_I_CLONES static void add(size_t n, double by, const double *restrict from,
                                double *restrict to) {
    for (size_t a = 0; a < n; a++) to[a] += by * from[a];
}

/* out = by m from, or of m turned over; rows of n. */
static void times(size_t rows, const double *m, bool turned, size_t n, double by,
                  const double *from, double *out) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < rows; j++) {
            double x = by * (turned ? m[j * rows + i] : m[i * rows + j]);
            if (x != 0) add(n, x, from + j * n, out + i * n);
        }
}

void karvan_i_world_begin(karvan_i_world *w, int32_t rows, int32_t width) {
    double *const all[] = {w->out, w->in, w->answer, w->sells, w->buys};
    w->rows = rows, w->width = width;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        memset(all[i], 0, (size_t)w->e->n * (size_t)width * sizeof *all[i]);
}

void karvan_i_world_take(karvan_i_world *w, int64_t cell, double b, const double *of) {
    size_t all = (size_t)w->e->n, i = (size_t)cell / all, j = (size_t)cell % all,
           n = (size_t)w->width;
    add(n, b * w->sold[cell], of, w->out + i * n);
    add(n, b * w->bought[cell], of, w->in + j * n);
    add((size_t)w->rows, 1, of, w->sells + i * n);
    add((size_t)w->rows, 1, of, w->buys + j * n);
}

void karvan_i_world_add(karvan_i_world *w, double *table) {
    size_t all = (size_t)w->e->n, n = (size_t)w->width;
    if (!w->known) return;
    /* out: what markets have too much of; answer: prices */
    times(all, w->sold, false, n, -1, w->in, w->out);
    times(all, w->inverse, false, n, 1, w->out, w->answer);
    /* in: price indices, to a minus */
    for (size_t k = 0; k < all * n; k++) w->in[k] = -w->in[k];
    times(all, w->bought, true, n, w->theta, w->answer, w->in);
    for (size_t i = 0; i < all; i++) {
        add(n, w->follows[i], w->answer + i * n, w->in + i * n);
        for (size_t a = 0; a < (size_t)w->rows; a++) {
            double sells = PART * w->sells[i * n + a], buys = PART * w->buys[i * n + a];
            if (sells != 0) add(n, w->theta * sells, w->answer + i * n, table + a * n);
            if (buys != 0) add(n, -buys, w->in + i * n, table + a * n);
        }
    }
}
