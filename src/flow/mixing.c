#include "flow/mixing.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "trade/small.h"

karvan_status karvan_i_mixing_init(karvan_i_mixing *m, size_t n, const double *scale,
                                   karvan_error *err) {
    *m = (karvan_i_mixing){.n = n, .scale = scale, .first = true, .brake = 1, .last = INFINITY};
    m->room = karvan_i_malloc((3 + 2 * KARVAN_I_MIXING) * n + 1, sizeof *m->room);
    if (!m->room) return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %zu unknowns", n);
    double *at = m->room;
    m->x = at, m->move = at + n, at += 3 * n; /* behind them: the move of now */
    for (int k = 0; k < KARVAN_I_MIXING; k++, at += 2 * n) m->step[k] = at, m->turn[k] = at + n;
    m->newest = KARVAN_I_MIXING - 1;
    return KARVAN_OK;
}

void karvan_i_mixing_clear(karvan_i_mixing *m) {
    karvan_i_free(m->room);
    *m = (karvan_i_mixing){0};
}

static double dot(size_t n, const double *x, const double *y) {
    double s = 0;
    for (size_t i = 0; i < n; i++) s += x[i] * y[i];
    return s;
}

static void remember(karvan_i_mixing *m, const double *x, const double *move) {
    if (!m->first) {
        m->newest = (m->newest + 1) % KARVAN_I_MIXING;
        if (m->kept < KARVAN_I_MIXING) m->kept++;
        for (size_t i = 0; i < m->n; i++) {
            m->step[m->newest][i] = x[i] - m->x[i];
            m->turn[m->newest][i] = move[i] - m->move[i];
        }
    }
    m->first = false;
    memcpy(m->x, x, m->n * sizeof *x), memcpy(m->move, move, m->n * sizeof *move);
}

/* How much of each kept round to take off, so that the least of the move is left. */
static bool find_shares(const karvan_i_mixing *m, const double *move, double *share) {
    double a[KARVAN_I_MIXING * KARVAN_I_MIXING];
    int k = m->kept;
    for (int r = 0; r < k; r++) {
        for (int c = 0; c < k; c++) a[r * k + c] = dot(m->n, m->turn[r], m->turn[c]);
        a[r * k + r] *= 1 + 1e-10;
        if (!(a[r * k + r] > 0)) return false;
        share[r] = dot(m->n, m->turn[r], move);
    }
    return karvan_i_small_solve(k, a, 1e-14, share);
}

void karvan_i_mixing_advance(karvan_i_mixing *m, double *x, const double *called) {
    double share[KARVAN_I_MIXING] = {0}, *move = m->room + 2 * m->n, size = 0;
    for (size_t i = 0; i < m->n; i++) {
        move[i] = m->scale[i] > 0 ? (called[i] - x[i]) / m->scale[i] : 0;
        size = fmax(size, fabs(move[i]));
    }
    remember(m, x, move);
    /* What went wrong is forgotten, and the next step is a short one. */
    if (size > 1.5 * m->last)
        m->brake += 1, m->kept = 0;
    else if (size < m->last / 2)
        m->brake = fmax(1, m->brake / 1.5);
    m->last = size;
    if (m->kept > 0 && !find_shares(m, move, share)) m->kept = 0;
    for (size_t i = 0; i < m->n; i++) {
        double by = move[i] * m->scale[i] / m->brake;
        for (int k = 0; k < m->kept; k++)
            by -= share[k] * (m->step[k][i] + m->turn[k][i] * m->scale[i] / m->brake);
        x[i] += by;
    }
}
