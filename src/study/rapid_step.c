/* One step of prices: to where the loads, as a matrix has them, are within what is offered, and
 * prices stand only where they reach it (Josephy 1979, MRC Report 1965: Newton's method on a
 * complementarity problem solves a linear one a step). Loads count by their logarithms: where
 * hardly anything goes any more, they have a slope still. */
#include <math.h>
#include <string.h>

#include "study/rapid.h"

/* Loads below this part of their capacity are no less. */
static const double LEAST_LOAD = 1e-12;

static bool limited(const karvan_i_rapid *w, int32_t a) { return w->capacity[a] < INFINITY; }

/* Gauss with pivots by rows; false: singular. */
static bool eliminate(double *restrict h, size_t n, double *restrict x) {
    for (size_t j = 0; j < n; j++) {
        size_t p = j;
        for (size_t i = j + 1; i < n; i++)
            if (fabs(h[i * n + j]) > fabs(h[p * n + j])) p = i;
        if (!(fabs(h[p * n + j]) > 0)) return false;
        for (size_t k = j; p != j && k < n; k++) {
            double t = h[p * n + k];
            h[p * n + k] = h[j * n + k], h[j * n + k] = t;
        }
        double t = x[p];
        x[p] = x[j], x[j] = t;
        for (size_t i = j + 1; i < n; i++) {
            double by = h[i * n + j] / h[j * n + j];
            if (by == 0) continue;
            for (size_t k = j + 1; k < n; k++) h[i * n + k] -= by * h[j * n + k];
            x[i] -= by * x[j];
        }
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++) x[i] -= h[i * n + k] * x[k];
        x[i] /= h[i * n + i];
    }
    return true;
}

static double load_of(const karvan_i_rapid *w, int32_t a) {
    return fmax(w->load[a], LEAST_LOAD * w->capacity[a]);
}

double karvan_i_rapid_room(const karvan_i_rapid *w, int32_t a) {
    return -log(load_of(w, a) / w->capacity[a]);
}

/* What loads are over what is offered, in units of what a step moves. */
static double excess(const karvan_i_rapid *w, int32_t a) {
    return w->queue[a] ? w->gap[a] : -load_of(w, a) * karvan_i_rapid_room(w, a);
}

/* Those whose prices may move, in w->at; held: those that stay at 0 at first. How many. */
static size_t find_free(karvan_i_rapid *w) {
    size_t m = 0;
    for (int32_t a = 0; a < w->n; a++) {
        bool moves = w->queue[a] || w->price[a] > 0 || w->gap[a] > 0;
        w->step[a] = 0, w->held[a] = !moves;
        if (limited(w, a) && (moves || w->active[a])) w->at[m++] = a;
    }
    return m;
}

/* The step among those of w->at that are not held; damping: of what hardly moves loads, against
 * what it could. */
static bool step_free(karvan_i_rapid *w, size_t m, double damping) {
    size_t n = (size_t)w->n, f = 0;
    for (size_t i = 0; i < m; i++)
        if (!w->held[w->at[i]]) w->seen[f++] = w->at[i];
    for (size_t i = 0; i < f; i++) {
        int32_t a = w->seen[i];
        double *row = w->square + i * f;
        const double *all = w->matrix + (size_t)a * n;
        for (size_t j = 0; j < f; j++) row[j] = all[w->seen[j]];
        row[i] += damping * fmax(fabs(row[i]), w->asked.outer * load_of(w, a));
        w->row[i] = excess(w, a);
        for (size_t j = 0; j < m; j++)
            if (w->held[w->at[j]]) w->row[i] -= all[w->at[j]] * w->step[w->at[j]];
    }
    if (!eliminate(w->square, f, w->row)) return false;
    for (size_t i = 0; i < f; i++) w->step[w->seen[i]] = isfinite(w->row[i]) ? w->row[i] : 0;
    return true;
}

/* Does the step fill what is held at 0? */
static bool fills(const karvan_i_rapid *w, size_t m, int32_t a) {
    const double *row = w->matrix + (size_t)a * (size_t)w->n;
    double left = excess(w, a);
    for (size_t j = 0; j < m; j++) left -= row[w->at[j]] * w->step[w->at[j]];
    return left > 1e-9 * w->capacity[a];
}

/* Prices that the step would carry below 0 are held there; what it fills is held no longer. */
static bool change_held(karvan_i_rapid *w, size_t m, bool release) {
    bool any = false;
    for (size_t i = 0; i < m; i++) {
        int32_t a = w->at[i];
        w->changes[i] = w->queue[a]  ? false
                        : w->held[a] ? release && fills(w, m, a)
                                     : w->price[a] + w->step[a] < 0;
        any = any || w->changes[i];
    }
    for (size_t i = 0; i < m; i++) {
        int32_t a = w->at[i];
        if (!w->changes[i]) continue;
        w->held[a] = !w->held[a];
        if (w->held[a]) w->step[a] = -w->price[a];
    }
    return any;
}

bool karvan_i_rapid_step(karvan_i_rapid *w, double damping) {
    enum { ROUNDS = 12, RELEASES = 8 };
    size_t m = find_free(w);
    for (int round = 0; round < ROUNDS; round++) {
        if (!step_free(w, m, damping)) return false;
        if (!change_held(w, m, round < RELEASES)) break;
    }
    return true;
}

void karvan_i_rapid_go(karvan_i_rapid *w, double far) {
    const double LEAST_PART = 0.2;
    for (int32_t a = 0; a < w->n; a++) {
        double least = w->least[a] > 0 ? fmax(w->least[a], LEAST_PART * w->price[a]) : 0;
        w->trial[a] = fmax(least, w->price[a] + far * w->step[a]);
    }
}

/* What the last step taught the matrix (Broyden 1965, Mathematics of Computation 19): of all
 * matrices that explain it, the nearest. */
void karvan_i_rapid_learn(karvan_i_rapid *w) {
    size_t n = (size_t)w->n;
    double length = 0;
    for (size_t a = 0; a < n; a++)
        w->step[a] = w->trial[a] - w->price[a], length += w->step[a] * w->step[a];
    if (!(length > 0)) return;
    for (size_t a = 0; a < n; a++) {
        double *row = w->matrix + a * n, off = w->gap[a] - w->last[a];
        if (!w->active[a] || !limited(w, (int32_t)a)) continue;
        for (size_t b = 0; b < n; b++) off += row[b] * w->step[b];
        if (!isfinite(off)) continue;
        for (size_t b = 0; b < n; b++) row[b] -= off * w->step[b] / length;
    }
}
