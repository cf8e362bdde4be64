/* Prices of one draw: steps on complementarity (rapid_step.c), measured by Fischer's function
 * (1992, Optimization 24). Side 0 begins far off; cases begin near it, with its matrix and
 * Broyden's updates. What is full without being watched joins the working set. */
#include "study/rapid.h"

#include <math.h>
#include <string.h>

#include "base/try.h"
#include "trade/economy.h"

enum { EVALUATIONS = 400, LOOK = 3, LOOK_CASE = 4 /* steps between looks around, far off */ };
/* Of loads and complementarity; how far trade costs may have moved in the last step, in tolerances.
 */
static const double CLOSE[2] = {1e-5, 1e-9}, MOVED[2] = {100, 1};
/* What is foreseen of the next step, and not seen of the last, must be so much less. */
static const double AHEAD = 30;
/* No queue is without a wait: its load would have no slope. */
static const double LEAST_H = 1e-9;
/* So far off a case begins that the matrix of side 0 leads nowhere. */
static const double FAR = 0.3;
/* So full a resource joins the set while side 0 is sought, and when it is found. */
static const double JOINS = 1, STAYS_NEAR = 0.9;

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
    double over;       /* the residual as flow/capacitated.h has it */
    double moved;      /* how far trade costs have moved since the last point */
    double ahead;      /* how far the next step would move them, about */
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
    karvan_i_rapid_demand(w, v->feels, s->loads.demand);
}

static bool limited(const karvan_i_rapid *w, int32_t a) { return w->capacity[a] < INFINITY; }

static bool waits(const solve *v, int32_t a) {
    const karvan_i_rapid *w = v->w;
    return w->queue[a] &&
           v->t->side->resource[karvan_i_frame_first(w->f, w->set[a])].kind == KARVAN_I_QUEUE;
}

static karvan_i_delay delay_of(const solve *v, int32_t a) {
    karvan_i_delay d = v->t->side->resource[karvan_i_frame_first(v->w->f, v->w->set[a])].delay;
    d.capacity = v->w->capacity[a];
    return d;
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
            double room = karvan_i_rapid_room(w, a);
            w->error[a] = paid + room - hypot(paid, room);
            p->over = fmax(p->over, over > 0 ? over : fmin(-over, paid));
        } else {
            w->error[a] = over > 0 || w->wait[a] > 1e-9 ? over : 0;
            p->over = fmax(p->over, fabs(w->error[a]));
        }
        p->merit += w->error[a] * w->error[a];
    }
}

/* Everything at some prices. */
static karvan_status evaluate(const solve *v, const double *price, point *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_outcome *s = v->s;
    v->w->evaluations++;
    karvan_i_rapid_price(v->w, price);
    karvan_i_rapid_choose(v->w, s->loads.logsum);
    karvan_i_rapid_bill(v->w, s->loads.logsum, s->bill);
    p->moved = 0, p->ahead = INFINITY;
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

/* The wait that a queue begins with. One that a case gives more room waits no longer than what came
 * before would there: where it was full, no step from its old wait would lead down. */
static double first_wait_h(const solve *v, int32_t i) {
    const double FULL = 0.99;
    karvan_i_rapid *w = v->w;
    int32_t x = karvan_i_frame_first(w->f, w->set[i]);
    double wait = fmax(v->s->loads.delay_h[x], LEAST_H);
    if (!v->t->before || !waits(v, i)) return wait;
    double load = v->t->before->loads.load[x];
    karvan_i_delay d = delay_of(v, i);
    if (w->capacity[i] > v->t->before->loads.capacity[x] && load < FULL * w->capacity[i])
        wait = fmin(wait, fmax(karvan_i_delay_h(&d, load), LEAST_H));
    return wait;
}

/* Capacities of the set, and prices to begin with. */
static void begin(const solve *v) {
    karvan_i_rapid *w = v->w;
    for (int32_t i = 0; i < w->n; i++) {
        int32_t a = w->set[i];
        w->capacity[i] = karvan_i_rapid_capacity(w->f, v->t, a, NULL);
        w->least[i] = waits(v, i) && limited(w, i) ? LEAST_H * w->f->hour_usd[a] : 0;
        w->price[i] = !limited(w, i) ? 0
                      : w->queue[i]  ? first_wait_h(v, i) * w->f->hour_usd[a]
                                     : karvan_i_rapid_priced(w->f, a, &v->s->loads);
    }
}

/* Of those that stand as one, the one that is full has the price. */
static void keep_resource(const solve *v, int32_t a) {
    const karvan_i_frame *f = v->w->f;
    const karvan_i_task *t = v->t;
    karvan_i_loads *l = &v->s->loads;
    int32_t of = v->w->set[a];
    int64_t full;
    (void)karvan_i_rapid_capacity(f, t, of, &full);
    for (int64_t i = f->member_first[of]; i < f->member_first[of + 1]; i++)
        l->capacity[f->member[i]] =
            karvan_i_capacity_of(v->k->q, v->k->first, t->side, f->member[i], t->value, t->effect)
                .capacity;
    for (int64_t i = f->member_first[of]; i < f->member_first[of + 1]; i++)
        l->load[f->member[i]] = v->w->load[a] * f->ratio[i];
    l->price[f->member[full]] = v->w->price[a] / f->ratio[full];
    l->delay_h[f->member[full]] = v->w->wait[a];
}

/* Loads of all that could be full; of cases in draws nobody asks for more than the set. */
static void keep_loads(const solve *v) {
    const karvan_i_frame *f = v->w->f;
    const double *load = v->t->before ? v->w->all_loads : v->w->home_loads;
    for (int32_t a = 0; (v->t->exact || !v->t->before) && a < f->n; a++)
        for (int64_t i = f->member_first[a]; i < f->member_first[a + 1]; i++)
            v->s->loads.load[f->member[i]] = load[a] * f->ratio[i];
}

/* Prices, loads and costs of what was found. */
static void keep(const solve *v) {
    karvan_i_rapid *w = v->w;
    karvan_i_loads *l = &v->s->loads;
    const karvan_i_menu *m = v->k->m;
    size_t n = (size_t)m->n_scarce * sizeof(double);
    memset(l->price, 0, n), memset(l->delay_h, 0, n), memset(l->load, 0, n);
    karvan_i_rapid_shares(w, l->share);
    keep_loads(v);
    for (int32_t a = 0; a < w->n; a++) keep_resource(v, a);
    for (int64_t p = 0; v->t->exact && p < m->n_routes; p++) {
        const karvan_i_paid *paid = &w->paid[w->split.route[p]];
        int64_t r = w->f->nests.entry_is[p];
        l->paid[r] = v->s->costs.cost[r] + paid->usd + w->hour[p] * paid->hours;
    }
}

static bool there(const solve *v, const point *p) {
    return p->over <= CLOSE[v->t->exact] &&
           (!v->feels ||
            fmin(p->moved, AHEAD * p->ahead) <= MOVED[v->t->exact] * v->k->o->tolerance);
}

/* A matrix at w->price, if there is none that leads on. */
static void find_matrix(const solve *v) {
    karvan_i_rapid *w = v->w;
    if (w->known) return;
    karvan_i_rapid_shares(w, v->s->loads.share);
    karvan_i_rapid_matrix(w, v->s, v->feels ? KARVAN_I_OF_WORLD : KARVAN_I_FIXED);
    add_offers(v);
    w->age = 0;
}

/* Is the next point worth going to? With a matrix that is not of this point it must be nearer by
 * more. */
static bool is_better(const solve *v, const point *now, const point *next, double far) {
    if (next->over <= CLOSE[v->t->exact]) return true;
    return next->merit <= (v->w->age > 0 ? 0.95 : 1 - 1e-4 * far) * now->merit;
}

/* From w->price to a better point, which w->price is then; *better false: none was found. A step by
 * a matrix of this point is cut until it leads to one; one by another's is tried once. */
static karvan_status improve(const solve *v, point *p, bool *better, karvan_error *err) {
    enum { CUTS = 6 };
    const double LESS = 0.4, POOR = 0.05, LEAST_DAMPING = 1e-8, FAR_DAMPING = 0.01;
    karvan_status st = KARVAN_OK;
    karvan_i_rapid *w = v->w;
    point next = *p;
    double far = 1, damping = fmax(w->damping, FAR_DAMPING * fmin(1, p->merit));
    *better = false;
    find_matrix(v);
    memcpy(w->last, w->gap, (size_t)w->n * sizeof *w->last);
    bool fresh = w->age == 0, good = karvan_i_rapid_step(w, damping);
    for (int i = 0; good && i < (fresh ? CUTS : 1) && !*better; i++) {
        if (i > 0) far *= LESS;
        karvan_i_rapid_go(w, far);
        KARVAN_TRY(evaluate(v, w->trial, &next, err));
        *better = is_better(v, p, &next, far);
    }
    if (!*better) { /* back, with a matrix of this point, or more carefully */
        w->damping = fresh ? fmax(16 * w->damping, 1e-3) : w->damping;
        w->known = false;
        KARVAN_TRY(evaluate(v, w->price, p, err));
        goto done;
    }
    next.ahead = p->merit > 0 ? next.moved * sqrt(next.merit / p->merit) : INFINITY;
    karvan_i_rapid_learn(w);
    w->age++, w->damping = fmax(w->damping / 5, LEAST_DAMPING);
    if (next.merit > POOR * p->merit && next.over > CLOSE[v->t->exact]) w->known = false;
    memcpy(w->price, w->trial, (size_t)w->n * sizeof(double));
    *p = next;
done:
    return st;
}

/* What is full without being watched joins the set. */
static karvan_status grow(const solve *v, double part, point *p, bool *grown, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int joined = 0;
    KARVAN_TRY(karvan_i_rapid_set_grow(v->w, v->t, v->s, part, &joined, err));
    *grown = joined > 0;
    if (joined > 0) { /* at no price: all is as it was, but for parts and loads */
        karvan_i_rapid_price(v->w, v->w->price);
        karvan_i_rapid_load(v->w, v->s->loads.demand);
        find_gaps(v, v->w->price, p);
    }
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
    karvan_i_rapid_set_home(w, v->s);
    for (int32_t g = 0; g < x->n_groups; g++) {
        w->answer[g] = v->s->factor[g] = 1;
        w->slope[g] = v->theta / (x->usd[x->of[g]] / 365 + v->s->bill[g]);
    }
    karvan_i_rapid_shares(w, v->s->loads.share);
    if (feels) karvan_i_world_at(&w->world, v->theta);
    karvan_i_rapid_matrix(w, v->s, feels ? KARVAN_I_OF_WORLD : KARVAN_I_FIXED), add_offers(v);
    karvan_i_rapid_set_keep(w);
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
        bool look =
            better && (s->rounds % (first ? LOOK : LOOK_CASE) == 0 && (first || p.over > FAR));
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
        karvan_i_rapid_set_back(w);
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
