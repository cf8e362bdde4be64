/* A convolution alone would lose that legs meet one clock: whoever misses Monday's ship sails on
 * Wednesday and finds the train that goes on Thursdays. So clock times are carried themselves. */
#include "network/law.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "network/clock.h"

static const double DUST = 1e-15;  /* masses below it are let go */
static const double SAME_H = 1e-6; /* departures within it are one */
static const double HAIR_H = 1e-6; /* more than the tolerance of gates */

static karvan_status push(karvan_i_law *l, double at_h, double p, karvan_error *err) {
    if (!(p > DUST)) return KARVAN_OK;
    if (l->n_atoms > 0 && fabs(l->atoms[l->n_atoms - 1].at_h - at_h) < SAME_H) {
        l->atoms[l->n_atoms - 1].p += p;
        return KARVAN_OK;
    }
    if (l->n_atoms == l->cap_atoms) {
        int64_t cap = l->cap_atoms ? 2 * l->cap_atoms : 64;
        karvan_i_atom *a = karvan_i_realloc(l->atoms, (size_t)cap, sizeof *a);
        if (!a) return karvan_fail(err, KARVAN_E_NOMEM, "the law of a journey");
        l->atoms = a, l->cap_atoms = cap;
    }
    l->atoms[l->n_atoms++] = (karvan_i_atom){at_h, p};
    return KARVAN_OK;
}

static int by_time(const void *a, const void *b) {
    double x = ((const karvan_i_atom *)a)->at_h, y = ((const karvan_i_atom *)b)->at_h;
    return (x > y) - (x < y);
}

static void put_in_order(karvan_i_law *l) {
    int64_t n = l->n_atoms;
    if (n > 1) qsort(l->atoms, (size_t)n, sizeof *l->atoms, by_time);
    l->n_atoms = 0;
    for (int64_t i = 0; i < n; i++) {
        karvan_i_atom a = l->atoms[i];
        if (l->n_atoms > 0 && a.at_h - l->atoms[l->n_atoms - 1].at_h < SAME_H)
            l->atoms[l->n_atoms - 1].p += a.p;
        else
            l->atoms[l->n_atoms++] = a;
    }
}

karvan_status karvan_i_law_begin(karvan_i_law *l, double step_h, karvan_error *err) {
    *l = (karvan_i_law){.step_h = step_h};
    return push(l, 0.0, 1.0, err);
}

void karvan_i_law_clear(karvan_i_law *l) {
    karvan_i_free(l->atoms);
    karvan_i_pmf_clear(&l->cells);
    *l = (karvan_i_law){0};
}

/* Convolutions cut what is small beside 1. Returns the mass that there was; 0: next to none. */
static double scale_to_one(karvan_i_pmf *d) {
    double sum = 0;
    for (int64_t k = 0; k < d->n; k++) sum += d->p[k];
    if (!(sum > DUST)) return 0;
    for (int64_t k = 0; k < d->n; k++) d->p[k] /= sum;
    return sum;
}

/* to += weight d, moved by a whole number of steps and a part of one; to has the room. */
static void pour(karvan_i_pmf *to, const karvan_i_pmf *d, double weight, double steps) {
    int64_t whole = (int64_t)floor(steps), at = d->start + whole - to->start;
    double part = steps - (double)whole;
    for (int64_t k = 0; k < d->n; k++) {
        to->p[at + k] += (1.0 - part) * weight * d->p[k];
        if (part > 0) to->p[at + k + 1] += part * weight * d->p[k];
    }
}

/* Widen *from to *to so that d moved by some steps fits. */
static void widen(double *from, double *to, const karvan_i_pmf *d, double steps) {
    if (d->n == 0) return;
    *from = fmin(*from, (double)d->start + floor(steps));
    *to = fmax(*to, (double)(d->start + d->n) + floor(steps));
}

karvan_status karvan_i_law_add(karvan_i_law *l, const karvan_i_pmf *d, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_pmf sum = {0}, both = {0};
    double from = INFINITY, to = -INFINITY;
    if (l->cells.n == 0 && l->n_atoms == 0) return KARVAN_OK;
    double all = scale_to_one(&l->cells);
    if (all > 0) KARVAN_TRY(karvan_i_pmf_convolve(&l->cells, d, &both, err));
    widen(&from, &to, &both, 0);
    for (int64_t i = 0; i < l->n_atoms; i++) widen(&from, &to, d, l->atoms[i].at_h / l->step_h);
    KARVAN_TRY(karvan_i_pmf_make(&sum, from, to - from + 1, err));
    if (both.n > 0) pour(&sum, &both, all, 0);
    for (int64_t i = 0; i < l->n_atoms; i++)
        pour(&sum, d, l->atoms[i].p, l->atoms[i].at_h / l->step_h);
    karvan_i_pmf_clear(&l->cells);
    l->cells = sum, l->n_atoms = 0, sum = (karvan_i_pmf){0};
done:
    karvan_i_pmf_clear(&sum), karvan_i_pmf_clear(&both);
    return st;
}

karvan_status karvan_i_law_shift(karvan_i_law *l, double h, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_pmf moved = {0};
    double steps = h / l->step_h;
    for (int64_t i = 0; i < l->n_atoms; i++) l->atoms[i].at_h += h;
    if (l->cells.n == 0) return KARVAN_OK;
    KARVAN_TRY(karvan_i_pmf_make(&moved, (double)l->cells.start + floor(steps),
                                 (double)l->cells.n + 1, err));
    pour(&moved, &l->cells, 1.0, steps);
    karvan_i_pmf_clear(&l->cells);
    l->cells = moved;
done:
    return st;
}

/* ---- gates ---- */

/* The mass of one cell: what comes while the gate is open stays, what comes before an opening or a
 * departure moves there. A part of a cell becomes a moment in its middle. */
static karvan_status gate_cell(karvan_i_law *l, karvan_i_law *out, const karvan_i_gate *g,
                               double local_h, int64_t k, double *closed_until, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double step = l->step_h, p = l->cells.p[k], from, to;
    double x = ((double)(l->cells.start + k) - 0.5) * step, end = x + step;
    l->cells.p[k] = 0;
    while (x < end) {
        if (x < *closed_until) { /* as the cell before has found */
            from = to = *closed_until;
        } else if (!karvan_i_gate_next(g, local_h + x, &from, &to)) {
            out->never += p * (end - x) / step;
            break;
        } else {
            from -= local_h, to -= local_h;
        }
        double until = fmin(from, end); /* closed until then */
        if (from > x) {
            *closed_until = from;
            KARVAN_TRY(push(out, from, p * (until - x) / step, err));
        } else if (to >= end && end - x > step * (1 - 1e-9)) {
            l->cells.p[k] = p; /* open throughout */
            until = end;
        } else if (to > x + HAIR_H) {
            until = fmin(to, end);
            KARVAN_TRY(push(out, 0.5 * (x + until), p * (until - x) / step, err));
        } else { /* just in time */
            until = fmin(x + 2 * HAIR_H, end);
            KARVAN_TRY(push(out, x, p * (until - x) / step, err));
        }
        x = until;
    }
done:
    return st;
}

karvan_status karvan_i_law_gate(karvan_i_law *l, const karvan_i_gate *g, double local_h,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_law out = {.step_h = l->step_h};
    double from, to, closed_until = -INFINITY;
    for (int64_t i = 0; i < l->n_atoms; i++) {
        if (karvan_i_gate_next(g, local_h + l->atoms[i].at_h, &from, &to))
            KARVAN_TRY(push(&out, from - local_h, l->atoms[i].p, err));
        else
            out.never += l->atoms[i].p;
    }
    for (int64_t k = 0; k < l->cells.n; k++)
        if (l->cells.p[k] > 0) KARVAN_TRY(gate_cell(l, &out, g, local_h, k, &closed_until, err));
    put_in_order(&out);
    karvan_i_free(l->atoms);
    l->atoms = out.atoms, l->n_atoms = out.n_atoms, l->cap_atoms = out.cap_atoms;
    l->never += out.never, out.atoms = NULL;
done:
    karvan_i_law_clear(&out);
    return st;
}

/* ---- weather ---- */

static int month_at(const karvan_i_law *l, double local_h, int64_t k) {
    return karvan_i_month_of(local_h + (double)(l->cells.start + k) * l->step_h);
}

/* What of the law is held in a month, with its chance, goes from it to *held. */
static karvan_status take_held(karvan_i_law *l, int month, double p, double local_h,
                               karvan_i_pmf *held, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    double one[] = {1.0};
    const karvan_i_pmf point = {0, 1, one};
    double from = INFINITY, to = -INFINITY;
    widen(&from, &to, &l->cells, 0);
    for (int64_t i = 0; i < l->n_atoms; i++)
        widen(&from, &to, &point, l->atoms[i].at_h / l->step_h);
    KARVAN_TRY(karvan_i_pmf_make(held, from, to - from + 1, err));
    int64_t shift = l->cells.n ? l->cells.start - held->start : 0;
    for (int64_t k = 0; k < l->cells.n; k++) {
        if (!(l->cells.p[k] > 0) || month_at(l, local_h, k) != month) continue;
        held->p[k + shift] += p * l->cells.p[k];
        l->cells.p[k] *= 1.0 - p;
    }
    for (int64_t i = 0; i < l->n_atoms; i++) {
        if (karvan_i_month_of(local_h + l->atoms[i].at_h) != month) continue;
        pour(held, &point, p * l->atoms[i].p, l->atoms[i].at_h / l->step_h);
        l->atoms[i].p *= 1.0 - p;
    }
done:
    return st;
}

static karvan_status hold(karvan_i_law *l, int month, const karvan_i_closures *c, double local_h,
                          karvan_i_pmf *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_pmf held = {0}, spell = {0};
    double p = karvan_i_closures_p(c);
    *out = (karvan_i_pmf){0};
    KARVAN_TRY(take_held(l, month, p, local_h, &held, err));
    double all = scale_to_one(&held);
    if (!(all > 0)) goto done;
    KARVAN_TRY(karvan_i_pmf_closed(c, l->step_h, &spell, err));
    KARVAN_TRY(karvan_i_pmf_convolve(&held, &spell, out, err));
    for (int64_t k = 0; k < out->n; k++) out->p[k] *= all;
done:
    karvan_i_pmf_clear(&held), karvan_i_pmf_clear(&spell);
    return st;
}

/* Cells and twelve more distributions as one. */
static karvan_status join(karvan_i_law *l, const karvan_i_pmf more[12], karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_pmf sum = {0};
    double from = INFINITY, to = -INFINITY;
    widen(&from, &to, &l->cells, 0);
    for (int m = 0; m < 12; m++) widen(&from, &to, &more[m], 0);
    if (!(to > from)) return KARVAN_OK;
    KARVAN_TRY(karvan_i_pmf_make(&sum, from, to - from, err));
    if (l->cells.n > 0) pour(&sum, &l->cells, 1.0, 0);
    for (int m = 0; m < 12; m++)
        if (more[m].n > 0) pour(&sum, &more[m], 1.0, 0);
    karvan_i_pmf_clear(&l->cells);
    l->cells = sum;
done:
    return st;
}

karvan_status karvan_i_law_close(karvan_i_law *l, const karvan_i_closures month[12], double local_h,
                                 karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_pmf held[12] = {{0}};
    if (l->n_atoms == 0 && l->cells.n == 0) return KARVAN_OK;
    for (int m = 0; m < 12; m++)
        if (karvan_i_closures_p(&month[m]) > 0)
            KARVAN_TRY(hold(l, m + 1, &month[m], local_h, &held[m], err));
    KARVAN_TRY(join(l, held, err));
done:
    for (int m = 0; m < 12; m++) karvan_i_pmf_clear(&held[m]);
    return st;
}

/* ---- what it says ---- */

double karvan_i_law_mean_h(const karvan_i_law *l) {
    double all = 0, sum = 0;
    for (int64_t i = 0; i < l->n_atoms; i++)
        all += l->atoms[i].p, sum += l->atoms[i].p * l->atoms[i].at_h;
    for (int64_t k = 0; k < l->cells.n; k++)
        all += l->cells.p[k], sum += l->cells.p[k] * (double)(l->cells.start + k) * l->step_h;
    return all > 0 ? sum / all : INFINITY;
}

double karvan_i_law_var_h2(const karvan_i_law *l) {
    double all = 0, sum = 0, mean = karvan_i_law_mean_h(l), d;
    for (int64_t i = 0; i < l->n_atoms; i++)
        d = l->atoms[i].at_h - mean, all += l->atoms[i].p, sum += l->atoms[i].p * d * d;
    for (int64_t k = 0; k < l->cells.n; k++)
        d = (double)(l->cells.start + k) * l->step_h - mean, all += l->cells.p[k],
        sum += l->cells.p[k] * d * d;
    return all > 0 ? sum / all : NAN;
}

/* Cells and atoms in the order of time: each cell is cut where an atom lies in it. */
double karvan_i_law_quantile_h(const karvan_i_law *l, double q) {
    double before = 0;
    int64_t i = 0;
    for (int64_t k = 0; k < l->cells.n; k++) {
        double density = l->cells.p[k] / l->step_h;
        double x = ((double)(l->cells.start + k) - 0.5) * l->step_h, end = x + l->step_h;
        for (bool more = true; more;) {
            more = i < l->n_atoms && l->atoms[i].at_h < end;
            double until = more ? fmax(l->atoms[i].at_h, x) : end, part = density * (until - x);
            if (part > 0 && before + part >= q) return fmax(0.0, x + (q - before) / density);
            before += part, x = until;
            if (!more) break;
            before += l->atoms[i].p;
            if (before >= q) return l->atoms[i].at_h;
            i++;
        }
    }
    for (; i < l->n_atoms; i++)
        if ((before += l->atoms[i].p) >= q) return l->atoms[i].at_h;
    if (l->never > 1e-9) return INFINITY;
    double last = ((double)(l->cells.start + l->cells.n) - 0.5) * l->step_h; /* rounding */
    return l->n_atoms > 0 ? fmax(last, l->atoms[l->n_atoms - 1].at_h) : last;
}
