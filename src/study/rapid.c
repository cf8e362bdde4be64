/* Newton's steps on prices with a matrix that is kept as long as it leads on, and trade that
 * answers at each of them. */
#include "study/rapid.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"

enum { EVALUATIONS = 60 };
static const double CLOSE = 1e-6; /* of loads and complementarity */

/* ---- memory ---- */

karvan_status karvan_i_rapid_init(karvan_i_rapid *w, const karvan_i_frame *f, karvan_error *err) {
    size_t n = (size_t)f->n + 1, t = (size_t)f->patterns.n + 1,
           groups = (size_t)f->k->x->n_groups + 1;
    *w = (karvan_i_rapid){.f = f};
    double **const of_n[] = {&w->price, &w->trial, &w->capacity, &w->load, &w->offered, &w->wait,
                             &w->step,  &w->row,   &w->gap,      &w->felt, &w->last};
    bool good = true;
    for (size_t i = 0; i < sizeof of_n / sizeof *of_n; i++)
        good = (*of_n[i] = karvan_i_calloc(n, sizeof(double))) != NULL && good;
    w->pattern_usd = karvan_i_calloc(t, sizeof(double));
    w->pattern_h = karvan_i_calloc(t, sizeof(double)), w->flow = karvan_i_calloc(t, sizeof(double));
    w->hour_flow = karvan_i_calloc(t, sizeof(double));
    w->answer = karvan_i_calloc(groups, sizeof(double));
    w->slope = karvan_i_calloc(groups, sizeof(double));
    w->pays = karvan_i_calloc(groups * n, sizeof(double));
    w->matrix = karvan_i_calloc(n * n, sizeof(double));
    w->square = karvan_i_calloc(n * n, sizeof(double));
    w->nest = karvan_i_calloc(n * KARVAN_I_NESTS_MAX, sizeof(double));
    w->others = karvan_i_calloc((size_t)f->n_others + 1, sizeof(double));
    w->at = karvan_i_calloc(n, sizeof *w->at), w->seen = karvan_i_calloc(n, sizeof *w->seen);
    w->free = karvan_i_calloc(n, sizeof *w->free), w->held = karvan_i_calloc(n, sizeof *w->held);
    w->pivot = karvan_i_calloc(n, sizeof *w->pivot);
    w->active = karvan_i_calloc(n, sizeof *w->active);
    w->asked.hour = karvan_i_calloc((size_t)f->k->q->n_lanes + 1, sizeof(double));
    if (good && w->pattern_usd && w->pattern_h && w->flow && w->hour_flow && w->answer &&
        w->slope && w->pays && w->matrix && w->square && w->nest && w->others && w->at && w->seen &&
        w->free && w->held && w->active && w->pivot && w->asked.hour)
        return karvan_i_solver_init(&w->trade, f->k->x->economy, err);
    return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %d prices", (int)f->n);
}

void karvan_i_rapid_clear(karvan_i_rapid *w) {
    double *const of_n[] = {w->price, w->trial, w->capacity, w->load, w->offered, w->wait,
                            w->step,  w->row,   w->gap,      w->felt, w->last};
    for (size_t i = 0; i < sizeof of_n / sizeof *of_n; i++) karvan_i_free(of_n[i]);
    karvan_i_free(w->pattern_usd), karvan_i_free(w->pattern_h), karvan_i_free(w->flow);
    karvan_i_free(w->hour_flow), karvan_i_free(w->pivot);
    karvan_i_free(w->answer), karvan_i_free(w->slope), karvan_i_free(w->pays);
    karvan_i_free(w->matrix), karvan_i_free(w->square), karvan_i_free(w->nest);
    karvan_i_free(w->others), karvan_i_free(w->at), karvan_i_free(w->seen);
    karvan_i_free(w->free), karvan_i_free(w->held), karvan_i_free(w->active),
        karvan_i_free(w->asked.hour);
    karvan_i_solver_clear(&w->trade);
    *w = (karvan_i_rapid){0};
}

/* ---- one point ---- */

typedef struct solve {
    karvan_i_rapid *w;
    const karvan_i_task *t;
    karvan_i_outcome *s;
    const karvan_i_chain *k;
    double theta;
    bool trades, feels;
    int began; /* evaluations before */
} solve;

/* Demand as trade has it; how it bends with what groups pay. */
static void set_demand(const solve *v) {
    karvan_i_rapid *w = v->w;
    karvan_i_outcome *s = v->s;
    for (int32_t g = 0; v->feels && g < v->k->x->n_groups; g++) {
        w->answer[g] = s->ratio[v->k->x->of[g]];
        w->slope[g] = v->theta / (s->worth[g] + s->bill[g]);
    }
    for (int32_t i = 0; i < v->k->m->n_pairs; i++) {
        double demand = karvan_i_chain_given(v->k, v->t->side, v->t->value, i);
        int32_t g = v->k->x->group[i];
        s->loads.demand[i] = v->feels && g >= 0 ? demand * w->answer[g] : demand;
    }
}

/* Loads less what is offered at the prices; the residual as flow/capacitated.h has it. */
static double find_gaps(const solve *v, const double *price) {
    karvan_i_rapid *w = v->w;
    double most = 0;
    for (int32_t a = 0; a < w->f->n; a++) {
        const karvan_i_resource *r = &v->t->side->resource[w->f->scarce[a]];
        if (w->f->queue[a] && r->kind == KARVAN_I_QUEUE) {
            karvan_i_delay d = r->delay;
            d.capacity = w->capacity[a];
            w->offered[a] = karvan_i_delay_load(&d, w->wait[a]);
        } else {
            w->offered[a] = w->capacity[a];
        }
        if (!(w->capacity[a] < INFINITY)) { /* without limit on this side */
            w->gap[a] = -1;
            continue;
        }
        w->gap[a] = w->load[a] - w->offered[a];
        double over = w->gap[a] / w->capacity[a];
        if (!w->f->queue[a])
            most = fmax(most, over > 0 ? over : fmin(-over, price[a] * w->asked.outer));
        else if (over > 0 || w->wait[a] > 1e-9)
            most = fmax(most, fabs(over));
    }
    return most;
}

/* Everything at some prices; *moved: how far trade costs have moved since the last point. */
static karvan_status evaluate(const solve *v, const double *price, double *over, double *moved,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_outcome *s = v->s;
    v->w->evaluations++;
    karvan_i_rapid_price(v->w, price);
    karvan_i_rapid_choose(v->w, s);
    karvan_i_chain_bill(v->k, v->t->side, v->t->value, s->loads.logsum, s->bill);
    *moved = 0;
    if (v->t->before) KARVAN_TRY(karvan_i_chain_d(v->k, s, moved, err));
    if (v->t->before && v->trades) {
        KARVAN_TRY(karvan_i_chain_trade(v->k, v->theta, v->t->policy, &v->w->trade, s, err));
        memcpy(v->w->trade.start, v->w->trade.x, (size_t)v->k->x->n * sizeof(double));
    }
    set_demand(v);
    karvan_i_rapid_load(v->w, s);
    *over = find_gaps(v, price);
done:
    return st;
}

/* ---- one step ---- */

/* What queues offer by their price, on the diagonal of a new matrix. */
static void add_offers(const solve *v) {
    karvan_i_rapid *w = v->w;
    for (int32_t a = 0; a < w->f->n; a++) {
        if (!w->f->queue[a] || !(w->capacity[a] < INFINITY)) continue;
        karvan_i_delay d = v->t->side->resource[w->f->scarce[a]].delay;
        d.capacity = w->capacity[a];
        double slope = karvan_i_delay_slope_h(&d, w->offered[a]);
        if (slope > 0)
            w->matrix[(size_t)a * (size_t)w->f->n + (size_t)a] += 1 / (slope * w->f->hour_usd[a]);
    }
}

/* Gauss with pivots by rows; false: singular. */
static bool eliminate(double *h, size_t n, double *x) {
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

/* The step among the prices that are free and not held at 0. */
static void step_free(const solve *v, size_t m) {
    karvan_i_rapid *w = v->w;
    size_t n = (size_t)w->f->n, f = 0;
    for (size_t i = 0; i < m; i++)
        if (!w->held[w->free[i]]) w->at[f++] = w->free[i];
    for (size_t i = 0; i < f; i++) {
        size_t a = (size_t)w->at[i];
        for (size_t j = 0; j < f; j++) w->square[i * f + j] = w->matrix[a * n + (size_t)w->at[j]];
        /* shares that are at an end hardly move: damped by what they could */
        w->square[i * f + i] +=
            w->damping * fmax(fabs(w->square[i * f + i]), w->asked.outer * w->capacity[a]);
        w->row[i] = w->gap[a];
        for (size_t j = 0; j < m; j++)
            if (w->held[w->free[j]])
                w->row[i] -= w->matrix[a * n + (size_t)w->free[j]] * w->step[w->free[j]];
    }
    bool good = eliminate(w->square, f, w->row);
    for (size_t i = 0; i < f; i++) w->step[w->at[i]] = good && isfinite(w->row[i]) ? w->row[i] : 0;
}

/* What the last step taught the matrix (Broyden 1965, Mathematics of Computation 19): of all
 * matrices that explain it, the nearest. */
static void learn(karvan_i_rapid *w) {
    size_t n = (size_t)w->f->n;
    double length = 0;
    for (size_t a = 0; a < n; a++)
        w->step[a] = w->trial[a] - w->price[a], length += w->step[a] * w->step[a];
    if (!(length > 0)) return;
    for (size_t a = 0; a < n; a++) {
        double *row = w->matrix + a * n, off = w->gap[a] - w->last[a];
        for (size_t b = 0; b < n; b++) off += row[b] * w->step[b];
        if (!isfinite(off)) continue;
        for (size_t b = 0; b < n; b++) row[b] -= off * w->step[b] / length;
    }
}

/* Newton's step into w->trial; prices that it would carry below 0 end there, and the others are
 * solved again. */
static void find_trial(const solve *v) {
    enum { ROUNDS = 6 };
    karvan_i_rapid *w = v->w;
    size_t m = 0;
    for (int32_t a = 0; a < w->f->n; a++) {
        w->held[a] = false, w->step[a] = 0;
        if (w->capacity[a] < INFINITY && (w->f->queue[a] || w->price[a] > 0 || w->gap[a] > 0))
            w->free[m++] = a;
    }
    for (int round = 0, more = 1; more && round < ROUNDS; round++) {
        step_free(v, m);
        more = 0;
        for (size_t i = 0; i < m; i++) {
            int32_t a = w->free[i];
            if (w->held[a] || w->step[a] >= -w->price[a]) continue;
            w->held[a] = true, w->step[a] = -w->price[a], more = 1;
        }
    }
    for (int32_t a = 0; a < w->f->n; a++) {
        double least = w->f->queue[a] && w->capacity[a] < INFINITY ? 1e-9 * w->f->hour_usd[a] : 0;
        w->trial[a] = fmax(least, w->price[a] + w->step[a]);
    }
}

/* ---- the whole ---- */

static void ask(const solve *v) {
    karvan_i_rapid *w = v->w;
    const karvan_i_choices *q = v->k->q;
    const double *value = v->t->value;
    double taste = value[q->taste];
    karvan_i_asked *a = &w->asked;
    a->outer = q->scale * taste;
    a->inner = (q->nest_scale > q->scale ? q->nest_scale : q->scale) * taste;
    a->per_outer = 1 / a->outer, a->per_inner = 1 / a->inner;
    for (int32_t l = 0; l < q->n_lanes; l++)
        a->hour[l] = q->hour_usd[l] * value[q->value[l]] * value[q->day[l]];
    for (int32_t i = 0; i < w->f->n; i++) {
        int32_t x = w->f->scarce[i];
        w->capacity[i] =
            karvan_i_capacity_of(q, v->k->first, v->t->side, x, value, v->t->effect).capacity;
        w->price[i] = !(w->capacity[i] < INFINITY) ? 0
                      : w->f->queue[i] ? fmax(v->s->loads.delay_h[x], 1e-9) * w->f->hour_usd[i]
                                       : v->s->loads.price[x];
    }
}

/* No capacity that is not watched may be exceeded. */
static bool others_hold(const solve *v) {
    karvan_i_rapid *w = v->w;
    const karvan_i_frame *f = w->f;
    const karvan_i_menu *m = v->k->m;
    memset(w->others, 0, (size_t)f->n_others * sizeof *w->others);
    for (int64_t r = 0; r < m->n_routes; r++) {
        double flow = v->s->loads.demand[m->pair[r]] * v->s->loads.share[r];
        for (int64_t u = f->other_first[r]; u < f->other_first[r + 1]; u++)
            w->others[f->other_use[u]] += f->other_amount[u] * flow;
    }
    for (int32_t i = 0; i < f->n_others; i++) {
        karvan_i_resource r = karvan_i_capacity_of(v->k->q, v->k->first, v->t->side, f->other[i],
                                                   v->t->value, v->t->effect);
        if (w->others[i] > r.capacity * (1 + CLOSE)) return false;
    }
    return true;
}

static void keep(const solve *v) {
    karvan_i_rapid *w = v->w;
    karvan_i_loads *l = &v->s->loads;
    size_t n = (size_t)v->k->m->n_scarce * sizeof(double);
    memset(l->price, 0, n), memset(l->delay_h, 0, n), memset(l->load, 0, n);
    for (int32_t a = 0; a < w->f->n; a++) {
        int32_t x = w->f->scarce[a];
        l->price[x] = w->price[a], l->delay_h[x] = w->wait[a], l->load[x] = w->load[a];
        l->capacity[x] = w->capacity[a];
    }
}

/* Is a limit full, or over, that the matrix does not know? */
static bool news(const karvan_i_rapid *w) {
    for (int32_t a = 0; a < w->f->n; a++)
        if (w->gap[a] > 0 && !w->active[a]) return true;
    return false;
}

static karvan_status settle(const solve *v, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_rapid *w = v->w;
    size_t bytes = (size_t)w->f->n * sizeof(double);
    double over, moved;
    w->damping = 1e-6;
    KARVAN_TRY(evaluate(v, w->price, &over, &moved, err));
    v->s->rounds = 0, v->s->residual = moved;
    v->s->converged = over <= CLOSE && (!v->feels || moved <= v->k->o->tolerance);
    if (v->s->converged) goto done; /* nothing has changed: not by a bit */
    for (int i = 1; w->evaluations - v->began < EVALUATIONS; i++) {
        double next;
        if (!w->known || news(w)) karvan_i_rapid_matrix(w, v->s, v->feels), add_offers(v);
        find_trial(v);
        memcpy(w->last, w->gap, bytes);
        KARVAN_TRY(evaluate(v, w->trial, &next, &moved, err));
        if (next > 1.5 * over && next > 10 * CLOSE) { /* astray: back, more carefully */
            KARVAN_TRY(evaluate(v, w->price, &over, &moved, err));
            w->damping = fmax(16 * w->damping, 1e-2), w->known = false;
            continue;
        }
        learn(w);
        if (next > 0.5 * over && next > CLOSE) w->known = false;
        w->damping = fmax(w->damping / 8, 1e-6), over = next;
        memcpy(w->price, w->trial, bytes);
        v->s->rounds = i, v->s->residual = moved;
        if (over <= CLOSE && (!v->feels || moved <= v->k->o->tolerance)) {
            v->s->converged = true;
            goto done;
        }
    }
    st = KARVAN_E_NOCONV;
done:
    return st;
}

karvan_status karvan_i_rapid_solve(karvan_i_rapid *w, const karvan_i_task *task,
                                   karvan_i_outcome *s, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_chain *k = w->f->k;
    solve v = {w,     task,          s, k, k->o->elasticity * task->value[k->q->elasticity], false,
               false, w->evaluations};
    v.trades = task->before && !(k->o->hold & KARVAN_HOLD_TRADE);
    v.feels = v.trades && !(k->o->hold & KARVAN_HOLD_CARGO);
    memset(w->trade.start, 0, (size_t)k->x->n * sizeof(double));
    if (task->before)
        karvan_i_costs_other(k->m, k->q, task->side, task->value, task->effect,
                             &task->before->costs, &s->costs);
    else
        karvan_i_costs_first(k->m, k->q, k->first, task->value, &s->costs);
    ask(&v);
    if (task->before)
        karvan_i_chain_begin(k, task->side, task->value, task->before, s);
    else
        karvan_i_chain_still(k, s);
    s->converged = false;
    st = settle(&v, err);
    if (st == KARVAN_OK && !others_hold(&v)) st = KARVAN_E_NOCONV, s->converged = false;
    if (st == KARVAN_OK) keep(&v);
    if (st == KARVAN_E_NOCONV)
        st = karvan_fail(err, st, "prices do not settle in %d steps", (int)EVALUATIONS);
    return st;
}
