/* Prices of one draw. Side 0 begins far off: Newton's steps to the maximum of the dual, prices held
 * at 0 (Bertsekas 1982, SIAM Journal on Control and Optimization 20). Cases begin near: steps on
 * complementarity as Fischer writes it (1992, Optimization 24), with the matrix of side 0 and
 * Broyden's updates. What is full without being watched joins the working set. */
#include "study/rapid.h"

#include <math.h>
#include <string.h>

#include "base/try.h"
#include "trade/economy.h"

enum { EVALUATIONS = 250, LOOK = 4 /* cases that are far off: steps between looks around */ };
/* Of loads and complementarity; how far trade costs may have moved in the last step, in tolerances.
 */
static const double CLOSE[2] = {1e-6, 1e-9}, MOVED[2] = {10, 1};
/* So far off a case begins that the matrix of side 0 leads nowhere. */
static const double FAR = 0.1;
/* So full a resource joins the set while side 0 is sought, and when it is found. */
static const double JOINS = 0.95, STAYS_NEAR = 0.9;

typedef struct solve {
    karvan_i_rapid *w;
    const karvan_i_task *t;
    karvan_i_outcome *s;
    const karvan_i_chain *k;
    double theta;
    bool trades, feels;
    int began; /* evaluations before */
} solve;

typedef struct point { /* how good prices are */
    double merit;      /* sum of squares of errors */
    double climb;      /* side 0: less than before where the dual is more */
    double over;       /* the residual as flow/capacitated.h has it */
    double moved;      /* how far trade costs have moved since the last point */
} point;

/* ---- one point ---- */

/* Demand as trade has it; how it bends with what groups pay. */
static void set_demand(const solve *v) {
    karvan_i_rapid *w = v->w;
    karvan_i_outcome *s = v->s;
    for (int32_t g = 0; v->feels && g < v->k->x->n_groups; g++) {
        w->answer[g] = s->ratio[v->k->x->of[g]];
        w->slope[g] = v->theta / (s->worth[g] + s->bill[g]);
    }
    for (int32_t i = 0; i < v->k->m->n_pairs; i++) {
        int32_t g = v->k->x->group[i];
        s->loads.demand[i] = v->feels && g >= 0 ? w->given[i] * w->answer[g] : w->given[i];
    }
}

static bool limited(const karvan_i_rapid *w, int32_t a) { return w->capacity[a] < INFINITY; }

static bool waits(const solve *v, int32_t a) {
    const karvan_i_rapid *w = v->w;
    return w->queue[a] && v->t->side->resource[w->f->scarce[w->set[a]]].kind == KARVAN_I_QUEUE;
}

static karvan_i_delay delay_of(const solve *v, int32_t a) {
    karvan_i_delay d = v->t->side->resource[v->w->f->scarce[v->w->set[a]]].delay;
    d.capacity = v->w->capacity[a];
    return d;
}

/* What prices make the most of, with queues at their own value of an hour: USD a day. */
static double dual(const solve *v, const double *price) {
    const karvan_i_rapid *w = v->w;
    double sum = 0;
    for (int32_t i = 0; i < v->k->m->n_pairs; i++) sum += w->given[i] * v->s->loads.logsum[i];
    for (int32_t a = 0; a < w->n; a++) {
        if (!limited(w, a)) continue;
        sum -= price[a] * w->offered[a];
        if (!waits(v, a)) continue;
        karvan_i_delay d = delay_of(v, a);
        sum += w->f->hour_usd[w->set[a]] * karvan_i_delay_integral(&d, w->offered[a]);
    }
    return sum;
}

/* Loads less what is offered at the prices; how far each is from complementarity. */
static void find_gaps(const solve *v, const double *price, point *p) {
    karvan_i_rapid *w = v->w;
    p->over = p->merit = 0;
    for (int32_t a = 0; a < w->n; a++) {
        if (!limited(w, a)) { /* on this side */
            w->gap[a] = -1, w->error[a] = 0;
            continue;
        }
        w->offered[a] = w->capacity[a];
        if (waits(v, a)) {
            karvan_i_delay d = delay_of(v, a);
            w->offered[a] = karvan_i_delay_load(&d, w->wait[a]);
        }
        w->gap[a] = w->load[a] - w->offered[a];
        double over = w->gap[a] / w->capacity[a], paid = price[a] * w->asked.outer;
        if (!w->queue[a]) {
            w->error[a] = paid - over - hypot(paid, over);
            p->over = fmax(p->over, over > 0 ? over : fmin(-over, paid));
        } else {
            w->error[a] = over > 0 || w->wait[a] > 1e-9 ? over : 0;
            p->over = fmax(p->over, fabs(w->error[a]));
        }
        p->merit += w->error[a] * w->error[a];
    }
    p->climb = v->t->before ? 0 : -dual(v, price);
}

/* What groups pay a day for what moves before trade changes. */
static void find_bill(const solve *v) {
    karvan_i_outcome *s = v->s;
    const int32_t *group = v->k->x->group;
    memset(s->bill, 0, (size_t)v->k->x->n_groups * sizeof *s->bill);
    for (int32_t i = 0; i < v->k->m->n_pairs; i++)
        if (group[i] >= 0) s->bill[group[i]] += v->w->given[i] * s->loads.logsum[i];
}

/* Everything at some prices. */
static karvan_status evaluate(const solve *v, const double *price, point *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_outcome *s = v->s;
    v->w->evaluations++;
    karvan_i_rapid_price(v->w, price);
    karvan_i_rapid_choose(v->w, s->loads.logsum);
    find_bill(v);
    p->moved = 0;
    if (v->t->before) KARVAN_TRY(karvan_i_chain_d(v->k, s, &p->moved, err));
    if (v->t->before && v->trades) {
        KARVAN_TRY(karvan_i_chain_trade(v->k, v->theta, v->t->policy, &v->w->trade, s, err));
        memcpy(v->w->trade.start, v->w->trade.x, (size_t)v->k->x->n * sizeof(double));
    }
    set_demand(v);
    karvan_i_rapid_load(v->w, s->loads.demand);
    find_gaps(v, price, p);
done:
    return st;
}

/* ---- one step ---- */

/* What queues offer by their price, on the diagonal of a new matrix. */
static void add_offers(const solve *v) {
    karvan_i_rapid *w = v->w;
    for (int32_t a = 0; a < w->n; a++) {
        if (!limited(w, a) || !waits(v, a)) continue;
        karvan_i_delay d = delay_of(v, a);
        double slope = karvan_i_delay_slope_h(&d, w->offered[a]);
        if (slope > 0)
            w->matrix[(size_t)a * (size_t)w->n + (size_t)a] +=
                1 / (slope * w->f->hour_usd[w->set[a]]);
    }
}

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

/* How an error answers to its own price and to what is offered less loads: Fischer's function has
 * a kink where both are 0. */
static void slopes(const karvan_i_rapid *w, int32_t a, double *by_price, double *by_room) {
    const double KINK = 0.29289321881345254; /* 1 - sqrt(1/2) */
    double paid = w->price[a] * w->asked.outer, room = -w->gap[a] / w->capacity[a],
           length = hypot(paid, room);
    *by_price = (length > 0 ? 1 - paid / length : KINK) * w->asked.outer;
    *by_room = length > 0 ? 1 - room / length : KINK;
}

/* Those whose prices may move, in w->at: how many. */
static size_t find_free(karvan_i_rapid *w) {
    size_t m = 0;
    for (int32_t a = 0; a < w->n; a++) {
        w->step[a] = 0, w->held[a] = false;
        if (limited(w, a) && (w->queue[a] || w->price[a] > 0 || w->gap[a] > 0)) w->at[m++] = a;
    }
    return m;
}

/* Fischer's step from w->price into w->step; false: singular. For starts near the end. */
static bool find_near_step(const solve *v) {
    karvan_i_rapid *w = v->w;
    size_t n = (size_t)w->n, m = find_free(w);
    for (size_t i = 0; i < m; i++) {
        int32_t a = w->at[i];
        double by_price = 0, by_room = 1, *row = w->square + i * m;
        if (!w->queue[a]) slopes(w, a, &by_price, &by_room);
        by_room /= w->capacity[a];
        for (size_t j = 0; j < m; j++)
            row[j] = by_room * w->matrix[(size_t)a * n + (size_t)w->at[j]];
        row[i] += by_price;
        /* shares that are at an end hardly move: damped by what they could */
        row[i] += w->damping * fmax(fabs(row[i]), w->asked.outer);
        w->row[i] = w->queue[a] ? w->error[a] : -w->error[a];
    }
    bool good = eliminate(w->square, m, w->row);
    for (size_t i = 0; good && i < m; i++) {
        good = isfinite(w->row[i]);
        w->step[w->at[i]] = good ? w->row[i] : 0;
    }
    return good;
}

/* The step among the prices that are free and not held at 0. */
static bool step_free(const solve *v, size_t m) {
    karvan_i_rapid *w = v->w;
    size_t n = (size_t)w->n, f = 0;
    for (size_t i = 0; i < m; i++)
        if (!w->held[w->at[i]]) w->seen[f++] = w->at[i];
    for (size_t i = 0; i < f; i++) {
        size_t a = (size_t)w->seen[i];
        double *row = w->square + i * f;
        for (size_t j = 0; j < f; j++) row[j] = w->matrix[a * n + (size_t)w->seen[j]];
        row[i] += w->damping * fmax(fabs(row[i]), w->asked.outer * w->capacity[a]);
        w->row[i] = w->gap[a];
        for (size_t j = 0; j < m; j++)
            if (w->held[w->at[j]])
                w->row[i] -= w->matrix[a * n + (size_t)w->at[j]] * w->step[w->at[j]];
    }
    if (!eliminate(w->square, f, w->row)) return false;
    for (size_t i = 0; i < f; i++) w->step[w->seen[i]] = isfinite(w->row[i]) ? w->row[i] : 0;
    return true;
}

/* The step to the maximum of the dual as the matrix has it: prices that it would carry below 0 end
 * there, and the others are sought again. For starts far off. */
static bool find_far_step(const solve *v) {
    enum { ROUNDS = 8 };
    karvan_i_rapid *w = v->w;
    size_t m = find_free(w);
    for (int round = 0, more = 1; more && round < ROUNDS; round++) {
        if (!step_free(v, m)) return false;
        more = 0;
        for (size_t i = 0; i < m; i++) {
            int32_t a = w->at[i];
            if (w->held[a] || w->step[a] >= -w->price[a]) continue;
            w->held[a] = true, w->step[a] = -w->price[a], more = 1;
        }
    }
    return true;
}

/* w->trial: so far along the step, no price below 0. What a queue offers falls ever faster as its
 * wait falls: no further than to a part of it. */
static void go(const solve *v, double far) {
    const double LEAST_PART = 0.2;
    karvan_i_rapid *w = v->w;
    for (int32_t a = 0; a < w->n; a++) {
        double least = 0;
        if (limited(w, a) && waits(v, a))
            least = fmax(1e-9 * w->f->hour_usd[w->set[a]], LEAST_PART * w->price[a]);
        w->trial[a] = fmax(least, w->price[a] + far * w->step[a]);
    }
}

/* What the last step taught the matrix (Broyden 1965, Mathematics of Computation 19): of all
 * matrices that explain it, the nearest. */
static void learn(karvan_i_rapid *w) {
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
    for (int32_t i = 0; i < v->k->m->n_pairs; i++)
        w->given[i] = karvan_i_chain_given(v->k, v->t->side, value, i);
}

/* Capacities of the set, and prices to begin with. */
static void begin(const solve *v) {
    karvan_i_rapid *w = v->w;
    for (int32_t i = 0; i < w->n; i++) {
        int32_t x = w->f->scarce[w->set[i]];
        w->capacity[i] =
            karvan_i_capacity_of(v->k->q, v->k->first, v->t->side, x, v->t->value, v->t->effect)
                .capacity;
        w->price[i] = !limited(w, i) ? 0
                      : w->queue[i] ? fmax(v->s->loads.delay_h[x], 1e-9) * w->f->hour_usd[w->set[i]]
                                    : v->s->loads.price[x];
    }
}

/* Prices, loads and costs of what was found. */
static void keep(const solve *v) {
    karvan_i_rapid *w = v->w;
    karvan_i_loads *l = &v->s->loads;
    const karvan_i_menu *m = v->k->m;
    size_t n = (size_t)m->n_scarce * sizeof(double);
    memset(l->price, 0, n), memset(l->delay_h, 0, n), memset(l->load, 0, n);
    for (int32_t a = 0; a < w->f->n; a++) l->load[w->f->scarce[a]] = w->all_loads[a];
    for (int32_t a = 0; a < w->n; a++) {
        int32_t x = w->f->scarce[w->set[a]];
        l->price[x] = w->price[a], l->delay_h[x] = w->wait[a];
        l->capacity[x] = w->capacity[a];
    }
    for (int64_t p = 0; v->t->exact && p < m->n_routes; p++) {
        const karvan_i_paid *paid = &w->paid[w->pattern[p]];
        int64_t r = w->f->nests.entry_is[p];
        l->paid[r] = v->s->costs.cost[r] + paid->usd + w->hour[p] * paid->hours;
    }
}

static bool there(const solve *v, const point *p) {
    return p->over <= CLOSE[v->t->exact] &&
           (!v->feels || p->moved <= MOVED[v->t->exact] * v->k->o->tolerance);
}

/* A matrix at w->price, if there is none that leads on. */
static void find_matrix(const solve *v) {
    karvan_i_rapid *w = v->w;
    if (w->known) return;
    karvan_i_rapid_shares(w, v->s->loads.share);
    karvan_i_rapid_matrix(w, v->s, v->feels), add_offers(v);
    w->age = 0;
}

/* Does side 0 still climb? Near its end errors lead better: waits that are worth more to some than
 * to others have no dual. */
static bool climbs(const solve *v, const point *p) { return !v->t->before && p->over > FAR; }

/* Is the next point worth going to? With a matrix that is not of this point it must be nearer by
 * much. */
static bool is_better(const solve *v, const point *now, const point *next, double far) {
    if (next->over <= CLOSE[v->t->exact]) return true;
    if (climbs(v, now)) return next->climb < now->climb;
    return next->merit <= (v->w->age > 0 ? 0.6 : 1 - 1e-4 * far) * now->merit;
}

/* From w->price to a better point, which w->price is then; *better false: none was found. */
static karvan_status improve(const solve *v, point *p, bool *better, karvan_error *err) {
    enum { CUTS = 6 };
    karvan_status st = KARVAN_OK;
    karvan_i_rapid *w = v->w;
    point next = *p;
    double far = 1;
    *better = false;
    find_matrix(v);
    bool good = climbs(v, p) ? find_far_step(v) : find_near_step(v);
    memcpy(w->last, w->gap, (size_t)w->n * sizeof(double));
    for (int i = 0; good && i < CUTS && !*better; i++) {
        if (i > 0) far *= 0.3;
        go(v, far);
        KARVAN_TRY(evaluate(v, w->trial, &next, err));
        *better = is_better(v, p, &next, far);
        if (w->age > 0 && !*better) break;
    }
    if (!*better) { /* back, with a matrix of this point, or more carefully */
        w->damping = w->age > 0 ? w->damping : fmax(16 * w->damping, 1e-3);
        w->known = false;
        KARVAN_TRY(evaluate(v, w->price, p, err));
        goto done;
    }
    learn(w);
    w->age++, w->damping = fmax(w->damping / 5, 1e-8);
    if (w->age > 1 && next.over > 0.4 * p->over && next.over > CLOSE[v->t->exact]) w->known = false;
    memcpy(w->price, w->trial, (size_t)w->n * sizeof(double));
    *p = next;
done:
    return st;
}

/* What is full without being watched joins the set; then all is found anew. */
static karvan_status grow(const solve *v, double part, point *p, bool *grown, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int joined = 0;
    karvan_i_rapid_shares(v->w, v->s->loads.share);
    KARVAN_TRY(karvan_i_rapid_set_grow(v->w, v->t, v->s, part, &joined, err));
    *grown = joined > 0;
    if (joined > 0) KARVAN_TRY(evaluate(v, v->w->price, p, err));
done:
    return st;
}

/* At the end of side 0: what its cases begin with. */
static karvan_status make_home(const solve *v, point *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_rapid *w = v->w;
    const karvan_i_exchange *x = v->k->x;
    bool grown, feels = !(v->k->o->hold & (KARVAN_HOLD_TRADE | KARVAN_HOLD_CARGO));
    KARVAN_TRY(grow(v, STAYS_NEAR, p, &grown, err));
    for (int32_t g = 0; g < x->n_groups; g++) {
        w->answer[g] = v->s->factor[g] = 1;
        w->slope[g] = v->theta / (x->usd[x->of[g]] / 365 + v->s->bill[g]);
    }
    karvan_i_rapid_shares(w, v->s->loads.share);
    karvan_i_rapid_matrix(w, v->s, feels), add_offers(v);
    w->home_n = w->n;
    memcpy(w->home, w->matrix, (size_t)w->n * (size_t)w->n * sizeof *w->home);
    memcpy(w->home_active, w->active, (size_t)w->n * sizeof *w->home_active);
done:
    return st;
}

static void go_home(karvan_i_rapid *w) {
    memcpy(w->matrix, w->home, (size_t)w->n * (size_t)w->n * sizeof *w->matrix);
    memcpy(w->active, w->home_active, (size_t)w->n * sizeof *w->active);
    w->known = true, w->age = 1;
}

static karvan_status settle(const solve *v, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_rapid *w = v->w;
    karvan_i_outcome *s = v->s;
    point p = {0};
    bool better = true, grown = false, first = !v->t->before;
    w->damping = 1e-8;
    KARVAN_TRY(evaluate(v, w->price, &p, err));
    if (p.over > FAR) w->known = false;
    for (s->rounds = 0; w->evaluations - v->began < EVALUATIONS; s->rounds++) {
        bool done = there(v, &p);
        s->residual = p.moved;
        bool look = better && (first || (p.over > FAR && s->rounds % LOOK == 0));
        if (done || look)
            KARVAN_TRY(grow(v, done ? 1 + CLOSE[v->t->exact] : JOINS, &p, &grown, err));
        s->converged = done && !grown;
        if (s->converged || w->damping > 1e3) break;
        if (!there(v, &p)) KARVAN_TRY(improve(v, &p, &better, err));
    }
    if (!s->converged) st = KARVAN_E_NOCONV;
    if (s->converged && first) KARVAN_TRY(make_home(v, &p, err));
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
    s->converged = false;
    if (k->o->hold & (KARVAN_HOLD_ROUTES | KARVAN_HOLD_PRICES))
        return karvan_fail(err, KARVAN_E_NOCONV, "routes or prices are held: nothing to settle");
    memset(w->trade.start, 0, (size_t)k->x->n * sizeof(double));
    if (task->before)
        karvan_i_costs_other(k->m, k->q, task->side, task->value, task->effect,
                             &task->before->costs, &s->costs);
    else
        karvan_i_costs_first(k->m, k->q, k->first, task->value, &s->costs);
    ask(&v);
    karvan_i_rapid_adjust(w, &s->costs);
    if (task->before) {
        KARVAN_TRY(karvan_i_rapid_set_back(w, w->home_n, err));
        go_home(w);
    } else {
        KARVAN_TRY(karvan_i_rapid_set_begin(w, &s->loads, err));
    }
    begin(&v);
    if (task->before)
        karvan_i_chain_begin(k, task->side, task->value, task->before, s);
    else
        karvan_i_chain_still(k, s);
    st = settle(&v, err);
    if (st == KARVAN_OK) keep(&v);
    if (st == KARVAN_E_NOCONV)
        st = karvan_fail(err, st, "prices do not settle in %d steps", (int)EVALUATIONS);
done:
    return st;
}
